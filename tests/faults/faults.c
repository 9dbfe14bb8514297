/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults: `fix` over three files that a port's move ties together, once for each system call and each way in which it
 * can fail or be interrupted. After each run every file is as it was, or every file is as `fix` makes it; where one of
 * them could not be read, the others may be as they are made without it, and it is named. No temporary is left; what
 * failed was said, and the exit code is that of an error. After SIGKILL a file may be old beside a new one, and a
 * temporary may stay, under the name that the next run ignores.
 *
 *	faults PROGRAM INJECT.so
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES = 3, ALL = (1 << FILES) - 1, TEXT = 16384 };

static const char *const names[FILES] = { "config.yaml", "service.yaml", "web.yaml" };
static const char *const old[FILES] = {
	"apiVersion: v1\nkind: Pod\nmetadata:\n  name: other # stays\nspec:\n  containers:\n  - name: other\n"
	"    image: example.org/other:1\n",
	"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports:\n"
	"  - port: 80\n    targetPort: 80\n",
	"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels:\n"
	"      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n"
	"      - name: web\n        image: example.org/web:1\n        env:\n        - name: PORT\n          value: \"80\"\n"
	"        ports:\n        - containerPort: 80\n",
};
/* made[S][i] - file i after `fix` over the files of the set S; old where it is not in S. */
static char made[1 << FILES][FILES][TEXT];

struct fault {
	const char *name;
	int error, sent;
	bool cuts, stays;
};

static const struct fault faults[] = {
	{ "EIO", EIO, 0, false, false },
	{ "ENOSPC", ENOSPC, 0, false, false },
	{ "EACCES", EACCES, 0, false, false },
	{ "EROFS", EROFS, 0, false, false },
	{ "EDQUOT", EDQUOT, 0, false, false },
	{ "EINTR", EINTR, 0, false, false },
	{ "EMFILE", EMFILE, 0, false, false },
	{ "a short transfer", 0, 0, true, false },
	{ "SIGINT", 0, SIGINT, false, false },
	{ "SIGTERM", 0, SIGTERM, false, false },
	{ "SIGHUP", 0, SIGHUP, false, false },
	{ "SIGKILL", 0, SIGKILL, false, false },
	{ "ENOSPC from then on", ENOSPC, 0, false, true },
	{ "EROFS from then on", EROFS, 0, false, true },
};

static const char *program, *inject;
static char folder[] = "/tmp/faults-XXXXXX", manifests[64], log_path[64], out_path[64], err_path[64];
static char err[TEXT], call[TEXT];
static int runs, failed;

static void die(const char *what)
{
	perror(what);
	exit(99);
}

static const char *in_manifests(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", manifests, name);
	return path;
}

static size_t slurp(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, TEXT - 1) : 0;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	return n > 0 ? (size_t)n : 0;
}

static void put(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) || chmod(path, mode))
		die(path);
}

