/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work
 *
 * One file that cannot be read does not keep the others from being hardened, but it is never forgotten: the exit code
 * says so, whatever else there is to say.
 */
#include "commands/work.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands/chart.h"
#include "commands/formats.h"
#include "commands/interrupt.h"
#include "commands/kustomize.h"
#include "commands/progress.h"
#include "engine/kustomization.h"
#include "report/between.h"
#include "report/machine.h"
#include "report/text.h"

void work_fail(struct work *work, const struct error *error)
{
	work->failed = true;
	output_error(&work->session->err, error);
}

static void passed_over(void *data, const char *path, const char *why)
{
	struct session *session = ((struct work *)data)->session;

	text_escape(&session->err.text, str_of(path));
	buf_addf(&session->err.text, ": passed over: %s\n", why);
	output_relax(&session->err);
}

static bool excluded(void *data, const char *path, bool folder)
{
	struct work *work = data;
	const char *slash = strrchr(path, '/');
	struct buf why CLEANUP(buf_free) = BUF_INIT;
	struct origin origin;

	if (!strcmp(slash ? slash + 1 : path, PROJECT_FILE_NAME))
		return true;
	if (!project_excludes(work->project, path, folder, &origin))
		return false;
	if (work->session->settings.verbose) {
		text_escape(&why, str_of(origin.path));
		buf_addf(&why, ":%u excludes it%c", origin.line, '\0');
		passed_over(work, path, why.p);
	}
	return true;
}

/* ---- reading ---- */

static bool read_entry(const struct work *work, const struct walk_entry *entry, struct file_image *ret,
		       struct error **err)
{
	size_t most = work->run.options.source_bytes;

	if (!strcmp(entry->path, "-"))
		return file_read_fd(STDIN_FILENO, "standard input", most, ret, err);
	if (entry->named)
		return file_read_named(entry->path, most, ret, err);
	return file_read(AT_FDCWD, entry->path, most, ret, err);
}

static size_t count_changes(const struct source *source)
{
	size_t changes = 0;

	for (size_t i = 0; i < source->documents.n; i++)
		for (size_t k = 0; k < source->documents.items[i].objects.n; k++)
			changes += source->documents.items[i].objects.items[k].changes;
	return changes;
}

static void tell_no_manifest(struct work *work, const struct walk_entry *entry, const struct source *source)
{
	const struct settings *settings = &work->session->settings;

	if (source->template || source_holds_manifests(source) ||
	    (settings->quiet || !(entry->named || settings->verbose)))
		return;
	text_escape(&work->session->err.text, source_name(source));
	buf_addz(&work->session->err.text, ": passed over: it holds no manifest\n");
	output_relax(&work->session->err);
}

static void read_all(struct work *work, struct project_settings *const *asked)
{
	struct progress progress = progress_init(&work->session->err, work->list.n, !work->session->settings.quiet);
	size_t changes = 0;

	for (size_t i = 0; i < work->list.n && !*work->run.stop; i++) {
		const struct walk_entry *entry = &work->list.items[i];
		struct file_image image = FILE_IMAGE_INIT;
		struct error *error CLEANUP(error_freep) = NULL;

		progress_step(&progress, i, changes);
		if (entry->error) {
			progress_end(&progress);
			run_note_unread(&work->run, entry->path, entry->named);
			work_fail(work, entry->error);
		} else if (read_entry(work, entry, &image, &error)) {
			struct source *source =
				run_add_with(&work->run, entry->path, entry->inside, &image, &asked[i]->options);

			if (source->template)
				source->chart = chart_find(work->run.arena, str_of(entry->path));
			changes += count_changes(source);
			tell_no_manifest(work, entry, source);
		} else if (!*work->run.stop) {
			progress_end(&progress);
			run_note_unread(&work->run, entry->path, entry->named);
			work_fail(work, error);
		}
	}
	progress_end(&progress);
}

/* Where the project file is looked for: what was redirected has no folder, be it named - or /dev/stdin. */
static const char *project_path(const struct walk_entry *entry)
{
	return entry->named && file_is_descriptor(entry->path) ? "-" : entry->path;
}

/* What is asked for of each file, before any is read: a mistake is told at once, and a run knows what to expect. */
static struct project_settings **ask_all(struct work *work, struct error **err)
{
	struct project_settings **asked = xrealloc_array(NULL, work->list.n + 1, sizeof(struct project_settings *));

	for (size_t i = 0; i < work->list.n; i++) {
		if (!project_settings(work->project, project_path(&work->list.items[i]), &asked[i], err)) {
			free(asked);
			return NULL;
		}
		run_expect(&work->run, &asked[i]->options);
	}
	return asked;
}

static bool read_kustomization(struct work *work, struct error **err)
{
	struct error *error CLEANUP(error_freep) = NULL;
	const struct walk_entry entry = { .named = true };
	struct buf folder CLEANUP(buf_free) = BUF_INIT;
	struct project_settings *asked;

	buf_addf(&folder, "%s/%c", work->session->settings.kustomize, '\0');
	if (!project_settings(work->project, folder.p, &asked, err))
		return false;
	if (kustomize_read(work, &asked->options, &error)) {
		tell_no_manifest(work, &entry, work->run.sources.items[0]);
		return true;
	}
	if (!*work->run.stop) {
		*err = error;
		error = NULL;
	}
	return false;
}

