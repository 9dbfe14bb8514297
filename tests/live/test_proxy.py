#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The proxy does what it says: seen by another client than ours. Without that, a fault test shows nothing."""
import http.client
import ssl

import proxy as p
from live import *

PATH = "/api/v1/namespaces/default"


class Client:
    """Python's, with a token, over one connection to the proxy."""

    def __init__(self, proxy, limit=10):
        self.connection = http.client.HTTPSConnection(
            "127.0.0.1", proxy.port, timeout=limit, context=ssl.create_default_context(cafile=PLANE / "pki/ca.crt"))

    def ask(self, method="GET", path=PATH, body=None):
        kind = {"Content-Type": "application/merge-patch+json"} if body else {}
        self.connection.request(method, path, json.dumps(body) if body else None,
                                {"Authorization": "Bearer admin-token", **kind})
        return self.connection.getresponse()


def fails(errors, function):
    """Fails unless the call raises one of these."""
    try:
        function()
    except errors:
        return
    raise Wrong("nothing was wrong")


def mark():
    """What the annotation "mark" of the namespace says."""
    return api().get(PATH)["metadata"].get("annotations", {}).get("mark")


def write(client, text):
    return client.ask("PATCH", body={"metadata": {"annotations": {"mark": text}}}).read()


@test
def passes_on():
    with p.Proxy() as proxy:
        client = Client(proxy)
        for _ in range(3):
            equal(json.loads(client.ask().read())["metadata"]["name"], "default")
        equal(proxy.connections, 1, "connections")
        equal([(r.method, r.path, r.status) for r in proxy.asked("GET")], [("GET", PATH, 200)] * 3, "its log")
        kubectl("get", "namespaces", kubeconfig=proxy.kubeconfig())
        kubectl("create", "deployment", "web", "--image=nginx", kubeconfig=proxy.kubeconfig())
        kubectl("get", "deployment", "web")


@test
def before_the_server():
    with p.Proxy() as proxy:
        proxy.on(p.cut, method="PATCH", count=1)
        proxy.on(p.stall, method="PATCH", count=1)
        fails((ConnectionError, http.client.HTTPException), lambda: write(Client(proxy), "cut"))
        fails(TimeoutError, lambda: write(Client(proxy, limit=1), "stall"))
        equal(mark(), None, "the mark")
        write(Client(proxy), "passed")
        equal(mark(), "passed", "the mark")


@test
def after_the_server():
    with p.Proxy() as proxy:
        proxy.on(p.cut_after, method="PATCH", count=1)
        proxy.on(p.stall_after, method="PATCH", count=1)
        fails((ConnectionError, http.client.HTTPException), lambda: write(Client(proxy), "cut"))
        equal(mark(), "cut", "the mark")
        fails(TimeoutError, lambda: write(Client(proxy, limit=1), "stall"))
        equal(mark(), "stall", "the mark")


@test
def in_the_answer():
    with p.Proxy() as proxy:
        for deed in p.cut_body, p.stall_body, p.truncate, p.overlong, p.garble, p.garble_head:
            proxy.on(deed, count=1)
        fails(http.client.IncompleteRead, lambda: Client(proxy).ask().read())
        fails(TimeoutError, lambda: Client(proxy, limit=1).ask().read())
        fails(ValueError, lambda: json.loads(Client(proxy).ask().read()))
        fails(ValueError, lambda: json.loads(Client(proxy).ask().read()))
        body = Client(proxy).ask().read()
        expect(body != json.dumps(api().get(PATH)).encode(), "nothing was garbled")
        fails(http.client.BadStatusLine, lambda: Client(proxy).ask())
        equal(json.loads(Client(proxy).ask().read())["kind"], "Namespace")


@test
def chunked_answers_are_cut_too():
    make("".join(f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: big-{n}}}\ndata: {{a: {'x' * 20000}}}\n"
                 for n in range(20)), "default")
    with p.Proxy() as proxy:
        proxy.on(p.cut_body, count=1)
        fails(http.client.IncompleteRead, lambda: Client(proxy).ask(path=PATH + "/configmaps").read())
        expect(len(Client(proxy).ask(path=PATH + "/configmaps").read()) > 400000, "not the whole list")


@test
def own_answers():
    with p.Proxy() as proxy:
        proxy.on(p.busy(429, 3), first=2, count=1)
        proxy.on(p.gone, path="continue=")
        client = Client(proxy)
        client.ask().read()
        answer = client.ask()
        equal((answer.status, answer.headers["Retry-After"], json.loads(answer.read())["reason"]),
              (429, "3", "TooManyRequests"))
        equal(json.loads(client.ask().read())["kind"], "Namespace")
        equal(client.ask(path=PATH + "/pods?limit=1&continue=x").status, 410, "the status")


@test
def changes():
    with p.Proxy() as proxy:
        def other(exchange):
            exchange.body = exchange.body.replace(b"default", b"changed")
            exchange.headers.append(("Warning", '299 - "seen"'))
        proxy.on(p.first(lambda: api().merge(PATH, {"metadata": {"annotations": {"mark": "first"}}})), count=1)
        proxy.on(p.rewrite(other), count=1)
        proxy.on(p.slowly(pieces=5, pause=0.02), count=1)
        client = Client(proxy)
        equal(json.loads(client.ask().read())["metadata"]["annotations"]["mark"], "first", "the mark")
        answer = client.ask()
        equal(answer.headers["Warning"], '299 - "seen"', "the warning")
        equal(json.loads(answer.read())["metadata"]["name"], "changed", "the name")
        equal(json.loads(client.ask().read())["metadata"]["name"], "default", "the name")


@test
def tunnels():
    with p.Tunnel() as whole, p.Tunnel(limit=3000) as cutting, p.Tunnel(limit=3000, stall=True) as stalling:
        kubectl("get", "ns", kubeconfig=whole.kubeconfig("admin"))
        fails((OSError, http.client.HTTPException), lambda: Client(cutting).ask(path="/openapi/v2").read())
        fails(TimeoutError, lambda: Client(stalling, limit=1).ask(path="/openapi/v2").read())
    with p.ConnectProxy("me:secret") as proxy:
        kubectl("get", "ns", kubeconfig=p.kubeconfig_through(f"http://127.0.0.1:{proxy.port}", "admin"), code=1)
        kubectl("get", "ns", kubeconfig=p.kubeconfig_through(f"http://me:secret@127.0.0.1:{proxy.port}", "admin"))
        see("127.0.0.1:", proxy.asked[0].path, "what it was asked for")


main()
