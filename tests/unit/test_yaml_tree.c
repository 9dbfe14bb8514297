/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading: the logical tree, with aliases and merges as kubectl has them, and what is refused.
 */
#include "yaml_document.h"

#include <stdio.h>

static void walks(void **state)
{
	static const char text[] = "kind: Pod\nspec:\n  containers:\n  - name: a\n    ports: [{containerPort: 80}]\n"
				   "  - name: b\n  empty:\n";
	struct document document;
	struct yaml_tree *tree = &document.tree;
	yaml_id list, item;
	int64_t port = 0;

	(void)state;
	document_read(&document, text);
	assert_true(str_is(yaml_get_text(tree, tree->root, "kind"), "Pod"));
	list = document_at(&document, "spec.containers");
	assert_true(yaml_is_seq(tree, list));
	assert_int_equal(yaml_count(tree, list), 2);
	item = yaml_first(tree, list);
	assert_true(str_is(yaml_get_text(tree, item, "name"), "a"));
	assert_true(yaml_int(tree, yaml_get(tree, yaml_first(tree, yaml_get(tree, item, "ports")), "containerPort"),
			     &port));
	assert_int_equal(port, 80);
	item = yaml_next(tree, item);
	assert_true(str_is(yaml_get_text(tree, item, "name"), "b"));
	assert_int_equal(yaml_next(tree, item), YAML_NONE);
	assert_int_equal(yaml_parent(tree, item), list);
	assert_true(str_is(yaml_text(tree, yaml_key(tree, list)), "containers"));
	assert_int_equal(yaml_value(tree, yaml_key(tree, list)), list);
	assert_true(yaml_is_null(tree, document_at(&document, "spec.empty")));
	assert_true(yaml_is_null(tree, document_at(&document, "spec.absent.deeper")));
	document_free(&document);
}

static void answers_nothing_to_nobody(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;
	bool truth;
	int64_t value;

	(void)state;
	document_read(&document, "# nothing\n");
	assert_int_equal(tree->root, YAML_NONE);
	assert_int_equal(yaml_get(tree, YAML_NONE, "a"), YAML_NONE);
	assert_int_equal(yaml_first(tree, YAML_NONE), YAML_NONE);
	assert_int_equal(yaml_next(tree, YAML_NONE), YAML_NONE);
	assert_int_equal(yaml_key(tree, YAML_NONE), YAML_NONE);
	assert_int_equal(yaml_count(tree, YAML_NONE), 0);
	assert_int_equal(yaml_kind(tree, YAML_NONE), YAML_NOTHING);
	assert_int_equal(yaml_text(tree, YAML_NONE).n, 0);
	assert_int_equal(yaml_offset(tree, YAML_NONE), 0);
	assert_true(yaml_is_null(tree, YAML_NONE));
	assert_false(yaml_bool(tree, YAML_NONE, &truth));
	assert_false(yaml_int(tree, YAML_NONE, &value));
	document_free(&document);
}

static void reads_types(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;
	int64_t value;

	(void)state;
	document_read(&document, "a: yes\nb: \"yes\"\nc: 80\nd: '80'\ne: !!str 80\nf: 0x50\ng: |\n  80\nh: No\n");
	assert_true(yaml_is_true(tree, document_at(&document, "a")));
	assert_false(yaml_is_true(tree, document_at(&document, "b")));
	assert_true(yaml_int(tree, document_at(&document, "c"), &value));
	assert_false(yaml_int(tree, document_at(&document, "d"), &value));
	assert_int_equal(yaml_type(tree, document_at(&document, "e")), YAML_STR);
	assert_true(yaml_int(tree, document_at(&document, "f"), &value));
	assert_int_equal(value, 80);
	assert_int_equal(yaml_type(tree, document_at(&document, "g")), YAML_STR);
	assert_true(yaml_is_false(tree, document_at(&document, "h")));
	document_free(&document);
}

