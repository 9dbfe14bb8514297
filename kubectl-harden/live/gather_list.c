/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gather: one resource of one namespace
 *
 * Nearly all Pods, ReplicaSets and Jobs belong to something that holds pods itself, and that is what is hardened. So of
 * these only the metadata is listed first; what is left is fetched one by one, or, where that is much, in one list.
 */
#include "live/gather_internal.h"

#include <stdlib.h>

#include "live/json_values.h"
#include "live/words.h"

/* What is left of a list is fetched one by one while it is no more than this, or than one in eight. */
enum { FEW = 8 };

struct listing {
	struct gathering *gathering;
	const struct gather_want *want;
	enum gather_role role;
	struct arena *scratch; /* of one object's metadata */
	struct {
		struct left {
			struct str namespace, name;
		} *items;
		size_t n, cap;
	} left;
	size_t total, folded;
};

const struct kube_kind *gather_kind(const struct gathering *gathering, const struct live_resource *resource)
{
	return kube_kind_of_group(gathering->gather->kinds, resource->group, resource->kind);
}

/* Kinds whose objects mostly have a controller. */
static bool is_mostly_owned(const struct live_resource *resource)
{
	static const char *const kinds[][2] = {
		{ "", "Pod" }, { "apps", "ReplicaSet" }, { "batch", "Job" }, { "", "ReplicationController" }
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_is(resource->group, kinds[i][0]) && str_is(resource->kind, kinds[i][1]))
			return true;
	return false;
}

/* Whether its controller is what is hardened in its place. */
static bool is_folded(const struct gathering *gathering, const struct live_object *object)
{
	const struct kube_kind *kind;

	if (!object->owner.kind.n)
		return false;
	kind = kube_kind_find_own(gathering->gather->kinds, object->owner.api_version, object->owner.kind);
	return kind && (kind->flags & KIND_POD);
}

/* Whether it comes for the first time; a list that was begun anew, or two groups that have it, bring it again. */
static bool is_new(struct gathering *gathering, const struct live_object *object)
{
	size_t before = gathering->seen.n;

	if (object->uid.n)
		intern_str(&gathering->seen, object->uid);
	else
		intern_str(&gathering->seen,
			   str_fmt(gathering->space, "%.*s/%.*s/%.*s", STR_ARG(object->resource->kind),
				   STR_ARG(object->namespace), STR_ARG(object->name)));
	return gathering->seen.n > before;
}

static const char *reported_only(struct gathering *gathering, struct str namespace)
{
	const struct gather_home *home;

	if (!namespace.n || (gathering->namespace->name.n && str_eq(namespace, gathering->namespace->name)))
		return gathering->namespace->reported_only;
	home = gather_home_of(gathering, namespace);
	return home ? home->reported_only : gather_reported_only(gathering, namespace, STR_NONE);
}

/* Hands over @object, which is in .space, unless that was done already. */
static bool hand_over(struct gathering *gathering, const struct live_object *object, enum gather_role role,
		      struct str json, struct error **err)
{
	struct gather_object row = { .role = role, .object = object, .json = json };

	if (!is_new(gathering, object))
		return true;
	row.reported_only = reported_only(gathering, object->namespace);
	gathering->handed++;
	return gathering->listener->object(gathering->listener->data, gathering->namespace, &row, err);
}

bool gather_object_json(struct gathering *gathering, const struct live_resource *resource, enum gather_role role,
			struct str json, struct error **err)
{
	struct live_object *object = ARENA_NEW(gathering->space, struct live_object);

	return live_object_read(resource, json, gathering->space, object, err) &&
	       hand_over(gathering, object, role, json, err);
}

/* "replicaset web-5d9 is controlled by Deployment/web": for what was named, and is left out all the same. */
static void note_folded(struct listing *listing, const struct live_object *object)
{
	const struct gather_listener *listener = listing->gathering->listener;
	struct str text;

	listing->folded++;
	if (!listing->want->name.n || !listener->note)
		return;
	text = str_fmt(listing->gathering->space,
		       "%.*s is controlled by %.*s/%.*s, which would put it back: harden that instead",
		       STR_ARG(live_object_title(object->resource, object->name, listing->gathering->space)),
		       STR_ARG(object->owner.kind), STR_ARG(object->owner.name));
	listener->note(listener->data, text.p);
}

