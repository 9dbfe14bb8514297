/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inventory
 *
 * A record holds copies, never node ids: the tree of its document is gone when the plan is made. Whether a place can
 * be edited is asked here too, so that the plan's word is final and a port moves everywhere or nowhere.
 */
#include "engine/inventory.h"

#include <stdlib.h>

#include "fixers/evidence.h"
#include "fixers/list.h"
#include "fixers/skip.h"
#include "kube/listeners.h"
#include "kube/low_ports.h"

static struct str keep(struct run *run, struct str text)
{
	return intern_str(&run->intern, text);
}

enum { LABELS_MAX = 4096 };

const struct label *inventory_labels(struct run *run, struct yaml_tree *tree, yaml_id map, uint32_t *ret_n)
{
	size_t n = yaml_count(tree, map), i = 0;
	const struct label *kept = NULL;
	struct label *labels;

	*ret_n = 0;
	if (!n || n > LABELS_MAX)
		return NULL;
	labels = xrealloc_array(NULL, n, sizeof(*labels));
	YAML_EACH(tree, map, key) {
		if (i == n)
			break;
		labels[i++] = (struct label){ keep(run, yaml_text(tree, key)),
					      keep(run, yaml_text(tree, yaml_value(tree, key))) };
	}
	labels_sort(labels, i);
	kept = intern_bytes(&run->intern, labels, i * sizeof(*labels));
	free(labels);
	*ret_n = (uint32_t)i;
	return kept;
}

/* ---- workloads ---- */

/* Whether the container says that it listens there, its image does, or a setting tells it to. */
static bool opens_port(struct kube_pod *pod, size_t container, const struct low_port *low)
{
	YAML_EACH(pod->tree, yaml_get(pod->tree, pod->containers[container].node, "ports"), item) {
		int64_t port;

		if (yaml_int(pod->tree, yaml_get(pod->tree, item, "containerPort"), &port) && port == low->port &&
		    port_protocol_of(yaml_get_text(pod->tree, item, "protocol")) == low->protocol)
			return true;
	}
	return port_is_of_image(pod, (int)container, low->port) || port_is_told(pod, (int)container, low->port);
}

bool inventory_is_movable(const struct kube_pod *pod)
{
	return (pod->view->flags & VIEW_TEMPLATE) && !(pod->view->flags & VIEW_PORTS);
}

void inventory_port(struct run *run, struct workload *workload, struct kube_pod *pod, struct fix_context *fix,
		    const struct low_port *low)
{
	struct inventory_port port = { .protocol = (uint8_t)low->protocol, .port = low->port };
	struct port_sites sites;
	struct str reason;

	port.target = port_map_target(&fix->config->port_map, low->port);
	port_sites_find(pod, run->scratch, low->protocol, low->port, port.target, &sites);
	port.owner = (int16_t)low->container;
	port.listener = sites.listener;
	port.sure = sites.sure;
	port.name = keep(run, sites.name);
	port.why_not = keep(run, sites.why_not);
	port.doubt = keep(run, sites.doubt);
	port.beside = sites.beside.n ? keep(run, sites.beside).p : NULL;
	if (!inventory_is_movable(pod))
		port.why_not = STR("other settings of its object may name it");
	if (low->container >= 0) {
		port.image = keep(run, pod->containers[low->container].image);
		port.skipped = !fix_skips(fix, &fixer_unprivileged_ports, TARGET_POD) &&
			       fix_skips(fix, &fixer_unprivileged_ports, low->container);
		port.stays_root = true;
		for (size_t i = 0; i < pod->containers_n; i++)
			if (((int)i == low->container || opens_port(pod, i, low)) &&
			    !fix_needs_root(fix, (int)i, &reason))
				port.stays_root = false;
	}
	workload->refers |= sites.refers;
	port_sites_free(&sites);
	VEC_PUSH(&workload->ports, port);
}

static void keep_declared(struct run *run, struct workload *workload, struct kube_pod *pod)
{
	size_t n = 0;

	for (size_t i = 0; i < pod->containers_n; i++)
		n += yaml_count(pod->tree, yaml_get(pod->tree, pod->containers[i].node, "ports"));
	workload->declared = n ? ARENA_ARRAY(run->arena, uint16_t, n) : NULL;
	for (size_t i = 0; i < pod->containers_n; i++) {
		YAML_EACH(pod->tree, yaml_get(pod->tree, pod->containers[i].node, "ports"), item) {
			int64_t port;

			if (workload->declared_n < n &&
			    yaml_int(pod->tree, yaml_get(pod->tree, item, "containerPort"), &port) && port > 0 &&
			    port <= UINT16_MAX)
				workload->declared[workload->declared_n++] = (uint16_t)port;
		}
	}
}

