/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settle
 *
 * Every place that reads an anchor has said what it means by now: the anchor's own, each alias, each mapping that
 * merges it. They are compared, place by place, with what the anchor's own place means, for that is what they will
 * read once the copies are forgotten. Where they agree nothing is to be done: the edit stands at the anchor. Where
 * they differ, the place gets an override. So each place is decided by itself, and in any order; what would change how
 * others read is only noted, and done when all are decided.
 *
 * One kind of anchor has no say: what stands below a root key that begins with `x-` is a definition, there to be
 * shared and for nothing else. It takes over what all its users agree upon.
 */
#include "yaml/settle.h"

#include <stdlib.h>

#include "yaml/settle_internal.h"

/* ---- what was edited ---- */

void settle_mark(struct settle *settle)
{
	struct yaml_tree *tree = settle->tree;

	if (!settle->edited || settle->n < tree->nodes.n) {
		size_t n = tree->nodes.n + tree->nodes.n / 8;

		settle->edited = xrealloc_array(settle->edited, n, 1);
		memset(settle->edited + settle->n, 0, n - settle->n);
		settle->n = n;
	}
	for (; settle->marked < tree->ops.n; settle->marked++)
		for (yaml_id id = tree->ops.items[settle->marked].id; id && !settle->edited[id];
		     id = yaml_parent(tree, id))
			settle->edited[id] = 1;
}

/* Whether @id or anything in it was edited since the last look. */
static bool edited(const struct settle *settle, yaml_id id)
{
	return id >= settle->n || settle->edited[id];
}

bool settle_fail(struct settle *settle, yaml_id wanted, yaml_id actual, const char *why)
{
	settle->wanted = wanted;
	settle->actual = actual;
	settle->why = why;
	return false;
}

/* ---- comparison ---- */

static const char not_shared[] = "an anchor shares it with another place, where the same is not wanted";

/* What an edit took out of @map by the name of @key, itself a key; else @map. */
static yaml_id find_removed(struct yaml_tree *tree, yaml_id map, yaml_id key)
{
	for (yaml_id id = yaml_node(tree, map)->first; id; id = yaml_node(tree, id)->next)
		if ((yaml_node(tree, id)->flags & (YAML_F_REMOVED | YAML_F_MERGE)) == YAML_F_REMOVED &&
		    str_eq(yaml_text(tree, id), yaml_text(tree, key)))
			return id;
	return map;
}

/*
 * @extra is a key of one place that the other one, @map, has not: it was taken out of @map, or added. That edit is what
 * one is to look at, not any other in @map. (An override may have added again what was taken out of an anchor.)
 */
static bool fail_extra(struct settle *settle, yaml_id map, yaml_id extra, const char *why)
{
	yaml_id removed = find_removed(settle->tree, map, extra);

	if (removed == map && (yaml_node(settle->tree, extra)->flags & YAML_F_NEW))
		return settle_fail(settle, extra, map, not_shared);
	return settle_fail(settle, removed, extra, why);
}

/* Likewise, an item; which one was taken out of @list is not known. */
static bool fail_extra_item(struct settle *settle, yaml_id list, yaml_id extra)
{
	if (yaml_node(settle->tree, extra)->flags & YAML_F_NEW)
		return settle_fail(settle, extra, list, not_shared);
	return settle_fail(settle, list, extra, not_shared);
}

static bool same_seq(struct settle *settle, yaml_id a, yaml_id b)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id x = yaml_first(tree, a), y = yaml_first(tree, b);

	for (; x && y; x = yaml_next(tree, x), y = yaml_next(tree, y))
		if (!settle_same(settle, x, y))
			return false;
	return x ? fail_extra_item(settle, b, x) : !y || fail_extra_item(settle, a, y);
}

static bool same_map(struct settle *settle, yaml_id a, yaml_id b)
{
	struct yaml_tree *tree = settle->tree;
	struct yaml_index index_a, index_b;
	bool fine = true;

	yaml_index_map(tree, a, &index_a);
	yaml_index_map(tree, b, &index_b);
	for (size_t i = 0; fine && i < index_a.size; i++) {
		yaml_id value = index_a.slots[i].node, other;

		if (!value)
			continue;
		other = yaml_index_find(&index_b, index_a.slots[i].name);
		fine = other ? settle_same(settle, value, other)
			     : fail_extra(settle, b, yaml_key(tree, value), not_shared);
	}
	for (size_t i = 0; fine && i < index_b.size; i++)
		if (index_b.slots[i].node && !yaml_index_find(&index_a, index_b.slots[i].name))
			fine = fail_extra(settle, a, yaml_key(tree, index_b.slots[i].node), not_shared);
	yaml_index_free(&index_a);
	yaml_index_free(&index_b);
	return fine;
}

