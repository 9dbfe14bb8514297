/* SPDX-License-Identifier: Apache-2.0 */
/*
 * appsettings.json: what it says of a port, in whatever form .NET takes, and what of it is changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kube/appsettings.h"

/* A file, and what it becomes when port 80 moves to 8080; NULL: it does not say the port. */
static const struct {
	const char *text, *becomes;
} moves[] = {
	{ "{\"Urls\": \"http://+:80\"}", "{\"Urls\": \"http://+:8080\"}" },
	{ "{\"urls\":\"http://+\"}", "{\"urls\":\"http://+:8080\"}" },
	{ "{\"URLS\":\"http://localhost:5000;http://*:80/\"}", "{\"URLS\":\"http://localhost:5000;http://*:8080/\"}" },
	{ "{\"Urls\":\"https://+;http://+\"}", "{\"Urls\":\"https://+;http://+:8080\"}" },
	{ "{\"Urls\":\"http://web:80\"}", NULL },
	{ "{\"Urls\":\"http://+:8080\"}", NULL },
	{ "{\"Urls\":\"http://+:#{Port}#\"}", NULL },
	{ "{\"Kestrel\":{\"Endpoints\":{\"Http\":{\"Url\":\"http://*:80\"},\"Grpc\":{\"Url\":\"http://*:5001\"}}}}",
	  "{\"Kestrel\":{\"Endpoints\":{\"Http\":{\"Url\":\"http://*:8080\"},\"Grpc\":{\"Url\":\"http://*:5001\"}}}}" },
	{ "{\"kestrel\":{\"EndPoints\":{\"0\":{\"url\":\"http://*:80\"}}}}",
	  "{\"kestrel\":{\"EndPoints\":{\"0\":{\"url\":\"http://*:8080\"}}}}" },
	{ "{\"Kestrel:Endpoints:Http:Url\": \"http://*:80\"}", "{\"Kestrel:Endpoints:Http:Url\": \"http://*:8080\"}" },
	{ "{\"Kestrel:Endpoints\":{\"Http\":{\"Url\":\"http://*:80\"}}}",
	  "{\"Kestrel:Endpoints\":{\"Http\":{\"Url\":\"http://*:8080\"}}}" },
	{ "{\"Kestrel\":{\"Endpoints\":{\"Http\":{\"Certificate\":{\"Url\":\"http://*:80\"}}}}}", NULL },
	{ "{\"Kestrel\":{\"Endpoints\":[{\"Url\":\"http://*:80\"}]}}",
	  "{\"Kestrel\":{\"Endpoints\":[{\"Url\":\"http://*:8080\"}]}}" },
	{ "{\"http_ports\": 80}", "{\"http_ports\": 8080}" },
	{ "{\"HTTP_PORTS\": \"80;5000\"}", "{\"HTTP_PORTS\": \"8080;5000\"}" },
	{ "{\"https_port\": 80, \"Port\": 80, \"Backend\": {\"Url\": \"http://+:80\", \"Urls\": \"http://+:80\"}}",
	  NULL },
	/* Comments and trailing commas, which .NET takes. */
	{ "// listens on 80\n{ /* \"Urls\": \"http://+:80\" */\n  \"Urls\": \"http://+:80\", // 80\n}\n",
	  "// listens on 80\n{ /* \"Urls\": \"http://+:80\" */\n  \"Urls\": \"http://+:8080\", // 80\n}\n" },
	{ "\xef\xbb\xbf{\"Urls\":\"http://+:80\"}", "\xef\xbb\xbf{\"Urls\":\"http://+:8080\"}" },
	{ "{}", NULL },
	{ " { \"a\" : [ 1 , true, null, -1.5e3, \"\\\"\", [] , {} ] , } ", NULL },
};

/* A file, and why nothing is done about it. */
static const struct {
	const char *text, *why;
} refusals[] = {
	{ "", "it is no JSON object" },
	{ "[]", "it is no JSON object" },
	{ "urls: http://+:80", "it is no JSON object" },
	{ "{\"Urls\": \"http://+:80\"", "a comma or a bracket is missing in it" },
	{ "{\"Urls\": \"http://+:80\"]", "a comma or a bracket is missing in it" },
	{ "{\"Urls\" \"http://+:80\"}", "a colon is missing in it" },
	{ "{Urls: \"http://+:80\"}", "a key is missing in it" },
	{ "{\"Urls\": }", "a value is missing in it" },
	{ "{\"Urls\": \"http://+:80}", "a string in it does not end" },
	{ "{\"Urls\": \"http://+:80\n\"}", "a string in it goes over the end of its line" },
	{ "{\"Urls\": \"http://+:80\"} {}", "something follows its last bracket" },
	{ "{\"Urls\": \"http:\\/\\/+:80\"}", "what it listens on is written with escapes" },
	{ "{\"Urls\": \"\\", "a string in it does not end" },
};

static void test_move(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		struct str text = STR_NONE;
		const char *why = "";
		enum appsettings_answer answer = appsettings_move(arena, str_of(moves[i].text), 80, 8080, &text, &why);

		if (answer != (moves[i].becomes ? APPSETTINGS_MOVED : APPSETTINGS_SILENT) ||
		    (moves[i].becomes && !str_is(text, moves[i].becomes)))
			fail_msg("%s becomes \"%.*s\" (%s)", moves[i].text, STR_ARG(text), why);
	}
	arena_free(arena);
}

static void test_refuse(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct str text;
		const char *why = "";

		if (appsettings_move(arena, str_of(refusals[i].text), 80, 8080, &text, &why) != APPSETTINGS_LEFT ||
		    strcmp(why, refusals[i].why) != 0)
			fail_msg("%s: %s", refusals[i].text, why);
	}
	arena_free(arena);
}

/* What is nested more deeply than .NET reads, and keys that are longer than any path that we know. */
static void test_limits(void **state)
{
	struct arena *arena = arena_new();
	struct buf deep = BUF_INIT;
	struct str text;
	const char *why = "";

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_addz(&deep, "{\"a\":");
	assert_int_equal(appsettings_move(arena, buf_str(&deep), 80, 8080, &text, &why), APPSETTINGS_LEFT);
	assert_string_equal(why, "it is nested too deeply");
	deep.n = 0;
	buf_addz(&deep, "{\"");
	buf_pad(&deep, 'k', 100000);
	buf_addz(&deep, "\":{\"b\":1},\"Urls\":\"http://+:80\"}");
	assert_int_equal(appsettings_move(arena, buf_str(&deep), 80, 8080, &text, &why), APPSETTINGS_MOVED);
	assert_true(str_ends(text, STR("\"Urls\":\"http://+:8080\"}")));
	buf_free(&deep);
	arena_free(arena);
}

static void test_names(void **state)
{
	(void)state;
	assert_true(appsettings_is_name(STR("appsettings.json")));
	assert_true(appsettings_is_name(STR("appsettings.Production.json")));
	assert_false(appsettings_is_name(STR("appsettings..json")));
	assert_false(appsettings_is_name(STR("myappsettings.json")));
	assert_false(appsettings_is_name(STR("appsettings.yaml")));
	assert_false(appsettings_is_name(STR("appsettings.jso")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
