/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What kube/low_ports.c (which ports below 1024 a pod opens) and kube/port_sites.c (where one is named) share.
 */

#include "kube/port_sites.h"

/* port_each_handler() - calls @visit for every probe and hook of a container that is not ephemeral; @handler may be none. */
typedef void port_handler_visit(struct yaml_tree *tree, yaml_id handler, bool is_probe, int container, void *data);
void port_each_handler(struct kube_pod *pod, port_handler_visit *visit, void *data);

/* port_actions[] - what a handler can do to a port: httpGet, tcpSocket, grpc. */
enum { PORT_ACTION_HTTP = 0, PORT_ACTIONS_N = 3 };
extern const char *const port_actions[PORT_ACTIONS_N];

/* port_of_handler() - the port that the action of a handler asks, if it asks the pod: with another host, somebody else. */
yaml_id port_of_handler(struct yaml_tree *tree, yaml_id handler, size_t action);

/* container_serves() - false for an init container that ends: it does not do what its image does. */
bool container_serves(const struct kube_container *container);

/*
 * port_is_of_image() - whether the image of @container is known to listen on @port, one below 1024, and the manifest
 * says nothing of ports and listeners there.
 */
bool port_is_of_image(struct kube_pod *pod, int container, uint16_t port);

/* port_is_told() - whether a setting of the manifest tells @container to listen on @port. */
bool port_is_told(struct kube_pod *pod, int container, uint16_t port);

/*
 * port_owner() - the container that listens on a port that none declares: the only server, the one that a setting tells
 * to, or, after a move, that is told @target, or the one whose image is known to; -1 where that is not clear.
 */
int port_owner(struct kube_pod *pod, uint16_t port, uint16_t target);
