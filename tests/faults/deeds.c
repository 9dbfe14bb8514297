/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deeds: what another program does to one of the files, before each system call of a run. Whatever it did is still
 * there afterwards, at the file's own name; the other files are all as `fix` makes them or all as they were, and then
 * a message names the file that was changed. Where the run had replaced the file already and cannot go back, the old
 * version is kept, and named.
 *
 * Only a file system that cannot exchange two names lets what is put there just before the rename be lost.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const struct fault deeds[] = {
	{ .name = "somebody replaces", .deed = DEED_REPLACE },
	{ .name = "somebody rewrites", .deed = DEED_REWRITE, .once = true },
	{ .name = "somebody adds to", .deed = DEED_GROW },
	{ .name = "somebody cuts", .deed = DEED_CUT, .once = true },
	{ .name = "somebody changes a byte of", .deed = DEED_TOUCH, .once = true },
	{ .name = "somebody changes the mode of", .deed = DEED_CHMOD, .once = true },
	{ .name = "somebody deletes", .deed = DEED_DELETE },
	{ .name = "somebody puts a folder in the place of", .deed = DEED_FOLDER },
	{ .name = "somebody puts a link in the place of", .deed = DEED_LINK, .once = true },
	{ .name = "somebody who had it open adds to", .deed = DEED_LATE },
};

#define FIX .arguments = { "fix", "-R", "-f", "shop", "-f", "web.yaml" }, .writes = true

static const struct scenario scenarios[] = {
	{ .name = "fix", FIX, .aged = true },
	{ .name = "fix, no exchange", FIX, .without = "renameat2" },
	{ .name = "fix that is rolled back", FIX, .also = "renameat2:3" },
	{ .name = "fix that is rolled back, no exchange", FIX, .without = "renameat2", .also = "renameat:3" },
};

/* Ends @text before what was added; whether it was. */
static bool take_line(char *text)
{
	size_t n = strlen(text), line = strlen(THEIR_LINE);

	if (n < line || strcmp(text + n - line, THEIR_LINE) != 0)
		return false;
	text[n - line] = 0;
	return true;
}

/* Whether a file that a message names is what the other program made, and could not be put back. */
static bool is_kept(const struct found *found, enum deed deed)
{
	char text[TEXT];

	for (int i = 0; i < found->left_n; i++) {
		FILE *file = fopen(found->left[i], "r");

		text[file ? fread(text, 1, TEXT - 1, file) : 0] = 0;
		if (file)
			fclose(file);
		if (!strstr(found->err, strrchr(found->left[i], '/') + 1))
			continue;
		if (deed == DEED_FOLDER || take_line(text) || !strcmp(text, THEIR_TEXT))
			return true;
	}
	return false;
}

/*
 * Whether the deed has lasted. Where what is beside it is a whole version of the file, *ret_base (of TEXT bytes) gets
 * that, else "".
 */
static bool has_lasted(const struct found *found, enum deed deed, int v, char *ret_base)
{
	bool fine = false;

	ret_base[0] = 0;
	switch (deed) {
	case DEED_REPLACE:
	case DEED_REWRITE:
		return !strcmp(found->text[v], THEIR_TEXT);
	case DEED_CUT:
		return found->is_file[v] && strlen(found->text[v]) == THEIR_CUT &&
		       !strncmp(found->text[v], world_old[v], THEIR_CUT);
	case DEED_DELETE:
		return !found->there[v];
	case DEED_FOLDER:
		return S_ISDIR(found->mode[v]);
	case DEED_LINK:
		return S_ISLNK(found->mode[v]);
	case DEED_CHMOD:
		snprintf(ret_base, TEXT, "%s", found->text[v]);
		fine = (found->mode[v] & 07777) == THEIR_MODE;
		break;
	case DEED_GROW:
	case DEED_LATE:
		snprintf(ret_base, TEXT, "%s", found->text[v]);
		fine = take_line(ret_base);
		break;
	case DEED_TOUCH:
		snprintf(ret_base, TEXT, "%s", found->text[v]);
		fine = ret_base[0] == '#';
		ret_base[0] = world_old[v][0];
		break;
	case DEED_NONE:
		break;
	}
	return fine && world_is_whole(ret_base, v);
}

