/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the files of the plan share and nobody else needs.
 */

#include "engine/inventory.h"
#include "engine/plan_index.h"

/* plan_distance() - how near two objects are: 0 the same file, else the folders to climb from @a to one that holds @b. */
unsigned plan_distance(const struct where *a, const struct where *b);

/* plan_config_of() - what is asked for of a workload's ports. */
static inline const struct fix_config *plan_config_of(const struct workload *workload)
{
	return &workload->where.source->options->fix;
}

/*
 * plan_is_blocked() - whether its pods are on the node's network, or may be: then it keeps its ports, and gets no sysctl.
 * plan_why_blocked() - why, for people.
 */
static inline bool plan_is_blocked(const struct workload *workload)
{
	return workload->host_network || workload->may_host_network;
}
struct str plan_why_blocked(const struct workload *workload);

/* plan_match() - finds the workloads that each Service leads to. */
void plan_match(struct run *run);

/* What all pairs of Services or references and workloads together may cost; beyond any input that is one. */
uint64_t plan_pairs_budget(const struct inventory *inventory);
/* plan_refuse_crowded() - beyond it, no port moves. */
void plan_refuse_crowded(struct inventory *inventory);

/* Rows found in an index; plan_rows_keep() - in the run's arena and in the order of the input; @rows is released. */
struct plan_rows {
	uint32_t *items;
	size_t n, cap;
};
uint32_t *plan_rows_keep(struct run *run, struct plan_rows *rows, uint32_t *ret_n);

/*
 * plan_keep_nearest() - of several environments only the nearest workloads belong to what stands at @where: others are
 * taken out of its *n selected ones. Those that are ambiguous keep their ports.
 */
void plan_keep_nearest(struct run *run, const struct where *where, uint32_t *selected, uint32_t *n);

/*
 * plan_match_references() - finds the workloads whose ports each reference names; after plan_match() and once all ports
 * are known. plan_judge_references() - refuses the ports of what cannot move along.
 * plan_spread_reference() - what a reference names moves together: one that stays keeps the others. Whether any was
 * taken out.
 */
void plan_match_references(struct run *run);
void plan_judge_references(struct run *run);
bool plan_spread_reference(struct run *run, struct reference *reference);

/* plan_drop_reference() - what it names stays, for this reason; whether any of it would have moved. */
bool plan_drop_reference(struct inventory *inventory, const struct reference *reference, struct str why);

/*
 * plan_match_files() - as plan_match_references(), for ConfigMaps; what they say is judged, too.
 * plan_spread_files(), plan_drop_files() - as of references.
 */
void plan_match_files(struct run *run);
bool plan_spread_files(struct run *run, const struct config_files *config);
bool plan_drop_files(struct inventory *inventory, const struct config_files *config, struct str why);

/*
 * plan_note_mover() - notes, for people, that a tie moves along with a port: a row of the inventory's Services, or, behind
 * those, of its references, or of its ConfigMaps.
 */
void plan_note_mover(struct inventory_port *port, size_t tie);

/* plan_refuse_port() - the port stays, for this reason (the first one counts). plan_refuse_ports() - all of them do. */
void plan_refuse_port(struct inventory_port *port, struct str why);
void plan_refuse_ports(struct workload *workload, struct str why);

/* plan_find_port() - a workload's low port by protocol and number; NULL if it has none. */
struct inventory_port *plan_find_port(struct workload *workload, enum port_protocol protocol, int64_t number);

/* plan_served_port() - the low port that a Service's port leads to, by name or number; NULL if there is none. */
struct inventory_port *plan_served_port(struct workload *workload, const struct service_port *port);

/* plan_place() - kustomization_place() of the source's file: the system is asked once. */
struct str plan_place(struct run *run, struct source *source);

/*
 * plan_patches() - takes out of the plan, and leaves as they are, the documents of files that a kustomization names as
 * patches, and pins the ports that they name. Before everything else: a kustomization may be read after its patches.
 */
void plan_patches(struct run *run);

/* plan_patch_target() - makes the target of a patch in a file the one that kustomizations name for it, if they do. */
void plan_patch_target(struct run *run, struct overlay *overlay);

/* plan_overlays() - which patches change the volumes of which workloads. After plan_groups(). */
void plan_overlays(struct run *run);

/* plan_groups() - gives patches and workloads the group that kustomizations put them in. After plan_patches(). */
void plan_groups(struct run *run);

/* What a pod finds of the ConfigMaps that it refers to. */
struct config_finder {
	struct config_lookup lookup;
	const struct inventory *inventory;
	const struct workload *workload;
};
struct config_finder plan_config_finder(const struct inventory *inventory, const struct workload *workload);

/*
 * plan_configs() - looks again at the ports of workloads that refer to ConfigMaps of the input.
 * plan_spread_configs() - a ConfigMap that says the port of one that stays keeps the others: returns whether any was
 * taken out. plan_drop_config() - as plan_drop_reference(). plan_move_configs() - which values move with the ports that do.
 */
void plan_configs(struct run *run);
bool plan_spread_configs(struct run *run);
bool plan_drop_config(struct inventory *inventory, const struct inventory_config *config, struct str why);
void plan_move_configs(struct run *run);

struct plan_pins;

/*
 * plan_pin_services() - pins what a Service leads to that selects nothing as it stands: kustomize may give labels or a
 * namespace to what its kustomization is made of. After plan_match().
 */
void plan_pin_services(struct run *run);

/* plan_pins_make() - an index of the inventory's pins; released with plan_pins_free(). */
struct plan_pins *plan_pins_make(const struct inventory *inventory);
void plan_pins_free(struct plan_pins *pins);

/* plan_refuse_by_pins() - refuses a port that a pin of its namespace, or of any, may name. */
void plan_refuse_by_pins(struct run *run, const struct plan_pins *index, struct workload *workload,
			 struct inventory_port *port);
