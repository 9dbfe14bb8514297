/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Render
 *
 * Only what an edit added, changed or removed becomes a splice; everything else is never written anew. New lines are
 * put in before the line break that ends the last line of what they follow, which is the same for LF, CRLF and a
 * missing final line break. They copy the line ending, the indentation and the layout of what stands around them.
 * yaml/render_new.c knows how new nodes look, yaml/render_fill.c where those go that stand in what was empty; this file
 * knows where all others go.
 */
#include "yaml/render.h"

#include "yaml/render_internal.h"
#include "yaml/scalar.h"
#include "yaml/tree_internal.h"

enum { SPLICES_LOOK = 24 };

/* A copy of @text, that of one of the last splices if it is the same: what a hundred containers get is. */
static struct str keep(const struct render *render, struct str text)
{
	for (size_t i = render->splices->n, k = 0; i-- > 0 && k < SPLICES_LOOK; k++)
		if (str_eq(render->splices->items[i].ins, text))
			return render->splices->items[i].ins;
	return str_copy(render->tree->arena, text);
}

void render_emit(struct render *render, uint32_t at, uint32_t del, struct buf *text)
{
	struct splice splice = { .at = at, .del = del, .ins = keep(render, buf_str(text)) };

	VEC_PUSH(render->splices, splice);
	if (render->notes)
		render_notes_end(render);
	buf_free(text);
}

/* ---- lines of the input ---- */

uint32_t render_line_end(struct str s, uint32_t at)
{
	while (at < s.n && s.p[at] != '\n' && s.p[at] != '\r')
		at++;
	return at;
}

uint32_t render_line_start(struct str s, uint32_t at)
{
	return at - yaml_column(s, at);
}

/* The line break at @at; at the end of the input, the one before it. */
struct str render_eol_at(struct str s, uint32_t at)
{
	if (at >= s.n) {
		while (at > 0 && s.p[at - 1] != '\n' && s.p[at - 1] != '\r')
			at--;
		if (!at)
			return STR("\n");
		at -= at >= 2 && s.p[at - 1] == '\n' && s.p[at - 2] == '\r' ? 2 : 1;
	}
	if (s.p[at] == '\r')
		return at + 1 < s.n && s.p[at + 1] == '\n' ? STR("\r\n") : STR("\r");
	return STR("\n");
}

struct str render_eol(struct str s, uint32_t at)
{
	return render_eol_at(s, render_line_end(s, at));
}

uint32_t render_skip_blanks(struct str s, uint32_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at;
}

uint32_t render_skip_space(struct str s, uint32_t at)
{
	while (at < s.n && memchr(" \t\r\n", s.p[at], 4))
		at++;
	return at;
}

uint32_t render_skip_blanks_back(struct str s, uint32_t at)
{
	while (at > 0 && (s.p[at - 1] == ' ' || s.p[at - 1] == '\t'))
		at--;
	return at;
}

struct str render_indentation(struct str s, uint32_t at)
{
	uint32_t start = render_line_start(s, at);

	return str_sub(s, start, render_skip_blanks(s, start));
}

bool render_is_break_before(struct str s, uint32_t at)
{
	return at > 0 && (s.p[at - 1] == '\n' || s.p[at - 1] == '\r');
}

bool render_starts_line(struct str s, uint32_t at)
{
	return render_is_break_before(s, render_skip_blanks_back(s, at));
}

/* ---- the layout around ---- */

uint32_t render_block_column(struct yaml_tree *tree, yaml_id collection)
{
	return yaml_column(tree->bytes, yaml_node(tree, collection)->start);
}

