/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Print: a tree as block YAML and as JSON. Whatever is printed is read again as the same.
 */
#include <stdlib.h>

#include "yaml_document.h"

#include "yaml/print.h"
#include "yaml/tree_internal.h"

/* ---- as it looks ---- */

struct printed {
	const char *in, *out;
};

static const struct printed cases[] = {
	{ "{}", "{}\n" },
	{ "[]", "[]\n" },
	{ "{\"a\":{},\"b\":[],\"c\":[{}],\"d\":[[]]}", "a: {}\nb: []\nc:\n- {}\nd:\n- []\n" },
	{ "{\"a\":{\"b\":{\"c\":1}},\"d\":2}", "a:\n  b:\n    c: 1\nd: 2\n" },
	{ "{\"a\":[{\"b\":1,\"c\":[2,3]},[4,[5]]]}", "a:\n- b: 1\n  c:\n  - 2\n  - 3\n- - 4\n  - - 5\n" },
	{ "[{\"a\":{\"b\":1}}]", "- a:\n    b: 1\n" },
	/* Numbers keep their text. */
	{ "[9007199254740993,1e3,-0.0,1E400,18446744073709551616]",
	  "- 9007199254740993\n- 1e3\n- -0.0\n- 1E400\n- 18446744073709551616\n" },
	/* Quotes where something else would be read without. */
	{ "[\"yes\",\"1\",\"\",\"~\",\"null\",\"1.5\",\"0x1\",\"2020-01-01\",\"1:30\",\"=\"]",
	  "- \"yes\"\n- \"1\"\n- \"\"\n- \"~\"\n- \"null\"\n- \"1.5\"\n- \"0x1\"\n- \"2020-01-01\"\n- \"1:30\"\n- '='\n" },
	{ "[\"a: b\",\"a #b\",\"*a\",\"&a\",\"!a\",\"@a\",\"`a\",\"%a\",\"- a\",\"-\",\"a:\",\" a\",\"a \",\"it's: so\"]",
	  "- 'a: b'\n- 'a #b'\n- '*a'\n- '&a'\n- '!a'\n- '@a'\n- '`a'\n- '%a'\n- '- a'\n- '-'\n- 'a:'\n- ' a'\n- 'a '\n"
	  "- 'it''s: so'\n" },
	{ "[\"--port=80\",\":8080\",\"a:b\",\"a#b\",\"it's\",\"a, b\",\"x[0]\",\"?x\",\"caf\u00e9\"]",
	  "- --port=80\n- :8080\n- a:b\n- a#b\n- it's\n- a, b\n- x[0]\n- ?x\n- caf\u00e9\n" },
	{ "[\"---\",\"...\",\"--- a\",\"<<\"]", "- '---'\n- '...'\n- '--- a'\n- '<<'\n" },
	{ "[\"\\u001b[31m\",\"\\u202e\",\"\\u0085\",\"\\ufeff\",\"\\t\",\"\\ud83d\\ude00\"]",
	  "- \"\\u001b[31m\"\n- \"\\u202e\"\n- \"\\u0085\"\n- \"\\ufeff\"\n- \"\\t\"\n- \U0001f600\n" },
	/* Lines. */
	{ "{\"a\":\"x\\ny\\n\",\"b\":\"x\\ny\",\"c\":\"x\\n\\n\",\"d\":[\"x\\ny\"]}",
	  "a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd:\n- |-\n  x\n  y\n" },
	{ "{\"a\":\"x\\n\\n  y\\n\\tz\\n\"}", "a: |\n  x\n\n    y\n  \tz\n" },
	{ "[\"\\n\",\"\\nx\",\" x\\ny\",\"x \\ny\",\"x\\ny \",\"x\\r\\ny\"]",
	  "- \"\\n\"\n- \"\\nx\"\n- \" x\\ny\"\n- \"x \\ny\"\n- \"x\\ny \"\n- \"x\\u000d\\ny\"\n" },
	{ "{\"a\\nb\":1}", "\"a\\nb\": 1\n" },
	/* What is shared is written out; of two pairs with one name, kubectl takes the later one. */
	{ "a: &x {b: 1, c: 2}\nd: *x\ne: {<<: *x, c: 3}\nf: {c: 3, <<: *x}\n",
	  "a:\n  b: 1\n  c: 2\nd:\n  b: 1\n  c: 2\ne:\n  b: 1\n  c: 3\nf:\n  b: 1\n  c: 2\n" },
	{ "# about a\na: !!str 1 # one\n", "a: \"1\"\n" },
};

