/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plan index
 *
 * A hash with chains, of which the shortest that will do is walked. Labels of different names may share a chain, so
 * who walks it looks at each row.
 */
#include "engine/plan_index.h"

#include <stdlib.h>

struct plan_index plan_index_make(size_t entries)
{
	struct plan_index index = { 0 };
	size_t size = 64;

	while (size < entries * 2 && size < (size_t)1 << 31)
		size *= 2;
	index.mask = (uint32_t)(size - 1);
	index.slots = memset(xrealloc_array(NULL, size, sizeof(*index.slots)), 0, size * sizeof(*index.slots));
	index.counts = memset(xrealloc_array(NULL, size, sizeof(*index.counts)), 0, size * sizeof(*index.counts));
	return index;
}

void plan_index_free(struct plan_index *index)
{
	free(index->slots);
	free(index->counts);
	free(index->entries.items);
}

/* @namespace: NULL for all of them. */
static uint32_t slot_of(const struct plan_index *index, const struct str *namespace, struct str key, struct str value)
{
	uint64_t hash = namespace ? str_hash(*namespace) : 1;

	hash = ((hash * 31 + str_hash(key)) * 31 + str_hash(value)) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(hash >> 32) & index->mask;
}

static void add(struct plan_index *index, const struct str *namespace, struct str key, struct str value, uint32_t row)
{
	uint32_t slot = slot_of(index, namespace, key, value);

	VEC_PUSH(&index->entries, (struct plan_entry){ row, index->slots[slot] });
	index->slots[slot] = (uint32_t)index->entries.n;
	index->counts[slot]++;
}

void plan_index_add(struct plan_index *index, struct str namespace, const struct label *labels, size_t n, uint32_t row)
{
	for (size_t i = 0; i < n; i++)
		add(index, &namespace, labels[i].key, labels[i].value, row);
}

void plan_index_add_all(struct plan_index *index, struct str namespace, const struct label *labels, size_t n,
			uint32_t row)
{
	plan_index_add(index, namespace, labels, n, row);
	add(index, &namespace, STR_NONE, STR_NONE, row);
	for (size_t i = 0; i < n; i++)
		add(index, NULL, labels[i].key, labels[i].value, row);
	add(index, NULL, STR_NONE, STR_NONE, row);
}

uint32_t plan_index_shortest(const struct plan_index *index, struct str namespace, const struct label *labels, size_t n)
{
	uint32_t best = 0;
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < n; i++) {
		uint32_t slot = slot_of(index, &namespace, labels[i].key, labels[i].value);

		/* Templates do not hold these; where there is no other, only one that does is found. */
		if (label_is_added(labels[i].key) && (least != SIZE_MAX || i + 1 < n))
			continue;
		if (index->counts[slot] < least) {
			least = index->counts[slot];
			best = slot;
		}
	}
	return best;
}

uint32_t plan_index_chain(const struct plan_index *index, const struct str *namespace,
			  const struct pod_selector *selector)
{
	uint32_t best = slot_of(index, namespace, STR_NONE, STR_NONE);

	for (uint32_t i = 0; i < selector->labels_n; i++) {
		uint32_t slot = slot_of(index, namespace, selector->labels[i].key, selector->labels[i].value);

		if (!label_is_added(selector->labels[i].key) && index->counts[slot] < index->counts[best])
			best = slot;
	}
	for (uint32_t i = 0; i < selector->tests_n; i++) {
		const struct label_test *test = &selector->tests[i];
		uint32_t slot;

		if (test->op != LABEL_IN || test->values_n != 1 || label_is_added(test->key))
			continue;
		slot = slot_of(index, namespace, test->key, test->values[0]);
		if (index->counts[slot] < index->counts[best])
			best = slot;
	}
	return best;
}
