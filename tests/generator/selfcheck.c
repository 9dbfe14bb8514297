/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selfcheck
 *
 * For every document of every file given: at every mapping a key is added (first, last, three levels deep), at every
 * sequence an item is appended, every scalar is set, every null filled, every pair and item removed, alone and with
 * what it leaves empty; one edit at a time, each rendered, read again, proved, and checked from outside (check.h), then rolled back. Prints what it did
 * and ends with 1 where anything was wrong. What the program refuses is counted by reason, not a failure.
 *
 *	selfcheck [-v] [-rROUNDS] FILE...
 *
 * -v prints the texts; -r adds that many rounds of several random edits at once to each document.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "yaml/split.h"
#include "yaml/tree_internal.h"

struct reasons {
	struct reason {
		char *why; /* owned */
		size_t n;
	} items[64];
	size_t n;
};

struct run {
	size_t files, documents, unread, edits, refused, failed;
	struct reasons reasons, unread_reasons;
	bool verbose;
	size_t rounds;
	uint32_t seed;
	const char *path;
	size_t document;
};

static void count(struct reasons *reasons, const char *why)
{
	for (size_t i = 0; i < reasons->n; i++) {
		if (!strcmp(reasons->items[i].why, why)) {
			reasons->items[i].n++;
			return;
		}
	}
	if (reasons->n < sizeof(reasons->items) / sizeof(*reasons->items))
		reasons->items[reasons->n++] = (struct reason){ strdup(why), 1 };
}

/* ---- one edit ---- */

enum edit {
	ADD_LAST,
	ADD_FIRST,
	ADD_DEEP,
	ADD_SEQ,
	APPEND,
	APPEND_MAP,
	SET_STR,
	SET_ODD,
	SET_INT,
	FILL_MAP,
	FILL_SEQ,
	REMOVE,
	PRUNE,
	EDITS
};

static const char *const names[EDITS + 1] = {
	"add a last key", "add a first key", "add three levels", "add a list",	    "append",		"append a map",
	"set a text",	  "set an odd text", "set a number",	 "fill with a map", "fill with a list", "remove",
	"prune",	  "several edits",
};

static const char *const first_key[] = { "zzNew" };
static const struct yaml_order first_order = { first_key, 1 };

static const char *fmt(struct yaml_tree *tree, struct str path, const char *rest)
{
	return str_fmt(tree->arena, "%.*s%s", STR_ARG(path), rest).p;
}

/* A copy has no bytes of its own. */
static struct str raw_of(struct yaml_tree *tree, yaml_id id)
{
	return yaml_node(tree, id)->flags & YAML_F_COPY ? STR_NONE : yaml_raw(tree, id);
}

/* Whether @id is all that its collection has. */
static bool is_only(struct yaml_tree *tree, yaml_id id)
{
	yaml_id up = yaml_parent(tree, id), child = yaml_key(tree, id) ? yaml_key(tree, id) : id;

	for (yaml_id at = yaml_physical_first(tree, up); at; at = yaml_physical_next(tree, at))
		if (at != child && !(yaml_node(tree, at)->flags & YAML_F_REMOVED))
			return false;
	return true;
}

static bool make_remove(struct yaml_tree *tree, yaml_id id, enum edit edit, struct intent *intent,
			struct yaml_refusal *why)
{
	yaml_id up, outermost = id;

	while (edit == PRUNE && yaml_parent(tree, outermost) != tree->root && is_only(tree, outermost))
		outermost = yaml_parent(tree, outermost);
	up = yaml_parent(tree, outermost);
	intent->has_gone = true;
	intent->gone = check_path(tree, outermost);
	intent->old = check_lines(tree, outermost, true);
	/* What is left empty is a leaf of its own; leaves behind a removed item have other paths then. */
	if (is_only(tree, outermost))
		intent->added[0] = fmt(tree, check_path(tree, up), yaml_is_map(tree, up) ? "\t{}" : "\t[]");
	else
		intent->anything = !yaml_key(tree, outermost);
	return edit == PRUNE ? yaml_prune(tree, id, YAML_NONE, why) : yaml_remove(tree, id, why);
}

static bool make_add(struct yaml_tree *tree, yaml_id id, enum edit edit, struct intent *intent,
		     struct yaml_refusal *why)
{
	struct str path = check_path(tree, id);
	yaml_id at;

