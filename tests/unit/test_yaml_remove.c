/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removals: what goes and what stays, byte by byte.
 */
#include "yaml_document.h"

#include <stdlib.h>

/*
 * Edits are words: `a.0.b` removes, `^a.0.b` prunes, `+a` adds `new: 1` to the mapping at `a`, or `new` to the sequence;
 * a number counts the items that are left.
 */
struct removal {
	const char *before, *edits, *after;
};

static yaml_id at(struct document *document, struct str path)
{
	struct yaml_tree *tree = &document->tree;
	yaml_id id = tree->root;
	struct str part;

	while (path.n && id && str_cut(&path, '.', &part)) {
		if (yaml_is_map(tree, id)) {
			id = yaml_get_str(tree, id, part);
		} else {
			unsigned long n = strtoul(part.p, NULL, 10);

			for (id = yaml_first(tree, id); id && n; n--)
				id = yaml_next(tree, id);
		}
	}
	return id;
}

static bool edit(struct document *document, struct str word, struct yaml_refusal *why)
{
	struct yaml_tree *tree = &document->tree;
	char how = word.n ? word.p[0] : 0;
	yaml_id id = at(document, how == '^' || how == '+' ? str_sub(word, 1, word.n) : word);

	if (!id)
		fail_msg("nothing is at %.*s", STR_ARG(word));
	if (how == '^')
		return yaml_prune(tree, id, YAML_NONE, why);
	if (how != '+')
		return yaml_remove(tree, id, why);
	return yaml_is_map(tree, id) ? yaml_put_int(tree, id, "new", 1, NULL, why)
				     : yaml_append_str(tree, id, STR("new"), why);
}

static void check(const struct removal *removals, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str words = str_of(removals[i].edits), word;
		struct yaml_refusal why = { 0 };
		struct document document;

		document_read(&document, removals[i].before);
		while (str_cut(&words, ' ', &word))
			if (!edit(&document, word, &why))
				fail_msg("%.*s of case %zu is refused: %s", STR_ARG(word), i, why.why);
		assert_string_equal(document_render(&document), removals[i].after);
		yaml_rollback(&document.tree, 0);
		assert_string_equal(document_render(&document), removals[i].before);
		document_free(&document);
	}
}

#define CHECK(removals) check(removals, sizeof(removals) / sizeof(*(removals)))

/* What shares its line with a dash gives its place to what stays next. */
static void first_key_on_a_dash(void **state)
{
	static const struct removal removals[] = {
		{ "- name: a\n  image: b\n", "0.name", "- image: b\n" },
		{ "- name: a # why\n  image: b # that\n", "0.name", "- image: b # that\n" },
		{ "- name: a\n  # about image\n  image: b\n", "0.name", "- # about image\n  image: b\n" },
		{ "- name: a # why\n\n  # one\n\n  # two\n  image: b\n", "0.name", "- # one\n\n  # two\n  image: b\n" },
		{ "- name: a\n\n\n  image: b\n", "0.name", "- image: b\n" },
		{ "-   name: a\n    image: b\n    args: c\n", "0.name 0.image", "-   args: c\n" },
		{ "- name: a\n  # one\n  image: b\n  # two\n  args: c\n", "0.name 0.image",
		  "- # one\n  # two\n  args: c\n" },
		{ "- name:\n    # inside\n    x: y\n  image: b\n", "0.name", "- # inside\n  image: b\n" },
		{ "- name:\n    # one\n    # two\n    x: y\n  image: b\n", "0.name", "- # one\n  # two\n  image: b\n" },
		{ "- name:\n    # inside\n    x: y # gone\n  image: b\n", "^0.name.x", "- # inside\n  image: b\n" },
		{ "- name: a\n  image: b\n", "0.name 0.image", "- {}\n" },
		{ "- name: a # why\n  image: b # that\n# behind\n- c\n", "0.name 0.image", "- {}\n# behind\n- c\n" },
		{ "- name: a # why\n  # stays\n  image: b\n", "0.name +0 0.image", "- new: 1\n  # stays\n" },
		{ "- name: a\n  image: b", "0.name +0", "- image: b\n  new: 1" },
		{ "-\n  # why\n  name: a\n  # that\n  image: b\n", "0.name", "-\n  # why\n  # that\n  image: b\n" },
		{ "-\n  name: a\n  image: b\n- c\n", "0", "- c\n" },
		{ "- # why\n  name: a\n  image: b\n- c\n", "0", "- c\n" },
		{ "- name: |\n    text\n\n  image: b\n", "0.name", "- image: b\n" },
		{ "- name: |+\n    text\n\n  # that\n  image: b\n", "0.name", "- # that\n  image: b\n" },
		{ "x:\n- &a name: b\n  image: c\n", "x.0.name", "x:\n- image: c\n" },
	};

	(void)state;
	CHECK(removals);
}

