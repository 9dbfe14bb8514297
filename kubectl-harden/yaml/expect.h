/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Expect: what a result must say, noted from the tree that is meant, in some bytes a node instead of a tree's 32. So the
 * tree is gone when the result is parsed, and the two are never in memory together.
 */

#include "yaml/tree.h"

struct yaml_expected {
	struct str bytes; /* not owned: the document; what nobody touched is a span of it */
	struct buf nodes, comments;
	bool any_comment; /* a '#' stands in the document, and .comments was noted */
	bool settled;
	uint64_t meaning; /* of the logical tree, where .settled */
};

#define YAML_EXPECTED_INIT ((struct yaml_expected){ .nodes = BUF_INIT, .comments = BUF_INIT })

/* yaml_expect() - notes what the tree of the rendered bytes must be in @expected, whose former content is replaced. */
void yaml_expect(struct yaml_tree *meant, struct yaml_expected *expected);
void yaml_expected_free(struct yaml_expected *expected);

/*
 * yaml_prove() - whether @after, the tree of the rendered bytes, is what was expected: the same nodes in the same order,
 * untouched ones byte for byte, new ones with their meaning, all comments still comments and in order.
 * On failure, @ret_why says what differs (offset in @after's bytes).
 */
bool yaml_prove(const struct yaml_expected *expected, struct yaml_tree *after, struct yaml_refusal *ret_why);

/* yaml_prove_tree() - both at once, where both trees are there. */
static inline bool yaml_prove_tree(struct yaml_tree *meant, struct yaml_tree *after, struct yaml_refusal *ret_why)
{
	struct yaml_expected expected = YAML_EXPECTED_INIT;
	bool fine;

	yaml_expect(meant, &expected);
	fine = yaml_prove(&expected, after, ret_why);
	yaml_expected_free(&expected);
	return fine;
}
