/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kustomize
 *
 * A kustomization is built by the program that will build it in the end: kubectl. What it prints stands in no file,
 * so it can be looked at, never fixed.
 */
#include "commands/kustomize.h"

#include <sys/wait.h>

#include "base/child.h"

/* The lines of @text as one line, without the "Error: " that the program begins them with. */
static void add_lines(struct buf *out, struct str text)
{
	static const char *const prefixes[] = { "error: ", "Error: " };
	struct str line;
	bool first = true;

	text = str_trim(text);
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (str_starts(text, str_of(prefixes[i])))
			text = str_sub(text, strlen(prefixes[i]), text.n);
	while (str_cut(&text, '\n', &line)) {
		if (!str_trim(line).n)
			continue;
		if (!first)
			buf_addz(out, "; ");
		buf_add(out, str_trim(line));
		first = false;
	}
	if (first)
		buf_addz(out, "it says nothing");
}

/* How it ended, where it did not end well. */
static bool check_end(const char *program, const char *folder, const struct child *child, struct error **err)
{
	struct buf lines CLEANUP(buf_free) = BUF_INIT;

	if (WIFEXITED(child->status) && !WEXITSTATUS(child->status))
		return true;
	add_lines(&lines, buf_str(&child->err));
	if (WIFSIGNALED(child->status))
		return error_set(err, "%s %s was ended by signal %d: %.*s", program, folder, WTERMSIG(child->status),
				 STR_ARG(buf_str(&lines)));
	return error_set(err, "%s %s ended with %d: %.*s", program, folder, WEXITSTATUS(child->status),
			 STR_ARG(buf_str(&lines)));
}

static bool build(struct work *work, struct child *ret, struct error **err)
{
	const char *folder = work->session->settings.kustomize;
	const struct {
		const char *name;
		const char *argv[5];
	} programs[] = {
		{ "kubectl kustomize", { "kubectl", "kustomize", "--", folder, NULL } },
		{ "kustomize build", { "kustomize", "build", "--", folder, NULL } },
	};

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		struct error *error CLEANUP(error_freep) = NULL;

		if (child_run(programs[i].argv, work->run.options.source_bytes, work->run.stop, ret, &error))
			return check_end(programs[i].name, folder, ret, err);
		if (!ret->missing)
			return error_set(err, "%s %s: %s", programs[i].name, folder, error->message);
		child_free(ret);
	}
	return error_set(err, "-k needs kubectl or kustomize, and neither is on PATH; "
			      "https://kubernetes.io/docs/tasks/tools/ says how to install kubectl");
}

bool kustomize_read(struct work *work, struct source_options *options, struct error **err)
{
	struct buf name CLEANUP(buf_free) = BUF_INIT;
	struct file_image image = FILE_IMAGE_INIT;
	struct child child;
	bool fine = build(work, &child, err);

	if (fine) {
		buf_addf(&name, "%s (kustomize)%c", work->session->settings.kustomize, '\0');
		/* Not a regular file: it cannot be replaced. */
		image.id.mode = S_IFIFO;
		buf_addc(&child.out, '\0');
		image.n = child.out.n - 1;
		image.bytes = child.out.p;
		child.out = BUF_INIT;
		run_add_with(&work->run, name.p, NULL, &image, options)->printed = true;
	}
	child_free(&child);
	return fine;
}
