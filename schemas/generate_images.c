/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generate: image facts.
 *
 * The rows are read by the reader that the program has for its users' files; what is left to do is to write them down.
 * They keep the order of the file, for the first one that fits counts.
 */
#include "generate.h"

#include "kube/image_facts.h"

static void emit_texts(struct buf *out, const struct image_texts *texts)
{
	buf_addz(out, "{ ");
	emit_strings(out, texts->items, texts->n);
	buf_addz(out, " }");
}

static void emit_listens(struct buf *out, const struct image_fact *fact)
{
	if (!fact->listens_n) {
		buf_addz(out, "NULL, 0");
		return;
	}
	buf_addz(out, "(const struct image_port[]){ ");
	for (size_t i = 0; i < fact->listens_n; i++)
		buf_addf(out, "{ %u, %s }, ", (unsigned)fact->listens[i].port, fact->listens[i].udp ? "true" : "false");
	buf_addf(out, "}, %zu", fact->listens_n);
}

static void emit_env(struct buf *out, const struct image_fact *fact)
{
	if (!fact->env_n) {
		buf_addz(out, "NULL, 0");
		return;
	}
	buf_addz(out, "(const struct image_env[]){ ");
	for (size_t i = 0; i < fact->env_n; i++) {
		buf_addz(out, "{ ");
		emit_string(out, fact->env[i].name);
		buf_addz(out, ", ");
		emit_string(out, fact->env[i].value);
		buf_addz(out, " }, ");
	}
	buf_addf(out, "}, %zu", fact->env_n);
}

static void emit_moves(struct buf *out, const struct image_fact *fact)
{
	if (!fact->moves_n) {
		buf_addz(out, "NULL, 0");
		return;
	}
	buf_addz(out, "(const struct image_move[]){ ");
	for (size_t i = 0; i < fact->moves_n; i++) {
		buf_addf(out, "{ %u, ", (unsigned)fact->moves[i].port);
		emit_string(out, fact->moves[i].env);
		buf_addz(out, ", ");
		emit_string(out, fact->moves[i].arg);
		buf_addz(out, ", ");
		emit_string(out, fact->moves[i].value);
		buf_addz(out, " }, ");
	}
	buf_addf(out, "}, %zu", fact->moves_n);
}

static void emit_tags(struct buf *out, const struct image_fact *fact)
{
	buf_addz(out, "\n\t  ");
	emit_string(out, fact->from);
	buf_addz(out, ", ");
	emit_string(out, fact->below);
	buf_addz(out, ", ");
	emit_texts(out, &fact->with);
	buf_addz(out, ", ");
	emit_texts(out, &fact->without);
	buf_addf(out, ", %s,", fact->latest ? "true" : "false");
}

static void emit_fact(struct buf *out, const struct image_fact *fact)
{
	buf_addz(out, "\t{ ");
	emit_string(out, fact->name);
	buf_addz(out, ", ");
	emit_texts(out, &fact->repositories);
	buf_addc(out, ',');
	emit_tags(out, fact);
	buf_addf(out, "\n\t  (enum image_user)%d, %lld, %lld, ", (int)fact->user, (long long)fact->uid,
		 (long long)fact->gid);
	emit_listens(out, fact);
	buf_addz(out, ", ");
	emit_env(out, fact);
	buf_addz(out, ",\n\t  ");
	emit_moves(out, fact);
	buf_addz(out, ", ");
	emit_texts(out, &fact->writable);
	buf_addz(out, ", ");
	emit_texts(out, &fact->capabilities);
	buf_addf(out, ", %s,\n\t  ", fact->needs_root ? "true" : "false");
	emit_string(out, fact->twin);
	buf_addz(out, ", ");
	emit_string(out, fact->note);
	buf_addz(out, ", ");
	emit_string(out, fact->source);
	buf_addf(out, ", (enum image_mark)%d },\n", (int)fact->mark);
}

bool emit_images(struct schema *schema, struct buf *out)
{
	struct image_facts facts;

	if (!image_facts_read(schema, &facts))
		return false;
	buf_addz(out, "\nstatic const struct image_fact image_rows[] = {\n");
	for (size_t i = 0; i < facts.n; i++)
		emit_fact(out, &facts.items[i]);
	buf_addf(out, "};\nconst struct image_facts image_facts = { image_rows, %zu };\n", facts.n);
	return true;
}
