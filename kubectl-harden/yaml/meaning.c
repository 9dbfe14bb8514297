/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Meaning
 *
 * What a document says to who reads it without caring how it is written: aliases and merges resolved, pairs in any
 * order. Two places that share an anchor are compared by it, and so are the tree that is meant and the one that came
 * out, whose anchors may carry the edits of several places.
 */
#include <stdlib.h>

#include "yaml/tree_internal.h"

/* ---- an index ---- */

static struct yaml_index_slot *slot_of(const struct yaml_index *index, struct str name)
{
	size_t at = str_hash(name) & (index->size - 1);

	while (index->slots[at].node && !str_eq(index->slots[at].name, name))
		at = (at + 1) & (index->size - 1);
	return &index->slots[at];
}

static void grow(struct yaml_index *index)
{
	struct yaml_index larger = { .n = index->n, .size = index->size ? index->size * 2 : 16 };

	larger.slots = xrealloc_array(NULL, larger.size, sizeof(*larger.slots));
	memset(larger.slots, 0, larger.size * sizeof(*larger.slots));
	for (size_t i = 0; i < index->size; i++)
		if (index->slots[i].node)
			*slot_of(&larger, index->slots[i].name) = index->slots[i];
	free(index->slots);
	*index = larger;
}

void yaml_index_add(struct yaml_index *index, struct str name, yaml_id value)
{
	struct yaml_index_slot *slot;

	if (index->n * 2 >= index->size)
		grow(index);
	slot = slot_of(index, name);
	index->n += !slot->node;
	*slot = (struct yaml_index_slot){ name, value };
}

yaml_id yaml_index_find(const struct yaml_index *index, struct str name)
{
	return index->size ? slot_of(index, name)->node : YAML_NONE;
}

void yaml_index_free(struct yaml_index *index)
{
	free(index->slots);
	*index = (struct yaml_index){ 0 };
}

void yaml_index_map(struct yaml_tree *tree, yaml_id map, struct yaml_index *ret_index)
{
	*ret_index = (struct yaml_index){ 0 };
	if (!yaml_is_map(tree, map))
		return;
	YAML_EACH(tree, map, key) {
		yaml_id value = yaml_value(tree, key);

		if (value)
			yaml_index_add(ret_index, yaml_text(tree, key), value);
	}
}

/* ---- what a document says ---- */

bool yaml_is_definition(struct str root_key)
{
	return str_starts(root_key, STR("x-"));
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * 0x9e3779b97f4a7c15u;
	return a ^ a >> 29;
}

static uint64_t hash(struct yaml_tree *tree, yaml_id id);

static uint64_t hash_scalar(struct yaml_tree *tree, yaml_id id)
{
	enum yaml_type type = yaml_type(tree, id);

	return mix((uint64_t)type + 1, type == YAML_NULL ? 0 : str_hash(yaml_text(tree, id)));
}

/* A sum, for the order of pairs does not count. */
static uint64_t hash_map(struct yaml_tree *tree, yaml_id id)
{
	uint64_t sum = 101;

	YAML_EACH(tree, id, key)
		if (yaml_value(tree, key) && !(id == tree->root && yaml_is_definition(yaml_text(tree, key))))
			sum += mix(hash(tree, key), hash(tree, yaml_value(tree, key)));
	return mix(sum, 103);
}

static uint64_t hash(struct yaml_tree *tree, yaml_id id)
{
	uint64_t sum = 107;

	switch (yaml_kind(tree, id)) {
	case YAML_SCALAR:
		return hash_scalar(tree, id);
	case YAML_MAP:
		return hash_map(tree, id);
	case YAML_SEQ:
		YAML_EACH(tree, id, item)
			sum = mix(sum, hash(tree, item));
		return sum;
	default:
		return 109;
	}
}

uint64_t yaml_meaning(struct yaml_tree *tree)
{
	return hash(tree, tree->root);
}
