/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds from a file
 *
 * One reader for the file that the program is built with and for the user's own rows: what stops the build in the one
 * is said with line and column at run time of the other. A row stands for every group with every kind that it names,
 * so that a person reads a list and the program searches a table. What contradicts itself is refused: a kind that is
 * passed over unparsed cannot also be one that must be looked at.
 */
#include <stdlib.h>

#include "kube/kind_path.h"
#include "kube/kinds.h"

/* The words of `is`, and the flags they stand for, in the same order. */
static const char *const flag_names[] = { "list",      "service", "names-port",	   "nothing",	"immutable", "stateful",
					  "openshift", "cluster", "kustomization", "namespace", "config" };
static const unsigned flags[] = { KIND_LIST,	      KIND_SERVICE,   KIND_NAMES_PORT, KIND_NOTHING,
				  KIND_IMMUTABLE,     KIND_STATEFUL,  KIND_OPENSHIFT,  KIND_CLUSTER,
				  KIND_KUSTOMIZATION, KIND_NAMESPACE, KIND_CONFIG };
_Static_assert(sizeof(flags) / sizeof(flags[0]) == sizeof(flag_names) / sizeof(flag_names[0]), "a flag for each word");

/* Those of a pod's `is`. */
static const char *const view_names[] = { "operator", "defaults", "ports", "adds" };
static const unsigned view_flags[] = { VIEW_OPERATOR, VIEW_DEFAULTS, VIEW_PORTS, VIEW_ADDS };

struct kind_row {
	struct kube_kind kind;
	yaml_id at;
};

struct kind_rows {
	struct kind_row *items;
	size_t n, cap;
};

static int compare_kinds(const void *left, const void *right)
{
	const struct kube_kind *a = &((const struct kind_row *)left)->kind;
	const struct kube_kind *b = &((const struct kind_row *)right)->kind;
	int order = strcmp(a->kind, b->kind);

	return order ? order : strcmp(a->group, b->group);
}

static unsigned flags_of(unsigned words, const unsigned *values, size_t n)
{
	unsigned result = 0;

	for (size_t i = 0; i < n; i++)
		if (words & (1U << i))
			result |= values[i];
	return result;
}

/* ---- paths ---- */

static bool check_path(struct schema *schema, yaml_id node, const char *key, struct str path)
{
	const char *why = kube_path_fault(path);

	return !why || schema_fail(schema, node, "%s: \"%.*s\" is no path: %s", key, STR_ARG(path), why);
}

/* The paths that a text, or each of a list of texts, stands for. None where the key is absent. */
static bool read_paths(struct schema *schema, yaml_id map, const char *key, struct schema_texts *ret_paths)
{
	yaml_id value = yaml_get(&schema->tree, map, key);
	struct schema_texts texts = { 0 }, paths = { 0 };
	const char *expanded[KUBE_PATHS_MAX], *one;

	*ret_paths = paths;
	if (!value)
		return true;
	if (yaml_is_seq(&schema->tree, value)) {
		if (!schema_texts(schema, map, key, &texts))
			return false;
	} else {
		if (!schema_text(schema, map, key, &one))
			return false;
		texts = (struct schema_texts){ &one, 1 };
	}
	if (!texts.n)
		return schema_fail(schema, value, "%s needs a path", key);
	paths.items = ARENA_ARRAY(schema->arena, const char *, texts.n *KUBE_PATHS_MAX);
	for (size_t i = 0; i < texts.n; i++) {
		size_t n = kube_path_expand(schema->arena, str_of(texts.items[i]), expanded);

		if (!n)
			return schema_fail(schema, value, "%s: \"%s\" is no path: {a,b} holds alternatives, at most %d",
					   key, texts.items[i], KUBE_PATHS_MAX);
		for (size_t k = 0; k < n; k++) {
			if (!check_path(schema, value, key, str_of(expanded[k])))
				return false;
			paths.items[paths.n++] = expanded[k];
		}
	}
	*ret_paths = paths;
	return true;
}

/* A role: the path of one thing; NULL for "none". Stays as it was where the key is absent. */
static bool read_role(struct schema *schema, yaml_id map, const char *key, const char **ret_path)
{
	yaml_id value = yaml_get(&schema->tree, map, key);
	const char *path;

	if (!value)
		return true;
	if (!schema_text(schema, map, key, &path))
		return false;
	if (strcmp(path, "none") != 0 && strpbrk(path, "[{?!"))
		return schema_fail(schema, value, "%s is one place: a path of keys, or none", key);
	if (!check_path(schema, value, key, str_of(path)))
		return false;
	*ret_path = strcmp(path, "none") != 0 ? path : NULL;
	return true;
}

