#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# machine.sh KUBECTL-HARDEN: reports for programs end as those for people do, print nothing beside themselves, and hold
# whatever names a stranger gave: escape sequences, line feeds, marks of direction, bytes that are not UTF-8.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# The same exit codes.
sed 's/readOnlyRootFilesystem: true/readOnlyRootFilesystem: false/' odd/hardened.yaml >writable.yaml
for format in json sarif github junit; do
	run 0 kubectl-harden check -o $format -f odd/hardened.yaml
	run 1 kubectl-harden check -o $format -f writable.yaml
	run 0 kubectl-harden check -o $format --fail-on=violation -f writable.yaml
	run 0 kubectl-harden check -o $format --fail-on=never -f shop
	is_empty err
	run 1 kubectl-harden check -o $format --fail-on=violation -f odd/separator.yaml
	run 0 kubectl-harden check -o $format -R -f chart
	run 2 kubectl-harden check -o $format -f writable.yaml -f nothing.yaml
	says err 'error: open nothing.yaml: no such file or directory'
	# A reader that goes away, and a full disk.
	run 0 sh -c "kubectl-harden check -o $format -f shop | head -n 1"
	is_empty err
	[ ! -c /dev/full ] || run 2 sh -c "kubectl-harden check -o $format -f shop >/dev/full"
	# Standard input has a name, and the same findings.
	run 1 sh -c "kubectl-harden check -o $format -f - <shop/web.yaml"
	grep -q stdin "$temp/out" || fail "-o $format: standard input has no name"
done
run 2 kubectl-harden check -o yaml -f shop
run 2 kubectl-harden fix -o json -f shop
run 0 kubectl-harden diff -o json -f odd/hardened.yaml
run 1 kubectl-harden diff -o json -f shop/web.yaml
cp "$temp/out" "$temp/diff"
run 1 kubectl-harden check -o json -f shop/web.yaml
sed 's/"exitCode": 1/"exitCode": 0/' "$temp/out" >"$temp/check"
sed 's/"exitCode": 1/"exitCode": 0/' "$temp/diff" >"$temp/other"
same "$temp/check" "$temp/other" "diff -o json and check -o json differ"
same shop/web.yaml "$tests/input/shop/web.yaml" "a report changes the manifest"

# Names, in YAML's own escapes, and a path.
mkdir hostile
name=$(printf 'hostile/a b%%\033[31m\nc\342\200\256\377:,&<>"\\.yaml')
cat >"$name" <<'YAML'
apiVersion: v1
kind: "P\x1b[31mod<&>\"\u202E"
metadata: {name: "x\ny\u2028z\x01%0A::error::"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: "x\ny\u202Ez\x01\u0000%0A::error::]]>", namespace: "\u009B\uFFFE"}
spec:
  template:
    spec:
      containers:
      - {name: "c\n::error::\e[31m\u202E<&>\"'", image: "i\nm\x07age"}
      - {name: "a/b~c", image: "b,c:d%", securityContext: {privileged: true}}
YAML
for format in json sarif github junit; do
	run 1 kubectl-harden check -o $format -f "$name"
	is_empty err
	cp "$temp/out" "$temp/hostile.$format"
	# Nothing that a terminal would obey: of control characters, line feeds alone; no mark of direction.
	! LC_ALL=C grep -q "$(printf '[\001-\011\013-\037\177]')" "$temp/out" || fail "-o $format: control characters"
	! LC_ALL=C grep -qE "$(printf '\302[\200-\237]|\342\200[\250-\256]|\377')" "$temp/out" ||
		fail "-o $format: controls or marks of direction: $(cat -v "$temp/out")"
	iconv -f UTF-8 -t UTF-8 "$temp/out" >/dev/null || fail "-o $format: not UTF-8"
done
# A line each, each a command; and no name begins one.
[ "$(grep -c '^::\(error\|warning\|notice\) file=' "$temp/hostile.github")" = "$(wc -l <"$temp/hostile.github")" ] ||
	fail "github: a name makes a line of its own: $(cat "$temp/hostile.github")"
grep -q '^::error file=hostile/a b%25\\x1b\[31m\\nc\\u202e\\xff%3A%2C&<>"\\.yaml,line=12,col=9,title=run-as-non-root::' \
	"$temp/hostile.github" || fail "github: another path: $(cat "$temp/hostile.github")"
if has python3; then
	python3 - "$temp" "$name" <<'PYTHON' || fail "what programs read"
import json, os, sys, urllib.parse, xml.dom.minidom
temp, name = sys.argv[1:]
report = json.load(open(f"{temp}/hostile.json", encoding="utf-8"))
sarif = json.load(open(f"{temp}/hostile.sarif", encoding="utf-8"))
document = xml.dom.minidom.parse(f"{temp}/hostile.junit")
uris = {finding["uri"] for finding in report["findings"]} | {
    result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in sarif["runs"][0]["results"]}
assert [urllib.parse.unquote_to_bytes(uri) for uri in uris] == [os.fsencode(name)], uris
# Names are told exactly; what people read is escaped.
finding = next(finding for finding in report["findings"] if finding["rule"] == "run-as-user")
assert finding["object"]["name"] == "x\ny\u202ez\x01\x00%0A::error::]]>", finding
assert finding["object"]["namespace"] == "\u009b\ufffe", finding
assert finding["message"].startswith('container c\\n::error::\\x1b[31m\\u202e<&>"\' names no user'), finding
volumes = [operation["value"] for finding in report["findings"] for operation in finding.get("operations", [])
           if operation["path"].endswith("/volumes")]
assert volumes and all(volume["name"].startswith("tmp-") for volume in volumes[0]), volumes
messages = [failure.getAttribute("message") for failure in document.getElementsByTagName("failure")]
assert finding["message"] in messages, messages
PYTHON
	for schema in schemas/report.schema.json:json tests/sarif/sarif-schema-2.1.0.json:sarif; do
		code=0
		reports validate "$source_root/${schema%:*}" "$temp/hostile.${schema#*:}" || code=$?
		[ "$code" = 0 ] || [ "$code" = 77 ] || fail "${schema%:*}"
	done
fi
exit "$failed"
