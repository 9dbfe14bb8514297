#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The client of live/, by tests/live/probe.c: each way to say who one is, good and bad; what is said when it fails, in
kubectl's words; what is tried again; that nothing hangs, and that nothing secret is told."""
import pty
import signal
import ssl

import live
import proxy as p
from live import *

PATH = "/api/v1/namespaces/default"
SECRETS = r"admin-token|wrong-token|PRIVATE KEY|:secret@"


def probe(*arguments, kubeconfig="admin", env=None, limit=20):
    """One request, GET of the namespace default unless told otherwise. It never tells a secret."""
    words = [word for word in arguments if not word.startswith("-")]
    run = harden(*arguments, *([] if words else ["GET", PATH]), kubeconfig=kubeconfig, env=env, limit=limit)
    for secret in re.findall(SECRETS, run.err):
        raise Wrong(f"{secret} is told:\n{run}")
    return run


def works(run):
    run.expect(0)
    equal(json.loads(run.out)["metadata"]["name"], "default", "the answer")
    return run


# ---- who one is ----

@test
def each_way_works():
    for name in WORKING:
        works(probe("-v9", kubeconfig=name))


@test
def each_bad_way_is_told_as_kubectl_tells_it():
    """What kubectl says is the same but for its own "Error", capital letters, and what we have to add."""
    for name, ours in {
            "wrong-ca": "tls: failed to verify certificate: x509: certificate signed by unknown authority",
            "wrong-name": "tls: failed to verify certificate: x509: certificate is",
            "wrong-token": "you must be logged in to the server \\(Unauthorized\\)",
            "expired": "you must be logged in to the server \\(Unauthorized\\)",
            "closed": "the connection to the server 127.0.0.1:[0-9]+ was refused - did you specify the right host or port\\?",
            "exec-fails": "getting credentials: exec: executable .*credential.sh failed with exit code 1",
            "exec-missing": "getting credentials: exec: executable no-such-program not found",
            "alice": 'from server \\(Forbidden\\): namespaces "default" is forbidden: User "alice" cannot get resource '
                     '"namespaces" in API group "" in the namespace "default"'}.items():
        probe("-v9", kubeconfig=name).expect(1, err=f"^error: .*{ours}")
        run = kubectl("get", "namespace", "default", kubeconfig=name, code=1)
        # Where kubectl fails while it looks for resources, it puts words of its own where the server's are.
        see(f"(?i){ours}".replace("Unauthorized", ".*"), run.err, "kubectl's message")


@test
def what_a_plugin_says_is_shown():
    probe(kubeconfig="exec-fails").expect(1, err="^credential.sh: this is what it says when it fails")
    probe(kubeconfig="exec-missing").expect(1, err="Install it from nowhere.")


@test
def basic_is_what_the_server_makes_of_it():
    """API servers know no passwords: the user is nobody."""
    probe(kubeconfig="basic").expect(1, err='User "system:anonymous" cannot get resource')


@test
def flags_count():
    ca = f"--certificate-authority={PLANE}/pki/ca.crt"
    works(probe("--tls-server-name=plane.test", kubeconfig="wrong-name"))
    works(probe(ca, kubeconfig="wrong-ca"))
    works(probe("--insecure-skip-tls-verify", kubeconfig="wrong-ca"))
    works(probe("--insecure-skip-tls-verify", kubeconfig="wrong-name"))
    works(probe("--token=admin-token", kubeconfig="wrong-token"))
    works(probe("--token=admin-token", kubeconfig="exec-fails"))
    works(probe(f"--server={server_url()}", "--token=admin-token", ca, kubeconfig=None))
    works(probe(f"--server={server_url()}", f"--client-certificate={PLANE}/pki/admin.crt",
                f"--client-key={PLANE}/pki/admin.key", ca, kubeconfig=None))
    probe(f"--server={server_url()}", "--token=admin-token", kubeconfig=None).expect(1, err="certificate|authority")
    works(probe(f"--server={server_url()}", "--token=admin-token", kubeconfig=None,
                env={"SSL_CERT_FILE": f"{PLANE}/pki/ca.crt"}))
    probe("--token=wrong-token", kubeconfig="token").expect(1, err="Unauthorized")
    probe(kubeconfig=None).expect(1, err="the connection to the server localhost:8080 was refused")


