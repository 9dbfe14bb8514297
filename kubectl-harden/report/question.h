/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Question: what a person is told of a change before the question whether to make it, but for its diff.
 */

#include "base/str.h"
#include "engine/review.h"

/*
 * question_add() - appends whose change it is, what is wrong, and what the change asks of the program:
 *	(2/7) Deployment/web: capabilities
 *	  container web keeps the default capabilities
 */
void question_add(struct buf *out, const struct review *review, bool colour);

/* question_number() - appends "(2/7)": which of all changes a unit is. */
void question_number(struct buf *out, const struct review *review, size_t unit);

/* question_lost() - appends a line for each unit from @from up to the question that could not be asked for. */
void question_lost(struct buf *out, const struct review *review, size_t from, bool colour);
