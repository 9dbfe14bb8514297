/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Objects: the Kubernetes objects of a document, out of whatever lists they are in.
 */

#include "kube/pod.h"

typedef void object_visit(void *data, const struct kube_object *object);

/* objects_each() - calls @visit for every object of the tree, in order. Returns how many there were. */
unsigned objects_each(struct yaml_tree *tree, object_visit *visit, void *data);
