/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was empty, as splices: a null, {} or [] of the input that gets its first children, and an alias that is
 * overridden.
 *
 * In block style the children stand below the line of the key. A value that had a line of its own leaves none behind:
 * they stand in its place, or below the comment that shared its line.
 */
#include "yaml/render_internal.h"
#include "yaml/tree_internal.h"

/* ---- flow ---- */

void render_fill_brackets(struct render *render, yaml_id collection)
{
	struct yaml_tree *tree = render->tree;
	struct str s = tree->bytes;
	struct yaml_node *node = yaml_node(tree, collection), *root = yaml_node(tree, tree->root);
	struct flow_layout layout = render_flow_layout(tree, collection);
	struct buf out = BUF_INIT;
	uint32_t from = node->start + 1, to = render_skip_space(s, from);

	layout.lines = layout.json && root->first && render_starts_line(s, yaml_node(tree, root->first)->start);
	if (layout.lines) {
		layout.indent = render_indentation(s, node->start);
		render->eol = render_eol(s, node->start);
	}
	render_flow_children(render, &out, &layout, collection);
	/* A comment inside keeps its place: nothing is deleted then. */
	render_emit(render, from, to == node->end - 1 ? to - from : 0, &out);
}

static void fill_flow(struct render *render, yaml_id id)
{
	struct yaml_tree *tree = render->tree;
	struct yaml_node *node = yaml_node(tree, id);
	struct flow_layout layout = render_flow_layout(tree, node->parent);
	uint32_t from = render_drop_tag(render, id), to = node->end;
	struct buf out = BUF_INIT;

	if (!render_has_colon(tree, id))
		from = to = render_colon(render, id, &out);
	if (out.n || (node->end == node->start && from == render_skip_blanks_back(tree->bytes, from)))
		buf_addc(&out, ' ');
	render_flow_value(render, &out, &layout, id);
	render_emit(render, from, to - from, &out);
}

/* ---- block ---- */

/* In the place of the value from @from on, which has its line for itself, or shares it with a comment behind it. */
static void fill_line(struct render *render, yaml_id id, uint32_t from, uint32_t column)
{
	struct str s = render->tree->bytes;
	const struct yaml_node *node = yaml_node(render->tree, id);
	uint32_t start = render_line_start(s, from), end = render_line_end(s, node->end);
	uint32_t behind = render_skip_blanks(s, node->end);
	struct buf comment = BUF_INIT, out = BUF_INIT;

	render->eol = render_eol_at(s, end);
	if (behind < end) {
		buf_pad(&comment, ' ', column);
		render_emit(render, start, behind - start, &comment);
		start = end;
	}
	render_lines(render, &out, id, column, node->first, behind < end);
	if (behind == end)
		out.n -= render->eol.n; /* that of the value's own line stays */
	render_emit(render, start, end - start, &out);
}

/* Below the line of the key, at whose end the value from @from on stands. */
static void fill_below(struct render *render, yaml_id id, uint32_t from, uint32_t column)
{
	struct yaml_tree *tree = render->tree;
	struct str s = tree->bytes;
	const struct yaml_node *node = yaml_node(tree, id);
	uint32_t at = render_line_end(s, node->end);
	struct buf none = BUF_INIT, out = BUF_INIT;

	if (node->end > from)
		render_emit(render, from, node->end - from, &none);
	if (!render_has_colon(tree, id))
		at = render_colon(render, id, &out);
	render->eol = render_eol_at(s, at);
	render_lines(render, &out, id, column, node->first, true);
	render_emit(render, at, 0, &out);
}

static void fill_block(struct render *render, yaml_id id)
{
	struct yaml_tree *tree = render->tree;
	const struct yaml_node *node = yaml_node(tree, id);
	yaml_id map = node->parent;
	uint32_t step = render_step(tree, map, (enum yaml_kind)node->kind);
	uint32_t from = render_skip_blanks_back(tree->bytes, render_drop_tag(render, id));

	/* Behind a `:` on a line of its own, a list at the margin would be another value. */
	if (!step && (yaml_node(tree, node->pair)->flags & YAML_F_EXPLICIT))
		step = 2;
	if (node->end > from && render_is_break_before(tree->bytes, from))
		fill_line(render, id, from, render_block_column(tree, map) + step);
	else
		fill_below(render, id, from, render_block_column(tree, map) + step);
}

/* `- *a` becomes `- <<: *a`, and lines below it. */
static void fill_item(struct render *render, yaml_id id)
{
	struct yaml_tree *tree = render->tree;
	struct str s = tree->bytes;
	struct yaml_node *node = yaml_node(tree, id);
	uint32_t column = yaml_column(s, node->start), at = render_line_end(s, node->end);
	struct buf head = BUF_INIT, out = BUF_INIT;
	yaml_id first = node->first;

	render_block_child(render, &head, id, column, first);
	render_emit(render, node->start, node->end - node->start, &head);
	render->eol = render_eol_at(s, at);
	render_lines(render, &out, id, column, yaml_node(tree, first)->next, true);
	render_emit(render, at, 0, &out);
}

void render_fill(struct render *render, yaml_id id)
{
	const struct yaml_node *node = yaml_node(render->tree, id);

	if (node->style != YAML_BLOCK)
		fill_flow(render, id);
	else if (node->pair)
		fill_block(render, id);
	else
		fill_item(render, id);
}