/* A dash in the line of another one. */
static void nested_dashes(void **state)
{
	static const struct removal removals[] = {
		{ "- - a\n  - b\n", "0.0", "- - b\n" },
		{ "- - a # why\n  # that\n  - b\n", "0.0", "- # that\n  - b\n" },
		{ "- - a\n  - b\n- c\n", "0.0 0.0", "- []\n- c\n" },
		{ "- - a\n- b\n", "0.0", "- []\n- b\n" },
		{ "- - a\n- b\n", "^0.0", "- b\n" },
		{ "- - k: v\n    l: w\n  - b\n", "0.0.k", "- - l: w\n  - b\n" },
		{ "- - k: v\n    l: w\n  - b\n", "0.0", "- - b\n" },
		{ "- - k: v\n  - b\n", "^0.0.k", "- - b\n" },
		{ "- - - a\n    - b\n    # stays\n  - c\n", "0.0.0", "- - - b\n    # stays\n  - c\n" },
		{ "- - a\n  - b\n", "0.0 +0", "- - b\n  - new\n" },
	};

	(void)state;
	CHECK(removals);
}

/* What is left without children is {} or []. */
static void only_child(void **state)
{
	static const struct removal removals[] = {
		{ "c:\n  a: b\nd: e\n", "c.a", "c: {}\nd: e\n" },
		{ "c: # why\n  # stays\n  a: b # gone\n  # stays, too\nd: e\n", "c.a",
		  "c: {} # why\n  # stays\n  # stays, too\nd: e\n" },
		{ "c:\n- a\nd: e\n", "c.0", "c: []\nd: e\n" },
		{ "c:\n  - a # gone\n  # stays\n", "c.0", "c: []\n  # stays\n" },
		{ "- a: b # gone\n- c\n", "0.a", "- {}\n- c\n" },
		{ "-\n  # stays\n  a: b\n- c\n", "0.a", "- {}\n  # stays\n- c\n" },
		{ "c: &x\n  a: b\n", "c.a", "c: &x {}\n" },
		{ "c:\n  &x # why\n  a: b\n", "c.a", "c:\n  &x {} # why\n" },
		{ "a: b\n", "a", "{}\n" },
		{ "# top\na: b # gone\n# end\n", "a", "# top\n{}\n# end\n" },
		{ "- a\n", "0", "[]\n" },
		{ "c:\n  a: |+\n    x\n\nd: e\n", "c.a", "c: {}\nd: e\n" },
		{ "c:\n  a: b", "c.a", "c: {}" },
		{ "c:\r\n  a: b\r\nd: e\r\n", "c.a", "c: {}\r\nd: e\r\n" },
		{ "c:\n  a: b\nd: e\n", "c.a +c", "c:\n  new: 1\nd: e\n" },
		{ "c:\n  # stays\n  a: b # gone\n", "c.a +c", "c:\n  # stays\n  new: 1\n" },
		{ "c:\n  x:\n    a: b\nd: e\n", "c.x.a +c", "c:\n  x: {}\n  new: 1\nd: e\n" },
		{ "c:\n  x:\n    a: b", "c.x.a +c", "c:\n  x: {}\n  new: 1" },
		{ "c:\n- a: b\n- d\n", "c.0.a +c", "c:\n- {}\n- d\n- new\n" },
		{ "c:\n- a: b", "c.0.a +c", "c:\n- {}\n- new" },
		{ "? k\n: a: b # gone\nd: e\n", "k.a", "? k\n: {}\nd: e\n" },
		{ "? k\n:\n  a: b\nd: e\n", "k.a", "? k\n: {}\nd: e\n" },
	};

	(void)state;
	CHECK(removals);
}

