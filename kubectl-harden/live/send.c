/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Send
 *
 * The API server answers a failed test of a JSON Patch as it answers a patch that makes an invalid object, with 422,
 * but in other words (apimachinery pkg/api/errors NewGenericServerResponse); seen with 1.36. In either case, and after
 * an answer that was lost, only the object itself tells what happened.
 */
#include "live/send.h"

#include <stdlib.h>

#include "live/pause.h"

enum { TRIES = 5, TRIES_PAUSE_MS = 50, LOOKS = 3, LOOKS_PAUSE_MS = 100, LOOK_TIMEOUT_MS = 15000 };

static const char test_failed[] = "the server rejected our request due to an error in our request";

/* What is known in the middle of it. */
struct sending {
	const struct live_send *send;
	struct live_sent sent;
	struct str version;
	unsigned tries; /* patches that were sent before this one */
	bool lost;	/* a patch was sent, and its answer did not come */
};

static void fail(struct sending *sending, enum live_state state, enum live_failure failure, struct str message)
{
	sending->sent.state = state;
	sending->sent.failure = failure;
	sending->sent.message = message;
}

/* ---- messages ---- */

/*
 * An object that cannot be decoded is in the message whole (apiserver handlers/patch.go, "patch" as the field), with
 * all that its environment holds; behind it stands what is wrong.
 */
static struct str without_object(struct str message)
{
	size_t at = str_find(message, STR("patch: Invalid value: \"{"), 0), end = SIZE_MAX;

	for (size_t next = at; at != SIZE_MAX && next != SIZE_MAX; next = str_find(message, STR("}\": "), next + 1))
		end = next > at ? next : SIZE_MAX;
	return end == SIZE_MAX ? message : str_sub(message, end + 4, message.n);
}

static struct str message_of(const struct sending *sending, const struct live_response *response,
			     const struct error *err)
{
	const char *message = response->message && *response->message ? response->message : NULL;

	if (!message)
		message = err ? err->message : "the server's answer makes no sense";
	return str_copy(sending->send->arena, without_object(str_of(message)));
}

static void take_warnings(struct sending *sending, const struct live_response *response)
{
	struct live_sent *sent = &sending->sent;

	for (size_t i = 0; i < response->warnings.n; i++) {
		struct str text = str_of(response->warnings.items[i]);
		size_t known = 0;

		while (known < sent->warnings_n && !str_eq(sent->warnings[known], text))
			known++;
		if (known < sent->warnings_n)
			continue;
		if (sent->warnings_n == sent->warnings_cap) {
			size_t cap = sent->warnings_cap ? sent->warnings_cap * 2 : 4;
			struct str *larger = ARENA_ARRAY(sending->send->arena, struct str, cap);

			for (size_t k = 0; k < sent->warnings_n; k++)
				larger[k] = sent->warnings[k];
			sent->warnings = larger;
			sent->warnings_cap = cap;
		}
		sent->warnings[sent->warnings_n++] = str_copy(sending->send->arena, text);
	}
}

/* ---- requests ---- */

static bool request(struct sending *sending, bool patch, struct live_response *ret, struct error **err)
{
	const struct live_send *send = sending->send;
	struct live_request request = {
		.method = patch ? "PATCH" : "GET",
		.verb = patch ? "patch" : "get",
		.quiet_warnings = true,
		.timeout_ms = patch ? 0 : LOOK_TIMEOUT_MS,
		.regardless = send->regardless || (!patch && sending->lost),
	};
	struct buf path = BUF_INIT, body = BUF_INIT;
	bool ok;

	live_resource_path(send->resource, send->namespace, send->name, &path);
	if (patch) {
		buf_addz(&path, "?fieldManager=kubectl-harden&fieldValidation=Strict");
		buf_addz(&path, send->dry_run ? "&dryRun=All" : "");
		live_patch_body(send->patch, sending->version, &body);
		request.content_type = "application/json-patch+json";
		request.body = buf_str(&body);
	}
	request.path = buf_str(&path);
	ok = live_do(send->client, &request, ret, err);
	buf_free(&path);
	buf_free(&body);
	return ok;
}

static void wait_for(const struct sending *sending, unsigned ms)
{
	live_pause(ms, sending->send->regardless || sending->lost ? NULL : sending->send->stop);
}

/* ---- answers ---- */

/* The patch was answered with success and the object. False where that cannot be read. */
static bool take_success(struct sending *sending, struct str body)
{
	struct live_document document = LIVE_DOCUMENT_INIT;
	struct str version;

	if (!live_document_read(&document, body, NULL)) {
		live_document_free(&document);
		return false;
	}
	version = live_document_text(&document, STR("/metadata/resourceVersion"));
	if (!sending->send->dry_run)
		sending->sent.json = str_copy(sending->send->arena, body);
	fail(sending,
	     sending->send->dry_run		 ? APPLY_ACCEPTED
	     : str_eq(version, sending->version) ? APPLY_UNCHANGED
						 : APPLY_DONE,
	     LIVE_FINE, STR_NONE);
	live_document_free(&document);
	return true;
}

/* Whether a patch that was answered like this is to be understood from the object. */
static bool must_look(const struct live_response *response)
{
	switch (response->failure) {
	case LIVE_FINE: /* an answer that cannot be read */
	case LIVE_CONFLICT:
	case LIVE_UNREACHABLE:
	case LIVE_BUSY:
	case LIVE_STOPPED:
		return true;
	case LIVE_REFUSED: /* an answer that is too large, or no JSON */
		return response->status < 300;
	case LIVE_INVALID:
		return !response->message || !*response->message || !strcmp(response->message, test_failed);
	default:
		return false;
	}
}

