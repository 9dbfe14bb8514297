/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits as JSON Patch, and places as JSON Pointers.
 */
#include "yaml_document.h"
#include "yaml/patch.h"

static const char *const kinds[] = { "add", "remove", "replace" };

/* "add /a/b 1; remove /c | …": the operations, units apart. */
static const char *patch_text(struct document *document)
{
	struct yaml_patch patch = { 0 };
	size_t operation = 0;

	document->out.n = 0;
	yaml_patch_add(&patch, &document->tree, document->tree.root, document->arena);
	for (size_t i = 0; i < patch.units.n; i++) {
		buf_addz(&document->out, i ? " | " : "");
		for (size_t first = operation; operation < patch.units.items[i].operations; operation++) {
			const struct yaml_operation *one = &patch.operations.items[operation];

			buf_addf(&document->out, "%s%s %.*s%s%.*s", operation > first ? "; " : "", kinds[one->kind],
				 STR_ARG(one->path), one->value.n ? " " : "", STR_ARG(one->value));
		}
	}
	assert_int_equal(operation, patch.operations.n);
	yaml_patch_free(&patch);
	buf_addc(&document->out, '\0');
	return document->out.p;
}

static void test_maps(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;
	yaml_id map;

	(void)state;
	document_read(&document, "a: 1\nb/~c:\n  d: x\n  e: y\nf:\ng: {}\n");
	assert_string_equal(patch_text(&document), "");
	map = yaml_put_map(tree, tree->root, "s", NULL, NULL);
	yaml_put_bool(tree, map, "t", true, NULL, NULL);
	yaml_append_str(tree, yaml_put_seq(tree, map, "l", true, NULL, NULL), STR("\"ALL\"\n"), NULL);
	yaml_put_int(tree, tree->root, "a", 2, NULL, NULL);
	map = yaml_get(tree, tree->root, "b/~c");
	yaml_put_str(tree, map, "d", STR("1"), NULL, NULL);
	yaml_remove(tree, yaml_get(tree, map, "e"), NULL);
	yaml_put_int(tree, yaml_put_map(tree, tree->root, "f", NULL, NULL), "n", 1, NULL, NULL);
	yaml_put_int(tree, yaml_get(tree, tree->root, "g"), "n", 1, NULL, NULL);
	assert_string_equal(patch_text(&document), "replace /a 2 | replace /b~1~0c/d \"1\" | remove /b~1~0c/e | "
						   "replace /f {\"n\": 1} | replace /g {\"n\": 1} | "
						   "add /s {\"t\": true, \"l\": [\"\\\"ALL\\\"\\n\"]}");
	document_free(&document);
}

/* Numbers are those of the list as it came in, so what goes goes last, from the end, and what comes comes behind it. */
static void test_lists(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;
	yaml_id list, items[4] = { 0 };
	size_t n = 0;

	(void)state;
	document_read(&document, "l:\n- {n: a}\n- {n: b}\n- {n: c}\n- {n: d}\nm:\n- x\n");
	list = yaml_get(tree, tree->root, "l");
	YAML_EACH(tree, list, item)
		items[n++] = item;
	yaml_append_str(tree, list, STR("new"), NULL);
	yaml_append_str(tree, list, STR("newer"), NULL);
	yaml_append_str(tree, yaml_get(tree, tree->root, "m"), STR("y"), NULL);
	assert_string_equal(patch_text(&document), "add /l/- \"new\"; add /l/- \"newer\" | add /m/- \"y\"");
	yaml_remove(tree, items[0], NULL);
	yaml_remove(tree, items[2], NULL);
	yaml_put_str(tree, items[3], "n", STR("e"), NULL, NULL);
	assert_string_equal(patch_text(&document),
			    "replace /l/3/n \"e\"; remove /l/2; remove /l/0; add /l/- \"new\"; add /l/- \"newer\" | "
			    "add /m/- \"y\"");
	document_free(&document);
}

/* As kubectl reads it: what an alias or a merge key brings in has a path of its own. */
static void test_copies(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;

	(void)state;
	document_read(&document, "a: &a\n  x: 1\nb: *a\nc:\n  <<: *a\n  y: 2\nd: [*a]\n");
	yaml_put_int(tree, yaml_get(tree, tree->root, "b"), "z", 3, NULL, NULL);
	yaml_put_int(tree, yaml_get(tree, tree->root, "c"), "x", 4, NULL, NULL);
	yaml_put_int(tree, yaml_first(tree, yaml_get(tree, tree->root, "d")), "x", 5, NULL, NULL);
	assert_string_equal(patch_text(&document), "add /b/z 3 | replace /c/x 4 | replace /d/0/x 5");
	document_free(&document);
}

/* A pair that goes and, then, the one of its name that it hid: one removal. */
static void test_hidden(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;
	yaml_id map;

	(void)state;
	document_read(&document, "a: &a {x: 1}\nb: {<<: [*a, *a], x: 2, y: 3}\n");
	map = yaml_get(tree, tree->root, "b");
	for (int turn = 0; turn < 3; turn++)
		assert_true(yaml_remove(tree, yaml_get(tree, map, "x"), NULL));
	assert_false(yaml_get(tree, map, "x"));
	assert_string_equal(patch_text(&document), "remove /b/x");
	document_free(&document);
}

static void assert_pointer(struct document *document, yaml_id node, const char *pointer, const char *stable)
{
	struct yaml_pointer_cache cache = { 0 };
	struct buf out = BUF_INIT, other = BUF_INIT;

	for (int turn = 0; turn < 2; turn++) {
		out.n = other.n = 0;
		yaml_pointer(&document->tree, document->tree.root, node, &cache, &out, &other);
		buf_addc(&out, '\0');
		buf_addc(&other, '\0');
		assert_string_equal(out.p, pointer);
		assert_string_equal(other.p, stable);
	}
	buf_free(&out);
	buf_free(&other);
}

static void test_pointers(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;
	yaml_id list, second, map;

	(void)state;
	document_read(&document, "a: &a {name: x}\nl:\n- *a\n- name: b/c\n  d: [1, two]\n- 3\n");
	list = yaml_get(tree, tree->root, "l");
	second = yaml_next(tree, yaml_first(tree, list));
	assert_pointer(&document, tree->root, "", "");
	assert_pointer(&document, yaml_get(tree, yaml_first(tree, list), "name"), "/l/0/name", "/l/x/name");
	assert_pointer(&document, yaml_get(tree, second, "d"), "/l/1/d", "/l/b~1c/d");
	assert_pointer(&document, yaml_next(tree, yaml_first(tree, yaml_get(tree, second, "d"))), "/l/1/d/1",
		       "/l/b~1c/d/two");
	assert_pointer(&document, yaml_next(tree, second), "/l/2", "/l/3");
	/* Of what is new, the place that is there. */
	map = yaml_put_map(tree, second, "s", NULL, NULL);
	assert_pointer(&document, yaml_put_int(tree, map, "n", 1, NULL, NULL), "/l/1", "/l/b~1c");
	document_free(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_maps),   cmocka_unit_test(test_lists),	cmocka_unit_test(test_copies),
		cmocka_unit_test(test_hidden), cmocka_unit_test(test_pointers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
