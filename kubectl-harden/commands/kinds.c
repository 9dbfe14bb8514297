/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kinds: the kinds that hold pods, the project's own before those of the program, and how much of them is looked at, as
 * a table.
 */
#include <stdlib.h>

#include "commands/command.h"
#include "commands/project.h"
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

/* The rows to list: the project's own, and of the built-in ones those that it does not replace. */
struct rows {
	const struct kube_kind **items;
	size_t n, cap;
};

static void collect(const struct session *session, const struct kube_kind_list *own, struct rows *rows)
{
	for (size_t i = 0; i < own->n; i++)
		if (is_listed(session, &own->items[i]))
			VEC_PUSH(rows, &own->items[i]);
	for (size_t i = 0; i < kube_kinds_n; i++) {
		const struct kube_kind *kind = &kube_kinds[i];
		bool replaced = false;

		for (size_t k = 0; k < own->n; k++)
			replaced |= !strcmp(own->items[k].kind, kind->kind) &&
				    !strcmp(own->items[k].group, kind->group);
		if (!replaced && is_listed(session, kind))
			VEC_PUSH(rows, kind);
	}
}

static size_t wider(size_t width, const char *text)
{
	return strlen(text) > width ? strlen(text) : width;
}

/* For other programs, a row is a line. What is the project's own may hold anything. */
static void print(struct output *out, const struct rows *rows)
{
	size_t kind = sizeof("KIND") - 1, group = sizeof("GROUP") - 1;

	for (size_t i = 0; i < rows->n; i++) {
		kind = wider(kind, rows->items[i]->kind);
		group = wider(group, group_of(rows->items[i]));
	}
	buf_addf(&out->text, "%-*s   %-*s   %s\n", (int)kind, "KIND", (int)group, "GROUP", "LOOKED AT");
	for (size_t i = 0; i < rows->n; i++) {
		struct buf line CLEANUP(buf_free) = BUF_INIT, text CLEANUP(buf_free) = BUF_INIT;

		buf_addf(&line, "%-*s   %-*s   ", (int)kind, rows->items[i]->kind, (int)group,
			 group_of(rows->items[i]));
		text_escape(&out->text, buf_str(&line));
		text_escape(&text, str_of(what_of(rows->items[i])));
		text_wrap(&out->text, buf_str(&text), kind + group + 6, out->terminal ? TEXT_COLUMNS : SIZE_MAX);
	}
}

static int run(struct session *session)
{
	struct project *project = project_new(&session->settings);
	struct error *error = NULL;
	struct project_settings *settings;
	struct rows rows = { 0 };
	int code = EXIT_FINE;

	if (!project_settings(project, "./", &settings, &error)) {
		output_error(&session->err, error);
		error_free(error);
		code = EXIT_TROUBLE;
	} else {
		collect(session, &settings->options.own.kinds, &rows);
		if (rows.n) {
			print(&session->out, &rows);
		} else {
			error_set(&error, "no kind %s is known to hold a pod", session->settings.arguments.items[0]);
			code = command_usage_error(session, error);
		}
	}
	free(rows.items);
	project_free(project);
	return code;
}

const struct command command_kinds = {
	.name = "kinds",
	.bit = COMMAND_OTHER,
	.summary = "List the kinds that hold pods, and what of them is looked at",
	.description =
		"List the kinds that hold pods, each with its API group, and what of them is looked at: first those "
		"of the project file that holds for the current folder. A kind that is not listed is never edited.",
	.examples = "# List them\n"
		    "kubectl harden kinds\n"
		    "# Which Jobs are there?\n"
		    "kubectl harden kinds Job\n",
	.usage = "[KIND] [options]",
	.arguments_max = 1,
	.run = run,
};
