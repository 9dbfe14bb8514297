/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plan
 *
 * The only step that sees more than one document. A port moves only if everything that names it moves with it: the
 * pod itself, every Service that selects it, and every other workload behind those Services. So reasons against a
 * move spread: a workload that must stay keeps its Services, and they keep the other workloads. That is repeated
 * until nothing changes; in practice twice.
 *
 * Services find workloads through a hash of (namespace, label), never by comparing all with all: by the rarest label
 * of their selector, and with a bound on the pairs in all, beyond which no port moves.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/inventory.h"

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

/* How near two objects are: 0 the same file, else the number of folders to climb from @a to one that holds @b. */
static unsigned distance(const struct where *a, const struct where *b)
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

		ids[n++] = (struct identity){ identity_hash(workload->kind, workload->namespace, workload->name),
					      &workload->where };
	}
	for (size_t i = 0; i < inventory->services.n; i++) {
		const struct service *service = &inventory->services.items[i];

		ids[n++] = (struct identity){ identity_hash(STR("Service"), service->namespace, service->name),
					      &service->where };
	}
	qsort(ids, n, sizeof(*ids), by_hash);
	for (size_t i = 1; i < n && !found; i++)
		found = ids[i].hash == ids[i - 1].hash;
	free(ids);
	return found;
}

/* ---- matching ---- */

static void refuse_port(struct inventory_port *port, struct str why)
{
	if (!port->refused)
		port->why_not = why;
	port->refused = true;
}

static struct inventory_port *find_port(struct workload *workload, enum port_protocol protocol, int64_t number)
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

static struct inventory_port *served_port(struct workload *workload, const struct service_port *port)
{
	return port->kind == TARGET_NAME ? find_named(workload, port->name)
					 : find_port(workload, port->protocol, port->number);
}

static int by_identity(const void *a, const void *b)
{
	const struct workload *x = *(struct workload *const *)a, *y = *(struct workload *const *)b;
	int order = str_cmp(x->name, y->name);

	return order ? order : str_cmp(x->kind, y->kind);
}

static void refuse_ports(struct workload *workload, struct str why)
{
	for (size_t i = 0; i < workload->ports.n; i++)
		refuse_port(&workload->ports.items[i], why);
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
		refuse_ports(all[i - 1], why);
		refuse_ports(all[i], why);
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
		unsigned d = distance(&service->where, &workload->where);

		least = d < least ? d : least;
	}
	for (size_t i = 0; i < service->selected_n; i++) {
		struct workload *workload = &inventory->workloads.items[service->selected[i]];

		if (distance(&service->where, &workload->where) == least)
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
		refuse_ports(&inventory->workloads.items[i], why);
}

/* ---- ports that only a Service knows ---- */

static void learn_ports(struct run *run)
{
	struct inventory *inventory = run->inventory;

	for (size_t s = 0; s < inventory->services.n; s++) {
		struct service *service = &inventory->services.items[s];

		for (size_t p = 0; p < service->ports_n; p++) {
			struct service_port *port = &service->ports[p];

			if (port->kind == TARGET_NAME || port->number <= 0 || port->number >= PORT_FIRST_FREE)
				continue;
			for (size_t i = 0; i < service->selected_n; i++) {
				struct workload *workload = &inventory->workloads.items[service->selected[i]];
				struct inventory_port learnt = {
					.protocol = port->protocol,
					.port = (uint16_t)port->number,
					.target = port_map_target(&run->options.fix.port_map, (uint16_t)port->number),
					.by_service = true,
				};

				if (find_port(workload, port->protocol, port->number))
					continue;
				for (size_t k = 0; k < workload->declared_n; k++)
					if (workload->declared[k] == learnt.target)
						learnt.why_not = str_fmt(run->arena,
									 "port %u is taken; --port-map %u:PORT names "
									 "another",
									 learnt.target, learnt.port);
				VEC_PUSH(&workload->ports, learnt);
			}
		}
	}
}

/* ---- reasons against a move ---- */