@test
def another_folder_of_authorities_is_not_trusted():
    """With a CA that is named, only that one counts: not the system's, in whose folder we put the server's."""
    if os.geteuid() or not pathlib.Path("/etc/ssl/certs").is_dir():
        return
    script = ('mount -t tmpfs tmpfs /etc/ssl/certs && cp "$PLANE/pki/ca.crt" /etc/ssl/certs/ca-certificates.crt && '
              'cp "$PLANE/pki/ca.crt" "/etc/ssl/certs/$(openssl x509 -hash -noout -in "$PLANE/pki/ca.crt").0" && exec "$@"')
    unshare = ["unshare", "-m", "sh", "-c", script, "-", live.PROGRAM]
    environment = {"PATH": os.environ["PATH"], "PLANE": str(PLANE)}
    if Run(["unshare", "-m", "true"], environment=environment).code:
        return
    ours = [f"--server={server_url()}", "--token=admin-token", "GET", PATH]
    works(Run([*unshare, *ours], environment=environment, cwd=folder()))
    Run([*unshare, f"--certificate-authority={PLANE}/pki/other-ca.crt", *ours], environment=environment,
        cwd=folder()).expect(1, err="signed by unknown authority")


@test
def one_can_act_as_another():
    probe("--as=alice", "-v9").expect(1, err='User "alice" cannot get resource')
    works(probe("--as=alice", "--as-group=system:masters", "--as-uid=7"))
    config = copy_of("admin", "as", ('user: {"client', 'user: {"as": "bob", "as-groups": ["system:masters"], '
                                     '"as-user-extra": {"Odd/Key": ["v"]}, "client'))
    works(probe(kubeconfig=config))
    answer = probe("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                   '{"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}', kubeconfig=config).expect(0)
    equal(json.loads(answer.out)["status"]["userInfo"]["extra"], {"odd/key": ["v"]}, "the extra")


@test
def a_pod_has_its_own_account():
    host, port = p.server_address()
    account = folder() / "account"
    account.mkdir(exist_ok=True)
    (account / "token").write_text("admin-token\n")
    (account / "ca.crt").write_text((PLANE / "pki/ca.crt").read_text())
    works(probe(f"--service-account={account}", kubeconfig=None,
                env={"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": str(port)}))


# ---- what does not last ----

@test
def a_token_file_that_was_refused_is_read_again():
    token = PLANE / "token"
    with p.Proxy() as proxy:
        proxy.on(p.first(lambda: token.write_text("admin-token")), count=1)
        token.write_text("wrong-token")
        works(probe("-v9", kubeconfig=proxy.kubeconfig("token-file")))
        equal([r.status for r in proxy.asked()], [401, 200], "the answers")
        token.write_text("wrong-token")
        probe(kubeconfig=proxy.kubeconfig("token-file")).expect(1, err="Unauthorized")
        token.unlink()
        probe(kubeconfig=proxy.kubeconfig("token-file")).expect(1, err="open .*/token: no such file or directory")
        token.write_text("admin-token")


@test
def a_plugin_is_asked_again_when_it_must():
    expires, token = PLANE / "exec.expires", PLANE / "exec.token"
    plugin_calls()
    works_often = lambda: probe("--repeat=3", kubeconfig="exec-token").expect(0)
    works_often()
    equal(len(plugin_calls()), 1, "calls")
    expires.write_text("2099-01-01T00:00:00Z")
    works_often()
    equal(len(plugin_calls()), 1, "calls")
    expires.write_text("2020-01-01T00:00:00Z")
    works_often()
    equal(len(plugin_calls()), 3, "calls")
    expires.unlink()
    token.write_text("wrong-token")
    probe(kubeconfig="exec-token").expect(1, err="Unauthorized")
    equal(len(plugin_calls()), 2, "calls")
    with p.Proxy() as proxy:
        proxy.on(p.first(lambda: token.write_text("admin-token")), count=1)
        works(probe("-v9", kubeconfig=proxy.kubeconfig("exec-token")))
        equal([r.status for r in proxy.asked()], [401, 200], "the answers")
    token.unlink()
    see('"apiVersion": *"client.authentication.k8s.io/v1"', plugin_calls()[-1][1], "what the plugin was told")


