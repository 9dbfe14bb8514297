/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kustomization
 *
 * A patch looks like a workload and is none: what it leaves out stands in another file. A kustomization says which
 * files are patches, and holds patches itself. It is read for that, never built.
 */
#include "engine/kustomization.h"

const char *const kustomization_names[] = { "kustomization.yaml", "kustomization.yml", "Kustomization", NULL };

/* An item of patchesStrategicMerge is a file's path or a patch: a patch has a colon and a line break or a brace. */
static bool is_inline(struct str text)
{
	return str_find(text, STR("\n"), 0) != SIZE_MAX || str_starts(str_trim(text), STR("{"));
}

static void visit_patches(struct yaml_tree *tree, yaml_id patches, kustomization_visit visit, void *data)
{
	YAML_EACH(tree, patches, item) {
		yaml_id path = yaml_get(tree, item, "path"), patch = yaml_get(tree, item, "patch");

		if (yaml_text(tree, path).n)
			visit(data, KUSTOMIZATION_PATCH_FILE, path);
		if (yaml_text(tree, patch).n)
			visit(data, KUSTOMIZATION_PATCH, patch);
	}
}

void kustomization_each(struct yaml_tree *tree, yaml_id root, kustomization_visit visit, void *data)
{
	static const char *const resources[] = { "resources", "bases", "components" };

	for (size_t i = 0; i < sizeof(resources) / sizeof(*resources); i++)
		YAML_EACH(tree, yaml_get(tree, root, resources[i]), item)
			if (yaml_text(tree, item).n)
				visit(data, KUSTOMIZATION_RESOURCE, item);
	visit_patches(tree, yaml_get(tree, root, "patches"), visit, data);
	visit_patches(tree, yaml_get(tree, root, "patchesJson6902"), visit, data);
	YAML_EACH(tree, yaml_get(tree, root, "patchesStrategicMerge"), item)
		if (yaml_text(tree, item).n)
			visit(data, is_inline(yaml_text(tree, item)) ? KUSTOMIZATION_PATCH : KUSTOMIZATION_PATCH_FILE,
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
	return str_find(document, STR("/spec"), 0) != SIZE_MAX || str_find(document, STR("fieldPaths"), 0) != SIZE_MAX;
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
