/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kubeconfig: which server, as whom, in which namespace; as client-go reads it.
 *
 * The files of KUBECONFIG are merged (the first one that says something counts), flags are laid over them, and without
 * either the service account of the pod that we run in is taken.
 */

#include "base/error.h"

/* The folder that a pod finds its service account in. */
#define LIVE_SERVICE_ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"

/* What was given as flags; NULL, and 0 or false, for what was not. */
struct live_flags {
	const char *kubeconfig, *context, *cluster, *user, *namespace, *server, *token, *as, *as_uid;
	const char *const *as_groups;
	size_t as_groups_n;
	const char *request_timeout; /* as kubectl takes it: "30s", "0" */
	const char *tls_server_name, *certificate_authority, *client_certificate, *client_key;
	const char *username, *password, *proxy_url;
	bool insecure_skip_tls_verify;
	const char *service_account; /* the folder of the pod's own; NULL: where Kubernetes mounts it */
};

/* A program that prints an ExecCredential (client.authentication.k8s.io/v1 or v1beta1). */
struct live_exec {
	struct str api_version, command, install_hint;
	struct str *args;
	size_t args_n;
	struct live_pair {
		struct str name, value;
	} *env;
	size_t env_n;
	enum { EXEC_IF_AVAILABLE, EXEC_NEVER, EXEC_ALWAYS } interactive;
	bool provide_cluster_info;
	struct str cluster_extension; /* JSON; empty */
};

/* All texts are in the arena that kubeconfig_read() was given, and NUL-terminated besides; empty: not given. */
struct live_config {
	struct str context, cluster, user; /* their names, for messages; empty */
	struct str server;		   /* https://host:port[/path], no slash at its end */
	struct str namespace;		   /* "default" where nobody says another */
	bool namespace_given;		   /* by a flag or the context */
	struct str ca_file, ca_data;	   /* data: PEM, decoded */
	struct str cert_file, cert_data, key_file, key_data;
	bool insecure;
	struct str tls_server_name, proxy_url;
	bool disable_compression;
	struct str token, token_file, username, password; /* token_file is read again when the token was refused */
	const struct live_exec *exec;			  /* NULL */
	struct str as, as_uid;
	struct str *as_groups;
	size_t as_groups_n;
	struct live_pair *as_extra; /* user-extra: one row for each value */
	size_t as_extra_n;
	uint32_t timeout_ms; /* of one request; 0: none */
	bool in_cluster;
	bool unconfigured;  /* nothing said which server: it is kubectl's localhost:8080 */
	struct str missing; /* files of KUBECONFIG that are not there: "a, b" */
};

/*
 * kubeconfig_read() - the effective configuration. Texts are in @arena. False with *err for what kubectl refuses, and
 * for what we do not support (auth-provider), which is named. Where nothing says which server, it is the one that
 * kubectl takes then (.unconfigured); what fails there says so.
 */
bool kubeconfig_read(const struct live_flags *flags, struct arena *arena, struct live_config *ret, struct error **err);

/*
 * kubeconfig_names() - calls @each with every name in @list ("contexts", "clusters", "users") of all its files, each once.
 * The name is valid during the call. None where the files cannot be read.
 */
void kubeconfig_names(const struct live_flags *flags, const char *list, void (*each)(void *data, struct str name),
		      void *data);
