/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists page by page, from a server that forgets, lies, or sends something else; and what is read of an object.
 */
#include "live_fake.h"

#include "live/list.h"
#include "live/object.h"

static const struct live_resource pods = {
	.version = STR("v1"), .name = STR("pods"), .kind = STR("Pod"), .namespaced = true, .preferred = true
};

#define PAGE(token, items)                                                                                             \
	"{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"5\"," token "\"x\":1},\"items\":[" items "]}"
#define NEXT(token) "\"continue\":\"" token "\","
#define GONE(token) "{\"kind\":\"Status\",\"metadata\":{\"continue\":\"" token "\"},\"code\":410}"

struct seen {
	struct buf items;
	size_t stop_at, n;
};

static bool each(void *data, const struct live_resource *resource, struct str object, struct error **err)
{
	struct seen *seen = data;

	assert_ptr_equal(resource, &pods);
	buf_add(&seen->items, object);
	if (++seen->n == seen->stop_at)
		return error_set(err, "enough");
	return true;
}

static void restart(void *data)
{
	struct seen *seen = data;

	buf_addz(&seen->items, "|");
}

/* What @list gives, or the error. */
static void check(const struct live_list *list, bool restarts, const char *expected, enum live_failure expected_failure)
{
	struct seen seen = { 0 };
	struct error *err CLEANUP(error_freep) = NULL;
	enum live_failure failure = LIVE_STOPPED;

	if (!live_list_each(NULL, list, each, restarts ? restart : NULL, &seen, &failure, &err))
		buf_addf(&seen.items, "!%s", err->message);
	if (!str_is(buf_str(&seen.items), expected))
		fail_msg("%.*s instead of %s", STR_ARG(buf_str(&seen.items)), expected);
	assert_int_equal(failure, expected_failure);
	buf_free(&seen.items);
}

static void test_pages(void **state)
{
	static const struct fake_answer answers[] = {
		{ "/api/v1/namespaces/a/pods?limit=2&labelSelector=app%3Dx%2Cb&fieldSelector=f%3D1", NULL, 200,
		  PAGE(NEXT("A&=b"), "{\"n\":1},{\"n\":2}") },
		{ "/api/v1/namespaces/a/pods?limit=2&continue=A%26%3Db&labelSelector=app%3Dx%2Cb&fieldSelector=f%3D1",
		  NULL, 200, PAGE(NEXT("C"), "{\"n\":3}") },
		{ "/api/v1/namespaces/a/pods?limit=2&continue=C&labelSelector=app%3Dx%2Cb&fieldSelector=f%3D1", NULL,
		  200, PAGE("", "") },
		{ "/api/v1/pods?limit=500", "PartialObjectMetadataList", 200, "{\"items\":null}" },
		{ "/api/v1/namespaces/a/pods/web", NULL, 200, " {\"kind\":\"Pod\"}\n" },
		{ "/api/v1/namespaces/a/pods/none", NULL, 404, NULL },
	};
	const struct live_list list = {
		.resource = &pods, .namespace = STR("a"), .page = 2, .labels = "app=x,b", .fields = "f=1"
	};
	bool more = false;

	(void)state;
	FAKE_SET(answers);
	check(&list, true, "{\"n\":1}{\"n\":2}{\"n\":3}", LIVE_FINE);
	check(&(struct live_list){ .resource = &pods, .metadata = true, .more = &more }, true, "", LIVE_FINE);
	assert_false(more);
	check(&(struct live_list){ .resource = &pods, .namespace = STR("a"), .name = STR("web") }, false,
	      "{\"kind\":\"Pod\"}", LIVE_FINE);
	check(&(struct live_list){ .resource = &pods, .namespace = STR("a"), .name = STR("none") }, false,
	      "!404 for /api/v1/namespaces/a/pods/none", LIVE_NOT_FOUND);
	fake.log.n = 0;
	check(&(struct live_list){ .resource = &pods,
				   .namespace = STR("a"),
				   .page = 2,
				   .labels = "app=x,b",
				   .fields = "f=1",
				   .more = &more },
	      true, "{\"n\":1}{\"n\":2}", LIVE_FINE);
	assert_true(more);
	fake_asked("/api/v1/namespaces/a/pods?limit=2&labelSelector=app%3Dx%2Cb&fieldSelector=f%3D1\n");
}

