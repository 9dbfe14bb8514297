/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reference: the references of the fixers (fixers/README.md) and of images (schemas/images.md) in Markdown, and the man
 * page, made from the tables that the program itself walks. Hidden: it is for the build and for the tests, which fail
 * where the file is stale.
 */
#include "commands/example.h"
#include "commands/image_words.h"
#include "fixers/skip.h"
#include "report/text.h"

/* The words of a list that blanks separate, with @between. */
static void add_words(struct buf *out, const char *words, const char *between)
{
	struct str rest = str_of(words), word;
	bool first = true;

	while (str_cut(&rest, ' ', &word)) {
		if (!word.n)
			continue;
		buf_addf(out, "%s%.*s", first ? "" : between, STR_ARG(word));
		first = false;
	}
}

/* ---- Markdown ---- */

static void markdown_table(struct buf *out)
{
	buf_addz(out, "| fixer | profile | establishes | Pod Security checks |\n|---|---|---|---|\n");
	for (size_t i = 0; i < fixers_n; i++) {
		const struct fixer *fixer = fixers[i];

		buf_addf(out, "| [%s](#%s) | %s | %s | ", fixer->name, fixer->name, profile_name(fixer->profile),
			 fixer->summary);
		add_words(out, fixer->checks, ", ");
		buf_addz(out, " |\n");
	}
}

static void markdown_fixer(struct buf *out, const struct fixer *fixer)
{
	buf_addf(out, "\n## %s\n\n%s. (%s)\n\n%s\n\n", fixer->name, fixer->summary, fixer->standard, fixer->why);
	buf_addf(out, "**What can break:** %s\n", fixer->caveat ? fixer->caveat : "nothing that is known.");
	if (!fixer->example) {
		buf_addz(out, "\nOnly a person can decide: it is reported, and never changed.\n");
		return;
	}
	if (fixer->example_options)
		buf_addf(out, "\nWith `%s`:\n", fixer->example_options);
	buf_addz(out, "\n```diff\n");
	example_diff(out, fixer, 0, false);
	buf_addz(out, "```\n");
}

static void markdown(struct buf *out)
{
	buf_addz(out,
		 "<!-- Made by `kubectl harden reference markdown`: the tests say so where it is stale. -->\n"
		 "# The fixers\n\n"
		 "In the order in which they run. A file here for each; table.c lists them. The diffs are what the "
		 "fixer, and those\nit needs, make of its example. Those that are opt-in run where `--also` or `--only` names "
		 "them.\n\n");
	markdown_table(out);
	for (size_t i = 0; i < fixers_n; i++)
		markdown_fixer(out, fixers[i]);
}

/* ---- images ---- */

/* A cell of a table. */
static void add_cell(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (strchr("|*<", text.p[i]))
			buf_addc(out, '\\');
		buf_addc(out, text.p[i]);
	}
}

/* What shows more of the fixers than a user and directories. */
static bool is_telling(const struct image_fact *fact)
{
	bool moves = false;

	for (size_t i = 0; i < fact->moves_n; i++)
		moves |= image_fact_listens(fact, fact->moves[i].port);
	return moves || fact->capabilities.n || fact->sets_n || fact->twin || fact->strict.n || fact->rewrites.n ||
	       fact->cannot;
}

static void image_row(struct buf *out, struct arena *arena, const struct image_fact *fact)
{
	struct image_word words[IMAGE_WORDS_MAX];
	size_t n = image_words(fact, arena, words);

	buf_addf(out, "\n## %s\n\n`%s`\n\n| | |\n|---|---|\n", fact->name, fact->example);
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "| %s | ", words[i].title);
		add_cell(out, words[i].text);
		buf_addz(out, " |\n");
	}
}

static void image_example(struct buf *out, const struct image_fact *fact)
{
	struct settings settings = settings_init();
	struct buf sentences CLEANUP(buf_free) = BUF_INIT;

	buf_addz(out, "\n```diff\n");
	example_image(out, &sentences, str_of(fact->example), &settings.run, 0, false);
	buf_addz(out, "```\n");
	if (sentences.n)
		buf_addf(out, "\n%.*s", STR_ARG(buf_str(&sentences)));
	settings_free(&settings);
}

static void images_markdown(struct buf *out)
{
	struct arena *arena = arena_new();

	buf_addz(out,
		 "<!-- Made by `kubectl harden reference images`: the tests say so where it is stale. -->\n"
		 "# What is known of images\n\n"
		 "Made from images.yaml, whose head says what each of these means. Of an image that needs more than a user\n"
		 "and directories, what the fixers make of a container of it. `kubectl harden explain image IMAGE` shows\n"
		 "the same for any image; `--images FILE` takes rows of your own.\n");
	for (size_t i = 0; i < image_facts.n; i++) {
		image_row(out, arena, &image_facts.items[i]);
		if (is_telling(&image_facts.items[i]))
			image_example(out, &image_facts.items[i]);
	}
	arena_free(arena);
}

/* ---- the man page (man-pages(7), groff_man(7)) ---- */

/* Text as roff takes it: no line is a request, no dash becomes a hyphen. */
static void man_text(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if ((c == '.' || c == '\'') && (i == 0 || text.p[i - 1] == '\n'))
			buf_addz(out, "\\&");
		if (c == '-')
			buf_addz(out, "\\-");
		else if (c == '\\')
			buf_addz(out, "\\e");
		else
			buf_addc(out, c);
	}
}

