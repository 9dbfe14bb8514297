/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References in the plan
 *
 * Whose ports a policy, a monitor or a mesh's object names. What allows ports (a NetworkPolicy) takes the new one in
 * beside the old where others keep that; what points at one port moves with all that it means, as a Service does, or
 * keeps them.
 *
 * An object of another namespace means other pods. Where one of the two names no namespace they may be the same, so
 * then the port stays.
 */
#include <stdlib.h>

#include "engine/plan.h"

struct matcher {
	struct run *run;
	struct inventory *inventory;
	struct plan_index workloads, services; /* the latter by their own labels */
	uint32_t *marks;		       /* by workload: the reference + 1 that found it last */
	uint64_t budget;
	struct plan_rows found; /* of the reference at hand */
	bool crowded;
};

static struct inventory_port *port_in(struct workload *workload, const struct reference_port *range, size_t *from)
{
	for (; *from < workload->ports.n; ++*from) {
		struct inventory_port *port = &workload->ports.items[*from];

		if (port->protocol == range->protocol && port->port >= range->first && port->port <= range->last)
			return &workload->ports.items[(*from)++];
	}
	return NULL;
}

#define EACH_PORT_IN(workload, range, port)                                                                            \
	for (size_t port##_at = 0, port##_once = 1; port##_once; port##_once = 0)                                      \
		for (struct inventory_port * port; (port = port_in((workload), (range), &port##_at));)

static bool has_any(const struct workload *workload, const struct reference *reference)
{
	for (size_t i = 0; i < workload->ports.n; i++)
		for (uint32_t k = 0; k < reference->ports_n; k++)
			if (workload->ports.items[i].protocol == reference->ports[k].protocol &&
			    workload->ports.items[i].port >= reference->ports[k].first &&
			    workload->ports.items[i].port <= reference->ports[k].last)
				return true;
	return false;
}

/* ---- whose they are ---- */

static bool pay(struct matcher *matcher, uint64_t price)
{
	matcher->crowded |= price > matcher->budget;
	matcher->budget -= matcher->crowded ? 0 : price;
	return !matcher->crowded;
}

/* How much more than one it takes to ask a selector for a row. */
static uint64_t cost_of(const struct pod_selector *selector)
{
	uint64_t cost = selector->labels_n + selector->tests_n;

	for (uint32_t i = 0; i < selector->tests_n; i++)
		cost += selector->tests[i].values_n;
	return cost / 16;
}

/* Likewise to look for all its ports in all of a workload's. */
static uint64_t price_of(const struct reference *reference, const struct workload *workload)
{
	uint64_t places = reference->places_n < reference->ports_n ? reference->ports_n : reference->places_n;

	return places * workload->ports.n / 16;
}

static void find_workload(struct matcher *matcher, struct reference *reference, uint32_t row, bool unclear)
{
	uint32_t mark = (uint32_t)(reference - matcher->inventory->references.items) + 1;

	if (matcher->marks[row] == mark)
		return;
	matcher->marks[row] = mark;
	if (!pay(matcher, price_of(reference, &matcher->inventory->workloads.items[row])))
		return;
	if (has_any(&matcher->inventory->workloads.items[row], reference))
		VEC_PUSH(&matcher->found, row | (unclear ? REFERENCE_UNCLEAR : 0));
	else
		reference->others |= !unclear;
}

static void find_service(struct matcher *matcher, struct reference *reference, const struct service *service,
			 bool unclear)
{
	for (uint32_t i = 0; i < service->selected_n; i++)
		find_workload(matcher, reference, service->selected[i], unclear);
}

/* Walks the rows that @selector may mean in @namespace (NULL: all). */
static void walk(struct matcher *matcher, struct reference *reference, const struct pod_selector *selector,
		 const struct str *namespace)
{
	bool services = reference->row->by == BY_SERVICES;
	const struct plan_index *index = services ? &matcher->services : &matcher->workloads;
	uint32_t slot = plan_index_chain(index, namespace, selector);
	uint64_t cost = cost_of(selector);

	PLAN_EACH(index, slot, entry) {
		uint32_t row = plan_index_row(index, entry);
		const struct service *service = services ? &matcher->inventory->services.items[row] : NULL;
		const struct workload *workload = services ? NULL : &matcher->inventory->workloads.items[row];
		struct str theirs = services ? service->namespace : workload->namespace;
		bool same = selector->all_namespaces || str_eq(theirs, selector->namespace);

		if (!pay(matcher, 1 + cost + (services ? service->selected_n : 0)))
			return;
		/* In another namespace than its own, it means others. */
		if (!same && theirs.n && selector->namespace.n)
			continue;
		if (services ? !pod_selector_fits(selector, service->labels, service->labels_n)
			     : !pod_selector_fits(selector, workload->labels, workload->labels_n))
			continue;
		if (services)
			find_service(matcher, reference, service, !same || selector->unknown);
		else
			find_workload(matcher, reference, row, !same || selector->unknown);
	}
}

/* A Service's or a workload's name is looked for by its namespace and name, as if that were a label. */
static void walk_named(struct matcher *matcher, struct reference *reference, const struct pod_selector *selector)
{
	bool services = reference->row->by != BY_WORKLOAD;
	const struct plan_index *index = services ? &matcher->services : &matcher->workloads;
	const struct label label = { STR(" name"), selector->named->value };
	uint32_t slot = plan_index_shortest(index, selector->namespace, &label, 1);

	PLAN_EACH(index, slot, entry) {
		uint32_t row = plan_index_row(index, entry);

		if (!pay(matcher, 1))
			return;
		if (services) {
			const struct service *service = &matcher->inventory->services.items[row];

			if (str_eq(service->namespace, selector->namespace) &&
			    str_eq(service->name, selector->named->value) &&
			    (reference->row->by != BY_ITSELF || (service->where.source == reference->where.source &&
								 service->where.document == reference->where.document &&
								 service->where.object == reference->where.object)))
				find_service(matcher, reference, service, false);
		} else {
			const struct workload *workload = &matcher->inventory->workloads.items[row];

			if (str_eq(workload->namespace, selector->namespace) &&
			    str_eq(workload->name, selector->named->value) &&
			    str_eq(workload->kind, selector->named->key))
				find_workload(matcher, reference, row, false);
		}
	}
}

static void match(struct matcher *matcher, struct reference *reference)
{
	const struct str none = STR_NONE;

	for (uint32_t i = 0; i < reference->selectors_n; i++) {
		const struct pod_selector *selector = &reference->selectors[i];

		if (selector->named) {
			walk_named(matcher, reference, selector);
		} else if (selector->all_namespaces || !selector->namespace.n) {
			walk(matcher, reference, selector, NULL);
		} else {
			walk(matcher, reference, selector, &selector->namespace);
			walk(matcher, reference, selector, &none);
		}
	}
	reference->selected = plan_rows_keep(matcher->run, &matcher->found, &reference->selected_n);
	/* A Service's own were looked through already. */
	if (matcher->inventory->duplicates && reference->row->by != BY_ITSELF && reference->row->by != BY_SERVICE)
		plan_keep_nearest(matcher->run, &reference->where, reference->selected, &reference->selected_n);
}

static struct matcher matcher_make(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct matcher matcher = { .run = run, .inventory = inventory, .budget = plan_pairs_budget(inventory) };
	size_t labels = 0, n = inventory->workloads.n;

	for (size_t i = 0; i < n; i++)
		labels += inventory->workloads.items[i].labels_n + 2;
	matcher.workloads = plan_index_make(labels * 2);
	for (size_t i = 0; i < n; i++) {
		const struct workload *workload = &inventory->workloads.items[i];
		const struct label name = { STR(" name"), workload->name };

		if (workload->patch)
			continue;
		plan_index_add(&matcher.workloads, workload->namespace, &name, 1, (uint32_t)i);
		plan_index_add_all(&matcher.workloads, workload->namespace, workload->labels, workload->labels_n,
				   (uint32_t)i);
	}
	labels = 0;
	for (size_t i = 0; i < inventory->services.n; i++)
		labels += inventory->services.items[i].labels_n + 2;
	matcher.services = plan_index_make(labels * 2);
	for (size_t i = 0; i < inventory->services.n; i++) {
		const struct service *service = &inventory->services.items[i];
		const struct label name = { STR(" name"), service->name };

		if (service->patch)
			continue;
		plan_index_add(&matcher.services, service->namespace, &name, 1, (uint32_t)i);
		plan_index_add_all(&matcher.services, service->namespace, service->labels, service->labels_n,
				   (uint32_t)i);
	}
	matcher.marks = memset(xrealloc_array(NULL, n + 1, sizeof(uint32_t)), 0, (n + 1) * sizeof(uint32_t));
	return matcher;
}

void plan_match_references(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct matcher matcher;

	if (!inventory->references.n)
		return;
	matcher = matcher_make(run);
	for (size_t i = 0; i < inventory->references.n && !matcher.crowded; i++)
		match(&matcher, &inventory->references.items[i]);
	if (matcher.crowded) {
		for (size_t i = 0; i < inventory->references.n; i++)
			inventory->references.items[i].selected_n = 0;
		plan_refuse_crowded(inventory);
	}
	plan_index_free(&matcher.workloads);
	plan_index_free(&matcher.services);
	free(matcher.marks);
	free(matcher.found.items);
}

/* ---- what cannot move along ---- */

static struct str why_kept(struct run *run, const struct reference *reference, bool unclear)
{
	if (reference->why_not.n)
		return str_fmt(run->arena, "%s/%.*s: %.*s", reference->row->kind, STR_ARG(reference->name),
			       STR_ARG(reference->why_not));
	if (unclear)
		return str_fmt(run->arena, "%s/%.*s names it, and whether it means this pod cannot be told",
			       reference->row->kind, STR_ARG(reference->name));
	return str_fmt(run->arena, "%s/%.*s may name it, and is not moved along", reference->row->kind,
		       STR_ARG(reference->name));
}

static void judge_reference(struct run *run, struct reference *reference)
{
	for (uint32_t i = 0; i < reference->selected_n; i++) {
		bool unclear = reference->selected[i] & REFERENCE_UNCLEAR;
		struct workload *workload = &run->inventory->workloads.items[INVENTORY_ROW(reference->selected[i])];
		bool forced = plan_config_of(workload)->low_ports == LOW_PORTS_MOVE;

		for (uint32_t k = 0; k < reference->ports_n; k++) {
			EACH_PORT_IN(workload, &reference->ports[k], port) {
				if (reference->why_not.n || ((unclear || reference->row->deed == DEED_KEEP) && !forced))
					plan_refuse_port(port, why_kept(run, reference, unclear));
				if (reference->row->deed == DEED_KEEP || unclear)
					continue;
				port->served |= reference->row->serves;
				plan_note_mover(port, run->inventory->services.n +
							      (size_t)(reference - run->inventory->references.items));
			}
		}
	}
}

/* What points at one port cannot point at two: where files are asked for different ports, none of them moves. */
static void refuse_parting(struct run *run, const struct reference *reference)
{
	for (uint32_t k = 0; k < reference->ports_n && reference->row->deed == DEED_MOVE; k++) {
		uint16_t target = 0;
		bool parts = false;

		for (int refuse = 0; refuse < 1 + parts; refuse++) {
			for (uint32_t i = 0; i < reference->selected_n; i++) {
				uint32_t row = INVENTORY_ROW(reference->selected[i]);

				EACH_PORT_IN(&run->inventory->workloads.items[row], &reference->ports[k], port) {
					parts |= target && port->target != target;
					target = port->target;
					if (refuse)
						plan_refuse_port(port,
								 str_fmt(run->arena,
									 "the workloads of %s/%.*s would move it to "
									 "different ports",
									 reference->row->kind,
									 STR_ARG(reference->name)));
				}
			}
		}
	}
}

void plan_judge_references(struct run *run)
{
	for (size_t i = 0; i < run->inventory->references.n; i++) {
		judge_reference(run, &run->inventory->references.items[i]);
		refuse_parting(run, &run->inventory->references.items[i]);
	}
}

/* The workload, of those that it means, whose port of that range stays; NULL for none. */
static const struct workload *find_staying(struct run *run, const struct reference *reference,
					   const struct reference_port *range)
{
	for (uint32_t i = 0; i < reference->selected_n; i++) {
		struct workload *workload = &run->inventory->workloads.items[INVENTORY_ROW(reference->selected[i])];

		EACH_PORT_IN(workload, range, port)
			if (port->refused)
				return workload;
	}
	return NULL;
}

bool plan_spread_reference(struct run *run, struct reference *reference)
{
	bool changed = false;

	if (reference->row->deed != DEED_MOVE)
		return false;
	for (uint32_t k = 0; k < reference->ports_n; k++) {
		const struct workload *stays = find_staying(run, reference, &reference->ports[k]);

		for (uint32_t i = 0; stays && i < reference->selected_n; i++) {
			struct workload *workload =
				&run->inventory->workloads.items[INVENTORY_ROW(reference->selected[i])];

			EACH_PORT_IN(workload, &reference->ports[k], port) {
				if (port->refused)
					continue;
				plan_refuse_port(port,
						 str_fmt(run->arena, "%s/%.*s means %.*s/%.*s too, whose port stays",
							 reference->row->kind, STR_ARG(reference->name),
							 STR_ARG(stays->kind), STR_ARG(stays->name)));
				changed = true;
			}
		}
	}
	return changed;
}

bool plan_drop_reference(struct inventory *inventory, const struct reference *reference, struct str why)
{
	bool dropped = false;

	for (uint32_t i = 0; i < reference->selected_n; i++) {
		struct workload *workload = &inventory->workloads.items[INVENTORY_ROW(reference->selected[i])];

		for (uint32_t k = 0; k < reference->ports_n; k++) {
			EACH_PORT_IN(workload, &reference->ports[k], port) {
				dropped |= !port->refused;
				plan_refuse_port(port, why);
			}
		}
	}
	return dropped;
}

/* ---- what moves ---- */

static struct plan_move *move_of(struct plan_move *moves, size_t *n, const struct inventory_port *port)
{
	for (size_t i = 0; i < *n; i++)
		if (moves[i].from == port->port && moves[i].to == port->target)
			return &moves[i];
	if (*n == PLAN_MOVES_MAX)
		return NULL;
	moves[*n] = (struct plan_move){ port->port, port->target, true };
	return &moves[(*n)++];
}

size_t plan_reference_moves(const struct run *run, const struct reference *reference,
			    const struct reference_port *range, struct plan_move moves[PLAN_MOVES_MAX])
{
	struct inventory *inventory = run->inventory;
	size_t n = 0;

	if (reference->row->deed > DEED_WIDEN)
		return 0;
	for (uint32_t i = 0; i < reference->selected_n; i++) {
		struct workload *workload = &inventory->workloads.items[INVENTORY_ROW(reference->selected[i])];

		EACH_PORT_IN(workload, range, port)
			if (!port->refused)
				move_of(moves, &n, port);
	}
	/* A pod that has it and keeps it, or that does not have it as far as we know. */
	for (size_t m = 0; m < n; m++) {
		struct reference_port one = { range->protocol, moves[m].from, moves[m].from };

		moves[m].whole = !reference->others;
		for (uint32_t i = 0; i < reference->selected_n && moves[m].whole; i++) {
			struct workload *workload = &inventory->workloads.items[INVENTORY_ROW(reference->selected[i])];
			size_t from = 0;
			const struct inventory_port *port = port_in(workload, &one, &from);

			moves[m].whole = port && !port->refused && !port->stays_root && port->target == moves[m].to;
		}
	}
	return n;
}
