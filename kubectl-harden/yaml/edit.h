/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Edit: logical changes of a tree. The tree becomes what is *meant*; yaml/render.h turns that into splices.
 *
 * Every edit either happens or is refused with a reason (never half); a refused edit leaves the tree as it was.
 * yaml_mark() and yaml_rollback() undo any number of edits, so that a change of several edits is all or nothing.
 */

#include "yaml/tree.h"

/* Names in the order in which new keys take their place; a key that is not listed goes to the end. */
struct yaml_order {
	const char *const *keys;
	size_t n;
};

uint32_t yaml_mark(const struct yaml_tree *tree);
void yaml_rollback(struct yaml_tree *tree, uint32_t mark);

/*
 * yaml_editable() - whether @node (a scalar to set, a collection to add to or to fill) can be changed where it
 * stands; the reason in @ret_why (may be NULL) where not: behind an alias or merge, shared by an anchor, …
 */
bool yaml_editable(struct yaml_tree *tree, yaml_id node, struct yaml_refusal *ret_why);

/*
 * yaml_put_*() - the value of @key in @map becomes this; the key is added in @order where it is absent or null.
 * yaml_put_map(), yaml_put_seq() find the collection that stands there or add an empty one, for the caller to fill;
 * they refuse where something else stands there. @flow: written `[a]` even in block style.
 * Texts are copied. Return the value, YAML_NONE with @ret_why when refused.
 */
yaml_id yaml_put_map(struct yaml_tree *tree, yaml_id map, const char *key, const struct yaml_order *order,
		     struct yaml_refusal *ret_why);
yaml_id yaml_put_seq(struct yaml_tree *tree, yaml_id map, const char *key, bool flow, const struct yaml_order *order,
		     struct yaml_refusal *ret_why);
yaml_id yaml_put_str(struct yaml_tree *tree, yaml_id map, const char *key, struct str value,
		     const struct yaml_order *order, struct yaml_refusal *ret_why);
yaml_id yaml_put_int(struct yaml_tree *tree, yaml_id map, const char *key, int64_t value,
		     const struct yaml_order *order, struct yaml_refusal *ret_why);
yaml_id yaml_put_bool(struct yaml_tree *tree, yaml_id map, const char *key, bool value, const struct yaml_order *order,
		      struct yaml_refusal *ret_why);

/* yaml_append_*() - a new last item of @seq. */
yaml_id yaml_append_map(struct yaml_tree *tree, yaml_id seq, struct yaml_refusal *ret_why);
yaml_id yaml_append_int(struct yaml_tree *tree, yaml_id seq, int64_t value, struct yaml_refusal *ret_why);
yaml_id yaml_append_str(struct yaml_tree *tree, yaml_id seq, struct str value, struct yaml_refusal *ret_why);

/*
 * yaml_set_*() - a scalar gets another value, in the quoting it has where that can say it; a null becomes one. A tag
 * stays where it is right for the new value; a block scalar stays one where its header can say it.
 */
bool yaml_set_str(struct yaml_tree *tree, yaml_id scalar, struct str value, struct yaml_refusal *ret_why);
bool yaml_set_int(struct yaml_tree *tree, yaml_id scalar, int64_t value, struct yaml_refusal *ret_why);
bool yaml_set_bool(struct yaml_tree *tree, yaml_id scalar, bool value, struct yaml_refusal *ret_why);

/*
 * yaml_remove() - a value with its key, or an item, with its own lines and the comments on them. A collection that
 * is left without children stays, as {} or [].
 * yaml_prune() - likewise, and what is left without children around it goes too, up to but not including @top
 * (YAML_NONE: the root). Comments on lines of their own stay where nothing but what became empty was around them.
 */
bool yaml_remove(struct yaml_tree *tree, yaml_id node, struct yaml_refusal *ret_why);
bool yaml_prune(struct yaml_tree *tree, yaml_id node, yaml_id top, struct yaml_refusal *ret_why);
