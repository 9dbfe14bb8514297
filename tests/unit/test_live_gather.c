/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which objects are handed over, in which order, for what is asked; and what is asked of the server for that.
 */
#include "live_fake.h"

#include "live/gather.h"

#define RESOURCE(g, v, plural, k, in_namespaces)                                                                       \
	{ .group = STR(g),                                                                                             \
	  .version = STR(v),                                                                                           \
	  .name = STR(plural),                                                                                         \
	  .singular = { plural, sizeof(plural) - 2 },                                                                  \
	  .kind = STR(k),                                                                                              \
	  .namespaced = in_namespaces,                                                                                 \
	  .can_list = true,                                                                                            \
	  .can_get = true,                                                                                             \
	  .can_patch = true,                                                                                           \
	  .preferred = true,                                                                                           \
	  .categories = all,                                                                                           \
	  .categories_n = in_namespaces ? 1 : 0 }

static struct str all[] = { STR("all") };
static struct live_resource items[] = {
	RESOURCE("", "v1", "configmaps", "ConfigMap", true),
	RESOURCE("", "v1", "endpoints", "Endpoints", true),
	RESOURCE("", "v1", "namespaces", "Namespace", false),
	RESOURCE("", "v1", "pods", "Pod", true),
	RESOURCE("", "v1", "services", "Service", true),
	RESOURCE("apps", "v1", "deployments", "Deployment", true),
	RESOURCE("apps.kruise.io", "v1alpha1", "sidecarsets", "SidecarSet", false),
	RESOURCE("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true),
	RESOURCE("example.com", "v1", "foos", "Foo", true),
};
static const struct live_resources resources = { .items = items, .n = sizeof(items) / sizeof(*items) };

/* What is heard, a line each. */
struct heard {
	struct buf text;
	bool wants_context;
	const char *stop_at; /* the object whose call fails */
};

static bool begin(void *data, const struct gather_namespace *namespace, struct error **err)
{
	struct heard *heard = data;

	(void)err;
	buf_addf(&heard->text, "begin %.*s%s%s%s\n", STR_ARG(namespace->name),
		 namespace->everywhere ? "(everywhere)" : "", namespace->json.n ? " json" : "",
		 namespace->reported_only ? " reported" : "");
	assert_int_equal(namespace->unread_targets.n + namespace->unread_context.n, 0);
	return true;
}

static bool object(void *data, const struct gather_namespace *namespace, const struct gather_object *row,
		   struct error **err)
{
	static const char *const managers[] = { "", " helm", " argo", " flux", " owner" };
	struct heard *heard = data;

	(void)namespace;
	assert_int_equal(row->json.p[0], '{');
	buf_addf(&heard->text, "%s %.*s/%.*s/%.*s%s%s\n", row->role == GATHER_TARGET ? "target" : "context",
		 STR_ARG(row->object->resource->kind), STR_ARG(row->object->namespace), STR_ARG(row->object->name),
		 managers[row->object->manager], row->reported_only ? " reported" : "");
	if (heard->stop_at && str_is(row->object->name, heard->stop_at))
		return error_set(err, "enough");
	return true;
}

static bool context(void *data, const struct gather_namespace *namespace)
{
	struct heard *heard = data;

	buf_addf(&heard->text, "context? %.*s\n", STR_ARG(namespace->name));
	return heard->wants_context;
}

static bool end(void *data, const struct gather_namespace *namespace, struct error **err)
{
	struct heard *heard = data;

	(void)err;
	buf_addf(&heard->text, "end %.*s [%.*s] [%.*s]\n", STR_ARG(namespace->name), STR_ARG(namespace->unread_targets),
		 STR_ARG(namespace->unread_context));
	return true;
}

static void note(void *data, const char *text)
{
	struct heard *heard = data;

	buf_addf(&heard->text, "note: %s\n", text);
}

static void check_heard(const struct gather *gather, struct heard *heard, const char *expected)
{
	const struct gather_listener listener = { begin, object, context, end, note, heard };
	struct error *err CLEANUP(error_freep) = NULL;

	if (!live_gather(NULL, &resources, gather, &listener, &err))
		buf_addf(&heard->text, "error: %s\n", err->message);
	if (!str_is(buf_str(&heard->text), expected))
		fail_msg("heard:\n%.*sinstead of:\n%s", STR_ARG(buf_str(&heard->text)), expected);
	buf_free(&heard->text);
}

static void check(const struct gather *gather, bool wants_context, const char *expected)
{
	struct heard heard = { .wants_context = wants_context };

	check_heard(gather, &heard, expected);
}

#define WORDS(...)                                                                                                     \
	.words = (const char *const[]){ __VA_ARGS__ },                                                                 \
	.words_n = sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)
