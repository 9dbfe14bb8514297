/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generate: merge keys. A row of groups and kinds becomes one for each of them, sorted by kind, then group.
 */
#include "generate.h"

#include "kube/kind_path.h"
#include "kube/merge_keys.h"

#include <stdlib.h>

struct rows {
	struct kube_merge_kind *items;
	size_t n, cap;
};

static int compare(const void *a, const void *b)
{
	const struct kube_merge_kind *one = a, *other = b;
	int order = strcmp(one->kind, other->kind);

	return order ? order : strcmp(one->group, other->group);
}

static bool read_list(struct schema *schema, yaml_id map, yaml_id key, struct kube_merge_list *ret)
{
	struct schema_texts keys;
	struct buf text = BUF_INIT;
	const char *fault;

	ret->path = schema_z(schema, key);
	fault = kube_path_fault(str_of(ret->path));
	if (fault)
		return schema_fail(schema, key, "%s: %s", ret->path, fault);
	if (!schema_texts(schema, map, ret->path, &keys))
		return false;
	if (!keys.n)
		return schema_fail(schema, key, "%s has no merge key", ret->path);
	for (size_t i = 0; i < keys.n; i++)
		buf_addf(&text, "%s%s", i ? " " : "", keys.items[i]);
	ret->keys = str_copy(schema->arena, buf_str(&text)).p;
	buf_free(&text);
	return true;
}

static bool read_lists(struct schema *schema, yaml_id row, struct kube_merge_kind *ret)
{
	struct yaml_tree *tree = &schema->tree;
	yaml_id map = yaml_get(tree, row, "lists");
	struct kube_merge_list *lists;

	if (!yaml_is_map(tree, map))
		return schema_fail(schema, row, "lists is a mapping of paths");
	lists = ARENA_ARRAY(schema->arena, struct kube_merge_list, yaml_count(tree, map) + 1);
	ret->lists = lists;
	YAML_EACH(tree, map, key)
		if (!read_list(schema, map, key, &lists[ret->n++]))
			return false;
	return true;
}

static bool read_row(struct schema *schema, yaml_id row, struct rows *rows)
{
	struct kube_merge_kind kind = { .at = "" };
	struct schema_texts groups, kinds;
	const char *at = NULL, *fault;

	if (!schema_keys(schema, row, "groups kinds at lists source", "groups kinds lists source") ||
	    !schema_texts(schema, row, "groups", &groups) || !schema_texts(schema, row, "kinds", &kinds) ||
	    !schema_text(schema, row, "at", &at) || !read_source(schema, row) || !read_lists(schema, row, &kind))
		return false;
	kind.at = at ? at : "";
	fault = kube_path_fault(str_of(kind.at));
	if (fault)
		return schema_fail(schema, row, "%s: %s", kind.at, fault);
	for (size_t i = 0; i < groups.n; i++)
		for (size_t k = 0; k < kinds.n; k++) {
			kind.group = groups.items[i];
			kind.kind = kinds.items[k];
			for (size_t m = 0; m < rows->n; m++)
				if (!compare(&rows->items[m], &kind))
					return schema_fail(schema, row, "a second row of %s", kind.kind);
			VEC_PUSH(rows, kind);
		}
	return true;
}

static void emit_row(struct buf *out, const struct kube_merge_kind *kind)
{
	buf_addz(out, "\t{ ");
	emit_string(out, kind->group);
	buf_addz(out, ", ");
	emit_string(out, kind->kind);
	buf_addz(out, ", ");
	emit_string(out, kind->at);
	if (!kind->n) {
		buf_addz(out, ", NULL, 0 },\n");
		return;
	}
	buf_addz(out, ", (const struct kube_merge_list[]){ ");
	for (size_t i = 0; i < kind->n; i++) {
		buf_addz(out, i ? ", { " : "{ ");
		emit_string(out, kind->lists[i].path);
		buf_addz(out, ", ");
		emit_string(out, kind->lists[i].keys);
		buf_addz(out, " }");
	}
	buf_addf(out, " }, %zu },\n", kind->n);
}

bool emit_merge_keys(struct schema *schema, struct buf *out)
{
	yaml_id list = yaml_get(&schema->tree, schema->tree.root, "merge-keys");
	struct rows rows = { 0 };
	bool fine = schema_keys(schema, schema->tree.root, "merge-keys", "merge-keys");

	if (fine && !yaml_count(&schema->tree, list))
		fine = schema_fail(schema, schema->tree.root, "no rows");
	YAML_EACH(&schema->tree, list, row)
		fine = fine && read_row(schema, row, &rows);
	if (fine && rows.n) {
		qsort(rows.items, rows.n, sizeof(*rows.items), compare);
		buf_addz(out, "\nconst struct kube_merge_kind kube_merge_kinds[] = {\n");
		for (size_t i = 0; i < rows.n; i++)
			emit_row(out, &rows.items[i]);
		buf_addf(out, "};\nconst size_t kube_merge_kinds_n = %zu;\n", rows.n);
	}
	free(rows.items);
	return fine;
}
