#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Discovery, lists and what is gathered, on a real API server; by the program of gather.c, not kubectl-harden."""

import base64
import urllib.parse

import proxy as p
from live import *

POD_SPEC = {"containers": [{"name": "c", "image": "nginx"}]}
gather = harden


def deployments(where, *names):
    make("".join(manifest(name, labels=f"{{app: {name}}}") for name in names), where)


def lines(run, first):
    """The lines of the output that begin so, without that."""
    return [line[len(first) + 1:] for line in run.out.splitlines() if line.startswith(first + " ")]


def user(name, rules, where=None):
    """A kubeconfig with which only that is allowed: in that namespace, or in all. Its name."""
    kind = "role" if where else "clusterrole"
    at = ["-n", where] if where else []
    kubectl("create", "serviceaccount", name, "-n", "default")
    for number, (verbs, resources) in enumerate(rules):
        kubectl("create", kind, f"{name}-{number}", *at, f"--verb={verbs}", f"--resource={resources}")
        kubectl("create", f"{kind}binding", f"{name}-{number}", *at, f"--{kind}={name}-{number}",
                f"--serviceaccount=default:{name}")
    return account_kubeconfig(name, "default")


# ---- discovery ----

@test
def words_mean_what_they_mean_to_kubectl():
    define("example.com", "oddities", "Oddity", ["v1beta1", "v1"], ["po", "odd"])
    define("odd.example.com", "pods", "Pod", ["v1"], ["podsy"])
    kubectl("get", "oddities")
    rows = [line.split() for line in kubectl("api-resources", "--no-headers").out.splitlines()]
    words = {"deployment", "Deployment", "deploy.apps", "deployments.v1.apps", "HorizontalPodAutoscaler.v1.autoscaling", "events.events.k8s.io",
             "events.events", "storageclass.storage", "Oddity.v1beta1.example.com", "oddities.example", "po.example.com"}
    for number, row in enumerate(rows):
        group = row[-3].rpartition("/")[0]
        words |= {[row[0], row[-1], row[0] + "." + group if group else row[0]][number % 3]}
        words |= set(row[1].split(",")) if len(row) == 5 else set()
    words = sorted(words)
    found = gather("--find", *words).expect(0)
    old = gather("--find", "--old", *words).expect(0)
    equal(old.out, found.out, "what the old form of discovery says")
    meaning = dict(line.split(": ", 1) for line in found.out.splitlines())
    for word in words:
        group, version, name = meaning[word].split()[0].split("/")
        path = f"/apis/{group}/{version}" if group else f"/api/{version}"
        path += "/namespaces/default" if " namespaced" in meaning[word] else ""
        asked = re.findall(r'url="https://[^/]+(/apis?/[^?"]*)', kubectl("get", word, "-v6", code=None).err)
        expect(f"{path}/{name}" in asked, f"{word} is {path}/{name} instead of {asked}")


@test
def what_the_server_does_not_have():
    gather("--find", "deploymnts").expect(1, out=r"error: the server doesn't have a resource type \"deploymnts\" "
                                                 r"\(did you mean deployments\?\)")
    for word in "deploymnts", "Deploymnt", "x.y":
        ours = gather("--find", word).expect(1).out.removeprefix("error: ").split(" (did you mean")[0].strip()
        theirs = kubectl("get", word, code=1).err.removeprefix("error: ").strip()
        equal(ours.split(" in group")[0], theirs.split(" in group")[0], word)


@test
def a_group_that_does_not_answer():
    with dead_group("dead.example.com", "v1"):
        within(30, lambda: "dead.example.com/v1" in gather("--find", "pods").out, "its group is stale")
        gather("--find", "pods").expect(0, out="^pods: /v1/pods", err=None)
        gather("--find", "--old", "pods").expect(0, out="^failed: dead.example.com/v1: .*\n(.*\n)*pods: /v1/pods")
        gather("--find", "deads").expect(1, out="not all to be seen: dead.example.com/v1")
        gather("-n", "default").expect(0, not_out="unread")


# ---- lists ----

@test
def pages():
    where = namespace("pages")
    names = [f"web-{n}" for n in range(7)]
    deployments(where, *names)
    run = gather("-n", where, "--page", "2", "--requests", "deploy").expect(0)
    equal(lines(run, "target"), [f"deployments/{where}/{name}" for name in names], "what was handed over")
    asked = [line for line in lines(run, "200") if "/deployments" in line]
    equal(len(asked), 4, "requests")
    expect(all("limit=2" in path for path in asked) and sum("continue=" in path for path in asked) == 3, asked)
    run = gather("-n", where, "--page", "2", "-l", "app in (web-1,web-3,web-6)", "deploy").expect(0)
    equal(lines(run, "target"), [f"deployments/{where}/web-{n}" for n in (1, 3, 6)], "what was selected")
    gather("-n", where, "-l", "app in (", "deploy").expect(1, out="error: .*unable to parse")


