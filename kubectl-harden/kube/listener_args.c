/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listeners in arguments, and this pod's address in free text
 *
 * Arguments are read as programs read them: a flag and its value are one argument joined by '=', or two. A script
 * that is one argument ("sh", "-c", "exec gunicorn -b 0.0.0.0:80 app") is read word by word, but only for flags that
 * mean nothing else in whatever program the script may run; short ones like -p are not looked for there.
 */
#include "kube/listeners.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_script(struct str token)
{
	for (size_t i = 0; i < token.n; i++)
		if (is_blank(token.p[i]))
			return true;
	return false;
}

/* A word of a script; quotes around it, and what ends a command, do not belong to it. */
static bool next_word(struct str script, size_t *at, size_t *ret_start, size_t *ret_end)
{
	size_t start = *at, end;

	while (start < script.n && (is_blank(script.p[start]) || strchr(";&|()", script.p[start])))
		start++;
	if (start == script.n)
		return false;
	for (end = start; end < script.n && !is_blank(script.p[end]) && !strchr(";&|()", script.p[end]); end++)
		if (script.p[end] == '$' && end + 1 < script.n && script.p[end + 1] == '(')
			while (end < script.n && script.p[end] != ')' && !is_blank(script.p[end]))
				end++;
	if (end > script.n)
		end = script.n;
	*at = end;
	*ret_start = start;
	*ret_end = end;
	return true;
}

static void strip_quotes(struct str text, size_t *start, size_t *end)
{
	if (*end - *start >= 2 && (text.p[*start] == '"' || text.p[*start] == '\'') &&
	    text.p[*end - 1] == text.p[*start]) {
		++*start;
		--*end;
	}
}

/* Whether the value at @start to @end of a token says a port of @listener; then it is the answer. */
static bool take(const struct listener_args *args, const struct listener *listener, size_t token, size_t start,
		 size_t end, struct listener_arg *ret_arg)
{
	struct listener_port ports[LISTENER_PORTS_MAX];

	strip_quotes(args->tokens[token], &start, &end);
	if (!listener_ports(listener, str_sub(args->tokens[token], start, end), ports))
		return false;
	*ret_arg = (struct listener_arg){ .listener = listener, .token = token, .start = start, .end = end };
	return true;
}

static const struct listener *find_flag(struct str name, bool script)
{
	const struct listener *listener = listener_find_flag(name);

	return listener && script && !listener->shell ? NULL : listener;
}

/* The flag of "flag=value", with the offset of its value; NULL where there is none. */
static const struct listener *joined_flag(struct str word, bool script, size_t *ret_value)
{
	size_t equals = str_find(word, STR("="), 0);

	if (equals == SIZE_MAX)
		return NULL;
	*ret_value = equals + 1;
	return find_flag(str_sub(word, 0, equals), script);
}

static bool next_in_script(struct listener_args *args, struct listener_arg *ret_arg)
{
	struct str script = args->tokens[args->token];
	size_t start, end, value, ahead;

	while (next_word(script, &args->offset, &start, &end)) {
		struct str word = str_sub(script, start, end);
		const struct listener *listener = joined_flag(word, true, &value);

		if (listener) {
			if (take(args, listener, args->token, start + value, end, ret_arg))
				return true;
			continue;
		}
		listener = find_flag(word, true);
		ahead = args->offset;
		if (listener && next_word(script, &ahead, &start, &end) &&
		    take(args, listener, args->token, start, end, ret_arg)) {
			args->offset = ahead;
			return true;
		}
	}
	return false;
}

static bool next_in_token(struct listener_args *args, struct listener_arg *ret_arg)
{
	size_t token = args->token++, value;
	struct str word = args->tokens[token];
	const struct listener *listener = joined_flag(word, false, &value);

	if (listener)
		return take(args, listener, token, value, word.n, ret_arg);
	listener = find_flag(word, false);
	if (!listener || args->token >= args->n)
		return false;
	return take(args, listener, args->token, 0, args->tokens[args->token].n, ret_arg);
}

