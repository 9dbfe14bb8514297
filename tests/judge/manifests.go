// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
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
		if yaml.Unmarshal(document, (*map[string]any)(&root)) != nil {
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

// findPod finds the pod of a built-in kind, in whatever version of its API.
func findPod(from object) (pod, bool) {
	group, _, grouped := strings.Cut(text(from, "apiVersion"), "/")
	if !grouped {
		group = ""
	}
	path, known := podPaths[text(from, "kind")]
	if !known || group != "" && group != "apps" && group != "batch" && group != "extensions" {
		return pod{}, false
	}
	found := pod{
		kind:      text(from, "kind"),
		namespace: text(at(from, "metadata"), "namespace"),
		name:      text(at(from, "metadata"), "name"),
		template:  at(from, path...),
	}
	return found, at(found.template, "spec") != nil
}
