/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template
 *
 * Told by what no manifest has: a line or a value that begins with `{{`, `{%` or `{#`, outside of quotes, comments and
 * block scalars. In these, and in the middle of a plain value, it is data: Prometheus, Grafana and Argo fill it in
 * later. So just enough of YAML is read here to know where a value begins, and it is read of any text: no line is an
 * error. In a comment only a statement tells ("# {{- if .Values.x }}"), which is obeyed there as anywhere else; a value
 * in it is prose.
 */
#include "engine/template.h"

#define NOWHERE SIZE_MAX

struct reader {
	struct str line;
	size_t at;
	size_t block;	/* lines that are indented deeper are a block scalar's text */
	unsigned depth; /* of flow collections */
	char quote;	/* of the quoted scalar that goes on; 0 */
	bool begins;	/* a value may begin here */
	size_t key;	/* column of the line's last key, NOWHERE without one */
	size_t dash;	/* column of its last dash */
	size_t token;	/* column of what may turn out to be a key */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static char byte_at(const struct reader *r, size_t at)
{
	return at < r->line.n ? r->line.p[at] : '\n';
}

static bool ends_word(char c)
{
	return is_blank(c) || c == '\n';
}

static size_t indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

/* Behind the quote that ends the scalar, or the end of the line. */
static void read_quoted(struct reader *r)
{
	while (r->at < r->line.n) {
		char c = r->line.p[r->at++];

		/* In double quotes a backslash escapes what follows; in single ones a quote is written twice. */
		if (r->quote == '"' ? c == '\\' : c == r->quote && byte_at(r, r->at) == c) {
			r->at++;
		} else if (c == r->quote) {
			r->quote = 0;
			r->begins = false;
			return;
		}
	}
}

static bool begins_template(const struct reader *r)
{
	char next = byte_at(r, r->at + 1);

	if (byte_at(r, r->at) != '{')
		return false;
	return next == '{' || next == '%' || (next == '#' && str_find(r->line, STR("#}"), r->at) != SIZE_MAX);
}

/* Whether @text, behind "{{", is a statement of Go's templates. */
static bool begins_statement(struct str text)
{
	static const char *const words[] = { "if", "with", "range", "define", "block", "else", "end" };

	if (text.n && text.p[0] == '-')
		text = str_sub(text, 1, text.n);
	text = str_trim(text);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t n = strlen(words[i]);

		if (str_starts(text, str_of(words[i])) && (text.n == n || strchr(" \t\r}(", text.p[n])))
			return true;
	}
	return false;
}

static bool holds_statement(struct str comment)
{
	for (size_t at = 0; (at = str_find(comment, STR("{"), at)) != SIZE_MAX; at++) {
		struct str rest = str_sub(comment, at, comment.n);

		if (str_starts(rest, STR("{%")) ||
		    (str_starts(rest, STR("{{")) && begins_statement(str_sub(rest, 2, rest.n))))
			return true;
	}
	return false;
}

static void open_block(struct reader *r)
{
	size_t indent = indent_of(r->line);

	if (r->key != NOWHERE)
		r->block = r->key;
	else if (r->dash != NOWHERE)
		r->block = r->dash;
	else
		r->block = indent ? indent - 1 : 0;
	r->at = r->line.n;
}

/* A byte in a flow collection. */
static void read_flow(struct reader *r, char c)
{
	char next = byte_at(r, ++r->at);

	if (c == '[' || c == '{')
		r->depth++;
	else if (c == ']' || c == '}')
		r->depth--;
	/* Behind a quoted key the colon needs no blank. */
	r->begins = c == '[' || c == '{' || c == ',' || (c == ':' && (ends_word(next) || memchr("\"'[{", next, 4)));
}

