/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guard: what never reaches the parser, and what must.
 */
#include "yaml_document.h"

#include "yaml/guard.h"

#define BYTES(literal) ((struct str){ (literal), sizeof(literal) - 1 })

static void refuses_what_hides(void **state)
{
	static const struct {
		struct str bytes;
		uint32_t at;
	} cases[] = {
		{ BYTES("a: b\0c: d"), 4 },
		{ BYTES("a: \x01"), 3 },
		{ BYTES("a: \x0b"), 3 },
		{ BYTES("a: \x1b[31m"), 3 },
		{ BYTES("a: \x7f"), 3 },
		{ BYTES("a: \xff"), 3 },
		{ BYTES("a: \xc3"), 3 },
		{ BYTES("a: \xc0\xaf"), 3 },
		{ BYTES("a: \xe0\x80\x80"), 3 },
		{ BYTES("a: \xed\xa0\x80"), 3 },
		{ BYTES("a: \xf4\x90\x80\x80"), 3 },
		{ BYTES("a: \xf8\x88\x80\x80\x80"), 3 },
		{ BYTES("a: \xe2\x82"), 3 },
		{ BYTES("\xff\xfe"
			"a"),
		  0 },
		{ BYTES("\xfe\xff\0a"), 0 },
		{ BYTES("a: \xef\xbb\xbf"
			"b"),
		  3 },
		{ BYTES("\xef\xbb\xbf"
			"a: b"),
		  0 },
		{ BYTES("a: x\xc2\x85spec: y"), 4 },
		{ BYTES("a: x\xe2\x80\xa8"
			"b: y"),
		  4 },
		{ BYTES("a: x\xe2\x80\xa9"
			"b: y"),
		  4 },
		{ BYTES("a: \xc2\x80"), 3 },
		{ BYTES("%YAML 1.2\n"), 0 },
		{ BYTES("# c\n\n%TAG ! x\n"), 5 },
		{ BYTES(" # c\r%\"\n"), 5 },
		{ BYTES("...\n%YAML 1.1\n"), 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct yaml_refusal why = { 0 };
		size_t end;

		assert_false(yaml_guard(cases[i].bytes, &end, &why));
		assert_int_equal(why.at, cases[i].at);
		assert_non_null(why.why);
	}
}

static void lets_text_through(void **state)
{
	static const char *const cases[] = {
		"",
		"a: b\n",
		"a: b\r\n\tc",
		"a: 100%\n",
		"  %indented\n",
		"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82",
		"\xc2\xa0",
		"\xf4\x8f\xbf\xbf",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xe2\x80\xa7\xe2\x80\xaa",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct yaml_refusal why;
		size_t end;

		assert_true(yaml_guard(str_of(cases[i]), &end, &why));
		assert_int_equal(end, strlen(cases[i]));
	}
}

/* A directive behind `...` does not reach the parser; a line of a text does, and the parser knows the difference. */
static void ends_at_directives(void **state)
{
	static const struct {
		const char *text;
		size_t end;
	} cases[] = {
		{ "a: b\n%c\n", 8 },
		{ "a: b\n...\n", 9 },
		{ "a: b\n...\n%c\n%d\n", 9 },
		{ "a: b\r... # x\r\r# y\r%c\r", 18 },
		{ "a: \"b\n%c\n...\n%d\"", 13 },
		{ "a: b\n...x\n%c\n", 13 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct yaml_refusal why;
		size_t end;

		assert_true(yaml_guard(str_of(cases[i].text), &end, &why));
		assert_int_equal(end, cases[i].end);
	}
}

static void stands_before_the_parser(void **state)
{
	struct document document;

	(void)state;
	assert_false(document_read_str(&document, BYTES("kind: Pod\n\0spec: {}\n")));
	assert_int_equal(document.why.at, 10);
	document_free(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_hides),
		cmocka_unit_test(lets_text_through),
		cmocka_unit_test(ends_at_directives),
		cmocka_unit_test(stands_before_the_parser),
	};

	return cmocka_run_group_tests_name("yaml guard", tests, NULL, release_parsers);
}
