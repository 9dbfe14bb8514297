/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading files
 *
 * A path in a repository can be anything: a FIFO that nobody writes to, a device, a file that an editor is saving
 * at this moment. Opening must therefore never block (O_NONBLOCK), what was opened is looked at before a byte is
 * read, and the state of the file before and after reading must agree; otherwise it is read again, a few times.
 * Files of /proc and the like have size 0 and content all the same, so the end is where read() says it is.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* FRESH_SECONDS is the coarsest clock among file systems, that of FAT; Linux' own tick is 10 ms at most. */
enum { READ_ATTEMPTS = 4, READ_CHUNK = 64 * 1024, READ_SLICE = 1 << 30, FRESH_SECONDS = 2 };

struct file_id file_id_of(const struct stat *st)
{
	return (struct file_id){
		.dev = st->st_dev,
		.ino = st->st_ino,
		.size = st->st_size,
		.mode = st->st_mode,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.nlink = st->st_nlink,
		.mtime = st->st_mtim,
		.ctime = st->st_ctim,
	};
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool file_id_same(const struct file_id *a, const struct file_id *b, bool ctime)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size && same_time(&a->mtime, &b->mtime) &&
	       (!ctime || same_time(&a->ctime, &b->ctime));
}

void file_image_free(struct file_image *image)
{
	free(image->bytes);
	*image = FILE_IMAGE_INIT;
}

/* "256 MiB", or plain bytes where that would round. */
static struct buf size_words(size_t size)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB" };
	struct buf words = BUF_INIT;
	size_t unit = 0;

	while (unit < 3 && size && size % 1024 == 0) {
		size /= 1024;
		unit++;
	}
	buf_addf(&words, "%zu %s", size, units[unit]);
	buf_addc(&words, '\0');
	return words;
}

static bool too_large(const char *name, size_t max, struct error **err)
{
	struct buf words = size_words(max);

	error_set(err, "read %s: larger than the limit of %s", name, words.p);
	buf_free(&words);
	return false;
}

static bool refuse_kind(const char *path, mode_t mode, struct error **err)
{
	if (S_ISDIR(mode))
		return error_set(err, "read %s: is a folder, not a file", path);
	if (S_ISFIFO(mode))
		return error_set(err,
				 "read %s: is a named pipe, not a file; pass what it holds on standard input (-f -)",
				 path);
	if (S_ISSOCK(mode))
		return error_set(err, "read %s: is a socket, not a file", path);
	return error_set(err, "read %s: is a device, not a file", path);
}

/*
 * Reads to the end, at most @max bytes, into a buffer that first has room for @expect. *@ret_errno is 0 where there
 * is more than @max. A regular file is never interrupted by a signal; elsewhere EINTR is the caller's.
 */
static bool read_all(int fd, size_t expect, size_t max, bool retry, struct buf *buf, int *ret_errno)
{
	buf->n = 0;
	/* One byte to see the end by, one for the NUL. */
	buf_reserve(buf, (expect < max ? expect : max) + 2);
	for (;;) {
		size_t room = buf->cap - buf->n - 1;
		ssize_t n;

		if (!room) {
			buf_reserve(buf, READ_CHUNK);
			room = buf->cap - buf->n - 1;
		}
		n = read(fd, buf->p + buf->n, room < READ_SLICE ? room : READ_SLICE);
		if (n < 0 && errno == EINTR && retry)
			continue;
		if (n < 0) {
			*ret_errno = errno;
			return false;
		}
		if (n == 0)
			break;
		buf->n += (size_t)n;
		if (buf->n > max) {
			*ret_errno = 0;
			return false;
		}
	}
	buf->p[buf->n] = '\0';
	return true;
}

static bool read_failed(const char *name, size_t max, int number, struct error **err)
{
	if (number == 0)
		return too_large(name, max, err);
	if (number == EINTR)
		return error_set(err, "read %s: interrupted", name);
	return error_set_errno(err, number, "read", name);
}

/* Hands the bytes of @buf over to @ret; a buffer far too large is trimmed. */
static void give(struct file_image *ret, struct buf *buf, const struct stat *st)
{
	if (buf->cap - buf->n > READ_CHUNK)
		buf->p = xrealloc(buf->p, buf->n + 1);
	*ret = (struct file_image){ .bytes = buf->p, .n = buf->n, .id = file_id_of(st) };
	*buf = BUF_INIT;
}

bool file_read_fd(int fd, const char *name, size_t max, struct file_image *ret, struct error **err)
{
	struct buf buf = BUF_INIT;
	struct stat st;
	int number = 0;

	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "read", name);
	if (S_ISDIR(st.st_mode))
		return refuse_kind(name, st.st_mode, err);
	if (!read_all(fd, READ_CHUNK, max, false, &buf, &number)) {
		buf_free(&buf);
		return read_failed(name, max, number, err);
	}
	give(ret, &buf, &st);
	ret->unnamed = true;
	return true;
}

static bool unchanged(const struct stat *before, const struct stat *after, size_t n)
{
	struct file_id a = file_id_of(before), b = file_id_of(after);

	return file_id_same(&a, &b, true) && (a.size == 0 || (uintmax_t)a.size == n);
}

