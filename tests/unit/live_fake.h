/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * An API server that answers from a table, in the place of live/client.c, so that a test can have it say anything.
 * What it was asked is kept, line by line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "live/client.h"

/* The first row that fits answers. */
struct fake_answer {
	const char *path;
	const char *accept; /* part of what is asked for; NULL: whatever it is */
	long status;	    /* 0: no answer at all */
	const char *body;   /* NULL: a Status of its own */
};

struct fake {
	const struct fake_answer *answers;
	size_t n;
	struct buf log;
};

static struct fake fake;

/* fake_set() - what it answers from now on; forgets what it was asked. */
#define FAKE_SET(table) fake_set(table, sizeof(table) / sizeof(*(table)))
static inline void fake_set(const struct fake_answer *answers, size_t n)
{
	buf_free(&fake.log);
	fake = (struct fake){ .answers = answers, .n = n };
}

/* fake_asked() - asserts what it was asked, a path a line, "(metadata)" behind those that want no more; forgets it. */
static inline void fake_asked(const char *expected)
{
	if (!str_is(buf_str(&fake.log), expected))
		fail_msg("asked:\n%.*sinstead of:\n%s", STR_ARG(buf_str(&fake.log)), expected);
	fake.log.n = 0;
}

static inline const struct fake_answer *fake_find(const struct live_request *request)
{
	for (size_t i = 0; i < fake.n; i++) {
		const struct fake_answer *answer = &fake.answers[i];

		if (str_is(request->path, answer->path) &&
		    (!answer->accept || (request->accept && strstr(request->accept, answer->accept))))
			return answer;
	}
	return NULL;
}

static inline enum live_failure fake_failure(long status)
{
	switch (status) {
	case 0:
		return LIVE_UNREACHABLE;
	case 200:
		return LIVE_FINE;
	case 401:
		return LIVE_UNAUTHORIZED;
	case 403:
		return LIVE_FORBIDDEN;
	case 404:
		return LIVE_NOT_FOUND;
	case 410:
		return LIVE_GONE;
	default:
		return status >= 500 ? LIVE_BUSY : LIVE_REFUSED;
	}
}

bool live_do(struct live_client *client, const struct live_request *request, struct live_response *ret,
	     struct error **err)
{
	const struct fake_answer *answer = fake_find(request);

	(void)client;
	*ret = (struct live_response){ 0 };
	buf_addf(&fake.log, "%.*s%s\n", STR_ARG(request->path),
		 request->accept && strstr(request->accept, "PartialObjectMetadata") ? " (metadata)" : "");
	ret->status = answer ? answer->status : 404;
	ret->failure = fake_failure(ret->status);
	if (answer && answer->body)
		buf_addz(&ret->body, answer->body);
	if (ret->failure == LIVE_FINE)
		return true;
	return error_set(err, "%ld for %.*s", ret->status, STR_ARG(request->path));
}

void live_response_free(struct live_response *response)
{
	buf_free(&response->body);
	*response = (struct live_response){ 0 };
}
