/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pass
 *
 * The fixers over the objects of one document, pods and Services, as often as it takes until what they edited has its
 * place: a change that a shared anchor cannot carry is denied, and all is done again without it.
 */
#include "engine/pass.h"

#include <stdlib.h>

#include "engine/levels.h"
#include "engine/move.h"
#include "engine/plan.h"
#include "engine/skipped.h"
#include "fixers/fix.h"
#include "fixers/list.h"
#include "fixers/namespace.h"
#include "yaml/settle.h"

/* The first of @n rows, each with its place at its start, that is of @object; NULL for none. */
static void *find_row(void *rows, size_t n, size_t size, unsigned object)
{
	const struct where *where;
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		where = (const void *)((char *)rows + middle * size);
		if (where->object < object)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == n)
		return NULL;
	where = (const void *)((char *)rows + low * size);
	return where->object == object ? (char *)rows + low * size : NULL;
}

_Static_assert(!offsetof(struct workload, where) && !offsetof(struct service, where) &&
		       !offsetof(struct reference, where) && !offsetof(struct config_files, where) &&
		       !offsetof(struct inventory_config, where) && !offsetof(struct home, where),
	       "find_row() looks for their places at their starts");

/* Of the object that the pass is at. */
#define FIND_ROW(pass, vector)                                                                                         \
	find_row(INVENTORY_ROWS((pass)->run->inventory, (pass)->document, vector), (pass)->document->rows.vector.n,    \
		 sizeof(*(pass)->run->inventory->vector.items), (pass)->object)

static struct workload *find_workload(const struct pass *pass)
{
	return FIND_ROW(pass, workloads);
}

/* Only where something is shared, or somebody asks, can it matter later whose an edit is. */
static struct change_log *log_of(struct pass *pass)
{
	return pass->tree->has_copies || pass->log.traced ? &pass->log : NULL;
}

/* For the object that the pass is at; release with fix_context_free(). */
static struct fix_context context_of(struct pass *pass, struct kube_pod *pod)
{
	struct fix_context fix = fix_context_make(pass->run, pass->options, pod, pass->findings, pass->object);
	const struct level *level = level_of(pass->options, find_workload(pass));

	fix.config = &level->config;
	fix.choice = &level->choice;
	fix.filter = &pass->filter;
	fix.log = log_of(pass);
	fix.changes = pass->changes;
	return fix;
}

static void run_fixers(struct pass *pass, struct kube_pod *pod, size_t index)
{
	struct fix_context fix = context_of(pass, pod);
	struct workload *workload = find_workload(pass);
	struct config_finder finder = plan_config_finder(pass->run->inventory, workload);
	struct port_plan plan;

	if (workload && plan_concerns(workload)) {
		plan = plan_decisions(pass->run, workload, pass->run->words);
		fix.ports = &plan;
	}
	fix.overlay = workload ? workload->overlay : NULL;
	pod->configs = fix.ports && pass->run->inventory->config_names ? &finder.lookup : NULL;
	for (size_t i = 0; i < fixers_n; i++) {
		if (!(fix.choice->selected & (uint64_t)1 << i) || (pass->again && !fixers[i]->example))
			continue;
		for (int target = TARGET_POD; target < (int)pod->containers_n; target++)
			fix_run(&fix, i, target);
	}
	pass->changes = fix.changes;
	skipped_record(pass, &fix, index);
	pod->configs = NULL;
	fix_context_free(&fix);
}

/* What its workloads have reached, once all of them were looked at. */
/* Of a Namespace whose labels decide what is asked for, and are not looked at otherwise. */
static void record_labels(struct pass *pass, struct fix_context *fix)
{
	struct namespace_fault faults[NAMESPACE_FAULTS_MAX];
	size_t n = pass->record ? namespace_faults(fix, faults) : 0;

	for (size_t i = 0; i < n; i++) {
		struct skip_warning warning = { .object = pass->object, .label = true };

		warning.at = yaml_offset(pass->tree, faults[i].value);
		warning.message = intern_str(&pass->run->intern, faults[i].message);
		VEC_PUSH(&pass->document->warnings, warning);
	}
}