	if (!yaml_first(tree, id))
		intent->has_gone = true, intent->gone = path, intent->old = raw_of(tree, id);
	if (edit == ADD_LAST || edit == ADD_FIRST) {
		intent->added[0] = fmt(tree, path, ".zzNew\t'true");
		return yaml_put_str(tree, id, "zzNew", STR("true"), edit == ADD_FIRST ? &first_order : NULL, why);
	}
	if (edit == ADD_SEQ) {
		intent->added[0] = fmt(tree, path, ".zzNew[0]\t?ALL");
		intent->added[1] = fmt(tree, path, ".zzNew[1]\t'a: b #c");
		at = yaml_put_seq(tree, id, "zzNew", true, NULL, why);
		return at && yaml_append_str(tree, at, STR("ALL"), why) &&
		       yaml_append_str(tree, at, STR("a: b #c"), why);
	}
	intent->added[0] = fmt(tree, path, ".zzNew.one.two\ttrue");
	intent->added[1] = fmt(tree, path, ".zzNew.one.three[0]\t?a");
	intent->added[2] = fmt(tree, path, ".zzNew.one.three[1].name\t?b");
	intent->added[3] = fmt(tree, path, ".zzNew.one.three[1].number\t-1");
	at = yaml_put_map(tree, id, "zzNew", NULL, why);
	at = at ? yaml_put_map(tree, at, "one", NULL, why) : YAML_NONE;
	if (!at || !yaml_put_bool(tree, at, "two", true, NULL, why))
		return false;
	at = yaml_put_seq(tree, at, "three", false, NULL, why);
	if (!at || !yaml_append_str(tree, at, STR("a"), why))
		return false;
	at = yaml_append_map(tree, at, why);
	return at && yaml_put_str(tree, at, "name", STR("b"), NULL, why) &&
	       yaml_put_int(tree, at, "number", -1, NULL, why);
}

static bool make_append(struct yaml_tree *tree, yaml_id id, enum edit edit, struct intent *intent,
			struct yaml_refusal *why)
{
	struct str path = check_path(tree, id);
	size_t n = yaml_count(tree, id);
	yaml_id at;

	if (!n)
		intent->has_gone = true, intent->gone = path, intent->old = raw_of(tree, id);
	path = str_fmt(tree->arena, "%.*s[%zu]", STR_ARG(path), n);
	if (edit == APPEND) {
		intent->added[0] = fmt(tree, path, "\t?zz new");
		return yaml_append_str(tree, id, STR("zz new"), why);
	}
	intent->added[0] = fmt(tree, path, ".name\t?zz");
	intent->added[1] = fmt(tree, path, ".value.x\t1");
	at = yaml_append_map(tree, id, why);
	if (!at || !yaml_put_str(tree, at, "name", STR("zz"), NULL, why))
		return false;
	at = yaml_put_map(tree, at, "value", NULL, why);
	return at && yaml_put_int(tree, at, "x", 1, NULL, why);
}

/* What a new value may take the place of. */
static struct str with_properties(struct yaml_tree *tree, yaml_id id)
{
	if (yaml_node(tree, id)->flags & YAML_F_COPY)
		return STR_NONE; /* a copy has no bytes of its own */
	return str_sub(tree->bytes, yaml_node(tree, id)->props, yaml_node(tree, id)->end);
}

static bool make_set(struct yaml_tree *tree, yaml_id id, enum edit edit, struct intent *intent,
		     struct yaml_refusal *why)
{
	const struct yaml_node *node = yaml_node(tree, id);
	bool quoted = node->style == YAML_SINGLE || node->style == YAML_DOUBLE || tree->json;
	bool block = node->style == YAML_LITERAL || node->style == YAML_FOLDED;

	intent->has_gone = true;
	intent->gone = check_path(tree, id);
	intent->old = with_properties(tree, id);
	if (edit == SET_INT) {
		/* Below a tag that stays, it may stand in quotes. */
		intent->added[0] = fmt(tree, intent->gone, node->flags & YAML_F_TAG ? "\t?8080" : "\t8080");
		return yaml_set_int(tree, id, 8080, why);
	}
	if (edit == SET_STR) {
		intent->added[0] = fmt(tree, intent->gone,
				       block	? "\t?new/value"
				       : quoted ? "\t'new/value"
						: "\tnew/value");
		return yaml_set_str(tree, id, STR("new/value"), why);
	}
	intent->added[0] = fmt(tree, intent->gone, "\t'- it's: \"so\" #1, \\{}");
	return yaml_set_str(tree, id, STR("- it's: \"so\" #1, \\{}"), why);
}

