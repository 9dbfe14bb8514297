/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Skipped: what annotations (fixers/skip.h) have kept the fixers from, for those who read the report.
 */

#include "engine/pass.h"

/*
 * skipped_record() - adds to the document what the annotations of the object at pass->object hide, and the entries that
 * mean nothing. @fix: at the end of its work; @index: of the object's row in pass->objects.
 */
void skipped_record(struct pass *pass, struct fix_context *fix, size_t index);
