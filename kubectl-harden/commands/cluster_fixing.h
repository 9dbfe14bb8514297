/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the parts of fix for objects of a cluster share: the flow (cluster_fix.c), planning again (cluster_again.c), what
 * is told (cluster_tell.c), and the roll-out (cluster_wait.c).
 */

#include "commands/cluster_work.h"
#include "live/apply.h"

struct fixing {
	struct cluster_work live; /* first */
	struct live_apply *apply;
	struct {
		size_t *items; /* rows, by change */
		size_t n, cap;
	} changes;
	uint32_t *parents;	  /* rows that belong together, by row */
	bool writing;		  /* the dry run is over */
	bool declined;		  /* by the user, of any namespace */
	size_t done_n, changes_n; /* objects that were changed, and their changes */
	size_t left_n;		  /* those that were not */
};

struct settings *fixing_settings(struct fixing *fixing);

/* fixing_object() - that of a change. fixing_transaction() - of what it is one. */
const struct live_object *fixing_object(const struct fixing *fixing, size_t change);
unsigned fixing_transaction(struct fixing *fixing, size_t change);

/* fixing_is_with() - whether a row is of the transaction of a change, or would be if it were changed. */
bool fixing_is_with(struct fixing *fixing, size_t row, size_t change);

/* fixing_operations() - what changes an object, in order; the caller frees .items, what they hold is the run's. */
struct fixing_operations {
	struct yaml_operation *items;
	size_t n, cap;
};
struct fixing_operations fixing_operations(const struct source *source);

/*
 * fixing_is_still_planned() - whether what a change needs, and all that belongs with it, would be the same if it were
 * planned with its object as it is by now: @json.
 */
bool fixing_is_still_planned(struct fixing *fixing, size_t change, struct str json);

/* fixing_is_as_shown() - whether the namespace, read and planned once more, needs what was shown, and no more. */
bool fixing_is_as_shown(struct fixing *fixing);

/* fixing_flags() - what commands that a person is told need to reach the same cluster. In the run's arena. */
struct str fixing_flags(struct fixing *fixing);

/* fixing_add_name() - "deployment.apps/web", as kubectl; with its namespace where there are several. */
void fixing_add_name(struct fixing *fixing, struct buf *out, const struct live_object *object);

/* fixing_tell_…() - of one change: that it was made, @how; or why not. Of all: what the server warns of. */
void fixing_tell_done(struct fixing *fixing, size_t change, const char *how);
void fixing_tell_failure(struct fixing *fixing, size_t change);
void fixing_tell_warnings(struct fixing *fixing);

/* fixing_wait() - follows the roll-outs of what was changed, and puts back what does not come up if that is wanted. */
void fixing_wait(struct fixing *fixing);
