/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a value of the input takes another text: where it stands, in the style it has where that can say it. A tag that
 * would contradict the new value goes with the old one. A block scalar keeps its header and those of its lines that
 * stay; where it cannot say the new value, that goes in the place of the header, whose comment stays.
 */
#include "yaml/render_internal.h"
#include "yaml/scalar.h"
#include "yaml/tree_internal.h"

static bool is_white(char c)
{
	return c == ' ' || c == '\t';
}

static void splice(struct render *render, uint32_t from, uint32_t to, struct str text)
{
	struct splice splice = { .at = from, .del = to - from, .ins = str_copy(render->tree->arena, text) };

	VEC_PUSH(render->splices, splice);
	if (render->notes)
		render_notes_end(render);
}

/* ---- tags ---- */

uint32_t render_drop_tag(struct render *render, yaml_id id)
{
	struct yaml_tree *tree = render->tree;
	const struct yaml_node *node = yaml_node(tree, id);
	struct str s = tree->bytes;
	uint32_t from, to, tag;

	if ((node->flags & YAML_F_TAG) || !yaml_tag_find(tree, node, &from, &to))
		return node->start;
	while (to < node->start && is_white(s.p[to]))
		to++;
	/* Last on its line, or of the value: the blank before it would be left behind the line. */
	tag = from;
	if (to == s.n || s.p[to] == '\n' || s.p[to] == '\r')
		from = render_skip_blanks_back(s, from);
	/* First on it, too: what comes in its place stands as deep. */
	if (to == node->start)
		return from == render_line_start(s, from) ? tag : from;
	splice(render, from, to, STR_NONE);
	return node->start;
}

/* ---- block scalars ---- */

static uint32_t behind_break(struct str s, uint32_t at)
{
	return at + (at + 1 < s.n && s.p[at] == '\r' && s.p[at + 1] == '\n' ? 2 : 1);
}

/* Behind the last character of a block scalar, blank lines not counted. */
static uint32_t text_end(struct str s, const struct yaml_block_scalar *block)
{
	uint32_t end = block->end;

	while (end > block->content && memchr(" \t\r\n", s.p[end - 1], 4))
		end--;
	return end > block->content ? render_line_end(s, end) : block->content;
}

static size_t breaks_at_end(struct str text)
{
	size_t n = 0;

	while (n < text.n && text.p[text.n - 1 - n] == '\n')
		n++;
	return n;
}

/* Whether the block scalar with its header as it stands can say @text; *ret_body: without the line breaks behind. */
static bool block_can_say(struct yaml_tree *tree, const struct yaml_node *node, const struct yaml_block_scalar *block,
			  struct str old, struct str text, struct str *ret_body)
{
	struct str body = str_sub(text, 0, text.n - breaks_at_end(text));
	size_t breaks = breaks_at_end(old), first = 0;

	*ret_body = body;
	old = str_sub(old, 0, old.n - breaks_at_end(old));
	if (breaks_at_end(text) != breaks || !body.n || !old.n || is_white(old.p[old.n - 1]))
		return false;
	/* A text that begins with blanks has a digit in its header, which we leave to those who write it. */
	while (first < body.n && body.p[first] == '\n')
		first++;
	if (is_white(body.p[first]) || is_white(body.p[body.n - 1]))
		return false;
	for (size_t i = 0; i < body.n; i++)
		if (((unsigned char)body.p[i] < ' ' && body.p[i] != '\n' && body.p[i] != '\t') || body.p[i] == 0x7f ||
		    (body.p[i] == '\n' && block->folded))
			return false;
	return block->indent > 0 && block->content < node->end && block->content < tree->bytes.n;
}

/* What the line of a block scalar from @from to @to says. */
static struct str line_text(struct str s, const struct yaml_block_scalar *block, uint32_t from, uint32_t to)
{
	uint32_t skip = 0;

	while (skip < block->indent && from + skip < to && s.p[from + skip] == ' ')
		skip++;
	return str_sub(s, from + skip, to);
}

/* Whether line breaks between the lines are all there is to fold: no blank line, none indented more. */
static bool folds_simply(struct str s, const struct yaml_block_scalar *block, uint32_t end)
{
	for (uint32_t at = block->content; at < end; at = behind_break(s, render_line_end(s, at))) {
		struct str text = line_text(s, block, at, render_line_end(s, at));

		if (!text.n || is_white(text.p[0]))
			return false;
	}
	return true;
}

static uint32_t start_of_line(struct str s, uint32_t at, uint32_t least)
{
	while (at > least && s.p[at - 1] != '\n' && s.p[at - 1] != '\r')
		at--;
	return at;
}

static uint32_t before_break(struct str s, uint32_t at)
{
	return at - (at >= 2 && s.p[at - 1] == '\n' && s.p[at - 2] == '\r' ? 2 : 1);
}

/*
 * Narrows the lines from *from to *to of the document, and what is said of them, to those that differ; one is left of
 * each. In a folded scalar a line break is a blank.
 */
