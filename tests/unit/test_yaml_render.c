/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rendering: the bytes that edits give, style by style. The generator tries what these say in all combinations.
 */
#include "yaml_document.h"

struct example {
	const char *text;
	void (*edit)(struct document *document);
	const char *result;
};

static void check(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct document document;

		document_read(&document, examples[i].text);
		examples[i].edit(&document);
		assert_string_equal(document_render(&document), examples[i].result);
		document_free(&document);
	}
}

#define CHECK(examples) check(examples, sizeof(examples) / sizeof(*(examples)))

/* As fixers do it: a map with a flag, a list in brackets two levels down. */
static void harden(struct document *document)
{
	struct yaml_tree *tree = &document->tree;
	yaml_id map = yaml_put_map(tree, document_at(document, "c"), "sc", NULL, NULL), list;

	assert_true(map);
	assert_true(yaml_put_bool(tree, map, "deny", false, NULL, NULL));
	map = yaml_put_map(tree, map, "caps", NULL, NULL);
	list = yaml_put_seq(tree, map, "drop", true, NULL, NULL);
	assert_true(yaml_append_str(tree, list, STR("ALL"), NULL));
}

static void adds_blocks(void **state)
{
	static const struct example examples[] = {
		{ "c:\n  a: b\n", harden, "c:\n  a: b\n  sc:\n    deny: false\n    caps:\n      drop: [\"ALL\"]\n" },
		{ "c:\n    a: b\n", harden,
		  "c:\n    a: b\n    sc:\n        deny: false\n        caps:\n            drop: [\"ALL\"]\n" },
		{ "c:\r\n  a: b\r\n", harden,
		  "c:\r\n  a: b\r\n  sc:\r\n    deny: false\r\n    caps:\r\n      drop: [\"ALL\"]\r\n" },
		{ "c:\n  a: b", harden, "c:\n  a: b\n  sc:\n    deny: false\n    caps:\n      drop: [\"ALL\"]" },
		{ "c:\n  a: b # x\n  # y\n\nd: e\n", harden,
		  "c:\n  a: b # x\n  sc:\n    deny: false\n    caps:\n      drop: [\"ALL\"]\n  # y\n\nd: e\n" },
		{ "c:\n  a: |\n    x\n\nd: e\n", harden,
		  "c:\n  a: |\n    x\n  sc:\n    deny: false\n    caps:\n      drop: [\"ALL\"]\n\nd: e\n" },
		{ "c:\n  a: |+\n    x\n\nd: e\n", harden,
		  "c:\n  a: |+\n    x\n\n  sc:\n    deny: false\n    caps:\n      drop: [\"ALL\"]\nd: e\n" },
		{ "c:\r\n  a: |+\r\n    x\r\n\r\n", harden,
		  "c:\r\n  a: |+\r\n    x\r\n\r\n  sc:\r\n    deny: false\r\n    caps:\r\n      drop: [\"ALL\"]\r\n" },
		{ "c: {}\n", harden, "c:\n  sc:\n    deny: false\n    caps:\n      drop: [\"ALL\"]\n" },
		{ "c: {} # x\n", harden, "c: # x\n  sc:\n    deny: false\n    caps:\n      drop: [\"ALL\"]\n" },
		{ "c:\n  sc: ~ # x\n  d: e\n", harden,
		  "c:\n  sc: # x\n    deny: false\n    caps:\n      drop: [\"ALL\"]\n  d: e\n" },
		{ "c:\n  sc:\n  d: e\n", harden,
		  "c:\n  sc:\n    deny: false\n    caps:\n      drop: [\"ALL\"]\n  d: e\n" },
		{ "c:\n  sc: {deny: true}\n", harden, "c:\n  sc: {deny: false, caps: {drop: [\"ALL\"]}}\n" },
	};

	(void)state;
	CHECK(examples);
}

