#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""live/apply and live/rollout on a real API server with its controllers: changer (changer.c) is what is run here."""
import signal
import threading

import live
import proxy as p
from live import *
from node import Node

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.25", ports: [{containerPort: 80}], env: [{name: PORT, value: "80"}]}
"""
SERVICE = """
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
"""
CONTAINER = "/spec/template/spec/containers/0"
MOVE = [
    {"op": "add", "path": f"{CONTAINER}/securityContext", "value": {"runAsNonRoot": True}},
    {"op": "replace", "path": f"{CONTAINER}/env/0/value", "value": "8080"},
    {"op": "remove", "path": f"{CONTAINER}/ports/0"},
    {"op": "add", "path": f"{CONTAINER}/ports/-", "value": {"containerPort": 8080}},
]
TARGET = [{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 8080}]


def workload(where, patch=MOVE, kind="Deployment", name="web", transaction=0, version="apps/v1"):
    return {"api_version": version, "kind": kind, "namespace": where, "name": name, "step": "workload",
            "transaction": transaction, "patch": patch}


def service(where, patch=TARGET, step="number"):
    return {"api_version": "v1", "kind": "Service", "namespace": where, "name": "web", "step": step,
            "transaction": 0, "patch": patch}


def path_of(where, kind="deployments", name="web"):
    return f"{APPS}/{where}/{kind}/{name}"


def service_path(where):
    return f"/api/v1/namespaces/{where}/services/web"


class Changer:
    """changer at work; with .hold it is to be told to .go_on()."""

    def __init__(self, *changes, arguments=("--write",), kubeconfig="admin"):
        path = live.folder() / "changes.json"
        path.write_text(json.dumps(changes))
        environment = {**os.environ, "KUBECONFIG": live.kubeconfig_path(kubeconfig)}
        self.process = subprocess.Popen([live.PROGRAM, *arguments, path], env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def held(self):
        equal(self.process.stdout.readline(), "held\n", "its first line")
        return self

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self

    def end(self):
        """Its outcomes and its roll-outs."""
        out, err = self.process.communicate(timeout=live.TIME_LIMIT)
        equal((self.process.returncode, err), (0, ""), "its end")
        found = json.loads(out)
        return found["outcomes"], found["rollouts"]


def change(*changes, arguments=("--write",), kubeconfig="admin"):
    return Changer(*changes, arguments=arguments, kubeconfig=kubeconfig).end()


def states(outcomes):
    return [outcome["state"] for outcome in outcomes]


def spec(where):
    """What of a shop is changed here: its container, and its Service's targetPort."""
    found = deployment(where)["spec"]["template"]["spec"]["containers"][0]
    return (found["ports"], found["env"][0]["value"], found.get("securityContext"),
            api().get(service_path(where))["spec"]["ports"][0]["targetPort"])


BEFORE = ([{"containerPort": 80, "protocol": "TCP"}], "80", None, 80)
AFTER = ([{"containerPort": 8080, "protocol": "TCP"}], "8080", {"runAsNonRoot": True}, 8080)


def shop(name, level=None):
    """A namespace with a Deployment and a Service whose controllers have come to rest."""
    namespace(name, level)
    make(DEPLOYMENT + SERVICE, name)
    within(20, lambda: deployment(name).get("status", {}).get("observedGeneration") == 1, "observed")
    time.sleep(0.5)
    return name


@test
def a_move_and_its_undoing():
    where = shop("moves")
    outcomes, _ = change(service(where), workload(where), arguments=("--try",))
    equal(states(outcomes), ["accepted"] * 2, "the dry run")
    equal((outcomes[1]["restart"], outcomes[1]["pods"]), ("pods", "2"), "what restarts")
    equal(spec(where), BEFORE, "after a dry run")
    outcomes, _ = change(service(where), workload(where), arguments=("--try", "--write"))
    equal(states(outcomes), ["done"] * 2, "the write")
    equal(spec(where), AFTER, "after it")
    managers = [field["manager"] for field in deployment(where)["metadata"]["managedFields"]]
    expect("kubectl-harden" in managers, f"managers are {managers}")
    back = [{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 8080}]
    outcomes, _ = change(service(where, back))
    equal(states(outcomes), ["unchanged"], "the same once more")


