/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * World: three files in three folders that a port's move ties together, a run over them with one fault, and what is
 * there afterwards.
 *
 *	shop/config.yaml  shop/net/service.yaml  shop/net/again.yaml -> service.yaml  apps/web.yaml  web.yaml -> apps/web.yaml
 */

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "inject.h"

enum { FILES = 3, ALL = (1 << FILES) - 1, TEXT = 16384, CALLS = 1024 };

/* What a run is asked to do, and on which kind of file system. */
struct scenario {
	const char *name;
	const char *arguments[8];
	bool input;	     /* standard input is apps/web.yaml */
	bool writes;	     /* it replaces files */
	bool aged;	     /* the files are old: their bytes are not compared once more before they are replaced */
	const char *without; /* system calls that fail always */
	const char *also;    /* a second fault, in every run: "renameat2:3" */
};

struct fault {
	const char *name;
	int error, sent; /* an errno, or a signal */
	bool cuts, stays;
	bool once; /* a deed that is not tried with a second fault */
	enum deed deed;
	int victim; /* of the deed */
};

/* What a run left. */
struct found {
	int status; /* as of waitpid() */
	bool there[FILES], is_file[FILES];
	mode_t mode[FILES];
	bool kept[FILES]; /* mode, owner and extended attribute are those of before */
	char text[FILES][TEXT];
	char out[TEXT], err[TEXT], call[TEXT];
	char left[8][512]; /* other names beside the files */
	int left_n;
};

extern const char *const world_paths[FILES];
extern const char *const world_old[FILES];
/* world_made[S][i] - file i after `fix` of the files of the set S; old where it is not in S. */
extern char world_made[1 << FILES][FILES][TEXT];

/* world_open() - makes the folder; world_close() removes it. The program and the library to inject are given. */
void world_open(const char *program, const char *inject);
void world_close(void);

/* world_run() - resets the files and runs @scenario with @fault at call @at (0: without a fault). */
const struct found *world_run(const struct scenario *scenario, int at, const struct fault *fault);

/* world_again() - runs @scenario without a fault on what is there. */
const struct found *world_again(const struct scenario *scenario);

/* world_calls() - runs without a fault and fills the names of all calls; returns how many there are. */
int world_calls(const struct scenario *scenario, char names[CALLS][32]);

/* world_complain() - says what is wrong with the last run. world_failed() - how often; world_runs() - of how many. */
void world_complain(const char *what);
int world_failed(void);
int world_runs(void);

/* world_is_made() - whether every file (but those of @but) is as in world_made[set]. */
bool world_is_made(const struct found *found, int set, int but);

/* world_is_whole() - whether @text is file @i as it was, or as some run makes it. */
bool world_is_whole(const char *text, int i);

/* world_says() - whether the run's messages hold @text, wherever the lines were broken. */
bool world_says(const struct found *found, const char *text);

/* world_names_left() - whether each name that is left is one of a temporary, and a message names it. */
bool world_names_left(const struct found *found);

/* world_is_temporary() - whether @name is one that the next run passes over. */
bool world_is_temporary(const char *name);

/* world_deeds() - the part with other programs. */
void world_deeds(void);
