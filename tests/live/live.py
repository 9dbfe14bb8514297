# SPDX-License-Identifier: Apache-2.0
"""What the tests of live objects share. Each is a program that plane.sh runs, with kubectl-harden as its first argument
and, if only some are wanted, names of its tests; functions marked @test are its tests, run in their order:

    from live import *

    @test
    def forbidden_is_told():
        run = harden("check", "-A", kubeconfig="alice")
        run.expect(2, err="cannot list resource")

    main()

A test fails by an exception, of which Wrong is one that a person can read.
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import time
import traceback

__all__ = ["APPS", "PLANE", "SOURCE", "WORKING", "Api", "Run", "Wrong", "account_kubeconfig", "api", "controlled_by",
           "copy_of", "dead_group", "define", "deployment", "equal", "expect", "folder", "harden", "kubeconfig_with",
           "kubectl", "main", "make", "manifest", "namespace", "objects", "plugin_calls", "policy", "see", "server_url",
           "skip", "test", "within", "json", "os", "pathlib", "re", "subprocess", "time"]

PLANE = pathlib.Path(os.environ["PLANE"]) if "PLANE" in os.environ else None
SOURCE = pathlib.Path(__file__).resolve().parents[2]
TIME_LIMIT = 120  # seconds for one command: none hangs
APPS = "/apis/apps/v1/namespaces"
# Names of kubeconfigs.sh: each way of an administrator to come to the server.
WORKING = ["admin", "files", "token", "token-file", "exec-token", "exec-token-v1beta1", "exec-cert", "insecure", "other-name"]

tests = []


class Wrong(Exception):
    """What a test expected and did not find."""


def test(function):
    tests.append(function)
    return function


def expect(truth, text):
    """Fails with `text` unless `truth`."""
    if not truth:
        raise Wrong(text)


def equal(found, wanted, what="it"):
    expect(found == wanted, f"{what} is {found!r} instead of {wanted!r}")


def see(pattern, text, what="the text"):
    """Fails unless the regular expression is somewhere in the text."""
    expect(re.search(pattern, text, re.M), f"{what} has no {pattern!r}:\n{text}")


def skip(why):
    """Ends the program as skipped, or as failed where KUBECTL_HARDEN_REQUIRE=1."""
    print(why, file=sys.stderr)
    sys.exit(1 if os.environ.get("KUBECTL_HARDEN_REQUIRE") == "1" else 77)


def within(seconds, function, what):
    """What `function` returns once that is true."""
    end = time.monotonic() + seconds
    while not (found := function()):
        expect(time.monotonic() < end, f"not within {seconds} s: {what}")
        time.sleep(0.1)
    return found


# ---- programs ----

def short(text, most=4000):
    """Its beginning and its end where it is long."""
    return text if len(text) <= most else f"{text[:most // 2]}\n[...]\n{text[-most // 2:]}"


class Run:
    """A command that has ended: code, out, err (as text), said (see below) and seconds."""

    def __init__(self, arguments, stdin=None, environment=None, cwd=None, limit=TIME_LIMIT):
        start = time.monotonic()
        try:
            ended = subprocess.run(arguments, input=stdin, env=environment, cwd=cwd, capture_output=True, timeout=limit,
                                   text=True, errors="surrogateescape",
                                   **({"stdin": subprocess.DEVNULL} if stdin is None else {}))
        except subprocess.TimeoutExpired as late:
            printed = b"\n".join((late.stdout or b"", late.stderr or b"")).decode(errors="replace")
            raise Wrong(f"hangs: {arguments}\n{printed}") from None
        self.seconds = time.monotonic() - start
        self.arguments = [str(argument) for argument in arguments]
        self.code, self.out, self.err = ended.returncode, ended.stdout, ended.stderr
        # Without line breaks within a message.
        self.said = re.sub(r"\n  +", " ", self.err)

    def __str__(self):
        return f"$ {' '.join(self.arguments)}\n{short(self.out)}{short(self.err)}(exit code {self.code})"

    def fails(self, err):
        """Fails unless it ended as something that went wrong does, and said that."""
        expect(self.code > 1, f"exit code {self.code}, as if nothing were wrong:\n{self}")
        return self.expect(err=err)

    def expect(self, code=None, out=None, err=None, not_out=None, not_err=None):
        """Fails unless the exit code is this one (or one of these) and the regular expressions occur, or do not. On
        stderr they are looked for in messages without line breaks."""
        codes = code if isinstance(code, (tuple, list, set)) else (code,)
        expect(code is None or self.code in codes, f"exit code {self.code} instead of {code}:\n{self}")
        for pattern, text, name, wanted in ((out, self.out, "stdout", True), (err, self.said, "stderr", True),
                                            (not_out, self.out, "stdout", False), (not_err, self.said, "stderr", False)):
            if pattern is not None:
                found = re.search(pattern, text, re.M) is not None
                expect(found == wanted, f"{name} has {'no' if wanted else 'a'} {pattern!r}:\n{self}")
        return self


def kubeconfig_path(kubeconfig):
    """That of a name as kubeconfigs.sh has it, or a path."""
    if isinstance(kubeconfig, pathlib.Path):
        return str(kubeconfig)
    return str(PLANE / f"{kubeconfig}.kubeconfig")


def harden(*arguments, kubeconfig="admin", stdin=None, env=None, cwd=None, limit=TIME_LIMIT):
    """kubectl-harden, as that user (None: no KUBECONFIG); with nothing of the caller's settings, in an empty folder
    unless told one."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder()), "LC_ALL": "C.UTF-8", "TERM": "dumb",
                   "COLUMNS": "200", **({"KUBECONFIG": kubeconfig_path(kubeconfig)} if kubeconfig else {}), **(env or {})}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    return Run([PROGRAM, *arguments], stdin=stdin, environment=environment, cwd=cwd or folder(), limit=limit)


