#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# files.sh KUBECTL-HARDEN: what -f means, what fix does to files, and what cannot be read.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# names: the files in the last diff.
names() {
	sed -n 's/^--- a\///p' "$temp/out" | tr '\n' ' '
}

# diffs CODE EXPECTED-NAMES ARGUMENTS…
diffs() {
	code_expected=$1 names_expected=$2
	shift 2
	run "$code_expected" kubectl-harden diff -q "$@"
	[ "$(names)" = "$names_expected" ] || fail "$*: $(names)instead of $names_expected"
}

mkdir deep deep/er
cp shop/web.yaml deep/er/web.yml
cp shop/web.yaml deep/b.yaml
cp shop/web.yaml deep/a.yaml
cp shop/web.yaml deep/notes.txt
cp shop/web.yaml deep/.hidden.yaml

diffs 1 'deep/.hidden.yaml deep/a.yaml deep/b.yaml ' -f deep
diffs 1 'deep/.hidden.yaml deep/a.yaml deep/b.yaml deep/er/web.yml ' -R -f deep
diffs 1 'deep/.hidden.yaml deep/a.yaml deep/b.yaml ' -R=false -f deep/
diffs 1 'deep/b.yaml deep/a.yaml ' -f deep/b.yaml -f deep/a.yaml -f deep/b.yaml
diffs 1 'deep/notes.txt ' -f deep/notes.txt
diffs 1 'deep/a.yaml deep/b.yaml ' -f 'deep/[ab].yaml'
diffs 2 'deep/a.yaml ' -f deep/none.yaml -f deep/a.yaml
diffs 2 '' -f ''
diffs 0 '' -f shop/settings.yaml -f shop/values.yaml
mkdir empty
diffs 2 '' -f empty

# What could not be read is told once; a place is one word, whatever is in it.
for command in diff check fix; do
	run 2 kubectl-harden $command -f none.yaml
	says err 'error: open none.yaml: no such file or directory'
	[ "$(wc -l <"$temp/err")" = 1 ] || fail "more is said: $(cat "$temp/err")"
done
run 2 kubectl-harden check -f none.yaml -f shop/settings.yaml
says err '1 file, no findings.'
long="a folder with a name of many words/another one of these/and a file of theirs.yaml"
mkdir -p "${long%/*}"
printf 'kind: Pod\nkind: Pod\n' >"$long"
run 0 kubectl-harden diff -f "$long"
grep -q "^$long:2:1:" "$temp/err" || fail "a place is broken: $(cat "$temp/err")"

# Files that hold no manifest are passed over quietly in a folder; named, they are named.
run 0 kubectl-harden diff -f chart
says err 'No manifests.'
[ "$(wc -l <"$temp/err")" = 1 ] || fail "not quiet: $(cat "$temp/err")"
run 0 kubectl-harden diff -v -f chart
says err 'chart/Chart.yaml: passed over: it holds no manifest'
run 0 kubectl-harden diff -f chart/Chart.yaml
says err 'chart/Chart.yaml: passed over: it holds no manifest'

# A file keeps its mode, and is another file: whoever has it open reads the old one to its end.
chmod 640 deep/a.yaml
exec 3<deep/a.yaml
run 0 kubectl-harden fix -q -f deep/a.yaml
[ "$(stat -c %a deep/a.yaml)" = 640 ] || fail "the mode is lost"
same "$tests/input/shop/web.yaml" /dev/fd/3 "the file was written over"
exec 3<&-
[ "$(find deep -type f | wc -l)" = 5 ] || fail "left behind: $(find deep)"

# Nothing is written where nothing changes.
before=$(stat -c '%i %Y %Z' deep/a.yaml)
run 0 kubectl-harden fix -q -f deep/a.yaml
[ "$before" = "$(stat -c '%i %Y %Z' deep/a.yaml)" ] || fail "a file that is hardened was replaced"

# A link that is named: its target changes, and it stays a link.
fresh
ln -s shop/web.yaml link.yaml
run 0 kubectl-harden fix -q -f link.yaml
[ -L link.yaml ] || fail "the link is gone"
! cmp -s "$tests/input/shop/web.yaml" shop/web.yaml || fail "the link's target is as it was"

