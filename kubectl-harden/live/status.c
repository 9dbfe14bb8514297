/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status
 *
 * The reason and the message of a Status are the server's; where none came (a load balancer answered), they are those
 * that client-go makes up from the number (NewGenericServerResponse). How it all is worded is kubectl's affair
 * (cmd/util/helpers.go), but for its "Error", which our own "error:" before the message says.
 */
#include "live/status.h"

#include "live/json_values.h"
#include "live/server_url.h"

enum { STATUS_MAX = 4 << 20, TEXT_MAX = 2048, MESSAGE_MAX = 16384, CAUSES_MAX = 20 };

/* ---- which number means what ---- */

static const struct {
	long status;
	enum live_failure failure;
	const char *reason, *message; /* NULL: the server's text */
} meanings[] = {
	{ 400, LIVE_REFUSED, "BadRequest", "the server rejected our request for an unknown reason" },
	{ 401, LIVE_UNAUTHORIZED, "Unauthorized", "the server has asked for the client to provide credentials" },
	{ 403, LIVE_FORBIDDEN, "Forbidden", NULL },
	{ 404, LIVE_NOT_FOUND, "NotFound", "the server could not find the requested resource" },
	{ 405, LIVE_REFUSED, "MethodNotAllowed", "the server does not allow this method on the requested resource" },
	{ 406, LIVE_REFUSED, "NotAcceptable",
	  "the server was unable to respond with a content type that the client supports" },
	{ 409, LIVE_CONFLICT, "Conflict", "the server reported a conflict" },
	{ 410, LIVE_GONE, "Gone", NULL },
	{ 413, LIVE_REFUSED, "RequestEntityTooLarge", NULL },
	{ 415, LIVE_REFUSED, "UnsupportedMediaType", NULL },
	{ 422, LIVE_INVALID, "Invalid", "the server rejected our request due to an error in our request" },
	{ 429, LIVE_BUSY, "TooManyRequests",
	  "the server has received too many requests and has asked us to try again later" },
	{ 503, LIVE_BUSY, "ServiceUnavailable", "the server is currently unable to handle the request" },
	{ 504, LIVE_BUSY, "Timeout",
	  "the server was unable to return a response in the time allotted, but may still be processing the request" },
};

static size_t meaning_of(long status)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (meanings[i].status == status)
			return i;
	return SIZE_MAX;
}

static enum live_failure failure_of(long status)
{
	size_t meaning = meaning_of(status);

	if (meaning != SIZE_MAX)
		return meanings[meaning].failure;
	return status >= 500 ? LIVE_BUSY : LIVE_REFUSED;
}

/* ---- what was asked for ---- */

/* The path's parts: /api/VERSION/… or /apis/GROUP/VERSION/…, then [namespaces/NS/]RESOURCE[/NAME]. */
static void add_resource(struct str path, struct buf *out)
{
	struct str rest = path, part, group = STR_NONE, parts[4];
	size_t n = 0, query = str_find(path, STR("?"), 0);

	if (query != SIZE_MAX)
		rest = str_sub(path, 0, query);
	if (!str_cut(&rest, '/', &part) || part.n || !str_cut(&rest, '/', &part))
		return;
	if (str_is(part, "apis"))
		str_cut(&rest, '/', &group);
	else if (!str_is(part, "api"))
		return;
	if (!str_cut(&rest, '/', &part))
		return;
	while (n < 4 && str_cut(&rest, '/', &part))
		parts[n++] = part;
	if (!n)
		return;
	if (n > 2 && str_is(parts[0], "namespaces")) {
		parts[0] = parts[2];
		parts[1] = n > 3 ? parts[3] : STR_NONE;
		n -= 2;
	}
	buf_addf(out, " %.*s%s%.*s", STR_ARG(parts[0]), group.n ? "." : "", STR_ARG(group));
	if (n > 1)
		buf_addf(out, " %.*s", STR_ARG(parts[1]));
}

static void add_request(const struct live_request *request, struct buf *out)
{
	struct buf resource CLEANUP(buf_free) = BUF_INIT;

	add_resource(request->path, &resource);
	if (!resource.n)
		return;
	buf_addz(out, " (");
	if (request->verb)
		buf_addz(out, request->verb);
	for (const char *p = request->verb ? "" : request->method; *p; p++)
		buf_addc(out, (char)(*p >= 'A' && *p <= 'Z' ? *p + ('a' - 'A') : *p));
	buf_add(out, buf_str(&resource));
	buf_addc(out, ')');
}

/* ---- where no Status came ---- */

static bool is_text(const struct transport_answer *answer)
{
	struct str type = STR_NONE;
	size_t at = 0;

	return !transport_header(buf_str(&answer->headers), "Content-Type", &at, &type) ||
	       str_starts(type, STR("text/"));
}