/* ---- pods ---- */

static const char roles[] =
	"at name metadata spec pod-security-context containers init-containers volumes image claims workspaces is";

/* What a pod template has where nothing else is said. */
static const struct kube_view template = {
	.metadata = "metadata",
	.spec = "spec",
	.pod_context = "securityContext",
	.volumes = "volumes",
	.claims = "spec.volumeClaimTemplates",
	.flags = VIEW_TEMPLATE,
};

static bool check_view(struct schema *schema, yaml_id row, const struct kube_view *view)
{
	if (!view->spec)
		return schema_fail(schema, row, "spec: none; a pod without a spec has no roles");
	if ((view->flags & VIEW_OPERATOR) && (view->containers_n || view->init_containers_n))
		return schema_fail(schema, row, "an operator makes the containers: they have no place here");
	if (view->init_containers_n && !view->containers_n)
		return schema_fail(schema, row, "init-containers without containers");
	if ((view->flags & VIEW_DEFAULTS) && !view->pod_context)
		return schema_fail(schema, row, "defaults without a pod-security-context");
	return true;
}

static bool read_view(struct schema *schema, yaml_id row, struct kube_view *view, struct schema_texts *ret_at)
{
	struct schema_texts containers, init;
	unsigned words;

	*view = template;
	if (!schema_keys(schema, row, roles, "at") || !schema_text(schema, row, "name", &view->name) ||
	    !read_paths(schema, row, "at", ret_at) || !read_role(schema, row, "metadata", &view->metadata) ||
	    !read_role(schema, row, "spec", &view->spec) ||
	    !read_role(schema, row, "pod-security-context", &view->pod_context) ||
	    !read_role(schema, row, "volumes", &view->volumes) || !read_role(schema, row, "image", &view->image) ||
	    !read_role(schema, row, "claims", &view->claims) ||
	    !read_role(schema, row, "workspaces", &view->workspaces) ||
	    !read_paths(schema, row, "containers", &containers) || !read_paths(schema, row, "init-containers", &init) ||
	    !schema_bits(schema, row, "is", SCHEMA_NAMES(view_names), &words))
		return false;
	view->containers = containers.items;
	view->containers_n = containers.n;
	view->init_containers = init.items;
	view->init_containers_n = init.n;
	view->flags = flags_of(words, view_flags, sizeof(view_flags) / sizeof(view_flags[0]));
	YAML_EACH(&schema->tree, row, key)
		if (!str_is(yaml_text(&schema->tree, key), "at") && !str_is(yaml_text(&schema->tree, key), "is"))
			return check_view(schema, row, view);
	view->flags |= view->flags & VIEW_OPERATOR ? 0 : VIEW_TEMPLATE;
	return check_view(schema, row, view);
}

enum { VIEWS_MAX = 64 };

static bool add_views(struct schema *schema, yaml_id at, struct kube_view *views, struct kube_kind *kind,
		      const struct kube_view *view, const struct schema_texts *paths)
{
	for (size_t i = 0; i < paths->n; i++) {
		if (kind->views_n == VIEWS_MAX)
			return schema_fail(schema, at, "a row has at most %d pods", VIEWS_MAX);
		views[kind->views_n] = *view;
		views[kind->views_n++].at = paths->items[i];
	}
	return true;
}

static bool read_views(struct schema *schema, yaml_id row, struct kube_kind *kind)
{
	yaml_id list = yaml_get(&schema->tree, row, "pods"), short_form = yaml_get(&schema->tree, row, "pod");
	struct kube_view *views, view = template;
	struct schema_texts paths;

	if (!list && !short_form)
		return true;
	if (list && short_form)
		return schema_fail(schema, list, "pod and pods exclude each other");
	views = ARENA_ARRAY(schema->arena, struct kube_view, VIEWS_MAX);
	kind->views = views;
	kind->flags |= KIND_POD;
	if (short_form)
		return read_paths(schema, row, "pod", &paths) &&
		       add_views(schema, short_form, views, kind, &view, &paths);
	if (!yaml_is_seq(&schema->tree, list) || !yaml_count(&schema->tree, list))
		return schema_fail(schema, list, "pods must be a list of maps");
	YAML_EACH(&schema->tree, list, item)
		if (!read_view(schema, item, &view, &paths) || !add_views(schema, item, views, kind, &view, &paths))
			return false;
	return true;
}

/* ---- rows ---- */