/* Pruned: what is left without children goes, too; comments on lines of their own stay. */
static void empty_parent(void **state)
{
	static const struct removal removals[] = {
		{ "c:\n  a: b\nd: e\n", "^c.a", "d: e\n" },
		{ "d: e\nc:\n  a: b", "^c.a", "d: e" },
		{ "d: e\r\nc:\r\n  a: b", "^c.a", "d: e" },
		{ "c: # gone\n  # one\n  x: # gone\n    # two\n    a: b # gone\n    # three\n  # four\nd: e\n",
		  "^c.x.a", "# one\n# two\n# three\n# four\nd: e\n" },
		{ "c:\n  x:\n    a: b\n  y: z\n", "^c.x.a", "c:\n  y: z\n" },
		{ "d:\n  c:\n    x:\n      a: b\n", "^d.c.x.a", "{}\n" },
		{ "d: e\nc:\n  - a: b\n  # one\n  - f: g\n", "^c.0.a ^c.0.f", "d: e\n# one\n" },
		{ "d: e\nc:\n  a: b\n  f: g\n", "^c.a ^c.f", "d: e\n" },
		{ "sc: {privileged: true}\nd: e\n", "^sc.privileged", "d: e\n" },
		{ "d: e\nsc: {\n  # one\n  privileged: true # gone\n}\n", "^sc.privileged", "d: e\n# one\n" },
		{ "c: {sc: {privileged: true}, d: e}\n", "^c.sc.privileged", "c: {d: e}\n" },
		{ "c: {d: e, sc: {caps: {add: [X]}}}\n", "^c.sc.caps.add.0", "c: {d: e}\n" },
		{ "a: b\n", "^a", "{}\n" },
		{ "metadata:\n  annotations:\n    x/y: z # gone\n  # stays\n  name: n\n", "^metadata.annotations.x/y",
		  "metadata:\n  # stays\n  name: n\n" },
		{ "b: |\n  text\nc:\n    # stays\n    a: d\ne: f\n", "^c.a", "b: |\n  text\n# stays\ne: f\n" },
		{ "a: [x: 1, y]\n", "^a.0.x", "a: [y]\n" },
		{ "a: {d: {\n  # stays\n  b: 1\n}, c: 2}\n", "^a.d.b", "a: {\n  # stays\n  c: 2}\n" },
		{ "a: {c: 2, d: {\n# stays\n\n  # too\n  b: 1\n  }}\n", "^a.d.b", "a: {c: 2\n# stays\n  # too\n  }\n" },
		{ "a: [\n  [\n    # one\n    b, # gone\n    # two\n    c\n    # three\n  ], # gone\n  d\n]\n",
		  "^a.0.0 ^a.0.0", "a: [\n    # one\n    # two\n    # three\n  d\n]\n" },
		{ "a: [\n  [\n    b,\n    # two\n  ]\n]\n", "a.0.0 a.0 +a", "a: [\n  new\n    # two\n]\n" },
		{ "a: [{\n  # stays\n  b: 1}]\n", "^a.0.b", "{}\n# stays\n" },
		{ "a: [{\n  # stays\n  b: 1}]\n", "a.0.b a.0", "a: [\n  # stays\n  ]\n" },
		{ "c:\n  x: {a: b}\n", "c.x.a c.x", "c: {}\n" },
	};

	(void)state;
	CHECK(removals);
}

