/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proc-mount: procMount: Unmasked shows the container the parts of /proc that the runtime hides. It is written for
 * containers that start containers; it is reported, and taken away on request.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	problem->message = fix_format(fix, "%.*s sees all of /proc (procMount: %.*s)",
				      STR_ARG(violation_subject(fix, violation)), STR_ARG(violation->value));
	problem->reason =
		STR("remove it unless the program starts containers itself; if it does, hostUsers: false makes "
		    "it pass baseline, and restricted is out of reach");
	return true;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return fix_violations(fix, self, target, describe);
}

const struct fixer fixer_proc_mount = {
	.name = "proc-mount",
	.summary = "The container gets the usual, masked /proc",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline: /proc Mount Type",
	.checks = "procMount procMount_restricted",
	.why = "Parts of /proc belong to the kernel of the whole node; the runtime hides them or makes them read-only, "
	       "for writing there has been the way out of many a container. Unmasked takes that away.",
	.caveat = "A container builder fails when it mounts /proc for its own containers: \"mount proc: operation not "
		  "permitted\". So this is changed on request only: --also proc-mount.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n"
		   "    securityContext:\n"
		   "      procMount: Unmasked\n",
	.run = run,
};
