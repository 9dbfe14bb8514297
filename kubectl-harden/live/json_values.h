/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * JSON values: where they stand in the bytes of an answer, which are handed on as they are.
 *
 * For answers of any size from a server that may be hostile: no tree, no recursion, one pass for each level that is
 * entered. What is no JSON is an error before anything of it is used.
 */

#include "base/error.h"

enum { JSON_DEPTH_MAX = 10000 }; /* as encoding/json has it */

/*
 * A value is its bytes, without blanks around them; empty: there is none.
 *
 * json_whole() - the only value in @text, which is checked through and through. False with *err, which says the byte.
 */
bool json_whole(struct str text, struct str *ret_value, struct error **err);

/*
 * A walk over the members of an object or the items of a list that json_whole() has checked; over nothing where
 * @container is something else.
 *
 *	struct json_walk walk = json_walk(value);
 *	while (json_next(&walk))
 *		…walk.key, walk.value
 */
struct json_walk {
	struct str text;
	size_t at;
	bool object;
	struct str key; /* as it is written, with its quotes; empty in a list */
	struct str value;
};

struct json_walk json_walk(struct str container);
bool json_next(struct json_walk *walk);

/* json_key_is() - whether the key of this member is @key, however it is written. */
bool json_key_is(const struct json_walk *walk, const char *key);

/*
 * json_member() - the member @key of @object; the last one where there are several, as Go reads it; empty if none.
 * json_is_object(), json_is_list(), json_is_text() - what a value is.
 * json_text() - what a string says, in @arena; empty for all else. A lone surrogate is U+FFFD.
 * json_int() - a whole number; false for all else.
 */
struct str json_member(struct str object, const char *key);
bool json_is_object(struct str value);
bool json_is_list(struct str value);
bool json_is_text(struct str value);
struct str json_text(struct str value, struct arena *arena);
bool json_int(struct str value, int64_t *ret);
