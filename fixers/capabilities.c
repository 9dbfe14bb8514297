/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capabilities: drop ALL, in that exact spelling (the check compares strings: `all` passes nothing), keep at most
 * NET_BIND_SERVICE. A program that stays root uses what it would lose, so this needs the non-root user.
 */
#include "fixers/evidence.h"
#include "fixers/image-needs.h"
#include "fixers/list.h"
#include "kube/pod_security.h"

static const char check[] = "capabilities_restricted";
static const char baseline_check[] = "capabilities_baseline";

/* Whether no more is asked for than that nothing beyond the runtime's default is added. */
static bool is_baseline(const struct fix_context *fix)
{
	return fix->config->profile == PROFILE_BASELINE ||
	       (fix->config->profile == PROFILE_RESTRICTED && !fix_applies(fix, check));
}

/*
 * What a name in `add` should be: itself where the profile allows it, the allowed one that it misspells
 * ("cap_net_bind_service"), or nothing. *ret_bit: one for each allowed name, 0 for nothing.
 */
static struct str allowed_bit(const struct fix_context *fix, struct str text, uint64_t *ret_bit)
{
	static const struct pod_security_value one = { "NET_BIND_SERVICE", 0 };
	const struct pod_security_field *field =
		&pod_security_checks[pod_security_find(str_of(baseline_check))].fields[0];
	const struct pod_security_value *values = is_baseline(fix) ? field->values : &one;
	size_t n = is_baseline(fix) ? field->values_n : 1;
	struct str name = fix_capability_name(text);

	*ret_bit = 0;
	for (size_t i = 0; i < n; i++) {
		if (!str_ieq(name, str_of(values[i].text)))
			continue;
		*ret_bit = (uint64_t)1 << i % 64;
		return str_of(values[i].text);
	}
	return STR_NONE;
}

static struct str allowed_name(const struct fix_context *fix, struct str text)
{
	uint64_t bit;

	return allowed_bit(fix, text, &bit);
}

static bool means_all(struct str text)
{
	return str_ieq(fix_capability_name(text), STR("ALL"));
}

struct state {
	yaml_id drop, add;
	bool drops_all;	   /* exactly */
	yaml_id misspelt;  /* an item of drop that means ALL */
	bool adds_wrongly; /* something that the profile does not allow, in its exact spelling */
	bool takes_away;   /* of that, something that is no misspelling */
	struct str example;
};

static struct state look(struct fix_context *fix, int target)
{
	yaml_id capabilities = yaml_get(fix->tree, fix_security_context(fix, target), "capabilities");
	struct state state = {
		.drop = yaml_get(fix->tree, capabilities, "drop"),
		.add = yaml_get(fix->tree, capabilities, "add"),
	};

	YAML_EACH(fix->tree, state.drop, item) {
		struct str text = yaml_text(fix->tree, item);

		if (str_is(text, "ALL"))
			state.drops_all = true;
		else if (means_all(text))
			state.misspelt = item;
	}
	YAML_EACH(fix->tree, state.add, item) {
		struct str text = yaml_text(fix->tree, item), allowed = allowed_name(fix, text);

		if (allowed.n && str_eq(text, allowed))
			continue;
		if (!state.adds_wrongly || (!allowed.n && !state.takes_away))
			state.example = text;
		state.adds_wrongly = true;
		state.takes_away |= !allowed.n;
	}
	/* Baseline asks for nothing to be dropped. */
	state.drops_all |= is_baseline(fix);
	return state;
}

/*
 * Takes away the added capabilities that the profile does not allow; the spelling of the others is corrected, but for
 * those that stand there rightly spelt as well.
 */
static void mend_added(struct change *change, struct fix_context *fix, int target, yaml_id add)
{
	uint64_t stand = 0, bit;
	size_t kept = 0;

	YAML_EACH(fix->tree, add, item) {
		struct str text = yaml_text(fix->tree, item), allowed = allowed_bit(fix, text, &bit);

		kept += allowed.n > 0;
		if (str_eq(text, allowed))
			stand |= bit;
	}
	if (!kept && yaml_count(fix->tree, add)) {
		change_prune(change, add, fix_container(fix, target)->node);
		return;
	}
	YAML_EACH(fix->tree, add, item) {
		struct str text = yaml_text(fix->tree, item), allowed = allowed_bit(fix, text, &bit);

		if (str_eq(text, allowed) && bit)
			continue;
		if (!bit || (stand & bit))
			change_remove(change, item);
		else
			change_set_str(change, item, allowed);
		stand |= bit;
	}
}

static bool adds(struct fix_context *fix, yaml_id add, const char *name)
{
	YAML_EACH(fix->tree, add, item)
		if (str_is(yaml_text(fix->tree, item), name))
			return true;
	return false;
}

/*
 * A program with a file capability that it may not have does not start at all (execve: EPERM), whatever it needs it
 * for. fix_needs_root() has seen to it that the profile allows those of the image.
 */
static void keep_image_capabilities(struct change *change, struct fix_context *fix, int target, yaml_id capabilities)
{
	const struct image_fact *facts = fix_image_facts(fix, target);

	for (size_t i = 0; facts && i < facts->capabilities.n; i++) {
		const char *name = facts->capabilities.items[i];

		if (!change->refused && !adds(fix, yaml_get(fix->tree, capabilities, "add"), name))
			change_append_str(change, change_seq(change, capabilities, "add", true, &order_capabilities),
					  str_of(name));
	}
}

