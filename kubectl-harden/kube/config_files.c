/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration files
 *
 * No file is parsed as its program would: a line is looked for that cannot mean anything else, and everything that
 * only may is told as unclear, so that the port stays.
 */
#include "kube/config_files.h"

#include "kube/ports.h"

/* ---- lines ---- */

struct line {
	struct str text, before, behind; /* the line, the one before it and the one behind */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_comment(struct str line)
{
	struct str text = str_trim(line);

	return text.n && (text.p[0] == '#' || str_starts(text, STR("//")));
}

/* Walks lines with their neighbours. @at: 0 to begin with; false at the end. */
static bool next_line(struct str text, size_t *at, struct line *line)
{
	const char *end;

	if (*at >= text.n)
		return false;
	line->before = *at ? line->text : STR_NONE;
	end = memchr(text.p + *at, '\n', text.n - *at);
	line->text = str_sub(text, *at, end ? (size_t)(end - text.p) : text.n);
	*at += line->text.n + 1;
	line->behind = STR_NONE;
	if (*at < text.n) {
		end = memchr(text.p + *at, '\n', text.n - *at);
		line->behind = str_sub(text, *at, end ? (size_t)(end - text.p) : text.n);
	}
	return true;
}

/* Whether what begins at @at of the line is the first thing of a statement. */
static bool begins(struct str line, size_t at)
{
	while (at && is_blank(line.p[at - 1]))
		at--;
	return !at || strchr("{;,", line.p[at - 1]);
}

static bool ends_value(char c)
{
	return is_blank(c) || strchr(";{}>\"'#", c);
}

/* The value behind a row's word at @at of the line; false where none stands there. */
static bool value_behind(const struct config_row *row, struct str line, size_t at, struct str *ret_value)
{
	size_t blanks = 0, start;
	bool between = false;

	for (; at < line.n; at++, blanks++) {
		if (row->after && !between && strchr(row->after, line.p[at]))
			between = true;
		else if (!is_blank(line.p[at]))
			break;
	}
	if (row->word && (row->after ? !between : !blanks))
		return false;
	if (at < line.n && (line.p[at] == '"' || line.p[at] == '\''))
		at++;
	for (start = at; at < line.n && line.p[at] && !ends_value(line.p[at]);)
		at++;
	*ret_value = str_sub(line, start, at);
	return ret_value->n > 0;
}

/* The next value of @row in the line from *at on. */
static bool next_value(const struct config_row *row, struct str line, size_t *at, struct str *ret_value)
{
	struct str word = str_of(row->word);

	if (!row->word) {
		if (*at)
			return false;
		*at = line.n + 1;
		return line.n && !is_blank(line.p[0]) && value_behind(row, line, 0, ret_value);
	}
	while ((*at = str_find(line, word, *at)) != SIZE_MAX) {
		size_t found = *at;

		*at += word.n;
		if (begins(line, found) && value_behind(row, line, found + word.n, ret_value))
			return true;
	}
	return false;
}

/* ---- what a line says ---- */

/* Whether a line sets @key to a host that is the pod. */
static bool names_host(const char *key, struct str line)
{
	const struct config_row row = { .word = key, .after = ":=" };
	struct str value;
	size_t at = 0;

	while (next_value(&row, line, &at, &value)) {
		if (value.n && value.p[value.n - 1] == ',')
			value.n--;
		if (value.n && listener_host_is_own(value))
			return true;
	}
	return false;
}

static bool holds_word(struct str text, const char *word)
{
	return str_find(text, str_of(word), 0) != SIZE_MAX;
}

/* Whether nothing about the line is in doubt. */
static bool is_clear(const struct config_row *row, const struct line *line)
{
	if (holds_word(line->text, " udp") || holds_word(line->text, "/udp") || holds_word(line->text, " quic") ||
	    holds_word(line->text, "quic4@"))
		return false;
	return !row->beside || names_host(row->beside, line->text) || names_host(row->beside, line->before) ||
	       names_host(row->beside, line->behind);
}

static bool fits(const struct config_row *row, struct str name, struct str text)
{
	const char *star = row->file ? strchr(row->file, '*') : NULL;

	/* "*Caddyfile*": what stands between the two. */
	if (star && str_find(name, str_sub(str_of(row->file), 1, strlen(row->file) - 1), 0) == SIZE_MAX)
		return false;
	if (row->file && !star && !str_is(name, row->file))
		return false;
	return row->file || holds_word(text, row->needs);
}

/* Ports in a value that has none of the row's forms: what stands by itself behind a colon. */
static void tell_others(struct str value, config_said *said, void *data)
{
	for (size_t at = 0; (at = str_find(value, STR(":"), at)) != SIZE_MAX;) {
		unsigned port = 0;
		size_t from = ++at;

		for (; at < value.n && value.p[at] >= '0' && value.p[at] <= '9' && port < PORT_FIRST_FREE; at++)
			port = port * 10 + (unsigned)(value.p[at] - '0');
		if (at > from && port && port < PORT_FIRST_FREE)
			said(data, CONFIG_UNCLEAR, (uint16_t)port);
	}
}

static void tell_value(const struct config_row *row, const struct line *line, struct str value, config_said *said,
		       void *data)
{
	struct listener_port ports[LISTENER_PORTS_MAX];
	size_t n = listener_ports(&row->value, value, ports);

	for (size_t i = 0; i < n; i++)
		said(data, is_clear(row, line) && !ports[i].implied ? CONFIG_LISTENS : CONFIG_UNCLEAR, ports[i].port);
	if (!n)
		tell_others(value, said, data);
}

/* Whether the line around @at of the text says a name, which is nothing that is called. */
static bool is_name(struct str text, size_t at)
{
	const char *feed = at ? memrchr(text.p, '\n', at) : NULL;
	struct str line = str_sub(text, feed ? (size_t)(feed - text.p) + 1 : 0, at), word;

	line = str_trim(line);
	for (size_t i = 0; i < config_names_n; i++) {
		size_t n = strlen(config_names[i]);

		word = str_sub(line, 0, line.n < n ? line.n : n);
		if (str_ieq(word, str_of(config_names[i])) && (line.n == n || is_blank(line.p[n])))
			return true;
	}
	return false;
}

static void tell_calls(struct str text, config_said *said, void *data)
{
	static const char *const hosts[] = { "localhost:", "127.0.0.1:" };

	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		for (size_t at = 0; (at = str_find(text, str_of(hosts[i]), at)) != SIZE_MAX;) {
			unsigned port = 0;
			bool name = is_name(text, at);

			at += strlen(hosts[i]);
			for (; at < text.n && text.p[at] >= '0' && text.p[at] <= '9' && port < PORT_FIRST_FREE; at++)
				port = port * 10 + (unsigned)(text.p[at] - '0');
			if (port && port < PORT_FIRST_FREE && !name)
				said(data, CONFIG_CALLS, (uint16_t)port);
		}
	}
}

