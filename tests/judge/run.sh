#!/usr/bin/env bash
# run.sh KUBECTL-HARDEN SOURCE-ROOT: what `fix` writes fails exactly those checks of Pod Security Admission that
# kubectl-harden itself reports as left, for every manifest of the fixtures, the examples and $KUBECTL_HARDEN_CORPUS.
#
# Both sides print FILE DOC ITEM Kind/name CHECK. In place of CHECK stands a reason in parentheses for what was not
# looked at: by the judge, (error) for what the API server would refuse; by kubectl-harden, for what it passes over,
# with DOC -1 for a whole file. Such documents are not compared, and are counted at the end.
set -euo pipefail

kubectl_harden=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/judge/common.sh
. "$here/common.sh"
judge=$("$here/build.sh" judge) || exit

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# compared FILE DOC…: what FILE says of all documents but the listed ones, -1 being all of them.
compared() {
	awk -F'\t' -v list="${*:2}" '
		BEGIN { n = split(list, docs, " "); for (i = 1; i <= n; i++) left_out[docs[i]] }
		!("-1" in left_out) && !($2 in left_out)
	' "$1" | cut -f2- | sort
}

compare() {
	local file=$1 work fixed left_out
	work=$(mktemp -d "$temp/XXXXXX")
	fixed=$work/fixed.${file##*.}
	if ! "$kubectl_harden" fix --stdout -f "$file" >"$fixed" 2>"$work/log"; then
		echo "FAIL $file: fix ends with an error"
		tail -3 "$work/log"
		return
	fi
	"$judge" -o name-checks "$fixed" >"$work/theirs"
	if ! "$kubectl_harden" check -f "$fixed" --fail-on never -o name-checks >"$work/ours" 2>"$work/log"; then
		echo "FAIL $file: check ends with an error"
		tail -3 "$work/log"
		return
	fi
	mapfile -t left_out < <(cat "$work/ours" "$work/theirs" | awk -F'\t' '$5 ~ /^\(/ { print $2 }' | sort -u)
	compared "$work/ours" "${left_out[@]}" >"$work/ours.compared"
	compared "$work/theirs" "${left_out[@]}" >"$work/theirs.compared"
	if ! cmp -s "$work/ours.compared" "$work/theirs.compared"; then
		echo "FAIL $file: - only the judge says so, + only kubectl-harden does"
		diff -U0 "$work/theirs.compared" "$work/ours.compared" | sed -n '4,$p' | grep '^[-+]' || :
		return
	fi
	cut -f2,5 "$work/ours" "$work/theirs" | sort -u | sed -n "s|^[-0-9]*\t(|skip $file: (|p"
	echo "ok $file"
	rm -r "$work"
}

export kubectl_harden judge temp
export -f compare compared
each_manifest compare "$2" "$temp"
