/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Inventory: what the plan needs to know of each document, after its tree is gone.
 */

#include "engine/run.h"
#include "kube/pod_selector.h"
#include "kube/port_sites.h"

/* Where an object stands: enough to find it again, and to decide what belongs together. */
struct where {
	struct source *source;
	uint32_t document; /* index in source->documents */
	unsigned object;   /* ordinal among the document's objects */
};

enum { INVENTORY_MOVERS = 4 };
/* A value of a ConfigMap that says a workload's port. */
struct config_move {
	size_t config, entry;		 /* of the inventory */
	const struct listener *listener; /* NULL: an appsettings.json */
	uint16_t from, to;
};

struct inventory_port {
	uint8_t protocol; /* enum port_protocol */
	bool listener;	  /* a setting moves the program too */
	bool sure;
	bool skipped;	 /* by an annotation, for its container: neither moved nor allowed */
	bool stays_root; /* its container is left as root: nothing to do */
	uint16_t port, target;
	int16_t owner; /* index of its container; -1: unknown */
	/* by the plan */
	bool by_service;		   /* only a Service says so */
	bool by_file;			   /* a ConfigMap of the input tells its program */
	bool refused;			   /* cannot move; .why_not says why */
	bool served;			   /* a Service of the input selects the pod */
	uint32_t movers_n;		   /* what moves along: see plan_note_mover() */
	uint32_t movers[INVENTORY_MOVERS]; /* the first of them */
	uint32_t configs_n;
	struct config_move *configs; /* what says it in ConfigMaps */
	/* in the pod */
	struct str image;   /* of its container, for people */
	struct str name;    /* that a Service can use; empty */
	struct str why_not; /* empty: nothing in the pod is in the way */
	struct str doubt;   /* why its listener may not follow; or empty */
	const char *beside; /* what another container says that may mean it; NULL for nothing */
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
	const struct label *labels; /* by key */
	uint32_t labels_n, declared_n;
	struct {
		struct inventory_port *items;
		uint32_t n, cap;
	} ports;
	uint16_t *declared; /* all its containerPorts */
	struct file_mount {
		struct str name;
		int container;
		bool known; /* it is in the input, and says a low port: by the plan */
	} *mounts;	    /* ConfigMaps that its containers mount as files */
	uint32_t mounts_n;
	bool host_network;	   /* neither move nor sysctl */
	bool may_host_network;	   /* likewise: it is not known */
	bool windows;		   /* every user may open every port: nothing to do, but its ports stay */
	bool keeps_ports;	   /* no rule that was asked for has to do with its ports */
	bool by_name;		   /* a StatefulSet's pods are reached by their own names */
	bool refers;		   /* to ConfigMaps */
	bool patch;		   /* a kustomization names its file as a patch: it takes part in nothing */
	bool keeps_ports_baseline; /* as keeps_ports, with --profile=auto in a namespace that enforces baseline */
	bool anywhere;		   /* it names no namespace, or one that too many are called: it may live in any */
	uint32_t violates;	   /* Pod Security checks, as it comes out: see homes.h */
	uint32_t home;		   /* its Namespace's row + 1; 0: none of the input */
	struct str group;	   /* of what kustomizations join: see plan_groups.c; empty: none */
	const struct overlay_volumes *overlay; /* what patches make of its volumes; NULL: nothing, as far as is known */
	const struct level *level;	       /* what it has to reach; NULL: what the run has */
};

enum target_kind { TARGET_ABSENT, TARGET_NUMBER, TARGET_NAME };

struct service_port {
	int64_t port, number; /* .number: that it leads to, if not by a name */
	uint8_t protocol;     /* enum port_protocol */
	uint8_t kind;	      /* enum target_kind */
	/* by the plan */
	bool moves;
	bool settled; /* all ports that it leads to stay */
	uint16_t target;
	struct str name; /* that it leads to; where it is moved, that it is to lead to instead of the number, or empty */
	struct str why_not; /* cannot be edited; or an annotation names it */
};

struct service {
	struct where where;
	struct str namespace, name;
	const struct label *labels, *selector; /* by key */
	struct service_port *ports;
	uint32_t *selected; /* workloads, by the plan */
	uint32_t labels_n, selector_n, ports_n, selected_n;
	bool headless, external;
	bool patch;	  /* as a workload's */
	struct str group; /* likewise */
};

/*
 * A part of an object that names ports of pods (a row of schemas/ports.yaml), with what says whose they are. Only
 * what names a port below 1024 is recorded.
 */
