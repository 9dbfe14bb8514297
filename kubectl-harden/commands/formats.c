/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formats
 *
 * Documents are read again, before and after, for a run keeps bytes and no trees; an object is then printed by itself,
 * out of its list, as kubectl sees it. Output that leaves out an object without a word would be applied as if it were
 * all, so whatever cannot be printed makes the command fail.
 */
#include "commands/formats.h"

#include <stdlib.h>

#include "commands/component.h"
#include "report/text.h"
#include "yaml/print.h"
#include "yaml/split.h"

bool formats_is_of_objects(enum format format)
{
	return format >= FORMAT_JSON_PATCH;
}

bool formats_is_report(enum format format)
{
	return format == FORMAT_JSON || format == FORMAT_SARIF || format == FORMAT_GITHUB || format == FORMAT_JUNIT;
}

/* ---- objects of a document ---- */

/* A document read, with its objects. */
struct reading {
	struct yaml_tree tree;
	struct objects objects;
};

static void reading_free(struct reading *reading)
{
	yaml_tree_free(&reading->tree);
	objects_free(&reading->objects);
}

static bool read_document(const struct work *work, const struct source *source, struct arena *arena, struct str bytes,
			  struct reading *ret, const char **ret_why)
{
	struct yaml_refusal why = { 0 };
	bool fine;

	*ret = (struct reading){ 0 };
	fine = yaml_parse(&ret->tree, arena, bytes, &work->run.options.limits, &why);
	if (fine)
		objects_read(&ret->tree, arena, &source->options->own, &ret->objects);
	*ret_why = why.why;
	return fine;
}

/* The node of an object, and whether its type is printed apart. */
struct printed {
	yaml_id node;
	bool typed;
};

static bool leave_out(void *data, struct yaml_tree *tree, yaml_id key)
{
	const struct printed *printed = data;
	struct str text = yaml_text(tree, key);

	return yaml_parent(tree, key) == printed->node &&
	       (yaml_is_definition(text) || (printed->typed && (str_is(text, "apiVersion") || str_is(text, "kind"))));
}

/* Items of typed lists may have no type of their own. False where there are too many nodes. */
static bool print_object(struct yaml_tree *tree, const struct kube_object *object, struct buf *out)
{
	struct printed printed = { .node = object->node };
	struct yaml_print print = { .tree = tree, .out = out, .leave_out = leave_out, .data = &printed };

	printed.typed = !yaml_get(tree, printed.node, "apiVersion") || !yaml_get(tree, printed.node, "kind");
	if (printed.typed)
		buf_addf(out, "apiVersion: %.*s\nkind: %.*s\n", STR_ARG(object->api_version),
			 STR_ARG(object->kind_name));
	return yaml_print(&print, printed.node);
}

/* A row of each object; an object with several pods has several rows. */
static bool is_next(const struct objects *objects, size_t i)
{
	return !i || objects->items[i].object.node != objects->items[i - 1].object.node;
}

static void fail(struct work *work, const struct source *source, unsigned document, const char *why)
{
	struct error *error CLEANUP(error_freep) = NULL;
	const char *path = source_name(source).p;

	if (document)
		error_set_at(&error, path, NULL, "document %u cannot be printed: %s", document, why);
	else
		error_set_at(&error, path, NULL, "it cannot be printed: %s", why);
	work_fail(work, error);
}

/* ---- whole manifests ---- */

/* Objects of kubectl's List are indented in it. */
struct manifests {
	struct work *work;
	struct arena *arena;
	struct buf texts; /* of FORMAT_OBJECTS_JSON: YAML, one behind the other */
	struct {
		size_t *items; /* where each one ends */
		size_t n, cap;
	} ends;
};

static void add_manifest(struct manifests *manifests, struct str text)
{
	struct output *out = &manifests->work->session->out;

	if (manifests->work->session->settings.format == FORMAT_OBJECTS_YAML) {
		if (manifests->ends.n++)
			buf_addz(&out->text, "---\n");
		buf_add(&out->text, text);
		output_relax(out);
	} else {
		buf_add(&manifests->texts, text);
		VEC_PUSH(&manifests->ends, manifests->texts.n);
	}
}

