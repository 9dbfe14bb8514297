/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scalar
 *
 * Text is taken from the bytes, never from the parser: its own decoding leaks on some inputs, and most scalars need
 * none at all. A plain or quoted scalar without line breaks and escapes is a slice of the document. The rules are
 * YAML 1.2 chapters 7 and 8; what a plain scalar *means* follows sigs.k8s.io/yaml, that is YAML 1.1.
 */
#include "yaml/scalar.h"

#include <stdlib.h>

#include "base/utf8.h"

static bool is_break(char c)
{
	return c == '\n' || c == '\r';
}

static bool is_white(char c)
{
	return c == ' ' || c == '\t';
}

/* Skips one line break (CRLF counts as one). */
static size_t skip_break(struct str s, size_t i)
{
	if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
		return i + 2;
	return i + 1;
}

/* ---- flow scalars: plain and quoted ---- */

/*
 * Line folding (7.4): @i stands at a line break inside a scalar; blanks before it are dropped from @out by the
 * caller. One break becomes a space, each further empty line a line feed. Returns the offset of the next text.
 */
static size_t fold(struct str s, size_t i, struct buf *out)
{
	size_t breaks = 0;

	while (i < s.n && (is_break(s.p[i]) || is_white(s.p[i]))) {
		if (is_break(s.p[i])) {
			breaks++;
			i = skip_break(s, i);
		} else {
			i++;
		}
	}
	if (breaks == 1)
		buf_addc(out, ' ');
	else
		buf_pad(out, '\n', breaks - 1);
	return i;
}

static void drop_white(struct buf *out, size_t least)
{
	while (out->n > least && is_white(out->p[out->n - 1]))
		out->n--;
}

static void decode_plain(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n;) {
		if (is_break(s.p[i])) {
			drop_white(out, 0);
			i = fold(s, i, out);
		} else {
			buf_addc(out, s.p[i++]);
		}
	}
}

static void decode_single(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.n;) {
		if (is_break(s.p[i])) {
			drop_white(out, 0);
			i = fold(s, i, out);
		} else {
			if (s.p[i] == '\'')
				i++;
			if (i < s.n)
				buf_addc(out, s.p[i++]);
		}
	}
}

static void add_utf8(struct buf *out, uint32_t code)
{
	char bytes[4];

	buf_add(out, (struct str){ bytes, utf8_encode(code, bytes) });
}

static uint32_t hex(struct str s, size_t i, size_t digits)
{
	uint32_t code = 0;

	for (size_t k = 0; k < digits && i + k < s.n; k++) {
		char c = s.p[i + k];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 0x20) - (unsigned)'a' + 10;

		code = code << 4 | (digit & 15);
	}
	return code;
}

/* The escape at @i (behind the backslash); returns the offset behind it. */
static size_t unescape(struct str s, size_t i, struct buf *out)
{
	static const struct {
		char name;
		uint16_t code;
	} simple[] = {
		{ '0', 0 },   { 'a', 7 },     { 'b', 8 },    { 't', 9 },    { '\t', 9 },     { 'n', 10 },
		{ 'v', 11 },  { 'f', 12 },    { 'r', 13 },   { 'e', 27 },   { ' ', ' ' },    { '"', '"' },
		{ '/', '/' }, { '\\', '\\' }, { 'N', 0x85 }, { '_', 0xa0 }, { 'L', 0x2028 }, { 'P', 0x2029 },
	};
	size_t digits = s.p[i] == 'x' ? 2 : s.p[i] == 'u' ? 4 : s.p[i] == 'U' ? 8 : 0;

	if (digits) {
		uint32_t code = hex(s, i + 1, digits);

		i += 1 + digits;
		/* JSON writes characters beyond the BMP as a pair of surrogates. */
		if (code >= 0xd800 && code < 0xdc00 && i + 6 <= s.n && s.p[i] == '\\' && s.p[i + 1] == 'u') {
			uint32_t low = hex(s, i + 2, 4);

			if (low >= 0xdc00 && low < 0xe000) {
				code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
				i += 6;
			}
		}
		add_utf8(out, code);
		return i < s.n ? i : s.n;
	}
	for (size_t k = 0; k < sizeof(simple) / sizeof(*simple); k++) {
		if (simple[k].name == s.p[i]) {
			add_utf8(out, simple[k].code);
			break;
		}
	}
	return i + 1;
}