/* Reads the regular file @fd until its state before and after agrees. */
static bool read_steady(int fd, const char *path, size_t max, struct file_image *ret, struct error **err)
{
	struct buf buf = BUF_INIT;
	time_t began = time(NULL);
	struct stat before, after;
	bool ok = false;
	int number = 0;

	for (int i = 0; i < READ_ATTEMPTS; i++) {
		if (lseek(fd, 0, SEEK_SET) < 0 || fstat(fd, &before) < 0) {
			error_set_errno(err, errno, "read", path);
			goto out;
		}
		if (before.st_size > 0 && (uintmax_t)before.st_size > max) {
			too_large(path, max, err);
			goto out;
		}
		if (!read_all(fd, (size_t)before.st_size, max, true, &buf, &number)) {
			read_failed(path, max, number, err);
			goto out;
		}
		if (fstat(fd, &after) < 0) {
			error_set_errno(err, errno, "read", path);
			goto out;
		}
		if (unchanged(&before, &after, buf.n)) {
			give(ret, &buf, &after);
			ret->fresh = after.st_mtim.tv_sec >= began - FRESH_SECONDS;
			ok = true;
			goto out;
		}
	}
	error_set(err, "read %s: another program is writing to it; try again when it is done", path);
out:
	buf_free(&buf);
	return ok;
}

static bool open_failed(const char *path, int number, struct error **err)
{
	/* What open() says of a socket, and of a device without a driver. */
	if (number == ENXIO)
		return error_set(err, "read %s: is a socket or a device, not a file", path);
	if (number == EINTR)
		return error_set(err, "open %s: interrupted", path);
	return error_set_errno(err, number, "open", path);
}

/*
 * The named pipe @fd, which was opened without waiting for a writer: waits for one, as cat does, and reads to its end.
 * Opening it once more would wait for the next writer where the only one has been and gone.
 */
static bool read_pipe(int fd, const char *path, size_t max, struct file_image *ret, struct error **err)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int flags;

	if (poll(&ready, 1, -1) < 0)
		return open_failed(path, errno, err);
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return error_set_errno(err, errno, "read", path);
	return file_read_fd(fd, path, max, ret, err);
}

static bool read_path(int dirfd, const char *path, bool pipes, size_t max, struct file_image *ret, struct error **err)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	bool ok;

	if (fd < 0)
		return open_failed(path, errno, err);
	if (fstat(fd, &st) < 0)
		ok = error_set_errno(err, errno, "read", path);
	else if (S_ISREG(st.st_mode))
		ok = read_steady(fd, path, max, ret, err);
	else if (S_ISFIFO(st.st_mode) && pipes)
		ok = read_pipe(fd, path, max, ret, err);
	else
		ok = refuse_kind(path, st.st_mode, err);
	close(fd);
	return ok;
}

bool file_read(int dirfd, const char *path, size_t max, struct file_image *ret, struct error **err)
{
	return read_path(dirfd, path, false, max, ret, err);
}

static bool hash_all(int fd, uint64_t *ret_hash)
{
	char chunk[READ_CHUNK];
	ssize_t n;

	*ret_hash = str_hash(STR_NONE);
	for (;;) {
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		*ret_hash = str_hash_more(*ret_hash, (struct str){ chunk, (size_t)n });
	}
}

bool file_hash(int dirfd, const char *path, uint64_t *ret_hash)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	bool ok;

	if (fd < 0)
		return false;
	ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && hash_all(fd, ret_hash);
	close(fd);
	return ok;
}

/* Whether @folder is one of Linux' folders of descriptors: /proc/1/fd, /proc/1/task/1/fd. */
static bool holds_descriptors(const char *folder)
{
	char *real = realpath(*folder ? folder : ".", NULL);
	struct str path = str_of(real);
	bool holds = real && str_starts(path, STR("/proc/")) && str_ends(path, STR("/fd"));

	free(real);
	return holds;
}

bool file_is_descriptor(const char *path)
{
	struct buf at CLEANUP(buf_free) = BUF_INIT;
	char link[PATH_MAX];

	buf_addz(&at, path);
	/* As many links as Linux follows. */
	for (int i = 0; i < 40; i++) {
		struct buf folder CLEANUP(buf_free) = BUF_INIT;
		ssize_t n;

		buf_add(&folder, str_folder(buf_str(&at)));
		buf_addc(&folder, '\0');
		buf_addc(&at, '\0');
		/* Most are no link, which one question tells; a descriptor is one. */
		n = readlink(at.p, link, sizeof(link));
		if (n < 0)
			return false;
		if (holds_descriptors(folder.p))
			return true;
		at.n = link[0] == '/' ? 0 : folder.n - 1;
		buf_add(&at, (struct str){ link, (size_t)n });
	}
	return false;
}

bool file_read_named(const char *path, size_t max, struct file_image *ret, struct error **err)
{
	if (!read_path(AT_FDCWD, path, true, max, ret, err))
		return false;
	ret->unnamed = file_is_descriptor(path);
	return true;
}
