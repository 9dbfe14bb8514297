/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patch
 *
 * The flags of the tree say what was edited, so a walk over the logical tree finds every operation. New keys, and new
 * values of old ones, do not depend on each other. In a list they do, for its items are known by their number: so where
 * any item of a list goes, whatever else happens in that list comes before it in the same unit, what goes goes from the
 * last to the first, and what is added comes at the end. Every path is thus one of the document as it came in.
 */
#include "yaml/patch.h"

#include <stdlib.h>

#include "base/json.h"
#include "yaml/print.h"
#include "yaml/tree_internal.h"

void yaml_patch_free(struct yaml_patch *patch)
{
	free(patch->operations.items);
	free(patch->nodes.items);
	free(patch->units.items);
	*patch = (struct yaml_patch){ 0 };
}

const char *yaml_patch_word(enum yaml_patch_kind kind)
{
	static const char *const words[] = {
		[YAML_PATCH_ADD] = "add",
		[YAML_PATCH_REMOVE] = "remove",
		[YAML_PATCH_REPLACE] = "replace",
	};

	return words[kind];
}

/* ---- paths ---- */

void yaml_pointer_add(struct buf *out, struct str token)
{
	buf_addc(out, '/');
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] == '~')
			buf_addz(out, "~0");
		else if (token.p[i] == '/')
			buf_addz(out, "~1");
		else
			buf_addc(out, token.p[i]);
	}
}

/* What is chained where @id stands: of the copy that an alias stands for, the alias. */
static yaml_id site_of(struct yaml_tree *tree, yaml_id id)
{
	const struct yaml_node *node = yaml_node(tree, id);

	return (node->flags & YAML_F_COPY) && node->props ? node->props : id;
}

static yaml_id logical(struct yaml_tree *tree, yaml_id id)
{
	const struct yaml_node *node = yaml_node(tree, id);

	return node->kind == YAML_ALIAS && !(node->flags & YAML_F_NEW) ? yaml_resolve_alias(tree, id) : id;
}

/* ---- values ---- */

static void add_value(struct yaml_patch *patch, struct yaml_tree *tree, struct json *json, yaml_id id);

static void add_scalar(struct yaml_tree *tree, struct json *json, yaml_id id)
{
	struct str value = yaml_json_scalar(tree, id);

	if (value.n)
		json_raw(json, value);
	else
		json_str(json, yaml_text(tree, id));
}

static void add_value(struct yaml_patch *patch, struct yaml_tree *tree, struct json *json, yaml_id id)
{
	bool map = yaml_is_map(tree, id);

	VEC_PUSH(&patch->nodes, id);
	if (!map && !yaml_is_seq(tree, id)) {
		add_scalar(tree, json, id);
		return;
	}
	json_open(json, map ? '{' : '[');
	YAML_EACH(tree, id, child) {
		if (map) {
			json_key(json, str_copy(tree->arena, yaml_text(tree, child)).p);
			VEC_PUSH(&patch->nodes, child);
		}
		add_value(patch, tree, json, map ? yaml_value(tree, child) : child);
	}
	json_close(json, map ? '}' : ']');
}

/* ---- the walk ---- */

struct patcher {
	struct yaml_patch *patch;
	struct yaml_tree *tree;
	struct arena *arena;
	struct buf path;
	unsigned held; /* open lists that an item is removed from: their operations are one unit */
};

static void end_unit(struct patcher *patcher)
{
	struct yaml_patch *patch = patcher->patch;
	struct yaml_patch_unit unit = { (uint32_t)patch->operations.n, (uint32_t)patch->nodes.n };

	if (patcher->held || (patch->units.n && patch->units.items[patch->units.n - 1].operations == unit.operations) ||
	    !unit.operations)
		return;
	VEC_PUSH(&patch->units, unit);
}

/* @value: YAML_NONE for a removal; @edited is noted besides. */
static void add_operation(struct patcher *patcher, enum yaml_patch_kind kind, yaml_id value, yaml_id edited)
{
	struct yaml_operation operation = { .kind = kind, .path = str_copy(patcher->arena, buf_str(&patcher->path)) };
	struct buf text = BUF_INIT;
	struct json json = json_init(&text, 0);

	VEC_PUSH(&patcher->patch->nodes, edited);
	if (value) {
		add_value(patcher->patch, patcher->tree, &json, value);
		operation.value = str_copy(patcher->arena, buf_str(&text));
		buf_free(&text);
	}
	VEC_PUSH(&patcher->patch->operations, operation);
}

