/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Object: one object as the server sent it: what of its metadata matters here, and the manifest that a person would
 * have written.
 */

#include "base/error.h"
#include "live/resources.h"

/* Who keeps the object as it is: what is changed in the cluster, they change back. */
enum live_manager { MANAGER_NONE, MANAGER_HELM, MANAGER_ARGO_CD, MANAGER_FLUX, MANAGER_OWNER };

/* Texts in the arena that it was read with. */
struct live_object {
	const struct live_resource *resource;
	struct str namespace, name, uid, resource_version;
	enum live_manager manager;
	struct str
		managed_by; /* "release shop/web", "application argocd/web", "Kustomization flux-system/apps", "Rollout/web" */
	struct live_owner {
		struct str api_version, kind, name, uid;
	} owner;	  /* its controller; .kind is empty where it has none */
	int64_t replicas; /* pods that it says to have: of a DaemonSet, those scheduled; -1 unknown */
	bool deleted;	  /* it has a deletionTimestamp */
};

/* live_object_read() - from JSON. False with *err where it is no object. */
bool live_object_read(const struct live_resource *resource, struct str json, struct arena *arena,
		      struct live_object *ret, struct error **err);

/*
 * live_object_manifest() - appends the object as YAML, as a person would write it: apiVersion, kind, metadata, then
 * the rest in the server's order; without status, managedFields, uid, resourceVersion, generation, creationTimestamp,
 * selfLink, ownerReferences' noise, kubectl's last-applied annotation and the deployment's revision. Defaults that the
 * server filled in stay. Paths of what stays are those of the live object.
 */
bool live_object_manifest(const struct live_resource *resource, struct str json, struct buf *out, struct error **err);
