#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# images.sh KUBECTL-HARDEN: what the user says of images: --images, --image-config, --dockerfile; what is wrong with these
# files is said with its place; and explain image.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir images && cd images || exit 99

# manifest IMAGE: a Deployment of it and its Service, in web.yaml.
manifest() {
	cat >web.yaml <<-END
		apiVersion: apps/v1
		kind: Deployment
		metadata:
		  name: web
		spec:
		  template:
		    metadata:
		      labels:
		        app: web
		    spec:
		      containers:
		      - name: web
		        image: $1
		---
		apiVersion: v1
		kind: Service
		metadata:
		  name: web
		spec:
		  selector:
		    app: web
		  ports:
		  - port: 80
	END
}

# holds TEXT, lacks TEXT: what was printed last has it in a line of its own, but for its indentation.
holds() {
	sed 's/^[ -]*//' "$temp/out" | grep -qxF -- "$1" || fail "no line '$1': $(cat "$temp/out")"
}
lacks() {
	! sed 's/^[ -]*//' "$temp/out" | grep -qxF -- "$1" || fail "a line '$1'"
}

# ---- rows of one's own, before what is known without them

cat >rows.yaml <<-'END'
	images:
	- name: ours
	  repositories: [registry.example/shop/web]
	  tags: {from: "2"}
	  user: name
	  uid: 4711
	  gid: 4712
	  writable: [/var/spool/shop]
	- name: another nginx
	  repositories: [docker.io/library/nginx]
	  uid: 5
	mirrors:
	- {prefix: harbor.example/hub/, is: docker.io/library/}
END
manifest registry.example/shop/web:2.1
run 0 kubectl-harden fix -q --stdout -f web.yaml --images rows.yaml
holds 'runAsUser: 4711'
holds 'runAsGroup: 4712'
holds 'mountPath: /var/spool/shop'
manifest registry.example/shop/web:1.9
run 0 kubectl-harden fix -q --stdout -f web.yaml --images rows.yaml
holds 'runAsUser: 10001'
lacks 'mountPath: /var/spool/shop'
manifest nginx:1.27
run 0 kubectl-harden fix -q --stdout -f web.yaml --images rows.yaml
holds 'runAsUser: 5'
manifest harbor.example/hub/redis:7
run 0 kubectl-harden fix -q --stdout -f web.yaml --images rows.yaml
holds 'runAsUser: 999'

# Those of a flag come before those of a project file, which come before the rest; a flag's fixer runs whatever it skips.
mkdir project
manifest nginx:1.27
cp web.yaml project/web.yaml
cat >project/.kubectl-harden.yaml <<-'END'
	skip: [unprivileged-image]
	images:
	- repositories: [docker.io/library/nginx]
	  user: root
	  uid: 6
END
run 0 kubectl-harden fix -q --stdout -f project/web.yaml
holds 'runAsUser: 6'
run 0 kubectl-harden fix -q --stdout -f project/web.yaml --images rows.yaml
holds 'runAsUser: 5'
rm project/.kubectl-harden.yaml
printf 'skip: [unprivileged-image]\n' >project/.kubectl-harden.yaml
run 0 kubectl-harden fix -q --stdout -f project/web.yaml
holds 'image: nginx:1.27'
run 0 kubectl-harden fix -q --stdout -f project/web.yaml --replace-images
holds 'image: nginxinc/nginx-unprivileged:1.27'
# Both flags take back what the project forbids, and what the command line forbids stands.
printf 'safe-only: true\n' >project/.kubectl-harden.yaml
for flag in --replace-images --also=unprivileged-image; do
	run 0 kubectl-harden fix -q --stdout -f project/web.yaml $flag
	holds 'image: nginxinc/nginx-unprivileged:1.27'
	run 0 kubectl-harden fix -q --stdout -f project/web.yaml $flag --safe-only
	holds 'image: nginx:1.27'
done

