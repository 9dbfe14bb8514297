/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Project files
 *
 * A key that is misspelt must never be a setting that silently does not hold, so that every key and every value is
 * checked before any counts, also what stands in overrides that match nothing. What a flag takes, its own reader reads.
 */
#include "commands/project_file.h"

#include "base/pattern.h"
#include "commands/command.h"
#include "yaml/split.h"

/* Nobody's settings have more; a hostile file costs no more than this. */
static const struct yaml_limits limits = { .nodes = 100000, .depth = 32, .bytes = PROJECT_FILE_BYTES_MAX };

struct reader {
	struct schema schema;
	struct project_file *file;
	const char *layer_keys; /* of the settings, as schema_keys() takes them */
	size_t patterns;	/* of the whole file */
};

static uint32_t line_of(struct reader *r, yaml_id node)
{
	return position_at(r->schema.text, yaml_offset(&r->schema.tree, node), NULL).line;
}

/* ---- values ---- */

static const char *form_words(enum layer_form form)
{
	switch (form) {
	case LAYER_WORD:
		return "a word";
	case LAYER_SWITCH:
		return "true or false";
	case LAYER_FIXERS:
		return "a list of fixers";
	case LAYER_USER:
		return "a number, or a word such as auto";
	case LAYER_VERSION:
		return "latest or a version such as v1.37";
	case LAYER_PORTS:
		return "a map of ports, such as {80: 8080}";
	case LAYER_AMOUNTS:
		return "a map of amounts, such as {cpu: 100m, memory: 128Mi}";
	}
	return "";
}

/* Whether a scalar has the type of a form, so that nothing is guessed: 1.30 as a number would be 1.3. */
static bool has_type(struct yaml_tree *tree, yaml_id node, enum layer_form form)
{
	enum yaml_type type = yaml_type(tree, node);
	int64_t number;

	if (!yaml_is_scalar(tree, node))
		return false;
	switch (form) {
	case LAYER_SWITCH:
		return type == YAML_BOOL;
	case LAYER_USER:
		return type == YAML_INT || (type == YAML_STR && !str_int(yaml_text(tree, node), &number));
	case LAYER_PORTS:
		return type == YAML_INT;
	case LAYER_AMOUNTS:
		return type != YAML_NULL && type != YAML_BOOL;
	case LAYER_WORD:
	case LAYER_FIXERS:
	case LAYER_VERSION:
		break;
	}
	return type == YAML_STR;
}

/* Has the flag of @key read @text; what it says against it is said of @node. */
static bool take(struct reader *r, yaml_id node, enum layer_key key, struct str text, struct settings *settings)
{
	struct error *error CLEANUP(error_freep) = NULL;
	const struct option *option = layer_option(key);

	if (option_set(settings, option, text, &error))
		return true;
	return schema_fail(&r->schema, node, "%s", error->message);
}

static bool read_scalar(struct reader *r, yaml_id node, enum layer_key key, struct settings *settings)
{
	struct yaml_tree *tree = &r->schema.tree;
	bool on;

	if (!has_type(tree, node, layer_form(key)))
		return schema_fail(&r->schema, node, "%s must be %s", layer_name(key), form_words(layer_form(key)));
	if (yaml_bool(tree, node, &on))
		return take(r, node, key, on ? STR("true") : STR("false"), settings);
	return take(r, node, key, yaml_text(tree, node), settings);
}

static bool read_fixers(struct reader *r, yaml_id list, enum layer_key key, struct settings *settings)
{
	struct yaml_tree *tree = &r->schema.tree;
	uint64_t met = 0;

	if (!yaml_is_seq(tree, list))
		return schema_fail(&r->schema, list, "%s must be a list of fixers", layer_name(key));
	YAML_EACH(tree, list, item) {
		size_t index = fixer_find(yaml_text(tree, item));

		if (!has_type(tree, item, LAYER_FIXERS) || str_find(yaml_text(tree, item), STR(","), 0) != SIZE_MAX)
			return schema_fail(&r->schema, item, "%s must be a list of fixers, one in each item",
					   layer_name(key));
		if (!take(r, item, key, yaml_text(tree, item), settings))
			return false;
		/* Blanks around a name, or nothing at all, are fine to the flag. */
		if (index == SIZE_MAX)
			return schema_fail(&r->schema, item, "unknown fixer \"%.*s\"; kubectl harden fixers lists them",
					   STR_ARG(yaml_text(tree, item)));
		if (met >> index & 1)
			return schema_fail(&r->schema, item, "\"%s\" stands twice in %s", fixers[index]->name,
					   layer_name(key));
		met |= (uint64_t)1 << index;
	}
	return true;
}

