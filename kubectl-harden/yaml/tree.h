/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Tree: one YAML (or JSON) document as Kubernetes reads it, with the byte span of every node.
 *
 * What callers see is the *logical* tree: an alias reads as a copy of what its anchor holds, a merge key (`<<`) as
 * the pairs that it brings in. Copies know their origin. They are read and edited like everything else; where an edit
 * of one is written, if anywhere, is decided once all edits are made (yaml/settle.h).
 * Readers accept YAML_NONE and nodes of the wrong kind and answer "nothing", so that paths can be walked without
 * checks. Node ids stay valid as long as the tree; pointers into it do not.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

typedef uint32_t yaml_id;
#define YAML_NONE ((yaml_id)0)

enum yaml_kind { YAML_NOTHING, YAML_SCALAR, YAML_MAP, YAML_SEQ, YAML_ALIAS };

enum yaml_style {
	YAML_EMPTY, /* a scalar without text: `key:` */
	YAML_PLAIN,
	YAML_SINGLE,
	YAML_DOUBLE,
	YAML_LITERAL,
	YAML_FOLDED,
	YAML_BLOCK,
	YAML_FLOW,
};

/* What a scalar means to kubectl (YAML 1.1 as sigs.k8s.io/yaml resolves it). */
enum yaml_type { YAML_NULL, YAML_BOOL, YAML_INT, YAML_FLOAT, YAML_STR };

enum yaml_flag {
	YAML_F_NEW = 1 << 0,	   /* not in the input */
	YAML_F_CHANGED = 1 << 1,   /* a scalar of the input with a new value */
	YAML_F_REMOVED = 1 << 2,   /* in the input, not in what is meant */
	YAML_F_FILLED = 1 << 3,	   /* null or empty in the input, a collection with new children now */
	YAML_F_COPY = 1 << 4,	   /* read through an alias or a merge; its origin is in .start, its alias in .props */
	YAML_F_LAZY = 1 << 5,	   /* a copy whose children are not made yet */
	YAML_F_ANCHOR = 1 << 6,	   /* carries an anchor */
	YAML_F_SHARED = 1 << 7,	   /* its anchor is used by an alias */
	YAML_F_TAG = 1 << 8,	   /* carries a tag */
	YAML_F_KEY = 1 << 9,	   /* is a key */
	YAML_F_MERGE = 1 << 10,	   /* is a `<<` key, or a map that holds one (until it is expanded) */
	YAML_F_EXPLICIT = 1 << 11, /* a key written with `?`, or a pair without braces in a flow sequence */
	YAML_F_DIRTY = 1 << 12,	   /* a collection of the input with added children */
	YAML_F_SLICE = 1 << 13,	   /* a scalar whose text is its bytes, quotes left out: nothing to decode */
	YAML_F_HIDDEN = 1 << 14,   /* a key with one of its name behind it (.first), by a merge: that one counts */
};

/*
 * A node, 32 bytes. Children are chained by .next: items of a sequence, keys of a map; a key's value is .pair, and
 * that value's .pair is its key.
 */
struct yaml_node {
	uint32_t start; /* first byte, quotes and brackets included, properties (anchor, tag) not */
	uint32_t end;	/* behind the last byte; of a block collection: of its last descendant */
	yaml_id parent;
	yaml_id next;
	uint32_t first; /* collection: first child; new or changed scalar: index into texts; alias: its anchor's node */
	yaml_id pair;
	uint32_t props; /* first byte of its properties, == start without any */
	uint8_t kind;
	uint8_t style;
	uint16_t flags;
};
_Static_assert(sizeof(struct yaml_node) == 32, "nodes are 32 bytes");

struct yaml_limits {
	uint32_t nodes; /* nodes of a document, copies included */
	uint32_t depth; /* nesting */
	size_t bytes;	/* size of a document */
};

#define YAML_LIMITS_DEFAULT ((struct yaml_limits){ .nodes = 4000000, .depth = 200, .bytes = (size_t)256 << 20 })

/* The text and type of a new or changed scalar. */
struct yaml_new_text {
	struct str text;
	enum yaml_type type;
};

struct yaml_op; /* the undo log: see yaml/edit.c */

enum { YAML_KEY_BITS_LOG = 10 };

