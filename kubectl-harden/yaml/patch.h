/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Patch: the edits of a tree as JSON Patch (RFC 6902), and places as JSON Pointers (RFC 6901), relative to an object as
 * kubectl reads it: aliases and merge keys resolved.
 */

#include "yaml/tree.h"

enum yaml_patch_kind { YAML_PATCH_ADD, YAML_PATCH_REMOVE, YAML_PATCH_REPLACE };

/* yaml_patch_word() - "add", "remove", "replace". */
const char *yaml_patch_word(enum yaml_patch_kind kind);

struct yaml_operation {
	enum yaml_patch_kind kind;
	struct str path;
	struct str value; /* JSON; of YAML_PATCH_REMOVE nothing */
};

/*
 * Operations in the order in which they apply. They come in units: one is independent of all others, but what is in it
 * applies together and in order. .nodes of a unit are the edited nodes that it is made of.
 */
struct yaml_patch {
	struct {
		struct yaml_operation *items;
		size_t n, cap;
	} operations;
	struct {
		yaml_id *items;
		size_t n, cap;
	} nodes;
	struct {
		struct yaml_patch_unit {
			uint32_t operations, nodes; /* behind its last ones */
		} *items;
		size_t n, cap;
	} units;
};

/*
 * yaml_patch_add() - adds what the edits below @object change, before yaml_settle() decides where they are written.
 * Texts are in @arena. Free with yaml_patch_free().
 */
void yaml_patch_add(struct yaml_patch *patch, struct yaml_tree *tree, yaml_id object, struct arena *arena);
void yaml_patch_free(struct yaml_patch *patch);

/* Where the item asked for last stands in its sequence: asking for all of them in order stays linear. */
struct yaml_pointer_cache {
	yaml_id seq, site;
	size_t index;
};

/*
 * yaml_pointer() - appends the JSON Pointer of @node from @object, in the document as it came in; of what is new, that
 * of the nearest place that is there. @ret_stable: the same for comparing two versions of a document: items by the name
 * that they have, and not by their number.
 */
void yaml_pointer(struct yaml_tree *tree, yaml_id object, yaml_id node, struct yaml_pointer_cache *cache,
		  struct buf *out, struct buf *ret_stable);

/* yaml_pointer_add() - appends one step to a JSON Pointer. */
void yaml_pointer_add(struct buf *out, struct str token);
