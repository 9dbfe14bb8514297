/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Styles: every way to write a value, how kubectl reads it, and what an edit makes of it, byte for byte. What is read
 * was looked up with kubectl 1.32 (`kubectl label --local -o json`).
 */
#include "yaml_document.h"

#include <stdio.h>
#include <stdlib.h>

/* A path in which items have numbers. */
static yaml_id at(struct document *document, const char *path)
{
	struct yaml_tree *tree = &document->tree;
	struct str rest = str_of(path), part;
	yaml_id id = tree->root;

	while (id && rest.n && str_cut(&rest, '.', &part)) {
		if (!yaml_is_seq(tree, id)) {
			id = yaml_get_str(tree, id, part);
			continue;
		}
		id = yaml_first(tree, id);
		for (long n = strtol(part.p, NULL, 10); id && n; n--)
			id = yaml_next(tree, id);
	}
	return id;
}

/* ---- tags ---- */

static void tags_are_read_as_kubectl_reads_them(void **state)
{
	static const struct {
		const char *value;
		enum yaml_type type;
		const char *text;
		int64_t number;
	} cases[] = {
		{ "!!str 80", YAML_STR, "80", 0 },
		{ "!!str ~", YAML_STR, "~", 0 },
		{ "!!str", YAML_STR, "", 0 },
		{ "!", YAML_STR, "", 0 },
		{ "! 80", YAML_STR, "80", 0 },
		{ "! true", YAML_STR, "true", 0 },
		{ "! \"80\"", YAML_STR, "80", 0 },
		{ "!mine 80", YAML_STR, "80", 0 },
		{ "!mine null", YAML_STR, "null", 0 },
		{ "!!mine 80", YAML_STR, "80", 0 },
		{ "!!merge <<", YAML_STR, "<<", 0 },
		{ "!!int 80", YAML_INT, "80", 80 },
		{ "!!int \"80\"", YAML_INT, "80", 80 },
		{ "!!int '0x10'", YAML_INT, "0x10", 16 },
		{ "!!int 1_000", YAML_INT, "1_000", 1000 },
		{ "!!int 18446744073709551615", YAML_FLOAT, "18446744073709551615", 0 },
		{ "!!int |-\n  80", YAML_INT, "80", 80 },
		{ "!!bool true", YAML_BOOL, "true", 1 },
		{ "!!bool \"true\"", YAML_BOOL, "true", 1 },
		{ "!!bool 'yes'", YAML_BOOL, "yes", 1 },
		{ "!!bool \"off\"", YAML_BOOL, "off", 0 },
		{ "!!bool >-\n  true", YAML_BOOL, "true", 1 },
		{ "!!null", YAML_NULL, "", 0 },
		{ "!!null ~", YAML_NULL, "~", 0 },
		{ "!!null \"\"", YAML_NULL, "", 0 },
		{ "!!null \"null\"", YAML_NULL, "null", 0 },
		{ "!!float 80", YAML_INT, "80", 80 },
		{ "!!float \"1.5\"", YAML_FLOAT, "1.5", 0 },
		{ "!!float \"1e3\"", YAML_FLOAT, "1e3", 0 },
		{ "!!float 9007199254740993", YAML_FLOAT, "9007199254740993", 0 },
		{ "!!timestamp 2001-01-01", YAML_STR, "2001-01-01", 0 },
		{ "!!binary YQ==", YAML_STR, "a", 0 },
		{ "!!binary YWI=", YAML_STR, "ab", 0 },
		{ "!!binary \"YWJj\"", YAML_STR, "abc", 0 },
		{ "!!binary |\n  YWJj\n  ZGVm", YAML_STR, "abcdef", 0 },
		{ "!!binary", YAML_STR, "", 0 },
		{ "!<tag:yaml.org,2002:int> \"80\"", YAML_INT, "80", 80 },
		{ "!<tag:yaml.org,2002:str> 80", YAML_STR, "80", 0 },
		{ "!<!mine> 80", YAML_STR, "80", 0 },
		{ "&x !!int \"80\"", YAML_INT, "80", 80 },
		{ "!!int &x \"80\"", YAML_INT, "80", 80 },
		{ "!!int # comment !!str\n  \"80\"", YAML_INT, "80", 80 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;
		char text[256];
		int64_t number = 0;
		bool truth = false;
		yaml_id a;

		snprintf(text, sizeof(text), "a: %s\n", cases[i].value);
		document_read(&document, text);
		a = at(&document, "a");
		if (yaml_type(&document.tree, a) != cases[i].type)
			fail_msg("%s has type %d", cases[i].value, (int)yaml_type(&document.tree, a));
		assert_string_equal(document_text(&document, "a"), cases[i].text);
		assert_int_equal(yaml_int(&document.tree, a, &number), cases[i].type == YAML_INT);
		assert_int_equal(yaml_bool(&document.tree, a, &truth), cases[i].type == YAML_BOOL);
		assert_int_equal(cases[i].type == YAML_BOOL ? truth : number, cases[i].number);
		assert_int_equal(yaml_is_null(&document.tree, a), cases[i].type == YAML_NULL);
		document_free(&document);
	}
}

/* A tag says nothing about a mapping or a list. */
static void tags_of_collections_are_nothing(void **state)
{
	static const char *const tags[] = { "!!map", "!!seq", "!!str", "!!int", "!!null", "!mine", "!", "!!set" };

	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		struct document document;
		char text[256];

		snprintf(text, sizeof(text), "a: %s {b: 1}\nc: %s [d]\ne: %s\n  f: g\n", tags[i], tags[i], tags[i]);
		document_read(&document, text);
		assert_true(yaml_is_map(&document.tree, at(&document, "a")));
		assert_true(yaml_is_seq(&document.tree, at(&document, "c")));
		assert_string_equal(document_text(&document, "a.b"), "1");
		assert_string_equal(document_text(&document, "e.f"), "g");
		document_free(&document);
	}
}

