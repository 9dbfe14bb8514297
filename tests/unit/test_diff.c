/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diffs: hand-written ones as a person reads them, and many random ones that are applied again: by a strict reader of
 * the format here, and by git apply and patch where there are any. What comes out must be the spliced bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "report/diff.h"

static const struct diff_options exact = { 0 };

/* ---- by hand ---- */

struct example {
	const char *what;
	const char *path;
	const char *original;
	struct splice splices[4];
	size_t n;
	const char *diff;
};

#define FILE_HEADER "--- a/f\n+++ b/f\n"

static const struct example examples[] = {
	{ "lines added behind a line, before its line feed",
	  "f",
	  "a:\nb:\n",
	  { { 2, 0, { "\n  x: 1", 7 } } },
	  1,
	  FILE_HEADER "@@ -1,2 +1,3 @@\n a:\n+  x: 1\n b:\n" },
	{ "the same in CRLF",
	  "f",
	  "a:\r\nb:\r\n",
	  { { 2, 0, { "\r\n  x: 1", 8 } } },
	  1,
	  FILE_HEADER "@@ -1,2 +1,3 @@\n a:\r\n+  x: 1\r\n b:\r\n" },
	{ "a line changed and one added to it",
	  "f",
	  "a: 1\nb: 2\n",
	  { { 3, 1, { "9", 1 } }, { 4, 0, { "\nc: 3", 5 } } },
	  2,
	  FILE_HEADER "@@ -1,2 +1,3 @@\n-a: 1\n+a: 9\n+c: 3\n b: 2\n" },
	{ "two lines changed side by side",
	  "f",
	  "a: 1\nb: 2\n",
	  { { 3, 1, { "9", 1 } }, { 8, 1, { "8", 1 } } },
	  2,
	  FILE_HEADER "@@ -1,2 +1,2 @@\n-a: 1\n-b: 2\n+a: 9\n+b: 8\n" },
	{ "a line removed", "f", "a\nb\nc\n", { { 2, 2, { "", 0 } } }, 1, FILE_HEADER "@@ -1,3 +1,2 @@\n a\n-b\n c\n" },
	{ "a line removed from line feed to line feed",
	  "f",
	  "a\nb\nc\n",
	  { { 1, 2, { "", 0 } } },
	  1,
	  FILE_HEADER "@@ -1,3 +1,2 @@\n a\n-b\n c\n" },
	{ "no final newline, added behind",
	  "f",
	  "a:",
	  { { 2, 0, { "\n  x: 1", 7 } } },
	  1,
	  FILE_HEADER
	  "@@ -1 +1,2 @@\n-a:\n\\ No newline at end of file\n+a:\n+  x: 1\n\\ No newline at end of file\n" },
	{ "no final newline, changed above",
	  "f",
	  "a\nb",
	  { { 0, 1, { "x", 1 } } },
	  1,
	  FILE_HEADER "@@ -1,2 +1,2 @@\n-a\n+x\n b\n\\ No newline at end of file\n" },
	{ "added at the end", "f", "a\n", { { 2, 0, { "b\n", 2 } } }, 1, FILE_HEADER "@@ -1 +1,2 @@\n a\n+b\n" },
	{ "added at the start", "f", "b\n", { { 0, 0, { "a\n", 2 } } }, 1, FILE_HEADER "@@ -1 +1,2 @@\n+a\n b\n" },
	{ "two hunks, with the heading that Git gives them",
	  "f",
	  "spec:\n 1\n 2\n 3\n 4\n 5\n 6\n 7\n 8\n 9\n",
	  { { 7, 1, { "x", 1 } }, { 31, 1, { "y", 1 } } },
	  2,
	  FILE_HEADER "@@ -1,5 +1,5 @@\n spec:\n- 1\n+ x\n  2\n  3\n  4\n@@ -7,4 +7,4 @@ spec:\n  6\n  7\n  8\n- 9\n"
		      "+ y\n" },
	{ "two hunks that their context joins",
	  "f",
	  "1\n2\n3\n4\n5\n6\n7\n8\n",
	  { { 0, 1, { "x", 1 } }, { 14, 1, { "y", 1 } } },
	  2,
	  FILE_HEADER "@@ -1,8 +1,8 @@\n-1\n+x\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+y\n" },
	{ "nothing", "f", "a\n", { { 0, 0, { "", 0 } } }, 0, "" },
	{ "the same bytes again", "f", "a\n", { { 0, 1, { "a", 1 } } }, 1, "" },
	{ "a path with a blank",
	  "a b",
	  "a\n",
	  { { 0, 1, { "b", 1 } } },
	  1,
	  "--- a/a b\t\n+++ b/a b\t\n@@ -1 +1 @@\n-a\n+b\n" },
	{ "a path with quotes and a control character",
	  "a\"\x1b\n.yaml",
	  "a\n",
	  { { 0, 1, { "b", 1 } } },
	  1,
	  "--- \"a/a\\\"\\033\\n.yaml\"\n+++ \"b/a\\\"\\033\\n.yaml\"\n@@ -1 +1 @@\n-a\n+b\n" },
	{ "a path that goes through here",
	  ".//x/./y",
	  "a\n",
	  { { 0, 1, { "b", 1 } } },
	  1,
	  "--- a/x/y\n+++ b/x/y\n@@ -1 +1 @@\n-a\n+b\n" },
	{ "an absolute path", "/x/y", "a\n", { { 0, 1, { "b", 1 } } }, 1, "--- a/x/y\n+++ b/x/y\n@@ -1 +1 @@\n-a\n+b\n" },
};

