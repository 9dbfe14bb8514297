/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inventory of overlays
 *
 * What a patch makes of the volumes of a pod, and of its containers' mounts. A strategic merge joins volumes by their
 * names and mounts by their paths; JSON 6902 operations join nothing; and both may put another list in place of what
 * stands there, so that what was added to it is gone.
 */
#include <stdlib.h>

#include "engine/inventory.h"
#include "engine/kustomization.h"
#include "yaml/split.h"

/* What one patch names, and how deep it is looked into; nobody's is larger. */
enum { NAMES_MAX = 256, NESTING_MAX = 16 };

struct names {
	struct str *items;
	size_t n, cap;
};

struct reading {
	struct run *run;
	struct yaml_tree *tree;
	bool merges;	/* its kind has lists that a strategic merge joins */
	bool replaces;	/* a list */
	bool says_port; /* it takes away, or puts in, what may say a port, and no number tells which */
	struct names names, paths;
};

static void keep(struct reading *r, struct names *names, struct str text)
{
	if (!text.n)
		return;
	/* Of more than anybody has, nothing is known. */
	if (names->n == NAMES_MAX)
		r->replaces = true;
	else
		VEC_PUSH(names, str_copy(r->run->arena, text));
}

static bool is_list(struct str key)
{
	return str_is(key, "volumes") || str_is(key, "volumeMounts");
}

/* ---- strategic merges ---- */

static void read_list(struct reading *r, struct str key, yaml_id list)
{
	struct yaml_tree *tree = r->tree;

	if (!r->merges || !yaml_is_seq(tree, list))
		r->replaces = true;
	YAML_EACH(tree, list, item) {
		struct str directive = yaml_get_text(tree, item, "$patch");

		r->replaces |= str_is(directive, "replace");
		keep(r, &r->names, yaml_get_text(tree, item, "name"));
		if (directive.n && str_is(key, "volumeMounts"))
			keep(r, &r->paths, yaml_get_text(tree, item, "mountPath"));
	}
}

/* A container's lists of words take the place of those that are there; others are taken away, whole or in part. */
static bool takes_words(struct reading *r, yaml_id container, struct str key, yaml_id value)
{
	/* Labels, too, may be called env. */
	if (!yaml_get(r->tree, container, "name"))
		return false;
	if (str_is(key, "args") || str_is(key, "command"))
		return true;
	if (!str_is(key, "env") && !str_is(key, "envFrom") && !str_is(key, "ports"))
		return false;
	if (yaml_is_null(r->tree, value))
		return true;
	YAML_EACH(r->tree, value, item)
		if (yaml_get(r->tree, item, "$patch"))
			return true;
	return false;
}

static void read_merge(struct reading *r, yaml_id node, unsigned depth)
{
	if (!depth)
		return;
	YAML_EACH(r->tree, node, child) {
		yaml_id value = yaml_value(r->tree, child);

		r->says_port |= value && takes_words(r, node, yaml_text(r->tree, child), value);
		if (value && is_list(yaml_text(r->tree, child)))
			read_list(r, yaml_text(r->tree, child), value);
		else if (value)
			read_merge(r, value, depth - 1);
		else if (yaml_is_map(r->tree, child))
			read_merge(r, child, depth - 1);
	}
}

/* ---- JSON 6902 ---- */

static bool is_position(struct str key)
{
	return key.n && memchr("0123456789-", key.p[0], 11);
}

/* What is added to a list, or put in place of an item of it, or of a field of an item. */
static void read_item(struct reading *r, struct str list, struct str field, yaml_id value)
{
	struct yaml_tree *tree = r->tree;
	struct str name = field.n ? STR_NONE : yaml_get_text(tree, value, "name");
	struct str path = field.n ? STR_NONE : yaml_get_text(tree, value, "mountPath");

	if (str_is(field, "name"))
		name = yaml_text(tree, value);
	else if (str_is(field, "mountPath"))
		path = yaml_text(tree, value);
	keep(r, &r->names, name);
	if (str_is(list, "volumeMounts"))
		keep(r, &r->paths, path);
}