#define LIST(items) "{\"items\":[" items "]}"
#define OBJECT(namespace, name, more)                                                                                  \
	"{\"metadata\":{\"namespace\":\"" namespace "\",\"name\":\"" name "\",\"uid\":\"" namespace "-" name "\"" more \
												    "}}"
#define OWNED(namespace, name, api, kind, owner)                                                                       \
	OBJECT(namespace, name,                                                                                        \
	       ",\"ownerReferences\":[{\"apiVersion\":\"" api "\",\"kind\":\"" kind "\",\"name\":\"" owner             \
	       "\",\"controller\":true}]")
#define HOME(name, labels) "{\"metadata\":{\"name\":\"" name "\",\"labels\":{" labels "}}}"
#define ENFORCES(level) "\"pod-security.kubernetes.io/enforce\":\"" level "\""
#define POLICY(namespace, name)                                                                                        \
	"{\"metadata\":{\"namespace\":\"" namespace "\",\"name\":\"" name                                              \
						    "\",\"uid\":\"" namespace "-np-" name                              \
									      "\"},\"spec\":{\"egress\":[{\"ports\":[{\"port\":80}]}]}}"

/* A namespace as its user sees it. */
static const struct fake_answer shop[] = {
	{ "/api/v1/namespaces/shop", NULL, 200, HOME("shop", "") },
	{ "/api/v1/namespaces/shop/pods?limit=500", "PartialObjectMetadata", 200,
	  LIST(OWNED("shop", "web-1", "apps/v1", "ReplicaSet",
		     "web-5") "," OBJECT("shop", "bare", "") "," OWNED("shop", "made", "x.io/v1", "Maker", "m")) },
	{ "/api/v1/namespaces/shop/pods/bare", NULL, 200, OBJECT("shop", "bare", "") },
	{ "/api/v1/namespaces/shop/pods/made", NULL, 200, OWNED("shop", "made", "x.io/v1", "Maker", "m") },
	{ "/api/v1/namespaces/shop/pods/web-1", NULL, 200, OWNED("shop", "web-1", "apps/v1", "ReplicaSet", "web-5") },
	{ "/apis/apps/v1/namespaces/shop/deployments?limit=500", NULL, 200,
	  LIST(OBJECT("shop", "web",
		      ",\"labels\":{\"app.kubernetes.io/managed-by\":\"Helm\"}") "," OBJECT("shop", "api", "")) },
	{ "/apis/apps/v1/namespaces/shop/deployments/web", NULL, 200, OBJECT("shop", "web", "") },
	{ "/api/v1/namespaces/shop/services?limit=500", NULL, 200, LIST(OBJECT("shop", "svc", "")) },
	{ "/api/v1/namespaces/shop/configmaps?limit=500", NULL, 200, LIST(OBJECT("shop", "cm", "")) },
	{ "/apis/networking.k8s.io/v1/networkpolicies?limit=500", NULL, 200,
	  LIST(POLICY("shop", "in") "," POLICY("other", "out") "," OBJECT("other", "none", "") "," POLICY("kube-system",
													  "dns")) },
};

