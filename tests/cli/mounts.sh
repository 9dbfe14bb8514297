#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mounts.sh KUBECTL-HARDEN: a disk that is really full, one that is read-only, a file that is a mount of its own, and
# files that are immutable. Needs root, and a mount namespace of its own.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

unshare -m true 2>/dev/null || {
	echo 'nothing can be mounted here' >&2
	exit 77
}
mkdir disk

# mounted CODE SCRIPT: runs it where disk/ is a small file system of its own, with copies of shop/ in it.
mounted() {
	code_expected=$1
	run "$code_expected" unshare -m sh -c "
		mount -t tmpfs -o size=128k,mode=755 none disk || exit 99
		cp -R shop disk/shop && mkdir disk/other && cp shop/web.yaml disk/other
		$2
		code=\$?
		find disk -name '.*kubectl-harden*' >left
		diff -r shop disk/shop >changes && diff shop/web.yaml disk/other/web.yaml >>changes
		exit \$code"
	[ ! -s left ] || fail "left behind: $(cat left)"
	[ ! -s changes ] || fail "changed: $(cat changes)"
}

mounted 2 'cat /dev/zero >disk/full 2>/dev/null; kubectl-harden fix -R -f disk'
says err 'error: write the new version of disk/other/web.yaml: no space left on device'
says err 'No file was changed.'
# Room for some of the new versions, not for all.
mounted 2 'cat /dev/zero >disk/full 2>/dev/null; truncate -s -8192 disk/full; kubectl-harden fix -R -f disk'
grep -q '^error: write the new version of disk/shop/.*: no space left on device$' "$temp/err" || fail "$(cat "$temp/err")"
says err 'No file was changed.'
mounted 2 'mount -o remount,ro disk && kubectl-harden fix -R -f disk'
says err 'error: write disk/other/web.yaml: read-only file system'
mounted 1 'mount -o remount,ro disk && kubectl-harden diff -q -R -f disk'
mounted 2 'mount --bind disk/shop/web.yaml disk/shop/web.yaml && kubectl-harden fix -f disk/shop'
grep -q '^error: replace disk/shop/web.yaml: it is mounted by itself' "$temp/err" || fail "$(cat "$temp/err")"
says err 'No file was changed.'

# Immutable, and append-only.
fresh
for flag in i a; do
	chattr "+$flag" shop/web.yaml 2>/dev/null || continue
	run 2 kubectl-harden fix -f shop
	chattr "-$flag" shop/web.yaml
	grep -q 'immutable (lsattr' "$temp/err" || fail "$(cat "$temp/err")"
	says err 'No file was changed.'
	diff -r shop "$tests/input/shop" || fail "files changed beside one with chattr +$flag"
done
exit "$failed"
