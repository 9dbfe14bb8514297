/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers
 */
#include "commands/answer.h"

#include <errno.h>
#include <unistd.h>

#include "commands/interrupt.h"

enum { LINE_MOST = 64 };

bool answer_read(struct buf *line)
{
	char byte = 0;

	line->n = 0;
	while (byte != '\n') {
		ssize_t n = interrupt_wait(STDIN_FILENO) ? read(STDIN_FILENO, &byte, 1) : 0;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		if (byte != '\n' && line->n < LINE_MOST)
			buf_addc(line, byte);
	}
	return true;
}
