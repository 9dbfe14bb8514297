// SPDX-License-Identifier: Apache-2.0

package main

import (
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

// tagged collects the lists below a type whose items a strategic merge patch merges by a key: path to key.
func tagged(of reflect.Type, path string, found map[string]string) {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct || strings.Count(path, ".") > 12 {
		return
	}
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" && field.Anonymous {
			tagged(field.Type, path, found)
			continue
		}
		at := strings.TrimPrefix(path+"."+name, ".")
		switch field.Type.Kind() {
		case reflect.Struct, reflect.Pointer:
			tagged(field.Type, at, found)
		case reflect.Slice:
			strategies := strings.Split(field.Tag.Get("patchStrategy"), ",")
			if key := field.Tag.Get("patchMergeKey"); key != "" && slices.Contains(strategies, "merge") {
				found[at] = key
			}
			tagged(field.Type.Elem(), at+"[*]", found)
		}
	}
}

// The table of merge keys is what the tags of the API's types say, but for what is not
// changed: status, metadata, and what is not below a row's path.
func TestMergeKeysAreThoseOfTheAPI(t *testing.T) {
	text, err := os.ReadFile("../../schemas/merge-keys.yaml")
	if err != nil {
		t.Fatal(err)
	}
	table := struct {
		Rows []struct {
			Groups, Kinds []string
			At            string
			Lists         map[string][]string
		} `json:"merge-keys"`
	}{}
	if err := yaml.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	for _, row := range table.Rows {
		for _, group := range row.Groups {
			for _, kind := range row.Kinds {
				typed, err := scheme.Scheme.New(schema.GroupVersionKind{Group: group, Version: "v1", Kind: kind})
				if err != nil {
					t.Fatal(err)
				}
				want, got := map[string]string{}, map[string]string{}
				tagged(reflect.TypeOf(typed), "", want)
				maps.DeleteFunc(want, func(path, _ string) bool {
					return !strings.HasPrefix(path, row.At) || strings.Contains("."+path, ".status.") ||
						strings.Contains("."+path, ".metadata.")
				})
				for path, keys := range row.Lists {
					got[strings.TrimPrefix(row.At+"."+path, ".")] = keys[0]
				}
				if !maps.Equal(want, got) {
					t.Errorf("%s %s: the table has %v, the API %v", group, kind, got, want)
				}
			}
		}
	}
}
