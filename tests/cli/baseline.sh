#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# baseline.sh KUBECTL-HARDEN: what a baseline knows does not fail, wherever it moves; what is new does.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

run 1 kubectl-harden check -f shop -f odd
run 0 kubectl-harden check -f shop -f odd --write-baseline=base.json
is_empty out
grep -q '^base.json: [0-9]* findings written.$' "$temp/err" || fail "$(cat "$temp/err")"
[ "$(stat -c %a base.json)" = 644 ] || [ "$(umask)" != 0022 ] || fail "mode $(stat -c %a base.json)"
if has python3; then
	code=0
	reports validate "$source_root/schemas/baseline.schema.json" base.json || code=$?
	[ "$code" = 0 ] || [ "$code" = 77 ] || fail "schema"
fi
# Sorted, a line each, and the same again.
grep '"fingerprint"' base.json | LC_ALL=C sort -c || fail "not sorted"
cp base.json again.json
run 0 kubectl-harden check -f shop -f odd --write-baseline again.json
same base.json again.json "a second baseline is another"

# Nothing is new: exit code 0, in every format.
for format in '' '-o json' '-o sarif' '-o github' '-o junit'; do
	# shellcheck disable=SC2086 # two words, or none
	run 0 kubectl-harden check -f shop -f odd --baseline=base.json $format
done
run 0 kubectl-harden check -f shop -f odd --baseline=base.json --fail-on=violation
is_empty out
grep -q 'no new findings, [0-9]* known from the baseline' "$temp/err" || fail "$(cat "$temp/err")"
run 0 kubectl-harden check -f shop -f odd --baseline=base.json -o github
# Notes of what is passed over are no findings.
! grep -v '^::notice ' "$temp/out" || fail "github tells what is known"

