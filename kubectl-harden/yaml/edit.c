/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edit
 *
 * An edit changes the logical tree at once, so that the next fixer sees what is meant, and logs what each touched
 * node was before. Whether an edit can be rendered is decided here, before anything is touched: all reasons against
 * it (a place without a line of its own) are properties of the input. So rendering never fails, and a change of
 * several edits is rolled back by replaying the log backwards.
 *
 * A copy (what an alias or a merge key brings in) has no place of its own: its edits only say what is meant there.
 * yaml/settle.c finds their place when all are known, and refuses those that have none.
 */
#include "yaml/edit.h"
#include "yaml/tree_internal.h"

bool yaml_refuse(struct yaml_tree *tree, struct yaml_refusal *ret_why, yaml_id node, const char *why)
{
	if (ret_why)
		*ret_why = (struct yaml_refusal){ .at = yaml_offset_value(tree, node), .why = why };
	return false;
}

/* ---- the log ---- */

void yaml_touch(struct yaml_tree *tree, yaml_id id)
{
	struct yaml_op op = { id, *yaml_node(tree, id) };

	VEC_PUSH(&tree->ops, op);
}

uint32_t yaml_mark(const struct yaml_tree *tree)
{
	return (uint32_t)tree->ops.n;
}

void yaml_rollback(struct yaml_tree *tree, uint32_t to)
{
	while (tree->ops.n > to) {
		struct yaml_op *op = &tree->ops.items[--tree->ops.n];

		*yaml_node(tree, op->id) = op->before;
	}
}

/* ---- what can be edited ---- */

bool yaml_in_flow(struct yaml_tree *tree, yaml_id id)
{
	for (yaml_id up = yaml_node(tree, id)->parent; up; up = yaml_node(tree, up)->parent)
		if (yaml_node(tree, up)->style == YAML_FLOW)
			return true;
	return false;
}

bool yaml_editable(struct yaml_tree *tree, yaml_id id, struct yaml_refusal *ret_why)
{
	struct yaml_node *node;

	if (!yaml_expand(tree))
		return yaml_refuse(tree, ret_why, id, "the aliases of its document expand to too many nodes");
	node = yaml_node(tree, id);
	if (node->kind == YAML_ALIAS)
		return yaml_refuse(tree, ret_why, id, "it is an alias");
	if (tree->tab_line)
		return yaml_refuse_tab(tree, ret_why);
	if (node->flags & YAML_F_NEW)
		return true;
	if (node->flags & YAML_F_KEY)
		return yaml_refuse(tree, ret_why, id, "it is a key");
	/* `[? a]`, which no braces can be put around. */
	if (node->kind == YAML_MAP && (node->flags & YAML_F_EXPLICIT) &&
	    (yaml_node(tree, node->first)->flags & YAML_F_EXPLICIT))
		return yaml_refuse(tree, ret_why, id, "its key is written with a question mark");
	for (yaml_id up = tree->has_copies ? id : YAML_NONE; up; up = yaml_node(tree, up)->parent) {
		yaml_id pair = yaml_node(tree, up)->pair;

		if (pair && (yaml_node(tree, pair)->flags & YAML_F_MERGE))
			return yaml_refuse(tree, ret_why, id, "it is what a merge key brings in");
	}
	return true;
}

/* ---- new nodes ---- */

enum { TEXTS_LOOK = 48 };

/* The index of a text, one of the last ones if it is the same: what is added to a hundred containers is. */
static uint32_t new_text(struct yaml_tree *tree, struct str text, enum yaml_type type)
{
	for (size_t i = tree->texts.n, k = 0; i-- > 0 && k < TEXTS_LOOK; k++)
		if (tree->texts.items[i].type == type && str_eq(tree->texts.items[i].text, text))
			return (uint32_t)i;
	VEC_PUSH(&tree->texts, (struct yaml_new_text){ str_copy(tree->arena, text), type });
	return (uint32_t)(tree->texts.n - 1);
}

yaml_id yaml_new_scalar(struct yaml_tree *tree, struct str text, enum yaml_type type)
{
	yaml_id id = yaml_node_new(tree);

	*yaml_node(tree, id) = (struct yaml_node){
		.kind = YAML_SCALAR,
		.style = YAML_PLAIN,
		.first = new_text(tree, text, type),
		.flags = YAML_F_NEW,
	};
	return id;
}

