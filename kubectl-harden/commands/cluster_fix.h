/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * fix for objects of a cluster: the diff, what the server says to it, a question, and then the changes.
 */

#include "commands/command.h"

/* cluster_fix() - the whole command. Returns the exit code. */
int cluster_fix(struct session *session);
