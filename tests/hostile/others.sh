#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# others.sh KUBECTL-HARDEN: YAML that is no manifest, or not yet one, or part of one. None of it is ever changed.
set -eu
program=$(realpath "$1")
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$temp"
failed=0

# untouched NAME TEXT: `fix` of the file NAME.yaml (standard input here) ends well, says TEXT, and changes no byte.
untouched() {
	cat >"$1.yaml"
	cp "$1.yaml" before
	code=0
	"$program" fix -f "$1.yaml" >out 2>err || code=$?
	if [ "$code" != 0 ] || ! cmp -s before "$1.yaml" || ! tr '\n' ' ' <err | tr -s ' ' | grep -qF -- "$2"; then
		echo "FAILED $1: exit code $code"
		diff before "$1.yaml" || true
		cat err
		failed=1
	fi
	rm "$1.yaml"
}

none='it holds no manifest'
template='a template, not yet a manifest'

untouched values "$none" <<'END'
image: {repository: nginx, tag: "1.27"}
containers:
- name: sidecar
  image: busybox
securityContext: {}
END
untouched compose "$none" <<'END'
services:
  web:
    image: nginx
    privileged: true
    ports: ["80:80"]
END
untouched workflow "$none" <<'END'
on: [push]
jobs:
  build:
    container: {image: "gcc:13"}
    steps:
    - run: echo "${{ github.ref }}"
END
untouched openapi "$none" <<'END'
openapi: 3.0.0
info: {title: t, version: "1"}
paths: {}
components:
  schemas:
    Pod: {type: object, properties: {containers: {type: array}}}
END
untouched mkdocs "$none" <<'END'
site_name: docs
markdown_extensions:
- pymdownx.emoji: {emoji_index: !!python/name:material.extensions.emoji.twemoji }
END
untouched gitlab "$none" <<'END'
.base: &base
  image: docker:27
  services: [docker:27-dind]
build:
  <<: *base
  script: ["docker build ."]
END
untouched list "$none" <<'END'
- name: play
  hosts: all
  tasks: []
END
untouched helm 'Render it first: helm template RELEASE CHART | kubectl harden diff -f -' <<'END'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "chart.name" . }}
spec:
  template:
    spec:
      containers:
      - name: web
        image: nginx
END
untouched helm-lines "$template" <<'END'
{{- if .Values.enabled }}
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: nginx}]}
{{- end }}
END
untouched jinja 'a Jinja template, not yet a manifest. Render it first, and pipe what comes out into' <<'END'
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
{% for name in names %}
  - name: {{ name }}
    image: nginx
{% endfor %}
END
untouched jinja-comment 'a Jinja template' <<'END'
{# one for each name #}
kind: Pod
apiVersion: v1
END
untouched gomplate "$template. Render it first, and pipe" <<'END'
apiVersion: v1
kind: Pod
metadata: {name: {{ (ds "config").name }}}
spec: {containers: [{name: web, image: nginx}]}
END
untouched mustache "$template. Render it first, and pipe" <<'END'
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  {{#containers}}
  - {name: web, image: nginx}
  {{/containers}}
END
untouched deleted '' <<'END'
$patch: delete
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
END
untouched no-containers 'a patch, not a workload' <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {nodeSelector: {disk: ssd}}}}
END
untouched replicas '' <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 3}
END
untouched patch 'a patch, not a workload' <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        securityContext: {privileged: true}
END
untouched kustomization '' <<'END'
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [deploy.yaml]
patches:
- patch: |-
    - op: add
      path: /spec/template/spec/containers/0/securityContext
      value: {privileged: true}
  target: {kind: Deployment}
END
untouched json-patch "$none" <<'END'
- op: replace
  path: /spec/template/spec/containers/0/ports/0/containerPort
  value: 80
END
untouched dashboards '' <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: dashboards}
data:
  a.json: |
    {"legendFormat": "{{ pod }}", "kind": "Pod", "containers": [{"image": "x"}]}
  b.yaml: |
    kind: Pod
    spec: {containers: [{name: a, image: b}]}
END
untouched rules '' <<'END'
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: rules}
spec:
  groups:
  - name: a
    rules:
    - alert: Down
      expr: up == 0
      annotations:
        summary: "{{ $labels.instance }} is down"
        description: '{{ $value }} of {{ $labels.job }}'
END

# What only looks like a template is hardened: text that other programs fill in later, inside quotes and blocks.
cat >looks.yaml <<'END'
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations: {"a": "{{ not ours }}"}
spec:
  containers:
  - name: web
    image: example.org/web:1 # {{ comment }}
    command:
    - sh
    - -c
    - |
      {{ neither }}
    env: [{name: HOST, value: "${HOST}"}]
END
"$program" fix -q -f looks.yaml
grep -q 'runAsNonRoot: true' looks.yaml || { echo 'FAILED looks.yaml'; failed=1; }

# A number that envsubst fills in later keeps what depends on it, and nothing else.
cat >envsubst.yaml <<'END'
apiVersion: v1
kind: Pod
metadata: {name: "${NAME}"}
spec:
  containers:
  - name: web
    image: ${IMAGE}
    ports:
    - containerPort: ${PORT}
END
"$program" fix -q -f envsubst.yaml
grep -q 'runAsNonRoot: true' envsubst.yaml || { echo 'FAILED envsubst.yaml'; failed=1; }
# shellcheck disable=SC2016 # as it stands in the file
grep -qF 'containerPort: ${PORT}' envsubst.yaml || { echo 'FAILED envsubst.yaml: the port'; failed=1; }

# Where a number belongs to a change, and only envsubst knows it, that is said; elsewhere it is not.
"$program" diff -f envsubst.yaml >out 2>err || true
tr '\n' ' ' <err | tr -s ' ' | grep -qF 'envsubst < FILE | kubectl harden fix -f -' || { echo 'FAILED: no advice'; cat err; failed=1; }
"$program" diff -f looks.yaml >out 2>err || true
! grep -q envsubst err || { echo 'FAILED: advice for nothing'; failed=1; }

# The annotations of ytt are comments, but what stands between two of them is not always there, or more than once.
untouched ytt 'a ytt template, not yet a manifest' <<'END'
#@ load("@ytt:data", "data")
#! a comment
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: #@ labels()
spec:
  replicas: #@ data.values.replicas
  template:
    spec:
      containers:
      #@ if data.values.on:
      - name: web
        image: nginx
        ports:
        - containerPort: #@ data.values.port
      #@ end
END

# A patch beside its base keeps the port that it names.
mkdir base
cat >base/web.yaml <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: example.org/web:1
        env: [{name: PORT, value: "80"}]
        ports: [{containerPort: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
END
"$program" diff -f base >out 2>err || true
grep -qF '+        ports: [{containerPort: 8080}]' out || { echo 'FAILED: the port does not move'; failed=1; }
cat >base/patch.yaml <<'END'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, ports: [{containerPort: 80, hostPort: 80}]}]}}}
END
"$program" diff -f base >out 2>err || true
if grep -qF 'containerPort: 8080' out || ! grep -q 'port 80 kept' err; then
	echo 'FAILED: the port moves, and the patch that names it does not'
	cat out err
	failed=1
fi
exit "$failed"