/* The expected texts are kubectl's. */
static void reads_through_aliases_and_merges(void **state)
{
	static const char text[] = "a: &a {x: 1, y: 1, m: &m {p: 1}}\n"
				   "b: &b {x: 2, z: 2}\n"
				   "c: &c\n  <<: *a\n  y: 3\n"
				   "list: {<<: [*a, *b], w: 4}\n"
				   "behind: {x: explicit, <<: *a}\n"
				   "before: {<<: *a, x: explicit}\n"
				   "two: {<<: *a, q: 1, <<: *b}\n"
				   "inline: {<<: {x: here}}\n"
				   "again: &again {<<: *c}\n"
				   "third: {<<: *again, k: v}\n"
				   "alias: *c\n"
				   "quoted: {\"<<\": text}\n"
				   "items: &items [&i one, {n: *i}, *m]\n"
				   "copy: *items\n"
				   "nested: {m: {<<: *m, q: 2}, <<: [{r: s}, *c]}\n"
				   "&key name: value\n"
				   "keys: {*key : by alias}\n"
				   "late: &i two\nlater: *i\n";
	static const char *const expect[][2] = {
		{ "c.x", "1" },
		{ "c.y", "3" },
		{ "c.m.p", "1" },
		{ "list.x", "1" },
		{ "list.z", "2" },
		{ "list.w", "4" },
		{ "behind.x", "1" },
		{ "before.x", "explicit" },
		{ "two.x", "2" },
		{ "two.y", "1" },
		{ "two.z", "2" },
		{ "inline.x", "here" },
		{ "again.y", "3" },
		{ "third.y", "3" },
		{ "third.m.p", "1" },
		{ "third.k", "v" },
		{ "alias.x", "1" },
		{ "alias.m.p", "1" },
		{ "quoted.<<", "text" },
		{ "nested.m.p", "1" },
		{ "nested.r", "s" },
		{ "nested.y", "3" },
		{ "keys.name", "by alias" },
		{ "later", "two" },
		{ "nested.m.q", "" },
	};
	struct document document;
	struct yaml_tree *tree = &document.tree;
	yaml_id item;

	(void)state;
	document_read(&document, text);
	for (size_t i = 0; i < sizeof(expect) / sizeof(*expect); i++)
		assert_string_equal(document_text(&document, expect[i][0]), expect[i][1]);
	assert_int_equal(yaml_count(tree, document_at(&document, "copy")), 3);
	item = yaml_next(tree, yaml_first(tree, document_at(&document, "copy")));
	assert_true(str_is(yaml_get_text(tree, item, "n"), "one"));
	assert_true(str_is(yaml_get_text(tree, yaml_next(tree, item), "p"), "1"));
	/* A second look gives the same nodes. */
	assert_int_equal(document_at(&document, "alias.m.p"), document_at(&document, "alias.m.p"));
	assert_false(tree->exhausted);
	document_free(&document);
}

/* "x=1 y=2": what a walk comes to. */
static const char *pairs_of(struct document *document, const char *path, struct buf *out)
{
	struct yaml_tree *tree = &document->tree;

	out->n = 0;
	YAML_EACH(tree, document_at(document, path), key)
		buf_addf(out, "%s%.*s=%.*s", out->n ? " " : "", STR_ARG(yaml_text(tree, key)),
			 STR_ARG(yaml_text(tree, yaml_value(tree, key))));
	buf_addc(out, '\0');
	return out->p;
}

/* Of the pairs that a merge hides, or that hide what it brings in, a walk sees the one that counts. */
static void walks_over_each_name_once(void **state)
{
	static const char text[] = "a: &a {x: 1, y: 1}\n"
				   "b: &b {x: 2, z: 2}\n"
				   "before: {<<: *a, x: 3}\n"
				   "behind: {x: 3, <<: *a}\n"
				   "two: {<<: *a, x: 4, <<: *b}\n"
				   "list: &list {<<: [*a, *b], y: 5}\n"
				   "again: {<<: *list, z: 6}\n"
				   "&key x: 7\n"
				   "alias: {*key : 8, <<: *a}\n";
	static const char *const expect[][2] = {
		{ "before", "y=1 x=3" },   { "behind", "x=1 y=1" },    { "two", "y=1 x=2 z=2" },
		{ "list", "z=2 x=1 y=5" }, { "again", "x=1 y=5 z=6" }, { "alias", "x=1 y=1" },
	};
	struct document document;
	struct buf out = BUF_INIT;

	(void)state;
	document_read(&document, text);
	for (size_t i = 0; i < sizeof(expect) / sizeof(*expect); i++)
		assert_string_equal(pairs_of(&document, expect[i][0], &out), expect[i][1]);
	/* What was hidden shows once what hid it is gone. */
	assert_true(yaml_remove(&document.tree, document_at(&document, "before.x"), NULL));
	assert_string_equal(pairs_of(&document, "before", &out), "x=1 y=1");
	assert_true(yaml_remove(&document.tree, document_at(&document, "before.x"), NULL));
	assert_string_equal(pairs_of(&document, "before", &out), "y=1");
	yaml_rollback(&document.tree, 0);
	assert_string_equal(pairs_of(&document, "before", &out), "y=1 x=3");
	buf_free(&out);
	document_free(&document);
}

/* Places of syntax errors are libfyaml's. */
enum { ANYWHERE = 1000 };

