/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layout
 *
 * The document is a small tree of parts; a part is printed in block style, in flow style or as JSON, and the comments
 * that the layout asks for hang on the parts. Line ends are written as LF and become CRLF at the end.
 */
#include "layout.h"

#include "base/arena.h"

struct part {
	const char *key;
	const char *plain, *json; /* a scalar as it is written; NULL for collections */
	struct part *const *children;
	size_t n;
	bool list;
	/* Comments: on a line above, on the line of the key or the text, on a line below, there but indented less. */
	const char *above, *trailing, *below, *outside, *inside;
	bool last; /* the part with the layout's last value */
};

#define CHILDREN(...)                                                                                                  \
	.children = (struct part *const[]){ __VA_ARGS__ },                                                             \
	.n = sizeof((struct part *const[]){ __VA_ARGS__ }) / sizeof(struct part *)

struct printer {
	const struct layout *layout;
	struct buf *out, *marks;
};

static const char *const last_texts[LASTS] = { "v1", "\"v 1\"", NULL, "{a: [b, c]}", "*anchor",
					       "",   NULL,	NULL, NULL,	     NULL };
static const char *const fill_texts[FILLS] = { "{}", "null", "~", "", "[]" };

static bool is_json(enum style style)
{
	return style >= STYLE_JSON_PRETTY;
}

bool layout_makes_sense(const struct layout *layout)
{
	enum style style = layout->style;
	bool lines = style == STYLE_ITEMS_FLOW_LINES || style == STYLE_SPEC_FLOW_LINES;

	if (style != STYLE_BLOCK && layout->last >= LAST_LITERAL)
		return false;
	if (is_json(style) || style == STYLE_SPEC_FLOW) {
		if (layout->indented_lists || layout->blank_lines || layout->last == LAST_LINES)
			return false;
		if (layout->comment != COMMENT_NONE && (is_json(style) || layout->comment < COMMENT_END))
			return false;
		if (layout->indent != 2 && style != STYLE_JSON_PRETTY)
			return false;
	}
	if (is_json(style) && (layout->last == LAST_ALIAS || layout->last == LAST_EMPTY || layout->fill == FILL_TILDE ||
			       layout->fill == FILL_NOTHING))
		return false;
	if (style == STYLE_SPEC_FLOW_LINES && layout->indented_lists)
		return false;
	if (style == STYLE_ITEMS_FLOW && layout->last == LAST_LINES)
		return false;
	if (layout->at_end && lines && layout->comment == COMMENT_OUTSIDE)
		return false;
	return !(layout->blank_lines && (style == STYLE_SPEC_FLOW));
}

/* ---- pieces ---- */

static void mark(struct printer *printer, const char *comment)
{
	buf_addf(printer->marks, "%s\n", comment);
}

static void trailing(struct printer *printer, const char *comment)
{
	if (!comment)
		return;
	buf_addf(printer->out, "  %s", comment);
	mark(printer, comment);
}

static void own_line(struct printer *printer, const char *comment, unsigned column)
{
	if (!comment)
		return;
	buf_pad(printer->out, ' ', column);
	buf_addf(printer->out, "%s\n", comment);
	mark(printer, comment);
}

static void block_text(struct printer *printer, const struct part *part, unsigned column)
{
	static const char *const headers[LASTS] = {
		[LAST_LITERAL] = "|", [LAST_LITERAL_STRIP] = "|-", [LAST_LITERAL_KEEP] = "|+", [LAST_FOLDED] = ">"
	};
	enum last last = printer->layout->last;
	struct buf *out = printer->out;

	buf_addf(out, " %s", headers[last]);
	trailing(printer, part->trailing);
	buf_addc(out, '\n');
	buf_pad(out, ' ', column);
	buf_addz(out, "text\n\n");
	buf_pad(out, ' ', column);
	buf_addz(out, "# text, too\n");
	if (last == LAST_LITERAL_KEEP)
		buf_addc(out, '\n');
}

/* ---- flow ---- */

struct flow {
	bool json, lines, tight, comma_behind;
	const char *unit;
	unsigned level, column;
};

