/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placeholder: which texts are one, of which values nothing is known, and how they are told.
 */
#include "yaml_document.h"

#include "kube/placeholder.h"

static void knows_forms(void **state)
{
	static const char *const are[] = {
		"${X}",	 "${X:-0}",  "$X",    "$x_1", "$(params.uid)", "{{inputs.parameters.uid}}",
		"#{X}#", "#{X}",     "__X__", "@X@",  "@x.y@",	       "%X%",
		"<X>",	 "<%= x %>",
	};
	static const char *const are_not[] = {
		"",	 "$", "$1", "$X-1", "X",  "${X", "$(X",	 "a${X}", "${}",  "____",	    "__",
		"@@",	 "@", "%",  "%%",   "<>", "<",	 "#{}#", "10",	  "true", "RuntimeDefault", "localhost/a@b",
		"CAP_X",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(are) / sizeof(*are); i++)
		if (!placeholder_is(str_of(are[i])))
			fail_msg("not one: %s", are[i]);
	for (size_t i = 0; i < sizeof(are_not) / sizeof(*are_not); i++)
		if (placeholder_is(str_of(are_not[i])))
			fail_msg("one: %s", are_not[i]);
}

/* A value, for which types it is not known, and how it is told. */
static void knows_values(void **state)
{
	static const struct {
		const char *bytes;
		bool of_bool, of_number, of_text;
		const char *words;
	} cases[] = {
		{ "a: true\n", false, true, false, "true" },
		{ "a: no\n", false, true, false, "no" },
		{ "a: 10\n", true, false, false, "10" },
		{ "a: 0x50\n", true, false, false, "0x50" },
		{ "a: 1.0\n", true, true, false, "1.0" },
		{ "a: \"10\"\n", true, true, false, "\"10\"" },
		{ "a: 'true'\n", false, true, false, "\"true\"" },
		{ "a: !!str 0\n", true, true, false, "\"0\"" },
		{ "a: !!int \"0\"\n", true, false, false, "0" },
		{ "a: abc\n", true, true, false, "abc" },
		{ "a: ''\n", true, true, false, "\"\"" },
		{ "a: $X\n", true, true, true, "$X" },
		{ "a: '%X%'\n", true, true, true, "%X%" },
		{ "a: {b: c}\n", true, true, false, "a map" },
		{ "a: [b]\n", true, true, false, "a list" },
		{ "a:\n", false, false, false, "" },
		{ "a: ~\n", false, false, false, "" },
		{ "a: # 10\n", false, false, false, "" },
		{ "a: # {X}#\n", false, false, false, "" },
		{ "a: #{X} or so\n", false, false, false, "" },
		{ "a: ~ #{X}#\n", false, false, false, "" },
		{ "a: #{X}#\n", true, true, true, "#{X}#" },
		{ "a:   #{X}#  \r\nb: c\r\n", true, true, true, "#{X}#" },
		{ "a: #{X}#", true, true, true, "#{X}#" },
		{ "a: 10 #{X}#\n", true, false, false, "10" },
		{ "b: &b\nc: d\na: *b #{X}#\n", false, false, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document doc;
		yaml_id node;
		struct str words;

		document_read(&doc, cases[i].bytes);
		node = yaml_get(&doc.tree, doc.tree.root, "a");
		words = value_words(&doc.tree, node, doc.arena);
		if ((value_unknown(&doc.tree, node, VALUE_BOOL) != NULL) != cases[i].of_bool ||
		    (value_unknown(&doc.tree, node, VALUE_NUMBER) != NULL) != cases[i].of_number ||
		    (value_unknown(&doc.tree, node, VALUE_TEXT) != NULL) != cases[i].of_text ||
		    !str_is(words, cases[i].words))
			fail_msg("%s: %.*s", cases[i].bytes, STR_ARG(words));
		document_free(&doc);
	}
	assert_null(value_unknown(&(struct yaml_tree){ 0 }, YAML_NONE, VALUE_BOOL));
}

/* A value of any size is told in some characters, none of which is cut in two. */
static void cuts_values(void **state)
{
	struct buf bytes = BUF_INIT;
	struct document doc;
	struct str words;

	(void)state;
	buf_addz(&bytes, "a: x");
	for (size_t i = 0; i < 1000; i++)
		buf_addz(&bytes, "\xc3\xa4");
	buf_addz(&bytes, "\n");
	buf_addc(&bytes, '\0');
	document_read(&doc, bytes.p);
	words = value_words(&doc.tree, yaml_get(&doc.tree, doc.tree.root, "a"), doc.arena);
	assert_int_equal(words.n, 59);
	document_free(&doc);
	buf_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_forms),
		cmocka_unit_test(knows_values),
		cmocka_unit_test(cuts_values),
	};

	return cmocka_run_group_tests(tests, NULL, release_parsers);
}
