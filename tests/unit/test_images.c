/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images: references in all their spellings, versions, and which row fits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kube/image_facts.h"
#include "kube/image_swaps.h"
#include "kube/known_image.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct {
	const char *text, *name, *tag, *digest; /* name NULL: no reference */
} references[] = {
	{ "nginx", "docker.io/library/nginx", "", "" },
	{ "nginx:1.25-alpine", "docker.io/library/nginx", "1.25-alpine", "" },
	{ "docker.io/nginx", "docker.io/library/nginx", "", "" },
	{ "index.docker.io/library/nginx:latest", "docker.io/library/nginx", "latest", "" },
	{ "grafana/grafana:9", "docker.io/grafana/grafana", "9", "" },
	{ "localhost/nginx", "localhost/nginx", "", "" },
	{ "localhost:5000/nginx:1", "localhost:5000/nginx", "1", "" },
	{ "registry:5000/a/b", "registry:5000/a/b", "", "" },
	{ "Registry/a", "Registry/a", "", "" },
	{ "mcr.microsoft.com/dotnet/aspnet:8.0", "mcr.microsoft.com/dotnet/aspnet", "8.0", "" },
	{ "nginx@" DIGEST, "docker.io/library/nginx", "", DIGEST },
	{ "quay.io/a/b_c--d.e:v1@" DIGEST, "quay.io/a/b_c--d.e", "v1", DIGEST },
	{ "[::1]:5000/a", "[::1]:5000/a", "", "" },
	{ "nginx:1@" DIGEST, "docker.io/library/nginx", "1", DIGEST },
	{ "a.b/c", "a.b/c", "", "" },
	{ "a/b/c", "docker.io/a/b/c", "", "" },
	{ "docker.io/library/a/b", "docker.io/library/a/b", "", "" },
	{ "host:80/a:80", "host:80/a", "80", "" },
	{ "nginx:"
	  "A_b.c-1",
	  "docker.io/library/nginx", "A_b.c-1", "" },
	{ "", NULL, NULL, NULL },
	{ "nginx:-1", NULL, NULL, NULL },
	{ "nginx:1:2", NULL, NULL, NULL },
	{ "nginx@" DIGEST "@" DIGEST, NULL, NULL, NULL },
	{ "https://nginx", NULL, NULL, NULL },
	{ ":80/a", NULL, NULL, NULL },
	{ "Nginx", NULL, NULL, NULL },
	{ "${IMAGE}", NULL, NULL, NULL },
	{ "{{ .Values.image }}", NULL, NULL, NULL },
	{ "nginx:", NULL, NULL, NULL },
	{ "nginx:a b", NULL, NULL, NULL },
	{ "a//b", NULL, NULL, NULL },
	{ "a/", NULL, NULL, NULL },
	{ "/a", NULL, NULL, NULL },
	{ "a..b", NULL, NULL, NULL },
	{ "a___b", NULL, NULL, NULL },
	{ "-a", NULL, NULL, NULL },
	{ "a-", NULL, NULL, NULL },
	{ "nginx@sha256:1234", NULL, NULL, NULL },
	{ "nginx@", NULL, NULL, NULL },
};

static void test_references(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		struct image_ref ref = { 0 };
		bool fine = image_ref_parse(arena, str_of(references[i].text), &ref);

		if (fine != !!references[i].name)
			fail_msg("\"%s\" is %s", references[i].text, fine ? "a reference" : "none");
		if (fine && (!str_is(ref.name, references[i].name) || !str_is(ref.tag, references[i].tag) ||
			     !str_is(ref.digest, references[i].digest)))
			fail_msg("%s: %.*s %.*s %.*s", references[i].text, STR_ARG(ref.name), STR_ARG(ref.tag),
				 STR_ARG(ref.digest));
	}
	arena_free(arena);
}

