/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Homes
 *
 * A Namespace says what its pods must reach (--profile=auto), and may be told to say what they did reach
 * (namespace-labels). Both join documents: so where one of them is asked for, every workload waits until all Namespaces
 * were read, and with namespace-labels every Namespace until all workloads were hardened. Nothing is gone over twice
 * for that, but what stands in one document with the other.
 *
 * A workload lives in the Namespace of its name; of several, as of several environments in one input, in the nearest
 * one. One that names no namespace may come to live in any of them.
 */
#include "engine/homes.h"

#include <stdlib.h>

#include "engine/levels.h"
#include "engine/plan.h"
#include "engine/plan_names.h"
#include "fixers/fix.h"
#include "fixers/list.h"
#include "fixers/namespace.h"
#include "kube/pod_security.h"

void homes_expect(struct run *run, const struct source_options *options)
{
	run->labels |= fix_selected(&options->fix, &fixer_namespace_labels);
	run->waits |= run->labels || options->fix.profile == PROFILE_AUTO;
}

/* What is asked for of the Namespace; of what is in none of the input, what the run was made with. */
static const struct source_options *options_of(const struct run *run, const struct home *home)
{
	return home ? home->where.source->options : &run->common;
}

void inventory_home(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object)
{
	yaml_id labels = yaml_get_path(tree, object->node, "metadata.labels");
	struct home home = {
		.where = where,
		.name = intern_str(&run->intern, object->name),
		.level = namespace_level(yaml_get_text(tree, labels, NAMESPACE_ENFORCE)),
	};

	if (!namespace_version(yaml_get_text(tree, labels, NAMESPACE_ENFORCE_VERSION), &home.version))
		home.version = 0;
	VEC_PUSH(&run->inventory->homes, home);
}

/* ---- who lives where ---- */

static struct plan_names names_make(const struct inventory *inventory)
{
	struct plan_names names = { 0 };

	for (size_t i = 0; i < inventory->homes.n; i++) {
		const struct home *home = &inventory->homes.items[i];

		plan_names_add(&names, STR_NONE, home->name, &home->where, (uint32_t)i);
	}
	plan_names_sort(&names);
	return names;
}

/* Namespaces of one name: nobody has as many environments, and a workload of so many may live in any. */
enum { SAME_NAME_MAX = 64 };

/* Those of the name of a workload that are the nearest to it; more than one where an input says a thing twice. */
struct nearest {
	size_t homes[SAME_NAME_MAX]; /* rows of the inventory */
	size_t n;
	bool many; /* there are more of the name */
};

static void find_nearest(const struct inventory *inventory, const struct plan_names *names, struct str name,
			 const struct where *where, struct nearest *ret)
{
	size_t n;
	const struct plan_name *first = plan_names_first(names, STR_NONE, name, &n);
	unsigned least = UINT32_MAX;

	ret->n = 0;
	ret->many = n > SAME_NAME_MAX;
	for (size_t i = 0; i < n && !ret->many; i++) {
		unsigned d = plan_distance(where, first[i].where);

		if (inventory->homes.items[first[i].row].patch || d > least)
			continue;
		if (d < least)
			ret->n = 0;
		least = d;
		ret->homes[ret->n++] = first[i].row;
	}
}

static void settle_in(const struct inventory *inventory, const struct plan_names *names, struct workload *workload)
{
	struct nearest nearest;

	workload->anywhere = !workload->namespace.n;
	if (workload->patch || workload->anywhere)
		return;
	find_nearest(inventory, names, workload->namespace, &workload->where, &nearest);
	workload->anywhere = nearest.many;
	/* The strictest of them. */
	for (size_t i = 0; i < nearest.n; i++)
		if (!workload->home ||
		    inventory->homes.items[nearest.homes[i]].level > inventory->homes.items[workload->home - 1].level)
			workload->home = (uint32_t)nearest.homes[i] + 1;
}

