/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apparmor-profile: a profile that switches AppArmor off, by field or by the annotation of old. Somebody wrote that
 * for a program that the runtime's profile stopped; whether it still does, only running it tells. So it is reported.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	if (violation->name.n)
		problem->message = fix_format(fix, "annotation %.*s is \"%.*s\", which switches AppArmor off",
					      STR_ARG(violation->name), STR_ARG(violation->value));
	else if (violation->missing)
		problem->message = fix_format(fix, "%.*s has an AppArmor profile without a type",
					      STR_ARG(violation_subject(fix, violation)));
	else
		problem->message = fix_format(fix, "%.*s sets the AppArmor profile %.*s",
					      STR_ARG(violation_subject(fix, violation)), STR_ARG(violation->value));
	problem->reason =
		STR("try RuntimeDefault (in an annotation runtime/default); if that stops the program, load a "
		    "profile on the nodes and name it with Localhost");
	return true;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return fix_violations(fix, self, target, describe);
}

const struct fixer fixer_apparmor_profile = {
	.name = "apparmor-profile",
	.summary = "AppArmor is not switched off",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline: AppArmor",
	.checks = "appArmorProfile",
	.why = "The container runtime's profile keeps even root in a container from mounting file systems and from "
	       "writing to dangerous parts of /proc and /sys. On nodes with AppArmor every container has it unless a "
	       "manifest takes it away.",
	.caveat = "A program that mounts or traces fails with \"Permission denied\", and the node's kernel log says "
		  "apparmor=\"DENIED\".",
	.run = run,
};
