/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubeconfig: what counts where files, flags and a pod's own account say different things, and what is refused. Each
 * row is what client-go does with the same files and flags, but where its comment says otherwise.
 */
#include <sys/stat.h>

#include "world.h"

#include "base/file.h"
#include "live/kubeconfig.h"

/* Nothing names a cluster but what a test writes. */
static int enter_alone(void **state)
{
	struct world *world;

	if (enter(state))
		return 1;
	world = *state;
	put("ca.crt", "x");
	put("c.crt", "x");
	put("c.key", "x");
	unsetenv("KUBERNETES_SERVICE_HOST");
	unsetenv("KUBERNETES_SERVICE_PORT");
	unsetenv("KUBERNETES_MASTER");
	unsetenv("POD_NAMESPACE");
	setenv("HOME", world->folder, 1);
	setenv("KUBECONFIG", "a:missing::b:a", 1);
	return mkdir("account", 0755);
}

/* ---- a configuration as text ---- */

static void add(struct buf *out, const char *name, struct str value)
{
	if (value.n)
		buf_addf(out, "%s%s=%.*s", out->n ? " " : "", name, STR_ARG(value));
	/* Texts are terminated besides. */
	assert_true(!value.p || value.p[value.n] == '\0');
}

static void add_exec(struct buf *out, const struct live_exec *exec)
{
	static const char *const modes[] = { "if-available", "never", "always" };

	add(out, "exec", exec->command);
	for (size_t i = 0; i < exec->args_n; i++)
		add(out, "arg", exec->args[i]);
	for (size_t i = 0; i < exec->env_n; i++) {
		add(out, "env", exec->env[i].name);
		add(out, "value", exec->env[i].value);
	}
	add(out, "api", exec->api_version);
	add(out, "hint", exec->install_hint);
	buf_addf(out, " mode=%s", modes[exec->interactive]);
	if (exec->provide_cluster_info)
		buf_addz(out, " cluster-info");
	add(out, "config", exec->cluster_extension);
}

/* Without the folder, so that rows can name files. */
static void add_config(struct buf *out, const struct live_config *config)
{
	add(out, "server", config->server);
	add(out, "ca", config->ca_file);
	add(out, "ca-data", config->ca_data);
	add(out, "name", config->tls_server_name);
	add(out, "proxy", config->proxy_url);
	if (config->insecure)
		buf_addz(out, " insecure");
	if (config->disable_compression)
		buf_addz(out, " plain");
	add(out, "cert", config->cert_file);
	add(out, "cert-data", config->cert_data);
	add(out, "key", config->key_file);
	add(out, "key-data", config->key_data);
	add(out, "token", config->token);
	add(out, "token-file", config->token_file);
	add(out, "username", config->username);
	add(out, "password", config->password);
	if (config->exec)
		add_exec(out, config->exec);
	add(out, "as", config->as);
	add(out, "uid", config->as_uid);
	for (size_t i = 0; i < config->as_groups_n; i++)
		add(out, "group", config->as_groups[i]);
	for (size_t i = 0; i < config->as_extra_n; i++) {
		add(out, "extra", config->as_extra[i].name);
		add(out, "is", config->as_extra[i].value);
	}
	if (!str_is(config->namespace, "default") || config->namespace_given)
		add(out, config->namespace_given ? "namespace" : "namespace-of-pod", config->namespace);
	if (config->timeout_ms)
		buf_addf(out, " timeout=%u", config->timeout_ms);
	if (config->in_cluster)
		buf_addz(out, " in-cluster");
	if (config->unconfigured)
		buf_addz(out, " unconfigured");
}

static void drop_folder(struct buf *text, const char *folder)
{
	struct buf out = BUF_INIT;

	for (size_t at = 0; at < text->n;) {
		size_t hit = str_find(buf_str(text), str_of(folder), at), end = hit == SIZE_MAX ? text->n : hit;

		buf_add(&out, str_sub(buf_str(text), at, end));
		at = hit == SIZE_MAX ? text->n : hit + strlen(folder) + 1;
	}
	buf_free(text);
	*text = out;
}

