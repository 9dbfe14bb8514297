/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Summary: what a person reads beside a diff or after a fix: per file what changed and what is left, each caveat
 * once, and one line of totals.
 */

#include "report/totals.h"

struct summary_options {
	bool colour;
	bool verbose;
};

/* summary_add() - appends the summary of a run but for its last line. @caveats are those of @run. */
void summary_add(struct buf *out, const struct run *run, const struct caveats *caveats,
		 const struct summary_options *options);

/* summary_add_totals() - that line, also of several runs. @past: the files were changed; else they would be. */
void summary_add_totals(struct buf *out, const struct totals *totals, bool past);

/* summary_refused() - appends a paragraph for each document and file that was left as it is because it is broken. */
void summary_refused(struct buf *out, const struct source *source, bool colour);

/*
 * summary_passed_over() - appends what was not looked at, and why: templates with the command that renders them, and
 * objects that are no workloads by themselves. One paragraph for each reason; with @verbose, with every name.
 */
void summary_passed_over(struct buf *out, const struct run *run, bool verbose);
