#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# formats.sh KUBECTL-HARDEN: results as objects: exit codes, what goes where, what is refused, and whose files the folder
# of a component may hold. That they say what fix makes is shown by tests/judge/formats.sh.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# Codes are those of the command; the summary is on standard error; no manifest changes.
for format in jsonpatch patch kustomize=made; do
	run 1 kubectl-harden diff -o $format -f shop
	tells err '3 of 4 files would change'
	run 0 kubectl-harden diff -o $format -f odd/hardened.yaml
	run 0 kubectl-harden fix --dry-run -q -o $format -f shop
	is_empty err
	run 2 kubectl-harden fix -o $format -f shop
	tells err '--output is for a --dry-run'
done
run 0 kubectl-harden fix --dry-run -o yaml -f shop
tells err '3 of 4 files would change'
same shop/web.yaml "$tests/input/shop/web.yaml" "a manifest changes"
run 2 kubectl-harden diff -o yaml -f shop
tells err 'must be json, jsonpatch, patch or kustomize=DIR'
run 2 kubectl-harden fix --dry-run -o kustomize= -f shop
tells err 'a folder for the component'
run 2 kubectl-harden check -o patch -f shop

# Whole objects: out of their lists, with their type, one by itself; no comments, no definitions, nothing else.
cat >list.yaml <<'YAML'
# a comment
apiVersion: v1
kind: PodList
x-shared: &image ghcr.io/shop/web:1.2
items:
- metadata: {name: a}
  spec: {containers: [{name: a, image: *image}]}
YAML
run 0 kubectl-harden fix --dry-run -q -o yaml -f list.yaml
cat >"$temp/want" <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: a
spec:
  containers:
  - name: a
    image: ghcr.io/shop/web:1.2
    volumeMounts:
    - name: tmp
      mountPath: /tmp
    securityContext:
      capabilities:
        drop:
        - ALL
      runAsUser: 10001
      runAsGroup: 10001
      readOnlyRootFilesystem: true
      allowPrivilegeEscalation: false
  securityContext:
    runAsNonRoot: true
    seccompProfile:
      type: RuntimeDefault
  volumes:
  - name: tmp
    emptyDir: {}
YAML
sed -n '/^  - name: a/,/^    image/p' "$temp/out" | grep -q 'ghcr.io/shop/web:1.2' || fail "the alias is not resolved"
grep -c '^kind: ' "$temp/out" | grep -qx 1 || fail "not one object"
! grep -q -e x-shared -e '#' -e List "$temp/out" || fail "something else is printed"
python3 - "$temp/out" "$temp/want" <<'PY' 2>/dev/null || [ $? != 1 ] || fail "another object is printed: $(cat "$temp/out")"
import sys
try:
    import yaml
except ImportError:
    sys.exit(3)
got, want = (yaml.safe_load(open(path)) for path in sys.argv[1:])
sys.exit(got != want)
PY
run 0 kubectl-harden fix --dry-run -q -o json -f list.yaml
python3 -c 'import json, sys; assert json.load(sys.stdin)["kind"] == "Pod"' <"$temp/out" || fail "no Pod in JSON"
run 0 kubectl-harden fix --dry-run -q -o json -f shop
python3 -c '
import json, sys
list = json.load(sys.stdin)
assert list["kind"] == "List" and len(list["items"]) == 5, len(list["items"])' <"$temp/out" || fail "no List in JSON"
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 9007199254740993, o: 0644, b: yes, e: 1e3}\n' >numbers.yaml
run 0 kubectl-harden fix --dry-run -q -o json -f numbers.yaml
tells out '"a": 9007199254740993'
tells out '"o": 420'
tells out '"b": true'
# What cannot be printed is an error, and the rest is there.
run 2 kubectl-harden fix --dry-run -q -o yaml -R -f chart -f numbers.yaml
tells err 'it is a template, and no manifest yet'
tells out '9007199254740993'
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nmetadata: {name: b}\n' >twice.yaml
run 2 kubectl-harden fix --dry-run -q -o yaml -f twice.yaml
tells err 'document 1 cannot be printed: duplicate key'

# What --max-depth lets in comes out.
python3 - >deep.yaml <<'PY'
print("kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: [{name: a, x: " + "[" * 250 + "]" * 250 + "}]}")
PY
run 0 kubectl-harden fix --dry-run -q --max-depth 400 -o json -f deep.yaml
tells out '"kind": "Pod"'

