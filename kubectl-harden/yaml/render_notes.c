/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Render notes: which edited nodes stand in which splice.
 *
 * What is written anew notes itself. What is taken out or changed may need several splices (a tag, the lines of a block
 * scalar, commas that go with what is gone): all of them are made in the scope of a node that they belong to.
 */
#include <stdlib.h>

#include "yaml/render_internal.h"
#include "yaml/tree_internal.h"

void render_notes_end(struct render *render)
{
	struct render_notes *notes = render->notes;

	if (render->scope)
		VEC_PUSH(&notes->nodes, render->scope);
	notes->items = xrealloc_array(notes->items, render->splices->cap, sizeof(*notes->items));
	notes->items[notes->n].first = (uint32_t)render->noted;
	notes->items[notes->n++].n = (uint32_t)(notes->nodes.n - render->noted);
	render->noted = notes->nodes.n;
}

/* Those that are gone from one collection depend on each other, and on what comes in their place. */
static void scope_of_gone(struct render *render, yaml_id collection)
{
	struct yaml_tree *tree = render->tree;
	yaml_id gone = YAML_NONE;

	for (yaml_id id = yaml_physical_first(tree, collection); id; id = yaml_physical_next(tree, id))
		if (yaml_node(tree, id)->flags & YAML_F_REMOVED)
			gone = id;
	if (!gone)
		return;
	render->scope = gone;
	for (yaml_id id = yaml_physical_first(tree, collection); id; id = yaml_physical_next(tree, id))
		if (yaml_node(tree, id)->flags & (YAML_F_REMOVED | YAML_F_NEW))
			render_note(render, id);
}

void render_notes_scope(struct render *render, yaml_id id)
{
	const struct yaml_node *node = yaml_node(render->tree, id);

	if (!render->notes)
		return;
	if (node->flags & (YAML_F_CHANGED | YAML_F_FILLED)) {
		render->scope = id;
		return;
	}
	scope_of_gone(render, id);
	/* A pair that gets braces gets them for what is added. */
	if (node->flags & YAML_F_EXPLICIT)
		for (yaml_id child = yaml_physical_first(render->tree, id); child;
		     child = yaml_physical_next(render->tree, child))
			if (yaml_node(render->tree, child)->flags & YAML_F_NEW)
				render->scope = child;
}

/* ---- in the order of the splices ---- */

static int by_place(const void *a, const void *b, void *data)
{
	const uint32_t *x = a, *y = b;
	const struct splice *items = data, *one = &items[*x], *two = &items[*y];

	if (one->at != two->at)
		return one->at < two->at ? -1 : 1;
	/* As the splices are sorted themselves: what is put in comes before what goes. */
	if (!one->del != !two->del)
		return !one->del ? -1 : 1;
	return (*x > *y) - (*x < *y);
}

void render_notes_complete(struct render_notes *notes, const struct splices *splices)
{
	size_t n = notes->n;
	uint32_t *order = xrealloc_array(NULL, n + 1, sizeof(*order));
	struct render_span *sorted = xrealloc_array(NULL, n + 1, sizeof(*sorted));

	/* A splice without nodes only makes room for the one after it. */
	for (size_t i = n; i-- > 1;) {
		if (notes->items[i - 1].n)
			continue;
		notes->items[i - 1].first = notes->items[i].first;
		notes->items[i - 1].n = notes->items[i].n;
	}
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	if (n)
		qsort_r(order, n, sizeof(*order), by_place, splices->items);
	for (size_t i = 0; i < n; i++)
		sorted[i] = notes->items[order[i]];
	free(notes->items);
	notes->items = sorted;
	free(order);
}

void render_notes_free(struct render_notes *notes)
{
	free(notes->items);
	free(notes->nodes.items);
	*notes = (struct render_notes){ 0 };
}
