/* SPDX-License-Identifier: Apache-2.0 */
/*
 * help: in the form that kubectl's users know, at most 80 columns wide.
 */
#include "commands/help.h"

#include "report/text.h"

enum { INDENT = 4, OPTION_INDENT = 8 };

/* Descriptors hold "# what" and the command in turn. */
static void add_examples(struct buf *out, const char *examples)
{
	struct str rest = str_of(examples), line;
	bool first = true;

	buf_addz(out, "\nExamples:\n");
	while (str_cut(&rest, '\n', &line)) {
		if (!line.n)
			continue;
		if (line.p[0] == '#' && !first)
			buf_addc(out, '\n');
		buf_addf(out, "  %.*s\n", STR_ARG(line));
		first = false;
	}
}

static void add_option(struct buf *out, const struct option *option)
{
	buf_pad(out, ' ', INDENT);
	if (option->letter)
		buf_addf(out, "-%c, ", option->letter);
	buf_addf(out, "--%s=%s:\n", option->name, option->shown);
	buf_pad(out, ' ', OPTION_INDENT);
	text_wrap(out, str_of(option->help), OPTION_INDENT, TEXT_COLUMNS);
}

static void add_options(struct buf *out, const struct command *command)
{
	buf_addz(out, "\nOptions:\n");
	for (size_t i = 0, n = 0; i < option_table_n; i++) {
		if (!(option_table[i].commands & command->bit) || option_table[i].hidden || option_table[i].connection)
			continue;
		if (n++)
			buf_addc(out, '\n');
		add_option(out, &option_table[i]);
	}
}

/* Who needs them knows them from kubectl. */
static void add_connection(struct buf *out, const struct command *command)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	const char *separator = "";

	for (size_t i = 0; i < option_table_n; i++) {
		if (!(option_table[i].commands & command->bit) || !option_table[i].connection)
			continue;
		buf_addf(&line, "%s--%s", separator, option_table[i].name);
		separator = ", ";
	}
	if (!line.n)
		return;
	buf_addz(out, "\nOptions for the connection to a cluster, as kubectl has them:\n");
	buf_pad(out, ' ', INDENT);
	text_wrap(out, buf_str(&line), INDENT, TEXT_COLUMNS);
}

void help_command(struct buf *out, const struct command *command)
{
	text_wrap(out, str_of(command->description), 0, TEXT_COLUMNS);
	if (command->examples)
		add_examples(out, command->examples);
	add_options(out, command);
	add_connection(out, command);
	buf_addf(out, "\nUsage:\n  kubectl harden %s%s%s\n", command->name, *command->usage ? " " : "", command->usage);
}

void help_program(struct buf *out)
{
	text_wrap(out,
		  STR("Harden Kubernetes manifests: the few lines that make a workload safe are changed, no other byte is, "
		      "and the program in the container still runs."),
		  0, TEXT_COLUMNS);
	add_examples(out, "# Show what would change\n"
			  "kubectl harden diff -f examples/aspnet/deploy.yaml\n"
			  "# Change it\n"
			  "kubectl harden fix -f examples/aspnet/deploy.yaml\n"
			  "# Say why\n"
			  "kubectl harden explain capabilities\n");
	buf_addz(out, "\nCommands:\n");
	for (size_t i = 0; i < commands_n; i++)
		if (!commands[i]->hidden)
			buf_addf(out, "  %-11s %s\n", commands[i]->name, commands[i]->summary);
	buf_addz(out, "\nUsage:\n  kubectl harden COMMAND [options]\n\n"
		      "Use \"kubectl harden COMMAND --help\" for more about a command.\n");
}

static int run(struct session *session)
{
	const struct strings *arguments = &session->settings.arguments;
	const struct command *command = arguments->n ? command_find(str_of(arguments->items[0])) : NULL;
	struct error *error = NULL;

	if (arguments->n && !command) {
		error_set(&error, "unknown command \"%s\"", arguments->items[0]);
		return command_usage_error(session, error);
	}
	if (command)
		help_command(&session->out.text, command);
	else
		help_program(&session->out.text);
	return EXIT_FINE;
}

const struct command command_help = {
	.name = "help",
	.bit = COMMAND_OTHER,
	.summary = "Print the help of a command",
	.description = "Print the help of the program or of one of its commands.",
	.examples = "# The options of diff\n"
		    "kubectl harden help diff\n",
	.usage = "[COMMAND]",
	.arguments = ARGUMENT_COMMAND,
	.arguments_max = 1,
	.run = run,
};
