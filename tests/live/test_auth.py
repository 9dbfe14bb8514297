#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How a client comes to the server and says who it is: each way of a kubeconfig, as kubectl goes it, and the bad ones."""
import base64
import datetime
import ssl

import proxy as p
from live import *

# A part of what kubectl says, and we.
BAD = {
    "wrong-ca": "nable to connect to the server: .*certificate",
    "wrong-name": "nable to connect to the server: .*certificate.*localhost",
    "wrong-token": r"[Yy]ou must be logged in to the server",
    "expired": r"[Yy]ou must be logged in to the server",
    "closed": r"[Tt]he connection to the server 127\.0\.0\.1:\d+ was refused - did you specify the right host or port\?",
    "exec-fails": "credential.sh: this is what it says when it fails",
    "exec-missing": "Install it from nowhere",
}
_where = []


def check(*arguments, **more):
    """check of a namespace with one Deployment in it."""
    if not _where:
        _where.append(namespace("auth"))
        make(manifest(), _where[0])
    return harden("check", "deploy/web", "-n", _where[0], *arguments, **more)


def sees(run):
    return run.expect(1, out="web")


def secrets():
    """What must not be in any message."""
    return ["admin-token", "alice-token", "wrong-token", "s3cret",
            *((PLANE / f"pki/{name}.key").read_text().splitlines()[1] for name in ("admin", "expired")),
            *(base64.b64encode((PLANE / f"pki/{name}.key").read_bytes()).decode()[60:100] for name in ("admin", "expired"))]


@test
def good_ones():
    for name in WORKING:
        sees(check(kubeconfig=name))


@test
def bad_ones():
    for name, words in BAD.items():
        run = check(kubeconfig=name).fails(words)
        equal(run.out, "", f"what {name} prints")
        expect(run.seconds < 15, f"{name} took {run.seconds:.1f} s")


@test
def nothing_secret_is_printed():
    for name in WORKING + list(BAD) + ["basic", "alice"]:
        run = check("-v", "9", kubeconfig=name)
        for secret in secrets():
            expect(secret not in run.out + run.err, f"{name}: {secret!r} is printed")
        expect(name in ("closed", "exec-fails", "exec-missing") or "GET" in run.err or run.code > 1, f"-v 9 says nothing\n{run}")
    run = check("-v", "9", "--token=wrong-token", "--username=me", "--password=s3cret")
    run = check("-v", "9", "--token=wrong-token", kubeconfig="wrong-ca")
    for secret in secrets():
        expect(secret not in run.out + run.err, f"{secret!r} is printed")


@test
def forbidden():
    check(kubeconfig="alice").fails(
        f'deployments.apps "web" is forbidden: User "alice" cannot get resource "deployments" in API group "apps" '
        f'in the namespace "{_where[0]}"')
    harden("check", "-n", _where[0], kubeconfig="alice").fails("forbidden")


@test
def basic_credentials_are_sent():
    """No API server takes them any longer; one in front of it might."""
    with p.Proxy() as proxy:
        given = []

        def take(exchange):
            given.extend(v for n, v in exchange.request.headers if n.lower() == "authorization")
            exchange.request.headers = [(n, "Bearer admin-token" if n.lower() == "authorization" else v)
                                        for n, v in exchange.request.headers]
        proxy.on(p.first(take))
        sees(check(kubeconfig=proxy.kubeconfig("basic")))
        equal(set(given), {"Basic " + base64.b64encode(b"admin:password").decode()}, "what is sent")


@test
def flags_come_first():
    pki = PLANE / "pki"
    sees(check("--token=admin-token", kubeconfig="wrong-token"))
    sees(check(f"--certificate-authority={pki}/ca.crt", kubeconfig="wrong-ca"))
    sees(check(f"--server={server_url()}", kubeconfig="closed"))
    sees(check("--insecure-skip-tls-verify", kubeconfig=copy_of("token", "no-ca", ('"certificate-authority-data"', '"x"'))))
    sees(check("--tls-server-name=plane.test", kubeconfig="wrong-name"))
    sees(check(f"--client-certificate={pki}/admin.crt", f"--client-key={pki}/admin.key", kubeconfig="expired"))
    sees(check(f"--kubeconfig={PLANE}/token.kubeconfig", kubeconfig="closed"))
    check("--token=wrong-token", kubeconfig="token").fails("logged in")
    empty = kubeconfig_with("empty", "")
    sees(check(f"--server={server_url()}", f"--certificate-authority={pki}/ca.crt", "--token=admin-token", kubeconfig=empty))


