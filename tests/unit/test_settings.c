/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options: read as pflag reads kubectl's, and refused with words that help.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "commands/layer.h"
#include "commands/command.h"

enum { WORDS_MAX = 32 };

/* Parses words separated by blanks; the error's message, or NULL. @words must outlive @settings. */
static struct error *parse(struct settings *settings, unsigned command, char *words)
{
	char *arguments[WORDS_MAX];
	struct error *error = NULL;
	size_t n = 0;
	bool fine;

	*settings = settings_init();
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		arguments[n++] = !strcmp(word, "''") ? word + 2 : word;
	fine = settings_parse(settings, command, n, arguments, &error);
	assert_int_equal(fine, !error);
	return error;
}

static void check_error(unsigned command, const char *line, const char *expected)
{
	struct settings settings;
	char words[128];
	struct error *error;

	snprintf(words, sizeof(words), "%s", line);
	error = parse(&settings, command, words);
	if (!error) {
		fail_msg("%s: taken", line);
		return;
	}
	assert_string_equal(error->message, expected);
	error_free(error);
	settings_free(&settings);
}

static struct settings check_fine(char *words)
{
	struct settings settings;
	struct error *error = parse(&settings, COMMAND_FIX, words);

	if (error)
		fail_msg("%s", error->message);
	return settings;
}

static void test_forms(void **state)
{
	static const char *const forms[] = { "-f a", "-fa", "-f=a", "--filename a", "--filename=a" };

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		char words[32];
		struct settings settings;

		snprintf(words, sizeof(words), "%s", forms[i]);
		settings = check_fine(words);
		assert_int_equal(settings.filenames.n, 1);
		assert_string_equal(settings.filenames.items[0], "a");
		settings_free(&settings);
	}
}

static void test_together(void **state)
{
	char line[] = "x -Rvf a -f - y -q=false --recursive=F --unsafe -- -f b";
	struct settings settings;

	(void)state;
	settings = check_fine(line);
	assert_false(settings.recursive);
	assert_true(settings.verbose);
	assert_false(settings.quiet);
	assert_true(settings.run.fix.unsafe);
	assert_int_equal(settings.filenames.n, 2);
	assert_string_equal(settings.filenames.items[1], "-");
	assert_int_equal(settings.arguments.n, 4);
	assert_string_equal(settings.arguments.items[2], "-f");
	settings_free(&settings);
}

static void test_values(void **state)
{
	char line[] = "--only=capabilities,run-as-user --only privileged --skip=privileged --run-as-user 1000 "
		      "--run-as-group=0 --port-map=80:9090,443:9443 --max-document-size=1Mi --profile=baseline "
		      "--low-ports move --dry-run --color";
	struct settings settings;

	(void)state;
	settings = check_fine(line);
	assert_int_equal(__builtin_popcountll(settings.run.fix.only), 3);
	assert_int_equal(settings.run.fix.skip, (uint64_t)1 << fixer_find(STR("privileged")));
	assert_int_equal(settings.run.fix.run_as_user, 1000);
	assert_int_equal(settings.run.fix.run_as_group, 0);
	assert_int_equal(settings.run.fix.port_map.n, 2);
	assert_int_equal(settings.run.fix.port_map.items[1].to, 9443);
	assert_int_equal(settings.run.limits.bytes, 1 << 20);
	assert_int_equal(settings.run.fix.profile, PROFILE_BASELINE);
	assert_int_equal(settings.run.fix.low_ports, LOW_PORTS_MOVE);
	assert_int_equal(settings.dry_run, DRY_RUN_CLIENT);
	assert_int_equal(settings.colour, COLOUR_ALWAYS);
	settings_free(&settings);
}

/* As Kubernetes writes quantities. */
static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		size_t bytes;
	} sizes[] = {
		{ "1", 1 },
		{ "1000", 1000 },
		{ "10k", 10000 },
		{ "10K", 10000 },
		{ "100M", 100000000 },
		{ "4G", 4000000000 },
		{ "512Ki", 512 << 10 },
		{ "256Mi", 256 << 20 },
		{ "3Gi", (size_t)3 << 30 },
		{ "4294967294", UINT32_MAX - 1 },
	};
	static const char *const wrong[] = { "0", "0Mi", "-1", "1.5Gi", "Mi", "1mi", "1Ti", "1e6", "0x10", "1MiB", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char line[64];
		struct settings settings;

		snprintf(line, sizeof(line), "--max-document-size=%s", sizes[i].text);
		settings = check_fine(line);
		assert_int_equal(settings.run.limits.bytes, sizes[i].bytes);
		settings_free(&settings);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char line[64], says[128];

		snprintf(line, sizeof(line), "--max-document-size=%s", wrong[i]);
		snprintf(says, sizeof(says), "invalid argument \"%s\" for --max-document-size: a size such as 256Mi",
			 wrong[i]);
		check_error(COMMAND_DIFF, line, says);
	}
	check_error(COMMAND_DIFF, "--max-document-size=4294967295",
		    "invalid argument \"4294967295\" for --max-document-size: less than 4Gi");
	check_error(COMMAND_DIFF, "--max-document-size=4Gi",
		    "invalid argument \"4Gi\" for --max-document-size: less than 4Gi");
}

