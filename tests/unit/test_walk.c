/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking: what -f means, in which order, and what is passed over. Every test runs in a folder of its own.
 */
#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "world.h"

#include "base/walk.h"

static void touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0644);

	assert_true(fd >= 0);
	close(fd);
}

static void folder(const char *path)
{
	assert_int_equal(mkdir(path, 0755), 0);
}

static void note(void *data, const char *path, const char *why)
{
	buf_addf(data, "%s: %s\n", path, why);
}

/*
 * Walks @arguments (separated by blanks) and compares: a line for each entry, "path", "path (named)" or
 * "! message", then a line "~ path: why" for each that was passed over.
 */
static void check_with(struct walk_options options, const char *arguments, const char *expected)
{
	struct walk_list list = WALK_LIST_INIT;
	struct buf passed = BUF_INIT, got = BUF_INIT;
	struct arena *arena = arena_new();
	struct str rest = str_of(arguments), one;
	const char *words[16];
	bool errors = false, ok;
	size_t n = 0;

	options.passed_over = options.left_over = note;
	options.data = &passed;
	while (str_cut(&rest, ' ', &one))
		words[n++] = str_copy(arena, one).p;
	ok = walk(&list, words, n, &options);
	for (size_t i = 0; i < list.n; i++) {
		const struct walk_entry *entry = &list.items[i];

		if (entry->error)
			buf_addf(&got, "! %s\n", entry->error->message);
		else
			buf_addf(&got, "%s%s\n", entry->path, entry->named ? " (named)" : "");
		errors |= entry->error != NULL;
		assert_true(entry->error || entry->named || entry->inside);
	}
	rest = buf_str(&passed);
	while (rest.n && str_cut(&rest, '\n', &one))
		buf_addf(&got, "~ %.*s\n", STR_ARG(one));
	buf_addc(&got, '\0');
	assert_string_equal(got.p, expected);
	assert_int_equal(ok, !errors);
	walk_list_free(&list);
	buf_free(&passed);
	buf_free(&got);
	arena_free(arena);
}

static void check(const char *arguments, const char *expected)
{
	check_with((struct walk_options){ 0 }, arguments, expected);
}

static void check_recursive(const char *arguments, const char *expected)
{
	check_with((struct walk_options){ .recursive = true }, arguments, expected);
}

static void lists_a_folder_in_order(void **state)
{
	(void)state;
	folder("shop");
	folder("shop/sub");
	folder("shop/a");
	folder("shop/.git");
	folder("shop/sub/deep.yaml");
	touch("shop/b.yaml");
	touch("shop/a.yml");
	touch("shop/Z.json");
	touch("shop/.hidden.yaml");
	touch("shop/README.md");
	touch("shop/UPPER.YAML");
	touch("shop/yaml");
	touch("shop/\xc3\xa4.yaml");
	touch("shop/sub/x.yaml");
	touch("shop/sub/deep.yaml/y.yaml");
	touch("shop/a/x.yaml");
	touch("shop/.git/x.yaml");
	check("shop", "shop/.hidden.yaml\nshop/Z.json\nshop/a.yml\nshop/b.yaml\nshop/\xc3\xa4.yaml\n");
	check("shop//", "shop/.hidden.yaml\nshop/Z.json\nshop/a.yml\nshop/b.yaml\nshop/\xc3\xa4.yaml\n");
	check_recursive("./shop", "./shop/.hidden.yaml\n./shop/Z.json\n./shop/a/x.yaml\n./shop/a.yml\n./shop/b.yaml\n"
				  "./shop/sub/deep.yaml/y.yaml\n./shop/sub/x.yaml\n./shop/\xc3\xa4.yaml\n");
	assert_int_equal(chdir("shop"), 0);
	check(".", ".hidden.yaml\nZ.json\na.yml\nb.yaml\n\xc3\xa4.yaml\n");
	check("./ -", ".hidden.yaml\nZ.json\na.yml\nb.yaml\n\xc3\xa4.yaml\n- (named)\n");
	check("../shop/sub", "../shop/sub/x.yaml\n");
	check("README.md b.yaml a.yml", "README.md (named)\nb.yaml (named)\na.yml (named)\n");
	assert_int_equal(chdir(".."), 0);
}

