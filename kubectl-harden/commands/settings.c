/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings
 *
 * The command line is read as pflag reads kubectl's, for nobody should have to learn a second way of writing options.
 */
#include "commands/settings.h"

#include <stdlib.h>

#include "commands/command.h"
#include "commands/layer.h"

struct settings settings_init(void)
{
	return (struct settings){
		.run = {
			.fix = FIX_CONFIG_DEFAULT,
			.limits = YAML_LIMITS_DEFAULT,
			.source_bytes = (size_t)16 << 30,
		},
		.chunk = 500,
		.timeout_ms = 5 * 60 * 1000,
	};
}

void settings_free(struct settings *settings)
{
	free(settings->filenames.items);
	free(settings->arguments.items);
	free(settings->images.items);
	free(settings->image_configs.items);
	free(settings->dockerfiles.items);
	free(settings->as_groups.items);
}

/* What Go's strconv.ParseBool takes. */
static bool parse_switch(struct str value, bool *ret)
{
	static const char *const yes[] = { "true", "1", "t", "T", "TRUE", "True" };
	static const char *const no[] = { "false", "0", "f", "F", "FALSE", "False" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		if (str_is(value, yes[i]) || str_is(value, no[i])) {
			*ret = str_is(value, yes[i]);
			return true;
		}
	}
	return false;
}

bool option_refuse(const struct settings *settings, const struct option *option, struct str value, const char *why,
		   struct error **err)
{
	if (settings->from_file)
		return error_set(err, "%s cannot be \"%.*s\": %s", option->name, STR_ARG(value), why);
	return error_set(err, "invalid argument \"%.*s\" for --%s: %s", STR_ARG(value), option->name, why);
}

struct str option_form(const struct option *option)
{
	return option->form ? (struct str){ option->form, strcspn(option->form, "=") + 1 } : STR_NONE;
}

static bool set_choice(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	struct buf words CLEANUP(buf_free) = BUF_INIT;
	const char *near;
	size_t n = 0;

	for (; option->words[n]; n++) {
		if (str_is(value, option->words[n])) {
			unsigned choice = option->first + (unsigned)n;

			memcpy((char *)settings + option->at, &choice, sizeof(choice));
			return true;
		}
	}
	if (option->form && str_starts(value, option_form(option)))
		return option->set(settings, option, value, err);
	buf_addz(&words, "must be ");
	for (size_t i = 0; i < n; i++)
		buf_addf(&words, "%s%s", i == 0 ? "" : i + 1 < n || option->form ? ", " : " or ", option->words[i]);
	if (option->form)
		buf_addf(&words, " or %s", option->form);
	near = str_nearest(value, option->words, n);
	buf_addf(&words, "%s%s%s%c", near ? " (did you mean " : "", near ? near : "", near ? "?)" : "", '\0');
	return option_refuse(settings, option, value, words.p, err);
}

static bool set_value(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	bool on;

	switch (option->kind) {
	case OPTION_SWITCH:
		if (!parse_switch(value, &on))
			return option_refuse(settings, option, value, "must be true or false", err);
		*(bool *)((char *)settings + option->at) = on;
		return true;
	case OPTION_CHOICE:
		return set_choice(settings, option, value, err);
	case OPTION_VALUE:
		break;
	}
	return option->set(settings, option, value, err);
}

bool option_set(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	enum layer_key key = layer_find(str_of(option->name));

	if (!set_value(settings, option, value, err))
		return false;
	if (key < LAYER_KEYS_N)
		settings->given |= 1U << key;
	return true;
}

static bool unknown_flag(struct str name, unsigned command, struct error **err)
{
	const char **names, *near;
	size_t n = 0;

	if (option_find(name, COMMAND_ANY))
		return error_set(err, "this command does not take --%.*s", STR_ARG(name));
	names = xrealloc_array(NULL, option_table_n, sizeof(*names));
	for (size_t i = 0; i < option_table_n; i++)
		if (option_table[i].commands & command && !option_table[i].hidden)
			names[n++] = option_table[i].name;
	near = str_nearest(name, names, n);
	free(names);
	if (near)
		return error_set(err, "unknown flag: --%.*s (did you mean --%s?)", STR_ARG(name), near);
	return error_set(err, "unknown flag: --%.*s", STR_ARG(name));
}

/* The arguments that are left to read. */
struct reader {
	struct settings *settings;
	unsigned command;
	char **arguments;
	size_t n, at;
};

/* "--name", "--name=value", "--name" "value"; @text is what follows the dashes. */
static bool parse_long(struct reader *r, struct str text, struct error **err)
{
	struct str value = text, name;
	const struct option *option;

	str_cut(&value, '=', &name);
	option = option_find(name, r->command);
	if (!option)
		return unknown_flag(name, r->command, err);
	if (value.p)
		return option_set(r->settings, option, value, err);
	if (option->kind == OPTION_SWITCH)
		return option_set(r->settings, option, STR("true"), err);
	if (option->bare)
		return option_set(r->settings, option, str_of(option->bare), err);
	if (r->at == r->n)
		return error_set(err, "flag needs an argument: --%s", option->name);
	return option_set(r->settings, option, str_of(r->arguments[r->at++]), err);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_number(const char *word)
{
	return is_digit(word[0]) && (!word[1] || (is_digit(word[1]) && !word[2]));
}

/* "-R", "-Rf" "value", "-fvalue", "-f=value"; @text is what follows the dash. */
static bool parse_letters(struct reader *r, struct str text, struct error **err)
{
	for (size_t i = 0; i < text.n; i++) {
		const struct option *option = option_find_letter(text.p[i], r->command);
		struct str rest = str_sub(text, i + 1, text.n);

		if (!option)
			return error_set(err, "unknown shorthand flag: '%c' in -%.*s", text.p[i], STR_ARG(text));
		if (rest.n && rest.p[0] == '=')
			return option_set(r->settings, option, str_sub(rest, 1, rest.n), err);
		if (option->bare && !(rest.n && is_digit(rest.p[0]))) {
			/* -v, -vq, and -v 9 */
			bool apart = !rest.n && r->at < r->n && is_number(r->arguments[r->at]);

			if (!option_set(r->settings, option, str_of(apart ? r->arguments[r->at++] : option->bare), err))
				return false;
			continue;
		}
		if (option->kind != OPTION_SWITCH) {
			if (rest.n)
				return option_set(r->settings, option, rest, err);
			if (r->at == r->n)
				return error_set(err, "flag needs an argument: '%c' in -%.*s", text.p[i],
						 STR_ARG(text));
			return option_set(r->settings, option, str_of(r->arguments[r->at++]), err);
		}
		if (!option_set(r->settings, option, STR("true"), err))
			return false;
	}
	return true;
}

bool settings_parse(struct settings *settings, unsigned command, size_t n, char **arguments, struct error **err)
{
	struct reader r = { settings, command, arguments, n, 0 };
	bool fine = true, only_arguments = false;

	while (fine && r.at < n) {
		struct str word = str_of(arguments[r.at++]);

		if (only_arguments || word.n < 2 || word.p[0] != '-')
			VEC_PUSH(&settings->arguments, word.p);
		else if (word.p[1] != '-')
			fine = parse_letters(&r, str_sub(word, 1, word.n), err);
		else if (word.n > 2)
			fine = parse_long(&r, str_sub(word, 2, word.n), err);
		else
			only_arguments = true;
	}
	return fine;
}
