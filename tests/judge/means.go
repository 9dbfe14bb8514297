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
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// means reads frames (see tests/differential/meaning.h) from standard input: what kubectl-harden reads in a file, and
// what it means by an edit. Kubernetes' own reader must find the same; what it need not is a class in DIFFERENCES. A
// hardened document may differ from what it was only at the places of ALLOWLIST.
func means(out io.Writer, args []string) error {
	if len(args) != 2 {
		return errors.New("usage: judge means DIFFERENCES ALLOWLIST <FRAMES")
	}
	classes, err := readClasses(args[0])
	if err != nil {
		return err
	}
	allowed, err := readAllowList(args[1])
	if err != nil {
		return err
	}
	m := meaning{out: out, classes: classes, allowed: allowed, counts: map[string]int{}}
	input := bufio.NewReaderSize(os.Stdin, 1<<16)
	for {
		frame, err := readFrame(input)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch {
		case frame.kind == "file" && len(frame.fields) == 3:
			m.file(string(frame.fields[0]), frame.fields[1], frame.fields[2])
		case frame.kind == "random" && len(frame.fields) == 2:
			m.random(frame.fields[0], frame.fields[1])
		case frame.kind == "fix" && len(frame.fields) == 4:
			m.fix(frame.fields)
		case frame.kind == "edit" && len(frame.fields) == 5:
			m.edit(frame.fields)
		default:
			return fmt.Errorf("a frame %q of %d fields", frame.kind, len(frame.fields))
		}
	}
	return m.finish()
}

// examples writes the example of each class in DIFFERENCES to a file of its own in a folder.
func examples(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: judge examples DIFFERENCES FOLDER")
	}
	classes, err := readClasses(args[0])
	if err != nil {
		return err
	}
	for i, class := range classes {
		name := filepath.Join(args[1], fmt.Sprintf("example-%d.yaml", i))
		if err := os.WriteFile(name, []byte(class.example), 0o600); err != nil {
			return err
		}
	}
	return nil
}

var exampleName = regexp.MustCompile(`^example-(\d+)\.yaml$`)

// ---- frames ----

type frame struct {
	kind   string
	fields [][]byte
}

func readFrame(input *bufio.Reader) (frame, error) {
	line, err := input.ReadString('\n')
	if err != nil {
		if line != "" {
			err = io.ErrUnexpectedEOF
		}
		return frame{}, err
	}
	words := strings.Fields(line)
	if len(words) == 0 {
		return frame{}, errors.New("a frame without a kind")
	}
	read := frame{kind: words[0]}
	for _, word := range words[1:] {
		n, err := strconv.Atoi(word)
		if err != nil {
			return frame{}, err
		}
		field := make([]byte, n)
		if _, err := io.ReadFull(input, field); err != nil {
			return frame{}, err
		}
		read.fields = append(read.fields, field)
	}
	if end, err := input.ReadByte(); err != nil || end != '\n' {
		return frame{}, errors.New("a frame without an end")
	}
	return read, nil
}

// ---- classes of differences ----

// class is a way in which the two readers are known to differ.
type class struct {
	side    string // "refused here", "refused by kubectl" or "read otherwise"
	says    *regexp.Regexp
	example string
	seen    int
	shown   bool // by its example
	maybe   bool // an older libfyaml shows it, a newer one does not
}

// readClasses reads stanzas, each of three lines: "SIDE: EXPRESSION", "because: TEXT", "example: JSON STRING"; before
// the last one, "until libfyaml: VERSION" says that the example may show nothing. A text may go on in lines that are
// indented; # begins a comment line.
func readClasses(file string) ([]*class, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var classes []*class
	var because bool
	for number, line := range strings.Split(string(text), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" || line[0] == '#' || line[0] == ' ' && because:
			continue
		case key == "refused here" || key == "refused by kubectl" || key == "read otherwise":
			says, err := regexp.Compile("(?s)^(?:" + value + ")$")
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, number+1, err)
			}
			classes = append(classes, &class{side: key, says: says})
		case key == "until libfyaml" && because:
			classes[len(classes)-1].maybe = true
			continue
		case key == "because" && len(classes) > 0 && value != "":
		case key == "example" && because:
			if err := json.Unmarshal([]byte(value), &classes[len(classes)-1].example); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, number+1, err)
			}
		default:
			return nil, fmt.Errorf("%s:%d: %q is neither a class nor a part of one", file, number+1, line)
		}
		because = key == "because"
	}
	return classes, nil
}

