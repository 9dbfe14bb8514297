/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults: runs over three files that a port's move ties together, once for each system call and each way in which it
 * can fail or be interrupted. After each run every file is as it was, or every file is as `fix` makes it; where one of
 * them could not be read, the others may be as they are made without it, and it is named. Mode, owner and attributes
 * are kept, no temporary is left, what failed was said, and the exit code is that of an error. After a signal nothing
 * was done and a line says so, or all was done. After SIGKILL a file may be old beside a new one, and a temporary may
 * stay, under a name that the next run tells and passes over. What only reads changes nothing, and its output is whole
 * or its exit code that of an error.
 *
 *	faults PROGRAM INJECT.so calls|others
 */
#include "world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const struct fault faults[] = {
	{ .name = "EIO", .error = EIO },
	{ .name = "ENOSPC", .error = ENOSPC },
	{ .name = "EACCES", .error = EACCES },
	{ .name = "EROFS", .error = EROFS },
	{ .name = "EDQUOT", .error = EDQUOT },
	{ .name = "EFBIG", .error = EFBIG },
	{ .name = "EINTR", .error = EINTR },
	{ .name = "EMFILE", .error = EMFILE },
	{ .name = "a short transfer", .cuts = true },
	{ .name = "SIGINT", .sent = SIGINT },
	{ .name = "SIGTERM", .sent = SIGTERM },
	{ .name = "SIGHUP", .sent = SIGHUP },
	{ .name = "SIGQUIT", .sent = SIGQUIT },
	{ .name = "SIGKILL", .sent = SIGKILL },
	{ .name = "ENOSPC from then on", .error = ENOSPC, .stays = true },
	{ .name = "EDQUOT from then on", .error = EDQUOT, .stays = true },
	{ .name = "EROFS from then on", .error = EROFS, .stays = true },
};

#define FIX "fix", "-R", "-f", "shop", "-f", "web.yaml"

static const struct scenario scenarios[] = {
	{ .name = "fix", .arguments = { FIX }, .writes = true },
	{ .name = "fix, old files", .arguments = { FIX }, .writes = true, .aged = true },
	{ .name = "fix, no exchange", .arguments = { FIX }, .writes = true, .without = "renameat2" },
	{ .name = "fix, no exchange, no links",
	  .arguments = { FIX },
	  .writes = true,
	  .aged = true,
	  .without = "renameat2,linkat" },
	{ .name = "fix that is rolled back", .arguments = { FIX }, .writes = true, .also = "renameat2:3" },
	{ .name = "fix that is rolled back, no exchange",
	  .arguments = { FIX },
	  .writes = true,
	  .without = "renameat2",
	  .also = "renameat:3" },
	{ .name = "fix --dry-run", .arguments = { FIX, "--dry-run" } },
	{ .name = "fix --stdout", .arguments = { FIX, "--stdout" } },
	{ .name = "fix -f -", .arguments = { "fix", "-f", "-" }, .input = true },
	{ .name = "diff", .arguments = { "diff", "-R", "-f", "shop", "-f", "web.yaml" } },
	{ .name = "diff -f -", .arguments = { "diff", "-f", "-" }, .input = true },
	{ .name = "check", .arguments = { "check", "-R", "-f", "shop", "-f", "web.yaml" } },
};

static bool is_ended(const struct found *found, int code)
{
	return WIFEXITED(found->status) && WEXITSTATUS(found->status) == code;
}

/* Whether the files are those of a run over some of them, and what holds the others is named. */
static bool is_made_without(const struct found *found)
{
	static const char *const named[FILES] = { "shop", "shop", "web.yaml" };

	for (int set = 1; set < ALL; set++) {
		bool fine = world_is_made(found, set, 0);

		for (int i = 0; i < FILES; i++)
			fine = fine && (set & 1 << i || strstr(found->err, named[i]));
		if (fine)
			return true;
	}
	return false;
}

/* Whether the call that failed was a write to standard output or error: then nothing can be said. */
static bool is_output(const struct found *found)
{
	return strstr(found->call, " out");
}

static void judge_files(const struct scenario *scenario, const struct fault *fault, const struct found *found)
{
	for (int i = 0; i < FILES; i++) {
		if (!found->kept[i])
			world_complain("a file is gone, or has another mode, owner or attribute");
		if (!(scenario->writes ? world_is_whole(found->text[i], i) : !strcmp(found->text[i], world_old[i])))
			world_complain(scenario->writes ? "a file is neither old nor new" : "a file was changed");
	}
	for (int i = 0; i < found->left_n; i++)
		if (!world_is_temporary(found->left[i]))
			world_complain("a file has appeared");
	if (fault->sent != SIGKILL && !world_names_left(found))
		world_complain("a temporary is left, and no message names it");
}

