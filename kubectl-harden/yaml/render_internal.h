/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What yaml/render.c (where) and yaml/render_new.c (how) share.
 */

#include "yaml/render.h"

struct render {
	struct yaml_tree *tree;
	struct splices *splices;
	struct str eol;		    /* line break of the lines around */
	struct render_notes *notes; /* NULL: nobody asks */
	size_t noted;		    /* nodes of .notes that belong to a splice already */
};

/* render_note() - @id is written, or taken out, by the splice that comes next. */
static inline void render_note(struct render *render, yaml_id id)
{
	if (render->notes)
		VEC_PUSH(&render->notes->nodes, id);
}

/* How a flow collection around a new node is written. */
struct flow_layout {
	bool json;	   /* keys and strings in double quotes */
	bool compact;	   /* {"a":1,"b":2} */
	bool lines;	   /* a line for each child */
	struct str indent; /* of such a line */
	struct str unit;   /* what a nested level adds */
};

/*
 * render_notes_end() - the splice that was just pushed has the nodes noted since the last one. render_notes_complete() -
 * once all are made. render_notes_move() - as its splice, from an index to a lower one.
 */
void render_notes_end(struct render *render);
void render_notes_complete(struct render_notes *notes);
void render_notes_move(struct render_notes *notes, size_t from, size_t to);

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
