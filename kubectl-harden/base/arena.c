/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arena
 *
 * A chain of blocks, newest first. Blocks double in size up to a bound, so that a large document costs a handful
 * of malloc calls and a small one costs none after arena_reset(). Memory is zeroed when it is handed out, not when
 * the block is made, so that a reset arena gives zeroed memory again.
 */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_FIRST = 16 * 1024, ARENA_MOST = 4 * 1024 * 1024, ARENA_ALIGN = 16 };

struct block {
	struct block *older;
	size_t size;
	size_t used;
	_Alignas(ARENA_ALIGN) char data[];
};

struct arena {
	struct block *newest;
	size_t used;
};

static _Noreturn void out_of_memory(void)
{
	static const char line[] = "error: out of memory\n";

	/* Not stdio: it could allocate. */
	if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
		_exit(2);
	_exit(2);
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xrealloc_array(void *old, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		out_of_memory();
	return xrealloc(old, n * size);
}

struct arena *arena_new(void)
{
	struct arena *arena = xmalloc(sizeof(*arena));

	*arena = (struct arena){ 0 };
	return arena;
}

static void blocks_free(struct block *block)
{
	while (block) {
		struct block *older = block->older;

		free(block);
		block = older;
	}
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	blocks_free(arena->newest);
	free(arena);
}

void arena_freep(struct arena **arena)
{
	arena_free(*arena);
	*arena = NULL;
}

void arena_reset(struct arena *arena)
{
	struct block *keep = arena->newest;

	arena->used = 0;
	if (!keep)
		return;
	blocks_free(keep->older);
	keep->older = NULL;
	keep->used = 0;
	/* One that was made for something huge. */
	if (keep->size > ARENA_MOST) {
		blocks_free(keep);
		arena->newest = NULL;
	}
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark){ arena->newest, arena->newest ? arena->newest->used : 0, arena->used };
}

void arena_release(struct arena *arena, struct arena_mark mark)
{
	while (arena->newest != mark.block) {
		/* The mark's block is one of them. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		struct block *older = arena->newest->older;

		/* The first one is kept, as by arena_reset(). */
		if (!older && !mark.block) {
			arena->newest->used = 0;
			break;
		}
		free(arena->newest);
		arena->newest = older;
	}
	if (mark.block)
		arena->newest->used = mark.block_used;
	arena->used = mark.used;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = arena->newest;
	void *p;

	if (size > SIZE_MAX / 2)
		out_of_memory();
	size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (!block || block->size - block->used < size) {
		size_t want = block ? block->size * 2 : ARENA_FIRST;

		if (want > ARENA_MOST)
			want = ARENA_MOST;
		if (want < size)
			want = size;
		block = xmalloc(sizeof(*block) + want);
		*block = (struct block){ .older = arena->newest, .size = want };
		arena->newest = block;
	}
	p = block->data + block->used;
	block->used += size;
	arena->used += size;
	return memset(p, 0, size);
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}
