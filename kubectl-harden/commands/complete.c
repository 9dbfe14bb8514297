/* SPDX-License-Identifier: Apache-2.0 */
/*
 * __complete: what could stand at the cursor, in the protocol of kubectl's own completion (that of cobra): lines
 * "candidate<tab>description", then ":" and what the shell should do. kubectl calls it through
 * kubectl_complete-harden; the scripts of `completion` call it directly.
 */
#include <stdlib.h>

#include "commands/command.h"
#include "commands/complete_cluster.h"

enum directive { DIRECTIVE_FILES = 0, DIRECTIVE_NO_FILES = 4, DIRECTIVE_EXTENSIONS = 8, DIRECTIVE_FOLDERS = 16 };

/* The line as it is so far: the name of a command, what follows it, and the word that the cursor is in. */
struct line {
	struct buf *out;
	const struct command *command;
	const struct strings *words;
};

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

/* ---- what the cluster has ---- */

struct offering {
	struct buf *out;
	struct str start;
};

/* No name has blanks or controls in it; what has is no word of a line. */
static void offer_word(void *data, struct str word)
{
	struct offering *offering = data;

	if (!word.n || !str_starts(word, offering->start))
		return;
	for (size_t i = 0; i < word.n; i++)
		if ((unsigned char)word.p[i] <= ' ' || word.p[i] == 0x7f)
			return;
	buf_add(offering->out, word);
	buf_addc(offering->out, '\n');
}

/* @value: what kind of name; VALUE_OTHER: an object. What is before the cursor says of which cluster. */
static enum directive offer_of_cluster(const struct line *line, enum value_kind value, struct str start)
{
	struct offering offering = { line->out, start };
	const struct completion_listener listener = { offer_word, &offering };
	struct settings settings = settings_init();
	struct {
		char **items;
		size_t n, cap;
	} before = { 0 };

	for (size_t i = 1; i + 1 < line->words->n; i++)
		VEC_PUSH(&before, str_dup(str_of(line->words->items[i])));
	settings_parse(&settings, line->command->bit, before.n, before.items, NULL);
	if (value == VALUE_NAMESPACE)
		complete_namespaces(&settings, &listener);
	else if (value == VALUE_CONTEXT)
		complete_kubeconfig(&settings, "contexts", &listener);
	else if (value == VALUE_CLUSTER)
		complete_kubeconfig(&settings, "clusters", &listener);
	else if (value == VALUE_USER)
		complete_kubeconfig(&settings, "users", &listener);
	else if (!settings.filenames.n && !settings.kustomize)
		complete_objects(&settings, start, &listener);
	settings_free(&settings);
	for (size_t i = 0; i < before.n; i++)
		free(before.items[i]);
	free(before.items);
	return DIRECTIVE_NO_FILES;
}

/* ---- words ---- */

static enum directive offer_value(const struct line *line, const struct option *option, struct str start)
{
	struct buf word CLEANUP(buf_free) = BUF_INIT;
	struct buf *out = line->out;

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
	case VALUE_NAMESPACE:
	case VALUE_CONTEXT:
	case VALUE_CLUSTER:
	case VALUE_USER:
		return offer_of_cluster(line, option->value, start);
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

static enum directive offer_arguments(const struct line *line, struct str start)
{
	static const char *const shells[] = { "bash", "fish", "zsh" };
	struct buf *out = line->out;

	switch (line->command->arguments) {
	case ARGUMENT_OBJECT:
		return offer_of_cluster(line, VALUE_OTHER, start);
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

static enum directive offer_at(const struct line *line, struct str start)
{
	const struct command *command = line->command;
	const struct option *waiting = option_waiting(command, str_of(line->words->items[line->words->n - 2]));
	struct str name;

	if (waiting)
		return offer_value(line, waiting, start);
	if (!start.n || start.p[0] != '-' || start.n == 1)
		return offer_arguments(line, start);
	if (start.n > 2 && str_find(start, STR("="), 0) != SIZE_MAX) {
		str_cut(&start, '=', &name);
		waiting = option_find(str_sub(name, 2, name.n), command->bit);
		return waiting ? offer_value(line, waiting, start) : DIRECTIVE_NO_FILES;
	}
	return offer_options(line->out, command, start);
}

static int run(struct session *session)
{
	const struct strings *words = &session->settings.arguments;
	struct str start = words->n ? str_of(words->items[words->n - 1]) : STR("");
	struct buf *out = &session->out.text;
	const struct line line = { out, words->n > 1 ? command_find(str_of(words->items[0])) : NULL, words };
	enum directive directive = DIRECTIVE_NO_FILES;

	if (words->n < 2)
		directive = offer_commands(out, start);
	else if (line.command)
		directive = offer_at(&line, start);
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
