/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kinds: the language of their paths, and what is said of rows that are wrong. The built-in rows themselves are shown
 * at work elsewhere (tests/kinds).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kube/kind_path.h"
#include "kube/pod.h"

/* ---- paths ---- */

static void test_faults(void **state)
{
	static const struct {
		const char *path, *why;
	} rows[] = {
		{ "", NULL },
		{ "spec.template", NULL },
		{ "spec.tasks[*].template", NULL },
		{ "a-b_c9[*]?d!e.f", NULL },
		{ "a?b", NULL },
		{ ".a", "a key is missing" },
		{ "a..b", "a key is missing" },
		{ "a.", "a key is missing" },
		{ "[*]", "a key is missing" },
		{ "a[0]", "[*] is the only bracket, and stands once behind a key" },
		{ "a[*][*]", "[*] is the only bracket, and stands once behind a key" },
		{ "a?b[*]", "[*] is the only bracket, and stands once behind a key" },
		{ "a b", "a key is of letters, digits, - and _" },
		{ "a{b}", "a key is of letters, digits, - and _" },
		{ "a?", "a key is missing behind ? or !" },
		{ "a!?b", "a key is missing behind ? or !" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = kube_path_fault(str_of(rows[i].path));

		if (!why != !rows[i].why || (why && strcmp(why, rows[i].why) != 0))
			fail_msg("%s: %s", rows[i].path, why ? why : "no fault");
	}
}

static void test_expand(void **state)
{
	static const struct {
		const char *path, *paths; /* separated by blanks; NULL where it is none */
	} rows[] = {
		{ "", "" },
		{ "a.b", "a.b" },
		{ "a.{b,c}", "a.b a.c" },
		{ "{a,b}.c.{d,e.f}", "a.c.d a.c.e.f b.c.d b.c.e.f" },
		{ "a.{b}", "a.b" },
		{ "a.{}", NULL },
		{ "a.{b,}", NULL },
		{ "a.{,b}", NULL },
		{ "a.{b", NULL },
		{ "a.b}", NULL },
		{ "a}{b", NULL },
		{ "a.{b,{c,d}}", NULL },
		{ "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", NULL },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf text CLEANUP(buf_free) = BUF_INIT;
		const char *paths[KUBE_PATHS_MAX];
		size_t n = kube_path_expand(arena, str_of(rows[i].path), paths);

		for (size_t k = 0; k < n; k++)
			buf_addf(&text, "%s%s", k ? " " : "", paths[k]);
		if (!n != !rows[i].paths || (n && !str_is(buf_str(&text), rows[i].paths)))
			fail_msg("%s: %.*s", rows[i].path, STR_ARG(buf_str(&text)));
	}
	arena_free(arena);
}

struct found {
	struct arena *arena;
	yaml_id root;
	const char *path;
	struct buf text;
};

static void note(struct yaml_tree *tree, yaml_id node, void *data)
{
	struct found *found = data;

	if (found->text.n)
		buf_addc(&found->text, ' ');
	buf_add(&found->text, yaml_is_scalar(tree, node)
				      ? yaml_text(tree, node)
				      : kube_path_where(tree, found->arena, found->root, node, found->path));
}

static void test_walk(void **state)
{
	static const char text[] = "spec:\n"
				   "  list: [{name: one, v: 1, on: {}}, {name: two, v: 2, on: null}, {v: 3}]\n"
				   "  map: {Master: {v: 4}, Worker: {v: 5, on: x}}\n"
				   "  nested: [{name: o, items: [{name: i, deep: {v: 6}}, {name: k, deep: {v: 7}}]}]\n"
				   "  shared: &s {v: 8}\n"
				   "  also: [*s, *s]\n"
				   "  null:\n";
	static const struct {
		const char *path, *finds;
	} rows[] = {
		{ "spec.list[*].v", "1 2 3" },
		{ "spec.list[*]?on.v", "1" },
		{ "spec.list[*]!on.v", "2 3" },
		{ "spec.list[*]?name!on.v", "2" },
		{ "spec.map[*].v", "4 5" },
		{ "spec.map[*]?on.v", "5" },
		{ "spec.nested[*].items[*].deep.v", "6 7" },
		{ "spec?map.shared.v", "8" },
		{ "spec!map.shared.v", "" },
		{ "spec!none.shared.v", "8" },
		{ "spec.also[*].v", "8 8" },
		{ "spec.null", "" },
		{ "spec.list.v", "" },
		{ "spec.shared[*].v", "" },
		{ "spec.none[*].v", "" },
		/* where that is, for people */
		{ "spec.list[*]", "list[one] list[two] list[2]" },
		{ "spec.map[*]", "map.Master map.Worker" },
		{ "spec.nested[*].items[*].deep", "nested[o].items[i] nested[o].items[k]" },
		{ "spec.shared", "shared" },
		{ "spec", "spec" },
	};
	struct yaml_limits limits = YAML_LIMITS_DEFAULT;
	struct yaml_tree tree = YAML_TREE_INIT;
	struct arena *arena = arena_new();
	struct yaml_refusal why;

	(void)state;
	assert_true(yaml_parse(&tree, arena, STR(text), &limits, &why));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct found found = { arena, tree.root, rows[i].path, BUF_INIT };

		kube_path_each(&tree, tree.root, rows[i].path, note, &found);
		if (!str_is(buf_str(&found.text), rows[i].finds))
			fail_msg("%s: %.*s", rows[i].path, STR_ARG(buf_str(&found.text)));
		assert_int_equal(kube_path_leads(&tree, tree.root, rows[i].path), *rows[i].finds != '\0');
		buf_free(&found.text);
	}
	yaml_tree_free(&tree);
	arena_free(arena);
}

