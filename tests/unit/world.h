/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the unit tests of files share: a folder of its own for a test, or a group of them, that is the current one.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"

struct world {
	char folder[64];
	int back;
};

/* enter(), leave() - fixtures; *state is the struct world. */
static inline int enter(void **state)
{
	struct world *world = xmalloc(sizeof(*world));

	strcpy(world->folder, "/tmp/kubectl-harden-unit-XXXXXX");
	world->back = open(".", O_PATH | O_DIRECTORY);
	*state = world;
	return world->back < 0 || !mkdtemp(world->folder) || chdir(world->folder);
}

static inline int leave(void **state)
{
	struct world *world = *state;
	char command[160];
	int failed = fchdir(world->back);

	close(world->back);
	snprintf(command, sizeof(command), "chmod -R u+rwx %s; rm -rf %s", world->folder, world->folder);
	failed |= system(command);
	free(world);
	return failed;
}

/* put() - the file with that text. */
static inline void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}
