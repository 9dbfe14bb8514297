/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the values of an answer stand in its bytes, from a server that may be hostile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "live/json_values.h"

static void assert_str(struct str s, const char *expected)
{
	if (!str_is(s, expected))
		fail_msg("\"%.*s\" instead of \"%s\"", STR_ARG(s), expected);
}

/* An exact copy on the heap, so that a sanitizer sees a read behind it. */
static bool whole(struct str text, struct str *ret_value, char **ret_bytes, struct error **err)
{
	char *bytes = malloc(text.n ? text.n : 1);

	assert_non_null(bytes);
	if (text.n)
		memcpy(bytes, text.p, text.n);
	*ret_bytes = bytes;
	return json_whole((struct str){ bytes, text.n }, ret_value, err);
}

static bool is_json(struct str text)
{
	struct error *err = NULL;
	struct str value;
	char *bytes;
	bool good = whole(text, &value, &bytes, &err);

	assert_true(good == !err);
	error_free(err);
	free(bytes);
	return good;
}

static void test_what_is_json(void **state)
{
	static const char *const good[] = {
		"{}",
		"[]",
		" [ ] \n",
		"0",
		"-0.5e+10",
		"\"\"",
		"true",
		"null",
		"{\"a\":{\"b\":[1,[],{}]},\"c\":\"\\u00e9\\n\"}",
		"[{},{},[[]]]",
		"\"\\\\\"",
		"\"\\\"\"",
		"[\"}\",\"]\"]",
		"1E5",
	};
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"[",
		"}",
		"]",
		"[}",
		"{]",
		"[1",
		"[1,",
		"[1,]",
		"{,}",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{\"a\" 1}",
		"{a:1}",
		"{1:1}",
		"[1 2]",
		"01",
		"1.",
		".5",
		"-",
		"1e",
		"+1",
		"tru",
		"nul",
		"nan",
		"'a'",
		"\"",
		"\"\\\"",
		"\"\\x\"",
		"\"\\u12\"",
		"\"\\u12g4\"",
		"\"\n\"",
		"\"\x01\"",
		"{} {}",
		"[] x",
		"{\"a\":1]",
		"[1}",
		"truefalse",
		"{\"a\":1 \"b\":2}",
		"[,1]",
		"\"a\" \"b\"",
		"[[]",
		"{\"a\":[}",
		"\xef\xbb\xbf{}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!is_json(str_of(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (is_json(str_of(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(is_json((struct str){ "[\0]", 3 }));
	assert_false(is_json((struct str){ "\"\\\0\"", 4 }));
}

static void test_walk(void **state)
{
	static const char text[] =
		" {\"kind\" : \"List\",\"m\\u0065tadata\":{\"continue\":\"a\\\"}b\"}, \"items\":[ {\"a\":\"]}\"} ,"
		"{ \"b\" : [1 , 2] },3 ,\"x\",null ] ,\"items2\":[],\"kind\":\"Last\"} ";
	static const char *const items[] = { "{\"a\":\"]}\"}", "{ \"b\" : [1 , 2] }", "3", "\"x\"", "null" };
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct json_walk walk;
	struct str value;
	char *bytes;
	size_t n = 0;

	(void)state;
	assert_true(whole(STR(text), &value, &bytes, NULL));
	assert_int_equal(value.p[0], '{');
	walk = json_walk(json_member(value, "items"));
	while (json_next(&walk)) {
		assert_true(n < 5);
		assert_str(walk.value, items[n++]);
	}
	assert_int_equal(n, 5);
	assert_str(json_text(json_member(json_member(value, "metadata"), "continue"), arena), "a\"}b");
	assert_str(json_text(json_member(value, "kind"), arena), "Last");
	assert_int_equal(json_member(value, "none").n, 0);
	assert_int_equal(json_member(value, "item").n, 0);
	assert_int_equal(json_member(STR("[1]"), "none").n, 0);
	walk = json_walk(json_member(value, "items2"));
	assert_false(json_next(&walk));
	walk = json_walk(STR("12"));
	assert_false(json_next(&walk));
	walk = json_walk(STR_NONE);
	assert_false(json_next(&walk));
	free(bytes);
}

static void test_texts(void **state)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	int64_t number = 0;

	(void)state;
	assert_str(json_text(STR("\"\""), arena), "");
	assert_str(json_text(STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), arena), "\"\\/\b\f\n\r\t");
	assert_str(json_text(STR("\"\\u0041\\u00e9\\u20AC\\ud83d\\ude00\""), arena),
		   "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	assert_str(json_text(STR("\"\\ud83d\""), arena), "\xef\xbf\xbd");
	assert_str(json_text(STR("\"\\ud83dx\\u0041\""), arena), "\xef\xbf\xbdxA");
	assert_str(json_text(STR("\"\\ud83d\\u0041\""), arena), "\xef\xbf\xbd"
								"A");
	assert_str(json_text(STR("\"\\ude00\\ud83d\\n\""), arena), "\xef\xbf\xbd\xef\xbf\xbd\n");
	assert_str(json_text(STR("12"), arena), "");
	assert_true(json_int(STR("9007199254740993"), &number));
	assert_int_equal(number, 9007199254740993);
	assert_false(json_int(STR("1.0"), &number));
	assert_false(json_int(STR("\"1\""), &number));
	assert_false(json_int(STR_NONE, &number));
}

