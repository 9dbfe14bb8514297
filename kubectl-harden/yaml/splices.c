/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Splices, once they are made: their order, the end of a file without a final line break, and their use.
 */
#include <stdlib.h>

#include "yaml/render_internal.h"
#include "yaml/tree_internal.h"

void splices_free(struct splices *splices)
{
	free(splices->items);
	*splices = (struct splices){ 0 };
}

void splices_add(struct splices *splices, const struct splices *from, uint64_t start)
{
	for (size_t i = 0; i < from->n; i++) {
		struct splice splice = from->items[i];

		splice.at += start;
		VEC_PUSH(splices, splice);
	}
}

void splices_apply(struct str original, const struct splices *splices, struct buf *out)
{
	size_t at = 0, grown = 0;

	for (size_t i = 0; i < splices->n; i++)
		grown += splices->items[i].ins.n;
	buf_reserve(out, original.n + grown);
	for (size_t i = 0; i < splices->n; i++) {
		const struct splice *splice = &splices->items[i];

		buf_add(out, str_sub(original, at, splice->at));
		buf_add(out, splice->ins);
		at = splice->at + splice->del;
	}
	buf_add(out, str_sub(original, at, original.n));
}

/* At one place, what is put in comes before what goes. */
static bool comes_before(const struct splice *a, const struct splice *b)
{
	return a->at != b->at ? a->at < b->at : !a->del && b->del;
}

/* Stable, and quick where they are nearly sorted already, as they are but for what is gone from flow collections. */
static void sort(struct splices *splices, size_t from)
{
	size_t n = splices->n - from;
	struct splice *items, *spare;

	if (n < 2)
		return;
	items = splices->items + from;
	spare = xmalloc(n * sizeof(*spare));
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t low = 0; low + width < n; low += 2 * width) {
			size_t middle = low + width, high = middle + width < n ? middle + width : n, i = low,
			       j = middle;

			if (!comes_before(&items[middle], &items[middle - 1]))
				continue;
			memcpy(spare + low, items + low, (high - low) * sizeof(*spare));
			for (size_t k = low; k < high; k++)
				items[k] = i == middle || (j < high && comes_before(&spare[j], &spare[i])) ? spare[j++]
													   : spare[i++];
		}
	}
	free(spare);
}

/* Whether the line break before @at is part of the value of a block scalar (but a `|-`). */
static bool ends_block_scalar(struct yaml_tree *tree, uint64_t at)
{
	const struct yaml_node *leaf = render_last_block_scalar(tree, tree->root);
	uint32_t header;

	if (!leaf)
		return false;
	header = leaf->start + 1;
	while (tree->bytes.p[header] >= '0' && tree->bytes.p[header] <= '9')
		header++;
	if (tree->bytes.p[header] == '-')
		return false;
	return leaf->end >= at || !memchr(tree->bytes.p + leaf->end, '#', at - leaf->end);
}

static uint32_t break_before(struct str s, size_t at)
{
	if (!at || (s.p[at - 1] != '\n' && s.p[at - 1] != '\r'))
		return 0;
	return at >= 2 && s.p[at - 1] == '\n' && s.p[at - 2] == '\r' ? 2 : 1;
}

/* Removed last lines without a line break take the one before them along, so that there is still none. */
static void end_without_break(struct yaml_tree *tree, struct splices *splices, size_t from)
{
	struct splice *items = splices->items;
	size_t i = splices->n;
	uint64_t start = tree->bytes.n;
	uint32_t width;

	if (break_before(tree->bytes, start))
		return;
	while (i > from && !items[i - 1].ins.n && items[i - 1].at + items[i - 1].del == start)
		start = items[--i].at;
	if (i == splices->n)
		return;
	if (i > from && items[i - 1].at + items[i - 1].del == start) {
		items[i - 1].ins.n -= break_before(items[i - 1].ins, items[i - 1].ins.n);
		return;
	}
	width = break_before(tree->bytes, start);
	if (!width || ends_block_scalar(tree, start))
		return;
	items[i].at -= width;
	items[i].del += width;
}

void render_conclude(struct yaml_tree *tree, struct splices *splices, size_t from)
{
	sort(splices, from);
	end_without_break(tree, splices, from);
}
