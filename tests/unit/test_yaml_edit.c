/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits: what each of them makes of a document, what is refused and why, and that it can be undone.
 */
#include "yaml_document.h"

#include <stdio.h>

static const char *const order_keys[] = { "name", "image", "args", "securityContext", "last" };
static const struct yaml_order order = { order_keys, 5 };

static void is_seen_at_once(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;
	yaml_id map;
	int64_t value;

	(void)state;
	document_read(&document, "a: {b: 1}\nz: 0\n");
	map = yaml_put_map(tree, tree->root, "new", NULL, NULL);
	assert_true(map);
	assert_int_equal(yaml_put_map(tree, tree->root, "new", NULL, NULL), map);
	assert_true(yaml_put_int(tree, map, "x", 7, NULL, NULL));
	assert_true(yaml_put_str(tree, map, "y", STR("80"), NULL, NULL));
	assert_true(yaml_put_bool(tree, document_at(&document, "a"), "b", true, NULL, NULL));
	assert_true(yaml_int(tree, document_at(&document, "new.x"), &value));
	assert_int_equal(value, 7);
	assert_int_equal(yaml_type(tree, document_at(&document, "new.y")), YAML_STR);
	assert_true(yaml_is_true(tree, document_at(&document, "a.b")));
	assert_true(yaml_remove(tree, document_at(&document, "a"), NULL));
	assert_int_equal(document_at(&document, "a"), YAML_NONE);
	document_free(&document);
}

