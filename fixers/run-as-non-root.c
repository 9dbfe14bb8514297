/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run-as-non-root: the kubelet refuses to start anything as root. On the pod, where it covers every container; on
 * the others where one container must stay root, and on each where the kind has no pod security context or its operator
 * adds containers whose user is not seen. Alone it only makes root images fail ("image will run as root"), so
 * it needs every container's user first.
 */
#include "fixers/evidence.h"
#include "fixers/list.h"

static const char check[] = "runAsNonRoot";

/* Every container but those in need of root, which run_container() reports, can run as non-root. */
static bool all_can(struct fix_context *fix, const struct fixer *self, bool *ret_exempt)
{
	struct str reason;
	bool all = true;

	*ret_exempt = false;
	for (size_t i = 0; i < fix->pod->containers_n; i++) {
		if (fix_skips(fix, self, (int)i) || fix_needs_root(fix, (int)i, &reason) ||
		    !fix_need(fix, &fixer_run_as_user, (int)i)) {
			*ret_exempt = true;
			all = false;
		}
	}
	return all;
}

/* The containers that the pod's value decides about. */
static bool all_say_so(struct fix_context *fix)
{
	for (size_t i = 0; i < fix->pod->containers_n; i++)
		if (!yaml_is_true(fix->tree, yaml_get(fix->tree, fix_security_context(fix, (int)i), "runAsNonRoot")))
			return false;
	return fix->pod->containers_n > 0;
}

/* Windows has no root; its administrator is refused as if he were. */
static void add_windows_caveat(struct fix_context *fix, struct problem *problem)
{
	if (!fix->pod->windows)
		return;
	problem->safety = SAFETY_CAVEAT;
	problem->caveat = CAVEAT_TEXT;
	problem->detail = STR("a Windows image whose USER is ContainerAdministrator does not start with runAsNonRoot; "
			      "windowsOptions.runAsUserName: ContainerUser starts it as another user.");
}

/* The pod's own user is one that the kubelet can verify, whatever its containers are. */
static bool names_user(struct fix_context *fix)
{
	int64_t uid;

	return yaml_int(fix->tree, yaml_get(fix->tree, fix_pod_security_context(fix), "runAsUser"), &uid) && uid > 0;
}

static enum fix_status run_pod(struct fix_context *fix, const struct fixer *self)
{
	yaml_id value = yaml_get(fix->tree, fix_pod_security_context(fix), "runAsNonRoot");
	struct problem problem = { .check = check, .safety = SAFETY_SAFE, .at = value ? value : fix->pod->spec };
	struct change change;
	bool exempt, can;

	if (yaml_is_true(fix->tree, value) || !fix_has_pod_context(fix))
		return FIX_FINE;
	if (fix_unknown(fix, TARGET_POD, value, VALUE_BOOL, &problem))
		return fix_report(fix, self, &problem);
	if (fix_has_unseen(fix) && !names_user(fix)) {
		if (yaml_is_null(fix->tree, value))
			return FIX_FINE;
		problem.message = STR("the pod says runAsNonRoot: false; restricted wants true");
		problem.reason =
			STR("its operator makes or adds containers, and which user they run as is not seen; set "
			    "runAsUser too, to one that its images work with");
		return fix_report(fix, self, &problem);
	}
	if (yaml_is_null(fix->tree, value) && all_say_so(fix))
		return FIX_FINE;
	can = all_can(fix, self, &exempt);
	if (!can && yaml_is_null(fix->tree, value))
		return FIX_FINE; /* container by container */
	problem.message = yaml_is_false(fix->tree, value)
				  ? STR("the pod says runAsNonRoot: false; restricted wants true")
				  : STR("the pod may run as root; restricted wants runAsNonRoot: true");
	if (!can) {
		problem.reason = fix_skipping_reason(fix, self);
		if (!problem.reason.n)
			problem.reason = STR("a container of it is left as root (see run-as-user)");
		return fix_report(fix, self, &problem);
	}
	add_windows_caveat(fix, &problem);
	if (!fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	change = fix_begin(fix, TARGET_POD);
	change_bool(&change, change_security_context(&change, TARGET_POD), "runAsNonRoot", true,
		    &order_pod_security_context);
	return fix_end(&change, self, &problem);
}

static enum fix_status run_container(struct fix_context *fix, const struct fixer *self, int target)
{
	yaml_id own = yaml_get(fix->tree, fix_security_context(fix, target), "runAsNonRoot");
	yaml_id pods = yaml_get(fix->tree, fix_pod_security_context(fix), "runAsNonRoot");
	struct problem problem = { .check = check, .safety = SAFETY_SAFE, .at = own ? own : fix_place(fix, target) };
	struct change change;

	if (yaml_is_true(fix->tree, own) || (yaml_is_null(fix->tree, own) && yaml_is_true(fix->tree, pods)))
		return FIX_FINE;
	if (fix_unknown(fix, target, own, VALUE_BOOL, &problem))
		return fix_report(fix, self, &problem);
	problem.message = fix_format(fix, "%.*s %s; restricted wants runAsNonRoot: true",
				     STR_ARG(fix_subject(fix, target)),
				     yaml_is_false(fix->tree, own) ? "says runAsNonRoot: false" : "may run as root");
	if (!fix_needs_root(fix, target, &problem.reason) && !fix_need(fix, &fixer_run_as_user, target))
		problem.reason = STR("it has no non-root user (see run-as-user)");
	add_windows_caveat(fix, &problem);
	if (problem.reason.n || !fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	change = fix_begin(fix, target);
	change_bool(&change, change_security_context(&change, target), "runAsNonRoot", true, &order_security_context);
	return fix_end(&change, self, &problem);
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	/* Root in a user namespace is nobody outside; Pod Security asks for nothing, and the kubelet would refuse. */
	if (fix_is_exempt(fix, check))
		return FIX_FINE;
	if (target == TARGET_POD)
		return run_pod(fix, self);
	fix_need(fix, self, TARGET_POD);
	return run_container(fix, self, target);
}

const struct fixer fixer_run_as_non_root = {
	.name = "run-as-non-root",
	.summary = "The kubelet starts no container as root",
	.profile = PROFILE_RESTRICTED,
	.standard = "Pod Security Standards, restricted: Running as Non-root",
	.checks = "runAsNonRoot",
	.why = "It is the guard behind the user: whatever the next image says, the kubelet refuses to start it as root. "
	       "A user alone can be lost with the next edit without anybody noticing.",
	.caveat =
		"Without a numeric user, an image that runs as root or as a named user does not start: \"container has "
		"runAsNonRoot and image will run as root\", \"image has non-numeric user\". So the user comes first.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n"
		   "    securityContext:\n"
		   "      runAsUser: 1000\n",
	.run = run,
};
