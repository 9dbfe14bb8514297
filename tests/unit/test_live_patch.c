/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patches of live objects: carried out, tested for, and taken back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "live/patch.h"
#include "yaml/tree.h"

#define ADD(path, value) { YAML_PATCH_ADD, STR(path), STR(value) }
#define REPLACE(path, value) { YAML_PATCH_REPLACE, STR(path), STR(value) }
#define REMOVE(path) { YAML_PATCH_REMOVE, STR(path), STR_NONE }
#define N(array) (sizeof(array) / sizeof(*(array)))

static const char object[] =
	"{\"metadata\":{\"resourceVersion\":\"7\",\"a/b\":{\"c~d\":1}},"
	"\"spec\":{\"big\":9007199254740993,\"containers\":[{\"name\":\"web\",\"ports\":[80,81,82]},"
	"{\"name\":\"side\"}],\"empty\":{},\"none\":[]}}\n";

struct fixture {
	struct arena *arena;
	struct live_document document;
	struct live_patch patch, undo;
	struct buf out;
};

static int set_up(void **state)
{
	struct fixture *fixture = xmalloc(sizeof(*fixture));

	*fixture = (struct fixture){ .arena = arena_new() };
	assert_true(live_document_read(&fixture->document, STR(object), NULL));
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	live_document_free(&fixture->document);
	arena_free(fixture->arena);
	buf_free(&fixture->out);
	free(fixture);
	return 0;
}

static int release(void **state)
{
	(void)state;
	yaml_parsers_release();
	return 0;
}

static const char *text(struct fixture *fixture, struct str s)
{
	return str_copy(fixture->arena, s).p;
}

static void test_places(void **state)
{
	struct fixture *fixture = *state;
	struct live_document *document = &fixture->document;

	assert_string_equal(text(fixture, live_document_at(document, STR("/spec/big"))), "9007199254740993");
	assert_string_equal(text(fixture, live_document_at(document, STR("/metadata/a~1b/c~0d"))), "1");
	assert_string_equal(text(fixture, live_document_at(document, STR("/spec/containers/1"))),
			    "{\"name\":\"side\"}");
	assert_string_equal(text(fixture, live_document_at(document, STR("/spec/containers/0/ports/2"))), "82");
	assert_string_equal(text(fixture, live_document_text(document, STR("/spec/containers/0/name"))), "web");
	assert_int_equal(live_document_at(document, STR("/spec/containers/2")).n, 0);
	assert_int_equal(live_document_at(document, STR("/spec/containers/-")).n, 0);
	assert_int_equal(live_document_at(document, STR("/spec/containers/x")).n, 0);
	assert_int_equal(live_document_at(document, STR("/spec/big/x")).n, 0);
	assert_true(live_document_find(document, STR("")) == document->tree.root);
}

/* The operations, one after another; the text that comes out. */
static const char *apply(struct fixture *fixture, const struct yaml_operation *operations, size_t n)
{
	struct str before, path;

	for (size_t i = 0; i < n; i++)
		assert_true(live_document_apply(&fixture->document, &operations[i], fixture->arena, &before, &path,
						NULL));
	return text(fixture, live_document_at(&fixture->document, STR("/spec")));
}

static void test_apply(void **state)
{
	struct yaml_operation operations[] = {
		REMOVE("/spec/big"),
		ADD("/spec/empty/x", "{\"y\": [1]}"),
		ADD("/spec/empty/a~1\"", "2"),
		ADD("/spec/none/-", "\"first\""),
		ADD("/spec/none/0", "\"zeroth\""),
		ADD("/spec/none/1", "\"between\""),
		REMOVE("/spec/containers/0/ports/2"),
		REMOVE("/spec/containers/0/ports/0"),
		REPLACE("/spec/containers/0/ports/0", "[8080]"),
		REMOVE("/spec/containers/1"),
	};

	assert_string_equal(apply(*state, operations, N(operations)),
			    "{\"containers\":[{\"name\":\"web\",\"ports\":[[8080]]}],"
			    "\"empty\":{\"x\":{\"y\": [1]},\"a/\\\"\":2},\"none\":[\"zeroth\",\"between\",\"first\"]}");
}

