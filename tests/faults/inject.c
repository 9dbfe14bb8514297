/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded before the C library: counts the system calls of a run that have to do with files or signals, and makes one
 * of them fail, or lets something happen just before it.
 *
 *	FAULT_AT	which call, from 1; 0 only counts
 *	FAULT_ERRNO	what it fails with; or
 *	FAULT_SIGNAL	what the process is sent just before it; or
 *	FAULT_SHORT	a read or write moves one byte; or
 *	FAULT_DEED	what another program does to FAULT_VICTIM just before it (see inject.h)
 *	FAULT_STAYS	all later calls that write or create fail, too: a full disk stays full
 *	FAULT_WITHOUT	calls that the file system does not know: "renameat2,linkat"
 *	FAULT_ALSO	a second fault: "renameat2:3" is the third call of that name, EIO
 *	FAULT_LOG	the file that gets the call's name; where FAULT_AT is 0, those of all calls, one a line
 */
#include "inject.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static int number, wanted, failure, sent, deed, late = -1, also_left;
static bool is_short, stays, stays_away; /* the last: this call is none on the disk */
static const char *victim, *without, *also;
static char names[16384];
static size_t names_n;

/* ---- what is not counted: the library's own calls ---- */

static int raw_open(const char *path, int flags)
{
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

static void raw_put(int fd, const char *text, size_t n)
{
	if (fd < 0 || syscall(SYS_write, fd, text, n) != (long)n)
		abort();
	if (fd != late)
		syscall(SYS_close, fd);
}

static void note(const char *text, size_t n)
{
	const char *path = getenv("FAULT_LOG");

	if (path)
		raw_put(raw_open(path, O_WRONLY | O_CREAT | O_TRUNC), text, n);
}

static int number_of(const char *name)
{
	const char *text = getenv(name);

	return text ? (int)strtol(text, NULL, 10) : 0;
}

__attribute__((__constructor__)) static void begin(void)
{
	const char *colon;

	wanted = number_of("FAULT_AT");
	failure = number_of("FAULT_ERRNO");
	sent = number_of("FAULT_SIGNAL");
	is_short = number_of("FAULT_SHORT");
	stays = number_of("FAULT_STAYS");
	deed = number_of("FAULT_DEED");
	victim = getenv("FAULT_VICTIM");
	without = getenv("FAULT_WITHOUT");
	also = getenv("FAULT_ALSO");
	colon = also ? strchr(also, ':') : NULL;
	also_left = colon ? (int)strtol(colon + 1, NULL, 10) : 0;
	if (deed == DEED_LATE)
		late = raw_open(victim, O_WRONLY | O_APPEND);
}

__attribute__((__destructor__)) static void end(void)
{
	if (!wanted)
		note(names, names_n);
}

/* ---- what another program does ---- */

static void touch(void)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT } };
	int fd = raw_open(victim, O_WRONLY);
	struct stat st;

	if (fd < 0 || syscall(SYS_fstat, fd, &st))
		abort();
	times[1] = st.st_mtim;
	if (syscall(SYS_pwrite64, fd, "#", 1, 0) != 1 || syscall(SYS_utimensat, fd, NULL, times, 0))
		abort();
	syscall(SYS_close, fd);
}

static void replace(void)
{
	char beside[4096];

	/* Not in its folder, where it would be taken for what the run leaves. */
	snprintf(beside, sizeof(beside), "%s.theirs", getenv("FAULT_LOG"));
	raw_put(raw_open(beside, O_WRONLY | O_CREAT | O_TRUNC), THEIR_TEXT, strlen(THEIR_TEXT));
	if (syscall(SYS_renameat2, AT_FDCWD, beside, AT_FDCWD, victim, 0))
		abort();
}

static void cut(void)
{
	int fd = raw_open(victim, O_WRONLY);

	if (fd < 0 || syscall(SYS_ftruncate, fd, (off_t)THEIR_CUT))
		abort();
	syscall(SYS_close, fd);
}