static void decode_double(struct str s, struct buf *out)
{
	size_t kept = 0; /* what an escape wrote is no white space to be folded away */

	for (size_t i = 0; i < s.n;) {
		if (is_break(s.p[i])) {
			drop_white(out, kept);
			i = fold(s, i, out);
		} else if (s.p[i] != '\\' || i + 1 >= s.n) {
			buf_addc(out, s.p[i++]);
		} else if (is_break(s.p[i + 1])) {
			/* This break is nothing; those of the empty lines behind it stay. */
			for (i = skip_break(s, i + 1); i < s.n && (is_white(s.p[i]) || is_break(s.p[i]));) {
				if (is_break(s.p[i]))
					buf_addc(out, '\n');
				i = is_break(s.p[i]) ? skip_break(s, i) : i + 1;
			}
			kept = out->n;
		} else {
			i = unescape(s, i + 1, out);
			kept = out->n;
		}
	}
}

struct str yaml_decode(struct arena *arena, struct str bytes, enum yaml_style style)
{
	struct buf out = BUF_INIT;
	struct str text;

	if (style == YAML_EMPTY)
		return STR_NONE;
	if (style != YAML_PLAIN)
		bytes = bytes.n >= 2 ? str_sub(bytes, 1, bytes.n - 1) : STR_NONE;
	if (!bytes.n)
		return bytes;
	if (!memchr(bytes.p, '\n', bytes.n) && !memchr(bytes.p, '\r', bytes.n) &&
	    (style == YAML_PLAIN || !memchr(bytes.p, style == YAML_SINGLE ? '\'' : '\\', bytes.n)))
		return bytes;
	if (style == YAML_PLAIN)
		decode_plain(bytes, &out);
	else if (style == YAML_SINGLE)
		decode_single(bytes, &out);
	else
		decode_double(bytes, &out);
	text = str_copy(arena, buf_str(&out));
	buf_free(&out);
	return text;
}

/* ---- block scalars ---- */

static uint32_t line_end(struct str s, uint32_t i)
{
	while (i < s.n && !is_break(s.p[i]))
		i++;
	return i;
}

static uint32_t spaces(struct str s, uint32_t i)
{
	uint32_t n = 0;

	while (i + n < s.n && s.p[i + n] == ' ')
		n++;
	return n;
}

/*
 * Columns of indentation where the header does not say: those of the first line that is not blank, but no less than
 * one more than @parent's (a line that has less is no longer text).
 */
static uint32_t detect_indent(struct str s, uint32_t at, int parent)
{
	uint32_t most = (uint32_t)(parent < 0 ? 1 : parent + 1);

	while (at < s.n) {
		uint32_t n = spaces(s, at), end = line_end(s, at);

		if (at + n < end)
			return n > most ? n : most;
		if (n > most)
			most = n;
		if (end >= s.n)
			break;
		at = (uint32_t)skip_break(s, end);
	}
	return most;
}

struct yaml_block_scalar yaml_block_scalar(struct str bytes, uint32_t header, int parent, uint32_t limit)
{
	struct yaml_block_scalar block = { .folded = bytes.p[header] == '>' };
	struct str s = { bytes.p, limit };
	uint32_t i = header + 1, explicit = 0, end;

