/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Schemas: the tables that the build makes, and that the generator refuses what is wrong with file, line and column.
 * GENERATE is the generator and SCHEMAS the folder of its files; without them that part is passed over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kube/kinds.h"
#include "kube/merge_keys.h"
#include "kube/pod.h"
#include "kube/schema.h"

/* ---- kinds ---- */

static const struct {
	const char *api_version, *kind;
	unsigned flags;		 /* all of them */
	const char *pod, *items; /* the first of its pods */
} kinds[] = {
	{ "v1", "Pod", KIND_POD | KIND_IMMUTABLE, "", NULL },
	{ "v1", "PodTemplate", KIND_POD, "template", NULL },
	{ "v1", "ReplicationController", KIND_POD, "spec.template", NULL },
	{ "apps/v1", "Deployment", KIND_POD, "spec.template", NULL },
	{ "apps/v1beta2", "DaemonSet", KIND_POD, "spec.template", NULL },
	{ "extensions/v1beta1", "ReplicaSet", KIND_POD, "spec.template", NULL },
	{ "apps/v1", "StatefulSet", KIND_POD | KIND_STATEFUL, "spec.template", NULL },
	{ "batch/v1", "Job", KIND_POD | KIND_IMMUTABLE, "spec.template", NULL },
	{ "batch/v1beta1", "CronJob", KIND_POD, "spec.jobTemplate.spec.template", NULL },
	/* The same name in another group holds its pods elsewhere. */
	{ "batch.volcano.sh/v1alpha1", "Job", KIND_POD, "spec!plugins.tasks[*].template", NULL },
	{ "apps.kruise.io/v1beta1", "StatefulSet", KIND_POD | KIND_STATEFUL, "spec.template", NULL },
	{ "serving.knative.dev/v1", "Service", KIND_POD, "spec.template", NULL },
	{ "apps.openshift.io/v1", "DeploymentConfig", KIND_POD | KIND_OPENSHIFT, "spec.template", NULL },
	{ "v1", "List", KIND_LIST, NULL, NULL },
	{ "apps/v1", "DeploymentList", KIND_LIST, NULL, "Deployment" },
	{ "v1", "Service", KIND_SERVICE, NULL, NULL },
	{ "networking.k8s.io/v1", "NetworkPolicy", KIND_NAMES_PORT, NULL, NULL },
	{ "projectcalico.org/v3", "NetworkPolicy", KIND_NAMES_PORT, NULL, NULL },
	{ "route.openshift.io/v1", "Route", KIND_NAMES_PORT | KIND_OPENSHIFT, NULL, NULL },
	{ "v1", "ConfigMap", KIND_CONFIG, NULL, NULL },
	{ "v1", "Secret", KIND_NOTHING, NULL, NULL },
	{ "apiextensions.k8s.io/v1", "CustomResourceDefinition", KIND_NOTHING | KIND_CLUSTER, NULL, NULL },
	{ "kustomize.config.k8s.io/v1beta1", "Kustomization", KIND_KUSTOMIZATION, NULL, NULL },
};

static void test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct kube_kind *kind = kube_kind_find(str_of(kinds[i].api_version), str_of(kinds[i].kind));

		if (!kind)
			fail_msg("%s %s is unknown", kinds[i].api_version, kinds[i].kind);
		assert_int_equal(kind->flags, kinds[i].flags);
		assert_int_equal(!kind->views_n, !kinds[i].pod);
		assert_true(!kind->views_n || !strcmp(kind->views[0].at, kinds[i].pod));
		assert_true(!kind->items == !kinds[i].items && (!kind->items || !strcmp(kind->items, kinds[i].items)));
	}
	assert_null(kube_kind_find(STR("apps/v1"), STR("Pod")));
	assert_null(kube_kind_find(STR("v1"), STR("Deployment")));
	assert_null(kube_kind_find(STR("batch.volcano.sh/v1alpha1"), STR("Deployment")));
	assert_null(kube_kind_find(STR("apps.kruise.io/v1beta1"), STR("Deployment")));
	assert_null(kube_kind_find(STR(""), STR("")));
	assert_null(kube_kind_find(STR_NONE, STR_NONE));
}

