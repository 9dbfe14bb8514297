/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files and the cluster
 *
 * The files are checked like any others, with nothing told of it; their findings are then compared with those of what
 * runs, by their fingerprints.
 */
#include "commands/cluster_files.h"

#include <stdlib.h>

#include "engine/trace.h"
#include "report/text.h"

static void add_name(struct cluster_work *live, struct cluster_files *files, struct str api_version,
		     struct run_object *object)
{
	const struct live_resource *resource = live_resource_of(&live->cluster.resources, api_version, object->kind);
	const struct kube_kind *kind = kube_kind_find_own(&live->options->own.kinds, api_version, object->kind);
	struct output *err = &live->work.session->err;

	if (!kind || !(kind->flags & KIND_POD) || !object->name.n)
		return;
	if (!resource) {
		text_escape(&err->text, object->kind);
		buf_addc(&err->text, '/');
		text_escape(&err->text, object->name);
		buf_addz(&err->text, ": the server has no such kind\n");
		return;
	}
	/* So that their fingerprints are those of the cluster. */
	if (!object->namespace.n && resource->namespaced)
		object->namespace = live->cluster.config.namespace;
	for (size_t i = files->names.n; i-- > 0 && str_eq(files->names.items[i].namespace, object->namespace);)
		if (str_ends(str_of(files->names.items[i].word), object->name) && object->where.n)
			return;
	VEC_PUSH(&files->names,
		 (struct cluster_name){ str_copy(files->arena, object->namespace),
					str_fmt(files->arena, "%.*s/%.*s",
						STR_ARG(live_resource_title(resource, true, files->arena)),
						STR_ARG(object->name))
						.p });
}

static int by_namespace(const void *a, const void *b)
{
	const struct cluster_name *x = a, *y = b;
	int order = str_cmp(x->namespace, y->namespace);

	return order ? order : strcmp(x->word, y->word);
}

static void collect(struct cluster_work *live, struct cluster_files *files, struct run *run)
{
	for (size_t i = 0; i < run->sources.n; i++)
		for (size_t k = 0; k < run->sources.items[i]->documents.n; k++) {
			struct document *document = &run->sources.items[i]->documents.items[k];

			for (size_t o = 0; document->trace && o < document->objects.n; o++)
				add_name(live, files, document->trace->api_versions[o], &document->objects.items[o]);
		}
	if (files->names.n)
		qsort(files->names.items, files->names.n, sizeof(*files->names.items), by_namespace);
	baseline_collect(&files->baseline, run);
}

struct cluster_files *cluster_files_read(struct cluster_work *live, int *ret_code)
{
	struct session *session = live->work.session;
	struct cluster_files *files = xmalloc(sizeof(*files));
	bool traced = session->settings.run.traced, fine;
	struct work work;

	*files = (struct cluster_files){ .arena = arena_new() };
	session->settings.run.traced = true;
	fine = work_do(&work, session, ret_code);
	session->settings.run.traced = traced;
	if (fine)
		collect(live, files, &work.run);
	live->work.failed |= work.failed;
	work_free(&work);
	if (fine)
		return files;
	cluster_files_free(files);
	return NULL;
}

void cluster_files_free(struct cluster_files *files)
{
	if (!files)
		return;
	baseline_free(&files->baseline);
	free(files->names.items);
	arena_free(files->arena);
	free(files);
}

void cluster_files_compare(struct cluster_files *files, const struct run *run)
{
	baseline_compare(&files->baseline, run, &files->in, &files->not_in);
}

void cluster_files_tell(const struct cluster_files *files, struct output *err)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	if (files->not_in) {
		text_count(&line, files->not_in, "finding");
		buf_addf(&line, " of the cluster %s not in the files: kubectl apply -f mends %s. ",
			 files->not_in == 1 ? "is" : "are", files->not_in == 1 ? "it" : "them");
	}
	if (files->in) {
		text_count(&line, files->in, "finding");
		buf_addf(&line, " %s in the files, too: kubectl harden fix -f. ", files->in == 1 ? "is" : "are");
	}
	if (line.n)
		text_wrap(&err->text, str_trim(buf_str(&line)), 2, TEXT_COLUMNS);
}
