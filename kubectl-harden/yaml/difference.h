/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Difference: what makes one object of another, as JSON Patch (RFC 6902) and as a merge patch (RFC 7396, or Kubernetes'
 * strategic one, which knows the lists whose items are told apart by a key).
 *
 * Both trees are without merge keys (tree->has_copies) and edits: what yaml_print() wrote, read again. Null is no value,
 * as in Kubernetes.
 */

#include "yaml/patch.h"

/* yaml_equal() - whether both say the same, pairs in any order. */
bool yaml_equal(struct yaml_tree *a, yaml_id one, struct yaml_tree *b, yaml_id other);

/*
 * What an object must say for a patch to be meant for it: the names of the list items that its paths pass through, for an
 * index alone may be another item by then, and the scalars that it replaces or removes. No path is there twice. All are
 * about the object before, so they stand before the first operation. Free with yaml_tests_free().
 */
struct yaml_tests {
	struct yaml_test {
		struct str path, value; /* value: JSON */
	} *items;
	size_t n, cap;
};

void yaml_tests_free(struct yaml_tests *tests);

/*
 * yaml_difference() - adds the operations that make @after of @before, in the order in which they apply, without nodes
 * and units, and their tests. Items of lists are told apart by their name where all have one, so that an inserted one is
 * one operation. Texts are in @arena. Free with yaml_patch_free() and yaml_tests_free().
 */
void yaml_difference(struct yaml_tree *before, yaml_id one, struct yaml_tree *after, yaml_id other, struct arena *arena,
		     struct yaml_patch *patch, struct yaml_tests *tests);

/*
 * What tells the items of a list apart: keys with a blank between them, the first one being the merge key, the others
 * said beside it; NULL for a list that is replaced whole. @path: as "spec.containers[*].env"; a dot in a key is a NUL.
 */
struct yaml_merge_keys {
	const char *(*of)(const void *data, struct str path);
	const void *data;
};

/*
 * yaml_merge_patch() - appends the merge patch that makes @after of @before, one JSON object on one line; false, and
 * nothing, where there is no difference. @keys: NULL for RFC 7396. Items that come in are put at a list's end (kubectl)
 * or at its start (kustomize); of lists whose keys are not unique, or whose items change places, all is replaced.
 */
bool yaml_merge_patch(struct yaml_tree *before, yaml_id one, struct yaml_tree *after, yaml_id other,
		      const struct yaml_merge_keys *keys, struct buf *out);

/* ---- for the two of them ---- */

/* Items of two lists that have the same key, or pairs of two mappings with one name. Free with yaml_matches_free(). */
struct yaml_matches {
	struct yaml_match {
		yaml_id before, after; /* items, or keys; YAML_NONE where it has none */
	} *items; /* in the order of the list after; behind them those that are only before, in theirs */
	size_t n, cap;
	size_t after_n; /* of the first kind */
	bool ordered;	/* those in both stand in the same order */
};

/*
 * yaml_match_items() - false where an item is no mapping, has no text or number at @key, or has one that another item
 * of its list has, too. yaml_match_pairs() - of two mappings.
 */
bool yaml_match_items(struct yaml_tree *before, yaml_id one, struct yaml_tree *after, yaml_id other, struct str key,
		      struct yaml_matches *ret);
void yaml_match_pairs(struct yaml_tree *before, yaml_id one, struct yaml_tree *after, yaml_id other,
		      struct yaml_matches *ret);
void yaml_matches_free(struct yaml_matches *matches);
