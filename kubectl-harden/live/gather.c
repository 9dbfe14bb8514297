/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gather
 *
 * With all namespaces these are listed first, and visited one after the other. Who may not list them is shown what may
 * be listed of all at once, as kubectl does.
 */
#include "live/gather_internal.h"

#include <stdlib.h>

#include "live/json_values.h"

static const char enforce[] = "pod-security.kubernetes.io/enforce";

const char *gather_reported_only(struct gathering *gathering, struct str name, struct str json)
{
	struct str labels = json_member(json_member(json, "metadata"), "labels");

	if (!name.n || (gathering->gather->namespace_named && str_eq(name, gathering->gather->namespace)))
		return NULL;
	if (str_starts(name, STR("kube-")) || str_starts(name, STR("openshift-")) || str_is(name, "openshift"))
		return str_fmt(gathering->arena,
			       "namespace %.*s belongs to the cluster itself, so it is only reported; -n %.*s changes it",
			       STR_ARG(name), STR_ARG(name))
			.p;
	if (!str_is(json_text(json_member(labels, enforce), gathering->arena), "privileged"))
		return NULL;
	return str_fmt(gathering->arena,
		       "namespace %.*s says %s: privileged, so it is only reported; -n %.*s changes it", STR_ARG(name),
		       enforce, STR_ARG(name))
		.p;
}

static int compare_homes(const void *a, const void *b)
{
	return str_cmp(((const struct gather_home *)a)->name, ((const struct gather_home *)b)->name);
}

const struct gather_home *gather_home_of(const struct gathering *gathering, struct str name)
{
	if (!gathering->homes.n)
		return NULL;
	return bsearch(&(struct gather_home){ .name = name }, gathering->homes.items, gathering->homes.n,
		       sizeof(*gathering->homes.items), compare_homes);
}

static bool add_home(void *data, const struct live_resource *resource, struct str json, struct error **err)
{
	struct gathering *gathering = data;
	struct live_object object;

	if (!live_object_read(resource, json, gathering->arena, &object, err))
		return false;
	VEC_PUSH(&gathering->homes, (struct gather_home){
					    .name = object.name,
					    .json = str_copy(gathering->arena, json),
					    .reported_only = gather_reported_only(gathering, object.name, json),
				    });
	return true;
}

static void forget_homes(void *data)
{
	struct gathering *gathering = data;

	gathering->homes.n = 0;
}

/* "a, b: forbidden; c: why" */
static struct str unread_text(struct gathering *gathering, enum gather_role role)
{
	const struct gather_unread *unread = &gathering->unread[role];
	struct str forbidden = buf_str(&unread->forbidden), other = buf_str(&unread->other);

	return str_fmt(gathering->space, "%.*s%s%s%.*s", STR_ARG(forbidden), forbidden.n ? ": forbidden" : "",
		       forbidden.n && other.n ? "; " : "", STR_ARG(other));
}

static bool hand_over(struct gathering *gathering, bool namespaced, struct error **err)
{
	const struct gather_listener *listener = gathering->listener;
	struct gather_namespace *namespace = gathering->namespace;

	if (listener->begin && !listener->begin(listener->data, namespace, err))
		return false;
	for (size_t i = 0; i < gathering->wants.n; i++)
		if (gathering->wants.items[i].resource->namespaced == namespaced &&
		    !gather_want(gathering, &gathering->wants.items[i], GATHER_TARGET, err))
			return false;
	if (namespaced && gathering->handed && listener->context && listener->context(listener->data, namespace) &&
	    !gather_context(gathering, err))
		return false;
	namespace->unread_targets = unread_text(gathering, GATHER_TARGET);
	namespace->unread_context = unread_text(gathering, GATHER_CONTEXT);
	return !listener->end || listener->end(listener->data, namespace, err);
}

