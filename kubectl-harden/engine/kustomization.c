/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kustomization
 *
 * A patch looks like a workload and is none: what it leaves out stands in another file. A kustomization says which
 * files are patches, and holds patches itself. It is read for that, never built.
 */
#include "engine/kustomization.h"

#include <stdlib.h>

const char *const kustomization_names[] = { "kustomization.yaml", "kustomization.yml", "Kustomization", NULL };

/* An item of patchesStrategicMerge is a file's path or a patch: a patch has a colon and a line break or a brace. */
bool kustomization_is_inline(struct str text)
{
	return str_find(text, STR("\n"), 0) != SIZE_MAX || str_starts(str_trim(text), STR("{"));
}

static void visit_patch(struct yaml_tree *tree, yaml_id item, kustomization_visit visit, void *data)
{
	static const char *const keys[] = { "patch", "jsonOp" };
	yaml_id path = yaml_get(tree, item, "path");

	if (yaml_text(tree, path).n)
		visit(data, KUSTOMIZATION_PATCH_FILE, path);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (yaml_text(tree, yaml_get(tree, item, keys[i])).n)
			visit(data, KUSTOMIZATION_PATCH, yaml_get(tree, item, keys[i]));
}

static void visit_patches(struct yaml_tree *tree, yaml_id patches, kustomization_visit visit, void *data)
{
	YAML_EACH(tree, patches, item)
		visit_patch(tree, item, visit, data);
}

/* The built-in transformers that patch (kustomize api/internal/builtins) keep at their root what a patch holds. */
static void visit_transformer(struct yaml_tree *tree, yaml_id root, kustomization_visit visit, void *data)
{
	visit_patch(tree, root, visit, data);
	YAML_EACH(tree, yaml_get(tree, root, "paths"), item)
		if (yaml_text(tree, item).n)
			visit(data, KUSTOMIZATION_PATCH_FILE, item);
	if (yaml_text(tree, yaml_get(tree, root, "patches")).n)
		visit(data, KUSTOMIZATION_PATCH, yaml_get(tree, root, "patches"));
}

void kustomization_each(struct yaml_tree *tree, yaml_id root, kustomization_visit visit, void *data)
{
	static const char *const resources[] = { "resources", "bases", "components" };

	for (size_t i = 0; i < sizeof(resources) / sizeof(*resources); i++)
		YAML_EACH(tree, yaml_get(tree, root, resources[i]), item)
			if (yaml_text(tree, item).n)
				visit(data, KUSTOMIZATION_RESOURCE, item);
	YAML_EACH(tree, yaml_get(tree, root, "transformers"), item)
		if (yaml_text(tree, item).n)
			visit(data, KUSTOMIZATION_TRANSFORMER, item);
	visit_transformer(tree, root, visit, data);
	visit_patches(tree, yaml_get(tree, root, "patches"), visit, data);
	visit_patches(tree, yaml_get(tree, root, "patchesJson6902"), visit, data);
	YAML_EACH(tree, yaml_get(tree, root, "patchesStrategicMerge"), item)
		if (yaml_text(tree, item).n)
			visit(data,
			      kustomization_is_inline(yaml_text(tree, item)) ? KUSTOMIZATION_PATCH
									     : KUSTOMIZATION_PATCH_FILE,
			      item);
	YAML_EACH(tree, yaml_get(tree, root, "replacements"), item) {
		yaml_id path = yaml_get(tree, item, "path");

		if (yaml_text(tree, path).n)
			visit(data, KUSTOMIZATION_PATCH_FILE, path);
		else
			visit(data, KUSTOMIZATION_REPLACEMENT, item);
	}
}

bool kustomization_is_named(struct str path)
{
	struct str name = str_sub(path, str_folder(path).n, path.n);

	for (size_t i = 0; kustomization_names[i]; i++)
		if (str_is(name, kustomization_names[i]))
			return true;
	return false;
}

/* ---- patches by themselves ---- */

static bool is_operation(struct yaml_tree *tree, yaml_id item)
{
	return yaml_get_text(tree, item, "op").n && str_starts(yaml_get_text(tree, item, "path"), STR("/"));
}

static bool is_replacement(struct yaml_tree *tree, yaml_id item)
{
	return yaml_get(tree, yaml_first(tree, yaml_get(tree, item, "targets")), "fieldPaths") != YAML_NONE;
}

