/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Schema: reads a knowledge file, row by row, and says with line and column what is wrong in it.
 *
 * The build's generator reads schemas/ with it; at run time the user's own files of the same form are read with it.
 * The first thing wrong wins; later calls on the same schema do nothing but answer false.
 */

#include "base/error.h"
#include "yaml/tree.h"

struct schema {
	struct yaml_tree tree;
	struct arena *arena; /* not owned: all that is read from the file */
	const char *path;    /* not owned: for messages */
	struct error **err;  /* not owned */
	struct str text;
};

/* A list of texts, in the schema's arena. */
struct schema_texts {
	const char **items;
	size_t n;
};

/* The names of an enum's values, in its order. */
struct schema_names {
	const char *const *items;
	size_t n;
};

#define SCHEMA_NAMES(array) ((struct schema_names){ (array), sizeof(array) / sizeof((array)[0]) })

/*
 * schema_open() - parses @text, which must be one document holding a map. @arena, @path, @text and @err must outlive
 * the schema. schema_close() releases what does not lie in the arena.
 */
bool schema_open(struct schema *schema, struct arena *arena, const char *path, struct str text, struct error **err);

/*
 * schema_open_within() - the same for a file from somebody else, within @limits; an empty one is fine, and has no root.
 * schema_parse() - likewise, whatever its document holds.
 */
bool schema_open_within(struct schema *schema, struct arena *arena, const char *path, struct str text,
			const struct yaml_limits *limits, struct error **err);
bool schema_parse(struct schema *schema, struct arena *arena, const char *path, struct str text,
		  const struct yaml_limits *limits, struct error **err);

void schema_close(struct schema *schema);

/* schema_fail() - sets the error at @node; returns false. */
bool schema_fail(struct schema *schema, yaml_id node, const char *format, ...)
	__attribute__((__format__(printf, 3, 4)));

/* schema_keys() - @map is a map whose keys are all among @allowed (space-separated), and which has all @required. */
bool schema_keys(struct schema *schema, yaml_id map, const char *allowed, const char *required);

/*
 * schema_text(), schema_number(), schema_flag() - the value of @key: what stands there, or the default where the key
 * is absent (NULL, @ret_value as it was, false). A text must be a scalar that is no null; it may be empty.
 */
bool schema_text(struct schema *schema, yaml_id map, const char *key, const char **ret_text);
bool schema_number(struct schema *schema, yaml_id map, const char *key, int64_t min, int64_t max, int64_t *ret_value);
bool schema_flag(struct schema *schema, yaml_id map, const char *key, bool *ret_flag);

/* schema_texts() - a sequence of scalars, no text twice; none where the key is absent. */
bool schema_texts(struct schema *schema, yaml_id map, const char *key, struct schema_texts *ret_texts);

/* schema_enum() - the index of a text in @names; *ret_value stays as it was where the key is absent. */
bool schema_enum(struct schema *schema, yaml_id map, const char *key, struct schema_names names, unsigned *ret_value);

/* schema_bits() - a sequence of names, as a set of bits. */
bool schema_bits(struct schema *schema, yaml_id map, const char *key, struct schema_names names, unsigned *ret_bits);

/* schema_version() - "1.N" as N; *ret_minor stays as it was where the key is absent. */
bool schema_version(struct schema *schema, yaml_id map, const char *key, unsigned *ret_minor);

/* schema_z() - the text of a scalar, terminated, in the arena. */
const char *schema_z(struct schema *schema, yaml_id scalar);
