/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Apply: changes of objects, carried out on the server in transactions: objects that belong together are changed
 * together, in the order in which nothing stops answering, or put back.
 *
 *	apply = live_apply_new(&options);
 *	live_apply_add(apply, &change, &err);	for each object
 *	live_apply_try(apply);			the server's dry run: what it refuses is left out
 *	live_apply_write(apply);
 *	live_apply_undo(apply, transaction);	where the roll-out failed and that is wanted
 *
 * Each write is one JSON Patch that tests the resourceVersion and the values that it replaces. Where somebody wrote
 * meanwhile, the object is read again, and tried again as long as what we change is as it was, and still what to do.
 */

#include <signal.h>

#include "live/object.h"
#include "yaml/patch.h"

/* What an object is to those that it is changed with; those of a transaction are written in this order. */
enum live_step {
	STEP_NAME,     /* a Service or a route names a port that it numbered: good before and after the roll-out */
	STEP_OTHER,    /* NetworkPolicies, ConfigMaps, … */
	STEP_WORKLOAD, /* it holds pods */
	STEP_NUMBER,   /* a Service has a new number, which the new pods answer */
};

/* One object's change. All of it may go once live_apply_add() has returned, but for .object. */
struct live_change {
	const struct live_object *object;
	struct str json;			 /* the object as the server sent it */
	const struct yaml_operation *operations; /* from there; each on what those before it have made */
	size_t operations_n;
	enum live_step step;
	unsigned transaction; /* the same number: belongs together */
};

/* What became of a change. */
enum live_state {
	APPLY_PENDING,	/* nothing yet */
	APPLY_ACCEPTED, /* by the dry run */
	APPLY_DONE,
	APPLY_UNCHANGED,   /* the server says that it changes nothing */
	APPLY_IMMUTABLE,   /* a bare Pod or a Job: .command makes it anew */
	APPLY_DENIED,	   /* by the server: .message is its own */
	APPLY_CHANGED,	   /* somebody changed what we change */
	APPLY_MISSING,	   /* it is not there any more */
	APPLY_ERROR,	   /* no answer, or one that makes no sense */
	APPLY_UNCERTAIN,   /* no answer, and it could not be found out whether it was carried out */
	APPLY_LEFT_OUT,	   /* another one of its transaction failed before it */
	APPLY_UNDONE,	   /* it was done, and put back */
	APPLY_NOT_UNDONE,  /* it was done, and could not be put back: .command does it by hand */
	APPLY_INTERRUPTED, /* Ctrl-C came before it */
};

/* Texts are the apply's. Empty where there is nothing to say. */
struct live_outcome {
	enum live_state state;
	bool in_write; /* it became so in live_apply_write() or _undo(): not what the dry run, or less, has told */
	enum live_failure failure; /* of the answer that .message is from */
	struct str message;   /* what .state does not tell; holds bytes from the server: print through report/text */
	struct str command;   /* for a shell */
	struct str *warnings; /* of Warning headers, of the dry run and of the write, each once */
	size_t warnings_n;
};

struct live_apply_options {
	struct live_client *client;
	const volatile sig_atomic_t *stop; /* NULL; what was begun is put back, and nothing more begun */
	struct str flags;		   /* "--context=prod": for the commands that a person is told; empty */
	/* Called whenever an outcome has become another; NULL. @index: in the order of live_apply_add(). */
	void (*told)(void *data, size_t index, const struct live_outcome *outcome);
	/* Whether a change is still the one to make now that its object is @json, written by somebody else; NULL: yes. */
	bool (*still)(void *data, size_t index, struct str json);
	void *data;
};

struct live_apply;

struct live_apply *live_apply_new(const struct live_apply_options *options);
void live_apply_free(struct live_apply *apply);

/*
 * live_apply_add() - takes a change up. False with *err where the operations do not fit @change->json, which is then
 * not taken. A change without operations is APPLY_UNCHANGED, one of a Pod or a Job APPLY_IMMUTABLE at once.
 */
bool live_apply_add(struct live_apply *apply, const struct live_change *change, struct error **err);

/*
 * live_apply_try() - sends everything as a dry run. What the server refuses is APPLY_DENIED (APPLY_CHANGED, …) and the
 * rest of its transaction APPLY_LEFT_OUT; all others are APPLY_ACCEPTED. True where anything is accepted; nothing is
 * written. An immutable object leaves the others of its transaction out, too: its ports would not move.
 */
bool live_apply_try(struct live_apply *apply);

/*
 * live_apply_write() - writes what is APPLY_ACCEPTED, or APPLY_PENDING where there was no dry run, transaction by
 * transaction in the order in which they were added first. True where all of that is APPLY_DONE or APPLY_UNCHANGED.
 */
bool live_apply_write(struct live_apply *apply);

/*
 * live_apply_undo() - puts back what was done of @transaction, last first; also where the stop flag is up. True where
 * all of it is APPLY_UNDONE.
 */
bool live_apply_undo(struct live_apply *apply, unsigned transaction);

/* live_apply_count() - how many were taken. live_apply_outcome() - of one, valid as long as nothing is sent. */
size_t live_apply_count(const struct live_apply *apply);
const struct live_outcome *live_apply_outcome(const struct live_apply *apply, size_t index);
