/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Apply
 *
 * A transaction is a stretch of items that are sorted next to each other. The server knows no transactions: so each
 * write that succeeds leaves behind the patch that takes it back, made from the very object that the server answered,
 * and the first one that fails has those before it taken back.
 */
#include "live/apply.h"

#include <stdlib.h>

#include "kube/kinds.h"
#include "live/send.h"
#include "live/words.h"

struct item {
	const struct live_object *object;
	struct live_patch patch, undo;
	struct str version; /* of the object that the patch, or once it is done the undoing, was made for */
	enum live_step step;
	unsigned transaction;
	size_t rank;   /* the first item of its transaction */
	bool can_undo; /* .undo is there */
	struct live_outcome outcome;
};

struct live_apply {
	struct live_apply_options options;
	struct arena *arena;
	struct item *items;
	size_t n, cap;
	size_t *order; /* of all items: as they are written */
	size_t order_n;
	bool writing; /* beyond the dry run */
};

struct live_apply *live_apply_new(const struct live_apply_options *options)
{
	struct live_apply *apply = xmalloc(sizeof(*apply));

	*apply = (struct live_apply){ .options = *options, .arena = arena_new() };
	apply->options.flags = str_copy(apply->arena, options->flags);
	return apply;
}

void live_apply_free(struct live_apply *apply)
{
	if (!apply)
		return;
	arena_free(apply->arena);
	free(apply->items);
	free(apply->order);
	free(apply);
}

size_t live_apply_count(const struct live_apply *apply)
{
	return apply->n;
}

const struct live_outcome *live_apply_outcome(const struct live_apply *apply, size_t index)
{
	return &apply->items[index].outcome;
}

static struct str title_of(struct live_apply *apply, const struct item *item)
{
	return live_object_title(item->object->resource, item->object->name, apply->arena);
}

/* Texts are in the apply's arena. */
static void become(struct live_apply *apply, struct item *item, enum live_state state, struct str message,
		   struct str command)
{
	item->outcome.state = state;
	item->outcome.in_write = apply->writing;
	item->outcome.message = message;
	item->outcome.command = command;
	if (apply->options.told)
		apply->options.told(apply->options.data, (size_t)(item - apply->items), &item->outcome);
}

/* ---- commands ---- */

static struct str take(struct live_apply *apply, struct buf *buf)
{
	struct str text = str_copy(apply->arena, buf_str(buf));

	buf_free(buf);
	return text;
}

static void add_object(struct live_apply *apply, const struct item *item, struct buf *out)
{
	const struct live_object *object = item->object;

	live_shell_object(out, object->resource, object->namespace, object->name, apply->options.flags, apply->arena);
}

static struct str command_anew(struct live_apply *apply, const struct item *item)
{
	struct buf out = BUF_INIT;

	buf_addz(&out, "kubectl harden fix ");
	add_object(apply, item, &out);
	buf_addz(&out, " --dry-run=client -o yaml | kubectl replace ");
	buf_add(&out, apply->options.flags);
	buf_addz(&out, apply->options.flags.n ? " --force -f -" : "--force -f -");
	return take(apply, &out);
}

static struct str command_patch(struct live_apply *apply, const struct item *item)
{
	struct buf out = BUF_INIT, body = BUF_INIT;

	buf_addz(&out, "kubectl patch ");
	add_object(apply, item, &out);
	buf_addz(&out, " --type=json -p ");
	live_patch_body(&item->undo, STR_NONE, &body);
	live_shell_word(&out, buf_str(&body));
	buf_free(&body);
	return take(apply, &out);
}

static struct str command_get(struct live_apply *apply, const struct item *item)
{
	struct buf out = BUF_INIT;

	buf_addz(&out, "kubectl get ");
	add_object(apply, item, &out);
	buf_addz(&out, " -o yaml");
	return take(apply, &out);
}

/* ---- adding ---- */

static bool is_immutable(const struct live_change *change)
{
	const struct live_resource *resource = change->object->resource;
	const struct kube_kind *kind = kube_kind_of_group(NULL, resource->group, resource->kind);

	return change->step == STEP_WORKLOAD && kind && kind->flags & KIND_IMMUTABLE;
}

bool live_apply_add(struct live_apply *apply, const struct live_change *change, struct error **err)
{
	struct item item = {
		.object = change->object,
		.version = str_copy(apply->arena, change->object->resource_version),
		.step = change->step,
		.transaction = change->transaction,
	};

	if (!live_patch_make(&item.patch, change->json, change->operations, change->operations_n, apply->arena, err))
		return false;
	VEC_PUSH(apply, item);
	if (!change->operations_n)
		become(apply, &apply->items[apply->n - 1], APPLY_UNCHANGED, STR_NONE, STR_NONE);
	else if (is_immutable(change))
		become(apply, &apply->items[apply->n - 1], APPLY_IMMUTABLE, STR_NONE, command_anew(apply, &item));
	return true;
}