static void test_versions(void **state)
{
	uint32_t numbers[IMAGE_VERSION_MAX];

	(void)state;
	assert_int_equal(image_version(STR("8.0.1-jammy"), numbers), 3);
	assert_int_equal(numbers[0], 8);
	assert_int_equal(numbers[2], 1);
	assert_int_equal(image_version(STR("v10"), numbers), 1);
	assert_int_equal(numbers[0], 10);
	assert_int_equal(image_version(STR("1.2.3.4.5"), numbers), IMAGE_VERSION_MAX);
	assert_int_equal(image_version(STR("8."), numbers), 1);
	assert_int_equal(image_version(STR("99999999999999999999"), numbers), 1);
	assert_int_equal(image_version(STR("latest"), numbers), 0);
	assert_int_equal(image_version(STR(""), numbers), 0);
}

static const struct {
	const char *image, *name;
	int64_t uid;
	int listens;
} found[] = {
	{ "mcr.microsoft.com/dotnet/aspnet:8.0", ".NET 8 and newer", 1654, 8080 },
	{ "mcr.microsoft.com/dotnet/aspnet:10.0-alpine", ".NET 8 and newer", 1654, 8080 },
	{ "mcr.microsoft.com/dotnet/aspnet", ".NET 8 and newer", 1654, 8080 },
	{ "mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled-extra", ".NET 8 and newer, chiseled or distroless", 1654,
	  8080 },
	{ "mcr.microsoft.com/dotnet/aspnet:7.0.20", ".NET before 8", IMAGE_ID_UNKNOWN, 80 },
	{ "mcr.microsoft.com/dotnet/core/aspnet:3.1", ".NET before 8", IMAGE_ID_UNKNOWN, 80 },
	{ "mcr.microsoft.com/dotnet/aspnet:6.0-jammy-chiseled", ".NET 6 and 7, chiseled", 1654, 8080 },
	{ "mcr.microsoft.com/dotnet/aspnet:6.0-cbl-mariner2.0-distroless", ".NET 6 and 7, distroless", 101, 8080 },
	{ "mcr.microsoft.com/dotnet/samples:aspnetapp", ".NET samples, aspnetapp", 1654, 8080 },
	{ "mcr.microsoft.com/dotnet/samples:aspnetapp-nanoserver-ltsc2022", NULL, 0, 0 },
	{ "mcr.microsoft.com/dotnet/aspnet:8.0-nanoserver-ltsc2022", NULL, 0, 0 },
	{ "mcr.microsoft.com/dotnet/framework/aspnet:4.8", NULL, 0, 0 },
	{ "mcr.microsoft.com/dotnet/aspnet@" DIGEST, NULL, 0, 0 },
	{ "registry.example/dotnet/aspnet:8.0", NULL, 0, 0 },
	{ "aspnet:8.0", NULL, 0, 0 },
};

static void test_facts(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		const struct image_fact *fact;
		struct image_ref ref;

		assert_true(image_ref_parse(arena, str_of(found[i].image), &ref));
		fact = image_fact_find(&image_facts, &ref);
		if (!fact != !found[i].name || (fact && strcmp(fact->name, found[i].name) != 0))
			fail_msg("%s is %s", found[i].image, fact ? fact->name : "unknown");
		if (!fact)
			continue;
		assert_int_equal(fact->uid, found[i].uid);
		assert_true(image_fact_listens(fact, (uint16_t)found[i].listens));
	}
	arena_free(arena);
}

static void test_moves(void **state)
{
	static const struct image_move moves[] = { { 80, "LISTEN", NULL, "http://+:{port}/" } };
	static const struct image_fact fact = { .name = "n", .moves = moves, .moves_n = 1 };
	struct arena *arena = arena_new();
	const struct image_move *move = image_fact_move(&fact, 80);

	(void)state;
	assert_non_null(move);
	assert_string_equal(move->env, "LISTEN");
	assert_true(str_is(image_move_value(move, arena, 8080), "http://+:8080/"));
	assert_null(image_fact_move(&fact, 81));
	assert_null(image_fact_move(NULL, 80));
	arena_free(arena);
}

/* ---- other names, twins, directories ---- */

