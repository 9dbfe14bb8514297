#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# codes.sh KUBECTL-HARDEN: every exit code that scripts rely on.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

hardened=odd/hardened.yaml
sed 's/readOnlyRootFilesystem: true/readOnlyRootFilesystem: false/' $hardened >writable.yaml

# diff: 1 for changes, 0 for none, findings or not.
run 0 kubectl-harden diff -f $hardened
run 1 kubectl-harden diff -f shop/web.yaml
run 0 kubectl-harden diff -f writable.yaml
run 0 kubectl-harden diff -f odd/separator.yaml
run 2 kubectl-harden diff -f shop/web.yaml -f nothing.yaml
run 2 kubectl-harden diff --fail-on=never -f shop/web.yaml

# check: any finding, or those of the level, or none.
run 0 kubectl-harden check -f $hardened
run 1 kubectl-harden check -f writable.yaml
run 1 kubectl-harden check --fail-on=hardened -f writable.yaml
run 0 kubectl-harden check --fail-on=violation -f writable.yaml
run 0 kubectl-harden check --fail-on=never -f writable.yaml
run 0 kubectl-harden check --profile=restricted -f writable.yaml
run 1 kubectl-harden check --fail-on=violation -f shop/web.yaml
run 0 kubectl-harden check --fail-on=never -f shop/web.yaml
run 1 kubectl-harden check -q -f shop/agent.yaml
# A document that was refused is a finding; a template and a patch are none.
run 1 kubectl-harden check --fail-on=violation -f odd/separator.yaml
run 1 kubectl-harden check --profile=baseline --only=privileged -f odd/duplicate.yaml
run 0 kubectl-harden check --fail-on=never -f odd/duplicate.yaml
run 0 kubectl-harden check -R -f chart
run 0 kubectl-harden check -f odd/patch.yaml
run 2 kubectl-harden check -f shop/web.yaml -f nothing.yaml

# fix: 0 even with findings left, unless asked.
run 0 kubectl-harden fix -f shop/agent.yaml
run 0 kubectl-harden fix -f odd/duplicate.yaml
run 1 kubectl-harden fix --fail-on=violation -f shop/agent.yaml
run 1 kubectl-harden fix --fail-on=hardened -f odd/duplicate.yaml
run 0 kubectl-harden fix --fail-on=hardened -f shop/web.yaml
run 1 kubectl-harden fix --fail-on=hardened -f writable.yaml
run 0 kubectl-harden fix --fail-on=violation -f writable.yaml
run 2 kubectl-harden fix -f nothing.yaml

# What chooses among the objects of a cluster has no meaning for files, and is refused; what a wrapper may always set, the
# flags of the connection, is not.
fresh
for flags in '-l app=web' --selector=app=web -A '-A -l app=web'; do
	for command in 'diff -f shop' 'check -f shop' 'fix -f shop' 'fix --stdout -f shop' 'check -k kustomize'; do
		# shellcheck disable=SC2086 # words
		run 2 kubectl-harden $command $flags
		grep -q '^error: -[lA] .* chooses among the objects of a cluster' "$temp/err" || fail "$(cat "$temp/err")"
		is_empty out
	done
done
diff -r shop "$tests/input/shop" || fail "a wrong usage wrote something"
run 0 kubectl-harden diff -n shop --context=none --kubeconfig=none -f $hardened

# --dry-run ends as fix does, and writes nothing.
fresh
run 0 kubectl-harden fix --dry-run=client -f shop
run 0 kubectl-harden fix --dry-run -f shop
run 1 kubectl-harden fix --dry-run=client --fail-on=violation -f shop
run 2 kubectl-harden fix --dry-run=server -f shop
diff -r "$tests/input" . || fail "--dry-run wrote something"
run 0 kubectl-harden fix --dry-run=none -q -f shop
! cmp -s "$tests/input/shop/web.yaml" shop/web.yaml || fail "--dry-run=none wrote nothing"
exit "$failed"
