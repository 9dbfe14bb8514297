/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generate: listeners' names, and the lines of their configuration files.
 *
 * A row of names that mean the same becomes a row for each name, in the order of the file: where two patterns fit a
 * name, the first one counts. The same name twice is refused, for one of the two would never be read.
 */
#include "generate.h"

#include "kube/config_files.h"
#include "kube/listeners.h"

#include <stdlib.h>

static const char *const form_names[] = { "number", "address", "url" };
_Static_assert(LISTENER_NUMBER == 1 && LISTENER_ADDRESS == 2 && LISTENER_URL == 4, "forms are bits in this order");

struct names {
	const char **items;
	size_t n, cap;
};

static bool note_names(struct schema *schema, yaml_id row, const struct schema_texts *texts, struct names *seen)
{
	if (!texts->n)
		return schema_fail(schema, row, "a row needs a name");
	for (size_t i = 0; i < texts->n; i++) {
		for (size_t k = 0; k < seen->n; k++)
			if (!strcmp(seen->items[k], texts->items[i]))
				return schema_fail(schema, row, "%s stands twice", texts->items[i]);
		VEC_PUSH(seen, texts->items[i]);
	}
	return true;
}

/* A separator is one character, or none. */
static bool read_separator(struct schema *schema, yaml_id row, char *ret_separator)
{
	const char *text;

	if (!schema_text(schema, row, "separator", &text))
		return false;
	if (text && strlen(text) != 1)
		return schema_fail(schema, row, "a separator is one character");
	*ret_separator = text ? text[0] : '\0';
	return true;
}

static void emit_listener(struct buf *out, const struct listener *listener)
{
	buf_addz(out, "\t{ ");
	emit_string(out, listener->name);
	buf_addf(out, ", %u, '\\%03o', %s, %s, %s, %s, %u, %u },\n", listener->forms, (unsigned)listener->separator,
		 listener->fold ? "true" : "false", listener->https ? "true" : "false",
		 listener->shell ? "true" : "false", listener->vague ? "true" : "false", (unsigned)listener->dotnet,
		 (unsigned)listener->dotnet_since);
}

static bool emit_row(struct schema *schema, yaml_id row, struct names *seen, struct buf *out)
{
	struct listener listener = { 0 };
	struct schema_texts names;
	int64_t dotnet = 0, since = 0;

	if (!schema_keys(schema, row, "names forms separator fold https shell vague dotnet since source",
			 "names forms source") ||
	    !schema_texts(schema, row, "names", &names) ||
	    !schema_bits(schema, row, "forms", SCHEMA_NAMES(form_names), &listener.forms) ||
	    !read_separator(schema, row, &listener.separator) || !schema_flag(schema, row, "fold", &listener.fold) ||
	    !schema_flag(schema, row, "https", &listener.https) ||
	    !schema_flag(schema, row, "shell", &listener.shell) ||
	    !schema_flag(schema, row, "vague", &listener.vague) ||
	    !schema_number(schema, row, "dotnet", 1, 9, &dotnet) ||
	    !schema_number(schema, row, "since", 1, 99, &since) || !read_source(schema, row) ||
	    !note_names(schema, row, &names, seen))
		return false;
	if (!listener.forms)
		return schema_fail(schema, row, "a row needs a form");
	listener.dotnet = (uint8_t)dotnet;
	listener.dotnet_since = (uint8_t)since;
	for (size_t i = 0; i < names.n; i++) {
		listener.name = names.items[i];
		emit_listener(out, &listener);
	}
	return true;
}

static bool emit_table(struct schema *schema, yaml_id map, const char *key, const char *c_name, struct buf *out)
{
	struct names seen = { 0 };
	bool fine = true;

	buf_addf(out, "\nconst struct listener %s[] = {\n", c_name);
	YAML_EACH(&schema->tree, yaml_get(&schema->tree, map, key), row) {
		if (!fine)
			break;
		fine = emit_row(schema, row, &seen, out);
	}
	buf_addf(out, "};\nconst size_t %s_n = %zu;\n", c_name, seen.n);
	free(seen.items);
	return fine;
}