yaml_id yaml_new_collection(struct yaml_tree *tree, enum yaml_kind kind, enum yaml_style style)
{
	yaml_id id = yaml_node_new(tree);

	*yaml_node(tree, id) = (struct yaml_node){
		.kind = (uint8_t)kind,
		.style = (uint8_t)style,
		.flags = YAML_F_NEW,
	};
	return id;
}

/* ---- filling what is empty ---- */

/* `{}` or `[]` with nothing but blanks and line breaks inside. */
static bool is_bare(struct yaml_tree *tree, yaml_id id)
{
	struct str raw = yaml_raw(tree, id);

	for (size_t i = 1; i + 1 < raw.n; i++)
		if (!memchr(" \t\r\n", raw.p[i], 4))
			return false;
	return raw.n >= 2;
}

/* A null without text is put in behind its `:` or `-`, or gets one; not behind a key that is a block scalar. */
static bool has_place(struct yaml_tree *tree, yaml_id id)
{
	const struct yaml_node *node = yaml_node(tree, id), *key = yaml_node(tree, node->pair);

	if (node->style != YAML_EMPTY || node->props != node->start || (node->flags & YAML_F_COPY))
		return true;
	/* In flow style a colon that is put in belongs to a key on one line only. */
	if (node->pair && !(key->flags & YAML_F_EXPLICIT) && yaml_in_flow(tree, id) &&
	    memchr(tree->bytes.p + key->props, '\n', key->end - key->props))
		return false;
	if (node->pair)
		return key->style != YAML_LITERAL && key->style != YAML_FOLDED;
	return node->start > 0 && tree->bytes.p[node->start - 1] == '-';
}

/* Makes a null of the input a collection; the renderer replaces its text. */
static bool fill(struct yaml_tree *tree, yaml_id id, enum yaml_kind kind, struct yaml_refusal *ret_why)
{
	struct yaml_node *node;

	if (!yaml_editable(tree, id, ret_why))
		return false;
	node = yaml_node(tree, id);
	if (!node->pair)
		return yaml_refuse(tree, ret_why, id, "it is empty, and not the value of a key");
	if (!has_place(tree, id))
		return yaml_refuse(tree, ret_why, id, "its key is a block scalar");
	if (node->style == YAML_LITERAL || node->style == YAML_FOLDED)
		return yaml_refuse(tree, ret_why, id, "it is a block scalar");
	yaml_touch(tree, id);
	node = yaml_node(tree, id);
	node->kind = (uint8_t)kind;
	node->style = yaml_in_flow(tree, id) ? YAML_FLOW : YAML_BLOCK;
	node->first = 0;
	node->flags = (uint16_t)((node->flags & ~(YAML_F_CHANGED | YAML_F_TAG)) | YAML_F_FILLED);
	return true;
}

/* Before the first child: an empty collection of the input becomes a block where blocks can be. */
static bool prepare(struct yaml_tree *tree, yaml_id id, struct yaml_refusal *ret_why)
{
	struct yaml_node *node;

	if (!yaml_editable(tree, id, ret_why))
		return false;
	node = yaml_node(tree, id);
	if ((node->flags & (YAML_F_NEW | YAML_F_FILLED | YAML_F_COPY)) || node->style != YAML_FLOW || node->first)
		return true;
	if (yaml_in_flow(tree, id) || tree->json || !is_bare(tree, id) || !node->pair ||
	    (yaml_node(tree, node->pair)->flags & YAML_F_EXPLICIT))
		return true;
	yaml_touch(tree, id);
	node = yaml_node(tree, id);
	node->style = YAML_BLOCK;
	node->flags |= YAML_F_FILLED;
	return true;
}

/* ---- adding children ---- */

static size_t order_index(const struct yaml_order *order, struct str key)
{
	size_t i = 0;

	if (!order)
		return 0;
	if (!key.n)
		return order->n;
	while (i < order->n && (order->keys[i][0] != key.p[0] || !str_is(key, order->keys[i])))
		i++;
	return i;
}

static bool has_break(struct str s, uint32_t from, uint32_t to)
{
	return memchr(s.p + from, '\n', to - from) || memchr(s.p + from, '\r', to - from);
}

