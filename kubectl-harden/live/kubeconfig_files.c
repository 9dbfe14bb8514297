/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubeconfig files
 *
 * Read as client-go does: keys that nobody knows are passed over, and a value of another type than its key's is an
 * error, so that `name: on` is never the name "true". What differs: a key that stands twice is refused, and the place
 * is told.
 */
#include "live/kubeconfig_files.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base64.h"
#include "yaml/split.h"

/* Thousands of clusters; a hostile file costs no more than this. */
static const struct yaml_limits limits = { .nodes = 1000000, .depth = 64, .bytes = KUBECONFIG_BYTES_MAX };

/* ---- which files ---- */

static bool is_known(const struct kubeconfig_files *files, const char *path)
{
	for (size_t i = 0; i < files->n; i++)
		if (!strcmp(files->items[i].path, path))
			return true;
	return false;
}

static void add_path(struct kubeconfig_files *files, struct arena *arena, struct str path)
{
	const char *z = str_copy(arena, path).p;

	if (path.n && !is_known(files, z))
		files->items[files->n++] = (struct kubeconfig_file){ .path = z };
}

static void add_paths(struct kubeconfig_files *files, struct arena *arena, const char *explicit)
{
	const char *list = getenv("KUBECONFIG"), *home = getenv("HOME");
	struct str rest, path;
	size_t most = 1;

	for (const char *p = list; p && *p; p++)
		most += *p == ':';
	files->items = ARENA_ARRAY(arena, struct kubeconfig_file, most);
	if (explicit) {
		add_path(files, arena, str_of(explicit));
	} else if (list && *list) {
		rest = str_of(list);
		while (str_cut(&rest, ':', &path))
			add_path(files, arena, path);
	} else if (home && *home) {
		add_path(files, arena, str_fmt(arena, "%s/.kube/config", home));
	}
}

/* ---- reading ---- */

static bool absolute_folder(struct kubeconfig_file *file, struct arena *arena, struct error **err)
{
	struct str folder = str_folder(str_of(file->path));
	char *here;

	if (folder.n && folder.p[0] == '/') {
		file->folder = folder;
		return true;
	}
	here = get_current_dir_name();
	if (!here)
		return error_set_errno(err, errno, "find", "the current folder");
	file->folder = str_fmt(arena, "%s/%.*s", here, STR_ARG(folder));
	free(here);
	return true;
}

/* Whether there is anything but comments. */
static bool holds_something(struct str document)
{
	struct str line;

	while (str_cut(&document, '\n', &line))
		if (str_trim(line).n && str_trim(line).p[0] != '#')
			return true;
	return false;
}

/* The first document, as client-go reads no other; what stands before it becomes empty lines, so that places are right. */
static struct str first_document(struct arena *arena, struct str text)
{
	struct yaml_splitter splitter = yaml_splitter_init(text);
	struct yaml_span span;
	size_t bad;

	while (yaml_split_next(&splitter, &span, &bad)) {
		struct str copy;
		char *p;

		if (!holds_something(str_sub(text, span.start, span.end)))
			continue;
		copy = str_copy(arena, str_sub(text, 0, span.end));
		memcpy(&p, &copy.p, sizeof(p));
		for (size_t at = 0; at < span.start; at++)
			if (p[at] != '\n')
				p[at] = ' ';
		return copy;
	}
	return STR_NONE;
}

static bool check_kind(struct kubeconfig_file *file)
{
	struct kubeconfig_entry root = { file, file->schema.tree.root };
	struct str kind = STR_NONE, version = STR_NONE;

	if (!kubeconfig_text(root, "kind", &kind) || !kubeconfig_text(root, "apiVersion", &version))
		return false;
	if ((kind.n && !str_is(kind, "Config")) || (version.n && !str_is(version, "v1")))
		return schema_fail(&file->schema, root.node,
				   "not a kubeconfig: it is a %.*s of %.*s, not a Config of v1", STR_ARG(kind),
				   STR_ARG(version));
	return true;
}

