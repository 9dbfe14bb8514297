/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capabilities: drop ALL, in that exact spelling (the check compares strings: `all` passes nothing), keep at most
 * NET_BIND_SERVICE. A program that stays root uses what it would lose, so this needs the non-root user.
 */
#include "fixers/evidence.h"
#include "fixers/list.h"

static const char check[] = "capabilities_restricted";

/* The exact name if @text means NET_BIND_SERVICE. */
static bool means_net_bind(struct str text)
{
	return str_ieq(text, STR("NET_BIND_SERVICE")) || str_ieq(text, STR("CAP_NET_BIND_SERVICE"));
}

static bool means_all(struct str text)
{
	return str_ieq(text, STR("ALL")) || str_ieq(text, STR("CAP_ALL"));
}

struct state {
	yaml_id drop, add;
	bool drops_all;	   /* exactly */
	yaml_id misspelt;  /* an item of drop that means ALL */
	bool adds_wrongly; /* anything but exactly NET_BIND_SERVICE */
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
		if (str_is(yaml_text(fix->tree, item), "NET_BIND_SERVICE"))
			continue;
		state.adds_wrongly = true;
		if (!state.example.n)
			state.example = yaml_text(fix->tree, item);
	}
	return state;
}

/* Takes away the added capabilities but NET_BIND_SERVICE, whose spelling is corrected. */
static void mend_added(struct change *change, struct fix_context *fix, yaml_id add)
{
	size_t kept = 0;

	YAML_EACH(fix->tree, add, item)
		kept += means_net_bind(yaml_text(fix->tree, item));
	if (!kept && yaml_count(fix->tree, add)) {
		change_remove(change, add);
		return;
	}
	YAML_EACH(fix->tree, add, item) {
		struct str text = yaml_text(fix->tree, item);

		if (!means_net_bind(text))
			change_remove(change, item);
		else if (!str_is(text, "NET_BIND_SERVICE"))
			change_set_str(change, item, STR("NET_BIND_SERVICE"));
	}
}

static enum fix_status mend(struct fix_context *fix, const struct fixer *self, int target, const struct state *state,
			    const struct problem *problem)
{
	struct change change = fix_begin(fix, target);
	yaml_id context = change_map(&change, fix_container(fix, target)->node, "securityContext", &order_container);
	yaml_id capabilities = change_map(&change, context, "capabilities", &order_security_context);

	if (!state->drops_all) {
		if (state->misspelt)
			change_set_str(&change, state->misspelt, STR("ALL"));
		else
			change_append_str(&change, change_seq(&change, capabilities, "drop", true, &order_capabilities),
					  STR("ALL"));
	}
	if (state->adds_wrongly)
		mend_added(&change, fix, state->add);
	return fix_end(&change, self, problem);
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { .check = check, .safety = SAFETY_SAFE };
	struct state state;

	if (target == TARGET_POD || fix->pod->windows_declared)
		return FIX_FINE;
	state = look(fix, target);
	if (state.drops_all && !state.adds_wrongly)
		return FIX_FINE;
	problem.at = state.adds_wrongly ? state.add : state.drop ? state.drop : fix_place(fix, target);
	if (state.adds_wrongly)
		problem.message = fix_format(fix, "%.*s adds the capability %.*s; restricted allows only NET_BIND_SERVICE%s",
					     STR_ARG(fix_subject(fix, target)), STR_ARG(state.example),
					     state.drops_all ? "" : ", and wants drop: [\"ALL\"]");
	else
		problem.message = fix_format(fix, "%.*s keeps %s capabilities; restricted wants drop: [\"ALL\"]",
					     STR_ARG(fix_subject(fix, target)),
					     yaml_count(fix->tree, state.drop) ? "other" : "the default");
	if (fix_is_windows(fix, &problem) || fix_needs_root(fix, target, &problem.reason))
		return fix_report(fix, self, &problem);
	if (!fix_need(fix, &fixer_run_as_user, target)) {
		problem.reason = STR("dropping them needs a non-root user, and that is left (see run-as-user)");
		return fix_report(fix, self, &problem);
	}
	return mend(fix, self, target, &state, &problem);
}

const struct fixer fixer_capabilities = {
	.name = "capabilities",
	.summary = "Every container drops all capabilities but NET_BIND_SERVICE",
	.profile = PROFILE_RESTRICTED,
	.standard = "Pod Security Standards, restricted: Capabilities",
	.checks = "capabilities_restricted",
	.why = "Capabilities are pieces of root: changing owners, raw network packets, other users' files. A program that "
	       "serves requests needs none of them, and what it does not have cannot be taken from it.",
	.caveat = "An entrypoint that starts as root and changes owners or users fails: \"chown: Operation not permitted\". "
		  "So all are dropped only from a container that is not root.",
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
