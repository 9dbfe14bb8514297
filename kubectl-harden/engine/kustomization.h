/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kustomization: what a kustomization is made of (kubernetes-sigs/kustomize api/types/kustomization.go).
 */

#include "yaml/tree.h"

enum kustomization_part {
	KUSTOMIZATION_RESOURCE,	   /* of resources, bases or components: a file, a folder or a remote one */
	KUSTOMIZATION_PATCH_FILE,  /* the path of a patch, or of a replacement */
	KUSTOMIZATION_PATCH,	   /* an inline patch: YAML in a scalar */
	KUSTOMIZATION_REPLACEMENT, /* an inline replacement: a node */
	KUSTOMIZATION_TRANSFORMER, /* a file, a folder, or a transformer: YAML in a scalar */
};

typedef void (*kustomization_visit)(void *data, enum kustomization_part part, yaml_id node);

/*
 * kustomization_each() - calls @visit for each part of the kustomization, or the transformer of kustomize's own, whose
 * map is @root, in kustomize's order.
 */
void kustomization_each(struct yaml_tree *tree, yaml_id root, kustomization_visit visit, void *data);

/* kustomization_names[] - the names of which a folder may have one; ends with NULL. */
extern const char *const kustomization_names[];

/* kustomization_is_inline() - whether what may be a path or YAML in a scalar is YAML. */
bool kustomization_is_inline(struct str text);

/* kustomization_is_named() - whether the file at @path has such a name: it may leave its kind out. */
bool kustomization_is_named(struct str path);

/* kustomization_is_patch() - whether the document is a list of JSON 6902 operations, or replacements. */
bool kustomization_is_patch(struct yaml_tree *tree);

/* kustomization_may_be_patch() - whether the bytes of a document without a kind are worth asking that. */
bool kustomization_may_be_patch(struct str document);

/*
 * kustomization_may_say_port() - whether the field that a replacement's fieldPath or (with '/' for @separator) a JSON
 * pointer leads to may say a port, or what a program is started with; or hold something that does.
 */
bool kustomization_may_say_port(struct str path, char separator);

/* kustomization_moves_port() - the same of any target of the replacement at @item. */
bool kustomization_moves_port(struct yaml_tree *tree, yaml_id item);

/*
 * kustomization_place() - what is the same for two paths that lead to the same file or folder, however they are
 * spelled: the real path of what is there, else an absolute one from the text; in @arena.
 */
struct str kustomization_place(struct arena *arena, struct str folder, struct str path);

/*
 * kustomization_path() - @path as seen from @folder (empty for the current one), without . and .. where that can be
 * told from the text alone; in @arena.
 */
struct str kustomization_path(struct arena *arena, struct str folder, struct str path);
