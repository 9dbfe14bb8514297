/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Match
 *
 * Services find workloads through a hash of (namespace, label), never by comparing all with all: by the rarest label
 * of their selector, and with a bound on the pairs in all, beyond which no port moves. Where one object stands in
 * several files (several environments in one input), a Service leads to the nearest workloads only.
 */
#include <stdlib.h>

#include "engine/plan.h"

static bool selects(const struct service *service, const struct workload *workload)
{
	if (!str_eq(service->namespace, workload->namespace))
		return false;
	for (size_t i = 0; i < service->selector_n; i++) {
		const struct label *label = labels_find(workload->labels, workload->labels_n, service->selector[i].key);

		if (label ? !str_eq(label->value, service->selector[i].value)
			  : !label_is_added(service->selector[i].key))
			return false;
	}
	return service->selector_n > 0;
}

/* ---- several environments in one input ---- */

unsigned plan_distance(const struct where *a, const struct where *b)
{
	struct str folder = str_folder(str_of(a->source->path)), other = str_of(b->source->path);
	unsigned steps = 1;

	if (a->source == b->source)
		return 0;
	while (folder.n && !str_starts(other, folder)) {
		folder = str_folder(str_sub(folder, 0, folder.n - 1));
		steps++;
	}
	return steps;
}

struct identity {
	uint64_t hash;
	const struct where *where;
};

static int by_hash(const void *a, const void *b)
{
	const struct identity *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

static uint64_t identity_hash(struct str kind, struct str namespace, struct str name)
{
	return (str_hash(kind) * 31 + str_hash(namespace)) * 31 + str_hash(name);
}

/* Whether an identity (kind, namespace, name) stands twice in the input. */
static bool find_duplicates(const struct inventory *inventory)
{
	size_t n = 0, all = inventory->workloads.n + inventory->services.n;
	struct identity *ids = xrealloc_array(NULL, all + 1, sizeof(*ids));
	bool found = false;

	for (size_t i = 0; i < inventory->workloads.n; i++) {
		const struct workload *workload = &inventory->workloads.items[i];

		if (workload->patch)
			continue;
		ids[n++] = (struct identity){ identity_hash(workload->kind, workload->namespace, workload->name),
					      &workload->where };
	}
	for (size_t i = 0; i < inventory->services.n; i++) {
		const struct service *service = &inventory->services.items[i];

		if (service->patch)
			continue;
		ids[n++] = (struct identity){ identity_hash(STR("Service"), service->namespace, service->name),
					      &service->where };
	}
	qsort(ids, n, sizeof(*ids), by_hash);
	for (size_t i = 1; i < n && !found; i++)
		found = ids[i].hash == ids[i - 1].hash;
	free(ids);
	return found;
}

/* ---- a workload's ports ---- */

void plan_refuse_port(struct inventory_port *port, struct str why)
{
	if (!port->refused)
		port->why_not = why;
	port->refused = true;
}

struct inventory_port *plan_find_port(struct workload *workload, enum port_protocol protocol, int64_t number)
{
	for (size_t i = 0; i < workload->ports.n; i++)
		if (workload->ports.items[i].protocol == protocol && workload->ports.items[i].port == number)
			return &workload->ports.items[i];
	return NULL;
}

static struct inventory_port *find_named(struct workload *workload, struct str name)
{
	for (size_t i = 0; i < workload->ports.n; i++)
		if (str_eq(workload->ports.items[i].name, name))
			return &workload->ports.items[i];
	return NULL;
}

struct inventory_port *plan_served_port(struct workload *workload, const struct service_port *port)
{
	return port->kind == TARGET_NAME ? find_named(workload, port->name)
					 : plan_find_port(workload, port->protocol, port->number);
}

void plan_refuse_ports(struct workload *workload, struct str why)
{
	for (size_t i = 0; i < workload->ports.n; i++)
		plan_refuse_port(&workload->ports.items[i], why);
}

/* ---- matching ---- */

static int by_identity(const void *a, const void *b)
{
	const struct workload *x = *(struct workload *const *)a, *y = *(struct workload *const *)b;
	int order = str_cmp(x->name, y->name);

	return order ? order : str_cmp(x->kind, y->kind);
}

/* Of the workloads that something selects, those that are one object. */
static void refuse_same(struct inventory *inventory, const uint32_t *selected, uint32_t n)
{
	const struct str why = STR("the same object stands in several files at once; fix one environment at a "
				   "time");
	struct workload **all = xrealloc_array(NULL, (size_t)n + 1, sizeof(struct workload *));

	for (uint32_t i = 0; i < n; i++)
		all[i] = &inventory->workloads.items[INVENTORY_ROW(selected[i])];
	qsort(all, n, sizeof(struct workload *), by_identity);
	for (uint32_t i = 1; i < n; i++) {
		if (by_identity(&all[i - 1], &all[i]))
			continue;
		plan_refuse_ports(all[i - 1], why);
		plan_refuse_ports(all[i], why);
	}
	free(all);
}

void plan_keep_nearest(struct run *run, const struct where *where, uint32_t *selected, uint32_t *n)
{
	struct inventory *inventory = run->inventory;
	unsigned least = UINT32_MAX;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < *n; i++) {
		unsigned d = plan_distance(where, &inventory->workloads.items[INVENTORY_ROW(selected[i])].where);

		least = d < least ? d : least;
	}
	for (uint32_t i = 0; i < *n; i++)
		if (plan_distance(where, &inventory->workloads.items[INVENTORY_ROW(selected[i])].where) == least)
			selected[kept++] = selected[i];
	*n = kept;
	refuse_same(inventory, selected, kept);
}