static void test_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++) {
		const struct example *example = &examples[i];
		struct splice items[4];
		struct splices splices = { .items = items, .n = example->n };
		struct buf out = BUF_INIT;

		memcpy(items, example->splices, sizeof(items));
		diff_add(&out, str_of(example->path), str_of(example->original), &splices, &exact);
		buf_addc(&out, '\0');
		if (strcmp(out.p, example->diff) != 0)
			fail_msg("%s:\n%s\ninstead of\n%s", example->what, out.p, example->diff);
		buf_free(&out);
	}
}

static void test_terminal(void **state)
{
	struct splice item = { 2, 1, STR("\x1b[2Jx") };
	struct splices splices = { .items = &item, .n = 1 };
	struct diff_options options = { .colour = true, .visible = true };
	struct buf out = BUF_INIT;

	(void)state;
	diff_add(&out, STR("f"), STR("\ta\x9b\r\n"), &splices, &options);
	buf_addc(&out, '\0');
	assert_string_equal(out.p, "\x1b[1m--- a/f\x1b[m\n\x1b[1m+++ b/f\x1b[m\n\x1b[36m@@ -1 +1 @@\x1b[m\n"
				   "\x1b[31m-\ta\\x9b\x1b[m\r\n\x1b[32m+\ta\\x1b[2Jx\x1b[m\r\n");
	buf_free(&out);
}

/* ---- at random ---- */

static uint64_t seed = 1;

