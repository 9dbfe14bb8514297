#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What fix does to a cluster: what it asks for, what it writes, and what it does where others write or refuse."""
import urllib.parse

import proxy as p
from live import *


def web(name="web"):
    return manifest(name, "registry.example/web:1", 3)


WEB = web()
# The port moves. Its name makes the Service the first to be written; without it, it is the last.
SHOP = (SOURCE / "examples/aspnet/deploy.yaml").read_text()
UNNAMED = SHOP.replace("- name: http\n          containerPort", "- containerPort").replace("port: http", "port: 80")


def spec(where, name="web"):
    return deployment(where, name)["spec"]["template"]["spec"]


def is_hardened(where, name="web"):
    return spec(where, name)["containers"][0].get("securityContext", {}).get("allowPrivilegeEscalation") is False


def target_port(where):
    return api().get(f"/api/v1/namespaces/{where}/services/shop")["spec"]["ports"][0]["targetPort"]


def made(name, manifests):
    where = namespace(name)
    make(manifests, where)
    return where


def writes(proxy, dry=False):
    """PATCH requests, without or with those of a dry run."""
    return [r for r in proxy.asked("PATCH") if dry or "dryRun=All" not in r.path]


def touch(where, name="web"):
    """What a controller does all the time: another resourceVersion."""
    api().status(f"{APPS}/{where}/deployments/{name}", {"observedGeneration": int(time.time() * 1000) % 2**31})


# ---- what is written ----

@test
def diff_shows_what_fix_writes():
    where = made("write", WEB)
    before = deployment(where)
    shown = harden("diff", "deploy/web", "-n", where).expect(1).out
    run = harden("fix", "deploy/web", "-n", where, "--yes").expect(0, out=r"^deployment\.apps/web hardened$")
    run.expect(err="3 pods will restart")
    after = deployment(where)
    equal(after["metadata"]["generation"], 2, "the generation")
    see("kubectl-harden", str([f["manager"] for f in after["metadata"]["managedFields"]]), "who manages fields")
    for key in "securityContext", "volumes":
        after["spec"]["template"]["spec"].pop(key, None)
        before["spec"]["template"]["spec"].pop(key, None)
    for key in "securityContext", "volumeMounts":
        after["spec"]["template"]["spec"]["containers"][0].pop(key)
    equal(after["spec"], before["spec"], "all that was not to be changed")
    see(r"^\+ +runAsNonRoot: true", shown, "the diff")
    harden("diff", "deploy/web", "-n", where).expect(0, out=r"\A\Z")
    harden("check", "deploy/web", "-n", where).expect(0)
    harden("fix", "deploy/web", "-n", where, "--yes").expect(0, not_out="hardened")
    equal(deployment(where)["metadata"]["generation"], 2, "the generation after a second fix")


@test
def patches_test_what_they_replace():
    where = made("tests", SHOP)
    with p.Proxy() as proxy:
        harden("fix", "-n", where, "--yes", kubeconfig=proxy.kubeconfig()).expect(0)
        dry, real = [[r for r in proxy.asked("PATCH") if ("dryRun=All" in r.path) == which] for which in (True, False)]
        expect(len(dry) >= 2 and len(real) == 2, f"{proxy.requests}")
        expect(proxy.requests.index(real[0]) > proxy.requests.index(dry[-1]), "written before all was tried")
        for request in dry + real:
            headers = {n.lower(): v for n, v in request.headers}
            equal(headers["content-type"], "application/json-patch+json", "the kind of patch")
            query = urllib.parse.parse_qs(urllib.parse.urlparse(request.path).query)
            equal(query["fieldManager"], ["kubectl-harden"], "the field manager")
            operations = json.loads(request.body)
            expect(any(o["op"] == "test" and o["path"] == "/metadata/resourceVersion" for o in operations),
                   f"no test of the resourceVersion: {operations}")
            tested = {o["path"] for o in operations if o["op"] == "test"}
            for operation in operations:
                if operation["op"] in ("replace", "remove"):
                    expect(any(operation["path"].startswith(path) for path in tested), f"{operation} is not tested")
        see("/services/", real[0].path, "the first that is written, as its target gets a name,")
    equal((target_port(where), spec(where, "shop")["containers"][0]["ports"][0]["containerPort"]), ("http", 8080))


@test
def a_number_is_written_after_the_workload():
    where = made("number", UNNAMED)
    with p.Proxy() as proxy:
        harden("fix", "-n", where, "--yes", kubeconfig=proxy.kubeconfig()).expect(0)
        see("/services/", writes(proxy)[-1].path, "the last that is written")
    equal(target_port(where), 8080, "the target")


