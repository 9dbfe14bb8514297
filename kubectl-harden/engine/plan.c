/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plan
 *
 * The only step that sees more than one document. A port moves only if everything that names it moves with it: the
 * pod itself, every Service that selects it, and every other workload behind those Services. So reasons against a
 * move spread: a workload that must stay keeps its Services, and they keep the other workloads. That is repeated
 * until nothing changes; in practice twice.
 *
 * Services find workloads through a hash of (namespace, label), never by comparing all with all.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/inventory.h"

struct index {
	size_t *slots; /* first entry of a chain + 1 */
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
	index->entries = xrealloc_array(NULL, labels + 1, sizeof(*index->entries));
	index->entries_n = 0;
	for (size_t i = 0; i < inventory->workloads.n; i++) {
		const struct workload *workload = &inventory->workloads.items[i];

		for (size_t k = 0; k < workload->labels_n; k++) {
			size_t slot = label_hash(workload->namespace, &workload->labels[k]) & index->mask;

			index->entries[index->entries_n] = (struct entry){ i, index->slots[slot] };
			index->slots[slot] = ++index->entries_n;
		}
	}
}

static void index_free(struct index *index)
{
	free(index->slots);
	free(index->entries);
}

static bool has_label(const struct workload *workload, const struct label *label)
{
	for (size_t i = 0; i < workload->labels_n; i++)
		if (str_eq(workload->labels[i].key, label->key) && str_eq(workload->labels[i].value, label->value))
			return true;
	return false;
}

static bool selects(const struct service *service, const struct workload *workload)
{
	if (!str_eq(service->namespace, workload->namespace))
		return false;
	for (size_t i = 0; i < service->selector_n; i++)
		if (!has_label(workload, &service->selector[i]))
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
	for (size_t i = 0; i < kept; i++) {
		struct workload *a = &inventory->workloads.items[service->selected[i]];

		for (size_t k = 0; k < i; k++) {
			struct workload *b = &inventory->workloads.items[service->selected[k]];

			if (!str_eq(a->name, b->name) || !str_eq(a->kind, b->kind))
				continue;
			for (size_t p = 0; p < a->ports.n; p++)
				refuse_port(&a->ports.items[p], STR("the same object stands in several files at once; "
								    "fix one environment at a time"));
			for (size_t p = 0; p < b->ports.n; p++)
				refuse_port(&b->ports.items[p], STR("the same object stands in several files at once; "
								    "fix one environment at a time"));
		}
	}
}

static void match(struct run *run, const struct index *index)
{
	struct inventory *inventory = run->inventory;

	for (size_t s = 0; s < inventory->services.n; s++) {
		struct service *service = &inventory->services.items[s];
		struct {
			size_t *items;
			size_t n, cap;
		} found = { 0 };
		size_t entry;

		if (!service->selector_n || service->external)
			continue;
		entry = index->slots[label_hash(service->namespace, &service->selector[0]) & index->mask];
		for (; entry; entry = index->entries[entry - 1].next)
			if (selects(service, &inventory->workloads.items[index->entries[entry - 1].workload]))
				VEC_PUSH(&found, index->entries[entry - 1].workload);
		service->selected = found.n ? ARENA_ARRAY(run->arena, size_t, found.n) : NULL;
		/* Chains run backwards; people read forwards. */
		for (size_t i = 0; i < found.n; i++)
			service->selected[i] = found.items[found.n - 1 - i];
		service->selected_n = found.n;
		free(found.items);
		if (inventory->duplicates)
			keep_nearest(run, service);
	}
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

				if (!find_port(workload, port->protocol, port->number))
					VEC_PUSH(&workload->ports, learnt);
			}
		}
	}
}

/* ---- reasons against a move ---- */

static bool pinned_by(const struct pin *pin, const struct workload *workload, const struct inventory_port *port)
{
	if (!(pin->ports[port->port / 64] & (uint64_t)1 << (port->port % 64)))
		return false;
	return pin->cluster || !pin->namespace.n || !workload->namespace.n || str_eq(pin->namespace, workload->namespace);
}

static void refuse_by_pins(struct run *run, struct workload *workload, struct inventory_port *port)
{
	struct inventory *inventory = run->inventory;

	for (size_t i = 0; i < inventory->pins.n && !port->refused; i++) {
		struct pin *pin = &inventory->pins.items[i];

		if (pinned_by(pin, workload, port))
			refuse_port(port, str_fmt(run->arena, "%.*s/%.*s may name it, and is not moved along yet",
						  STR_ARG(pin->kind), STR_ARG(pin->name)));
	}
}

