/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generate: what is known of .NET.
 *
 * One row for each member of struct dotnet_rules, in its order; none may be missing.
 */
#include "generate.h"

static const char rows[] = "images signs commands versions certificates redirects urls endpoint diagnostics-old "
			   "diagnostics user extracts";

static bool emit_row(struct schema *schema, yaml_id map, struct str key, struct buf *out)
{
	yaml_id row = yaml_get_str(&schema->tree, map, key);
	struct schema_texts names;
	const char *source;
	int64_t below = 0;

	if (!schema_keys(schema, row, "names below source", "names source") ||
	    !schema_texts(schema, row, "names", &names) || !schema_number(schema, row, "below", 1, 99, &below) ||
	    !schema_text(schema, row, "source", &source))
		return false;
	if (!names.n || !*source)
		return schema_fail(schema, row, "a row needs a name and its source");
	buf_addz(out, "\t{ ");
	emit_strings(out, names.items, names.n);
	buf_addf(out, ", %lld },\n", (long long)below);
	return true;
}

bool emit_dotnet(struct schema *schema, struct buf *out)
{
	yaml_id map = yaml_get(&schema->tree, schema->tree.root, "dotnet");
	struct str rest = str_of(rows), key;

	if (!schema_keys(schema, schema->tree.root, "dotnet", "dotnet") || !schema_keys(schema, map, rows, rows))
		return false;
	buf_addz(out, "\nconst struct dotnet_rules dotnet_rules = {\n");
	while (str_cut(&rest, ' ', &key))
		if (!emit_row(schema, map, key, out))
			return false;
	buf_addz(out, "};\n");
	return true;
}
