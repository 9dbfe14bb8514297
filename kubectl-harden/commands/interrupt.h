/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Interrupt: Ctrl-C and its like raise a flag, so that a run ends between two files.
 */

#include <signal.h>
#include <stdbool.h>

/* interrupt_catch() - from now on; returns the flag, which is 0 or the signal's number. */
const volatile sig_atomic_t *interrupt_catch(void);

/*
 * interrupt_wait() - waits until something can be read from @fd, its end included, or a signal was caught, also one
 * just before; false then.
 */
bool interrupt_wait(int fd);

/* interrupt_die() - ends the process by the signal that was caught, so that the shell sees what happened. */
void interrupt_die(void);
