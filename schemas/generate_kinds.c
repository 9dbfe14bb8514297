/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generate: kinds and field orders.
 *
 * A row of kinds.yaml stands for every group with every kind that it names, so that a person reads a list and the
 * program searches a table. What contradicts itself is refused: a kind that is passed over unparsed cannot also be
 * one that must be looked at.
 */
#include "generate.h"

#include "kube/kinds.h"

#include <stdlib.h>

/* The words of `is`, and the flags they stand for, in the same order. */
static const char *const flag_names[] = { "list",     "service",   "names-port", "nothing",	 "immutable",
					  "stateful", "openshift", "cluster",	 "kustomization" };
static const struct {
	unsigned flag;
	const char *c_name;
} flags[] = {
	{ KIND_LIST, "KIND_LIST" },
	{ KIND_SERVICE, "KIND_SERVICE" },
	{ KIND_NAMES_PORT, "KIND_NAMES_PORT" },
	{ KIND_NOTHING, "KIND_NOTHING" },
	{ KIND_IMMUTABLE, "KIND_IMMUTABLE" },
	{ KIND_STATEFUL, "KIND_STATEFUL" },
	{ KIND_OPENSHIFT, "KIND_OPENSHIFT" },
	{ KIND_CLUSTER, "KIND_CLUSTER" },
	{ KIND_KUSTOMIZATION, "KIND_KUSTOMIZATION" },
	{ KIND_POD, "KIND_POD" },
};
_Static_assert(sizeof(flags) / sizeof(flags[0]) == sizeof(flag_names) / sizeof(flag_names[0]) + 1,
	       "a flag for each word, and KIND_POD");

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

static unsigned flags_of_words(unsigned words)
{
	unsigned result = 0;

	for (size_t i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++)
		if (words & (1U << i))
			result |= flags[i].flag;
	return result;
}

static bool check_kind(struct schema *schema, yaml_id row, const struct kube_kind *kind)
{
	const unsigned looked_at = KIND_POD | KIND_LIST | KIND_SERVICE | KIND_NAMES_PORT | KIND_OPENSHIFT |
				   KIND_KUSTOMIZATION;

	if ((kind->flags & KIND_NOTHING) && (kind->flags & looked_at))
		return schema_fail(schema, row,
				   "\"nothing\" excludes pod, list, service, names-port, openshift and "
				   "kustomization");
	if ((kind->flags & KIND_LIST) && (kind->flags & KIND_POD))
		return schema_fail(schema, row, "a list holds no pod of its own");
	if (kind->items && !(kind->flags & KIND_LIST))
		return schema_fail(schema, row, "items without is: [list]");
	return true;
}

static bool read_kind_row(struct schema *schema, yaml_id row, struct kind_rows *rows)
{
	struct schema_texts groups, kinds;
	struct kube_kind kind = { 0 };
	const char *source;
	unsigned words;

	if (!schema_keys(schema, row, "groups kinds pod items is source", "groups kinds source") ||
	    !schema_texts(schema, row, "groups", &groups) || !schema_texts(schema, row, "kinds", &kinds) ||
	    !schema_text(schema, row, "pod", &kind.pod) || !schema_text(schema, row, "items", &kind.items) ||
	    !schema_text(schema, row, "source", &source) ||
	    !schema_bits(schema, row, "is", SCHEMA_NAMES(flag_names), &words))
		return false;
	if (!*source)
		return schema_fail(schema, row, "a row needs its source");
	if (!groups.n || !kinds.n)
		return schema_fail(schema, row, "a row needs a group and a kind");
	kind.flags = flags_of_words(words) | (kind.pod ? (unsigned)KIND_POD : 0);
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

static bool check_kinds(struct schema *schema, const struct kind_rows *rows)
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

static void emit_kind(struct buf *out, const struct kube_kind *kind)
{
	const char *between = "";

	buf_addz(out, "\t{ ");
	emit_string(out, kind->group);
	buf_addz(out, ", ");
	emit_string(out, kind->kind);
	buf_addz(out, ", ");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (kind->flags & flags[i].flag) {
			buf_addf(out, "%s%s", between, flags[i].c_name);
			between = " | ";
		}
	}
	buf_addz(out, *between ? ", " : "0, ");
	emit_string(out, kind->pod);
	buf_addz(out, ", ");
	emit_string(out, kind->items);
	buf_addz(out, " },\n");
}

bool emit_kinds(struct schema *schema, struct buf *out)
{
	yaml_id list = yaml_get(&schema->tree, schema->tree.root, "kinds");
	struct kind_rows rows = { 0 };
	bool fine = schema_keys(schema, schema->tree.root, "kinds", "kinds");

	YAML_EACH(&schema->tree, list, row) {
		if (!fine)
			break;
		fine = read_kind_row(schema, row, &rows);
	}
	if (fine && rows.n)
		qsort(rows.items, rows.n, sizeof(rows.items[0]), compare_kinds);
	fine = fine && check_kinds(schema, &rows);
	if (fine) {
		buf_addz(out, "\nconst struct kube_kind kube_kinds[] = {\n");
		for (size_t i = 0; i < rows.n; i++)
			emit_kind(out, &rows.items[i].kind);
		buf_addf(out, "};\nconst size_t kube_kinds_n = %zu;\n", rows.n);
	}
	free(rows.items);
	return fine;
}

static bool is_c_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!(*p >= 'a' && *p <= 'z') && *p != '_')
			return false;
	return *name;
}

bool emit_orders(struct schema *schema, struct buf *out)
{
	yaml_id list = yaml_get(&schema->tree, schema->tree.root, "orders");

	if (!schema_keys(schema, schema->tree.root, "orders", "orders"))
		return false;
	YAML_EACH(&schema->tree, list, row) {
		struct schema_texts keys;
		const char *name;

		if (!schema_keys(schema, row, "name keys", "name keys") || !schema_text(schema, row, "name", &name) ||
		    !schema_texts(schema, row, "keys", &keys))
			return false;
		if (!is_c_name(name))
			return schema_fail(schema, row, "\"%s\" is no name for an order", name);
		buf_addf(out, "\nconst struct yaml_order order_%s = { ", name);
		emit_strings(out, keys.items, keys.n);
		buf_addz(out, " };\n");
	}
	return true;
}
