/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prefilter
 *
 * Most bytes in real repositories are custom resource definitions and configuration. Parsing costs twenty-five times
 * a scan for line breaks, so a document whose kind cannot matter is never parsed. The answer errs on the side of
 * parsing.
 */
#include "engine/prefilter.h"

#include "kube/config_files.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The plain or quoted value behind `kind:`; false where it is anything else. */
static bool plain_value(struct str line, struct str *ret_value)
{
	struct str value = str_trim(line);
	size_t n = 0;

	if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\'')) {
		const char *end = memchr(value.p + 1, value.p[0], value.n - 1);

		if (!end)
			return false;
		*ret_value = str_sub(value, 1, (size_t)(end - value.p));
		return !memchr(ret_value->p, '\\', ret_value->n);
	}
	while (n < value.n && ((value.p[n] >= 'A' && value.p[n] <= 'Z') || (value.p[n] >= 'a' && value.p[n] <= 'z') ||
			       (value.p[n] >= '0' && value.p[n] <= '9')))
		n++;
	*ret_value = str_sub(value, 0, n);
	return n > 0 && (n == value.n || is_blank(value.p[n]));
}

/* Whether a line at column 0 is ordinary block style: a comment, a plain key, a quoted key, a list. */
static bool is_ordinary(char c)
{
	return c == '#' || c == '-' || c == '\r' || c == '\n' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '/' || c == '.';
}

/* Whether it is Kubernetes' own ConfigMap, and none of the user's. */
static bool is_config(const struct kube_kind_list *own, struct str kind)
{
	const struct kube_kind *found = str_is(kind, "ConfigMap") ? kube_kind_find_own(own, STR("v1"), kind) : NULL;

	return found && (found->flags & KIND_CONFIG);
}

struct scan {
	const struct kube_kind_list *own;
	unsigned flags; /* of kinds that matter this time */
	struct str kind;
	unsigned kinds;
	bool odd, content;
	bool versioned; /* it has an apiVersion: with a kind, an object */
	bool wanted;	/* its kind is one that matters: no need to look further */
};

static void scan_line(struct scan *scan, struct str line)
{
	char first = line.n ? line.p[0] : '\n';
	bool known;

	if (is_blank(first)) {
		/* An indented line before the first key is an indented root. */
		if (!scan->content && str_trim(line).n && str_trim(line).p[0] != '#')
			scan->odd = true;
		return;
	}
	if (!is_ordinary(first)) {
		scan->odd = true;
		return;
	}
	if (first == '#' || first == '\n' || first == '\r')
		return;
	scan->content = true;
	scan->versioned |= first == 'a' && str_starts(line, STR("apiVersion"));
	/* What has items is a list to kubectl, whatever its kind. */
	if (first == 'i' && str_starts(line, STR("items")))
		scan->odd = true;
	if (first == 'k' && line.n > 4 && !memcmp(line.p, "kind", 4) && (line.p[4] == ':' || is_blank(line.p[4]))) {
		struct str rest = str_sub(line, 4, line.n);

		while (rest.n && is_blank(rest.p[0]))
			rest = str_sub(rest, 1, rest.n);
		if (!rest.n || rest.p[0] != ':' || !plain_value(str_sub(rest, 1, rest.n), &scan->kind))
			scan->odd = true;
		else
			scan->wanted = (!kube_kind_is_nothing(scan->own, scan->kind, &known) && known &&
					!is_config(scan->own, scan->kind)) ||
				       kube_kind_may_be(scan->own, scan->kind, scan->flags);
		scan->kinds++;
	}
}

/*
 * Whether a `kind` stands behind what only Kubernetes takes for a line break: a carriage return by itself, U+0085,
 * U+2028 or U+2029 (told by their last byte, which is enough to have a second look).
 */
static bool hides_kind(struct str document)
{
	for (size_t at = 0; (at = str_find(document, STR("kind"), at)) != SIZE_MAX; at++) {
		size_t back = at;
		unsigned char before;

		while (back && memchr(" \t\"'?", document.p[back - 1], 5))
			back--;
		before = back ? (unsigned char)document.p[back - 1] : 0;
		if (before == '\r' || before == 0x85 || before == 0xa8 || before == 0xa9)
			return true;
	}
	return false;
}

/* Whether a ConfigMap may say what a program listens on: most are dashboards, scripts and certificates. */
static bool may_configure(struct str document)
{
	static const char *const words[] = { "appsettings", "http://",	  "https://", "PORT",	 "port:", "LISTEN",
					     "BIND",	    "ASPNETCORE", "DOTNET",   "Kestrel", "ADDR" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_find(document, str_of(words[i]), 0) != SIZE_MAX)
			return true;
	return config_may_hold(document);
}

enum prefilter prefilter(struct str document, const struct kube_kind_list *own, unsigned wanted)
{
	struct scan scan = { .own = own, .flags = wanted };
	bool known, nothing;

	for (size_t at = 0; at < document.n && !scan.odd && !scan.wanted;) {
		const char *hit = memchr(document.p + at, '\n', document.n - at);
		size_t end = hit ? (size_t)(hit - document.p) : document.n;

		scan_line(&scan, str_sub(document, at, end));
		at = end + 1;
	}
	if (scan.odd || scan.wanted || scan.kinds > 1)
		return PREFILTER_PARSE;
	if (hides_kind(document))
		return PREFILTER_PARSE;
	if (!scan.kinds)
		return PREFILTER_NO_OBJECT;
	nothing = kube_kind_is_nothing(own, scan.kind, &known);
	if (is_config(own, scan.kind) && scan.versioned)
		return may_configure(document) ? PREFILTER_CONFIG : PREFILTER_OBJECT;
	if (known ? !nothing : str_find(document, STR("containers"), 0) != SIZE_MAX)
		return PREFILTER_PARSE;
	return scan.versioned ? PREFILTER_OBJECT : PREFILTER_NO_OBJECT;
}

bool prefilter_has_kind(struct str file)
{
	static const char before[] = " \t\n\r{,?\"'", between[] = " \t\n\r\"'";
	struct str kind = STR("kind");

	for (size_t at = 0; (at = str_find(file, kind, at)) != SIZE_MAX; at += kind.n) {
		size_t end = at + kind.n;

		/* Behind other bytes than ASCII there may be a line break of Unicode's. */
		if (at && !memchr(before, file.p[at - 1], sizeof(before) - 1) && (unsigned char)file.p[at - 1] < 0x80)
			continue;
		while (end < file.n && memchr(between, file.p[end], sizeof(between) - 1))
			end++;
		if (end < file.n && file.p[end] == ':')
			return true;
	}
	return false;
}
