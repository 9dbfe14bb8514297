/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seccomp-profile: the runtime's default filter for the whole pod; on each container where the kind has no pod security
 * context. A bad value is corrected where it stands, for one
 * of the pod's is a violation even where every container overrides it. An old annotation must agree with the field
 * or the API refuses the pod, so such a pod is left.
 */
#include "fixers/fix.h"
#include "fixers/list.h"

static const char check[] = "seccompProfile_restricted";
static const char baseline_check[] = "seccompProfile_baseline";

static bool is_allowed(struct fix_context *fix, yaml_id profile)
{
	struct str type = yaml_get_text(fix->tree, profile, "type");

	return str_is(type, "RuntimeDefault") || str_is(type, "Localhost");
}

static bool is_set(struct fix_context *fix, yaml_id context)
{
	return !yaml_is_null(fix->tree, yaml_get(fix->tree, context, "seccompProfile"));
}

/* Every container that is judged by the pod's profile has one of its own. */
static bool all_containers_set(struct fix_context *fix)
{
	for (size_t i = 0; i < fix->pod->containers_n; i++)
		if (!is_set(fix, fix_security_context(fix, (int)i)))
			return false;
	return fix->pod->containers_n > 0;
}

static bool is_runtime_default(struct str annotation)
{
	return str_is(annotation, "runtime/default") || str_is(annotation, "docker/default");
}

/* An annotation of old that says something else of @target than RuntimeDefault; the API compares the two. */
static bool contradicted(struct fix_context *fix, int target)
{
	static const char pods[] = "seccomp.security.alpha.kubernetes.io/pod";
	struct str own = STR_NONE;

	if (target != TARGET_POD)
		own = fix_format(fix, "container.seccomp.security.alpha.kubernetes.io/%.*s",
				 STR_ARG(fix_container(fix, target)->name));
	YAML_EACH(fix->tree, yaml_get(fix->tree, fix->pod->metadata, "annotations"), key) {
		struct str name = yaml_text(fix->tree, key);

		if (str_eq(name, target == TARGET_POD ? str_of(pods) : own) &&
		    !is_runtime_default(yaml_text(fix->tree, yaml_value(fix->tree, key))))
			return true;
	}
	return false;
}

static enum fix_status mend(struct fix_context *fix, const struct fixer *self, int target, struct problem *problem,
			    const struct yaml_order *order)
{
	struct change change;
	yaml_id profile;

	if (fix_is_windows(fix, problem))
		return fix_report(fix, self, problem);
	if (contradicted(fix, target)) {
		problem->reason = STR("a seccomp annotation says otherwise, and the API refuses a pod whose field and "
				      "annotation differ; remove the annotation");
		return fix_report(fix, self, problem);
	}
	if (!fix_allowed(fix, self, problem->safety))
		return fix_report(fix, self, problem);
	change = fix_begin(fix, target);
	profile = change_map(&change, change_security_context(&change, target), "seccompProfile", order);
	change_str(&change, profile, "type", STR("RuntimeDefault"), &order_seccomp_profile);
	return fix_end(&change, self, problem);
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	yaml_id context = target == TARGET_POD ? fix_pod_security_context(fix) : fix_security_context(fix, target);
	yaml_id profile = yaml_get(fix->tree, context, "seccompProfile");
	bool baseline = fix->config->profile == PROFILE_BASELINE;
	struct problem problem = { .check = baseline ? baseline_check : check };
	struct str subject = target == TARGET_POD ? STR("the pod") : fix_subject(fix, target);

	if (fix->pod->windows_declared && !baseline)
		return FIX_FINE;
	if (is_set(fix, context)) {
		if (is_allowed(fix, profile))
			return FIX_FINE;
		problem.at = profile;
		if (!yaml_get_text(fix->tree, profile, "type").n) {
			problem.message =
				fix_format(fix, "%.*s has a seccomp profile without a type", STR_ARG(subject));
			return mend(fix, self, target, &problem,
				    target == TARGET_POD ? &order_pod_security_context : &order_security_context);
		}
		problem.safety = SAFETY_CAVEAT;
		problem.caveat = CAVEAT_TEXT;
		problem.detail = fix_format(fix,
					    "%.*s had no seccomp filter. If its program needs a system call that "
					    "the runtime's default profile forbids, it fails with \"Operation not "
					    "permitted\".",
					    STR_ARG(subject));
		problem.message = fix_format(fix,
					     "%.*s sets the seccomp profile %.*s; it must be RuntimeDefault or "
					     "Localhost",
					     STR_ARG(subject), STR_ARG(yaml_get_text(fix->tree, profile, "type")));
	} else if (target != TARGET_POD && !baseline && !fix_has_pod_context(fix)) {
		problem.safety = SAFETY_SAFE;
		problem.at = fix_place(fix, target);
		problem.message = fix_format(fix, "%.*s has no seccomp profile; restricted wants RuntimeDefault",
					     STR_ARG(subject));
	} else if (target == TARGET_POD && fix_has_pod_context(fix) && !baseline && !all_containers_set(fix)) {
		problem.safety = SAFETY_SAFE;
		problem.at = fix->pod->spec;
		problem.message = STR("the pod has no seccomp profile; restricted wants RuntimeDefault");
	} else {
		return FIX_FINE;
	}
	return mend(fix, self, target, &problem,
		    target == TARGET_POD ? &order_pod_security_context : &order_security_context);
}

const struct fixer fixer_seccomp_profile = {
	.name = "seccomp-profile",
	.summary = "Every container runs under the runtime's seccomp profile",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline and restricted: Seccomp",
	.checks = "seccompProfile_baseline seccompProfile_restricted",
	.why = "Without a profile a container may make every system call, also the seldom used ones in which kernel "
	       "exploits live. RuntimeDefault forbids some sixty that programs in containers do not need.",
	.caveat =
		"A program that needs such a call (a debugger, perf, a sandbox of its own) fails with \"Operation not "
		"permitted\" or \"Function not implemented\".",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n",
	.run = run,
};