/* Kustomizations say which images will run: they are read before what they are made of. */
static void expect_kustomizations(struct work *work)
{
	for (size_t i = 0; i < work->list.n; i++) {
		const struct walk_entry *entry = &work->list.items[i];
		struct file_image image = FILE_IMAGE_INIT;
		struct error *error CLEANUP(error_freep) = NULL;

		/* What cannot be read is told when it is read again. */
		if (entry->error || !kustomization_is_named(str_of(entry->path)) ||
		    !read_entry(work, entry, &image, &error))
			continue;
		run_expect_kustomization(&work->run, entry->path, (struct str){ image.bytes, image.n });
		file_image_free(&image);
	}
}

static bool read_files(struct work *work, const struct walk_options *options, struct error **err)
{
	const struct settings *settings = &work->session->settings;
	struct project_settings **asked;
	struct error *error;

	walk(&work->list, settings->filenames.items, settings->filenames.n, options);
	error = project_error(work->project);
	if (error) {
		*err = error;
		return false;
	}
	asked = ask_all(work, err);
	if (!asked)
		return false;
	expect_kustomizations(work);
	read_all(work, asked);
	free(asked);
	return true;
}

/* ---- the run ---- */

bool work_interrupted(struct work *work, int *ret_code)
{
	struct buf *out = &work->session->err.text;

	if (!*work->run.stop)
		return false;
	output_flush(&work->session->out);
	if (!work->list.n) {
		buf_addz(out, "Stopped.\n");
	} else {
		buf_addf(out, "Stopped after %zu of ", work->run.sources.n);
		text_count(out, work->list.n, "file");
		buf_addz(out, ". Every file is whole; none was changed.\n");
	}
	output_flush(&work->session->err);
	interrupt_die();
	*ret_code = EXIT_TROUBLE;
	return true;
}

static bool check_input(struct session *session, int *ret_code)
{
	const struct settings *settings = &session->settings;
	struct error *error = NULL;

	/* kubectl's own words. */
	if (settings->kustomize && settings->filenames.n)
		error_set(&error, "only one of -f or -k can be specified");
	else if (settings->kustomize && settings->recursive)
		error_set(&error, "the -k flag can't be used with -f or -R");
	else if (settings->selector || settings->all_namespaces)
		error_set(&error,
			  "%s chooses among the objects of a cluster, and files are taken whole: leave it out, or name "
			  "a TYPE in place of %s",
			  settings->selector ? "-l (--selector)" : "-A (--all-namespaces)",
			  settings->kustomize ? "-k" : "-f");
	else if (!settings->kustomize && !settings->filenames.n)
		error_set(&error,
			  "nothing to read; name files, folders or - (standard input) with -f, or objects of the "
			  "cluster: TYPE, TYPE/NAME, -n NAMESPACE for all of it, -A for all namespaces");
	else
		return true;
	*ret_code = command_usage_error(session, error);
	return false;
}

void work_count(struct work *work)
{
	caveats_free(&work->caveats);
	caveats_collect(&work->run, &work->caveats);
	totals_count(&work->run, &work->caveats, &work->totals);
	work->totals.unread = work->failed;
}

static void begin_run(struct work *work)
{
	const struct settings *settings = &work->session->settings;

	run_init(&work->run, &work->options);
	work->run.options.keep_sources = settings->to_stdout || settings->format == FORMAT_OBJECTS_JSON ||
					 settings->format == FORMAT_OBJECTS_YAML;
	work->run.options.traced |= formats_is_report(settings->format);
	work->run.stop = interrupt_catch();
}

bool work_open(struct work *work, struct session *session, int *ret_code)
{
	const struct settings *settings = &session->settings;
	struct error *error CLEANUP(error_freep) = NULL;

	*work = (struct work){ .session = session, .list = WALK_LIST_INIT, .project = project_new(settings) };
	if (!images_load(&work->images, settings, &error)) {
		work_fail(work, error);
		*ret_code = EXIT_TROUBLE;
		return false;
	}
	work->options = images_options(&work->images, settings);
	project_add_images(work->project, &work->options);
	begin_run(work);
	return true;
}

void work_renew(struct work *work)
{
	caveats_free(&work->caveats);
	run_free(&work->run);
	begin_run(work);
}

