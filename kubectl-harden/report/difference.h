/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Difference: one object before and after, and what makes one of the other, for other programs to apply.
 *
 * The two are texts of one document each, as yaml_print() writes them: a manifest as it was read from a file or made of
 * a live object (live/object.h); where they come from does not matter here. Paths are those of the text before: where
 * that is a live object without what the server adds, a mapping that it has nothing left of is missing, and its addition
 * would take the place of what the server has there.
 */

#include "base/error.h"
#include "yaml/difference.h"

struct difference {
	struct str api_version, kind, namespace, name; /* namespace: empty where none is named */
	struct str before, after;
};

/* All texts are in .arena, which is the caller's. Free with differences_free(). */
struct differences {
	struct arena *arena;
	const struct yaml_limits *limits; /* NULL: YAML_LIMITS_DEFAULT */
	struct {
		struct difference *items;
		size_t n, cap;
	} objects;
};

/* differences_add() - texts are copied. */
void differences_add(struct differences *differences, const struct difference *difference);
void differences_free(struct differences *differences);

/*
 * differences_check() - false with *err where two objects are the same one to the server (group, kind, namespace and
 * name), so that whoever applies what follows could not tell them apart, or one has no name.
 */
bool differences_check(const struct differences *differences, struct error **err);

/*
 * differences_json_patch() - appends {"target":{"group":…,"version":…,"kind":…,"namespace":…,"name":…},"patch":[…]} and a
 * line break; nothing where there is no operation. The patch starts with its tests (struct yaml_tests), so that an
 * object that has become another one refuses it. False with *err where one of the texts cannot be read.
 */
bool differences_json_patch(const struct differences *differences, const struct difference *object, struct buf *out,
			    struct error **err);

/*
 * differences_merge_patch() - appends the merge patch as a YAML document with apiVersion, kind and the object's name and
 * namespace: a strategic one for kinds that the API server knows itself, for others (*ret_custom) a JSON merge patch;
 * nothing where there is no difference.
 */
bool differences_merge_patch(const struct differences *differences, const struct difference *object, struct buf *out,
			     bool *ret_custom, struct error **err);
