/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Pod view: the pod inside whatever object holds it, by roles instead of paths.
 *
 * A view is made once per pod and document; it holds node ids, so it stays valid while fixers edit the tree.
 * Roles that a kind lacks are YAML_NONE.
 */

#include "kube/image_facts.h"
#include "kube/kinds.h"
#include "yaml/edit.h"
#include "yaml/tree.h"

enum kube_container_role { CONTAINER_INIT, CONTAINER_MAIN, CONTAINER_EPHEMERAL };

struct kube_container {
	yaml_id node;
	struct str name;
	struct str image;
	enum kube_container_role role;
	bool sidecar;			/* an init container with restartPolicy: Always */
	const struct image_fact *facts; /* what is known of the image, NULL for nothing */
	unsigned dotnet;		/* major version of .NET where the image is Microsoft's, else 0 */
};

struct kube_object {
	const struct kube_kind *kind; /* NULL when unknown */
	yaml_id node;
	struct str api_version, kind_name, name, namespace;
	int item; /* index in a List, -1 outside one (of nested lists: the index in the outermost, as kubectl shows) */
};

struct kube_pod {
	struct yaml_tree *tree;
	struct kube_object object;
	yaml_id template; /* what has metadata and spec: the object itself for a Pod */
	yaml_id metadata; /* of the pod (template) */
	yaml_id spec;
	struct kube_container *containers; /* init, main, ephemeral; in the arena */
	size_t containers_n;
	bool windows;	       /* spec.os.name, or a node selector for Windows */
	bool windows_declared; /* by spec.os.name: windows itself */
	bool host_network;
	bool user_namespace; /* hostUsers: false */
	const char *partial; /* why this is an overlay and no workload ("$patch", …); NULL for a workload */
};

/*
 * kube_object_init() - reads identity of the object at @node. Returns false when it is no Kubernetes object (no
 * apiVersion or no kind). @inherit: kind and apiVersion for items of typed lists that omit theirs (may be NULL).
 */
bool kube_object_init(struct yaml_tree *tree, yaml_id node, const struct kube_kind *inherit,
		      struct kube_object *ret_object);

/* kube_pod_init() - the view of the pod that @object (of a KIND_POD kind) holds; false when there is none in it. */
bool kube_pod_init(struct yaml_tree *tree, struct arena *arena, const struct kube_object *object,
		   struct kube_pod *ret_pod);

/* Field orders for new keys: generated from schemas/fields.yaml. */
extern const struct yaml_order order_pod_spec, order_container, order_pod_security_context, order_security_context,
	order_volume, order_volume_mount, order_env_var, order_capabilities, order_seccomp_profile, order_sysctl,
	order_service_port, order_service_spec;
