/* SPDX-License-Identifier: Apache-2.0 */
/*
 * privileged: a privileged container is the node's root with another name. It is rarely an accident, so it goes only
 * on request, and together with what the API couples to it (facts: validation of mountPropagation).
 */
#include "fixers/fix.h"
#include "fixers/list.h"

static bool mounts_bidirectionally(struct fix_context *fix, int target)
{
	YAML_EACH(fix->tree, yaml_get(fix->tree, fix_container(fix, target)->node, "volumeMounts"), mount)
		if (str_is(yaml_get_text(fix->tree, mount, "mountPropagation"), "Bidirectional"))
			return true;
	return false;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { .check = "privileged", .safety = SAFETY_UNSAFE };
	struct change change;
	yaml_id value;

	if (target == TARGET_POD)
		return FIX_FINE;
	value = yaml_get(fix->tree, fix_security_context(fix, target), "privileged");
	if (fix_unknown(fix, target, value, VALUE_BOOL, &problem))
		return fix_report(fix, self, &problem);
	if (yaml_is_null(fix->tree, value) || yaml_is_false(fix->tree, value))
		return FIX_FINE;
	problem.at = value;
	problem.message = fix_format(fix, "%.*s is privileged: it may do all that root may do on the node",
				     STR_ARG(fix_subject(fix, target)));
	if (mounts_bidirectionally(fix, target)) {
		problem.reason = STR("a mount of it is Bidirectional, which only privileged containers may have");
		return fix_report(fix, self, &problem);
	}
	if (!fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	change = fix_begin(fix, target);
	change_bool(&change, fix_security_context(fix, target), "privileged", false, &order_security_context);
	return fix_end(&change, self, &problem);
}

const struct fixer fixer_privileged = {
	.name = "privileged",
	.summary = "No container is privileged",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline: Privileged Containers",
	.checks = "privileged",
	.why = "A privileged container sees the node's devices and is not confined by capabilities, seccomp or AppArmor. "
	       "Whoever gets into it owns the node and every pod on it.",
	.caveat = "A program that configures the node (a network or storage driver, Docker in Docker) stops with "
		  "\"Operation not permitted\". So this is changed on request only: --also privileged.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n"
		   "    securityContext:\n"
		   "      privileged: true\n",
	.run = run,
};
