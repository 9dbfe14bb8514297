/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Objects: the Kubernetes objects of a document, out of whatever lists they are in, and the pods that they hold.
 */

#include "kube/pod.h"

struct objects {
	struct object_view {
		struct kube_object object;
		struct kube_pod pod; /* where has_pod */
		bool has_pod;
	} *items;
	size_t n, cap;
};

/*
 * objects_read() - fills @objects with the objects of the tree, in order; what it held is forgotten. The views stay
 * valid while the tree is edited, and as long as @arena. The caller frees items.
 */
void objects_read(struct yaml_tree *tree, struct arena *arena, struct objects *objects);