struct reference {
	struct where where;
	const struct port_reference *row;
	unsigned scope;	   /* ordinal among what the row's `at` leads to */
	uint32_t places_n; /* where it names any port */
	uint32_t selectors_n, ports_n, selected_n;
	struct str namespace, name;
	struct pod_selector *selectors;
	struct reference_port {
		enum port_protocol protocol;
		uint16_t first, last;
	} *ports;
	struct str why_not; /* a place of it cannot be edited */
	/* by the plan */
	uint32_t *selected; /* workloads that have one of the ports; REFERENCE_UNCLEAR where they only may be meant */
	bool others;	    /* it may mean other pods, too */
};

/* A ConfigMap whose files say low ports. */
struct config_files {
	struct where where;
	struct str namespace, name;
	struct file_port {
		struct str file;
		uint16_t port;
		uint8_t saying; /* enum config_saying */
	} *ports;
	uint32_t ports_n, selected_n;
	struct str why_not;
	uint32_t *selected; /* workloads that mount it, by the plan */
};

#define REFERENCE_UNCLEAR ((uint32_t)1 << 31)

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
	struct str why;	  /* that a port stays, where it is not that the pin names it; else empty */
	uint64_t ports[PORT_FIRST_FREE / 64]; /* a bit for each number below 1024 that it holds, or PIN_ANY */
};

/* Of a pin: it may name any port below 1024. No port has that number. */
enum { PIN_ANY = 0 };

/* A patch that changes the volumes of pods, or their mounts. */
struct overlay {
	struct where where;
	struct str patch;	   /* for people: "the patch overlays/prod/web.yaml" */
	struct str kind, name;	   /* of its target; empty: any */
	bool targeted;		   /* they are not those in the patch */
	size_t number;		   /* they are kept in order */
	bool everywhere;	   /* as of a pin */
	bool replaces;		   /* a list, so that what else is in it is gone */
	struct str *names, *paths; /* volumes that it has a word on; mounts that are not joined by their paths */
	uint32_t names_n, paths_n;
	/* by the plan */
	struct str group; /* as of a pin */
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
		struct reference *items;
		size_t n, cap;
	} references;
	struct {
		struct config_files *items;
		size_t n, cap;
	} files;
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
		struct overlay *items;
		size_t n, cap;
	} overlays;
	struct {
		struct inventory_config *items;
		size_t n, cap;
	} configs;
	struct plan_names *config_names; /* by the plan, where there are any */
	struct {
		struct patch_file {
			struct str path, name; /* see kustomization_place(); for people */
			struct where where;    /* of the kustomization that names it */
			size_t number;	       /* they are kept in order */
			bool targeted;	       /* the kustomization says whom it changes, and not the file: */
			struct str kind, target;
			bool found; /* by the plan: it is in the input */
		} *items;
		size_t n, cap;
	} patch_files; /* that kustomizations name */
	struct {
		struct kustomization_link {
			struct str from, to;
			bool component; /* from itself to itself, of a component: it is for others to include */
		} *items;
		size_t n, cap;
	} links;	   /* from the folder of a kustomization to itself, and to each path that it names */
	struct str folder; /* of the last kustomization, and whether that was a component */
	bool component;
	const struct source *pinned; /* the last source with a pin of any port, and whether that was everywhere */
	bool pinned_everywhere;
	bool duplicates; /* an identity was met twice: several environments in one input */
};

/*
 * INVENTORY_ROWS() - the rows of a document in a vector of the inventory, in the order of its objects; NULL for none.
 * INVENTORY_EACH() - walks them with a `struct @type *@row`.
 */
#define INVENTORY_ROWS(inventory, document, vector)                                                                    \
	((document)->rows.vector.n ? &(inventory)->vector.items[(document)->rows.vector.first] : NULL)
