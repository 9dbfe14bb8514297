/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Split
 *
 * kubectl does not parse a stream of documents: it cuts the bytes at lines that begin with `---` and parses each
 * part by itself (apimachinery, util/yaml/decoder.go). So do we, or our idea of "document 3" would not be the
 * cluster's. What stands behind `---` on its line is dropped by kubectl unless it is a comment, so such a line
 * refuses the file. Input whose first character is `{` may be a stream of JSON values without separators; those are
 * cut where the value's brackets close.
 */
#include "yaml/split.h"

enum { JSON_DEPTH = 1024 };

static const struct str bom = { "\xef\xbb\xbf", 3 };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Start of the line behind @at; s.n when there is none. */
static size_t line_after(struct str s, size_t at)
{
	const char *hit = at < s.n ? memchr(s.p + at, '\n', s.n - at) : NULL;

	return hit ? (size_t)(hit - s.p) + 1 : s.n;
}

enum line { LINE_TEXT, LINE_SEPARATOR, LINE_BAD };

static enum line classify(struct str s, size_t at)
{
	size_t i = at + 3;

	if (s.n - at < 3 || memcmp(s.p + at, "---", 3) != 0)
		return LINE_TEXT;
	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	if (i == s.n || s.p[i] == '\n' || (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] == '\n')))
		return LINE_SEPARATOR;
	if (s.p[i] == '#' && i > at + 3)
		return LINE_SEPARATOR;
	return LINE_BAD;
}

struct yaml_splitter yaml_splitter_init(struct str text)
{
	struct yaml_splitter splitter = { .text = text };
	size_t i;

	if (str_starts(text, bom))
		splitter.at = bom.n;
	for (i = splitter.at; i < text.n && is_space(text.p[i]); i++)
		;
	splitter.json = i < text.n && text.p[i] == '{';
	/* A separator in the first line ends nothing: the first document begins behind it. */
	if (!splitter.json && classify(text, splitter.at) == LINE_SEPARATOR)
		splitter.at = line_after(text, splitter.at);
	return splitter;
}

static size_t digits_end(struct str s, size_t at)
{
	while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	return at;
}

static size_t json_number_end(struct str s, size_t at)
{
	size_t i = at + (s.p[at] == '-'), from = i;

	i = i < s.n && s.p[i] == '0' ? i + 1 : digits_end(s, i);
	if (i == from)
		return SIZE_MAX;
	if (i < s.n && s.p[i] == '.') {
		from = ++i;
		i = digits_end(s, i);
		if (i == from)
			return SIZE_MAX;
	}
	if (i < s.n && (s.p[i] | 0x20) == 'e') {
		i++;
		from = i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
		i = digits_end(s, i);
		if (i == from)
			return SIZE_MAX;
	}
	return i;
}

/* End of the JSON string, number or word at @at, SIZE_MAX when it is none. */
static size_t json_scalar_end(struct str s, size_t at)
{
	static const struct str words[] = { { "true", 4 }, { "false", 5 }, { "null", 4 } };
	size_t i = at;

	if (s.p[at] == '"') {
		for (i++; i < s.n && s.p[i] != '"' && (unsigned char)s.p[i] >= ' '; i++)
			if (s.p[i] == '\\')
				i++;
		return i < s.n && s.p[i] == '"' ? i + 1 : SIZE_MAX;
	}
	for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++)
		if (str_starts(str_sub(s, at, s.n), words[k]))
			return at + words[k].n;
	return json_number_end(s, at);
}

/*
 * End of the JSON object at @at; SIZE_MAX when it does not end, or is not JSON: kubectl reads the whole stream as
 * YAML then. What is wrong inside is looked for only as far as it may be another document's.
 */
static size_t json_end(struct str s, size_t at)
{
	enum { VALUE, KEY, COLON, MORE } want = VALUE;
	bool in_map[JSON_DEPTH] = { false }, first = false; /* first: the collection may end here */
	size_t depth = 0;

	while (at < s.n) {
		char c = s.p[at];

		if (is_space(c)) {
			at++;
		} else if ((c == '}' || c == ']') && depth && (want == MORE || first) && in_map[depth] == (c == '}')) {
			if (!--depth)
				return at + 1;
			at++;
			want = MORE;
			first = false;
		} else if ((c == '{' || c == '[') && want == VALUE) {
			if (++depth == JSON_DEPTH)
				return SIZE_MAX;
			in_map[depth] = c == '{';
			want = in_map[depth] ? KEY : VALUE;
			first = true;
			at++;
		} else if (c == ',' && want == MORE) {
			want = in_map[depth] ? KEY : VALUE;
			at++;
		} else if (c == ':' && want == COLON) {
			want = VALUE;
			at++;
		} else if (want == VALUE || (want == KEY && c == '"')) {
			at = json_scalar_end(s, at);
			if (at == SIZE_MAX)
				return SIZE_MAX;
			want = want == KEY ? COLON : MORE;
			first = false;
		} else {
			return SIZE_MAX;
		}
	}
	return SIZE_MAX;
}

/* Whether the value that ends at @end is followed by another one, with only blanks between: then it is a stream. */
static size_t json_next(struct str s, size_t end)
{
	while (end < s.n && is_space(s.p[end]))
		end++;
	return end < s.n && s.p[end] == '{' ? end : SIZE_MAX;
}

bool yaml_split_next(struct yaml_splitter *splitter, struct yaml_span *ret_span, size_t *ret_bad)
{
	struct str s = splitter->text;
	size_t start = splitter->at;

	*ret_bad = SIZE_MAX;
	if (splitter->done)
		return false;
	if (splitter->json) {
		size_t i = start, end, next;

		while (i < s.n && is_space(s.p[i]))
			i++;
		end = i < s.n && s.p[i] == '{' ? json_end(s, i) : SIZE_MAX;
		next = json_next(s, end);
		if (next != SIZE_MAX) {
			*ret_span = (struct yaml_span){ start, end };
			splitter->at = end;
			return true;
		}
	}
	for (size_t at = start; at < s.n; at = line_after(s, at)) {
		/* Behind a byte order mark kubectl knows no separator, and would find one once it is gone. */
		bool begins = at == 0 || at != start || s.p[at - 1] == '\n' || (at == bom.n && str_starts(s, bom));
		enum line line = s.p[at] == '-' && begins ? classify(s, at) : LINE_TEXT;

		if (line == LINE_BAD) {
			*ret_bad = at;
		} else if (line == LINE_SEPARATOR) {
			*ret_span = (struct yaml_span){ start, at };
			splitter->at = line_after(s, at);
			/* Where a document has ended; a second `---` in a row is text of the next one to kubectl. */
			if (!splitter->json && at > start && str_starts(str_sub(s, splitter->at, s.n), bom))
				splitter->at += bom.n;
			splitter->json = false; /* kubectl gives up JSON there, too */
			return true;
		}
	}
	*ret_span = (struct yaml_span){ start, s.n };
	splitter->done = true;
	return true;
}
