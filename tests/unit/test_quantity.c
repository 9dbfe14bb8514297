/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quantities: what the API server takes for one, how it rounds and compares them, and the lists that the user gives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kube/quantity.h"

static const struct {
	const char *text;
	uint64_t whole;
	uint32_t billionths;
} quantities[] = {
	{ "0", 0, 0 },
	{ "-0", 0, 0 },
	{ "1", 1, 0 },
	{ "+1", 1, 0 },
	{ "007", 7, 0 },
	{ "1.", 1, 0 },
	{ ".5", 0, 500000000 },
	{ "0.5", 0, 500000000 },
	{ "100m", 0, 100000000 },
	{ "1500m", 1, 500000000 },
	{ "1n", 0, 1 },
	{ "1u", 0, 1000 },
	{ "0.1n", 0, 1 },		    /* rounded up */
	{ "1.0000000001", 1, 1 },	    /* likewise */
	{ "0.9999999999", 1, 0 },	    /* into the next whole */
	{ "0.00000000000000000001", 0, 1 }, /* however small */
	{ "1k", 1000, 0 },
	{ "1M", 1000000, 0 },
	{ "2G", 2000000000, 0 },
	{ "1T", 1000000000000, 0 },
	{ "1P", 1000000000000000, 0 },
	{ "1E", 1000000000000000000, 0 },
	{ "1Ki", 1024, 0 },
	{ "128Mi", 134217728, 0 },
	{ "0.25Gi", 268435456, 0 },
	{ "1.5Ki", 1536, 0 },
	{ "0.1Ki", 102, 400000000 },
	{ "1Ti", 1099511627776, 0 },
	{ "1Pi", 1125899906842624, 0 },
	{ "1Ei", 1152921504606846976, 0 },
	{ "1e3", 1000, 0 },
	{ "1E3", 1000, 0 },
	{ "1e+3", 1000, 0 },
	{ "1.5e-3", 0, 1500000 },
	{ "12345e-2", 123, 450000000 },
	{ "1e-400", 0, 1 },
	{ "9223372036854775807", INT64_MAX, 0 },
	{ "9223372036854775808", INT64_MAX, 0 }, /* no more than that */
	{ "99999999999999999999999999", INT64_MAX, 0 },
	{ "8Ei", INT64_MAX, 0 },
	{ "1e400", INT64_MAX, 0 },
};

static const char *const none[] = {
	"",   "-",   "+",  ".",	  "m",	 "Mi",	 "-1",	  "-0.1", "1 Mi",  "1mi",    "1MI", "1MB", "1Mib",
	"1K", "1ki", "1e", "1e+", "1e-", "1eMi", "1.2.3", "0x10", "1_000", "${CPU}", "1,5", " 1",  "1 ",
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(quantities) / sizeof(quantities[0]); i++) {
		struct quantity q = { 0 };

		if (!quantity_parse(str_of(quantities[i].text), &q) || q.whole != quantities[i].whole ||
		    q.billionths != quantities[i].billionths)
			fail_msg("%s: %llu and %u billionths", quantities[i].text, (unsigned long long)q.whole,
				 q.billionths);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct quantity q;

		if (quantity_parse(str_of(none[i]), &q))
			fail_msg("\"%s\" is no quantity", none[i]);
	}
}

static int compare(const char *left, const char *right)
{
	struct quantity a, b;

	assert_true(quantity_parse(str_of(left), &a));
	assert_true(quantity_parse(str_of(right), &b));
	return quantity_cmp(a, b);
}

static void test_compare(void **state)
{
	(void)state;
	assert_int_equal(compare("1Gi", "1024Mi"), 0);
	assert_int_equal(compare("0.1", "100m"), 0);
	assert_true(compare("1G", "1Gi") < 0);
	assert_true(compare("500m", "0.499") > 0);
	assert_true(compare("2", "11") < 0);
}

static void test_list(void **state)
{
	static const struct {
		const char *text, *part, *why;
	} wrong[] = {
		{ "", "", "pairs" },
		{ " ", " ", "pairs" },
		{ "cpu", "cpu", "pairs" },
		{ "cpu=", "cpu=", "a quantity" },
		{ "cpu=100m,", "", "pairs" },
		{ "cpu=100m,memory=128MB", "memory=128MB", "Mi" },
		{ "cpu=0", "cpu=0", "more than nothing" },
		{ "cpu=-1", "cpu=-1", "a quantity" },
		{ "memory=128m", "memory=128m", "whole bytes" },
		{ "nvidia.com/gpu=1", "nvidia.com/gpu=1", "cpu, memory or ephemeral-storage" },
	};
	struct resource_list list = { 0 };
	struct str part;

	(void)state;
	assert_null(resource_list_parse(STR("memory=128Mi, cpu = 100m"), &list, &part));
	assert_null(resource_list_parse(STR("memory=256Mi,ephemeral-storage=1Gi"), &list, &part));
	assert_int_equal(list.n, 3);
	assert_true(str_is(resource_list_find(&list, STR("memory"))->value, "256Mi"));
	assert_true(str_is(resource_list_find(&list, STR("cpu"))->value, "100m"));
	assert_null(resource_list_find(&list, STR("pods")));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *why = resource_list_parse(str_of(wrong[i].text), &list, &part);

		if (!why || !strstr(why, wrong[i].why) || !str_is(part, wrong[i].part))
			fail_msg("\"%s\": %s", wrong[i].text, why ? why : "fine");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests_name("quantity", tests, NULL, NULL);
}
