/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parse
 *
 * The only file that includes libfyaml (but what is strict JSON is read without it: yaml/json.c). It is used as a tokeniser: events come in, nodes with byte spans go out, and
 * texts are taken from the bytes later, when somebody asks. libfyaml's marks are right for plain and quoted scalars
 * and for flow brackets; everything else (empty values, block scalars, ends of block collections) is found in the
 * bytes here. Versions below 0.9.6 must not destroy a parser that has seen a syntax error (use after free), so a
 * broken parser is leaked on purpose, kept reachable, and after twenty thousand of them everything is refused.
 *
 * The file is longer than others because tokens, spans and nodes share one state, which nobody else should see.
 */
#include "yaml/guard.h"
#include "yaml/scalar.h"
#include "yaml/tree.h"
#include "yaml/tree_internal.h"

#include <libfyaml.h>
#include <stdlib.h>

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
enum { BROKEN_PARSERS_MAX = 1 << 20 }; /* or nothing would be read after a second */
#else
enum { BROKEN_PARSERS_MAX = 20000 };
#endif

/*
 * The one piece of state that outlives a document: a parser that can be used again (making one costs as much as
 * thirty events), and those that broke. Each thread has its own.
 */
static _Thread_local struct {
	struct fy_parser *ready;
	struct fy_diag *diag;
	struct fy_parser *broken[BROKEN_PARSERS_MAX];
	size_t broken_n;
} parsers;

/* A collection whose end has not come yet. */
struct open {
	yaml_id node;
	yaml_id last; /* last child: the key, in a map */
	bool map;
	bool want_key; /* a map: the next node is a key */
	int column;    /* of a block collection */
};

struct build {
	struct yaml_tree *tree;
	struct yaml_refusal *why;
	struct {
		struct open *items;
		size_t n, cap;
	} stack;
	struct anchors anchors;
	bool ended;	 /* the parser has seen the end of its input */
	size_t end;	 /* what the parser sees of the document */
	uint32_t cursor; /* behind the last token seen */
	uint32_t line;	 /* start of the line that the cursor is in, where line_known */
	bool line_known;
	bool question; /* a `?` stands in the gap that was looked at last */
	unsigned steps[9], offsets[9];
};

static bool refuse(struct build *build, uint32_t at, const char *why)
{
	*build->why = (struct yaml_refusal){ .at = at, .why = why };
	return false;
}

/* ---- parsers ---- */

static struct fy_parser *parser_take(void)
{
	struct fy_parse_cfg config = { .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_SLOPPY_FLOW_INDENTATION };
	struct fy_parser *parser = parsers.ready;

	parsers.ready = NULL;
	if (parser)
		return fy_parser_reset(parser) ? NULL : parser;
	if (!parsers.diag) {
		struct fy_diag_cfg diag;

		/* FYPCF_QUIET alone still prints: only a diag of ours without a stream is silent. */
		fy_diag_cfg_default(&diag);
		diag.fp = NULL;
		diag.level = FYET_ERROR;
		parsers.diag = fy_diag_create(&diag);
		if (!parsers.diag)
			return NULL;
		fy_diag_set_collect_errors(parsers.diag, true);
	}
	config.diag = parsers.diag;
	return fy_parser_create(&config);
}

enum outcome {
	OUTCOME_READ,	  /* to the end: the parser can be used again */
	OUTCOME_GIVEN_UP, /* by us, in the middle: a reset would make its next document end early */
	OUTCOME_BROKEN,
};

static void parser_give(struct fy_parser *parser, enum outcome outcome)
{
	if (outcome == OUTCOME_READ) {
		parsers.ready = parser;
		return;
	}
	if (outcome == OUTCOME_GIVEN_UP) {
		fy_parser_destroy(parser);
		return;
	}
	if (parsers.broken_n < BROKEN_PARSERS_MAX)
		parsers.broken[parsers.broken_n++] = parser;
	/* A diag keeps the errors of its parsers for ever: the next parser gets its own. */
	fy_diag_unref(parsers.diag);
	parsers.diag = NULL;
}

void yaml_parsers_release(void)
{
	if (parsers.ready)
		fy_parser_destroy(parsers.ready);
	if (parsers.diag)
		fy_diag_unref(parsers.diag);
	parsers.ready = NULL;
	parsers.diag = NULL;
}