static enum fix_status mend(struct fix_context *fix, const struct fixer *self, int target, const struct state *state,
			    const struct problem *problem)
{
	const struct image_fact *facts = fix_image_facts(fix, target);
	struct change change = fix_begin(fix, target);
	yaml_id context = change_security_context(&change, target);
	yaml_id capabilities = change_map(&change, context, "capabilities", &order_security_context);

	if (!state->drops_all) {
		if (state->misspelt)
			change_set_str(&change, state->misspelt, STR("ALL"));
		else
			change_append_str(&change, change_seq(&change, capabilities, "drop", true, &order_capabilities),
					  STR("ALL"));
	}
	if (state->adds_wrongly)
		mend_added(&change, fix, target, state->add);
	if (!state->drops_all)
		keep_image_capabilities(&change, fix, target, capabilities);
	if (!state->drops_all && facts)
		change_add_env(&change, target, facts->sets, facts->sets_n);
	return fix_end(&change, self, problem);
}

/* Whether it is not known which capabilities are added; with what to say of it in @problem. */
static bool adds_unknown(struct fix_context *fix, int target, yaml_id add, struct problem *problem)
{
	yaml_id capabilities = yaml_get(fix->tree, fix_security_context(fix, target), "capabilities");

	if (fix_unknown(fix, target, capabilities, VALUE_TEXT, problem) ||
	    fix_unknown(fix, target, add, VALUE_TEXT, problem))
		return true;
	YAML_EACH(fix->tree, add, item) {
		if (!fix_unknown(fix, target, item, VALUE_TEXT, problem))
			continue;
		problem->message = fix_format(fix, "a capability that %.*s adds is %.*s",
					      STR_ARG(fix_subject(fix, target)),
					      STR_ARG(value_words(fix->tree, item, fix->arena)));
		return true;
	}
	return false;
}

/* At a version without the restricted check, the baseline one is asked, whatever the profile wants beyond it. */
static const char *check_of(const struct fix_context *fix, yaml_id add)
{
	const struct pod_security_field *field =
		&pod_security_checks[pod_security_find(str_of(baseline_check))].fields[0];

	if (fix_applies(fix, check))
		return check;
	YAML_EACH(fix->tree, add, item) {
		bool allowed = false;

		for (size_t i = 0; i < field->values_n; i++)
			allowed |= str_is(yaml_text(fix->tree, item), field->values[i].text);
		if (!allowed)
			return baseline_check;
	}
	return NULL;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { .safety = SAFETY_SAFE };
	const char *allows = is_baseline(fix) ? "baseline does not allow it"
					      : "restricted allows only NET_BIND_SERVICE";
	const struct image_fact *facts = target == TARGET_POD ? NULL : fix_image_facts(fix, target);
	struct state state;

	if (target == TARGET_POD || (!is_baseline(fix) && fix_is_exempt(fix, check)))
		return FIX_FINE;
	state = look(fix, target);
	if (state.drops_all && !state.adds_wrongly)
		return FIX_FINE;
	problem.check = check_of(fix, state.add);
	if (adds_unknown(fix, target, state.add, &problem))
		return fix_report(fix, self, &problem);
	problem.at = state.adds_wrongly ? state.add : state.drop ? state.drop : fix_place(fix, target);
	if (state.adds_wrongly)
		problem.message = fix_format(fix, "%.*s adds the capability %.*s; %s%s",
					     STR_ARG(fix_subject(fix, target)), STR_ARG(state.example),
					     state.takes_away ? allows : "that is not its exact name",
					     state.drops_all ? "" : ", and wants drop: [\"ALL\"]");
	else
		problem.message = fix_format(fix, "%.*s keeps %s capabilities; restricted wants drop: [\"ALL\"]",
					     STR_ARG(fix_subject(fix, target)),
					     yaml_count(fix->tree, state.drop) ? "other" : "the default");
	if (fix_is_windows(fix, &problem))
		return fix_report(fix, self, &problem);
	/* A corrected name takes nothing from root. */
	if (state.drops_all && !state.takes_away)
		return mend(fix, self, target, &state, &problem);
	if (fix_needs_root(fix, target, &problem.reason))
		return fix_report(fix, self, &problem);
	if (!is_baseline(fix) && !fix_need(fix, &fixer_run_as_user, target)) {
		problem.reason = STR("dropping them needs a non-root user, and that is left (see run-as-user)");
		return fix_report(fix, self, &problem);
	}
	if (facts && !state.drops_all)
		fix_add_caveat(fix, &problem, change_asks_env(fix, target, facts->sets, facts->sets_n));
	if (!fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	return mend(fix, self, target, &state, &problem);
}

const struct fixer fixer_capabilities = {
	.name = "capabilities",
	.summary = "Every container drops all capabilities but NET_BIND_SERVICE",
	.profile = PROFILE_BASELINE,
	.standard = "Pod Security Standards, baseline and restricted: Capabilities",
	.checks = "capabilities_baseline capabilities_restricted",
	.why = "Capabilities are pieces of root: changing owners, raw network packets, other users' files. A program that "
	       "serves requests needs none of them, and what it does not have cannot be taken from it.",
	.caveat =
		"An entrypoint that starts as root and changes owners or users fails: \"chown: Operation not permitted\". "
		"So all are dropped only from a container that is not root. A program with a file capability of its own does "
		"not start without it: \"exec: operation not permitted\"; images that are known for it keep it.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  securityContext:\n"
		   "    runAsUser: 10001\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: registry.example/web:1.0\n"
		   "    securityContext:\n"
		   "      capabilities:\n"
		   "        drop: [all]\n",
	.run = run,
};
