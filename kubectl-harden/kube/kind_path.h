/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kind path: how a row of kinds.yaml says where in an object something is.
 *
 *	spec.template			keys, from the outside in; the empty path is the object itself
 *	spec.tasks[*].template		every item of a list, or every value of a map
 *	spec.templates[*]?container	of what the part reaches only what has the key
 *	spec!paused.template		only what has not; null counts as absent
 *	spec.{first,last}.template	alternatives: several paths in one, see kube_path_expand()
 */

#include "yaml/tree.h"

/* kube_path_fault() - what is wrong with @path, alternatives already expanded; NULL where nothing is. */
const char *kube_path_fault(struct str path);

/*
 * kube_path_expand() - the paths that @path with its alternatives stands for, in the arena, in the order in which they
 * are written; returns their number, 0 where braces do not match or hold nothing, or there are more than KUBE_PATHS_MAX.
 */
enum { KUBE_PATHS_MAX = 64 };
size_t kube_path_expand(struct arena *arena, struct str path, const char *ret_paths[KUBE_PATHS_MAX]);

/* kube_path_each() - calls @found for all that @path leads to from @node, in their order; null is nothing. */
typedef void kube_path_found(struct yaml_tree *tree, yaml_id node, void *data);
void kube_path_each(struct yaml_tree *tree, yaml_id node, const char *path, kube_path_found *found, void *data);

/* kube_paths_each() - likewise for several paths, with blanks between them. */
void kube_paths_each(struct yaml_tree *tree, yaml_id node, struct str paths, kube_path_found *found, void *data);

/* kube_path_leads() - whether it leads to anything. */
bool kube_path_leads(struct yaml_tree *tree, yaml_id node, const char *path);

/*
 * kube_path_where() - the way from @object to @node, to which @path led, for people: "replicatedJobs[workers]": without
 * the leading spec and, where an item tells what it is, without what is behind that.
 */
struct str kube_path_where(struct yaml_tree *tree, struct arena *arena, yaml_id object, yaml_id node, const char *path);

/* kube_path_item_name() - the name of the item of a list, nearest to @node, that @node is in; empty for none. */
struct str kube_path_item_name(struct yaml_tree *tree, yaml_id object, yaml_id node);
