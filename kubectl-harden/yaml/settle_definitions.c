/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definitions, and the pieces that overrides are made of.
 *
 * A definition is an anchor below a root key for which nothing is meant (yaml_is_definition). When all who use it agree
 * on an edit, it is made once, at the definition.
 */
#include <stdlib.h>

#include "yaml/settle_internal.h"

/* ---- pieces ---- */

enum { CLONE_NODES_MAX = 64 };

static const char too_much[] =
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
	struct anchors index;

	yaml_index(tree, id, &index);
	YAML_EACH(tree, id, child) {
		yaml_id value = map ? yaml_value(tree, child) : child, one;

		if (!fine || (map && anchors_find(&index, yaml_text(tree, child)) != value))
			continue;
		one = clone(settle, value, left);
		fine = one != YAML_NONE;
		if (!fine)
			continue;
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
	anchors_free(&index);
	return fine;
}

static yaml_id clone(struct settle *settle, yaml_id id, unsigned *left)
{
	struct yaml_tree *tree = settle->tree;
	enum yaml_kind kind = yaml_kind(tree, id);
	enum yaml_style style = (enum yaml_style)yaml_node(tree, id)->style;
	yaml_id copy;

	if (!*left) {
		settle->why = too_much;
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
static void keep_type(struct yaml_tree *tree, yaml_id key, enum yaml_type type)
{
	tree->texts.items[yaml_node(tree, key)->first].type = type;
}

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
	enum yaml_type type = yaml_type(tree, key);
	struct yaml_refusal why;

	if (!yaml_add_pair(tree, map, yaml_text(tree, key), value, NULL, &why))
		return settle_fail(settle, key, YAML_NONE, why.why);
	keep_type(tree, yaml_key(tree, value), type);
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

static void index_source(struct yaml_tree *tree, yaml_id source, struct anchors *index)
{
	struct anchors own;

	yaml_index(tree, source, &own);
	for (size_t i = 0; i < own.size; i++)
		if (own.slots[i].node)
			anchors_add(index, own.slots[i].name, own.slots[i].node);
	anchors_free(&own);
}

/* The copy that an alias of a merge has is of no use here: it has no edits, and its origin may have some. */
static yaml_id source_of(struct yaml_tree *tree, yaml_id id)
{
	return yaml_origin(tree, id);
}

void settle_index_sources(struct yaml_tree *tree, yaml_id key, struct anchors *index)
{
	yaml_id value = yaml_value(tree, key);
	size_t n, i = 0;
	yaml_id *items;

	if (!yaml_is_seq(tree, value)) {
		index_source(tree, source_of(tree, value), index);
		return;
	}
	/* Of a list the first one counts. */
	n = yaml_count(tree, value);
	items = xmalloc(n * sizeof(*items) + 1);
	YAML_EACH(tree, value, item)
		if (i < n)
			items[i++] = item;
	while (i-- > 0)
		index_source(tree, source_of(tree, items[i]), index);
	free(items);
}

/* ---- definitions ---- */

static bool is_definition(struct yaml_tree *tree, yaml_id id)
{
	yaml_id top = id;

	for (yaml_id up = id; up && up != tree->root; up = yaml_parent(tree, up))
		top = up;
	return yaml_parent(tree, top) == tree->root && yaml_key(tree, top) &&
	       yaml_is_definition(yaml_text(tree, yaml_key(tree, top)));
}

/* What shares an anchor: the copy that an alias stands for, or the mapping that merges it. */
struct user {
	yaml_id origin, view;
	bool merges;
};

static int by_origin(const void *a, const void *b)
{
	const struct user *one = a, *two = b;

	if (one->origin != two->origin)
		return one->origin < two->origin ? 1 : -1; /* later ones first: they may use those before them */
	return one->view < two->view ? -1 : one->view > two->view;
}

struct users {
	struct user *items;
	size_t n, cap;
};

static void find_users(struct settle *settle, struct users *users)
{
	struct yaml_tree *tree = settle->tree;
	size_t n = tree->nodes.n;

	for (yaml_id id = 1; id < n; id++) {
		const struct yaml_node *node = yaml_node(tree, id);
		struct user user;

		if (node->kind != YAML_ALIAS || (node->flags & (YAML_F_KEY | YAML_F_NEW)) ||
		    !(yaml_node(tree, node->first)->flags & YAML_F_COPY))
			continue;
		user.origin = yaml_origin(tree, node->first);
		user.merges = settle_is_merged(tree, id);
		user.view = !user.merges ? node->first : node->pair ? node->parent : yaml_parent(tree, node->parent);
		if (is_definition(tree, user.origin))
			VEC_PUSH(users, user);
	}
	if (users->n)
		qsort(users->items, users->n, sizeof(*users->items), by_origin);
}

static bool make_like(struct settle *settle, yaml_id node, yaml_id wanted);

/* @key: of the pair that is wanted. */
static bool make_pair_like(struct settle *settle, yaml_id map, yaml_id key)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id value = yaml_get_str(tree, map, yaml_text(tree, key)), wanted = yaml_value(tree, key), copy;

	if (value)
		return make_like(settle, value, wanted);
	copy = settle_clone(settle, wanted);
	return copy && settle_add(settle, map, key, copy);
}

static bool make_map_like(struct settle *settle, yaml_id node, yaml_id wanted)
{
	struct yaml_tree *tree = settle->tree;
	struct anchors index;
	bool fine = true;

	yaml_index(tree, wanted, &index);
	YAML_EACH(tree, wanted, key)
		if (fine && anchors_find(&index, yaml_text(tree, key)) == yaml_value(tree, key))
			fine = make_pair_like(settle, node, key);
	YAML_EACH(tree, node, key)
		if (fine && !anchors_find(&index, yaml_text(tree, key)))
			fine = yaml_remove(tree, yaml_value(tree, key), NULL);
	anchors_free(&index);
	return fine;
}

static bool make_seq_like(struct settle *settle, yaml_id node, yaml_id wanted)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id x = yaml_first(tree, node), y = yaml_first(tree, wanted);
	struct yaml_refusal why;

	for (; x && y; x = yaml_next(tree, x), y = yaml_next(tree, y))
		if (!make_like(settle, x, y))
			return false;
	for (; y; y = yaml_next(tree, y)) {
		yaml_id copy = settle_clone(settle, y);

		if (!copy || !yaml_append(tree, node, copy, &why))
			return false;
	}
	while (x) {
		yaml_id next = yaml_next(tree, x);

		if (!yaml_remove(tree, x, &why))
			return false;
		x = next;
	}
	return true;
}

