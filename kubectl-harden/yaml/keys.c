/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys
 *
 * What has a name in a document: the keys of a mapping and the anchors. Two keys with one name are refused, for
 * Kubernetes would take the last one and another reader the first; so is everything that would let a key be read
 * under another name than the one that stands there.
 */
#include "yaml/scalar.h"
#include "yaml/tree_internal.h"

#include <stdlib.h>

static bool refuse(struct yaml_refusal *ret_why, uint32_t at, const char *why)
{
	*ret_why = (struct yaml_refusal){ .at = at, .why = why };
	return false;
}

/* ---- anchors ---- */

static struct str name_of(const struct anchors *anchors, const struct anchor *anchor)
{
	return (struct str){ anchors->text + anchor->at, anchor->n };
}

static struct anchor *slot_of(const struct anchors *anchors, struct str name)
{
	size_t at = str_hash(name) & (anchors->size - 1);

	while (anchors->slots[at].node && !str_eq(name_of(anchors, &anchors->slots[at]), name))
		at = (at + 1) & (anchors->size - 1);
	return &anchors->slots[at];
}

static void grow(struct anchors *anchors)
{
	struct anchors larger = { anchors->text, NULL, anchors->n, anchors->size ? anchors->size * 2 : 16 };

	larger.slots = xrealloc_array(NULL, larger.size, sizeof(*larger.slots));
	memset(larger.slots, 0, larger.size * sizeof(*larger.slots));
	for (size_t i = 0; i < anchors->size; i++)
		if (anchors->slots[i].node)
			*slot_of(&larger, name_of(anchors, &anchors->slots[i])) = anchors->slots[i];
	free(anchors->slots);
	*anchors = larger;
}

void anchors_add(struct anchors *anchors, struct str name, yaml_id node)
{
	struct anchor *slot;

	if (anchors->n * 4 >= anchors->size * 3)
		grow(anchors);
	slot = slot_of(anchors, name);
	anchors->n += !slot->node;
	*slot = (struct anchor){ (uint32_t)(name.p - anchors->text), (uint32_t)name.n, node };
}

yaml_id anchors_find(const struct anchors *anchors, struct str name)
{
	return anchors->size ? slot_of(anchors, name)->node : YAML_NONE;
}

void anchors_free(struct anchors *anchors)
{
	free(anchors->slots);
	*anchors = (struct anchors){ 0 };
}

/* ---- duplicate keys ---- */

/* The node that says what the key is: through an alias, its anchor's. */
static yaml_id key_node(struct yaml_tree *tree, yaml_id key)
{
	return yaml_node(tree, key)->kind == YAML_ALIAS ? yaml_node(tree, key)->first : key;
}

/* What a key says and its shape; false for a `<<`, of which there may be several. */
static bool key_text(struct yaml_tree *tree, yaml_id key, struct str *ret_text, uint32_t *ret_shape)
{
	if (yaml_node(tree, key)->flags & YAML_F_MERGE)
		return false;
	if (!yaml_slice(tree, key, ret_text))
		*ret_text = yaml_text(tree, key_node(tree, key));
	*ret_shape = yaml_key_shape(ret_text->p, ret_text->n);
	yaml_key_note(tree, *ret_shape);
	return true;
}

static bool duplicate(struct yaml_tree *tree, yaml_id first, yaml_id second, struct yaml_refusal *ret_why)
{
	refuse(ret_why, yaml_node(tree, second)->start,
	       "duplicate key; Kubernetes would keep the last one, or refuse it; remove one of the two");
	ret_why->other = yaml_node(tree, first)->start + 1;
	return false;
}

enum { FEW = 16 };

static bool check_few(struct yaml_tree *tree, yaml_id map, struct yaml_refusal *ret_why)
{
	struct str texts[FEW];
	uint32_t shapes[FEW];
	yaml_id ids[FEW];
	size_t n = 0;

	for (yaml_id key = yaml_node(tree, map)->first; key; key = yaml_node(tree, key)->next) {
		if (!key_text(tree, key, &texts[n], &shapes[n]))
			continue;
		for (size_t i = 0; i < n; i++)
			if (shapes[i] == shapes[n] && str_eq(texts[i], texts[n]))
				return duplicate(tree, ids[i], key, ret_why);
		ids[n++] = key;
	}
	return true;
}

/* A key that was seen. Its text is looked up where another one has its hash: a million of them take eight megabytes. */
struct seen {
	yaml_id key;
	uint32_t hash;
};