void plan_homes(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct plan_names names;

	if (!inventory->homes.n)
		return;
	names = names_make(inventory);
	for (size_t i = 0; i < inventory->workloads.n; i++)
		settle_in(inventory, &names, &inventory->workloads.items[i]);
	plan_names_free(&names);
}

/* ---- what Pod Security says ---- */

/* The level that a Namespace is to enforce: what was to be reached, or what it enforces if that is more. */
static enum profile target_of(const struct run *run, const struct home *home)
{
	const struct source_options *options = options_of(run, home);
	bool automatic = options->fix.profile == PROFILE_AUTO;
	enum profile wanted = options->level.config.profile == PROFILE_BASELINE ? PROFILE_BASELINE : PROFILE_RESTRICTED;

	if (!home || home->level == PROFILE_AUTO)
		return wanted;
	return automatic || home->level > wanted ? home->level : wanted;
}

/* By the version that the user asks for, else by the one that the Namespace names. */
static unsigned version_of(const struct run *run, const struct home *home)
{
	unsigned version = options_of(run, home)->fix.standard_version;

	if (!version && home)
		version = home->version;
	return version ? version - 1 : pod_security_newest;
}

static void judge(struct run *run, struct workload *workload, struct kube_pod *pod)
{
	const struct home *home = workload->home ? &run->inventory->homes.items[workload->home - 1] : NULL;
	enum profile target = target_of(run, home);

	workload->violates = 0;
	/* One that is in no Namespace of the input is nobody's business. */
	if ((!home && !workload->anywhere) || target == PROFILE_PRIVILEGED)
		return;
	workload->violates =
		pod_security_violations(pod,
					target == PROFILE_BASELINE ? POD_SECURITY_BASELINE : POD_SECURITY_RESTRICTED,
					version_of(run, home));
}

void homes_judge(struct run *run, const struct source_options *options, const struct document *document,
		 struct yaml_tree *tree)
{
	if (!document->rows.workloads.n || !run->inventory->homes.n || !run->labels)
		return;
	objects_read(tree, run->scratch, &options->own, &run->objects_after);
	INVENTORY_EACH(workload, workload, run->inventory, document, workloads)
		if (workload->where.object < run->objects_after.n &&
		    run->objects_after.items[workload->where.object].has_pod)
			judge(run, workload, &run->objects_after.items[workload->where.object].pod);
}

/* ---- what a Namespace can enforce ---- */

enum { NAMED_MAX = 3 };

/* "Deployment/agent (agent.yaml: hostPathVolumes, privileged)", the first ones of several. */
static void name_failing(struct run *run, struct namespace_plan *plan, const struct run_object *object,
			 const struct source *source, struct str why)
{
	if (plan->failing_n++ >= NAMED_MAX)
		return;
	plan->failing = str_fmt(run->arena, "%.*s%s%.*s/%.*s (%s: %.*s)", STR_ARG(plan->failing),
				plan->failing.n ? ", " : "", STR_ARG(object->kind), STR_ARG(object->name), source->path,
				STR_ARG(why));
}

static struct str check_names(struct run *run, uint32_t checks)
{
	struct str text = STR_NONE;

	for (size_t i = 0; i < pod_security_checks_n; i++)
		if (checks >> i & 1)
			text = str_fmt(run->arena, "%.*s%s%s", STR_ARG(text), text.n ? ", " : "",
				       pod_security_checks[i].id);
	return text;
}

/* What is not seen may be anything. */
static const char *not_judged(const struct run_object *object)
{
	if (object->unseen)
		return "it is not looked at";
	return object->partial ? "its operator adds to the pod" : NULL;
}

/* All that is needed to count a workload where it lives. */
struct count {
	struct run *run;
	struct plan_names names;
	const struct source *source;
	const struct run_object *object;
	struct str why; /* it does not pass; empty */
};

static void count_in(const struct count *count, struct namespace_plan *plan)
{
	plan->workloads_n++;
	if (count->why.n)
		name_failing(count->run, plan, count->object, count->source, count->why);
}

