#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kustomize.sh KUBECTL-HARDEN: -k, with a kubectl that notes what it was asked and prints what it is told to. What the
# real one prints is read in tests/kubectl/kustomize.sh.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir "$temp/kubectl" "$temp/kustomize" "$temp/none"

# fake NAME <SCRIPT: a program of that name in a folder of that name.
fake() {
	cat >"$temp/script"
	# Each argument that it gets on a line of its own.
	cat >"$temp/$1/$1" <<END
#!/bin/sh
printf '%s\n' "\$@" >'$temp/asked'
PATH=$PATH
END
	cat "$temp/script" >>"$temp/$1/$1"
	chmod +x "$temp/$1/$1"
}

# with FOLDERS COMMAND…: runs it where PATH holds these folders (of $temp, separated by commas) and no others.
# shellcheck disable=SC2317 # called by run
with() {
	folders=$(echo "$1" | sed "s|[^,]*|$temp/&|g; s|,|:|g")
	shift
	env PATH="$folders" "$program" "$@"
}

# asked WORD…: the words that the fake program was run with.
asked() {
	printf '%s\n' "$@" >"$temp/expected"
	same "$temp/expected" "$temp/asked" "another question than $*"
}

# ---- what is run

cat kustomize/base/web.yaml >"$temp/printed"
echo --- >>"$temp/printed"
cat kustomize/base/service.yaml >>"$temp/printed"
fake kubectl <<END
cat '$temp/printed'
END
run 1 with kubectl check -k kustomize/overlays/dev
asked kustomize -- kustomize/overlays/dev
says out 'kustomize/overlays/dev (kustomize):15:9: capabilities: Deployment/web: container web keeps the default capabilities; restricted wants drop: ["ALL"]  [fixable]'
run 1 with kubectl diff --kustomize=kustomize/overlays/dev
asked kustomize -- kustomize/overlays/dev
says out '+++ b/kustomize/overlays/dev (kustomize)	'
says out '+          containerPort: 8080'
says err 'kustomize/overlays/dev (kustomize): Deployment/web, Service/web: 8 changes'
run 1 with kubectl check -q -kx -k y
asked kustomize -- y
# A folder is a word, whatever is in it.
for folder in --help -h '-' "a b; touch pwned \$(touch pwned) 'x'"; do
	run 1 with kubectl check "-k=$folder"
	asked kustomize -- "$folder"
done
[ ! -e pwned ] || fail "the folder's name was run"
# What is left names its object, too.
sed 's/^      containers:/      hostPID: true\n&/' "$temp/printed" >"$temp/host"
fake kubectl <<END
cat '$temp/host'
END
run 1 with kubectl diff -k x
grep -qF 'left: x (kustomize):14:16: Deployment/web: ' "$temp/err" || fail "no object: $(cat "$temp/err")"

fake kustomize <<END
cat '$temp/printed'
END
run 1 with none,kustomize check -k x
asked build -- x
run 1 with kubectl,kustomize check -k x
asked kustomize -- x
run 2 with none check -k x
is_empty out
says err 'error: -k needs kubectl or kustomize, and neither is on PATH;'

# It reads nothing, prints little or much, and in any order.
fake kubectl <<END
cat
head -c 300000 /dev/zero >&2
cat '$temp/printed'
head -c 300000 /dev/zero >&2
END
echo 'kind: Pod' >"$temp/in"
run 1 sh -c "env PATH='$temp/kubectl' '$program' check -k x <'$temp/in'"
says err '1 file, 8 findings (8 fixable with kubectl harden fix).'
fake kubectl </dev/null
run 0 with kubectl check -k x
says err 'x (kustomize): passed over: it holds no manifest'
says err 'No manifests.'
run 0 with kubectl diff -k x
is_empty out

# ---- what goes wrong

fake kubectl <<END
cat '$temp/printed'
printf 'Error: accumulating resources\n\n  from web.yaml\n' >&2
exit 3
END
run 2 with kubectl check -k x
is_empty out
says err 'error: kubectl kustomize x ended with 3: accumulating resources; from web.yaml'
[ "$(wc -l <"$temp/err")" = 1 ] || fail "more than an error: $(cat "$temp/err")"
run 2 with kubectl diff -k x
is_empty out
fake kubectl <<'END'
printf 'one\033[2Jtwo' >&2
kill -KILL $$
END
run 2 with kubectl diff -k x
says err 'error: kubectl kustomize x was ended by signal 9: one\x1b[2Jtwo'
fake kubectl <<'END'
exit 1
END
run 2 with kubectl diff -k x
says err 'error: kubectl kustomize x ended with 1: it says nothing'
chmod -x "$temp/kubectl/kubectl"
if [ "$(id -u)" != 0 ] || ! "$temp/kubectl/kubectl" 2>/dev/null; then
	run 2 with kubectl diff -k x
	says err 'error: kubectl kustomize x: run kubectl: permission denied'
fi

run 2 kubectl-harden check -f shop -k kustomize/base
says err 'error: only one of -f or -k can be specified'
run 2 kubectl-harden fix -f shop -k kustomize/base
says err 'error: only one of -f or -k can be specified'
run 2 kubectl-harden diff -R -k kustomize/base
says err "error: the -k flag can't be used with -f or -R"
run 2 kubectl-harden diff -k ''
run 2 kubectl-harden diff -k
says err "error: flag needs an argument: 'k' in -k"

