/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Placeholder: a value that another program fills in later (envsubst, kustomize, Tekton, Argo, Azure Pipelines, …), and
 * what is no value of its field's type at all. Of neither is it known what the API server will read, so nothing is said
 * of it, and nothing is written over it.
 */

#include "yaml/tree.h"

/* What the API has in a field. */
enum value_type { VALUE_BOOL, VALUE_NUMBER, VALUE_TEXT };

/* placeholder_is() - whether @text, as a whole, has the form of one: "${X}", "$X", "#{X}#", "__X__", … */
bool placeholder_is(struct str text);

/*
 * value_unknown() - why it is not known what the value @node will be in a field of @type, and what to do; NULL where it
 * is known, or absent. Where a text belongs, only a placeholder is unknown; where a boolean or a number belongs, so is all
 * that is neither. "true" in quotes is known, for it can mean nothing else. `#{X}#` without quotes is a comment, and the
 * value null: it counts as the placeholder that it is meant for.
 */
const char *value_unknown(struct yaml_tree *tree, yaml_id node, enum value_type type);

/*
 * value_words() - what stands there, for people: the text or its beginning, in quotes where it would be no text without;
 * "a map", "a list". Lives as long as the tree and @arena.
 */
struct str value_words(struct yaml_tree *tree, yaml_id node, struct arena *arena);
