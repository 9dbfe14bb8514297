/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Warnings
 *
 * `299 - "text"`, `299 - "text" "date"`, and several of them with commas between, as apimachinery's
 * ParseWarningHeader() reads them.
 */
#include "live/warnings.h"

static struct str skip_blanks(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_sub(s, 1, s.n);
	return s;
}

/* Takes a quoted string off @rest, which begins with its quote; what is escaped in it goes to @out. */
static bool take_quoted(struct str *rest, struct buf *out)
{
	bool escaped = false;

	if (!rest->n || rest->p[0] != '"')
		return false;
	for (size_t i = 1; i < rest->n; i++) {
		char c = rest->p[i];

		if (c == '"' && !escaped) {
			*rest = skip_blanks(str_sub(*rest, i + 1, rest->n));
			return true;
		}
		escaped = c == '\\' && !escaped;
		if (!escaped)
			buf_addc(out, c);
	}
	return false;
}

static bool take_word(struct str *rest, struct str *ret_word)
{
	size_t end = str_find(*rest, STR(" "), 0);

	if (end == SIZE_MAX || !end)
		return false;
	*ret_word = str_sub(*rest, 0, end);
	*rest = skip_blanks(str_sub(*rest, end, rest->n));
	return true;
}

bool warning_next(struct str *rest, struct arena *arena, struct str *ret_text)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT, date CLEANUP(buf_free) = BUF_INIT;
	struct str code, agent;
	int64_t number;

	*rest = skip_blanks(*rest);
	if (!take_word(rest, &code) || code.n != 3 || !str_int(code, &number) || !take_word(rest, &agent) ||
	    !take_quoted(rest, &text) || (rest->n && rest->p[0] == '"' && !take_quoted(rest, &date)) ||
	    (rest->n && rest->p[0] != ',')) {
		*rest = STR_NONE;
		return false;
	}
	if (rest->n)
		*rest = str_sub(*rest, 1, rest->n);
	*ret_text = number == 299 ? str_copy(arena, buf_str(&text)) : STR_NONE;
	return true;
}
