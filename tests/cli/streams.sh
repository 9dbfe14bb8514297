#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# streams.sh KUBECTL-HARDEN: standard input, standard output, and what may go wrong with them.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# From standard input to standard output, nothing else.
run 0 sh -c 'kubectl-harden fix -f - <shop/web.yaml'
cp "$temp/out" "$temp/piped"
run 0 kubectl-harden fix --stdout -f shop/web.yaml
same "$temp/piped" "$temp/out" "--stdout and - print different results"
same shop/web.yaml "$tests/input/shop/web.yaml" "--stdout writes the file"
run 0 kubectl-harden fix -q -f shop/web.yaml
is_empty out
is_empty err
same "$temp/piped" shop/web.yaml "in place and - give different results"
fresh

# What cannot be hardened goes through unchanged: a template, a broken file, nothing at all.
for file in chart/templates/web.yaml odd/separator.yaml shop/values.yaml /dev/null; do
	run 0 sh -c "kubectl-harden fix -f - <$file"
	same "$file" "$temp/out" "$file does not go through unchanged"
done

# Several results are still a stream of documents.
run 0 kubectl-harden fix -q --stdout -f odd/hardened.yaml -f odd/hardened.yaml -f shop/settings.yaml
[ "$(grep -c '^---$' "$temp/out")" = 1 ] || fail "two files that run into each other: $(cat "$temp/out")"
printf '%s' "$(cat odd/hardened.yaml)" >short.yaml
run 0 kubectl-harden fix -q --stdout -f short.yaml -f shop/settings.yaml
[ "$(grep -c '^---$' "$temp/out")" = 1 ] || fail "no line feed before the separator"
run 2 kubectl-harden diff -f - -f -

# A pipe with a name is read as one.
if mkfifo fifo 2>/dev/null; then
	cat shop/web.yaml >fifo &
	run 0 kubectl-harden fix -q -f fifo
	same "$temp/piped" "$temp/out" "a named pipe"
	wait
fi

# Standard output that cannot be written to.
run 2 sh -c 'kubectl-harden diff -q -f shop/web.yaml >&-'
says err 'error: write standard output: bad file descriptor'
same shop/web.yaml "$tests/input/shop/web.yaml" "a closed standard output spoils the manifest"
if [ -c /dev/full ]; then
	for command in 'diff -q -f shop' 'check -q -f shop' 'fix -q -f - <shop/web.yaml' '--help' 'fixers' 'explain privileged'; do
		run 2 sh -c "kubectl-harden $command >/dev/full"
		says err 'error: write standard output: no space left on device'
	done
fi
run 0 sh -c 'kubectl-harden fix -f shop/web.yaml 2>&-'
same "$temp/piped" shop/web.yaml "a closed standard error spoils the manifest"
fresh
run 2 sh -c 'kubectl-harden diff -f - <&-'
run 0 sh -c 'kubectl-harden check -f odd/hardened.yaml <&- >&- 2>&-'

# A reader that goes away ends it without a word.
run 0 sh -c 'kubectl-harden diff -q -f shop | head -n 1'
is_empty err
{ kubectl-harden diff -q -f shop; echo $? >"$temp/code"; } 2>"$temp/err" | true
case $(cat "$temp/code") in
1 | 141) ;;
*) fail "exit code $(cat "$temp/code") behind a closed pipe" ;;
esac
(
	trap '' PIPE
	{ kubectl-harden diff -q -f shop; echo $? >"$temp/code"; } 2>"$temp/err" | true
)
is_empty err
exit "$failed"
