/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors
 *
 * An error is made where the cause is known and printed where the user is, and nothing in between adds to it or
 * takes from it. The first error of a call chain wins: setting an already set error keeps the first one.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdlib.h>

static bool set(struct error **err, const char *path, const struct position *at, const char *format, va_list args)
	__attribute__((__format__(printf, 4, 0)));

static bool set(struct error **err, const char *path, const struct position *at, const char *format, va_list args)
{
	struct buf message = BUF_INIT;
	struct error *error;

	if (!err || *err)
		return false;
	buf_vaddf(&message, format, args);
	buf_addc(&message, '\0');
	error = xmalloc(sizeof(*error));
	*error = (struct error){ .message = message.p };
	if (at)
		error->at = *at;
	if (path)
		error->path = str_dup(str_of(path));
	*err = error;
	return false;
}

bool error_set(struct error **err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(err, NULL, NULL, format, args);
	va_end(args);
	return false;
}

bool error_set_at(struct error **err, const char *path, const struct position *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(err, path, at, format, args);
	va_end(args);
	return false;
}

bool error_set_errno(struct error **err, int number, const char *verb, const char *path)
{
	const char *words = strerrordesc_np(number);
	char first;

	if (!words)
		words = "unknown error";
	first = words[0] >= 'A' && words[0] <= 'Z' ? (char)(words[0] + ('a' - 'A')) : words[0];
	return error_set(err, "%s %s: %c%s", verb, path, first, words + 1);
}

void error_free(struct error *error)
{
	if (!error)
		return;
	free(error->path);
	free(error->message);
	free(error);
}

void error_freep(struct error **error)
{
	error_free(*error);
	*error = NULL;
}

struct position position_at(struct str text, uint64_t offset, const struct position *from)
{
	struct position at = { .offset = 0, .line = 1, .column = 1 };

	if (from && from->line && from->offset <= offset)
		at = *from;
	if (offset > text.n)
		offset = text.n;
	for (; at.offset < offset; at.offset++) {
		unsigned char c = (unsigned char)text.p[at.offset];

		if (c == '\n' || (c == '\r' && (at.offset + 1 >= text.n || text.p[at.offset + 1] != '\n'))) {
			at.line++;
			at.column = 1;
		} else if ((c & 0xc0) != 0x80 && !(at.offset == 0 && c == 0xef)) {
			/* UTF-8 continuation bytes are no columns, nor is a byte order mark. */
			at.column++;
		}
	}
	return at;
}
