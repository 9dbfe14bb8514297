/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Dockerfiles: findings in the Dockerfile of an image that the input runs. They are reported as those of manifests are,
 * and never changed.
 */

#include "engine/run.h"
#include "kube/dockerfile.h"

/*
 * run_add_dockerfile() - adds the findings of @file, read from @bytes at @path, of which the image @image is built;
 * @bytes becomes the run's, @path is copied. Like run_add(), before run_plan().
 */
void run_add_dockerfile(struct run *run, const char *path, struct str image, struct file_image *bytes,
			const struct dockerfile *file);
