/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scalars: what their bytes say, what the text means, and how a text is written.
 */
#include "yaml_document.h"

#include "yaml/scalar.h"

struct text {
	const char *bytes, *text;
};

static void check_texts(const struct text *cases, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++) {
		struct document document;
		struct str text;

		document_read(&document, cases[i].bytes);
		text = yaml_text(&document.tree, document_at(&document, path));
		if (!str_is(text, cases[i].text))
			fail_msg("%s\nreads \"%.*s\", not \"%s\"", cases[i].bytes, STR_ARG(text), cases[i].text);
		document_free(&document);
	}
}

#define CHECK(cases, path) check_texts(cases, sizeof(cases) / sizeof(*(cases)), path)

static void decodes_flow_scalars(void **state)
{
	static const struct text cases[] = {
		{ "a: b", "b" },
		{ "a: b c  # d", "b c" },
		{ "a: b#c", "b#c" },
		{ "a: b\n  c\n", "b c" },
		{ "a: b  \n\n\n  \tc\n", "b\n\nc" },
		{ "a: b\r\n  c\r\n", "b c" },
		{ "a:\n  b\n", "b" },
		{ "a: 'b'", "b" },
		{ "a: 'it''s'", "it's" },
		{ "a: ''''", "'" },
		{ "a: 'b\n  c\n\n  d'", "b c\nd" },
		{ "a: 'b\\n'", "b\\n" },
		{ "a: \"b\"", "b" },
		{ "a: \"\"", "" },
		{ "a: ''", "" },
		{ "a: \"b\\n\\t\\\\\\\"\\/\"", "b\n\t\\\"/" },
		{ "a: \"\\x41\\u00e9\\u20ac\\U0001F642\"", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x99\x82" },
		{ "a: \"\\ud83d\\ude42\"", "\xf0\x9f\x99\x82" },
		{ "a: \"b\n  c\"", "b c" },
		{ "a: \"b  \n\n  c\"", "b\nc" },
		{ "a: \"b \\\n    c\"", "b c" },
		{ "a: \"b\\\n  \\ c\"", "b c" },
		{ "a: \"b \\\n\n\n  c\"", "b \n\nc" },
		{ "a: \"b\\t \n  c\"", "b\t c" },
		{ "a: \"b\r\n  c\"", "b c" },
		{ "a: \"\\e\\a\\b\\v\\f\\r\\_\\N\\L\\P\"", "\x1b\a\b\v\f\r\xc2\xa0\xc2\x85\xe2\x80\xa8\xe2\x80\xa9" },
		{ "a:", "" },
		{ "{a: b}", "b" },
		{ "{\"a\":\"b\"}", "b" },
		{ "\"\\u0061\": b", "b" },
		{ "? a\n: b", "b" },
	};

	(void)state;
	CHECK(cases, "a");
}

static void decodes_block_scalars(void **state)
{
	static const struct text cases[] = {
		{ "a: |\n  b\n", "b\n" },
		{ "a: |\n  b", "b\n" },
		{ "a: |\n  b\n\n\n", "b\n" },
		{ "a: |\n  b\n\n  c\n", "b\n\nc\n" },
		{ "a: |\n\n  b\n", "\nb\n" },
		{ "a: |\n  b\n   c\n", "b\n c\n" },
		{ "a: |\n  b # c\n  # d\n", "b # c\n# d\n" },
		{ "a: |\n  b\n# c\n", "b\n" },
		{ "a: |  # c\n  b\n", "b\n" },
		{ "a: |-\n  b\n\n", "b" },
		{ "a: |-\n  b", "b" },
		{ "a: |+\n  b\n", "b\n" },
		{ "a: |+\n  b", "b\n" },
		{ "a: |+\n  b\n\n\n", "b\n\n\n" },
		{ "a: |+\n  b\n\n# c\n", "b\n\n" },
		{ "a: |+\n  b\n  ", "b\n\n" },
		{ "a: |\n", "" },
		{ "a: |", "" },
		{ "a: |+\n\n\n", "\n\n" },
		{ "a: |-\n\n\n", "" },
		{ "a: |2\n    b\n", "  b\n" },
		{ "a: |2-\n   b\n", " b" },
		{ "a: |-2\n   b\n", " b" },
		{ "a: |1+\n  b\n\n", " b\n\n" },
		{ "a: |\r\n  b\r\n  c\r\n", "b\nc\n" },
		{ "a: |+\r\n  b\r\n\r\n", "b\n\n" },
		{ "a: |\n  \tb\n", "\tb\n" },
		{ "a: |\n  b\n   \n  c\n", "b\n \nc\n" },
		{ "a: >\n  b\n  c\n", "b c\n" },
		{ "a: >\n  b\n\n  c\n", "b\nc\n" },
		{ "a: >\n  b\n\n\n  c\n", "b\n\nc\n" },
		{ "a: >\n  b\n    c\n  d\n", "b\n  c\nd\n" },
		{ "a: >\n  b\n\n    c\n\n  d\n", "b\n\n  c\n\nd\n" },
		{ "a: >-\n  b\n  c\n", "b c" },
		{ "a: >+\n  b\n  c\n\n", "b c\n\n" },
		{ "a: >2\n    b\n  c\n", "  b\nc\n" },
		{ "a: >\n\n  b\n", "\nb\n" },
		{ "a: &x |\n  b\n", "b\n" },
		{ "a:\n  |\n  b\n", "b\n" },
		{ "a: # c\n  |\n  b\n", "b\n" },
	};
	static const struct text nested[] = {
		{ "- a: |\n    b\n", "b\n" },		{ "- a: |2\n     b\n", " b\n" },
		{ "-\n  a: |1\n    b\n", " b\n" },	{ "- x: y\n  a: |\n    b\n# c\n", "b\n" },
		{ "- a: |\n    b\n  c: d\n", "b\n" },	{ "- a: |+\n    b\n\n  c: d\n", "b\n\n" },
		{ "- a: |+\n    b\n\n- c\n", "b\n\n" },
	};

	(void)state;
	CHECK(cases, "a");
	for (size_t i = 0; i < sizeof(nested) / sizeof(*nested); i++) {
		struct document document;
		yaml_id item;

		document_read(&document, nested[i].bytes);
		item = yaml_first(&document.tree, document.tree.root);
		assert_true(str_is(yaml_get_text(&document.tree, item, "a"), nested[i].text));
		document_free(&document);
	}
}

/* An empty block scalar before a key of the same column: libfyaml takes the key for text. Never read it like that. */
static void does_not_lose_keys_to_block_scalars(void **state)
{
	static const char *const cases[] = {
		"a:\n  b: |\n  c: d\n",
		"a:\n  b: |\n  c: d\ne: f\n",
		"a:\n  b: >-\n\n  c: d\n",
		"a:\n  - |\n  - x\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;

		/* A later libfyaml reads it rightly. */
		if (document_read_str(&document, str_of(cases[i])))
			assert_true(i == 3 || !strcmp(document_text(&document, "a.c"), "d"));
		else
			assert_non_null(document.why.why);
		document_free(&document);
	}
}

static void resolves_as_kubectl(void **state)
{
	static const struct {
		const char *text;
		enum yaml_type type;
		int64_t value;
	} cases[] = {
		{ "", YAML_NULL, 0 },
		{ "~", YAML_NULL, 0 },
		{ "null", YAML_NULL, 0 },
		{ "Null", YAML_NULL, 0 },
		{ "NULL", YAML_NULL, 0 },
		{ "nUll", YAML_STR, 0 },
		{ "true", YAML_BOOL, 1 },
		{ "True", YAML_BOOL, 1 },
		{ "yes", YAML_BOOL, 1 },
		{ "y", YAML_BOOL, 1 },
		{ "Y", YAML_BOOL, 1 },
		{ "on", YAML_BOOL, 1 },
		{ "ON", YAML_BOOL, 1 },
		{ "false", YAML_BOOL, 0 },
		{ "n", YAML_BOOL, 0 },
		{ "No", YAML_BOOL, 0 },
		{ "off", YAML_BOOL, 0 },
		{ "tRue", YAML_STR, 0 },
		{ "0", YAML_INT, 0 },
		{ "80", YAML_INT, 80 },
		{ "-1", YAML_INT, -1 },
		{ "+1", YAML_INT, 1 },
		{ "017", YAML_INT, 15 },
		{ "0o17", YAML_INT, 15 },
		{ "0x1F", YAML_INT, 31 },
		{ "0X1f", YAML_INT, 31 },
		{ "0b11", YAML_INT, 3 },
		{ "-0x10", YAML_INT, -16 },
		{ "1_000", YAML_INT, 1000 },
		{ "08", YAML_FLOAT, 0 },
		{ "09.5", YAML_FLOAT, 0 },
		{ "1.5", YAML_FLOAT, 0 },
		{ "1.", YAML_FLOAT, 0 },
		{ ".5", YAML_FLOAT, 0 },
		{ "1e3", YAML_FLOAT, 0 },
		{ "12e03", YAML_FLOAT, 0 },
		{ "1_0.5", YAML_FLOAT, 0 },
		{ ".inf", YAML_FLOAT, 0 },
		{ "-.INF", YAML_FLOAT, 0 },
		{ ".nan", YAML_FLOAT, 0 },
		{ "1:30", YAML_STR, 0 },
		{ "0x", YAML_STR, 0 },
		{ "0b2", YAML_STR, 0 },
		{ "0o8", YAML_STR, 0 },
		{ "1e", YAML_STR, 0 },
		{ "-", YAML_STR, 0 },
		{ "+", YAML_STR, 0 },
		{ ".", YAML_STR, 0 },
		{ "_1", YAML_STR, 0 },
		{ "1.2.3", YAML_STR, 0 },
		{ "2001-01-01", YAML_STR, 0 },
		{ "1,000", YAML_STR, 0 },
		{ "inf", YAML_STR, 0 },
		{ "80a", YAML_STR, 0 },
		{ "9223372036854775807", YAML_INT, INT64_MAX },
		{ "9223372036854775808", YAML_FLOAT, 0 },
		{ "-9223372036854775808", YAML_INT, INT64_MIN },
		{ "0x1.8p3", YAML_STR, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t value = 0;
		bool truth = false;
		enum yaml_type type = yaml_resolve_plain(str_of(cases[i].text), &value, &truth);

		if (type != cases[i].type)
			fail_msg("\"%s\" is of type %d, not %d", cases[i].text, (int)type, (int)cases[i].type);
		if (type == YAML_INT)
			assert_int_equal(value, cases[i].value);
		if (type == YAML_BOOL)
			assert_int_equal(truth, cases[i].value);
	}
}

static void encodes_what_reads_back(void **state)
{
	static const char *const texts[] = {
		"a",
		"a b",
		"",
		" a",
		"a ",
		"true",
		"y",
		"80",
		"0o17",
		"1e3",
		"null",
		"~",
		"a: b",
		"a #b",
		"a#b",
		"a:b",
		"a:",
		"# a",
		"- a",
		"-a",
		"-",
		"? a",
		"[a",
		"a]",
		"{a",
		"a,b",
		"a, b",
		"&a",
		"*a",
		"!a",
		"|",
		">",
		"'a'",
		"\"a\"",
		"%a",
		"@a",
		"`a",
		"it's",
		"a\"b",
		"a\\b",
		"a\nb",
		"\n",
		"a\tb",
		"\ta",
		"<<",
		"=",
		"---",
		"--- a",
		"...",
		"\x01",
		"1:30",
		"a?b",
		"http://x:80/?q=1#f",
		"\xc3\xa9",
		"\xf0\x9f\x99\x82",
		"2001-01-01",
		"10.0.0.1",
		"1.25",
		"a{b}",
		"NET_BIND_SERVICE",
	};
	static const enum yaml_style styles[] = { YAML_PLAIN, YAML_SINGLE, YAML_DOUBLE };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) * 9; i++) {
		struct str text = str_of(texts[i / 9]);
		enum yaml_style style = styles[i % 3];
		bool flow = i / 3 % 3 > 0, json = i / 3 % 3 > 1;
		struct document document;
		struct buf bytes = BUF_INIT;
		yaml_id value;

		buf_addz(&bytes, flow ? "{\"a\": " : "a: ");
		yaml_encode(&bytes, text, YAML_STR, style, flow, json);
		buf_addz(&bytes, flow ? ", \"b\": c}" : "\nb: c\n");
		if (!document_read_str(&document, buf_str(&bytes)))
			fail_msg("not read: %.*s", (int)bytes.n, bytes.p);
		value = document_at(&document, "a");
		if (!str_eq(yaml_text(&document.tree, value), text) || yaml_type(&document.tree, value) != YAML_STR)
			fail_msg("reads back otherwise: %.*s", (int)bytes.n, bytes.p);
		assert_string_equal(document_text(&document, "b"), "c");
		document_free(&document);
		buf_free(&bytes);
	}
}