/* For each low port the first pins that hold it: of any namespace, of those that lie in none, and by namespace. */
struct pin_index {
	size_t any[PORT_FIRST_FREE], everywhere[PORT_FIRST_FREE]; /* index + 1 */
	struct pin_slot {
		struct str namespace;
		uint16_t port;
		size_t pin; /* index + 1 */
	} *slots;
	size_t mask;
};

static bool holds_port(const struct pin *pin, unsigned port)
{
	return pin->ports[port / 64] & (uint64_t)1 << (port % 64);
}

static struct pin_slot *pin_slot(const struct pin_index *index, struct str namespace, uint16_t port)
{
	size_t at = (str_hash(namespace) * 31 + port) * 0x9e3779b97f4a7c15u >> 20 & index->mask;

	while (index->slots[at].pin &&
	       (index->slots[at].port != port || !str_eq(index->slots[at].namespace, namespace)))
		at = (at + 1) & index->mask;
	return &index->slots[at];
}

static void index_pin(struct pin_index *index, const struct pin *pin, size_t number, uint16_t port)
{
	struct pin_slot *slot;

	if (!index->any[port])
		index->any[port] = number;
	if (pin->cluster || !pin->namespace.n) {
		if (!index->everywhere[port])
			index->everywhere[port] = number;
		return;
	}
	slot = pin_slot(index, pin->namespace, port);
	if (!slot->pin)
		*slot = (struct pin_slot){ pin->namespace, port, number };
}

static struct pin_index *pin_index_make(const struct inventory *inventory)
{
	struct pin_index *index = memset(xmalloc(sizeof(*index)), 0, sizeof(*index));
	size_t held = 0, size = 64;

	for (size_t i = 0; i < inventory->pins.n; i++)
		for (size_t k = 0; k < PORT_FIRST_FREE / 64; k++)
			held += (size_t)__builtin_popcountll(inventory->pins.items[i].ports[k]);
	while (size < held * 2)
		size *= 2;
	index->mask = size - 1;
	index->slots = memset(xrealloc_array(NULL, size, sizeof(*index->slots)), 0, size * sizeof(*index->slots));
	for (size_t i = 0; i < inventory->pins.n; i++)
		for (uint16_t port = 1; port < PORT_FIRST_FREE; port++)
			if (holds_port(&inventory->pins.items[i], port))
				index_pin(index, &inventory->pins.items[i], i + 1, port);
	return index;
}

static void pin_index_free(struct pin_index *index)
{
	free(index->slots);
	free(index);
}

static void refuse_by_pins(struct run *run, const struct pin_index *index, struct workload *workload,
			   struct inventory_port *port)
{
	size_t found = index->any[port->port];

	if (workload->namespace.n && found) {
		size_t near = pin_slot(index, workload->namespace, port->port)->pin;

		found = index->everywhere[port->port];
		if (near && (!found || near < found))
			found = near;
	}
	if (found && !port->refused) {
		const struct pin *pin = &run->inventory->pins.items[found - 1];

		refuse_port(port, str_fmt(run->arena, "%.*s/%.*s may name it, and is not moved along yet",
					  STR_ARG(pin->kind), STR_ARG(pin->name)));
	}
}

/* Whether the number is one of another protocol too, by whatever names it: a probe, a Service. */
static bool shares_number(const struct workload *workload, const struct inventory_port *port)
{
	for (size_t i = 0; i < workload->ports.n; i++)
		if (workload->ports.items[i].port == port->port && workload->ports.items[i].protocol != port->protocol)
			return true;
	return false;
}

static void judge_port(struct run *run, const struct pin_index *pins, struct workload *workload,
		       struct inventory_port *port)
{
	const struct fix_config *config = &run->options.fix;