bool kustomization_is_patch(struct yaml_tree *tree)
{
	yaml_id first = yaml_is_seq(tree, tree->root) ? yaml_first(tree, tree->root) : tree->root;

	if (yaml_get(tree, tree->root, "kind"))
		return false;
	return is_operation(tree, first) || is_replacement(tree, first);
}

bool kustomization_may_be_patch(struct str document)
{
	static const char *const words[] = { "/spec", "/data", "fieldPaths" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_find(document, str_of(words[i]), 0) != SIZE_MAX)
			return true;
	return false;
}

/* ---- fields ---- */

static bool is_any(struct str key, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(key, keys[i]))
			return true;
	return false;
}

/* A position in a list, or a choice among its items. */
static bool is_index(struct str key)
{
	return key.n && memchr("0123456789*-[", key.p[0], 12);
}

bool kustomization_may_say_port(struct str path, char separator)
{
	static const char *const says[] = { "env", "envFrom", "args", "command", "data", "lifecycle", "number" };
	static const char *const holds[] = { "spec",	   "template",	     "jobTemplate",
					     "containers", "initContainers", "ephemeralContainers" };
	struct str key, last = STR_NONE;

	while (path.n && str_cut(&path, separator, &key)) {
		struct str name = key;

		/* What a name is chosen by says nothing: [name=port-scanner]. */
		if (str_starts(key, STR("[")) && str_find(key, STR("="), 0) != SIZE_MAX)
			name = str_sub(key, 0, str_find(key, STR("="), 0));
		if (str_find(name, STR("port"), 0) != SIZE_MAX || str_find(name, STR("Port"), 0) != SIZE_MAX ||
		    str_find(name, STR("Probe"), 0) != SIZE_MAX || is_any(name, says, sizeof(says) / sizeof(*says)))
			return true;
		if (!is_index(key))
			last = key;
	}
	return is_any(last, holds, sizeof(holds) / sizeof(*holds));
}

bool kustomization_moves_port(struct yaml_tree *tree, yaml_id item)
{
	YAML_EACH(tree, yaml_get(tree, item, "targets"), target)
		YAML_EACH(tree, yaml_get(tree, target, "fieldPaths"), path)
			if (kustomization_may_say_port(yaml_text(tree, path), '.'))
				return true;
	return false;
}

/* ---- paths ---- */

/* What @out names, less its last component; false where there is none to leave. */
static bool climb(struct buf *out)
{
	size_t at = str_folder(buf_str(out)).n;

	if (!out->n || str_is(str_sub(buf_str(out), at, out->n), ".."))
		return false;
	out->n = at > 1 ? at - 1 : at;
	return true;
}

static void add_components(struct buf *out, struct str path)
{
	struct str part;

	while (str_cut(&path, '/', &part)) {
		if (!part.n || str_is(part, ".") || (str_is(part, "..") && climb(out)))
			continue;
		if (out->n && out->p[out->n - 1] != '/')
			buf_addc(out, '/');
		buf_add(out, part);
	}
}

struct str kustomization_path(struct arena *arena, struct str folder, struct str path)
{
	struct buf out CLEANUP(buf_free) = BUF_INIT;
	struct str first = str_starts(path, STR("/")) || !folder.n ? path : folder;

	if (str_starts(first, STR("/")))
		buf_addc(&out, '/');
	if (!str_starts(path, STR("/")))
		add_components(&out, folder);
	add_components(&out, path);
	if (!out.n)
		buf_addc(&out, '.');
	return str_copy(arena, buf_str(&out));
}

/* As the system finds it, which leaves a link before it goes up; empty where nothing is there. */
static struct str real_path(struct arena *arena, struct str folder, struct str path)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	struct str found = STR_NONE;
	char *real;

	if (!str_starts(path, STR("/")) && folder.n) {
		buf_add(&text, folder);
		buf_addc(&text, '/');
	}
	buf_add(&text, path.n ? path : STR("."));
	if (memchr(text.p, '\0', text.n))
		return STR_NONE;
	buf_addc(&text, '\0');
	real = realpath(text.p, NULL);
	if (real)
		found = str_copy(arena, str_of(real));
	free(real);
	return found;
}

struct str kustomization_place(struct arena *arena, struct str folder, struct str path)
{
	struct str real = real_path(arena, folder, path), here;

	if (real.n)
		return real;
	here = real_path(arena, STR_NONE, STR("."));
	return kustomization_path(arena, here, kustomization_path(arena, folder, path));
}