static void test_merge_keys(void **state)
{
	const struct kube_merge_kind *kind = kube_merge_kind_find(STR("apps/v1"), STR("Deployment"));

	(void)state;
	assert_non_null(kind);
	assert_string_equal(kube_merge_keys(kind, STR("spec.template.spec.containers[*].ports")),
			    "containerPort protocol");
	assert_string_equal(kube_merge_keys(kind, STR("spec.template.spec.volumes")), "name");
	assert_null(kube_merge_keys(kind, STR("spec.template.spec.tolerations")));
	assert_null(kube_merge_keys(kind, STR("spec.template.spec.containers[*].args")));
	assert_null(kube_merge_keys(kind, STR("spec.template.spec")));
	assert_null(kube_merge_keys(kind, STR("spec.template.speccontainers")));
	assert_null(kube_merge_keys(kind, STR("volumes")));
	kind = kube_merge_kind_find(STR("v1"), STR("ServiceAccount"));
	assert_string_equal(kube_merge_keys(kind, STR("secrets")), "name");
	assert_non_null(kube_merge_kind_find(STR("v1"), STR("ConfigMap")));
	assert_null(kube_merge_kind_find(STR("serving.knative.dev/v1"), STR("Service")));
	assert_null(kube_merge_kind_find(STR("argoproj.io/v1alpha1"), STR("Rollout")));
}

static void test_kinds_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; i < kube_kinds_n; i++) {
		int order = strcmp(kube_kinds[i - 1].kind, kube_kinds[i].kind);

		assert_true(order < 0 || (!order && strcmp(kube_kinds[i - 1].group, kube_kinds[i].group) < 0));
	}
}

static void test_nothing(void **state)
{
	static const struct {
		const char *kind;
		bool nothing, known;
	} rows[] = {
		{ "CustomResourceDefinition", true, true },
		{ "Secret", true, true },
		{ "ConfigMap", false, true },
		{ "IngressClass", true, true },
		{ "Deployment", false, true },
		{ "NetworkPolicy", false, true },
		{ "Service", false, true },
		/* nothing in one group, a name of ports in another */
		{ "AuthorizationPolicy", false, true },
		{ "Kustomization", false, true },
		/* an Azure container in one group, a pod in others */
		{ "Job", false, true },
		{ "ContainerApp", true, true },
		{ "Rollout", false, true },
		{ "Thing", false, false },
		{ "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool known = !rows[i].known;

		if (kube_kind_is_nothing(NULL, str_of(rows[i].kind), &known) != rows[i].nothing ||
		    known != rows[i].known)
			fail_msg("%s", rows[i].kind);
	}
}

/* ---- orders ---- */

static size_t place(const struct yaml_order *order, const char *key)
{
	for (size_t i = 0; i < order->n; i++)
		if (!strcmp(order->keys[i], key))
			return i;
	fail_msg("%s has no place", key);
	return 0;
}

static void test_orders(void **state)
{
	(void)state;
	assert_true(place(&order_pod_spec, "serviceAccountName") < place(&order_pod_spec, "securityContext"));
	assert_int_equal(place(&order_pod_spec, "securityContext") + 1, place(&order_pod_spec, "initContainers"));
	assert_int_equal(place(&order_pod_spec, "initContainers") + 1, place(&order_pod_spec, "containers"));
	assert_int_equal(place(&order_pod_spec, "volumes") + 1, order_pod_spec.n);
	assert_int_equal(place(&order_container, "name"), 0);
	assert_true(place(&order_container, "volumeMounts") < place(&order_container, "securityContext"));
	assert_true(place(&order_env_var, "name") < place(&order_env_var, "value"));
	assert_int_equal(order_seccomp_profile.n, 2);
}

/* ---- the reader ---- */

static void test_suggestions(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ "kind: a", NULL },
		{ "kindd: a", "unknown key \"kindd\" (did you mean kind?)" },
		{ "zzz: a", "unknown key \"zzz\"; known are: kind since" },
		{ "{}", "missing key \"kind\"" },
		{ "kind: null", "kind must be a text" },
		{ "kind: [a]", "kind must be a text" },
		{ "{kind: a, since: 1.30}", "since must be a quoted version such as \"1.25\"" },
		{ "{kind: a, since: \"2.0\"}", "since must be a quoted version such as \"1.25\"" },
		{ "{kind: a, since: \"1.30\"}", NULL },
		{ "[a]", "expected a map" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CLEANUP(error_freep) struct error *error = NULL;
		struct schema schema = { .tree = YAML_TREE_INIT };
		struct arena *arena = arena_new();
		const char *kind;
		unsigned since = 0;
		bool fine = schema_open(&schema, arena, "f", str_of(rows[i].text), &error) &&
			    schema_keys(&schema, schema.tree.root, "kind since", "kind") &&
			    schema_text(&schema, schema.tree.root, "kind", &kind) &&
			    schema_version(&schema, schema.tree.root, "since", &since);

		assert_int_equal(fine, !rows[i].message);
		if (rows[i].message)
			assert_string_equal(error->message, rows[i].message);
		schema_close(&schema);
		arena_free(arena);
	}
}

