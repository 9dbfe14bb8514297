/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fix: files are replaced, all of them or none; standard input goes to standard output.
 */
#include "commands/work.h"

#include "commands/formats.h"
#include "commands/interactive.h"
#include "commands/interrupt.h"
#include "commands/kustomize.h"
#include "commands/cluster_work.h"
#include "commands/cluster_fix.h"

/* Sources that become results. */
static size_t results_n(const struct work *work)
{
	size_t n = work->run.sources.n;

	while (n && work->run.sources.items[n - 1]->no_result)
		n--;
	return n;
}

/* Whole results on standard output; a separator between two that would otherwise run into each other. */
static void print_results(struct work *work, bool all)
{
	struct output *out = &work->session->out;
	size_t n = results_n(work);
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		const struct source *source = work->run.sources.items[i];
		struct str text = { source->image.bytes, source->image.n };
		struct output_cursor cursor = OUTPUT_CURSOR(source);
		char last = '\n';

		if (!all && source->writable)
			continue;
		if (!first && !str_starts(text, STR("---")))
			buf_addz(&out->text, "---\n");
		while (run_output_next(&cursor, &out->text)) {
			last = out->text.p[out->text.n - 1];
			output_relax(out);
		}
		if (i + 1 < n && last != '\n')
			buf_addc(&out->text, '\n');
		first = false;
	}
}

static bool commit(struct work *work)
{
	struct error *error CLEANUP(error_freep) = NULL, *warning CLEANUP(error_freep) = NULL;
	bool fine = run_commit(&work->run, &error, &warning);

	if (warning)
		output_error(&work->session->err, warning);
	if (fine)
		return true;
	work_fail(work, error);
	if (!work->run.mixed)
		buf_addz(&work->session->err.text, "No file was changed.\n");
	output_flush(&work->session->err);
	if (*work->run.stop)
		interrupt_die();
	return false;
}

/* Whether any result went to standard output because it has no file to go to. */
static bool has_unwritable(const struct work *work)
{
	for (size_t i = 0; i < results_n(work); i++)
		if (!work->run.sources.items[i]->writable)
			return true;
	return false;
}

/* The results that have no file to go to, before any file is replaced: all happens or nothing. */
static bool deliver(struct work *work)
{
	struct error *error CLEANUP(error_freep) = NULL;

	print_results(work, false);
	if (output_finish(&work->session->out, &error))
		return true;
	work_fail(work, error);
	buf_addz(&work->session->err.text, "No file was changed.\n");
	return false;
}

static void carry_out(struct work *work)
{
	const struct settings *settings = &work->session->settings;

	if (formats_is_of_objects(settings->format)) {
		formats_print(work);
		work_add_summary(work, false);
	} else if (settings->dry_run == DRY_RUN_CLIENT) {
		work_add_diffs(work);
		work_add_summary(work, false);
	} else if (settings->to_stdout) {
		print_results(work, true);
		work_add_summary(work, false);
	} else {
		if (has_unwritable(work) && !deliver(work))
			return;
		if (commit(work))
			work_add_summary(work, true);
	}
}

/* What has no meaning for objects of a cluster. */
static bool check_live(const struct session *session, struct error **err)
{
	const struct settings *settings = &session->settings;

	if (settings->interactive)
		return error_set(err,
				 "--interactive is for files; for objects of a cluster choose with --only and --skip");
	if (settings->to_stdout)
		return error_set(err, "--stdout is for files; for objects of a cluster there is --dry-run -o yaml");
	if (settings->rollback_on_failure && !settings->wait)
		return error_set(err, "--rollback-on-failure needs --wait");
	return true;
}

static int run(struct session *session)
{
	struct error *error = NULL;
	struct work work;
	int code;

	if (session->settings.format != FORMAT_TEXT && session->settings.dry_run == DRY_RUN_NONE) {
		error_set(&error, "--output is for a --dry-run");
		return command_usage_error(session, error);
	}
	if (cluster_is_meant(&session->settings) && check_live(session, &error))
		return cluster_fix(session);
	if (!error && session->settings.dry_run == DRY_RUN_SERVER)
		error_set(&error, "--dry-run=server is for objects of a cluster: TYPE/NAME, or --live");
	if (error)
		return command_usage_error(session, error);
	if (session->settings.kustomize && !session->settings.filenames.n)
		return kustomize_refuse(session);
	if (session->settings.interactive && !interactive_check(session, &error))
		return command_usage_error(session, error);
	if (work_do(&work, session, &code) && (!session->settings.interactive || interactive_ask(&work, &code))) {
		code = work_is_answer(&work, session->settings.fail_on, true) ? EXIT_ANSWER : EXIT_FINE;
		carry_out(&work);
		code = work_end(&work, code);
	}
	work_free(&work);
	return code;
}

const struct command command_fix = {
	.name = "fix",
	.bit = COMMAND_FIX,
	.summary = "Harden manifests where they stand",
	.description =
		"Harden manifests where they stand: files are replaced, all of them or none, and every byte that "
		"is no part of a fix stays as it is. Standard input goes to standard output.\n\n"
		"What cannot be fixed safely is reported with its place and reason, and everything else is fixed. "
		"A second run changes nothing.\n\n"
		"Objects of a cluster (TYPE/NAME, TYPE, or all that hold pods) are changed where they run, namespace by "
		"namespace: the diff is shown, the server is asked whether it would take it (a dry run), then you are "
		"asked, and then the objects are patched, as long as nobody else has changed the same. What belongs "
		"together (a port in a workload and in its Service) is changed together or put back.\n\n"
		"Exit status: 0 Fixed, or nothing to fix. 1 What --fail-on asks for is left. >1 An error.",
	.examples = "# Harden a file\n"
		    "kubectl harden fix -f examples/aspnet/deploy.yaml\n"
		    "# Decide about each change\n"
		    "kubectl harden fix --interactive -f examples/aspnet/deploy.yaml\n"
		    "# Print the result and write no file\n"
		    "kubectl harden fix --stdout -f examples/aspnet/deploy.yaml\n"
		    "# Print the hardened objects, and nothing else\n"
		    "kubectl harden fix --dry-run -q -o yaml -f examples/aspnet/deploy.yaml\n"
		    "# Harden on the way to the cluster\n"
		    "cat examples/aspnet/deploy.yaml | kubectl harden fix -f - | kubectl apply -f -\n"
		    "# Harden what runs in the cluster, once you say yes\n"
		    "kubectl harden fix deployment/shop -n default\n"
		    "# Without a question, and put back if it does not come up\n"
		    "kubectl harden fix deploy/shop -n default -y --wait --rollback-on-failure\n",
	.usage = "(-f FILENAME | TYPE[/NAME]) [options]",
	.arguments = ARGUMENT_OBJECT,
	.arguments_max = SIZE_MAX,
	.run = run,
};
