/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pod view
 *
 * Where a kind keeps its pod is a row of schemas/kinds.yaml; from there on every pod looks the same. Objects that
 * only look like workloads (patches of an overlay) are told apart here, because an edit of one would be wrong: what
 * they leave out stands in another file.
 */
#include "kube/pod.h"

bool kube_object_init(struct yaml_tree *tree, yaml_id node, const struct kube_kind *inherit,
		      struct kube_object *ret_object)
{
	struct kube_object object = { .node = node, .item = -1 };
	yaml_id metadata;

	if (!yaml_is_map(tree, node))
		return false;
	object.api_version = yaml_get_text(tree, node, "apiVersion");
	object.kind_name = yaml_get_text(tree, node, "kind");
	object.kind = kube_kind_find(object.api_version, object.kind_name);
	if (!object.kind_name.n && inherit) {
		object.kind = inherit;
		object.kind_name = str_of(inherit->kind);
	} else if (!object.kind_name.n || !object.api_version.n) {
		return false;
	}
	metadata = yaml_get(tree, node, "metadata");
	object.name = yaml_get_text(tree, metadata, "name");
	if (!object.name.n)
		object.name = yaml_get_text(tree, metadata, "generateName");
	object.namespace = yaml_get_text(tree, metadata, "namespace");
	*ret_object = object;
	return true;
}

/* ---- Windows ---- */

static const char *const os_labels[] = { "kubernetes.io/os", "beta.kubernetes.io/os" };

static bool expressions_say_windows(struct yaml_tree *tree, yaml_id expressions)
{
	YAML_EACH(tree, expressions, expression) {
		struct str key = yaml_get_text(tree, expression, "key");
		yaml_id values = yaml_get(tree, expression, "values");

		if ((str_is(key, os_labels[0]) || str_is(key, os_labels[1])) &&
		    str_is(yaml_get_text(tree, expression, "operator"), "In") && yaml_count(tree, values) == 1 &&
		    str_is(yaml_text(tree, yaml_first(tree, values)), "windows"))
			return true;
	}
	return false;
}

static bool selects_windows(struct yaml_tree *tree, yaml_id spec)
{
	yaml_id selector = yaml_get(tree, spec, "nodeSelector");
	yaml_id terms = yaml_get_path(tree, spec,
				      "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
				      "nodeSelectorTerms");

	for (size_t i = 0; i < sizeof(os_labels) / sizeof(*os_labels); i++)
		if (str_is(yaml_get_text(tree, selector, os_labels[i]), "windows"))
			return true;
	YAML_EACH(tree, terms, term)
		if (expressions_say_windows(tree, yaml_get(tree, term, "matchExpressions")))
			return true;
	return false;
}

/* ---- containers ---- */

static const char *const container_lists[] = {
	[CONTAINER_INIT] = "initContainers",
	[CONTAINER_MAIN] = "containers",
	[CONTAINER_EPHEMERAL] = "ephemeralContainers",
};

static void read_image(struct arena *arena, struct kube_container *container)
{
	uint32_t version[IMAGE_VERSION_MAX];
	struct image_ref ref;

	if (!image_ref_parse(arena, container->image, &ref))
		return;
	container->facts = image_fact_find(&image_facts, &ref);
	if (str_starts(ref.name, STR("mcr.microsoft.com/dotnet/")) && image_version(ref.tag, version))
		container->dotnet = version[0];
}

static void read_containers(struct yaml_tree *tree, struct arena *arena, struct kube_pod *pod)
{
	size_t n = 0;

	for (int role = CONTAINER_INIT; role <= CONTAINER_EPHEMERAL; role++)
		n += yaml_count(tree, yaml_get(tree, pod->spec, container_lists[role]));
	pod->containers = ARENA_ARRAY(arena, struct kube_container, n + 1);
	for (int role = CONTAINER_INIT; role <= CONTAINER_EPHEMERAL; role++) {
		YAML_EACH(tree, yaml_get(tree, pod->spec, container_lists[role]), item) {
			struct kube_container *container = &pod->containers[pod->containers_n];

			if (!yaml_is_map(tree, item) || pod->containers_n == n)
				continue;
			*container = (struct kube_container){
				.node = item,
				.name = yaml_get_text(tree, item, "name"),
				.image = yaml_get_text(tree, item, "image"),
				.role = (enum kube_container_role)role,
				.sidecar = role == CONTAINER_INIT &&
					   str_is(yaml_get_text(tree, item, "restartPolicy"), "Always"),
			};
			read_image(arena, container);
			pod->containers_n++;
		}
	}
}

/* ---- overlays ---- */

static bool has_patch(struct yaml_tree *tree, yaml_id node, unsigned depth)
{
	if (yaml_is_map(tree, node) && yaml_get(tree, node, "$patch"))
		return true;
	if (!depth)
		return false;
	YAML_EACH(tree, node, child) {
		yaml_id value = yaml_value(tree, child);

		if (has_patch(tree, value ? value : child, depth - 1))
			return true;
	}
	return false;
}

static const char *why_partial(struct yaml_tree *tree, const struct kube_pod *pod)
{
	size_t containers = 0;

	for (size_t i = 0; i < pod->containers_n; i++) {
		if (pod->containers[i].role != CONTAINER_MAIN)
			continue;
		containers++;
		if (!pod->containers[i].image.n)
			return "a container without an image: a patch, not a workload";
	}
	if (!containers)
		return "no containers: a patch, not a workload";
	if (yaml_may_have(tree, STR("$patch")) && has_patch(tree, pod->object.node, 9))
		return "it holds $patch: a patch, not a workload";
	return NULL;
}

bool kube_pod_init(struct yaml_tree *tree, struct arena *arena, const struct kube_object *object,
		   struct kube_pod *ret_pod)
{
	struct kube_pod pod = { .tree = tree, .object = *object };

	if (!object->kind || !(object->kind->flags & KIND_POD))
		return false;
	pod.template = yaml_get_path(tree, object->node, object->kind->pod);
	pod.metadata = yaml_get(tree, pod.template, "metadata");
	pod.spec = yaml_get(tree, pod.template, "spec");
	if (!yaml_is_map(tree, pod.spec))
		return false;
	read_containers(tree, arena, &pod);
	pod.windows_declared = str_is(yaml_text(tree, yaml_get_path(tree, pod.spec, "os.name")), "windows");
	pod.windows = pod.windows_declared || selects_windows(tree, pod.spec);
	pod.host_network = yaml_is_true(tree, yaml_get(tree, pod.spec, "hostNetwork"));
	pod.user_namespace = yaml_is_false(tree, yaml_get(tree, pod.spec, "hostUsers"));
	pod.partial = why_partial(tree, &pod);
	*ret_pod = pod;
	return true;
}
