/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns of paths: what they match, what is none, and that none takes for ever.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "base/pattern.h"

static void check(const char *pattern, const char *path, bool expected)
{
	if (pattern_fault(str_of(pattern)))
		fail_msg("%s: %s", pattern, pattern_fault(str_of(pattern)));
	if (pattern_matches(str_of(pattern), str_of(path)) != expected)
		fail_msg("%s %s %s", pattern, expected ? "does not match" : "matches", path);
}

static void test_names(void **state)
{
	(void)state;
	check("web.yaml", "web.yaml", true);
	check("web.yaml", "a/b/web.yaml", true);
	check("web.yaml", "a/web.yaml/b", true); /* what is below */
	check("web.yaml", "a/web.yaml.b", false);
	check("web.yaml", "myweb.yaml", false);
	check("*.yaml", "a/b.yaml", true);
	check("*.yaml", "a/b.yml", false);
	check("w?b", "web", true);
	check("w?b", "w/b", false);
	check("*", "a/b", true);
	check("vendor/", "a/vendor/b", true);
	check("vendor", "vendor", true);
	check("vendor", "vendor/", true);
}

static void test_paths(void **state)
{
	(void)state;
	check("/web.yaml", "web.yaml", true);
	check("/web.yaml", "a/web.yaml", false);
	check("a/b", "a/b", true);
	check("a/b", "a/b/c", true);
	check("a/b", "x/a/b", false);
	check("a/*", "a/b", true);
	check("a/*", "a", false);
	check("a/*/c", "a/b/c", true);
	check("a/*/c", "a/b/b/c", false);
	check("a/**", "a/b/c", true);
	check("a/**", "a/", true);
	check("a/**", "a", false);
	check("a/**/c", "a/c", true);
	check("a/**/c", "a/b/b/c", true);
	check("a/**/c", "a/bc", false);
	check("**/c", "c", true);
	check("**/c", "a/b/c", true);
	check("**/c", "a/bc", false);
	check("**/b/*.y", "a/b/x/b/c.y", true);
	check("**/a*/**/b*c", "x/ab/y/z/bxxc", true);
	check("**/a*/**/b*c", "x/ab/y/z/bxxd", false);
	check("a**c", "a/b/c", false); /* a name: of no folder is it one */
	check("/a**c", "a/b/c", true);
	check("**", "a/b", true);
	check("x/*a*b*c", "x/1a2b3c", true);
	check("x/*a*b*c", "x/1a2b/3c", false);
}

static void test_classes(void **state)
{
	(void)state;
	check("[a-c]x", "bx", true);
	check("[a-c]x", "dx", false);
	check("[!a-c]x", "dx", true);
	check("[^a-c]x", "bx", false);
	check("[]]x", "]x", true);
	check("[!/]", "a", true);
	check("a[!b]c", "a/c", false);
	check("[a-]", "-", true);
	check("[\\]]", "]", true);
	check("\\*", "*", true);
	check("\\*", "a", false);
	check("\\!a", "!a", true);
	check("\\[a", "[a", true);
}

static void test_faults(void **state)
{
	static const char *const faults[] = { "",    "/",   "!a", "..", "../a", "a/../b", "a/..", "./a",
					      "a/.", "a\\", "[",  "[a", "[]",	"[!]",	  "[\\]", "a[b\\" };
	char long_one[PATTERN_BYTES_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		if (!pattern_fault(str_of(faults[i])))
			fail_msg("%s is taken", faults[i]);
	memset(long_one, 'a', sizeof(long_one));
	assert_null(pattern_fault((struct str){ long_one, PATTERN_BYTES_MAX }));
	assert_non_null(pattern_fault((struct str){ long_one, PATTERN_BYTES_MAX + 1 }));
	assert_non_null(pattern_fault(STR("a\0b")));
}

/* The patterns that bring others to their knees. */
static void test_hostile(void **state)
{
	static char path[4096];
	struct buf pattern CLEANUP(buf_free) = BUF_INIT;
	clock_t before = clock();

	(void)state;
	for (size_t i = 0; i < sizeof(path); i++)
		path[i] = i % 50 == 49 ? '/' : 'a';
	for (size_t i = 0; i < 50; i++)
		buf_addz(&pattern, "**/a*");
	buf_addc(&pattern, 'b');
	assert_null(pattern_fault(buf_str(&pattern)));
	assert_false(pattern_matches(buf_str(&pattern), (struct str){ path, sizeof(path) }));
	pattern.n = 0;
	for (size_t i = 0; i < 120; i++)
		buf_addz(&pattern, "a*");
	buf_addz(&pattern, "/b");
	assert_false(pattern_matches(buf_str(&pattern), (struct str){ path, sizeof(path) }));
	if ((clock() - before) / CLOCKS_PER_SEC > 5)
		fail_msg("a pattern takes too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),  cmocka_unit_test(test_paths),   cmocka_unit_test(test_classes),
		cmocka_unit_test(test_faults), cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