# Patches name what they are for, and refuse what they could not.
run 1 kubectl-harden diff -q -o jsonpatch -f shop/web.yaml
[ "$(wc -l <"$temp/out")" = 2 ] || fail "not a line for each object"
tells out '{"target":{"group":"apps","version":"v1","kind":"Deployment","namespace":"","name":"web"},"patch":[{"op":"test",'
# Tests come first. They hold for the object as it was read, and not where somebody has put a container in front, or has
# changed what is replaced.
cat >pod.json <<'JSON'
{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"web","image":"ghcr.io/shop/web:1.2",
"securityContext":{"allowPrivilegeEscalation":true}}]}}
JSON
run 1 kubectl-harden diff -q -o jsonpatch -f pod.json
python3 - pod.json "$temp/out" <<'PY' || fail "tests that do not tell: $(cat "$temp/out")"
import copy, json, sys
pod, patch = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))["patch"]
kinds = [one["op"] for one in patch]
tests = [one for one in patch if one["op"] == "test"]
assert "test" not in kinds[len(tests):] and len(kinds) > len(tests), kinds
assert len({one["path"] for one in tests}) == len(tests), tests

def value(at, path):
    for token in path.split("/")[1:]:
        at = at[int(token)] if isinstance(at, list) else at.get(token.replace("~1", "/").replace("~0", "~"))
    return at

def hold(pod):
    return all(value(pod, one["path"]) == one["value"] for one in tests)

in_front, changed = copy.deepcopy(pod), copy.deepcopy(pod)
in_front["spec"]["containers"].insert(0, dict(pod["spec"]["containers"][0], name="proxy"))
changed["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = None
assert hold(pod) and not hold(in_front) and not hold(changed), tests
PY
run 1 kubectl-harden diff -q -o patch -f shop/web.yaml
# shellcheck disable=SC2016 # it is no variable
tells out '$patch: delete'
mkdir two
cp shop/web.yaml two/a.yaml
cp shop/web.yaml two/b.yaml
for format in jsonpatch patch kustomize=two/made; do
	run 2 kubectl-harden diff -q -o $format -f two
	is_empty out
	tells err 'Deployment/web is there twice'
done
[ ! -e two/made ] || fail "a component of nothing"
printf 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\nspec: {containers: [{name: a, image: b}]}\n' >unnamed.yaml
run 2 kubectl-harden diff -q -o patch -f unnamed.yaml
tells err 'a Pod has no name'
cat >custom.yaml <<'YAML'
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: web, image: ghcr.io/shop/web:1, env: [{name: A, value: b}]}]}}}
YAML
run 1 kubectl-harden diff -q -o patch -f custom.yaml
tells out '# A custom resource: kubectl patch takes this with --type=merge.'
tells out 'value: b'

# A component's folder: new, empty, or ours; what is not ours stays.
ls made >"$temp/names"
printf '%s\n' daemonset-agent.yaml deployment-api.yaml deployment-web.yaml kustomization.yaml service-web.yaml >"$temp/want"
same "$temp/want" "$temp/names" "other files in the component"
run 1 kubectl-harden diff -o kustomize=made -f shop/web.yaml
tells err 'made: a component with 2 patches.'
ls made >"$temp/names"
printf '%s\n' deployment-web.yaml kustomization.yaml service-web.yaml >"$temp/want"
same "$temp/want" "$temp/names" "patches that nobody needs stay"
echo mine >made/notes.yaml
echo mine >made/service-web.yaml
run 2 kubectl-harden diff -q -o kustomize=made -f shop
tells err 'made/service-web.yaml was not written by kubectl harden'
[ ! -e made/deployment-api.yaml ] || fail "half a component"
rm made/service-web.yaml
ln -s ../shop/web.yaml made/service-web.yaml
run 2 kubectl-harden diff -q -o kustomize=made -f shop
rm made/service-web.yaml
run 1 kubectl-harden diff -q -o kustomize=made -f shop
[ "$(cat made/notes.yaml)" = mine ] || fail "somebody's file is gone"
cp -R made "$temp/before"
run 1 kubectl-harden diff -q -o kustomize=made -f shop
diff -r made "$temp/before" || fail "a second run changes something"
mkdir full empty
echo mine >full/kustomization.yaml
run 2 kubectl-harden diff -q -o kustomize=full -f shop
tells err 'full is not empty'
run 2 kubectl-harden diff -q -o kustomize=shop/web.yaml -f shop
run 2 kubectl-harden diff -q -o kustomize=nowhere/made -f shop
run 1 kubectl-harden diff -q -o kustomize=empty/ -f shop
[ -f empty/kustomization.yaml ] || fail "nothing in the empty folder"
# Names that are none of files.
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: "../../\\e[31mX"}\nspec: {containers: [{name: a, image: b}]}\n' >odd.yaml
printf -- '---\napiVersion: v1\nkind: Pod\nmetadata: {name: "../..--[31mX"}\nspec: {containers: [{name: a, image: b}]}\n' >>odd.yaml
run 1 kubectl-harden diff -q -o kustomize=odd-names -f odd.yaml
[ "$(find odd-names -type f | wc -l)" = 3 ] || fail "not a file for each object: $(ls -b odd-names)"
if [ -e X.yaml ] || [ -e ../X.yaml ]; then fail "a file outside of the folder"; fi
# A write that fails leaves what was there.
if [ -c /dev/full ]; then
	run 2 sh -c 'kubectl-harden diff -q -o patch -f shop >/dev/full'
fi
exit "$failed"
