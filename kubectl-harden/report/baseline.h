/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Baseline: the findings that a repository had when it began to use the program. They do not count, so that only what
 * is new fails.
 *
 * The file is JSON: kind Baseline, and for each finding its fingerprint, with the words by which a person knows it. It
 * is sorted by fingerprint, a line each, so that two branches that both write it seldom touch the same lines.
 */

#include "base/error.h"
#include "engine/run.h"

struct baseline_entry {
	char *fingerprint;
	char *finding; /* for people */
	bool met;
};

struct baseline {
	struct baseline_entry *items; /* by fingerprint */
	size_t n, cap;
};

#define BASELINE_INIT ((struct baseline){ 0 })

/* baseline_read() - reads @path; false with *err where it cannot be read or is no baseline. */
bool baseline_read(struct baseline *baseline, const char *path, struct error **err);
void baseline_free(struct baseline *baseline);

/*
 * baseline_may_replace() - whether a baseline may be written to @path: nothing is there yet, or an empty file, or a
 * baseline; else false with *err. A link is refused: what it leads to was not named.
 */
bool baseline_may_replace(const char *path, struct error **err);

/* baseline_text() - appends the file. */
void baseline_text(struct baseline *baseline, struct buf *out);

/*
 * baseline_apply() - marks what it has among the results of @run as known. baseline_collect() - adds what is found in
 * @run, and marks it.
 */
void baseline_apply(struct baseline *baseline, const struct run *run);
void baseline_collect(struct baseline *baseline, const struct run *run);

/* baseline_compare() - adds to both how many findings of @run it has, and how many it has not; nothing is marked. */
void baseline_compare(struct baseline *baseline, const struct run *run, size_t *has_n, size_t *has_not_n);

/* baseline_add_unmet() - appends a line that counts those that were not met; with @verbose, one for each of them. */
void baseline_add_unmet(struct buf *out, const struct baseline *baseline, const char *path, bool verbose);
