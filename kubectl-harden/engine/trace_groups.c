/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of the whole run: a port moves in a pod, in every Service that leads to it and in the ConfigMaps that say it, or
 * nowhere, so their findings are one group wherever they stand. And a Namespace enforces a level only with what makes
 * its pods reach it.
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

static const struct document *document_of(const struct where *where)
{
	return &where->source->documents.items[where->document];
}

/* The findings of one object stand together, in the order of the objects: the first one. */
static size_t first_finding(const struct where *where)
{
	const struct document *document = document_of(where);
	size_t low = 0, high = document->findings.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (document->findings.items[middle].object < where->object)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The group of what @fixer changes in an object (for ports, what moves them); 0 if nothing does. */
static uint32_t group_of(const struct where *where, const struct fixer *fixer)
{
	const struct document *document = document_of(where);
	size_t low = first_finding(where);

	if (!document->trace)
		return 0;
	for (; low < document->findings.n && document->findings.items[low].object == where->object; low++)
		if (document->findings.items[low].text->fixer == fixer && document->trace->findings[low].group)
			return document->trace->findings[low].group;
	return 0;
}

static void join(struct linker *linker, uint32_t a, uint32_t b)
{
	a = root_of(linker, a);
	b = root_of(linker, b);
	linker->parents[a > b ? a : b] = a > b ? b : a;
}

/* What moves the ports of an object at @where belongs to @group, too. */
static void join_ports(struct linker *linker, uint32_t group, const struct where *where)
{
	uint32_t other = group_of(where, &fixer_unprivileged_ports);

	if (other)
		join(linker, group, other);
}

static void link_config(struct linker *linker, const struct inventory_config *config)
{
	uint32_t group = config->moves.n ? group_of(&config->where, &fixer_unprivileged_ports) : 0;

	for (size_t i = 0; group && i < config->uses.n; i++)
		join_ports(linker, group,
			   &linker->run->inventory->workloads.items[config->uses.items[i].workload].where);
}

/* What names workloads' ports moves with them. */
static void link_tie(struct linker *linker, size_t tie)
{
	const struct inventory *inventory = linker->run->inventory;
	const struct where *where;
	uint32_t n;
	const uint32_t *selected = inventory_tie(inventory, tie, &where, &n);
	uint32_t group = group_of(where, &fixer_unprivileged_ports);

	for (uint32_t i = 0; group && i < n; i++)
		join_ports(linker, group, &inventory->workloads.items[INVENTORY_ROW(selected[i])].where);
}

/* What makes a workload pass the checks of the level that @group enforces. */
static void link_workload(struct linker *linker, const struct workload *workload, uint32_t group)
{
	const struct document *document = document_of(&workload->where);

	if (!document->trace)
		return;
	for (size_t i = first_finding(&workload->where);
	     i < document->findings.n && document->findings.items[i].object == workload->where.object; i++)
		if (document->findings.items[i].text->check && document->trace->findings[i].group)
			join(linker, group, document->trace->findings[i].group);
}

static void link_homes(struct linker *linker)
{
	const struct inventory *inventory = linker->run->inventory;
	uint32_t any = 0, group;

	for (size_t i = 0; i < inventory->homes.n; i++) {
		group = group_of(&inventory->homes.items[i].where, &fixer_namespace_labels);
		/* One workload that may live in any of them makes one of them all. */
		if (group && any && inventory->homeless.workloads_n)
			join(linker, any, group);
		any = group ? group : any;
	}
	for (size_t i = 0; any && i < inventory->workloads.n; i++) {
		const struct workload *workload = &inventory->workloads.items[i];

		group = workload->anywhere ? any : 0;
		if (workload->home)
			group = group_of(&inventory->homes.items[workload->home - 1].where, &fixer_namespace_labels);
		if (group && !workload->patch)
			link_workload(linker, workload, group);
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
	for (size_t i = 0; i < inventory_ties(inventory); i++)
		link_tie(&linker, i);
	for (size_t i = 0; i < inventory->configs.n; i++)
		link_config(&linker, &inventory->configs.items[i]);
	link_homes(&linker);
	linker.numbers = memset(xmalloc(((size_t)linker.n + 1) * sizeof(*linker.numbers)), 0,
				((size_t)linker.n + 1) * sizeof(*linker.numbers));
	each_group(&linker, number);
	free(linker.parents);
	free(linker.numbers);
}
