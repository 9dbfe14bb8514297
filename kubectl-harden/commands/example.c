/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/example.h"

#include "report/diff.h"

/* The flags that the example needs, as the command line has them. */
static void add_options(struct settings *settings, const char *flags)
{
	struct str rest = str_of(flags), flag;

	while (str_cut(&rest, ' ', &flag)) {
		struct str name;

		str_cut(&flag, '=', &name);
		name = str_sub(name, strlen("--"), name.n);
		(void)option_find(name, COMMAND_FIX)->set(settings, option_find(name, COMMAND_FIX), flag, NULL);
	}
}

void example_diff(struct buf *out, const struct fixer *fixer, size_t indent, bool colour)
{
	struct settings settings = settings_init();
	struct diff_options options = { .colour = colour, .bare = true };
	struct file_image image = FILE_IMAGE_INIT;
	struct buf diff CLEANUP(buf_free) = BUF_INIT;
	const struct source *source;
	struct splices splices;
	struct str rest, line;
	struct run run;

	if (!fixer->example)
		return;
	add_options(&settings, fixer->example_options);
	settings.run.fix.only = settings.run.fix.also = (uint64_t)1 << fixer_index(fixer);
	image.n = strlen(fixer->example);
	image.bytes = memcpy(xmalloc(image.n + 1), fixer->example, image.n + 1);
	run_init(&run, &settings.run);
	source = run_add(&run, "example", NULL, &image);
	run_plan(&run);
	run_apply(&run);
	run_splices(source, &splices);
	diff_add(&diff, STR("example"), (struct str){ source->image.bytes, source->image.n }, &splices, &options);
	rest = buf_str(&diff);
	while (str_cut(&rest, '\n', &line) && rest.p) {
		buf_pad(out, ' ', indent);
		buf_addf(out, "%.*s\n", STR_ARG(line));
	}
	splices_free(&splices);
	run_free(&run);
	settings_free(&settings);
}
