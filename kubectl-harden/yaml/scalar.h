/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Scalar: from the bytes of a scalar to its text, and from a text to bytes that mean it.
 */

#include "yaml/tree.h"

enum yaml_chomp { CHOMP_CLIP, CHOMP_STRIP, CHOMP_KEEP };

/* A block scalar taken apart. Offsets in the document. */
struct yaml_block_scalar {
	uint32_t content; /* first byte behind the header line */
	uint32_t end;	  /* see yaml_node.end: behind the last content byte; with CHOMP_KEEP behind all line breaks */
	uint32_t indent;  /* columns that are indentation, not text */
	enum yaml_chomp chomp;
	bool folded;
};

/*
 * yaml_block_scalar() - takes apart the block scalar whose header (`|`, `>`) is at @header. @parent: column of the
 * block collection that it is in, -1 for the document itself; @limit: no byte from here on belongs to it.
 */
struct yaml_block_scalar yaml_block_scalar(struct str bytes, uint32_t header, int parent, uint32_t limit);

/* yaml_block_scalar_of() - takes apart the block scalar @id of the input. */
struct yaml_block_scalar yaml_block_scalar_of(struct yaml_tree *tree, yaml_id id);

/* yaml_decode() - the text of the scalar @bytes (its span) of @style; a slice of it where nothing needs decoding. */
struct str yaml_decode(struct arena *arena, struct str bytes, enum yaml_style style);
struct str yaml_decode_block(struct arena *arena, struct str bytes, const struct yaml_block_scalar *block);

/*
 * yaml_encode() - appends @text as a scalar that kubectl reads as @type, in the wanted @style where that style can
 * say it, else double-quoted. Never more than one line. @flow: inside {} or []. @json: only double quotes.
 */
void yaml_encode(struct buf *out, struct str text, enum yaml_type type, enum yaml_style style, bool flow, bool json);

/* yaml_plain_safe() - whether @text, written without quotes, is read as one plain scalar with this text. */
bool yaml_plain_safe(struct str text, bool flow);

/*
 * yaml_style_of() - how sigs.k8s.io/yaml, and so kubectl, writes a text of one line that is in no flow collection:
 * plain, in double quotes where it would be no text without, or where a character has to be escaped, else in single
 * ones. What is plain may have to go without yaml_encode(), whose rules are narrower.
 */
enum yaml_style yaml_style_of(struct str text);

/*
 * yaml_is_printable() - whether every character can stand for itself and be seen: no controls, nothing that another
 * reader takes for a line break. @lines: line feeds and tabs can.
 */
bool yaml_is_printable(struct str text, bool lines);
