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
struct cluster_row {
	const struct live_object *object;
	struct str json; /* as the server sent it, where .keeps_json; else empty */
	bool applied;	 /* it was made by kubectl apply */
};

struct cluster_work {
	struct work work;
	struct cluster cluster;
	struct arena *arena; /* of one run */
	struct {
		struct cluster_row *items;
		size_t n, cap;
	} rows;
	struct source_options *options, *nothing; /* of what is asked for, and of what is there only for the plan */
	struct str namespace;			  /* that the run is of; empty: of several, or of none */
	struct buf applied;			  /* the first changed object that kubectl apply made */
	size_t applied_n;			  /* how many of them there are */
	struct totals sum;			  /* of all runs that are done */
	struct cluster_files *files;		  /* of --live; NULL */
	struct cluster_left *left;		  /* whom others manage: see cluster_add_end() */

	/* set by the command, before cluster_work_do() */
	bool edits; /* what others manage is left alone */
	bool keeps_json;
	/* A run is planned, applied and counted, and will be forgotten. NULL: there is one run for all, and it stays. */
	void (*done)(struct cluster_work *live);
};

/*
 * cluster_work_open() - the connection, and what is asked for. cluster_work_do() - reads what the command line names, and calls .done
 * for each run. Both return false with the exit code in *ret_code where there is nothing to go on with; what could not
 * be read, and does not matter to the rest, was said. cluster_work_free() in any case.
 */
bool cluster_work_open(struct cluster_work *live, struct session *session, int *ret_code);
bool cluster_work_do(struct cluster_work *live, int *ret_code);
void cluster_work_free(struct cluster_work *live);

/* cluster_work_begin_like() - begins a run that is asked for what that of @live is; the caller frees it. */
void cluster_work_begin_like(const struct cluster_work *live, struct run *ret_run);

/*
 * cluster_work_again() - reads and plans the namespace of the run once more, with what has come meanwhile, into
 * @ret_again, which borrows of @live; nothing is told. False where it cannot be read by now. In either case
 * cluster_work_again_free().
 */
bool cluster_work_again(struct cluster_work *live, struct cluster_work *ret_again);
void cluster_work_again_free(struct cluster_work *again);

/*
 * cluster_kind() - what is known of a resource; NULL for nothing.
 * cluster_holds_pods() - whether its objects hold pods, or may do, for all that is known.
 */
const struct kube_kind *cluster_kind(struct cluster_work *live, const struct live_resource *resource);
bool cluster_holds_pods(struct cluster_work *live, const struct live_resource *resource);

/* cluster_path() - "shop/deployment.apps/web", in @arena: how reports call it. */
struct str cluster_path(const struct live_object *object, struct arena *arena);

/*
 * cluster_add_end() - on standard error: who manages what was left alone, and what to do about it, once for each manager
 * (with -v all their objects); and the totals. @past: the objects were changed; else they would be.
 */
void cluster_add_end(struct cluster_work *live, bool past);