/* Comments on lines of their own stay, wherever they stood in what goes, and move out to where that stood. */
static void comments_inside(void **state)
{
	static const struct removal removals[] = {
		{ "a:\n  drop: x\n  add:\n  # why\n  - c # gone\n    # not\n  # end\n", "a.add",
		  "a:\n  drop: x\n  # why\n  # not\n  # end\n" },
		{ "a:\n  b: c\n  d: # gone\n    # one\n\n    e:\n      # two\n      - f\n    # three\n    g: h\ni: j\n",
		  "a.d", "a:\n  b: c\n  # one\n  # two\n  # three\ni: j\n" },
		{ "a:\n  # why\n  b\nc: d\n", "a", "# why\nc: d\n" },
		{ "a: |\n  # text\nc: d\n", "a", "c: d\n" },
		{ "a: \"x\n  # text\n  y\"\nc: d\n", "a", "c: d\n" },
		{ "a:\n  b: |\n    # text\n  # why\n  e: >-\n    # text\nc: d\n", "a", "# why\nc: d\n" },
		{ "a: &x # gone\n  # why\n  !!map\n  b: 1\nc: d\n", "a", "# why\nc: d\n" },
		{ "- a\n-\n  # why\n  b\n- c\n", "1", "- a\n# why\n- c\n" },
		{ "?\n  # why\n  a\n# that\n: # gone\n  # too\n  b\nc: d\n", "a", "# why\n# that\n# too\nc: d\n" },
		{ "a: {\n  # why\n  b: [ # gone\n    # that\n    c\n    # end\n  ]\n}\nd: e\n", "a",
		  "# why\n# that\n# end\nd: e\n" },
		{ "a: {\n  # why\n}\nd: e\n", "a", "# why\nd: e\n" },
		{ "{\n  a: [\n    # why\n    b\n  ], # gone\n  c: d\n}\n", "a", "{\n    # why\n  c: d\n}\n" },
		{ "x: |\n  y\na:\n    # why\n    # that\n    b: c\nd: e\n", "a", "x: |\n  y\n# why\n# that\nd: e\n" },
		/* New lines do not come between them and what is around. */
		{ "c:\n  a: b\n  x:\n    # why\n    y: z\n  # end\nd: e\n", "c.x +c",
		  "c:\n  a: b\n  new: 1\n  # why\n  # end\nd: e\n" },
		{ "c:\n  a: b\n  x:\n    # why\n    y: z\n  # end\n# d\n", "c.x +",
		  "c:\n  a: b\n  # why\n  # end\nnew: 1\n# d\n" },
		{ "c:\n  a: b\n  x:\n    # why\n    y: z", "c.x +", "c:\n  a: b\n  # why\nnew: 1" },
		{ "c:\n  # one\n  x:\n    # why\n    y: z\n  # two\nd: e\n", "c.x +",
		  "c: {}\n  # one\n  # why\n  # two\nd: e\nnew: 1\n" },
		{ "c:\n  # one\n  x:\n    # why\n    y: z\n  # two\n", "c.x +",
		  "c: {}\n  # one\n  # why\n  # two\nnew: 1\n" },
		{ "- a: b\n  c:\n    - d\n    # one\n    - e: # gone\n        # two\n        f\n", "0.c.1 +0",
		  "- a: b\n  c:\n    - d\n    # one\n    # two\n  new: 1\n" },
		{ "- a: b\n  c: |\n    d\n  e: # gone\n    # why\n    f\n", "0.e +",
		  "- a: b\n  c: |\n    d\n  # why\n- new\n" },
	};

	(void)state;
	CHECK(removals);
}

/* Inside of {} and [] a comma goes along. */
static void flow_in_a_line(void **state)
{
	static const struct removal removals[] = {
		{ "c: [a, b]\n", "c.0", "c: [b]\n" },
		{ "c: [a, b]\n", "c.1", "c: [a]\n" },
		{ "c: [a, b, d]\n", "c.1", "c: [a, d]\n" },
		{ "c: [ a, b ]\n", "c.1", "c: [ a ]\n" },
		{ "c: [a, b, ]\n", "c.1", "c: [a, ]\n" },
		{ "c: [a, b, ]\n", "c.0", "c: [b, ]\n" },
		{ "c: [a, b] # stays\n", "c.0 c.0", "c: [] # stays\n" },
		{ "c: [ a ]\n", "c.0", "c: []\n" },
		{ "c: [ a, ]\n", "c.0", "c: []\n" },
		{ "c: {a: , b: 1}\n", "c.b", "c: {a: }\n" },
		{ "c: {a: 1,b: 2,d: 3}\n", "c.a c.d", "c: {b: 2}\n" },
		{ "{\"a\":1,\"b\":2}", "b", "{\"a\":1}" },
		{ "{\"a\":1,\"b\":[1,2]}", "^b.0 ^b.0", "{\"a\":1}" },
		{ "c: [a: b, {d: e, f: g}, h]\n", "c.0 c.0.d", "c: [{f: g}, h]\n" },
		{ "c: {? a : b, d: e}\n", "c.a", "c: {d: e}\n" },
		{ "c: {? a : b, d: e}\n", "c.d", "c: {? a : b}\n" },
		{ "c: {a, b, d}\n", "c.a c.d", "c: {b}\n" },
		{ "c: [!!str , b]\n", "c.1", "c: [!!str ]\n" },
		{ "c: [a, b]\n", "c.1 +c", "c: [a, new]\n" },
		{ "c: [a, b]\n", "c.0 c.0 +c", "c: [new]\n" },
		{ "c: {a: 1, z: 3}\n", "c.a +c c.z", "c: {new: 1}\n" },
	};

	(void)state;
	CHECK(removals);
}

