/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows: for every row of schemas/kinds.yaml that holds a pod, the least object of that kind is hardened, wherever its
 * containers are; a second run changes nothing. What the row says is not edited is not, and what it is said of is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fixtures/fixture.h"
#include "kube/pod.h"
#include "make.h"

/* One document in, what comes out. */
struct outcome {
	struct fixture_result result;
	struct str text;
};

static void run_text(struct str text, struct outcome *ret_outcome)
{
	const struct fix_config config = FIX_CONFIG_DEFAULT;
	struct fixture_file file = { .path = strdup("object.json"), .text = BUF_INIT };
	struct fixture_files files = { 0 };

	buf_add(&file.text, text);
	VEC_PUSH(&files, file);
	fixture_run(&files, &config, &ret_outcome->result);
	ret_outcome->text = buf_str(&ret_outcome->result.files.items[0].text);
	fixture_files_free(&files);
}

static void outcome_free(struct outcome *outcome)
{
	fixture_result_free(&outcome->result);
}

static size_t count(struct str text, const char *what)
{
	size_t n = 0;

	for (size_t at = 0; (at = str_find(text, str_of(what), at)) != SIZE_MAX; at++)
		n++;
	return n;
}

static void show(const char *what, struct str before, const struct outcome *outcome)
{
	fail_msg("%s:\n%.*s%.*s%.*s", what, STR_ARG(before), STR_ARG(outcome->text),
		 STR_ARG(buf_str(&outcome->result.report)));
}

static void expect_again(struct str before, const struct outcome *first)
{
	struct outcome again;

	run_text(first->text, &again);
	if (again.result.changed || !str_eq(again.text, first->text))
		show("a second run changes it", before, &again);
	outcome_free(&again);
}

/* ---- whole pods ---- */

/* What every hardened container has, once, for the pod or for itself. */
static const char *const settings[] = {
	"\"runAsNonRoot\": true",
	"\"seccompProfile\": {\"type\": \"RuntimeDefault\"}",
	"\"allowPrivilegeEscalation\": false",
	"\"capabilities\": {\"drop\": [\"ALL\"]}",
};

static bool is_noted(const struct make *make, const struct outcome *outcome)
{
	struct str report = buf_str(&outcome->result.report);

	return make->kind->note && str_find(report, str_of(make->kind->note), 0) != SIZE_MAX;
}

static unsigned hardened;

static void expect_hardened(const struct make *make, void *data)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	struct outcome outcome;

	(void)data;
	if (make->view->flags & VIEW_OPERATOR)
		return;
	make_object(&text, make);
	run_text(buf_str(&text), &outcome);
	/* Its row says where it is not edited; that it is edited elsewhere has fixtures of its own. */
	if (is_noted(make, &outcome)) {
		if (outcome.result.changed || strcmp(make->kind->kind, "MPIJob") != 0)
			show("noted", buf_str(&text), &outcome);
		outcome_free(&outcome);
		return;
	}
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (count(outcome.text, settings[i]) != 1)
			show(settings[i], buf_str(&text), &outcome);
	/* OpenShift gives a user; else the container has one. */
	if (count(outcome.text, "\"runAsUser\": 10001") != !(make->kind->flags & KIND_OPENSHIFT))
		show("its user", buf_str(&text), &outcome);
	/* Where there is a place for the volume of /tmp, nothing is left. */
	if (make->view->volumes && (outcome.result.left || count(outcome.text, "\"mountPath\": \"/tmp\"") != 1))
		show("something is left", buf_str(&text), &outcome);
	if (!make->view->volumes && outcome.result.left != 1)
		show("something else than the read-only root is left", buf_str(&text), &outcome);
	/* The pod's security context has its place, or the container has it all. */
	if (!make->view->pod_context != (count(outcome.text, "ecurityContext\": {") == 1))
		show("it is in the wrong place", buf_str(&text), &outcome);
	expect_again(buf_str(&text), &outcome);
	outcome_free(&outcome);
	hardened++;
}

static void test_hardened(void **state)
{
	(void)state;
	make_each(expect_hardened, NULL);
	assert_true(hardened > 80);
}

/* ---- pods whose containers an operator makes ---- */

static unsigned completed;

