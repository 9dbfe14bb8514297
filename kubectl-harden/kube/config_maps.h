/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * ConfigMaps of the input, for whoever reads a pod that refers to them. They may stand in other documents than the
 * pod, so only the plan knows them: before it, and where an input holds none, nobody is asked.
 */

#include "base/str.h"

/* Of those entries that can say what a program listens on. */
struct config_entry {
	struct str key, value;
};

struct config_map {
	struct str namespace, name;
	const struct config_entry *entries;
	size_t entries_n;
	struct str why_not; /* why it cannot be edited; empty: it can */
};

/* @find answers NULL where the input has none of that name, or several that it may be. */
struct config_lookup {
	const struct config_map *(*find)(const struct config_lookup *lookup, struct str name);
};

/* A value of a ConfigMap. */
struct config_ref {
	const struct config_map *map; /* NULL: none */
	size_t entry;
};