static void fill_both(struct document *document)
{
	struct yaml_tree *tree = &document->tree;
	yaml_id map = yaml_put_map(tree, document_at(document, "c"), "sc", NULL, NULL), list;

	assert_true(map);
	assert_true(yaml_put_bool(tree, map, "deny", false, NULL, NULL));
	assert_true(yaml_put_bool(tree, map, "root", false, NULL, NULL));
	list = yaml_put_seq(tree, document_at(document, "c"), "v", false, NULL, NULL);
	assert_true(yaml_put_str(tree, yaml_append_map(tree, list, NULL), "name", STR("q"), NULL, NULL));
}

/* What has a line of its own, as Helm writes it, leaves none; with a comment, the children stand below that. */
static void fills_lines(void **state)
{
	static const struct example examples[] = {
		{ "c:\n  sc:\n    {}\n  v:\n    []\n", fill_both,
		  "c:\n  sc:\n    deny: false\n    root: false\n  v:\n  - name: q\n" },
		{ "c:\n  sc:\n    {}\n  v: \n    []", fill_both,
		  "c:\n  sc:\n    deny: false\n    root: false\n  v: \n  - name: q" },
		{ "c:\r\n  sc:\r\n      { } \t\r\n  v:\r\n   []\r\n", fill_both,
		  "c:\r\n  sc:\r\n    deny: false\r\n    root: false\r\n  v:\r\n  - name: q\r\n" },
		{ "c:\n  sc:\n  # x\n\n      {}   # y\n  v: # z\n    [] # u", fill_both,
		  "c:\n  sc:\n  # x\n\n    # y\n    deny: false\n    root: false\n  v: # z\n  # u\n  - name: q" },
		{ "c:\r\n  sc:\r\n   {} # y\r\n  v: []\r\n", fill_both,
		  "c:\r\n  sc:\r\n    # y\r\n    deny: false\r\n    root: false\r\n  v:\r\n  - name: q\r\n" },
		{ "c:\n  sc:\n    {\n\n    }\n  v: [\n  ] # x\n", fill_both,
		  "c:\n  sc:\n    deny: false\n    root: false\n  v: # x\n  - name: q\n" },
		{ "c:\n  sc:\n    null\n  v:\n    ~ # x\nd: e\n", fill_both,
		  "c:\n  sc:\n    deny: false\n    root: false\n  v:\n  # x\n  - name: q\nd: e\n" },
		{ "c:\n  sc:\n    !!null ~\n  v:\n    !!null\nd: e\n", fill_both,
		  "c:\n  sc:\n    deny: false\n    root: false\n  v:\n  - name: q\nd: e\n" },
		{ "c:\n  sc: &x\n    {}\n  v:\n    &y []\n", fill_both,
		  "c:\n  sc: &x\n    deny: false\n    root: false\n  v:\n    &y\n  - name: q\n" },
		/* What comes next to it, before and behind it. */
		{ "c:\n  a: b\n  v:\n    []\n", fill_both,
		  "c:\n  a: b\n  v:\n  - name: q\n  sc:\n    deny: false\n    root: false\n" },
		{ "c:\n  v:\n    [] # x", fill_both,
		  "c:\n  v:\n  # x\n  - name: q\n  sc:\n    deny: false\n    root: false" },
		{ "c:\n  v:\n    {}\n    # x\n", harden,
		  "c:\n  v:\n    {}\n    # x\n  sc:\n    deny: false\n    caps:\n      drop: [\"ALL\"]\n" },
		{ "{\n  \"c\": {\n    \"sc\": {\n    },\n    \"v\": [\n\n    ]\n  }\n}\n", fill_both,
		  "{\n  \"c\": {\n    \"sc\": {\n      \"deny\": false,\n      \"root\": false\n    },\n"
		  "    \"v\": [\n      {\n        \"name\": \"q\"\n      }\n    ]\n  }\n}\n" },
		{ "{\r\n\t\"c\": {\r\n\t\t\"sc\": {\r\n\t\t}\r\n\t}\r\n}", fill_both,
		  "{\r\n\t\"c\": {\r\n\t\t\"sc\": {\r\n\t\t\t\"deny\": false,\r\n\t\t\t\"root\": false\r\n"
		  "\t\t},\r\n\t\t\"v\": [\r\n\t\t\t{\r\n\t\t\t\t\"name\": \"q\"\r\n\t\t\t}\r\n\t\t]\r\n\t}\r\n}" },
		{ "{\"c\":{\"sc\":{},\"v\":[]}}", fill_both,
		  "{\"c\":{\"sc\":{\"deny\":false,\"root\":false},\"v\":[{\"name\":\"q\"}]}}" },
		{ "{\"c\":{\"sc\":{\n},\"v\":[\n]}}", fill_both,
		  "{\"c\":{\"sc\":{\"deny\":false,\"root\":false},\"v\":[{\"name\":\"q\"}]}}" },
		{ "c: {sc: {\n  }, v: [ # x\n  ]}\n", fill_both,
		  "c: {sc: {deny: false, root: false}, v: [{name: q} # x\n  ]}\n" },
	};

	(void)state;
	CHECK(examples);
}

