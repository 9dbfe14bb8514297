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
#include "engine/homes.h"
#include "engine/kustomization.h"
#include "engine/levels.h"
#include "engine/objects.h"
#include "engine/prefilter.h"
#include "fixers/fix.h"
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

/* Containers and volumes of one pod: what is looked up among them for each of them stays quick. */
enum { CONTAINERS_MAX = 1000, VOLUMES_MAX = 1000 };

static bool refuse_document(struct document *document, uint32_t at, const char *why)
{
	document->state = DOCUMENT_REFUSED;
	document->refusal = (struct yaml_refusal){ .at = at, .why = why };
	return false;
}

static bool check_size(struct scan *scan, const struct kube_pod *pod)
{
	yaml_id volumes = kube_pod_volumes(pod);

	if (pod->containers_n > CONTAINERS_MAX)
		return refuse_document(scan->document, yaml_offset(pod->tree, pod->containers[CONTAINERS_MAX].node),
				       "a pod with more than 1,000 containers");
	if (yaml_count(pod->tree, volumes) > VOLUMES_MAX)
		return refuse_document(scan->document, yaml_offset(pod->tree, volumes),
				       "a pod with more than 1,000 volumes");
	return true;
}

/* The pod's ports are looked at as they will be: on a network of its own, none of the node, with probes that ask it. */
static void run_before_ports(struct fix_context *fix, struct kube_pod *pod)
{
	if (!pod->host_network && !yaml_may_have(pod->tree, STR("host")) && !yaml_may_have(pod->tree, STR("hostPort")))
		return;
	for (size_t i = 0; i < fixers_n; i++)
		for (int target = TARGET_POD; fixers[i]->before_ports && target < (int)pod->containers_n; target++)
			if (fix->choice->selected >> i & 1)
				fix_run(fix, i, target);
}

/* Whether the pod's ports would stay if its namespace turned out to enforce no more than baseline. */
static void ask_baseline(struct run *run, struct where where, struct kube_pod *pod, struct findings *findings)
{
	struct source_options *options = where.source->options;
	const struct level *level = level_at(run, options, PROFILE_BASELINE, options->fix.standard_version);
	struct fix_context fix = fix_context_make(run, options, pod, findings, where.object);

	fix.config = &level->config;
	fix.choice = &level->choice;
	run->inventory->workloads.items[run->inventory->workloads.n - 1].keeps_ports_baseline =
		!inventory_wants_ports(pod, &fix);
	fix_context_free(&fix);
}

static void note_image(struct run *run, struct str image)
{
	size_t before = run->images.known.n;

	image = intern_str(&run->images.known, image);
	if (run->images.known.n > before)
		VEC_PUSH(&run->images, image);
}

/* Those that kustomizations make of them, too. */
static void note_images(struct run *run, const struct kube_own *own, const struct kube_pod *pod)
{
	for (size_t i = 0; i < pod->containers_n; i++) {
		note_image(run, pod->containers[i].image);
		for (size_t k = 0; k < own->chains.n; k++)
			note_image(run,
				   image_chain_apply(&own->chains.items[k], run->scratch, pod->containers[i].image));
	}
}

static void scan_pod(struct scan *scan, struct where where, struct object_view *view)
{
	struct run *run = scan->run;
	struct kube_pod *pod = &view->pod;
	struct findings findings = { 0 };
	uint32_t mark = yaml_mark(&run->tree);
	struct fix_context fix;

	scan->matters = true;
	if (run->options.keep_images)
		note_images(run, &scan->source->options->own, pod);
	if (view->crowded)
		refuse_document(scan->document, yaml_offset(pod->tree, view->object.node),
				"an object with more than 1,000 pods");
	if (view->crowded || view->note || pod->partial || !check_size(scan, pod))
		return;
	arena_reset(run->words);
	fix = fix_context_make(run, scan->source->options, pod, &findings, where.object);
	run_before_ports(&fix, pod);
	inventory_workload(run, where, view, &fix);
	scan->has_low_port |= run->inventory->workloads.items[run->inventory->workloads.n - 1].ports.n > 0;
	/* Asking for evidence of need may have run fixers: the tree is as it was. */
	yaml_rollback(&run->tree, mark);
	fix_context_free(&fix);
	if (scan->source->options->fix.profile == PROFILE_AUTO)
		ask_baseline(run, where, pod, &findings);
	yaml_rollback(&run->tree, mark);
	free(findings.items);
}

