#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What check and diff see of a cluster: discovery, names, pages, who owns and who manages what."""
import urllib.request

import proxy as p
from live import *


def found(run):
    """Names of the objects of `check -o json`: all here have one container, which has this finding."""
    return sorted(f["file"] for f in json.loads(run.out)["findings"] if f["rule"] == "privilege-escalation")


def checked(*arguments, **more):
    return found(harden("check", "-o", "json", *arguments, **more).expect((0, 1)))


# ---- discovery ----

def old_discovery(exchange):
    """As a server before Kubernetes 1.26, which does not know the aggregated form."""
    exchange.request.headers = [(n, "application/json" if n.lower() == "accept" else v)
                                for n, v in exchange.request.headers]
    p.pass_on(exchange)


@test
def discovery_in_both_forms_finds_the_same():
    where = namespace("discovery")
    make(manifest("web"), where)
    with p.Proxy() as proxy:
        new = checked("-n", where, kubeconfig=proxy.kubeconfig())
        first = [r.path for r in proxy.asked("GET", r"^/apis?(/[^/]+(/[^/]+)?)?(\?|$)")]
        expect(len(first) <= 4, f"aggregated discovery asks {first}")
        equal(proxy.connections, 1, "the number of connections")
        expect(any("apidiscovery" in v for r in proxy.requests for n, v in r.headers if n.lower() == "accept"),
               "the aggregated form is not asked for")
    with p.Proxy() as proxy:
        proxy.on(old_discovery, path=r"^/apis?(\?|$)")
        old = checked("-n", where, kubeconfig=proxy.kubeconfig())
        expect(proxy.asked("GET", r"^/apis/apps/v1(\?|$)"), f"the old form was not gone through: {proxy.requests}")
    equal(new, old, "what the old form finds")
    expect(any("web" in name for name in new), f"no web in {new}")


@test
def a_group_that_does_not_answer_is_told():
    with dead_group("metrics.k8s.io", "v1beta1"):
        where = namespace("broken-group")
        make(manifest("web"), where)
        run = harden("check", "deploy", "-n", where)
        run.expect(1, out="web", err=r"metrics\.k8s\.io")
        with p.Proxy() as proxy:
            proxy.on(old_discovery, path=r"^/apis?(\?|$)")
            harden("check", "deploy", "-n", where, kubeconfig=proxy.kubeconfig()).expect(1, out="web", err=r"metrics\.k8s\.io")


# ---- names ----

@test
def words_are_those_of_kubectl():
    where = namespace("words")
    make(manifest("web") + manifest("api") + manifest("db").replace("Deployment", "StatefulSet")
         .replace("  replicas", "  serviceName: db\n  replicas", 1), where)
    deployments = ["api", "web"]
    for words, names in ((["deploy/web"], ["web"]), (["deployment/web", "deploy/api"], deployments),
                         (["deployments"], deployments), (["deploy", "web"], ["web"]), (["deploy", "web", "api"], deployments),
                         (["Deployment"], deployments), (["deployments.apps"], deployments),
                         (["deployments.v1.apps/web"], ["web"]), (["deploy,sts"], ["api", "db", "web"]),
                         (["statefulset/db"], ["db"]), ([], ["api", "db", "web"])):
        paths = checked(*words, "-n", where)
        equal(sorted(path.rsplit("/", 1)[1] for path in paths), names, f"{words}")
        expect(all(path.startswith(f"{where}/") for path in paths), f"paths are {paths}")


@test
def wrong_words_are_told_as_kubectl_tells_them():
    where = namespace("wrong-words")
    for words in (["nonsense"], ["deploy/nope"], ["deploy", "nope"], ["deploy/web", "extra"], ["deploy.nonsense/web"]):
        theirs = kubectl("get", *words, "-n", where, code=None)
        ours = harden("check", *words, "-n", where)
        expect(theirs.code and ours.code > 1, f"{ours}")
        # The first word is "Error" there and "error:" here.
        told = theirs.err.strip().splitlines()[-1].split(" ", 1)[1].split(" (e.g. ")[0]
        expect(told in ours.said, f"kubectl says {told!r}:\n{ours}")


@test
def tab_offers_what_the_cluster_has():
    where = namespace("tab")
    make(manifest("web"), where)

    def offered(*words):
        return set(harden("__complete", *words).expect(0).out.splitlines()[:-1])

    equal(offered("check", "deployments."), {"deployments.apps"}, "types")
    expect({"pods", "cronjobs.batch"} <= offered("fix", "") and "services" not in offered("fix", ""), "types that hold pods")
    equal(offered("check", "-n", where, "deploy/w"), {"deploy/web"}, "objects")
    equal(offered("check", "-n", where, "deploy", ""), {"web"}, "objects")
    equal(offered("diff", "-n", where, "deploy/x"), set(), "objects")
    expect({where, "kube-system"} <= offered("check", "-n", ""), "namespaces")
    equal(offered("check", f"--namespace={where}"), {where}, "namespaces")


