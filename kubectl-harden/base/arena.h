/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Arena: many small allocations, one owner, one release.
 *
 * Everything that belongs to one document, one source or one run lives in one arena and goes with it.
 * An arena never fails: when memory is out, the program says so in one line and exits with 2. This is the
 * only place where library code ends the process (no partial file can exist by then: files are renamed whole).
 */

#include <stddef.h>
#include <stdint.h>

struct arena;

/* arena_new() - an empty arena; the caller owns it and releases it with arena_free(). */
struct arena *arena_new(void);

/* arena_free() - releases the arena and all that was allocated from it. NULL is fine. */
void arena_free(struct arena *arena);
void arena_freep(struct arena **arena);

/* arena_reset() - forgets all allocations but keeps one block, so that the next document costs no malloc. */
void arena_reset(struct arena *arena);

/*
 * arena_mark() - what has been allocated so far; arena_release() - forgets what was allocated since then, so that work in
 * between takes nothing from an arena that lives on. The arena must not have been reset meanwhile.
 */
struct arena_mark {
	void *block;
	size_t block_used, used;
};
struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, struct arena_mark mark);

/* arena_alloc() - @size zeroed bytes, aligned to 16; valid until the arena is reset or freed. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* arena_used() - bytes handed out since the last reset. */
size_t arena_used(const struct arena *arena);

/* xmalloc(), xrealloc() - as malloc and realloc, but never NULL (see above). xrealloc_array() checks n * size. */
void *xmalloc(size_t size);
void *xrealloc(void *old, size_t size);
void *xrealloc_array(void *old, size_t n, size_t size);

#define ARENA_NEW(arena, T) ((T *)arena_alloc((arena), sizeof(T)))
#define ARENA_ARRAY(arena, T, n) ((T *)arena_alloc((arena), sizeof(T) * (n)))
#define CLEANUP(fn) __attribute__((__cleanup__(fn)))

/*
 * VEC_PUSH() - appends to a heap vector of the form `T *items; size_t n, cap`. The vector's owner frees items.
 */
#define VEC_PUSH(v, ...)                                                                                               \
	do {                                                                                                           \
		if ((v)->n == (v)->cap) {                                                                              \
			(v)->cap = (v)->cap ? (v)->cap * 2 : 8;                                                        \
			(v)->items = xrealloc_array((v)->items, (v)->cap, sizeof(*(v)->items));                        \
		}                                                                                                      \
		(v)->items[(v)->n++] = (__VA_ARGS__);                                                                  \
	} while (0)

/* VEC_FIT() - gives back what such a vector has reserved beyond its items. */
#define VEC_FIT(v)                                                                                                     \
	do {                                                                                                           \
		if ((v)->n < (v)->cap && (v)->n) {                                                                     \
			(v)->cap = (v)->n;                                                                             \
			(v)->items = xrealloc_array((v)->items, (v)->cap, sizeof(*(v)->items));                        \
		}                                                                                                      \
	} while (0)
