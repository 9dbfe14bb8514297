/* SPDX-License-Identifier: Apache-2.0 */
/*
 * appsettings.json
 *
 * People keep comments and their own layout in this file, so it is never written anew: the digits of a port are
 * replaced where they stand. The form is that of .NET's JsonConfigurationFileParser: comments are skipped, a comma may
 * trail, a list's items have numbers for keys, and 64 levels are the most.
 */
#include "kube/appsettings.h"

#include "kube/listeners.h"

enum { DEPTH_MAX = 64, PATH_MAX_BYTES = 512 };

struct reader {
	struct str text;
	size_t at;
	char path[PATH_MAX_BYTES];
	size_t path_n;
	appsettings_visit *visit;
	void *data;
	const char *why;
};

static bool fail(struct reader *r, const char *why)
{
	if (!r->why)
		r->why = why;
	return false;
}

static char peek(const struct reader *r)
{
	return r->at < r->text.n ? r->text.p[r->at] : '\0';
}

/* Blanks and both kinds of comments. */
static void skip(struct reader *r)
{
	for (;;) {
		struct str rest = str_sub(r->text, r->at, r->text.n);
		size_t end;

		if (rest.n && strchr(" \t\r\n", rest.p[0]) && rest.p[0]) {
			r->at++;
		} else if (str_starts(rest, STR("//"))) {
			end = str_find(r->text, STR("\n"), r->at);
			r->at = end == SIZE_MAX ? r->text.n : end;
		} else if (str_starts(rest, STR("/*"))) {
			end = str_find(r->text, STR("*/"), r->at + 2);
			r->at = end == SIZE_MAX ? r->text.n : end + 2;
		} else {
			return;
		}
	}
}

/* What stands between the quotes, as it is written. */
static bool read_string(struct reader *r, struct str *ret_text)
{
	size_t start = ++r->at;

	for (; r->at < r->text.n; r->at++) {
		char c = r->text.p[r->at];

		if (c == '"') {
			*ret_text = str_sub(r->text, start, r->at++);
			return true;
		}
		if ((unsigned char)c < 0x20)
			return fail(r, "a string in it goes over the end of its line");
		if (c == '\\')
			r->at++;
	}
	return fail(r, "a string in it does not end");
}

/* A path that is too long to be a listener's is cut: it then is none's. */
static size_t push_key(struct reader *r, struct str key)
{
	size_t before = r->path_n;

	if (before && r->path_n < sizeof(r->path))
		r->path[r->path_n++] = ':';
	if (key.n > sizeof(r->path) - r->path_n)
		key.n = sizeof(r->path) - r->path_n;
	if (key.n)
		memcpy(r->path + r->path_n, key.p, key.n);
	r->path_n += key.n;
	return before;
}

static void tell(struct reader *r, struct str text)
{
	struct appsettings_value value = { { r->path, r->path_n }, text, (size_t)(text.p - r->text.p) };

	r->visit(&value, r->data);
}

static bool read_value(struct reader *r, unsigned depth);

static bool read_plain(struct reader *r)
{
	size_t start = r->at;

	while (r->at < r->text.n && !strchr(" \t\r\n,]}/\"", r->text.p[r->at]))
		r->at++;
	if (r->at == start)
		return fail(r, "a value is missing in it");
	tell(r, str_sub(r->text, start, r->at));
	return true;
}

/* The pairs of a map, or the items of a list. */
static bool read_children(struct reader *r, char close, unsigned depth)
{
	uint64_t index = 0;

	r->at++;
	for (skip(r); peek(r) != close; skip(r)) {
		char number[STR_INT_MAX];
		struct str key = str_int_text(number, (int64_t)index++);
		size_t before;

		if (close == '}') {
			if (peek(r) != '"')
				return fail(r, "a key is missing in it");
			if (!read_string(r, &key))
				return false;
			skip(r);
			if (peek(r) != ':')
				return fail(r, "a colon is missing in it");
			r->at++;
		}
		before = push_key(r, key);
		if (!read_value(r, depth + 1))
			return false;
		r->path_n = before;
		skip(r);
		if (peek(r) == ',')
			r->at++;
		else if (peek(r) != close)
			return fail(r, "a comma or a bracket is missing in it");
	}
	r->at++;
	return true;
}

static bool read_value(struct reader *r, unsigned depth)
{
	struct str text;

	if (depth > DEPTH_MAX)
		return fail(r, "it is nested too deeply");
	skip(r);
	switch (peek(r)) {
	case '{':
		return read_children(r, '}', depth);
	case '[':
		return read_children(r, ']', depth);
	case '"':
		if (!read_string(r, &text))
			return false;
		tell(r, text);
		return true;
	default:
		return read_plain(r);
	}
}

bool appsettings_each(struct str text, appsettings_visit *visit, void *data, const char **ret_why)
{
	struct reader r = { .text = text, .visit = visit, .data = data };
	bool fine;

	if (str_starts(text, STR("\xef\xbb\xbf")))
		r.at = 3;
	skip(&r);
	fine = peek(&r) == '{' ? read_value(&r, 0) : fail(&r, "it is no JSON object");
	if (fine) {
		skip(&r);
		fine = r.at == text.n || fail(&r, "something follows its last bracket");
	}
	if (ret_why)
		*ret_why = r.why;
	return fine;
}

bool appsettings_is_name(struct str name)
{
	return str_starts(name, STR("appsettings.")) && str_ends(name, STR(".json")) &&
	       (str_is(name, "appsettings.json") || name.n > strlen("appsettings..json"));
}

/* ---- moving ---- */

struct move {
	struct arena *arena;
	struct str file;
	uint16_t from, to;
	struct buf text;
	size_t done;
	bool hit;
	const char *why;
};

static void move_value(const struct appsettings_value *value, void *data)
{
	struct move *move = data;
	const struct listener *listener = listener_find_flag(value->path);
	struct str text;

	if (!listener || !listener->dotnet)
		return;
	if (value->text.n && memchr(value->text.p, '\\', value->text.n)) {
		move->why = "what it listens on is written with escapes";
		return;
	}
	if (!listener_rewrite(listener, move->arena, value->text, move->from, move->to, &text))
		return;
	buf_add(&move->text, str_sub(move->file, move->done, value->start));
	buf_add(&move->text, text);
	move->done = value->start + value->text.n;
	move->hit = true;
}

enum appsettings_answer appsettings_move(struct arena *arena, struct str text, uint16_t from, uint16_t to,
					 struct str *ret_text, const char **ret_why)
{
	struct move move = { .arena = arena, .file = text, .from = from, .to = to, .text = BUF_INIT };
	enum appsettings_answer answer = APPSETTINGS_SILENT;

	if (!appsettings_each(text, move_value, &move, ret_why)) {
		answer = APPSETTINGS_LEFT;
	} else if (move.why) {
		*ret_why = move.why;
		answer = APPSETTINGS_LEFT;
	} else if (move.hit) {
		buf_add(&move.text, str_sub(text, move.done, text.n));
		*ret_text = str_copy(arena, buf_str(&move.text));
		answer = APPSETTINGS_MOVED;
	}
	buf_free(&move.text);
	return answer;
}
