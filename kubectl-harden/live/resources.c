/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resources
 *
 * A group whose own server does not answer takes nothing from the others: it is noted, and its resources are unknown.
 * (k8s.io/api/apidiscovery/v2 types.go; client-go discovery/discovery_client.go and aggregated_discovery.go.)
 */
#include "live/resources.h"

#include <stdlib.h>

#include "live/json_values.h"

static const char aggregated[] =
	"application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

enum { DISCOVERY_MAX = 64 << 20 };

struct discovery {
	struct live_client *client;
	struct live_resources *ret;
	size_t group_first; /* of ret->items: where the group that is read now begins */
};

static struct str text_of(const struct discovery *discovery, struct str object, const char *key)
{
	return json_text(json_member(object, key), discovery->ret->arena);
}

/* A list of strings. */
static struct str *texts_of(const struct discovery *discovery, struct str list, size_t *ret_n)
{
	struct json_walk walk = json_walk(list);
	struct str *texts;
	size_t n = 0;

	while (json_next(&walk))
		n++;
	texts = ARENA_ARRAY(discovery->ret->arena, struct str, n);
	walk = json_walk(list);
	for (*ret_n = 0; json_next(&walk);)
		texts[(*ret_n)++] = json_text(walk.value, discovery->ret->arena);
	return texts;
}

static bool has(const struct str *texts, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(texts[i], text))
			return true;
	return false;
}

/* What is left to say of a resource in either form: @object has verbs, shortNames and categories; nothing without a kind. */
static void add_resource(struct discovery *discovery, struct live_resource resource, struct str object)
{
	size_t verbs_n;
	const struct str *verbs = texts_of(discovery, json_member(object, "verbs"), &verbs_n);

	/* The old form lists "deployments/scale", too. */
	if (!resource.kind.n || !resource.name.n || memchr(resource.name.p, '/', resource.name.n))
		return;
	if (!resource.singular.n)
		resource.singular = str_lower(discovery->ret->arena, resource.kind);
	resource.short_names = texts_of(discovery, json_member(object, "shortNames"), &resource.short_names_n);
	resource.categories = texts_of(discovery, json_member(object, "categories"), &resource.categories_n);
	resource.can_list = has(verbs, verbs_n, "list");
	resource.can_get = has(verbs, verbs_n, "get");
	resource.can_patch = has(verbs, verbs_n, "patch");
	resource.preferred = true;
	for (size_t i = discovery->group_first; i < discovery->ret->n && resource.preferred; i++)
		resource.preferred = !str_eq(discovery->ret->items[i].name, resource.name);
	VEC_PUSH(discovery->ret, resource);
}

static void add_failed(struct discovery *discovery, struct str group, struct str version, const char *why)
{
	struct str text = str_fmt(discovery->ret->arena, "%.*s%s%.*s: %s", STR_ARG(group), group.n ? "/" : "",
				  STR_ARG(version), why);

	VEC_PUSH(&discovery->ret->failed, text.p);
}

/* An APIGroupDiscoveryList: its first version that is not stale is the preferred one. */
static void read_aggregated(struct discovery *discovery, struct str answer)
{
	struct json_walk groups = json_walk(json_member(answer, "items"));

	while (json_next(&groups)) {
		struct json_walk versions = json_walk(json_member(groups.value, "versions"));
		struct str group = text_of(discovery, json_member(groups.value, "metadata"), "name");

		discovery->group_first = discovery->ret->n;
		while (json_next(&versions)) {
			struct json_walk resources = json_walk(json_member(versions.value, "resources"));
			struct str version = text_of(discovery, versions.value, "version");

			if (str_is(text_of(discovery, versions.value, "freshness"), "Stale")) {
				add_failed(discovery, group, version, "the server behind it does not answer");
				continue;
			}
			while (json_next(&resources)) {
				struct str kind = json_member(resources.value, "responseKind");
				struct live_resource resource = {
					.group = group,
					.version = version,
					.name = text_of(discovery, resources.value, "resource"),
					.singular = text_of(discovery, resources.value, "singularResource"),
					.kind = text_of(discovery, kind, "kind"),
					.namespaced =
						str_is(text_of(discovery, resources.value, "scope"), "Namespaced"),
				};

				add_resource(discovery, resource, resources.value);
			}
		}
	}
}

/* GET @path; *ret_answer is in @ret, which is released in either case. */
static bool ask(struct discovery *discovery, struct str path, const char *accept, struct live_response *ret,
		struct str *ret_answer, struct error **err)
{
	const struct live_request request = { .method = "GET", .path = path, .accept = accept, .most = DISCOVERY_MAX };
	struct error *why CLEANUP(error_freep) = NULL;

	if (!live_do(discovery->client, &request, ret, err))
		return false;
	if (json_whole(buf_str(&ret->body), ret_answer, &why))
		return true;
	return error_set(err, "the server's answer to GET %.*s is %s", STR_ARG(path), why->message);
}

