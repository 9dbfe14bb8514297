// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
)

// identity is what the API server knows an object by.
type identity struct {
	group, kind, namespace, name string
}

func identityOf(object object) identity {
	version, _ := schema.ParseGroupVersion(text(object, "apiVersion"))
	metadata := at(object, "metadata")
	return identity{version.Group, text(object, "kind"), text(metadata, "namespace"), text(metadata, "name")}
}

// applies tells whether what kubectl-harden prints in a format makes the objects of AFTER of those of BEFORE: as the
// API server applies it (jsonpatch, patch), or as it stands (objects; unordered where another program built them).
func applies(out io.Writer, args []string) error {
	if len(args) < 3 {
		return errors.New("usage: judge applies BEFORE AFTER jsonpatch|patch|objects|unordered=FILE…")
	}
	before, err := objectsOf(args[0])
	if err != nil {
		return err
	}
	after, err := objectsOf(args[1])
	if err != nil {
		return err
	}
	if len(before) != len(after) {
		return fmt.Errorf("%d objects before and %d after", len(before), len(after))
	}
	failed := false
	for _, arg := range args[2:] {
		format, file, _ := strings.Cut(arg, "=")
		got, err := applied(format, before, file)
		if err != nil {
			return fmt.Errorf("%s: %w", arg, err)
		}
		if !same(out, format, got, after) {
			failed = true
		}
	}
	if failed {
		return errFailed
	}
	return nil
}

func same(out io.Writer, format string, got, after []object) bool {
	ordered := format == "jsonpatch" || format == "objects"
	if format == "unordered" {
		after, got = sorted(after), sorted(got)
	}
	if len(got) != len(after) {
		fmt.Fprintf(out, "%s: %d objects instead of %d\n", format, len(got), len(after))
		return false
	}
	fine := true
	for i := range after {
		made, want := line(normal(fields(got[i]), ordered)), line(normal(fields(after[i]), ordered))
		if !bytes.Equal(made, want) {
			fmt.Fprintf(out, "%s %v:\n  made %s\n  want %s\n", format, identityOf(after[i]), made, want)
			fine = false
		}
	}
	return fine
}

func objectsOf(file string) ([]object, error) {
	found := []object{}
	err := eachFile([]string{file}, func(_ string, input io.Reader) error {
		for _, document := range documents(input) {
			if document.err != nil {
				return fmt.Errorf("kubectl cannot read it: %w", document.err)
			}
			for _, object := range objects(document.json) {
				// A kustomization is read by another program, and is none of the cluster's objects.
				if identity := identityOf(object); identity.kind != "" && text(object, "apiVersion") != "" &&
					identity.group != "kustomize.config.k8s.io" {
					found = append(found, object)
				}
			}
		}
		return nil
	})
	return found, err
}

func applied(format string, before []object, file string) ([]object, error) {
	if format == "objects" || format == "unordered" {
		return objectsOf(file)
	}
	result := slices.Clone(before)
	change := func(target identity, apply func(object []byte) ([]byte, error)) error {
		for i := range result {
			if identityOf(before[i]) != target {
				continue
			}
			made, err := apply(line(result[i]))
			if err != nil {
				return fmt.Errorf("%v: %w", target, err)
			}
			result[i] = object{}
			return yaml.Unmarshal(made, (*map[string]any)(&result[i]))
		}
		return fmt.Errorf("%v: no such object", target)
	}
	if format == "patch" {
		patches, err := objectsOf(file)
		if err != nil {
			return nil, err
		}
		for _, patch := range patches {
			err := change(identityOf(patch), func(object []byte) ([]byte, error) { return merge(object, patch) })
			if err != nil {
				return nil, err
			}
		}
		return result, nil
	}
	input, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer input.Close()
	for lines := bufio.NewReader(input); ; {
		text, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return result, nil
		}
		one := struct {
			Target struct{ Group, Version, Kind, Namespace, Name string }
			Patch  json.RawMessage
		}{}
		if err := json.Unmarshal(text, &one); err != nil {
			return nil, err
		}
		patch, err := jsonpatch.DecodePatch(one.Patch)
		if err != nil {
			return nil, err
		}
		target := identity{one.Target.Group, one.Target.Kind, one.Target.Namespace, one.Target.Name}
		if err := change(target, patch.Apply); err != nil {
			return nil, err
		}
	}
}

// merge applies a strategic merge patch where the API server does, else a JSON merge patch.
func merge(original []byte, patch object) ([]byte, error) {
	version, err := schema.ParseGroupVersion(text(patch, "apiVersion"))
	if err != nil {
		return nil, err
	}
	kind := version.WithKind(text(patch, "kind"))
	strategic := slices.Contains([]string{"", "apps", "batch", "networking.k8s.io"}, kind.Group)
	if strategic && scheme.Scheme.Recognizes(kind) {
		typed, err := scheme.Scheme.New(kind)
		if err != nil {
			return nil, err
		}
		return strategicpatch.StrategicMergePatch(original, line(patch), typed)
	}
	return jsonpatch.MergePatch(original, line(patch))
}

// fields leaves out what stands below root keys x-…, which is there to be shared; Kubernetes has no such field.
func fields(object object) map[string]any {
	made := map[string]any{}
	for key, value := range object {
		if !strings.HasPrefix(key, "x-") {
			made[key] = value
		}
	}
	return made
}

// normal leaves out what is null and, where lists are merged, their order.
func normal(value any, ordered bool) any {
	switch value := value.(type) {
	case map[string]any:
		made := map[string]any{}
		for key, one := range value {
			if one != nil {
				made[key] = normal(one, ordered)
			}
		}
		return made
	case []any:
		made := make([]any, len(value))
		for i, one := range value {
			made[i] = normal(one, ordered)
		}
		if !ordered {
			slices.SortStableFunc(made, func(a, b any) int { return bytes.Compare(line(a), line(b)) })
		}
		return made
	default:
		return value
	}
}

func sorted(list []object) []object {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b object) int {
		return strings.Compare(fmt.Sprint(identityOf(a)), fmt.Sprint(identityOf(b)))
	})
	return list
}

func line(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return text
}
