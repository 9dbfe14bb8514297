/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inventory: what the plan needs to know of each document, after its tree is gone.
 */

#include "engine/run.h"
#include "kube/port_sites.h"

struct label {
	struct str key, value;
};

/* Where an object stands: enough to find it again, and to decide what belongs together. */
struct where {
	struct source *source;
	size_t document; /* index in source->documents */
	unsigned object; /* ordinal among the document's objects */
};

/* A value of a ConfigMap that says a workload's port. */
struct config_move {
	size_t config, entry;		 /* of the inventory */
	const struct listener *listener; /* NULL: an appsettings.json */
	uint16_t from, to;
};

struct inventory_port {
	enum port_protocol protocol;
	uint16_t port;
	uint16_t target;
	struct str container; /* name, for people */
	struct str image;
	struct str name; /* that a Service can use; empty */
	bool listener;	 /* a setting moves the program too */
	bool sure;
	bool skipped;	    /* by an annotation, for its container: neither moved nor allowed */
	bool stays_root;    /* its container is left as root: nothing to do */
	struct str why_not; /* empty: nothing in the pod is in the way */
	struct str doubt;   /* why its listener may not follow; or empty */
	/* by the plan */
	bool by_service; /* only a Service says so */
	bool refused;	 /* cannot move; .why_not says why */
	bool served;	 /* a Service of the input selects the pod */
	struct str services;
	size_t services_n; /* all of them; the text names the first */
	bool number_used;
	struct config_move *configs; /* what says it in ConfigMaps */
	size_t configs_n;
};

/* A ConfigMap with something to say of listeners. */
struct inventory_config {
	struct where where;
	struct config_map map;
	bool patch; /* as a workload's */
	/* by the plan */
	struct {
		struct config_use {
			size_t workload, port; /* its index there */
		} *items;
		size_t n, cap;
	} uses; /* ports that it says */
	struct {
		struct config_move *items;
		size_t n, cap;
	} moves; /* that it takes part in */
};

struct workload {
	struct where where;
	struct str namespace, kind, name;
	struct label *labels;
	size_t labels_n;
	struct {
		struct inventory_port *items;
		size_t n, cap;
	} ports;
	uint16_t *declared; /* all its containerPorts */
	size_t declared_n;
	struct str blocked;	   /* hostNetwork, Windows: neither move nor sysctl */
	bool windows;		   /* every user may open every port: nothing to do, but its ports stay */
	bool keeps_ports;	   /* no rule that was asked for has to do with its ports */
	bool by_name;		   /* a StatefulSet's pods are reached by their own names */
	bool refers;		   /* to ConfigMaps */
	bool patch;		   /* a kustomization names its file as a patch: it takes part in nothing */
	struct str group;	   /* of what kustomizations join: see plan_groups.c; empty: none */
	bool keeps_ports_baseline; /* as keeps_ports, with --profile=auto in a namespace that enforces baseline */
	struct port_plan plan;
	size_t home;		   /* its Namespace's row + 1; 0: none of the input */
	bool anywhere;		   /* it names no namespace, or one that too many are called: it may live in any */
	const struct level *level; /* what it has to reach; NULL: what the run has */
	uint32_t violates;	   /* Pod Security checks, as it comes out: see homes.h */
};

enum target_kind { TARGET_ABSENT, TARGET_NUMBER, TARGET_NAME };

struct service_port {
	enum port_protocol protocol;
	int64_t port;
	enum target_kind kind;
	int64_t number;
	struct str name;
	struct str why_not; /* cannot be edited; or an annotation names it */
	/* by the plan */
	bool moves;
	bool settled; /* all ports that it leads to stay */
	uint16_t target;
	struct str target_name; /* preferred to the number where it is not empty */
};

struct service {
	struct where where;
	struct str namespace, name;
	struct label *selector;
	size_t selector_n;
	struct service_port *ports;
	size_t ports_n;
	bool headless, external;
	bool patch;	  /* as a workload's */
	size_t *selected; /* workloads, by the plan */
	size_t selected_n;
};

/* A Namespace, the home of workloads. */
struct home {
	struct where where;
	struct str name;
	enum profile level; /* that its label enforces; PROFILE_AUTO: none does */
	unsigned version;   /* "1.N" is N + 1; 0: the newest */
	bool patch;	    /* as a workload's */
	struct namespace_plan plan;
};

/* An object that may name a pod's port and that is not moved along yet: the ports it names stay. */
struct pin {
	struct where where;
	struct str namespace; /* empty: of any namespace */
	bool cluster;
	struct str kind, name;
	struct str patch; /* "the patch overlays/prod/web.yaml": what it is, where it is no object; else empty */
	struct str group; /* of a patch: the only one whose ports it names; empty: of all */
	bool everywhere;  /* a patch that names its targets in another way */
	uint64_t ports[PORT_FIRST_FREE / 64]; /* a bit for each number below 1024 that it holds */
};

struct inventory {
	struct {
		struct workload *items;
		size_t n, cap;
	} workloads;
	struct {
		struct service *items;
		size_t n, cap;
	} services;
	struct {
		struct home *items;
		size_t n, cap;
	} homes;
	struct namespace_plan homeless; /* of workloads that name no namespace, so may live in any */
	struct {
		struct pin *items;
		size_t n, cap;
	} pins;
	struct {
		struct inventory_config *items;
		size_t n, cap;
	} configs;
	size_t *configs_by_name; /* their indices, by the plan */
	struct {
		struct str *items;
		size_t n, cap;
	} patch_files; /* that a kustomization names, as paths */
	struct {
		struct kustomization_link {
			struct str from, to;
			bool component; /* from itself to itself, of a component: it is for others to include */
		} *items;
		size_t n, cap;
	} links;	   /* from the folder of a kustomization to itself, and to each path that it names */
	struct str folder; /* of the last kustomization, and whether that was a component */
	bool component;
	bool duplicates; /* an identity was met twice: several environments in one input */
};

/* inventory_*() - records an object of the tree. Texts are copied into the run's arena. */
void inventory_workload(struct run *run, struct where where, struct object_view *view, struct fix_context *fix);
/* inventory_wants_ports() - whether any rule that @fix asks for has to do with the ports of the pod. */
bool inventory_wants_ports(struct kube_pod *pod, struct fix_context *fix);
void inventory_service(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object);
/* inventory_config() - returns whether it may say what a program listens on. */
bool inventory_config(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object);
void inventory_configs_free(struct inventory *inventory);
void inventory_pin(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object);

/*
 * inventory_is_movable() - whether its ports may move: a pod without labels is behind no Service that we could see, and
 * some kinds name their pod's port once more.
 */
bool inventory_is_movable(const struct kube_pod *pod);

/* inventory_patch() - pins what the patch at @node, the object of a file of patches, names: in every namespace. */
void inventory_patch(struct run *run, struct where where, struct yaml_tree *tree, yaml_id node);

/* inventory_kustomization() - the patches that the kustomization at @node holds, and the files that it names as such. */
void inventory_kustomization(struct run *run, struct where where, struct yaml_tree *tree, yaml_id node);

/* plan_make() - decides about every low port of the inventory. */
void plan_make(struct run *run);

/* plan_drop() - takes back every move that @document takes part in; returns whether there was one. */
bool plan_drop(struct run *run, const struct document *document);