/* ---- the order ---- */

static const struct item *item_of(const void *index, void *items)
{
	return (const struct item *)items + *(const size_t *)index;
}

static int compare(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int by_transaction(const void *x, const void *y, void *items)
{
	const struct item *a = item_of(x, items), *b = item_of(y, items);

	return a->transaction != b->transaction ? compare(a->transaction, b->transaction)
						: compare(*(const size_t *)x, *(const size_t *)y);
}

static int by_rank(const void *x, const void *y, void *items)
{
	const struct item *a = item_of(x, items), *b = item_of(y, items);

	if (a->rank != b->rank)
		return compare(a->rank, b->rank);
	return a->step != b->step ? compare(a->step, b->step) : compare(*(const size_t *)x, *(const size_t *)y);
}

static void sort(struct live_apply *apply)
{
	size_t first = 0;

	if (apply->order_n == apply->n)
		return;
	apply->order = xrealloc_array(apply->order, apply->n, sizeof(*apply->order));
	apply->order_n = apply->n;
	for (size_t i = 0; i < apply->n; i++)
		apply->order[i] = i;
	qsort_r(apply->order, apply->n, sizeof(*apply->order), by_transaction, apply->items);
	for (size_t i = 0; i < apply->n; i++) {
		struct item *item = &apply->items[apply->order[i]];

		if (i && item->transaction != apply->items[apply->order[first]].transaction)
			first = i;
		item->rank = apply->order[first];
	}
	qsort_r(apply->order, apply->n, sizeof(*apply->order), by_rank, apply->items);
}

/* A transaction: its items are those of the order from .from up to .to. */
struct stretch {
	size_t from, to;
};

/* The next one behind @stretch, which begins as zeroes; false once there is none. */
static bool next_stretch(const struct live_apply *apply, struct stretch *stretch)
{
	stretch->from = stretch->to;
	while (stretch->to < apply->n &&
	       apply->items[apply->order[stretch->to]].rank == apply->items[apply->order[stretch->from]].rank)
		stretch->to++;
	return stretch->from < stretch->to;
}

static struct item *item_at(const struct live_apply *apply, size_t at)
{
	return &apply->items[apply->order[at]];
}

static bool is_ahead(const struct item *item)
{
	return item->outcome.state == APPLY_PENDING || item->outcome.state == APPLY_ACCEPTED;
}

/* The first item that keeps its transaction from being written; NULL where there is none. */
static const struct item *find_culprit(const struct live_apply *apply, struct stretch stretch)
{
	for (size_t i = stretch.from; i < stretch.to; i++) {
		enum live_state state = item_at(apply, i)->outcome.state;

		if (!is_ahead(item_at(apply, i)) && state != APPLY_UNCHANGED && state != APPLY_DONE)
			return item_at(apply, i);
	}
	return NULL;
}

/* What was not begun when @culprit failed. */
static void leave_out(struct live_apply *apply, struct stretch stretch, const struct item *culprit)
{
	bool interrupted = culprit->outcome.state == APPLY_INTERRUPTED;
	struct str title = title_of(apply, culprit), message = STR_NONE;

	if (!interrupted)
		message = str_fmt(apply->arena, "it belongs with %.*s", STR_ARG(title));
	for (size_t i = stretch.from; i < stretch.to; i++)
		if (is_ahead(item_at(apply, i)))
			become(apply, item_at(apply, i), interrupted ? APPLY_INTERRUPTED : APPLY_LEFT_OUT, message,
			       STR_NONE);
}

/* ---- sending ---- */

static void take_warnings(struct live_apply *apply, struct live_outcome *outcome, const struct live_sent *sent)
{
	struct str *all;
	size_t n = outcome->warnings_n;

	if (!sent->warnings_n)
		return;
	all = ARENA_ARRAY(apply->arena, struct str, n + sent->warnings_n);
	for (size_t i = 0; i < n; i++)
		all[i] = outcome->warnings[i];
	for (size_t i = 0; i < sent->warnings_n; i++) {
		size_t known = 0;

		while (known < n && !str_eq(all[known], sent->warnings[i]))
			known++;
		if (known == n)
			all[n++] = str_copy(apply->arena, sent->warnings[i]);
	}
	outcome->warnings = all;
	outcome->warnings_n = n;
}

/* The patch that takes a write back, made from the object that it left. */
static void keep_undo(struct live_apply *apply, struct item *item, struct str json)
{
	struct live_document document = LIVE_DOCUMENT_INIT;

	item->can_undo = live_patch_invert(&item->patch, json, apply->arena, &item->undo, NULL);
	if (live_document_read(&document, json, NULL))
		item->version = str_copy(apply->arena, live_document_text(&document, STR("/metadata/resourceVersion")));
	live_document_free(&document);
}

static struct live_send send_of(const struct live_apply *apply, const struct item *item, struct arena *arena)
{
	return (struct live_send){
		.client = apply->options.client,
		.stop = apply->options.stop,
		.resource = item->object->resource,
		.namespace = item->object->namespace,
		.name = item->object->name,
		.uid = item->object->uid,
		.resource_version = item->version,
		.patch = &item->patch,
		.arena = arena,
	};
}

static void send_item(struct live_apply *apply, struct item *item, bool dry_run)
{
	struct arena *arena = arena_new();
	struct live_send send = send_of(apply, item, arena);
	struct live_sent sent;
	struct str message, command = STR_NONE;

	send.dry_run = dry_run;
	send.still = apply->options.still;
	send.data = apply->options.data;
	send.index = (size_t)(item - apply->items);
	sent = live_send(&send);
	take_warnings(apply, &item->outcome, &sent);
	message = str_copy(apply->arena, sent.message);
	item->outcome.failure = sent.failure;
	if (sent.state == APPLY_DONE)
		keep_undo(apply, item, sent.json);
	if (sent.state == APPLY_UNCERTAIN)
		command = command_get(apply, item);
	become(apply, item, sent.state, message, command);
	arena_free(arena);
}

static void undo_item(struct live_apply *apply, struct item *item)
{
	struct arena *arena;
	struct live_send send;
	struct live_sent sent;

	if (!item->can_undo) {
		become(apply, item, APPLY_NOT_UNDONE, STR("the server made something else of it"), STR_NONE);
		return;
	}
	arena = arena_new();
	send = send_of(apply, item, arena);
	send.patch = &item->undo;
	send.regardless = true;
	sent = live_send(&send);
	item->outcome.failure = sent.failure;
	if (sent.state == APPLY_DONE || sent.state == APPLY_UNCHANGED)
		become(apply, item, APPLY_UNDONE, STR_NONE, STR_NONE);
	else
		become(apply, item, APPLY_NOT_UNDONE, str_copy(apply->arena, sent.message),
		       sent.state == APPLY_MISSING ? STR_NONE : command_patch(apply, item));
	arena_free(arena);
}

/* ---- transactions ---- */

static bool undo_stretch(struct live_apply *apply, struct stretch stretch)
{
	bool all = true;

	for (size_t i = stretch.to; i-- > stretch.from;) {
		struct item *item = item_at(apply, i);

		if (item->outcome.state == APPLY_DONE || item->outcome.state == APPLY_NOT_UNDONE)
			undo_item(apply, item);
		all = all && (item->outcome.state != APPLY_NOT_UNDONE);
	}
	return all;
}

bool live_apply_try(struct live_apply *apply)
{
	struct stretch stretch = { 0 };
	bool any = false;

	sort(apply);
	while (next_stretch(apply, &stretch)) {
		const struct item *culprit;

		/* All of them, so that everything that the server has against them is known. */
		for (size_t i = stretch.from; i < stretch.to; i++)
			if (item_at(apply, i)->outcome.state == APPLY_PENDING)
				send_item(apply, item_at(apply, i), true);
		culprit = find_culprit(apply, stretch);
		if (culprit)
			leave_out(apply, stretch, culprit);
		for (size_t i = stretch.from; i < stretch.to; i++)
			any = any || item_at(apply, i)->outcome.state == APPLY_ACCEPTED;
	}
	return any;
}

/* The writes, in order; the first one that fails, NULL where none does. */
static const struct item *write_items(struct live_apply *apply, struct stretch stretch)
{
	for (size_t i = stretch.from; i < stretch.to; i++) {
		struct item *item = item_at(apply, i);

		if (!is_ahead(item))
			continue;
		send_item(apply, item, false);
		if (item->outcome.state != APPLY_DONE && item->outcome.state != APPLY_UNCHANGED)
			return item;
	}
	return NULL;
}

static bool write_stretch(struct live_apply *apply, struct stretch stretch)
{
	const struct item *culprit = find_culprit(apply, stretch);
	bool ahead = false;

	for (size_t i = stretch.from; i < stretch.to; i++)
		ahead = ahead || is_ahead(item_at(apply, i));
	if (!ahead)
		return true;
	if (!culprit)
		culprit = write_items(apply, stretch);
	if (!culprit)
		return true;
	leave_out(apply, stretch, culprit);
	undo_stretch(apply, stretch);
	return false;
}

bool live_apply_write(struct live_apply *apply)
{
	struct stretch stretch = { 0 };
	bool all = true;

	apply->writing = true;
	sort(apply);
	while (next_stretch(apply, &stretch))
		all = write_stretch(apply, stretch) && all;
	return all;
}

bool live_apply_undo(struct live_apply *apply, unsigned transaction)
{
	struct stretch stretch = { 0 };

	apply->writing = true;
	sort(apply);
	while (next_stretch(apply, &stretch))
		if (item_at(apply, stretch.from)->transaction == transaction)
			return undo_stretch(apply, stretch);
	return true;
}
