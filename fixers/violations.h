/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Violations: for rules that only report what a Pod Security check forbids, and say what a person can do about it.
 */

#include "fixers/fix.h"
#include "kube/pod_security.h"

/*
 * Says what is wrong (problem->message) and what to do (problem->reason); where to look and which check it is are
 * filled in. Returns false where this violation is another rule's.
 */
typedef bool violation_describe(struct fix_context *fix, const struct pod_security_violation *violation,
				struct problem *problem);

/*
 * fix_report_violations() - reports as left what the checks of @self find at @target, at the level that the user's
 * profile asks for. What they find in volumes and annotations belongs to TARGET_POD.
 */
enum fix_status fix_report_violations(struct fix_context *fix, const struct fixer *self, int target,
				      violation_describe *describe);

/* violation_subject() - "the pod", "container web". */
struct str violation_subject(struct fix_context *fix, const struct pod_security_violation *violation);

/* violation_key() - the last name of the violated field's path: "hostPID", "type". */
struct str violation_key(const struct pod_security_violation *violation);
