/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Missing files
 *
 * The commonest mistake of all: `-f web.yml` beside a web.yaml. Where a part of the path is missing, the names beside
 * it are looked at: the same name with another extension first, then the nearest by spelling. A suggestion is only
 * made for what exists.
 */
#include "base/walk_missing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_CANDIDATES = 10000 };

bool walk_has_extension(const char *name)
{
	struct str s = str_of(name);

	return str_ends(s, STR(".yaml")) || str_ends(s, STR(".yml")) || str_ends(s, STR(".json"));
}

struct candidates {
	char **items;
	size_t n, cap;
};

static void candidates_free(struct candidates *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->items[i]);
	free(names->items);
}

static int order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in @folder, sorted, so that the same mistake always gets the same answer. */
static void candidates_read(struct candidates *names, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (!dir)
		return;
	while (names->n < MAX_CANDIDATES && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			VEC_PUSH(names, str_dup(str_of(entry->d_name)));
	closedir(dir);
	if (names->n)
		qsort(names->items, names->n, sizeof(*names->items), order);
}

/* @name without its extension, if it is one of ours. */
static struct str stem(const char *name)
{
	struct str s = str_of(name);

	if (walk_has_extension(name))
		while (s.n && s.p[--s.n] != '.')
			;
	return s;
}

static const char *nearest(const struct candidates *names, const char *word)
{
	for (size_t i = 0; i < names->n; i++)
		if (walk_has_extension(names->items[i]) && str_eq(stem(names->items[i]), stem(word)))
			return names->items[i];
	return str_nearest(str_of(word), (const char *const *)names->items, names->n);
}

/* Where the first part of @path that does not exist begins and ends. */
static void first_missing(const char *path, size_t *ret_from, size_t *ret_to)
{
	size_t n = strlen(path), from = 0, to;
	struct stat st;

	for (;;) {
		while (path[from] == '/')
			from++;
		to = from;
		while (to < n && path[to] != '/')
			to++;
		if (to == n)
			break;
		char *part = str_dup((struct str){ path, to });
		bool missing = stat(part, &st) < 0;

		free(part);
		if (missing)
			break;
		from = to;
	}
	*ret_from = from;
	*ret_to = to;
}

/* The path that was probably meant by @path, on the heap; NULL if nothing is near. */
static char *suggest(const char *path)
{
	struct candidates names = { 0 };
	struct buf meant = BUF_INIT;
	const char *name;
	char *folder, *word;
	size_t from, to;
	struct stat st;

	first_missing(path, &from, &to);
	folder = from ? str_dup((struct str){ path, from }) : str_dup(STR("."));
	word = str_dup((struct str){ path + from, to - from });
	candidates_read(&names, folder);
	name = *word ? nearest(&names, word) : NULL;
	if (name && strcmp(name, word) != 0) {
		size_t known;

		buf_add(&meant, (struct str){ path, from });
		buf_addz(&meant, name);
		known = meant.n;
		buf_addz(&meant, path + to);
		buf_addc(&meant, '\0');
		if (stat(meant.p, &st) < 0)
			meant.p[known] = '\0';
	}
	free(folder);
	free(word);
	candidates_free(&names);
	return meant.p;
}

static bool is_dangling(const char *path, struct error **error)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target));

	if (n < 0)
		return false;
	error_set(error, "open %s: it is a link to %.*s, which does not exist", path, (int)n, target);
	return true;
}

struct error *walk_missing(const char *path, int number)
{
	struct error *error = NULL;
	char *meant;

	if (!*path) {
		error_set(&error, "-f needs a file, a folder or -, not an empty string");
	} else if (str_starts(str_of(path), STR("http://")) || str_starts(str_of(path), STR("https://"))) {
		error_set(&error,
			  "open %s: addresses are not fetched; do that first, and pass it on: "
			  "curl -fsSL URL | kubectl harden diff -f -",
			  path);
	} else if (number != ENOENT) {
		error_set_errno(&error, number, "open", path);
	} else if (!is_dangling(path, &error)) {
		meant = suggest(path);
		if (meant)
			error_set(&error, "open %s: no such file or directory (did you mean %s?)", path, meant);
		else
			error_set_errno(&error, number, "open", path);
		free(meant);
	}
	return error;
}
