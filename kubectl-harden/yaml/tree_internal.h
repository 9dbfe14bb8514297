/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the files of the yaml layer share and nobody else needs.
 */

#include "yaml/tree.h"

/* yaml_node_new() - a zeroed node at the end of the vector; pointers into it become invalid. */
yaml_id yaml_node_new(struct yaml_tree *tree);

/* yaml_column() - bytes between the start of its line and @at. */
uint32_t yaml_column(struct str s, uint32_t at);

/* yaml_physical_*() - children as they stand, `<<` keys and removed ones included, copies not. */
yaml_id yaml_physical_first(struct yaml_tree *tree, yaml_id collection);
yaml_id yaml_physical_next(struct yaml_tree *tree, yaml_id child);

/* yaml_raw() - the bytes of a node of the input. */
static inline struct str yaml_raw(const struct yaml_tree *tree, yaml_id id)
{
	const struct yaml_node *node = &tree->nodes.items[id];

	return str_sub(tree->bytes, node->start, node->end);
}

static inline struct yaml_node *yaml_node(struct yaml_tree *tree, yaml_id id)
{
	return &tree->nodes.items[id];
}

/* One step of the undo log: what @id was before. */
struct yaml_op {
	yaml_id id;
	struct yaml_node before;
};
