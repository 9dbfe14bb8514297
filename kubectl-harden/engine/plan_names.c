/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plan names
 *
 * Sorted, so that however names are chosen a look takes no more than the logarithm of their number, and the number of
 * those that are the same.
 */
#include "engine/plan_names.h"

#include <stdlib.h>

#include "engine/plan.h"

void plan_names_add(struct plan_names *names, struct str namespace, struct str name, const struct where *where,
		    uint32_t row)
{
	VEC_PUSH(names, (struct plan_name){ namespace, name, where, row });
}

static int compare(const struct plan_name *one, struct str namespace, struct str name)
{
	int order = str_cmp(one->name, name);

	return order ? order : str_cmp(one->namespace, namespace);
}

static int by_name(const void *a, const void *b)
{
	const struct plan_name *x = a, *y = b;
	int order = compare(x, y->namespace, y->name);

	return order ? order : (x->row > y->row) - (x->row < y->row);
}

void plan_names_sort(struct plan_names *names)
{
	if (names->n)
		qsort(names->items, names->n, sizeof(*names->items), by_name);
}

void plan_names_free(struct plan_names *names)
{
	free(names->items);
	*names = (struct plan_names){ 0 };
}

/* How many come before that name, or before what follows it: the first one that compares as more than @below. */
static size_t bound(const struct plan_names *names, struct str namespace, struct str name, int below)
{
	size_t low = 0, high = names->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&names->items[middle], namespace, name) < below)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct plan_name *plan_names_first(const struct plan_names *names, struct str namespace, struct str name,
					 size_t *ret_n)
{
	size_t first = bound(names, namespace, name, 0);

	*ret_n = bound(names, namespace, name, 1) - first;
	return *ret_n ? &names->items[first] : NULL;
}

const struct plan_name *plan_names_nearest(const struct plan_names *names, struct str namespace, struct str name,
					   const struct where *where)
{
	const struct plan_name *found = NULL;
	unsigned least = UINT32_MAX;
	size_t n;
	const struct plan_name *first = plan_names_first(names, namespace, name, &n);

	for (size_t i = 0; i < n; i++) {
		unsigned steps;

		if (!first[i].where)
			return NULL;
		steps = plan_distance(where, first[i].where);
		if (steps <= least)
			found = steps < least ? &first[i] : NULL;
		least = steps < least ? steps : least;
		/* Nothing is nearer than two of the file itself. */
		if (!least && !found)
			return NULL;
	}
	return found;
}
