/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * UTF-8: code points of what strangers wrote, and which of them must not reach a terminal or a reader as they are.
 */

#include "base/str.h"

enum { UTF8_NONE = 0xffffffff };

/* utf8_decode() - the code point at the start of @s, which is not empty, and its length; UTF8_NONE and 1 for a byte that is none. */
uint32_t utf8_decode(struct str s, size_t *ret_length);

/* utf8_encode() - writes @point to @out; how many bytes it took. */
size_t utf8_encode(uint32_t point, char out[4]);

/* An inclusive range of code points; tables of them ascend. */
struct utf8_range {
	uint32_t from, to;
};

bool utf8_is_in(uint32_t point, const struct utf8_range *ranges, size_t n);
#define UTF8_IS_IN(point, ranges) utf8_is_in(point, ranges, sizeof(ranges) / sizeof(*(ranges)))

/* utf8_is_hidden() - whether a terminal might obey it, or a reader would not see it: controls, marks of direction, no UTF-8. */
bool utf8_is_hidden(uint32_t point);
