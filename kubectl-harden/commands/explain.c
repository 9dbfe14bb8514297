/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain: what a fixer establishes, why, what can break, and what it does to an example; or what is known of an image.
 */
#include "commands/example.h"
#include "commands/explain_image.h"
#include "fixers/fix.h"
#include "fixers/skip.h"
#include "kube/pod_security.h"
#include "report/item.h"
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
		[PROFILE_OPT_IN] = "none: it runs where --also or --only names it",
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
	if (fixer->example_options)
		buf_addf(out, " %s", fixer->example_options);
	buf_addc(out, '\n');
	example_diff(out, fixer, 2, colour);
}

/* How to ask for what no profile does, or to do without what one does. */
static void add_how(struct buf *out, bool colour, const struct fixer *fixer)
{
	bool opt_in = fixer->profile == PROFILE_OPT_IN;

	buf_addc(out, '\n');
	look_word(out, colour, LOOK_BOLD, opt_in ? "To ask for it:" : "To do without:");
	buf_addf(out, "\n  kubectl harden %s --%s=%s -f FILENAME", opt_in && !fixer->example ? "check" : "fix",
		 opt_in ? "also" : "skip", fixer->name);
	if (fixer->example_options)
		buf_addf(out, " \\\n    %s", fixer->example_options);
	buf_addc(out, '\n');
	if (!opt_in)
		buf_addf(out,
			 "or, for one object or container, in an annotation of the manifest:\n"
			 "  " SKIP_ANNOTATION ": \"%s\"\n  " SKIP_ANNOTATION ": \"CONTAINER:%s\"\n",
			 fixer->name, fixer->name);
}

/* ---- a standard ---- */

static void add_check(struct buf *out, const struct pod_security_check *check, int width)
{
	struct buf safety CLEANUP(buf_free) = BUF_INIT;
	struct str rest = str_of(check->fixers), fixer;

	for (unsigned i = 0; i <= SAFETY_FINDING; i++)
		if (check->safety >> i & 1)
			buf_addf(&safety, "%s%s", safety.n ? ", " : "", item_safety((enum safety)i));
	buf_addc(&safety, '\0');
	while (str_cut(&rest, ' ', &fixer))
		buf_addf(out, "%-*s   %-*.*s   %s\n", width, check->id, width, STR_ARG(fixer), safety.p);
}

static int explain_standard(struct session *session)
{
	const struct settings *settings = &session->settings;
	enum pod_security_level level = settings->standard == STANDARD_BASELINE ? POD_SECURITY_BASELINE
										: POD_SECURITY_RESTRICTED;
	struct fix_choice choice = fix_choice_make(&settings->run.fix);
	struct buf *out = &session->out.text;
	int width = 0;

	for (size_t i = 0; i < pod_security_checks_n; i++)
		if ((int)strlen(pod_security_checks[i].id) > width)
			width = (int)strlen(pod_security_checks[i].id);
	buf_addf(out, "%-*s   %-*s   %s\n", width, "CHECK", width, "FIXER", "SAFETY");
	for (size_t i = 0; i < pod_security_checks_n; i++)
		if (pod_security_applies(i, level, choice.version))
			add_check(out, &pod_security_checks[i], width);
	return EXIT_FINE;
}

/* ---- a fixer ---- */

static int run_explain(struct session *session)
{
	struct settings *settings = &session->settings;
	struct buf *out = &session->out.text;
	bool colour = session->out.colour;
	const struct option *only = option_find(STR("only"), COMMAND_ANY);
	struct error *error = NULL;
	const struct fixer *fixer;
	struct str name;

	if (!settings->arguments.n == !settings->standard) {
		error_set(&error, "name a fixer, an image, or a standard with --standard");
		return command_usage_error(session, error);
	}
	if (settings->arguments.n && !strcmp(settings->arguments.items[0], "image")) {
		if (settings->arguments.n == 2)
			return explain_image(session, settings->arguments.items[1]);
		error_set(&error, "name the image: kubectl harden explain image nginx:1.27");
		return command_usage_error(session, error);
	}
	if (settings->arguments.n > 1) {
		error_set(&error, "unexpected argument \"%s\"", settings->arguments.items[1]);
		return command_usage_error(session, error);
	}
	if (settings->standard)
		return explain_standard(session);
	name = str_of(settings->arguments.items[0]);
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
	add_how(out, colour, fixer);
	return EXIT_FINE;
}

const struct command command_explain = {
	.name = "explain",
	.bit = COMMAND_EXPLAIN,
	.summary = "Explain a fixer, or what is known of an image",
	.description =
		"Explain a fixer: what it establishes and which standard asks for it, why, what can break and how "
		"one sees it, and what it does to an example. Or explain a Pod Security Standard: which fixer answers for "
		"which of its checks, and how safe what it changes is: safe cannot stop a correct program, caveat can in a "
		"way that is named, unsafe takes away what the program probably uses and is made on request only, finding "
		"is for a person. Or explain an image: what is known of it and from where, by the flags and the project files of "
		"the current folder as by the program, and what the fixers make of a "
		"container of it.",
	.examples = "# Why drop capabilities?\n"
		    "kubectl harden explain capabilities\n"
		    "# What does the standard check, and who answers for it?\n"
		    "kubectl harden explain --standard=restricted\n"
		    "# What is known of an image?\n"
		    "kubectl harden explain image nginx:1.27\n",
	.usage = "(FIXER | image IMAGE | --standard=LEVEL) [options]",
	.arguments = ARGUMENT_FIXER,
	.arguments_max = 2,
	.run = run_explain,
};
