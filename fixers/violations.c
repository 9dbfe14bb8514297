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
	struct report report = { fix, self, target, describe, FIX_FINE };
	uint32_t checks = fix->choice->checks[fix->running] & ~fix->passed;

	for (size_t check = 0; checks; check++, checks >>= 1)
		if ((checks & 1) && pod_security_check(fix->pod, check, pod_security_newest, found, &report))
			fix->passed |= (uint32_t)1 << check;
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