static void test_one_namespace(void **state)
{
	(void)state;
	FAKE_SET(shop);
	check(&(struct gather){ .namespace = STR("shop") }, false,
	      "begin shop json\n"
	      "target Pod/shop/bare\n"
	      "target Pod/shop/made owner\n"
	      "target Deployment/shop/web helm\n"
	      "target Deployment/shop/api\n"
	      "context? shop\n"
	      "end shop [] []\n");
	fake_asked("/api/v1/namespaces/shop\n"
		   "/api/v1/namespaces/shop/pods?limit=500 (metadata)\n"
		   "/api/v1/namespaces/shop/pods/bare\n"
		   "/api/v1/namespaces/shop/pods/made\n"
		   "/apis/apps/v1/namespaces/shop/deployments?limit=500\n");
	check(&(struct gather){ .namespace = STR("shop"), WORDS("deploy/web", "deployment/web") }, false,
	      "error: the server doesn't have a resource type \"deploy\"\n");
	check(&(struct gather){ .namespace = STR("shop"), WORDS("deployments/web", "deployment/web") }, true,
	      "begin shop json\n"
	      "target Deployment/shop/web\n"
	      "context? shop\n"
	      "context ConfigMap/shop/cm\n"
	      "context Pod/shop/bare\n"
	      "context Pod/shop/made owner\n"
	      "context Service/shop/svc\n"
	      "context Deployment/shop/api\n"
	      "context NetworkPolicy/shop/in\n"
	      "context NetworkPolicy/other/out\n"
	      "context NetworkPolicy/kube-system/dns reported\n"
	      "end shop [] []\n");
	fake_asked("/api/v1/namespaces/shop\n"
		   "/apis/apps/v1/namespaces/shop/deployments/web\n"
		   "/apis/apps/v1/namespaces/shop/deployments/web\n"
		   "/apis/networking.k8s.io/v1/networkpolicies?limit=500\n"
		   "/api/v1/namespaces/shop/configmaps?limit=500\n"
		   "/api/v1/namespaces/shop/pods?limit=500 (metadata)\n"
		   "/api/v1/namespaces/shop/pods/bare\n"
		   "/api/v1/namespaces/shop/pods/made\n"
		   "/api/v1/namespaces/shop/services?limit=500\n"
		   "/apis/apps/v1/namespaces/shop/deployments?limit=500\n");
}

static void test_owned(void **state)
{
	(void)state;
	FAKE_SET(shop);
	check(&(struct gather){ .namespace = STR("shop"), WORDS("pod", "web-1", "bare") }, false,
	      "begin shop json\n"
	      "note: pod/web-1 is controlled by ReplicaSet/web-5, which would put it back: harden that instead\n"
	      "target Pod/shop/bare\n"
	      "context? shop\n"
	      "end shop [] []\n");
	check(&(struct gather){ .namespace = STR("shop"), WORDS("pods") }, false,
	      "begin shop json\n"
	      "target Pod/shop/bare\n"
	      "target Pod/shop/made owner\n"
	      "note: 1 of the pods in shop has a controller, which is what is hardened\n"
	      "context? shop\n"
	      "end shop [] []\n");
	check(&(struct gather){ .namespace = STR("shop"), WORDS("pod/none") }, false,
	      "begin shop json\n"
	      "error: 404 for /api/v1/namespaces/shop/pods/none\n");
}

static const struct {
	const char *words[4];
	const char *labels;
	bool everywhere;
	const char *message;
} refused[] = {
	{ { "pods", "deployment/web" },
	  NULL,
	  false,
	  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form "
	  "(e.g. 'kubectl harden check deployment/web' instead of 'kubectl harden check deployment deployment/web')" },
	{ { "pods/a/b" }, NULL, false, "arguments in resource/name form may not have more than one slash" },
	{ { "pods/" }, NULL, false, "arguments in resource/name form must have a single resource and name" },
	{ { "/web" }, NULL, false, "arguments in resource/name form must have a single resource and name" },
	{ { "pods,deployments/web" },
	  NULL,
	  false,
	  "arguments in resource/name form must have a single resource and name" },
	{ { "pods/a" }, "app=x", false, "selectors cannot be used when passing resource/name arguments" },
	{ { "pods", "a" }, "app=x", false, "name cannot be provided when a selector is specified" },
	{ { "pods/a" }, NULL, true, "a resource cannot be retrieved by name across all namespaces" },
	{ { "pods", "a" }, NULL, true, "a resource cannot be retrieved by name across all namespaces" },
	{ { "pods", ".." }, NULL, false, "invalid resource name \"..\": may not be '..'" },
	{ { "pods", "a%b" }, NULL, false, "invalid resource name \"a%b\": may not contain '%'" },
	{ { "pods", "" }, NULL, false, "resource name may not be empty" },
	{ { "podz" }, NULL, false, "the server doesn't have a resource type \"podz\" (did you mean pods?)" },
	{ { "pods,nothing" }, NULL, false, "the server doesn't have a resource type \"nothing\"" },
	{ { "services" },
	  NULL,
	  false,
	  "services hold no pods, so there is nothing to harden in them; what holds pods here: pods, deployments, sidecarsets" },
	{ { "foos" },
	  NULL,
	  false,
	  "foos.example.com: not known to hold pods; if they do, a project file can say where (kinds, in .kubectl-harden.yaml)" },
};