bool settle_same(struct settle *settle, yaml_id a, yaml_id b)
{
	struct yaml_tree *tree = settle->tree;
	enum yaml_kind kind = yaml_kind(tree, a);

	if (a == b || (!edited(settle, a) && !edited(settle, b) && yaml_origin(tree, a) == yaml_origin(tree, b)))
		return true;
	if (kind != yaml_kind(tree, b))
		return settle_fail(settle, a, b, not_shared);
	if (kind == YAML_MAP)
		return same_map(settle, a, b);
	if (kind == YAML_SEQ)
		return same_seq(settle, a, b);
	return (yaml_type(tree, a) == yaml_type(tree, b) &&
		(yaml_type(tree, a) == YAML_NULL || str_eq(yaml_text(tree, a), yaml_text(tree, b)))) ||
	       settle_fail(settle, a, b, not_shared);
}

/* ---- overrides of an alias ---- */

static const char lost_anchor[] = "it carries an anchor that is used elsewhere";

/* What an anchor's place has and @copy does not: a merge could not take it away. */
static yaml_id first_missing(struct yaml_tree *tree, yaml_id copy, yaml_id origin)
{
	struct yaml_index index;
	yaml_id missing = YAML_NONE;

	yaml_index_map(tree, copy, &index);
	YAML_EACH(tree, origin, key)
		if (!missing && !yaml_index_find(&index, yaml_text(tree, key)))
			missing = key;
	yaml_index_free(&index);
	return missing;
}

/* Whether `*a` can become several lines, or a flow collection, where it stands. */
static bool has_room(struct settle *settle, yaml_id site)
{
	struct yaml_tree *tree = settle->tree;
	const struct yaml_node *node = yaml_node(tree, site);

	if (node->flags & YAML_F_KEY)
		return false;
	return !node->pair || !(yaml_node(tree, node->pair)->flags & YAML_F_EXPLICIT);
}

static void become(struct settle *settle, yaml_id site, enum yaml_kind kind, enum yaml_style style, yaml_id first)
{
	struct settle_later later = { .node = site, .kind = kind, .style = style, .first = first };

	VEC_PUSH(&settle->later, later);
}

static void do_become(struct settle *settle, yaml_id site, enum yaml_kind kind, enum yaml_style style, yaml_id first)
{
	struct yaml_tree *tree = settle->tree;
	struct yaml_node *node;

	yaml_touch(tree, site);
	node = yaml_node(tree, site);
	node->kind = (uint8_t)kind;
	node->style = (uint8_t)style;
	node->first = first;
	node->flags |= YAML_F_FILLED | YAML_F_DIRTY;
	for (yaml_id child = first; child; child = yaml_node(tree, child)->next) {
		yaml_node(tree, child)->parent = site;
		if (yaml_node(tree, child)->pair)
			yaml_node(tree, yaml_node(tree, child)->pair)->parent = site;
	}
}

/* `*a` becomes `<<: *a` and the pairs of @copy that the anchor's place does not have, or has otherwise. */
static bool override_map(struct settle *settle, yaml_id site, yaml_id copy, yaml_id origin)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id first = settle_merge_key(settle, site), last = first;
	struct yaml_index index, own;
	bool fine = true;

	yaml_index_map(tree, origin, &index);
	yaml_index_map(tree, copy, &own);
	YAML_EACH(tree, copy, key) {
		struct str name = yaml_text(tree, key);
		yaml_id value = yaml_value(tree, key), other = yaml_index_find(&index, name);

		if (!fine || yaml_index_find(&own, name) != value || (other && settle_same(settle, value, other)))
			continue;
		value = settle_clone(settle, value);
		if (!value) {
			fine = settle_fail(settle, yaml_value(tree, key), origin, settle->why);
			continue;
		}
		value = settle_pair(settle, key, value);
		yaml_node(tree, last)->next = value;
		last = value;
	}
	yaml_index_free(&index);
	yaml_index_free(&own);
	if (fine)
		become(settle, site, YAML_MAP, yaml_in_flow(tree, site) ? YAML_FLOW : YAML_BLOCK, first);
	return fine;
}

