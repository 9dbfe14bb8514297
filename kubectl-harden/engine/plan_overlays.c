/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overlays in the plan
 *
 * Which patches change the volumes of which workloads: those of the workload's group (see plan_groups.c) whose target it
 * may be. A name may get a prefix or a suffix on the way, and may be a pattern; where that is in doubt the patch is the
 * workload's.
 */
#include <stdlib.h>

#include "engine/plan.h"

struct matcher {
	struct run *run;
	uint64_t budget, room; /* comparisons, and names, that are left */
	struct {
		struct overlay_name *items;
		size_t n, cap;
	} names, paths;
};

static int by_group(const void *a, const void *b)
{
	const struct overlay *x = a, *y = b;
	int order = str_cmp(x->group, y->group);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

static bool is_plain(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!((name.p[i] >= 'a' && name.p[i] <= 'z') || (name.p[i] >= 'A' && name.p[i] <= 'Z') ||
		      (name.p[i] >= '0' && name.p[i] <= '9') || name.p[i] == '-'))
			return false;
	return true;
}

static bool fits(const struct overlay *overlay, const struct workload *workload)
{
	struct str name = workload->name, given = overlay->name;

	/* Of several pods of an object the name says which. */
	if (name.n && memchr(name.p, ' ', name.n))
		name.n = (size_t)((const char *)memchr(name.p, ' ', name.n) - name.p);
	if (overlay->kind.n && is_plain(overlay->kind) && !str_eq(overlay->kind, workload->kind))
		return false;
	return !given.n || !name.n || !is_plain(given) || str_find(given, name, 0) != SIZE_MAX ||
	       str_find(name, given, 0) != SIZE_MAX;
}

static void add(struct matcher *matcher, struct overlay_volumes *volumes, const struct overlay *overlay)
{
	if (overlay->replaces && !volumes->replaced_by.n)
		volumes->replaced_by = overlay->patch;
	for (uint32_t i = 0; i < overlay->names_n; i++)
		VEC_PUSH(&matcher->names, ((struct overlay_name){ overlay->names[i], overlay->patch }));
	for (uint32_t i = 0; i < overlay->paths_n; i++)
		VEC_PUSH(&matcher->paths, ((struct overlay_name){ overlay->paths[i], overlay->patch }));
}

static size_t first_of(const struct inventory *inventory, struct str group)
{
	size_t low = 0, high = inventory->overlays.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(inventory->overlays.items[middle].group, group) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_group(struct matcher *matcher, struct overlay_volumes *volumes, const struct workload *workload,
		      struct str group)
{
	const struct inventory *inventory = matcher->run->inventory;

	for (size_t i = first_of(inventory, group);
	     i < inventory->overlays.n && str_eq(inventory->overlays.items[i].group, group); i++) {
		const struct overlay *overlay = &inventory->overlays.items[i];
		uint64_t names = overlay->names_n + overlay->paths_n;

		/* Nobody has as many: then it is as if this one replaced all. */
		if (!matcher->budget || names > matcher->room) {
			volumes->replaced_by = overlay->patch;
			return;
		}
		matcher->budget--;
		if (!fits(overlay, workload))
			continue;
		matcher->room -= names;
		add(matcher, volumes, overlay);
	}
}

static const struct overlay_name *kept(struct matcher *matcher, const struct overlay_name *items, size_t n)
{
	struct overlay_name *copy = ARENA_ARRAY(matcher->run->arena, struct overlay_name, n + 1);

	if (n)
		memcpy(copy, items, n * sizeof(*copy));
	return copy;
}

static void match(struct matcher *matcher, struct workload *workload)
{
	struct overlay_volumes volumes = { 0 }, *result;

	matcher->names.n = matcher->paths.n = 0;
	add_group(matcher, &volumes, workload, STR_NONE);
	if (workload->group.n)
		add_group(matcher, &volumes, workload, workload->group);
	if (!volumes.replaced_by.n && !matcher->names.n && !matcher->paths.n)
		return;
	volumes.names = kept(matcher, matcher->names.items, matcher->names.n);
	volumes.names_n = matcher->names.n;
	volumes.paths = kept(matcher, matcher->paths.items, matcher->paths.n);
	volumes.paths_n = matcher->paths.n;
	result = ARENA_NEW(matcher->run->arena, struct overlay_volumes);
	*result = volumes;
	workload->overlay = result;
}

void plan_overlays(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct matcher matcher = { .run = run, .budget = (uint64_t)1 << 26, .room = (uint64_t)1 << 20 };

	if (!inventory->overlays.n)
		return;
	for (size_t i = 0; i < inventory->overlays.n; i++)
		plan_patch_target(run, &inventory->overlays.items[i]);
	qsort(inventory->overlays.items, inventory->overlays.n, sizeof(struct overlay), by_group);
	for (size_t i = 0; i < inventory->workloads.n; i++)
		if (!inventory->workloads.items[i].patch)
			match(&matcher, &inventory->workloads.items[i]);
	free(matcher.names.items);
	free(matcher.paths.items);
}
