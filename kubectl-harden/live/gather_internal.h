/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the parts of live/gather.h share: the words (gather_words.c), one resource of one namespace (gather_list.c), what
 * stands beside the targets (gather_context.c), and who calls whom (gather.c).
 */

#include "base/intern.h"
#include "live/gather.h"

/* One thing that is asked for: a resource, or an object of it. */
struct gather_want {
	const struct live_resource *resource;
	struct str name; /* empty: all of it */
	bool typed;	 /* the user named it: it must be readable */
};

struct gather_wants {
	struct gather_want *items;
	size_t n, cap;
};

/* A namespace that is visited. */
struct gather_home {
	struct str name, json;
	const char *reported_only;
};

/* Where a resource has objects, as far as the first page of all of them says. */
struct gather_presence {
	const struct live_resource *resource;
	bool everywhere; /* there are more, or we may not ask */
	bool *here;	 /* by .homes */
};

/* What could not be read of a namespace. */
struct gather_unread {
	struct buf forbidden, other;
};

struct gathering {
	struct live_client *client;
	const struct live_resources *resources;
	const struct gather *gather;
	const struct gather_listener *listener;
	struct arena *arena; /* for all of it */
	struct gather_wants wants;
	struct {
		struct gather_home *items;
		size_t n, cap;
	} homes; /* by name */
	struct {
		struct gather_presence *items;
		size_t n, cap;
	} presences;
	struct gather_crossing *crossing; /* what may name ports of any namespace, once that was asked for */
	bool read_any;			  /* a list of targets could be read */
	struct error *first;		  /* why the first one could not */
	/* of the namespace that is visited */
	struct arena *space;
	struct gather_namespace *namespace;
	size_t home;			/* its row in .homes */
	struct intern seen;		/* UIDs that were handed over, or folded into their owner */
	struct gather_unread unread[2]; /* by role */
	size_t handed;
};

/* gather_kind() - the row of a resource's kind; NULL where it is unknown. */
const struct kube_kind *gather_kind(const struct gathering *gathering, const struct live_resource *resource);

/* gather_words() - fills .wants. False with *err, in kubectl's words. */
bool gather_words(struct gathering *gathering, struct error **err);

/*
 * gather_reported_only() - why a namespace is only reported; NULL if it is not. @json: the Namespace, or empty.
 * gather_home_of() - its row, NULL if it has none.
 */
const char *gather_reported_only(struct gathering *gathering, struct str name, struct str json);
const struct gather_home *gather_home_of(const struct gathering *gathering, struct str name);

/*
 * gather_want() - hands over what @want means in the namespace that is visited. What cannot be read is noted there;
 * false with *err where it was typed, or where nothing more can be read.
 * gather_object_json() - one object of it, unless it was handed over already.
 * gather_unread() - notes that @resource could not be read, and @whose: " of other namespaces", or "".
 */
bool gather_want(struct gathering *gathering, const struct gather_want *want, enum gather_role role,
		 struct error **err);
bool gather_object_json(struct gathering *gathering, const struct live_resource *resource, enum gather_role role,
			struct str json, struct error **err);
void gather_unread(struct gathering *gathering, const struct live_resource *resource, const char *whose,
		   enum gather_role role, enum live_failure failure, const struct error *why);

/* gather_context() - hands over what stands beside the targets of the namespace that is visited. */
bool gather_context(struct gathering *gathering, struct error **err);
void gather_crossing_free(struct gather_crossing *crossing);
