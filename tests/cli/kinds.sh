#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kinds.sh KUBECTL-HARDEN: what a path can be besides a file: devices, sockets, pipes, links, folders without permission,
# files with two names; and how many files there can be, with how few descriptors.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

web=$tests/input/shop/web.yaml
cp "$web" "$temp/fixed.yaml"
run 0 kubectl-harden fix -q -f "$temp/fixed.yaml"
cp "$web" "$temp/kept.yaml"
run 0 kubectl-harden fix -q --low-ports=sysctl -f "$temp/kept.yaml"

# Devices and sockets are no files; nothing waits for them, and the next file is read.
for device in /dev/zero /dev/null /dev/full; do
	[ -c "$device" ] || continue
	run 2 kubectl-harden check -f "$device" -f odd/hardened.yaml
	says err "error: read $device: is a device, not a file"
	says err '1 file, no findings.'
done

if has python3; then
	mkdir sockets
	cp odd/hardened.yaml sockets/web.yaml
	python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sockets/web.sock.yaml")'
	run 2 kubectl-harden check -f sockets/web.sock.yaml -f odd/hardened.yaml
	says err 'error: read sockets/web.sock.yaml: is a socket or a device, not a file'
	says err '1 file, no findings.'
	run 0 kubectl-harden fix -v -f sockets
	says err 'sockets/web.sock.yaml: passed over: a pipe, socket or device'
	[ -S sockets/web.sock.yaml ] || fail 'the socket is gone'
	# One that is connected is a stream like others.
	cp "$web" web.yaml
	run 0 python3 -c '
import socket, subprocess, sys
ours, theirs = socket.socketpair()
child = subprocess.Popen(["kubectl-harden", "fix", "-q", "-f", "-"], stdin=theirs)
theirs.close()
ours.sendall(open("web.yaml", "rb").read())
ours.close()
sys.exit(child.wait())'
	same "$temp/fixed.yaml" "$temp/out" 'what a socket gives is not hardened'
fi

# A pipe that nobody writes to: named, it is waited for, as cat does; met in a folder, it is passed over.
mkdir odds
if has timeout && mkfifo odds/fifo.yaml 2>/dev/null; then
	cp odd/hardened.yaml odds/web.yaml
	run 0 timeout 20 kubectl-harden check -v -f odds
	says err 'odds/fifo.yaml: passed over: a pipe, socket or device'
	code=0
	timeout 0.3 kubectl-harden check -f odds/fifo.yaml >"$temp/out" 2>"$temp/err" || code=$?
	[ "$code" = 124 ] || fail "a pipe that nobody writes to: exit code $code"
	says err 'Stopped after 0 of 1 file. Every file is whole; none was changed.'
	rm odds/fifo.yaml
fi

# Links: loops end, what leads nowhere or out of the folder is passed over, and stays what it is.
ln -s .. odds/up
ln -s . odds/self
ln -s loop.yaml odds/loop.yaml
ln -s nowhere odds/dangling.yaml
ln -s ../shop/web.yaml odds/out.yaml
run 0 kubectl-harden fix -v -R -f odds
for line in 'up: passed over: a link to a folder' 'self: passed over: a link to a folder' \
	'loop.yaml: passed over: a link that leads nowhere' 'dangling.yaml: passed over: a link that leads nowhere' \
	'out.yaml: passed over: a link that leads out of the folder'; do
	says err "odds/$line"
done
same "$web" shop/web.yaml 'a file outside of the folder was changed'
run 2 kubectl-harden fix -f odds/dangling.yaml
says err 'error: open odds/dangling.yaml: it is a link to nowhere, which does not exist'
run 2 kubectl-harden fix -f odds/loop.yaml
says err 'error: open odds/loop.yaml: too many levels of symbolic links'
run 0 kubectl-harden fix -q -f odds/out.yaml
[ -L odds/out.yaml ] || fail 'the link is gone'
same "$temp/fixed.yaml" shop/web.yaml "a link that is named, and its target is not hardened"

# Two names: refused, nothing of it is written; printed, it can be had.
fresh
ln shop/web.yaml second.yaml
run 2 kubectl-harden fix -f shop
grep -q '^error: write shop/web.yaml: the file has 2 names (hard links)' "$temp/err" || fail "$(cat "$temp/err")"
says err 'No file was changed.'
diff -r shop "$tests/input/shop" || fail 'files changed beside one with two names'
run 0 kubectl-harden fix -q --stdout -f second.yaml
same "$temp/fixed.yaml" "$temp/out" 'a file with two names is not printed as it would be'

# Mode and owner are the old ones, whatever the creation mask, and the time is new.
for mask in 000 077 777; do
	fresh
	chmod 664 shop/web.yaml
	touch -d '2020-01-01 00:00:00' shop/web.yaml
	run 0 sh -c "umask $mask; kubectl-harden fix -q -f shop/web.yaml"
	[ "$(stat -c %a shop/web.yaml)" = 664 ] || fail "mode $(stat -c %a shop/web.yaml) with umask $mask"
	[ "$(stat -c %Y shop/web.yaml)" -gt 1577836800 ] || fail 'a file is as old as before: make would not see it'
	same "$temp/fixed.yaml" shop/web.yaml "umask $mask"
