/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Review
 *
 * What is declined is kept from being made where changes are made, so that whatever needs it is left as well, and the
 * result is proved like any other. So each question is a run of its documents with what was accepted and what is asked
 * for; and if all is accepted, nothing is left out, and the result is that of a run without a review.
 */
#include "engine/review.h"

#include <stdlib.h>

#include "engine/inventory.h"
#include "fixers/list.h"

/* ---- parts ---- */

static void add_parts(struct review *review, struct source *source, struct document *document)
{
	unsigned object = 0;
	uint64_t seen = 0;

	document->part = review->parts.n;
	for (size_t i = 0; i < document->findings.n; i++) {
		const struct finding *finding = &document->findings.items[i];
		uint64_t bit = (uint64_t)1 << fixer_index(finding->text->fixer);
		struct review_part part;

		/* The findings of one object stand together. */
		if (finding->object != object)
			seen = 0;
		object = finding->object;
		if (finding->text->status != FIX_CHANGED || seen & bit)
			continue;
		seen |= bit;
		part = (struct review_part){ source, document, object, finding->text->fixer, review->parts.n };
		VEC_PUSH(&review->parts, part);
	}
	document->parts_n = review->parts.n - document->part;
	if (document->parts_n) {
		document->declined.n = document->objects.n;
		document->declined.items = ARENA_ARRAY(review->run->arena, uint64_t, document->objects.n);
	}
}

/* The parts of an object: the first one, and *ret_n of them. */
static struct review_part *parts_of(struct review *review, const struct document *document, unsigned object,
				    size_t *ret_n)
{
	struct review_part *parts;
	size_t low = 0, high = document->parts_n, end;

	*ret_n = 0;
	if (!high || !review->parts.items)
		return NULL;
	parts = review->parts.items + document->part;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (parts[middle].object < object)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < document->parts_n && parts[end].object == object;)
		end++;
	*ret_n = end - low;
	return parts + low;
}

/* ---- units ---- */

/* Until units are numbered, a part's unit leads to another part of it, and at last to the first one. */
static size_t first_of(struct review *review, size_t part)
{
	struct review_part *parts = review->parts.items;

	while (parts[part].unit != part)
		part = parts[part].unit = parts[parts[part].unit].unit;
	return part;
}

static void join(struct review *review, const struct review_part *one, const struct review_part *other)
{
	size_t a = first_of(review, (size_t)(one - review->parts.items));
	size_t b = first_of(review, (size_t)(other - review->parts.items));

	review->parts.items[a > b ? a : b].unit = a > b ? b : a;
}

/* What moves the ports of an object; NULL if nothing does. */
static struct review_part *mover_of(struct review *review, const struct where *where)
{
	size_t n;
	struct review_part *parts =
		parts_of(review, &where->source->documents.items[where->document], where->object, &n);

	for (size_t i = 0; i < n; i++)
		if (parts[i].fixer == &fixer_unprivileged_ports)
			return &parts[i];
	return NULL;
}

/* A pod's ports are planned as they are once these have changed it. */
static void join_workload(struct review *review, const struct workload *workload)
{
	const struct review_part *mover = mover_of(review, &workload->where);
	size_t n;
	struct review_part *parts;

	if (!mover)
		return;
	parts = parts_of(review, mover->document, mover->object, &n);
	for (size_t i = 0; i < n; i++)
		if (parts[i].fixer->before_ports)
			join(review, mover, &parts[i]);
}

/* What names a pod's ports moves with them. */
static void join_tie(struct review *review, size_t tie)
{
	const struct inventory *inventory = review->run->inventory;
	const struct where *where;
	uint32_t n;
	const uint32_t *selected = inventory_tie(inventory, tie, &where, &n);
	const struct review_part *mover = mover_of(review, where);

	for (uint32_t i = 0; mover && i < n; i++) {
		const struct review_part *other =
			mover_of(review, &inventory->workloads.items[INVENTORY_ROW(selected[i])].where);

		if (other)
			join(review, mover, other);
	}
}

