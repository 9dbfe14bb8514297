/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where new lines of a block collection go.
 *
 * Behind what they follow and the comments that belong to that, which are often keys and items that somebody has
 * commented out. A comment belongs to what stands above it where it is indented deeper than the new lines; so does a
 * commented-out item in the column of its list's dashes, which may be that of the keys around. A comment in the column of
 * the new lines heads what follows, and so do comments behind a blank line that stand right above what follows.
 */
#include "yaml/render_internal.h"
#include "yaml/tree_internal.h"

uint32_t render_next_line(struct str s, uint32_t at)
{
	at = render_line_end(s, at);
	if (at < s.n)
		at += s.p[at] == '\r' && at + 1 < s.n && s.p[at + 1] == '\n' ? 2 : 1;
	return at;
}

uint32_t render_line_behind(struct yaml_tree *tree, yaml_id child)
{
	uint32_t end = yaml_child_end(tree, child);

	/* Behind a `|+` scalar its line is over already. */
	return render_is_break_before(tree->bytes, end) ? end : render_next_line(tree->bytes, end);
}

/* A block collection of the input that none of its own children is left of (so it is its own last leaf). */
static bool is_bereft(struct yaml_tree *tree, yaml_id leaf)
{
	const struct yaml_node *node = yaml_node(tree, leaf);

	return (node->flags & (YAML_F_DIRTY | YAML_F_FILLED | YAML_F_NEW)) == YAML_F_DIRTY && node->style == YAML_BLOCK;
}

struct place {
	struct yaml_tree *tree;
	uint32_t at;	 /* the end of the last line that belongs to what stands before */
	uint32_t line;	 /* the one looked at */
	uint32_t column; /* of the new lines */
	bool items;	 /* what stands before is a list with its dashes in that column */
	uint32_t dash;	 /* of the commented-out item that is looked at: columns from its #; 0 where there is none */
	yaml_id after;
	yaml_id gone; /* what is gone in .after and comes next; or YAML_NONE */
};

static yaml_id skip_new(struct yaml_tree *tree, yaml_id child)
{
	while (child && (yaml_node(tree, child)->flags & YAML_F_NEW))
		child = yaml_physical_next(tree, child);
	return child;
}

/* The child that is gone and stands behind @id in @after; or YAML_NONE. */
static yaml_id gone_behind(struct yaml_tree *tree, yaml_id after, yaml_id id)
{
	yaml_id next = YAML_NONE;

	while (!next) {
		if (!(yaml_node(tree, id)->flags & YAML_F_KEY) && yaml_node(tree, id)->pair)
			id = yaml_node(tree, id)->pair;
		if (id == after)
			return YAML_NONE;
		next = skip_new(tree, yaml_physical_next(tree, id));
		id = yaml_node(tree, id)->parent;
	}
	return yaml_node(tree, next)->flags & YAML_F_REMOVED ? next : YAML_NONE;
}

static bool take_line(void *context, uint32_t line)
{
	struct place *place = context;

	place->at = render_line_end(place->tree->bytes, line);
	return true;
}

/* Lines that go, up to comments inside of them, which stay. */
static bool pass_gone(struct place *place, uint32_t start)
{
	yaml_id gone = place->gone;

	if (!gone)
		return false;
	yaml_comments_inside(place->tree, gone, start, (struct yaml_line_sink){ place, take_line });
	place->line = render_line_behind(place->tree, gone);
	place->gone = gone_behind(place->tree, place->after, gone);
	return true;
}

/* Whether the comments from .line on stand right above something that stays. */
static bool heads(const struct place *place)
{
	struct str s = place->tree->bytes;
	uint32_t line = place->line, text;

	while ((text = render_skip_blanks(s, line)) < s.n && s.p[text] == '#')
		line = render_next_line(s, text);
	return text < render_line_end(s, text) && !place->gone;
}

/* Whether the comment at @text belongs to what stands before. */
static bool belongs(struct place *place, uint32_t text)
{
	struct str s = place->tree->bytes;
	uint32_t column = text - place->line, word = render_skip_blanks(s, text + 1);

	if (column != place->column || !place->items)
		return column > place->column;
	if (word < s.n && s.p[word] == '-' && (word + 1 == s.n || memchr(" \t\r\n", s.p[word + 1], 4))) {
		place->dash = word - text;
		return true;
	}
	return place->dash && word < render_line_end(s, text) && word - text > place->dash;
}

static void pass_comments(struct place *place)
{
	struct str s = place->tree->bytes;
	bool paragraph = false;

	while (place->line < s.n) {
		uint32_t text = render_skip_blanks(s, place->line), end = render_line_end(s, text);

		if (text == end) {
			paragraph = true;
			place->dash = 0;
		} else if (s.p[text] != '#') {
			if (!pass_gone(place, text))
				return;
			paragraph = false;
			continue;
		} else if ((paragraph && heads(place)) || !belongs(place, text)) {
			return;
		} else {
			paragraph = false;
			place->at = end;
		}
		place->line = render_next_line(s, end);
	}
}

/* Whether @after is a pair whose list has its dashes in @column. */
static bool is_list_at(struct yaml_tree *tree, yaml_id after, uint32_t column)
{
	const struct yaml_node *node = yaml_node(tree, after), *value = yaml_node(tree, node->pair);

	return (node->flags & YAML_F_KEY) && value->kind == YAML_SEQ && value->style == YAML_BLOCK &&
	       !(value->flags & YAML_F_FILLED) && yaml_column(tree->bytes, value->start) == column;
}

uint32_t render_place(struct render *render, yaml_id after, bool gone, uint32_t column)
{
	struct yaml_tree *tree = render->tree;
	yaml_id leaf = gone ? after : yaml_last_leaf(tree, after);
	struct place place = { .tree = tree, .column = column, .after = after };
	bool inside = false; /* the leaf's children, all gone, come next */

	if (gone) {
		place.at = render_line_behind(tree, after);
	} else if (is_bereft(tree, leaf)) {
		place.at = render_emptied_end(render, leaf);
		inside = place.at <= yaml_node(tree, leaf)->start;
	} else {
		place.at = yaml_node(tree, leaf)->end;
	}
	place.gone = inside ? skip_new(tree, yaml_physical_first(tree, leaf)) : gone_behind(tree, after, leaf);
	place.items = !gone && is_list_at(tree, after, column);
	if (!render_is_break_before(tree->bytes, place.at))
		place.at = render_line_end(tree->bytes, place.at);
	place.line = render_is_break_before(tree->bytes, place.at) ? place.at : render_next_line(tree->bytes, place.at);
	pass_comments(&place);
	return place.at;
}
