/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live client, the parts of it that need no server: headers, warnings, what an answer means in kubectl's words,
 * credentials from files and plugins. That it all works on a real server, tests/live/ shows.
 */
#include <sys/stat.h>

#include "world.h"

#include "base/base64.h"
#include "live/client.h"
#include "live/client_log.h"
#include "live/credentials.h"
#include "live/server_url.h"
#include "live/status.h"
#include "live/warnings.h"

static void knows_base64(void **state)
{
	static const char *const pairs[][2] = { { "", "" },	   { "f", "Zg==" },	   { "fo", "Zm8=" },
						{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "\xff\xfe", "//4=" } };
	static const char *const bad[] = { "Zg", "Zg=", "Z===", "Zg==Zg==", "Z g=", "Zm9v=", "%" };
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct str bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct buf text CLEANUP(buf_free) = BUF_INIT;

		base64_encode(&text, str_of(pairs[i][0]));
		assert_true(str_is(buf_str(&text), pairs[i][1]));
		assert_true(base64_decode(arena, str_of(pairs[i][1]), &bytes));
		assert_true(str_is(bytes, pairs[i][0]));
	}
	assert_true(base64_decode(arena, STR("Zm\r\n9v\n"), &bytes) && str_is(bytes, "foo"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(base64_decode(arena, str_of(bad[i]), &bytes));
}

static void knows_its_own_machine(void **state)
{
	static const char *const own[] = { "localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]" };
	static const char *const others[] = { "localhost.test", "127.0.0.test", "127.0.0.1.test",
					      "10.0.0.1",	"[::2]",	"" };

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		assert_true(server_url_is_loopback(str_of(own[i])));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_false(server_url_is_loopback(str_of(others[i])));
}

/* ---- warnings ---- */

static void reads_warnings(void **state)
{
	static const struct {
		const char *header, *texts; /* each text with a | behind it */
	} rows[] = {
		{ "299 - \"hello\"", "hello|" },
		{ " 299 - \"a \\\"b\\\" \\\\c, d\" ", "a \"b\" \\c, d|" },
		{ "299 - \"a\", 299 kube \"b\"", "a|b|" },
		{ "299 - \"a\" \"Thu, 26 Nov 2026 20:00:00 GMT\", 299 - \"b\"", "a|b|" },
		{ "199 - \"not ours\", 299 - \"ours\"", "|ours|" },
		{ "299 - \"open", "" },
		{ "299 - \"a\" rest", "" },
		{ "299 - \"a\", 29 - \"b\"", "a|" },
		{ "299 \"a\"", "" },
		{ "", "" },
		{ "299 - \"", "" },
		{ "299", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena *arena CLEANUP(arena_freep) = arena_new();
		struct buf texts CLEANUP(buf_free) = BUF_INIT;
		struct str rest = str_of(rows[i].header), text;

		while (warning_next(&rest, arena, &text))
			buf_addf(&texts, "%.*s|", STR_ARG(text));
		buf_addc(&texts, '\0');
		assert_string_equal(texts.p, rows[i].texts);
	}
}

static void finds_headers(void **state)
{
	struct str headers = STR("HTTP/2 200\nretry-after: 7\nWarning: a\nX: y\nwarning:b\nno colon\n"), value;
	size_t at = 0;

	(void)state;
	assert_true(transport_header(headers, "Retry-After", &at, &value) && str_is(value, "7"));
	at = 0;
	assert_true(transport_header(headers, "Warning", &at, &value) && str_is(value, "a"));
	assert_true(transport_header(headers, "Warning", &at, &value) && str_is(value, "b"));
	assert_false(transport_header(headers, "Warning", &at, &value));
	assert_false(transport_header(headers, "Warning", &at, &value));
	at = 0;
	assert_false(transport_header(STR_NONE, "Warning", &at, &value));
}

/* ---- what an answer means ---- */

#define STATUS(rest) "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\"," rest "}"

static void words_answers_as_kubectl(void **state)
{
	static const struct {
		long status;
		const char *headers, *body, *path;
		enum live_failure failure;
		const char *message;
	} rows[] = {
		{ 403, "",
		  STATUS("\"message\":\"pods is forbidden: User \\\"a\\\" cannot\",\"reason\":\"Forbidden\",\"code\":403"),
		  "/api/v1/pods", LIVE_FORBIDDEN, "from server (Forbidden): pods is forbidden: User \"a\" cannot" },
		{ 404, "", STATUS("\"message\":\"deployments.apps \\\"x\\\" not found\",\"reason\":\"NotFound\""),
		  "/apis/apps/v1/namespaces/n/deployments/x", LIVE_NOT_FOUND,
		  "from server (NotFound): deployments.apps \"x\" not found" },
		{ 401, "", STATUS("\"message\":\"Unauthorized\",\"reason\":\"Unauthorized\""), "/api",
		  LIVE_UNAUTHORIZED, "you must be logged in to the server (Unauthorized)" },
		{ 410, "", STATUS("\"message\":\"too old\",\"reason\":\"Expired\""), "/api/v1/pods", LIVE_GONE,
		  "from server (Expired): too old" },
		{ 409, "", STATUS("\"message\":\"m\",\"reason\":\"Conflict\""), "/api/v1/pods", LIVE_CONFLICT,
		  "from server (Conflict): m" },
		{ 500, "", STATUS("\"message\":\"m\""), "/api/v1/pods", LIVE_BUSY, "from server: m" },
		{ 422, "",
		  STATUS("\"message\":\"m\",\"reason\":\"Invalid\",\"details\":{\"name\":\"web\",\"kind\":\"Deployment\","
			 "\"causes\":[{\"field\":\"spec.a\",\"message\":\"Required value\"},{\"field\":\"spec.b\","
			 "\"message\":\"Invalid\"},{\"field\":\"spec.b\",\"message\":\"Invalid\"}]}"),
		  "/x", LIVE_INVALID, "the Deployment \"web\" is invalid: spec.a: Required value; spec.b: Invalid" },
		{ 422, "", STATUS("\"message\":\"m\",\"reason\":\"Invalid\",\"details\":{}"), "/x", LIVE_INVALID,
		  "the request is invalid: m" },
		/* Where no API server answers: client-go's words, with what was asked for. */
		{ 404, "Content-Type: text/plain\n", "404 page not found\n",
		  "/apis/apps/v1/namespaces/n/deployments/x?a=b", LIVE_NOT_FOUND,
		  "from server (NotFound): the server could not find the requested resource (get deployments.apps x)" },
		{ 403, "Content-Type: text/html\n", "<p>no</p>", "/api/v1/namespaces", LIVE_FORBIDDEN,
		  "from server (Forbidden): <p>no</p> (get namespaces)" },
		{ 401, "", "", "/api/v1/namespaces/n", LIVE_UNAUTHORIZED,
		  "you must be logged in to the server (the server has asked for the client to provide credentials (get "
		  "namespaces n))" },
		{ 502, "Content-Type: text/html\n", "Bad Gateway", "/version", LIVE_BUSY,
		  "from server (InternalError): an error on the server (\"Bad Gateway\") has prevented the request from "
		  "succeeding" },
		{ 503, "Content-Type: application/json\n", "{", "/api/v1/namespaces/n/pods", LIVE_BUSY,
		  "from server (ServiceUnavailable): the server is currently unable to handle the request (get pods)" },
		{ 418, "Content-Type: application/octet-stream\n", "\x01\x02", "/", LIVE_REFUSED,
		  "from server: unknown" },
		{ 302, "Location: https://login\n", "", "/api", LIVE_REFUSED,
		  "the server h:1 redirects to https://login, which is not followed: is it the API server of a "
		  "cluster?" },
		/* A Status of another kind, or with other types, is none. */
		{ 429, "", "{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":7,\"message\":[]}", "/x", LIVE_BUSY,
		  "from server: " },
		{ 429, "", "[[[[", "/api/v1/pods", LIVE_BUSY,
		  "from server (TooManyRequests): the server has received too many requests and has asked us to try "
		  "again later (get pods)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct live_request request = { .method = "GET", .path = str_of(rows[i].path) };
		struct transport_answer answer = { .status = rows[i].status };
		struct error *error = NULL;
		struct live_response response = { 0 };

		buf_addz(&answer.headers, rows[i].headers);
		buf_addz(&answer.body, rows[i].body);
		assert_false(status_error(STR("https://h:1/p"), &request, &answer, &response, &error));
		assert_string_equal(error->message, rows[i].message);
		assert_int_equal(response.failure, rows[i].failure);
		error_free(error);
		live_response_free(&response);
		transport_answer_free(&answer);
	}
}

static void words_failures_as_kubectl(void **state)
{
	static const struct {
		enum transport_end end;
		long verify_result;
		const char *message;
	} rows[] = {
		{ TRANSPORT_REFUSED, 0,
		  "the connection to the server h:1 was refused - did you specify the right host or port?" },
		{ TRANSPORT_NO_HOST, 0, "unable to connect to the server: dial tcp: lookup h: no such host" },
		{ TRANSPORT_UNTRUSTED, 20,
		  "unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by "
		  "unknown authority" },
		{ TRANSPORT_UNTRUSTED, 10,
		  "unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired or "
		  "is not yet valid: it has expired" },
		{ TRANSPORT_NO_TLS, 0,
		  "unable to connect to the server: http: server gave HTTP response to HTTPS client" },
		{ TRANSPORT_CONNECT_TIMEOUT, 0, "unable to connect to the server: dial tcp h:1: i/o timeout" },
		{ TRANSPORT_TIMEOUT, 0, "unable to connect to the server: h:1 did not answer within 1.500 seconds" },
		{ TRANSPORT_STALLED, 0, "the server h:1 sent nothing for 60 seconds; it was given up" },
		{ TRANSPORT_TOO_LARGE, 0, "the answer of the server h:1 is larger than 7 bytes; it is not read" },
		{ TRANSPORT_STOPPED, 0, "stopped by a signal" },
	};
	const struct transport_settings settings = { .server = STR("https://h:1/p") };
	const struct transport_request request = { .method = "GET", .most = 7, .timeout_ms = 1500 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct transport_answer answer = { .end = rows[i].end, .verify_result = rows[i].verify_result };
		struct error *error CLEANUP(error_freep) = NULL;

		assert_false(transport_error(&settings, &request, &answer, &error));
		assert_string_equal(error->message, rows[i].message);
	}
}

/* ---- the log ---- */

static void add_line(void *data, unsigned level, const char *line)
{
	struct buf *lines = data;

	(void)level;
	buf_addz(lines, line);
	buf_addc(lines, '\n');
}

static void logs_nothing_secret(void **state)
{
	static const char *const headers[] = { "Accept: a", "Authorization: Bearer SECRET", "authorization:SECRET",
					       "Impersonate-User: b" };
	static const char *const paths[] = { "https://h/api/v1/secrets?limit=1",
					     "https://h/api/v1/namespaces/n/configmaps/x",
					     "https://h/api/v1/namespaces/n/serviceaccounts/s/token" };
	struct transport_request request = { .method = "GET", .headers = headers, .headers_n = 4 };
	struct transport_answer answer = { .status = 200 };
	struct buf lines CLEANUP(buf_free) = BUF_INIT;
	struct live_listener listener = { .log = add_line, .data = &lines, .verbosity = 9 };

	(void)state;
	buf_addz(&answer.headers, "HTTP/2 200\nset-cookie: SECRET\nx: y\n");
	buf_addz(&answer.body, "SECRET");
	request.body = STR("SECRET");
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		request.url = str_of(paths[i]);
		client_log_request(&listener, &request);
		client_log_answer(&listener, &request, &answer);
	}
	assert_int_equal(str_find(buf_str(&lines), STR("SECRET"), 0), SIZE_MAX);
	assert_int_not_equal(str_find(buf_str(&lines), STR("Authorization: Bearer <masked>\n"), 0), SIZE_MAX);
	assert_int_not_equal(str_find(buf_str(&lines), STR("Impersonate-User: b\n"), 0), SIZE_MAX);
	/* And all else, at the level that is asked for. */
	lines.n = 0;
	request.url = STR("https://h/api/v1/pods");
	client_log_answer(&listener, &request, &answer);
	assert_int_not_equal(str_find(buf_str(&lines), STR("Response Body: SECRET\n"), 0), SIZE_MAX);
	lines.n = 0;
	listener.verbosity = 6;
	answer.ms = 5;
	client_log_request(&listener, &request);
	client_log_answer(&listener, &request, &answer);
	assert_true(str_is(buf_str(&lines), "GET https://h/api/v1/pods 200 OK in 5 milliseconds\n"));
	lines.n = 0;
	listener.verbosity = 8;
	buf_pad(&answer.body, 'x', 2000);
	client_log_answer(&listener, &request, &answer);
	assert_int_not_equal(str_find(buf_str(&lines), STR("xxx [truncated 982 chars]\n"), 0), SIZE_MAX);
	transport_answer_free(&answer);
}

/* ---- plugins ---- */

static void reads_times(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds; /* -1: none */
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-26T20:00:00Z", 1795723200 },
		{ "2024-02-29T23:59:59.123456789Z", 1709251199 },
		{ "2026-11-26T21:30:00+01:30", 1795723200 },
		{ "2026-11-26t12:00:00-08:00", 1795723200 },
		{ "2026-11-26T20:00:00", -1 },
		{ "2026-13-26T20:00:00Z", -1 },
		{ "2026-11-26 20:00:00Z", -1 },
		{ "2026-11-26T20:00:00.Z", -1 },
		{ "2026-11-26T20:00:00Zx", -1 },
		{ "2026-11-26T20:00:00+0100", -1 },
		{ "tomorrow", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t seconds = -1;

		assert_int_equal(rfc3339_read(str_of(rows[i].text), &seconds), rows[i].seconds >= 0);
		assert_int_equal(seconds, rows[i].seconds);
	}
}

#define V1 "client.authentication.k8s.io/v1"
#define CREDENTIAL(status) "{\"apiVersion\": \"" V1 "\", \"kind\": \"ExecCredential\", \"status\": " status "}"

static void reads_what_a_plugin_prints(void **state)
{
	static const struct {
		const char *printed, *expected;
	} rows[] = {
		{ CREDENTIAL("{\"token\": \"t\"}"), "t - - 0" },
		{ CREDENTIAL("{\"token\": \"t\", \"expirationTimestamp\": \"2026-11-26T20:00:00Z\"}"),
		  "t - - 1795723200" },
		{ CREDENTIAL("{\"clientCertificateData\": \"c\", \"clientKeyData\": \"k\"}"), "- c k 0" },
		{ CREDENTIAL("{\"token\": \"t\", \"clientCertificateData\": null, \"more\": 1}"), "t - - 0" },
		{ CREDENTIAL("{}"), "exec plugin didn't return a token or cert/key pair" },
		{ CREDENTIAL("null"), "exec plugin didn't return a status field" },
		{ CREDENTIAL("{\"token\": 7}"), "decoding stdout: status.token is no text" },
		{ CREDENTIAL("{\"clientKeyData\": \"k\"}"), "exec plugin returned only certificate or key, not both" },
		{ CREDENTIAL("{\"token\": \"t\", \"expirationTimestamp\": \"soon\"}"),
		  "decoding stdout: status.expirationTimestamp is no time (2026-01-31T20:00:00Z)" },
		{ "", "decoding stdout: it is no JSON object" },
		{ "token", "decoding stdout: it is no JSON object" },
		{ "[]", "decoding stdout: it is no JSON object" },
		{ "{}", "decoding stdout: it is no ExecCredential" },
		{ "{\"apiVersion\": \"client.authentication.k8s.io/v1beta1\", \"kind\": \"ExecCredential\"}",
		  "exec plugin is configured to use API version " V1
		  ", plugin returned version client.authentication.k8s.io/v1beta1" },
	};
	const struct live_exec exec = { .api_version = STR(V1) };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct error *error CLEANUP(error_freep) = NULL;
		struct buf text CLEANUP(buf_free) = BUF_INIT;
		struct exec_credential got;

		if (exec_plugin_read(&exec, str_of(rows[i].printed), &got, &error))
			buf_addf(&text, "%.*s %.*s %.*s %lld", STR_ARG(got.token.n ? buf_str(&got.token) : STR("-")),
				 STR_ARG(got.cert.n ? buf_str(&got.cert) : STR("-")),
				 STR_ARG(got.key.n ? buf_str(&got.key) : STR("-")), (long long)got.expires);
		else
			buf_addz(&text, error->message + strlen("getting credentials: "));
		buf_addc(&text, '\0');
		assert_string_equal(text.p, rows[i].expected);
		exec_credential_free(&got);
	}
}

static void put_plugin(const char *text)
{
	put("plugin", text);
	assert_int_equal(chmod("plugin", 0755), 0);
}

/* Prints what it was given as its token. */
#define TELLS                                                                                                          \
	"#!/bin/sh\n"                                                                                                  \
	"printf '{\"apiVersion\": \"" V1 "\", \"kind\": \"ExecCredential\", \"status\": {\"token\": \"%s\"}}' "        \
	"\"$1|$2|$GIVEN|$KEPT|$(cat)|$(printf %s \"$KUBERNETES_EXEC_INFO\" | tr -d '\"\\n')\"\n"

static void tells_a_plugin_what_it_needs(void **state)
{
	struct str args[] = { STR("a b"), STR("$(c)") };
	struct live_pair env[] = { { STR("GIVEN"), STR("first") }, { STR("GIVEN"), STR("g") } };
	struct live_exec exec = { .api_version = STR(V1),
				  .command = STR("./plugin"),
				  .args = args,
				  .args_n = 2,
				  .env = env,
				  .env_n = 2,
				  .interactive = EXEC_NEVER };
	struct live_config config = { .server = STR("https://h"), .exec = &exec };
	struct exec_credential got;

	(void)state;
	setenv("GIVEN", "not this", 1);
	setenv("KEPT", "kept", 1);
	setenv("KUBERNETES_EXEC_INFO", "not this", 1);
	put_plugin(TELLS);
	assert_true(exec_plugin_run(&config, STR("CA"), NULL, &got, NULL));
	buf_addc(&got.token, '\0');
	assert_string_equal(got.token.p,
			    "a b|$(c)|g|kept||{kind: ExecCredential, apiVersion: " V1 ", spec: {interactive: false}}");
	exec_credential_free(&got);
	exec.provide_cluster_info = true;
	exec.cluster_extension = STR("{\"audience\": 1}");
	config.tls_server_name = STR("name");
	assert_true(exec_plugin_run(&config, STR("CA"), NULL, &got, NULL));
	buf_addc(&got.token, '\0');
	assert_string_equal(got.token.p,
			    "a b|$(c)|g|kept||{kind: ExecCredential, apiVersion: " V1
			    ", spec: {cluster: {server: https://h, tls-server-name: name, certificate-authority-data: Q0E=, "
			    "config: {audience: 1}}, interactive: false}}");
	exec_credential_free(&got);
	unsetenv("KUBERNETES_EXEC_INFO");
}

static void says_why_a_plugin_does_not_run(void **state)
{
	static const struct {
		const char *script;
		bool missing;
		const char *message;
	} rows[] = {
		{ "#!/bin/sh\nexit 3\n", false, "exec: executable PLUGIN failed with exit code 3" },
		{ "#!/bin/sh\nkill -9 $$\n", false, "exec: executable PLUGIN was ended by signal 9" },
		{ NULL, true,
		  "exec: executable PLUGIN not found: it looks like you are trying to use a client-go credential plugin "
		  "that is not installed "
		  "(https://kubernetes.io/docs/reference/access-authn-authz/authentication/"
		  "#client-go-credential-plugins): do this" },
		/* No shell is there to run what is no program. */
		{ "echo", false, "exec: run PLUGIN: exec format error" },
	};
	struct arena *arena CLEANUP(arena_freep) = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct live_exec exec = { .api_version = STR(V1),
					  .command = rows[i].missing ? STR("./none") : STR("./plugin"),
					  .install_hint = STR("do this"),
					  .interactive = EXEC_NEVER };
		const struct live_config config = { .server = STR("https://h"), .exec = &exec };
		struct error *error CLEANUP(error_freep) = NULL;
		struct str start, message = str_of(rows[i].message);
		size_t at = str_find(message, STR("PLUGIN"), 0);
		struct exec_credential got;

		if (rows[i].script)
			put_plugin(rows[i].script);
		assert_false(exec_plugin_run(&config, STR_NONE, NULL, &got, &error));
		start = str_fmt(arena, "getting credentials: %.*s%.*s%.*s", STR_ARG(str_sub(message, 0, at)),
				STR_ARG(exec.command), STR_ARG(str_sub(message, at + 6, message.n)));
		assert_string_equal(error->message, start.p);
		exec_credential_free(&got);
	}
}

