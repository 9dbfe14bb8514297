/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exec plugin
 *
 * As client-go's exec authenticator: what the plugin is told stands in KUBERNETES_EXEC_INFO, what it prints must be of
 * the version that it was asked in. No shell takes part.
 */
#include "live/exec_plugin.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/child.h"
#include "base/json.h"
#include "live/json_values.h"

#define INFO "KUBERNETES_EXEC_INFO"
#define HELP "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins"

enum { ANSWER_MAX = 4 << 20 };

/* ---- what it is told ---- */

static void add_cluster(struct json *json, const struct live_config *config, struct str ca)
{
	json_open_key(json, "cluster", '{');
	json_str_key(json, "server", config->server);
	if (config->tls_server_name.n)
		json_str_key(json, "tls-server-name", config->tls_server_name);
	if (config->insecure)
		json_bool_key(json, "insecure-skip-tls-verify", true);
	if (ca.n) {
		struct buf text CLEANUP(buf_free) = BUF_INIT;

		base64_encode(&text, ca);
		json_str_key(json, "certificate-authority-data", buf_str(&text));
	}
	if (config->proxy_url.n)
		json_str_key(json, "proxy-url", config->proxy_url);
	if (config->disable_compression)
		json_bool_key(json, "disable-compression", true);
	json_key(json, "config");
	json_raw(json, config->exec->cluster_extension.n ? config->exec->cluster_extension : STR("null"));
	json_close(json, '}');
}

static struct str make_info(const struct live_config *config, struct str ca, bool interactive, struct arena *arena)
{
	struct buf out CLEANUP(buf_free) = BUF_INIT;
	struct json json;

	buf_addz(&out, INFO "=");
	json = json_init(&out, 0);
	json_open(&json, '{');
	json_str_key(&json, "kind", STR("ExecCredential"));
	json_str_key(&json, "apiVersion", config->exec->api_version);
	json_open_key(&json, "spec", '{');
	if (config->exec->provide_cluster_info)
		add_cluster(&json, config, ca);
	json_bool_key(&json, "interactive", interactive);
	json_close(&json, '}');
	json_close(&json, '}');
	return str_copy(arena, buf_str(&out));
}

/* Whether @entry ("NAME=value") sets what @name is the name of. */
static bool sets(const char *entry, struct str name)
{
	return !strncmp(entry, name.p, name.n) && entry[name.n] == '=';
}

static bool is_set_anew(const struct live_exec *exec, const char *entry)
{
	if (sets(entry, STR(INFO)))
		return true;
	for (size_t i = 0; i < exec->env_n; i++)
		if (sets(entry, exec->env[i].name))
			return true;
	return false;
}

/* Ours, then the plugin's, then what it is told; of a name that is set twice the last one holds. */
static const char *const *make_env(const struct live_exec *exec, struct str info, struct arena *arena)
{
	size_t n = 0, at = 0;
	const char **env;

	while (environ[n])
		n++;
	env = ARENA_ARRAY(arena, const char *, n + exec->env_n + 2);
	for (size_t i = 0; i < n; i++)
		if (!is_set_anew(exec, environ[i]))
			env[at++] = environ[i];
	for (size_t i = 0; i < exec->env_n; i++) {
		bool again = str_is(exec->env[i].name, INFO);

		for (size_t later = i + 1; later < exec->env_n && !again; later++)
			again = str_eq(exec->env[later].name, exec->env[i].name);
		if (!again)
			env[at++] =
				str_fmt(arena, "%.*s=%.*s", STR_ARG(exec->env[i].name), STR_ARG(exec->env[i].value)).p;
	}
	env[at] = info.p;
	return env;
}

static bool decide_interactive(const struct live_exec *exec, bool *ret_interactive, struct error **err)
{
	bool terminal = isatty(STDIN_FILENO);

	if (exec->interactive == EXEC_ALWAYS && !terminal)
		return error_set(err, "getting credentials: exec plugin cannot support interactive mode: standard "
				      "input is not a terminal");
	*ret_interactive = exec->interactive != EXEC_NEVER && terminal;
	return true;
}