static void test_gone(void **state)
{
	static const struct fake_answer resumed[] = {
		{ "/api/v1/pods?limit=500", NULL, 200, PAGE(NEXT("a"), "{\"n\":1}") },
		{ "/api/v1/pods?limit=500&continue=a", NULL, 410, GONE("b") },
		{ "/api/v1/pods?limit=500&continue=b", NULL, 200, PAGE("", "{\"n\":2}") },
	};
	static const struct fake_answer anew[] = {
		{ "/api/v1/pods?limit=500", NULL, 200, PAGE(NEXT("a"), "{\"n\":1}") },
		{ "/api/v1/pods?limit=500&continue=a", NULL, 410, "{\"kind\":\"Status\"}" },
		{ "/api/v1/pods", NULL, 200, PAGE("", "{\"n\":1},{\"n\":2}") },
	};
	static const struct fake_answer forever[] = {
		{ "/api/v1/pods?limit=500", NULL, 200, PAGE(NEXT("a"), "{\"n\":1}") },
		{ "/api/v1/pods?limit=500&continue=a", NULL, 410, GONE("b") },
		{ "/api/v1/pods?limit=500&continue=b", NULL, 410, GONE("a") },
		{ "/api/v1/pods", NULL, 410, GONE("a") },
	};
	static const struct fake_answer first[] = { { "/api/v1/pods?limit=500", NULL, 410, GONE("b") } };
	const struct live_list list = { .resource = &pods };

	(void)state;
	FAKE_SET(resumed);
	check(&list, true, "{\"n\":1}{\"n\":2}", LIVE_FINE);
	FAKE_SET(anew);
	check(&list, true, "{\"n\":1}|{\"n\":1}{\"n\":2}", LIVE_FINE);
	check(&list, false, "{\"n\":1}!410 for /api/v1/pods?limit=500&continue=a", LIVE_GONE);
	FAKE_SET(forever);
	check(&list, false, "{\"n\":1}!410 for /api/v1/pods?limit=500&continue=a", LIVE_GONE);
	FAKE_SET(first);
	check(&list, true, "!410 for /api/v1/pods?limit=500", LIVE_GONE);
}

static void test_damage(void **state)
{
	static const struct {
		const char *body, *expected;
	} rows[] = {
		{ "", "!the server's answer to GET /api/v1/pods?limit=500 is no JSON: it ends too early (byte 0)" },
		{ "[]", "!the server's answer to GET /api/v1/pods?limit=500 is no object" },
		{ "{\"kind\":\"PodList\"}", "!the server's answer to GET /api/v1/pods?limit=500 is no list" },
		{ PAGE("", "{\"n\":1},2"),
		  "{\"n\":1}!the server's answer to GET /api/v1/pods?limit=500 lists what is no object" },
		{ "{\"items\":[{\"n\":1},{\"n\"",
		  "!the server's answer to GET /api/v1/pods?limit=500 is no JSON: it ends too early (byte 22)" },
	};
	static const struct fake_answer endless[] = {
		{ "/api/v1/pods?limit=500", NULL, 200, PAGE(NEXT("a"), "") },
		{ "/api/v1/pods?limit=500&continue=a", NULL, 200, PAGE(NEXT("a"), "") },
	};
	struct seen seen = { .stop_at = 1 };
	struct error *err CLEANUP(error_freep) = NULL;
	enum live_failure failure = LIVE_GONE;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct fake_answer answer = { "/api/v1/pods?limit=500", NULL, 200, rows[i].body };

		fake_set(&answer, 1);
		check(&(struct live_list){ .resource = &pods }, true, rows[i].expected, LIVE_FINE);
	}
	FAKE_SET(endless);
	check(&(struct live_list){ .resource = &pods }, true,
	      "!the server's answer to GET /api/v1/pods?limit=500&continue=a says to ask the same again", LIVE_FINE);
	fake_set(&(const struct fake_answer){ "/api/v1/pods?limit=500", NULL, 200, PAGE("", "{},{}") }, 1);
	assert_false(live_list_each(NULL, &(struct live_list){ .resource = &pods }, each, restart, &seen, &failure,
				    &err));
	assert_int_equal(seen.n, 1);
	assert_int_equal(failure, LIVE_FINE);
	assert_string_equal(err->message, "enough");
	buf_free(&seen.items);
	buf_free(&fake.log);
}

/* Owners and managers. */
#define META(more)                                                                                                     \
	"{\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\",\"uid\":\"u\",\"resourceVersion\":\"7\"" more "}"
#define LABELS(labels) META(",\"labels\":{" labels "}") "}"
#define ANNOTATIONS(labels, annotations) META(",\"labels\":{" labels "},\"annotations\":{" annotations "}") "}"

