/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plan
 *
 * The only step that sees more than one document. A port moves only if everything that names it moves with it: the
 * pod itself, every Service that selects it, and every other workload behind those Services. So reasons against a
 * move spread: a workload that must stay keeps its Services, and they keep the other workloads. That is repeated
 * until nothing changes; in practice twice.
 *
 * Which Services lead to which workloads is plan_match.c's, what else names their ports plan_pins.c's.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/harden.h"
#include "engine/homes.h"
#include "engine/levels.h"
#include "engine/objects.h"
#include "engine/plan.h"
#include "fixers/skip.h"
#include "kube/listeners.h"

/* ---- ports that only a Service knows ---- */

/*
 * What in the pod is in the way of a port that it does not name as one: the Service would move alone. Only asked where
 * such a port moves at all.
 */
static void look_into_pod(struct run *run, const struct workload *workload, struct inventory_port *port)
{
	struct document *document = &workload->where.source->documents.items[workload->where.document];
	struct port_sites sites;
	struct object_view *view;

	if (plan_config_of(workload)->low_ports != LOW_PORTS_MOVE || port->why_not.n)
		return;
	arena_reset(run->scratch);
	if (!document_take_tree(run, workload->where.source, document))
		return;
	objects_read(&run->tree, run->scratch, &workload->where.source->options->own, &run->objects);
	view = &run->objects.items[workload->where.object];
	view->pod.assume_dotnet = workload->where.source->options->fix.framework == FRAMEWORK_DOTNET;
	port_sites_find(&view->pod, run->scratch, port->protocol, port->port, port->target, &sites);
	port->why_not = str_copy(run->arena, sites.why_not);
	port_sites_free(&sites);
}

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
					.target = port_map_target(&plan_config_of(workload)->port_map,
								  (uint16_t)port->number),
					.owner = -1,
					.by_service = true,
				};

				if (plan_find_port(workload, port->protocol, port->number))
					continue;
				for (size_t k = 0; k < workload->declared_n; k++)
					if (workload->declared[k] == learnt.target)
						learnt.why_not = str_fmt(run->arena,
									 "port %u is taken; --port-map %u:PORT names "
									 "another",
									 learnt.target, learnt.port);
				look_into_pod(run, workload, &learnt);
				VEC_PUSH(&workload->ports, learnt);
			}
		}
	}
}

/* ---- reasons against a move ---- */

/* Whether the number is one of another protocol too, by whatever names it: a probe, a Service. */
static bool shares_number(const struct workload *workload, const struct inventory_port *port)
{
	for (size_t i = 0; i < workload->ports.n; i++)
		if (workload->ports.items[i].port == port->port && workload->ports.items[i].protocol != port->protocol)
			return true;
	return false;
}

/* Whose sidecar takes the port where it would go; who names the target with --port-map knows better. */
static const char *reserved_by(const struct port_map *map, const struct inventory_port *port)
{
	for (size_t i = 0; i < map->n; i++)
		if (map->items[i].from == port->port)
			return NULL;
	return port_reserved_by(port->target);
}

/* A mounted ConfigMap that may tell the program; empty for none. */
static struct str mounted_by(const struct workload *workload, const struct inventory_port *port)
{
	for (uint32_t i = 0; i < workload->mounts_n; i++)
		if (!workload->mounts[i].known && (port->owner < 0 || port->owner == workload->mounts[i].container))
			return workload->mounts[i].name;
	return STR_NONE;
}

/* Why nobody knows whether the program would follow. */
static struct str why_unknown(struct run *run, const struct workload *workload, const struct inventory_port *port)
{
	struct str config = mounted_by(workload, port);

	if (config.n)
		return str_fmt(run->arena,
			       "nothing that we read of ConfigMap/%.*s, which it mounts, says what it listens on; where "
			       "it listens on %u: --low-ports=move",
			       STR_ARG(config), port->target);
	if (port->by_service)
		return str_fmt(run->arena,
			       "only a Service says that the pod listens there; where its program can listen on %u: "
			       "--low-ports=move",
			       port->target);
	return str_fmt(run->arena,
		       "nothing here says how image %.*s is told to listen elsewhere; when it listens on %u: "
		       "--low-ports=move",
		       STR_ARG(port->image), port->target);
}

/* An input that could not be read, and that may belong to the workloads of @source; empty for none. */
static struct str unread_beside(const struct run *run, const struct source *source)
{
	struct str folder = str_folder(str_of(source->path));

	for (size_t i = 0; i < run->unread.n; i++)
		if (run->unread.items[i].named || str_eq(str_folder(run->unread.items[i].path), folder))
			return run->unread.items[i].path;
	return STR_NONE;
}