static void act(void)
{
	bool gone = deed == DEED_DELETE || deed == DEED_FOLDER || deed == DEED_LINK;

	if (deed == DEED_REPLACE)
		replace();
	else if (deed == DEED_REWRITE)
		raw_put(raw_open(victim, O_WRONLY | O_TRUNC), THEIR_TEXT, strlen(THEIR_TEXT));
	else if (deed == DEED_GROW)
		raw_put(raw_open(victim, O_WRONLY | O_APPEND), THEIR_LINE, strlen(THEIR_LINE));
	else if (deed == DEED_CUT)
		cut();
	else if (deed == DEED_TOUCH)
		touch();
	else if (deed == DEED_CHMOD && syscall(SYS_fchmodat, AT_FDCWD, victim, THEIR_MODE))
		abort();
	else if (deed == DEED_LATE)
		raw_put(late, THEIR_LINE, strlen(THEIR_LINE));
	if (gone && syscall(SYS_unlinkat, AT_FDCWD, victim, 0))
		abort();
	if (deed == DEED_FOLDER && syscall(SYS_mkdirat, AT_FDCWD, victim, 0700))
		abort();
	if (deed == DEED_LINK && syscall(SYS_symlinkat, THEIR_LINK, AT_FDCWD, victim))
		abort();
}

/* ---- what is counted ---- */

/* Not to standard output, which may go elsewhere. */
static bool writes(const char *name)
{
	static const char *const calls[] = { "write", "fsync", "linkat", "fchmod", "fchown", "fsetxattr" };

	for (size_t i = 0; !stays_away && i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(name, calls[i]))
			return true;
	return false;
}

static bool is_unknown(const char *name)
{
	size_t n = strlen(name);

	for (const char *at = without; at && *at; at += strcspn(at, ","), at += *at == ',')
		if (!strncmp(at, name, n) && (at[n] == ',' || !at[n]))
			return true;
	return false;
}

static bool is_also(const char *name)
{
	size_t n = strlen(name);

	return also && !strncmp(also, name, n) && also[n] == ':' && --also_left == 0;
}

/* Whether the process would end by the signal, as long as nothing was begun. */
static bool is_early(void)
{
	struct sigaction action;

	return sigaction(sent, NULL, &action) == 0 && action.sa_handler == SIG_DFL;
}

static void note_call(const char *name)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%s", name, sent && is_early() ? " early" : stays_away ? " out" : "");
	note(text, strlen(text));
}

/* Whether this call is the one that fails, with errno set. */
static bool fails_now(const char *name)
{
	bool unknown = is_unknown(name), other = is_also(name);

	number++;
	if (!wanted && names_n + strlen(name) + 1 < sizeof(names))
		names_n += (size_t)sprintf(names + names_n, "%s\n", name);
	if (number == wanted) {
		note_call(name);
		if (sent)
			kill(getpid(), sent);
		act();
	}
	if (unknown || other) {
		errno = unknown ? EINVAL : EIO;
		return true;
	}
	if (!failure || !wanted || (stays ? number < wanted || !writes(name) : number != wanted))
		return false;
	errno = failure;
	return true;
}

static bool fails(const char *name)
{
	int before = errno;

	if (fails_now(name))
		return true;
	errno = before;
	return false;
}

static void cuts(size_t *size)
{
	if (is_short && number == wanted && *size > 1)
		*size = 1;
}

#define FIND(type, name, ...)                                                                                          \
	static type (*real)(__VA_ARGS__);                                                                              \
	if (!real)                                                                                                     \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

