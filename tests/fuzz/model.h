/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Model: manifests as the mutator thinks of them, and the many ways to write one down.
 */

#include "base/str.h"
#include "yaml/tree.h"

enum model_kind { MODEL_SCALAR, MODEL_MAP, MODEL_SEQ, MODEL_ALIAS };

struct model {
	enum model_kind kind;
	bool is_text; /* a scalar that must be read as a string */
	struct str text;
	unsigned anchor; /* its number; of an alias: whose; 0: none */
	struct {
		struct str *keys; /* of a map */
		struct model **items;
		size_t n, cap;
	} children; /* in the arena */
};

struct chance {
	uint64_t state;
};

/* chance_below() - a number below @n, 0 for 0. chance_of() - true once in @n. */
uint32_t chance_below(struct chance *chance, uint32_t n);
bool chance_of(struct chance *chance, uint32_t n);

/* model_make() - a whole manifest, of a kind that the program knows, with more or less in it. */
struct model *model_make(struct arena *arena, struct chance *chance);

/* model_read() - what a tree holds. */
struct model *model_read(struct arena *arena, struct yaml_tree *tree, yaml_id id);

/* model_change() - one change of what it says: a value, a field, a kind, a part that goes, comes twice or moves. */
void model_change(struct arena *arena, struct chance *chance, struct model *root);

/* model_node() - a new one. model_put() - appends a pair to a map, or (without a key) an item to a list. */
struct model *model_node(struct arena *arena, enum model_kind kind);
struct model *model_put(struct arena *arena, struct model *to, struct str key, struct model *value);

/* model_share() - makes aliases and merges of parts: see share.c. */
void model_share(struct arena *arena, struct chance *chance, struct model *root);

/* model_print() - appends the document in some style, without `---`. */
void model_print(struct chance *chance, const struct model *root, struct buf *out);
