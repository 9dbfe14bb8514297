/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings
 *
 * Input is bytes with a length: it may hold NUL and is never terminated, so nothing here relies on a terminator.
 * Copies made by str_copy() and str_fmt() are terminated besides, for the few system calls that need it.
 */
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_ieq(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

size_t str_find(struct str s, struct str needle, size_t from)
{
	const char *hit;

	if (from > s.n || !s.p)
		return SIZE_MAX;
	hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
	return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s.p++, s.n--;
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_folder(struct str path)
{
	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	return path;
}

bool str_cut(struct str *rest, char separator, struct str *ret_part)
{
	const char *hit;

	if (!rest->p)
		return false;
	hit = rest->n ? memchr(rest->p, separator, rest->n) : NULL;
	if (!hit) {
		*ret_part = *rest;
		*rest = STR_NONE;
		return true;
	}
	*ret_part = (struct str){ rest->p, (size_t)(hit - rest->p) };
	*rest = (struct str){ hit + 1, rest->n - ret_part->n - 1 };
	return true;
}

bool str_int(struct str s, int64_t *ret_value)
{
	uint64_t value = 0, most = INT64_MAX;
	bool negative = s.n && s.p[0] == '-';
	size_t i = negative;

	if (i == s.n)
		return false;
	most += negative;
	for (; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - (unsigned)'0';

		if (digit > 9 || value > (most - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret_value = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

uint64_t str_hash_more(uint64_t hash, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		hash = (hash ^ (unsigned char)s.p[i]) * 0x100000001b3;
	return hash;
}

uint64_t str_hash(struct str s)
{
	return str_hash_more(0xcbf29ce484222325, s);
}

char *str_dup(struct str s)
{
	char *z = xmalloc(s.n + 1);

	if (s.n)
		memcpy(z, s.p, s.n);
	z[s.n] = '\0';
	return z;
}

struct str str_copy(struct arena *arena, struct str s)
{
	char *p = arena_alloc(arena, s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

struct str str_lower(struct arena *arena, struct str s)
{
	char *p = arena_alloc(arena, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = lower(s.p[i]);
	return (struct str){ p, s.n };
}

struct str str_fmt(struct arena *arena, const char *format, ...)
{
	char text[256];
	va_list args;
	char *p;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0)
		n = 0;
	if ((size_t)n < sizeof(text))
		return str_copy(arena, (struct str){ text, (size_t)n });
	p = arena_alloc(arena, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	return (struct str){ p, (size_t)n };
}

struct str str_join(struct arena *arena, struct str a, struct str b)
{
	char *p = arena_alloc(arena, a.n + b.n + 1);

	if (a.n)
		memcpy(p, a.p, a.n);
	if (b.n)
		memcpy(p + a.n, b.p, b.n);
	return (struct str){ p, a.n + b.n };
}

struct str str_int_text(char text[STR_INT_MAX], int64_t value)
{
	size_t at = STR_INT_MAX;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do
		text[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		text[--at] = '-';
	return (struct str){ text + at, STR_INT_MAX - at };
}

struct str str_from_int(struct arena *arena, int64_t value)
{
	char text[STR_INT_MAX];

	return str_copy(arena, str_int_text(text, value));
}

/* Levenshtein distance with adjacent transpositions counted as two; words are short (names of ours). */
static size_t distance(struct str a, struct str b)
{
	size_t row[64];

	if (a.n >= 64 || b.n >= 64)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t best = diagonal + (lower(a.p[i - 1]) != lower(b.p[j - 1]));

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[b.n];
}

const char *str_nearest(struct str word, const char *const *candidates, size_t n)
{
	const char *best = NULL;
	size_t least = word.n / 3 + 1;

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, str_of(candidates[i]));

		if (d < least) {
			least = d;
			best = candidates[i];
		}
	}
	return best;
}

void buf_free(struct buf *buf)
{
	free(buf->p);
	*buf = BUF_INIT;
}

void buf_wipe(struct buf *buf)
{
	if (buf->p)
		explicit_bzero(buf->p, buf->n);
	buf_free(buf);
}

void buf_reserve(struct buf *buf, size_t more)
{
	size_t want = buf->n + more;

	if (want <= buf->cap)
		return;
	if (want < buf->cap + buf->cap / 2)
		want = buf->cap + buf->cap / 2;
	if (want < 256)
		want = 256;
	buf->p = xrealloc(buf->p, want);
	buf->cap = want;
}

void buf_add(struct buf *buf, struct str s)
{
	if (!s.n)
		return;
	buf_reserve(buf, s.n);
	memcpy(buf->p + buf->n, s.p, s.n);
	buf->n += s.n;
}

void buf_addz(struct buf *buf, const char *z)
{
	buf_add(buf, str_of(z));
}

void buf_addc(struct buf *buf, char c)
{
	buf_reserve(buf, 1);
	buf->p[buf->n++] = c;
}

void buf_pad(struct buf *buf, char c, size_t count)
{
	if (!count)
		return;
	buf_reserve(buf, count);
	memset(buf->p + buf->n, c, count);
	buf->n += count;
}

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

void buf_add_percent(struct buf *buf, struct str s, const char *plain)
{
	for (size_t i = 0; i < s.n; i++) {
		if (is_unreserved(s.p[i]) || (s.p[i] && strchr(plain, s.p[i])))
			buf_addc(buf, s.p[i]);
		else
			buf_addf(buf, "%%%02X", (unsigned char)s.p[i]);
	}
}

void buf_vaddf(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	int n;

	/* Most texts fit at once. */
	buf_reserve(buf, 128);
	va_copy(again, args);
	n = vsnprintf(buf->p + buf->n, buf->cap - buf->n, format, again);
	va_end(again);
	if (n < 0)
		return;
	if ((size_t)n >= buf->cap - buf->n) {
		buf_reserve(buf, (size_t)n + 1);
		vsnprintf(buf->p + buf->n, (size_t)n + 1, format, args);
	}
	buf->n += (size_t)n;
}

void buf_addf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vaddf(buf, format, args);
	va_end(args);
}
