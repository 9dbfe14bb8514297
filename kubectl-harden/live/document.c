/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Document
 *
 * The text is the truth, and the tree only knows where everything stands in it: so a number that no program could hold
 * stays what it is. After each operation the text is read again; objects are small, and so are patches.
 */
#include "live/document.h"

#include "base/json.h"

bool live_document_read(struct live_document *document, struct str json, struct error **err)
{
	struct live_document next = { .arena = arena_new() };
	struct yaml_refusal why = { 0 };
	bool read;

	buf_add(&next.text, json);
	read = yaml_parse_json(&next.tree, next.arena, buf_str(&next.text), NULL, &why) &&
	       yaml_is_map(&next.tree, next.tree.root);
	if (!read) {
		/* The reason may be a text in the arena. */
		error_set(err, "the server sent an object that cannot be read: %s",
			  why.why ? why.why : "it is no object");
		live_document_free(&next);
		return false;
	}
	live_document_free(document);
	*document = next;
	return true;
}

void live_document_free(struct live_document *document)
{
	yaml_tree_free(&document->tree);
	buf_free(&document->text);
	arena_free(document->arena);
	*document = LIVE_DOCUMENT_INIT;
}

/* ---- places ---- */

struct str live_pointer_parent(struct str pointer, struct str *ret_token)
{
	size_t at = pointer.n;

	while (at && pointer.p[at - 1] != '/')
		at--;
	*ret_token = str_sub(pointer, at, pointer.n);
	return str_sub(pointer, 0, at ? at - 1 : 0);
}

/* ~1 and ~0 are how a token spells / and ~. */
static struct str unescape(struct str token, struct buf *buf)
{
	buf->n = 0;
	for (size_t i = 0; i < token.n; i++) {
		bool escape = token.p[i] == '~' && i + 1 < token.n;

		if (escape)
			i++;
		buf_addc(buf, !escape ? token.p[i] : token.p[i] == '1' ? '/' : '~');
	}
	return buf_str(buf);
}

/* The index that @token is in a list of @n; SIZE_MAX where it is none. "-" is the one behind the last. */
static size_t index_of(struct str token, size_t n)
{
	int64_t index;

	if (str_is(token, "-"))
		return n;
	return str_int(token, &index) && index >= 0 ? (size_t)index : SIZE_MAX;
}

static yaml_id item_at(struct yaml_tree *tree, yaml_id seq, size_t index)
{
	YAML_EACH(tree, seq, item)
		if (!index--)
			return item;
	return YAML_NONE;
}

yaml_id live_document_find(struct live_document *document, struct str pointer)
{
	struct yaml_tree *tree = &document->tree;
	yaml_id node = tree->root;
	struct buf buf = BUF_INIT;
	struct str token;

	/* What is before the first slash is nothing. */
	str_cut(&pointer, '/', &token);
	while (node && pointer.p && str_cut(&pointer, '/', &token)) {
		if (yaml_is_map(tree, node))
			node = yaml_get_str(tree, node, unescape(token, &buf));
		else if (yaml_is_seq(tree, node))
			node = item_at(tree, node, index_of(token, SIZE_MAX));
		else
			node = YAML_NONE;
	}
	buf_free(&buf);
	return node;
}

static size_t start_of(const struct live_document *document, yaml_id node)
{
	return document->tree.nodes.items[node].start;
}

static size_t end_of(const struct live_document *document, yaml_id node)
{
	return document->tree.nodes.items[node].end;
}

struct str live_document_spelt(struct live_document *document, yaml_id node)
{
	return node ? str_sub(buf_str(&document->text), start_of(document, node), end_of(document, node)) : STR_NONE;
}

struct str live_document_at(struct live_document *document, struct str pointer)
{
	return live_document_spelt(document, live_document_find(document, pointer));
}

struct str live_document_text(struct live_document *document, struct str pointer)
{
	return yaml_text(&document->tree, live_document_find(document, pointer));
}

/* ---- operations ---- */

/* A piece of the text, and what comes in its place. */
struct splice {
	size_t from, to;
	struct buf text;
};

static yaml_id value_of(struct yaml_tree *tree, yaml_id collection, yaml_id child)
{
	return yaml_is_map(tree, collection) ? yaml_value(tree, child) : child;
}

/* The child before @child; YAML_NONE: it is the first. @child YAML_NONE: the last one. */
static yaml_id child_before(struct yaml_tree *tree, yaml_id collection, yaml_id child)
{
	yaml_id before = YAML_NONE;

	YAML_EACH(tree, collection, each) {
		if (each == child)
			break;
		before = each;
	}
	return before;
}

/* A child goes with the comma that it no longer needs. */
static void splice_out(struct live_document *document, yaml_id collection, yaml_id child, struct splice *splice)
{
	struct yaml_tree *tree = &document->tree;
	yaml_id before = child_before(tree, collection, child), after = yaml_next(tree, child);

	splice->from = before ? end_of(document, value_of(tree, collection, before)) : start_of(document, child);
	splice->to = !before && after ? start_of(document, after) : end_of(document, value_of(tree, collection, child));
}

/* A new one comes before @after, or behind all where that is YAML_NONE. */
static void splice_in(struct live_document *document, yaml_id collection, yaml_id after, struct str key,
		      struct str value, struct splice *splice)
{
	struct yaml_tree *tree = &document->tree;
	yaml_id before = child_before(tree, collection, after);

	splice->from = after	? start_of(document, after)
		       : before ? end_of(document, value_of(tree, collection, before))
				: start_of(document, collection) + 1;
	splice->to = splice->from;
	buf_addz(&splice->text, !after && before ? "," : "");
	buf_add(&splice->text, key);
	buf_addz(&splice->text, key.n ? ":" : "");
	buf_add(&splice->text, value);
	buf_addz(&splice->text, after ? "," : "");
}

