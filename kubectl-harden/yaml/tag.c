/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tags, as sigs.k8s.io/yaml takes them (go-yaml, resolve.go): `!!int`, `!!bool`, `!!float`, `!!null` and `!!timestamp`
 * make it resolve the text as if it were plain, in quotes or not, and refuse what is of another type; `!!binary` is
 * decoded; under every other tag, `!!str`, `!` and `!mine` alike, the text is a string as it stands. A tag on a
 * mapping or a list says nothing at all.
 */
#include "base/base64.h"
#include "yaml/scalar.h"
#include "yaml/tree_internal.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static uint32_t word_end(struct str s, uint32_t at, uint32_t end)
{
	while (at < end && !is_blank(s.p[at]))
		at++;
	return at;
}

bool yaml_tag_find(const struct yaml_tree *tree, const struct yaml_node *node, uint32_t *ret_from, uint32_t *ret_to)
{
	uint32_t at = node->props;

	while (at < node->start && tree->bytes.p[at] != '!')
		at = yaml_skip_gap(tree->bytes, word_end(tree->bytes, at, node->start));
	if (at >= node->start)
		return false;
	*ret_from = at;
	*ret_to = word_end(tree->bytes, at, node->start);
	return true;
}

static const struct {
	const char *name;
	enum yaml_tag tag;
} known[] = {
	{ "null", YAML_TAG_NULL },   { "bool", YAML_TAG_BOOL },	     { "int", YAML_TAG_INT },
	{ "float", YAML_TAG_FLOAT }, { "timestamp", YAML_TAG_TIME }, { "binary", YAML_TAG_BINARY },
	{ "merge", YAML_TAG_MERGE },
};

enum yaml_tag yaml_tag_of(const struct yaml_tree *tree, const struct yaml_node *node)
{
	static const struct str longer = { "!<tag:yaml.org,2002:", 20 }, shorter = { "!!", 2 };
	uint32_t from, to;
	struct str tag;

	if (!(node->flags & YAML_F_TAG) || !yaml_tag_find(tree, node, &from, &to))
		return YAML_TAG_NONE;
	tag = str_sub(tree->bytes, from, to);
	if (str_is(tag, "!") || str_is(tag, "!<!>"))
		return YAML_TAG_BANG;
	if (str_starts(tag, longer))
		tag = str_sub(tag, longer.n, tag.n - 1);
	else if (str_starts(tag, shorter))
		tag = str_sub(tag, shorter.n, tag.n);
	else
		return YAML_TAG_TEXT;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_is(tag, known[i].name))
			return known[i].tag;
	return YAML_TAG_TEXT;
}

/* A number that is too large for int64, but not for uint64, is an integer to go-yaml all the same. */
static bool is_large_int(struct str s)
{
	static const char most[] = "18446744073709551615";

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n < sizeof(most) - 1 || (s.n == sizeof(most) - 1 && memcmp(s.p, most, s.n) <= 0);
}

static bool looks_like_date(struct str s)
{
	for (size_t i = 0; i < 4; i++)
		if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n >= 8 && s.p[4] == '-';
}

bool yaml_tag_resolve(enum yaml_tag tag, struct str text, enum yaml_type *ret_type, int64_t *ret_int, bool *ret_bool)
{
	static const int64_t exact = (int64_t)1 << 53; /* what a float64 holds exactly */
	int64_t value = 0;
	enum yaml_type type;

	*ret_type = YAML_STR;
	if (tag == YAML_TAG_BANG || tag == YAML_TAG_TEXT || tag == YAML_TAG_MERGE || tag == YAML_TAG_BINARY)
		return true;
	if (tag == YAML_TAG_TIME)
		return looks_like_date(text);
	*ret_type = type = yaml_resolve_plain(text, &value, ret_bool);
	if (ret_int)
		*ret_int = value;
	switch (tag) {
	case YAML_TAG_NULL:
		return type == YAML_NULL;
	case YAML_TAG_BOOL:
		return type == YAML_BOOL;
	case YAML_TAG_INT:
		return type == YAML_INT || (type == YAML_FLOAT && is_large_int(text));
	default:
		/* 80 as a float is 80 again in JSON. */
		if (type == YAML_INT && (value > exact || value < -exact))
			*ret_type = YAML_FLOAT;
		return type == YAML_INT || type == YAML_FLOAT;
	}
}

bool yaml_tag_fits(const struct yaml_tree *tree, const struct yaml_node *node, struct str text, enum yaml_type type)
{
	enum yaml_tag tag = yaml_tag_of(tree, node);
	enum yaml_type read;

	switch (tag) {
	case YAML_TAG_BANG:
	case YAML_TAG_TEXT:
		return type == YAML_STR;
	case YAML_TAG_BOOL:
	case YAML_TAG_INT:
		return yaml_tag_resolve(tag, text, &read, NULL, NULL) && read == type;
	default:
		return false;
	}
}

/* ---- what Kubernetes refuses ---- */

static const char *problem_of_type(enum yaml_tag tag)
{
	switch (tag) {
	case YAML_TAG_NULL:
		return "tagged !!null, and something else; Kubernetes refuses it";
	case YAML_TAG_BOOL:
		return "tagged !!bool, and no boolean; Kubernetes refuses it";
	case YAML_TAG_INT:
		return "tagged !!int, and no integer; Kubernetes refuses it";
	case YAML_TAG_FLOAT:
		return "tagged !!float, and no number; Kubernetes refuses it";
	default:
		return "tagged !!timestamp, and none; Kubernetes refuses it";
	}
}

const char *yaml_tag_problem(struct yaml_tree *tree, yaml_id id)
{
	struct yaml_node *node = yaml_node(tree, id);
	struct str bytes = tree->bytes, unused;
	enum yaml_tag tag = yaml_tag_of(tree, node);
	uint32_t from = 0, to = 0;
	enum yaml_type type;

	if (!yaml_tag_find(tree, node, &from, &to) || memchr(bytes.p + from, '%', to - from))
		return "a tag with a % in it; write out what it stands for";
	if (to < bytes.n && !is_blank(bytes.p[to]))
		return "text that Kubernetes takes for part of the tag before it, or refuses; put a blank between";
	if (node->kind != YAML_SCALAR)
		return NULL;
	if (tag == YAML_TAG_BINARY) {
		node->flags &= (uint16_t)~YAML_F_SLICE; /* the text is not the bytes */
		return base64_decode(tree->arena, yaml_raw_text(tree, id), &unused)
			       ? NULL
			       : "tagged !!binary, and no base64; Kubernetes refuses it";
	}
	return yaml_tag_resolve(tag, yaml_raw_text(tree, id), &type, NULL, NULL) ? NULL : problem_of_type(tag);
}