@test
def a_plugin_may_ask_where_there_is_a_terminal():
    asks = PLANE / "asks.sh"
    asks.write_text('#!/bin/sh\necho "Token, please:" >&2\nread -r token\nprintf \'{"apiVersion": "%s", "kind": '
                    '"ExecCredential", "status": {"token": "%s"}}\' client.authentication.k8s.io/v1 "$token"\n')
    asks.chmod(0o755)
    for mode, terminal, code, said in (("Always", True, 0, "Token, please:"), ("IfAvailable", True, 0, "Token, please:"),
                                       ("Always", False, 1, "standard input is not a terminal"),
                                       ("IfAvailable", False, 1, "didn't return a token|failed with exit code 1"),
                                       ("Never", True, 1, "didn't return a token|failed with exit code 1")):
        text = (PLANE / "token.kubeconfig").read_text().replace('"token": "admin-token"', json.dumps({"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": "./asks.sh", "interactiveMode": mode}})[1:-1])
        config = kubeconfig_with("asks", text)
        us, it = pty.openpty() if terminal else (None, subprocess.DEVNULL)
        if terminal:
            os.write(us, b"admin-token\n")
        run = subprocess.run([live.PROGRAM, f"--kubeconfig={config}", "GET", PATH], stdin=it, capture_output=True,
                             text=True, timeout=20, start_new_session=True)
        expect(run.returncode == code, f"{mode}, terminal {terminal}: {run}")
        see(said, run.stderr)


# ---- connections ----

@test
def the_connection_is_kept():
    with p.Proxy() as proxy:
        probe("--repeat=5", kubeconfig=proxy.kubeconfig()).expect(0)
        equal((proxy.connections, len(proxy.requests)), (1, 5), "connections and requests")
    for name in "token", "admin", "exec-cert":
        with p.Tunnel() as tunnel:
            probe("--repeat=5", kubeconfig=tunnel.kubeconfig(name)).expect(0)
            equal(tunnel.connections, 1, "connections")


@test
def http_2_and_gzip_are_spoken():
    api().post(PATH + "/configmaps", {"metadata": {"name": "big"}, "data": {"a": "0123456789" * 40000}})
    run = probe("-v8", "GET", PATH + "/configmaps/big").expect(0, err=r"(?i)HTTP/2 200\n(.*\n)*.*content-encoding: gzip")
    equal(len(json.loads(run.out)["data"]["a"]), 400000, "the length")
    see("bytes that may be secret, not shown", run.err)
    with p.Tunnel() as tunnel:
        probe("GET", PATH + "/configmaps/big", kubeconfig=tunnel.kubeconfig()).expect(0)
        expect(tunnel.passed < 100000, f"{tunnel.passed} bytes were needed")
        plain = copy_of("token", "plain", ('"server"', '"disable-compression": true, "server"'))
        probe("-v8", "GET", PATH + "/configmaps/big", kubeconfig=plain).expect(0, not_err="(?i)content-encoding")
    probe("--most=1000", "GET", PATH + "/configmaps/big").expect(
        1, err="error: the answer of the server .* is larger than 1000 bytes; it is not read")


@test
def old_tls_is_refused():
    with p.Proxy(newest_tls=ssl.TLSVersion.TLSv1_1) as proxy:
        probe(kubeconfig=proxy.kubeconfig()).expect(1, err="^error: unable to connect to the server: .*(version|alert)")
    with p.Proxy(newest_tls=ssl.TLSVersion.TLSv1_2) as proxy:
        works(probe(kubeconfig=proxy.kubeconfig()))


