/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Check
 *
 * The proof (yaml/prove.c) compares trees that our own reader made, so a bug of the reader could hide in it. Here
 * the result is looked at from outside: libfyaml's document API says which leaves a document has, before and after;
 * the bytes before and after are compared from both ends, and what lies between may differ only by what was meant.
 */
#include "check.h"

#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>

#include "differential/meaning.h"
#include "yaml/expect.h"
#include "yaml/settle.h"
#include "yaml/tree_internal.h"

const char check_unsettled[] = "an anchor shares it with another place";

/* ---- the independent reader ---- */

static void flatten(struct fy_node *node, struct buf *path, struct buf *out)
{
	size_t length = path->n, n = 0;
	void *iterator = NULL;
	const char *text;

	if (fy_node_is_alias(node)) {
		text = fy_node_get_scalar(node, &n);
		buf_add(out, buf_str(path));
		buf_addf(out, "\t*%.*s\n", (int)n, text ? text : "");
	} else if (!node || fy_node_is_scalar(node)) {
		enum fy_node_style style = node ? fy_node_get_style(node) : FYNS_PLAIN;
		bool quoted = style != FYNS_PLAIN && style != FYNS_ANY;

		text = node ? fy_node_get_scalar(node, &n) : "";
		buf_add(out, buf_str(path));
		buf_addz(out, quoted ? "\t'" : "\t");
		for (size_t i = 0; i < n; i++) {
			if (text[i] == '\n')
				buf_addz(out, "\\n");
			else
				buf_addc(out, text[i]);
		}
		buf_addc(out, '\n');
	} else if (fy_node_is_mapping(node)) {
		struct fy_node_pair *pair;
		bool any = false;

		while ((pair = fy_node_mapping_iterate(node, &iterator))) {
			struct fy_node *key = fy_node_pair_key(pair);

			any = true;
			text = key && !fy_node_is_mapping(key) && !fy_node_is_sequence(key)
				       ? fy_node_get_scalar(key, &n)
				       : (n = 1, "?");
			buf_addc(path, '.');
			buf_add(path, (struct str){ text ? text : "", text ? n : 0 });
			flatten(fy_node_pair_value(pair), path, out);
			path->n = length;
		}
		if (!any)
			buf_addf(out, "%.*s\t{}\n", (int)path->n, path->p ? path->p : "");
	} else {
		struct fy_node *item;
		size_t i = 0;

		while ((item = fy_node_sequence_iterate(node, &iterator))) {
			buf_addf(path, "[%zu]", i++);
			flatten(item, path, out);
			path->n = length;
		}
		if (!i)
			buf_addf(out, "%.*s\t[]\n", (int)path->n, path->p ? path->p : "");
	}
}

bool check_flatten(struct buf *out, struct str bytes)
{
	struct fy_diag_cfg diag_config;
	struct fy_parse_cfg config = { .flags = FYPCF_QUIET | FYPCF_SLOPPY_FLOW_INDENTATION };
	struct fy_document *document;
	struct buf path = BUF_INIT;

	fy_diag_cfg_default(&diag_config);
	diag_config.fp = NULL;
	diag_config.level = FYET_MAX;
	config.diag = fy_diag_create(&diag_config);
	document = fy_document_build_from_string(&config, bytes.p ? bytes.p : "", bytes.n);
	if (document && fy_document_root(document))
		flatten(fy_document_root(document), &path, out);
	fy_document_destroy(document);
	fy_diag_destroy(config.diag);
	buf_free(&path);
	return document != NULL;
}

/* ---- readings ---- */

bool check_parse(struct reading *reading, struct str bytes, struct yaml_refusal *ret_why)
{
	*reading = (struct reading){ .arena = arena_new() };
	return yaml_parse(&reading->tree, reading->arena, bytes, NULL, ret_why);
}

bool check_read(struct reading *reading, struct str bytes, struct yaml_refusal *ret_why)
{
	if (!check_parse(reading, bytes, ret_why))
		return false;
	/* It refuses a second `<<` in one mapping, for one. */
	reading->is_flat = check_flatten(&reading->flat, bytes);
	return true;
}

void reading_free(struct reading *reading)
{
	yaml_tree_free(&reading->tree);
	buf_free(&reading->flat);
	arena_freep(&reading->arena);
}

struct str check_path(struct yaml_tree *tree, yaml_id node)
{
	yaml_id parent = yaml_node(tree, node)->parent, key = yaml_key(tree, node);
	struct str above;
	size_t i = 0;

	if (!parent)
		return STR("");
	above = check_path(tree, parent);
	if (key)
		return str_fmt(tree->arena, "%.*s.%.*s", STR_ARG(above), STR_ARG(yaml_text(tree, key)));
	for (yaml_id id = yaml_physical_first(tree, parent); id && id != node; id = yaml_physical_next(tree, id))
		i++;
	return str_fmt(tree->arena, "%.*s[%zu]", STR_ARG(above), i);
}

/* ---- bytes ---- */

