/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubeconfig: the credential plugin of a user, and what its cluster has for it.
 */
#include "base/json.h"
#include "live/kubeconfig_internal.h"
#include "yaml/print.h"

/* Where a cluster keeps what is meant for plugins: a reserved name. */
#define EXTENSION "client.authentication.k8s.io/exec"

/* ---- the cluster's extension, as JSON ---- */

enum { DEPTH_MAX = 32 };

static void add_scalar(struct json *json, struct yaml_tree *tree, yaml_id node)
{
	struct str value = yaml_json_scalar(tree, node);

	if (value.n)
		json_raw(json, value);
	else
		json_str(json, yaml_text(tree, node));
}

static void add_json(struct json *json, struct yaml_tree *tree, yaml_id node, unsigned depth)
{
	bool is_map = yaml_is_map(tree, node);

	if ((!is_map && !yaml_is_seq(tree, node)) || depth >= DEPTH_MAX) {
		add_scalar(json, tree, node);
		return;
	}
	json_open(json, is_map ? '{' : '[');
	YAML_EACH(tree, node, child) {
		if (is_map)
			json_key(json, str_copy(tree->arena, yaml_json_key(tree, child)).p);
		add_json(json, tree, is_map ? yaml_value(tree, child) : child, depth + 1);
	}
	json_close(json, is_map ? '}' : ']');
}

static struct str read_extension(struct resolver *r)
{
	struct kubeconfig_file *file = r->cluster.file;
	struct str result = STR_NONE;
	struct yaml_tree *tree;

	if (!file || !r->cluster.node)
		return STR_NONE;
	tree = &file->schema.tree;
	YAML_EACH(tree, yaml_get(tree, r->cluster.node, "extensions"), row) {
		struct buf out CLEANUP(buf_free) = BUF_INIT;
		struct json json = json_init(&out, 0);

		if (!str_is(yaml_get_text(tree, row, "name"), EXTENSION) || !yaml_get(tree, row, "extension"))
			continue;
		add_json(&json, tree, yaml_get(tree, row, "extension"), 0);
		result = str_copy(r->arena, buf_str(&out));
	}
	return result;
}

/* ---- the plugin ---- */

static bool read_env(struct resolver *r, struct kubeconfig_entry exec, struct live_exec *ret)
{
	struct yaml_tree *tree = &exec.file->schema.tree;
	yaml_id list = yaml_get(tree, exec.node, "env");

	if (!list || yaml_is_null(tree, list))
		return true;
	if (!yaml_is_seq(tree, list))
		return schema_fail(&exec.file->schema, list, "env must be a list");
	ret->env = ARENA_ARRAY(r->arena, struct live_pair, yaml_count(tree, list) + 1);
	YAML_EACH(tree, list, row) {
		struct live_pair *pair = &ret->env[ret->env_n++];
		struct kubeconfig_entry entry = { exec.file, row };

		if (!yaml_is_map(tree, row))
			return schema_fail(&exec.file->schema, row, "an entry of env must be a map");
		if (!kubeconfig_text(entry, "name", &pair->name) || !kubeconfig_text(entry, "value", &pair->value))
			return false;
		if (!pair->name.n)
			return schema_fail(&exec.file->schema, row,
					   "env variable name must be specified for %.*s to use exec authentication "
					   "plugin",
					   STR_ARG(r->config->user));
	}
	return true;
}

static bool read_mode(struct resolver *r, struct kubeconfig_entry exec, struct live_exec *ret)
{
	struct str mode = STR_NONE, user = r->config->user;

	if (!kubeconfig_text(exec, "interactiveMode", &mode))
		return false;
	if (!mode.n && !str_is(ret->api_version, "client.authentication.k8s.io/v1"))
		mode = STR("IfAvailable");
	if (!mode.n)
		return schema_fail(&exec.file->schema, exec.node,
				   "interactiveMode must be specified for %.*s to use exec authentication plugin",
				   STR_ARG(user));
	if (str_is(mode, "IfAvailable"))
		ret->interactive = EXEC_IF_AVAILABLE;
	else if (str_is(mode, "Never"))
		ret->interactive = EXEC_NEVER;
	else if (str_is(mode, "Always"))
		ret->interactive = EXEC_ALWAYS;
	else
		return schema_fail(&exec.file->schema, exec.node, "invalid interactiveMode for %.*s: \"%.*s\"",
				   STR_ARG(user), STR_ARG(mode));
	return true;
}

static bool check_version(struct kubeconfig_entry exec, const struct live_exec *plugin, struct str user)
{
	if (str_is(plugin->api_version, "client.authentication.k8s.io/v1") ||
	    str_is(plugin->api_version, "client.authentication.k8s.io/v1beta1"))
		return true;
	if (!plugin->api_version.n)
		return schema_fail(&exec.file->schema, exec.node,
				   "apiVersion must be specified for %.*s to use exec authentication plugin",
				   STR_ARG(user));
	return schema_fail(&exec.file->schema, exec.node,
			   "exec plugin: invalid apiVersion \"%.*s\"; use client.authentication.k8s.io/v1 or v1beta1",
			   STR_ARG(plugin->api_version));
}

/* A command with a slash is relative to the file; without one it is found on PATH. */
static bool read_command(struct kubeconfig_entry exec, struct live_exec *plugin, struct str user)
{
	if (!kubeconfig_text(exec, "command", &plugin->command))
		return false;
	if (!plugin->command.n)
		return schema_fail(&exec.file->schema, exec.node,
				   "command must be specified for %.*s to use exec authentication plugin",
				   STR_ARG(user));
	return !memchr(plugin->command.p, '/', plugin->command.n) || kubeconfig_path(exec, "command", &plugin->command);
}

bool kubeconfig_exec(struct resolver *r, struct kubeconfig_entry user)
{
	struct kubeconfig_entry exec;
	struct live_exec *plugin;

	if (!user.node)
		return true;
	if (!kubeconfig_sub(user, "exec", &exec))
		return false;
	if (!exec.node)
		return true;
	plugin = ARENA_NEW(r->arena, struct live_exec);
	if (!read_command(exec, plugin, r->config->user) ||
	    !kubeconfig_text(exec, "apiVersion", &plugin->api_version) ||
	    !kubeconfig_text(exec, "installHint", &plugin->install_hint) ||
	    !kubeconfig_flag(exec, "provideClusterInfo", &plugin->provide_cluster_info) ||
	    !kubeconfig_texts(exec, "args", &plugin->args, &plugin->args_n) || !read_env(r, exec, plugin) ||
	    !check_version(exec, plugin, r->config->user) || !read_mode(r, exec, plugin))
		return false;
	plugin->cluster_extension = read_extension(r);
	r->config->exec = plugin;
	return true;
}
