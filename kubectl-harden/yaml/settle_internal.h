/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What yaml/settle.c (places), yaml/settle_definitions.c (what all places agree upon) and yaml/settle_pieces.c share.
 */

#include "yaml/tree_internal.h"

/* What is done when all places are decided. */
struct settle_later {
	yaml_id node;	     /* an alias that becomes a collection, or a mapping that loses a new pair */
	enum yaml_kind kind; /* of the collection; YAML_NOTHING: of the pair */
	enum yaml_style style;
	yaml_id first; /* its first child, or the pair's key */
};

struct settle {
	struct yaml_tree *tree;
	size_t ops;	 /* of the log when all edits were made */
	uint8_t *edited; /* for each of the first @n nodes: it or something in it was edited */
	size_t n;
	size_t marked;		/* so many edits of the log are in .edited */
	yaml_id wanted, actual; /* of the last comparison that failed: what differs */
	const char *why;
	struct {
		struct settle_later *items;
		size_t n, cap;
	} later;
};

/* settle_fail() - keeps why something cannot be; returns false. */
bool settle_fail(struct settle *settle, yaml_id wanted, yaml_id actual, const char *why);

/* settle_same() - whether two nodes of the logical tree say the same; keeps what differs. */
bool settle_same(struct settle *settle, yaml_id a, yaml_id b);

/* settle_too_much - why settle_clone() gives none. */
extern const char settle_too_much[];

/*
 * settle_clone() - new nodes that say what @id does. YAML_NONE, with the reason kept, where that would be much: what
 * people share is not to be written out many times.
 */
yaml_id settle_clone(struct settle *settle, yaml_id id);

/* settle_pair() - a new pair with a key as @key, chained nowhere. settle_merge_key() - the new pair `<<: *a` of the alias @site. */
yaml_id settle_pair(struct settle *settle, yaml_id key, yaml_id value);
yaml_id settle_merge_key(struct settle *settle, yaml_id site);

/* settle_add() - adds a pair with a key as @key to @map; false with the reason kept. */
bool settle_add(struct settle *settle, yaml_id map, yaml_id key, yaml_id value);

/* settle_gone() - the pair (its key) or item that was removed with @id in it; YAML_NONE where @id is still there. */
yaml_id settle_gone(struct yaml_tree *tree, yaml_id id);

/* settle_is_merged() - whether the alias @id is what a merge key names, by itself or in a list. */
bool settle_is_merged(struct yaml_tree *tree, yaml_id id);
/* settle_is_listed() - whether the alias @id is an item of a list that others read by an anchor of its own. */
bool settle_is_listed(struct yaml_tree *tree, yaml_id id);
/* settle_has_merge() - whether @map (of the input) has a merge key. */
bool settle_has_merge(struct yaml_tree *tree, yaml_id map);
/* settle_index_sources() - adds the pairs that the merge key @key brings in. */
void settle_index_sources(struct yaml_tree *tree, yaml_id key, struct yaml_index *index);
/* settle_index_actual() - what @map reads from the input alone, and through its merges: an index without new pairs. */
void settle_index_actual(struct yaml_tree *tree, yaml_id map, struct yaml_index *ret_index);

/* settle_mark() - notes what was edited since the last time. */
void settle_mark(struct settle *settle);

/* settle_definitions() - definitions (`x-…`) take over what all their users agree upon. */
void settle_definitions(struct settle *settle);
