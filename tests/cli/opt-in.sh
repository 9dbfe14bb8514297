#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# opt-in.sh KUBECTL-HARDEN: opt-in fixers run where they are named and nowhere else; their flags are checked; what joins
# Namespaces and workloads does so over all files; and reports say of it what they say of the rest.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

rules=$(kubectl-harden fixers | awk '$2 == "opt-in" { print $1 }')
[ "$(echo "$rules" | wc -w)" -ge 6 ] || fail "opt-in fixers: $rules"
list=$(echo "$rules" | tr '\n' ',' | sed 's/,$//')
mkdir names
cat >names/z-namespace.yaml <<'YAML'
apiVersion: v1
kind: Namespace
metadata: {name: shop}
YAML
cat >names/a-web.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
  - {name: web, image: web}
YAML
mkdir api
cat >api/api.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop}
spec:
  containers:
  - {name: api, image: api, command: [dotnet, api.dll]}
YAML

# What only some images give cause for.
cat >names/nginx.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: nginx, namespace: shop}
spec:
  containers:
  - {name: nginx, image: nginx}
YAML

# By no profile, and not by --unsafe; each by its name, with what else there is or alone.
for flags in '' --unsafe --profile=baseline --profile=restricted --profile=auto; do
	# shellcheck disable=SC2086 # $flags is a flag or nothing
	run 1 kubectl-harden check $flags -f names -f api -f shop
	for rule in $rules; do
		! grep -q ": $rule: " "$temp/out" || fail "$rule runs with '$flags'"
	done
done
for rule in $rules; do
	run 1 kubectl-harden check --only="$rule" -f names -f api -f shop
	[ "$rule" = image-pull-policy ] || grep -Eq "^(names|api)/.*: $rule: " "$temp/out" || fail "--only=$rule finds nothing in names"
	! grep -qv ": $rule: " "$temp/out" || fail "--only=$rule finds more: $(cat "$temp/out")"
	run 1 kubectl-harden check --also="$rule" -f names -f api -f shop
	grep -q ": $rule: " "$temp/out" || fail "--also=$rule finds nothing"
	grep -q ": capabilities: " "$temp/out" || fail "--also=$rule finds nothing else"
	run 1 kubectl-harden check --also="$rule" --skip="$rule" -f names -f api -f shop
	! grep -q ": $rule: " "$temp/out" || fail "--skip=$rule does not skip it"
done
rm names/nginx.yaml
# They are no violations of a level.
run 0 kubectl-harden check --only="$list" --fail-on=violation -f names -f api -f shop

# resources: what is wrong is said before anything is read.
for flags in '--requests=cpu=1' '--limits cpu=1' '--also=resources --requests=memory=1Gi --limits=memory=1G'; do
	# shellcheck disable=SC2086 # $flags are flags
	run 2 kubectl-harden fix $flags -f names
	is_empty out
done
for flags in '--also=resources --limits=memory=128m' '--also=resources --requests=cpu' '--also=resources --requests=' \
	'--also=resources --requests=nvidia.com/gpu=1' '--also=resources --limits=cpu=lots'; do
	# shellcheck disable=SC2086 # $flags are flags
	run 2 kubectl-harden fix $flags -f names
	is_empty out
	says err "See 'kubectl harden fix --help' for usage."
done
diff -r shop "$tests/input/shop" || fail "a refused run wrote something"
run 1 kubectl-harden diff -q --only=resources --requests cpu=100m --limits memory=256Mi -f names
says out '+  - {name: web, image: web, resources: {requests: {cpu: 100m}, limits: {memory: 256Mi}}}'

# namespace-labels: all files together, whichever is read first; alone it looks at the pods as they are.
run 0 kubectl-harden fix -q --also=namespace-labels -f names
grep -q 'labels: {pod-security.kubernetes.io/enforce: restricted}' names/z-namespace.yaml || fail "no label"
run 0 kubectl-harden diff -q --also=namespace-labels -f names
run 0 kubectl-harden check -q --only=namespace-labels --fail-on=hardened -f names
cp names/z-namespace.yaml labelled.yaml
sed 's/, labels: .*}}/}/' labelled.yaml >names/z-namespace.yaml
run 0 kubectl-harden diff -q --only=namespace-labels -f names/z-namespace.yaml
run 1 kubectl-harden diff -q --only=namespace-labels -f names
run 0 kubectl-harden diff -q --only=namespace-labels --safe-only -f names
# One that violates it and names no namespace may live there.
run 0 kubectl-harden diff --only=namespace-labels -f names -f api -f shop/web.yaml
grep -q 'Deployment/web (shop/web.yaml:$' "$temp/err" || fail "what violates the level is not named: $(cat "$temp/err")"

# --profile=auto: check, diff and fix alike.
for level in privileged baseline restricted; do
	sed "s/enforce: restricted/enforce: $level/" labelled.yaml >names/z-namespace.yaml
	cat >names/a-web.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
  - name: web
    image: web
    securityContext: {runAsUser: 1000}
YAML
	kubectl-harden check --profile=auto -f names >"$temp/$level.auto" 2>/dev/null
	[ $level = privileged ] || kubectl-harden check --profile=$level -f names >"$temp/$level" 2>/dev/null
	[ $level != privileged ] || : >"$temp/$level"
	same "$temp/$level" "$temp/$level.auto" "auto is not $level"
	kubectl-harden diff -q --profile=auto -f names >"$temp/auto.diff"
	[ $level = privileged ] || kubectl-harden diff -q --profile=$level -f names >"$temp/$level.diff"
	[ $level != privileged ] || : >"$temp/$level.diff"
	same "$temp/$level.diff" "$temp/auto.diff" "auto changes other things than $level"
done
run 0 kubectl-harden fix -q --profile=auto --fail-on=hardened -f names
run 0 kubectl-harden check --profile=auto -f names
run 1 kubectl-harden check --profile=hardened -f names
sed 's/enforce: restricted/enforce: privileged/' labelled.yaml >names/z-namespace.yaml
run 0 kubectl-harden check --profile=auto -f names
says err 'names/a-web.yaml: Pod/web: passed over: its namespace enforces privileged, which'
run 1 kubectl-harden check --profile=auto -o json -f names -f api -f shop
grep -q '"profile": "auto"' "$temp/out" || fail "the report does not say auto"

# Reports: their schema, their edits, and groups that are a whole. What a Namespace enforces needs what its pods need.
fresh
has python3 || exit "$failed"
cp -R "$source_root/tests/fixtures/namespace-labels/changed" joined
rm -rf joined/expected
run 1 kubectl-harden check --also="$list" --requests=cpu=1 -o json -R -f joined
cp "$temp/out" "$temp/all.json"
reports validate "$source_root/schemas/report.schema.json" "$temp/all.json" >"$temp/log" 2>&1 ||
	[ $? = 77 ] || fail "not of its schema: $(cat "$temp/log")"
python3 - "$temp/all.json" <<'PYTHON' || fail "groups of Namespaces"
import json, sys
findings = json.load(open(sys.argv[1]))["findings"]
labels = {f["object"]["name"]: f["group"] for f in findings if f["rule"] == "namespace-labels"}
assert sorted(labels) == ["data", "list", "shop", "shop-too"], labels
assert len(set(labels.values())) == 4, labels
pods = [f for f in findings if f.get("check") and f["object"].get("namespace") in labels]
assert len(pods) >= 16, pods
assert all(f["group"] == labels[f["object"]["namespace"]] for f in pods)
PYTHON
exit "$failed"
