/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Check: what must hold for every edit of every document, looked at without the program's own proof.
 */

#include <stdio.h>

#include "yaml/edit.h"
#include "yaml/render.h"
#include "yaml/tree.h"

/* A document read twice: by the program, and by libfyaml's own document API as an independent reader. */
struct reading {
	struct arena *arena;
	struct yaml_tree tree;
	struct buf flat; /* one line for each leaf: path, a tab, its text: see check_flatten() */
	bool is_flat;	 /* .flat is filled: the independent reader could read it */
};

/* What an edit was meant to do. */
struct intent {
	struct str marks; /* comments, one a line: each must be there once, in order, and in no value */
	struct str old;	  /* bytes that may be gone: the value that was set or filled, the lines removed; or none */
	struct str lines; /* lines that are gone, with the comments on them; or none */
	bool anything;	  /* several edits: only the proof and what holds for every edit are looked at */
	bool has_gone;
	struct str gone;       /* path whose leaves may be missing afterwards: `.spec.x` */
	struct str alias;      /* that loses its anchor, so that it says itself what it said: */
	struct str says;       /* the last in the document; or both none */
	const char *added[16]; /* leaves that must be there now: "path\ttext", NULL at the end */
};

/*
 * check_parse() - fills @reading but for .flat; false with @why where the document is refused. check_read() - with
 * .flat. Release with reading_free().
 */
bool check_parse(struct reading *reading, struct str bytes, struct yaml_refusal *ret_why);
bool check_read(struct reading *reading, struct str bytes, struct yaml_refusal *ret_why);
void reading_free(struct reading *reading);

/* check_flatten() - appends the leaves of @bytes as libfyaml's document API reads them; false when it refuses. */
bool check_flatten(struct buf *out, struct str bytes);

/* check_path() - the path of a node of @tree, written as check_flatten() does. In the tree's arena. */
struct str check_path(struct yaml_tree *tree, yaml_id node);

/* check_unsettled - what check_edit() returns where another place shares an anchor and must not get the edit. */
extern const char check_unsettled[];

/*
 * check_lines() - the lines of the pair or item @id, which a removal may take; with @around, from the end of what
 * stands before it in {} or [], whose comma may go as well, and up to the comments below that are indented deeper, which
 * move out.
 */
struct str check_lines(struct yaml_tree *tree, yaml_id id, bool around);

/*
 * check_edit() - renders the edits made in @before, appends the result to @out and checks all there is to check.
 * NULL when all is well, else what is not.
 */
const char *check_edit(struct reading *before, const struct intent *intent, struct buf *out);

/*
 * check_emit_open() - where @argument is an option -eFILE, check_edit() writes what was meant to that file, as frames
 * for tests/differential; else false.
 */
bool check_emit_open(const char *argument);
