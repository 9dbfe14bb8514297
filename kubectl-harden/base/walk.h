/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Walking: from the arguments of -f to the files that they mean.
 */

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/* One source: a file, standard input ("-"), or something that could not be looked into. */
struct walk_entry {
	char *path;	     /* as the user would write it: the argument, one "/", the rest; "." is left out */
	const char *inside;  /* found in a walk: the real path of the folder named, which its target may not leave */
	struct error *error; /* not NULL: nothing to read here, and why */
	bool named;	     /* by the user, not found in a walk */
	bool link;	     /* the path itself is a symbolic link */
	dev_t dev;	     /* which file it leads to */
	ino_t ino;
	nlink_t nlink;
};

/* Released with walk_list_free(), which takes the entries' strings with it. */
struct walk_list {
	struct walk_entry *items;
	size_t n, cap;
	struct {
		char **items;
		size_t n, cap;
	} roots;
};

#define WALK_LIST_INIT ((struct walk_list){ 0 })

struct walk_options {
	bool recursive;
	const volatile sig_atomic_t *stop; /* raised by a signal handler; NULL is fine */
	size_t max_entries;		   /* of all folders together; 0: ten million */
	size_t max_depth;		   /* of folders in folders; 0: 256 */
	/* What looks like a source but is not read: "a link to a folder". For -v; NULL is fine. */
	void (*passed_over)(void *data, const char *path, const char *why);
	/* The same for temporary files of ours, which somebody should remove; NULL is fine. */
	void (*left_over)(void *data, const char *path, const char *why);
	/*
	 * Whether what a walk met is left out; a folder then with all in it. @path of a folder has no slash at its end. NULL
	 * is fine.
	 */
	bool (*excluded)(void *data, const char *path, bool folder);
	void *data;
};

/*
 * walk() - appends what the @n @arguments mean to @list, in their order. A folder's files end in .yaml, .yml or .json
 * and come in bytewise order; .git is left out, folders only looked into if @options says recursive. An argument with
 * * ? [ that names no file is a pattern, as kubectl has it. A file met twice is listed once, under its own name
 * rather than a link's. Whatever cannot be looked into becomes an entry with an error, and the walk goes on: false
 * where there is one.
 */
bool walk(struct walk_list *list, const char *const *arguments, size_t n, const struct walk_options *options);

/* walk_list_free() - releases the list and all in it. */
void walk_list_free(struct walk_list *list);
