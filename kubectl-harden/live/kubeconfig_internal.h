/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Kubeconfig, between its parts: kubeconfig.c (which context, which cluster), kubeconfig_user.c and kubeconfig_exec.c
 * (as whom), in_cluster.c (a pod's own account).
 */

#include "live/kubeconfig.h"
#include "live/kubeconfig_files.h"

struct resolver {
	const struct live_flags *flags;
	struct arena *arena;
	struct kubeconfig_files files;
	struct kubeconfig_entry cluster; /* none: of flags alone */
	struct live_config *config;
	struct error **err;
};

/* resolve_user() - who we are, by the user named config->user and the flags. */
bool resolve_user(struct resolver *r, struct kubeconfig_entry user);

/* kubeconfig_exec() - the credential plugin of @user as config->exec. */
bool kubeconfig_exec(struct resolver *r, struct kubeconfig_entry user);

/* resolve_flag() - lays @flag, where it is given, over *value; the text outlives the flags. */
void resolve_flag(struct resolver *r, const char *flag, struct str *value);

/* resolve_check_file() - the file @path can be opened; else the error is "unable to read WHAT PATH for NAME due to …". */
bool resolve_check_file(struct resolver *r, const char *what, struct str path, struct str name);

/* in_cluster_possible() - whether we run in a pod that has a service account. */
bool in_cluster_possible(const struct live_flags *flags);

/* in_cluster_read() - server, CA and token of that, where it is possible; flags are laid over it. */
void in_cluster_read(struct resolver *r);

/* in_cluster_namespace() - the pod's own; empty. */
struct str in_cluster_namespace(const struct live_flags *flags, struct arena *arena);
