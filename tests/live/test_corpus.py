#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_corpus.py KUBECTL-HARDEN TEMPLATES: what a real API server says to the pod of every workload of the fixtures, the
examples and $KUBECTL_HARDEN_CORPUS, before fix and after it, in a namespace that enforces and warns of "restricted".

Before, it is refused unless there was nothing to do. After, it is accepted without a warning, but for what
`kubectl harden check` reports as left: each reason that the server gives is a check of it. Pods are created by a dry run of the server. What it would not take at all (a
fixture with nonsense in it) says nothing, and is counted.
"""
import collections
import concurrent.futures
import sys
import threading

from live import *

# Names of what is not in the cluster, and what the server itself fills in.
ELSEWHERE = ("priorityClassName", "priority", "preemptionPolicy", "runtimeClassName", "overhead", "resourceClaims",
             "serviceAccount", "serviceAccountName", "nodeName", "schedulingGates")
# What the server calls the checks of Pod Security (k8s.io/pod-security-admission/policy, ForbiddenReason).
REASONS = {
    "allowPrivilegeEscalation != false": "allowPrivilegeEscalation",
    "forbidden AppArmor profile": "appArmorProfile",
    "forbidden AppArmor profiles": "appArmorProfile",
    "non-default capabilities": "capabilities_baseline",
    "unrestricted capabilities": "capabilities_restricted",
    "host namespaces": "hostNamespaces",
    "hostPath volumes": "hostPathVolumes",
    "hostPort": "hostPorts",
    "probe or lifecycle host": "hostProbesAndHostLifecycle",
    "privileged": "privileged",
    "procMount": "procMount",
    "restricted volume types": "restrictedVolumes",
    "runAsNonRoot != true": "runAsNonRoot",
    "runAsUser=0": "runAsUser",
    "seccompProfile": "seccompProfile_restricted",
    "seLinuxOptions": "seLinuxOptions",
    "forbidden sysctls": "sysctls",
    "hostProcess": "windowsHostProcess",
}
TEMPLATES = sys.argv.pop(2) if len(sys.argv) > 2 else ""
_threads = threading.local()


def judge():
    """The program that reads YAML as kubectl does."""
    run = Run([str(SOURCE / "tests/judge/build.sh"), "judge"], limit=1800)
    if run.code == 77:
        skip(run.err)
    return run.expect(0).out.strip()


def walk(value, path):
    """What a path of schemas/kinds.yaml leads to."""
    if not path:
        return [value] if isinstance(value, dict) else []
    step, _, rest = path.partition(".")
    if step.startswith("{"):
        step, _, rest = path.partition("}")
        steps, rest = step[1:].split(","), rest.removeprefix(".")
    else:
        steps = [step]
    found = []
    for step in steps:
        name, each, condition = re.fullmatch(r"([^\[?!]*)(\[\*\])?((?:[?!].*)?)", step).groups()
        inner = value.get(name) if isinstance(value, dict) else None
        inner = (inner.values() if isinstance(inner, dict) else inner or []) if each else [inner]
        for one in inner:
            if condition and (condition[1:] in (one or {})) != (condition[0] == "?"):
                continue
            found += walk(one, rest)
    return found


def pods(documents, paths):
    """((document, item, number), pod) for each pod template."""
    for number, document in enumerate(documents):
        if not isinstance(document, dict):
            continue
        items = document["items"] if str(document.get("kind", "")).endswith("List") else [document]
        for position, item in enumerate(items if isinstance(items, list) else []):
            if not isinstance(item, dict):
                continue
            group = str(item.get("apiVersion", "")).rpartition("/")[0]
            templates = [t for path in paths.get((group, item.get("kind")), []) for t in walk(item, path)]
            for index, template in enumerate(templates):
                yield (number, position, index), pod_of(item, template)


def pod_of(item, template):
    """As its controller would make it."""
    spec = json.loads(json.dumps(template.get("spec") or {}))
    if not isinstance(spec, dict):
        return None
    for name in ELSEWHERE:
        spec.pop(name, None)
    owner = item.get("spec")
    claims = owner.get("volumeClaimTemplates") if isinstance(owner, dict) else None
    for claim in claims if isinstance(claims, list) else []:
        name = ((claim or {}).get("metadata") or {}).get("name", "")
        if name not in [v.get("name") for v in spec.get("volumes") or []]:
            spec["volumes"] = (spec.get("volumes") or []) + [{"name": name, "persistentVolumeClaim": {"claimName": name}}]
    metadata = template.get("metadata")
    kept = {key: metadata.get(key) for key in ("labels", "annotations")} if isinstance(metadata, dict) else {}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {**kept, "generateName": "pod-"}, "spec": spec}


def ask(pod):
    """What the server says: "accepted", "refused" or "invalid"; its message; its warnings."""
    if not hasattr(_threads, "api"):
        _threads.api = Api()
    answer = _threads.api.request("POST", "/api/v1/namespaces/corpus/pods?dryRun=All", pod)
    message = answer.json.get("message", "") if answer.json else answer.text
    if answer.status == 201:
        return "accepted", "", answer.warnings
    if answer.status == 403 and "violates PodSecurity" in message:
        return "refused", message, answer.warnings
    return "invalid", message, answer.warnings


def read(program, text=None, file=None):
    """The documents of YAML text, or of a file; None for one that cannot be read."""
    run = Run([program, "yaml2json", file or "-"], stdin=text)
    return [json.loads(line) if line else None for line in run.out.splitlines()]


def reported(text, where):
    """{(document, item)} of which check says that something is left, or that it did not look."""
    run = harden("check", "--profile=restricted", "--fail-on=never", "-o", "name-checks", "-f", "-", stdin=text, cwd=where)
    run.expect((0, 1, 2))
    found = collections.defaultdict(list)
    for line in run.out.splitlines():
        _, number, position, _, check = line.split("\t")
        found[int(number), int(position) if int(number) >= 0 else -1].append(check)
    return found


def reasons(message):
    """The checks that the message of a refusal names."""
    text = ", " + message.partition('violates PodSecurity "')[2].partition(": ")[2]
    named = set(re.findall(r', ([^(,"]+) \(', text))
    expect(named and named <= REASONS.keys(), f"unknown reasons {named - REASONS.keys()} in {message}")
    return {REASONS[name] for name in named}


def said(told):
    """Those checks as a refusal has them: a check of both levels is one, and a pod in the node's network has each of its
    ports as a hostPort, by the server's own defaults."""
    checks = {check.removesuffix("_restricted") if check.startswith("procMount") else check for check in told}
    return checks | {"hostPorts"} if "hostNamespaces" in checks else checks


