/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live manifest: what the server adds to an object is not in its manifest; everything else is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live/object.h"

static const struct live_resource deployments = {
	.group = STR("apps"),
	.version = STR("v1"),
	.name = STR("deployments"),
	.kind = STR("Deployment"),
};

static const struct live_resource pods = { .version = STR("v1"), .name = STR("pods"), .kind = STR("Pod") };

static void check(const struct live_resource *resource, const char *json, const char *manifest)
{
	struct error *error = NULL;
	struct buf out = BUF_INIT;

	if (!live_object_manifest(resource, str_of(json), &out, &error))
		fail_msg("%s", error->message);
	buf_addc(&out, 0);
	assert_string_equal(out.p, manifest);
	buf_free(&out);
}

static void test_noise(void **state)
{
	(void)state;
	check(&deployments,
	      "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\",\"metadata\":{\"name\":\"web\",\"uid\":\"1\","
	      "\"resourceVersion\":\"2\",\"generation\":3,\"creationTimestamp\":\"2026-01-01T00:00:00Z\","
	      "\"annotations\":{\"deployment.kubernetes.io/revision\":\"1\","
	      "\"kubectl.kubernetes.io/last-applied-configuration\":\"{}\\n\"},\"labels\":{\"app\":\"web\"},"
	      "\"ownerReferences\":[{\"uid\":\"4\"}],\"managedFields\":[{\"manager\":\"x\"}],\"selfLink\":\"/\"},"
	      "\"spec\":{\"template\":{\"metadata\":{\"creationTimestamp\":null,\"labels\":{\"app\":\"web\"}},"
	      "\"spec\":{\"containers\":[{\"name\":\"web\",\"resources\":{}}],\"securityContext\":{}}}},"
	      "\"status\":{\"replicas\":1}}",
	      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n"
	      "  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n"
	      "      - name: web\n        resources: {}\n      securityContext: {}\n");
}

/* The same words elsewhere are the user's; empty is what was empty before. */
static void test_kept(void **state)
{
	(void)state;
	check(&pods,
	      "{\"metadata\":{\"name\":\"web\",\"annotations\":{\"uid\":\"1\"},\"labels\":{}},\"spec\":{\"status\":1,"
	      "\"managedFields\":[],\"metadata\":{\"uid\":\"1\",\"creationTimestamp\":\"x\"},"
	      "\"data\":{\"creationTimestamp\":null}},\"data\":{\"n\":9007199254740993}}",
	      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    uid: \"1\"\n  labels: {}\nspec:\n"
	      "  status: 1\n  managedFields: []\n  metadata:\n    uid: \"1\"\n    creationTimestamp: x\n  data:\n"
	      "    creationTimestamp: null\ndata:\n  \"n\": 9007199254740993\n");
}

/* What JSON may hold as it is, and YAML only as an escape. */
static void test_odd(void **state)
{
	(void)state;
	check(&pods,
	      "{\"metadata\":{\"name\":\"web\"},\"data\":[\"\xef\xbb\xbf{}\",\"\x7f\",\"a\xc2\x85z\",\"\xe2\x80\xa8\",\"\xc3\xa9\","
	      "\"\\u0000\"]}",
	      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\ndata:\n- \"\\ufeff{}\"\n- \"\\u007f\"\n- \"a\\u0085z\"\n"
	      "- \"\\u2028\"\n- \xc3\xa9\n- \"\\u0000\"\n");
}

/* Items of typed lists have no type of their own; a template whose metadata was noise has none. */
static void test_typed_list(void **state)
{
	(void)state;
	check(&deployments,
	      "{\"metadata\":{\"name\":\"a\",\"annotations\":{\"deployment.kubernetes.io/revision\":\"1\"}},"
	      "\"spec\":{\"template\":{\"metadata\":{\"creationTimestamp\":null},\"spec\":{}}}}",
	      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  template:\n    spec: {}\n");
}

/* What the server chose would be refused, or wrong, in another object; what a person chose stays. */
static void test_chosen(void **state)
{
	static const struct live_resource jobs = {
		.group = STR("batch"), .version = STR("v1"), .name = STR("jobs"), .kind = STR("Job")
	};
	static const struct live_resource services = { .version = STR("v1"),
						       .name = STR("services"),
						       .kind = STR("Service") };

	(void)state;
	check(&jobs,
	      "{\"metadata\":{\"name\":\"a\",\"labels\":{\"controller-uid\":\"1\",\"job-name\":\"a\"}},\"spec\":{"
	      "\"selector\":{\"matchLabels\":{\"batch.kubernetes.io/controller-uid\":\"1\"}},\"manualSelector\":false,"
	      "\"template\":{\"metadata\":{\"labels\":{\"app\":\"a\",\"batch.kubernetes.io/controller-uid\":\"1\","
	      "\"batch.kubernetes.io/job-name\":\"a\"}}}}}",
	      "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: a\nspec:\n  manualSelector: false\n  template:\n"
	      "    metadata:\n      labels:\n        app: a\n");
	check(&jobs,
	      "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"selector\":{\"matchLabels\":{\"job\":\"a\"}},"
	      "\"manualSelector\":true}}",
	      "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: a\nspec:\n  selector:\n    matchLabels:\n"
	      "      job: a\n  manualSelector: true\n");
	check(&services,
	      "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"clusterIP\":\"10.0.0.1\",\"clusterIPs\":[\"10.0.0.1\"],"
	      "\"type\":\"ClusterIP\"}}",
	      "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  type: ClusterIP\n");
	check(&services, "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"clusterIP\":\"None\",\"clusterIPs\":[\"None\"]}}",
	      "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  clusterIP: None\n  clusterIPs:\n"
	      "  - None\n");
}

/* What the server says of a claim's template is noise; what only looks like it is not, and all templates stay. */
static void test_claim_templates(void **state)
{
	static const struct live_resource sets = {
		.group = STR("apps"), .version = STR("v1"), .name = STR("statefulsets"), .kind = STR("StatefulSet")
	};

	(void)state;
	check(&sets,
	      "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"volumeClaimTemplates\":["
	      "{\"metadata\":{\"name\":\"data\",\"creationTimestamp\":null},\"spec\":{\"status\":{\"status\":1}},"
	      "\"status\":{\"phase\":\"Pending\"}},{\"status\":{},\"metadata\":{\"name\":\"logs\"}}],"
	      "\"other\":[{\"status\":{\"phase\":\"Pending\"}}]},\"status\":{\"replicas\":1}}",
	      "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: a\nspec:\n  volumeClaimTemplates:\n"
	      "  - metadata:\n      name: data\n    spec:\n      status:\n        status: 1\n"
	      "  - metadata:\n      name: logs\n  other:\n  - status:\n      phase: Pending\n");
	check(&sets, "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"volumeClaimTemplates\":{\"status\":{\"status\":1}}}}",
	      "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: a\nspec:\n  volumeClaimTemplates:\n"
	      "    status:\n      status: 1\n");
}

static void test_refused(void **state)
{
	static const char *const texts[] = { "", "[]", "{", "{\"a\":1,\"a\":2}", "x" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct error *error = NULL;
		struct buf out = BUF_INIT;

		assert_false(live_object_manifest(&pods, str_of(texts[i]), &out, &error));
		assert_non_null(error);
		error_free(error);
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_noise),		cmocka_unit_test(test_kept), cmocka_unit_test(test_typed_list),
		cmocka_unit_test(test_chosen),		cmocka_unit_test(test_odd),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_claim_templates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
