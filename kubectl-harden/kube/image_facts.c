/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image facts
 *
 * Rows are searched in the order of their file, and the first that fits counts. A tag that names no version fits no
 * row that asks for one; a digest alone says nothing about the version.
 */
#include "kube/image_facts.h"

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

static bool any_matches(const struct image_texts *patterns, struct str text)
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
		if (any_matches(patterns, word))
			return true;
	return false;
}

static bool tag_fits(const struct image_fact *fact, const struct image_ref *ref)
{
	bool is_latest = (!ref->tag.n && !ref->digest.n) || str_is(ref->tag, "latest");

	if (is_latest && fact->latest)
		return true;
	if (fact->with.n && !has_word(&fact->with, ref->tag))
		return false;
	if (fact->without.n && has_word(&fact->without, ref->tag))
		return false;
	return version_fits(fact, ref->tag);
}

const struct image_fact *image_fact_find(const struct image_facts *rows, const struct image_ref *ref)
{
	for (size_t i = 0; i < rows->n; i++)
		if (any_matches(&rows->items[i].repositories, ref->name) && tag_fits(&rows->items[i], ref))
			return &rows->items[i];
	return NULL;
}

const struct image_move *image_fact_move(const struct image_fact *fact, uint16_t port)
{
	for (size_t i = 0; fact && i < fact->moves_n; i++)
		if (fact->moves[i].port == port)
			return &fact->moves[i];
	return NULL;
}

bool image_fact_listens(const struct image_fact *fact, uint16_t port)
{
	for (size_t i = 0; fact && i < fact->listens_n; i++)
		if (fact->listens[i].port == port && !fact->listens[i].udp)
			return true;
	return false;
}

struct str image_move_value(const struct image_move *move, struct arena *arena, uint16_t port)
{
	struct str value = str_of(move->value);
	size_t at = str_find(value, STR("{port}"), 0);

	if (at == SIZE_MAX)
		return str_copy(arena, value);
	return str_fmt(arena, "%.*s%u%.*s", STR_ARG(str_sub(value, 0, at)), (unsigned)port,
		       STR_ARG(str_sub(value, at + 6, value.n)));
}
