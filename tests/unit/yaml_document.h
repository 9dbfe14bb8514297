/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the unit tests of the yaml layer share: a document that is read from a literal, and what became of it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "yaml/edit.h"
#include "yaml/expect.h"
#include "yaml/render.h"
#include "yaml/settle.h"
#include "yaml/tree.h"

struct document {
	struct arena *arena;
	struct yaml_tree tree;
	struct yaml_refusal why;
	struct buf out;
	struct arena *after_arena;
	struct yaml_tree after;
};

static inline bool document_read_str(struct document *document, struct str text)
{
	*document = (struct document){ .arena = arena_new(), .after_arena = arena_new() };
	return yaml_parse(&document->tree, document->arena, text, NULL, &document->why);
}

static inline void document_read(struct document *document, const char *text)
{
	if (!document_read_str(document, str_of(text)))
		fail_msg("not read: %s", document->why.why);
}

static inline void document_free(struct document *document)
{
	yaml_tree_free(&document->tree);
	yaml_tree_free(&document->after);
	buf_free(&document->out);
	arena_freep(&document->arena);
	arena_freep(&document->after_arena);
}

/* What the edits make of the document, read again and proved; terminated. */
static inline const char *document_render(struct document *document)
{
	struct splices splices = { 0 };
	struct yaml_unsettled_edits unsettled = { 0 };

	if (!yaml_settle(&document->tree, &unsettled))
		fail_msg("unsettled: %s", unsettled.items[0].why.why);
	yaml_render(&document->tree, &splices);
	document->out.n = 0;
	splices_apply(document->tree.bytes, &splices, &document->out);
	splices_free(&splices);
	buf_addc(&document->out, '\0');
	document->out.n--;
	if (!yaml_parse(&document->after, document->after_arena, buf_str(&document->out), NULL, &document->why))
		fail_msg("the result is not read: %s\n%s", document->why.why, document->out.p);
	if (!yaml_prove_tree(&document->tree, &document->after, &document->why))
		fail_msg("the result is not proved: %s\n%s", document->why.why, document->out.p);
	return document->out.p;
}

static inline yaml_id document_at(struct document *document, const char *path)
{
	return yaml_get_path(&document->tree, document->tree.root, path);
}

static inline const char *document_text(struct document *document, const char *path)
{
	return str_copy(document->arena, yaml_text(&document->tree, document_at(document, path))).p;
}

static inline int release_parsers(void **state)
{
	(void)state;
	yaml_parsers_release();
	return 0;
}
