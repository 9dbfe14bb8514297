/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Render notes: which nodes stand in which splice, kept along with the splices while they are made and sorted.
 */
#include <stdlib.h>

#include "yaml/render_internal.h"

void render_notes_end(struct render *render)
{
	struct render_notes *notes = render->notes;

	notes->items = xrealloc_array(notes->items, render->splices->cap, sizeof(*notes->items));
	notes->items[notes->n].first = (uint32_t)render->noted;
	notes->items[notes->n++].n = (uint32_t)(notes->nodes.n - render->noted);
	render->noted = notes->nodes.n;
}

void render_notes_move(struct render_notes *notes, size_t from, size_t to)
{
	uint32_t first = notes->items[from].first, n = notes->items[from].n;

	memmove(&notes->items[to + 1], &notes->items[to], (from - to) * sizeof(*notes->items));
	notes->items[to].first = first;
	notes->items[to].n = n;
}

/* A splice without nodes only makes room for the one after it. */
void render_notes_complete(struct render_notes *notes)
{
	for (size_t i = notes->n; i-- > 1;) {
		if (notes->items[i - 1].n)
			continue;
		notes->items[i - 1].first = notes->items[i].first;
		notes->items[i - 1].n = notes->items[i].n;
	}
}

void render_notes_free(struct render_notes *notes)
{
	free(notes->items);
	free(notes->nodes.items);
	*notes = (struct render_notes){ 0 };
}