# What is said of images that no container has is told, once; a config is one thing under all its names.
printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{}}' >empty.json
printf '[{"Config":{},"RepoTags":["nginx:1.27","nginx:1"],"RepoDigests":["nginx@sha256:%064d"]}]' 1 >inspect.json
printf 'FROM nginx:1.27\n' >Dockerfile.web
manifest nginx:1.27
for command in diff check "fix --dry-run"; do
	code=1
	[ "$command" != "fix --dry-run" ] || code=0
	# shellcheck disable=SC2086 # a command and its flag
	run "$code" kubectl-harden $command -f web.yaml --image-config inspect.json \
		--image-config registry.example/a:1=empty.json --image-config nginx:1.28=empty.json \
		--dockerfile registry.example/shop/web=Dockerfile.web
	[ "$(grep -c 'no container of the input' "$temp/err")" = 2 ] || fail "not two notes: $(cat "$temp/err")"
	tells err '--image-config: no container of the input has the image registry.example/a:1,'
	tells err '--dockerfile: no container of the input has the image registry.example/shop/web.'
	! grep -q 'docker.io/library/nginx:1.27' "$temp/err" || fail "a config that is used: $(cat "$temp/err")"
done
run 0 kubectl-harden fix -q --stdout -f web.yaml --image-config registry.example/a:1=empty.json
is_empty err
mkdir many
for number in 1 2 3 4 5 6 7; do
	cp empty.json "many/web:$number.json"
done
run 0 kubectl-harden fix --stdout -f web.yaml --image-config many
tells err 'docker.io/library/web:5 … and 2 more.'
printf '[]' >none.json
run 2 kubectl-harden check -f web.yaml --image-config none.json
says err 'error: none.json:1:1: no image is in it: docker image inspect prints this of one'

# wrong FILE TEXT MESSAGE: as --images, TEXT is an error at its place, and nothing else is said.
wrong() {
	printf '%s' "$2" >"$1"
	for command in diff check "fix --dry-run"; do
		# shellcheck disable=SC2086 # a command and its flag
		run 2 kubectl-harden $command -f web.yaml --images "$1"
		is_empty out
		says err "error: $3"
	done
}
wrong bad.yaml 'images: {}' 'bad.yaml:1:1: images must be a list'
wrong bad.yaml 'images:
- name: x
  repositories: [nginx]' 'bad.yaml:2:3: write nginx in full: docker.io/library/nginx'
wrong bad.yaml 'images:
- name: x
  repositorys: []' 'bad.yaml:3:3: unknown key "repositorys" (did you mean repositories?)'
wrong bad.yaml 'imags: []' 'bad.yaml:1:1: unknown key "imags" (did you mean images?)'
run 2 kubectl-harden check -f web.yaml --images no-such.yaml
says err 'error: open no-such.yaml: no such file or directory'
run 2 kubectl-harden check -f web.yaml --images=

# ---- what an image says of itself

cat >oci.json <<-'END'
	{"architecture":"amd64","os":"linux","config":{"User":"1000:1000","ExposedPorts":{"80/tcp":{}},
	 "Env":["PATH=/bin","PORT=80"],"Entrypoint":["/app"]},"rootfs":{"type":"layers","diff_ids":[]}}
END
manifest registry.example/shop/web:1.4
run 0 kubectl-harden fix -q --stdout -f web.yaml --image-config registry.example/shop/web:1.4=oci.json
lacks 'runAsUser: 10001'
holds 'name: PORT'
holds 'value: "8080"'
holds 'targetPort: 8080'
lacks 'sysctls:'
[ "$(grep -c 'name: PORT' "$temp/out")" = 1 ] || fail "PORT is set twice"
cp "$temp/out" first.yaml
run 0 kubectl-harden diff -f first.yaml --image-config registry.example/shop/web:1.4=oci.json
# Of another tag it says nothing; of no tag in particular, of all.
run 0 kubectl-harden fix -q --stdout -f web.yaml --image-config registry.example/shop/web:1.5=oci.json
holds 'runAsUser: 10001'
run 0 kubectl-harden fix -q --stdout -f web.yaml --image-config registry.example/shop/web=oci.json
holds 'name: PORT'
# In a folder the path is the image's name; docker image inspect says it itself.
mkdir -p configs/registry.example/shop
cp oci.json configs/registry.example/shop/web:1.4.json
for folder in configs configs/ ./configs; do
	run 0 kubectl-harden fix -q --stdout -f web.yaml --image-config $folder
	holds 'name: PORT'
