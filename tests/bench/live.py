#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""live.py KUBECTL-HARDEN [N [NAMESPACES]]: how long `check` of N (10,000) Deployments in so many (20) namespaces of a
cluster takes and how much memory, beside `kubectl get deployments -A -o yaml` of the same server, which is left out
where it would take tens of gigabytes:

    meson compile -C build bench-live
    tests/live/plane.sh python3 tests/bench/live.py build/kubectl-harden/kubectl-harden 100000 100

Figures, not a test. plane.sh starts the server; each is run three times, and the fastest run counts.
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "live"))
import live  # noqa: E402

KUBECTL_MOST = 20000


def deployment(number):
    labels = {"app": f"web-{number}"}
    return {"metadata": {"name": f"web-{number}", "labels": labels}, "spec": {
        "replicas": 2, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {
            "containers": [{"name": "web", "image": "registry.example/web:1.4", "ports": [{"containerPort": 8080}],
                            "env": [{"name": "LEVEL", "value": "info"}, {"name": "NUMBER", "value": str(number)}],
                            "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
                            "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}}}]}}}}


def fill(where, numbers):
    api = live.Api()
    for number in numbers:
        api.post(f"/apis/apps/v1/namespaces/{where}/deployments", deployment(number))


def measure(name, arguments):
    """Prints seconds by the clock, processor seconds of the client, and its memory."""
    best = None
    for _ in range(3):
        with open(os.devnull, "wb") as nothing:
            start = time.monotonic()
            process = subprocess.Popen(arguments, stdout=nothing, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
            err = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            sys.exit(f"{name} fails: {err.decode()}")
        found = (time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
        best = min(best or found, found)
    print(f"{name:42} {best[0]:6.2f} s  {best[1]:6.2f} s of processor  {best[2]:7.1f} MiB", flush=True)


def main():
    program = sys.argv[1]
    n, namespaces = [int(number) for number in sys.argv[2:]] + [10000, 20][len(sys.argv) - 2:]
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(fill, live.namespace(f"bench-{i}"), range(i, n, namespaces)) for i in range(namespaces)]:
            done.result()
    print(f"{n} Deployments in {namespaces} namespaces, made in {time.monotonic() - start:.0f} s")
    if n <= KUBECTL_MOST:
        measure("kubectl get deployments -A -o yaml", ["kubectl", "get", "deployments", "-A", "-o", "yaml"])
        measure("kubectl get deployments -A -o json", ["kubectl", "get", "deployments", "-A", "-o", "json"])
    measure("kubectl harden check deployments -A", [program, "check", "deployments", "-A"])
    measure("kubectl harden check -A", [program, "check", "-A"])
    measure("kubectl harden check deployments -A -o json", [program, "check", "deployments", "-A", "-o", "json"])


main()
