/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Pause: waiting, unless Ctrl-C comes.
 */

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* live_stopped() - whether the flag (NULL: there is none) is up. */
static inline bool live_stopped(const volatile sig_atomic_t *stop)
{
	return stop && *stop;
}

/* live_pause() - waits @ms, or until @stop is up. */
void live_pause(uint64_t ms, const volatile sig_atomic_t *stop);

/* live_now() - milliseconds of a clock that nobody sets. */
uint64_t live_now(void);
