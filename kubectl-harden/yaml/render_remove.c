/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is removed, as splices.
 *
 * In block style, the lines of a pair or item go with the comments on them; comments and blank lines around it stay, and
 * comments on lines of their own inside of it, which move out to its column (in flow style they keep their bytes).
 * What shares its line with a dash gives its place to what stays next, be it a key or a comment: `- a: b` above
 * `  c: d` becomes `- c: d`. A collection that nothing is left of becomes {} or []. In flow style each child that
 * goes takes one comma along, and the whole line where nothing else is on it.
 */
#include <stdlib.h>

#include "yaml/render_internal.h"
#include "yaml/tree_internal.h"

static bool is_old(struct yaml_tree *tree, yaml_id child)
{
	return !(yaml_node(tree, child)->flags & YAML_F_NEW);
}

static bool is_gone(struct yaml_tree *tree, yaml_id child)
{
	return yaml_node(tree, child)->flags & YAML_F_REMOVED;
}

/* The next child of the input. */
static yaml_id next_old(struct yaml_tree *tree, yaml_id child)
{
	do
		child = yaml_physical_next(tree, child);
	while (child && !is_old(tree, child));
	return child;
}

static yaml_id first_old(struct yaml_tree *tree, yaml_id collection)
{
	yaml_id child = yaml_physical_first(tree, collection);

	return child && !is_old(tree, child) ? next_old(tree, child) : child;
}

static uint32_t skip_space_back(struct str s, uint32_t at)
{
	while (at > 0 && memchr(" \t\r\n", s.p[at - 1], 4))
		at--;
	return at;
}

/* In its line; which may be all of a document, so it is not looked through. */
static bool only_blanks_before(struct str s, uint32_t at)
{
	at = render_skip_blanks_back(s, at);
	return at == 0 || render_is_break_before(s, at);
}

/* ---- block ---- */

const struct yaml_node *render_last_block_scalar(struct yaml_tree *tree, yaml_id id)
{
	yaml_id last = id ? yaml_last_leaf(tree, id) : YAML_NONE;
	const struct yaml_node *leaf = yaml_node(tree, last);

	/* `? |`, and no colon. */
	if (leaf->style == YAML_EMPTY && leaf->pair && !render_has_colon(tree, last))
		leaf = yaml_node(tree, leaf->pair);
	return leaf->kind == YAML_SCALAR && (leaf->style == YAML_LITERAL || leaf->style == YAML_FOLDED) ? leaf : NULL;
}

/*
 * Lines from @at on now follow the block scalar @leaf: blank ones must not become its text, nor the first comment.
 * True while nothing stands between that ends it.
 */
static bool settle(struct render *render, const struct yaml_node *leaf, uint32_t column, uint32_t at)
{
	struct str s = render->tree->bytes;
	bool keeps = yaml_keeps_breaks(s, leaf);
	struct buf none = BUF_INIT;

	while (at < s.n) {
		uint32_t text = render_skip_blanks(s, at), next = render_next_line(s, at);
		bool blank = render_line_end(s, at) == text;

		if (!blank && s.p[text] != '#')
			return true;
		if (!blank && text - at > column)
			render_emit(render, at + column, text - at - column, &none);
		if (!blank)
			return false;
		if (keeps)
			text = next;
		if (text > at)
			render_emit(render, at, text - at, &none);
		at = next;
	}
	return true;
}

/* Takes away what stands from .from on, in pieces: comments on lines of their own stay between them. */
struct eraser {
	struct render *render;
	uint32_t from;
	bool joins;		      /* .from is in a line that stays: what stays next moves up into it */
	bool cuts;		      /* .from is in a line that stays: what stays next does not move up */
	struct buf text;	      /* takes the place of the first piece */
	const struct yaml_node *leaf; /* a block scalar that what stays would follow then, or NULL */
	bool aligns;		      /* comments that stay are not indented deeper than .column */
	uint32_t column;	      /* of the collection */
};

