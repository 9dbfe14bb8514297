/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Cluster: the connection that the command line asks for, and what is said about it on standard error.
 */

#include "commands/command.h"
#include "live/resources.h"

struct cluster {
	struct arena *arena; /* of the configuration, as long as the connection */
	struct live_config config;
	struct live_client *client;
	struct live_resources resources;
};

/*
 * cluster_open() - reads the kubeconfig, connects, and asks what the server serves. @stop: see live_open(). False with
 * *err; cluster_close() in either case.
 */
bool cluster_open(struct cluster *cluster, struct session *session, const volatile sig_atomic_t *stop,
		  struct error **err);
void cluster_close(struct cluster *cluster);

/* cluster_is_meant() - whether the command line names objects of a cluster, not files. */
bool cluster_is_meant(const struct settings *settings);
