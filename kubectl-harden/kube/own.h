/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the user adds to the tables of the program: their rows come first. */

#include "kube/image_facts.h"
#include "kube/image_swaps.h"
#include "kube/kinds.h"

struct kube_own {
	struct kube_kind_list kinds;
	struct image_facts images;
	struct image_chains chains; /* what kustomizations make of the images of the file */
};
