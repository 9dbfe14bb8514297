/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pins
 *
 * Objects that may name a pod's port and are not moved along (Endpoints, a vendor's health check, a patch of an
 * overlay) keep the ports that they name. They are found by port and namespace.
 */
#include <stdlib.h>

#include "engine/plan.h"

/* For each low port the first pins that hold it: of any namespace, of those that lie in none, and by namespace. */
struct plan_pins {
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

static struct pin_slot *pin_slot(const struct plan_pins *index, struct str namespace, uint16_t port)
{
	size_t at = (str_hash(namespace) * 31 + port) * 0x9e3779b97f4a7c15u >> 20 & index->mask;

	while (index->slots[at].pin &&
	       (index->slots[at].port != port || !str_eq(index->slots[at].namespace, namespace)))
		at = (at + 1) & index->mask;
	return &index->slots[at];
}

static void index_pin(struct plan_pins *index, const struct pin *pin, size_t number, uint16_t port)
{
	bool grouped = pin->group.n > 0;
	struct pin_slot *slot;

	if (!grouped && !index->any[port])
		index->any[port] = number;
	if (!grouped && (pin->cluster || !pin->namespace.n)) {
		if (!index->everywhere[port])
			index->everywhere[port] = number;
		return;
	}
	slot = pin_slot(index, grouped ? pin->group : pin->namespace, port);
	if (!slot->pin)
		*slot = (struct pin_slot){ grouped ? pin->group : pin->namespace, port, number };
}

void plan_pin_services(struct run *run)
{
	struct inventory *inventory = run->inventory;

	for (size_t i = 0; i < inventory->services.n; i++) {
		const struct service *service = &inventory->services.items[i];
		struct pin pin = { .where = service->where, .kind = STR("Service"), .name = service->name };
		bool low = false;

		if (!service->group.n || service->selected_n || !service->selector_n || service->external)
			continue;
		pin.group = service->group;
		for (uint32_t k = 0; k < service->ports_n; k++) {
			int64_t number = service->ports[k].number;

			if (service->ports[k].kind == TARGET_NAME || number <= PIN_ANY || number >= PORT_FIRST_FREE)
				continue;
			pin.ports[number / 64] |= (uint64_t)1 << (number % 64);
			low = true;
		}
		if (low)
			VEC_PUSH(&inventory->pins, pin);
	}
}

struct plan_pins *plan_pins_make(const struct inventory *inventory)
{
	struct plan_pins *index = memset(xmalloc(sizeof(*index)), 0, sizeof(*index));
	size_t held = 0, size = 64;

	for (size_t i = 0; i < inventory->pins.n; i++)
		for (size_t k = 0; k < PORT_FIRST_FREE / 64; k++)
			held += (size_t)__builtin_popcountll(inventory->pins.items[i].ports[k]);
	while (size < held * 2)
		size *= 2;
	index->mask = size - 1;
	index->slots = memset(xrealloc_array(NULL, size, sizeof(*index->slots)), 0, size * sizeof(*index->slots));
	for (size_t i = 0; i < inventory->pins.n; i++)
		for (unsigned port = PIN_ANY; port < PORT_FIRST_FREE; port++)
			if (holds_port(&inventory->pins.items[i], port))
				index_pin(index, &inventory->pins.items[i], i + 1, (uint16_t)port);
	return index;
}

void plan_pins_free(struct plan_pins *index)
{
	free(index->slots);
	free(index);
}

/* The pin that holds @number, a port or PIN_ANY, of the workload: its index + 1; 0 for none. */
static size_t find_pin(const struct plan_pins *index, const struct workload *workload, uint16_t number)
{
	size_t found = index->any[number];

	if (workload->namespace.n && found) {
		size_t near = pin_slot(index, workload->namespace, number)->pin;

		found = index->everywhere[number];
		if (near && (!found || near < found))
			found = near;
	}
	if (!found && workload->group.n)
		found = pin_slot(index, workload->group, number)->pin;
	return found;
}

void plan_refuse_by_pins(struct run *run, const struct plan_pins *index, struct workload *workload,
			 struct inventory_port *port)
{
	size_t found = find_pin(index, workload, port->port);

	if (!found)
		found = find_pin(index, workload, PIN_ANY);
	if (found && !port->refused) {
		const struct pin *pin = &run->inventory->pins.items[found - 1];

		if (pin->why.n) {
			plan_refuse_port(port, pin->why);
			return;
		}
		plan_refuse_port(port, str_fmt(run->arena, "%.*s%s%.*s may name it, and is not moved along",
					       STR_ARG(pin->patch.n ? pin->patch : pin->kind), pin->patch.n ? "" : "/",
					       STR_ARG(pin->name)));
	}
}