/* ---- spans ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

uint32_t yaml_skip_gap(struct str s, uint32_t at)
{
	for (; at < s.n; at++) {
		if (s.p[at] == '#' && (at == 0 || is_space(s.p[at - 1]))) {
			while (at < s.n && s.p[at] != '\n' && s.p[at] != '\r')
				at++;
			if (at == s.n)
				return at;
		} else if (!is_space(s.p[at])) {
			return at;
		}
	}
	return at;
}

uint32_t yaml_column(struct str s, uint32_t at)
{
	uint32_t start = at;

	while (start && s.p[start - 1] != '\n' && s.p[start - 1] != '\r')
		start--;
	return at - start;
}

static const char swallowed[] =
	"text that the YAML parser takes for part of the value before it, and Kubernetes does not; "
	"is that an empty | or >? Write \"\" instead";

static const char percent[] = "a line that begins with %, which Kubernetes takes for a directive; quote it";

enum { GAP_TEXT, GAP_FREE, GAP_BREAK, GAP_QUESTION, GAP_COMMENT };

static const uint8_t gap_classes[256] = {
	[' '] = GAP_FREE,   ['\t'] = GAP_FREE,	[':'] = GAP_FREE,     ['-'] = GAP_FREE,	   [','] = GAP_FREE,
	['\n'] = GAP_BREAK, ['\r'] = GAP_BREAK, ['?'] = GAP_QUESTION, ['#'] = GAP_COMMENT,
};

/*
 * Between two nodes there are blanks, comments and indicators. Anything else is text that the parser has put into
 * some other node than we (it takes the key behind an empty block scalar for the scalar's text): a field that hides.
 */
static bool check_gap(struct build *build, uint32_t from, uint32_t to)
{
	struct str s = { build->tree->bytes.p, to };
	uint32_t at = from;

	build->question = false;
	for (;;) {
		while (at < to && gap_classes[(unsigned char)s.p[at]] == GAP_FREE)
			at++;
		if (at >= to)
			return true;
		switch (gap_classes[(unsigned char)s.p[at]]) {
		case GAP_BREAK:
			build->line = ++at;
			build->line_known = true;
			break;
		case GAP_QUESTION:
			build->question = true;
			at++;
			break;
		case GAP_COMMENT:
			if (at && !is_space(s.p[at - 1]))
				return refuse(build, at, swallowed);
			while (at < to && s.p[at] != '\n' && s.p[at] != '\r')
				at++;
			break;
		default:
			return refuse(build, at, swallowed);
		}
	}
}

/* The column of what stands at @at, if nothing but the gap before it was passed since the last line break. */
static uint32_t column_of(const struct build *build, uint32_t at)
{
	return build->line_known && build->line <= at ? at - build->line : yaml_column(build->tree->bytes, at);
}

static uint32_t mark(const struct fy_mark *mark)
{
	return mark ? (uint32_t)mark->input_pos : 0;
}

/* Start of the properties and their end; both == @fallback where there are none. */
static void properties(struct fy_token *anchor, struct fy_token *tag, uint32_t fallback, uint32_t *ret_start,
		       uint32_t *ret_end)
{
	*ret_start = *ret_end = fallback;
	if (!anchor && !tag)
		return;
	if (anchor) {
		*ret_start = mark(fy_token_start_mark(anchor)) - 1;
		*ret_end = mark(fy_token_end_mark(anchor));
	}
	if (tag) {
		uint32_t start = mark(fy_token_start_mark(tag)), end = mark(fy_token_end_mark(tag));

		if (!anchor || start < *ret_start)
			*ret_start = start;
		if (!anchor || end > *ret_end)
			*ret_end = end;
	}
}

/* Whether the ':', '-' or '?' at @at is one, and not the beginning of a word. */
static bool is_indicator(struct str s, uint32_t at, char c, bool flow)
{
	if (at >= s.n || s.p[at] != c)
		return false;
	return at + 1 == s.n || is_space(s.p[at + 1]) || (flow && memchr(",[]{}", s.p[at + 1], 5));
}

