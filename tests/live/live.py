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

__all__ = ["PLANE", "SOURCE", "Api", "Answer", "Run", "Wrong", "api", "copy_of", "equal", "expect", "harden",
           "kubeconfig_with", "kubectl", "main", "make", "namespace", "objects", "see", "skip", "test", "within",
           "json", "os", "pathlib", "re", "subprocess", "time"]

PLANE = pathlib.Path(os.environ["PLANE"]) if "PLANE" in os.environ else None
SOURCE = pathlib.Path(__file__).resolve().parents[2]
TIME_LIMIT = 120  # seconds for one command: none hangs

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
    """kubectl-harden, as that user; with nothing of the caller's settings, in an empty folder unless told one."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder()), "LC_ALL": "C.UTF-8", "TERM": "dumb",
                   "COLUMNS": "200", "KUBECONFIG": kubeconfig_path(kubeconfig), **(env or {})}
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
        url = (PLANE / "url").read_text().strip()
        self.connection = http.client.HTTPSConnection(url.removeprefix("https://"), context=tls, timeout=60)

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