static bool was_lost(enum live_failure failure)
{
	return failure != LIVE_CONFLICT && failure != LIVE_INVALID;
}

/* What the object @body says of the patch whose answer was @failure. True where the patch is to be sent again. */
static bool judge(struct sending *sending, struct str body, enum live_failure failure, struct str message)
{
	const struct live_send *send = sending->send;
	struct live_document document = LIVE_DOCUMENT_INIT;
	struct str version, uid, where = STR_NONE;
	bool same;

	if (!live_document_read(&document, body, NULL)) {
		live_document_free(&document);
		fail(sending, sending->lost ? APPLY_UNCERTAIN : APPLY_ERROR, LIVE_FINE,
		     STR("the server's answer makes no sense"));
		return false;
	}
	version = str_copy(send->arena, live_document_text(&document, STR("/metadata/resourceVersion")));
	uid = str_copy(send->arena, live_document_text(&document, STR("/metadata/uid")));
	live_document_free(&document);
	same = str_eq(version, sending->version);
	sending->version = version;
	if (send->uid.n && !str_eq(uid, send->uid)) {
		fail(sending, APPLY_MISSING, LIVE_FINE, STR("it was deleted, and made anew"));
	} else if (!send->dry_run && !same && live_patch_carried_out(send->patch, body)) {
		fail(sending, APPLY_DONE, LIVE_FINE, STR_NONE);
		sending->sent.json = str_copy(send->arena, body);
	} else if (!live_patch_fits(send->patch, body, &where)) {
		fail(sending, APPLY_CHANGED, failure, str_fmt(send->arena, "%.*s is not what it was", STR_ARG(where)));
	} else if (!same && send->still && !send->still(send->data, send->index, body)) {
		fail(sending, APPLY_CHANGED, failure, STR("with it as it is now, something else is to be done"));
	} else if (same && failure == LIVE_INVALID) {
		fail(sending, APPLY_DENIED, failure, message);
	} else if (failure == LIVE_STOPPED) {
		fail(sending, APPLY_INTERRUPTED, failure, STR_NONE);
	} else if (was_lost(failure)) {
		fail(sending, APPLY_ERROR, failure, message);
		return true;
	} else {
		fail(sending, APPLY_CHANGED, failure,
		     str_fmt(send->arena, "it is written to all the time (%d tries)", TRIES));
		return true;
	}
	return false;
}

/* Reads the object until that works, and judges it. True where the patch is to be sent again. */
static bool look(struct sending *sending, enum live_failure failure, struct str message)
{
	bool again = false;

	/* Before it is read, and not behind that: then somebody would write in between. */
	if (sending->tries)
		wait_for(sending, (unsigned)TRIES_PAUSE_MS << sending->tries);
	for (unsigned looks = 0; looks < LOOKS; looks++) {
		struct live_response response = { 0 };
		struct error *err = NULL;
		bool ok, more;

		/* What was sent may still be under way; a server that is away may be back in a moment. */
		if (sending->lost || looks)
			wait_for(sending, (unsigned)LOOKS_PAUSE_MS << 2 * looks);
		ok = request(sending, false, &response, &err);
		more = response.failure == LIVE_UNREACHABLE || response.failure == LIVE_BUSY;
		if (ok)
			again = judge(sending, buf_str(&response.body), failure, message);
		else if (response.failure == LIVE_NOT_FOUND)
			fail(sending, APPLY_MISSING, response.failure, message_of(sending, &response, err));
		else
			fail(sending, sending->lost ? APPLY_UNCERTAIN : APPLY_ERROR, response.failure,
			     message_of(sending, &response, err));
		live_response_free(&response);
		error_free(err);
		if (ok || !more)
			break;
	}
	return again;
}

static void take_refusal(struct sending *sending, const struct live_response *response, const struct error *err)
{
	bool missing = response->failure == LIVE_NOT_FOUND;

	fail(sending, missing ? APPLY_MISSING : APPLY_DENIED, response->failure, message_of(sending, response, err));
}

/* One patch, and what came of it. True where it is to be sent again. */
static bool send_once(struct sending *sending)
{
	struct live_response response = { 0 };
	struct error *err = NULL;
	bool again = false, taken;

	taken = request(sending, true, &response, &err);
	take_warnings(sending, &response);
	taken = taken && take_success(sending, buf_str(&response.body));
	if (!taken && must_look(&response)) {
		/* A dry run does nothing that would have to be found out; what cannot be sent then cannot be read. */
		sending->lost |= was_lost(response.failure) && !sending->send->dry_run;
		if (sending->send->dry_run && was_lost(response.failure))
			fail(sending, response.failure == LIVE_STOPPED ? APPLY_INTERRUPTED : APPLY_ERROR,
			     response.failure, message_of(sending, &response, err));
		else
			again = look(sending, response.failure, message_of(sending, &response, err));
	} else if (!taken) {
		take_refusal(sending, &response, err);
	}
	live_response_free(&response);
	error_free(err);
	return again;
}

struct live_sent live_send(const struct live_send *send)
{
	struct sending sending = { .send = send, .version = send->resource_version };

	for (; sending.tries < TRIES; sending.tries++) {
		if (!send->regardless && live_stopped(send->stop)) {
			fail(&sending, APPLY_INTERRUPTED, LIVE_STOPPED, STR_NONE);
			break;
		}
		if (!send_once(&sending))
			break;
	}
	return sending.sent;
}
