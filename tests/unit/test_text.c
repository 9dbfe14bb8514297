/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts: nothing that a terminal obeys comes through, and lines end where they should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "report/text.h"

static void check_escape(struct str in, const char *expected)
{
	struct buf out = BUF_INIT;

	text_escape(&out, in);
	buf_addc(&out, '\0');
	assert_string_equal(out.p, expected);
	assert_int_equal(text_is_plain(in), !strcmp(in.n ? in.p : "", expected));
	buf_free(&out);
}

static void test_escape(void **state)
{
	(void)state;
	check_escape(STR("plain web:1.2 \"x\" \\n"), "plain web:1.2 \"x\" \\n");
	check_escape(STR("é → 日本 😀"), "é → 日本 😀");
	check_escape(STR("\x1b[31mred\x07"), "\\x1b[31mred\\x07");
	check_escape(STR("a\nb\tc\rd\x7f"), "a\\nb\\tc\\rd\\x7f");
	check_escape(STR("\xc2\x9b"
			 "31m"),
		     "\\u009b31m");
	check_escape(STR("\x9b"
			 "31m"),
		     "\\x9b31m");
	check_escape(STR("a\xe2\x80\xaetxt"), "a\\u202etxt");
	check_escape(STR("\xe2\x81\xa6\xe2\x81\xa9"), "\\u2066\\u2069");
	check_escape(STR("a\xe2\x80\x8b"
			 "b\xef\xbb\xbf"),
		     "a\\u200bb\\ufeff");
	check_escape(STR("\xf3\xa0\x81\x81"), "\\U000e0041");
	check_escape(STR("\xc0\xaf \xed\xa0\x80 \xe2\x82"), "\\xc0\\xaf \\xed\\xa0\\x80 \\xe2\\x82");
	check_escape(STR("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
}

static void test_escape_nul(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	text_escape(&out, (struct str){ "a\0b", 3 });
	assert_true(str_is(buf_str(&out), "a\\x00b"));
	out.n = 0;
	text_escape_line(&out, STR("\ta\x1b\rb\r"));
	assert_true(str_is(buf_str(&out), "\ta\\x1b\\rb\r"));
	buf_free(&out);
}

static void check_wrap(const char *start, const char *in, size_t hanging, size_t columns, const char *expected)
{
	struct buf out = BUF_INIT;

	buf_addz(&out, start);
	text_wrap(&out, str_of(in), hanging, columns);
	buf_addc(&out, '\0');
	assert_string_equal(out.p, expected);
	buf_free(&out);
}

static void test_wrap(void **state)
{
	(void)state;
	check_wrap("", "one two three", 2, 7, "one two\n  three\n");
	check_wrap("", "one two three", 2, 80, "one two three\n");
	check_wrap("", "a-word-that-is-wide b", 2, 8, "a-word-that-is-wide\n  b\n");
	check_wrap("x\n    ", "one two", 4, 8, "x\n    one\n    two\n");
	check_wrap("", "one\ntwo three", 1, 5, "one\n two\n three\n");
	check_wrap("", "\x1b[1mone\x1b[m two", 2, 7, "\x1b[1mone\x1b[m two\n");
	check_wrap("", "日本 ab", 2, 7, "日本 ab\n");
	check_wrap("", "日本 ab", 2, 6, "日本\n  ab\n");
	check_wrap("", "", 2, 6, "\n");
	check_wrap("", "a name ::error::of two", 2, 8, "a name ::error::of\n  two\n");
}

/* A path keeps its blanks, and is one word. */
static void test_word(void **state)
{
	struct buf line = BUF_INIT, out = BUF_INIT;

	(void)state;
	buf_addz(&line, "left: ");
	buf_addz(&line, "a b/c d.yaml:1:2");
	text_word(&line, 6);
	buf_addz(&line, ": it is left");
	text_wrap(&out, buf_str(&line), 2, 12);
	buf_addc(&out, '\0');
	assert_string_equal(out.p, "left:\n  a b/c d.yaml:1:2:\n  it is left\n");
	buf_free(&line);
	buf_free(&out);
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(text_width(STR("")), 0);
	assert_int_equal(text_width(STR("abc")), 3);
	assert_int_equal(text_width(STR("é→")), 2);
	assert_int_equal(text_width(STR("e\xcc\x81")), 1);
	assert_int_equal(text_width(STR("日本")), 4);
	assert_int_equal(text_width(STR("\x1b[1;31mx\x1b[m")), 1);
}

static void test_count(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t n = 0; n < 3; n++) {
		text_count(&out, n, "file");
		buf_addc(&out, ' ');
	}
	assert_true(str_is(buf_str(&out), "0 files 1 file 2 files "));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape), cmocka_unit_test(test_escape_nul), cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_word),   cmocka_unit_test(test_width),	  cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
