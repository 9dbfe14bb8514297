#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""examples/rbac: the roles there are enough, and no more than enough."""
import rights
from live import *

ROLES = SOURCE / "examples/rbac"
_accounts = set()


def account(name):
    """A kubeconfig of the service account, with the roles of examples/rbac."""
    if not _accounts:
        kubectl("apply", "-f", str(ROLES / "check.yaml"), "-f", str(ROLES / "fix.yaml"))
    if name not in _accounts:
        _accounts.add(account_kubeconfig(name, "kubectl-harden"))
    return name


def can(name, verb, resource, group="", subresource=""):
    """Whether the service account may do that in all namespaces."""
    account(name)
    review = {"spec": {"user": f"system:serviceaccount:kubectl-harden:{name}",
                       "groups": ["system:serviceaccounts", "system:authenticated"],
                       "resourceAttributes": {"verb": verb, "resource": resource, "group": group,
                                              "subresource": subresource}}}
    answer = api().post("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
    return answer.json["status"]["allowed"]


@test
def custom_rules_are_those_of_the_schemas():
    for what in "check", "fix":
        text = (ROLES / f"{what}.yaml").read_text()
        expect(rights.text(what) in text,
               f"{what}.yaml lacks, in its second role, what tests/live/rights.py {what} prints")


@test
def every_kind_that_is_read_may_be_read():
    """Of those that this API server has, as it names them."""
    known = {(group, kind): row for group, kind, row in rights.kinds()}
    names = json.loads(kubectl("get", "--raw", "/apis").out)["groups"]
    versions = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in names)]
    seen = set()
    for path in versions:
        group = path.split("/")[2] if path.startswith("/apis/") else ""
        for resource in api().get(path)["resources"]:
            row = known.get((group, resource["kind"]))
            if "/" in resource["name"] or not row or not rights.is_read(row):
                continue
            seen.add(resource["kind"])
            for verb in "get", "list":
                expect(can("kubectl-harden-check", verb, resource["name"], group), f"check may not {verb} {resource['name']}")
            changed = rights.is_changed(group, resource["kind"], row)
            equal(can("kubectl-harden-fix", "patch", resource["name"], group), changed, f"the right to patch {resource['name']}")
    expect({"Deployment", "Pod", "Service", "NetworkPolicy", "ConfigMap", "Namespace", "CronJob"} <= seen, f"only {seen}")


@test
def nothing_else_is_given():
    for name in "kubectl-harden-check", "kubectl-harden-fix":
        for verb in "get", "list", "watch", "patch", "update", "create", "delete":
            expect(not can(name, verb, "secrets"), f"{name} may {verb} secrets")
        for verb in "update", "create", "delete", "deletecollection", "watch":
            for resource, group in (("deployments", "apps"), ("pods", ""), ("services", "")):
                expect(not can(name, verb, resource, group), f"{name} may {verb} {resource}")
        expect(not can(name, "create", "pods", subresource="exec"), f"{name} may exec")
        expect(not can(name, "patch", "pods"), f"{name} may patch pods")
    for resource, group in (("deployments", "apps"), ("services", ""), ("configmaps", "")):
        expect(not can("kubectl-harden-check", "patch", resource, group), f"check may patch {resource}")


@test
def check_account_reads():
    where = namespace("rbac-check")
    make(manifest(), where)
    run = harden("check", "-A", kubeconfig=account("kubectl-harden-check"))
    run.expect(1, out="web", not_err="forbidden|cannot")
    run = harden("fix", "deploy/web", "-n", where, "--yes", kubeconfig=account("kubectl-harden-check"))
    run.fails(r'cannot patch resource "deployments" in API group "apps"')
    expect("securityContext" not in json.dumps(deployment(where)["spec"]["template"]["spec"]["containers"]), "it was changed")


@test
def fix_account_fixes():
    where = namespace("rbac-fix")
    make(manifest(), where)
    harden("fix", "deploy/web", "-n", where, "--yes", kubeconfig=account("kubectl-harden-fix")).expect(0, not_err="forbidden")
    template = deployment(where)["spec"]["template"]["spec"]
    equal(template["containers"][0]["securityContext"]["allowPrivilegeEscalation"], False)


@test
def one_namespace_is_enough():
    """With a RoleBinding: the rest that cannot be read is told, and what was asked for is checked."""
    where = namespace("rbac-one")
    make(manifest(), where)
    kubectl("create", "rolebinding", "check", "--clusterrole=kubectl-harden-check", "--user=checker", "-n", where)
    harden("check", "deploy/web", "-n", where, kubeconfig="checker").expect(1, out="web")
    harden("check", "deploy", "-A", kubeconfig="checker").fails('deployments.apps is forbidden: User "checker" cannot list resource "deployments" in API group "apps"')


main()
