/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files: what is read, what is refused, and that a transaction happens whole or not at all. Every test runs in a
 * folder of its own and ends by counting what is in it: nothing of ours may be left.
 */
#include <dirent.h>
#include <errno.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>

#include "world.h"

#include "base/file.h"

/* As put(), but so long ago that the file is not fresh. */
static void put_old(const char *path, const char *text)
{
	struct timespec then[2] = { { .tv_sec = 1000000000, .tv_nsec = 5 }, { .tv_sec = 1000000000, .tv_nsec = 5 } };

	put(path, text);
	assert_int_equal(utimensat(AT_FDCWD, path, then, 0), 0);
}

static void assert_holds(const char *path, const char *text)
{
	struct file_image image;
	struct error *error = NULL;

	if (!file_read(AT_FDCWD, path, 1 << 22, &image, &error))
		fail_msg("%s", error->message);
	assert_string_equal(image.bytes, text);
	file_image_free(&image);
}

static size_t count_names(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

/* Finds the one temporary whose name begins with @prefix. */
static void find_temporary(const char *prefix, char *ret, size_t size)
{
	DIR *dir = opendir(".");
	struct dirent *entry;
	int found = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (file_is_temporary(str_of(entry->d_name)) && !strncmp(entry->d_name, prefix, strlen(prefix))) {
			snprintf(ret, size, "%s", entry->d_name);
			found++;
		}
	closedir(dir);
	assert_int_equal(found, 1);
}

static void assert_error(struct error **error, const char *part)
{
	assert_non_null(*error);
	if (!strstr((*error)->message, part))
		fail_msg("\"%s\" does not say \"%s\"", (*error)->message, part);
	error_freep(error);
}

static struct file_image image_of(const char *path)
{
	struct file_image image = FILE_IMAGE_INIT;
	struct error *error = NULL;

	if (!file_read(AT_FDCWD, path, 1 << 22, &image, &error))
		fail_msg("%s", error->message);
	return image;
}

static void add_read(struct file_txn *txn, const char *path, struct file_image *image, const char *text)
{
	struct error *error = NULL;
	struct str bytes = str_of(text);

	if (!file_txn_add(txn, path, NULL, image, file_whole(&bytes), &error))
		fail_msg("%s", error->message);
	file_image_free(image);
}

static void add(struct file_txn *txn, const char *path, const char *text)
{
	struct file_image image = image_of(path);

	add_read(txn, path, &image, text);
}

static void assert_refused(const char *path, const char *part)
{
	struct file_txn txn = FILE_TXN_INIT;
	struct file_image image = image_of(path);
	struct error *error = NULL;

	assert_false(file_txn_add(&txn, path, NULL, &image, file_whole(&STR("new")), &error));
	assert_error(&error, part);
	file_image_free(&image);
	assert_int_equal(txn.n, 0);
	file_txn_abort(&txn);
}

static void assert_commit(struct file_txn *txn)
{
	struct error *error = NULL;

	if (!file_txn_commit(txn, &error))
		fail_msg("%s", error->message);
	assert_null(txn->warning);
	assert_int_equal(txn->n, 0);
	file_txn_abort(txn);
}

static void assert_no_commit(struct file_txn *txn, const char *part)
{
	struct error *error = NULL;

	assert_false(file_txn_commit(txn, &error));
	assert_error(&error, part);
	assert_int_equal(txn->n, 0);
	file_txn_abort(txn);
}

static void reads_any_bytes(void **state)
{
	static const char bytes[] = "a: \0\xff\r\n";
	struct file_image image;
	struct error *error = NULL;
	int fd = open("x.yaml", O_WRONLY | O_CREAT, 0640);

	(void)state;
	assert_int_equal(write(fd, bytes, sizeof(bytes) - 1), sizeof(bytes) - 1);
	close(fd);
	assert_int_equal(symlink("x.yaml", "link"), 0);
	assert_true(file_read(AT_FDCWD, "link", 7, &image, &error));
	assert_int_equal(image.n, 7);
	assert_memory_equal(image.bytes, bytes, 8);
	assert_int_equal(image.id.size, 7);
	assert_int_equal(image.id.nlink, 1);
	assert_true(S_ISREG(image.id.mode));
	assert_true(image.fresh);
	file_image_free(&image);
	assert_false(file_read(AT_FDCWD, "link", 6, &image, &error));
	assert_error(&error, "read link: larger than the limit of 6 bytes");
	put_old("y.yaml", "");
	image = image_of("y.yaml");
	assert_int_equal(image.n, 0);
	assert_string_equal(image.bytes, "");
	assert_false(image.fresh);
	file_image_free(&image);
}

static void reads_large_and_unsized(void **state)
{
	struct buf text = BUF_INIT;
	struct file_image image;
	struct error *error = NULL;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_addf(&text, "line %d\n", i);
	buf_addc(&text, '\0');
	put("big", text.p);
	image = image_of("big");
	assert_int_equal(image.n, text.n - 1);
	assert_memory_equal(image.bytes, text.p, text.n);
	file_image_free(&image);
	assert_false(file_read(AT_FDCWD, "big", 128 << 10, &image, &error));
	assert_error(&error, "limit of 128 KiB");
	buf_free(&text);
	/* Size 0, but content. */
	image = image_of("/proc/self/status");
	assert_true(image.n > 100);
	file_image_free(&image);
}

static void refuses_what_is_no_file(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct file_image image;
	struct error *error = NULL;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_false(file_read(AT_FDCWD, "dir", 10, &image, &error));
	assert_error(&error, "read dir: is a folder");
	assert_false(file_read(AT_FDCWD, "fifo", 10, &image, &error));
	assert_error(&error, "read fifo: is a named pipe");
	assert_false(file_read(AT_FDCWD, "socket", 10, &image, &error));
	assert_error(&error, "socket");
	assert_false(file_read(AT_FDCWD, "/dev/null", 10, &image, &error));
	assert_error(&error, "device");
	assert_false(file_read(AT_FDCWD, "dangling", 10, &image, &error));
	assert_error(&error, "open dangling: no such file");
	close(fd);
}

static void reads_pipes_when_asked(void **state)
{
	struct file_image image;
	struct error *error = NULL;
	char path[32];
	int fds[2];
	pid_t child;
	int status;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "a: 1\n", 5), 5);
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[0]);
	close(fds[1]);
	/* As bash's <(…): the writer is gone already, or writes still. */
	assert_true(file_read_fd(fds[0], "standard input", 100, &image, &error));
	assert_string_equal(image.bytes, "a: 1\n");
	assert_false(S_ISREG(image.id.mode));
	file_image_free(&image);
	close(fds[0]);

	assert_int_equal(mkfifo("fifo", 0600), 0);
	child = fork();
	if (child == 0) {
		int fd = open("fifo", O_WRONLY);

		_exit(write(fd, "b: 2\n", 5) != 5);
	}
	assert_true(file_read_named("fifo", 100, &image, &error));
	assert_string_equal(image.bytes, "b: 2\n");
	file_image_free(&image);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "0123456789", 10), 10);
	assert_false(file_read_fd(fds[0], "standard input", 9, &image, &error));
	assert_error(&error, "read standard input: larger than the limit of 9 bytes");
	close(fds[0]);
	close(fds[1]);
}

