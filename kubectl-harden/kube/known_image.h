/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Known image: what a container's image says of it, found out once for all containers that have it. Thousands of
 * containers share a few hundred images, and to look for one is a comparison with every row of schemas/images.yaml.
 */

#include "base/arena.h"
#include "kube/own.h"

struct known_image {
	const struct image_fact *facts; /* NULL for nothing */
	struct str twin;		/* an image that does the same without root, with its tag; empty for none */
	struct str swapped_by;		/* a kustomization that replaces the image; else empty */
	struct str runs;		/* the image that runs then; empty where kustomizations do not agree */
	bool is_dotnet;			/* it is one of Microsoft's .NET images */
	unsigned dotnet;		/* its major version of .NET, else 0 */
};

/* known_images_new() - what is kept of images, to begin with nothing. In @arena, which it must not outlive. */
struct known_images *known_images_new(struct arena *arena);

/*
 * known_image_find() - what is known of @image, a reference as a manifest has it; never NULL. @own may be NULL; while
 * @images is used, an @own stays as it is. @images: what was found before, in whose arena the answer lies; NULL, or
 * full: it lies in @arena, as long as which @image must live.
 */
const struct known_image *known_image_find(struct known_images *images, struct arena *arena, const struct kube_own *own,
					   struct str image);
