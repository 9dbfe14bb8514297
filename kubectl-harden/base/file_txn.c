/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replacing files
 *
 * The new bytes are written and synced under a temporary name beside their target first; committing is nothing but
 * renames. The rename of choice is an exchange of the two names (RENAME_EXCHANGE), for three reasons: the old file
 * stays whole under the temporary name until all is done, so that going back is an exchange again; there is no
 * moment without a file; and what came out can be looked at, so that a file which somebody saved between our last
 * check and the rename is noticed and put back. File systems that cannot exchange (NFS, 9p, some of FUSE) get a
 * second name for the old file (a hard link, or a copy where there are none) and a plain rename; what somebody puts
 * there between the last check and that rename is lost on them.
 *
 * Nobody else's byte is lost otherwise. A file that was touched since it was read is not replaced; the old versions
 * are looked at once more before they are removed, for a program that had one open and wrote to it late; and going
 * back leaves a new version that somebody has written to where it is. What is kept instead is named.
 *
 * All of the files are replaced or none, with one gap: the renames are system calls of their own, so that SIGKILL or a
 * power cut between two of them leaves some files old and others new, each of them whole. No handler can close it.
 * What is left then is `.NAME.kubectl-harden-XXXXXX` beside a file: the version of it that does not stand at its name.
 *
 * Folders are opened anew in each phase and must be the folder of before: a link that is put in the place of one
 * meanwhile leads nowhere. No descriptor is kept between calls, so ten thousand files need no more than three.
 *
 * An item's life:  READY (temp holds the new bytes)
 *                  -> SWAPPED (temp holds the old file)  or  RENAMED (backup holds it, temp is gone)
 *                  -> GONE (nothing of ours is left), or LOST (could not be put back: keep what holds the old bytes)
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_temp.h"

enum item_state { ITEM_READY, ITEM_SWAPPED, ITEM_RENAMED, ITEM_GONE, ITEM_LOST };

struct file_txn_item {
	char *path;	  /* as the user wrote it, for messages */
	char *target;	  /* its real path */
	char *folder;	  /* the real path of its folder */
	const char *name; /* in target */
	char *temp;
	char *backup; /* NULL until one is made */
	struct file_id id;
	dev_t folder_dev;
	ino_t folder_ino;
	struct file_id new_id, old_id; /* of the new version, and of what holds the old bytes after the replacement */
	bool fresh;
	uint64_t hash; /* of the old bytes */
	enum item_state state;
};

static void item_free(struct file_txn_item *item)
{
	free(item->path);
	free(item->target);
	free(item->folder);
	free(item->temp);
	free(item->backup);
}

static bool temp_failed(const struct file_txn_item *item, int number, struct error **err)
{
	if (number == EACCES || number == EPERM)
		return error_set(err,
				 "write %s: its folder (%s) cannot be written to; a file is replaced by a new one beside it",
				 item->path, item->folder);
	return error_set_errno(err, number, "write the new version of", item->path);
}

/* Writes @pieces to a new file beside the target, with the attributes of @old (an open descriptor), and syncs it. */
static bool temp_write(const struct file_txn_item *item, int folder, int old, struct file_pieces pieces,
		       char **ret_temp, struct file_id *ret_id, struct error **err)
{
	struct stat st;
	char *temp = NULL;
	int fd = file_temp_make(folder, item->name, false, &temp);
	bool ok;

	if (fd < 0)
		return temp_failed(item, errno, err);
	ok = file_write_pieces(fd, pieces) || error_set_errno(err, errno, "write the new version of", item->path);
	ok = ok && file_attributes_copy(old, fd, &item->id, item->path, err);
	if (ok && (!file_sync(fd) || fstat(fd, &st) < 0))
		ok = error_set_errno(err, errno, "write the new version of", item->path);
	/* Where quota and space are only counted at the end (NFS), close() tells. */
	if (close(fd) < 0 && ok && errno != EINTR)
		ok = error_set_errno(err, errno, "write the new version of", item->path);
	if (!ok) {
		unlinkat(folder, temp, 0);
		free(temp);
		return false;
	}
	*ret_temp = temp;
	*ret_id = file_id_of(&st);
	return true;
}

