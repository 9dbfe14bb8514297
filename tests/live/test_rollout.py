#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fix --wait, with Kubernetes' own controllers (plane.sh --controllers). There is no node: what a kubelet would say of
the pods is said here."""
import threading

from live import *

APPS = "/apis/apps/v1/namespaces"
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: registry.example/web:1, ports: [{containerPort: 8080}]}]
"""


class Node(threading.Thread):
    """Says of each pod of a namespace that it is ready, or, of hardened ones, that `waiting` keeps it."""

    def __init__(self, where, waiting=None):
        super().__init__(daemon=True)
        self.where, self.waiting, self.ended, self.api = where, waiting, False, Api()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended = True
        self.join()

    def run(self):
        path = f"/api/v1/namespaces/{self.where}/pods"
        while not self.ended:
            for pod in self.api.get(path)["items"]:
                if not pod["status"].get("containerStatuses"):
                    try:
                        self.api.status(f"{path}/{pod['metadata']['name']}", self.status(pod))
                    except Wrong:
                        pass  # it is gone
            time.sleep(0.1)

    def status(self, pod):
        fails = self.waiting and pod["spec"]["containers"][0].get("securityContext")
        state = {"waiting": self.waiting} if fails else {"running": {}}
        return {"phase": "Pending" if fails else "Running",
                "conditions": [{"type": kind, "status": "False" if fails else "True"} for kind in ("Ready", "ContainersReady")],
                "containerStatuses": [{"name": "web", "image": "web", "imageID": "", "ready": not fails, "restartCount": 0,
                                       "state": state}]}


def rolled_out(where):
    """The Deployment runs with two pods."""
    make(WEB, where)
    within(30, lambda: deployment(where)["status"].get("availableReplicas") == 2, "the pods are ready")


def deployment(where):
    return api().get(f"{APPS}/{where}/deployments/web")


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
