/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Difference
 *
 * Pairs of mappings belong together by name. So do the items of lists whose items all have a name of their own and keep
 * their order; of every other list, what is the same at both ends is left alone, and what is between goes item by item.
 * In a list, changes come first, then what goes, from the last to the first, then what comes, from the first to the
 * last: each number is right when its turn comes. So no path passes through a list whose items have moved already: all
 * but the number of an item that comes are those of the object before, which is why tests may stand in front of it all.
 */
#include "yaml/difference.h"

#include <stdlib.h>

#include "yaml/print.h"
#include "yaml/tree_internal.h"

void yaml_matches_free(struct yaml_matches *matches)
{
	free(matches->items);
	*matches = (struct yaml_matches){ 0 };
}

/* ---- pairs of mappings ---- */

/* The keys of a mapping by name. Both mappings mostly have the same ones in the same order: the next one is tried first. */
struct lookup {
	struct yaml_tree *tree;
	yaml_id map, next;
	struct yaml_index index;
	bool indexed;
};

static struct lookup lookup_init(struct yaml_tree *tree, yaml_id map)
{
	return (struct lookup){ .tree = tree, .map = map, .next = yaml_first(tree, map) };
}

/* The key, not the value. */
static yaml_id look_up(struct lookup *lookup, struct str name)
{
	struct yaml_tree *tree = lookup->tree;
	yaml_id key = lookup->next;

	if (!key || !str_eq(yaml_text(tree, key), name)) {
		if (!lookup->indexed)
			YAML_EACH(tree, lookup->map, each)
				yaml_index_add(&lookup->index, yaml_text(tree, each), each);
		lookup->indexed = true;
		key = yaml_index_find(&lookup->index, name);
	}
	if (key)
		lookup->next = yaml_next(tree, key);
	return key;
}

/* Null is no value. */
static yaml_id without_null(struct yaml_tree *tree, yaml_id key)
{
	return key && !yaml_is_null(tree, yaml_value(tree, key)) ? key : YAML_NONE;
}

void yaml_match_pairs(struct yaml_tree *before, yaml_id one, struct yaml_tree *after, yaml_id other,
		      struct yaml_matches *ret)
{
	struct lookup in_before = lookup_init(before, one), in_after = lookup_init(after, other);

	*ret = (struct yaml_matches){ .ordered = true };
	YAML_EACH(after, other, key) {
		yaml_id was = look_up(&in_before, yaml_text(after, key));

		if (without_null(after, key))
			VEC_PUSH(ret, (struct yaml_match){ without_null(before, was), key });
	}
	ret->after_n = ret->n;
	YAML_EACH(before, one, key) {
		yaml_id is = look_up(&in_after, yaml_text(before, key));

		if (without_null(before, key) && !without_null(after, is))
			VEC_PUSH(ret, (struct yaml_match){ key, YAML_NONE });
	}
	yaml_index_free(&in_before.index);
	yaml_index_free(&in_after.index);
}

/* ---- items of lists ---- */

static bool index_items(struct yaml_tree *tree, yaml_id list, struct str key, struct yaml_index *index)
{
	YAML_EACH(tree, list, item) {
		yaml_id value = yaml_get_str(tree, item, key);

		if (!yaml_is_scalar(tree, value) || yaml_is_null(tree, value) ||
		    yaml_index_find(index, yaml_text(tree, value)))
			return false;
		yaml_index_add(index, yaml_text(tree, value), item);
	}
	return true;
}

/* The items of the list before that stay, in the order of the list after, against that of the list before. */
static bool is_ordered(struct yaml_tree *before, yaml_id list, const struct yaml_matches *matches)
{
	yaml_id at = yaml_first(before, list);

	for (size_t i = 0; i < matches->after_n; i++) {
		if (!matches->items[i].before)
			continue;
		while (at && at != matches->items[i].before)
			at = yaml_next(before, at);
		if (!at)
			return false;
	}
	return true;
}

