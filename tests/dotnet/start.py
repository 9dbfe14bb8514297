# SPDX-License-Identifier: Apache-2.0
"""Starts ASP.NET Core as a manifest says, before and after it is fixed: start.py KUBECTL-HARDEN FOLDER ROOT VERSION...

Each start has a network of its own, in which the fixed program has no right to a port below 1024, as in a pod: what
was not moved, and not allowed by the sysctl, ends with "Permission denied". ROOT is no where this user is not root; then
that is not tried, and only the ports are compared. VERSION is 8 or 10: a .NET that is in FOLDER, as parts.sh makes it.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

from cases import APP, CASES, NEW, OLD

program, folder, root = sys.argv[1], sys.argv[2], sys.argv[3] == "yes"
versions = [int(text) for text in sys.argv[4:]]
SYSCTL = "net.ipv4.ip_unprivileged_port_start"
IMAGES = {APP: {}, OLD: {"ASPNETCORE_URLS": "http://+:80"}, NEW: {"ASPNETCORE_HTTP_PORTS": "8080"}}


# ---- manifests, as JSON: read and written with what Python has ----

def variable(name, value):
    return {"name": name, "valueFrom": value} if isinstance(value, dict) else {"name": name, "value": value}


def port_of(text):
    number, _, name = text.partition(" ")
    return {"containerPort": int(number), **({"name": name} if name else {})}


def manifest(case):
    ports = [port_of(text) for text in case.get("ports", ["80"])]
    container = {"name": "web", "image": case.get("image", APP), "ports": ports}
    if case.get("args"):
        container["args"] = case["args"]
    if case["env"]:
        container["env"] = [variable(*pair) for pair in case["env"].items()]
    if case.get("env_from"):
        container["envFrom"] = [{"configMapRef": {"name": name}} for name in case["env_from"]]
    if case.get("mounts"):
        container["volumeMounts"] = [{"name": name, "mountPath": "/app/appsettings.json", "subPath": "appsettings.json"}
                                     for name in case["mounts"]]
    spec = {"containers": [container]}
    if case.get("mounts"):
        spec["volumes"] = [{"name": name, "configMap": {"name": name}} for name in case["mounts"]]
    items = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
             for name, data in case.get("configs", {}).items()]
    items.append({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
                  "spec": {"selector": {"matchLabels": {"app": "web"}},
                           "template": {"metadata": {"labels": {"app": "web"}}, "spec": spec}}})
    items.append({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
                  "spec": {"selector": {"app": "web"},
                           "ports": [{"name": f"p{port['containerPort']}", "port": port["containerPort"]}
                                     for port in ports if port["containerPort"] < 1024]}})
    return {"apiVersion": "v1", "kind": "List", "items": items}


def fix(objects, options):
    run = subprocess.run([program, "fix", "--stdout", "-f", "-", *options], input=json.dumps(objects, indent=2),
                         capture_output=True, text=True, check=False)
    if run.returncode:
        raise ValueError(f"fix: {run.stderr}")
    return json.loads(run.stdout)


# ---- a container of a manifest ----

class Container:
    """What the manifest gives to the program."""

    def __init__(self, objects, secrets):
        items = {(item["kind"], item["metadata"]["name"]): item for item in objects["items"]}
        self.configs = {name: item["data"] for (kind, name), item in items.items() if kind == "ConfigMap"}
        self.spec = items["Deployment", "web"]["spec"]["template"]["spec"]
        self.container = self.spec["containers"][0]
        self.service = items["Service", "web"]["spec"]["ports"]
        self.env = {}
        for source in self.container.get("envFrom", []):
            self.env.update(self.configs[source["configMapRef"]["name"]])
        for item in self.container.get("env", []):
            self.env[item["name"]] = item.get("value", "")
            if "valueFrom" in item:
                (kind, reference), = item["valueFrom"].items()
                self.env[item["name"]] = (secrets[reference["name"]] if kind == "secretKeyRef"
                                          else self.configs[reference["name"]][reference["key"]])

    def files(self):
        volumes = {volume["name"]: volume for volume in self.spec.get("volumes", [])}
        for mount in self.container.get("volumeMounts", []):
            if "subPath" in mount:
                yield mount["subPath"], self.configs[volumes[mount["name"]]["configMap"]["name"]][mount["subPath"]]

    def sysctl(self):
        return [item["value"] for item in self.spec.get("securityContext", {}).get("sysctls", []) if item["name"] == SYSCTL]

    def targets(self):
        """The ports of the pod to which the Service leads."""
        named = {port["name"]: port["containerPort"] for port in self.container["ports"] if "name" in port}
        for port in self.service:
            target = port.get("targetPort", port["port"])
            yield named.get(target, target)


# ---- starting it ----

def listening(pid):
    """The ports on which a process of this user listens."""
    sockets = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            sockets.add(os.readlink(f"/proc/{pid}/fd/{name}"))
        except OSError:
            pass
    ports = set()
    for table in ("tcp", "tcp6"):
        with open(f"/proc/{pid}/net/{table}", encoding="ascii") as file:
            for line in list(file)[1:]:
                fields = line.split()
                if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                    ports.add(int(fields[1].split(":")[1], 16))
    return sorted(ports)


def start(container, case, version, fixed):
    work = os.path.join(folder, "work")
    shutil.rmtree(work, ignore_errors=True)
    os.mkdir(work)
    os.chmod(work, 0o755)
    for name, text in container.files():
        with open(os.path.join(work, name), "w", encoding="utf-8") as file:
            file.write(text)
    env = {"PATH": os.environ["PATH"], "HOME": "/tmp", "DOTNET_ROOT": os.path.join(folder, "dotnet-10"),
           **IMAGES[case.get("image", APP)], **case.get("program", {}), **container.env}
    env = {name: value.replace("/https/", folder + "/") for name, value in env.items()}
    app = ([os.path.join(folder, "webapp-8", "webapp")] if version == 8 else
           [os.path.join(folder, "dotnet-10", "dotnet"), os.path.join(folder, "webapp-10", "webapp.dll")])
    command = ["unshare", "--net"] if root else ["unshare", "--user", "--map-root-user", "--net"]
    command += ["sh", "-c", 'ip link set lo up 2>/dev/null; [ -z "$1" ] || echo "$1" >/proc/sys/net/ipv4/'
                'ip_unprivileged_port_start; shift; exec "$@"', "sh", "".join(container.sysctl())]
    if fixed and root:
        command += ["setpriv", "--reuid=1654", "--regid=1654", "--clear-groups"]
    log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
    process = subprocess.Popen(command + app + container.container.get("args", []), cwd=work, env=env, stdout=log,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
        for _ in range(600):
            time.sleep(0.05)
            log.seek(0)
            text = log.read()
            if "Application started" in text:
                return listening(process.pid), text
            if process.poll() is not None:
                return f"ended with {process.returncode}", text
        return "did not start", text
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        log.close()


# ---- a case ----

def added(before, after):
    names = {item["name"] for item in before.container.get("env", [])}
    return {item["name"]: item["value"] for item in after.container.get("env", []) if item["name"] not in names}


def try_case(case, version):
    secrets = case.get("secrets", {})
    objects = manifest(case)
    before, after = Container(objects, secrets), Container(fix(objects, case.get("options", [])), secrets)
    if added(before, after) != case["adds"]:
        return f"adds {added(before, after)}"
    ports, log = start(before, case, version, False)
    if ports != case["before"]:
        return f"before: {ports}\n{log}"
    ports, log = start(after, case, version, True)
    if ports != case["after"]:
        return f"after: {ports}\n{log}"
    if case.get("low", False) != bool(after.sysctl()):
        return f"the sysctl is {after.sysctl()}"
    led = set(before.targets()) & set(case["before"])
    if len(set(after.targets()) & set(ports)) != len(led):
        return f"the Service leads to {list(after.targets())}, it listens on {ports}"
    return None


def main():
    wanted = re.compile(os.environ.get("KUBECTL_HARDEN_DOTNET_CASES", ""))
    failed = tried = 0
    for case in CASES:
        for version in case.get("versions", (8, 10)):
            if version not in versions or not wanted.search(case["name"]):
                continue
            wrong = try_case(case, version)
            tried += 1
            if wrong:
                failed += 1
                print(f"wrong: .NET {version}, {case['name']}: {wrong}")
    print(f"{tried} starts of .NET {' and '.join(map(str, versions))} compared, {failed} wrong")
    sys.exit(1 if failed or not tried else 0)


main()
