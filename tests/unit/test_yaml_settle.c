/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits through anchors, aliases and merge keys: where they are written, and when they have no place.
 */
#include "yaml_document.h"

#include <stdlib.h>

enum op { PUT_INT, PUT_TRUE, PUT_MAP, SET_INT, SET_STR, APPEND, REMOVE };

struct step {
	enum op op;
	const char *path; /* keys and numbers of items: "c.0.x"; NULL ends the steps */
	const char *key;  /* of the pair that is put, or the text that is set or appended */
	int number;
};

enum { STEPS_MAX = 6 };

/* As yaml_get_path(), also into lists. */
static yaml_id find(struct yaml_tree *tree, const char *path)
{
	struct str rest = str_of(path), part;
	yaml_id id = tree->root;

	while (rest.n && id && str_cut(&rest, '.', &part)) {
		if (yaml_is_map(tree, id)) {
			id = yaml_get_str(tree, id, part);
		} else {
			long n = strtol(part.p, NULL, 10);

			for (id = yaml_first(tree, id); id && n > 0; n--)
				id = yaml_next(tree, id);
		}
	}
	return id;
}

static bool make(struct yaml_tree *tree, const struct step *step, struct yaml_refusal *why)
{
	yaml_id at = find(tree, step->path);

	assert_true(at);
	switch (step->op) {
	case PUT_INT:
		return yaml_put_int(tree, at, step->key, step->number, NULL, why);
	case PUT_TRUE:
		return yaml_put_bool(tree, at, step->key, true, NULL, why);
	case PUT_MAP:
		at = yaml_put_map(tree, at, step->key, NULL, why);
		return at && yaml_put_int(tree, at, "k", step->number, NULL, why);
	case SET_INT:
		return yaml_set_int(tree, at, step->number, why);
	case SET_STR:
		return yaml_set_str(tree, at, str_of(step->key), why);
	case APPEND:
		return yaml_append_str(tree, at, str_of(step->key), why);
	case REMOVE:
		return yaml_remove(tree, at, why);
	}
	return false;
}

struct settled {
	const char *before;
	struct step steps[STEPS_MAX];
	const char *after;
};

static void check(const struct settled *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct document document;

		document_read(&document, cases[i].before);
		for (size_t k = 0; k < STEPS_MAX && cases[i].steps[k].path; k++) {
			struct yaml_refusal why = { 0 };

			if (!make(&document.tree, &cases[i].steps[k], &why))
				fail_msg("case %zu, step %zu is refused: %s\n%s", i, k, why.why, cases[i].before);
		}
		assert_string_equal(document_render(&document), cases[i].after);
		document_free(&document);
	}
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof(*(cases)))

