/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Between: what one result of a file has that another result of it has not, for the diff of a single change.
 */

#include "yaml/render.h"

/* Released with between_free(). */
struct between {
	struct buf before, after; /* both results */
	struct splices splices;	  /* of .before, whole lines of it; what they put in stands in .after */
};

/* between_make() - of @original and the splices of two results, each in their order. */
void between_make(struct between *between, struct str original, const struct splices *before,
		  const struct splices *after);
void between_free(struct between *between);