static bool read_file(struct kubeconfig_file *file, struct arena *arena, struct error **err)
{
	struct file_image image = FILE_IMAGE_INIT;
	struct str text;

	if (!file_read_named(file->path, KUBECONFIG_BYTES_MAX, &image, err))
		return false;
	text = first_document(arena, (struct str){ image.bytes, image.n });
	file_image_free(&image);
	return absolute_folder(file, arena, err) &&
	       schema_open_within(&file->schema, arena, file->path, text, &limits, err) && check_kind(file);
}

bool kubeconfig_files_read(const char *explicit, struct arena *arena, struct kubeconfig_files *ret, struct error **err)
{
	size_t n;

	*ret = (struct kubeconfig_files){ 0 };
	add_paths(ret, arena, explicit);
	n = ret->n;
	ret->n = 0;
	for (size_t i = 0; i < n; i++) {
		struct kubeconfig_file *file = &ret->items[i];

		if (!explicit && access(file->path, F_OK) < 0 && errno == ENOENT) {
			ret->missing = str_fmt(arena, "%.*s%s%s", STR_ARG(ret->missing), ret->missing.n ? ", " : "",
					       file->path);
			continue;
		}
		ret->items[ret->n] = *file;
		if (!read_file(&ret->items[ret->n++], arena, err)) {
			kubeconfig_files_free(ret);
			return false;
		}
	}
	return true;
}

void kubeconfig_files_free(struct kubeconfig_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		schema_close(&files->items[i].schema);
	files->n = 0;
}

/* ---- values ---- */

bool kubeconfig_scalar(struct kubeconfig_file *file, yaml_id value, const char *what, struct str *ret)
{
	struct yaml_tree *tree = &file->schema.tree;
	struct str text;

	if (yaml_is_null(tree, value)) {
		*ret = STR_NONE;
		return true;
	}
	if (!yaml_is_scalar(tree, value) || yaml_type(tree, value) != YAML_STR)
		return schema_fail(&file->schema, value, "%s must be a text; put quotes around it", what);
	text = yaml_text(tree, value);
	if (text.n && memchr(text.p, '\0', text.n))
		return schema_fail(&file->schema, value, "%s holds a NUL", what);
	*ret = str_copy(file->schema.arena, text);
	return true;
}

static yaml_id value_of(struct kubeconfig_entry entry, const char *key)
{
	return entry.node ? yaml_get(&entry.file->schema.tree, entry.node, key) : YAML_NONE;
}

bool kubeconfig_sub(struct kubeconfig_entry entry, const char *key, struct kubeconfig_entry *ret)
{
	yaml_id value = value_of(entry, key);

	*ret = (struct kubeconfig_entry){ .file = entry.file };
	if (!value || yaml_is_null(&entry.file->schema.tree, value))
		return true;
	if (!yaml_is_map(&entry.file->schema.tree, value))
		return schema_fail(&entry.file->schema, value, "%s must be a map", key);
	ret->node = value;
	return true;
}

bool kubeconfig_text(struct kubeconfig_entry entry, const char *key, struct str *ret)
{
	yaml_id value = value_of(entry, key);

	return !value || kubeconfig_scalar(entry.file, value, key, ret);
}

bool kubeconfig_flag(struct kubeconfig_entry entry, const char *key, bool *ret)
{
	yaml_id value = value_of(entry, key);

	if (!value || yaml_is_null(&entry.file->schema.tree, value) || yaml_bool(&entry.file->schema.tree, value, ret))
		return true;
	return schema_fail(&entry.file->schema, value, "%s must be true or false", key);
}

bool kubeconfig_path(struct kubeconfig_entry entry, const char *key, struct str *ret)
{
	struct str path = STR_NONE;

	if (!kubeconfig_text(entry, key, &path))
		return false;
	if (path.n && path.p[0] != '/')
		path = str_join(entry.file->schema.arena, entry.file->folder, path);
	if (path.n)
		*ret = path;
	return true;
}

bool kubeconfig_data(struct kubeconfig_entry entry, const char *key, struct str *ret)
{
	struct str text = STR_NONE;

	if (!kubeconfig_text(entry, key, &text))
		return false;
	if (text.n && !base64_decode(entry.file->schema.arena, text, ret))
		return schema_fail(&entry.file->schema, value_of(entry, key), "%s: illegal base64 data", key);
	return true;
}