/* A line that nothing is left on goes with its comment; other comments stay. */
static void flow_over_lines(void **state)
{
	static const struct removal removals[] = {
		{ "c: [\n  a,\n  b  # why\n]\n", "c.1", "c: [\n  a\n]\n" },
		{ "c: [\n  a, # that\n  b  # why\n]\n", "c.1", "c: [\n  a # that\n]\n" },
		{ "c: [\n  a, # that\n  # between\n  b,  # why\n  d\n]\n", "c.1",
		  "c: [\n  a, # that\n  # between\n  d\n]\n" },
		{ "c: [\n  a, # that\n  b  # why\n]\n", "c.0", "c: [\n  b  # why\n]\n" },
		{ "c: [\n  a, # that\n  b,  # why\n]\n", "c.1", "c: [\n  a, # that\n]\n" },
		{ "c: [\n  a,\n  b]\n", "c.1", "c: [\n  a]\n" },
		{ "c: [\n  a, # that\n  b]\n", "c.1", "c: [\n  a # that\n  ]\n" },
		{ "c: [a,\n  b]\n", "c.0", "c: [b]\n" },
		{ "c: [a, # that\n  b]\n", "c.0", "c: [ # that\n  b]\n" },
		{ "c: [a, b, # both\n  d]\n", "c.1", "c: [a, # both\n  d]\n" },
		{ "c: [a, b, # both\n  d]\n", "c.0 c.0", "c: [ # both\n  d]\n" },
		{ "c: [\n  a, b, # both\n  d\n]\n", "c.0 c.0", "c: [\n  d\n]\n" },
		{ "c: [\n  a, b,\n  d\n]\n", "c.0", "c: [\n  b,\n  d\n]\n" },
		{ "c: [\n  a\n  , b # why\n  , d\n]\n", "c.1", "c: [\n  a\n  , d\n]\n" },
		{ "c: [\n  a\n  , b # why\n  , d # that\n]\n", "c.2", "c: [\n  a\n  , b # why\n]\n" },
		{ "c: [\n  a # why\n  , b\n]\n", "c.0", "c: [\n  b\n]\n" },
		{ "c: [\n  a, # why\n  b\n]\n", "c.0 c.0", "c: []\n" },
		{ "c: [\n  # stays\n  a # why\n]\n", "c.0", "c: [\n  # stays\n]\n" },
		{ "c: {a: 1,\n  b: {d: 2,\n  e: 3}, f: 4}\n", "c.b", "c: {a: 1,\n  f: 4}\n" },
		{ "{\n  \"a\": 1,\n  \"b\": {\n    \"d\": [\n      \"e\"\n    ]\n  }\n}\n", "b.d.0",
		  "{\n  \"a\": 1,\n  \"b\": {\n    \"d\": []\n  }\n}\n" },
		{ "{\n  \"a\": 1,\n  \"b\": {\n    \"d\": [\n      \"e\"\n    ]\n  }\n}\n", "^b.d.0",
		  "{\n  \"a\": 1\n}\n" },
		{ "{\n  \"a\": 1,\n  \"b\": 2,\n  \"d\": 3\n}\n", "a d", "{\n  \"b\": 2\n}\n" },
		{ "{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}", "b", "{\r\n\t\"a\": 1\r\n}" },
		{ "{\n  \"a\": 1,\n  \"b\": 2\n}\n", "b +", "{\n  \"a\": 1,\n  \"new\": 1\n}\n" },
		{ "{\n  \"a\": 1,\n  \"b\": 2\n}\n", "a b +", "{\n  \"new\": 1\n}\n" },
		{ "c: [\n  a, # that\n  b # why\n]\n", "c.1 +c", "c: [\n  a, # that\n  new\n]\n" },
	};

	(void)state;
	CHECK(removals);
}

