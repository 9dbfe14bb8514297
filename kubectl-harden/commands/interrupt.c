/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupt
 *
 * The one variable of the program: a signal handler has no other way to say anything.
 */
#include "commands/interrupt.h"

#include <stddef.h>

static volatile sig_atomic_t caught;

static void catch (int number)
{
	caught = number;
}

const volatile sig_atomic_t *interrupt_catch(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = catch }, old;

	/* Without SA_RESTART, so that a read from a terminal or a pipe ends. What nohup ignores stays ignored. */
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	return &caught;
}

void interrupt_die(void)
{
	signal((int)caught, SIG_DFL);
	raise((int)caught);
}