/* Columns that a block @kind below a key of @map is indented: as its siblings, else as the document, else 2 or 0. */
uint32_t render_step(struct yaml_tree *tree, yaml_id map, enum yaml_kind kind)
{
	uint32_t fallback = kind == YAML_MAP ? (tree->indent_step ? tree->indent_step : 2)
					     : (uint32_t)(tree->sequence_offset > 0 ? tree->sequence_offset : 0);
	uint32_t own;

	if (!map || (yaml_node(tree, map)->flags & (YAML_F_NEW | YAML_F_FILLED)) ||
	    yaml_node(tree, map)->kind != YAML_MAP)
		return fallback;
	own = render_block_column(tree, map);
	for (yaml_id key = yaml_physical_first(tree, map); key; key = yaml_physical_next(tree, key)) {
		struct yaml_node *value = yaml_node(tree, yaml_node(tree, key)->pair);

		if (value->kind != kind || value->style != YAML_BLOCK || (value->flags & (YAML_F_NEW | YAML_F_FILLED)))
			continue;
		if (yaml_column(tree->bytes, value->start) >= own)
			return yaml_column(tree->bytes, value->start) - own;
	}
	return fallback;
}

/* ---- block collections ---- */

yaml_id render_lines(struct render *render, struct buf *out, yaml_id parent, uint32_t column, yaml_id child,
		     bool eol_first)
{
	for (; child && (yaml_node(render->tree, child)->flags & YAML_F_NEW);
	     child = yaml_physical_next(render->tree, child)) {
		if (eol_first)
			buf_add(out, render->eol);
		buf_pad(out, ' ', column);
		render_block_child(render, out, parent, column, child);
		if (!eol_first)
			buf_add(out, render->eol);
	}
	return child;
}

/* New children behind @after; without one, behind the line of the map's own key, or where @gone stood. */
static yaml_id block_run(struct render *render, yaml_id parent, yaml_id after, yaml_id gone, yaml_id child)
{
	struct yaml_tree *tree = render->tree;
	struct str s = tree->bytes;
	uint32_t at, column = render_block_column(tree, parent);
	struct buf out = BUF_INIT;

	if (after || gone)
		at = render_place(render, after ? after : gone, !after, column);
	else
		at = yaml_node(tree, yaml_node(tree, parent)->pair)->end;
	if ((after || gone) && render_is_break_before(s, at)) {
		/* Also behind a `|+` scalar, whose trailing line breaks are text. */
		render->eol = render_eol_at(s, at >= 2 && s.p[at - 2] == '\r' ? at - 2 : at - 1);
		child = render_lines(render, &out, parent, column, child, false);
	} else {
		at = render_line_end(s, at);
		render->eol = render_eol_at(s, at);
		child = render_lines(render, &out, parent, column, child, true);
	}
	render_emit(render, at, 0, &out);
	return child;
}

/* ---- flow collections ---- */

/* {"a":1}, of the nearest map in braces that shows it. */
static bool is_compact(struct yaml_tree *tree, yaml_id map)
{
	yaml_id key = YAML_NONE;

	for (; map && !key; map = yaml_node(tree, map)->parent) {
		if (yaml_node(tree, map)->kind == YAML_MAP && yaml_node(tree, map)->style == YAML_FLOW)
			key = yaml_physical_first(tree, map);
		while (key && ((yaml_node(tree, key)->flags & YAML_F_NEW) ||
			       yaml_node(tree, yaml_node(tree, key)->pair)->style == YAML_EMPTY))
			key = yaml_physical_next(tree, key);
	}
	if (!key)
		return false;
	return yaml_node(tree, yaml_node(tree, key)->pair)->props == yaml_node(tree, key)->end + 1;
}

static bool wants_json(struct yaml_tree *tree, yaml_id collection)
{
	yaml_id first = yaml_physical_first(tree, collection);

	while (first && (yaml_node(tree, first)->flags & YAML_F_NEW))
		first = yaml_physical_next(tree, first);
	if (first && yaml_node(tree, collection)->kind == YAML_MAP)
		return yaml_node(tree, first)->style == YAML_DOUBLE;
	return tree->json;
}

