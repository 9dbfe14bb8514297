/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Needs and exceptions
 *
 * A fixer looks at each target once, and what it found is remembered for all that need it. One that is skipped, by
 * --skip or by an annotation, is asked all the same where another needs what it establishes: it may hold already.
 */
#include <stdlib.h>

#include "fixers/fix.h"
#include "fixers/skip.h"

size_t fix_status_size(const struct kube_pod *pod)
{
	return fixers_n * (pod->containers_n + 1);
}

static uint8_t *remembered(const struct fix_context *fix, size_t fixer, int target)
{
	return &fix->status[fixer * (fix->pod->containers_n + 1) + (size_t)(target + 1)];
}

/* Beside the status that is remembered: a review declined what it would change, or what that needs. */
enum { STATUS_DECLINED = 1 << 7 };

static enum fix_status look(struct fix_context *fix, size_t fixer, int target, bool *ret_declined)
{
	size_t before = fix->running;
	int before_target = fix->target;
	bool before_declined = fix->declined;
	enum fix_status status;

	fix->running = fixer;
	fix->target = target;
	fix->declined = false;
	status = fixers[fixer]->run ? fixers[fixer]->run(fix, fixers[fixer], target) : FIX_FINE;
	*ret_declined = fix->declined;
	fix->running = before;
	fix->target = before_target;
	fix->declined = before_declined;
	return status;
}

/*
 * Whether @fixer would find nothing to do: what it changed and learnt on the way is forgotten. Its findings go to
 * @ret_findings, where that is not NULL.
 */
static enum fix_status ask(struct fix_context *fix, size_t fixer, int target, struct findings *ret_findings)
{
	size_t size = fix_status_size(fix->pod), findings = fix->findings->n;
	uint8_t *memory = memcpy(xmalloc(size), fix->status, size);
	uint32_t mark = yaml_mark(fix->tree), passed = fix->passed;
	unsigned changes = fix->changes;
	struct change_filter *filter = fix->filter;
	struct change_log *log = fix->log;
	enum fix_status status;
	bool declined;

	/* These count the changes that stay. */
	fix->filter = NULL;
	fix->log = NULL;
	status = look(fix, fixer, target, &declined);
	fix->filter = filter;
	fix->log = log;
	for (size_t i = findings; ret_findings && i < fix->findings->n; i++)
		if (fix->findings->items[i].text->fixer == fixers[fixer])
			VEC_PUSH(ret_findings, fix->findings->items[i]);
	memcpy(fix->status, memory, size);
	free(memory);
	yaml_rollback(fix->tree, mark);
	fix->findings->n = findings;
	fix->changes = changes;
	fix->passed = passed;
	return status == FIX_FINE ? FIX_FINE : FIX_LEFT;
}

static bool is_skipped(const struct fix_context *fix, size_t fixer, int target)
{
	return fix->config->skip >> fixer & 1 || skips_has(fix->skips, fixer, target);
}

enum fix_status fix_run(struct fix_context *fix, size_t fixer, int target)
{
	uint8_t *memory = remembered(fix, fixer, target);
	enum fix_status status;
	bool declined = false;

	if (*memory)
		return (enum fix_status)((*memory & ~STATUS_DECLINED) - 1);
	status = is_skipped(fix, fixer, target) ? ask(fix, fixer, target, NULL) : look(fix, fixer, target, &declined);
	*memory = (uint8_t)((status + 1) | (declined ? STATUS_DECLINED : 0));
	return status;
}

bool fix_skips(const struct fix_context *fix, const struct fixer *self, int target)
{
	return is_skipped(fix, fixer_index(self), target);
}

int fix_skipping(const struct fix_context *fix, const struct fixer *self)
{
	size_t index = fixer_index(self);

	if (fix->skips && fix->skips->any >> index & 1 && !fix_skips(fix, self, TARGET_POD))
		for (size_t i = 0; i < fix->pod->containers_n; i++)
			if (skips_has(fix->skips, index, (int)i))
				return (int)i;
	return TARGET_POD;
}

struct str fix_skipping_reason(struct fix_context *fix, const struct fixer *self)
{
	int skipping = fix_skipping(fix, self);

	if (skipping == TARGET_POD)
		return STR_NONE;
	return fix_format(fix, "it holds for %.*s too, which skips %s (" SKIP_ANNOTATION ")",
			  STR_ARG(fix_subject(fix, skipping)), self->name);
}

void fix_skipped(struct fix_context *fix, size_t fixer, int target, struct findings *findings)
{
	uint8_t *memory = remembered(fix, fixer, target), before = *memory;

	*memory = 0;
	ask(fix, fixer, target, findings);
	*memory = before;
}

bool fix_was_asked(const struct fix_context *fix, const struct fixer *fixer, int target)
{
	return *remembered(fix, fixer_index(fixer), target) != 0;
}

static void note_need(struct fix_context *fix, const struct fixer *other, int target)
{
	struct change_need need = {
		.from = { .fixer = fixers[fix->running], .object = fix->object, .target = fix->target },
		.to = { .fixer = other, .object = fix->object, .target = target },
	};

	if (fix->log && fix->log->traced)
		VEC_PUSH(&fix->log->needs, need);
}

bool fix_need(struct fix_context *fix, const struct fixer *other, int target)
{
	size_t index = fixer_index(other);
	bool fine;

	note_need(fix, other, target);
	fine = fix_run(fix, index, target) != FIX_LEFT;
	fix->declined |= !fine && (*remembered(fix, index, target) & STATUS_DECLINED);
	return fine;
}
