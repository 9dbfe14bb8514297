/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hardened: see hardened.h.
 */
#include "hardened.h"

#include "engine/harden.h"
#include "engine/run.h"
#include "meaning.h"

static struct {
	FILE *to;
	bool is_default;
} emitted;

void hardened_emit_to(FILE *file, bool is_default)
{
	emitted.to = file;
	emitted.is_default = is_default;
}

void __real_harden_document(struct run *run, struct source *source, struct document *document);
void __wrap_harden_document(struct run *run, struct source *source, struct document *document);

void __wrap_harden_document(struct run *run, struct source *source, struct document *document)
{
	struct str before = document_bytes(source, document);
	struct buf after = BUF_INIT, meant = BUF_INIT;

	__real_harden_document(run, source, document);
	if (emitted.to && document->state == DOCUMENT_DONE && document->splices.n) {
		splices_apply(before, &document->splices, &after);
		if (meaning_add(&run->tree, run->tree.root, &meant))
			meaning_frame(emitted.to, emitted.is_default ? "fix" : "edit",
				      (struct str[]){ str_of(source->path), before, buf_str(&after), buf_str(&meant),
						      STR_NONE },
				      emitted.is_default ? 4 : 5);
	}
	buf_free(&after);
	buf_free(&meant);
}