/* Words and numbers that only YAML has: kubectl makes JSON of them first. */
static const struct printed spelled[] = {
	{ "[0644, 0x1F, 0o17, 1_000, +5, .5, 1., 1_0.5_0, -.inf]",
	  "- 420\n- 31\n- 15\n- 1000\n- 5\n- 0.5\n- 1\n- 10.50\n- -.inf\n" },
	{ "[yes, Off, ~, null, True]", "- true\n- false\n- null\n- null\n- true\n" },
	{ "1: a\non: b\n\"1.5\": c\n", "\"1\": a\n\"true\": b\n\"1.5\": c\n" },
};

static bool print(struct yaml_tree *tree, struct buf *out)
{
	struct yaml_print print = { .tree = tree, .out = out };

	return yaml_print(&print, tree->root);
}

static void check_looks(const struct printed *printed, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct document document;

		document_read(&document, printed[i].in);
		assert_true(print(&document.tree, &document.out));
		buf_addc(&document.out, 0);
		assert_string_equal(document.out.p, printed[i].out);
		document_free(&document);
	}
}

static void test_looks(void **state)
{
	(void)state;
	check_looks(cases, sizeof(cases) / sizeof(*cases));
	check_looks(spelled, sizeof(spelled) / sizeof(*spelled));
}

/* ---- read again ---- */

/* Fails unless the tree, printed as YAML and as JSON, means what it meant, and is printed the same once more. */
static void check_again(struct yaml_tree *tree)
{
	struct buf text = BUF_INIT, twice = BUF_INIT, json = BUF_INIT;
	uint64_t meaning = yaml_meaning(tree);
	struct document again;

	assert_true(print(tree, &text));
	if (!document_read_str(&again, buf_str(&text)))
		fail_msg("%s at %u: %.*s", again.why.why, again.why.at, STR_ARG(buf_str(&text)));
	if (yaml_meaning(&again.tree) != meaning)
		fail_msg("means something else: %.*s", STR_ARG(buf_str(&text)));
	assert_true(print(&again.tree, &twice));
	assert_true(str_eq(buf_str(&text), buf_str(&twice)));
	yaml_print_json(&again.tree, again.tree.root, 0, 0, &json);
	document_free(&again);
	assert_true(document_read_str(&again, buf_str(&json)));
	if (yaml_meaning(&again.tree) != meaning)
		fail_msg("means something else: %.*s", STR_ARG(buf_str(&json)));
	document_free(&again);
	buf_free(&text);
	buf_free(&twice);
	buf_free(&json);
}

/* A text of pieces that are something in YAML. */
static void add_odd_text(struct buf *out, unsigned *seed)
{
	static const char *const pieces[] = {
		"a",  "1", " ", "\\n", "\\t", ":",   "#",      "-",	  "'",	     "\\\"", "\\\\", "{",
		"]",  ",", "&", "*",   "!",   "|",   ">",      "%",	  "@",	     "?",    "~",    "yes",
		"0x", ".", "e", "=",   "<<",  "---", "\u00e9", "\\u0085", "\\u0000", "\\r",
	};
	unsigned n = (unsigned)rand_r(seed) % 6;

	buf_addc(out, '"');
	for (unsigned i = 0; i < n; i++)
		buf_addz(out, pieces[(unsigned)rand_r(seed) % (sizeof(pieces) / sizeof(*pieces))]);
	buf_addc(out, '"');
}

