/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of the whole run: a port moves in a pod and in every Service that leads to it, or nowhere, so their findings
 * are one group wherever they stand.
 */
#include <stdlib.h>

#include "engine/inventory.h"
#include "engine/trace.h"
#include "fixers/list.h"

/* The groups of all documents, those of one behind those of the other. */
struct linker {
	struct run *run;
	uint32_t *parents; /* by group */
	uint32_t *numbers; /* of roots, as they are told */
	uint32_t told;
	uint32_t n; /* findings */
};

static uint32_t root_of(struct linker *linker, uint32_t i)
{
	uint32_t *parents = linker->parents;

	while (parents[i] != i)
		i = parents[i] = parents[parents[i]];
	return i;
}

/* Calls @visit for the group of each finding that has one; @base findings come before its document. */
static void each_group(struct linker *linker, void (*visit)(struct linker *linker, uint32_t *group, uint32_t base))
{
	linker->n = 0;
	for (size_t i = 0; i < linker->run->sources.n; i++) {
		struct source *source = linker->run->sources.items[i];

		for (size_t k = 0; k < source->documents.n; k++) {
			struct document *document = &source->documents.items[k];

			for (size_t f = 0; document->trace && f < document->findings.n; f++)
				if (document->trace->findings[f].group)
					visit(linker, &document->trace->findings[f].group, linker->n);
			linker->n += (uint32_t)document->findings.n;
		}
	}
}

static void lift(struct linker *linker, uint32_t *group, uint32_t base)
{
	(void)linker;
	*group += base;
}

static void number(struct linker *linker, uint32_t *group, uint32_t base)
{
	uint32_t root = root_of(linker, *group);

	(void)base;
	if (!linker->numbers[root])
		linker->numbers[root] = ++linker->told;
	*group = linker->numbers[root];
}

/* The group of what moves the ports of an object; 0 if nothing does. */
static uint32_t group_of(const struct where *where)
{
	const struct document *document = &where->source->documents.items[where->document];
	size_t low = 0, high = document->findings.n;

	if (!document->trace)
		return 0;
	/* The findings of one object stand together, in the order of the objects. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (document->findings.items[middle].object < where->object)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < document->findings.n && document->findings.items[low].object == where->object; low++)
		if (document->findings.items[low].text->fixer == &fixer_unprivileged_ports &&
		    document->trace->findings[low].group)
			return document->trace->findings[low].group;
	return 0;
}

/* What leads to workloads moves with them. */
static void link_object(struct linker *linker, const struct where *where, const uint32_t *selected, uint32_t n)
{
	const struct inventory *inventory = linker->run->inventory;
	uint32_t group = group_of(where);

	for (uint32_t i = 0; group && i < n; i++) {
		uint32_t other = group_of(&inventory->workloads.items[selected[i] & ~REFERENCE_UNCLEAR].where), root;

		if (!other)
			continue;
		root = root_of(linker, group);
		other = root_of(linker, other);
		linker->parents[root > other ? root : other] = root > other ? other : root;
	}
}

void trace_link(struct run *run)
{
	const struct inventory *inventory = run->inventory;
	struct linker linker = { .run = run };

	each_group(&linker, lift);
	linker.parents = xmalloc(((size_t)linker.n + 1) * sizeof(*linker.parents));
	for (uint32_t i = 0; i <= linker.n; i++)
		linker.parents[i] = i;
	for (size_t i = 0; i < inventory->services.n; i++)
		link_object(&linker, &inventory->services.items[i].where, inventory->services.items[i].selected,
			    inventory->services.items[i].selected_n);
	for (size_t i = 0; i < inventory->references.n; i++)
		link_object(&linker, &inventory->references.items[i].where, inventory->references.items[i].selected,
			    inventory->references.items[i].selected_n);
	for (size_t i = 0; i < inventory->configs.n; i++)
		link_object(&linker, &inventory->configs.items[i].where, inventory->configs.items[i].selected,
			    inventory->configs.items[i].selected_n);
	linker.numbers = memset(xmalloc(((size_t)linker.n + 1) * sizeof(*linker.numbers)), 0,
				((size_t)linker.n + 1) * sizeof(*linker.numbers));
	each_group(&linker, number);
	free(linker.parents);
	free(linker.numbers);
}
