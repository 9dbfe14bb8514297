/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kinds: the kinds that hold pods, and how much of them is looked at, as a table.
 */
#include "commands/command.h"
#include "kube/kinds.h"
#include "report/text.h"

/* What becomes of a kind's pods: of the one that a reader thinks of first. */
static const char *what_of(const struct kube_kind *kind)
{
	const struct kube_view *view = kind->views;

	if (!view)
		return kind->note;
	if (view->flags & VIEW_OPERATOR)
		return view->flags & VIEW_DEFAULTS ? "the pod's own settings, if it has a security context"
						   : "the pod's own settings";
	return view->pod_context ? "everything" : "everything, on each container";
}

static bool is_listed(const struct session *session, const struct kube_kind *kind)
{
	const struct strings *names = &session->settings.arguments;

	if (!kind->views_n && !kind->note)
		return false;
	return !names->n || str_ieq(str_of(names->items[0]), str_of(kind->kind));
}

static const char *group_of(const struct kube_kind *kind)
{
	return *kind->group ? kind->group : "(core)";
}

static void measure(const struct session *session, size_t *ret_kind, size_t *ret_group)
{
	*ret_kind = sizeof("KIND") - 1;
	*ret_group = sizeof("GROUP") - 1;
	for (size_t i = 0; i < kube_kinds_n; i++) {
		if (!is_listed(session, &kube_kinds[i]))
			continue;
		if (strlen(kube_kinds[i].kind) > *ret_kind)
			*ret_kind = strlen(kube_kinds[i].kind);
		if (strlen(group_of(&kube_kinds[i])) > *ret_group)
			*ret_group = strlen(group_of(&kube_kinds[i]));
	}
}

static int run(struct session *session)
{
	struct output *out = &session->out;
	struct error *error = NULL;
	size_t width, group, rows = 0;

	measure(session, &width, &group);
	for (size_t i = 0; i < kube_kinds_n; i++) {
		const struct kube_kind *kind = &kube_kinds[i];

		if (!is_listed(session, kind))
			continue;
		if (!rows++)
			buf_addf(&out->text, "%-*s   %-*s   %s\n", (int)width, "KIND", (int)group, "GROUP",
				 "LOOKED AT");
		buf_addf(&out->text, "%-*s   %-*s   ", (int)width, kind->kind, (int)group, group_of(kind));
		/* For other programs, a row is a line. */
		text_wrap(&out->text, str_of(what_of(kind)), width + group + 6,
			  out->terminal ? TEXT_COLUMNS : SIZE_MAX);
	}
	if (rows)
		return EXIT_FINE;
	error_set(&error, "no kind %s is known to hold a pod", session->settings.arguments.items[0]);
	return command_usage_error(session, error);
}

const struct command command_kinds = {
	.name = "kinds",
	.bit = COMMAND_OTHER,
	.summary = "List the kinds that hold pods, and what of them is looked at",
	.description =
		"List the kinds that hold pods, each with its API group, and what of them is looked at. A kind that "
		"is not listed is never edited.",
	.examples = "# List them\n"
		    "kubectl harden kinds\n"
		    "# Which Jobs are there?\n"
		    "kubectl harden kinds Job\n",
	.usage = "[KIND] [options]",
	.arguments_max = 1,
	.run = run,
};