static void adds_to_flow(void **state)
{
	static const struct example examples[] = {
		{ "c: {a: b}\n", harden, "c: {a: b, sc: {deny: false, caps: {drop: [\"ALL\"]}}}\n" },
		{ "c: {a: b, }\n", harden, "c: {a: b, sc: {deny: false, caps: {drop: [\"ALL\"]}}, }\n" },
		{ "{\"c\": {\"a\": 1}}", harden,
		  "{\"c\": {\"a\": 1, \"sc\": {\"deny\": false, \"caps\": {\"drop\": [\"ALL\"]}}}}" },
		{ "{\"c\":{\"a\":1}}", harden,
		  "{\"c\":{\"a\":1,\"sc\":{\"deny\":false,\"caps\":{\"drop\":[\"ALL\"]}}}}" },
		{ "{\n  \"c\": {\n    \"a\": 1\n  }\n}\n", harden,
		  "{\n  \"c\": {\n    \"a\": 1,\n    \"sc\": {\n      \"deny\": false,\n      \"caps\": {\n"
		  "        \"drop\": [\n          \"ALL\"\n        ]\n      }\n    }\n  }\n}\n" },
		{ "{\n\t\"c\": {}\n}\n", harden,
		  "{\n\t\"c\": {\n\t\t\"sc\": {\n\t\t\t\"deny\": false,\n\t\t\t\"caps\": {\n"
		  "\t\t\t\t\"drop\": [\n\t\t\t\t\t\"ALL\"\n\t\t\t\t]\n\t\t\t}\n\t\t}\n\t}\n}\n" },
		{ "c: {\n  a: b, # x\n}\n", harden,
		  "c: {\n  a: b, # x\n  sc: {\n    deny: false,\n    caps: {\n      drop: [\"ALL\"]\n    }\n  },\n}\n" },
		{ "c: {\n  a: b # x\n}\n", harden,
		  "c: {\n  a: b, # x\n  sc: {\n    deny: false,\n    caps: {\n      drop: [\"ALL\"]\n    }\n  }\n}\n" },
		{ "c: {a: , b: }\n", harden, "c: {a: , b: , sc: {deny: false, caps: {drop: [\"ALL\"]}} }\n" },
	};

	(void)state;
	CHECK(examples);
}

static void append_both(struct document *document)
{
	struct yaml_tree *tree = &document->tree;
	yaml_id list = document_at(document, "c"), item;

	assert_true(yaml_append_str(tree, list, STR("x"), NULL));
	item = yaml_append_map(tree, list, NULL);
	assert_true(yaml_put_str(tree, item, "name", STR("q"), NULL, NULL));
	assert_true(yaml_put_int(tree, yaml_put_map(tree, item, "m", NULL, NULL), "k", 1, NULL, NULL));
}