/* What one level of a flow collection written over several lines is indented by. */
static struct str flow_unit(struct yaml_tree *tree)
{
	struct yaml_node *root = yaml_node(tree, tree->root);
	struct str s = tree->bytes, inner, outer;

	if (root->style != YAML_FLOW || !root->first || !render_starts_line(s, yaml_node(tree, root->first)->start))
		return STR("  ");
	inner = render_indentation(s, yaml_node(tree, root->first)->start);
	outer = render_indentation(s, root->start);
	return inner.n > outer.n ? str_sub(inner, outer.n, inner.n) : STR("  ");
}

struct flow_layout render_flow_layout(struct yaml_tree *tree, yaml_id collection)
{
	return (struct flow_layout){
		.json = wants_json(tree, collection),
		.compact = is_compact(tree, collection),
		.unit = flow_unit(tree),
	};
}

static bool has_break(struct str text)
{
	return memchr(text.p, '\n', text.n) || memchr(text.p, '\r', text.n);
}

bool render_has_short_items(struct yaml_tree *tree, yaml_id seq)
{
	bool any = false;

	if (yaml_node(tree, seq)->kind != YAML_SEQ)
		return false;
	for (yaml_id id = yaml_physical_first(tree, seq); id; id = yaml_physical_next(tree, id)) {
		const struct yaml_node *node = yaml_node(tree, id);

		if ((node->flags & YAML_F_NEW) || node->style != YAML_FLOW || !yaml_physical_first(tree, id))
			continue;
		if (has_break(yaml_raw(tree, id)))
			return false;
		any = true;
	}
	return any;
}

/* A pair in a flow sequence, without brackets of its own. */
static bool is_bare_pair(const struct yaml_node *node)
{
	return node->kind == YAML_MAP && (node->flags & (YAML_F_EXPLICIT | YAML_F_KEY)) == YAML_F_EXPLICIT;
}

void render_blank_behind_empty(struct str s, uint32_t at, struct buf *out)
{
	uint32_t word = at;

	while (word > 0 && !memchr(" \t\r\n,[]{}", s.p[word - 1], 9))
		word--;
	if (word < at && (s.p[word] == '!' || s.p[at - 1] == ':'))
		buf_addc(out, ' ');
}

static yaml_id flow_run_inline(struct render *render, struct flow_layout *layout, uint32_t at, bool before,
			       yaml_id child)
{
	struct buf out = BUF_INIT;
	struct str comma = layout->compact ? STR(",") : STR(", ");

	render_blank_behind_empty(render->tree->bytes, at, &out);
	for (; child && (yaml_node(render->tree, child)->flags & YAML_F_NEW);
	     child = yaml_physical_next(render->tree, child)) {
		if (!before)
			buf_add(&out, comma);
		render_flow_child(render, &out, layout, child);
		if (before)
			buf_add(&out, comma);
	}
	render_emit(render, at, 0, &out);
	return child;
}

/* One line for each new child, behind the line of @end (the end of the child before). */
static yaml_id flow_run_lines(struct render *render, struct flow_layout *layout, uint32_t end, yaml_id child)
{
	struct str s = render->tree->bytes;
	struct buf out = BUF_INIT, comma = BUF_INIT;
	uint32_t next = render_skip_blanks(s, end);
	bool has_comma = next < s.n && s.p[next] == ',';
	uint32_t at = has_comma ? render_skip_blanks(s, next + 1) : next;

	if (at < s.n && s.p[at] == '#')
		at = render_line_end(s, at);
	if (at < s.n && s.p[at] != '\n' && s.p[at] != '\r') {
		if (has_comma)
			return flow_run_inline(render, layout, end, false, child);
		at = end; /* the closing bracket follows on this line */
	}
	if (!has_comma) {
		render_blank_behind_empty(render->tree->bytes, end, &comma);
		buf_addc(&comma, ',');
		render_emit(render, end, 0, &comma);
	}
	render->eol = render_eol(s, end);
	for (bool first = true; child && (yaml_node(render->tree, child)->flags & YAML_F_NEW);
	     child = yaml_physical_next(render->tree, child), first = false) {
		if (!first && !has_comma)
			buf_addc(&out, ',');
		buf_add(&out, render->eol);
		buf_add(&out, layout->indent);
		render_flow_child(render, &out, layout, child);
		if (has_comma)
			buf_addc(&out, ',');
	}
	render_emit(render, at, 0, &out);
	return child;
}