static void judge_port(struct run *run, const struct plan_pins *pins, struct str unread, struct workload *workload,
		       struct inventory_port *port)
{
	const struct fix_config *config = plan_config_of(workload);
	const char *mesh = reserved_by(&config->port_map, port);

	if (plan_is_blocked(workload))
		plan_refuse_port(port, plan_why_blocked(workload));
	else if (workload->windows)
		plan_refuse_port(port, STR("on Windows every user may open every port"));
	else if (workload->keeps_ports)
		plan_refuse_port(port, STR("ports were not asked for"));
	else if (port->skipped)
		plan_refuse_port(port, STR("its container skips unprivileged-ports (" SKIP_ANNOTATION ")"));
	else if (config->low_ports == LOW_PORTS_SYSCTL || config->low_ports == LOW_PORTS_KEEP)
		plan_refuse_port(port, STR("--low-ports asks for it"));
	else if (port->why_not.n)
		plan_refuse_port(port, port->why_not);
	else if (shares_number(workload, port))
		plan_refuse_port(port, STR("TCP and UDP share the number, and a setting moves both"));
	else if (port->stays_root)
		plan_refuse_port(port, STR("its container is left as root"));
	else if (unread.n && config->low_ports != LOW_PORTS_MOVE)
		plan_refuse_port(port, str_fmt(run->arena,
					       "%.*s could not be read, and may name it; --low-ports=move moves it all "
					       "the same",
					       STR_ARG(unread)));
	else if (mesh)
		plan_refuse_port(port, str_fmt(run->arena, "port %u is kept for %s; --port-map %u:PORT names another",
					       port->target, mesh, port->port));
	else if (config->safe_only)
		plan_refuse_port(port, STR("a move has a caveat, and --safe-only leaves those"));
	if (port->refused || config->low_ports == LOW_PORTS_MOVE)
		return;
	if (!port->listener)
		plan_refuse_port(port, port->doubt.n ? port->doubt : why_unknown(run, workload, port));
	else if (port->beside)
		plan_refuse_port(port, str_fmt(run->arena, "%s may mean it; --low-ports=move moves all but that",
					       port->beside));
	else if (workload->by_name)
		plan_refuse_port(port,
				 STR("a StatefulSet's pods are reached by their own names, where no Service translates "
				     "the port"));
	plan_refuse_by_pins(run, pins, workload, port);
}

static void judge_service(struct run *run, struct service *service, struct service_port *port, size_t selected)
{
	struct workload *workload = &run->inventory->workloads.items[service->selected[selected]];
	struct inventory_port *served = plan_served_port(workload, port);
	bool forced = plan_config_of(workload)->low_ports == LOW_PORTS_MOVE;

	/* What leads to the new port already leads to another program. */
	for (size_t i = 0; port->kind != TARGET_NAME && i < workload->ports.n; i++) {
		struct inventory_port *moves = &workload->ports.items[i];

		if (moves->target == port->number && moves->protocol == port->protocol)
			plan_refuse_port(moves,
					 str_fmt(run->arena,
						 "Service/%.*s leads to port %u already; --port-map %u:PORT names "
						 "another",
						 STR_ARG(service->name), moves->target, moves->port));
	}
	if (!served)
		return;
	served->served = true;
	plan_note_mover(served, (size_t)(service - run->inventory->services.items));
	if (service->headless && !forced)
		plan_refuse_port(served, str_fmt(run->arena,
						 "Service/%.*s is headless: its clients connect to the pod's own port",
						 STR_ARG(service->name)));
	if (port->why_not.n && port->kind != TARGET_NAME)
		plan_refuse_port(served, str_fmt(run->arena, "Service/%.*s: %.*s", STR_ARG(service->name),
						 STR_ARG(port->why_not)));
}

/*
 * Files may map a port differently, each its own. A Service that leads to both of them can follow only one, so that
 * neither moves.
 */
static void refuse_parting(struct run *run, struct service *service, struct service_port *port)
{
	const struct inventory_port *first = NULL;
	bool parts = false;

	for (size_t i = 0; port->kind != TARGET_NAME && i < service->selected_n; i++) {
		const struct inventory_port *served =
			plan_served_port(&run->inventory->workloads.items[service->selected[i]], port);

		first = first ? first : served;
		parts |= served && served->target != first->target;
	}
	for (size_t i = 0; parts && i < service->selected_n; i++) {
		struct inventory_port *served =
			plan_served_port(&run->inventory->workloads.items[service->selected[i]], port);

		if (served)
			plan_refuse_port(served,
					 str_fmt(run->arena,
						 "the workloads of Service/%.*s would move it to different ports",
						 STR_ARG(service->name)));
	}
}

