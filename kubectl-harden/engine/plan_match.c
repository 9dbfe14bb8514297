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

struct index {
	size_t *slots;	/* first entry of a chain + 1 */
	size_t *counts; /* length of each chain */
	size_t mask;
	struct entry {
		size_t workload, next;
	} *entries;
	size_t entries_n;
};

static uint64_t label_hash(struct str namespace, const struct label *label)
{
	return (str_hash(namespace) * 31 + str_hash(label->key)) * 31 + str_hash(label->value);
}

static int by_key(const void *a, const void *b)
{
	const struct label *x = a, *y = b;

	return str_cmp(x->key, y->key);
}

/* Labels in order of their keys, so that one is found without looking at all. */
static void sort_labels(const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->workloads.n; i++)
		if (inventory->workloads.items[i].labels_n > 1)
			qsort(inventory->workloads.items[i].labels, inventory->workloads.items[i].labels_n,
			      sizeof(struct label), by_key);
}

static void index_build(struct index *index, const struct inventory *inventory)
{
	size_t labels = 0, size = 64;

	for (size_t i = 0; i < inventory->workloads.n; i++)
		labels += inventory->workloads.items[i].labels_n;
	while (size < labels * 2)
		size *= 2;
	index->mask = size - 1;
	index->slots = xrealloc_array(NULL, size, sizeof(*index->slots));
	memset(index->slots, 0, size * sizeof(*index->slots));
	index->counts = memset(xrealloc_array(NULL, size, sizeof(*index->counts)), 0, size * sizeof(*index->counts));
	index->entries = xrealloc_array(NULL, labels + 1, sizeof(*index->entries));
	index->entries_n = 0;
	for (size_t i = 0; i < inventory->workloads.n; i++) {
		const struct workload *workload = &inventory->workloads.items[i];

		for (size_t k = 0; k < workload->labels_n; k++) {
			size_t slot = label_hash(workload->namespace, &workload->labels[k]) & index->mask;

			index->entries[index->entries_n] = (struct entry){ i, index->slots[slot] };
			index->slots[slot] = ++index->entries_n;
			index->counts[slot]++;
		}
	}
}

static void index_free(struct index *index)
{
	free(index->slots);
	free(index->counts);
	free(index->entries);
}

static bool has_label(const struct workload *workload, const struct label *label)
{
	const struct label *found =
		workload->labels_n ? bsearch(label, workload->labels, workload->labels_n, sizeof(*label), by_key)
				   : NULL;

	return found && str_eq(found->value, label->value);
}