static const struct {
	const char *image, *as; /* NULL: unknown */
} mirrored[] = {
	{ "nginx:1", "docker.io/library/nginx" },
	{ "mirror.gcr.io/library/nginx:1", "docker.io/library/nginx" },
	{ "public.ecr.aws/docker/library/nginx:1", "docker.io/library/nginx" },
	{ "mcr.microsoft.com/mirror/docker/library/nginx:1", "docker.io/library/nginx" },
	{ "registry.example/library/nginx:1", "docker.io/library/nginx" },
	{ "registry.example:5000/hub/library/nginx:1", "docker.io/library/nginx" },
	{ "localhost:5000/a/b/grafana/grafana:1", "docker.io/grafana/grafana" },
	{ "registry.example/proxy/docker.io/library/nginx:1", "docker.io/library/nginx" },
	{ "registry.example/proxy/docker.io/nginx:1", "docker.io/library/nginx" },
	{ "registry.example/quay.io/keycloak/keycloak:26", "quay.io/keycloak/keycloak" },
	{ "registry.example/mcr.microsoft.com/dotnet/aspnet:8.0", "mcr.microsoft.com/dotnet/aspnet" },
	{ "k8s.gcr.io/metrics-server/metrics-server:v0.6", "registry.k8s.io/metrics-server/metrics-server" },
	{ "registry.example/nginx:1", NULL },
	{ "registry.example/dotnet/aspnet:8.0", NULL },
	{ "registry.example/library/nginx-custom:1", NULL },
	{ "ghcr.io/library/nginx:1", NULL },
	{ "quay.io/grafana/grafana:1", NULL },
	{ "somebody/nginx:1", NULL },
	{ "own.example/cache/nginx:1", NULL },
};

static void test_mirrors(void **state)
{
	static const struct image_mirror mirror = { "own.example/cache/", "docker.io/library/" };
	const struct image_facts own = { .mirrors = &mirror, .mirrors_n = 1 };
	struct arena *arena = arena_new();
	struct image_ref ref;
	struct str as;

	(void)state;
	for (size_t i = 0; i < sizeof(mirrored) / sizeof(mirrored[0]); i++) {
		const struct image_fact *fact;

		assert_true(image_ref_parse(arena, str_of(mirrored[i].image), &ref));
		fact = image_fact_lookup(NULL, arena, &ref, &as);
		if (!fact != !mirrored[i].as || (fact && !str_is(as, mirrored[i].as)))
			fail_msg("%s is %.*s", mirrored[i].image, STR_ARG(fact ? as : STR("unknown")));
	}
	assert_true(image_ref_parse(arena, STR("own.example/cache/nginx:1"), &ref));
	assert_string_equal(image_fact_lookup(&own, arena, &ref, &as)->name, "nginx");
	arena_free(arena);
}

static void test_own_first(void **state)
{
	struct arena *arena = arena_new();
	const struct image_fact *fact;
	struct image_facts first, then, all;
	struct image_ref ref;

	(void)state;
	assert_true(image_facts_parse(arena, "f.yaml",
				      STR("images:\n- {name: ours, repositories: [docker.io/library/nginx], uid: 5}\n"
					  "mirrors:\n- {prefix: a.example/, is: docker.io/}\n"),
				      &first, NULL));
	assert_true(image_facts_parse(arena, "g.yaml",
				      STR("images:\n- {name: theirs, repositories: [\"docker.io/library/*\"]}\n"),
				      &then, NULL));
	all = image_facts_join(arena, &first, &then);
	assert_int_equal(all.n, 2);
	assert_int_equal(all.mirrors_n, 1);
	assert_true(image_ref_parse(arena, STR("a.example/library/nginx:1"), &ref));
	fact = image_fact_lookup(&all, arena, &ref, NULL);
	assert_string_equal(fact->name, "ours");
	assert_int_equal(fact->mark, IMAGE_OWN);
	assert_string_equal(fact->source, "f.yaml:2");
	assert_true(image_ref_parse(arena, STR("redis:7"), &ref));
	assert_string_equal(image_fact_lookup(&all, arena, &ref, NULL)->name, "theirs");
	assert_string_equal(image_fact_lookup(NULL, arena, &ref, NULL)->name, "redis");
	arena_free(arena);
}