/* A context that names a user is completed; the container beside it stays what it was. */
static void expect_completed(const struct make *make, void *data)
{
	struct make with = *make;
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	struct outcome outcome;

	(void)data;
	if (!(make->view->flags & VIEW_OPERATOR))
		return;
	with.context = "{\"runAsUser\": 1000}";
	make_object(&text, &with);
	run_text(buf_str(&text), &outcome);
	if (count(outcome.text, settings[0]) != 1 || count(outcome.text, settings[1]) != 1)
		show("not completed", buf_str(&text), &outcome);
	if (count(outcome.text, "allowPrivilegeEscalation") || count(outcome.text, "mountPath") || outcome.result.left)
		show("a container of an operator is looked at", buf_str(&text), &outcome);
	if (str_find(buf_str(&outcome.result.report), STR("its operator makes the containers"), 0) == SIZE_MAX)
		show("not told", buf_str(&text), &outcome);
	expect_again(buf_str(&text), &outcome);
	outcome_free(&outcome);
	completed++;
}

/* Without a context: none is made where the operator has one; else what cannot stop a program. */
static void expect_bare(const struct make *make, void *data)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	bool defaults = make->view->flags & VIEW_DEFAULTS;
	struct outcome outcome;

	(void)data;
	if (!(make->view->flags & VIEW_OPERATOR))
		return;
	make_object(&text, make);
	run_text(buf_str(&text), &outcome);
	if (defaults && !str_eq(outcome.text, buf_str(&text)))
		show("what the operator would make is replaced", buf_str(&text), &outcome);
	if (!defaults && (outcome.result.changed != 1 || count(outcome.text, settings[1]) != 1))
		show("more, or less, than the seccomp profile", buf_str(&text), &outcome);
	expect_again(buf_str(&text), &outcome);
	outcome_free(&outcome);
}

static void test_operators(void **state)
{
	(void)state;
	make_each(expect_completed, NULL);
	make_each(expect_bare, NULL);
	assert_true(completed > 40);
}

/* A root user of such a pod is a person's to change, and so is a false. */
static void test_operators_root(void **state)
{
	static const struct {
		const char *context, *says;
	} rows[] = {
		{ "{\"runAsUser\": 0}", "left run-as-user runAsUser: the pod asks for runAsUser: 0" },
		{ "{\"runAsNonRoot\": false}", "left run-as-non-root runAsNonRoot: the pod says runAsNonRoot: false" },
	};
	const struct kube_kind *kind = kube_kind_find(STR("monitoring.coreos.com/v1"), STR("Prometheus"));

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct make make = { .kind = kind, .view = kind->views, .context = rows[i].context };
		struct buf text CLEANUP(buf_free) = BUF_INIT;
		struct outcome outcome;

		make_object(&text, &make);
		run_text(buf_str(&text), &outcome);
		if (str_find(buf_str(&outcome.result.report), str_of(rows[i].says), 0) == SIZE_MAX ||
		    count(outcome.text, "\"runAsNonRoot\": true"))
			show(rows[i].says, buf_str(&text), &outcome);
		outcome_free(&outcome);
	}
}

/* ---- what is not edited ---- */

static void add_pod(struct buf *text, const struct kube_kind *kind)
{
	buf_addf(text,
		 "{\"apiVersion\": \"%s%sv1\", \"kind\": \"%s\", \"metadata\": {\"name\": \"n\"}, \"spec\": "
		 "{\"pods\": [{\"template\": {\"spec\": {\"containers\": [{\"name\": \"c\", \"image\": \"i\"}]}}}]}}\n",
		 kind->group, *kind->group ? "/" : "", kind->kind);
}

/* Rows with a note and no pods, and rows that hold nothing, are left alone though there are containers. */
static void test_untouched(void **state)
{
	unsigned noted = 0;

	(void)state;
	for (size_t i = 0; i < kube_kinds_n; i++) {
		const struct kube_kind *kind = &kube_kinds[i];
		struct buf text CLEANUP(buf_free) = BUF_INIT;
		struct outcome outcome;

		if (kind->views_n || (!kind->note && !(kind->flags & KIND_NOTHING)))
			continue;
		add_pod(&text, kind);
		run_text(buf_str(&text), &outcome);
		if (!str_eq(outcome.text, buf_str(&text)) || outcome.result.left)
			show("touched", buf_str(&text), &outcome);
		if (!kind->note != !outcome.result.report.n)
			show("a note is missing, or one too many", buf_str(&text), &outcome);
		noted += kind->note != NULL;
		outcome_free(&outcome);
	}
	assert_true(noted > 8);
}

/* An unknown kind is told of, wherever in it the pod stands. */
static void test_unknown(void **state)
{
	const struct kube_kind unknown = { .group = "unknown.example", .kind = "Thing" };
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	struct outcome outcome;

	(void)state;
	add_pod(&text, &unknown);
	run_text(buf_str(&text), &outcome);
	assert_true(str_eq(outcome.text, buf_str(&text)));
	if (str_find(buf_str(&outcome.result.report),
		     STR("Thing/n: an unknown kind that seems to hold a pod; it is not edited"), 0) == SIZE_MAX)
		show("not told", buf_str(&text), &outcome);
	outcome_free(&outcome);
}

