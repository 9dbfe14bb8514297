/* SPDX-License-Identifier: Apache-2.0 */
/*
 * privilege-escalation: sets no_new_privs, so that setuid programs and file capabilities in the image give nothing.
 * The API refuses it beside privileged: true and CAP_SYS_ADMIN (facts: validation), so it needs those gone.
 */
#include "fixers/evidence.h"
#include "fixers/list.h"

static bool adds_sys_admin(struct fix_context *fix, int target)
{
	yaml_id added = yaml_get_path(fix->tree, fix_security_context(fix, target), "capabilities.add");

	YAML_EACH(fix->tree, added, item)
		if (str_is(yaml_text(fix->tree, item), "CAP_SYS_ADMIN") ||
		    str_is(yaml_text(fix->tree, item), "SYS_ADMIN"))
			return true;
	return false;
}

static bool is_privileged_unknown(struct fix_context *fix, int target)
{
	yaml_id value = yaml_get(fix->tree, fix_security_context(fix, target), "privileged");

	return value_unknown(fix->tree, value, VALUE_BOOL) != NULL;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	static const char check[] = "allowPrivilegeEscalation";
	struct problem problem = { .check = check, .safety = SAFETY_SAFE };
	struct change change;
	yaml_id value;

	if (target == TARGET_POD || fix_is_exempt(fix, check))
		return FIX_FINE;
	value = yaml_get(fix->tree, fix_security_context(fix, target), "allowPrivilegeEscalation");
	if (yaml_is_false(fix->tree, value))
		return FIX_FINE;
	if (fix_unknown(fix, target, value, VALUE_BOOL, &problem))
		return fix_report(fix, self, &problem);
	problem.at = value ? value : fix_place(fix, target);
	problem.message = fix_format(fix, "%.*s may gain privileges; restricted wants allowPrivilegeEscalation: false",
				     STR_ARG(fix_subject(fix, target)));
	if (fix_is_windows(fix, &problem) || fix_needs_root(fix, target, &problem.reason))
		return fix_report(fix, self, &problem);
	if (!fix_need(fix, &fixer_privileged, target))
		problem.reason = is_privileged_unknown(fix, target)
					 ? STR("the API refuses it if the container is privileged, which is not known")
					 : STR("the API refuses it while the container is privileged");
	else if (adds_sys_admin(fix, target) &&
		 (!fix_need(fix, &fixer_capabilities, target) || adds_sys_admin(fix, target)))
		problem.reason = STR("the API refuses it while the container adds SYS_ADMIN");
	if (problem.reason.n)
		return fix_report(fix, self, &problem);
	change = fix_begin(fix, target);
	change_bool(&change, change_security_context(&change, target), "allowPrivilegeEscalation", false,
		    &order_security_context);
	return fix_end(&change, self, &problem);
}

const struct fixer fixer_privilege_escalation = {
	.name = "privilege-escalation",
	.summary = "No process gains more privileges than its parent",
	.profile = PROFILE_RESTRICTED,
	.standard = "Pod Security Standards, restricted: Privilege Escalation",
	.checks = "allowPrivilegeEscalation",
	.why = "A setuid program in the image (su, mount, ping) makes root out of any user who can run it. With "
	       "allowPrivilegeEscalation: false the kernel ignores the setuid bit and file capabilities.",
	.caveat =
		"A program that calls sudo or a setuid helper fails: \"sudo: effective uid is not 0\", or \"The \\\"no "
		"new privileges\\\" flag is set\".",
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
