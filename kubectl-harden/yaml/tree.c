/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tree
 *
 * Nodes of the input and nodes made later live in one vector. Two kinds of nodes are made while reading, on demand:
 *
 *  - the *copy* of what an alias stands for. Its site (the alias node) remembers it in .first, so it is made once;
 *    the copy keeps its origin in .start and its site in .props. Its children are copies as well, made when asked for.
 *  - the copies of the pairs that a merge key brings in. They are chained behind their `<<` key, so that walking the
 *    chain in order and letting the last one win is exactly what go-yaml does when it decodes a mapping. A logical
 *    walk passes over those that do not win.
 *
 * Physical walks (rendering, proof) skip copies; logical walks skip `<<` keys. Both skip what an edit removed, but
 * for the renderer, which must delete it.
 *
 * A copy is one of what stands in the input: before the first edit of a document that has any, all of them are made
 * (yaml_expand), so that an edit of the origin does not show in them, nor one of theirs in it.
 */
#include "yaml/scalar.h"
#include "yaml/tree.h"
#include "base/base64.h"
#include "yaml/tree_internal.h"

#include <stdlib.h>

enum { OPS_KEPT = 4096 };

void yaml_forget(struct yaml_tree *tree)
{
	tree->ops.n = 0;
	if (tree->ops.cap <= OPS_KEPT)
		return;
	free(tree->ops.items);
	tree->ops.items = NULL;
	tree->ops.cap = 0;
}

void yaml_tree_free(struct yaml_tree *tree)
{
	free(tree->nodes.items);
	free(tree->texts.items);
	free(tree->ops.items);
	*tree = YAML_TREE_INIT;
}

void yaml_tree_copy(struct yaml_tree *to, const struct yaml_tree *from, struct arena *arena)
{
	struct yaml_tree copy = *from;

	copy.arena = arena;
	copy.nodes = to->nodes;
	copy.texts = to->texts;
	copy.ops = to->ops;
	copy.texts.n = copy.ops.n = 0;
	if (copy.nodes.cap < from->nodes.n) {
		copy.nodes.cap = from->nodes.n;
		copy.nodes.items = xrealloc_array(copy.nodes.items, copy.nodes.cap, sizeof(*copy.nodes.items));
	}
	copy.nodes.n = from->nodes.n;
	memcpy(copy.nodes.items, from->nodes.items, from->nodes.n * sizeof(*from->nodes.items));
	*to = copy;
}

/* ---- copies ---- */

yaml_id yaml_origin(struct yaml_tree *tree, yaml_id id)
{
	while (yaml_node(tree, id)->flags & YAML_F_COPY)
		id = yaml_node(tree, id)->start;
	return id;
}

/*
 * A copy of what @source stands for. Its origin is always a node that is no copy and no alias: an anchor is never on
 * an alias, and the copy that an alias remembers has such an origin itself.
 */
static yaml_id copy_node(struct yaml_tree *tree, yaml_id source, yaml_id parent)
{
	struct yaml_node from;
	yaml_id id;

	if (yaml_node(tree, source)->kind == YAML_ALIAS)
		source = yaml_node(tree, source)->first;
	source = yaml_origin(tree, source);
	from = *yaml_node(tree, source);
	if (tree->nodes.n >= tree->copies_end) {
		tree->exhausted = true;
		return YAML_NONE;
	}
	id = yaml_node_new(tree);
	*yaml_node(tree, id) = (struct yaml_node){
		.kind = from.kind,
		.style = from.style,
		.start = source,
		.parent = parent,
		.flags = (uint16_t)(YAML_F_COPY | (from.kind != YAML_SCALAR ? YAML_F_LAZY : 0) |
				    (from.flags & YAML_F_TAG)),
	};
	return id;
}

yaml_id yaml_resolve_alias(struct yaml_tree *tree, yaml_id id)
{
	struct yaml_node site = *yaml_node(tree, id);
	yaml_id copy;

	if (yaml_node(tree, site.first)->flags & YAML_F_COPY)
		return site.first;
	copy = copy_node(tree, id, site.parent);
	if (!copy)
		return YAML_NONE;
	yaml_node(tree, copy)->pair = site.pair;
	yaml_node(tree, copy)->flags |= site.flags & YAML_F_KEY;
	yaml_node(tree, copy)->props = id;
	yaml_node(tree, id)->first = copy;
	return copy;
}

