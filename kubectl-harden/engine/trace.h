/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Trace: which edits, as splices of the file and as JSON Patch of the object, belong to which finding.
 *
 * Several changes often meet in one splice (a new securityContext and what others put into it), one change may need
 * another, and a port moves in several objects at once. Findings that can only be mended together form a *group*; each
 * splice and each operation is listed with one finding of its group, the first one in the file that has part in it.
 * So all that is listed, applied once, is all that fix does, and what is listed for a group is a whole, too.
 */

#include "engine/run.h"
#include "yaml/patch.h"

struct trace_finding {
	struct str path; /* JSON Pointer in the object of its place, or of the nearest one that is there */
	uint64_t place;	 /* a hash of the same that does not depend on other findings or on what stands beside it */
	uint64_t pod;	 /* the same of the pod around it, where it is in a container; else 0 */
	uint32_t group;	 /* from 1 on, for the whole run; 0 where nothing is changed */
	bool known;	 /* a baseline has it, so it does not count */
};

/* The finding that something is listed with, and where it comes in its order. */
struct trace_listed {
	uint32_t finding, index;
};

struct trace_operation {
	struct trace_listed listed;
	struct yaml_operation operation;
};

/* Of one document. In the run's arena. */
struct trace {
	struct trace_finding *findings;	    /* by finding */
	struct trace_listed *splices;	    /* as many as the document has; by finding */
	struct trace_operation *operations; /* by finding */
	size_t operations_n;
	struct str *api_versions; /* by object */
};

/* What is known when a document was rendered; all of it is of run->tree, before its proof. */
struct trace_input {
	const struct change_log *log;
	size_t changes; /* of the log: what is behind them was only asked for */
	const struct yaml_patch *patch;
	const struct render_notes *notes;
	const struct objects *objects;
};

/* trace_make() - makes document->trace; groups are still those of the document by itself. */
void trace_make(struct run *run, struct document *document, const struct trace_input *input);

/* trace_link() - once all documents are done: groups of the whole run, numbered as they come. */
void trace_link(struct run *run);

/* trace_splices(), trace_operations() - those that are listed with a finding, in their order; *ret_n of them. */
const struct trace_listed *trace_splices(const struct document *document, uint32_t finding, size_t *ret_n);
/*
 * trace_edit() - the first edit of @n listed splices, as one, with its offset in the file: all of them that stand at one
 * place. Its text is in @text. Returns how many they are.
 */
size_t trace_edit(const struct document *document, const struct trace_listed *listed, size_t n, struct buf *text,
		  struct splice *ret_edit);

const struct trace_operation *trace_operations(const struct document *document, uint32_t finding, size_t *ret_n);

/* trace_is_before() - whether one finding of a document comes before another in the file. */
bool trace_is_before(const struct document *document, uint32_t a, uint32_t b);

/* trace_order() - the findings of a document as they stand in the file: indexes, to be freed; NULL if there are none. */
uint32_t *trace_order(const struct document *document);
