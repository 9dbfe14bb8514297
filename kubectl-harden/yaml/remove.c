/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Remove
 *
 * A removed pair or item takes its own lines and the comments on them, nothing else: what stands around it stays as
 * it is, and so do comments on lines of their own inside of it. yaml/render_remove.c finds how. What cannot go is decided
 * here. Where a copy's origin is removed, and what becomes of the aliases whose anchor is gone, is decided when all edits
 * are known (yaml/settle.c).
 */
#include "yaml/edit.h"
#include "yaml/tree_internal.h"

/* ---- where a pair or an item stands ---- */

uint32_t yaml_child_end(struct yaml_tree *tree, yaml_id child)
{
	const struct yaml_node *node = yaml_node(tree, child);
	uint32_t end = node->end;

	if (node->flags & YAML_F_KEY && yaml_node(tree, node->pair)->end > end)
		end = yaml_node(tree, node->pair)->end;
	return end;
}

uint32_t yaml_child_start(struct yaml_tree *tree, yaml_id collection, yaml_id before)
{
	const struct yaml_node *node = yaml_node(tree, collection);
	bool flow = node->style == YAML_FLOW;
	uint32_t at = before ? yaml_child_end(tree, before) : node->start + flow;

	at = yaml_skip_gap(tree->bytes, at);
	if (before && flow && at < tree->bytes.n && tree->bytes.p[at] == ',')
		at = yaml_skip_gap(tree->bytes, at + 1);
	return at;
}

bool yaml_is_emptied(struct yaml_tree *tree, yaml_id collection)
{
	const struct yaml_node *node = yaml_node(tree, collection);
	bool any = false;

	if ((node->kind != YAML_MAP && node->kind != YAML_SEQ) || !(node->flags & YAML_F_DIRTY))
		return false;
	for (yaml_id id = yaml_physical_first(tree, collection); id; id = yaml_physical_next(tree, id)) {
		if (!(yaml_node(tree, id)->flags & YAML_F_REMOVED))
			return false;
		any = true;
	}
	return any;
}

uint32_t yaml_comment_line(struct str s, uint32_t from, uint32_t to)
{
	bool starts = from > 0 && (s.p[from - 1] == '\n' || s.p[from - 1] == '\r');

	while (from < to) {
		uint32_t line = from, at = from;

		while (at < to && (s.p[at] == ' ' || s.p[at] == '\t'))
			at++;
		if (starts && at < to && s.p[at] == '#')
			return line;
		while (at < to && s.p[at] != '\n' && s.p[at] != '\r')
			at++;
		from = at + 1;
		starts = true;
	}
	return to;
}

static bool take_lines(struct str s, uint32_t from, uint32_t to, struct yaml_line_sink sink)
{
	for (uint32_t line; (line = yaml_comment_line(s, from, to)) < to;) {
		if (!sink.take(sink.context, line))
			return false;
		for (from = line; from < to && s.p[from] != '\n' && s.p[from] != '\r';)
			from++;
	}
	return true;
}

/* The comment lines from @at on to the end of a value, but for text that looks like some. */
static bool take_value(struct yaml_tree *tree, yaml_id value, uint32_t at, struct yaml_line_sink sink)
{
	const struct yaml_node *node = yaml_node(tree, value);
	yaml_id before = YAML_NONE;

	if (node->kind == YAML_SCALAR || node->kind == YAML_ALIAS ||
	    ((node->flags & YAML_F_FILLED) &&
	     (node->end == node->start || !memchr("{[", tree->bytes.p[node->start], 2))))
		return take_lines(tree->bytes, at, node->start, sink);
	for (yaml_id id = yaml_physical_first(tree, value); id; id = yaml_physical_next(tree, id)) {
		uint32_t start;

		if (yaml_node(tree, id)->flags & YAML_F_NEW)
			continue;
		start = yaml_child_start(tree, value, before);
		if (!take_lines(tree->bytes, at, start, sink) || !yaml_comments_inside(tree, id, start, sink))
			return false;
		at = yaml_child_end(tree, id);
		before = id;
	}
	return take_lines(tree->bytes, at, yaml_node(tree, value)->end, sink);
}

bool yaml_comments_inside(struct yaml_tree *tree, yaml_id child, uint32_t start, struct yaml_line_sink sink)
{
	const struct yaml_node *node = yaml_node(tree, child);

	if (!(node->flags & YAML_F_KEY))
		return take_value(tree, child, start, sink);
	return take_lines(tree->bytes, start, node->start, sink) && take_value(tree, node->pair, node->end, sink);
}

