/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Remove
 *
 * A removed pair or item takes its own lines and the comments on them, nothing else. So it must have lines of its
 * own, something must be left behind in its collection, no alias may lose its anchor, and the block scalar that may
 * stand before it must not swallow what follows.
 */
#include "yaml/edit.h"
#include "yaml/tree_internal.h"

static bool only_blanks_before(struct str s, uint32_t at)
{
	while (at && s.p[at - 1] == ' ')
		at--;
	return at == 0 || s.p[at - 1] == '\n' || s.p[at - 1] == '\r';
}

/* In a block: the pair or item has its lines for itself. */
static bool has_own_lines(struct yaml_tree *tree, yaml_id child)
{
	uint32_t at = yaml_node(tree, child)->props;

	if (!(yaml_node(tree, child)->flags & YAML_F_KEY)) {
		while (at && tree->bytes.p[at - 1] != '-' && tree->bytes.p[at - 1] != '\n')
			at--;
		if (!at || tree->bytes.p[at - 1] != '-')
			return false;
		at--;
	}
	return only_blanks_before(tree->bytes, at);
}

/* Whether an alias outside of @id would lose its anchor. */
static bool holds_shared(struct yaml_tree *tree, yaml_id id)
{
	struct yaml_node *node = yaml_node(tree, id);

	if (node->flags & YAML_F_SHARED)
		return true;
	if (node->flags & YAML_F_KEY && holds_shared(tree, node->pair))
		return true;
	if (node->kind == YAML_MAP || node->kind == YAML_SEQ)
		for (yaml_id child = yaml_physical_first(tree, id); child; child = yaml_physical_next(tree, child))
			if (holds_shared(tree, child))
				return true;
	return false;
}

/* The lines that go with @child, and those of its neighbours behind it that go already. */
static uint32_t end_of_removed(struct yaml_tree *tree, yaml_id child)
{
	uint32_t end = 0;

	do {
		struct yaml_node *node = yaml_node(tree, child);

		end = node->flags & YAML_F_KEY ? yaml_node(tree, node->pair)->end : node->end;
		do
			child = yaml_physical_next(tree, child);
		while (child && (yaml_node(tree, child)->flags & YAML_F_NEW));
	} while (child && (yaml_node(tree, child)->flags & YAML_F_REMOVED));
	return end;
}

/*
 * Whether blank lines or comments behind @child would become text of a block scalar before it, once nothing stands
 * between them any more.
 */
static bool feeds_block_scalar(struct yaml_tree *tree, yaml_id parent, yaml_id child)
{
	yaml_id before = YAML_NONE;
	struct yaml_node *leaf;
	struct str s = tree->bytes;
	uint32_t at, column;

	for (yaml_id id = yaml_physical_first(tree, parent); id && id != child; id = yaml_physical_next(tree, id))
		if (!(yaml_node(tree, id)->flags & (YAML_F_REMOVED | YAML_F_NEW)))
			before = id;
	leaf = yaml_node(tree, before ? yaml_last_leaf(tree, before) : YAML_NONE);
	if (leaf->kind != YAML_SCALAR || (leaf->style != YAML_LITERAL && leaf->style != YAML_FOLDED))
		return false;
	at = end_of_removed(tree, child);
	if (!at || (s.p[at - 1] != '\n' && s.p[at - 1] != '\r')) /* not behind a `|+`, whose line is over */
		while (at < s.n && s.p[at - 1] != '\n')
			at++;
	column = yaml_column(s, yaml_node(tree, parent)->start);
	for (uint32_t from = at; at < s.n; from = ++at) {
		while (at < s.n && s.p[at] == ' ')
			at++;
		if (at < s.n && s.p[at] == '#')
			return at - from > column;
		if (at < s.n && s.p[at] == '\r')
			at++;
		if (at < s.n && s.p[at] != '\n')
			return false;
		if (yaml_keeps_breaks(s, leaf))
			return true;
	}
	return false;
}

bool yaml_remove(struct yaml_tree *tree, yaml_id node, struct yaml_refusal *ret_why)
{
	yaml_id parent = yaml_node(tree, node)->parent, child = yaml_key(tree, node);
	struct yaml_node *up = yaml_node(tree, parent);
	size_t others = 0;

	if (!child)
		child = node;
	if (yaml_node(tree, node)->flags & YAML_F_COPY)
		return yaml_refuse(tree, ret_why, node, "it comes from an anchor through an alias or a merge key");
	if (!parent || (yaml_node(tree, node)->flags & (YAML_F_KEY | YAML_F_NEW)))
		return yaml_refuse(tree, ret_why, node, "it cannot be removed from here");
	if (yaml_node(tree, child)->flags & YAML_F_MERGE)
		return yaml_refuse(tree, ret_why, node, "it is what a merge key brings in");
	if (yaml_node(tree, child)->flags & YAML_F_EXPLICIT)
		return yaml_refuse(tree, ret_why, node, "its key is written with a question mark");
	if (!yaml_editable(tree, parent, ret_why))
		return false;
	for (yaml_id id = yaml_physical_first(tree, parent); id; id = yaml_physical_next(tree, id))
		others += id != child && !(yaml_node(tree, id)->flags & (YAML_F_REMOVED | YAML_F_NEW));
	if (!others)
		return yaml_refuse(tree, ret_why, node, "it is the only one there; remove it by hand");
	if (tree->has_anchors && holds_shared(tree, child))
		return yaml_refuse(tree, ret_why, node, "it carries an anchor that is used elsewhere");
	if (up->style == YAML_BLOCK ? !has_own_lines(tree, child)
				    : memchr(tree->bytes.p + up->start, '\n', up->end - up->start) != NULL)
		return yaml_refuse(tree, ret_why, node, "it shares its line; remove it by hand");
	if (up->style == YAML_BLOCK && feeds_block_scalar(tree, parent, child))
		return yaml_refuse(tree, ret_why, node, "what follows would become text of the block scalar before it");
	yaml_touch(tree, child);
	yaml_node(tree, child)->flags |= YAML_F_REMOVED;
	yaml_touch(tree, parent);
	yaml_node(tree, parent)->flags |= YAML_F_DIRTY;
	return true;
}