static void erase_to(struct eraser *eraser, uint32_t to)
{
	struct str s = eraser->render->tree->bytes;

	if (to <= eraser->from)
		return;
	if (eraser->joins)
		to = render_skip_space(s, to);
	if (eraser->cuts && to > eraser->from && render_is_break_before(s, to)) {
		to -= to >= 2 && s.p[to - 1] == '\n' && s.p[to - 2] == '\r' ? 2 : 1;
		eraser->from = eraser->text.n ? eraser->from : render_skip_blanks_back(s, eraser->from);
	}
	if (eraser->text.n && render_is_break_before(s, to))
		buf_add(&eraser->text, eraser->render->eol);
	render_emit(eraser->render, eraser->from, to - eraser->from, &eraser->text);
	eraser->text = (struct buf)BUF_INIT;
	eraser->joins = eraser->cuts = false;
	eraser->from = to;
}

/* So that it does not read as part of what stands before: no deeper than what is gone stood. */
static void align(struct eraser *eraser, uint32_t line)
{
	uint32_t text = render_skip_blanks(eraser->render->tree->bytes, line);
	struct buf none = BUF_INIT;

	if (text - line > eraser->column)
		render_emit(eraser->render, line + eraser->column, text - line - eraser->column, &none);
}

/* A comment on a line of its own stays; what follows it is left to the next piece. */
static bool keep_line(void *context, uint32_t line)
{
	struct eraser *eraser = context;

	erase_to(eraser, line);
	if (eraser->leaf && !settle(eraser->render, eraser->leaf, eraser->column, line))
		eraser->leaf = NULL;
	else if (eraser->aligns && eraser->from <= line)
		align(eraser, line);
	eraser->from = render_next_line(eraser->render->tree->bytes, line);
	return true;
}

static void erase_inside(struct eraser *eraser, yaml_id child, uint32_t start)
{
	yaml_comments_inside(eraser->render->tree, child, start, (struct yaml_line_sink){ eraser, keep_line });
}

/* The comments right behind what is gone that are indented below it. */
static void align_behind(struct eraser *eraser, uint32_t line)
{
	struct str s = eraser->render->tree->bytes;

	while (yaml_comment_line(s, line, render_line_end(s, line)) == line &&
	       render_skip_blanks(s, line) - line > eraser->column) {
		align(eraser, line);
		line = render_next_line(s, line);
	}
}

yaml_id render_gone(struct render *render, yaml_id collection, yaml_id before, yaml_id after, yaml_id child)
{
	struct yaml_tree *tree = render->tree;
	struct eraser eraser = { .render = render, .leaf = render_last_block_scalar(tree, after), .aligns = true };

	eraser.column = yaml_column(tree->bytes, yaml_node(tree, collection)->start);
	for (; child && is_gone(tree, child); child = yaml_physical_next(tree, child)) {
		uint32_t start = yaml_child_start(tree, collection, before), behind = render_line_behind(tree, child);

		eraser.from = render_line_start(tree->bytes, start);
		erase_inside(&eraser, child, start);
		erase_to(&eraser, behind);
		if (!eraser.leaf)
			align_behind(&eraser, behind);
		else if (!settle(render, eraser.leaf, eraser.column, behind))
			eraser.leaf = NULL;
		before = child;
	}
	return child;
}

/* What is written where nothing of @collection is left: its new children, or its brackets. */
static void write_instead(struct render *render, struct buf *out, yaml_id collection, uint32_t column, yaml_id until)
{
	struct yaml_tree *tree = render->tree;

	for (yaml_id id = yaml_physical_first(tree, collection); id != until; id = yaml_physical_next(tree, id)) {
		if (is_old(tree, id))
			continue;
		if (out->n) {
			buf_add(out, render->eol);
			buf_pad(out, ' ', column);
		}
		render_block_child(render, out, collection, column, id);
	}
	if (!out->n && !until)
		buf_addz(out, yaml_node(tree, collection)->kind == YAML_MAP ? "{}" : "[]");
}

