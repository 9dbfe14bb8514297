/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host-path: a volume that is a file or folder of the node. What stands in it cannot be had elsewhere, so there is
 * nothing to put in its place; it is reported with its path.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	struct str path = yaml_get_text(fix->tree, violation->at, "path");

	if (!str_is(violation->value, "hostPath"))
		return false;
	problem->message = fix_format(fix, "volume %.*s mounts %.*s from the node", STR_ARG(violation->name),
				      STR_ARG(path.n ? path : STR("a path")));
	problem->reason =
		STR("the program would lose what it finds there: use an emptyDir for scratch space, a "
		    "persistentVolumeClaim or a local volume for data, or keep the pod in a namespace of level "
		    "privileged");
	return true;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return target == TARGET_POD ? fix_violations(fix, self, target, describe) : FIX_FINE;
}

const struct fixer fixer_host_path = {
	.name = "host-path",
	.summary = "No volume is a path of the node",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline: HostPath Volumes; restricted: Volume Types",
	.checks = "hostPathVolumes restrictedVolumes",
	.why = "A path of the node is shared with the node and every pod that mounts it: the container runtime's "
	       "socket or the kubelet's folder hand over the node, and a log folder is enough to follow a link out of "
	       "it. Data there also stays behind when the pod moves.",
	.caveat =
		"Without its volume the program does not find its files or its socket (\"no such file or directory\"), "
		"so it is never taken away.",
	.run = run,
};
