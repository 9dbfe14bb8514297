/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Work: what fix, diff and check have in common: from the arguments of -f to a finished run.
 */

#include "base/walk.h"
#include "commands/command.h"
#include "commands/images.h"
#include "commands/project.h"
#include "report/diff.h"
#include "report/summary.h"

struct work {
	struct session *session;
	struct project *project;
	struct walk_list list;
	struct images images;
	struct run_options options; /* of each run */
	struct run run;
	struct caveats caveats;
	struct totals totals;
	bool failed; /* something could not be read; it was said */
};

/*
 * work_open() - what comes before anything is read: what is asked for, and what is known of images. False with the exit
 * code in *ret_code. work_renew() - forgets the run and its results, for another one. work_free() releases both.
 */
bool work_open(struct work *work, struct session *session, int *ret_code);
void work_renew(struct work *work);

/* work_fail() - says what went wrong; the exit code will say so, too. */
void work_fail(struct work *work, const struct error *error);

/*
 * work_do() - reads, plans and applies; whatever cannot be read is reported and left out. Returns false with the exit
 * code in *ret_code where there is nothing to go on with: wrong usage, or a signal. work_free() in either case.
 */
bool work_do(struct work *work, struct session *session, int *ret_code);
void work_free(struct work *work);

/* work_count() - the totals and caveats of the results, once more after these have changed. */
void work_count(struct work *work);

/* work_interrupted() - where a signal was caught, says so and ends the process by it. Nothing was written. */
bool work_interrupted(struct work *work, int *ret_code);

/* work_add_diffs() - appends the diff of each source to standard output. */
void work_add_diffs(struct work *work);
/* work_add_diff_since() - appends what the source's result has that the one with the splices @before has not. */
void work_add_diff_since(struct work *work, const struct source *source, const struct splices *before);

/*
 * work_add_report() - prints the report for programs that -o asks for; @code is what the findings make of the exit code.
 */
void work_add_report(struct work *work, int code);

/* work_add_summary() - the summary on standard error, but for -q. */
void work_add_summary(struct work *work, bool past);

/* work_add_summary_run() - likewise of one run of several, without the totals. */
void work_add_summary_run(struct work *work);

/* work_end() - flushes both outputs; @code, or EXIT_TROUBLE if anything failed. */
int work_end(struct work *work, int code);

/* work_is_answer() - whether --fail-on makes the run's findings (only those left if @left) an exit code of 1. */
bool work_is_answer(const struct work *work, enum fail_on fail_on, bool left);
