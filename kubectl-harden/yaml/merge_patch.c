/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merge patch
 *
 * Written as the walk goes, and taken back where a mapping or an item turns out to be the same in both. An item of a
 * list is said with its keys, so that whoever applies the patch finds it; one that goes, with `$patch: delete`. Where
 * that cannot tell the items apart, the list is said whole, with `$patch: replace` behind it.
 */
#include "yaml/difference.h"

#include "base/json.h"
#include "yaml/print.h"

struct merger {
	struct yaml_tree *before, *after;
	const struct yaml_merge_keys *keys; /* NULL: lists are replaced */
	struct buf *out;
	struct buf path;
};

static bool merge_values(struct merger *merger, yaml_id one, yaml_id other);

static void add_comma(struct buf *out)
{
	if (out->p[out->n - 1] != '{' && out->p[out->n - 1] != '[')
		buf_addc(out, ',');
}

static void add_key(struct buf *out, struct str key)
{
	add_comma(out);
	json_add_str(out, key);
	buf_addc(out, ':');
}

/* ---- paths ---- */

static void push_key(struct buf *path, struct str key)
{
	if (path->n)
		buf_addc(path, '.');
	for (size_t i = 0; i < key.n; i++)
		buf_addc(path, key.p[i] == '.' ? 0 : key.p[i]);
}

/* ---- mappings ---- */

/* Appends the pairs that differ; whether there are any. */
static bool merge_pairs(struct merger *merger, yaml_id one, yaml_id other)
{
	struct yaml_tree *before = merger->before, *after = merger->after;
	struct yaml_matches matches;
	size_t path = merger->path.n;
	bool any = false;

	yaml_match_pairs(before, one, after, other, &matches);
	for (size_t i = 0; i < matches.n; i++) {
		const struct yaml_match *match = &matches.items[i];
		struct str key = match->after ? yaml_json_key(after, match->after)
					      : yaml_json_key(before, match->before);
		size_t start = merger->out->n;
		bool differs = true;

		add_key(merger->out, key);
		push_key(&merger->path, key);
		if (!match->after)
			buf_addz(merger->out, "null");
		else if (!match->before)
			yaml_print_json(after, yaml_value(after, match->after), 0, 0, merger->out);
		else
			differs = merge_values(merger, yaml_value(before, match->before),
					       yaml_value(after, match->after));
		if (!differs)
			merger->out->n = start;
		any |= differs;
		merger->path.n = path;
	}
	yaml_matches_free(&matches);
	return any;
}

static bool merge_maps(struct merger *merger, yaml_id one, yaml_id other)
{
	bool any;

	buf_addc(merger->out, '{');
	any = merge_pairs(merger, one, other);
	buf_addc(merger->out, '}');
	return any;
}

/* ---- lists ---- */

/* The keys of an item as they are in @tree, as the pairs of a mapping that was just begun. */
static void add_item_keys(struct merger *merger, struct yaml_tree *tree, yaml_id item, struct str keys)
{
	struct str key;

	while (str_cut(&keys, ' ', &key)) {
		yaml_id value = yaml_get_str(tree, item, key);

		if (!value || yaml_is_null(tree, value))
			continue;
		add_key(merger->out, key);
		yaml_print_json(tree, value, 0, 0, merger->out);
	}
}

/* What the keys are would be said twice. */
static bool keys_differ(struct merger *merger, const struct yaml_match *match, struct str keys)
{
	struct str key;

	while (str_cut(&keys, ' ', &key)) {
		yaml_id was = yaml_get_str(merger->before, match->before, key),
			is = yaml_get_str(merger->after, match->after, key);

		if ((was || is) && !(was && is && yaml_equal(merger->before, was, merger->after, is)))
			return true;
	}
	return false;
}

