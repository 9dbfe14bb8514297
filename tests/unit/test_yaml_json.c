/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON: strict JSON is read without the YAML parser, into the same nodes; everything else is left to it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "yaml_document.h"

#include "yaml/tree_internal.h"

/* ---- both readers ---- */

/* What @text is for the reader of JSON alone. */
static enum yaml_json read_json(const char *text, struct yaml_limits limits, struct yaml_refusal *ret_why)
{
	struct arena *arena = arena_new();
	struct yaml_tree tree = YAML_TREE_INIT;
	enum yaml_json result;

	yaml_parse(&tree, arena, STR(""), &limits, ret_why);
	tree.bytes = str_of(text);
	result = yaml_json_read(&tree, ret_why);
	assert_true(result != YAML_JSON_NONE || (tree.nodes.n == 1 && !tree.root));
	yaml_tree_free(&tree);
	arena_free(arena);
	return result;
}

static void assert_same_trees(const struct yaml_tree *json, const struct yaml_tree *yaml)
{
	assert_int_equal(json->nodes.n, yaml->nodes.n);
	for (size_t i = 0; i < json->nodes.n; i++)
		if (memcmp(&json->nodes.items[i], &yaml->nodes.items[i], sizeof(struct yaml_node)) != 0)
			fail_msg("node %zu is another one as YAML in %.*s", i, STR_ARG(json->bytes));
	assert_int_equal(json->root, yaml->root);
	assert_int_equal(json->json, yaml->json);
	assert_int_equal(json->copies_end, yaml->copies_end);
	assert_int_equal(json->indent_step, yaml->indent_step);
	assert_int_equal(json->sequence_offset, yaml->sequence_offset);
	assert_int_equal(json->has_anchors, yaml->has_anchors);
	assert_memory_equal(json->keys, yaml->keys, sizeof(json->keys));
}

/* Reads @text both ways: the same tree, or the same refusal. Whether it was read by both. */
static bool compare(struct str text, const struct yaml_limits *limits)
{
	struct arena *arena = arena_new();
	struct yaml_tree json = YAML_TREE_INIT, yaml = YAML_TREE_INIT;
	struct yaml_refusal one, two;
	bool fine = yaml_parse(&json, arena, text, limits, &one),
	     as_yaml = yaml_parse_yaml(&yaml, arena, text, limits, &two);

	if (as_yaml && !fine)
		fail_msg("%s: %.*s", one.why, STR_ARG(text));
	if (as_yaml) {
		assert_same_trees(&json, &yaml);
	} else if (!fine && !str_starts(str_of(two.why), STR("not valid YAML"))) {
		assert_string_equal(one.why, two.why);
		assert_int_equal(one.at, two.at);
		assert_int_equal(one.other, two.other);
	}
	yaml_tree_free(&json);
	yaml_tree_free(&yaml);
	arena_free(arena);
	return fine && as_yaml;
}

/* ---- texts ---- */

static const char *const strict[] = {
	"{}",
	"[]",
	" \t\r\n{ } \n",
	"{\"a\":1}",
	"{\"a\" : 1 , \"b\":[ ] }\n",
	"[1,[2,[3,{\"a\":[{}]}]],\"x\"]",
	"{\"a\":{\"b\":{\"c\":null}},\"d\":true,\"e\":false}",
	"[0,-0,-1,1.5,-0.0e0,1e3,1E400,1e-7,1E+2,9007199254740993,123456789012345678901234567890]",
	"{\"\":\"\",\"<<\":{\"a\":1},\"y\":\"on\",\"null\":\"~\",\"?\":\": -\",\"#\":\" #\"}",
	"[\"\\\"\",\"\\\\\",\"\\/\",\"\\b\\f\\n\\r\\t\",\"\\u00e9\",\"\\u2028\",\"\\u0000\"]",
	"{\"\\u0061\":1,\"b\\/c\":2}",
	"[\"\xc3\xa9\",\"\xf0\x9f\x98\x80\",\"%\",\"*a &b !c\",\"---\",\"{{ x }}\"]",
	"{\n\t\"a\": 1,\n\t\"b\": [\n\t\t1,\n\t\t-2\n\t]\n}\n",
	"{\r\n  \"a\": 1,\r\n  \"b\": {\r\n}\r\n}\r\n",
	"[\n-1\n]",
	"{\"a\":\n1\n,\n\"b\"  :\t[\n]}",
	"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"b:1\"}]}}",
};

