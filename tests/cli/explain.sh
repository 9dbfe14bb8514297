#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# explain.sh KUBECTL-HARDEN: a fixer's example is shown with what diff and fix make of it; the table of a standard says
# of every change that the fixtures and examples see whose it is and how safe, and is that of the version that was asked
# for.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# The example of each fixer: what went in and what comes out can be read from the diff, whose context is all of it.
examples=0
kubectl-harden fixers | awk 'NR > 1 { print $1 }' >"$temp/names"
while read -r name; do
	run 0 kubectl-harden explain "$name"
	is_empty err
	sed -n '/^Example:/,/^$/s/^  \([-+ ]\)/\1/p' "$temp/out" >"$temp/example"
	if [ ! -s "$temp/example" ]; then
		echo "$name" >>"$temp/without"
		continue
	fi
	examples=$((examples + 1))
	flags=$(sed -n 's/^Example: *//p' "$temp/out") # that it needs
	sed -n 's/^[- ]//p' "$temp/example" >example.yaml
	sed -n 's/^[+ ]//p' "$temp/example" >expected.yaml
	# shellcheck disable=SC2086 # flags or nothing
	run 1 kubectl-harden diff -q --only="$name" --also="$name" $flags -f example.yaml
	sed -n '3,$s/^\([-+]\)/\1/p' "$temp/out" >"$temp/lines"
	grep '^[-+]' "$temp/example" >"$temp/shown"
	same "$temp/lines" "$temp/shown" "explain $name: its example is not what diff prints (> is explained)"
	# shellcheck disable=SC2086
	run 0 kubectl-harden fix -q --only="$name" --also="$name" $flags -f example.yaml
	same expected.yaml example.yaml "explain $name: its example is not what fix makes (> is made)"
	# The reference holds the same.
	# shellcheck disable=SC2016 # a fence of Markdown
	sed -n "/^## $name\$/,/^## /p" "$source_root/fixers/README.md" | sed -n '/^```diff$/,/^```$/p' | sed '/^```/d' |
		cmp -s - "$temp/example" || fail "explain $name: fixers/README.md has another example"
done <"$temp/names"
[ "$examples" -ge 16 ] || fail "only $examples fixers have an example"
# Those without one never change anything, and the reference says so.
[ ! -e "$temp/without" ] || while read -r name; do
	sed -n "/^## $name\$/,/^## /p" "$source_root/fixers/README.md" | grep -q '^Only a person can decide' ||
		fail "explain $name has no example"
done <"$temp/without"

for level in baseline restricted; do
	run 0 kubectl-harden explain --standard=$level
	is_empty err
	cp "$temp/out" "$temp/$level"
	find "$source_root/tests/fixtures" "$source_root/examples" -name expected -prune -o \
		-type f \( -name '*.yaml' -o -name '*.json' \) -print |
		while IFS= read -r file; do
			kubectl-harden check -q --unsafe --fail-on=never --profile=$level -o json -f "$file"
		done >"$temp/reports"
	sed -n 's/^    {"rule": "\([^"]*\)", "check": "\([^"]*\)", "level": "[a-z]*", "status": "fixable", "safety": "\([a-z]*\)".*/\2 \1 \3/p' \
		"$temp/reports" | sort -u >"$temp/changes"
	[ "$(wc -l <"$temp/changes")" -ge 8 ] || fail "few changes: $(cat "$temp/changes")"
	while read -r check fixer safety; do
		grep -q "^$check  *$fixer  .* *\<$safety\>" "$temp/$level" || fail "--standard=$level: no $check $fixer $safety"
	done <"$temp/changes"
	# And what it says is seen: every fixer that changes something does, with each of its safeties.
	sed '1d;s/,//g' "$temp/$level" | while read -r check fixer safeties; do
		for safety in $safeties; do
			[ "$safety" = finding ] || grep -qx "$check $fixer $safety" "$temp/changes" || echo "$check $fixer $safety"
		done
	done >"$temp/unseen"
	[ ! -s "$temp/unseen" ] || fail "--standard=$level: not seen in any fixture: $(cat "$temp/unseen")"
done

grep -q '^runAsUser ' "$temp/restricted" || fail "runAsUser is not of the newest version"
run 0 kubectl-harden explain --standard restricted --standard-version v1.22
! grep -q '^runAsUser ' "$temp/out" || fail "runAsUser came with v1.23"
run 0 kubectl-harden explain --standard baseline --standard-version 1.33
! grep -q '^hostProbesAndHostLifecycle ' "$temp/out" || fail "hostProbesAndHostLifecycle came with v1.34"
run 2 kubectl-harden explain
run 2 kubectl-harden explain privileged --standard=baseline
run 2 kubectl-harden explain --standard=hardened
exit "$failed"