/*
 * Whether a line can come before the first key of a block map of the input: below the line of its own key (and of
 * its anchor), with the first key on a later line.
 */
static bool can_be_first(struct yaml_tree *tree, yaml_id map)
{
	struct yaml_node *node = yaml_node(tree, map);
	uint32_t end;

	if (node->style == YAML_FLOW || (node->flags & (YAML_F_NEW | YAML_F_FILLED | YAML_F_COPY)))
		return true;
	if (!node->pair || (yaml_node(tree, node->pair)->flags & YAML_F_EXPLICIT))
		return false;
	end = yaml_node(tree, node->pair)->end;
	return has_break(tree->bytes, end, node->start) &&
	       (node->props == node->start || !has_break(tree->bytes, end, node->props));
}

static bool is_merge_key(const struct yaml_node *node)
{
	return (node->flags & YAML_F_KEY) && (node->flags & YAML_F_MERGE);
}

yaml_id yaml_own_first(struct yaml_tree *tree, yaml_id collection)
{
	return yaml_node(tree, collection)->flags & YAML_F_COPY ? yaml_node(tree, collection)->first
								: yaml_physical_first(tree, collection);
}

yaml_id yaml_own_next(struct yaml_tree *tree, yaml_id collection, yaml_id child)
{
	return yaml_node(tree, collection)->flags & YAML_F_COPY ? yaml_node(tree, child)->next
								: yaml_physical_next(tree, child);
}

/* Chains @id into @parent behind @after (behind the copies that follow it), or first. */
static void chain(struct yaml_tree *tree, yaml_id parent, yaml_id id, yaml_id after)
{
	/* So that the log knows whose edit it is: yaml/settle.c asks. */
	if (tree->has_copies)
		yaml_touch(tree, id);
	if (after) {
		while (!(yaml_node(tree, parent)->flags & YAML_F_COPY) && yaml_node(tree, after)->next &&
		       (yaml_node(tree, yaml_node(tree, after)->next)->flags & YAML_F_COPY))
			after = yaml_node(tree, after)->next;
		yaml_touch(tree, after);
		yaml_node(tree, id)->next = yaml_node(tree, after)->next;
		yaml_node(tree, after)->next = id;
	}
	yaml_touch(tree, parent);
	if (!after) {
		yaml_node(tree, id)->next = yaml_node(tree, parent)->first;
		yaml_node(tree, parent)->first = id;
	}
	yaml_node(tree, parent)->flags |= YAML_F_DIRTY;
	yaml_node(tree, id)->parent = parent;
}

/* `|+`, also with a digit. */
bool yaml_keeps_breaks(struct str s, const struct yaml_node *block)
{
	uint32_t at = block->start + 1;

	while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	return at < s.n && s.p[at] == '+';
}

/*
 * A `|+` scalar that ends with the file and without a line break would get one; libfyaml takes a key behind a block
 * scalar without text for its text.
 */
static bool block_can_be_followed(struct yaml_tree *tree, const struct yaml_node *node)
{
	struct str raw = str_sub(tree->bytes, node->start, node->end);
	size_t header = 0;

	while (header < raw.n && raw.p[header] != '\n' && raw.p[header] != '\r')
		header++;
	if (!str_trim(str_sub(raw, header, raw.n)).n)
		return false;
	return node->end < tree->bytes.n || raw.p[raw.n - 1] == '\n' || !yaml_keeps_breaks(tree->bytes, node);
}

/* Whether lines can follow the pair or item @id of the input. */
static bool can_follow(struct yaml_tree *tree, yaml_id id)
{
	struct yaml_node *node = yaml_node(tree, id);

	if (node->flags & YAML_F_NEW)
		return true;
	if ((node->flags & YAML_F_KEY) && yaml_node(tree, node->pair)->style == YAML_EMPTY &&
	    !has_place(tree, node->pair))
		return false;
	if (node->flags & YAML_F_KEY)
		node = yaml_node(tree, node->pair);
	return node->kind != YAML_SCALAR || (node->style != YAML_LITERAL && node->style != YAML_FOLDED) ||
	       block_can_be_followed(tree, node);
}