/* A number that counts up with each call: "1", "2", …; expired where the second file says so. */
#define COUNTS                                                                                                         \
	"#!/bin/sh\ncd \"${0%/*}\"; n=$(($(cat n 2>/dev/null || echo 0) + 1)); echo $n >n\n"                           \
	"printf '{\"apiVersion\": \"" V1 "\", \"kind\": \"ExecCredential\", \"status\": {\"token\": \"%s\"%s}}' $n "   \
	"\"$(cat expires 2>/dev/null)\"\n"

static void asks_a_plugin_again_when_it_must(void **state)
{
	const struct live_exec exec = { .api_version = STR(V1), .command = STR("./plugin"), .interactive = EXEC_NEVER };
	const struct live_config config = { .server = STR("https://h"), .exec = &exec };
	const volatile sig_atomic_t raised = 1;
	struct credentials credentials;
	struct buf header CLEANUP(buf_free) = BUF_INIT;

	(void)state;
	put_plugin(COUNTS);
	assert_true(credentials_open(&config, &credentials, NULL));
	assert_true(credentials_fresh(&credentials, NULL, NULL) && credentials_fresh(&credentials, NULL, NULL));
	credentials_header(&credentials, &header);
	assert_true(str_is(buf_str(&header), "Bearer 1"));
	assert_true(credentials_renew(&credentials, NULL));
	put("expires", ", \"expirationTimestamp\": \"2099-01-01T00:00:00Z\"");
	assert_true(credentials_renew(&credentials, NULL) && credentials_fresh(&credentials, NULL, NULL));
	assert_true(str_is(buf_str(&credentials.token), "3"));
	put("expires", ", \"expirationTimestamp\": \"2020-01-01T00:00:00Z\"");
	assert_true(credentials_renew(&credentials, NULL) && credentials_fresh(&credentials, NULL, NULL));
	assert_true(str_is(buf_str(&credentials.token), "5"));
	/* After Ctrl-C only what has to be put back goes on. */
	assert_false(credentials_fresh(&credentials, &raised, NULL));
	assert_true(credentials_fresh(&credentials, NULL, NULL));
	credentials_close(&credentials);
}

