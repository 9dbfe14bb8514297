#!/usr/bin/env bash
# run.sh KUBECTL-HARDEN SOURCE-ROOT TEMPLATES: what `fix` writes fails exactly those checks of Pod Security Admission that
# kubectl-harden itself reports as left, for every manifest of the fixtures, the examples and $KUBECTL_HARDEN_CORPUS.
#
# Both sides print FILE DOC ITEM Kind/name CHECK. In place of CHECK stands a reason in parentheses for what was not
# looked at: by the judge, (error) for what the API server would refuse; by kubectl-harden, for what it passes over or
# only sees in part, with DOC -1 for a whole file. Such documents are not compared, and are counted at the end.
set -euo pipefail

kubectl_harden=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/judge/common.sh
. "$here/common.sh"
judge=$("$here/build.sh" judge) || exit

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# Kubernetes judges its own kinds; where the others hold pod templates is what schemas/kinds.yaml says.
"$3" paths >"$temp/paths"
"$3" manifests >"$temp/kinds.json"

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
	"$judge" --paths "$temp/paths" -o name-checks "$fixed" >"$work/theirs"
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

# Of each kind that holds pod templates, an object that fails each check that it can fail by being bare, and after `fix`
# none.
"$judge" --paths "$temp/paths" -o name-checks "$temp/kinds.json" >"$temp/before"
objects=$(grep -c . "$temp/kinds.json")
for check in allowPrivilegeEscalation capabilities_restricted runAsNonRoot seccompProfile_restricted; do
	if [ "$(grep -c "$check\$" "$temp/before")" != "$objects" ]; then
		echo "FAIL: $check before fix: not each of $objects objects of operators' kinds is judged" >&2
		exit 1
	fi
done
"$kubectl_harden" fix --stdout -q -f "$temp/kinds.json" >"$temp/kinds.fixed.json"
"$judge" --paths "$temp/paths" -o json "$temp/kinds.fixed.json" >"$temp/after"
if [ "$(grep -c '"checks":\[\]' "$temp/after")" != "$objects" ] || grep -q '"error"' "$temp/after"; then
	echo "FAIL: after fix, objects of operators' kinds fail:" >&2
	grep -v '"checks":\[\]' "$temp/after" >&2
	exit 1
fi
echo "$objects objects of kinds that hold pod templates judged before and after"

each_manifest compare "$2" "$temp"
