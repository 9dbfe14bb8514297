# SPDX-License-Identifier: Apache-2.0
"""Proxy: stands in front of the API server and does to requests and answers what networks and busy servers do.

    with Proxy() as proxy:
        proxy.on(cut_after, method="PATCH", path=r"/deployments/web", first=1, count=1)
        harden("fix", "deploy/web", kubeconfig=proxy.kubeconfig("token"))
        print(proxy.requests)

It ends TLS, with a certificate of the plane's authority, so clients must come with a token. It speaks HTTP/1.1 only.
The first rule that holds for a request counts. A deed is a function of an Exchange; those here:

    before the server has the request   cut, stall, answer(...), busy(...)
    after it carried the request out    cut_after, stall_after
    in the answer                       cut_body, stall_body, truncate, overlong, garble, garble_head, rewrite(...)
    and first(function): does that, then goes on; slowly(...): in small pieces

Tunnel passes bytes on, TLS and HTTP/2 and all, and cuts or stalls after so many of them.
"""
import base64
import gzip
import http.client
import json
import random
import re
import select
import socket
import ssl
import threading
import time

from live import PLANE, copy_of, server_url

NOT_PASSED_ON = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class Closed(Exception):
    """The client's connection is to be closed."""


class Request:
    """What a client asked for, and the status that it got: None where it got no whole head."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.status = None
        self.when = time.monotonic()

    def __repr__(self):
        return f"{self.method} {self.path} → {self.status}"


class Rule:
    def __init__(self, deed, method=None, path=None, first=1, count=None):
        self.deed, self.method, self.path, self.first, self.count = deed, method, path, first, count
        self.seen = 0
        self.done = 0

    def holds(self, request):
        if self.method and request.method != self.method or self.path and not re.search(self.path, request.path):
            return False
        self.seen += 1
        if self.seen < self.first or self.count is not None and self.seen >= self.first + self.count:
            return False
        self.done += 1
        return True


class Exchange:
    """One request and its answer."""

    def __init__(self, proxy, client, server, request):
        self.proxy, self.client, self.server, self.request = proxy, client, server, request

    def ask(self):
        """Has the server carry the request out: .status, .reason, .headers (pairs), .body, .chunked."""
        headers = {name: value for name, value in self.request.headers if name.lower() not in NOT_PASSED_ON}
        self.server.request(self.request.method, self.request.path, self.request.body or None, headers)
        response = self.server.getresponse()
        self.status, self.reason, self.chunked = response.status, response.reason, response.chunked
        self.headers = [(n, v) for n, v in response.getheaders() if n.lower() not in NOT_PASSED_ON]
        if "watch=" in self.request.path:
            self.stream(response)
            raise Closed
        self.body = response.read()

    def stream(self, response):
        self.send_head([("Transfer-Encoding", "chunked")])
        while piece := response.read1(65536):
            self.client.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.client.sendall(b"0\r\n\r\n")

    def send_head(self, more):
        lines = [f"HTTP/1.1 {self.status} {self.reason}", *(f"{n}: {v}" for n, v in [*self.headers, *more]), "", ""]
        self.client.sendall("\r\n".join(lines).encode("latin-1"))
        self.request.status = self.status

    def send(self, body=None, length=None, pieces=None):
        """The answer; with another body, or a Content-Length that is not its own. Chunked where the server's was."""
        body = self.body if body is None else body
        if self.chunked and length is None:
            self.send_head([("Transfer-Encoding", "chunked")])
            for piece in pieces or [body]:
                self.client.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if piece else b"")
            self.client.sendall(b"0\r\n\r\n")
        else:
            self.send_head([("Content-Length", len(body) if length is None else length)])
            for piece in pieces or [body]:
                self.client.sendall(piece)

    def send_half(self):
        """The head, and half of the body, which is announced as whole."""
        if self.chunked:
            self.send_head([("Transfer-Encoding", "chunked")])
            self.client.sendall(b"%x\r\n%s" % (len(self.body), self.body[:len(self.body) // 2]))
        else:
            self.send(self.body[:len(self.body) // 2], length=len(self.body))

    def plain(self):
        """The answer's body, without compression from here on."""
        if any(n.lower() == "content-encoding" and v == "gzip" for n, v in self.headers):
            self.body = gzip.decompress(self.body)
            self.headers = [(n, v) for n, v in self.headers if n.lower() != "content-encoding"]
        return self.body

    def wait(self):
        """Until the client, or the proxy, is gone."""
        while not self.proxy.ended:
            readable, _, _ = select.select([self.client], [], [], 0.1)
            if readable:
                try:
                    if not self.client.recv(4096):
                        break
                except (OSError, ssl.SSLError):
                    break
        raise Closed


# ---- deeds ----

def pass_on(exchange):
    exchange.ask()
    exchange.send()


def cut(exchange):
    raise Closed


def stall(exchange):
    exchange.wait()


def cut_after(exchange):
    """The server has done it; the client never hears."""
    exchange.ask()
    raise Closed


def stall_after(exchange):
    exchange.ask()
    exchange.wait()


def cut_body(exchange):
    exchange.ask()
    exchange.send_half()
    raise Closed


def stall_body(exchange):
    exchange.ask()
    exchange.send_half()
    exchange.wait()


def truncate(exchange):
    """Half of the body, as if it were the whole."""
    exchange.ask()
    exchange.plain()
    half = exchange.body[:len(exchange.body) // 2]
    exchange.send(half, length=len(half))


def overlong(exchange):
    """The whole body, of which half is announced: the rest stands where the next answer would begin."""
    exchange.ask()
    exchange.plain()
    exchange.send(exchange.body, length=len(exchange.body) // 2)


def garble(exchange, seed=1):
    """One byte in fifty is another one."""
    exchange.ask()
    body = bytearray(exchange.body)
    dice = random.Random(seed)
    for _ in range(max(1, len(body) // 50)):
        body[dice.randrange(len(body))] ^= dice.randrange(1, 256)
    exchange.send(bytes(body), length=len(body))


def garble_head(exchange):
    exchange.client.sendall(b"\x00\x16SSH-2.0 no HTTP at all\r\n\r\n")
    raise Closed


def answer(status, reason="", message="", headers=(), body=None):
    """Answers that itself: with a Status of the API, or with this body."""
    def deed(exchange):
        exchange.status, exchange.reason, exchange.chunked = status, reason or http.client.responses[status], False
        exchange.headers = [("Content-Type", "application/json" if body is None else "text/plain"), *headers]
        exchange.send(json.dumps({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
                                  "message": message, "reason": reason, "code": status}).encode()
                      if body is None else body)
    return deed


def busy(status=429, after=1):
    """429, 500, 503, … with Retry-After."""
    reason = {429: "TooManyRequests", 503: "ServiceUnavailable", 504: "Timeout"}.get(status, "InternalError")
    return answer(status, reason, "the server is busy (this is the proxy)",
                  [("Retry-After", str(after))] if after is not None else [])


def gone(exchange):
    """410, as for a continue token that has expired."""
    answer(410, "Expired", "The provided continue parameter is too old to display a consistent list result.")(exchange)


def first(function, then=pass_on):
    """Calls `function` (with the exchange, if it takes one) before the server has the request."""
    def deed(exchange):
        function(exchange) if function.__code__.co_argcount else function()
        then(exchange)
    return deed


def rewrite(function):
    """The answer is as `function` changes it: it gets the exchange, with .status, .headers, .body."""
    def deed(exchange):
        exchange.ask()
        exchange.plain()
        function(exchange)
        exchange.send()
    return deed


def slowly(pieces=20, pause=0.05):
    def deed(exchange):
        exchange.ask()
        size = max(1, len(exchange.body) // pieces)
        def parts():
            for at in range(0, len(exchange.body), size):
                time.sleep(pause)
                yield exchange.body[at:at + size]
        exchange.send(pieces=parts())
    return deed


# ---- servers ----

class Server:
    """Takes connections, each in a thread of its own, until the end of `with`."""

    def __init__(self):
        self.ended = False
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.clients = []
        self.threads = [threading.Thread(target=self.take, daemon=True)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        self.ended = True
        for client in self.clients:
            hang_up(client)
        for thread in self.threads:
            thread.join(5)
        self.listener.close()

    def take(self):
        while not self.ended:
            readable, _, _ = select.select([self.listener], [], [], 0.1)
            if readable:
                client, _ = self.listener.accept()
                self.connections += 1
                self.clients.append(client.dup())
                thread = threading.Thread(target=self.guarded, args=[client, self.clients[-1]], daemon=True)
                self.threads.append(thread)
                thread.start()

    def guarded(self, client, same):
        try:
            self.serve(client)
        except (Closed, OSError, ValueError, http.client.HTTPException):
            pass
        finally:
            hang_up(same)
            client.close()

    def kubeconfig(self, source="token"):
        """The path of a kubeconfig that is `source` but leads here."""
        return copy_of(source, f"{source}-by-{self.port}",
                       (f'"server": "{server_url()}"', f'"server": "https://127.0.0.1:{self.port}"'))


def hang_up(client):
    """Ends the connection for all who have the socket open."""
    try:
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it is gone already


def server_address():
    host, port = server_url().removeprefix("https://").split(":")
    return host, int(port)


class Proxy(Server):
    def __init__(self, newest_tls=None):
        super().__init__()
        self.rules = []
        self.requests = []
        self.lock = threading.Lock()
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(PLANE / "pki/server.crt", PLANE / "pki/server.key")
        self.tls.set_alpn_protocols(["http/1.1"])
        if newest_tls:
            self.tls.set_ciphers("ALL:@SECLEVEL=0")
            self.tls.minimum_version, self.tls.maximum_version = ssl.TLSVersion.TLSv1, newest_tls

    def on(self, deed, **which):
        """`deed` for the requests with this method and path (a regular expression): of these the first-th and the
        count - 1 after it; all that follow without a count. The rule, whose .done counts."""
        rule = Rule(deed, **which)
        self.rules.append(rule)
        return rule

    def asked(self, method=None, path=None):
        """The requests with this method and path."""
        with self.lock:
            return [r for r in self.requests
                    if (not method or r.method == method) and (not path or re.search(path, r.path))]

    def serve(self, client):
        client.settimeout(60)
        client = self.tls.wrap_socket(client, server_side=True)
        host, port = server_address()
        server = http.client.HTTPSConnection(host, port, timeout=120,
                                             context=ssl.create_default_context(cafile=PLANE / "pki/ca.crt"))
        try:
            reader = client.makefile("rb")
            while not self.ended and (request := read_request(reader)):
                with self.lock:
                    self.requests.append(request)
                    deed = next((rule.deed for rule in self.rules if rule.holds(request)), pass_on)
                deed(Exchange(self, client, server, request))
        finally:
            server.close()
            client.close()


def read_request(reader):
    """The next request of a connection; None at its end."""
    line = reader.readline(65536).decode("latin-1").rstrip("\r\n")
    if not line:
        return None
    method, path, _ = line.split(" ")
    headers = []
    while line := reader.readline(65536).decode("latin-1").rstrip("\r\n"):
        name, value = line.split(":", 1)
        headers.append((name, value.strip()))
    given = {name.lower(): value for name, value in headers}
    body = b""
    if given.get("transfer-encoding") == "chunked":
        while size := int(reader.readline(), 16):
            body += reader.read(size)
            reader.readline()
        reader.readline()
    elif "content-length" in given:
        body = reader.read(int(given["content-length"]))
    return Request(method, path, headers, body)


class Tunnel(Server):
    """Passes on what comes, and closes, or with `stall` falls silent, after `limit` bytes from the server."""

    def __init__(self, limit=None, stall=False):
        super().__init__()
        self.limit, self.stall = limit, stall
        self.passed = 0

    def serve(self, client):
        self.join(client, socket.create_connection(server_address(), timeout=20))

    def join(self, client, server):
        left = self.limit
        with server:
            while not self.ended:
                readable, _, _ = select.select([client, server], [], [], 0.1)
                if client in readable:
                    if not (data := client.recv(65536)):
                        return
                    server.sendall(data)
                if server in readable and (left is None or left > 0):
                    if not (data := server.recv(65536 if left is None else min(left, 65536))):
                        return
                    client.sendall(data)
                    self.passed += len(data)
                    left = None if left is None else left - len(data)
                if left == 0 and not self.stall:
                    return


def kubeconfig_through(url, source="token"):
    """The path of a kubeconfig that is `source` but goes through the HTTP proxy at this URL."""
    return copy_of(source, f"{source}-through-proxy", ('"server"', f'"proxy-url": "{url}", "server"'))


class ConnectProxy(Tunnel):
    """An HTTP proxy, as a kubeconfig's proxy-url names one: knows CONNECT. With `password`, only for those who have it
    ("user:password"). What it was asked for is in .asked."""

    def __init__(self, password=None):
        super().__init__()
        self.password = password
        self.asked = []

    def serve(self, client):
        reader = client.makefile("rb", buffering=0)
        request = read_request(reader)
        self.asked.append(request)
        given = {name.lower(): value for name, value in request.headers}
        if self.password:
            if given.get("proxy-authorization") != "Basic " + base64.b64encode(self.password.encode()).decode():
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
        if request.method != "CONNECT":
            client.sendall(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            return
        host, port = request.path.rsplit(":", 1)
        server = socket.create_connection((host.strip("[]"), int(port)), timeout=20)
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.join(client, server)
