/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fixers: the table of fixers, as a table.
 */
#include "commands/command.h"
#include "report/text.h"

static int run(struct session *session)
{
	struct output *out = &session->out;
	size_t width = sizeof("NAME");

	for (size_t i = 0; i < fixers_n; i++)
		if (strlen(fixers[i]->name) > width)
			width = strlen(fixers[i]->name);
	buf_addf(&out->text, "%-*s   %-10s   %s\n", (int)width, "NAME", "PROFILE", "ESTABLISHES");
	for (size_t i = 0; i < fixers_n; i++) {
		buf_addf(&out->text, "%-*s   %-10s   ", (int)width, fixers[i]->name, profile_name(fixers[i]->profile));
		/* For other programs, a row is a line. */
		text_wrap(&out->text, str_of(fixers[i]->summary), width + 16, out->terminal ? TEXT_COLUMNS : SIZE_MAX);
	}
	return EXIT_FINE;
}

const struct command command_fixers = {
	.name = "fixers",
	.bit = COMMAND_FIXERS,
	.summary = "List the fixers: what each establishes, and from which profile on",
	.description =
		"List the fixers: what each establishes, and the profile from which on it runs. Those that are opt-in "
		"run with no profile, but where --also or --only names them. Their names are what --only, --skip and "
		"--also take, and what explain explains.",
	.examples = "# List them\n"
		    "kubectl harden fixers\n",
	.usage = "[options]",
	.run = run,
};