static void replaces_and_keeps_attributes(void **state)
{
	struct stat before, after;
	char value[16] = { 0 };
	bool xattr;

	(void)state;
	put_old("x.yaml", "old");
	assert_int_equal(chmod("x.yaml", 0751), 0);
	if (geteuid() == 0)
		assert_int_equal(chown("x.yaml", 1234, 4321), 0);
	xattr = setxattr("x.yaml", "user.note", "kept", 4, 0) == 0;
	assert_int_equal(stat("x.yaml", &before), 0);
	for (unsigned avoid = 0; avoid < 4; avoid++) {
		struct file_txn txn = FILE_TXN_INIT;

		txn.avoid = avoid;
		add(&txn, "x.yaml", "new and longer");
		assert_int_equal(count_names("."), 2);
		assert_commit(&txn);
		assert_holds("x.yaml", "new and longer");
		assert_int_equal(stat("x.yaml", &after), 0);
		assert_int_equal(after.st_mode, before.st_mode);
		assert_int_equal(after.st_uid, before.st_uid);
		assert_int_equal(after.st_gid, before.st_gid);
		assert_int_equal(after.st_nlink, 1);
		assert_int_not_equal(after.st_ino, before.st_ino);
		if (xattr) {
			assert_int_equal(getxattr("x.yaml", "user.note", value, sizeof(value)), 4);
			assert_string_equal(value, "kept");
		}
		assert_int_equal(count_names("."), 1);
		before = after;
	}
}

