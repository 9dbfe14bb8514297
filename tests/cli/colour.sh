#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# colour.sh KUBECTL-HARDEN: colours on a terminal and nowhere else, but as --color and NO_COLOR say; and nothing of the
# input that a terminal would obey.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
escape=$(printf '\033')

# on_terminal COMMAND: its output as a terminal gets it, in $temp/terminal.
on_terminal() {
	script -qec "$1" /dev/null </dev/null >"$temp/terminal" 2>&1
}

# coloured FILE, plain FILE
coloured() {
	grep -q "${escape}\[32m+" "$1" || fail "no colour: $2"
}
plain() {
	! grep -q "$escape" "$1" || fail "colour: $2"
}

run 1 kubectl-harden diff -f shop/web.yaml
plain "$temp/out" "in a pipe"
plain "$temp/err" "in a pipe, standard error"
run 1 kubectl-harden diff --color=always -f shop/web.yaml
coloured "$temp/out" "--color=always"
sed "s/${escape}\[[0-9;]*m//g" "$temp/out" >"$temp/stripped"
run 1 kubectl-harden diff --color=never -f shop/web.yaml
plain "$temp/out" "--color=never"
same "$temp/stripped" "$temp/out" "colours change more than colours"
if has git; then
	# The same codes as git, line by line.
	cp shop/web.yaml before
	kubectl-harden fix --stdout -q -f shop/web.yaml >after
	git -c core.pager=cat diff --no-index --color=always before after |
		sed -n "s/${escape}\[1m\(---\|+++\).*/\1/p;/^${escape}\[3[12]m/p;/^${escape}\[36m/p" >"$temp/git"
	kubectl-harden diff -q --color=always -f shop/web.yaml |
		sed -n "s/${escape}\[1m\(---\|+++\).*/\1/p;/^${escape}\[3[12]m/p;/^${escape}\[36m/p" >"$temp/ours"
	# Git switches colours off and on again where it makes no difference.
	sed -i "s/+${escape}\[m${escape}\[32m/+/;s/@@${escape}\[m ${escape}\[m\(.*\)${escape}\[m$/@@${escape}[m \1/" "$temp/git"
	same "$temp/git" "$temp/ours" "git colours otherwise"
fi

if has script; then
	on_terminal 'kubectl-harden diff -f shop/web.yaml'
	coloured "$temp/terminal" "on a terminal"
	on_terminal 'NO_COLOR=1 kubectl-harden diff -f shop/web.yaml'
	plain "$temp/terminal" "with NO_COLOR"
	on_terminal 'NO_COLOR= kubectl-harden diff -f shop/web.yaml'
	coloured "$temp/terminal" "with an empty NO_COLOR"
	on_terminal 'TERM=dumb kubectl-harden diff -f shop/web.yaml'
	plain "$temp/terminal" "on a dumb terminal"
	on_terminal 'NO_COLOR=1 kubectl-harden diff --color=always -f shop/web.yaml'
	coloured "$temp/terminal" "--color=always wins over NO_COLOR"
	on_terminal 'kubectl-harden diff --color=never -f shop/web.yaml'
	plain "$temp/terminal" "--color=never on a terminal"
	on_terminal 'kubectl-harden diff -f shop/web.yaml | cat'
	# Standard error is a terminal there, standard output is not.
	! grep -q "${escape}\[32m+" "$temp/terminal" || fail "colour in a pipe whose standard error is a terminal"

	# An escape sequence in a value, and bidirectional controls: shown on a terminal, kept in a pipe.
	printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  # \302\233 and \342\200\256\n' >raw.yaml
	printf 'spec:\n  containers:\n  - name: web\n    image: a/b\n' >>raw.yaml
	if kubectl-harden diff -q -f raw.yaml | grep -q "$(printf '\342\200\256')"; then
		on_terminal 'kubectl-harden diff -q --color=never -f raw.yaml'
		grep -q '# \\u009b and \\u202e' "$temp/terminal" || fail "not shown as escapes:$(cat -v "$temp/terminal")"
	fi
	on_terminal 'kubectl-harden check --color=never -f odd/escapes.yaml'
	plain "$temp/terminal" "names with escape sequences"
	# No progress line for a short run.
	! grep -q ' of ' "$temp/terminal" || fail "progress on a short run"
fi

# A path can hold anything.
name=$(printf 'a\033[31mb\nc.yaml')
cp odd/hardened.yaml "$name"
sed -i 's/readOnlyRootFilesystem: true/readOnlyRootFilesystem: false/' "$name"
run 1 kubectl-harden check -f "$name"
plain "$temp/out" "a path with an escape sequence"
[ "$(wc -l <"$temp/out")" = 1 ] || fail "a path with a line feed takes two lines"
run 2 kubectl-harden diff -f "$(printf 'no\033[31m.yaml')"
plain "$temp/err" "a missing path with an escape sequence"
exit "$failed"
