/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pod view
 *
 * Where a kind keeps its pod is a row of schemas/kinds.yaml; from there on every pod looks the same. Objects that
 * only look like workloads (patches of an overlay) are told apart here, because an edit of one would be wrong: what
 * they leave out stands in another file.
 */
#include "kube/pod.h"

#include "kube/kind_path.h"
#include "kube/placeholder.h"

bool kube_object_init(struct yaml_tree *tree, yaml_id node, const struct kube_kind *inherit,
		      const struct kube_kind_list *own, struct kube_object *ret_object)
{
	struct kube_object object = { .node = node, .item = -1 };
	yaml_id metadata;

	if (!yaml_is_map(tree, node))
		return false;
	object.api_version = yaml_get_text(tree, node, "apiVersion");
	object.kind_name = yaml_get_text(tree, node, "kind");
	object.kind = kube_kind_find_own(own, object.api_version, object.kind_name);
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

/* The lists of a PodSpec. */
static const char *const container_lists[] = {
	[CONTAINER_INIT] = "initContainers[*]",
	[CONTAINER_MAIN] = "containers[*]",
	[CONTAINER_EPHEMERAL] = "ephemeralContainers[*]",
};

bool kube_container_sets(const struct kube_pod *pod, const struct kube_container *container, struct str name)
{
	YAML_EACH(pod->tree, yaml_get(pod->tree, container->node, "env"), item)
		if (str_eq(yaml_get_text(pod->tree, item, "name"), name))
			return true;
	return false;
}

/* The paths of the containers of a role, from the spec. */
static const char *const *paths_of(const struct kube_view *view, enum kube_container_role role, size_t *ret_n)
{
	*ret_n = 0;
	if (view->flags & VIEW_OPERATOR)
		return NULL;
	if (!view->containers_n) {
		*ret_n = 1;
		return &container_lists[role];
	}
	if (role == CONTAINER_EPHEMERAL)
		return NULL;
	*ret_n = role == CONTAINER_MAIN ? view->containers_n : view->init_containers_n;
	return role == CONTAINER_MAIN ? view->containers : view->init_containers;
}

struct container_search {
	struct arena *arena;
	const struct kube_own *own;
	struct known_images *images;
	struct kube_pod *pod;
	enum kube_container_role role;
	size_t most; /* places in pod->containers; 0: only counted */
	size_t n;
};

/* A container of an operator's kind may have no name: it is then called as the item or the key that it is in. */
static struct str name_of(struct yaml_tree *tree, const struct kube_pod *pod, yaml_id container)
{
	struct str name = yaml_get_text(tree, container, "name");

	if (name.n || !pod->view->containers_n)
		return name;
	name = kube_path_item_name(tree, pod->object.node, container);
	return name.n ? name : yaml_text(tree, yaml_key(tree, container));
}

static void add_container(struct yaml_tree *tree, yaml_id node, void *data)
{
	struct container_search *search = data;
	struct kube_pod *pod = search->pod;
	struct kube_container *container;

	if (!yaml_is_map(tree, node))
		return;
	search->n++;
	if (pod->containers_n >= search->most)
		return;
	container = &pod->containers[pod->containers_n];
	*container = (struct kube_container){
		.node = node,
		.name = name_of(tree, pod, node),
		.image = yaml_get_text(tree, node, "image"),
		.role = search->role,
		.sidecar = search->role == CONTAINER_INIT &&
			   str_is(yaml_get_text(tree, node, "restartPolicy"), "Always"),
	};
	if (!container->image.n && pod->view->image)
		container->image = yaml_text(tree, yaml_get_path(tree, pod->spec, pod->view->image));
	container->known = known_image_find(search->images, search->arena, search->own, container->image);
	pod->containers_n++;
}

static void search_containers(struct container_search *search)
{
	for (int role = CONTAINER_INIT; role <= CONTAINER_EPHEMERAL; role++) {
		const char *const *paths;
		size_t n;

		search->role = (enum kube_container_role)role;
		paths = paths_of(search->pod->view, search->role, &n);
		for (size_t i = 0; i < n; i++)
			kube_path_each(search->pod->tree, search->pod->spec, paths[i], add_container, search);
	}
}

/* ---- overlays ---- */

/* Of a strategic merge; a map of an object that is none has no such key. */
static bool is_directive(struct str key)
{
	return str_is(key, "$patch") || str_is(key, "$retainKeys") || str_starts(key, STR("$setElementOrder/"));
}

static bool has_patch(struct yaml_tree *tree, yaml_id node, unsigned depth)
{
	YAML_EACH(tree, node, child) {
		yaml_id value = yaml_value(tree, child);

		if (value && is_directive(yaml_text(tree, child)))
			return true;
		if (depth && has_patch(tree, value ? value : child, depth - 1))
			return true;
	}
	return false;
}

/* Before all of the tree is looked through. */
static bool may_have_directive(struct yaml_tree *tree)
{
	static const char *const keys[] = {
		"$patch",
		"$retainKeys",
		"$setElementOrder/containers",
		"$setElementOrder/initContainers",
		"$setElementOrder/volumes",
		"$setElementOrder/volumeMounts",
		"$setElementOrder/env",
		"$setElementOrder/ports",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (yaml_may_have(tree, str_of(keys[i])))
			return true;
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
	if (may_have_directive(tree) && has_patch(tree, pod->object.node, 9))
		return yaml_may_have(tree, STR("$patch"))
			       ? "it holds $patch: a patch, not a workload"
			       : "it holds $setElementOrder or $retainKeys: a patch, not a workload";
	return NULL;
}

/* ---- roles ---- */

static const char *last_key(const char *path)
{
	const char *dot = path ? strrchr(path, '.') : NULL;

	return dot ? dot + 1 : path;
}

/* What the last key of a role's path stands in; YAML_NONE where that is not there. */
static yaml_id place_of(struct yaml_tree *tree, yaml_id spec, const char *path)
{
	size_t parent = path ? (size_t)(last_key(path) - path) : 0;
	struct str rest = { path, parent ? parent - 1 : 0 }, part;

	if (!path)
		return YAML_NONE;
	while (rest.n && str_cut(&rest, '.', &part))
		spec = yaml_get_str(tree, spec, part);
	return yaml_is_null(tree, spec) ? YAML_NONE : spec;
}

const char *kube_pod_context_key(const struct kube_pod *pod)
{
	return last_key(pod->view->pod_context);
}

yaml_id kube_pod_context(const struct kube_pod *pod)
{
	return pod->context_in ? yaml_get(pod->tree, pod->context_in, kube_pod_context_key(pod)) : YAML_NONE;
}

const char *kube_pod_volumes_key(const struct kube_pod *pod)
{
	return last_key(pod->view->volumes);
}

yaml_id kube_pod_volumes(const struct kube_pod *pod)
{
	return pod->volumes_in ? yaml_get(pod->tree, pod->volumes_in, kube_pod_volumes_key(pod)) : YAML_NONE;
}

yaml_id kube_pod_volume(const struct kube_pod *pod, struct str name)
{
	YAML_EACH(pod->tree, kube_pod_volumes(pod), volume)
		if (str_eq(yaml_get_text(pod->tree, volume, "name"), name))
			return volume;
	return YAML_NONE;
}

bool kube_pod_has_claim(const struct kube_pod *pod, struct str name)
{
	yaml_id templates = pod->view->claims ? yaml_get_path(pod->tree, pod->object.node, pod->view->claims)
					      : YAML_NONE;

	YAML_EACH(pod->tree, templates, item)
		if (str_eq(yaml_text(pod->tree, yaml_get_path(pod->tree, item, "metadata.name")), name))
			return true;
	return false;
}

struct str kube_pod_where(const struct kube_pod *pod, struct arena *arena)
{
	if (pod->view->name)
		return str_of(pod->view->name);
	return kube_path_where(pod->tree, arena, pod->object.node, pod->template, pod->view->at);
}

const char *kube_object_note(struct yaml_tree *tree, const struct kube_object *object)
{
	const struct kube_kind *kind = object->kind;

	if (!kind || !kind->note || !kind->note_where_n)
		return kind ? kind->note : NULL;
	for (size_t i = 0; i < kind->note_where_n; i++)
		if (kube_path_leads(tree, object->node, kind->note_where[i]))
			return kind->note;
	return NULL;
}

/* ---- pods ---- */

struct pod_search {
	struct arena *arena;
	const struct kube_own *own;
	const struct kube_object *object;
	const struct kube_view *view;
	struct kube_pods *pods;
	size_t before; /* pods of other objects */
};

static void read_containers(const struct pod_search *search, struct kube_pod *pod)
{
	struct container_search all = {
		.arena = search->arena, .own = search->own, .images = search->pods->images, .pod = pod
	};

	search_containers(&all);
	all.most = all.n;
	pod->containers = ARENA_ARRAY(search->arena, struct kube_container, all.n + 1);
	search_containers(&all);
}

static void read_roles(struct yaml_tree *tree, struct kube_pod *pod)
{
	pod->metadata = pod->view->metadata ? yaml_get_path(tree, pod->template, pod->view->metadata) : YAML_NONE;
	pod->spec = *pod->view->spec ? yaml_get_path(tree, pod->template, pod->view->spec) : pod->template;
	pod->context_in = place_of(tree, pod->spec, pod->view->pod_context);
	pod->volumes_in = place_of(tree, pod->spec, pod->view->volumes);
	/* One that the operator would make is not made by us: it may hold more. */
	if ((pod->view->flags & VIEW_DEFAULTS) && yaml_is_null(tree, kube_pod_context(pod)))
		pod->context_in = YAML_NONE;
}

void kube_pod_read_network(struct kube_pod *pod)
{
	yaml_id value = yaml_get(pod->tree, pod->spec, "hostNetwork");

	pod->host_network = yaml_is_true(pod->tree, value);
	pod->may_host_network = value_unknown(pod->tree, value, VALUE_BOOL) != NULL;
}

static void add_pod(struct yaml_tree *tree, yaml_id node, void *data)
{
	struct pod_search *search = data;
	struct kube_pod pod = {
		.tree = tree, .arena = search->arena, .object = *search->object, .view = search->view, .template = node
	};

	if (search->pods->n - search->before > KUBE_PODS_MAX)
		return;
	read_roles(tree, &pod);
	if (!yaml_is_map(tree, pod.spec))
		return;
	read_containers(search, &pod);
	/* What holds containers in places of its own is a pod where it holds one. */
	if (pod.view->containers_n && !pod.containers_n)
		return;
	pod.windows_declared = str_is(yaml_text(tree, yaml_get_path(tree, pod.spec, "os.name")), "windows");
	pod.windows = pod.windows_declared || selects_windows(tree, pod.spec);
	kube_pod_read_network(&pod);
	pod.user_namespace = yaml_is_false(tree, yaml_get(tree, pod.spec, "hostUsers"));
	pod.partial = pod.view->flags & VIEW_OPERATOR ? NULL : why_partial(tree, &pod);
	VEC_PUSH(search->pods, pod);
}

void kube_pods_find(struct yaml_tree *tree, struct arena *arena, const struct kube_own *own,
		    const struct kube_object *object, struct kube_pods *pods)
{
	struct pod_search search = { arena, own, object, NULL, pods, pods->n };

	for (size_t i = 0; object->kind && i < object->kind->views_n; i++) {
		search.view = &object->kind->views[i];
		kube_path_each(tree, object->node, search.view->at, add_pod, &search);
	}
}
