/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration in the plan
 *
 * A program that reads its port from a mounted file follows where that file is a ConfigMap of the input, and the line
 * is one that can be changed. Then the ConfigMap moves with all that mount it, or none of them does. What it says in
 * any other way keeps the port.
 */
#include <stdlib.h>

#include "engine/plan.h"
#include "engine/plan_names.h"
#include "kube/config_files.h"

struct matcher {
	struct run *run;
	struct inventory *inventory;
	struct plan_names names;
	struct plan_rows *rows; /* by ConfigMap: the workloads that mount it, each once */
};

static bool says(const struct config_files *config, uint16_t port, enum config_saying saying)
{
	for (uint32_t i = 0; i < config->ports_n; i++)
		if (config->ports[i].port == port && config->ports[i].saying == saying)
			return true;
	return false;
}

/* The ConfigMap of that name, of several environments the nearest; NULL for none, or several. */
static struct config_files *find_files(struct matcher *matcher, const struct workload *workload, struct str name)
{
	const struct plan_name *found =
		plan_names_nearest(&matcher->names, workload->namespace, name, &workload->where);

	return found ? &matcher->inventory->files.items[found->row] : NULL;
}

static void judge_mount(struct run *run, const struct config_files *config, bool owns, bool forced,
			struct inventory_port *port)
{
	const char *why = NULL;

	if (says(config, port->port, CONFIG_UNCLEAR) && owns && !forced)
		why = "its container mounts it, and it names the port in a way that is not edited";
	else if (says(config, port->port, CONFIG_CALLS) && !forced)
		why = "what mounts it calls the port on localhost";
	else if (says(config, port->port, CONFIG_LISTENS) && !owns && !forced)
		why = "another container mounts it, and it names the port";
	else if (owns && (says(config, port->target, CONFIG_LISTENS) || says(config, port->target, CONFIG_UNCLEAR)))
		why = "it names the port where this one would go; --port-map names another";
	if (why)
		plan_refuse_port(port, str_fmt(run->arena, "ConfigMap/%.*s: %s", STR_ARG(config->name), why));
	if (!says(config, port->port, CONFIG_LISTENS))
		return;
	if (config->why_not.n)
		plan_refuse_port(port, str_fmt(run->arena, "ConfigMap/%.*s: %.*s", STR_ARG(config->name),
					       STR_ARG(config->why_not)));
	port->listener = port->by_file = true;
	plan_note_mover(port, run->inventory->services.n + run->inventory->references.n +
				      (size_t)(config - run->inventory->files.items));
}

static void match_workload(struct matcher *matcher, uint32_t row)
{
	struct workload *workload = &matcher->inventory->workloads.items[row];

	for (uint32_t i = 0; i < workload->mounts_n; i++) {
		struct config_files *config = find_files(matcher, workload, workload->mounts[i].name);
		struct plan_rows *rows = config ? &matcher->rows[config - matcher->inventory->files.items] : NULL;

		if (!config)
			continue;
		workload->mounts[i].known = true;
		if (!rows->n || rows->items[rows->n - 1] != row)
			VEC_PUSH(rows, row);
		for (size_t p = 0; p < workload->ports.n; p++) {
			struct inventory_port *port = &workload->ports.items[p];

			/* Where nobody knows whose the port is, it is whose file says so. */
			if (port->protocol == PROTOCOL_TCP)
				judge_mount(matcher->run, config,
					    port->owner < 0 || port->owner == workload->mounts[i].container,
					    plan_config_of(workload)->low_ports == LOW_PORTS_MOVE, port);
		}
	}
}

void plan_match_files(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct matcher matcher = { .run = run, .inventory = inventory };
	size_t n = inventory->files.n;

	if (!n)
		return;
	matcher.rows = memset(xrealloc_array(NULL, n, sizeof(*matcher.rows)), 0, n * sizeof(*matcher.rows));
	for (size_t i = 0; i < n; i++) {
		const struct config_files *config = &inventory->files.items[i];

		plan_names_add(&matcher.names, config->namespace, config->name, &config->where, (uint32_t)i);
	}
	plan_names_sort(&matcher.names);
	for (size_t i = 0; i < inventory->workloads.n; i++)
		if (!inventory->workloads.items[i].patch)
			match_workload(&matcher, (uint32_t)i);
	for (size_t i = 0; i < n; i++)
		inventory->files.items[i].selected =
			plan_rows_keep(run, &matcher.rows[i], &inventory->files.items[i].selected_n);
	plan_names_free(&matcher.names);
	free(matcher.rows);
}

/* ---- together or not at all ---- */

/* One that mounts it and keeps the port, is not known to have it, or moves it elsewhere. */
static const struct workload *find_staying(const struct inventory *inventory, const struct config_files *config,
					   uint16_t number)
{
	uint16_t target = 0;

	for (uint32_t i = 0; i < config->selected_n; i++) {
		struct workload *workload = &inventory->workloads.items[config->selected[i]];
		const struct inventory_port *port = plan_find_port(workload, PROTOCOL_TCP, number);

		if (!port || port->refused || port->stays_root || (target && port->target != target))
			return workload;
		target = port->target;
	}
	return NULL;
}

static bool refuse_all(struct inventory *inventory, const struct config_files *config, uint16_t number, struct str why)
{
	bool changed = false;

	for (uint32_t i = 0; i < config->selected_n; i++) {
		struct inventory_port *port =
			plan_find_port(&inventory->workloads.items[config->selected[i]], PROTOCOL_TCP, number);

		changed |= port && !port->refused;
		if (port)
			plan_refuse_port(port, why);
	}
	return changed;
}

bool plan_spread_files(struct run *run, const struct config_files *config)
{
	bool changed = false;

	for (uint32_t i = 0; i < config->ports_n; i++) {
		uint16_t number = config->ports[i].port;
		const struct workload *stays =
			config->ports[i].saying == CONFIG_LISTENS ? find_staying(run->inventory, config, number) : NULL;

		if (stays)
			changed |=
				refuse_all(run->inventory, config, number,
					   str_fmt(run->arena,
						   "ConfigMap/%.*s is mounted by %.*s/%.*s too, whose port stays",
						   STR_ARG(config->name), STR_ARG(stays->kind), STR_ARG(stays->name)));
	}
	return changed;
}

bool plan_drop_files(struct inventory *inventory, const struct config_files *config, struct str why)
{
	bool dropped = false;

	for (uint32_t i = 0; i < config->ports_n; i++)
		if (config->ports[i].saying == CONFIG_LISTENS)
			dropped |= refuse_all(inventory, config, config->ports[i].port, why);
	return dropped;
}

uint16_t plan_files_target(const struct run *run, const struct config_files *config, uint16_t port)
{
	if (!config->selected_n || !says(config, port, CONFIG_LISTENS) || find_staying(run->inventory, config, port))
		return 0;
	return plan_find_port(&run->inventory->workloads.items[config->selected[0]], PROTOCOL_TCP, port)->target;
}