static void test_twins(void **state)
{
	static const struct {
		const char *image, *twin;
	} rows[] = {
		{ "nginx", "nginxinc/nginx-unprivileged" },
		{ "docker.io/library/nginx:1.27-alpine", "nginxinc/nginx-unprivileged:1.27-alpine" },
		{ "nginx@" DIGEST, "" },
		{ "nginx:1@" DIGEST, "" },
		{ "redis:7", "" },
	};
	struct arena *arena = arena_new();
	struct image_ref ref;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(image_ref_parse(arena, str_of(rows[i].image), &ref));
		assert_true(str_is(image_twin(image_fact_find(&image_facts, &ref), arena, &ref), rows[i].twin));
	}
	assert_int_equal(image_twin(NULL, arena, &ref).n, 0);
	arena_free(arena);
}

/* What is known of an image is kept: by the user's own facts and by its name, up to a number and a length. */
static void test_known(void **state)
{
	struct arena *arena = arena_new(), *kept = arena_new();
	struct known_images *images = known_images_new(kept);
	const struct kube_own own = { .images = { 0 } };
	const struct known_image *nginx, *other;
	char text[400];

	(void)state;
	snprintf(text, sizeof(text), "nginx:1.27");
	nginx = known_image_find(images, arena, NULL, str_of(text));
	assert_string_equal(nginx->facts->name, "nginx");
	assert_true(str_is(nginx->twin, "nginxinc/nginx-unprivileged:1.27"));
	/* Where the name stood may be overwritten. */
	snprintf(text, sizeof(text), "redis:7777");
	assert_string_equal(known_image_find(images, arena, NULL, str_of(text))->facts->name, "redis");
	assert_ptr_equal(known_image_find(images, arena, NULL, STR("nginx:1.27")), nginx);
	assert_ptr_not_equal(known_image_find(images, arena, &own, STR("nginx:1.27")), nginx);
	assert_ptr_not_equal(known_image_find(NULL, arena, NULL, STR("nginx:1.27")), nginx);
	assert_ptr_equal(known_image_find(images, arena, NULL, STR("no:such:image"))->facts, NULL);
	other = known_image_find(images, arena, NULL, STR("mcr.microsoft.com/dotnet/aspnet:8.0"));
	assert_true(other->is_dotnet && other->dotnet == 8);
	/* More than are kept, and longer ones, are answered all the same. */
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), "nginx:1.%u", i);
		assert_string_equal(known_image_find(images, arena, NULL, str_of(text))->facts->name, "nginx");
	}
	snprintf(text, sizeof(text), "%0300d/library/nginx", 1);
	assert_ptr_equal(known_image_find(images, arena, NULL, str_of(text))->facts, NULL);
	assert_ptr_equal(known_image_find(images, arena, NULL, STR("nginx:1.27")), nginx);
	arena_free(arena);
	assert_string_equal(nginx->facts->name, "nginx");
	assert_true(str_is(nginx->twin, "nginxinc/nginx-unprivileged:1.27"));
	arena_free(kept);
}

