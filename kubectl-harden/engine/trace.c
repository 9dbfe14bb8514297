/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trace
 *
 * A new node was made by one change, which its number tells: the log knows how many nodes there were after each. A node
 * of the input that was changed, filled or removed stands in the tree's log of edits, and the log of changes knows how
 * long that was after each. What settling adds to a document with anchors belongs to no change, so there all of them
 * are one group.
 */
#include "engine/trace.h"

#include <stdlib.h>

#include "yaml/tree_internal.h"

struct touch {
	yaml_id node;
	uint32_t change;
};

struct tracer {
	struct run *run;
	struct document *document;
	const struct trace_input *in;
	struct touch *touches; /* by node */
	size_t touches_n;
	uint32_t *parents; /* of findings: a forest of groups */
	uint32_t first;	   /* finding of a change that comes first in the file; UINT32_MAX: there is none */
};

/* ---- places ---- */

bool trace_is_before(const struct document *document, uint32_t a, uint32_t b)
{
	const struct finding *x = &document->findings.items[a], *y = &document->findings.items[b];

	return x->at != y->at ? x->at < y->at : a < b;
}

static int by_place(const void *a, const void *b, void *data)
{
	const struct document *const *document = data;
	const uint32_t *x = a, *y = b;

	return *x == *y ? 0 : trace_is_before(*document, *x, *y) ? -1 : 1;
}

uint32_t *trace_order(const struct document *document)
{
	size_t n = document->findings.n;
	uint32_t *order = n ? xrealloc_array(NULL, n, sizeof(*order)) : NULL;

	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	if (n)
		qsort_r(order, n, sizeof(*order), by_place, &document);
	return order;
}

/* A setting that is missing is missing in the securityContext, whether that is there or not. */
static uint64_t hash_place(struct str stable)
{
	static const char context[] = "/securityContext";

	if (str_ends(stable, str_of(context)))
		stable.n -= sizeof(context) - 1;
	return str_hash(stable);
}

/* Where the pod stands that the container at @stable is of; 0 where that is in none. */
static uint64_t hash_pod(struct str stable)
{
	static const char *const lists[] = { "/containers/", "/initContainers/", "/ephemeralContainers/" };

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		size_t at = str_find(stable, str_of(lists[i]), 0);

		if (at != SIZE_MAX)
			return str_hash(str_sub(stable, 0, at));
	}
	return 0;
}

static void find_places(struct tracer *tracer, struct trace *trace)
{
	const struct change_log *log = tracer->in->log;
	struct yaml_pointer_cache cache = { 0 };
	struct buf path CLEANUP(buf_free) = BUF_INIT, stable CLEANUP(buf_free) = BUF_INIT;

	for (size_t i = 0; i < tracer->document->findings.n; i++) {
		unsigned object = tracer->document->findings.items[i].object;

		path.n = stable.n = 0;
		yaml_pointer(&tracer->run->tree, tracer->in->objects->items[object].object.node, log->places.items[i],
			     &cache, &path, &stable);
		trace->findings[i].path = intern_str(&tracer->run->intern, buf_str(&path));
		trace->findings[i].place = hash_place(buf_str(&stable));
		trace->findings[i].pod = hash_pod(buf_str(&stable));
	}
}

/* ---- who made what ---- */

static int by_node(const void *a, const void *b)
{
	const struct touch *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (x->change > y->change) - (x->change < y->change);
}

static void find_touches(struct tracer *tracer)
{
	const struct yaml_tree *tree = &tracer->run->tree;
	const struct change_log *log = tracer->in->log;
	size_t n = tracer->in->changes ? log->items[tracer->in->changes - 1].end : 0;
	uint32_t change = 0;

	if (n > tree->ops.n)
		n = tree->ops.n;
	tracer->touches = xmalloc((n + 1) * sizeof(*tracer->touches));
	for (size_t op = 0; op < n; op++) {
		while (log->items[change].end <= op)
			change++;
		tracer->touches[tracer->touches_n++] = (struct touch){ tree->ops.items[op].id, change };
	}
	if (n)
		qsort(tracer->touches, tracer->touches_n, sizeof(*tracer->touches), by_node);
}

