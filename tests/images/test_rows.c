/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows: for every row of schemas/images.yaml, a Deployment of its example with the Service that leads to it is hardened;
 * what must come out follows from the row alone: its user, its directories, its capabilities and variables, what becomes
 * of its port. A second run changes nothing. And each example is its own row's, under all of its names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fixtures/fixture.h"
#include "kube/image_facts.h"
#include "kube/image_ports.h"

enum { UID_UNKNOWN_IMAGE = 10001 };

/* ---- what comes out ---- */

struct outcome {
	const struct image_fact *fact;
	struct fixture_result result;
	struct arena *arena;
	struct yaml_tree app, service;
	yaml_id pod, container;
	struct str report;
};

/* TCP, below 1024; 0 for none. */
static uint16_t low_port(const struct image_fact *fact)
{
	for (size_t i = 0; i < fact->listens_n; i++)
		if (!fact->listens[i].udp && fact->listens[i].port < 1024)
			return fact->listens[i].port;
	return 0;
}

static void add_file(struct fixture_files *files, const char *path, struct buf text)
{
	struct fixture_file file = { .path = strdup(path), .text = text };

	VEC_PUSH(files, file);
}

static void make_input(const struct image_fact *fact, struct fixture_files *files)
{
	struct buf app = BUF_INIT, service = BUF_INIT;
	uint16_t port = low_port(fact) ? low_port(fact) : 8080;

	buf_addf(&app,
		 "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app\nspec:\n  template:\n    metadata:\n"
		 "      labels:\n        app: app\n    spec:\n      containers:\n      - name: app\n        image: %s\n"
		 "        ports:\n        - containerPort: %u\n",
		 fact->example, port);
	buf_addf(&service,
		 "apiVersion: v1\nkind: Service\nmetadata:\n  name: app\nspec:\n  selector:\n    app: app\n  ports:\n"
		 "  - port: %u\n",
		 port);
	add_file(files, "app.yaml", app);
	add_file(files, "service.yaml", service);
}

static void read_tree(struct outcome *outcome, struct yaml_tree *tree, size_t file)
{
	struct yaml_limits limits = YAML_LIMITS_DEFAULT;
	struct yaml_refusal why = { 0 };

	if (!yaml_parse(tree, outcome->arena, buf_str(&outcome->result.files.items[file].text), &limits, &why))
		fail_msg("%s: %s", outcome->fact->name, why.why);
}

static void run_row(const struct image_fact *fact, struct outcome *outcome)
{
	const struct fix_config config = FIX_CONFIG_DEFAULT;
	struct fixture_files files = { 0 };

	*outcome = (struct outcome){
		.fact = fact, .arena = arena_new(), .app = YAML_TREE_INIT, .service = YAML_TREE_INIT
	};
	make_input(fact, &files);
	fixture_run(&files, &config, &outcome->result);
	fixture_files_free(&files);
	read_tree(outcome, &outcome->app, 0);
	read_tree(outcome, &outcome->service, 1);
	outcome->pod = yaml_get_path(&outcome->app, outcome->app.root, "spec.template.spec");
	outcome->container = yaml_first(&outcome->app, yaml_get(&outcome->app, outcome->pod, "containers"));
	outcome->report = buf_str(&outcome->result.report);
}

static void outcome_free(struct outcome *outcome)
{
	fixture_result_free(&outcome->result);
	yaml_tree_free(&outcome->app);
	yaml_tree_free(&outcome->service);
	arena_free(outcome->arena);
}

static void wrong(const struct outcome *outcome, const char *what)
{
	fail_msg("%s: %s:\n%.*s%.*s", outcome->fact->name, what, STR_ARG(buf_str(&outcome->result.files.items[0].text)),
		 STR_ARG(outcome->report));
}

static bool says(const struct outcome *outcome, const char *text)
{
	return str_find(outcome->report, str_of(text), 0) != SIZE_MAX;
}

/* ---- what must ---- */

static int64_t number_at(struct outcome *outcome, const char *path)
{
	int64_t value;

	return yaml_int(&outcome->app, yaml_get_path(&outcome->app, outcome->container, path), &value) ? value : -1;
}

static void check_user(struct outcome *outcome)
{
	const struct image_fact *fact = outcome->fact;
	int64_t uid = number_at(outcome, "securityContext.runAsUser");
	int64_t gid = number_at(outcome, "securityContext.runAsGroup");
	int64_t wanted = fact->uid > 0 ? fact->uid : UID_UNKNOWN_IMAGE;

	if (fact->user == IMAGE_USER_NUMERIC ? uid != -1 : uid != wanted)
		wrong(outcome, "the user");
	if (uid > 0 && gid != (fact->gid >= 0 ? fact->gid : wanted))
		wrong(outcome, "the group");
	/* Told where it is not known to work, and only there. */
	if (uid > 0 && says(outcome, "runs as UID") != (fact->base || fact->uid == IMAGE_ID_UNKNOWN))
		wrong(outcome, "the user's caveat");
	if (!yaml_is_true(&outcome->app, yaml_get_path(&outcome->app, outcome->pod, "securityContext.runAsNonRoot")))
		wrong(outcome, "runAsNonRoot");
}