static void man_words(struct buf *out, const char *text)
{
	man_text(out, str_of(text));
}

static void man_paragraph(struct buf *out, const char *text)
{
	struct str rest = str_of(text), line;

	buf_addz(out, ".PP\n");
	while (str_cut(&rest, '\n', &line)) {
		if (!line.n) {
			buf_addz(out, ".PP\n");
			continue;
		}
		man_text(out, line);
		buf_addc(out, '\n');
	}
}

static void man_options(struct buf *out, const struct command *command)
{
	for (size_t i = 0; i < option_table_n; i++) {
		const struct option *option = &option_table[i];

		if (!(option->commands & command->bit) || option->hidden)
			continue;
		buf_addz(out, ".TP\n.B ");
		if (option->letter)
			buf_addf(out, "\\-%c, ", option->letter);
		buf_addz(out, "\\-\\-");
		man_words(out, option->name);
		buf_addc(out, '=');
		man_words(out, option->shown);
		buf_addc(out, '\n');
		man_words(out, option->help);
		buf_addc(out, '\n');
	}
}

static void man_examples(struct buf *out, const char *examples)
{
	struct str rest = str_of(examples), line;

	while (str_cut(&rest, '\n', &line)) {
		if (!line.n)
			continue;
		buf_addz(out, line.p[0] == '#' ? ".PP\n" : ".EX\n.RS 4\n");
		man_text(out, line.p[0] == '#' ? str_trim(str_sub(line, 1, line.n)) : line);
		buf_addz(out, line.p[0] == '#' ? ":\n" : "\n.RE\n.EE\n");
	}
}

static void man_command(struct buf *out, const struct command *command)
{
	buf_addf(out, ".SS kubectl harden %s ", command->name);
	man_words(out, command->usage);
	buf_addc(out, '\n');
	man_paragraph(out, command->description);
	if (command->bit != COMMAND_OTHER)
		man_options(out, command);
	if (command->examples)
		man_examples(out, command->examples);
}

static void man_exceptions(struct buf *out)
{
	buf_addz(out, ".SH EXCEPTIONS\n");
	man_words(out, "An object, or its pod template, may say which fixers are not for it, or not for one of its "
		       "containers, in an annotation:\n");
	buf_addz(out, ".EX\n.RS 4\nmetadata:\n  annotations:\n    ");
	man_words(out, SKIP_ANNOTATION ": \"host-path, web:run-as-user\"");
	buf_addz(out, "\n.RE\n.EE\n");
	man_words(out, "check -v lists what that hides.\n");
	buf_addz(out,
		 ".SH FILES\n.TP\n.B \\&.kubectl\\-harden.yaml\nSettings of a repository: see kubectl harden config.\n");
}

static void man(struct buf *out)
{
	buf_addf(out, ".TH KUBECTL\\-HARDEN 1 \"\" \"kubectl\\-harden %s\" \"Kubernetes\"\n", KUBECTL_HARDEN_VERSION);
	buf_addz(out, ".SH NAME\nkubectl\\-harden \\- harden Kubernetes manifests\n"
		      ".SH SYNOPSIS\n.B kubectl harden\n.I COMMAND\n[options]\n.PP\n.B kubectl\\-harden\n.I COMMAND\n"
		      "[options]\n.SH DESCRIPTION\n");
	man_words(out,
		  "The few lines of a manifest that make its workload safe are changed, no other byte is, and the "
		  "program in the container still runs. Data goes to standard output, what people read beside it to "
		  "standard error.\n");
	buf_addz(out, ".SH COMMANDS\n");
	for (size_t i = 0; i < commands_n; i++)
		if (!commands[i]->hidden)
			man_command(out, commands[i]);
	buf_addz(out, ".SH FIXERS\n");
	for (size_t i = 0; i < fixers_n; i++) {
		buf_addz(out, ".TP\n.B ");
		man_words(out, fixers[i]->name);
		buf_addf(out, "\n%s (%s).\n", fixers[i]->summary, profile_name(fixers[i]->profile));
	}
	man_exceptions(out);
	buf_addz(out, ".SH EXIT STATUS\n.TP\n.B 0\nNo changes (diff), done (fix), no findings (check).\n.TP\n.B 1\n"
		      "Changes (diff); findings that \\-\\-fail\\-on means (check, fix).\n.TP\n.B 2\n"
		      "Wrong usage, or something could not be read or written.\n"
		      ".SH SEE ALSO\n.BR kubectl (1)\n");
}

/* ---- the command ---- */

static int run(struct session *session)
{
	struct str form = str_of(session->settings.arguments.items[0]);
	struct error *error = NULL;

	if (str_is(form, "markdown")) {
		markdown(&session->out.text);
	} else if (str_is(form, "images")) {
		images_markdown(&session->out.text);
	} else if (str_is(form, "man")) {
		man(&session->out.text);
	} else {
		error_set(&error, "invalid argument \"%.*s\": must be markdown, images or man", STR_ARG(form));
		return command_usage_error(session, error);
	}
	return EXIT_FINE;
}

const struct command command_reference = {
	.name = "reference",
	.bit = COMMAND_OTHER,
	.summary = "Print the reference of the fixers or of images, or the man page",
	.description = "Print the reference of the fixers or of images as Markdown, or the man page.",
	.usage = "markdown|images|man",
	.arguments_min = 1,
	.arguments_max = 1,
	.hidden = true,
	.run = run,
};
