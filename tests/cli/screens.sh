#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# screens.sh KUBECTL-HARDEN: what a person sees, byte for byte. Each file of screens/ is a command in its first line and
# what it prints. UPDATE=1 writes them anew: read them before they are committed.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# show FILE: runs the command in FILE's first line and prints a screen.
show() {
	command=$(sed -n '1s/^\$ //p' "$1")
	code=0
	sh -c "$(printf '%s' "$command" | sed 's/kubectl harden/kubectl-harden/g')" \
		>"$temp/out" 2>"$temp/err" </dev/null || code=$?
	echo "\$ $command"
	echo '==== standard output'
	cat "$temp/out"
	echo '==== standard error'
	cat "$temp/err"
	echo "==== exit code $code"
}

for screen in "$tests"/screens/*.txt; do
	fresh
	show "$screen" >"$temp/screen"
	if [ "${UPDATE:-}" = 1 ]; then
		cp "$temp/screen" "$screen"
	else
		same "$screen" "$temp/screen" "$(basename "$screen" .txt): prints something else (> is new)"
	fi
	! grep -q "$(printf '[\033\007]')" "$temp/screen" || fail "$(basename "$screen" .txt): prints a raw escape"
done
exit "$failed"
