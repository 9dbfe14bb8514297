/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the files of the yaml layer share and nobody else needs.
 */

#include "yaml/edit.h"

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

/* yaml_own_*() - likewise; of a copy, whose children are all copies, those. */
yaml_id yaml_own_first(struct yaml_tree *tree, yaml_id collection);
yaml_id yaml_own_next(struct yaml_tree *tree, yaml_id collection, yaml_id child);

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

/* yaml_origin() - the node of the input that a copy is one of; of any other node, itself. */
yaml_id yaml_origin(struct yaml_tree *tree, yaml_id id);

/*
 * yaml_expand() - makes all copies of the document, so that edits of their origins do not show in them. False where
 * they are too many (tree->exhausted).
 */
bool yaml_expand(struct yaml_tree *tree);

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

/* ---- yaml/edit.c, for yaml/remove.c, yaml/settle.c and yaml/render.c ---- */

/* yaml_refuse() - @ret_why (may be NULL) says why at @node; returns false. */
bool yaml_refuse(struct yaml_tree *tree, struct yaml_refusal *ret_why, yaml_id node, const char *why);

/* yaml_touch() - logs what @id is before it is changed. */
void yaml_touch(struct yaml_tree *tree, yaml_id id);

/* yaml_new_*() - nodes that hang nowhere yet; texts are copied. */
yaml_id yaml_new_scalar(struct yaml_tree *tree, struct str text, enum yaml_type type);
yaml_id yaml_new_collection(struct yaml_tree *tree, enum yaml_kind kind, enum yaml_style style);

/* As the functions of yaml/edit.h, for nodes and values of any kind. */
yaml_id yaml_add_pair(struct yaml_tree *tree, yaml_id map, struct str key, yaml_id value,
		      const struct yaml_order *order, struct yaml_refusal *ret_why);
yaml_id yaml_append(struct yaml_tree *tree, yaml_id seq, yaml_id item, struct yaml_refusal *ret_why);
bool yaml_set(struct yaml_tree *tree, yaml_id scalar, struct str text, enum yaml_type type,
	      struct yaml_refusal *ret_why);

/* yaml_in_flow() - whether @id stands inside {} or []. */
bool yaml_in_flow(struct yaml_tree *tree, yaml_id id);

/* ---- yaml/meaning.c ---- */

/*
 * yaml_index() - the pairs of @map by what their keys say: .node is the value; of two with one name, the one that
 * counts (a merge may hide a key, or be hidden by one). Free with anchors_free().
 */
void yaml_index(struct yaml_tree *tree, yaml_id map, struct anchors *ret_index);

/*
 * yaml_is_definition() - whether what stands below this root key is there to be shared and for nothing else: `x-…`, the
 * custom of compose files and OpenAPI. Kubernetes has no such field.
 */
bool yaml_is_definition(struct str root_key);

/* yaml_meaning() - a hash of what the logical tree says, definitions left out: equal where Kubernetes reads the same. */
uint64_t yaml_meaning(struct yaml_tree *tree);

/*
 * yaml_last_leaf() - what stands last of the pair or node @id, of the input and not removed: a scalar, an alias or a
 * flow collection.
 */
yaml_id yaml_last_leaf(struct yaml_tree *tree, yaml_id id);

/* yaml_keeps_breaks() - whether a block scalar is a `|+`. */
bool yaml_keeps_breaks(struct str s, const struct yaml_node *block);

/* ---- yaml/remove.c, for the renderer and the proof ---- */

/* yaml_child_end() - behind the pair or item @child of the input: its value, or its key where that has none. */
uint32_t yaml_child_end(struct yaml_tree *tree, yaml_id child);

/*
 * yaml_child_start() - first byte of the child of @collection that stands behind @before (YAML_NONE: of the first
 * one), its dash or question mark included.
 */
uint32_t yaml_child_start(struct yaml_tree *tree, yaml_id collection, yaml_id before);

/* yaml_is_emptied() - whether all that a collection of the input held was removed, and nothing added. */
bool yaml_is_emptied(struct yaml_tree *tree, yaml_id collection);

/*
 * yaml_hollow() - the collection that is @child, or its value, where all that it held was removed one by one before
 * or with it; else YAML_NONE. Comments on lines of their own inside stay then: they may speak of what is around.
 */
yaml_id yaml_hollow(struct yaml_tree *tree, yaml_id child);

/* yaml_inside_start() - where what may be a comment inside of @child (its first byte is @start) begins. */
uint32_t yaml_inside_start(struct yaml_tree *tree, yaml_id child, uint32_t start);

/* yaml_comment_line() - start of the first line that begins from @from on and is a comment; @to without one. */
uint32_t yaml_comment_line(struct str s, uint32_t from, uint32_t to);

/* yaml_holds_comment_lines() - whether comments on lines of their own are inside of a hollow @child; else false. */
bool yaml_holds_comment_lines(struct yaml_tree *tree, yaml_id child, uint32_t start);