static void edits_the_anchor_when_all_agree(void **state)
{
	static const struct settled cases[] = {
		{ "a: &x {u: 1}\nb: *x\n",
		  { { PUT_INT, "a", "z", 2 }, { PUT_INT, "b", "z", 2 } },
		  "a: &x {u: 1, z: 2}\nb: *x\n" },
		{ "a: &x\n  u: 1 # one\nb: *x # two\n",
		  { { PUT_INT, "b", "u", 2 }, { PUT_INT, "a", "u", 2 } },
		  "a: &x\n  u: 2 # one\nb: *x # two\n" },
		{ "a: &x 80\nb: {c: *x}\nd: [*x]\n",
		  { { SET_INT, "a", NULL, 8080 }, { SET_INT, "b.c", NULL, 8080 }, { SET_INT, "d.0", NULL, 8080 } },
		  "a: &x 8080\nb: {c: *x}\nd: [*x]\n" },
		{ "a: &x [p]\nb: *x\n", { { APPEND, "a", "q", 0 }, { APPEND, "b", "q", 0 } }, "a: &x [p, q]\nb: *x\n" },
		{ "a: &x [p, q]\nb: *x\n",
		  { { REMOVE, "a.1", NULL, 0 }, { REMOVE, "b.1", NULL, 0 } },
		  "a: &x [p]\nb: *x\n" },
		{ "a: &x {p: 1, q: 2}\nb: *x\n",
		  { { REMOVE, "b.p", NULL, 0 }, { REMOVE, "a.p", NULL, 0 } },
		  "a: &x {q: 2}\nb: *x\n" },
		{ "a: &x ~\nb: *x\n", { { PUT_MAP, "", "a", 1 }, { PUT_MAP, "", "b", 1 } }, "a: &x\n  k: 1\nb: *x\n" },
		/* The order of pairs does not count. */
		{ "a: &x\n  u: 1\nb: *x\n",
		  { { PUT_INT, "a", "p", 1 },
		    { PUT_INT, "a", "q", 2 },
		    { PUT_INT, "b", "q", 2 },
		    { PUT_INT, "b", "p", 1 } },
		  "a: &x\n  u: 1\n  p: 1\n  q: 2\nb: *x\n" },
		/* A whole container as anchor, and what is nested in it. */
		{ "l:\n- &c\n  k: a\n  s: &s {u: 1}\n- *c\n- k: b\n  s: *s\n",
		  { { PUT_INT, "l.0.s", "u", 2 }, { PUT_INT, "l.1.s", "u", 2 }, { PUT_INT, "l.2.s", "u", 2 } },
		  "l:\n- &c\n  k: a\n  s: &s {u: 2}\n- *c\n- k: b\n  s: *s\n" },
		/* An anchor whose alias stands in another anchor. */
		{ "a: &x {u: 1}\nb: &z\n  c: *x\nd: *z\n",
		  { { PUT_INT, "a", "u", 2 }, { PUT_INT, "b.c", "u", 2 }, { PUT_INT, "d.c", "u", 2 } },
		  "a: &x {u: 2}\nb: &z\n  c: *x\nd: *z\n" },
		/* A name that is used again belongs to another anchor. */
		{ "a: &x {u: 1}\nb: *x\nc: &x {u: 1}\nd: *x\n",
		  { { PUT_INT, "c", "u", 2 }, { PUT_INT, "d", "u", 2 } },
		  "a: &x {u: 1}\nb: *x\nc: &x {u: 2}\nd: *x\n" },
		/* What a mapping says itself is dropped where its merge says the same. */
		{ "a: &x\n  u: 1\nb:\n  <<: *x\n  k: v\n",
		  { { PUT_INT, "a", "z", 2 }, { PUT_INT, "b", "z", 2 } },
		  "a: &x\n  u: 1\n  z: 2\nb:\n  <<: *x\n  k: v\n" },
		{ "a: &x {u: 1}\nb: {<<: *x}\nc: {<<: [*x, {q: 1}]}\n",
		  { { PUT_INT, "a", "u", 2 }, { PUT_INT, "b", "u", 2 }, { PUT_INT, "c", "u", 2 } },
		  "a: &x {u: 2}\nb: {<<: *x}\nc: {<<: [*x, {q: 1}]}\n" },
		{ "a: &x {s: {u: 1}}\nb: {<<: *x}\n",
		  { { PUT_INT, "a.s", "z", 2 }, { PUT_INT, "b.s", "z", 2 } },
		  "a: &x {s: {u: 1, z: 2}}\nb: {<<: *x}\n" },
	};

	(void)state;
	CHECK(cases);
}