/* The change that made a new node; tracer->in->changes if none did. */
static size_t maker(const struct tracer *tracer, yaml_id node)
{
	size_t low = 0, high = tracer->in->changes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tracer->in->log->items[middle].nodes <= node)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t first_touch(const struct tracer *tracer, yaml_id node)
{
	size_t low = 0, high = tracer->touches_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tracer->touches[middle].node < node)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- groups ---- */

static uint32_t root_of(uint32_t *parents, uint32_t i)
{
	while (parents[i] != i)
		i = parents[i] = parents[parents[i]];
	return i;
}

static void join(struct tracer *tracer, uint32_t a, uint32_t b)
{
	a = root_of(tracer->parents, a);
	b = root_of(tracer->parents, b);
	tracer->parents[a > b ? a : b] = a > b ? b : a;
}

/* Takes the finding of @change into a group; @owner becomes the first one in the file that is in it. */
static void take(struct tracer *tracer, size_t change, uint32_t *owner)
{
	uint32_t finding = tracer->in->log->items[change].finding;

	if (*owner == UINT32_MAX) {
		*owner = finding;
		return;
	}
	join(tracer, *owner, finding);
	if (trace_is_before(tracer->document, finding, *owner))
		*owner = finding;
}

static void take_node(struct tracer *tracer, yaml_id id, uint32_t *owner)
{
	const struct yaml_node *node = yaml_node(&tracer->run->tree, id);
	bool value = node->kind == YAML_SCALAR && !(node->flags & YAML_F_KEY);

	if (node->flags & YAML_F_NEW) {
		size_t change = maker(tracer, id);

		if (change < tracer->in->changes)
			take(tracer, change, owner);
		/* Whoever adds something beside or below it touches it, too; only a value can be set anew. */
		if (!value)
			return;
	}
	for (size_t i = first_touch(tracer, id); i < tracer->touches_n && tracer->touches[i].node == id; i++)
		take(tracer, tracer->touches[i].change, owner);
}

static uint32_t take_nodes(struct tracer *tracer, const yaml_id *nodes, size_t n)
{
	uint32_t owner = UINT32_MAX;

	for (size_t i = 0; i < n; i++)
		take_node(tracer, nodes[i], &owner);
	return owner == UINT32_MAX ? tracer->first : owner;
}

static bool is_made(const struct tracer *tracer, size_t change)
{
	uint32_t finding = tracer->in->log->items[change].finding;

	return tracer->document->findings.items[finding].text->status == FIX_CHANGED;
}

static void find_first(struct tracer *tracer)
{
	bool together = tracer->run->tree.has_copies;

	tracer->first = UINT32_MAX;
	for (size_t i = 0; i < tracer->in->changes; i++) {
		uint32_t finding = tracer->in->log->items[i].finding;

		if (!is_made(tracer, i))
			continue;
		if (together && tracer->first != UINT32_MAX)
			join(tracer, tracer->first, finding);
		if (tracer->first == UINT32_MAX || trace_is_before(tracer->document, finding, tracer->first))
			tracer->first = finding;
	}
}

/* ---- needs ---- */

/* Where the changes of an object begin that a fixer made for a target: index + 1. */
struct made_by {
	uint32_t *items; /* [target + 1][fixer] */
	size_t targets;
};

static uint32_t *made_at(const struct made_by *made, const struct change_id *id)
{
	size_t row = (size_t)id->target + 1;

	return row < made->targets ? &made->items[row * fixers_n + fixer_index(id->fixer)] : NULL;
}

