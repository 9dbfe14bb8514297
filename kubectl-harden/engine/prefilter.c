/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prefilter
 *
 * Most bytes in real repositories are custom resource definitions and configuration. Parsing costs twenty-five times
 * a scan for line breaks, so a document whose kind cannot matter is never parsed. The answer errs on the side of
 * parsing.
 *
 * Templates are told by what no manifest has: a line that begins with `{{` or `{%`, or a value that does, outside of
 * quotes, comments and block scalars (which hold Grafana and Prometheus templates in perfectly good manifests).
 */
#include "engine/prefilter.h"

/* ---- documents ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The plain or quoted value behind `kind:`; false where it is anything else. */
static bool plain_value(struct str line, struct str *ret_value)
{
	struct str value = str_trim(line);
	size_t n = 0;

	if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\'')) {
		const char *end = memchr(value.p + 1, value.p[0], value.n - 1);

		if (!end)
			return false;
		*ret_value = str_sub(value, 1, (size_t)(end - value.p));
		return !memchr(ret_value->p, '\\', ret_value->n);
	}
	while (n < value.n && ((value.p[n] >= 'A' && value.p[n] <= 'Z') || (value.p[n] >= 'a' && value.p[n] <= 'z') ||
			       (value.p[n] >= '0' && value.p[n] <= '9')))
		n++;
	*ret_value = str_sub(value, 0, n);
	return n > 0 && (n == value.n || is_blank(value.p[n]));
}

/* Whether a line at column 0 is ordinary block style: a comment, a plain key, a quoted key, a list. */
static bool is_ordinary(char c)
{
	return c == '#' || c == '-' || c == '\r' || c == '\n' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '/' || c == '.';
}

struct scan {
	const struct kube_kind_list *own;
	struct str kind;
	unsigned kinds;
	bool odd, content;
	bool wanted; /* its kind is one that matters: no need to look further */
};

static void scan_line(struct scan *scan, struct str line)
{
	char first = line.n ? line.p[0] : '\n';
	bool known;

	if (is_blank(first)) {
		/* An indented line before the first key is an indented root. */
		if (!scan->content && str_trim(line).n && str_trim(line).p[0] != '#')
			scan->odd = true;
		return;
	}
	if (!is_ordinary(first)) {
		scan->odd = true;
		return;
	}
	if (first == '#' || first == '\n' || first == '\r')
		return;
	scan->content = true;
	if (first == 'k' && line.n > 4 && !memcmp(line.p, "kind", 4) && (line.p[4] == ':' || is_blank(line.p[4]))) {
		struct str rest = str_sub(line, 4, line.n);

		while (rest.n && is_blank(rest.p[0]))
			rest = str_sub(rest, 1, rest.n);
		if (!rest.n || rest.p[0] != ':' || !plain_value(str_sub(rest, 1, rest.n), &scan->kind))
			scan->odd = true;
		else
			scan->wanted = !kube_kind_is_nothing(scan->own, scan->kind, &known) && known;
		scan->kinds++;
	}
}

/*
 * Whether a `kind` stands behind what only Kubernetes takes for a line break: a carriage return by itself, U+0085,
 * U+2028 or U+2029 (told by their last byte, which is enough to have a second look).
 */
static bool hides_kind(struct str document)
{
	for (size_t at = 0; (at = str_find(document, STR("kind"), at)) != SIZE_MAX; at++) {
		size_t back = at;
		unsigned char before;

		while (back && memchr(" \t\"'?", document.p[back - 1], 5))
			back--;
		before = back ? (unsigned char)document.p[back - 1] : 0;
		if (before == '\r' || before == 0x85 || before == 0xa8 || before == 0xa9)
			return true;
	}
	return false;
}

