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

/* A new pair or item of a block collection that begins at @column; the caller wrote the indentation. */
void render_block_pair(struct render *render, struct buf *out, yaml_id map, uint32_t column, yaml_id key);
void render_block_item(struct render *render, struct buf *out, yaml_id seq, uint32_t column, yaml_id item);

/* New nodes inside a flow collection. _children(): without brackets of their own. */
void render_flow_pair(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id key);
void render_flow_value(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id id);
void render_flow_children(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id id);