/* Where a node without text stands: behind the `:`, `-` or `?` that asks for it, where there is one. */
static uint32_t empty_at(struct build *build)
{
	struct str s = build->tree->bytes;
	uint32_t at = yaml_skip_gap(s, build->cursor);
	struct open *open = build->stack.n ? &build->stack.items[build->stack.n - 1] : NULL;
	bool flow;

	if (!open || at >= s.n)
		return build->cursor;
	flow = build->tree->nodes.items[open->node].style == YAML_FLOW;
	if (open->want_key)
		return is_indicator(s, at, '?', flow) ? at + 1 : build->cursor;
	if (build->tree->nodes.items[open->node].kind == YAML_MAP) {
		if (is_indicator(s, at, '?', flow)) /* `? key` is read only with its value */
			at = yaml_skip_gap(s, at + 1);
		return is_indicator(s, at, ':', flow) ? at + 1 : build->cursor;
	}
	return is_indicator(s, at, '-', flow) ? at + 1 : build->cursor;
}

/* ---- nodes ---- */

yaml_id yaml_node_new(struct yaml_tree *tree)
{
	VEC_PUSH(&tree->nodes, (struct yaml_node){ 0 });
	return (yaml_id)(tree->nodes.n - 1);
}

/* Whether the key at @props is one with a `?`, which stands before it, comments and line breaks between or not. */
static bool is_explicit_key(struct build *build, uint32_t props)
{
	struct str s = build->tree->bytes;
	uint32_t at = yaml_skip_gap(s, build->cursor);

	if (at < props && s.p[at] == ',')
		at = yaml_skip_gap(s, at + 1);
	return at < props && s.p[at] == '?';
}

/* Hangs @id into the open collection as its next item, key or value. */
static void attach(struct build *build, yaml_id id)
{
	struct yaml_node *nodes = build->tree->nodes.items;
	struct open *open;

	if (!build->stack.n) {
		build->tree->root = id;
		return;
	}
	open = &build->stack.items[build->stack.n - 1];
	nodes[id].parent = open->node;
	if (open->map && !open->want_key) {
		nodes[open->last].pair = id;
		nodes[id].pair = open->last;
		open->want_key = true;
		return;
	}
	if (open->last)
		nodes[open->last].next = id;
	else
		nodes[open->node].first = id;
	open->last = id;
	if (open->map) {
		nodes[id].flags |= YAML_F_KEY;
		if (build->question && is_explicit_key(build, nodes[id].props))
			nodes[id].flags |= YAML_F_EXPLICIT;
		open->want_key = false;
	}
}

static void add_anchor(struct build *build, struct fy_token *anchor, yaml_id id)
{
	struct str name =
		str_sub(build->tree->bytes, mark(fy_token_start_mark(anchor)), mark(fy_token_end_mark(anchor)));

	anchors_add(&build->anchors, name, id);
	build->tree->has_anchors = true;
	build->tree->nodes.items[id].flags |= YAML_F_ANCHOR;
}

/* Whether @at is the first thing on its line, no further to the right than @column. */
static bool begins_line_at(const struct build *build, uint32_t at, uint32_t column)
{
	const char *p = build->tree->bytes.p;
	uint32_t start = at;

	while (start && p[start - 1] == ' ')
		start--;
	return (!start || p[start - 1] == '\n' || p[start - 1] == '\r') && at - start <= column;
}

/* Whether the anchor or the tag of @node does. */
static bool property_begins_line_at(const struct build *build, const struct yaml_node *node, uint32_t column)
{
	struct str s = build->tree->bytes;

	for (uint32_t at = node->props; at < node->start; at = yaml_skip_gap(s, at)) {
		if (begins_line_at(build, at, column))
			return true;
		while (at < node->start && !is_space(s.p[at]))
			at++;
	}
	return false;
}

/*
 * A value or an item that begins a line must be indented more than what it belongs to; the parser takes some that
 * are not, until something follows them. Block scalars, and lists below their key, may stand at the margin.
 */
static bool is_at_margin(const struct build *build, const struct yaml_node *node)
{
	const struct open *open = build->stack.n ? &build->stack.items[build->stack.n - 1] : NULL;

	if (!open || open->column < 0 || node->props == node->end)
		return false;
	/* A key stands at the margin, but not below its question mark. */
	if (open->want_key && !build->question)
		return false;
	if (property_begins_line_at(build, node, (uint32_t)open->column))
		return true;
	if (open->want_key)
		return begins_line_at(build, node->props, (uint32_t)open->column) ||
		       (node->start != node->end && begins_line_at(build, node->start, (uint32_t)open->column));
	if (node->style == YAML_LITERAL || node->style == YAML_FOLDED)
		return false;
	if (open->map && node->kind == YAML_SEQ && node->style == YAML_BLOCK)
		return false;
	return node->start != node->end && begins_line_at(build, node->start, (uint32_t)open->column);
}

