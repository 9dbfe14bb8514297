/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Meaning
 *
 * Only what every caller of the tree sees goes in here: kinds, types, texts, and the order of keys. The one look behind
 * it is for tags, of which the tree says no more than that they are there.
 */
#include "meaning.h"

#include <math.h>
#include <stdlib.h>

#include "yaml/split.h"
#include "yaml/tree_internal.h"

enum { NODES_MAX = 200000, DEPTH_MAX = 300 };

struct meaning {
	struct yaml_tree *tree;
	struct buf *out;
	size_t n;
	bool whole;
};

void meaning_add_text(struct str text, struct buf *out)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '"' || c == '\\')
			buf_addc(out, '\\');
		if (c < ' ')
			buf_addf(out, "\\u%04x", c);
		else
			buf_addc(out, (char)c);
	}
	buf_addc(out, '"');
}

static void add_special(const char *what, struct str text, struct buf *out)
{
	struct buf all = BUF_INIT;

	buf_addf(&all, "\x01%s:", what);
	buf_add(&all, text);
	meaning_add_text(buf_str(&all), out);
	buf_free(&all);
}

/* A number of YAML: `_` counts for nothing. */
static double number_of(struct str text)
{
	char digits[512];
	size_t n = 0;

	for (size_t i = 0; i < text.n && n + 1 < sizeof(digits); i++)
		if (text.p[i] != '_')
			digits[n++] = text.p[i];
	digits[n] = 0;
	return strtod(digits, NULL);
}

/* The tag of the node whose text is read: behind an alias, its anchor's. */
static bool has_opaque_tag(struct yaml_tree *tree, yaml_id id)
{
	struct str props, tag;
	size_t at;

	if (!(yaml_node(tree, id)->flags & YAML_F_TAG))
		return false;
	while (yaml_node(tree, id)->flags & YAML_F_COPY)
		id = yaml_node(tree, id)->start;
	props = str_sub(tree->bytes, yaml_node(tree, id)->props, yaml_node(tree, id)->start);
	at = str_find(props, STR("!"), 0);
	if (at == SIZE_MAX)
		return false;
	tag = str_sub(props, at, props.n);
	for (size_t i = 0; i < tag.n; i++)
		if (memchr(" \t\r\n", tag.p[i], 4))
			tag.n = i;
	return !str_is(tag, "!!str") && yaml_type(tree, id) == YAML_STR;
}

bool meaning_turns_json(struct str before, struct str after)
{
	before = str_trim(before);
	after = str_trim(after);
	return after.n && after.p[0] == '{' && !(before.n && before.p[0] == '{');
}

void meaning_add_key(struct yaml_tree *tree, yaml_id key, struct buf *out)
{
	struct str text = yaml_text(tree, key);
	int64_t number = 0;
	bool flag = false;

	if (yaml_int(tree, key, &number))
		buf_addf(out, "\"%lld\"", (long long)number);
	else if (yaml_bool(tree, key, &flag))
		buf_addz(out, flag ? "\"true\"" : "\"false\"");
	else if (yaml_type(tree, key) == YAML_FLOAT)
		add_special("float", text, out);
	else if (yaml_is_null(tree, key))
		add_special("null", text, out);
	else
		meaning_add_text(text, out);
}

static void add_scalar(struct meaning *meaning, yaml_id id)
{
	struct yaml_tree *tree = meaning->tree;
	struct str text = yaml_text(tree, id);
	int64_t number = 0;
	double real;

	if (has_opaque_tag(tree, id)) {
		add_special("tag", text, meaning->out);
		return;
	}
	switch (yaml_type(tree, id)) {
	case YAML_NULL:
		buf_addz(meaning->out, "null");
		break;
	case YAML_BOOL:
		buf_addz(meaning->out, yaml_is_true(tree, id) ? "true" : "false");
		break;
	case YAML_INT:
		yaml_int(tree, id, &number);
		buf_addf(meaning->out, "%lld", (long long)number);
		break;
	case YAML_FLOAT:
		real = number_of(text);
		/* JSON has no such number. */
		if (isfinite(real) && !memchr(text.p, 'n', text.n) && !memchr(text.p, 'N', text.n))
			buf_addf(meaning->out, "%.17g", real);
		else
			add_special("number", text, meaning->out);
		break;
	case YAML_STR:
		meaning_add_text(text, meaning->out);
		break;
	}
}