struct row {
	const char *a, *b;
	struct live_flags flags;
	const char *expected; /* a configuration, or "error: …": a part of it */
};

static void check(const struct world *world, const struct row *row)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct error *error CLEANUP(error_freep) = NULL;
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	struct live_config config;

	put("a", row->a ? row->a : "");
	put("b", row->b ? row->b : "");
	if (kubeconfig_read(&row->flags, arena, &config, &error)) {
		add_config(&text, &config);
	} else {
		buf_addz(&text, "error: ");
		if (error->path)
			buf_addf(&text, "%s:%u:%u: ", error->path, error->at.line, error->at.column);
		buf_addz(&text, error->message);
	}
	drop_folder(&text, world->folder);
	buf_addc(&text, '\0');
	if (strcmp(text.p, row->expected) != 0)
		fail_msg("\nof:       %s\n          %s\nfound:    %s\nexpected: %s", row->a, row->b ? row->b : "",
			 text.p, row->expected);
}

#define CHECK(state, rows)                                                                                             \
	for (size_t i = 0; i < sizeof(rows) / sizeof(*(rows)); i++)                                                    \
	check(*(state), &(rows)[i])

/* A file of one cluster, one user and a context of them; arguments are their insides. */
#define FILE_OF(cluster, user)                                                                                         \
	"clusters: [{name: c, cluster: {server: 'https://h:1', " cluster "}}]\n"                                       \
	"users: [{name: u, user: {" user "}}]\n"                                                                       \
	"contexts: [{name: x, context: {cluster: c, user: u}}]\n"                                                      \
	"current-context: x\n"

/* ---- tests ---- */

static void merges_files(void **state)
{
	static const struct row rows[] = {
		{ FILE_OF("", "token: t"), NULL, { 0 }, "server=https://h:1 token=t" },
		/* The first one that has an entry of the name, whole; the first one that sets a value. */
		{ FILE_OF("", "token: t"),
		  FILE_OF("proxy-url: 'http://p'", "username: un"),
		  { 0 },
		  "server=https://h:1 token=t" },
		{ "current-context: z",
		  "current-context: x\n"
		  "contexts: [{name: z, context: {cluster: c, namespace: ns}}]\n"
		  "clusters: [{name: c, cluster: {server: 'https://b'}}]",
		  { 0 },
		  "server=https://b namespace=ns" },
		{ "contexts: [{name: x, context: {cluster: c}}]",
		  "current-context: x\nclusters: [{name: c, cluster: {server: 'https://b'}}]",
		  { 0 },
		  "server=https://b" },
		/* An empty entry is one all the same. */
		{ "current-context: x\ncontexts: [{name: x}]",
		  FILE_OF("", ""),
		  { 0 },
		  "server=http://localhost:8080 unconfigured" },
		{ "", "# nothing\n", { 0 }, "server=http://localhost:8080 unconfigured" },
		{ "current-context: null\nclusters: null\nusers:\ncontexts: ~\n",
		  NULL,
		  { 0 },
		  "server=http://localhost:8080 unconfigured" },
		/* Only --kubeconfig; it may be a file that KUBECONFIG does not name. */
		{ FILE_OF("", "token: t"),
		  "clusters: [{name: c, cluster: {server: 'https://b'}}]",
		  { .kubeconfig = "b", .cluster = "c" },
		  "server=https://b" },
		{ "", NULL, { .kubeconfig = "c" }, "error: open c: no such file or directory" },
		/* Only the first document, as client-go; what nobody knows is passed over. */
		{ "---\nodd: 1\n" FILE_OF("also-odd: {}", "token: t") "---\ncurrent-context: z\n",
		  NULL,
		  { 0 },
		  "server=https://h:1 token=t" },
		{ "{\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"https://j\"}}]}",
		  NULL,
		  { .cluster = "c" },
		  "server=https://j" },
		{ "apiVersion: v1\nkind: Config\npreferences: {}\n",
		  NULL,
		  { .server = "https://s" },
		  "server=https://s" },
	};

	CHECK(state, rows);
}

