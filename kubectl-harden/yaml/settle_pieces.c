/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What overrides are made of: copies of what is meant, written out, and the pairs that a merge key brings in.
 */
#include <stdlib.h>

#include "yaml/settle_internal.h"

/* ---- pieces ---- */

enum { CLONE_NODES_MAX = 64 };

const char settle_too_much[] =
	"an anchor shares it with another place, where the same is not wanted, and it is too long "
	"to be written out again";

static yaml_id clone(struct settle *settle, yaml_id id, unsigned *left);

static yaml_id clone_scalar(struct settle *settle, yaml_id id)
{
	struct yaml_tree *tree = settle->tree;
	enum yaml_style style = (enum yaml_style)yaml_node(tree, id)->style;
	enum yaml_type type = yaml_type(tree, id);
	yaml_id copy = yaml_new_scalar(tree, type == YAML_NULL ? STR("null") : yaml_text(tree, id), type);

	if (style == YAML_SINGLE || style == YAML_DOUBLE)
		yaml_node(tree, copy)->style = (uint8_t)style;
	return copy;
}

static bool clone_children(struct settle *settle, yaml_id id, yaml_id copy, unsigned *left)
{
	struct yaml_tree *tree = settle->tree;
	bool map = yaml_is_map(tree, id), fine = true;
	yaml_id last = YAML_NONE;
	struct yaml_index index;

	yaml_index_map(tree, id, &index);
	YAML_EACH(tree, id, child) {
		yaml_id value = map ? yaml_value(tree, child) : child, one;

		if (!fine || (map && yaml_index_find(&index, yaml_text(tree, child)) != value))
			continue;
		one = clone(settle, value, left);
		fine = one != YAML_NONE;
		if (!fine)
			continue;
		/* A list in a list has no key whose line it could stand below. */
		if (!map && yaml_node(tree, one)->kind == YAML_SEQ)
			yaml_node(tree, one)->style = YAML_FLOW;
		if (map)
			one = settle_pair(settle, child, one);
		yaml_node(tree, one)->parent = copy;
		if (map)
			yaml_node(tree, yaml_node(tree, one)->pair)->parent = copy;
		if (last)
			yaml_node(tree, last)->next = one;
		else
			yaml_node(tree, copy)->first = one;
		last = one;
	}
	yaml_index_free(&index);
	return fine;
}

static yaml_id clone(struct settle *settle, yaml_id id, unsigned *left)
{
	struct yaml_tree *tree = settle->tree;
	enum yaml_kind kind = yaml_kind(tree, id);
	enum yaml_style style = (enum yaml_style)yaml_node(tree, id)->style;
	yaml_id copy;

	if (!*left) {
		settle->why = settle_too_much;
		return YAML_NONE;
	}
	--*left;
	if (kind == YAML_SCALAR)
		return clone_scalar(settle, id);
	copy = yaml_new_collection(tree, kind, kind == YAML_SEQ && style == YAML_FLOW ? YAML_FLOW : YAML_BLOCK);
	return clone_children(settle, id, copy, left) ? copy : YAML_NONE;
}

yaml_id settle_clone(struct settle *settle, yaml_id id)
{
	unsigned left = CLONE_NODES_MAX;

	return clone(settle, id, &left);
}

/* `y: 1` has the key `true` to kubectl, and `"y": 1` another: a key keeps its type. */
static yaml_id new_pair(struct yaml_tree *tree, struct str name, enum yaml_type type, yaml_id value)
{
	yaml_id key = yaml_new_scalar(tree, name, type);

	yaml_node(tree, key)->flags |= YAML_F_KEY;
	yaml_node(tree, key)->pair = value;
	yaml_node(tree, value)->pair = key;
	return key;
}

yaml_id settle_pair(struct settle *settle, yaml_id key, yaml_id value)
{
	struct yaml_tree *tree = settle->tree;

	return new_pair(tree, yaml_text(tree, key), yaml_type(tree, key), value);
}