def compare(file, program, paths):
    """(counts, what is wrong) of one manifest."""
    counts, wrong = collections.Counter(), []
    before = dict(pods(read(program, file=str(file)), paths))
    if not before:
        return counts, wrong
    run = harden("fix", "--stdout", "-q", "-f", str(file), cwd=file.parent)
    if run.code not in (0, 1):
        return counts, [f"{file}: {run}"]
    after = dict(pods(read(program, text=run.out), paths))
    left = reported(run.out, file.parent)
    for key, pod in before.items():
        verdict, _, old_warnings = ask(pod)
        if verdict == "invalid" or key not in after:
            counts["invalid"] += 1
            continue
        counts[f"{verdict} before"] += 1
        verdict, message, warnings = ask(after[key])
        told = left.get(key[:2], []) + left.get((key[0], -1), []) + left.get((-1, -1), [])
        where = f"{file} document {key[0]} item {key[1]} pod {key[2]}"
        counts[f"{verdict} after"] += 1
        if verdict == "invalid":
            wrong.append(f"{where}: no longer valid: {message}")
        elif verdict == "refused" and any(check.startswith("(") for check in told):
            counts["not looked at, and told"] += 1
        elif verdict == "refused" and not reasons(message) <= said(told):
            wrong.append(f"{where}: refused, and only {told} is reported: {message}")
        elif verdict == "refused":
            counts["reported as left"] += 1
        elif set(warnings) - set(old_warnings):
            wrong.append(f"{where}: accepted with a warning: {warnings}")
    return counts, wrong


@test
def every_workload_is_accepted():
    namespace("corpus", "restricted")
    paths = {}
    for line in Run([TEMPLATES, "paths"]).expect(0).out.splitlines():
        group, kind, path = line.split("\t")
        paths.setdefault((group, kind), []).append(path)
    program = judge()
    folders = [SOURCE / "tests/fixtures", SOURCE / "examples"]
    if "KUBECTL_HARDEN_CORPUS" in os.environ:
        folders.append(pathlib.Path(os.environ["KUBECTL_HARDEN_CORPUS"]))
    files = sorted(file.resolve() for folder in folders for ending in ("yaml", "yml", "json")
                   for file in folder.rglob(f"*.{ending}"))
    counts, wrong = collections.defaultdict(collections.Counter), []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, (one, errors) in zip(files, pool.map(lambda file: compare(file, program, paths), files)):
            counts["our own" if SOURCE in file.parents else "corpus"] += one
            wrong += errors
    for name, one in sorted(counts.items()):
        print(f"pods, {name}: " + ", ".join(f"{n} {what}" for what, n in sorted(one.items())))
    expect(not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong[:20]))
    for one in counts.values():
        expect(one["refused before"] > 100 and one["accepted after"] > 100, "too few say anything")


main()
