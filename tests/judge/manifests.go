// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// document is one document of a stream: JSON on one line, or why kubectl could not read it.
type document struct {
	json []byte
	err  error
}

// documents reads a stream as kubectl does (its resource builder uses the same decoder), but goes on behind a
// document that is not well-formed. The index counts documents that hold something.
func documents(input io.Reader) iter.Seq2[int, document] {
	return func(yield func(int, document) bool) {
		decoder := yaml.NewYAMLOrJSONDecoder(input, 4096)
		for doc := 0; ; {
			raw := runtime.RawExtension{}
			err := decoder.Decode(&raw)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if !yield(doc, document{err: err}) || !errors.As(err, &yaml.YAMLSyntaxError{}) {
					return
				}
				doc++
				continue
			}
			line := bytes.Buffer{}
			if len(raw.Raw) == 0 || json.Compact(&line, raw.Raw) != nil || line.String() == "null" {
				continue
			}
			if !yield(doc, document{json: line.Bytes()}) {
				return
			}
			doc++
		}
	}
}

// object is a JSON object of any kind.
type object map[string]any

// objects takes a document that is a list apart, as kubectl does: whatever has "items" is one, and gives its
// items their kind where they name none. The index is the place in the (outermost) list, -1 for an object by itself.
func objects(document []byte) iter.Seq2[int, object] {
	return func(yield func(int, object) bool) {
		root := object{}
		// JSON as kubectl left it has escapes that YAML has not.
		if json.Unmarshal(document, (*map[string]any)(&root)) != nil &&
			yaml.Unmarshal(document, (*map[string]any)(&root)) != nil {
			return
		}
		if _, isList := root["items"].([]any); !isList {
			yield(-1, root)
			return
		}
		unfold(root, -1, yield)
	}
}

// unfold calls yield for the objects in a list, and in the lists in it. index is -1 for the outermost one.
func unfold(list object, index int, yield func(int, object) bool) bool {
	for i, item := range list["items"].([]any) {
		one, isObject := item.(map[string]any)
		if index >= 0 {
			i = index
		}
		if _, isList := one["items"].([]any); isList {
			if !unfold(one, i, yield) {
				return false
			}
			continue
		}
		if isObject && text(one, "kind") == "" && text(one, "apiVersion") == "" {
			one["kind"] = strings.TrimSuffix(text(list, "kind"), "List")
			one["apiVersion"] = list["apiVersion"]
		}
		if isObject && !yield(i, one) {
			return false
		}
	}
	return true
}

func text(from object, key string) string {
	value, _ := from[key].(string)
	return value
}

// at walks down a path of keys; nil where one is missing.
func at(from object, path ...string) object {
	for _, key := range path {
		from, _ = from[key].(map[string]any)
	}
	return from
}

// podPaths tells where each built-in kind holds its pod: the kinds that Pod Security Admission looks at.
var podPaths = map[string][]string{
	"Pod":                   {},
	"PodTemplate":           {"template"},
	"ReplicationController": {"spec", "template"},
	"ReplicaSet":            {"spec", "template"},
	"Deployment":            {"spec", "template"},
	"StatefulSet":           {"spec", "template"},
	"DaemonSet":             {"spec", "template"},
	"Job":                   {"spec", "template"},
	"CronJob":               {"spec", "jobTemplate", "spec", "template"},
}

// pod is a pod or pod template, with the object that holds it.
type pod struct {
	kind, namespace, name string
	template              object
}

// groupKind names a kind in whatever version of its API.
type groupKind struct{ group, kind string }

// templatePaths tells where other kinds hold pod templates: paths of keys, where "key[*]" is each item of a list or
// each value of a map.
type templatePaths map[groupKind][][]string

// readPaths reads lines of GROUP, KIND and PATH, tab-separated.
func readPaths(input io.Reader) (templatePaths, error) {
	paths := templatePaths{}
	lines := bufio.NewScanner(input)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 3 {
			return nil, fmt.Errorf("not GROUP, KIND and PATH: %q", lines.Text())
		}
		kind := groupKind{fields[0], fields[1]}
		paths[kind] = append(paths[kind], strings.Split(fields[2], "."))
	}
	return paths, lines.Err()
}

// each calls visit for every object that a path leads to.
func each(from any, path []string, visit func(object)) {
	if len(path) == 0 {
		if found, isObject := from.(map[string]any); isObject {
			visit(found)
		}
		return
	}
	key, all := strings.CutSuffix(path[0], "[*]")
	parent, _ := from.(map[string]any)
	if !all {
		each(parent[key], path[1:], visit)
		return
	}
	switch children := parent[key].(type) {
	case []any:
		for _, child := range children {
			each(child, path[1:], visit)
		}
	case map[string]any:
		for _, child := range children {
			each(child, path[1:], visit)
		}
	}
}

// findPods finds the pod of a built-in kind, in whatever version of its API, and the pod templates of the others.
func findPods(from object, others templatePaths) []pod {
	group, _, grouped := strings.Cut(text(from, "apiVersion"), "/")
	if !grouped {
		group = ""
	}
	paths := others[groupKind{group, text(from, "kind")}]
	path, known := podPaths[text(from, "kind")]
	if known && (group == "" || group == "apps" || group == "batch" || group == "extensions") {
		paths = [][]string{path}
	}
	var found []pod
	for _, path := range paths {
		each(map[string]any(from), path, func(template object) {
			if at(template, "spec") == nil {
				return
			}
			found = append(found, pod{
				kind:      text(from, "kind"),
				namespace: text(at(from, "metadata"), "namespace"),
				name:      text(at(from, "metadata"), "name"),
				template:  template,
			})
		})
	}
	return found
}