static void appends(void **state)
{
	static const struct example examples[] = {
		{ "c:\n- a\n", append_both, "c:\n- a\n- x\n- name: q\n  m:\n    k: 1\n" },
		{ "c:\n  - a\nd: e\n", append_both, "c:\n  - a\n  - x\n  - name: q\n    m:\n      k: 1\nd: e\n" },
		{ "c:\n    -   a: b\n", append_both,
		  "c:\n    -   a: b\n    -   x\n    -   name: q\n        m:\n          k: 1\n" },
		{ "c: [a]\n", append_both, "c: [a, x, {name: q, m: {k: 1}}]\n" },
		{ "c: []\n", append_both, "c:\n- x\n- name: q\n  m:\n    k: 1\n" },
		{ "b:\n  - 1\nc: []\n", append_both, "b:\n  - 1\nc:\n  - x\n  - name: q\n    m:\n      k: 1\n" },
		{ "c:\n- a\n# x\n- b # y\n# z", append_both,
		  "c:\n- a\n# x\n- b # y\n- x\n- name: q\n  m:\n    k: 1\n# z" },
	};

	(void)state;
	CHECK(examples);
}

/* In brackets over several lines: a line for each item where the others have one each; the quotes that all have. */
static void appends_as_beside(void **state)
{
	static const struct example examples[] = {
		{ "c: [\n  {a: b}\n]\n", append_both, "c: [\n  {a: b},\n  x,\n  {name: q, m: {k: 1}}\n]\n" },
		{ "c: [\n  {a: b}, # x\n  {a: [b]}, # y\n]\n", append_both,
		  "c: [\n  {a: b}, # x\n  {a: [b]}, # y\n  x,\n  {name: q, m: {k: 1}},\n]\n" },
		{ "c: [\r\n  {a: b}\r\n]\r\n", append_both,
		  "c: [\r\n  {a: b},\r\n  x,\r\n  {name: q, m: {k: 1}}\r\n]\r\n" },
		{ "c: [\n  {a: b},\n  {\n    a: b\n  }\n]\n", append_both,
		  "c: [\n  {a: b},\n  {\n    a: b\n  },\n  x,\n  {\n    name: q,\n    m: {\n      k: 1\n    }\n  }\n]\n" },
		{ "c: [\n  a,\n  {}\n]\n", append_both,
		  "c: [\n  a,\n  {},\n  x,\n  {\n    name: q,\n    m: {\n      k: 1\n    }\n  }\n]\n" },
		{ "{\n  \"c\": [\n    {\"a\": 1}\n  ]\n}\n", append_both,
		  "{\n  \"c\": [\n    {\"a\": 1},\n    \"x\",\n    {\"name\": \"q\", \"m\": {\"k\": 1}}\n  ]\n}\n" },
		{ "c: [\"a\", \"b\"]\n", append_both, "c: [\"a\", \"b\", \"x\", {name: q, m: {k: 1}}]\n" },
		{ "c: ['a']\n", append_both, "c: ['a', 'x', {name: q, m: {k: 1}}]\n" },
		{ "c: ['a', \"b\"]\n", append_both, "c: ['a', \"b\", x, {name: q, m: {k: 1}}]\n" },
		{ "c: [\"a\", b]\n", append_both, "c: [\"a\", b, x, {name: q, m: {k: 1}}]\n" },
	};

	(void)state;
	CHECK(examples);
}

static void set_values(struct document *document)
{
	YAML_EACH(&document->tree, document_at(document, "c"), key)
		assert_true(yaml_set_str(&document->tree, yaml_value(&document->tree, key), STR("it's on"), NULL));
}

static void set_numbers(struct document *document)
{
	YAML_EACH(&document->tree, document_at(document, "c"), key)
		assert_true(yaml_set_int(&document->tree, yaml_value(&document->tree, key), 8080, NULL));
}

