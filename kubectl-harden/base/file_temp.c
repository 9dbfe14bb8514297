/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Temporary files
 *
 * They bear the name of the file that they stand for, so that a person who finds one after a power cut knows what it
 * is, and begin with a dot, so that neither kubectl's walks (wrong extension) nor a shell's `*` takes them up.
 */
#include "base/file_temp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static const char temp_infix[] = ".kubectl-harden-";

enum {
	TEMP_INFIX = sizeof(temp_infix) - 1,
	TEMP_RANDOM = 6,
	TEMP_TRIES = 100,
	NAME_MOST = 255, /* bytes in a name, on nearly every file system */
	NAME_SURE = 80,	 /* and on the others */
};

bool file_is_temporary(struct str name)
{
	if (name.n < 1 + TEMP_INFIX + TEMP_RANDOM || name.p[0] != '.')
		return false;
	for (size_t i = name.n - TEMP_RANDOM; i < name.n; i++)
		if (!((name.p[i] >= '0' && name.p[i] <= '9') || (name.p[i] >= 'a' && name.p[i] <= 'z') ||
		      (name.p[i] >= 'A' && name.p[i] <= 'Z')))
			return false;
	name.n -= TEMP_RANDOM;
	return str_ends(name, (struct str){ temp_infix, TEMP_INFIX });
}

/* `.NAME.kubectl-harden-XXXXXX`, NAME cut (between characters) so that all of it fits in @most bytes. */
static char *temp_name(const char *name, size_t most)
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = strlen(name), room = most - (1 + TEMP_INFIX + TEMP_RANDOM);
	unsigned char random[TEMP_RANDOM];
	char *temp;

	if (n > room) {
		n = room;
		while (n && ((unsigned char)name[n] & 0xc0) == 0x80)
			n--;
	}
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
		/* Uniqueness comes from O_EXCL; this only spreads the tries. */
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC, &now);
		for (size_t i = 0; i < TEMP_RANDOM; i++)
			random[i] = (unsigned char)((unsigned long)now.tv_nsec >> (5 * i));
	}
	temp = xmalloc(n + 1 + TEMP_INFIX + TEMP_RANDOM + 1);
	temp[0] = '.';
	memcpy(temp + 1, name, n);
	memcpy(temp + 1 + n, temp_infix, TEMP_INFIX);
	for (size_t i = 0; i < TEMP_RANDOM; i++)
		temp[1 + n + TEMP_INFIX + i] = letters[random[i] % (sizeof(letters) - 1)];
	temp[1 + n + TEMP_INFIX + TEMP_RANDOM] = '\0';
	return temp;
}

int file_temp_make(int folder, const char *name, bool link, char **ret_temp)
{
	size_t most = NAME_MOST;

	for (int i = 0; i < TEMP_TRIES; i++) {
		char *temp = temp_name(name, most);
		int got = link ? linkat(folder, name, folder, temp, 0)
			       : openat(folder, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		int number = errno;

		if (got >= 0) {
			*ret_temp = temp;
			return got;
		}
		free(temp);
		errno = number;
		if (number == ENAMETOOLONG && most > NAME_SURE)
			most = NAME_SURE;
		else if (number != EEXIST && number != EINTR)
			return -1;
	}
	return -1;
}

bool file_write_all(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n < (1U << 30) ? bytes.n : (1U << 30));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = str_sub(bytes, (size_t)n, bytes.n);
	}
	return true;
}

static bool next_whole(void *data, struct buf *piece)
{
	struct str *bytes = data;
	bool any = bytes->n > 0;

	buf_add(piece, *bytes);
	*bytes = STR_NONE;
	return any;
}

struct file_pieces file_whole(struct str *bytes)
{
	return (struct file_pieces){ next_whole, bytes };
}

bool file_write_pieces(int fd, struct file_pieces pieces)
{
	struct buf piece CLEANUP(buf_free) = BUF_INIT;

	while (pieces.next(pieces.data, &piece)) {
		if (!file_write_all(fd, buf_str(&piece)))
			return false;
		piece.n = 0;
	}
	return true;
}

bool file_sync(int fd)
{
	return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
}
