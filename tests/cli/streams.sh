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

# The other names of an open descriptor mean the same: what was redirected was not named, and stays as it is; it may have
# no name any more, as what a shell makes of a long here-document.
ln -s /dev/stdin named.yaml
for name in /dev/stdin /dev/fd/0 /proc/self/fd/0 named.yaml; do
	[ -e "$name" ] || continue
	run 0 sh -c "kubectl-harden fix -f $name <shop/web.yaml"
	same "$temp/piped" "$temp/out" "$name and - print different results"
	same shop/web.yaml "$tests/input/shop/web.yaml" "fix -f $name writes the file"
	run 1 sh -c "kubectl-harden diff -q -f $name <shop/web.yaml"
	grep -q '^+' "$temp/out" || fail "no diff of $name"
done
if [ -e /dev/fd/3 ] || [ -e /proc/self/fd ]; then
	cp shop/web.yaml gone.yaml
	run 0 sh -c 'exec 3<gone.yaml; rm gone.yaml; kubectl-harden fix -f /dev/fd/3'
	same "$temp/piped" "$temp/out" "a file without a name is not printed"
	# The project file is that of the current folder, as for -.
	printf 'profile: restricted\n' >.kubectl-harden.yaml
	run 0 sh -c 'kubectl-harden fix -q -f - <shop/web.yaml'
	cp "$temp/out" "$temp/restricted"
	! cmp -s "$temp/piped" "$temp/restricted" || fail "no project file for -"
	run 0 sh -c 'kubectl-harden fix -q -f /dev/stdin <shop/web.yaml'
	same "$temp/restricted" "$temp/out" "another project file for /dev/stdin"
	rm .kubectl-harden.yaml
fi
rm named.yaml

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

# Standard output that cannot be written to: said once, by every command, and nothing is claimed. What goes to a file
# goes there all the same, as with git and kubectl.
run 2 sh -c 'kubectl-harden diff -q -f shop/web.yaml >&-'
says err 'error: write standard output: bad file descriptor'
same shop/web.yaml "$tests/input/shop/web.yaml" "a closed standard output spoils the manifest"
for to in /dev/full '&-'; do
	[ "$to" != /dev/full ] || [ -c /dev/full ] || continue
	reason='no space left on device'
	[ "$to" = /dev/full ] || reason='bad file descriptor'
	for command in 'diff -f shop' 'check -f shop' 'check -o name-checks -f shop' 'fix --dry-run -f shop' \
		'fix --stdout -f shop' 'fix -f - <shop/web.yaml' 'diff -f - <shop/web.yaml' --help --version version fixers \
		'help fix' 'explain privileged' 'completion bash' '__complete fix --'; do
		run 2 sh -c "kubectl-harden $command >$to"
		[ "$(grep -c 'write standard output' "$temp/err")" = 1 ] || fail "$command >$to: $(cat "$temp/err")"
		says err "error: write standard output: $reason"
		! grep -q 'changed:' "$temp/err" || fail "$command >$to claims that something was changed"
	done
	diff -r shop "$tests/input/shop" || fail "a command that does not write files has written"
	run 0 sh -c "kubectl-harden fix -f shop/web.yaml >$to"
	same "$temp/piped" shop/web.yaml "a standard output that is not needed keeps a file from being fixed"
	fresh
	# Standard input has no file to go to. Its result comes first: where it is lost, no file is replaced.
	run 2 sh -c "kubectl-harden fix -f shop/api.yaml -f - <shop/web.yaml >$to"
	says err 'No file was changed.'
	same "$tests/input/shop/api.yaml" shop/api.yaml "a file was changed, though what goes to standard output was lost"
done
{ sleep 0.2; kubectl-harden fix -f shop/api.yaml -f - <shop/web.yaml; echo $? >"$temp/code"; } 2>"$temp/err" | true
[ "$(cat "$temp/code")" = 141 ] || fail "exit code $(cat "$temp/code") behind a closed pipe"
is_empty err
same "$tests/input/shop/api.yaml" shop/api.yaml "a file was changed, though the reader of standard output is gone"
run 0 sh -c 'kubectl-harden fix -f shop/web.yaml 2>&-'
same "$temp/piped" shop/web.yaml "a closed standard error spoils the manifest"
fresh
if [ -c /dev/full ]; then
	run 0 sh -c 'kubectl-harden fix -f shop/web.yaml 2>/dev/full'
	same "$temp/piped" shop/web.yaml "a full standard error keeps a file from being fixed"
	fresh
fi
run 2 sh -c 'kubectl-harden diff -f - <&-'
run 0 sh -c 'kubectl-harden check -f odd/hardened.yaml <&- >&- 2>&-'

# A reader that goes away ends every command without a word, as SIGPIPE does; where that is ignored, too.
for command in 'diff -q -f shop' 'check -q -f shop' 'fix -q --stdout -f shop' 'fix -q --dry-run -f shop' fixers 'explain privileged' \
	'--help' 'completion bash'; do
	for ignored in '' 'trap "" PIPE; '; do
		sh -c "${ignored}sleep 0.1; kubectl-harden $command; echo \$? >'$temp/code'" 2>"$temp/err" | true
		[ "$(cat "$temp/code")" = 141 ] || fail "$command: exit code $(cat "$temp/code") behind a closed pipe"
		is_empty err
	done
	run 0 sh -c "kubectl-harden $command | head -n 1"
	is_empty err
done
diff -r shop "$tests/input/shop" || fail "a command that does not write files has written"
exit "$failed"
