/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generate: kinds and field orders.
 *
 * Reading and checking is kube/kind_schema.c's, which reads the user's rows too; here they become tables.
 */
#include "generate.h"

#include "kube/kinds.h"

struct flag {
	unsigned flag;
	const char *c_name;
};

static const struct flag kind_flags[] = {
	{ KIND_LIST, "KIND_LIST" },
	{ KIND_SERVICE, "KIND_SERVICE" },
	{ KIND_NAMES_PORT, "KIND_NAMES_PORT" },
	{ KIND_NOTHING, "KIND_NOTHING" },
	{ KIND_IMMUTABLE, "KIND_IMMUTABLE" },
	{ KIND_STATEFUL, "KIND_STATEFUL" },
	{ KIND_OPENSHIFT, "KIND_OPENSHIFT" },
	{ KIND_CLUSTER, "KIND_CLUSTER" },
	{ KIND_KUSTOMIZATION, "KIND_KUSTOMIZATION" },
	{ KIND_CONFIG, "KIND_CONFIG" },
	{ KIND_NAMESPACE, "KIND_NAMESPACE" },
	{ KIND_POD, "KIND_POD" },
};

static const struct flag view_flags[] = {
	{ VIEW_TEMPLATE, "VIEW_TEMPLATE" }, { VIEW_OPERATOR, "VIEW_OPERATOR" }, { VIEW_DEFAULTS, "VIEW_DEFAULTS" },
	{ VIEW_PORTS, "VIEW_PORTS" },	    { VIEW_ADDS, "VIEW_ADDS" },
};

static void emit_flags(struct buf *out, unsigned set, const struct flag *flags, size_t n)
{
	const char *between = "";

	for (size_t i = 0; i < n; i++) {
		if (set & flags[i].flag) {
			buf_addf(out, "%s%s", between, flags[i].c_name);
			between = " | ";
		}
	}
	buf_addz(out, *between ? ", " : "0, ");
}

static void emit_view(struct buf *out, const struct kube_view *view)
{
	const char *const texts[] = { view->name, view->at, view->metadata, view->spec, view->pod_context };
	const char *const more[] = { view->volumes, view->image, view->claims, view->workspaces };

	buf_addz(out, "{ ");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		emit_string(out, texts[i]);
		buf_addz(out, ", ");
	}
	emit_strings(out, view->containers, view->containers_n);
	buf_addz(out, ", ");
	emit_strings(out, view->init_containers, view->init_containers_n);
	buf_addz(out, ", ");
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		emit_string(out, more[i]);
		buf_addz(out, ", ");
	}
	emit_flags(out, view->flags, view_flags, sizeof(view_flags) / sizeof(view_flags[0]));
	buf_addz(out, "}");
}

static void emit_views(struct buf *out, const struct kube_kind *kind)
{
	if (!kind->views_n) {
		buf_addz(out, "NULL, 0, ");
		return;
	}
	buf_addz(out, "(const struct kube_view[]){ ");
	for (size_t i = 0; i < kind->views_n; i++) {
		emit_view(out, &kind->views[i]);
		buf_addz(out, i + 1 < kind->views_n ? ", " : " }");
	}
	buf_addf(out, ", %zu, ", kind->views_n);
}

static void emit_kind(struct buf *out, const struct kube_kind *kind)
{
	buf_addz(out, "\t{ ");
	emit_string(out, kind->group);
	buf_addz(out, ", ");
	emit_string(out, kind->kind);
	buf_addz(out, ", ");
	emit_flags(out, kind->flags, kind_flags, sizeof(kind_flags) / sizeof(kind_flags[0]));
	emit_views(out, kind);
	emit_string(out, kind->items);
	buf_addz(out, ", ");
	emit_string(out, kind->note);
	buf_addz(out, ", ");
	emit_strings(out, kind->note_where, kind->note_where_n);
	buf_addz(out, " },\n");
}

bool emit_kinds(struct schema *schema, struct buf *out)
{
	yaml_id list = yaml_get(&schema->tree, schema->tree.root, "kinds");
	struct kube_kind_list kinds;

	if (!schema_keys(schema, schema->tree.root, "kinds", "kinds") || !kube_kinds_read(schema, list, false, &kinds))
		return false;
	buf_addz(out, "\nconst struct kube_kind kube_kinds[] = {\n");
	for (size_t i = 0; i < kinds.n; i++)
		emit_kind(out, &kinds.items[i]);
	buf_addf(out, "};\nconst size_t kube_kinds_n = %zu;\n", kinds.n);
	return true;
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
