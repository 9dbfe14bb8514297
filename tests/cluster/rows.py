#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rows.py TEMP KUBERNETES ROOT KUBECTL-HARDEN SOURCE [ROW...]: the rows of rows/ on the cluster of TEMP/kubeconfig.

A row is a folder with manifest.yaml, as a team would have it, and row.toml:

  title    what the row shows, for the table
  flags    for `kubectl harden fix`
  secret   true: the namespace has a Secret "certificate" of type kubernetes.io/tls, which is no part of the input
  claim    true: there is a volume for the claim "data", of a type that takes fsGroup
  request  a script for the shell of the Debian root: what a client does; $IP is the Service's address
  answer   a regular expression that what it prints matches
  told     a regular expression that the summary of `fix` matches
  without  a list, of {what, says}: of what `fix` wrote, one thing is left out, and then the row must not work; what the
           pod or the client then says matches the regular expression `says`:
             uid            runAsUser and runAsGroup
             sysctl         the pod's sysctls
             fsGroup        the pod's fsGroup
             /DIRECTORY     the volume mounted there
             NAME           the environment variable
             NAME=VALUE     has the old value instead
             configmap      the ConfigMaps of the input are as they were
             flags          `fix` is run without them
  plain    false: the plain manifest does not run anywhere
  today    why the row does not work yet: it must fail, and say so no longer once it works

The plain manifest works in a namespace that restricts nothing. Where enforce and warn are at restricted, its pod is
refused; what `fix` makes of it is admitted without a warning, becomes ready, and its Service answers on the ports that
it had.
"""
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import threading
import time
import tomllib

VIOLATES = 'violates PodSecurity "restricted:latest"'
HERE = pathlib.Path(__file__).parent
AT_ONCE = 4  # rows; each has a pod for each thing that is left out
# Seconds. Nothing that works waits for them; an Erlang beside other pods on a busy machine needs a minute.
READY_WITHIN = 240
WITHIN_TODAY = 60  # of a row that is expected to fail
BROKEN_WITHIN = 120
NEVER_READY_AFTER = 20  # of a container that runs


class Failed(Exception):
    """A row did not do what it must; the text is shown to people."""


class Cluster:
    def __init__(self, temp, kubernetes, root):
        self.temp, self.kubernetes, self.root = pathlib.Path(temp), kubernetes, root
        self.tls = ssl.create_default_context()
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        self.tls.load_cert_chain(self.temp / "pki/admin.crt", self.temp / "pki/admin.key")

    def get(self, path):
        """An object of the API, or the text of a log; None where there is none."""
        connection = http.client.HTTPSConnection("127.0.0.1", 6443, context=self.tls, timeout=20)
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            return None
        is_json = response.headers["Content-Type"] == "application/json"
        return json.loads(body) if is_json else body.decode(errors="replace")

    def kubectl(self, *arguments, stdin=None):
        """What kubectl prints on stdout and on stderr."""
        run = subprocess.run([self.kubernetes, "kubectl", "--kubeconfig", self.temp / "kubeconfig", *arguments],
                             input=stdin, text=True, capture_output=True)
        if run.returncode:
            raise Failed(f"kubectl {arguments[0]}: {run.stderr.strip()}")
        return run.stdout, run.stderr

    def namespace(self, name, restricted):
        labels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn") if restricted}
        self.kubectl("create", "-f-", stdin=json.dumps(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}))

    def pods(self, namespace):
        return self.get(f"/api/v1/namespaces/{namespace}/pods")["items"]

    def ask(self, row, namespace):
        """What the client prints."""
        services = self.get(f"/api/v1/namespaces/{namespace}/services")["items"]
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
                       "IP": services[0]["spec"]["clusterIP"]}
        run = subprocess.run(["timeout", "15", "chroot", self.root, "bash", "-c", row["request"]], env=environment,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return run.stdout.decode(errors="replace")


def is_ready(pod):
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))


def log_of(cluster, pod, which=""):
    path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}/log?tailLines=60"
    return cluster.get(path + which)


def complaint(cluster, pod):
    """Why a pod's container does not run, with the end of its log; None where it may yet."""
    for status in pod["status"].get("containerStatuses", []):
        for state, which in ((status["state"], ""), (status.get("lastState", {}), "&previous=true")):
            if "terminated" in state:
                end = state["terminated"]
                log = log_of(cluster, pod, which) or log_of(cluster, pod)
                return f"exit code {end.get('exitCode')} {end.get('message', '')}\n{log}"
            waiting = state.get("waiting", {})
            if waiting.get("reason") in ("CreateContainerConfigError", "CreateContainerError", "ErrImageNeverPull"):
                return f"{waiting['reason']}: {waiting.get('message', '')}"
    return None


