/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree as JSON, and what a scalar of YAML 1.1 is there.
 */
#include "yaml/print.h"

#include "base/json.h"
#include "yaml/tree_internal.h"

static bool is_json_number(struct str s)
{
	return s.n && yaml_json_number(s, 0) == s.n;
}

/* `+1_000.` and `.5` as JSON writes them; empty for what is no number there. */
static struct str plain_number(struct arena *arena, struct str s)
{
	struct buf out CLEANUP(buf_free) = BUF_INIT;
	bool negative = s.n && s.p[0] == '-';
	size_t at = negative || (s.n && s.p[0] == '+');

	if (negative)
		buf_addc(&out, '-');
	if (at < s.n && s.p[at] == '.')
		buf_addc(&out, '0');
	while (at + 1 < s.n && (s.p[at] == '0' || s.p[at] == '_') && s.p[at + 1] >= '0' && s.p[at + 1] <= '9')
		at++;
	for (; at < s.n; at++) {
		bool digit_next = at + 1 < s.n && s.p[at + 1] >= '0' && s.p[at + 1] <= '9';

		if (s.p[at] != '_' && (s.p[at] != '.' || digit_next))
			buf_addc(&out, s.p[at]);
	}
	return is_json_number(buf_str(&out)) ? str_copy(arena, buf_str(&out)) : STR_NONE;
}

struct str yaml_json_scalar(struct yaml_tree *tree, yaml_id scalar)
{
	struct str text;
	int64_t number;
	bool truth;

	switch (yaml_type(tree, scalar)) {
	case YAML_NULL:
		return STR("null");
	case YAML_BOOL:
		return yaml_bool(tree, scalar, &truth) && truth ? STR("true") : STR("false");
	case YAML_INT:
	case YAML_FLOAT:
		text = yaml_text(tree, scalar);
		if (is_json_number(text))
			return text;
		return yaml_int(tree, scalar, &number) ? str_from_int(tree->arena, number)
						       : plain_number(tree->arena, text);
	case YAML_STR:
		break;
	}
	return STR_NONE;
}

struct str yaml_json_key(struct yaml_tree *tree, yaml_id key)
{
	enum yaml_type type = yaml_type(tree, key);

	if (type == YAML_STR || type == YAML_NULL || type == YAML_FLOAT)
		return yaml_text(tree, key);
	return yaml_json_scalar(tree, key);
}

static void new_line(struct buf *out, unsigned indent, unsigned depth)
{
	if (!indent)
		return;
	buf_addc(out, '\n');
	buf_pad(out, ' ', (size_t)indent * depth);
}

void yaml_print_json(struct yaml_tree *tree, yaml_id node, unsigned indent, unsigned depth, struct buf *out)
{
	bool map = yaml_is_map(tree, node), first = true;
	struct str scalar;

	if (!map && !yaml_is_seq(tree, node)) {
		scalar = yaml_json_scalar(tree, node);
		if (scalar.n)
			buf_add(out, scalar);
		else
			json_add_str(out, yaml_text(tree, node));
		return;
	}
	buf_addc(out, map ? '{' : '[');
	YAML_EACH(tree, node, child) {
		if (!first)
			buf_addc(out, ',');
		first = false;
		new_line(out, indent, depth + 1);
		if (map) {
			json_add_str(out, yaml_json_key(tree, child));
			buf_add(out, indent ? STR(": ") : STR(":"));
		}
		yaml_print_json(tree, map ? yaml_value(tree, child) : child, indent, depth + 1, out);
	}
	if (!first)
		new_line(out, indent, depth);
	buf_addc(out, map ? '}' : ']');
}
