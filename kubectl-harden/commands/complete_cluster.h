/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Complete: what the kubeconfig and the cluster have. Whatever cannot be read in a moment offers nothing. */

#include "commands/settings.h"

/* Called with each word; it is valid during the call. */
struct completion_listener {
	void (*offer)(void *data, struct str word);
	void *data;
};

/* complete_kubeconfig() - the names in a list ("contexts", "clusters", "users") of the kubeconfig that @settings mean. */
void complete_kubeconfig(const struct settings *settings, const char *list, const struct completion_listener *listener);

/* complete_namespaces() - those of the cluster. */
void complete_namespaces(const struct settings *settings, const struct completion_listener *listener);

/*
 * complete_objects() - for a word that begins as @start: the types that hold pods ("deployments.apps"), or behind
 * "TYPE/", or a TYPE as the first argument, the objects of that type in the namespace that is meant.
 */
void complete_objects(const struct settings *settings, struct str start, const struct completion_listener *listener);
