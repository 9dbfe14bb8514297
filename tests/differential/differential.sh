#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# differential.sh DUMP SOURCE-ROOT: kubectl reads in each file what the program reads there, before and after `fix`, for
# every file of the fixtures, the fuzzers' corpora and regressions, the examples and $KUBECTL_HARDEN_CORPUS, whatever
# it is. The classes in differences.txt are the only exceptions.
set -euo pipefail

dump=$(realpath "$1")
root=$2
here=$(cd "$(dirname "$0")" && pwd)
judge=$("$here/../judge/build.sh" judge) || exit

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

"$judge" examples "$here/differences.txt" "$temp"
for folder in "$temp" "$root"/tests/{fixtures,cli/input,fuzz/corpus,fuzz/regressions} "$root/examples" "$root/fixers" \
	"${KUBECTL_HARDEN_CORPUS:-}"; do
	if [ -d "$folder" ]; then
		find "$folder" -type f -print0
	fi
done | sort -z | xargs -0 "$dump" | "$judge" means "$here/differences.txt" "$here/../kubectl/allowed-paths.txt"
