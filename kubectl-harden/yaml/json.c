/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON
 *
 * What programs print is JSON, often megabytes of it on one line; there the YAML parser keeps every token until it
 * knows that the line is no key, at sixty to a hundred bytes a byte. So a document that is strict JSON (RFC 8259) is
 * read here, into the very nodes that the YAML parser's events would make. The first byte that is not JSON ends the
 * attempt without a trace, and the YAML parser reads the document: what is accepted, and how odd spellings are read,
 * stays its affair. That goes for two things that are JSON, too: a colon on another line than its key, which only some
 * YAML readers take, and half of a surrogate pair, which is no character.
 */
#include "yaml/tree_internal.h"

enum want { WANT_VALUE, WANT_KEY, WANT_COLON, WANT_MORE };

struct json {
	struct yaml_tree *tree;
	struct yaml_refusal *why;
	struct str s;
	uint32_t at;
	uint32_t cursor; /* behind the last token */
	yaml_id open;	 /* the innermost collection; while it is open, its .end is its last child */
	uint32_t depth;
	enum want want;
	bool first; /* the collection that was opened last is still empty */
	enum yaml_json result;
};

/* Both end the reading: false. */
static bool give_up(struct json *json)
{
	json->result = YAML_JSON_NONE;
	return false;
}

static bool refuse(struct json *json, uint32_t at, const char *why)
{
	json->result = YAML_JSON_REFUSED;
	*json->why = (struct yaml_refusal){ .at = at, .why = why };
	return false;
}

/* ---- tokens ---- */

static bool is_digit(struct str s, uint32_t at)
{
	return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

static uint32_t digits_end(struct str s, uint32_t at)
{
	while (is_digit(s, at))
		at++;
	return at;
}

/* Each returns the end of the token at @at, 0 where there is none. */

uint32_t yaml_json_number(struct str s, uint32_t at)
{
	at += s.p[at] == '-';
	if (!is_digit(s, at))
		return 0;
	at = s.p[at] == '0' ? at + 1 : digits_end(s, at);
	if (at < s.n && s.p[at] == '.') {
		if (!is_digit(s, ++at))
			return 0;
		at = digits_end(s, at);
	}
	if (at < s.n && (s.p[at] | 0x20) == 'e') {
		at++;
		at += at < s.n && (s.p[at] == '+' || s.p[at] == '-');
		if (!is_digit(s, at))
			return 0;
		at = digits_end(s, at);
	}
	return at;
}

static uint32_t word_end(struct str s, uint32_t at)
{
	static const struct str words[] = { { "true", 4 }, { "false", 5 }, { "null", 4 } };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_starts(str_sub(s, at, s.n), words[i]))
			return at + (uint32_t)words[i].n;
	return yaml_json_number(s, at);
}

/* The four digits of a `\u`; UINT32_MAX where they are none. */
static uint32_t hex(struct str s, uint32_t at)
{
	uint32_t code = 0;

	if (s.n - at < 4)
		return UINT32_MAX;
	for (uint32_t i = at; i < at + 4; i++) {
		char c = s.p[i];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;

		if (digit > 15 || (digit > 9 && (c | 0x20) < 'a'))
			return UINT32_MAX;
		code = code << 4 | digit;
	}
	return code;
}

/* @at: behind a backslash. */
static uint32_t escape_end(struct str s, uint32_t at)
{
	uint32_t code, low;

	if (at >= s.n || !s.p[at] || !strchr("\"\\/bfnrtu", s.p[at]))
		return 0;
	if (s.p[at++] != 'u')
		return at;
	code = hex(s, at);
	if (code == UINT32_MAX)
		return 0;
	at += 4;
	if (code < 0xd800 || code > 0xdfff)
		return at;
	if (code > 0xdbff || s.n - at < 2 || s.p[at] != '\\' || s.p[at + 1] != 'u')
		return 0;
	low = hex(s, at + 2);
	return low >= 0xdc00 && low <= 0xdfff ? at + 6 : 0;
}

static uint32_t string_end(struct str s, uint32_t at, bool *ret_slice)
{
	*ret_slice = true;
	for (at++; at < s.n && s.p[at] != '"';) {
		if ((unsigned char)s.p[at] < ' ')
			return 0;
		if (s.p[at] != '\\') {
			at++;
			continue;
		}
		*ret_slice = false;
		at = escape_end(s, at + 1);
		if (!at)
			return 0;
	}
	return at < s.n ? at + 1 : 0;
}

/* ---- nodes ---- */

