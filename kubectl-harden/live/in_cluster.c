/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In cluster: the service account that a pod is given, where nothing else says which server (client-go's
 * rest.InClusterConfig).
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "live/kubeconfig_internal.h"

static const char *folder_of(const struct live_flags *flags)
{
	return flags->service_account ? flags->service_account : LIVE_SERVICE_ACCOUNT;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

bool in_cluster_possible(const struct live_flags *flags)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");
	struct buf path CLEANUP(buf_free) = BUF_INIT;

	buf_addf(&path, "%s/token", folder_of(flags));
	buf_addc(&path, '\0');
	return host && *host && port && *port && is_file(path.p);
}

void in_cluster_read(struct resolver *r)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");
	const char *folder = folder_of(r->flags);
	struct live_config *config = r->config;
	bool is_v6 = host && strchr(host, ':') != NULL;

	config->server = str_fmt(r->arena, "https://%s%s%s:%s", is_v6 ? "[" : "", host ? host : "", is_v6 ? "]" : "",
				 port ? port : "");
	config->token_file = str_fmt(r->arena, "%s/token", folder);
	config->ca_file = str_fmt(r->arena, "%s/ca.crt", folder);
	if (!is_file(config->ca_file.p))
		config->ca_file = STR_NONE;
	config->unconfigured = false;
	config->in_cluster = true;
}

struct str in_cluster_namespace(const struct live_flags *flags, struct arena *arena)
{
	enum { NAME_MAX_BYTES = 4096 };
	struct file_image image = FILE_IMAGE_INIT;
	const char *given = getenv("POD_NAMESPACE");
	struct str name = STR_NONE;

	if (given && *given)
		return str_copy(arena, str_of(given));
	if (file_read_named(str_fmt(arena, "%s/namespace", folder_of(flags)).p, NAME_MAX_BYTES, &image, NULL))
		name = str_copy(arena, str_trim((struct str){ image.bytes, image.n }));
	file_image_free(&image);
	return name;
}
