/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff: what fix would change, as a unified diff on standard output; exit code 1 if that is anything.
 */
#include "commands/cluster_work.h"
#include "commands/formats.h"

static void print(struct work *work, int code)
{
	const enum format format = work->session->settings.format;

	if (format == FORMAT_JSON) {
		work_add_report(work, code);
		return;
	}
	if (formats_is_of_objects(format))
		formats_print(work);
	else
		work_add_diffs(work);
	work_add_summary(work, false);
}

/* ---- objects of a cluster ---- */

static void print_namespace(struct cluster_work *live)
{
	work_add_diffs(&live->work);
	work_add_summary_run(&live->work);
}

static int run_live(struct session *session)
{
	const struct settings *settings = &session->settings;
	struct cluster_work live;
	int code;

	if (cluster_work_open(&live, session, &code)) {
		live.edits = true;
		if (settings->format == FORMAT_TEXT)
			live.done = print_namespace;
		if (cluster_work_do(&live, &code)) {
			code = live.sum.changed ? EXIT_ANSWER : EXIT_FINE;
			if (settings->format == FORMAT_JSON)
				work_add_report(&live.work, code);
			else if (!live.done)
				formats_print(&live.work);
			if (!settings->quiet && settings->format != FORMAT_JSON)
				cluster_add_end(&live, false);
			code = work_end(&live.work, code);
		}
	}
	cluster_work_free(&live);
	return code;
}

static int run(struct session *session)
{
	struct work work;
	int code;

	if (cluster_is_meant(&session->settings))
		return run_live(session);
	if (work_do(&work, session, &code)) {
		code = work.totals.changed ? EXIT_ANSWER : EXIT_FINE;
		print(&work, code);
		code = work_end(&work, code);
	}
	work_free(&work);
	return code;
}

const struct command command_diff = {
	.name = "diff",
	.bit = COMMAND_DIFF,
	.summary = "Show what fix would change",
	.description =
		"Show what fix would change, as a unified diff on standard output that git apply and patch -p1 "
		"accept. The summary on standard error says which ports move, what an image must be able to do, "
		"and what is left for a person.\n\n"
		"Of objects of a cluster the manifests are compared that a person would have written: without "
		"status and what else the server keeps. What Helm, Argo CD, Flux or an operator manages is left to "
		"them, unless --managed is given, and so is what is in kube-*, openshift-* and privileged "
		"namespaces that -n does not name.\n\n"
		"Exit status: 0 No changes. 1 Changes. >1 An error.",
	.examples = "# Show what would change in a file\n"
		    "kubectl harden diff -f examples/aspnet/deploy.yaml\n"
		    "# In a folder and those in it, without the read-only root file system\n"
		    "kubectl harden diff -R -f examples --profile=restricted\n"
		    "# In what another program prints\n"
		    "cat examples/aspnet/deploy.yaml | kubectl harden diff -f -\n"
		    "# As patches for kubectl patch, or as a component for kustomize\n"
		    "kubectl harden diff -f examples/aspnet/deploy.yaml -o patch\n"
		    "kubectl harden diff -f examples/aspnet/deploy.yaml -o kustomize=hardened\n"
		    "# In what a kustomization is built to\n"
		    "kubectl harden diff -k overlays/prod\n"
		    "# In what runs in the cluster\n"
		    "kubectl harden diff deployment/shop -n default\n",
	.usage = "(-f FILENAME | -k DIRECTORY | TYPE[/NAME]) [options]",
	.arguments = ARGUMENT_OBJECT,
	.arguments_max = SIZE_MAX,
	.run = run,
};
