/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Image swaps: what kustomizations make of the images of a file (kustomize api/filters/imagetag, api/types/image.go).
 */

#include "base/arena.h"
#include "base/str.h"

/* An entry of `images`; texts are empty where it does not say them. */
struct image_swap {
	struct str name, new_name, new_tag, tag_suffix, digest;
};

/* The entries that one build of the file goes through, in their order. */
struct image_chain {
	const struct image_swap **items;
	size_t n;
};

/* All builds that are known of; none where no image of the file is replaced. */
struct image_chains {
	const struct image_chain *items;
	size_t n;
	bool more;	 /* there are more than anybody follows */
	struct str path; /* of a kustomization that replaces images */
};

/* image_chain_names() - whether an entry of the chain is about @image. */
bool image_chain_names(const struct image_chain *chain, struct str image);

/* image_chain_apply() - what becomes of @image, in @arena; @image itself where it stays. */
struct str image_chain_apply(const struct image_chain *chain, struct arena *arena, struct str image);
