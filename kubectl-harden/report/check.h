/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Check: one finding a line, for editors, logs and pipelines.
 */

#include "report/totals.h"

struct check_options {
	bool colour;
	bool verbose;		   /* with the reason of what cannot be fixed */
	void (*relax)(void *data); /* called where the caller may hand on and forget what is there; may be NULL */
	void *data;
};

/* check_add() - appends the findings of a source by position: "web.yaml:17:9: capabilities: …  [fixable]". */
void check_add(struct buf *out, const struct source *source, const struct check_options *options);

/* check_add_total() - appends the last line: "14 files, 23 findings (22 fixable with kubectl harden fix)." */
void check_add_total(struct buf *out, const struct totals *totals);

/*
 * check_add_names() - for comparison with other judges: appends, for each Pod Security check that an object of the
 * source breaks, "PATH<tab>document<tab>item<tab>Kind/name<tab>check", numbered as kubectl does; item is -1 for an
 * object in no list.
 */
void check_add_names(struct buf *out, const struct source *source);