static bool check_kind(struct schema *schema, yaml_id row, const struct kube_kind *kind)
{
	const unsigned looked_at = KIND_POD | KIND_LIST | KIND_SERVICE | KIND_NAMES_PORT | KIND_OPENSHIFT |
				   KIND_KUSTOMIZATION | KIND_CONFIG;

	if ((kind->flags & KIND_NOTHING) && ((kind->flags & looked_at) || kind->note))
		return schema_fail(schema, row,
				   "\"nothing\" excludes pod, note, list, service, names-port, openshift, "
				   "kustomization and config");
	if ((kind->flags & KIND_LIST) && (kind->flags & KIND_POD))
		return schema_fail(schema, row, "a list holds no pod of its own");
	if (kind->items && !(kind->flags & KIND_LIST))
		return schema_fail(schema, row, "items without is: [list]");
	if (kind->note_where_n && !kind->note)
		return schema_fail(schema, row, "note-where without a note");
	if (kind->note && (kind->flags & KIND_POD) && !kind->note_where_n)
		return schema_fail(schema, row, "a kind whose pods are never edited says no pods, or note-where");
	return true;
}

static bool read_row(struct schema *schema, yaml_id row, bool own, struct kind_rows *rows)
{
	struct schema_texts groups, kinds, where;
	struct kube_kind kind = { 0 };
	const char *source;
	unsigned words;

	if (!schema_keys(schema, row, "groups kinds pod pods items is note note-where source",
			 own ? "groups kinds" : "groups kinds source") ||
	    !schema_texts(schema, row, "groups", &groups) || !schema_texts(schema, row, "kinds", &kinds) ||
	    !schema_text(schema, row, "items", &kind.items) || !schema_text(schema, row, "note", &kind.note) ||
	    !schema_text(schema, row, "source", &source) || !read_paths(schema, row, "note-where", &where) ||
	    !schema_bits(schema, row, "is", SCHEMA_NAMES(flag_names), &words) || !read_views(schema, row, &kind))
		return false;
	if (!own && !*source)
		return schema_fail(schema, row, "a row needs its source");
	if (!groups.n || !kinds.n)
		return schema_fail(schema, row, "a row needs a group and a kind");
	kind.flags |= flags_of(words, flags, sizeof(flags) / sizeof(flags[0]));
	kind.note_where = where.items;
	kind.note_where_n = where.n;
	if (!check_kind(schema, row, &kind))
		return false;
	for (size_t g = 0; g < groups.n; g++) {
		for (size_t k = 0; k < kinds.n; k++) {
			kind.group = groups.items[g];
			kind.kind = kinds.items[k];
			VEC_PUSH(rows, (struct kind_row){ kind, row });
		}
	}
	return true;
}

static bool check_rows(struct schema *schema, const struct kind_rows *rows)
{
	for (size_t i = 1; i < rows->n; i++)
		if (!compare_kinds(&rows->items[i - 1], &rows->items[i]))
			return schema_fail(schema, rows->items[i].at, "%s of group \"%s\" stands twice",
					   rows->items[i].kind.kind, rows->items[i].kind.group);
	for (size_t i = 0; i < rows->n; i++) {
		const struct kind_row *row = &rows->items[i];
		struct kind_row wanted = { .kind = { .group = row->kind.group, .kind = row->kind.items } };

		if (row->kind.items && !bsearch(&wanted, rows->items, rows->n, sizeof(rows->items[0]), compare_kinds))
			return schema_fail(schema, row->at, "its items, %s of group \"%s\", have no row",
					   row->kind.items, row->kind.group);
	}
	return true;
}

bool kube_kinds_read(struct schema *schema, yaml_id list, bool own, struct kube_kind_list *ret_kinds)
{
	struct kind_rows rows = { 0 };
	struct kube_kind *kinds;
	bool fine = !list || yaml_is_seq(&schema->tree, list) || schema_fail(schema, list, "kinds must be a list");

	*ret_kinds = (struct kube_kind_list){ 0 };
	YAML_EACH(&schema->tree, list, row) {
		if (!fine)
			break;
		fine = read_row(schema, row, own, &rows);
	}
	if (fine && rows.n)
		qsort(rows.items, rows.n, sizeof(rows.items[0]), compare_kinds);
	fine = fine && check_rows(schema, &rows);
	if (fine && rows.n) {
		kinds = ARENA_ARRAY(schema->arena, struct kube_kind, rows.n);
		for (size_t i = 0; i < rows.n; i++)
			kinds[i] = rows.items[i].kind;
		*ret_kinds = (struct kube_kind_list){ kinds, rows.n };
	}
	free(rows.items);
	return fine;
}