/* The node that stands for @id in the logical tree: its copy if it is an alias (of the input), else itself. */
static inline yaml_id resolve(struct yaml_tree *tree, yaml_id id)
{
	return yaml_node(tree, id)->kind == YAML_ALIAS && !(yaml_node(tree, id)->flags & YAML_F_NEW)
		       ? yaml_resolve_alias(tree, id)
		       : id;
}

/* A copy's children: copies of its origin's. */
static void expand_copy(struct yaml_tree *tree, yaml_id id)
{
	yaml_id origin = yaml_node(tree, id)->start, last = YAML_NONE;

	yaml_node(tree, id)->flags &= (uint16_t)~YAML_F_LAZY;
	for (yaml_id child = yaml_node(tree, origin)->first; child; child = yaml_node(tree, child)->next) {
		yaml_id copy;

		if (yaml_node(tree, child)->flags & YAML_F_COPY)
			continue; /* a merged pair: merged again here, from its own `<<` */
		copy = copy_node(tree, child, id);
		if (!copy)
			return;
		/* What was copied may be a key, or none, where its anchor stands. */
		if (yaml_node(tree, child)->flags & YAML_F_KEY)
			yaml_node(tree, copy)->flags |= yaml_node(tree, child)->flags & (YAML_F_KEY | YAML_F_MERGE);
		if (yaml_node(tree, copy)->flags & YAML_F_MERGE)
			yaml_node(tree, id)->flags |= YAML_F_MERGE;
		if (yaml_node(tree, child)->pair && yaml_node(tree, origin)->kind == YAML_MAP) {
			yaml_id value = copy_node(tree, yaml_node(tree, child)->pair, id);

			if (!value)
				return;
			yaml_node(tree, copy)->pair = value;
			yaml_node(tree, value)->pair = copy;
		}
		if (last)
			yaml_node(tree, last)->next = copy;
		else
			yaml_node(tree, id)->first = copy;
		last = copy;
	}
}

/* ---- merges ---- */

static void expand(struct yaml_tree *tree, yaml_id id, uint32_t depth);

/* Copies of the pairs of @source, chained behind @after; returns the last one. */
static yaml_id merge_pairs(struct yaml_tree *tree, yaml_id map, yaml_id source, yaml_id after, uint32_t depth)
{
	source = resolve(tree, source);
	if (!source || yaml_node(tree, source)->kind != YAML_MAP)
		return after;
	expand(tree, source, depth);
	if (yaml_node(tree, source)->flags & YAML_F_MERGE)
		return after; /* too deep: asking for its first pair would begin to count anew */
	for (yaml_id key = yaml_first(tree, source); key; key = yaml_next(tree, key)) {
		yaml_id copy = copy_node(tree, key, map), value;

		if (!copy || !yaml_node(tree, key)->pair)
			return after;
		value = copy_node(tree, yaml_node(tree, key)->pair, map);
		if (!value)
			return after;
		yaml_node(tree, copy)->flags |= YAML_F_KEY;
		yaml_node(tree, copy)->pair = value;
		yaml_node(tree, value)->pair = copy;
		yaml_node(tree, copy)->next = yaml_node(tree, after)->next;
		yaml_node(tree, after)->next = copy;
		after = copy;
	}
	return after;
}

/* Of a list of merges the first one wins: go-yaml takes them from the last to the first. */
static void merge_list(struct yaml_tree *tree, yaml_id map, yaml_id list, yaml_id after, uint32_t depth)
{
	size_t n = yaml_count(tree, list);
	yaml_id *items = xmalloc(n * sizeof(*items));
	size_t i = 0;

	YAML_EACH(tree, list, item)
		if (i < n)
			items[i++] = item;
	while (i-- > 0)
		after = merge_pairs(tree, map, items[i], after, depth);
	free(items);
}

/* Of the pairs with one name the last one counts, for as long as it is there. */
static void hide_pairs(struct yaml_tree *tree, yaml_id map)
{
	struct yaml_index index = { 0 };

	for (yaml_id key = yaml_node(tree, map)->first; key; key = yaml_node(tree, key)->next) {
		yaml_id before;
		struct str name;

		if (yaml_node(tree, key)->flags & YAML_F_MERGE)
			continue;
		name = yaml_text(tree, key);
		before = resolve(tree, yaml_index_find(&index, name));
		if (before) {
			yaml_node(tree, before)->flags |= YAML_F_HIDDEN;
			yaml_node(tree, before)->first = key;
		}
		yaml_index_add(&index, name, key);
	}
	yaml_index_free(&index);
}

