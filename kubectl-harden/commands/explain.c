/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain: what a fixer establishes, why, what can break, and what it does to an example.
 */
#include "commands/example.h"
#include "report/text.h"

static void add_paragraph(struct buf *out, bool colour, const char *title, const char *text)
{
	if (!text || !*text)
		return;
	buf_addc(out, '\n');
	look_word(out, colour, LOOK_BOLD, title);
	buf_addz(out, "\n  ");
	text_wrap(out, str_of(text), 2, TEXT_COLUMNS);
}

static void add_standard(struct buf *out, bool colour, const struct fixer *fixer)
{
	static const char *const profiles[] = {
		[PROFILE_BASELINE] = "baseline, restricted and hardened",
		[PROFILE_RESTRICTED] = "restricted and hardened",
		[PROFILE_HARDENED] = "hardened",
	};
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	buf_addz(&text, fixer->standard);
	if (*fixer->checks) {
		buf_addf(&text, "\n%s: ", strchr(fixer->checks, ' ') ? "Checks" : "Check");
		for (const char *c = fixer->checks; *c; c++)
			buf_addz(&text, *c == ' ' ? ", " : (char[]){ *c, '\0' });
	}
	buf_addf(&text, "\nProfiles: %s", profiles[fixer->profile]);
	buf_addc(&text, '\0');
	add_paragraph(out, colour, "Standard:", text.p);
}

static void add_example(struct buf *out, bool colour, const struct fixer *fixer)
{
	if (!fixer->example)
		return;
	buf_addc(out, '\n');
	look_word(out, colour, LOOK_BOLD, "Example:");
	buf_addc(out, '\n');
	example_diff(out, fixer, 2, colour);
}

static int run_explain(struct session *session)
{
	struct settings *settings = &session->settings;
	struct buf *out = &session->out.text;
	bool colour = session->out.colour;
	const struct option *only = option_find(STR("only"), COMMAND_ANY);
	struct str name = str_of(settings->arguments.items[0]);
	struct error *error = NULL;
	const struct fixer *fixer;

	/* For the message that every command has for it. */
	if (fixer_find(name) == SIZE_MAX) {
		only->set(settings, only, name, &error);
		return command_usage_error(session, error);
	}
	fixer = fixers[fixer_find(name)];
	look_word(out, colour, LOOK_BOLD, fixer->name);
	buf_addz(out, ": ");
	text_wrap(out, str_of(fixer->summary), 2, TEXT_COLUMNS);
	add_standard(out, colour, fixer);
	add_paragraph(out, colour, "Why:", fixer->why);
	add_paragraph(out, colour, "What can break:", fixer->caveat ? fixer->caveat : "Nothing that is known.");
	add_example(out, colour, fixer);
	buf_addc(out, '\n');
	look_word(out, colour, LOOK_BOLD, "To do without:");
	buf_addf(out, "\n  kubectl harden fix --skip=%s -f FILENAME\n", fixer->name);
	return EXIT_FINE;
}

const struct command command_explain = {
	.name = "explain",
	.bit = COMMAND_EXPLAIN,
	.summary = "Explain a fixer: why, what can break, an example",
	.description =
		"Explain a fixer: what it establishes and which standard asks for it, why, what can break and how "
		"one sees it, and what it does to an example.",
	.examples = "# Why drop capabilities?\n"
		    "kubectl harden explain capabilities\n",
	.usage = "FIXER [options]",
	.arguments = ARGUMENT_FIXER,
	.arguments_min = 1,
	.arguments_max = 1,
	.run = run_explain,
};
