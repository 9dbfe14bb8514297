/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Plan names: objects of one kind, found by namespace and name. Several of one name are several environments in one
 * input, of which the nearest is meant.
 */

#include "engine/inventory.h"

struct plan_names {
	struct plan_name {
		struct str namespace, name;
		const struct where *where; /* NULL: of a patch, which may say anything */
		uint32_t row;
	} *items; /* by name and namespace, those of one name in the order of the input */
	size_t n, cap;
};

/*
 * plan_names_add() - one more; what is given must outlive @names. plan_names_sort() - once all were added.
 * plan_names_free() - releases what was added.
 */
void plan_names_add(struct plan_names *names, struct str namespace, struct str name, const struct where *where,
		    uint32_t row);
void plan_names_sort(struct plan_names *names);
void plan_names_free(struct plan_names *names);

/* plan_names_first() - the first one of that name, *ret_n of them; NULL for none. */
const struct plan_name *plan_names_first(const struct plan_names *names, struct str namespace, struct str name,
					 size_t *ret_n);

/* plan_names_nearest() - the one that is the nearest to @where; NULL for none, for several, or where one is a patch. */
const struct plan_name *plan_names_nearest(const struct plan_names *names, struct str namespace, struct str name,
					   const struct where *where);