static bool merge_item(struct merger *merger, const struct yaml_match *match, struct str keys)
{
	struct buf *out = merger->out;
	size_t start = out->n;
	bool any = true;

	add_comma(out);
	if (!match->before) {
		yaml_print_json(merger->after, match->after, 0, 0, out);
		return true;
	}
	buf_addc(out, '{');
	add_item_keys(merger, merger->before, match->before, keys);
	if (match->after)
		any = merge_pairs(merger, match->before, match->after);
	else
		buf_addz(out, ",\"$patch\":\"delete\"");
	buf_addc(out, '}');
	if (!any)
		out->n = start;
	return any;
}

/* How many items of a list have @key. */
static size_t count_with(struct yaml_tree *tree, yaml_id list, struct str key)
{
	size_t n = 0;

	YAML_EACH(tree, list, item)
		n += !yaml_is_null(tree, yaml_get_str(tree, item, key));
	return n;
}

/*
 * Where some items have a key and others have not (ports with a protocol and without), kustomize, which looks for all
 * keys that any item has, does not find those without: it would leave the old one beside the new one.
 */
static bool keys_are_mixed(struct merger *merger, yaml_id one, yaml_id other, struct str keys)
{
	size_t n = yaml_count(merger->before, one) + yaml_count(merger->after, other);
	struct str key;

	while (str_cut(&keys, ' ', &key)) {
		size_t with = count_with(merger->before, one, key) + count_with(merger->after, other, key);

		if (with && with < n)
			return true;
	}
	return false;
}

/* Whether the items can be told apart by their keys; then the list is appended, where anything differs. */
static bool merge_items(struct merger *merger, yaml_id one, yaml_id other, struct str keys, bool *ret_any)
{
	struct yaml_matches matches;
	struct str rest = keys, key;
	bool fine;

	str_cut(&rest, ' ', &key);
	fine = yaml_match_items(merger->before, one, merger->after, other, key, &matches) && matches.ordered &&
	       !keys_are_mixed(merger, one, other, keys);
	for (size_t i = 0; fine && i < matches.n; i++)
		fine = !matches.items[i].before || !matches.items[i].after ||
		       !keys_differ(merger, &matches.items[i], keys);
	*ret_any = false;
	if (fine) {
		buf_addc(merger->out, '[');
		for (size_t i = 0; i < matches.n; i++)
			*ret_any |= merge_item(merger, &matches.items[i], keys);
		buf_addc(merger->out, ']');
	}
	yaml_matches_free(&matches);
	return fine;
}

static bool merge_lists(struct merger *merger, yaml_id one, yaml_id other)
{
	struct buf *out = merger->out;
	const char *keys = merger->keys ? merger->keys->of(merger->keys->data, buf_str(&merger->path)) : NULL;
	size_t path = merger->path.n;
	bool any, merged;

	buf_addz(&merger->path, "[*]");
	merged = keys && merge_items(merger, one, other, str_of(keys), &any);
	merger->path.n = path;
	if (merged)
		return any;
	any = !yaml_equal(merger->before, one, merger->after, other);
	if (any)
		yaml_print_json(merger->after, other, 0, 0, out);
	if (any && keys) {
		out->n--;
		add_comma(out);
		buf_addz(out, "{\"$patch\":\"replace\"}]");
	}
	return any;
}

/* Appends what differs, or the whole value; false where nothing does, and then what was appended does not count. */
static bool merge_values(struct merger *merger, yaml_id one, yaml_id other)
{
	enum yaml_kind kind = yaml_kind(merger->before, one);

	if (kind == YAML_MAP && yaml_is_map(merger->after, other))
		return merge_maps(merger, one, other);
	if (kind == YAML_SEQ && yaml_is_seq(merger->after, other))
		return merge_lists(merger, one, other);
	if (yaml_equal(merger->before, one, merger->after, other))
		return false;
	yaml_print_json(merger->after, other, 0, 0, merger->out);
	return true;
}

bool yaml_merge_patch(struct yaml_tree *before, yaml_id one, struct yaml_tree *after, yaml_id other,
		      const struct yaml_merge_keys *keys, struct buf *out)
{
	struct merger merger = { .before = before, .after = after, .keys = keys, .out = out };
	size_t start = out->n;
	bool any = merge_values(&merger, one, other);

	if (!any)
		out->n = start;
	buf_free(&merger.path);
	return any;
}