/* An object in whole. */
static bool each_whole(void *data, const struct live_resource *resource, struct str json, struct error **err)
{
	struct listing *listing = data;
	struct arena *space = listing->gathering->space;
	struct live_object *object = ARENA_NEW(space, struct live_object);

	if (!live_object_read(resource, json, space, object, err))
		return false;
	if (is_folded(listing->gathering, object)) {
		note_folded(listing, object);
		return true;
	}
	return hand_over(listing->gathering, object, listing->role, json, err);
}

/* An object's metadata: is it left to its controller? */
static bool each_metadata(void *data, const struct live_resource *resource, struct str json, struct error **err)
{
	struct listing *listing = data;
	struct arena *space = listing->gathering->space;
	struct live_object object;

	arena_reset(listing->scratch);
	if (!live_object_read(resource, json, listing->scratch, &object, err))
		return false;
	listing->total++;
	if (is_folded(listing->gathering, &object))
		listing->folded++;
	else
		VEC_PUSH(&listing->left,
			 (struct left){ str_copy(space, object.namespace), str_copy(space, object.name) });
	return true;
}

static void restart_metadata(void *data)
{
	struct listing *listing = data;

	listing->left.n = 0;
	listing->total = listing->folded = 0;
}

/* What was handed over is known by its UID. */
static void restart_whole(void *data)
{
	(void)data;
}

void gather_unread(struct gathering *gathering, const struct live_resource *resource, const char *whose,
		   enum gather_role role, enum live_failure failure, const struct error *why)
{
	struct gather_unread *unread = &gathering->unread[role];
	struct buf *text = failure == LIVE_FORBIDDEN ? &unread->forbidden : &unread->other;
	struct str title = live_resource_title(resource, false, gathering->space);

	if (failure == LIVE_FORBIDDEN)
		buf_addf(text, "%s%.*s%s", text->n ? ", " : "", STR_ARG(title), whose);
	else
		buf_addf(text, "%s%.*s%s: %s", text->n ? "; " : "", STR_ARG(title), whose, why->message);
	if (role == GATHER_TARGET && !gathering->first)
		error_set(&gathering->first, "%s", why->message);
}

/*
 * A request of a listing has failed. What the user named must be readable, but for some of all namespaces; a resource
 * that is not there any longer has no objects. A selector that makes no sense to one makes none to all.
 */
static bool settle(struct listing *listing, enum live_failure failure, const struct error *why, struct error **err)
{
	const struct gathering *gathering = listing->gathering;
	const struct gather *gather = gathering->gather;
	bool must = listing->role == GATHER_TARGET &&
		    ((listing->want->typed && (!gather->all_namespaces || !gathering->namespace->name.n)) ||
		     (failure == LIVE_REFUSED && gather->labels));

	if (failure == LIVE_FINE || !live_failure_is_local(failure) || must)
		return error_set(err, "%s", why->message);
	if (failure != LIVE_NOT_FOUND)
		gather_unread(listing->gathering, listing->want->resource, "", listing->role, failure, why);
	return true;
}

/* Lists it; *ret_read is false where it could not be read, and that was noted. */
static bool list(struct listing *listing, bool metadata, bool *ret_read, struct error **err)
{
	struct gathering *gathering = listing->gathering;
	const struct gather *gather = gathering->gather;
	bool target = listing->role == GATHER_TARGET;
	struct error *why CLEANUP(error_freep) = NULL;
	enum live_failure failure;
	const struct live_list list = {
		.resource = listing->want->resource,
		.namespace = gathering->namespace->name,
		.labels = target ? gather->labels : NULL,
		.page = gather->page,
		.metadata = metadata,
	};

	*ret_read = live_list_each(gathering->client, &list, metadata ? each_metadata : each_whole,
				   metadata ? restart_metadata : restart_whole, listing, &failure, &why);
	if (*ret_read)
		gathering->read_any |= target;
	return *ret_read || settle(listing, failure, why, err);
}

/* One object; one that has gone since it was listed is none. */
static bool get(struct listing *listing, struct str namespace, struct str name, struct error **err)
{
	struct gathering *gathering = listing->gathering;
	const struct live_list one = { .resource = listing->want->resource, .namespace = namespace, .name = name };
	struct error *why CLEANUP(error_freep) = NULL;
	enum live_failure failure;

	if (live_list_each(gathering->client, &one, each_whole, NULL, listing, &failure, &why)) {
		gathering->read_any |= listing->role == GATHER_TARGET;
		return true;
	}
	if (failure == LIVE_NOT_FOUND && !listing->want->name.n)
		return true;
	if (failure == LIVE_NOT_FOUND && gathering->gather->missing_is_fine) {
		gathering->read_any = true;
		if (gathering->listener->note)
			gathering->listener->note(gathering->listener->data, why->message);
		return true;
	}
	return settle(listing, failure, why, err);
}

