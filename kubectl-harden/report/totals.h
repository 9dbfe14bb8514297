/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Totals: what a run amounts to, in numbers and in the words that every command uses for them; and the names of
 * things in messages.
 */

#include "engine/run.h"
#include "report/caveats.h"

struct totals {
	bool live;	  /* what is called files here are objects of a cluster */
	size_t files;	  /* that hold manifests */
	size_t templates; /* files that must be rendered first */
	size_t changed;	  /* files */
	size_t changes;
	size_t caveats;
	size_t findings;   /* changed and left */
	size_t left;	   /* findings */
	size_t declined;   /* changes that the user left out, and what needs them */
	size_t refused;	   /* documents, and files as a whole */
	size_t violations; /* findings that the Pod Security level refuses */
	size_t violations_left;
	size_t skipped; /* findings that annotations hide, likewise */
	size_t known;	/* findings of the baseline, which none of these numbers counts */
	bool tried;	/* something would have changed, and did not for whatever was said */
	bool unread;	/* an input could not be read: its error says so */
};

/* totals_any() - whether they are worth a line: that nothing was found is none where nothing could be read. */
bool totals_any(const struct totals *totals);

/* totals_count() - without what is there only for the plan, unless it changes. totals_add() - adds those of another run. */
void totals_count(const struct run *run, const struct caveats *caveats, struct totals *ret);
void totals_add(struct totals *totals, const struct totals *more);

/* totals_unit() - "file", or "object". */
const char *totals_unit(const struct totals *totals);

/* source_is_told() - whether reports name it: what is there only for the plan, only where that changes it. */
bool source_is_told(const struct source *source);

/* source_holds_manifests() - whether the file is one of Kubernetes at all: with a `kind`, or refused. */
bool source_holds_manifests(const struct source *source);

/* totals_add_files() - "14 files", "No manifests". */
void totals_add_files(struct buf *out, const struct totals *totals);

/* totals_add_templates() - ", 2 templates passed over"; nothing if there are none. */
void totals_add_templates(struct buf *out, const struct totals *totals);

/* source_name() - how messages call it: its path, "stdin" for standard input. */
struct str source_name(const struct source *source);

/* add_place() - "shop/web.yaml:17:9", escaped. */
void add_place(struct buf *out, const struct source *source, const struct position *at);

/* add_place_word() - the same for a line that text_wrap() is to break: not there. */
void add_place_word(struct buf *out, const struct source *source, const struct position *at);

/* add_object() - "Deployment/web", of several pods "JobSet/train replicatedJobs[workers]", escaped. */
void add_object(struct buf *out, const struct run_object *object);

/* add_identity() - "JobSet/train": the object, whichever of its pods is meant. */
void add_identity(struct buf *out, const struct run_object *object);

/* add_refusal() - why a document is left as it is: `duplicate key "selector" (first at 6:3); …`, escaped. */
void add_refusal(struct buf *out, const struct source *source, const struct document *document);