/* ---- what it prints ---- */

static const char *digits(const char *p, unsigned n, int *ret_value)
{
	*ret_value = 0;
	for (; n; n--, p++) {
		if (!p || *p < '0' || *p > '9')
			return NULL;
		*ret_value = *ret_value * 10 + (*p - '0');
	}
	return p;
}

static const char *one_of(const char *p, const char *characters)
{
	return p && *p && strchr(characters, *p) ? p + 1 : NULL;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static int64_t days_since_1970(int year, int month, int day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int past = month > 2 ? year : year - 1;

	return (int64_t)365 * (year - 1970) + past / 4 - past / 100 + past / 400 - 477 + before[month - 1] + day - 1;
}

bool rfc3339_read(struct str text, int64_t *ret_seconds)
{
	int year, month, day, hour, minute, second, ahead_hours = 0, ahead_minutes = 0, sign = 0;
	int64_t minutes;
	char z[40] = "";
	const char *p = z;

	if (text.n < 20 || text.n >= sizeof(z) || memchr(text.p, '\0', text.n))
		return false;
	memcpy(z, text.p, text.n);
	p = one_of(digits(p, 4, &year), "-");
	p = p ? one_of(digits(p, 2, &month), "-") : NULL;
	p = p ? one_of(digits(p, 2, &day), "Tt") : NULL;
	p = p ? one_of(digits(p, 2, &hour), ":") : NULL;
	p = p ? one_of(digits(p, 2, &minute), ":") : NULL;
	p = p ? digits(p, 2, &second) : NULL;
	if (p && *p == '.' && p[1] >= '0' && p[1] <= '9')
		for (p++; *p >= '0' && *p <= '9';)
			p++;
	if (p && (*p == '+' || *p == '-')) {
		sign = *p == '+' ? 1 : -1;
		p = one_of(digits(p + 1, 2, &ahead_hours), ":");
		p = p ? digits(p, 2, &ahead_minutes) : NULL;
	} else {
		p = one_of(p, "Zz");
	}
	if (!p || *p || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 ||
	    ahead_hours > 23 || ahead_minutes > 59)
		return false;
	minutes = (hour - sign * ahead_hours) * INT64_C(60) + minute - (int64_t)sign * ahead_minutes;
	minutes += days_since_1970(year, month, day) * 24 * 60;
	*ret_seconds = minutes * 60 + second;
	return true;
}

/* The text at @key; false with *err where something else stands there. */
static bool take_text(struct str status, const char *key, struct arena *arena, struct str *ret, struct error **err)
{
	struct str value = json_member(status, key);

	*ret = json_text(value, arena);
	if (!value.n || str_is(value, "null") || json_is_text(value))
		return true;
	return error_set(err, "getting credentials: decoding stdout: status.%s is no text", key);
}

static bool take_secret(struct str status, const char *key, struct arena *arena, struct buf *ret, struct error **err)
{
	struct str text;

	if (!take_text(status, key, arena, &text, err))
		return false;
	buf_add(ret, text);
	return true;
}

static bool take_expiry(struct str status, struct arena *arena, int64_t *ret_seconds, struct error **err)
{
	struct str text;

	if (!take_text(status, "expirationTimestamp", arena, &text, err))
		return false;
	if (text.n && !rfc3339_read(text, ret_seconds))
		return error_set(err, "getting credentials: decoding stdout: status.expirationTimestamp is no time "
				      "(2026-01-31T20:00:00Z)");
	return true;
}

static bool take_status(struct str status, struct arena *arena, struct exec_credential *ret, struct error **err)
{
	if (!json_is_object(status))
		return error_set(err, "getting credentials: exec plugin didn't return a status field");
	if (!take_secret(status, "token", arena, &ret->token, err) ||
	    !take_secret(status, "clientCertificateData", arena, &ret->cert, err) ||
	    !take_secret(status, "clientKeyData", arena, &ret->key, err) ||
	    !take_expiry(status, arena, &ret->expires, err))
		return false;
	if (!ret->token.n && !ret->cert.n && !ret->key.n)
		return error_set(err, "getting credentials: exec plugin didn't return a token or cert/key pair");
	if (!ret->cert.n != !ret->key.n)
		return error_set(err, "getting credentials: exec plugin returned only certificate or key, not both");
	return true;
}

static bool check_version(const struct live_exec *exec, struct str root, struct arena *arena, struct error **err)
{
	struct str version = json_text(json_member(root, "apiVersion"), arena);

	if (!str_is(json_text(json_member(root, "kind"), arena), "ExecCredential"))
		return error_set(err, "getting credentials: decoding stdout: it is no ExecCredential");
	if (!str_eq(exec->api_version, version))
		return error_set(err,
				 "getting credentials: exec plugin is configured to use API version %.*s, plugin "
				 "returned version %.*s",
				 STR_ARG(exec->api_version), STR_ARG(version.n ? version : STR("(none)")));
	return true;
}

bool exec_plugin_read(const struct live_exec *exec, struct str json, struct exec_credential *ret, struct error **err)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct str root;

	*ret = (struct exec_credential){ .token = BUF_INIT, .cert = BUF_INIT, .key = BUF_INIT };
	if (!json_whole(json, &root, NULL) || !json_is_object(root))
		return error_set(err, "getting credentials: decoding stdout: it is no JSON object");
	return check_version(exec, root, arena, err) && take_status(json_member(root, "status"), arena, ret, err);
}

