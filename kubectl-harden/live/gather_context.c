/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gather: what stands beside the targets
 *
 * The other workloads of the namespace, its Services and ConfigMaps, and whatever names ports. Policies and monitors of
 * other namespaces may mean its pods as well; these are asked for once and kept, for every namespace needs them.
 */
#include "live/gather_internal.h"

#include <stdlib.h>

#include "kube/port_references.h"

struct gather_crossing {
	struct arena *arena;
	struct {
		struct crossing {
			const struct live_resource *resource;
			struct str json;
		} *items;
		size_t n, cap;
	} objects;
	struct {
		struct barred {
			const struct live_resource *resource;
			enum live_failure failure;
			struct error *why;
		} *items;
		size_t n, cap;
	} barred; /* what may not be listed in all namespaces */
};

/* What a controller makes of Services: it names the ports that pods have now, and follows them by itself. */
static bool is_made_of_services(const struct live_resource *resource)
{
	return str_is(resource->kind, "Endpoints") || str_is(resource->kind, "EndpointSlice");
}

/* Whether objects of the kind may name ports of pods in other namespaces than their own. */
static bool crosses(const struct live_resource *resource, const struct kube_kind *kind)
{
	size_t n;
	const struct port_reference *rows = port_references_of(kind, &n);

	if (!(kind->flags & KIND_NAMES_PORT))
		return false;
	for (size_t i = 0; i < n; i++) {
		switch (rows[i].by) {
		case BY_ISTIO:
		case BY_PEERS:
		case BY_MONITOR:
		case BY_SERVICES:
		case BY_CALICO:
		case BY_CILIUM:
			return true;
		default:
			break;
		}
	}
	return !resource->namespaced;
}

static bool is_context(const struct live_resource *resource, const struct kube_kind *kind)
{
	return kind && (kind->flags & (KIND_POD | KIND_SERVICE | KIND_NAMES_PORT | KIND_CONFIG)) &&
	       resource->preferred && resource->can_list && resource->can_get && !is_made_of_services(resource) &&
	       (resource->namespaced || (kind->flags & KIND_NAMES_PORT));
}

/* Whether all of it was a target already. */
static bool is_done(const struct gathering *gathering, const struct live_resource *resource)
{
	for (size_t i = 0; i < gathering->wants.n && !gathering->gather->labels; i++)
		if (gathering->wants.items[i].resource == resource && !gathering->wants.items[i].name.n)
			return true;
	return false;
}

/* Keeps what has a port at all. */
static bool keep(void *data, const struct live_resource *resource, struct str json, struct error **err)
{
	struct gather_crossing *crossing = data;

	(void)err;
	if (str_find(json, STR("ort"), 0) != SIZE_MAX)
		VEC_PUSH(&crossing->objects, (struct crossing){ resource, str_copy(crossing->arena, json) });
	return true;
}

/* What is kept twice is handed over once. */
static void restart(void *data)
{
	(void)data;
}

static bool ask_crossing(struct gathering *gathering, const struct live_resource *resource, struct error **err)
{
	struct gather_crossing *crossing = gathering->crossing;
	const struct live_list list = { .resource = resource, .page = gathering->gather->page };
	struct barred barred = { .resource = resource };

	if (live_list_each(gathering->client, &list, keep, restart, crossing, &barred.failure, &barred.why))
		return true;
	if (barred.failure != LIVE_FINE && live_failure_is_local(barred.failure)) {
		VEC_PUSH(&crossing->barred, barred);
		return true;
	}
	error_set(err, "%s", barred.why->message);
	error_free(barred.why);
	return false;
}

static bool ask_all_crossing(struct gathering *gathering, struct error **err)
{
	gathering->crossing = xmalloc(sizeof(*gathering->crossing));
	*gathering->crossing = (struct gather_crossing){ .arena = arena_new() };
	for (size_t i = 0; i < gathering->resources->n; i++) {
		const struct live_resource *resource = &gathering->resources->items[i];
		const struct kube_kind *kind = gather_kind(gathering, resource);

		if (is_context(resource, kind) && crosses(resource, kind) && !ask_crossing(gathering, resource, err))
			return false;
	}
	return true;
}

void gather_crossing_free(struct gather_crossing *crossing)
{
	if (!crossing)
		return;
	for (size_t i = 0; i < crossing->barred.n; i++)
		error_free(crossing->barred.items[i].why);
	free(crossing->barred.items);
	free(crossing->objects.items);
	arena_free(crossing->arena);
	free(crossing);
}

/* What may cross namespaces; where it may not be listed in all of them, that of this one. */
static bool hand_over_crossing(struct gathering *gathering, struct error **err)
{
	const struct gather_crossing *crossing = gathering->crossing;

	for (size_t i = 0; i < crossing->objects.n; i++)
		if (!gather_object_json(gathering, crossing->objects.items[i].resource, GATHER_CONTEXT,
					crossing->objects.items[i].json, err))
			return false;
	for (size_t i = 0; i < crossing->barred.n; i++) {
		const struct barred *barred = &crossing->barred.items[i];
		bool here = barred->resource->namespaced && gathering->namespace->name.n;

		if (barred->failure == LIVE_NOT_FOUND)
			continue;
		gather_unread(gathering, barred->resource, here ? " of other namespaces" : "", GATHER_CONTEXT,
			      barred->failure, barred->why);
		if (here &&
		    !gather_want(gathering, &(struct gather_want){ .resource = barred->resource }, GATHER_CONTEXT, err))
			return false;
	}
	return true;
}

bool gather_context(struct gathering *gathering, struct error **err)
{
	if (!gathering->crossing && !ask_all_crossing(gathering, err))
		return false;
	for (size_t i = 0; i < gathering->resources->n; i++) {
		const struct live_resource *resource = &gathering->resources->items[i];
		const struct kube_kind *kind = gather_kind(gathering, resource);

		if (!is_context(resource, kind) || crosses(resource, kind) || is_done(gathering, resource))
			continue;
		if (!gather_want(gathering, &(struct gather_want){ .resource = resource }, GATHER_CONTEXT, err))
			return false;
	}
	return hand_over_crossing(gathering, err);
}