static void make_room(struct made_by *made, const struct change_made *changes, size_t n)
{
	size_t targets = 1;

	for (size_t i = 0; i < n; i++)
		if ((size_t)changes[i].id.target + 2 > targets)
			targets = (size_t)changes[i].id.target + 2;
	if (targets > made->targets || !made->items)
		made->items = xrealloc_array(made->items, targets * fixers_n, sizeof(*made->items));
	made->targets = targets;
	memset(made->items, 0, targets * fixers_n * sizeof(*made->items));
}

/* Changes of one fixer for one target go together, and with those that they needed. @need: where its needs begin. */
static void join_object(struct tracer *tracer, size_t first, size_t end, size_t *need, struct made_by *made)
{
	const struct change_log *log = tracer->in->log;
	unsigned object = log->items[first].id.object;

	make_room(made, log->items + first, end - first);
	for (size_t i = first; i < end; i++) {
		uint32_t *at = made_at(made, &log->items[i].id);

		if (!at || !is_made(tracer, i))
			continue;
		if (*at)
			join(tracer, log->items[*at - 1].finding, log->items[i].finding);
		*at = (uint32_t)i + 1;
	}
	for (; *need < log->needs.n && log->needs.items[*need].from.object <= object; ++*need) {
		const uint32_t *from = made_at(made, &log->needs.items[*need].from);
		const uint32_t *to = made_at(made, &log->needs.items[*need].to);

		if (log->needs.items[*need].from.object == object && from && to && *from && *to)
			join(tracer, log->items[*from - 1].finding, log->items[*to - 1].finding);
	}
}

static void join_needs(struct tracer *tracer)
{
	const struct change_log *log = tracer->in->log;
	struct made_by made = { 0 };
	size_t need = 0;

	for (size_t first = 0, end; first < tracer->in->changes; first = end) {
		for (end = first + 1; end < tracer->in->changes; end++)
			if (log->items[end].id.object != log->items[first].id.object)
				break;
		join_object(tracer, first, end, &need, &made);
	}
	free(made.items);
}

/* ---- the document ---- */