@test
def a_hundred():
    where = namespace("hundred")
    make("".join(web(f"web-{i:03}") for i in range(100)), where)
    run = harden("fix", "deploy", "-n", where, "--yes", "--chunk-size=20").expect(0)
    equal(len(re.findall(r"^deployment\.apps/web-\d+ hardened$", run.out, re.M)), 100, "how many it tells of")
    expect(all(is_hardened(where, f"web-{i:03}") for i in range(100)), "not all are hardened")
    expect(run.seconds < 60, f"it took {run.seconds:.0f} s")


# ---- what is asked first ----

@test
def dry_runs_write_nothing():
    where = made("dry", SHOP)
    before = spec(where, "shop")
    with p.Proxy() as proxy:
        harden("fix", "-n", where, "--dry-run=client", kubeconfig=proxy.kubeconfig()).expect(0, out=r"^\+ +runAsNonRoot")
        equal(proxy.asked("PATCH"), [], "what a dry run of the client asks for")
        run = harden("fix", "-n", where, "--dry-run=server", kubeconfig=proxy.kubeconfig())
        run.expect(0, out=r"deployment\.apps/shop hardened \(server dry run\)")
        expect(proxy.asked("PATCH") and not writes(proxy), f"{proxy.requests}")
    # Its controllers write, too: the status.
    equal(spec(where, "shop"), before, "the Deployment's spec")
    equal(deployment(where, "shop")["metadata"]["generation"], 1, "its generation")


@test
def without_an_answer_nothing_is_written():
    where = made("no", WEB)
    run = harden("fix", "deploy/web", "-n", where).expect(None, out=r"^\+ +runAsNonRoot", err="3 pods will restart.*[Yy]/")
    expect(not is_hardened(where), f"it was changed\n{run}")
    harden("fix", "deploy/web", "-n", where, stdin="n\n")
    harden("fix", "deploy/web", "-n", where, stdin="\n")
    expect(not is_hardened(where), "it was changed")


# ---- others who write ----

@test
def other_changes_are_kept():
    where = made("others", WEB)
    with p.Proxy() as proxy:
        rule = proxy.on(p.first(lambda: api().merge(f"{APPS}/{where}/deployments/web", {
            "metadata": {"annotations": {"theirs": "kept"}}, "spec": {"replicas": 5}})),
            method="PATCH", path="/web(?!.*dryRun)", count=1)
        harden("fix", "deploy/web", "-n", where, "--yes", kubeconfig=proxy.kubeconfig()).expect(0, out="hardened")
        equal(rule.done, 1, "how often somebody else wrote")
        equal(len([r for r in writes(proxy) if r.status == 200]), 1, "how often we wrote")
        expect(len(writes(proxy)) > 1, "there was no conflict")
    found = deployment(where)
    equal((found["metadata"]["annotations"]["theirs"], found["spec"]["replicas"], is_hardened(where)), ("kept", 5, True))


@test
def what_others_changed_where_we_would_is_left():
    where = made("clash", WEB)
    theirs = {"spec": {"template": {"spec": {"containers": [{
        "name": "web", "image": "registry.example/web:2", "securityContext": {"privileged": True}}]}}}}
    with p.Proxy() as proxy:
        proxy.on(p.first(lambda: api().merge(f"{APPS}/{where}/deployments/web", theirs)),
                 method="PATCH", path="/web(?!.*dryRun)", count=1)
        harden("fix", "deploy/web", "-n", where, "--yes", kubeconfig=proxy.kubeconfig()).fails("deployment.apps/web: .*changed")
    equal(spec(where)["containers"][0]["securityContext"], {"privileged": True}, "their security context")


@test
def what_needs_more_by_now_is_not_written():
    """What we change is as it was, but there is more to change: nobody has seen that, and said yes to it."""
    where = made("more", WEB)
    theirs = [{"op": "add", "path": "/spec/template/spec/containers/-",
               "value": {"name": "late", "image": "registry.example/late:1"}}]
    with p.Proxy() as proxy:
        proxy.on(p.first(lambda: api().request("PATCH", f"{APPS}/{where}/deployments/web", theirs,
                                               kind="application/json-patch+json", code=200)),
                 method="PATCH", path="/web(?!.*dryRun)", count=1)
        harden("fix", "deploy/web", "-n", where, "--yes", kubeconfig=proxy.kubeconfig()).fails(
            "deployment.apps/web: .*changed it meanwhile; run this again")
    equal(len(spec(where)["containers"]), 2, "their containers")
    expect(not is_hardened(where), "it was changed")
    harden("fix", "deploy/web", "-n", where, "--yes").expect(0, out="hardened")
    expect(is_hardened(where), "it is not hardened by the next run")


@test
def who_never_comes_to_write_gives_up():
    where = made("busy", WEB)
    with p.Proxy() as proxy:
        proxy.on(p.first(lambda: touch(where)), method="PATCH", path="/web(?!.*dryRun)")
        run = harden("fix", "deploy/web", "-n", where, "--yes", kubeconfig=proxy.kubeconfig())
        run.fails("deployment.apps/web: ")
        expect(4 <= len(writes(proxy)) <= 7, f"{len(writes(proxy))} writes")
    expect(not is_hardened(where), "it was changed")


