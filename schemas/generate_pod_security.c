/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generate: the checks of the Pod Security Standards.
 *
 * A field that is looked at in ten places is one row with ten paths, and ten entries of the table. The order of the
 * checks is that in which Kubernetes evaluates them, so that a bit of a set of checks means the same everywhere.
 */
#include "generate.h"

#include "kube/pod_security.h"

#include <stdlib.h>

static const char *const level_names[] = { "baseline", "restricted" };
static const char *const scope_names[] = { "pod", "container", "volume", "annotation", "container-annotation" };
static const char *const form_names[] = { "one-of", "none-of", "unset", "holds", "source" };
static const char *const type_names[] = { "text", "bool", "number" };
static const char *const absent_names[] = { "allowed", "forbidden", "pod" };
static const char *const mend_names[] = { "none", "set", "remove", "remove-item" };
static const char *const safety_names[] = { "caveat", "unsafe" };

struct values {
	struct pod_security_value *items;
	size_t n, cap;
};

struct field {
	struct pod_security_field row;
	struct schema_texts paths;
	struct values values;
};

struct check {
	struct pod_security_check row;
	struct schema_texts overrides;
	struct schema_texts fixers;
	struct {
		struct field *items;
		size_t n, cap;
	} fields;
	yaml_id at;
};

struct checks {
	struct check *items;
	size_t n, cap;
	unsigned newest;
};

static void note_version(struct checks *checks, unsigned minor)
{
	if (minor != POD_SECURITY_NEVER && minor > checks->newest)
		checks->newest = minor;
}

static bool push_values(struct schema *schema, yaml_id map, unsigned since, struct values *values)
{
	struct schema_texts texts;

	if (!schema_texts(schema, map, "values", &texts))
		return false;
	for (size_t i = 0; i < texts.n; i++)
		VEC_PUSH(values, (struct pod_security_value){ texts.items[i], since });
	return true;
}

static bool read_values(struct schema *schema, yaml_id map, struct checks *checks, struct values *values)
{
	yaml_id added = yaml_get(&schema->tree, map, "added");

	if (!push_values(schema, map, POD_SECURITY_ALWAYS, values))
		return false;
	YAML_EACH(&schema->tree, added, row) {
		unsigned since = POD_SECURITY_ALWAYS;

		if (!schema_keys(schema, row, "since values", "since values") ||
		    !schema_version(schema, row, "since", &since) || !push_values(schema, row, since, values))
			return false;
		note_version(checks, since);
	}
	return true;
}

static bool check_field(struct schema *schema, yaml_id map, const struct field *field)
{
	const struct pod_security_field *row = &field->row;

	if (!field->paths.n)
		return schema_fail(schema, map, "a field needs a path");
	if ((row->form == POD_SECURITY_UNSET) != !field->values.n)
		return schema_fail(schema, map, "every form but \"unset\" needs values, and that one none");
	if (row->form == POD_SECURITY_SOURCE && row->scope != POD_SECURITY_VOLUME)
		return schema_fail(schema, map, "\"source\" is a form of volumes");
	if (row->absent == POD_SECURITY_OR_POD && row->scope != POD_SECURITY_CONTAINER)
		return schema_fail(schema, map, "\"absent: pod\" belongs to containers");
	if ((row->mend == POD_SECURITY_MEND_SET) != (row->replacement != NULL))
		return schema_fail(schema, map, "\"mend: set\" needs a replacement, and nothing else has one");
	if ((row->mend != POD_SECURITY_MEND_NONE) != (yaml_get(&schema->tree, map, "safety") != YAML_NONE))
		return schema_fail(schema, map, "what is mended has a safety, and nothing else");
	if (row->since >= row->until)
		return schema_fail(schema, map, "until must be after since");
	return true;
}

