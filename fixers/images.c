/* SPDX-License-Identifier: Apache-2.0 */
#include "fixers/images.h"

bool fix_image_is_tagged(struct fix_context *fix, int target, struct image_ref *ret_ref, yaml_id *ret_at)
{
	const struct kube_container *container;
	yaml_id image;

	if (target == TARGET_POD || fix_container(fix, target)->role == CONTAINER_EPHEMERAL)
		return false;
	container = fix_container(fix, target);
	if (!image_ref_parse(fix->arena, container->image, ret_ref) || ret_ref->digest.n)
		return false;
	image = yaml_get(fix->tree, container->node, "image");
	*ret_at = image ? image : container->node;
	return true;
}

bool fix_image_is_latest(const struct image_ref *ref)
{
	return !ref->tag.n || str_is(ref->tag, "latest");
}
