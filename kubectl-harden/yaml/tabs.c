/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tabs
 *
 * A line of nothing but blanks with a tab among them is read by go-yaml behind a plain scalar (it may go on there), by
 * libfyaml behind every value. So what stands before such a line must not change. And behind `?` and a tab libfyaml reads
 * a key, but neither its `:` nor a key below it.
 */
#include "yaml/tree_internal.h"

/* The first tab that leads a line without text in the bytes from @from to @to; 0 where there is none, else 1 more. */
static uint32_t find_in_gap(struct str s, uint32_t from, uint32_t to)
{
	uint32_t tab = 0;
	bool leads = from == 0;

	for (uint32_t at = from; at < to; at++) {
		char c = s.p[at];

		if (c == '\n' || c == '\r') {
			if (leads && tab)
				return tab;
			leads = true;
			tab = 0;
		} else if (c == '\t' && leads) {
			tab = tab ? tab : at + 1;
		} else if (c == '#' && leads && tab) {
			return tab;
		} else if (c != ' ') {
			leads = false;
		}
	}
	return to == s.n && leads ? tab : 0;
}

bool yaml_is_led_by_tab(struct str s, uint32_t at)
{
	bool tab = false;

	for (; at && memchr(" \t", s.p[at - 1], 2); at--)
		tab |= s.p[at - 1] == '\t';
	return tab && (!at || memchr("\r\n", s.p[at - 1], 2));
}

/*
 * One more than the tab between the question mark of a block's key and that key or its properties, which may stand on a
 * later line; 0 where there is none. Before the mark, what began at @from is not text.
 */
static uint32_t find_behind_mark(struct yaml_tree *tree, const struct yaml_node *key, uint32_t from)
{
	const char *p = tree->bytes.p;
	uint32_t tab = 0;
	bool marked = false;

	if ((key->flags & (YAML_F_KEY | YAML_F_EXPLICIT)) != (YAML_F_KEY | YAML_F_EXPLICIT) ||
	    yaml_node(tree, key->parent)->style != YAML_BLOCK)
		return 0;
	for (uint32_t at = from; at < key->props; at++) {
		bool starts = !at || memchr(" \t\r\n", p[at - 1], 4);

		if (p[at] == '#' && starts) {
			while (at + 1 < key->props && !memchr("\r\n", p[at + 1], 2))
				at++;
		} else if (p[at] == '?' && starts) {
			marked = true;
			tab = 0;
		} else if (p[at] == '\t' && marked && !tab) {
			tab = at + 1;
		}
	}
	return tab;
}

uint32_t yaml_find_tab_line(struct yaml_tree *tree)
{
	uint32_t at = 0, tab;

	if (!tree->bytes.n || !memchr(tree->bytes.p, '\t', tree->bytes.n))
		return 0;
	for (yaml_id id = 1; id < tree->nodes.n; id++) {
		const struct yaml_node *node = yaml_node(tree, id);

		tab = find_behind_mark(tree, node, at);
		if (tab)
			return tab;
		/* In what has an end of its own, blanks are blanks or text. */
		if (node->start < at ||
		    (node->kind != YAML_SCALAR && node->kind != YAML_ALIAS && node->style != YAML_FLOW))
			continue;
		tab = find_in_gap(tree->bytes, at, node->start);
		if (tab)
			return tab;
		at = node->end;
	}
	return find_in_gap(tree->bytes, at, (uint32_t)tree->bytes.n);
}