/* `*a` becomes what @copy says, written out. */
static bool override_whole(struct settle *settle, yaml_id site, yaml_id copy)
{
	struct yaml_tree *tree = settle->tree;
	struct yaml_node *node = yaml_node(tree, copy);
	bool flow = node->style == YAML_FLOW || yaml_in_flow(tree, site);
	yaml_id clone;

	if (node->kind == YAML_SCALAR) {
		clone = settle_clone(settle, copy);
		if (!clone)
			return settle_fail(settle, copy, yaml_origin(tree, copy), settle->why);
		yaml_touch(tree, site);
		node = yaml_node(tree, site);
		node->kind = YAML_SCALAR;
		node->style = yaml_node(tree, clone)->style;
		node->first = yaml_node(tree, clone)->first;
		node->flags |= YAML_F_CHANGED;
		return true;
	}
	if (!flow && !yaml_node(tree, site)->pair)
		return settle_fail(settle, copy, yaml_origin(tree, copy), settle->why);
	clone = settle_clone(settle, copy);
	if (!clone || !yaml_node(tree, clone)->first)
		return settle_fail(settle, copy, yaml_origin(tree, copy), settle->why);
	become(settle, site, (enum yaml_kind)yaml_node(tree, clone)->kind, flow ? YAML_FLOW : YAML_BLOCK,
	       yaml_node(tree, clone)->first);
	return true;
}

static bool settle_alias(struct settle *settle, yaml_id site)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id copy = yaml_node(tree, site)->first, origin = yaml_origin(tree, copy), missing = YAML_NONE;
	yaml_id gone = settle_gone(tree, origin);
	bool maps = yaml_is_map(tree, copy) && yaml_is_map(tree, origin);

	/* Without its anchor it says itself what it said. */
	if (gone) {
		settle_fail(settle, gone, site, lost_anchor);
		return has_room(settle, site) &&
		       (override_whole(settle, site, copy) || settle_fail(settle, gone, site, settle->why));
	}
	if (settle_same(settle, copy, origin))
		return true;
	/* What was compared last is what differs; an override that cannot be leaves it as the reason. */
	if (!has_room(settle, site))
		return false;
	if (maps)
		missing = first_missing(tree, copy, origin);
	if (maps && !missing)
		return override_map(settle, site, copy, origin);
	if (missing)
		fail_extra(settle, copy, missing, not_shared);
	return override_whole(settle, site, copy);
}

/* What a merge takes from a list that others read: the list cannot say one thing to the merge and another to them. */
static bool settle_listed(struct settle *settle, yaml_id site)
{
	yaml_id copy = yaml_node(settle->tree, site)->first;

	return settle_same(settle, copy, yaml_origin(settle->tree, copy));
}

/* ---- overrides of a merge ---- */

void settle_index_actual(struct yaml_tree *tree, yaml_id map, struct yaml_index *ret_index)
{
	*ret_index = (struct yaml_index){ 0 };
	for (yaml_id key = yaml_physical_first(tree, map); key; key = yaml_physical_next(tree, key)) {
		const struct yaml_node *node = yaml_node(tree, key);

		if (node->flags & (YAML_F_NEW | YAML_F_REMOVED))
			continue;
		if (node->flags & YAML_F_MERGE)
			settle_index_sources(tree, key, ret_index);
		else
			yaml_index_add(ret_index, yaml_text(tree, key), yaml_value(tree, key));
	}
}

static bool is_source_gone(const struct settle *settle, yaml_id source)
{
	return settle_gone(settle->tree, yaml_origin(settle->tree, source)) != YAML_NONE;
}

static bool is_source_edited(const struct settle *settle, yaml_id source)
{
	return edited(settle, source) || edited(settle, yaml_origin(settle->tree, source));
}

/* The first of what the merge keys of @map name, lists and their items each by themselves, that @is; or YAML_NONE. */
static yaml_id find_source(const struct settle *settle, yaml_id map,
			   bool (*is)(const struct settle *settle, yaml_id source))
{
	struct yaml_tree *tree = settle->tree;

	for (yaml_id key = yaml_physical_first(tree, map); key; key = yaml_physical_next(tree, key)) {
		yaml_id value;

		if (!(yaml_node(tree, key)->flags & YAML_F_MERGE))
			continue;
		value = yaml_value(tree, key);
		if (is(settle, value))
			return value;
		if (yaml_is_seq(tree, value))
			YAML_EACH(tree, value, item)
				if (is(settle, item))
					return item;
	}
	return YAML_NONE;
}

