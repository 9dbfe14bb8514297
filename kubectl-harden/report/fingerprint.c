/* SPDX-License-Identifier: Apache-2.0 */
#include "report/fingerprint.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t fingerprint_add(uint64_t hash, struct str text)
{
	for (size_t i = 0; i <= text.n; i++)
		hash = (hash ^ (i < text.n ? (unsigned char)text.p[i] : 0x100)) * 0x100000001b3u;
	return hash;
}

static struct fingerprint_count *slot_of(struct fingerprints *seen, uint64_t hash)
{
	size_t at = hash & (seen->size - 1);

	while (seen->slots[at].n && seen->slots[at].hash != hash)
		at = (at + 1) & (seen->size - 1);
	return &seen->slots[at];
}

static void grow(struct fingerprints *seen)
{
	struct fingerprints old = *seen;

	seen->size = old.size ? old.size * 2 : 256;
	seen->slots = xrealloc_array(NULL, seen->size, sizeof(*seen->slots));
	memset(seen->slots, 0, seen->size * sizeof(*seen->slots));
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].n)
			*slot_of(seen, old.slots[i].hash) = old.slots[i];
	free(old.slots);
}

static void format(uint64_t hash, uint32_t n, char out[32])
{
	snprintf(out, 32, "%016llx:%u", (unsigned long long)hash, n);
}

void fingerprint_first(uint64_t hash, char out[32])
{
	format(hash, 1, out);
}

void fingerprint_format(struct fingerprints *seen, uint64_t hash, char out[32])
{
	struct fingerprint_count *slot;

	if (seen->n * 2 >= seen->size)
		grow(seen);
	slot = slot_of(seen, hash);
	seen->n += !slot->n;
	slot->hash = hash;
	slot->n++;
	format(hash, slot->n, out);
}

void fingerprints_free(struct fingerprints *seen)
{
	free(seen->slots);
	*seen = (struct fingerprints){ 0 };
}
