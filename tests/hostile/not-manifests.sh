#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# not-manifests.sh KUBECTL-HARDEN: others/not holds what is no manifest at all, others/objects what has an apiVersion
# and a kind and no pod of its own. None of it is changed, refused or complained about.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1")
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cp -R "$here/others" "$temp/others"
cd "$temp/others"
failed=0

# says FILE TEXT COMMAND…: COMMAND ends well, prints nothing and says TEXT, byte for byte, about FILE.
says() {
	file=$1 text=$2 code=0
	shift 2
	"$program" "$@" -f "$file" >"$temp/out" 2>"$temp/err" || code=$?
	printf '%s\n' "$text" >"$temp/expected"
	if [ "$code" != 0 ] || [ -s "$temp/out" ] || ! cmp -s "$temp/expected" "$temp/err"; then
		echo "FAILED: $* -f $file: exit code $code"
		cat "$temp/out" "$temp/err"
		failed=1
	fi
}

looked=0
for file in not/*; do
	text="$file: passed over: it holds no manifest
No manifests."
	says "$file" "$text" fix
	says "$file" "$text" check
	says "$file" "$text" diff
	looked=$((looked + 1))
done
for file in objects/*; do
	says "$file" '1 file, nothing to change.' fix
	says "$file" '1 file, no findings.' check
	looked=$((looked + 1))
done
# Of many only what there is to say of all.
says not 'No manifests.' check
says . "$(find objects -type f | wc -l) files, no findings." check -R
# Through a pipe, too, and with other line endings.
for file in */*; do
	sed 's/$/\r/' "$file" >"$temp/crlf"
	for text in "$file" "$temp/crlf"; do
		"$program" fix -q -f - <"$text" >"$temp/out" || failed=1
		cmp -s "$text" "$temp/out" || {
			echo "FAILED: $file is changed"
			failed=1
		}
	done
done
diff -r "$here/others" . || failed=1
[ "$looked" -gt 30 ] || {
	echo "only $looked files"
	failed=1
}
exit "$failed"
