/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe-host: a probe or hook that names a host is sent there by the kubelet, from the node. Without the name it goes
 * to the pod. The node's own loopback is hardly ever meant by a pod with a network of its own, so that is mended, with
 * a caveat: the program may listen on its own loopback only. Any other host is on purpose, and mended on request.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

/* "readinessProbe", "postStart": the first name of the path, for hooks the second. */
static struct str handler_of(const struct pod_security_violation *violation)
{
	struct str rest = str_of(violation->field->path), part;

	str_cut(&rest, '.', &part);
	if (str_is(part, "lifecycle"))
		str_cut(&rest, '.', &part);
	return part;
}

static bool is_loopback(struct str host)
{
	return str_is(host, "localhost") || str_starts(host, STR("127.")) || str_is(host, "::1");
}

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	problem->message = fix_format(fix, "%.*s of %.*s goes to host %.*s", STR_ARG(handler_of(violation)),
				      STR_ARG(violation_subject(fix, violation)), STR_ARG(violation->value));
	if (is_loopback(violation->value) && !fix->pod->host_network) {
		problem->safety = SAFETY_CAVEAT;
		problem->caveat = CAVEAT_TEXT;
		problem->detail = STR("probes and hooks asked the node's loopback, not the pod. Now they ask the pod's "
				      "address: a program that listens on its loopback only is not ready.");
	} else if (is_loopback(violation->value)) {
		problem->reason = STR("the pod is on the node's network: remove host once the program listens on the "
				      "node's address too, or ask by exec");
	} else {
		problem->reason = STR("remove host to ask the pod itself; to send a Host header, name it in "
				      "httpHeaders; to ask another server, use exec");
	}
	return true;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return fix_violations(fix, self, target, describe);
}

const struct fixer fixer_probe_host = {
	.name = "probe-host",
	.summary = "Probes and hooks ask the pod, no other host",
	.profile = PROFILE_BASELINE,
	.before_ports = true,
	.standard = "Pod Security Standards, baseline: Host Probes / Lifecycle Hooks (v1.34+)",
	.checks = "hostProbesAndHostLifecycle",
	.why = "The kubelet sends probes from the node, so a host in them makes it call whatever the author wants, "
	       "past all network policies: services of the node, the cloud's metadata, the neighbours. A probe of the "
	       "pod needs no host.",
	.caveat =
		"If the program listens on its loopback only, the probe then fails with \"connection refused\" and the "
		"pod is not ready. A host that is not the loopback is changed on request only: --also probe-host.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n"
		   "    readinessProbe:\n"
		   "      httpGet:\n"
		   "        host: 127.0.0.1\n"
		   "        port: 8080\n",
	.run = run,
};