static void walk(struct patcher *patcher, yaml_id id);

/* @counts: of the pairs with its name the value that counts; YAML_NONE if all of them go. */
static void walk_pair(struct patcher *patcher, yaml_id key, yaml_id counts)
{
	struct yaml_tree *tree = patcher->tree;
	unsigned flags = yaml_node(tree, key)->flags;
	size_t n = patcher->path.n;

	if (flags & YAML_F_REMOVED ? counts != YAML_NONE : counts != yaml_value(tree, key))
		return;
	yaml_pointer_add(&patcher->path, yaml_text(tree, key));
	if (flags & YAML_F_REMOVED)
		add_operation(patcher, YAML_PATCH_REMOVE, YAML_NONE, key);
	else if (flags & YAML_F_NEW)
		add_operation(patcher, YAML_PATCH_ADD, counts, key);
	else
		walk(patcher, counts);
	end_unit(patcher);
	patcher->path.n = n;
}

/* Only a merge key, or a key that goes, makes two pairs of one name. */
static void walk_pairs(struct patcher *patcher, yaml_id map)
{
	struct yaml_tree *tree = patcher->tree;
	struct yaml_index index = { 0 }, gone = { 0 };
	bool indexed = false;
	yaml_id next;

	for (yaml_id key = yaml_node(tree, map)->first; key && !indexed; key = yaml_node(tree, key)->next)
		indexed = yaml_node(tree, key)->flags & (YAML_F_MERGE | YAML_F_REMOVED);
	if (indexed)
		yaml_index_map(tree, map, &index);
	for (yaml_id key = yaml_node(tree, map)->first; key; key = next) {
		unsigned flags = yaml_node(tree, key)->flags;
		struct str name = indexed ? yaml_text(tree, key) : STR_NONE;

		next = yaml_node(tree, key)->next;
		/* What went together with a pair that hid it is no second removal. */
		if (flags & YAML_F_MERGE || (flags & YAML_F_REMOVED && yaml_index_find(&gone, name)))
			continue;
		if (flags & YAML_F_REMOVED)
			yaml_index_add(&gone, name, key);
		walk_pair(patcher, key, indexed ? yaml_index_find(&index, name) : yaml_value(tree, key));
	}
	yaml_index_free(&index);
	yaml_index_free(&gone);
}

static void add_index(struct patcher *patcher, size_t index)
{
	buf_addf(&patcher->path, "/%zu", index);
}

static void walk_old_items(struct patcher *patcher, yaml_id seq)
{
	struct yaml_tree *tree = patcher->tree;
	size_t n = patcher->path.n, index = 0;

	for (yaml_id id = yaml_node(tree, seq)->first; id; id = yaml_node(tree, id)->next) {
		unsigned flags = yaml_node(tree, id)->flags;

		if (flags & YAML_F_NEW)
			continue;
		add_index(patcher, index++);
		if (!(flags & YAML_F_REMOVED)) {
			walk(patcher, logical(tree, id));
			end_unit(patcher);
		}
		patcher->path.n = n;
	}
}

static void remove_items(struct patcher *patcher, const yaml_id *items, size_t count)
{
	size_t n = patcher->path.n;

	while (count-- > 0) {
		if (!(yaml_node(patcher->tree, items[count])->flags & YAML_F_REMOVED))
			continue;
		add_index(patcher, count);
		add_operation(patcher, YAML_PATCH_REMOVE, YAML_NONE, items[count]);
		patcher->path.n = n;
	}
}