/* Whether each file but @v is as it was, or is named as one that could not be put back. */
static bool is_told_apart(const struct found *found, int v)
{
	for (int i = 0; i < FILES; i++)
		if (i != v && strcmp(found->text[i], world_old[i]) != 0 &&
		    !(world_is_whole(found->text[i], i) && strstr(found->err, strrchr(world_paths[i], '/') + 1)))
			return false;
	return world_says(found, "could not be put back");
}

/* Whether the files but @v, and its version @base (unless ""), are those of a run over the set. */
static bool is_made_of(const struct found *found, int set, int v, const char *base)
{
	return world_is_made(found, set, 1 << v) && (!base[0] || !strcmp(base, world_made[set][v]));
}

static void judge(const struct scenario *scenario, const struct fault *fault, const struct found *found)
{
	static const char *const named[FILES] = { "shop/config.yaml", "shop/net/service.yaml", "web.yaml" };
	char base[TEXT];
	int v = fault->victim, code = WIFEXITED(found->status) ? WEXITSTATUS(found->status) : -1;
	bool lasted = has_lasted(found, fault->deed, v, base), done, none;

	/* A second fault can keep it from going back to its name. */
	if (!lasted && !is_kept(found, fault->deed))
		world_complain("what the other program did is lost");
	done = is_made_of(found, ALL, v, base) || is_made_of(found, ALL & ~(1 << v), v, base);
	none = is_made_of(found, 0, v, base);
	if (!done && !none && !is_told_apart(found, v))
		world_complain("some files are old, others new");
	if (code != 0 && code != 2)
		world_complain("exit code neither 0 nor 2");
	if (code == 0 && !done && !is_kept(found, fault->deed))
		world_complain("exit code 0, and not all was done");
	if (code == 2 && !scenario->also && !world_says(found, named[v]))
		world_complain("the file that was changed is not named");
	if (code == 2 && world_says(found, "run this again") && !world_says(found, named[v]))
		world_complain("another file is named");
	if (!world_names_left(found))
		world_complain("a temporary is left, and no message names it");
	for (int i = 0; i < FILES; i++)
		if (i != v && !found->kept[i])
			world_complain("a file is gone, or has another mode, owner or attribute");
}

/* The last call before which a write to the old version can still be noticed: the one that removes it follows. */
static int last_late(const struct scenario *scenario, char calls[CALLS][32], int n, int victim)
{
	int removals = scenario->without ? 2 * (victim + 1) : victim + 1;

	for (int at = 1; at <= n && !scenario->also; at++)
		if (!strcmp(calls[at - 1], "unlinkat") && --removals == 0)
			return at - 1;
	return n;
}

static void try_deed(const struct scenario *scenario, const struct fault *deed, int victim)
{
	static char calls[CALLS][32];
	struct fault fault = *deed;
	int n = world_calls(scenario, calls);

	fault.victim = victim;
	if (deed->deed == DEED_LATE)
		n = last_late(scenario, calls, n, victim);
	for (int at = 1; at <= n; at++) {
		/* See above. */
		if (scenario->without && !strcmp(calls[at - 1], "renameat"))
			continue;
		judge(scenario, &fault, world_run(scenario, at, &fault));
	}
}

void world_deeds(void)
{
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++) {
		for (size_t k = 0; k < sizeof(deeds) / sizeof(*deeds); k++)
			/* What is rolled back: one file that was replaced, and what can be told from the new version. */
			for (int victim = 0; victim < FILES && !(scenarios[i].also && (victim || deeds[k].once));
			     victim++)
				try_deed(&scenarios[i], &deeds[k], victim);
		printf("%-40s %5d runs so far, %d failed\n", scenarios[i].name, world_runs(), world_failed());
	}
}
