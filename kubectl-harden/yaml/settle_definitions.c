/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definitions
 *
 * A definition is an anchor below a root key for which nothing is meant (yaml_is_definition). When all who use it agree
 * on an edit, it is made once, at the definition.
 */
#include <stdlib.h>

#include "yaml/settle_internal.h"

/* One inside of another is not: who uses the outer one has a say, too. */
static bool is_definition(struct yaml_tree *tree, yaml_id id)
{
	yaml_id top = id;

	for (yaml_id up = yaml_parent(tree, id); up && up != tree->root; up = yaml_parent(tree, up)) {
		if (yaml_node(tree, up)->flags & YAML_F_SHARED)
			return false;
		top = up;
	}
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
	struct yaml_index index;
	bool fine = true;

	yaml_index_map(tree, wanted, &index);
	YAML_EACH(tree, wanted, key)
		if (fine && yaml_index_find(&index, yaml_text(tree, key)) == yaml_value(tree, key))
			fine = make_pair_like(settle, node, key);
	/* What a merge brings in shows once the pair that hid it is gone: it goes as well. */
	YAML_EACH(tree, node, key) {
		struct str name = yaml_text(tree, key);

		for (yaml_id value; fine && !yaml_index_find(&index, name) && (value = yaml_get_str(tree, node, name));)
			fine = yaml_remove(tree, value, NULL);
	}
	yaml_index_free(&index);
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

/* Whether the index, which is used up, has @wanted as @name. */
static bool has_wanted(struct settle *settle, struct yaml_index *index, struct str name, yaml_id wanted)
{
	yaml_id value = yaml_index_find(index, name);

	yaml_index_free(index);
	return value && settle_same(settle, value, wanted);
}

/* Whether all users want @wanted as their @name. */
static bool agree(struct settle *settle, const struct user *users, size_t n, struct str name, yaml_id wanted)
{
	for (size_t i = 0; i < n; i++) {
		struct yaml_index index;

		yaml_index_map(settle->tree, users[i].view, &index);
		if (!has_wanted(settle, &index, name, wanted))
			return false;
	}
	return true;
}

/* Whether all users read @wanted as their @name by now: an alias from the anchor, a mapping from whatever it merges. */
static bool all_read(struct settle *settle, const struct user *users, size_t n, struct str name, yaml_id wanted)
{
	for (size_t i = 0; i < n; i++) {
		struct yaml_index index;

		if (users[i].merges)
			settle_index_actual(settle->tree, users[i].view, &index);
		else
			yaml_index_map(settle->tree, users[i].origin, &index);
		if (!has_wanted(settle, &index, name, wanted))
			return false;
	}
	return true;
}

/* Whether the key of the pair @name of one of the users has one of @flags. */
static bool any_has(struct yaml_tree *tree, const struct user *users, size_t n, struct str name, unsigned flags)
{
	for (size_t i = 0; i < n; i++) {
		yaml_id value = yaml_get_str(tree, users[i].view, name);

		if (value && yaml_node(tree, yaml_key(tree, value))->flags & flags)
			return true;
	}
	return false;
}

/*
 * What a user reads from another anchor that it merges, too, is left to that; so is what another definition has taken
 * over already, and what an anchor that comes before this one would hide. What all users have of their own in the input
 * is no edit.
 */
static void settle_map_definition(struct settle *settle, const struct user *users, size_t n)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id origin = users->origin;
	struct yaml_index index;

	yaml_index_map(tree, users->view, &index);
	YAML_EACH(tree, users->view, key) {
		struct str name = yaml_text(tree, key);
		yaml_id wanted = yaml_value(tree, key), value = yaml_get_str(tree, origin, name);
		uint32_t mark = yaml_mark(tree);

		if (yaml_index_find(&index, name) != wanted || (value && settle_same(settle, wanted, value)) ||
		    !any_has(tree, users, n, name, value ? YAML_F_NEW | YAML_F_COPY : YAML_F_NEW) ||
		    all_read(settle, users, n, name, wanted) || !agree(settle, users, n, name, wanted))
			continue;
		if (!make_pair_like(settle, origin, key) || !all_read(settle, users, n, name, wanted))
			take_back(settle, mark);
	}
	yaml_index_free(&index);
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
		/* One that was edited itself has a say like any other place. */
		if (!edited || settle->edited[users.items[from].origin] || to - from > USERS_MAX)
			continue;
		settle_definition(settle, users.items + from, to - from);
		settle_mark(settle);
	}
	free(users.items);
}
