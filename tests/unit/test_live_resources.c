/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Discovery in both of its forms, and what a word means to it. The answers are shortened ones of kube-apiserver 1.36.
 */
#include "live_fake.h"

#include "live/resources.h"

#define VERBS "\"verbs\":[\"create\",\"get\",\"list\",\"patch\"]"
#define NEW(name, singular, kind, scope, more)                                                                         \
	"{\"resource\":\"" name "\",\"singularResource\":\"" singular                                                  \
	"\",\"responseKind\":{\"group\":\"\",\"version\":\"\","                                                        \
	"\"kind\":\"" kind "\"},\"scope\":\"" scope "\"," VERBS more "}"
#define OLD(name, singular, kind, namespaced, more)                                                                    \
	"{\"name\":\"" name "\",\"singularName\":\"" singular "\",\"kind\":\"" kind "\",\"namespaced\":" namespaced    \
	"," VERBS more "}"

static const char api_new[] =
	"{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{},\"versions\":[{\"version\":\"v1\",\"resources\":["
	"{\"resource\":\"bindings\",\"responseKind\":{\"kind\":\"Binding\"},\"scope\":\"Namespaced\",\"verbs\":[\"create\"]}," NEW("pods", "pod", "Pod", "Namespaced", ",\"shortNames\":[\"po\"],\"categories\":[\"all\"],\"subresources\":[{\"subresource\":\"log\"}]") "," NEW(
		"services", "service", "Service", "Namespaced",
		",\"shortNames\":[\"svc\"]") "," NEW("events", "event", "Event", "Namespaced",
						     ",\"shortNames\":[\"ev\"]") "," NEW("namespaces", "namespace",
											 "Namespace", "Cluster",
											 ",\"shortNames\":[\"ns\"]") "],"
														     "\"freshness\":\"Current\"}]}]}";
static const char apis_new[] =
	"{\"kind\":\"APIGroupDiscoveryList\",\"items\":["
	"{\"metadata\":{\"name\":\"apps\"},\"versions\":[{\"version\":\"v1\",\"resources\":[" NEW(
		"deployments", "deployment", "Deployment", "Namespaced",
		",\"shortNames\":[\"deploy\"],\"categories\":[\"all\"]") "]},"
									 "{\"version\":\"v1beta2\",\"resources\":[" NEW("deployments", "deployment", "Deployment", "Namespaced", ",\"shortNames\":[\"deploy\"]") "," NEW(
										 "odds", "odd", "Odd", "Namespaced",
										 "") "]}]},"
										     "{\"metadata\":{\"name\":\"metrics.k8s.io\"},\"versions\":[{\"version\":\"v1beta1\",\"freshness\":\"Stale\",\"resources\":[]}]},"
										     "{\"metadata\":{\"name\":\"events.k8s.io\"},\"versions\":[{\"version\":\"v1\",\"resources\":[" NEW(
											     "events", "event", "Event",
											     "Namespaced",
											     ",\"shortNames\":[\"ev\"]") "]}]},"
															 "{\"metadata\":{\"name\":\"storage.k8s.io\"},\"versions\":[{\"version\":\"v1\",\"resources\":[" NEW(
																 "storageclasses",
																 "storageclass",
																 "StorageClass",
																 "Cluster",
																 ",\"shortNames\":[\"sc\"]") "]}]},"
																			     "{\"metadata\":{\"name\":\"example.com\"},\"versions\":[{\"version\":\"v1alpha1\",\"resources\":[" NEW(
																				     "odditys",
																				     "",
																				     "PodOddity",
																				     "Namespaced",
																				     ",\"shortNames\":[\"po\",\"oddz\"]") "]}]}]}";