static void test_words(void **state)
{
	(void)state;
	FAKE_SET(shop);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct gather gather = { .words = refused[i].words,
					 .labels = refused[i].labels,
					 .namespace = STR("shop"),
					 .all_namespaces = refused[i].everywhere };
		struct buf expected CLEANUP(buf_free) = BUF_INIT;

		while (gather.words_n < 4 && refused[i].words[gather.words_n])
			gather.words_n++;
		buf_addf(&expected, "error: %s\n%c", refused[i].message, '\0');
		check(&gather, false, expected.p);
	}
	check(&(struct gather){ .namespace = STR("../x") }, false,
	      "error: invalid namespace name \"../x\": may not contain '/'\n");
	fake_asked("");
	check(&(struct gather){ .namespace = STR("shop"), WORDS("all") }, false,
	      "begin shop json\n"
	      "target Pod/shop/bare\n"
	      "target Pod/shop/made owner\n"
	      "target Deployment/shop/web helm\n"
	      "target Deployment/shop/api\n"
	      "context? shop\n"
	      "end shop [] []\n");
	check(&(struct gather){ .namespace = STR("shop"), WORDS("deployments,pods", "web", "bare") }, false,
	      "begin shop json\n"
	      "target Deployment/shop/web\n"
	      "error: 404 for /apis/apps/v1/namespaces/shop/deployments/bare\n");
}

static void test_all_namespaces(void **state)
{
	static const struct fake_answer answers[] = {
		{ "/api/v1/namespaces?limit=500", NULL, 200,
		  LIST(HOME("b", ENFORCES("privileged")) "," HOME("a", ENFORCES("restricted")) "," HOME("kube-system",
													"")) },
		{ "/api/v1/pods?limit=500", "PartialObjectMetadata", 200,
		  LIST(OBJECT("kube-system", "p", "") "," OBJECT("a", "p", "")) },
		{ "/apis/apps/v1/deployments?limit=500", "PartialObjectMetadata", 200,
		  "{\"metadata\":{\"continue\":\"x\"},\"items\":[" OBJECT("a", "d", "") "]}" },
		{ "/apis/apps.kruise.io/v1alpha1/sidecarsets?limit=500", NULL, 200, LIST(OBJECT("", "s", "")) },
		{ "/api/v1/namespaces/a/pods?limit=500", "PartialObjectMetadata", 200, LIST(OBJECT("a", "p", "")) },
		{ "/api/v1/namespaces/a/pods/p", NULL, 200, OBJECT("a", "p", "") },
		{ "/apis/apps/v1/namespaces/a/deployments?limit=500", NULL, 200, LIST(OBJECT("a", "d", "")) },
		{ "/apis/apps/v1/namespaces/b/deployments?limit=500", NULL, 200, LIST(OBJECT("b", "d", "")) },
		{ "/apis/apps/v1/namespaces/kube-system/deployments?limit=500", NULL, 403, NULL },
		{ "/api/v1/namespaces/kube-system/pods?limit=500", "PartialObjectMetadata", 200, LIST() },
		{ "/api/v1/configmaps?limit=500", "PartialObjectMetadata", 200, LIST() },
		{ "/api/v1/services?limit=500", "PartialObjectMetadata", 503, NULL },
		{ "/api/v1/namespaces/a/services?limit=500", NULL, 503, NULL },
		{ "/api/v1/namespaces/b/services?limit=500", NULL, 200, LIST(OBJECT("b", "svc", "")) },
		{ "/apis/networking.k8s.io/v1/networkpolicies?limit=500", NULL, 200, LIST(POLICY("b", "np")) },
	};

	(void)state;
	FAKE_SET(answers);
	check(&(struct gather){ .all_namespaces = true }, true,
	      "begin \n"
	      "target SidecarSet//s\n"
	      "end  [] []\n"
	      "begin a json\n"
	      "target Pod/a/p\n"
	      "target Deployment/a/d\n"
	      "context? a\n"
	      "context NetworkPolicy/b/np reported\n"
	      "end a [] [services: 503 for /api/v1/namespaces/a/services?limit=500]\n"
	      "begin b json reported\n"
	      "target Deployment/b/d reported\n"
	      "context? b\n"
	      "context Service/b/svc reported\n"
	      "context NetworkPolicy/b/np reported\n"
	      "end b [] []\n"
	      "begin kube-system json reported\n"
	      "end kube-system [deployments.apps: forbidden] []\n");
	fake_asked("/apis/apps.kruise.io/v1alpha1/sidecarsets?limit=500\n"
		   "/api/v1/namespaces?limit=500\n"
		   "/api/v1/pods?limit=500 (metadata)\n"
		   "/api/v1/namespaces/a/pods?limit=500 (metadata)\n"
		   "/api/v1/namespaces/a/pods/p\n"
		   "/apis/apps/v1/deployments?limit=500 (metadata)\n"
		   "/apis/apps/v1/namespaces/a/deployments?limit=500\n"
		   "/apis/networking.k8s.io/v1/networkpolicies?limit=500\n"
		   "/api/v1/configmaps?limit=500 (metadata)\n"
		   "/api/v1/services?limit=500 (metadata)\n"
		   "/api/v1/namespaces/a/services?limit=500\n"
		   "/apis/apps/v1/namespaces/b/deployments?limit=500\n"
		   "/api/v1/namespaces/b/services?limit=500\n"
		   "/api/v1/namespaces/kube-system/pods?limit=500 (metadata)\n"
		   "/apis/apps/v1/namespaces/kube-system/deployments?limit=500\n");
}