/* The last child of a `|+` scalar may be nested deeply: look at the last leaf. */
yaml_id yaml_last_leaf(struct yaml_tree *tree, yaml_id id)
{
	for (;;) {
		struct yaml_node *node = yaml_node(tree, id);
		yaml_id last = YAML_NONE;

		if (node->flags & YAML_F_KEY) {
			id = node->pair;
			continue;
		}
		if (node->kind != YAML_MAP && node->kind != YAML_SEQ)
			return id;
		for (yaml_id child = yaml_physical_first(tree, id); child; child = yaml_physical_next(tree, child))
			if (!(yaml_node(tree, child)->flags & (YAML_F_NEW | YAML_F_REMOVED)))
				last = child;
		if (!last || node->style == YAML_FLOW)
			return id;
		id = last;
	}
}

/* Whether lines can follow the pair or item @id of a block collection, however deep its last line belongs. */
static bool can_be_followed(struct yaml_tree *tree, yaml_id id)
{
	return can_follow(tree, id) && can_follow(tree, yaml_last_leaf(tree, id));
}

/* Whether new children of @parent are lines of the input between others. */
static bool takes_lines(struct yaml_tree *tree, yaml_id parent)
{
	const struct yaml_node *node = yaml_node(tree, parent);

	return node->style == YAML_BLOCK && !(node->flags & YAML_F_COPY);
}

/*
 * The child of @map (physical, not removed) behind which @key belongs: the last one that comes before it in @order,
 * and never before a `<<`, which would override it (go-yaml). @followed: of those that lines can follow only.
 * YAML_NONE: before all others.
 */
static yaml_id find_predecessor(struct yaml_tree *tree, yaml_id map, struct str key, const struct yaml_order *order,
				bool followed)
{
	size_t index = order_index(order, key);
	yaml_id best = YAML_NONE, first = YAML_NONE;

	for (yaml_id id = yaml_own_first(tree, map); id; id = yaml_own_next(tree, map, id)) {
		struct yaml_node *node = yaml_node(tree, id);
		bool merge = is_merge_key(node);

		if (node->flags & YAML_F_REMOVED)
			continue;
		if (!first)
			first = id;
		if (!merge && order && index != order->n && order_index(order, yaml_text(tree, id)) > index)
			continue;
		if (merge || !followed || can_be_followed(tree, id))
			best = id;
	}
	if (!best && first && !can_be_first(tree, map))
		best = first;
	return best;
}

static yaml_id predecessor(struct yaml_tree *tree, yaml_id map, struct str key, const struct yaml_order *order)
{
	yaml_id best = find_predecessor(tree, map, key, order, false);

	if (best && takes_lines(tree, map) && !can_be_followed(tree, best))
		best = find_predecessor(tree, map, key, order, true);
	return best;
}

static bool place(struct yaml_tree *tree, yaml_id parent, yaml_id after, struct yaml_refusal *ret_why)
{
	if (after && takes_lines(tree, parent) && !can_be_followed(tree, after))
		return yaml_refuse(tree, ret_why, after, "nothing can be added behind this value");
	return true;
}

yaml_id yaml_add_pair(struct yaml_tree *tree, yaml_id map, struct str key, yaml_id value,
		      const struct yaml_order *order, struct yaml_refusal *ret_why)
{
	yaml_id after, id;

	if (!prepare(tree, map, ret_why))
		return YAML_NONE;
	after = predecessor(tree, map, key, order);
	if (!place(tree, map, after, ret_why))
		return YAML_NONE;
	id = yaml_new_scalar(tree, key, YAML_STR);
	yaml_key_note(tree, yaml_key_shape(key.p, key.n));
	yaml_node(tree, id)->flags |= YAML_F_KEY;
	yaml_node(tree, id)->pair = value;
	yaml_node(tree, value)->pair = id;
	yaml_node(tree, value)->parent = map;
	chain(tree, map, id, after);
	return value;
}