static void lists_a_file_once(void **state)
{
	(void)state;
	folder("shop");
	touch("shop/a.yaml");
	touch("shop/b.yaml");
	assert_int_equal(link("shop/b.yaml", "shop/hard.yaml"), 0);
	assert_int_equal(symlink("z.yaml", "shop/0.yaml"), 0);
	assert_int_equal(rename("shop/a.yaml", "shop/z.yaml"), 0);
	check("shop/z.yaml shop shop/z.yaml - shop/b.yaml -",
	      "shop/z.yaml (named)\nshop/b.yaml\nshop/hard.yaml\n- (named)\n"
	      "! -f - (standard input) can be named only once\n"
	      "~ shop/0.yaml: a file that was already met under another name, or twice\n"
	      "~ shop/z.yaml: a file that was already met under another name, or twice\n"
	      "~ shop/z.yaml: a file that was already met under another name, or twice\n"
	      "~ shop/b.yaml: a file that was already met under another name, or twice\n");
	/* Whichever of its names comes first. */
	check("shop/b.yaml shop/hard.yaml shop/hard.yaml shop/b.yaml",
	      "shop/b.yaml (named)\nshop/hard.yaml (named)\n"
	      "~ shop/hard.yaml: a file that was already met under another name, or twice\n"
	      "~ shop/b.yaml: a file that was already met under another name, or twice\n");
}

static void follows_links_only_inside(void **state)
{
	(void)state;
	folder("shop");
	folder("shop/sub");
	folder("shopping");
	touch("outside.yaml");
	touch("shopping/x.yaml");
	touch("shop/sub/data");
	touch("shop/sub/real.yaml");
	assert_int_equal(symlink("sub/data", "shop/inside.yaml"), 0);
	assert_int_equal(symlink("../outside.yaml", "shop/out.yaml"), 0);
	assert_int_equal(symlink("../shopping/x.yaml", "shop/prefix.yaml"), 0);
	assert_int_equal(symlink("sub", "shop/folder"), 0);
	assert_int_equal(symlink("nobody@host.1:2", "shop/.#lock.yaml"), 0);
	assert_int_equal(symlink("/dev/null", "shop/null.yaml"), 0);
	assert_int_equal(symlink("loop.yaml", "shop/loop.yaml"), 0);
	assert_int_equal(mkfifo("shop/fifo.yaml", 0600), 0);
	touch("shop/.x.yaml.kubectl-harden-a1B2c3");
	check_recursive("shop",
			"shop/inside.yaml\nshop/sub/real.yaml\n"
			"~ shop/.#lock.yaml: a link that leads nowhere\n"
			"~ shop/.x.yaml.kubectl-harden-a1B2c3: a temporary file of a kubectl harden that still runs, "
			"or was killed; then it can be removed\n"
			"~ shop/fifo.yaml: a pipe, socket or device\n"
			"~ shop/folder: a link to a folder\n"
			"~ shop/loop.yaml: a link that leads nowhere\n"
			"~ shop/null.yaml: a link to a pipe, socket or device\n"
			"~ shop/out.yaml: a link that leads out of the folder\n"
			"~ shop/prefix.yaml: a link that leads out of the folder\n");
	/* Named, all of this is the user's will. */
	check("shop/out.yaml shop/folder shop/fifo.yaml",
	      "shop/out.yaml (named)\nshop/folder/real.yaml\nshop/fifo.yaml (named)\n");
	check("shop/loop.yaml", "! open shop/loop.yaml: too many levels of symbolic links\n");
	check("shop/.#lock.yaml", "! open shop/.#lock.yaml: it is a link to nobody@host.1:2, which does not exist\n");
}

static void says_what_was_meant(void **state)
{
	(void)state;
	folder("shop");
	folder("empty");
	folder("deep");
	folder("deep/er");
	touch("web.yaml");
	touch("shop/frontend.yaml");
	check("web.yml", "! open web.yml: no such file or directory (did you mean web.yaml?)\n");
	check("web", "! open web: no such file or directory (did you mean web.yaml?)\n");
	check("web.json", "! open web.json: no such file or directory (did you mean web.yaml?)\n");
	check("shop/fronted.yaml",
	      "! open shop/fronted.yaml: no such file or directory (did you mean shop/frontend.yaml?)\n");
	check("shopp/frontend.yaml",
	      "! open shopp/frontend.yaml: no such file or directory (did you mean shop/frontend.yaml?)\n");
	check("shopp/other.yaml", "! open shopp/other.yaml: no such file or directory (did you mean shop?)\n");
	check("./shopp/", "! open ./shopp/: no such file or directory (did you mean ./shop/?)\n");
	check("nothing/like/it", "! open nothing/like/it: no such file or directory\n");
	check("/nothing-like-it", "! open /nothing-like-it: no such file or directory\n");
	check("web.yaml/x", "! open web.yaml/x: not a directory\n");
	check("", "! -f needs a file, a folder or -, not an empty string\n");
	check("https://example.com/x.yaml",
	      "! open https://example.com/x.yaml: addresses are not fetched; do that first, and pass it on: "
	      "curl -fsSL URL | kubectl harden diff -f -\n");
	check("empty", "! read empty: no .yaml, .yml or .json file in this folder\n");
	check("deep web.yaml", "! read deep: no .yaml, .yml or .json file in this folder; -R looks into its folders, "
			       "too\nweb.yaml (named)\n");
	check_recursive("deep", "! read deep: no .yaml, .yml or .json file in this folder\n");
}

