/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run
 *
 * The phases in order, and what holds their results. A source's bytes are kept until the end: the splices refer to
 * them, and a commit must know that the file is still what was read.
 */
#include "engine/run.h"

#include <stdlib.h>

#include "engine/harden.h"
#include "engine/homes.h"
#include "engine/image_builds.h"
#include "engine/inventory.h"
#include "engine/levels.h"
#include "engine/scan.h"
#include "engine/trace.h"

void run_init(struct run *run, const struct run_options *options)
{
	*run = (struct run){ .options = *options, .arena = arena_new(), .scratch = arena_new(), .words = arena_new() };
	run->intern = intern_init(run->arena);
	run->images.known = intern_init(run->arena);
	run->builds = image_builds_new(run->arena);
	run->objects.pods.images = run->objects_after.pods.images = known_images_new(run->arena);
	run->common = (struct source_options){ .fix = options->fix, .own = options->own };
	levels_init(&run->common);
	homes_expect(run, &run->common);
	run->inventory = ARENA_NEW(run->arena, struct inventory);
}

static void source_free(struct run *run, struct source *source)
{
	for (size_t i = 0; i < source->documents.n; i++) {
		document_clear(&source->documents.items[i]);
		document_drop_tree(run, &source->documents.items[i]);
	}
	free(source->documents.items);
	file_image_free(&source->image);
	free(source->path);
	free(source);
}

void run_free(struct run *run)
{
	for (size_t i = 0; i < run->sources.n; i++)
		source_free(run, run->sources.items[i]);
	free(run->sources.items);
	free(run->unread.items);
	for (size_t i = 0; run->inventory && i < run->inventory->workloads.n; i++)
		free(run->inventory->workloads.items[i].ports.items);
	if (run->inventory) {
		free(run->inventory->workloads.items);
		free(run->inventory->services.items);
		free(run->inventory->references.items);
		free(run->inventory->files.items);
		free(run->inventory->homes.items);
		free(run->inventory->pins.items);
		free(run->inventory->overlays.items);
		inventory_configs_free(run->inventory);
		free(run->inventory->patch_files.items);
		free(run->inventory->links.items);
	}
	objects_free(&run->objects);
	objects_free(&run->objects_after);
	yaml_tree_free(&run->tree);
	yaml_tree_free(&run->after);
	yaml_expected_free(&run->expected);
	yaml_parsers_release();
	arena_free(run->words);
	arena_free(run->scratch);
	intern_free(&run->intern);
	intern_free(&run->images.known);
	image_builds_free(run->builds);
	free(run->images.items);
	arena_free(run->arena);
	*run = (struct run){ 0 };
}

void run_expect(struct run *run, const struct source_options *options)
{
	homes_expect(run, options);
}

void run_expect_kustomization(struct run *run, const char *path, struct str bytes)
{
	image_builds_add(run->builds, path, bytes, &run->options.limits);
}

void run_note_unread(struct run *run, const char *path, bool named)
{
	size_t n = run->unread.n;

	/* A file is told of once, however many documents of it are broken. */
	if (n && run->unread.items[n - 1].named == named && str_is(run->unread.items[n - 1].path, path))
		return;
	VEC_PUSH(&run->unread, (struct unread){ str_copy(run->arena, str_of(path)), named });
}

struct source *run_add_bare(struct run *run, const char *path, struct file_image *image, struct source_options *options)
{
	struct source *source = xmalloc(sizeof(*source));

	*source = (struct source){
		.path = str_dup(str_of(path)),
		.options = options ? options : &run->common,
		.image = *image,
		.cursor = ARENA_NEW(run->arena, struct position),
	};
	*image = FILE_IMAGE_INIT;
	VEC_PUSH(&run->sources, source);
	return source;
}

struct source *run_add_with(struct run *run, const char *path, const char *inside, struct file_image *image,
			    struct source_options *options)
{
	struct source *source = run_add_bare(run, path, image, options);

	source->options = image_builds_options(run->builds, path, source->options);
	source->inside = inside;
	source->writable = S_ISREG(source->image.id.mode) && !source->image.unnamed;
	scan_source(run, source);
	/* Most files of most folders hold nothing for us: their bytes are not asked for again. */
	if (source->writable && !run->options.keep_sources && !source->documents.n && !source->refused &&
	    !source->template)
		file_image_free(&source->image);
	return source;
}

