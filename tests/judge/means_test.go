// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
	"testing"
)

const twoClasses = `# a comment
refused here: duplicate .*
because: two lines
  of reasons
example: "a: 1\na: 2\n"

read otherwise: tag
because: nobody looks
example: "a: !!int \"1\"\n"
`

func newMeaning(t *testing.T) (*meaning, *strings.Builder) {
	classes, err := readClasses(write(t, "differences.txt", twoClasses))
	if err != nil || len(classes) != 2 || classes[0].example != "a: 1\na: 2\n" {
		t.Fatal(classes, err)
	}
	out := &strings.Builder{}
	return &meaning{out: out, classes: classes, counts: map[string]int{}}, out
}

func TestFilesAreComparedDocumentByDocument(t *testing.T) {
	for _, test := range []struct{ text, ours, wrong string }{
		{"a: 1\n---\nb: [x]\n", "json {\"a\":1}\njson {\"b\":[\"x\"]}\n", ""},
		{"a: 017\n", "json {\"a\":15}\n", ""},
		{"1e3: 18446744073709551615\n", "json {\"\\u0001float:1e3\":1.8446744073709552e+19}\n", ""},
		{"a: 1\na: 2\n", "refused 2:1: duplicate key\n", ""},
		{"a: !!int \"1\"\n", "json {\"a\":\"\\u0001tag:1\"}\n", ""},
		{"a: [\n", "refused 1:1: whatever\n", ""},
		{"a: 1\n", "json {\"a\":\"1\"}\n", "read otherwise"},
		{"a: 1\n", "json {\"a\":1,\"b\":null}\n", "only there for us"},
		{"a: 9007199254740993\n", "json {\"a\":9007199254740992}\n", "read otherwise"},
		{"a: 1\n---\nb: 2\n", "json {\"a\":1}\n", "only one of the two"},
		{"a: 1\n", "refused 1:1: something else\n", "only refused here"},
		{"a: [\n", "json {\"a\":null}\n", "only kubectl refuses it"},
	} {
		m, out := newMeaning(t)
		m.file("x.yaml", []byte(test.text), []byte(test.ours))
		if (test.wrong == "") != (m.failed == 0) || !strings.Contains(out.String(), test.wrong) {
			t.Errorf("%q, %q: %d wrong: %s", test.text, test.ours, m.failed, out)
		}
	}
}

func TestAClassNeedsItsExample(t *testing.T) {
	m, out := newMeaning(t)
	m.file("/tmp/example-0.yaml", []byte("a: 1\na: 2\n"), []byte("refused 2:1: duplicate key\n"))
	m.file("/tmp/example-1.yaml", []byte("a: !!int 1\n"), []byte("json {\"a\":1}\n"))
	if m.finish() == nil || m.failed != 1 || !strings.Contains(out.String(), "no such difference any more: ") {
		t.Error(out)
	}
}

func TestEditsAreMadeOnceMore(t *testing.T) {
	const before = "a: {b: [x, y]}\nc: null\n"
	for _, test := range []struct{ after, edits, wrong string }{
		{"a: {b: [x, z]}\nc: null\n", `{"Op":"set","Path":["a","b",1],"Value":"z"}`, ""},
		{"a: {b: [y]}\nc: null\n", `{"Op":"remove","Path":["a","b",0]}`, ""},
		{"a: {b: [x, y]}\n", `{"Op":"remove","Path":["c"]}`, ""},
		{"a: {b: [x, y], k: 1}\nc: null\n", `{"Op":"put","Path":["a"],"Key":"k","Value":1}`, ""},
		{"a: {b: [x, y]}\nc: {x: 'y'}\n", `{"Op":"fill","Path":[],"Key":"c","Value":{"x":"y"}}`, ""},
		{"a: {b: [x, y, {}]}\nc: null\n", `{"Op":"append","Path":["a","b"],"Value":{}}`, ""},
		{"a: {b: [z, z]}\nc: null\n", `{"Op":"set","Path":["a","b",1],"Value":"z"}`, "give something else"},
		{"a: {b: [x, true]}\nc: null\n", `{"Op":"set","Path":["a","b",1],"Value":"true"}`, "give something else"},
		{"a: {b: [x, y]}\nc: null\n", `{"Op":"set","Path":["a","z"],"Value":1}`, "cannot be edited so"},
	} {
		m, out := newMeaning(t)
		meant, _ := one([]byte(test.after))
		m.edit([][]byte{[]byte("x"), []byte(before), []byte(test.after), meant, []byte(fmt.Sprintf("[%s]", test.edits))})
		if (test.wrong == "") != (m.failed == 0) || !strings.Contains(out.String(), test.wrong) {
			t.Errorf("%q, %q: %d wrong: %s", test.after, test.edits, m.failed, out)
		}
	}
	m, out := newMeaning(t)
	m.edit([][]byte{[]byte("x"), []byte(before), []byte("a: 1\n"), []byte(`{"a":2}`), nil})
	if m.failed != 1 {
		t.Error(out)
	}
}