def expired(exchange):
    """410 with a token for the rest as it is now, as the server gives when its store was compacted."""
    token = urllib.parse.parse_qs(exchange.request.path.partition("?")[2])["continue"][0]
    place = json.loads(base64.urlsafe_b64decode(token + "=="))
    place["rv"] = -1
    token = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    p.answer(410, body=json.dumps({
        "kind": "Status", "apiVersion": "v1", "metadata": {"continue": token}, "status": "Failure", "code": 410,
        "reason": "Expired", "message": "The provided continue parameter is too old"}).encode())(exchange)


@test
def a_token_that_has_expired():
    """Each object comes once, whether the server gives another token or not."""
    where = namespace("gone")
    names = [f"web-{n}" for n in range(7)]
    deployments(where, *names)
    targets = [f"deployments/{where}/{name}" for name in names]
    with p.Proxy() as proxy:
        proxy.on(expired, path="/deployments.*continue", first=2, count=1)
        run = gather("-n", where, "--page", "2", "--requests", "deploy", kubeconfig=proxy.kubeconfig()).expect(0)
        equal(lines(run, "target"), targets, "what was handed over")
        equal([r.status for r in proxy.asked(path="/deployments")], [200, 200, 410, 200, 200], "answers")
    with p.Proxy() as proxy:
        proxy.on(p.answer(410, "Expired", "too old"), path="/deployments.*continue", first=2)
        run = gather("-n", where, "--page", "2", "--requests", "deploy", kubeconfig=proxy.kubeconfig()).expect(0)
        equal(lines(run, "target"), targets, "what was handed over")
        expect("limit" not in proxy.asked(path="/deployments")[-1].path, "the last request is for all of it")


# ---- which objects ----

def owned(kind, name, owner, where):
    """A Pod or ReplicaSet that this object controls."""
    metadata = {"name": name, "namespace": where, "ownerReferences": controlled_by(owner)}
    if kind == "Pod":
        return api().post(f"/api/v1/namespaces/{where}/pods", {"metadata": metadata, "spec": POD_SPEC}).json
    return api().post(f"{APPS}/{where}/replicasets", {
        "metadata": metadata, "spec": {"replicas": 0, "selector": {"matchLabels": {"app": name}},
                                       "template": {"metadata": {"labels": {"app": name}}, "spec": POD_SPEC}}}).json


@test
def owners_and_managers():
    where = namespace("owners")
    deployments(where, "web", "argo", "flux", "helm")
    web = deployment(where)
    replicas = owned("ReplicaSet", "web-1", web, where)
    for n in range(20):
        owned("Pod", f"web-1-{n}", replicas, where)
    define("maker.example.com", "makers", "Maker", ["v1"])
    maker = api().post(f"/apis/maker.example.com/v1/namespaces/{where}/makers", {
        "apiVersion": "maker.example.com/v1", "kind": "Maker", "metadata": {"name": "m"}}).json
    owned("Pod", "made", maker, where)
    kubectl("run", "bare", "--image=nginx", "-n", where)
    kubectl("annotate", "-n", where, "deploy/argo", f"argocd.argoproj.io/tracking-id=app:apps/Deployment:{where}/argo")
    kubectl("label", "-n", where, "deploy/flux", "kustomize.toolkit.fluxcd.io/name=apps",
            "kustomize.toolkit.fluxcd.io/namespace=flux-system")
    kubectl("label", "-n", where, "deploy/helm", "app.kubernetes.io/managed-by=Helm", "app.kubernetes.io/instance=r")
    run = gather("-n", where, "--requests").expect(0)
    equal(lines(run, "target"),
          [f"pods/{where}/bare", f"pods/{where}/made owner: Maker/m", f"deployments/{where}/argo Argo CD: application app",
           f"deployments/{where}/flux Flux: Kustomization flux-system/apps", f"deployments/{where}/helm Helm: release r",
           f"deployments/{where}/web"])
    equal([path for path in lines(run, "200") if "/pods" in path],
          [f"/api/v1/namespaces/{where}/pods?limit=500", f"/api/v1/namespaces/{where}/pods/bare",
           f"/api/v1/namespaces/{where}/pods/made"], "requests for pods")
    gather("-n", where, "rs").expect(0, out=r"note: 1 of the replicasets.apps in owners has a controller",
                                     not_out="^target")
    gather("-n", where, "rs/web-1", "pod/bare").expect(
        0, out=r"^note: replicaset.apps/web-1 is controlled by Deployment/web,.*\ntarget pods/owners/bare\n")
    run = gather("-n", where, "deploy/none").expect(1)
    see(r'deployments.apps "none" not found', run.out)