@test
def undone_on_request():
    where = shop("undone")
    outcomes, _ = change(service(where), workload(where), arguments=("--write", "--undo=0"))
    equal(states(outcomes), ["undone"] * 2, "outcomes")
    equal(spec(where), BEFORE, "what is there")


@test
def status_updates_are_no_conflict():
    """Somebody who writes elsewhere all the time does not keep a patch from being made."""
    where = shop("busy")
    changer = Changer(workload(where), service(where), arguments=("--hold=0", "--write", "--undo=0")).held()
    ends = threading.Event()
    busy = live.Api()

    def write():
        n = 0
        while not ends.is_set():
            n += 1
            busy.merge(path_of(where), {"metadata": {"annotations": {"n": str(n)}}})
            time.sleep(0.2)

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.5)
    outcomes, _ = changer.go_on().end()
    ends.set()
    writer.join()
    equal(states(outcomes), ["undone"] * 2, "outcomes")
    equal(spec(where), BEFORE, "what is there")


@test
def a_second_writer_is_a_conflict():
    """Who changes what we change, wins; the Service, which was changed before, is put back."""
    where = shop("conflict")
    named = [{"op": "replace", "path": "/spec/ports/0/targetPort", "value": "http"}]
    changer = Changer(workload(where), service(where, named, "name"), arguments=("--hold=1", "--write")).held()
    equal(api().get(service_path(where))["spec"]["ports"][0]["targetPort"], "http", "the Service half-way")
    kubectl("set", "env", "deployment/web", "PORT=81", "-n", where)
    outcomes, _ = changer.go_on().end()
    equal(states(outcomes), ["changed", "undone"], "outcomes")
    see(r"^/spec/template/spec/containers/0/env/0/value is not what it was$", outcomes[0]["message"])
    equal(spec(where), (BEFORE[0], "81", None, 80), "what is there")


@test
def containers_in_another_order_are_a_conflict():
    where = shop("order")
    changer = Changer(workload(where), arguments=("--hold=0", "--write")).held()
    found = deployment(where)
    found["spec"]["template"]["spec"]["containers"].insert(0, {"name": "first", "image": "nginx"})
    api().request("PUT", path_of(where), found, code=200)
    outcomes, _ = changer.go_on().end()
    equal(states(outcomes), ["changed"], "outcomes")
    see("securityContext", outcomes[0]["message"])


@test
def deleted_meanwhile():
    where = shop("deleted")
    changer = Changer(workload(where), service(where, step="name"), arguments=("--hold=0", "--write")).held()
    kubectl("delete", "deployment", "web", "-n", where)
    make(DEPLOYMENT, where)
    outcomes, _ = changer.go_on().end()
    equal(states(outcomes), ["missing", "undone"], "outcomes")
    equal(spec(where), BEFORE, "what is there")


@test
def what_cannot_be_undone_is_told():
    """The Service was named, somebody changed it, and the workload is refused: its own command puts it back."""
    where = shop("stuck")
    wrong = [{"op": "replace", "path": "/spec/replicas", "value": -1}]
    changer = Changer(workload(where, wrong), service(where, step="name"), arguments=("--hold=1", "--write")).held()
    api().request("PATCH", service_path(where), [{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 99}],
                  "application/json-patch+json", 200)
    outcomes, _ = changer.go_on().end()
    equal(states(outcomes), ["denied", "not undone"], "outcomes")
    see(r"spec.replicas: Invalid value: -1: must be greater than or equal to 0", outcomes[0]["message"])
    see(r"^/spec/ports/0/targetPort is not what it was$", outcomes[1]["message"])
    equal(spec(where)[3], 99, "the Service")
    run = subprocess.run(["sh", "-c", outcomes[1]["command"]], capture_output=True, text=True)
    equal(run.returncode, 0, f"{outcomes[1]['command']}: {run.stderr}")
    equal(spec(where), BEFORE, "after its command")