static bool add_tag(struct build *build, yaml_id id)
{
	const char *problem;

	build->tree->nodes.items[id].flags |= YAML_F_TAG;
	problem = yaml_tag_problem(build->tree, id);
	return !problem || refuse(build, build->tree->nodes.items[id].props, problem);
}

static bool add_node(struct build *build, const struct yaml_node *node, struct fy_token *anchor, struct fy_token *tag,
		     yaml_id *ret_id)
{
	struct yaml_tree *tree = build->tree;
	yaml_id id = (yaml_id)tree->nodes.n;

	if (id >= tree->limits.nodes)
		return refuse(build, node->start, YAML_TOO_MANY_NODES);
	/* A pair in a flow sequence is announced behind its key. */
	if (node->flags & YAML_F_EXPLICIT)
		build->question = true;
	else if (!check_gap(build, build->cursor, node->props))
		return false;
	if (is_at_margin(build, node))
		return refuse(build, begins_line_at(build, node->props, UINT32_MAX) ? node->props : node->start,
			      "not indented more than what it belongs to; Kubernetes refuses it");
	VEC_PUSH(&tree->nodes, *node);
	attach(build, id);
	if (anchor)
		add_anchor(build, anchor, id);
	*ret_id = id;
	return !tag || add_tag(build, id);
}

static int innermost_column(const struct build *build)
{
	for (size_t i = build->stack.n; i-- > 0;)
		if (build->stack.items[i].column >= 0)
			return build->stack.items[i].column;
	return -1;
}

static enum yaml_style style_of(enum fy_scalar_style style)
{
	switch (style) {
	case FYSS_SINGLE_QUOTED:
		return YAML_SINGLE;
	case FYSS_DOUBLE_QUOTED:
		return YAML_DOUBLE;
	case FYSS_LITERAL:
		return YAML_LITERAL;
	case FYSS_FOLDED:
		return YAML_FOLDED;
	default:
		return YAML_PLAIN;
	}
}

static bool block_scalar_span(struct build *build, struct yaml_node *node, uint32_t from, uint32_t token_end)
{
	struct str s = build->tree->bytes;
	uint32_t at = yaml_skip_gap(s, from);

	while (at < s.n && (s.p[at] == ':' || s.p[at] == '-' || s.p[at] == '?'))
		at = yaml_skip_gap(s, at + 1);
	if (at >= s.n || (s.p[at] != '|' && s.p[at] != '>'))
		return refuse(build, from, "the parser lost its place here");
	/* The token ends where the next one begins, in the middle of that one's line. */
	if (token_end < s.n)
		token_end -= yaml_column(s, token_end);
	node->start = at;
	node->end = yaml_block_scalar(s, at, innermost_column(build), token_end).end;
	return true;
}

/* Whether the text of a plain or quoted scalar is its bytes: no escape, no line break. */
static bool is_slice(struct str bytes, enum yaml_style style)
{
	unsigned char escape = style == YAML_SINGLE ? '\'' : style == YAML_DOUBLE ? '\\' : '\n';
	size_t quote = style == YAML_PLAIN ? 0 : 1, i = quote;

	if (style != YAML_PLAIN && style != YAML_SINGLE && style != YAML_DOUBLE)
		return false;
	for (; i + quote < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		if (c == escape || (c < ' ' && c != '\t'))
			return false;
	}
	return true;
}

/*
 * Inside {} and [], go-yaml takes `a:` for a word unless a blank follows, so that `{a:}` has another key, and every ?
 * for an indicator, so that `{?a: b}` has the key `a`.
 */