static bool changed(const struct file_txn_item *item, struct error **err)
{
	return error_set(err, "write %s: it was changed meanwhile by another program; run this again", item->path);
}

/* Opens the item's folder, which must be the one of before; the caller closes it. -1 on failure. */
static int folder_open(const struct file_txn_item *item, struct error **err)
{
	int fd = open(item->folder, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0) {
		error_set_errno(err, errno, "open the folder of", item->path);
		return -1;
	}
	if (fstat(fd, &st) == 0 && st.st_dev == item->folder_dev && st.st_ino == item->folder_ino)
		return fd;
	close(fd);
	error_set(err, "write %s: its folder was replaced meanwhile by another program; run this again", item->path);
	return -1;
}

/* Whether @name in @folder is the file that was read, untouched. */
static bool is_same(int folder, const char *name, const struct file_id *id)
{
	struct file_id now;
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	now = file_id_of(&st);
	return S_ISREG(st.st_mode) && file_id_same(id, &now, true);
}

/*
 * The same once a rename or link of ours has touched the inode: that sets ctime, and on an overlay it may copy the
 * file to another layer, under another number.
 */
static bool is_state(const struct stat *st, const struct file_id *id)
{
	return st->st_mode == id->mode && st->st_uid == id->uid && st->st_gid == id->gid && st->st_size == id->size &&
	       st->st_mtim.tv_sec == id->mtime.tv_sec && st->st_mtim.tv_nsec == id->mtime.tv_nsec;
}

static bool is_same_moved(int folder, const char *name, const struct file_id *id)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_state(&st, id);
}

static bool lies_inside(const char *target, const char *inside)
{
	size_t n = strlen(inside);

	return !strncmp(target, inside, n) && (target[n] == '/' || (n == 1 && inside[0] == '/'));
}

/* Fills the item's paths and its folder's identity. */
static bool item_locate(struct file_txn_item *item, const char *path, const char *inside, struct error **err)
{
	const char *slash;
	struct stat st;

	item->path = str_dup(str_of(path));
	item->target = realpath(path, NULL);
	if (!item->target) {
		error_set_errno(err, errno, "write", path);
		return false;
	}
	if (inside && !lies_inside(item->target, inside)) {
		error_set(err, "write %s: it is a link to %s, outside of the folder that was named", path,
			  item->target);
		return false;
	}
	slash = strrchr(item->target, '/');
	item->name = slash + 1;
	item->folder = str_dup(str_of(item->target));
	item->folder[slash == item->target ? 1 : slash - item->target] = '\0';
	if (stat(item->folder, &st) < 0) {
		error_set_errno(err, errno, "open the folder of", path);
		return false;
	}
	item->folder_dev = st.st_dev;
	item->folder_ino = st.st_ino;
	return true;
}

/* Whether the open @old may be replaced. */
static bool item_may(const struct file_txn_item *item, int folder, int old, const struct file_image *was,
		     struct error **err)
{
	struct file_id now;
	struct stat st;

	if (fstat(old, &st) < 0)
		return error_set_errno(err, errno, "write", item->path);
	now = file_id_of(&st);
	if (!S_ISREG(st.st_mode))
		return error_set(err, "write %s: not a regular file", item->path);
	if (!file_id_same(&was->id, &now, true))
		return changed(item, err);
	if (st.st_nlink > 1)
		return error_set(err,
				 "write %s: the file has %lu names (hard links), and only this one would be changed; "
				 "make it a file of its own, or write elsewhere with --stdout",
				 item->path, (unsigned long)st.st_nlink);
	if (faccessat(folder, item->name, W_OK, AT_EACCESS) == 0)
		return true;
	if (errno == EACCES)
		return error_set(err, "write %s: the file is write-protected (permission denied)", item->path);
	if (errno == EPERM)
		return error_set(err, "write %s: the file is immutable (lsattr tells)", item->path);
	return error_set_errno(err, errno, "write", item->path);
}

