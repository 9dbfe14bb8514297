/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Violations
 *
 * What a check forbids is in the table of the standard, and how a bad value is mended where it stands; a rule adds what
 * the table cannot know: words for a person, and what goes only together. A check may be answered by more than one rule
 * (a forbidden volume is the node's file or somebody's server), so a rule may say of a violation that it is not its
 * own.
 */
#include "fixers/violations.h"

#include <stdlib.h>

/* What the checks find at one target. Mending one moves the ground under the search, so all are found first. */
struct violations {
	int target;
	struct pod_security_violation *items;
	size_t n, cap;
};

static bool found(const struct pod_security_violation *violation, void *data)
{
	struct violations *violations = data;

	if (violation->container == violations->target)
		VEC_PUSH(violations, *violation);
	return true;
}

static enum safety safety_of(const struct pod_security_field *field)
{
	if (field->mend == POD_SECURITY_MEND_NONE)
		return SAFETY_FINDING;
	return field->safety == POD_SECURITY_UNSAFE ? SAFETY_UNSAFE : SAFETY_CAVEAT;
}

/* What stays, however empty the removal leaves what is in it. */
static yaml_id mend_top(const struct fix_context *fix, const struct pod_security_violation *violation)
{
	return violation->container < 0 ? fix->pod->spec : fix_container(fix, violation->container)->node;
}

static void mend(struct change *change, const struct pod_security_violation *violation)
{
	struct yaml_tree *tree = change->fix->tree;
	yaml_id item;

	switch (violation->field->mend) {
	case POD_SECURITY_MEND_SET:
		if (!violation->missing)
			change_set_str(change, violation->at, str_of(violation->field->replacement));
		else /* Nothing stands there: the struct that should hold it does. */
			change_str(change, violation->at, violation_key(violation).p,
				   str_of(violation->field->replacement), NULL);
		break;
	case POD_SECURITY_MEND_REMOVE:
		change_prune(change, violation->at, mend_top(change->fix, violation));
		break;
	case POD_SECURITY_MEND_REMOVE_ITEM:
		item = violation->missing ? violation->at : yaml_parent(tree, violation->at);
		if (yaml_is_seq(tree, yaml_parent(tree, item)))
			change_prune(change, item, mend_top(change->fix, violation));
		else
			change_refuse(change, item, "a sequence belongs here");
		break;
	case POD_SECURITY_MEND_NONE:
		change_refuse(change, violation->at, "only a person can decide");
		break;
	}
}

/* What a person reads of a change that was not made, for it was not asked for. */
static struct str with_flag(struct fix_context *fix, const struct fixer *self, const struct problem *problem)
{
	if (problem->safety != SAFETY_UNSAFE || fix->config->safe_only)
		return problem->reason;
	return fix_format(fix, "%.*s; --also %s does it", STR_ARG(problem->reason), self->name);
}

/* With what is known of an image that cannot do without: the user need not look for another way. */
static struct str with_image(struct fix_context *fix, const struct problem *problem)
{
	for (size_t i = 0; problem->safety == SAFETY_FINDING && i < fix->pod->containers_n; i++) {
		const struct kube_container *container = &fix->pod->containers[i];

		if (container->known->facts && container->known->facts->cannot)
			return fix_format(fix, "%.*s. Image %.*s: %s", STR_ARG(problem->reason),
					  STR_ARG(container->image), container->known->facts->cannot);
	}
	return problem->reason;
}

/* Whether what stands there is no value yet, and so no violation; with what to say of it in @problem. */
static bool is_unknown(struct fix_context *fix, const struct pod_security_violation *violation, struct problem *problem)
{
	static const enum value_type types[] = {
		[POD_SECURITY_TEXT] = VALUE_TEXT,
		[POD_SECURITY_BOOL] = VALUE_BOOL,
		[POD_SECURITY_NUMBER] = VALUE_NUMBER,
	};

	struct str path = str_of(violation->field->path), context = STR("securityContext.");

	if (violation->missing ||
	    !fix_unknown(fix, violation->container, violation->at, types[violation->field->type], problem))
		return false;
	if (str_starts(path, context))
		path = str_sub(path, context.n, path.n);
	if (!violation->name.n) /* of an annotation the path is but a pattern */
		problem->message = fix_format(fix, "%.*s of %.*s is %.*s", STR_ARG(path),
					      STR_ARG(violation_subject(fix, violation)),
					      STR_ARG(value_words(fix->tree, violation->at, fix->arena)));
	return true;
}

static enum fix_status answer(struct fix_context *fix, const struct fixer *self,
			      const struct pod_security_violation *violation, violation_describe *describe)
{
	struct problem problem = {
		.check = violation->check->id,
		.safety = safety_of(violation->field),
		.at = violation->at,
	};
	struct change change;
	struct str skipping;

	if (!describe(fix, violation, &problem))
		return FIX_FINE;
	if (is_unknown(fix, violation, &problem))
		return fix_report(fix, self, &problem);
	skipping = violation->container < 0 ? fix_skipping_reason(fix, self) : STR_NONE;
	if (skipping.n) {
		problem.reason = skipping;
		return fix_report(fix, self, &problem);
	}
	if (!fix_allowed(fix, self, problem.safety)) {
		problem.reason = with_flag(fix, self, &problem);
		problem.reason = with_image(fix, &problem);
		return fix_report(fix, self, &problem);
	}
	change = fix_begin(fix, violation->container);
	mend(&change, violation);
	return fix_end(&change, self, &problem);
}

enum fix_status fix_violations(struct fix_context *fix, const struct fixer *self, int target,
			       violation_describe *describe)
{
	uint32_t checks = fix->choice->checks[fix->running] & ~fix->passed;
	struct violations violations = { .target = target };
	enum fix_status worst = FIX_FINE;

	for (size_t check = 0; checks; check++, checks >>= 1)
		if ((checks & 1) && pod_security_check(fix->pod, check, fix->choice->version, found, &violations))
			fix->passed |= (uint32_t)1 << check;
	for (size_t i = 0; i < violations.n; i++) {
		enum fix_status status = answer(fix, self, &violations.items[i], describe);

		if (status > worst)
			worst = status;
	}
	free(violations.items);
	return worst;
}

struct str violation_subject(struct fix_context *fix, const struct pod_security_violation *violation)
{
	return fix_subject(fix, violation->container);
}

struct str violation_key(const struct pod_security_violation *violation)
{
	struct str path = str_of(violation->field->path);
	size_t dot = path.n;

	while (dot && path.p[dot - 1] != '.')
		dot--;
	return str_sub(path, dot, path.n);
}
