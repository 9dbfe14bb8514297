/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known image
 *
 * What is kept is bounded, in number and in length: input that names a million images has each of them looked up, and
 * takes no more memory for it.
 */
#include "kube/known_image.h"

#include "kube/dotnet.h"

enum { KEPT_MAX = 1024, SLOTS = 2 * KEPT_MAX, LENGTH_MAX = 256 };

struct known_images {
	struct arena *arena;
	struct kept {
		const struct kube_own *own;
		struct str image;
		struct known_image known;
	} *slots[SLOTS];
	size_t n;
};

struct known_images *known_images_new(struct arena *arena)
{
	struct known_images *images = ARENA_NEW(arena, struct known_images);

	images->arena = arena;
	return images;
}

/* ---- finding out ---- */

/* What runs in the place of @image where all builds of the file agree on what is known of it; else empty. */
static struct str image_that_runs(struct arena *arena, const struct kube_own *own, struct str image)
{
	const struct image_fact *first = NULL;
	struct str runs = STR_NONE;

	for (size_t i = 0; i < own->chains.n; i++) {
		struct str text = image_chain_apply(&own->chains.items[i], arena, image), as;
		const struct image_fact *facts = NULL;
		struct image_ref ref;

		if (image_ref_parse(arena, text, &ref))
			facts = image_fact_lookup(&own->images, arena, &ref, &as);
		if (i && facts != first)
			return STR_NONE;
		first = facts;
		runs = text;
	}
	return own->chains.more ? STR_NONE : runs;
}

static bool is_replaced(const struct kube_own *own, struct str image)
{
	for (size_t i = 0; own && i < own->chains.n; i++)
		if (image_chain_names(&own->chains.items[i], image))
			return true;
	return false;
}

static struct known_image find_out(struct arena *arena, const struct kube_own *own, struct str image)
{
	struct known_image known = { 0 };
	uint32_t version[IMAGE_VERSION_MAX];
	struct str as, runs = image;
	struct image_ref ref;

	if (is_replaced(own, image)) {
		runs = image_that_runs(arena, own, image);
		known.swapped_by = own->chains.path;
		known.runs = runs;
	}
	if (!image_ref_parse(arena, runs, &ref))
		return known;
	known.facts = image_fact_lookup(own ? &own->images : NULL, arena, &ref, &as);
	/* Whether a mirror has the twin, too, is not known. */
	if (str_eq(as, ref.name) && str_eq(runs, image))
		known.twin = image_twin(known.facts, arena, &ref);
	known.is_dotnet = dotnet_is_one(&dotnet_rules.images, as);
	if (known.is_dotnet && image_version(ref.tag, version))
		known.dotnet = version[0];
	return known;
}

/* ---- keeping ---- */

/* Where it is kept, or would be: less than all places are ever taken. */
static struct kept **place_of(struct known_images *images, const struct kube_own *own, struct str image)
{
	size_t at = (size_t)str_hash(image) % SLOTS;

	while (images->slots[at] && !(images->slots[at]->own == own && str_eq(images->slots[at]->image, image)))
		at = (at + 1) % SLOTS;
	return &images->slots[at];
}

const struct known_image *known_image_find(struct known_images *images, struct arena *arena, const struct kube_own *own,
					   struct str image)
{
	struct kept **place = images && image.n <= LENGTH_MAX ? place_of(images, own, image) : NULL;
	struct known_image *known;

	if (place && *place)
		return &(*place)->known;
	if (!place || images->n == KEPT_MAX) {
		known = ARENA_NEW(arena, struct known_image);
		*known = find_out(arena, own, image);
		return known;
	}
	image = str_copy(images->arena, image);
	*place = ARENA_NEW(images->arena, struct kept);
	**place = (struct kept){ own, image, find_out(images->arena, own, image) };
	images->n++;
	return &(*place)->known;
}
