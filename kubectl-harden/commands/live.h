/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Live: what fix, diff and check have in common for objects of a cluster: from the arguments to finished runs, one for
 * each namespace, or one for all of them where a report needs that.
 */

#include "commands/cluster.h"
#include "commands/work.h"
#include "live/gather.h"

/* An object of the run: of run.sources[i], rows[i]. */
struct live_row {
	const struct live_object *object;
	struct str json; /* as the server sent it, where .keeps_json; else empty */
};

struct live_work {
	struct work work;
	struct cluster cluster;
	struct arena *arena; /* of one run */
	struct {
		struct live_row *items;
		size_t n, cap;
	} rows;
	struct source_options *options, *nothing; /* of what is asked for, and of what is there only for the plan */
	struct str namespace;			  /* that the run is of; empty: of several, or of none */
	struct totals sum;			  /* of all runs that are done */
	struct live_left *left;			  /* whom others manage: see live_add_end() */

	/* set by the command, before live_do() */
	bool whole; /* one run for all */
	bool edits; /* what others manage is left alone */
	bool keeps_json;
	/* A run is planned, applied and counted, and will be forgotten. */
	void (*done)(struct live_work *live);
};

/*
 * live_open() - the connection, and what is asked for. live_do() - reads what the command line names, and calls .done
 * for each run. Both return false with the exit code in *ret_code where there is nothing to go on with; what could not
 * be read, and does not matter to the rest, was said. live_free() in any case.
 */
bool live_open(struct live_work *live, struct session *session, int *ret_code);
bool live_do(struct live_work *live, int *ret_code);
void live_free(struct live_work *live);

/*
 * live_add_end() - on standard error: who manages what was left alone, and what to do about it, once for each manager
 * (with -v all their objects); and the totals. @past: the objects were changed; else they would be.
 */
void live_add_end(struct live_work *live, bool past);