static void test_places(void **state)
{
	static const struct {
		const char *a, *b;
		bool is, in;
	} rows[] = {
		{ "/run", "/run", true, false },
		{ "/run/", "/run", true, false },
		{ "/run///", "/var/run", true, false },
		{ "/run/a", "/var/run", false, true },
		{ "/var/run/a", "/run", false, true },
		{ "/var/lock/x", "/run/lock", false, true },
		{ "/runs", "/run", false, false },
		{ "/var/runs", "/run", false, false },
		{ "/run", "/run/a", false, false },
		{ "/a", "/", false, true },
		{ "/", "/", true, false },
		{ "/var/lib/a", "/var/lib", false, true },
		{ "/var/library", "/var/lib", false, false },
		{ "", "/tmp", false, false },
		{ "/tmp", "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (image_path_is(str_of(rows[i].a), str_of(rows[i].b)) != rows[i].is ||
		    image_path_is_in(str_of(rows[i].a), str_of(rows[i].b)) != rows[i].in)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
}

/* ---- a user's own file ---- */

#define ROW "- {name: n, repositories: [quay.io/a/b], user: root, source: s, mark: memory"

static const struct {
	const char *text, *message;
	unsigned line, column;
} files[] = {
	{ "images:\n" ROW "}\n", NULL, 0, 0 },
	{ "images: []\n", NULL, 0, 0 },
	{ "image: []\n", "unknown key \"image\" (did you mean images?)", 1, 1 },
	{ "images:\n" ROW ", uuid: 1}\n", "unknown key \"uuid\" (did you mean uid?)", 2, 79 },
	{ "images:\n- {name: n}\n", "missing key \"repositories\"", 2, 3 },
	{ "images:\n" ROW ", uid: 0}\n", "uid must be a number from 1 to 2147483647", 2, 79 },
	{ "images:\n" ROW ", gid: 0}\n", "a gid without a uid", 2, 3 },
	{ "images:\n" ROW ", listens: [http]}\n", "\"http\" is no port such as \"8080\" or \"53/udp\"", 2, 79 },
	{ "images:\n" ROW ", moves: [{port: 80, value: \"{port}\"}]}\n", "a move has either env or arg", 2, 87 },
	{ "images:\n" ROW "}\n" ROW "}\n", NULL, 0, 0 },
	{ "images:\n- {repositories: [quay.io/a/b]}\n", NULL, 0, 0 },
	{ "images:\n- {name: n, repositories: [nginx], user: root, source: s, mark: memory}\n",
	  "write nginx in full: docker.io/library/nginx", 2, 3 },
	{ "images:\n- {name: n, repositories: [a], user: rooot, source: s, mark: memory}\n",
	  "user cannot be \"rooot\" (did you mean root?)", 2, 32 },
	{ "images:\n- {name: n, repositories: [a]}\n", "write a in full: docker.io/library/a", 2, 3 },
	{ "images:\n- {name: n, repositories: [quay.io/a/b]}\n", NULL, 0, 0 },
	{ "{}\n", NULL, 0, 0 },
	{ "images:\n" ROW ", uid: any, gid: 1}\n", "uid: any stands without a gid", 2, 3 },
	{ "images:\n" ROW ", uid: nobody}\n", "uid must be a number from 1 to 2147483647", 2, 79 },
	{ "images:\n" ROW ", needs-root: true}\n", "needs-root takes a reason: cannot", 2, 3 },
	{ "images:\n" ROW ", writable: [tmp]}\n", "tmp is no directory such as /var/cache/nginx", 2, 90 },
	{ "images:\n" ROW ", writable: [/a/../b]}\n", "/a/../b is no directory such as /var/cache/nginx", 2, 90 },
	{ "images:\n" ROW ", writable: [/run, /var/run]}\n", "/run and /var/run are one place", 2, 3 },
	{ "images:\n" ROW ", data: [/a], never: [/a/b]}\n", "a mount on /a would hide /a/b", 2, 3 },
	{ "images:\n" ROW ", data: [/a], rewrites: [/a]}\n", "a mount on /a would hide /a", 2, 3 },
	{ "images:\n" ROW ", data: [/a/b], never: [/a]}\n", NULL, 0, 0 },
	{ "images:\n" ROW ", strict: [/a]}\n", "/a is strict and no data", 2, 3 },
	{ "images:\n" ROW ", data: [/a], data-set-by: [{arg: --dir}, {env: A, data: /a, strict: true}]}\n", NULL, 0,
	  0 },
	{ "images:\n" ROW ", data-set-by: [{env: A}]}\n", "data-set-by without data", 2, 93 },
	{ "images:\n" ROW ", data: [/a], data-set-by: [{env: A, data: /b}]}\n", "/b is none of its data", 2, 105 },
	{ "images:\n" ROW ", data: [/a], data-set-by: [{env: A, arg: -a}]}\n",
	  "what sets a directory of data is either env or arg", 2, 105 },
	{ "images:\n" ROW ", data: [/a], data-set-by: [{}]}\n", "what sets a directory of data is either env or arg", 2,
	  105 },
	{ "images:\n" ROW ", data: [/a], data-set-by: {env: A}}\n", "data-set-by must be a list", 2, 91 },
	{ "images:\n" ROW ", writable: [/a], data: [/a]}\n", "/a is both writable and data", 2, 3 },
	{ "images:\n" ROW ", sets: {A: 1}}\n", "a value of sets must be a text (in quotes)", 2, 86 },
	{ "images:\n" ROW ", twin: nginx}\n", "write nginx in full: docker.io/library/nginx", 2, 3 },
	{ "images:\n" ROW ", example: nginx}\n", "its example nginx is none of its", 2, 3 },
	{ "mirrors:\n- {prefix: a.example, is: docker.io/}\n",
	  "prefix and is end with a slash: docker.io/, docker.io/library/", 2, 3 },
	{ "images: [\n", NULL, 1, 0 }, /* whatever the parser says */
};

/* ---- what kustomizations make of an image ---- */

static void test_swaps(void **state)
{
	static const struct {
		struct image_swap swaps[2];
		const char *image, *becomes;
	} cases[] = {
		{ { { .name = STR("nginx"), .new_name = STR("a.example:5000/web") } },
		  "nginx:1.27",
		  "a.example:5000/web:1.27" },
		{ { { .name = STR("nginx"), .new_tag = STR("2") } }, "nginx", "nginx:2" },
		{ { { .name = STR("nginx"), .new_tag = STR("2") } }, "nginx:1@sha256:1", "nginx:2" },
		{ { { .name = STR("nginx"), .digest = STR("sha256:2") } }, "nginx:1", "nginx@sha256:2" },
		{ { { .name = STR("nginx"), .tag_suffix = STR("-x") } }, "nginx:1", "nginx:1-x" },
		{ { { .name = STR("nginx"), .new_name = STR("b") }, { .name = STR("b"), .new_tag = STR("3") } },
		  "nginx:1",
		  "b:3" },
		{ { { .name = STR("a.example:5000/nginx"), .new_name = STR("b") } }, "a.example:5000/nginx", "b" },
		{ { { .name = STR("nginx"), .new_name = STR("b") } },
		  "docker.io/library/nginx:1",
		  "docker.io/library/nginx:1" },
		{ { { .name = STR("nginx"), .new_name = STR("b") } }, "nginx2", "nginx2" },
		{ { { .name = STR("nginx"), .new_name = STR("b") } }, "", "" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct image_swap *swaps[] = { &cases[i].swaps[0], &cases[i].swaps[1] };
		struct image_chain chain = { swaps, cases[i].swaps[1].name.n ? 2 : 1 };
		struct str image = str_of(cases[i].image), becomes = image_chain_apply(&chain, arena, image);

		if (!str_is(becomes, cases[i].becomes))
			fail_msg("%s becomes \"%.*s\"", cases[i].image, STR_ARG(becomes));
		assert_int_equal(image_chain_names(&chain, image), strcmp(cases[i].image, cases[i].becomes) != 0);
	}
	arena_free(arena);
}

static void test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CLEANUP(error_freep) struct error *error = NULL;
		struct arena *arena = arena_new();
		struct image_facts facts;
		bool fine = image_facts_parse(arena, "f.yaml", str_of(files[i].text), &facts, &error);

		assert_int_equal(fine, !files[i].line);
		if (files[i].message) {
			assert_string_equal(error->message, files[i].message);
			assert_string_equal(error->path, "f.yaml");
			assert_int_equal(error->at.line, files[i].line);
			assert_int_equal(error->at.column, files[i].column);
		}
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_references), cmocka_unit_test(test_versions), cmocka_unit_test(test_facts),
		cmocka_unit_test(test_moves),	   cmocka_unit_test(test_files),    cmocka_unit_test(test_mirrors),
		cmocka_unit_test(test_own_first),  cmocka_unit_test(test_twins),    cmocka_unit_test(test_known),
		cmocka_unit_test(test_places),	   cmocka_unit_test(test_swaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