#define REAL(type, failed, name, ...)                                                                                  \
	FIND(type, name, __VA_ARGS__);                                                                                 \
	if (fails(#name))                                                                                              \
	return failed

/* A definition of a call whose arguments are plain. */
#define PLAIN(type, failed, name, parameters, arguments)                                                               \
	type name parameters;                                                                                          \
	type name parameters                                                                                           \
	{                                                                                                              \
		static type(*real) parameters;                                                                         \
		if (!real)                                                                                             \
			*(void **)&real = dlsym(RTLD_NEXT, #name);                                                     \
		if (fails(#name))                                                                                      \
			return failed;                                                                                 \
		return real arguments;                                                                                 \
	}

#pragma GCC diagnostic ignored "-Wredundant-decls"

PLAIN(int, -1, fsync, (int fd), (fd))
PLAIN(int, -1, fstat64, (int fd, struct stat64 *st), (fd, st))
PLAIN(int, -1, stat64, (const char *path, struct stat64 *st), (path, st))
PLAIN(int, -1, lstat64, (const char *path, struct stat64 *st), (path, st))
PLAIN(int, -1, fstatat64, (int folder, const char *path, struct stat64 *st, int flags), (folder, path, st, flags))
PLAIN(int, -1, faccessat, (int folder, const char *path, int mode, int flags), (folder, path, mode, flags))
PLAIN(off64_t, -1, lseek64, (int fd, off64_t at, int from), (fd, at, from))
PLAIN(int, -1, poll, (struct pollfd * fds, nfds_t n, int time), (fds, n, time))
PLAIN(int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
PLAIN(int, -1, fchown, (int fd, uid_t user, gid_t group), (fd, user, group))
PLAIN(int, -1, fsetxattr, (int fd, const char *name, const void *value, size_t size, int flags),
      (fd, name, value, size, flags))
PLAIN(ssize_t, -1, fgetxattr, (int fd, const char *name, void *value, size_t size), (fd, name, value, size))
PLAIN(ssize_t, -1, flistxattr, (int fd, char *list, size_t size), (fd, list, size))
PLAIN(int, -1, fremovexattr, (int fd, const char *name), (fd, name))
PLAIN(ssize_t, -1, getrandom, (void *bytes, size_t size, unsigned flags), (bytes, size, flags))
PLAIN(int, -1, renameat, (int from, const char *old, int to, const char *new), (from, old, to, new))
PLAIN(int, -1, renameat2, (int from, const char *old, int to, const char *new, unsigned flags),
      (from, old, to, new, flags))
PLAIN(int, -1, linkat, (int from, const char *old, int to, const char *new, int flags), (from, old, to, new, flags))
PLAIN(int, -1, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
PLAIN(ssize_t, -1, readlink, (const char *path, char *target, size_t size), (path, target, size))
PLAIN(char *, NULL, realpath, (const char *path, char *real_path), (path, real_path))
PLAIN(DIR *, NULL, fdopendir, (int fd), (fd))
PLAIN(DIR *, NULL, opendir, (const char *path), (path))
PLAIN(struct dirent64 *, NULL, readdir64, (DIR * folder), (folder))

int open64(const char *path, int flags, ...);
int open64(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	REAL(int, -1, open64, const char *, int, ...);
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
	REAL(int, -1, openat64, int, const char *, int, ...);
	return real(folder, path, flags, mode);
}

ssize_t read(int fd, void *bytes, size_t size)
{
	REAL(ssize_t, -1, read, int, void *, size_t);
	cuts(&size);
	return real(fd, bytes, size);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	bool failed;

	FIND(ssize_t, write, int, const void *, size_t);
	stays_away = fd <= STDERR_FILENO;
	failed = fails("write");
	stays_away = false;
	cuts(&size);
	return failed ? -1 : real(fd, bytes, size);
}

/* A close that fails has closed all the same. */
int close(int fd)
{
	bool failed = fails("close");
	int number_before = errno;

	syscall(SYS_close, fd);
	errno = number_before;
	return failed ? -1 : 0;
}

int closedir(DIR *folder)
{
	bool failed;

	FIND(int, closedir, DIR *);
	failed = fails("closedir");
	real(folder);
	return failed ? -1 : 0;
}
