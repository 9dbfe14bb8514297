/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubeconfig: the user
 *
 * Credentials, and as whom to act. What contradicts itself is refused in client-go's words (validateAuthInfo); over a
 * connection that is not encrypted no credential goes at all.
 */
#include "live/kubeconfig_internal.h"
#include "live/server_url.h"

/* ---- what the file says ---- */

/* as-user-extra: a map of lists, of which each value is a row. */
static bool read_extra(struct resolver *r, struct kubeconfig_entry user)
{
	struct live_config *config = r->config;
	struct kubeconfig_entry extra;
	struct yaml_tree *tree;
	size_t n = 0;

	if (!user.node)
		return true;
	if (!kubeconfig_sub(user, "as-user-extra", &extra))
		return false;
	tree = &user.file->schema.tree;
	YAML_EACH(tree, extra.node, key)
		n += yaml_count(tree, yaml_value(tree, key));
	config->as_extra = ARENA_ARRAY(r->arena, struct live_pair, n + 1);
	YAML_EACH(tree, extra.node, key) {
		struct str *values = NULL, name = str_copy(r->arena, yaml_text(tree, key));
		size_t values_n = 0;

		if (!kubeconfig_texts(extra, name.p, &values, &values_n))
			return false;
		for (size_t i = 0; i < values_n; i++)
			config->as_extra[config->as_extra_n++] = (struct live_pair){ name, values[i] };
	}
	return true;
}

static bool read_user(struct resolver *r, struct kubeconfig_entry user)
{
	struct live_config *config = r->config;

	return kubeconfig_path(user, "client-certificate", &config->cert_file) &&
	       kubeconfig_data(user, "client-certificate-data", &config->cert_data) &&
	       kubeconfig_path(user, "client-key", &config->key_file) &&
	       kubeconfig_data(user, "client-key-data", &config->key_data) &&
	       kubeconfig_text(user, "token", &config->token) &&
	       kubeconfig_path(user, "tokenFile", &config->token_file) &&
	       kubeconfig_text(user, "username", &config->username) &&
	       kubeconfig_text(user, "password", &config->password) && kubeconfig_text(user, "as", &config->as) &&
	       kubeconfig_text(user, "as-uid", &config->as_uid) &&
	       kubeconfig_texts(user, "as-groups", &config->as_groups, &config->as_groups_n) && read_extra(r, user) &&
	       kubeconfig_exec(r, user);
}

/* ---- auth-provider ---- */

/* What took the place of the ones that client-go had; of oidc, which it still has, too. */
static const struct {
	const char *name, *instead;
} providers[] = {
	{ "gcp", "gke-gcloud-auth-plugin" },
	{ "azure", "kubelogin (https://github.com/Azure/kubelogin)" },
	{ "oidc", "kubelogin (https://github.com/int128/kubelogin)" },
};

static bool check_provider(struct resolver *r, struct kubeconfig_entry user)
{
	struct kubeconfig_entry provider = { 0 };
	struct str name = STR_NONE;
	const char *instead = "an exec credential plugin";

	if (!user.node)
		return true;
	if (!kubeconfig_sub(user, "auth-provider", &provider) || !kubeconfig_text(provider, "name", &name))
		return false;
	if (!provider.node || r->config->token.n)
		return true;
	for (size_t i = 0; i < sizeof(providers) / sizeof(*providers); i++)
		if (str_is(name, providers[i].name))
			instead = providers[i].instead;
	return schema_fail(&user.file->schema, provider.node,
			   "the auth-provider \"%.*s\" of the user \"%.*s\" is not supported; use %s, by exec:, or give "
			   "a token with --token",
			   STR_ARG(name), STR_ARG(r->config->user), instead);
}

/* ---- flags ---- */

static void lay_user_flags(struct resolver *r)
{
	const struct live_flags *flags = r->flags;
	struct live_config *config = r->config;

	if (flags->client_certificate && *flags->client_certificate)
		config->cert_data = STR_NONE;
	if (flags->client_key && *flags->client_key)
		config->key_data = STR_NONE;
	if (flags->token && *flags->token)
		config->token_file = STR_NONE;
	resolve_flag(r, flags->client_certificate, &config->cert_file);
	resolve_flag(r, flags->client_key, &config->key_file);
	resolve_flag(r, flags->token, &config->token);
	resolve_flag(r, flags->username, &config->username);
	resolve_flag(r, flags->password, &config->password);
	resolve_flag(r, flags->as, &config->as);
	resolve_flag(r, flags->as_uid, &config->as_uid);
	if (!flags->as_groups_n)
		return;
	config->as_groups = ARENA_ARRAY(r->arena, struct str, flags->as_groups_n);
	config->as_groups_n = flags->as_groups_n;
	for (size_t i = 0; i < flags->as_groups_n; i++)
		config->as_groups[i] = str_copy(r->arena, str_of(flags->as_groups[i]));
}

/* ---- what is refused ---- */

static bool check_certificate(struct resolver *r)
{
	struct live_config *config = r->config;
	struct str user = config->user;

	if (!config->cert_file.n && !config->cert_data.n)
		return true;
	if (config->cert_file.n && config->cert_data.n)
		return error_set(r->err,
				 "client-certificate-data and client-certificate are both specified for %.*s; remove "
				 "one of them",
				 STR_ARG(user));
	if (config->key_file.n && config->key_data.n)
		return error_set(r->err,
				 "client-key-data and client-key are both specified for %.*s; remove one of them",
				 STR_ARG(user));
	if (!config->key_file.n && !config->key_data.n)
		return error_set(r->err,
				 "client-key-data or client-key must be specified for %.*s to use the clientCert "
				 "authentication method",
				 STR_ARG(user));
	return resolve_check_file(r, "client-cert", config->cert_file, user) &&
	       resolve_check_file(r, "client-key", config->key_file, user);
}

static bool check_user(struct resolver *r)
{
	struct live_config *config = r->config;

	if (config->token.n && (config->username.n || config->password.n))
		return error_set(r->err,
				 "more than one authentication method found for %.*s; found [token basicAuth], only "
				 "one is allowed",
				 STR_ARG(config->user));
	if ((config->as_uid.n || config->as_groups_n || config->as_extra_n) && !config->as.n)
		return error_set(r->err, "requesting uid, groups or user-extra for %.*s without impersonating a user",
				 STR_ARG(config->user));
	return check_certificate(r);
}

/* No credential goes over a connection that is not encrypted; and a plugin is not asked where there is one already. */
static void drop_unused(struct live_config *config)
{
	bool has_other = config->token.n || config->token_file.n || config->username.n || config->password.n ||
			 config->cert_file.n || config->cert_data.n;

	if (has_other)
		config->exec = NULL;
	if (server_url_is_tls(config->server))
		return;
	config->exec = NULL;
	config->token = config->token_file = config->username = config->password = STR_NONE;
	config->cert_file = config->cert_data = config->key_file = config->key_data = STR_NONE;
}

bool resolve_user(struct resolver *r, struct kubeconfig_entry user)
{
	if (!read_user(r, user))
		return false;
	lay_user_flags(r);
	if (!check_provider(r, user) || !check_user(r))
		return false;
	drop_unused(r->config);
	return true;
}