static void test_does_not_apply(void **state)
{
	struct fixture *fixture = *state;
	const struct yaml_operation operations[] = {
		REMOVE("/spec/nothing"),     REPLACE("/spec/nothing", "1"),
		ADD("/spec/nothing/x", "1"), ADD("/spec/none/1", "1"),
		REMOVE("/spec/none/-"),	     ADD("/spec/big/x", "1"),
		REPLACE("/spec/big", "1}"),  REPLACE("/spec/big", "1,\"big\":2"),
	};

	for (size_t i = 0; i < N(operations); i++) {
		struct error *err = NULL;
		struct str before, path;

		if (live_document_apply(&fixture->document, &operations[i], fixture->arena, &before, &path, &err))
			fail_msg("operation %zu was carried out", i);
		assert_non_null(err);
		error_free(err);
	}
	assert_string_equal(text(fixture, buf_str(&fixture->document.text)), object);
	assert_false(live_document_read(&fixture->document, STR("[1]"), NULL));
	assert_false(live_document_read(&fixture->document, STR("a: 1"), NULL));
	assert_false(live_document_read(&fixture->document, STR("{\"a\": 1"), NULL));
	assert_false(live_document_read(&fixture->document, STR(""), NULL));
}

static void test_match(void **state)
{
	(void)state;
	assert_true(live_values_match(STR("{\"a\":1,\"b\":[\"x\"]}"), STR("{\"b\": [\"\\u0078\"], \"a\": 1}"), false));
	assert_true(live_values_match(STR("true"), STR("true"), false));
	assert_false(live_values_match(STR("\"true\""), STR("true"), false));
	assert_false(live_values_match(STR("9007199254740993"), STR("9007199254740992"), false));
	assert_false(live_values_match(STR("{\"a\":1,\"b\":2}"), STR("{\"a\":1}"), false));
	assert_true(live_values_match(STR("{\"a\":1,\"b\":2}"), STR("{\"a\":1}"), true));
	assert_false(live_values_match(STR("{\"b\":2}"), STR("{\"a\":1}"), true));
	assert_true(live_values_match(STR("[{\"a\":1,\"b\":2}]"), STR("[{\"a\":1}]"), true));
	assert_false(live_values_match(STR("[1,2]"), STR("[1]"), true));
	assert_true(live_values_match(STR_NONE, STR_NONE, false));
	assert_false(live_values_match(STR_NONE, STR("null"), false));
}

/* What moves a port, as the fixers do it: items from the end, then what comes behind them. */
static const struct yaml_operation move[] = {
	ADD("/spec/containers/0/securityContext", "{\"runAsNonRoot\": true}"),
	REPLACE("/spec/containers/0/ports/1", "8081"),
	REMOVE("/spec/containers/0/ports/2"),
	REMOVE("/spec/containers/0/ports/0"),
	ADD("/spec/containers/0/ports/-", "8080"),
	ADD("/spec/containers/0/ports/-", "8082"),
	REPLACE("/spec/big", "1"),
};

static const char *body(struct fixture *fixture, const struct live_patch *patch, const char *version)
{
	fixture->out.n = 0;
	live_patch_body(patch, str_of(version), &fixture->out);
	return text(fixture, buf_str(&fixture->out));
}