static void new_line(struct printer *printer, const struct flow *flow, unsigned level)
{
	buf_addc(printer->out, '\n');
	buf_pad(printer->out, ' ', flow->column);
	for (unsigned i = 0; i < level; i++)
		buf_addz(printer->out, flow->unit);
}

static void print_flow(struct printer *printer, const struct part *part, struct flow flow);

static void flow_scalar(struct printer *printer, const struct part *part, struct flow flow)
{
	enum last last = printer->layout->last;

	if (!part->last)
		buf_addz(printer->out, flow.json ? part->json : part->plain);
	else if (!flow.json && last == LAST_LINES)
		buf_addz(printer->out, "\"one\n          two\"");
	else if (!flow.json)
		buf_addz(printer->out, last_texts[last]);
	else
		buf_addz(printer->out, last == LAST_FLOW ? "{\"a\": [\"b\", 1]}" : "\"v1\"");
}

static void print_flow(struct printer *printer, const struct part *part, struct flow flow)
{
	struct buf *out = printer->out;
	struct flow inner = flow;

	if (!part->n) {
		flow_scalar(printer, part, flow);
		return;
	}
	inner.level++;
	buf_addc(out, part->list ? '[' : '{');
	for (size_t i = 0; i < part->n; i++) {
		const struct part *child = part->children[i];
		bool more = i + 1 < part->n;

		if (flow.lines && child->above) {
			new_line(printer, &flow, inner.level);
			buf_addz(out, child->above);
			mark(printer, child->above);
		}
		if (flow.lines)
			new_line(printer, &flow, inner.level);
		if (!part->list)
			buf_addf(out, flow.json ? "\"%s\":%s" : "%s:%s", child->key, flow.tight ? "" : " ");
		print_flow(printer, child, inner);
		if (more || (flow.comma_behind && flow.lines && !flow.json))
			buf_addz(out, flow.lines || flow.tight ? "," : ", ");
		if (flow.lines && !child->n)
			trailing(printer, child->trailing);
		if (flow.lines && child->below) {
			new_line(printer, &flow, inner.level);
			buf_addz(out, child->below);
			mark(printer, child->below);
		}
	}
	if (flow.lines)
		new_line(printer, &flow, flow.level);
	buf_addc(out, part->list ? ']' : '}');
}

static struct flow flow_of(const struct layout *layout, unsigned column)
{
	enum style style = layout->style;

	return (struct flow){
		.json = is_json(style),
		.lines = style == STYLE_ITEMS_FLOW_LINES || style == STYLE_SPEC_FLOW_LINES ||
			 style == STYLE_JSON_PRETTY || style == STYLE_JSON_TABS,
		.tight = style == STYLE_JSON_MINIFIED,
		.comma_behind = layout->blank_lines,
		.unit = style == STYLE_JSON_TABS ? "\t"
			: layout->indent == 4	 ? "    "
			: layout->indent == 3	 ? "   "
						 : "  ",
		.column = column,
	};
}

/* ---- block ---- */

static void print_block(struct printer *printer, const struct part *part, unsigned column, bool first_inline);

static bool in_flow_here(const struct layout *layout, const struct part *part, bool is_item)
{
	if (!part->n)
		return false;
	if (layout->style == STYLE_ITEMS_FLOW || layout->style == STYLE_ITEMS_FLOW_LINES)
		return is_item && !part->list;
	return part->key && !strcmp(part->key, "spec") &&
	       (layout->style == STYLE_SPEC_FLOW || layout->style == STYLE_SPEC_FLOW_LINES);
}

static void block_scalar_part(struct printer *printer, const struct part *part, unsigned column)
{
	enum last last = printer->layout->last;
	const char *text = part->last ? last_texts[last] : part->plain;

	if (part->last && last >= LAST_LITERAL) {
		block_text(printer, part, column + printer->layout->indent);
		return;
	}
	if (part->last && last == LAST_LINES)
		buf_addz(printer->out, " \"one\n          two\"");
	else if (*text)
		buf_addf(printer->out, " %s", text);
	trailing(printer, part->trailing);
	buf_addc(printer->out, '\n');
}