# A signal to us ends both.
fake kubectl <<END
echo \$\$ >'$temp/pid'
exec sleep 1000
END
rm -f "$temp/pid"
env PATH="$temp/kubectl" "$program" check -k x >"$temp/out" 2>"$temp/err" &
pid=$!
while ! [ -s "$temp/pid" ]; do sleep 0.05; done
kill -TERM "$pid"
code=0
wait "$pid" 2>/dev/null || code=$?
[ "$code" = 143 ] || fail "a signal ends check with $code"
says err 'Stopped.'
! kill -0 "$(cat "$temp/pid")" 2>/dev/null || fail "kubectl goes on without us"

# ---- fix -k names the files; none is touched

run 2 with none fix -k kustomize/overlays/prod
is_empty out
diff -r "$tests/input" . >"$temp/diff" || fail "fix -k wrote something: $(cat "$temp/diff")"
# The command that it gives can be copied.
sed -n 's/^  kubectl harden fix/kubectl-harden fix/p; s/^    -f/-f/p' "$temp/err" >"$temp/command"
run 0 sh "$temp/command"
cmp -s kustomize/base/web.yaml "$tests/input/kustomize/base/web.yaml" && fail "the command changes nothing"
same kustomize/overlays/prod/web.yaml "$tests/input/kustomize/overlays/prod/web.yaml" "the patch was changed"
fresh
# From elsewhere, and for a folder with odd names.
cd kustomize/overlays || exit 99
run 2 kubectl-harden fix -k ./dev/
says err '  kubectl harden fix -f ../base/web.yaml -f ../base/service.yaml'
mkdir "it's"
printf 'resources: ["%s", "gone.yaml", "../../../../../../../../../../../../../../../../etc/hostname-of-nobody", dev, "."]\n' \
	'\e[1m.yaml' >"it's/kustomization.yaml"
: >"it's/$(printf '\033[1m.yaml')"
run 2 kubectl-harden fix -k "it's"
grep -qF "'it'\\''s/\\x1b[1m.yaml'" "$temp/err" || fail "an odd name: $(cat "$temp/err")"
says err 'Not here: gone.yaml,'
! grep -q "$(printf '\033')" "$temp/err" || fail "a raw escape"
run 2 kubectl-harden fix -k nowhere
says err 'error: fix -k: nowhere holds no kustomization that can be read'
run 2 kubectl-harden fix -k https://example.org/shop?ref=v1
says err 'error: fix -k: what kustomize prints is in no file'
says err "  kubectl kustomize 'https://example.org/shop?ref=v1' | kubectl harden fix -f -"
# A kustomization that is broken, a pipe, or of many thousand resources: bounded, and said.
mkdir many
{
	echo resources:
	awk 'BEGIN { for (i = 0; i < 30000; i++) print "- https://example.org/" i "?ref=x" }'
} >many/kustomization.yaml
run 2 kubectl-harden fix -k many
says err 'It is made of more than is listed here.'
mkdir broken pipe
echo 'resources: [' >broken/kustomization.yaml
run 2 kubectl-harden fix -k broken
if mkfifo pipe/kustomization.yaml 2>/dev/null; then
	run 2 kubectl-harden fix -k pipe
	says err 'error: fix -k: pipe holds no kustomization that can be read'
fi
# ---- images that kustomizations of the input replace

mkdir swapped
cp -R "$tests/../fixtures/kustomize/images-replaced/base" "$tests/../fixtures/kustomize/images-replaced/overlays" swapped/
printf '{"architecture":"amd64","os":"linux","config":{"User":"4711"},"rootfs":{}}' >swapped/config.json
run 1 kubectl-harden diff -R -f swapped/base -f swapped/overlays/prod
grep -q '^+ *runAsUser: 999$' "$temp/out" || fail "the image that runs is not known: $(cat "$temp/out")"
tells err 'image redis:7.4 gives way to registry.example/cache:7.4 in swapped/overlays/prod/kustomization.yaml, and nothing'
run 1 kubectl-harden diff -R -f swapped/base -f swapped/overlays/prod \
	--image-config registry.example/cache:7.4=swapped/config.json
! grep -q -e 'gives way' -e 'no container of the input' "$temp/err" || fail "its config is not used: $(cat "$temp/err")"
run 1 kubectl-harden diff -R -f swapped
tells err 'but not in all that is built of this file'
run 1 kubectl-harden diff -f swapped/base
! grep -q 'gives way' "$temp/err" || fail "what is not in the input: $(cat "$temp/err")"
# ---- a patch is the same file however it is spelled

mkdir -p "$temp/spelt/base" "$temp/spelt/overlay"
cat >"$temp/spelt/base/web.yaml" <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: example.org/web:1
        env: [{name: PORT, value: "80"}]
        ports: [{name: http, containerPort: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
END
echo 'resources: [web.yaml]' >"$temp/spelt/base/kustomization.yaml"
cat >"$temp/spelt/overlay/kustomization.yaml" <<'END'
resources: [../base]
patches: [{path: web.yaml}]
END
cat >"$temp/spelt/overlay/web.yaml" <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: "web:2", ports: [{containerPort: 80, name: web}]}]}}}
END
ln -s overlay "$temp/spelt/link"
cd "$temp/spelt" || exit 99
for patch in overlay/web.yaml "$temp/spelt/overlay/web.yaml" overlay/../overlay/web.yaml link/web.yaml; do
	for base in base "$temp/spelt/base"; do
		for kustomization in overlay/kustomization.yaml link/kustomization.yaml; do
			run 1 kubectl-harden diff -f "$base" -f "$patch" -f "$kustomization"
			tells err "port 80 kept, by sysctl: the patch $patch may name it"
			tells err 'a kustomization names its file as a patch: not a workload'
		done
	done
done
exit "$failed"