// ---- comparison ----

type meaning struct {
	out     io.Writer
	classes []*class
	allowed []*regexp.Regexp
	counts  map[string]int
	failed  int
}

// Of so many failures what is wrong is printed, and of fewer, where that came from.
const failuresNamed, failuresShown = 500, 20

func (m *meaning) fail(name, why string, details ...[]byte) {
	m.failed++
	if m.failed <= failuresNamed {
		fmt.Fprintf(m.out, "FAIL %s: %s\n", name, why)
	}
	if m.failed > failuresShown {
		return
	}
	for _, detail := range details {
		fmt.Fprintf(m.out, "----\n%s\n", bytes.TrimSuffix(detail, []byte("\n")))
	}
}

// known counts a difference of a listed class; any other one is a failure.
func (m *meaning) known(name, side, says string) bool {
	for i, class := range m.classes {
		if class.side == side && class.says.MatchString(says) {
			class.seen++
			m.counts[side]++
			if number := exampleName.FindStringSubmatch(filepath.Base(name)); number != nil && number[1] == strconv.Itoa(i) {
				class.shown = true
			}
			return true
		}
	}
	return false
}

// outcome is what became of a document: JSON, or why it was refused.
type outcome struct {
	json    []byte
	refused string
	stops   bool // nothing behind it was read
}

func ourOutcomes(lines []byte) []outcome {
	var all []outcome
	for line := range bytes.Lines(lines) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		word, rest, _ := bytes.Cut(line, []byte(" "))
		if string(word) == "json" {
			all = append(all, outcome{json: rest})
			continue
		}
		_, why, _ := strings.Cut(string(rest), " ")
		all = append(all, outcome{refused: why, stops: string(word) == "stop"})
	}
	return all
}

func theirOutcomes(text []byte) []outcome {
	var all []outcome
	for _, document := range documents(bytes.NewReader(text)) {
		if document.err != nil {
			// The last one stops, unless others follow.
			all = append(all, outcome{refused: document.err.Error(), stops: true})
			continue
		}
		all = append(all, outcome{json: document.json})
	}
	for i := range all {
		all[i].stops = all[i].stops && i == len(all)-1
	}
	return all
}

func (m *meaning) file(name string, text, lines []byte) {
	ours, theirs := ourOutcomes(lines), theirOutcomes(text)
	m.counts["files"]++
	for i := 0; i < max(len(ours), len(theirs)); i++ {
		if i > 0 && (i >= len(ours) && ours[i-1].stops || i >= len(theirs) && theirs[i-1].stops) {
			return
		}
		m.document(name, text, outcomeAt(ours, i), outcomeAt(theirs, i), i)
		if i >= len(ours) || i >= len(theirs) {
			return
		}
	}
}

// random compares what both read in a text that was made by chance, up to the first document that one of them refuses:
// of what is hardly YAML, each may refuse what it likes.
func (m *meaning) random(text, lines []byte) {
	ours, theirs := ourOutcomes(lines), theirOutcomes(text)
	m.counts["random"]++
	for i := 0; i < max(len(ours), len(theirs)); i++ {
		our, their := outcomeAt(ours, i), outcomeAt(theirs, i)
		if our != nil && our.refused != "" || their != nil && their.refused != "" {
			m.counts["random refused"]++
			return
		}
		m.document("random", text, our, their, i)
	}
}

func outcomeAt(all []outcome, i int) *outcome {
	if i < len(all) {
		return &all[i]
	}
	return nil
}

