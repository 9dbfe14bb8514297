/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups
 *
 * A patch changes what its kustomization is made of, and nothing else; of a component, what those are made of that
 * include it. So what kustomizations join, in whatever direction, is one group, and a patch pins the ports of its own.
 * A file that none of them names belongs to the nearest folder above it that one does.
 */
#include <stdlib.h>

#include "engine/kustomization.h"
#include "engine/plan.h"

struct node {
	struct str path;
	size_t up;     /* towards the node that stands for the group */
	bool included; /* by another kustomization */
	bool open;     /* of a group's own node: what includes it is not in the input */
};

struct groups {
	struct node *nodes; /* by path, each once */
	size_t n;
};

static int by_path(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return str_cmp(x->path, y->path);
}

static struct node *find_node(const struct groups *groups, struct str path)
{
	struct node key = { .path = path };

	return groups->n ? bsearch(&key, groups->nodes, groups->n, sizeof(key), by_path) : NULL;
}

static size_t top(struct groups *groups, size_t node)
{
	while (groups->nodes[node].up != node) {
		groups->nodes[node].up = groups->nodes[groups->nodes[node].up].up;
		node = groups->nodes[node].up;
	}
	return node;
}

static void join(struct groups *groups, const struct kustomization_link *link)
{
	size_t a = top(groups, (size_t)(find_node(groups, link->from) - groups->nodes));
	size_t b = top(groups, (size_t)(find_node(groups, link->to) - groups->nodes));

	groups->nodes[a > b ? a : b].up = a > b ? b : a;
}

/* A component that nothing includes here may be included by anything. */
static void open_groups(struct groups *groups, const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->links.n; i++) {
		struct node *node = find_node(groups, inventory->links.items[i].to);

		node->included |= !str_eq(inventory->links.items[i].from, inventory->links.items[i].to);
	}
	for (size_t i = 0; i < inventory->links.n; i++) {
		const struct node *node = find_node(groups, inventory->links.items[i].to);

		if (inventory->links.items[i].component && !node->included)
			groups->nodes[top(groups, (size_t)(node - groups->nodes))].open = true;
	}
}

static struct groups groups_make(const struct inventory *inventory)
{
	struct groups groups = { .nodes = xrealloc_array(NULL, inventory->links.n * 2 + 1, sizeof(struct node)) };
	size_t n = 0;

	for (size_t i = 0; i < inventory->links.n; i++) {
		groups.nodes[n++] = (struct node){ .path = inventory->links.items[i].from };
		groups.nodes[n++] = (struct node){ .path = inventory->links.items[i].to };
	}
	qsort(groups.nodes, n, sizeof(struct node), by_path);
	for (size_t i = 0; i < n; i++)
		if (!groups.n || !str_eq(groups.nodes[groups.n - 1].path, groups.nodes[i].path))
			groups.nodes[groups.n++] = groups.nodes[i];
	for (size_t i = 0; i < groups.n; i++)
		groups.nodes[i].up = i;
	for (size_t i = 0; i < inventory->links.n; i++)
		join(&groups, &inventory->links.items[i]);
	open_groups(&groups, inventory);
	return groups;
}

/* A name for the file's group that is no namespace's; empty where it belongs to none, or to one that is open. */
static struct str group_of(struct run *run, struct groups *groups, struct source *source)
{
	struct str path = plan_place(run, source);
	const struct node *node = find_node(groups, path);
	size_t group;

	while (!node && path.n) {
		path = str_folder(path);
		if (path.n)
			path.n--;
		node = find_node(groups, path);
	}
	if (!node)
		return STR_NONE;
	group = top(groups, (size_t)(node - groups->nodes));
	return groups->nodes[group].open ? STR_NONE : str_join(run->arena, STR("/"), groups->nodes[group].path);
}

void plan_groups(struct run *run)
{
	struct inventory *inventory = run->inventory;
	struct groups groups;

	if (!inventory->links.n) {
		/* A patch of no kustomization pins what it names, and not everything. */
		for (size_t i = 0; i < inventory->pins.n; i++)
			if (inventory->pins.items[i].patch.n && !inventory->pins.items[i].everywhere)
				inventory->pins.items[i].ports[PIN_ANY] &= ~(uint64_t)1;
		return;
	}
	groups = groups_make(inventory);
	for (size_t i = 0; i < inventory->workloads.n; i++)
		if (inventory->workloads.items[i].ports.n || inventory->overlays.n)
			inventory->workloads.items[i].group =
				group_of(run, &groups, inventory->workloads.items[i].where.source);
	for (size_t i = 0; i < inventory->services.n; i++)
		if (inventory->services.items[i].selector_n)
			inventory->services.items[i].group =
				group_of(run, &groups, inventory->services.items[i].where.source);
	for (size_t i = 0; i < inventory->pins.n; i++)
		if (inventory->pins.items[i].patch.n && !inventory->pins.items[i].everywhere)
			inventory->pins.items[i].group = group_of(run, &groups, inventory->pins.items[i].where.source);
	for (size_t i = 0; i < inventory->overlays.n; i++)
		if (!inventory->overlays.items[i].everywhere)
			inventory->overlays.items[i].group =
				group_of(run, &groups, inventory->overlays.items[i].where.source);
	free(groups.nodes);
}