bool config_may_hold(struct str bytes)
{
	for (size_t i = 0; i < config_rows_n; i++)
		if (holds_word(bytes, config_rows[i].needs))
			return true;
	return holds_word(bytes, "localhost:") || holds_word(bytes, "127.0.0.1:");
}

void config_ports(struct str name, struct str text, config_said *said, void *data)
{
	for (size_t i = 0; i < config_rows_n; i++) {
		const struct config_row *row = &config_rows[i];
		struct line line = { 0 };

		if (row->follows || !fits(row, name, text))
			continue;
		for (size_t at = 0; next_line(text, &at, &line);) {
			struct str value;

			for (size_t in = 0; !is_comment(line.text) && next_value(row, line.text, &in, &value);)
				tell_value(row, &line, value, said, data);
		}
	}
	tell_calls(text, said, data);
}

/* ---- another port ---- */

struct rewrite {
	struct arena *arena;
	struct buf out;
	struct str text;
	uint16_t from, to;
	bool found;
};

static void rewrite_line(struct rewrite *rewrite, const struct config_row *row, const struct line *line)
{
	struct str rest = line->text, value, moved;
	size_t told = 0;

	for (size_t at = 0; !is_comment(line->text) && next_value(row, rest, &at, &value);) {
		size_t start = (size_t)(value.p - rest.p);

		if (!is_clear(row, line) ||
		    !listener_rewrite(&row->value, rewrite->arena, value, rewrite->from, rewrite->to, &moved))
			continue;
		buf_add(&rewrite->out, str_sub(rest, told, start));
		buf_add(&rewrite->out, moved);
		told = start + value.n;
		rewrite->found = true;
	}
	buf_add(&rewrite->out, str_sub(rest, told, rest.n));
}

/* All lines by one row; then the text is the new one. */
static void rewrite_by(struct rewrite *rewrite, const struct config_row *row)
{
	struct line line = { 0 };
	bool before = rewrite->found;

	rewrite->out.n = 0;
	rewrite->found = false;
	for (size_t at = 0; next_line(rewrite->text, &at, &line);) {
		rewrite_line(rewrite, row, &line);
		if (at <= rewrite->text.n)
			buf_addc(&rewrite->out, '\n');
	}
	if (rewrite->found)
		rewrite->text = str_copy(rewrite->arena, buf_str(&rewrite->out));
	rewrite->found |= before;
}

bool config_rewrite(struct arena *arena, struct str name, struct str text, uint16_t from, uint16_t to,
		    struct str *ret_text)
{
	struct rewrite rewrite = { .arena = arena, .text = text, .from = from, .to = to };

	for (int follow = 0; follow < 2; follow++)
		for (size_t i = 0; i < config_rows_n; i++)
			if (config_rows[i].follows == (follow == 1) && (!follow || rewrite.found) &&
			    fits(&config_rows[i], name, rewrite.text))
				rewrite_by(&rewrite, &config_rows[i]);
	buf_free(&rewrite.out);
	*ret_text = rewrite.text;
	return rewrite.found;
}
