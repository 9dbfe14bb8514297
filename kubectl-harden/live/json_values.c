/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON values
 *
 * An answer is checked once, from its first byte to its last, with one bit for each open bracket. After that a value
 * is passed over by counting brackets, so that finding all items of a list costs two passes, however deep they are.
 */
#include "live/json_values.h"

#include "base/utf8.h"

struct checker {
	struct str text;
	size_t at, depth;
	const char *why;
	uint64_t objects[JSON_DEPTH_MAX / 64 + 1]; /* a bit for each open bracket: it is a { */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void skip_blanks(struct str text, size_t *at)
{
	while (*at < text.n && is_blank(text.p[*at]))
		++*at;
}

/* The byte at @at; NUL, which may stand nowhere in JSON, at the end. */
static char byte_at(struct str text, size_t at)
{
	return at < text.n ? text.p[at] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool refuse(struct checker *checker, const char *why)
{
	checker->why = checker->at < checker->text.n ? why : "it ends too early";
	return false;
}

/* What follows a backslash. */
static bool check_escape(struct checker *checker)
{
	char c = byte_at(checker->text, checker->at);

	if (!c || !strchr("\"\\/bfnrtu", c))
		return refuse(checker, "an unknown escape");
	checker->at++;
	for (int i = 0; c == 'u' && i < 4; i++, checker->at++)
		if (hex_digit(byte_at(checker->text, checker->at)) < 0)
			return refuse(checker, "an unknown escape");
	return true;
}

static bool check_string(struct checker *checker)
{
	if (byte_at(checker->text, checker->at) != '"')
		return refuse(checker, "a string was expected");
	for (checker->at++; checker->at < checker->text.n;) {
		unsigned char c = (unsigned char)checker->text.p[checker->at];

		if (c < 0x20)
			return refuse(checker, "a control character in a string");
		checker->at++;
		if (c == '"')
			return true;
		if (c == '\\' && !check_escape(checker))
			return false;
	}
	return refuse(checker, "");
}

/* At least one digit. */
static bool check_digits(struct checker *checker)
{
	if (!is_digit(byte_at(checker->text, checker->at)))
		return refuse(checker, "a digit was expected");
	while (is_digit(byte_at(checker->text, checker->at)))
		checker->at++;
	return true;
}

static bool check_number(struct checker *checker)
{
	char c;

	if (byte_at(checker->text, checker->at) == '-')
		checker->at++;
	if (byte_at(checker->text, checker->at) == '0')
		checker->at++;
	else if (!check_digits(checker))
		return false;
	if (byte_at(checker->text, checker->at) == '.') {
		checker->at++;
		if (!check_digits(checker))
			return false;
	}
	c = byte_at(checker->text, checker->at);
	if (c != 'e' && c != 'E')
		return true;
	c = byte_at(checker->text, ++checker->at);
	if (c == '+' || c == '-')
		checker->at++;
	return check_digits(checker);
}

static bool check_scalar(struct checker *checker)
{
	static const char *const words[] = { "true", "false", "null" };
	char c = byte_at(checker->text, checker->at);

	if (c == '"')
		return check_string(checker);
	if (c == '-' || is_digit(c))
		return check_number(checker);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (str_starts(str_sub(checker->text, checker->at, checker->text.n), str_of(words[i]))) {
			checker->at += strlen(words[i]);
			return true;
		}
	}
	return refuse(checker, "a value was expected");
}

static bool in_object(const struct checker *checker)
{
	size_t level = checker->depth - 1;

	return checker->objects[level / 64] >> level % 64 & 1;
}

static bool open_bracket(struct checker *checker, bool object)
{
	uint64_t bit = (uint64_t)1 << checker->depth % 64, *word = &checker->objects[checker->depth / 64];

	if (checker->depth == JSON_DEPTH_MAX)
		return refuse(checker, "nested too deeply");
	*word = object ? *word | bit : *word & ~bit;
	checker->depth++;
	checker->at++;
	return true;
}

/* After a value: what closes here, and the comma before the next one. *ret_more is false where all is closed. */
static bool check_after(struct checker *checker, bool *ret_more)
{
	for (;;) {
		char c;

		skip_blanks(checker->text, &checker->at);
		if (!checker->depth) {
			*ret_more = false;
			return true;
		}
		c = byte_at(checker->text, checker->at);
		if (c == ',') {
			checker->at++;
			*ret_more = true;
			return true;
		}
		if (c != (in_object(checker) ? '}' : ']'))
			return refuse(checker, "a comma was expected");
		checker->at++;
		checker->depth--;
	}
}

static bool check_key(struct checker *checker)
{
	if (!check_string(checker))
		return false;
	skip_blanks(checker->text, &checker->at);
	if (byte_at(checker->text, checker->at) != ':')
		return refuse(checker, "a colon was expected");
	checker->at++;
	skip_blanks(checker->text, &checker->at);
	return true;
}

/* One value and the blanks around it. */
static bool check_value(struct checker *checker)
{
	bool first = false, more = true;

	while (more) {
		char c;

		skip_blanks(checker->text, &checker->at);
		c = byte_at(checker->text, checker->at);
		if (first && c == (in_object(checker) ? '}' : ']')) {
			checker->at++;
			checker->depth--;
		} else {
			if (checker->depth && in_object(checker)) {
				if (!check_key(checker))
					return false;
				c = byte_at(checker->text, checker->at);
			}
			if (c == '{' || c == '[') {
				if (!open_bracket(checker, c == '{'))
					return false;
				first = true;
				continue;
			}
			if (!check_scalar(checker))
				return false;
		}
		first = false;
		if (!check_after(checker, &more))
			return false;
	}
	return true;
}

bool json_whole(struct str text, struct str *ret_value, struct error **err)
{
	struct checker checker = { .text = text };

	if (check_value(&checker) && checker.at < text.n)
		refuse(&checker, "more than one value");
	if (checker.why)
		return error_set(err, "no JSON: %s (byte %zu)", checker.why, checker.at);
	*ret_value = str_trim(text);
	return true;
}

/* The rest knows that it is JSON. */

static void skip_string(struct str text, size_t *at)
{
	for (++*at; *at < text.n && text.p[*at] != '"'; ++*at)
		*at += text.p[*at] == '\\';
	++*at;
}

static void skip_value(struct str text, size_t *at)
{
	size_t depth = 0;

	while (*at < text.n) {
		char c = text.p[*at];

		if (c == '"') {
			skip_string(text, at);
			if (!depth)
				break;
			continue;
		}
		if ((c == ',' || c == '}' || c == ']' || is_blank(c)) && !depth)
			break;
		depth += c == '{' || c == '[';
		++*at;
		if ((c == '}' || c == ']') && !--depth)
			break;
	}
	if (*at > text.n)
		*at = text.n;
}

struct json_walk json_walk(struct str container)
{
	bool object = json_is_object(container);

