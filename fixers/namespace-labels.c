/* SPDX-License-Identifier: Apache-2.0 */
/*
 * namespace-labels: a Namespace enforces what its pods have reached, so that it stays so. Whether they have is asked of
 * every workload of the input as it comes out; one that has not is named, and nothing is set, for the admission plugin
 * would refuse its pods at the next roll-out.
 */
#include "fixers/namespace.h"

#include "fixers/fix.h"
#include "fixers/list.h"
#include "kube/pod_security.h"

enum { LEVELS_N = 3 };
static const enum profile levels[LEVELS_N] = { PROFILE_PRIVILEGED, PROFILE_BASELINE, PROFILE_RESTRICTED };

enum profile namespace_level(struct str value)
{
	for (size_t i = 0; i < LEVELS_N; i++)
		if (str_is(value, profile_name(levels[i])))
			return levels[i];
	return PROFILE_AUTO;
}

bool namespace_version(struct str value, unsigned *ret_version)
{
	return !str_starts(value, STR("1")) && pod_security_version(value, ret_version);
}

/* ---- labels that say nothing ---- */

static struct str level_fault(struct fix_context *fix, const char *label, struct str value, bool enforces)
{
	const char *names[LEVELS_N], *near;

	for (size_t i = 0; i < LEVELS_N; i++)
		names[i] = profile_name(levels[i]);
	near = str_nearest(value, names, LEVELS_N);
	return fix_format(fix, "%s: \"%.*s\" is no level%s%s%s: the API refuses it, and where it stands already %s",
			  label, STR_ARG(value), near ? " (did you mean " : "", near ? near : "", near ? "?)" : "",
			  enforces ? "it means restricted" : "it means privileged");
}

static struct str version_fault(struct fix_context *fix, const char *label, struct str value)
{
	return fix_format(fix,
			  "%s: \"%.*s\" is no version, such as v1.30 or latest: the API refuses it, and where it stands "
			  "already it means latest",
			  label, STR_ARG(value));
}

size_t namespace_faults(struct fix_context *fix, struct namespace_fault faults[NAMESPACE_FAULTS_MAX])
{
	static const struct {
		const char *name;
		bool version, enforces;
	} labels[NAMESPACE_FAULTS_MAX] = {
		{ NAMESPACE_ENFORCE, false, true },	    { NAMESPACE_ENFORCE_VERSION, true, true },
		{ NAMESPACE_LABELS "audit", false, false }, { NAMESPACE_LABELS "audit-version", true, false },
		{ NAMESPACE_LABELS "warn", false, false },  { NAMESPACE_LABELS "warn-version", true, false },
	};
	yaml_id map = yaml_get_path(fix->tree, fix->pod->object.node, "metadata.labels");
	size_t n = 0;

	for (size_t i = 0; i < NAMESPACE_FAULTS_MAX; i++) {
		yaml_id value = yaml_get(fix->tree, map, labels[i].name);
		struct str text = yaml_text(fix->tree, value);
		unsigned version;

		if (!value || value_unknown(fix->tree, value, VALUE_TEXT) ||
		    (labels[i].version ? namespace_version(text, &version) : namespace_level(text) != PROFILE_AUTO))
			continue;
		faults[n++] = (struct namespace_fault){
			value,
			labels[i].version ? version_fault(fix, labels[i].name, text)
					  : level_fault(fix, labels[i].name, text, labels[i].enforces),
		};
	}
	return n;
}

static enum fix_status report_faults(struct fix_context *fix, const struct fixer *self, bool *ret_enforce)
{
	struct namespace_fault faults[NAMESPACE_FAULTS_MAX];
	size_t n = namespace_faults(fix, faults);
	yaml_id enforce = yaml_get(fix->tree, yaml_get_path(fix->tree, fix->pod->object.node, "metadata.labels"),
				   NAMESPACE_ENFORCE);

	*ret_enforce = false;
	for (size_t i = 0; i < n; i++) {
		struct problem problem = { .safety = SAFETY_FINDING, .at = faults[i].value };

		problem.message = faults[i].message;
		problem.reason = STR("only a person can say what was meant");
		fix_report(fix, self, &problem);
		*ret_enforce |= faults[i].value == enforce;
	}
	return n ? FIX_LEFT : FIX_FINE;
}

/* ---- what the pods have reached ---- */

/* What is in the way, as problem->reason; false where nothing is. */
static bool is_in_the_way(struct fix_context *fix, const struct namespace_plan *plan, struct problem *problem)
{
	if (str_starts(fix->pod->object.name, STR("kube-"))) {
		problem->reason = STR("it is one of Kubernetes' own, and what else runs in it is in no manifest");
	} else if (plan->failing_n) {
		problem->reason =
			fix_format(fix, "pods that do not pass, or are not known to: %.*s", STR_ARG(plan->failing));
		if (plan->hidden_n)
			problem->reason =
				fix_format(fix, "%.*s and %zu more", STR_ARG(problem->reason), plan->hidden_n);
	} else if (plan->unread.n) {
		problem->reason = fix_format(fix, "not all of %.*s can be read, so what is in it is not known",
					     STR_ARG(plan->unread));
	} else {
		return false;
	}
	problem->safety = SAFETY_FINDING;
	return true;
}