@test
def half_a_role():
    """One may patch Services, but not Deployments."""
    where = shop("rights")
    for kind, resources, verbs in (("s", ["services"], ["get", "patch"]), ("d", ["deployments"], ["get"])):
        api().post(f"/apis/rbac.authorization.k8s.io/v1/namespaces/{where}/roles",
                   {"metadata": {"name": kind}, "rules": [{"apiGroups": ["", "apps"], "resources": resources,
                                                           "verbs": verbs}]})
        api().post(f"/apis/rbac.authorization.k8s.io/v1/namespaces/{where}/rolebindings",
                   {"metadata": {"name": kind}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role",
                                                            "name": kind},
                    "subjects": [{"kind": "User", "name": "alice"}]})
    within(10, lambda: kubectl("auth", "can-i", "get", "deployments", "-n", where, kubeconfig="alice",
                               code=None).code == 0, "alice's rights")
    changes = workload(where), service(where, step="name")
    outcomes, _ = change(*changes, arguments=("--try", "--write"), kubeconfig="alice")
    equal(states(outcomes), ["denied", "left out"], "with a dry run")
    see(r'^deployments.apps "web" is forbidden: User "alice" cannot patch', outcomes[0]["message"])
    see(r"it belongs with deployment.apps/web$", outcomes[1]["message"])
    outcomes, _ = change(*changes, kubeconfig="alice")
    equal(states(outcomes), ["denied", "undone"], "without one")
    equal(spec(where), BEFORE, "what is there")


@test
def refused_by_the_dry_run():
    where = shop("refused", "restricted")
    unknown = [{"op": "add", "path": f"{CONTAINER}/securtyContext", "value": {}}]
    outcomes, _ = change(workload(where, unknown), arguments=("--try",))
    equal(states(outcomes), ["denied"], "an unknown field")
    see(r'^strict decoding error: unknown field "spec.template.spec.containers\[0\].securtyContext"$',
        outcomes[0]["message"])
    outcomes, _ = change(workload(where), arguments=("--try", "--write"))
    equal(states(outcomes), ["done"], "what is not restricted")
    equal(len(outcomes[0]["warnings"]), 1, "warnings")
    see(r'^would violate PodSecurity "restricted:latest": .*seccompProfile', outcomes[0]["warnings"][0])


@test
def admission_denies():
    """A policy refuses what the schema allows."""
    where = shop("policy")
    policy(where, "deployments", "false", "not on a Friday")
    outcomes, _ = change(workload(where), service(where), arguments=("--try",))
    equal(states(outcomes), ["denied", "left out"], "outcomes")
    see("not on a Friday", outcomes[0]["message"])


@test
def pods_and_jobs_are_made_anew():
    where = namespace("anew")
    make("""
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: nginx}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: web}
spec:
  schedule: "0 0 * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: web, image: nginx}]}}}}
""", where)
    context = {"op": "add", "path": "/spec/containers/0/securityContext", "value": {"privileged": False}}
    nested = {**context, "path": "/spec/jobTemplate/spec/template/spec/containers/0/securityContext"}
    outcomes, _ = change(workload(where, [context], "Pod", version="v1"),
                         workload(where, [nested], "CronJob", transaction=1, version="batch/v1"),
                         arguments=("--try", "--write"))
    equal(states(outcomes), ["immutable", "done"], "outcomes")
    equal(outcomes[0]["command"],
          f"kubectl harden fix pod/web -n {where} --dry-run=client -o yaml | kubectl replace --force -f -")
    equal(outcomes[1]["restart"], "none", "what restarts")


# ---- faults ----

@test
def answers_that_are_lost():
    """The connection is cut after the server has carried a patch out, or before; its answer is garbled, or cut off."""
    for name, deed in (("cut", p.cut), ("cut-after", p.cut_after), ("body", p.cut_body), ("garbled", p.garble)):
        where = shop(name)
        with p.Proxy() as proxy:
            proxy.on(deed, method="PATCH", path="/deployments/web", count=1)
            outcomes, _ = change(service(where), workload(where), kubeconfig=proxy.kubeconfig("token"))
        equal(states(outcomes), ["done"] * 2, f"outcomes of {name}")
        equal(spec(where), AFTER, f"what is there after {name}")
        generation = deployment(where)["metadata"]["generation"]
        equal(generation, 2, f"changes of {name}")


