/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Left: the findings of a document that no change was made for, where and why.
 */

#include "engine/run.h"

/* left_add() - appends a paragraph for each, by position; those of one object for one reason are joined. */
void left_add(struct buf *out, const struct source *source, const struct document *document, bool colour);