static void visit(struct scan *scan, struct object_view *view)
{
	const struct kube_object *object = &view->object;
	struct run *run = scan->run;
	struct where where = { scan->source, (uint32_t)scan->document_index, scan->object++ };
	unsigned flags = object->kind ? object->kind->flags : 0;

	if (flags & KIND_OPENSHIFT ||
	    yaml_get(&run->tree, yaml_get_path(&run->tree, object->node, "metadata.annotations"),
		     "openshift.io/sa.scc.uid-range"))
		run->openshift = true;
	if (flags & KIND_POD) {
		if (view->has_pod)
			scan_pod(scan, where, view);
		/* A patch that names a port would be left behind by its move. */
		if (view->has_pod && view->pod.partial)
			inventory_patch(run, where, &run->tree, object->node);
		else if (view->has_pod && (view->note || (view->pod.view->flags & VIEW_OPERATOR)))
			inventory_pin(run, where, &run->tree, object);
	} else if (flags & KIND_NAMESPACE) {
		if (run->waits)
			inventory_home(run, where, &run->tree, object);
		scan->matters |= run->waits;
	} else if (flags & KIND_KUSTOMIZATION) {
		inventory_kustomization(run, where, &run->tree, object->node);
	} else if (flags & KIND_SERVICE && yaml_get(&run->tree, object->node, "$patch")) {
		inventory_patch(run, where, &run->tree, object->node);
	} else if (flags & KIND_SERVICE) {
		inventory_service(run, where, &run->tree, object);
		inventory_references(run, where, &run->tree, object);
		scan->matters = true;
	} else if (flags & KIND_CONFIG) {
		inventory_config(run, where, &run->tree, object);
		inventory_files(run, where, &run->tree, object);
	} else if (flags & KIND_NAMES_PORT) {
		scan->matters |= inventory_references(run, where, &run->tree, object);
	} else if (!object->kind || view->note) {
		scan->matters = true; /* it may look like a pod */
	}
}

/* What has no kind, and may be a part of a kustomization all the same. */
static void visit_kindless(struct scan *scan)
{
	struct yaml_tree *tree = &scan->run->tree;
	struct where where = { scan->source, (uint32_t)scan->document_index, 0 };

	if (kustomization_is_patch(tree))
		inventory_patch(scan->run, where, tree, tree->root);
	else if (kustomization_is_named(str_of(scan->source->path)))
		inventory_kustomization(scan->run, where, tree, tree->root);
}

/* What is not edited does not move, nor does what belongs to it. */
static void keep_ports(struct run *run, const struct document *document, struct str why)
{
	INVENTORY_EACH(workload, workload, run->inventory, document, workloads)
		workload->keeps_ports = true;
	INVENTORY_EACH(service, service, run->inventory, document, services)
		for (size_t k = 0; k < service->ports_n; k++)
			service->ports[k].why_not = why;
	INVENTORY_EACH(reference, reference, run->inventory, document, references)
		reference->why_not = why;
	INVENTORY_EACH(config_files, files, run->inventory, document, files)
		files->why_not = why;
	INVENTORY_EACH(inventory_config, config, run->inventory, document, configs)
		config->map.why_not = why;
}

/*
 * What SOPS has encrypted ends with a key `sops` that holds a checksum of all values, the readable ones, too: after any
 * edit SOPS refuses the file. Its own editor is whatever EDITOR says, given the file in the clear.
 */
static void check_encryption(struct scan *scan)
{
	struct yaml_tree *tree = &scan->run->tree;
	const struct document_rows *rows = &scan->document->rows;
	yaml_id sops = yaml_get(tree, tree->root, "sops");

	if (!str_starts(yaml_get_text(tree, sops, "mac"), STR("ENC[")))
		return;
	if (rows->workloads.n || rows->homes.n)
		refuse_document(scan->document, yaml_offset(tree, yaml_key(tree, sops)),
				"encrypted by SOPS, which refuses a file that was edited; let it do the edit: "
				"EDITOR=\"kubectl harden fix -f\" sops FILE");
	else
		keep_ports(scan->run, scan->document,
			   STR("SOPS has encrypted its document, and refuses what was edited"));
}