/* It enforces as much, or more: that stays, and is of interest only where it refuses a pod. */
static enum fix_status check_kept(struct fix_context *fix, const struct fixer *self, struct problem *problem)
{
	const struct namespace_plan *plan = fix->namespace_plan;

	if (!plan->failing_n)
		return FIX_FINE;
	is_in_the_way(fix, plan, problem);
	problem->message = fix_format(fix, "namespace %.*s enforces %s, which may refuse pods of the input",
				      STR_ARG(fix->pod->object.name), profile_name(plan->level));
	return fix_report(fix, self, problem);
}

static void set_labels(struct fix_context *fix, struct change *change)
{
	const struct namespace_plan *plan = fix->namespace_plan;
	yaml_id metadata = change_map(change, fix->pod->object.node, "metadata", NULL);
	yaml_id labels = change_map(change, metadata, "labels", &order_object_meta);

	change_str(change, labels, NAMESPACE_ENFORCE, str_of(profile_name(plan->level)), NULL);
	if (plan->version)
		change_str(change, labels, NAMESPACE_ENFORCE_VERSION, fix_format(fix, "v1.%u", plan->version - 1),
			   NULL);
}

static enum fix_status run_namespace(struct fix_context *fix, const struct fixer *self)
{
	const struct namespace_plan *plan = fix->namespace_plan;
	const struct kube_object *object = &fix->pod->object;
	yaml_id labels = yaml_get_path(fix->tree, object->node, "metadata.labels");
	yaml_id label = yaml_get(fix->tree, labels, NAMESPACE_ENFORCE);
	enum profile old = namespace_level(yaml_text(fix->tree, label));
	struct problem problem = { .safety = SAFETY_CAVEAT };
	struct change change;
	bool enforces_nothing;
	enum fix_status status = report_faults(fix, self, &enforces_nothing);

	if (plan->level == PROFILE_PRIVILEGED || !object->name.n || enforces_nothing)
		return status;
	problem.at = label ? label : yaml_get(fix->tree, yaml_get(fix->tree, object->node, "metadata"), "name");
	if (old != PROFILE_AUTO && old >= plan->level)
		return check_kept(fix, self, &problem);
	problem.message =
		fix_format(fix, "namespace %.*s does not enforce %s", STR_ARG(object->name), profile_name(plan->level));
	if (is_in_the_way(fix, plan, &problem))
		return fix_report(fix, self, &problem);
	problem.caveat = CAVEAT_TEXT;
	problem.detail =
		STR("a namespace refuses pods that violate the level it enforces, also of workloads that are not in "
		    "this input; kubectl label --dry-run=server --overwrite ns NAME " NAMESPACE_ENFORCE
		    "=LEVEL names those that run.");
	if (!plan->workloads_n)
		fix_explain_unsafe(fix, &problem,
				   "no workload of it is in the input, so whether its pods pass is not known",
				   "sets it");
	else if (old == PROFILE_PRIVILEGED)
		fix_explain_unsafe(fix, &problem, "it says privileged, so somebody may run pods in it that need that",
				   "sets it");
	if (!fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	change = fix_begin(fix, TARGET_POD);
	set_labels(fix, &change);
	return fix_end(&change, self, &problem);
}

const struct fixer fixer_namespace_labels = {
	.name = "namespace-labels",
	.summary = "Every Namespace enforces the level that its pods have reached",
	.profile = PROFILE_OPT_IN,
	.standard = "Kubernetes documentation: Enforce Pod Security Standards with Namespace Labels",
	.checks = "",
	.why = "Hardened manifests do not keep the next one out: with the label " NAMESPACE_ENFORCE
	       " the API server refuses every pod of the namespace that violates its level, whoever makes it. It is set to "
	       "restricted (with --profile=baseline to baseline) where all workloads of the namespace in the input pass "
	       "once they are fixed, with enforce-version only if --standard-version names one. A stricter label stays. A "
	       "workload that names no namespace counts for each, so give it its own, or pipe what kustomize or helm print.",
	.caveat =
		"Pods of workloads that are not in the input may be refused at their next start (\"violates PodSecurity\"). "
		"kubectl label --dry-run=server --overwrite ns NAME " NAMESPACE_ENFORCE
		"=restricted names those that run. So a namespace without any workload in the input, and one that says "
		"privileged, is changed with --unsafe only.",
	.example = "apiVersion: v1\n"
		   "kind: Namespace\n"
		   "metadata:\n"
		   "  name: shop\n"
		   "---\n"
		   "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "  namespace: shop\n"
		   "spec:\n"
		   "  securityContext:\n"
		   "    runAsNonRoot: true\n"
		   "    seccompProfile: {type: RuntimeDefault}\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n"
		   "    securityContext:\n"
		   "      allowPrivilegeEscalation: false\n"
		   "      capabilities: {drop: [\"ALL\"]}\n",
	.run_namespace = run_namespace,
};
