/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What yaml/render.c (where) and yaml/render_new.c (how) share.
 */

#include "yaml/render.h"

struct render {
	struct yaml_tree *tree;
	struct splices *splices;
	struct str eol; /* line break of the lines around */
};

/* How a flow collection around a new node is written. */
struct flow_layout {
	bool json;	   /* keys and strings in double quotes */
	bool compact;	   /* {"a":1,"b":2} */
	bool lines;	   /* a line for each child */
	struct str indent; /* of such a line */
	struct str unit;   /* what a nested level adds */
};

uint32_t render_line_end(struct str s, uint32_t at);
uint32_t render_line_start(struct str s, uint32_t at);
uint32_t render_step(struct yaml_tree *tree, yaml_id map, enum yaml_kind kind);

struct str render_eol_at(struct str s, uint32_t at);

/* ---- yaml/render_scalar.c ---- */

/* The new text of a scalar of the input. */
void render_change_scalar(struct render *render, yaml_id id);

/*
 * render_drop_tag() - takes away the tag of @id where its new value does not keep it, so that only the value from the
 * offset returned on is left to be replaced.
 */
uint32_t render_drop_tag(struct render *render, yaml_id id);

/* render_has_colon() - false for a null that no `:` announces: of `? key`, `{key}`. */
bool render_has_colon(const struct yaml_tree *tree, yaml_id value);

/* render_colon() - appends the `:` of such a value, to be put in at the offset returned. */
uint32_t render_colon(struct render *render, yaml_id value, struct buf *out);

/* ---- yaml/render_new.c ---- */

/* A new pair or item of a block collection that begins at @column; the caller wrote the indentation. */
void render_block_pair(struct render *render, struct buf *out, yaml_id map, uint32_t column, yaml_id key);
void render_block_item(struct render *render, struct buf *out, yaml_id seq, uint32_t column, yaml_id item);

/* New nodes inside a flow collection. _children(): without brackets of their own. */
void render_flow_pair(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id key);
void render_flow_value(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id id);
void render_flow_children(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id id);