static void test_body(void **state)
{
	struct fixture *fixture = *state;

	assert_true(live_patch_make(&fixture->patch, STR(object), move, N(move), fixture->arena, NULL));
	assert_string_equal(body(fixture, &fixture->patch, "7"),
			    "[{\"op\": \"test\", \"path\": \"/metadata/resourceVersion\", \"value\": \"7\"}, "
			    "{\"op\": \"test\", \"path\": \"/spec/containers/0/name\", \"value\": \"web\"}, "
			    "{\"op\": \"add\", \"path\": \"/spec/containers/0/securityContext\", \"value\": {\"runAsNonRoot\": true}}, "
			    "{\"op\": \"test\", \"path\": \"/spec/containers/0/ports/1\", \"value\": 81}, "
			    "{\"op\": \"replace\", \"path\": \"/spec/containers/0/ports/1\", \"value\": 8081}, "
			    "{\"op\": \"test\", \"path\": \"/spec/containers/0/ports/2\", \"value\": 82}, "
			    "{\"op\": \"remove\", \"path\": \"/spec/containers/0/ports/2\"}, "
			    "{\"op\": \"test\", \"path\": \"/spec/containers/0/name\", \"value\": \"web\"}, "
			    "{\"op\": \"test\", \"path\": \"/spec/containers/0/ports/0\", \"value\": 80}, "
			    "{\"op\": \"remove\", \"path\": \"/spec/containers/0/ports/0\"}, "
			    "{\"op\": \"test\", \"path\": \"/spec/containers/0/name\", \"value\": \"web\"}, "
			    "{\"op\": \"add\", \"path\": \"/spec/containers/0/ports/-\", \"value\": 8080}, "
			    "{\"op\": \"test\", \"path\": \"/spec/containers/0/name\", \"value\": \"web\"}, "
			    "{\"op\": \"add\", \"path\": \"/spec/containers/0/ports/-\", \"value\": 8082}, "
			    "{\"op\": \"test\", \"path\": \"/spec/big\", \"value\": 9007199254740993}, "
			    "{\"op\": \"replace\", \"path\": \"/spec/big\", \"value\": 1}]");
	assert_true(live_patch_make(&fixture->patch, STR(object), &move[6], 1, fixture->arena, NULL));
	assert_string_equal(body(fixture, &fixture->patch, ""),
			    "[{\"op\": \"replace\", \"path\": \"/spec/big\", \"value\": 1}]");
}

/* What JSON may hold as it is, and YAML only as an escape: a server compares a test with its own spelling. */
static void test_odd(void **state)
{
	static const char odd[] = "{\"metadata\":{\"n\":\"a\xc2\x85\x7f\"},\"data\":{\"f\":\"\xef\xbb\xbf{}\"}}";
	const struct yaml_operation operation = REPLACE("/data/f", "\"\\ufeff[]\"");
	struct fixture *fixture = *state;

	assert_true(live_patch_make(&fixture->patch, STR(odd), &operation, 1, fixture->arena, NULL));
	assert_string_equal(body(fixture, &fixture->patch, "7"),
			    "[{\"op\": \"test\", \"path\": \"/metadata/resourceVersion\", \"value\": \"7\"}, "
			    "{\"op\": \"test\", \"path\": \"/data/f\", \"value\": \"\xef\xbb\xbf{}\"}, "
			    "{\"op\": \"replace\", \"path\": \"/data/f\", \"value\": \"\\ufeff[]\"}]");
	assert_true(live_patch_carried_out(&fixture->patch,
					   STR("{\"metadata\":{\"n\":\"a\xc2\x85\x7f\"},\"data\":{\"f\":\"\xef\xbb\xbf[]\"}}")));
}

