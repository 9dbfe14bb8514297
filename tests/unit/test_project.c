/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Project files: what is read from one, what is said against one, and how layers are laid on each other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "commands/command.h"
#include "commands/project_file.h"

static uint64_t bit(const char *fixer)
{
	return (uint64_t)1 << fixer_find(str_of(fixer));
}

static struct project_file read_fine(struct arena *arena, struct str text)
{
	struct error *error = NULL;
	struct project_file file;

	if (!project_file_read(arena, "f", text, &file, &error))
		fail_msg("%u:%u: %s", error->at.line, error->at.column, error->message);
	return file;
}

static void test_read(void **state)
{
	struct arena *arena = arena_new();
	struct project_file file = read_fine(arena, STR("# ours\r\n"
							"---\n"
							"root: true\n"
							"profile: restricted\n"
							"only: [capabilities]\n"
							"port-map: {80: 9000, 443: 9443}\n"
							"run-as-user: none\n"
							"exclude:\n"
							"- vendor/\n"
							"- '*.y'\n"
							"overrides:\n"
							"- paths: [a, b/**]\n"
							"  run-as-group: 7\n"
							"- paths: [c]\n"
							"kinds:\n"
							"- {groups: [x], kinds: [B, A], pod: spec}\n"
							"images:\n"
							"- {repositories: [x.example/y], user: root}\n"
							"# ends\n"));

	(void)state;
	assert_true(file.root);
	assert_int_equal(file.layer.given,
			 1U << LAYER_PROFILE | 1U << LAYER_ONLY | 1U << LAYER_PORT_MAP | 1U << LAYER_RUN_AS_USER);
	assert_int_equal(file.layer.fix.profile, PROFILE_RESTRICTED);
	assert_true(file.layer.fix.only == bit("capabilities"));
	assert_int_equal(file.layer.fix.port_map.n, 2);
	assert_int_equal(file.layer.fix.port_map.items[1].to, 9443);
	assert_int_equal(file.layer.fix.run_as_user, UID_NONE);
	assert_int_equal(file.layer.origins[LAYER_PROFILE].line, 4);
	assert_string_equal(file.layer.origins[LAYER_PROFILE].path, "f");
	assert_int_equal(file.exclude.n, 2);
	assert_int_equal(file.exclude.items[1].line, 10);
	assert_int_equal(file.overrides_n, 2);
	assert_int_equal(file.overrides[0].paths.n, 2);
	assert_int_equal(file.overrides[0].layer.fix.run_as_group, 7);
	assert_int_equal(file.overrides[0].layer.given, 1U << LAYER_RUN_AS_GROUP);
	assert_int_equal(file.overrides[1].layer.given, 0);
	assert_int_equal(file.own.kinds.n, 2);
	assert_string_equal(file.own.kinds.items[0].kind, "A");
	assert_int_equal(file.own.images.n, 1);
	assert_string_equal(file.own.images.items[0].name, "x.example/y");
	assert_int_equal(file.images_line, 17);
	arena_free(arena);
}

static void test_nothing(void **state)
{
	static const struct str empty[] = { STR(""),
					    STR("\n\n"),
					    STR("# a\n"),
					    STR("---\n"),
					    STR("---\n# a\n---\n"),
					    STR("\xef\xbb\xbf{}"),
					    STR("{}"),
					    STR("--- # a\n{}\n") };

	(void)state;
	for (size_t i = 0; i < sizeof(empty) / sizeof(*empty); i++) {
		struct arena *arena = arena_new();
		struct project_file file = read_fine(arena, empty[i]);

		assert_int_equal(file.layer.given, 0);
		assert_false(file.root);
		arena_free(arena);
	}
}