static void test_errors(void **state)
{
	(void)state;
	check_error(COMMAND_DIFF, "--foo", "unknown flag: --foo");
	check_error(COMMAND_DIFF, "--filname=x", "unknown flag: --filname (did you mean --filename?)");
	check_error(COMMAND_DIFF, "--stdout", "this command does not take --stdout");
	check_error(COMMAND_DIFF, "-x", "unknown shorthand flag: 'x' in -x");
	check_error(COMMAND_DIFF, "-Rxf", "unknown shorthand flag: 'x' in -Rxf");
	check_error(COMMAND_DIFF, "-f", "flag needs an argument: 'f' in -f");
	check_error(COMMAND_DIFF, "--filename", "flag needs an argument: --filename");
	check_error(COMMAND_DIFF, "--filename ''",
		    "invalid argument \"\" for --filename: a file, a folder, or - for "
		    "standard input");
	check_error(COMMAND_DIFF, "--recursive=maybe",
		    "invalid argument \"maybe\" for --recursive: must be true or false");
	check_error(COMMAND_DIFF, "--profile=restrictd",
		    "invalid argument \"restrictd\" for --profile: must be baseline, "
		    "restricted, hardened or auto (did you mean restricted?)");
	check_error(COMMAND_FIX, "--dry-run=servers",
		    "invalid argument \"servers\" for --dry-run: must be none, client or server (did you mean server?)");
	check_error(COMMAND_DIFF, "--only=run-as-nonroot",
		    "unknown fixer \"run-as-nonroot\" (did you mean "
		    "run-as-non-root?)");
	check_error(COMMAND_DIFF, "--skip=what", "unknown fixer \"what\"; kubectl harden fixers lists them");
	check_error(COMMAND_DIFF, "--skip=", "unknown fixer \"\"; kubectl harden fixers lists them");
	check_error(COMMAND_DIFF, "--run-as-user=0", "invalid argument \"0\" for --run-as-user: 0 is root");
	check_error(COMMAND_DIFF, "--run-as-user=nginx",
		    "invalid argument \"nginx\" for --run-as-user: a number (Kubernetes "
		    "cannot verify names), auto or none");
	check_error(COMMAND_DIFF, "--run-as-group=2147483648",
		    "invalid argument \"2147483648\" for --run-as-group: a number "
		    "or auto");
	check_error(COMMAND_DIFF, "--port-map=80",
		    "invalid argument \"80\" for --port-map: pairs such as 80:8080, separated "
		    "by commas");
	check_error(COMMAND_DIFF, "--port-map=8080:80",
		    "invalid argument \"8080:80\" for --port-map: only ports from 1 to "
		    "1023 move");
	check_error(COMMAND_DIFF, "--port-map=80:443",
		    "invalid argument \"80:443\" for --port-map: they move to a port from "
		    "1024 to 65535");
	check_error(COMMAND_DIFF, "--port-map=80:8080,80:8081",
		    "invalid argument \"80:8081\" for --port-map: this port moves "
		    "elsewhere already");
	check_error(COMMAND_DIFF, "--requests=cpu",
		    "invalid argument \"cpu\" for --requests: must be pairs such as cpu=100m,memory=128Mi");
	check_error(COMMAND_DIFF, "--limits=cpu=1,memory=128m",
		    "invalid argument \"memory=128m\" for --limits: must be whole bytes: m stands for thousandths, Mi "
		    "for 1024 * 1024");
	check_error(COMMAND_DIFF, "--max-document-size=lots",
		    "invalid argument \"lots\" for --max-document-size: a size such "
		    "as 256Mi");
	check_error(COMMAND_DIFF, "--max-depth=0", "invalid argument \"0\" for --max-depth: a number from 1 to 1000");
	check_error(COMMAND_DIFF, "--max-nodes=many",
		    "invalid argument \"many\" for --max-nodes: a number from 1 to "
		    "100000000");
	check_error(COMMAND_DIFF, "--max-document-size=9Gi",
		    "invalid argument \"9Gi\" for --max-document-size: less than "
		    "4Gi");
}

/* What is wrong only together. */
static void test_check(void **state)
{
	static const struct {
		const char *line, *why; /* NULL: nothing */
	} lines[] = {
		{ "--also=resources --requests=memory=256Mi --limits=memory=0.25Gi", NULL },
		{ "--only=resources --requests=cpu=1,memory=1Gi --limits=cpu=2", NULL },
		{ "--requests=cpu=1",
		  "--requests is for the fixer resources, which was not asked for; add --also=resources" },
		{ "--limits=cpu=1 --also=resources --skip=resources",
		  "--limits is for the fixer resources, which was not asked for; add --also=resources" },
		{ "--also=resources --limits=memory=256Mi --requests=memory=257Mi",
		  "--requests memory=257Mi is more than --limits memory=256Mi, which the API refuses" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char line[128];
		struct settings settings;
		struct layer layer;
		struct error *error = NULL;
		bool fine;

		snprintf(line, sizeof(line), "%s", lines[i].line);
		settings = check_fine(line);
		layer = layer_flags(&settings);
		fine = layer_check(&layer, &error);
		assert_int_equal(fine, !lines[i].why);
		if (!fine)
			assert_string_equal(error->message, lines[i].why);
		error_free(error);
		settings_free(&settings);
	}
}

/* Help shows them in this order, and a name means one thing to one command. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 1; i < option_table_n; i++) {
		const struct option *a = &option_table[i - 1], *b = &option_table[i];
		int order = strcmp(a->name, b->name);

		assert_true(order < 0 || (order == 0 && !(a->commands & b->commands)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms), cmocka_unit_test(test_together), cmocka_unit_test(test_values),
		cmocka_unit_test(test_sizes), cmocka_unit_test(test_errors),   cmocka_unit_test(test_check),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