static size_t any(size_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

static void add_random_line(struct buf *buf, bool crlf)
{
	static const char *const lines[] = {
		"spec:", "  - a",	"  - a",	 "",  "    b: \"x\"",		"\t", "--- x",
		"+++ y", "@@ -1 +1 @@", "\\ No newline", "é", "  key: value # comment", "-",  "+",
		" "
	};

	buf_addz(buf, lines[any(sizeof(lines) / sizeof(*lines))]);
	buf_addz(buf, crlf ? "\r\n" : "\n");
}

/* Whole lines, or pieces of them. */
static struct str random_insertion(struct arena *arena, bool crlf)
{
	struct buf buf CLEANUP(buf_free) = BUF_INIT;

	for (size_t i = any(4); i > 0; i--)
		add_random_line(&buf, crlf);
	if (buf.n && any(2))
		buf.n -= 1 + any(buf.n);
	if (any(3) == 0)
		buf_addz(&buf, "tail");
	return str_copy(arena, buf_str(&buf));
}

static void random_original(struct buf *buf, bool crlf)
{
	for (size_t i = 1 + any(40); i > 0; i--)
		add_random_line(buf, crlf);
	if (any(4) == 0)
		buf_addz(buf, "last");
}

static size_t next_line(struct str text, size_t at)
{
	size_t feed = str_find(text, STR("\n"), at);

	return feed == SIZE_MAX ? text.n : feed + 1;
}

static void random_splices(struct arena *arena, struct str text, bool crlf, struct splices *splices)
{
	for (size_t at = any(text.n + 1), n = any(6); n > 0 && at <= text.n; n--) {
		size_t del = any(3) ? 0 : any(10);

		if (any(3) == 0)
			at = next_line(text, at);
		if (at + del > text.n)
			del = text.n - at;
		if (any(4) == 0)
			del = next_line(text, at + del) - at;
		VEC_PUSH(splices, (struct splice){ at, del, random_insertion(arena, crlf) });
		at += del + any(text.n / 2 + 2);
	}
}

/* Of "@@ -12,3 …": 12, and whether there are 0 lines. */
static size_t first_number(struct str row, bool *ret_nothing)
{
	struct str rest = str_sub(row, strlen("@@ -"), row.n), range = STR_NONE, number = STR_NONE;
	int64_t start = -1;

	assert_true(str_starts(row, STR("@@ -")) && str_cut(&rest, ' ', &range) && str_cut(&range, ',', &number));
	assert_true(str_int(number, &start) && start >= 0);
	*ret_nothing = range.p && str_is(range, "0");
	return (size_t)start;
}

/* Applies @diff to @original as the format says, to the letter; fails the test where it does not fit. */
static void apply(struct str diff, struct str original, struct buf *out)
{
	size_t at = 0, line = 0;
	struct str row;

	for (int i = 0; diff.n && i < 2; i++)
		str_cut(&diff, '\n', &row);
	while (str_cut(&diff, '\n', &row) && (row.n || diff.n)) {
		bool last = str_starts(diff, STR("\\ No newline at end of file\n"));
		size_t start;

		if (row.n && row.p[0] == '\\')
			continue;
		if (str_starts(row, STR("@@ "))) {
			bool nothing;

			start = first_number(row, &nothing);
			/* Behind the line of that number, then. */
			start += nothing;
			for (; line + 1 < start; line++) {
				size_t end = next_line(original, at);

				buf_add(out, str_sub(original, at, end));
				at = end;
			}
			continue;
		}
		assert_true(row.n > 0);
		if (row.p[0] != '+') {
			size_t end = next_line(original, at);
			struct str old = str_sub(original, at, end);

			assert_int_equal(old.n > 0 && old.p[old.n - 1] == '\n', !last);
			old.n -= !last;
			assert_true(str_eq(old, str_sub(row, 1, row.n)));
			at = end;
			line++;
		}
		if (row.p[0] != '-') {
			buf_add(out, str_sub(row, 1, row.n));
			if (!last)
				buf_addc(out, '\n');
		}
	}
	buf_add(out, str_sub(original, at, original.n));
}

enum { CASES = 400 };

static void write_file(const char *folder, const char *name, struct str bytes)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	if (!file) {
		fail_msg("%s", path);
		return;
	}
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
	assert_int_equal(fclose(file), 0);
}

static void name_of(char *name, size_t size, size_t index)
{
	static const char *const forms[] = { "%zu.yaml",     "a b %zu.yaml", "\xc3\xa9%zu.yaml",
					     "\"%zu\".yaml", "a\\%zu.yaml",  "tab\t%zu.yaml" };

	snprintf(name, size, forms[index % (sizeof(forms) / sizeof(*forms))], index);
}