static bool check_flow_word(struct build *build, const struct yaml_node *node)
{
	struct str s = build->tree->bytes;

	if (node->style != YAML_PLAIN || !build->stack.n ||
	    build->tree->nodes.items[build->stack.items[build->stack.n - 1].node].style != YAML_FLOW)
		return true;
	if (node->end + 1 < s.n && s.p[node->end] == ':' && !is_space(s.p[node->end + 1]))
		return refuse(build, node->end,
			      "a colon that Kubernetes takes for part of the word before it; put a blank behind it");
	if (memchr(s.p + node->start, '?', node->end - node->start))
		return refuse(build, node->start,
			      "a question mark that Kubernetes does not take for part of the word; quote the word");
	return true;
}

static bool on_scalar(struct build *build, struct fy_event *event)
{
	struct fy_token *token = event->scalar.value;
	struct yaml_node node = { .kind = YAML_SCALAR };
	uint32_t props, props_end;
	yaml_id id;

	node.style = (uint8_t)(token ? style_of(fy_token_scalar_style(token)) : YAML_EMPTY);
	properties(event->scalar.anchor, event->scalar.tag, build->cursor, &props, &props_end);
	if (token) {
		node.start = mark(fy_token_start_mark(token));
		node.end = mark(fy_token_end_mark(token));
	}
	if (node.style == YAML_SINGLE || node.style == YAML_DOUBLE) {
		node.start--;
		node.end++;
	} else if (node.style == YAML_LITERAL || node.style == YAML_FOLDED) {
		if (!block_scalar_span(build, &node, props_end, node.end))
			return false;
	} else if (!token || node.start == node.end) {
		node.style = YAML_EMPTY;
		node.start = node.end = props_end != build->cursor || event->scalar.tag || event->scalar.anchor
						? props_end
						: empty_at(build);
	}
	node.props = event->scalar.anchor || event->scalar.tag ? props : node.start;
	if (node.end < build->cursor || node.end > build->tree->bytes.n)
		return refuse(build, build->cursor, "the parser lost its place here");
	if (!check_flow_word(build, &node))
		return false;
	if (is_slice(str_sub(build->tree->bytes, node.start, node.end), (enum yaml_style)node.style))
		node.flags |= YAML_F_SLICE;
	if (!add_node(build, &node, event->scalar.anchor, event->scalar.tag, &id))
		return false;
	build->cursor = node.end;
	/* Only a slice has no line break in it for sure. */
	if (!(node.flags & YAML_F_SLICE) || node.props != node.start)
		build->line_known = false;
	return true;
}

static bool on_alias(struct build *build, struct fy_event *event)
{
	struct yaml_node node = { .kind = YAML_ALIAS };
	yaml_id id, target;

	node.start = node.props = mark(fy_token_start_mark(event->alias.anchor)) - 1;
	node.end = mark(fy_token_end_mark(event->alias.anchor));
	target = anchors_find(&build->anchors, str_sub(build->tree->bytes, node.start + 1, node.end));
	if (!target)
		return refuse(build, node.start,
			      "an alias without an anchor before it: an anchor is known in its own document "
			      "only; write what it stands for");
	for (size_t i = 0; i < build->stack.n; i++)
		if (build->stack.items[i].node == target)
			return refuse(build, node.start, "an alias inside its own anchor; Kubernetes refuses it");
	node.first = target;
	build->tree->nodes.items[target].flags |= YAML_F_SHARED;
	build->tree->has_copies = true;
	if (!add_node(build, &node, NULL, NULL, &id))
		return false;
	build->cursor = node.end;
	return true;
}

static bool on_start(struct build *build, struct fy_event *event, enum yaml_kind kind)
{
	bool map = kind == YAML_MAP;
	struct fy_token *token = map ? event->mapping_start.mapping_start : event->sequence_start.sequence_start;
	struct fy_token *anchor = map ? event->mapping_start.anchor : event->sequence_start.anchor;
	struct fy_token *tag = map ? event->mapping_start.tag : event->sequence_start.tag;
	struct yaml_node node = { .kind = (uint8_t)kind, .style = YAML_BLOCK };
	struct str s = build->tree->bytes;
	uint32_t props_end;
	yaml_id id;

	if (build->stack.n >= build->tree->limits.depth)
		return refuse(build, build->cursor, YAML_TOO_DEEP);
	node.start = token ? mark(fy_token_start_mark(token)) : build->cursor;
	if (fy_event_get_node_style(event) == FYNS_FLOW)
		node.style = YAML_FLOW;
	properties(anchor, tag, node.start, &node.props, &props_end);
	if (node.style == YAML_FLOW && (node.start >= s.n || (s.p[node.start] != '{' && s.p[node.start] != '[')))
		node.flags |= YAML_F_EXPLICIT; /* a pair in a flow sequence: no brackets of its own */
	if (!add_node(build, &node, anchor, tag, &id))
		return false;
	if (node.props != node.start)
		build->line_known = false;
	VEC_PUSH(&build->stack,
		 (struct open){ .node = id,
				.map = map,
				.want_key = map,
				.column = node.style == YAML_BLOCK ? (int)column_of(build, node.start) : -1 });
	if (node.style == YAML_FLOW && !(node.flags & YAML_F_EXPLICIT))
		build->cursor = node.start + 1;
	else if (props_end > build->cursor)
		build->cursor = props_end;
	/* Indicators before it are those of the collections around it. */
	if (node.style == YAML_BLOCK && node.start > build->cursor)
		build->cursor = node.start;
	return true;
}

