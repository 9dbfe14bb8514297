/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Harden
 *
 * The fixers edit the tree; the edits become splices; the spliced bytes are parsed again and proved: they mean what
 * the edits meant, nothing else moved, and the fixers find nothing more to change. Where that fails the document is
 * done again change by change, and those that spoil the proof are dropped and reported. So a bug of ours costs the
 * user a fix, never a byte.
 */
#include "engine/harden.h"

#include <stdlib.h>

#include "engine/homes.h"
#include "engine/pass.h"
#include "engine/trace.h"
#include "fixers/fix.h"
#include "fixers/image-needs.h"
#include "fixers/skip.h"
#include "kube/twins.h"
#include "yaml/split.h"

struct str document_bytes(const struct source *source, const struct document *document)
{
	return str_sub((struct str){ source->image.bytes, source->image.n }, document->start, document->end);
}

void document_clear(struct document *document)
{
	free(document->objects.items);
	document->objects.items = NULL;
	document->objects.n = document->objects.cap = 0;
	free(document->findings.items);
	document->findings = (struct findings){ 0 };
	free(document->skipped.items);
	document->skipped.items = NULL;
	document->skipped.n = document->skipped.cap = 0;
	free(document->warnings.items);
	document->warnings.items = NULL;
	document->warnings.n = document->warnings.cap = 0;
	document->trace = NULL;
	splices_free(&document->splices);
}

/* ---- trees that wait for the plan ---- */

enum { TREES_MOST = 8 << 20 };

static size_t tree_bytes(const struct yaml_tree *tree)
{
	return sizeof(*tree) + tree->nodes.n * sizeof(*tree->nodes.items);
}

void document_keep_tree(struct run *run, struct document *document)
{
	size_t bytes = tree_bytes(&run->tree);

	if (document->tree || run->tree.ops.n || run->trees_bytes + bytes > TREES_MOST)
		return;
	document->tree = xmalloc(sizeof(*document->tree));
	*document->tree = YAML_TREE_INIT;
	yaml_tree_copy(document->tree, &run->tree, NULL);
	run->trees_bytes += bytes;
}

void document_drop_tree(struct run *run, struct document *document)
{
	if (!document->tree)
		return;
	run->trees_bytes -= tree_bytes(document->tree);
	yaml_tree_free(document->tree);
	free(document->tree);
	document->tree = NULL;
}

bool document_take_tree(struct run *run, const struct source *source, struct document *document)
{
	struct yaml_refusal why;

	if (!document->tree)
		return yaml_parse(&run->tree, run->scratch, document_bytes(source, document), &run->options.limits,
				  &why);
	yaml_tree_copy(&run->tree, document->tree, run->scratch);
	document_drop_tree(run, document);
	return true;
}

struct fix_context fix_context_make(struct run *run, const struct source_options *options, struct kube_pod *pod,
				    struct findings *findings, unsigned object)
{
	size_t size = fix_status_size(pod);

	pod->assume_dotnet = options->fix.framework == FRAMEWORK_DOTNET;
	/* The view may be of a pass that was undone. */
	pod->replaces_images = fix_replaces_images(&options->level.config);
	if (pod->replaces_images)
		twin_refresh(pod, run->scratch, &options->own);
	return (struct fix_context){
		.config = &options->level.config,
		.choice = &options->level.choice,
		.own = &options->own,
		.tree = pod->tree,
		.pod = pod,
		.arena = run->words,
		.intern = &run->intern,
		.findings = findings,
		.skips = skips_read(pod, run->words),
		.object = object,
		.status = memset(xmalloc(size), 0, size),
	};
}

void fix_context_free(struct fix_context *fix)
{
	free(fix->status);
	fix->status = NULL;
}

/* ---- the proof ---- */

