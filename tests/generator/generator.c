/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generator
 *
 * Every layout (layout.h) × every edit below. Each case is rendered, read again, proved, and checked from outside
 * (check.h): leaves, bytes, comments; then the same edits are made in the result and must change nothing. Without
 * arguments every n-th layout is taken, so that it runs in seconds; `generator all` takes all of them;
 * -eFILE writes down what each edit meant, for tests/differential.
 */
#include "check.h"
#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "yaml/settle.h"
#include "yaml/split.h"
#include "yaml/tree_internal.h"

enum { EVERY = 149 };

#define POD "spec.pod"

/* ---- edits; each is one that says what should be there, so that it can be made again ---- */

struct context {
	struct yaml_tree *tree;
	struct intent *intent;
	struct yaml_refusal why;
	struct str one, two; /* paths of the two containers */
	enum fill fill;
	bool has_alias; /* the last value is one, of what is in the metadata */
};

static yaml_id at(struct context *context, const char *path)
{
	return yaml_get_path(context->tree, context->tree->root, path);
}

static yaml_id container(struct context *context, const char *name)
{
	YAML_EACH(context->tree, at(context, POD ".containers"), item)
		if (str_is(yaml_get_text(context->tree, item, "name"), name))
			return item;
	return YAML_NONE;
}

static void expect(struct context *context, struct str path, const char *rest)
{
	size_t n = 0;

	while (context->intent->added[n])
		n++;
	context->intent->added[n] = str_fmt(context->tree->arena, "%.*s%s", STR_ARG(path), rest).p;
}

/* The bytes of @id may go, and the leaves below @path. */
static void gives_way(struct context *context, yaml_id id, struct str path)
{
	/* Of what an alias stands for, the alias. */
	if (yaml_node(context->tree, id)->flags & YAML_F_COPY)
		id = yaml_node(context->tree, id)->props;
	context->intent->old = yaml_raw(context->tree, id);
	context->intent->gone = str_copy(context->tree->arena, path);
	context->intent->has_gone = true;
}

static struct str below(struct context *context, struct str path, const char *rest)
{
	return str_fmt(context->tree->arena, "%.*s%s", STR_ARG(path), rest);
}

static bool set_text(struct context *context, const char *key, const char *value, const char *leaf)
{
	struct str path = below(context, context->one, "."), full = below(context, path, key);
	yaml_id map = container(context, "one");

	gives_way(context, yaml_get(context->tree, map, key), full);
	expect(context, full, leaf);
	return yaml_put_str(context->tree, map, key, str_of(value), NULL, &context->why);
}

static bool set_single(struct context *context)
{
	return set_text(context, "image", "it's new", "\t'it's new");
}

static bool set_double(struct context *context)
{
	return set_text(context, "quoted", "C:\\ \"x\"", "\t'C:\\ \"x\"");
}

static bool set_plain(struct context *context)
{
	struct str path = below(context, context->two, ".image");
	yaml_id map = container(context, "two");

	gives_way(context, yaml_get(context->tree, map, "image"), path);
	expect(context, path, "\t?nginx:1.25");
	return yaml_put_str(context->tree, map, "image", STR("nginx:1.25"), NULL, &context->why);
}

static bool set_plain_odd(struct context *context)
{
	struct str path = below(context, context->two, ".image");
	yaml_id map = container(context, "two");

	gives_way(context, yaml_get(context->tree, map, "image"), path);
	expect(context, path, "\t'yes");
	return yaml_put_str(context->tree, map, "image", STR("yes"), NULL, &context->why);
}

static bool set_number(struct context *context)
{
	struct str path = below(context, context->one, ".number");
	yaml_id map = container(context, "one");

	gives_way(context, yaml_get(context->tree, map, "number"), path);
	expect(context, path, "\t8080");
	return yaml_put_int(context->tree, map, "number", 8080, NULL, &context->why);
}

static bool set_last(struct context *context)
{
	struct str path = below(context, context->one, ".last");
	yaml_id map = container(context, "one"), value = yaml_get(context->tree, map, "last");

	gives_way(context, value, path);
	expect(context, path, "\ttrue");
	return yaml_put_bool(context->tree, map, "last", true, NULL, &context->why);
}

static const char *const order_first_keys[] = { "zzNew", "name" };
static const struct yaml_order order_first = { order_first_keys, 2 };
static const char *const order_middle_keys[] = { "name", "image", "zzNew", "quoted" };
static const struct yaml_order order_middle = { order_middle_keys, 4 };