static void overrides_an_alias(void **state)
{
	static const struct settled cases[] = {
		{ "a: &x {u: 1}\nb: *x\n", { { PUT_INT, "b", "z", 2 } }, "a: &x {u: 1}\nb:\n  <<: *x\n  z: 2\n" },
		{ "a: &x {u: 1}\nb: *x   # why\nc: d\n",
		  { { PUT_INT, "b", "u", 2 } },
		  "a: &x {u: 1}\nb:   # why\n  <<: *x\n  u: 2\nc: d\n" },
		{ "a: &x {u: 1}\nb: {c: *x}\n",
		  { { PUT_INT, "b.c", "z", 2 } },
		  "a: &x {u: 1}\nb: {c: {<<: *x, z: 2}}\n" },
		{ "a: &x {u: 1}\nb: [*x, c]\n",
		  { { PUT_INT, "b.0", "z", 2 } },
		  "a: &x {u: 1}\nb: [{<<: *x, z: 2}, c]\n" },
		{ "a: &x {u: 1}\nb:\n- *x # first\n- c\n",
		  { { PUT_INT, "b.0", "z", 2 } },
		  "a: &x {u: 1}\nb:\n- <<: *x # first\n  z: 2\n- c\n" },
		{ "a: &x {u: 1}\nb:\r\n  - *x",
		  { { PUT_MAP, "b.0", "z", 2 } },
		  "a: &x {u: 1}\nb:\r\n  - <<: *x\r\n    z:\r\n      k: 2" },
		/* A merge is shallow: what is nested is written out. */
		{ "a: &x {s: {u: 1, 'q': \"t\"}, o: [p]}\nb: *x\n",
		  { { PUT_INT, "b.s", "z", 2 } },
		  "a: &x {s: {u: 1, 'q': \"t\"}, o: [p]}\nb:\n  <<: *x\n  s:\n    u: 1\n    q: \"t\"\n    z: 2\n" },
		{ "a: &x 80\nb: *x # why\n", { { SET_INT, "b", NULL, 8080 } }, "a: &x 80\nb: 8080 # why\n" },
		{ "a: &x '80'\nb: [*x , c]\n", { { SET_STR, "b.0", "81", 0 } }, "a: &x '80'\nb: ['81' , c]\n" },
		/* The anchor changes, a place that shares it does not. */
		{ "a: &x 80\nb: *x\n", { { SET_INT, "a", NULL, 8080 } }, "a: &x 8080\nb: 80\n" },
		{ "a: &x {u: 1}\nb: *x\n", { { PUT_INT, "a", "u", 2 } }, "a: &x {u: 2}\nb:\n  <<: *x\n  u: 1\n" },
		/* What a merge cannot take away is written out whole. */
		{ "a: &x {u: 1}\nb: *x\n", { { PUT_INT, "a", "z", 2 } }, "a: &x {u: 1, z: 2}\nb: {u: 1}\n" },
		{ "a: &x {u: 1, z: 2}\nb: *x\n", { { REMOVE, "b.z", NULL, 0 } }, "a: &x {u: 1, z: 2}\nb: {u: 1}\n" },
		{ "a: &x [p]\nb: *x\n", { { APPEND, "b", "q", 0 } }, "a: &x [p]\nb: [p, q]\n" },
		{ "a: &x\n- p\nb: *x\n", { { APPEND, "b", "q", 0 } }, "a: &x\n- p\nb:\n- p\n- q\n" },
		{ "a: &x\n- - p\n- q: [[r]]\nb: *x\n",
		  { { APPEND, "b", "s", 0 } },
		  "a: &x\n- - p\n- q: [[r]]\nb:\n- [p]\n- q: [[r]]\n- s\n" },
		/* One of several. */
		{ "a: &x {u: 1}\nb: *x\nc: *x\n",
		  { { PUT_INT, "a", "u", 2 }, { PUT_INT, "c", "u", 2 } },
		  "a: &x {u: 2}\nb:\n  <<: *x\n  u: 1\nc: *x\n" },
		{ "a: &x {u: 1}\nb: *x\nc: *x\n",
		  { { PUT_INT, "a", "u", 2 }, { PUT_INT, "b", "u", 3 }, { PUT_INT, "c", "u", 4 } },
		  "a: &x {u: 2}\nb:\n  <<: *x\n  u: 3\nc:\n  <<: *x\n  u: 4\n" },
		/* In one of two places that share a container. */
		{ "l:\n- &c\n  k: a\n  p: {q: 1}\n- *c\n",
		  { { PUT_INT, "l.1.p", "r", 2 } },
		  "l:\n- &c\n  k: a\n  p: {q: 1}\n- <<: *c\n  p:\n    q: 1\n    r: 2\n" },
		/* An item that is an alias goes by itself. */
		{ "a: &x p\nb: [*x, q]\n", { { REMOVE, "b.0", NULL, 0 } }, "a: &x p\nb: [q]\n" },
		{ "a: &x p\nb: *x\nc: d\n", { { REMOVE, "b", NULL, 0 } }, "a: &x p\nc: d\n" },
		/* Whose anchor is removed says itself what it said. */
		{ "a: &x 1\nb: *x # why\n", { { REMOVE, "a", NULL, 0 } }, "b: 1 # why\n" },
		{ "a:\n  b: &x {u: 1}\n  d: e\nc: *x\n", { { REMOVE, "a.b", NULL, 0 } }, "a:\n  d: e\nc: {u: 1}\n" },
		{ "a: {b: &x 1}\nc: &y {d: *x}\ne: *y\n", { { REMOVE, "a", NULL, 0 } }, "c: &y {d: 1}\ne: *y\n" },
		/* A block scalar is written out in quotes. */
		{ "a: &x {t: \"p\\nq\", u: 1}\nb: *x\n",
		  { { REMOVE, "b.u", NULL, 0 } },
		  "a: &x {t: \"p\\nq\", u: 1}\nb: {t: \"p\\nq\"}\n" },
	};

	(void)state;
	CHECK(cases);
}

