/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generate: where ports move, which are not free, and who else names them.
 */
#include "generate.h"

#include <stdlib.h>

#include "kube/kind_path.h"
#include "kube/listeners.h"
#include "kube/port_references.h"

static bool emit_moves(struct schema *schema, yaml_id list, struct buf *out)
{
	int64_t last = 0;
	size_t n = 0;

	buf_addz(out, "\nconst struct port_move port_moves[] = {\n");
	YAML_EACH(&schema->tree, list, row) {
		int64_t from = 0, to = 0;

		if (!schema_keys(schema, row, "from to", "from to") ||
		    !schema_number(schema, row, "from", 1, 1023, &from) ||
		    !schema_number(schema, row, "to", 1024, 65535, &to))
			return false;
		for (yaml_id other = yaml_first(&schema->tree, list); other != row;
		     other = yaml_next(&schema->tree, other))
			if (yaml_int(&schema->tree, yaml_get(&schema->tree, other, "from"), &last) && last == from)
				return schema_fail(schema, row, "port %lld stands twice", (long long)from);
		buf_addf(out, "\t{ %lld, %lld },\n", (long long)from, (long long)to);
		n++;
	}
	buf_addf(out, "};\nconst size_t port_moves_n = %zu;\n", n);
	return true;
}

static bool emit_reserved(struct schema *schema, yaml_id list, struct buf *out)
{
	size_t n = 0;

	buf_addz(out, "\nconst struct port_reserved port_reserved[] = {\n");
	YAML_EACH(&schema->tree, list, row) {
		int64_t first = 0, last = 0;
		const char *by;

		if (!schema_keys(schema, row, "first last by source", "first last by source") ||
		    !schema_number(schema, row, "first", 1, 65535, &first) ||
		    !schema_number(schema, row, "last", first, 65535, &last) || !schema_text(schema, row, "by", &by) ||
		    !read_source(schema, row))
			return false;
		buf_addf(out, "\t{ %lld, %lld, ", (long long)first, (long long)last);
		emit_string(out, by);
		buf_addz(out, " },\n");
		n++;
	}
	buf_addf(out, "};\nconst size_t port_reserved_n = %zu;\n", n);
	return true;
}

/* ---- references ---- */

static const char *const on_names[] = { "container", "pod", "object" };
static const char *const by_names[] = { "selector", "labels", "istio",	  "peers",  "monitor", "services",
					"service",  "itself", "workload", "calico", "cilium",  "unknown" };
static const char *const form_names[] = { "number", "text", "either", "list", "key", "address", "setting" };
static const char *const deed_names[] = { "move", "widen", "keep", "leave" };
_Static_assert(BY_UNKNOWN + 1 == sizeof(by_names) / sizeof(by_names[0]), "a name for each");
_Static_assert(FORM_SETTING + 1 == sizeof(form_names) / sizeof(form_names[0]), "a name for each");
_Static_assert(DEED_LEAVE + 1 == sizeof(deed_names) / sizeof(deed_names[0]), "a name for each");

struct rows {
	struct port_reference *items;
	size_t n, cap;
};

/* A path, or none; its alternatives written out, with blanks between them. */
static bool read_path(struct schema *schema, yaml_id row, const char *key, const char **ret_paths)
{
	const char *paths[KUBE_PATHS_MAX], *path, *why = NULL;
	struct str all = STR_NONE;
	size_t n;

	*ret_paths = NULL;
	if (!schema_text(schema, row, key, &path))
		return false;
	if (!path)
		return true;
	n = kube_path_expand(schema->arena, str_of(path), paths);
	if (!n)
		return schema_fail(schema, row, "%s: braces that do not match", key);
	for (size_t i = 0; i < n && !why; i++) {
		why = kube_path_fault(str_of(paths[i]));
		all = str_fmt(schema->arena, "%.*s%s%s", STR_ARG(all), i ? " " : "", paths[i]);
	}
	*ret_paths = all.p;
	return !why || schema_fail(schema, row, "%s: %s", key, why);
}

static bool check_row(struct schema *schema, yaml_id at, const struct port_reference *row, bool kinds)
{
	bool object = row->on == REFERENCE_ON_OBJECT, leave = row->deed == DEED_LEAVE;

	if (object != kinds)
		return schema_fail(schema, at, "groups and kinds are of objects, and each object has them");
	if (row->ports && row->annotation)
		return schema_fail(schema, at, "ports and annotation exclude each other");
	if (!row->ports && !row->annotation && row->deed != DEED_KEEP)
		return schema_fail(schema, at, "a row that changes something needs ports or an annotation");
	if ((row->on == REFERENCE_ON_POD) != (row->annotation && !object))
		return schema_fail(schema, at, "a pod's annotation is on: pod");
	if (object && !leave && !yaml_get(&schema->tree, at, "by"))
		return schema_fail(schema, at, "a row that is no \"leave\" needs by");
	if (row->by == BY_UNKNOWN && object && row->form != FORM_SETTING && row->deed < DEED_KEEP)
		return schema_fail(schema, at, "what means unknown pods can only keep or leave");
	if (row->deed == DEED_WIDEN && (row->form == FORM_KEY || row->form == FORM_LIST || row->form == FORM_ADDRESS))
		return schema_fail(schema, at,
				   "only a port that is an item of a list, or stands in one, can be widened");
	return true;
}