#define INVENTORY_EACH(type, row, inventory, document, vector)                                                         \
	for (struct type *row = INVENTORY_ROWS(inventory, document, vector),                                           \
			 *row##_end = row ? row + (document)->rows.vector.n : NULL;                                    \
	     row != row##_end; row++)

/*
 * A tie is what names the ports of workloads and moves with them: a row of the Services, or, behind those, of the
 * references, or of the ConfigMaps. inventory_ties() - their number. inventory_tie() - the workloads that one has to do
 * with (see INVENTORY_ROW()), *ret_n of them, and where it stands.
 */
size_t inventory_ties(const struct inventory *inventory);
const uint32_t *inventory_tie(const struct inventory *inventory, size_t tie, const struct where **ret_where,
			      uint32_t *ret_n);
#define INVENTORY_ROW(selected) ((selected) & ~REFERENCE_UNCLEAR)

/* inventory_*() - records an object of the tree. Texts are copied into the run's arena. */
void inventory_workload(struct run *run, struct where where, struct object_view *view, struct fix_context *fix);
/* inventory_port() - records a low port of a workload, whose pod is @pod. */
void inventory_port(struct run *run, struct workload *workload, struct kube_pod *pod, struct fix_context *fix,
		    const struct low_port *low);
/* inventory_wants_ports() - whether any rule that @fix asks for has to do with the ports of the pod. */
bool inventory_wants_ports(struct kube_pod *pod, struct fix_context *fix);
void inventory_service(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object);
/* inventory_config() - returns whether it may say what a program listens on. */
bool inventory_config(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object);
void inventory_configs_free(struct inventory *inventory);
void inventory_pin(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object);

/* inventory_why_kept() - why an object stays as it is, whatever pods whose ports it names do; empty where it follows. */
struct str inventory_why_kept(struct run *run, struct where where, struct yaml_tree *tree,
			      const struct kube_object *object);

/*
 * inventory_references() - what an object of a kind of schemas/ports.yaml names; a kind without a row there, or one
 * that is only kept, is a pin. Returns whether there is something that may have to be edited.
 */
bool inventory_references(struct run *run, struct where where, struct yaml_tree *tree,
			  const struct kube_object *object);

/*
 * inventory_files() - a ConfigMap, if a file of it says a low port; whether it does. inventory_mounts() - those that a
 * pod's containers mount.
 */
bool inventory_files(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object);
void inventory_mounts(struct run *run, struct kube_pod *pod, struct workload *workload);
/*
 * inventory_is_movable() - whether its ports may move: a pod without labels is behind no Service that we could see, and
 * some kinds name their pod's port once more.
 */
bool inventory_is_movable(const struct kube_pod *pod);

/* inventory_patch() - pins what the patch at @node, the object of a file of patches, names: in every namespace. */
void inventory_patch(struct run *run, struct where where, struct yaml_tree *tree, yaml_id node);

/* inventory_pin_any() - pins all ports below 1024 of what the kustomization at @where is made of, for the reason @why. */
void inventory_pin_any(struct run *run, struct where where, struct str why, bool everywhere);

/*
 * inventory_overlay() - what the patch at @node makes of volumes, in a row like @overlay, whose texts are copied: its
 * .kind and .name are those of its target, or empty where the patch names it. Returns whether it takes away, or brings
 * in from elsewhere, what may say a port. inventory_overlay_text() - the same of a patch in a scalar; false where it
 * cannot be read.
 */
bool inventory_overlay(struct run *run, struct yaml_tree *tree, yaml_id node, struct overlay overlay);
bool inventory_overlay_text(struct run *run, struct str text, struct overlay overlay, bool *ret_says_port);

/* inventory_kustomization() - the patches that the kustomization at @node holds, and the files that it names as such. */
void inventory_kustomization(struct run *run, struct where where, struct yaml_tree *tree, yaml_id node);

/* inventory_labels() - the labels of a map, by key; what is the same is kept once. */
const struct label *inventory_labels(struct run *run, struct yaml_tree *tree, yaml_id map, uint32_t *ret_n);

/* plan_make() - decides about every low port of the inventory. */
void plan_make(struct run *run);

/* plan_concerns() - whether the plan has a word on a pod. plan_decisions() - that word, in @arena. */
bool plan_concerns(const struct workload *workload);
struct port_plan plan_decisions(const struct run *run, struct workload *workload, struct arena *arena);

/*
 * plan_reference_moves() - which ports of a range that a reference names move, at most PLAN_MOVES_MAX; .whole: for all
 * that it means.
 */
enum { PLAN_MOVES_MAX = 32 };
struct plan_move {
	uint16_t from, to;
	bool whole;
};
size_t plan_reference_moves(const struct run *run, const struct reference *reference,
			    const struct reference_port *range, struct plan_move moves[PLAN_MOVES_MAX]);

/* plan_files_target() - where a port that a ConfigMap says moves; 0 where it stays. */
uint16_t plan_files_target(const struct run *run, const struct config_files *config, uint16_t port);

/* plan_drop() - takes back every move that @document takes part in; returns whether there was one. */
bool plan_drop(struct run *run, const struct document *document);
