/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host-namespaces: hostNetwork, hostPID and hostIPC take a wall between the pod and the node away. Node agents are
 * written to need that; whether this one does, its manifest does not say. So it is reported.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

static const struct {
	const char *key, *message, *reason;
} settings[] = {
	{ "hostNetwork", "the pod uses the node's network (hostNetwork: true)",
	  "without it the pod has an address of its own, and who connects to the node no longer reaches it: remove it "
	  "if clients use a Service, or keep the pod in a namespace of level privileged" },
	{ "hostPID", "the pod sees the node's processes (hostPID: true)",
	  "remove it unless the program watches or signals processes of the node; if it does, it belongs in a "
	  "namespace of level privileged" },
	{ "hostIPC", "the pod shares memory and semaphores with the node (hostIPC: true)",
	  "remove it unless the program exchanges shared memory with the node; if it does, it belongs in a namespace "
	  "of level privileged" },
};

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	(void)fix;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (!str_is(violation_key(violation), settings[i].key))
			continue;
		problem->message = str_of(settings[i].message);
		problem->reason = str_of(settings[i].reason);
		return true;
	}
	return false;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return target == TARGET_POD ? fix_violations(fix, self, target, describe) : FIX_FINE;
}

const struct fixer fixer_host_namespaces = {
	.name = "host-namespaces",
	.summary = "The pod shares no namespace with the node",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline: Host Namespaces",
	.checks = "hostNamespaces",
	.why = "On the node's network a pod reaches what listens on the node's loopback and no NetworkPolicy holds for "
	       "it; with the node's process IDs it can read other programs' environment and kill them. A break-in then "
	       "ends at the node, not at the container.",
	.caveat =
		"Without hostNetwork, who connects to the node's address gets \"connection refused\"; without hostPID "
		"a monitoring agent sees only itself. Only a person knows who does.",
	.run = run,
};