/* @depth: of merges that bring in merges; hostile input could make a chain of a million. */
static void expand(struct yaml_tree *tree, yaml_id id, uint32_t depth)
{
	if (yaml_node(tree, id)->flags & YAML_F_LAZY)
		expand_copy(tree, id);
	if (!(yaml_node(tree, id)->flags & YAML_F_MERGE) || yaml_node(tree, id)->kind != YAML_MAP)
		return;
	if (depth > tree->limits.depth) {
		tree->exhausted = true;
		return;
	}
	yaml_node(tree, id)->flags &= (uint16_t)~YAML_F_MERGE;
	for (yaml_id key = yaml_node(tree, id)->first; key; key = yaml_node(tree, key)->next) {
		yaml_id value;

		if (!(yaml_node(tree, key)->flags & YAML_F_MERGE))
			continue;
		value = resolve(tree, yaml_node(tree, key)->pair);
		if (!value)
			continue;
		if (yaml_node(tree, value)->kind == YAML_SEQ)
			merge_list(tree, id, value, key, depth + 1);
		else
			merge_pairs(tree, id, value, key, depth + 1);
	}
	hide_pairs(tree, id);
}

bool yaml_expand(struct yaml_tree *tree)
{
	if (!tree->has_copies || tree->expanded)
		return !tree->exhausted;
	/* Those that are made on the way come at the end, and so in their turn. */
	for (yaml_id id = 1; id < tree->nodes.n && !tree->exhausted; id++) {
		yaml_id copy = resolve(tree, id);

		if (copy && (yaml_node(tree, copy)->flags & (YAML_F_LAZY | YAML_F_MERGE)))
			expand(tree, copy, 0);
	}
	tree->expanded = true;
	return !tree->exhausted;
}

/* ---- walking ---- */

static bool skipped(const struct yaml_node *node)
{
	return (node->flags & YAML_F_REMOVED) || ((node->flags & YAML_F_MERGE) && (node->flags & YAML_F_KEY));
}

/* Only keys are. */
static bool is_hidden(struct yaml_tree *tree, yaml_id key)
{
	while (yaml_node(tree, resolve(tree, key))->flags & YAML_F_HIDDEN) {
		key = yaml_node(tree, resolve(tree, key))->first;
		if (!(yaml_node(tree, key)->flags & YAML_F_REMOVED))
			return true;
	}
	return false;
}

static yaml_id visible(struct yaml_tree *tree, yaml_id id)
{
	while (id && (skipped(yaml_node(tree, id)) || (tree->has_copies && is_hidden(tree, id))))
		id = yaml_node(tree, id)->next;
	return id;
}

yaml_id yaml_first(struct yaml_tree *tree, yaml_id collection)
{
	struct yaml_node *node = yaml_node(tree, collection);

	if (node->kind == YAML_ALIAS) {
		collection = resolve(tree, collection);
		node = yaml_node(tree, collection);
	}
	if (node->kind != YAML_MAP && node->kind != YAML_SEQ)
		return YAML_NONE;
	if (node->flags & (YAML_F_LAZY | YAML_F_MERGE)) {
		expand(tree, collection, 0);
		node = yaml_node(tree, collection);
	}
	return resolve(tree, visible(tree, node->first));
}

/* The node that is chained where @child stands: for the copy of an alias, the alias. */
static yaml_id site_of(struct yaml_tree *tree, yaml_id child)
{
	struct yaml_node *node = yaml_node(tree, child);

	return (node->flags & YAML_F_COPY) && node->props ? node->props : child;
}

yaml_id yaml_next(struct yaml_tree *tree, yaml_id child)
{
	child = site_of(tree, child);
	return resolve(tree, visible(tree, yaml_node(tree, child)->next));
}

yaml_id yaml_physical_first(struct yaml_tree *tree, yaml_id collection)
{
	yaml_id id = yaml_node(tree, collection)->first;

	while (id && (yaml_node(tree, id)->flags & YAML_F_COPY))
		id = yaml_node(tree, id)->next;
	return id;
}