static bool add_with(struct context *context, const struct yaml_order *order)
{
	expect(context, context->one, ".zzNew\t'true");
	return yaml_put_str(context->tree, container(context, "one"), "zzNew", STR("true"), order, &context->why);
}

static bool add_first(struct context *context)
{
	return add_with(context, &order_first);
}

static bool add_middle(struct context *context)
{
	return add_with(context, &order_middle);
}

static bool add_last(struct context *context)
{
	return add_with(context, NULL);
}

/* As a fixer does it: a security context with a list in flow style two levels down. */
static bool add_levels(struct context *context, const struct yaml_order *order)
{
	struct yaml_tree *tree = context->tree;
	yaml_id map = container(context, "one"), list;

	expect(context, context->one, ".zzNew.deny\tfalse");
	expect(context, context->one, ".zzNew.deeper.drop[0]\t?ALL");
	map = yaml_put_map(tree, map, "zzNew", order, &context->why);
	if (!map || !yaml_put_bool(tree, map, "deny", false, NULL, &context->why))
		return false;
	map = yaml_put_map(tree, map, "deeper", NULL, &context->why);
	list = map ? yaml_put_seq(tree, map, "drop", true, NULL, &context->why) : YAML_NONE;
	if (!list || yaml_count(tree, list))
		return list;
	return yaml_append_str(tree, list, STR("ALL"), &context->why);
}

static bool add_levels_first(struct context *context)
{
	return add_levels(context, &order_first);
}

static bool add_levels_middle(struct context *context)
{
	return add_levels(context, &order_middle);
}

static bool add_levels_last(struct context *context)
{
	return add_levels(context, NULL);
}

/* A list of mappings, as volumes are. */
static bool add_list(struct context *context)
{
	struct yaml_tree *tree = context->tree;
	yaml_id list, item;

	expect(context, STR("." POD), ".zzNew[0].name\t?tmp");
	expect(context, STR("." POD), ".zzNew[0].emptyDir\t{}");
	list = yaml_put_seq(tree, at(context, POD), "zzNew", false, NULL, &context->why);
	if (!list || yaml_count(tree, list))
		return list;
	item = yaml_append_map(tree, list, &context->why);
	return item && yaml_put_str(tree, item, "name", STR("tmp"), NULL, &context->why) &&
	       yaml_put_map(tree, item, "emptyDir", NULL, &context->why);
}

static bool add_to_pod_first(struct context *context)
{
	yaml_id map;

	expect(context, STR("." POD), ".zzNew.x\t1");
	map = yaml_put_map(context->tree, at(context, POD), "zzNew", &order_first, &context->why);
	return map && yaml_put_int(context->tree, map, "x", 1, NULL, &context->why);
}

static bool add_to_root(struct context *context)
{
	expect(context, STR(""), ".zzNew\t?x y");
	return yaml_put_str(context->tree, context->tree->root, "zzNew", STR("x y"), NULL, &context->why);
}

static bool append_text(struct context *context)
{
	struct yaml_tree *tree = context->tree;
	yaml_id list = yaml_get(tree, container(context, "one"), "args");

	expect(context, context->one, ".args[2]\t'--port: 80");
	YAML_EACH(tree, list, item)
		if (str_is(yaml_text(tree, item), "--port: 80"))
			return true;
	return yaml_append_str(tree, list, STR("--port: 80"), &context->why);
}

static bool append_map(struct context *context)
{
	struct yaml_tree *tree = context->tree;
	yaml_id item = container(context, "three");

	expect(context, STR("." POD), ".containers[2].name\t?three");
	expect(context, STR("." POD), ".containers[2].ports.http\t80");
	if (!item)
		item = yaml_append_map(tree, at(context, POD ".containers"), &context->why);
	if (!item || !yaml_put_str(tree, item, "name", STR("three"), NULL, &context->why))
		return false;
	item = yaml_put_map(tree, item, "ports", NULL, &context->why);
	return item && yaml_put_int(tree, item, "http", 80, NULL, &context->why);
}

