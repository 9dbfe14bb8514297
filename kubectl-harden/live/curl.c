/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Curl
 *
 * The one file that knows libcurl, which is loaded when a cluster is asked for: linked, it would triple the time that
 * every other run takes to start. An option that the loaded one does not have is an error, never a setting that
 * silently does not hold. All options are set anew for each request; the handle keeps the connection.
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "live/pause.h"
#include "live/server_url.h"
#include "live/transport.h"

/* The functions that are used; the names are those of libcurl without "curl_". */
struct library {
	CURLcode (*global_init)(long flags);
	void (*global_cleanup)(void);
	curl_version_info_data *(*version_info)(CURLversion version);
	CURL *(*easy_init)(void);
	void (*easy_cleanup)(CURL *easy);
	void (*easy_reset)(CURL *easy);
	CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
	CURLcode (*easy_perform)(CURL *easy);
	CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
	const char *(*easy_strerror)(CURLcode code);
	struct curl_slist *(*slist_append)(struct curl_slist *list, const char *line);
	void (*slist_free_all)(struct curl_slist *list);
};

struct transport {
	struct library curl;
	const struct transport_settings *settings;
	CURL *easy;
	CURLcode wrong; /* the first option that could not be set, */
	const char *wrong_option;
	char *connect_to; /* NULL: to the URL's host */
	char *url_prefix; /* of the server under the name in its certificate */
	char *host_header;
	char message[CURL_ERROR_SIZE];
};

/* What the callbacks fill. */
struct exchange {
	const struct transport *transport;
	const struct transport_request *request;
	struct transport_answer *answer;
	bool too_large;
};

/* ---- loading ---- */

static void *find(void *handle, const char *name, struct error **err)
{
	void *symbol = dlsym(handle, name);

	if (!symbol)
		error_set(err, "the libcurl of this system has no %s; install a newer one", name);
	return symbol;
}

#define FIND(name) ((curl->name = (__typeof__(curl->name))find(handle, "curl_" #name, err)) != NULL)

static bool load(struct library *curl, struct error **err)
{
	/* It stays loaded: what OpenSSL registers to be run at the end must still be there then. */
	void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

	if (!handle) {
		error_set(err,
			  "libcurl, which speaks to the cluster, cannot be loaded (%s); install the package libcurl4 "
			  "(Debian, Ubuntu) or libcurl (Fedora, Alpine)",
			  dlerror());
		return false;
	}
	return FIND(global_init) && FIND(global_cleanup) && FIND(version_info) && FIND(easy_init) &&
	       FIND(easy_cleanup) && FIND(easy_reset) && FIND(easy_setopt) && FIND(easy_perform) &&
	       FIND(easy_getinfo) && FIND(easy_strerror) && FIND(slist_append) && FIND(slist_free_all);
}

static char *format(const char *text, ...) __attribute__((__format__(printf, 1, 2)));

static char *format(const char *text, ...)
{
	struct buf out = BUF_INIT;
	va_list args;

	va_start(args, text);
	buf_vaddf(&out, text, args);
	va_end(args);
	buf_addc(&out, '\0');
	return out.p;
}

/*
 * A name for the certificate that is not the URL's host: the URL gets that name, so that it is the one that TLS asks
 * for and verifies, and the connection goes to where the URL said.
 */
static bool prepare_name(struct transport *transport, struct error **err)
{
	struct server_url url;
	struct str name = transport->settings->tls_server_name;

	if (!server_url_parse(transport->settings->server, &url, err))
		return false;
	if (!name.n)
		return true;
	transport->connect_to = format("::%.*s:%.*s", STR_ARG(url.host), STR_ARG(url.port));
	transport->url_prefix = format("https://%.*s:%.*s", STR_ARG(name), STR_ARG(url.port));
	transport->host_header = format("Host: %.*s", STR_ARG(url.authority));
	return true;
}

struct transport *transport_open(const struct transport_settings *settings, struct error **err)
{
	struct transport *transport = xmalloc(sizeof(*transport));

	*transport = (struct transport){ .settings = settings };
	if (load(&transport->curl, err) && prepare_name(transport, err) &&
	    !transport->curl.global_init(CURL_GLOBAL_DEFAULT))
		transport->easy = transport->curl.easy_init();
	if (transport->easy)
		return transport;
	error_set(err, "libcurl cannot be started");
	transport_close(transport);
	return NULL;
}

void transport_close(struct transport *transport)
{
	if (!transport)
		return;
	if (transport->easy) {
		transport->curl.easy_cleanup(transport->easy);
		transport->curl.global_cleanup();
	}
	free(transport->connect_to);
	free(transport->url_prefix);
	free(transport->host_header);
	free(transport);
}

/* ---- options ---- */

static void check_option(struct transport *transport, const char *option, CURLcode code)
{
	if (!code || transport->wrong)
		return;
	transport->wrong = code;
	transport->wrong_option = option;
}