func (m *meaning) document(name string, text []byte, ours, theirs *outcome, i int) {
	m.counts["documents"]++
	where := fmt.Sprintf("%s: document %d", name, i)
	switch {
	case ours == nil && theirs.refused != "":
		if !m.known(name, "refused by kubectl", theirs.refused) {
			m.fail(where, "nothing here, and kubectl refuses it: "+theirs.refused, text)
		}
	case theirs == nil && ours.refused != "":
		if !m.known(name, "refused here", ours.refused) {
			m.fail(where, "nothing for kubectl, and it is refused: "+ours.refused, text)
		}
	case ours == nil || theirs == nil:
		m.fail(where, "only one of the two has that many documents", text)
	case ours.refused != "" && theirs.refused != "":
		m.counts["refused by both"]++
	case ours.refused != "":
		if !m.known(name, "refused here", ours.refused) {
			m.fail(where, "only refused here: "+ours.refused, text)
		}
	case theirs.refused != "":
		if !m.known(name, "refused by kubectl", theirs.refused) {
			m.fail(where, "only kubectl refuses it: "+theirs.refused, text)
		}
	default:
		if m.alike(name, where, ours.json, theirs.json, text) {
			m.counts["read alike"]++
		}
	}
}

// withoutDefinitions leaves out what stands below root keys that begin with x-: it is there to be shared, means nothing
// to Kubernetes, and takes over what all who use it agree upon.
func withoutDefinitions(text []byte) []byte {
	value, err := decode(text)
	if err != nil {
		return text
	}
	text, err = json.Marshal(dropDefinitions(value))
	if err != nil {
		panic(err) // it has just been decoded
	}
	return text
}

func dropDefinitions(value any) any {
	if root, isMap := value.(map[string]any); isMap {
		for key := range root {
			if strings.HasPrefix(key, "x-") {
				delete(root, key)
			}
		}
	}
	return value
}

func (m *meaning) alike(name, where string, ours, theirs []byte, details ...[]byte) bool {
	a, err := decode(ours)
	if err != nil {
		m.fail(where, "what is meant is no JSON: "+err.Error(), ours)
		return false
	}
	b, err := decode(theirs)
	if err != nil {
		m.fail(where, "what kubectl reads is no JSON: "+err.Error(), theirs)
		return false
	}
	fine := true
	compare("", a, b, func(class, line string) {
		if class == "" || !m.known(name, "read otherwise", class) {
			if fine {
				m.fail(where, "read otherwise: "+line, details...)
			}
			fine = false
		}
	})
	return fine
}

// one is the only document in a text; nil where there is none, an error where kubectl refuses it.
func one(text []byte) ([]byte, error) {
	all := theirOutcomes(text)
	switch {
	case len(all) == 0:
		return []byte("null"), nil
	case len(all) > 1:
		return nil, fmt.Errorf("%d documents", len(all))
	case all[0].refused != "":
		return nil, errors.New(all[0].refused)
	}
	return all[0].json, nil
}

// sides is what kubectl reads before and after; false where it refuses it before, or after, which is a failure.
func (m *meaning) sides(name, when string, before, after []byte, details ...[]byte) (was, is []byte, fine bool) {
	was, err := one(before)
	if err != nil {
		m.counts["edits of refused"]++
		return nil, nil, false
	}
	is, err = one(after)
	if err != nil {
		m.fail(name, "kubectl refuses it "+when+": "+err.Error(), append([][]byte{before, after}, details...)...)
		return nil, nil, false
	}
	return was, is, true
}

// fix checks a hardened document: it means what it should, and differs from what it was only where it may.
func (m *meaning) fix(fields [][]byte) {
	name, before, after, meant := string(fields[0]), fields[1], fields[2], fields[3]
	m.counts["fixes"]++
	was, is, fine := m.sides(name, "after fix", before, after)
	if !fine {
		return
	}
	was, is = withoutDefinitions(was), withoutDefinitions(is)
	m.alike(name, name+" after fix", withoutDefinitions(meant), is, before, after)
	var sides [2][]object
	for i, text := range [][]byte{was, is} {
		for _, object := range objects(text) {
			sides[i] = append(sides[i], object)
		}
	}
	if len(sides[0]) != len(sides[1]) {
		m.fail(name, "another number of objects after fix", before, after)
		return
	}
	for i, before := range sides[0] {
		differences(text(before, "kind")+" ", map[string]any(before), map[string]any(sides[1][i]), func(line string) {
			if !slices.ContainsFunc(m.allowed, func(e *regexp.Regexp) bool { return e.MatchString(line) }) {
				m.fail(name, "not allowed: "+line, fields[1], after)
			}
		})
	}
}

