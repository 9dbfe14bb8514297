#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# reference.sh KUBECTL-HARDEN: fixers/README.md and schemas/images.md are what the program prints (UPDATE=1 writes them
# anew), and the man page names every command, option and fixer and is what man(1) takes without a warning.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

kubectl-harden reference markdown >"$temp/README.md" || fail "reference markdown: exit code $?"
kubectl-harden reference images >"$temp/images.md" || fail "reference images: exit code $?"
if [ "${UPDATE:-}" = 1 ]; then
	cp "$temp/README.md" "$source_root/fixers/README.md"
	cp "$temp/images.md" "$source_root/schemas/images.md"
fi
same "$source_root/schemas/images.md" "$temp/images.md" \
	"schemas/images.md is stale (> is printed): run kubectl-harden reference images"
same "$source_root/fixers/README.md" "$temp/README.md" \
	"fixers/README.md is stale (> is printed): run kubectl-harden reference markdown"

kubectl-harden reference man >"$temp/page" || fail "reference man: exit code $?"
sed 's/\\-/-/g' "$temp/page" >"$temp/words"
kubectl-harden fixers | awk 'NR > 1 { print $1 }' >"$temp/names"
kubectl-harden --help | awk '/^Commands:/ { inside = 1; next } /^$/ { inside = 0 } inside { print "kubectl harden " $1 }' \
	>>"$temp/names"
for command in diff fix check fixers explain config; do
	kubectl-harden "$command" --help | sed -n 's/^    \(-., \)\?--\([a-z-]*\)=.*/--\2/p' >>"$temp/names"
done
[ "$(wc -l <"$temp/names")" -ge 50 ] || fail "few names found: $(cat "$temp/names")"
while read -r name; do
	grep -qF -- "$name" "$temp/words" || fail "the man page does not know $name"
done <"$temp/names"
grep -n "^[.'][^A-Z]" "$temp/page" && fail "a line of text is taken for a request"
if command -v groff >/dev/null; then
	groff -man -ww -Tutf8 "$temp/page" >"$temp/shown" 2>"$temp/err" || fail "groff: exit code $?"
	[ ! -s "$temp/err" ] || fail "groff: $(head -5 "$temp/err")"
fi

code=0
kubectl-harden reference html >"$temp/out" 2>"$temp/err" || code=$?
[ "$code" = 2 ] || fail "reference html: exit code $code"
exit "$failed"
