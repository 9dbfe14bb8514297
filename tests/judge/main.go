// SPDX-License-Identifier: Apache-2.0

// Judge runs Kubernetes' own code over manifests, for tests that compare kubectl-harden with it.
//
//	judge [--level restricted|baseline] [--version latest|v1.N] [--paths FILE] [-o json|name-checks] [FILE…]
//	    tells which Pod Security checks each pod fails: a JSON line for each pod, or, tab-separated as
//	    `kubectl-harden check -o name-checks` has it, a line of FILE DOC ITEM Kind/name CHECK for each failure
//	judge yaml2json [FILE…]
//	    prints each document as kubectl's reader understands it, one line of JSON each
//	judge diffpaths BEFORE AFTER ALLOWLIST
//	    prints where two streams of objects differ; fails where the list does not allow it
//	judge applies BEFORE AFTER jsonpatch|patch|objects|unordered=FILE…
//	    tells whether what each FILE says makes the objects of AFTER of those of BEFORE
//	judge means DIFFERENCES ALLOWLIST
//	    tells whether kubectl reads what kubectl-harden says that it reads and means: see tests/differential
//	judge examples DIFFERENCES FOLDER
//	    writes an example of each known difference into a folder
//
// Without a FILE, or where it is "-", standard input is read. Documents are counted from 0, those that hold
// nothing (which kubectl passes over) are not counted.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

// errFailed ends the program with exit code 1: what is wrong has been printed.
var errFailed = errors.New("failed")

func main() {
	args := os.Args[1:]
	out := bufio.NewWriter(os.Stdout)
	var err error

	switch {
	case len(args) > 0 && args[0] == "yaml2json":
		err = yaml2json(out, args[1:])
	case len(args) > 0 && args[0] == "diffpaths":
		err = diffpaths(out, args[1:])
	case len(args) > 0 && args[0] == "means":
		err = means(out, args[1:])
	case len(args) > 0 && args[0] == "applies":
		err = applies(out, args[1:])
	case len(args) > 0 && args[0] == "examples":
		err = examples(args[1:])
	default:
		err = judgeFiles(out, args)
	}
	if flushErr := out.Flush(); err == nil {
		err = flushErr
	}
	switch {
	case errors.Is(err, errFailed):
		os.Exit(1)
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "judge:", err)
		os.Exit(2)
	}
}

// judgeFiles prints a verdict for each pod, and for each document that kubectl could not read.
func judgeFiles(out io.Writer, args []string) error {
	flags := flag.NewFlagSet("judge", flag.ContinueOnError)
	level := flags.String("level", "restricted", "Pod Security level: restricted or baseline")
	version := flags.String("version", "latest", "version of the Pod Security Standards: latest or v1.N")
	format := flags.String("o", "json", "output: json or name-checks")
	pathsFile := flags.String("paths", "", "file of lines GROUP, KIND and PATH: where other kinds hold pod templates")
	if err := flags.Parse(args); err != nil {
		return err
	}
	print, known := map[string]func(io.Writer, verdict) error{"json": printJSON, "name-checks": printNameChecks}[*format]
	if !known {
		return fmt.Errorf("unknown output format %q", *format)
	}
	judge, err := newJudge(*level, *version)
	if err != nil {
		return err
	}
	paths := templatePaths{}
	if *pathsFile != "" {
		err := eachFile([]string{*pathsFile}, func(_ string, input io.Reader) (err error) {
			paths, err = readPaths(input)
			return err
		})
		if err != nil {
			return err
		}
	}
	return eachFile(flags.Args(), func(file string, input io.Reader) error {
		for doc, document := range documents(input) {
			if document.err != nil {
				if err := print(out, verdict{File: file, Doc: doc, Item: -1, Error: document.err.Error()}); err != nil {
					return err
				}
				continue
			}
			for item, object := range objects(document.json) {
				for _, pod := range findPods(object, paths) {
					verdict := judge.verdict(pod)
					verdict.File, verdict.Doc, verdict.Item = file, doc, item
					if err := print(out, verdict); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}

func printJSON(out io.Writer, verdict verdict) error {
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	return lines.Encode(verdict)
}

// printNameChecks says (error) in the place of a check for what could not be judged.
func printNameChecks(out io.Writer, verdict verdict) error {
	checks := verdict.Checks
	if verdict.Error != "" {
		checks = []failedCheck{{ID: "(error)"}}
	}
	for _, check := range checks {
		_, err := fmt.Fprintf(out, "%s\t%d\t%d\t%s/%s\t%s\n",
			verdict.File, verdict.Doc, verdict.Item, verdict.Kind, verdict.Name, check.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// yaml2json prints an empty line for a document that kubectl could not read.
func yaml2json(out io.Writer, args []string) error {
	failed := false
	err := eachFile(args, func(file string, input io.Reader) error {
		for doc, document := range documents(input) {
			if document.err != nil {
				fmt.Fprintf(os.Stderr, "%s: document %d: %v\n", file, doc, document.err)
				failed = true
			}
			if _, err := fmt.Fprintf(out, "%s\n", document.json); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && failed {
		err = errFailed
	}
	return err
}

// eachFile calls visit for each of the named files.
func eachFile(files []string, visit func(file string, input io.Reader) error) error {
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, file := range files {
		if file == "-" {
			if err := visit(file, os.Stdin); err != nil {
				return err
			}
			continue
		}
		input, err := os.Open(file)
		if err != nil {
			return err
		}
		err = visit(file, input)
		_ = input.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
