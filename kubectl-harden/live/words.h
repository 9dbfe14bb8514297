/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Words: objects as kubectl names them, and commands that a person can copy into a shell.
 */

#include "live/resources.h"

/* live_object_title() - "deployment.apps/web", in @arena. */
struct str live_object_title(const struct live_resource *resource, struct str name, struct arena *arena);

/* live_shell_word() - appends @word as one word of a shell, quoted only where it has to be. */
void live_shell_word(struct buf *out, struct str word);

/* live_shell_object() - appends "deployment.apps/web -n shop", and " " and @flags where there are any. */
void live_shell_object(struct buf *out, const struct live_resource *resource, struct str namespace, struct str name,
		       struct str flags, struct arena *arena);
