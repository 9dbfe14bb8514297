/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded before the C library: counts the system calls of a run on files, and makes one of them fail.
 *
 *	FAULT_AT	which call, from 1; 0 only counts
 *	FAULT_ERRNO	what it fails with; or
 *	FAULT_SIGNAL	what the process is sent just before it; or
 *	FAULT_SHORT	a read or write moves one byte
 *	FAULT_STAYS	all later calls that write or create fail, too: a full disk stays full
 *	FAULT_LOG	the file that gets the call's name, or how many there were
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int number, wanted, failure, sent;
static bool is_short, stays, stays_away; /* the last: this call is none on the disk */

/* The library's own open, write and close: what is counted is what the program does. */
static void note(const char *text)
{
	static int (*real_open)(const char *, int, ...);
	static ssize_t (*real_write)(int, const void *, size_t);
	static int (*real_close)(int);
	const char *path = getenv("FAULT_LOG");
	int before = errno, fd;

	if (!real_open) {
		*(void **)&real_open = dlsym(RTLD_NEXT, "open64");
		*(void **)&real_write = dlsym(RTLD_NEXT, "write");
		*(void **)&real_close = dlsym(RTLD_NEXT, "close");
	}
	fd = path ? real_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	if (fd >= 0) {
		if (real_write(fd, text, strlen(text)) < 0)
			abort();
		real_close(fd);
	}
	errno = before;
}

static int number_of(const char *name)
{
	const char *text = getenv(name);

	return text ? (int)strtol(text, NULL, 10) : 0;
}

__attribute__((__constructor__)) static void begin(void)
{
	wanted = number_of("FAULT_AT");
	failure = number_of("FAULT_ERRNO");
	sent = number_of("FAULT_SIGNAL");
	is_short = number_of("FAULT_SHORT");
	stays = number_of("FAULT_STAYS");
}

__attribute__((__destructor__)) static void end(void)
{
	char text[16];

	if (wanted)
		return;
	snprintf(text, sizeof(text), "%d", number);
	note(text);
}

/* Not to standard output, which may go elsewhere. */
static bool writes(const char *name)
{
	static const char *const names[] = { "write", "fsync", "linkat", "fchmod", "fchown", "fsetxattr" };

	for (size_t i = 0; !stays_away && i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* Whether this call is the one: it fails with errno set. */
static bool fails(const char *name)
{
	number++;
	if (stays && number > wanted && wanted && writes(name)) {
		errno = failure;
		return true;
	}
	if (number != wanted)
		return false;
	note(name);
	if (stays && !writes(name))
		return false;
	if (sent) {
		kill(getpid(), sent);
		return false;
	}
	if (!failure)
		return false;
	errno = failure;
	return true;
}

static void cuts(size_t *size)
{
	if (is_short && number == wanted && *size > 1)
		*size = 1;
}

#define REAL(type, name, ...)                                                                                          \
	static type (*real)(__VA_ARGS__);                                                                              \
	if (!real)                                                                                                     \
		*(void **)&real = dlsym(RTLD_NEXT, #name);                                                             \
	if (fails(#name))                                                                                              \
	return (type) - 1

int open64(const char *path, int flags, ...);
int open64(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	REAL(int, open64, const char *, int, ...);
	return real(path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...);
int openat64(int folder, const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	REAL(int, openat64, int, const char *, int, ...);
	return real(folder, path, flags, mode);
}

ssize_t read(int fd, void *bytes, size_t size)
{
	REAL(ssize_t, read, int, void *, size_t);
	cuts(&size);
	return real(fd, bytes, size);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	stays_away = fd <= STDERR_FILENO;
	REAL(ssize_t, write, int, const void *, size_t);
	stays_away = false;
	cuts(&size);
	return real(fd, bytes, size);
}

/* A close that fails has closed all the same. */
int close(int fd)
{
	static int (*closes)(int);

	if (!closes)
		*(void **)&closes = dlsym(RTLD_NEXT, "close");
	if (fails("close")) {
		int before = errno;

		closes(fd);
		errno = before;
		return -1;
	}
	return closes(fd);
}

int fsync(int fd)
{
	REAL(int, fsync, int);
	return real(fd);
}

int fstat64(int fd, struct stat64 *st)
{
	REAL(int, fstat64, int, struct stat64 *);
	return real(fd, st);
}

int fstatat64(int folder, const char *path, struct stat64 *st, int flags)
{
	REAL(int, fstatat64, int, const char *, struct stat64 *, int);
	return real(folder, path, st, flags);
}

int fchmod(int fd, mode_t mode)
{
	REAL(int, fchmod, int, mode_t);
	return real(fd, mode);
}

int fchown(int fd, uid_t user, gid_t group)
{
	REAL(int, fchown, int, uid_t, gid_t);
	return real(fd, user, group);
}

int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags);
int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)
{
	REAL(int, fsetxattr, int, const char *, const void *, size_t, int);
	return real(fd, name, value, size, flags);
}

ssize_t fgetxattr(int fd, const char *name, void *value, size_t size);
ssize_t fgetxattr(int fd, const char *name, void *value, size_t size)
{
	REAL(ssize_t, fgetxattr, int, const char *, void *, size_t);
	return real(fd, name, value, size);
}

ssize_t flistxattr(int fd, char *list, size_t size);
ssize_t flistxattr(int fd, char *list, size_t size)
{
	REAL(ssize_t, flistxattr, int, char *, size_t);
	return real(fd, list, size);
}

int renameat(int from, const char *old, int to, const char *new)
{
	REAL(int, renameat, int, const char *, int, const char *);
	return real(from, old, to, new);
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
	REAL(int, renameat2, int, const char *, int, const char *, unsigned);
	return real(from, old, to, new, flags);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
	REAL(int, linkat, int, const char *, int, const char *, int);
	return real(from, old, to, new, flags);
}

int unlinkat(int folder, const char *path, int flags)
{
	REAL(int, unlinkat, int, const char *, int);
	return real(folder, path, flags);
}
