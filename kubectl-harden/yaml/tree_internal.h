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

/* yaml_skip_gap() - behind the blanks, line breaks and comments from @at on. */
uint32_t yaml_skip_gap(struct str s, uint32_t at);

/*
 * yaml_check_keys() - marks the `<<` keys of @map, and refuses what would hide one value behind another: a duplicate
 * key, a key whose tag changes what it says, a merge of something that is no mapping.
 */
bool yaml_check_keys(struct yaml_tree *tree, yaml_id map, struct yaml_refusal *ret_why);

/*
 * yaml_find_tab_line() - one more than the offset of the first tab in a line of blanks that is in no scalar and in no
 * flow collection; 0 where there is none.
 */
uint32_t yaml_find_tab_line(struct yaml_tree *tree);

/* Anchors by name; of two with one name, the later one. */
struct anchors {
	struct anchor {
		struct str name;
		yaml_id node;
	} *slots;
	size_t n, size;
};

void anchors_add(struct anchors *anchors, struct str name, yaml_id node);
yaml_id anchors_find(const struct anchors *anchors, struct str name);
void anchors_free(struct anchors *anchors);

/* yaml_physical_*() - children as they stand, `<<` keys and removed ones included, copies not. */
yaml_id yaml_physical_first(struct yaml_tree *tree, yaml_id collection);
yaml_id yaml_physical_next(struct yaml_tree *tree, yaml_id child);

/* yaml_key_note() - sets the bit of a key of @shape. */
static inline void yaml_key_note(struct yaml_tree *tree, uint32_t shape)
{
	unsigned bit = yaml_key_bit(shape);

	tree->keys[bit / 64] |= (uint64_t)1 << (bit % 64);
}

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

/* yaml_resolve_alias() - the copy that stands for an alias in the logical tree, made when first asked for. */
yaml_id yaml_resolve_alias(struct yaml_tree *tree, yaml_id id);

/* yaml_slice() - the text of a scalar that needs no decoding (YAML_F_SLICE), quotes left out. */
static inline bool yaml_slice(const struct yaml_tree *tree, yaml_id id, struct str *ret_text)
{
	const struct yaml_node *node = &tree->nodes.items[id];
	uint32_t quote = node->style != YAML_PLAIN;

	if ((node->flags & (YAML_F_SLICE | YAML_F_CHANGED)) != YAML_F_SLICE)
		return false;
	*ret_text = str_sub(tree->bytes, node->start + quote, node->end - quote);
	return true;
}

/* One step of the undo log: what @id was before. */
struct yaml_op {
	yaml_id id;
	struct yaml_node before;
};

/* ---- yaml/edit.c, for yaml/remove.c and yaml/render.c ---- */

/* yaml_refuse() - @ret_why (may be NULL) says why at @node; returns false. */
bool yaml_refuse(struct yaml_tree *tree, struct yaml_refusal *ret_why, yaml_id node, const char *why);

/* yaml_touch() - logs what @id is before it is changed. */
void yaml_touch(struct yaml_tree *tree, yaml_id id);

/*
 * yaml_last_leaf() - what stands last of the pair or node @id, of the input and not removed: a scalar, an alias or a
 * flow collection.
 */
yaml_id yaml_last_leaf(struct yaml_tree *tree, yaml_id id);

/* yaml_keeps_breaks() - whether a block scalar is a `|+`. */
bool yaml_keeps_breaks(struct str s, const struct yaml_node *block);