static bool carry_out(struct live_document *document, const struct splice *splice, struct error **err)
{
	struct str text = buf_str(&document->text);
	struct buf next = BUF_INIT;
	bool read;

	buf_add(&next, str_sub(text, 0, splice->from));
	buf_add(&next, buf_str(&splice->text));
	buf_add(&next, str_sub(text, splice->to, text.n));
	read = live_document_read(document, buf_str(&next), err);
	buf_free(&next);
	return read;
}

/* A place that an operation is about: a pair of a map, or an item of a list. */
struct place {
	yaml_id collection, child; /* .child is YAML_NONE where nothing stands there */
	size_t index;
	bool fits; /* the operation can be carried out there */
};

static struct place find_place(struct live_document *document, const struct yaml_operation *operation,
			       struct str parent, struct str token)
{
	struct yaml_tree *tree = &document->tree;
	struct place place = { .collection = live_document_find(document, parent) };

	if (yaml_is_map(tree, place.collection)) {
		yaml_id value = live_document_find(document, operation->path);

		place.child = value ? yaml_key(tree, value) : YAML_NONE;
		place.fits = value || operation->kind == YAML_PATCH_ADD;
	} else if (yaml_is_seq(tree, place.collection)) {
		size_t n = yaml_count(tree, place.collection);

		place.index = index_of(token, n);
		place.child = place.index < n ? item_at(tree, place.collection, place.index) : YAML_NONE;
		place.fits = place.child || (operation->kind == YAML_PATCH_ADD && place.index == n);
	}
	return place;
}

static void make_splice(struct live_document *document, const struct yaml_operation *operation,
			const struct place *place, struct str token, struct splice *splice)
{
	struct yaml_tree *tree = &document->tree;
	bool map = yaml_is_map(tree, place->collection);
	struct buf name = BUF_INIT, key = BUF_INIT;

	if (operation->kind == YAML_PATCH_REMOVE) {
		splice_out(document, place->collection, place->child, splice);
	} else if (place->child && (map || operation->kind == YAML_PATCH_REPLACE)) {
		yaml_id value = value_of(tree, place->collection, place->child);

		splice->from = start_of(document, value);
		splice->to = end_of(document, value);
		buf_add(&splice->text, operation->value);
	} else {
		if (map)
			json_add_str(&key, unescape(token, &name));
		splice_in(document, place->collection, place->child, buf_str(&key), operation->value, splice);
	}
	buf_free(&name);
	buf_free(&key);
}

bool live_document_apply(struct live_document *document, const struct yaml_operation *operation, struct arena *arena,
			 struct str *ret_before, struct str *ret_path, struct error **err)
{
	struct str token, parent = live_pointer_parent(operation->path, &token), before = STR_NONE;
	struct place place = find_place(document, operation, parent, token);
	struct yaml_tree *tree = &document->tree;
	struct splice splice = { 0 };
	bool insert, list = yaml_is_seq(tree, place.collection), done;

	if (!place.fits)
		return error_set(err, "%.*s: nothing is there in the object", STR_ARG(operation->path));
	insert = list && operation->kind == YAML_PATCH_ADD;
	if (place.child && !insert)
		before = str_copy(arena, live_document_spelt(document, value_of(tree, place.collection, place.child)));
	make_splice(document, operation, &place, token, &splice);
	done = carry_out(document, &splice, err);
	buf_free(&splice.text);
	*ret_before = before;
	*ret_path = list ? str_fmt(arena, "%.*s/%zu", STR_ARG(parent), place.index) : operation->path;
	return done;
}

/* ---- meaning ---- */

static bool nodes_match(struct yaml_tree *a, yaml_id value, struct yaml_tree *b, yaml_id expected, bool more)
{
	enum yaml_kind kind = yaml_kind(b, expected);

	if (yaml_kind(a, value) != kind)
		return false;
	if (kind == YAML_SCALAR)
		return yaml_type(a, value) == yaml_type(b, expected) &&
		       str_eq(yaml_text(a, value), yaml_text(b, expected));
	if (yaml_count(a, value) != yaml_count(b, expected) && !(more && kind == YAML_MAP))
		return false;
	if (kind == YAML_MAP) {
		YAML_EACH(b, expected, key)
			if (!nodes_match(a, yaml_get_str(a, value, yaml_text(b, key)), b, yaml_value(b, key), more))
				return false;
		return true;
	}
	for (yaml_id x = yaml_first(a, value), y = yaml_first(b, expected); y; x = yaml_next(a, x), y = yaml_next(b, y))
		if (!nodes_match(a, x, b, y, more))
			return false;
	return true;
}

/* A scalar alone is no JSON document to the reader, so each is read as the one member of an object. */
static bool read_value(struct live_document *document, struct str value)
{
	struct buf text = BUF_INIT;
	bool read;

	buf_addz(&text, "{\"\":");
	buf_add(&text, value);
	buf_addc(&text, '}');
	read = live_document_read(document, buf_str(&text), NULL);
	buf_free(&text);
	return read;
}

bool live_values_match(struct str value, struct str expected, bool more)
{
	struct live_document a = LIVE_DOCUMENT_INIT, b = LIVE_DOCUMENT_INIT;
	bool match = value.n == 0 && expected.n == 0;

	if (str_eq(value, expected))
		return true;
	if (value.n && expected.n)
		match = read_value(&a, value) && read_value(&b, expected) &&
			nodes_match(&a.tree, live_document_find(&a, STR("/")), &b.tree,
				    live_document_find(&b, STR("/")), more);
	live_document_free(&a);
	live_document_free(&b);
	return match;
}
