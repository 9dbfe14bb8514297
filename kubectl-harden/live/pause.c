/* SPDX-License-Identifier: Apache-2.0 */
#include "live/pause.h"

#include <time.h>

uint64_t live_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void live_pause(uint64_t ms, const volatile sig_atomic_t *stop)
{
	/* A signal between the question and the sleep is noticed after the piece. */
	enum { PIECE = 50 };
	uint64_t end = live_now() + ms;

	for (uint64_t now = live_now(); now < end && !live_stopped(stop); now = live_now()) {
		uint64_t piece = end - now < PIECE ? end - now : PIECE;
		struct timespec time = { .tv_nsec = (long)piece * 1000000 };

		nanosleep(&time, NULL);
	}
}
