// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// diffpaths prints a line for each place at which the objects of two streams (JSON or YAML, paired in order)
// differ, and fails if a line is matched by no expression of the allow-list:
//
//   - Deployment .spec.template.spec.securityContext.runAsNonRoot true
//   - Pod .spec.containers[0].securityContext.capabilities.drop[0] "all"
//     ~ Service .spec.ports[0].targetPort 80 -> 8080
//
// A line that is not allowed begins with "not allowed: ".
func diffpaths(out io.Writer, args []string) error {
	if len(args) != 3 {
		return errors.New("usage: judge diffpaths BEFORE AFTER ALLOWLIST")
	}
	allowed, err := readAllowList(args[2])
	if err != nil {
		return err
	}
	var streams [2][]object
	for side, file := range args[:2] {
		err := eachFile([]string{file}, func(_ string, input io.Reader) error {
			for _, document := range documents(input) {
				if document.err != nil {
					return fmt.Errorf("%s: %w", file, document.err)
				}
				for _, object := range objects(document.json) {
					streams[side] = append(streams[side], object)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(streams[0]) != len(streams[1]) {
		fmt.Fprintf(out, "not allowed: %d objects before, %d after\n", len(streams[0]), len(streams[1]))
		return errFailed
	}
	clean := true
	for i, before := range streams[0] {
		label := text(before, "kind") + " "
		differences(label, map[string]any(before), map[string]any(streams[1][i]), func(line string) {
			if !slices.ContainsFunc(allowed, func(e *regexp.Regexp) bool { return e.MatchString(line) }) {
				line = "not allowed: " + line
				clean = false
			}
			fmt.Fprintln(out, line)
		})
	}
	if !clean {
		return errFailed
	}
	return nil
}

// differences reports each leaf that is added (+), removed (-) or changed (~). null and an empty collection are
// leaves, but what stands there afterwards only fills them.
func differences(path string, before, after any, report func(line string)) {
	switch {
	case reflect.DeepEqual(before, after):
		return
	case isEmpty(before) && isCollection(after) && !isEmpty(after):
		leaves("+ "+path, after, report)
		return
	}
	if b, ok := before.(map[string]any); ok {
		if a, ok := after.(map[string]any); ok {
			for _, key := range sortedKeys(b, a) {
				was, had := b[key]
				is, has := a[key]
				switch place := path + "." + key; {
				case !had:
					leaves("+ "+place, is, report)
				case !has:
					leaves("- "+place, was, report)
				default:
					differences(place, was, is, report)
				}
			}
			return
		}
	}
	if b, ok := before.([]any); ok {
		if a, ok := after.([]any); ok {
			for i := range max(len(b), len(a)) {
				switch place := fmt.Sprintf("%s[%d]", path, i); {
				case i >= len(b):
					leaves("+ "+place, a[i], report)
				case i >= len(a):
					leaves("- "+place, b[i], report)
				default:
					differences(place, b[i], a[i], report)
				}
			}
			return
		}
	}
	report(fmt.Sprintf("~ %s %s -> %s", path, show(before), show(after)))
}

// leaves reports each leaf below value; path begins with its sign.
func leaves(path string, value any, report func(line string)) {
	switch value := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(value, nil) {
			leaves(path+"."+key, value[key], report)
		}
	case []any:
		for i, item := range value {
			leaves(fmt.Sprintf("%s[%d]", path, i), item, report)
		}
	}
	if isEmpty(value) || !isCollection(value) {
		report(path + " " + show(value))
	}
}

func isCollection(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

func isEmpty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(value) == 0
	case []any:
		return len(value) == 0
	}
	return false
}

func sortedKeys(a, b map[string]any) []string {
	var keys []string
	for key := range a {
		keys = append(keys, key)
	}
	for key := range b {
		if _, both := a[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func show(value any) string {
	var line strings.Builder
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(line.String())
}

// readAllowList reads regular expressions, one a line, each of which must match a whole line of output.
// "@name = expression" defines a part that is used as @name below it; # begins a comment line.
func readAllowList(file string) ([]*regexp.Regexp, error) {
	input, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer input.Close()

	definition := regexp.MustCompile(`^(@\w+)\s*=\s*(.*)$`)
	use := regexp.MustCompile(`@\w+`)
	parts := map[string]string{}
	var allowed []*regexp.Regexp
	lines := bufio.NewScanner(input)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		defines := definition.FindStringSubmatch(line)
		if defines != nil {
			line = defines[2]
		}
		line = use.ReplaceAllStringFunc(line, func(name string) string {
			part, known := parts[name]
			if !known {
				err = fmt.Errorf("%s:%d: %s is not defined", file, number, name)
			}
			return "(?:" + part + ")"
		})
		if err != nil {
			return nil, err
		}
		if defines != nil {
			parts[defines[1]] = line
			continue
		}
		expression, err := regexp.Compile("^(?:" + line + ")$")
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, number, err)
		}
		allowed = append(allowed, expression)
	}
	return allowed, lines.Err()
}
