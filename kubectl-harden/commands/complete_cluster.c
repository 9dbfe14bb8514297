/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Complete: the cluster
 *
 * A person waits behind the Tab key, and their line is on the screen: nothing is said, and nobody is asked for long.
 */
#include "commands/complete_cluster.h"

#include "kube/kinds.h"
#include "live/json_values.h"
#include "live/list.h"

enum { PATIENCE_MS = 3000, NAMES_MAX = 500 };

void complete_kubeconfig(const struct settings *settings, const char *list, const struct completion_listener *listener)
{
	kubeconfig_names(&settings->cluster, list, listener->offer, listener->data);
}

struct connection {
	struct arena *arena;
	struct live_config config;
	struct live_client *client;
	struct live_resources resources;
};

static bool connect_to(const struct settings *settings, struct connection *ret)
{
	static const struct live_listener silent = { 0 };
	struct live_flags flags = settings->cluster;

	*ret = (struct connection){ .arena = arena_new() };
	flags.as_groups = settings->as_groups.items;
	flags.as_groups_n = settings->as_groups.n;
	if (!kubeconfig_read(&flags, ret->arena, &ret->config, NULL) || ret->config.unconfigured)
		return false;
	if (!ret->config.timeout_ms || ret->config.timeout_ms > PATIENCE_MS)
		ret->config.timeout_ms = PATIENCE_MS;
	ret->client = live_open(&ret->config, &silent, NULL, NULL);
	return ret->client && live_discover(ret->client, &ret->resources, NULL);
}

static void disconnect(struct connection *connection)
{
	live_resources_free(&connection->resources);
	live_close(connection->client);
	arena_free(connection->arena);
}

struct naming {
	const struct completion_listener *listener;
	struct str before; /* each name */
	struct arena *arena;
};

static bool each_name(void *data, const struct live_resource *resource, struct str object, struct error **err)
{
	struct naming *naming = data;
	struct str name = json_text(json_member(json_member(object, "metadata"), "name"), naming->arena);

	(void)resource;
	(void)err;
	naming->listener->offer(naming->listener->data, str_join(naming->arena, naming->before, name));
	return true;
}

static void offer_names(struct connection *connection, const struct live_resource *resource, struct str before,
			const struct completion_listener *listener)
{
	struct naming naming = { listener, before, connection->arena };
	bool more;
	const struct live_list list = {
		.resource = resource,
		.namespace = resource->namespaced ? connection->config.namespace : STR_NONE,
		.page = NAMES_MAX,
		.metadata = true,
		.more = &more,
	};

	live_list_each(connection->client, &list, each_name, NULL, &naming, NULL, NULL);
}

void complete_namespaces(const struct settings *settings, const struct completion_listener *listener)
{
	struct connection connection;
	const struct live_resource *resource;

	if (connect_to(settings, &connection)) {
		resource = live_resource_of(&connection.resources, STR("v1"), STR("Namespace"));
		if (resource)
			offer_names(&connection, resource, STR_NONE, listener);
	}
	disconnect(&connection);
}

static void offer_types(struct connection *connection, const struct completion_listener *listener)
{
	for (size_t i = 0; i < connection->resources.n; i++) {
		const struct live_resource *resource = &connection->resources.items[i];
		const struct kube_kind *kind = kube_kind_of_group(NULL, resource->group, resource->kind);

		if (kind && kind->flags & KIND_POD && resource->can_list && resource->preferred)
			listener->offer(listener->data, live_resource_title(resource, false, connection->arena));
	}
}

/* The type whose objects are meant: before the slash of the word, or the first argument of several. */
static struct str type_before(const struct settings *settings, struct str start, size_t slash)
{
	struct str first = settings->arguments.n ? str_of(settings->arguments.items[0]) : STR_NONE;

	if (slash != SIZE_MAX)
		return str_sub(start, 0, slash);
	return str_find(first, STR("/"), 0) == SIZE_MAX ? first : STR_NONE;
}

void complete_objects(const struct settings *settings, struct str start, const struct completion_listener *listener)
{
	size_t slash = str_find(start, STR("/"), 0);
	struct str type = type_before(settings, start, slash);
	struct str before = slash == SIZE_MAX ? STR_NONE : str_sub(start, 0, slash + 1);
	const struct live_resource *resource;
	struct connection connection;

	if (connect_to(settings, &connection)) {
		resource = type.n ? live_resource_find(&connection.resources, type, NULL) : NULL;
		if (resource)
			offer_names(&connection, resource, before, listener);
		else if (!type.n)
			offer_types(&connection, listener);
	}
	disconnect(&connection);
}