static yaml_id flow_run_first(struct render *render, struct flow_layout *layout, uint32_t at, bool lines, yaml_id child)
{
	struct buf out = BUF_INIT;

	if (!lines)
		return flow_run_inline(render, layout, at, true, child);
	render->eol = render_eol(render->tree->bytes, at);
	for (; child && (yaml_node(render->tree, child)->flags & YAML_F_NEW);
	     child = yaml_physical_next(render->tree, child)) {
		render_flow_child(render, &out, layout, child);
		buf_addc(&out, ',');
		buf_add(&out, render->eol);
		buf_add(&out, layout->indent);
	}
	render_emit(render, at, 0, &out);
	return child;
}

static yaml_id flow_run(struct render *render, yaml_id parent, yaml_id after, yaml_id child)
{
	struct yaml_tree *tree = render->tree;
	struct str s = tree->bytes;
	struct flow_layout layout = render_flow_layout(tree, parent);
	yaml_id first = yaml_physical_first(tree, parent);
	uint32_t at;
	bool lines;

	while (first && (yaml_node(tree, first)->flags & YAML_F_NEW))
		first = yaml_physical_next(tree, first);
	at = after ? yaml_node(tree, after)->props : yaml_node(tree, first)->props;
	lines = render_starts_line(s, at) && !is_bare_pair(yaml_node(tree, parent));
	layout.lines = lines && !render_has_short_items(tree, parent);
	if (lines)
		layout.indent = render_indentation(s, at);
	if (!after)
		return flow_run_first(render, &layout, at, lines, child);
	if (lines)
		return flow_run_lines(render, &layout, yaml_child_end(tree, after), child);
	return flow_run_inline(render, &layout, yaml_child_end(tree, after), false, child);
}

/* ---- the walk ---- */

static void walk(struct render *render, yaml_id id);

static bool any_gone(struct yaml_tree *tree, yaml_id id)
{
	if (yaml_node(tree, id)->flags & YAML_F_DIRTY)
		for (yaml_id child = yaml_physical_first(tree, id); child; child = yaml_physical_next(tree, child))
			if (yaml_node(tree, child)->flags & YAML_F_REMOVED)
				return true;
	return false;
}

/* Whether new children of a flow collection take the place of one between the same neighbours that is gone. */
static bool gone_beside(struct yaml_tree *tree, yaml_id child)
{
	while (child && (yaml_node(tree, child)->flags & YAML_F_NEW))
		child = yaml_physical_next(tree, child);
	return yaml_node(tree, child)->flags & YAML_F_REMOVED;
}

static void walk_flow(struct render *render, yaml_id id)
{
	struct yaml_tree *tree = render->tree;
	yaml_id child = yaml_physical_first(tree, id), after = YAML_NONE;
	bool gone = false;

	if (any_gone(tree, id))
		render_flow_gone(render, id);
	while (child) {
		struct yaml_node *node = yaml_node(tree, child);

		if (node->flags & YAML_F_NEW && !gone && !gone_beside(tree, child)) {
			child = flow_run(render, id, after, child);
			continue;
		}
		gone = node->flags & (YAML_F_REMOVED | YAML_F_NEW);
		if (!gone) {
			after = child;
			walk(render, node->flags & YAML_F_KEY ? node->pair : child);
		}
		child = yaml_physical_next(tree, child);
	}
}