bool kubeconfig_texts(struct kubeconfig_entry entry, const char *key, struct str **ret_items, size_t *ret_n)
{
	yaml_id list = value_of(entry, key);
	struct yaml_tree *tree;
	size_t n = 0;

	if (!list || yaml_is_null(&entry.file->schema.tree, list))
		return true;
	tree = &entry.file->schema.tree;
	if (!yaml_is_seq(tree, list))
		return schema_fail(&entry.file->schema, list, "%s must be a list", key);
	*ret_items = ARENA_ARRAY(entry.file->schema.arena, struct str, yaml_count(tree, list) + 1);
	YAML_EACH(tree, list, item)
		if (!kubeconfig_scalar(entry.file, item, key, &(*ret_items)[n++]))
			return false;
	*ret_n = n;
	return true;
}

/* ---- entries ---- */

bool kubeconfig_current(struct kubeconfig_files *files, struct str *ret)
{
	*ret = STR_NONE;
	for (size_t i = 0; i < files->n && !ret->n; i++) {
		struct kubeconfig_file *file = &files->items[i];

		if (!kubeconfig_text((struct kubeconfig_entry){ file, file->schema.tree.root }, "current-context", ret))
			return false;
	}
	return true;
}

/* Finds @name in one file; *ret_item is its row. */
static bool find_in(struct kubeconfig_file *file, const char *list, struct str name, yaml_id *ret_item)
{
	struct yaml_tree *tree = &file->schema.tree;
	yaml_id rows = value_of((struct kubeconfig_entry){ file, tree->root }, list);

	*ret_item = YAML_NONE;
	if (!rows || yaml_is_null(tree, rows))
		return true;
	if (!yaml_is_seq(tree, rows))
		return schema_fail(&file->schema, rows, "%s must be a list", list);
	YAML_EACH(tree, rows, row) {
		struct str other = STR_NONE;

		if (!yaml_is_map(tree, row))
			return schema_fail(&file->schema, row, "an entry of %s must be a map", list);
		if (!kubeconfig_text((struct kubeconfig_entry){ file, row }, "name", &other))
			return false;
		if (!str_eq(other, name))
			continue;
		if (*ret_item)
			return schema_fail(&file->schema, row, "duplicate name \"%.*s\" in %s", STR_ARG(name), list);
		*ret_item = row;
	}
	return true;
}

bool kubeconfig_find(struct kubeconfig_files *files, const char *list, const char *key, struct str name,
		     bool *ret_found, struct kubeconfig_entry *ret)
{
	*ret_found = false;
	*ret = (struct kubeconfig_entry){ 0 };
	for (size_t i = 0; i < files->n; i++) {
		struct kubeconfig_file *file = &files->items[i];
		yaml_id row;

		if (!find_in(file, list, name, &row))
			return false;
		if (!row || *ret_found)
			continue;
		*ret_found = true;
		if (!kubeconfig_sub((struct kubeconfig_entry){ file, row }, key, ret))
			return false;
	}
	return true;
}

void kubeconfig_each_name(struct kubeconfig_files *files, const char *list, void (*each)(void *data, const char *name),
			  void *data)
{
	for (size_t i = 0; i < files->n; i++) {
		struct schema *schema = &files->items[i].schema;
		yaml_id rows = value_of((struct kubeconfig_entry){ &files->items[i], schema->tree.root }, list);

		YAML_EACH(&schema->tree, rows, row)
			each(data, schema_z(schema, yaml_get(&schema->tree, row, "name")));
	}
}

enum { NEAREST_OF = 256 };

struct names {
	const char *items[NEAREST_OF];
	size_t n;
};

static void add_name(void *data, const char *name)
{
	struct names *names = data;

	if (names->n < NEAREST_OF)
		names->items[names->n++] = name;
}

const char *kubeconfig_nearest(struct kubeconfig_files *files, const char *list, struct str name)
{
	struct names names = { .n = 0 };

	kubeconfig_each_name(files, list, add_name, &names);
	return str_nearest(name, names.items, names.n);
}
