#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# interactive.sh KUBECTL-HARDEN: fix --interactive on a terminal: the questions, each answer, and every way to leave.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# Elsewhere it refuses to begin, and says what to do.
run 2 kubectl-harden fix -i -f shop/web.yaml </dev/null
grep -q 'needs a terminal' "$temp/err" || fail "not on a terminal: $(cat "$temp/err")"
run 2 kubectl-harden fix -i -f - <shop/web.yaml
grep -q 'name a file' "$temp/err" || fail "-f -: $(cat "$temp/err")"
run 2 kubectl-harden fix -i --stdout -f shop/web.yaml
grep -q -e '--stdout' "$temp/err" || fail "--stdout: $(cat "$temp/err")"
run 2 kubectl-harden fix -i --dry-run -o json -f shop/web.yaml
grep -q -e '--output' "$temp/err" || fail "--output: $(cat "$temp/err")"
run 2 kubectl-harden diff -i -f shop/web.yaml
run 2 kubectl-harden check --interactive -f shop/web.yaml
diff -r "$tests/input" . || fail "something was written"

if has python3; then
	python3 "$tests/interactive.py" "$source_root" || fail "on a terminal"
fi
exit "$failed"
