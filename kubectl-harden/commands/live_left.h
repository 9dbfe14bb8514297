/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Left alone: objects of a cluster that somebody else keeps as they are, and namespaces in which nothing is changed.
 */

#include "commands/live.h"

/*
 * live_is_left() - whether @object is not to be changed; it is remembered for live_add_end(). @reported_only: why nothing
 * in its namespace is; NULL.
 */
bool live_is_left(struct live_work *live, const struct live_object *object, const char *reported_only);

void live_left_free(struct live_left *left);