/* A map whose pairs the flag takes as KEY, @between, VALUE. */
static bool read_pairs(struct reader *r, yaml_id map, enum layer_key key, char between, struct settings *settings)
{
	struct yaml_tree *tree = &r->schema.tree;
	enum layer_form form = layer_form(key);

	if (!yaml_is_map(tree, map))
		return schema_fail(&r->schema, map, "%s must be %s", layer_name(key), form_words(form));
	YAML_EACH(tree, map, name) {
		yaml_id value = yaml_value(tree, name);
		struct str pair = str_fmt(r->schema.arena, "%.*s%c%.*s", STR_ARG(yaml_text(tree, name)), between,
					  STR_ARG(yaml_text(tree, value)));

		if (!has_type(tree, value, form) || str_find(pair, STR(","), 0) != SIZE_MAX)
			return schema_fail(&r->schema, value, "%s must be %s", layer_name(key), form_words(form));
		if (!take(r, name, key, pair, settings))
			return false;
	}
	return true;
}

static bool read_value(struct reader *r, yaml_id value, enum layer_key key, struct settings *settings)
{
	switch (layer_form(key)) {
	case LAYER_FIXERS:
		return read_fixers(r, value, key, settings);
	case LAYER_PORTS:
		return read_pairs(r, value, key, ':', settings);
	case LAYER_AMOUNTS:
		return read_pairs(r, value, key, '=', settings);
	default:
		return read_scalar(r, value, key, settings);
	}
}

static const char *layer_keys(struct arena *arena)
{
	struct buf keys CLEANUP(buf_free) = BUF_INIT;

	for (size_t i = 0; i < LAYER_KEYS_N; i++)
		buf_addf(&keys, "%s%s", i ? " " : "", layer_name((enum layer_key)i));
	return str_copy(arena, buf_str(&keys)).p;
}

/* As schema_keys(), for a map that holds settings beside its @other keys. */
static bool check_keys(struct reader *r, yaml_id map, const char *other, const char *required)
{
	struct str allowed = str_fmt(r->schema.arena, "%s %s", other, r->layer_keys);

	return schema_keys(&r->schema, map, allowed.p, required);
}

/* The settings of a map that also holds other keys. */
static bool read_layer(struct reader *r, yaml_id map, struct layer *layer)
{
	struct yaml_tree *tree = &r->schema.tree;
	struct settings settings = settings_init();
	bool fine = true;

	settings.from_file = true;
	for (size_t i = 0; i < LAYER_KEYS_N && fine; i++) {
		enum layer_key key = (enum layer_key)i;
		yaml_id value = yaml_get_str(tree, map, str_of(layer_name(key)));

		if (!value)
			continue;
		fine = read_value(r, value, key, &settings);
		layer->given |= 1U << i;
		layer->origins[i] = (struct origin){ r->file->path, line_of(r, value) };
	}
	layer->fix = settings.run.fix;
	settings_free(&settings);
	return fine;
}

/* ---- patterns ---- */

static bool read_patterns(struct reader *r, yaml_id list, const char *key, struct project_patterns *ret)
{
	struct yaml_tree *tree = &r->schema.tree;
	size_t n = yaml_count(tree, list);

	if (!list)
		return true;
	if (!yaml_is_seq(tree, list))
		return schema_fail(&r->schema, list, "%s must be a list of patterns", key);
	r->patterns += n;
	if (r->patterns > PROJECT_PATTERNS_MAX)
		return schema_fail(&r->schema, list, "more than %d patterns in one file", PROJECT_PATTERNS_MAX);
	ret->items = ARENA_ARRAY(r->schema.arena, struct project_pattern, n + 1);
	YAML_EACH(tree, list, item) {
		struct str text = yaml_text(tree, item);
		const char *why;

		if (!has_type(tree, item, LAYER_WORD))
			return schema_fail(&r->schema, item, "a pattern of %s must be a text, in quotes if need be",
					   key);
		why = pattern_fault(text);
		if (why)
			return schema_fail(&r->schema, item, "\"%.*s\" is no pattern: %s", STR_ARG(text), why);
		ret->items[ret->n++] = (struct project_pattern){ str_copy(r->schema.arena, text), line_of(r, item) };
	}
	return true;
}

