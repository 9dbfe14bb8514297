/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: findings on standard output, for people one a line, for programs in their formats; exit code 1 if there are any
 * that --fail-on means and that no baseline knows.
 */
#include "report/check.h"

#include "base/file.h"
#include "commands/cluster_work.h"
#include "commands/formats.h"
#include "report/baseline.h"
#include "report/text.h"

static void print_text(struct work *work)
{
	const struct settings *settings = &work->session->settings;
	struct output *out = &work->session->out;
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
}

/* What people read beside the findings. */
static void print_beside(struct work *work, const struct baseline *baseline)
{
	const struct settings *settings = &work->session->settings;
	struct buf *err = &work->session->err.text;

	output_flush(&work->session->out);
	if (settings->quiet || settings->format != FORMAT_TEXT)
		return;
	summary_passed_over(err, &work->run, settings->verbose);
	if (settings->baseline)
		baseline_add_unmet(err, baseline, settings->baseline, settings->verbose);
	check_add_total(err, &work->totals);
	if (!settings->write_baseline)
		return;
	text_escape(err, str_of(settings->write_baseline));
	buf_addz(err, ": ");
	text_count(err, baseline->n, "finding");
	buf_addz(err, " written.\n");
}

/* ---- baselines ---- */

static bool write_baseline(struct work *work, struct baseline *baseline, struct error **err)
{
	const char *path = work->session->settings.write_baseline;
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	baseline_collect(baseline, &work->run);
	baseline_text(baseline, &text);
	return file_write(path, buf_str(&text), err);
}

/* Whether what was found is known; false where the file cannot be read or written. */
static bool use_baseline(struct work *work, struct baseline *baseline)
{
	struct error *error CLEANUP(error_freep) = NULL;

	if (work->session->settings.write_baseline ? !write_baseline(work, baseline, &error) : false) {
		output_error(&work->session->err, error);
		return false;
	}
	if (work->session->settings.baseline)
		baseline_apply(baseline, &work->run);
	work_count(work);
	return true;
}

/* Before anything is read: a baseline that cannot be read must not look as if all findings were new. */
static bool read_baseline(struct session *session, struct baseline *baseline, int *ret_code)
{
	const struct settings *settings = &session->settings;
	struct error *error = NULL;

	*ret_code = EXIT_TROUBLE;
	if (settings->baseline && settings->write_baseline)
		error_set(&error, "--baseline and --write-baseline exclude each other");
	else if (settings->write_baseline && !strcmp(settings->write_baseline, "-"))
		error_set(&error, "--write-baseline needs the name of a file: standard output is for the findings");
	if (error) {
		*ret_code = command_usage_error(session, error);
		return false;
	}
	if ((!settings->baseline || baseline_read(baseline, settings->baseline, &error)) &&
	    (!settings->write_baseline || baseline_may_replace(settings->write_baseline, &error)))
		return true;
	output_error(&session->err, error);
	error_free(error);
	return false;
}

/* ---- the command ---- */

static int code_of(const struct work *work)
{
	enum fail_on fail_on = work->session->settings.fail_on;

	return work_is_answer(work, fail_on == FAIL_ON_DEFAULT ? FAIL_ON_HARDENED : fail_on, false) ? EXIT_ANSWER
												    : EXIT_FINE;
}

static int answer(struct work *work, struct baseline *baseline)
{
	const struct settings *settings = &work->session->settings;
	int code;

	if ((settings->baseline || settings->write_baseline) && !use_baseline(work, baseline))
		return work_end(work, EXIT_TROUBLE);
	code = code_of(work);
	if (formats_is_report(settings->format))
		work_add_report(work, code);
	else
		print_text(work);
	print_beside(work, baseline);
	return work_end(work, code);
}

/* ---- objects of a cluster ---- */

/* One namespace after the other, each forgotten once it was told. */
static void print_namespace(struct cluster_work *live)
{
	const struct settings *settings = &live->work.session->settings;

	print_text(&live->work);
	output_flush(&live->work.session->out);
	if (!settings->quiet && settings->format == FORMAT_TEXT)
		summary_passed_over(&live->work.session->err.text, &live->work.run, settings->verbose);
	output_flush(&live->work.session->err);
}

static int finish_live(struct cluster_work *live, struct baseline *baseline)
{
	const struct settings *settings = &live->work.session->settings;
	struct work *work = &live->work;

	if (!live->done)
		return answer(work, baseline);
	work->totals = live->sum;
	if (!settings->quiet && settings->format == FORMAT_TEXT)
		check_add_total(&work->session->err.text, &work->totals);
	return work_end(work, code_of(work));
}

static int run_live(struct session *session, struct baseline *baseline)
{
	const struct settings *settings = &session->settings;
	struct cluster_work live;
	int code;

	if (cluster_work_open(&live, session, &code)) {
		if (!settings->baseline && !settings->write_baseline && !formats_is_report(settings->format))
			live.done = print_namespace;
		if (cluster_work_do(&live, &code))
			code = finish_live(&live, baseline);
	}
	cluster_work_free(&live);
	return code;
}

static int run(struct session *session)
{
	struct settings *settings = &session->settings;
	struct baseline baseline = BASELINE_INIT;
	struct work work;
	int code;

	if (!read_baseline(session, &baseline, &code)) {
		baseline_free(&baseline);
		return code;
	}
	settings->run.traced |= settings->baseline || settings->write_baseline;
	if (cluster_is_meant(settings)) {
		code = run_live(session, &baseline);
		baseline_free(&baseline);
		return code;
	}
	if (work_do(&work, session, &code))
		code = answer(&work, &baseline);
	work_free(&work);
	baseline_free(&baseline);
	return code;
}

const struct command command_check = {
	.name = "check",
	.bit = COMMAND_CHECK,
	.summary = "List what is not hardened, one finding a line",
	.description =
		"List what is not hardened, one finding a line, as FILE:LINE:COLUMN: FIXER: MESSAGE; of what runs in "
		"a cluster, as NAMESPACE/TYPE/NAME: FIXER: MESSAGE. Nothing is changed. [fixable] marks what fix "
		"would mend.\n\n"
		"Objects of a cluster are named as for kubectl get: TYPE, TYPE/NAME, several with commas or blanks; "
		"without a TYPE all that hold pods. Owned objects are left to their owners.\n\n"
		"Exit status: 0 No findings. 1 Findings, of the kind that --fail-on means. >1 An error.",
	.examples = "# Check a folder and those in it\n"
		    "kubectl harden check -R -f examples\n"
		    "# Fail only where a Pod Security level would refuse the pod\n"
		    "kubectl harden check -f examples/aspnet/deploy.yaml --fail-on=violation\n"
		    "# For GitHub code scanning, and for editors\n"
		    "kubectl harden check -R -f examples -o sarif\n"
		    "# Begin where you are: only what is new fails from now on\n"
		    "kubectl harden check -R -f examples --write-baseline=baseline.json\n"
		    "kubectl harden check -R -f examples --baseline=baseline.json\n"
		    "# What runs in a namespace of the cluster, and some of all of them\n"
		    "kubectl harden check -n default\n"
		    "kubectl harden check deployments -A -l app=shop\n",
	.usage = "(-f FILENAME | -k DIRECTORY | TYPE[/NAME]) [options]",
	.arguments = ARGUMENT_OBJECT,
	.arguments_max = SIZE_MAX,
	.run = run,
};
