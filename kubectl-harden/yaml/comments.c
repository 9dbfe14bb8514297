/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comments
 *
 * The comments of a document in order, but for those that go with what was removed (yaml/render_remove.c: which).
 */
#include "yaml/expect_internal.h"
#include "yaml/render_internal.h"
#include "yaml/tree_internal.h"

struct comments {
	struct yaml_tree *tree;
	uint32_t cursor;
	bool stopped; /* the sink wants no more */
	struct comment_sink sink;
};

static void gap(struct comments *comments, uint32_t to)
{
	struct str s = comments->tree->bytes;
	uint32_t at = comments->cursor;

	while (at < to && !comments->stopped) {
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
		comments->stopped = !comments->sink.take(comments->sink.context, str_sub(s, at, end));
		at = end;
	}
	if (to > comments->cursor)
		comments->cursor = to;
}

static bool take_line(void *context, uint32_t line)
{
	struct comments *comments = context;

	comments->cursor = line;
	gap(comments, render_line_end(comments->tree->bytes, line));
	return !comments->stopped;
}

/* Of what is removed, the comments that share its lines go. */
static void collect_removed(struct comments *comments, yaml_id child, uint32_t start)
{
	yaml_comments_inside(comments->tree, child, start, (struct yaml_line_sink){ comments, take_line });
	comments->cursor = yaml_child_end(comments->tree, child);
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

bool comments_collect(struct yaml_tree *tree, struct comment_sink sink)
{
	struct comments comments = { .tree = tree, .sink = sink };

	if (tree->root)
		collect(&comments, tree->root);
	gap(&comments, (uint32_t)tree->bytes.n);
	return !comments.stopped;
}