/* The fixers have nothing more to change in what came out. */
static bool is_idempotent(struct run *run, const struct source_options *options, struct document *document)
{
	struct findings findings = { 0 };
	struct pass again = { .run = run,
			      .document = document,
			      .tree = &run->after,
			      .objects = &run->objects_after,
			      .findings = &findings,
			      .filter = { .declined = document->declined },
			      .options = options,
			      .again = true };
	unsigned changes;

	objects_read(&run->after, run->scratch, &options->own, &run->objects_after);
	changes = pass_run(&again);
	pass_free(&again);
	free(findings.items);
	return changes == 0;
}

/* Documents from which on memory is given back as soon as it can be: some megabytes of it. */
enum { NODES_LARGE = 1 << 17, OBJECTS_LARGE = 1 << 13 };

static void release_objects(struct objects *objects)
{
	objects->n = 0;
	if (objects->cap <= OBJECTS_LARGE)
		return;
	free(objects->items);
	objects->items = NULL;
	objects->cap = 0;
}

/* No inserted line may be a document separator. */
static bool is_one_document(struct str bytes)
{
	struct yaml_splitter splitter = yaml_splitter_init(bytes);
	struct yaml_span span;
	size_t bad;

	return yaml_split_next(&splitter, &span, &bad) && span.start == 0 && span.end == bytes.n && bad == SIZE_MAX;
}

/*
 * @meant is used up: of a large document one tree at a time is in memory. @ret_final: whether the fixers have nothing
 * more to change; NULL while changes are tried one by one, when others are still missing.
 */
static bool prove(struct run *run, const struct source_options *options, struct document *document,
		  struct yaml_tree *meant, bool *ret_final)
{
	bool large = meant->nodes.cap > NODES_LARGE, fine;
	struct buf out = BUF_INIT;
	struct yaml_refusal why;

	yaml_forget(meant);
	release_objects(&run->objects);
	yaml_expect(meant, &run->expected);
	splices_apply(meant->bytes, &document->splices, &out);
	if (large)
		yaml_tree_free(meant);
	fine = is_one_document(buf_str(&out)) &&
	       yaml_parse(&run->after, run->scratch, buf_str(&out), &run->options.limits, &why) &&
	       yaml_prove(&run->expected, &run->after, &why);
	if (large)
		yaml_expected_free(&run->expected);
	if (ret_final)
		*ret_final = fine && is_idempotent(run, options, document);
	if (fine)
		homes_judge(run, options, document, &run->after);
	buf_free(&out);
	return fine;
}

/* The splices of what @pass edited, and whose they are. */
static void render(struct pass *pass)
{
	struct document *document = pass->document;
	struct render_notes notes;
	struct trace_input input = {
		.log = &pass->log,
		.changes = pass->changes < pass->log.n ? pass->changes : pass->log.n,
		.patch = &pass->patch,
		.notes = &notes,
		.objects = pass->objects,
	};

	if (!pass->log.traced) {
		yaml_render(pass->tree, &document->splices);
		return;
	}
	yaml_render_noted(pass->tree, &document->splices, &notes);
	trace_make(pass->run, document, &input);
	render_notes_free(&notes);
}

/* The pass that makes the results of a document. */
static struct pass first_pass(struct run *run, struct source *source, struct document *document)
{
	return (struct pass){ .run = run,
			      .document = document,
			      .tree = &run->tree,
			      .objects = &run->objects,
			      .findings = &document->findings,
			      .source = source,
			      .filter = { .declined = document->declined },
			      .options = source->options,
			      .log = { .traced = run->options.traced },
			      .record = true };
}

/* Before another pass: the document as it was read, without results. */
static bool start_over(struct pass *pass)
{
	struct run *run = pass->run;
	struct yaml_refusal why;

	document_clear(pass->document);
	if (!yaml_parse(pass->tree, run->scratch, document_bytes(pass->source, pass->document), &run->options.limits,
			&why))
		return false;
	objects_read(pass->tree, run->scratch, &pass->options->own, pass->objects);
	return true;
}

