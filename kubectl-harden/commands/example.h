/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Example: what a fixer, and those it needs, make of its own example; and what all make of an image. */

#include "commands/command.h"

/*
 * example_diff() - appends the whole example with its changed lines marked, each line behind @indent blanks; nothing
 * for a fixer without one. Computed each time, so it shows what this program does and not what somebody wrote down.
 */
void example_diff(struct buf *out, const struct fixer *fixer, size_t indent, bool colour);

/*
 * example_image() - the same of a Deployment with one container of @image, for @options; what a person should read
 * beside the diff is appended to @sentences, as a list.
 */
void example_image(struct buf *out, struct buf *sentences, struct str image, const struct run_options *options,
		   size_t indent, bool colour);