static bool get_left(struct listing *listing, struct error **err)
{
	for (size_t i = 0; i < listing->left.n; i++)
		if (!get(listing, listing->left.items[i].namespace, listing->left.items[i].name, err))
			return false;
	return true;
}

static bool list_owned(struct listing *listing, struct error **err)
{
	bool read;

	if (!list(listing, true, &read, err))
		return false;
	if (!read)
		return true;
	if (listing->left.n <= FEW || listing->left.n * FEW <= listing->total)
		return get_left(listing, err);
	listing->folded = 0;
	return list(listing, false, &read, err);
}

/* Notes the namespaces that have any of it, as far as one page tells. */
struct presence_walk {
	struct gathering *gathering;
	struct gather_presence *presence;
};

static bool each_presence(void *data, const struct live_resource *resource, struct str json, struct error **err)
{
	struct presence_walk *walk = data;
	struct arena *scratch CLEANUP(arena_freep) = arena_new();
	struct str namespace = json_text(json_member(json_member(json, "metadata"), "namespace"), scratch);
	const struct gather_home *home = gather_home_of(walk->gathering, namespace);

	(void)resource;
	(void)err;
	if (home)
		walk->presence->here[home - walk->gathering->homes.items] = true;
	return true;
}

static bool add_presence(struct gathering *gathering, const struct live_resource *resource, struct error **err)
{
	struct gather_presence presence = { .resource = resource,
					    .here = ARENA_ARRAY(gathering->arena, bool, gathering->homes.n) };
	struct presence_walk walk = { gathering, &presence };
	struct error *why CLEANUP(error_freep) = NULL;
	enum live_failure failure;
	const struct live_list list = {
		.resource = resource, .page = gathering->gather->page, .metadata = true, .more = &presence.everywhere
	};
	bool good = live_list_each(gathering->client, &list, each_presence, NULL, &walk, &failure, &why);

	presence.everywhere = presence.everywhere || !good;
	VEC_PUSH(&gathering->presences, presence);
	return good || (failure != LIVE_FINE && live_failure_is_local(failure)) || error_set(err, "%s", why->message);
}

/*
 * Whether a resource may have objects in the namespace that is visited: with all of them, most kinds have none in most,
 * and each would cost a request.
 */
static bool may_be_here(struct gathering *gathering, const struct live_resource *resource, bool *ret_may,
			struct error **err)
{
	const struct gather_presence *presence = NULL;

	*ret_may = true;
	if (gathering->homes.n < 2 || !gathering->namespace->name.n)
		return true;
	for (size_t i = 0; i < gathering->presences.n && !presence; i++)
		if (gathering->presences.items[i].resource == resource)
			presence = &gathering->presences.items[i];
	if (!presence) {
		if (!add_presence(gathering, resource, err))
			return false;
		presence = &gathering->presences.items[gathering->presences.n - 1];
	}
	*ret_may = presence->everywhere || presence->here[gathering->home];
	return true;
}

/* "37 pods are left to their controllers": of a type that the user named. */
static void note_left_out(const struct listing *listing)
{
	const struct gather_listener *listener = listing->gathering->listener;
	struct str text;

	if (!listing->folded || !listing->want->typed || listing->want->name.n || listing->role != GATHER_TARGET ||
	    !listener->note)
		return;
	text = str_fmt(listing->gathering->space, "%zu of the %.*s%s%.*s %s a controller, which is what is hardened",
		       listing->folded, STR_ARG(live_resource_title(listing->want->resource, false, listing->scratch)),
		       listing->gathering->namespace->name.n ? " in " : "",
		       STR_ARG(listing->gathering->namespace->name), listing->folded == 1 ? "has" : "have");
	listener->note(listener->data, text.p);
}

bool gather_want(struct gathering *gathering, const struct gather_want *want, enum gather_role role, struct error **err)
{
	struct arena *scratch CLEANUP(arena_freep) = arena_new();
	struct listing listing = { .gathering = gathering, .want = want, .role = role, .scratch = scratch };
	bool may, read, good;

	if (want->name.n)
		return get(&listing, gathering->namespace->name, want->name, err);
	if (!may_be_here(gathering, want->resource, &may, err))
		return false;
	if (!may) {
		gathering->read_any |= role == GATHER_TARGET;
		return true;
	}
	good = is_mostly_owned(want->resource) ? list_owned(&listing, err) : list(&listing, false, &read, err);
	if (good)
		note_left_out(&listing);
	free(listing.left.items);
	return good;
}