/* Behind the colon, dash or property that asks for @collection; 0 for the root. @before: of an item, what is before it. */
static uint32_t opener_end(struct yaml_tree *tree, yaml_id collection, yaml_id before)
{
	const struct yaml_node *node = yaml_node(tree, collection);
	struct str s = tree->bytes;
	uint32_t at = node->props, end = 0;

	while (at < node->start) {
		end = at;
		while (end < node->start && !memchr(" \t\r\n", s.p[end], 4))
			end++;
		at = yaml_skip_gap(s, end);
	}
	if (end || !node->parent)
		return end;
	if (node->pair)
		return yaml_skip_gap(s, yaml_node(tree, node->pair)->end) + 1;
	return yaml_child_start(tree, node->parent, before) + 1;
}

/* Whether the first child stands on a line below that of what asks for it. */
static bool starts_below(struct yaml_tree *tree, yaml_id collection, uint32_t opener)
{
	return opener && render_line_end(tree->bytes, opener) < yaml_node(tree, collection)->start;
}

uint32_t render_emptied_end(struct render *render, yaml_id collection)
{
	struct yaml_tree *tree = render->tree;
	yaml_id parent = yaml_node(tree, collection)->parent, before = YAML_NONE;
	uint32_t opener;

	if (!yaml_node(tree, collection)->pair)
		for (yaml_id id = first_old(tree, parent); id && id != collection; id = next_old(tree, id))
			before = id;
	opener = opener_end(tree, collection, before);
	if (yaml_is_emptied(tree, collection) && starts_below(tree, collection, opener))
		return opener;
	for (yaml_id id = first_old(tree, collection); id; id = next_old(tree, id))
		before = id;
	return render_line_behind(tree, before);
}

/* Several that are gone, in the line of a dash: up to what stays next, comment or child, which moves up. */
static void join(struct eraser *eraser, yaml_id collection, yaml_id first, yaml_id until)
{
	struct yaml_tree *tree = eraser->render->tree;
	struct str s = tree->bytes;
	yaml_id before = YAML_NONE;

	for (yaml_id id = first; id != until; id = next_old(tree, id)) {
		uint32_t start = yaml_child_start(tree, collection, before);

		if (eraser->joins && before) {
			uint32_t comment = yaml_comment_line(s, yaml_child_end(tree, before), start);

			if (comment < start)
				erase_to(eraser, comment);
		}
		if (!eraser->joins && before)
			eraser->from = render_line_start(s, start);
		erase_inside(eraser, id, start);
		if (!eraser->joins)
			erase_to(eraser, render_line_behind(tree, id));
		before = id;
	}
	if (eraser->joins) {
		uint32_t start = yaml_child_start(tree, collection, before);

		erase_to(eraser, yaml_comment_line(s, yaml_child_end(tree, before), start));
	}
}

yaml_id render_front(struct render *render, yaml_id collection)
{
	struct yaml_tree *tree = render->tree;
	struct str s = tree->bytes;
	yaml_id first = first_old(tree, collection), stays = first;
	uint32_t start = yaml_child_start(tree, collection, YAML_NONE);
	struct eraser eraser = { .render = render, .from = start, .aligns = true, .column = yaml_column(s, start) };
	uint32_t opener;

	while (stays && is_gone(tree, stays))
		stays = next_old(tree, stays);
	if (stays == first || (stays && only_blanks_before(s, start)))
		return yaml_physical_first(tree, collection);
	opener = opener_end(tree, collection, render->before);
	render->eol = render_eol(s, start);
	write_instead(render, &eraser.text, collection, eraser.column, stays);
	if (yaml_is_emptied(tree, collection) && starts_below(tree, collection, opener)) {
		struct buf brackets = BUF_INIT;

		buf_addf(&brackets, " %.*s", STR_ARG(buf_str(&eraser.text)));
		buf_free(&eraser.text);
		render_emit(render, opener, 0, &brackets);
		return first;
	}
	eraser.joins = !eraser.text.n;
	join(&eraser, collection, first, stays);
	return stays;
}

