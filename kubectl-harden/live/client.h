/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Client: requests to one API server, over one connection that is reused.
 *
 * Busy answers (429, 5xx with Retry-After, a connection that was cut before anything was answered) are tried again
 * where that is safe; what is left over is an error in kubectl's words. Credentials are in no message and no log.
 */

#include <signal.h>

#include "live/kubeconfig.h"

struct live_client;

struct live_request {
	const char *method;	  /* "GET", "PATCH", … */
	struct str path;	  /* below the server's URL, escaped, with its query: "/apis/apps/v1?limit=500" */
	const char *accept;	  /* NULL: application/json */
	const char *content_type; /* of the body; NULL where there is none */
	struct str body;
	size_t most;	     /* bytes of an answer, or it is refused; 0: LIVE_ANSWER_MAX */
	const char *verb;    /* for messages, as RBAC has it: "list", "patch"; NULL: from the method */
	bool quiet_warnings; /* Warning headers are only in the answer */
	uint32_t timeout_ms; /* of this one, where the configuration says none, or a longer one; 0: that */
	bool regardless;     /* also while the stop flag is up: what was begun is finished, or put back */
};

enum { LIVE_ANSWER_MAX = 256 << 20 };

/* Why it failed, where a caller has to know; else only the message matters. */
enum live_failure {
	LIVE_FINE,
	LIVE_UNREACHABLE, /* no answer: refused, no such host, timeout, TLS */
	LIVE_UNAUTHORIZED,
	LIVE_FORBIDDEN,
	LIVE_NOT_FOUND,
	LIVE_CONFLICT, /* 409 */
	LIVE_INVALID,  /* 422: also a failed test of a JSON Patch */
	LIVE_GONE,     /* 410: a list's continue token has expired */
	LIVE_BUSY,     /* 429, 5xx, and still so after the retries */
	LIVE_REFUSED,  /* every other 4xx */
	LIVE_STOPPED,  /* by the signal flag */
};

/* Release with live_response_free(). */
struct live_response {
	enum live_failure failure;
	long status;	 /* of HTTP; 0 without an answer */
	struct buf body; /* also that of an error: a Status */
	struct {
		char **items; /* texts of Warning headers, unquoted */
		size_t n, cap;
	} warnings;
	char *reason;  /* of a Status: "Forbidden"; NULL */
	char *message; /* of a Status; NULL */
};

/* What the client tells while it works: for -v LEVEL, and for Warning headers. Lines without their end. */
struct live_listener {
	void (*log)(void *data, unsigned level, const char *line); /* NULL; nothing in it is secret */
	void (*warn)(void *data, const char *text);		   /* NULL; each text once */
	unsigned verbosity;					   /* 0 to 9: lines above it are not made */
	void *data;
};

/*
 * live_open() - a client for @config (which, with its arena, must outlive it); @stop is a flag that a signal handler
 * raises. Loads libcurl; connects with the first request. NULL with *err where libcurl cannot be loaded or a
 * certificate or key cannot be read. live_close() - NULL is fine.
 */
struct live_client *live_open(const struct live_config *config, const struct live_listener *listener,
			      const volatile sig_atomic_t *stop, struct error **err);
void live_close(struct live_client *client);

/*
 * live_do() - one request. True where the server answered 2xx. False with *err in kubectl's words, and ret->failure,
 * .status, .reason say which. Only GET, and PATCH and PUT that name a resourceVersion or are a dry run, are tried
 * again after a cut connection. live_response_free() in either case.
 */
bool live_do(struct live_client *client, const struct live_request *request, struct live_response *ret,
	     struct error **err);
void live_response_free(struct live_response *response);
