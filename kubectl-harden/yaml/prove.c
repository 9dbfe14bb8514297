/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof
 *
 * The tree that is meant was made by logical edits alone; the tree given here was parsed from the spliced bytes.
 * They are walked side by side: a node that nobody touched must be there byte for byte, in the same order, with its
 * anchor and tag; a new one must be read as what was meant. Then the comments: those of the input (but for the lines
 * that were removed) and those of the result must be the same texts in the same order, so that no insertion can have
 * turned a comment into text or text into a comment. Where anchors were edited for several places at once, the
 * logical trees, as they were before that and as they are now, must say the same too.
 */
#include <stdlib.h>

#include "yaml/render.h"
#include "yaml/render_internal.h"
#include "yaml/scalar.h"
#include "yaml/tree_internal.h"

struct proof {
	struct yaml_tree *meant, *after;
	struct yaml_refusal *why;
};

static bool fail(struct proof *proof, yaml_id after, const char *why)
{
	*proof->why = (struct yaml_refusal){ .at = yaml_node(proof->after, after)->start, .why = why };
	return false;
}

/* Cuts the next anchor or tag off what stands between @at and the node; empty when there is none left. */
static struct str next_property(struct yaml_tree *tree, uint32_t *at, uint32_t end)
{
	uint32_t from = yaml_skip_gap(tree->bytes, *at), to = from;

	while (to < end && !memchr(" \t\r\n", tree->bytes.p[to], 4))
		to++;
	*at = to;
	return from < end ? str_sub(tree->bytes, from, to) : STR_NONE;
}

/* Where a new value does not go with the tag of the old one. */
static bool is_tag_dropped(const struct yaml_node *meant)
{
	return (meant->flags & (YAML_F_CHANGED | YAML_F_FILLED)) && !(meant->flags & YAML_F_TAG);
}

static bool same_properties(struct proof *proof, yaml_id m, yaml_id a)
{
	struct yaml_node *meant = yaml_node(proof->meant, m), *after = yaml_node(proof->after, a);
	uint32_t x = meant->props, y = after->props;
	struct str one, two;

	if (x == meant->start && y == after->start)
		return true;
	do {
		one = next_property(proof->meant, &x, meant->start);
		if (one.n && one.p[0] == '!' && is_tag_dropped(meant))
			one = next_property(proof->meant, &x, meant->start);
		two = next_property(proof->after, &y, after->start);
		if (!str_eq(one, two))
			return fail(proof, a, "an anchor or a tag has changed");
	} while (one.n);
	return true;
}

static bool same_scalar(struct proof *proof, yaml_id m, yaml_id a)
{
	struct yaml_node *meant = yaml_node(proof->meant, m), *after = yaml_node(proof->after, a);

	if (meant->flags & (YAML_F_NEW | YAML_F_CHANGED)) {
		struct yaml_new_text *text = &proof->meant->texts.items[meant->first];

		if ((meant->flags ^ after->flags) & YAML_F_MERGE)
			return fail(proof, a, "a merge key is read differently");
		if (yaml_type(proof->after, a) != text->type || !str_eq(yaml_text(proof->after, a), text->text))
			return fail(proof, a, "a new value is read differently");
		return true;
	}
	if (meant->style != after->style || !str_eq(yaml_raw(proof->meant, m), yaml_raw(proof->after, a)))
		return fail(proof, a, "a value that nobody touched has changed");
	return true;
}

static yaml_id next_meant(struct yaml_tree *tree, yaml_id id)
{
	while (id && (yaml_node(tree, id)->flags & (YAML_F_COPY | YAML_F_REMOVED)))
		id = yaml_node(tree, id)->next;
	return id;
}

static bool same(struct proof *proof, yaml_id m, yaml_id a);

static bool same_children(struct proof *proof, yaml_id m, yaml_id a)
{
	yaml_id x = next_meant(proof->meant, yaml_node(proof->meant, m)->first);
	yaml_id y = yaml_node(proof->after, a)->first;

	while (x && y) {
		if (!same(proof, x, y))
			return false;
		if (yaml_node(proof->meant, m)->kind == YAML_MAP &&
		    !same(proof, yaml_node(proof->meant, x)->pair, yaml_node(proof->after, y)->pair))
			return false;
		x = next_meant(proof->meant, yaml_node(proof->meant, x)->next);
		y = yaml_node(proof->after, y)->next;
	}
	if (x || y)
		return fail(proof, y ? y : a, "a node was lost or added");
	return true;
}

