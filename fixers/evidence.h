/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Evidence of need: signs in the manifest that a container works only as root.
 */

#include "fixers/fix.h"

/*
 * fix_needs_root() - whether the container at @target is left as root: then non-root, UID, drop ALL and privilege
 * escalation are reported as a group, for one without the others would stop it. *ret_reason says what the sign is
 * and how to override it. False where there is no sign, or where the user asked for the change (--unsafe, --also).
 */
bool fix_needs_root(struct fix_context *fix, int target, struct str *ret_reason);

/* fix_capability_name() - without the CAP_ that may stand before it, in any case. */
struct str fix_capability_name(struct str text);

/* fix_text_runs() - the first of @n @tools that @text runs: a whole word, at its start or behind a blank, ; & | ( ` or /. */
const char *fix_text_runs(struct str text, const char *const *tools, size_t n);

/*
 * fix_command_has() - what @has finds in the command, the arguments or the script of the container at @target; NULL for
 * nothing.
 */
typedef const char *fix_text_has(struct str text);
const char *fix_command_has(struct fix_context *fix, int target, fix_text_has *has);