static const char api_old[] = "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}";
static const char core_old[] =
	"{\"kind\":\"APIResourceList\",\"groupVersion\":\"v1\",\"resources\":["
	"{\"name\":\"bindings\",\"singularName\":\"\",\"kind\":\"Binding\",\"namespaced\":true,\"verbs\":[\"create\"]}," OLD("pods", "", "Pod", "true", ",\"shortNames\":[\"po\"],\"categories\":[\"all\"]") "," OLD(
		"pods/log", "", "Pod", "true",
		"") "," OLD("services", "", "Service", "true",
			    ",\"shortNames\":[\"svc\"]") "," OLD("events", "", "Event", "true",
								 ",\"shortNames\":[\"ev\"]") "," OLD("namespaces", "",
												     "Namespace",
												     "false",
												     ",\"shortNames\":[\"ns\"]") "]}";
static const char apis_old[] =
	"{\"kind\":\"APIGroupList\",\"groups\":["
	"{\"name\":\"apps\",\"versions\":[{\"version\":\"v1beta2\"},{\"version\":\"v1\"}],\"preferredVersion\":{\"version\":\"v1\"}},"
	"{\"name\":\"metrics.k8s.io\",\"versions\":[{\"version\":\"v1beta1\"}],\"preferredVersion\":{\"version\":\"v1beta1\"}},"
	"{\"name\":\"events.k8s.io\",\"versions\":[{\"version\":\"v1\"}],\"preferredVersion\":{\"version\":\"v1\"}},"
	"{\"name\":\"storage.k8s.io\",\"versions\":[{\"version\":\"v1\"}],\"preferredVersion\":{\"version\":\"v1\"}},"
	"{\"name\":\"example.com\",\"versions\":[{\"version\":\"v1alpha1\"}],\"preferredVersion\":{\"version\":\"v1alpha1\"}}]}";
#define OLD_LIST(resources) "{\"kind\":\"APIResourceList\",\"resources\":[" resources "]}"

static const struct fake_answer aggregated[] = {
	{ "/api", "v=v2;as=APIGroupDiscoveryList", 200, api_new },
	{ "/apis", "v=v2beta1;as=APIGroupDiscoveryList", 200, apis_new },
};

static const struct fake_answer old[] = {
	{ "/api", NULL, 200, api_old },
	{ "/api/v1", NULL, 200, core_old },
	{ "/apis", NULL, 200, apis_old },
	{ "/apis/apps/v1", NULL, 200,
	  OLD_LIST(OLD("deployments", "deployment", "Deployment", "true",
		       ",\"shortNames\":[\"deploy\"],\"categories\":[\"all\"]")) },
	{ "/apis/apps/v1beta2", NULL, 200,
	  OLD_LIST(OLD("deployments", "deployment", "Deployment", "true",
		       ",\"shortNames\":[\"deploy\"]") "," OLD("odds", "", "Odd", "true", "")) },
	{ "/apis/metrics.k8s.io/v1beta1", NULL, 503, NULL },
	{ "/apis/events.k8s.io/v1", NULL, 200,
	  OLD_LIST(OLD("events", "", "Event", "true", ",\"shortNames\":[\"ev\"]")) },
	{ "/apis/storage.k8s.io/v1", NULL, 200,
	  OLD_LIST(OLD("storageclasses", "", "StorageClass", "false", ",\"shortNames\":[\"sc\"]")) },
	{ "/apis/example.com/v1alpha1", NULL, 200,
	  OLD_LIST(OLD("odditys", "", "PodOddity", "true", ",\"shortNames\":[\"po\",\"oddz\"]")) },
};