@test
def impersonation():
    check("--as=alice").fails('User "alice" cannot get resource')
    sees(check("--as=alice", "--as-group=system:masters"))
    check("--as=admin", kubeconfig="alice").fails('User "alice" cannot impersonate')


@test
def kubeconfigs_are_merged():
    """The first file that says something counts; paths in a file start at its own folder."""
    folder = PLANE / "other"
    folder.mkdir()
    (folder / "ca.crt").write_bytes((PLANE / "pki/ca.crt").read_bytes())
    cluster = kubeconfig_with("other/cluster", f"""
apiVersion: v1
kind: Config
clusters: [{{name: here, cluster: {{server: "{server_url()}", certificate-authority: ca.crt}}}}]
contexts: [{{name: mine, context: {{cluster: here, user: me, namespace: auth}}}}, {{name: other, context: {{cluster: here, user: nobody}}}}]
""")
    user = kubeconfig_with("user", """
apiVersion: v1
kind: Config
users: [{name: me, user: {token: admin-token}}, {name: nobody, user: {token: wrong-token}}]
clusters: [{name: here, cluster: {server: "https://127.0.0.1:1"}}]
current-context: mine
""")
    check()
    both = {"KUBECONFIG": f"{PLANE}/missing.kubeconfig:{cluster}:{user}"}
    harden("check", "deploy/web", env=both).expect(1, out="web")  # also the context's namespace
    harden("check", "deploy/web", "--context=other", env=both).fails("logged in")
    harden("check", "deploy/web", "--context=other", "--user=me", "-n", "auth", env=both).expect(1, out="web")
    harden("check", "deploy", "--context=nowhere", env=both).fails('context "nowhere" does not exist')


@test
def without_any_kubeconfig():
    run = harden("check", "deploy", env={"KUBECONFIG": "/nonexistent"})
    expect(run.code > 1, f"{run}")
    theirs = Run(["kubectl", "get", "deploy"], environment={"PATH": os.environ["PATH"], "HOME": "/nonexistent",
                                                            "KUBECONFIG": "/nonexistent"})
    see("localhost:8080|KUBECONFIG|kubeconfig|configuration", run.err, "stderr")
    expect(theirs.code, "kubectl fails, too")


@test
def home_is_looked_in():
    home = PLANE / "home"
    (home / ".kube").mkdir(parents=True)
    (home / ".kube/config").write_text((PLANE / "token.kubeconfig").read_text())
    check()
    harden("check", "deploy/web", "-n", "auth", env={"HOME": str(home), "KUBECONFIG": ""}).expect(1, out="web")


@test
def a_token_file_is_read_anew():
    """Service account tokens are replaced where they lie."""
    with p.Proxy() as proxy:
        (PLANE / "token").write_text("wrong-token\n")
        try:
            check(kubeconfig=proxy.kubeconfig("token-file")).fails("logged in")
            proxy.on(p.first(lambda: (PLANE / "token").write_text("admin-token\n") and None), count=1)
            sees(check(kubeconfig=proxy.kubeconfig("token-file")))
        finally:
            (PLANE / "token").write_text("admin-token\n")


