/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expect
 *
 * One walk over the tree that is meant, which leaves what has to come out: yaml/expect_internal.h has the form.
 */
#include "yaml/expect.h"

#include "yaml/expect_internal.h"
#include "yaml/tree_internal.h"

struct notes {
	struct yaml_tree *tree;
	struct buf *out;
	uint32_t cursor; /* end of the last span */
};

enum { NUMBER_MOST = 5 }; /* bytes */

/* There is room for it: this is done for every node. */
static void note_number(struct buf *out, uint32_t n)
{
	for (; n > 127; n >>= 7)
		out->p[out->n++] = (char)((n & 127) | 128);
	out->p[out->n++] = (char)n;
}

static void note_span(struct notes *notes, uint32_t start, uint32_t end)
{
	buf_reserve(notes->out, 2 * (size_t)NUMBER_MOST);
	/* Modulo 2^32: a span before the last one, which is rare, takes five bytes. */
	note_number(notes->out, start - notes->cursor);
	note_number(notes->out, end - start);
	notes->cursor = end;
}

static void note_head(struct notes *notes, enum expect_what what, unsigned detail, unsigned flags)
{
	buf_addc(notes->out, (char)((unsigned)what | detail << EXPECT_DETAIL | flags));
}

struct str yaml_next_property(struct yaml_tree *tree, uint32_t *at, uint32_t end)
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

static void note_properties(struct notes *notes, const struct yaml_node *meant)
{
	uint32_t at = meant->props;
	struct str one;

	if (meant->props == meant->start)
		return;
	while ((one = yaml_next_property(notes->tree, &at, meant->start)).n) {
		if (one.p[0] == '!' && is_tag_dropped(meant))
			continue;
		note_head(notes, EXPECT_PROPERTY, 0, 0);
		note_span(notes, at - (uint32_t)one.n, at);
	}
}

static void note_scalar(struct notes *notes, const struct yaml_node *meant)
{
	const struct yaml_new_text *text;

	if (!(meant->flags & (YAML_F_NEW | YAML_F_CHANGED))) {
		note_head(notes, EXPECT_SCALAR, meant->style, 0);
		note_span(notes, meant->start, meant->end);
		return;
	}
	text = &notes->tree->texts.items[meant->first];
	note_head(notes, EXPECT_NEW, text->type, meant->flags & YAML_F_MERGE ? EXPECT_MERGE_KEY : 0);
	buf_reserve(notes->out, NUMBER_MOST);
	note_number(notes->out, (uint32_t)text->text.n);
	buf_add(notes->out, text->text);
}

static yaml_id next_meant(struct yaml_tree *tree, yaml_id id)
{
	while (id && (yaml_node(tree, id)->flags & (YAML_F_COPY | YAML_F_REMOVED)))
		id = yaml_node(tree, id)->next;
	return id;
}

static void note_node(struct notes *notes, yaml_id id)
{
	struct yaml_tree *tree = notes->tree;
	const struct yaml_node *node = yaml_node(tree, id);
	bool map = node->kind == YAML_MAP;

	note_properties(notes, node);
	if (node->kind == YAML_ALIAS) {
		note_head(notes, EXPECT_ALIAS, 0, 0);
		note_span(notes, node->start, node->end);
		return;
	}
	if (node->kind == YAML_SCALAR) {
		note_scalar(notes, node);
		return;
	}
	note_head(notes, map ? EXPECT_MAP : EXPECT_SEQ, yaml_is_emptied(tree, id) ? YAML_FLOW : node->style,
		  node->flags & (YAML_F_NEW | YAML_F_FILLED) ? EXPECT_ANY_STYLE : 0);
	for (yaml_id child = next_meant(tree, node->first); child;
	     child = next_meant(tree, yaml_node(tree, child)->next)) {
		note_node(notes, child);
		if (map)
			note_node(notes, yaml_node(tree, child)->pair);
	}
	note_head(notes, EXPECT_END, 0, 0);
}

static bool note_comment(void *context, struct str comment)
{
	struct notes *notes = context;
	uint32_t start = (uint32_t)(comment.p - notes->tree->bytes.p);

	note_span(notes, start, start + (uint32_t)comment.n);
	return true;
}

void yaml_expect(struct yaml_tree *meant, struct yaml_expected *expected)
{
	struct notes notes = { .tree = meant, .out = &expected->nodes };
	struct notes comments = { .tree = meant, .out = &expected->comments };

	expected->bytes = meant->bytes;
	expected->nodes.n = expected->comments.n = 0;
	expected->settled = meant->settled;
	expected->meaning = meant->meaning;
	if (meant->root)
		note_node(&notes, meant->root);
	expected->any_comment = meant->bytes.n && memchr(meant->bytes.p, '#', meant->bytes.n);
	if (expected->any_comment)
		comments_collect(meant, (struct comment_sink){ note_comment, &comments });
}

void yaml_expected_free(struct yaml_expected *expected)
{
	buf_free(&expected->nodes);
	buf_free(&expected->comments);
}