/* Of two ports of a pod that would move to the same number, the first one does. */
static void refuse_collisions(struct run *run, struct workload *workload)
{
	for (size_t i = 0; i < workload->ports.n; i++) {
		struct inventory_port *port = &workload->ports.items[i];

		for (size_t k = 0; k < i; k++) {
			struct inventory_port *other = &workload->ports.items[k];

			if (!other->refused && other->protocol == port->protocol && other->target == port->target)
				plan_refuse_port(port, str_fmt(run->arena,
							       "port %u moves to %u already; --port-map %u:PORT names "
							       "another",
							       other->port, other->target, port->port));
		}
	}
}

static void judge(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct plan_pins *pins = plan_pins_make(inventory);
	struct str unread = STR_NONE;

	for (size_t i = 0; i < inventory->workloads.n; i++) {
		struct workload *workload = &inventory->workloads.items[i];

		/* Those of one source stand together. */
		if (!i || workload[-1].where.source != workload->where.source)
			unread = unread_beside(run, workload->where.source);
		for (size_t k = 0; k < workload->ports.n; k++)
			judge_port(run, pins, unread, workload, &workload->ports.items[k]);
	}
	plan_pins_free(pins);
	for (size_t s = 0; s < inventory->services.n; s++) {
		struct service *service = &inventory->services.items[s];

		for (size_t p = 0; p < service->ports_n; p++) {
			for (size_t i = 0; i < service->selected_n; i++)
				judge_service(run, service, &service->ports[p], i);
			refuse_parting(run, service, &service->ports[p]);
		}
	}
	plan_judge_references(run);
	for (size_t i = 0; i < inventory->workloads.n; i++)
		refuse_collisions(run, &inventory->workloads.items[i]);
	for (size_t i = 0; i < inventory->workloads.n; i++) {
		struct workload *workload = &inventory->workloads.items[i];
		bool forced = plan_config_of(workload)->low_ports == LOW_PORTS_MOVE;

		for (size_t k = 0; k < workload->ports.n && !forced; k++)
			if (!workload->ports.items[k].served)
				plan_refuse_port(&workload->ports.items[k],
						 workload->where.source->live
							 ? STR("no Service leads to it, so who calls it is not known")
							 : STR("no Service of the input leads to it, so who calls it is not "
							       "known; give its Service's file too"));
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
		struct inventory_port *served = plan_served_port(workload, port);

		if (served && served->refused)
			stays = workload;
	}
	port->settled = stays != NULL;
	for (size_t i = 0; stays && i < service->selected_n; i++) {
		struct workload *workload = &inventory->workloads.items[service->selected[i]];
		struct inventory_port *served = plan_served_port(workload, port);

		if (!served || served->refused)
			continue;
		plan_refuse_port(served, str_fmt(run->arena, "Service/%.*s leads to %.*s/%.*s too, whose port stays",
						 STR_ARG(service->name), STR_ARG(stays->kind), STR_ARG(stays->name)));
		changed = true;
	}
	return changed;
}

/* ---- what moves together ---- */

/* Whom a tie moves with all together or not at all: not those that allow the new port beside the old one. */
static const uint32_t *tied(const struct inventory *inventory, size_t tie, uint32_t *ret_n)
{
	const struct where *where;
	const uint32_t *selected = inventory_tie(inventory, tie, &where, ret_n);
	size_t reference = tie - inventory->services.n;

	if (tie >= inventory->services.n && reference < inventory->references.n &&
	    inventory->references.items[reference].row->deed != DEED_MOVE)
		*ret_n = 0;
	return selected;
}

static bool spread_tie(struct run *run, size_t tie)
{
	struct inventory *inventory = run->inventory;
	struct service *service;
	bool changed = false;

	if (tie >= inventory->services.n + inventory->references.n)
		return plan_spread_files(run,
					 &inventory->files.items[tie - inventory->services.n - inventory->references.n]);
	if (tie >= inventory->services.n)
		return plan_spread_reference(run, &inventory->references.items[tie - inventory->services.n]);
	service = &inventory->services.items[tie];
	for (size_t p = 0; p < service->ports_n; p++)
		changed |= spread(run, service, &service->ports[p]);
	return changed;
}

/* For each workload what leads to it: of workload i, ties[starts[i]] to ties[starts[i + 1]]. */
struct behind {
	size_t *starts, *ties;
};

static struct behind behind_make(const struct inventory *inventory)
{
	size_t all = 0, n = inventory->workloads.n, ties = inventory_ties(inventory);
	struct behind behind = { .starts = xrealloc_array(NULL, n + 2, sizeof(size_t)) };
	uint32_t selected_n;