def kubectl(*arguments, kubeconfig="admin", stdin=None, code=0):
    """kubectl, which must end with this exit code (None: any)."""
    run = Run(["kubectl", "--kubeconfig", kubeconfig_path(kubeconfig), *arguments], stdin=stdin)
    return run.expect(code) if code is not None else run


def folder():
    """A folder of this program's own: empty but for what a test puts there."""
    path = PLANE / "work"
    path.mkdir(exist_ok=True)
    return path


# ---- the API ----

def server_url():
    """As kubeconfigs have it."""
    return (PLANE / "url").read_text().strip()


class Answer:
    """An answer of the API server: status, headers, text, and json (None where it is none)."""

    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.text = response.read().decode(errors="replace")
        try:
            self.json = json.loads(self.text)
        except ValueError:
            self.json = None

    @property
    def warnings(self):
        """Texts of its Warning headers."""
        return [re.sub(r'^299 \S+ "(.*)"$', r"\1", value).replace('\\"', '"')
                for value in self.headers.get_all("Warning", [])]


class Api:
    """Requests to the API server, as the administrator or with a token, over one connection."""

    def __init__(self, token=None):
        tls = ssl.create_default_context(cafile=PLANE / "pki/ca.crt")
        self.headers = {}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        else:
            tls.load_cert_chain(PLANE / "pki/admin.crt", PLANE / "pki/admin.key")
        self.connection = http.client.HTTPSConnection(server_url().removeprefix("https://"), context=tls, timeout=60)

    def request(self, method, path, body=None, kind="application/json", code=None):
        """`body` is what json.dumps() takes, or bytes. The status must be `code`, or one of those."""
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"] = kind
            body = body if isinstance(body, bytes) else json.dumps(body)
        self.connection.request(method, path, body, headers)
        answer = Answer(self.connection.getresponse())
        codes = code if isinstance(code, (tuple, set)) else (code,)
        expect(code is None or answer.status in codes, f"{method} {path}: {answer.status}\n{answer.text}")
        return answer

    def get(self, path):
        """The object or list at this path; None where there is none."""
        answer = self.request("GET", path, code=(200, 404))
        return answer.json if answer.status == 200 else None

    def post(self, path, body, code=201):
        return self.request("POST", path, body, code=code)

    def merge(self, path, body):
        """A JSON merge patch."""
        return self.request("PATCH", path, body, "application/merge-patch+json", 200).json

    def status(self, path, body):
        """A JSON merge patch of the status, as the node or a controller would make it."""
        return self.request("PATCH", f"{path}/status", {"status": body}, "application/merge-patch+json", 200).json


_api = None


def api():
    """The administrator's Api."""
    global _api
    _api = _api or Api()
    return _api


def namespace(name, level=None):
    """Makes a namespace, which enforces and warns of a Pod Security level where one is given. Its name."""
    labels = {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "warn")} if level else {}
    api().post("/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})
    return name


def make(manifests, where):
    """kubectl apply of YAML text in a namespace."""
    return kubectl("apply", "-n", where, "-f-", stdin=manifests)


def manifest(name="web", image="nginx", replicas=1, labels="{}", annotations="{}"):
    """YAML of a Deployment, to be put together with others."""
    return f"""---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, labels: {labels}, annotations: {annotations}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers: [{{name: web, image: {image}, ports: [{{containerPort: 8080}}]}}]
"""


def deployment(where, name="web"):
    """The Deployment as the server has it; None where there is none."""
    return api().get(f"{APPS}/{where}/deployments/{name}")


def controlled_by(owner):
    """The ownerReferences of what that object controls."""
    return [{"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"],
             "uid": owner["metadata"]["uid"], "controller": True}]


