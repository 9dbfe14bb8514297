#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# patch.sh KUBECTL-HARDEN SOURCE-ROOT: the JSON Patch operations of `check -o json`, applied to what kubectl's own reader
# makes of a manifest, give what it makes of that manifest after `fix`: for every manifest of the fixtures, the examples
# and $KUBECTL_HARDEN_CORPUS, by default and with --unsafe, which also removes.
set -euo pipefail

kubectl_harden=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/judge/common.sh
. "$here/common.sh"
need python3
judge=$("$here/build.sh" judge) || exit

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# apply FILE FOLDER FLAG…: whether the operations make of FOLDER/before what fix makes; the reason in FOLDER/log.
apply() {
	local file=$1 work=$2
	shift 2
	"$kubectl_harden" check -q --fail-on=never "$@" -o json -f "$file" >"$work/report.json"
	"$kubectl_harden" fix -q --stdout "$@" -f "$file" >"$work/fixed.${file##*.}"
	# A document that kubectl cannot read is an empty line on both sides: see compare().
	"$judge" yaml2json "$work/fixed.${file##*.}" >"$work/after" 2>/dev/null || :
	python3 "$here/patch.py" "$work/report.json" "$work/before" "$work/after" >"$work/log" 2>&1
}

compare() {
	local file=$1 work
	work=$(mktemp -d "$temp/XXXXXX")
	"$judge" yaml2json "$file" >"$work/before" 2>/dev/null || :
	if ! apply "$file" "$work" || ! apply "$file" "$work" --unsafe; then
		echo "FAIL $file: $(tail -n 4 "$work/log")"
	elif cmp -s "$file" "$work/fixed.${file##*.}"; then
		echo "skip $file: nothing to change"
	else
		echo "ok $file"
	fi
	rm -r "$work"
}

export kubectl_harden judge temp here
export -f apply compare
each_manifest compare "$2" "$temp"