yaml_id yaml_physical_next(struct yaml_tree *tree, yaml_id child)
{
	yaml_id id = yaml_node(tree, child)->next;

	while (id && (yaml_node(tree, id)->flags & YAML_F_COPY))
		id = yaml_node(tree, id)->next;
	return id;
}

yaml_id yaml_value(struct yaml_tree *tree, yaml_id key)
{
	struct yaml_node *node = yaml_node(tree, key);

	return node->flags & YAML_F_KEY ? resolve(tree, node->pair) : YAML_NONE;
}

yaml_id yaml_key(struct yaml_tree *tree, yaml_id value)
{
	struct yaml_node *node = yaml_node(tree, value);

	return node->flags & YAML_F_KEY ? YAML_NONE : node->pair;
}

yaml_id yaml_parent(struct yaml_tree *tree, yaml_id node)
{
	return yaml_node(tree, node)->parent;
}

size_t yaml_count(struct yaml_tree *tree, yaml_id collection)
{
	size_t n = 0;

	YAML_EACH(tree, collection, child)
		n++;
	return n;
}

enum yaml_kind yaml_kind(struct yaml_tree *tree, yaml_id id)
{
	return id ? (enum yaml_kind)yaml_node(tree, resolve(tree, id))->kind : YAML_NOTHING;
}

/* The most frequent question of all, so the usual key costs one comparison of bytes. */
static bool key_is(struct yaml_tree *tree, yaml_id key, struct str name)
{
	struct str text;

	if (yaml_slice(tree, key, &text))
		return text.n == name.n && (!name.n || (text.p[0] == name.p[0] && !memcmp(text.p, name.p, name.n)));
	return yaml_kind(tree, key) == YAML_SCALAR && str_eq(yaml_text(tree, key), name);
}

yaml_id yaml_get_str(struct yaml_tree *tree, yaml_id map, struct str name)
{
	yaml_id found = YAML_NONE;

	if (!map || !yaml_may_have(tree, name))
		return YAML_NONE;
	map = resolve(tree, map);
	if (!map || yaml_node(tree, map)->kind != YAML_MAP)
		return YAML_NONE;
	if (yaml_node(tree, map)->flags & (YAML_F_LAZY | YAML_F_MERGE))
		expand(tree, map, 0);
	for (yaml_id key = yaml_node(tree, map)->first; key; key = yaml_node(tree, key)->next)
		if (key_is(tree, key, name) && !skipped(yaml_node(tree, key)))
			found = key;
	return found ? yaml_value(tree, found) : YAML_NONE;
}

yaml_id yaml_get_path(struct yaml_tree *tree, yaml_id node, const char *path)
{
	struct str rest = str_of(path), part;

	while (rest.n && node && str_cut(&rest, '.', &part))
		node = yaml_get_str(tree, node, part);
	return node;
}

/* ---- scalars ---- */

/* Column of the block collection that @id is in, -1 at the top. */
static int parent_column(struct yaml_tree *tree, yaml_id id)
{
	for (yaml_id up = yaml_node(tree, id)->parent; up; up = yaml_node(tree, up)->parent)
		if (yaml_node(tree, up)->style == YAML_BLOCK)
			return (int)yaml_column(tree->bytes, yaml_node(tree, up)->start);
	return -1;
}

static bool has_new_text(const struct yaml_node *node)
{
	return node->flags & (YAML_F_NEW | YAML_F_CHANGED);
}

struct yaml_block_scalar yaml_block_scalar_of(struct yaml_tree *tree, yaml_id id)
{
	const struct yaml_node *node = yaml_node(tree, id);

	return yaml_block_scalar(tree->bytes, node->start, parent_column(tree, id), node->end);
}

struct str yaml_raw_text(struct yaml_tree *tree, yaml_id id)
{
	enum yaml_style style = (enum yaml_style)yaml_node(tree, id)->style;

	id = yaml_origin(tree, id);
	if (style == YAML_LITERAL || style == YAML_FOLDED) {
		struct yaml_block_scalar block = yaml_block_scalar_of(tree, id);

		return yaml_decode_block(tree->arena, tree->bytes, &block);
	}
	return yaml_decode(tree->arena, yaml_raw(tree, id), style);
}

/* Of a copy, the tag that its origin has in the input. */
static enum yaml_tag tag_of(struct yaml_tree *tree, yaml_id id)
{
	struct yaml_node node = *yaml_node(tree, yaml_origin(tree, id));

