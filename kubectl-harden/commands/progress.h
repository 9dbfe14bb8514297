/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Progress: one line on a terminal for work that takes longer than a second; gone at the end.
 */

#include "commands/output.h"

struct progress {
	struct output *output;
	int64_t start, shown; /* milliseconds; 0: not shown yet */
	size_t total;
	bool on;
};

struct progress progress_init(struct output *output, size_t total, bool wanted);
void progress_step(struct progress *progress, size_t done, size_t changes);
void progress_end(struct progress *progress);
