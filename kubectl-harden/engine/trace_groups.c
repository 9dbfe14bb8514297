/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of the whole run: a port moves in a pod, in every Service that leads to it and in the ConfigMaps that say it, or
 * nowhere, so their findings are one group wherever they stand.
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

static void join(struct linker *linker, uint32_t group, const struct where *where)
{
	uint32_t other = group_of(where), root;

	if (!other)
		return;
	root = root_of(linker, group);
	other = root_of(linker, other);
	linker->parents[root > other ? root : other] = root > other ? other : root;
}

static void link_config(struct linker *linker, const struct inventory_config *config)
{
	uint32_t group = config->moves.n ? group_of(&config->where) : 0;

	for (size_t i = 0; group && i < config->uses.n; i++)
		join(linker, group, &linker->run->inventory->workloads.items[config->uses.items[i].workload].where);
}

static void link_service(struct linker *linker, const struct service *service)
{
	const struct inventory *inventory = linker->run->inventory;
	uint32_t group = group_of(&service->where);

	for (size_t i = 0; group && i < service->selected_n; i++)
		join(linker, group, &inventory->workloads.items[service->selected[i]].where);
}

void trace_link(struct run *run)
{
	struct linker linker = { .run = run };

	each_group(&linker, lift);
	linker.parents = xmalloc(((size_t)linker.n + 1) * sizeof(*linker.parents));
	for (uint32_t i = 0; i <= linker.n; i++)
		linker.parents[i] = i;
	for (size_t i = 0; i < run->inventory->services.n; i++)
		link_service(&linker, &run->inventory->services.items[i]);
	for (size_t i = 0; i < run->inventory->configs.n; i++)
		link_config(&linker, &run->inventory->configs.items[i]);
	linker.numbers = memset(xmalloc(((size_t)linker.n + 1) * sizeof(*linker.numbers)), 0,
				((size_t)linker.n + 1) * sizeof(*linker.numbers));
	each_group(&linker, number);
	free(linker.parents);
	free(linker.numbers);
}