/* Every file as it was, and nothing else. */
static void reset(void)
{
	DIR *directory = opendir(manifests);
	struct dirent *entry;

	if (!directory)
		die(manifests);
	while ((entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			unlink(in_manifests(entry->d_name));
	closedir(directory);
	for (size_t i = 0; i < FILES; i++)
		put(in_manifests(names[i]), old[i], 0640);
	unlink(log_path);
}

static void set(const char *name, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	setenv(name, text, 1);
}

static int run(unsigned files, int at, const struct fault *fault)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		const char *arguments[2 + 2 * FILES + 1] = { program, "fix" };
		size_t n = 2;

		for (size_t i = 0; i < FILES; i++) {
			if (!(files & 1u << i))
				continue;
			arguments[n++] = "-f";
			arguments[n++] = strdup(in_manifests(names[i]));
		}
		if (!freopen(out_path, "w", stdout) || !freopen(err_path, "w", stderr) ||
		    !freopen("/dev/null", "r", stdin))
			_exit(98);
		set("FAULT_AT", at);
		set("FAULT_ERRNO", fault->error);
		set("FAULT_SIGNAL", fault->sent);
		set("FAULT_SHORT", fault->cuts);
		set("FAULT_STAYS", fault->stays);
		setenv("FAULT_LOG", log_path, 1);
		setenv("LD_PRELOAD", inject, 1);
		execv(program, (char **)(void *)arguments);
		_exit(97);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("wait");
	runs++;
	slurp(err_path, err);
	slurp(log_path, call);
	return status;
}

static bool is_temporary(const char *name)
{
	const char *infix = strstr(name, ".kubectl-harden-");

	return name[0] == '.' && infix && strlen(infix) == strlen(".kubectl-harden-") + 6;
}

static void complain(int at, const struct fault *fault, const char *what)
{
	failed++;
	printf("FAILED call %d (%s), %s: %s\n%s%s", at, call, fault->name, what, err, err[0] ? "" : "(no message)\n");
}

/* What stands in the folder besides the files; counted, and judged by @said: temporaries that a message names. */
static int count_others(bool said)
{
	DIR *directory = opendir(manifests);
	struct dirent *entry;
	int others = 0;

	if (!directory)
		die(manifests);
	while ((entry = readdir(directory))) {
		bool known = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");

		for (size_t i = 0; i < FILES; i++)
			known |= !strcmp(entry->d_name, names[i]);
		if (!known && !(is_temporary(entry->d_name) && (!said || strstr(err, entry->d_name))))
			others++;
	}
	closedir(directory);
	return others;
}

/* Whether the files are those that a run over the files of @set makes. */
static bool is_made(const char found[FILES][TEXT], int set)
{
	size_t same = 0;

	while (same < FILES && !strcmp(found[same], made[set][same]))
		same++;
	return same == FILES;
}

/* Whether the files are those of a run over some of them, and the others are named. */
static bool is_made_without(const char found[FILES][TEXT])
{
	for (int set = 1; set < ALL; set++) {
		bool named = is_made(found, set);

		for (size_t i = 0; i < FILES; i++)
			named = named && (set & 1 << i || strstr(err, names[i]));
		if (named)
			return true;
	}
	return false;
}

/* Whether each file is one that some run makes, whatever the others are. */
static bool is_whole(const char *found, size_t file)
{
	for (int set = 0; set <= ALL; set++)
		if (!strcmp(found, made[set][file]))
			return true;
	return false;
}

static void judge_state(int at, const struct fault *fault, int status)
{
	static char found[FILES][TEXT];
	bool done;

	for (size_t i = 0; i < FILES; i++) {
		struct stat st;

		slurp(in_manifests(names[i]), found[i]);
		if (stat(in_manifests(names[i]), &st) || (st.st_mode & 07777) != 0640)
			complain(at, fault, "a file is gone or has another mode");
		if (!is_whole(found[i], i))
			complain(at, fault, "a file is neither old nor new");
	}
	done = is_made(found, ALL);
	if (fault->sent == SIGKILL)
		return;
	if (!done && !is_made(found, 0) && !is_made_without(found))
		complain(at, fault, "some files are old, others new");
	if (WIFEXITED(status) && !WEXITSTATUS(status) && !done)
		complain(at, fault, "exit code 0, and not all was done");
}

static void judge(int at, const struct fault *fault, int status)
{
	judge_state(at, fault, status);
	/* Where removing a temporary is what failed, a message names it. */
	if (count_others(fault->sent != SIGKILL))
		complain(at, fault, "a temporary is left");
	if (WIFSIGNALED(status) && WTERMSIG(status) != fault->sent)
		complain(at, fault, "it was ended by a signal");
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
		complain(at, fault, "exit code 1");
	else if (WIFEXITED(status) && WEXITSTATUS(status) && !err[0] && strcmp(call, "write") != 0)
		complain(at, fault, "no message");
}

static void remove_all(void)
{
	reset();
	for (size_t i = 0; i < FILES; i++)
		unlink(in_manifests(names[i]));
	rmdir(manifests);
	unlink(log_path);
	unlink(out_path);
	unlink(err_path);
	rmdir(folder);
}

int main(int argc, char **argv)
{
	static const struct fault none = { "nothing", 0, 0, false, false };
	int calls, status;

	if (argc != 3)
		return 2;
	program = argv[1];
	inject = argv[2];
	if (!mkdtemp(folder))
		die("mkdtemp");
	snprintf(manifests, sizeof(manifests), "%s/manifests", folder);
	snprintf(log_path, sizeof(log_path), "%s/log", folder);
	snprintf(out_path, sizeof(out_path), "%s/out", folder);
	snprintf(err_path, sizeof(err_path), "%s/err", folder);
	if (mkdir(manifests, 0700))
		die(manifests);
	for (unsigned set = 0; set <= ALL; set++) {
		reset();
		status = set ? run(set, 0, &none) : 0;
		if (!WIFEXITED(status) || WEXITSTATUS(status)) {
			printf("the run without faults: status %x\n%s", (unsigned)status, err);
			return 1;
		}
		for (size_t i = 0; i < FILES; i++) {
			slurp(in_manifests(names[i]), made[set][i]);
			if (set == ALL && !strcmp(made[set][i], old[i])) {
				printf("%s was not changed\n", names[i]);
				return 1;
			}
		}
	}
	calls = (int)strtol(call, NULL, 10);
	if (calls < 50) {
		printf("only %d calls are seen\n", calls);
		return 1;
	}
	for (size_t f = 0; f < sizeof(faults) / sizeof(*faults); f++)
		for (int at = 1; at <= calls; at++) {
			reset();
			call[0] = 0;
			status = run(ALL, at, &faults[f]);
			judge(at, &faults[f], status);
		}
	remove_all();
	printf("%d calls, %d runs, %d failed\n", calls, runs, failed);
	return failed != 0;
}