static void count_at(const struct count *count, const struct where *where)
{
	struct inventory *inventory = count->run->inventory;
	struct nearest nearest = { 0 };

	if (count->object->namespace.n)
		find_nearest(inventory, &count->names, count->object->namespace, where, &nearest);
	if (!count->object->namespace.n || nearest.many)
		count_in(count, &inventory->homeless);
	for (size_t i = 0; i < nearest.n; i++)
		count_in(count, &inventory->homes.items[nearest.homes[i]].plan);
}

static void count_workloads(struct count *count)
{
	struct inventory *inventory = count->run->inventory;

	for (size_t i = 0; i < inventory->workloads.n; i++) {
		const struct workload *workload = &inventory->workloads.items[i];
		const struct document *document = &workload->where.source->documents.items[workload->where.document];

		if (workload->patch || workload->where.object >= document->objects.n)
			continue;
		count->source = workload->where.source;
		count->object = &document->objects.items[workload->where.object];
		count->why = str_of(not_judged(count->object));
		if (workload->violates && !count->why.n)
			count->why = check_names(count->run, workload->violates);
		count_at(count, &workload->where);
	}
}

/* Objects that hold a pod, or seem to, and are no rows of the inventory. */
static void count_unseen(struct count *count, struct source *source, size_t document)
{
	struct where where = { .source = source, .document = (uint32_t)document };

	for (size_t i = 0; i < source->documents.items[document].objects.n; i++) {
		count->source = source;
		count->object = &source->documents.items[document].objects.items[i];
		count->why = str_of(not_judged(count->object));
		if (count->object->unseen)
			count_at(count, &where);
	}
}

/* What was not looked at; the first file that could not be read may hold workloads of any Namespace. */
static void look_for_unseen(struct count *count)
{
	struct run *run = count->run;
	struct str *unread = &run->inventory->homeless.unread;

	for (size_t i = 0; i < run->sources.n; i++) {
		struct source *source = run->sources.items[i];

		if (source->refused && !source->template && !unread->n)
			*unread = str_of(source->path);
		for (size_t k = 0; k < source->documents.n; k++) {
			if (source->documents.items[k].state != DOCUMENT_REFUSED)
				count_unseen(count, source, k);
			else if (!unread->n)
				*unread = str_of(source->path);
		}
	}
}

static size_t named(const struct namespace_plan *plan)
{
	return plan->failing_n < NAMED_MAX ? plan->failing_n : NAMED_MAX;
}

static void conclude(struct run *run, struct home *home)
{
	const struct namespace_plan *homeless = &run->inventory->homeless;
	struct namespace_plan *plan = &home->plan;

	plan->level = target_of(run, home);
	plan->version = options_of(run, home)->fix.standard_version;
	plan->unread = homeless->unread;
	plan->hidden_n = plan->failing_n - named(plan);
	if (!plan->failing_n)
		plan->failing = homeless->failing;
	else if (homeless->failing_n)
		plan->failing = str_fmt(run->arena, "%.*s, %.*s", STR_ARG(plan->failing), STR_ARG(homeless->failing));
	plan->hidden_n += homeless->failing_n - named(homeless);
	plan->failing_n += homeless->failing_n;
	plan->decided = true;
}

void homes_decide(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct count count = { .run = run };

	if (!inventory->homes.n || !run->labels)
		return;
	/* A review decides again, once it is known what is made. */
	inventory->homeless = (struct namespace_plan){ 0 };
	for (size_t i = 0; i < inventory->homes.n; i++)
		inventory->homes.items[i].plan = (struct namespace_plan){ 0 };
	count.names = names_make(inventory);
	count_workloads(&count);
	look_for_unseen(&count);
	plan_names_free(&count.names);
	for (size_t i = 0; i < inventory->homes.n; i++)
		conclude(run, &inventory->homes.items[i]);
}