/*
 * Whether any rule that the user asked for will ask for the pod's ports: by itself, or because it needs them. If none
 * does they stay, and what leads to them with them.
 */
bool inventory_wants_ports(struct kube_pod *pod, struct fix_context *fix)
{
	if (fix_skips(fix, &fixer_unprivileged_ports, TARGET_POD))
		return false;
	if (fix_selected(fix->config, &fixer_unprivileged_ports))
		return true;
	for (size_t i = 0; i < fixers_n; i++)
		for (int target = TARGET_POD; target < (int)pod->containers_n; target++)
			if (fix_selected(fix->config, fixers[i]))
				fix_run(fix, i, target);
	return fix_was_asked(fix, &fixer_unprivileged_ports, TARGET_POD);
}

/* Whether ConfigMaps, which may not have been read yet, tell its containers anything. */
static bool refers(struct kube_pod *pod, const struct workload *workload)
{
	if (workload->mounts_n)
		return true;
	for (size_t i = 0; i < pod->containers_n; i++) {
		YAML_EACH(pod->tree, yaml_get(pod->tree, pod->containers[i].node, "envFrom"), item)
			if (yaml_get(pod->tree, item, "configMapRef"))
				return true;
		YAML_EACH(pod->tree, yaml_get(pod->tree, pod->containers[i].node, "env"), item)
			if (yaml_get_path(pod->tree, item, "valueFrom.configMapKeyRef") &&
			    listener_find_env(yaml_get_text(pod->tree, item, "name")))
				return true;
	}
	return false;
}

/* The pods of one object are workloads of their own: their names tell them apart. */
static struct str keep_name(struct run *run, const struct object_view *view)
{
	if (!view->where.n)
		return keep(run, view->object.name);
	return str_fmt(run->arena, "%.*s %.*s", STR_ARG(view->object.name), STR_ARG(view->where));
}

void inventory_workload(struct run *run, struct where where, struct object_view *view, struct fix_context *fix)
{
	struct kube_pod *pod = &view->pod;
	struct workload workload = {
		.where = where,
		.namespace = keep(run, pod->object.namespace),
		.kind = keep(run, pod->object.kind_name),
		.name = keep_name(run, view),
	};
	struct low_port low[LOW_PORTS_MAX];
	size_t n = pod_low_ports(pod, low);
	yaml_id labels = inventory_is_movable(pod) ? yaml_get(pod->tree, pod->metadata, "labels") : YAML_NONE;

	workload.labels = inventory_labels(run, pod->tree, labels, &workload.labels_n);
	workload.by_name = (pod->object.kind->flags & KIND_STATEFUL) != 0;
	workload.host_network = pod->host_network;
	workload.may_host_network = pod->may_host_network;
	workload.windows = pod->windows;
	keep_declared(run, &workload, pod);
	inventory_mounts(run, pod, &workload);
	workload.refers = refers(pod, &workload);
	for (size_t i = 0; i < n; i++)
		inventory_port(run, &workload, pod, fix, &low[i]);
	VEC_FIT(&workload.ports);
	workload.keeps_ports = !inventory_wants_ports(pod, fix);
	VEC_PUSH(&run->inventory->workloads, workload);
}

/* ---- Services ---- */

static void keep_target(struct run *run, struct yaml_tree *tree, yaml_id item, struct service_port *port)
{
	yaml_id target = yaml_get(tree, item, "targetPort");
	struct yaml_refusal why;
	int64_t number;

	/* 0, "" and null count as absent (core/v1 defaults.go). */
	if (yaml_int(tree, target, &number)) {
		port->kind = number ? TARGET_NUMBER : TARGET_ABSENT;
		port->number = number ? number : port->port;
	} else if (yaml_is_null(tree, target) || !yaml_text(tree, target).n) {
		port->kind = TARGET_ABSENT;
		port->number = port->port;
		if (target && !yaml_is_scalar(tree, target)) {
			port->why_not = STR("its targetPort is neither a number nor a name, which the API refuses");
			return;
		}
	} else {
		port->kind = TARGET_NAME;
		port->name = keep(run, yaml_text(tree, target));
		if (str_int(port->name, &port->number)) {
			port->kind = TARGET_NUMBER;
			port->why_not = STR("its targetPort is quoted, so it is a name, which the API refuses");
			return;
		}
	}
	if (!yaml_editable(tree, target ? target : item, &why))
		port->why_not = str_fmt(run->arena, "its targetPort cannot be edited: %s", why.why);
}

