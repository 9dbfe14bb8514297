/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image builds
 *
 * From the kustomizations that name a file upwards, to those that none includes: each way is a build of the file, and the
 * images of every kustomization on it are applied, those of its components before its own (kustomize
 * api/internal/target). Ways may be many where kustomizations include each other crosswise; then nothing is said.
 */
#include "engine/image_builds.h"

#include <stdlib.h>

#include "engine/kustomization.h"
#include "engine/levels.h"
#include "yaml/split.h"

enum { BUILDS_MAX = 16, WAY_MAX = 32, SWAPS_MAX = 1000, CHAIN_MAX = 1000 };

struct built {
	struct str folder, path;
	bool component;
	struct {
		struct image_swap *items;
		size_t n, cap;
	} swaps;
};

struct image_builds {
	struct arena *arena;
	struct {
		struct built *items;
		size_t n, cap;
	} all;
	struct {
		struct link {
			struct str to; /* a path that it names */
			size_t from;   /* the kustomization */
		} *items;
		size_t n, cap;
	} links;
	bool sorted, any; /* any image is replaced */
	struct {
		struct source_options *asked, *given;
		struct link first; /* the first kustomization that names the file, and how many do */
		size_t n;
	} last; /* of the file before: those of one folder have the same, as a rule */
};

struct image_builds *image_builds_new(struct arena *arena)
{
	struct image_builds *builds = ARENA_NEW(arena, struct image_builds);

	builds->arena = arena;
	return builds;
}

void image_builds_free(struct image_builds *builds)
{
	if (!builds)
		return;
	for (size_t i = 0; i < builds->all.n; i++)
		free(builds->all.items[i].swaps.items);
	free(builds->all.items);
	free(builds->links.items);
}

/* ---- kustomizations ---- */

struct reading {
	struct image_builds *builds;
	struct yaml_tree *tree;
	struct str folder; /* with its slash, or empty */
};

static void add_resource(void *data, enum kustomization_part part, yaml_id node)
{
	struct reading *r = data;

	if (part == KUSTOMIZATION_RESOURCE)
		VEC_PUSH(&r->builds->links,
			 ((struct link){ kustomization_path(r->builds->arena, r->folder, yaml_text(r->tree, node)),
					 r->builds->all.n - 1 }));
}

static struct str kept(struct reading *r, yaml_id map, const char *key)
{
	return str_copy(r->builds->arena, yaml_get_text(r->tree, map, key));
}

static void add_swaps(struct reading *r, struct built *built, yaml_id images)
{
	YAML_EACH(r->tree, images, item) {
		struct image_swap swap = {
			.name = kept(r, item, "name"),
			.new_name = kept(r, item, "newName"),
			.new_tag = kept(r, item, "newTag"),
			.tag_suffix = kept(r, item, "tagSuffix"),
			.digest = kept(r, item, "digest"),
		};

		if (swap.name.n && built->swaps.n < SWAPS_MAX)
			VEC_PUSH(&built->swaps, swap);
	}
	r->builds->any |= built->swaps.n > 0;
}

static void add_document(struct reading *r, const char *path)
{
	struct image_builds *builds = r->builds;
	yaml_id root = r->tree->root;
	struct built built = {
		.folder = kustomization_path(builds->arena, STR_NONE, r->folder),
		.path = str_copy(builds->arena, str_of(path)),
		.component = str_is(yaml_get_text(r->tree, root, "kind"), "Component"),
	};

	VEC_PUSH(&builds->all, built);
	add_swaps(r, &builds->all.items[builds->all.n - 1], yaml_get(r->tree, root, "images"));
	kustomization_each(r->tree, root, add_resource, r);
	builds->sorted = false;
}

void image_builds_add(struct image_builds *builds, const char *path, struct str bytes, const struct yaml_limits *limits)
{
	struct yaml_splitter splitter = yaml_splitter_init(bytes);
	struct yaml_tree tree = YAML_TREE_INIT;
	struct arena *scratch = arena_new();
	struct reading r = { .builds = builds, .tree = &tree, .folder = str_folder(str_of(path)) };
	struct yaml_refusal why;
	struct yaml_span span;
	bool found = false;
	size_t bad;

	/* A file is one kustomization. Flux keeps in the spec what kustomize keeps at the root, of another repository. */
	while (!found && yaml_split_next(&splitter, &span, &bad)) {
		arena_reset(scratch);
		found = yaml_parse(&tree, scratch, str_sub(bytes, span.start, span.end), limits, &why) &&
			yaml_is_map(&tree, tree.root);
	}
	if (found && !yaml_is_map(&tree, yaml_get(&tree, tree.root, "spec")))
		add_document(&r, path);
	yaml_tree_free(&tree);
	arena_free(scratch);
}