static void finds_its_files(void **state)
{
	static const struct row one = { FILE_OF("", ""), NULL, { 0 }, "server=https://h:1" };
	static const struct row none = { FILE_OF("", ""), NULL, { 0 }, "server=http://localhost:8080 unconfigured" };

	setenv("KUBECONFIG", "", 1);
	check(*state, &none);
	assert_int_equal(mkdir(".kube", 0755), 0);
	assert_int_equal(symlink("../a", ".kube/config"), 0);
	check(*state, &one);
	unsetenv("KUBECONFIG");
	check(*state, &one);
	unsetenv("HOME");
	check(*state, &none);
	setenv("KUBECONFIG", "missing", 1);
	check(*state, &none);
}

/* Relative to the file that says them, not to where we are. */
static void makes_paths_absolute(void **state)
{
	static const struct row rows[] = {
		{ FILE_OF("certificate-authority: ca.crt", "client-certificate: ./c.crt, client-key: c.key"),
		  NULL,
		  { 0 },
		  "server=https://h:1 ca=ca.crt cert=./c.crt key=c.key" },
		{ FILE_OF("", "tokenFile: t"), NULL, { 0 }, "server=https://h:1 token-file=t" },
		{ FILE_OF("", "exec: {command: bin/p, apiVersion: client.authentication.k8s.io/v1beta1}"),
		  NULL,
		  { 0 },
		  "server=https://h:1 exec=bin/p api=client.authentication.k8s.io/v1beta1 mode=if-available" },
		/* What is found on PATH has no folder. */
		{ FILE_OF("", "exec: {command: p, apiVersion: client.authentication.k8s.io/v1beta1}"),
		  NULL,
		  { 0 },
		  "server=https://h:1 exec=p api=client.authentication.k8s.io/v1beta1 mode=if-available" },
		{ FILE_OF("certificate-authority: /dev/null", ""), NULL, { 0 }, "server=https://h:1 ca=/dev/null" },
	};
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	const struct live_flags flags = { .kubeconfig = "folder/../a" };
	struct live_config config;

	CHECK(state, rows);
	put("a", FILE_OF("", "tokenFile: t"));
	assert_int_equal(mkdir("folder", 0755), 0);
	assert_true(kubeconfig_read(&flags, arena, &config, NULL));
	assert_true(config.token_file.p[0] == '/' && str_ends(config.token_file, STR("/folder/../t")));
}

