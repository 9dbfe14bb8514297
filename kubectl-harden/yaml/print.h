/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Print: a node of a tree as kubectl prints an object, whatever it was written in: as block YAML (`-o yaml`) or as JSON
 * (`-o json`), keys in the tree's order. Aliases and merge keys are resolved, comments are gone; numbers keep their
 * text where JSON has it, for 9007199254740993 is not what a float makes of it.
 */

#include "yaml/tree.h"

struct yaml_print {
	struct yaml_tree *tree;
	struct buf *out;
	/* Whether a pair is left out; a mapping or list of which nothing is left goes, too. NULL: all is printed. */
	bool (*leave_out)(void *data, struct yaml_tree *tree, yaml_id key);
	void *data;
};

/*
 * yaml_print() - appends a mapping or list, as lines. False where copies of what aliases stand for were too many to
 * be made (tree->exhausted), so that what was appended is not all.
 * yaml_print_pair() - appends one pair of a mapping, as lines from column 0 on; nothing where it is left out.
 */
bool yaml_print(const struct yaml_print *print, yaml_id node);
bool yaml_print_pair(const struct yaml_print *print, yaml_id key);

/*
 * yaml_print_json() - appends @node as JSON, with @indent blanks a level, or on one line where that is 0; @depth levels
 * are around it. The tree must have no merge keys (tree->has_copies): print it as YAML and read that.
 */
void yaml_print_json(struct yaml_tree *tree, yaml_id node, unsigned indent, unsigned depth, struct buf *out);

/*
 * yaml_json_scalar() - what a number, boolean or null is in JSON, a slice of the document or in the tree's arena: no
 * octal or hexadecimal, no `yes` and `~`. Empty for a text, and for numbers that JSON has not (.inf), which kubectl
 * refuses.
 */
struct str yaml_json_scalar(struct yaml_tree *tree, yaml_id scalar);

/* yaml_json_key() - the same for a key, which is a text in JSON whatever it was: `1`, `on` are "1", "true". */
struct str yaml_json_key(struct yaml_tree *tree, yaml_id key);
