/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Client
 *
 * One request is one or more exchanges: it is tried again where the server asks for that (Retry-After, as client-go
 * does), where it would not know the credential (once), and where the connection was cut and trying again cannot do
 * anything twice. Every wait is bounded, and ends with the stop flag.
 */
#include "live/client.h"

#include <stdlib.h>
#include <sys/utsname.h>

#include "live/client_log.h"
#include "live/credentials.h"
#include "live/pause.h"
#include "live/server_url.h"
#include "live/status.h"
#include "live/transport.h"
#include "live/warnings.h"

enum { TRIES = 5, WAIT_MAX_SECONDS = 30, CUT_WAIT_MS = 200, WARNINGS_MAX = 10000 };

struct live_client {
	const struct live_config *config;
	struct live_listener listener;
	const volatile sig_atomic_t *stop;
	struct credentials credentials;
	struct transport_settings settings;
	struct transport *transport;
	struct {
		uint64_t *items; /* hashes of the warnings that were told */
		size_t n, cap;
	} warned;
	char *user_agent;
};

/* ---- opening ---- */

static char *make_user_agent(void)
{
	struct utsname name;
	struct buf out = BUF_INIT;

	if (uname(&name) < 0)
		strcpy(name.machine, "unknown");
	buf_addf(&out, "User-Agent: kubectl-harden/%s (linux/%s)", KUBECTL_HARDEN_VERSION, name.machine);
	buf_addc(&out, '\0');
	return out.p;
}

struct live_client *live_open(const struct live_config *config, const struct live_listener *listener,
			      const volatile sig_atomic_t *stop, struct error **err)
{
	struct live_client *client = xmalloc(sizeof(*client));

	*client = (struct live_client){ .config = config, .stop = stop, .user_agent = make_user_agent() };
	if (listener)
		client->listener = *listener;
	if (credentials_open(config, &client->credentials, err)) {
		client->settings = (struct transport_settings){
			.server = config->server,
			.ca = buf_str(&client->credentials.ca),
			.tls_server_name = config->tls_server_name,
			.proxy = config->proxy_url,
			.insecure = config->insecure,
			.plain_bytes = config->disable_compression,
			.stop = stop,
		};
		client->transport = transport_open(&client->settings, err);
	}
	if (client->transport)
		return client;
	live_close(client);
	return NULL;
}

void live_close(struct live_client *client)
{
	if (!client)
		return;
	transport_close(client->transport);
	credentials_close(&client->credentials);
	free(client->warned.items);
	free(client->user_agent);
	free(client);
}

/* ---- headers ---- */

struct headers {
	char **items;
	size_t n, cap;
};

static void headers_free(struct headers *headers)
{
	for (size_t i = 0; i < headers->n; i++) {
		explicit_bzero(headers->items[i], strlen(headers->items[i]));
		free(headers->items[i]);
	}
	free(headers->items);
}

/* A byte that would end the header would begin another one. */
static bool add_header(struct headers *headers, const char *name, struct str value, struct error **err)
{
	struct buf line = BUF_INIT;

	for (size_t i = 0; i < value.n; i++)
		if (((unsigned char)value.p[i] < ' ' && value.p[i] != '\t') || value.p[i] == 0x7f)
			return error_set(err, "invalid header field value for \"%s\": it holds a control character",
					 name);
	/* libcurl takes "Name;" for a header without a value, and "Name:" for one to be left out. */
	buf_addf(&line, value.n ? "%s: %.*s" : "%s;", name, STR_ARG(value));
	buf_addc(&line, '\0');
	VEC_PUSH(headers, line.p);
	return true;
}

static bool add_impersonation(struct headers *headers, const struct live_config *config, struct error **err)
{
	if (!config->as.n)
		return true;
	if (!add_header(headers, "Impersonate-User", config->as, err) ||
	    (config->as_uid.n && !add_header(headers, "Impersonate-Uid", config->as_uid, err)))
		return false;
	for (size_t i = 0; i < config->as_groups_n; i++)
		if (!add_header(headers, "Impersonate-Group", config->as_groups[i], err))
			return false;
	for (size_t i = 0; i < config->as_extra_n; i++) {
		struct buf name CLEANUP(buf_free) = BUF_INIT;

		buf_addz(&name, "Impersonate-Extra-");
		/* What a header's name may not hold is escaped as in a URL (client-go's headerKeyEscape()). */
		buf_add_percent(&name, config->as_extra[i].name, "!#$&'*+^`|");
		buf_addc(&name, '\0');
		if (!add_header(headers, name.p, config->as_extra[i].value, err))
			return false;
	}
	return true;
}

static bool make_headers(struct live_client *client, const struct live_request *request, struct headers *headers,
			 struct error **err)
{
	struct buf authorization CLEANUP(buf_wipe) = BUF_INIT;
	bool fine;