static void sets(void **state)
{
	static const struct example examples[] = {
		{ "c:\n  a: b # x\n  d: 'e'\n  f: \"g\"\n  h: 80\n  i: ~\n  j:\n", set_values,
		  "c:\n  a: it's on # x\n  d: 'it''s on'\n  f: \"it's on\"\n  h: it's on\n  i: it's on\n  j: it's on\n" },
		{ "c:\n  a: b\n    c\n  d: \"e\n    f\"\n  g:\n    h\n", set_values,
		  "c:\n  a: it's on\n  d: \"it's on\"\n  g:\n    it's on\n" },
		{ "c: {a: b, c: , d: 'e'}\n", set_values, "c: {a: it's on, c: it's on , d: 'it''s on'}\n" },
		{ "{\"c\":{\"a\":\"b\",\"d\":null}}", set_values, "{\"c\":{\"a\":\"it's on\",\"d\":\"it's on\"}}" },
		{ "c:\n  a: \"80\"\n  b: '80'\n  d: 80\n  e:\n", set_numbers,
		  "c:\n  a: 8080\n  b: 8080\n  d: 8080\n  e: 8080\n" },
	};

	(void)state;
	CHECK(examples);
}

static void remove_a(struct document *document)
{
	assert_true(yaml_remove(&document->tree, document_at(document, "c.a"), NULL));
}

static void remove_all_but_z(struct document *document)
{
	struct yaml_tree *tree = &document->tree;

	for (char name[] = "a"; *name <= 'd'; (*name)++)
		if (yaml_get(tree, document_at(document, "c"), name))
			assert_true(yaml_remove(tree, yaml_get(tree, document_at(document, "c"), name), NULL));
	assert_true(yaml_put_int(tree, document_at(document, "c"), "new", 1, NULL, NULL));
}

static void add_key(struct document *document)
{
	assert_true(yaml_put_int(&document->tree, document_at(document, "c"), "new", 1, NULL, NULL));
}

static void add_item(struct document *document)
{
	assert_true(yaml_append_str(&document->tree, document_at(document, "c"), STR("new"), NULL));
}

static void add_to_root(struct document *document)
{
	assert_true(yaml_put_int(&document->tree, document->tree.root, "new", 1, NULL, NULL));
}

static void add_key_and_to_root(struct document *document)
{
	add_to_root(document);
	add_key(document);
}

static void add_item_and_to_root(struct document *document)
{
	add_to_root(document);
	add_item(document);
}

/* Comments that are indented deeper than new lines belong to what stands above them. */
static void passes_comments(void **state)
{
	static const struct example examples[] = {
		{ "c:\n  a: {}\n    # x\n    # y\n  # z\nd: e\n", add_key,
		  "c:\n  a: {}\n    # x\n    # y\n  new: 1\n  # z\nd: e\n" },
		{ "c:\n  a: b\n    # x\n  # y\n# z\n", add_key_and_to_root,
		  "c:\n  a: b\n    # x\n  new: 1\n  # y\nnew: 1\n# z\n" },
		{ "c:\n  a: b\n    # x", add_key, "c:\n  a: b\n    # x\n  new: 1" },
		{ "c:\n  a: b\n    # x", add_key_and_to_root, "c:\n  a: b\n    # x\n  new: 1\nnew: 1" },
		{ "c:\r\n  a: b\r\n    # x\r\n\r\n  # y\r\n", add_key,
		  "c:\r\n  a: b\r\n    # x\r\n  new: 1\r\n\r\n  # y\r\n" },
		{ "c:\n  a:\n    # x\nd: e\n", add_key, "c:\n  a:\n    # x\n  new: 1\nd: e\n" },
		{ "c:\n  - a\n    # x\n  # - y\nd: e\n", add_item, "c:\n  - a\n    # x\n  - new\n  # - y\nd: e\n" },
		/* Text is no comment. */
		{ "c:\n  a: |\n    # text\n   # x\nd: e\n", add_key,
		  "c:\n  a: |\n    # text\n   # x\n  new: 1\nd: e\n" },
		{ "c:\n  a: |+\n    text\n\n   # x\n\n  # y\nd: e\n", add_key,
		  "c:\n  a: |+\n    text\n\n   # x\n  new: 1\n\n  # y\nd: e\n" },
		{ "c:\n  a: [\n    b, # x\n      # y\n  ] # z\n    # w\nd: e\n", add_key,
		  "c:\n  a: [\n    b, # x\n      # y\n  ] # z\n    # w\n  new: 1\nd: e\n" },
	};

	(void)state;
	CHECK(examples);
}

