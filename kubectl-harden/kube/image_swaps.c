/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/image_swaps.h"

/* The name of an image, and what stands behind it, as kustomize splits it: a tag, a digest, or both. */
struct parts {
	struct str name, tag, digest;
};

static struct parts split(struct str image)
{
	struct parts parts = { .name = image };
	size_t at = str_find(image, STR("@"), 0), slash = 0;

	if (at != SIZE_MAX) {
		parts.digest = str_sub(image, at + 1, image.n);
		parts.name = str_sub(image, 0, at);
	}
	for (size_t i = 0; i < parts.name.n; i++)
		if (parts.name.p[i] == '/')
			slash = i;
	/* Before the last slash a colon belongs to the registry's port. */
	at = str_find(parts.name, STR(":"), slash);
	if (at != SIZE_MAX) {
		parts.tag = str_sub(parts.name, at + 1, parts.name.n);
		parts.name = str_sub(parts.name, 0, at);
	}
	return parts;
}

bool image_chain_names(const struct image_chain *chain, struct str image)
{
	struct parts parts = split(image);

	for (size_t i = 0; i < chain->n; i++)
		if (str_eq(chain->items[i]->name, parts.name))
			return true;
	return false;
}

struct str image_chain_apply(const struct image_chain *chain, struct arena *arena, struct str image)
{
	struct parts parts = split(image);
	bool any = false;

	for (size_t i = 0; i < chain->n; i++) {
		const struct image_swap *swap = chain->items[i];

		if (!str_eq(swap->name, parts.name))
			continue;
		any = true;
		if (swap->new_name.n)
			parts.name = swap->new_name;
		/* A tag or a digest takes the place of both. */
		if (swap->new_tag.n || swap->digest.n) {
			parts.tag = swap->new_tag;
			parts.digest = swap->digest;
		} else if (swap->tag_suffix.n) {
			parts.tag = str_join(arena, parts.tag, swap->tag_suffix);
		}
	}
	if (!any)
		return image;
	return str_fmt(arena, "%.*s%s%.*s%s%.*s", STR_ARG(parts.name), parts.tag.n ? ":" : "", STR_ARG(parts.tag),
		       parts.digest.n ? "@" : "", STR_ARG(parts.digest));
}