struct yaml_tree {
	struct arena *arena; /* not owned: scalars that need decoding, new texts */
	struct str bytes;    /* not owned: the document, from the end of its `---` line to the next one */
	struct yaml_limits limits;
	yaml_id root; /* YAML_NONE where the document holds nothing but comments */
	struct {
		struct yaml_node *items;
		size_t n, cap;
	} nodes;
	struct {
		struct yaml_new_text *items;
		size_t n, cap;
	} texts;
	struct {
		struct yaml_op *items;
		size_t n, cap;
	} ops;
	size_t copies_end; /* no copies are made once there are as many nodes */
	uint64_t keys[(1 << YAML_KEY_BITS_LOG) /
		      64]; /* a bit for each key's shape: one that is not set stands nowhere in the document */
	uint32_t tab_line; /* one more than the offset of a tab that keeps all as it is; 0: there is none */
	bool has_anchors;
	bool has_copies; /* it has an alias or a merge key */
	bool expanded;	 /* all copies are made: yaml_expand() */
	bool settled;	 /* .meaning is that of the logical tree: yaml_settle() */
	uint64_t meaning;
	bool exhausted;		/* copies of aliased nodes were not made any more: what was read is not all */
	uint8_t indent_step;	/* majority of the document, 0 when it has no nested block map */
	int8_t sequence_offset; /* majority of block sequences below a key: 0 or more columns; -1 unknown */
	bool json;		/* the root is a flow collection whose keys are double-quoted */
};

#define YAML_TREE_INIT ((struct yaml_tree){ 0 })

/* A place in a document and what is wrong there: of parse errors and of refused edits. @why is a constant text. */
struct yaml_refusal {
	uint32_t at;	/* offset in the document */
	uint32_t other; /* of a duplicate: offset of the first one; else 0 */
	const char *why;
};

/*
 * yaml_parse() - reads one document (see yaml/split.h) into @tree, whose former content is replaced.
 * @bytes and @arena must outlive the tree. Duplicate keys, input that kubectl refuses or that could hide from us
 * (see yaml/guard.h), and anything over @limits make it return false with the reason in @ret_why.
 */
bool yaml_parse(struct yaml_tree *tree, struct arena *arena, struct str bytes, const struct yaml_limits *limits,
		struct yaml_refusal *ret_why);

/*
 * yaml_parse_json() - likewise, a document that is JSON and nothing else. What a string may hold there as it is, and in
 * YAML only as an escape, is fine: DEL, C1 controls, line separators, byte order marks.
 */
bool yaml_parse_json(struct yaml_tree *tree, struct arena *arena, struct str bytes, const struct yaml_limits *limits,
		     struct yaml_refusal *ret_why);

/*
 * yaml_tree_copy() - makes @to what @from is, which has no edits (made or undone, but none that stands). @to keeps its
 * memory; @arena becomes its arena, and the bytes stay those of @from.
 */
void yaml_tree_copy(struct yaml_tree *to, const struct yaml_tree *from, struct arena *arena);

/* yaml_forget() - gives up undoing what was done to a tree; where that takes much memory, it is released. */
void yaml_forget(struct yaml_tree *tree);

/* yaml_tree_free() - releases the nodes (not the arena, not the bytes). */
void yaml_tree_free(struct yaml_tree *tree);

/* yaml_parsers_release() - releases what this thread keeps for the next yaml_parse(). */
void yaml_parsers_release(void);

/* ---- reading ---- */

enum yaml_kind yaml_kind(struct yaml_tree *tree, yaml_id node);
static inline bool yaml_is_map(struct yaml_tree *tree, yaml_id node)
{
	return yaml_kind(tree, node) == YAML_MAP;
}
static inline bool yaml_is_seq(struct yaml_tree *tree, yaml_id node)
{
	return yaml_kind(tree, node) == YAML_SEQ;
}
static inline bool yaml_is_scalar(struct yaml_tree *tree, yaml_id node)
{
	return yaml_kind(tree, node) == YAML_SCALAR;
}

/* yaml_key_shape() - length, first, middle and last byte of a key: they tell most names apart. */
static inline uint32_t yaml_key_shape(const char *p, size_t n)
{
	if (!n)
		return 0;
	return (uint32_t)(n & 255) | (uint32_t)(unsigned char)p[0] << 8 | (uint32_t)(unsigned char)p[n / 2] << 16 |
	       (uint32_t)(unsigned char)p[n - 1] << 24;
}

/* yaml_key_bit() - which bit of tree->keys a key of @shape sets. */
static inline unsigned yaml_key_bit(uint32_t shape)
{
	return (shape * 2654435761u) >> (32 - YAML_KEY_BITS_LOG);
}

