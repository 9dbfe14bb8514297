/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects
 *
 * A document holds one object, a `kind: List` of objects, or a typed list whose items may leave out their own kind.
 * Lists in lists are unfolded as kubectl does; the index shown is that of the outermost list.
 */
#include "engine/objects.h"

enum { LISTS_MAX = 8 };

struct unfold {
	struct yaml_tree *tree;
	struct arena *arena;
	struct objects *objects;
};

/* kubectl takes any object for a list whose `items` is a sequence. */
static bool is_list(struct yaml_tree *tree, const struct kube_object *object)
{
	if (object->kind)
		return object->kind->flags & KIND_LIST;
	return yaml_is_seq(tree, yaml_get(tree, object->node, "items"));
}

static void unfold(struct unfold *unfold_, yaml_id node, const struct kube_kind *inherit, int item, unsigned depth)
{
	struct yaml_tree *tree = unfold_->tree;
	const struct kube_kind *items = NULL;
	struct object_view view = { .has_pod = false };
	struct kube_object object;
	int index = 0;

	if (!kube_object_init(tree, node, inherit, &object))
		return;
	object.item = item;
	if (!is_list(tree, &object) || depth == LISTS_MAX) {
		view.object = object;
		view.has_pod = kube_pod_init(tree, unfold_->arena, &object, &view.pod);
		VEC_PUSH(unfold_->objects, view);
		return;
	}
	if (object.kind && object.kind->items)
		items = kube_kind_find(object.api_version, str_of(object.kind->items));
	YAML_EACH(tree, yaml_get(tree, node, "items"), child) {
		unfold(unfold_, child, items, item >= 0 ? item : index, depth + 1);
		index++;
	}
}

void objects_read(struct yaml_tree *tree, struct arena *arena, struct objects *objects)
{
	struct unfold all = { tree, arena, objects };

	objects->n = 0;
	unfold(&all, tree->root, NULL, -1, 0);
}
