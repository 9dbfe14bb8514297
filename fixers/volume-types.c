/* SPDX-License-Identifier: Apache-2.0 */
/*
 * volume-types: volumes that name a server or a disk in the pod itself. "restricted" wants an administrator between
 * the two, in the form of a PersistentVolume; making one is a decision about storage, so it is reported.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	if (str_is(violation->value, "hostPath"))
		return false; /* host-path's */
	problem->message = fix_format(fix, "volume %.*s is of type %.*s, which restricted forbids",
				      STR_ARG(violation->name), STR_ARG(violation->value));
	if (str_is(violation->value, "gitRepo"))
		problem->reason = STR("clone into an emptyDir with an init container instead; Kubernetes has switched "
				      "gitRepo off");
	else
		problem->reason = STR("describe it in a PersistentVolume and name a persistentVolumeClaim here; the "
				      "data stays where it is");
	return true;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return target == TARGET_POD ? fix_violations(fix, self, target, describe) : FIX_FINE;
}

const struct fixer fixer_volume_types = {
	.name = "volume-types",
	.summary = "Volumes are of types that need no administrator",
	.profile = PROFILE_RESTRICTED,
	.standard = "Pod Security Standards, restricted: Volume Types",
	.checks = "restrictedVolumes",
	.why = "A volume that names a server or a disk lets whoever may write a pod reach that storage with the node's "
	       "rights, past any quota and access check of the cluster. Through a claim, an administrator has said who "
	       "may.",
	.caveat = "Without its volume the program loses its data, so it is never taken away.",
	.run = run,
};
