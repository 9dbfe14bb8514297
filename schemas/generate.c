/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generate: knowledge files in, one C file of constant tables out.
 *
 *     generate OUTPUT.c FILE.yaml…
 *
 * A build tool. What the program knows about Kubernetes is written in schemas/ for people to read and review; reading
 * it at every start would cost more than all else the program does then. So it is read here, once: an unknown key, a
 * missing source, a row that stands twice or a word that means nothing stops the build, with file, line and column.
 * The output depends on the input alone: rows are sorted, nothing names the time or the place of the build.
 */
#include "generate.h"

#include <stdio.h>
#include <stdlib.h>

/* A table is known by the first key of its file. */
static const struct table {
	const char *key;
	bool (*emit)(struct schema *schema, struct buf *out);
} tables[] = {
	{ "kinds", emit_kinds },	 { "orders", emit_orders },	    { "checks", emit_pod_security },
	{ "listeners", emit_listeners }, { "moves", emit_ports },	    { "images", emit_images },
	{ "dotnet", emit_dotnet },	 { "merge-keys", emit_merge_keys },
};

/* The headers of kubectl-harden/kube that declare the tables. */
static const char *const headers[] = { "config_files.h", "dotnet.h",	   "image_facts.h",
				       "kinds.h",	 "listeners.h",	   "merge_keys.h",
				       "pod.h",		 "pod_security.h", "port_references.h" };

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

void emit_string(struct buf *out, const char *text)
{
	if (!text) {
		buf_addz(out, "NULL");
		return;
	}
	buf_addc(out, '"');
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", c);
		else if (c == '\n')
			buf_addz(out, "\\n");
		else if (c < 0x20 || c == '?')
			buf_addf(out, "\\%03o", c); /* '?': no trigraphs */
		else
			buf_addc(out, (char)c);
	}
	buf_addc(out, '"');
}

void emit_strings(struct buf *out, const char *const *texts, size_t n)
{
	if (!n) {
		buf_addz(out, "NULL, 0");
		return;
	}
	buf_addz(out, "(const char *const[]){ ");
	for (size_t i = 0; i < n; i++) {
		emit_string(out, texts[i]);
		buf_addz(out, i + 1 < n ? ", " : " }");
	}
	buf_addf(out, ", %zu", n);
}

bool read_source(struct schema *schema, yaml_id row)
{
	const char *source;

	if (!schema_text(schema, row, "source", &source))
		return false;
	return (source && *source) || schema_fail(schema, row, "a row needs its source");
}

static bool read_file(const char *path, struct buf *ret_text, struct error **err)
{
	FILE *file = fopen(path, "rbe");
	size_t n;

	if (!file)
		return error_set(err, "cannot open %s", path);
	do {
		buf_reserve(ret_text, 65536);
		n = fread(ret_text->p + ret_text->n, 1, 65536, file);
		ret_text->n += n;
	} while (n == 65536);
	if (ferror(file)) {
		fclose(file);
		return error_set(err, "cannot read %s", path);
	}
	fclose(file);
	return true;
}

static bool write_file(const char *path, struct str text, struct error **err)
{
	FILE *file = fopen(path, "wbe");
	bool fine;

	if (!file)
		return error_set(err, "cannot create %s", path);
	fine = fwrite(text.p, 1, text.n, file) == text.n;
	fine = fclose(file) == 0 && fine;
	return fine || error_set(err, "cannot write %s", path);
}

static bool emit_table(struct schema *schema, struct buf *out, bool *done)
{
	yaml_id key = yaml_first(&schema->tree, schema->tree.root);

	for (size_t i = 0; i < TABLES; i++) {
		if (!str_is(yaml_text(&schema->tree, key), tables[i].key))
			continue;
		if (done[i])
			return schema_fail(schema, key, "a second table of %s", tables[i].key);
		done[i] = true;
		return tables[i].emit(schema, out);
	}
	return schema_fail(schema, key, "unknown table \"%.*s\"", STR_ARG(yaml_text(&schema->tree, key)));
}

static bool emit_file(const char *path, struct buf *out, bool *done, struct error **err)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT;
	struct schema schema = { .tree = YAML_TREE_INIT };
	bool fine;

	fine = read_file(path, &text, err) && schema_open(&schema, arena, path, buf_str(&text), err) &&
	       emit_table(&schema, out, done);
	schema_close(&schema);
	buf_free(&text);
	arena_free(arena);
	return fine;
}

static bool generate(const char *output, char **paths, struct error **err)
{
	struct buf out = BUF_INIT;
	bool done[TABLES] = { false };
	bool fine = true;

	buf_addz(&out, "/* SPDX-License-Identifier: Apache-2.0 */\n");
	buf_addz(&out, "/* Generated from schemas/; do not edit. */\n");
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		buf_addf(&out, "#include \"kube/%s\"\n", headers[i]);
	for (; *paths && fine; paths++)
		fine = emit_file(*paths, &out, done, err);
	for (size_t i = 0; i < TABLES && fine; i++)
		if (!done[i])
			fine = error_set(err, "no file holds the table \"%s\"", tables[i].key);
	fine = fine && write_file(output, buf_str(&out), err);
	buf_free(&out);
	return fine;
}

int main(int argc, char **argv)
{
	CLEANUP(error_freep) struct error *error = NULL;

	if (argc < 3) {
		fputs("usage: generate OUTPUT.c FILE.yaml...\n", stderr);
		return 2;
	}
	if (generate(argv[1], argv + 2, &error))
		return 0;
	if (error && error->path)
		fprintf(stderr, "%s:%u:%u: ", error->path, error->at.line, error->at.column);
	fprintf(stderr, "%s\n", error ? error->message : "failed");
	return 1;
}
