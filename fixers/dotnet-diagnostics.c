/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dotnet-diagnostics: the runtime's diagnostics off, where the user asks for it. They are no Pod Security matter, and
 * with a writable /tmp they stop nothing, so nothing is done by itself.
 */
#include "fixers/fix.h"
#include "fixers/list.h"
#include "kube/dotnet.h"

/* The variable under either of its names; the older one is obeyed by newer versions too. */
static yaml_id find(struct fix_context *fix, int target)
{
	yaml_id item = dotnet_variable(fix->pod, target, &dotnet_rules.diagnostics);

	return item ? item : dotnet_variable(fix->pod, target, &dotnet_rules.diagnostics_old);
}

static bool is_asked(const struct fix_config *config)
{
	return config->dotnet_diagnostics == DOTNET_DIAGNOSTICS_OFF;
}

static enum fix_status run(struct fix_context *fix, const struct fixer *self, int target)
{
	struct problem problem = { .safety = SAFETY_CAVEAT, .caveat = CAVEAT_TEXT };
	struct change change;
	unsigned version;
	yaml_id item, value;

	if (target == TARGET_POD || !dotnet_look(fix->pod, target, &version))
		return FIX_FINE;
	item = find(fix, target);
	value = yaml_get(fix->tree, item, "value");
	if (str_is(yaml_text(fix->tree, value), "0"))
		return FIX_FINE;
	problem.at = item ? item : fix_container(fix, target)->node;
	problem.message =
		fix_format(fix, "%.*s lets other programs debug its .NET runtime", STR_ARG(fix_subject(fix, target)));
	problem.detail = STR("without the .NET runtime's diagnostics, dotnet-trace, dotnet-dump, dotnet-counters and "
			     "dotnet-monitor cannot attach.");
	if (item && !value)
		problem.reason = fix_format(fix, "%.*s comes from somewhere else; set it to 0 there",
					    STR_ARG(yaml_get_text(fix->tree, item, "name")));
	if (problem.reason.n || !fix_allowed(fix, self, problem.safety))
		return fix_report(fix, self, &problem);
	change = fix_begin(fix, target);
	if (item)
		change_str(&change, item, "value", STR("0"), &order_env_var);
	else
		change_append_variable(&change, target, dotnet_diagnostics_name(version), STR("0"));
	return fix_end(&change, self, &problem);
}

const struct fixer fixer_dotnet_diagnostics = {
	.name = "dotnet-diagnostics",
	.summary = "The .NET runtime's diagnostics are off (--dotnet-diagnostics=off)",
	.profile = PROFILE_OPT_IN,
	.standard = "Microsoft, Runtime configuration options for debugging and profiling; no Pod Security check",
	.checks = "",
	.why = "A .NET program opens a socket in /tmp through which whoever runs as its user can dump its memory, secrets "
	       "included, and load code into it. That is for whoever operates it to decide, so it is closed where "
	       "--dotnet-diagnostics=off (or --also dotnet-diagnostics) asks for it.",
	.caveat =
		"dotnet-trace, dotnet-dump, dotnet-counters and dotnet-monitor no longer find the program, and profilers "
		"are not loaded.",
	.example = "apiVersion: v1\n"
		   "kind: Pod\n"
		   "metadata:\n"
		   "  name: web\n"
		   "spec:\n"
		   "  containers:\n"
		   "  - name: web\n"
		   "    image: mcr.microsoft.com/dotnet/samples:aspnetapp\n",
	.run = run,
	.is_asked = is_asked,
};
