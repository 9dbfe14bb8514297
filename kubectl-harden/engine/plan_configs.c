/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ConfigMaps in the plan
 *
 * When a pod was scanned, the ConfigMaps that it refers to may not have been read. So the ports of pods that refer to
 * any are looked at once more, now that all are known, and those that only a ConfigMap says are found. A value that says
 * the ports of several workloads moves with all of them or with none, as a Service's does.
 */
#include <stdlib.h>

#include "engine/harden.h"
#include "engine/objects.h"
#include "engine/plan.h"
#include "engine/plan_names.h"

/* ---- finding one ---- */

/* A patch may say anything. */
static void index_names(struct inventory *inventory)
{
	inventory->config_names = xmalloc(sizeof(*inventory->config_names));
	*inventory->config_names = (struct plan_names){ 0 };
	for (size_t i = 0; i < inventory->configs.n; i++) {
		const struct inventory_config *config = &inventory->configs.items[i];

		plan_names_add(inventory->config_names, config->map.namespace, config->map.name,
			       config->patch ? NULL : &config->where, (uint32_t)i);
	}
	plan_names_sort(inventory->config_names);
}

static const struct config_map *find(const struct config_lookup *lookup, struct str name)
{
	const struct config_finder *finder = (const struct config_finder *)lookup;
	const struct plan_name *found = plan_names_nearest(finder->inventory->config_names, finder->workload->namespace,
							   name, &finder->workload->where);

	return found ? &finder->inventory->configs.items[found->row].map : NULL;
}

struct config_finder plan_config_finder(const struct inventory *inventory, const struct workload *workload)
{
	return (struct config_finder){ { find }, inventory, workload };
}

/* ---- looking again ---- */

static size_t index_of(const struct inventory *inventory, const struct config_map *map)
{
	const char *item = (const char *)map - offsetof(struct inventory_config, map);

	return (size_t)(item - (const char *)inventory->configs.items) / sizeof(struct inventory_config);
}

static void keep_moves(struct run *run, size_t workload, size_t index, const struct port_sites *sites)
{
	struct inventory *inventory = run->inventory;
	struct inventory_port *port = &inventory->workloads.items[workload].ports.items[index];

	port->configs = ARENA_ARRAY(run->arena, struct config_move, sites->configs.n + 1);
	for (size_t i = 0; i < sites->configs.n; i++) {
		const struct port_config *site = &sites->configs.items[i];
		size_t config = index_of(inventory, site->value.map);
		struct inventory_config *row = &inventory->configs.items[config];

		port->configs[port->configs_n++] =
			(struct config_move){ config, site->value.entry, site->listener, port->port, port->target };
		if (!row->uses.n || row->uses.items[row->uses.n - 1].workload != workload ||
		    row->uses.items[row->uses.n - 1].port != index)
			VEC_PUSH(&row->uses, (struct config_use){ workload, index });
	}
}

/* Records the low ports of the pod that only a ConfigMap says. */
static void learn_ports(struct run *run, struct workload *workload, struct kube_pod *pod)
{
	struct low_port low[LOW_PORTS_MAX];
	size_t n = pod_low_ports(pod, low);
	uint32_t mark = yaml_mark(&run->tree);
	struct findings findings = { 0 };
	struct fix_context fix;

	arena_reset(run->words);
	fix = fix_context_make(run, workload->where.source->options, pod, &findings, workload->where.object);
	for (size_t i = 0; i < n; i++)
		if (!plan_find_port(workload, low[i].protocol, low[i].port))
			inventory_port(run, workload, pod, &fix, &low[i]);
	/* As in the scan: asking for evidence of need may have run fixers. */
	yaml_rollback(&run->tree, mark);
	fix_context_free(&fix);
	free(findings.items);
}

/* What changes nothing in the pod would be nobody's question, and what needs the move would not wait for it. */
static struct str why_only_config(struct run *run, const struct port_sites *sites)
{
	return str_fmt(run->arena,
		       "in the pod nothing names it, only ConfigMap/%.*s does: it can move where a container declares it "
		       "(containerPort)",
		       STR_ARG(sites->configs.items[0].value.map->name));
}