bool work_do(struct work *work, struct session *session, int *ret_code)
{
	const struct settings *settings = &session->settings;
	struct walk_options options = { .recursive = settings->recursive };
	struct error *error CLEANUP(error_freep) = NULL;
	bool fine;

	*work = (struct work){ .session = session, .list = WALK_LIST_INIT };
	if (!check_input(session, ret_code) || !work_open(work, session, ret_code))
		return false;
	options.stop = work->run.stop;
	options.data = work;
	options.excluded = excluded;
	if (settings->verbose)
		options.passed_over = passed_over;
	if (!settings->quiet)
		options.left_over = passed_over;
	fine = settings->kustomize ? read_kustomization(work, &error) : read_files(work, &options, &error);
	if (work_interrupted(work, ret_code))
		return false;
	if (!fine) {
		if (error)
			work_fail(work, error);
		*ret_code = EXIT_TROUBLE;
		return false;
	}
	images_add_findings(&work->images, &work->run);
	run_plan(&work->run);
	run_apply(&work->run);
	if (work_interrupted(work, ret_code))
		return false;
	work_count(work);
	if (!settings->quiet)
		images_add_notes(&work->images, &work->run, &session->err.text);
	return true;
}

void work_free(struct work *work)
{
	caveats_free(&work->caveats);
	run_free(&work->run);
	images_free(&work->images);
	walk_list_free(&work->list);
	project_free(work->project);
}

/* ---- results ---- */

/*
 * The name that a diff gives to a file: for a path with .. in it, which git apply and patch refuse, the one below the
 * current folder, or else the absolute one (for `patch -p1 -d /`).
 */
static void add_diff_name(struct buf *out, const char *path)
{
	char *real, *here;
	size_t n;

	if (!strcmp(path, "-")) {
		buf_addz(out, "stdin");
		return;
	}
	if (strncmp(path, "../", 3) != 0 && !strstr(path, "/../")) {
		buf_addz(out, path);
		return;
	}
	real = realpath(path, NULL);
	here = realpath(".", NULL);
	n = here ? strlen(here) : 0;
	if (real && here && strncmp(real, here, n) == 0 && real[n] == '/')
		buf_addz(out, real + n + 1);
	else
		buf_addz(out, real ? real : path);
	free(real);
	free(here);
}

static void add_diff(struct work *work, const struct source *source, struct str original, const struct splices *splices)
{
	struct output *out = &work->session->out;
	struct diff_options options = {
		.colour = out->colour, .visible = out->terminal, .relax = output_relax_data, .data = out
	};
	struct buf name CLEANUP(buf_free) = BUF_INIT;

	add_diff_name(&name, source->path);
	diff_add(&out->text, buf_str(&name), original, splices, &options);
	output_relax(out);
}

void work_add_diffs(struct work *work)
{
	for (size_t i = 0; i < work->run.sources.n; i++) {
		const struct source *source = work->run.sources.items[i];
		struct splices splices;

		if (!source->changed)
			continue;
		run_splices(source, &splices);
		add_diff(work, source, (struct str){ source->image.bytes, source->image.n }, &splices);
		splices_free(&splices);
	}
}

void work_add_diff_since(struct work *work, const struct source *source, const struct splices *before)
{
	struct splices after;
	struct between between;

	run_splices(source, &after);
	between_make(&between, (struct str){ source->image.bytes, source->image.n }, before, &after);
	add_diff(work, source, buf_str(&between.before), &between.splices);
	between_free(&between);
	splices_free(&after);
}

void work_add_report(struct work *work, int code)
{
	static void (*const reports[])(const struct machine *machine) = {
		[FORMAT_JSON] = machine_json,
		[FORMAT_SARIF] = machine_sarif,
		[FORMAT_GITHUB] = machine_github,
		[FORMAT_JUNIT] = machine_junit,
	};
	const struct settings *settings = &work->session->settings;
	struct machine machine = {
		.run = &work->run,
		.totals = &work->totals,
		.baseline = settings->baseline || settings->write_baseline,
		.failed = work->failed,
		.exit_code = work->failed ? EXIT_TROUBLE : code,
		.out = &work->session->out.text,
		.relax = output_relax_data,
		.data = &work->session->out,
	};

	reports[settings->format](&machine);
}

void work_add_summary_run(struct work *work)
{
	const struct settings *settings = &work->session->settings;
	struct output *err = &work->session->err;
	struct summary_options options = { .colour = err->colour, .verbose = settings->verbose };

	output_flush(&work->session->out);
	if (!settings->quiet)
		summary_add(&err->text, &work->run, &work->caveats, &options);
	output_flush(err);
}

void work_add_summary(struct work *work, bool past)
{
	work_add_summary_run(work);
	if (!work->session->settings.quiet)
		summary_add_totals(&work->session->err.text, &work->totals, past);
	output_flush(&work->session->err);
}

int work_end(struct work *work, int code)
{
	struct error *error CLEANUP(error_freep) = NULL;

	if (!output_finish(&work->session->out, &error))
		work_fail(work, error);
	output_flush(&work->session->err);
	return work->failed ? EXIT_TROUBLE : code;
}

bool work_is_answer(const struct work *work, enum fail_on fail_on, bool left)
{
	const struct totals *totals = &work->totals;

	switch (fail_on) {
	case FAIL_ON_VIOLATION:
		return totals->refused || (left ? totals->violations_left : totals->violations);
	case FAIL_ON_HARDENED:
		return totals->refused || (left ? totals->left + totals->declined : totals->findings);
	case FAIL_ON_DEFAULT:
	case FAIL_ON_NEVER:
		break;
	}
	return false;
}
