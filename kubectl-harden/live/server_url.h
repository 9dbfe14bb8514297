/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Server URL: where an API server is, taken apart: https://host:port/path.
 */

#include "base/error.h"

/* Slices of the URL. */
struct server_url {
	struct str scheme;    /* "https" or "http" */
	struct str authority; /* host:port as it is written: for messages */
	struct str host;      /* of an IPv6 address with its brackets */
	struct str port;      /* "443" or "80" where none is written */
	struct str path;      /* without slashes at its end */
};

/* server_url_parse() - false with *err where @url names no server, or credentials. A port is written in digits. */
bool server_url_parse(struct str url, struct server_url *ret, struct error **err);

/* server_url_is_tls() - whether requests to @url, which was parsed, are encrypted. */
bool server_url_is_tls(struct str url);

/* server_url_is_loopback() - whether its host, which was parsed, is this machine: "localhost", 127.0.0.0/8, [::1]. */
bool server_url_is_loopback(struct str host);

/* server_url_authority() - "host:port" of @url, for messages. */
struct str server_url_authority(struct str url);