static void judge_end(const struct fault *fault, const struct found *found)
{
	if (WIFSIGNALED(found->status) && WTERMSIG(found->status) != fault->sent)
		world_complain("it was ended by a signal");
	else if (is_ended(found, 2) && !found->err[0] && !is_output(found))
		world_complain("no message");
}

static void judge_signal(const struct fault *fault, const struct found *found)
{
	if (!WIFSIGNALED(found->status) || fault->sent == SIGKILL)
		return;
	if (!world_is_made(found, 0, 0))
		world_complain("it was interrupted, and files were changed");
	/* Nothing had begun, and nothing is said: as any program. */
	if (strstr(found->call, " early") && !found->out[0])
		return;
	if (!world_says(found, "Every file is whole; none was changed.") && !world_says(found, "No file was changed."))
		world_complain("it was interrupted, and does not say how things are");
}

/*
 * A temporary of a run that was killed: the next run tells of it, passes over it, and does all that is left, but for a
 * file of which the temporary is a second name.
 */
static void judge_next(const struct scenario *scenario, const struct found *before)
{
	static struct found found;
	const struct found *next;
	bool whole;

	if (!before->left_n)
		return;
	found = *before;
	next = world_again(scenario);
	whole = is_ended(next, 0) || (scenario->also && is_ended(next, 2)) || world_says(next, "names (hard links)");
	for (int i = 0; i < found.left_n; i++) {
		bool there = false;

		for (int k = 0; k < next->left_n; k++)
			there |= !strcmp(next->left[k], found.left[i]);
		/* apps was not walked: web.yaml was named. */
		whole = whole && there &&
			(!strncmp(found.left[i], "apps", 4) || strstr(next->err, strrchr(found.left[i], '/') + 1));
	}
	if (!whole)
		world_complain("the next run does not tell of what is left and pass over it");
}

static void judge_writing(const struct scenario *scenario, const struct fault *fault, const struct found *found)
{
	bool done = world_is_made(found, ALL, 0), none = world_is_made(found, 0, 0);

	if (fault->sent == SIGKILL) {
		judge_next(scenario, found);
		return;
	}
	if (!done && !none && !is_made_without(found) && !world_says(found, "could not be put back"))
		world_complain("some files are old, others new");
	if (is_ended(found, 0) && (!done || scenario->also))
		world_complain("exit code 0, and not all was done");
	if (is_ended(found, 1))
		world_complain("exit code 1");
	if (!is_ended(found, 0) && done && !is_output(found) && !world_says(found, "error: open shop"))
		world_complain("all was done, and the exit code does not say so");
	if (!none && (world_says(found, "No file was changed.") || world_says(found, "none was changed")))
		world_complain("it says that nothing was changed");
	if (none && world_says(found, "files changed"))
		world_complain("it says that files were changed");
}

/* @expected - what the run printed without a fault, and how it ended. */
static void judge_reading(const struct found *expected, const struct found *found)
{
	bool same = found->status == expected->status && !strcmp(found->out, expected->out);

	if (WIFSIGNALED(found->status) || is_ended(found, 2))
		return;
	if (!same)
		world_complain("the output is not whole, and the exit code does not say so");
	if (strcmp(found->err, expected->err) != 0 && !is_output(found))
		world_complain("other messages, and the exit code does not say why");
}

static void try_scenario(const struct scenario *scenario)
{
	static char calls[CALLS][32];
	static const struct fault none = { .name = "nothing" };
	static struct found expected;
	int n = world_calls(scenario, calls);

	expected = *world_run(scenario, 0, &none);
	if (n < 5 || n == CALLS || (scenario->writes && is_ended(&expected, 0) == (scenario->also != NULL)))
		world_complain("it does not go as it should without a fault");
	for (size_t f = 0; f < sizeof(faults) / sizeof(*faults); f++)
		for (int at = 1; at <= n; at++) {
			const struct found *found = world_run(scenario, at, &faults[f]);

			if (!found->call[0])
				world_complain("the call did not come");
			judge_files(scenario, &faults[f], found);
			judge_end(&faults[f], found);
			judge_signal(&faults[f], found);
			if (scenario->writes)
				judge_writing(scenario, &faults[f], found);
			else
				judge_reading(&expected, found);
		}
	printf("%-40s %3d calls, %5d runs so far, %d failed\n", scenario->name, n, world_runs(), world_failed());
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	world_open(argv[1], argv[2]);
	if (!strcmp(argv[3], "calls"))
		for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
			try_scenario(&scenarios[i]);
	else
		world_deeds();
	world_close();
	printf("%d runs, %d failed\n", world_runs(), world_failed());
	return world_failed() != 0;
}
