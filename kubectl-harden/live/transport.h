/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Transport: one HTTP exchange after the other with one server, over a connection that is kept.
 *
 * It knows of certificates and bytes, and nothing of Kubernetes. What it does not do: follow redirects, speak anything
 * but HTTP, TLS below 1.2, wait for ever.
 */

#include <signal.h>

#include "base/error.h"

struct transport;

enum { TRANSPORT_CONNECT_SECONDS = 30, TRANSPORT_STALL_SECONDS = 60, TRANSPORT_HEADERS_MAX = 256 << 10 };

/* What it is opened with: all of it must outlive it. Certificates and the key are PEM. */
struct transport_settings {
	struct str server;	    /* its URL */
	struct str ca;		    /* empty: the system's */
	struct str tls_server_name; /* empty: the URL's host */
	struct str proxy;	    /* a URL; empty: as the environment says */
	bool insecure;		    /* the server's certificate is not verified */
	bool plain_bytes;	    /* answers are not asked for as gzip */
	const volatile sig_atomic_t *stop;
};

struct transport_request {
	const char *method;
	struct str url;
	const char *const *headers; /* "Name: value" */
	size_t headers_n;
	bool has_body;
	struct str body;
	struct str cert, key; /* of the client; empty: none */
	size_t most;	      /* bytes of the answer's body */
	uint32_t timeout_ms;  /* 0: as long as bytes come */
	bool regardless;      /* also while the stop flag is up */
};

/* Why there is no answer. */
enum transport_end {
	TRANSPORT_ANSWERED,
	TRANSPORT_REFUSED, /* nobody listens there */
	TRANSPORT_NO_HOST,
	TRANSPORT_NO_PROXY, /* its name cannot be found, or it refuses */
	TRANSPORT_CONNECT_TIMEOUT,
	TRANSPORT_TIMEOUT, /* timeout_ms is over */
	TRANSPORT_STALLED,
	TRANSPORT_CUT,	      /* the connection ended before the answer did */
	TRANSPORT_UNTRUSTED,  /* the server's certificate: .verify_result says why */
	TRANSPORT_OTHER_NAME, /* the server's certificate is for another name */
	TRANSPORT_NO_TLS,     /* the server speaks HTTP */
	TRANSPORT_BAD_CLIENT_CERT,
	TRANSPORT_BAD_CA,
	TRANSPORT_TOO_LARGE,
	TRANSPORT_GARBLED, /* neither HTTP nor what its headers say that it is */
	TRANSPORT_STOPPED,
	TRANSPORT_FAILED,
};

/* Released with transport_answer_free(). */
struct transport_answer {
	enum transport_end end;
	long status;
	long verify_result; /* an X509_V_ERR_* of OpenSSL */
	char *detail;	    /* in libcurl's words; NULL */
	struct buf headers; /* lines, the status line first */
	struct buf body;
	uint32_t ms;
};

/* transport_open() - NULL with *err where libcurl cannot be loaded or lacks what is needed. */
struct transport *transport_open(const struct transport_settings *settings, struct error **err);
void transport_close(struct transport *transport);

/* transport_do() - one exchange; @ret is whole or says why not. */
void transport_do(struct transport *transport, const struct transport_request *request, struct transport_answer *ret);
void transport_answer_free(struct transport_answer *answer);

/*
 * transport_header() - the value of the next header @name at or after *at (0 at first) in @headers, which *at is then
 * behind; false where there is no more.
 */
bool transport_header(struct str headers, const char *name, size_t *at, struct str *ret_value);

/* transport_error() - says in kubectl's words why there is no @answer; false. */
bool transport_error(const struct transport_settings *settings, const struct transport_request *request,
		     const struct transport_answer *answer, struct error **err);
