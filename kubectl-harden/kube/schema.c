/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Schema
 *
 * Knowledge is only as good as the check that it gets when it is written: a misspelt key must never be a row that
 * silently says less. So a map is held against its allowed keys first, and every value against its form; messages
 * name the nearest word that would have been right.
 */
#include "kube/schema.h"

#include <stdarg.h>

bool schema_open(struct schema *schema, struct arena *arena, const char *path, struct str text, struct error **err)
{
	struct yaml_limits limits = YAML_LIMITS_DEFAULT;

	return schema_open_within(schema, arena, path, text, &limits, err) &&
	       (schema->tree.root || schema_fail(schema, YAML_NONE, "expected a map"));
}

bool schema_open_within(struct schema *schema, struct arena *arena, const char *path, struct str text,
			const struct yaml_limits *limits, struct error **err)
{
	if (!schema_parse(schema, arena, path, text, limits, err))
		return false;
	if (schema->tree.root && !yaml_is_map(&schema->tree, schema->tree.root))
		return schema_fail(schema, schema->tree.root, "expected a map");
	return true;
}

bool schema_parse(struct schema *schema, struct arena *arena, const char *path, struct str text,
		  const struct yaml_limits *limits, struct error **err)
{
	struct yaml_refusal why = { 0 };

	*schema = (struct schema){ .tree = YAML_TREE_INIT, .arena = arena, .path = path, .err = err, .text = text };
	if (!yaml_parse(&schema->tree, arena, text, limits, &why)) {
		struct position at = position_at(text, why.at, NULL);

		return error_set_at(err, path, &at, "%s", why.why);
	}
	return true;
}

void schema_close(struct schema *schema)
{
	yaml_tree_free(&schema->tree);
}

bool schema_fail(struct schema *schema, yaml_id node, const char *format, ...)
{
	struct position at = position_at(schema->text, node ? yaml_offset(&schema->tree, node) : 0, NULL);
	struct buf message = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_vaddf(&message, format, args);
	va_end(args);
	error_set_at(schema->err, schema->path, &at, "%.*s", STR_ARG(buf_str(&message)));
	buf_free(&message);
	return false;
}

const char *schema_z(struct schema *schema, yaml_id scalar)
{
	return str_copy(schema->arena, yaml_text(&schema->tree, scalar)).p;
}

static bool has_word(const char *words, struct str word)
{
	struct str rest = str_of(words), part;

	while (str_cut(&rest, ' ', &part))
		if (str_eq(part, word))
			return true;
	return false;
}

/* The word of @words that is nearest to @word, in the arena; NULL for none. */
static const char *nearest_word(struct schema *schema, const char *words, struct str word)
{
	const char *candidates[64];
	struct str rest = str_of(words), part;
	size_t n = 0;

	while (n < sizeof(candidates) / sizeof(candidates[0]) && str_cut(&rest, ' ', &part))
		candidates[n++] = str_copy(schema->arena, part).p;
	return str_nearest(word, candidates, n);
}

bool schema_keys(struct schema *schema, yaml_id map, const char *allowed, const char *required)
{
	struct str rest = str_of(required), part;

	if (!yaml_is_map(&schema->tree, map))
		return schema_fail(schema, map, "expected a map");
	YAML_EACH(&schema->tree, map, key) {
		struct str name = yaml_text(&schema->tree, key);
		const char *near;

		if (has_word(allowed, name))
			continue;
		near = nearest_word(schema, allowed, name);
		if (near)
			return schema_fail(schema, key, "unknown key \"%.*s\" (did you mean %s?)", STR_ARG(name), near);
		return schema_fail(schema, key, "unknown key \"%.*s\"; known are: %s", STR_ARG(name), allowed);
	}
	while (str_cut(&rest, ' ', &part))
		if (part.n && !yaml_get_str(&schema->tree, map, part))
			return schema_fail(schema, map, "missing key \"%.*s\"", STR_ARG(part));
	return true;
}

bool schema_text(struct schema *schema, yaml_id map, const char *key, const char **ret_text)
{
	yaml_id value = yaml_get(&schema->tree, map, key);

	*ret_text = NULL;
	if (!value)
		return true;
	if (!yaml_is_scalar(&schema->tree, value) || yaml_type(&schema->tree, value) == YAML_NULL)
		return schema_fail(schema, value, "%s must be a text", key);
	*ret_text = schema_z(schema, value);
	return true;
}