/* ---- flow ---- */

enum fate { STAYS, GOES, REPLACED };

/* A child of the input, in a flow collection of which something is gone. */
struct flow_child {
	yaml_id id;
	uint32_t start, end;
	uint32_t comma;	  /* behind it; 0 where there is none */
	uint32_t comment; /* on the line of its end, with nothing but its comma between; 0 where there is none */
	bool alone;	  /* nothing that stays is before it on its line, but for a comma */
	bool comma_goes;
	enum fate fate;
	yaml_id added; /* REPLACED: from here on, the new children that take its place */
};

struct flow {
	struct render *render;
	yaml_id collection;
	struct flow_child *items;
	size_t n, cap;
	uint32_t erased; /* end of what was erased last, and where that began */
	uint32_t erased_from;
};

/* Whether the comma before a child is the first thing on its line. */
static bool leads(struct str s, uint32_t comma, uint32_t start)
{
	return only_blanks_before(s, comma) && render_skip_blanks(s, comma + 1) == start;
}

static void add_child(struct flow *flow, yaml_id id, yaml_id before)
{
	struct yaml_tree *tree = flow->render->tree;
	struct str s = tree->bytes;
	struct flow_child child = { .id = id, .start = yaml_child_start(tree, flow->collection, before) };
	const struct flow_child *last = flow->n ? &flow->items[flow->n - 1] : NULL;
	uint32_t at;

	child.end = yaml_child_end(tree, id);
	at = yaml_skip_gap(s, child.end);
	if (s.p[at] == ',')
		child.comma = at;
	at = render_skip_blanks(s, child.end);
	if (at == child.comma)
		at = render_skip_blanks(s, at + 1);
	if (s.p[at] == '#')
		child.comment = at;
	child.alone = only_blanks_before(s, child.start) || (last && leads(s, last->comma, child.start)) ||
		      (last && is_gone(tree, last->id) && last->alone && render_line_end(s, last->end) >= child.start);
	VEC_PUSH(flow, child);
}

/* What becomes of each child: of those between two that stay, the first one that is gone makes place for new ones. */
static void look(struct flow *flow)
{
	struct yaml_tree *tree = flow->render->tree;
	yaml_id before = YAML_NONE, added = YAML_NONE;
	size_t gone = SIZE_MAX;

	for (yaml_id id = yaml_physical_first(tree, flow->collection); id; id = yaml_physical_next(tree, id)) {
		if (is_old(tree, id)) {
			add_child(flow, id, before);
			before = id;
			if (!is_gone(tree, id)) {
				gone = SIZE_MAX;
				added = YAML_NONE;
				continue;
			}
			flow->items[flow->n - 1].fate = GOES;
			if (gone == SIZE_MAX)
				gone = flow->n - 1;
		} else if (!added) {
			added = id;
		}
		if (gone != SIZE_MAX && added) {
			flow->items[gone].fate = REPLACED;
			flow->items[gone].added = added;
		}
	}
}

/* Takes the bytes from @from to @to, but for the comments that stay inside of the children from @first to @last. */
static void erase(struct flow *flow, uint32_t from, uint32_t to, const struct flow_child *first,
		  const struct flow_child *last)
{
	struct str s = flow->render->tree->bytes;
	struct eraser eraser = { .render = flow->render, .from = from, .cuts = !render_is_break_before(s, from) };

	if (from != flow->erased)
		flow->erased_from = from;
	for (const struct flow_child *child = first; child && child <= last; child++)
		erase_inside(&eraser, child->id, child->start);
	if (eraser.from == from && memchr(",]}", s.p[to], 3))
		render_blank_behind_empty(s, flow->erased_from, &eraser.text);
	if (eraser.from != from && !render_is_break_before(s, to))
		eraser.from = render_skip_blanks(s, eraser.from);
	eraser.cuts = false;
	erase_to(&eraser, to);
	flow->erased = to;
}

