#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# apply.sh KUBECTL-HARDEN: what diff prints, applied by git and by patch, is what fix writes; and fix has nothing to do
# after fix.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir "kinds of files" sub
web=shop/web.yaml
sed 's/$/\r/' $web >"kinds of files/crlf.yaml"
printf '%s' "$(cat $web)" >"kinds of files/no newline.yaml"
{ printf '\357\273\277' && cat $web; } >"kinds of files/bom.yaml"
cp $web "kinds of files/\"quoted\"-é.yaml"
cp $web "kinds of files/$(printf 'tab\there').yaml"
cat $web shop/api.yaml >"kinds of files/joined.yml"
printf '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "web", "image": "a/b"}]}}' \
	>"kinds of files/one-line.json"

cp -R . "$temp/original"
run 1 kubectl-harden diff -q -R -f .
cp "$temp/out" "$temp/diff"
run 0 kubectl-harden fix -q -R -f .
cp -R . "$temp/fixed"

for tool in 'git apply -p1 --whitespace=nowarn' 'patch -p1 -s'; do
	has "${tool%% *}" || continue
	rm -rf "$temp/applied"
	cp -R "$temp/original" "$temp/applied"
	(cd "$temp/applied" && $tool <"$temp/diff") || fail "$tool refuses it"
	diff -r "$temp/fixed" "$temp/applied" >"$temp/differs" || {
		fail "$tool makes something else than fix:"
		cat "$temp/differs"
	}
done

# A file above the current folder has an absolute name, for `patch -p1 -d /`.
cp "$temp/original/shop/web.yaml" above.yaml
cp above.yaml "$temp/above"
run 1 sh -c 'cd sub && kubectl-harden diff -q -f ../above.yaml'
if has patch; then
	patch -p1 -s -d / <"$temp/out" || fail "patch -p1 -d / refuses an absolute name"
	same shop/web.yaml above.yaml "a file above the current folder"
fi
cp "$temp/above" above.yaml
run 1 kubectl-harden diff -q -f sub/../above.yaml
[ "$(head -n 1 "$temp/out")" = '--- a/above.yaml' ] || fail "a path through ..: $(head -n 1 "$temp/out")"
run 1 kubectl-harden diff -q -f ./above.yaml
[ "$(head -n 1 "$temp/out")" = '--- a/above.yaml' ] || fail "a path from .: $(head -n 1 "$temp/out")"

# A second run.
run 0 kubectl-harden diff -R -f shop
is_empty out
run 0 kubectl-harden fix -R -f .
same shop/web.yaml "$temp/fixed/shop/web.yaml" "a second fix changes something"
grep -q 'nothing to change' "$temp/err" || grep -q '^1 of .* changed' "$temp/err" || fail "$(tail -n 1 "$temp/err")"
exit "$failed"
