/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof: that it holds for what was meant, and above all that it fails for everything else.
 */
#include "yaml_document.h"

static const char before[] = "# top\n"
			     "kind: Pod # kind\n"
			     "spec:\n"
			     "  empty: {}\n"
			     "  text: |\n"
			     "    # no comment\n"
			     "  anchor: &a 'x'\n"
			     "  alias: *a\n"
			     "  tag: !!str 5\n"
			     "  list:\n"
			     "  - one\n"
			     "  - two # two\n"
			     "  flow: [1, 2]\n"
			     "# end\n";

/* What is meant: kind is Job, spec.new is 8080, spec.list has three items. */
static void mean(struct document *document)
{
	struct yaml_tree *tree = &document->tree;

	document_read(document, before);
	assert_true(yaml_put_str(tree, tree->root, "kind", STR("Job"), NULL, NULL));
	assert_true(yaml_put_int(tree, document_at(document, "spec"), "new", 8080, NULL, NULL));
	assert_true(yaml_append_str(tree, document_at(document, "spec.list"), STR("80"), NULL));
}

static const char *prove(struct document *document, struct str after)
{
	if (!yaml_parse(&document->after, document->after_arena, after, NULL, &document->why))
		return "not read";
	return yaml_prove_tree(&document->tree, &document->after, &document->why) ? NULL : document->why.why;
}

static void holds_for_what_is_meant(void **state)
{
	struct document document;

	(void)state;
	mean(&document);
	assert_string_equal(document_render(&document), "# top\n"
							"kind: Job # kind\n"
							"spec:\n"
							"  empty: {}\n"
							"  text: |\n"
							"    # no comment\n"
							"  anchor: &a 'x'\n"
							"  alias: *a\n"
							"  tag: !!str 5\n"
							"  list:\n"
							"  - one\n"
							"  - two # two\n"
							"  - \"80\"\n"
							"  flow: [1, 2]\n"
							"  new: 8080\n"
							"# end\n");
	document_free(&document);
}

static void fails_for_anything_else(void **state)
{
	static const struct {
		const char *from, *to;
	} tampers[] = {
		{ "kind: Job", "kind: Pod" },
		{ "kind: Job", "kind: Cob" },
		{ "new: 8080", "new: \"8080\"" },
		{ "new: 8080", "new: 8081" },
		{ "  new: 8080\n", "" },
		{ "new: 8080", "now: 8080" },
		{ "new: 8080\n", "new: 8080\n  more: 1\n" },
		{ "- \"80\"", "- 80" },
		{ "  - \"80\"\n", "" },
		{ "- \"80\"\n", "- \"80\"\n  - x\n" },
		{ "- one\n  - two", "- two\n  - one" },
		{ "# top", "# tip" },
		{ "# top\n", "" },
		{ "# two", "" },
		{ "# kind", "#kind" },
		{ "# end\n", "" },
		{ "# end\n", "# end\n# more\n" },
		{ "# top\nkind: Job # kind", "# kind\nkind: Job # top" },
		{ "'x'", "x" },
		{ "'x'", "\"x\"" },
		{ "&a", "&b" },
		{ "&a ", "" },
		{ "*a", "'x'" },
		{ "!!str 5", "5" },
		{ "!!str", "!!int" },
		{ "[1, 2]", "[2, 1]" },
		{ "[1, 2]", "[1, 2, 3]" },
		{ "[1, 2]", "[1]" },
		{ "[1, 2]", "{1: 2}" },
		{ "[1, 2]", "\n  - 1\n  - 2" },
		{ "empty: {}", "empty: []" },
		{ "empty: {}", "empty: ~" },
		{ "empty: {}", "empty:" },
		{ "# no comment", "# no  comment" },
		{ "|\n", "|-\n" },
		{ "    # no comment", "  # no comment" },
		{ "spec:", "Spec:" },
		{ "spec:", "\"spec\":" },
		{ "  empty: {}\n", "" },
	};
	static const char after[] = "# top\nkind: Job # kind\nspec:\n  empty: {}\n  text: |\n    # no comment\n"
				    "  anchor: &a 'x'\n  alias: *a\n  tag: !!str 5\n  list:\n  - one\n  - two # two\n"
				    "  - \"80\"\n  flow: [1, 2]\n  new: 8080\n# end\n";
	struct document document;

	(void)state;
	mean(&document);
	assert_null(prove(&document, str_of(after)));
	for (size_t i = 0; i < sizeof(tampers) / sizeof(*tampers); i++) {
		struct buf text = BUF_INIT;
		size_t hit = str_find(str_of(after), str_of(tampers[i].from), 0);

		assert_true(hit != SIZE_MAX);
		buf_add(&text, (struct str){ after, hit });
		buf_addz(&text, tampers[i].to);
		buf_addz(&text, after + hit + strlen(tampers[i].from));
		if (!prove(&document, buf_str(&text)))
			fail_msg("not noticed: %s → %s", tampers[i].from, tampers[i].to);
		buf_free(&text);
	}
	document_free(&document);
}

static void fails_for_another_document(void **state)
{
	static const char *const others[] = { "", "# top\n", "[]\n", "a\n" };
	struct document document;

	(void)state;
	mean(&document);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_non_null(prove(&document, str_of(others[i])));
	assert_non_null(prove(&document, str_of(before)));
	document_free(&document);
}

/* Without any edit the proof is that of identical bytes, but for blanks. */
static void minds_what_is_removed(void **state)
{
	struct document document;

	(void)state;
	document_read(&document, "a: b # x\nc: # y\n  d: e # z\n# w\nf: g\n");
	assert_true(yaml_remove(&document.tree, document_at(&document, "c"), NULL));
	assert_null(prove(&document, STR("a: b # x\n# w\nf: g\n")));
	assert_non_null(prove(&document, STR("a: b # x\nf: g\n")));
	assert_non_null(prove(&document, STR("a: b # x\n# z\n# w\nf: g\n")));
	assert_non_null(prove(&document, STR("a: b # x\nc: # y\n  d: e # z\n# w\nf: g\n")));
	assert_non_null(prove(&document, STR("a: b\n# w\nf: g\n")));
	document_free(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_for_what_is_meant),
		cmocka_unit_test(fails_for_anything_else),
		cmocka_unit_test(fails_for_another_document),
		cmocka_unit_test(minds_what_is_removed),
	};

	return cmocka_run_group_tests_name("yaml prove", tests, NULL, release_parsers);
}
