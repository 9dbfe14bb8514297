/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Left alone: objects of a cluster that somebody else keeps as they are, and namespaces in which nothing is changed.
 */

#include "commands/cluster_work.h"

/*
 * cluster_is_left() - whether @object is not to be changed; it is remembered for cluster_add_end(). @reported_only: why nothing
 * in its namespace is; NULL.
 */
bool cluster_is_left(struct cluster_work *live, const struct live_object *object, const char *reported_only);

/* cluster_left_n() - how many objects were left. */
size_t cluster_left_n(const struct cluster_work *live);

void cluster_left_free(struct cluster_left *left);