/* One version of a group, as before Kubernetes 1.26: an APIResourceList. */
static bool ask_version(struct discovery *discovery, struct str group, struct str version, struct error **err)
{
	struct live_response response CLEANUP(live_response_free) = { 0 };
	struct error *why CLEANUP(error_freep) = NULL;
	struct buf path CLEANUP(buf_free) = BUF_INIT;
	struct json_walk resources;
	struct str answer;

	live_resource_path(&(struct live_resource){ .group = group, .version = version }, STR_NONE, STR_NONE, &path);
	if (!ask(discovery, buf_str(&path), NULL, &response, &answer, &why)) {
		if (!live_failure_is_local(response.failure))
			return error_set(err, "%s", why->message);
		add_failed(discovery, group, version, why->message);
		return true;
	}
	resources = json_walk(json_member(answer, "resources"));
	while (json_next(&resources)) {
		struct live_resource resource = {
			.group = group,
			.version = version,
			.name = text_of(discovery, resources.value, "name"),
			.singular = text_of(discovery, resources.value, "singularName"),
			.kind = text_of(discovery, resources.value, "kind"),
			.namespaced = str_is(json_member(resources.value, "namespaced"), "true"),
		};

		add_resource(discovery, resource, resources.value);
	}
	return true;
}

/* An APIVersions of the core group: the first version is the preferred one. */
static bool read_core(struct discovery *discovery, struct str answer, struct error **err)
{
	struct json_walk versions = json_walk(json_member(answer, "versions"));

	discovery->group_first = discovery->ret->n;
	while (json_next(&versions))
		if (!ask_version(discovery, STR(""), json_text(versions.value, discovery->ret->arena), err))
			return false;
	return true;
}

/* An APIGroupList: a group says which version it prefers. */
static bool read_groups(struct discovery *discovery, struct str answer, struct error **err)
{
	struct json_walk groups = json_walk(json_member(answer, "groups"));

	while (json_next(&groups)) {
		struct str list = json_member(groups.value, "versions"),
			   group = text_of(discovery, groups.value, "name");
		struct str preferred = text_of(discovery, json_member(groups.value, "preferredVersion"), "version");
		struct json_walk versions = json_walk(list);

		discovery->group_first = discovery->ret->n;
		if (preferred.n && !ask_version(discovery, group, preferred, err))
			return false;
		while (json_next(&versions)) {
			struct str version = text_of(discovery, versions.value, "version");

			if (!str_eq(version, preferred) && !ask_version(discovery, group, version, err))
				return false;
		}
	}
	return true;
}

/* All that is below @path. *ret_failure is that of the request for @path itself. */
static bool ask_root(struct discovery *discovery, struct str path, enum live_failure *ret_failure, struct error **err)
{
	struct live_response response CLEANUP(live_response_free) = { 0 };
	struct str answer, kind;
	bool good = ask(discovery, path, aggregated, &response, &answer, err);

	*ret_failure = response.failure;
	if (!good)
		return false;
	kind = text_of(discovery, answer, "kind");
	if (str_is(kind, "APIGroupDiscoveryList")) {
		read_aggregated(discovery, answer);
		return true;
	}
	if (str_is(kind, "APIVersions"))
		return read_core(discovery, answer, err);
	if (str_is(kind, "APIGroupList"))
		return read_groups(discovery, answer, err);
	return error_set(err, "the server's answer to GET %.*s is no list of resources: is it a Kubernetes API server?",
			 STR_ARG(path));
}

bool live_discover(struct live_client *client, struct live_resources *ret, struct error **err)
{
	struct discovery discovery = { .client = client, .ret = ret };
	struct error *core CLEANUP(error_freep) = NULL, *groups CLEANUP(error_freep) = NULL;
	enum live_failure failure;
	bool good;

	*ret = (struct live_resources){ .arena = arena_new() };
	good = ask_root(&discovery, STR("/api"), &failure, &core);
	/* As client-go: a server may have no core group, or show it to nobody. */
	if (!good && failure != LIVE_NOT_FOUND && failure != LIVE_FORBIDDEN)
		return error_set(err, "%s", core->message);
	if (!ask_root(&discovery, STR("/apis"), &failure, &groups) &&
	    (!good || failure == LIVE_FINE || !live_failure_is_local(failure)))
		return error_set(err, "%s", groups->message);
	if (core)
		VEC_PUSH(&ret->failed, str_copy(ret->arena, str_of(core->message)).p);
	if (groups)
		VEC_PUSH(&ret->failed, str_copy(ret->arena, str_of(groups->message)).p);
	return true;
}

void live_resources_free(struct live_resources *resources)
{
	free(resources->failed.items);
	free(resources->items);
	arena_free(resources->arena);
	*resources = (struct live_resources){ 0 };
}
