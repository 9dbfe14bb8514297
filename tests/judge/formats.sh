#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# formats.sh KUBECTL-HARDEN SOURCE-ROOT: `fix -o yaml|json` is what kubectl's own reader makes of the hardened file; and
# `-o jsonpatch` and `-o patch`, applied as the API server applies them, and `-o kustomize`, built by kubectl, make it
# of the file before: for every manifest of the fixtures, the examples and $KUBECTL_HARDEN_CORPUS.
set -euo pipefail

kubectl_harden=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/judge/common.sh
. "$here/common.sh"
judge=$("$here/build.sh" judge) || exit
kubectl=$("$here/build.sh" kubectl) || exit

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# print FILE FORMAT RESULT FLAG…: what fix prints; the reason in log where it cannot, 77 where it refuses.
print() {
	local file=$1 format=$2 result=$3
	shift 3
	"$kubectl_harden" fix -q --dry-run "$@" -o "$format" -f "$file" >"$result" 2>log && return
	grep -q -e 'is there twice' -e 'has no name' -e 'cannot be printed' log || return
	return 77
}

# base FILE FOLDER: makes FOLDER a kustomization of what kubectl reads in FILE: kustomize by itself reads numbers, words
# and line breaks otherwise, and of several JSON values the first one.
base() {
	mkdir -p "$2"
	"$judge" yaml2json "$1" 2>/dev/null | sed 'a ---' >"$2/resource.yaml" || return
	echo 'resources: [resource.yaml]' >"$2/kustomization.yaml"
}

# build FILE FIXED: as kustomize builds FILE with the component, and FIXED; 77 where it cannot build FILE by itself.
build() {
	# Of two ports of one number, one without a protocol, kustomize (kyaml) drops one as soon as any patch touches their
	# container, whatever it says of the ports; and a value that a patch replaces keeps its quotes, which makes a string of
	# ours: nothing that we could write. README says so.
	case $1 in
	*/unprivileged-ports/kept-together/* | */privileged/unknown/* | */privileged/unknown-unsafe/*) return 77 ;;
	esac
	base "$1" before && base "$2" after || return 77
	mkdir -p with
	printf 'resources: [../before]\ncomponents: [../component]\n' >with/kustomization.yaml
	if "$kubectl" kustomize with >built 2>log; then
		"$kubectl" kustomize after >wanted 2>log
		return
	fi
	"$kubectl" kustomize before >/dev/null 2>&1 || return 77
	return 1
}

# check FILE FLAG…: whether all formats say what fix makes; the reason in log. 77: not for this file. With flags,
# kustomize builds it, too, which takes the longest.
check() {
	local file=$1 fixed=fixed.${1##*.} code=0
	shift
	"$kubectl_harden" fix -q --stdout "$@" -f "$file" >"$fixed" 2>log || return 77
	if cmp -s "$file" "$fixed"; then
		print "$file" yaml yaml "$@" || return
		"$judge" applies "$file" "$fixed" objects=yaml >log 2>&1 && return
	else
		for format in yaml json jsonpatch patch; do
			print "$file" "$format" "$format" "$@" || return
		done
		if [ "$#" -gt 0 ]; then
			rm -rf component
			print "$file" kustomize=component /dev/null "$@" || return
			build "$file" "$fixed" || code=$?
			case $code in
			0) "$judge" applies "$file" wanted unordered=built >log 2>&1 || return ;;
			77) ;;
			*) return 1 ;;
			esac
		fi
		"$judge" applies "$file" "$fixed" objects=yaml objects=json jsonpatch=jsonpatch patch=patch >log 2>&1 &&
			return
	fi
	grep -q 'kubectl cannot read it' log || return 1
	return 77
}

compare() {
	local file work code=0
	file=$(realpath "$1")
	work=$(mktemp -d "$temp/XXXXXX")
	cd "$work"
	check "$file" || code=$?
	if [ "$code" = 0 ]; then
		check "$file" --unsafe --low-ports=move || code=$?
	fi
	case $code in
	0) echo "ok $file" ;;
	77) echo "skip $file: $(grep -o -e 'is there twice' -e 'has no name' -e 'cannot be printed' -e 'kubectl cannot read it' log | head -n 1)" ;;
	*) echo "FAIL $file: $(tail -n 4 log | cut -c 1-2000)" ;;
	esac
	cd /
	rm -r "$work"
}

export kubectl_harden judge kubectl temp
export -f compare check print base build
each_manifest compare "$2" "$temp"