def define(group, plural, kind, versions, short=()):
    """Makes a CustomResourceDefinition, which is served when this returns."""
    any_object = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    api().post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {"group": group, "scope": "Namespaced",
                 "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "shortNames": list(short)},
                 "versions": [{"name": version, "served": True, "storage": index == 0, "schema": any_object}
                              for index, version in enumerate(versions)]}})
    within(20, lambda: api().get(f"/apis/{group}/{versions[0]}/{plural}"), f"{plural} are served")
    within(20, lambda: kind in kubectl("get", "--raw", f"/apis/{group}/{versions[0]}").out, "it is discovered")


@contextlib.contextmanager
def dead_group(group, version):
    """A group that does not answer, as where a metrics server is down: an APIService without a Service behind it."""
    path, name = "/apis/apiregistration.k8s.io/v1/apiservices", f"{version}.{group}"
    api().post(path, {
        "metadata": {"name": name},
        "spec": {"group": group, "version": version, "groupPriorityMinimum": 100, "versionPriority": 100,
                 "insecureSkipTLSVerify": True, "service": {"name": "nobody", "namespace": "default"}}})
    try:
        within(20, lambda: group in kubectl("get", "--raw", "/apis").out, "the APIService is there")
        yield
    finally:
        api().request("DELETE", f"{path}/{name}", code=200)


def policy(where, resource, expression, message):
    """A ValidatingAdmissionPolicy for a namespace, which holds when this returns: where the expression is false, the
    server denies."""
    name = f"{where}-{resource}"
    base = "/apis/admissionregistration.k8s.io/v1"
    rule = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"], "resources": [resource]}
    # Until it holds, which takes a moment, a marked object is the one that it denies.
    marked = f"object.metadata.name != 'probe-{name}'"
    api().post(f"{base}/validatingadmissionpolicies", {"metadata": {"name": name}, "spec": {
        "failurePolicy": "Fail", "matchConstraints": {"resourceRules": [
            rule, {**rule, "apiGroups": [""], "resources": ["configmaps"]}]},
        "validations": [{"expression": f"{marked} && (request.resource.resource == 'configmaps' || ({expression}))",
                         "message": message}]}})
    api().post(f"{base}/validatingadmissionpolicybindings", {"metadata": {"name": name}, "spec": {
        "policyName": name, "validationActions": ["Deny"],
        "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": where}}}}})
    within(30, lambda: message in api().request("POST", f"/api/v1/namespaces/{where}/configmaps?dryRun=All",
                                                {"metadata": {"name": f"probe-{name}"}}).text, "the policy holds")


def objects(manifests):
    """The objects of YAML text, as kubectl reads it."""
    text = kubectl("create", "--dry-run=client", "--validate=false", "-o", "json", "-f-", stdin=manifests).out
    found, decoder = [], json.JSONDecoder()
    while text := text.lstrip():
        item, end = decoder.raw_decode(text)
        found.extend(item["items"] if item["kind"] == "List" else [item])
        text = text[end:]
    return found


# ---- kubeconfigs ----

def kubeconfig_with(name, text):
    """A kubeconfig of this name with this text, in the plane's folder. Its path."""
    path = PLANE / f"{name}.kubeconfig"
    path.write_text(text)
    return path


def copy_of(source, name, *changes):
    """A kubeconfig that is `source` but for (old, new) pairs, each of which must occur."""
    text = (PLANE / f"{source}.kubeconfig").read_text()
    for old, new in changes:
        expect(old in text, f"{source}.kubeconfig has no {old!r}")
        text = text.replace(old, new)
    return kubeconfig_with(name, text)


def account_kubeconfig(name, where):
    """A kubeconfig of the name of a service account there, with a token of it. Its name."""
    copy_of("token", name, ("admin-token", kubectl("create", "token", name, "-n", where).out.strip()))
    return name


def plugin_calls():
    """What the credential plugin was told in each call since this was asked last: ["token", JSON]."""
    log = PLANE / "exec.log"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return [line.split(" ", 1) for line in lines]


# ---- the program ----

PROGRAM = None


def main():
    """Runs the tests that are named on the command line, or all; ends the program."""
    global PROGRAM
    if PLANE is None or len(sys.argv) < 2:
        sys.exit(f"usage: plane.sh {sys.argv[0]} KUBECTL-HARDEN [TEST...]")
    PROGRAM = os.path.realpath(sys.argv[1])
    failed = 0
    unknown = set(sys.argv[2:]) - {function.__name__ for function in tests}
    if unknown:
        sys.exit(f"no such test: {' '.join(sorted(unknown))}")
    chosen = [function for function in tests if not sys.argv[2:] or function.__name__ in sys.argv[2:]]
    for function in chosen:
        start = time.monotonic()
        try:
            function()
            word = "ok"
        except Exception as error:
            failed += 1
            word = "FAIL"
            if isinstance(error, Wrong):
                where = traceback.extract_tb(error.__traceback__)[1]
                print(f"{where.filename}:{where.lineno}: {error}")
            else:
                traceback.print_exc(file=sys.stdout)
        print(f"{word:4} {function.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
    print(f"{len(chosen)} tests, {failed} failed")
    sys.exit(1 if failed or not chosen else 0)
