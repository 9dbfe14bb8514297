/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kinds: what an object is, by its API group and kind, from schemas/kinds.yaml.
 */

#include "base/str.h"

enum kube_kind_flag {
	KIND_POD = 1 << 0,  /* holds one pod (template) at .pod */
	KIND_LIST = 1 << 1, /* holds objects at items */
	KIND_SERVICE = 1 << 2,
	KIND_NAMES_PORT = 1 << 3,    /* may name a pod's port (facts C 9-29): pins it until it can be moved too */
	KIND_NOTHING = 1 << 4,	     /* known to hold no pod and to name no port: passed over unparsed */
	KIND_IMMUTABLE = 1 << 5,     /* its pod cannot be updated in place (Pod, Job) */
	KIND_STATEFUL = 1 << 6,	     /* pods are reached by their own names; has volumeClaimTemplates */
	KIND_OPENSHIFT = 1 << 7,     /* its presence means that OpenShift assigns the UIDs */
	KIND_CLUSTER = 1 << 8,	     /* has no namespace */
	KIND_KUSTOMIZATION = 1 << 9, /* names files that are patches, and holds patches */
};

struct kube_kind {
	const char *group; /* "apps", "" for core; the version does not matter */
	const char *kind;
	unsigned flags;
	const char *pod;   /* KIND_POD: path from the object to what has metadata and spec; "" for a Pod itself */
	const char *items; /* KIND_POD, typed list kinds: kind of an item without one; else NULL */
};

/* kube_kinds[] - sorted bytewise by kind, then group. Generated. */
extern const struct kube_kind kube_kinds[];
extern const size_t kube_kinds_n;

/* kube_kind_find() - the row of @kind in the group of @api_version ("apps/v1", "v1"), NULL when it is unknown. */
const struct kube_kind *kube_kind_find(struct str api_version, struct str kind);

/*
 * kube_kind_by_name() - whether every row named @kind, in whatever group, has KIND_NOTHING (the prefilter does not
 * know the group). False for a kind that is not in the table. *ret_known says whether it is.
 */
bool kube_kind_is_nothing(struct str kind, bool *ret_known);
