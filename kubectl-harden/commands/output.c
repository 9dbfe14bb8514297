/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output
 *
 * A write that fails is remembered and said once, by whoever asks first: a diff that ends early because the disk is
 * full must not pass for a short diff.
 */
#include "commands/output.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "report/text.h"

enum { FLUSH_BYTES = 1 << 16 };

static bool wants_colour(bool terminal, enum colour_when when)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != COLOUR_AUTO)
		return when == COLOUR_ALWAYS;
	return terminal && !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
}

struct output output_init(int fd, enum colour_when when)
{
	bool terminal = isatty(fd);

	return (struct output){ .fd = fd, .terminal = terminal, .colour = wants_colour(terminal, when) };
}

void output_free(struct output *output)
{
	buf_free(&output->text);
}

void output_flush(struct output *output)
{
	for (size_t at = 0; at < output->text.n && !output->number;) {
		ssize_t n = write(output->fd, output->text.p + at, output->text.n - at);

		if (n >= 0)
			at += (size_t)n;
		else if (errno != EINTR)
			output->number = errno;
	}
	output->text.n = 0;
}

void output_relax(struct output *output)
{
	if (output->text.n >= FLUSH_BYTES)
		output_flush(output);
}

void output_relax_data(void *output)
{
	output_relax(output);
}

bool output_finish(struct output *output, struct error **err)
{
	output_flush(output);
	if (!output->number || output->said)
		return true;
	output->said = true;
	if (output->number == EPIPE) {
		/* SIGPIPE was ignored by whoever started us. */
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	return error_set_errno(err, output->number, "write", "standard output");
}

void output_error(struct output *output, const struct error *error)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	look_word(&line, output->colour, LOOK_ERROR, "error:");
	buf_addc(&line, ' ');
	if (error->path) {
		size_t start = line.n;

		text_escape(&line, str_of(error->path));
		if (error->at.line)
			buf_addf(&line, ":%u:%u", error->at.line, error->at.column);
		text_word(&line, start);
		buf_addz(&line, ": ");
	}
	text_escape(&line, str_of(error->message));
	text_wrap(&output->text, buf_str(&line), 2, TEXT_COLUMNS);
	output_flush(output);
}

void output_warning(struct output *output, struct str text)
{
	look_word(&output->text, output->colour, LOOK_WARNING, "Warning:");
	buf_addc(&output->text, ' ');
	text_escape(&output->text, text);
	buf_addc(&output->text, '\n');
	output_relax(output);
}