static void expands_patterns(void **state)
{
	(void)state;
	folder("d");
	touch("d/in.yaml");
	touch("d.b.yaml");
	touch("d.a.yaml");
	touch("[x]*.yaml");
	check("d*", "d/in.yaml\nd.a.yaml (named)\nd.b.yaml (named)\n");
	check("d.?.yaml", "d.a.yaml (named)\nd.b.yaml (named)\n");
	check("[x]*.yaml", "[x]*.yaml (named)\n");
	check("e*.yaml", "! open e*.yaml: no such file or directory\n");
}

static void goes_on_after_an_unreadable_folder(void **state)
{
	int status;
	pid_t child;

	(void)state;
	folder("shop");
	folder("shop/a");
	folder("shop/locked");
	folder("shop/z");
	touch("shop/a/x.yaml");
	touch("shop/z/x.yaml");
	assert_int_equal(chmod("shop/locked", 0000) | chmod(".", 0755), 0);
	child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setresuid(1000, 1000, 1000))
			_exit(1);
		check_recursive("shop", "shop/a/x.yaml\n! open shop/locked: permission denied\nshop/z/x.yaml\n");
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void has_limits(void **state)
{
	volatile sig_atomic_t stop = 1;

	(void)state;
	folder("a");
	folder("a/b");
	folder("a/b/c");
	touch("a/1.yaml");
	touch("a/b/2.yaml");
	touch("a/b/c/3.yaml");
	check_with((struct walk_options){ .recursive = true, .max_depth = 2 }, "a",
		   "a/1.yaml\na/b/2.yaml\n! read a/b/c: more than 2 folders deep; name folders further down\n");
	check_with((struct walk_options){ .recursive = true, .max_entries = 3 }, "a a/b",
		   "a/1.yaml\n! read a/b: more than 3 names in the folders to look into; name fewer at a time\n");
	check_with((struct walk_options){ .recursive = true, .stop = &stop }, "a", "! interrupted\n");
}

/* A tree deeper than a path can be long: an error where it gets too long, and the end of it. */
static void ends_in_a_very_deep_tree(void **state)
{
	struct walk_options options = { .recursive = true, .max_depth = 10000 };
	const char *const root[] = { "root" };
	struct walk_list list = WALK_LIST_INIT;
	struct world *world = *state;
	char name[201];

	memset(name, 'd', 200);
	name[200] = '\0';
	folder("root");
	assert_int_equal(chdir("root"), 0);
	for (int i = 0; i < 30; i++) {
		folder(name);
		assert_int_equal(chdir(name), 0);
		touch("x.yaml");
	}
	assert_int_equal(chdir(world->folder), 0);
	assert_false(walk(&list, root, 1, &options));
	assert_true(list.n > 15 && list.n < 30);
	assert_non_null(list.items[0].error);
	assert_non_null(strstr(list.items[0].error->message, "file name too long"));
	walk_list_free(&list);
}

static void needs_few_descriptors(void **state)
{
	struct walk_options options = { .recursive = true };
	const char *const here[] = { "." };
	struct walk_list list = WALK_LIST_INIT;
	struct rlimit old, few = { .rlim_cur = 16 };
	char path[256] = "";

	(void)state;
	for (int i = 0; i < 50; i++) {
		size_t n = strlen(path);

		snprintf(path + n, sizeof(path) - n, i ? "/d" : "d");
		folder(path);
		n = strlen(path);
		snprintf(path + n, sizeof(path) - n, "/x.yaml");
		touch(path);
		path[strlen(path) - 7] = '\0';
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_true(walk(&list, here, 1, &options));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(list.n, 50);
	assert_string_equal(list.items[49].path, "d/x.yaml");
	walk_list_free(&list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_a_folder_in_order),
		TEST(lists_a_file_once),
		TEST(follows_links_only_inside),
		TEST(says_what_was_meant),
		TEST(expands_patterns),
		TEST(goes_on_after_an_unreadable_folder),
		TEST(has_limits),
		TEST(ends_in_a_very_deep_tree),
		TEST(needs_few_descriptors),
	};

	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
