/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind path
 *
 * Paths are walked as they are written: they are short, and parsed faster than they would be looked up. What is no
 * path is refused when the row is read, so walking never meets one.
 */
#include "kube/kind_path.h"

/* One part of a path: a key, whether it stands for each of what is there, and the conditions behind it. */
struct part {
	struct str name;
	bool each;
	struct str conditions; /* "?key!other", or empty */
};

static bool is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static size_t name_length(struct str text)
{
	size_t n = 0;

	while (n < text.n && is_name_byte(text.p[n]))
		n++;
	return n;
}

/* Cuts the next part off @path; what is wrong with it, NULL for nothing. */
static const char *cut_part(struct str *path, struct part *ret_part)
{
	struct str text;

	str_cut(path, '.', &text);
	ret_part->name = str_sub(text, 0, name_length(text));
	if (!ret_part->name.n)
		return "a key is missing";
	text = str_sub(text, ret_part->name.n, text.n);
	ret_part->each = str_starts(text, STR("[*]"));
	if (ret_part->each)
		text = str_sub(text, 3, text.n);
	ret_part->conditions = text;
	while (text.n) {
		size_t n = name_length(str_sub(text, 1, text.n));

		if (text.p[0] == '[')
			return "[*] is the only bracket, and stands once behind a key";
		if (text.p[0] != '?' && text.p[0] != '!')
			return "a key is of letters, digits, - and _";
		if (!n)
			return "a key is missing behind ? or !";
		text = str_sub(text, 1 + n, text.n);
	}
	return NULL;
}

const char *kube_path_fault(struct str path)
{
	const char *why = NULL;
	struct part part;

	if (path.n && path.p[path.n - 1] == '.')
		return "a key is missing";
	while (path.n && !why)
		why = cut_part(&path, &part);
	return why;
}

/* ---- alternatives ---- */

size_t kube_path_expand(struct arena *arena, struct str path, const char *ret_paths[KUBE_PATHS_MAX])
{
	size_t open = str_find(path, STR("{"), 0), close = str_find(path, STR("}"), 0), n = 0;
	struct str before, after, rest;
	bool more = true;

	if (open == SIZE_MAX && close == SIZE_MAX) {
		ret_paths[0] = str_copy(arena, path).p;
		return 1;
	}
	if (open == SIZE_MAX || close == SIZE_MAX || close < open + 2)
		return 0;
	before = str_sub(path, 0, open);
	after = str_sub(path, close + 1, path.n);
	rest = str_sub(path, open + 1, close);
	while (more) {
		const char *paths[KUBE_PATHS_MAX];
		struct str one;
		size_t found;

		more = str_find(rest, STR(","), 0) != SIZE_MAX;
		str_cut(&rest, ',', &one);
		if (!one.n || str_find(one, STR("{"), 0) != SIZE_MAX)
			return 0;
		found = kube_path_expand(arena,
					 str_fmt(arena, "%.*s%.*s%.*s", STR_ARG(before), STR_ARG(one), STR_ARG(after)),
					 paths);
		if (!found || n + found > KUBE_PATHS_MAX)
			return 0;
		for (size_t i = 0; i < found; i++)
			ret_paths[n++] = paths[i];
	}
	return n;
}

/* ---- walking ---- */

struct walk {
	struct yaml_tree *tree;
	kube_path_found *found;
	void *data;
};

static bool holds(struct yaml_tree *tree, yaml_id node, struct str conditions)
{
	while (conditions.n) {
		size_t n = name_length(str_sub(conditions, 1, conditions.n));
		bool absent = yaml_is_null(tree, yaml_get_str(tree, node, str_sub(conditions, 1, 1 + n)));

		if (absent != (conditions.p[0] == '!'))
			return false;
		conditions = str_sub(conditions, 1 + n, conditions.n);
	}
	return true;
}

