/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Settle: where the edits of what aliases and merge keys bring in are written.
 */

#include "yaml/edit.h"

/* An edit that has no place, for another place shares the anchor and must not get it. */
struct yaml_unsettled {
	uint32_t op;		 /* index in the tree's log: between two yaml_mark() */
	struct yaml_refusal why; /* .at: where a person should look; .other: of the other place, offset + 1; or 0 */
};

struct yaml_unsettled_edits {
	struct yaml_unsettled *items;
	size_t n, cap;
};

/*
 * yaml_settle() - once all edits are made: all places that share an anchor changed alike, then the anchor is edited;
 * else a place that differs gets an override (`<<: *a` with the keys that differ, or a value of its own); else false,
 * one edit of each such place is added to @unsettled (whose items the caller frees), and the tree is of use for nothing
 * but yaml_rollback(). A tree without aliases and merge keys is settled as it is.
 */
bool yaml_settle(struct yaml_tree *tree, struct yaml_unsettled_edits *unsettled);