static const struct {
	const char *word, *meaning; /* "GROUP/VERSION/NAME"; or what is said */
} words[] = {
	{ "pods", "/v1/pods" },
	{ "pod", "/v1/pods" },
	{ "po", "/v1/pods" },
	{ "PO", "/v1/pods" },
	{ "Pod", "/v1/pods" },
	{ "POD", "/v1/pods" },
	{ "deploy", "apps/v1/deployments" },
	{ "deployment", "apps/v1/deployments" },
	{ "deployments.apps", "apps/v1/deployments" },
	{ "deploy.apps", "apps/v1/deployments" },
	{ "deployments.v1.apps", "apps/v1/deployments" },
	{ "deployments.v1beta2.apps", "apps/v1beta2/deployments" },
	{ "Deployment.v1beta2.apps", "apps/v1beta2/deployments" },
	{ "deploy.v1beta2.apps", "apps/v1beta2/deployments" },
	{ "Deployment", "apps/v1/deployments" },
	{ "odds", "apps/v1beta2/odds" },
	{ "events", "/v1/events" },
	{ "ev", "/v1/events" },
	{ "events.events.k8s.io", "events.k8s.io/v1/events" },
	{ "events.events", "events.k8s.io/v1/events" },
	{ "storageclass.storage", "storage.k8s.io/v1/storageclasses" },
	{ "sc.storage", "storage.k8s.io/v1/storageclasses" },
	{ "pododdity", "example.com/v1alpha1/odditys" },
	{ "PodOddity.example.com", "example.com/v1alpha1/odditys" },
	{ "po.example.com", "example.com/v1alpha1/odditys" },
	{ "oddz", "example.com/v1alpha1/odditys" },
	{ "deploymets", "the server doesn't have a resource type \"deploymets\" (did you mean deployments?)" },
	{ "deployments.v2.apps",
	  "the server doesn't have a resource type \"deployments\" in group \"v2.apps\" (did you mean deployments?)" },
	{ "deployments.batch",
	  "the server doesn't have a resource type \"deployments\" in group \"batch\" (did you mean deployments?)" },
	{ "xyzzyx", "the server doesn't have a resource type \"xyzzyx\"" },
	{ "", "the server doesn't have a resource type \"\"" },
	{ ".", "the server doesn't have a resource type \"\"" },
	{ "..", "the server doesn't have a resource type \"\"" },
};

static void check_words(const struct live_resources *resources)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct error *err CLEANUP(error_freep) = NULL;
		const struct live_resource *found = live_resource_find(resources, str_of(words[i].word), &err);
		struct buf text CLEANUP(buf_free) = BUF_INIT;

		if (found)
			buf_addf(&text, "%.*s/%.*s/%.*s", STR_ARG(found->group), STR_ARG(found->version),
				 STR_ARG(found->name));
		else
			buf_addz(&text, err->message);
		/* What of it could not be seen follows. */
		if (!str_starts(buf_str(&text), str_of(words[i].meaning)))
			fail_msg("%s is %.*s", words[i].word, STR_ARG(buf_str(&text)));
	}
}

static void check_resources(const struct live_resources *resources)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	const struct live_resource *found = live_resource_find(resources, STR("po"), NULL);
	struct buf path CLEANUP(buf_free) = BUF_INIT;

	assert_int_equal(resources->n, 11);
	assert_true(found->can_list && found->can_get && found->can_patch && found->namespaced && found->preferred);
	assert_true(str_is(found->singular, "pod") && found->categories_n == 1 && str_is(found->categories[0], "all"));
	assert_true(str_is(live_resource_title(found, false, arena), "pods"));
	live_resource_path(found, STR_NONE, STR_NONE, &path);
	assert_true(str_is(buf_str(&path), "/api/v1/pods"));
	path.n = 0;
	live_resource_path(found, STR("a b"), STR("../x?y%"), &path);
	assert_true(str_is(buf_str(&path), "/api/v1/namespaces/a%20b/pods/..%2Fx%3Fy%25"));
	found = live_resource_find(resources, STR("bindings"), NULL);
	assert_false(found->can_list || found->can_get || found->can_patch);
	found = live_resource_find(resources, STR("ns"), NULL);
	assert_false(found->namespaced);
	path.n = 0;
	live_resource_path(found, STR("x"), STR("shop"), &path);
	assert_true(str_is(buf_str(&path), "/api/v1/namespaces/shop"));
	found = live_resource_of(resources, STR("apps/v1"), STR("Deployment"));
	assert_true(found->preferred && str_is(found->version, "v1"));
	assert_true(str_is(live_resource_title(found, true, arena), "deployment.apps"));
	found = live_resource_of(resources, STR("apps/v1beta2"), STR("Deployment"));
	assert_true(!found->preferred && str_is(found->version, "v1beta2"));
	found = live_resource_of(resources, STR("apps/v1beta1"), STR("Deployment"));
	assert_true(str_is(found->version, "v1"));
	assert_null(live_resource_of(resources, STR("v1"), STR("Deployment")));
	assert_null(live_resource_of(resources, STR("apps/v1"), STR("deployment")));
}

