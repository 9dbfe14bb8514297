#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# project.sh KUBECTL-HARDEN: project files: which are found, which of them counts, what is refused, and that a file from
# anybody reads and writes nothing else.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

# The reader and the schema agree about each example. The fixers are asked from where no project file is.
if has python3; then
	code=0
	reports project "$source_root/schemas/project.schema.json" "$tests/project.txt" >"$temp/out" 2>&1 || code=$?
	[ "$code" = 77 ] || [ "$code" = 0 ] || fail "$(cat "$temp/out")"
	[ "$code" != 77 ] || [ "${KUBECTL_HARDEN_REQUIRE:-}" != 1 ] || fail "$(cat "$temp/out")"
fi

# pod FILE [PORT]: a pod in FILE.
pod() {
	mkdir -p "$(dirname "$1")"
	cat >"$1" <<-END
		apiVersion: v1
		kind: Pod
		metadata: {name: web}
		spec:
		  containers:
		  - name: web
		    image: example.org/web:1
	END
}

# holds PATH KEY VALUE FROM: what config says.
holds() {
	kubectl-harden config "$1" -o json >"$temp/config" 2>"$temp/err" || fail "config $1: $(cat "$temp/err")"
	grep -qF "\"$2\": {\"value\": $3, \"from\": \"$4\"}" "$temp/config" ||
		fail "$1: $2 is not $3 from $4: $(grep "\"$2\"" "$temp/config")"
}