struct source *run_add_live(struct run *run, const char *path, struct file_image *image, struct source_options *options,
			    bool context)
{
	struct source *source = run_add_bare(run, path, image, options);

	source->live = true;
	source->context = context;
	scan_source(run, source);
	if (context && !source->documents.n)
		file_image_free(&source->image);
	return source;
}

struct source *run_add(struct run *run, const char *path, const char *inside, struct file_image *image)
{
	return run_add_with(run, path, inside, image, NULL);
}

/* ---- plan and apply ---- */

void run_plan(struct run *run)
{
	plan_make(run);
}

/* Whether the plan says something that was not known when the document was scanned. */
static bool concerns(const struct run *run, const struct document *document)
{
	INVENTORY_EACH(workload, workload, run->inventory, document, workloads)
		if (plan_concerns(workload) || workload->overlay)
			return true;
	INVENTORY_EACH(service, service, run->inventory, document, services)
		for (size_t k = 0; k < service->ports_n; k++)
			if (service->ports[k].moves)
				return true;
	INVENTORY_EACH(reference, reference, run->inventory, document, references)
		if (reference->selected_n)
			return true;
	INVENTORY_EACH(config_files, files, run->inventory, document, files)
		if (files->selected_n)
			return true;
	INVENTORY_EACH(inventory_config, config, run->inventory, document, configs)
		if (config->moves.n)
			return true;
	return false;
}

/* Whether the document takes part in the plan of ports at all. */
static bool is_planned(const struct document *document)
{
	const struct document_rows *rows = &document->rows;

	return rows->workloads.n || rows->services.n || rows->references.n ||
	       ((rows->configs.n || rows->files.n) && document->splices.n);
}

void run_apply_document(struct run *run, struct source *source, struct document *document)
{
	arena_reset(run->scratch);
	if (!document_take_tree(run, source, document))
		return;
	objects_read(&run->tree, run->scratch, &source->options->own, &run->objects);
	harden_document(run, source, document);
}

enum which { WHICH_WAIT, WHICH_ALL, WHICH_NAMESPACES, WHICH_ACCEPTED };

static bool is_due(const struct run *run, const struct document *document, enum which which)
{
	if (which == WHICH_NAMESPACES)
		return document->rows.homes.n;
	/* Those of a review, with what was accepted. */
	if (which == WHICH_ACCEPTED)
		return document->declined.n;
	if (which == WHICH_ALL && is_planned(document))
		return true;
	/* What holds nothing but Namespaces is done once, at the end. */
	if (document->state == DOCUMENT_PENDING)
		return is_planned(document) || !document->rows.homes.n;
	return concerns(run, document);
}

static void each_document(struct run *run, enum which which)
{
	for (size_t i = 0; i < run->sources.n; i++) {
		struct source *source = run->sources.items[i];

		source->changed = false;
		for (size_t k = 0; k < source->documents.n; k++) {
			struct document *document = &source->documents.items[k];

			if (document->state == DOCUMENT_REFUSED)
				continue;
			if (is_due(run, document, which))
				run_apply_document(run, source, document);
			source->changed |= document->splices.n > 0;
		}
	}
}

static bool drop_unproved(struct run *run)
{
	bool dropped = false;

	for (size_t i = 0; i < run->sources.n; i++)
		for (size_t k = 0; k < run->sources.items[i]->documents.n; k++) {
			struct document *document = &run->sources.items[i]->documents.items[k];

			if (document->unproved || document->port_denied || document->state == DOCUMENT_REFUSED)
				dropped |= plan_drop(run, document);
		}
	return dropped;
}

static void settle(struct run *run)
{
	/* A port moves everywhere or nowhere: one document that cannot be proved keeps it in all. */
	while (drop_unproved(run))
		each_document(run, WHICH_ALL);
	if (run->waits) {
		homes_decide(run);
		each_document(run, WHICH_NAMESPACES);
		while (drop_unproved(run))
			each_document(run, WHICH_ALL);
	}
	if (run->options.traced)
		trace_link(run);
	/* As large as the largest document, and no longer needed. */
	yaml_tree_free(&run->tree);
	yaml_tree_free(&run->after);
	yaml_expected_free(&run->expected);
	arena_reset(run->scratch);
}