static bool fill_map(struct context *context)
{
	struct yaml_tree *tree = context->tree;
	yaml_id map;

	gives_way(context, at(context, POD ".fill"), STR("." POD ".fill"));
	expect(context, STR("." POD), ".fill.a\ttrue");
	expect(context, STR("." POD), ".fill.b.c\t-5");
	map = yaml_put_map(tree, at(context, POD), "fill", NULL, &context->why);
	if (!map || !yaml_put_bool(tree, map, "a", true, NULL, &context->why))
		return false;
	map = yaml_put_map(tree, map, "b", NULL, &context->why);
	return map && yaml_put_int(tree, map, "c", -5, NULL, &context->why);
}

static bool fill_list(struct context *context)
{
	struct yaml_tree *tree = context->tree;
	yaml_id list, item;

	gives_way(context, at(context, POD ".fill"), STR("." POD ".fill"));
	expect(context, STR("." POD), ".fill[0]\t?x");
	expect(context, STR("." POD), ".fill[1].y\t?z");
	list = yaml_put_seq(tree, at(context, POD), "fill", false, NULL, &context->why);
	if (!list || yaml_count(tree, list))
		return list;
	if (!yaml_append_str(tree, list, STR("x"), &context->why))
		return false;
	item = yaml_append_map(tree, list, &context->why);
	return item && yaml_put_str(tree, item, "y", STR("z"), NULL, &context->why);
}

static bool fill_flow_list(struct context *context)
{
	struct yaml_tree *tree = context->tree;
	yaml_id list;

	gives_way(context, at(context, POD ".fill"), STR("." POD ".fill"));
	expect(context, STR("." POD), ".fill[0]\t'80");
	list = yaml_put_seq(tree, at(context, POD), "fill", true, NULL, &context->why);
	if (!list || yaml_count(tree, list))
		return list;
	return yaml_append_str(tree, list, STR("80"), &context->why);
}

static bool fill_text(struct context *context)
{
	gives_way(context, at(context, POD ".fill"), STR("." POD ".fill"));
	expect(context, STR("." POD), ".fill\t?RuntimeDefault");
	return yaml_put_str(context->tree, at(context, POD), "fill", STR("RuntimeDefault"), NULL, &context->why);
}

static bool take_away(struct context *context, const char *key)
{
	yaml_id value = yaml_get(context->tree, container(context, "one"), key);

	if (!value)
		return true;
	gives_way(context, value, below(context, below(context, context->one, "."), key));
	context->intent->old = check_lines(context->tree, value, true);
	context->intent->lines = check_lines(context->tree, value, false);
	return yaml_remove(context->tree, value, &context->why);
}

static bool remove_middle(struct context *context)
{
	return take_away(context, "image");
}

static bool remove_list(struct context *context)
{
	return take_away(context, "args");
}

static bool remove_last(struct context *context)
{
	return take_away(context, "last");
}

static bool remove_item(struct context *context)
{
	struct yaml_tree *tree = context->tree;

	YAML_EACH(tree, yaml_get(tree, container(context, "one"), "args"), item) {
		if (str_is(yaml_text(tree, item), "b")) {
			gives_way(context, item, below(context, context->one, ".args[1]"));
			context->intent->old = check_lines(tree, item, true);
			context->intent->lines = check_lines(tree, item, false);
			return yaml_remove(tree, item, &context->why);
		}
	}
	return true;
}

/* In block style the first pair stands on the line of a dash. */
static bool remove_first(struct context *context)
{
	return take_away(context, "name");
}

static bool prune_list(struct context *context)
{
	struct yaml_tree *tree = context->tree;
	yaml_id args = yaml_get(tree, container(context, "one"), "args");

	if (!args)
		return true;
	gives_way(context, args, below(context, context->one, ".args"));
	context->intent->old = check_lines(tree, args, true);
	context->intent->lines = check_lines(tree, args, false);
	while (yaml_first(tree, args))
		if (!yaml_prune(tree, yaml_first(tree, args), YAML_NONE, &context->why))
			return false;
	return true;
}

static bool prune_metadata(struct context *context)
{
	struct yaml_tree *tree = context->tree;
	yaml_id metadata = at(context, "metadata");

	if (!metadata)
		return true;
	gives_way(context, metadata, STR(".metadata"));
	context->intent->old = check_lines(tree, metadata, true);
	context->intent->lines = check_lines(tree, metadata, false);
	if (context->has_alias) {
		context->intent->alias = STR("*anchor");
		context->intent->says = STR("web");
	}
	return yaml_prune(tree, at(context, "metadata.app"), YAML_NONE, &context->why);
}

