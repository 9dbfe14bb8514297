/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intern
 *
 * An open hash table beside an arena. What is too long to be met twice is copied and forgotten.
 */
#include "base/intern.h"

#include <stdlib.h>

enum { SLOTS_FIRST = 64, LONG = 4096 };

struct intern intern_init(struct arena *arena)
{
	return (struct intern){ .arena = arena };
}

void intern_free(struct intern *intern)
{
	free(intern->slots);
	intern->slots = NULL;
	intern->n = intern->size = 0;
}

static void grow(struct intern *intern)
{
	size_t size = intern->size ? intern->size * 2 : SLOTS_FIRST;
	struct intern_slot *slots = xrealloc_array(NULL, size, sizeof(*slots));

	memset(slots, 0, size * sizeof(*slots));
	for (size_t i = 0; i < intern->size; i++) {
		size_t at = intern->slots[i].hash & (size - 1);

		if (!intern->slots[i].p)
			continue;
		while (slots[at].p)
			at = (at + 1) & (size - 1);
		slots[at] = intern->slots[i];
	}
	free(intern->slots);
	intern->slots = slots;
	intern->size = size;
}

const void *intern_bytes(struct intern *intern, const void *bytes, size_t n)
{
	struct str s = { bytes, n };
	uint64_t hash;
	uint32_t low;
	size_t at;

	if (n > LONG)
		return str_copy(intern->arena, s).p;
	if (intern->n * 4 >= intern->size * 3)
		grow(intern);
	hash = str_hash(s);
	low = (uint32_t)(hash ^ hash >> 32);
	for (at = low & (intern->size - 1); intern->slots[at].p; at = (at + 1) & (intern->size - 1)) {
		const struct intern_slot *slot = &intern->slots[at];

		if (slot->hash == low && slot->n == n && (!n || !memcmp(slot->p, bytes, n)))
			return slot->p;
	}
	intern->slots[at] = (struct intern_slot){ str_copy(intern->arena, s).p, (uint32_t)n, low };
	intern->n++;
	return intern->slots[at].p;
}
