#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# generated.sh GENERATOR SELFCHECK FOLDER: kubectl reads exactly what was meant after the generator's edits, and after
# every edit that the documents in FOLDER allow.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
judge=$("$here/../judge/build.sh" judge) || exit

# judged COMMAND…: what it writes to descriptor 3.
judged() {
	"$@" 3>&1 >&2 | "$judge" means "$here/differences.txt" "$here/../kubectl/allowed-paths.txt"
}

judged "$1" -e/dev/fd/3
judged "$2" -e/dev/fd/3 -r100 "$3"/*.yaml
