/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Share
 *
 * Anchors, aliases and merge keys, as people write them (a part said once and used again, a base that others merge, a
 * list of bases, a container like the one before it, a part kept under a key of its own at the top) and as nobody does.
 * An alias always stands behind its anchor.
 */
#include "model.h"

enum { LISTED_MAX = 256 };

/* Nodes in the order in which they are written. */
struct listed {
	struct model *items[LISTED_MAX];
	size_t n;
};

static void list_models(struct model *at, struct listed *list)
{
	for (size_t i = 0; i < at->children.n && list->n < LISTED_MAX; i++) {
		list->items[list->n++] = at->children.items[i];
		list_models(at->children.items[i], list);
	}
}

static bool holds(const struct model *outer, const struct model *inner)
{
	if (outer == inner)
		return true;
	for (size_t i = 0; i < outer->children.n; i++)
		if (holds(outer->children.items[i], inner))
			return true;
	return false;
}

static bool has_anchors(const struct model *model)
{
	if (model->anchor)
		return true;
	for (size_t i = 0; i < model->children.n; i++)
		if (has_anchors(model->children.items[i]))
			return true;
	return false;
}

static bool equal(const struct model *a, const struct model *b)
{
	if (a->kind != b->kind || a->is_text != b->is_text || !str_eq(a->text, b->text) ||
	    a->children.n != b->children.n || (a->kind == MODEL_ALIAS && a->anchor != b->anchor))
		return false;
	for (size_t i = 0; i < a->children.n; i++)
		if (!str_eq(a->children.keys[i], b->children.keys[i]) ||
		    !equal(a->children.items[i], b->children.items[i]))
			return false;
	return true;
}

static struct model *alias_of(struct arena *arena, struct chance *chance, struct model *from)
{
	struct model *alias = model_node(arena, MODEL_ALIAS);

	if (!from->anchor)
		from->anchor = 1 + chance_below(chance, 1000);
	alias->anchor = from->anchor;
	return alias;
}

/* ---- pairs ---- */

/* Two nodes, the second one written behind the first and not in it. */
struct two {
	struct model *from, *to;
};

static bool any_two(struct chance *chance, const struct listed *list, struct two *ret)
{
	size_t a, b;

	if (list->n < 2)
		return false;
	a = chance_below(chance, (uint32_t)list->n - 1);
	b = a + 1 + chance_below(chance, (uint32_t)(list->n - a - 1));
	*ret = (struct two){ list->items[a], list->items[b] };
	return ret->from->kind != MODEL_ALIAS && !holds(ret->from, ret->to);
}

/* Whatever stands there becomes an alias of something. */
static void share_any(struct arena *arena, struct chance *chance, const struct listed *list)
{
	struct two two;

	if (any_two(chance, list, &two) && two.to->kind != MODEL_ALIAS && !has_anchors(two.to))
		*two.to = *alias_of(arena, chance, two.from);
}

/* What is said again becomes an alias of where it is said first: nothing else is meant. */
static void share_equal(struct arena *arena, struct chance *chance, const struct listed *list)
{
	size_t from = list->n ? chance_below(chance, (uint32_t)list->n) : 0;
	bool small = chance_of(chance, 3);

	for (size_t a = from; a < list->n; a++) {
		if (list->items[a]->kind == MODEL_ALIAS || (list->items[a]->kind == MODEL_SCALAR && !small))
			continue;
		for (size_t b = a + 1; b < list->n; b++)
			if (equal(list->items[a], list->items[b]) && !has_anchors(list->items[b])) {
				*list->items[b] = *alias_of(arena, chance, list->items[a]);
				return;
			}
	}
}

/* ---- merges ---- */

static void put_first(struct arena *arena, struct model *map, struct model *value)
{
	model_put(arena, map, STR("<<"), value);
	for (size_t i = map->children.n - 1; i > 0; i--) {
		map->children.keys[i] = map->children.keys[i - 1];
		map->children.items[i] = map->children.items[i - 1];
	}
	map->children.keys[0] = STR("<<");
	map->children.items[0] = value;
}