static void test_namespaces_forbidden(void **state)
{
	static const struct fake_answer answers[] = {
		{ "/api/v1/namespaces?limit=500", NULL, 403, NULL },
		{ "/api/v1/namespaces/kube-system", NULL, 403, NULL },
		{ "/apis/apps/v1/deployments?limit=500", NULL, 200,
		  LIST(OBJECT("a", "d", "") "," OBJECT("kube-system", "dns", "")) },
		{ "/apis/apps/v1/namespaces/kube-system/deployments?limit=500", NULL, 200,
		  LIST(OBJECT("kube-system", "dns", "")) },
		{ "/apis/networking.k8s.io/v1/networkpolicies?limit=500", NULL, 403, NULL },
		{ "/apis/networking.k8s.io/v1/namespaces/kube-system/networkpolicies?limit=500", NULL, 200,
		  LIST(POLICY("kube-system", "np")) },
		{ "/api/v1/configmaps?limit=500", NULL, 403, NULL },
		{ "/api/v1/services?limit=500", NULL, 403, NULL },
		{ "/api/v1/pods?limit=500", NULL, 404, NULL },
	};

	(void)state;
	FAKE_SET(answers);
	check(&(struct gather){ .all_namespaces = true, WORDS("deployments") }, true,
	      "begin (everywhere)\n"
	      "target Deployment/a/d\n"
	      "target Deployment/kube-system/dns reported\n"
	      "context? \n"
	      "end  [] [configmaps, services, networkpolicies.networking.k8s.io: forbidden]\n");
	check(&(struct gather){ .namespace = STR("kube-system"), WORDS("deployments") }, true,
	      "begin kube-system reported\n"
	      "target Deployment/kube-system/dns reported\n"
	      "context? kube-system\n"
	      "context NetworkPolicy/kube-system/np reported\n"
	      "end kube-system [] [networkpolicies.networking.k8s.io of other namespaces: forbidden]\n");
	check(&(struct gather){ .namespace = STR("kube-system"), .namespace_named = true, WORDS("deployments") }, false,
	      "begin kube-system\n"
	      "target Deployment/kube-system/dns\n"
	      "context? kube-system\n"
	      "end kube-system [] []\n");
}