static void run_on_namespace(struct pass *pass, const struct kube_object *object)
{
	struct kube_pod none = { .tree = pass->tree, .object = *object };
	const struct home *home = FIND_ROW(pass, homes);
	struct fix_context fix;

	if (!home)
		return;
	fix = context_of(pass, &none);
	if (!(fix.choice->selected >> fixer_index(&fixer_namespace_labels) & 1))
		record_labels(pass, &fix);
	if (!home->plan.decided) {
		fix_context_free(&fix);
		return;
	}
	fix.namespace_plan = &home->plan;
	for (size_t i = 0; i < fixers_n; i++)
		if (fixers[i]->run_namespace && (fix.choice->selected >> i & 1))
			fixers[i]->run_namespace(&fix, fixers[i]);
	pass->changes = fix.changes;
	fix_context_free(&fix);
}

/* What an object without pods says of the ports of those that have some. */
static void move_ports(struct pass *pass, const struct kube_object *object, size_t row)
{
	struct kube_pod none = { .tree = pass->tree, .object = *object };
	const struct service *service = FIND_ROW(pass, services);
	const struct reference *references = FIND_ROW(pass, references);
	const struct inventory_config *config = FIND_ROW(pass, configs);
	const struct config_files *files = FIND_ROW(pass, files);
	struct fix_context fix;
	size_t n = 0;

	if (!service && !references && !config && !files)
		return;
	fix = context_of(pass, &none);
	if (service)
		move_service(&fix, service);
	if (config)
		move_config(&fix, config);
	if (files)
		move_files(pass->run, &fix, files);
	if (references) {
		const struct reference *end = INVENTORY_ROWS(pass->run->inventory, pass->document, references) +
					      pass->document->rows.references.n;

		while (references + n < end && references[n].where.object == pass->object)
			n++;
		move_references(pass->run, &fix, references, n);
	}
	pass->changes = fix.changes;
	skipped_record(pass, &fix, row);
	fix_context_free(&fix);
}

static bool looks_like_pod(struct yaml_tree *tree, yaml_id node, unsigned depth)
{
	yaml_id containers = yaml_get(tree, node, "containers");

	if (yaml_is_seq(tree, containers) && yaml_get(tree, yaml_first(tree, containers), "image"))
		return true;
	if (!depth)
		return false;
	YAML_EACH(tree, node, child) {
		yaml_id value = yaml_value(tree, child);

		if (looks_like_pod(tree, value ? value : child, depth - 1))
			return true;
	}
	return false;
}

static void record(struct pass *pass, const struct object_view *view, struct str note, bool edited)
{
	const struct kube_object *object = &view->object;
	struct intern *intern = &pass->run->intern;
	struct run_object row = {
		.kind = intern_str(intern, object->kind_name),
		.namespace = intern_str(intern, object->namespace),
		.name = intern_str(intern, object->name),
		.where = intern_str(intern, view->where),
		.item = object->item,
		.note = note,
		.partial = edited && !(view->pod.view->flags & VIEW_TEMPLATE),
		.looked_at = edited,
		.unseen = note.n && (!view->has_pod || view->note),
	};

	VEC_PUSH(&pass->document->objects, row);
}

enum { POD_DEPTH = 12 };

/* What a reader should know of an object beside findings; whether its pod is hardened all the same. */
static struct str note_of(struct pass *pass, const struct object_view *view, bool *ret_edited)
{
	const struct kube_object *object = &view->object;
	const struct level *level = level_of(pass->options, find_workload(pass));
	bool looks = view->has_pod;

	*ret_edited = view->has_pod && !view->note && !view->pod.partial;
	if (*ret_edited && level->config.profile == PROFILE_PRIVILEGED) {
		*ret_edited = level->choice.selected != 0;
		return STR("its namespace enforces privileged, which asks nothing of it");
	}
	if (*ret_edited)
		return view->pod.view->flags & VIEW_OPERATOR
			       ? STR("its operator makes the containers: only the pod's own settings are looked at")
			       : STR_NONE;
	if (view->has_pod && !view->note)
		return str_of(view->pod.partial);
	if (!looks && (!object->kind || view->note))
		looks = looks_like_pod(pass->tree, object->node, POD_DEPTH);
	if (!looks)
		return STR_NONE;
	return view->note ? str_of(view->note) : STR("an unknown kind that seems to hold a pod; it is not edited");
}