void exec_credential_free(struct exec_credential *credential)
{
	buf_wipe(&credential->token);
	buf_wipe(&credential->cert);
	buf_wipe(&credential->key);
}

/* ---- running it ---- */

static bool missing_error(const struct live_exec *exec, struct error **err)
{
	return error_set(err,
			 "getting credentials: exec: executable %.*s not found: it looks like you are trying to use a "
			 "client-go credential plugin that is not installed (%s)%s%.*s",
			 STR_ARG(exec->command), HELP, exec->install_hint.n ? ": " : "", STR_ARG(exec->install_hint));
}

static bool check_end(const struct live_exec *exec, const struct child *child, struct error **err)
{
	if (WIFSIGNALED(child->status))
		return error_set(err, "getting credentials: exec: executable %.*s was ended by signal %d",
				 STR_ARG(exec->command), WTERMSIG(child->status));
	if (WEXITSTATUS(child->status))
		return error_set(err, "getting credentials: exec: executable %.*s failed with exit code %d",
				 STR_ARG(exec->command), WEXITSTATUS(child->status));
	return true;
}

bool exec_plugin_run(const struct live_config *config, struct str ca, const volatile sig_atomic_t *stop,
		     struct exec_credential *ret, struct error **err)
{
	const struct live_exec *exec = config->exec;
	struct error *error CLEANUP(error_freep) = NULL;
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct child_options options = { .tells = true };
	struct child child;
	const char **argv;
	bool fine;

	*ret = (struct exec_credential){ .token = BUF_INIT, .cert = BUF_INIT, .key = BUF_INIT };
	if (!decide_interactive(exec, &options.reads, err))
		return false;
	options.env = make_env(exec, make_info(config, ca, options.reads, arena), arena);
	argv = ARENA_ARRAY(arena, const char *, exec->args_n + 2);
	argv[0] = exec->command.p;
	for (size_t i = 0; i < exec->args_n; i++)
		argv[i + 1] = exec->args[i].n ? exec->args[i].p : "";
	fine = child_run_with(argv, &options, ANSWER_MAX, stop, &child, &error);
	if (fine)
		fine = check_end(exec, &child, err) && exec_plugin_read(exec, buf_str(&child.out), ret, err);
	else if (child.missing)
		missing_error(exec, err);
	else
		error_set(err, "getting credentials: exec: %s", error->message);
	buf_wipe(&child.out);
	child_free(&child);
	return fine;
}