static bool mounts(struct outcome *outcome, const char *path)
{
	YAML_EACH(&outcome->app, yaml_get(&outcome->app, outcome->container, "volumeMounts"), mount)
		if (str_is(yaml_get_text(&outcome->app, mount, "mountPath"), path))
			return true;
	return false;
}

static bool is_strict(const struct image_fact *fact, const char *path)
{
	for (size_t i = 0; i < fact->strict.n; i++)
		if (!strcmp(fact->strict.items[i], path))
			return true;
	return false;
}

static void check_directories(struct outcome *outcome)
{
	const struct image_fact *fact = outcome->fact;
	yaml_id read_only = yaml_get_path(&outcome->app, outcome->container, "securityContext.readOnlyRootFilesystem");
	size_t n = yaml_count(&outcome->app, yaml_get(&outcome->app, outcome->container, "volumeMounts"));

	if (fact->rewrites.n) {
		if (read_only || n || !says(outcome, fact->rewrites.items[0]))
			wrong(outcome, "a root that must stay writable");
		return;
	}
	if (!yaml_is_true(&outcome->app, read_only) || !mounts(outcome, "/tmp") ||
	    n != 1 + fact->writable.n + fact->data.n)
		wrong(outcome, "the read-only root");
	for (size_t i = 0; i < fact->writable.n; i++)
		if (!mounts(outcome, fact->writable.items[i]))
			wrong(outcome, fact->writable.items[i]);
	for (size_t i = 0; i < fact->data.n; i++) {
		const char *path = fact->data.items[i];

		/* An emptyDir there would belong to root. */
		if (mounts(outcome, path) == is_strict(fact, path) || !says(outcome, path) ||
		    !says(outcome, "keeps its data"))
			wrong(outcome, path);
	}
	if (says(outcome, "writes only to /tmp") != fact->base)
		wrong(outcome, "the caveat of the read-only root");
}

static void check_capabilities(struct outcome *outcome)
{
	const struct image_fact *fact = outcome->fact;
	yaml_id drop = yaml_get_path(&outcome->app, outcome->container, "securityContext.capabilities.drop");
	yaml_id add = yaml_get_path(&outcome->app, outcome->container, "securityContext.capabilities.add");
	size_t i = 0;

	if (yaml_count(&outcome->app, drop) != 1 ||
	    !str_is(yaml_text(&outcome->app, yaml_first(&outcome->app, drop)), "ALL"))
		wrong(outcome, "what is dropped");
	if (yaml_count(&outcome->app, add) != fact->capabilities.n)
		wrong(outcome, "how many capabilities are kept");
	YAML_EACH(&outcome->app, add, item)
		if (!str_is(yaml_text(&outcome->app, item), fact->capabilities.items[i++]))
			wrong(outcome, "which capabilities are kept");
}

/* The value of a variable; empty where it is not set. */
static struct str env_of(struct outcome *outcome, const char *name)
{
	YAML_EACH(&outcome->app, yaml_get(&outcome->app, outcome->container, "env"), item)
		if (str_is(yaml_get_text(&outcome->app, item, "name"), name))
			return yaml_get_text(&outcome->app, item, "value");
	return STR_NONE;
}

/* The variable by which its port is moved, known for that or one that the image sets itself; NULL for none. */
static const char *moved_by(const struct image_fact *fact)
{
	const struct image_move *move = image_fact_move(fact, low_port(fact));

	if (low_port(fact) && move && move->env)
		return move->env;
	for (size_t i = 0; low_port(fact) && i < fact->env_n; i++) {
		const struct listener *listener = listener_find_env(str_of(fact->env[i].name));

		if (listener && listener_says(listener, str_of(fact->env[i].value), low_port(fact)))
			return fact->env[i].name;
	}
	return NULL;
}

/* What it says once the port is @target. */
static struct str moved_value(struct outcome *outcome, uint16_t target)
{
	const struct image_fact *fact = outcome->fact;
	const char *name = moved_by(fact);
	const struct image_move *move = image_fact_move(fact, low_port(fact));
	struct str value = STR_NONE;

	if (move)
		return image_move_value(move, outcome->arena, target);
	for (size_t i = 0; i < fact->env_n; i++)
		if (!strcmp(fact->env[i].name, name))
			listener_rewrite(listener_find_env(str_of(name)), outcome->arena, str_of(fact->env[i].value),
					 low_port(fact), target, &value);
	return value;
}