/* Labels that controllers give to pods: whatever their value, a pod of the workload may have it. */
static bool is_added_later(const struct label *label)
{
	static const char *const keys[] = { "statefulset.kubernetes.io/pod-name",
					    "apps.kubernetes.io/pod-index",
					    "job-name",
					    "batch.kubernetes.io/job-name",
					    "pod-template-hash",
					    "controller-revision-hash" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (str_is(label->key, keys[i]))
			return true;
	return false;
}

static bool selects(const struct service *service, const struct workload *workload)
{
	if (!str_eq(service->namespace, workload->namespace))
		return false;
	for (size_t i = 0; i < service->selector_n; i++)
		if (!has_label(workload, &service->selector[i]) && !is_added_later(&service->selector[i]))
			return false;
	return service->selector_n > 0;
}

/* ---- several environments in one input ---- */

static struct str folder_of(struct str path)
{
	size_t n = path.n;

	while (n && path.p[n - 1] != '/')
		n--;
	return str_sub(path, 0, n);
}

unsigned plan_distance(const struct where *a, const struct where *b)
{
	struct str folder = folder_of(str_of(a->source->path)), other = str_of(b->source->path);
	unsigned steps = 1;

	if (a->source == b->source)
		return 0;
	while (folder.n && !str_starts(other, folder)) {
		folder = folder_of(str_sub(folder, 0, folder.n - 1));
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

/* Of the workloads that a Service selects, those that are one object. */
static void refuse_same(struct inventory *inventory, const struct service *service)
{
	const struct str why = STR("the same object stands in several files at once; fix one environment at a "
				   "time");
	struct workload **all = xrealloc_array(NULL, service->selected_n + 1, sizeof(struct workload *));

	for (size_t i = 0; i < service->selected_n; i++)
		all[i] = &inventory->workloads.items[service->selected[i]];
	qsort(all, service->selected_n, sizeof(struct workload *), by_identity);
	for (size_t i = 1; i < service->selected_n; i++) {
		if (by_identity(&all[i - 1], &all[i]))
			continue;
		plan_refuse_ports(all[i - 1], why);
		plan_refuse_ports(all[i], why);
	}
	free(all);
}

/* Of several environments only the nearest workloads belong to a Service; ambiguous ones keep their ports. */
static void keep_nearest(struct run *run, struct service *service)
{
	struct inventory *inventory = run->inventory;
	unsigned least = UINT32_MAX;
	size_t kept = 0;

	for (size_t i = 0; i < service->selected_n; i++) {
		struct workload *workload = &inventory->workloads.items[service->selected[i]];
		unsigned d = plan_distance(&service->where, &workload->where);

		least = d < least ? d : least;
	}
	for (size_t i = 0; i < service->selected_n; i++) {
		struct workload *workload = &inventory->workloads.items[service->selected[i]];

		if (plan_distance(&service->where, &workload->where) == least)
			service->selected[kept++] = service->selected[i];
	}
	service->selected_n = kept;
	refuse_same(inventory, service);
}

/* The first entry of the shortest chain among the labels of a selector. */
static size_t rarest(const struct index *index, const struct service *service)
{
	size_t best = 0, least = SIZE_MAX;

	for (size_t i = 0; i < service->selector_n; i++) {
		size_t slot = label_hash(service->namespace, &service->selector[i]) & index->mask;

		/* Templates do not hold these; where there is no other, only one that does is found. */
		if (is_added_later(&service->selector[i]) && (least != SIZE_MAX || i + 1 < service->selector_n))
			continue;
		if (index->counts[slot] < least) {
			least = index->counts[slot];
			best = slot;
		}
	}
	return index->slots[best];
}

/* What all pairs of Services and workloads together may cost; beyond any input that is one. */
static uint64_t pairs_budget(const struct inventory *inventory)
{
	return ((uint64_t)4 << 20) + 64 * (uint64_t)(inventory->workloads.n + inventory->services.n);
}

/* False where the input has more pairs of Services and workloads than can be judged in reasonable time. */
static bool match(struct run *run, const struct index *index)
{
	struct inventory *inventory = run->inventory;
	uint64_t budget = pairs_budget(inventory);

	for (size_t s = 0; s < inventory->services.n; s++) {
		struct service *service = &inventory->services.items[s];
		struct {
			size_t *items;
			size_t n, cap;
		} found = { 0 };
		uint64_t cost = (1 + service->ports_n) * (1 + service->ports_n / 8);

		if (!service->selector_n || service->external)
			continue;
		for (size_t entry = rarest(index, service); entry; entry = index->entries[entry - 1].next) {
			size_t workload = index->entries[entry - 1].workload;
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
		service->selected = found.n ? ARENA_ARRAY(run->arena, size_t, found.n) : NULL;
		/* Chains run backwards; people read forwards. */
		for (size_t i = 0; i < found.n; i++)
			service->selected[i] = found.items[found.n - 1 - i];
		service->selected_n = found.n;
		free(found.items);
		if (inventory->duplicates)
			keep_nearest(run, service);
	}
	return true;
}

static void match_none(struct inventory *inventory)
{
	const struct str why = STR("the input holds too many Services and workloads that belong together; fix it "
				   "in parts");

	for (size_t s = 0; s < inventory->services.n; s++)
		inventory->services.items[s].selected_n = 0;
	for (size_t i = 0; i < inventory->workloads.n; i++)
		plan_refuse_ports(&inventory->workloads.items[i], why);
}

void plan_match(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct index index;

	inventory->duplicates = find_duplicates(inventory);
	sort_labels(inventory);
	index_build(&index, inventory);
	if (!match(run, &index))
		match_none(inventory);
	index_free(&index);
}
