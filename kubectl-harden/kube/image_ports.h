/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Image ports: what a container's image listens on by itself, and which of the manifest's variables it obeys. */

#include "kube/listeners.h"
#include "kube/pod.h"

/*
 * image_obeys() - whether the variable @name, which @listener (or NULL) says is a listener's, tells the container's
 * program of its port. One that many programs share (PORT) does not tell an image anything that is known to listen on
 * @port by itself.
 */
bool image_obeys(const struct kube_container *container, struct str name, const struct listener *listener,
		 uint16_t port);

/*
 * image_is_moved() - whether a variable that its image obeys tells the container to listen on something else than
 * @port, on which it listens by itself.
 */
bool image_is_moved(const struct kube_pod *pod, const struct kube_container *container, uint16_t port);