static bool read_field(struct schema *schema, yaml_id map, struct checks *checks, struct check *check)
{
	struct field field = { .row = { .until = POD_SECURITY_NEVER } };
	unsigned scope = 0, form = 0, type = POD_SECURITY_TEXT, absent = POD_SECURITY_ALLOWED, mend = 0, safety = 0;
	bool fine;

	fine = schema_keys(schema, map,
			   "scope paths form type values added absent struct host-network since until mend replacement "
			   "safety",
			   "scope paths form") &&
	       schema_enum(schema, map, "scope", SCHEMA_NAMES(scope_names), &scope) &&
	       schema_enum(schema, map, "form", SCHEMA_NAMES(form_names), &form) &&
	       schema_enum(schema, map, "type", SCHEMA_NAMES(type_names), &type) &&
	       schema_enum(schema, map, "absent", SCHEMA_NAMES(absent_names), &absent) &&
	       schema_flag(schema, map, "struct", &field.row.with_struct) &&
	       schema_text(schema, map, "host-network", &field.row.host_network) &&
	       schema_enum(schema, map, "mend", SCHEMA_NAMES(mend_names), &mend) &&
	       schema_enum(schema, map, "safety", SCHEMA_NAMES(safety_names), &safety) &&
	       schema_text(schema, map, "replacement", &field.row.replacement) &&
	       schema_version(schema, map, "since", &field.row.since) &&
	       schema_version(schema, map, "until", &field.row.until) &&
	       schema_texts(schema, map, "paths", &field.paths) && read_values(schema, map, checks, &field.values);
	field.row.scope = (enum pod_security_scope)scope;
	field.row.form = (enum pod_security_form)form;
	field.row.type = (enum pod_security_type)type;
	field.row.absent = (enum pod_security_absent)absent;
	field.row.mend = (enum pod_security_mend)mend;
	field.row.safety = (enum pod_security_safety)safety;
	note_version(checks, field.row.since);
	note_version(checks, field.row.until);
	fine = fine && check_field(schema, map, &field);
	VEC_PUSH(&check->fields, field);
	return fine;
}

static bool read_check(struct schema *schema, yaml_id map, struct checks *checks)
{
	struct check *check;
	unsigned level = 0;
	const char *source;

	VEC_PUSH(checks, (struct check){ .row = { .windows_since = POD_SECURITY_NEVER,
						  .user_namespace_since = POD_SECURITY_NEVER },
					 .at = map });
	check = &checks->items[checks->n - 1];
	if (!schema_keys(schema, map,
			 "id level since overrides windows user-namespace reason fixers says source fields",
			 "id level since reason fixers says source fields") ||
	    !schema_text(schema, map, "id", &check->row.id) ||
	    !schema_enum(schema, map, "level", SCHEMA_NAMES(level_names), &level) ||
	    !schema_version(schema, map, "since", &check->row.since) ||
	    !schema_version(schema, map, "windows", &check->row.windows_since) ||
	    !schema_version(schema, map, "user-namespace", &check->row.user_namespace_since) ||
	    !schema_texts(schema, map, "overrides", &check->overrides) ||
	    !schema_texts(schema, map, "fixers", &check->fixers) ||
	    !schema_text(schema, map, "reason", &check->row.reason) ||
	    !schema_text(schema, map, "says", &check->row.says) || !schema_text(schema, map, "source", &source))
		return false;
	check->row.level = (enum pod_security_level)level;
	if (check->overrides.n && check->row.level != POD_SECURITY_RESTRICTED)
		return schema_fail(schema, map, "only a restricted check overrides another");
	if (!check->fixers.n || !*source)
		return schema_fail(schema, map, "a check needs its source and a fixer that answers for it");
	note_version(checks, check->row.since);
	note_version(checks, check->row.windows_since);
	note_version(checks, check->row.user_namespace_since);
	YAML_EACH(&schema->tree, yaml_get(&schema->tree, map, "fields"), field)
		if (!read_field(schema, field, checks, check))
			return false;
	return check->fields.n || schema_fail(schema, map, "a check needs a field");
}

static int compare_checks(const void *left, const void *right)
{
	const struct check *a = left, *b = right;

	if (a->row.level != b->row.level)
		return a->row.level < b->row.level ? -1 : 1;
	return strcmp(a->row.id, b->row.id);
}

static size_t find_check(const struct checks *checks, const char *id)
{
	for (size_t i = 0; i < checks->n; i++)
		if (!strcmp(checks->items[i].row.id, id))
			return i;
	return SIZE_MAX;
}

/* Overrides become bits; they must name baseline checks. No ID may stand twice, and 32 is all that a set holds. */
static bool link_checks(struct schema *schema, struct checks *checks)
{
	if (checks->n > 32)
		return schema_fail(schema, checks->items[32].at, "more than 32 checks");
	for (size_t i = 0; i < checks->n; i++) {
		struct check *check = &checks->items[i];

		if (find_check(checks, check->row.id) != i)
			return schema_fail(schema, check->at, "check %s stands twice", check->row.id);
		for (size_t k = 0; k < check->overrides.n; k++) {
			size_t other = find_check(checks, check->overrides.items[k]);

			if (other == SIZE_MAX || checks->items[other].row.level != POD_SECURITY_BASELINE)
				return schema_fail(schema, check->at, "%s is no baseline check",
						   check->overrides.items[k]);
			check->row.overrides |= (uint32_t)1 << other;
		}
	}
	return true;
}