/* ---- rows ---- */

#define ROW "kinds:\n- groups: [x.example]\n  kinds: [Thing]\n"

static const struct {
	const char *text;
	unsigned line, column; /* of the message */
	const char *message;   /* NULL where nothing is wrong */
} mistakes[] = {
	{ ROW "  pod: spec.template\n", 0, 0, NULL },
	{ ROW "  pod: [spec.a, \"spec.b[*].template\"]\n", 0, 0, NULL },
	{ "kinds: []\n", 0, 0, NULL },
	{ "other: 1\n", 0, 0, NULL },
	{ "kinds: {}\n", 1, 1, "kinds must be a list" },
	{ ROW "  pod: spec..template\n", 4, 3, "pod: \"spec..template\" is no path: a key is missing" },
	{ ROW "  pod: \"spec.a[1]\"\n", 4, 3,
	  "pod: \"spec.a[1]\" is no path: [*] is the only bracket, and stands once behind a key" },
	{ ROW "  pod: \"spec.{a\"\n", 4, 3, "pod: \"spec.{a\" is no path: {a,b} holds alternatives, at most 64" },
	{ ROW "  pod: []\n", 4, 3, "pod needs a path" },
	{ ROW "  pod: a\n  pods: [{at: b}]\n", 5, 3, "pod and pods exclude each other" },
	{ ROW "  pods: {at: b}\n", 4, 3, "pods must be a list of maps" },
	{ ROW "  pods:\n  - at: a\n    contaners: [b]\n", 6, 5,
	  "unknown key \"contaners\" (did you mean containers?)" },
	{ ROW "  pods:\n  - spec: a\n", 5, 5, "missing key \"at\"" },
	{ ROW "  pods:\n  - at: a\n    volumes: \"b[*]\"\n", 6, 5, "volumes is one place: a path of keys, or none" },
	{ ROW "  pods:\n  - at: a\n    spec: none\n", 5, 5, "spec: none; a pod without a spec has no roles" },
	{ ROW "  pods:\n  - at: a\n    containers: [b]\n    is: [operator]\n", 5, 5,
	  "an operator makes the containers: they have no place here" },
	{ ROW "  pods:\n  - at: a\n    init-containers: [b]\n", 5, 5, "init-containers without containers" },
	{ ROW "  pods:\n  - at: a\n    pod-security-context: none\n    is: [defaults]\n", 5, 5,
	  "defaults without a pod-security-context" },
	{ ROW "  pods:\n  - at: a\n    is: [default]\n", 6, 10, "is cannot be \"default\" (did you mean defaults?)" },
	{ ROW "  pod: a\n  is: [nothing]\n", 2, 3,
	  "\"nothing\" excludes pod, note, list, service, names-port, openshift, kustomization and config" },
	{ ROW "  pod: a\n  note: no\n", 2, 3, "a kind whose pods are never edited says no pods, or note-where" },
	{ ROW "  pod: a\n  note-where: b\n", 2, 3, "note-where without a note" },
	{ "kinds:\n- groups: [x.example]\n  kinds: [Thing, Thing]\n", 3, 18, "\"Thing\" stands twice in kinds" },
	{ ROW "- groups: [x.example, y.example]\n  kinds: [Thing]\n", 4, 3,
	  "Thing of group \"x.example\" stands twice" },
	{ "kinds:\n- groups: []\n  kinds: [Thing]\n", 2, 3, "a row needs a group and a kind" },
	{ "kinds:\n- groups: [x.example]\n", 2, 3, "missing key \"kinds\"" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		CLEANUP(error_freep) struct error *error = NULL;
		struct arena *arena = arena_new();
		struct schema schema;
		struct kube_kind_list kinds;
		bool fine;

		assert_true(schema_open(&schema, arena, "own.yaml", str_of(mistakes[i].text), &error));
		fine = kube_kinds_read(&schema, yaml_get(&schema.tree, schema.tree.root, "kinds"), true, &kinds);
		if (fine != !mistakes[i].message)
			fail_msg("%s: %s", mistakes[i].text, fine ? "no message" : error->message);
		if (!fine && mistakes[i].message &&
		    (strcmp(error->message, mistakes[i].message) != 0 || error->at.line != mistakes[i].line ||
		     error->at.column != mistakes[i].column))
			fail_msg("%s: %u:%u: %s", mistakes[i].text, error->at.line, error->at.column, error->message);
		schema_close(&schema);
		arena_free(arena);
	}
}