static void walk_block(struct render *render, yaml_id id)
{
	struct yaml_tree *tree = render->tree;
	yaml_id child = any_gone(tree, id) ? render_front(render, id) : yaml_physical_first(tree, id);
	yaml_id before = YAML_NONE, after = YAML_NONE, gone = YAML_NONE;
	bool added = false;

	for (yaml_id old = yaml_physical_first(tree, id); old != child; old = yaml_physical_next(tree, old))
		if (!(yaml_node(tree, old)->flags & YAML_F_NEW))
			before = old;
	while (child) {
		struct yaml_node *node = yaml_node(tree, child);

		if (node->flags & YAML_F_NEW) {
			child = block_run(render, id, after, gone, child);
			added = true;
		} else if (node->flags & YAML_F_REMOVED) {
			yaml_id next = render_gone(render, id, before, added ? YAML_NONE : after, child);

			while (child != next) {
				before = gone = child;
				child = yaml_physical_next(tree, child);
			}
		} else {
			render->before = before;
			before = after = child;
			added = false;
			walk(render, node->flags & YAML_F_KEY ? node->pair : child);
			child = yaml_physical_next(tree, child);
		}
	}
}

/* `[a: b]` with one more pair is `[{a: b, c: d}]`. */
static void walk_bare_pair(struct render *render, yaml_id id)
{
	struct yaml_node *node = yaml_node(render->tree, id);
	struct buf open = BUF_INIT, close = BUF_INIT;
	yaml_id last = node->first;

	while (yaml_node(render->tree, last)->next)
		last = yaml_node(render->tree, last)->next;
	buf_addc(&open, '{');
	if (!(yaml_node(render->tree, last)->flags & YAML_F_NEW))
		render_blank_behind_empty(render->tree->bytes, node->end, &close);
	buf_addc(&close, '}');
	render_emit(render, node->start, 0, &open);
	walk_flow(render, id);
	render_emit(render, node->end, 0, &close);
}

static bool has_old_children(struct yaml_tree *tree, yaml_id id)
{
	for (yaml_id child = yaml_physical_first(tree, id); child; child = yaml_physical_next(tree, child))
		if (!(yaml_node(tree, child)->flags & YAML_F_NEW))
			return true;
	return false;
}

static void walk(struct render *render, yaml_id id)
{
	struct yaml_node *node = yaml_node(render->tree, id);
	yaml_id outer = render->scope;

	if (node->kind == YAML_ALIAS)
		return;
	if (node->flags & (YAML_F_CHANGED | YAML_F_FILLED | YAML_F_DIRTY))
		render_notes_scope(render, id);
	if (node->kind == YAML_SCALAR) {
		if (node->flags & YAML_F_CHANGED)
			render_change_scalar(render, id);
	} else if (node->flags & YAML_F_FILLED) {
		render_fill(render, id);
	} else if ((node->flags & YAML_F_DIRTY) && node->style == YAML_FLOW && !has_old_children(render->tree, id)) {
		render_fill_brackets(render, id);
	} else if ((node->flags & YAML_F_DIRTY) && is_bare_pair(node)) {
		walk_bare_pair(render, id);
	} else if (node->style == YAML_FLOW) {
		walk_flow(render, id);
	} else {
		walk_block(render, id);
	}
	render->scope = outer;
}

static void render_all(struct yaml_tree *tree, struct splices *splices, struct render_notes *notes)
{
	struct render render = { .tree = tree, .splices = splices, .eol = STR("\n"), .notes = notes };
	size_t from = splices->n;

	if (!tree->ops.n || !tree->root)
		return;
	walk(&render, tree->root);
	if (notes)
		render_notes_complete(notes, splices);
	render_conclude(tree, splices, from);
}

void yaml_render(struct yaml_tree *tree, struct splices *splices)
{
	render_all(tree, splices, NULL);
}

void yaml_render_noted(struct yaml_tree *tree, struct splices *splices, struct render_notes *notes)
{
	*notes = (struct render_notes){ 0 };
	splices->n = 0;
	render_all(tree, splices, notes);
}