static void block_value(struct printer *printer, const struct part *part, unsigned column)
{
	const struct layout *layout = printer->layout;

	if (!part->n) {
		block_scalar_part(printer, part, column);
		return;
	}
	if (in_flow_here(layout, part, false)) {
		buf_addc(printer->out, ' ');
		print_flow(printer, part, flow_of(layout, column));
		buf_addc(printer->out, '\n');
		return;
	}
	trailing(printer, part->trailing);
	buf_addc(printer->out, '\n');
	own_line(printer, part->inside, column + layout->indent);
	if (part->list)
		print_block(printer, part, column + (layout->indented_lists ? layout->indent : 0), false);
	else
		print_block(printer, part, column + layout->indent, false);
}

static void block_item(struct printer *printer, const struct part *item, unsigned column)
{
	const struct layout *layout = printer->layout;
	struct buf *out = printer->out;

	buf_addc(out, '-');
	if (in_flow_here(layout, item, true)) {
		buf_addc(out, ' ');
		print_flow(printer, item, flow_of(layout, column + 2));
		buf_addc(out, '\n');
	} else if (!item->n) {
		block_scalar_part(printer, item, column);
	} else if (layout->comment == COMMENT_IN_LIST) {
		static const char dash[] = "# at the dash of ";
		const char *comment = item->children[0]->plain;

		buf_addf(out, " %s%s\n", dash, comment);
		buf_addf(printer->marks, "%s%s\n", dash, comment);
		print_block(printer, item, column + 2, false);
	} else {
		buf_pad(out, ' ', layout->indent == 4 ? 3 : 1);
		print_block(printer, item, column + (layout->indent == 4 ? 4 : 2), true);
	}
}

static void print_block(struct printer *printer, const struct part *part, unsigned column, bool first_inline)
{
	const struct layout *layout = printer->layout;

	for (size_t i = 0; i < part->n; i++) {
		const struct part *child = part->children[i];

		if (i && layout->blank_lines)
			buf_addc(printer->out, '\n');
		if (i || !first_inline) {
			own_line(printer, child->above, column);
			buf_pad(printer->out, ' ', column);
		}
		if (part->list) {
			block_item(printer, child, column);
		} else {
			buf_addf(printer->out, "%s:", child->key);
			block_value(printer, child, column);
		}
		own_line(printer, child->below, column);
		own_line(printer, child->outside, column > 1 ? column - 1 : 0);
	}
}

/* ---- the document ---- */

static void print_root(struct printer *printer, const struct part *root)
{
	const struct layout *layout = printer->layout;

	if (is_json(layout->style)) {
		print_flow(printer, root, flow_of(layout, 0));
		buf_addc(printer->out, '\n');
	} else {
		print_block(printer, root, 0, false);
	}
}

