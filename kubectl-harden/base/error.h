/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Errors: values that say where, what and what to do.
 *
 * A function that can fail takes `struct error **err` last, returns false, and leaves *err untouched on success.
 * Library code never prints; the command that called it does.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* A place in a source. Line and column are 1-based, the column counts code points; line 0 means "the whole file". */
struct position {
	uint64_t offset;
	uint32_t line;
	uint32_t column;
};

struct error {
	char *path; /* NULL where no file is meant */
	struct position at;
	char *message; /* what is wrong and what to do; may hold bytes from the input: print through report/text */
};

/*
 * error_set() - fills @err (NULL is fine) with a message; returns false, so that `return error_set(…)` reads well.
 * error_set_at() - the same with a place; @path may be NULL, @at may be NULL.
 * error_set_errno() - "open web.yaml: no such file or directory", from @number in words of ours.
 */
bool error_set(struct error **err, const char *format, ...) __attribute__((__format__(printf, 2, 3)));
bool error_set_at(struct error **err, const char *path, const struct position *at, const char *format, ...)
	__attribute__((__format__(printf, 4, 5)));
bool error_set_errno(struct error **err, int number, const char *verb, const char *path);

/* error_free() - releases an error; NULL is fine. error_freep() - the same, for CLEANUP(). */
void error_free(struct error *error);
void error_freep(struct error **error);

/* position_at() - the place of @offset in @text, counted onwards from @from (or from the start where it lies behind). */
struct position position_at(struct str text, uint64_t offset, const struct position *from);