/* ---- the generator ---- */

/* The first @from of a file becomes @to; what the generator then says behind the file's name. */
static const struct {
	const char *file, *from, *to, *says;
} mistakes[] = {
	{ "kinds.yaml", "  kinds: [PodTemplate]\n", "  kindz: [PodTemplate]\n",
	  ": unknown key \"kindz\" (did you mean kinds?)" },
	{ "kinds.yaml", "is: [stateful]", "is: [statefull]", ": is cannot be \"statefull\" (did you mean stateful?)" },
	{ "kinds.yaml", "items: Pod\n", "items: Podd\n", ": its items, Podd of group \"\", have no row" },
	{ "kinds.yaml", "kinds: [StatefulSet]", "kinds: [Deployment]", ": Deployment of group \"apps\" stands twice" },
	{ "kinds.yaml", "is: [service]", "is: [service, nothing]",
	  ": \"nothing\" excludes pod, note, list, service, names-port, openshift, kustomization and config" },
	{ "kinds.yaml", "  source: k8s.io/api core/v1 types.go PodTemplate\n", "", ": missing key \"source\"" },
	{ "kinds.yaml", "kinds:\n", "kindz:\n", ": unknown table \"kindz\"" },
	{ "fields.yaml", "name: pod_spec", "name: pod-spec", ": \"pod-spec\" is no name for an order" },
	{ "fields.yaml", "  - subdomain\n", "  - hostname\n", ": \"hostname\" stands twice in keys" },
	{ "pod-security.yaml", "since: \"1.34\"", "since: 1.34", ": since must be a quoted version such as \"1.25\"" },
	{ "pod-security.yaml", "level: restricted", "level: strict",
	  ": level cannot be \"strict\"; it is one of baseline, restricted" },
	{ "pod-security.yaml", "overrides: [procMount]", "overrides: [procMounts]",
	  ": procMounts is no baseline check" },
	{ "pod-security.yaml", "id: sysctls", "id: privileged", ": check privileged stands twice" },
	{ "pod-security.yaml", "form: unset", "form: one-of",
	  ": every form but \"unset\" needs values, and that one none" },
	{ "listeners.yaml", "names: [URLS]", "names: [DOTNET_URLS]", ": DOTNET_URLS stands twice" },
	{ "listeners.yaml", "separator: \";\"", "separator: \"; \"", ": a separator is one character" },
	{ "listeners.yaml", "forms: [url]", "forms: [uri]", ": forms cannot be \"uri\" (did you mean url?)" },
	{ "ports.yaml", "{from: 443, to: 8443}", "{from: 80, to: 8443}", ": port 80 stands twice" },
	{ "ports.yaml", "{from: 443, to: 8443}", "{from: 443, to: 84430}", ": to must be a number from 1024 to 65535" },
	{ "ports.yaml", "form: list", "form: lists", ": form cannot be \"lists\" (did you mean list?)" },
	{ "ports.yaml", "name: hook", "name: probe", ": probe stands twice" },
	{ "ports.yaml", "by: selector\n  ports: ingress[*].", "by: unknown\n  ports: ingress[*].",
	  ": what means unknown pods can only keep or leave" },
	{ "ports.yaml", "ports: \"lifecycle.{postStart,preStop}", "ports: \"lifecycle.{postStart,preStop",
	  ": ports: braces that do not match" },
	{ "dotnet.yaml", "  endpoint:\n", "  endpoints:\n", ": unknown key \"endpoints\" (did you mean endpoint?)" },
	{ "dotnet.yaml", "    below: 8\n", "    below: eight\n", ": below must be a number from 1 to 99" },
	{ "dotnet.yaml", "    names: [ASPNETCORE_URLS]\n", "    names: []\n", ": a row needs a name and its source" },
	{ "images.yaml", "mark: verified", "mark: memory",
	  ": a row from memory has no place here: find it in a source" },
	{ "images.yaml", "example: nginx:1.27-alpine", "example: nginxinc/nginx:1",
	  ": its example nginxinc/nginx:1 is none of its" },
	{ "images.yaml", "example: httpd:2.4\n", "example: httpd:alpine\n",
	  ": its example httpd:alpine is of the row httpd on Alpine" },
	{ "images.yaml", "writable: [/var/cache/nginx, /run]", "writable: [/etc]",
	  ": a mount on /etc would hide /etc/nginx" },
	{ "images.yaml", "  starts: root\n", "", ": missing key \"starts\"" },
	{ "images.yaml", "mark: verified", "mark: true",
	  ": mark cannot be \"true\"; it is one of verified, measured, inferred, memory" },
	{ "merge-keys.yaml", "ports: [port, protocol]", "ports: []", ": ports has no merge key" },
	{ "merge-keys.yaml", "kinds: [CronJob]", "kinds: [Job]", ": a second row of Job" },
	{ "merge-keys.yaml", "  lists: {}\n", "", ": missing key \"lists\"" },
};