static void add_document(struct manifests *manifests, const struct source *source, unsigned index, struct str bytes)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	struct reading reading;
	const char *why;

	if (!read_document(manifests->work, source, manifests->arena, bytes, &reading, &why))
		fail(manifests->work, source, index, why);
	for (size_t i = 0; i < reading.objects.n; i++) {
		const struct kube_object *object = &reading.objects.items[i].object;

		if (!is_next(&reading.objects, i) || str_is(kube_group(object->api_version), "kustomize.config.k8s.io"))
			continue; /* a kustomization is a file for kustomize, and none of the cluster's objects */
		text.n = 0;
		if (print_object(&reading.tree, object, &text))
			add_manifest(manifests, buf_str(&text));
		else
			fail(manifests->work, source, index, "it has too many nodes");
	}
	reading_free(&reading);
	arena_reset(manifests->arena);
}

static void add_source(struct manifests *manifests, const struct source *source)
{
	struct buf whole CLEANUP(buf_free) = BUF_INIT;
	struct yaml_splitter splitter;
	struct yaml_span span;
	size_t bad;

	if (source->no_result || !source_is_told(source))
		return;
	if (source->template || source->refused) {
		fail(manifests->work, source, 0,
		     source->template ? "it is a template, and no manifest yet" : source->refused);
		return;
	}
	run_output(source, &whole);
	splitter = yaml_splitter_init(buf_str(&whole));
	for (unsigned i = 1; yaml_split_next(&splitter, &span, &bad); i++)
		add_document(manifests, source, i, str_sub(buf_str(&whole), span.start, span.end));
}

static void print_one(struct manifests *manifests, struct str text, unsigned depth)
{
	struct yaml_tree tree = YAML_TREE_INIT;
	struct error *error CLEANUP(error_freep) = NULL;
	struct yaml_refusal why;

	if (yaml_parse(&tree, manifests->arena, text, &manifests->work->run.options.limits, &why)) {
		yaml_print_json(&tree, tree.root, 4, depth, &manifests->work->session->out.text);
	} else {
		error_set(&error, "an object cannot be printed: %s", why.why);
		work_fail(manifests->work, error);
		buf_addz(&manifests->work->session->out.text, "null");
	}
	yaml_tree_free(&tree);
	arena_reset(manifests->arena);
}

/* One by itself, several in a List, as kubectl prints them. */
static void print_json(struct manifests *manifests)
{
	struct output *out = &manifests->work->session->out;
	bool list = manifests->ends.n != 1;
	size_t start = 0;

	if (list)
		buf_addz(&out->text, "{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"List\",\n    \"metadata\": {},\n"
				     "    \"items\": [");
	for (size_t i = 0; i < manifests->ends.n; i++) {
		if (list)
			buf_addz(&out->text, i ? ",\n        " : "\n        ");
		print_one(manifests, str_sub(buf_str(&manifests->texts), start, manifests->ends.items[i]),
			  list ? 2 : 0);
		start = manifests->ends.items[i];
		output_relax(out);
	}
	if (list)
		buf_addz(&out->text, manifests->ends.n ? "\n    ]\n}" : "]\n}");
	buf_addc(&out->text, '\n');
}

static void print_manifests(struct work *work)
{
	struct manifests manifests = { .work = work, .arena = arena_new() };

	for (size_t i = 0; i < work->run.sources.n; i++)
		add_source(&manifests, work->run.sources.items[i]);
	if (work->session->settings.format == FORMAT_OBJECTS_JSON)
		print_json(&manifests);
	buf_free(&manifests.texts);
	free(manifests.ends.items);
	arena_free(manifests.arena);
}

/* ---- what changed ---- */

/* Empty without one: a generateName is another name each time, and `on` is no text. */
static struct str name_of(struct yaml_tree *tree, yaml_id object)
{
	yaml_id name = yaml_get(tree, yaml_get(tree, object, "metadata"), "name");

	return yaml_type(tree, name) == YAML_STR ? yaml_text(tree, name) : STR_NONE;
}

/* False where there are too many nodes. */
static bool add_difference(struct differences *differences, struct reading *before, const struct kube_object *was,
			   struct reading *after, const struct kube_object *is)
{
	struct buf texts[2] = { BUF_INIT, BUF_INIT };
	struct difference difference = {
		.api_version = was->api_version,
		.kind = was->kind_name,
		.namespace = was->namespace,
		.name = name_of(&before->tree, was->node),
	};
	bool fine;