static void join_config(struct review *review, const struct inventory_config *config)
{
	const struct inventory *inventory = review->run->inventory;
	const struct review_part *mover = config->moves.n ? mover_of(review, &config->where) : NULL;

	for (size_t i = 0; mover && i < config->uses.n; i++) {
		const struct review_part *other =
			mover_of(review, &inventory->workloads.items[config->uses.items[i].workload].where);

		if (other)
			join(review, mover, other);
	}
}

/* What a Namespace enforces depends on what is made of its workloads: it is asked for when they are decided. */
static bool comes_last(const struct review_part *part)
{
	return part->fixer->run_namespace;
}

static void number_units(struct review *review)
{
	size_t n = review->parts.n, at = 0;
	size_t *numbers = xrealloc_array(NULL, n + 1, sizeof(*numbers));
	struct review_part *parts = review->parts.items;

	for (size_t i = 0; i < n; i++)
		parts[i].unit = first_of(review, i);
	for (int last = 0; last <= 1; last++) {
		for (size_t i = 0; i < n; i++) {
			if (parts[i].unit != i || comes_last(&parts[i]) != last)
				continue;
			numbers[i] = review->units.n;
			VEC_PUSH(&review->units, (struct review_unit){ 0 });
		}
	}
	for (size_t i = 0; i < n; i++) {
		parts[i].unit = numbers[parts[i].unit];
		review->units.items[parts[i].unit].end++;
	}
	free(numbers);
	/* .end counts so far. */
	for (size_t i = 0; i < review->units.n; i++) {
		struct review_unit *unit = &review->units.items[i];

		unit->first = at;
		at += unit->end;
		unit->end = unit->first;
	}
	review->order = xrealloc_array(NULL, n + 1, sizeof(*review->order));
	for (size_t i = 0; i < n; i++)
		review->order[review->units.items[parts[i].unit].end++] = i;
}

static const struct review_part *part_of(const struct review *review, size_t at)
{
	return &review->parts.items[review->order[at]];
}

static void set_state(struct review *review, size_t index, enum review_state state)
{
	struct review_unit *unit = &review->units.items[index];

	unit->state = state;
	for (size_t i = unit->first; i < unit->end; i++) {
		const struct review_part *part = part_of(review, i);
		uint64_t *declined = &part->document->declined.items[part->object];
		uint64_t bit = (uint64_t)1 << fixer_index(part->fixer);

		*declined = state == REVIEW_ASKED || state == REVIEW_ACCEPTED ? *declined & ~bit : *declined | bit;
	}
}

void review_init(struct review *review, struct run *run)
{
	const struct inventory *inventory = run->inventory;

	*review = (struct review){ .run = run };
	for (size_t i = 0; i < run->sources.n; i++)
		for (size_t k = 0; k < run->sources.items[i]->documents.n; k++)
			add_parts(review, run->sources.items[i], &run->sources.items[i]->documents.items[k]);
	for (size_t i = 0; i < inventory->workloads.n; i++)
		join_workload(review, &inventory->workloads.items[i]);
	for (size_t i = 0; i < inventory_ties(inventory); i++)
		join_tie(review, i);
	for (size_t i = 0; i < inventory->configs.n; i++)
		join_config(review, &inventory->configs.items[i]);
	number_units(review);
	for (size_t i = 0; i < review->units.n; i++)
		set_state(review, i, REVIEW_OPEN);
	/* So far nothing is accepted. */
	for (size_t i = 0; i < review->parts.n; i++)
		splices_free(&review->parts.items[i].document->splices);
}

/* ---- trials ---- */

static struct review_trial *trial_of(const struct review *review, const struct document *document)
{
	return document->trial ? &review->trials.items[document->trial - 1] : NULL;
}