static bool read_row(struct schema *schema, yaml_id at, struct port_reference *row, struct schema_texts *groups,
		     struct schema_texts *kinds)
{
	unsigned on = REFERENCE_ON_OBJECT, by = BY_UNKNOWN, form = FORM_NUMBER, deed = DEED_LEAVE;

	if (!schema_keys(schema, at,
			 "name on groups kinds at whose by ports annotation range absent serves form do source",
			 "name form do source") ||
	    !schema_text(schema, at, "name", &row->name) ||
	    !schema_enum(schema, at, "on", SCHEMA_NAMES(on_names), &on) ||
	    !schema_texts(schema, at, "groups", groups) || !schema_texts(schema, at, "kinds", kinds) ||
	    !read_path(schema, at, "at", &row->at) || !read_path(schema, at, "whose", &row->whose) ||
	    !schema_enum(schema, at, "by", SCHEMA_NAMES(by_names), &by) ||
	    !read_path(schema, at, "ports", &row->ports) || !schema_text(schema, at, "annotation", &row->annotation) ||
	    !schema_text(schema, at, "range", &row->range) || !schema_text(schema, at, "absent", &row->absent) ||
	    !schema_flag(schema, at, "serves", &row->serves) ||
	    !schema_enum(schema, at, "form", SCHEMA_NAMES(form_names), &form) ||
	    !schema_enum(schema, at, "do", SCHEMA_NAMES(deed_names), &deed) || !read_source(schema, at))
		return false;
	row->on = (uint8_t)on;
	row->by = (uint8_t)by;
	row->form = (uint8_t)form;
	row->deed = (uint8_t)deed;
	return check_row(schema, at, row, groups->n && kinds->n);
}

static int compare_rows(const void *a, const void *b)
{
	const struct port_reference *x = a, *y = b;
	int order = x->on - y->on;

	if (!order && x->on == REFERENCE_ON_OBJECT)
		order = strcmp(x->kind, y->kind);
	if (!order && x->on == REFERENCE_ON_OBJECT)
		order = strcmp(x->group, y->group);
	return order ? order : strcmp(x->name, y->name);
}

static bool add_row(struct schema *schema, yaml_id at, struct rows *rows)
{
	struct port_reference row = { 0 };
	struct schema_texts groups, kinds;

	if (!read_row(schema, at, &row, &groups, &kinds))
		return false;
	for (size_t i = 0; i < rows->n; i++)
		if (!strcmp(rows->items[i].name, row.name))
			return schema_fail(schema, at, "%s stands twice", row.name);
	if (row.on != REFERENCE_ON_OBJECT)
		VEC_PUSH(rows, row);
	for (size_t g = 0; row.on == REFERENCE_ON_OBJECT && g < groups.n; g++) {
		for (size_t k = 0; k < kinds.n; k++) {
			row.group = groups.items[g];
			row.kind = kinds.items[k];
			VEC_PUSH(rows, row);
		}
	}
	return true;
}

static void emit_reference(struct buf *out, const struct port_reference *row)
{
	const char *const texts[] = { row->name,  row->group,	   row->kind,  row->at,	   row->whose,
				      row->ports, row->annotation, row->range, row->absent };

	buf_addz(out, "\t{ ");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		emit_string(out, texts[i]);
		buf_addz(out, ", ");
	}
	buf_addf(out, "%u, %u, %u, %u, %s },\n", row->on, row->by, row->form, row->deed,
		 row->serves ? "true" : "false");
}

static void emit_rows(struct buf *out, const struct rows *rows, unsigned on, const char *name)
{
	size_t n = 0;

	buf_addf(out, "\nconst struct port_reference %s[] = {\n", name);
	for (size_t i = 0; i < rows->n; i++) {
		if (rows->items[i].on != on)
			continue;
		emit_reference(out, &rows->items[i]);
		n++;
	}
	buf_addf(out, "};\nconst size_t %s_n = %zu;\n", name, n);
}

static bool emit_references(struct schema *schema, yaml_id list, struct buf *out)
{
	struct rows rows = { 0 };
	bool fine = true;

	YAML_EACH(&schema->tree, list, row)
		fine = fine && add_row(schema, row, &rows);
	if (fine && rows.n)
		qsort(rows.items, rows.n, sizeof(rows.items[0]), compare_rows);
	if (fine) {
		emit_rows(out, &rows, REFERENCE_ON_POD, "pod_annotations");
		emit_rows(out, &rows, REFERENCE_ON_OBJECT, "port_references");
	}
	free(rows.items);
	return fine;
}

bool emit_ports(struct schema *schema, struct buf *out)
{
	yaml_id root = schema->tree.root;

	return schema_keys(schema, root, "moves reserved references", "moves reserved references") &&
	       emit_moves(schema, yaml_get(&schema->tree, root, "moves"), out) &&
	       emit_reserved(schema, yaml_get(&schema->tree, root, "reserved"), out) &&
	       emit_references(schema, yaml_get(&schema->tree, root, "references"), out);
}
