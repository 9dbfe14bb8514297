/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Plan index: rows found by a namespace and a label, never by comparing all with all.
 */

#include "kube/pod_selector.h"

struct plan_index {
	uint32_t *slots;  /* first entry of a chain + 1 */
	uint32_t *counts; /* length of each chain */
	uint32_t mask;
	struct {
		struct plan_entry {
			uint32_t row, next;
		} *items;
		size_t n, cap;
	} entries;
};

/* plan_index_make() - an empty one for about @entries entries; the caller frees it with plan_index_free(). */
struct plan_index plan_index_make(size_t entries);
void plan_index_free(struct plan_index *index);

/*
 * plan_index_add() - a row for each of its labels. plan_index_add_all() - also for its namespace as a whole, and all
 * of that for every namespace, so that plan_index_chain() finds it for any selector.
 */
void plan_index_add(struct plan_index *index, struct str namespace, const struct label *labels, size_t n, uint32_t row);
void plan_index_add_all(struct plan_index *index, struct str namespace, const struct label *labels, size_t n,
			uint32_t row);

/*
 * plan_index_shortest() - the slot of the shortest chain among those of @labels; those that controllers add only where
 * there is no other. plan_index_chain() - the slot of a chain that holds all rows which @selector may mean in
 * @namespace, or with NULL in all. Walk it with PLAN_EACH(); what it holds is to be looked at: it may hold others.
 */
uint32_t plan_index_shortest(const struct plan_index *index, struct str namespace, const struct label *labels,
			     size_t n);
uint32_t plan_index_chain(const struct plan_index *index, const struct str *namespace,
			  const struct pod_selector *selector);

#define PLAN_EACH(index, slot, entry)                                                                                  \
	for (uint32_t entry = (index)->slots[slot]; entry; entry = (index)->entries.items[entry - 1].next)
static inline uint32_t plan_index_row(const struct plan_index *index, uint32_t entry)
{
	return index->entries.items[entry - 1].row;
}