bool prefilter_passes_over(struct str document, const struct kube_kind_list *own)
{
	struct scan scan = { .own = own };
	bool known, nothing;

	for (size_t at = 0; at < document.n && !scan.odd && !scan.wanted;) {
		const char *hit = memchr(document.p + at, '\n', document.n - at);
		size_t end = hit ? (size_t)(hit - document.p) : document.n;

		scan_line(&scan, str_sub(document, at, end));
		at = end + 1;
	}
	if (scan.odd || scan.wanted || scan.kinds > 1)
		return false;
	if (hides_kind(document))
		return false;
	if (!scan.kinds)
		return true;
	nothing = kube_kind_is_nothing(own, scan.kind, &known);
	if (known)
		return nothing;
	return str_find(document, STR("containers"), 0) == SIZE_MAX;
}

bool prefilter_has_kind(struct str file)
{
	static const char before[] = " \t\n\r{,";
	struct str kind = STR("kind");

	for (size_t at = 0; (at = str_find(file, kind, at)) != SIZE_MAX; at += kind.n) {
		bool quoted = at > 0 && (file.p[at - 1] == '"' || file.p[at - 1] == '\'');
		size_t start = at - quoted, end = at + kind.n + quoted;

		if (end < file.n && file.p[end] == ':' &&
		    (start == 0 || quoted || memchr(before, file.p[start - 1], sizeof(before) - 1)))
			return true;
	}
	return false;
}

/* ---- templates ---- */

static size_t indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static bool begins_template(struct str text)
{
	return str_starts(text, STR("{{")) || str_starts(text, STR("{%"));
}

/* Whether a value on this line (behind `: ` or `- `, outside quotes and comments) begins with {{. */
static bool has_template_value(struct str line)
{
	char quote = 0;

	for (size_t i = 0; i + 1 < line.n; i++) {
		char c = line.p[i];

		if (quote) {
			if (c == '\\' && quote == '"')
				i++;
			else if (c == quote)
				quote = 0;
		} else if ((c == '"' || c == '\'') && (i == 0 || strchr(" \t:,[{-", line.p[i - 1]))) {
			quote = c;
		} else if (c == '#' && (i == 0 || is_blank(line.p[i - 1]))) {
			return false;
		} else if (c == '{' && line.p[i + 1] == '{') {
			size_t back = i;

			while (back && is_blank(line.p[back - 1]))
				back--;
			return back && back < i && (line.p[back - 1] == ':' || line.p[back - 1] == '-');
		}
	}
	return false;
}

/* Whether a block scalar begins on this line: it ends with | or > and indicators. */
static bool opens_block_scalar(struct str line)
{
	struct str text = str_trim(line);
	size_t n;
	size_t comment = str_find(text, STR(" #"), 0);

	if (comment != SIZE_MAX)
		text = str_trim(str_sub(text, 0, comment));
	n = text.n;
	while (n && (text.p[n - 1] == '+' || text.p[n - 1] == '-' || (text.p[n - 1] >= '1' && text.p[n - 1] <= '9')))
		n--;
	if (!n || (text.p[n - 1] != '|' && text.p[n - 1] != '>'))
		return false;
	return n == 1 || is_blank(text.p[n - 2]);
}

/* Braces are rare in manifests, so looking for one is nearly free. */
static bool has_template_brace(struct str file)
{
	for (size_t at = 0; at + 1 < file.n; at++) {
		const char *hit = memchr(file.p + at, '{', file.n - at - 1);

		if (!hit)
			return false;
		if (hit[1] == '{' || hit[1] == '%')
			return true;
		at = (size_t)(hit - file.p);
	}
	return false;
}

size_t prefilter_template(struct str file)
{
	size_t block = SIZE_MAX; /* lines indented deeper than this are text */

	if (!has_template_brace(file))
		return SIZE_MAX;
	for (size_t at = 0; at < file.n;) {
		const char *hit = memchr(file.p + at, '\n', file.n - at);
		size_t end = hit ? (size_t)(hit - file.p) : file.n;
		struct str line = str_sub(file, at, end);
		size_t indent = indent_of(line);
		struct str text = str_sub(line, indent, line.n);

		if (block != SIZE_MAX && (indent > block || !str_trim(line).n)) {
			at = end + 1;
			continue;
		}
		block = SIZE_MAX;
		if (begins_template(text) || has_template_value(line))
			return at;
		if (opens_block_scalar(line))
			block = indent;
		at = end + 1;
	}
	return SIZE_MAX;
}
