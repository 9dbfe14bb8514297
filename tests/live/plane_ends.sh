#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# plane_ends.sh: plane.sh ends as its COMMAND does, and nothing of it is left: also where it is killed, or its caller.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
temp=$(mktemp -d "${TMPDIR:-/tmp}/kubectl-harden-ends-XXXXXX")
trap 'rm -rf "$temp"' EXIT
export TMPDIR=$temp

# gone: fails unless, in a moment, there is no folder and no process that was told of one.
gone() {
	for _ in {1..50}; do
		if ! ls -d "$temp"/kubectl-harden-plane-* && ! grep -lsaF "$temp/kubectl-harden-plane-" /proc/[0-9]*/cmdline; then
			return
		fi >/dev/null 2>&1
		sleep 0.1
	done
	echo "left after $1:" >&2
	ls "$temp" >&2
	grep -lsaF "$temp/kubectl-harden-plane-" /proc/[0-9]*/cmdline >&2
	exit 1
}

# started: waits until COMMAND, which makes the file $temp/up with its process id, runs.
started() {
	until [ -s "$temp/up" ]; do
		sleep 0.1
	done
}

status=0
"$here/plane.sh" sh -c 'kubectl get --raw /readyz && exit 7' || status=$?
[ "$status" != 77 ] || exit 77
[ "$status" = 7 ] || { echo "exit code $status instead of 7" >&2 && exit 1; }
gone "its end"

# shellcheck disable=SC2016 # the inner shell expands it
wait_for_ever='echo $$ >"$1"; exec sleep 1000'

"$here/plane.sh" sh -c "$wait_for_ever" - "$temp/up" &
started
kill -TERM $!
wait $! && exit 1
gone SIGTERM

rm "$temp/up"
"$here/plane.sh" sh -c "$wait_for_ever" - "$temp/up" &
started
kill -KILL $!
wait $! && exit 1
gone SIGKILL

rm "$temp/up"
bash -c '"$1" sh -c "$2" - "$3" & wait' - "$here/plane.sh" "$wait_for_ever" "$temp/up" &
started
kill -KILL $!
wait $! && exit 1
gone "its caller's end"
if kill -0 "$(cat "$temp/up")" 2>/dev/null; then
	echo "COMMAND is still there" >&2
	exit 1
fi