# A repository with nested files and overrides.
rm -rf "$temp/work/"*
mkdir .git
cat >.kubectl-harden.yaml <<'END'
# What we agreed upon.
profile: restricted
run-as-user: 4711
skip: [seccomp-profile]
exclude: [vendor/, "*.generated.yaml"]
overrides:
- paths: [apps/legacy/**, old.yaml]
  profile: baseline
- paths: ["apps/legacy/new/*"]
  run-as-user: 1000
END
for file in web.yaml old.yaml apps/a.yaml apps/legacy/b.yaml apps/legacy/new/c.yaml team/d.yaml team/deep/er/e.yaml \
	vendor/f.yaml apps/vendor/g.yaml apps/h.generated.yaml inner/i.yaml top/j.yaml; do
	pod "$file"
done
cat >team/.kubectl-harden.yaml <<'END'
---
run-as-user: auto
skip: []
exclude: [nothing.yaml]
END
printf 'overrides:\n- {paths: [er], low-ports: keep}\n' >team/deep/.kubectl-harden.yaml
printf 'root: true\nsafe-only: true\n' >top/.kubectl-harden.yaml
mkdir inner/.git
printf 'profile: baseline\n' >inner/.kubectl-harden.yaml

holds web.yaml profile '"restricted"' .kubectl-harden.yaml:2
holds old.yaml profile '"baseline"' .kubectl-harden.yaml:8
holds apps/a.yaml profile '"restricted"' .kubectl-harden.yaml:2
holds apps/legacy/b.yaml profile '"baseline"' .kubectl-harden.yaml:8
holds apps/legacy/b.yaml run-as-user 4711 .kubectl-harden.yaml:3
holds apps/legacy/new/c.yaml run-as-user 1000 .kubectl-harden.yaml:10
holds apps/legacy/new/c.yaml profile '"baseline"' .kubectl-harden.yaml:8
holds team/d.yaml run-as-user '"auto"' team/.kubectl-harden.yaml:2
holds team/d.yaml skip '[]' team/.kubectl-harden.yaml:3
holds team/d.yaml profile '"restricted"' .kubectl-harden.yaml:2
holds team/deep/er/e.yaml low-ports '"keep"' team/deep/.kubectl-harden.yaml:2
holds team/deep/er/e.yaml run-as-user '"auto"' team/.kubectl-harden.yaml:2
holds inner/i.yaml profile '"baseline"' inner/.kubectl-harden.yaml:1
holds inner/i.yaml run-as-user '"auto"' default
holds top/j.yaml safe-only true top/.kubectl-harden.yaml:2
holds top/j.yaml profile '"hardened"' default
holds . run-as-user 4711 .kubectl-harden.yaml:3
holds - run-as-user 4711 .kubectl-harden.yaml:3
holds ./team/../apps/a.yaml run-as-user 4711 .kubectl-harden.yaml:3
cd team || exit 99
holds d.yaml profile '"restricted"' "$temp/work/.kubectl-harden.yaml:2"
holds d.yaml run-as-user '"auto"' .kubectl-harden.yaml:2
cd ..

# Each in its own way, in one run; what is left out is named with -v only. A file that is named is not left out.
run 1 kubectl-harden check -v -R -f .
for line in 'vendor: passed over: .kubectl-harden.yaml:5 excludes it' \
	'apps/vendor: passed over: .kubectl-harden.yaml:5 excludes it' \
	'apps/h.generated.yaml: passed over: .kubectl-harden.yaml:5 excludes it'; do
	says err "$line"
done
[ "$(grep -c 'read-only' "$temp/out")" = 1 ] || fail "a profile of a project file does not hold: $(cat "$temp/out")"
grep -q '^team/d.yaml:.*seccomp-profile' "$temp/out" || fail 'team/d.yaml skips what it does not'
! grep -q '^web.yaml:.*seccomp-profile' "$temp/out" || fail 'web.yaml does not skip'
! grep -q '^vendor\|^apps/vendor\|generated' "$temp/out" || fail 'what is excluded is checked'
run 1 kubectl-harden check -R -f vendor/f.yaml
run 0 kubectl-harden check -R -f vendor
says err 'No manifests.'
cp -R . "$temp/copy"
run 0 kubectl-harden fix -q -R -f .
for file in team/deep/er/e.yaml:10001 web.yaml:4711 top/j.yaml: apps/legacy/new/c.yaml: vendor/f.yaml:; do
	user=$(sed -n 's/.*runAsUser: //p' "${file%:*}")
	[ "$user" = "${file#*:}" ] || fail "${file%:*} runs as $user"
done
same "$temp/copy/vendor/f.yaml" vendor/f.yaml 'what is excluded was changed'
for file in .kubectl-harden.yaml team/.kubectl-harden.yaml; do
	same "$temp/copy/$file" "$file" "$file was changed"
done
run 0 kubectl-harden fix -R -f .
grep -q 'nothing to change' "$temp/err" || fail "a second run: $(cat "$temp/err")"

# Flags win, also where another key forbids what they ask for.
rm -rf ./* && cp -R "$temp/copy/." .
run 0 kubectl-harden config web.yaml --run-as-user=99 --only=seccomp-profile
grep -q '^run-as-user  *99  *flag$' "$temp/out" || fail "$(cat "$temp/out")"
grep -q '^skip  *<none>  *.kubectl-harden.yaml:4$' "$temp/out" || fail "$(cat "$temp/out")"
run 1 kubectl-harden check -f web.yaml --only=seccomp-profile
grep -q 'seccomp-profile' "$temp/out" || fail '--only does not win over skip'
run 1 kubectl-harden check -f web.yaml --profile=hardened
grep -q 'read-only' "$temp/out" || fail '--profile does not win'
run 0 kubectl-harden config top/j.yaml --also=privileged
grep -q '^safe-only  *false' "$temp/out" || fail "$(cat "$temp/out")"

# Standard input: the current folder's. A kustomization: its folder's.
run 1 sh -c 'kubectl-harden check -f - <web.yaml'
! grep -q 'read-only\|seccomp' "$temp/out" || fail 'standard input is asked for something else'

# Ports over files that are asked for something else: what keeps its port keeps its Service.
mkdir a b
for app in a b; do
	cat >$app/web.yaml <<-END
		apiVersion: apps/v1
		kind: Deployment
		metadata: {name: $app}
		spec:
		  selector: {matchLabels: {app: web, track: $app}}
		  template:
		    metadata: {labels: {app: web, track: $app}}
		    spec:
		      containers:
		      - name: web
		        image: mcr.microsoft.com/dotnet/aspnet:6.0
		        env: [{name: ASPNETCORE_URLS, value: "http://+:80"}]
		        ports: [{containerPort: 80}]
	END
done
cat >service.yaml <<-'END'
	apiVersion: v1
	kind: Service
	metadata: {name: web}
	spec:
	  selector: {app: web}
	  ports: [{port: 80}]
END
run 0 kubectl-harden fix --stdout -f a -f b -f service.yaml
[ "$(grep -c 8080 "$temp/out")" = 5 ] || fail "a port does not move: $(grep 80 "$temp/out")"
for project in 'skip: [unprivileged-ports]' 'low-ports: keep' 'low-ports: sysctl' 'port-map: {80: 9000}'; do
	echo "$project" >b/.kubectl-harden.yaml
	run 0 kubectl-harden fix --stdout -f a -f b -f service.yaml
	! grep -q 'Port: [89]0[80]0' "$temp/out" || fail "$project in one of two: $(cat "$temp/out")"
done
rm b/.kubectl-harden.yaml
echo 'overrides: [{paths: [service.yaml], skip: [unprivileged-ports]}]' >.kubectl-harden.yaml
run 0 kubectl-harden fix --stdout -f a -f b -f service.yaml
! grep -q 8080 "$temp/out" || fail 'a Service moves that was to stay'

# Opt-in fixers with their values, and what a Namespace enforces, each where its project file asks for it.
rm -rf ./* .kubectl-harden.yaml && mkdir a b
for folder in a b; do
	cat >$folder/all.yaml <<-END
		apiVersion: v1
		kind: Namespace
		metadata: {name: $folder, labels: {pod-security.kubernetes.io/enforce: privileged}}
		---
		apiVersion: v1
		kind: Pod
		metadata: {name: web, namespace: $folder}
		spec: {containers: [{name: web, image: "example.org/web:1"}]}
	END
done
echo '{profile: auto, also: [resources], requests: {cpu: 100m}, limits: {memory: 64Mi}}' >a/.kubectl-harden.yaml
run 0 kubectl-harden fix -q -f a -f b
grep -q 'requests: {cpu: 100m}, limits: {memory: 64Mi}' a/all.yaml || fail "$(cat a/all.yaml)"
! grep -q securityContext a/all.yaml || fail 'what is asked of a privileged namespace of a project with profile auto'
grep -q runAsNonRoot b/all.yaml || fail 'the namespace of another project says what holds here'
! grep -q resources b/all.yaml || fail 'the resources of another project'
run 0 kubectl-harden fix -q -f a -f b
run 0 kubectl-harden diff -f a -f b
echo '{also: [resources], requests: {cpu: 100m}, limits: {cpu: 50m}}' >a/.kubectl-harden.yaml
run 2 kubectl-harden fix -f a -f b
tr -d '\n' <"$temp/err" | grep -qF 'a/.kubectl-harden.yaml:1: requests cpu=100m is more than' || fail "$(cat "$temp/err")"
# Values alone ask for no fixer.
echo '{requests: {cpu: 100m}}' >b/.kubectl-harden.yaml
run 0 kubectl-harden diff -q -f b
run 1 kubectl-harden diff -q --also=resources -f b

# A profile that a project file asks for late is known when the first file is read.
mkdir ns ns/z
cat >ns/a.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {pod-security.kubernetes.io/enforce: baseline}
END
cat >ns/z/web.yaml <<'END'
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: "example.org/web:1"}]}
END
echo 'profile: auto' >ns/z/.kubectl-harden.yaml
run 0 kubectl-harden check -R -f ns

# Kinds and images of their own.
rm -rf ./* .kubectl-harden.yaml
cat >.kubectl-harden.yaml <<'END'
kinds:
- {groups: [x.example], kinds: [Thing], pod: spec.template}
images:
- repositories: [example.org/web]
  user: numeric
  uid: 999
END
cat >thing.yaml <<'END'
apiVersion: x.example/v1
kind: Thing
metadata: {name: t}
spec:
  template:
    spec:
      containers:
      - {name: web, image: "example.org/web:1", securityContext: {runAsUser: 0}}
END
run 0 kubectl-harden fix -q -f thing.yaml
grep -q 'runAsUser: 999' thing.yaml || fail "$(cat thing.yaml)"

run 0 kubectl-harden kinds Thing
says out 'Thing   x.example   everything'
echo 'kinds: [{groups: [apps], kinds: [Deployment], note: "ours\u001b"}]' >sub.yaml
mkdir sub && mv sub.yaml sub/.kubectl-harden.yaml && cd sub || exit 99
run 0 kubectl-harden kinds Deployment
[ "$(grep -c ' apps ' "$temp/out")" = 1 ] || fail "$(cat "$temp/out")"
! grep -q "$(printf '\033')" "$temp/out" || fail 'a raw escape in a note'
cd .. && rm -r sub

# The one in README.md is one.
awk '/^## / { here = /Project file/ } /^```/ { inside = /yaml/; next } here && inside' "$source_root/README.md" >.kubectl-harden.yaml
[ "$(wc -l <.kubectl-harden.yaml)" -gt 9 ] || fail 'README.md shows no project file'

holds . profile '"restricted"' .kubectl-harden.yaml:1

# A mistake is an error with its place, for every command, and nothing is changed, in no file.
# refused TEXT MESSAGE
refused() {
	printf '%b' "$1" >team/.kubectl-harden.yaml
	run 2 kubectl-harden check -R -f . -o json
	run 2 kubectl-harden fix -R -f .
	tr -d '\n' <"$temp/err" | sed 's/  */ /g' | grep -qF -- "error: team/.kubectl-harden.yaml$2" ||
		fail "no '$2': $(cat "$temp/err")"
	same "$temp/copy/web.yaml" web.yaml 'a file was changed beside a wrong project file'
	run 2 kubectl-harden config team/d.yaml
	! grep -q "$(printf '[\033\007]')" "$temp/err" || fail 'a raw escape'
}
rm -rf ./* && cp -R "$temp/copy/." .
refused 'profil: x\n' ':1:1: unknown key "profil" (did you mean profile?)'
refused '\n\nprofile: restrictd\n' ':3:1: profile cannot be "restrictd": must be baseline, restricted, hardened or auto (did you mean restricted?)'
refused 'skip:\n- capabilties\n' ':2:3: unknown fixer "capabilties" (did you mean capabilities?)'
refused 'run-as-user: 0\n' ':1:1: run-as-user cannot be "0": 0 is root'
refused 'standard-version: 1.30\n' ':1:1: standard-version must be latest or a version such as v1.37'
refused '---\nskip: [\n' ':3:1'
refused 'skip: []\nskip: []\n' ':2:1: duplicate key'
refused 'skip: []\n---\nskip: []\n' ':3:1: a second document; a project file has one'
refused 'exclude: ["../x"]\n' ':1:11: "../x" is no pattern'
refused 'kinds: [{groups: [x], kinds: [Y], pod: "spec["}]\n' ':1'
refused 'profile: "\\033[31mred"\n' ':1:'
refused 'profile: \377\376\n' ':1'
refused 'a: &a [x, x]\nb: &b [*a, *a]\nskip: *b\n' ':1:1: unknown key "a"'

# Hostile ones: huge, deep, aliases without end, pipes, links.
head -c 2000000 /dev/zero | tr '\0' '#' >team/.kubectl-harden.yaml
run 2 kubectl-harden fix -R -f .
grep -q 'team/.kubectl-harden.yaml' "$temp/err" || fail "$(cat "$temp/err")"
awk 'BEGIN { printf "skip: "; for (i = 0; i < 100000; i++) printf "["; print "" }' >team/.kubectl-harden.yaml
run 2 kubectl-harden fix -R -f .
{
	echo 'overrides:'
	echo '- &a {paths: [x]}'
	for pair in 'b a' 'c b' 'd c' 'e d' 'f e' 'g f' 'h g' 'i h'; do
		name=${pair#* }
		printf -- '- &%s [%s]\n' "${pair% *}" "$(printf "*$name, %.0s" 1 2 3 4 5 6 7 8 9 10)"
	done
} >team/.kubectl-harden.yaml
run 2 kubectl-harden fix -R -f .
awk 'BEGIN { printf "exclude: ["; for (i = 0; i < 300; i++) printf "a%d, ", i; print "]" }' >team/.kubectl-harden.yaml
run 2 kubectl-harden fix -R -f .
for target in /etc/passwd .kubectl-harden.yaml ../.kubectl-harden.yaml nowhere; do
	rm -f team/.kubectl-harden.yaml
	ln -s "$target" team/.kubectl-harden.yaml
	run 2 kubectl-harden fix -R -f .
	says err 'error: team/.kubectl-harden.yaml: a link; a project file must be a file of its'
	! grep -q root: "$temp/err" || fail 'what a link leads to is shown'
done
rm -f team/.kubectl-harden.yaml
if has timeout && mkfifo team/.kubectl-harden.yaml 2>/dev/null; then
	run 2 timeout 10 kubectl-harden fix -R -f .
	says err 'error: team/.kubectl-harden.yaml: no file; a project file must be one'
fi
rm -f team/.kubectl-harden.yaml
mkdir team/.kubectl-harden.yaml
run 2 kubectl-harden fix -R -f .
rmdir team/.kubectl-harden.yaml
same "$temp/copy/web.yaml" web.yaml 'a file was changed beside a hostile project file'

# A pattern that would take for ever does not.
{
	printf 'exclude: ["%s"]\n' "$(awk 'BEGIN { for (i = 0; i < 50; i++) printf "**/a*"; print "b" }')"
} >team/.kubectl-harden.yaml
long=team/$(awk 'BEGIN { for (i = 0; i < 200; i++) printf "a"; print ".yaml" }')
pod "$long"
if has timeout; then
	run 1 timeout 10 kubectl-harden check -q -R -f team