/* One pass with those changes over a fresh tree; whether its result is proved. @traced: it may be the last one. */
static bool try_changes(struct run *run, struct source *source, struct document *document, const uint8_t *allowed,
			unsigned n, bool traced)
{
	struct pass pass = first_pass(run, source, document);

	pass.filter.allowed = allowed;
	pass.filter.n = n;
	pass.log.traced = traced;
	if (!start_over(&pass))
		return false;
	pass_run(&pass);
	render(&pass);
	pass_free(&pass);
	return !document->splices.n || prove(run, source->options, document, &run->tree, NULL);
}

/* Change by change: each is kept if the document is still proved with it. */
static void retry(struct run *run, struct source *source, struct document *document, unsigned changes)
{
	uint8_t *allowed = memset(xmalloc(changes + 1), 0, changes + 1);

	for (unsigned i = 0; i < changes; i++) {
		allowed[i] = 1;
		if (!try_changes(run, source, document, allowed, changes, false))
			allowed[i] = 0;
	}
	if (!try_changes(run, source, document, allowed, changes, run->options.traced)) {
		memset(allowed, 0, changes);
		try_changes(run, source, document, allowed, changes, run->options.traced);
	}
	document->unproved = true;
	free(allowed);
}

/*
 * Once it is written out, what a place shared with another one may be free for a change that was denied for its sake, so
 * that each run would change a little more. Then none is made; nor when it is done again, with its ports kept, for the
 * next run would begin with their moves again.
 */
static void leave_shared(struct run *run, struct source *source, struct document *document)
{
	struct pass pass = first_pass(run, source, document);

	document->left_shared = true;
	if (!start_over(&pass))
		return;
	pass_deny_all(&pass);
	pass_run(&pass);
	pass_free(&pass);
}

static void count(struct document *document)
{
	for (size_t i = 0; i < document->findings.n; i++) {
		const struct finding *finding = &document->findings.items[i];
		struct run_object *object = &document->objects.items[finding->object];

		if (finding->text->status == FIX_CHANGED)
			object->changes++;
		else if (finding->text->declined)
			object->declined++;
		else
			object->left++;
	}
}

/* The texts of the splices outlive the document's tree, and nothing is kept that is larger than it must be. */
static void keep_results(struct run *run, struct document *document)
{
	for (size_t i = 0; i < document->splices.n; i++)
		document->splices.items[i].ins = intern_str(&run->intern, document->splices.items[i].ins);
	VEC_FIT(&document->splices);
	VEC_FIT(&document->findings);
	VEC_FIT(&document->objects);
}

static bool has_notes(const struct document *document)
{
	for (size_t i = 0; i < document->objects.n; i++)
		if (document->objects.items[i].note.n)
			return true;
	return false;
}

void harden_document(struct run *run, struct source *source, struct document *document)
{
	struct yaml_tree *tree = &run->tree;
	struct pass pass = first_pass(run, source, document);
	unsigned changes;
	bool shares, final = true;

	document_clear(document);
	if (document->left_shared)
		pass_deny_all(&pass);
	pass_run(&pass);
	changes = pass.changes;
	shares = pass.filter.denied.n;
	if (!tree->exhausted)
		render(&pass);
	pass_free(&pass);
	if (tree->exhausted) {
		document_clear(document);
		document->state = DOCUMENT_REFUSED;
		document->refusal = (struct yaml_refusal){ .why = "its aliases expand to too many nodes" };
		return;
	}
	if (document->splices.n && prove(run, source->options, document, tree, &final) && !final && shares)
		leave_shared(run, source, document);
	else if (!final)
		retry(run, source, document, changes);
	if (!document->splices.n)
		homes_judge(run, source->options, document, tree);
	keep_results(run, document);
	document->state = document->findings.n || has_notes(document) || document->objects.n ? DOCUMENT_DONE
											     : DOCUMENT_NOTHING;
	count(document);
}