/* "/spec/template/spec/volumes/0/name": the list, and the field of its item. */
static void read_path(struct reading *r, struct str path, struct str op, yaml_id value)
{
	struct str key, list = STR_NONE, field = STR_NONE;
	bool inside = false;

	while (path.n && str_cut(&path, '/', &key)) {
		if (is_list(key)) {
			list = key;
			inside = false;
			field = STR_NONE;
		} else if (list.n && !inside) {
			inside = is_position(key);
			if (!inside)
				list = STR_NONE;
		} else if (list.n && !field.n) {
			field = key;
		}
	}
	if (!list.n)
		return;
	if (inside && (str_is(op, "add") || str_is(op, "replace")))
		read_item(r, list, field, value);
	else if (!inside || str_is(op, "copy") || str_is(op, "move"))
		r->replaces = true;
}

/* Whether a list, or what holds it, is put in place of what is there. */
static bool replaces_whole(struct str op, struct str path)
{
	static const char *const lists[] = { "env",	   "envFrom",	     "args", "command", "ports",
					     "containers", "initContainers", "spec", "template" };
	struct str last = str_sub(path, str_folder(path).n, path.n);

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (str_is(last, lists[i]))
			return str_is(op, "add") || str_is(op, "replace");
	return false;
}

static void read_operation(struct reading *r, yaml_id item)
{
	struct str op = yaml_get_text(r->tree, item, "op"), path = yaml_get_text(r->tree, item, "path");
	struct str from = yaml_get_text(r->tree, item, "from");
	bool takes = str_is(op, "remove") || str_is(op, "copy") || str_is(op, "move") || replaces_whole(op, path);

	if (takes && (kustomization_may_say_port(path, '/') || kustomization_may_say_port(from, '/')))
		r->says_port = true;
	read_path(r, path, op, yaml_get(r->tree, item, "value"));
}

/* ---- patches ---- */

static void read_patch(struct reading *r, yaml_id node)
{
	struct str version = yaml_get_text(r->tree, node, "apiVersion");

	if (yaml_get(r->tree, node, "kind")) {
		/* Of kinds that others made, kustomize knows no keys: a list takes the place of a list. */
		r->merges = !memchr(version.n ? version.p : "", '.', version.n) || str_starts(version, STR("apps/")) ||
			    str_starts(version, STR("batch/"));
		read_merge(r, node, NESTING_MAX);
	} else if (yaml_is_seq(r->tree, node)) {
		YAML_EACH(r->tree, node, item)
			read_operation(r, item);
	} else {
		read_operation(r, node);
	}
}

static void push(struct reading *r, struct overlay *overlay)
{
	struct run *run = r->run;

	overlay->replaces = r->replaces;
	overlay->names_n = (uint32_t)r->names.n;
	overlay->paths_n = (uint32_t)r->paths.n;
	overlay->names = ARENA_ARRAY(run->arena, struct str, r->names.n + r->paths.n + 1);
	overlay->paths = overlay->names + r->names.n;
	if (r->names.n)
		memcpy(overlay->names, r->names.items, r->names.n * sizeof(struct str));
	if (r->paths.n)
		memcpy(overlay->paths, r->paths.items, r->paths.n * sizeof(struct str));
	overlay->patch = str_copy(run->arena, overlay->patch);
	overlay->kind = str_copy(run->arena, overlay->kind);
	overlay->name = str_copy(run->arena, overlay->name);
	VEC_PUSH(&run->inventory->overlays, *overlay);
}

bool inventory_overlay(struct run *run, struct yaml_tree *tree, yaml_id node, struct overlay overlay)
{
	struct reading reading = { .run = run, .tree = tree };

	if (!overlay.targeted) {
		overlay.kind = yaml_get_text(tree, node, "kind");
		overlay.name = yaml_text(tree, yaml_get_path(tree, node, "metadata.name"));
	}
	read_patch(&reading, node);
	if (reading.replaces || reading.names.n || reading.paths.n)
		push(&reading, &overlay);
	free(reading.names.items);
	free(reading.paths.items);
	return reading.says_port;
}

bool inventory_overlay_text(struct run *run, struct str text, struct overlay overlay, bool *ret_says_port)
{
	struct yaml_splitter splitter = yaml_splitter_init(text);
	struct yaml_tree tree = YAML_TREE_INIT;
	struct yaml_refusal why;
	struct yaml_span span;
	bool fine = true;
	size_t bad;

	*ret_says_port = false;
	while (fine && yaml_split_next(&splitter, &span, &bad)) {
		fine = bad == SIZE_MAX &&
		       yaml_parse(&tree, run->scratch, str_sub(text, span.start, span.end), &run->options.limits, &why);
		if (fine && tree.root)
			*ret_says_port |= inventory_overlay(run, &tree, tree.root, overlay);
	}
	yaml_tree_free(&tree);
	return fine;
}
