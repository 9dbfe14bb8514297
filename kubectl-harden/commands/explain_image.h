/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Explain image: what is known of an image, from where, and what the fixers make of a container of it. */

#include "commands/command.h"

/* explain_image() - for the reference @text and what the session's settings say of images; returns the exit code. */
int explain_image(struct session *session, const char *text);
