/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Edits: one random edit of the edit target, made through the tree's own functions, and said for an independent reader.
 */

#include "yaml/edit.h"

enum op {
	OP_PUT_MAP,
	OP_PUT_SEQ,
	OP_PUT_FLOW,
	OP_PUT_STR,
	OP_PUT_INT,
	OP_PUT_BOOL,
	OP_PUT_ORDERED,
	OP_APPEND_MAP,
	OP_APPEND_STR,
	OP_SET_STR,
	OP_SET_INT,
	OP_SET_BOOL,
	OP_REMOVE,
	OP_MARK,
	OP_ROLLBACK,
	OP_FILL,
	OPS
};

enum { WAY_MAX = 200 };

/* How a caller comes to a node: keys, and numbers of items. */
struct way {
	struct {
		struct str key;
		size_t item;
		bool is_key;
	} steps[WAY_MAX];
	size_t n;
};

struct edit {
	enum op op;
	uint8_t value;
	struct way way;
	bool has_way;
	uint32_t mark;	 /* before it */
	struct str said; /* see edit_say() */
};

/* edit_make() - makes it at @id; YAML_NONE with @why where that is refused. */
yaml_id edit_make(struct yaml_tree *tree, yaml_id id, const struct edit *edit, struct yaml_refusal *why);

/*
 * edit_say() - what is about to be made at @id, as `judge means` wants to be told it (tests/judge/means_edit.go). In
 * the tree's arena; nothing where the way there has a key that cannot be said.
 */
struct str edit_say(struct yaml_tree *tree, yaml_id id, const struct edit *edit);