bool yaml_match_items(struct yaml_tree *before, yaml_id one, struct yaml_tree *after, yaml_id other, struct str key,
		      struct yaml_matches *ret)
{
	struct yaml_index was = { 0 }, is = { 0 };
	bool fine = index_items(before, one, key, &was) && index_items(after, other, key, &is);

	*ret = (struct yaml_matches){ 0 };
	if (fine) {
		YAML_EACH(after, other, item) {
			struct str name = yaml_text(after, yaml_get_str(after, item, key));

			VEC_PUSH(ret, (struct yaml_match){ yaml_index_find(&was, name), item });
		}
		ret->after_n = ret->n;
		YAML_EACH(before, one, item)
			if (!yaml_index_find(&is, yaml_text(before, yaml_get_str(before, item, key))))
				VEC_PUSH(ret, (struct yaml_match){ item, YAML_NONE });
		ret->ordered = is_ordered(before, one, ret);
	}
	yaml_index_free(&was);
	yaml_index_free(&is);
	return fine;
}

/* ---- equal ---- */

static bool equal_scalars(struct yaml_tree *a, yaml_id one, struct yaml_tree *b, yaml_id other)
{
	struct str value = yaml_json_scalar(a, one);

	if (value.n)
		return str_eq(value, yaml_json_scalar(b, other));
	return yaml_type(a, one) == yaml_type(b, other) && str_eq(yaml_text(a, one), yaml_text(b, other));
}

static bool equal_maps(struct yaml_tree *a, yaml_id one, struct yaml_tree *b, yaml_id other)
{
	struct yaml_matches matches;
	bool equal;

	yaml_match_pairs(a, one, b, other, &matches);
	equal = matches.n == matches.after_n;
	for (size_t i = 0; equal && i < matches.n; i++)
		equal = matches.items[i].before &&
			yaml_equal(a, yaml_value(a, matches.items[i].before), b, yaml_value(b, matches.items[i].after));
	yaml_matches_free(&matches);
	return equal;
}

static bool equal_lists(struct yaml_tree *a, yaml_id one, struct yaml_tree *b, yaml_id other)
{
	one = yaml_first(a, one);
	other = yaml_first(b, other);
	while (one && other && yaml_equal(a, one, b, other)) {
		one = yaml_next(a, one);
		other = yaml_next(b, other);
	}
	return !one && !other;
}

bool yaml_equal(struct yaml_tree *a, yaml_id one, struct yaml_tree *b, yaml_id other)
{
	enum yaml_kind kind = yaml_kind(a, one);

	if (kind != yaml_kind(b, other))
		return false;
	if (kind == YAML_MAP)
		return equal_maps(a, one, b, other);
	return kind == YAML_SEQ ? equal_lists(a, one, b, other) : equal_scalars(a, one, b, other);
}

/* ---- JSON Patch ---- */

struct differ {
	struct yaml_tree *before, *after;
	struct arena *arena;
	struct yaml_patch *patch;
	struct yaml_tests *tests;
	struct buf path;
	yaml_id name; /* of the innermost item of a list that .path passes through: its test stands already */
};

void yaml_tests_free(struct yaml_tests *tests)
{
	free(tests->items);
	*tests = (struct yaml_tests){ 0 };
}

/* The API server compares a test with its own text of the object, in which Go has escaped what HTML means. */
static void escape_as_go(struct buf *text)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < text->n; i++) {
		if (strchr("<>&", text->p[i]) && text->p[i])
			buf_addf(&out, "\\u%04x", (unsigned char)text->p[i]);
		else
			buf_addc(&out, text->p[i]);
	}
	buf_free(text);
	*text = out;
}

/* That .path is @was, of the tree before. */
static struct yaml_test make_test(struct differ *differ, yaml_id was)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	yaml_print_json(differ->before, was, 0, 0, &text);
	escape_as_go(&text);
	return (struct yaml_test){ str_copy(differ->arena, buf_str(&differ->path)),
				   str_copy(differ->arena, buf_str(&text)) };
}

