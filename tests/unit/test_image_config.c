/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image configs: as the tools print them, and the facts that follow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kube/image_config.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* skopeo inspect --config, crane config: the config as OCI has it. */
#define OCI(config)                                                                                                    \
	"{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":" config ",\"rootfs\":{\"type\":\"layers\"}}"

static struct image_fact fact_of(struct arena *arena, const char *text, const char *image)
{
	CLEANUP(error_freep) struct error *error = NULL;
	struct named_configs configs;
	struct image_ref ref;

	if (!image_configs_read(arena, "c.json", str_of(text), &configs, &error))
		fail_msg("%s: %s", text, error->message);
	assert_int_equal(configs.n, 1);
	assert_true(image_ref_parse(arena, str_of(image), &ref));
	return image_config_fact(arena, &configs.items[0].config, image_fact_lookup(NULL, arena, &ref, NULL), &ref,
				 "c.json");
}

static const struct {
	const char *user;
	enum image_user is;
	int64_t uid, gid;
} users[] = {
	{ "", IMAGE_USER_ROOT, -1, -1 },
	{ "root", IMAGE_USER_ROOT, -1, -1 },
	{ "0", IMAGE_USER_ROOT, -1, -1 },
	{ "0:0", IMAGE_USER_ROOT, -1, -1 },
	{ "root:root", IMAGE_USER_ROOT, -1, -1 },
	{ "1000", IMAGE_USER_NUMERIC, 1000, -1 },
	{ "1000:0", IMAGE_USER_NUMERIC, 1000, 0 },
	{ "1001:1002", IMAGE_USER_NUMERIC, 1001, 1002 },
	{ "1000:app", IMAGE_USER_NUMERIC, 1000, -1 },
	{ "app", IMAGE_USER_NAME, -1, -1 },
	{ "app:1000", IMAGE_USER_NAME, -1, -1 },
	/* the kubelet refuses it */
	{ "4294967296", IMAGE_USER_ROOT, -1, -1 },
};

static void test_users(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		struct arena *arena = arena_new();
		char text[256];
		struct image_fact fact;

		snprintf(text, sizeof(text), OCI("{\"User\":\"%s\"}"), users[i].user);
		fact = fact_of(arena, text, "registry.example/a:1");
		if (fact.user != users[i].is || fact.uid != users[i].uid || fact.gid != users[i].gid)
			fail_msg("\"%s\": %d %lld %lld", users[i].user, (int)fact.user, (long long)fact.uid,
				 (long long)fact.gid);
		arena_free(arena);
	}
}

static void test_facts(void **state)
{
	struct arena *arena = arena_new();
	struct image_fact fact;

	(void)state;
	fact = fact_of(arena,
		       OCI("{\"ExposedPorts\":{\"80/tcp\":{},\"53/udp\":{},\"x\":{}},\"Env\":[\"PATH=/bin\",\"PORT=80\",\"=\",\"A\"],"
			   "\"Volumes\":{\"/data\":{},\"rel\":{}},\"WorkingDir\":\"/app\"}"),
		       "registry.example/a:1");
	assert_true(fact.base);
	assert_int_equal(fact.listens_n, 2);
	assert_int_equal(fact.env_n, 2);
	assert_int_equal(fact.volumes.n, 1);
	assert_string_equal(fact.workdir, "/app");
	/* What its variables say, written or only meant. */
	fact = fact_of(arena, OCI("{\"Env\":[\"ASPNETCORE_URLS=http://+:81;http://+\"]}"), "registry.example/a:1");
	assert_int_equal(fact.listens_n, 2);
	assert_true(image_fact_listens(&fact, 80));
	/* Nothing at all. */
	fact = fact_of(arena, "{\"rootfs\":{}}", "registry.example/a:1");
	assert_int_equal(fact.user, IMAGE_USER_ROOT);
	fact = fact_of(arena, OCI("{\"Env\":null,\"Volumes\":null,\"ExposedPorts\":null}"), "registry.example/a");
	assert_null(fact.tag);
	/* What is known besides stays. */
	fact = fact_of(arena, OCI("{\"User\":\"1000\",\"Volumes\":{\"/data/\":{}}}"), "redis:7");
	assert_false(fact.base);
	assert_int_equal(fact.user, IMAGE_USER_NUMERIC);
	assert_int_equal(fact.uid, 1000);
	assert_int_equal(fact.data.n, 1);
	assert_int_equal(fact.volumes.n, 0);
	arena_free(arena);
}

