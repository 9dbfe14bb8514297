#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What stands beside what is fixed: what moves along, what is left alone, and what is told of both."""
import proxy as p
from live import *

SHOP = (SOURCE / "examples/aspnet/deploy.yaml").read_text()
WEB = manifest("web", "registry.example/web:1")
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: in}
spec:
  podSelector: {matchLabels: {app: shop}}
  ingress: [{ports: [{port: 80}]}]
"""


def made(name, manifests):
    where = namespace(name)
    make(manifests, where)
    return where


def is_hardened(where, name="web"):
    pod = api().get(f"/apis/apps/v1/namespaces/{where}/deployments/{name}")["spec"]["template"]["spec"]
    return "securityContext" in pod["containers"][0]


@test
def a_policy_allows_both_ports_while_the_roll_out_runs():
    where = made("beside-policy", SHOP + "---" + POLICY)
    path = f"/apis/networking.k8s.io/v1/namespaces/{where}/networkpolicies/in"
    harden("fix", "deploy/shop", "-n", where, "--yes").expect(0, out="networkpolicy.networking.k8s.io/in hardened")
    ports = [rule["port"] for rule in api().get(path)["spec"]["ingress"][0]["ports"]]
    equal(sorted(ports), [80, 8080], "what the policy allows")
    harden("fix", "deploy/shop", "-n", where, "--yes").expect(0, err="nothing to change")


@test
def what_kubectl_apply_made_is_told():
    where = made("beside-applied", WEB)
    harden("diff", "-n", where).expect(1, err=r"web was applied from files.*kubectl harden fix -f")
    kubectl("annotate", "deploy/web", "-n", where, "kubectl.kubernetes.io/last-applied-configuration-")
    harden("diff", "-n", where).expect(1, not_err="applied from files")


@test
def what_has_ended_is_left():
    where = namespace("beside-ended")
    job = {"metadata": {"name": "done"}, "spec": {"template": {"spec": {
        "restartPolicy": "Never", "containers": [{"name": "c", "image": "registry.example/job:1"}]}}}}
    api().post(f"/apis/batch/v1/namespaces/{where}/jobs", job)
    run = harden("fix", "-n", where, "--yes").expect(0, err="it cannot be changed in place")
    see("replace --force", run.err)
    now = "2026-01-01T00:00:00Z"
    api().status(f"/apis/batch/v1/namespaces/{where}/jobs/done", {
        "startTime": now, "completionTime": now, "succeeded": 1, "active": 0, "ready": 0, "terminating": 0,
        "uncountedTerminatedPods": {}, "conditions": [
            {"type": kind, "status": "True", "lastProbeTime": now, "lastTransitionTime": now, "reason": "x", "message": "x"}
            for kind in ("SuccessCriteriaMet", "Complete")]})
    harden("fix", "-n", where, "--yes").expect(0, err="it has run to its end", not_err="replace --force")


@test
def fail_on_counts_what_is_left():
    where = made("beside-helm", manifest("web", labels="{app.kubernetes.io/managed-by: Helm}", annotations=(
        "{meta.helm.sh/release-name: r, meta.helm.sh/release-namespace: shop}")))
    harden("fix", "-n", where, "--yes").expect(0, err="managed by Helm")
    harden("fix", "-n", where, "--yes", "--fail-on=hardened").expect(1, err="managed by Helm")
    expect(not is_hardened(where), "it was changed")
    harden("fix", "-n", where, "--yes", "--managed", "--fail-on=hardened").expect(0, out="deployment.apps/web hardened")
    expect(is_hardened(where), "--managed changes nothing")


@test
def an_odd_object_does_not_stop_the_others():
    """What JSON may hold and YAML may not: a byte order mark from Windows, DEL, C1 controls."""
    where = made("beside-odd", WEB)
    api().post(f"/api/v1/namespaces/{where}/configmaps", {
        "metadata": {"name": "odd"}, "data": {"appsettings.json": "\ufeff{}", "text": "\x7f\x85\u2028"}})
    harden("fix", "-n", where, "--yes").expect(0, out="deployment.apps/web hardened")


@test
def what_was_not_looked_at_is_an_error():
    """By default all types are meant; whoever may read some of them names these."""
    where = made("beside-rights", WEB)
    api().post("/apis/rbac.authorization.k8s.io/v1/clusterroles", {"metadata": {"name": "only-deployments"}, "rules": [
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list"]}]})
    kubectl("create", "rolebinding", "alice", "-n", where, "--clusterrole=only-deployments", "--user=alice")
    run = harden("check", "-n", where, kubeconfig="alice").fails("not looked at: .*forbidden")
    see("web: capabilities", run.out)
    harden("check", "deploy", "-n", where, kubeconfig="alice").expect(1, not_err="not looked at")


@test
def no_answer_is_an_error_and_a_no_is_none():
    where = made("beside-answer", WEB)
    run = harden("fix", "-n", where)
    run.fails("No answer, so nothing is changed; --yes").expect(err=f"Go on in namespace {where}, context ")
    harden("fix", "-n", where, stdin="n\n").expect(0)
    expect(not is_hardened(where), "it was changed")
    harden("fix", "-n", where, stdin="y\n").expect(0, out="deployment.apps/web hardened")
    expect(is_hardened(where), "it was not changed")


@test
def what_comes_while_the_question_is_open_is_seen():
    """A Service that leads to the port which is to move: it would lead nowhere."""
    where = made("beside-late", SHOP)
    late = {"metadata": {"name": "late"}, "spec": {"selector": {"app": "shop"}, "ports": [{"port": 9000, "targetPort": 80}]}}
    with p.Proxy() as proxy:
        # The dry run comes before the question.
        proxy.on(p.first(lambda: api().post(f"/api/v1/namespaces/{where}/services", late)),
                 method="PATCH", path="dryRun", count=1)
        harden("fix", "deploy/shop", "-n", where, stdin="y\n", kubeconfig=proxy.kubeconfig()).fails("changed since.*run this again")
    expect(not is_hardened(where, "shop"), "it was changed")
    harden("fix", "deploy/shop", "-n", where, stdin="y\n").expect(0, out="service/late hardened")


@test
def what_is_not_waited_for_is_told():
    where = made("beside-waiting", WEB.replace("Deployment", "ReplicaSet"))
    api().merge(f"/apis/apps/v1/namespaces/{where}/replicasets/web", {"spec": {"replicas": 0}})
    run = harden("fix", "-n", where, "--yes", "--wait")
    run.expect(0, out="replicaset.apps/web hardened", not_err="not waited for")
    where = made("beside-waiting-set", WEB.replace("Deployment", "StatefulSet").replace(
        "  replicas", "  updateStrategy: {type: OnDelete}\n  serviceName: web\n  replicas", 1))
    harden("fix", "-n", where, "--yes", "--wait").expect(0, err="statefulset.apps/web: not waited for")


main()
