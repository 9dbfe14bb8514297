/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text
 *
 * Names, values and paths are written by strangers, and a terminal obeys what it is sent. So whatever is not a plain
 * visible character is shown as an escape: control characters, bytes that are not UTF-8 (some terminals take 0x9b
 * for an escape sequence), and characters that turn the direction of reading or cannot be seen at all.
 *
 * Everything is UTF-8, whatever the locale says: loading one would cost more than the rest of a run, and manifests
 * are UTF-8.
 */
#include "report/text.h"

#include "base/utf8.h"

static void add_escape(struct buf *out, uint32_t point, unsigned char byte)
{
	switch (point) {
	case '\n':
		buf_addz(out, "\\n");
		break;
	case '\r':
		buf_addz(out, "\\r");
		break;
	case '\t':
		buf_addz(out, "\\t");
		break;
	default:
		if (point == UTF8_NONE || point < 0x80)
			buf_addf(out, "\\x%02x", byte);
		else
			buf_addf(out, point > 0xffff ? "\\U%08x" : "\\u%04x", point);
	}
}

static void escape(struct buf *out, struct str s, bool tabs)
{
	for (size_t i = 0, start = 0; i <= s.n;) {
		size_t length = 1;
		uint32_t point = i < s.n ? utf8_decode(str_sub(s, i, s.n), &length) : UTF8_NONE;

		if (i < s.n && (!utf8_is_hidden(point) || (tabs && point == '\t'))) {
			i += length;
			continue;
		}
		if (i > start)
			buf_add(out, str_sub(s, start, i));
		if (i < s.n)
			add_escape(out, point, (unsigned char)s.p[i]);
		i += length;
		start = i;
	}
}

/* Whether every byte is a visible character of ASCII (or a tab): nearly all that there is. */
static bool is_ascii(struct str s, bool tabs)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && !(tabs && c == '\t')) || c >= 0x7f)
			return false;
	}
	return true;
}

void text_escape(struct buf *out, struct str s)
{
	if (is_ascii(s, false))
		buf_add(out, s);
	else
		escape(out, s, false);
}

void text_escape_line(struct buf *out, struct str line)
{
	bool returns = line.n && line.p[line.n - 1] == '\r';

	line.n -= returns;
	if (is_ascii(line, true))
		buf_add(out, line);
	else
		escape(out, line, true);
	if (returns)
		buf_addc(out, '\r');
}

bool text_is_plain(struct str s)
{
	size_t length;

	if (is_ascii(s, false))
		return true;
	for (size_t i = 0; i < s.n; i += length)
		if (utf8_is_hidden(utf8_decode(str_sub(s, i, s.n), &length)))
			return false;
	return true;
}

/* ---- looks ---- */

void look_start(struct buf *out, bool colour, enum look look)
{
	static const char *const codes[] = {
		[LOOK_BOLD] = "\x1b[1m",   [LOOK_HUNK] = "\x1b[36m",	[LOOK_REMOVED] = "\x1b[31m",
		[LOOK_ADDED] = "\x1b[32m", [LOOK_ERROR] = "\x1b[1;31m", [LOOK_WARNING] = "\x1b[33m",
	};

	if (colour)
		buf_addz(out, codes[look]);
}

void look_end(struct buf *out, bool colour)
{
	if (colour)
		buf_addz(out, "\x1b[m");
}

void look_word(struct buf *out, bool colour, enum look look, const char *word)
{
	look_start(out, colour, look);
	buf_addz(out, word);
	look_end(out, colour);
}

void text_count(struct buf *out, size_t n, const char *noun)
{
	buf_addf(out, "%zu %s%s", n, noun, n == 1 ? "" : "s");
}

void text_stop(struct buf *out)
{
	if (out->n && out->p[out->n - 1] != '.')
		buf_addc(out, '.');
}

/* ---- lines ---- */

/* A blank that is no place to break at; what is escaped has no such byte. */
enum { KEPT_BLANK = 0x1f };

void text_word(struct buf *text, size_t start)
{
	for (size_t i = start; i < text->n; i++)
		if (text->p[i] == ' ')
			text->p[i] = KEPT_BLANK;
}

static void add_word(struct buf *out, struct str word)
{
	for (size_t start = 0, end; start <= word.n; start = end + 1) {
		end = start;
		while (end < word.n && word.p[end] != KEPT_BLANK)
			end++;
		buf_add(out, str_sub(word, start, end));
		if (end < word.n)
			buf_addc(out, ' ');
	}
}

static unsigned columns_of(uint32_t point)
{
	static const struct utf8_range none[] = {
		{ 0x300, 0x36f },   { 0x483, 0x489 },	{ 0x591, 0x5bd },   { 0x610, 0x61a },
		{ 0x64b, 0x65f },   { 0x900, 0x902 },	{ 0x93c, 0x93c },   { 0x941, 0x948 },
		{ 0xe31, 0xe31 },   { 0xe34, 0xe3a },	{ 0xe47, 0xe4e },   { 0x1ab0, 0x1aff },
		{ 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
	};
	static const struct utf8_range wide[] = {
		{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },	  { 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },	  { 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
	};

	if (point < 0x300)
		return 1;
	return UTF8_IS_IN(point, none) ? 0 : UTF8_IS_IN(point, wide) ? 2 : 1;
}

/* The length of one of our colours at the start of @s; 0 if none stands there. Escaped input has no such byte. */
static size_t colour_length(struct str s)
{
	const char *end = s.n && s.p[0] == '\x1b' ? memchr(s.p, 'm', s.n) : NULL;

	return end ? (size_t)(end - s.p) + 1 : 0;
}

size_t text_line_start(struct str s, size_t at)
{
	const char *feed = at ? memrchr(s.p, '\n', at) : NULL;

	return feed ? (size_t)(feed - s.p) + 1 : 0;
}

size_t text_line_end(struct str s, size_t at)
{
	const char *feed = at < s.n ? memchr(s.p + at, '\n', s.n - at) : NULL;

	return feed ? (size_t)(feed - s.p) + 1 : s.n;
}

size_t text_width(struct str s)
{
	size_t width = 0, length;

	for (size_t i = 0; i < s.n; i += length) {
		length = colour_length(str_sub(s, i, s.n));
		if (!length)
			width += columns_of(utf8_decode(str_sub(s, i, s.n), &length));
	}
	return width;
}

static size_t width_of_last_line(const struct buf *out)
{
	const char *feed = out->n ? memrchr(out->p, '\n', out->n) : NULL;
	size_t start = feed ? (size_t)(feed - out->p) + 1 : 0;

	return out->n ? text_width(str_sub(buf_str(out), start, out->n)) : 0;
}

static void wrap_line(struct buf *out, struct str line, size_t hanging, size_t columns)
{
	size_t column = width_of_last_line(out);
	struct str word;
	bool first = true;

	while (str_cut(&line, ' ', &word)) {
		size_t width = text_width(word);

		/* A GitHub workflow obeys a line that begins so, behind blanks, too. */
		if (!first && column + 1 + width > columns && !str_starts(word, STR("::"))) {
			buf_addc(out, '\n');
			buf_pad(out, ' ', hanging);
			column = hanging;
		} else if (!first) {
			buf_addc(out, ' ');
			column++;
		}
		add_word(out, word);
		column += width;
		first = false;
	}
	buf_addc(out, '\n');
}

void text_wrap(struct buf *out, struct str s, size_t hanging, size_t columns)
{
	struct str line;
	bool first = true;

	while (str_cut(&s, '\n', &line)) {
		if (!first)
			buf_pad(out, ' ', hanging);
		wrap_line(out, line, hanging, columns);
		first = false;
	}
}