/* Edits @node until it says what @wanted does. */
static bool make_like(struct settle *settle, yaml_id node, yaml_id wanted)
{
	struct yaml_tree *tree = settle->tree;
	enum yaml_kind kind = yaml_kind(tree, wanted);

	if (settle_same(settle, node, wanted))
		return true;
	if (kind != yaml_kind(tree, node))
		return false;
	if (kind == YAML_MAP)
		return make_map_like(settle, node, wanted);
	if (kind == YAML_SEQ)
		return make_seq_like(settle, node, wanted);
	return yaml_set(tree, node, yaml_text(tree, wanted), yaml_type(tree, wanted), NULL);
}

static void take_back(struct settle *settle, uint32_t mark)
{
	yaml_rollback(settle->tree, mark);
	if (settle->marked > mark)
		settle->marked = mark;
}

/* Whether all users read @wanted as their @name. */
static bool agree(struct settle *settle, const struct user *users, size_t n, struct str name, yaml_id wanted)
{
	for (size_t i = 0; i < n; i++) {
		struct anchors index;
		yaml_id value;

		yaml_index(settle->tree, users[i].view, &index);
		value = anchors_find(&index, name);
		anchors_free(&index);
		if (!value || !settle_same(settle, value, wanted))
			return false;
	}
	return true;
}

static void settle_map_definition(struct settle *settle, const struct user *users, size_t n)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id origin = users->origin;
	struct anchors index;

	yaml_index(tree, users->view, &index);
	YAML_EACH(tree, users->view, key) {
		struct str name = yaml_text(tree, key);
		yaml_id wanted = yaml_value(tree, key), value = yaml_get_str(tree, origin, name);
		uint32_t mark = yaml_mark(tree);

		/* A pair of its own that stands in the input is no edit. */
		if (anchors_find(&index, name) != wanted || (value && settle_same(settle, wanted, value)) ||
		    !(yaml_node(tree, key)->flags & (YAML_F_NEW | YAML_F_COPY)) ||
		    !agree(settle, users, n, name, wanted))
			continue;
		if (!make_pair_like(settle, origin, key))
			take_back(settle, mark);
	}
	anchors_free(&index);
}

/* @users share one definition. */
static void settle_definition(struct settle *settle, const struct user *users, size_t n)
{
	struct yaml_tree *tree = settle->tree;
	uint32_t mark = yaml_mark(tree);

	if (yaml_is_map(tree, users->origin)) {
		settle_map_definition(settle, users, n);
		return;
	}
	for (size_t i = 1; i < n; i++)
		if (!settle_same(settle, users[0].view, users[i].view))
			return;
	if (!make_like(settle, users->origin, users[0].view))
		take_back(settle, mark);
}

enum { USERS_MAX = 1000 };

void settle_definitions(struct settle *settle)
{
	struct users users = { 0 };

	find_users(settle, &users);
	for (size_t from = 0, to; from < users.n; from = to) {
		bool edited = false;

		for (to = from; to < users.n && users.items[to].origin == users.items[from].origin; to++)
			edited |= users.items[to].view < settle->n && settle->edited[users.items[to].view];
		if (!edited || to - from > USERS_MAX)
			continue;
		settle_definition(settle, users.items + from, to - from);
		settle_mark(settle);
	}
	free(users.items);
}