/* The rows that the inventory gets between the two are the document's. */
static struct document_rows begin_rows(const struct inventory *inventory)
{
	return (struct document_rows){
		.workloads.first = (uint32_t)inventory->workloads.n,
		.services.first = (uint32_t)inventory->services.n,
		.references.first = (uint32_t)inventory->references.n,
		.files.first = (uint32_t)inventory->files.n,
		.configs.first = (uint32_t)inventory->configs.n,
		.homes.first = (uint32_t)inventory->homes.n,
	};
}

static void end_rows(const struct inventory *inventory, struct document_rows *rows)
{
	rows->workloads.n = (uint32_t)inventory->workloads.n - rows->workloads.first;
	rows->services.n = (uint32_t)inventory->services.n - rows->services.first;
	rows->references.n = (uint32_t)inventory->references.n - rows->references.first;
	rows->files.n = (uint32_t)inventory->files.n - rows->files.first;
	rows->configs.n = (uint32_t)inventory->configs.n - rows->configs.first;
	rows->homes.n = (uint32_t)inventory->homes.n - rows->homes.first;
}

static void scan_parsed(struct scan *scan)
{
	struct run *run = scan->run;
	struct document *document = scan->document;
	struct document_rows *rows = &document->rows;
	bool waits;

	*rows = begin_rows(run->inventory);
	objects_read(&run->tree, run->scratch, &scan->source->options->own, &run->objects);
	scan->source->holds_objects |= run->objects.n > 0;
	for (size_t i = 0; i < run->objects.n; i++)
		visit(scan, &run->objects.items[i]);
	if (!run->objects.n)
		visit_kindless(scan);
	end_rows(run->inventory, rows);
	waits = scan->has_low_port || (run->waits && (rows->workloads.n || rows->homes.n));
	check_encryption(scan);
	if (!scan->matters)
		return;
	if (waits || ((rows->services.n || rows->references.n) && !rows->workloads.n))
		document_keep_tree(run, document);
	if (document->state == DOCUMENT_REFUSED)
		; /* a pod of it is too large, or it is encrypted */
	else if (waits)
		document->state = DOCUMENT_PENDING;
	else
		harden_document(run, scan->source, document);
	if (document->state == DOCUMENT_REFUSED) {
		scan->source->unread = true;
		keep_ports(run, document, STR("its document is left as it is"));
	}
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

/* Whether a document that was judged so need not be parsed. */
static bool passes_over(const struct source *source, enum prefilter answer, struct str bytes)
{
	if (answer == PREFILTER_NO_OBJECT)
		return !kustomization_is_named(str_of(source->path)) && !kustomization_may_be_patch(bytes);
	return answer == PREFILTER_OBJECT;
}

/* Asked for documents, of which a file may have many. */
static bool has_kind(struct source *source)
{
	if (!source->asked_kind)
		source->has_kind = prefilter_has_kind((struct str){ source->image.bytes, source->image.n });
	source->asked_kind = true;
	return source->has_kind;
}

/* A directive before the first separator is a document of its own to kubectl, which refuses the whole file for it. */
static bool spoils_file(struct source *source, struct str bytes)
{
	struct str line;

	while (str_cut(&bytes, '\n', &line)) {
		line = str_trim(line);
		if (line.n && line.p[0] != '#')
			return line.p[0] == '%' && has_kind(source);
	}
	return false;
}

/* Whether a document that cannot be read looks like one that leads to pods by their ports. */
static bool may_name_ports(struct str bytes)
{
	return str_find(bytes, STR("Service"), 0) != SIZE_MAX || str_find(bytes, STR("NetworkPolicy"), 0) != SIZE_MAX;
}

static void scan_document(struct run *run, struct source *source, struct yaml_span span)
{
	struct str bytes = str_sub((struct str){ source->image.bytes, source->image.n }, span.start, span.end);
	struct document document = { .start = span.start, .end = span.end, .index = source->documents_seen };
	struct scan scan = { .run = run, .source = source, .document_index = source->documents.n };
	bool spoils = spoils_file(source, bytes);
	enum prefilter answer;

	if (!holds_something(bytes))
		return;
	source->documents_seen++;
	answer = prefilter(bytes, &source->options->own.kinds, run->waits ? KIND_NAMESPACE : 0);
	source->holds_objects |= answer == PREFILTER_OBJECT || answer == PREFILTER_CONFIG;
	if (passes_over(source, answer, bytes) && !spoils)
		return;
	arena_reset(run->scratch);
	scan.document = &document;
	if (!yaml_parse(&run->tree, run->scratch, bytes, &run->options.limits, &document.refusal)) {
		source->unread = true;
		/* What has no kind is nobody's manifest, however broken it is. Nor is a ConfigMap ours to judge. */
		if (!spoils && !kustomization_is_named(str_of(source->path)) &&
		    (answer == PREFILTER_NO_OBJECT || answer == PREFILTER_CONFIG || !prefilter_has_kind(bytes)))
			return;
		source->unreadable++;
		if (may_name_ports(bytes))
			run_note_unread(run, source->path, false);
		document.state = DOCUMENT_REFUSED;
		document.refusal.why = str_copy(run->arena, str_of(document.refusal.why)).p;
	} else {
		scan_parsed(&scan);
	}
	/* Of a ConfigMap alone there is nothing to tell until the plan moves something in it. */
	if (document.state != DOCUMENT_NOTHING || document.rows.configs.n || document.rows.files.n) {
		VEC_PUSH(&source->documents, document);
	} else {
		document_clear(&document);
		document_drop_tree(run, &document);
	}
}

/* Documents of one file that are no YAML: the parser keeps a little for each, and people do not read on either. */
enum { UNREADABLE_MAX = 1000 };

static void refuse_rest(struct source *source, uint64_t start)
{
	struct document document = { .start = start, .end = source->image.n, .index = source->documents_seen };

	refuse_document(&document, 0,
			"a thousand documents before it cannot be read, so nothing from here on is looked at");
	VEC_PUSH(&source->documents, document);
}

static bool refuse_file(struct source *source, size_t at, const char *why)
{
	source->refused = why;
	source->refused_at = position_at((struct str){ source->image.bytes, source->image.n }, at, NULL);
	return false;
}

/* Whether the text is UTF-16 or UTF-32 (with a byte order mark or not) and has a kind. */
static bool is_wide(struct str text)
{
	static const char narrow[] = "k\0i\0n\0d", wide[] = "k\0\0\0i\0\0\0n\0\0\0d";
	struct str start = str_sub(text, 0, text.n < 4 ? text.n : 4);

	if (!str_starts(start, STR("\xff\xfe")) && !str_starts(start, STR("\xfe\xff")) &&
	    (!start.n || !memchr(start.p, 0, start.n)))
		return false;
	return str_find(text, STR(narrow), 0) != SIZE_MAX || str_find(text, STR(wide), 0) != SIZE_MAX;
}

/* What concerns the file as a whole; false where it is not looked into. */
static bool scan_file(struct source *source)
{
	struct str text = { source->image.bytes, source->image.n };
	struct yaml_splitter splitter = yaml_splitter_init(text);
	size_t at, bad;
	struct yaml_span span;

	source->template = template_kind_of(text, &at);
	if (source->template) {
		refuse_file(source, at, NULL);
		/* Other things than manifests are made by templates. */
		if (source->template != TEMPLATE_HELM && !prefilter_has_kind(text) &&
		    !kustomization_is_named(str_of(source->path)))
			source->template = TEMPLATE_NONE;
		return false;
	}
	if (is_wide(text))
		return refuse_file(source, 0, "UTF-16 or UTF-32; convert it to UTF-8");
	while (yaml_split_next(&splitter, &span, &bad))
		if (bad != SIZE_MAX)
			return (prefilter_has_kind(text) || kustomization_is_named(str_of(source->path))) &&
			       refuse_file(source, bad,
					   "this line begins with --- and is no separator: kubectl would drop what stands on "
					   "it; put it on a line of its own");
	return true;
}

void scan_source(struct run *run, struct source *source)
{
	struct yaml_splitter splitter = yaml_splitter_init((struct str){ source->image.bytes, source->image.n });
	struct yaml_span span;
	size_t bad;

	if (!scan_file(source)) {
		source->unread = true;
		return;
	}
	while (!(run->stop && *run->stop) && yaml_split_next(&splitter, &span, &bad)) {
		if (source->unreadable == UNREADABLE_MAX) {
			source->unread = true;
			refuse_rest(source, span.start);
			return;
		}
		scan_document(run, source, span);
	}
	VEC_FIT(&source->documents);
}
