/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cluster
 */
#include "commands/cluster.h"

#include "report/text.h"

bool cluster_is_meant(const struct settings *settings)
{
	const struct live_flags *flags = &settings->cluster;

	if (settings->live || settings->arguments.n)
		return true;
	if (settings->filenames.n || settings->kustomize)
		return false;
	return settings->all_namespaces || settings->selector || flags->namespace || flags->context ||
	       flags->kubeconfig || flags->cluster || flags->user || flags->server;
}

static void log_line(void *data, unsigned level, const char *line)
{
	struct output *err = &((struct session *)data)->err;

	(void)level;
	text_escape(&err->text, str_of(line));
	buf_addc(&err->text, '\n');
	output_flush(err);
}

static void warn(void *data, const char *text)
{
	output_warning(&((struct session *)data)->err, str_of(text));
}

/* A group that does not answer may serve a kind that names ports; the rest of the cluster is there all the same. */
static void tell_failed(const struct live_resources *resources, struct output *err)
{
	for (size_t i = 0; i < resources->failed.n; i++) {
		struct buf text CLEANUP(buf_free) = BUF_INIT;

		buf_addf(&text, "what the server serves of %s is not known", resources->failed.items[i]);
		output_warning(err, buf_str(&text));
	}
	output_flush(err);
}

bool cluster_open(struct cluster *cluster, struct session *session, const volatile sig_atomic_t *stop,
		  struct error **err)
{
	struct settings *settings = &session->settings;
	struct live_listener listener = {
		.log = log_line, .warn = warn, .verbosity = settings->verbosity, .data = session
	};

	*cluster = (struct cluster){ .arena = arena_new() };
	settings->cluster.as_groups = settings->as_groups.items;
	settings->cluster.as_groups_n = settings->as_groups.n;
	if (!kubeconfig_read(&settings->cluster, cluster->arena, &cluster->config, err))
		return false;
	cluster->client = live_open(&cluster->config, &listener, stop, err);
	if (!cluster->client || !live_discover(cluster->client, &cluster->resources, err))
		return false;
	tell_failed(&cluster->resources, &session->err);
	return true;
}

void cluster_close(struct cluster *cluster)
{
	live_resources_free(&cluster->resources);
	live_close(cluster->client);
	arena_free(cluster->arena);
}
