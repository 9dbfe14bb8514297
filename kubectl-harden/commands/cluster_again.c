/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fix for objects of a cluster: planning again
 *
 * An object that somebody wrote meanwhile may need another change than the one that was shown and said yes to: a new
 * container, a probe that has the old port. So all of the namespace is planned once more with the object as it is now,
 * and only where the very same comes of it is the patch sent again. Likewise once a person has thought about a question:
 * a Service may have come that leads to a port which is to move.
 */
#include <stdlib.h>

#include "commands/cluster_fixing.h"
#include "engine/trace.h"
#include "live/object.h"

struct fixing_operations fixing_operations(const struct source *source)
{
	struct fixing_operations all = { 0 };

	for (size_t k = 0; k < source->documents.n; k++) {
		const struct document *document = &source->documents.items[k];

		for (uint32_t f = 0; document->trace && f < document->findings.n; f++) {
			size_t n;
			const struct trace_operation *operations = trace_operations(document, f, &n);

			for (size_t i = 0; i < n; i++)
				VEC_PUSH(&all, operations[i].operation);
		}
	}
	return all;
}

static bool is_same_change(const struct source *before, const struct source *now)
{
	struct fixing_operations a = fixing_operations(before), b = fixing_operations(now);
	bool same = a.n == b.n;

	for (size_t i = 0; same && i < a.n; i++)
		same = a.items[i].kind == b.items[i].kind && str_eq(a.items[i].path, b.items[i].path) &&
		       str_eq(a.items[i].value, b.items[i].value);
	free(a.items);
	free(b.items);
	return same;
}

/* As a run_add_live() of its own: @text in place of the source's, where there is one. */
static void add_again(struct run *run, const struct source *source, const struct buf *text)
{
	struct str bytes = text ? buf_str(text) : (struct str){ source->image.bytes, source->image.n };
	struct file_image image = FILE_IMAGE_INIT;

	image.bytes = str_dup(bytes);
	image.n = bytes.n;
	run_add_live(run, source->path, &image, source->options, source->context);
}

static void plan_again(struct fixing *fixing, size_t row, const struct buf *text, struct run *ret_run)
{
	struct cluster_work *live = &fixing->live;

	cluster_work_begin_like(live, ret_run);
	for (size_t i = 0; i < live->rows.n; i++)
		add_again(ret_run, live->work.run.sources.items[i], i == row ? text : NULL);
	run_plan(ret_run);
	run_apply(ret_run);
}

bool fixing_is_still_planned(struct fixing *fixing, size_t change, struct str json)
{
	const struct run *before = &fixing->live.work.run;
	size_t row = fixing->changes.items[change];
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	const struct source *source = before->sources.items[row];
	struct run now;
	bool same = true;

	if (!live_object_manifest(fixing_object(fixing, change)->resource, json, &text, NULL))
		return false;
	if (str_eq(buf_str(&text), (struct str){ source->image.bytes, source->image.n }))
		return true;
	plan_again(fixing, row, &text, &now);
	for (size_t i = 0; same && i < fixing->live.rows.n; i++)
		if (fixing_is_with(fixing, i, change))
			same = is_same_change(before->sources.items[i], now.sources.items[i]);
	run_free(&now);
	return same;
}

/* The source of that name; @hint: where it was before. */
static const struct source *find_source(const struct run *run, const char *path, size_t hint)
{
	for (size_t i = 0; i < run->sources.n; i++) {
		const struct source *source = run->sources.items[(hint + i) % run->sources.n];

		if (!strcmp(source->path, path))
			return source;
	}
	return NULL;
}

/* Whether all that @one changes is changed alike in @other. */
static bool is_covered(const struct run *one, const struct run *other)
{
	for (size_t i = 0; i < one->sources.n; i++) {
		const struct source *source = one->sources.items[i], *same;

		if (!source->changed)
			continue;
		same = find_source(other, source->path, i);
		if (!same || !is_same_change(source, same))
			return false;
	}
	return true;
}

bool fixing_is_as_shown(struct fixing *fixing)
{
	const struct run *shown = &fixing->live.work.run;
	struct cluster_work again;
	bool same = true;

	/* What was read of files, or of no namespace, is left to the tests of the patches. */
	if (fixing->live.files || !fixing->live.namespace.n)
		return true;
	if (cluster_work_again(&fixing->live, &again))
		same = is_covered(shown, &again.work.run) && is_covered(&again.work.run, shown);
	cluster_work_again_free(&again);
	return same;
}