static bool make_fill(struct yaml_tree *tree, yaml_id id, enum edit edit, struct intent *intent,
		      struct yaml_refusal *why)
{
	yaml_id key = yaml_key(tree, id), map = yaml_parent(tree, id), at;
	struct str name = str_copy(tree->arena, yaml_text(tree, key));

	intent->has_gone = true;
	intent->gone = check_path(tree, id);
	intent->old = with_properties(tree, id);
	if (edit == FILL_SEQ) {
		intent->added[0] = fmt(tree, intent->gone, "[0]\t?x");
		at = yaml_put_seq(tree, map, name.p, false, NULL, why);
		return at && yaml_append_str(tree, at, STR("x"), why);
	}
	intent->added[0] = fmt(tree, intent->gone, ".a.b\ttrue");
	at = yaml_put_map(tree, map, name.p, NULL, why);
	at = at ? yaml_put_map(tree, at, "a", NULL, why) : YAML_NONE;
	return at && yaml_put_bool(tree, at, "b", true, NULL, why);
}

static bool applies(struct yaml_tree *tree, yaml_id id, enum edit edit)
{
	struct yaml_node *node = yaml_node(tree, id);

	if (edit <= ADD_SEQ)
		return node->kind == YAML_MAP;
	if (edit <= APPEND_MAP)
		return node->kind == YAML_SEQ;
	if (edit <= SET_INT)
		return node->kind == YAML_SCALAR && !(node->flags & YAML_F_KEY);
	if (edit <= FILL_SEQ)
		return node->kind == YAML_SCALAR && yaml_is_null(tree, id) && yaml_key(tree, id);
	return !(node->flags & YAML_F_KEY) && id != tree->root;
}

/* Whether no edit has removed what @id is in. */
static bool reachable(struct yaml_tree *tree, yaml_id id)
{
	for (; id; id = yaml_parent(tree, id))
		if ((yaml_node(tree, id)->flags & YAML_F_REMOVED) ||
		    (yaml_node(tree, yaml_key(tree, id))->flags & YAML_F_REMOVED))
			return false;
	return true;
}

static bool make(struct yaml_tree *tree, yaml_id id, enum edit edit, struct intent *intent, struct yaml_refusal *why)
{
	if (edit <= ADD_SEQ)
		return make_add(tree, id, edit, intent, why);
	if (edit <= APPEND_MAP)
		return make_append(tree, id, edit, intent, why);
	if (edit <= SET_INT)
		return make_set(tree, id, edit, intent, why);
	if (edit <= FILL_SEQ)
		return make_fill(tree, id, edit, intent, why);
	return make_remove(tree, id, edit, intent, why);
}

static void report(struct run *run, struct yaml_tree *tree, enum edit edit, struct str path, const char *problem,
		   struct str out)
{
	run->failed++;
	printf("FAILED %s document %zu: %s at \"%.*s\": %s\n", run->path, run->document, names[edit], STR_ARG(path),
	       problem);
	if (run->verbose)
		printf("---- before\n%.*s---- after\n%.*s----\n", STR_ARG(tree->bytes), STR_ARG(out));
}

static void check_one(struct run *run, struct reading *reading, yaml_id id, enum edit edit)
{
	struct yaml_tree *tree = &reading->tree;
	struct str path = check_path(tree, id);
	uint32_t mark = yaml_mark(tree);
	struct yaml_refusal why = { 0 };
	struct intent intent = { 0 };
	struct buf out = BUF_INIT;
	const char *problem = NULL;

	if (!make(tree, id, edit, &intent, &why)) {
		run->refused++;
		count(&run->reasons, why.why ? why.why : "(no reason)");
		if (!why.why)
			report(run, tree, edit, path, "refused without a reason", STR(""));
	} else {
		run->edits++;
		/* Of an anchor, other places may get other texts. */
		intent.anything |= tree->has_copies;
		problem = check_edit(reading, &intent, &out);
		if (problem == check_unsettled)
			count(&run->reasons, problem);
		else if (problem)
			report(run, tree, edit, path, problem, buf_str(&out));
	}
	yaml_rollback(tree, mark);
	buf_free(&out);
}

/* ---- several edits ---- */

static uint32_t dice(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(*seed >> 8) * n >> 24);
}