	VEC_PUSH(headers, str_dup(str_of(client->user_agent)));
	fine = add_header(headers, "Accept", str_of(request->accept ? request->accept : "application/json"), err);
	if (fine && request->body.n)
		fine = add_header(headers, "Content-Type",
				  str_of(request->content_type ? request->content_type : "application/json"), err);
	credentials_header(&client->credentials, &authorization);
	if (fine && authorization.n)
		fine = add_header(headers, "Authorization", buf_str(&authorization), err);
	return fine && add_impersonation(headers, client->config, err);
}

/* ---- one exchange ---- */

static struct transport_request transport_request_of(const struct live_client *client,
						     const struct live_request *request)
{
	uint32_t timeout_ms = client->config->timeout_ms;

	if (request->timeout_ms && (!timeout_ms || request->timeout_ms < timeout_ms))
		timeout_ms = request->timeout_ms;
	return (struct transport_request){
		.method = request->method,
		.has_body = request->body.n > 0,
		.body = request->body,
		.cert = buf_str(&client->credentials.cert),
		.key = buf_str(&client->credentials.key),
		.most = request->most ? request->most : LIVE_ANSWER_MAX,
		.timeout_ms = timeout_ms,
		.regardless = request->regardless,
	};
}

/* False only where nothing could be sent; else @answer tells. */
static bool exchange(struct live_client *client, const struct live_request *request, struct transport_answer *answer,
		     struct error **err)
{
	struct transport_request transport_request = transport_request_of(client, request);
	struct headers headers CLEANUP(headers_free) = { 0 };
	struct buf url CLEANUP(buf_free) = BUF_INIT;
	const char *const *lines;

	if (!make_headers(client, request, &headers, err))
		return false;
	buf_add(&url, client->config->server);
	buf_add(&url, request->path);
	memcpy(&lines, &headers.items, sizeof(lines));
	transport_request.url = buf_str(&url);
	transport_request.headers = lines;
	transport_request.headers_n = headers.n;
	client_log_request(&client->listener, &transport_request);
	transport_do(client->transport, &transport_request, answer);
	client_log_answer(&client->listener, &transport_request, answer);
	return true;
}

/* ---- trying again ---- */

/* The flag that ends @request; NULL where none does. */
static const volatile sig_atomic_t *stop_of(const struct live_client *client, const struct live_request *request)
{
	return request->regardless ? NULL : client->stop;
}

static bool is_stopped(const struct live_client *client, const struct live_request *request)
{
	return live_stopped(stop_of(client, request));
}

/* False where a signal ended it. */
static bool wait_for(const struct live_client *client, const struct live_request *request, unsigned ms)
{
	live_pause(ms, stop_of(client, request));
	return !is_stopped(client, request);
}

/* Whether doing it twice does nothing that doing it once does not. */
static bool is_repeatable(const struct live_request *request)
{
	if (!strcmp(request->method, "GET"))
		return true;
	if (strcmp(request->method, "PATCH") != 0 && strcmp(request->method, "PUT") != 0)
		return false;
	/* The second one fails where the first one has changed the object. */
	return str_find(request->path, STR("dryRun=All"), 0) != SIZE_MAX ||
	       str_find(request->body, STR("/metadata/resourceVersion\""), 0) != SIZE_MAX ||
	       str_find(request->body, STR("\"resourceVersion\""), 0) != SIZE_MAX;
}

/* How long to wait before the next try, in milliseconds; false where there is none. */
static bool is_worth_a_try(const struct live_request *request, const struct transport_answer *answer, unsigned tries,
			   unsigned *ret_ms)
{
	struct str value;
	int64_t seconds;
	size_t at = 0;

	if (tries >= TRIES)
		return false;
	if (answer->end == TRANSPORT_CUT) {
		*ret_ms = CUT_WAIT_MS << (tries - 1);
		return is_repeatable(request);
	}
	if (answer->end != TRANSPORT_ANSWERED || (answer->status != 429 && answer->status < 500))
		return false;
	if (!transport_header(buf_str(&answer->headers), "Retry-After", &at, &value) || !str_int(value, &seconds) ||
	    seconds < 0)
		return false;
	*ret_ms = (unsigned)(seconds > WAIT_MAX_SECONDS ? WAIT_MAX_SECONDS : seconds) * 1000;
	return true;
}

/* Exchanges until there is something to tell. */
static bool exchange_all(struct live_client *client, const struct live_request *request,
			 struct transport_answer *answer, struct live_response *ret, struct error **err)
{
	bool renewed = false;
	unsigned ms = 0;