/* yaml_may_have() - false where no key of the whole document, nor an added one, is @key. */
static inline bool yaml_may_have(const struct yaml_tree *tree, struct str key)
{
	unsigned bit = yaml_key_bit(yaml_key_shape(key.p, key.n));

	return tree->keys[bit / 64] >> (bit % 64) & 1;
}

/* yaml_get() - the value of @key in @map; where a merge makes two of them, the one that kubectl takes. */
yaml_id yaml_get_str(struct yaml_tree *tree, yaml_id map, struct str key);
/* Inline, so that what is asked about a constant key beforehand is constant too; most keys are absent. */
static inline yaml_id yaml_get(struct yaml_tree *tree, yaml_id map, const char *key)
{
	return yaml_may_have(tree, str_of(key)) ? yaml_get_str(tree, map, str_of(key)) : YAML_NONE;
}

/* yaml_get_path() - as yaml_get() along a path of keys: "spec.template.spec". */
yaml_id yaml_get_path(struct yaml_tree *tree, yaml_id node, const char *path);

/*
 * yaml_first(), yaml_next() - items of a sequence, or keys of a map, without what an edit removed, and without those that
 * a key of the same name behind them hides: where a map merges others, a name comes once.
 */
yaml_id yaml_first(struct yaml_tree *tree, yaml_id collection);
yaml_id yaml_next(struct yaml_tree *tree, yaml_id child);
#define YAML_EACH(tree, collection, child)                                                                             \
	for (yaml_id child = yaml_first((tree), (collection)); child != YAML_NONE; child = yaml_next((tree), child))

/* yaml_value() - the value that belongs to a key. yaml_key() - the key of a value, YAML_NONE for an item or root. */
yaml_id yaml_value(struct yaml_tree *tree, yaml_id key);
yaml_id yaml_key(struct yaml_tree *tree, yaml_id value);
yaml_id yaml_parent(struct yaml_tree *tree, yaml_id node);

/* yaml_count() - number of children. */
size_t yaml_count(struct yaml_tree *tree, yaml_id collection);

/*
 * yaml_text() - what a scalar says, decoded (escapes, folding, chomping); empty for anything that is no scalar.
 * A slice of the document or of the tree's arena.
 */
struct str yaml_text(struct yaml_tree *tree, yaml_id scalar);
static inline struct str yaml_get_text(struct yaml_tree *tree, yaml_id map, const char *key)
{
	return yaml_text(tree, yaml_get(tree, map, key));
}

/* yaml_type() - what kubectl takes a scalar for; YAML_STR for anything that is no scalar. */
enum yaml_type yaml_type(struct yaml_tree *tree, yaml_id scalar);

/* yaml_is_null() - absent, empty, ~ or null: what Kubernetes takes as "not set". */
bool yaml_is_null(struct yaml_tree *tree, yaml_id node);

/* yaml_int(), yaml_bool() - true with the value where the node is a number (a true boolean) to kubectl. */
bool yaml_int(struct yaml_tree *tree, yaml_id scalar, int64_t *ret_value);
bool yaml_bool(struct yaml_tree *tree, yaml_id scalar, bool *ret_value);
/* yaml_is_true(), yaml_is_false() - a boolean of that value stands there. */
bool yaml_is_true(struct yaml_tree *tree, yaml_id scalar);
bool yaml_is_false(struct yaml_tree *tree, yaml_id scalar);

/* yaml_resolve_plain() - type and value of a plain scalar as sigs.k8s.io/yaml has it (facts: YAML 1.1, `0o17` too). */
enum yaml_type yaml_resolve_plain(struct str text, int64_t *ret_int, bool *ret_bool);

/*
 * yaml_offset() - where a person should look for @node: its key's first byte if it is a value, else its own;
 * of a new node, the nearest one that exists.
 */
uint32_t yaml_offset(struct yaml_tree *tree, yaml_id node);
/* yaml_offset_value() - likewise, but the value itself where it has text of its own. */
uint32_t yaml_offset_value(struct yaml_tree *tree, yaml_id node);

/*
 * yaml_is_definition() - whether what stands below this root key is there to be shared and for nothing else: `x-…`, the
 * custom of compose files and OpenAPI. Kubernetes has no such field.
 */
bool yaml_is_definition(struct str root_key);