/* The name of an item of the tree before; YAML_NONE where it has none. */
static yaml_id name_of(struct differ *differ, yaml_id item)
{
	yaml_id name = yaml_get(differ->before, item, "name");

	return yaml_is_scalar(differ->before, name) && !yaml_is_null(differ->before, name) ? name : YAML_NONE;
}

static struct yaml_test name_test(struct differ *differ, yaml_id name)
{
	size_t n = differ->path.n;
	struct yaml_test test;

	buf_addz(&differ->path, "/name");
	test = make_test(differ, name);
	differ->path.n = n;
	return test;
}

/*
 * What is at .path is about to go, or to be something else. A float is not tested: the server compares their texts, and
 * does not keep how it was written.
 */
static void test_scalar(struct differ *differ, yaml_id was)
{
	if (was != differ->name && yaml_is_scalar(differ->before, was) && yaml_type(differ->before, was) != YAML_FLOAT)
		VEC_PUSH(differ->tests, make_test(differ, was));
}

/* @value: of the tree after; YAML_NONE for a removal. */
static void add_operation(struct differ *differ, enum yaml_patch_kind kind, yaml_id value)
{
	struct yaml_operation operation = { .kind = kind, .path = str_copy(differ->arena, buf_str(&differ->path)) };
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	if (value) {
		yaml_print_json(differ->after, value, 0, 0, &text);
		operation.value = str_copy(differ->arena, buf_str(&text));
	}
	VEC_PUSH(&differ->patch->operations, operation);
}

static void remove_value(struct differ *differ, yaml_id was)
{
	test_scalar(differ, was);
	add_operation(differ, YAML_PATCH_REMOVE, YAML_NONE);
}

static void differ_values(struct differ *differ, yaml_id one, yaml_id other);

static void differ_maps(struct differ *differ, yaml_id one, yaml_id other)
{
	struct yaml_tree *before = differ->before, *after = differ->after;
	struct yaml_matches matches;
	size_t n = differ->path.n;

	yaml_match_pairs(before, one, after, other, &matches);
	for (size_t i = 0; i < matches.n; i++) {
		const struct yaml_match *match = &matches.items[i];

		yaml_pointer_add(&differ->path, match->after ? yaml_json_key(after, match->after)
							     : yaml_json_key(before, match->before));
		if (!match->after)
			remove_value(differ, yaml_value(before, match->before));
		else if (!match->before)
			add_operation(differ, YAML_PATCH_ADD, yaml_value(after, match->after));
		else
			differ_values(differ, yaml_value(before, match->before), yaml_value(after, match->after));
		differ->path.n = n;
	}
	yaml_matches_free(&matches);
}

/* @index SIZE_MAX: behind the last item. What stands at another one is no matter of the patch, and not tested. */
static void add_item(struct differ *differ, size_t index, yaml_id value)
{
	size_t n = differ->path.n;

	if (index == SIZE_MAX)
		buf_addz(&differ->path, "/-");
	else
		buf_addf(&differ->path, "/%zu", index);
	add_operation(differ, YAML_PATCH_ADD, value);
	differ->path.n = n;
}

static void remove_item(struct differ *differ, size_t index, yaml_id was)
{
	size_t n = differ->path.n;
	yaml_id name = name_of(differ, was);

	buf_addf(&differ->path, "/%zu", index);
	if (name)
		VEC_PUSH(differ->tests, name_test(differ, name));
	remove_value(differ, was);
	differ->path.n = n;
}

/* The test of the name stands in front of those of what is in the item; where there is no operation, there is none. */
static void differ_items(struct differ *differ, size_t index, yaml_id one, yaml_id other)
{
	size_t n = differ->path.n, operations = differ->patch->operations.n, at = 0;
	yaml_id around = differ->name;

	buf_addf(&differ->path, "/%zu", index);
	differ->name = name_of(differ, one);
	if (differ->name) {
		at = differ->tests->n;
		VEC_PUSH(differ->tests, (struct yaml_test){ 0 });
	}
	differ_values(differ, one, other);
	if (differ->name && differ->patch->operations.n > operations)
		differ->tests->items[at] = name_test(differ, differ->name);
	else if (differ->name)
		differ->tests->n = at;
	differ->name = around;
	differ->path.n = n;
}