/* Counts how far nested block collections are indented, for the layout of new ones. */
static void vote(struct build *build, const struct open *open, const struct yaml_node *node)
{
	const struct yaml_node *key = &build->tree->nodes.items[node->pair];
	int above = build->stack.n ? build->stack.items[build->stack.n - 1].column : -1, step;

	if (!node->pair || node->style != YAML_BLOCK || above < 0 || (key->flags & YAML_F_EXPLICIT))
		return;
	step = open->column - above;
	if (step < 0 || step > 8)
		return;
	if (open->map)
		build->steps[step]++;
	else
		build->offsets[step]++;
}

/* A pair in a flow sequence, without brackets of its own (and no key written with `?`). */
static bool is_bare_pair(const struct yaml_node *node)
{
	return (node->flags & (YAML_F_EXPLICIT | YAML_F_KEY)) == YAML_F_EXPLICIT;
}

static bool on_end(struct build *build, struct fy_event *event)
{
	struct yaml_node *node;
	struct open open;
	bool map;

	if (!build->stack.items || !build->stack.n)
		return refuse(build, build->cursor, "the parser lost its place here");
	open = build->stack.items[--build->stack.n];
	node = &build->tree->nodes.items[open.node];
	map = open.map;
	if (node->style == YAML_FLOW && !is_bare_pair(node)) {
		struct fy_token *token = map ? event->mapping_end.mapping_end : event->sequence_end.sequence_end;

		if (!token || !check_gap(build, build->cursor, mark(fy_token_end_mark(token)) - 1))
			return token || refuse(build, build->cursor, "the parser lost its place here");
		build->cursor = mark(fy_token_end_mark(token));
	} else if (node->first && is_bare_pair(node)) {
		node->start = node->props = build->tree->nodes.items[node->first].props;
	}
	node->end = build->cursor;
	if (node->end <= node->start || node->end > build->tree->bytes.n)
		return refuse(build, node->start < build->tree->bytes.n ? node->start : 0,
			      "the parser lost its place here");
	vote(build, &open, node);
	return !map || yaml_check_keys(build->tree, open.node, build->why);
}

/* ---- the document ---- */

/* `...` at the margin; further in the parser may take it for one, too, but it is text. */
static bool is_end_marker(struct str s, uint32_t at)
{
	return (!at || s.p[at - 1] == '\n' || s.p[at - 1] == '\r') && s.n - at >= 3 && !memcmp(s.p + at, "...", 3) &&
	       (at + 3 == s.n || is_space(s.p[at + 3]));
}

/* Behind the document, and the `...` lines behind it. */
static uint32_t skip_end_markers(struct build *build)
{
	struct str s = build->tree->bytes;
	uint32_t at = yaml_skip_gap(s, build->cursor);

	while (is_end_marker(s, at))
		at = yaml_skip_gap(s, at + 3);
	return at;
}

static const char dropped[] = "text behind the end of the document, which kubectl drops silently; put --- before it or "
			      "remove it";

static bool on_event(struct build *build, struct fy_event *event)
{
	switch (event->type) {
	case FYET_SCALAR:
		return on_scalar(build, event);
	case FYET_ALIAS:
		return on_alias(build, event);
	case FYET_MAPPING_START:
		return on_start(build, event, YAML_MAP);
	case FYET_SEQUENCE_START:
		return on_start(build, event, YAML_SEQ);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		return on_end(build, event);
	case FYET_DOCUMENT_START:
		return !build->tree->root || refuse(build, skip_end_markers(build), dropped);
	case FYET_STREAM_END:
		build->ended = true;
		return true;
	default:
		return true;
	}
}