/* By a tag, and by a digest whatever the tag; no other image. */
static void test_matches(void **state)
{
	static const struct {
		const char *of, *image;
		bool fits;
	} rows[] = {
		{ "registry.example/a:1", "registry.example/a:1", true },
		{ "registry.example/a:1", "registry.example/a:2", false },
		{ "registry.example/a:1", "registry.example/a", false },
		{ "registry.example/a:1", "registry.example/b:1", false },
		{ "registry.example/a:latest", "registry.example/a", true },
		{ "registry.example/a", "registry.example/a:2", true },
		{ "registry.example/a:1", "registry.example/a:1@" DIGEST, false },
		{ "registry.example/a@" DIGEST, "registry.example/a:1@" DIGEST, true },
		{ "registry.example/a@" DIGEST, "registry.example/a:1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *arena = arena_new();
		struct image_fact fact = fact_of(arena, OCI("{}"), rows[i].of);
		struct image_facts own = { .items = &fact, .n = 1 };
		struct image_ref ref;

		assert_true(image_ref_parse(arena, str_of(rows[i].image), &ref));
		if ((image_fact_find(&own, &ref) != NULL) != rows[i].fits)
			fail_msg("%s and %s", rows[i].of, rows[i].image);
		arena_free(arena);
	}
}

static void test_inspect(void **state)
{
	struct arena *arena = arena_new();
	struct named_configs configs;

	(void)state;
	assert_true(image_configs_read(arena, "c.json",
				       STR("[{\"Id\":\"sha256:aa\",\"RepoTags\":[\"a:1\",\"b:1\"],\"RepoDigests\":[\"a@" DIGEST
					   "\"],\"Config\":{\"User\":\"7\"}},{\"RepoTags\":null,\"Config\":null}]"),
				       &configs, NULL));
	assert_int_equal(configs.n, 2);
	assert_int_equal(configs.items[0].names.n, 3);
	assert_string_equal(configs.items[0].names.items[2], "a@" DIGEST);
	assert_true(str_is(configs.items[0].config.user, "7"));
	assert_int_equal(configs.items[1].names.n, 0);
	arena_free(arena);
}

static const struct {
	const char *text, *message; /* NULL: whatever the parser says */
	unsigned line, column;
} wrong[] = {
	{ "", NULL, 1, 0 },
	{ "[", NULL, 1, 0 },
	{ "{\"a\":1,\"a\":2}", NULL, 1, 0 },
	{ "7", "expected an object", 1, 1 },
	{ "{}", "no config of an image; skopeo inspect --config, crane config and docker image inspect print one", 1,
	  1 },
	{ "{\"schemaVersion\":2,\"config\":{}}",
	  "a manifest, which does not say what the image runs as; its config does: skopeo inspect --config, crane config",
	  1, 1 },
	{ "{\"Name\":\"a\",\"Layers\":[]}", "this does not say what the image runs as; skopeo inspect --config does", 1,
	  1 },
	{ "{\"config\":[]}", "expected an object", 1, 2 },
	{ "{\"config\":{\n\"Env\":{}}}", "expected an array", 2, 1 },
	{ "{\"config\":{\n\"ExposedPorts\":[]}}", "expected an object", 2, 1 },
	{ "{\"config\":{\"Volumes\":1}}", "expected an object", 1, 12 },
	{ "[{\"Config\":{},\"RepoTags\":\"a\"}]", "expected an array", 1, 15 },
	{ "[1]", "expected an object", 1, 2 },
};

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CLEANUP(error_freep) struct error *error = NULL;
		struct arena *arena = arena_new();
		struct named_configs configs;

		if (image_configs_read(arena, "c.json", str_of(wrong[i].text), &configs, &error))
			fail_msg("%s is read", wrong[i].text);
		assert_string_equal(error->path, "c.json");
		assert_int_equal(error->at.line, wrong[i].line);
		if (wrong[i].message) {
			assert_string_equal(error->message, wrong[i].message);
			assert_int_equal(error->at.column, wrong[i].column);
		}
		arena_free(arena);
	}
}

static void test_hostile(void **state)
{
	CLEANUP(error_freep) struct error *error = NULL;
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT;
	struct named_configs configs;

	(void)state;
	buf_addz(&text, "{\"config\":{\"Env\":[");
	for (unsigned i = 0; i < 1001; i++)
		buf_addf(&text, "%s\"A%u=1\"", i ? "," : "", i);
	buf_addz(&text, "]}}");
	assert_false(image_configs_read(arena, "c.json", buf_str(&text), &configs, &error));
	assert_string_equal(error->message, "more than 1,000 items");
	error_free(error);
	error = NULL;
	text.n = 0;
	buf_pad(&text, '[', 100000);
	assert_false(image_configs_read(arena, "c.json", buf_str(&text), &configs, &error));
	buf_free(&text);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_users),	cmocka_unit_test(test_facts), cmocka_unit_test(test_matches),
		cmocka_unit_test(test_inspect), cmocka_unit_test(test_wrong), cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
