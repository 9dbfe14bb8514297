#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Over every manifest of the fixtures, the examples and $KUBECTL_HARDEN_CORPUS: a second run changes nothing, no line is
# only re-formatted, and no comment is lost. Looked at from outside, by diff and grep alone.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# normal FILE: a line that says the same looks the same: no blanks, no quotes.
normal() {
	tr -d " \t\r\"'" <"$1"
}

# comments FILE: what stands behind a # that begins a word, sorted.
comments() {
	grep -ao '\(^\|[[:blank:]]\)#.*' "$1" | tr -d '\r' | sed 's/^[[:blank:]]*//' | sort
}

looked=0
examine() {
	kubectl-harden fix -q --stdout -f "$1" >"$temp/once" 2>"$temp/err" || {
		fail "fix of $1 ends with $?"
		return
	}
	cat "$1" >"$temp/before"
	cp "$temp/once" "$temp/again.${1##*.}"
	kubectl-harden fix -q --stdout -f "$temp/again.${1##*.}" >"$temp/twice" 2>>"$temp/err"
	cmp -s "$temp/once" "$temp/twice" || fail "a second run changes $1"
	# A last line without a line break is no line of its own to diff.
	echo >>"$temp/before"
	echo >>"$temp/once"
	# Where much recurs, diff takes lines for changed that are not, unless it tries harder.
	diff -d "$temp/before" "$temp/once" >"$temp/diff"
	grep -a '^<' "$temp/diff" | cut -c3- >"$temp/gone"
	grep -a '^>' "$temp/diff" | cut -c3- >"$temp/come"
	normal "$temp/gone" | sort | uniq >"$temp/gone.normal"
	normal "$temp/come" | sort | uniq >"$temp/come.normal"
	comm -12 "$temp/gone.normal" "$temp/come.normal" | grep -q . && fail "a line of $1 is only re-formatted"
	comments "$temp/before" >"$temp/comments"
	comments "$temp/once" | comm -23 "$temp/comments" - | grep -q . && fail "a comment of $1 is lost"
	looked=$((looked + 1))
}

find "$source_root/tests/fixtures" "$source_root/examples" ${KUBECTL_HARDEN_CORPUS:+"$KUBECTL_HARDEN_CORPUS"} \
	-name expected -prune -o -type f \( -name '*.yaml' -o -name '*.yml' -o -name '*.json' \) -print >"$temp/list"
while IFS= read -r file; do
	examine "$file"
done <"$temp/list"
[ "$looked" -gt 100 ] || fail "only $looked manifests were looked at"
echo "$looked manifests"
exit "$failed"