static struct buf slurp(const char *path)
{
	struct buf text = BUF_INIT;
	FILE *file = fopen(path, "re");
	size_t n;

	if (!file)
		fail_msg("cannot open %s", path);
	do {
		buf_reserve(&text, 65536);
		n = fread(text.p + text.n, 1, 65536, file);
		text.n += n;
	} while (n);
	fclose(file);
	return text;
}

static void write_mistake(const char *path, struct str text, const char *from, const char *to)
{
	size_t at = str_find(text, str_of(from), 0);
	FILE *file = fopen(path, "we");

	if (at == SIZE_MAX || !file)
		fail_msg("no \"%s\", or no %s", from, path);
	fwrite(text.p, 1, at, file);
	fputs(to, file);
	fwrite(text.p + at + strlen(from), 1, text.n - at - strlen(from), file);
	fclose(file);
}

/* All files of @schemas but @file, which @path stands for; the generator's exit status. */
static int generate(const char *generator, const char *schemas, const char *folder, const char *file)
{
	static const char *const names[] = { "kinds.yaml", "fields.yaml", "pod-security.yaml", "listeners.yaml",
					     "ports.yaml", "images.yaml", "dotnet.yaml",       "merge-keys.yaml" };
	struct buf command = BUF_INIT;
	int status;

	buf_addf(&command, "%s %s/out.c", generator, folder);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		buf_addf(&command, " %s/%s", file && !strcmp(names[i], file) ? folder : schemas, names[i]);
	buf_addf(&command, " 2>%s/said", folder);
	buf_addc(&command, '\0');
	status = system(command.p);
	buf_free(&command);
	return status;
}