/* Behind a blank line they do where they do not stand right above what follows. */
static void passes_paragraphs(void **state)
{
	static const struct example examples[] = {
		{ "c:\n  a: b\n\n    # x\n\nd: e\n", add_key, "c:\n  a: b\n\n    # x\n  new: 1\n\nd: e\n" },
		{ "c:\n  a: b\n    # x\n\n    # y\n\n    # z\nd: e\n", add_key,
		  "c:\n  a: b\n    # x\n\n    # y\n  new: 1\n\n    # z\nd: e\n" },
		{ "c:\n  a: b\n\n    # x\nd: e\n", add_key, "c:\n  a: b\n  new: 1\n\n    # x\nd: e\n" },
		{ "c:\n  a: b\n\n    # x\n  # y\nd: e\n", add_key, "c:\n  a: b\n  new: 1\n\n    # x\n  # y\nd: e\n" },
		{ "c:\n  a: b\n\n    # x\n  # y\n\nd: e\n", add_key,
		  "c:\n  a: b\n\n    # x\n  new: 1\n  # y\n\nd: e\n" },
		{ "c:\n  a: b\n \n    # x\n  ", add_key, "c:\n  a: b\n \n    # x\n  new: 1\n  " },
	};

	(void)state;
	CHECK(examples);
}

/* An item that is commented out belongs to its list. */
static void passes_items(void **state)
{
	static const struct example examples[] = {
		{ "c:\n- a\n# - b\n# - c: d\n#   e: f\n# g\n", add_to_root,
		  "c:\n- a\n# - b\n# - c: d\n#   e: f\nnew: 1\n# g\n" },
		{ "c:\n- a\n  # x\n#- b\n#  c: d\n  # y\n#e: f\n", add_item_and_to_root,
		  "c:\n- a\n  # x\n- new\n#- b\n#  c: d\n  # y\nnew: 1\n#e: f\n" },
		{ "c:\n- a\n\n# -\n#   b\n", add_to_root, "c:\n- a\n\n# -\n#   b\nnew: 1\n" },
		{ "c:\n- a\n# b\n# - c\n", add_to_root, "c:\n- a\nnew: 1\n# b\n# - c\n" },
		{ "c:\n- a\n# --- b ---\n", add_to_root, "c:\n- a\nnew: 1\n# --- b ---\n" },
		{ "c:\n- a\n#   b: c\n", add_to_root, "c:\n- a\nnew: 1\n#   b: c\n" },
		{ "c:\n- a\n# - b\n\n#   c: d\n", add_to_root, "c:\n- a\n# - b\nnew: 1\n\n#   c: d\n" },
		{ "c:\n  - a\n# - b\n", add_to_root, "c:\n  - a\nnew: 1\n# - b\n" },
		{ "c:\n  a: b\n# - b\n", add_to_root, "c:\n  a: b\nnew: 1\n# - b\n" },
	};

	(void)state;
	CHECK(examples);
}

