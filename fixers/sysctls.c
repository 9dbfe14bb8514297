/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sysctls: kernel parameters beyond those that are each pod's own. The program was tuned with them, and a pod that
 * sets one the kubelet does not allow is not started at all, so whether it is needed is for a person; it is reported,
 * and taken away on request.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	problem->message = violation->missing ? STR("a sysctl without a name")
					      : fix_format(fix, "the pod sets the sysctl %.*s, which is not a safe one",
							   STR_ARG(violation->value));
	problem->reason =
		STR("remove it if the program runs without; otherwise set it on the nodes, or keep the pod in a "
		    "namespace of level privileged");
	return true;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return target == TARGET_POD ? fix_violations(fix, self, target, describe) : FIX_FINE;
}

const struct fixer fixer_sysctls = {
	.name = "sysctls",
	.summary = "The pod sets only safe kernel parameters",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline: Sysctls",
	.checks = "sysctls",
	.why = "Most kernel parameters hold for the node or can exhaust it, so one pod's tuning is every pod's "
	       "problem. The safe ones are kept apart for each pod; where a kubelet is not told to allow another, the "
	       "pod fails with SysctlForbidden.",
	.caveat =
		"The program runs with the kernel's own value: shorter queues, fewer connections. So this is changed on "
		"request only: --also sysctls.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  securityContext:\n"
		   "    sysctls:\n"
		   "    - name: net.core.somaxconn\n"
		   "      value: \"4096\"\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n",
	.run = run,
};
