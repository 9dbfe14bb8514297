/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Splitting: each case says where kubectl cuts. `|` stands for a cut; a document ends before its separator line.
 */
#include "yaml_document.h"

#include "yaml/split.h"

static void check(const char *text, const char *const *parts)
{
	struct yaml_splitter splitter = yaml_splitter_init(str_of(text));
	struct yaml_span span;
	size_t bad = SIZE_MAX, i = 0;

	for (; yaml_split_next(&splitter, &span, &bad); i++) {
		struct str part = str_sub(str_of(text), span.start, span.end);

		assert_int_equal(bad, SIZE_MAX);
		if (!parts[i])
			fail_msg("one part more: %.*s", STR_ARG(part));
		if (!str_is(part, parts[i]))
			fail_msg("part %zu is \"%.*s\", not \"%s\"", i, STR_ARG(part), parts[i]);
	}
	assert_null(parts[i]);
}

#define CHECK(text, ...) check(text, (const char *const[]){ __VA_ARGS__, NULL })

static void cuts_at_separator_lines(void **state)
{
	(void)state;
	CHECK("", "");
	CHECK("a: b\n", "a: b\n");
	CHECK("a: b", "a: b");
	CHECK("---\na: b\n", "a: b\n");
	CHECK("a: b\n---\nc: d\n", "a: b\n", "c: d\n");
	CHECK("a: b\n--- # comment\nc: d\n", "a: b\n", "c: d\n");
	CHECK("a: b\n---  \t\nc: d", "a: b\n", "c: d");
	CHECK("a: b\r\n---\r\nc: d\r\n", "a: b\r\n", "c: d\r\n");
	CHECK("a: b\n---", "a: b\n", "");
	CHECK("a: b\n---\n", "a: b\n", "");
	CHECK("# c\n---\na: b\n", "# c\n", "a: b\n");
	CHECK("---\n---\n---\n", "", "", "");
	CHECK("a: b\n---\n\n---\nc: d\n", "a: b\n", "\n", "c: d\n");
}

static void keeps_what_is_no_separator(void **state)
{
	(void)state;
	CHECK("a: |\n  ---\n  b\n", "a: |\n  ---\n  b\n");
	CHECK("a: b ---\n", "a: b ---\n");
	CHECK("--\na: b\n", "--\na: b\n");
	CHECK("- a\n-- b\n", "- a\n-- b\n");
	CHECK(" ---\na: b\n", " ---\na: b\n");
	CHECK("a: b\n...\n", "a: b\n...\n");
}

static void skips_the_byte_order_mark(void **state)
{
	(void)state;
	CHECK("\xef\xbb\xbf"
	      "a: b\n",
	      "a: b\n");
	CHECK("\xef\xbb\xbf---\na: b\n", "a: b\n");
	CHECK("\xef\xbb\xbf{\"a\": 1}{\"b\": 2}", "{\"a\": 1}", "{\"b\": 2}");
	CHECK("\xef\xbb\xbf", "");
	CHECK("a: b\n--- # c\n\xef\xbb\xbf"
	      "d: e\n---\r\n\xef\xbb\xbf# f\n",
	      "a: b\n", "d: e\n", "# f\n");
	/* kubectl takes these for a part of the first key. */
	CHECK("---\n\xef\xbb\xbf"
	      "a: b\n",
	      "\xef\xbb\xbf"
	      "a: b\n");
	CHECK("a: b\n---\n---\n\xef\xbb\xbf"
	      "c: d\n",
	      "a: b\n", "",
	      "\xef\xbb\xbf"
	      "c: d\n");
	CHECK("a: b\n---\n\n\xef\xbb\xbf"
	      "c: d\n",
	      "a: b\n",
	      "\n\xef\xbb\xbf"
	      "c: d\n");
}

static void cuts_streams_of_json(void **state)
{
	(void)state;
	CHECK("{\"a\": 1}\n{\"b\": 2}\n", "{\"a\": 1}", "\n{\"b\": 2}\n");
	CHECK("{\"a\":{}}{\"b\":[{}]}\n\n{\"c\":1}", "{\"a\":{}}", "{\"b\":[{}]}", "\n\n{\"c\":1}");
	CHECK("{\"a\": \"}{\"}{\"b\": \"\\\"}{\"}", "{\"a\": \"}{\"}", "{\"b\": \"\\\"}{\"}");
	CHECK("{\"a\": 1}\n", "{\"a\": 1}\n");
	CHECK("{\"a\": 1}\n---\n{\"b\": 2}\n", "{\"a\": 1}\n", "{\"b\": 2}\n");
	CHECK("{\"a\": 1}\n---\n{}{}\n", "{\"a\": 1}\n", "{}{}\n");
	CHECK("{\"a\": 01}{}\n", "{\"a\": 01}{}\n");
	/* Not JSON: kubectl reads it as YAML, as one document. */
	CHECK("{a: '}{'}\n", "{a: '}{'}\n");
	CHECK("{a: b}\n{a: b}\n", "{a: b}\n{a: b}\n");
	CHECK("{\"a\": }\n{}\n", "{\"a\": }\n{}\n");
	CHECK("{\"a\": 1 2}\n{}\n", "{\"a\": 1 2}\n{}\n");
	CHECK("{\"a\": [1,]}{}\n", "{\"a\": [1,]}{}\n");
	CHECK("{\"a\": \"\t\"}{}\n", "{\"a\": \"\t\"}{}\n");
	CHECK("{\"a\": [true, null, -1.5e3, [], {}]}{}", "{\"a\": [true, null, -1.5e3, [], {}]}", "{}");
}

static void names_bad_separators(void **state)
{
	static const struct {
		const char *text;
		size_t at;
	} cases[] = {
		{ "a: b\n--- c: d\n", 5 }, { "a: b\n----\n", 5 },	  { "a: b\n---c\n", 5 },
		{ "--- {a: b}\n", 0 },	   { "a: b\n---# c\nb: c\n", 5 }, { "a: b\n--- |\n text\n", 5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct yaml_splitter splitter = yaml_splitter_init(str_of(cases[i].text));
		size_t bad = SIZE_MAX, found = SIZE_MAX;
		struct yaml_span span;

		while (yaml_split_next(&splitter, &span, &bad))
			if (bad != SIZE_MAX)
				found = bad;
		assert_int_equal(found, cases[i].at);
	}
}

/* A splitter that looked for the end of every value to the end of the input would be quadratic. */
static void is_linear(void **state)
{
	struct buf text = BUF_INIT;
	struct yaml_splitter splitter;
	struct yaml_span span;
	size_t bad, n = 0;

	(void)state;
	for (size_t i = 0; i < 200000; i++)
		buf_addz(&text, "{\n---\n");
	splitter = yaml_splitter_init(buf_str(&text));
	while (yaml_split_next(&splitter, &span, &bad))
		n++;
	assert_int_equal(n, 200001);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_at_separator_lines),   cmocka_unit_test(keeps_what_is_no_separator),
		cmocka_unit_test(skips_the_byte_order_mark), cmocka_unit_test(cuts_streams_of_json),
		cmocka_unit_test(names_bad_separators),	     cmocka_unit_test(is_linear),
	};

	return cmocka_run_group_tests_name("yaml split", tests, NULL, NULL);
}