/* Aliases and merge keys are read as in a manifest. */
static void test_anchors(void **state)
{
	struct arena *arena = arena_new();
	struct project_file file = read_fine(arena, STR("skip: &s [capabilities]\n"
							"overrides:\n"
							"- &o {paths: [a], also: *s}\n"
							"- {<<: *o, paths: [b]}\n"));

	(void)state;
	assert_true(file.overrides[1].layer.fix.also == bit("capabilities"));
	arena_free(arena);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *message;
	} mistakes[] = {
		{ "rot: true\n", 1, 1, "unknown key \"rot\" (did you mean root?)" },
		{ "a\n", 1, 1, "expected a map" },
		{ "profile: [x]\n", 1, 1, "profile must be a word" },
		{ "---\nprofile: no-such\n", 2, 1,
		  "profile cannot be \"no-such\": must be baseline, restricted, hardened or auto" },
		{ "also:\n- privilegd\n", 2, 3, "unknown fixer \"privilegd\" (did you mean privileged?)" },
		{ "also: [privileged, privileged]\n", 1, 20, "\"privileged\" stands twice in also" },
		{ "unsafe: 1\n", 1, 1, "unsafe must be true or false" },
		{ "port-map: {80: 80}\n", 1, 12,
		  "port-map cannot be \"80:80\": they move to a port from 1024 to 65535" },
		{ "port-map: {80: x}\n", 1, 12, "port-map must be a map of ports, such as {80: 8080}" },
		{ "overrides:\n- {path: [a]}\n", 2, 4, "unknown key \"path\" (did you mean paths?)" },
		{ "overrides:\n- profile: baseline\n", 2, 3, "missing key \"paths\"" },
		{ "overrides:\n- paths: []\n", 2, 3, "paths needs a pattern" },
		{ "exclude: ['a', '']\n", 1, 16, "\"\" is no pattern: it is empty" },
		{ "images:\n- {repositories: [nginx], user: root}\n", 2, 3,
		  "write nginx in full: docker.io/library/nginx" },
		{ "kinds:\n- {groups: [x]}\n", 2, 3, "missing key \"kinds\"" },
		{ "{}\n---\n{}\n", 3, 1, "a second document; a project file has one" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		struct arena *arena = arena_new();
		struct error *error = NULL;
		struct project_file file;

		if (project_file_read(arena, "f", str_of(mistakes[i].text), &file, &error)) {
			fail_msg("taken: %s", mistakes[i].text);
			return;
		}
		assert_string_equal(error->message, mistakes[i].message);
		assert_string_equal(error->path, "f");
		if (error->at.line != mistakes[i].line || error->at.column != mistakes[i].column)
			fail_msg("%u:%u: %s", error->at.line, error->at.column, mistakes[i].text);
		error_free(error);
		arena_free(arena);
	}
}

static struct layer layer_of(struct arena *arena, const char *text)
{
	return read_fine(arena, str_of(text)).layer;
}

static void test_layers(void **state)
{
	struct arena *arena = arena_new();
	struct layer all = layer_default(), upper;

	(void)state;
	upper = layer_of(arena,
			 "profile: baseline\nskip: [privileged, capabilities]\nsafe-only: true\nrun-as-user: 5\n");
	layer_put(&all, &upper);
	assert_int_equal(all.fix.profile, PROFILE_BASELINE);
	assert_int_equal(all.fix.run_as_group, UID_AUTO);
	/* Key by key, each whole. */
	upper = layer_of(arena, "\nrun-as-user: auto\n");
	layer_put(&all, &upper);
	assert_int_equal(all.fix.profile, PROFILE_BASELINE);
	assert_int_equal(all.fix.run_as_user, UID_AUTO);
	assert_int_equal(all.origins[LAYER_RUN_AS_USER].line, 2);
	assert_int_equal(all.origins[LAYER_PROFILE].line, 1);
	/* What an upper one asks for is not forbidden any more. */
	upper = layer_of(arena, "also: [privileged]\n");
	layer_put(&all, &upper);
	assert_true(all.fix.skip == bit("capabilities"));
	assert_false(all.fix.safe_only);
	upper = layer_of(arena, "skip: [privileged]\nsafe-only: true\n");
	layer_put(&all, &upper);
	assert_true(all.fix.skip == bit("privileged"));
	assert_true(all.fix.safe_only);
	arena_free(arena);
}

/* Every setting of a run but its limits is a key, with a flag that reads it, and is printed as its flag takes it. */
static void test_keys(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < option_table_n; i++)
		if (option_table[i].commands & COMMAND_CONFIG && !(option_table[i].commands & COMMAND_OTHER) &&
		    strcmp(option_table[i].name, "output") != 0) {
			n++;
			if (layer_find(str_of(option_table[i].name)) == LAYER_KEYS_N)
				fail_msg("--%s is no key of project files", option_table[i].name);
		}
	assert_int_equal(n, LAYER_KEYS_N);
	for (size_t i = 0; i < LAYER_KEYS_N; i++) {
		struct layer layer = layer_default();
		struct settings settings = settings_init();
		struct buf text CLEANUP(buf_free) = BUF_INIT, again CLEANUP(buf_free) = BUF_INIT;

		assert_non_null(layer_option((enum layer_key)i));
		/* There is no text for none. */
		if (layer_form((enum layer_key)i) == LAYER_AMOUNTS)
			buf_addz(&text, "cpu=100m,memory=128Mi");
		else
			layer_add_text(&text, &layer, (enum layer_key)i);
		assert_true(option_set(&settings, layer_option((enum layer_key)i), buf_str(&text), NULL));
		assert_int_equal(settings.given, 1U << i);
		layer = layer_flags(&settings);
		layer_add_text(&again, &layer, (enum layer_key)i);
		assert_true(str_eq(buf_str(&text), buf_str(&again)));
		settings_free(&settings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),	 cmocka_unit_test(test_nothing), cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_mistakes), cmocka_unit_test(test_layers),	 cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