static void test_depth(void **state)
{
	struct buf deep CLEANUP(buf_free) = BUF_INIT;

	(void)state;
	for (int i = 0; i < JSON_DEPTH_MAX; i++)
		buf_addz(&deep, i % 2 ? "{\"a\":" : "[");
	assert_false(is_json(buf_str(&deep)));
	buf_addz(&deep, "1");
	for (int i = JSON_DEPTH_MAX; i-- > 0;)
		buf_addc(&deep, i % 2 ? '}' : ']');
	assert_true(is_json(buf_str(&deep)));
	buf_pad(&deep, '[', 5000000);
	assert_false(is_json(buf_str(&deep)));
	assert_false(is_json(str_sub(buf_str(&deep), deep.n - 5000000, deep.n)));
}

/* Every cut, and every byte changed, of an answer: what we take, another reader takes, and it has as many items. */
static void test_damage(void **state)
{
	static const char text[] =
		"{\"kind\":\"PodList\",\"metadata\":{\"continue\":\"\\u0041b\"},\"items\":[{\"a\":-1.5e3},"
		"{\"b\":[true,null,\"\\\\\"]},{}]}";
	static const char bytes[] = "\"\\{}[],:0e-. tu\x01\x80";
	char copy[sizeof(text)];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(text) - 1; i++)
		assert_false(is_json((struct str){ text, i }));
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		for (size_t k = 0; k < sizeof(bytes) - 1; k++) {
			struct json_walk walk;
			struct str value;
			cJSON *other;
			char *heap;
			int n = 0;

			memcpy(copy, text, sizeof(text));
			copy[i] = bytes[k];
			if (!whole((struct str){ copy, sizeof(text) - 1 }, &value, &heap, NULL)) {
				free(heap);
				continue;
			}
			other = cJSON_Parse(copy);
			assert_non_null(other);
			walk = json_walk(json_member(value, "items"));
			while (json_next(&walk))
				n++;
			assert_int_equal(n, cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(other, "items")));
			cJSON_Delete(other);
			free(heap);
		}
	}
}

/* A page of 50 MB; and one of only quotes and backslashes. */
static void test_linear(void **state)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	struct json_walk walk;
	struct str value;
	size_t n = 0;
	clock_t start = clock();

	(void)state;
	buf_addz(&text, "{\"items\":[");
	for (int i = 0; i < 500000; i++)
		buf_addf(&text,
			 "%s{\"metadata\":{\"name\":\"web-%d\",\"labels\":{\"app\":\"\\\\\\\\\\\"\"}},\"spec\":{\"a\":[1,2,3]}}",
			 i ? "," : "", i);
	buf_addz(&text, "]}");
	assert_true(json_whole(buf_str(&text), &value, NULL));
	walk = json_walk(json_member(value, "items"));
	while (json_next(&walk))
		n++;
	assert_int_equal(n, 500000);
	text.n = 0;
	buf_addc(&text, '"');
	for (int i = 0; i < 10000000; i++)
		buf_addz(&text, i % 2 ? "\\\\" : "\\\"");
	assert_false(json_whole(buf_str(&text), &value, NULL));
	buf_addc(&text, '"');
	assert_true(json_whole(buf_str(&text), &value, NULL));
	assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_json), cmocka_unit_test(test_walk),   cmocka_unit_test(test_texts),
		cmocka_unit_test(test_depth),	     cmocka_unit_test(test_damage), cmocka_unit_test(test_linear),
	};

	return cmocka_run_group_tests_name("live_json", tests, NULL, NULL);
}
