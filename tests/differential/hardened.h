/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Hardened: what the engine means by its edits. A program that is linked with --wrap=harden_document takes the tree of
 * each document when its edits are made, before anybody reads the result.
 */

#include <stdbool.h>
#include <stdio.h>

/*
 * hardened_emit_to() - writes a frame for each document that is hardened from now on (NULL: no more): "fix", where the
 * changes must be those of the default settings, else "edit".
 */
void hardened_emit_to(FILE *file, bool is_default);
