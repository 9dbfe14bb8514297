/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubeconfig
 *
 * Which context, and what its cluster is; who the user is has a file of its own. The order in which things count, and
 * what is refused, are those of client-go's clientcmd: DirectClientConfig and DeferredLoadingClientConfig.
 */
#include "live/kubeconfig.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/intern.h"
#include "live/kubeconfig_internal.h"
#include "live/server_url.h"

static struct str z_or(const char *flag, struct str otherwise)
{
	return flag && *flag ? str_of(flag) : otherwise;
}

void resolve_flag(struct resolver *r, const char *flag, struct str *value)
{
	if (flag && *flag)
		*value = str_copy(r->arena, str_of(flag));
}

static bool does_not_exist(struct resolver *r, const char *what, const char *list, struct str name)
{
	const char *near = kubeconfig_nearest(&r->files, list, name);

	if (near)
		return error_set(r->err, "%s \"%.*s\" does not exist (did you mean %s?)", what, STR_ARG(name), near);
	return error_set(r->err, "%s \"%.*s\" does not exist", what, STR_ARG(name));
}

bool resolve_check_file(struct resolver *r, const char *what, struct str path, struct str name)
{
	if (!path.n || access(path.p, R_OK) == 0)
		return true;
	return error_set(r->err, "unable to read %s %.*s for %.*s due to open %.*s: %s", what, STR_ARG(path),
			 STR_ARG(name), STR_ARG(path),
			 errno == ENOENT ? "no such file or directory" : strerrordesc_np(errno));
}

/* ---- context ---- */

static bool resolve_context(struct resolver *r)
{
	struct live_config *config = r->config;
	struct kubeconfig_entry context;
	bool found;

	if (!kubeconfig_current(&r->files, &config->context))
		return false;
	resolve_flag(r, r->flags->context, &config->context);
	if (!kubeconfig_find(&r->files, "contexts", "context", config->context, &found, &context))
		return false;
	if (!found && config->context.n)
		return does_not_exist(r, "context", "contexts", config->context);
	if (found && (!kubeconfig_text(context, "cluster", &config->cluster) ||
		      !kubeconfig_text(context, "user", &config->user) ||
		      !kubeconfig_text(context, "namespace", &config->namespace)))
		return false;
	resolve_flag(r, r->flags->cluster, &config->cluster);
	resolve_flag(r, r->flags->user, &config->user);
	resolve_flag(r, r->flags->namespace, &config->namespace);
	config->namespace_given = config->namespace.n > 0;
	return true;
}

/* ---- cluster ---- */

/*
 * As client-go has it: a host without a scheme is http, to which no credential goes; a URL loses its query.
 */
static bool take_server(struct resolver *r)
{
	struct live_config *config = r->config;
	struct server_url url;

	if (str_find(config->server, STR("://"), 0) == SIZE_MAX)
		config->server = str_join(r->arena, STR("http://"), config->server);
	if (!server_url_parse(config->server, &url, r->err))
		return false;
	config->server =
		str_fmt(r->arena, "%.*s://%.*s%.*s", STR_ARG(url.scheme), STR_ARG(url.authority), STR_ARG(url.path));
	return true;
}

static bool check_proxy(struct resolver *r)
{
	struct str proxy = r->config->proxy_url;
	size_t end = str_find(proxy, STR("://"), 0);
	struct str scheme = str_sub(proxy, 0, end == SIZE_MAX ? 0 : end);

	if (!proxy.n || str_is(scheme, "http") || str_is(scheme, "https") || str_is(scheme, "socks5"))
		return true;
	/* The rest of it may be a password. */
	return error_set(r->err,
			 "invalid 'proxy-url' for cluster \"%.*s\": unsupported scheme \"%.*s\", must be http, https, or "
			 "socks5",
			 STR_ARG(r->config->cluster), STR_ARG(scheme));
}

static bool read_cluster(struct resolver *r)
{
	struct kubeconfig_entry cluster = r->cluster;
	struct live_config *config = r->config;

	return kubeconfig_text(cluster, "server", &config->server) &&
	       kubeconfig_text(cluster, "tls-server-name", &config->tls_server_name) &&
	       kubeconfig_flag(cluster, "insecure-skip-tls-verify", &config->insecure) &&
	       kubeconfig_path(cluster, "certificate-authority", &config->ca_file) &&
	       kubeconfig_data(cluster, "certificate-authority-data", &config->ca_data) &&
	       kubeconfig_text(cluster, "proxy-url", &config->proxy_url) &&
	       kubeconfig_flag(cluster, "disable-compression", &config->disable_compression);
}

/* Flags: one of a CA, or of no verification, stands for all three; a server given here has no other's name. */
static void lay_cluster_flags(struct resolver *r)
{
	const struct live_flags *flags = r->flags;
	struct live_config *config = r->config;
	bool ca = flags->certificate_authority && *flags->certificate_authority;

	resolve_flag(r, flags->server, &config->server);
	resolve_flag(r, flags->proxy_url, &config->proxy_url);
	if (ca || flags->insecure_skip_tls_verify) {
		config->ca_data = config->ca_file = STR_NONE;
		config->insecure = flags->insecure_skip_tls_verify;
		resolve_flag(r, flags->certificate_authority, &config->ca_file);
	}
	if (z_or(flags->server, z_or(flags->tls_server_name, STR_NONE)).n)
		config->tls_server_name = str_copy(r->arena, z_or(flags->tls_server_name, STR_NONE));
}

