/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupt
 *
 * The one variable of the program: a signal handler has no other way to say anything.
 */
#include "commands/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>

static volatile sig_atomic_t caught;

static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void catch (int number)
{
	caught = number;
}

/* Then write() fails with EFBIG. A handler, for what is ignored would be so in the programs that we start, too. */
static void fail_to_write(int number)
{
	(void)number;
}

const volatile sig_atomic_t *interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = catch }, too_large = { .sa_handler = fail_to_write }, old;

	/* Without SA_RESTART, so that a read from a terminal or a pipe ends. What nohup ignores stays ignored. */
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	/* `ulimit -f`: its default would end us between a temporary and its name. */
	if (sigaction(SIGXFSZ, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(SIGXFSZ, &too_large, NULL);
	return &caught;
}

bool interrupt_wait(int fd)
{
	struct pollfd poll = { .fd = fd, .events = POLLIN };
	sigset_t held, before;
	int n;

	/* Between the question whether one was caught and the wait, none is delivered. */
	sigemptyset(&held);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaddset(&held, numbers[i]);
	sigprocmask(SIG_BLOCK, &held, &before);
	do
		n = caught ? 0 : ppoll(&poll, 1, NULL, &before);
	while (n < 0 && errno == EINTR && !caught);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return n > 0;
}

void interrupt_die(void)
{
	signal((int)caught, SIG_DFL);
	raise((int)caught);
}
