/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between
 *
 * Where neither result has a splice they are the same, so only the lines that splices touch are compared: by the longest
 * common subsequence, for in the lines of a new securityContext the settings of several changes stand among each other.
 */
#include "report/between.h"

#include <stdlib.h>

#include "report/text.h"

/* Beyond so many pairs of lines, all of one region goes and all of the other comes. */
enum { PAIRS_MOST = 1 << 20 };

/* ---- regions ---- */

/* One of the two results, and how far it is read. */
struct side {
	const struct splices *splices;
	size_t next;
	int64_t grown; /* by the splices before the next one */
};

/* The splices of both sides that touch the same lines of the original: [from, to) of it. */
struct region {
	size_t from, to;
};

/* Takes the splices of a side that begin in the region, or where it ends; whether there were any. */
static bool take(struct side *side, struct str original, struct region *region)
{
	size_t before = side->next;

	for (; side->next < side->splices->n; side->next++) {
		const struct splice *splice = &side->splices->items[side->next];
		size_t end = splice->at + splice->del;

		if (splice->at > region->to)
			break;
		side->grown += (int64_t)splice->ins.n - (int64_t)splice->del;
		if (end > region->to || splice->at == region->to)
			region->to = text_line_end(original, end);
	}
	return side->next > before;
}

static bool next_region(struct side *a, struct side *b, struct str original, struct region *ret)
{
	size_t at = SIZE_MAX;

	if (a->next < a->splices->n)
		at = a->splices->items[a->next].at;
	if (b->next < b->splices->n && b->splices->items[b->next].at < at)
		at = b->splices->items[b->next].at;
	if (at == SIZE_MAX)
		return false;
	ret->from = text_line_start(original, at);
	ret->to = text_line_end(original, at);
	for (bool more = true; more;) {
		more = take(a, original, ret);
		more |= take(b, original, ret);
	}
	return true;
}

/* ---- lines ---- */

struct lines {
	struct str *items;
	size_t n, cap;
};

static void split(struct lines *lines, struct str text)
{
	lines->n = 0;
	for (size_t at = 0, end; at < text.n; at = end) {
		end = text_line_end(text, at);
		VEC_PUSH(lines, str_sub(text, at, end));
	}
}

/* Lengths of the longest common subsequences of what follows: [i * (m + 1) + j]. */
static uint32_t *lengths(const struct lines *a, const struct lines *b)
{
	size_t width = b->n + 1;
	uint32_t *table = memset(xmalloc((a->n + 1) * width * sizeof(*table)), 0, (a->n + 1) * width * sizeof(*table));

	for (size_t i = a->n; i-- > 0;)
		for (size_t j = b->n; j-- > 0;) {
			uint32_t down = table[(i + 1) * width + j], right = table[i * width + j + 1];

			table[i * width + j] = str_eq(a->items[i], b->items[j]) ? table[(i + 1) * width + j + 1] + 1
					       : down > right			? down
										: right;
		}
	return table;
}

static void add_splice(struct between *between, struct str old, struct str new)
{
	if (old.n || new.n)
		VEC_PUSH(&between->splices,
			 (struct splice){ .at = (size_t)(old.p - between->before.p), .del = old.n, .ins = new });
}

/* @old and @new lie in the results of @between. */
static void compare(struct between *between, struct lines *a, struct lines *b, struct str old, struct str new)
{
	uint32_t *table;
	size_t i = 0, j = 0, old_at = 0, new_at = 0, old_end = 0, new_end = 0;

	if (str_eq(old, new))
		return;
	split(a, old);
	split(b, new);
	if ((a->n + 1) > PAIRS_MOST / (b->n + 1)) {
		add_splice(between, old, new);
		return;
	}
	table = lengths(a, b);
	while (i < a->n || j < b->n) {
		if (i < a->n && j < b->n && str_eq(a->items[i], b->items[j])) {
			add_splice(between, str_sub(old, old_at, old_end), str_sub(new, new_at, new_end));
			old_at = old_end += a->items[i++].n;
			new_at = new_end += b->items[j++].n;
		} else if (j < b->n &&
			   (i == a->n || table[i * (b->n + 1) + j + 1] >= table[(i + 1) * (b->n + 1) + j])) {
			new_end += b->items[j++].n;
		} else {
			old_end += a->items[i++].n;
		}
	}
	add_splice(between, str_sub(old, old_at, old_end), str_sub(new, new_at, new_end));
	free(table);
}

void between_make(struct between *between, struct str original, const struct splices *before,
		  const struct splices *after)
{
	struct side a = { .splices = before }, b = { .splices = after };
	struct lines old = { 0 }, new = { 0 };
	struct region region;

	*between = (struct between){ 0 };
	splices_apply(original, before, &between->before);
	splices_apply(original, after, &between->after);
	while (true) {
		int64_t a_grown = a.grown, b_grown = b.grown;

		if (!next_region(&a, &b, original, &region))
			break;
		compare(between, &old, &new,
			str_sub(buf_str(&between->before), (size_t)((int64_t)region.from + a_grown),
				(size_t)((int64_t)region.to + a.grown)),
			str_sub(buf_str(&between->after), (size_t)((int64_t)region.from + b_grown),
				(size_t)((int64_t)region.to + b.grown)));
	}
	free(old.items);
	free(new.items);
}

void between_free(struct between *between)
{
	buf_free(&between->before);
	buf_free(&between->after);
	splices_free(&between->splices);
}
