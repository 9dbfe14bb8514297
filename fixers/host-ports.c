/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host-ports: a hostPort opens a port of the node. Who connects to it is outside of every manifest, so it is reported,
 * and taken away on request. A Pod on the node's network has every port of its containers there, written or not.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	struct str subject = violation_subject(fix, violation);

	if (str_is(yaml_text(fix->tree, yaml_key(fix->tree, violation->at)), "hostPort")) {
		problem->message = fix_format(fix, "%.*s takes port %.*s of the node (hostPort)", STR_ARG(subject),
					      STR_ARG(violation->value));
		problem->reason =
			STR("who connects to the node's address would lose it: a Service, or a Gateway or "
			    "Ingress before it, reaches the pod without; remove hostPort once nobody uses it");
		return true;
	}
	problem->message = fix_format(fix, "port %.*s of %.*s is a port of the node, for the pod uses its network",
				      STR_ARG(violation->value), STR_ARG(subject));
	problem->safety = SAFETY_FINDING;
	problem->reason = STR("it goes with hostNetwork");
	return true;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return fix_violations(fix, self, target, describe);
}

const struct fixer fixer_host_ports = {
	.name = "host-ports",
	.summary = "No container takes a port of the node",
	.profile = PROFILE_BASELINE,
	.before_ports = true,
	.standard = "Pod Security Standards, baseline: Host Ports",
	.checks = "hostPorts",
	.why = "A port of the node is reachable by whoever reaches the node, past Services and most NetworkPolicies, "
	       "and the program can pose as a service of the node. Only one pod per node can have it, so the scheduler "
	       "leaves others waiting.",
	.caveat =
		"Without it, clients of the node's address get \"connection refused\". So this is changed on request only: "
		"--also host-ports.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n"
		   "    ports:\n"
		   "    - containerPort: 8080\n"
		   "      hostPort: 8080\n",
	.run = run,
};