/* Several at once, and something new where they stood. */
static void neighbours(void **state)
{
	static const struct removal removals[] = {
		{ "a: 1\nb: 2\n# x\nc: 3\nd: 4\n", "b c", "a: 1\n# x\nd: 4\n" },
		{ "a: 1\nb: 2\nc: 3", "b c", "a: 1" },
		{ "a: 1\nb: 2\nc: 3", "c b +", "a: 1\nnew: 1" },
		{ "a: 1\nb: 2\n", "a +", "b: 2\nnew: 1\n" },
		{ "a: 1\nb: 2\n", "+ a b", "new: 1\n" },
		{ "a: 1 # gone\n# x\nb: 2", "a b +", "new: 1\n# x" },
		{ "c:\n- a\n- b\n- d\n", "c.0 c.1 +c", "c:\n- b\n- new\n" },
		{ "c:\n- a\n- b", "c.0 c.0 +c", "c:\n- new" },
		{ "c:\n- a\n- b\n# x", "c.0 c.0 +c", "c:\n- new\n# x" },
		{ "c:\n  a: b # x\n  d: e", "c.a c.d +c", "c:\n  new: 1" },
		{ "c: d\na: |+\n  x\nb: c", "b +", "c: d\na: |+\n  x\nnew: 1" },
		{ "a: 1\n\nb: 2\n\n", "b", "a: 1\n\n\n" },
		{ "a: 1\nb: 2\n...\n", "b", "a: 1\n...\n" },
	};

	(void)state;
	CHECK(removals);
}

/* What follows must not become text of a block scalar. */
static void block_scalars(void **state)
{
	static const struct removal removals[] = {
		{ "a: |+\n  x\n\nb: c\nd: e\n", "b", "a: |+\n  x\n\nd: e\n" },
		{ "a: |+\n  x\nb: c\n\n# y\n\nd: e\n", "b", "a: |+\n  x\n# y\n\nd: e\n" },
		{ "a: |+\n  x\nb: c\n\n", "b", "a: |+\n  x\n" },
		{ "a: |+\n  x\nb: c", "b", "a: |+\n  x\n" },
		{ "a: |\n  x\nb: c", "b", "a: |\n  x\n" },
		{ "a: |-\n  x\nb: c", "b", "a: |-\n  x" },
		{ "a: |\n  x\nb: c\n  # y\n    # z\nd: e\n", "b", "a: |\n  x\n# y\n    # z\nd: e\n" },
		{ "a: |\n  x\nb: c\n\n     \n  # y\nd: e\n", "b", "a: |\n  x\n\n\n# y\nd: e\n" },
		{ "a: >+\n  x\nb: c\n\nd: e\n\n\nf: g\n", "b d", "a: >+\n  x\nf: g\n" },
		{ "a:\n  - |+\n    x\nb: c\n\nd: e\n", "b", "a:\n  - |+\n    x\nd: e\n" },
		{ "a: b\nc: |+\n  x\n\n\nd: e\n", "c", "a: b\nd: e\n" },
		{ "a: b\nc: |\n  x\n  # text\n# stays\nd: e\n", "c", "a: b\n# stays\nd: e\n" },
	};

	(void)state;
	CHECK(removals);
}

/* CRLF stays, and so do no final line break and tabs. */
static void line_breaks(void **state)
{
	static const struct removal removals[] = {
		{ "- a: b # x\r\n  # y\r\n  c: d\r\n", "0.a", "- # y\r\n  c: d\r\n" },
		{ "- a: b\r\n\r\n  c: d", "0.a", "- c: d" },
		{ "- a: b\r\n  c: d", "0.c", "- a: b" },
		{ "- a: b\r\n- c: d", "1.c +1", "- a: b\r\n- new: 1" },
		{ "a:\r\n  # x\r\n  b: c\r\nd: e\r\n", "^a.b", "# x\r\nd: e\r\n" },
		{ "a: [\r\n  b,\r\n  c # x\r\n]\r\n", "a.1", "a: [\r\n  b\r\n]\r\n" },
		{ "a: {c: 2, d: {\r\n  # x\r\n  b: 1\r\n  }}\r\n", "^a.d.b", "a: {c: 2\r\n  # x\r\n  }\r\n" },
		{ "a: |+\r\n  x\r\nb: c\r\n\r\n  # y\r\nd: e\r\n", "b", "a: |+\r\n  x\r\n# y\r\nd: e\r\n" },
		{ "a: b\t# x\n\nc: d\t# y\ne: f\n", "c", "a: b\t# x\n\ne: f\n" },
		{ "{\n\t\"a\": [\n\t\t\"b\",\n\t\t\"c\"\n\t]\n}\n", "a.1", "{\n\t\"a\": [\n\t\t\"b\"\n\t]\n}\n" },
	};

	(void)state;
	CHECK(removals);
}