done

# What a run that was killed has left: told, passed over, and kept, for it may be the old version.
fresh
for name in shop/.web.yaml.kubectl-harden-a1B2c3 shop/.gone.yaml.kubectl-harden-ZZZZZZ; do
	cp odd/duplicate.yaml "$name"
	for command in check diff fix; do
		code=0
		kubectl-harden $command -f shop >"$temp/out" 2>"$temp/err" || code=$?
		[ "$code" -le 1 ] || fail "$command beside $name: exit code $code"
		says err "$name: passed over: a temporary file of a kubectl harden that still runs, or was killed; then it can be removed"
		! grep -q "$name:[0-9]" "$temp/out" || fail "$command has read $name"
	done
	run 0 kubectl-harden fix -q -f shop
	is_empty err
	same odd/duplicate.yaml "$name" "$name was changed"
done

# As a user who may not do everything.
fresh
as=
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$temp" "$temp/bin"
	chmod -R a+rX "$temp/work"
	cp "$program" "$temp/program"
	as='setpriv --reuid=65534 --regid=65534 --clear-groups'
	chown -R 65534:65534 "$temp/work"
fi
# limited CODE ARGUMENTS…
limited() {
	code_expected=$1
	shift
	# shellcheck disable=SC2086 # a command and its options
	if [ -n "$as" ]; then
		run "$code_expected" $as "$temp/program" "$@"
	else
		run "$code_expected" kubectl-harden "$@"
	fi
}
# shellcheck disable=SC2086
if [ -z "$as" ] || { has setpriv && $as "$temp/program" --version >/dev/null 2>&1; }; then
	mkdir shop/locked shop/listed
	cp shop/web.yaml shop/listed
	ln -s locked/x.yaml shop/into.yaml
	[ -z "$as" ] || chown -R 65534:65534 shop
	chmod 000 shop/api.yaml shop/locked
	chmod 444 shop/listed
	limited 2 fix -R -f shop
	says err 'error: open shop/api.yaml: permission denied'
	says err 'error: open shop/locked: permission denied'
	says err 'error: open shop/listed/web.yaml: permission denied'
	says err 'error: open shop/into.yaml: permission denied'
	# What cannot be read beside it may name its port, which stays.
	same "$temp/kept.yaml" shop/web.yaml 'a file that could be fixed was not'
	# Write-protected, or in a folder that is.
	chmod 755 shop/listed shop/locked
	for protected in shop/listed shop/listed/web.yaml; do
		chmod a-w "$protected"
		chmod 600 shop/api.yaml
		limited 2 fix -f shop/api.yaml -f shop/listed
		says err 'No file was changed.'
		same "$tests/input/shop/api.yaml" shop/api.yaml "a file was changed, though another could not be"
		chmod u+w "$protected"
	done
	# Of another user.
	if [ -n "$as" ]; then
		chown 0:0 shop/listed/web.yaml
		limited 2 fix -f shop/api.yaml -f shop/listed
		says err 'No file was changed.'
		[ "$(stat -c %u shop/listed/web.yaml)" = 0 ] || fail 'a file has another owner'
		same "$tests/input/shop/api.yaml" shop/api.yaml "a file was changed beside one of another user"
	fi
	[ "$(find shop -name '.*kubectl-harden*' | wc -l)" = 0 ] || fail "left behind: $(find shop)"
else
	echo 'no other user can be taken: files of others are left out'
fi

# Ten thousand files in a hundred folders, all in one transaction, with few descriptors. In memory, where it can be.
many=$(mktemp -d /dev/shm/many-XXXXXX 2>/dev/null || mktemp -d)
i=0
while [ "$i" -lt 100 ]; do
	cat <<END
apiVersion: v1
kind: Pod
metadata: {name: "p$i"}
spec:
  containers:
  - {name: a, image: "example.org/a:1"}
END
	i=$((i + 1))
done | awk -v folder="$many" '/^apiVersion/ { close(file); file = folder "/" n++ ".yaml" } { print > file }'
mkdir "$many/00"
mv "$many"/*.yaml "$many/00"
i=1
while [ "$i" -lt 100 ]; do
	cp -R "$many/00" "$many/$i"
	i=$((i + 1))
done
run 0 sh -c "ulimit -n 64 && kubectl-harden fix -R -f '$many'"
grep -q '^10000 files changed: ' "$temp/err" || fail "ten thousand files: $(tail -n 1 "$temp/err")"
run 0 sh -c "ulimit -n 64 && kubectl-harden check -R -f '$many'"
says err '10000 files, no findings.'
[ "$(find "$many" -type f | wc -l)" = 10000 ] || fail "left behind: $(find "$many" -name '.*')"
rm -rf "$many"
exit "$failed"
