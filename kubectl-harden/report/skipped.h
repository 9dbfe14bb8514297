/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Skipped: exceptions that stand in the manifests, and what they hide, in every form of report.
 */

#include "report/machine.h"

/* skipped_add() - for people: a line for each entry that means nothing, and, if @verbose, for each thing that is hidden. */
void skipped_add(struct buf *out, const struct run *run, bool verbose);

/* skipped_count() - how many findings are hidden in a document. */
size_t skipped_count(const struct document *document);

/* skipped_any() - whether skipped_each() would visit any. */
bool skipped_any(const struct run *run, bool warnings);

/* One of them; .finding is NULL for a warning. */
struct skipped_item {
	const struct source *source;
	const struct document *document;
	const struct run_object *object;
	struct position at;
	const struct skipped *skipped; /* NULL: a warning */
	bool label;		       /* that is about a label of a Namespace */
	struct position entry;	       /* of the annotation */
	struct str message;	       /* escaped; of a warning; of what is hidden; empty where nothing is */
};

/* skipped_each() - calls @visit for each, in the order of the input: for the warnings, or for all that is hidden. */
void skipped_each(const struct run *run, bool warnings, void (*visit)(const struct skipped_item *item, void *data),
		  void *data);
