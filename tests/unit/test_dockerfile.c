/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dockerfiles: what the last stage says, however it is written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kube/dockerfile.h"

static const struct {
	const char *text;
	const char *from, *user; /* user NULL: it sets none; "?": one that is not known */
	const char *ports, *volumes, *env, *workdir;
	bool own_program;
} files[] = {
	{ "FROM nginx\n", "nginx", NULL, "", "", "", "", false },
	{ "from nginx\nuser 101\nexpose 8080\n", "nginx", "101", "8080 ", "", "", "", false },
	{ "FROM --platform=$BUILDPLATFORM nginx:1.27 AS web\nUSER app:app\n", "nginx:1.27", "app:app", "", "", "", "",
	  false },
	/* stages */
	{ "FROM golang AS build\nUSER root\nEXPOSE 1\nFROM scratch\nCOPY --from=build /a /a\nENTRYPOINT [\"/a\"]\n", "",
	  NULL, "", "", "", "", true },
	{ "FROM busybox AS base\nUSER 5\nEXPOSE 80\nENV A=1\nVOLUME /v\nFROM base\nEXPOSE 81\n", "busybox", "5",
	  "80 81 ", "/v ", "A=1 ", "", false },
	{ "FROM a/b AS one\nEXPOSE 80\nFROM one AS two\nEXPOSE 81\nFROM ONE\nEXPOSE 82\n", "a/b", NULL, "80 82 ", "",
	  "", "", false },
	{ "FROM x/y\nUSER 7\nFROM 0\n", "x/y", "7", "", "", "", "", false },
	{ "FROM busybox\nUSER 1\nUSER 2\n", "busybox", "2", "", "", "", "", false },
	/* lines that go on, comments and empty lines in them */
	{ "FROM busybox\nEXPOSE 80 \\\n# why not\n\n  81/tcp \\\n  53/udp\nUSER 1\n", "busybox", "1", "80 81 53/udp ",
	  "", "", "", false },
	{ "# escape=`\nFROM busybox\nEXPOSE 80 `\n 81\n", "busybox", NULL, "80 81 ", "", "", "", false },
	{ "# syntax=docker/dockerfile:1\n# escape=`\nFROM busybox\nWORKDIR C:\\app\n", "busybox", NULL, "", "", "",
	  "C:\\app", false },
	{ "FROM busybox\r\nUSER 1\r\nEXPOSE 80\r\n", "busybox", "1", "80 ", "", "", "", false },
	{ "\xef\xbb\xbf"
	  "FROM busybox\n",
	  "busybox", NULL, "", "", "", "", false },
	{ "FROM busybox\nUSER 1 \\", "busybox", "1", "", "", "", "", false },
	/* here-documents */
	{ "FROM busybox\nRUN <<EOF\nUSER root\nFROM other\nEOF\nUSER 1\n", "busybox", "1", "", "", "", "", false },
	{ "FROM busybox\nCOPY <<-\"A\" <<B /x/\nUSER 2\n\tA\nUSER 3\nB\nUSER 1\n", "busybox", "1", "", "", "", "",
	  false },
	{ "FROM busybox\nRUN cat <<EOF\nUSER 2\n", "busybox", NULL, "", "", "", "", false },
	/* variables */
	{ "ARG TAG=1.27\nFROM nginx:${TAG}\n", "nginx:1.27", NULL, "", "", "", "", false },
	{ "ARG TAG\nFROM nginx:${TAG:-stable}\n", "nginx:stable", NULL, "", "", "", "", false },
	{ "ARG TAG\nFROM nginx:$TAG\nUSER 1\n", "", "1", "", "", "", "", false },
	{ "ARG U=9\nFROM busybox\nARG U\nUSER $U\n", "busybox", "9", "", "", "", "", false },
	{ "ARG U=9\nFROM busybox\nUSER $U\n", "busybox", "?", "", "", "", "", false },
	{ "FROM busybox\nARG U\nUSER ${U}\n", "busybox", "?", "", "", "", "", false },
	{ "FROM busybox\nARG U=3\nENV U=4\nUSER $U\n", "busybox", "4", "", "", "U=4 ", "", false },
	{ "FROM busybox\nENV P=80 Q=\"a b\" R='$P' S=x\\ y\nEXPOSE $P ${P}/udp\n", "busybox", NULL, "80 80/udp ", "",
	  "P=80 Q=a b R=$P S=x y ", "", false },
	{ "FROM busybox\nENV A the rest of it\nENV A=2\n", "busybox", NULL, "", "", "A=2 ", "", false },
	{ "FROM busybox\nENV A=${B:+yes} C=${B:-no} D=${E}\n", "busybox", NULL, "", "", "A= C=no ", "", false },
	{ "FROM mcr.microsoft.com/dotnet/aspnet:8.0\nUSER $APP_UID\n", "mcr.microsoft.com/dotnet/aspnet:8.0", "1654",
	  "", "", "APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 ", "", false },
	{ "FROM busybox\nENV A=${\nUSER ${A\n", "busybox", "?", "", "", "", "", false },
	/* volumes and the rest */
	{ "FROM busybox\nVOLUME [\"/a\", \"/b\"]\nVOLUME /c /d\nVOLUME [\"/e\",\"/f\"]\n", "busybox", NULL, "",
	  "/a /b /c /d /e /f ", "", "", false },
	{ "FROM busybox\nVOLUME data\nEXPOSE 70000 http 8000-8010\nWORKDIR /srv/app\nCMD [\"x\"]\n", "busybox", NULL,
	  "", "", "", "/srv/app", true },
	{ "FROM busybox\nHEALTHCHECK CMD x\nONBUILD USER 1\nSHELL [\"/bin/sh\"]\nNONSENSE\n", "busybox", NULL, "", "",
	  "", "", false },
};

