/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the targets share: messages, limits, and the look at a whole tree from outside.
 */
#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "yaml/edit.h"
#include "yaml/tree_internal.h"

/* ---- messages ---- */

void fuzz_check(bool fine, const char *format, ...)
{
	va_list args;

	if (fine)
		return;
	fputs("FUZZ: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	fflush(NULL);
	abort();
}

void fuzz_show(const char *title, struct str text)
{
	fprintf(stderr, "---- %s, %zu bytes\n%.*s\n----\n", title, text.n, STR_ARG(text));
}

/* ---- inputs ---- */

struct fuzz_input fuzz_input_split(struct str bytes)
{
	size_t most = bytes.n < FUZZ_PROGRAM_MAX + 1 ? bytes.n : FUZZ_PROGRAM_MAX + 1;
	const char *feed = most ? memchr(bytes.p, '\n', most) : NULL;
	size_t n = feed ? (size_t)(feed - bytes.p) : 0;

	if (!feed)
		return (struct fuzz_input){ str_sub(bytes, 0, 0), bytes };
	return (struct fuzz_input){ str_sub(bytes, 0, n), str_sub(bytes, n + 1, bytes.n) };
}

bool fuzz_too_many(struct str text)
{
	size_t n = 0;

	for (size_t at = 0; (at = str_find(text, STR("\n---"), at)) != SIZE_MAX; at++)
		if (++n > FUZZ_DOCUMENTS_MAX)
			return true;
	return false;
}

/* ---- what was meant ---- */

static FILE *emitted;

void fuzz_emit_to(FILE *file)
{
	emitted = file;
}

FILE *fuzz_emitted(void)
{
	return emitted;
}

/* ---- time ---- */

uint64_t fuzz_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* One second for what a user would wait for; sanitizers take several times as long. */
void fuzz_check_time(uint64_t since)
{
	uint64_t passed = fuzz_clock() - since;

	fuzz_check(passed < 4000, "too slow: %llu ms", (unsigned long long)passed);
}

/* ---- the tree ---- */

enum { DUMP_NODES_MAX = 5000, DUMP_DEPTH_MAX = 2000 };

struct dump {
	struct yaml_tree *tree;
	struct buf *out;
	size_t n;
};

static void dump_scalar(struct dump *dump, yaml_id id)
{
	struct yaml_tree *tree = dump->tree;
	struct str text = yaml_text(tree, id);
	enum yaml_type type = yaml_type(tree, id);
	bool is_int, is_bool, flag = false;
	int64_t number = 0;

	is_int = yaml_int(tree, id, &number);
	is_bool = yaml_bool(tree, id, &flag);
	fuzz_check(!is_int || type == YAML_INT, "a number whose type is %d", (int)type);
	fuzz_check(is_bool == (type == YAML_BOOL), "a boolean whose type is %d", (int)type);
	fuzz_check(yaml_is_null(tree, id) == (type == YAML_NULL), "a null whose type is %d", (int)type);
	fuzz_check(yaml_is_true(tree, id) == (is_bool && flag), "true is not true");
	fuzz_check(yaml_is_false(tree, id) == (is_bool && !flag), "false is not false");
	buf_addf(dump->out, "%d %lld %d '", (int)type, (long long)number, flag);
	buf_add(dump->out, text);
	buf_addz(dump->out, "'\n");
}

static void dump_node(struct dump *dump, yaml_id id, size_t depth);

static void dump_children(struct dump *dump, yaml_id id, size_t depth)
{
	struct yaml_tree *tree = dump->tree;
	bool map = yaml_is_map(tree, id);
	size_t n = 0;

	buf_addf(dump->out, "%c %zu\n", map ? '{' : '[', yaml_count(tree, id));
	for (yaml_id child = yaml_first(tree, id); child && dump->n < DUMP_NODES_MAX; child = yaml_next(tree, child)) {
		n++;
		fuzz_check(yaml_parent(tree, child) == id, "a child of another parent");
		if (map) {
			yaml_id value = yaml_value(tree, child);

			fuzz_check(value != YAML_NONE, "a key without a value");
			fuzz_check(str_eq(yaml_text(tree, yaml_key(tree, value)), yaml_text(tree, child)),
				   "a value of another key");
			if (yaml_is_scalar(tree, child)) {
				struct str name = yaml_text(tree, child);

				fuzz_check(yaml_may_have(tree, name), "a key that cannot be there");
				fuzz_check(yaml_get_str(tree, id, name) != YAML_NONE, "a key that is not found");
			}
			dump_node(dump, child, depth + 1);
			dump_node(dump, value, depth + 1);
		} else {
			fuzz_check(yaml_key(tree, child) == YAML_NONE, "an item with a key");
			dump_node(dump, child, depth + 1);
		}
	}
	fuzz_check(dump->n >= DUMP_NODES_MAX || n == yaml_count(tree, id), "children were counted wrong");
	buf_addz(dump->out, "}\n");
}

static void dump_node(struct dump *dump, yaml_id id, size_t depth)
{
	struct yaml_tree *tree = dump->tree;

	if (dump->n++ >= DUMP_NODES_MAX || depth > DUMP_DEPTH_MAX)
		return;
	fuzz_check(yaml_offset(tree, id) <= tree->bytes.n, "an offset outside of the document");
	fuzz_check(yaml_offset_value(tree, id) <= tree->bytes.n, "a value's offset outside of the document");
	yaml_editable(tree, id, NULL);
	buf_addf(dump->out, "%u %u ", yaml_offset(tree, id), yaml_offset_value(tree, id));
	switch (yaml_kind(tree, id)) {
	case YAML_SCALAR:
		dump_scalar(dump, id);
		break;
	case YAML_MAP:
	case YAML_SEQ:
		dump_children(dump, id, depth);
		break;
	case YAML_ALIAS:
		fuzz_check(tree->exhausted, "an alias in the logical tree");
		break;
	case YAML_NOTHING:
		fuzz_check(false, "a node that is nothing");
	}
}

void fuzz_dump(struct yaml_tree *tree, struct buf *out)
{
	struct dump dump = { tree, out, 0 };

	/* Readers say "nothing" to nobody. */
	fuzz_check(!yaml_text(tree, YAML_NONE).n && !yaml_first(tree, YAML_NONE) && yaml_is_null(tree, YAML_NONE) &&
			   !yaml_get_path(tree, YAML_NONE, "a.b"),
		   "nobody says something");
	if (tree->root)
		dump_node(&dump, tree->root, 0);
}

static uint32_t end_of(struct yaml_tree *tree, yaml_id child)
{
	struct yaml_node *node = yaml_node(tree, child);

	return node->flags & YAML_F_KEY ? yaml_node(tree, node->pair)->end : node->end;
}

void fuzz_check_spans(struct yaml_tree *tree)
{
	size_t n = tree->nodes.n;

	for (yaml_id id = 1; id < n; id++) {
		struct yaml_node *node = yaml_node(tree, id);
		uint32_t at;

		if (node->flags & (YAML_F_COPY | YAML_F_NEW))
			continue;
		fuzz_check(node->props <= node->start && node->start <= node->end && node->end <= tree->bytes.n,
			   "node %u has the span %u %u %u", id, node->props, node->start, node->end);
		if (node->kind != YAML_MAP && node->kind != YAML_SEQ)
			continue;
		at = node->start;
		for (yaml_id child = yaml_physical_first(tree, id); child; child = yaml_physical_next(tree, child)) {
			struct yaml_node *inner = yaml_node(tree, child);

			fuzz_check(inner->props >= at, "node %u begins before what stands before it ends", child);
			at = inner->end;
			if (inner->flags & YAML_F_KEY)
				fuzz_check(yaml_node(tree, inner->pair)->props >= at,
					   "the value of key %u begins before the key ends", child);
			at = end_of(tree, child);
			fuzz_check(at <= node->end, "node %u ends behind its parent", child);
		}
	}
}

/* ---- splices ---- */

void fuzz_check_splices(struct str original, const struct splices *splices)
{
	uint64_t at = 0;

	for (size_t i = 0; i < splices->n; i++) {
		const struct splice *splice = &splices->items[i];

		fuzz_check(splice->at >= at, "splices overlap or are out of order");
		at = splice->at + splice->del;
		fuzz_check(at <= original.n, "a splice reaches beyond the end");
	}
}
