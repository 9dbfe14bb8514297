/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Transport: what came, and what is said where nothing came.
 *
 * kubectl's words are Go's, and people search for them; so what libcurl and OpenSSL report is put into those.
 */
#include "live/transport.h"

#include <stdlib.h>

#include "live/server_url.h"

void transport_answer_free(struct transport_answer *answer)
{
	free(answer->detail);
	buf_free(&answer->headers);
	buf_free(&answer->body);
	*answer = (struct transport_answer){ .headers = BUF_INIT, .body = BUF_INIT };
}

bool transport_header(struct str headers, const char *name, size_t *at, struct str *ret_value)
{
	struct str rest = str_sub(headers, *at, headers.n), line;

	while (str_cut(&rest, '\n', &line)) {
		size_t colon = str_find(line, STR(":"), 0);

		*at = rest.p ? (size_t)(rest.p - headers.p) : headers.n;
		if (colon == SIZE_MAX || !str_ieq(str_sub(line, 0, colon), str_of(name)))
			continue;
		*ret_value = str_trim(str_sub(line, colon + 1, line.n));
		return true;
	}
	*at = headers.n;
	return false;
}

/* OpenSSL's X509_V_ERR_*, which are part of its interface, in the words of Go's x509. */
static const char *untrusted_words(long verify_result)
{
	switch (verify_result) {
	case 9:
		return "certificate has expired or is not yet valid: it is not yet valid";
	case 10:
		return "certificate has expired or is not yet valid: it has expired";
	case 26:
		return "certificate specifies an incompatible key usage";
	default:
		return "certificate signed by unknown authority";
	}
}

static struct str host_of(const struct transport_settings *settings)
{
	struct server_url url;

	if (settings->tls_server_name.n)
		return settings->tls_server_name;
	return server_url_parse(settings->server, &url, NULL) ? url.host : settings->server;
}

bool transport_error(const struct transport_settings *settings, const struct transport_request *request,
		     const struct transport_answer *answer, struct error **err)
{
	struct str server = server_url_authority(settings->server), host = host_of(settings);
	const char *detail = answer->detail ? answer->detail : "";

	switch (answer->end) {
	case TRANSPORT_ANSWERED:
		break;
	case TRANSPORT_REFUSED:
		if (settings->proxy.n)
			return error_set(err, "unable to connect to the server: proxyconnect tcp: connection refused");
		return error_set(err,
				 "the connection to the server %.*s was refused - did you specify the right host or "
				 "port?",
				 STR_ARG(server));
	case TRANSPORT_NO_HOST:
		return error_set(err, "unable to connect to the server: dial tcp: lookup %.*s: no such host",
				 STR_ARG(host_of(&(struct transport_settings){ .server = settings->server })));
	case TRANSPORT_NO_PROXY:
		return error_set(err, "unable to connect to the server: proxyconnect tcp: %s", detail);
	case TRANSPORT_CONNECT_TIMEOUT:
		return error_set(err, "unable to connect to the server: dial tcp %.*s: i/o timeout", STR_ARG(server));
	case TRANSPORT_TIMEOUT:
		return error_set(err, "unable to connect to the server: %.*s did not answer within %u.%03u seconds",
				 STR_ARG(server), request->timeout_ms / 1000, request->timeout_ms % 1000);
	case TRANSPORT_STALLED:
		return error_set(err, "the server %.*s sent nothing for %d seconds; it was given up", STR_ARG(server),
				 TRANSPORT_STALL_SECONDS);
	case TRANSPORT_CUT:
		return error_set(err,
				 "unable to connect to the server: unexpected EOF: the connection to %.*s ended before "
				 "its answer did (%s)",
				 STR_ARG(server), detail);
	case TRANSPORT_UNTRUSTED:
		return error_set(err, "unable to connect to the server: tls: failed to verify certificate: x509: %s",
				 untrusted_words(answer->verify_result));
	case TRANSPORT_OTHER_NAME:
		return error_set(err,
				 "unable to connect to the server: tls: failed to verify certificate: x509: certificate "
				 "is not valid for %.*s; where it is the right server, give the name in its certificate "
				 "with --tls-server-name",
				 STR_ARG(host));
	case TRANSPORT_NO_TLS:
		return error_set(err,
				 "unable to connect to the server: http: server gave HTTP response to HTTPS client");
	case TRANSPORT_BAD_CLIENT_CERT:
		return error_set(err,
				 "tls: the client certificate or its key cannot be used: one is damaged, the key is "
				 "encrypted, or it is the key of another certificate (%s)",
				 detail);
	case TRANSPORT_BAD_CA:
		return error_set(err, "unable to load root certificates: no valid certificate authority data seen (%s)",
				 detail);
	case TRANSPORT_TOO_LARGE:
		return error_set(err, "the answer of the server %.*s is larger than %zu bytes; it is not read",
				 STR_ARG(server), request->most);
	case TRANSPORT_GARBLED:
		return error_set(err, "the server %.*s answered with what is not HTTP, or is damaged: %s",
				 STR_ARG(server), detail);
	case TRANSPORT_STOPPED:
		return error_set(err, "stopped by a signal");
	case TRANSPORT_FAILED:
		return error_set(err, "unable to connect to the server: %.*s: %s", STR_ARG(server), detail);
	}
	return error_set(err, "the server %.*s did not answer", STR_ARG(server));
}