/* A pair goes with its question mark. */
static void explicit_keys(void **state)
{
	static const struct removal removals[] = {
		{ "? a\n: b\nc: d\n", "a", "c: d\n" },
		{ "? a # x\n# y\n: b # z\nc: d\n", "a", "# y\nc: d\n" },
		{ "c: d\n? a\n", "a", "c: d\n" },
		{ "? |\n  a\n: b\n? c\n: d\n", "c", "? |\n  a\n: b\n" },
		{ "? |\n  a\nb: c\n    \nd: e\n", "b", "? |\n  a\n\nd: e\n" },
		{ "? |+\n  a\nb: c\n    \nd: e\n", "b", "? |+\n  a\nd: e\n" },
		{ "? |\n  a\nb: c", "b", "? |\n  a\n" },
		{ "? |-\n  a\nb: c", "b", "? |-\n  a" },
		{ "- ? a\n  : b\n  c: d\n", "0.a", "- c: d\n" },
		{ "? a\n: - b\n  - c\n", "a.0", "? a\n: - c\n" },
		{ "? a\n: b\n", "a", "{}\n" },
	};

	(void)state;
	CHECK(removals);
}

/* An anchor goes where nothing else needs it. */
static void anchors(void **state)
{
	static const struct removal removals[] = {
		{ "a: &x 1\nb: 2\n", "a", "b: 2\n" },
		{ "a: {b: &x 1, c: *x}\nd: 2\n", "a", "d: 2\n" },
		{ "a: &x 1\nb: *x\nc: 2\n", "b", "a: &x 1\nc: 2\n" },
		{ "a: &x 1\nb: *x\nc: 2\n", "b a", "c: 2\n" },
		{ "a: &x [1]\nb:\n- *x\n- c\n", "b.0", "a: &x [1]\nb:\n- c\n" },
		/* What an anchor shares stays, empty if need be: at the alias it does, too. */
		{ "a: &x {b: 1}\nd: *x\n", "^d.b ^a.b", "a: &x {}\nd: *x\n" },
		{ "a: &x {b: 1, c: 2}\nd: *x\n", "d.b a.b", "a: &x {c: 2}\nd: *x\n" },
	};

	(void)state;
	CHECK(removals);
}