uint64_t plan_pairs_budget(const struct inventory *inventory)
{
	return ((uint64_t)4 << 20) +
	       64 * (uint64_t)(inventory->workloads.n + inventory->services.n + inventory->references.n);
}

/* False where the input has more pairs of Services and workloads than can be judged in reasonable time. */
static bool match(struct run *run, const struct plan_index *index)
{
	struct inventory *inventory = run->inventory;
	uint64_t budget = plan_pairs_budget(inventory);

	for (size_t s = 0; s < inventory->services.n; s++) {
		struct service *service = &inventory->services.items[s];
		struct plan_rows found = { 0 };
		uint64_t ports = service->ports_n, cost = (1 + ports) * (1 + ports / 8);
		uint32_t slot;

		if (!service->selector_n || service->external)
			continue;
		slot = plan_index_shortest(index, service->namespace, service->selector, service->selector_n);
		PLAN_EACH(index, slot, entry) {
			uint32_t workload = plan_index_row(index, entry);
			bool selected = selects(service, &inventory->workloads.items[workload]);
			uint64_t price = selected ? cost : 1;

			if (price > budget) {
				free(found.items);
				return false;
			}
			budget -= price;
			if (selected)
				VEC_PUSH(&found, workload);
		}
		service->selected = plan_rows_keep(run, &found, &service->selected_n);
		if (inventory->duplicates)
			plan_keep_nearest(run, &service->where, service->selected, &service->selected_n);
	}
	return true;
}

uint32_t *plan_rows_keep(struct run *run, struct plan_rows *rows, uint32_t *ret_n)
{
	uint32_t *kept = rows->n ? ARENA_ARRAY(run->arena, uint32_t, rows->n) : NULL;

	/* Chains run backwards; people read forwards. */
	for (size_t i = 0; i < rows->n; i++)
		kept[i] = rows->items[rows->n - 1 - i];
	*ret_n = (uint32_t)rows->n;
	free(rows->items);
	*rows = (struct plan_rows){ 0 };
	return kept;
}

static void match_none(struct inventory *inventory)
{
	for (size_t s = 0; s < inventory->services.n; s++)
		inventory->services.items[s].selected_n = 0;
	plan_refuse_crowded(inventory);
}

void plan_refuse_crowded(struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->workloads.n; i++)
		plan_refuse_ports(&inventory->workloads.items[i],
				  STR("the input holds too many Services and workloads that belong together; fix it "
				      "in parts"));
}

void plan_match(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct plan_index index;
	size_t labels = 0;

	inventory->duplicates = find_duplicates(inventory);
	for (size_t i = 0; i < inventory->workloads.n; i++)
		labels += inventory->workloads.items[i].labels_n;
	index = plan_index_make(labels);
	for (size_t i = 0; i < inventory->workloads.n; i++) {
		const struct workload *workload = &inventory->workloads.items[i];

		plan_index_add(&index, workload->namespace, workload->labels, workload->labels_n, (uint32_t)i);
	}
	if (!match(run, &index))
		match_none(inventory);
	plan_index_free(&index);
}