static void overrides_a_merge(void **state)
{
	static const struct settled cases[] = {
		{ "a: &x {u: 1}\nb:\n  <<: *x\n", { { PUT_INT, "b", "u", 2 } }, "a: &x {u: 1}\nb:\n  <<: *x\n  u: 2\n" },
		{ "a: &x {u: 1}\nb: {<<: *x, c: d}\n",
		  { { PUT_INT, "b", "u", 2 } },
		  "a: &x {u: 1}\nb: {<<: *x, c: d, u: 2}\n" },
		{ "a: &x {s: {u: 1}}\nb:\n  <<: *x\n  c: d\n",
		  { { PUT_INT, "b.s", "z", 2 } },
		  "a: &x {s: {u: 1}}\nb:\n  <<: *x\n  c: d\n  s:\n    u: 1\n    z: 2\n" },
		/* A pair of its own, behind or before the merge: kubectl takes what comes last. */
		{ "a: &x {u: 1}\nb:\n  <<: *x\n  u: 5\n",
		  { { PUT_INT, "b", "u", 2 } },
		  "a: &x {u: 1}\nb:\n  <<: *x\n  u: 2\n" },
		{ "a: &x {u: 1}\nb:\n  <<: *x\n  u: 5\n",
		  { { PUT_INT, "a", "u", 2 } },
		  "a: &x {u: 2}\nb:\n  <<: *x\n  u: 5\n" },
		{ "a: &x {u: 1}\nb:\n  <<: *x\n", { { PUT_INT, "a", "u", 2 } }, "a: &x {u: 2}\nb:\n  <<: *x\n  u: 1\n" },
		/* Of a list of merges the first counts. */
		{ "a: &x {u: 1}\nb: &z {u: 2, q: 3}\nc: {<<: [*x, *z]}\n",
		  { { PUT_INT, "b", "u", 9 } },
		  "a: &x {u: 1}\nb: &z {u: 9, q: 3}\nc: {<<: [*x, *z]}\n" },
		{ "a: &x {u: 1}\nb: &z {u: 2, q: 3}\nc: {<<: [*x, *z]}\n",
		  { { PUT_INT, "c", "u", 4 }, { PUT_INT, "c", "q", 5 } },
		  "a: &x {u: 1}\nb: &z {u: 2, q: 3}\nc: {<<: [*x, *z], q: 5, u: 4}\n" },
		/* Of two merges the last counts. */
		{ "a: &x {u: 1}\nb: &z {u: 2}\nc:\n  <<: *x\n  <<: *z\n",
		  { { PUT_INT, "a", "u", 7 } },
		  "a: &x {u: 7}\nb: &z {u: 2}\nc:\n  <<: *x\n  <<: *z\n" },
		/* A merge of a merge. */
		{ "a: &x {u: 1}\nb: &z\n  <<: *x\n  q: 1\nc:\n  <<: *z\n",
		  { { PUT_INT, "a", "u", 2 }, { PUT_INT, "b", "u", 2 } },
		  "a: &x {u: 2}\nb: &z\n  <<: *x\n  q: 1\nc:\n  <<: *z\n  u: 1\n" },
		{ "a: &x {u: 1}\nb: &z\n  <<: *x\nc:\n  <<: *z\n",
		  { { PUT_INT, "c", "w", 2 } },
		  "a: &x {u: 1}\nb: &z\n  <<: *x\nc:\n  <<: *z\n  w: 2\n" },
		{ "b:\n  <<: {u: 1, z: 2}\n", { { PUT_INT, "b", "u", 3 } }, "b:\n  <<: {u: 1, z: 2}\n  u: 3\n" },
	};

	(void)state;
	CHECK(cases);
}

