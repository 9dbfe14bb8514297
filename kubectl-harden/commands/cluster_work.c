/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live
 *
 * Each object becomes a source: the manifest that a person would have written of it, named as kubectl names the object.
 * All that is done with files is then done with it. Only one namespace is in memory at a time: nothing but the
 * NetworkPolicies of others has to do with its ports, and these come with it.
 */
#include "commands/cluster_work.h"

#include <stdlib.h>

#include "commands/cluster_files.h"
#include "commands/cluster_left.h"
#include "engine/inventory.h"
#include "engine/levels.h"
#include "fixers/list.h"
#include "live/json_values.h"
#include "live/words.h"
#include "report/text.h"

/* ---- arguments ---- */

static bool is_path(struct str word)
{
	static const char *const ends[] = { ".yaml", ".yml", ".json", "/" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (str_ends(word, str_of(ends[i])))
			return true;
	return word.n && (word.p[0] == '.' || word.p[0] == '/');
}

static bool check_arguments(const struct session *session, struct error **err)
{
	const struct settings *settings = &session->settings;
	const struct strings *arguments = &settings->arguments;

	for (size_t i = 0; i < arguments->n; i++)
		if (is_path(str_of(arguments->items[i])))
			return error_set(err, "unexpected argument \"%s\"; every file is named with -f: -f %s",
					 arguments->items[i], arguments->items[i]);
	/* kubectl's own words. */
	if (settings->filenames.n && arguments->n)
		return error_set(err, "when paths, URLs, or stdin is provided as input, you may not specify resource "
				      "arguments as well");
	if (settings->kustomize && (arguments->n || settings->live))
		return error_set(err, "-k reads files; leave out what is of a cluster");
	if (settings->live && (settings->all_namespaces || settings->selector))
		return error_set(err, "--live takes the objects that the files name; leave out -A and -l");
	if (settings->live && !settings->filenames.n)
		return error_set(err, "--live needs -f: the files that name the objects");
	return true;
}

/* ---- sources ---- */

struct str cluster_path(const struct live_object *object, struct arena *arena)
{
	return str_fmt(arena, "%.*s%s%.*s", STR_ARG(object->namespace), object->namespace.n ? "/" : "",
		       STR_ARG(live_object_title(object->resource, object->name, arena)));
}

const struct kube_kind *cluster_kind(struct cluster_work *live, const struct live_resource *resource)
{
	return kube_kind_of_group(&live->options->own.kinds, resource->group, resource->kind);
}

bool cluster_holds_pods(struct cluster_work *live, const struct live_resource *resource)
{
	const struct kube_kind *kind = cluster_kind(live, resource);

	return !kind || kind->flags & KIND_POD;
}

static void add_source(struct cluster_work *live, const struct live_object *object, struct str json,
		       struct source_options *options, bool context)
{
	const char *path = cluster_path(object, live->arena).p;
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	struct file_image image = FILE_IMAGE_INIT;
	struct error *error CLEANUP(error_freep) = NULL;
	struct cluster_row row = { 0 };
	struct source *source;

	if (!live_object_manifest(object->resource, json, &text, &error)) {
		/* One that cannot be read does not keep the others from being looked at. */
		free(error->path);
		error->path = str_dup(str_of(path));
		run_note_unread(&live->work.run, path, true);
		work_fail(&live->work, error);
		return;
	}
	buf_addc(&text, '\0');
	image.n = text.n - 1;
	image.bytes = text.p;
	text = BUF_INIT;
	source = run_add_live(&live->work.run, path, &image, options, context);
	if (source->documents.n && live->keeps_json)
		row = (struct cluster_row){ .object = object, .json = str_copy(live->arena, json) };
	row.applied = str_find(json, STR("\"kubectl.kubernetes.io/last-applied-configuration\""), 0) != SIZE_MAX;
	VEC_PUSH(&live->rows, row);
}

/* ---- runs ---- */

static void forget_run(struct cluster_work *live)
{
	work_renew(&live->work);
	run_expect(&live->work.run, live->options);
	live->rows.n = 0;
	arena_reset(live->arena);
}

static void end_run(struct cluster_work *live)
{
	struct work *work = &live->work;

	images_add_findings(&work->images, &work->run);
	run_plan(&work->run);
	run_apply(&work->run);
	if (*work->run.stop)
		return;
	work_count(work);
	for (size_t i = 0; i < live->rows.n; i++) {
		if (!live->rows.items[i].applied || !work->run.sources.items[i]->changed)
			continue;
		if (!live->applied_n++)
			buf_addz(&live->applied, work->run.sources.items[i]->path);
	}
	if (live->files)
		cluster_files_compare(live->files, &work->run);
	if (live->done)
		live->done(live);
	totals_add(&live->sum, &work->totals);
}

static bool begin(void *data, const struct gather_namespace *namespace, struct error **err)
{
	struct cluster_work *live = data;
	uint64_t labels = (uint64_t)1 << fixer_index(&fixer_namespace_labels);
	const struct live_resource *resource = live_resource_of(&live->cluster.resources, STR("v1"), STR("Namespace"));
	struct live_object *object = ARENA_NEW(live->arena, struct live_object);

	if (live->done)
		live->namespace = str_copy(live->arena, namespace->name);
	/* On OpenShift the server gives each namespace users of its own. */
	for (size_t i = 0; i < live->cluster.resources.n; i++)
		live->work.run.openshift |= str_is(live->cluster.resources.items[i].group, "security.openshift.io");
	if (!namespace->json.n || !resource || !live->work.run.waits)
		return true;
	if (!live_object_read(resource, namespace->json, live->arena, object, err))
		return false;
	add_source(live, object, namespace->json, live->options, !(live->options->fix.also & labels));
	return true;
}

/* What is asked of an object that is there for the plan: the port of a workload that was not named stays. */
static struct source_options *context_options(struct cluster_work *live, const struct live_object *object)
{
	bool managed = object->manager != MANAGER_NONE && !live->work.session->settings.managed;

	return managed || object->deleted || cluster_holds_pods(live, object->resource) ? live->nothing : live->options;
}

/* A Job or a Pod that is over: made anew, it would run once more. */
static bool has_ended(struct cluster_work *live, const struct gather_object *object)
{
	struct str kind = object->object->resource->kind, status = json_member(object->json, "status");
	struct json_walk walk = json_walk(json_member(status, "conditions"));
	struct str phase = json_text(json_member(status, "phase"), live->arena);

	if (str_is(kind, "Pod"))
		return str_is(phase, "Succeeded") || str_is(phase, "Failed");
	while (str_is(kind, "Job") && json_next(&walk)) {
		struct str type = json_text(json_member(walk.value, "type"), live->arena);

		if ((str_is(type, "Complete") || str_is(type, "Failed")) &&
		    str_is(json_text(json_member(walk.value, "status"), live->arena), "True"))
			return true;
	}
	return false;
}

static bool take(void *data, const struct gather_namespace *namespace, const struct gather_object *object,
		 struct error **err)
{
	struct cluster_work *live = data;
	bool context = object->role == GATHER_CONTEXT;
	struct source_options *options = live->options;
	const char *why = object->reported_only;

	(void)namespace;
	(void)err;
	if (context) {
		options = why ? live->nothing : context_options(live, object->object);
	} else if (live->edits) {
		if (!why && has_ended(live, object))
			why = "it has run to its end; change what makes it anew";
		options = cluster_is_left(live, object->object, why) ? live->nothing : live->options;
	}
	add_source(live, object->object, object->json, options, context || options == live->nothing);
	return true;
}

/* Ports are of no interest to those that have none: but a Service may lead to one that nobody declares. */
static bool wants_context(void *data, const struct gather_namespace *namespace)
{
	const struct cluster_work *live = data;
	const struct inventory *inventory = live->work.run.inventory;

	(void)namespace;
	for (size_t i = 0; i < inventory->workloads.n; i++)
		if (!inventory->workloads.items[i].keeps_ports)
			return true;
	return false;
}

static void tell_unread(struct cluster_work *live, const struct gather_namespace *namespace)
{
	struct output *err = &live->work.session->err;
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	if (namespace->unread_context.n) {
		buf_addf(&line, "what else is here (%.*s)%c", STR_ARG(namespace->unread_context), '\0');
		run_note_unread(&live->work.run, line.p, true);
	}
	if (!namespace->unread_targets.n)
		return;
	line.n = 0;
	look_word(&line, err->colour, LOOK_WARNING, "caveat:");
	buf_addc(&line, ' ');
	if (namespace->name.n) {
		buf_addz(&line, "in namespace ");
		text_escape(&line, namespace->name);
		buf_addc(&line, ' ');
	}
	buf_addz(&line, "not looked at: ");
	text_escape(&line, namespace->unread_targets);
	text_wrap(&err->text, buf_str(&line), 2, TEXT_COLUMNS);
	output_flush(err);
	/* What was not looked at must not pass. */
	live->work.failed = true;
}

static bool end(void *data, const struct gather_namespace *namespace, struct error **err)
{
	struct cluster_work *live = data;

	(void)err;
	tell_unread(live, namespace);
	if (!live->done)
		return true;
	if (live->work.run.sources.n)
		end_run(live);
	forget_run(live);
	return true;
}

static void note(void *data, const char *text)
{
	struct cluster_work *live = data;
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	if (live->work.session->settings.quiet)
		return;
	text_escape(&line, str_of(text));
	text_wrap(&live->work.session->err.text, buf_str(&line), 2, TEXT_COLUMNS);
	output_flush(&live->work.session->err);
}

/* ---- the whole ---- */

bool cluster_work_open(struct cluster_work *live, struct session *session, int *ret_code)
{
	struct error *error = NULL;
	struct project_settings *asked;

	*live = (struct cluster_work){ .arena = arena_new(), .sum.live = true };
	live->work.session = session;
	if (!check_arguments(session, &error)) {
		*ret_code = command_usage_error(session, error);
		return false;
	}
	/* Findings of files and of the cluster are compared by their fingerprints. */
	session->settings.run.traced |= session->settings.live;
	if (!work_open(&live->work, session, ret_code))
		return false;
	if (!project_settings(live->work.project, "-", &asked, &error) ||
	    !cluster_open(&live->cluster, session, live->work.run.stop, &error)) {
		if (!work_interrupted(&live->work, ret_code))
			work_fail(&live->work, error);
		error_free(error);
		*ret_code = EXIT_TROUBLE;
		return false;
	}
	live->options = &asked->options;
	live->nothing = xmalloc(sizeof(*live->nothing));
	*live->nothing = asked->options;
	live->nothing->fix.only = live->nothing->fix.also = 0;
	live->nothing->fix.skip = ~(uint64_t)0;
	levels_init(live->nothing);
	run_expect(&live->work.run, live->options);
	return true;
}

static struct gather gather_of(const struct cluster_work *live, const char *const *words, size_t n,
			       struct str namespace)
{
	const struct settings *settings = &live->work.session->settings;

	return (struct gather){
		.words = words,
		.words_n = n,
		.labels = settings->selector,
		.namespace = namespace,
		.namespace_named = settings->cluster.namespace || live->files,
		.all_namespaces = settings->all_namespaces,
		.missing_is_fine = live->files != NULL,
		.page = settings->chunk,
		.kinds = &live->options->own.kinds,
	};
}

static bool gather(struct cluster_work *live, const char *const *words, size_t n, struct str namespace,
		   struct error **err)
{
	const struct gather gather = gather_of(live, words, n, namespace);
	const struct gather_listener listener = {
		.begin = begin, .object = take, .context = wants_context, .end = end, .note = note, .data = live
	};

	return live_gather(live->cluster.client, &live->cluster.resources, &gather, &listener, err);
}

/* The objects that files name: those of each namespace together. */
static bool gather_named(struct cluster_work *live, struct error **err)
{
	const struct cluster_files *files = live->files;
	const char **words = xrealloc_array(NULL, files->names.n + 1, sizeof(*words));
	bool fine = true;

	for (size_t i = 0, end; fine && i < files->names.n; i = end) {
		for (end = i; end < files->names.n; end++) {
			if (!str_eq(files->names.items[end].namespace, files->names.items[i].namespace))
				break;
			words[end] = files->names.items[end].word;
		}
		fine = gather(live, words + i, end - i, files->names.items[i].namespace, err);
	}
	free(words);
	return fine;
}

bool cluster_work_do(struct cluster_work *live, int *ret_code)
{
	const struct settings *settings = &live->work.session->settings;
	struct error *error CLEANUP(error_freep) = NULL;
	bool fine;

	if (settings->live) {
		live->files = cluster_files_read(live, ret_code);
		if (!live->files)
			return false;
	}
	fine = live->files ? gather_named(live, &error)
			   : gather(live, settings->arguments.items, settings->arguments.n,
				    live->cluster.config.namespace, &error);
	if (fine && !live->done)
		end_run(live);
	if (work_interrupted(&live->work, ret_code))
		return false;
	if (!fine)
		work_fail(&live->work, error);
	else if (live->files && !settings->quiet)
		cluster_files_tell(live->files, &live->work.session->err);
	*ret_code = EXIT_TROUBLE;
	return fine;
}

void cluster_work_begin_like(const struct cluster_work *live, struct run *ret_run)
{
	run_init(ret_run, &live->work.options);
	ret_run->stop = live->work.run.stop;
	ret_run->openshift = live->work.run.openshift;
	run_expect(ret_run, live->options);
}

bool cluster_work_again(struct cluster_work *live, struct cluster_work *ret_again)
{
	const struct strings *words = &live->work.session->settings.arguments;
	struct gather gather = gather_of(live, words->items, words->n, live->namespace);
	const struct gather_listener listener = {
		.begin = begin, .object = take, .context = wants_context, .data = ret_again
	};

	*ret_again = (struct cluster_work){ .work = { .session = live->work.session, .options = live->work.options },
					    .cluster = live->cluster,
					    .arena = arena_new(),
					    .options = live->options,
					    .nothing = live->nothing,
					    .edits = live->edits,
					    .done = live->done };
	cluster_work_begin_like(live, &ret_again->work.run);
	gather.all_namespaces = false;
	if (!live_gather(live->cluster.client, &live->cluster.resources, &gather, &listener, NULL))
		return false;
	run_plan(&ret_again->work.run);
	run_apply(&ret_again->work.run);
	return true;
}

void cluster_work_again_free(struct cluster_work *again)
{
	run_free(&again->work.run);
	cluster_left_free(again->left);
	free(again->rows.items);
	arena_free(again->arena);
}

void cluster_work_free(struct cluster_work *live)
{
	buf_free(&live->applied);
	cluster_left_free(live->left);
	cluster_files_free(live->files);
	cluster_close(&live->cluster);
	work_free(&live->work);
	free(live->rows.items);
	free(live->nothing);
	arena_free(live->arena);
}
