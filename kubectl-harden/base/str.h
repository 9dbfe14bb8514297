/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Strings: a slice that owns nothing, and a growing buffer that does.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

/* A slice of bytes that somebody else owns; not terminated; may hold any byte. */
struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })
#define STR_NONE ((struct str){ 0 })
/* For "%.*s". */
#define STR_ARG(s) ((s).n > 0x7fffffff ? 0x7fffffff : (int)(s).n), ((s).p ? (s).p : "")

static inline struct str str_of(const char *z)
{
	return (struct str){ z, z ? strlen(z) : 0 };
}

static inline struct str str_sub(struct str s, size_t from, size_t to)
{
	/* Nothing can be added to NULL, not even nothing. */
	return (struct str){ from ? s.p + from : s.p, to - from };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

static inline bool str_is(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && !memcmp(s.p, prefix.p, prefix.n);
}

static inline bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && !memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n);
}

/* str_ieq() - equal but for ASCII case. */
bool str_ieq(struct str a, struct str b);

/* str_cmp() - bytewise order, as memcmp; a prefix comes first. */
int str_cmp(struct str a, struct str b);

/* str_find() - offset of the first @needle in @s at or after @from, SIZE_MAX if there is none. */
size_t str_find(struct str s, struct str needle, size_t from);

/* str_trim() - without blanks, tabs, CR and LF at both ends. */
struct str str_trim(struct str s);

/* str_folder() - the folder that @path lies in, with its slash; empty where it names none. */
struct str str_folder(struct str path);

/*
 * str_cut() - takes the part of @rest before the first @separator into @ret_part and leaves what follows in @rest.
 * Returns false once @rest is used up. "a;;b" gives "a", "", "b".
 */
bool str_cut(struct str *rest, char separator, struct str *ret_part);

/* str_int() - a plain decimal number, optional '-', nothing else around it, no overflow. */
bool str_int(struct str s, int64_t *ret_value);

/* str_hash() - 64 bit FNV-1a. str_hash_more() - of what was hashed to @hash, and @s behind it. */
uint64_t str_hash(struct str s);
uint64_t str_hash_more(uint64_t hash, struct str s);

/* str_dup() - a NUL-terminated copy; the caller frees it. */
char *str_dup(struct str s);

/* str_copy(), str_fmt() - a copy in @arena; NUL-terminated besides. */
struct str str_copy(struct arena *arena, struct str s);
struct str str_fmt(struct arena *arena, const char *format, ...) __attribute__((__format__(printf, 2, 3)));

/* str_lower() - a copy in @arena, likewise terminated, with its ASCII letters in lower case. */
struct str str_lower(struct arena *arena, struct str s);

/* str_join(), str_from_int() - as str_fmt() with "%.*s%.*s" and "%lld", at a tenth of the cost. */
struct str str_join(struct arena *arena, struct str a, struct str b);
struct str str_from_int(struct arena *arena, int64_t value);

/* str_int_text() - the same in @text, of which it takes the end; not terminated. */
enum { STR_INT_MAX = 24 };
struct str str_int_text(char text[STR_INT_MAX], int64_t value);

/*
 * str_nearest() - the best suggestion for a misspelt @word among @n @candidates, NULL if none is near
 * (edit distance of at most a third of its length).
 */
const char *str_nearest(struct str word, const char *const *candidates, size_t n);

/* A growing byte buffer on the heap. buf_free() releases it; buf_wipe(), too, and leaves nothing of it in memory. */
struct buf {
	char *p;
	size_t n, cap;
};

#define BUF_INIT ((struct buf){ 0 })

void buf_free(struct buf *buf);
void buf_wipe(struct buf *buf);
void buf_reserve(struct buf *buf, size_t more);
void buf_add(struct buf *buf, struct str s);
void buf_addz(struct buf *buf, const char *z);
void buf_addc(struct buf *buf, char c);
void buf_pad(struct buf *buf, char c, size_t count);
/*
 * buf_add_percent() - @s percent-encoded, but for what is unreserved in URLs (RFC 3986: a letter, a digit, "-._~") or
 * in @plain.
 */
void buf_add_percent(struct buf *buf, struct str s, const char *plain);
void buf_addf(struct buf *buf, const char *format, ...) __attribute__((__format__(printf, 2, 3)));
void buf_vaddf(struct buf *buf, const char *format, va_list args) __attribute__((__format__(printf, 2, 0)));

static inline struct str buf_str(const struct buf *buf)
{
	return (struct str){ buf->p, buf->n };
}
