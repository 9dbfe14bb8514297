/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guard
 *
 * libfyaml 0.7.12 truncates at NUL, nulls a value with invalid UTF-8, returns no document for UTF-16, loops for ever
 * on some directives and takes U+0085 for text where kubectl sees a line break. Each of these would let a field hide
 * from us or hang us, so such documents are refused before they are parsed. One pass, a table look-up a byte.
 */
#include "yaml/guard.h"

#include "yaml/tree_internal.h"

enum { PLAIN, CONTROL, LEAD, ODD };

/* Class of each byte: 0 needs no look. Line breaks are looked at for the `%` that may follow. */
static const uint8_t classes[256] = {
	/* clang-format off */
	[0] = CONTROL, [1] = CONTROL, [2] = CONTROL, [3] = CONTROL, [4] = CONTROL, [5] = CONTROL, [6] = CONTROL,
	[7] = CONTROL, [8] = CONTROL, [11] = CONTROL, [12] = CONTROL, [14] = CONTROL, [15] = CONTROL, [16] = CONTROL,
	[17] = CONTROL, [18] = CONTROL, [19] = CONTROL, [20] = CONTROL, [21] = CONTROL, [22] = CONTROL, [23] = CONTROL,
	[24] = CONTROL, [25] = CONTROL, [26] = CONTROL, [27] = CONTROL, [28] = CONTROL, [29] = CONTROL, [30] = CONTROL,
	[31] = CONTROL, [127] = CONTROL, ['%'] = ODD, [128 ... 255] = LEAD,
	/* clang-format on */
};

static bool refuse(struct yaml_refusal *ret_why, size_t at, const char *why)
{
	*ret_why = (struct yaml_refusal){ .at = (uint32_t)at, .why = why };
	return false;
}

/* Length of the UTF-8 sequence at @p with @n bytes left and its code point; 0 when it is none (RFC 3629). */
static size_t decode(const unsigned char *p, size_t n, uint32_t *ret_code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	uint32_t code;

	if (!size || size > n)
		return 0;
	code = p[0] & (0xffu >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fu);
	}
	if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return size;
}

static const char *wide_problem(uint32_t code)
{
	if (code == 0xfeff)
		return "a byte order mark inside the text; remove it";
	if (code >= 0x80 && code <= 0x9f && code != 0x85)
		return "a control character; remove it";
	if (code == 0x85 || code == 0x2028 || code == 0x2029)
		return "an invisible line break (U+0085, U+2028 or U+2029), which Kubernetes may read as a new line; "
		       "replace it";
	return NULL;
}

enum { STRIDE = 32 };

/* Whether the next STRIDE bytes are plain ASCII text without `%`; written so that compilers make vectors of it. */
static bool is_plain_stride(const unsigned char *p)
{
	unsigned char odd = 0;

	for (size_t i = 0; i < STRIDE; i++)
		odd |= (unsigned char)((p[i] < ' ' && p[i] != '\n') | (p[i] > '~') | (p[i] == '%'));
	return !odd;
}

enum { LINE_DEPTH_MAX = 4096 };

/*
 * Brackets on one line: the parser remembers each that is open until it knows that the line is no key, which takes
 * more than a hundred bytes of memory a bracket. Only lines long enough to be harmful are looked at, and quotes are
 * not, for what a quote is depends on what stands before it. False with the offset where there are too many.
 */
static bool check_line_depth(struct str bytes, size_t *ret_at)
{
	for (size_t at = 0; bytes.n - at > LINE_DEPTH_MAX;) {
		const char *hit = memrchr(bytes.p + at, '\n', LINE_DEPTH_MAX);
		unsigned depth = 0;

		if (hit) {
			at = (size_t)(hit - bytes.p) + 1;
			continue;
		}
		for (; at < bytes.n && bytes.p[at] != '\n'; at++) {
			char c = bytes.p[at];

			if (c == '[' || c == '{') {
				*ret_at = at;
				if (++depth > LINE_DEPTH_MAX)
					return false;
			} else if ((c == ']' || c == '}') && depth) {
				depth--;
			}
		}
	}
	return true;
}

static bool is_break(char c)
{
	return c == '\n' || c == '\r';
}

static size_t line_start(struct str s, size_t at)
{
	while (at && !is_break(s.p[at - 1]))
		at--;
	return at;
}

static bool is_end_marker(struct str line)
{
	return str_starts(line, STR("...")) && (line.n == 3 || line.p[3] == ' ' || line.p[3] == '\t');
}

enum percent { PERCENT_TEXT, PERCENT_DIRECTIVE, PERCENT_BEHIND_THE_END };

/*
 * What the `%` at @at, which begins a line, is. A directive has nothing but comments before it; with text before it,
 * it can only be a line of a text that goes over several lines, or what the parser refuses by itself. @from: behind
 * the last such `%`, which was text: no need to look further back.
 */
static enum percent percent_at(struct str s, size_t at, size_t from)
{
	bool ended = false;

	while (at > from) {
		size_t end = at - 1, start = line_start(s, end);
		struct str line = str_trim(str_sub(s, start, end));

		at = start;
		if (is_end_marker(str_sub(s, start, end)))
			ended = true;
		else if (line.n && line.p[0] != '#')
			return ended ? PERCENT_BEHIND_THE_END : PERCENT_TEXT;
	}
	return from ? PERCENT_TEXT : PERCENT_DIRECTIVE;
}

static const char no_utf8[] = "not UTF-8; convert it";
static const char directive[] = "a YAML directive, which kubectl refuses, or drops with all that follows up to ---; "
				"remove it";

bool yaml_guard(struct str bytes, size_t *ret_end, struct yaml_refusal *ret_why)
{
	size_t percent = 0; /* behind the last % that begins a line */
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t at;

	*ret_end = bytes.n;
	if (!check_line_depth(bytes, &at))
		return refuse(ret_why, (uint32_t)at, YAML_TOO_DEEP);

	if (bytes.n >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
		return refuse(ret_why, 0, "UTF-16; convert it to UTF-8");
	for (size_t i = 0; i < bytes.n;) {
		const char *problem;
		uint32_t code = 0;
		size_t size;

		while (i + STRIDE <= bytes.n && is_plain_stride(p + i))
			i += STRIDE;
		if (i == bytes.n)
			break;
		switch (classes[p[i]]) {
		case PLAIN:
			i++;
			break;
		case CONTROL:
			return refuse(ret_why, i, "a control character; remove it");
		case ODD:
			if (*ret_end == bytes.n && (i == 0 || is_break(bytes.p[i - 1]))) {
				enum percent what = percent_at(bytes, i, percent);

				if (what == PERCENT_DIRECTIVE)
					return refuse(ret_why, i, directive);
				if (what == PERCENT_BEHIND_THE_END)
					*ret_end = i;
				percent = i + 1;
			}
			i++;
			break;
		default:
			size = decode(p + i, bytes.n - i, &code);
			if (!size)
				return refuse(ret_why, i, no_utf8);
			problem = wide_problem(code);
			if (problem)
				return refuse(ret_why, i, problem);
			i += size;
		}
	}
	return true;
}

bool yaml_guard_json(struct str bytes, struct yaml_refusal *ret_why)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	uint32_t code;
	size_t size;

	for (size_t i = 0; i < bytes.n; i += size) {
		size = p[i] < 0x80 ? 1 : decode(p + i, bytes.n - i, &code);
		if (!size)
			return refuse(ret_why, i, no_utf8);
	}
	return true;
}
