/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placeholder
 *
 * No enumeration of the API has a value of one of these forms, and no name that it would take. In a boolean's or a
 * number's place no form is asked for: whatever text stands there, the API server refuses it as it is, so it is either
 * filled in by somebody or a mistake. What was meant is for a person to say.
 */
#include "kube/placeholder.h"

#define FILL_IN "a placeholder, whose value is not known; "
#define ENVSUBST FILL_IN "fill it in first: envsubst < FILE | kubectl harden fix -f -"
#define OTHER FILL_IN "harden what comes out of the program that fills it in"

static const struct {
	const char *open, *close;
	const char *why;
} forms[] = {
	{ "${", "}", ENVSUBST }, { "$(", ")", OTHER }, /* Tekton, kustomize's vars, MSBuild */
	{ "{{", "}}", OTHER },			       /* Argo, in quotes */
	{ "#{", "}#", OTHER },			       /* Azure Pipelines' Replace Tokens */
	{ "#{", "}", OTHER },			       /* Octopus Deploy */
	{ "__", "__", OTHER },			       /* Replace Tokens, sed */
	{ "@", "@", OTHER },			       /* autoconf, CMake */
	{ "%", "%", OTHER },	 { "<", ">", OTHER },
};

static bool is_name(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c != '_' && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(i > 0 && c >= '0' && c <= '9'))
			return false;
	}
	return text.n > 0;
}

static const char *why_placeholder(struct str text)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct str open = str_of(forms[i].open), close = str_of(forms[i].close);

		if (text.n > open.n + close.n && str_starts(text, open) && str_ends(text, close))
			return forms[i].why;
	}
	if (text.n && text.p[0] == '$' && is_name(str_sub(text, 1, text.n)))
		return ENVSUBST;
	return NULL;
}

bool placeholder_is(struct str text)
{
	return why_placeholder(text) != NULL;
}

/* `key: #{X}#`, of which YAML makes a null and a comment: what the comment says; empty where there is none of that form. */
static struct str commented(struct yaml_tree *tree, yaml_id id)
{
	const struct yaml_node *node = id ? &tree->nodes.items[id] : NULL;
	struct str rest = STR_NONE;
	const char *end;

	if (!node || node->kind != YAML_SCALAR || node->style != YAML_EMPTY || node->end > tree->bytes.n ||
	    node->flags & (YAML_F_NEW | YAML_F_CHANGED | YAML_F_REMOVED | YAML_F_COPY | YAML_F_TAG | YAML_F_ANCHOR))
		return STR_NONE;
	rest = str_sub(tree->bytes, node->end, tree->bytes.n);
	end = rest.n ? memchr(rest.p, '\n', rest.n) : NULL;
	rest = str_trim(end ? str_sub(rest, 0, (size_t)(end - rest.p)) : rest);
	return str_starts(rest, STR("#{")) && str_ends(rest, STR("}#")) && placeholder_is(rest) ? rest : STR_NONE;
}

/* What is wrong with something that stands where the API wants a boolean or a number. */
static const char *why_wrong(struct yaml_tree *tree, yaml_id node, enum value_type type)
{
	struct str text = yaml_text(tree, node);
	enum yaml_type is = yaml_is_scalar(tree, node) ? yaml_type(tree, node) : YAML_STR;
	const char *why = why_placeholder(text);
	enum yaml_type spelt = yaml_resolve_plain(text, NULL, NULL);

	if (is == YAML_STR && why)
		return why;
	if (type == VALUE_BOOL)
		return is == YAML_BOOL || (is == YAML_STR && spelt == YAML_BOOL)
			       ? NULL
			       : "neither true nor false, one of which the API wants there";
	if (is == YAML_INT)
		return NULL;
	if (is == YAML_FLOAT)
		return "not written as a whole number, which the API wants there";
	return is == YAML_STR && spelt == YAML_INT ? "a text, where the API wants a number: write it without quotes"
						   : "no number, which the API wants there";
}

const char *value_unknown(struct yaml_tree *tree, yaml_id node, enum value_type type)
{
	if (yaml_is_null(tree, node))
		return commented(tree, node).n
			       ? "a placeholder that is a comment as long as it has no quotes; harden what comes "
				 "out of the program that fills it in"
			       : NULL;
	if (type == VALUE_TEXT)
		return yaml_is_scalar(tree, node) && yaml_type(tree, node) == YAML_STR
			       ? why_placeholder(yaml_text(tree, node))
			       : NULL;
	return why_wrong(tree, node, type);
}

enum { WORDS_MAX = 60 };

struct str value_words(struct yaml_tree *tree, yaml_id node, struct arena *arena)
{
	struct str text = yaml_text(tree, node);
	size_t n = text.n < WORDS_MAX ? text.n : WORDS_MAX;

	if (yaml_is_map(tree, node))
		return STR("a map");
	if (yaml_is_seq(tree, node))
		return STR("a list");
	if (yaml_is_null(tree, node))
		return commented(tree, node);
	while (n && n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	text = str_sub(text, 0, n);
	if (yaml_type(tree, node) == YAML_STR && yaml_resolve_plain(text, NULL, NULL) != YAML_STR)
		return str_fmt(arena, "\"%.*s\"", STR_ARG(text));
	return text;
}