static void lays_flags_over(void **state)
{
	static const char *const groups[] = { "g", "h" };
	static const char *const file = FILE_OF("certificate-authority-data: eA==, tls-server-name: sn",
						"client-certificate-data: eQ==, client-key-data: eg==");
	static const struct row rows[] = {
		{ file, NULL, { 0 }, "server=https://h:1 ca-data=x name=sn cert-data=y key-data=z" },
		/* A server of a flag does not have another one's name; its CA it has. */
		{ file, NULL, { .server = "https://s/" }, "server=https://s ca-data=x cert-data=y key-data=z" },
		{ file, NULL, { .tls_server_name = "m" }, "server=https://h:1 ca-data=x name=m cert-data=y key-data=z" },
		{ file,
		  NULL,
		  { .insecure_skip_tls_verify = true },
		  "server=https://h:1 name=sn insecure cert-data=y key-data=z" },
		{ file,
		  NULL,
		  { .certificate_authority = "ca.crt" },
		  "server=https://h:1 ca=ca.crt name=sn cert-data=y key-data=z" },
		{ FILE_OF("insecure-skip-tls-verify: true", ""),
		  NULL,
		  { .certificate_authority = "ca.crt" },
		  "server=https://h:1 ca=ca.crt" },
		{ file,
		  NULL,
		  { .certificate_authority = "ca.crt", .insecure_skip_tls_verify = true },
		  "error: specifying a root certificates file with the insecure flag is not allowed" },
		{ file,
		  NULL,
		  { .client_certificate = "c.crt", .client_key = "c.key" },
		  "server=https://h:1 ca-data=x name=sn cert=c.crt key=c.key" },
		/* A certificate is sent along with a token, as client-go does; no plugin is asked, no file read. */
		{ file, NULL, { .token = "t" }, "server=https://h:1 ca-data=x name=sn cert-data=y key-data=z token=t" },
		{ FILE_OF("", "tokenFile: f"), NULL, { .token = "t" }, "server=https://h:1 token=t" },
		{ FILE_OF("", "exec: {command: p, apiVersion: client.authentication.k8s.io/v1beta1}"),
		  NULL,
		  { .token = "t" },
		  "server=https://h:1 token=t" },
		{ FILE_OF("", "auth-provider: {name: gcp}"), NULL, { .token = "t" }, "server=https://h:1 token=t" },
		{ FILE_OF("", "token: t, as: a, as-groups: [x]"),
		  NULL,
		  { .as = "b", .as_groups = groups, .as_groups_n = 2, .as_uid = "7" },
		  "server=https://h:1 token=t as=b uid=7 group=g group=h" },
		{ FILE_OF("proxy-url: 'http://p'", ""),
		  NULL,
		  { .proxy_url = "socks5://q", .namespace = "ns" },
		  "server=https://h:1 proxy=socks5://q namespace=ns" },
		{ FILE_OF("", ""),
		  "users: [{name: v, user: {token: v}}]\nclusters: [{name: d, cluster: {server: 'https://d'}}]",
		  { .user = "v", .cluster = "d" },
		  "server=https://d token=v" },
		{ FILE_OF("", ""),
		  "contexts: [{name: z, context: {cluster: c, namespace: ns}}]",
		  { .context = "z" },
		  "server=https://h:1 namespace=ns" },
		{ FILE_OF("", ""),
		  NULL,
		  { .username = "un", .password = "p" },
		  "server=https://h:1 username=un password=p" },
		/* Empty ones say nothing. */
		{ file,
		  NULL,
		  { .server = "", .token = "", .context = "", .namespace = "", .kubeconfig = "" },
		  "server=https://h:1 ca-data=x name=sn cert-data=y key-data=z" },
	};

	CHECK(state, rows);
}

static void reads_a_server(void **state)
{
	static const struct row rows[] = {
		{ FILE_OF("", ""), NULL, { .server = "https://h:6443/p/q//" }, "server=https://h:6443/p/q" },
		{ FILE_OF("", ""), NULL, { .server = "https://[::1]:6443" }, "server=https://[::1]:6443" },
		{ FILE_OF("", ""), NULL, { .server = "https://[::1]" }, "server=https://[::1]" },
		{ FILE_OF("", ""), NULL, { .server = "https://h/p?q=1#f" }, "server=https://h/p" },
		/* Over what is not encrypted goes no credential. */
		{ FILE_OF("", "token: t, as: a"), NULL, { .server = "http://h" }, "server=http://h as=a" },
		{ FILE_OF("", "username: t"), NULL, { .server = "h:8080" }, "server=http://h:8080" },
		{ FILE_OF("", "exec: {command: p, apiVersion: client.authentication.k8s.io/v1beta1}"),
		  NULL,
		  { .server = "h" },
		  "server=http://h" },
		{ FILE_OF("", ""),
		  NULL,
		  { .server = "ftp://h" },
		  "error: the server \"ftp://h\" has the scheme \"ftp\"; it must be https or http" },
		{ FILE_OF("", ""),
		  NULL,
		  { .server = "https://" },
		  "error: the server \"https://\" names no host; write https://HOST:PORT" },
		{ FILE_OF("", ""),
		  NULL,
		  { .server = "https://h:x" },
		  "error: the server \"https://h:x\" has no port between 1 and 65535" },
		{ FILE_OF("", ""),
		  NULL,
		  { .server = "https://h:70000" },
		  "error: the server \"https://h:70000\" has no port between 1 and 65535" },
		{ FILE_OF("", ""),
		  NULL,
		  { .server = "https://h\r\nx" },
		  "error: the server \"https://h\r\nx\" is no URL; write https://HOST:PORT" },
		/* Ours: client-go would send and log them. */
		{ FILE_OF("", ""),
		  NULL,
		  { .server = "https://me:secret@h" },
		  "error: the server's URL holds a user name; name the user under users: of the kubeconfig" },
	};

	CHECK(state, rows);
}

