/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Warnings: what a server says in Warning headers (RFC 7234, 5.5), as API servers use them: 299 and a quoted text.
 */

#include "base/str.h"

/*
 * warning_next() - takes the first warning off the header value @rest; *ret_text is unquoted, in @arena, and empty for
 * one that is of no interest (not 299). False at the end, and at what is no warning.
 */
bool warning_next(struct str *rest, struct arena *arena, struct str *ret_text);