/* Behind the comments from the line behind @to on that are indented deeper than @column. */
static uint32_t behind_comments(struct str s, uint32_t to, uint32_t column)
{
	for (uint32_t line = to + 1, text; line < s.n; line = to + 1) {
		for (text = line; text < s.n && s.p[text] == ' ';)
			text++;
		if (text == s.n || s.p[text] != '#' || text - line <= column)
			break;
		for (to = text; to < s.n && s.p[to] != '\n';)
			to++;
	}
	return to;
}

struct str check_lines(struct yaml_tree *tree, yaml_id id, bool around)
{
	yaml_id up = yaml_node(tree, id)->parent, child = yaml_key(tree, id), before = YAML_NONE;
	struct str s = tree->bytes;
	uint32_t from, to, column;

	/* Of what an alias stands for, the alias; no other copy has lines. */
	if (!child)
		child = yaml_node(tree, id)->flags & YAML_F_COPY ? yaml_node(tree, id)->props : id;
	if (!child || (yaml_node(tree, child)->flags & YAML_F_COPY))
		return STR_NONE;
	to = yaml_child_end(tree, child);
	for (yaml_id at = yaml_physical_first(tree, up); at && at != child; at = yaml_physical_next(tree, at))
		before = at;
	from = yaml_child_start(tree, up, before);
	column = yaml_column(s, from);
	while (from && s.p[from - 1] != '\n')
		from--;
	if (around && before && yaml_node(tree, up)->style == YAML_FLOW)
		from = yaml_child_end(tree, before);
	while (to < s.n && s.p[to] != '\n')
		to++;
	if (around && yaml_node(tree, up)->style == YAML_BLOCK)
		to = behind_comments(s, to, column);
	return str_sub(s, from, to);
}

static const char *check_splices(struct str original, const struct splices *splices)
{
	uint64_t at = 0;

	for (size_t i = 0; i < splices->n; i++) {
		if (splices->items[i].at < at)
			return "splices overlap or are out of order";
		at = splices->items[i].at + splices->items[i].del;
		if (at > original.n)
			return "a splice reaches beyond the end";
	}
	return NULL;
}

/* What stands between what both have in common at their ends may have lost @old and gained anything. */
static const char *check_bytes(struct str before, struct str after, struct str old)
{
	size_t least = before.n < after.n ? before.n : after.n, from = 0, to = 0, at;
	struct str middle, rest[2];

	while (from < least && before.p[from] == after.p[from])
		from++;
	while (to < least - from && before.p[before.n - 1 - to] == after.p[after.n - 1 - to])
		to++;
	/* One range is gone: no more than was meant, and its line break. */
	if (from + to == after.n && before.n - after.n <= old.n + 2)
		return NULL;
	/* What is in common by chance must not cut into @old, which is part of @before. */
	if (old.n && from > (size_t)(old.p - before.p))
		from = (size_t)(old.p - before.p);
	if (old.n && to > (size_t)(before.p + before.n - old.p) - old.n)
		to = (size_t)(before.p + before.n - old.p) - old.n;
	middle = str_trim(str_sub(before, from, before.n - to));
	after = str_sub(after, from, after.n - to);
	if (!middle.n)
		return NULL;
	/* The ends may share a byte or two with the value: look for its part, too. */
	if (old.n && str_find(old, middle, 0) != SIZE_MAX)
		return NULL;
	at = old.n ? str_find(middle, old, 0) : SIZE_MAX;
	rest[0] = at == SIZE_MAX ? middle : str_trim(str_sub(middle, 0, at));
	rest[1] = at == SIZE_MAX ? STR_NONE : str_trim(str_sub(middle, at + old.n, middle.n));
	for (size_t i = 0; i < 2; i++)
		if (rest[i].n && str_find(after, rest[i], 0) == SIZE_MAX)
			return "bytes that nobody touched have changed";
	return NULL;
}

/* @bytes with the alias that was written out as it was. */
static void with_alias(struct str bytes, const struct intent *intent, struct buf *out)
{
	size_t at = SIZE_MAX;

	for (size_t next = 0; intent->says.n && (next = str_find(bytes, intent->says, next)) != SIZE_MAX; next++)
		at = next;
	if (at == SIZE_MAX) {
		buf_add(out, bytes);
		return;
	}
	buf_add(out, str_sub(bytes, 0, at));
	buf_add(out, intent->alias);
	buf_add(out, str_sub(bytes, at + intent->says.n, bytes.n));
}

/* ---- leaves ---- */

static bool is_below(struct str line, struct str path)
{
	return str_starts(line, path) && (!path.n || line.n == path.n || strchr("\t.[", line.p[path.n]));
}

/* "path\t?text": in whatever quotes. */
static bool is_leaf(struct str line, struct str leaf)
{
	size_t mark = str_find(leaf, STR("\t?"), 0), at;

	if (mark == SIZE_MAX)
		return str_eq(line, leaf);
	if (!str_starts(line, str_sub(leaf, 0, mark + 1)))
		return false;
	at = mark + 1;
	at += at < line.n && line.p[at] == '\'';
	return str_eq(str_sub(line, at, line.n), str_sub(leaf, mark + 2, leaf.n));
}

