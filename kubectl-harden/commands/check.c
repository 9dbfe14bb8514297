/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: findings, one a line, on standard output; exit code 1 if there are any that --fail-on means.
 */
#include "report/check.h"

#include "commands/work.h"

static void print(struct work *work)
{
	const struct settings *settings = &work->session->settings;
	struct output *out = &work->session->out, *err = &work->session->err;
	struct check_options options = {
		.colour = out->colour, .verbose = settings->verbose, .relax = output_relax_data, .data = out
	};

	for (size_t i = 0; i < work->run.sources.n; i++) {
		const struct source *source = work->run.sources.items[i];

		if (settings->format == FORMAT_NAME_CHECKS)
			check_add_names(&out->text, source);
		else
			check_add(&out->text, source, &options);
		output_relax(out);
	}
	output_flush(out);
	if (settings->quiet || settings->format != FORMAT_TEXT)
		return;
	summary_passed_over(&err->text, &work->run, settings->verbose);
	check_add_total(&err->text, &work->totals);
}

static int run(struct session *session)
{
	enum fail_on fail_on = session->settings.fail_on;
	struct work work;
	int code;

	if (fail_on == FAIL_ON_DEFAULT)
		fail_on = FAIL_ON_HARDENED;
	if (work_do(&work, session, &code)) {
		print(&work);
		code = work_end(&work, work_is_answer(&work, fail_on, false) ? EXIT_ANSWER : EXIT_FINE);
	}
	work_free(&work);
	return code;
}

const struct command command_check = {
	.name = "check",
	.bit = COMMAND_CHECK,
	.summary = "List what is not hardened, one finding a line",
	.description = "List what is not hardened, one finding a line, as FILE:LINE:COLUMN: FIXER: MESSAGE. Nothing is "
		       "changed. [fixable] marks what fix would mend.\n\n"
		       "Exit status: 0 No findings. 1 Findings, of the kind that --fail-on means. >1 An error.",
	.examples = "# Check a folder and those in it\n"
		    "kubectl harden check -R -f examples\n"
		    "# Fail only where a Pod Security level would refuse the pod\n"
		    "kubectl harden check -f examples/aspnet/deploy.yaml --fail-on=violation\n",
	.usage = "(-f FILENAME | -k DIRECTORY) [options]",
	.run = run,
};