static void reads_a_user(void **state)
{
	static const struct row rows[] = {
		{ FILE_OF("", "as: a, as-uid: '7', as-groups: [g, h], as-user-extra: {k: [v, w], l: [z]}"),
		  NULL,
		  { 0 },
		  "server=https://h:1 as=a uid=7 group=g group=h extra=k is=v extra=k is=w extra=l is=z" },
		{ FILE_OF("disable-compression: true, proxy-url: 'https://p:1'", "username: un, password: p"),
		  NULL,
		  { 0 },
		  "server=https://h:1 proxy=https://p:1 plain username=un password=p" },
		/* The token counts; the file is what it is read from again. */
		{ FILE_OF("", "token: t, tokenFile: /f"), NULL, { 0 }, "server=https://h:1 token=t token-file=/f" },
		{ FILE_OF("extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: a, m: 1, b: [true]}}]",
			  "exec: {apiVersion: client.authentication.k8s.io/v1, command: p, args: [a, ''], "
			  "env: [{name: M, value: v}], interactiveMode: Never, installHint: do it, "
			  "provideClusterInfo: true}"),
		  NULL,
		  { 0 },
		  "server=https://h:1 exec=p arg=a env=M value=v api=client.authentication.k8s.io/v1 hint=do it "
		  "mode=never cluster-info config={\"audience\": \"a\", \"m\": 1, \"b\": [true]}" },
		{ FILE_OF("",
			  "exec: {apiVersion: client.authentication.k8s.io/v1, command: p, interactiveMode: Always}"),
		  NULL,
		  { 0 },
		  "server=https://h:1 exec=p api=client.authentication.k8s.io/v1 mode=always" },
		{ FILE_OF("", "client-certificate: c.crt, client-key: c.key, "
			      "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: p}"),
		  NULL,
		  { 0 },
		  "server=https://h:1 cert=c.crt key=c.key" },
	};

	CHECK(state, rows);
}

