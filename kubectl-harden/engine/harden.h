/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Harden: one parsed document through the fixers, and its edits into splices that are proved.
 */

#include "engine/inventory.h"

/*
 * harden_document() - makes the results of a document (objects, findings, splices) anew. run->tree and
 * run->objects: its parsed bytes, whose edits are of no use afterwards. The plan's decisions are used where there are
 * some.
 */
void harden_document(struct run *run, struct source *source, struct document *document);

/* document_bytes() - the bytes of a document. */
struct str document_bytes(const struct source *source, const struct document *document);

/* document_clear() - forgets results. */
void document_clear(struct document *document);

/*
 * document_keep_tree() - keeps run->tree for the time when the plan is made, as long as all that is kept is less than
 * some megabytes of manifests. document_take_tree() - makes run->tree that of the document, kept or parsed
 * again; false where it cannot be parsed. document_drop_tree() - forgets it.
 */
void document_keep_tree(struct run *run, struct document *document);
bool document_take_tree(struct run *run, const struct source *source, struct document *document);
void document_drop_tree(struct run *run, struct document *document);

/* fix_context_make() - for a pod of a source with @options; release with fix_context_free(). */
struct fix_context fix_context_make(struct run *run, const struct source_options *options, struct kube_pod *pod,
				    struct findings *findings, unsigned object);
void fix_context_free(struct fix_context *fix);