/* The documents of a unit become those of the question. */
static void ask(struct review *review, size_t index)
{
	const struct review_unit *unit = &review->units.items[index];

	set_state(review, index, REVIEW_ASKED);
	if (index > review->last)
		review->last = index;
	for (size_t i = unit->first; i < unit->end; i++) {
		const struct review_part *part = part_of(review, i);
		struct document *document = part->document;
		struct review_trial trial = { part->source,	     document,
					      document->splices,     document->unproved,
					      document->port_denied, document->left_shared };

		if (document->trial)
			continue;
		document->splices = (struct splices){ 0 };
		VEC_PUSH(&review->trials, trial);
		document->trial = review->trials.n;
	}
}

/* Ends the question; what it would have changed is taken back unless @keep. */
static void end_trials(struct review *review, bool keep)
{
	for (size_t i = 0; i < review->trials.n; i++) {
		struct review_trial *trial = &review->trials.items[i];
		struct splices spare = trial->before;

		if (!keep) {
			spare = trial->document->splices;
			trial->document->splices = trial->before;
		}
		splices_free(&spare);
		trial->document->trial = 0;
		trial->document->unproved = trial->unproved;
		trial->document->port_denied = trial->port_denied;
		trial->document->left_shared = trial->left_shared;
	}
	review->trials.n = 0;
}

static bool is_made(const struct review_part *part)
{
	for (size_t i = 0; i < part->document->findings.n; i++) {
		const struct finding *finding = &part->document->findings.items[i];

		if (finding->object == part->object && finding->text->fixer == part->fixer &&
		    finding->text->status == FIX_CHANGED)
			return true;
	}
	return false;
}

/* Makes the results of the question's documents; false if one of them fails for what is asked for. */
static bool apply_trials(struct review *review)
{
	bool fine = true;

	for (size_t i = 0; i < review->trials.n; i++) {
		struct review_trial *trial = &review->trials.items[i];
		struct document *document = trial->document;

		document->unproved = document->port_denied = false;
		document->left_shared = trial->left_shared;
		run_apply_document(review->run, trial->source, document);
		fine = fine && document->unproved <= trial->unproved && document->port_denied <= trial->port_denied;
	}
	return fine;
}

/* Whether all of the unit in question is made, and no document fails. */
static bool try_trials(struct review *review)
{
	const struct review_unit *unit = &review->units.items[review->at];
	bool fine = apply_trials(review);

	for (size_t i = unit->first; fine && i < unit->end; i++)
		fine = is_made(part_of(review, i));
	return fine;
}

static bool is_stopped(const struct review *review)
{
	return review->run->stop && *review->run->stop;
}

/* Whether a unit has a part in a document of the question. */
static bool touches(const struct review *review, const struct review_unit *unit)
{
	for (size_t i = unit->first; i < unit->end; i++)
		if (trial_of(review, part_of(review, i)->document))
			return true;
	return false;
}

static void ask_anew(struct review *review)
{
	end_trials(review, false);
	for (size_t i = review->at + 1; i <= review->last; i++)
		if (review->units.items[i].state == REVIEW_ASKED)
			set_state(review, i, REVIEW_OPEN);
	review->last = review->at;
	ask(review, review->at);
}

/* Whether a unit could be asked for together with the one in question. */
static bool can_join(const struct review *review, size_t index)
{
	return review->units.items[index].state == REVIEW_OPEN && touches(review, &review->units.items[index]);
}

/* Asks for one more unit after the other until the one in question is made; those of its own fixer come first. */
static bool ask_more(struct review *review)
{
	const struct fixer *fixer = review_first(review, review->at)->fixer;

	for (int any = 0; any <= 1; any++) {
		for (size_t i = review->at + 1; i < review->units.n && !is_stopped(review); i++) {
			if (!can_join(review, i) || (review_first(review, i)->fixer != fixer && !any))
				continue;
			ask(review, i);
			if (try_trials(review))
				return true;
		}
	}
	return false;
}

