/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Meaning: what a tree says, as JSON, and the frames in which `judge means` is asked whether kubectl reads the same.
 *
 * A frame is a line "KIND N…", then the fields of N bytes each, one behind the other, then a line break:
 *
 *	file NAME BYTES OUTCOMES	a whole file, and a line for each document: "json …", "refused L:C: why", or
 *					"stop L:C: why" where nothing behind it is read
 *	random BYTES OUTCOMES		likewise, of a text that was made by chance
 *	fix NAME BEFORE AFTER MEANT	a document that was hardened, and its tree before it was rendered
 *	edit NAME BEFORE AFTER MEANT EDITS	likewise, with the edits as a list of JSON objects
 */

#include <stdio.h>

#include "yaml/tree.h"

/*
 * meaning_add() - appends what @node says, as kubectl would type it: aliases and merges resolved, of two keys the later
 * one, keys that are no texts as kubectl makes texts of them. Two things are left to the reader and begin with U+0001:
 * a key that is no whole number ("\u0001float:1e3"), and the value of a tag that the tree does not look into
 * ("\u0001tag:text").
 * False where the tree was exhausted or too large on the way: @out is of no use then.
 */
bool meaning_add(struct yaml_tree *tree, yaml_id node, struct buf *out);

/*
 * meaning_turns_json() - whether only @after begins with a brace: kubectl then takes the whole file for JSON. Only what
 * takes away all that a document holds brings that about.
 */
bool meaning_turns_json(struct str before, struct str after);

/* meaning_add_key() - appends a key alone. */
void meaning_add_key(struct yaml_tree *tree, yaml_id key, struct buf *out);

/* meaning_add_text() - appends a text as JSON. */
void meaning_add_text(struct str text, struct buf *out);

void meaning_frame(FILE *to, const char *kind, const struct str *fields, size_t n);

/* meaning_frame_file() - reads all documents of @text, and writes the frame of a file; without @name, a random one. */
void meaning_frame_file(FILE *to, const char *name, struct str text);
