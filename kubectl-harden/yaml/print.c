/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Print
 *
 * The layout is that of sigs.k8s.io/yaml: two blanks a level, lists not indented below their key, a text of several
 * lines as a literal where it can be one, a key that is too long for some readers behind a `?`. Lines are not folded.
 */
#include "yaml/print.h"

#include "yaml/scalar.h"

/* Longer keys are written with a `?`, as go-yaml does; readers look no further than 1024 bytes for the colon. */
enum { KEY_MAX = 128 };

/* ---- scalars ---- */

/* Whether a literal says @text: no blanks that nobody sees, nothing that would be taken for its indentation. */
static bool literal_can_say(struct str text)
{
	if (!yaml_is_printable(text, true) || text.p[0] == '\n' || text.p[0] == ' ' || text.p[0] == '\t' ||
	    memchr(" \t", text.p[text.n - 1], 2))
		return false;
	for (const char *at = text.p; (at = memchr(at, '\n', text.n - (size_t)(at - text.p))); at++)
		if (memchr(" \t", at[-1], 2))
			return false;
	return true;
}

static void add_literal(struct buf *out, struct str text, unsigned column)
{
	struct str line;

	if (text.p[text.n - 1] != '\n') {
		buf_addz(out, "|-");
	} else {
		buf_addz(out, text.p[text.n - 2] == '\n' ? "|+" : "|");
		text.n--;
	}
	while (str_cut(&text, '\n', &line)) {
		buf_addc(out, '\n');
		if (line.n)
			buf_pad(out, ' ', column);
		buf_add(out, line);
	}
}

/* @column: of the lines of a literal; 0 where there can be none. */
static void add_text(struct buf *out, struct str text, unsigned column)
{
	enum yaml_style style;

	if (column && memchr(text.n ? text.p : "", '\n', text.n) && literal_can_say(text)) {
		add_literal(out, text, column);
		return;
	}
	style = yaml_style_of(text);
	if (style == YAML_PLAIN)
		buf_add(out, text);
	else
		yaml_encode(out, text, YAML_STR, style, false, false);
}

static void add_scalar(const struct yaml_print *print, yaml_id id, unsigned column)
{
	struct str text = yaml_json_scalar(print->tree, id);

	if (text.n)
		buf_add(print->out, text);
	else if (yaml_type(print->tree, id) == YAML_STR)
		add_text(print->out, yaml_text(print->tree, id), column);
	else
		buf_add(print->out, yaml_text(print->tree, id));
}

/* ---- what is left out ---- */

static bool is_left_out(const struct yaml_print *print, yaml_id key);

/* Whether all that a collection holds is left out; false for one that was empty before. */
static bool is_emptied(const struct yaml_print *print, yaml_id id)
{
	enum yaml_kind kind = yaml_kind(print->tree, id);
	bool any = false;

	if (kind == YAML_MAP)
		YAML_EACH(print->tree, id, key) {
			any = true;
			if (!is_left_out(print, key))
				return false;
		}
	return any;
}

/* Items stay, for others are known by their number. */
static bool is_left_out(const struct yaml_print *print, yaml_id key)
{
	return print->leave_out &&
	       (print->leave_out(print->data, print->tree, key) || is_emptied(print, yaml_value(print->tree, key)));
}

/* ---- collections ---- */

static void add_value(const struct yaml_print *print, yaml_id id, unsigned column);

/* Behind `key:` or `-`: a scalar or an empty collection in the line, or lines from @column on. */
static bool is_one_line(const struct yaml_print *print, yaml_id id)
{
	enum yaml_kind kind = yaml_kind(print->tree, id);

	return (kind != YAML_MAP && kind != YAML_SEQ) || !yaml_first(print->tree, id);
}

static void add_one_line(const struct yaml_print *print, yaml_id id, unsigned column)
{
	enum yaml_kind kind = yaml_kind(print->tree, id);

	if (kind == YAML_MAP)
		buf_addz(print->out, "{}");
	else if (kind == YAML_SEQ)
		buf_addz(print->out, "[]");
	else
		add_scalar(print, id, column);
	buf_addc(print->out, '\n');
}

/* The pair's lines but for the indentation of the first one, where the caller stands. */
static void add_pair(const struct yaml_print *print, yaml_id key, unsigned column)
{
	yaml_id value = yaml_value(print->tree, key);
	struct buf *out = print->out;
	size_t start = out->n;

	add_text(out, yaml_json_key(print->tree, key), 0);
	if (out->n - start > KEY_MAX) {
		out->n = start;
		buf_addz(out, "? ");
		add_text(out, yaml_json_key(print->tree, key), 0);
		buf_addc(out, '\n');
		buf_pad(out, ' ', column);
		buf_addz(out, ": ");
		add_value(print, value, column + 2);
		return;
	}
	buf_addc(out, ':');
	if (is_one_line(print, value)) {
		buf_addc(out, ' ');
		add_one_line(print, value, column + 2);
		return;
	}
	buf_addc(out, '\n');
	if (yaml_kind(print->tree, value) == YAML_MAP)
		column += 2;
	buf_pad(out, ' ', column);
	add_value(print, value, column);
}

/* A value whose first line begins where the caller stands, its others at @column. */
static void add_value(const struct yaml_print *print, yaml_id id, unsigned column)
{
	bool map = yaml_kind(print->tree, id) == YAML_MAP, first = true;
	size_t start = print->out->n;

	if (is_one_line(print, id)) {
		add_one_line(print, id, column);
		return;
	}
	YAML_EACH(print->tree, id, child) {
		if (map && is_left_out(print, child))
			continue;
		if (!first)
			buf_pad(print->out, ' ', column);
		first = false;
		if (map) {
			add_pair(print, child, column);
		} else {
			buf_addz(print->out, "- ");
			add_value(print, child, column + 2);
		}
	}
	if (print->out->n == start)
		buf_addz(print->out, "{}\n"); /* an item of which nothing is left */
}

bool yaml_print(const struct yaml_print *print, yaml_id node)
{
	add_value(print, node, 0);
	return !print->tree->exhausted;
}

bool yaml_print_pair(const struct yaml_print *print, yaml_id key)
{
	if (!is_left_out(print, key))
		add_pair(print, key, 0);
	return !print->tree->exhausted;
}
