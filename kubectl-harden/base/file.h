/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Files: read whole, replaced whole.
 *
 * A reader that refuses what is no file, and remembers which file it was; and a transaction that replaces
 * several files together or none of them. "Nothing lost" rests on this header.
 */

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "base/error.h"
#include "base/str.h"

/* Which file it was, and in which state: two equal ones mean that nobody touched the file in between. */
struct file_id {
	dev_t dev;
	ino_t ino;
	off_t size;
	mode_t mode; /* with the file's type */
	uid_t uid;
	gid_t gid;
	nlink_t nlink;
	struct timespec mtime;
	struct timespec ctime;
};

/* A file's bytes on the heap, one NUL behind them that does not count. Released with file_image_free(). */
struct file_image {
	char *bytes;
	size_t n;
	struct file_id id;
	bool fresh;   /* modified just before it was read: its time of modification may not tell the next change */
	bool unnamed; /* read from a descriptor: the file behind it was not named, and may have no name any more */
};

#define FILE_IMAGE_INIT ((struct file_image){ 0 })

/*
 * file_read() - reads the regular file @path (or the one that it links to) whole, relative to @dirfd (or AT_FDCWD).
 * Folders, pipes, sockets and devices are refused, as is what holds more than @max bytes or is being written to.
 * @ret is written on success only.
 */
bool file_read(int dirfd, const char *path, size_t max, struct file_image *ret, struct error **err);

/* file_hash() - str_hash() of all that such a file holds, without holding it; false where it cannot be read. */
bool file_hash(int dirfd, const char *path, uint64_t *ret_hash);

/*
 * file_is_descriptor() - whether @path is a name of a descriptor of a process, or a link to one: /dev/stdin, /dev/fd/3,
 * /proc/self/fd/3. What is behind it, a file too, was redirected there by a shell, not named.
 */
bool file_is_descriptor(const char *path);

/*
 * file_read_named() - the same for a path that the user named: a pipe (`-f <(helm template …)`) is read to its end
 * too. Such an image cannot be replaced, nor one of a descriptor: S_ISREG(ret->id.mode) and ret->unnamed tell.
 */
bool file_read_named(const char *path, size_t max, struct file_image *ret, struct error **err);

/*
 * file_read_fd() - reads the open @fd to its end, whatever it is; @name is what messages call it ("standard input").
 * A signal whose handler was installed without SA_RESTART ends it with an error.
 */
bool file_read_fd(int fd, const char *name, size_t max, struct file_image *ret, struct error **err);

/* file_image_free() - releases the bytes; the image is then empty. */
void file_image_free(struct file_image *image);

/*
 * file_write() - makes @bytes the content of @path, which is whole before and after: a file that is there is replaced
 * (by a transaction of its own: see below), a new one appears once it is complete.
 */
bool file_write(const char *path, struct str bytes, struct error **err);

/* file_id_of() - the identity in @st. */
struct file_id file_id_of(const struct stat *st);

/* file_id_same() - the same file in the same state; with @ctime, neither mode, owner nor attributes were touched. */
bool file_id_same(const struct file_id *a, const struct file_id *b, bool ctime);

/* file_is_temporary() - @name (no folder) is one that a transaction gives to its own files. */
bool file_is_temporary(struct str name);

/*
 * file_attributes_copy() - gives the new file @to the owner, mode, ACL and extended attributes of @from, whose
 * identity is @id. Fails where that would not be kept; @path is what messages call the file.
 */
bool file_attributes_copy(int from, int to, const struct file_id *id, const char *path, struct error **err);

/* What a file system cannot do: exchange two names, or give a file a second one. For tests, too. */
enum file_txn_avoid { FILE_AVOID_EXCHANGE = 1, FILE_AVOID_LINK = 2 };

/*
 * A transaction over files. Usage: FILE_TXN_INIT, file_txn_add() for each file, then file_txn_commit() or
 * file_txn_abort(); both leave it empty, and all of its temporaries gone. No descriptor stays open meanwhile.
 *
 * @stop, where set, is a flag that a signal handler raises: nothing more is added and nothing committed then.
 * During the renames of a commit all signals are held back, so that a handler that only sets a flag is enough.
 * The one gap is SIGKILL (or a power cut) between two renames: every file is whole, old or new, and at most
 * `.NAME.kubectl-harden-XXXXXX` is left beside it, as where memory runs out before the renames.
 */
struct file_txn {
	struct file_txn_item *items;
	size_t n, cap;
	const volatile sig_atomic_t *stop;
	unsigned avoid;	       /* of enum file_txn_avoid */
	struct error *warning; /* after a commit that happened, but could not clean up; freed by file_txn_abort() */
	bool mixed;	       /* after a commit that failed: not every file could be put back */
};

#define FILE_TXN_INIT ((struct file_txn){ 0 })

/* Bytes that come piece by piece: .next appends the next ones to the empty @piece; false once there are no more. */
struct file_pieces {
	bool (*next)(void *data, struct buf *piece);
	void *data;
};

/*
 * file_txn_add() - writes @pieces to a temporary file beside @path (beside its target, where it is a link) with mode,
 * owner, ACL and extended attributes of the file that it will replace, and syncs it. @was is what was read: the file
 * must be as it was then, and its bytes may be freed afterwards. Where @inside is not NULL, the target must lie in
 * that folder (an absolute path without links). Each file is added once. On failure the transaction is as before:
 * the caller may go on without this file, or abort.
 */
bool file_txn_add(struct file_txn *txn, const char *path, const char *inside, const struct file_image *was,
		  struct file_pieces pieces, struct error **err);

/* file_whole() - the pieces of bytes that are there: one; @bytes is used up. */
struct file_pieces file_whole(struct str *bytes);

/*
 * file_txn_commit() - checks that every file is as it was read, replaces them back to back and syncs their folders.
 * On failure those already replaced are put back; where even that fails, or somebody has changed the new version by
 * then, *err names each such file and the temporary file that holds its old bytes, which then stays (txn->mixed). The
 * transaction is empty afterwards either way.
 */
bool file_txn_commit(struct file_txn *txn, struct error **err);

/* file_txn_abort() - removes the temporaries and empties the transaction; fine on an empty one, and twice. */
void file_txn_abort(struct file_txn *txn);
