/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tabs that are in the way of an edit: where YAML allows them, another value could not stand.
 */
#include "yaml/tree_internal.h"

bool yaml_ends_with_tab_line(struct yaml_tree *tree, yaml_id scalar)
{
	const struct yaml_node *node = yaml_node(tree, scalar);
	const char *p = tree->bytes.p;
	bool tab = false;

	if ((node->style != YAML_LITERAL && node->style != YAML_FOLDED) || (node->flags & (YAML_F_NEW | YAML_F_COPY)))
		return false;
	for (uint32_t at = node->end; at > node->start && memchr(" \t\r\n", p[at - 1], 4); at--) {
		if (tab && memchr("\r\n", p[at - 1], 2))
			return true;
		tab |= p[at - 1] == '\t';
	}
	return false;
}

/* Behind the dash of an item with two tabs libfyaml reads plain text alone. */
static bool is_behind_dash_and_tabs(struct str s, uint32_t at)
{
	unsigned tabs = 0;

	for (; at && memchr(" \t", s.p[at - 1], 2); at--)
		tabs += s.p[at - 1] == '\t';
	return tabs > 1 && at && s.p[at - 1] == '-';
}

bool yaml_is_behind_tab(struct yaml_tree *tree, yaml_id scalar)
{
	const struct yaml_node *node = yaml_node(tree, scalar);

	/* Its anchor or tag may stand on a line before it. */
	return !(node->flags & (YAML_F_NEW | YAML_F_COPY)) && !yaml_in_flow(tree, scalar) &&
	       (yaml_is_led_by_tab(tree->bytes, node->props) || yaml_is_led_by_tab(tree->bytes, node->start) ||
		is_behind_dash_and_tabs(tree->bytes, node->props));
}

bool yaml_refuse_tab(const struct yaml_tree *tree, struct yaml_refusal *ret_why)
{
	uint32_t at = tree->tab_line - 1;

	if (ret_why)
		*ret_why = (struct yaml_refusal){
			.at = at,
			.why = yaml_is_led_by_tab(tree->bytes, at + 1)
				       ? "a tab in a line of blanks, which Kubernetes reads behind some values only; remove it"
				       : "a tab behind a question mark; write a blank",
		};
	return false;
}
