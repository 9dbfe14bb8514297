/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Twins: images that do the same as another without root, and what they take with them: a port, a configuration. */

#include "kube/pod.h"

/*
 * twin_obstacle() - why the image of a container cannot be replaced by its twin, whatever becomes of its ports; NULL
 * where nothing is in the way.
 */
const char *twin_obstacle(const struct kube_pod *pod, const struct kube_container *container, struct arena *arena);

/*
 * twin_moves() - whether the container's program listens on @port (TCP) by itself, and its twin on @target in its
 * place.
 */
bool twin_moves(const struct kube_container *container, struct arena *arena, uint16_t port, uint16_t target);

/* twin_refresh() - reads the images of the pod's containers again, after an edit. @own: the user's facts; may be NULL. */
void twin_refresh(struct kube_pod *pod, struct arena *arena, const struct kube_own *own);
