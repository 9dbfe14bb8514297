/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Data places: where a container of a known image keeps its data, once its variables and arguments are read.
 */

#include "kube/pod.h"

struct data_place {
	const struct image_data_setting *set_by; /* NULL: it is the image's own directory, or in it */
	struct str path; /* that it names; empty where that is not seen, or is no plain directory */
};

/*
 * data_place() - where the container keeps what its image keeps in @directory, one of the .data of its facts. The path
 * is a slice of the tree, without a slash at its end.
 */
struct data_place data_place(const struct kube_pod *pod, const struct kube_container *container, const char *directory);
