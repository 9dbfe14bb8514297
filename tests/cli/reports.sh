#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# reports.sh KUBECTL-HARDEN: every report is of its schema; the edits of json and sarif, applied by a program that knows
# nothing but them, make what fix makes; and those of one group alone mend that group and nothing else. Over every
# manifest of the fixtures, the examples and $KUBECTL_HARDEN_CORPUS, as they are mended by default and with --unsafe.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
has python3 || exit 77
schemas=$source_root/schemas
sarif=$source_root/tests/sarif/sarif-schema-2.1.0.json

# valid SCHEMA FILE…
valid() {
	code=0
	reports validate "$@" >"$temp/log" 2>&1 || code=$?
	case $code in
	0) ;;
	77) has python3-jsonschema ;;
	*)
		fail "not of schema $(basename "$1"):"
		cat "$temp/log"
		;;
	esac
}

looked=0
# shellcheck disable=SC2086 # $unsafe is a flag or nothing
examine() {
	for format in json sarif junit github; do
		kubectl-harden check -q $unsafe --fail-on=never -o $format -f "$1" >"$temp/$looked.$format" 2>"$temp/err" ||
			fail "check -o $format of $1 ends with $?"
		[ ! -s "$temp/err" ] || fail "check -o $format of $1 says: $(cat "$temp/err")"
	done
	kubectl-harden fix -q $unsafe --stdout -f "$1" >"$temp/$looked.fixed"
	printf '%s\t%s\n' $looked "$1" >>"$temp/table"
	looked=$((looked + 1))
}

find "$source_root/tests/fixtures" "$source_root/examples" ${KUBECTL_HARDEN_CORPUS:+"$KUBECTL_HARDEN_CORPUS"} \
	-name expected -prune -o -type f \( -name '*.yaml' -o -name '*.yml' -o -name '*.json' \) -print >"$temp/list"
for unsafe in '' --unsafe; do
	while IFS= read -r file; do
		examine "$file"
	done <"$temp/list"
done
reports edit "$temp" <"$temp/table" || fail "edits"
reports groups <"$temp/list" || fail "groups"
reports groups --unsafe <"$temp/list" || fail "groups with --unsafe"
valid "$schemas/report.schema.json" "$temp"/*.json
valid "$sarif" "$temp"/*.sarif
reports xml "$temp"/*.junit || fail "no XML"
exit "$failed"
