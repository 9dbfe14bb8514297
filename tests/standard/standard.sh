#!/usr/bin/env bash
# standard.sh KUBECTL-HARDEN PODS: each of the pods that PODS prints is classified alike by kubectl-harden and by
# Kubernetes' own code, at each level and version of the standard; after `fix`, what is violated is what is reported as
# left.
set -euo pipefail

kubectl_harden=$(realpath "$1")
pods=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/judge/common.sh
. "$here/../judge/common.sh"
judge=$("$here/../judge/build.sh" judge) || exit

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
"$pods" >"$temp/pods.yaml"

# agree LEVEL VERSION FILE: whether both say the same of FILE.
agree() {
	local name=$1-$2-$3
	"$judge" --level "$1" --version "$2" -o name-checks "$temp/$3" | cut -f2- | sort >"$temp/$name.theirs"
	"$kubectl_harden" check --profile="$1" --standard-version="$2" --fail-on=never -o name-checks -f "$temp/$3" |
		cut -f2- | sort >"$temp/$name.ours"
	[ -s "$temp/$name.theirs" ] || { echo "FAIL $name: the judge has nothing to say"; return; }
	if cmp -s "$temp/$name.theirs" "$temp/$name.ours"; then
		echo "ok $name: $(wc -l <"$temp/$name.ours") violations"
	else
		echo "FAIL $name: - only the judge says so, + only kubectl-harden does"
		diff -U0 "$temp/$name.theirs" "$temp/$name.ours" | sed -n '4,$p' | grep '^[-+]' | head -20
	fi
}

compare() {
	local level=$1 version=$2 fixed=fixed-$1-$2.yaml
	agree "$level" "$version" pods.yaml
	"$kubectl_harden" fix --stdout -q --profile="$level" --standard-version="$version" -f "$temp/pods.yaml" \
		>"$temp/$fixed" || echo "FAIL fix of $level $version"
	agree "$level" "$version" "$fixed"
	rm -f "$temp/$fixed" "$temp"/*"-$fixed".*
}

export kubectl_harden judge temp
export -f compare agree
# The versions at which anything changes, and those before them.
for version in 0 7 8 18 19 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37; do
	printf '%s\0' baseline "v1.$version" restricted "v1.$version"
done | xargs -0 -r -n 2 -P "$(nproc)" bash -c 'compare "$@"' - >"$temp/results"
grep -v '^ok ' "$temp/results" || :
echo "$(grep -c '^---' "$temp/pods.yaml") pods: $(grep -c '^ok ' "$temp/results") comparisons, $(grep -c '^FAIL ' "$temp/results") wrong"
[ "$(grep -c '^ok ' "$temp/results")" = 88 ] && ! grep -q '^FAIL ' "$temp/results"