static void try_mistake(const char *generator, const char *schemas, const char *folder, size_t i)
{
	char path[512];
	struct buf text, said;

	snprintf(path, sizeof(path), "%s/%s", schemas, mistakes[i].file);
	text = slurp(path);
	snprintf(path, sizeof(path), "%s/%s", folder, mistakes[i].file);
	write_mistake(path, buf_str(&text), mistakes[i].from, mistakes[i].to);
	assert_int_not_equal(generate(generator, schemas, folder, mistakes[i].file), 0);
	unlink(path);
	snprintf(path, sizeof(path), "%s/said", folder);
	said = slurp(path);
	if (!str_ends(str_trim(buf_str(&said)), str_of(mistakes[i].says)) ||
	    str_find(buf_str(&said), str_of(mistakes[i].file), 0) == SIZE_MAX)
		fail_msg("%s: %.*s", mistakes[i].to, STR_ARG(buf_str(&said)));
	buf_free(&text);
	buf_free(&said);
}

static void test_generator(void **state)
{
	const char *generator = getenv("GENERATE"), *schemas = getenv("SCHEMAS");
	char folder[] = "/tmp/test-schemas-XXXXXX", path[64];
	struct buf first, second;

	(void)state;
	if (!generator || !schemas)
		skip();
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/out.c", folder);
	assert_int_equal(generate(generator, schemas, folder, NULL), 0);
	first = slurp(path);
	assert_int_equal(generate(generator, schemas, folder, NULL), 0);
	second = slurp(path);
	assert_true(str_eq(buf_str(&first), buf_str(&second)));
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		try_mistake(generator, schemas, folder, i);
	unlink(path);
	snprintf(path, sizeof(path), "%s/said", folder);
	unlink(path);
	assert_int_equal(rmdir(folder), 0);
	buf_free(&first);
	buf_free(&second);
}

/* A row of ports.yaml has a fixture in which it counts, and one in which it does not, but where it never does. */
static void test_fixtures_of_references(void **state)
{
	const char *schemas = getenv("SCHEMAS");
	struct arena *arena = arena_new();
	struct schema schema = { .tree = YAML_TREE_INIT };
	struct error *error = NULL;
	struct buf path = BUF_INIT, text;
	unsigned rows = 0;

	(void)state;
	if (!schemas)
		skip();
	buf_addf(&path, "%s/ports.yaml", schemas);
	buf_addc(&path, '\0');
	text = slurp(path.p);
	assert_true(schema_open(&schema, arena, path.p, buf_str(&text), &error));
	YAML_EACH(&schema.tree, yaml_get(&schema.tree, schema.tree.root, "references"), row) {
		bool leave = str_is(yaml_get_text(&schema.tree, row, "do"), "leave");

		for (int i = 0; i < 2 - leave; i++) {
			path.n = 0;
			buf_addf(&path, "%s/../tests/fixtures/ports/%.*s%s/expected/report", schemas,
				 STR_ARG(yaml_get_text(&schema.tree, row, "name")), i ? "-not" : "");
			buf_addc(&path, '\0');
			if (access(path.p, F_OK))
				fail_msg("%s is missing", path.p);
		}
		rows++;
	}
	assert_true(rows > 32);
	schema_close(&schema);
	buf_free(&text);
	buf_free(&path);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),	     cmocka_unit_test(test_merge_keys),
		cmocka_unit_test(test_kinds_sorted), cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_orders),	     cmocka_unit_test(test_suggestions),
		cmocka_unit_test(test_generator),    cmocka_unit_test(test_fixtures_of_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
