/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Gather: the objects that a command line means, and what has to be known beside them.
 *
 * Namespace by namespace, so that only one is in memory: first the objects asked for, then, where the caller needs it,
 * the rest of what may name their ports. What has a controller is left to that one.
 */

#include "kube/kinds.h"
#include "live/list.h"
#include "live/object.h"

/* What is asked for, in kubectl's words. */
struct gather {
	const char *const *words; /* TYPE[,TYPE…], TYPE NAME…, TYPE/NAME…; none: every kind that holds a pod */
	size_t words_n;
	const char *labels;   /* a selector of what is asked for; NULL */
	struct str namespace; /* where not .all_namespaces */
	bool namespace_named; /* by a flag: nothing in it is only reported */
	bool all_namespaces;
	bool missing_is_fine;		    /* of objects by name: it is only noted */
	unsigned page;			    /* objects a page; 0: LIVE_PAGE */
	const struct kube_kind_list *kinds; /* rows that come before the built-in ones; NULL */
};

enum gather_role { GATHER_TARGET, GATHER_CONTEXT };

/* Valid from .begin to the end of .end. */
struct gather_namespace {
	struct str name; /* empty: what lives in none */
	bool everywhere; /* .name is empty: the objects of all namespaces at once; which there are we may not ask */
	struct str json; /* the Namespace as the server sent it; empty where it may not be read */
	const char *reported_only; /* why nothing in it is changed; NULL. In .everywhere each object has its own */
	/* In .end: what could not be read, as "ingresses.networking.k8s.io, configmaps: forbidden"; empty: all was. */
	struct str unread_targets, unread_context;
};

/* .json is valid during the call, .object until .end of its namespace has returned. */
struct gather_object {
	enum gather_role role;
	const struct live_object *object;
	struct str json; /* one object, in whole; apiVersion and kind may be absent: they are the resource's */
	const char *reported_only; /* as its namespace's */
};

/*
 * What the caller hears. For each namespace: .begin, .object for each target, then .context, and if that said true,
 * .object for the rest, then .end. An object comes once; a namespace without a target begins and ends, too. Whoever
 * returns false with *err ends it all.
 */
struct gather_listener {
	bool (*begin)(void *data, const struct gather_namespace *namespace, struct error **err);
	bool (*object)(void *data, const struct gather_namespace *namespace, const struct gather_object *object,
		       struct error **err);
	bool (*context)(void *data, const struct gather_namespace *namespace); /* is the rest needed? NULL: no */
	bool (*end)(void *data, const struct gather_namespace *namespace, struct error **err);
	void (*note)(void *data, const char *text); /* for the user: "replicaset web-5d9 is controlled by …"; NULL */
	void *data;
};

/*
 * live_gather() - false with *err where the words mean nothing, in kubectl's words; where something that was named
 * cannot be read; where nothing at all can; or where the server cannot be asked any longer.
 */
bool live_gather(struct live_client *client, const struct live_resources *resources, const struct gather *gather,
		 const struct gather_listener *listener, struct error **err);
