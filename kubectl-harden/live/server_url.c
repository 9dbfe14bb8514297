/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Server URL
 *
 * Only what has a meaning for an API server is taken. A user name in a URL would be sent, and logged, as a credential
 * that nobody reckons with.
 */
#include "live/server_url.h"

static bool is_port(struct str port)
{
	int64_t number;

	return str_int(port, &number) && number > 0 && number <= 65535;
}

/* The end of what stands before the path, a query or a fragment. */
static size_t authority_end(struct str rest)
{
	size_t at = 0;

	while (at < rest.n && !memchr("/?#", rest.p[at], 3))
		at++;
	return at;
}

static bool has_odd_byte(struct str url)
{
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7f || strchr("\"<>\\^`{|}", url.p[i]))
			return true;
	return false;
}

static struct str without_slashes(struct str path)
{
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

bool server_url_parse(struct str url, struct server_url *ret, struct error **err)
{
	size_t start = str_find(url, STR("://"), 0), end, colon;
	struct str rest, host;

	if (start == SIZE_MAX || has_odd_byte(url))
		return error_set(err, "the server \"%.*s\" is no URL; write https://HOST:PORT", STR_ARG(url));
	*ret = (struct server_url){ .scheme = str_sub(url, 0, start) };
	if (!str_is(ret->scheme, "https") && !str_is(ret->scheme, "http"))
		return error_set(err, "the server \"%.*s\" has the scheme \"%.*s\"; it must be https or http",
				 STR_ARG(url), STR_ARG(ret->scheme));
	rest = str_sub(url, start + 3, url.n);
	end = authority_end(rest);
	ret->authority = host = str_sub(rest, 0, end);
	ret->path = str_sub(rest, end, rest.n);
	for (size_t i = 0; i < ret->path.n; i++)
		if (ret->path.p[i] == '?' || ret->path.p[i] == '#')
			ret->path.n = i;
	ret->path = without_slashes(ret->path);
	if (str_find(host, STR("@"), 0) != SIZE_MAX)
		return error_set(err,
				 "the server's URL holds a user name; name the user under users: of the kubeconfig");
	ret->port = str_is(ret->scheme, "https") ? STR("443") : STR("80");
	colon = host.n;
	while (colon && host.p[colon - 1] != ':' && host.p[colon - 1] != ']')
		colon--;
	if (colon && host.p[colon - 1] == ':') {
		ret->port = str_sub(host, colon, host.n);
		host = str_sub(host, 0, colon - 1);
		if (!is_port(ret->port))
			return error_set(err, "the server \"%.*s\" has no port between 1 and 65535", STR_ARG(url));
	}
	if (!host.n || (host.p[0] == '[') != (host.p[host.n - 1] == ']'))
		return error_set(err, "the server \"%.*s\" names no host; write https://HOST:PORT", STR_ARG(url));
	ret->host = host;
	return true;
}

bool server_url_is_tls(struct str url)
{
	return str_starts(url, STR("https://"));
}

bool server_url_is_loopback(struct str host)
{
	size_t dots = 0;

	if (str_ieq(host, STR("localhost")) || str_is(host, "[::1]"))
		return true;
	if (!str_starts(host, STR("127.")))
		return false;
	/* And not the name 127.example.org. */
	for (size_t i = 0; i < host.n; i++)
		if (host.p[i] == '.')
			dots++;
		else if (host.p[i] < '0' || host.p[i] > '9')
			return false;
	return dots == 3;
}

struct str server_url_authority(struct str url)
{
	struct server_url parts;

	return server_url_parse(url, &parts, NULL) ? parts.authority : url;
}
