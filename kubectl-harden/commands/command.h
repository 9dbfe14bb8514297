/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Command: one file, one descriptor; commands[] in table.c lists them all, and help and completion walk that table.
 */

#include "commands/output.h"
#include "commands/settings.h"

/* As kubectl diff: 1 is an answer, more is a failure. */
enum { EXIT_FINE = 0, EXIT_ANSWER = 1, EXIT_TROUBLE = 2 };

/* A bit for each command that takes options, for struct option. */
enum command_bit {
	COMMAND_FIX = 1 << 0,
	COMMAND_DIFF = 1 << 1,
	COMMAND_CHECK = 1 << 2,
	COMMAND_FIXERS = 1 << 3,
	COMMAND_EXPLAIN = 1 << 4,
	COMMAND_OTHER = 1 << 5,
	COMMAND_CONFIG = 1 << 6,
	COMMAND_ON_MANIFESTS = COMMAND_FIX | COMMAND_DIFF | COMMAND_CHECK,
	COMMAND_WITH_SETTINGS = COMMAND_ON_MANIFESTS | COMMAND_CONFIG,
	COMMAND_ANY = (1 << 7) - 1,
};

/* What a command's arguments are, for completion. */
enum argument_kind { ARGUMENT_NONE, ARGUMENT_FILE, ARGUMENT_OBJECT, ARGUMENT_FIXER, ARGUMENT_SHELL, ARGUMENT_COMMAND };

/* One invocation of the program. */
struct session {
	const struct command *command;
	struct settings settings;
	struct output out, err;
};

struct command {
	const char *name;
	enum command_bit bit;
	const char *summary;	 /* one line, no full stop */
	const char *description; /* of its --help; paragraphs */
	const char *examples;	 /* two lines each: "# what" and the command */
	const char *usage;	 /* what follows the name: "-f FILENAME [options]" */
	enum argument_kind arguments;
	size_t arguments_min, arguments_max;
	bool hidden;
	bool raw; /* its arguments are not parsed */
	/* Returns the exit code. */
	int (*run)(struct session *session);
};

/* commands[] - the one table, in the order in which help lists them. command_find() - NULL if unknown. */
extern const struct command *const commands[];
extern const size_t commands_n;
const struct command *command_find(struct str name);

extern const struct command command_diff, command_fix, command_check, command_fixers, command_kinds, command_explain,
	command_config, command_version, command_completion, command_help, command_complete, command_reference;

/* command_main() - the whole program: finds the command, parses its options, runs it. Returns the exit code. */
int command_main(int argc, char **argv);

/* command_usage_error() - prints @error and where help is; returns the exit code. Takes @error over. */
int command_usage_error(struct session *session, struct error *error);
