// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name, text string) string {
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestJudgeNamesEachCheckThatFails(t *testing.T) {
	const manifest = `---
# nothing
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: s}}
- {apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: d}, spec: {template: {spec: {
    volumes: [{name: sourceless}], containers: [{name: c, securityContext: {privileged: true}}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80}]}]}}
---
{apiVersion: batch.volcano.sh/v1alpha1, kind: Job, metadata: {name: other}, spec: {template: {spec: {}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: wrong}, spec: {containers: none}}
`
	out := strings.Builder{}
	if err := judgeFiles(&out, []string{"--level", "baseline", write(t, "m.yaml", manifest)}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	want := [][]string{
		{`"doc":0`, `"item":1`, `"kind":"Deployment"`, `"name":"d"`, `"checks":[{"id":"privileged"`},
		{`"doc":1`, `"item":-1`, `"kind":"Pod"`, `"id":"hostNamespaces"`, `"id":"hostPorts"`},
		{`"doc":3`, `"name":"wrong"`, `"error":`},
	}
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d: %s", len(lines), len(want), out.String())
	}
	for i, parts := range want {
		for _, part := range parts {
			if !strings.Contains(lines[i], part) {
				t.Errorf("line %d has no %s: %s", i, part, lines[i])
			}
		}
	}
}

func TestNameChecksIsOneLineForEachFailure(t *testing.T) {
	file := write(t, "m.yaml", "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {hostPID: true, containers: [{name: c,"+
		" securityContext: {privileged: true}}]}}\n---\na: b: c\n")
	out := strings.Builder{}
	if err := judgeFiles(&out, []string{"--level=baseline", "-o=name-checks", file}); err != nil {
		t.Fatal(err)
	}
	want := file + "\t0\t-1\tPod/p\thostNamespaces\n" + file + "\t0\t-1\tPod/p\tprivileged\n" + file + "\t1\t-1\t/\t(error)\n"
	if out.String() != want {
		t.Error(out.String())
	}
}

func TestDiffpathsFailsOnWhatIsNotAllowed(t *testing.T) {
	before := write(t, "before", `{"kind":"Pod","spec":{"a":{},"list":[1],"gone":null,"same":1}}`)
	after := write(t, "after", `{"kind":"Pod","spec":{"a":{"b":true},"list":[2,{"x":"y"}],"same":1}}`)
	for _, test := range []struct {
		list, want string
		fails      bool
	}{
		{
			"@spec = \\.spec\n# a comment\n\\+ Pod @spec\\.a\\.b true\n~ Pod @spec\\.list\\[\\d\\] 1 -> 2\n" +
				"- Pod .*\n\\+ Pod @spec\\.list\\[1\\]\\.x \"y\"\n",
			"+ Pod .spec.a.b true\n- Pod .spec.gone null\n~ Pod .spec.list[0] 1 -> 2\n+ Pod .spec.list[1].x \"y\"\n",
			false,
		},
		{
			"[+-] Pod .*\n",
			"+ Pod .spec.a.b true\n- Pod .spec.gone null\nnot allowed: ~ Pod .spec.list[0] 1 -> 2\n+ Pod .spec.list[1].x \"y\"\n",
			true,
		},
	} {
		out := strings.Builder{}
		err := diffpaths(&out, []string{before, after, write(t, "list", test.list)})
		if (err != nil) != test.fails || out.String() != test.want {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
	if err := diffpaths(&strings.Builder{}, []string{before, after, write(t, "list", "@unknown x\n")}); err == nil {
		t.Error("a name that is not defined is accepted")
	}
}

func TestPathsLeadToTheTemplatesOfOtherKinds(t *testing.T) {
	const manifest = `
{apiVersion: batch.volcano.sh/v1alpha1, kind: Job, metadata: {name: j}, spec: {tasks: [
  {template: {spec: {hostPID: true}}}, {template: {spec: {hostIPC: true}}}, {template: null}]}}
---
{apiVersion: kubeflow.org/v1, kind: TFJob, metadata: {name: t}, spec: {tfReplicaSpecs: {PS: {template: {spec: {hostPID: true}}}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: own}, spec: {tasks: [{template: {spec: {}}}]}}
`
	paths := write(t, "paths", "batch.volcano.sh\tJob\tspec.tasks[*].template\nkubeflow.org\tTFJob\tspec.tfReplicaSpecs[*].template\n")
	file := write(t, "m.yaml", manifest)
	out := strings.Builder{}
	if err := judgeFiles(&out, []string{"--level=baseline", "-o=name-checks", "--paths", paths, file}); err != nil {
		t.Fatal(err)
	}
	want := file + "\t0\t-1\tJob/j\thostNamespaces\n" + file + "\t0\t-1\tJob/j\thostNamespaces\n" +
		file + "\t1\t-1\tTFJob/t\thostNamespaces\n"
	if out.String() != want {
		t.Error(out.String())
	}
	if err := judgeFiles(&out, []string{"--paths", write(t, "paths", "a\tb\n"), file}); err == nil {
		t.Error("a line without a path is accepted")
	}
}