static void test_aggregated(void **state)
{
	struct live_resources resources;

	(void)state;
	FAKE_SET(aggregated);
	assert_true(live_discover(NULL, &resources, NULL));
	fake_asked("/api\n/apis\n");
	check_resources(&resources);
	check_words(&resources);
	assert_int_equal(resources.failed.n, 1);
	assert_string_equal(resources.failed.items[0], "metrics.k8s.io/v1beta1: the server behind it does not answer");
	live_resources_free(&resources);
}

static void test_old(void **state)
{
	struct live_resources resources;

	(void)state;
	FAKE_SET(old);
	assert_true(live_discover(NULL, &resources, NULL));
	fake_asked("/api\n/api/v1\n/apis\n/apis/apps/v1\n/apis/apps/v1beta2\n/apis/metrics.k8s.io/v1beta1\n"
		   "/apis/events.k8s.io/v1\n/apis/storage.k8s.io/v1\n/apis/example.com/v1alpha1\n");
	check_resources(&resources);
	check_words(&resources);
	assert_int_equal(resources.failed.n, 1);
	assert_string_equal(resources.failed.items[0], "metrics.k8s.io/v1beta1: 503 for /apis/metrics.k8s.io/v1beta1");
	live_resources_free(&resources);
}

static void assert_refused(const struct fake_answer *answers, size_t n, const char *message)
{
	struct error *err CLEANUP(error_freep) = NULL;
	struct live_resources resources;

	fake_set(answers, n);
	assert_false(live_discover(NULL, &resources, &err));
	assert_non_null(err);
	assert_string_equal(err->message, message);
	live_resources_free(&resources);
}

static void test_failures(void **state)
{
	static const struct fake_answer none[] = { { "/api", NULL, 0, NULL } };
	static const struct fake_answer forbidden[] = { { "/api", NULL, 403, NULL }, { "/apis", NULL, 403, NULL } };
	static const struct fake_answer other[] = { { "/api", NULL, 200, "{\"hello\":1}" } };
	static const struct fake_answer garbage[] = { { "/api", NULL, 200, "<html>" } };
	static const struct fake_answer cut[] = { { "/api", NULL, 200, api_old },
						  { "/api/v1", NULL, 200, core_old },
						  { "/apis", NULL, 200, apis_old },
						  { "/apis/apps/v1", NULL, 0, NULL } };
	static const struct fake_answer no_core[] = { { "/apis", NULL, 200, apis_new } };
	static const struct fake_answer only_core[] = { { "/api", NULL, 200, api_new }, { "/apis", NULL, 503, NULL } };
	struct live_resources resources;

	(void)state;
	assert_refused(none, 1, "0 for /api");
	assert_refused(forbidden, 2, "403 for /apis");
	assert_refused(other, 1,
		       "the server's answer to GET /api is no list of resources: is it a Kubernetes API server?");
	assert_refused(garbage, 1, "the server's answer to GET /api is no JSON: a value was expected (byte 0)");
	assert_refused(cut, 4, "0 for /apis/apps/v1");
	FAKE_SET(no_core);
	assert_true(live_discover(NULL, &resources, NULL));
	assert_int_equal(resources.n, 6);
	live_resources_free(&resources);
	FAKE_SET(only_core);
	assert_true(live_discover(NULL, &resources, NULL));
	assert_int_equal(resources.n, 5);
	assert_string_equal(resources.failed.items[0], "503 for /apis");
	live_resources_free(&resources);
	buf_free(&fake.log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aggregated),
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests_name("live_resources", tests, NULL, NULL);
}