/* POSIX ACLs as the kernel stores them: version 2, then tag, permissions, ID. */
static const unsigned char acl[] = {
	2, 0,	 0,    0,    1,	   0,  6, 0, 0xff, 0xff, 0xff, 0xff, 2,	   0,  4, 0, 0x39, 0x30, 0,    0,    4,	   0, 4,
	0, 0xff, 0xff, 0xff, 0xff, 16, 0, 4, 0,	   0xff, 0xff, 0xff, 0xff, 32, 0, 0, 0,	   0xff, 0xff, 0xff, 0xff,
};

static void keeps_acl_and_inherits_none(void **state)
{
	struct file_txn txn = FILE_TXN_INIT;
	unsigned char value[sizeof(acl)];
	struct stat st;

	(void)state;
	put("with.yaml", "old");
	put("without.yaml", "old");
	if (setxattr("with.yaml", "system.posix_acl_access", acl, sizeof(acl), 0) < 0 ||
	    setxattr(".", "system.posix_acl_default", acl, sizeof(acl), 0) < 0)
		skip();
	add(&txn, "with.yaml", "new");
	add(&txn, "without.yaml", "new");
	assert_commit(&txn);
	assert_int_equal(getxattr("with.yaml", "system.posix_acl_access", value, sizeof(value)), sizeof(acl));
	assert_memory_equal(value, acl, sizeof(acl));
	assert_true(getxattr("without.yaml", "system.posix_acl_access", value, sizeof(value)) < 0);
	assert_int_equal(stat("with.yaml", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(stat("without.yaml", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
}

static void replaces_a_links_target(void **state)
{
	struct file_txn txn = FILE_TXN_INIT;
	struct file_image image;
	struct error *error = NULL;
	struct stat st;
	char *real;

	(void)state;
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(mkdir("other", 0700), 0);
	put("dir/x.yaml", "old");
	assert_int_equal(symlink("dir/x.yaml", "link.yaml"), 0);
	real = realpath("other", NULL);
	image = image_of("link.yaml");
	assert_false(file_txn_add(&txn, "link.yaml", real, &image, file_whole(&STR("new")), &error));
	assert_error(&error, "outside of the folder");
	free(real);
	real = realpath("dir", NULL);
	assert_true(file_txn_add(&txn, "link.yaml", real, &image, file_whole(&STR("new")), &error));
	free(real);
	file_image_free(&image);
	assert_int_equal(count_names("."), 3);
	assert_int_equal(count_names("dir"), 2);
	assert_commit(&txn);
	assert_holds("dir/x.yaml", "new");
	assert_int_equal(lstat("link.yaml", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(count_names("dir"), 1);
}

static void refuses_hard_links_and_protected_files(void **state)
{
	(void)state;
	put("x.yaml", "old");
	assert_int_equal(link("x.yaml", "y.yaml"), 0);
	assert_refused("x.yaml", "2 names (hard links)");
	assert_int_equal(unlink("y.yaml"), 0);
	if (geteuid() != 0) {
		assert_int_equal(chmod("x.yaml", 0444), 0);
		assert_refused("x.yaml", "write-protected");
		assert_int_equal(chmod("x.yaml", 0644), 0);
		assert_int_equal(chmod(".", 0555), 0);
		assert_refused("x.yaml", "cannot be written to");
		assert_int_equal(chmod(".", 0755), 0);
	}
	assert_int_equal(count_names("."), 1);
	assert_holds("x.yaml", "old");
}

/* As another user: an owner or group that cannot be kept is refused, not lost. */
static void refuses_to_change_the_owner(void **state)
{
	int status;
	pid_t child;

	(void)state;
	if (geteuid() != 0)
		skip();
	put("mine.yaml", "old");
	put("root.yaml", "old");
	put("group.yaml", "old");
	assert_int_equal(chmod("root.yaml", 0666) | chmod(".", 0777), 0);
	assert_int_equal(chown("mine.yaml", 1000, 1000) | chown("group.yaml", 1000, 1001), 0);
	child = fork();
	if (child == 0) {
		struct file_txn txn = FILE_TXN_INIT;
		const char *const paths[] = { "mine.yaml", "root.yaml", "group.yaml" };
		const char *const says[] = { "", "another user (UID 0)", "a group that you are not in (GID 1001)" };
		int wrong = setresgid(1000, 1000, 1000) | setresuid(1000, 1000, 1000);

		for (int i = 0; i < 3; i++) {
			struct file_image image = FILE_IMAGE_INIT;
			struct error *error = NULL;

			wrong |= !file_read(AT_FDCWD, paths[i], 100, &image, NULL);
			wrong |= file_txn_add(&txn, paths[i], NULL, &image, file_whole(&STR("new")), &error) !=
				 (i == 0);
			wrong |= i && !strstr(error->message, says[i]);
			file_image_free(&image);
			error_free(error);
		}
		wrong |= !file_txn_commit(&txn, NULL);
		_exit(wrong ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_holds("mine.yaml", "new");
	assert_holds("root.yaml", "old");
	assert_int_equal(count_names("."), 3);
}

static void refuses_a_file_changed_before_the_commit(void **state)
{
	struct file_txn txn = FILE_TXN_INIT;

	(void)state;
	/* Longer. */
	put_old("a.yaml", "a old");
	put_old("b.yaml", "b old");
	add(&txn, "a.yaml", "a new");
	add(&txn, "b.yaml", "b new");
	put("b.yaml", "b longer");
	assert_no_commit(&txn, "write b.yaml: it was changed meanwhile");
	assert_holds("a.yaml", "a old");
	assert_holds("b.yaml", "b longer");
	/* Same size and time, other file. */
	put_old("b.yaml", "b old");
	add(&txn, "a.yaml", "a new");
	add(&txn, "b.yaml", "b new");
	put_old("c.yaml", "b OLD");
	assert_int_equal(rename("c.yaml", "b.yaml"), 0);
	assert_no_commit(&txn, "write b.yaml: it was changed meanwhile");
	assert_holds("a.yaml", "a old");
	assert_holds("b.yaml", "b OLD");
	/* Removed. */
	add(&txn, "a.yaml", "a new");
	add(&txn, "b.yaml", "b new");
	assert_int_equal(unlink("b.yaml"), 0);
	assert_no_commit(&txn, "write b.yaml: it was changed meanwhile");
	assert_holds("a.yaml", "a old");
	/* A folder, and a link. */
	put_old("b.yaml", "b old");
	add(&txn, "b.yaml", "b new");
	assert_int_equal(unlink("b.yaml") | mkdir("b.yaml", 0700), 0);
	assert_no_commit(&txn, "write b.yaml: it was changed meanwhile");
	assert_int_equal(rmdir("b.yaml"), 0);
	put_old("b.yaml", "b old");
	add(&txn, "b.yaml", "b new");
	assert_int_equal(unlink("b.yaml") | symlink("a.yaml", "b.yaml"), 0);
	assert_no_commit(&txn, "write b.yaml: it was changed meanwhile");
	assert_holds("a.yaml", "a old");
	assert_int_equal(count_names("."), 2);
}

static void refuses_a_file_changed_after_reading(void **state)
{
	struct file_txn txn = FILE_TXN_INIT;
	struct file_image image;
	struct error *error = NULL;

	(void)state;
	put_old("a.yaml", "old");
	image = image_of("a.yaml");
	put("a.yaml", "OLD");
	assert_false(file_txn_add(&txn, "a.yaml", NULL, &image, file_whole(&STR("new")), &error));
	assert_error(&error, "changed meanwhile");
	file_image_free(&image);
	assert_int_equal(count_names("."), 1);
}

/* Written within one tick of the clock after it was read: only the bytes tell. */
static void refuses_a_change_that_the_clock_misses(void **state)
{
	struct file_txn txn = FILE_TXN_INIT;
	struct file_image image;
	struct error *error = NULL;
	struct stat st;

	(void)state;
	put("a.yaml", "old");
	image = image_of("a.yaml");
	assert_true(image.fresh);
	put("a.yaml", "OLD");
	assert_int_equal(stat("a.yaml", &st), 0);
	image.id = file_id_of(&st);
	assert_true(file_txn_add(&txn, "a.yaml", NULL, &image, file_whole(&STR("new")), &error));
	file_image_free(&image);
	assert_no_commit(&txn, "changed meanwhile");
	assert_holds("a.yaml", "OLD");
	assert_int_equal(count_names("."), 1);
}

/* The second rename fails, by its new version being gone: the first is put back, with its own inode. */
static void rolls_back(void **state)
{
	char temporary[300];
	struct stat before, after;

	(void)state;
	for (unsigned avoid = 0; avoid < 4; avoid++) {
		struct file_txn txn = FILE_TXN_INIT;

		txn.avoid = avoid;
		put_old("a.yaml", "a old");
		put_old("b.yaml", "b old");
		put_old("c.yaml", "c old");
		assert_int_equal(stat("a.yaml", &before), 0);
		add(&txn, "a.yaml", "a new");
		add(&txn, "b.yaml", "b new");
		add(&txn, "c.yaml", "c new");
		find_temporary(".b.yaml.", temporary, sizeof(temporary));
		assert_int_equal(unlink(temporary), 0);
		assert_no_commit(&txn, "replace b.yaml: it, or its new version, was removed");
		assert_holds("a.yaml", "a old");
		assert_holds("b.yaml", "b old");
		assert_holds("c.yaml", "c old");
		assert_int_equal(stat("a.yaml", &after), 0);
		assert_int_equal(before.st_ino == after.st_ino, !(avoid & FILE_AVOID_LINK) || !(avoid & 1));
		assert_int_equal(after.st_nlink, 1);
		assert_int_equal(count_names("."), 3);
	}
}

static void follows_no_link_in_place_of_a_folder(void **state)
{
	struct file_txn txn = FILE_TXN_INIT;

	(void)state;
	assert_int_equal(mkdir("dir", 0700) | mkdir("elsewhere", 0700), 0);
	put_old("dir/x.yaml", "old");
	add(&txn, "dir/x.yaml", "new");
	assert_int_equal(rename("dir", "moved") | symlink("moved", "dir"), 0);
	assert_no_commit(&txn, "dir/x.yaml");
	assert_holds("moved/x.yaml", "old");
}

static void stops_and_aborts(void **state)
{
	volatile sig_atomic_t stop = 0;
	struct file_txn txn = FILE_TXN_INIT;
	struct file_image image;
	struct error *error = NULL;

	(void)state;
	txn.stop = &stop;
	put("a.yaml", "old");
	put("b.yaml", "old");
	add(&txn, "a.yaml", "new");
	file_txn_abort(&txn);
	file_txn_abort(&txn);
	assert_int_equal(count_names("."), 2);
	add(&txn, "a.yaml", "new");
	stop = 1;
	image = image_of("b.yaml");
	assert_false(file_txn_add(&txn, "b.yaml", NULL, &image, file_whole(&STR("new")), &error));
	assert_error(&error, "interrupted");
	file_image_free(&image);
	assert_no_commit(&txn, "interrupted");
	assert_holds("a.yaml", "old");
	assert_int_equal(count_names("."), 2);
}

static void takes_any_name(void **state)
{
	struct file_txn txn = FILE_TXN_INIT;
	char longest[256], name[300];

	(void)state;
	memset(longest, 'x', 255);
	/* A character of two bytes where the name is cut. */
	for (size_t i = 1; i + 1 < 250; i += 2)
		memcpy(longest + i, "\xc3\xa4", 2);
	memcpy(longest + 250, ".yaml", 6);
	put(longest, "old");
	put("new\nline \xff\x1b[31m.yaml", "old");
	put("-", "old");
	add(&txn, longest, "new");
	find_temporary(".x", name, sizeof(name));
	assert_true(strlen(name) == 255 || strlen(name) == 254);
	add(&txn, "new\nline \xff\x1b[31m.yaml", "new");
	add(&txn, "./-", "new");
	assert_commit(&txn);
	assert_holds(longest, "new");
	assert_holds("new\nline \xff\x1b[31m.yaml", "new");
	assert_holds("-", "new");
	assert_int_equal(count_names("."), 3);
	assert_true(file_is_temporary(STR(".web.yaml.kubectl-harden-aZ09bc")));
	assert_false(file_is_temporary(STR("web.yaml.kubectl-harden-aZ09bc")));
	assert_false(file_is_temporary(STR(".web.yaml.kubectl-harden-aZ09b-")));
	assert_false(file_is_temporary(STR(".kubectl-harden")));
}

/* A full disk, by way of a limit on the size of files: nothing is left, nothing is changed. */
static void survives_a_write_that_fails(void **state)
{
	struct file_txn txn = FILE_TXN_INIT;
	struct rlimit old, few = { .rlim_cur = 4 };
	struct file_image image;
	struct error *error = NULL;

	(void)state;
	put("a.yaml", "old");
	image = image_of("a.yaml");
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	few.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	assert_false(file_txn_add(&txn, "a.yaml", NULL, &image, file_whole(&STR("much longer")), &error));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_error(&error, "write the new version of a.yaml: file too large");
	file_image_free(&image);
	assert_int_equal(count_names("."), 1);
	assert_holds("a.yaml", "old");
}

static void keeps_no_descriptor(void **state)
{
	struct file_txn txn = FILE_TXN_INIT;
	struct rlimit old, few = { .rlim_cur = 16 };
	char path[32];

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few.rlim_max = old.rlim_max;
	for (int i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "%d", i % 7);
		mkdir(path, 0700);
		snprintf(path, sizeof(path), "%d/%d.yaml", i % 7, i);
		put(path, "old");
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (int i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "%d/%d.yaml", i % 7, i);
		add(&txn, path, "new");
	}
	assert_commit(&txn);
	for (int i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "%d/%d.yaml", i % 7, i);
		assert_holds(path, "new");
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_any_bytes),
		TEST(reads_large_and_unsized),
		TEST(refuses_what_is_no_file),
		TEST(reads_pipes_when_asked),
		TEST(replaces_and_keeps_attributes),
		TEST(keeps_acl_and_inherits_none),
		TEST(replaces_a_links_target),
		TEST(refuses_hard_links_and_protected_files),
		TEST(refuses_to_change_the_owner),
		TEST(refuses_a_file_changed_before_the_commit),
		TEST(refuses_a_file_changed_after_reading),
		TEST(refuses_a_change_that_the_clock_misses),
		TEST(rolls_back),
		TEST(follows_no_link_in_place_of_a_folder),
		TEST(stops_and_aborts),
		TEST(takes_any_name),
		TEST(survives_a_write_that_fails),
		TEST(keeps_no_descriptor),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
