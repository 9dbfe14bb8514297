/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON that is written: its layout, and strings of any bytes, read back by another implementation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "base/json.h"

static void assert_text(const struct buf *buf, const char *expected)
{
	assert_int_equal(buf->n, strlen(expected));
	assert_memory_equal(buf->p, expected, buf->n);
}

static void test_layout(void **state)
{
	struct buf out = BUF_INIT;
	struct json json = json_init(&out, 2);

	(void)state;
	json_open(&json, '{');
	json_str_key(&json, "a", STR("x"));
	json_open_key(&json, "b", '[');
	json_open(&json, '{');
	json_uint_key(&json, "n", 18446744073709551615u);
	json_bool_key(&json, "t", true);
	json_open_key(&json, "none", '[');
	json_close(&json, ']');
	json_close(&json, '}');
	json_raw(&json, STR("null"));
	json_close(&json, ']');
	json_open_key(&json, "empty", '{');
	json_close(&json, '}');
	json_close(&json, '}');
	assert_text(&out,
		    "{\n  \"a\": \"x\",\n  \"b\": [\n    {\"n\": 18446744073709551615, \"t\": true, \"none\": []},\n"
		    "    null\n  ],\n  \"empty\": {}\n}");
	buf_free(&out);
}

static void assert_string(struct str text, const char *expected)
{
	struct buf out = BUF_INIT;

	json_add_str(&out, text);
	assert_text(&out, expected);
	buf_free(&out);
}

static void test_strings(void **state)
{
	(void)state;
	assert_string(STR(""), "\"\"");
	assert_string(STR("plain, é and 世 😀"), "\"plain, é and 世 😀\"");
	assert_string(STR("\"\\/\b\f\n\r\t"), "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
	assert_string(STR("a\0b\x1b\x7f"), "\"a\\u0000b\\u001b\\u007f\"");
	/* C1 controls, marks of direction, one beyond the first plane. */
	assert_string(STR("\302\233\342\200\256\360\235\205\263"), "\"\\u009b\\u202e\\ud834\\udd73\"");
	/* Not UTF-8: a lone byte, a cut sequence, an overlong one, a surrogate. */
	assert_string(STR("\xff"), "\"\\ufffd\"");
	assert_string(STR("x\xe2\x80"), "\"x\\ufffd\\ufffd\"");
	assert_string(STR("\xc0\xaf"), "\"\\ufffd\\ufffd\"");
	assert_string(STR("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");
}

/* Every code point comes back as it was. */
static void test_round_trip(void **state)
{
	(void)state;
	for (uint32_t point = 1; point < 0x110000; point += point < 0x3000 ? 1 : 61) {
		char text[5] = { 0 };
		struct buf out = BUF_INIT;
		cJSON *read;

		if (point >= 0xd800 && point < 0xe000)
			continue;
		if (point < 0x80) {
			text[0] = (char)point;
		} else if (point < 0x800) {
			text[0] = (char)(0xc0 | point >> 6);
			text[1] = (char)(0x80 | (point & 0x3f));
		} else if (point < 0x10000) {
			text[0] = (char)(0xe0 | point >> 12);
			text[1] = (char)(0x80 | (point >> 6 & 0x3f));
			text[2] = (char)(0x80 | (point & 0x3f));
		} else {
			text[0] = (char)(0xf0 | point >> 18);
			text[1] = (char)(0x80 | (point >> 12 & 0x3f));
			text[2] = (char)(0x80 | (point >> 6 & 0x3f));
			text[3] = (char)(0x80 | (point & 0x3f));
		}
		json_add_str(&out, str_of(text));
		read = cJSON_ParseWithLength(out.p, out.n);
		assert_non_null(read);
		assert_string_equal(read->valuestring, text);
		cJSON_Delete(read);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