static void refuses(void **state)
{
	static const struct {
		const char *text, *why;
		uint32_t at;
	} cases[] = {
		{ "a: b\na: c\n", "duplicate key", 5 },
		{ "{\"a\": 1, a: 2}", "duplicate key", 9 },
		{ "a: b\n\"\\u0061\": c\n", "duplicate key", 5 },
		{ "x: &x a\na: b\n*x : c\n", "duplicate key", 13 },
		{ "\ttext\n", "a tab in front of", 0 },
		{ "# a\n \ttext\n", "a tab in front of", 4 },
		{ "a: b\n? a\n: c\n", "duplicate key", 7 },
		{ "a: *b\n", "alias without an anchor", 3 },
		{ "a: &a [*a]\n", "inside its own anchor", 7 },
		{ "a: &a {<<: *a}\n", "inside its own anchor", 11 },
		{ "a: {<<: b}\n", "merge key without a mapping", 4 },
		{ "a: &a [{}]\nb: {<<: *a}\n", "merge key without a mapping", 15 },
		{ "!!binary c3BlYw==: a\n", "tag on a key", 0 },
		{ "? [a]\n: b\n", "a key that is", 2 },
		{ "a: {{b}}\n", "a key that is", 4 },
		{ "a: \"b\n", "not valid YAML", ANYWHERE },
		{ "a: [b\n", "not valid YAML", ANYWHERE },
		{ "a:\n\t- b\n", "not valid YAML", ANYWHERE },
		{ "a: b\n  c: d\n", "not valid YAML", ANYWHERE },
		{ "a: b\nc\n", "not valid YAML", ANYWHERE },
		{ "a: b\n}\n", "not valid YAML", ANYWHERE },
		{ "a: 'b' c\n", "not valid YAML", ANYWHERE },
		{ "a: b\n...\nc: d\n", "behind the end", 9 },
		{ "a: {b:}\n", "a colon", 5 },
		{ "a: {?b: c}\n", "a question mark", 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;

		if (document_read_str(&document, str_of(cases[i].text)))
			fail_msg("is read: %s", cases[i].text);
		if (!strstr(document.why.why, cases[i].why))
			fail_msg("%s\nis refused because: %s", cases[i].text, document.why.why);
		if (cases[i].at != ANYWHERE && document.why.at != cases[i].at)
			fail_msg("%s\nis refused at %u, not %u", cases[i].text, document.why.at, cases[i].at);
		document_free(&document);
	}
}

/* libfyaml before 0.9.5 cannot read it. */
static void explains_an_empty_item(void **state)
{
	struct document document;

	(void)state;
	if (document_read_str(&document, STR("a:\n-\n- b\n")))
		assert_int_equal(yaml_count(&document.tree, document_at(&document, "a")), 2);
	else
		assert_non_null(strstr(document.why.why, "an empty item"));
	document_free(&document);
}

static void names_both_places_of_a_duplicate(void **state)
{
	struct document document;
	struct buf text = BUF_INIT;

	(void)state;
	assert_false(document_read_str(&document, STR("a: 1\nb: 2\na: 3\n")));
	assert_int_equal(document.why.at, 10);
	assert_int_equal(document.why.other, 1);
	document_free(&document);
	/* Many keys take another way. */
	for (int i = 0; i < 1000; i++)
		buf_addf(&text, "k%d: v\n", i);
	assert_true(document_read_str(&document, buf_str(&text)));
	document_free(&document);
	buf_addz(&text, "k500: w\n");
	assert_false(document_read_str(&document, buf_str(&text)));
	assert_int_equal(document.why.at, text.n - 8);
	assert_true(str_starts(str_sub(buf_str(&text), document.why.other - 1, text.n), STR("k500: v")));
	document_free(&document);
	buf_free(&text);
}

static void reads_the_next_document_after_any_refusal(void **state)
{
	static const char *const bad[] = {
		"a: 1\na: 2\nb: 3\n", "a: [", "[[[[[[", "a: *b\nc: d\n", "\x01", "a: {{b}}\n"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad) * 3; i++) {
		struct document document;

		assert_false(document_read_str(&document, str_of(bad[i / 3])));
		document_free(&document);
		document_read(&document, "a: &x {b: c}\nd: *x\n");
		assert_string_equal(document_text(&document, "d.b"), "c");
		document_free(&document);
	}
}

static void has_limits(void **state)
{
	struct yaml_limits limits = { .nodes = 100, .depth = 5, .bytes = 1000 };
	struct arena *arena = arena_new();
	struct yaml_tree tree = YAML_TREE_INIT;
	struct yaml_refusal why;
	struct buf text = BUF_INIT;

	(void)state;
	assert_true(yaml_parse(&tree, arena, STR("[[[[[a]]]]]"), &limits, &why));
	assert_false(yaml_parse(&tree, arena, STR("[[[[[[a]]]]]]"), &limits, &why));
	assert_string_equal(why.why, "nested too deeply (see --max-depth)");
	for (int i = 0; i < 101; i++)
		buf_addz(&text, "- a\n");
	assert_false(yaml_parse(&tree, arena, buf_str(&text), &limits, &why));
	assert_string_equal(why.why, "too many nodes in one document (see --max-nodes)");
	buf_pad(&text, '#', 1000);
	assert_false(yaml_parse(&tree, arena, buf_str(&text), &limits, &why));
	text.n = 0;
	buf_pad(&text, '[', 1000000);
	assert_false(yaml_parse(&tree, arena, buf_str(&text), NULL, &why));
	assert_string_equal(why.why, "nested too deeply (see --max-depth)");
	yaml_tree_free(&tree);
	arena_free(arena);
	buf_free(&text);
}

