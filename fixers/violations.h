/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Violations: for rules that answer for what a Pod Security check forbids as the check's table says: by mending it where
 * it stands, where that was asked for, or by saying what a person can do about it.
 */

#include "fixers/fix.h"
#include "kube/pod_security.h"

/*
 * Says what is wrong (problem->message) and what to do (problem->reason); where to look, which check it is and how safe
 * the table's mending of it is are filled in, and may be changed. Returns false where this violation is another
 * rule's.
 */
typedef bool violation_describe(struct fix_context *fix, const struct pod_security_violation *violation,
				struct problem *problem);

/*
 * fix_violations() - mends, or reports as left, what the checks of @self find at @target, at the level and version that
 * the user asks for. What they find in volumes and annotations belongs to TARGET_POD.
 */
enum fix_status fix_violations(struct fix_context *fix, const struct fixer *self, int target,
			       violation_describe *describe);

/* violation_subject() - "the pod", "container web". */
struct str violation_subject(struct fix_context *fix, const struct pod_security_violation *violation);

/* violation_key() - the last name of the violated field's path: "hostPID", "type"; NUL-terminated. */
struct str violation_key(const struct pod_security_violation *violation);