static const struct {
	const char *json;
	enum live_manager manager;
	const char *managed_by;
} managed[] = {
	{ META("") "}", MANAGER_NONE, "" },
	{ META(",\"labels\":null,\"annotations\":null,\"ownerReferences\":null") "}", MANAGER_NONE, "" },
	{ LABELS("\"app.kubernetes.io/managed-by\":\"Helm\",\"app.kubernetes.io/instance\":\"web\""), MANAGER_HELM,
	  "release web" },
	{ LABELS("\"app.kubernetes.io/managed-by\":\"Helm\""), MANAGER_HELM, "a release" },
	{ LABELS("\"app.kubernetes.io/managed-by\":\"me\""), MANAGER_NONE, "" },
	{ ANNOTATIONS("\"a\":\"b\"", "\"meta.helm.sh/release-name\":\"r\",\"meta.helm.sh/release-namespace\":\"shop\""),
	  MANAGER_HELM, "release shop/r" },
	{ ANNOTATIONS("\"app.kubernetes.io/managed-by\":\"Helm\"",
		      "\"argocd.argoproj.io/tracking-id\":\"app:/Pod:shop/web\""),
	  MANAGER_ARGO_CD, "application app" },
	{ ANNOTATIONS("", "\"argocd.argoproj.io/tracking-id\":\"team_app:/Pod:shop/web\""), MANAGER_ARGO_CD,
	  "application team/app" },
	{ ANNOTATIONS("", "\"argocd.argoproj.io/tracking-id\":\"app:apps/Deployment:shop/web\""), MANAGER_NONE, "" },
	{ ANNOTATIONS("", "\"argocd.argoproj.io/tracking-id\":\"app:/Pod:shop/other\""), MANAGER_NONE, "" },
	{ LABELS("\"argocd.argoproj.io/instance\":\"app\""), MANAGER_ARGO_CD, "application app" },
	{ LABELS("\"kustomize.toolkit.fluxcd.io/name\":\"apps\",\"kustomize.toolkit.fluxcd.io/namespace\":\"flux\""),
	  MANAGER_FLUX, "Kustomization flux/apps" },
	{ LABELS("\"helm.toolkit.fluxcd.io/name\":\"web\",\"helm.toolkit.fluxcd.io/namespace\":\"flux\","
		 "\"app.kubernetes.io/managed-by\":\"Helm\""),
	  MANAGER_FLUX, "HelmRelease flux/web" },
	{ META(",\"labels\":{\"app.kubernetes.io/managed-by\":\"Helm\"},\"ownerReferences\":[{\"kind\":\"A\",\"name\":\"a\"},"
	       "{\"apiVersion\":\"x/v1\",\"kind\":\"Rollout\",\"name\":\"web\",\"uid\":\"o\",\"controller\":true}]") "}",
	  MANAGER_OWNER, "Rollout/web" },
	{ META(",\"ownerReferences\":[{\"kind\":\"A\",\"name\":\"a\",\"controller\":false}]") "}", MANAGER_NONE, "" },
};

static void test_managers(void **state)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(managed) / sizeof(*managed); i++) {
		struct live_object object;

		assert_true(live_object_read(&pods, str_of(managed[i].json), arena, &object, NULL));
		if (object.manager != managed[i].manager || !str_is(object.managed_by, managed[i].managed_by))
			fail_msg("%s: %d, %.*s", managed[i].json, object.manager, STR_ARG(object.managed_by));
		assert_true(str_is(object.name, "web") && str_is(object.namespace, "shop"));
		assert_true(str_is(object.uid, "u") && str_is(object.resource_version, "7"));
		assert_true(!object.deleted && object.replicas == 1);
	}
}

static void test_objects(void **state)
{
	const struct live_resource other = { .group = STR("apps"),
					     .name = STR("deployments"),
					     .kind = STR("Deployment") };
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct error *err CLEANUP(error_freep) = NULL;
	struct live_object object;

	(void)state;
	assert_true(live_object_read(&other, STR(META("") ",\"spec\":{\"replicas\":3}}"), arena, &object, NULL));
	assert_int_equal(object.replicas, 3);
	assert_true(live_object_read(&other, STR(META("") ",\"status\":{\"desiredNumberScheduled\":9}}"), arena,
				     &object, NULL));
	assert_int_equal(object.replicas, 9);
	assert_true(live_object_read(&other, STR(META("") ",\"spec\":{\"jobTemplate\":{}}}"), arena, &object, NULL));
	assert_int_equal(object.replicas, 0);
	assert_true(live_object_read(&other, STR(META(",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"") "}"), arena,
				     &object, NULL));
	assert_true(object.deleted && object.replicas == -1);
	assert_true(live_object_read(&other, STR("{\"metadata\":{\"n\\u0061me\":\"\\u001b[31m\"}}"), arena, &object,
				     NULL));
	assert_true(str_is(object.name, "\x1b[31m"));
	assert_false(live_object_read(&other, STR("{}"), arena, &object, &err));
	assert_string_equal(err->message, "the server sent something without a name among its deployments");
	assert_false(live_object_read(&other, STR("[]"), arena, &object, NULL));
	assert_false(live_object_read(&other, STR("{\"metadata\":{\"name\":1}}"), arena, &object, NULL));
	assert_false(live_object_read(&other, STR("{\"metadata\":{\"name\":\"a\"}"), arena, &object, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),	 cmocka_unit_test(test_gone),	 cmocka_unit_test(test_damage),
		cmocka_unit_test(test_managers), cmocka_unit_test(test_objects),
	};

	return cmocka_run_group_tests_name("live_list", tests, NULL, NULL);
}