/* Many at once, as a run of the program does. */
static bool many(struct context *context)
{
	context->intent->anything = true;
	return set_plain(context) && set_number(context) && add_to_pod_first(context) && add_levels_last(context) &&
	       append_map(context) && append_text(context) && add_to_root(context) &&
	       (memset(context->intent->added, 0, sizeof(context->intent->added)), true);
}

static const struct edit {
	const char *name;
	bool (*make)(struct context *context);
	unsigned fills;	 /* bit mask of the fills that it can be made with; 0: whatever stands there */
	bool may_refuse; /* something in some layouts is in its way */
} edits[] = {
	{ "set a plain value", set_plain, 0, false },
	{ "set a plain value to a word that is a boolean", set_plain_odd, 0, false },
	{ "set a single-quoted value", set_single, 0, false },
	{ "set a double-quoted value", set_double, 0, false },
	{ "set a number", set_number, 0, false },
	{ "set the last value", set_last, 0, true },
	{ "add a first key", add_first, 0, false },
	{ "add a key in the middle", add_middle, 0, false },
	{ "add a last key", add_last, 0, true },
	{ "add three levels as first key", add_levels_first, 0, false },
	{ "add three levels in the middle", add_levels_middle, 0, false },
	{ "add three levels as last key", add_levels_last, 0, true },
	{ "add a list of mappings", add_list, 0, true },
	{ "add a first key of the pod", add_to_pod_first, 0, false },
	{ "add a key at the root", add_to_root, 0, true },
	{ "append a text", append_text, 0, false },
	{ "append a mapping", append_map, 0, true },
	{ "fill with a mapping", fill_map, ~(1u << FILL_BRACKETS), false },
	{ "fill with a list", fill_list, ~(1u << FILL_BRACES), false },
	{ "fill with a list in brackets", fill_flow_list, ~(1u << FILL_BRACES), false },
	{ "fill with a text", fill_text, 1u << FILL_NULL | 1u << FILL_TILDE | 1u << FILL_NOTHING, false },
	{ "remove a pair", remove_middle, 0, false },
	{ "remove a pair with a list", remove_list, 0, false },
	{ "remove the first pair", remove_first, 0, false },
	{ "remove the last pair", remove_last, 0, false },
	{ "remove an item", remove_item, 0, false },
	{ "prune a list", prune_list, 0, false },
	{ "prune the metadata", prune_metadata, 0, false },
	{ "many edits", many, 0, true },
};

enum { EDITS = sizeof(edits) / sizeof(*edits) };

/* ---- a case ---- */

struct run {
	size_t cases, refused, layouts, failed;
	size_t refused_of[EDITS];
};

static struct context context_of(struct reading *reading, const struct layout *layout, struct intent *intent)
{
	struct context context = { .tree = &reading->tree, .intent = intent, .fill = layout->fill };

	context.has_alias = layout->last == LAST_ALIAS;
	context.one = layout->at_end ? STR(".spec.pod.containers[1]") : STR(".spec.pod.containers[0]");
	context.two = layout->at_end ? STR(".spec.pod.containers[0]") : STR(".spec.pod.containers[1]");
	return context;
}

static const char *check_again(const struct layout *layout, const struct edit *edit, struct str bytes)
{
	struct yaml_refusal why;
	struct reading reading;
	struct intent intent = { 0 };
	struct splices splices = { 0 };
	struct yaml_unsettled_edits unsettled = { 0 };
	const char *problem = NULL;

	if (!check_parse(&reading, bytes, &why)) {
		problem = "the result is not read any more";
	} else {
		struct context context = context_of(&reading, layout, &intent);

		if (!edit->make(&context))
			problem = "the same edit is refused in the result";
		if (!problem && !yaml_settle(&reading.tree, &unsettled))
			problem = "the same edit has no place in the result";
		yaml_render(&reading.tree, &splices);
		if (!problem && splices.n)
			problem = "the same edit changes the result again";
	}
	free(unsettled.items);
	splices_free(&splices);
	reading_free(&reading);
	return problem;
}

/* A removed line may take its own comment along. */
static void without_lines(struct str marks, struct str lines, struct buf *out)
{
	struct str mark;

	while (str_cut(&marks, '\n', &mark))
		if (mark.n && str_find(lines, mark, 0) == SIZE_MAX)
			buf_addf(out, "%.*s\n", STR_ARG(mark));
}