static void refuses_what_contradicts_itself(void **state)
{
	static const struct row rows[] = {
		{ FILE_OF("", ""), NULL, { .context = "z" }, "error: context \"z\" does not exist" },
		{ FILE_OF("", ""),
		  "contexts: [{name: production}]",
		  { .context = "prodution" },
		  "error: context \"prodution\" does not exist (did you mean production?)" },
		{ "current-context: nowhere", NULL, { 0 }, "error: context \"nowhere\" does not exist" },
		{ FILE_OF("", ""), NULL, { .cluster = "other" }, "error: cluster \"other\" does not exist" },
		{ FILE_OF("", ""), NULL, { .user = "other" }, "error: auth info \"other\" does not exist" },
		{ "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]",
		  NULL,
		  { 0 },
		  "error: cluster \"c\" does not exist" },
		{ "clusters: [{name: c, cluster: {tls-server-name: sn}}]",
		  NULL,
		  { .cluster = "c" },
		  "error: no server found for cluster \"c\"" },
		{ FILE_OF("certificate-authority: ca.crt, certificate-authority-data: eA==", ""),
		  NULL,
		  { 0 },
		  "error: certificate-authority-data and certificate-authority are both specified for c; remove one of "
		  "them" },
		{ FILE_OF("certificate-authority-data: eA==, insecure-skip-tls-verify: true", ""),
		  NULL,
		  { 0 },
		  "error: specifying a root certificates file with the insecure flag is not allowed" },
		{ FILE_OF("certificate-authority: none", ""),
		  NULL,
		  { 0 },
		  "error: unable to read certificate-authority none for c due to open none: no such file or directory" },
		{ FILE_OF("proxy-url: 'ftp://p'", ""),
		  NULL,
		  { 0 },
		  "error: invalid 'proxy-url' for cluster \"c\": unsupported scheme \"ftp\", must be http, "
		  "https, or socks5" },
		{ FILE_OF("", "token: t, username: un"),
		  NULL,
		  { 0 },
		  "error: more than one authentication method found for u; found [token basicAuth], only one is "
		  "allowed" },
		{ FILE_OF("", "client-certificate: c.crt"),
		  NULL,
		  { 0 },
		  "error: client-key-data or client-key must be specified for u to use the clientCert authentication "
		  "method" },
		{ FILE_OF("", "client-certificate: c.crt, client-certificate-data: eA=="),
		  NULL,
		  { 0 },
		  "error: client-certificate-data and client-certificate are both specified for u; remove one of them" },
		{ FILE_OF("", "client-certificate: c.crt, client-key: c.key, client-key-data: eA=="),
		  NULL,
		  { 0 },
		  "error: client-key-data and client-key are both specified for u; remove one of them" },
		{ FILE_OF("", "client-certificate: none, client-key: c.key"),
		  NULL,
		  { 0 },
		  "error: unable to read client-cert none for u due to open none: no such file or directory" },
		{ FILE_OF("", "client-certificate: c.crt, client-key: none"),
		  NULL,
		  { 0 },
		  "error: unable to read client-key none for u due to open none: no such file or directory" },
		{ FILE_OF("", "as-groups: [g]"),
		  NULL,
		  { 0 },
		  "error: requesting uid, groups or user-extra for u without impersonating a user" },
		{ FILE_OF("", "auth-provider: {name: oidc, config: {client-secret: s}}"),
		  NULL,
		  { 0 },
		  "error: a:2:26: the auth-provider \"oidc\" of the user \"u\" is not supported; use kubelogin "
		  "(https://github.com/int128/kubelogin), by exec:, or give a token with --token" },
		{ FILE_OF("", "auth-provider: {name: other}"),
		  NULL,
		  { 0 },
		  "error: a:2:26: the auth-provider \"other\" of the user \"u\" is not supported; use an exec credential "
		  "plugin, by exec:, or give a token with --token" },
	};

	CHECK(state, rows);
}

