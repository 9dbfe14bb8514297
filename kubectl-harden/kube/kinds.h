/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kinds: what an object is, by its API group and kind, from schemas/kinds.yaml and from rows of the same form that the
 * user gave.
 */

#include "base/str.h"
#include "kube/schema.h"

enum kube_kind_flag {
	KIND_POD = 1 << 0,  /* holds pods: .views */
	KIND_LIST = 1 << 1, /* holds objects at items */
	KIND_SERVICE = 1 << 2,
	KIND_NAMES_PORT = 1 << 3,    /* may name a pod's port (facts C 9-29): pins it until it can be moved too */
	KIND_NOTHING = 1 << 4,	     /* known to hold no pod and to name no port: passed over unparsed */
	KIND_IMMUTABLE = 1 << 5,     /* its pod cannot be updated in place (Pod, Job) */
	KIND_STATEFUL = 1 << 6,	     /* pods are reached by their own names; has volumeClaimTemplates */
	KIND_OPENSHIFT = 1 << 7,     /* its presence means that OpenShift assigns the UIDs */
	KIND_CLUSTER = 1 << 8,	     /* has no namespace */
	KIND_KUSTOMIZATION = 1 << 9, /* names files that are patches, and holds patches */
	KIND_NAMESPACE = 1 << 10,    /* its labels say what its pods must reach */
	KIND_CONFIG = 1 << 11,	     /* a ConfigMap: what its values say may be what a pod's program obeys */
};

enum kube_view_flag {
	VIEW_TEMPLATE = 1 << 0, /* a whole pod template: with labels, with every role where a pod has it */
	VIEW_OPERATOR = 1 << 1, /* containers are made by its operator: those written here are none, or only patches */
	VIEW_DEFAULTS = 1 << 2, /* an absent pod security context is the operator's own: never added */
	VIEW_PORTS = 1 << 3,	/* the object names the pod's ports outside of it: they stay */
	VIEW_ADDS = 1 << 4,	/* its operator adds containers, which take the pod\'s security context */
};

/*
 * Where an object holds pods, and where each role of a pod lives there. Paths are those of kube/kind_path.h; a role
 * that the kind lacks is NULL.
 */
struct kube_view {
	const char *name;	       /* what people call it; NULL: by its path */
	const char *at;		       /* from the object to each of its pods */
	const char *metadata;	       /* from there */
	const char *spec;	       /* from there: what the other roles are in; "" is itself */
	const char *pod_context;       /* the pod's security context */
	const char *const *containers; /* NULL: the lists of a PodSpec */
	size_t containers_n;
	const char *const *init_containers;
	size_t init_containers_n;
	const char *volumes;
	const char *image;	/* of a container without one */
	const char *claims;	/* from the object: volumeClaimTemplates, whose names are volumes too */
	const char *workspaces; /* what stands there are volumes that are not seen here, and that containers share */
	unsigned flags;
};

struct kube_kind {
	const char *group; /* "apps", "" for core; the version does not matter */
	const char *kind;
	unsigned flags;
	const struct kube_view *views;
	size_t views_n;
	const char *items;	       /* typed list kinds: kind of an item without one; else NULL */
	const char *note;	       /* why its pods are not edited; NULL where they are */
	const char *const *note_where; /* the note holds only where one of these paths leads to something */
	size_t note_where_n;
};

/* Rows sorted bytewise by kind, then group. */
struct kube_kind_list {
	const struct kube_kind *items;
	size_t n;
};

/* kube_kinds[] - the built-in rows. Generated. */
extern const struct kube_kind kube_kinds[];
extern const size_t kube_kinds_n;

/* kube_group() - the group of "group/version"; the core group has no name and no slash. */
struct str kube_group(struct str api_version);

/*
 * kube_kind_find() - the row of @kind in the group of @api_version ("apps/v1", "v1"), NULL when it is unknown.
 * kube_kind_find_own() - likewise, where the rows of @own (may be NULL) come before the built-in ones.
 * kube_kind_of_group() - likewise, by the group itself ("apps", "").
 */
const struct kube_kind *kube_kind_find(struct str api_version, struct str kind);
const struct kube_kind *kube_kind_find_own(const struct kube_kind_list *own, struct str api_version, struct str kind);
const struct kube_kind *kube_kind_of_group(const struct kube_kind_list *own, struct str group, struct str kind);

/*
 * kube_kind_is_nothing() - whether every row named @kind, in whatever group, has KIND_NOTHING (the prefilter does not
 * know the group), those of @own (may be NULL) among them. False for a kind that is not in the tables. *ret_known says
 * whether it is.
 */
bool kube_kind_is_nothing(const struct kube_kind_list *own, struct str kind, bool *ret_known);

/* kube_kind_may_be() - whether a row named @kind, in whatever group, has one of @flags; @own as above. */
bool kube_kind_may_be(const struct kube_kind_list *own, struct str kind, unsigned flags);

/*
 * kube_kinds_read() - reads, checks and sorts the rows in @list, a sequence of @schema's file, of the form that
 * schemas/kinds.yaml describes: that file's own, or the user's. A row's source may be left out where @own is true.
 * The rows lie in the schema's arena. False with the schema's error (line, column, what is wrong) at the first fault.
 */
bool kube_kinds_read(struct schema *schema, yaml_id list, bool own, struct kube_kind_list *ret_kinds);