done
cat >inspect.json <<-'END'
	[{"Id":"sha256:00","RepoTags":["registry.example/shop/web:1.4"],"RepoDigests":[],
	  "Config":{"User":"","Env":["PORT=80"]}}]
END
run 0 kubectl-harden fix -q --stdout -f web.yaml --image-config inspect.json
holds 'runAsUser: 10001'
holds 'name: PORT'
run 2 kubectl-harden check -f web.yaml --image-config oci.json
grep -q '^error: oci.json: it does not say which image it is of' "$temp/err" || fail "a config of nobody"
printf '{"config":\n{"Env":7}}' >bad.json
run 2 kubectl-harden check -f web.yaml --image-config a/b=bad.json
says err 'error: bad.json:2:2: expected an array'
run 2 kubectl-harden check -f web.yaml --image-config configs/no-such
head -c 17000000 /dev/zero >large.json
run 2 kubectl-harden check -f web.yaml --image-config a/b=large.json
rm large.json

# ---- Dockerfiles

cat >Dockerfile <<-'END'
	FROM golang:1.24 AS build
	RUN go build -o /app .
	FROM nginx:1.27
	COPY --from=build /app /app
	EXPOSE 80
	USER nginx
END
manifest registry.example/shop/front:dev
run 1 kubectl-harden check -f web.yaml --dockerfile registry.example/shop/front=Dockerfile
says out 'Dockerfile:5:1: unprivileged-ports: image registry.example/shop/front exposes port 80, which only root may open'
says out 'Dockerfile:6:1: run-as-non-root: image registry.example/shop/front sets USER nginx, a name'
run 0 kubectl-harden fix -q --stdout -f web.yaml --dockerfile registry.example/shop/front=Dockerfile
holds 'runAsUser: 101'
holds 'mountPath: /var/cache/nginx'
lacks 'FROM nginx:1.27'
for format in json sarif github junit; do
	run 1 kubectl-harden check -f web.yaml --dockerfile registry.example/shop/front=Dockerfile -o $format
	grep -q 'sets USER nginx, a name' "$temp/out" || fail "-o $format does not know the Dockerfile"
	cp "$temp/out" "$temp/report.$format"
done
if has python3; then
	for report in report.schema.json:report.json ../tests/sarif/sarif-schema-2.1.0.json:report.sarif; do
		code=0
		reports validate "$source_root/schemas/${report%:*}" "$temp/${report#*:}" >"$temp/log" 2>&1 || code=$?
		[ $code = 0 ] || [ $code = 77 ] || fail "not of schema ${report%:*}: $(cat "$temp/log")"
	done
fi
# A baseline knows them, wherever their lines move.
run 0 kubectl-harden check -f web.yaml --dockerfile registry.example/shop/front=Dockerfile --write-baseline=known.json
sed -i '1i # moved' Dockerfile
run 0 kubectl-harden check -f web.yaml --dockerfile registry.example/shop/front=Dockerfile --baseline=known.json
# Skipped rules are not asked of them; a Dockerfile in order has nothing.
run 1 kubectl-harden check -f web.yaml --dockerfile registry.example/shop/front=Dockerfile --only=run-as-user
! grep -q '^Dockerfile:' "$temp/out" || fail "rules that were not asked for"
cp Dockerfile before
run 0 kubectl-harden fix -f web.yaml --dockerfile registry.example/shop/front=Dockerfile
same before Dockerfile "fix changes a Dockerfile"
printf 'FROM registry.example/base\nUSER 1000\nEXPOSE 8080\n' >fine
run 0 kubectl-harden check -f web.yaml --dockerfile registry.example/shop/front=fine
printf '# nothing\n' >nothing
run 2 kubectl-harden check -f web.yaml --dockerfile registry.example/shop/front=nothing
says err 'error: nothing:1:1: no FROM: this is no Dockerfile'
run 2 kubectl-harden check -f web.yaml --dockerfile nothing
run 2 kubectl-harden check -f web.yaml --dockerfile 'no image=fine'

