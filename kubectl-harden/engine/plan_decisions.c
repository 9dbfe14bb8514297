/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions
 *
 * The plan's word on a pod is put together when the pod is edited, from what was judged: kept for all of them it would
 * take more memory than all else.
 */
#include "engine/plan.h"

struct str plan_why_blocked(const struct workload *workload)
{
	if (workload->host_network)
		return STR("the pod uses the node's network (hostNetwork): its ports are the node's, and the sysctl is not "
			   "allowed there; only a person can decide");
	return STR("whether the pod uses the node's network is not known (hostNetwork): there its ports are the node's, and "
		   "the sysctl is not allowed");
}

void plan_note_mover(struct inventory_port *port, size_t tie)
{
	if (port->movers_n < INVENTORY_MOVERS)
		port->movers[port->movers_n] = (uint32_t)tie;
	port->movers_n++;
}

/* Whether the Service leads to the port by its number, so that it is edited, too. */
static bool leads_by_number(struct workload *workload, const struct inventory_port *port, const struct service *service)
{
	for (uint32_t i = 0; i < service->ports_n; i++)
		if (service->ports[i].kind != TARGET_NAME && plan_served_port(workload, &service->ports[i]) == port)
			return true;
	return false;
}

/* "Service/web targetPort, NetworkPolicy/web and 3 more", for people. */
static struct str movers_in_words(const struct run *run, struct workload *workload, const struct inventory_port *port,
				  struct arena *arena)
{
	const struct inventory *inventory = run->inventory;
	struct str words = STR_NONE;

	for (uint32_t i = 0; i < port->movers_n && i < INVENTORY_MOVERS; i++) {
		size_t tie = port->movers[i], references = inventory->services.n;
		size_t configs = references + inventory->references.n;
		struct str name = tie < references ? inventory->services.items[tie].name
				  : tie < configs  ? inventory->references.items[tie - references].name
						   : inventory->files.items[tie - configs].name;
		const char *kind = tie < references ? "Service"
				   : tie < configs  ? inventory->references.items[tie - references].row->kind
						    : "ConfigMap";
		bool edited = tie < references && leads_by_number(workload, port, &inventory->services.items[tie]);

		words = str_fmt(arena, "%.*s%s%s/%.*s%s", STR_ARG(words), words.n ? ", " : "", kind, STR_ARG(name),
				edited ? " targetPort" : "");
	}
	if (port->movers_n > INVENTORY_MOVERS)
		words = str_fmt(arena, "%.*s and %u more", STR_ARG(words), port->movers_n - INVENTORY_MOVERS);
	return words;
}

static struct port_decision decide(const struct run *run, struct workload *workload, const struct inventory_port *port,
				   struct arena *arena)
{
	struct port_decision decision = {
		.protocol = port->protocol,
		.port = port->port,
		.target = port->target,
		.sure = port->by_file,
		.reason = port->why_not,
	};

	if (plan_is_blocked(workload)) {
		decision.action = PORT_LEAVE;
		decision.reason = plan_why_blocked(workload);
	} else if (port->skipped) {
		decision.action = PORT_SKIP;
	} else if (plan_config_of(workload)->low_ports == LOW_PORTS_KEEP) {
		decision.action = PORT_KEEP;
	} else {
		decision.action = port->refused ? PORT_SYSCTL : PORT_MOVE;
	}
	if (decision.action == PORT_MOVE)
		decision.services = movers_in_words(run, workload, port, arena);
	return decision;
}

bool plan_concerns(const struct workload *workload)
{
	for (size_t i = 0; i < workload->ports.n; i++)
		if (!workload->ports.items[i].stays_root && !workload->windows)
			return true;
	return false;
}

struct port_plan plan_decisions(const struct run *run, struct workload *workload, struct arena *arena)
{
	struct port_plan plan = { .items = ARENA_ARRAY(arena, struct port_decision, workload->ports.n + 1) };

	for (size_t i = 0; i < workload->ports.n; i++)
		if (!workload->ports.items[i].stays_root && !workload->windows)
			plan.items[plan.n++] = decide(run, workload, &workload->ports.items[i], arena);
	return plan;
}
