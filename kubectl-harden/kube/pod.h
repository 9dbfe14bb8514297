/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Pod view: the pod inside whatever object holds it, by roles instead of paths.
 *
 * A view is made once per pod and document; it holds node ids, so it stays valid while fixers edit the tree.
 * Roles that a kind lacks are YAML_NONE. What may be absent, or replaced by an edit (the pod's security context, its
 * volumes), is asked for each time.
 */

#include "kube/config_maps.h"
#include "kube/known_image.h"
#include "kube/own.h"
#include "yaml/edit.h"
#include "yaml/tree.h"

enum kube_container_role { CONTAINER_INIT, CONTAINER_MAIN, CONTAINER_EPHEMERAL };

struct kube_container {
	struct str name;
	struct str image;
	const struct known_image *known; /* of the image; never NULL */
	yaml_id node;
	enum kube_container_role role;
	bool sidecar; /* an init container with restartPolicy: Always */
};

struct kube_object {
	const struct kube_kind *kind; /* NULL when unknown */
	yaml_id node;
	struct str api_version, kind_name, name, namespace;
	int item; /* index in a List, -1 outside one (of nested lists: the index in the outermost, as kubectl shows) */
};

struct kube_pod {
	struct yaml_tree *tree;
	struct arena *arena; /* what it keeps lies in it */
	struct kube_object object;
	const struct kube_view *view;
	yaml_id template;   /* what the view leads to: what has metadata and spec, the object itself for a Pod */
	yaml_id metadata;   /* of the pod (template) */
	yaml_id spec;	    /* what the other roles are in */
	yaml_id context_in; /* what the pod's security context stands in; YAML_NONE: it has no place */
	yaml_id volumes_in; /* likewise */
	struct kube_container *containers; /* init, main, ephemeral; in the arena */
	size_t containers_n;
	bool windows;	       /* spec.os.name, or a node selector for Windows */
	bool windows_declared; /* by spec.os.name: windows itself */
	bool host_network;
	bool may_host_network;		     /* what hostNetwork will be is not known (kube/placeholder.h) */
	bool user_namespace;		     /* hostUsers: false */
	bool replaces_images;		     /* asked for: images give way to their twins */
	bool assume_dotnet;		     /* the user says that images of which nothing is known hold .NET */
	const struct config_lookup *configs; /* what it may refer to; NULL: not known yet */
	const char *partial; /* why this is an overlay and no workload ("$patch", …); NULL for a workload */
};

/* The pods of an object. The caller frees items; what they hold lies in the arena. */
struct kube_pods {
	struct kube_pod *items;
	size_t n, cap;
	struct known_images *images; /* not owned; NULL: each image is looked up anew */
};

/*
 * kube_object_init() - reads identity of the object at @node. Returns false when it is no Kubernetes object (no
 * apiVersion or no kind). @inherit: kind and apiVersion for items of typed lists that omit theirs (may be NULL).
 * @own: the user's kinds (may be NULL).
 */
bool kube_object_init(struct yaml_tree *tree, yaml_id node, const struct kube_kind *inherit,
		      const struct kube_kind_list *own, struct kube_object *ret_object);

/*
 * kube_pods_find() - adds the views of the pods that @object holds to @pods, none for other kinds; not more than a
 * little over KUBE_PODS_MAX. @own: the user's image facts; may be NULL.
 */
enum { KUBE_PODS_MAX = 1000 };
void kube_pods_find(struct yaml_tree *tree, struct arena *arena, const struct kube_own *own,
		    const struct kube_object *object, struct kube_pods *pods);

/* kube_container_sets() - whether the container's env has a variable @name, wherever its value comes from. */
bool kube_container_sets(const struct kube_pod *pod, const struct kube_container *container, struct str name);

/* kube_pod_read_network() - makes host_network and may_host_network what the tree says now. */
void kube_pod_read_network(struct kube_pod *pod);

/* kube_pod_where() - which pod of its object it is, for people: "replicatedJobs[workers]". In the arena. */
struct str kube_pod_where(const struct kube_pod *pod, struct arena *arena);

/* kube_pod_context() - the pod's security context as it stands; kube_pod_context_key() - its key in .context_in. */
yaml_id kube_pod_context(const struct kube_pod *pod);
const char *kube_pod_context_key(const struct kube_pod *pod);

/* kube_pod_volumes() - its volumes as they stand; kube_pod_volumes_key() - their key in .volumes_in. */
yaml_id kube_pod_volumes(const struct kube_pod *pod);
const char *kube_pod_volumes_key(const struct kube_pod *pod);

/*
 * kube_pod_volume() - its volume of that name, YAML_NONE where it has none. kube_pod_has_claim() - whether the object
 * has a volumeClaimTemplate of that name, which takes the place of a volume.
 */
yaml_id kube_pod_volume(const struct kube_pod *pod, struct str name);
bool kube_pod_has_claim(const struct kube_pod *pod, struct str name);

/* kube_object_note() - why the pods of @object are not edited, whatever is in them; NULL where they are. */
const char *kube_object_note(struct yaml_tree *tree, const struct kube_object *object);

/* Field orders for new keys: generated from schemas/fields.yaml. */
extern const struct yaml_order order_pod_spec, order_container, order_pod_security_context, order_security_context,
	order_volume, order_volume_mount, order_env_var, order_capabilities, order_seccomp_profile, order_sysctl,
	order_service_port, order_service_spec, order_resources, order_resource_list, order_object_meta;