/* The user's rows come first, and the built-in ones stay behind them. */
static void test_own(void **state)
{
	static const char text[] = "kinds:\n"
				   "- groups: [x.example, apps]\n"
				   "  kinds: [Thing, Deployment]\n"
				   "  pod: spec.{a,b}.template\n"
				   "- groups: [\"\"]\n"
				   "  kinds: [Secret]\n"
				   "  note: not so\n";
	struct arena *arena = arena_new();
	struct kube_kind_list own;
	const struct kube_kind *kind;
	struct schema schema;
	bool known;

	(void)state;
	assert_true(schema_open(&schema, arena, "own.yaml", STR(text), NULL));
	assert_true(kube_kinds_read(&schema, yaml_get(&schema.tree, schema.tree.root, "kinds"), true, &own));
	assert_int_equal(own.n, 5);
	kind = kube_kind_find_own(&own, STR("x.example/v1"), STR("Thing"));
	assert_non_null(kind);
	assert_int_equal(kind->views_n, 2);
	assert_string_equal(kind->views[1].at, "spec.b.template");
	assert_true(kind->views[1].flags & VIEW_TEMPLATE);
	assert_int_equal(kube_kind_find_own(&own, STR("apps/v1"), STR("Deployment"))->views_n, 2);
	assert_int_equal(kube_kind_find_own(&own, STR("extensions/v1beta1"), STR("Deployment"))->views_n, 1);
	assert_null(kube_kind_find_own(&own, STR("y.example/v1"), STR("Thing")));
	assert_true(kube_kind_is_nothing(NULL, STR("Secret"), &known) && known);
	assert_false(kube_kind_is_nothing(&own, STR("Secret"), &known));
	assert_true(known);
	assert_false(kube_kind_is_nothing(&own, STR("Thing"), &known));
	assert_true(known);
	schema_close(&schema);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults), cmocka_unit_test(test_expand), cmocka_unit_test(test_walk),
		cmocka_unit_test(test_rows),   cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
