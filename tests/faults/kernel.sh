#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kernel.sh KUBECTL-HARDEN: faults once more, by another means: strace lets every system call of a run fail or be
# interrupted in the kernel, those of the loader and of the C library too, which no preloaded library sees.
set -u
program=$(realpath "$1")
require() {
	echo "$1" >&2
	[ "${KUBECTL_HARDEN_REQUIRE:-}" = 1 ] && exit 1
	exit 77
}
temp=$(mktemp -d /dev/shm/kernel-XXXXXX 2>/dev/null || mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$temp" || exit 99
# shellcheck disable=SC3045 # every sh here has it
ulimit -c 0
mkdir old new work
command -v strace >/dev/null || require 'no strace here'
strace -o trace -e inject=close:error=EIO:when=1 true 2>/dev/null
grep -q INJECTED trace || require 'strace cannot inject faults here'

# Three that have nothing to do with each other: one that cannot be read leaves the others as they would be.
files='a.yaml b.yaml c.yaml'
for file in $files; do
	cat >"old/$file" <<END
apiVersion: v1
kind: Pod
metadata: {name: ${file%.yaml}}
spec:
  containers:
  - {name: web, image: "example.org/web:1"}
END
done
cp old/* new
"$program" fix -q -f new || exit 1
for file in $files; do
	! cmp -s "old/$file" "new/$file" || exit 1
done
runs=0 failed=0

# complain WHAT
complain() {
	failed=$((failed + 1))
	echo "FAILED $call, number $n, $fault, exit code $code: $1"
	cat err
	ls -A work
}

# state: "old", "new", or which are new; "torn" if one is neither.
state() {
	found=
	for file in $files; do
		if cmp -s "work/$file" "new/$file"; then
			found="$found $file"
		elif ! cmp -s "work/$file" "old/$file"; then
			echo torn
			return
		fi
	done
	case $found in
	'') echo old ;;
	" $files") echo new ;;
	*) echo "$found" ;;
	esac
}

judge() {
	state=$(state)
	left=$(cd work && find . -name '.*.kubectl-harden-??????' | wc -l)
	all=$(find work -type f | wc -l)
	killed=0
	# What ends without a chance to clean up may leave temporaries, and files of a transaction apart.
	[ "$fault" != signal=SIGKILL ] && ! grep -q 'out of memory' err || killed=1
	[ "$state" != torn ] || complain 'a file is neither old nor new'
	[ "$all" = $((3 + left)) ] || complain 'files have gone or come'
	[ "$left" = 0 ] || [ "$killed" = 1 ] || grep -q 'kubectl-harden-' err || complain 'a temporary is left'
	case $state in
	old | new | torn) ;;
	*)
		# What could not be read is named.
		if [ "$killed" = 0 ]; then
			for file in $files; do
				case $state in
				*$file*) ;;
				*) grep -q "$file" err || complain "some are new ($state), and $file is not named" ;;
				esac
			done
		fi
		;;
	esac
	[ "$code" != 0 ] || [ "$state" = new ] || complain 'exit code 0, and not all was done'
	[ "$code" = 0 ] || [ "$state" != old ] || ! grep -q 'files changed' err || complain 'it claims to have changed files'
	[ "$code" != 1 ] || complain 'exit code 1'
}

# The calls of a run.
cp old/* work
strace -o trace "$program" fix -f work >/dev/null 2>err
calls=$(sed -n 's/^\([a-z_0-9]*\)(.*/\1/p' trace | sort -u | grep -vx -e execve -e exit_group -e rt_sigreturn)
for call in renameat2 fsync openat read write unlinkat; do
	echo "$calls" | grep -qx "$call" || { echo "a run has no $call?"; exit 1; }
done
for call in $calls; do
	most=$(grep -c "^$call(" trace)
	for kind in error signal; do
		n=1
		while [ "$n" -le "$most" ]; do
			# One of each in turn: all of them at each call is what the preloaded library is for.
			# shellcheck disable=SC2086 # words
			if [ $kind = error ]; then
				set -- EIO ENOSPC EACCES EROFS EDQUOT EINTR ENOMEM EFBIG
			else
				set -- SIGKILL SIGINT SIGTERM SIGQUIT
			fi
			shift $(((n + runs) % $#))
			fault=$kind=$1
			rm -rf work
			cp -R old work
			code=0
			strace -o one -e trace="$call" -e inject="$call:$fault:when=$n" "$program" fix -f work \
				>/dev/null 2>err || code=$?
			runs=$((runs + 1))
			[ $kind = signal ] || grep -q INJECTED one || complain 'the call did not come'
			judge
			n=$((n + 1))
		done
	done
done
echo "$runs runs, $failed failed"
[ "$failed" = 0 ]