def last_words(text):
    """The end of what a program said, without what could steer a terminal."""
    lines = ["".join(c for c in line if c.isprintable()) for line in re.sub("\x1b\\[[0-9;]*m", "", text).splitlines()]
    return "\n".join([line for line in lines if line.strip()][-6:])


def refused(cluster, namespace):
    """Waits until the pod of the plain manifest is refused by Pod Security."""
    for _ in range(100):
        for item in cluster.get(f"/apis/apps/v1/namespaces/{namespace}/deployments")["items"]:
            for condition in item.get("status", {}).get("conditions", []):
                if condition["type"] == "ReplicaFailure" and VIOLATES in condition["message"]:
                    return
        if cluster.pods(namespace):
            break
        time.sleep(0.2)
    raise Failed("the plain manifest's pod is not refused")


def answers(cluster, row, namespace, within):
    """Waits until the pod is ready and its Service answers; else why not."""
    deadline = time.monotonic() + within
    said = "no pod is made"
    while time.monotonic() < deadline:
        pods = cluster.pods(namespace)
        if pods and is_ready(pods[0]):
            # The Service's rules follow within a second.
            for _ in range(8):
                said = cluster.ask(row, namespace)
                if re.search(row["answer"], said):
                    return
                time.sleep(0.4)
            raise Failed(f"answers what is not {row['answer']!r}: {last_words(said) or 'nothing'}")
        if pods:
            said = "the pod does not become ready"
            wrong = complaint(cluster, pods[0])
            if wrong:
                raise Failed(last_words(wrong))
        time.sleep(0.5)
    raise Failed(said)


def fails(cluster, row, namespace, says):
    """Waits until the pod shows that it does not work, in the words `says`."""
    deadline = time.monotonic() + (WITHIN_TODAY if "today" in row else BROKEN_WITHIN)
    runs_since, said = None, ""
    while time.monotonic() < deadline:
        pods = cluster.pods(namespace)
        wrong = complaint(cluster, pods[0]) if pods else None
        if wrong:
            said = wrong
        elif pods and is_ready(pods[0]):
            said = cluster.ask(row, namespace)
            if re.search(row["answer"], said):
                raise Failed("works all the same")
        elif pods and pods[0]["status"].get("phase") == "Running":
            runs_since = runs_since or time.monotonic()
            if time.monotonic() > runs_since + NEVER_READY_AFTER:
                said = f"{log_of(cluster, pods[0])}\nthe pod does not become ready"
        if said and re.search(says, said):
            return
        time.sleep(0.5)
    raise Failed(f"does not say {says!r}, but: {last_words(said)}")


def objects(cluster, manifest):
    """The objects of a manifest, as JSON."""
    text, _ = cluster.kubectl("create", "--dry-run=client", "--validate=false", "-o", "json", "-f", str(manifest))
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        while at < len(text) and text[at].isspace():
            at += 1
    found = [item for value in found for item in (value["items"] if value["kind"] == "List" else [value])]
    for item in found:
        item["metadata"].pop("namespace", None)
    return found


def leave_out(items, what):
    """Takes out of the workload among the objects what a row names; it must be there."""
    pod = next(item for item in items if "template" in item.get("spec", {}))["spec"]["template"]["spec"]
    container = pod["containers"][0]
    if what == "uid":
        container["securityContext"].pop("runAsUser")
        container["securityContext"].pop("runAsGroup", None)
    elif what in ("sysctl", "fsGroup"):
        pod["securityContext"].pop("sysctls" if what == "sysctl" else what)
    elif what.startswith("/"):
        mount = next(mount for mount in container["volumeMounts"] if mount["mountPath"] == what)
        container["volumeMounts"].remove(mount)
        pod["volumes"] = [volume for volume in pod["volumes"] if volume["name"] != mount["name"]]
    else:
        name, _, value = what.partition("=")
        variable = next(variable for variable in container["env"] if variable["name"] == name)
        container["env"].remove(variable)
        if value:
            container["env"].append({"name": name, "value": value})


