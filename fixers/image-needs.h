/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Image needs: what is known of a container's image, asked for by the fixers: a user, directories that it writes to,
 * variables that it needs.
 */

#include "fixers/fix.h"

/*
 * fix_image_is_known() - whether it is known what runs in the container's image: not in one of which nothing is known,
 * nor in one that programs are built upon.
 */
bool fix_image_is_known(const struct fix_context *fix, int target);

/* fix_image_works_without_root() - whether it is known, and known to run as another user. */
bool fix_image_works_without_root(const struct fix_context *fix, int target);

/* A directory that needs an emptyDir where the root file system is read-only. */
struct needed_directory {
	struct str path; /* of the image's facts, or what a setting names in its place */
	struct str on;	 /* where the emptyDir is mounted: there, or above it; empty: another one does for it */
	bool data;	 /* what is kept there may be worth keeping */
};

struct needed_directories {
	struct needed_directory *items; /* in fix->arena */
	size_t n;
};

/*
 * fix_needed_directories() - /tmp, and what the image's facts name, without what something is mounted on already, or
 * above.
 */
struct needed_directories fix_needed_directories(struct fix_context *fix, int target);

/*
 * fix_unread_data() - what sets a directory of the image's data to one that is not seen; NULL where nothing does.
 * fix_homeless_data() - what sets it to a directory on no mount that no emptyDir of ours helps, *ret_path: it must belong
 * to the program, below a mount. With @no_empty_dirs: any that is on no mount.
 */
const struct image_data_setting *fix_unread_data(struct fix_context *fix, int target);
const struct image_data_setting *fix_homeless_data(struct fix_context *fix, int target, bool no_empty_dirs,
						   struct str *ret_path);

/*
 * fix_rewritten_directory() - a directory that the image writes to beside files of its own, and that nothing is mounted
 * on: it must stay writable. fix_unknown_volume() - a VOLUME of the image that nothing is mounted on, of whose content
 * nothing is known. Empty where there is none.
 */
struct str fix_rewritten_directory(struct fix_context *fix, int target);
struct str fix_unknown_volume(struct fix_context *fix, int target);

/*
 * fix_strict_mount() - a directory that must belong to the image's user and nobody else, and on which a volume is mounted,
 * which belongs to root when it is new. Empty where there is none, or where a variable names a folder below it.
 */
struct str fix_strict_mount(struct fix_context *fix, int target);

/*
 * change_add_env() - adds those of @env that the container does not set. Where it has an envFrom, that may set them:
 * then nothing is added, and change_asks_env() says in words what must be set; empty where nothing must.
 */
void change_add_env(struct change *change, int target, const struct image_env *env, size_t n);
struct str change_asks_env(struct fix_context *fix, int target, const struct image_env *env, size_t n);

/* fix_swapped_in_words() - that a kustomization replaces the image by one that is not known, in a sentence; or empty. */
struct str fix_swapped_in_words(struct fix_context *fix, int target);

/* fix_replaces_images() - whether images give way to their twins, where that can be done (unprivileged-image). */
bool fix_replaces_images(const struct fix_config *config);

/* fix_twin_in_words() - what that costs, in a sentence. */
struct str fix_twin_in_words(struct fix_context *fix, const struct kube_container *container);

/* fix_add_caveat() - adds a sentence of its own to what @problem's change costs; nothing where @text is empty. */
void fix_add_caveat(struct fix_context *fix, struct problem *problem, struct str text);
