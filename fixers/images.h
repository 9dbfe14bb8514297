/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Images: for the rules about what a container's image is named.
 */

#include "fixers/fix.h"

/*
 * fix_image_is_tagged() - whether the container at @target has an image that is named by a tag, or by nothing but its
 * name: *ret_ref, at *ret_at. False for one with a digest, for what is no reference (a placeholder), for an ephemeral
 * container (it goes with its pod), and for TARGET_POD.
 */
bool fix_image_is_tagged(struct fix_context *fix, int target, struct image_ref *ret_ref, yaml_id *ret_at);

/* fix_image_is_latest() - whether it names no version: the tag is latest, or there is none, which is the same. */
bool fix_image_is_latest(const struct image_ref *ref);