	node.flags = yaml_node(tree, id)->flags;
	return yaml_tag_of(tree, &node);
}

struct str yaml_text(struct yaml_tree *tree, yaml_id id)
{
	struct yaml_node *node;
	struct str text;

	/* Neither an alias nor a copy is one. */
	if (yaml_slice(tree, id, &text))
		return text;
	if (!id)
		return STR_NONE;
	id = resolve(tree, id);
	node = yaml_node(tree, id);
	if (node->kind != YAML_SCALAR)
		return STR_NONE;
	if (has_new_text(node))
		return tree->texts.items[node->first].text;
	/* Of a copy, what the input says: its origin may have been edited. */
	text = yaml_raw_text(tree, id);
	if (tag_of(tree, id) == YAML_TAG_BINARY)
		base64_decode(tree->arena, text, &text);
	return text;
}

static enum yaml_type scalar_type(struct yaml_tree *tree, yaml_id id, int64_t *ret_int, bool *ret_bool)
{
	struct yaml_node *node;
	enum yaml_type type;

	if (!id)
		return YAML_STR;
	id = resolve(tree, id);
	node = yaml_node(tree, id);
	if (node->kind != YAML_SCALAR)
		return YAML_STR;
	if ((node->flags & YAML_F_TAG) && !has_new_text(node)) {
		yaml_tag_resolve(tag_of(tree, id), yaml_text(tree, id), &type, ret_int, ret_bool);
		return type;
	}
	if (has_new_text(node) && tree->texts.items[node->first].type == YAML_STR)
		return YAML_STR;
	if (!has_new_text(node) && node->style != YAML_PLAIN && node->style != YAML_EMPTY)
		return YAML_STR;
	type = yaml_resolve_plain(yaml_text(tree, id), ret_int, ret_bool);
	return type;
}

enum yaml_type yaml_type(struct yaml_tree *tree, yaml_id scalar)
{
	return scalar_type(tree, scalar, NULL, NULL);
}

bool yaml_is_null(struct yaml_tree *tree, yaml_id node)
{
	return !node || (yaml_kind(tree, node) == YAML_SCALAR && yaml_type(tree, node) == YAML_NULL);
}

bool yaml_int(struct yaml_tree *tree, yaml_id scalar, int64_t *ret_value)
{
	int64_t value = 0;

	if (yaml_kind(tree, scalar) != YAML_SCALAR || scalar_type(tree, scalar, &value, NULL) != YAML_INT)
		return false;
	*ret_value = value;
	return true;
}

bool yaml_bool(struct yaml_tree *tree, yaml_id scalar, bool *ret_value)
{
	bool value = false;

	if (yaml_kind(tree, scalar) != YAML_SCALAR || scalar_type(tree, scalar, NULL, &value) != YAML_BOOL)
		return false;
	*ret_value = value;
	return true;
}

bool yaml_is_true(struct yaml_tree *tree, yaml_id scalar)
{
	bool value = false;

	return yaml_bool(tree, scalar, &value) && value;
}

bool yaml_is_false(struct yaml_tree *tree, yaml_id scalar)
{
	bool value = true;

	return yaml_bool(tree, scalar, &value) && !value;
}

/* ---- places ---- */

/* The nearest node of the input: out of copies to the alias that made them, out of new nodes to their parent. */
static yaml_id in_input(struct yaml_tree *tree, yaml_id id)
{
	for (size_t guard = 0; id && guard < 2 * (size_t)tree->limits.depth + 8; guard++) {
		struct yaml_node *node = yaml_node(tree, id);

		if ((node->flags & YAML_F_COPY) && node->props)
			id = node->props;
		else if (node->flags & (YAML_F_COPY | YAML_F_NEW))
			id = node->parent;
		else
			return id;
	}
	return id;
}

uint32_t yaml_offset(struct yaml_tree *tree, yaml_id id)
{
	yaml_id at = in_input(tree, id);
	struct yaml_node *node = yaml_node(tree, at);

	if (node->pair && !(node->flags & YAML_F_KEY))
		return yaml_node(tree, node->pair)->start;
	return node->start;
}

uint32_t yaml_offset_value(struct yaml_tree *tree, yaml_id id)
{
	yaml_id at = in_input(tree, id);
	struct yaml_node *node = yaml_node(tree, at);

	if (at != id || node->style == YAML_EMPTY)
		return yaml_offset(tree, id);
	return node->start;
}
