/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apparmor-profile: a profile that switches AppArmor off, by field or by the annotation of old. Each is corrected in
 * the form in which it stands, with a caveat: somebody wrote it for a program that the runtime's profile stopped, and
 * whether it still does only running it tells. The API refuses a pod whose annotation and field differ
 * (validation.go), so an annotation beside a field that names another profile is left.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

/* The container that an annotation is about; -1 where it names none. */
static int container_of(const struct fix_context *fix, struct str annotation)
{
	size_t slash = str_find(annotation, STR("/"), 0);

	for (size_t i = 0; slash != SIZE_MAX && i < fix->pod->containers_n; i++)
		if (str_eq(fix->pod->containers[i].name, str_sub(annotation, slash + 1, annotation.n)))
			return (int)i;
	return -1;
}

/* Why an annotation must not become runtime/default; empty where it may. */
static struct str why_not(struct fix_context *fix, struct str annotation)
{
	int container = container_of(fix, annotation);
	struct str type;

	if (container < 0)
		return STR("it names no container of the pod, which the API refuses: remove it");
	type = yaml_text(fix->tree,
			 yaml_get_path(fix->tree, fix_security_context(fix, container), "appArmorProfile.type"));
	if (!type.n)
		type = yaml_text(fix->tree,
				 yaml_get_path(fix->tree, fix_pod_security_context(fix), "appArmorProfile.type"));
	return str_is(type, "Localhost")
		       ? STR("the field names another profile, and the API refuses a pod in which the two "
			     "differ: remove the annotation")
		       : STR_NONE;
}

static bool describe(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	int container = violation->name.n ? container_of(fix, violation->name) : -1;

	if (violation->name.n)
		problem->message = fix_format(fix, "annotation %.*s is \"%.*s\", which switches AppArmor off",
					      STR_ARG(violation->name), STR_ARG(violation->value));
	else if (violation->missing)
		problem->message = fix_format(fix, "%.*s has an AppArmor profile without a type",
					      STR_ARG(violation_subject(fix, violation)));
	else
		problem->message = fix_format(fix, "%.*s sets the AppArmor profile %.*s",
					      STR_ARG(violation_subject(fix, violation)), STR_ARG(violation->value));
	problem->reason =
		STR("try RuntimeDefault (in an annotation runtime/default); if that stops the program, load a "
		    "profile on the nodes and name it with Localhost");
	problem->caveat = CAVEAT_TEXT;
	problem->detail =
		fix_format(fix,
			   "%.*s was not confined by AppArmor. If its program mounts or traces, it fails with "
			   "\"Permission denied\" on nodes that have it.",
			   STR_ARG(container >= 0 ? fix_subject(fix, container) : violation_subject(fix, violation)));
	if (violation->name.n && why_not(fix, violation->name).n) {
		problem->safety = SAFETY_FINDING;
		problem->reason = why_not(fix, violation->name);
	} else if (fix_is_windows(fix, problem)) {
		problem->safety = SAFETY_FINDING;
	} else if (fix_allowed(fix, &fixer_apparmor_profile, problem->safety)) {
		problem->reason = STR_NONE;
	}
	return true;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	return fix_violations(fix, self, target, describe);
}

const struct fixer fixer_apparmor_profile = {
	.name = "apparmor-profile",
	.summary = "AppArmor is not switched off",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline: AppArmor",
	.checks = "appArmorProfile",
	.why = "The container runtime's profile keeps even root in a container from mounting file systems and from "
	       "writing to dangerous parts of /proc and /sys. On nodes with AppArmor every container has it unless a "
	       "manifest takes it away.",
	.caveat = "A program that mounts or traces fails with \"Permission denied\", and the node's kernel log says "
		  "apparmor=\"DENIED\".",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "  annotations:\n"
		   "    container.apparmor.security.beta.kubernetes.io/side: unconfined\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n"
		   "    securityContext:\n"
		   "      appArmorProfile:\n"
		   "        type: Unconfined\n"
		   "  - name: side\n"
		   "    image: registry.example/side:1.0\n",
	.run = run,
};
