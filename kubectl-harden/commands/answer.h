/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Answers: lines that a person types.
 */

#include "base/str.h"

/*
 * answer_read() - a line of standard input, without its line feed; what is too long for any answer is cut. False at the
 * end of input, a line that is not finished included, and when a signal is caught.
 */
bool answer_read(struct buf *line);