static void emit_values(struct buf *out, const struct values *values)
{
	if (!values->n) {
		buf_addz(out, "NULL, 0");
		return;
	}
	buf_addz(out, "(const struct pod_security_value[]){ ");
	for (size_t i = 0; i < values->n; i++) {
		buf_addz(out, "{ ");
		emit_string(out, values->items[i].text);
		buf_addf(out, ", %u }%s", values->items[i].since, i + 1 < values->n ? ", " : " }");
	}
	buf_addf(out, ", %zu", values->n);
}

static void emit_fields(struct buf *out, const struct check *check)
{
	size_t n = 0;

	buf_addz(out, "\t  (const struct pod_security_field[]){\n");
	for (size_t i = 0; i < check->fields.n; i++) {
		const struct field *field = &check->fields.items[i];
		const struct pod_security_field *row = &field->row;

		for (size_t k = 0; k < field->paths.n; k++, n++) {
			buf_addz(out, "\t\t  { ");
			emit_string(out, field->paths.items[k]);
			buf_addf(out, ", (enum pod_security_scope)%d, (enum pod_security_form)%d,", (int)row->scope,
				 (int)row->form);
			buf_addf(out, " (enum pod_security_type)%d, (enum pod_security_absent)%d, %s, ", (int)row->type,
				 (int)row->absent, row->with_struct ? "true" : "false");
			emit_string(out, row->host_network);
			buf_addf(out, ", %u, %u, ", row->since, row->until);
			emit_values(out, &field->values);
			buf_addf(out, ", (enum pod_security_mend)%d, (enum pod_security_safety)%d, ", (int)row->mend,
				 (int)row->safety);
			emit_string(out, row->replacement);
			buf_addz(out, " },\n");
		}
	}
	buf_addf(out, "\t  }, %zu },\n", n);
}

static void emit_check(struct buf *out, const struct check *check)
{
	const struct pod_security_check *row = &check->row;
	struct buf fixers = BUF_INIT;

	for (size_t i = 0; i < check->fixers.n; i++)
		buf_addf(&fixers, "%s%s", i ? " " : "", check->fixers.items[i]);
	buf_addc(&fixers, '\0');
	buf_addz(out, "\t{ ");
	emit_string(out, row->id);
	buf_addf(out, ", (enum pod_security_level)%d, %u, %u, %u, %uU,\n\t  ", (int)row->level, row->since,
		 row->windows_since, row->user_namespace_since, row->overrides);
	emit_string(out, row->reason);
	buf_addz(out, ", ");
	emit_string(out, fixers.p);
	buf_addz(out, ",\n\t  ");
	emit_string(out, row->says);
	buf_addz(out, ",\n");
	emit_fields(out, check);
	buf_free(&fixers);
}

static void free_checks(struct checks *checks)
{
	for (size_t i = 0; i < checks->n; i++) {
		for (size_t k = 0; k < checks->items[i].fields.n; k++)
			free(checks->items[i].fields.items[k].values.items);
		free(checks->items[i].fields.items);
	}
	free(checks->items);
}

bool emit_pod_security(struct schema *schema, struct buf *out)
{
	yaml_id list = yaml_get(&schema->tree, schema->tree.root, "checks");
	struct checks checks = { 0 };
	bool fine = schema_keys(schema, schema->tree.root, "checks", "checks");

	YAML_EACH(&schema->tree, list, map) {
		if (!fine)
			break;
		fine = read_check(schema, map, &checks);
	}
	if (fine && checks.n)
		qsort(checks.items, checks.n, sizeof(checks.items[0]), compare_checks);
	fine = fine && link_checks(schema, &checks);
	if (fine) {
		buf_addz(out, "\nconst struct pod_security_check pod_security_checks[] = {\n");
		for (size_t i = 0; i < checks.n; i++)
			emit_check(out, &checks.items[i]);
		buf_addf(out, "};\nconst size_t pod_security_checks_n = %zu;\n", checks.n);
		buf_addf(out, "const unsigned pod_security_newest = %u;\n", checks.newest);
	}
	free_checks(&checks);
	return fine;
}
