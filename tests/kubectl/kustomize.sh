#!/usr/bin/env bash
# kustomize.sh KUBECTL-HARDEN SOURCE-ROOT: what a real kubectl builds is what -k reads; its messages are passed on; and
# an overlay that names a port as it is comes out of kustomize as before, after its base was fixed.
set -euo pipefail

kubectl_harden=$(realpath "$1")
cd "$2"
# shellcheck source=tests/judge/common.sh
. tests/judge/common.sh
kubectl=$(tests/judge/build.sh kubectl) || exit

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cp -R tests/cli/input/kustomize "$temp/shop"
cd "$temp"
mkdir bin
ln -s "$kubectl" bin/kubectl
ln -s "$kubectl_harden" bin/kubectl-harden
export PATH=$temp/bin:$PATH HOME=$temp KUBECONFIG=/dev/null COLUMNS=200
failed=0

# Nothing is fetched: without the remote base, and without the component that would go in a circle.
sed -i '/example.org/d' shop/base/kustomization.yaml
sed -i '/overlays/d' shop/parts/Kustomization

# run CODE COMMAND…: its output in out and err; its exit code must be CODE.
run() {
	local expected=$1 code=0
	shift
	"$@" >out 2>err || code=$?
	[ "$code" = "$expected" ] || wrong "exit code $code instead of $expected: $*: $(cat err)"
}

wrong() {
	echo "wrong: $*"
	failed=1
}

for overlay in dev prod; do
	kubectl kustomize "shop/overlays/$overlay" >"$overlay.yaml"
	run 1 kubectl harden check -k "shop/overlays/$overlay"
	# The same findings as in what it prints, at the same places; only the names differ.
	sed 's/^[^:]*://; s/: \(Deployment\|Service\|Job\)\/[a-z]*: /: /' out >"$overlay.k"
	run 1 kubectl harden check -f "$overlay.yaml"
	sed 's/^[^:]*://' out | cmp -s - "$overlay.k" || wrong "check -k and check -f differ for $overlay"
	[ "$(wc -l <"$overlay.k")" -ge 8 ] || wrong "few findings in $overlay"
	run 1 kubectl harden diff -k "shop/overlays/$overlay"
	sed 1,2d out >"$overlay.k"
	run 1 kubectl harden diff -f "$overlay.yaml"
	sed 1,2d out | cmp -s - "$overlay.k" || wrong "diff -k and diff -f differ for $overlay"
done

run 2 kubectl harden check -k shop/nowhere
[ ! -s out ] || wrong "findings of nothing"
grep -q '^error: kubectl kustomize shop/nowhere ended with 1: .*' err || wrong "no message: $(cat err)"
run 2 kubectl harden check -k=--version
grep -q 'ended with 1' err || wrong "the folder is taken for a flag: $(cat err)"

# Every patch of the overlays still applies to the fixed base, whose port stays for one of them.
run 0 kubectl harden fix -R -f shop
kubectl kustomize shop/overlays/dev >fixed.yaml || wrong "kustomize does not build what was fixed"
grep -q 'containerPort: 80$' fixed.yaml || wrong "the patch's port is not there: $(cat fixed.yaml)"
grep -q 'net.ipv4.ip_unprivileged_port_start' fixed.yaml || wrong "the port is kept without the sysctl"
grep -q 'targetPort: 80$' fixed.yaml || wrong "the Service leads elsewhere"
# Where no patch names it, it moves, and what kustomize prints leads to it.
rm -r shop/overlays/dev
cp "$OLDPWD"/tests/cli/input/kustomize/base/*.yaml shop/base/
sed -i '/example.org/d' shop/base/kustomization.yaml
run 0 kubectl harden fix -R -f shop
kubectl kustomize shop/overlays/prod >fixed.yaml || wrong "kustomize does not build what was fixed"
grep -q 'containerPort: 8080$' fixed.yaml || wrong "the port does not move: $(cat fixed.yaml)"
grep -q 'targetPort: http$' fixed.yaml || wrong "the Service does not lead to it"
grep -q 'image: ghcr.io/shop/web:1.5' fixed.yaml || wrong "the patch is not applied"
run 0 kubectl harden check -k shop/overlays/prod

# names KEY: the names in the lists under KEY, volumes or volumeMounts, of what kustomize prints on standard input, each
# with the number of its object.
names() {
	awk -v key="$1:" '
		/^---/ { object++ }
		{ indent = match($0, /[^ ]/) }
		list && (indent < list || (indent == list && $1 != "-")) { list = 0 }
		list && indent <= list + 2 && ($1 == "name:" || ($1 == "-" && $2 == "name:")) { print object + 0, $NF }
		$1 == key { list = indent }' | sort -u
}

# What the fixtures' overlays are built to: as before but for lines that are new, wherever no port moves; and what is
# mounted is there.
cd "$OLDPWD/tests/fixtures/kustomize"
built=0
for overlay in */overlays/*/; do
	fixture=${overlay%%/*}
	kubectl kustomize "$overlay" >"$temp/before.yaml" 2>"$temp/err" || continue
	built=$((built + 1))
	if ! kubectl kustomize "$fixture/expected/${overlay#*/}" >"$temp/after.yaml" 2>"$temp/err"; then
		wrong "$overlay is not built any more: $(cat "$temp/err")"
		continue
	fi
	grep -q '80 → 8080' "$fixture/expected/report" || ! diff "$temp/before.yaml" "$temp/after.yaml" | grep '^<' ||
		wrong "$overlay loses what it said"
	names volumes <"$temp/after.yaml" >"$temp/volumes"
	names volumeMounts <"$temp/after.yaml" >"$temp/mounts"
	names volumes <"$temp/before.yaml" >"$temp/volumes.before"
	names volumeMounts <"$temp/before.yaml" >"$temp/mounts.before"
	comm -13 "$temp/volumes.before" "$temp/mounts.before" >"$temp/missing.before"
	comm -13 "$temp/volumes" "$temp/mounts" | comm -23 - "$temp/missing.before" >"$temp/missing"
	[ ! -s "$temp/missing" ] || wrong "$overlay mounts what is not there: $(cat "$temp/missing")"
done
[ "$built" -ge 20 ] || wrong "only $built overlays of the fixtures are built"
exit "$failed"