static bool item_prepare(struct file_txn_item *item, const struct file_image *was, struct file_pieces pieces,
			 struct error **err)
{
	int folder, old;
	bool ok;

	folder = folder_open(item, err);
	if (folder < 0)
		return false;
	old = openat(folder, item->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (old < 0) {
		error_set_errno(err, errno, "open", item->path);
		close(folder);
		return false;
	}
	item->id = item->old_id = was->id;
	item->fresh = was->fresh;
	item->hash = str_hash((struct str){ was->bytes, was->n });
	ok = item_may(item, folder, old, was, err) &&
	     temp_write(item, folder, old, pieces, &item->temp, &item->new_id, err);
	close(old);
	close(folder);
	return ok;
}

static bool stopped(const struct file_txn *txn, struct error **err)
{
	if (!txn->stop || !*txn->stop)
		return false;
	error_set(err, "interrupted");
	return true;
}

bool file_txn_add(struct file_txn *txn, const char *path, const char *inside, const struct file_image *was,
		  struct file_pieces pieces, struct error **err)
{
	struct file_txn_item item = { .state = ITEM_READY };

	if (stopped(txn, err))
		return false;
	if (!item_locate(&item, path, inside, err) || !item_prepare(&item, was, pieces, err)) {
		item_free(&item);
		return false;
	}
	VEC_PUSH(txn, item);
	return true;
}

/* Whether @name holds the bytes that were read, whatever its times say. */
static bool holds_old(const struct file_txn_item *item, int folder, const char *name)
{
	uint64_t hash;

	return file_hash(folder, name, &hash) && hash == item->hash;
}

/* Before the renames: is the file still what was read? A fresh one is compared by its bytes, too. */
static bool item_check(const struct file_txn_item *item, struct error **err)
{
	int folder = folder_open(item, err);
	bool ok;

	if (folder < 0)
		return false;
	ok = is_same(folder, item->name, &item->id);
	if (ok && item->fresh)
		ok = holds_old(item, folder, item->name);
	close(folder);
	return ok || changed(item, err);
}

static bool rename_failed(const struct file_txn_item *item, int number, struct error **err)
{
	switch (number) {
	case EBUSY:
		return error_set(err,
				 "replace %s: it is mounted by itself (into a container?) and cannot be replaced; "
				 "--stdout prints the new version instead",
				 item->path);
	case EPERM:
	case EACCES:
		return error_set(err,
				 "replace %s: not permitted; the file may be immutable (lsattr tells), or another user's "
				 "in a folder that protects it",
				 item->path);
	case ENOENT:
		return error_set(err, "replace %s: it, or its new version, was removed meanwhile by another program",
				 item->path);
	case EISDIR:
	case ENOTDIR:
	case ENOTEMPTY:
	case EEXIST:
		return changed(item, err);
	default:
		return error_set_errno(err, number, "replace", item->path);
	}
}

/* A second name for the old file, or a copy of it where there are no hard links. */
static bool item_backup(const struct file_txn *txn, struct file_txn_item *item, int folder, struct error **err)
{
	struct error *why CLEANUP(error_freep) = NULL;
	struct file_image old = FILE_IMAGE_INIT;
	struct str bytes;
	bool ok;
	int fd;

	if (!(txn->avoid & FILE_AVOID_LINK) && file_temp_make(folder, item->name, true, &item->backup) >= 0) {
		if (is_same_moved(folder, item->backup, &item->id))
			return true;
		unlinkat(folder, item->backup, 0);
		free(item->backup);
		item->backup = NULL;
		return changed(item, err);
	}
	fd = openat(folder, item->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return rename_failed(item, errno, err);
	ok = (file_read(folder, item->name, SIZE_MAX / 2, &old, &why) ||
	      error_set(err, "keep the old version of %s: %s", item->path, why->message)) &&
	     (file_id_same(&old.id, &item->id, false) || changed(item, err));
	bytes = (struct str){ old.bytes, old.n };
	ok = ok && temp_write(item, folder, fd, file_whole(&bytes), &item->backup, &item->old_id, err);
	file_image_free(&old);
	close(fd);
	return ok;
}

static bool cannot_exchange(int number)
{
	return number == EINVAL || number == ENOSYS || number == EOPNOTSUPP;
}

static bool item_replace(struct file_txn *txn, struct file_txn_item *item, int folder, struct error **err)
{
	if (!(txn->avoid & FILE_AVOID_EXCHANGE)) {
		if (renameat2(folder, item->temp, folder, item->name, RENAME_EXCHANGE) == 0) {
			item->state = ITEM_SWAPPED;
			return is_same_moved(folder, item->temp, &item->id) || changed(item, err);
		}
		if (!cannot_exchange(errno))
			return rename_failed(item, errno, err);
		txn->avoid |= FILE_AVOID_EXCHANGE;
	}
	if (!item_backup(txn, item, folder, err))
		return false;
	if (!is_same_moved(folder, item->name, &item->id))
		return changed(item, err);
	if (renameat(folder, item->temp, folder, item->name) < 0)
		return rename_failed(item, errno, err);
	item->state = ITEM_RENAMED;
	return true;
}

/* Whether @name is our new version, which nobody has replaced or written to. */
static bool is_new(const struct file_txn_item *item, int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && is_state(&st, &item->new_id) &&
	       st.st_ino == item->new_id.ino && st.st_dev == item->new_id.dev;
}

/* Exchanges the names again. What somebody wrote to the new version just before stays where they wrote it. */
static bool swap_back(const struct file_txn_item *item, int folder)
{
	if (renameat2(folder, item->temp, folder, item->name, RENAME_EXCHANGE) < 0)
		return false;
	if (is_new(item, folder, item->temp))
		return true;
	(void)!renameat2(folder, item->temp, folder, item->name, RENAME_EXCHANGE);
	return false;
}

/* Puts the old file back, unless somebody has replaced or changed our new one meanwhile. */
static bool item_restore(struct file_txn_item *item)
{
	int folder = folder_open(item, NULL);
	bool ok = folder >= 0 && is_new(item, folder, item->name);

	if (ok && item->state == ITEM_SWAPPED) {
		ok = swap_back(item, folder);
		item->state = ok ? ITEM_READY : ITEM_LOST;
	} else if (ok) {
		ok = renameat(folder, item->backup, folder, item->name) == 0;
		item->state = ok ? ITEM_GONE : ITEM_LOST;
	} else {
		item->state = ITEM_LOST;
	}
	if (folder >= 0)
		close(folder);
	return ok;
}

static bool folder_sync(const struct file_txn_item *item, struct error **err)
{
	int fd = open(item->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	bool ok;

	if (fd < 0)
		/* A folder that may be written to, but not listed, cannot be synced. */
		return errno == EACCES || error_set_errno(err, errno, "sync the folder of", item->path);
	ok = file_sync(fd) || error_set_errno(err, errno, "sync the folder of", item->path);
	close(fd);
	return ok;
}

/* Syncs the folders of the @n first items, each once where they come in order. */
static bool folders_sync(const struct file_txn *txn, size_t n, struct error **err)
{
	for (size_t i = 0; i < n; i++) {
		const struct file_txn_item *item = &txn->items[i], *last = i ? &txn->items[i - 1] : NULL;

		if (last && last->folder_dev == item->folder_dev && last->folder_ino == item->folder_ino)
			continue;
		if (!folder_sync(item, err))
			return false;
	}
	return true;
}

/* What holds the old version of a replaced item; NULL if it was not replaced. */
static const char *item_old(const struct file_txn_item *item)
{
	return item->state == ITEM_SWAPPED ? item->temp : item->state == ITEM_RENAMED ? item->backup : NULL;
}

/* After the renames: did anybody change an old version between the last check and its rename, or has it open still? */
static bool olds_check(const struct file_txn *txn, struct error **err)
{
	for (size_t i = 0; i < txn->n; i++) {
		const struct file_txn_item *item = &txn->items[i];
		int folder = folder_open(item, err);
		bool ok;

		if (folder < 0)
			return false;
		ok = (is_same_moved(folder, item_old(item), &item->old_id) &&
		      holds_old(item, folder, item_old(item))) ||
		     changed(item, err);
		close(folder);
		if (!ok)
			return false;
	}
	return true;
}

static bool replace_all(struct file_txn *txn, size_t *ret_begun, struct error **err)
{
	for (size_t i = 0; i < txn->n; i++) {
		int folder = folder_open(&txn->items[i], err);
		bool ok;

		if (folder < 0)
			return false;
		*ret_begun = i + 1;
		ok = item_replace(txn, &txn->items[i], folder, err);
		close(folder);
		if (!ok)
			return false;
	}
	return folders_sync(txn, txn->n, err) && olds_check(txn, err);
}

/* Undoes what @begun items have done, last first, and turns @why into the user's error. */
static void put_back(struct file_txn *txn, size_t begun, const struct error *why, struct error **err)
{
	struct buf lost CLEANUP(buf_free) = BUF_INIT;

	for (size_t i = begun; i-- > 0;) {
		struct file_txn_item *item = &txn->items[i];

		if (item_old(item) && !item_restore(item))
			buf_addf(&lost, "%s%s (its old version is %s/%s)", lost.n ? ", " : "", item->path, item->folder,
				 item->backup ? item->backup : item->temp);
	}
	folders_sync(txn, begun, NULL);
	txn->mixed = lost.n > 0;
	if (lost.n)
		error_set(err, "%s; every other file is as it was, but this could not be put back: %.*s", why->message,
			  STR_ARG(buf_str(&lost)));
	else
		error_set(err, "%s", why->message);
}

/*
 * Removes @name (NULL is fine) from the item's folder; one that is not there is removed. An old version that somebody
 * wrote to at the last moment stays.
 */
static bool item_unlink(const struct file_txn_item *item, const char *name, struct error **why)
{
	int folder = name ? folder_open(item, why) : -1;
	struct stat st;
	bool ok;

	if (folder < 0)
		return !name;
	if (name == item_old(item) && fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !is_state(&st, &item->old_id))
		ok = error_set(why, "another program wrote to it, the old version of %s, meanwhile", item->path);
	else
		ok = unlinkat(folder, name, 0) == 0 || errno == ENOENT || error_set_errno(why, errno, "remove", name);
	close(folder);
	return ok;
}

/* Removes what is ours beside the target: the unused new version, or the old one. A second try costs nothing. */
static void item_clean(const struct file_txn_item *item, struct error **warning)
{
	const char *const names[] = { item->temp, item->backup };

	for (int i = 0; i < 2 && item->state != ITEM_LOST && item->state != ITEM_GONE; i++) {
		struct error *why CLEANUP(error_freep) = NULL;

		if (!item_unlink(item, names[i], NULL) && !item_unlink(item, names[i], &why))
			error_set(warning, "a temporary file was not removed, %s/%s: %s", item->folder, names[i],
				  why->message);
	}
}

/* Ends the transaction: cleans up and forgets all items. */
static void txn_end(struct file_txn *txn, struct error **warning)
{
	for (size_t i = 0; i < txn->n; i++) {
		item_clean(&txn->items[i], warning);
		item_free(&txn->items[i]);
	}
	free(txn->items);
	txn->items = NULL;
	txn->n = txn->cap = 0;
}

void file_txn_abort(struct file_txn *txn)
{
	error_freep(&txn->warning);
	txn_end(txn, NULL);
}

/* All but the checks, with signals held back. */
static bool commit_now(struct file_txn *txn, struct error **err)
{
	struct error *why CLEANUP(error_freep) = NULL;
	size_t begun = 0;

	if (replace_all(txn, &begun, &why))
		return true;
	put_back(txn, begun, why, err);
	return false;
}

bool file_txn_commit(struct file_txn *txn, struct error **err)
{
	struct error *why CLEANUP(error_freep) = NULL;
	sigset_t all, before;
	bool ok = true;

	for (size_t i = 0; ok && i < txn->n; i++)
		ok = item_check(&txn->items[i], &why);
	if (!ok)
		error_set(err, "%s", why->message);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ok = ok && !stopped(txn, err) && commit_now(txn, err);
	txn_end(txn, &txn->warning);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}