/* On OpenShift no source gets UIDs, but for those of a flag. Whether that is news to any. */
static bool leave_users(struct run *run)
{
	bool news = false;

	for (size_t i = 0; run->openshift && i < run->sources.n; i++) {
		struct source_options *options = run->sources.items[i]->options;

		if (options->fix.run_as_user != UID_AUTO)
			continue;
		levels_set_user(options, UID_NONE);
		news = true;
	}
	return news;
}

void run_apply(struct run *run)
{
	each_document(run, leave_users(run) ? WHICH_ALL : WHICH_WAIT);
	settle(run);
}

void run_apply_again(struct run *run)
{
	each_document(run, WHICH_ACCEPTED);
	settle(run);
}

void run_decide_again(struct run *run)
{
	each_document(run, WHICH_ACCEPTED);
	homes_decide(run);
}

/* ---- results ---- */

void run_splices(const struct source *source, struct splices *ret_splices)
{
	size_t n = 0;

	*ret_splices = (struct splices){ 0 };
	for (size_t i = 0; i < source->documents.n; i++)
		n += source->documents.items[i].splices.n;
	if (!n)
		return;
	ret_splices->items = xrealloc_array(NULL, n, sizeof(*ret_splices->items));
	ret_splices->cap = n;
	for (size_t i = 0; i < source->documents.n; i++) {
		const struct document *document = &source->documents.items[i];

		splices_add(ret_splices, &document->splices, document->start);
	}
}

enum { OUTPUT_PIECE = 1 << 16 };

/* The next splice; NULL behind the last one. */
static const struct splice *splice_at(struct output_cursor *cursor, uint64_t *ret_at)
{
	const struct source *source = cursor->source;

	for (; cursor->document < source->documents.n; cursor->document++, cursor->splice = 0) {
		const struct document *document = &source->documents.items[cursor->document];

		if (cursor->splice < document->splices.n) {
			*ret_at = document->start + document->splices.items[cursor->splice].at;
			return &document->splices.items[cursor->splice];
		}
	}
	*ret_at = source->image.n;
	return NULL;
}

bool run_output_next(struct output_cursor *cursor, struct buf *out)
{
	const struct source *source = cursor->source;
	size_t start = out->n;

	while (out->n - start < OUTPUT_PIECE) {
		size_t room = OUTPUT_PIECE - (out->n - start);
		uint64_t at;
		const struct splice *splice = splice_at(cursor, &at);

		if (at - cursor->at > room)
			at = cursor->at + room;
		buf_add(out, str_sub((struct str){ source->image.bytes, source->image.n }, cursor->at, at));
		cursor->at = at;
		if (out->n - start == OUTPUT_PIECE)
			break;
		if (!splice)
			return out->n > start;
		buf_add(out, splice->ins);
		cursor->at += splice->del;
		cursor->splice++;
	}
	return true;
}

void run_output(const struct source *source, struct buf *out)
{
	struct output_cursor cursor = OUTPUT_CURSOR(source);

	while (run_output_next(&cursor, out))
		;
}

static bool next_piece(void *cursor, struct buf *piece)
{
	return run_output_next(cursor, piece);
}

struct position run_position(const struct source *source, uint64_t offset)
{
	*source->cursor = position_at((struct str){ source->image.bytes, source->image.n }, offset, source->cursor);
	return *source->cursor;
}

bool run_commit(struct run *run, struct error **err, struct error **ret_warning)
{
	struct file_txn txn = FILE_TXN_INIT;
	bool fine = true;

	txn.stop = run->stop;
	for (size_t i = 0; fine && i < run->sources.n; i++) {
		struct source *source = run->sources.items[i];
		struct output_cursor cursor = OUTPUT_CURSOR(source);

		if (!source->changed || !source->writable)
			continue;
		fine = file_txn_add(&txn, source->path, source->inside, &source->image,
				    (struct file_pieces){ next_piece, &cursor }, err);
	}
	if (fine)
		fine = file_txn_commit(&txn, err);
	if (ret_warning && txn.warning) {
		*ret_warning = txn.warning;
		txn.warning = NULL;
	}
	run->mixed = txn.mixed;
	file_txn_abort(&txn);
	return fine;
}
