/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image match: which row fits an image, and which directories are one place.
 *
 * Rows are searched in the order of their file, and the first that fits counts. A tag that names no version fits no
 * row that asks for one; a digest alone says nothing about the version. The build's generator checks the rows' own
 * examples with what is here, so nothing here knows the built-in rows.
 */
#include "kube/image_match.h"

/* ---- versions ---- */

/* Number by number; what one of them leaves out counts as 0. */
static int compare_versions(const uint32_t *a, size_t an, const uint32_t *b, size_t bn)
{
	for (size_t i = 0; i < an || i < bn; i++) {
		uint32_t left = i < an ? a[i] : 0, right = i < bn ? b[i] : 0;

		if (left != right)
			return left < right ? -1 : 1;
	}
	return 0;
}

static bool version_fits(const struct image_fact *fact, struct str tag)
{
	uint32_t own[IMAGE_VERSION_MAX], bound[IMAGE_VERSION_MAX];
	size_t n = image_version(tag, own);

	if (!fact->from && !fact->below)
		return true;
	if (!n)
		return false;
	if (fact->from && compare_versions(own, n, bound, image_version(str_of(fact->from), bound)) < 0)
		return false;
	return !fact->below || compare_versions(own, n, bound, image_version(str_of(fact->below), bound)) < 0;
}

/* ---- rows ---- */

static bool matches(const char *pattern, struct str text)
{
	struct str p = str_of(pattern);

	if (p.n && p.p[p.n - 1] == '*')
		return str_starts(text, str_sub(p, 0, p.n - 1));
	return str_eq(p, text);
}

bool image_name_matches(const struct image_texts *patterns, struct str text)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (matches(patterns->items[i], text))
			return true;
	return false;
}

/* Words of a tag stand between dashes; the first one may follow a version directly ("8.0-jammy-chiseled"). */
static bool has_word(const struct image_texts *patterns, struct str tag)
{
	struct str rest = tag, word;

	while (str_cut(&rest, '-', &word))
		if (image_name_matches(patterns, word))
			return true;
	return false;
}

static bool tag_fits(const struct image_fact *fact, const struct image_ref *ref)
{
	bool is_latest = (!ref->tag.n && !ref->digest.n) || str_is(ref->tag, "latest");

	/* A digest says which image it is, whatever tag stands before it. */
	if (fact->digest)
		return str_is(ref->digest, fact->digest);
	if (fact->tag)
		return !ref->digest.n && (str_is(ref->tag, fact->tag) || (is_latest && !strcmp(fact->tag, "latest")));
	if (is_latest && fact->latest)
		return true;
	if (fact->with.n && !has_word(&fact->with, ref->tag))
		return false;
	if (fact->without.n && has_word(&fact->without, ref->tag))
		return false;
	return version_fits(fact, ref->tag);
}

const struct image_fact *image_fact_find_as(const struct image_facts *rows, const struct image_ref *ref,
					    struct str name)
{
	for (size_t i = 0; rows && i < rows->n; i++)
		if (image_name_matches(&rows->items[i].repositories, name) && tag_fits(&rows->items[i], ref))
			return &rows->items[i];
	return NULL;
}

const struct image_fact *image_fact_find(const struct image_facts *rows, const struct image_ref *ref)
{
	return image_fact_find_as(rows, ref, ref->name);
}

/* ---- directories ---- */

/* Without slashes at its end; where /var/run leads to in most images. */
static struct str place(struct str path, struct str *ret_prefix)
{
	*ret_prefix = STR_NONE;
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	if (str_is(path, "/var/run") || str_starts(path, STR("/var/run/")) || str_is(path, "/var/lock") ||
	    str_starts(path, STR("/var/lock/"))) {
		*ret_prefix = str_starts(path, STR("/var/lock")) ? STR("/run") : STR_NONE;
		return str_sub(path, 4, path.n);
	}
	return path;
}

/* The byte at @i of @prefix and @path, one behind the other; -1 at the end. */
static int byte_at(struct str prefix, struct str path, size_t i)
{
	if (i < prefix.n)
		return (unsigned char)prefix.p[i];
	i -= prefix.n;
	return i < path.n ? (unsigned char)path.p[i] : -1;
}

/* How many bytes both begin with. */
static size_t common(struct str a, struct str b, int *ret_a, int *ret_b)
{
	struct str prefix_a, prefix_b;
	size_t i = 0;

	a = place(a, &prefix_a);
	b = place(b, &prefix_b);
	do {
		*ret_a = byte_at(prefix_a, a, i);
		*ret_b = byte_at(prefix_b, b, i);
	} while (*ret_a == *ret_b && *ret_a >= 0 && ++i);
	return i;
}

bool image_path_is(struct str a, struct str b)
{
	int next_a, next_b;

	common(a, b, &next_a, &next_b);
	return next_a < 0 && next_b < 0;
}

bool image_path_is_among(struct str path, const struct image_texts *places)
{
	for (size_t i = 0; i < places->n; i++)
		if (image_path_is(path, str_of(places->items[i])))
			return true;
	return false;
}

bool image_path_is_in(struct str a, struct str b)
{
	int next_a, next_b;
	size_t n = common(a, b, &next_a, &next_b);

	/* Everything is in "/". */
	return n && next_b < 0 && (next_a == '/' || (n == 1 && next_a >= 0));
}