static void takes_its_place_in_order(void **state)
{
	static const struct {
		const char *text, *key, *result;
	} cases[] = {
		{ "c:\n  name: a\n  args: b\n", "image", "c:\n  name: a\n  image: x\n  args: b\n" },
		{ "c:\n  image: a\n", "name", "c:\n  name: x\n  image: a\n" },
		{ "c:\n  name: a\n  zzz: b\n", "last", "c:\n  name: a\n  last: x\n  zzz: b\n" },
		{ "c:\n  zzz: b\n", "name", "c:\n  name: x\n  zzz: b\n" },
		{ "c:\n  name: a\n  zzz: b\n", "unlisted", "c:\n  name: a\n  zzz: b\n  unlisted: x\n" },
		{ "c:\n  args: a\n  name: b\n", "image", "c:\n  args: a\n  name: b\n  image: x\n" },
		/* The first key shares its line, or the map has no key: then behind the first one. */
		{ "c: {args: a}\n", "name", "c: {name: x, args: a}\n" },
		/* A `<<` behind a key overrides it in kubectl: new keys come behind it. */
		{ "a: &a {x: 1}\nc:\n  last: a\n  <<: *a\n", "name",
		  "a: &a {x: 1}\nc:\n  last: a\n  <<: *a\n  name: x\n" },
		{ "c: &m\n  # d\n  image: a\n", "name", "c: &m\n  name: x\n  # d\n  image: a\n" },
		/* Nothing can follow a block scalar without text. */
		{ "c:\n  name: a\n  args: >\n", "last", "c:\n  name: a\n  last: x\n  args: >\n" },
		{ "c:\n  args: >\n", "last", "c:\n  last: x\n  args: >\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;

		document_read(&document, cases[i].text);
		assert_true(yaml_put_str(&document.tree, document_at(&document, "c"), cases[i].key, STR("x"), &order,
					 NULL));
		assert_string_equal(document_render(&document), cases[i].result);
		document_free(&document);
	}
}

static void first_key_on_a_dash(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;

	(void)state;
	document_read(&document, "- image: a\n  args: b\n");
	assert_true(yaml_put_str(tree, yaml_first(tree, tree->root), "name", STR("x"), &order, NULL));
	assert_string_equal(document_render(&document), "- image: a\n  name: x\n  args: b\n");
	document_free(&document);
	document_read(&document, "image: a\nargs: b\n");
	assert_true(yaml_put_str(tree, tree->root, "name", STR("x"), &order, NULL));
	assert_string_equal(document_render(&document), "image: a\nname: x\nargs: b\n");
	document_free(&document);
}

static void leaves_equal_values_alone(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;

	(void)state;
	document_read(&document, "a: 'x'\nb: yes\nc: 80\nd: |-\n  x\ne: &e {f: x}\ng: *e\nh: on\n");
	assert_true(yaml_put_str(tree, tree->root, "a", STR("x"), NULL, NULL));
	assert_true(yaml_put_int(tree, tree->root, "c", 80, NULL, NULL));
	assert_true(yaml_put_str(tree, tree->root, "d", STR("x"), NULL, NULL));
	assert_true(yaml_put_str(tree, document_at(&document, "g"), "f", STR("x"), NULL, NULL));
	assert_int_equal(yaml_mark(tree), 0);
	assert_string_equal(document_render(&document), document.tree.bytes.p);
	document_free(&document);
}

static bool put_a(struct yaml_tree *tree, yaml_id at, struct yaml_refusal *why)
{
	return yaml_put_int(tree, at, "a", 1, NULL, why);
}

static bool set_it(struct yaml_tree *tree, yaml_id at, struct yaml_refusal *why)
{
	return yaml_set_str(tree, at, STR("new"), why);
}

static bool remove_it(struct yaml_tree *tree, yaml_id at, struct yaml_refusal *why)
{
	return yaml_remove(tree, at, why);
}

static bool append_x(struct yaml_tree *tree, yaml_id at, struct yaml_refusal *why)
{
	return yaml_append_str(tree, at, STR("x"), why);
}

static bool put_map_m(struct yaml_tree *tree, yaml_id at, struct yaml_refusal *why)
{
	return yaml_put_map(tree, at, "m", NULL, why);
}

static bool put_seq_m(struct yaml_tree *tree, yaml_id at, struct yaml_refusal *why)
{
	return yaml_put_seq(tree, at, "m", false, NULL, why);
}

/* A value that is set to another and back stays as it is written. */
static void changes_nothing_there_and_back(void **state)
{
	static const char text[] = "a: &a \"x\"\nb: !!str 1 # one\nc: *a\n";
	struct document document;
	uint32_t mark;

	(void)state;
	document_read(&document, text);
	assert_true(yaml_set_str(&document.tree, document_at(&document, "a"), STR("y"), NULL));
	mark = yaml_mark(&document.tree);
	assert_true(yaml_set_int(&document.tree, document_at(&document, "b"), 2, NULL));
	assert_true(yaml_set_str(&document.tree, document_at(&document, "b"), STR("1"), NULL));
	assert_true(yaml_set_str(&document.tree, document_at(&document, "a"), STR("x"), NULL));
	assert_string_equal(document_render(&document), text);
	/* Undone, it is the other one again. */
	yaml_rollback(&document.tree, mark);
	assert_string_equal(document_text(&document, "a"), "y");
	document_free(&document);
}

/* Refused, with a reason and a place, and nothing is changed. */
static void refuses_and_changes_nothing(void **state)
{
	static const struct {
		const char *text, *path;
		bool (*make)(struct yaml_tree *tree, yaml_id at, struct yaml_refusal *why);
		const char *why;
		uint32_t at;
	} cases[] = {
		{ "c: {y: z}\n", "c", set_it, "single value", 3 },
		{ "c: y\n", "c", put_a, "no mapping", 3 },
		{ "c: y\n", "c", append_x, "no sequence", 3 },
		{ "c: [y]\n", "c", put_a, "no mapping", 3 },
		{ "c: {m: y}\n", "c", put_map_m, "mapping belongs here", 7 },
		{ "c: {m: {}}\n", "c", put_seq_m, "sequence belongs here", 7 },
		{ "? |-\n  c\n", "c", set_it, "nothing can be put in its place", 2 },
		{ "c: {y: |\n  z}\n", "c.y", NULL, NULL, 0 },
		{ "c:\n \tz\n", "c", set_it, "a tab stands before it", 0 },
		{ "c: &a\n \tz\n", "c", set_it, "a tab stands before it", 0 },
		{ "? \ta\n? c\n", "c", set_it, "a tab behind a question mark", 2 },
		{ "? \t\n  c\n", "c", set_it, "a tab behind a question mark", 2 },
		{ "? \t# d ? \n  c\n", "c", set_it, "a tab behind a question mark", 2 },
		{ "c: |\n  z\n  \t\n", "c", set_it, "a line of blanks with a tab", 0 },
		{ "? |-\n  m\n", "", put_map_m, "block scalar", 2 },
		{ "b: |+\n  text", "", put_a, "nothing can be added", 6 },
		{ "a0:\n  b: |", "", put_a, "nothing can be added", 0 },
		{ "- c\n", "", remove_it, "cannot be removed", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct yaml_refusal why = { 0 };
		struct document document;
		yaml_id at;

		if (!cases[i].make)
			continue;
		document_read(&document, cases[i].text);
		at = document_at(&document, cases[i].path);
		assert_true(at);
		if (cases[i].make(&document.tree, at, &why))
			fail_msg("case %zu is not refused: %s", i, cases[i].text);
		if (!why.why || !strstr(why.why, cases[i].why))
			fail_msg("case %zu is refused because: %s", i, why.why);
		(void)cases[i].at;
		assert_string_equal(document_render(&document), cases[i].text);
		assert_false(cases[i].make(&document.tree, at, NULL));
		document_free(&document);
	}
}

static void rolls_back(void **state)
{
	static const char text[] = "x: &x {y: z}\na: 1\nb: [c]\nd: {}\ne:\nf:\n  g: h\n  i: j\nk: {<<: *x}\n";
	struct document document;
	struct yaml_tree *tree = &document.tree;
	uint32_t mark;
	yaml_id map;

	(void)state;
	document_read(&document, text);
	assert_true(yaml_put_int(tree, tree->root, "a", 2, NULL, NULL));
	mark = yaml_mark(tree);
	for (int round = 0; round < 3; round++) {
		assert_true(yaml_put_int(tree, tree->root, "a", 3, NULL, NULL));
		assert_true(yaml_append_str(tree, document_at(&document, "b"), STR("n"), NULL));
		assert_true(yaml_put_int(tree, document_at(&document, "d"), "n", 1, NULL, NULL));
		map = yaml_put_map(tree, tree->root, "e", NULL, NULL);
		assert_true(yaml_put_int(tree, map, "n", 1, NULL, NULL));
		assert_true(yaml_remove(tree, document_at(&document, "f.g"), NULL));
		assert_true(yaml_put_int(tree, document_at(&document, "f"), "g", 1, NULL, NULL));
		assert_true(yaml_put_int(tree, document_at(&document, "k"), "n", 1, NULL, NULL));
		assert_true(yaml_put_int(tree, tree->root, "n", 1, NULL, NULL));
		assert_int_equal(yaml_count(tree, document_at(&document, "k")), 2);
		yaml_rollback(tree, mark);
		assert_int_equal(yaml_count(tree, document_at(&document, "k")), 1);
		assert_int_equal(yaml_count(tree, document_at(&document, "b")), 1);
		assert_string_equal(document_text(&document, "f.g"), "h");
		assert_true(yaml_is_null(tree, document_at(&document, "e")));
		assert_int_equal(document_at(&document, "n"), YAML_NONE);
	}
	assert_non_null(strstr(document_render(&document), "\na: 2\nb: [c]\nd: {}\ne:\nf:\n  g: h\n"));
	yaml_rollback(tree, 0);
	assert_string_equal(document_render(&document), text);
	document_free(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_seen_at_once),
		cmocka_unit_test(takes_its_place_in_order),
		cmocka_unit_test(first_key_on_a_dash),
		cmocka_unit_test(leaves_equal_values_alone),
		cmocka_unit_test(changes_nothing_there_and_back),
		cmocka_unit_test(refuses_and_changes_nothing),
		cmocka_unit_test(rolls_back),
	};

	return cmocka_run_group_tests_name("yaml edit", tests, NULL, release_parsers);
}