/* ---- limits ---- */

static void add_jobs(struct buf *text, unsigned n)
{
	buf_addz(text, "{\"apiVersion\": \"jobset.x-k8s.io/v1alpha2\", \"kind\": \"JobSet\", \"metadata\": {\"name\": "
		       "\"many\"}, \"spec\": {\"replicatedJobs\": [");
	for (unsigned i = 0; i < n; i++)
		buf_addf(text,
			 "%s{\"template\": {\"spec\": {\"template\": {\"spec\": {\"containers\": [{\"image\": \"i\"}]}}}}}",
			 i ? ", " : "");
	buf_addz(text, "]}}\n");
}

/* As many pods as anybody has are hardened, each by itself; more are refused as a whole. */
static void test_many(void **state)
{
	static const struct {
		unsigned pods;
		bool refused;
	} rows[] = { { KUBE_PODS_MAX, false }, { KUBE_PODS_MAX + 1, true }, { 100 * KUBE_PODS_MAX, true } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf text CLEANUP(buf_free) = BUF_INIT;
		struct outcome outcome;
		struct str report;

		add_jobs(&text, rows[i].pods);
		run_text(buf_str(&text), &outcome);
		report = buf_str(&outcome.result.report);
		assert_int_equal(count(outcome.text, "allowPrivilegeEscalation"), rows[i].refused ? 0 : rows[i].pods);
		assert_int_equal(count(report, "refused: an object with more than 1,000 pods"), rows[i].refused);
		outcome_free(&outcome);
	}
}

/* ---- the user's own rows ---- */

static const char own_rows[] = "kinds:\n"
			       "- groups: [unknown.example]\n"
			       "  kinds: [Thing]\n"
			       "  pods:\n"
			       "  - at: spec.pods[*]\n"
			       "    spec: body\n"
			       "    pod-security-context: podContext\n"
			       "    containers: [main]\n"
			       "- groups: [apps]\n"
			       "  kinds: [Deployment]\n"
			       "  note: ours are made by a generator; not edited\n";

static const char own_things[] = "apiVersion: unknown.example/v1\n"
				 "kind: Thing\n"
				 "metadata: {name: t}\n"
				 "spec:\n"
				 "  pods:\n"
				 "  - name: one\n"
				 "    body:\n"
				 "      main: {image: i}\n"
				 "---\n"
				 "apiVersion: apps/v1\n"
				 "kind: Deployment\n"
				 "metadata: {name: d}\n"
				 "spec: {template: {spec: {containers: [{name: c, image: i}]}}}\n";

/* A kind that has no "containers" anywhere is found all the same, and the user's word on a built-in one counts. */
static void test_own(void **state)
{
	struct run_options options = { .fix = FIX_CONFIG_DEFAULT, .limits = YAML_LIMITS_DEFAULT };
	struct file_image image = { .bytes = strdup(own_things), .n = sizeof(own_things) - 1 };
	struct arena *arena = arena_new();
	struct buf out CLEANUP(buf_free) = BUF_INIT;
	struct schema schema;
	struct source *source;
	struct run run;

	(void)state;
	assert_true(schema_open(&schema, arena, "own.yaml", STR(own_rows), NULL));
	assert_true(kube_kinds_read(&schema, yaml_get(&schema.tree, schema.tree.root, "kinds"), true,
				    &options.own.kinds));
	run_init(&run, &options);
	source = run_add(&run, "things.yaml", NULL, &image);
	run_plan(&run);
	run_apply(&run);
	run_output(source, &out);
	assert_int_equal(source->documents.n, 2);
	assert_int_not_equal(count(buf_str(&out), "podContext"), 0);
	assert_int_equal(count(buf_str(&out), "allowPrivilegeEscalation"), 1);
	assert_true(str_ends(buf_str(&out), STR("containers: [{name: c, image: i}]}}}\n")));
	assert_string_equal(source->documents.items[1].objects.items[0].note.p,
			    "ours are made by a generator; not edited");
	run_free(&run);
	schema_close(&schema);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hardened),       cmocka_unit_test(test_operators),
		cmocka_unit_test(test_operators_root), cmocka_unit_test(test_untouched),
		cmocka_unit_test(test_unknown),	       cmocka_unit_test(test_own),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