	for (unsigned tries = 1;; tries++) {
		if (!credentials_fresh(&client->credentials, stop_of(client, request), err) ||
		    !exchange(client, request, answer, err)) {
			ret->failure = is_stopped(client, request) ? LIVE_STOPPED : LIVE_UNAUTHORIZED;
			return false;
		}
		if (answer->end == TRANSPORT_ANSWERED && answer->status == 401 && !renewed &&
		    credentials_renew(&client->credentials, stop_of(client, request))) {
			renewed = true;
			tries--;
		} else if (!is_worth_a_try(request, answer, tries, &ms)) {
			return true;
		} else {
			client_log(&client->listener, 4, "trying again in %u milliseconds: %s", ms,
				   answer->detail ? answer->detail : "the server asks for it with Retry-After");
			if (!wait_for(client, request, ms)) {
				answer->end = TRANSPORT_STOPPED;
				return true;
			}
		}
		transport_answer_free(answer);
	}
}

/* ---- what came ---- */

static void tell_warning(struct live_client *client, struct str text)
{
	uint64_t hash = str_hash(text);

	if (!client->listener.warn)
		return;
	for (size_t i = 0; i < client->warned.n; i++)
		if (client->warned.items[i] == hash)
			return;
	if (client->warned.n < WARNINGS_MAX)
		VEC_PUSH(&client->warned, hash);
	client->listener.warn(client->listener.data, text.p);
}

static void take_warnings(struct live_client *client, const struct live_request *request,
			  const struct transport_answer *answer, struct live_response *ret)
{
	struct arena *arena = NULL;
	struct str value, text;
	size_t at = 0;

	while (transport_header(buf_str(&answer->headers), "Warning", &at, &value)) {
		if (!arena)
			arena = arena_new();
		while (warning_next(&value, arena, &text)) {
			if (!text.n)
				continue;
			VEC_PUSH(&ret->warnings, str_dup(text));
			if (!request->quiet_warnings)
				tell_warning(client, text);
		}
	}
	arena_free(arena);
}

/* A page of a login, or of a proxy, is no answer of an API server. */
static bool check_type(const struct live_client *client, const struct live_request *request,
		       const struct transport_answer *answer, struct error **err)
{
	const char *accept = request->accept ? request->accept : "application/json";
	struct str type;
	size_t at = 0;

	if (!strstr(accept, "json") || !transport_header(buf_str(&answer->headers), "Content-Type", &at, &type) ||
	    str_find(type, STR("json"), 0) != SIZE_MAX)
		return true;
	return error_set(err,
			 "the server %.*s answered with %.*s and not with JSON: is it the API server of a cluster?",
			 STR_ARG(server_url_authority(client->config->server)), STR_ARG(type));
}

static bool no_answer(struct live_client *client, const struct live_request *request,
		      const struct transport_answer *answer, struct live_response *ret, struct error **err)
{
	struct transport_request transport_request = transport_request_of(client, request);
	struct error *error CLEANUP(error_freep) = NULL;

	ret->failure = answer->end == TRANSPORT_STOPPED	    ? LIVE_STOPPED
		       : answer->end == TRANSPORT_TOO_LARGE ? LIVE_REFUSED
							    : LIVE_UNREACHABLE;
	if (!client->config->unconfigured || ret->failure != LIVE_UNREACHABLE)
		return transport_error(&client->settings, &transport_request, answer, err);
	transport_error(&client->settings, &transport_request, answer, &error);
	return error_set(err,
			 "%s (no kubeconfig names a server%s%.*s; give one with --kubeconfig, KUBECONFIG or --context)",
			 error->message, client->config->missing.n ? "; there is no " : "",
			 STR_ARG(client->config->missing));
}

bool live_do(struct live_client *client, const struct live_request *request, struct live_response *ret,
	     struct error **err)
{
	struct transport_answer answer = { .headers = BUF_INIT, .body = BUF_INIT };
	bool fine;

	*ret = (struct live_response){ .body = BUF_INIT };
	if (is_stopped(client, request)) {
		ret->failure = LIVE_STOPPED;
		return error_set(err, "stopped by a signal");
	}
	fine = exchange_all(client, request, &answer, ret, err);
	if (fine && answer.end != TRANSPORT_ANSWERED) {
		fine = no_answer(client, request, &answer, ret, err);
	} else if (fine) {
		ret->status = answer.status;
		ret->failure = LIVE_FINE;
		take_warnings(client, request, &answer, ret);
		if (answer.status < 200 || answer.status > 299)
			fine = status_error(client->config->server, request, &answer, ret, err);
		else if (!check_type(client, request, &answer, err))
			fine = false, ret->failure = LIVE_REFUSED;
		ret->body = answer.body;
		answer.body = BUF_INIT;
	}
	transport_answer_free(&answer);
	return fine;
}

void live_response_free(struct live_response *response)
{
	for (size_t i = 0; i < response->warnings.n; i++)
		free(response->warnings.items[i]);
	free(response->warnings.items);
	free(response->reason);
	free(response->message);
	buf_free(&response->body);
	*response = (struct live_response){ .body = BUF_INIT };
}