static unsigned majority(const unsigned *counts, unsigned from, unsigned fallback)
{
	unsigned best = fallback, most = 0;

	for (unsigned i = from; i <= 8; i++) {
		if (counts[i] > most) {
			most = counts[i];
			best = i;
		}
	}
	return best;
}

static void conclude(struct build *build)
{
	struct yaml_tree *tree = build->tree;
	const struct yaml_node *root = &tree->nodes.items[tree->root];
	unsigned offset = majority(build->offsets, 0, 9);

	/* Copies of a small document are many before they are large; those of a large one are bounded by it. */
	tree->copies_end = tree->nodes.n * 2 + 65536;
	if (tree->copies_end > tree->limits.nodes)
		tree->copies_end = tree->limits.nodes;
	tree->indent_step = (uint8_t)majority(build->steps, 1, 0);
	tree->sequence_offset = (int8_t)(offset == 9 ? -1 : (int)offset);
	tree->json = tree->root && root->style == YAML_FLOW &&
		     (!root->first || tree->nodes.items[root->first].style == YAML_DOUBLE || root->kind == YAML_SEQ);
}

/* Whether what stands before @at is a dash that is all there is on its line. */
static bool empty_item(struct str s, uint32_t at)
{
	while (at > 0 && is_space(s.p[at - 1]))
		at--;
	if (!at || s.p[at - 1] != '-')
		return false;
	for (at--; at > 0 && s.p[at - 1] == ' '; at--)
		;
	return at == 0 || s.p[at - 1] == '\n' || s.p[at - 1] == '\r';
}

/* The parser's own words about a syntax error, with its place. */
static bool syntax_error(struct build *build)
{
	struct fy_diag_error *error;
	void *previous = NULL;
	const char *why = "not valid YAML";
	struct str s = build->tree->bytes;
	uint32_t at = build->cursor;

	error = parsers.diag ? fy_diag_errors_iterate(parsers.diag, &previous) : NULL;
	if (error && error->msg)
		why = str_fmt(build->tree->arena, "not valid YAML: %s", error->msg).p;
	if (error && error->line > 0) {
		uint32_t i = 0;

		for (int line = 1; line < error->line && i < s.n; i++)
			if (s.p[i] == '\n')
				line++;
		at = i + (error->column > 0 ? (uint32_t)error->column - 1 : 0);
		if (at > s.n)
			at = (uint32_t)s.n;
	}
	if (empty_item(s, at))
		why = "an empty item in a list that is not indented, which libfyaml before 0.9.5 cannot read; "
		      "indent the list or write `- null`";
	return refuse(build, at, why);
}

/*
 * Nothing but comments and `...` may follow what was read: a parser that ends early, for whatever reason, would hide
 * a field from us.
 */
static bool check_end(struct build *build)
{
	struct str s = build->tree->bytes;
	uint32_t at = yaml_skip_gap(s, build->cursor), end = skip_end_markers(build);

	if (end < build->end)
		return refuse(build, end, at != end ? dropped : s.p[end] == '%' ? percent : swallowed);
	/* Directives, which the parser has not seen. */
	while (end < s.n && s.p[end] == '%') {
		while (end < s.n && s.p[end] != '\n' && s.p[end] != '\r')
			end++;
		build->cursor = end;
		end = skip_end_markers(build);
	}
	return end == s.n || refuse(build, end, dropped);
}

/* The parser may have seen an error behind the last node that it gave. */
static bool has_errors(void)
{
	void *previous = NULL;

	return parsers.diag && fy_diag_errors_iterate(parsers.diag, &previous);
}

static bool run(struct build *build, struct fy_parser *parser, enum outcome *ret_outcome)
{
	struct fy_event *event;
	bool fine = true, broken;

	while (fine && (event = fy_parser_parse(parser))) {
		fine = on_event(build, event);
		fy_parser_event_free(parser, event);
	}
	/* An error may be known to the parser before the events that come before it were taken. */
	broken = fy_parser_get_stream_error(parser) || (fine && (!build->ended || build->stack.n));
	*ret_outcome = broken || has_errors() ? OUTCOME_BROKEN : build->ended ? OUTCOME_READ : OUTCOME_GIVEN_UP;
	if (!fine)
		return false;
	if (broken || !check_end(build))
		return broken && syntax_error(build);
	return !has_errors() || syntax_error(build);
}