static void walk_items(struct patcher *patcher, yaml_id seq)
{
	struct yaml_tree *tree = patcher->tree;
	struct {
		yaml_id *items;
		size_t n, cap;
	} old = { 0 };
	size_t n = patcher->path.n;
	bool removed = false;

	for (yaml_id id = yaml_node(tree, seq)->first; id; id = yaml_node(tree, id)->next) {
		if (yaml_node(tree, id)->flags & YAML_F_NEW)
			continue;
		removed |= yaml_node(tree, id)->flags & YAML_F_REMOVED;
		VEC_PUSH(&old, id);
	}
	patcher->held += removed;
	walk_old_items(patcher, seq);
	/* Those that are added at the end of a list belong together, for their order is that of the list. */
	patcher->held += !removed;
	if (removed)
		remove_items(patcher, old.items, old.n);
	free(old.items);
	buf_addz(&patcher->path, "/-");
	for (yaml_id id = yaml_node(tree, seq)->first; id; id = yaml_node(tree, id)->next)
		if ((yaml_node(tree, id)->flags & (YAML_F_NEW | YAML_F_REMOVED)) == YAML_F_NEW)
			add_operation(patcher, YAML_PATCH_ADD, id, id);
	patcher->path.n = n;
	patcher->held--;
	end_unit(patcher);
}

static void walk(struct patcher *patcher, yaml_id id)
{
	const struct yaml_node *node = yaml_node(patcher->tree, id);

	if (node->flags & (YAML_F_CHANGED | YAML_F_FILLED))
		add_operation(patcher, YAML_PATCH_REPLACE, id, id);
	else if (node->flags & YAML_F_LAZY)
		return; /* never read, so never edited */
	else if (node->kind == YAML_SEQ)
		walk_items(patcher, id);
	else if (node->kind == YAML_MAP)
		walk_pairs(patcher, id);
}

void yaml_patch_add(struct yaml_patch *patch, struct yaml_tree *tree, yaml_id object, struct arena *arena)
{
	struct patcher patcher = { .patch = patch, .tree = tree, .arena = arena };

	walk(&patcher, logical(tree, object));
	end_unit(&patcher);
	buf_free(&patcher.path);
}

/* ---- places ---- */

static size_t index_of(struct yaml_tree *tree, yaml_id seq, yaml_id site, struct yaml_pointer_cache *cache)
{
	yaml_id id = cache->seq == seq ? cache->site : yaml_node(tree, seq)->first;
	size_t index = cache->seq == seq ? cache->index : 0;

	for (int turn = 0; turn < 2; turn++) {
		for (; id && id != site; id = yaml_node(tree, id)->next)
			index += !(yaml_node(tree, id)->flags & YAML_F_NEW);
		if (id || cache->seq != seq)
			break;
		id = yaml_node(tree, seq)->first;
		index = 0;
	}
	*cache = (struct yaml_pointer_cache){ seq, site, index };
	return index;
}

struct step {
	yaml_id node;
	yaml_id key; /* YAML_NONE: an item */
	size_t index;
};

static void add_steps(struct yaml_tree *tree, const struct step *steps, size_t n, struct buf *out, struct buf *stable)
{
	while (n-- > 0) {
		if (steps[n].key) {
			yaml_pointer_add(out, yaml_text(tree, steps[n].key));
			yaml_pointer_add(stable, yaml_text(tree, steps[n].key));
			continue;
		}
		buf_addf(out, "/%zu", steps[n].index);
		if (yaml_get(tree, steps[n].node, "name"))
			yaml_pointer_add(stable, yaml_get_text(tree, steps[n].node, "name"));
		else if (yaml_is_scalar(tree, steps[n].node))
			yaml_pointer_add(stable, yaml_text(tree, steps[n].node));
		else
			buf_addf(stable, "/%zu", steps[n].index);
	}
}

void yaml_pointer(struct yaml_tree *tree, yaml_id object, yaml_id id, struct yaml_pointer_cache *cache, struct buf *out,
		  struct buf *ret_stable)
{
	struct {
		struct step *items;
		size_t n, cap;
	} steps = { 0 };

	if (yaml_node(tree, id)->flags & YAML_F_KEY)
		id = yaml_value(tree, id);
	while (id && id != object && steps.n <= (size_t)tree->limits.depth * 2) {
		const struct yaml_node *node = yaml_node(tree, id);
		yaml_id parent = node->parent, site = site_of(tree, id);
		struct step step = { .node = id, .key = node->pair };

		if (node->flags & YAML_F_NEW) {
			id = parent;
			continue;
		}
		if (!step.key && parent)
			step.index = index_of(tree, parent, site, cache);
		VEC_PUSH(&steps, step);
		id = parent;
	}
	add_steps(tree, steps.items, steps.n, out, ret_stable);
	free(steps.items);
}
