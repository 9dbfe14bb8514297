/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dump: what the program reads in files, and what it means to write, as frames for `judge means` (see meaning.h).
 *
 *	dump FILE…
 *
 * Each file is read, hardened by the whole engine, and its result is read again.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "engine/run.h"
#include "hardened.h"
#include "meaning.h"

static void harden(const char *name, struct str text, struct buf *out)
{
	struct run_options options = {
		.fix = FIX_CONFIG_DEFAULT,
		.limits = YAML_LIMITS_DEFAULT,
		.source_bytes = SIZE_MAX,
		.keep_sources = true,
	};
	struct file_image image = FILE_IMAGE_INIT;
	struct source *source;
	struct run run;

	image.bytes = xmalloc(text.n + 1);
	memcpy(image.bytes, text.n ? text.p : "", text.n);
	image.bytes[text.n] = 0;
	image.n = text.n;
	image.id.mode = S_IFREG | 0644;
	image.id.size = (off_t)text.n;
	run_init(&run, &options);
	source = run_add(&run, name, NULL, &image);
	run_plan(&run);
	run_apply(&run);
	if (source->changed)
		run_output(source, out);
	run_free(&run);
}

/* ---- files ---- */

static bool read_file(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "rb");
	char block[4096];
	size_t n;

	if (!file) {
		fprintf(stderr, "error: open %s: %s\n", path, strerror(errno));
		return false;
	}
	while ((n = fread(block, 1, sizeof(block), file)))
		buf_add(out, (struct str){ block, n });
	fclose(file);
	return true;
}

static bool dump_file(const char *path)
{
	struct buf text = BUF_INIT, fixed = BUF_INIT, name = BUF_INIT;
	bool fine = read_file(path, &text);

	if (fine) {
		meaning_frame_file(stdout, path, buf_str(&text));
		harden(path, buf_str(&text), &fixed);
		buf_addf(&name, "%s after fix", path);
		buf_addc(&name, 0);
		if (fixed.n)
			meaning_frame_file(stdout, name.p, buf_str(&fixed));
	}
	buf_free(&text);
	buf_free(&fixed);
	buf_free(&name);
	return fine;
}

int main(int argc, char **argv)
{
	bool fine = true;

	hardened_emit_to(stdout, true);
	for (int i = 1; i < argc; i++)
		fine &= dump_file(argv[i]);
	yaml_parsers_release();
	return fine && !fflush(stdout) && !ferror(stdout) ? 0 : 2;
}