/* A byte outside of one. */
static void read_block(struct reader *r, char c)
{
	bool alone = ends_word(byte_at(r, r->at + 1));

	if (r->begins && (c == '[' || c == '{')) {
		read_flow(r, c);
		return;
	}
	if (r->begins && (c == '|' || c == '>')) {
		open_block(r);
		return;
	}
	if (r->begins && (c == '&' || c == '!')) {
		while (!ends_word(byte_at(r, r->at)))
			r->at++;
		return;
	}
	if (r->begins && alone && (c == '-' || c == '?')) {
		r->dash = r->at++;
		r->token = NOWHERE;
		return;
	}
	if (c == ':' && alone) {
		r->key = r->token != NOWHERE ? r->token : r->at;
		r->begins = true;
		r->at++;
		return;
	}
	r->begins = false;
	r->at++;
}

/* Whether the line, as it follows those before it, says that this is a template. */
static bool read_line(struct reader *r)
{
	size_t indent = indent_of(r->line);

	if (r->block != NOWHERE && (indent > r->block || !str_trim(r->line).n))
		return false;
	r->block = NOWHERE;
	r->key = r->dash = r->token = NOWHERE;
	r->begins = true;
	r->at = 0;
	if (str_starts(r->line, STR("---")) && ends_word(byte_at(r, 3))) {
		r->at = 3;
		r->quote = 0;
		r->depth = 0;
	}
	while (r->at < r->line.n) {
		char c = r->line.p[r->at];

		if (r->quote) {
			read_quoted(r);
			continue;
		}
		if (is_blank(c)) {
			r->at++;
			continue;
		}
		if (c == '#' && (r->at == 0 || is_blank(r->line.p[r->at - 1])))
			return holds_statement(str_sub(r->line, r->at, r->line.n));
		if (r->begins && begins_template(r))
			return true;
		if (r->token == NOWHERE && c != '-' && c != '?')
			r->token = r->at;
		if (r->begins && (c == '"' || c == '\'')) {
			r->quote = c;
			r->at++;
		} else if (r->depth) {
			read_flow(r, c);
		} else {
			read_block(r, c);
		}
	}
	return false;
}

/* Braces are rare in manifests, so looking for one is nearly free. */
static bool has_template_brace(struct str file)
{
	for (size_t at = 0; at + 1 < file.n; at++) {
		const char *hit = memchr(file.p + at, '{', file.n - at - 1);

		if (!hit)
			return false;
		if (hit[1] == '{' || hit[1] == '%' || hit[1] == '#')
			return true;
		at = (size_t)(hit - file.p);
	}
	return false;
}

static enum template_kind tell_apart(struct str file)
{
	static const char *const helm[] = { ".Values", ".Release", ".Chart", "include \"", "toYaml" };
	static const char *const jinja[] = { "{%", "#}" };

	for (size_t i = 0; i < sizeof(helm) / sizeof(*helm); i++)
		if (str_find(file, str_of(helm[i]), 0) != SIZE_MAX)
			return TEMPLATE_HELM;
	for (size_t i = 0; i < sizeof(jinja) / sizeof(*jinja); i++)
		if (str_find(file, str_of(jinja[i]), 0) != SIZE_MAX)
			return TEMPLATE_JINJA;
	return TEMPLATE_OTHER;
}

enum template_kind template_kind_of(struct str file, size_t *ret_at)
{
	struct reader reader = { .block = NOWHERE };

	if (!has_template_brace(file))
		return TEMPLATE_NONE;
	for (size_t at = 0; at < file.n;) {
		const char *hit = memchr(file.p + at, '\n', file.n - at);
		size_t end = hit ? (size_t)(hit - file.p) : file.n;

		reader.line = str_sub(file, at, end);
		if (read_line(&reader)) {
			*ret_at = at;
			return tell_apart(file);
		}
		at = end + 1;
	}
	return TEMPLATE_NONE;
}

const char *template_words(enum template_kind kind)
{
	return kind == TEMPLATE_JINJA ? "a Jinja template, not yet a manifest" : "a template, not yet a manifest";
}