static bool read_override(struct reader *r, yaml_id map, struct project_override *override)
{
	yaml_id paths;

	if (!check_keys(r, map, "paths", "paths"))
		return false;
	paths = yaml_get(&r->schema.tree, map, "paths");
	if (!read_patterns(r, paths, "paths", &override->paths) || !read_layer(r, map, &override->layer))
		return false;
	return override->paths.n || schema_fail(&r->schema, paths, "paths needs a pattern");
}

static bool read_overrides(struct reader *r, yaml_id list)
{
	struct yaml_tree *tree = &r->schema.tree;
	struct project_file *file = r->file;

	if (!list)
		return true;
	if (!yaml_is_seq(tree, list))
		return schema_fail(&r->schema, list, "overrides must be a list of maps");
	file->overrides = ARENA_ARRAY(r->schema.arena, struct project_override, yaml_count(tree, list) + 1);
	YAML_EACH(tree, list, map)
		if (!read_override(r, map, &file->overrides[file->overrides_n++]))
			return false;
	return true;
}

/* ---- the file ---- */

static bool read_tables(struct reader *r, yaml_id root)
{
	yaml_id kinds = yaml_get(&r->schema.tree, root, "kinds"), images = yaml_get(&r->schema.tree, root, "images");
	struct project_file *file = r->file;

	if (kinds) {
		file->kinds_line = line_of(r, kinds);
		if (!kube_kinds_read(&r->schema, kinds, true, &file->own.kinds))
			return false;
	}
	if (images) {
		file->images_line = line_of(r, images);
		if (!image_facts_read(&r->schema, images, YAML_NONE, true, &file->own.images))
			return false;
	}
	return true;
}

static bool read_root(struct reader *r)
{
	struct yaml_tree *tree = &r->schema.tree;
	yaml_id root = tree->root;

	return check_keys(r, root, "root exclude overrides kinds images", "") &&
	       schema_flag(&r->schema, root, "root", &r->file->root) && read_layer(r, root, &r->file->layer) &&
	       read_patterns(r, yaml_get(tree, root, "exclude"), "exclude", &r->file->exclude) &&
	       read_overrides(r, yaml_get(tree, root, "overrides")) && read_tables(r, root) &&
	       (!tree->exhausted || schema_fail(&r->schema, root, "its aliases expand to too many nodes"));
}

/* The one document of a file: a separator before it is fine, another one behind it is a mistake. */
static bool find_document(struct arena *arena, const char *path, struct str text, struct str *ret_document,
			  struct error **err)
{
	struct yaml_splitter splitter = yaml_splitter_init(text);
	struct yaml_span span;
	char *copy;
	size_t bad;

	*ret_document = str_sub(text, 0, 0);
	while (yaml_split_next(&splitter, &span, &bad)) {
		struct str part = str_sub(text, span.start, span.end), rest = part, line;
		struct position at;
		bool holds = false;

		while (!holds && str_cut(&rest, '\n', &line))
			holds = str_trim(line).n && str_trim(line).p[0] != '#';
		if (!holds)
			continue;
		at = position_at(text, span.start, NULL);
		if (ret_document->n)
			return error_set_at(err, path, &at, "a second document; a project file has one");
		/* What is before it stays, as comments: lines are those of the file. */
		copy = memcpy(arena_alloc(arena, span.end + 1), text.p, span.end);
		for (size_t i = 0; i < span.start; i++)
			if (copy[i] != '\n')
				copy[i] = '#';
		*ret_document = (struct str){ copy, span.end };
	}
	return true;
}

bool project_file_read(struct arena *arena, const char *path, struct str text, struct project_file *ret_file,
		       struct error **err)
{
	struct reader r = { .file = ret_file, .layer_keys = layer_keys(arena) };
	struct str document;
	bool fine;

	*ret_file = (struct project_file){ .path = path };
	if (!find_document(arena, path, text, &document, err))
		return false;
	fine = schema_open_within(&r.schema, arena, path, document, &limits, err);
	if (fine && r.schema.tree.root)
		fine = read_root(&r);
	schema_close(&r.schema);
	return fine;
}