static bool take_none(void *context, uint32_t line)
{
	(void)context;
	(void)line;
	return false;
}

bool yaml_holds_comment_lines(struct yaml_tree *tree, yaml_id child, uint32_t start)
{
	return !yaml_comments_inside(tree, child, start, (struct yaml_line_sink){ .take = take_none });
}

/* ---- removing ---- */

static yaml_id child_of(struct yaml_tree *tree, yaml_id node)
{
	yaml_id key = yaml_key(tree, node);

	if (key)
		return key;
	/* An alias reads as a copy, which knows where the alias stands. */
	if ((yaml_node(tree, node)->flags & YAML_F_COPY) && yaml_node(tree, node)->props)
		return yaml_node(tree, node)->props;
	return node;
}

static bool stays_behind(struct yaml_tree *tree, yaml_id collection, yaml_id child)
{
	yaml_id next = yaml_own_next(tree, collection, child);

	/* Asked of each child in turn, this is the answer but for the last one. */
	if (next && !(yaml_node(tree, next)->flags & YAML_F_REMOVED))
		return true;
	for (yaml_id id = yaml_own_first(tree, collection); id; id = yaml_own_next(tree, collection, id))
		if (id != child && !(yaml_node(tree, id)->flags & YAML_F_REMOVED))
			return true;
	return false;
}

static bool can_go(struct yaml_tree *tree, yaml_id node, struct yaml_refusal *ret_why)
{
	yaml_id parent = yaml_node(tree, node)->parent, child = child_of(tree, node);

	if (!yaml_expand(tree))
		return yaml_refuse(tree, ret_why, node, "the aliases of its document expand to too many nodes");
	if (!parent || (yaml_node(tree, node)->flags & YAML_F_KEY))
		return yaml_refuse(tree, ret_why, node, "it cannot be removed from here");
	if ((yaml_node(tree, child)->flags & YAML_F_KEY) && (yaml_node(tree, child)->flags & YAML_F_MERGE))
		return yaml_refuse(tree, ret_why, node, "it is what a merge key brings in");
	if (!yaml_editable(tree, parent, ret_why))
		return false;
	if (yaml_node(tree, parent)->kind == YAML_MAP &&
	    (yaml_node(tree, parent)->flags & (YAML_F_EXPLICIT | YAML_F_COPY)) == YAML_F_EXPLICIT)
		return yaml_refuse(tree, ret_why, node, "it is a pair without braces in a flow sequence");
	return true;
}

static void mark_removed(struct yaml_tree *tree, yaml_id node)
{
	yaml_id parent = yaml_node(tree, node)->parent, child = child_of(tree, node);

	yaml_touch(tree, child);
	yaml_node(tree, child)->flags |= YAML_F_REMOVED;
	yaml_touch(tree, parent);
	yaml_node(tree, parent)->flags |= YAML_F_DIRTY;
}

/* Removes @node and what is around it up to @outermost. */
static bool remove_up_to(struct yaml_tree *tree, yaml_id node, yaml_id outermost, struct yaml_refusal *ret_why)
{
	if (yaml_node(tree, child_of(tree, node))->flags & YAML_F_NEW)
		return yaml_refuse(tree, ret_why, node, "it was added just now");
	if (!can_go(tree, outermost, ret_why))
		return false;
	for (yaml_id id = node; id != outermost; id = yaml_node(tree, id)->parent)
		mark_removed(tree, id);
	mark_removed(tree, outermost);
	return true;
}

bool yaml_remove(struct yaml_tree *tree, yaml_id node, struct yaml_refusal *ret_why)
{
	return remove_up_to(tree, node, node, ret_why);
}

bool yaml_prune(struct yaml_tree *tree, yaml_id node, yaml_id top, struct yaml_refusal *ret_why)
{
	yaml_id outermost = node, parent;

	/* Not beyond what an anchor shares, be it read at the anchor or at an alias: both stay, or one would need the other. */
	while ((parent = yaml_node(tree, outermost)->parent) != YAML_NONE && parent != top && parent != tree->root &&
	       !(yaml_node(tree, parent)->flags & YAML_F_NEW) &&
	       !(yaml_node(tree, yaml_origin(tree, parent))->flags & YAML_F_SHARED) &&
	       !stays_behind(tree, parent, child_of(tree, outermost)))
		outermost = parent;
	return remove_up_to(tree, node, outermost, ret_why);
}
