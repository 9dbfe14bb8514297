/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Diff: the unified diff of a file and its splices, as Git writes it, for `git apply` and `patch -p1`.
 */

#include "yaml/render.h"

struct diff_options {
	bool colour;
	bool visible; /* for a terminal: what it might obey is shown as an escape, so the bytes are not exact */
	bool bare;    /* for an example: the whole file, without headers */
	void (*relax)(void *data); /* called where the caller may hand on and forget what is there; may be NULL */
	void *data;
};

/*
 * diff_add() - appends the diff of @original and what @splices make of it, nothing if that is the same. @path is the
 * file's name below the folder in which the diff will be applied; a leading / and . components are left out.
 */
void diff_add(struct buf *out, struct str path, struct str original, const struct splices *splices,
	      const struct diff_options *options);