/* A billion laughs, and a chain of merges as long as a stack: walked in bounded time and memory. */
static void survives_aliases_of_aliases(void **state)
{
	struct document document;
	struct buf text = BUF_INIT;
	size_t n = 0;
	yaml_id id;

	(void)state;
	buf_addz(&text, "a0: &a0 {k: [x, x, x]}\n");
	for (int i = 1; i < 40; i++)
		buf_addf(&text, "a%d: &a%d {k: [*a%d, *a%d, *a%d], <<: [*a%d, *a%d]}\n", i, i, i - 1, i - 1, i - 1,
			 i - 1, i - 1);
	assert_true(document_read_str(&document, buf_str(&text)));
	for (id = document_at(&document, "a39"); id && n < 1000000; n++) {
		size_t children = yaml_count(&document.tree, id);

		assert_true(children < 4000000);
		id = yaml_first(&document.tree, yaml_get(&document.tree, id, "k"));
	}
	assert_true(document.tree.nodes.n <= document.tree.limits.nodes);
	document_free(&document);
	text.n = 0;
	buf_addz(&text, "a0: &a0 {k: v}\n");
	for (int i = 1; i < 20000; i++)
		buf_addf(&text, "a%d: &a%d {<<: *a%d}\n", i, i, i - 1);
	assert_true(document_read_str(&document, buf_str(&text)));
	assert_string_equal(document_text(&document, "a100.k"), "v");
	yaml_count(&document.tree, document_at(&document, "a19999"));
	assert_true(document.tree.exhausted);
	document_free(&document);
	buf_free(&text);
}

static void finds_places(void **state)
{
	static const char text[] = "a: b\nc:\n  d:\n  e: &x {f: g}\nh: *x\n";
	struct document document;
	struct yaml_tree *tree = &document.tree;
	yaml_id made;

	(void)state;
	document_read(&document, text);
	assert_int_equal(yaml_offset(tree, document_at(&document, "a")), 0);
	assert_int_equal(yaml_offset_value(tree, document_at(&document, "a")), 3);
	assert_int_equal(yaml_offset_value(tree, document_at(&document, "c.d")), 10);
	assert_int_equal(yaml_offset(tree, document_at(&document, "c.e.f")), 22);
	assert_int_equal(yaml_offset_value(tree, document_at(&document, "c.e.f")), 25);
	assert_int_equal(yaml_offset(tree, document_at(&document, "h.f")), 28);
	made = yaml_put_int(tree, document_at(&document, "c"), "new", 1, NULL, NULL);
	assert_int_equal(yaml_offset(tree, made), 5);
	document_free(&document);
}

static void learns_the_layout(void **state)
{
	static const struct {
		const char *text;
		unsigned step;
		int offset;
		bool json;
	} cases[] = {
		{ "a: b\n", 0, -1, false },
		{ "a:\n  b:\n    c: d\n", 2, -1, false },
		{ "a:\n    b:\n    - c\n", 4, 0, false },
		{ "a:\n   b:\n      - c\n", 3, 3, false },
		{ "{\"a\": {}}", 0, -1, true },
		{ "{a: {}}", 0, -1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;

		document_read(&document, cases[i].text);
		assert_int_equal(document.tree.indent_step, cases[i].step);
		assert_int_equal(document.tree.sequence_offset, cases[i].offset);
		assert_int_equal(document.tree.json, cases[i].json);
		document_free(&document);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks),
		cmocka_unit_test(answers_nothing_to_nobody),
		cmocka_unit_test(reads_types),
		cmocka_unit_test(reads_through_aliases_and_merges),
		cmocka_unit_test(walks_over_each_name_once),
		cmocka_unit_test(refuses),
		cmocka_unit_test(explains_an_empty_item),
		cmocka_unit_test(names_both_places_of_a_duplicate),
		cmocka_unit_test(reads_the_next_document_after_any_refusal),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(survives_aliases_of_aliases),
		cmocka_unit_test(finds_places),
		cmocka_unit_test(learns_the_layout),
	};

	return cmocka_run_group_tests_name("yaml tree", tests, NULL, release_parsers);
}