/* The usual node: a scalar that nobody touched, without properties, byte for byte. */
static bool is_same_word(const struct proof *proof, const struct yaml_node *meant, const struct yaml_node *after)
{
	uint32_t n = meant->end - meant->start;

	return meant->kind == YAML_SCALAR && after->kind == YAML_SCALAR && meant->style == after->style &&
	       !(meant->flags & (YAML_F_NEW | YAML_F_CHANGED)) && meant->props == meant->start &&
	       after->props == after->start && after->end - after->start == n &&
	       !memcmp(proof->meant->bytes.p + meant->start, proof->after->bytes.p + after->start, n);
}

static bool same(struct proof *proof, yaml_id m, yaml_id a)
{
	struct yaml_node *meant = yaml_node(proof->meant, m), *after = yaml_node(proof->after, a);

	if (is_same_word(proof, meant, after))
		return true;
	if (meant->kind != after->kind)
		return fail(proof, a, "a node has become something else");
	if (!same_properties(proof, m, a))
		return false;
	if (meant->kind == YAML_ALIAS)
		return str_eq(yaml_raw(proof->meant, m), yaml_raw(proof->after, a)) ||
		       fail(proof, a, "an alias has changed");
	if (meant->kind == YAML_SCALAR)
		return same_scalar(proof, m, a);
	if (!(meant->flags & (YAML_F_NEW | YAML_F_FILLED)) &&
	    after->style != (yaml_is_emptied(proof->meant, m) ? YAML_FLOW : meant->style))
		return fail(proof, a, "a collection has another style");
	return same_children(proof, m, a);
}

/* ---- comments ---- */

struct comments {
	struct yaml_tree *tree;
	uint32_t cursor;
	struct {
		struct str *items;
		size_t n, cap;
	} list;
};

static void gap(struct comments *comments, uint32_t to)
{
	struct str s = comments->tree->bytes;
	uint32_t at = comments->cursor;

	while (at < to) {
		const char *hit = memchr(s.p + at, '#', to - at);
		uint32_t end;

		if (!hit)
			break;
		at = (uint32_t)(hit - s.p);
		if (at && s.p[at - 1] != ' ' && s.p[at - 1] != '\t' && s.p[at - 1] != '\n' && s.p[at - 1] != '\r') {
			at++;
			continue;
		}
		end = render_line_end(s, at);
		VEC_PUSH(&comments->list, str_sub(s, at, end));
		at = end;
	}
	if (to > comments->cursor)
		comments->cursor = to;
}

/* Of the comments from the cursor on, those on lines of their own. */
static void gap_lines(struct comments *comments, uint32_t to)
{
	struct str s = comments->tree->bytes;
	uint32_t line;

	while ((line = yaml_comment_line(s, comments->cursor, to)) < to) {
		comments->cursor = line;
		gap(comments, render_line_end(s, line));
	}
	if (to > comments->cursor)
		comments->cursor = to;
}

/* Of what is removed itself, all comments go; of what only became empty, those that share its lines. */
static void collect_removed(struct comments *comments, yaml_id child, uint32_t start)
{
	struct yaml_tree *tree = comments->tree;
	yaml_id value = yaml_hollow(tree, child), before = YAML_NONE;

	comments->cursor = yaml_inside_start(tree, child, start);
	if (value) {
		for (yaml_id id = yaml_physical_first(tree, value); id; id = yaml_physical_next(tree, id)) {
			uint32_t next = yaml_child_start(tree, value, before);

			gap_lines(comments, next);
			collect_removed(comments, id, next);
			before = id;
		}
		gap_lines(comments, yaml_node(tree, value)->end);
	}
	comments->cursor = yaml_child_end(tree, child);
}

/* Whether nothing but blanks and commas stand before @at in its line. */
static bool leads_line(struct str s, uint32_t at)
{
	while (at && memchr(" \t,", s.p[at - 1], 3))
		at--;
	return at == 0 || s.p[at - 1] == '\n' || s.p[at - 1] == '\r';
}

