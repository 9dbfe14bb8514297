/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image references
 *
 * What is known of an image is known of its name, so a name must mean one thing however it is written: "nginx",
 * "docker.io/nginx" and "index.docker.io/library/nginx:latest" are the same image, "localhost:5000/nginx" is another.
 * The grammar is that of distribution/reference, which the kubelet uses.
 */
#include "kube/image_facts.h"

/* ---- references ---- */

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

/* [a-z0-9]+, joined by one '.', one or two '_', or any number of '-'. */
static bool is_path_component(struct str part)
{
	size_t i = 0;

	while (i < part.n) {
		size_t start = i;

		while (i < part.n && (is_lower(part.p[i]) || is_digit(part.p[i])))
			i++;
		if (i == start)
			return false;
		if (i == part.n)
			return true;
		start = i;
		while (i < part.n && part.p[i] == part.p[start])
			i++;
		if (part.p[start] != '-' && !(part.p[start] == '_' && i - start <= 2) &&
		    !(part.p[start] == '.' && i - start == 1))
			return false;
	}
	return false;
}

static bool is_path(struct str path)
{
	struct str rest = path, part;

	if (!path.n || path.p[path.n - 1] == '/')
		return false;
	while (str_cut(&rest, '/', &part))
		if (!is_path_component(part))
			return false;
	return true;
}

static bool is_tag(struct str tag)
{
	if (!tag.n || tag.n > 128 || !is_word(tag.p[0]))
		return false;
	for (size_t i = 1; i < tag.n; i++)
		if (!is_word(tag.p[i]) && tag.p[i] != '.' && tag.p[i] != '-')
			return false;
	return true;
}

/* algorithm:hex, of at least 32 digits. */
static bool is_digest(struct str digest)
{
	size_t colon = str_find(digest, STR(":"), 0);

	if (colon == SIZE_MAX || !colon || digest.n - colon - 1 < 32)
		return false;
	for (size_t i = 0; i < colon; i++)
		if (!is_word(digest.p[i]) && !memchr("+.-", digest.p[i], 3))
			return false;
	for (size_t i = colon + 1; i < digest.n; i++)
		if (!is_digit(digest.p[i]) && !(digest.p[i] >= 'a' && digest.p[i] <= 'f') &&
		    !(digest.p[i] >= 'A' && digest.p[i] <= 'F'))
			return false;
	return true;
}

/* A first part is a registry if it could not be a name: a dot, a colon, an upper case letter, or "localhost". */
static bool is_registry(struct str part)
{
	if (str_is(part, "localhost"))
		return true;
	for (size_t i = 0; i < part.n; i++)
		if (part.p[i] == '.' || part.p[i] == ':' || (part.p[i] >= 'A' && part.p[i] <= 'Z'))
			return true;
	return false;
}

static bool is_registry_valid(struct str part)
{
	for (size_t i = 0; i < part.n; i++)
		if (!is_word(part.p[i]) && !memchr(".-:[]", part.p[i], 5))
			return false;
	return part.n && part.p[0] != '.' && part.p[0] != '-' && part.p[0] != ':';
}

static void split_registry(struct str name, struct str *ret_registry, struct str *ret_path)
{
	size_t slash = str_find(name, STR("/"), 0);

	*ret_registry = STR("docker.io");
	*ret_path = name;
	if (slash == SIZE_MAX || !is_registry(str_sub(name, 0, slash)))
		return;
	*ret_registry = str_sub(name, 0, slash);
	*ret_path = str_sub(name, slash + 1, name.n);
	if (str_is(*ret_registry, "index.docker.io"))
		*ret_registry = STR("docker.io");
}

bool image_ref_parse(struct arena *arena, struct str text, struct image_ref *ret_ref)
{
	struct image_ref ref = { 0 };
	struct str name = text, registry, path;
	size_t at = str_find(text, STR("@"), 0), colon;
	bool library;

	if (at != SIZE_MAX) {
		ref.digest = str_sub(text, at + 1, text.n);
		name = str_sub(text, 0, at);
		if (!is_digest(ref.digest))
			return false;
	}
	for (colon = name.n; colon && name.p[colon - 1] != ':' && name.p[colon - 1] != '/'; colon--)
		;
	if (colon && name.p[colon - 1] == ':') {
		ref.tag = str_sub(name, colon, name.n);
		name = str_sub(name, 0, colon - 1);
		if (!is_tag(ref.tag))
			return false;
	}
	split_registry(name, &registry, &path);
	if (!is_registry_valid(registry) || !is_path(path))
		return false;
	library = str_is(registry, "docker.io") && str_find(path, STR("/"), 0) == SIZE_MAX;
	ref.name = str_join(arena, str_join(arena, registry, library ? STR("/library/") : STR("/")), path);
	*ret_ref = ref;
	return true;
}

/* ---- versions ---- */

size_t image_version(struct str tag, uint32_t ret_numbers[IMAGE_VERSION_MAX])
{
	size_t at = tag.n && (tag.p[0] == 'v' || tag.p[0] == 'V') ? 1 : 0, n = 0;

	while (n < IMAGE_VERSION_MAX && at < tag.n && is_digit(tag.p[at])) {
		uint32_t number = 0;

		for (; at < tag.n && is_digit(tag.p[at]); at++)
			number = number < 100000000 ? number * 10 + (uint32_t)(tag.p[at] - '0') : number;
		ret_numbers[n++] = number;
		if (at + 1 >= tag.n || tag.p[at] != '.')
			break;
		at++;
	}
	return n;
}