@test
def a_proxy_gets_no_credential():
    with p.ConnectProxy("me:secret") as proxy:
        works(probe("-v9", kubeconfig=p.kubeconfig_through(f"http://me:secret@127.0.0.1:{proxy.port}")))
        probe("-v9", kubeconfig=p.kubeconfig_through(f"http://127.0.0.1:{proxy.port}")).expect(1, err="407")
        equal(len(proxy.asked), 2, "requests to the proxy")
        for request in proxy.asked:
            equal([n for n, v in request.headers if n.lower() == "authorization"], [], "credentials for the server")
        # As the environment says it, but for this machine itself (which Go leaves out).
        environment = {"HTTPS_PROXY": f"http://me:secret@127.0.0.1:{proxy.port}"}
        works(probe(kubeconfig="token", env=environment))
        equal(len(proxy.asked), 2, "requests to the proxy")
        probe("--server=https://plane.invalid:1", kubeconfig="token", env=environment).expect(1)
        expect(len(proxy.asked) > 2 and proxy.asked[2].path == "plane.invalid:1", f"the proxy was asked for {proxy.asked}")
        count = len(proxy.asked)
        probe("--server=https://plane.invalid:1", kubeconfig="token", env={**environment, "NO_PROXY": "invalid"}).expect(
            1, err="dial tcp: lookup plane.invalid: no such host")
        equal(len(proxy.asked), count, "requests to the proxy")
        works(probe("--tls-server-name=plane.test",
                    kubeconfig=p.kubeconfig_through(f"http://me:secret@127.0.0.1:{proxy.port}")))
        see("^(127.0.0.1|localhost):", proxy.asked[-1].path, "where the proxy was sent")
    probe(kubeconfig=p.kubeconfig_through("http://127.0.0.1:1")).expect(1, err="proxyconnect tcp: connection refused")
    probe(kubeconfig=p.kubeconfig_through("http://proxy.invalid:1")).expect(1, err="proxyconnect tcp: ")


# ---- what servers say ----

