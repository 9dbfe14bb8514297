/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What to say of a path that cannot be found.
 */

#include "base/error.h"

/*
 * walk_missing() - the error for @path, named by the user, which stat() refused with @number: what is missing, and
 * which file was probably meant. The caller owns it.
 */
struct error *walk_missing(const char *path, int number);

/* walk_has_extension() - @name ends as a folder's manifests do: .yaml, .yml, .json; the case counts. */
bool walk_has_extension(const char *name);