static bool check_many(struct yaml_tree *tree, yaml_id map, size_t count, struct yaml_refusal *ret_why)
{
	size_t size = 1;
	struct seen *slots;
	bool fine = true;

	while (size < count + count / 2)
		size *= 2;
	slots = memset(xrealloc_array(NULL, size, sizeof(*slots)), 0, size * sizeof(*slots));
	for (yaml_id key = yaml_node(tree, map)->first; key && fine; key = yaml_node(tree, key)->next) {
		struct str text, other;
		uint32_t shape, hash;
		size_t at;

		if (!key_text(tree, key, &text, &shape))
			continue;
		hash = (uint32_t)str_hash(text);
		for (at = hash & (size - 1); slots[at].key && fine; at = (at + 1) & (size - 1))
			if (slots[at].hash == hash && key_text(tree, slots[at].key, &other, &shape) &&
			    str_eq(text, other))
				fine = duplicate(tree, slots[at].key, key, ret_why);
		if (fine)
			slots[at] = (struct seen){ key, hash };
	}
	free(slots);
	return fine;
}

/* ---- merges and tags ---- */

/* go-yaml: in quotes or not where `!!merge` or `!` says so. */
static bool is_merge(struct yaml_tree *tree, yaml_id key)
{
	struct yaml_node *node = yaml_node(tree, key);
	enum yaml_tag tag = yaml_tag_of(tree, node);

	if (node->kind != YAML_SCALAR || (tag == YAML_TAG_NONE && node->style != YAML_PLAIN) ||
	    (tag != YAML_TAG_NONE && tag != YAML_TAG_BANG && tag != YAML_TAG_MERGE))
		return false;
	return str_is(yaml_text(tree, key), "<<");
}

static bool is_mapping(struct yaml_tree *tree, yaml_id id)
{
	if (yaml_node(tree, id)->kind == YAML_ALIAS)
		id = yaml_node(tree, id)->first;
	return yaml_node(tree, id)->kind == YAML_MAP;
}

/* go-yaml: a mapping, an alias of one, or a list of these that is no alias itself. */
static bool check_merge(struct yaml_tree *tree, yaml_id key, struct yaml_refusal *ret_why)
{
	yaml_id value = yaml_node(tree, key)->pair;
	bool fine = true;

	if (yaml_node(tree, value)->kind != YAML_SEQ)
		fine = is_mapping(tree, value);
	else
		for (yaml_id item = yaml_node(tree, value)->first; item && fine; item = yaml_node(tree, item)->next)
			fine = is_mapping(tree, item);
	return fine ||
	       refuse(ret_why, yaml_node(tree, key)->start, "a merge key without a mapping; Kubernetes refuses it");
}

/* `!!binary c3BlYw==` would be `spec`, and `!!int 0x10` is 16. */
static bool check_tag(struct yaml_tree *tree, yaml_id key, struct yaml_refusal *ret_why)
{
	struct yaml_node *node = yaml_node(tree, key);
	enum yaml_tag tag = yaml_tag_of(tree, node);

	if (tag == YAML_TAG_TEXT || tag == YAML_TAG_BANG || tag == YAML_TAG_MERGE)
		return true;
	return refuse(ret_why, node->props, "a tag on a key, which may change what it says; remove it");
}

bool yaml_check_keys(struct yaml_tree *tree, yaml_id map, struct yaml_refusal *ret_why)
{
	size_t count = 0;

	for (yaml_id key = yaml_node(tree, map)->first; key; key = yaml_node(tree, key)->next) {
		struct yaml_node *node = yaml_node(tree, key);

		count++;
		/* The usual key: nothing to resolve, no tag, not `<<`. */
		if ((node->flags & (YAML_F_SLICE | YAML_F_TAG)) == YAML_F_SLICE && node->end - node->start != 2)
			continue;
		if (yaml_node(tree, key_node(tree, key))->kind != YAML_SCALAR)
			return refuse(ret_why, node->start, "a key that is a mapping or a list; Kubernetes refuses it");
		if (yaml_node(tree, key_node(tree, key))->style == YAML_EMPTY && !(node->flags & YAML_F_TAG))
			return refuse(ret_why, node->start, "a key without text; Kubernetes refuses it");
		if ((node->flags & YAML_F_TAG) && !check_tag(tree, key, ret_why))
			return false;
		if (!is_merge(tree, key))
			continue;
		if (!check_merge(tree, key, ret_why))
			return false;
		node->flags |= YAML_F_MERGE;
		yaml_node(tree, map)->flags |= YAML_F_MERGE;
		tree->has_copies = true;
	}
	return count <= FEW ? check_few(tree, map, ret_why) : check_many(tree, map, count, ret_why);
}
