/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scan
 *
 * Each document by itself: split, passed over or parsed, its objects recorded in the inventory. One without a port
 * below 1024 is hardened at once, while its tree is there: what the plan could add (a Service that sends to a low
 * port) is rare, and then it is done again. The others wait for the plan.
 */
#include "engine/scan.h"

#include <stdlib.h>

#include "engine/harden.h"
#include "engine/objects.h"
#include "engine/prefilter.h"
#include "yaml/split.h"

struct scan {
	struct run *run;
	struct source *source;
	struct document *document;
	size_t document_index;
	unsigned object;
	bool has_low_port;
	bool matters; /* it holds something that is hardened, moved or named */
};

static void scan_pod(struct scan *scan, struct where where, struct kube_pod *pod)
{
	struct run *run = scan->run;
	struct findings findings = { 0 };
	uint32_t mark = yaml_mark(&run->tree);
	struct fix_context fix;

	scan->matters = true;
	if (pod->partial)
		return;
	fix = fix_context_make(run, pod, &findings, where.object);
	inventory_workload(run, where, pod, &fix);
	scan->has_low_port |= run->inventory->workloads.items[run->inventory->workloads.n - 1].ports.n > 0;
	/* Asking for evidence of need may have run fixers: the tree is as it was. */
	yaml_rollback(&run->tree, mark);
	fix_context_free(&fix);
	free(findings.items);
}

static void visit(struct scan *scan, struct object_view *view)
{
	const struct kube_object *object = &view->object;
	struct run *run = scan->run;
	struct where where = { scan->source, scan->document_index, scan->object++ };
	unsigned flags = object->kind ? object->kind->flags : 0;

	if (flags & KIND_OPENSHIFT ||
	    yaml_get(&run->tree, yaml_get_path(&run->tree, object->node, "metadata.annotations"),
		     "openshift.io/sa.scc.uid-range"))
		run->openshift = true;
	if (flags & KIND_POD) {
		if (view->has_pod)
			scan_pod(scan, where, &view->pod);
	} else if (flags & KIND_SERVICE) {
		inventory_service(run, where, &run->tree, object);
		scan->matters = true;
	} else if (flags & KIND_NAMES_PORT) {
		inventory_pin(run, where, &run->tree, object);
	} else if (!object->kind) {
		scan->matters = true; /* it may look like a pod */
	}
}

static void scan_parsed(struct scan *scan)
{
	struct run *run = scan->run;
	struct document *document = scan->document;
	struct inventory *inventory = run->inventory;

	document->workload = inventory->workloads.n;
	document->service = inventory->services.n;
	objects_read(&run->tree, run->scratch, &run->objects);
	for (size_t i = 0; i < run->objects.n; i++)
		visit(scan, &run->objects.items[i]);
	document->workloads_n = inventory->workloads.n - document->workload;
	document->services_n = inventory->services.n - document->service;
	if (!scan->matters)
		return;
	if (scan->has_low_port)
		document->state = DOCUMENT_PENDING;
	else
		harden_document(run, scan->source, document);
}

/* Whether a part holds more than blanks and comments; kubectl does not count one that does not. */
static bool holds_something(struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] == '#') {
			const char *end = memchr(bytes.p + i, '\n', bytes.n - i);

			if (!end)
				return false;
			i = (size_t)(end - bytes.p);
		} else if (!strchr(" \t\r\n", bytes.p[i])) {
			return true;
		}
	}
	return false;
}

static void scan_document(struct run *run, struct source *source, struct yaml_span span)
{
	struct str bytes = str_sub((struct str){ source->image.bytes, source->image.n }, span.start, span.end);
	struct document document = { .start = span.start, .end = span.end, .index = source->documents_seen };
	struct scan scan = { .run = run, .source = source, .document_index = source->documents.n };

	if (!holds_something(bytes))
		return;
	source->documents_seen++;
	if (prefilter_passes_over(bytes))
		return;
	arena_reset(run->scratch);
	scan.document = &document;
	if (!yaml_parse(&run->tree, run->scratch, bytes, &run->options.limits, &document.refusal)) {
		/* What has no kind is nobody's manifest, however broken it is. */
		if (str_find(bytes, STR("kind"), 0) == SIZE_MAX)
			return;
		document.state = DOCUMENT_REFUSED;
		document.refusal.why = str_copy(run->arena, str_of(document.refusal.why)).p;
	} else {
		scan_parsed(&scan);
	}
	if (document.state != DOCUMENT_NOTHING)
		VEC_PUSH(&source->documents, document);
	else
		document_clear(&document);
}

static bool refuse_file(struct source *source, size_t at, const char *why)
{
	source->refused = why;
	source->refused_at = position_at((struct str){ source->image.bytes, source->image.n }, at, NULL);
	return false;
}

/* What concerns the file as a whole; false where it is not looked into. */
static bool scan_file(struct source *source)
{
	struct str text = { source->image.bytes, source->image.n };
	struct yaml_splitter splitter = yaml_splitter_init(text);
	size_t at = prefilter_template(text), bad;
	struct yaml_span span;

	if (at != SIZE_MAX) {
		refuse_file(source, at, NULL);
		source->template = "a template, not yet a manifest";
		return false;
	}
	while (yaml_split_next(&splitter, &span, &bad))
		if (bad != SIZE_MAX)
			return refuse_file(source, bad,
					   "this line begins with --- and is no separator: kubectl would drop what stands on "
					   "it; put it on a line of its own");
	return true;
}

void scan_source(struct run *run, struct source *source)
{
	struct yaml_splitter splitter = yaml_splitter_init((struct str){ source->image.bytes, source->image.n });
	struct yaml_span span;
	size_t bad;

	if (!scan_file(source))
		return;
	while (!(run->stop && *run->stop) && yaml_split_next(&splitter, &span, &bad))
		scan_document(run, source, span);
}