/* ---- the builds of a file ---- */

static int by_path(const void *a, const void *b)
{
	const struct link *x = a, *y = b;
	int order = str_cmp(x->to, y->to);

	return order ? order : (x->from > y->from) - (x->from < y->from);
}

/* The first link to @path; those behind it may lead there too. */
static const struct link *first_link(const struct image_builds *builds, struct str path)
{
	size_t low = 0, high = builds->links.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(builds->links.items[middle].to, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return builds->links.items + low;
}

#define EACH_LINK(link, builds, path)                                                                                  \
	for (const struct link *link = first_link((builds), (path)),                                                   \
			       *link##_end = (builds)->links.items + (builds)->links.n;                                \
	     link < link##_end && str_eq(link->to, (path)); link++)

struct way {
	const struct image_builds *builds;
	size_t steps[WAY_MAX], n;
	const struct image_swap *swaps[CHAIN_MAX]; /* of the way at hand */
	size_t swaps_n;
	struct image_chain chains[BUILDS_MAX];
	struct image_chains found;
};

static void add_all(struct way *way, const struct built *built)
{
	for (size_t i = 0; i < built->swaps.n; i++) {
		if (way->swaps_n == CHAIN_MAX)
			way->found.more = true;
		else
			way->swaps[way->swaps_n++] = &built->swaps.items[i];
	}
	if (built->swaps.n)
		way->found.path = built->path;
}

/* The images of a kustomization, behind those of its components. */
static void add_step(struct way *way, size_t step)
{
	const struct image_builds *builds = way->builds;

	for (size_t i = 0; i < builds->all.n; i++)
		if (builds->all.items[i].component)
			EACH_LINK(link, builds, builds->all.items[i].folder)
				if (link->from == step)
					add_all(way, &builds->all.items[i]);
	add_all(way, &builds->all.items[step]);
}

static void end_way(struct way *way)
{
	const struct image_swap **swaps;

	if (way->found.n == BUILDS_MAX) {
		way->found.more = true;
		return;
	}
	way->swaps_n = 0;
	for (size_t i = 0; i < way->n; i++)
		add_step(way, way->steps[i]);
	swaps = ARENA_ARRAY(way->builds->arena, const struct image_swap *, way->swaps_n + 1);
	memcpy(swaps, way->swaps, way->swaps_n * sizeof(*swaps));
	way->chains[way->found.n++] = (struct image_chain){ swaps, way->swaps_n };
}

/* As deep as WAY_MAX. */
static void climb(struct way *way, size_t step)
{
	struct str folder = way->builds->all.items[step].folder;
	bool included = false;

	if (way->n == WAY_MAX || way->found.more) {
		way->found.more = true;
		return;
	}
	way->steps[way->n++] = step;
	EACH_LINK(link, way->builds, folder) {
		included = true;
		climb(way, link->from);
	}
	if (!included)
		end_way(way);
	way->n--;
}

static struct source_options *with_builds(struct image_builds *builds, struct str file, struct source_options *options)
{
	struct way *way = xmalloc(sizeof(*way));
	struct source_options *copy = options;
	struct image_chain *chains;

	*way = (struct way){ .builds = builds };
	EACH_LINK(link, builds, file)
		climb(way, link->from);
	if (way->found.path.n) {
		chains = ARENA_ARRAY(builds->arena, struct image_chain, way->found.n + 1);
		memcpy(chains, way->chains, way->found.n * sizeof(*chains));
		way->found.items = chains;
		copy = ARENA_NEW(builds->arena, struct source_options);
		*copy = *options;
		levels_init(copy);
		copy->own.chains = way->found;
	}
	free(way);
	return copy;
}

struct source_options *image_builds_options(struct image_builds *builds, const char *path,
					    struct source_options *options)
{
	const struct link *first;
	struct str file;
	size_t n = 0;

	if (!builds->any || !builds->links.n)
		return options;
	if (!builds->sorted)
		qsort(builds->links.items, builds->links.n, sizeof(*builds->links.items), by_path);
	builds->sorted = true;
	file = kustomization_path(builds->arena, STR_NONE, str_of(path));
	first = first_link(builds, file);
	EACH_LINK(link, builds, file)
		n++;
	if (!n)
		return options;
	if (n != 1 || builds->last.n != 1 || builds->last.first.from != first->from || builds->last.asked != options) {
		builds->last.given = with_builds(builds, file, options);
		builds->last.asked = options;
		builds->last.first = *first;
		builds->last.n = n;
	}
	return builds->last.given;
}