static void tags_of_merge_keys(void **state)
{
	static const struct {
		const char *key;
		bool merges;
	} cases[] = {
		{ "<<", true },		{ "! <<", true },	    { "! \"<<\"", true },
		{ "!!merge <<", true }, { "!!merge \"<<\"", true }, { "\"<<\"", false },
		{ "!!str <<", false },	{ "!mine <<", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;
		char text[256];

		snprintf(text, sizeof(text), "b: &b {c: d}\ne: {%s: *b}\n", cases[i].key);
		document_read(&document, text);
		if (!!at(&document, "e.c") != cases[i].merges)
			fail_msg("%s", cases[i].key);
		document_free(&document);
	}
}

static void what_kubectl_refuses_is_refused(void **state)
{
	static const struct {
		const char *text;
		uint32_t at;
		const char *why;
	} cases[] = {
		{ "a: !!int x\n", 3, "no integer" },
		{ "a: !!int 1.5\n", 3, "no integer" },
		{ "a: !!int\n", 3, "no integer" },
		{ "a: !!int \"\"\n", 3, "no integer" },
		{ "a: !!int true\n", 3, "no integer" },
		{ "a: !!int |\n  80\n", 3, "no integer" },
		{ "a: !!bool 1\n", 3, "no boolean" },
		{ "a: !!bool\n", 3, "no boolean" },
		{ "a: !!float x\n", 3, "no number" },
		{ "a: !!float true\n", 3, "no number" },
		{ "a: !!null x\n", 3, "something else" },
		{ "a: !!binary x\n", 3, "no base64" },
		{ "a: !!binary YQ=\n", 3, "no base64" },
		{ "a: !!binary Y=Q=\n", 3, "no base64" },
		{ "a: !!timestamp x\n", 3, "timestamp" },
		{ "b: [c, !!int d]\n", 7, "no integer" },
		{ "b:\n- &c !!int d\n", 5, "no integer" },
		{ "a: !e!x 1\n", 3, "" },
		{ "a: !!%69nt \"80\"\n", 3, "%" },
		{ "{a: !!str}\n", 4, "blank" },
		{ "[!!str, a]\n", 1, "blank" },
		{ "!!int 0x10: b\n", 0, "tag on a key" },
		{ "!!binary c3BlYw==: b\n", 0, "tag on a key" },
		{ "!!null ~: b\n", 0, "tag on a key" },
		{ "a: {! <<: 1}\n", 6, "merge key" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;

		if (document_read_str(&document, str_of(cases[i].text)))
			fail_msg("read: %s", cases[i].text);
		if (document.why.at != cases[i].at || !strstr(document.why.why, cases[i].why))
			fail_msg("%s at %u: %s", cases[i].text, document.why.at, document.why.why);
		document_free(&document);
	}
}

/* ---- directives ---- */

static void percent_signs(void **state)
{
	static const struct {
		const char *text, *path, *value; /* path NULL: refused at .at */
		uint32_t at;
	} cases[] = {
		/* A directive before a document, with whatever comes between. */
		{ "%YAML 1.1\n", NULL, NULL, 0 },
		{ "%YAML 1.2\na: b\n", NULL, NULL, 0 },
		{ "# c\n\n  # d\n%TAG ! tag:x,2000:\n", NULL, NULL, 11 },
		{ "%YAML 9999999999\n", NULL, NULL, 0 },
		{ "%\"\n", NULL, NULL, 0 },
		{ "...\n%YAML 1.1\na: b\n", NULL, NULL, 4 },
		/* Behind the end of the document kubectl does not look. */
		{ "a: b\n...\n%YAML 1.1\n", "a", "b", 0 },
		{ "a: b\n...\n# c\n%YAML 9999999999\n%\"\n\n%TAG ! x\n# d\n", "a", "b", 0 },
		{ "a: b\r\n... # c\r\n%YAML 1.1\r\n", "a", "b", 0 },
		{ "a: b\n...\n%YAML 1.1\nspec: c\n", NULL, NULL, 19 },
		/* A line of a text. */
		{ "a: \"x\n%y\"\n", "a", "x %y", 0 },
		{ "a: 'x\n%YAML 9999999999\n%z'\n", "a", "x %YAML 9999999999 %z", 0 },
		{ "a: \"x\n# c\n\n%y\"\n", "a", "x # c\n%y", 0 },
		{ "a: [x\n%y]\n", "a.0", "x %y", 0 },
		{ "a: |\n  %y\n", "a", "%y\n", 0 },
		{ "a: |\n\n  %YAML 1.1\n  b\n", "a", "\n%YAML 1.1\nb\n", 0 },
		{ "a: x\n  %y\n", "a", "x %y", 0 },
		{ "# %YAML 1.1\na: b # %\n", "a", "b", 0 },
		{ "a: 100%\n", "a", "100%", 0 },
		/* Neither: kubectl refuses these, or drops what follows. */
		{ "a: b\n%c: d\n", NULL, NULL, 5 },
		{ "a: {\n%b: c}\n", NULL, NULL, 6 },
		{ "a: [b,\n%c]\n", NULL, NULL, 8 },
		{ "a: %b\n", NULL, NULL, 3 },
		{ "a: |\n  b\n%c\n", NULL, NULL, 9 },
		{ "a: \"b\n...\n%c\"\n", NULL, NULL, 6 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;
		bool read = document_read_str(&document, str_of(cases[i].text));

		if (read != !!cases[i].path)
			fail_msg("case %zu: %s", i, read ? "read" : document.why.why);
		if (read) {
			struct str text = yaml_text(&document.tree, at(&document, cases[i].path));

			if (!str_is(text, cases[i].value))
				fail_msg("case %zu: %.*s", i, STR_ARG(text));
		} else if (document.why.at != cases[i].at) {
			fail_msg("case %zu at %u: %s", i, document.why.at, document.why.why);
		}
		document_free(&document);
	}
}

/* ---- duplicate keys ---- */

static void duplicates_in_every_style(void **state)
{
	static const struct {
		const char *text;
		uint32_t first, second;
	} cases[] = {
		{ "a: 1\nb: 2\na: 3\n", 0, 10 },
		{ "a: 1\n\"a\": 3\n", 0, 5 },
		{ "'a': 1\na: 3\n", 0, 7 },
		{ "'it''s': 1\n\"it's\": 3\n", 0, 11 },
		{ "ab: 1\n\"\\x61b\": 3\n", 0, 6 },
		{ "ab: 1\n? \"\\u0061\\\n  b\"\n: 3\n", 0, 8 },
		{ "? a\n: 1\na: 3\n", 2, 8 },
		{ "a: 1\n? a\n: 3\n", 0, 7 },
		{ "a: 1\n? \"a\"\n", 0, 7 },
		{ "a: 1\n? |-\n  a\n: 3\n", 0, 7 },
		{ "a: 1\n? >-\n  a\n: 3\n", 0, 7 },
		{ "a: 1\n!!str a: 3\n", 0, 11 },
		{ "a: 1\n! a: 3\n", 0, 7 },
		{ "a: 1\n!mine a: 3\n", 0, 11 },
		{ "&x a: 1\n*x : 3\n", 3, 8 },
		{ "x: &x a\nb: {a: 1, *x : 2}\n", 12, 18 },
		{ "{a: 1, b: {a: 2}, a: 3}\n", 1, 18 },
		{ "{\"a\":1,\"a\":2}", 1, 7 },
		{ "- - b: 1\n    \xc3\xa9: 2\n    \xc3\xa9: 3\n", 13, 23 },
		{ "a b: 1\n? a\n  b\n: 2\n", 0, 9 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;

		if (document_read_str(&document, str_of(cases[i].text)))
			fail_msg("read: %s", cases[i].text);
		if (!strstr(document.why.why, "duplicate key"))
			fail_msg("%s: %s", cases[i].text, document.why.why);
		/* .other is one more, so that 0 means none. */
		if (document.why.at != cases[i].second || document.why.other != cases[i].first + 1)
			fail_msg("%s: %u and %u", cases[i].text, document.why.other, document.why.at);
		document_free(&document);
	}
}

/* The same scalar is a key in one place and a value in another. */
static void aliases_of_keys(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;

	(void)state;
	document_read(&document, "&a b: c\nd: *a\ne: &e {f: *a}\ng: *e\n");
	assert_string_equal(document_text(&document, "d"), "b");
	assert_true(yaml_key(tree, at(&document, "d")));
	assert_true(yaml_key(tree, at(&document, "e.f")));
	assert_true(yaml_key(tree, at(&document, "g.f")));
	document_free(&document);
}

/* ---- edits ---- */

enum edit { SET_STR, SET_INT, SET_BOOL, PUT, FILL_MAP, FILL_SEQ, APPEND };

struct style_case {
	const char *before, *path;
	enum edit edit;
	const char *value; /* NULL: refused */
	const char *after; /* or why it is refused */
};

static bool make(struct document *document, const struct style_case *style, struct yaml_refusal *why)
{
	struct yaml_tree *tree = &document->tree;
	yaml_id id = at(document, style->path), parent = yaml_parent(tree, id), made;
	const char *name = NULL;

	assert_true(id);
	if (yaml_key(tree, id))
		name = str_copy(document->arena, yaml_text(tree, yaml_key(tree, id))).p;
	switch (style->edit) {
	case SET_STR:
		return yaml_set_str(tree, id, str_of(style->value ? style->value : "v"), why);
	case SET_INT:
		return yaml_set_int(tree, id, style->value ? strtol(style->value, NULL, 10) : 8080, why);
	case SET_BOOL:
		return yaml_set_bool(tree, id, style->value && *style->value == 't', why);
	case PUT:
		return yaml_put_int(tree, id, style->value ? style->value : "m", 1, NULL, why);
	case FILL_MAP:
		made = yaml_put_map(tree, parent, name, NULL, why);
		return made && yaml_put_int(tree, made, style->value ? style->value : "m", 1, NULL, why);
	case FILL_SEQ:
		made = yaml_put_seq(tree, parent, name, false, NULL, why);
		return made && yaml_append_str(tree, made, str_of(style->value ? style->value : "v"), why);
	default:
		return yaml_append_str(tree, id, str_of(style->value ? style->value : "v"), why);
	}
}

static void check_edits(const struct style_case *cases, size_t n)
{
	bool fine = true;

	for (size_t i = 0; i < n; i++) {
		struct yaml_refusal why = { 0 };
		struct document document;
		bool made;

		document_read(&document, cases[i].before);
		made = make(&document, &cases[i], &why);
		if (made != !!cases[i].value) {
			fprintf(stderr, "case %zu: %s: %s\n", i, cases[i].before, made ? "is made" : why.why);
			fine = false;
		} else if (!made) {
			if (!strstr(why.why, cases[i].after)) {
				fprintf(stderr, "case %zu: %s: %s\n", i, cases[i].before, why.why);
				fine = false;
			}
		} else if (strcmp(document_render(&document), cases[i].after) != 0) {
			fprintf(stderr, "case %zu: %s\n-- is:\n%s--\n", i, cases[i].before, document.out.p);
			fine = false;
		}
		yaml_rollback(&document.tree, 0);
		assert_string_equal(document_render(&document), cases[i].before);
		document_free(&document);
	}
	assert_true(fine);
}

#define CHECK_EDITS(cases) check_edits((cases), sizeof(cases) / sizeof(*(cases)))

static void edits_of_tagged_values(void **state)
{
	static const struct style_case cases[] = {
		/* The tag is right for the new value as well. */
		{ "a: !!str 80\n", "a", SET_STR, "8080", "a: !!str 8080\n" },
		{ "a: !!str \"80\" # c\n", "a", SET_STR, "8080", "a: !!str \"8080\" # c\n" },
		{ "a: !!str '80'\n", "a", SET_STR, "it's", "a: !!str 'it''s'\n" },
		{ "a: !!str 80\n", "a", SET_STR, "a: b", "a: !!str \"a: b\"\n" },
		{ "a: !!str\n", "a", SET_STR, "80", "a: !!str 80\n" },
		{ "a: ! 80\n", "a", SET_STR, "8080", "a: ! 8080\n" },
		{ "a: !mine 80\n", "a", SET_STR, "8080", "a: !mine 8080\n" },
		{ "a: !<tag:yaml.org,2002:str> 80\n", "a", SET_STR, "8080", "a: !<tag:yaml.org,2002:str> 8080\n" },
		{ "a: !!int 80\n", "a", SET_INT, "8080", "a: !!int 8080\n" },
		{ "a: !!int \"80\" # c\n", "a", SET_INT, "8080", "a: !!int \"8080\" # c\n" },
		{ "a: !!int '80'\n", "a", SET_INT, "-1", "a: !!int '-1'\n" },
		{ "a: !!bool \"true\"\n", "a", SET_BOOL, "f", "a: !!bool \"false\"\n" },
		{ "a: !!int # c\n  80\n", "a", SET_INT, "8080", "a: !!int # c\n  8080\n" },
		{ "- !!int 80\n", "0", SET_INT, "8080", "- !!int 8080\n" },
		{ "a: {b: !!int 80, c: !!str x}\n", "a.b", SET_INT, "8080", "a: {b: !!int 8080, c: !!str x}\n" },
		/* It would contradict: it goes. */
		{ "a: !!str 80\n", "a", SET_INT, "8080", "a: 8080\n" },
		{ "a: !!str \"80\" # c\n", "a", SET_INT, "8080", "a: 8080 # c\n" },
		{ "a: ! x\n", "a", SET_BOOL, "t", "a: true\n" },
		{ "a: !!int \"80\"\n", "a", SET_STR, "8080", "a: \"8080\"\n" },
		{ "a: !!int 80\n", "a", SET_BOOL, "t", "a: true\n" },
		{ "a: !!float 1.5\n", "a", SET_INT, "1", "a: 1\n" },
		{ "a: !!bool yes\n", "a", SET_STR, "yes", "a: \"yes\"\n" },
		{ "a: !!null ~\n", "a", SET_INT, "1", "a: 1\n" },
		{ "a: !!null\n", "a", SET_INT, "1", "a: 1\n" },
		{ "a: !!null # c\n", "a", SET_INT, "1", "a: 1 # c\n" },
		{ "a: !!null", "a", SET_STR, "x", "a: x" },
		{ "a: !!binary YQ==\n", "a", SET_STR, "b", "a: b\n" },
		{ "a: !!timestamp 2001-01-01\n", "a", SET_STR, "x", "a: x\n" },
		{ "a: &x !!null\n", "a", SET_INT, "1", "a: &x 1\n" },
		{ "a: !!null &x\n", "a", SET_INT, "1", "a: &x 1\n" },
		{ "a: !!str &x 80\n", "a", SET_INT, "1", "a: &x 1\n" },
		{ "a: !!str\n  80\n", "a", SET_INT, "1", "a:\n  1\n" },
		{ "a: !!str # c\n  80\n", "a", SET_INT, "1", "a: # c\n  1\n" },
		{ "a: [!!str 80, !!null ]\n", "a.1", SET_INT, "1", "a: [!!str 80, 1 ]\n" },
		{ "a: [!!str 80, b]\n", "a.0", SET_INT, "1", "a: [1, b]\n" },
		/* The same value already. */
		{ "a: !!str 80\n", "a", SET_STR, "80", "a: !!str 80\n" },
		{ "a: !!int \"80\"\n", "a", SET_INT, "80", "a: !!int \"80\"\n" },
		{ "a: !!binary YQ==\n", "a", SET_STR, "a", "a: !!binary YQ==\n" },
		/* Collections, whose tags say nothing. */
		{ "a: !!map\n  b: c\n", "a", PUT, "m", "a: !!map\n  b: c\n  m: 1\n" },
		{ "a: !!map {b: c}\n", "a", PUT, "m", "a: !!map {b: c, m: 1}\n" },
		{ "a: !!map {}\n", "a", PUT, "m", "a: !!map\n  m: 1\n" },
		{ "a: !!seq\n- b\n", "a", APPEND, "v", "a: !!seq\n- b\n- v\n" },
		{ "a: !!seq [b]\n", "a", APPEND, "v", "a: !!seq [b, v]\n" },
		{ "!!map\na: b\n", "", PUT, "m", "!!map\na: b\nm: 1\n" },
		/* Nulls that become collections. */
		{ "a: !!null\nb: c\n", "a", FILL_MAP, "m", "a:\n  m: 1\nb: c\n" },
		{ "a: !!null ~ # c\n", "a", FILL_MAP, "m", "a: # c\n  m: 1\n" },
		{ "a: &x !!null\n", "a", FILL_SEQ, "v", "a: &x\n- v\n" },
		{ "a: {b: !!null , c: d}\n", "a.b", FILL_MAP, "m", "a: {b: {m: 1} , c: d}\n" },
	};

	(void)state;
	CHECK_EDITS(cases);
}

static void edits_of_block_scalars(void **state)
{
	static const struct style_case cases[] = {
		/* The line is another one; header, comment and what follows stay. */
		{ "a: |-\n  80\nb: c\n", "a", SET_STR, "8080", "a: |-\n  8080\nb: c\n" },
		{ "a: |\n  80\n", "a", SET_STR, "8080\n", "a: |\n  8080\n" },
		{ "a: |+\n  80\n", "a", SET_STR, "8080\n", "a: |+\n  8080\n" },
		{ "a: |+\n  80\n\n\nb: c\n", "a", SET_STR, "8080\n\n\n", "a: |+\n  8080\n\n\nb: c\n" },
		{ "a: >-\n  80\n", "a", SET_STR, "8080", "a: >-\n  8080\n" },
		{ "a: >\n  80\n", "a", SET_STR, "8080\n", "a: >\n  8080\n" },
		{ "a: >+\n  80\n\n", "a", SET_STR, "8080\n\n", "a: >+\n  8080\n\n" },
		{ "a: |- # c\n  80\n", "a", SET_STR, "8080", "a: |- # c\n  8080\n" },
		{ "a: |2-\n  80\n", "a", SET_STR, "8080", "a: |2-\n  8080\n" },
		{ "a: >1-\n 80\n", "a", SET_STR, "8080", "a: >1-\n 8080\n" },
		{ "a: |-4\n    80\n", "a", SET_STR, "8080", "a: |-4\n    8080\n" },
		{ "a: |-\n\n  80\n", "a", SET_STR, "8080", "a: |-\n  8080\n" },
		{ "a: |-\n  80", "a", SET_STR, "8080", "a: |-\n  8080" },
		{ "a: |-\r\n  80\r\nb: c\r\n", "a", SET_STR, "8080", "a: |-\r\n  8080\r\nb: c\r\n" },
		{ "a: |-\n  80\n# d\n\n# e\nb: c\n", "a", SET_STR, "8080", "a: |-\n  8080\n# d\n\n# e\nb: c\n" },
		{ "- |-\n  80\n- b\n", "0", SET_STR, "8080", "- |-\n  8080\n- b\n" },
		{ "- a: |-\n    80\n  b: c\n", "0.a", SET_STR, "8080", "- a: |-\n    8080\n  b: c\n" },
		{ "- - |-\n   80\n", "0.0", SET_STR, "8080", "- - |-\n   8080\n" },
		{ "a: !!str |-\n  80\n", "a", SET_STR, "8080", "a: !!str |-\n  8080\n" },
		{ "a: &x |-\n  80\n", "a", SET_STR, "8080", "a: &x |-\n  8080\n" },
		{ "a:\n  |-\n  80\n", "a", SET_STR, "8080", "a:\n  |-\n  8080\n" },
		/* Of several lines, those that differ. */
		{ "a: |\n  set -e\n  run -p 80\n  wait\n", "a", SET_STR, "set -e\nrun -p 8080\nwait\n",
		  "a: |\n  set -e\n  run -p 8080\n  wait\n" },
		{ "a: |\n  1\r\n  80\r\n\n  2\nb: c\n", "a", SET_STR, "1\n8080\n\n2\n",
		  "a: |\n  1\r\n  8080\r\n\n  2\nb: c\n" },
		{ "a: |\n  80\n  80\n", "a", SET_STR, "80\n8080\n", "a: |\n  80\n  8080\n" },
		{ "a: |\n  1\n  2\n", "a", SET_STR, "1\nx\n\n  y\n2\n", "a: |\n  1\n  x\n\n    y\n  2\n" },
		{ "a: |\n  1\n  2\n  3\n", "a", SET_STR, "1\n3\n", "a: |\n  1\n  3\n" },
		{ "a: |\n  1\n  2", "a", SET_STR, "1\n3\n", "a: |\n  1\n  3" },
		{ "a: |\n  \t1\n  2\n", "a", SET_STR, "x\n\t2\n", "a: |\n  x\n  \t2\n" },
		{ "a: |-\n\n  1\n", "a", SET_STR, "\n\n2", "a: |-\n\n\n  2\n" },
		{ "a: >-\n  one\n  two\n", "a", SET_STR, "one three", "a: >-\n  one\n  three\n" },
		{ "a: >\n  run\n  -p 80\n  -x\n", "a", SET_STR, "run -p 8080 -x\n", "a: >\n  run\n  -p 8080\n  -x\n" },
		{ "a: >\r\n  run\r\n  -p\n  80\n", "a", SET_STR, "run -p  81\n", "a: >\r\n  run\r\n  -p  81\n" },
		{ "a: >-\n  one\n\n  two\n", "a", SET_STR, "one two", "a: >-\n  one two\n" },
		{ "a: >-\n  one\n    two\n  three\n", "a", SET_STR, "one two", "a: >-\n  one two\n" },
		/* The block cannot say it. */
		{ "a: |- # c\n  80\nb: c\n", "a", SET_INT, "8080", "a: 8080 # c\nb: c\n" },
		{ "a: |\n  80\n", "a", SET_STR, "8080", "a: \"8080\"\n" },
		{ "a: |+\n  80\n\n\nb: c\n", "a", SET_INT, "8080", "a: 8080\n\n\nb: c\n" },
		{ "a: >1-\n 80", "a", SET_BOOL, "t", "a: true" },
		{ "a: |-\n  80\n", "a", SET_STR, "", "a: \"\"\n" },
		{ "a: |-\n  80\n", "a", SET_STR, " x", "a: \" x\"\n" },
		{ "a: |-\n  80\n", "a", SET_STR, "x\n", "a: \"x\\n\"\n" },
		{ "a: |-\n  80\n", "a", SET_STR, "x\a", "a: \"x\\u0007\"\n" },
		{ "a: >-\n  80\n", "a", SET_STR, "x\ny", "a: \"x\\ny\"\n" },
		{ "a: |\n", "a", SET_STR, "x", "a: x\n" },
		{ "a: |+\n\n\n", "a", SET_STR, "x", "a: x\n\n\n" },
		{ "a: |-\r\n  80\r\n  81\r\nb: c\r\n", "a", SET_INT, "1", "a: 1\r\nb: c\r\n" },
		{ "- |-\n  80\n- b\n", "0", SET_INT, "1", "- 1\n- b\n" },
		{ "- a: |- # c\n    80\n  b: c\n", "0.a", SET_INT, "1", "- a: 1 # c\n  b: c\n" },
		{ "a: !!str |- # c\n  80\n", "a", SET_INT, "1", "a: 1 # c\n" },
		{ "a: !!int |-\n  80\n", "a", SET_INT, "1", "a: !!int 1\n" },
		{ "a: !!binary |\n  YQ==\nb: c\n", "a", SET_STR, "x", "a: x\nb: c\n" },
		{ "? a\n: |-\n  80\n", "a", SET_INT, "1", "? a\n: 1\n" },
		/* Nothing to do. */
		{ "a: |2-\n  80\n", "a", SET_STR, "80", "a: |2-\n  80\n" },
	};

	(void)state;
	CHECK_EDITS(cases);
}

static void edits_behind_question_marks(void **state)
{
	static const struct style_case cases[] = {
		{ "? a\n: b\n", "a", SET_STR, "x", "? a\n: x\n" },
		{ "? a # c\n: b # d\n", "a", SET_INT, "1", "? a # c\n: 1 # d\n" },
		{ "? a\n:\n  b\n", "a", SET_STR, "x", "? a\n:\n  x\n" },
		{ "? a\n:\nb: c\n", "a", SET_INT, "1", "? a\n: 1\nb: c\n" },
		{ "? a # c\nb: c\n", "a", SET_INT, "1", "? a # c\n: 1\nb: c\n" },
		{ "? a", "a", SET_INT, "1", "? a\n: 1" },
		{ "? a\r\n? b\r\n", "a", SET_INT, "1", "? a\r\n: 1\r\n? b\r\n" },
		{ "- ? a\n  ? b\n", "0.a", SET_INT, "1", "- ? a\n  : 1\n  ? b\n" },
		{ "? a\n  b\n? c\n", "a b", SET_INT, "1", "? a\n  b\n: 1\n? c\n" },
		{ "? a\n: b: c\n", "a", PUT, "m", "? a\n: b: c\n  m: 1\n" },
		{ "? a\n:\n  b: c\n", "a", PUT, "m", "? a\n:\n  b: c\n  m: 1\n" },
		{ "? a\n: - b\n", "a", APPEND, "v", "? a\n: - b\n  - v\n" },
		{ "? a\n: b\n", "", PUT, "m", "? a\n: b\nm: 1\n" },
		{ "? a\n", "", PUT, "m", "? a\nm: 1\n" },
		{ "? a\n:\n", "", PUT, "m", "? a\n:\nm: 1\n" },
		{ "? a\n:\nb: c\n", "a", FILL_MAP, "m", "? a\n:\n  m: 1\nb: c\n" },
		{ "? a\n:\n", "a", FILL_SEQ, "v", "? a\n:\n  - v\n" },
		{ "? a\n: ~ # c\n", "a", FILL_MAP, "m", "? a\n: # c\n  m: 1\n" },
		{ "? a # c\nb: c\n", "a", FILL_MAP, "m", "? a # c\n:\n  m: 1\nb: c\n" },
		{ "? a\n: {}\n", "a", PUT, "m", "? a\n: {m: 1}\n" },
		{ "{? a, b: c}\n", "a", SET_INT, "1", "{? a: 1, b: c}\n" },
		{ "{? a : b}\n", "a", SET_INT, "1", "{? a : 1}\n" },
		{ "{a, b: c}\n", "a", SET_INT, "1", "{a: 1, b: c}\n" },
		{ "{\"a\", b: c}\n", "a", FILL_MAP, "m", "{\"a\": {\"m\": 1}, b: c}\n" },
		{ "? |-\n  a\n: b\n", "a", SET_INT, "1", "? |-\n  a\n: 1\n" },
		{ "? |-\n  a\nb: c\n", "a", SET_INT, NULL, "nothing can be put in its place" },
		{ "? |-\n  a\nb: c\n", "a", FILL_MAP, NULL, "block scalar" },
	};

	(void)state;
	CHECK_EDITS(cases);
}

static void edits_of_items_and_flows(void **state)
{
	static const struct style_case cases[] = {
		{ "-\n- b\n", "0", SET_INT, "1", "- 1\n- b\n" },
		{ "- # c\n- b\n", "0", SET_STR, "x", "- x # c\n- b\n" },
		{ "a:\n  -\n  -", "a.1", SET_STR, "x", "a:\n  -\n  - x" },
		{ "a: [b: c]\n", "a.0.b", SET_INT, "1", "a: [b: 1]\n" },
		{ "a: [b: c, d]\n", "a.0", PUT, "m", "a: [{b: c, m: 1}, d]\n" },
		{ "a: [\n  b: c,\n  d: e\n]\n", "a.1", PUT, "m", "a: [\n  b: c,\n  {d: e, m: 1}\n]\n" },
		{ "a: [b: , c]\n", "a.0", PUT, "m", "a: [{b: , m: 1} , c]\n" },
		{ "a: [? b : c]\n", "a.0.b", SET_INT, "1", "a: [? b : 1]\n" },
		{ "a: [? b]\n", "a.0.b", SET_INT, "1", "a: [? b: 1]\n" },
		{ "a: [? b]\n", "a.0", PUT, NULL, "question mark" },
		{ "a: \"b\n  c\"\n", "a", SET_STR, "x", "a: \"x\"\n" },
		{ "a: b\n  c # d\n", "a", SET_STR, "x", "a: x # d\n" },
		{ "a: {b: 'c\n\n  d', e: f}\n", "a.b", SET_STR, "x", "a: {b: 'x', e: f}\n" },
		{ "a: {\n  b: c, # d\n  e: f # g\n}\n", "a", PUT, "m", "a: {\n  b: c, # d\n  e: f, # g\n  m: 1\n}\n" },
		{ "a: [\n  b, # c\n  d\n  ]\n", "a", APPEND, "v", "a: [\n  b, # c\n  d,\n  v\n  ]\n" },
		/* Tabs where they may stand. */
		{ "a:\tb\t# c\n", "a", SET_INT, "1", "a:\t1\t# c\n" },
		{ "{\n\t\"a\": \"b\"\n}\n", "", PUT, "m", "{\n\t\"a\": \"b\",\n\t\"m\": 1\n}\n" },
		{ "a: |-\t# c\n  80\n", "a", SET_INT, "1", "a: 1\t# c\n" },
		{ "a: !!int\t80\n", "a", SET_INT, "1", "a: !!int\t1\n" },
		{ "a: !!str\t80\n", "a", SET_INT, "1", "a: 1\n" },
		{ "a: {b: c}\t\n", "a", PUT, "m", "a: {b: c, m: 1}\t\n" },
		/* Wide and combining characters. */
		{ "\xe5\x90\x8d: |-\n  \xe5\x80\xa4\n", "\xe5\x90\x8d", SET_STR, "e\xcc\x81",
		  "\xe5\x90\x8d: |-\n  e\xcc\x81\n" },
		{ "\xe5\x90\x8d: {e\xcc\x81: x}\n", "\xe5\x90\x8d", PUT, "m", "\xe5\x90\x8d: {e\xcc\x81: x, m: 1}\n" },
		{ "- \xe5\x90\x8d: x\n  b: y\n", "0", PUT, "m", "- \xe5\x90\x8d: x\n  b: y\n  m: 1\n" },
		/* Line endings of several kinds: the one of the line before. */
		{ "a: b\r\nc: d\ne: f\r\n", "", PUT, "m", "a: b\r\nc: d\ne: f\r\nm: 1\r\n" },
		{ "a: b\rc: d\r", "", PUT, "m", "a: b\rc: d\rm: 1\r" },
		{ "a:\r\n  b: c\nd: e\n", "a", PUT, "m", "a:\r\n  b: c\n  m: 1\nd: e\n" },
		{ "a: |-\r  80\rb: c\r", "a", SET_STR, "81", "a: |-\r  81\rb: c\r" },
		{ "a: b\n...\n", "", PUT, "m", "a: b\nm: 1\n...\n" },
		{ "a: b\n... # end\n%YAML 1.1\n", "", PUT, "m", "a: b\nm: 1\n... # end\n%YAML 1.1\n" },
	};

	(void)state;
	CHECK_EDITS(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_read_as_kubectl_reads_them),
		cmocka_unit_test(tags_of_collections_are_nothing),
		cmocka_unit_test(tags_of_merge_keys),
		cmocka_unit_test(what_kubectl_refuses_is_refused),
		cmocka_unit_test(percent_signs),
		cmocka_unit_test(duplicates_in_every_style),
		cmocka_unit_test(aliases_of_keys),
		cmocka_unit_test(edits_of_tagged_values),
		cmocka_unit_test(edits_of_block_scalars),
		cmocka_unit_test(edits_behind_question_marks),
		cmocka_unit_test(edits_of_items_and_flows),
	};

	return cmocka_run_group_tests_name("yaml styles", tests, NULL, release_parsers);
}