#define SET(transport, option, value)                                                                                  \
	check_option(transport, #option, (transport)->curl.easy_setopt((transport)->easy, option, value))

static struct curl_blob blob_of(struct str bytes)
{
	struct curl_blob blob = { .len = bytes.n, .flags = CURL_BLOB_NOCOPY };

	/* Only by its type could libcurl write to it. */
	memcpy(&blob.data, &bytes.p, sizeof(blob.data));
	return blob;
}

static void set_trust(struct transport *transport, struct curl_blob *ca)
{
	const struct transport_settings *settings = transport->settings;
	const char *system = getenv("SSL_CERT_FILE"); /* as Go has it, and so kubectl */
	bool insecure = settings->insecure;

	SET(transport, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(transport, CURLOPT_SSL_VERIFYPEER, insecure ? 0L : 1L);
	SET(transport, CURLOPT_SSL_VERIFYHOST, insecure ? 0L : 2L);
	SET(transport, CURLOPT_PROXY_SSL_VERIFYPEER, insecure ? 0L : 1L);
	SET(transport, CURLOPT_PROXY_SSL_VERIFYHOST, insecure ? 0L : 2L);
	if (!settings->ca.n) {
		if (system && *system)
			SET(transport, CURLOPT_CAINFO, system);
		return;
	}
	*ca = blob_of(settings->ca);
	SET(transport, CURLOPT_CAINFO_BLOB, ca);
	SET(transport, CURLOPT_PROXY_CAINFO_BLOB, ca);
	/* Beside a CA that was named, libcurl would trust the system's folder of them: a folder that holds none. */
	SET(transport, CURLOPT_CAPATH, "/dev/null");
	SET(transport, CURLOPT_PROXY_CAPATH, "/dev/null");
}

static void set_client_certificate(struct transport *transport, const struct transport_request *request,
				   struct curl_blob *cert, struct curl_blob *key)
{
	if (!request->cert.n)
		return;
	*cert = blob_of(request->cert);
	*key = blob_of(request->key);
	SET(transport, CURLOPT_SSLCERTTYPE, "PEM");
	SET(transport, CURLOPT_SSLCERT_BLOB, cert);
	SET(transport, CURLOPT_SSLKEYTYPE, "PEM");
	SET(transport, CURLOPT_SSLKEY_BLOB, key);
	/* Else OpenSSL asks the terminal for it. */
	SET(transport, CURLOPT_KEYPASSWD, "");
}

static void set_proxy(struct transport *transport)
{
	struct str proxy = transport->settings->proxy;
	struct server_url server;
	char *url;

	if (!proxy.n) {
		/* As Go has it, what the environment says is not for this machine itself. */
		if (server_url_parse(transport->settings->server, &server, NULL) && server_url_is_loopback(server.host))
			SET(transport, CURLOPT_PROXY, "");
		return;
	}
	/* As in Go, the proxy finds the host. */
	url = str_starts(proxy, STR("socks5://"))
		      ? format("socks5h://%.*s", STR_ARG(str_sub(proxy, sizeof("socks5://") - 1, proxy.n)))
		      : format("%.*s", STR_ARG(proxy));
	SET(transport, CURLOPT_PROXY, url);
	SET(transport, CURLOPT_NOPROXY, "");
	free(url);
}

static void set_limits(struct transport *transport, const struct transport_request *request)
{
	SET(transport, CURLOPT_CONNECTTIMEOUT, (long)TRANSPORT_CONNECT_SECONDS);
	SET(transport, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	SET(transport, CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(transport, CURLOPT_LOW_SPEED_TIME, (long)TRANSPORT_STALL_SECONDS);
	SET(transport, CURLOPT_TCP_KEEPALIVE, 1L);
	SET(transport, CURLOPT_NOSIGNAL, 1L);
	SET(transport, CURLOPT_PROTOCOLS_STR, "https,http");
	SET(transport, CURLOPT_FOLLOWLOCATION, 0L);
}

static void set_method(struct transport *transport, const struct transport_request *request)
{
	SET(transport, CURLOPT_HTTPGET, 1L);
	if (request->has_body) {
		SET(transport, CURLOPT_POST, 1L);
		SET(transport, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
		SET(transport, CURLOPT_POSTFIELDS, request->body.n ? request->body.p : "");
	}
	SET(transport, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_url(struct transport *transport, struct str url)
{
	struct str server = transport->settings->server;
	struct server_url parts;
	char *text;

	if (transport->url_prefix && server_url_parse(server, &parts, NULL)) {
		size_t behind = (size_t)(parts.authority.p + parts.authority.n - server.p);

		text = format("%s%.*s", transport->url_prefix, STR_ARG(str_sub(url, behind, url.n)));
	} else {
		text = format("%.*s", STR_ARG(url));
	}
	SET(transport, CURLOPT_URL, text);
	SET(transport, CURLOPT_PATH_AS_IS, 1L);
	SET(transport, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* Empty: all that this libcurl can decode. The answers of an API server come as gzip or as they are. */
	if (!transport->settings->plain_bytes)
		SET(transport, CURLOPT_ACCEPT_ENCODING, "gzip");
	free(text);
}

/* Appends to @lists; out of memory counts as an option that cannot be set. */
static void add_line(struct transport *transport, struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = transport->curl.slist_append(*list, line);

	if (longer)
		*list = longer;
	else
		check_option(transport, "a header", CURLE_OUT_OF_MEMORY);
}

/* ---- what comes ---- */

/* What libcurl hands to a callback, in a buffer of its own. */
static struct str str_of_piece(struct curl_blob piece)
{
	return (struct str){ piece.data, piece.len };
}

static size_t take_body(char *bytes, size_t size, size_t n, void *data)
{
	struct str piece = str_of_piece((struct curl_blob){ .data = bytes, .len = size * n });
	struct exchange *exchange = data;
	struct buf *body = &exchange->answer->body;

	if (piece.n > exchange->request->most || body->n > exchange->request->most - piece.n) {
		exchange->too_large = true;
		return 0;
	}
	buf_add(body, piece);
	return piece.n;
}

static size_t take_header(char *bytes, size_t size, size_t n, void *data)
{
	struct str piece = str_of_piece((struct curl_blob){ .data = bytes, .len = size * n }), line = str_trim(piece);
	struct exchange *exchange = data;
	struct buf *headers = &exchange->answer->headers;

	/* An answer before the answer, such as 100 Continue. */
	if (str_starts(line, STR("HTTP/")))
		headers->n = 0;
	if (headers->n + line.n > TRANSPORT_HEADERS_MAX) {
		exchange->too_large = true;
		return 0;
	}
	if (line.n) {
		buf_add(headers, line);
		buf_addc(headers, '\n');
	}
	return piece.n;
}

/* Called all the time, and when a signal has come. */
static int look_at_flag(void *data, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	const struct exchange *exchange = data;

	(void)down_total, (void)down, (void)up_total, (void)up;
	return live_stopped(exchange->transport->settings->stop) && !exchange->request->regardless;
}

static void set_callbacks(struct transport *transport, struct exchange *exchange)
{
	SET(transport, CURLOPT_WRITEFUNCTION, take_body);
	SET(transport, CURLOPT_WRITEDATA, exchange);
	SET(transport, CURLOPT_HEADERFUNCTION, take_header);
	SET(transport, CURLOPT_HEADERDATA, exchange);
	SET(transport, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(transport, CURLOPT_XFERINFOFUNCTION, look_at_flag);
	SET(transport, CURLOPT_XFERINFODATA, exchange);
	SET(transport, CURLOPT_NOPROGRESS, 0L);
	SET(transport, CURLOPT_ERRORBUFFER, transport->message);
}

/* ---- why it failed ---- */

static enum transport_end end_of_timeout(struct transport *transport, const struct transport_request *request,
					 uint32_t ms)
{
	curl_off_t connected = 0;

	if (request->timeout_ms && ms >= request->timeout_ms)
		return TRANSPORT_TIMEOUT;
	/* With TLS the connection stands once the handshake is over. */
	if (transport->curl.easy_getinfo(transport->easy,
					 server_url_is_tls(transport->settings->server) ? CURLINFO_APPCONNECT_TIME_T
											: CURLINFO_CONNECT_TIME_T,
					 &connected))
		connected = 0;
	return connected ? TRANSPORT_STALLED : TRANSPORT_CONNECT_TIMEOUT;
}

static enum transport_end end_of_connect(struct transport *transport)
{
	long number = 0;

	if (transport->curl.easy_getinfo(transport->easy, CURLINFO_OS_ERRNO, &number))
		number = 0;
	return number == ECONNREFUSED ? TRANSPORT_REFUSED : TRANSPORT_FAILED;
}

/* What a proxy answered to CONNECT is no answer of the server. */
static bool proxy_refused(struct transport *transport)
{
	long status = 0;

	return !transport->curl.easy_getinfo(transport->easy, CURLINFO_HTTP_CONNECTCODE, &status) && status >= 300;
}

static enum transport_end end_of_tls(const char *message)
{
	if (strstr(message, "wrong version number") || strstr(message, "http request"))
		return TRANSPORT_NO_TLS;
	/* The peer, or somebody between, hung up within the handshake. */
	if (strstr(message, "SSL_ERROR_SYSCALL") || strstr(message, "unexpected eof"))
		return TRANSPORT_CUT;
	return TRANSPORT_FAILED;
}

static enum transport_end end_of(struct transport *transport, const struct exchange *exchange, CURLcode code)
{
	const char *message = transport->message;

	if (code && proxy_refused(transport))
		return TRANSPORT_NO_PROXY;
	switch (code) {
	case CURLE_OK:
		return TRANSPORT_ANSWERED;
	case CURLE_ABORTED_BY_CALLBACK:
		return TRANSPORT_STOPPED;
	case CURLE_COULDNT_RESOLVE_HOST:
		return TRANSPORT_NO_HOST;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return TRANSPORT_NO_PROXY;
	case CURLE_COULDNT_CONNECT:
		return end_of_connect(transport);
	case CURLE_OPERATION_TIMEDOUT:
		return end_of_timeout(transport, exchange->request, exchange->answer->ms);
	case CURLE_PEER_FAILED_VERIFICATION:
		/* "no alternative certificate subject name matches target host name 'x'"; newer ones: "hostname" */
		return strstr(message, "subject name") ? TRANSPORT_OTHER_NAME : TRANSPORT_UNTRUSTED;
	case CURLE_SSL_CERTPROBLEM:
		return TRANSPORT_BAD_CLIENT_CERT;
	case CURLE_SSL_CACERT_BADFILE:
		return TRANSPORT_BAD_CA;
	case CURLE_SSL_CONNECT_ERROR:
		return end_of_tls(message);
	case CURLE_WRITE_ERROR:
		return exchange->too_large ? TRANSPORT_TOO_LARGE : TRANSPORT_FAILED;
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_SEND_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return TRANSPORT_CUT;
	case CURLE_RECV_ERROR:
		/* With TLS 1.3 a server says only after the handshake what it has against a client's certificate. */
		return strstr(message, "alert") ? TRANSPORT_FAILED : TRANSPORT_CUT;
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return TRANSPORT_GARBLED;
	default:
		return TRANSPORT_FAILED;
	}
}

/* ---- the exchange ---- */

/*
 * libcurl is told to leave signals alone, so a connection that the other side has closed must not end the program
 * while it is written to.
 */
static CURLcode perform(struct transport *transport)
{
	const struct timespec now = { 0 };
	sigset_t pipe, old, pending;
	CURLcode code;
	bool was_pending;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	was_pending = sigismember(&pending, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &old);
	code = transport->curl.easy_perform(transport->easy);
	if (!was_pending)
		while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return code;
}

static void run(struct transport *transport, struct exchange *exchange)
{
	struct transport_answer *answer = exchange->answer;
	uint64_t start = live_now();
	CURLcode code;

	transport->message[0] = '\0';
	code = perform(transport);
	answer->ms = (uint32_t)(live_now() - start);
	if (transport->curl.easy_getinfo(transport->easy, CURLINFO_SSL_VERIFYRESULT, &answer->verify_result))
		answer->verify_result = 0;
	answer->end = end_of(transport, exchange, code);
	if (code)
		answer->detail =
			format("%s", transport->message[0] ? transport->message : transport->curl.easy_strerror(code));
	else
		transport->curl.easy_getinfo(transport->easy, CURLINFO_RESPONSE_CODE, &answer->status);
}

void transport_do(struct transport *transport, const struct transport_request *request, struct transport_answer *ret)
{
	struct exchange exchange = { .transport = transport, .request = request, .answer = ret };
	struct curl_slist *headers = NULL, *connect_to = NULL;
	struct curl_blob ca, cert, key;

	*ret = (struct transport_answer){ .headers = BUF_INIT, .body = BUF_INIT };
	transport->curl.easy_reset(transport->easy);
	transport->wrong = CURLE_OK;
	set_trust(transport, &ca);
	set_client_certificate(transport, request, &cert, &key);
	set_proxy(transport);
	set_limits(transport, request);
	set_method(transport, request);
	set_url(transport, request->url);
	set_callbacks(transport, &exchange);
	for (size_t i = 0; i < request->headers_n; i++)
		add_line(transport, &headers, request->headers[i]);
	/* No waiting for a leave to send a body. */
	add_line(transport, &headers, "Expect:");
	if (transport->host_header)
		add_line(transport, &headers, transport->host_header);
	if (transport->connect_to)
		add_line(transport, &connect_to, transport->connect_to);
	SET(transport, CURLOPT_HTTPHEADER, headers);
	/* What is meant for the server is not for a proxy. */
	SET(transport, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	SET(transport, CURLOPT_CONNECT_TO, connect_to);
	if (transport->wrong) {
		ret->end = TRANSPORT_FAILED;
		ret->detail = format("libcurl %s cannot set %s (%s)",
				     transport->curl.version_info(CURLVERSION_NOW)->version, transport->wrong_option,
				     transport->curl.easy_strerror(transport->wrong));
	} else {
		run(transport, &exchange);
	}
	transport->curl.slist_free_all(headers);
	transport->curl.slist_free_all(connect_to);
}
