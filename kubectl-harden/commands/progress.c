/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress
 *
 * Only for eyes: on a terminal, never in a pipe or a log. Nobody waits for it: it is written when a file is done.
 */
#include "commands/progress.h"

#include <stdlib.h>
#include <time.h>

#include "report/text.h"

enum { PATIENCE = 1000, INTERVAL = 100 };

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

struct progress progress_init(struct output *output, size_t total, bool wanted)
{
	struct progress progress = { .output = output, .total = total };

	progress.on = wanted && output->terminal && !getenv("CI");
	if (progress.on)
		progress.start = now();
	return progress;
}

void progress_step(struct progress *progress, size_t done, size_t changes)
{
	int64_t time;

	if (!progress->on)
		return;
	time = now();
	if (time - progress->start < PATIENCE || time - progress->shown < INTERVAL)
		return;
	progress->shown = time;
	buf_addf(&progress->output->text, "\r%zu of %zu files, ", done, progress->total);
	text_count(&progress->output->text, changes, "change");
	buf_addz(&progress->output->text, "\x1b[K");
	output_flush(progress->output);
}

void progress_end(struct progress *progress)
{
	if (!progress->shown)
		return;
	buf_addz(&progress->output->text, "\r\x1b[K");
	output_flush(progress->output);
	progress->shown = 0;
}