/* Children that stand together and their commas, or a comma alone (.last is NULL). */
struct range {
	uint32_t from, to;
	const struct flow_child *first, *last;
};

/* Whether a closing bracket may move up to what stands before @range: there is no comment between. */
static bool closes_up(struct flow *flow, const struct range *range)
{
	struct str s = flow->render->tree->bytes;
	uint32_t before = yaml_node(flow->render->tree, flow->collection)->start + 1;

	if (!range->first)
		return false;
	if (range->first > flow->items)
		before = s.p[range->from] == ',' ? range->first[-1].end : range->first[-1].comma + 1;
	return render_skip_space(s, before) == range->from;
}

/* Whether what stays next moves up behind the opening bracket, where the first children go from its line. */
static bool moves_up(struct flow *flow, const struct range *range)
{
	struct str s = flow->render->tree->bytes;
	const struct flow_child *next = range->last ? range->last + 1 : NULL;

	return next && range->first == flow->items && next < flow->items + flow->n && next->fate == STAYS &&
	       render_line_end(s, range->from) == render_skip_blanks(s, range->to) &&
	       render_skip_space(s, range->to) == next->start;
}

/* A line that nothing is left on goes with the comment behind its last child; so do the blanks that stood between. */
static void erase_range(struct flow *flow, const struct range *range)
{
	struct yaml_tree *tree = flow->render->tree;
	struct str s = tree->bytes;
	uint32_t from = range->from, to = range->to, behind = render_skip_blanks(s, to);
	uint32_t back = skip_space_back(s, from);
	bool leads = only_blanks_before(s, from), comma = s.p[from] == ',';
	bool closing = behind == yaml_node(tree, flow->collection)->end - 1;

	if (range->last && range->last->alone && range->last->comment) {
		behind = render_line_end(s, range->last->comment);
		/* Behind a comma that goes with it there are only new children, which the comment is not about. */
		if (comma && !leads)
			to = behind;
	}
	if (s.p[behind] == '#' || ((comma || closing) && !leads))
		erase(flow, comma ? from : render_skip_blanks_back(s, from), to, range->first, range->last);
	else if (closing && closes_up(flow, range))
		erase(flow, back > flow->erased ? back : flow->erased, to, range->first, range->last);
	else if (s.p[behind] != '\n' && s.p[behind] != '\r')
		erase(flow, from, behind, range->first, range->last);
	else if (!leads && moves_up(flow, range))
		erase(flow, from, render_skip_space(s, to), range->first, range->last);
	else if (leads)
		erase(flow, render_line_start(s, from), render_next_line(s, behind), range->first, range->last);
	else
		erase(flow, render_skip_blanks_back(s, from), behind, range->first, range->last);
}

static void replace(struct flow *flow, const struct flow_child *child)
{
	struct render *render = flow->render;
	struct yaml_tree *tree = render->tree;
	struct str s = tree->bytes;
	struct flow_layout layout = render_flow_layout(tree, flow->collection);
	struct buf out = BUF_INIT, none = BUF_INIT;
	struct eraser eraser = { .render = render, .from = child->start, .cuts = true };
	uint32_t at = child->comma && child->comma < child->comment ? child->comma + 1 : child->end;
	uint32_t behind = render_skip_blanks(s, child->end);
	bool lines = only_blanks_before(s, child->start);

	layout.lines = lines && !render_has_short_items(tree, flow->collection);
	if (lines) {
		layout.indent = render_indentation(s, child->start);
		render->eol = render_eol(s, child->start);
	}
	for (yaml_id id = child->added; id && (!is_old(tree, id) || is_gone(tree, id));
	     id = yaml_physical_next(tree, id)) {
		if (is_old(tree, id))
			continue;
		if (out.n) {
			buf_add(&out, lines || layout.compact ? STR(",") : STR(", "));
			buf_add(&out, lines ? render->eol : STR_NONE);
			buf_add(&out, lines ? layout.indent : STR_NONE);
		}
		render_flow_child(render, &out, &layout, id);
	}
	eraser.text = out;
	erase_inside(&eraser, child->id, child->start);
	if (child->alone && child->comment)
		behind = render_line_end(s, child->comment);
	if (eraser.from == child->start || !memchr("\r\n", s.p[behind], 2) || at > child->end) {
		/* What follows, a comma or the closing bracket, stays where it is. */
		if (eraser.from != child->start)
			eraser.from = render_skip_blanks(s, eraser.from);
		eraser.cuts = false;
		erase_to(&eraser, child->end);
		if (child->alone && child->comment)
			render_emit(render, at, behind - at, &none);
	} else {
		erase_to(&eraser, render_next_line(s, behind));
	}
}