static struct str narrow(struct str s, const struct yaml_block_scalar *block, struct str body, uint32_t *from,
			 uint32_t *to)
{
	char separator = block->folded ? ' ' : '\n';

	for (;;) {
		uint32_t end = render_line_end(s, *from);
		struct str line = line_text(s, block, *from, end), rest;

		if (end >= *to || body.n <= line.n + 1 || !str_starts(body, line) || body.p[line.n] != separator)
			break;
		rest = str_sub(body, line.n + 1, body.n);
		if (block->folded && is_white(rest.p[0]))
			break;
		*from = behind_break(s, end);
		body = rest;
	}
	for (;;) {
		uint32_t start = start_of_line(s, *to, *from);
		struct str line = line_text(s, block, start, *to), rest;

		if (start <= *from || body.n <= line.n + 1 || body.p[body.n - line.n - 1] != separator ||
		    !str_eq(str_sub(body, body.n - line.n, body.n), line))
			break;
		rest = str_sub(body, 0, body.n - line.n - 1);
		if (block->folded && is_white(rest.p[rest.n - 1]))
			break;
		*to = before_break(s, start);
		body = rest;
	}
	return body;
}

/* Writes the lines of @body that differ; those before and behind them stay. */
static void change_lines(struct render *render, const struct yaml_block_scalar *block, struct str body)
{
	struct str s = render->tree->bytes, line;
	uint32_t from = block->content, to = text_end(s, block);
	struct buf out = BUF_INIT;

	render->eol = render_eol_at(s, before_break(s, from));
	if (!block->folded || folds_simply(s, block, to))
		body = narrow(s, block, body, &from, &to);
	for (bool first = true; str_cut(&body, '\n', &line); first = false) {
		if (!first)
			buf_add(&out, render->eol);
		if (line.n)
			buf_pad(&out, ' ', block->indent);
		buf_add(&out, line);
	}
	splice(render, from, to, buf_str(&out));
	buf_free(&out);
}

/* The new value where the header stood; the lines go. */
static void replace_block(struct render *render, uint32_t from, const struct yaml_node *node,
			  const struct yaml_block_scalar *block, struct str value)
{
	struct str s = render->tree->bytes;
	uint32_t header = node->start + 1, line = render_line_end(s, node->start), end = text_end(s, block);

	while (header < line && !is_white(s.p[header]))
		header++;
	splice(render, from, header, value);
	if (end > line && end > block->content)
		splice(render, line, end, STR_NONE);
}

/* ---- values ---- */

static bool in_flow(struct yaml_tree *tree, yaml_id id)
{
	for (yaml_id up = yaml_node(tree, id)->parent; up; up = yaml_node(tree, up)->parent)
		if (yaml_node(tree, up)->style == YAML_FLOW)
			return true;
	return false;
}

static void encode(struct yaml_tree *tree, yaml_id id, struct buf *out)
{
	struct yaml_node *node = yaml_node(tree, id);
	struct yaml_new_text *text = &tree->texts.items[node->first];
	enum yaml_style style = (enum yaml_style)node->style;
	bool flow = in_flow(tree, id), quoted = style == YAML_SINGLE || style == YAML_DOUBLE;

	/* Below a tag, quotes say nothing about the type, and neither does their absence. */
	if (!(node->flags & YAML_F_TAG))
		yaml_encode(out, text->text, text->type, style, flow, tree->json);
	else if (quoted || !yaml_plain_safe(text->text, flow))
		yaml_encode(out, text->text, YAML_STR, style, flow, tree->json);
	else
		buf_add(out, text->text);
}

bool render_has_colon(const struct yaml_tree *tree, yaml_id value)
{
	const struct yaml_node *node = &tree->nodes.items[value];

	return node->end > node->start || !node->pair || node->props != node->start ||
	       (node->start > tree->nodes.items[node->pair].end && tree->bytes.p[node->start - 1] == ':');
}

/* To go-yaml `*a:` is another alias than `*a`; nor can a colon follow an anchor or a tag that nothing stands behind. */
static bool ends_with_name(const struct yaml_node *key)
{
	return key->kind == YAML_ALIAS || (key->end == key->start && key->props != key->start);
}

uint32_t render_colon(struct render *render, yaml_id value, struct buf *out)
{
	struct yaml_tree *tree = render->tree;
	struct yaml_node *node = yaml_node(tree, value);
	uint32_t at = node->start;

	if (in_flow(tree, value)) {
		buf_add(out, ends_with_name(yaml_node(tree, node->pair)) ? STR(" :") : STR(":"));
		return at;
	}
	at = render_line_end(tree->bytes, at);
	render->eol = render_eol_at(tree->bytes, at);
	buf_add(out, render->eol);
	buf_pad(out, ' ', yaml_column(tree->bytes, yaml_node(tree, node->parent)->start));
	buf_addc(out, ':');
	return at;
}

void render_change_scalar(struct render *render, yaml_id id)
{
	struct yaml_tree *tree = render->tree;
	struct yaml_node *node = yaml_node(tree, id);
	struct yaml_new_text *text = &tree->texts.items[node->first];
	uint32_t from = render_drop_tag(render, id), to = node->end;
	struct buf out = BUF_INIT;
	struct str body;

	if (!render_has_colon(tree, id))
		from = to = render_colon(render, id, &out);
	if (node->style == YAML_EMPTY && (out.n || from == 0 || !is_white(tree->bytes.p[from - 1])))
		buf_addc(&out, ' ');
	if (node->style == YAML_LITERAL || node->style == YAML_FOLDED) {
		struct yaml_block_scalar block = yaml_block_scalar_of(tree, id);

		if (text->type == YAML_STR &&
		    block_can_say(tree, node, &block, yaml_raw_text(tree, id), text->text, &body)) {
			if (from < node->start)
				splice(render, from, node->start, STR_NONE);
			change_lines(render, &block, body);
		} else {
			encode(tree, id, &out);
			replace_block(render, from, node, &block, buf_str(&out));
		}
	} else {
		encode(tree, id, &out);
		splice(render, from, to, buf_str(&out));
	}
	buf_free(&out);
}