static void refuses_what_has_another_type(void **state)
{
	static const struct row rows[] = {
		{ "clusters: 3", NULL, { .cluster = "c" }, "error: a:1:1: clusters must be a list" },
		{ "clusters: [3]", NULL, { .cluster = "c" }, "error: a:1:12: an entry of clusters must be a map" },
		{ "clusters: [{name: c, cluster: [1]}]",
		  NULL,
		  { .cluster = "c" },
		  "error: a:1:22: cluster must be a map" },
		/* YAML 1.1: y is true. */
		{ "contexts:\n- name: y\n",
		  NULL,
		  { .context = "x" },
		  "error: a:2:3: name must be a text; put quotes around it" },
		{ FILE_OF("", "token: 12345"),
		  NULL,
		  { 0 },
		  "error: a:2:26: token must be a text; put quotes around it" },
		{ FILE_OF("", "token: \"a\\0b\""), NULL, { 0 }, "error: a:2:26: token holds a NUL" },
		{ FILE_OF("insecure-skip-tls-verify: 'yes'", ""),
		  NULL,
		  { 0 },
		  "error: a:1:55: insecure-skip-tls-verify must be true or false" },
		{ FILE_OF("certificate-authority-data: '%%'", ""),
		  NULL,
		  { 0 },
		  "error: a:1:55: certificate-authority-data: illegal base64 data" },
		{ FILE_OF("", "as-groups: g"), NULL, { 0 }, "error: a:2:26: as-groups must be a list" },
		{ FILE_OF("", "as-user-extra: {k: v}"), NULL, { 0 }, "error: a:2:42: k must be a list" },
		{ "clusters: [{name: c}, {name: c}]",
		  NULL,
		  { .cluster = "c" },
		  "error: a:1:23: duplicate name \"c\" in clusters" },
		{ "kind: Pod\napiVersion: v1\n",
		  NULL,
		  { 0 },
		  "error: a:1:1: not a kubeconfig: it is a Pod of v1, not a Config of v1" },
		{ "[]", NULL, { 0 }, "error: a:1:1: expected a map" },
		/* The place is that of the file, not of the document. */
		{ "# first\n---\nclusters: 3\n", NULL, { .cluster = "c" }, "error: a:3:1: clusters must be a list" },
		{ FILE_OF("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: p}"),
		  NULL,
		  { 0 },
		  "error: a:2:26: interactiveMode must be specified for u to use exec authentication plugin" },
		{ FILE_OF("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: p, interactiveMode: No}"),
		  NULL,
		  { 0 },
		  "error: a:2:90: interactiveMode must be a text; put quotes around it" },
		{ FILE_OF("", "exec: {apiVersion: client.authentication.k8s.io/v1, command: p, interactiveMode: Nope}"),
		  NULL,
		  { 0 },
		  "error: a:2:26: invalid interactiveMode for u: \"Nope\"" },
		{ FILE_OF("", "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: p}"),
		  NULL,
		  { 0 },
		  "error: a:2:26: exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\"; use "
		  "client.authentication.k8s.io/v1 or v1beta1" },
		{ FILE_OF("", "exec: {command: p}"),
		  NULL,
		  { 0 },
		  "error: a:2:26: apiVersion must be specified for u to use exec authentication plugin" },
		{ FILE_OF("", "exec: {apiVersion: client.authentication.k8s.io/v1beta1}"),
		  NULL,
		  { 0 },
		  "error: a:2:26: command must be specified for u to use exec authentication plugin" },
		{ FILE_OF("",
			  "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: p, env: [{value: v}]}"),
		  NULL,
		  { 0 },
		  "error: a:2:101: env variable name must be specified for u to use exec authentication plugin" },
	};

	CHECK(state, rows);
}

/* Files come from strangers, too. */
static void refuses_what_is_hostile(void **state)
{
	static const struct row bomb = {
		"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
		"c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
		"e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
		"contexts: *f\n",
		NULL,
		{ .context = "x" },
		"error: a:7:1: an entry of contexts must be a map"
	};
	struct buf deep CLEANUP(buf_free) = BUF_INIT;
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct error *error CLEANUP(error_freep) = NULL;
	const struct live_flags flags = { .kubeconfig = "a" };
	struct live_config config;

	check(*state, &bomb);
	buf_addz(&deep, "a: ");
	buf_pad(&deep, '[', 100);
	buf_pad(&deep, ']', 100);
	buf_addc(&deep, '\0');
	put("a", deep.p);
	assert_false(kubeconfig_read(&flags, arena, &config, &error));
	error_free(error);
	error = NULL;
	assert_int_equal(truncate("a", (1 << 24) + 1), 0);
	assert_false(kubeconfig_read(&flags, arena, &config, &error));
	error_free(error);
	error = NULL;
	assert_false(kubeconfig_read(&(struct live_flags){ .kubeconfig = "account" }, arena, &config, &error));
}

