#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# help.sh KUBECTL-HARDEN: help is on standard output, at most 80 columns wide, and in step with what is parsed; what is
# wrong is on standard error, with exit code 2.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# narrow WHAT: no line of the last standard output has more than 80 columns.
narrow() {
	[ -s "$temp/out" ] || fail "$1 prints nothing"
	awk -v what="$1" 'length($0) > 80 { print what ": wider than 80: " $0; bad = 1 } END { exit bad }' "$temp/out" ||
		failed=1
}

commands=$(kubectl-harden --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ "$(echo "$commands" | wc -w)" -ge 8 ] || fail "help lists: $commands"

run 0 kubectl-harden
cp "$temp/out" "$temp/plain"
for words in --help -h help; do
	run 0 kubectl-harden $words
	same "$temp/plain" "$temp/out" "$words prints other help"
	narrow "$words"
done
for command in $commands; do
	run 0 kubectl-harden "$command" --help
	is_empty err
	narrow "$command --help"
	cp "$temp/out" "$temp/plain"
	run 0 kubectl-harden help "$command"
	same "$temp/plain" "$temp/out" "help $command prints other help"
	run 2 kubectl-harden "$command" --no-such-option
	is_empty out
	says err 'error: unknown flag: --no-such-option'
	says err "See 'kubectl harden $command --help' for usage."
	# Every option that help shows is taken, and completion offers the same ones.
	{
		sed -n 's/^    \(-., \)\{0,1\}\(--[a-z-]*\)=.*/\2/p' "$temp/plain"
		sed -n '/^Options for the connection/,/^$/p' "$temp/plain" | grep -o -e '--[a-z-]*' || :
	} | LC_ALL=C sort >"$temp/shown"
	kubectl-harden __complete "$command" -- | sed -n 's/^\(--[a-z-]*\).*/\1/p' >"$temp/offered"
	same "$temp/shown" "$temp/offered" "$command: help and completion differ"
done

run 2 kubectl-harden help no-such-command
is_empty out
run 2 kubectl-harden explain
run 2 kubectl-harden explain run-as-root
says err 'error: unknown fixer "run-as-root"; kubectl harden fixers lists them'
run 2 kubectl-harden explain capabilities privileged
run 2 kubectl-harden completion powershell
run 2 kubectl-harden -f x diff
run 2 kubectl-harden ''

run 0 kubectl-harden version
says out "kubectl-harden $(sed -n "s/^  version: '\(.*\)',/\1/p" "$source_root/meson.build")"
run 0 kubectl-harden --version

# Every fixer can be explained, in 80 columns.
for fixer in $(kubectl-harden fixers | sed '1d;s/ .*//'); do
	run 0 kubectl-harden explain "$fixer"
	is_empty err
	narrow "explain $fixer"
done
exit "$failed"
