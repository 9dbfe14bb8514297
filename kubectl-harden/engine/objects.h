/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Objects: the Kubernetes objects of a document, out of whatever lists they are in, and the pods that they hold.
 */

#include "kube/pod.h"

/*
 * A row for each pod of an object, and one for an object without any: what is said of one pod of several is said with
 * where in the object it is.
 */
struct objects {
	struct object_view {
		struct kube_object object;
		struct kube_pod pod; /* where has_pod */
		bool has_pod;
		bool crowded;	  /* the object holds more than KUBE_PODS_MAX pods */
		struct str where; /* of several pods of the object: which; else empty */
		const char *note; /* why its pods are not edited; NULL */
	} *items;
	size_t n, cap;
	struct kube_pods pods; /* of the object at hand */
};

/*
 * objects_read() - fills @objects with the objects of the tree, in order; what it held is forgotten. The views stay
 * valid while the tree is edited, and as long as @arena. @own: the user's kinds and image facts, may be NULL.
 */
void objects_read(struct yaml_tree *tree, struct arena *arena, const struct kube_own *own, struct objects *objects);
void objects_free(struct objects *objects);