	if (workload->blocked.n)
		refuse_port(port, workload->blocked);
	else if (workload->windows)
		refuse_port(port, STR("on Windows every user may open every port"));
	else if (workload->keeps_ports)
		refuse_port(port, STR("ports were not asked for"));
	else if (config->low_ports == LOW_PORTS_SYSCTL || config->low_ports == LOW_PORTS_KEEP)
		refuse_port(port, STR("--low-ports asks for it"));
	else if (port->why_not.n)
		refuse_port(port, port->why_not);
	else if (shares_number(workload, port))
		refuse_port(port, STR("TCP and UDP share the number, and a setting moves both"));
	else if (port->stays_root)
		refuse_port(port, STR("its container is left as root"));
	else if (config->safe_only)
		refuse_port(port, STR("a move has a caveat, and --safe-only leaves those"));
	if (port->refused || config->low_ports == LOW_PORTS_MOVE)
		return;
	if (!port->listener)
		refuse_port(port, port->by_service
					  ? str_fmt(run->arena,
						    "only a Service says that the pod listens there; where its program "
						    "can listen on %u: --low-ports=move",
						    port->target)
					  : str_fmt(run->arena,
						    "nothing here says how image %.*s is told to listen elsewhere; "
						    "when it listens on %u: --low-ports=move",
						    STR_ARG(port->image), port->target));
	else if (workload->by_name)
		refuse_port(port,
			    STR("a StatefulSet's pods are reached by their own names, where no Service translates "
				"the port"));
	refuse_by_pins(run, pins, workload, port);
}

enum { SERVICES_NAMED = 4 };

static void name_service(struct run *run, struct inventory_port *served, const struct service *service, bool number)
{
	if (served->services_n++ >= SERVICES_NAMED)
		return;
	served->services = str_fmt(run->arena, "%.*s%sService/%.*s%s", STR_ARG(served->services),
				   served->services.n ? ", " : "", STR_ARG(service->name), number ? " targetPort" : "");
}

static void judge_service(struct run *run, struct service *service, struct service_port *port, size_t selected)
{
	struct workload *workload = &run->inventory->workloads.items[service->selected[selected]];
	struct inventory_port *served = served_port(workload, port);
	bool forced = run->options.fix.low_ports == LOW_PORTS_MOVE;

	/* What leads to the new port already leads to another program. */
	for (size_t i = 0; port->kind != TARGET_NAME && i < workload->ports.n; i++) {
		struct inventory_port *moves = &workload->ports.items[i];

		if (moves->target == port->number && moves->protocol == port->protocol)
			refuse_port(moves, str_fmt(run->arena,
						   "Service/%.*s leads to port %u already; --port-map %u:PORT names "
						   "another",
						   STR_ARG(service->name), moves->target, moves->port));
	}
	if (!served)
		return;
	served->served = true;
	name_service(run, served, service, port->kind != TARGET_NAME);
	if (service->headless && !forced)
		refuse_port(served,
			    str_fmt(run->arena, "Service/%.*s is headless: its clients connect to the pod's own port",
				    STR_ARG(service->name)));
	if (port->why_not.n && port->kind != TARGET_NAME)
		refuse_port(served,
			    str_fmt(run->arena, "Service/%.*s: %.*s", STR_ARG(service->name), STR_ARG(port->why_not)));
}

static void judge(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct pin_index *pins = pin_index_make(inventory);

	for (size_t i = 0; i < inventory->workloads.n; i++)
		for (size_t k = 0; k < inventory->workloads.items[i].ports.n; k++)
			judge_port(run, pins, &inventory->workloads.items[i],
				   &inventory->workloads.items[i].ports.items[k]);
	pin_index_free(pins);
	for (size_t s = 0; s < inventory->services.n; s++)
		for (size_t p = 0; p < inventory->services.items[s].ports_n; p++)
			for (size_t i = 0; i < inventory->services.items[s].selected_n; i++)
				judge_service(run, &inventory->services.items[s],
					      &inventory->services.items[s].ports[p], i);
	if (run->options.fix.low_ports == LOW_PORTS_MOVE)
		return;
	for (size_t i = 0; i < inventory->workloads.n; i++) {
		struct workload *workload = &inventory->workloads.items[i];

		for (size_t k = 0; k < workload->ports.n; k++)
			if (!workload->ports.items[k].served)
				refuse_port(&workload->ports.items[k],
					    STR("no Service of the input leads to it, so who calls it is not known; give "
						"its Service's file too"));
	}
}