/* ---- files ---- */

#define PEM(what) "-----BEGIN " what "-----\nAAAA\n-----END " what "-----\n"

static void reads_credentials_from_files(void **state)
{
	struct live_config config = { .token_file = STR("token") };
	struct buf header CLEANUP(buf_free) = BUF_INIT;
	struct credentials credentials;

	(void)state;
	put("token", " t1\n");
	assert_true(credentials_open(&config, &credentials, NULL));
	assert_false(credentials_renew(&credentials, NULL));
	put("token", "t2");
	assert_true(credentials_fresh(&credentials, NULL, NULL));
	credentials_header(&credentials, &header);
	assert_true(str_is(buf_str(&header), "Bearer t1"));
	assert_true(credentials_renew(&credentials, NULL));
	header.n = 0;
	credentials_header(&credentials, &header);
	assert_true(str_is(buf_str(&header), "Bearer t2"));
	/* A minute later it is read again; one that is gone leaves the last one. */
	put("token", "t3");
	credentials.read_at -= 61000;
	assert_true(credentials_fresh(&credentials, NULL, NULL));
	assert_true(str_is(buf_str(&credentials.token), "t3"));
	put("token", "");
	credentials.read_at -= 61000;
	assert_true(credentials_fresh(&credentials, NULL, NULL));
	assert_true(str_is(buf_str(&credentials.token), "t3"));
	credentials_close(&credentials);
	config = (struct live_config){ .username = STR("Aladdin"), .password = STR("open sesame") };
	assert_true(credentials_open(&config, &credentials, NULL));
	header.n = 0;
	credentials_header(&credentials, &header);
	assert_true(str_is(buf_str(&header), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
	credentials_close(&credentials);
}

static void refuses_what_is_no_credential(void **state)
{
	static const struct {
		struct live_config config;
		const char *text, *message;
	} rows[] = {
		{ { .ca_file = STR("x") },
		  PEM("PRIVATE KEY"),
		  "unable to load root certificates: no valid certificate authority data seen: " },
		{ { .cert_file = STR("x") }, "", "tls: failed to find any PEM data in certificate input: " },
		{ { .cert_data = STR(PEM("CERTIFICATE")), .key_file = STR("x") },
		  "x",
		  "tls: failed to find any PEM data in key input: " },
		{ { .token_file = STR("x") }, " \n", "read empty token from file \"" },
		{ { .token = STR("a\r\nX: y") },
		  "",
		  "the bearer token holds a control character; invalid header field value for \"Authorization\"" },
		{ { .token_file = STR("x") }, "a\nb", "the bearer token holds a control character; " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct error *error CLEANUP(error_freep) = NULL;
		struct credentials credentials;

		put("x", rows[i].text);
		assert_false(credentials_open(&rows[i].config, &credentials, &error));
		if (!str_starts(str_of(error->message), str_of(rows[i].message)))
			fail_msg("%s", error->message);
		credentials_close(&credentials);
	}
}

/* Nobody listens on port 1 of ourselves; libcurl is loaded for that. */
static void says_that_nobody_listens(void **state)
{
	const struct live_config config = { .server = STR("http://127.0.0.1:1"),
					    .unconfigured = true,
					    .missing = STR("/a, /b") };
	const struct live_request request = { .method = "GET", .path = STR("/version") };
	struct error *error CLEANUP(error_freep) = NULL;
	struct live_response response;
	struct live_client *client;
	volatile sig_atomic_t stop = 0;

	(void)state;
	client = live_open(&config, NULL, &stop, &error);
	assert_non_null(client);
	assert_false(live_do(client, &request, &response, &error));
	assert_string_equal(error->message,
			    "the connection to the server 127.0.0.1:1 was refused - did you specify the right host or "
			    "port? (no kubeconfig names a server; there is no /a, /b; give one with --kubeconfig, KUBECONFIG or --context)");
	assert_int_equal(response.failure, LIVE_UNREACHABLE);
	live_response_free(&response);
	error_free(error);
	error = NULL;
	stop = 1;
	assert_false(live_do(client, &request, &response, &error));
	assert_string_equal(error->message, "stopped by a signal");
	assert_int_equal(response.failure, LIVE_STOPPED);
	live_response_free(&response);
	live_close(client);
	live_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_base64),
		cmocka_unit_test(knows_its_own_machine),
		cmocka_unit_test(reads_warnings),
		cmocka_unit_test(finds_headers),
		cmocka_unit_test(words_answers_as_kubectl),
		cmocka_unit_test(words_failures_as_kubectl),
		cmocka_unit_test(logs_nothing_secret),
		cmocka_unit_test(reads_times),
		cmocka_unit_test(reads_what_a_plugin_prints),
		cmocka_unit_test(tells_a_plugin_what_it_needs),
		cmocka_unit_test(says_why_a_plugin_does_not_run),
		cmocka_unit_test(asks_a_plugin_again_when_it_must),
		cmocka_unit_test(reads_credentials_from_files),
		cmocka_unit_test(refuses_what_is_no_credential),
		cmocka_unit_test(says_that_nobody_listens),
	};

	return cmocka_run_group_tests_name("live_client", tests, enter, leave);
}
