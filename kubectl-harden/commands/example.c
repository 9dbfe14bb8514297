/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/example.h"

#include "report/caveats.h"
#include "report/diff.h"
#include "report/text.h"

/* The flags that the example needs, as the command line has them. */
static void add_options(struct settings *settings, const char *flags)
{
	struct str rest = str_of(flags), flag;

	while (str_cut(&rest, ' ', &flag)) {
		struct str name;

		str_cut(&flag, '=', &name);
		name = str_sub(name, strlen("--"), name.n);
		(void)option_set(settings, option_find(name, COMMAND_FIX), flag, NULL);
	}
}

static void add_diff(struct buf *out, const struct source *source, size_t indent, bool colour)
{
	struct diff_options options = { .colour = colour, .bare = true };
	struct buf diff CLEANUP(buf_free) = BUF_INIT;
	struct splices splices;
	struct str rest, line;

	run_splices(source, &splices);
	diff_add(&diff, STR("example"), (struct str){ source->image.bytes, source->image.n }, &splices, &options);
	rest = buf_str(&diff);
	while (str_cut(&rest, '\n', &line) && rest.p) {
		buf_pad(out, ' ', indent);
		buf_addf(out, "%.*s\n", STR_ARG(line));
	}
	splices_free(&splices);
}

/* Runs over @text alone; the caller frees the run. */
static const struct source *run_text(struct run *run, struct str text, const struct run_options *options)
{
	struct file_image image = { .n = text.n };
	const struct source *source;

	image.bytes = str_dup(text);
	run_init(run, options);
	source = run_add(run, "example", NULL, &image);
	run_plan(run);
	run_apply(run);
	return source;
}

void example_diff(struct buf *out, const struct fixer *fixer, size_t indent, bool colour)
{
	struct settings settings = settings_init();
	struct run run;

	if (!fixer->example)
		return;
	add_options(&settings, fixer->example_options);
	settings.run.fix.only = settings.run.fix.also = (uint64_t)1 << fixer_index(fixer);
	add_diff(out, run_text(&run, str_of(fixer->example), &settings.run), indent, colour);
	run_free(&run);
	settings_free(&settings);
}

/* ---- images ---- */

/*
 * A pod with a container of the image, in a Deployment, and the Service that leads to a port below 1024 of it: without
 * that nothing would move.
 */
static void add_pod(struct buf *text, struct str image, const struct image_fact *fact)
{
	const char *quote = memchr("[", image.n ? image.p[0] : 'x', 1) ? "\"" : "";
	uint16_t low = 0;

	for (size_t i = 0; fact && i < fact->listens_n && !low; i++)
		if (!fact->listens[i].udp && fact->listens[i].port < PORT_FIRST_FREE)
			low = fact->listens[i].port;
	buf_addf(text,
		 "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app\nspec:\n  selector:\n    matchLabels:\n"
		 "      app: app\n  template:\n    metadata:\n      labels:\n        app: app\n    spec:\n      containers:\n"
		 "      - name: app\n        image: %s%.*s%s\n",
		 quote, STR_ARG(image), quote);
	if (low)
		buf_addf(text,
			 "        ports:\n        - containerPort: %u\n---\napiVersion: v1\nkind: Service\nmetadata:\n"
			 "  name: app\nspec:\n  selector:\n    app: app\n  ports:\n  - port: %u\n",
			 low, low);
}

static void add_note(struct buf *out, struct str note)
{
	struct str line;

	for (size_t start = out->n; str_cut(&note, '\n', &line);) {
		buf_addz(out, out->n > start ? "; " : "");
		text_escape(out, line);
	}
}

/* The sentences that a person should read beside the diff, each once. */
static void add_sentences(struct buf *out, const struct source *source, size_t indent)
{
	struct str last = STR_NONE;

	for (size_t i = 0; i < source->documents.n; i++) {
		const struct document *document = &source->documents.items[i];

		for (size_t k = 0; k < document->findings.n; k++) {
			const struct finding_text *finding = document->findings.items[k].text;
			struct buf sentence CLEANUP(buf_free) = BUF_INIT;

			if (finding->status == FIX_LEFT && !str_eq(finding->reason, last)) {
				buf_addz(&sentence, "left: ");
				text_escape(&sentence, finding->message);
				buf_addz(&sentence, ": ");
				text_escape(&sentence, finding->reason);
				last = finding->reason;
			} else if (finding->status == FIX_CHANGED && finding->note.n) {
				add_note(&sentence, finding->note);
			}
			if (finding->status == FIX_CHANGED && finding->caveat) {
				buf_addz(&sentence, sentence.n ? "; caveat: " : "caveat: ");
				caveat_add_finding(&sentence, &document->findings.items[k]);
			}
			if (!sentence.n)
				continue;
			buf_pad(out, ' ', indent);
			buf_addz(out, "- ");
			text_wrap(out, buf_str(&sentence), indent + 2, TEXT_COLUMNS);
		}
	}
}

void example_image(struct buf *out, struct buf *sentences, struct str image, const struct run_options *options,
		   size_t indent, bool colour)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	struct arena *arena = arena_new();
	const struct image_fact *fact = NULL;
	const struct source *source;
	struct image_ref ref;
	struct run run;

	if (image_ref_parse(arena, image, &ref))
		fact = image_fact_lookup(&options->own.images, arena, &ref, NULL);
	add_pod(&text, image, fact);
	source = run_text(&run, buf_str(&text), options);
	add_diff(out, source, indent, colour);
	add_sentences(sentences, source, indent);
	run_free(&run);
	arena_free(arena);
}
