/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Violations
 *
 * What a check forbids is in the table of the standard; a rule adds what the table cannot know: words for a person.
 * A check may be answered by more than one rule (a forbidden volume is the node's file or somebody's server), so a
 * rule may say of a violation that it is not its own.
 */
#include "fixers/violations.h"

struct report {
	struct fix_context *fix;
	const struct fixer *self;
	int target;
	violation_describe *describe;
	enum fix_status status;
};

static bool found(const struct pod_security_violation *violation, void *data)
{
	struct report *report = data;
	struct problem problem = {
		.check = violation->check->id,
		.safety = SAFETY_FINDING,
		.at = violation->at,
	};

	if (violation->container == report->target && report->describe(report->fix, violation, &problem))
		report->status = fix_report(report->fix, report->self, &problem);
	return true;
}

enum fix_status fix_report_violations(struct fix_context *fix, const struct fixer *self, int target,
				      violation_describe *describe)
{
	enum pod_security_level level = fix->config->profile == PROFILE_BASELINE ? POD_SECURITY_BASELINE
										 : POD_SECURITY_RESTRICTED;
	struct report report = { fix, self, target, describe, FIX_FINE };
	struct str rest = str_of(self->checks), id;
	uint64_t bit = (uint64_t)1 << fixer_index(self);
	bool passed = true;

	if (fix->passed & bit)
		return FIX_FINE;
	while (str_cut(&rest, ' ', &id)) {
		size_t check = pod_security_find(id);

		if (check != SIZE_MAX && pod_security_applies(check, level, pod_security_newest))
			passed &= pod_security_check(fix->pod, check, pod_security_newest, found, &report);
	}
	if (passed)
		fix->passed |= bit;
	return report.status;
}

struct str violation_subject(struct fix_context *fix, const struct pod_security_violation *violation)
{
	return violation->container < 0 ? STR("the pod") : fix_subject(fix, violation->container);
}

struct str violation_key(const struct pod_security_violation *violation)
{
	struct str path = str_of(violation->field->path);
	size_t dot = path.n;

	while (dot && path.p[dot - 1] != '.')
		dot--;
	return str_sub(path, dot, path.n);
}
