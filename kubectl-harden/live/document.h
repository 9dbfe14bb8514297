/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Document: an object as the JSON that the server sent. Values are found by JSON Pointer (RFC 6901) and handed out as
 * they are spelt there; operations of a JSON Patch (RFC 6902) are carried out as the server would.
 */

#include "yaml/patch.h"

/* Begins as LIVE_DOCUMENT_INIT; release with live_document_free(). */
struct live_document {
	struct arena *arena; /* of the tree */
	struct buf text;
	struct yaml_tree tree; /* of .text */
};

#define LIVE_DOCUMENT_INIT ((struct live_document){ 0 })

/* live_document_read() - takes a copy of @json. False with *err where it is no JSON object. */
bool live_document_read(struct live_document *document, struct str json, struct error **err);
void live_document_free(struct live_document *document);

/* live_document_find() - the node that @pointer leads to; YAML_NONE where nothing is there. */
yaml_id live_document_find(struct live_document *document, struct str pointer);

/* live_document_at() - its value as it is spelt, valid until the document changes; empty where nothing is there. */
struct str live_document_at(struct live_document *document, struct str pointer);

/* live_document_text() - what the scalar there says, decoded; empty where there is none. */
struct str live_document_text(struct live_document *document, struct str pointer);

/* live_document_spelt() - that of a node. */
struct str live_document_spelt(struct live_document *document, yaml_id node);

/*
 * live_document_apply() - carries out one operation; what stood there before is copied to @ret_before (in @arena; empty
 * where there was nothing), and the place where it stands now, "-" resolved, to @ret_path. False with *err where it
 * does not fit; the document is then as it was.
 */
bool live_document_apply(struct live_document *document, const struct yaml_operation *operation, struct arena *arena,
			 struct str *ret_before, struct str *ret_path, struct error **err);

/*
 * live_values_match() - whether two JSON values mean the same, whatever the order of keys. With @more, @value may hold
 * more keys than @expected in any of its maps, as the server adds defaults to what it is sent.
 */
bool live_values_match(struct str value, struct str expected, bool more);

/* live_pointer_parent() - the pointer of what @pointer is in; *ret_token its last token, as it is spelt. */
struct str live_pointer_parent(struct str pointer, struct str *ret_token);