	memset(behind.starts, 0, (n + 2) * sizeof(size_t));
	for (size_t s = 0; s < ties; s++) {
		const uint32_t *selected = tied(inventory, s, &selected_n);

		all += selected_n;
		for (uint32_t i = 0; i < selected_n; i++)
			behind.starts[INVENTORY_ROW(selected[i]) + 2]++;
	}
	for (size_t i = 2; i < n + 2; i++)
		behind.starts[i] += behind.starts[i - 1];
	behind.ties = xrealloc_array(NULL, all + 1, sizeof(size_t));
	for (size_t s = 0; s < ties; s++) {
		const uint32_t *selected = tied(inventory, s, &selected_n);

		for (uint32_t i = 0; i < selected_n; i++)
			behind.ties[behind.starts[INVENTORY_ROW(selected[i]) + 1]++] = s;
	}
	return behind;
}

/* Ties wait in a queue until nothing that they lead to was refused since they were looked at. */
static void spread_all(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct behind behind = behind_make(inventory);
	size_t n = inventory_ties(inventory), head = 0, waiting = n;
	size_t *queue = xrealloc_array(NULL, n + 1, sizeof(size_t));
	bool *waits = memset(xmalloc(n + 1), 1, n + 1);

	for (size_t s = 0; s < n; s++)
		queue[s] = s;
	while (waiting) {
		size_t tie = queue[head];
		uint32_t selected_n;
		const uint32_t *selected = tied(inventory, tie, &selected_n);

		head = (head + 1) % n;
		waiting--;
		waits[tie] = false;
		if (!spread_tie(run, tie))
			continue;
		for (uint32_t i = 0; i < selected_n; i++) {
			size_t workload = INVENTORY_ROW(selected[i]);

			for (size_t k = behind.starts[workload]; k < behind.starts[workload + 1]; k++) {
				size_t other = behind.ties[k];

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
	free(behind.ties);
}

/* ---- the decisions ---- */

/* The name that every selected workload gives to the port, if they agree: a name leaves no gap in a roll-out. */
static struct str common_name(struct run *run, struct service *service, struct service_port *port)
{
	struct str name = STR_NONE;

	for (size_t i = 0; i < service->selected_n; i++) {
		struct workload *workload = &run->inventory->workloads.items[service->selected[i]];
		struct inventory_port *served = plan_served_port(workload, port);

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
		struct inventory_port *served = plan_served_port(workload, port);

		if (served && !served->refused)
			moved = served;
	}
	if (!moved || port->kind == TARGET_NAME)
		return;
	port->moves = true;
	port->target = moved->target;
	port->name = common_name(run, service, port);
}

/* From the judgements to the decisions; may be repeated after more ports were refused. */
static void settle(struct run *run)
{
	struct inventory *inventory = run->inventory;

	do
		spread_all(run);
	while (plan_spread_configs(run));
	plan_move_configs(run);
	for (size_t s = 0; s < inventory->services.n; s++) {
		for (size_t p = 0; p < inventory->services.items[s].ports_n; p++) {
			inventory->services.items[s].ports[p].moves = false;
			move_service(run, &inventory->services.items[s], &inventory->services.items[s].ports[p]);
		}
	}
}

void plan_make(struct run *run)
{
	plan_patches(run);
	plan_groups(run);
	plan_overlays(run);
	plan_homes(run);
	levels_plan(run);
	plan_match(run);
	plan_pin_services(run);
	learn_ports(run);
	plan_configs(run);
	plan_match_references(run);
	plan_match_files(run);
	judge(run);
	settle(run);
}

bool plan_drop(struct run *run, const struct document *document)
{
	struct str why = document->port_denied
				 ? STR("a place that names it shares an anchor with one that stays as it is")
				 : STR("an edit that belongs to the move did not pass its own proof");
	struct inventory *inventory = run->inventory;
	bool dropped = false;

	INVENTORY_EACH(workload, workload, inventory, document, workloads) {
		for (size_t k = 0; k < workload->ports.n; k++) {
			dropped |= !workload->ports.items[k].refused;
			plan_refuse_port(&workload->ports.items[k], why);
		}
	}
	INVENTORY_EACH(service, service, inventory, document, services) {
		for (size_t p = 0; p < service->ports_n; p++) {
			for (size_t k = 0; k < service->selected_n; k++) {
				struct inventory_port *served =
					plan_served_port(&inventory->workloads.items[service->selected[k]],
							 &service->ports[p]);

				dropped |= served && !served->refused;
				if (served)
					plan_refuse_port(served, why);
			}
		}
	}
	INVENTORY_EACH(reference, reference, inventory, document, references)
		dropped |= plan_drop_reference(inventory, reference, why);
	INVENTORY_EACH(config_files, files, inventory, document, files)
		dropped |= plan_drop_files(inventory, files, why);
	INVENTORY_EACH(inventory_config, config, inventory, document, configs)
		dropped |= plan_drop_config(inventory, config, why);
	if (dropped)
		settle(run);
	return dropped;
}