static void removes(void **state)
{
	static const struct example examples[] = {
		{ "c:\n  a: b # x\n  # y\n  d: e\n", remove_a, "c:\n  # y\n  d: e\n" },
		{ "c:\n  d: e\n  a:\n    # x\n    b: f\n\n  g: h\n", remove_a, "c:\n  d: e\n  # x\n\n  g: h\n" },
		{ "c:\n  d: e\n  a: b", remove_a, "c:\n  d: e" },
		{ "c:\r\n  d: e\r\n  a: b", remove_a, "c:\r\n  d: e" },
		{ "c:\n  d: e\n  a: |+\n    x\n\n# y\n", remove_a, "c:\n  d: e\n# y\n" },
		{ "c: {a: b, d: e}\n", remove_a, "c: {d: e}\n" },
		{ "c: {d: e, a: b}\n", remove_a, "c: {d: e}\n" },
		{ "c: {d: e, a: b, f: g}\n", remove_a, "c: {d: e, f: g}\n" },
		{ "c: {a: b,\n    d: e,\n    f: g}\n", remove_a, "c: {d: e,\n    f: g}\n" },
		{ "c: { a: b ,\r\n  d: e }\r\n", remove_a, "c: { d: e }\r\n" },
		{ "c: {a: b, # x\n    d: e}\n", remove_a, "c: { # x\n    d: e}\n" },
		{ "c: {a: b,\n    # x\n    d: e}\n", remove_a, "c: {\n    # x\n    d: e}\n" },
		{ "c: {a: b\n  , d: e}\n", remove_a, "c: {\n  d: e}\n" },
		{ "c: {a: [\n      b],\n    d: e}\n", remove_a, "c: {\n    d: e}\n" },
		{ "c: {a: 1,\n    b: 2,\n    z: 3}\n", remove_all_but_z, "c: {\n    z: 3,\n    new: 1}\n" },
		{ "c: {d: e, a: b,}\n", remove_a, "c: {d: e,}\n" },
		{ "c: {d: e, a: b, }\n", remove_a, "c: {d: e, }\n" },
		{ "c: {d: , a: b,}\n", remove_a, "c: {d: ,}\n" },
		{ "c: {a: 1, b: 2, z: 3}\n", remove_all_but_z, "c: {z: 3, new: 1}\n" },
		{ "c: {z: 3, a: 1, b: 2}\n", remove_all_but_z, "c: {z: 3, new: 1}\n" },
		{ "c: {a: 1, z: 3, b: 2, d: 4}\n", remove_all_but_z, "c: {z: 3, new: 1}\n" },
		{ "c:\n  a: 1\n  z: 3\n  b: 2\n  d: 4", remove_all_but_z, "c:\n  z: 3\n  new: 1" },
	};

	(void)state;
	CHECK(examples);
}

static void gives_ordered_splices(void **state)
{
	struct document document;
	struct splices splices = { 0 };
	uint64_t at = 0;

	(void)state;
	document_read(&document, "a: {}\nb: [x]\nc:\n  d: e\n");
	harden(&document);
	assert_true(yaml_append_str(&document.tree, document_at(&document, "b"), STR("y"), NULL));
	assert_true(yaml_put_int(&document.tree, document_at(&document, "a"), "new", 1, NULL, NULL));
	yaml_render(&document.tree, &splices);
	assert_true(splices.n >= 3);
	for (size_t i = 0; i < splices.n; i++) {
		assert_true(splices.items[i].at >= at);
		at = splices.items[i].at + splices.items[i].del;
	}
	splices_free(&splices);
	document_free(&document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_blocks),	     cmocka_unit_test(fills_lines),
		cmocka_unit_test(adds_to_flow),	     cmocka_unit_test(appends),
		cmocka_unit_test(appends_as_beside), cmocka_unit_test(sets),
		cmocka_unit_test(removes),	     cmocka_unit_test(gives_ordered_splices),
		cmocka_unit_test(passes_comments),   cmocka_unit_test(passes_paragraphs),
		cmocka_unit_test(passes_items),
	};

	return cmocka_run_group_tests_name("yaml render", tests, NULL, release_parsers);
}
