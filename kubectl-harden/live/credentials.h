/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Credentials: what a request carries so that the server knows who asks; read again, or asked for again, when they
 * have expired or were refused.
 */

#include <signal.h>

#include "live/exec_plugin.h"

struct credentials {
	const struct live_config *config; /* not owned */
	struct buf ca, cert, key;	  /* PEM; empty: none */
	struct buf token;		  /* a bearer token; empty: none */
	int64_t expires;		  /* of a plugin's credential: seconds since 1970; 0: never */
	uint64_t read_at;		  /* live_now() when the token file was read */
	bool asked;			  /* the plugin has given a credential */
};

/* credentials_open() - reads the files that @config names. credentials_close() in either case. */
bool credentials_open(const struct live_config *config, struct credentials *ret, struct error **err);
void credentials_close(struct credentials *credentials);

/*
 * credentials_fresh() - before a request: has the plugin run where it has not, or where what it gave has expired. It is
 * ended where @stop (NULL: none) is raised.
 */
bool credentials_fresh(struct credentials *credentials, const volatile sig_atomic_t *stop, struct error **err);

/* credentials_renew() - after they were refused: true where there are others now. */
bool credentials_renew(struct credentials *credentials, const volatile sig_atomic_t *stop);

/* credentials_header() - appends the value of the Authorization header; nothing where none is sent. */
void credentials_header(const struct credentials *credentials, struct buf *out);
