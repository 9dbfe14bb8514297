# SPDX-License-Identifier: Apache-2.0
"""patch.py REPORT BEFORE AFTER: the operations of a JSON report, applied to what Kubernetes reads of a file (BEFORE,
as `judge yaml2json` prints it), make what it reads of the hardened file (AFTER). Prints ok, or what differs."""
import json
import sys


def documents(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) if line.strip() else None for line in file]


def without_definitions(document):
    """What stands below a root key x-… is there to be shared; Kubernetes has no such field, and operations are its."""
    if not isinstance(document, dict):
        return document
    return {key: value for key, value in document.items() if not key.startswith("x-")}


def find(objects, finding):
    """The object of a finding: the document, or the item of a list that has its kind and name."""
    document = objects[finding["document"]]
    if "item" not in finding:
        return document
    item, wanted = document["items"][finding["item"]], finding["object"]

    def is_it(candidate):
        metadata = candidate.get("metadata") or {}
        return not isinstance(candidate.get("items"), list) and metadata.get("name", "") == wanted["name"]

    while not is_it(item):
        item = next(inner for inner in item["items"] if isinstance(inner.get("items"), list) or is_it(inner))
    return item


def step(value, token):
    return value[int(token)] if isinstance(value, list) else value[token]


def apply(target, operation):
    """RFC 6902, as strict as it is: what is replaced or removed must be there."""
    tokens = [token.replace("~1", "/").replace("~0", "~") for token in operation["path"].split("/")[1:]]
    for token in tokens[:-1]:
        target = step(target, token)
    last, op = tokens[-1], operation["op"]
    if isinstance(target, list):
        index = len(target) if last == "-" else int(last)
        if op == "add":
            assert index <= len(target)
            target.insert(index, operation["value"])
        elif op == "remove":
            del target[index]
        else:
            target[index] = operation["value"]
        return
    if op != "add":
        assert last in target, f"{operation['path']} is not there"
    if op == "remove":
        del target[last]
    else:
        target[last] = operation["value"]


report, before, after = sys.argv[1:]
with open(report, encoding="utf-8") as file:
    findings = json.load(file)["findings"]
objects, wanted = documents(before), documents(after)
operations = 0
for finding in findings:
    for operation in finding.get("operations", []):
        apply(find(objects, finding), operation)
        operations += 1
for number, (got, want) in enumerate(zip(objects, wanted, strict=True)):
    if without_definitions(got) != without_definitions(want):
        print(f"document {number}: the operations make {json.dumps(got)}")
        print(f"document {number}: fix makes            {json.dumps(want)}")
        sys.exit(1)
print(f"ok {operations}")