/* Both that are listed begin with it. */
static int by_finding(const void *a, const void *b)
{
	const struct trace_listed *x = a, *y = b;

	if (x->finding != y->finding)
		return x->finding < y->finding ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Whether nothing but blanks and comments stands between a splice and the next one. */
static bool touches_next(const struct tracer *tracer, const struct splice *splice)
{
	struct str before = str_sub(tracer->run->tree.bytes, 0, splice[1].at);

	return yaml_skip_gap(before, (uint32_t)(splice->at + splice->del)) >= splice[1].at;
}

/* The finding that the splices of one place are listed with: they have an order, so they are one edit. */
static uint32_t list_place(struct tracer *tracer, struct trace *trace, uint32_t first, uint32_t end)
{
	const struct render_notes *notes = tracer->in->notes;
	uint32_t owner = UINT32_MAX;

	for (uint32_t i = first; i < end; i++)
		for (uint32_t k = 0; k < notes->items[i].n; k++)
			take_node(tracer, notes->nodes.items[notes->items[i].first + k], &owner);
	if (owner == UINT32_MAX)
		owner = tracer->first;
	for (uint32_t i = first; i < end; i++)
		trace->splices[i] = (struct trace_listed){ owner, i };
	return owner;
}

static void list_splices(struct tracer *tracer, struct trace *trace)
{
	const struct splices *splices = &tracer->document->splices;
	uint32_t before = UINT32_MAX;

	for (uint32_t first = 0, end; first < splices->n; first = end) {
		uint32_t owner;

		for (end = first + 1; end < splices->n && splices->items[end].at == splices->items[first].at;)
			end++;
		owner = list_place(tracer, trace, first, end);
		/* What is put in before something that goes would stand elsewhere if that stayed. */
		if (first && (splices->items[end - 1].del || splices->items[first - 1].del) &&
		    touches_next(tracer, &splices->items[first - 1]))
			join(tracer, before, owner);
		before = owner;
	}
	if (splices->n)
		qsort(trace->splices, splices->n, sizeof(*trace->splices), by_finding);
}

static void list_operations(struct tracer *tracer, struct trace *trace)
{
	const struct yaml_patch *patch = tracer->in->patch;
	size_t operation = 0, node = 0;

	for (size_t i = 0; i < patch->units.n; i++) {
		const struct yaml_patch_unit *unit = &patch->units.items[i];
		uint32_t owner = take_nodes(tracer, patch->nodes.items + node, unit->nodes - node);

		for (node = unit->nodes; operation < unit->operations; operation++)
			trace->operations[operation] = (struct trace_operation){ { owner, (uint32_t)operation },
										 patch->operations.items[operation] };
	}
	if (trace->operations_n)
		qsort(trace->operations, trace->operations_n, sizeof(*trace->operations), by_finding);
}

static void number_groups(struct tracer *tracer, struct trace *trace)
{
	for (uint32_t i = 0; i < tracer->document->findings.n; i++)
		if (tracer->document->findings.items[i].text->status == FIX_CHANGED)
			trace->findings[i].group = root_of(tracer->parents, i) + 1;
}

void trace_make(struct run *run, struct document *document, const struct trace_input *input)
{
	struct tracer tracer = { .run = run, .document = document, .in = input };
	struct trace *trace = ARENA_NEW(run->arena, struct trace);

	trace->findings = ARENA_ARRAY(run->arena, struct trace_finding, document->findings.n);
	trace->splices = ARENA_ARRAY(run->arena, struct trace_listed, document->splices.n);
	trace->operations = ARENA_ARRAY(run->arena, struct trace_operation, input->patch->operations.n);
	trace->operations_n = input->patch->operations.n;
	trace->api_versions = ARENA_ARRAY(run->arena, struct str, input->objects->n);
	for (size_t i = 0; i < input->objects->n; i++)
		trace->api_versions[i] = intern_str(&run->intern, input->objects->items[i].object.api_version);
	tracer.parents = xmalloc((document->findings.n + 1) * sizeof(*tracer.parents));
	for (uint32_t i = 0; i < document->findings.n; i++)
		tracer.parents[i] = i;
	find_places(&tracer, trace);
	find_touches(&tracer);
	find_first(&tracer);
	join_needs(&tracer);
	list_splices(&tracer, trace);
	list_operations(&tracer, trace);
	number_groups(&tracer, trace);
	free(tracer.parents);
	free(tracer.touches);
	document->trace = trace;
}

/* ---- what is listed ---- */

/* The first of @n rows that is listed with @finding or with a later one. */
static size_t first_listed(const void *rows, size_t n, size_t size, uint32_t finding)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct trace_listed *row = (const void *)((const char *)rows + middle * size);

		if (row->finding < finding)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct trace_listed *trace_splices(const struct document *document, uint32_t finding, size_t *ret_n)
{
	const struct trace_listed *rows = document->trace->splices;
	size_t n = document->splices.n, first = first_listed(rows, n, sizeof(*rows), finding);

	*ret_n = first_listed(rows, n, sizeof(*rows), finding + 1) - first;
	return rows + first;
}

size_t trace_edit(const struct document *document, const struct trace_listed *listed, size_t n, struct buf *text,
		  struct splice *ret_edit)
{
	const struct splice *splices = document->splices.items;
	size_t i = 0;

	text->n = 0;
	*ret_edit = splices[listed[0].index];
	ret_edit->at += document->start;
	for (; i < n && splices[listed[i].index].at == splices[listed[0].index].at; i++) {
		buf_add(text, splices[listed[i].index].ins);
		ret_edit->del = splices[listed[i].index].del;
	}
	ret_edit->ins = buf_str(text);
	return i;
}

const struct trace_operation *trace_operations(const struct document *document, uint32_t finding, size_t *ret_n)
{
	const struct trace_operation *rows = document->trace->operations;
	size_t n = document->trace->operations_n, first = first_listed(rows, n, sizeof(*rows), finding);

	*ret_n = first_listed(rows, n, sizeof(*rows), finding + 1) - first;
	return rows + first;
}