/* Some edits at random places, one after the other, then all of them rendered. */
static void check_several(struct run *run, struct reading *reading, size_t n)
{
	struct yaml_tree *tree = &reading->tree;
	uint32_t mark = yaml_mark(tree), edits = 2 + dice(&run->seed, 8);
	struct intent intent = { .anything = true };
	struct buf out = BUF_INIT, said = BUF_INIT;
	const char *problem;

	for (uint32_t i = 0; i < edits; i++) {
		yaml_id id = 1 + dice(&run->seed, (uint32_t)n - 1);
		enum edit edit = (enum edit)dice(&run->seed, EDITS);
		struct intent none = { 0 };
		struct yaml_refusal why = { 0 };
		uint32_t before = yaml_mark(tree);

		if (!applies(tree, id, edit) || !reachable(tree, id))
			continue;
		if (make(tree, id, edit, &none, &why))
			buf_addf(&said, "%s at %.*s; ", names[edit], STR_ARG(check_path(tree, id)));
		else
			yaml_rollback(tree, before);
	}
	run->edits++;
	problem = check_edit(reading, &intent, &out);
	if (problem == check_unsettled)
		count(&run->reasons, problem);
	else if (problem)
		report(run, tree, EDITS, buf_str(&said), problem, buf_str(&out));
	yaml_rollback(tree, mark);
	buf_free(&out);
	buf_free(&said);
}

static void check_clean(struct run *run, struct reading *reading)
{
	struct splices splices = { 0 };

	reading->tree.ops.n++; /* as if something had been edited: the walk must still find nothing */
	yaml_render(&reading->tree, &splices);
	reading->tree.ops.n--;
	if (splices.n)
		report(run, &reading->tree, ADD_LAST, STR(""), "something is left after all was rolled back", STR(""));
	splices_free(&splices);
}

static void check_document(struct run *run, struct str bytes)
{
	struct reading reading;
	struct yaml_refusal why = { 0 };
	size_t n;

	run->documents++;
	if (!check_read(&reading, bytes, &why)) {
		run->unread++;
		count(&run->unread_reasons, why.why);
		if (run->verbose) {
			struct position at = position_at(bytes, why.at, NULL);
			printf("unread %s document %zu:%u:%u: %s\n", run->path, run->document, at.line, at.column,
			       why.why);
		}
		reading_free(&reading);
		return;
	}
	/* The copies that aliases and merges bring in are edited, too. */
	yaml_expand(&reading.tree);
	n = reading.tree.nodes.n;
	for (yaml_id id = 1; id < n; id++)
		for (enum edit edit = 0; edit < EDITS; edit++)
			if (applies(&reading.tree, id, edit))
				check_one(run, &reading, id, edit);
	for (size_t i = 0; i < run->rounds && n > 1; i++)
		check_several(run, &reading, n);
	check_clean(run, &reading);
	reading_free(&reading);
}

static void check_text(struct run *run, struct str text)
{
	struct yaml_splitter splitter = yaml_splitter_init(text);
	struct yaml_span span;
	size_t bad;

	run->files++;
	run->document = 0;
	while (yaml_split_next(&splitter, &span, &bad)) {
		run->document++;
		if (bad != SIZE_MAX) {
			run->documents++;
			run->unread++;
			count(&run->unread_reasons, "a bad separator");
			continue;
		}
		check_document(run, str_sub(text, span.start, span.end));
	}
}

static bool read_all(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	char block[65536];
	size_t n;

	if (!file)
		return false;
	do {
		n = fread(block, 1, sizeof(block), file);
		buf_add(out, (struct str){ block, n });
	} while (n == sizeof(block));
	fclose(file);
	return true;
}

static void print_reasons(const char *title, struct reasons *reasons)
{
	for (size_t i = 0; i < reasons->n; i++) {
		printf("  %s %6zu: %s\n", title, reasons->items[i].n, reasons->items[i].why);
		free(reasons->items[i].why);
	}
}

int main(int argc, char **argv)
{
	struct run run = { 0 };

	for (int i = 1; i < argc; i++) {
		struct buf text = BUF_INIT;

		run.path = argv[i];
		if (check_emit_open(argv[i]))
			continue;
		if (!strcmp(argv[i], "-v")) {
			run.verbose = true;
			continue;
		}
		if (!strncmp(argv[i], "-r", 2)) {
			run.rounds = strtoul(argv[i] + 2, NULL, 10);
			continue;
		}
		if (!read_all(argv[i], &text)) {
			fprintf(stderr, "error: open %s\n", argv[i]);
			exit(2);
		}
		check_text(&run, buf_str(&text));
		buf_free(&text);
	}
	printf("%zu files, %zu documents (%zu not read), %zu edits, %zu refused, %zu failed\n", run.files,
	       run.documents, run.unread, run.edits, run.refused, run.failed);
	print_reasons("not read", &run.unread_reasons);
	print_reasons("refused", &run.reasons);
	yaml_parsers_release();
	return run.failed != 0;
}
