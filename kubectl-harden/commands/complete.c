/* SPDX-License-Identifier: Apache-2.0 */
/*
 * __complete: what could stand at the cursor, in the protocol of kubectl's own completion (that of cobra): lines
 * "candidate<tab>description", then ":" and what the shell should do. kubectl calls it through
 * kubectl_complete-harden; the scripts of `completion` call it directly.
 */
#include "commands/command.h"

enum directive { DIRECTIVE_FILES = 0, DIRECTIVE_NO_FILES = 4, DIRECTIVE_EXTENSIONS = 8, DIRECTIVE_FOLDERS = 16 };

static enum directive offer(struct buf *out, struct str start, const char *prefix, const char *word, const char *what)
{
	struct buf whole CLEANUP(buf_free) = BUF_INIT;

	buf_addf(&whole, "%s%s", prefix, word);
	if (str_starts(buf_str(&whole), start)) {
		buf_add(out, buf_str(&whole));
		if (what)
			buf_addf(out, "\t%s", what);
		buf_addc(out, '\n');
	}
	return DIRECTIVE_NO_FILES;
}

static enum directive offer_commands(struct buf *out, struct str start)
{
	for (size_t i = 0; i < commands_n; i++)
		if (!commands[i]->hidden)
			offer(out, start, "", commands[i]->name, commands[i]->summary);
	return DIRECTIVE_NO_FILES;
}

/* The last of names separated by commas; the ones before it stay. */
static enum directive offer_fixers(struct buf *out, struct str start)
{
	struct buf before CLEANUP(buf_free) = BUF_INIT;
	size_t n = start.n;

	while (n && start.p[n - 1] != ',')
		n--;
	buf_add(&before, str_sub(start, 0, n));
	buf_addc(&before, '\0');
	for (size_t i = 0; i < fixers_n; i++)
		offer(out, start, before.p, fixers[i]->name, fixers[i]->summary);
	return DIRECTIVE_NO_FILES;
}

static enum directive offer_value(struct buf *out, const struct option *option, struct str start)
{
	struct buf word CLEANUP(buf_free) = BUF_INIT;

	switch (option->value) {
	case VALUE_FILES:
		buf_addz(out, "json\nyaml\nyml\n");
		return DIRECTIVE_EXTENSIONS;
	case VALUE_JSON:
		buf_addz(out, "json\n");
		return DIRECTIVE_EXTENSIONS;
	case VALUE_FOLDERS:
		return DIRECTIVE_FOLDERS;
	case VALUE_FIXERS:
		return offer_fixers(out, start);
	case VALUE_OTHER:
		break;
	}
	if (option->kind == OPTION_SWITCH) {
		offer(out, start, "", "true", NULL);
		offer(out, start, "", "false", NULL);
	}
	for (size_t i = 0; option->words && option->words[i]; i++)
		offer(out, start, "", option->words[i], NULL);
	if (option->form) {
		buf_add(&word, option_form(option));
		buf_addc(&word, '\0');
		offer(out, start, "", word.p, NULL);
	}
	return DIRECTIVE_NO_FILES;
}

static enum directive offer_options(struct buf *out, const struct command *command, struct str start)
{
	for (size_t i = 0; i < option_table_n; i++) {
		const struct option *option = &option_table[i];

		if (option->commands & command->bit && !option->hidden)
			offer(out, start, "--", option->name, option->help);
	}
	return DIRECTIVE_NO_FILES;
}

/* The option whose value the word behind @word is; NULL if it is none. */
static const struct option *option_waiting(const struct command *command, struct str word)
{
	const struct option *option = NULL;

	if (str_starts(word, STR("--")) && word.n > 2 && str_find(word, STR("="), 0) == SIZE_MAX)
		option = option_find(str_sub(word, 2, word.n), command->bit);
	else if (word.n == 2 && word.p[0] == '-')
		option = option_find_letter(word.p[1], command->bit);
	return option && option->kind != OPTION_SWITCH && !option->bare ? option : NULL;
}

static enum directive offer_arguments(struct buf *out, const struct command *command, struct str start)
{
	static const char *const shells[] = { "bash", "fish", "zsh" };

	switch (command->arguments) {
	case ARGUMENT_FIXER:
		offer(out, start, "", "image", NULL);
		return offer_fixers(out, start);
	case ARGUMENT_COMMAND:
		return offer_commands(out, start);
	case ARGUMENT_SHELL:
		for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
			offer(out, start, "", shells[i], NULL);
		break;
	case ARGUMENT_FILE:
		return DIRECTIVE_FILES;
	case ARGUMENT_NONE:
		break;
	}
	return DIRECTIVE_NO_FILES;
}

static enum directive offer_at(struct buf *out, const struct command *command, struct str before, struct str start)
{
	const struct option *waiting = option_waiting(command, before);
	struct str name;

	if (waiting)
		return offer_value(out, waiting, start);
	if (!start.n || start.p[0] != '-' || start.n == 1)
		return offer_arguments(out, command, start);
	if (start.n > 2 && str_find(start, STR("="), 0) != SIZE_MAX) {
		str_cut(&start, '=', &name);
		waiting = option_find(str_sub(name, 2, name.n), command->bit);
		return waiting ? offer_value(out, waiting, start) : DIRECTIVE_NO_FILES;
	}
	return offer_options(out, command, start);
}

static int run(struct session *session)
{
	const struct strings *words = &session->settings.arguments;
	struct str start = words->n ? str_of(words->items[words->n - 1]) : STR("");
	const struct command *command = words->n > 1 ? command_find(str_of(words->items[0])) : NULL;
	struct buf *out = &session->out.text;
	enum directive directive = DIRECTIVE_NO_FILES;

	if (words->n < 2)
		directive = offer_commands(out, start);
	else if (command)
		directive = offer_at(out, command, str_of(words->items[words->n - 2]), start);
	buf_addf(out, ":%d\n", (int)directive);
	return EXIT_FINE;
}

const struct command command_complete = {
	.name = "__complete",
	.bit = COMMAND_OTHER,
	.summary = "For shells",
	.description = "For shells.",
	.usage = "",
	.arguments_max = SIZE_MAX,
	.hidden = true,
	.raw = true,
	.run = run,
};
