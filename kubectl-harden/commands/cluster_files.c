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
#include "live/words.h"
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
		add_identity(&err->text, object);
		buf_addz(&err->text, ": the server has no such kind\n");
		return;
	}
	/* So that their fingerprints are those of the cluster. */
	if (!object->namespace.n && resource->namespaced)
		object->namespace = live->cluster.config.namespace;
	VEC_PUSH(&files->names, (struct cluster_name){ str_copy(files->arena, object->namespace),
						       live_object_title(resource, object->name, files->arena).p });
}

static int by_namespace(const void *a, const void *b)
{
	const struct cluster_name *x = a, *y = b;
	int order = str_cmp(x->namespace, y->namespace);

	return order ? order : strcmp(x->word, y->word);
}

/* An object may hold several pods, and several files may name it. */
static void sort_names(struct cluster_files *files)
{
	struct cluster_name *names = files->names.items;
	size_t n = 0;

	if (files->names.n)
		qsort(names, files->names.n, sizeof(*names), by_namespace);
	for (size_t i = 0; i < files->names.n; i++)
		if (!n || by_namespace(&names[n - 1], &names[i]))
			names[n++] = names[i];
	files->names.n = n;
}

static void collect(struct cluster_work *live, struct cluster_files *files, struct run *run)
{
	for (size_t i = 0; i < run->sources.n; i++)
		for (size_t k = 0; k < run->sources.items[i]->documents.n; k++) {
			struct document *document = &run->sources.items[i]->documents.items[k];

			for (size_t o = 0; document->trace && o < document->objects.n; o++)
				add_name(live, files, document->trace->api_versions[o], &document->objects.items[o]);
		}
	sort_names(files);
	baseline_collect(&files->baseline, run);
}

struct cluster_files *cluster_files_read(struct cluster_work *live, int *ret_code)
{
	struct session *session = live->work.session;
	struct cluster_files *files = xmalloc(sizeof(*files));
	struct work work;
	bool fine;

	*files = (struct cluster_files){ .arena = arena_new() };
	fine = work_do(&work, session, ret_code);
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
