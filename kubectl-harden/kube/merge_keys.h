/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Merge keys: which kinds the API server takes strategic merge patches of, and which of their lists have items that
 * such a patch merges; from schemas/merge-keys.yaml.
 */

#include "base/str.h"

struct kube_merge_list {
	const char *path; /* from the kind's .at: "containers[*].env" */
	const char *keys; /* the merge key, and behind a blank each what is said beside it: "containerPort protocol" */
};

struct kube_merge_kind {
	const char *group, *kind;
	const char *at; /* "spec.template.spec"; "": the object itself */
	const struct kube_merge_list *lists;
	size_t n;
};

/* Sorted bytewise by kind, then group. Generated. */
extern const struct kube_merge_kind kube_merge_kinds[];
extern const size_t kube_merge_kinds_n;

/* kube_merge_kind_find() - NULL for a custom resource, and for every kind that nothing is known of. */
const struct kube_merge_kind *kube_merge_kind_find(struct str api_version, struct str kind);

/*
 * kube_merge_keys() - the keys of the list at @path from the object, as "spec.containers[*].env"; NULL where it is
 * replaced whole.
 */
const char *kube_merge_keys(const struct kube_merge_kind *kind, struct str path);