func (m *meaning) finish() error {
	fmt.Fprintf(m.out, "%d files, %d random ones (%d refused from somewhere on); of their %d documents %d read alike, "+
		"%d refused by both, %d refused here only, %d by kubectl only\n",
		m.counts["files"], m.counts["random"], m.counts["random refused"], m.counts["documents"],
		m.counts["read alike"], m.counts["refused by both"], m.counts["refused here"], m.counts["refused by kubectl"])
	fmt.Fprintf(m.out, "%d hardened documents, %d edited ones (with %d edits made again in what kubectl read), "+
		"%d of what kubectl refuses; %d wrong\n",
		m.counts["fixes"], m.counts["edits"], m.counts["edits made"], m.counts["edits of refused"], m.failed)
	for _, class := range m.classes {
		fmt.Fprintf(m.out, "  %6d %s: %s\n", class.seen, class.side, class.says)
		// Each has an example: none is left behind once it is gone.
		if m.counts["files"] > 0 && !class.shown && !class.maybe {
			m.fail("differences.txt", "the example shows no such difference any more: "+class.says.String())
		}
	}
	if m.counts["read alike"]+m.counts["edits"] == 0 {
		m.fail("nothing", "no frame was read")
	}
	if m.failed > 0 {
		return errFailed
	}
	return nil
}

// ---- values ----

func decode(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

// floatKey makes a text of a key that is a number with a fraction, as sigs.k8s.io/yaml does.
func floatKey(text string) string {
	number, _ := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
	return strconv.FormatFloat(number, 'g', -1, 32)
}

// compare reports each place where ours and theirs differ: with a class where it may be a known one.
func compare(path string, ours, theirs any, report func(class, line string)) {
	switch a := ours.(type) {
	case map[string]any:
		b, ok := theirs.(map[string]any)
		if !ok {
			break
		}
		named := map[string]any{}
		for key, value := range a {
			if text, isFloat := strings.CutPrefix(key, "\x01float:"); isFloat {
				key = floatKey(text)
			}
			named[key] = value
		}
		for _, key := range sortedKeys(named, b) {
			was, had := named[key]
			is, has := b[key]
			if had != has {
				report("", fmt.Sprintf("%s.%s is only there for %s", path, key, map[bool]string{true: "us", false: "kubectl"}[had]))
				continue
			}
			compare(path+"."+key, was, is, report)
		}
		return
	case []any:
		b, ok := theirs.([]any)
		if !ok || len(a) != len(b) {
			break
		}
		for i := range a {
			compare(fmt.Sprintf("%s[%d]", path, i), a[i], b[i], report)
		}
		return
	case json.Number:
		if b, ok := theirs.(json.Number); ok && sameNumber(a, b) {
			return
		}
	case string:
		if text, isTagged := strings.CutPrefix(a, "\x01tag:"); isTagged {
			if b, ok := theirs.(string); !ok || b != text {
				report("tag", fmt.Sprintf("%s: %s with a tag -> %s", path, show(text), show(theirs)))
			}
			return
		}
	}
	if !reflect.DeepEqual(ours, theirs) {
		report("", fmt.Sprintf("%s: %s -> %s", path, show(ours), show(theirs)))
	}
}

var wholeNumber = regexp.MustCompile(`^-?\d+$`)

func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	if wholeNumber.MatchString(string(a)) && wholeNumber.MatchString(string(b)) {
		return false
	}
	x, xErr := a.Float64()
	y, yErr := b.Float64()
	return xErr == nil && yErr == nil && x == y
}