	for (; i < s.n && (s.p[i] == '+' || s.p[i] == '-' || (s.p[i] >= '1' && s.p[i] <= '9')); i++) {
		if (s.p[i] == '+')
			block.chomp = CHOMP_KEEP;
		else if (s.p[i] == '-')
			block.chomp = CHOMP_STRIP;
		else
			explicit = (uint32_t)(s.p[i] - '0');
	}
	i = line_end(s, i);
	end = i;
	block.content = i < s.n ? (uint32_t)skip_break(s, i) : i;
	block.indent = explicit ? (uint32_t)(parent < 0 ? 0 : parent) + explicit
				: detect_indent(s, block.content, parent);
	for (uint32_t at = block.content; at < s.n;) {
		uint32_t n = spaces(s, at), stop = line_end(s, at);
		bool blank = at + n == stop && n <= block.indent;

		/* A line that is indented less ends it: the limit is the next token, with comments before it. */
		if (!blank && n < block.indent)
			break;
		if (!blank)
			end = stop;
		if (stop >= s.n) {
			if (block.chomp == CHOMP_KEEP)
				end = stop;
			break;
		}
		at = (uint32_t)skip_break(s, stop);
		if (block.chomp == CHOMP_KEEP)
			end = at;
	}
	block.end = end;
	return block;
}

/* Whether the line at @at (behind its indentation) starts with a blank: such lines are not folded. */
static bool more_indented(struct str s, uint32_t at)
{
	return at < s.n && is_white(s.p[at]);
}

struct str yaml_decode_block(struct arena *arena, struct str bytes, const struct yaml_block_scalar *block)
{
	struct str s = { bytes.p, block->end }, text;
	struct buf out = BUF_INIT;
	size_t breaks = 0; /* line breaks seen since the last text */
	bool first = true, previous_more = false;
	uint32_t at = block->content;

	while (at < s.n) {
		uint32_t stop = line_end(s, at), n = spaces(s, at);
		uint32_t text_at = at + (n < block->indent ? n : block->indent);

		if (text_at < stop) {
			bool more = more_indented(s, text_at);

			if (first || !block->folded || more || previous_more)
				buf_pad(&out, '\n', breaks);
			else if (breaks == 1)
				buf_addc(&out, ' ');
			else
				buf_pad(&out, '\n', breaks - 1);
			buf_add(&out, str_sub(s, text_at, stop));
			previous_more = more;
			first = false;
			breaks = 0;
		}
		if (stop >= s.n)
			break;
		breaks++;
		at = (uint32_t)skip_break(s, stop);
	}
	/* A last line without a line break has one all the same: kubectl adds it. */
	if (block->chomp == CHOMP_KEEP && s.n > block->content && !is_break(s.p[s.n - 1]))
		breaks++;
	if (block->chomp == CHOMP_KEEP)
		buf_pad(&out, '\n', breaks);
	else if (block->chomp == CHOMP_CLIP && out.n)
		buf_addc(&out, '\n');
	text = str_copy(arena, buf_str(&out));
	buf_free(&out);
	return text;
}

/* ---- meaning of plain scalars ---- */

/* The words of YAML 1.1 that are no text, the shorter ones first. */
static const struct word {
	char text[6];
	enum yaml_type type;
	bool value;
} words[] = {
	/* clang-format off */
	{ "~", YAML_NULL, false },
	{ "y", YAML_BOOL, true },
	{ "Y", YAML_BOOL, true },
	{ "n", YAML_BOOL, false },
	{ "N", YAML_BOOL, false },
	{ "on", YAML_BOOL, true },
	{ "On", YAML_BOOL, true },
	{ "ON", YAML_BOOL, true },
	{ "no", YAML_BOOL, false },
	{ "No", YAML_BOOL, false },
	{ "NO", YAML_BOOL, false },
	{ "yes", YAML_BOOL, true },
	{ "Yes", YAML_BOOL, true },
	{ "YES", YAML_BOOL, true },
	{ "off", YAML_BOOL, false },
	{ "Off", YAML_BOOL, false },
	{ "OFF", YAML_BOOL, false },
	{ "null", YAML_NULL, false },
	{ "Null", YAML_NULL, false },
	{ "NULL", YAML_NULL, false },
	{ "true", YAML_BOOL, true },
	{ "True", YAML_BOOL, true },
	{ "TRUE", YAML_BOOL, true },
	{ ".nan", YAML_FLOAT, false },
	{ ".NaN", YAML_FLOAT, false },
	{ ".NAN", YAML_FLOAT, false },
	{ ".inf", YAML_FLOAT, false },
	{ ".Inf", YAML_FLOAT, false },
	{ ".INF", YAML_FLOAT, false },
	{ "false", YAML_BOOL, false },
	{ "False", YAML_BOOL, false },
	{ "FALSE", YAML_BOOL, false },
	{ "+.inf", YAML_FLOAT, false },
	{ "+.Inf", YAML_FLOAT, false },
	{ "+.INF", YAML_FLOAT, false },
	{ "-.inf", YAML_FLOAT, false },
	{ "-.Inf", YAML_FLOAT, false },
	{ "-.INF", YAML_FLOAT, false },
	/* clang-format on */
};