/* One Service's number serves all its workloads: one that stays keeps the others. Returns whether any was taken out. */
static bool spread(struct run *run, struct service *service, struct service_port *port)
{
	struct inventory *inventory = run->inventory;
	struct workload *stays = NULL;
	bool changed = false;

	if (port->kind == TARGET_NAME || port->settled)
		return false;
	for (size_t i = 0; i < service->selected_n; i++) {
		struct workload *workload = &inventory->workloads.items[service->selected[i]];
		struct inventory_port *served = served_port(workload, port);

		if (served && served->refused)
			stays = workload;
	}
	port->settled = stays != NULL;
	for (size_t i = 0; stays && i < service->selected_n; i++) {
		struct workload *workload = &inventory->workloads.items[service->selected[i]];
		struct inventory_port *served = served_port(workload, port);

		if (!served || served->refused)
			continue;
		refuse_port(served, str_fmt(run->arena, "Service/%.*s leads to %.*s/%.*s too, whose port stays",
					    STR_ARG(service->name), STR_ARG(stays->kind), STR_ARG(stays->name)));
		changed = true;
	}
	return changed;
}

/* For each workload the Services that select it: those of workload i are services[starts[i]] to services[starts[i+1]]. */
struct behind {
	size_t *starts, *services;
};

static struct behind behind_make(const struct inventory *inventory)
{
	size_t all = 0, n = inventory->workloads.n;
	struct behind behind = { .starts = xrealloc_array(NULL, n + 2, sizeof(size_t)) };

	memset(behind.starts, 0, (n + 2) * sizeof(size_t));
	for (size_t s = 0; s < inventory->services.n; s++) {
		all += inventory->services.items[s].selected_n;
		for (size_t i = 0; i < inventory->services.items[s].selected_n; i++)
			behind.starts[inventory->services.items[s].selected[i] + 2]++;
	}
	for (size_t i = 2; i < n + 2; i++)
		behind.starts[i] += behind.starts[i - 1];
	behind.services = xrealloc_array(NULL, all + 1, sizeof(size_t));
	for (size_t s = 0; s < inventory->services.n; s++)
		for (size_t i = 0; i < inventory->services.items[s].selected_n; i++)
			behind.services[behind.starts[inventory->services.items[s].selected[i] + 1]++] = s;
	return behind;
}

/* Services wait in a queue until nothing that they lead to was refused since they were looked at. */
static void spread_all(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct behind behind = behind_make(inventory);
	size_t n = inventory->services.n, head = 0, waiting = n;
	size_t *queue = xrealloc_array(NULL, n + 1, sizeof(size_t));
	bool *waits = memset(xmalloc(n + 1), 1, n + 1);

	for (size_t s = 0; s < n; s++)
		queue[s] = s;
	while (waiting) {
		size_t s = queue[head];
		struct service *service = &inventory->services.items[s];
		bool changed = false;

		head = (head + 1) % n;
		waiting--;
		waits[s] = false;
		for (size_t p = 0; p < service->ports_n; p++)
			changed |= spread(run, service, &service->ports[p]);
		for (size_t i = 0; changed && i < service->selected_n; i++) {
			size_t workload = service->selected[i];

			for (size_t k = behind.starts[workload]; k < behind.starts[workload + 1]; k++) {
				size_t other = behind.services[k];

				if (waits[other])
					continue;
				waits[other] = true;
				queue[(head + waiting++) % n] = other;
			}
		}
	}
	free(queue);
	free(waits);
	free(behind.starts);
	free(behind.services);
}

/* ---- the decisions ---- */

/* The name that every selected workload gives to the port, if they agree: a name leaves no gap in a roll-out. */
static struct str common_name(struct run *run, struct service *service, struct service_port *port)
{
	struct str name = STR_NONE;

	for (size_t i = 0; i < service->selected_n; i++) {
		struct workload *workload = &run->inventory->workloads.items[service->selected[i]];
		struct inventory_port *served = served_port(workload, port);

		if (!served || !served->name.n || (name.n && !str_eq(name, served->name)))
			return STR_NONE;
		name = served->name;
	}
	return name;
}