# Standard output is the manifest's, byte for byte, also without a line feed at its end.
printf '%s' "$(cat web.yaml)" >ends.yaml
kubectl-harden fix -q -f - <ends.yaml >"$temp/without"
kubectl-harden fix -q -f - --dockerfile registry.example/other=Dockerfile <ends.yaml >"$temp/with"
same "$temp/without" "$temp/with" "a Dockerfile changes what is printed"

# ---- explain

run 0 kubectl-harden explain image nginx:1.27
is_empty err
says out 'nginx:1.27: nginx'
says out '  Works as user      101:101'
run 0 kubectl-harden explain image registry.example/hub/library/nginx:1.27
says out 'registry.example/hub/library/nginx:1.27: nginx, taken for a copy of docker.io/library/nginx'
run 0 kubectl-harden explain image nginx:1.27 --images rows.yaml
says out 'nginx:1.27: another nginx'
says out '  From               rows.yaml:9 (your own)'
# The project file of the current folder holds, too; each fact has its place.
cat >.kubectl-harden.yaml <<-'END'
	safe-only: true
	images:
	- repositories: [registry.example/shop/*]
	  user: root
	  uid: 4711
	  data: [/var/lib/shop]
	- repositories: [docker.io/library/nginx]
	  source: measured by us
	  uid: 4712
END
run 0 kubectl-harden explain image registry.example/shop/api
says out 'registry.example/shop/api: registry.example/shop/*'
says out '  Works as user      4711'
says out '  From               .kubectl-harden.yaml:3 (your own)'
grep -q '^  + *runAsUser: 4711$' "$temp/out" || fail "no UID: $(cat "$temp/out")"
! grep -q 'emptyDir' "$temp/out" || fail "not safe-only: $(cat "$temp/out")"
run 0 kubectl-harden explain image nginx:1.27
says out '  From               measured by us, .kubectl-harden.yaml:7 (your own)'
run 0 kubectl-harden explain image nginx:1.27 --images rows.yaml
says out '  From               rows.yaml:9 (your own)'
printf 'imags: []' >.kubectl-harden.yaml
run 2 kubectl-harden explain image nginx:1.27
says err 'error: .kubectl-harden.yaml:1:1: unknown key "imags" (did you mean images?)'
rm .kubectl-harden.yaml
run 0 kubectl-harden explain image nginx:1.27 --image-config nginx:1.27=oci.json
says out '  From               oci.json (your own); the rest: nginx/docker-nginx'
run 0 kubectl-harden explain image --replace-images nginx:1.27
grep -q '^  + *image: nginxinc/nginx-unprivileged:1.27$' "$temp/out" || fail "no twin: $(cat "$temp/out")"
run 0 kubectl-harden explain image registry.example/x --image-config registry.example/x=oci.json
says out 'registry.example/x: registry.example/x'
run 0 kubectl-harden explain image registry.example/none
says out 'registry.example/none: an image that is not known'
run 2 kubectl-harden explain image
run 2 kubectl-harden explain image a b
run 2 kubectl-harden explain image 'Not/an image'
run 2 kubectl-harden explain privileged seccomp-profile
run 2 kubectl-harden explain image nginx --images bad.yaml
# What a name hides is shown.
printf 'images:\n- {name: "a\\e[31mb", repositories: [registry.example/evil], note: "x\\u202ey"}\n' >evil.yaml
run 0 kubectl-harden explain image registry.example/evil --images evil.yaml
! grep -q "$(printf '\033')" "$temp/out" || fail "a raw escape"
exit "$failed"
