/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Output: standard output and standard error, buffered, with the question of colour and of what went wrong.
 */

#include "base/error.h"
#include "commands/settings.h"

struct output {
	int fd;
	struct buf text; /* append here, then output_relax() */
	bool terminal;
	bool colour;
	int number; /* errno of the first failed write; 0 */
	bool said;  /* output_finish() has returned it */
};

/* output_init() - for @fd; colour as @when says. */
struct output output_init(int fd, enum colour_when when);
void output_free(struct output *output);

/* output_relax() - writes the text if it has become long. output_flush() - writes it now. */
void output_relax(struct output *output);
/* output_relax_data() - output_relax(), for those who call it while they append. */
void output_relax_data(void *output);
void output_flush(struct output *output);

/*
 * output_finish() - flushes; false with *err if anything could not be written: once, so that it is said once. Where
 * the reader is gone (a closed pipe), the process ends as SIGPIPE ends it.
 */
bool output_finish(struct output *output, struct error **err);

/* output_error() - appends "error: …" as a paragraph and flushes. */
void output_error(struct output *output, const struct error *error);

/* output_warning() - appends "Warning: …" of the server on one line, as kubectl prints it. */
void output_warning(struct output *output, struct str text);