bool schema_number(struct schema *schema, yaml_id map, const char *key, int64_t min, int64_t max, int64_t *ret_value)
{
	yaml_id value = yaml_get(&schema->tree, map, key);
	int64_t number;

	if (!value)
		return true;
	if (!yaml_int(&schema->tree, value, &number) || number < min || number > max)
		return schema_fail(schema, value, "%s must be a number from %lld to %lld", key, (long long)min,
				   (long long)max);
	*ret_value = number;
	return true;
}

bool schema_flag(struct schema *schema, yaml_id map, const char *key, bool *ret_flag)
{
	yaml_id value = yaml_get(&schema->tree, map, key);

	*ret_flag = false;
	if (!value)
		return true;
	if (!yaml_bool(&schema->tree, value, ret_flag))
		return schema_fail(schema, value, "%s must be true or false", key);
	return true;
}

bool schema_texts(struct schema *schema, yaml_id map, const char *key, struct schema_texts *ret_texts)
{
	yaml_id list = yaml_get(&schema->tree, map, key);
	struct schema_texts texts = { 0 };

	*ret_texts = texts;
	if (!list)
		return true;
	if (!yaml_is_seq(&schema->tree, list))
		return schema_fail(schema, list, "%s must be a list", key);
	texts.items = ARENA_ARRAY(schema->arena, const char *, yaml_count(&schema->tree, list) + 1);
	YAML_EACH(&schema->tree, list, item) {
		const char *text;

		if (!yaml_is_scalar(&schema->tree, item) || yaml_type(&schema->tree, item) == YAML_NULL)
			return schema_fail(schema, item, "an item of %s must be a text", key);
		text = schema_z(schema, item);
		for (size_t i = 0; i < texts.n; i++)
			if (!strcmp(texts.items[i], text))
				return schema_fail(schema, item, "\"%s\" stands twice in %s", text, key);
		texts.items[texts.n++] = text;
	}
	*ret_texts = texts;
	return true;
}

/* The index of @node's text in @names; SIZE_MAX with the error set. */
static size_t name_index(struct schema *schema, yaml_id node, const char *key, struct schema_names names)
{
	struct str text = yaml_text(&schema->tree, node);
	struct buf known = BUF_INIT;
	const char *near;

	for (size_t i = 0; i < names.n; i++)
		if (str_is(text, names.items[i]))
			return i;
	near = str_nearest(text, names.items, names.n);
	for (size_t i = 0; i < names.n; i++)
		buf_addf(&known, "%s%s", i ? ", " : "", names.items[i]);
	if (near)
		schema_fail(schema, node, "%s cannot be \"%.*s\" (did you mean %s?)", key, STR_ARG(text), near);
	else
		schema_fail(schema, node, "%s cannot be \"%.*s\"; it is one of %.*s", key, STR_ARG(text),
			    STR_ARG(buf_str(&known)));
	buf_free(&known);
	return SIZE_MAX;
}

bool schema_enum(struct schema *schema, yaml_id map, const char *key, struct schema_names names, unsigned *ret_value)
{
	yaml_id value = yaml_get(&schema->tree, map, key);
	size_t i;

	if (!value)
		return true;
	i = name_index(schema, value, key, names);
	if (i == SIZE_MAX)
		return false;
	*ret_value = (unsigned)i;
	return true;
}

bool schema_bits(struct schema *schema, yaml_id map, const char *key, struct schema_names names, unsigned *ret_bits)
{
	yaml_id list = yaml_get(&schema->tree, map, key);
	unsigned bits = 0;

	*ret_bits = 0;
	if (!list)
		return true;
	if (!yaml_is_seq(&schema->tree, list))
		return schema_fail(schema, list, "%s must be a list", key);
	YAML_EACH(&schema->tree, list, item) {
		size_t i = name_index(schema, item, key, names);

		if (i == SIZE_MAX)
			return false;
		if (bits & (1U << i))
			return schema_fail(schema, item, "\"%s\" stands twice in %s", names.items[i], key);
		bits |= 1U << i;
	}
	*ret_bits = bits;
	return true;
}

bool schema_version(struct schema *schema, yaml_id map, const char *key, unsigned *ret_minor)
{
	yaml_id value = yaml_get(&schema->tree, map, key);
	struct str text = yaml_text(&schema->tree, value);
	int64_t minor;

	if (!value)
		return true;
	/* A version is a text: 1.30 as a number would be 1.3. */
	if (yaml_type(&schema->tree, value) != YAML_STR || !str_starts(text, STR("1.")) ||
	    !str_int(str_sub(text, 2, text.n), &minor) || minor < 0 || minor > 254)
		return schema_fail(schema, value, "%s must be a quoted version such as \"1.25\"", key);
	*ret_minor = (unsigned)minor;
	return true;
}