static void expect(size_t i, const char *what, struct str is, const char *wanted)
{
	if (!str_is(is, wanted))
		fail_msg("%s%s is \"%.*s\", not \"%s\"", files[i].text, what, STR_ARG(is), wanted);
}

static void expect_lists(size_t i, const struct image_config *config)
{
	struct buf text = BUF_INIT;

	for (size_t k = 0; k < config->ports_n; k++)
		buf_addf(&text, "%u%s ", config->ports[k].port, config->ports[k].udp ? "/udp" : "");
	expect(i, "ports", buf_str(&text), files[i].ports);
	text.n = 0;
	for (size_t k = 0; k < config->volumes.n; k++)
		buf_addf(&text, "%s ", config->volumes.items[k]);
	expect(i, "volumes", buf_str(&text), files[i].volumes);
	text.n = 0;
	for (size_t k = 0; k < config->env_n; k++)
		buf_addf(&text, "%s=%s ", config->env[k].name, config->env[k].value);
	expect(i, "env", buf_str(&text), files[i].env);
	buf_free(&text);
}

static void test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CLEANUP(error_freep) struct error *error = NULL;
		struct arena *arena = arena_new();
		struct dockerfile file;

		if (!dockerfile_read(arena, NULL, "Dockerfile", str_of(files[i].text), &file, &error))
			fail_msg("%s%s", files[i].text, error->message);
		expect(i, "from", file.from, files[i].from);
		expect(i, "workdir", file.config.workdir, files[i].workdir);
		assert_int_equal(file.config.keeps_user, !files[i].user);
		assert_int_equal(file.config.user_unknown, files[i].user && !strcmp(files[i].user, "?"));
		if (files[i].user && !file.config.user_unknown)
			expect(i, "user", file.config.user, files[i].user);
		assert_int_equal(file.own_program, files[i].own_program);
		expect_lists(i, &file.config);
		arena_free(arena);
	}
}

static void refused(struct str text, const char *message, unsigned line)
{
	CLEANUP(error_freep) struct error *error = NULL;
	struct arena *arena = arena_new();
	struct dockerfile file;

	assert_false(dockerfile_read(arena, NULL, "web/Dockerfile", text, &file, &error));
	assert_string_equal(error->message, message);
	assert_string_equal(error->path, "web/Dockerfile");
	assert_int_equal(error->at.line, line);
	arena_free(arena);
}

static void test_refused(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	refused(STR(""), "no FROM: this is no Dockerfile", 1);
	refused(STR("apiVersion: v1\nkind: Pod\n"), "no FROM: this is no Dockerfile", 1);
	refused(STR("ARG A=1\nFROM\n"), "FROM without an image", 2);
	for (size_t i = 0; i < 201; i++)
		buf_addz(&text, "FROM scratch\n");
	refused(buf_str(&text), "more than 200 stages", 201);
	text.n = 0;
	buf_pad(&text, '#', (1 << 20) + 1);
	refused(buf_str(&text), "a Dockerfile of more than 1 MiB", 1);
	buf_free(&text);
}