@test
def a_server_that_goes_away():
    where = shop("away")
    with p.Proxy() as proxy:
        proxy.on(p.cut_after, method="PATCH", path="/deployments/web")
        proxy.on(p.cut, method="GET", path="/deployments/web", first=2)
        outcomes, _ = change(workload(where), service(where, step="name"), kubeconfig=proxy.kubeconfig("token"))
    equal(states(outcomes), ["uncertain", "undone"], "outcomes")
    equal(outcomes[0]["command"], f"kubectl get deployment.apps/web -n {where} -o yaml")


@test
def interrupted():
    """Ctrl-C before the first patch, and between two."""
    where = shop("interrupted")
    for hold, expected in ((0, ["interrupted"] * 2), (1, ["interrupted", "undone"])):
        changer = Changer(workload(where), service(where, step="name"), arguments=(f"--hold={hold}", "--write")).held()
        changer.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        outcomes, _ = changer.end()
        equal(states(outcomes), expected, "outcomes")
        equal(spec(where), BEFORE, "what is there")


@test
def interrupted_while_the_server_says_nothing():
    """The patch was carried out, but no answer comes: Ctrl-C finds that out. It is put back where more was to come."""
    for where, step, expected, left in (("stalled", "number", ["interrupted", "undone"], BEFORE),
                                        ("stalled-last", "name", ["done"] * 2, AFTER)):
        shop(where)
        with p.Proxy() as proxy:
            proxy.on(p.stall_after, method="PATCH", path="/deployments/web", count=1)
            changer = Changer(service(where, step=step), workload(where), kubeconfig=proxy.kubeconfig("token"))
            within(20, lambda: spec(where)[0] == AFTER[0], "carried out")
            time.sleep(0.5)
            changer.process.send_signal(signal.SIGINT)
            start = time.monotonic()
            outcomes, _ = changer.end()
            expect(time.monotonic() - start < 5, "it takes long")
        equal(states(outcomes), expected, "outcomes")
        equal(spec(where), left, "what is there")


# ---- roll-outs ----

def pods_of(where):
    return api().get(f"/api/v1/namespaces/{where}/pods")["items"]


@test
def rolled_out():
    where = shop("rollout")
    make("""
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: web, image: nginx}]}
""", where)
    context = [{"op": "add", "path": f"{CONTAINER}/securityContext", "value": {"runAsNonRoot": True}}]
    with Node(where):
        within(30, lambda: api().get(path_of(where, "statefulsets", "db"))["status"].get("readyReplicas") == 2,
               "the StatefulSet is ready")
        outcomes, rollouts = change(workload(where), service(where),
                                    workload(where, context, "StatefulSet", "db", transaction=1),
                                    arguments=("--write", "--wait=60000"))
    equal(states(outcomes), ["done"] * 3, "outcomes")
    equal([rollout["state"] for rollout in rollouts], ["done", "done"], f"roll-outs of {rollouts}")
    images = [pod["spec"]["containers"][0].get("securityContext") for pod in pods_of(where)
              if not pod["metadata"].get("deletionTimestamp")]
    equal(images, [{"runAsNonRoot": True}] * 4, "the pods")


@test
def daemon_set_rolled_out():
    where = namespace("daemons")
    api().post("/api/v1/nodes", {"metadata": {"name": "node"}})
    make("""
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: web, image: nginx}], tolerations: [{operator: Exists}]}
""", where)
    with Node(where, name="node"):
        within(30, lambda: api().get(path_of(where, "daemonsets", "agent"))["status"].get("numberAvailable") == 1,
               "the DaemonSet is ready")
        outcomes, rollouts = change(workload(where, MOVE[:1], "DaemonSet", "agent"),
                                    arguments=("--write", "--wait=60000"))
    equal((outcomes[0]["state"], outcomes[0]["pods"]), ("done", "1"), "outcome")
    equal([rollout["state"] for rollout in rollouts], ["done"], f"roll-outs of {rollouts}")
    api().request("DELETE", "/api/v1/nodes/node")