fi

# Links in folders lead nowhere else: the way up is that of the real folders.
rm -rf ./* .git .kubectl-harden.yaml && cp -R "$temp/copy/." .
mkdir "$temp/other"
printf 'profile: baseline\n' >"$temp/other/.kubectl-harden.yaml"
pod "$temp/other/x.yaml"
ln -s "$temp/other" linked
holds linked/x.yaml profile '"baseline"' "$temp/other/.kubectl-harden.yaml:1"
holds linked/x.yaml run-as-user '"auto"' default

# Without a repository: up to the current folder, and no further.
rm -rf .git
printf 'profile: baseline\n' >"$temp/.kubectl-harden.yaml"
holds web.yaml profile '"restricted"' .kubectl-harden.yaml:2
cd apps || exit 99
holds a.yaml profile '"hardened"' default
holds ../team/d.yaml profile '"hardened"' default
holds ../team/d.yaml run-as-user '"auto"' "$temp/work/team/.kubectl-harden.yaml:2"
cd ..
rm "$temp/.kubectl-harden.yaml"

# config itself.
run 2 kubectl-harden config nowhere.yaml
says err 'error: open nowhere.yaml: no such file or directory'
run 2 kubectl-harden config a b
run 0 kubectl-harden config vendor/f.yaml
says err 'vendor/f.yaml: left out of folders: .kubectl-harden.yaml:5 excludes it'
if python3 -c 'import yaml' 2>/dev/null; then
	kubectl-harden config apps/legacy/b.yaml -o yaml | python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, sort_keys=True)' >"$temp/a"
	kubectl-harden config apps/legacy/b.yaml -o json | python3 -c 'import json, sys; json.dump(json.load(sys.stdin), sys.stdout, sort_keys=True)' >"$temp/b"
	same "$temp/a" "$temp/b" 'config -o yaml and -o json differ'
fi
exit "$failed"
