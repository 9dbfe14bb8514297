/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Exec plugin: a program that a kubeconfig names is run, and prints a credential (client.authentication.k8s.io).
 */

#include <signal.h>

#include "live/kubeconfig.h"

/* Released with exec_credential_free(), which leaves nothing of it in memory. PEM and token are never in a message. */
struct exec_credential {
	struct buf token, cert, key; /* empty: none */
	int64_t expires;	     /* seconds since 1970; 0: never */
};

/*
 * exec_plugin_run() - runs @config->exec, whose errors go to our standard error, and which may read our standard input
 * where that is a terminal and its interactiveMode allows. @ca is the CA of the server, as PEM. False with *err where
 * it cannot be run, fails, or prints something else.
 */
bool exec_plugin_run(const struct live_config *config, struct str ca, const volatile sig_atomic_t *stop,
		     struct exec_credential *ret, struct error **err);
void exec_credential_free(struct exec_credential *credential);

/* exec_plugin_read() - what a plugin printed. */
bool exec_plugin_read(const struct live_exec *exec, struct str json, struct exec_credential *ret, struct error **err);

/* rfc3339_read() - "2026-11-26T20:00:00Z", also with a fraction and an offset, as seconds since 1970. */
bool rfc3339_read(struct str text, int64_t *ret_seconds);