static void check_env(struct outcome *outcome)
{
	const struct image_fact *fact = outcome->fact;
	const char *moved = moved_by(fact);

	for (size_t i = 0; i < fact->sets_n; i++)
		if (!(moved && !strcmp(moved, fact->sets[i].name)) &&
		    !str_is(env_of(outcome, fact->sets[i].name), fact->sets[i].value))
			wrong(outcome, fact->sets[i].name);
	for (size_t i = 0; i < fact->sets_read_only_n && !fact->rewrites.n; i++)
		if (!str_is(env_of(outcome, fact->sets_read_only[i].name), fact->sets_read_only[i].value))
			wrong(outcome, fact->sets_read_only[i].name);
}

static void check_port(struct outcome *outcome)
{
	const struct image_fact *fact = outcome->fact;
	const char *moved = moved_by(fact);
	yaml_id sysctls = yaml_get_path(&outcome->app, outcome->pod, "securityContext.sysctls");
	yaml_id port =
		yaml_first(&outcome->service, yaml_get_path(&outcome->service, outcome->service.root, "spec.ports"));
	int64_t target = 0;

	if (!low_port(fact) || moved) {
		if (sysctls)
			wrong(outcome, "a sysctl without need");
	} else if (yaml_count(&outcome->app, sysctls) != 1) {
		wrong(outcome, "no sysctl");
	}
	if (!moved)
		return;
	if (!yaml_int(&outcome->service, yaml_get(&outcome->service, port, "targetPort"), &target) || target < 1024)
		wrong(outcome, "where the Service leads");
	if (!str_eq(env_of(outcome, moved), moved_value(outcome, (uint16_t)target)))
		wrong(outcome, moved);
}

static void check_again(struct outcome *outcome)
{
	const struct fix_config config = FIX_CONFIG_DEFAULT;
	struct fixture_result again;

	fixture_run(&outcome->result.files, &config, &again);
	if (again.changed)
		wrong(outcome, "a second run changes it");
	fixture_result_free(&again);
}

/* One that needs root keeps it, and the reason is told. */
static bool is_left(struct outcome *outcome)
{
	if (!outcome->fact->needs_root)
		return false;
	if (yaml_get(&outcome->app, outcome->container, "securityContext") || !says(outcome, outcome->fact->cannot))
		wrong(outcome, "it needs root");
	return true;
}

static void test_rows(void **state)
{
	(void)state;
	assert_true(image_facts.n >= 100);
	for (size_t i = 0; i < image_facts.n; i++) {
		struct outcome outcome;

		run_row(&image_facts.items[i], &outcome);
		if (outcome.result.unproved)
			wrong(&outcome, "a change did not pass its proof");
		if (!is_left(&outcome)) {
			check_user(&outcome);
			check_directories(&outcome);
			check_capabilities(&outcome);
			check_env(&outcome);
			check_port(&outcome);
		}
		check_again(&outcome);
		outcome_free(&outcome);
	}
}

/* ---- names ---- */

static const struct image_fact *look_up(struct arena *arena, struct str name)
{
	struct image_ref ref;

	return image_ref_parse(arena, name, &ref) ? image_fact_lookup(NULL, arena, &ref, NULL) : NULL;
}

/* Its example is of this row and of no other, as it is written, in full, in a mirror, and below a private registry. */
static void check_names(struct arena *arena, const struct image_fact *fact)
{
	struct image_ref ref;
	struct str rest, path;

	assert_true(image_ref_parse(arena, str_of(fact->example), &ref));
	if (look_up(arena, str_of(fact->example)) != fact)
		fail_msg("%s is not found by its example", fact->name);
	rest = ref.tag.n ? str_fmt(arena, "%.*s:%.*s", STR_ARG(ref.name), STR_ARG(ref.tag)) : ref.name;
	if (look_up(arena, rest) != fact ||
	    look_up(arena, str_join(arena, STR("registry.example:5000/cache/"), rest)) != fact)
		fail_msg("%s is not found as %.*s", fact->name, STR_ARG(rest));
	if (!str_starts(rest, STR("docker.io/")))
		return;
	path = str_sub(rest, 10, rest.n);
	if (look_up(arena, str_join(arena, STR("mirror.gcr.io/"), path)) != fact ||
	    look_up(arena, str_join(arena, STR("registry.example/hub/"), path)) != fact)
		fail_msg("%s is not found in mirrors", fact->name);
	/* The last part alone is anybody's, and so is the same path in a public registry. */
	while (memchr(path.p, '/', path.n))
		path = str_sub(path, 1, path.n);
	if (look_up(arena, str_join(arena, STR("registry.example/"), path)) ||
	    look_up(arena, str_join(arena, STR("ghcr.io/somebody/"), path)))
		fail_msg("%s is found by the last part of its name", fact->name);
}

static void test_names(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < image_facts.n; i++)
		check_names(arena, &image_facts.items[i]);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names), cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