static void add_odd_value(struct buf *out, unsigned *seed, unsigned depth)
{
	unsigned kind = (unsigned)rand_r(seed) % 6, n = (unsigned)rand_r(seed) % 4;

	if (!depth || kind < 3) {
		add_odd_text(out, seed);
		return;
	}
	buf_addc(out, kind == 3 ? '[' : '{');
	for (unsigned i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ',');
		if (kind != 3) {
			add_odd_text(out, seed);
			out->n--;
			buf_addf(out, "%u\":", i); /* no key twice */
		}
		add_odd_value(out, seed, depth - 1);
	}
	buf_addc(out, kind == 3 ? ']' : '}');
}

static void test_again(void **state)
{
	struct buf text = BUF_INIT;
	unsigned seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;

		document_read(&document, cases[i].in);
		check_again(&document.tree);
		document_free(&document);
	}
	for (unsigned i = 0; i < 20000; i++) {
		struct document document;

		text.n = 0;
		buf_addz(&text, "{\"a\":");
		add_odd_value(&text, &seed, 4);
		buf_addc(&text, '}');
		if (!document_read_str(&document, buf_str(&text)))
			fail_msg("%s: %.*s", document.why.why, STR_ARG(buf_str(&text)));
		check_again(&document.tree);
		document_free(&document);
	}
	buf_free(&text);
}

static void test_long_key(void **state)
{
	struct buf text = BUF_INIT;
	struct document document;

	(void)state;
	buf_addz(&text, "{\"k\":[{\"");
	buf_pad(&text, 'x', 5000);
	buf_addz(&text, "\":{\"a\":[1,{}],\"b\":\"x\\ny\"}},{\"");
	buf_pad(&text, 'y', 200);
	buf_addz(&text, "\":\"z\\n\"}]}");
	assert_true(document_read_str(&document, buf_str(&text)));
	check_again(&document.tree);
	document_free(&document);
	buf_free(&text);
}

/* ---- left out ---- */

static bool leave_out(void *data, struct yaml_tree *tree, yaml_id key)
{
	return str_eq(yaml_text(tree, key), str_of(data));
}

static void test_left_out(void **state)
{
	char x[] = "x";
	struct document document;
	struct yaml_print print = { .out = &document.out, .leave_out = leave_out, .data = x };

	(void)state;
	document_read(&document,
		      "{\"x\":1,\"a\":{\"b\":{\"x\":1}},\"c\":{},\"d\":[{\"x\":1},{\"x\":1,\"y\":2}],\"e\":[]}");
	print.tree = &document.tree;
	assert_true(yaml_print(&print, document.tree.root));
	buf_addc(&document.out, 0);
	assert_string_equal(document.out.p, "c: {}\nd:\n- {}\n- \"y\": 2\ne: []\n");
	document_free(&document);
}

static void test_json(void **state)
{
	struct document document;

	(void)state;
	document_read(&document, "a: [1, 0x10, {b: \"\\u001b\"}]\nc: {}\non: ~\n");
	yaml_print_json(&document.tree, document.tree.root, 4, 0, &document.out);
	buf_addc(&document.out, 0);
	assert_string_equal(document.out.p, "{\n    \"a\": [\n        1,\n        16,\n        {\n            \"b\": "
					    "\"\\u001b\"\n        }\n    ],\n    \"c\": {},\n    \"true\": null\n}");
	document_free(&document);
}

/* Copies without end are not made, and that is told. */
static void test_exhausted(void **state)
{
	struct buf text = BUF_INIT;
	struct document document;

	(void)state;
	buf_addz(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (unsigned i = 1; i < 9; i++)
		buf_addf(&text, "a%u: &a%u [*a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u]\n", i, i, i - 1, i - 1,
			 i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	if (document_read_str(&document, buf_str(&text)))
		assert_false(print(&document.tree, &document.out));
	document_free(&document);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks),	 cmocka_unit_test(test_again), cmocka_unit_test(test_long_key),
		cmocka_unit_test(test_left_out), cmocka_unit_test(test_json),  cmocka_unit_test(test_exhausted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