@test
def warnings_are_told_once():
    namespace("warned", "restricted")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},
           "spec": {"containers": [{"name": "c", "image": "i", "securityContext": {"privileged": True}}]}}
    api().merge("/api/v1/namespaces/warned", {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": None}}})
    run = probe("--repeat=3", "POST", "/api/v1/namespaces/warned/pods?dryRun=All", json.dumps(pod)).expect(
        0, err='^Warning: would violate PodSecurity "restricted:latest": privileged')
    equal(run.err.count("Warning:"), 1, "warnings")


@test
def what_is_invalid_is_told():
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": []}}
    probe("POST", "/api/v1/namespaces/default/pods", json.dumps(pod)).expect(
        1, err='^error: the Pod "a" is invalid: spec.containers: Required value\nfailure=6 status=422 reason=Invalid')
    patch = '[{"op": "test", "path": "/metadata/resourceVersion", "value": "1"}]'
    probe("--content-type=application/json-patch+json", "PATCH", PATH, patch).expect(
        1, err="^error: the request is invalid: .*\nfailure=6 status=422")
    probe("GET", "/apis/apps/v1/namespaces/default/deployments/none").expect(
        1, err='^error: from server \\(NotFound\\): deployments.apps "none" not found\nfailure=4 status=404')
    probe("GET", "/apis/none/v1/things").expect(
        1, err="^error: from server \\(NotFound\\): the server could not find the requested resource \\(get things.none\\)")


@test
def what_is_no_api_server_is_told():
    with p.Proxy() as proxy:
        proxy.on(p.answer(302, "Found", headers=[("Location", "https://login.test/")], body=b""), count=1)
        proxy.on(p.answer(200, "OK", body=b"<html>"), count=1)
        config = proxy.kubeconfig()
        probe(kubeconfig=config).expect(1, err="redirects to https://login.test/, which is not followed")
        probe(kubeconfig=config).expect(1, err="answered with text/plain and not with JSON")
        equal(len(proxy.requests), 2, "requests")
    etcd = (PLANE / "etcd-url").read_text().strip().removeprefix("http://")
    for server, said in (f"https://{etcd}", "server gave HTTP response to HTTPS client|EOF|HTTP|reset"), (f"http://{etcd}", "NotFound"):
        probe(f"--server={server}").expect(1, err=f"^error: .*({said})")


# ---- what is tried again ----

@test
def busy_servers_are_asked_again():
    for status in 429, 500, 503:
        with p.Proxy() as proxy:
            proxy.on(p.busy(status, 1), count=2)
            run = works(probe(kubeconfig=proxy.kubeconfig()))
            equal([r.status for r in proxy.asked()], [status, status, 200], "the answers")
            expect(run.seconds >= 2, f"it waited {run.seconds} s")
    with p.Proxy() as proxy:
        proxy.on(p.busy(429, 0))
        probe(kubeconfig=proxy.kubeconfig()).expect(1, err="^error: from server \\(TooManyRequests\\): the server is busy")
        equal(len(proxy.requests), 5, "requests")
    with p.Proxy() as proxy:
        proxy.on(p.busy(503, None))
        probe(kubeconfig=proxy.kubeconfig()).expect(1, err="ServiceUnavailable.*\nfailure=8 status=503")
        equal(len(proxy.requests), 1, "requests")


@test
def cut_connections_are_tried_again_where_that_is_safe():
    merge = "--content-type=application/merge-patch+json"
    unsafe = ["PATCH", PATH, '{"metadata": {"annotations": {"a": "b"}}}']
    safe = ["PATCH", PATH + "?dryRun=All", '{"metadata": {"annotations": {"a": "b"}}}']
    for deed in p.cut, p.cut_after, p.cut_body:
        with p.Proxy() as proxy:
            proxy.on(deed, count=1)
            works(probe(kubeconfig=proxy.kubeconfig()))
            equal(len(proxy.requests), 2, "requests")
        with p.Proxy() as proxy:
            proxy.on(deed, count=1)
            probe(merge, *safe, kubeconfig=proxy.kubeconfig()).expect(0)
            equal(len(proxy.requests), 2, "requests")
        with p.Proxy() as proxy:
            proxy.on(deed, count=1)
            probe(merge, *unsafe, kubeconfig=proxy.kubeconfig()).expect(1, err="unexpected EOF")
            equal(len(proxy.requests), 1, "requests")
    with p.Proxy() as proxy:
        proxy.on(p.cut)
        probe(kubeconfig=proxy.kubeconfig()).expect(1, err="unexpected EOF: the connection to .* ended before its answer")
        equal(len(proxy.requests), 5, "requests")


@test
def tunnels_that_cut_anywhere():
    """Within the handshake, within a head, within a body, of HTTP/2: an answer that is whole, or an error."""
    for limit in 0, 500, 1500, 4000:
        with p.Tunnel(limit=limit) as tunnel:
            run = probe("GET", "/openapi/v2", kubeconfig=tunnel.kubeconfig())
            run.expect(1, err="^error: unable to connect to the server: ")
            equal(run.out, "", "what was taken for the answer")


@test
def damaged_answers_are_no_answers():
    for deed, said in (p.garble_head, "HTTP"), (p.truncate, None), (p.overlong, None), (p.garble, None):
        with p.Proxy() as proxy:
            proxy.on(deed)
            run = probe(kubeconfig=proxy.kubeconfig())
            expect(run.code in (0, 1), str(run))
            if said:
                run.expect(1, err=said)


# ---- time ----

@test
def nothing_hangs():
    for deed in p.stall, p.stall_body:
        with p.Proxy() as proxy:
            proxy.on(deed)
            run = probe("--request-timeout=1500ms", kubeconfig=proxy.kubeconfig()).expect(
                1, err="did not answer within 1.500 seconds\nfailure=1")
            expect(1 < run.seconds < 4, f"it took {run.seconds} s")
    with p.Tunnel(limit=100, stall=True) as tunnel:
        probe("--request-timeout=1s", kubeconfig=tunnel.kubeconfig()).expect(1, err="did not answer within 1.000 seconds")


@test
def a_server_that_falls_silent_is_given_up():
    with p.Proxy() as proxy:
        proxy.on(p.stall)
        run = probe(kubeconfig=proxy.kubeconfig(), limit=90).expect(1, err="sent nothing for 60 seconds; it was given up")
        expect(55 < run.seconds < 75, f"it took {run.seconds} s")


@test
def slow_servers_are_waited_for():
    with p.Proxy() as proxy:
        proxy.on(p.slowly(pieces=20, pause=0.1))
        works(probe(kubeconfig=proxy.kubeconfig()))


@test
def a_signal_ends_it():
    with p.Proxy() as proxy:
        proxy.on(p.stall, path="stall")
        proxy.on(p.busy(429, 30), path="busy")
        for path in "/api/stall", "/api/busy":
            run = subprocess.Popen([live.PROGRAM, "GET", path], env={"KUBECONFIG": str(proxy.kubeconfig())},
                                   stderr=subprocess.PIPE, text=True)
            within(10, lambda: proxy.asked(path=path), "the request")
            time.sleep(0.5)
            start = time.monotonic()
            run.send_signal(signal.SIGINT)
            error = run.communicate(timeout=10)[1]
            see("^error: stopped by a signal\nfailure=10", error)
            expect(time.monotonic() - start < 2, "it did not end at once")


main()