/* Behind a removed child: the comment on its last line goes, in a flow collection where its lines are its own. */
static void skip_comment(struct comments *comments, bool block)
{
	struct str s = comments->tree->bytes;
	uint32_t at = comments->cursor;

	if (block && (s.p[at - 1] == '\n' || s.p[at - 1] == '\r')) /* behind a `|+` scalar its last line is over */
		return;
	while (at < s.n && memchr(" \t", s.p[at], 2))
		at++;
	if (!block && at < s.n && s.p[at] == ',')
		at++;
	while (at < s.n && memchr(" \t", s.p[at], 2))
		at++;
	if (at < s.n && s.p[at] == '#')
		comments->cursor = render_line_end(s, at);
}

static void collect(struct comments *comments, yaml_id id);

static void collect_children(struct comments *comments, yaml_id id)
{
	struct yaml_tree *tree = comments->tree;
	bool block = yaml_node(tree, id)->style == YAML_BLOCK, alone = false;
	yaml_id before = YAML_NONE;

	for (yaml_id child = yaml_physical_first(tree, id); child; child = yaml_physical_next(tree, child)) {
		struct yaml_node *node = yaml_node(tree, child);

		if (node->flags & YAML_F_NEW)
			continue;
		if (node->flags & YAML_F_REMOVED) {
			uint32_t start = yaml_child_start(tree, id, before);

			gap(comments, start);
			/* Or all that stands before it there goes as well. */
			alone = leads_line(tree->bytes, start) ||
				(alone && render_line_end(tree->bytes, yaml_child_end(tree, before)) >= start);
			collect_removed(comments, child, start);
			if (block || alone)
				skip_comment(comments, block);
		} else {
			alone = false;
			collect(comments, child);
			if (node->flags & YAML_F_KEY)
				collect(comments, yaml_node(tree, child)->pair);
		}
		before = child;
	}
}

static void collect(struct comments *comments, yaml_id id)
{
	struct yaml_tree *tree = comments->tree;
	struct yaml_node *node = yaml_node(tree, id);

	if (node->flags & (YAML_F_COPY | YAML_F_NEW))
		return;
	if (node->kind == YAML_SCALAR || node->kind == YAML_ALIAS ||
	    ((node->flags & YAML_F_FILLED) && node->end > node->start &&
	     !memchr("{[", tree->bytes.p[node->start], 2))) {
		gap(comments, node->start);
		/* A comment behind the header of a block scalar. */
		if (node->kind == YAML_SCALAR && (node->style == YAML_LITERAL || node->style == YAML_FOLDED))
			gap(comments, render_line_end(tree->bytes, node->start));
		comments->cursor = node->end > comments->cursor ? node->end : comments->cursor;
		return;
	}
	collect_children(comments, id);
}

static bool same_comments(struct proof *proof)
{
	struct comments meant = { .tree = proof->meant }, after = { .tree = proof->after };
	bool fine;

	if (!memchr(meant.tree->bytes.p, '#', meant.tree->bytes.n) &&
	    !memchr(after.tree->bytes.p, '#', after.tree->bytes.n))
		return true;
	if (proof->meant->root)
		collect(&meant, proof->meant->root);
	gap(&meant, (uint32_t)proof->meant->bytes.n);
	if (proof->after->root)
		collect(&after, proof->after->root);
	gap(&after, (uint32_t)proof->after->bytes.n);
	fine = meant.list.n == after.list.n;
	for (size_t i = 0; fine && i < meant.list.n; i++)
		fine = str_eq(meant.list.items[i], after.list.items[i]);
	free(meant.list.items);
	free(after.list.items);
	return fine || fail(proof, proof->after->root, "a comment was lost or changed");
}

bool yaml_prove(struct yaml_tree *meant, struct yaml_tree *after, struct yaml_refusal *ret_why)
{
	struct proof proof = { meant, after, ret_why };

	*ret_why = (struct yaml_refusal){ 0 };
	if (!meant->root != !after->root)
		return fail(&proof, YAML_NONE, "the document was lost");
	if (meant->root && !same(&proof, meant->root, after->root))
		return false;
	if (meant->settled && yaml_meaning(after) != meant->meaning)
		return fail(&proof, after->root, "an alias or a merge key brings in something else");
	return same_comments(&proof);
}
