// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// madeEdit is an edit as kubectl-harden was asked for it. It is made once more, in what kubectl reads: so neither the
// tree nor the renderer nor the proof can be wrong unseen.
type madeEdit struct {
	Op    string // put, fill, append, set, remove, prune
	Path  []any  // keys, and numbers of items
	Key   string // of put and fill
	Value any
}

func (m *meaning) edit(fields [][]byte) {
	name, before, after, meant := string(fields[0]), fields[1], fields[2], fields[3]
	m.counts["edits"]++
	was, is, fine := m.sides(name, "after the edits", before, after, fields[4])
	if !fine {
		return
	}
	m.alike(name, name+" after the edits", withoutDefinitions(meant), withoutDefinitions(is), before, after, fields[4])
	if len(fields[4]) == 0 {
		return
	}
	expected, err := decode(was)
	if err == nil {
		expected, err = m.makeEdits(expected, fields[4])
	}
	if err != nil {
		m.fail(name, "what kubectl reads cannot be edited so: "+err.Error(), before, after, fields[4])
		return
	}
	expected = dropDefinitions(expected)
	found, err := decode(withoutDefinitions(is))
	if err != nil {
		m.fail(name, err.Error(), after)
		return
	}
	compare("", expected, found, func(_, line string) {
		if fine {
			m.fail(name, "the edits, made in what kubectl read before, give something else: "+line, before, after, fields[4])
		}
		fine = false
	})
}

func (m *meaning) makeEdits(root any, list []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(list))
	decoder.UseNumber()
	var edits []madeEdit
	if err := decoder.Decode(&edits); err != nil {
		return nil, err
	}
	for i, edit := range edits {
		var err error
		if root, err = changeAt(root, edit.Path, 0, edit.prunes(), edit.make); err != nil {
			return nil, fmt.Errorf("edit %d: %w", i, err)
		}
		m.counts["edits made"]++
	}
	return root, nil
}

var errGone = errors.New("removed")

// prunes says of a collection that is left empty, by its depth, whether it goes too: see yaml_prune().
func (edit *madeEdit) prunes() func(depth int) bool {
	if edit.Op != "prune" {
		return func(int) bool { return false }
	}
	top := -1
	if edit.Value == json.Number("2") {
		top = len(edit.Path) - 2
	}
	return func(depth int) bool { return depth > 0 && depth != top }
}

// changeAt gives the value at a path to change, and puts what it returns in its place.
func changeAt(at any, path []any, depth int, prunes func(int) bool, change func(any) (any, error)) (any, error) {
	if len(path) == 0 {
		return change(at)
	}
	switch collection := at.(type) {
	case map[string]any:
		key, isKey := path[0].(string)
		inner, has := collection[key]
		if !isKey || !has {
			return nil, fmt.Errorf("no key %v", path[0])
		}
		value, err := changeAt(inner, path[1:], depth+1, prunes, change)
		if errors.Is(err, errGone) {
			delete(collection, key)
			if len(collection) == 0 && prunes(depth) {
				return nil, errGone
			}
			return collection, nil
		}
		collection[key] = value
		return collection, err
	case []any:
		number, isNumber := path[0].(json.Number)
		i, err := number.Int64()
		if !isNumber || err != nil || i < 0 || i >= int64(len(collection)) {
			return nil, fmt.Errorf("no item %v", path[0])
		}
		value, err := changeAt(collection[i], path[1:], depth+1, prunes, change)
		if errors.Is(err, errGone) {
			if len(collection) == 1 && prunes(depth) {
				return nil, errGone
			}
			return append(collection[:i:i], collection[i+1:]...), nil
		}
		collection[i] = value
		return collection, err
	}
	return nil, fmt.Errorf("%v in what is no collection", path[0])
}

func (edit *madeEdit) make(at any) (any, error) {
	switch edit.Op {
	case "remove", "prune":
		return nil, errGone
	case "set":
		return edit.Value, nil
	case "append":
		list, ok := at.([]any)
		if !ok && at != nil {
			return nil, errors.New("not a list")
		}
		return append(list[:len(list):len(list)], edit.Value), nil
	case "put", "fill":
		object, ok := at.(map[string]any)
		if !ok {
			if at != nil {
				return nil, errors.New("not a mapping")
			}
			object = map[string]any{}
		}
		// A collection is only put where none stands that holds something.
		if edit.Op == "put" || isEmpty(object[edit.Key]) {
			object[edit.Key] = edit.Value
		}
		return object, nil
	}
	return nil, fmt.Errorf("an unknown edit %q", edit.Op)
}
