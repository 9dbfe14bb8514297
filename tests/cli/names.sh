#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# names.sh KUBECTL-HARDEN: files whose names hold what a terminal obeys, what turns the direction of reading, line feeds,
# no UTF-8, or what looks like an option. Every command reads them, none prints them raw, and Git applies the diff.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

escape=$(printf '\033') bidi=$(printf '\342\200\256') latin=$(printf 'caf\351') tab=$(printf '\t') c1=$(printf '\302\233')
longest=$(printf '%0250d' 0)
feed='
'

# quiet_terminal WHAT: nothing in the last run's outputs is a control character, a bidirectional override, or not UTF-8.
quiet_terminal() {
	for stream in out err; do
		# The tab that ends a header with a blank in it is Git's own; those of the manifest are not there.
		sed "s/^\([-+][-+][-+] .*\)$tab\$/\1/" "$temp/$stream" >"$temp/seen"
		if tr -d '\n' <"$temp/seen" | grep -q '[[:cntrl:]]' || grep -qF -e "$bidi" -e "$c1" -e "$latin" "$temp/seen"; then
			fail "$1 prints a name raw on std$stream:"
			cat -v "$temp/seen"
		fi
	done
}

mkdir odd-names "odd-names/in${feed}side$bidi"
while read -r name; do
	cp shop/api.yaml "odd-names/$name.yaml"
	cp odd/duplicate.yaml "odd-names/in${feed}side$bidi/$name.yaml"
done <<END
red${escape}[31m
clear${escape}[2J${escape}]0;title
turned$bidi
$latin
bell${c1}31m
ta${tab}b
--leading
-
-f
"quoted\\
a b
*?[a]
$longest
END
cp shop/api.yaml "odd-names/new${feed}line.yaml"
count=$(find odd-names -type f -name '*.yaml' -print0 | tr -dc '\0' | wc -c)
[ "$count" = 27 ] || fail "only $count files could be made"
cp -R odd-names "$temp/pristine"

for command in 'diff -v' 'check -v' 'fix --dry-run'; do
	code=0
	# shellcheck disable=SC2086 # a command and its options
	kubectl-harden $command -R -f odd-names >"$temp/out" 2>"$temp/err" || code=$?
	[ "$code" -le 1 ] || fail "$command: exit code $code: $(cat "$temp/err")"
	quiet_terminal "$command"
done
# Fields between tabs.
run 1 kubectl-harden check -o name-checks -R -f odd-names
awk -F "$tab" 'NF != 5 { exit 1 }' "$temp/out" || fail "a name breaks the fields: $(cat -A "$temp/out")"
tr -d '\t' <"$temp/out" >"$temp/fields"
mv "$temp/fields" "$temp/out"
quiet_terminal 'check -o name-checks'
diff -r odd-names "$temp/pristine" || fail 'a command that only reads has written'

# What is wrong is said at the file's place, and the place stays in one line.
run 1 kubectl-harden check -R -f odd-names
[ "$(grep -c 'not-checked: duplicate key' "$temp/out")" = 13 ] || fail 'not every document is named'
[ "$(grep -cv '^odd-names/.*\.yaml:[0-9]*:[0-9]*: ' "$temp/out")" = 0 ] || fail 'a place is broken over lines'

# Git and fix agree on which file is which.
if has git; then
	run 1 kubectl-harden diff -q -R -f odd-names
	git init -q .
	git apply "$temp/out" || fail 'git apply refuses the diff'
	mv odd-names applied
	cp -R "$temp/pristine" odd-names
	rm -rf .git
fi
run 0 kubectl-harden fix -v -R -f odd-names
quiet_terminal fix
[ ! -d applied ] || diff -r odd-names applied || fail 'fix and git apply of the diff differ'
[ "$(find odd-names -type f -print0 | tr -dc '\0' | wc -c)" = "$count" ] || fail "left behind: $(find odd-names)"
! diff -rq odd-names "$temp/pristine" >/dev/null || fail 'nothing was fixed'
run 0 kubectl-harden fix -R -f odd-names
says err "27 files, nothing to change: 13 documents left as they are."

# Named one by one, and where they are not.
cd odd-names || exit 99
run 0 kubectl-harden check -f --leading.yaml -f ./-.yaml -f "new${feed}line.yaml" -f "$longest.yaml"
rm ./*.yaml
run 2 kubectl-harden fix -f "gone${escape}[2J$feed$bidi.yaml"
quiet_terminal 'a missing file'
says err 'error: open gone\x1b[2J\n\u202e.yaml: no such file or directory'
for flag in --skip --profile --port-map --run-as-user --max-nodes --also --fail-on --output "--${escape}[31m$feed"; do
	run 2 kubectl-harden fix -f . "$flag" "x${escape}[31m$feed$bidi"
	quiet_terminal "$flag"
done
for command in "x${escape}[31m$feed$bidi" "diff x${escape}[31m$bidi" "explain x${escape}[31m$bidi" "help x${escape}[31m"; do
	# shellcheck disable=SC2086 # a command and its argument
	run 2 kubectl-harden $command
	quiet_terminal "$command"
done

# What cannot be a name.
run 2 kubectl-harden check -f "${longest}0123456789"
grep -q 'file name too long' "$temp/err" || fail "a name that is too long: $(cat "$temp/err")"
path=$(printf 'folder/%.0s' $(seq 700))
run 2 kubectl-harden check -f "$path"
grep -q 'file name too long' "$temp/err" || fail "a path that is too long: $(cat "$temp/err")"
exit "$failed"
