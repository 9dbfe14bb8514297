/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Send: one patch of one object, sent until it is known what became of it.
 */

#include "live/apply.h"
#include "live/patch.h"

struct live_send {
	struct live_client *client;
	const volatile sig_atomic_t *stop; /* NULL */
	const struct live_resource *resource;
	struct str namespace, name, uid;
	struct str resource_version; /* of the object that the patch was made for */
	const struct live_patch *patch;
	bool dry_run;
	bool regardless;					  /* of the stop flag: it puts back what was done */
	bool (*still)(void *data, size_t index, struct str json); /* as that of struct live_apply_options */
	void *data;
	size_t index;
	struct arena *arena; /* of the results */
};

/* Texts are in the arena of the request. */
struct live_sent {
	enum live_state
		state; /* APPLY_ACCEPTED, DONE, UNCHANGED, DENIED, CHANGED, MISSING, ERROR, UNCERTAIN, INTERRUPTED */
	enum live_failure failure; /* of the answer that .message is from */
	struct str message;
	struct str json; /* the object as it is after APPLY_DONE */
	struct str *warnings;
	size_t warnings_n, warnings_cap;
};

/*
 * live_send() - sends it. Where the object is another one by then (409, or 422 for a test that failed), it is read
 * again; as long as it is as the patch wants it, and .still the one to send, it is sent again with the new resourceVersion, up to five times.
 * After an answer that did not come it is read, too, to see whether the patch was carried out.
 */
struct live_sent live_send(const struct live_send *send);