@test
def selectors():
    where = namespace("selectors")
    make(manifest("web", labels="{tier: front}") + manifest("api", labels="{tier: back}"), where)
    equal(checked("deploy", "-l", "tier=front", "-n", where), [f"{where}/deployment.apps/web"])
    equal(checked("deploy", "-l", "tier in (front,back)", "-n", where),
          [f"{where}/deployment.apps/api", f"{where}/deployment.apps/web"])
    equal(checked("deploy", "-l", "tier!=front", "-n", where), [f"{where}/deployment.apps/api"])
    harden("check", "deploy", "-l", "tier=(", "-n", where).expect((2, 3, 4), err="(?i)selector|parse")
    run = harden("check", "-l", "tier=(", "-A").expect((2, 3, 4), err="(?i)selector|parse")
    equal(run.err.count("unable to parse"), 1, f"how often the selector is told\n{run}")


@test
def all_namespaces():
    for where in "all-one", "all-two":
        make(manifest("web"), namespace(where))
    names = checked("deploy", "-A")
    expect({"all-one/deployment.apps/web", "all-two/deployment.apps/web"} <= set(names), f"{names}")


@test
def files_name_what_runs():
    where = namespace("files")
    make(manifest("web", image="nginx:1.27"), where)
    file = folder() / "web.yaml"
    file.write_text(manifest("web", image="nginx:1.0"))
    run = harden("diff", "-f", str(file), "--live", "-n", where)
    run.expect(1, out=r"^\+.*allowPrivilegeEscalation: false", not_out="nginx:1\\.0")
    file.write_text(manifest("other"))
    harden("diff", "-f", str(file), "--live", "-n", where).expect(err='deployments.apps "other" not found')


# ---- pages ----

def many(where, n):
    make("".join(manifest(f"web-{i:03}") for i in range(n)), where)
    return [f"{where}/deployment.apps/web-{i:03}" for i in range(n)]


@test
def pages():
    where = namespace("pages")
    names = many(where, 120)
    with p.Proxy() as proxy:
        equal(checked("deploy", "-n", where, "--chunk-size=10", kubeconfig=proxy.kubeconfig()), names, "what is found")
        lists = [r.path for r in proxy.asked("GET", f"^{APPS}/{where}/deployments")]
        equal(len(lists), 12, "the number of lists")
        expect(all("limit=10" in path for path in lists) and sum("continue=" in path for path in lists) == 11, f"{lists}")
        equal(proxy.connections, 1, "the number of connections")
    equal(checked("deploy", "-n", where), names, "without pages")


@test
def a_list_that_expired_is_begun_anew():
    where = namespace("expired")
    names = many(where, 60)
    with p.Proxy() as proxy:
        rule = proxy.on(p.gone, path=r"/deployments\?.*continue=", first=3, count=1)
        run = harden("check", "-o", "json", "deploy", "-n", where, "--chunk-size=10", kubeconfig=proxy.kubeconfig())
        run.expect(1)
        equal(rule.done, 1, "how often it was gone")
        equal(found(run), names, "each of them, once")
    with p.Proxy() as proxy:
        proxy.on(p.gone, path=r"/deployments\?.*continue=")
        # It ends all the same, by a list without pages.
        equal(checked("deploy", "-n", where, "--chunk-size=10", kubeconfig=proxy.kubeconfig()), names, "what is found")