static void print_document(struct printer *printer)
{
	const struct layout *layout = printer->layout;
	enum comment comment = layout->comment;
	struct part name = { .key = "name", .plain = "one", .json = "\"one\"" };
	struct part image = { .key = "image", .plain = "'a single'", .json = "\"a single\"" };
	struct part quoted = { .key = "quoted", .plain = "\"a double\"", .json = "\"a double\"" };
	struct part number = { .key = "number", .plain = "80", .json = "80" };
	struct part a = { .plain = "a", .json = "\"a\"" }, b = { .plain = "\"b\"", .json = "\"b\"" };
	struct part args = { .key = "args", .list = true, CHILDREN(&a, &b) };
	struct part last = { .key = "last", .plain = "", .last = true };
	struct part one = { CHILDREN(&name, &image, &quoted, &number, &args, &last) };
	struct part name_two = { .key = "name", .plain = "two", .json = "\"two\"" };
	struct part image_two = { .key = "image", .plain = "plain", .json = "\"plain\"" };
	struct part two = { CHILDREN(&name_two, &image_two) };
	struct part first_list = { .key = "containers", .list = true, CHILDREN(&one, &two) };
	struct part end_list = { .key = "containers", .list = true, CHILDREN(&two, &one) };
	struct part *containers = layout->at_end ? &end_list : &first_list;
	struct part fill = { .key = "fill", .plain = fill_texts[layout->fill], .json = fill_texts[layout->fill] };
	struct part policy = { .key = "policy", .plain = "Always", .json = "\"Always\"" };
	struct part pod = { .key = "pod", CHILDREN(&fill, &policy, containers) };
	struct part app = { .key = "app",
			    .plain = layout->last == LAST_ALIAS ? "&anchor web" : "web",
			    .json = "\"web\"" };
	struct part metadata = { .key = "metadata", CHILDREN(&app) };
	struct part spec = { .key = "spec", CHILDREN(&pod) };
	struct part status = { .key = "status", .plain = "done", .json = "\"done\"" };
	struct part root_end = { CHILDREN(&metadata, &spec) };
	struct part root_first = { CHILDREN(&metadata, &spec, &status) };

	if (comment == COMMENT_ABOVE)
		image.above = "# above image", policy.above = "# above policy", last.above = "# above last";
	if (comment == COMMENT_TRAILING)
		last.trailing = "# behind last", fill.trailing = "# behind fill", b.trailing = "# behind b",
		image.trailing = "# behind image";
	if (comment == COMMENT_BELOW)
		last.below = "# below last", b.below = "# below b";
	if (comment == COMMENT_OUTSIDE)
		last.outside = "# outside of last";
	if (comment == COMMENT_BEFORE_KEY)
		pod.inside = "# before fill", args.inside = "# before a", spec.inside = "# before pod";
	if (comment == COMMENT_IN_LIST)
		b.above = "# between a and b", two.above = "# above two";
	if (comment == COMMENT_AT_KEYS)
		pod.trailing = "# at pod", containers->trailing = "# at containers", args.trailing = "# at args";
	if (comment == COMMENT_END)
		own_line(printer, "# at the start", 0);
	print_root(printer, layout->at_end ? &root_end : &root_first);
	if (comment == COMMENT_END) {
		own_line(printer, "# at the end", 0);
		own_line(printer, "# and again", 2);
	}
}

static void finish(const struct layout *layout, struct buf *text, struct buf *out)
{
	if (!layout->final_newline)
		while (text->n && text->p[text->n - 1] == '\n')
			text->n--;
	for (size_t i = 0; i < text->n; i++) {
		if (layout->crlf && text->p[i] == '\n')
			buf_addc(out, '\r');
		buf_addc(out, text->p[i]);
	}
}

void layout_print(const struct layout *layout, struct buf *out, struct buf *marks)
{
	struct buf text = BUF_INIT;
	struct printer printer = { layout, &text, marks };

	if (layout->bom)
		buf_addz(out, "\xef\xbb\xbf");
	if (layout->comment == COMMENT_MARKER)
		buf_addz(&text, "---  # behind the marker\n");
	print_document(&printer);
	finish(layout, &text, out);
	buf_free(&text);
}

void layout_name(const struct layout *layout, struct buf *out)
{
	static const char *const styles[STYLES] = {
		"block",
		"items in braces",
		"items in braces over lines",
		"spec in braces",
		"spec in braces over lines",
		"JSON",
		"JSON with tabs",
		"JSON on a line",
		"JSON without blanks",
	};
	static const char *const comments[COMMENTS] = {
		"no comment",
		"comment above",
		"trailing comment",
		"comment below",
		"comment below, outside",
		"comment before the first key",
		"comments in the list",
		"comments at keys",
		"comments at both ends",
		"comment at the marker",
	};
	static const char *const lasts[LASTS] = { "plain", "quoted",  "over lines", "flow",	 "alias",
						  "empty", "literal", "literal -",  "literal +", "folded" };

	buf_addf(out, "%s, %s, last value %s, fill \"%s\", indent %u%s%s%s%s%s%s", styles[layout->style],
		 comments[layout->comment], lasts[layout->last], fill_texts[layout->fill], layout->indent,
		 layout->indented_lists ? ", indented lists" : "", layout->blank_lines ? ", blank lines" : "",
		 layout->crlf ? ", CRLF" : "", layout->bom ? ", byte order mark" : "",
		 layout->final_newline ? "" : ", no final line break", layout->at_end ? ", last at the end" : "");
}
