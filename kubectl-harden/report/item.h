/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Items: what a run found, one by one in the order of the input, as every machine-readable format tells it: findings,
 * documents that were not checked, and notes of what was passed over. Formats read results through this and nothing
 * else. The run must be traced.
 */

#include "engine/trace.h"

enum item_kind {
	ITEM_FINDING,
	ITEM_NOT_CHECKED, /* a document, or a whole file: a check that looked at nothing must not pass */
	ITEM_NOTE,	  /* passed over: a template, an overlay, an unknown kind */
};

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

struct item {
	enum item_kind kind;
	enum severity severity; /* error: Pod Security refuses it, or it was not checked; warning: hardened asks for it */
	const struct source *source;
	const struct document *document; /* NULL for a whole file */
	const struct run_object *object; /* NULL where none is meant */
	struct str api_version;
	struct position at; /* .line 0: the whole file */

	/* ITEM_FINDING */
	const struct fixer *fixer;
	const char *check; /* NULL where no Pod Security check asks for it */
	enum safety safety;
	bool fixable;
	uint32_t finding; /* index in the document */
	uint32_t group;	  /* 0 where nothing would be changed */
	struct str path;

	/* For people, so escaped as text_escape() does it; all other texts are as they came. */
	struct str message;
	struct str reason; /* why it is left; empty where it is fixable */
	struct str caveat; /* one sentence; empty for none */

	/* But for notes: the same as long as the same is wrong with the same object, whatever stands around it. */
	char fingerprint[32]; /* "0123456789abcdef:1" */
	bool *known;	      /* the baseline has it, so it does not count; may be set */
};

/* items_each() - calls @visit for each item of @run. The item's texts live as long as the call. */
void items_each(const struct run *run, void (*visit)(const struct item *item, void *data), void *data);

/*
 * item_pod_fingerprint() - that of the same finding of the whole pod, for one of a container; false for others.
 * item_beside_fingerprint() - that of a finding of @fixer at the same place. Both: of the first such finding.
 */
bool item_pod_fingerprint(const struct item *item, char out[32]);
void item_beside_fingerprint(const struct item *item, const struct fixer *fixer, char out[32]);

/* item_rule() - the name of its rule: the fixer's, "not-checked" or "passed-over". */
const char *item_rule(const struct item *item);

/* item_level() - the first profile that asks for it, or "opt-in"; "" without a fixer. */
const char *item_level(const struct item *item);

/* item_safety() - "safe", "caveat", "unsafe" or "finding". item_severity() - "note", "warning", "error". */
const char *item_safety(enum safety safety);
const char *item_severity(enum severity severity);

/* item_sentence() - appends "message. Reason. Caveat: …": the whole of it. */
void item_sentence(struct buf *out, const struct item *item);