static void keeps_quotes_and_needs_few(void **state)
{
	static const struct {
		const char *text, *bytes;
		enum yaml_type type;
		enum yaml_style style;
		bool flow, json;
	} cases[] = {
		{ "nginx:1.25", "nginx:1.25", YAML_STR, YAML_PLAIN, false, false },
		{ "nginx:1.25", "'nginx:1.25'", YAML_STR, YAML_SINGLE, false, false },
		{ "nginx", "\"nginx\"", YAML_STR, YAML_DOUBLE, false, false },
		{ "nginx", "\"nginx\"", YAML_STR, YAML_PLAIN, false, true },
		{ "80", "\"80\"", YAML_STR, YAML_PLAIN, false, false },
		{ "80", "80", YAML_INT, YAML_DOUBLE, false, false },
		{ "true", "true", YAML_BOOL, YAML_PLAIN, true, true },
		{ "it's", "'it''s'", YAML_STR, YAML_SINGLE, false, false },
		{ "a\nb", "\"a\\nb\"", YAML_STR, YAML_SINGLE, false, false },
		{ "a,b", "a,b", YAML_STR, YAML_PLAIN, false, false },
		{ "a,b", "\"a,b\"", YAML_STR, YAML_PLAIN, true, false },
		{ "\x1b", "\"\\u001b\"", YAML_STR, YAML_PLAIN, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out = BUF_INIT;

		yaml_encode(&out, str_of(cases[i].text), cases[i].type, cases[i].style, cases[i].flow, cases[i].json);
		if (!str_is(buf_str(&out), cases[i].bytes))
			fail_msg("%.*s, not %s", (int)out.n, out.p, cases[i].bytes);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_flow_scalars),
		cmocka_unit_test(decodes_block_scalars),
		cmocka_unit_test(does_not_lose_keys_to_block_scalars),
		cmocka_unit_test(resolves_as_kubectl),
		cmocka_unit_test(encodes_what_reads_back),
		cmocka_unit_test(keeps_quotes_and_needs_few),
	};

	return cmocka_run_group_tests_name("yaml decode", tests, NULL, release_parsers);
}