@test
def metadata_alone_is_small():
    """Pods that have an owner are never read in whole."""
    plain = api().request("GET", "/api/v1/namespaces/owners/pods", code=200).text
    run = gather("-n", "owners", "--page", "5", "pods").expect(0)
    equal(len(lines(run, "target")), 2)
    expect(len(plain) > 20000, "there is nothing to save")


@test
def what_stands_beside_them():
    where, other = namespace("beside"), namespace("other")
    deployments(where, "web", "api")
    make("""
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: config}
data: {PORT: "80"}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: here}
spec: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}
""", where)
    make("""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: there}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}], ports: [{port: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: far}
spec: {ports: [{port: 80}]}
""", other)
    run = gather("-n", where, "--context", "deploy/web").expect(0)
    equal(lines(run, "target"), [f"deployments/{where}/web"])
    context = [line for line in lines(run, "context") if "kube-root-ca" not in line]
    equal(sorted(context), sorted([f"configmaps/{where}/config", f"services/{where}/web", f"deployments/{where}/api",
                                   f"networkpolicies/{where}/here", f"networkpolicies/{other}/there"]))
    equal(lines(gather("-n", where, "deploy/web").expect(0), "context"), [])


@test
def all_namespaces():
    namespace("privileged", "privileged")
    deployments("privileged", "agent")
    deployments("kube-system", "dns")
    run = gather("-A", "deploy").expect(0)
    targets = lines(run, "target")
    expect({"deployments/privileged/agent reported", "deployments/kube-system/dns reported", "deployments/beside/web",
            "deployments/pages/web-0"} <= set(targets), run)
    equal(len(targets), len(set(targets)), "each object comes once")
    equal(len(targets), len(kubectl("get", "deploy", "-A", "--no-headers").out.splitlines()), "Deployments")
    equal(lines(gather("-n", "kube-system", "deploy"), "target"), ["deployments/kube-system/dns"])
    gather("-A", "deploy/web").expect(1, out="error: a resource cannot be retrieved by name across all namespaces")
    gather("-n", "none").expect(1, out='namespaces "none" not found')
    # Kinds that nobody has, or not here, cost one request.
    run = gather("-A", "--context", "--requests").expect(0)
    equal([path for path in lines(run, "200") if "/statefulsets" in path], ["/apis/apps/v1/statefulsets?limit=500"])
    expect(not [path for path in lines(run, "200") if "/default/deployments" in path], run)


# ---- what is forbidden ----

@test
def forbidden_kinds():
    alone = user("alone", [("get,list", "deployments.apps,statefulsets.apps")], "beside")
    run = gather("-n", "beside", "--context", kubeconfig=alone).expect(0)
    equal(lines(run, "begin"), ["beside unseen"])
    equal(lines(run, "target"), ["deployments/beside/api", "deployments/beside/web"])
    see("^unread targets: pods, podtemplates, replicationcontrollers, daemonsets.apps, replicasets.apps, cronjobs.batch, "
        "jobs.batch: forbidden$", run.out)
    see("^unread context: .*services.*networkpolicies.networking.k8s.io of other namespaces", run.out)
    words = ('pods is forbidden: User "system:serviceaccount:default:alone" cannot list resource "pods" in API group "" '
             'in the namespace "beside"')
    run = gather("-n", "beside", "deploy,pods", kubeconfig=alone).expect(1)
    expect(words in run.out, run)
    theirs = kubectl("get", "pods", "-n", "beside", kubeconfig=alone, code=1).err
    expect(words in theirs, theirs)
    run = gather("-n", "other", kubeconfig=alone).expect(1, not_out="^target")
    see('^error: .*pods is forbidden: .* in the namespace "other"', run.out)
    gather("-A", "deploy", kubeconfig=alone).expect(1, out="deployments.apps is forbidden: .* at the cluster scope")


@test
def namespaces_are_forbidden():
    broad = user("broad", [("get,list", "deployments.apps")])
    run = gather("-A", "--context", "deploy", kubeconfig=broad).expect(0)
    equal(lines(run, "begin"), ["(everywhere) unseen"])
    expect({"deployments/kube-system/dns reported", "deployments/privileged/agent", "deployments/beside/web"} <=
           set(lines(run, "target")), run)
    see("^unread context: .*services.*: forbidden", run.out)
    run = gather("-A", kubeconfig=broad).expect(0)
    see("^unread targets: .*pods.*: forbidden", run.out)


@test
def wrong_credentials():
    bad = copy_of("token", "bad", ("admin-token", "nobody"))
    run = gather("-n", "beside", kubeconfig=bad).expect(1, not_out="^(target|begin)")
    see("(?i)unauthorized|must be logged in", run.out)


main()