static void walk_on(const struct walk *walk, yaml_id node, struct str path)
{
	struct yaml_tree *tree = walk->tree;
	struct part part;
	yaml_id next;

	if (yaml_is_null(tree, node))
		return;
	if (!path.n) {
		walk->found(tree, node, walk->data);
		return;
	}
	if (cut_part(&path, &part))
		return;
	/* Most pods have no init and no ephemeral containers. */
	next = yaml_may_have(tree, part.name) ? yaml_get_str(tree, node, part.name) : YAML_NONE;
	if (!part.each) {
		if (holds(tree, next, part.conditions))
			walk_on(walk, next, path);
		return;
	}
	YAML_EACH(tree, next, child) {
		yaml_id value = yaml_value(tree, child);

		if (holds(tree, value ? value : child, part.conditions))
			walk_on(walk, value ? value : child, path);
	}
}

void kube_path_each(struct yaml_tree *tree, yaml_id node, const char *path, kube_path_found *found, void *data)
{
	const struct walk walk = { tree, found, data };

	walk_on(&walk, node, str_of(path));
}

void kube_paths_each(struct yaml_tree *tree, yaml_id node, struct str paths, kube_path_found *found, void *data)
{
	const struct walk walk = { tree, found, data };
	struct str path;

	while (str_cut(&paths, ' ', &path))
		walk_on(&walk, node, path);
}

static void note_found(struct yaml_tree *tree, yaml_id node, void *data)
{
	bool *found = data;

	(void)tree;
	(void)node;
	*found = true;
}

bool kube_path_leads(struct yaml_tree *tree, yaml_id node, const char *path)
{
	bool found = false;

	kube_path_each(tree, node, path, note_found, &found);
	return found;
}

/* ---- for people ---- */

/* Parts behind the last [*]; 0 where there is none. */
static unsigned parts_behind(const char *path)
{
	const char *last = NULL;
	unsigned n = 0;

	for (const char *p = path; (p = strstr(p, "[*]")); p++)
		last = p;
	for (const char *p = last; p && *p; p++)
		n += *p == '.';
	return n;
}

/* Nobody counts further, and neither do we for each of many items. */
enum { INDEX_MAX = 10000 };

/* The place of an item without a name; nothing where it is far behind. */
static struct str index_of(struct yaml_tree *tree, struct arena *arena, yaml_id item)
{
	unsigned index = 0;

	YAML_EACH(tree, yaml_parent(tree, item), child) {
		if (child == item)
			return str_fmt(arena, "%u", index);
		if (++index == INDEX_MAX)
			break;
	}
	return STR("…");
}

enum { WHERE_PARTS = 32 };

struct str kube_path_where(struct yaml_tree *tree, struct arena *arena, yaml_id object, yaml_id node, const char *path)
{
	struct str parts[WHERE_PARTS], text = STR_NONE;
	bool items[WHERE_PARTS];
	size_t n = 0;

	for (unsigned skip = parts_behind(path); skip; skip--)
		node = yaml_parent(tree, node);
	for (; node && node != object && n < WHERE_PARTS; node = yaml_parent(tree, node), n++) {
		yaml_id key = yaml_key(tree, node);

		items[n] = !key;
		parts[n] = key ? yaml_text(tree, key) : yaml_get_text(tree, node, "name");
		if (!parts[n].n)
			parts[n] = index_of(tree, arena, node);
	}
	if (n > 1 && str_is(parts[n - 1], "spec"))
		n--;
	while (n--)
		text = items[n] ? str_fmt(arena, "%.*s[%.*s]", STR_ARG(text), STR_ARG(parts[n]))
				: str_fmt(arena, "%.*s%s%.*s", STR_ARG(text), text.n ? "." : "", STR_ARG(parts[n]));
	return text;
}

struct str kube_path_item_name(struct yaml_tree *tree, yaml_id object, yaml_id node)
{
	for (; node && node != object; node = yaml_parent(tree, node))
		if (!yaml_key(tree, node) && yaml_is_map(tree, node))
			return yaml_get_text(tree, node, "name");
	return STR_NONE;
}