static void edits_definitions(void **state)
{
	static const struct settled cases[] = {
		{ "x-s: &s {u: 1}\nb: *s\nc: *s\n",
		  { { PUT_INT, "b", "z", 2 }, { PUT_INT, "c", "z", 2 } },
		  "x-s: &s {u: 1, z: 2}\nb: *s\nc: *s\n" },
		{ "x-s: &s\n  u: 1 # one\n  t: {u: 1}\nb: *s\n",
		  { { PUT_INT, "b", "u", 2 }, { PUT_INT, "b.t", "v", 3 } },
		  "x-s: &s\n  u: 2 # one\n  t: {u: 1, v: 3}\nb: *s\n" },
		{ "x-s: &s {u: 1}\nb: *s\nc: *s\n",
		  { { PUT_INT, "b", "z", 2 }, { PUT_INT, "c", "z", 3 } },
		  "x-s: &s {u: 1}\nb:\n  <<: *s\n  z: 2\nc:\n  <<: *s\n  z: 3\n" },
		{ "x-s: &s {u: 1}\nb: {<<: *s}\nc:\n  <<: *s\n  k: v\n",
		  { { PUT_INT, "b", "u", 2 }, { PUT_INT, "c", "u", 2 } },
		  "x-s: &s {u: 2}\nb: {<<: *s}\nc:\n  <<: *s\n  k: v\n" },
		{ "x-s: &s {u: 1}\nb: {<<: *s}\nc: {<<: *s}\n",
		  { { PUT_MAP, "b", "z", 2 }, { PUT_MAP, "c", "z", 2 } },
		  "x-s: &s {u: 1, z: {k: 2}}\nb: {<<: *s}\nc: {<<: *s}\n" },
		/* Some agree on one pair, all on another. */
		{ "x-s: &s {u: 1}\nb: {<<: *s}\nc: {<<: *s}\n",
		  { { PUT_INT, "b", "p", 1 }, { PUT_INT, "c", "p", 1 }, { PUT_INT, "c", "q", 1 } },
		  "x-s: &s {u: 1, p: 1}\nb: {<<: *s}\nc: {<<: *s, q: 1}\n" },
		{ "x:\n  x-s: &s {u: 1}\nb: *s\n",
		  { { PUT_INT, "b", "u", 2 } },
		  "x:\n  x-s: &s {u: 1}\nb:\n  <<: *s\n  u: 2\n" },
		{ "x-p: &p 80\nb: *p\nc: [*p]\n",
		  { { SET_INT, "b", NULL, 81 }, { SET_INT, "c.0", NULL, 81 } },
		  "x-p: &p 81\nb: *p\nc: [*p]\n" },
		{ "x-l: &l [a]\nb: *l\n", { { APPEND, "b", "c", 0 } }, "x-l: &l [a, c]\nb: *l\n" },
		{ "x-l: &l [a, b]\nb: *l\n", { { REMOVE, "b.1", NULL, 0 } }, "x-l: &l [a]\nb: *l\n" },
		/* What a definition takes over from the anchor that merges it is not to be lost for who shares that anchor. */
		{ "x-s: &s {u: 1}\nb: &b\n  <<: *s\nc: *b\n",
		  { { PUT_INT, "b", "z", 2 } },
		  "x-s: &s {u: 1, z: 2}\nb: &b\n  <<: *s\nc:\n  u: 1\n" },
		/* One that uses another. */
		{ "x-s: &s {u: 1}\nx-b: &b\n  s: *s\nc:\n  <<: *b\nd: *s\n",
		  { { PUT_INT, "c.s", "z", 2 }, { PUT_INT, "d", "z", 2 } },
		  "x-s: &s {u: 1, z: 2}\nx-b: &b\n  s: *s\nc:\n  <<: *b\nd: *s\n" },
		/* One says it already, over the merge. */
		{ "x-s: &s {u: 1}\nb: {<<: *s, u: 3}\nc: *s\n",
		  { { PUT_INT, "c", "u", 3 } },
		  "x-s: &s {u: 3}\nb: {<<: *s, u: 3}\nc: *s\n" },
		{ "x-s: &s {u: 1}\nb: {<<: *s, u: 2}\nc: *s\n",
		  { { PUT_INT, "c", "u", 3 } },
		  "x-s: &s {u: 1}\nb: {<<: *s, u: 2}\nc:\n  <<: *s\n  u: 3\n" },
	};

	(void)state;
	CHECK(cases);
}

