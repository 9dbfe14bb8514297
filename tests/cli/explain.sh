#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# explain.sh KUBECTL-HARDEN: the table of a standard says of every change that the fixtures and examples see whose it is
# and how safe; and it is that of the version that was asked for.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

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