static void test_strict(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(strict) / sizeof(*strict); i++) {
		struct yaml_refusal why;

		if (read_json(strict[i], YAML_LIMITS_DEFAULT, &why) != YAML_JSON_READ)
			fail_msg("not read as JSON: %s", strict[i]);
		if (!compare(str_of(strict[i]), NULL))
			fail_msg("not read as YAML: %s", strict[i]);
	}
}

/* JSON to kubectl, which the YAML parser cannot read or may not. */
static void test_pair(void **state)
{
	struct document document;

	(void)state;
	document_read(&document, "{\"a\":\"\\ud83d\\ude00\",\"\\uD83D\\uDE00\":1}");
	assert_string_equal(document_text(&document, "a"), "\xf0\x9f\x98\x80");
	assert_string_equal(document_text(&document, "\xf0\x9f\x98\x80"), "1");
	document_free(&document);
}

/* The first byte that is no JSON leaves the document to the YAML parser. */
static void test_not_strict(void **state)
{
	static const char *const texts[] = {
		"",
		"1",
		"\"a\"",
		"a: {}",
		"# x\n{}",
		"{} # x",
		"{}\n...\n",
		"{a: 1}",
		"{\"a\": b}",
		"{'a': 1}",
		"{\"a\": 'b'}",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"[1,]",
		"[,]",
		"[1 2]",
		"{\"a\":1 \"b\":2}",
		"{,}",
		"{1:2}",
		"{null:2}",
		"[1}",
		"{\"a\":1]",
		"]",
		"[\"a\":1]",
		"{} {}",
		"[] 1",
		"{},",
		"[",
		"{\"a\":[",
		"{\"a",
		"[\"\\",
		"[\"\\x41\"]",
		"[\"\\e\"]",
		"[\"\\u12\"]",
		"[\"\\u12g4\"]",
		"[\"\\u12",
		"[\"\\ud83d\"]",
		"[\"\\ud83dx\"]",
		"[\"\\ud83d\\u0041\"]",
		"[\"\\ude00\"]",
		"[\"a\n b\"]",
		"[\"a\tb\"]",
		"[01]",
		"[-]",
		"[+1]",
		"[1.]",
		"[.5]",
		"[1e]",
		"[1e+]",
		"[0x10]",
		"[truex]",
		"[True]",
		"[nul]",
		"[NaN]",
		"[*a]",
		"[&a 1]",
		"[!!str 1]",
		"{\"a\"\n:1}",
		"{\"a\"\r:1}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct yaml_refusal why;

		if (read_json(texts[i], YAML_LIMITS_DEFAULT, &why) != YAML_JSON_NONE)
			fail_msg("read as JSON: %s", texts[i]);
		compare(str_of(texts[i]), NULL);
	}
}

/* ---- refusals ---- */

static void check_refused(const char *text, struct yaml_limits limits, uint32_t at, uint32_t other, const char *says)
{
	struct yaml_refusal why;

	if (read_json(text, limits, &why) != YAML_JSON_REFUSED)
		fail_msg("not refused: %s", text);
	if (!strstr(why.why, says))
		fail_msg("%s", why.why);
	assert_int_equal(why.at, at);
	assert_int_equal(why.other, other);
	assert_false(compare(str_of(text), &limits));
}

static void test_refused(void **state)
{
	struct yaml_limits limits = YAML_LIMITS_DEFAULT, few = limits, flat = limits;

	(void)state;
	few.nodes = 5;
	flat.depth = 2;
	check_refused("{\"a\":1,\"b\":2,\"a\":3}", limits, 13, 2, "duplicate key");
	check_refused("{\"x\": {\"a\":1,\n \"\\u0061\":3}}", limits, 15, 8, "duplicate key");
	check_refused("[1,2,3, 4,5]", few, 8, 0, "--max-nodes");
	check_refused("[[1, [2]]]", flat, 3, 0, "--max-depth");
	check_refused("{\"a\":{\"b\": {}}}", flat, 9, 0, "--max-depth");
}

/* What the guard refuses is refused, JSON or not. */
static void test_guarded(void **state)
{
	static const char *const texts[] = {
		"{\"a\":\"\x7f\"}",
		"{\"a\":\"\xe2\x80\xa8\"}",
		"{\"a\":\"\xff\"}",
		"[\"\x01\"]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(compare(str_of(texts[i]), NULL));
}

/* ---- generated ---- */

static uint32_t seed = 1;

static uint32_t dice(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 8) * n >> 24);
}

