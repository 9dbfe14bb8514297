/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Skipped
 *
 * An exception that nobody sees outlives its reason. So what a fixer would have found is looked for all the same, and
 * told apart from the findings; an entry that hides nothing can go.
 */
#include "engine/skipped.h"

#include <stdlib.h>

#include "fixers/fix.h"
#include "fixers/list.h"
#include "fixers/skip.h"

/* Of one document: nobody reads on. */
enum { WARNINGS_MAX = 100 };

/* Whether another pod of the same object has a container of that name: an object's annotation is for all of them. */
static bool is_elsewhere(const struct pass *pass, size_t index, struct str container)
{
	const struct object_view *rows = pass->objects->items;
	size_t first = index;

	while (first && rows[first - 1].object.node == rows[index].object.node)
		first--;
	for (size_t i = first; i < pass->objects->n && rows[i].object.node == rows[index].object.node; i++)
		for (size_t k = 0; rows[i].has_pod && k < rows[i].pod.containers_n; k++)
			if (str_eq(rows[i].pod.containers[k].name, container))
				return true;
	return false;
}

static void record_faults(struct pass *pass, const struct skips *skips, size_t index)
{
	struct document *document = pass->document;

	for (size_t i = 0; i < skips->faults_n; i++) {
		const struct skip_fault *fault = &skips->faults[i];
		struct skip_warning warning = { .at = fault->at, .object = pass->object };
		bool told = false;

		if (fault->container.n && is_elsewhere(pass, index, fault->container))
			continue;
		warning.message = intern_str(&pass->run->intern, fault->message);
		/* Each pod of an object reads the object's annotation. */
		for (size_t k = 0; k < document->warnings.n; k++)
			told |= document->warnings.items[k].at == fault->at &&
				document->warnings.items[k].message.p == warning.message.p;
		if (!told && document->warnings.n < WARNINGS_MAX)
			VEC_PUSH(&document->warnings, warning);
	}
}

/* What the exception of a Service or a Namespace keeps. */
static const struct finding_text *plan_text(struct pass *pass, struct fix_context *fix, const struct fixer *fixer,
					    const char *what)
{
	struct finding_text text;

	memset(&text, 0, sizeof(text)); /* padding, too: it is compared as bytes */
	text.fixer = fixer;
	text.status = FIX_LEFT;
	text.message =
		intern_str(&pass->run->intern, fix_format(fix, "%.*s %.*s %s", STR_ARG(fix->pod->object.kind_name),
							  STR_ARG(fix->pod->object.name), what));
	return intern_bytes(&pass->run->intern, &text, sizeof(text));
}

static void record_skip(struct pass *pass, struct fix_context *fix, const struct skip *skip, uint64_t *done)
{
	int last = skip->target == TARGET_POD ? (int)fix->pod->containers_n : skip->target + 1;
	struct skipped row = {
		.fixer = fixers[skip->fixer],
		.entry = intern_str(&pass->run->intern, skip->text),
		.entry_at = skip->at,
		.at = skip->at,
		.object = pass->object,
	};
	size_t before = pass->document->skipped.n;
	struct findings findings = { 0 };
	uint64_t bit = (uint64_t)1 << skip->fixer;

	for (int target = skip->target; target < last; target++) {
		if (done[target + 1] & bit)
			continue;
		done[target + 1] |= bit;
		if (fix->choice->selected & bit)
			fix_skipped(fix, skip->fixer, target, &findings);
	}
	for (size_t i = 0; i < findings.n; i++) {
		row.at = findings.items[i].at;
		row.finding = findings.items[i].text;
		VEC_PUSH(&pass->document->skipped, row);
	}
	/* These are looked at by the plan. */
	if (!fix->pod->view && row.fixer == &fixer_unprivileged_ports)
		row.finding = plan_text(pass, fix, row.fixer,
					fix->pod->object.kind && fix->pod->object.kind->flags & KIND_SERVICE
						? "keeps the ports that it leads to"
						: "keeps the ports that it names");
	if (!fix->pod->view && row.fixer == &fixer_namespace_labels)
		row.finding = plan_text(pass, fix, row.fixer, "keeps its labels");
	if (pass->document->skipped.n == before)
		VEC_PUSH(&pass->document->skipped, row);
	free(findings.items);
}

void skipped_record(struct pass *pass, struct fix_context *fix, size_t index)
{
	const struct skips *skips = fix->skips;
	uint64_t *done;

	if (!skips || !pass->record)
		return;
	record_faults(pass, skips, index);
	done = ARENA_ARRAY(fix->arena, uint64_t, fix->pod->containers_n + 1);
	for (size_t i = 0; i < skips->n; i++)
		record_skip(pass, fix, &skips->items[i], done);
}
