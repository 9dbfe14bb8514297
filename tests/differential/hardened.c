/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hardened: see hardened.h.
 */
#include "hardened.h"

#include "engine/harden.h"
#include "engine/run.h"
#include "meaning.h"
#include "yaml/settle.h"

static struct {
	FILE *to;
	bool is_default;
	struct yaml_tree *tree; /* of the document that is at work */
	struct buf meant;
	bool told;
} emitted;

void hardened_emit_to(FILE *file, bool is_default)
{
	emitted.to = file;
	emitted.is_default = is_default;
}

bool __real_yaml_settle(struct yaml_tree *tree, struct yaml_unsettled_edits *unsettled);
bool __wrap_yaml_settle(struct yaml_tree *tree, struct yaml_unsettled_edits *unsettled);
void __real_harden_document(struct run *run, struct source *source, struct document *document);
void __wrap_harden_document(struct run *run, struct source *source, struct document *document);

/* Before it is settled, the tree says what is meant at each place. */
bool __wrap_yaml_settle(struct yaml_tree *tree, struct yaml_unsettled_edits *unsettled)
{
	if (emitted.to && tree == emitted.tree) {
		emitted.meant.n = 0;
		emitted.told = meaning_add(tree, tree->root, &emitted.meant);
	}
	return __real_yaml_settle(tree, unsettled);
}

void __wrap_harden_document(struct run *run, struct source *source, struct document *document)
{
	struct str before = document_bytes(source, document);
	struct buf after = BUF_INIT;

	emitted.tree = &run->tree;
	emitted.told = false;
	__real_harden_document(run, source, document);
	emitted.tree = NULL;
	if (emitted.told && document->state == DOCUMENT_DONE && document->splices.n) {
		splices_apply(before, &document->splices, &after);
		meaning_frame(emitted.to, emitted.is_default ? "fix" : "edit",
			      (struct str[]){ str_of(source->path), before, buf_str(&after), buf_str(&emitted.meant),
					      STR_NONE },
			      emitted.is_default ? 4 : 5);
	}
	buf_free(&emitted.meant);
	buf_free(&after);
}