/* The items of a list as an array, for going through it from behind. */
struct items {
	yaml_id *items;
	size_t n, cap;
};

static struct items items_of(struct yaml_tree *tree, yaml_id list)
{
	struct items items = { 0 };

	YAML_EACH(tree, list, item)
		VEC_PUSH(&items, item);
	return items;
}

/* By name. Matches come in the order of the list after, so those that are in both come in that of the list before. */
static void differ_named(struct differ *differ, const struct yaml_matches *matches, yaml_id one)
{
	struct items was = items_of(differ->before, one);
	size_t index = 0, gone = matches->n;

	for (size_t i = 0; i < matches->after_n; i++) {
		if (!matches->items[i].before)
			continue;
		while (index < was.n && was.items[index] != matches->items[i].before)
			index++;
		differ_items(differ, index, matches->items[i].before, matches->items[i].after);
	}
	for (size_t i = was.n; i-- > 0 && gone > matches->after_n;) {
		if (was.items[i] != matches->items[gone - 1].before)
			continue;
		remove_item(differ, i, was.items[i]);
		gone--;
	}
	for (size_t i = 0, last = matches->after_n; i < matches->after_n; i++) {
		while (last && !matches->items[last - 1].before)
			last--;
		if (!matches->items[i].before)
			add_item(differ, i >= last ? SIZE_MAX : i, matches->items[i].after);
	}
	free(was.items);
}

static void differ_by_place(struct differ *differ, yaml_id one, yaml_id other)
{
	struct items was = items_of(differ->before, one), is = items_of(differ->after, other);
	size_t from = 0, behind = 0, common;

	while (from < was.n && from < is.n &&
	       yaml_equal(differ->before, was.items[from], differ->after, is.items[from]))
		from++;
	while (behind < was.n - from && behind < is.n - from &&
	       yaml_equal(differ->before, was.items[was.n - 1 - behind], differ->after, is.items[is.n - 1 - behind]))
		behind++;
	common = (was.n < is.n ? was.n : is.n) - behind;
	for (size_t i = from; i < common; i++)
		differ_items(differ, i, was.items[i], is.items[i]);
	for (size_t i = was.n - behind; i-- > common;)
		remove_item(differ, i, was.items[i]);
	for (size_t i = common; i < is.n - behind; i++)
		add_item(differ, behind ? i : SIZE_MAX, is.items[i]);
	free(was.items);
	free(is.items);
}

static void differ_values(struct differ *differ, yaml_id one, yaml_id other)
{
	struct yaml_tree *before = differ->before, *after = differ->after;
	struct yaml_matches matches;
	enum yaml_kind kind = yaml_kind(before, one);

	if (kind != yaml_kind(after, other) || (kind != YAML_MAP && kind != YAML_SEQ)) {
		if (!yaml_equal(before, one, after, other)) {
			test_scalar(differ, one);
			add_operation(differ, YAML_PATCH_REPLACE, other);
		}
	} else if (kind == YAML_MAP) {
		differ_maps(differ, one, other);
	} else if (yaml_match_items(before, one, after, other, STR("name"), &matches) && matches.ordered) {
		differ_named(differ, &matches, one);
		yaml_matches_free(&matches);
	} else {
		yaml_matches_free(&matches);
		differ_by_place(differ, one, other);
	}
}

void yaml_difference(struct yaml_tree *before, yaml_id one, struct yaml_tree *after, yaml_id other, struct arena *arena,
		     struct yaml_patch *patch, struct yaml_tests *tests)
{
	struct differ differ = { .before = before, .after = after, .arena = arena, .patch = patch, .tests = tests };

	differ_values(&differ, one, other);
	buf_free(&differ.path);
}
