/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arenas: what is released is handed out again, zeroed, and what was there before it stays, in whatever block it lies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"

static void is_zeroed(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(p[i], 0);
}

static void releases_to_mark(void **state)
{
	struct arena *arena = arena_new();
	char *kept = arena_alloc(arena, 100), *gone;
	struct arena_mark mark;

	(void)state;
	memset(kept, 'k', 100);
	mark = arena_mark(arena);
	gone = arena_alloc(arena, 50);
	memset(gone, 'g', 50);
	arena_release(arena, mark);
	assert_int_equal(arena_used(arena), mark.used);
	assert_ptr_equal(arena_alloc(arena, 50), gone);
	is_zeroed(gone, 50);
	arena_release(arena, mark);
	/* Several blocks further on. */
	for (size_t i = 0; i < 20; i++)
		memset(arena_alloc(arena, 10000), 'g', 10000);
	arena_release(arena, mark);
	assert_int_equal(arena_used(arena), mark.used);
	assert_ptr_equal(arena_alloc(arena, 50), gone);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(kept[i], 'k');
	arena_free(arena);
}

static void releases_all(void **state)
{
	struct arena *arena = arena_new();
	struct arena_mark mark = arena_mark(arena);
	char *first = arena_alloc(arena, 10);

	(void)state;
	memset(first, 'g', 10);
	for (size_t i = 0; i < 20; i++)
		memset(arena_alloc(arena, 10000), 'g', 10000);
	arena_release(arena, mark);
	assert_int_equal(arena_used(arena), 0);
	/* The first block is kept. */
	assert_ptr_equal(arena_alloc(arena, 10), first);
	is_zeroed(first, 10);
	arena_free(arena);
}

static void releases_nothing(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	arena_release(arena, arena_mark(arena));
	assert_int_equal(arena_used(arena), 0);
	is_zeroed(arena_alloc(arena, 1), 1);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(releases_to_mark),
		cmocka_unit_test(releases_all),
		cmocka_unit_test(releases_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
