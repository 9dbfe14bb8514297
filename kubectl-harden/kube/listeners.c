/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listeners
 *
 * A number in a manifest is only a port to listen on if its name says so, and a URL only if its host is this pod:
 * `PORT: "80"` moves, `DB_PORT: "80"` and `BACKEND: http://webapi:80` do not. So a value is read in the forms that
 * its name takes, one element of a list after the other, and what does not read as one of them is left alone.
 * A URL without a port says one all the same (http://+ is port 80), which is why a port has a place in its value
 * even where no digits stand.
 */
#include "kube/listeners.h"

/* ---- names ---- */

static bool equal(struct str a, struct str b, bool fold)
{
	return fold ? str_ieq(a, b) : str_eq(a, b);
}

/* Whether what stands for the '*' holds the separator that follows it: then the key is nested more deeply. */
static bool is_nested(struct str middle, struct str tail)
{
	return (str_starts(tail, STR(":")) && str_find(middle, STR(":"), 0) != SIZE_MAX) ||
	       (str_starts(tail, STR("__")) && str_find(middle, STR("__"), 0) != SIZE_MAX);
}

bool listener_name_is(const char *pattern, struct str name, bool fold)
{
	struct str p = str_of(pattern);
	const char *hit;
	size_t star, tail;

	/* Most names differ in their first letter, whatever its case. */
	if (p.n && name.n && p.p[0] != '*' && (p.p[0] | 0x20) != (name.p[0] | 0x20))
		return false;
	hit = memchr(p.p, '*', p.n);
	if (!hit)
		return equal(p, name, fold);
	star = (size_t)(hit - p.p);
	tail = p.n - star - 1;
	return name.n > p.n - 1 && equal(str_sub(p, 0, star), str_sub(name, 0, star), fold) &&
	       equal(str_sub(p, star + 1, p.n), str_sub(name, name.n - tail, name.n), fold) &&
	       !is_nested(str_sub(name, star, name.n - tail), str_sub(p, star + 1, p.n));
}

bool listener_is_never(struct str name)
{
	for (size_t i = 0; i < listener_never_n; i++)
		if (listener_name_is(listener_never[i], name, true))
			return true;
	return false;
}

const struct listener *listener_find_env(struct str name)
{
	if (listener_is_never(name))
		return NULL;
	for (size_t i = 0; i < listener_env_n; i++)
		if (listener_name_is(listener_env[i].name, name, listener_env[i].fold))
			return &listener_env[i];
	return NULL;
}

const struct listener *listener_find_flag(struct str name)
{
	if (listener_is_never(name))
		return NULL;
	for (size_t i = 0; i < listener_flags_n; i++)
		if (listener_name_is(listener_flags[i].name, name, listener_flags[i].fold))
			return &listener_flags[i];
	return NULL;
}

/* ---- values ---- */

bool listener_host_is_own(struct str host)
{
	for (size_t i = 0; i < listener_hosts_n; i++)
		if (str_ieq(host, str_of(listener_hosts[i])))
			return true;
	return false;
}

/* A port in digits and nothing else: 1 to 65535, no leading zero. */
static bool read_port(struct str digits, uint16_t *ret_port)
{
	int64_t number;

	if (!digits.n || digits.n > 5 || digits.p[0] < '1' || digits.p[0] > '9' || !str_int(digits, &number) ||
	    number > 65535)
		return false;
	*ret_port = (uint16_t)number;
	return true;
}

/* Offset behind the host that begins at @at: "[::1]", "$(POD_IP)", "localhost". */
static size_t host_end(struct str text, size_t at)
{
	static const char *const brackets[] = { "[", "]", "$(", ")", "${", "}" };

	for (size_t i = 0; i < sizeof(brackets) / sizeof(brackets[0]); i += 2) {
		size_t close;

		if (!str_starts(str_sub(text, at, text.n), str_of(brackets[i])))
			continue;
		close = str_find(text, str_of(brackets[i + 1]), at);
		return close == SIZE_MAX ? at : close + 1;
	}
	while (at < text.n && text.p[at] != ':' && text.p[at] != '/' && text.p[at] != '?' && text.p[at] != '#')
		at++;
	return at;
}

/* Skips "http://" or "https://"; false where neither stands there. */
static bool skip_http(struct str text, size_t *at, bool *ret_https)
{
	if (text.n >= *at + 8 && str_ieq(str_sub(text, *at, *at + 8), STR("https://"))) {
		*ret_https = true;
		*at += 8;
		return true;
	}
	if (text.n >= *at + 7 && str_ieq(str_sub(text, *at, *at + 7), STR("http://"))) {
		*ret_https = false;
		*at += 7;
		return true;
	}
	return false;
}

static bool read_url(struct str text, struct listener_port *port)
{
	size_t at = 0, end, digits;

	if (!skip_http(text, &at, &port->https))
		return false;
	end = host_end(text, at);
	if (!listener_host_is_own(str_sub(text, at, end)))
		return false;
	port->start = port->end = end;
	port->implied = end == text.n || text.p[end] != ':';
	if (port->implied) {
		port->port = port->https ? 443 : 80;
		return end == text.n || text.p[end] == '/';
	}
	for (digits = end + 1; digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9'; digits++)
		;
	port->start = end + 1;
	port->end = digits;
	return (digits == text.n || text.p[digits] == '/') && read_port(str_sub(text, end + 1, digits), &port->port);
}

static bool read_address(struct str text, struct listener_port *port)
{
	size_t colon = text.n, host = str_starts(text, STR("tcp://")) ? 6 : 0;

	while (colon > host && text.p[colon - 1] != ':')
		colon--;
	if (colon == host || !listener_host_is_own(str_sub(text, host, colon - 1)))
		return false;
	port->start = colon;
	port->end = text.n;
	return read_port(str_sub(text, colon, text.n), &port->port);
}

static bool read_element(const struct listener *listener, struct str text, struct listener_port *ret_port)
{
	struct listener_port port = { .https = listener->https, .end = text.n };

	if (((listener->forms & LISTENER_NUMBER) && read_port(text, &port.port)) ||
	    ((listener->forms & LISTENER_URL) && read_url(text, &port)) ||
	    ((listener->forms & LISTENER_ADDRESS) && read_address(text, &port))) {
		*ret_port = port;
		return true;
	}
	return false;
}

size_t listener_ports(const struct listener *listener, struct str value, struct listener_port *ret_ports)
{
	struct str rest = value, part;
	size_t n = 0;

	while (n < LISTENER_PORTS_MAX && str_cut(&rest, listener->separator ? listener->separator : '\0', &part)) {
		struct str text = str_trim(part);
		size_t at = text.n ? (size_t)(text.p - value.p) : 0;

		if (!text.n || !read_element(listener, text, &ret_ports[n]))
			continue;
		ret_ports[n].start += at;
		ret_ports[n].end += at;
		n++;
	}
	return n;
}

bool listener_says(const struct listener *listener, struct str value, uint16_t port)
{
	struct listener_port ports[LISTENER_PORTS_MAX];
	size_t n = listener_ports(listener, value, ports);

	for (size_t i = 0; i < n; i++)
		if (ports[i].port == port)
			return true;
	return false;
}

bool listener_rewrite(const struct listener *listener, struct arena *arena, struct str value, uint16_t from,
		      uint16_t to, struct str *ret_value)
{
	struct listener_port ports[LISTENER_PORTS_MAX];
	size_t n = listener_ports(listener, value, ports), done = 0;
	struct buf text = BUF_INIT;
	bool hit = false;

	for (size_t i = 0; i < n; i++) {
		if (ports[i].port != from)
			continue;
		buf_add(&text, str_sub(value, done, ports[i].start));
		buf_addf(&text, ports[i].implied ? ":%u" : "%u", (unsigned)to);
		done = ports[i].end;
		hit = true;
	}
	if (hit) {
		buf_add(&text, str_sub(value, done, value.n));
		*ret_value = str_copy(arena, buf_str(&text));
	}
	buf_free(&text);
	return hit;
}

/* ---- ports ---- */

uint16_t port_default_target(uint16_t port)
{
	for (size_t i = 0; i < port_moves_n; i++)
		if (port_moves[i].from == port)
			return port_moves[i].to;
	return (uint16_t)(port + 8000);
}

const char *port_reserved_by(uint16_t port)
{
	for (size_t i = 0; i < port_reserved_n; i++)
		if (port >= port_reserved[i].first && port <= port_reserved[i].last)
			return port_reserved[i].by;
	return NULL;
}
