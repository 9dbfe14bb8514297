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