static void reads_a_timeout(void **state)
{
#define TIMEOUT                                                                                                        \
	"error: invalid timeout value \"%s\"; a timeout must be a single integer in seconds, or an integer "           \
	"followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
	static const struct row rows[] = {
		{ FILE_OF("", ""), NULL, { .request_timeout = "0" }, "server=https://h:1" },
		{ FILE_OF("", ""), NULL, { .request_timeout = "7" }, "server=https://h:1 timeout=7000" },
		{ FILE_OF("", ""), NULL, { .request_timeout = "1.5s" }, "server=https://h:1 timeout=1500" },
		{ FILE_OF("", ""), NULL, { .request_timeout = "1h2m3s4ms" }, "server=https://h:1 timeout=3723004" },
		{ FILE_OF("", ""), NULL, { .request_timeout = "9999999999h" }, "server=https://h:1 timeout=4294967295" },
	};
	static const char *const bad[] = { "abc", "-1", "1x", "s", "1s2", "1 s" };

	CHECK(state, rows);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct row row = { FILE_OF("", ""), NULL, { .request_timeout = bad[i] }, NULL };
		char expected[256];

		snprintf(expected, sizeof(expected), TIMEOUT, bad[i]);
		row.expected = expected;
		check(*state, &row);
	}
}

static void takes_the_pods_account(void **state)
{
	static const struct live_flags account = { .service_account = "account" };
	static const struct row before = {
		"", NULL, { .service_account = "account" }, "server=http://localhost:8080 unconfigured"
	};
	static const struct row rows[] = {
		{ "",
		  NULL,
		  { .service_account = "account" },
		  "server=https://10.0.0.1:443 token-file=account/token namespace-of-pod=web in-cluster" },
		{ "",
		  NULL,
		  { .service_account = "account", .namespace = "ns", .as = "a" },
		  "server=https://10.0.0.1:443 token-file=account/token as=a namespace=ns in-cluster" },
		{ "",
		  NULL,
		  { .service_account = "account", .token = "t", .certificate_authority = "ca.crt" },
		  "server=https://10.0.0.1:443 ca=ca.crt token=t namespace-of-pod=web in-cluster" },
		/* A server that is named is the one that is meant. */
		{ FILE_OF("", ""), NULL, { .service_account = "account" }, "server=https://h:1 namespace-of-pod=web" },
		{ "",
		  NULL,
		  { .service_account = "account", .server = "https://s" },
		  "server=https://s namespace-of-pod=web" },
	};

	put("account/namespace", "web\n");
	setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	check(*state, &before);
	put("account/token", "t");
	CHECK(state, rows);
	put("account/ca.crt", "x");
	setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
	setenv("POD_NAMESPACE", "given", 1);
	check(*state, &(struct row){ "", NULL, account,
				     "server=https://[fd00::1]:443 ca=account/ca.crt token-file=account/token "
				     "namespace-of-pod=given in-cluster" });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(merges_files, enter_alone, leave),
		cmocka_unit_test_setup_teardown(finds_its_files, enter_alone, leave),
		cmocka_unit_test_setup_teardown(makes_paths_absolute, enter_alone, leave),
		cmocka_unit_test_setup_teardown(lays_flags_over, enter_alone, leave),
		cmocka_unit_test_setup_teardown(reads_a_server, enter_alone, leave),
		cmocka_unit_test_setup_teardown(reads_a_user, enter_alone, leave),
		cmocka_unit_test_setup_teardown(refuses_what_contradicts_itself, enter_alone, leave),
		cmocka_unit_test_setup_teardown(refuses_what_has_another_type, enter_alone, leave),
		cmocka_unit_test_setup_teardown(refuses_what_is_hostile, enter_alone, leave),
		cmocka_unit_test_setup_teardown(reads_a_timeout, enter_alone, leave),
		cmocka_unit_test_setup_teardown(takes_the_pods_account, enter_alone, leave),
	};

	return cmocka_run_group_tests_name("kubeconfig", tests, NULL, NULL);
}