bool settle_add(struct settle *settle, yaml_id map, yaml_id key, yaml_id value)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id typed = yaml_new_scalar(tree, yaml_text(tree, key), yaml_type(tree, key));
	struct yaml_refusal why;

	if (!yaml_add_pair(tree, map, yaml_text(tree, key), value, NULL, &why))
		return settle_fail(settle, key, YAML_NONE, why.why);
	yaml_node(tree, yaml_key(tree, value))->first = yaml_node(tree, typed)->first;
	return true;
}

yaml_id settle_merge_key(struct settle *settle, yaml_id site)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id alias = yaml_node_new(tree), key;
	struct yaml_node from = *yaml_node(tree, site);

	*yaml_node(tree, alias) = (struct yaml_node){
		.kind = YAML_ALIAS,
		.start = from.start,
		.end = from.end,
		.props = from.start,
		.first = from.first,
		.flags = YAML_F_NEW,
	};
	key = new_pair(tree, STR("<<"), YAML_STR, alias);
	yaml_node(tree, key)->flags |= YAML_F_MERGE;
	return key;
}

yaml_id settle_gone(struct yaml_tree *tree, yaml_id id)
{
	for (; id; id = yaml_parent(tree, id)) {
		yaml_id key = yaml_key(tree, id);

		if (yaml_node(tree, id)->flags & YAML_F_REMOVED)
			return id;
		if (yaml_node(tree, key)->flags & YAML_F_REMOVED)
			return key;
	}
	return YAML_NONE;
}

/* ---- merges ---- */

bool settle_has_merge(struct yaml_tree *tree, yaml_id map)
{
	for (yaml_id key = yaml_physical_first(tree, map); key; key = yaml_physical_next(tree, key))
		if ((yaml_node(tree, key)->flags & (YAML_F_MERGE | YAML_F_NEW)) == YAML_F_MERGE)
			return true;
	return false;
}

static bool is_merge_value(struct yaml_tree *tree, yaml_id id)
{
	yaml_id key = yaml_node(tree, id)->pair;

	return key && !(yaml_node(tree, id)->flags & YAML_F_KEY) && (yaml_node(tree, key)->flags & YAML_F_MERGE);
}

bool settle_is_merged(struct yaml_tree *tree, yaml_id id)
{
	return is_merge_value(tree, id) || (!yaml_node(tree, id)->pair && yaml_node(tree, id)->parent &&
					    is_merge_value(tree, yaml_node(tree, id)->parent));
}

bool settle_is_listed(struct yaml_tree *tree, yaml_id id)
{
	const struct yaml_node *node = yaml_node(tree, id);

	return !node->pair && node->parent && (yaml_node(tree, node->parent)->flags & YAML_F_SHARED);
}

static void index_source(struct yaml_tree *tree, yaml_id source, struct yaml_index *index)
{
	struct yaml_index own;

	yaml_index_map(tree, source, &own);
	for (size_t i = 0; i < own.size; i++)
		if (own.slots[i].node)
			yaml_index_add(index, own.slots[i].name, own.slots[i].node);
	yaml_index_free(&own);
}

void settle_index_sources(struct yaml_tree *tree, yaml_id key, struct yaml_index *index)
{
	yaml_id value = yaml_value(tree, key);
	size_t n, i = 0;
	yaml_id *items;

	/* The copy that an alias of a merge has is of no use here: it has no edits, and its origin may have some. */
	if (!yaml_is_seq(tree, value)) {
		index_source(tree, yaml_origin(tree, value), index);
		return;
	}
	/* Of a list the first one counts. */
	n = yaml_count(tree, value);
	items = xmalloc(n * sizeof(*items) + 1);
	YAML_EACH(tree, value, item)
		if (i < n)
			items[i++] = item;
	while (i-- > 0)
		index_source(tree, yaml_origin(tree, items[i]), index);
	free(items);
}
