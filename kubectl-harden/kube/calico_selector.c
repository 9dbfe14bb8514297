/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calico selector: a recursive descent over one line, without the recursion: parentheses and || are more than we read.
 */
#include "kube/calico_selector.h"

struct scanner {
	struct arena *arena;
	struct str rest;
};

static void skip_blanks(struct scanner *scanner)
{
	scanner->rest = str_trim(scanner->rest);
}

/* Takes @word off the front. */
static bool take(struct scanner *scanner, const char *word)
{
	skip_blanks(scanner);
	if (!str_starts(scanner->rest, str_of(word)))
		return false;
	scanner->rest = str_sub(scanner->rest, strlen(word), scanner->rest.n);
	return true;
}

static bool is_key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_./-", c);
}

static bool take_key(struct scanner *scanner, struct str *ret_key)
{
	size_t n = 0;

	skip_blanks(scanner);
	while (n < scanner->rest.n && scanner->rest.p[n] && is_key_byte(scanner->rest.p[n]))
		n++;
	*ret_key = str_sub(scanner->rest, 0, n);
	scanner->rest = str_sub(scanner->rest, n, scanner->rest.n);
	return n > 0;
}

/* 'text' or "text" */
static bool take_text(struct scanner *scanner, struct str *ret_text)
{
	const char *end;

	skip_blanks(scanner);
	if (!scanner->rest.n || !strchr("'\"", scanner->rest.p[0]))
		return false;
	end = memchr(scanner->rest.p + 1, scanner->rest.p[0], scanner->rest.n - 1);
	if (!end)
		return false;
	*ret_text = str_sub(scanner->rest, 1, (size_t)(end - scanner->rest.p));
	scanner->rest = str_sub(scanner->rest, ret_text->n + 2, scanner->rest.n);
	return true;
}

enum { VALUES_MAX = 64, TESTS_MAX = 64 };

static bool take_list(struct scanner *scanner, struct label_test *test)
{
	struct str *values = ARENA_ARRAY(scanner->arena, struct str, VALUES_MAX);

	test->values = values;
	if (!take(scanner, "{"))
		return false;
	do {
		if (test->values_n == VALUES_MAX || !take_text(scanner, &values[test->values_n]))
			return false;
		test->values_n++;
	} while (take(scanner, ","));
	return take(scanner, "}");
}

static bool take_value(struct scanner *scanner, struct label_test *test)
{
	struct str *value = ARENA_NEW(scanner->arena, struct str);

	test->values = value;
	test->values_n = 1;
	return take_text(scanner, value);
}

static bool take_test(struct scanner *scanner, struct label_test *test)
{
	bool negated = take(scanner, "!");

	*test = (struct label_test){ .op = negated ? LABEL_ABSENT : LABEL_EXISTS };
	if (take(scanner, "has("))
		return take_key(scanner, &test->key) && take(scanner, ")");
	if (negated || !take_key(scanner, &test->key))
		return false;
	if (take(scanner, "==")) {
		test->op = LABEL_IN;
		return take_value(scanner, test);
	}
	if (take(scanner, "!=")) {
		test->op = LABEL_NOT_IN;
		return take_value(scanner, test);
	}
	test->op = take(scanner, "not") ? LABEL_NOT_IN : LABEL_IN;
	return take(scanner, "in") && take_list(scanner, test);
}

bool calico_selector_read(struct arena *arena, struct str text, struct pod_selector *selector)
{
	struct scanner scanner = { arena, str_trim(text) };
	struct label_test *tests;
	uint32_t n = 0;

	if (!scanner.rest.n)
		return true;
	tests = ARENA_ARRAY(arena, struct label_test, TESTS_MAX);
	do {
		if (take(&scanner, "all()"))
			continue;
		if (n == TESTS_MAX || !take_test(&scanner, &tests[n]))
			return false;
		n++;
	} while (take(&scanner, "&&"));
	if (scanner.rest.n)
		return false;
	selector->tests = tests;
	selector->tests_n = n;
	return true;
}