static void emit_words(struct buf *out, const char *c_name, const char *const *words, size_t n)
{
	buf_addf(out, "\nconst char *const %s[] = {\n", c_name);
	for (size_t i = 0; i < n; i++) {
		buf_addc(out, '\t');
		emit_string(out, words[i]);
		buf_addz(out, ",\n");
	}
	buf_addf(out, "};\nconst size_t %s_n = %zu;\n", c_name, n);
}

static bool emit_words_of(struct schema *schema, yaml_id map, const char *key, const char *c_name, struct buf *out)
{
	struct names seen = { 0 };
	bool fine = true;

	YAML_EACH(&schema->tree, yaml_get(&schema->tree, map, key), row) {
		struct schema_texts names;

		fine = fine && schema_keys(schema, row, "names source", "names source") &&
		       schema_texts(schema, row, "names", &names) && read_source(schema, row) &&
		       note_names(schema, row, &names, &seen);
	}
	emit_words(out, c_name, seen.items, seen.n);
	free(seen.items);
	return fine;
}

/* ---- configuration files ---- */

static bool emit_config(struct schema *schema, yaml_id row, struct buf *out)
{
	struct config_row config = { 0 };
	unsigned forms = 0;

	if (!schema_keys(schema, row, "program needs file word after beside follows forms separator source",
			 "program needs forms source") ||
	    !schema_text(schema, row, "program", &config.program) ||
	    !schema_text(schema, row, "needs", &config.needs) || !schema_text(schema, row, "file", &config.file) ||
	    !schema_text(schema, row, "word", &config.word) || !schema_text(schema, row, "after", &config.after) ||
	    !schema_text(schema, row, "beside", &config.beside) ||
	    !schema_flag(schema, row, "follows", &config.follows) ||
	    !schema_bits(schema, row, "forms", SCHEMA_NAMES(form_names), &forms) ||
	    !read_separator(schema, row, &config.value.separator) || !read_source(schema, row))
		return false;
	if (!forms || !*config.needs)
		return schema_fail(schema, row, "a row needs a form, and a text that tells its files");
	if (!config.word && !config.file)
		return schema_fail(schema, row, "a row without a word needs a file");
	buf_addz(out, "\t{ ");
	for (size_t i = 0; i < 6; i++) {
		const char *const texts[] = { config.program, config.needs, config.file,
					      config.word,    config.after, config.beside };

		emit_string(out, texts[i]);
		buf_addz(out, ", ");
	}
	buf_addf(out, "%s, { ", config.follows ? "true" : "false");
	emit_string(out, config.word ? config.word : config.file);
	buf_addf(out, ", %u, '\\%03o', false, false, false, false, 0, 0 } },\n", forms,
		 (unsigned)config.value.separator);
	return true;
}

static bool emit_configs(struct schema *schema, yaml_id map, struct buf *out)
{
	bool fine = true;
	size_t n = 0;

	buf_addz(out, "\nconst struct config_row config_rows[] = {\n");
	YAML_EACH(&schema->tree, yaml_get(&schema->tree, map, "configs"), row) {
		fine = fine && emit_config(schema, row, out);
		n++;
	}
	buf_addf(out, "};\nconst size_t config_rows_n = %zu;\n", n);
	return fine;
}

bool emit_listeners(struct schema *schema, struct buf *out)
{
	yaml_id map = yaml_get(&schema->tree, schema->tree.root, "listeners");
	struct schema_texts hosts;

	if (!schema_keys(schema, schema->tree.root, "listeners", "listeners") ||
	    !schema_keys(schema, map, "hosts never env flags configs config-names",
			 "hosts never env flags configs config-names") ||
	    !schema_texts(schema, map, "hosts", &hosts))
		return false;
	emit_words(out, "listener_hosts", hosts.items, hosts.n);
	return emit_words_of(schema, map, "never", "listener_never", out) &&
	       emit_words_of(schema, map, "config-names", "config_names", out) &&
	       emit_table(schema, map, "env", "listener_env", out) &&
	       emit_table(schema, map, "flags", "listener_flags", out) && emit_configs(schema, map, out);
}
