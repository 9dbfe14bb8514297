/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Example: what a fixer, and those it needs, make of its own example. */

#include "commands/command.h"

/*
 * example_diff() - appends the whole example with its changed lines marked, each line behind @indent blanks; nothing
 * for a fixer without one. Computed each time, so it shows what this program does and not what somebody wrote down.
 */
void example_diff(struct buf *out, const struct fixer *fixer, size_t indent, bool colour);