static void move_service(struct run *run, struct service *service, struct service_port *port)
{
	struct inventory_port *moved = NULL;

	for (size_t i = 0; i < service->selected_n; i++) {
		struct workload *workload = &run->inventory->workloads.items[service->selected[i]];
		struct inventory_port *served = served_port(workload, port);

		if (served && !served->refused)
			moved = served;
	}
	if (!moved || port->kind == TARGET_NAME)
		return;
	port->moves = true;
	port->target = moved->target;
	port->target_name = common_name(run, service, port);
	for (size_t i = 0; !port->target_name.n && i < service->selected_n; i++) {
		struct inventory_port *served =
			served_port(&run->inventory->workloads.items[service->selected[i]], port);

		if (served)
			served->number_used = true;
	}
}

static struct port_decision decide(struct run *run, struct workload *workload, struct inventory_port *port)
{
	struct port_decision decision = {
		.protocol = port->protocol,
		.port = port->port,
		.target = port->target,
		.services = port->services,
		.number_used = port->number_used,
		.blind = !port->listener,
		.reason = port->why_not,
	};

	if (port->services_n > SERVICES_NAMED)
		decision.services = str_fmt(run->arena, "%.*s and %zu more", STR_ARG(port->services),
					    port->services_n - SERVICES_NAMED);
	if (workload->blocked.n) {
		decision.action = PORT_LEAVE;
		decision.reason = workload->blocked;
	} else if (run->options.fix.low_ports == LOW_PORTS_KEEP) {
		decision.action = PORT_KEEP;
	} else {
		decision.action = port->refused ? PORT_SYSCTL : PORT_MOVE;
	}
	return decision;
}

static void conclude(struct run *run, struct workload *workload)
{
	workload->plan.items = ARENA_ARRAY(run->arena, struct port_decision, workload->ports.n + 1);
	workload->plan.n = 0;
	for (size_t i = 0; i < workload->ports.n; i++) {
		struct inventory_port *port = &workload->ports.items[i];

		if (!port->stays_root && !workload->windows)
			workload->plan.items[workload->plan.n++] = decide(run, workload, port);
	}
}

/* From the judgements to the decisions; may be repeated after more ports were refused. */
static void settle(struct run *run)
{
	struct inventory *inventory = run->inventory;

	spread_all(run);
	for (size_t s = 0; s < inventory->services.n; s++) {
		for (size_t p = 0; p < inventory->services.items[s].ports_n; p++) {
			inventory->services.items[s].ports[p].moves = false;
			move_service(run, &inventory->services.items[s], &inventory->services.items[s].ports[p]);
		}
	}
	for (size_t i = 0; i < inventory->workloads.n; i++)
		conclude(run, &inventory->workloads.items[i]);
}

void plan_make(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct index index;

	inventory->duplicates = find_duplicates(inventory);
	sort_labels(inventory);
	index_build(&index, inventory);
	if (!match(run, &index))
		match_none(inventory);
	index_free(&index);
	learn_ports(run);
	judge(run);
	settle(run);
}

bool plan_drop(struct run *run, const struct document *document)
{
	static const struct str why = { "an edit that belongs to the move did not pass its own proof", 59 };
	struct inventory *inventory = run->inventory;
	bool dropped = false;

	for (size_t i = 0; i < document->workloads_n; i++) {
		struct workload *workload = &inventory->workloads.items[document->workload + i];

		for (size_t k = 0; k < workload->ports.n; k++) {
			dropped |= !workload->ports.items[k].refused;
			refuse_port(&workload->ports.items[k], why);
		}
	}
	for (size_t i = 0; i < document->services_n; i++) {
		struct service *service = &inventory->services.items[document->service + i];

		for (size_t p = 0; p < service->ports_n; p++) {
			for (size_t k = 0; k < service->selected_n; k++) {
				struct inventory_port *served =
					served_port(&inventory->workloads.items[service->selected[k]],
						    &service->ports[p]);

				dropped |= served && !served->refused;
				if (served)
					refuse_port(served, why);
			}
		}
	}
	if (dropped)
		settle(run);
	return dropped;
}