/* Whether a comment inside of the brackets stays that belongs to none of the children. */
static bool has_comments(const struct flow *flow)
{
	const struct yaml_node *node = yaml_node(flow->render->tree, flow->collection);
	struct str s = flow->render->tree->bytes;
	uint32_t at = node->start + 1;

	for (size_t i = 0; i <= flow->n; i++) {
		uint32_t to = i < flow->n ? flow->items[i].start : node->end - 1;

		if (i && flow->items[i - 1].alone && flow->items[i - 1].comment)
			at = render_line_end(s, flow->items[i - 1].comment);
		if (to > at && memchr(s.p + at, '#', to - at))
			return true;
		if (i < flow->n && yaml_holds_comment_lines(flow->render->tree, flow->items[i].id, to))
			return true;
		at = i < flow->n ? flow->items[i].end : to;
	}
	return false;
}

/* Adds what goes next to @range, or begins another one where something stands between. */
static void extend(struct flow *flow, struct range *range, uint32_t from, uint32_t to, const struct flow_child *child)
{
	struct str s = flow->render->tree->bytes;

	if (range->to && render_skip_blanks(s, range->to) != from) {
		erase_range(flow, range);
		*range = (struct range){ 0 };
	}
	if (!range->to)
		range->from = from;
	range->to = to;
	if (child && !range->first)
		range->first = child;
	if (child)
		range->last = child;
}

/* With each child goes one comma: the one that leads it on its line, else that behind it, else the last before it. */
static void choose_commas(struct flow *flow)
{
	struct str s = flow->render->tree->bytes;

	for (size_t i = 0; i < flow->n; i++) {
		struct flow_child *child = &flow->items[i];
		size_t j = i;
		bool own;

		if (child->fate != GOES)
			continue;
		/* Its own one stands before its comment, which goes with it: it must not be the one that stays. */
		own = child->comma && child->comment > child->comma;
		if (!child->comma || (i && !own && !child[-1].comma_goes && leads(s, child[-1].comma, child->start)))
			while (j && flow->items[--j].comma_goes)
				;
		flow->items[j].comma_goes = flow->items[j].comma;
	}
}

static void erase_children(struct flow *flow)
{
	struct range range = { 0 };

	choose_commas(flow);
	for (size_t i = 0; i < flow->n; i++) {
		const struct flow_child *child = &flow->items[i];

		if (child->fate == REPLACED)
			replace(flow, child);
		if (child->fate == GOES)
			extend(flow, &range, child->start, child->end, child);
		if (child->comma_goes)
			extend(flow, &range, child->comma, child->comma + 1, NULL);
	}
	if (range.to)
		erase_range(flow, &range);
}

void render_flow_gone(struct render *render, yaml_id collection)
{
	const struct yaml_node *node = yaml_node(render->tree, collection);
	struct flow flow = { .render = render, .collection = collection };

	look(&flow);
	if (yaml_is_emptied(render->tree, collection) && !has_comments(&flow))
		erase(&flow, node->start + 1, node->end - 1, NULL, NULL);
	else
		erase_children(&flow);
	free(flow.items);
}