/* Where the words of each length begin. */
static const uint8_t words_from[] = { 0, 0, 5, 11, 17, 29, 38 };

enum { WORD_LONGEST = sizeof(words_from) - 2 };

_Static_assert(38 == sizeof(words) / sizeof(*words), "every word has its place");

static const struct word *find_word(struct str s)
{
	if (s.n > WORD_LONGEST)
		return NULL;
	for (size_t i = words_from[s.n]; i < words_from[s.n + 1]; i++)
		if (words[i].text[0] == s.p[0] && !memcmp(words[i].text, s.p, s.n))
			return &words[i];
	return NULL;
}

/* strconv.ParseInt(s without '_', 0, 64): 0x, 0b, 0o and a leading 0 for octal. */
static bool resolve_int(struct str s, int64_t *ret_int)
{
	char digits[72];
	size_t n = 0;
	bool negative = s.n && s.p[0] == '-';
	unsigned base = 10;
	uint64_t value = 0;
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+');

	for (; i < s.n; i++) {
		if (s.p[i] == '_')
			continue;
		if (n == sizeof(digits))
			return false;
		digits[n++] = s.p[i];
	}
	i = 0;
	if (n > 1 && digits[0] == '0') {
		char kind = (char)(digits[1] | 0x20);

		base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
		i = kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1;
	}
	if (i >= n)
		return false;
	for (; i < n; i++) {
		char c = digits[i];
		unsigned digit = c >= '0' && c <= '9'			  ? (unsigned)(c - '0')
				 : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned)((c | 0x20) - 'a' + 10)
									  : 99;

		if (digit >= base || value > ((uint64_t)INT64_MAX + negative - digit) / base)
			return false;
		value = value * base + digit;
	}
	*ret_int = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

static size_t skip_digits(struct str s, size_t *at)
{
	size_t from = *at;

	while (*at < s.n && ((s.p[*at] >= '0' && s.p[*at] <= '9') || s.p[*at] == '_'))
		(*at)++;
	return *at - from;
}

/* ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$ as go-yaml has it, `_` left out unless it begins with a dot. */
static bool looks_float(struct str s)
{
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+'), digits;

	if (s.n && s.p[0] == '.' && memchr(s.p, '_', s.n))
		return false;
	digits = skip_digits(s, &i);
	if (i < s.n && s.p[i] == '.') {
		i++;
		digits += skip_digits(s, &i);
	}
	if (!digits)
		return false;
	if (i < s.n && (s.p[i] | 0x20) == 'e') {
		i++;
		if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
			i++;
		if (!skip_digits(s, &i))
			return false;
	}
	return i == s.n;
}

enum yaml_type yaml_resolve_plain(struct str s, int64_t *ret_int, bool *ret_bool)
{
	const struct word *word;
	int64_t value = 0;

	if (!s.n)
		return YAML_NULL;
	word = find_word(s);
	if (word) {
		if (word->type == YAML_BOOL && ret_bool)
			*ret_bool = word->value;
		return word->type;
	}
	if ((s.p[0] < '0' || s.p[0] > '9') && s.p[0] != '-' && s.p[0] != '+' && s.p[0] != '.')
		return YAML_STR;
	if (s.p[0] != '.' && resolve_int(s, &value)) {
		if (ret_int)
			*ret_int = value;
		return YAML_INT;
	}
	return looks_float(s) ? YAML_FLOAT : YAML_STR;
}