static yaml_id put_collection(struct yaml_tree *tree, yaml_id map, const char *key, enum yaml_kind kind, bool flow,
			      const struct yaml_order *order, struct yaml_refusal *ret_why)
{
	yaml_id value = yaml_get(tree, map, key);

	if (yaml_kind(tree, map) != YAML_MAP) {
		yaml_refuse(tree, ret_why, map, "it is no mapping");
		return YAML_NONE;
	}
	if (!value)
		return yaml_add_pair(tree, map, str_of(key),
				     yaml_new_collection(tree, kind, flow ? YAML_FLOW : YAML_BLOCK), order, ret_why);
	if (yaml_kind(tree, value) == kind)
		return value;
	if (!yaml_is_null(tree, value)) {
		yaml_refuse(tree, ret_why, value,
			    kind == YAML_MAP ? "a mapping belongs here" : "a sequence belongs here");
		return YAML_NONE;
	}
	return fill(tree, value, kind, ret_why) ? value : YAML_NONE;
}

yaml_id yaml_put_map(struct yaml_tree *tree, yaml_id map, const char *key, const struct yaml_order *order,
		     struct yaml_refusal *ret_why)
{
	return put_collection(tree, map, key, YAML_MAP, false, order, ret_why);
}

yaml_id yaml_put_seq(struct yaml_tree *tree, yaml_id map, const char *key, bool flow, const struct yaml_order *order,
		     struct yaml_refusal *ret_why)
{
	return put_collection(tree, map, key, YAML_SEQ, flow, order, ret_why);
}

/* ---- scalars ---- */

/* Whether a value that was changed gets back what the input says; then it is changed no more. */
static bool comes_back(struct yaml_tree *tree, yaml_id id, struct str text, enum yaml_type type)
{
	struct yaml_node changed = *yaml_node(tree, id), *node = yaml_node(tree, id);
	size_t first = 0;

	while (tree->ops.items[first].id != id)
		first++;
	node->first = tree->ops.items[first].before.first;
	node->flags &= (uint16_t)~YAML_F_CHANGED;
	node->flags |= tree->ops.items[first].before.flags & YAML_F_TAG;
	if (yaml_type(tree, id) == type && str_eq(yaml_text(tree, id), text))
		return true;
	*yaml_node(tree, id) = changed;
	return false;
}

bool yaml_set(struct yaml_tree *tree, yaml_id id, struct str text, enum yaml_type type, struct yaml_refusal *ret_why)
{
	struct yaml_node *node = yaml_node(tree, id);

	if (node->kind != YAML_SCALAR)
		return yaml_refuse(tree, ret_why, id, "a single value belongs here");
	if (yaml_type(tree, id) == type && str_eq(yaml_text(tree, id), text))
		return true;
	if (!yaml_editable(tree, id, ret_why))
		return false;
	if (!has_place(tree, id))
		return yaml_refuse(tree, ret_why, id, "it is empty, and nothing can be put in its place");
	if (yaml_is_behind_tab(tree, id))
		return yaml_refuse(tree, ret_why, id, "a tab stands before it; write blanks alone there");
	if (yaml_ends_with_tab_line(tree, id))
		return yaml_refuse(tree, ret_why, id, "it ends with a line of blanks with a tab; remove that line");
	yaml_touch(tree, id);
	node = yaml_node(tree, id);
	if ((node->flags & YAML_F_CHANGED) && comes_back(tree, id, text, type))
		return true;
	if ((node->flags & YAML_F_TAG) && ((node->flags & YAML_F_COPY) || !yaml_tag_fits(tree, node, text, type)))
		node->flags &= (uint16_t)~YAML_F_TAG;
	node->first = new_text(tree, text, type);
	if (!(node->flags & YAML_F_NEW))
		node->flags |= YAML_F_CHANGED;
	return true;
}

static yaml_id put_scalar(struct yaml_tree *tree, yaml_id map, const char *key, struct str text, enum yaml_type type,
			  const struct yaml_order *order, struct yaml_refusal *ret_why)
{
	yaml_id value = yaml_get(tree, map, key);

	if (yaml_kind(tree, map) != YAML_MAP) {
		yaml_refuse(tree, ret_why, map, "it is no mapping");
		return YAML_NONE;
	}
	if (!value)
		return yaml_add_pair(tree, map, str_of(key), yaml_new_scalar(tree, text, type), order, ret_why);
	return yaml_set(tree, value, text, type, ret_why) ? value : YAML_NONE;
}

static struct str bool_text(bool value)
{
	return value ? STR("true") : STR("false");
}

