/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Images: what the user says of images with --images, --image-config and --dockerfile.
 */

#include "commands/settings.h"
#include "kube/dockerfile.h"

/* What one flag says of an image: one of its configs, or a Dockerfile. */
struct image_entry {
	const char *flag;
	size_t first, n; /* its rows of .facts: a config may have several names */
	bool matched;
};

/* A Dockerfile that was read, for its findings. */
struct image_dockerfile {
	const char *path;
	struct str image;
	struct dockerfile file;
	struct file_image bytes;
};

struct images {
	struct arena *arena;	  /* all of it lies here */
	struct image_facts facts; /* configs first, then Dockerfiles, then the rows of files: the best evidence first */
	struct {
		struct image_entry *items;
		size_t n, cap;
	} entries; /* of the configs and Dockerfiles */
	struct {
		struct image_dockerfile *items;
		size_t n, cap;
	} dockerfiles;
};

/*
 * images_load() - reads what @settings name. False with *err set at the first thing that is wrong. images_free() in
 * either case.
 */
bool images_load(struct images *images, const struct settings *settings, struct error **err);
void images_free(struct images *images);

/* images_options() - what @settings ask of a run, with what was loaded in it. */
struct run_options images_options(const struct images *images, const struct settings *settings);

/*
 * images_add_notes() - appends a line for each flag that says something of images which no container in @run has.
 */
void images_add_notes(struct images *images, const struct run *run, struct buf *out);

/* images_add_findings() - adds the findings of the Dockerfiles to @run, which takes their bytes over. */
void images_add_findings(struct images *images, struct run *run);