static void judge_port(struct run *run, struct workload *workload, struct inventory_port *port)
{
	const struct fix_config *config = &run->options.fix;

	if (workload->blocked.n)
		refuse_port(port, workload->blocked);
	else if (workload->keeps_ports)
		refuse_port(port, STR("ports were not asked for"));
	else if (config->low_ports == LOW_PORTS_SYSCTL || config->low_ports == LOW_PORTS_KEEP)
		refuse_port(port, STR("--low-ports asks for it"));
	else if (port->why_not.n)
		refuse_port(port, port->why_not);
	else if (port->stays_root)
		refuse_port(port, STR("its container is left as root"));
	else if (config->safe_only)
		refuse_port(port, STR("a move has a caveat, and --safe-only leaves those"));
	if (port->refused || config->low_ports == LOW_PORTS_MOVE)
		return;
	if (!port->listener)
		refuse_port(port,
			    port->by_service
				    ? str_fmt(run->arena, "only a Service says that the pod listens there; where its program "
							  "can listen on %u: --low-ports=move",
					      port->target)
				    : str_fmt(run->arena, "nothing here says how image %.*s is told to listen elsewhere; "
							  "when it listens on %u: --low-ports=move",
					      STR_ARG(port->image), port->target));
	else if (workload->by_name)
		refuse_port(port, STR("a StatefulSet's pods are reached by their own names, where no Service translates "
				      "the port"));
	refuse_by_pins(run, workload, port);
}

static void judge_service(struct run *run, struct service *service, struct service_port *port, size_t selected)
{
	struct workload *workload = &run->inventory->workloads.items[service->selected[selected]];
	struct inventory_port *served = served_port(workload, port);
	bool forced = run->options.fix.low_ports == LOW_PORTS_MOVE;

	if (!served)
		return;
	served->served = true;
	served->services = served->services.n ? str_fmt(run->arena, "%.*s, Service/%.*s targetPort",
							STR_ARG(served->services), STR_ARG(service->name))
					      : str_fmt(run->arena, "Service/%.*s targetPort", STR_ARG(service->name));
	if (port->kind == TARGET_NAME)
		served->services = str_sub(served->services, 0, served->services.n - STR(" targetPort").n);
	if (service->headless && !forced)
		refuse_port(served, str_fmt(run->arena, "Service/%.*s is headless: its clients connect to the pod's own port",
					    STR_ARG(service->name)));
	if (port->why_not.n && port->kind != TARGET_NAME)
		refuse_port(served, str_fmt(run->arena, "Service/%.*s: %.*s", STR_ARG(service->name),
					    STR_ARG(port->why_not)));
}

static void judge(struct run *run)
{
	struct inventory *inventory = run->inventory;

	for (size_t i = 0; i < inventory->workloads.n; i++)
		for (size_t k = 0; k < inventory->workloads.items[i].ports.n; k++)
			judge_port(run, &inventory->workloads.items[i], &inventory->workloads.items[i].ports.items[k]);
	for (size_t s = 0; s < inventory->services.n; s++)
		for (size_t p = 0; p < inventory->services.items[s].ports_n; p++)
			for (size_t i = 0; i < inventory->services.items[s].selected_n; i++)
				judge_service(run, &inventory->services.items[s], &inventory->services.items[s].ports[p], i);
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

	if (port->kind == TARGET_NAME)
		return false;
	for (size_t i = 0; i < service->selected_n; i++) {
		struct workload *workload = &inventory->workloads.items[service->selected[i]];
		struct inventory_port *served = served_port(workload, port);

		if (served && served->refused)
			stays = workload;
	}
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

static void spread_all(struct run *run)
{
	struct inventory *inventory = run->inventory;

	for (bool changed = true; changed;) {
		changed = false;
		for (size_t s = 0; s < inventory->services.n; s++)
			for (size_t p = 0; p < inventory->services.items[s].ports_n; p++)
				changed |= spread(run, &inventory->services.items[s],
						  &inventory->services.items[s].ports[p]);
	}
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

		if (!port->stays_root)
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
	index_build(&index, inventory);
	match(run, &index);
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
				struct inventory_port *served = served_port(
					&inventory->workloads.items[service->selected[k]], &service->ports[p]);

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