/* Whether the input has the key in @map itself, be it hidden by a merge behind it. */
static bool has_own(struct yaml_tree *tree, yaml_id map, struct str name)
{
	for (yaml_id key = yaml_physical_first(tree, map); key; key = yaml_physical_next(tree, key))
		if (!(yaml_node(tree, key)->flags & (YAML_F_REMOVED | YAML_F_MERGE)) &&
		    str_eq(yaml_text(tree, key), name))
			return true;
	return false;
}

static void unlink_new(struct settle *settle, yaml_id map, yaml_id key)
{
	struct settle_later later = { .node = map, .kind = YAML_NOTHING, .first = key };

	VEC_PUSH(&settle->later, later);
}

static void do_unlink(struct settle *settle, yaml_id map, yaml_id key)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id before = YAML_NONE;

	for (yaml_id id = yaml_node(tree, map)->first; id && id != key; id = yaml_node(tree, id)->next)
		before = id;
	yaml_touch(tree, before ? before : map);
	if (before)
		yaml_node(tree, before)->next = yaml_node(tree, key)->next;
	else
		yaml_node(tree, map)->first = yaml_node(tree, key)->next;
}

/* One pair that counts in @map: @value; @actual is what its merges bring in for the key, or YAML_NONE. */
static bool settle_pair_of(struct settle *settle, yaml_id map, yaml_id value, yaml_id actual)
{
	struct yaml_tree *tree = settle->tree;
	yaml_id key = yaml_key(tree, value), clone;

	if (yaml_node(tree, key)->flags & YAML_F_NEW) {
		if (actual && settle_same(settle, value, actual))
			unlink_new(settle, map, key); /* said at the anchor already */
		return true;
	}
	if (value == actual || (actual && settle_same(settle, value, actual)))
		return true;
	/* A merge behind it would hide it, and two keys with one name are refused. */
	if (!(yaml_node(tree, key)->flags & YAML_F_COPY) || has_own(tree, map, yaml_text(tree, key)))
		return settle_fail(settle, value, actual, "a merge key brings it in, over one that stands here");
	clone = settle_clone(settle, value);
	if (!clone)
		return settle_fail(settle, value, actual, settle->why);
	return settle_add(settle, map, key, clone) || settle_fail(settle, value, actual, settle->why);
}

static const char not_left_out[] = "a merge key brings it in, and cannot leave it out";

static bool settle_merges(struct settle *settle, yaml_id map)
{
	struct yaml_tree *tree = settle->tree;
	struct yaml_index wanted, actual;
	yaml_id gone = find_source(settle, map, is_source_gone);
	bool fine = true;

	if (gone)
		return settle_fail(settle, settle_gone(tree, yaml_origin(tree, gone)), map, lost_anchor);
	if (!edited(settle, map) && !find_source(settle, map, is_source_edited))
		return true;
	yaml_index_map(tree, map, &wanted);
	settle_index_actual(tree, map, &actual);
	for (size_t i = 0; fine && i < actual.size; i++)
		if (actual.slots[i].node && !yaml_index_find(&wanted, actual.slots[i].name))
			fine = fail_extra(settle, map, yaml_key(tree, actual.slots[i].node), not_left_out);
	YAML_EACH(tree, map, key) {
		struct str name = yaml_text(tree, key);
		yaml_id value = yaml_value(tree, key);

		/* Those that come on the way are overrides: no longer wanted, but said. */
		if (fine && yaml_index_find(&wanted, name) == value)
			fine = settle_pair_of(settle, map, value, yaml_index_find(&actual, name));
	}
	yaml_index_free(&wanted);
	yaml_index_free(&actual);
	return fine;
}

/* ---- the document ---- */

static bool is_within(struct yaml_tree *tree, yaml_id id, yaml_id outer)
{
	while (id && id != outer)
		id = yaml_parent(tree, id);
	return outer && id == outer;
}

/* Whether an edit changed more of a node than what comes behind it, which is no edit of its own. */
static bool is_changed(struct yaml_node before, const struct yaml_node *after)
{
	before.next = after->next;
	return memcmp(&before, after, sizeof(before)) != 0;
}