# Lines move, containers and documents are added around, files are renamed: all of it is still known.
sed -i '1i # one\n# more line' shop/web.yaml
sed -i 's/^      containers:$/&\n      - name: fine\n        image: ghcr.io\/shop\/fine:1/' shop/api.yaml
mv shop/agent.yaml shop/node-agent.yaml
run 1 kubectl-harden check -f shop -f odd --baseline=base.json
! grep -v 'container fine' "$temp/out" || fail "moved, and taken for new"
grep -q 'shop/api.yaml:.*container fine' "$temp/out" || fail "a new container is not told"
run 1 kubectl-harden check -f shop -f odd --baseline=base.json -o json
[ "$(grep -c '"known": false' "$temp/out")" = "$(grep -c 'container fine' "$temp/out")" ] || fail "json: known"
run 1 kubectl-harden check -f shop -f odd --baseline=base.json -o sarif
[ "$(grep -c '"baselineState": "new"' "$temp/out")" = "$(grep -c '"text": "container fine' "$temp/out")" ] ||
	fail "sarif: baselineState"
grep -q '"baselineState": "unchanged"' "$temp/out" || fail "sarif: nothing unchanged"
fresh

# A rule of the pod becomes one of each container when one must not keep it: what it says of the old ones is known.
run 0 kubectl-harden check -f shop/api.yaml --write-baseline=base.json
grep -q 'run-as-non-root: the pod' base.json || fail "not of the pod: $(cat base.json)"
sed -i 's/^      containers:$/&\n      - name: setup\n        image: ghcr.io\/shop\/setup:1\n        securityContext: {runAsUser: 0}/' \
	shop/api.yaml
run 1 kubectl-harden check -f shop/api.yaml --baseline=base.json
grep -q 'run-as-non-root: container setup' "$temp/out" || fail "a new container is not told"
! grep -v 'container setup' "$temp/out" || fail "a rule of the pod is not known of its containers"
fresh

# One more of the same kind is new, though its siblings are known.
run 0 kubectl-harden check -f shop --write-baseline=base.json
sed 's/name: api/name: other/' shop/api.yaml >shop/other.yaml
run 1 kubectl-harden check -f shop --baseline=base.json
! grep -v '^shop/other.yaml:' "$temp/out" || fail "known findings are told"
cp shop/api.yaml shop/other.yaml
run 1 kubectl-harden check -f shop --baseline=base.json
rm shop/other.yaml

# What is mended by hand, half of it: the rest is still known, and what is gone is counted, with -v by name.
sed -i 's/^      - name: api$/&\n        securityContext: {allowPrivilegeEscalation: false}/' shop/api.yaml
run 0 kubectl-harden check -f shop --baseline=base.json
says err 'base.json: 1 of 24 findings in it was not met; -v lists them.'
run 0 kubectl-harden check -v -f shop --baseline=base.json
grep -q '^  shop/api.yaml: Deployment/api: privilege-escalation: ' "$temp/err" || fail "$(cat "$temp/err")"
run 0 kubectl-harden check -q -f shop --baseline=base.json
is_empty err

# A document that cannot be read is known as long as it is so for the same reason.
run 0 kubectl-harden check -f odd/duplicate.yaml --write-baseline=base.json
run 0 kubectl-harden check -f odd/duplicate.yaml --baseline=base.json
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: [}\n' >odd/duplicate.yaml
run 1 kubectl-harden check -f odd/duplicate.yaml --baseline=base.json

# Written whole or not at all, where it can be written; replaced with its mode.
chmod 640 base.json
run 0 kubectl-harden check -f shop --write-baseline=base.json
[ "$(stat -c %a base.json)" = 640 ] || fail "mode $(stat -c %a base.json)"
run 2 kubectl-harden check -f shop --write-baseline=no/such/base.json
says err 'error: write no/such/base.json: no such file or directory'
run 2 kubectl-harden check -f shop --write-baseline=shop
[ "$(find . -name '.*.kubectl-harden-*')" = "" ] || fail "temporary files are left"

# What is there and no baseline stays, and so does what a link leads to; an empty file, as of mktemp, is nobody's.
for file in shop/web.yaml odd/hardened.yaml; do
	cp "$file" "$temp/kept"
	run 2 kubectl-harden check -f shop --write-baseline="$file"
	grep -q "^error: write $file: this is no JSON, so no baseline; it is" "$temp/err" || fail "$(cat "$temp/err")"
	same "$temp/kept" "$file" "$file was replaced by a baseline"
done
ln -s base.json link.json
cp base.json "$temp/kept"
run 2 kubectl-harden check -f odd --write-baseline=link.json
says err 'error: write link.json: it is a link; name the file that it leads to'
same "$temp/kept" base.json "a baseline was written through a link"
rm link.json
ln -s nowhere.json link.json
run 2 kubectl-harden check -f odd --write-baseline=link.json
[ ! -e nowhere.json ] || fail "a baseline was made through a link"
rm link.json
: >empty.json
run 0 kubectl-harden check -f shop --write-baseline=empty.json
same base.json empty.json "an empty file is not replaced"
run 2 kubectl-harden check -f shop --write-baseline=-
grep -q '^error: --write-baseline needs the name of a file' "$temp/err" || fail "$(cat "$temp/err")"
[ ! -e ./- ] || fail "a file named -"

# What is none.
run 2 kubectl-harden check -f shop --baseline=none.json
printf '{"a": \n[1, 2}' >none.json
run 2 kubectl-harden check -f shop --baseline=none.json
says err 'error: none.json:2:6: this is no JSON, so no baseline'
printf '{"apiVersion": "kubectl-harden/v2", "kind": "Baseline", "findings": []}' >none.json
run 2 kubectl-harden check -f shop --baseline=none.json
grep -q 'error: none.json: this is no baseline' "$temp/err" || fail "$(cat "$temp/err")"
is_empty out
run 2 kubectl-harden check -f shop --baseline=base.json --write-baseline=base.json
run 2 kubectl-harden fix -f shop --baseline=base.json
exit "$failed"
