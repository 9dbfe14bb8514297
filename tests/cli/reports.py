# SPDX-License-Identifier: Apache-2.0
"""What a program does with the reports: reports.py COMMAND ARGUMENT…

validate SCHEMA FILE…   each FILE is JSON of that schema (skipped with code 77 where jsonschema is not installed)
edit FOLDER             for each line "N<tab>FILE" of standard input: the edits of FOLDER/N.json, and the fixes of
                        FOLDER/N.sarif, each replacement once, make FOLDER/N.fixed of FILE
groups FLAG…            for each FILE of standard input: each group of its findings, mended alone, leaves all other
                        findings with their fingerprints, and nothing new
xml FILE…               each FILE is well-formed
project SCHEMA FILE     for each line "good JSON" or "bad JSON" of FILE: the schema and `kubectl harden config` say the
                        same of it; the schema's fixers and words are those of the program
"""
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
import xml.dom.minidom


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def validator(schema):
    try:
        import jsonschema
    except ImportError:
        print("no python3-jsonschema here")
        sys.exit(77)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def validate(schema, *files):
    judge = validator(load(schema))
    for file in files:
        for error in judge.iter_errors(load(file)):
            sys.exit(f"{file}: {list(error.absolute_path)}: {error.message[:500]}")


def project(schema, examples):
    schema = load(schema)
    judge = validator(schema)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, open(examples, encoding="utf-8") as lines:
        os.mkdir(os.path.join(folder, ".git"))
        for line in lines:
            expected, _, text = line.strip().partition(" ")
            if expected not in ("good", "bad"):
                continue
            with open(os.path.join(folder, ".kubectl-harden.yaml"), "w", encoding="utf-8") as file:
                file.write(text)
            ran = subprocess.run(["kubectl-harden", "config"], cwd=folder, capture_output=True, text=True, check=False)
            reader = {0: "good", 2: "bad"}.get(ran.returncode, "a failure")
            checked = "good" if judge.is_valid(json.loads(text)) else "bad"
            if not reader == checked == expected:
                print(f"{text}: {expected}, but the program says {reader}, the schema {checked}\n{ran.stderr}")
                wrong = 1
    fixers = subprocess.run(["kubectl-harden", "fixers"], capture_output=True, text=True, check=True).stdout
    names = [line.split()[0] for line in fixers.splitlines()[1:]]
    if schema["$defs"]["fixers"]["items"]["enum"] != names:
        print("schema: other fixers than the program's")
        wrong = 1
    settings = {key for key in schema["properties"] if key not in ("root", "exclude", "overrides", "kinds", "images")}
    override = schema["properties"]["overrides"]["items"]["properties"]
    config = subprocess.run(["kubectl-harden", "config", "-o", "json"], capture_output=True, text=True, check=True)
    if settings != set(json.loads(config.stdout)["settings"]) or settings != set(override) - {"paths"}:
        print("schema: other settings than the program's")
        wrong = 1
    for key in settings:
        if override[key] != schema["properties"][key]:
            print(f"schema: {key} is another in overrides")
            wrong = 1
        words = schema["properties"][key].get("enum")
        flag = subprocess.run(["kubectl-harden", "__complete", "check", "--" + key, ""], capture_output=True, text=True,
                              check=True).stdout.split()[:-1]
        if words and words != flag:
            print(f"schema: {key} takes {words}, its flag {flag}")
            wrong = 1
    sys.exit(wrong)


def apply(data, edits):
    """Edits are (offset, length, text); no two of them may touch the same bytes or stand at one place."""
    out, at, before = b"", 0, -1
    for offset, length, text in sorted(edits):
        assert offset >= at and offset > before, f"edits overlap at {offset}"
        out += data[at:offset] + text.encode()
        at, before = offset + length, offset
    assert at <= len(data)
    return out + data[at:]


def is_file(uri, file):
    return os.fsencode(file) == urllib.parse.unquote_to_bytes(uri.removeprefix("file://"))


def edits_of_json(report, file):
    return [
        (edit["offset"], edit["length"], edit["text"])
        for finding in load(report)["findings"] if is_file(finding["uri"], file)
        for edit in finding.get("edits", [])
    ]


def offset_of(lines, line, column):
    """The byte offset of a line and a column that counts code points."""
    return sum(len(text) for text in lines[:line - 1]) + len(b"".join(lines[line - 1:]).decode()[:column - 1].encode())


def edits_of_sarif(report, file, data):
    lines, edits = data.splitlines(keepends=True), set()
    for result in load(report)["runs"][0]["results"]:
        for change in (change for fix in result.get("fixes", []) for change in fix["artifactChanges"]):
            if not is_file(change["artifactLocation"]["uri"], file):
                continue
            for replacement in change["replacements"]:
                region = replacement["deletedRegion"]
                start, length = region["byteOffset"], region["byteLength"]
                assert offset_of(lines, region["startLine"], region["startColumn"]) == start, region
                assert offset_of(lines, region["endLine"], region["endColumn"]) == start + length, region
                edits.add((start, length, replacement.get("insertedContent", {}).get("text", "")))
    return edits


def edit(folder):
    wrong = edited = looked = 0
    for line in sys.stdin.buffer.read().splitlines():
        number, file = os.fsdecode(line).split("\t")
        start = os.path.join(folder, number)
        with open(file, "rb") as before, open(start + ".fixed", "rb") as after:
            data, fixed = before.read(), after.read()
        looked += 1
        edited += data != fixed
        try:
            assert apply(data, edits_of_json(start + ".json", file)) == fixed, "the edits of json"
            assert apply(data, edits_of_sarif(start + ".sarif", file, data)) == fixed, "the fixes of sarif"
        except AssertionError as error:
            print(f"{file}: not what fix makes of it: {error}")
            wrong += 1
    print(f"{looked} manifests, {edited} of them edited, {wrong} wrong")
    sys.exit(wrong > 0 or edited < 80)


def check(file, flags):
    command = ["kubectl-harden", "check", "-q", "--fail-on=never", "-o", "json", "-f", file, *flags]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)["findings"]


def fingerprints(findings):
    return {finding["fingerprint"] for finding in findings if finding["status"] in ("fixable", "left")}


def groups(*flags):
    wrong = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        for file in map(os.fsdecode, sys.stdin.buffer.read().splitlines()):
            with open(file, "rb") as source:
                data = source.read()
            copy = os.path.join(folder, "copy" + os.path.splitext(file)[1])
            findings = check(file, flags)
            for group in {finding["group"] for finding in findings if "group" in finding}:
                mended = [finding for finding in findings if finding.get("group") == group]
                with open(copy, "wb") as target:
                    target.write(apply(data, [(edit["offset"], edit["length"], edit["text"])
                                              for finding in mended for edit in finding["edits"]]))
                tried += 1
                left, expected = check(copy, flags), fingerprints(findings) - fingerprints(mended)
                # A port may move once nothing is in its way any more.
                new = fingerprints(finding for finding in left if finding["rule"] != "unprivileged-ports")
                if not expected <= fingerprints(left) or not new <= expected:
                    print(f"{file}: group {group} mended alone leaves other findings:", expected ^ fingerprints(left))
                    wrong += 1
    print(f"{tried} groups, {wrong} wrong")
    sys.exit(wrong > 0 or tried < 100)


def xml_(*files):
    for file in files:
        xml.dom.minidom.parse(file)


{"validate": validate, "edit": edit, "groups": groups, "xml": xml_, "project": project}[sys.argv[1]](*sys.argv[2:])
