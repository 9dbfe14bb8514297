/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof
 *
 * What is expected was noted from a tree that was made by logical edits alone; the tree given here was parsed from the
 * spliced bytes. They are read side by side: a node that nobody touched must be there byte for byte, in the same order,
 * with its anchor and tag; a new one must be read as what was meant. Then the comments: those of the input (but for
 * the lines that were removed) and those of the result must be the same texts in the same order, so that no insertion
 * can have turned a comment into text or text into a comment. Where anchors were edited for several places at once,
 * the logical trees, as they were before that and as they are now, must say the same too.
 */
#include "yaml/expect_internal.h"
#include "yaml/scalar.h"
#include "yaml/tree_internal.h"

/* Where the notes are read. */
struct reading {
	const struct buf *notes;
	size_t at;
	struct str bytes;
	uint32_t cursor; /* end of the last span */
};

struct proof {
	struct reading reading;
	struct yaml_tree *after;
	struct yaml_refusal *why;
};

static bool fail(struct proof *proof, yaml_id after, const char *why)
{
	*proof->why = (struct yaml_refusal){ .at = yaml_node(proof->after, after)->start, .why = why };
	return false;
}

/* ---- the notes ---- */

static unsigned char peek(const struct reading *reading)
{
	return reading->at < reading->notes->n ? (unsigned char)reading->notes->p[reading->at] : EXPECT_END;
}

static unsigned char next_head(struct reading *reading)
{
	unsigned char head = peek(reading);

	reading->at++;
	return head;
}

static uint32_t next_number(struct reading *reading)
{
	uint32_t n = 0, byte;
	unsigned shift = 0;

	do {
		byte = (unsigned char)reading->notes->p[reading->at++];
		n |= (byte & 127) << shift;
		shift += 7;
	} while (byte & 128);
	return n;
}

static struct str next_span(struct reading *reading)
{
	uint32_t start = reading->cursor + next_number(reading), n = next_number(reading);

	reading->cursor = start + n;
	return str_sub(reading->bytes, start, start + n);
}

static struct str next_text(struct reading *reading)
{
	uint32_t n = next_number(reading);
	struct str text = { reading->notes->p + reading->at, n };

	reading->at += n;
	return text;
}

/* ---- nodes ---- */

static bool same_properties(struct proof *proof, yaml_id id)
{
	struct yaml_node *node = yaml_node(proof->after, id);
	uint32_t at = node->props;
	bool fine = true;

	if (node->props == node->start && expect_what(peek(&proof->reading)) != EXPECT_PROPERTY)
		return true;
	while (fine && expect_what(peek(&proof->reading)) == EXPECT_PROPERTY) {
		next_head(&proof->reading);
		fine = str_eq(next_span(&proof->reading), yaml_next_property(proof->after, &at, node->start));
	}
	fine = fine && !yaml_next_property(proof->after, &at, node->start).n;
	return fine || fail(proof, id, "an anchor or a tag has changed");
}

static bool same_new(struct proof *proof, unsigned char head, yaml_id id)
{
	struct str text = next_text(&proof->reading);

	if (!(head & EXPECT_MERGE_KEY) != !(yaml_node(proof->after, id)->flags & YAML_F_MERGE))
		return fail(proof, id, "a merge key is read differently");
	if (yaml_type(proof->after, id) != expect_detail(head) || !str_eq(yaml_text(proof->after, id), text))
		return fail(proof, id, "a new value is read differently");
	return true;
}

static bool same(struct proof *proof, yaml_id id);

static bool same_collection(struct proof *proof, unsigned char head, yaml_id id)
{
	struct yaml_tree *after = proof->after;
	const struct yaml_node *node = yaml_node(after, id);
	yaml_id child;

	if (!(head & EXPECT_ANY_STYLE) && node->style != expect_detail(head))
		return fail(proof, id, "a collection has another style");
	for (child = node->first; child && expect_what(peek(&proof->reading)) != EXPECT_END;
	     child = yaml_node(after, child)->next) {
		if (!same(proof, child) ||
		    (expect_what(head) == EXPECT_MAP && !same(proof, yaml_node(after, child)->pair)))
			return false;
	}
	if (child || expect_what(next_head(&proof->reading)) != EXPECT_END)
		return fail(proof, child ? child : id, "a node was lost or added");
	return true;
}

static bool same(struct proof *proof, yaml_id id)
{
	static const enum yaml_kind kinds[] = {
		[EXPECT_END] = YAML_NOTHING, [EXPECT_PROPERTY] = YAML_NOTHING, [EXPECT_SCALAR] = YAML_SCALAR,
		[EXPECT_NEW] = YAML_SCALAR,  [EXPECT_ALIAS] = YAML_ALIAS,      [EXPECT_MAP] = YAML_MAP,
		[EXPECT_SEQ] = YAML_SEQ,
	};
	struct yaml_node *node = yaml_node(proof->after, id);
	unsigned char head;

	if (!same_properties(proof, id))
		return false;
	head = next_head(&proof->reading);
	if (kinds[expect_what(head)] != node->kind)
		return fail(proof, id, "a node has become something else");
	switch (expect_what(head)) {
	case EXPECT_SCALAR:
		return (str_eq(next_span(&proof->reading), yaml_raw(proof->after, id)) &&
			node->style == expect_detail(head)) ||
		       fail(proof, id, "a value that nobody touched has changed");
	case EXPECT_ALIAS:
		return str_eq(next_span(&proof->reading), yaml_raw(proof->after, id)) ||
		       fail(proof, id, "an alias has changed");
	case EXPECT_NEW:
		return same_new(proof, head, id);
	default:
		return same_collection(proof, head, id);
	}
}

/* ---- comments ---- */

static bool same_comment(void *context, struct str comment)
{
	struct reading *reading = context;

	return reading->at < reading->notes->n && str_eq(next_span(reading), comment);
}

static bool same_comments(struct proof *proof, const struct yaml_expected *expected)
{
	struct reading reading = { .notes = &expected->comments, .bytes = expected->bytes };
	struct str s = proof->after->bytes;

	if (!expected->any_comment && !(s.n && memchr(s.p, '#', s.n)))
		return true;
	return (comments_collect(proof->after, (struct comment_sink){ same_comment, &reading }) &&
		reading.at == expected->comments.n) ||
	       fail(proof, proof->after->root, "a comment was lost or changed");
}

bool yaml_prove(const struct yaml_expected *expected, struct yaml_tree *after, struct yaml_refusal *ret_why)
{
	struct proof proof = {
		.reading = { .notes = &expected->nodes, .bytes = expected->bytes },
		.after = after,
		.why = ret_why,
	};

	*ret_why = (struct yaml_refusal){ 0 };
	if (!expected->nodes.n != !after->root)
		return fail(&proof, YAML_NONE, "the document was lost");
	if (after->root && !same(&proof, after->root))
		return false;
	if (expected->settled && yaml_meaning(after) != expected->meaning)
		return fail(&proof, after->root, "an alias or a merge key brings in something else");
	return same_comments(&proof, expected);
}
