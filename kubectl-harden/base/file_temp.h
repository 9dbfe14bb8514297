/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Temporary files: names and writing, for the file transaction only.
 */

#include <stdbool.h>

#include "base/file.h"
#include "base/str.h"

/*
 * file_temp_make() - makes a new name beside @name in @folder: an empty file, returned open for writing, or where
 * @link a second name of @name itself (the result is then 0). -1 and errno on failure. The caller owns *ret_temp.
 */
int file_temp_make(int folder, const char *name, bool link, char **ret_temp);

/* file_write_all() - writes all @bytes; false and errno on failure. */
bool file_write_all(int fd, struct str bytes);

/* file_write_pieces() - as file_write_all(), all that @pieces have. */
bool file_write_pieces(int fd, struct file_pieces pieces);

/* file_sync() - fsync; false and errno on failure. A file system that cannot sync, and says so, is no failure. */
bool file_sync(int fd);
