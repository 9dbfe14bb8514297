/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the files of the yaml layer share and nobody else needs.
 */

#include "yaml/edit.h"

/* What both readers say of a document beyond its limits. */
#define YAML_TOO_MANY_NODES "too many nodes in one document (see --max-nodes)"
#define YAML_TOO_DEEP "nested too deeply (see --max-depth)"

/*
 * yaml_json_read() - fills @tree, which is empty, from its bytes if they are strict JSON and begin with { or [.
 * YAML_JSON_REFUSED: they begin as JSON and are refused as yaml_parse() would, for *ret_why.
 */
enum yaml_json { YAML_JSON_NONE, YAML_JSON_READ, YAML_JSON_REFUSED };
enum yaml_json yaml_json_read(struct yaml_tree *tree, struct yaml_refusal *ret_why);

/* yaml_json_number() - the end of the number (RFC 8259) that begins at @at, which is within @s; 0 where there is none. */
uint32_t yaml_json_number(struct str s, uint32_t at);

/* yaml_parse_yaml() - as yaml_parse(), but by the YAML parser whatever it is, for the tests that compare the two. */
bool yaml_parse_yaml(struct yaml_tree *tree, struct arena *arena, struct str bytes, const struct yaml_limits *limits,
		     struct yaml_refusal *ret_why);

/* yaml_node_new() - a zeroed node at the end of the vector; pointers into it become invalid. */
yaml_id yaml_node_new(struct yaml_tree *tree);

/*
 * yaml_next_property() - cuts the next anchor or tag off what stands between *@at and the node, which starts at @end;
 * empty when there is none left.
 */
struct str yaml_next_property(struct yaml_tree *tree, uint32_t *at, uint32_t end);

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
 * flow collection, or between the question mark of a block's key and that key; 0 where there is none.
 */
uint32_t yaml_find_tab_line(struct yaml_tree *tree);
/* yaml_refuse_tab() - says that one in *ret_why (may be NULL); returns false. */
bool yaml_refuse_tab(const struct yaml_tree *tree, struct yaml_refusal *ret_why);

/* yaml_is_led_by_tab() - whether only blanks, with a tab among them, stand before @at in its line. */
bool yaml_is_led_by_tab(struct str s, uint32_t at);

/*
 * yaml_is_behind_tab() - whether a scalar of the input begins its line, behind blanks with a tab, or follows the dash of
 * an item and two tabs, in no flow collection: there libfyaml takes a quote for text.
 */
bool yaml_is_behind_tab(struct yaml_tree *tree, yaml_id scalar);

/* yaml_ends_with_tab_line() - whether a block scalar ends with a line of blanks with a tab, which would be left behind. */
bool yaml_ends_with_tab_line(struct yaml_tree *tree, yaml_id scalar);

/* Anchors by name; of two with one name, the later one. There may be a million: names are offsets in @text. */
struct anchors {
	const char *text; /* the document */
	struct anchor {
		uint32_t at, n;
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

/* ---- yaml/tag.c ---- */

/* What a tag makes of a scalar. */
enum yaml_tag {
	YAML_TAG_NONE,
	YAML_TAG_TEXT, /* !!str, and every tag that nobody knows */
	YAML_TAG_BANG, /* `!` alone: the same, but that `! <<` is a merge key */
	YAML_TAG_NULL,
	YAML_TAG_BOOL,
	YAML_TAG_INT,
	YAML_TAG_FLOAT,
	YAML_TAG_TIME,
	YAML_TAG_BINARY,
	YAML_TAG_MERGE,
};

/* yaml_tag_find() - where the tag of @node stands among its properties; false where it has none. */
bool yaml_tag_find(const struct yaml_tree *tree, const struct yaml_node *node, uint32_t *ret_from, uint32_t *ret_to);

/* yaml_tag_of() - the tag of @node, NONE where it carries none or an edit takes it away. */
enum yaml_tag yaml_tag_of(const struct yaml_tree *tree, const struct yaml_node *node);

/* yaml_tag_resolve() - as yaml_resolve_plain(), of a scalar with @tag, quoted or not; false where kubectl refuses. */
bool yaml_tag_resolve(enum yaml_tag tag, struct str text, enum yaml_type *ret_type, int64_t *ret_int, bool *ret_bool);

/* yaml_tag_fits() - whether @text below the tag of @node is read as that text of @type, so that the tag can stay. */
bool yaml_tag_fits(const struct yaml_tree *tree, const struct yaml_node *node, struct str text, enum yaml_type type);

/* yaml_tag_problem() - what kubectl refuses about the tag of @id or its value, or what it reads otherwise; or NULL. */
const char *yaml_tag_problem(struct yaml_tree *tree, yaml_id id);

/* yaml_raw_text() - what a scalar of the input says, `!!binary` not decoded. */
struct str yaml_raw_text(struct yaml_tree *tree, yaml_id id);

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

/* Pairs of a mapping by what their keys say: the values. Free with yaml_index_free(). */
struct yaml_index {
	struct yaml_index_slot {
		struct str name;
		yaml_id node;
	} *slots; /* a slot without a node is empty */
	size_t n, size;
};

/*
 * yaml_index_map() - makes the index of @map; of two pairs with one name, the one that counts (a merge may hide a key,
 * or be hidden by one). yaml_index_add() - takes the place of what had the name. yaml_index_find() - YAML_NONE without.
 */
void yaml_index_map(struct yaml_tree *tree, yaml_id map, struct yaml_index *ret_index);
void yaml_index_add(struct yaml_index *index, struct str name, yaml_id value);
yaml_id yaml_index_find(const struct yaml_index *index, struct str name);
void yaml_index_free(struct yaml_index *index);

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

/* yaml_comment_line() - start of the first line that begins from @from on and is a comment; @to without one. */
uint32_t yaml_comment_line(struct str s, uint32_t from, uint32_t to);

/* Gets the starts of lines; returns false where it wants no more. */
struct yaml_line_sink {
	void *context;
	bool (*take)(void *context, uint32_t line);
};

/*
 * yaml_comments_inside() - the comments on lines of their own inside of the pair or item @child of the input, whose first
 * byte is @start, in order: they stay where it is removed, for they may speak of what is around. False where @sink
 * wanted no more.
 */
bool yaml_comments_inside(struct yaml_tree *tree, yaml_id child, uint32_t start, struct yaml_line_sink sink);

/* yaml_holds_comment_lines() - whether there are any. */
bool yaml_holds_comment_lines(struct yaml_tree *tree, yaml_id child, uint32_t start);