/* Hangs the next node into the open collection; false with a refusal where there are too many. */
static bool add(struct json *json, struct yaml_node node)
{
	struct yaml_tree *tree = json->tree;
	yaml_id id = (yaml_id)tree->nodes.n, last;
	struct yaml_node *open;

	if (id >= tree->limits.nodes)
		return refuse(json, node.start, YAML_TOO_MANY_NODES);
	node.props = node.start;
	node.parent = json->open;
	if (json->want == WANT_KEY)
		node.flags |= YAML_F_KEY;
	VEC_PUSH(&tree->nodes, node);
	json->first = false;
	if (!json->open) {
		tree->root = id;
		return true;
	}
	open = yaml_node(tree, json->open);
	last = open->end;
	if (open->kind == YAML_MAP && json->want == WANT_VALUE) {
		yaml_node(tree, last)->pair = id;
		yaml_node(tree, id)->pair = last;
		return true;
	}
	if (last)
		yaml_node(tree, last)->next = id;
	else
		open->first = id;
	open->end = id;
	return true;
}

static bool add_scalar(struct json *json)
{
	struct yaml_node node = { .kind = YAML_SCALAR, .style = YAML_PLAIN, .start = json->at };
	bool slice = true;

	if (json->s.p[json->at] == '"') {
		node.style = YAML_DOUBLE;
		node.end = string_end(json->s, json->at, &slice);
	} else if (json->want == WANT_VALUE) {
		node.end = word_end(json->s, json->at);
	}
	if (!node.end || !json->open)
		return give_up(json);
	node.flags = slice ? YAML_F_SLICE : 0;
	if (!add(json, node))
		return false;
	json->at = json->cursor = node.end;
	json->want = json->want == WANT_KEY ? WANT_COLON : WANT_MORE;
	return true;
}

static bool open_collection(struct json *json)
{
	bool map = json->s.p[json->at] == '{';
	struct yaml_node node = { .kind = map ? YAML_MAP : YAML_SEQ, .style = YAML_FLOW, .start = json->at };
	yaml_id id = (yaml_id)json->tree->nodes.n;

	if (json->depth >= json->tree->limits.depth)
		return refuse(json, json->cursor, YAML_TOO_DEEP);
	if (!add(json, node))
		return false;
	json->open = id;
	json->depth++;
	json->cursor = ++json->at;
	json->want = map ? WANT_KEY : WANT_VALUE;
	json->first = true;
	return true;
}

static bool close_collection(struct json *json)
{
	yaml_id id = json->open;
	struct yaml_node *node = yaml_node(json->tree, id);
	bool map = json->s.p[json->at] == '}';

	if (!id || (json->want != WANT_MORE && !json->first) || map != (node->kind == YAML_MAP))
		return give_up(json);
	node->end = json->cursor = ++json->at;
	json->open = node->parent;
	json->depth--;
	json->want = WANT_MORE;
	json->first = false;
	if (map && !yaml_check_keys(json->tree, id, json->why)) {
		json->result = YAML_JSON_REFUSED;
		return false;
	}
	return true;
}

/* ---- the document ---- */

static void skip_blanks(struct json *json)
{
	const char *p = json->s.p;
	uint32_t at = json->at;

	while (at < json->s.n && (p[at] == ' ' || p[at] == '\n' || p[at] == '\r' || p[at] == '\t'))
		at++;
	json->at = at;
}

static bool take_comma(struct json *json)
{
	if (json->want != WANT_MORE || !json->open)
		return give_up(json);
	json->at++;
	json->want = yaml_node(json->tree, json->open)->kind == YAML_MAP ? WANT_KEY : WANT_VALUE;
	return true;
}

static bool take_colon(struct json *json)
{
	struct str gap = str_sub(json->s, json->cursor, json->at);

	if (json->want != WANT_COLON || (gap.n && (memchr(gap.p, '\n', gap.n) || memchr(gap.p, '\r', gap.n))))
		return give_up(json);
	json->at++;
	json->want = WANT_VALUE;
	return true;
}

static bool step(struct json *json)
{
	switch (json->s.p[json->at]) {
	case '{':
	case '[':
		return json->want == WANT_VALUE ? open_collection(json) : give_up(json);
	case '}':
	case ']':
		return close_collection(json);
	case ',':
		return take_comma(json);
	case ':':
		return take_colon(json);
	default:
		return json->want == WANT_VALUE || json->want == WANT_KEY ? add_scalar(json) : give_up(json);
	}
}

static void forget(struct yaml_tree *tree)
{
	tree->root = YAML_NONE;
	tree->nodes.n = 1;
	memset(tree->keys, 0, sizeof(tree->keys));
}

enum yaml_json yaml_json_read(struct yaml_tree *tree, struct yaml_refusal *ret_why)
{
	struct json json = { .tree = tree, .why = ret_why, .s = tree->bytes, .result = YAML_JSON_READ };

	skip_blanks(&json);
	if (json.at == json.s.n || (json.s.p[json.at] != '{' && json.s.p[json.at] != '['))
		return YAML_JSON_NONE;
	while (json.at < json.s.n) {
		if (!step(&json))
			break;
		skip_blanks(&json);
	}
	if (json.result == YAML_JSON_READ && json.open)
		json.result = YAML_JSON_NONE;
	if (json.result == YAML_JSON_NONE)
		forget(tree);
	return json.result;
}
