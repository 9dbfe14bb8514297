/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host-process: a Windows container that is a process of the node. It administers its node, or it would not be written
 * so; it is reported, and taken away on request, from the pod and all its containers, for they must agree.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	problem->message = fix_format(fix, "%.*s runs as a process of the Windows node (hostProcess: %.*s)",
				      STR_ARG(violation_subject(fix, violation)), STR_ARG(violation->value));
	problem->reason = STR("it administers its node, or it would not be written so; keep it in a namespace of level "
			      "privileged, or remove hostProcess and hostNetwork together from the whole pod");
	return true;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return fix_violations(fix, self, target, describe);
}

const struct fixer fixer_host_process = {
	.name = "host-process",
	.summary = "No Windows container is a process of the node",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline: HostProcess",
	.checks = "windowsHostProcess",
	.why = "A HostProcess container is not contained: it runs on the Windows node itself, with the rights of the "
	       "user it names, up to SYSTEM. Whoever may create one is an administrator of the node.",
	.caveat =
		"In a real container the program sees neither the node's services nor its registry and disks. So this is "
		"changed on request only: --also host-process,host-namespaces.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: agent\n"
		   "spec:\n"
		   "  os: {name: windows}\n"
		   "  securityContext:\n"
		   "    windowsOptions:\n"
		   "      hostProcess: true\n"
		   "      runAsUserName: NT AUTHORITY\\SYSTEM\n"
		   "  containers:\n"
		   "  - name: agent\n"
		   "    image: registry.example/agent:1.0\n",
	.run = run,
};
