/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Image builds: which kustomizations of the input a file goes through, and what they make of its images. The image that
 * will run is the one that is known of, or is not.
 *
 * A file's documents are hardened as they are read, so the kustomizations are told before.
 */

#include "engine/run.h"

/* image_builds_new() - none yet, in @arena; image_builds_free() releases what is not in it (NULL is fine). */
struct image_builds *image_builds_new(struct arena *arena);
void image_builds_free(struct image_builds *builds);

/* image_builds_add() - what the kustomization at @path says, a file's bytes; nothing of one that cannot be read. */
void image_builds_add(struct image_builds *builds, const char *path, struct str bytes,
		      const struct yaml_limits *limits);

/*
 * image_builds_options() - what is asked for of the file at @path: @options, or, where images of it are replaced, a copy
 * that says so.
 */
struct source_options *image_builds_options(struct image_builds *builds, const char *path,
					    struct source_options *options);
