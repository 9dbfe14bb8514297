#!/usr/bin/env bash
# paths.sh KUBECTL-HARDEN SOURCE-ROOT: kubectl reads a manifest before and after `fix`, and finds no difference but at
# the places of allowed-paths.txt, for every manifest of the fixtures, the examples and $KUBECTL_HARDEN_CORPUS.
set -euo pipefail

kubectl_harden=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
allowed=$here/allowed-paths.txt
# shellcheck source=tests/judge/common.sh
. "$here/../judge/common.sh"
judge=$("$here/../judge/build.sh" judge) || exit
kubectl=$("$here/../judge/build.sh" kubectl) || exit

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# as_kubectl_reads FILE: the objects in FILE. The label makes kubectl print them as they are, with no server to ask.
as_kubectl_reads() {
	"$kubectl" label --local -f "$1" -o json --dry-run=client x=y
}

compare() {
	local file=$1 work fixed
	work=$(mktemp -d "$temp/XXXXXX")
	fixed=$work/fixed.${file##*.}
	if ! as_kubectl_reads "$file" >"$work/before" 2>"$work/log"; then
		echo "skip $file: kubectl refuses it"
		return
	fi
	if ! "$kubectl_harden" fix --stdout -f "$file" >"$fixed" 2>"$work/log"; then
		echo "FAIL $file: fix ends with an error"
		tail -3 "$work/log"
	elif ! as_kubectl_reads "$fixed" >"$work/after" 2>"$work/log"; then
		echo "FAIL $file: kubectl refuses it after fix"
		tail -3 "$work/log"
	elif ! "$judge" diffpaths "$work/before" "$work/after" "$allowed" >"$work/log" 2>&1; then
		echo "FAIL $file: more differs than hardening does"
		grep '^not allowed: ' "$work/log" || cat "$work/log"
	else
		echo "ok $file"
		rm -r "$work"
	fi
}

export kubectl_harden judge kubectl allowed temp KUBECONFIG=/dev/null
export -f compare as_kubectl_reads
each_manifest compare "$2" "$temp"