static void blanks(struct buf *out)
{
	static const char *const some[] = { "", "", "", " ", "\n", "\t", "\r\n  ", "\n\t" };

	buf_addz(out, some[dice(8)]);
}

static void word(struct buf *out)
{
	static const char *const words[] = { "1",     "-0",	      "1e400",	   "0.10",	  "true",
					     "null",  "\"\"",	      "\"a\\/b\"", "\"\\u00e9\"", "\"a: b\"",
					     "\"#\"", "\"\xc3\xa9\"", "\"- x\"" };

	buf_addz(out, words[dice(sizeof(words) / sizeof(*words))]);
}

static void value(struct buf *out, unsigned depth)
{
	uint32_t what = depth ? dice(4) : 0, n = dice(5);

	if (what < 2) {
		word(out);
		return;
	}
	buf_addc(out, what == 2 ? '{' : '[');
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			buf_addc(out, ',');
		blanks(out);
		if (what == 2) {
			buf_addf(out, "\"k%u%s\"", i, dice(4) ? "" : "\\n");
			buf_addz(out, dice(3) ? ":" : " : ");
			blanks(out);
		}
		value(out, depth - 1);
		blanks(out);
	}
	buf_addc(out, what == 2 ? '}' : ']');
}

static void test_generated(void **state)
{
	struct buf text = BUF_INIT;
	struct yaml_refusal why;
	bool tabs;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		text.n = 0;
		blanks(&text);
		buf_addz(&text, "{\"all\":");
		value(&text, 6);
		buf_addc(&text, '}');
		blanks(&text);
		/* The YAML parser cannot read a tab before a comma, and more of that kind; kubectl can. */
		tabs = memchr(text.p, '\t', text.n);
		buf_addc(&text, '\0');
		text.n--;
		assert_int_equal(read_json(text.p, YAML_LIMITS_DEFAULT, &why), YAML_JSON_READ);
		if (!compare(buf_str(&text), NULL) && !tabs)
			fail_msg("not read as YAML: %s", text.p);
	}
	buf_free(&text);
}

/* Some bytes exchanged: mostly no JSON any more, and often no YAML. */
static void test_mutated(void **state)
{
	static const char bytes[] = "{}[],:\"\\ \n\t0aeu-#'*&!?|>%";
	struct buf text = BUF_INIT;
	unsigned read = 0;

	(void)state;
	for (unsigned i = 0; i < 6000; i++) {
		text.n = 0;
		if (dice(2))
			buf_addz(&text, strict[dice(sizeof(strict) / sizeof(*strict))]);
		else
			value(&text, 3);
		for (uint32_t k = dice(3); k-- > 0;)
			text.p[dice((uint32_t)text.n)] = bytes[dice(sizeof(bytes) - 1)];
		read += compare(buf_str(&text), NULL);
	}
	assert_in_range(read, 1000, 5999);
	buf_free(&text);
}

/* As JSON alone: what only YAML needs as an escape may stand there, but nothing that is no JSON or no UTF-8. */
static void test_json_alone(void **state)
{
	static const char *const bad[] = { "",
					   "a: 1",
					   "{a: 1}",
					   "{\"a\": 1} x",
					   "# c\n{}",
					   "{\"a\":\"\xff\"}",
					   "{\"a\":\"\xc2\"}",
					   "{\"a\":\"\x01\"}",
					   "\xef\xbb\xbf{}" };
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct str odd = STR("{\"\x7f\":\"\xef\xbb\xbf\xc2\x85\xe2\x80\xa8\xc2\x80%\"}");
	struct yaml_tree tree = YAML_TREE_INIT;
	struct yaml_refusal why;

	(void)state;
	assert_false(yaml_parse(&tree, arena, odd, NULL, &why));
	assert_true(yaml_parse_json(&tree, arena, odd, NULL, &why));
	assert_true(str_is(yaml_get_text(&tree, tree.root, "\x7f"), "\xef\xbb\xbf\xc2\x85\xe2\x80\xa8\xc2\x80%"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (yaml_parse_json(&tree, arena, str_of(bad[i]), NULL, &why))
			fail_msg("read: %s", bad[i]);
	yaml_tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strict),	cmocka_unit_test(test_pair),	   cmocka_unit_test(test_not_strict),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_guarded),	   cmocka_unit_test(test_generated),
		cmocka_unit_test(test_mutated), cmocka_unit_test(test_json_alone),
	};

	return cmocka_run_group_tests(tests, NULL, release_parsers);
}
