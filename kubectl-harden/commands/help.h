/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Help: made from the tables of commands and options. */

#include "commands/command.h"

/* help_program() - what `kubectl harden --help` prints. help_command() - likewise for one command. */
void help_program(struct buf *out);
void help_command(struct buf *out, const struct command *command);