	if (!object && !json_is_list(container))
		return (struct json_walk){ 0 };
	return (struct json_walk){ .text = str_sub(container, 1, container.n - 1), .object = object };
}

bool json_next(struct json_walk *walk)
{
	size_t from;

	skip_blanks(walk->text, &walk->at);
	if (walk->at < walk->text.n && walk->text.p[walk->at] == ',')
		walk->at++;
	skip_blanks(walk->text, &walk->at);
	if (walk->at >= walk->text.n)
		return false;
	if (walk->object) {
		from = walk->at;
		skip_string(walk->text, &walk->at);
		walk->key = str_sub(walk->text, from, walk->at);
		skip_blanks(walk->text, &walk->at);
		walk->at++;
		skip_blanks(walk->text, &walk->at);
	}
	from = walk->at;
	skip_value(walk->text, &walk->at);
	walk->value = str_sub(walk->text, from, walk->at);
	return true;
}

/* Four hex digits. */
static uint32_t code_unit(const char *p)
{
	uint32_t unit = 0;

	for (int i = 0; i < 4; i++)
		unit = unit << 4 | (uint32_t)hex_digit(p[i]);
	return unit;
}

/* A \u, and the one behind it where they are halves of one: the code point that they are. */
static uint32_t code_point(struct str inner, size_t *at)
{
	uint32_t high = code_unit(inner.p + *at + 2), low;

	*at += 6;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || *at + 6 > inner.n || inner.p[*at] != '\\' || inner.p[*at + 1] != 'u')
		return 0xfffd;
	low = code_unit(inner.p + *at + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return 0xfffd;
	*at += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* What the next piece of a string without its quotes says: a byte, or an escape; its length. */
static size_t next_bytes(struct str inner, size_t *at, char out[4])
{
	static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";

	if (inner.p[*at] != '\\') {
		out[0] = inner.p[(*at)++];
		return 1;
	}
	if (inner.p[*at + 1] == 'u')
		return utf8_encode(code_point(inner, at), out);
	out[0] = meanings[strchr(escapes, inner.p[*at + 1]) - escapes];
	*at += 2;
	return 1;
}

bool json_key_is(const struct json_walk *walk, const char *key)
{
	struct str inner;
	size_t at = 0, done = 0, length = strlen(key);
	char piece[4];

	if (walk->key.n < 2)
		return false;
	inner = str_sub(walk->key, 1, walk->key.n - 1);
	if (!memchr(inner.p, '\\', inner.n))
		return str_is(inner, key);
	while (at < inner.n) {
		size_t n = next_bytes(inner, &at, piece);

		if (n > length - done || memcmp(key + done, piece, n) != 0)
			return false;
		done += n;
	}
	return done == length;
}

struct str json_member(struct str object, const char *key)
{
	struct json_walk walk = json_walk(object);
	struct str found = STR_NONE;

	while (walk.object && json_next(&walk))
		if (json_key_is(&walk, key))
			found = walk.value;
	return found;
}

bool json_is_object(struct str value)
{
	return value.n && value.p[0] == '{';
}

bool json_is_list(struct str value)
{
	return value.n && value.p[0] == '[';
}

bool json_is_text(struct str value)
{
	return value.n && value.p[0] == '"';
}

struct str json_text(struct str value, struct arena *arena)
{
	struct str inner;
	size_t at = 0, n = 0;
	char *text;

	if (value.n < 2 || !json_is_text(value))
		return STR_NONE;
	inner = str_sub(value, 1, value.n - 1);
	if (!memchr(inner.p, '\\', inner.n))
		return str_copy(arena, inner);
	/* No escape is shorter than what it says. */
	text = arena_alloc(arena, inner.n + 1);
	while (at < inner.n) {
		char piece[4];
		size_t length = next_bytes(inner, &at, piece);

		memcpy(text + n, piece, length);
		n += length;
	}
	return (struct str){ text, n };
}

bool json_int(struct str value, int64_t *ret)
{
	return str_int(value, ret);
}
