/* SPDX-License-Identifier: Apache-2.0 */
#include "commands/explain_image.h"

#include "commands/example.h"
#include "commands/image_words.h"
#include "commands/images.h"
#include "commands/project.h"
#include "report/text.h"

enum { TITLE_COLUMNS = 21 };

static void add_word(struct buf *out, const struct image_word *word)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	text_escape(&text, word->text);
	buf_addf(out, "  %s", word->title);
	buf_pad(out, ' ', strlen(word->title) < TITLE_COLUMNS - 2 ? TITLE_COLUMNS - 2 - strlen(word->title) : 1);
	text_wrap(out, buf_str(&text), TITLE_COLUMNS, TEXT_COLUMNS);
}

static void add_known(struct buf *out, bool colour, struct arena *arena, const struct image_fact *fact)
{
	struct image_word words[IMAGE_WORDS_MAX];
	size_t n = fact ? image_words(fact, arena, words) : 0;

	buf_addc(out, '\n');
	look_word(out, colour, LOOK_BOLD, "What is known:");
	buf_addc(out, '\n');
	for (size_t i = 0; i < n; i++)
		add_word(out, &words[i]);
	if (!n)
		buf_addz(out, "  Nothing. What the image says of itself is the best evidence:\n"
			      "  skopeo inspect --config docker://IMAGE > config.json, and then\n"
			      "  --image-config IMAGE=config.json\n");
}

static void add_fixed(struct buf *out, bool colour, struct str image, const struct run_options *options)
{
	struct buf sentences CLEANUP(buf_free) = BUF_INIT;

	buf_addc(out, '\n');
	look_word(out, colour, LOOK_BOLD, "What the fixers do:");
	buf_addc(out, '\n');
	example_image(out, &sentences, image, options, 2, colour);
	if (!sentences.n)
		return;
	buf_addc(out, '\n');
	buf_add(out, buf_str(&sentences));
}

/* "nginx:1.27: nginx, a copy of docker.io/library/nginx" */
static void add_heading(struct buf *out, bool colour, struct str text, const struct image_ref *ref,
			const struct image_fact *fact, struct str as)
{
	look_start(out, colour, LOOK_BOLD);
	text_escape(out, text);
	look_end(out, colour);
	buf_addz(out, ": ");
	text_escape(out, fact ? str_of(fact->name) : STR("an image that is not known"));
	if (!str_eq(ref->name, as)) {
		buf_addz(out, ", taken for a copy of ");
		text_escape(out, as);
	}
	buf_addc(out, '\n');
}

/* What holds in the current folder, with its project files. */
static bool read_options(struct session *session, struct images *images, struct project *project,
			 struct run_options *ret_options, struct error **err)
{
	struct project_settings *asked;

	if (!images_load(images, &session->settings, err))
		return false;
	*ret_options = images_options(images, &session->settings);
	project_add_images(project, ret_options);
	if (!project_settings(project, "./", &asked, err))
		return false;
	ret_options->fix = asked->options.fix;
	ret_options->own = asked->options.own;
	return true;
}

int explain_image(struct session *session, const char *text)
{
	struct project *project = project_new(&session->settings);
	struct run_options options;
	struct buf *out = &session->out.text;
	bool colour = session->out.colour;
	struct error *error = NULL;
	const struct image_fact *fact;
	struct images images = { 0 };
	struct image_ref ref;
	struct str as;
	int code = EXIT_FINE;

	if (!read_options(session, &images, project, &options, &error)) {
		output_error(&session->err, error);
		error_free(error);
		code = EXIT_TROUBLE;
	} else if (!image_ref_parse(images.arena, str_of(text), &ref)) {
		error_set(&error, "\"%s\" is no image, such as nginx:1.27 or registry.example/shop/web@sha256:…", text);
		code = command_usage_error(session, error);
	} else {
		fact = image_fact_lookup(&options.own.images, images.arena, &ref, &as);
		add_heading(out, colour, str_of(text), &ref, fact, as);
		add_known(out, colour, images.arena, fact);
		add_fixed(out, colour, str_of(text), &options);
	}
	project_free(project);
	images_free(&images);
	return code;
}