static void add_node(struct meaning *meaning, yaml_id id, size_t depth);

static void add_children(struct meaning *meaning, yaml_id id, size_t depth)
{
	struct yaml_tree *tree = meaning->tree;
	bool map = yaml_is_map(tree, id), more = false;

	buf_addc(meaning->out, map ? '{' : '[');
	YAML_EACH(tree, id, child) {
		if (more)
			buf_addc(meaning->out, ',');
		more = true;
		if (map) {
			meaning_add_key(tree, child, meaning->out);
			buf_addc(meaning->out, ':');
		}
		add_node(meaning, map ? yaml_value(tree, child) : child, depth + 1);
		if (!meaning->whole)
			return;
	}
	buf_addc(meaning->out, map ? '}' : ']');
}

static void add_node(struct meaning *meaning, yaml_id id, size_t depth)
{
	if (meaning->n++ > NODES_MAX || depth > DEPTH_MAX) {
		meaning->whole = false;
		return;
	}
	switch (yaml_kind(meaning->tree, id)) {
	case YAML_SCALAR:
		add_scalar(meaning, id);
		break;
	case YAML_MAP:
	case YAML_SEQ:
		add_children(meaning, id, depth);
		break;
	default:
		meaning->whole = false;
	}
}

bool meaning_add(struct yaml_tree *tree, yaml_id node, struct buf *out)
{
	struct meaning meaning = { tree, out, 0, true };

	add_node(&meaning, node, 0);
	return meaning.whole && !tree->exhausted;
}

void meaning_frame(FILE *to, const char *kind, const struct str *fields, size_t n)
{
	fputs(kind, to);
	for (size_t i = 0; i < n; i++)
		fprintf(to, " %zu", fields[i].n);
	fputc('\n', to);
	for (size_t i = 0; i < n; i++)
		if (fields[i].n)
			fwrite(fields[i].p, 1, fields[i].n, to);
	fputc('\n', to);
}

/* ---- files ---- */

static void add_place(struct buf *out, const char *what, struct str text, size_t at, const char *why)
{
	size_t line = 1, from = 0;

	for (size_t i = 0; i < at && i < text.n; i++)
		if (text.p[i] == '\n') {
			line++;
			from = i + 1;
		}
	buf_addf(out, "%s %zu:%zu: %s\n", what, line, at - from + 1, why);
}

static void read_document(struct arena *arena, struct str text, struct yaml_span span, struct buf *out)
{
	static const struct yaml_limits limits = YAML_LIMITS_DEFAULT;
	struct yaml_tree tree = YAML_TREE_INIT;
	struct yaml_refusal why;
	struct buf json = BUF_INIT;

	if (!yaml_parse(&tree, arena, str_sub(text, span.start, span.end), &limits, &why)) {
		add_place(out, "refused", text, span.start + why.at, why.why);
	} else if (tree.root && !yaml_is_null(&tree, tree.root)) {
		if (meaning_add(&tree, tree.root, &json))
			buf_addf(out, "json %.*s\n", STR_ARG(buf_str(&json)));
		else
			add_place(out, "refused", text, span.start, "its aliases expand to too many nodes");
	}
	yaml_tree_free(&tree);
	buf_free(&json);
}

void meaning_frame_file(FILE *to, const char *name, struct str text)
{
	struct yaml_splitter splitter = yaml_splitter_init(text);
	struct arena *arena = arena_new();
	struct buf outcomes = BUF_INIT;
	struct yaml_span span;
	size_t bad;

	while (yaml_split_next(&splitter, &span, &bad)) {
		if (bad != SIZE_MAX) {
			add_place(&outcomes, "stop", text, bad, "a line that begins with --- and is no separator");
			break;
		}
		read_document(arena, text, span, &outcomes);
	}
	if (name)
		meaning_frame(to, "file", (struct str[]){ str_of(name), text, buf_str(&outcomes) }, 3);
	else
		meaning_frame(to, "random", (struct str[]){ text, buf_str(&outcomes) }, 2);
	buf_free(&outcomes);
	arena_free(arena);
}