/* Everything that is there before is there again, with what others and the server's defaults did left alone. */
static void test_undo(void **state)
{
	struct fixture *fixture = *state;
	struct yaml_operation others[] = {
		REPLACE("/metadata/resourceVersion", "\"8\""),
		ADD("/spec/containers/0/securityContext/seccompProfile", "null"),
		ADD("/spec/containers/1/image", "\"x\""),
	};
	struct str after;
	struct arena *arena = fixture->arena;

	assert_true(live_patch_make(&fixture->patch, STR(object), move, N(move), arena, NULL));
	assert_true(live_patch_fits(&fixture->patch, STR(object), NULL));
	assert_false(live_patch_carried_out(&fixture->patch, STR(object)));
	apply(fixture, move, N(move));
	apply(fixture, others, N(others));
	after = str_copy(arena, buf_str(&fixture->document.text));
	assert_true(live_patch_carried_out(&fixture->patch, after));
	assert_false(live_patch_fits(&fixture->patch, after, NULL));
	assert_true(live_patch_invert(&fixture->patch, after, arena, &fixture->undo, NULL));
	assert_true(live_patch_fits(&fixture->undo, after, NULL));
	for (size_t i = 0; i < fixture->undo.n; i++)
		apply(fixture, &fixture->undo.edits[i].operation, 1);
	assert_true(live_patch_fits(&fixture->patch, buf_str(&fixture->document.text), NULL));
	assert_string_equal(text(fixture, live_document_at(&fixture->document, STR("/spec"))),
			    "{\"big\":9007199254740993,\"containers\":[{\"name\":\"web\",\"ports\":[80,81,82]},"
			    "{\"name\":\"side\",\"image\":\"x\"}],\"empty\":{},\"none\":[]}");
	assert_true(live_patch_carried_out(&fixture->undo, buf_str(&fixture->document.text)));
}

/* Somebody changed a place that we change, the items around it, or what stands where nothing was. */
static void test_changed_meanwhile(void **state)
{
	static const struct {
		struct yaml_operation operation;
		const char *where;
	} rows[] = {
		{ ADD("/spec/containers/0/securityContext", "{}"), "/spec/containers/0/securityContext" },
		{ REPLACE("/spec/containers/0/ports/1", "1"), "/spec/containers/0/ports/1" },
		{ REPLACE("/spec/containers/0/ports/0", "1"), "/spec/containers/0/ports/0" },
		{ REMOVE("/spec/containers/0/ports/2"), "/spec/containers/0/ports/2" },
		{ ADD("/spec/containers/0/ports/-", "1"), "/spec/containers/0/ports/-" },
		{ ADD("/spec/containers/0", "{\"name\": \"new\"}"), "/spec/containers/0/securityContext" },
		{ REPLACE("/spec/big", "9007199254740992"), "/spec/big" },
	};
	struct fixture *fixture = *state;

	assert_true(live_patch_make(&fixture->patch, STR(object), move, N(move), fixture->arena, NULL));
	for (size_t i = 0; i < N(rows); i++) {
		struct str where = STR_NONE;

		assert_true(live_document_read(&fixture->document, STR(object), NULL));
		apply(fixture, &rows[i].operation, 1);
		assert_false(live_patch_fits(&fixture->patch, buf_str(&fixture->document.text), &where));
		assert_string_equal(text(fixture, where), rows[i].where);
	}
}

/* A value that the server dropped, or filled in again, is no obstacle. */
static void test_undo_of_what_is_not_there(void **state)
{
	static const struct yaml_operation operations[] = {
		ADD("/spec/new", "1"),
		REPLACE("/spec/big", "2"),
		REMOVE("/spec/empty"),
	};
	struct fixture *fixture = *state;
	struct str after = STR("{\"spec\":{\"empty\":{\"default\":true}}}");

	assert_true(live_patch_make(&fixture->patch, STR(object), operations, N(operations), fixture->arena, NULL));
	assert_false(live_patch_carried_out(&fixture->patch, after));
	assert_true(live_patch_invert(&fixture->patch, after, fixture->arena, &fixture->undo, NULL));
	assert_string_equal(body(fixture, &fixture->undo, ""),
			    "[{\"op\": \"replace\", \"path\": \"/spec/empty\", \"value\": {}}, "
			    "{\"op\": \"add\", \"path\": \"/spec/big\", \"value\": 9007199254740993}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_apply, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_does_not_apply, set_up, tear_down),
		cmocka_unit_test(test_match),
		cmocka_unit_test_setup_teardown(test_body, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_odd, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_undo, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_changed_meanwhile, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_undo_of_what_is_not_there, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