# What cannot be read does not keep the others from being fixed. (Root can read everything.)
fresh
if [ "$(id -u)" != 0 ]; then
	chmod 000 shop/api.yaml
	run 2 kubectl-harden fix -f shop
	says err 'error: open shop/api.yaml: permission denied'
	! cmp -s "$tests/input/shop/web.yaml" shop/web.yaml || fail "web.yaml is as it was"
	chmod 600 shop/api.yaml
	# A folder that cannot be written to: nothing changes, nowhere.
	fresh
	cp -R shop other
	chmod 500 shop
	run 2 kubectl-harden fix -f other -f shop
	says err 'No file was changed.'
	same "$tests/input/shop/web.yaml" other/web.yaml "some files were changed"
	chmod 700 shop
elif has setpriv && setpriv --reuid=65534 --regid=65534 --clear-groups true 2>/dev/null; then
	chmod 755 "$temp" "$temp/bin"
	chmod -R a+rX "$temp/work"
	chmod 000 shop/api.yaml
	if [ -r "$program" ] && setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$program"; then
		run 2 setpriv --reuid=65534 --regid=65534 --clear-groups kubectl-harden diff -f shop
		says err 'error: open shop/api.yaml: permission denied'
	else
		echo "the program is not for everybody: unreadable files are left out"
	fi
else
	echo "root reads everything: unreadable files are left out"
fi
fresh

# The largest document.
run 1 kubectl-harden check --max-document-size=100 -f shop/web.yaml
grep -q 'not-checked: the document is larger than --max-document-size' "$temp/out" || fail "$(cat "$temp/out")"
run 1 kubectl-harden check --max-nodes=10 -f shop/web.yaml
grep -q 'not-checked: too many nodes in one document (see --max-nodes)' "$temp/out" || fail "$(cat "$temp/out")"
run 1 kubectl-harden check --max-depth=2 -f shop/web.yaml
grep -q 'not-checked: nested too deeply (see --max-depth)' "$temp/out" || fail "$(cat "$temp/out")"

# Ctrl-C: what was read so far is dropped, every file is whole.
if has setsid && mkfifo wait.yaml 2>/dev/null; then
	cp -R . "$temp/before"
	rm "$temp/before/wait.yaml"
	kubectl-harden fix -f shop -f wait.yaml >"$temp/out" 2>"$temp/err" &
	pid=$!
	exec 4>wait.yaml
	sleep 0.3
	# A process in the background of a script ignores SIGINT.
	kill -TERM $pid
	code=0
	wait $pid || code=$?
	exec 4>&-
	rm wait.yaml
	[ "$code" = 143 ] || fail "exit code $code after SIGTERM"
	says err 'Stopped after 5 of 6 files. Every file is whole; none was changed.'
	diff -r . "$temp/before" || fail "files changed"
fi

# Ctrl-\, and a file larger than the shell allows: likewise, and no temporary is left.
if has timeout && mkfifo wait.yaml 2>/dev/null; then
	code=0
	# shellcheck disable=SC3045 # every sh here has it
	(ulimit -c 0; timeout -s QUIT 0.3 kubectl-harden fix -f shop -f wait.yaml >"$temp/out" 2>"$temp/err") || code=$?
	[ "$code" = 124 ] || fail "exit code $code after SIGQUIT"
	says err 'Stopped after 5 of 6 files. Every file is whole; none was changed.'
	rm wait.yaml
fi
if (ulimit -f 0) 2>/dev/null; then
	cp -R shop "$temp/whole"
	# Its own words are larger than nothing, too, where they go to a file.
	(ulimit -f 0; kubectl-harden fix -f shop 2>&1 >/dev/null) | cat >"$temp/err"
	grep -q '^error: write the new version of shop/[a-z]*.yaml: file too large' "$temp/err" || fail "$(cat "$temp/err")"
	says err 'No file was changed.'
	diff -r shop "$temp/whole" || fail "files changed, or a temporary is left"
fi
exit "$failed"