/* Values that grow by each other are not filled in without end, nor is more kept than anybody needs. */
static void test_hostile(void **state)
{
	CLEANUP(error_freep) struct error *error = NULL;
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT;
	struct dockerfile file;

	(void)state;
	buf_addz(&text, "FROM busybox\nENV A0=xxxxxxxxxxxxxxxx\n");
	for (unsigned i = 1; i < 3000; i++)
		buf_addf(&text, "ENV A%u=$A%u$A%u\nEXPOSE %u\nVOLUME /%u\n", i, i - 1, i - 1, i, i);
	assert_true(dockerfile_read(arena, NULL, "Dockerfile", buf_str(&text), &file, &error));
	assert_true(file.config.env_n <= 1000);
	for (size_t i = 0; i < file.config.env_n; i++)
		assert_true(strlen(file.config.env[i].value) <= 4096);
	assert_int_equal(file.exposes_n, 100);
	assert_int_equal(file.config.volumes.n, 100);
	assert_true(arena_used(arena) < (size_t)16 << 20);
	buf_free(&text);
	arena_free(arena);
}

/* Beyond the hundred that are kept, a port or a folder takes what its words take, and no list of a hundred more. */
static void test_memory(void **state)
{
	struct arena *arena = arena_new();
	struct buf text = BUF_INIT;
	struct dockerfile file;

	(void)state;
	buf_addz(&text, "FROM busybox\n");
	for (unsigned i = 0; i < 20000; i++)
		buf_addf(&text, "EXPOSE %u\nVOLUME /%u\n", i + 1, i);
	assert_true(dockerfile_read(arena, NULL, "Dockerfile", buf_str(&text), &file, NULL));
	assert_int_equal(file.exposes_n, 100);
	assert_int_equal(file.config.volumes.n, 100);
	assert_in_range(arena_used(arena), 0, text.n * 4);
	buf_free(&text);
	arena_free(arena);
}

/* ---- facts ---- */

static struct image_fact fact_of(struct arena *arena, const char *text)
{
	struct dockerfile file;
	struct image_ref ref;

	assert_true(dockerfile_read(arena, NULL, "Dockerfile", str_of(text), &file, NULL));
	assert_true(image_ref_parse(arena, STR("registry.example/web:1"), &ref));
	return dockerfile_fact(arena, &file, &ref, "Dockerfile");
}

static void test_facts(void **state)
{
	struct arena *arena = arena_new();
	struct image_fact fact;

	(void)state;
	/* What it is built upon, but for what it says itself. */
	fact = fact_of(arena, "FROM nginx:1.27\nCOPY . /usr/share/nginx/html\n");
	assert_int_equal(fact.user, IMAGE_USER_ROOT);
	assert_int_equal(fact.uid, 101);
	assert_int_equal(fact.writable.n, 2);
	assert_true(image_fact_listens(&fact, 80));
	assert_false(fact.base);
	assert_null(fact.twin);
	assert_string_equal(fact.tag, "1");
	fact = fact_of(arena, "FROM nginx:1.27\nUSER nginx\nCMD [\"x\"]\n");
	assert_int_equal(fact.user, IMAGE_USER_NAME);
	assert_int_equal(fact.uid, 101);
	assert_true(fact.base);
	fact = fact_of(arena, "FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENV ASPNETCORE_URLS=http://+:80\nUSER 1654\n");
	assert_int_equal(fact.user, IMAGE_USER_NUMERIC);
	assert_true(image_fact_listens(&fact, 80));
	assert_int_equal(fact.env_n, 3);
	fact = fact_of(arena, "FROM registry.example/base\nEXPOSE 53/udp\nVOLUME /data\n");
	assert_int_equal(fact.user, IMAGE_USER_UNKNOWN);
	assert_int_equal(fact.uid, IMAGE_ID_UNKNOWN);
	assert_int_equal(fact.listens_n, 1);
	assert_string_equal(fact.volumes.items[0], "/data");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),  cmocka_unit_test(test_refused), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_memory), cmocka_unit_test(test_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