static void make_up(const struct live_request *request, const struct transport_answer *answer,
		    struct live_response *ret)
{
	struct str body = str_trim(buf_str(&answer->body));
	size_t meaning = meaning_of(answer->status);
	const char *said = meaning == SIZE_MAX ? NULL : meanings[meaning].message;
	struct buf message = BUF_INIT;

	if (!body.n || !is_text(answer))
		body = STR("unknown");
	body.n = body.n > TEXT_MAX ? TEXT_MAX : body.n;
	if (said)
		buf_addz(&message, said);
	else if (answer->status >= 500)
		buf_addf(&message, "an error on the server (\"%.*s\") has prevented the request from succeeding",
			 STR_ARG(body));
	else
		buf_add(&message, body);
	add_request(request, &message);
	buf_addc(&message, '\0');
	ret->message = message.p;
	if (meaning != SIZE_MAX)
		ret->reason = str_dup(str_of(meanings[meaning].reason));
	else if (answer->status >= 500)
		ret->reason = str_dup(STR("InternalError"));
}

/* ---- a Status ---- */

static struct str text_of(struct str object, const char *key, struct arena *arena)
{
	return json_text(json_member(object, key), arena);
}

/* What @answer holds, where it is a Status; else empty. */
static struct str find_status(const struct transport_answer *answer, struct arena *arena)
{
	struct str root;

	if (answer->body.n <= STATUS_MAX && json_whole(buf_str(&answer->body), &root, NULL) &&
	    str_is(text_of(root, "kind", arena), "Status") && str_is(text_of(root, "status", arena), "Failure"))
		return root;
	return STR_NONE;
}

/* What a server says may be megabytes; nobody reads them. */
static struct str cut(struct str s, size_t most)
{
	s.n = s.n > most ? most : s.n;
	return s;
}

/* "spec.replicas: Invalid value: …; …", each once. */
static void add_causes(struct str causes, struct buf *out, struct arena *arena)
{
	struct json_walk walk = json_walk(causes);
	unsigned n = 0;

	while (json_next(&walk)) {
		struct str one = str_fmt(arena, "%.*s: %.*s", STR_ARG(text_of(walk.value, "field", arena)),
					 STR_ARG(text_of(walk.value, "message", arena)));

		if (str_find(buf_str(out), one, 0) != SIZE_MAX)
			continue;
		if (n++ == CAUSES_MAX) {
			buf_addz(out, "; and more");
			return;
		}
		buf_addz(out, n > 1 ? "; " : "");
		buf_add(out, cut(one, TEXT_MAX));
	}
}

/* The Deployment "web" is invalid: spec.template…: Required value */
static bool invalid_error(struct str root, struct str message, struct arena *arena, struct error **err)
{
	struct str details = json_member(root, "details");
	struct str kind = text_of(details, "kind", arena), name = text_of(details, "name", arena);
	struct buf causes CLEANUP(buf_free) = BUF_INIT;

	add_causes(json_member(details, "causes"), &causes, arena);
	if (kind.n || name.n)
		return error_set(err, "the %.*s \"%.*s\" is invalid%s%.*s", STR_ARG(kind), STR_ARG(name),
				 causes.n ? ": " : "", STR_ARG(buf_str(&causes)));
	if (causes.n)
		message = buf_str(&causes);
	return error_set(err, "the request is invalid%s%.*s", message.n ? ": " : "", STR_ARG(message));
}

static bool redirect_error(struct str server, const struct transport_answer *answer, struct error **err)
{
	struct str to = STR("another place");
	size_t at = 0;

	transport_header(buf_str(&answer->headers), "Location", &at, &to);
	return error_set(err,
			 "the server %.*s redirects to %.*s, which is not followed: is it the API server of a cluster?",
			 STR_ARG(server_url_authority(server)), STR_ARG(cut(to, TEXT_MAX)));
}

bool status_error(struct str server, const struct live_request *request, const struct transport_answer *answer,
		  struct live_response *ret, struct error **err)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct str root = find_status(answer, arena), message;

	ret->failure = failure_of(answer->status);
	if (answer->status < 400 && !root.n)
		return redirect_error(server, answer, err);
	if (root.n) {
		struct str reason = text_of(root, "reason", arena);

		ret->message = str_dup(text_of(root, "message", arena));
		ret->reason = reason.n ? str_dup(reason) : NULL;
	} else {
		make_up(request, answer, ret);
	}
	message = cut(str_of(ret->message), MESSAGE_MAX);
	if (!ret->reason)
		return error_set(err, "from server: %.*s", STR_ARG(message));
	if (root.n && !strcmp(ret->reason, "Invalid"))
		return invalid_error(root, message, arena, err);
	if (!strcmp(ret->reason, "Unauthorized"))
		return error_set(err, "you must be logged in to the server (%.*s)", STR_ARG(message));
	return error_set(err, "from server (%.*s): %.*s", STR_ARG(cut(str_of(ret->reason), TEXT_MAX)),
			 STR_ARG(message));
}