bool listener_args_next(struct listener_args *args, struct listener_arg *ret_arg)
{
	while (args->token < args->n) {
		if (!is_script(args->tokens[args->token])) {
			if (next_in_token(args, ret_arg))
				return true;
			continue;
		}
		if (next_in_script(args, ret_arg))
			return true;
		args->token++;
		args->offset = 0;
	}
	return false;
}

/* ---- this pod's address ---- */

static const char *const local_hosts[] = { "localhost", "127.0.0.1", "[::1]", "0.0.0.0", "[::]" };

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
	       c == '_';
}

/* Length of the local host that begins at @at, 0 if none does. */
static size_t local_host_at(struct str text, size_t at)
{
	if (at && is_name_char(text.p[at - 1]))
		return 0;
	for (size_t i = 0; i < sizeof(local_hosts) / sizeof(local_hosts[0]); i++) {
		struct str host = str_of(local_hosts[i]);

		if (text.n - at >= host.n && str_ieq(str_sub(text, at, at + host.n), host) &&
		    (at + host.n == text.n || !is_name_char(text.p[at + host.n])))
			return host.n;
	}
	return 0;
}

static bool ends_with_scheme(struct str before, const char *scheme)
{
	struct str s = str_of(scheme);

	return before.n >= s.n && str_ieq(str_sub(before, before.n - s.n, before.n), s) &&
	       (before.n == s.n || !is_name_char(before.p[before.n - s.n - 1]));
}

/* A word of its own: after a blank or a quote that does not follow a colon ("Host: localhost" is a header). */
static bool begins_word(struct str before)
{
	struct str trimmed = str_trim(before);

	if (!before.n)
		return true;
	if (!is_blank(before.p[before.n - 1]) && before.p[before.n - 1] != '"' && before.p[before.n - 1] != '\'')
		return false;
	return !trimmed.n || trimmed.p[trimmed.n - 1] != ':';
}

/* The port that a host without one means; 0 where it means none. */
static uint16_t implied_port(struct str text, size_t at, size_t end, bool client)
{
	struct str before = str_sub(text, 0, at);

	if (end < text.n && (text.p[end] == ':' || text.p[end] == '@'))
		return 0;
	if (ends_with_scheme(before, "http://"))
		return 80;
	if (ends_with_scheme(before, "https://"))
		return 443;
	if (client && begins_word(before) && (end == text.n || text.p[end] == '/' || is_blank(text.p[end])))
		return 80;
	return 0;
}

/* Reads ":80" at @at; returns the offset behind it, or @at where no port stands there. */
static size_t written_port(struct str text, size_t at, uint16_t *ret_port)
{
	size_t end = at + 1;
	int64_t number;

	if (at >= text.n || text.p[at] != ':')
		return at;
	while (end < text.n && text.p[end] >= '0' && text.p[end] <= '9')
		end++;
	if (end == at + 1 || end - at > 6 || !str_int(str_sub(text, at + 1, end), &number) || number > 65535 ||
	    (end < text.n && is_name_char(text.p[end])))
		return at;
	*ret_port = (uint16_t)number;
	return end;
}

bool listener_rewrite_local(struct arena *arena, struct str text, bool client, uint16_t from, uint16_t to,
			    struct str *ret_text)
{
	struct buf result = BUF_INIT;
	size_t done = 0;
	bool hit = false;

	for (size_t at = 0; at < text.n; at++) {
		size_t host = local_host_at(text, at), end;
		uint16_t port = 0;

		if (!host)
			continue;
		end = written_port(text, at + host, &port);
		if (end == at + host)
			port = implied_port(text, at, end, client);
		if (port == from && port) {
			buf_add(&result, str_sub(text, done, at + host));
			buf_addf(&result, ":%u", (unsigned)to);
			done = end;
			hit = true;
		}
		at = end - 1;
	}
	if (hit) {
		buf_add(&result, str_sub(text, done, text.n));
		*ret_text = str_copy(arena, buf_str(&result));
	}
	buf_free(&result);
	return hit;
}
