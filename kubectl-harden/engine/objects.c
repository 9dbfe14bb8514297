/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects
 *
 * A document holds one object, a `kind: List` of objects, or a typed list whose items may leave out their own kind.
 * Lists in lists are unfolded as kubectl does; the index shown is that of the outermost list.
 */
#include "engine/objects.h"

#include <stdlib.h>

enum { LISTS_MAX = 8 };

struct unfold {
	struct yaml_tree *tree;
	struct arena *arena;
	const struct kube_own *own;
	struct objects *objects;
};

static const struct kube_kind_list *own_kinds(const struct unfold *unfold)
{
	return unfold->own ? &unfold->own->kinds : NULL;
}

/* kubectl takes any object for a list whose `items` is a sequence. */
static bool is_list(struct yaml_tree *tree, const struct kube_object *object)
{
	if (object->kind)
		return object->kind->flags & KIND_LIST;
	return yaml_is_seq(tree, yaml_get(tree, object->node, "items"));
}

static void add_object(struct unfold *unfold, const struct kube_object *object)
{
	struct kube_pods *pods = &unfold->objects->pods;
	struct object_view view = { .object = *object, .note = kube_object_note(unfold->tree, object) };

	pods->n = 0;
	kube_pods_find(unfold->tree, unfold->arena, unfold->own, object, pods);
	view.crowded = pods->n > KUBE_PODS_MAX;
	if (!pods->n)
		VEC_PUSH(unfold->objects, view);
	for (size_t i = 0; i < pods->n; i++) {
		view.has_pod = true;
		view.pod = pods->items[i];
		if (pods->n > 1)
			view.where = kube_pod_where(&view.pod, unfold->arena);
		VEC_PUSH(unfold->objects, view);
	}
}

/* What items of a typed list have where they do not say so themselves; .kind is NULL outside of one. */
struct inherited {
	const struct kube_kind *kind;
	struct str api_version;
};

static void unfold(struct unfold *unfold_, yaml_id node, const struct inherited *inherited, int item, unsigned depth)
{
	struct yaml_tree *tree = unfold_->tree;
	struct inherited items = { 0 };
	struct kube_object object;
	int index = 0;

	if (!kube_object_init(tree, node, inherited->kind, own_kinds(unfold_), &object))
		return;
	if (!object.api_version.n)
		object.api_version = inherited->api_version;
	object.item = item;
	if (!is_list(tree, &object) || depth == LISTS_MAX) {
		add_object(unfold_, &object);
		return;
	}
	if (object.kind && object.kind->items)
		items = (struct inherited){
			kube_kind_find_own(own_kinds(unfold_), object.api_version, str_of(object.kind->items)),
			object.api_version,
		};
	YAML_EACH(tree, yaml_get(tree, node, "items"), child) {
		unfold(unfold_, child, &items, item >= 0 ? item : index, depth + 1);
		index++;
	}
}

void objects_read(struct yaml_tree *tree, struct arena *arena, const struct kube_own *own, struct objects *objects)
{
	struct unfold all = { tree, arena, own, objects };

	objects->n = 0;
	unfold(&all, tree->root, &(struct inherited){ 0 }, -1, 0);
}

void objects_free(struct objects *objects)
{
	free(objects->items);
	free(objects->pods.items);
	*objects = (struct objects){ 0 };
}