static void look_again(struct run *run, size_t index)
{
	struct workload *workload = &run->inventory->workloads.items[index];
	struct config_finder finder = plan_config_finder(run->inventory, workload);
	struct kube_pod *pod = &run->objects.items[workload->where.object].pod;

	pod->configs = &finder.lookup;
	pod->assume_dotnet = workload->where.source->options->fix.framework == FRAMEWORK_DOTNET;
	learn_ports(run, workload, pod);
	for (size_t i = 0; i < workload->ports.n; i++) {
		struct inventory_port *port = &workload->ports.items[i];
		struct port_sites sites;

		port_sites_find(pod, run->scratch, port->protocol, port->port, port->target, &sites);
		if (!port->by_service || sites.configs.n) {
			port->listener = sites.listener;
			port->sure = sites.sure;
			port->doubt = str_copy(run->arena, sites.doubt);
		}
		if ((!port->by_service && inventory_is_movable(pod)) || !port->why_not.n)
			port->why_not = str_copy(run->arena, sites.why_not);
		if (!port->why_not.n && !sites.n && sites.configs.n)
			port->why_not = why_only_config(run, &sites);
		keep_moves(run, index, i, &sites);
		port_sites_free(&sites);
	}
	pod->configs = NULL;
}

/* The tree and the objects of a document; false where it cannot be read. */
static bool take_document(struct run *run, struct source *source, struct document *document)
{
	bool waits = document->tree != NULL;

	arena_reset(run->scratch);
	if (!document_take_tree(run, source, document))
		return false;
	if (waits)
		document_keep_tree(run, document);
	objects_read(&run->tree, run->scratch, &source->options->own, &run->objects);
	return true;
}

void plan_configs(struct run *run)
{
	struct inventory *inventory = run->inventory;
	const struct document *taken = NULL;

	if (!inventory->configs.n)
		return;
	index_names(inventory);
	for (size_t i = 0; i < inventory->workloads.n; i++) {
		struct workload *workload = &inventory->workloads.items[i];
		struct document *document = &workload->where.source->documents.items[workload->where.document];

		if (!workload->refers)
			continue;
		/* Those of one document stand together. */
		if (document != taken)
			taken = take_document(run, workload->where.source, document) ? document : NULL;
		if (taken)
			look_again(run, i);
	}
}

/* ---- together or not at all ---- */

static struct inventory_port *port_of(struct inventory *inventory, const struct config_use *use)
{
	return &inventory->workloads.items[use->workload].ports.items[use->port];
}

static bool spread(struct run *run, struct inventory_config *config)
{
	struct inventory *inventory = run->inventory;
	const struct workload *stays[PORT_FIRST_FREE] = { NULL };
	bool changed = false;

	for (size_t i = 0; i < config->uses.n; i++) {
		const struct inventory_port *port = port_of(inventory, &config->uses.items[i]);

		if (port->refused)
			stays[port->port] = &inventory->workloads.items[config->uses.items[i].workload];
	}
	for (size_t i = 0; i < config->uses.n; i++) {
		struct inventory_port *port = port_of(inventory, &config->uses.items[i]);
		const struct workload *other = stays[port->port];

		if (port->refused || !other)
			continue;
		plan_refuse_port(port, str_fmt(run->arena, "ConfigMap/%.*s says it for %.*s/%.*s too, whose port stays",
					       STR_ARG(config->map.name), STR_ARG(other->kind), STR_ARG(other->name)));
		changed = true;
	}
	return changed;
}

bool plan_spread_configs(struct run *run)
{
	bool changed = false;

	for (size_t i = 0; i < run->inventory->configs.n; i++)
		if (run->inventory->configs.items[i].uses.n > 1)
			changed |= spread(run, &run->inventory->configs.items[i]);
	return changed;
}

bool plan_drop_config(struct inventory *inventory, const struct inventory_config *config, struct str why)
{
	bool dropped = false;

	for (size_t i = 0; i < config->uses.n; i++) {
		struct inventory_port *port = port_of(inventory, &config->uses.items[i]);

		dropped |= !port->refused;
		plan_refuse_port(port, why);
	}
	return dropped;
}

static bool is_known(const struct inventory_config *config, const struct config_move *move)
{
	for (size_t i = 0; i < config->moves.n; i++)
		if (config->moves.items[i].entry == move->entry && config->moves.items[i].from == move->from &&
		    config->moves.items[i].listener == move->listener)
			return true;
	return false;
}

void plan_move_configs(struct run *run)
{
	struct inventory *inventory = run->inventory;

	for (size_t i = 0; i < inventory->configs.n; i++)
		inventory->configs.items[i].moves.n = 0;
	for (size_t i = 0; i < inventory->workloads.n; i++) {
		for (size_t k = 0; k < inventory->workloads.items[i].ports.n; k++) {
			const struct inventory_port *port = &inventory->workloads.items[i].ports.items[k];

			for (size_t m = 0; !port->refused && !port->stays_root && m < port->configs_n; m++) {
				struct inventory_config *config = &inventory->configs.items[port->configs[m].config];

				if (!is_known(config, &port->configs[m]))
					VEC_PUSH(&config->moves, port->configs[m]);
			}
		}
	}
}