static void visit(struct pass *pass, size_t index)
{
	struct object_view *view = &pass->objects->items[index];
	const struct kube_object *object = &view->object;
	bool edited;
	struct str note = note_of(pass, view, &edited);

	arena_reset(pass->run->words);
	if (pass->record)
		record(pass, view, note, edited);
	if (edited)
		run_fixers(pass, &view->pod, index);
	else if (object->kind && (object->kind->flags & KIND_NAMESPACE))
		run_on_namespace(pass, object);
	else if (object->kind && (object->kind->flags & (KIND_SERVICE | KIND_NAMES_PORT | KIND_CONFIG)))
		move_ports(pass, object, index);
	pass->object++;
}

static void run_pass(struct pass *pass)
{
	pass->object = 0;
	pass->changes = 0;
	pass->filter.declined_met = 0;
	pass->log.n = pass->log.places.n = pass->log.needs.n = 0;
	pass->findings->n = 0;
	for (size_t i = 0; i < pass->filter.denied.n; i++)
		pass->filter.denied.items[i].met = false; /* without what it needs, one is not even begun */
	if (pass->record)
		pass->document->objects.n = pass->document->skipped.n = pass->document->warnings.n = 0;
	for (size_t i = 0; i < pass->objects->n; i++)
		visit(pass, i);
}

/* ---- what anchors share ---- */

static struct str why_denied(struct pass *pass, const struct yaml_unsettled *unsettled)
{
	struct str text;
	struct position other;

	if (!pass->source || !unsettled->why.other)
		return str_of(unsettled->why.why);
	text = (struct str){ pass->source->image.bytes, pass->source->image.n };
	other = position_at(text, pass->document->start + unsettled->why.other - 1, NULL);
	return str_fmt(pass->run->arena, "%s (line %u)", unsettled->why.why, (unsigned)other.line);
}

static int by_object(const void *a, const void *b)
{
	const struct change_denied *one = a, *two = b;

	return (one->id.object > two->id.object) - (one->id.object < two->id.object);
}

/* The changes whose edits have no place: none of them is made in the next round. */
static void deny(struct pass *pass, struct yaml_unsettled_edits *unsettled)
{
	struct change_filter *filter = &pass->filter;
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < unsettled->n; i++) {
		struct change_denied denied = { .why = why_denied(pass, &unsettled->items[i]) };
		size_t low = 0, high = pass->log.n;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (pass->log.items[middle].end <= unsettled->items[i].op)
				low = middle + 1;
			else
				high = middle;
		}
		if (low == pass->log.n || low == last)
			continue;
		last = low;
		denied.id = pass->log.items[low].id;
		VEC_PUSH(&filter->denied, denied);
	}
	if (filter->denied.n)
		qsort(filter->denied.items, filter->denied.n, sizeof(*filter->denied.items), by_object);
	unsettled->n = 0;
}

void pass_free(struct pass *pass)
{
	free(pass->log.items);
	free(pass->log.places.items);
	free(pass->log.needs.items);
	yaml_patch_free(&pass->patch);
	free(pass->filter.denied.items);
}

/* What the edits mean, which no longer shows once it is settled where they are written. */
static void make_patch(struct pass *pass)
{
	yaml_patch_free(&pass->patch);
	/* An object of several pods has several rows. */
	for (size_t i = 0; i < pass->objects->n; i++)
		if (!i || pass->objects->items[i - 1].object.node != pass->objects->items[i].object.node)
			yaml_patch_add(&pass->patch, pass->tree, pass->objects->items[i].object.node, pass->run->arena);
}

void pass_deny_all(struct pass *pass)
{
	pass->filter.why_none = "its anchors are shared by places that need different changes; write them out by hand";
	pass->filter.denied.n = 0;
	pass->document->port_denied = true;
}

enum { ROUNDS_MAX = 16 };

unsigned pass_run(struct pass *pass)
{
	struct yaml_unsettled_edits unsettled = { 0 };
	unsigned undone = 0;

	for (unsigned round = 1; run_pass(pass), !pass->tree->exhausted; round++) {
		if (pass->log.traced)
			make_patch(pass);
		if (yaml_settle(pass->tree, &unsettled))
			break;
		yaml_rollback(pass->tree, 0);
		deny(pass, &unsettled);
		if (round >= ROUNDS_MAX)
			pass_deny_all(pass);
	}
	free(unsettled.items);
	for (size_t i = 0; i < pass->filter.denied.n; i++) {
		undone += pass->filter.denied.items[i].met;
		if (pass->filter.denied.items[i].id.fixer == &fixer_unprivileged_ports)
			pass->document->port_denied = true;
	}
	undone += pass->filter.declined_met;
	return pass->filter.why_none ? 0 : pass->changes - undone;
}
