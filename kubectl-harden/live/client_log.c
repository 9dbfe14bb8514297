/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Client log
 *
 * The levels are kubectl's: 6 a line for each request, 7 its headers, 8 bodies up to a kilobyte, 9 up to ten. A
 * credential is masked whoever asks; bodies of secrets, ConfigMaps and tokens are not shown at all.
 */
#include "live/client_log.h"

#include <stdarg.h>

enum { URL_LEVEL = 6, HEADERS_LEVEL = 7, BODY_LEVEL = 8, LONG_BODY_LEVEL = 9, BODY_MAX = 1024, LONG_BODY_MAX = 10240 };

static bool wants(const struct live_listener *listener, unsigned level)
{
	return listener && listener->log && listener->verbosity >= level;
}

void client_log(const struct live_listener *listener, unsigned level, const char *format, ...)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	va_list args;

	if (!wants(listener, level))
		return;
	va_start(args, format);
	buf_vaddf(&line, format, args);
	va_end(args);
	buf_addc(&line, '\0');
	listener->log(listener->data, level, line.p);
}

/* ---- what is not shown ---- */

static const char *const masked[] = { "Authorization", "Proxy-Authorization", "Set-Cookie", "Cookie" };

static void log_header(const struct live_listener *listener, struct str line)
{
	size_t colon = str_find(line, STR(":"), 0), blank;
	struct str name = str_sub(line, 0, colon == SIZE_MAX ? line.n : colon), value;

	for (size_t i = 0; i < sizeof(masked) / sizeof(*masked); i++) {
		if (!str_ieq(name, str_of(masked[i])))
			continue;
		/* The kind of an authorization is not secret; of anything else there is no such word. */
		value = str_trim(str_sub(line, name.n + (name.n < line.n), line.n));
		blank = i == 0 ? str_find(value, STR(" "), 0) : SIZE_MAX;
		client_log(listener, HEADERS_LEVEL, "    %.*s: %.*s<masked>", STR_ARG(name),
			   STR_ARG(str_sub(value, 0, blank == SIZE_MAX ? 0 : blank + 1)));
		return;
	}
	client_log(listener, HEADERS_LEVEL, "    %.*s", STR_ARG(line));
}

static bool is_secret(struct str url)
{
	static const char *const parts[] = { "/secrets", "/configmaps", "/tokenreviews", "/tokenrequests", "/token" };
	size_t query = str_find(url, STR("?"), 0);

	url.n = query == SIZE_MAX ? url.n : query;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (str_find(url, str_of(parts[i]), 0) != SIZE_MAX)
			return true;
	return false;
}

static void log_body(const struct live_listener *listener, const char *what, struct str url, struct str body)
{
	size_t most = wants(listener, LONG_BODY_LEVEL) ? LONG_BODY_MAX : BODY_MAX;

	if (!wants(listener, BODY_LEVEL) || !body.n)
		return;
	if (is_secret(url))
		client_log(listener, BODY_LEVEL, "%s: %zu bytes that may be secret, not shown", what, body.n);
	else if (body.n > most)
		client_log(listener, BODY_LEVEL, "%s: %.*s [truncated %zu chars]", what, (int)most, body.p,
			   body.n - most);
	else
		client_log(listener, BODY_LEVEL, "%s: %.*s", what, STR_ARG(body));
}

/* ---- lines ---- */

/* HTTP/2 sends no words with its numbers. */
static const char *status_words(long status)
{
	static const struct {
		long status;
		const char *words;
	} known[] = { { 200, "OK" },
		      { 201, "Created" },
		      { 400, "Bad Request" },
		      { 401, "Unauthorized" },
		      { 403, "Forbidden" },
		      { 404, "Not Found" },
		      { 409, "Conflict" },
		      { 410, "Gone" },
		      { 415, "Unsupported Media Type" },
		      { 422, "Unprocessable Entity" },
		      { 429, "Too Many Requests" },
		      { 500, "Internal Server Error" },
		      { 502, "Bad Gateway" },
		      { 503, "Service Unavailable" },
		      { 504, "Gateway Timeout" } };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].status == status)
			return known[i].words;
	return "";
}

void client_log_request(const struct live_listener *listener, const struct transport_request *request)
{
	if (!wants(listener, HEADERS_LEVEL))
		return;
	client_log(listener, HEADERS_LEVEL, "%s %.*s", request->method, STR_ARG(request->url));
	client_log(listener, HEADERS_LEVEL, "Request Headers:");
	for (size_t i = 0; i < request->headers_n; i++)
		log_header(listener, str_of(request->headers[i]));
	log_body(listener, "Request Body", request->url, request->body);
}

void client_log_answer(const struct live_listener *listener, const struct transport_request *request,
		       const struct transport_answer *answer)
{
	struct str rest = buf_str(&answer->headers), line;

	if (answer->end != TRANSPORT_ANSWERED) {
		client_log(listener, URL_LEVEL, "%s %.*s failed in %u milliseconds: %s", request->method,
			   STR_ARG(request->url), answer->ms, answer->detail ? answer->detail : "");
		return;
	}
	client_log(listener, URL_LEVEL, "%s %.*s %ld %s in %u milliseconds", request->method, STR_ARG(request->url),
		   answer->status, status_words(answer->status), answer->ms);
	if (!wants(listener, BODY_LEVEL))
		return;
	client_log(listener, BODY_LEVEL, "Response Headers:");
	while (str_cut(&rest, '\n', &line))
		if (line.n)
			log_header(listener, line);
	log_body(listener, "Response Body", request->url, buf_str(&answer->body));
}
