/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file written whole: one that is there is replaced by a transaction, a new one gets its name once it is complete.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_temp.h"

static bool replace(const char *path, struct str bytes, struct error **err)
{
	struct file_txn txn = FILE_TXN_INIT;
	struct file_image was = FILE_IMAGE_INIT;
	bool fine = file_read(AT_FDCWD, path, SIZE_MAX / 2, &was, err) &&
		    file_txn_add(&txn, path, NULL, &was, file_whole(&bytes), err) && file_txn_commit(&txn, err);

	file_txn_abort(&txn);
	file_image_free(&was);
	return fine;
}

/* As open(2) would make it: 0666 without the umask. */
static mode_t mode_of_new(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* @folder is open, @name does not exist in it. */
static bool create(int folder, const char *path, const char *name, struct str bytes, struct error **err)
{
	char *temp = NULL;
	int fd = file_temp_make(folder, name, false, &temp);
	bool fine = fd >= 0 && fchmod(fd, mode_of_new()) == 0 && file_write_all(fd, bytes) && file_sync(fd);
	int number = errno;

	if (fd >= 0 && close(fd) < 0 && fine && errno != EINTR) {
		fine = false;
		number = errno;
	}
	if (fine && renameat2(folder, temp, folder, name, RENAME_NOREPLACE) < 0) {
		number = errno;
		/* Not every file system can. */
		fine = (number == EINVAL || number == ENOSYS) && renameat(folder, temp, folder, name) == 0;
	}
	if (temp && !fine)
		unlinkat(folder, temp, 0);
	free(temp);
	return fine || error_set_errno(err, number, "write", path);
}

bool file_write(const char *path, struct str bytes, struct error **err)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct stat st;
	char *folder;
	bool fine;
	int fd;

	if (lstat(path, &st) == 0)
		return replace(path, bytes, err);
	/* With its slash, so that the root is one, too. */
	folder = str_dup(slash ? (struct str){ path, (size_t)(name - path) } : STR("."));
	fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd < 0)
		return error_set_errno(err, errno, "write", path);
	fine = create(fd, path, name, bytes, err);
	close(fd);
	return fine;
}
