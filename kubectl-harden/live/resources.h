/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Resources: what the server serves, and what a word on the command line means to it.
 *
 * Discovery is asked for in its aggregated form (apidiscovery.k8s.io/v2, v2beta1), else group by group as before
 * Kubernetes 1.26.
 */

#include "live/client.h"

/* One resource in one version: the one that the server prefers comes first of its group. Texts in the owner's arena. */
struct live_resource {
	struct str group, version, name, singular, kind; /* "apps", "v1", "deployments", "deployment", "Deployment" */
	struct str *short_names, *categories;
	size_t short_names_n, categories_n;
	bool namespaced;
	bool can_list, can_get, can_patch;
	bool preferred; /* of the versions of its group that have it */
};

struct live_resources {
	struct live_resource *items;
	size_t n, cap;
	struct arena *arena;
	struct {
		const char **items; /* groups whose discovery failed, as "metrics.k8s.io/v1beta1: why" */
		size_t n, cap;
	} failed;
};

/* live_discover() - release with live_resources_free(). */
bool live_discover(struct live_client *client, struct live_resources *ret, struct error **err);
void live_resources_free(struct live_resources *resources);

/*
 * live_resource_find() - what kubectl takes @word for: plural, singular, short name or kind, in any case, alone, or as
 * type.group, or type.version.group. NULL with *err ("the server doesn't have a resource type "x"", with the nearest
 * one that it has).
 * live_resource_of() - that of an object by its apiVersion and kind; the version that it names, else the preferred
 * one; NULL if the server has none.
 */
const struct live_resource *live_resource_find(const struct live_resources *resources, struct str word,
					       struct error **err);
const struct live_resource *live_resource_of(const struct live_resources *resources, struct str api_version,
					     struct str kind);

/*
 * live_resource_path() - appends the path of a resource: of all of it (@namespace and @name empty), of one namespace,
 * or of one object. All parts are escaped.
 */
void live_resource_path(const struct live_resource *resource, struct str namespace, struct str name, struct buf *out);

/* live_failure_is_local() - whether another request may still succeed after one that failed so. */
bool live_failure_is_local(enum live_failure failure);

/* live_resource_title() - "deployments.apps", as kubectl names it in messages; "deployment.apps" for @one. */
struct str live_resource_title(const struct live_resource *resource, bool one, struct arena *arena);