yaml_id yaml_put_str(struct yaml_tree *tree, yaml_id map, const char *key, struct str value,
		     const struct yaml_order *order, struct yaml_refusal *ret_why)
{
	return put_scalar(tree, map, key, value, YAML_STR, order, ret_why);
}

yaml_id yaml_put_int(struct yaml_tree *tree, yaml_id map, const char *key, int64_t value,
		     const struct yaml_order *order, struct yaml_refusal *ret_why)
{
	char text[STR_INT_MAX];

	return put_scalar(tree, map, key, str_int_text(text, value), YAML_INT, order, ret_why);
}

yaml_id yaml_put_bool(struct yaml_tree *tree, yaml_id map, const char *key, bool value, const struct yaml_order *order,
		      struct yaml_refusal *ret_why)
{
	return put_scalar(tree, map, key, bool_text(value), YAML_BOOL, order, ret_why);
}

bool yaml_set_str(struct yaml_tree *tree, yaml_id scalar, struct str value, struct yaml_refusal *ret_why)
{
	return yaml_set(tree, scalar, value, YAML_STR, ret_why);
}

bool yaml_set_int(struct yaml_tree *tree, yaml_id scalar, int64_t value, struct yaml_refusal *ret_why)
{
	char text[STR_INT_MAX];

	return yaml_set(tree, scalar, str_int_text(text, value), YAML_INT, ret_why);
}

bool yaml_set_bool(struct yaml_tree *tree, yaml_id scalar, bool value, struct yaml_refusal *ret_why)
{
	return yaml_set(tree, scalar, bool_text(value), YAML_BOOL, ret_why);
}

/* ---- sequences ---- */

yaml_id yaml_append(struct yaml_tree *tree, yaml_id seq, yaml_id item, struct yaml_refusal *ret_why)
{
	yaml_id last = YAML_NONE;

	if (yaml_kind(tree, seq) != YAML_SEQ) {
		yaml_refuse(tree, ret_why, seq, "it is no sequence");
		return YAML_NONE;
	}
	if (!prepare(tree, seq, ret_why))
		return YAML_NONE;
	for (yaml_id id = yaml_own_first(tree, seq); id; id = yaml_own_next(tree, seq, id))
		if (!(yaml_node(tree, id)->flags & YAML_F_REMOVED))
			last = id;
	if (!place(tree, seq, last, ret_why))
		return YAML_NONE;
	chain(tree, seq, item, last);
	return item;
}

yaml_id yaml_append_map(struct yaml_tree *tree, yaml_id seq, struct yaml_refusal *ret_why)
{
	return yaml_append(tree, seq, yaml_new_collection(tree, YAML_MAP, YAML_BLOCK), ret_why);
}

yaml_id yaml_append_int(struct yaml_tree *tree, yaml_id seq, int64_t value, struct yaml_refusal *ret_why)
{
	char text[STR_INT_MAX];

	return yaml_append(tree, seq, yaml_new_scalar(tree, str_int_text(text, value), YAML_INT), ret_why);
}

/* A new text in brackets has the quotes that all others have; alone, it is ["ALL"], as Kubernetes' documentation has it. */
static enum yaml_style style_of_item(struct yaml_tree *tree, yaml_id seq)
{
	enum yaml_style style = yaml_node(tree, seq)->flags & YAML_F_NEW ? YAML_DOUBLE : YAML_PLAIN;
	yaml_id first = yaml_first(tree, seq);

	if (yaml_node(tree, seq)->style != YAML_FLOW)
		return YAML_PLAIN;
	if (first)
		style = (enum yaml_style)yaml_node(tree, first)->style;
	for (yaml_id item = first; item; item = yaml_next(tree, item))
		if (yaml_node(tree, item)->style != style)
			return YAML_PLAIN;
	return style == YAML_SINGLE || style == YAML_DOUBLE ? style : YAML_PLAIN;
}

yaml_id yaml_append_str(struct yaml_tree *tree, yaml_id seq, struct str value, struct yaml_refusal *ret_why)
{
	enum yaml_style style = style_of_item(tree, seq);
	yaml_id item = yaml_new_scalar(tree, value, YAML_STR);

	yaml_node(tree, item)->style = (uint8_t)style;
	return yaml_append(tree, seq, item, ret_why);
}