	fine = print_object(&before->tree, was, &texts[0]) && print_object(&after->tree, is, &texts[1]);
	difference.before = buf_str(&texts[0]);
	difference.after = buf_str(&texts[1]);
	if (fine && !str_eq(difference.before, difference.after))
		differences_add(differences, &difference);
	buf_free(&texts[0]);
	buf_free(&texts[1]);
	return fine;
}

static void collect_document(struct work *work, const struct source *source, const struct document *document,
			     struct arena *arena, struct differences *differences)
{
	struct str bytes =
		str_sub((struct str){ source->image.bytes, source->image.n }, document->start, document->end);
	struct buf hardened CLEANUP(buf_free) = BUF_INIT;
	struct reading before, after = { 0 };
	const char *why;

	splices_apply(bytes, &document->splices, &hardened);
	if (!read_document(work, source, arena, bytes, &before, &why) ||
	    !read_document(work, source, arena, buf_str(&hardened), &after, &why)) {
		fail(work, source, document->index + 1, why);
	} else if (before.objects.n != after.objects.n) {
		fail(work, source, document->index + 1, "its objects are not the same ones afterwards");
	} else {
		for (size_t i = 0; i < before.objects.n; i++)
			if (is_next(&before.objects, i) &&
			    !add_difference(differences, &before, &before.objects.items[i].object, &after,
					    &after.objects.items[i].object))
				fail(work, source, document->index + 1, "it has too many nodes");
	}
	reading_free(&before);
	reading_free(&after);
	arena_reset(arena);
}

static void collect(struct work *work, struct differences *differences)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < work->run.sources.n; i++) {
		const struct source *source = work->run.sources.items[i];

		for (size_t k = 0; source->changed && k < source->documents.n; k++)
			if (source->documents.items[k].splices.n)
				collect_document(work, source, &source->documents.items[k], arena, differences);
	}
	arena_free(arena);
}

/* What stands before the patch of a kind that takes no strategic merge patch. */
static const char custom_comment[] = "# A custom resource: kubectl patch takes this with --type=merge.\n";

static bool print_patch(struct session *session, const struct differences *differences, size_t i, struct error **err)
{
	const struct difference *object = &differences->objects.items[i];
	struct buf *out = &session->out.text, text CLEANUP(buf_free) = BUF_INIT;
	bool custom;

	if (session->settings.format == FORMAT_JSON_PATCH)
		return differences_json_patch(differences, object, out, err);
	if (!differences_merge_patch(differences, object, &text, &custom, err))
		return false;
	if (!text.n)
		return true;
	if (i)
		buf_addz(out, "---\n");
	if (custom)
		buf_addz(out, custom_comment);
	buf_add(out, buf_str(&text));
	return true;
}

static bool write_component(struct session *session, const struct differences *differences, struct error **err)
{
	const char *folder = session->settings.component;
	size_t patches;

	if (!component_write(folder, differences, &patches, err))
		return false;
	if (session->settings.quiet)
		return true;
	text_escape(&session->err.text, str_of(folder));
	buf_addz(&session->err.text, ": a component with ");
	buf_addf(&session->err.text, "%zu patch%s.\n", patches, patches == 1 ? "" : "es");
	return true;
}

static void print_differences(struct work *work, const struct differences *differences)
{
	struct session *session = work->session;
	struct error *error CLEANUP(error_freep) = NULL;
	bool fine = differences_check(differences, &error);

	if (fine && session->settings.format == FORMAT_KUSTOMIZE)
		fine = write_component(session, differences, &error);
	else
		for (size_t i = 0; fine && i < differences->objects.n; i++) {
			fine = print_patch(session, differences, i, &error);
			output_relax(&session->out);
		}
	if (!fine)
		work_fail(work, error);
}

void formats_print(struct work *work)
{
	const enum format format = work->session->settings.format;
	struct differences differences = { .limits = &work->run.options.limits };

	if (format == FORMAT_OBJECTS_JSON || format == FORMAT_OBJECTS_YAML) {
		print_manifests(work);
		return;
	}
	differences.arena = arena_new();
	collect(work, &differences);
	print_differences(work, &differences);
	differences_free(&differences);
	arena_free(differences.arena);
}
