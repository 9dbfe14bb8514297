/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather [OPTION…] [WORD…]: what live_gather() hands over from the server of KUBECONFIG, a line each, for test_gather.py.
 *
 *	-n NAMESPACE, -A, -l SELECTOR   as kubectl has them
 *	--page N         objects a page
 *	--context        asks for what stands beside the targets, too
 *	--find           prints what each word means, instead
 *	--old            discovery as before Kubernetes 1.26
 *	--requests       prints each request
 */
#include <stdio.h>
#include <stdlib.h>

#include "live/gather.h"

static struct {
	bool old, requests, context;
} options;

bool __real_live_do(struct live_client *client, const struct live_request *request, struct live_response *ret,
		    struct error **err);
bool __wrap_live_do(struct live_client *client, const struct live_request *request, struct live_response *ret,
		    struct error **err);

/* The linker puts it in the place of live_do(). */
bool __wrap_live_do(struct live_client *client, const struct live_request *request, struct live_response *ret,
		    struct error **err)
{
	struct live_request changed = *request;
	bool good;

	if (options.old && changed.accept && strstr(changed.accept, "APIGroupDiscoveryList"))
		changed.accept = NULL;
	good = __real_live_do(client, &changed, ret, err);
	if (options.requests)
		printf("%ld %.*s\n", ret->status, STR_ARG(changed.path));
	return good;
}

static bool begin(void *data, const struct gather_namespace *namespace, struct error **err)
{
	(void)data;
	(void)err;
	printf("begin %.*s%s%s%s\n", STR_ARG(namespace->name), namespace->everywhere ? "(everywhere)" : "",
	       namespace->json.n ? "" : " unseen", namespace->reported_only ? " reported" : "");
	return true;
}

static bool object(void *data, const struct gather_namespace *namespace, const struct gather_object *row,
		   struct error **err)
{
	static const char *const managers[] = { "", " Helm: ", " Argo CD: ", " Flux: ", " owner: " };

	(void)data;
	(void)namespace;
	(void)err;
	printf("%s %.*s/%.*s/%.*s%s%.*s%s\n", row->role == GATHER_TARGET ? "target" : "context",
	       STR_ARG(row->object->resource->name), STR_ARG(row->object->namespace), STR_ARG(row->object->name),
	       managers[row->object->manager], STR_ARG(row->object->managed_by), row->reported_only ? " reported" : "");
	return true;
}

static bool context(void *data, const struct gather_namespace *namespace)
{
	(void)data;
	(void)namespace;
	return options.context;
}

static bool end(void *data, const struct gather_namespace *namespace, struct error **err)
{
	(void)data;
	(void)err;
	if (namespace->unread_targets.n)
		printf("unread targets: %.*s\n", STR_ARG(namespace->unread_targets));
	if (namespace->unread_context.n)
		printf("unread context: %.*s\n", STR_ARG(namespace->unread_context));
	return true;
}

static void note(void *data, const char *text)
{
	(void)data;
	printf("note: %s\n", text);
}

static bool find(const struct live_resources *resources, const struct gather *gather, struct error **err)
{
	for (size_t i = 0; i < resources->failed.n; i++)
		printf("failed: %s\n", resources->failed.items[i]);
	for (size_t i = 0; i < gather->words_n; i++) {
		const struct live_resource *found = live_resource_find(resources, str_of(gather->words[i]), err);

		if (!found)
			return false;
		printf("%s: %.*s/%.*s/%.*s %.*s%s%s%s%s%s\n", gather->words[i], STR_ARG(found->group),
		       STR_ARG(found->version), STR_ARG(found->name), STR_ARG(found->kind),
		       found->namespaced ? " namespaced" : "", found->can_get ? " get" : "",
		       found->can_list ? " list" : "", found->can_patch ? " patch" : "",
		       found->preferred ? " preferred" : "");
	}
	return true;
}

static bool run(const struct gather *gather, bool finds, struct error **err)
{
	const struct gather_listener listener = { begin, object, context, end, note, NULL };
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct live_flags flags = { 0 };
	struct live_config config;
	struct live_resources resources = { 0 };
	struct live_client *client = NULL;
	struct gather asked = *gather;
	bool good;

	flags.namespace = gather->namespace_named ? gather->namespace.p : NULL;
	good = kubeconfig_read(&flags, arena, &config, err) && (client = live_open(&config, NULL, NULL, err)) &&
	       live_discover(client, &resources, err);
	if (good) {
		asked.namespace = config.namespace;
		good = finds ? find(&resources, gather, err) : live_gather(client, &resources, &asked, &listener, err);
	}
	live_resources_free(&resources);
	live_close(client);
	return good;
}

int main(int argc, char **argv)
{
	struct error *err CLEANUP(error_freep) = NULL;
	struct gather gather = { 0 };
	const char **words = xmalloc((size_t)argc * sizeof(*words));
	bool finds = false, good;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-n")) {
			gather.namespace = str_of(argv[++i]);
			gather.namespace_named = true;
		} else if (!strcmp(argv[i], "-l")) {
			gather.labels = argv[++i];
		} else if (!strcmp(argv[i], "--page")) {
			gather.page = (unsigned)strtoul(argv[++i], NULL, 10);
		} else if (!strcmp(argv[i], "-A")) {
			gather.all_namespaces = true;
		} else if (!strcmp(argv[i], "--context")) {
			options.context = true;
		} else if (!strcmp(argv[i], "--find")) {
			finds = true;
		} else if (!strcmp(argv[i], "--old")) {
			options.old = true;
		} else if (!strcmp(argv[i], "--requests")) {
			options.requests = true;
		} else {
			words[gather.words_n++] = argv[i];
		}
	}
	gather.words = words;
	good = run(&gather, finds, &err);
	if (!good)
		printf("error: %s\n", err->message);
	free(words);
	return good ? 0 : 1;
}
