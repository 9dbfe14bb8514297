#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fix, where the network and the server fail at any point: nothing is half done without being told, nothing hangs.

One run without a fault says which requests there are. Then each fault strikes each of them, once in its run, and again
in a run in which it lasts from there on. After each run the Deployment and its Service, whose port moves, are as they
were, or as they should be; or it is told that and which is not.
"""
import concurrent.futures
import functools
import queue

import proxy as p
from live import *

MANIFESTS = (SOURCE / "examples/aspnet/deploy.yaml").read_text()
TIMEOUT = 2  # seconds of one request
LIMIT = 60  # seconds of one run: some retries of that
# What happens to one request, or for as long as it lasts.
ONCE = {"cut": p.cut, "cut_after": p.cut_after, "cut_body": p.cut_body, "truncate": p.truncate, "overlong": p.overlong,
        "garble": p.garble, "garble_head": p.garble_head, "429": p.busy(429, 1), "500": p.busy(500, None),
        "503": p.busy(503, 1), "410": p.gone, "404": p.answer(404, "NotFound", "not found (this is the proxy)"),
        "403": p.answer(403, "Forbidden", "forbidden (this is the proxy)"),
        "no JSON": p.answer(200, "OK", body=b"<html>a captive portal</html>"),
        "empty": p.answer(200, "OK", body=b"")}
# These take their time.
SLOW = {"stall": p.stall, "stall_after": p.stall_after, "stall_body": p.stall_body}
WHOLE, UNTOUCHED = (True, True, 8080), (False, False, 80)
NAMED = (True, False, 80)  # the Service leads to the port's name, which is good before and after
KEPT = (False, True, 80)  # what else names the port could not be read, so it was kept by a sysctl
AT_ONCE = 4  # runs: mostly they wait


class World:
    """A namespace with a Deployment and its Service."""

    def __init__(self, name):
        self.where, self.api = namespace(name), Api()
        self.deployment = f"{APPS}/{name}/deployments"
        self.service = f"/api/v1/namespaces/{name}/services"

    @staticmethod
    @functools.cache
    def manifests():
        return [{**manifest, "metadata": {"name": "shop"}} for manifest in objects(MANIFESTS)]

    def reset(self):
        """The objects are as they were at first."""
        for path, manifest in zip((self.deployment, self.service), self.manifests()):
            self.api.request("DELETE", f"{path}/shop?propagationPolicy=Background", code=(200, 404))
            self.api.post(path, manifest)

    def state(self):
        """(the Service leads to the name, the Deployment is hardened, its port)"""
        template = self.api.get(f"{self.deployment}/shop")["spec"]["template"]["spec"]
        target = self.api.get(f"{self.service}/shop")["spec"]["ports"][0]["targetPort"]
        hardened = template["containers"][0].get("securityContext", {}).get("allowPrivilegeEscalation") is False
        port = template["containers"][0]["ports"][0]["containerPort"]
        expect(target in (80, "http"), f"the Service leads to {target}")
        return target == "http", hardened, port

    def fix(self, server):
        self.reset()
        return harden("fix", "deploy", "-n", self.where, "--yes", f"--request-timeout={TIMEOUT}s",
                      kubeconfig=server.kubeconfig(), limit=LIMIT)


@functools.cache
def worlds():
    """The namespaces, for one run each at a time."""
    found = queue.Queue()
    for i in range(AT_ONCE):
        found.put(World(f"faults-{i}"))
    return found


def each(items, function):
    """Calls function(world, item) for each, several at once; what was wrong, as (item, text)."""
    worlds()
    World.manifests()

    def one(item):
        world = worlds().get()
        try:
            function(world, item)
            return None
        except Wrong as error:
            return str(error)
        finally:
            worlds().put(world)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        wrong = [error for error in pool.map(one, items) if error]
    expect(not wrong, f"{len(wrong)} of {len(items)}:\n" + "\n".join(wrong[:8]))


@functools.cache
def requests():
    """The requests of a run without faults, as "METHOD PATH"."""
    found = []

    def plain(world, _):
        with p.Proxy() as proxy:
            world.fix(proxy).expect(0)
            equal(world.state(), WHOLE, "what a run without faults makes")
            found.extend(f"{r.method} {r.path}" for r in proxy.requests)
    each([0], plain)
    return found


def judge(run, found, what):
    """`found` is the state after the run."""
    said = f"{what}: {found}, and what is told"
    expect(found in (WHOLE, UNTOUCHED, NAMED, KEPT), f"{what}: it is half done: {found}\n{run}")
    expect(not re.search(r"Sanitizer|runtime error:|Aborted|Segmentation", run.err), f"{what}:\n{run}")
    expect(run.code in (0, 1) or run.err.strip(), f"{what}: exit code {run.code}, and not a word")
    if found == UNTOUCHED and run.code in (0, 1):
        see(r"not looked at", run.said, said)
    elif found == KEPT:
        see(r"port 80 kept, by sysctl: .*(could not be read|not be read|not known)", run.said, said)
    elif found == NAMED:
        expect(run.code > 1, f"{said}: exit code {run.code}\n{run}")
        see(r"service/shop: (changed, and could not be put back|whether it was written is not known)", run.said, said)
    if found in (WHOLE, KEPT) and not re.search(r"^deployment\.apps/shop hardened", run.out, re.M):
        see(r"deployment\.apps/shop: .*not known", run.said, said)


def strike(name, deed, count):
    def one(world, position):
        with p.Proxy() as proxy:
            proxy.on(deed, first=position, count=count)
            run = world.fix(proxy)
            judge(run, world.state(), f"{name} at request {position} of {len(requests())}, {requests()[position - 1]}")
    # One that lasts is found at the next request, too.
    each(range(1, len(requests()) + 1, 1 if count else 3), one)


def add(name, deed, count, suffix):
    def strikes():
        strike(name, deed, count)
    strikes.__name__ = re.sub(r"\W", "_", name) + suffix
    test(strikes)


for name, deed in ONCE.items():
    add(name, deed, 1, "_once")
for name, deed in ONCE.items():
    if name in ("cut", "cut_after", "garble", "429", "500"):
        add(name, deed, None, "_from_there_on")
for name, deed in SLOW.items():
    add(name, deed, 1, "_once")


@test
def slow_answers_are_waited_for():
    """Longer than a request may take to begin, but something always comes."""
    def one(world, _):
        with p.Proxy() as proxy:
            proxy.on(p.slowly(pieces=15, pause=0.02))
            world.fix(proxy).expect(0)
            equal(world.state(), WHOLE)
    each([0], one)


@test
def tls_is_cut_at_any_byte():
    """HTTP/2 and all: each connection, after so many bytes from the server."""
    passed = []

    def whole(world, _):
        with p.Tunnel() as tunnel:
            world.fix(tunnel).expect(0)
            passed.append(tunnel.passed)

    def one(world, limit):
        with p.Tunnel(limit=limit) as tunnel:
            judge(world.fix(tunnel), world.state(), f"each connection is cut after {limit} of {passed[0]} bytes")
    each([0], whole)
    each(range(100, passed[0], passed[0] // 40), one)


@test
def tls_stalls_at_any_byte():
    def one(world, limit):
        with p.Tunnel(limit=limit, stall=True) as tunnel:
            run = world.fix(tunnel)
            judge(run, world.state(), f"each connection stalls after {limit} bytes")
            run.fails(".")
    each([10, 1000, 3000, 10000, 20000], one)


@test
def warnings_hold_no_escapes():
    def one(world, _):
        with p.Proxy() as proxy:
            proxy.on(p.rewrite(lambda exchange: exchange.headers.append(
                ("Warning", '299 - "red \x1b[31mtext\x1b[0m"'))))
            run = world.fix(proxy).expect(0, err="Warning: red")
            expect("\x1b" not in run.err + run.out, f"an escape comes through\n{run!s}")
    each([0], one)


@test
def redirects_take_no_token_elsewhere():
    def one(world, _):
        with p.Proxy() as other, p.Proxy() as proxy:
            proxy.on(p.answer(307, "Temporary Redirect", headers=[("Location", f"https://localhost:{other.port}/api")],
                              body=b""))
            world.fix(proxy).fails(".")
            equal([r for r in other.requests if any(n.lower() == "authorization" for n, _ in r.headers)], [],
                  "what the other got")
    each([0], one)


main()
