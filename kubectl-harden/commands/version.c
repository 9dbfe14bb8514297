/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version: one line.
 */
#include "commands/command.h"

static int run(struct session *session)
{
	buf_addz(&session->out.text, "kubectl-harden " KUBECTL_HARDEN_VERSION "\n");
	return EXIT_FINE;
}

const struct command command_version = {
	.name = "version",
	.bit = COMMAND_OTHER,
	.summary = "Print the version",
	.description = "Print the version of kubectl harden.",
	.examples = "# Print the version\n"
		    "kubectl harden version\n",
	.usage = "",
	.run = run,
};
