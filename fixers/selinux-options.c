/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selinux-options: an SELinux type other than those made for containers, or a user or role, which replace the
 * runtime's own confinement. The right type depends on the policy of the nodes, so it is reported, and taken away on
 * request: the runtime then chooses container_t.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	problem->message = fix_format(fix, "%.*s sets the SELinux %.*s %.*s",
				      STR_ARG(violation_subject(fix, violation)), STR_ARG(violation_key(violation)),
				      STR_ARG(violation->value));
	if (str_is(violation_key(violation), "type"))
		problem->reason = STR("remove it to get container_t, or use container_init_t, container_kvm_t or "
				      "container_engine_t; what the program reaches with another type depends on the "
				      "policy of the nodes");
	else
		problem->reason = STR("remove it; if the program needs it, it belongs in a namespace of level "
				      "privileged");
	return true;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return fix_violations(fix, self, target, describe);
}

const struct fixer fixer_selinux_options = {
	.name = "selinux-options",
	.summary = "SELinux confines the container as a container",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline: SELinux",
	.checks = "seLinuxOptions",
	.why = "On nodes with SELinux the type decides what a process may touch, whatever its user: container_t keeps "
	       "it to its own files, spc_t does not confine it. User and role can undo that.",
	.caveat = "A program that worked with files of the node gets \"Permission denied\", and the node's audit log "
		  "says avc: denied. So this is changed on request only: --also selinux-options.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n"
		   "    securityContext:\n"
		   "      seLinuxOptions:\n"
		   "        type: spc_t\n"
		   "        level: s0:c1,c2\n",
	.run = run,
};
