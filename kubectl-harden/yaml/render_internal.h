/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What yaml/render.c (where), yaml/render_fill.c (where, in what was empty) and yaml/render_new.c (how) share.
 */

#include "yaml/render.h"

struct render {
	struct yaml_tree *tree;
	struct splices *splices;
	struct render_notes *notes; /* NULL: nobody asks */
	size_t noted;		    /* nodes of .notes that belong to a splice already */
	yaml_id scope;		    /* a node that all splices that are made now belong to; or YAML_NONE */
	struct str eol;		    /* line break of the lines around */
	yaml_id before;		    /* what stands before the item or pair that is walked, in its collection */
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
 * render_notes_end() - the splice that was just pushed has the nodes noted since the last one, and the scope.
 * render_notes_scope() - the scope of the splices that the edits of @id make. render_notes_complete() - once all are
 * made, before they are sorted.
 */
void render_notes_end(struct render *render);
void render_notes_scope(struct render *render, yaml_id id);
void render_notes_complete(struct render_notes *notes, const struct splices *splices);

/* render_emit() - a splice; what is in @text moves to the tree's arena, and @text is freed. */
void render_emit(struct render *render, uint32_t at, uint32_t del, struct buf *text);

/* Lines of the input: end (before the line break) and start of that of @at. */
uint32_t render_line_end(struct str s, uint32_t at);
uint32_t render_line_start(struct str s, uint32_t at);
/* Behind the blanks from @at on, and line breaks; before the blanks that end at @at. */
uint32_t render_skip_blanks(struct str s, uint32_t at);
uint32_t render_skip_space(struct str s, uint32_t at);
uint32_t render_skip_blanks_back(struct str s, uint32_t at);
bool render_is_break_before(struct str s, uint32_t at);
/* Whether @at is the first thing on its line, but not in the first line. */
bool render_starts_line(struct str s, uint32_t at);
/* The blanks that the line of @at begins with. */
struct str render_indentation(struct str s, uint32_t at);
/* The line break that ends the line of @at. */
struct str render_eol(struct str s, uint32_t at);

/* The layout of a flow collection of the input. */
struct flow_layout render_flow_layout(struct yaml_tree *tree, yaml_id collection);
/* Whether the items of @seq that are collections stand on one line each, so that new ones do, too. */
bool render_has_short_items(struct yaml_tree *tree, yaml_id seq);
/* Behind an empty value: to go-yaml `{a:, b: c}` has the key `a:`, and `[!!str, a]` the tag `!!str,`. */
void render_blank_behind_empty(struct str s, uint32_t at, struct buf *out);

/* Where the dash of a block sequence's first item stands, or the first key of a block map. */
uint32_t render_block_column(struct yaml_tree *tree, yaml_id collection);
uint32_t render_step(struct yaml_tree *tree, yaml_id map, enum yaml_kind kind);

struct str render_eol_at(struct str s, uint32_t at);

/*
 * render_lines() - a line each for the run of new children of @parent from @child on, indented to @column, with the line
 * break before it (@eol_first) or behind it; returns what follows them.
 */
yaml_id render_lines(struct render *render, struct buf *out, yaml_id parent, uint32_t column, yaml_id child,
		     bool eol_first);

/* ---- yaml/render_fill.c ---- */

/* render_fill() - a null, `{}` or `[]` of the input, or an alias, that became a collection with new children. */
void render_fill(struct render *render, yaml_id id);

/* render_fill_brackets() - `{}` or `[]` of the input that keeps its brackets and gets its first children. */
void render_fill_brackets(struct render *render, yaml_id collection);

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

/*
 * render_last_block_scalar() - the block scalar whose lines end the pair or node @id of the input, without what is
 * removed: a value, or a key that has none. NULL where there is none, and for YAML_NONE.
 */
const struct yaml_node *render_last_block_scalar(struct yaml_tree *tree, yaml_id id);

/* render_colon() - appends the `:` of such a value, to be put in at the offset returned. */
uint32_t render_colon(struct render *render, yaml_id value, struct buf *out);

/* ---- yaml/render_new.c ---- */

/* A new child (a pair's key, or an item) of the block collection @parent; the caller wrote the indentation to @column. */
void render_block_child(struct render *render, struct buf *out, yaml_id parent, uint32_t column, yaml_id child);

/*
 * New nodes inside a flow collection. _child(): a pair's key, or an item; with layout.lines nested ones go over several
 * lines, from layout.indent on. _children(): without brackets of their own.
 */
void render_flow_child(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id child);
void render_flow_value(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id id);
void render_flow_children(struct render *render, struct buf *out, const struct flow_layout *layout, yaml_id id);

/* ---- yaml/splices.c ---- */

/* render_conclude() - puts the splices from the @from-th on in order; where there was no final line break, none comes. */
void render_conclude(struct yaml_tree *tree, struct splices *splices, size_t from);

/* ---- yaml/render_place.c ---- */

/* Where the line behind that of @at begins, and that behind @child. */
uint32_t render_next_line(struct str s, uint32_t at);
uint32_t render_line_behind(struct yaml_tree *tree, yaml_id child);

/*
 * render_place() - where new lines at @column go that follow the pair or item @after of the input, which is @gone or
 * stays: the end of a line, or the start of one.
 */
uint32_t render_place(struct render *render, yaml_id after, bool gone, uint32_t column);

/* ---- yaml/render_remove.c ---- */

/*
 * render_front() - of a block collection whose first child is gone: what stands in the line of a dash, and what is
 * written where nothing of it is left. Returns the child to go on with.
 */
yaml_id render_front(struct render *render, yaml_id collection);

/*
 * render_gone() - the lines of the children of a block collection that are gone, from @child on to one that is not,
 * which it returns. @before: the child of the input before @child; @after: the one before it that stays, where
 * nothing new stands between.
 */
yaml_id render_gone(struct render *render, yaml_id collection, yaml_id before, yaml_id after, yaml_id child);

/* render_emptied_end() - where a line that follows an emptied block collection goes: behind that of this byte. */
uint32_t render_emptied_end(struct render *render, yaml_id collection);

/* render_flow_gone() - all children of a flow collection that are gone, and the new ones in their places. */
void render_flow_gone(struct render *render, yaml_id collection);