/* Refused, with a reason and what to do, and nothing is changed. */
static void refuses(void **state)
{
	static const struct {
		const char *before, *edit, *why;
	} cases[] = {
		{ "a: b\n", "", "cannot be removed" },
		{ "a: [b: 1, c]\n", "a.0.b", "without braces" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct yaml_refusal why = { 0 };
		struct document document;

		document_read(&document, cases[i].before);
		if (edit(&document, str_of(cases[i].edit), &why))
			fail_msg("case %zu is not refused", i);
		if (!why.why || !strstr(why.why, cases[i].why))
			fail_msg("case %zu is refused because: %s", i, why.why);
		assert_int_equal(yaml_mark(&document.tree), 0);
		assert_string_equal(document_render(&document), cases[i].before);
		document_free(&document);
	}
}

/* What was added just now is not removed again, nor what is at @top pruned. */
static void knows_its_bounds(void **state)
{
	struct document document;
	struct yaml_refusal why = { 0 };
	struct yaml_tree *tree = &document.tree;
	yaml_id added;

	(void)state;
	document_read(&document, "a:\n  b:\n    c:\n      d: e\nf: g\n");
	added = yaml_put_int(tree, document_at(&document, "a"), "new", 1, NULL, NULL);
	assert_false(yaml_remove(tree, added, &why));
	assert_non_null(strstr(why.why, "added just now"));
	assert_false(yaml_prune(tree, added, YAML_NONE, NULL));
	yaml_rollback(tree, 0);
	assert_true(yaml_prune(tree, document_at(&document, "a.b.c.d"), document_at(&document, "a.b"), NULL));
	assert_int_equal(yaml_count(tree, document_at(&document, "a.b")), 0);
	assert_string_equal(document_render(&document), "a:\n  b: {}\nf: g\n");
	yaml_rollback(tree, 0);
	assert_true(yaml_prune(tree, document_at(&document, "a.b.c.d"), YAML_NONE, NULL));
	assert_int_equal(document_at(&document, "a"), YAML_NONE);
	assert_string_equal(document_render(&document), "f: g\n");
	document_free(&document);
}

/* The proof: comments that must stay are missed, those that must go are noticed. */
static void minds_comments(void **state)
{
	static const struct {
		const char *before, *edit, *after;
		bool proved;
	} cases[] = {
		{ "a:\n  # x\n  b: c # y\nd: e\n", "^a.b", "  # x\nd: e\n", true },
		{ "a:\n  # x\n  b: c # y\nd: e\n", "^a.b", "d: e\n", false },
		{ "a:\n  # x\n  b: c # y\nd: e\n", "^a.b", "  # x\n# y\nd: e\n", false },
		{ "a:\n  # x\n  b: c # y\nd: e\n", "a", "d: e\n", false },
		{ "a:\n  # x\n  b: c # y\nd: e\n", "a", "# x\nd: e\n", true },
		{ "a:\n  # x\n  b: c # y\nd: e\n", "a.b", "a: {}\n  # x\nd: e\n", true },
		{ "a:\n  # x\n  b: c # y\nd: e\n", "a.b", "a: {}\nd: e\n", false },
		{ "a:\n  # x\n  b: c # y\nd: e\n", "a.b", "a:\n  # x\nd: e\n", false },
		{ "a:\n  # x\n  b: c # y\nd: e\n", "a.b", "a: []\n  # x\nd: e\n", false },
		{ "- a: b # x\n  # y\n  c: d\n", "0.a", "- # y\n  c: d\n", true },
		{ "- a: b # x\n  # y\n  c: d\n", "0.a", "- c: d\n", false },
		{ "- a: b # x\n  # y\n  c: d\n", "0.a", "- # x\n  # y\n  c: d\n", false },
		{ "a: [\n  b, # x\n  c # y\n]\n", "a.1", "a: [\n  b # x\n]\n", true },
		{ "a: [\n  b, # x\n  c # y\n]\n", "a.1", "a: [\n  b # y\n]\n", false },
		{ "a: [\n  b, # x\n  c # y\n]\n", "a.1", "a: [\n  b\n]\n", false },
		{ "a: [\n  b, c # y\n]\n", "a.1", "a: [\n  b # y\n]\n", true },
		{ "a: [\n  b, c # y\n]\n", "a.1", "a: [\n  b\n]\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;

		document_read(&document, cases[i].before);
		assert_true(edit(&document, str_of(cases[i].edit), NULL));
		assert_true(yaml_parse(&document.after, document.after_arena, str_of(cases[i].after), NULL,
				       &document.why));
		if (yaml_prove_tree(&document.tree, &document.after, &document.why) != cases[i].proved)
			fail_msg("case %zu: %s", i, cases[i].proved ? document.why.why : "proved");
		document_free(&document);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_key_on_a_dash),
		cmocka_unit_test(nested_dashes),
		cmocka_unit_test(only_child),
		cmocka_unit_test(empty_parent),
		cmocka_unit_test(comments_inside),
		cmocka_unit_test(flow_in_a_line),
		cmocka_unit_test(flow_over_lines),
		cmocka_unit_test(neighbours),
		cmocka_unit_test(block_scalars),
		cmocka_unit_test(line_breaks),
		cmocka_unit_test(explicit_keys),
		cmocka_unit_test(anchors),
		cmocka_unit_test(refuses),
		cmocka_unit_test(knows_its_bounds),
		cmocka_unit_test(minds_comments),
	};

	return cmocka_run_group_tests_name("yaml remove", tests, NULL, release_parsers);
}
