/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patches
 *
 * A file that a kustomization names as a patch may look like a whole workload, and was scanned as one: the
 * kustomization may come later. Now that all were read, what the scan made of such a file is undone.
 */
#include <stdlib.h>

#include "engine/harden.h"
#include "engine/kustomization.h"
#include "engine/plan.h"

static int by_path(const void *a, const void *b)
{
	const struct patch_file *x = a, *y = b;
	int order = str_cmp(x->path, y->path);

	return order ? order : (x->number > y->number) - (x->number < y->number);
}

struct str plan_place(struct run *run, struct source *source)
{
	if (!source->place.n)
		source->place = kustomization_place(run->arena, STR_NONE, str_of(source->path));
	return source->place;
}

/* The first of those that name that path; NULL for none. */
static struct patch_file *find_file(const struct inventory *inventory, struct str path)
{
	size_t low = 0, high = inventory->patch_files.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(inventory->patch_files.items[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == inventory->patch_files.n || !str_eq(inventory->patch_files.items[low].path, path))
		return NULL;
	return &inventory->patch_files.items[low];
}

/* Whether @file, which may be behind the last one, is @path once more: several kustomizations may name it. */
static bool is_file(const struct inventory *inventory, const struct patch_file *file, struct str path)
{
	return file < inventory->patch_files.items + inventory->patch_files.n && str_eq(file->path, path);
}

/* Its rows of the inventory select nothing, and nothing selects them. */
static void retire_rows(struct inventory *inventory, struct document *document)
{
	INVENTORY_EACH(workload, workload, inventory, document, workloads) {
		workload->patch = true;
		workload->labels_n = 0;
		workload->ports.n = 0;
	}
	INVENTORY_EACH(service, service, inventory, document, services) {
		service->patch = true;
		service->selector_n = service->ports_n = 0;
	}
	INVENTORY_EACH(reference, reference, inventory, document, references)
		reference->selectors_n = 0;
	INVENTORY_EACH(config_files, files, inventory, document, files)
		files->name = STR_NONE;
	INVENTORY_EACH(inventory_config, config, inventory, document, configs)
		config->patch = true;
	INVENTORY_EACH(home, home, inventory, document, homes)
		home->patch = true;
	document->rows = (struct document_rows){ 0 };
}

static void note_object(struct run *run, struct document *document, const struct kube_object *object, struct str note)
{
	struct run_object row = {
		.kind = str_copy(run->arena, object->kind_name),
		.namespace = str_copy(run->arena, object->namespace),
		.name = str_copy(run->arena, object->name),
		.item = object->item,
		.note = note,
	};

	VEC_PUSH(&document->objects, row);
}

static void retire(struct run *run, struct source *source, size_t index, struct str note)
{
	struct document *document = &source->documents.items[index];

	if (document->state == DOCUMENT_REFUSED)
		return;
	if (!document->rows.workloads.n && !document->rows.services.n &&
	    (document->rows.configs.n || document->rows.files.n)) {
		retire_rows(run->inventory, document);
		return;
	}
	arena_reset(run->scratch);
	document_clear(document);
	retire_rows(run->inventory, document);
	document->state = DOCUMENT_DONE;
	document->unproved = false;
	if (!document_take_tree(run, source, document))
		return;
	objects_read(&run->tree, run->scratch, &source->options->own, &run->objects);
	for (size_t i = 0; i < run->objects.n; i++) {
		struct where where = { source, (uint32_t)index, (unsigned)i };

		/* A row for each pod of an object: it is one patch. */
		if (i && run->objects.items[i].object.node == run->objects.items[i - 1].object.node)
			continue;
		note_object(run, document, &run->objects.items[i].object, note);
		inventory_patch(run, where, &run->tree, run->objects.items[i].object.node);
	}
}

/* A patch of which something was not read may name any port of what its kustomization is made of. */
static void pin_unread(struct run *run, const struct patch_file *file, const struct source *source)
{
	const char *kustomization = file->where.source->path;
	struct str why;

	if (source)
		why = str_fmt(run->arena, "%s could not be read, and is a patch (%s) that may name it", source->path,
			      kustomization);
	else
		why = str_fmt(run->arena,
			      "the patch %.*s, which %s names, is not in the input, and may name it; give it too",
			      STR_ARG(file->name), kustomization);
	inventory_pin_any(run, file->where, why, false);
}

/* A file of the input: whether kustomizations name it as a patch. */
static void look_at(struct run *run, struct source *source)
{
	struct inventory *inventory = run->inventory;
	struct str path = plan_place(run, source);
	struct patch_file *file = find_file(inventory, path);

	if (!file)
		return;
	for (; is_file(inventory, file, path); file++) {
		file->found = true;
		if (source->unread)
			pin_unread(run, file, source);
	}
	for (size_t k = 0; k < source->documents.n; k++)
		retire(run, source, k, STR("a kustomization names its file as a patch: not a workload"));
}

/* ---- kustomizations that cannot be read ---- */

/* Whether @source lies below the folder of the kustomization, which says its name: it may be a patch. */
static bool may_name(struct run *run, const struct source *kustomization, struct str folder, struct source *source)
{
	struct str text = { kustomization->image.bytes, kustomization->image.n }, path = str_of(source->path);
	struct str name = str_sub(path, str_folder(path).n, path.n);

	if (source->live || source->printed || str_is(path, "-"))
		return false;
	return source != kustomization && source->documents.n && !kustomization_is_named(path) &&
	       str_find(text, name, 0) != SIZE_MAX && str_starts(plan_place(run, source), folder);
}

/* It may name anything of the input, and nobody knows what it changes there. */
static void doubt_all(struct run *run, struct source *kustomization)
{
	struct str folder = str_folder(plan_place(run, kustomization));
	struct where where = { .source = kustomization };
	struct str note =
		str_fmt(run->arena, "%s could not be read, and names its file: it may be a patch", kustomization->path);

	inventory_pin_any(run, where,
			  str_fmt(run->arena, "%s could not be read, and may name it in a patch", kustomization->path),
			  true);
	for (size_t i = 0; i < run->sources.n; i++) {
		struct source *source = run->sources.items[i];

		if (!may_name(run, kustomization, folder, source))
			continue;
		for (size_t k = 0; k < source->documents.n; k++)
			retire(run, source, k, note);
	}
}

static void doubt_unread(struct run *run)
{
	for (size_t i = 0; i < run->sources.n; i++)
		if (run->sources.items[i]->unread && kustomization_is_named(str_of(run->sources.items[i]->path)))
			doubt_all(run, run->sources.items[i]);
}

void plan_patch_target(struct run *run, struct overlay *overlay)
{
	const struct inventory *inventory = run->inventory;
	struct str path = plan_place(run, overlay->where.source);
	bool found = false;

	for (const struct patch_file *file = find_file(inventory, path); file && is_file(inventory, file, path);
	     file++) {
		if (!file->targeted)
			continue;
		/* Of several targets any is meant. */
		overlay->kind = found ? STR_NONE : file->kind;
		overlay->name = found ? STR_NONE : file->target;
		found = true;
	}
}

void plan_patches(struct run *run)
{
	struct inventory *inventory = run->inventory;

	doubt_unread(run);
	if (!inventory->patch_files.n)
		return;
	qsort(inventory->patch_files.items, inventory->patch_files.n, sizeof(struct patch_file), by_path);
	for (size_t i = 0; i < run->sources.n; i++)
		look_at(run, run->sources.items[i]);
	for (size_t i = 0; i < inventory->patch_files.n; i++)
		if (!inventory->patch_files.items[i].found)
			pin_unread(run, &inventory->patch_files.items[i], NULL);
}