/* One namespace; or those wants that have none. */
static bool visit(struct gathering *gathering, struct gather_namespace *namespace, bool namespaced, struct error **err)
{
	bool good;

	gathering->space = arena_new();
	gathering->seen = intern_init(gathering->space);
	gathering->namespace = namespace;
	gathering->handed = 0;
	good = hand_over(gathering, namespaced, err);
	intern_free(&gathering->seen);
	for (int role = GATHER_TARGET; role <= GATHER_CONTEXT; role++) {
		gathering->unread[role].forbidden.n = 0;
		gathering->unread[role].other.n = 0;
	}
	arena_free(gathering->space);
	gathering->space = NULL;
	return good;
}

static bool visit_one(struct gathering *gathering, const struct live_resource *namespaces, struct error **err)
{
	const struct gather *gather = gathering->gather;
	const struct live_list one = { .resource = namespaces, .name = gather->namespace };
	struct gather_namespace namespace = { .name = gather->namespace };
	struct error *why CLEANUP(error_freep) = NULL;
	enum live_failure failure = LIVE_FORBIDDEN;

	if (namespaces && live_list_each(gathering->client, &one, add_home, NULL, gathering, &failure, &why)) {
		namespace.json = gathering->homes.items[0].json;
		namespace.reported_only = gathering->homes.items[0].reported_only;
	} else if (failure != LIVE_FORBIDDEN) {
		return error_set(err, "%s", why->message);
	} else {
		namespace.reported_only = gather_reported_only(gathering, gather->namespace, STR_NONE);
	}
	return visit(gathering, &namespace, true, err);
}

static bool visit_all(struct gathering *gathering, const struct live_resource *namespaces, struct error **err)
{
	const struct live_list all = { .resource = namespaces, .page = gathering->gather->page };
	struct error *why CLEANUP(error_freep) = NULL;
	enum live_failure failure = LIVE_FORBIDDEN;

	if (!namespaces ||
	    !live_list_each(gathering->client, &all, add_home, forget_homes, gathering, &failure, &why)) {
		gathering->homes.n = 0;
		if (failure == LIVE_FORBIDDEN)
			return visit(gathering, &(struct gather_namespace){ .everywhere = true }, true, err);
		return error_set(err, "%s", why->message);
	}
	if (gathering->homes.n)
		qsort(gathering->homes.items, gathering->homes.n, sizeof(*gathering->homes.items), compare_homes);
	for (size_t i = 0; i < gathering->homes.n; i++) {
		const struct gather_home *home = &gathering->homes.items[i];
		struct gather_namespace namespace = { .name = home->name,
						      .json = home->json,
						      .reported_only = home->reported_only };

		gathering->home = i;
		if (!visit(gathering, &namespace, true, err))
			return false;
	}
	return true;
}

static bool has_wants(const struct gathering *gathering, bool namespaced)
{
	for (size_t i = 0; i < gathering->wants.n; i++)
		if (gathering->wants.items[i].resource->namespaced == namespaced)
			return true;
	return false;
}

static bool run(struct gathering *gathering, struct error **err)
{
	const struct live_resource *namespaces = live_resource_of(gathering->resources, STR("v1"), STR("Namespace"));

	if (!gather_words(gathering, err))
		return false;
	if (has_wants(gathering, false) && !visit(gathering, &(struct gather_namespace){ 0 }, false, err))
		return false;
	if (has_wants(gathering, true) && !(gathering->gather->all_namespaces ? visit_all(gathering, namespaces, err)
									      : visit_one(gathering, namespaces, err)))
		return false;
	if (!gathering->read_any && gathering->first)
		return error_set(err, "%s", gathering->first->message);
	return true;
}

bool live_gather(struct live_client *client, const struct live_resources *resources, const struct gather *gather,
		 const struct gather_listener *listener, struct error **err)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct gathering gathering = {
		.client = client,
		.resources = resources,
		.gather = gather,
		.listener = listener,
		.arena = arena,
	};
	bool good = run(&gathering, err);

	for (int role = GATHER_TARGET; role <= GATHER_CONTEXT; role++) {
		buf_free(&gathering.unread[role].forbidden);
		buf_free(&gathering.unread[role].other);
	}
	gather_crossing_free(gathering.crossing);
	error_free(gathering.first);
	free(gathering.wants.items);
	free(gathering.homes.items);
	free(gathering.presences.items);
	return good;
}
