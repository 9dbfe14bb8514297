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

static void tells_fields_that_may_say_a_port(void **state)
{
	static const char *const may[] = {
		"spec.template.spec.containers.[name=web].env.[name=PORT].value",
		"spec.template.spec.containers.0.env.0.value",
		"spec.template.spec.containers.*.ports.0.containerPort",
		"spec.template.spec.containers.0.args.1",
		"spec.template.spec.containers.0.command",
		"spec.template.spec.containers.0.livenessProbe.httpGet.path",
		"spec.template.spec.containers.0",
		"spec.template.spec",
		"spec.ports.0.targetPort",
		"spec.ports.[port=80].name",
		"metadata.annotations.[prometheus.io/port]",
		"data.PORT",
	};
	static const char *const may_not[] = {
		"",
		"metadata.name",
		"metadata.annotations.[cert-manager.io/inject-ca-from]",
		"spec.template.spec.containers.[name=port-scanner].image",
		"spec.replicas",
		"spec.template.spec.volumes.[name=data].persistentVolumeClaim.claimName",
		"spec.rules.0.host",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(may) / sizeof(*may); i++)
		assert_true(kustomization_may_say_port(str_of(may[i]), '.'));
	for (size_t i = 0; i < sizeof(may_not) / sizeof(*may_not); i++)
		assert_false(kustomization_may_say_port(str_of(may_not[i]), '.'));
	assert_true(kustomization_may_say_port(STR("/spec/template/spec/containers/0/env/0"), '/'));
	assert_false(kustomization_may_say_port(STR("/spec/template/spec/containers/0/image"), '/'));
	assert_false(kustomization_may_say_port(STR_NONE, '/'));
}

static void places_are_absolute(void **state)
{
	struct arena *arena = arena_new();
	struct str here = kustomization_place(arena, STR_NONE, STR(".")), place;

	(void)state;
	assert_true(str_starts(here, STR("/")));
	place = kustomization_place(arena, STR("no-such/overlay/"), STR("../base"));
	assert_true(str_eq(place, str_join(arena, here, STR("/no-such/base"))));
	assert_true(str_eq(place, kustomization_place(arena, STR_NONE, place)));
	assert_true(str_eq(kustomization_place(arena, here, STR("./no-such")),
			   kustomization_place(arena, STR_NONE, STR("no-such"))));
	assert_true(str_eq(kustomization_place(arena, STR_NONE, STR("a\0b")), str_join(arena, here, STR("/a\0b"))));
	assert_true(str_eq(kustomization_place(arena, STR("/"), STR("..")), STR("/")));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolves_paths),
		cmocka_unit_test(knows_its_names),
		cmocka_unit_test(tells_fields_that_may_say_a_port),
		cmocka_unit_test(places_are_absolute),
	};

	return cmocka_run_group_tests_name("kustomization", tests, NULL, NULL);
}
