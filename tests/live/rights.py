#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rights.py check|fix: prints the rules of examples/rbac/*.yaml for custom resources, from schemas/kinds.yaml and
schemas/ports.yaml. test_rbac.py compares them with the files.

check reads every kind that holds pods, or that may name a pod's port. fix changes of the former those whose pods are
edited and may be changed, and of the latter those whose ports it moves or widens.
"""
import collections
import pathlib
import re
import sys

SCHEMAS = pathlib.Path(__file__).resolve().parents[2] / "schemas"
# Groups of Kubernetes itself, whose rules are written by hand; "extensions" has none of these kinds any more.
BUILT_IN = {"", "apps", "batch", "extensions", "networking.k8s.io", "discovery.k8s.io"}
# What is not the kind in small letters and in the plural: as its CRD has it.
PLURALS = {"HiveMQPlatform": "hivemq-platforms", "GatewayClassParameters": "gatewayclassparameters",
           "Endpoints": "endpoints"}


def plural(kind):
    """The resource of a kind, which code generators for CRDs make like that."""
    word = kind.lower()
    if kind in PLURALS:
        return PLURALS[kind]
    if word.endswith(("s", "ch", "x", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def rows(file, start):
    """Rows of a schema: dicts of its scalars and flow lists, enough for what is asked here."""
    text = (SCHEMAS / file).read_text()
    text = re.sub(r"(?m)^ *#.*\n", "", text[text.index(start):])
    for row in re.split(r"(?m)^- ", text)[1:]:
        found = {}
        for name, value in re.findall(r"(?ms)^(?:  )?([a-z-]+):[ \n]*(.*?)(?=^  [a-z-]+:|\Z)", row):
            if value.startswith("["):
                value = [item.strip().strip('"') for item in value[1:value.index("]")].split(",")]
            found[name] = value.strip() if isinstance(value, str) else value
        yield found


def kinds():
    """(group, kind, row) of schemas/kinds.yaml."""
    for row in rows("kinds.yaml", "\nkinds:"):
        for group in row["groups"]:
            for kind in row["kinds"]:
                yield group, kind, row


def moved():
    """(group, kind) of what has ports that are moved or widened."""
    return {(group, kind) for row in rows("ports.yaml", "\nreferences:") if row.get("do") in ("move", "widen")
            for group in row.get("groups", []) for kind in row.get("kinds", [])}


def holds_pods(row):
    return "pod" in row or "pods" in row or "note" in row


def is_read(row):
    """Whether check looks at such objects."""
    return holds_pods(row) or bool({"service", "names-port", "config", "namespace"} & set(row.get("is", [])))


def is_changed(group, kind, row):
    """Whether fix may change such objects."""
    edited = holds_pods(row) and "note" not in row and "immutable" not in row.get("is", [])
    return edited or (group, kind) in moved()


def rules(what):
    """group → resources, of custom resources."""
    found = collections.defaultdict(set)
    for group, kind, row in kinds():
        if group not in BUILT_IN and (is_read(row) if what == "check" else is_changed(group, kind, row)):
            found[group].add(plural(kind))
    # Groups with the same resources are one rule.
    merged = collections.defaultdict(list)
    for group, resources in sorted(found.items()):
        merged[tuple(sorted(resources))].append(group)
    return [(groups, list(resources)) for resources, groups in merged.items()]


def text(what):
    """As YAML."""
    verbs = "get, list" if what == "check" else "patch"
    return "".join(f"- apiGroups: [{', '.join(groups)}]\n{wrapped(resources)}  verbs: [{verbs}]\n"
                   for groups, resources in rules(what))


def wrapped(resources):
    lines = ["  resources: ["]
    for position, resource in enumerate(resources):
        word = resource + ("]" if position == len(resources) - 1 else ", ")
        if len(lines[-1]) + len(word.rstrip()) > 118:
            lines[-1] = lines[-1].rstrip()
            lines.append(" " * len("  resources: ["))
        lines[-1] += word
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] not in (["check"], ["fix"]):
        sys.exit("usage: rights.py check|fix")
    print(text(sys.argv[1]), end="")
