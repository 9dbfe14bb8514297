/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Child: another program is run, never through a shell, and what it prints is read.
 */

#include <signal.h>

#include "base/error.h"

/* What a program printed and how it ended. Released with child_free(). */
struct child {
	struct buf out;
	struct buf err; /* the first CHILD_ERR_MAX bytes */
	int status;	/* as waitpid() has it */
	bool missing;	/* there is no such program */
};

enum { CHILD_ERR_MAX = 16 * 1024 };

/*
 * child_run() - runs the program @argv[0], found on PATH, with nothing to read, and waits for its end. It is ended,
 * and *err set, where it prints more than @most bytes or where @stop (a flag that a signal handler raises) is set.
 * Success means that it ran: whether that went well is what ret->status tells. child_free() in either case.
 */
bool child_run(const char *const *argv, size_t most, const volatile sig_atomic_t *stop, struct child *ret,
	       struct error **err);

/* What a program gets that may ask a person for something. */
struct child_options {
	const char *const *env; /* "NAME=value", up to a NULL; NULL: what we were given */
	bool reads;		/* its standard input is ours */
	bool tells;		/* its standard error is ours: child.err stays empty */
};

/* child_run_with() - the same with @options. */
bool child_run_with(const char *const *argv, const struct child_options *options, size_t most,
		    const volatile sig_atomic_t *stop, struct child *ret, struct error **err);
void child_free(struct child *child);
