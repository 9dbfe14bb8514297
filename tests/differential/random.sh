#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# random.sh FUZZ-FOLDER REPLAY…: kubectl reads what the program reads in documents made by chance, and after random
# edits of them (one by one, and by the fixers) exactly what was meant: the mutators of the fuzz targets change each
# input of their corpora $KUBECTL_HARDEN_ROUNDS times (default 1000).
set -euo pipefail

folder=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
judge=$("$here/../judge/build.sh" judge) || exit

# A process of its own for each input: after 20,000 syntax errors the parser refuses the rest.
for replay; do
	target=${replay##*_}
	for input in "$folder/corpus/$target"/* "$folder/regressions/$target"/*; do
		"$replay" "-m${KUBECTL_HARDEN_ROUNDS:-1000}" -e/dev/fd/3 "$input" 3>&1 >/dev/null
	done | "$judge" means "$here/differences.txt" "$here/../kubectl/allowed-paths.txt"
done