static void dump(const struct layout *layout, const char *name, struct str before, struct str after,
		 const char *problem)
{
	struct buf words = BUF_INIT;

	layout_name(layout, &words);
	printf("FAILED: %s\n  edit: %s\n  layout: %.*s\n---- before\n%.*s\n---- after\n%.*s\n----\n", problem, name,
	       (int)words.n, words.p, STR_ARG(before), STR_ARG(after));
	buf_free(&words);
}

static void check_case(struct run *run, struct reading *reading, const struct layout *layout, struct str marks,
		       size_t which)
{
	const struct edit *edit = &edits[which];
	struct intent intent = { 0 };
	struct context context = context_of(reading, layout, &intent);
	uint32_t before = yaml_mark(&reading->tree);
	struct buf out = BUF_INIT, left = BUF_INIT;
	const char *problem = NULL;

	if (edit->make(&context)) {
		run->cases++;
		without_lines(marks, intent.lines, &left);
		intent.marks = buf_str(&left);
		problem = check_edit(reading, &intent, &out);
		if (!problem)
			problem = check_again(layout, edit, buf_str(&out));
	} else {
		run->refused++;
		run->refused_of[which]++;
		if (!context.why.why)
			problem = "refused without a reason";
		else if (!edit->may_refuse)
			problem = context.why.why;
	}
	if (problem && run->failed++ < 20)
		dump(layout, edit->name, reading->tree.bytes, buf_str(&out), problem);
	yaml_rollback(&reading->tree, before);
	buf_free(&out);
	buf_free(&left);
}

static void check_layout(struct run *run, const struct layout *layout)
{
	struct buf text = BUF_INIT, marks = BUF_INIT;
	struct yaml_splitter splitter;
	struct yaml_refusal why = { 0 };
	struct yaml_span span;
	struct reading reading;
	size_t bad;

	run->layouts++;
	layout_print(layout, &text, &marks);
	splitter = yaml_splitter_init(buf_str(&text));
	if (!yaml_split_next(&splitter, &span, &bad) ||
	    !check_read(&reading, str_sub(buf_str(&text), span.start, span.end), &why)) {
		run->failed++;
		dump(layout, "(none)", buf_str(&text), STR_NONE, why.why);
	} else {
		for (size_t i = 0; i < EDITS; i++)
			if (!edits[i].fills || (edits[i].fills >> layout->fill & 1))
				check_case(run, &reading, layout, buf_str(&marks), i);
	}
	reading_free(&reading);
	buf_free(&text);
	buf_free(&marks);
}

/* ---- all of them ---- */

/* The @number-th combination; the least significant dimensions are those that matter least. */
static struct layout layout_of(uint32_t number)
{
	struct layout layout = { 0 };

#define TAKE(n)                                                                                                        \
	(number % (n));                                                                                                \
	number /= (n)
	layout.style = TAKE(STYLES);
	layout.comment = TAKE(COMMENTS);
	layout.last = TAKE(LASTS);
	layout.fill = TAKE(FILLS);
	layout.indent = 2 + TAKE(3);
	layout.at_end = TAKE(2);
	layout.final_newline = TAKE(2);
	layout.blank_lines = TAKE(2);
	layout.indented_lists = TAKE(2);
	layout.crlf = TAKE(2);
	layout.bom = TAKE(2);
#undef TAKE
	return layout;
}

int main(int argc, char **argv)
{
	uint32_t every = EVERY;
	uint32_t total = (uint32_t)STYLES * COMMENTS * LASTS * FILLS * 3 * 64, sensible = 0;
	struct run run = { 0 };
	clock_t start = clock();

	for (int i = 1; i < argc; i++)
		if (!check_emit_open(argv[i]) && !strcmp(argv[i], "all"))
			every = 1;
	for (uint32_t i = 0; i < total; i++) {
		struct layout layout = layout_of(i);

		if (layout_makes_sense(&layout) && sensible++ % every == 0)
			check_layout(&run, &layout);
	}
	yaml_parsers_release();
	printf("generator: %zu cases from %zu of %u layouts, %zu refused, %zu failed, %.1f s\n", run.cases, run.layouts,
	       sensible, run.refused, run.failed, (double)(clock() - start) / CLOCKS_PER_SEC);
	for (size_t i = 0; i < EDITS; i++)
		if (run.refused_of[i])
			printf("  refused %6zu: %s\n", run.refused_of[i], edits[i].name);
	return run.failed != 0;
}
