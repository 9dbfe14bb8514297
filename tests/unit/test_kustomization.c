/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kustomization: the paths in it, and the files that are one, by their names alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/kustomization.h"

static void resolves_paths(void **state)
{
	static const char *const cases[][3] = {
		{ "", "web.yaml", "web.yaml" },
		{ "", "./a//b/../web.yaml", "a/web.yaml" },
		{ "overlays/prod/", "../../base", "base" },
		{ "overlays/prod", "../../base/", "base" },
		{ "overlays/prod/", "web.yaml", "overlays/prod/web.yaml" },
		{ "overlays/", "../..", ".." },
		{ "../shop/", "../../base", "../../base" },
		{ "a/", "..", "." },
		{ "", ".", "." },
		{ "", "", "." },
		{ "/srv/shop/", "../base", "/srv/base" },
		{ "/srv/", "../../..", "/" },
		{ "shop/", "/etc/x.yaml", "/etc/x.yaml" },
		{ "", "/../x", "/x" },
		{ "shop/", "..x", "shop/..x" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str path = kustomization_path(arena, str_of(cases[i][0]), str_of(cases[i][1]));

		assert_string_equal(path.p, cases[i][2]);
	}
	arena_free(arena);
}

static void knows_its_names(void **state)
{
	(void)state;
	assert_true(kustomization_is_named(STR("kustomization.yaml")));
	assert_true(kustomization_is_named(STR("a/b/kustomization.yml")));
	assert_true(kustomization_is_named(STR("/Kustomization")));
	assert_false(kustomization_is_named(STR("my-kustomization.yaml")));
	assert_false(kustomization_is_named(STR("kustomization.yaml/web.yaml")));
	assert_false(kustomization_is_named(STR("kustomization")));
	assert_false(kustomization_is_named(STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves_paths),
		cmocka_unit_test(knows_its_names),
	};

	return cmocka_run_group_tests_name("kustomization", tests, NULL, NULL);
}
