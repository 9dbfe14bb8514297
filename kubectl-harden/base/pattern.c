/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns
 *
 * They come from repositories that nobody may trust, so a match never calls itself: of `**` and of `*` only the last
 * one that was met is tried again, which is enough, since an earlier one gains nothing by taking more.
 */
#include "base/pattern.h"

/* A star that may take more. */
struct star {
	size_t pattern; /* what follows it; SIZE_MAX: there is none */
	size_t path;	/* where what follows was tried last */
	bool names;	/* it takes whole names: a `**` before a slash */
};

static const struct star no_star = { .pattern = SIZE_MAX };

/* The end of the class that begins at @at; SIZE_MAX where it has none. */
static size_t class_end(struct str pattern, size_t at)
{
	size_t i = at + 1;

	if (i < pattern.n && (pattern.p[i] == '!' || pattern.p[i] == '^'))
		i++;
	if (i < pattern.n && pattern.p[i] == ']')
		i++;
	while (i < pattern.n && pattern.p[i] != ']')
		i += pattern.p[i] == '\\' ? 2 : 1;
	return i < pattern.n ? i : SIZE_MAX;
}

static bool class_has(struct str pattern, size_t at, size_t end, char c)
{
	bool inverted = pattern.p[at + 1] == '!' || pattern.p[at + 1] == '^', met = false;

	for (size_t i = at + 1 + inverted; i < end; i++) {
		unsigned char low, high;

		if (pattern.p[i] == '\\' && i + 1 < end)
			i++;
		low = high = (unsigned char)pattern.p[i];
		if (i + 2 < end && pattern.p[i + 1] == '-') {
			high = (unsigned char)pattern.p[i + 2];
			i += 2;
		}
		met |= low <= (unsigned char)c && (unsigned char)c <= high;
	}
	return met != inverted && c != '/';
}

/* Whether what stands at *at of @pattern, no star, matches @c; *at is behind it then. */
static bool matches_one(struct str pattern, size_t *at, char c)
{
	size_t i = *at, end = i;
	bool fine;

	switch (pattern.p[i]) {
	case '?':
		fine = c != '/';
		break;
	case '[':
		end = class_end(pattern, i);
		fine = class_has(pattern, i, end, c);
		break;
	case '\\':
		end = ++i;
		fine = pattern.p[i] == c;
		break;
	default:
		fine = pattern.p[i] == c;
	}
	if (fine)
		*at = end + 1;
	return fine;
}

/* Steps over the star or stars at *at, and remembers them. */
static void meet_star(struct str pattern, size_t *at, size_t path, struct star *star, struct star *deep)
{
	bool is_deep = *at + 1 < pattern.n && pattern.p[*at + 1] == '*';
	bool names = is_deep && *at + 2 < pattern.n && pattern.p[*at + 2] == '/';

	*at += 1 + is_deep + names;
	*star = no_star;
	*(is_deep ? deep : star) = (struct star){ *at, path, names };
}

/* Has one of the stars take more; false where none can. */
static bool take_more(struct str path, struct star *star, struct star *deep, size_t *ret_pattern, size_t *ret_path)
{
	struct star *one = star;

	if (star->pattern == SIZE_MAX || star->path == path.n || path.p[star->path] == '/') {
		one = deep;
		*star = no_star;
	}
	if (one->pattern == SIZE_MAX)
		return false;
	while (one->names && one->path < path.n && path.p[one->path] != '/')
		one->path++;
	if (one->path == path.n)
		return false;
	*ret_path = ++one->path;
	*ret_pattern = one->pattern;
	return true;
}

static bool matches_whole(struct str pattern, struct str path)
{
	struct star star = no_star, deep = no_star;
	size_t i = 0, k = 0;

	for (;;) {
		if (i < pattern.n && pattern.p[i] == '*')
			meet_star(pattern, &i, k, &star, &deep);
		else if (i == pattern.n && k == path.n)
			return true;
		else if (i < pattern.n && k < path.n && matches_one(pattern, &i, path.p[k]))
			k++;
		else if (!take_more(path, &star, &deep, &i, &k))
			return false;
	}
}

/* Without a last slash, and without a first one, which only says that the pattern is a path. */
static struct str trimmed(struct str pattern, bool *ret_is_path)
{
	if (pattern.n && pattern.p[pattern.n - 1] == '/')
		pattern.n--;
	*ret_is_path = pattern.n && memchr(pattern.p, '/', pattern.n);
	return pattern.n && pattern.p[0] == '/' ? str_sub(pattern, 1, pattern.n) : pattern;
}

const char *pattern_fault(struct str text)
{
	struct str rest = text, name;
	bool is_path;

	if (!trimmed(text, &is_path).n)
		return "it is empty";
	if (text.n > PATTERN_BYTES_MAX)
		return "it is longer than 256 bytes";
	if (text.p[0] == '!')
		return "exceptions with ! are not known; \\! is the character itself";
	if (memchr(text.p, '\0', text.n))
		return "no name holds a NUL";
	while (str_cut(&rest, '/', &name))
		if (str_is(name, "..") || str_is(name, "."))
			return "it leads out of the folder of its file, or nowhere: . and .. are no names";
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\') {
			if (++i == text.n)
				return "nothing follows its last \\";
		} else if (text.p[i] == '[') {
			i = class_end(text, i);
			if (i == SIZE_MAX)
				return "a [ has no ]";
		}
	}
	return NULL;
}

bool pattern_matches(struct str pattern, struct str path)
{
	bool is_path;
	struct str text = trimmed(pattern, &is_path);
	size_t name = 0;

	for (size_t i = 0; i <= path.n; i++) {
		if (i < path.n && path.p[i] != '/')
			continue;
		if (matches_whole(text, str_sub(path, is_path ? 0 : name, i)))
			return true;
		name = i + 1 < path.n ? i + 1 : i;
	}
	/* A folder is in itself: folder/ and folder/x are below folder/. */
	return is_path && matches_whole(text, path);
}