/* Leaves out of the question what the unit in question does not take. */
static void ask_less(struct review *review)
{
	for (size_t i = review->at + 1; i <= review->last && !is_stopped(review); i++) {
		if (review->units.items[i].state != REVIEW_ASKED)
			continue;
		set_state(review, i, REVIEW_OPEN);
		if (!try_trials(review))
			set_state(review, i, REVIEW_ASKED);
	}
	try_trials(review);
}

/*
 * The unit in question is not made by itself. Where it would be if all that is open were made, it is asked for with
 * what it takes.
 */
static bool try_together(struct review *review)
{
	bool more = false;

	for (size_t i = review->at + 1; i < review->units.n; i++) {
		if (!can_join(review, i))
			continue;
		ask(review, i);
		more = true;
	}
	if (!more || !try_trials(review))
		return false;
	ask_anew(review);
	if (!ask_more(review))
		return false;
	ask_less(review);
	return true;
}

/* Once all workloads are decided, what their Namespaces can enforce is. */
static void decide_namespaces(struct review *review)
{
	if (review->namespaces || !comes_last(review_first(review, review->at)))
		return;
	review->namespaces = true;
	run_decide_again(review->run);
}

bool review_next(struct review *review)
{
	for (; review->at < review->units.n && !is_stopped(review); review->at++) {
		if (review->units.items[review->at].state != REVIEW_OPEN)
			continue;
		decide_namespaces(review);
		review->last = review->at;
		ask(review, review->at);
		if (try_trials(review) || try_together(review))
			return true;
		ask_anew(review);
		end_trials(review, false);
		set_state(review, review->at, REVIEW_LOST);
	}
	return false;
}

/* ---- decisions ---- */

void review_decide(struct review *review, bool accept)
{
	end_trials(review, accept);
	for (size_t i = review->at; i <= review->last; i++)
		if (review->units.items[i].state == REVIEW_ASKED)
			set_state(review, i, accept ? REVIEW_ACCEPTED : REVIEW_DECLINED);
}

void review_decide_file(struct review *review, bool accept)
{
	const struct source *source = review_first(review, review->at)->source;

	if (!accept)
		review_decide(review, false);
	for (size_t i = review->at; i < review->units.n; i++) {
		if (review->units.items[i].state != REVIEW_OPEN || review_first(review, i)->source != source)
			continue;
		if (!accept)
			set_state(review, i, REVIEW_DECLINED);
		else if (review->namespaces || !comes_last(review_first(review, i)))
			ask(review, i);
	}
	if (!accept)
		return;
	apply_trials(review);
	review_decide(review, true);
}

void review_finish(struct review *review)
{
	if (review->trials.n)
		review_decide(review, false);
	for (size_t i = 0; i < review->units.n; i++)
		if (review->units.items[i].state == REVIEW_OPEN)
			set_state(review, i, REVIEW_DECLINED);
	run_apply_again(review->run);
}

void review_free(struct review *review)
{
	end_trials(review, false);
	free(review->trials.items);
	free(review->parts.items);
	free(review->units.items);
	free(review->order);
	*review = (struct review){ 0 };
}

/* ---- the question ---- */

const struct review_part *review_first(const struct review *review, size_t unit)
{
	return part_of(review, review->units.items[unit].first);
}

const struct review_part *review_part(const struct review *review, size_t i)
{
	for (size_t k = review->at; k < review->units.n && k <= review->last; k++) {
		const struct review_unit *unit = &review->units.items[k];

		if (unit->state != REVIEW_ASKED)
			continue;
		if (i < unit->end - unit->first)
			return part_of(review, unit->first + i);
		i -= unit->end - unit->first;
	}
	return NULL;
}

void review_before(const struct review *review, const struct source *source, struct splices *ret_splices)
{
	*ret_splices = (struct splices){ 0 };
	for (size_t i = 0; i < source->documents.n; i++) {
		const struct document *document = &source->documents.items[i];
		const struct review_trial *trial = trial_of(review, document);

		splices_add(ret_splices, trial ? &trial->before : &document->splices, document->start);
	}
}
