/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Child
 *
 * Both of its outputs are read as they come, so that neither fills up while the other is waited for. Signals are held
 * back but for the moments of waiting: one that comes between a look at the flag and the wait is not slept over. The
 * child stays in the terminal's foreground, so that Ctrl-C reaches it and git may ask for a password; it is ended for
 * signals that reach only us. It is waited for whatever happens.
 */
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, GRACE_MS = 2000, PAUSE_MS = 20 };

struct running {
	pid_t pid;
	int out, err;
	sigset_t waiting; /* the signals that are held back during a wait: those that always were */
	const volatile sig_atomic_t *stop;
};

static bool is_stopped(const struct running *running)
{
	return running->stop && *running->stop;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* ---- starting ---- */

static int spawn(const char *const *argv, const struct child_options *options, int out, int err, const sigset_t *mask,
		 pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	char *const *words, *const *env = environ;
	int number;

	/* Only by its type could execve() write to them. */
	memcpy(&words, &argv, sizeof(words));
	if (options->env)
		memcpy(&env, &options->env, sizeof(env));
	number = posix_spawn_file_actions_init(&actions);
	if (number)
		return number;
	number = posix_spawnattr_init(&attr);
	if (number) {
		posix_spawn_file_actions_destroy(&actions);
		return number;
	}
	if (!options->reads)
		number = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	number = number ? number : posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!options->tells)
		number = number ? number : posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
	number = number ? number : posix_spawnattr_setsigmask(&attr, mask);
	number = number ? number : posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	number = number ? number : posix_spawnp(ret_pid, argv[0], &actions, &attr, words, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return number;
}

static bool start(struct running *running, const char *const *argv, const struct child_options *options,
		  struct child *ret, struct error **err)
{
	int out[2] = { -1, -1 }, errors[2] = { -1, -1 }, number = 0;

	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(errors, O_CLOEXEC) < 0)
		number = errno;
	else
		number = spawn(argv, options, out[1], errors[1], &running->waiting, &running->pid);
	close_end(&out[1]);
	close_end(&errors[1]);
	if (!number) {
		running->out = out[0];
		running->err = errors[0];
		return true;
	}
	close_end(&out[0]);
	close_end(&errors[0]);
	ret->missing = number == ENOENT;
	return error_set_errno(err, number, "run", argv[0]);
}

/* ---- reading ---- */

/* Reads once from what has something to read; its end closes it. What is more than @most is dropped. */
static void read_some(int *fd, struct buf *buf, size_t most)
{
	ssize_t n;

	buf_reserve(buf, CHUNK);
	n = read(*fd, buf->p + buf->n, CHUNK);
	if (n > 0)
		buf->n = buf->n + (size_t)n > most ? most : buf->n + (size_t)n;
	else if (n == 0 || errno != EINTR)
		close_end(fd);
}

/* Reads both outputs to their ends; false where it had to stop. */
static bool read_both(struct running *running, size_t most, struct child *ret, struct error **err)
{
	while (running->out >= 0 || running->err >= 0) {
		struct pollfd fds[] = { { .fd = running->out, .events = POLLIN },
					{ .fd = running->err, .events = POLLIN } };

		if (is_stopped(running))
			return error_set(err, "stopped by a signal");
		if (ppoll(fds, 2, NULL, &running->waiting) < 0)
			continue;
		if (fds[0].revents)
			read_some(&running->out, &ret->out, most + 1);
		if (fds[1].revents)
			read_some(&running->err, &ret->err, CHILD_ERR_MAX);
		if (ret->out.n > most)
			return error_set(err, "it prints more than %zu bytes", most);
	}
	return true;
}

/* ---- the end ---- */

static void wait_for(struct running *running, bool kill_it, int *ret_status)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	unsigned waited = 0;
	bool asked = false;

	while (waitpid(running->pid, ret_status, WNOHANG) == 0) {
		if ((kill_it || is_stopped(running)) && !asked) {
			kill(running->pid, SIGTERM);
			asked = true;
		}
		if (asked && waited >= GRACE_MS)
			kill(running->pid, SIGKILL);
		ppoll(NULL, 0, &pause, asked ? NULL : &running->waiting);
		waited += PAUSE_MS * asked;
	}
}

bool child_run(const char *const *argv, size_t most, const volatile sig_atomic_t *stop, struct child *ret,
	       struct error **err)
{
	return child_run_with(argv, &(struct child_options){ 0 }, most, stop, ret, err);
}

bool child_run_with(const char *const *argv, const struct child_options *options, size_t most,
		    const volatile sig_atomic_t *stop, struct child *ret, struct error **err)
{
	static const int held_back[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction by_default = { .sa_handler = SIG_DFL }, old;
	struct running running = { .stop = stop, .out = -1, .err = -1 };
	bool fine;
	sigset_t set;

	*ret = (struct child){ .out = BUF_INIT, .err = BUF_INIT };
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(held_back) / sizeof(*held_back); i++)
		sigaddset(&set, held_back[i]);
	sigprocmask(SIG_BLOCK, &set, &running.waiting);
	/* Whoever ignores SIGCHLD is not told how its children end. */
	sigaction(SIGCHLD, &by_default, &old);
	fine = start(&running, argv, options, ret, err);
	if (fine) {
		fine = read_both(&running, most, ret, err);
		close_end(&running.out);
		close_end(&running.err);
		wait_for(&running, !fine, &ret->status);
		if (fine && is_stopped(&running))
			fine = error_set(err, "stopped by a signal");
	}
	sigaction(SIGCHLD, &old, NULL);
	sigprocmask(SIG_SETMASK, &running.waiting, NULL);
	return fine;
}

void child_free(struct child *child)
{
	buf_free(&child->out);
	buf_free(&child->err);
}