@test
def refused_pods():
    """The namespace refuses the new pods: the ReplicaSet says why."""
    where = namespace("enforced")
    make(DEPLOYMENT + SERVICE, where)
    with Node(where):
        within(20, lambda: deployment(where)["status"].get("availableReplicas") == 2, "available")
    kubectl("label", "namespace", where, "pod-security.kubernetes.io/enforce=restricted")
    outcomes, rollouts = change(workload(where), service(where), arguments=("--write", "--wait=8000", "--undo=0"))
    equal(states(outcomes), ["undone"] * 2, "outcomes")
    equal(spec(where), BEFORE, "what is there")
    equal(rollouts[0]["state"], "timeout", "the roll-out")
    see(r'^Waiting for deployment "web" rollout to finish', rollouts[0]["message"])
    see(r'^FailedCreate: pods "web-.*" is forbidden: violates PodSecurity "restricted:latest"',
        "\n".join(rollouts[0]["why"]))
    see(r"^kubectl harden check deployment.apps/web -n enforced", "\n".join(rollouts[0]["advice"]))


@test
def a_server_that_says_nothing_any_more():
    """The time limit holds."""
    where = shop("silent")
    with p.Proxy() as proxy:
        proxy.on(p.stall, method="GET", path="/deployments/web", first=2)
        start = time.monotonic()
        outcomes, rollouts = change(workload(where), arguments=("--write", "--wait=3000"),
                                    kubeconfig=proxy.kubeconfig("token"))
        seconds = time.monotonic() - start
    equal(states(outcomes), ["done"], "outcomes")
    equal(rollouts[0]["state"], "timeout", "the roll-out")
    expect(seconds < 15, f"it took {seconds:.0f} s")


@test
def pods_that_do_not_start():
    """What a kubelet says of new pods is found among all pods, by their ReplicaSet."""
    where = shop("failing")
    kubectl("patch", "deployment", "web", "-n", where, "-p", '{"spec": {"progressDeadlineSeconds": 8}}')
    with Node(where):
        within(20, lambda: deployment(where)["status"].get("availableReplicas") == 2, "available")
    changer = Changer(workload(where), arguments=("--write", "--wait=60000"))
    new = within(20, lambda: [pod for pod in pods_of(where) if pod["status"].get("phase") != "Running"], "a new pod")
    message = "container has runAsNonRoot and image will run as root"
    path = f"/api/v1/namespaces/{where}/pods/{new[0]['metadata']['name']}"
    api().status(path, {"containerStatuses": [{
        "name": "web", "ready": False, "restartCount": 0, "image": "nginx", "imageID": "",
        "state": {"waiting": {"reason": "CreateContainerConfigError", "message": message}}}]})
    api().post(f"/api/v1/namespaces/{where}/events", {
        "metadata": {"name": "failed"}, "type": "Warning", "reason": "Unhealthy", "message": "probe failed",
        "involvedObject": {"kind": "Pod", "namespace": where, "uid": new[0]["metadata"]["uid"]}})
    _, rollouts = changer.end()
    equal(rollouts[0]["state"], "failed", "the roll-out")
    equal(rollouts[0]["message"], 'deployment "web" exceeded its progress deadline')
    why = "\n".join(rollouts[0]["why"])
    see(r'^ProgressDeadlineExceeded: ReplicaSet "web-\S+" has timed out progressing\.$', why)
    see(rf"^pod/{new[0]['metadata']['name']}: Pending$", why)
    see(rf"^container web: CreateContainerConfigError: {message}$", why)
    see(r"^event: Unhealthy: probe failed$", why)
    see(r"--run-as-user=UID", "\n".join(rollouts[0]["advice"]))


main()