@test
def a_plugin_is_called_once_and_again_where_its_token_is_refused():
    plugin_calls()
    sees(check(kubeconfig="exec-token"))
    calls = plugin_calls()
    equal(len(calls), 1, "the number of calls")
    info = json.loads(calls[0][1])
    equal((info["kind"], info["apiVersion"], info["spec"]["interactive"]),
          ("ExecCredential", "client.authentication.k8s.io/v1", False), "what it was told")
    expect("cluster" not in info["spec"], "it was not to be told of the cluster")

    provided = copy_of("exec-token", "exec-cluster", ('"command"', '"provideClusterInfo": true, "command"'))
    sees(check(kubeconfig=provided))
    cluster = json.loads(plugin_calls()[0][1])["spec"]["cluster"]
    equal(cluster["server"], server_url(), "the server that it was told of")
    equal(base64.b64decode(cluster["certificate-authority-data"]), (PLANE / "pki/ca.crt").read_bytes(), "its authority")

    (PLANE / "exec.token").write_text("wrong-token")
    with p.Proxy() as proxy:
        proxy.on(p.first(lambda: (PLANE / "exec.token").write_text("admin-token") and None), first=1, count=1)
        try:
            sees(check(kubeconfig=proxy.kubeconfig("exec-token")))
        finally:
            (PLANE / "exec.token").unlink()
    equal(len(plugin_calls()), 2, "the number of calls")

    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    (PLANE / "exec.expires").write_text((past + datetime.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    try:
        sees(check(kubeconfig="exec-token"))
        equal(len(plugin_calls()), 1, "the number of calls")
    finally:
        (PLANE / "exec.expires").unlink()


@test
def plugins_have_their_environment():
    given = copy_of("exec-token", "exec-env", ('"command"', '"env": [{"name": "GIVEN", "value": "seen"}], "command"'),
                    (str(SOURCE / "tests/live/credential.sh"), str(PLANE / "plugin.sh")))
    (PLANE / "plugin.sh").write_text(f'#!/bin/sh\n[ "$GIVEN" = seen ] && exec {SOURCE}/tests/live/credential.sh "$@"\n')
    (PLANE / "plugin.sh").chmod(0o755)
    sees(check(kubeconfig=given))


@test
def plugins_that_talk_nonsense():
    for number, answer in enumerate(("", "not JSON", "{}", '{"kind": "ExecCredential", "apiVersion": "v1", "status": {"token": "x"}}',
                   '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "status": {"token": "x"}}',
                   '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1"}',
                   '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": {}}',
                   '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": {"clientCertificateData": "x"}}')):
        plugin = PLANE / f"nonsense-{number}.sh"
        plugin.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\n")
        plugin.chmod(0o755)
        run = check(kubeconfig=copy_of("exec-token", f"nonsense-{number}",
                                       (str(SOURCE / "tests/live/credential.sh"), str(plugin))))
        run.fails("exec|getting credentials")
    check(kubeconfig=copy_of("exec-token", "always", ('"interactiveMode": "Never"', '"interactiveMode": "Always"'))).fails("stdin|terminal|standard input|interactive")


@test
def through_an_http_proxy():
    with p.ConnectProxy() as proxy:
        sees(check(kubeconfig=p.kubeconfig_through(f"http://127.0.0.1:{proxy.port}")))
        expect(proxy.asked and all(r.method == "CONNECT" for r in proxy.asked), f"it was asked for {proxy.asked}")
    with p.ConnectProxy("me:s3cret") as proxy:
        sees(check(kubeconfig=p.kubeconfig_through(f"http://me:s3cret@127.0.0.1:{proxy.port}")))
        run = check("-v", "9", kubeconfig=p.kubeconfig_through(f"http://me:wr0ng@127.0.0.1:{proxy.port}"))
        run.fails("407|proxy").expect(not_err="wr0ng")
    with p.ConnectProxy() as proxy:
        harden("check", "deploy/web", "-n", "auth", env={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}).expect(1)
        # client-go leaves a server on the loopback out, and so do we.
        equal(proxy.asked, [], "what the proxy of the environment was asked for")


@test
def old_tls_is_refused():
    with p.Proxy(newest_tls=ssl.TLSVersion.TLSv1_1) as proxy:
        check(kubeconfig=proxy.kubeconfig()).fails("nable to connect to the server: .*(TLS|tls|protocol version)")
        equal(proxy.requests, [], "what was asked for")


@test
def what_is_not_supported_is_named():
    check(kubeconfig=copy_of("token", "provider", ('"token": "admin-token"', '"auth-provider": {"name": "gcp", "config": {}}'))).fails("auth.provider.*gcp|gcp.*auth.provider")


@test
def broken_kubeconfigs():
    for text in "{", "[]", "clusters: 1", "current-context: x", "apiVersion: v1\nkind: Config\nclusters: [{name: 1}]\n\t":
        check(kubeconfig=kubeconfig_with("broken", text)).fails("broken.kubeconfig|context|configuration")
    check(kubeconfig=copy_of("admin", "broken-key", ('"client-key-data": "', '"client-key-data": "AAAA'))).fails("key")
    check(kubeconfig=copy_of("files", "no-key", ("pki/admin.key", "pki/nothing.key"))).fails("nothing.key")


main()
