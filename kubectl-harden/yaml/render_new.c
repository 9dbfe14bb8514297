/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How new nodes are written: in block style as people write Kubernetes manifests, in flow style where they stand
 * inside {} or [], and as JSON where the document is JSON.
 */
#include "yaml/render_internal.h"
#include "yaml/scalar.h"
#include "yaml/tree_internal.h"

static void scalar(struct render *render, struct buf *out, yaml_id id, bool flow, bool json)
{
	struct yaml_node *node = yaml_node(render->tree, id);
	struct yaml_new_text *text;

	render_note(render, id);
	if (node->kind == YAML_ALIAS) {
		buf_add(out, yaml_raw(render->tree, id)); /* `*a`, as it stood where it is overridden now */
		return;
	}
	text = &render->tree->texts.items[node->first];
	if (node->flags & YAML_F_MERGE) {
		buf_add(out, text->text); /* `<<`, which in quotes would be a key like any other */
		return;
	}
	yaml_encode(out, text->text, text->type, (enum yaml_style)node->style, flow, json);
}

/* ---- flow ---- */

void render_flow_child(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id child)
{
	const struct yaml_node *node = yaml_node(render->tree, child);

	if (node->flags & YAML_F_KEY) {
		scalar(render, out, child, true, layout->json);
		buf_add(out, layout->compact && layout->json ? STR(":") : STR(": "));
		child = node->pair;
	}
	render_flow_value(render, out, layout, child);
}

void render_flow_children(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id id)
{
	struct yaml_tree *tree = render->tree;
	struct flow_layout inner = *layout;
	bool first = true;

	if (layout->lines)
		inner.indent = str_fmt(tree->arena, "%.*s%.*s", STR_ARG(layout->indent), STR_ARG(layout->unit));
	for (yaml_id child = yaml_node(tree, id)->first; child; child = yaml_node(tree, child)->next) {
		if (!first)
			buf_add(out, layout->lines || layout->compact ? STR(",") : STR(", "));
		if (layout->lines) {
			buf_add(out, render->eol);
			buf_add(out, inner.indent);
		}
		first = false;
		render_flow_child(render, out, &inner, child);
	}
	if (layout->lines && !first) {
		buf_add(out, render->eol);
		buf_add(out, layout->indent);
	}
}

void render_flow_value(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id id)
{
	struct yaml_node *node = yaml_node(render->tree, id);
	struct flow_layout own = *layout;
	bool map = node->kind == YAML_MAP;

	if (node->kind == YAML_SCALAR || node->kind == YAML_ALIAS) {
		scalar(render, out, id, true, layout->json);
		return;
	}
	/* A short list stays on its line, but in JSON, where formatters put every item on its own. */
	if (!map && node->style == YAML_FLOW && !layout->json)
		own.lines = false;
	buf_addc(out, map ? '{' : '[');
	render_flow_children(render, out, &own, id);
	buf_addc(out, map ? '}' : ']');
}

/* ---- block ---- */

static const struct flow_layout in_block = { 0 };

/* What follows `key:` or stands behind `- `; @column is that of the key or of the item's text. */
static void block_value(struct render *render, struct buf *out, yaml_id map, uint32_t column, yaml_id id)
{
	struct yaml_tree *tree = render->tree;
	struct yaml_node *node = yaml_node(tree, id);

	if (node->kind == YAML_SCALAR || node->kind == YAML_ALIAS) {
		buf_addc(out, ' ');
		scalar(render, out, id, false, false);
		return;
	}
	if (node->style == YAML_FLOW || !node->first) {
		buf_addc(out, ' ');
		render_flow_value(render, out, &in_block, id);
		return;
	}
	column += render_step(tree, map, (enum yaml_kind)node->kind);
	for (yaml_id child = node->first; child; child = yaml_node(tree, child)->next) {
		buf_add(out, render->eol);
		buf_pad(out, ' ', column);
		render_block_child(render, out, id, column, child);
	}
}

static void block_pair(struct render *render, struct buf *out, yaml_id map, uint32_t column, yaml_id key)
{
	scalar(render, out, key, false, false);
	buf_addc(out, ':');
	block_value(render, out, map, column, yaml_node(render->tree, key)->pair);
}

/* Columns between the dash and the text of @seq's items, as its last item of the input has them. */
static uint32_t dash_gap(struct yaml_tree *tree, yaml_id seq)
{
	uint32_t gap = 1;

	for (yaml_id id = yaml_physical_first(tree, seq); id; id = yaml_physical_next(tree, id)) {
		struct yaml_node *node = yaml_node(tree, id);
		uint32_t at = node->props;

		if ((node->flags & YAML_F_NEW) || node->style == YAML_EMPTY)
			continue;
		while (at && tree->bytes.p[at - 1] == ' ')
			at--;
		if (at && tree->bytes.p[at - 1] == '-' && node->props - at >= 1 && node->props - at <= 8)
			gap = node->props - at;
	}
	return gap;
}

static void block_item(struct render *render, struct buf *out, yaml_id seq, uint32_t column, yaml_id item)
{
	struct yaml_tree *tree = render->tree;
	struct yaml_node *node = yaml_node(tree, item);
	uint32_t gap = yaml_node(tree, seq)->flags & (YAML_F_NEW | YAML_F_FILLED) ? 1 : dash_gap(tree, seq);

	buf_addc(out, '-');
	buf_pad(out, ' ', gap - 1);
	if (node->kind != YAML_MAP || !node->first) {
		block_value(render, out, YAML_NONE, column, item);
		return;
	}
	column += 1 + gap;
	for (yaml_id key = node->first; key; key = yaml_node(tree, key)->next) {
		if (key == node->first) {
			buf_addc(out, ' ');
		} else {
			buf_add(out, render->eol);
			buf_pad(out, ' ', column);
		}
		block_pair(render, out, item, column, key);
	}
}

void render_block_child(struct render *render, struct buf *out, yaml_id parent, uint32_t column, yaml_id child)
{
	if (yaml_node(render->tree, child)->flags & YAML_F_KEY)
		block_pair(render, out, parent, column, child);
	else
		block_item(render, out, parent, column, child);
}