static bool find_op_within(const struct settle *settle, yaml_id place, uint32_t *ret_op)
{
	struct yaml_tree *tree = settle->tree;
	struct yaml_node after;

	if (!place || !edited(settle, place))
		return false;
	after = *yaml_node(tree, place);
	for (size_t i = settle->ops; i-- > 0;) {
		const struct yaml_op *op = &tree->ops.items[i];

		if (op->id == place ? is_changed(op->before, &after) : is_within(tree, op->id, place)) {
			*ret_op = (uint32_t)i;
			return true;
		}
		if (op->id == place)
			after = op->before;
	}
	return false;
}

/* The last edit of one of the two that differ; where they differ by what became of others, of what is around them. */
static uint32_t find_op(const struct settle *settle)
{
	yaml_id wanted = settle->wanted, actual = settle->actual;
	uint32_t op = (uint32_t)settle->ops - 1;

	while ((wanted || actual) && !find_op_within(settle, wanted, &op) && !find_op_within(settle, actual, &op)) {
		wanted = yaml_parent(settle->tree, wanted);
		actual = yaml_parent(settle->tree, actual);
	}
	return op;
}

static void add_unsettled(const struct settle *settle, struct yaml_unsettled_edits *unsettled)
{
	struct yaml_unsettled one = {
		.op = find_op(settle),
		.why = { .at = yaml_offset(settle->tree, settle->wanted), .why = settle->why },
	};

	if (settle->actual)
		one.why.other = yaml_offset(settle->tree, settle->actual) + 1;
	VEC_PUSH(unsettled, one);
	/* With fewer edits it might be short enough, and the others would be made by the next run. */
	for (uint32_t i = 0; i < settle->ops && settle->why == settle_too_much; i++) {
		one.op = i;
		if (is_within(settle->tree, settle->tree->ops.items[i].id, settle->wanted))
			VEC_PUSH(unsettled, one);
	}
}

static void settle_places(struct settle *settle, struct yaml_unsettled_edits *unsettled)
{
	struct yaml_tree *tree = settle->tree;
	size_t n = tree->nodes.n;

	for (yaml_id id = 1; id < n; id++) {
		const struct yaml_node *node = yaml_node(tree, id);
		bool (*decide)(struct settle *settle, yaml_id place) = NULL;

		if (node->flags & (YAML_F_COPY | YAML_F_NEW))
			continue;
		if (node->kind == YAML_MAP && settle_has_merge(tree, id))
			decide = settle_merges;
		else if (node->kind == YAML_ALIAS && (yaml_node(tree, node->first)->flags & YAML_F_COPY))
			decide = !settle_is_merged(tree, id)  ? settle_alias
				 : settle_is_listed(tree, id) ? settle_listed
							      : NULL;
		if (decide && !settle_gone(tree, id) && !decide(settle, id))
			add_unsettled(settle, unsettled);
	}
}

static void do_later(struct settle *settle)
{
	for (size_t i = 0; i < settle->later.n; i++) {
		const struct settle_later *later = &settle->later.items[i];

		if (later->kind == YAML_NOTHING)
			do_unlink(settle, later->node, later->first);
		else
			do_become(settle, later->node, later->kind, later->style, later->first);
	}
}

static void settle_all(struct settle *settle, struct yaml_unsettled_edits *unsettled)
{
	size_t before = unsettled->n;

	settle_mark(settle);
	settle_definitions(settle);
	settle_places(settle, unsettled);
	if (unsettled->n == before || settle->tree->ops.n == settle->ops)
		return;
	/* What a definition took over has no place somewhere else: each place for itself, then. */
	yaml_rollback(settle->tree, (uint32_t)settle->ops);
	settle->marked = settle->ops;
	settle->later.n = 0;
	unsettled->n = before;
	settle_places(settle, unsettled);
}

bool yaml_settle(struct yaml_tree *tree, struct yaml_unsettled_edits *unsettled)
{
	struct settle settle = { .tree = tree, .ops = tree->ops.n, .why = not_shared };
	size_t before = unsettled->n;

	tree->settled = false;
	if (!tree->has_copies || !tree->ops.n)
		return true;
	tree->meaning = yaml_meaning(tree);
	tree->settled = true;
	settle_all(&settle, unsettled);
	if (unsettled->n == before)
		do_later(&settle);
	free(settle.edited);
	free(settle.later.items);
	return unsettled->n == before;
}
