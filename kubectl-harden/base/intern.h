/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Intern: what is the same is kept once. A hundred thousand objects have the same dozen things wrong with them.
 */

#include "base/str.h"

struct intern {
	struct arena *arena; /* not owned: where what is kept lives */
	struct intern_slot {
		const char *p;
		uint32_t n, hash;
	} *slots;
	size_t n, size;
};

/* intern_init() - an empty one; the caller frees it with intern_free(), after which what it kept stays valid. */
struct intern intern_init(struct arena *arena);
void intern_free(struct intern *intern);

/* intern_bytes() - the kept copy of @n bytes, aligned to 16, a NUL behind it. The same bytes give the same pointer. */
const void *intern_bytes(struct intern *intern, const void *bytes, size_t n);

/* intern_str() - likewise of a text; one without bytes has no pointer either. */
static inline struct str intern_str(struct intern *intern, struct str s)
{
	return s.n ? (struct str){ intern_bytes(intern, s.p, s.n), s.n } : STR_NONE;
}