@test
def what_is_gone_is_told():
    where = made("gone", WEB)
    with p.Proxy() as proxy:
        proxy.on(p.first(lambda: api().request("DELETE", f"{APPS}/{where}/deployments/web")),
                 method="PATCH", path="/web(?!.*dryRun)", count=1)
        harden("fix", "deploy/web", "-n", where, "--yes", kubeconfig=proxy.kubeconfig()).fails("not there any more|not found")


@test
def a_lost_answer_is_found_out():
    where = made("lost", WEB)
    with p.Proxy() as proxy:
        proxy.on(p.cut_after, method="PATCH", path="/web(?!.*dryRun)", count=1)
        harden("fix", "deploy/web", "-n", where, "--yes", kubeconfig=proxy.kubeconfig()).expect(0, out="hardened")
    expect(is_hardened(where), "it is not hardened")
    equal(deployment(where)["metadata"]["generation"], 2, "the generation")


# ---- others who refuse ----

@test
def what_the_server_refuses_is_known_before():
    where = made("deny", WEB + web("other"))
    policy(where, "deployments", "object.metadata.name != 'web'", "nobody touches web")
    run = harden("fix", "deploy", "-n", where, "--yes")
    run.fails("deployment.apps/web: the server refuses it: .*nobody touches web")
    run.expect(out="deployment.apps/other hardened", not_out="apps/web hardened")
    equal((is_hardened(where), is_hardened(where, "other")), (False, True))


@test
def what_belongs_together_is_put_back():
    """The dry run is accepted, the write is not: the Service is put back, or the workload."""
    for name, manifests, resource, kept in (("undo", SHOP, "deployments", "services"),
                                            ("undo-last", UNNAMED, "services", "deployments")):
        where = made(name, manifests)
        policy(where, resource, "has(request.dryRun) && request.dryRun", "not for real")
        before = spec(where, "shop"), target_port(where)
        with p.Proxy() as proxy:
            run = harden("fix", "-n", where, "--yes", kubeconfig=proxy.kubeconfig())
            run.fails("not for real").expect(not_out="hardened")
            # A status that changed in between makes it try once more.
            equal(len([r for r in writes(proxy) if f"/{kept}/" in r.path and r.status == 200]), 2,
                  f"how often {kept} were written")
        equal((spec(where, "shop"), target_port(where)), before, "what there is")
        run.expect(err=r"(service|deployment\.apps)/shop: put back as it was")


@test
def what_cannot_be_put_back_is_told():
    where = made("stuck", SHOP)
    policy(where, "deployments", "has(request.dryRun) && request.dryRun", "not for real")
    with p.Proxy() as proxy:
        proxy.on(p.busy(500, None), method="PATCH", path="/services/(?!.*dryRun)", first=2)
        run = harden("fix", "-n", where, "--yes", "--request-timeout=5s", kubeconfig=proxy.kubeconfig(), limit=180)
    run.fails("service/shop: changed, and could not be put back").expect(err="kubectl patch")
    equal(target_port(where), "http", "the target, which is as was told")
    # The command that it tells does it.
    command = next(line.strip() for line in run.err.splitlines() if line.strip().startswith("kubectl patch"))
    Run(["sh", "-c", command], environment={**os.environ, "KUBECONFIG": str(PLANE / "admin.kubeconfig")}).expect(0)
    equal(target_port(where), 80, "the target, after what it tells to do")


@test
def warnings_are_printed():
    where = namespace("warned")
    api().merge(f"/api/v1/namespaces/{where}", {"metadata": {"labels": {"pod-security.kubernetes.io/warn": "restricted"}}})
    make(WEB.replace("containers:", "hostNetwork: true\n      containers:", 1), where)
    run = harden("fix", "deploy/web", "-n", where, "--yes", "--skip=host-namespaces")
    run.expect(err=r'^Warning: would violate PodSecurity "restricted:latest": host namespaces \(hostNetwork=true\)')
    equal(run.err.count("Warning: would violate"), 1, "how often it is said")
    make(web("fine"), where)
    harden("fix", "deploy/fine", "-n", where, "--yes").expect(0, not_err="Warning")


@test
def pods_and_jobs_are_made_anew_by_hand():
    where = made("immutable", """
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec: {containers: [{name: a, image: registry.example/a}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: registry.example/a}]}}}
""")
    run = harden("fix", "-n", where, "--yes").expect(0, not_out="hardened", err="pod/bare: ")
    run.expect(err=r"job\.batch/once: ").expect(err="kubectl replace --force|kubectl delete")
    for path in "pods/bare", "jobs/once":
        found = api().get(f"/{'api/v1' if 'pod' in path else 'apis/batch/v1'}/namespaces/{where}/{path}")
        expect("allowPrivilegeEscalation" not in json.dumps(found["spec"]), f"{path} was changed")


main()
