/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * JSON, written: piece by piece to a buffer, so that a report of a million findings is never held as a tree, and any
 * bytes can stand in a string.
 *
 *	json_open(&json, '{');
 *	json_key(&json, "path");
 *	json_str(&json, path);
 *	json_close(&json, '}');
 *
 * Commas, and in a pretty one line breaks and indentation, are its own business.
 */

#include "base/str.h"

struct json {
	struct buf *out;
	unsigned depth;	 /* less than 64 */
	unsigned pretty; /* levels that get a line for each of their children; deeper ones stay on one line */
	uint64_t filled; /* a bit for each open level: it has a child */
	bool value;	 /* a key was written: its value follows */
};

/* json_init() - appends to @out, with lines down to the level @pretty. */
struct json json_init(struct buf *out, unsigned pretty);

/* json_open(), json_close() - one of {, [, }, ]. */
void json_open(struct json *json, char bracket);
void json_close(struct json *json, char bracket);
void json_key(struct json *json, const char *key);

void json_str(struct json *json, struct str value);
void json_uint(struct json *json, uint64_t value);
void json_bool(struct json *json, bool value);
/* json_raw() - a value that is JSON already. */
void json_raw(struct json *json, struct str value);

/* json_open_key(), json_str_key(), … - json_key() and the value. */
void json_open_key(struct json *json, const char *key, char bracket);
void json_str_key(struct json *json, const char *key, struct str value);
void json_uint_key(struct json *json, const char *key, uint64_t value);
void json_bool_key(struct json *json, const char *key, bool value);

/*
 * json_add_str() - appends @s as a JSON string. What a terminal might obey or a reader would not see is escaped; a
 * byte that is not UTF-8 becomes U+FFFD, for JSON has no bytes.
 */
void json_add_str(struct buf *out, struct str s);