static bool is_added(struct str line, const struct intent *intent, bool *seen)
{
	for (size_t i = 0; intent->added[i]; i++) {
		if (is_leaf(line, str_of(intent->added[i]))) {
			seen[i] = true;
			return true;
		}
	}
	return false;
}

/* The leaves afterwards are those before, in order, without those below intent.gone, with those added. */
static const char *check_leaves(struct str before, struct str after, const struct intent *intent)
{
	bool seen[16] = { false };
	struct str x, y;
	bool more = str_cut(&before, '\n', &x);

	while (str_cut(&after, '\n', &y)) {
		while (more && !str_eq(x, y) && intent->has_gone && is_below(x, intent->gone))
			more = str_cut(&before, '\n', &x);
		if (more && str_eq(x, y)) {
			is_added(y, intent, seen);
			more = str_cut(&before, '\n', &x);
		} else if (y.n && !is_added(y, intent, seen)) {
			return "a value is there that was not meant, or has moved";
		}
	}
	while (more && (!x.n || (intent->has_gone && is_below(x, intent->gone))))
		more = str_cut(&before, '\n', &x);
	if (more)
		return "a value is gone";
	for (size_t i = 0; intent->added[i]; i++)
		if (!seen[i])
			return "a value that was meant is not there";
	return NULL;
}

/* ---- comments ---- */

static const char *check_comments(struct str marks, struct str out, struct str flat)
{
	struct str mark;
	size_t at = 0;

	while (str_cut(&marks, '\n', &mark)) {
		if (!mark.n)
			continue;
		at = str_find(out, mark, at);
		if (at == SIZE_MAX)
			return "a comment is gone or out of order";
		if (str_find(out, mark, ++at) != SIZE_MAX)
			return "a comment is there twice";
		if (str_find(flat, mark, 0) != SIZE_MAX)
			return "a comment became text";
	}
	return NULL;
}

/* ---- all of it ---- */

static const char *check_after(struct reading *before, struct reading *after, const struct intent *intent)
{
	struct yaml_refusal why = { 0 };
	struct splices none = { 0 };
	struct buf aliased = BUF_INIT;
	const char *problem = NULL;

	if (!yaml_prove_tree(&before->tree, &after->tree, &why))
		return why.why;
	yaml_render(&after->tree, &none);
	if (none.n)
		problem = "a tree without edits gave splices";
	splices_free(&none);
	with_alias(buf_str(&after->flat), intent, &aliased);
	if (!problem && before->is_flat && !intent->anything)
		problem = check_leaves(buf_str(&before->flat), buf_str(&aliased), intent);
	buf_free(&aliased);
	if (!problem)
		problem = check_comments(intent->marks, after->tree.bytes, buf_str(&after->flat));
	return problem;
}

/* ---- for another reader ---- */

static FILE *emitted;

bool check_emit_open(const char *argument)
{
	if (strncmp(argument, "-e", 2) != 0)
		return false;
	emitted = fopen(argument + 2, "wb");
	if (!emitted) {
		fprintf(stderr, "error: open %s\n", argument + 2);
		exit(2);
	}
	return true;
}

static void emit(const struct yaml_tree *tree, struct str after, struct str meant)
{
	meaning_frame(emitted, "edit", (struct str[]){ STR("generator"), tree->bytes, after, meant, STR_NONE }, 5);
}

const char *check_edit(struct reading *before, const struct intent *intent, struct buf *out)
{
	struct str original = before->tree.bytes;
	struct splices splices = { 0 };
	struct yaml_refusal why = { 0 };
	struct yaml_unsettled_edits unsettled = { 0 };
	struct buf meant = BUF_INIT, aliased = BUF_INIT;
	struct reading after;
	const char *problem;
	bool told;

	/* Before it is settled, the tree says what is meant at each place. */
	told = emitted && meaning_add(&before->tree, before->tree.root, &meant);
	if (!yaml_settle(&before->tree, &unsettled)) {
		free(unsettled.items);
		buf_free(&meant);
		return check_unsettled;
	}
	yaml_render(&before->tree, &splices);
	problem = check_splices(original, &splices);
	if (!problem) {
		splices_apply(original, &splices, out);
		if (told && !meaning_turns_json(original, buf_str(out)))
			emit(&before->tree, buf_str(out), buf_str(&meant));
		with_alias(buf_str(out), intent, &aliased);
		if (!intent->anything)
			problem = check_bytes(original, buf_str(&aliased), intent->old);
	}
	if (!problem) {
		if (check_read(&after, buf_str(out), &why))
			problem = check_after(before, &after, intent);
		else
			problem = "the result is not read any more";
		reading_free(&after);
	}
	splices_free(&splices);
	buf_free(&meant);
	buf_free(&aliased);
	return problem;
}
