/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host-namespaces: hostNetwork, hostPID and hostIPC take a wall between the pod and the node away. Node agents are
 * written to need that; whether this one does, its manifest does not say. So it is reported, and taken away on request.
 *
 * First of all fixers, for on a network of its own the pod's ports are its own, and are looked at as such.
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

/* The API refuses a HostProcess container without the node's network (validation.go). */
static bool is_host_process(struct fix_context *fix)
{
	bool left = !fix_need(fix, &fixer_host_process, TARGET_POD);

	for (size_t i = 0; i < fix->pod->containers_n; i++)
		left |= !fix_need(fix, &fixer_host_process, (int)i);
	return left;
}

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (!str_is(violation_key(violation), settings[i].key))
			continue;
		problem->message = str_of(settings[i].message);
		problem->reason = str_of(settings[i].reason);
		if (i == 0 && fix_allowed(fix, &fixer_host_namespaces, problem->safety) && is_host_process(fix)) {
			problem->safety = SAFETY_FINDING;
			problem->reason = STR("the API refuses a HostProcess container without it (see host-process)");
		}
		return true;
	}
	return false;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	enum fix_status status = FIX_FINE;

	if (target == TARGET_POD)
		status = fix_violations(fix, self, target, describe);
	kube_pod_read_network(fix->pod);
	return status;
}

const struct fixer fixer_host_namespaces = {
	.name = "host-namespaces",
	.summary = "The pod shares no namespace with the node",
	.profile = PROFILE_BASELINE,
	.before_ports = true,
	.standard = "Pod Security Standards, baseline: Host Namespaces",
	.checks = "hostNamespaces",
	.why = "On the node's network a pod reaches what listens on the node's loopback and no NetworkPolicy holds for "
	       "it; with the node's process IDs it can read other programs' environment and kill them. A break-in then "
	       "ends at the node, not at the container.",
	.caveat =
		"Without hostNetwork, who connects to the node's address gets \"connection refused\"; without hostPID "
		"a monitoring agent sees only itself. So this is changed on request only: --also host-namespaces.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  hostNetwork: true\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n",
	.run = run,
};