@test
def the_server_itself_lets_a_list_expire():
    """etcd forgets old revisions in the middle of a list."""
    where = namespace("compacted")
    names = many(where, 30)
    etcd = (PLANE / "etcd-url").read_text().strip()

    def compact():
        revision = int(api().get(f"{APPS}/{where}/deployments")["metadata"]["resourceVersion"])
        body = json.dumps({"revision": revision, "physical": True}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{etcd}/v3/kv/compaction", body), timeout=10).read()

    with p.Proxy() as proxy:
        def change_and_compact():
            for i in range(3):
                api().merge(f"{APPS}/{where}/deployments/web-000", {"metadata": {"annotations": {"n": str(i)}}})
            compact()
        proxy.on(p.first(change_and_compact), path=r"/deployments\?.*continue=", first=2, count=1)
        equal(checked("deploy", "-n", where, "--chunk-size=5", kubeconfig=proxy.kubeconfig()), names, "what is found")


# ---- who owns and who manages ----

@test
def owned_objects_are_folded_into_their_owner():
    where = namespace("owned")
    make(manifest("web"), where)
    owner = deployment(where)
    template = owner["spec"]["template"]
    replicas = api().post(f"{APPS}/{where}/replicasets", {
        "metadata": {"name": "web-1", "ownerReferences": controlled_by(owner)},
        "spec": {"selector": owner["spec"]["selector"], "template": template}}).json
    api().post(f"/api/v1/namespaces/{where}/pods", {
        "metadata": {"name": "web-1-a", "labels": {"app": "web"},
                     "ownerReferences": controlled_by(replicas)}, "spec": template["spec"]})
    api().post(f"/api/v1/namespaces/{where}/pods", {"metadata": {"name": "bare"}, "spec": template["spec"]})
    equal(checked("-n", where), [f"{where}/deployment.apps/web", f"{where}/pod/bare"], "what is found")


@test
def what_others_manage_is_left():
    where = namespace("managed")
    make(manifest("helm", labels="{app.kubernetes.io/managed-by: Helm}",
                  annotations=f"{{meta.helm.sh/release-name: shop, meta.helm.sh/release-namespace: {where}}}") +
         manifest("argo", annotations=f"{{argocd.argoproj.io/tracking-id: 'shop:apps/Deployment:{where}/argo'}}") +
         manifest("flux", labels="{kustomize.toolkit.fluxcd.io/name: apps, kustomize.toolkit.fluxcd.io/namespace: flux-system}") +
         manifest("own"), where)
    equal(len(checked("deploy", "-n", where)), 4, "what check finds")
    run = harden("fix", "deploy", "-n", where, "--yes")
    run.expect(0, out="deployment.apps/own hardened", err="Helm", not_out="(helm|argo|flux) hardened")
    run.expect(err="Argo CD").expect(err="Flux")
    for name in "helm", "argo", "flux":
        equal(deployment(where, name)["metadata"]["generation"], 1, f"the generation of {name}")
    harden("fix", "deploy", "-n", where, "--yes", "--managed").expect(0, out="deployment.apps/helm hardened")


@test
def namespaces_of_the_system_are_only_reported():
    make(manifest("system"), "kube-system")
    privileged = namespace("privileged")
    api().merge(f"/api/v1/namespaces/{privileged}",
                {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}})
    make(manifest("agent"), privileged)
    names = checked("deploy", "-A")
    expect({"kube-system/deployment.apps/system", f"{privileged}/deployment.apps/agent"} <= set(names), f"{names}")
    run = harden("fix", "deploy", "-A", "--yes")
    run.expect(0, not_out="system hardened|agent hardened", err="kube-system")
    harden("fix", "deploy", "-n", privileged, "--yes").expect(0, out="agent hardened")


@test
def custom_kinds_are_found():
    define("argoproj.io", "rollouts", "Rollout", ["v1alpha1"], ["ro"])
    where = namespace("custom")
    make(manifest("canary").replace("apps/v1", "argoproj.io/v1alpha1").replace("Deployment", "Rollout"), where)
    for words in [], ["ro"], ["rollouts.argoproj.io/canary"]:
        equal(checked(*words, "-n", where), [f"{where}/rollout.argoproj.io/canary"], f"{words}")
    harden("fix", "ro/canary", "-n", where, "--yes").expect(0, out="rollout.argoproj.io/canary hardened")
    equal(checked("-n", where), [], "what is left")


@test
def level_of_the_namespace():
    where = namespace("level", "baseline")
    make(manifest("web"), where)
    harden("check", "deploy", "-n", where, "--profile=auto").expect(0)
    harden("check", "deploy", "-n", where).expect(1)


# ---- what comes out ----

@test
def diff_has_no_noise():
    where = namespace("noise")
    make(manifest("web"), where)
    run = harden("diff", "deploy/web", "-n", where)
    run.expect(1, out=r"^\+ +runAsNonRoot: true", not_out="managedFields|uid:|resourceVersion|creationTimestamp|last-applied|status:")
    removed = [line for line in run.out.splitlines() if line.startswith("-") and not line.startswith("---")]
    expect(all("{}" in line for line in removed), f"diff removes {removed}")
    equal(deployment(where)["metadata"]["generation"], 1, "the generation")


@test
def manifests_are_clean():
    where = namespace("clean")
    make(manifest("web"), where)
    run = harden("fix", "deploy/web", "-n", where, "--dry-run=client", "-o", "yaml").expect(0, not_out="managedFields|resourceVersion|status:")
    other = namespace("clean-other", "restricted")
    text = run.out.replace(f"namespace: {where}", f"namespace: {other}")
    again = make(text, other)
    expect("Warning" not in again.err, f"{again}")
    equal(checked("deploy", "-n", other), [], "findings in what came out")


main()