/* Makes case @index; false if it makes nothing that a diff could say (an empty file is a deleted one to Git). */
static bool make_case(struct arena *arena, size_t index, struct buf *original, struct buf *result, struct buf *diff)
{
	struct splices splices = { 0 };
	bool crlf = any(4) == 0;
	char name[64];

	name_of(name, sizeof(name), index);
	random_original(original, crlf);
	random_splices(arena, buf_str(original), crlf, &splices);
	splices_apply(buf_str(original), &splices, result);
	diff_add(diff, str_of(name), buf_str(original), &splices, &exact);
	splices_free(&splices);
	return result->n > 0;
}

static void compare(const char *folder, const char *tool)
{
	struct arena *arena = arena_new();

	seed = 1;
	for (size_t i = 0; i < CASES; i++) {
		struct buf original = BUF_INIT, result = BUF_INIT, diff = BUF_INIT;
		char name[64], path[256];

		name_of(name, sizeof(name), i);
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		if (make_case(arena, i, &original, &result, &diff)) {
			struct file_image image = FILE_IMAGE_INIT;

			assert_true(file_read(-100, path, SIZE_MAX / 2, &image, NULL));
			if (!str_eq((struct str){ image.bytes, image.n }, buf_str(&result)))
				fail_msg("%s makes something else of %s by\n%.*s", tool, path, STR_ARG(buf_str(&diff)));
			file_image_free(&image);
		}
		buf_free(&original);
		buf_free(&result);
		buf_free(&diff);
	}
	arena_free(arena);
}

/* Writes all cases into @folder and one diff of all of them; applies each here, too. */
static void write_cases(const char *folder, struct buf *diffs)
{
	struct arena *arena = arena_new();

	seed = 1;
	for (size_t i = 0; i < CASES; i++) {
		struct buf original = BUF_INIT, result = BUF_INIT, diff = BUF_INIT, again = BUF_INIT;
		char name[64];

		name_of(name, sizeof(name), i);
		if (make_case(arena, i, &original, &result, &diff)) {
			apply(buf_str(&diff), buf_str(&original), &again);
			if (!str_eq(buf_str(&again), buf_str(&result)))
				fail_msg("not what was meant:\n%.*s", STR_ARG(buf_str(&diff)));
			assert_true(diff.n > 0 || str_eq(buf_str(&original), buf_str(&result)));
			write_file(folder, name, buf_str(&original));
			buf_add(diffs, buf_str(&diff));
		}
		buf_free(&original);
		buf_free(&result);
		buf_free(&diff);
		buf_free(&again);
	}
	arena_free(arena);
}

static void run_tool(const char *root, const char *tool, const char *command)
{
	struct buf diffs = BUF_INIT;
	char folder[128], line[512];

	snprintf(folder, sizeof(folder), "%s/%s", root, tool);
	assert_int_equal(mkdir(folder, 0777), 0);
	write_cases(folder, &diffs);
	write_file(root, "diff", buf_str(&diffs));
	buf_free(&diffs);
	snprintf(line, sizeof(line), "command -v %s >/dev/null", tool);
	if (system(line) != 0) {
		print_message("no %s here: only the test's own reader was asked\n", tool);
		return;
	}
	snprintf(line, sizeof(line),
		 "cd '%s' && GIT_CEILING_DIRECTORIES=/ GIT_CONFIG_NOSYSTEM=1 HOME=/ %s <../diff >../log 2>&1 "
		 "|| { cat ../log; false; }",
		 folder, command);
	assert_int_equal(system(line), 0);
	compare(folder, tool);
}

static void test_random(void **state)
{
	char root[] = "/tmp/test_diff.XXXXXX", line[64];

	(void)state;
	assert_non_null(mkdtemp(root));
	run_tool(root, "git", "git apply -p1 --whitespace=nowarn -");
	run_tool(root, "patch", "patch -p1 --no-backup-if-mismatch");
	snprintf(line, sizeof(line), "rm -r '%s'", root);
	assert_int_equal(system(line), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
