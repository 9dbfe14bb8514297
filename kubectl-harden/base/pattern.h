/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Patterns of paths, as .gitignore has them: `*` and `?` stay in a name, `**` crosses slashes, [a-z] and \ as usual. One
 * without a slash (but for a last one) means a name in any folder, any other the path from where it is written. What is
 * below a match matches, too. There is no `!`.
 */

#include "base/str.h"

enum { PATTERN_BYTES_MAX = 256 };

/* pattern_fault() - why @text is no pattern, in words for the user; NULL where it is one. */
const char *pattern_fault(struct str text);

/*
 * pattern_matches() - whether @pattern, which has no fault, matches @path, or a folder that it is in. @path is relative,
 * its names separated by one slash; a folder's ends with one. Takes time in the square of the path at most.
 */
bool pattern_matches(struct str pattern, struct str path);