static void test_forbidden(void **state)
{
	static const struct fake_answer some[] = {
		{ "/api/v1/namespaces/shop", NULL, 403, NULL },
		{ "/api/v1/namespaces/shop/pods?limit=500", NULL, 403, NULL },
		{ "/apis/apps/v1/namespaces/shop/deployments?limit=500", NULL, 200, LIST(OBJECT("shop", "web", "")) },
	};
	static const struct fake_answer none[] = {
		{ "/api/v1/namespaces/shop", NULL, 403, NULL },
		{ "/api/v1/namespaces/shop/pods?limit=500", NULL, 403, NULL },
		{ "/apis/apps/v1/namespaces/shop/deployments?limit=500", NULL, 503, NULL },
	};
	static const struct fake_answer missing[] = { { "/api/v1/namespaces/shop", NULL, 404, NULL } };
	static const struct fake_answer dead[] = {
		{ "/api/v1/namespaces/shop", NULL, 200, HOME("shop", "") },
		{ "/api/v1/namespaces/shop/pods?limit=500", NULL, 0, NULL },
	};
	const struct gather gather = { .namespace = STR("shop") };

	(void)state;
	FAKE_SET(some);
	check(&gather, false,
	      "begin shop\n"
	      "target Deployment/shop/web\n"
	      "context? shop\n"
	      "end shop [pods: forbidden] []\n");
	check(&(struct gather){ .namespace = STR("shop"), WORDS("deployments,pods") }, false,
	      "begin shop\n"
	      "target Deployment/shop/web\n"
	      "error: 403 for /api/v1/namespaces/shop/pods?limit=500\n");
	FAKE_SET(none);
	check(&gather, false,
	      "begin shop\n"
	      "end shop [pods: forbidden; deployments.apps: 503 for /apis/apps/v1/namespaces/shop/deployments?limit=500] []\n"
	      "error: 403 for /api/v1/namespaces/shop/pods?limit=500\n");
	FAKE_SET(missing);
	check(&gather, false, "error: 404 for /api/v1/namespaces/shop\n");
	FAKE_SET(dead);
	check(&gather, false,
	      "begin shop json\n"
	      "error: 0 for /api/v1/namespaces/shop/pods?limit=500\n");
}

/* A list begun anew gives nothing twice; a callback ends it all; and many that are left are listed, not fetched. */
static void test_lists(void **state)
{
	static const struct fake_answer answers[] = {
		{ "/api/v1/namespaces/shop", NULL, 200, HOME("shop", "") },
		{ "/apis/apps/v1/namespaces/shop/deployments?limit=1&labelSelector=a%3Db", NULL, 200,
		  "{\"metadata\":{\"continue\":\"x\"},\"items\":[" OBJECT("shop", "web", "") "]}" },
		{ "/apis/apps/v1/namespaces/shop/deployments?limit=1&continue=x&labelSelector=a%3Db", NULL, 410, NULL },
		{ "/apis/apps/v1/namespaces/shop/deployments?labelSelector=a%3Db", NULL, 200,
		  LIST(OBJECT("shop", "web", "") "," OBJECT("shop", "api", "")) },
		{ "/api/v1/namespaces/shop/pods?limit=500", NULL, 200,
		  LIST(OBJECT("shop", "a", "") "," OBJECT("shop", "b", "") "," OBJECT("shop", "c", "") "," OBJECT(
			  "shop", "d",
			  "") "," OBJECT("shop", "e",
					 "") "," OBJECT("shop", "f",
							"") "," OBJECT("shop", "g",
								       "") "," OBJECT("shop", "h",
										      "") "," OBJECT("shop", "i",
												     "") "," OWNED("shop",
														   "j",
														   "batch/v1",
														   "Job",
														   "x")) },
	};
	struct heard heard = { .stop_at = "b" };

	(void)state;
	FAKE_SET(answers);
	check(&(struct gather){ .namespace = STR("shop"), .labels = "a=b", .page = 1, WORDS("deployments") }, false,
	      "begin shop json\n"
	      "target Deployment/shop/web\n"
	      "target Deployment/shop/api\n"
	      "context? shop\n"
	      "end shop [] []\n");
	fake.log.n = 0;
	check(&(struct gather){ .namespace = STR("shop"), WORDS("pods") }, false,
	      "begin shop json\n"
	      "target Pod/shop/a\ntarget Pod/shop/b\ntarget Pod/shop/c\ntarget Pod/shop/d\ntarget Pod/shop/e\n"
	      "target Pod/shop/f\ntarget Pod/shop/g\ntarget Pod/shop/h\ntarget Pod/shop/i\n"
	      "note: 1 of the pods in shop has a controller, which is what is hardened\n"
	      "context? shop\n"
	      "end shop [] []\n");
	fake_asked("/api/v1/namespaces/shop\n"
		   "/api/v1/namespaces/shop/pods?limit=500 (metadata)\n"
		   "/api/v1/namespaces/shop/pods?limit=500\n");
	check_heard(&(struct gather){ .namespace = STR("shop"), WORDS("pods") }, &heard,
		    "begin shop json\n"
		    "target Pod/shop/a\n"
		    "target Pod/shop/b\n"
		    "error: enough\n");
	buf_free(&fake.log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_namespace),
		cmocka_unit_test(test_owned),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_all_namespaces),
		cmocka_unit_test(test_namespaces_forbidden),
		cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests_name("live_gather", tests, NULL, NULL);
}
