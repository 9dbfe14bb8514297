/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generate: image facts.
 *
 * The rows are read by the reader that the program has for its users' files; what is left to do is to write them down.
 * They keep the order of the file, for the first one that fits counts.
 */
#include "generate.h"

#include "kube/image_facts.h"

/* Members that have nothing to say are left out. */
static void emit_text(struct buf *out, const char *member, const char *text)
{
	if (!text)
		return;
	buf_addf(out, "\n\t  .%s = ", member);
	emit_string(out, text);
	buf_addc(out, ',');
}

static void emit_list(struct buf *out, const char *member, const struct image_texts *texts)
{
	if (!texts->n)
		return;
	buf_addf(out, "\n\t  .%s = { ", member);
	emit_strings(out, texts->items, texts->n);
	buf_addz(out, " },");
}

static void emit_data_settings(struct buf *out, const struct image_fact *fact)
{
	if (!fact->data_set_by_n)
		return;
	buf_addz(out, "\n\t  .data_set_by = (const struct image_data_setting[]){ ");
	for (size_t i = 0; i < fact->data_set_by_n; i++) {
		buf_addz(out, "{ ");
		emit_string(out, fact->data_set_by[i].env);
		buf_addz(out, ", ");
		emit_string(out, fact->data_set_by[i].arg);
		buf_addz(out, ", ");
		emit_string(out, fact->data_set_by[i].data);
		buf_addf(out, ", %s }, ", fact->data_set_by[i].strict ? "true" : "false");
	}
	buf_addf(out, "}, %zu,", fact->data_set_by_n);
}

static void emit_directories(struct buf *out, const struct image_fact *fact)
{
	emit_list(out, "writable", &fact->writable);
	emit_list(out, "data", &fact->data);
	emit_list(out, "strict", &fact->strict);
	emit_data_settings(out, fact);
	emit_list(out, "volumes", &fact->volumes);
	emit_list(out, "rewrites", &fact->rewrites);
	emit_list(out, "never", &fact->never);
	emit_list(out, "config", &fact->config);
}

/* A pointer and its count, as two members one behind the other. */
static void emit_listens(struct buf *out, const struct image_fact *fact)
{
	if (!fact->listens_n)
		return;
	buf_addz(out, "\n\t  .listens = (const struct image_port[]){ ");
	for (size_t i = 0; i < fact->listens_n; i++)
		buf_addf(out, "{ %u, %s }, ", (unsigned)fact->listens[i].port, fact->listens[i].udp ? "true" : "false");
	buf_addf(out, "}, %zu,", fact->listens_n);
}

static void emit_env(struct buf *out, const char *member, const struct image_env *env, size_t n)
{
	if (!n)
		return;
	buf_addf(out, "\n\t  .%s = (const struct image_env[]){ ", member);
	for (size_t i = 0; i < n; i++) {
		buf_addz(out, "{ ");
		emit_string(out, env[i].name);
		buf_addz(out, ", ");
		emit_string(out, env[i].value);
		buf_addz(out, " }, ");
	}
	buf_addf(out, "}, %zu,", n);
}

static void emit_moves(struct buf *out, const struct image_fact *fact)
{
	if (!fact->moves_n)
		return;
	buf_addz(out, "\n\t  .moves = (const struct image_move[]){ ");
	for (size_t i = 0; i < fact->moves_n; i++) {
		buf_addf(out, "{ %u, ", (unsigned)fact->moves[i].port);
		emit_string(out, fact->moves[i].env);
		buf_addz(out, ", ");
		emit_string(out, fact->moves[i].arg);
		buf_addz(out, ", ");
		emit_string(out, fact->moves[i].value);
		buf_addz(out, " }, ");
	}
	buf_addf(out, "}, %zu,", fact->moves_n);
}

static void emit_fact(struct buf *out, const struct image_fact *fact)
{
	buf_addz(out, "\t{");
	emit_text(out, "name", fact->name);
	emit_list(out, "repositories", &fact->repositories);
	emit_text(out, "from", fact->from);
	emit_text(out, "below", fact->below);
	emit_list(out, "with", &fact->with);
	emit_list(out, "without", &fact->without);
	emit_text(out, "example", fact->example);
	buf_addf(out, "\n\t  .latest = %s, .base = %s, .needs_root = %s,", fact->latest ? "true" : "false",
		 fact->base ? "true" : "false", fact->needs_root ? "true" : "false");
	buf_addf(out, "\n\t  .user = (enum image_user)%d, .start = (enum image_start)%d, .uid = %lld, .gid = %lld,",
		 (int)fact->user, (int)fact->start, (long long)fact->uid, (long long)fact->gid);
	emit_listens(out, fact);
	emit_env(out, "env", fact->env, fact->env_n);
	emit_moves(out, fact);
	emit_env(out, "sets", fact->sets, fact->sets_n);
	emit_env(out, "sets_read_only", fact->sets_read_only, fact->sets_read_only_n);
	emit_text(out, "set_by", fact->set_by);
	emit_directories(out, fact);
	emit_list(out, "capabilities", &fact->capabilities);
	emit_text(out, "cannot", fact->cannot);
	emit_text(out, "twin", fact->twin);
	emit_text(out, "note", fact->note);
	emit_text(out, "source", fact->source);
	buf_addf(out, "\n\t  .mark = (enum image_mark)%d },\n", (int)fact->mark);
}

/* What is only remembered is not known. */
static bool refuse_memory(struct schema *schema, const struct image_facts *facts, yaml_id list)
{
	size_t i = 0;

	YAML_EACH(&schema->tree, list, row)
		if (facts->items[i++].mark == IMAGE_MEMORY)
			return schema_fail(schema, row, "a row from memory has no place here: find it in a source");
	return true;
}

bool emit_images(struct schema *schema, struct buf *out)
{
	yaml_id root = schema->tree.root, list = yaml_get(&schema->tree, root, "images");
	struct schema_texts registries;
	struct image_facts facts;

	if (!schema_keys(schema, root, "images mirrors registries", "images mirrors registries") ||
	    !image_facts_read(schema, list, yaml_get(&schema->tree, root, "mirrors"), false, &facts) ||
	    !refuse_memory(schema, &facts, list) || !schema_texts(schema, root, "registries", &registries))
		return false;
	buf_addz(out, "\nstatic const struct image_fact image_rows[] = {\n");
	for (size_t i = 0; i < facts.n; i++)
		emit_fact(out, &facts.items[i]);
	buf_addz(out, "};\nstatic const struct image_mirror image_mirrors[] = {\n");
	for (size_t i = 0; i < facts.mirrors_n; i++) {
		buf_addz(out, "\t{ ");
		emit_string(out, facts.mirrors[i].prefix);
		buf_addz(out, ", ");
		emit_string(out, facts.mirrors[i].is);
		buf_addz(out, " },\n");
	}
	buf_addf(out, "};\nconst struct image_facts image_facts = { image_rows, %zu, image_mirrors, %zu, { ", facts.n,
		 facts.mirrors_n);
	emit_strings(out, registries.items, registries.n);
	buf_addz(out, " } };\n");
	return true;
}