static bool check_cluster(struct resolver *r)
{
	struct live_config *config = r->config;

	if (config->ca_file.n && config->ca_data.n)
		return error_set(r->err,
				 "certificate-authority-data and certificate-authority are both specified for %.*s; "
				 "remove one of them",
				 STR_ARG(config->cluster));
	if ((config->ca_file.n || config->ca_data.n) && config->insecure)
		return error_set(r->err, "specifying a root certificates file with the insecure flag is not allowed");
	return check_proxy(r) && resolve_check_file(r, "certificate-authority", config->ca_file, config->cluster) &&
	       take_server(r);
}

static bool resolve_cluster(struct resolver *r)
{
	struct live_config *config = r->config;
	bool found = false;

	if (!kubeconfig_find(&r->files, "clusters", "cluster", config->cluster, &found, &r->cluster))
		return false;
	if (!found && config->cluster.n)
		return does_not_exist(r, "cluster", "clusters", config->cluster);
	if (found && !read_cluster(r))
		return false;
	lay_cluster_flags(r);
	if (config->server.n)
		return check_cluster(r);
	if (found || config->cluster.n)
		return error_set(r->err, "no server found for cluster \"%.*s\"", STR_ARG(config->cluster));
	/* As kubectl: KUBERNETES_MASTER is an old name of --server. */
	config->server = str_copy(r->arena, z_or(getenv("KUBERNETES_MASTER"), STR("http://localhost:8080")));
	config->unconfigured = true;
	return take_server(r);
}

/* ---- the rest ---- */

/* A number of seconds, or what Go's time.ParseDuration() reads: "1h30m", "500ms". */
static bool read_duration(const char *text, uint32_t *ret_ms)
{
	static const struct {
		const char *unit;
		double ms;
	} units[] = { { "ms", 1 }, { "us", 1e-3 }, { "ns", 1e-6 }, { "h", 3.6e6 }, { "m", 6e4 }, { "s", 1e3 } };
	struct str rest = str_of(text);
	double ms = 0;
	int64_t seconds;

	if (str_int(rest, &seconds)) {
		*ret_ms = seconds > UINT32_MAX / 1000 ? UINT32_MAX : (uint32_t)(seconds * 1000);
		return seconds >= 0;
	}
	while (rest.n) {
		size_t digits = 0, i = 0;
		double value;

		while (digits < rest.n && ((rest.p[digits] >= '0' && rest.p[digits] <= '9') || rest.p[digits] == '.'))
			digits++;
		if (!digits || digits > 20)
			return false;
		value = strtod(rest.p, NULL);
		rest = str_sub(rest, digits, rest.n);
		while (i < sizeof(units) / sizeof(*units) && !str_starts(rest, str_of(units[i].unit)))
			i++;
		if (i == sizeof(units) / sizeof(*units))
			return false;
		rest = str_sub(rest, strlen(units[i].unit), rest.n);
		ms += value * units[i].ms;
	}
	*ret_ms = ms >= UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
	return *text != '\0';
}

static bool resolve_timeout(struct resolver *r)
{
	const char *text = r->flags->request_timeout;

	if (!text || !*text || read_duration(text, &r->config->timeout_ms))
		return true;
	return error_set(r->err,
			 "invalid timeout value \"%s\"; a timeout must be a single integer in seconds, or an "
			 "integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)",
			 text);
}

static bool resolve_rest(struct resolver *r)
{
	struct live_config *config = r->config;
	struct kubeconfig_entry user = { 0 };
	bool found;

	if (config->unconfigured && in_cluster_possible(r->flags)) {
		in_cluster_read(r);
		lay_cluster_flags(r);
		return check_cluster(r) && resolve_user(r, user);
	}
	if (!kubeconfig_find(&r->files, "users", "user", config->user, &found, &user))
		return false;
	if (!found && config->user.n)
		return does_not_exist(r, "auth info", "users", config->user);
	return resolve_user(r, user);
}

static void resolve_namespace(struct resolver *r)
{
	struct live_config *config = r->config;

	if (!config->namespace.n && in_cluster_possible(r->flags))
		config->namespace = in_cluster_namespace(r->flags, r->arena);
	if (!config->namespace.n)
		config->namespace = STR("default");
}

/* The file that a flag names; NULL. */
static const char *named_file(const struct live_flags *flags)
{
	return flags->kubeconfig && *flags->kubeconfig ? flags->kubeconfig : NULL;
}

bool kubeconfig_read(const struct live_flags *flags, struct arena *arena, struct live_config *ret, struct error **err)
{
	struct resolver r = { .flags = flags, .arena = arena, .config = ret, .err = err };
	bool fine;

	*ret = (struct live_config){ 0 };
	if (!kubeconfig_files_read(named_file(flags), arena, &r.files, err))
		return false;
	ret->missing = r.files.missing;
	fine = resolve_context(&r) && resolve_cluster(&r) && resolve_rest(&r) && resolve_timeout(&r);
	if (fine)
		resolve_namespace(&r);
	kubeconfig_files_free(&r.files);
	return fine;
}

struct naming {
	struct intern known;
	void (*each)(void *data, struct str name);
	void *data;
};

static void take_name(void *data, const char *name)
{
	struct naming *naming = data;
	size_t before = naming->known.n;
	struct str kept = intern_str(&naming->known, str_of(name));

	if (naming->known.n > before)
		naming->each(naming->data, kept);
}

void kubeconfig_names(const struct live_flags *flags, const char *list, void (*each)(void *data, struct str name),
		      void *data)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct naming naming = { intern_init(arena), each, data };
	struct kubeconfig_files files;

	if (kubeconfig_files_read(named_file(flags), arena, &files, NULL)) {
		kubeconfig_each_name(&files, list, take_name, &naming);
		kubeconfig_files_free(&files);
	}
	intern_free(&naming.known);
}
