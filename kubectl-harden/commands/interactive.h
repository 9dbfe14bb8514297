/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Interactive: `fix --interactive`, which asks about each change.
 */

#include "commands/work.h"

/* interactive_check() - false with *err where nobody can be asked, or where the answers would have no effect. */
bool interactive_check(const struct session *session, struct error **err);

/*
 * interactive_ask() - asks, and leaves the results of what was accepted. Returns false with *ret_code where nothing is
 * to be written, because the answers ended or a signal came; that was said.
 */
bool interactive_ask(struct work *work, int *ret_code);