class Row:
    def __init__(self, cluster, program, folder):
        self.cluster, self.program, self.folder = cluster, program, folder
        self.name = folder.name
        self.row = tomllib.loads((folder / "row.toml").read_text())
        self.work = cluster.temp / "rows" / self.name
        self.work.mkdir(parents=True)
        self.seconds = 0.0

    def fix(self, flags, name):
        """What `fix` makes of the manifest; its summary."""
        run = subprocess.run([self.program, "fix", "--stdout", *flags, "-f", self.folder / "manifest.yaml"],
                             capture_output=True, text=True)
        if run.returncode:
            raise Failed(f"fix: {run.stderr.strip()}")
        out = self.work / name
        out.write_text(run.stdout)
        return out, run.stderr

    def namespace(self, name, restricted=True):
        self.cluster.namespace(name, restricted)
        if self.row.get("secret"):
            crt, key = self.work / f"{name}.crt", self.work / f"{name}.key"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                            "-subj", "/CN=web", "-keyout", key, "-out", crt], check=True, capture_output=True)
            self.cluster.kubectl("create", "secret", "tls", "certificate", "-n", name, f"--cert={crt}", f"--key={key}")

        if self.row.get("claim"):
            path = self.work / f"{name}-volume"
            path.mkdir()
            node = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["node"]}]}
            self.cluster.kubectl("create", "-f-", stdin=json.dumps({
                "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
                "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "local": {"path": str(path)},
                         "claimRef": {"namespace": name, "name": "data"},
                         "nodeAffinity": {"required": {"nodeSelectorTerms": [node]}}}}))

    def runs_plain(self):
        namespace = f"{self.name}-0"
        self.namespace(namespace, restricted=False)
        self.cluster.kubectl("apply", "-n", namespace, "-f", str(self.folder / "manifest.yaml"))
        try:
            answers(self.cluster, self.row, namespace, READY_WITHIN)
        except Failed as wrong:
            raise Failed(f"internal: the plain manifest does not run: {wrong}") from None

    def works(self):
        self.namespace(self.name)
        self.cluster.kubectl("apply", "-n", self.name, "-f", str(self.folder / "manifest.yaml"))
        refused(self.cluster, self.name)
        fixed, summary = self.fix(self.row.get("flags", []), "fixed.yaml")
        if "told" in self.row and not re.search(self.row["told"], summary):
            raise Failed(f"fix does not tell {self.row['told']!r}, but: {summary}")
        _, warnings = self.cluster.kubectl("apply", "-n", self.name, "-f", str(fixed))
        if "Warning" in warnings:
            raise Failed(warnings.strip())
        answers(self.cluster, self.row, self.name, WITHIN_TODAY if "today" in self.row else READY_WITHIN)

    def without(self, number, what, says):
        namespace = f"{self.name}-{number}"
        flags = [] if what == "flags" else self.row.get("flags", [])
        fixed, _ = self.fix(flags, f"fixed-{number}.yaml")
        items = objects(self.cluster, fixed)
        if what == "configmap":
            old = [item for item in objects(self.cluster, self.folder / "manifest.yaml") if item["kind"] == "ConfigMap"]
            new = [item for item in items if item["kind"] == "ConfigMap"]
            if old == new:
                raise Failed("no ConfigMap is changed")
            items = [item for item in items if item["kind"] != "ConfigMap"] + old
        elif what != "flags":
            try:
                leave_out(items, what)
            except (KeyError, StopIteration) as absent:
                raise Failed(f"without {what}: it is not there") from absent
        self.namespace(namespace)
        self.cluster.kubectl("apply", "-n", namespace, "-f-",
                             stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        try:
            fails(self.cluster, self.row, namespace, says)
        except Failed as wrong:
            raise Failed(f"without {what}: {wrong}") from None

    def run(self):
        """None, or why the row fails."""
        start = time.monotonic()
        tasks = [self.works] + [lambda n=number, w=item: self.without(n, w["what"], w["says"])
                                for number, item in enumerate(self.row["without"], 1)]
        wrong, spaces = [], [self.name] + [f"{self.name}-{number}" for number in range(len(tasks))]
        if self.row.get("plain", True):
            tasks.append(self.runs_plain)
        with concurrent.futures.ThreadPoolExecutor(len(tasks)) as pool:
            for future in [pool.submit(task) for task in tasks]:
                try:
                    future.result()
                except Failed as failed:
                    wrong.append(str(failed))
                except Exception as failed:  # a bug of ours must not look like a row that is expected to fail
                    wrong.append(f"internal: {failed!r}")
        # Room for the next row: nothing waits for this.
        try:
            self.cluster.kubectl("delete", "namespace", "--wait=false", "--ignore-not-found", *spaces)
        except Failed:
            pass
        self.seconds = time.monotonic() - start
        return "\n".join(wrong) or None


def line(row, verdict):
    """What the README's table says of a row."""
    flags = "".join(f", `{flag}`" for flag in row.row.get("flags", []))
    service = (row.folder / "manifest.yaml").read_text().partition("kind: Service")[2]
    ports = ", ".join(re.findall(r"\bport: (\d+)", service))
    names = {"uid": "UID", "sysctl": "sysctl", "configmap": "change of the ConfigMap", "flags": "flag"}
    without = ", ".join(names.get(item["what"]) or f"`{item['what'].partition('=')[0]}`" for item in row.row["without"])
    return f"| {row.row['title']}{flags} | {ports if verdict == 'ok' else 'not yet'} | {without} |"


def readme_is_stale(source, rows, verdicts):
    """Compares the table in README.md with what was seen, or writes it where UPDATE=1. A row that was skipped stands."""
    path = pathlib.Path(source) / "README.md"
    text = path.read_text()
    head, mark, rest = text.partition("<!-- tests/cluster -->\n")
    if not mark:
        return "README.md has no <!-- tests/cluster -->"
    old, _, tail = rest.partition("\n\n")
    stands = {item.partition(" | ")[0]: item for item in old.splitlines()[2:]}
    new = ["| | answers on | and does not without its |", "|---|---|---|"]
    for row in rows:
        seen = line(row, verdicts[row.name])
        new.append(stands.get(seen.partition(" | ")[0], seen) if verdicts[row.name] == "skip" else seen)
    if old.splitlines() == new:
        return None
    if os.environ.get("UPDATE") == "1":
        path.write_text(head + mark + "\n".join(new) + "\n\n" + tail)
        return None
    return "the table in README.md is stale; it is written anew by UPDATE=1 tests/cluster/run.sh KUBECTL-HARDEN ."


def main(temp, kubernetes, root, program, source, *names):
    cluster = Cluster(temp, kubernetes, root)
    images = subprocess.run(["ctr", "-a", f"{temp}/containerd/socket", "-n", "k8s.io", "images", "ls", "-q"],
                            capture_output=True, text=True, check=True).stdout.split()
    rows = [Row(cluster, program, folder) for folder in sorted((HERE / "rows").iterdir())
            if not names or folder.name in names]
    lock = threading.Lock()
    counts = {"ok": 0, "FAIL": 0, "not yet": 0, "skip": 0}
    verdicts = {}

    def run(row):
        missing = [image for image in re.findall(r"image: (\S+)", (row.folder / "manifest.yaml").read_text())
                   if image not in images and "docker.io/library/" + image not in images]
        why = None if missing else row.run()
        today = row.row.get("today")
        if missing:
            verdict, why = "skip", f"image {missing[0]} could not be made: its parts are not here"
        elif today and not why:
            verdict, why = "FAIL", f"works now: take `today` out of {row.name}/row.toml"
        elif today and "internal: " not in why:
            verdict = "not yet"
        else:
            verdict = "FAIL" if why else "ok"
        with lock:
            counts[verdict] += 1
            verdicts[row.name] = verdict
            print(f"{verdict:8}{row.name:24}{row.seconds:5.1f} s  {row.row['title']}", flush=True)
            for line in (why or "").splitlines():
                print("        " + line, flush=True)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(run, rows))
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    waiting = [f"  {row.name}: {row.row['today']}" for row in rows if verdicts[row.name] == "not yet"]
    if waiting:
        print("\n".join(["expected to fail today:"] + waiting))
    stale = None if names else readme_is_stale(source, rows, verdicts)
    if stale:
        print("FAIL    " + stale)
    return 1 if counts["FAIL"] or stale else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