static void tells_what_has_no_place(void **state)
{
	static const struct {
		const char *text;
		struct step steps[STEPS_MAX];
		size_t bad; /* the step that has no place */
		const char *why;
	} cases[] = {
		/* It would show in a place that merges it. */
		{ "a: &x {u: 1}\nb: {<<: *x}\n", { { PUT_INT, "a", "z", 2 } }, 0, "another place" },
		{ "a: &x {u: 1}\nb: {<<: *x}\n",
		  { { PUT_INT, "b", "q", 1 }, { PUT_INT, "a", "z", 2 } },
		  1,
		  "another place" },
		/* A merge cannot take away. */
		{ "a: &x {u: 1, z: 2}\nb: {<<: *x}\n", { { REMOVE, "b.z", NULL, 0 } }, 0, "cannot leave it out" },
		/* Which edit it is, not the last one around it. */
		{ "a: &x {u: 1, z: 2}\nb: {<<: *x}\n",
		  { { REMOVE, "b.z", NULL, 0 }, { PUT_INT, "b", "u", 3 }, { PUT_INT, "b", "w", 4 } },
		  0,
		  "cannot leave it out" },
		{ "b: {<<: {u: 1, z: 2}}\n",
		  { { PUT_INT, "b", "p", 3 }, { REMOVE, "b.z", NULL, 0 }, { PUT_INT, "b", "u", 3 } },
		  1,
		  "cannot leave it out" },
		{ "a: &x {u: 1, z: 2}\nb: {<<: &l [*x]}\nc: *l\n",
		  { { REMOVE, "a.u", NULL, 0 }, { SET_INT, "b.z", NULL, 3 }, { PUT_INT, "", "q", 1 } },
		  0,
		  "another place" },
		{ "a: &x {l: [p, q]}\nb: {<<: &l [*x]}\nc: *l\n",
		  { { REMOVE, "a.l.0", NULL, 0 }, { PUT_INT, "", "q", 1 } },
		  0,
		  "another place" },
		/* A key of its own, which the merge hides. */
		{ "a: &x {u: 1}\nb:\n  u: 5\n  <<: *x\n", { { PUT_INT, "b", "u", 2 } }, 0, "over one that stands here" },
		/* A key that is an alias. */
		{ "a: &x y\nb: {*x : 1}\n", { { SET_STR, "a", "z", 0 } }, 0, "another place" },
		{ "a: &x {u: 1}\nb: {<<: *x}\n", { { REMOVE, "a", NULL, 0 } }, 0, "used elsewhere" },
		{ "a: &x {u: 1}\nb: {<<: [*x, {q: 1}]}\n", { { REMOVE, "a", NULL, 0 } }, 0, "used elsewhere" },
		/* A value that is long. */
		{ "a: &x [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,"
		  "35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,62,63,64]\nb: *x\n",
		  { { PUT_INT, "", "q", 1 }, { APPEND, "b", "c", 0 } },
		  1,
		  "too long" },
		{ "a: &x\n- p\nb:\n- *x\n", { { APPEND, "b.0", "c", 0 } }, 0, "another place" },
		/* A list of a merge that is read elsewhere, too. */
		{ "a: &x {u: 1}\nb: {<<: &l [*x]}\nc: *l\n", { { PUT_INT, "a", "z", 2 } }, 0, "another place" },
		{ "a: &x {u: 1}\nb: {<<: &l [*x]}\nc: *l\n",
		  { { PUT_INT, "a", "z", 2 }, { PUT_INT, "b", "z", 2 } },
		  0,
		  "another place" },
		{ "a: &x {u: 1}\nb: {<<: *x}\n",
		  { { PUT_INT, "a", "z", 2 }, { PUT_INT, "", "q", 1 } },
		  0,
		  "another place" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document document;
		struct yaml_tree *tree = &document.tree;
		struct yaml_unsettled_edits unsettled = { 0 };
		uint32_t marks[STEPS_MAX + 1] = { 0 };
		size_t k = 0;

		document_read(&document, cases[i].text);
		for (; k < STEPS_MAX && cases[i].steps[k].path; k++) {
			assert_true(make(tree, &cases[i].steps[k], NULL));
			marks[k + 1] = yaml_mark(tree);
		}
		if (yaml_settle(tree, &unsettled))
			fail_msg("case %zu is settled: %s", i, cases[i].text);
		if (!strstr(unsettled.items[0].why.why, cases[i].why))
			fail_msg("case %zu has no place because: %s", i, unsettled.items[0].why.why);
		if (unsettled.items[0].op < marks[cases[i].bad] || unsettled.items[0].op >= marks[cases[i].bad + 1])
			fail_msg("case %zu has no place for edit %u: %s", i, unsettled.items[0].op, cases[i].text);
		assert_true(unsettled.items[0].why.at < tree->bytes.n && unsettled.items[0].why.other <= tree->bytes.n);
		free(unsettled.items);
		/* The others have one without it. */
		yaml_rollback(tree, 0);
		for (size_t other = 0; other < k; other++)
			if (other != cases[i].bad)
				assert_true(make(tree, &cases[i].steps[other], NULL));
		document_render(&document);
		yaml_rollback(tree, 0);
		assert_string_equal(document_render(&document), cases[i].text);
		document_free(&document);
	}
}

static void copies_do_not_see_each_other(void **state)
{
	struct document document;
	struct yaml_tree *tree = &document.tree;
	uint32_t mark;

	(void)state;
	document_read(&document, "a: &x {u: 1, l: [p]}\nb: *x\nc: {<<: *x}\n");
	mark = yaml_mark(tree);
	assert_true(yaml_put_int(tree, find(tree, "a"), "u", 2, NULL, NULL));
	assert_true(yaml_put_int(tree, find(tree, "b"), "u", 3, NULL, NULL));
	assert_true(yaml_append_str(tree, find(tree, "c.l"), STR("q"), NULL));
	assert_string_equal(document_text(&document, "a.u"), "2");
	assert_string_equal(document_text(&document, "b.u"), "3");
	assert_string_equal(document_text(&document, "c.u"), "1");
	assert_int_equal(yaml_count(tree, find(tree, "a.l")), 1);
	assert_int_equal(yaml_count(tree, find(tree, "c.l")), 2);
	yaml_rollback(tree, mark);
	assert_string_equal(document_text(&document, "a.u"), "1");
	assert_string_equal(document_text(&document, "b.u"), "1");
	assert_int_equal(yaml_count(tree, find(tree, "c.l")), 1);
	document_free(&document);
}

static void refuses_what_expands_too_far(void **state)
{
	struct buf text = BUF_INIT;
	struct document document;
	struct yaml_refusal why = { 0 };

	(void)state;
	buf_addz(&text, "l0: &l0 {a: b}\n");
	for (int i = 1; i < 12; i++) {
		buf_addf(&text, "l%d: &l%d [", i, i);
		for (int k = 0; k < 9; k++)
			buf_addf(&text, "*l%d,", i - 1);
		buf_addz(&text, "]\n");
	}
	assert_true(document_read_str(&document, buf_str(&text)));
	assert_false(yaml_put_int(&document.tree, document.tree.root, "x", 1, NULL, &why));
	assert_true(strstr(why.why, "too many nodes"));
	document_free(&document);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits_the_anchor_when_all_agree),
		cmocka_unit_test(overrides_an_alias),
		cmocka_unit_test(overrides_a_merge),
		cmocka_unit_test(edits_definitions),
		cmocka_unit_test(tells_what_has_no_place),
		cmocka_unit_test(copies_do_not_see_each_other),
		cmocka_unit_test(refuses_what_expands_too_far),
	};

	return cmocka_run_group_tests(tests, NULL, release_parsers);
}
