#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fix --wait, with Kubernetes' own controllers (plane.sh --controllers). There is no node: node.py says
of the pods what a kubelet would."""
from live import *
from node import Node


def rolled_out(where):
    """The Deployment runs with two pods."""
    make(manifest(image="registry.example/web:1", replicas=2), where)
    within(30, lambda: deployment(where)["status"].get("availableReplicas") == 2, "the pods are ready")


@test
def waits_until_the_pods_are_ready():
    where = namespace("rollout")
    with Node(where):
        rolled_out(where)
        run = harden("fix", "deploy/web", "-n", where, "--yes", "--wait").expect(0, out="deployment.apps/web hardened")
        expect("\r" not in run.err, f"a progress line where there is no terminal\n{run}")
        status = deployment(where)["status"]
        equal((status["updatedReplicas"], status["availableReplicas"], status["replicas"]), (2, 2, 2), "new pods")


@test
def tells_why_it_fails():
    where = namespace("rollout-fails")
    with Node(where, {"reason": "CreateContainerConfigError", "message": "container has runAsNonRoot and image will run as root"}):
        rolled_out(where)
        run = harden("fix", "deploy/web", "-n", where, "--yes", "--wait", "--timeout=8s")
        run.fails("deployment.apps/web: ").expect(err="CreateContainerConfigError").expect(err="image will run as root")
        run.expect(err="kubectl rollout undo|--rollback-on-failure|--run-as-user")
        expect(8 <= run.seconds < 25, f"it took {run.seconds:.1f} s")
    expect("securityContext" in deployment(where)["spec"]["template"]["spec"]["containers"][0], "it was put back")


@test
def puts_back_what_fails():
    where = namespace("rollout-back")
    with Node(where, {"reason": "CrashLoopBackOff", "message": "back-off 10s restarting failed container"}):
        rolled_out(where)
        before = deployment(where)["spec"]
        run = harden("fix", "deploy/web", "-n", where, "--yes", "--wait", "--timeout=8s", "--rollback-on-failure")
        run.fails("CrashLoopBackOff").expect(err="put back as it was")
        equal(deployment(where)["spec"], before, "the Deployment")


@test
def tells_of_pods_that_nobody_may_create():
    where = namespace("rollout-denied")
    with Node(where):
        rolled_out(where)
        api().merge(f"/api/v1/namespaces/{where}", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}})
        run = harden("fix", "deploy/web", "-n", where, "--yes", "--wait", "--timeout=8s", "--skip=seccomp-profile")
        run.fails("violates PodSecurity")


@test
def the_readme_is_right():
    """The commands below <!-- ci: cluster --> in README.md, as they stand."""
    text = (SOURCE / "README.md").read_text().split("<!-- ci: cluster -->\n```sh\n", 1)[1].split("```", 1)[0]
    commands = text.splitlines()
    expect(len(commands) >= 5, f"few commands: {commands}")
    where = namespace("shop")
    with Node(where):
        rolled_out(where)
        for command in commands:
            words = command.split()
            equal(words[:2], ["kubectl", "harden"], command)
            run = harden(*words[2:]).expect((0, 1))
            expect(run.out, f"nothing is printed: {run}")
    expect("securityContext" in deployment(where)["spec"]["template"]["spec"]["containers"][0], "nothing was hardened")


main()
