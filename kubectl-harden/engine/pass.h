/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Pass: one pass of the fixers over a document, for engine/harden.c.
 */

#include "engine/harden.h"
#include "engine/objects.h"
#include "yaml/patch.h"

/* What a pass goes over, and what it makes; pass_free() releases what it makes itself. */
struct pass {
	struct run *run;
	struct document *document;
	struct yaml_tree *tree;
	struct objects *objects;
	struct findings *findings;
	const struct source_options *options;
	const struct source *source; /* for places in messages; NULL where nobody reads them */
	struct change_filter filter;
	struct change_log log;
	unsigned changes; /* tried, also those that the filter undid */
	unsigned object;
	struct yaml_patch patch; /* where the log is traced */
	bool record;		 /* fill document->objects */
	bool again; /* only whether anything would change: rules that never change anything are not asked */
};

/*
 * pass_run() - has the fixers edit pass->tree. They look at each place by itself; whether places that share an anchor
 * were changed alike shows when all are done. A change whose edits have no place then is denied, and all is done again
 * without it. Returns how many changes were made.
 */
unsigned pass_run(struct pass *pass);
/* pass_deny_all() - has the next run find all that could be changed and change nothing, for what anchors share. */
void pass_deny_all(struct pass *pass);
void pass_free(struct pass *pass);