/* libfyaml takes tabs in front of a text that is all there is; go-yaml takes none where a key could begin. */
static bool root_is_led(struct build *build)
{
	struct yaml_tree *tree = build->tree;
	const struct yaml_node *root = yaml_node(tree, tree->root);

	if (root->kind != YAML_SCALAR || !yaml_is_led_by_tab(tree->bytes, root->props))
		return true;
	return refuse(build, root->props - yaml_column(tree->bytes, root->props),
		      "a tab in front of a document's value, which Kubernetes refuses; remove it");
}

static bool parse_events(struct build *build)
{
	enum outcome outcome = OUTCOME_GIVEN_UP;
	struct fy_parser *parser;
	bool fine;

	if (parsers.broken_n == BROKEN_PARSERS_MAX)
		return refuse(build, 0, "too many syntax errors in one run; fix those reported first");
	parser = parser_take();
	if (!parser)
		return refuse(build, 0, "the YAML parser could not be started");
	if (fy_parser_set_string(parser, build->tree->bytes.p, build->end))
		fine = refuse(build, 0, "the YAML parser could not be started");
	else
		fine = run(build, parser, &outcome);
	parser_give(parser, outcome);
	return fine && root_is_led(build);
}

enum as { AS_ANY, AS_YAML, AS_JSON };

static bool parse(struct yaml_tree *tree, struct arena *arena, struct str bytes, const struct yaml_limits *limits,
		  struct yaml_refusal *ret_why, enum as as)
{
	struct build build = { .tree = tree, .why = ret_why, .end = bytes.n, .anchors = { .text = bytes.p } };
	enum yaml_json json = YAML_JSON_NONE;
	bool fine;

	tree->arena = arena;
	tree->bytes = bytes;
	tree->limits = limits ? *limits : YAML_LIMITS_DEFAULT;
	tree->root = YAML_NONE;
	tree->nodes.n = tree->texts.n = tree->ops.n = 0;
	tree->has_anchors = tree->has_copies = tree->exhausted = tree->expanded = tree->settled = false;
	tree->tab_line = 0;
	memset(tree->keys, 0, sizeof(tree->keys));
	*ret_why = (struct yaml_refusal){ 0 };
	VEC_PUSH(&tree->nodes, (struct yaml_node){ 0 }); /* id 0 is nobody */
	if (bytes.n > tree->limits.bytes || bytes.n >= UINT32_MAX)
		return refuse(&build, 0, "the document is larger than --max-document-size");
	if (!(as == AS_JSON ? yaml_guard_json(bytes, ret_why) : yaml_guard(bytes, &build.end, ret_why)))
		return false;
	if (as != AS_YAML && build.end == bytes.n)
		json = yaml_json_read(tree, ret_why);
	if (json == YAML_JSON_NONE && as == AS_JSON)
		fine = refuse(&build, 0, "not JSON");
	else if (json == YAML_JSON_NONE)
		fine = !build.end || parse_events(&build);
	else
		fine = json == YAML_JSON_READ;
	if (fine) {
		conclude(&build);
		tree->tab_line = yaml_find_tab_line(tree);
	}
	free(build.stack.items);
	anchors_free(&build.anchors);
	return fine;
}

bool yaml_parse(struct yaml_tree *tree, struct arena *arena, struct str bytes, const struct yaml_limits *limits,
		struct yaml_refusal *ret_why)
{
	return parse(tree, arena, bytes, limits, ret_why, AS_ANY);
}

bool yaml_parse_json(struct yaml_tree *tree, struct arena *arena, struct str bytes, const struct yaml_limits *limits,
		     struct yaml_refusal *ret_why)
{
	return parse(tree, arena, bytes, limits, ret_why, AS_JSON);
}

bool yaml_parse_yaml(struct yaml_tree *tree, struct arena *arena, struct str bytes, const struct yaml_limits *limits,
		     struct yaml_refusal *ret_why)
{
	return parse(tree, arena, bytes, limits, ret_why, AS_YAML);
}