/* Pairs of @map that @base has too are left out. */
static void drop_common(struct model *map, const struct model *base)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->children.n; i++) {
		bool common = false;

		for (size_t k = 0; k < base->children.n; k++)
			common |= str_eq(map->children.keys[i], base->children.keys[k]) &&
				  !has_anchors(map->children.items[i]) &&
				  equal(map->children.items[i], base->children.items[k]);
		if (common)
			continue;
		map->children.keys[kept] = map->children.keys[i];
		map->children.items[kept++] = map->children.items[i];
	}
	map->children.n = kept;
}

/* A map merges one that stands before it; go-yaml lets a `<<` override what stands before it, so both places count. */
static void share_merge(struct arena *arena, struct chance *chance, const struct listed *list)
{
	struct model *base;
	struct two two;

	for (unsigned tries = 0; tries < 20; tries++) {
		if (!any_two(chance, list, &two) || two.from->kind != MODEL_MAP || two.to->kind != MODEL_MAP)
			continue;
		drop_common(two.to, two.from);
		base = alias_of(arena, chance, two.from);
		if (chance_of(chance, 4)) {
			struct model *bases = model_node(arena, MODEL_SEQ);
			struct two other;

			model_put(arena, bases, STR_NONE, base);
			for (unsigned n = 1 + chance_below(chance, 2); n; n--)
				if (any_two(chance, list, &other) && other.from->kind == MODEL_MAP &&
				    other.to == two.to)
					model_put(arena, bases, STR_NONE, alias_of(arena, chance, other.from));
			/* The first of all maps stands before each of them. */
			for (size_t i = 0; i < list->n && list->items[i] != two.to; i++)
				if (list->items[i]->kind == MODEL_MAP && !holds(list->items[i], two.to)) {
					model_put(arena, bases, STR_NONE, alias_of(arena, chance, list->items[i]));
					break;
				}
			base = bases;
		}
		if (chance_of(chance, 4))
			model_put(arena, two.to, STR("<<"), base);
		else
			put_first(arena, two.to, base);
		return;
	}
}

/* ---- lists ---- */

/* One more item, like the one before it: `- *a`, or `- {<<: *a, name: b}`. */
static void share_item(struct arena *arena, struct chance *chance, const struct listed *list)
{
	size_t at = list->n ? chance_below(chance, (uint32_t)list->n) : 0;

	for (size_t i = 0; i < list->n; i++) {
		struct model *seq = list->items[(at + i) % list->n], *item, *name;

		if (seq->kind != MODEL_SEQ || !seq->children.n)
			continue;
		item = seq->children.items[chance_below(chance, (uint32_t)seq->children.n)];
		if (item->kind == MODEL_ALIAS)
			continue;
		if (item->kind != MODEL_MAP || chance_of(chance, 2)) {
			model_put(arena, seq, STR_NONE, alias_of(arena, chance, item));
			return;
		}
		name = model_node(arena, MODEL_SCALAR);
		name->text = STR("other");
		item = alias_of(arena, chance, item);
		seq = model_put(arena, seq, STR_NONE, model_node(arena, MODEL_MAP));
		model_put(arena, seq, STR("<<"), item);
		model_put(arena, seq, STR("name"), name);
		return;
	}
}

/* A part moves under a key of its own at the top, and an alias stands where it was. */
static void share_top(struct arena *arena, struct chance *chance, struct model *root, const struct listed *list)
{
	struct model *part, *moved;

	if (root->kind != MODEL_MAP || !list->n)
		return;
	part = list->items[chance_below(chance, (uint32_t)list->n)];
	if (part->kind == MODEL_ALIAS || has_anchors(part))
		return;
	moved = model_node(arena, part->kind);
	*moved = *part;
	*part = *alias_of(arena, chance, moved);
	put_first(arena, root, moved);
	root->children.keys[0] = chance_of(chance, 2) ? STR("x-shared") : STR("x-base");
}

void model_share(struct arena *arena, struct chance *chance, struct model *root)
{
	struct listed list = { .n = 0 };

	list_models(root, &list);
	switch (chance_below(chance, 8)) {
	case 0:
		share_any(arena, chance, &list);
		break;
	case 1:
	case 2:
		share_equal(arena, chance, &list);
		break;
	case 3:
	case 4:
		share_merge(arena, chance, &list);
		break;
	case 5:
	case 6:
		share_item(arena, chance, &list);
		break;
	default:
		share_top(arena, chance, root, &list);
	}
}
