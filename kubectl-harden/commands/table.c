/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of commands, and the way from the command line into one of them.
 */
#include "commands/command.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands/help.h"
#include "report/text.h"

const struct command *const commands[] = {
	&command_diff,	 &command_fix,	   &command_check,	&command_fixers, &command_kinds,    &command_explain,
	&command_config, &command_version, &command_completion, &command_help,	 &command_complete, &command_reference,
};

const size_t commands_n = sizeof(commands) / sizeof(*commands);

const struct command *command_find(struct str name)
{
	for (size_t i = 0; i < commands_n; i++)
		if (str_is(name, commands[i]->name))
			return commands[i];
	return NULL;
}

int command_usage_error(struct session *session, struct error *error)
{
	struct output *err = &session->err;

	output_error(err, error);
	error_free(error);
	buf_addz(&err->text, "See 'kubectl harden ");
	if (session->command)
		buf_addf(&err->text, "%s ", session->command->name);
	buf_addz(&err->text, "--help' for usage.\n");
	output_flush(err);
	return EXIT_TROUBLE;
}

static int unknown_command(struct session *session, struct str name)
{
	const char *names[32], *near;
	struct error *error = NULL;
	size_t n = 0;

	for (size_t i = 0; i < commands_n && n < 32; i++)
		if (!commands[i]->hidden)
			names[n++] = commands[i]->name;
	near = str_nearest(name, names, n);
	if (near)
		error_set(&error, "unknown command \"%.*s\" (did you mean %s?)", STR_ARG(name), near);
	else if (name.n && name.p[0] == '-')
		error_set(&error, "%.*s stands before the command; name the command first", STR_ARG(name));
	else if (memchr(name.p, '.', name.n) || memchr(name.p, '/', name.n))
		error_set(&error, "unknown command \"%.*s\"; a file is named with -f: kubectl harden diff -f %.*s",
			  STR_ARG(name), STR_ARG(name));
	else
		error_set(&error, "unknown command \"%.*s\"", STR_ARG(name));
	return command_usage_error(session, error);
}

static int check_arguments(struct session *session)
{
	const struct command *command = session->command;
	const struct strings *arguments = &session->settings.arguments;
	struct error *error = NULL;

	if (arguments->n < command->arguments_min)
		error_set(&error, "%s needs an argument: kubectl harden %s %s", command->name, command->name,
			  command->usage);
	else if (arguments->n <= command->arguments_max)
		return EXIT_FINE;
	else if (command->bit & COMMAND_ON_MANIFESTS)
		error_set(&error, "unexpected argument \"%s\"; every file is named with -f: -f %s",
			  arguments->items[command->arguments_max], arguments->items[command->arguments_max]);
	else
		error_set(&error, "unexpected argument \"%s\"", arguments->items[command->arguments_max]);
	return command_usage_error(session, error);
}

static int run_command(struct session *session, size_t n, char **arguments)
{
	const struct command *command = session->command;
	struct settings *settings = &session->settings;
	struct error *error = NULL;
	int code;

	if (command->raw) {
		for (size_t i = 0; i < n; i++)
			VEC_PUSH(&settings->arguments, (const char *)arguments[i]);
		return command->run(session);
	}
	if (!settings_parse(settings, command->bit, n, arguments, &error))
		return command_usage_error(session, error);
	session->out = output_init(STDOUT_FILENO, settings->colour);
	session->err = output_init(STDERR_FILENO, settings->colour);
	if (settings->help) {
		help_command(&session->out.text, command);
		return EXIT_FINE;
	}
	code = check_arguments(session);
	return code ? code : command->run(session);
}

static int dispatch(struct session *session, int argc, char **argv)
{
	struct str first = argc > 1 ? str_of(argv[1]) : STR_NONE;

	if (argc < 2 || str_is(first, "--help") || str_is(first, "-h")) {
		help_program(&session->out.text);
		return EXIT_FINE;
	}
	session->command = str_is(first, "--version") ? &command_version : command_find(first);
	if (!session->command)
		return unknown_command(session, first);
	return run_command(session, (size_t)argc - 2, argv + 2);
}

/* A closed standard descriptor must not become that of a manifest: then it is one that cannot be used. */
static void keep_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/*
 * Large vectors lie apart, so that they grow without a copy and are given back at once. Left to itself, glibc keeps
 * them among the small ones as soon as one of them was released.
 */
static void tune_memory(void)
{
	enum { LARGE = 1 << 20 };

	mallopt(M_MMAP_THRESHOLD, LARGE);
}

int command_main(int argc, char **argv)
{
	struct session session = { .settings = settings_init() };
	struct error *error CLEANUP(error_freep) = NULL;
	int code;

	keep_descriptors();
	tune_memory();
	session.out = output_init(STDOUT_FILENO, COLOUR_AUTO);
	session.err = output_init(STDERR_FILENO, COLOUR_AUTO);
	code = dispatch(&session, argc, argv);
	if (!output_finish(&session.out, &error)) {
		output_error(&session.err, error);
		code = EXIT_TROUBLE;
	}
	output_flush(&session.err);
	output_free(&session.out);
	output_free(&session.err);
	settings_free(&session.settings);
	return code;
}