/* Ports times annotations: nobody's Service has as many. */
enum { ANNOTATION_LOOKS_MAX = 1 << 20 };

static void check_annotations(struct run *run, struct yaml_tree *tree, yaml_id annotations,
			      const struct kube_kind *kind, struct service_port *port)
{
	if (port->number <= 0 || port->number >= PORT_FIRST_FREE)
		return;
	/* Those with a row of schemas/ports.yaml are references, or no pod's ports. */
	YAML_EACH(tree, annotations, key)
		if (!port_annotation_find(kind, yaml_text(tree, key)) &&
		    port_in_text(yaml_text(tree, yaml_value(tree, key)), (uint16_t)port->number))
			port->why_not =
				str_fmt(run->arena, "its annotation %.*s names it", STR_ARG(yaml_text(tree, key)));
}

struct str inventory_why_kept(struct run *run, struct where where, struct yaml_tree *tree,
			      const struct kube_object *object)
{
	const struct fix_config *config = &where.source->options->fix;
	size_t index = fixer_index(&fixer_unprivileged_ports);
	struct kube_pod none = { .tree = tree, .object = *object };

	if (config->skip >> index & 1)
		return where.source->live ? STR("it is managed by others, who would put its port back")
					  : STR("what is asked for its file skips unprivileged-ports");
	if (config->low_ports == LOW_PORTS_KEEP || config->low_ports == LOW_PORTS_SYSCTL)
		return STR("low-ports asks for it");
	if (skips_has(skips_read(&none, run->words), index, TARGET_POD))
		return STR("its annotation " SKIP_ANNOTATION " keeps it");
	return STR_NONE;
}

void inventory_service(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object)
{
	yaml_id spec = yaml_get(tree, object->node, "spec"), ports = yaml_get(tree, spec, "ports");
	yaml_id annotations = yaml_get_path(tree, object->node, "metadata.annotations");
	struct service service = {
		.where = where,
		.namespace = keep(run, object->namespace),
		.name = keep(run, object->name),
	};
	size_t n = yaml_count(tree, ports);
	struct str keeps;
	bool crowded;

	service.selector = inventory_labels(run, tree, yaml_get(tree, spec, "selector"), &service.selector_n);
	service.labels =
		inventory_labels(run, tree, yaml_get_path(tree, object->node, "metadata.labels"), &service.labels_n);
	service.headless = str_is(yaml_get_text(tree, spec, "clusterIP"), "None");
	service.external = str_is(yaml_get_text(tree, spec, "type"), "ExternalName");
	service.ports = n ? ARENA_ARRAY(run->arena, struct service_port, n) : NULL;
	keeps = inventory_why_kept(run, where, tree, object);
	crowded = (uint64_t)n * yaml_count(tree, annotations) > ANNOTATION_LOOKS_MAX;
	YAML_EACH(tree, ports, item) {
		struct service_port *port = &service.ports[service.ports_n];

		if (service.ports_n == n)
			break;
		service.ports_n++; /* by position, so also an ill-formed one */
		port->protocol = (uint8_t)port_protocol_of(yaml_get_text(tree, item, "protocol"));
		yaml_int(tree, yaml_get(tree, item, "port"), &port->port);
		keep_target(run, tree, item, port);
		if (keeps.n)
			port->why_not = keeps;
		else if (crowded)
			port->why_not = STR("it has too many annotations that could name it");
		else
			check_annotations(run, tree, annotations, object->kind, port);
	}
	VEC_PUSH(&run->inventory->services, service);
}

/* ---- ties ---- */

size_t inventory_ties(const struct inventory *inventory)
{
	return inventory->services.n + inventory->references.n + inventory->files.n;
}

const uint32_t *inventory_tie(const struct inventory *inventory, size_t tie, const struct where **ret_where,
			      uint32_t *ret_n)
{
	if (tie < inventory->services.n) {
		const struct service *service = &inventory->services.items[tie];

		*ret_where = &service->where;
		*ret_n = service->selected_n;
		return service->selected;
	}
	tie -= inventory->services.n;
	if (tie < inventory->references.n) {
		const struct reference *reference = &inventory->references.items[tie];

		*ret_where = &reference->where;
		*ret_n = reference->selected_n;
		return reference->selected;
	}
	tie -= inventory->references.n;
	*ret_where = &inventory->files.items[tie].where;
	*ret_n = inventory->files.items[tie].selected_n;
	return inventory->files.items[tie].selected;
}
