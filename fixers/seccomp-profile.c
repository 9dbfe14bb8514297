/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seccomp-profile: the runtime's default filter for the whole pod; on each container where the kind has no pod security
 * context. A bad value is corrected where it stands, for one of the pod's is a violation even where every container
 * overrides it. An old annotation must agree with the field or the API refuses the pod (validation.go): one that names
 * a file is taken over, any other is corrected with the field.
 */
#include "fixers/list.h"
#include "fixers/violations.h"

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

/* Whether the pod's profile decides for the containers: there is a place for it, and none of them skips this. */
static bool has_pods(struct fix_context *fix, const struct fixer *self)
{
	return fix_has_pod_context(fix) &&
	       (is_set(fix, fix_pod_security_context(fix)) || fix_skipping(fix, self) == TARGET_POD);
}

static bool is_runtime_default(struct str annotation)
{
	return str_is(annotation, "runtime/default") || str_is(annotation, "docker/default");
}

/* The value of an annotation of old that says something else of @target than RuntimeDefault; or YAML_NONE. */
static yaml_id contradiction(struct fix_context *fix, int target)
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
			return yaml_value(fix->tree, key);
	}
	return YAML_NONE;
}

static void add_caveat(struct fix_context *fix, int target, struct problem *problem)
{
	problem->safety = SAFETY_CAVEAT;
	problem->caveat = CAVEAT_TEXT;
	problem->detail =
		fix_format(fix,
			   "%.*s had no seccomp filter. If its program needs a system call that the runtime's "
			   "default profile forbids, it fails with \"Operation not permitted\".",
			   STR_ARG(fix_subject(fix, target)));
}

static enum fix_status mend(struct fix_context *fix, const struct fixer *self, int target, struct problem *problem)
{
	const struct yaml_order *order = target == TARGET_POD ? &order_pod_security_context : &order_security_context;
	yaml_id annotation = contradiction(fix, target), profile;
	struct str text = yaml_text(fix->tree, annotation), file = STR_NONE;
	struct change change;

	if (target == TARGET_POD)
		problem->reason = fix_skipping_reason(fix, self);
	if (problem->reason.n || fix_is_windows(fix, problem))
		return fix_report(fix, self, problem);
	if (str_starts(text, STR("localhost/")))
		file = str_sub(text, strlen("localhost/"), text.n);
	else if (annotation)
		add_caveat(fix, target, problem);
	if (!fix_allowed(fix, self, problem->safety))
		return fix_report(fix, self, problem);
	change = fix_begin(fix, target);
	profile = change_map(&change, change_security_context(&change, target), "seccompProfile", order);
	change_str(&change, profile, "type", file.n ? STR("Localhost") : STR("RuntimeDefault"), &order_seccomp_profile);
	if (file.n)
		change_str(&change, profile, "localhostProfile", file, &order_seccomp_profile);
	else if (annotation)
		change_set_str(&change, annotation, STR("runtime/default"));
	return fix_end(&change, self, problem);
}

/* Before version 1.19 the standard asked the annotations, and no field. */
enum { FIELDS_SINCE = 19 };

static bool describe_annotation(struct fix_context *fix, const struct pod_security_violation *violation,
				struct problem *problem)
{
	if (violation->field->scope != POD_SECURITY_ANNOTATION &&
	    violation->field->scope != POD_SECURITY_CONTAINER_ANNOTATION)
		return false;
	problem->message = fix_format(fix, "annotation %.*s is \"%.*s\", which switches seccomp off",
				      STR_ARG(violation->name), STR_ARG(violation->value));
	add_caveat(fix, violation->container, problem);
	return true;
}

static enum fix_status run_field(struct fix_context *fix, const struct fixer *self, int target)
{
	yaml_id context = target == TARGET_POD ? fix_pod_security_context(fix) : fix_security_context(fix, target);
	yaml_id profile = yaml_get(fix->tree, context, "seccompProfile");
	bool baseline = fix->config->profile == PROFILE_BASELINE ||
			(fix->config->profile == PROFILE_RESTRICTED && !fix_applies(fix, check));
	struct problem problem = { .check = fix_applies(fix, check) ? check : baseline_check };
	struct str subject = fix_subject(fix, target);

	if (!baseline && fix_is_exempt(fix, check))
		return FIX_FINE;
	if (fix->choice->version < FIELDS_SINCE)
		problem.check = NULL;
	if (fix_unknown(fix, target, yaml_is_map(fix->tree, profile) ? yaml_get(fix->tree, profile, "type") : profile,
			VALUE_TEXT, &problem)) {
		problem.message = fix_format(fix, "the seccomp profile of %.*s is %.*s", STR_ARG(subject),
					     STR_ARG(value_words(fix->tree, problem.at, fix->arena)));
		return fix_report(fix, self, &problem);
	}
	if (is_set(fix, context)) {
		if (is_allowed(fix, profile))
			return FIX_FINE;
		problem.at = profile;
		if (!yaml_get_text(fix->tree, profile, "type").n) {
			problem.message =
				fix_format(fix, "%.*s has a seccomp profile without a type", STR_ARG(subject));
			return mend(fix, self, target, &problem);
		}
		add_caveat(fix, target, &problem);
		problem.message = fix_format(fix,
					     "%.*s sets the seccomp profile %.*s; it must be RuntimeDefault or "
					     "Localhost",
					     STR_ARG(subject), STR_ARG(yaml_get_text(fix->tree, profile, "type")));
	} else if (target != TARGET_POD && !baseline && !has_pods(fix, self)) {
		problem.safety = SAFETY_SAFE;
		problem.at = fix_place(fix, target);
		problem.message = fix_format(fix, "%.*s has no seccomp profile; restricted wants RuntimeDefault",
					     STR_ARG(subject));
	} else if (target == TARGET_POD && has_pods(fix, self) && !baseline && !all_containers_set(fix)) {
		problem.safety = SAFETY_SAFE;
		problem.at = fix->pod->spec;
		problem.message = STR("the pod has no seccomp profile; restricted wants RuntimeDefault");
	} else {
		return FIX_FINE;
	}
	return mend(fix, self, target, &problem);
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	enum fix_status annotations = FIX_FINE, field;

	if (fix->choice->version < FIELDS_SINCE)
		annotations = fix_violations(fix, self, target, describe_annotation);
	field = run_field(fix, self, target);
	return annotations > field ? annotations : field;
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
