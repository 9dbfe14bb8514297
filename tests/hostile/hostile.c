/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hostile input: what nobody writes but somebody may send. Each case is a generated file, hardened together with an
 * ordinary one by the whole program. Required of each: it ends by itself, in time and memory that are linear in the
 * input, it says what is wrong and where, its exit code is that of an answer, and the next file is hardened.
 *
 *	hostile PROGRAM [--list | --suite NAME | --case NAME [--times N]]
 *
 * --times makes a case larger: 1 GB of one line is `--case line-plain --times 16`. The columns are bytes of input,
 * seconds, MiB at the most, and what of that each byte of input took beyond 16 MiB.
 */
#include "cases.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static const char next[] = "apiVersion: apps/v1\n"
			   "kind: Deployment\n"
			   "metadata:\n"
			   "  name: next\n"
			   "spec:\n"
			   "  template:\n"
			   "    spec:\n"
			   "      containers:\n"
			   "      - name: next\n"
			   "        image: example.org/next:1\n";

struct ran {
	bool exited;
	int code, signal;
	double seconds, mib; /* of processor time; at the most */
};

static const char *program;
static char folder[] = "/tmp/hostile-XXXXXX";
static char out_path[64], err_path[64], in_path[64], next_path[64];

static void die(const char *what)
{
	perror(what);
	exit(99);
}

static double seconds(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static FILE *create(const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file)
		die(path);
	return file;
}

static void finish(FILE *file)
{
	if (fclose(file))
		die("write");
}

/* A build with a sanitizer needs its own memory and time: only the answers are checked there. */
static bool is_measured(void)
{
	return !getenv("HOSTILE_UNMEASURED");
}

/* A guard against what does not end, not a measure: a loaded machine keeps it. */
static double most_seconds(const struct hostile *hostile, off_t bytes)
{
	return 30 + 4 * (hostile->seconds_per_mb > 0 ? hostile->seconds_per_mb : 0.6) * (double)bytes / 1e6;
}

static double most_mib(const struct hostile *hostile, off_t bytes)
{
	return 20 + (hostile->bytes_per_byte > 0 ? hostile->bytes_per_byte : 13) * (double)bytes / (1 << 20);
}

static void limit(int what, double most)
{
	struct rlimit limit = { (rlim_t)most, (rlim_t)most };

	setrlimit(what, &limit);
}

static struct ran run(const struct hostile *hostile, const char *command, off_t bytes)
{
	struct ran ran = { 0 };
	struct rusage usage;
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		const char *arguments[16] = { program, command, "-f", in_path, "-f", next_path };
		size_t n = 6;

		for (size_t i = 0; i < 8 && hostile->arguments[i]; i++)
			arguments[n++] = hostile->arguments[i];
		if (!freopen(out_path, "w", stdout) || !freopen(err_path, "w", stderr) ||
		    !freopen("/dev/null", "r", stdin))
			_exit(98);
		limit(RLIMIT_CORE, 0);
		if (is_measured()) {
			/* Well beyond what is checked below: these only keep the machine alive. */
			limit(RLIMIT_CPU, 2 * most_seconds(hostile, bytes) + 10);
			limit(RLIMIT_AS, (2 * most_mib(hostile, bytes) + 256) * (1 << 20));
		}
		execv(program, (char **)(void *)arguments);
		_exit(97);
	}
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			die("wait");
	ran.seconds = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
	ran.mib = (double)usage.ru_maxrss / 1024;
	ran.exited = WIFEXITED(status);
	ran.code = ran.exited ? WEXITSTATUS(status) : 0;
	ran.signal = ran.exited ? 0 : WTERMSIG(status);
	return ran;
}

/* Whether @path holds @text; reads at most the first 64 MiB. */
static bool holds(const char *path, const char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool found = false;
	char *bytes;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		die(path);
	bytes = malloc((size_t)st.st_size + 1);
	if (!bytes)
		die("malloc");
	n = read(fd, bytes, (size_t)st.st_size);
	if (n >= 0)
		found = memmem(bytes, (size_t)n, text, strlen(text));
	free(bytes);
	close(fd);
	return found;
}

/* Whether a line begins with what only a name of the cases says: behind an end of line it may say what it likes. */
static bool holds_forged(const char *path)
{
	static const char *const forged[] = { "FORGED", "::error", "web.yaml:1:1: fine" };
	FILE *file = fopen(path, "r");
	char line[200];
	bool found = false, starts = true;

	if (!file)
		die(path);
	while (!found && fgets(line, sizeof(line), file)) {
		const char *text = line + strspn(line, " ");

		for (size_t i = 0; i < sizeof(forged) / sizeof(*forged); i++)
			found |= starts && !strncmp(text, forged[i], strlen(forged[i]));
		starts = strchr(line, '\n');
	}
	fclose(file);
	return found;
}

/* What no program may send to a terminal: control characters, and those that turn the reading direction. */
static bool holds_raw(const char *path)
{
	FILE *file = fopen(path, "r");
	int c, before = 0;
	bool found = false;

	if (!file)
		die(path);
	while ((c = getc(file)) != EOF && !found) {
		found = (c < ' ' && c != '\n') || c == 0x7f || (before == 0xc2 && c >= 0x80 && c < 0xa0);
		before = c;
	}
	fclose(file);
	return found || holds(path, "\u202e") || holds(path, "\u2066") || holds_forged(path);
}

static bool complain(const struct hostile *hostile, const char *command, const char *what)
{
	char line[400];
	FILE *file = fopen(err_path, "r");

	printf("FAILED %s (%s): %s\n", hostile->name, command, what);
	for (int i = 0; file && i < 5 && fgets(line, sizeof(line), file); i++)
		printf("    %s%s", line, strchr(line, '\n') ? "" : "…\n");
	if (file)
		fclose(file);
	return false;
}

/* What check finds is on standard output, all else on standard error. */
static bool says(const char *text, bool diff)
{
	return holds(err_path, text) || (!diff && holds(out_path, text));
}

static bool judge(const struct hostile *hostile, const char *command, const struct ran *ran, off_t bytes)
{
	bool diff = !strcmp(command, "diff");
	char what[200];

	if (!ran->exited) {
		snprintf(what, sizeof(what), "ended by signal %d after %.1f s with %.0f MiB", ran->signal, ran->seconds,
			 ran->mib);
		return complain(hostile, command, what);
	}
	if (ran->code != 1) {
		snprintf(what, sizeof(what), "exit code %d", ran->code);
		return complain(hostile, command, what);
	}
	if ((hostile->at && !says(hostile->at, diff)) || (hostile->says && !says(hostile->says, diff))) {
		snprintf(what, sizeof(what), "does not say: %s %s", hostile->at ? hostile->at : "",
			 hostile->says ? hostile->says : "");
		return complain(hostile, command, what);
	}
	if (!holds(out_path, diff ? "+++ b/" : "next.yaml:") || !holds(out_path, "next.yaml"))
		return complain(hostile, command, "the next file was not looked at");
	if (hostile->untouched && diff && holds(out_path, "in.yaml"))
		return complain(hostile, command, "the file was changed");
	if (holds_raw(err_path) || (!diff && holds_raw(out_path)))
		return complain(hostile, command,
				"a control character, an end of line or a bidirectional override was printed raw");
	if (is_measured() && ran->seconds > most_seconds(hostile, bytes)) {
		snprintf(what, sizeof(what), "%.1f s, more than %.1f", ran->seconds, most_seconds(hostile, bytes));
		return complain(hostile, command, what);
	}
	if (is_measured() && ran->mib > most_mib(hostile, bytes)) {
		snprintf(what, sizeof(what), "%.0f MiB, more than %.0f", ran->mib, most_mib(hostile, bytes));
		return complain(hostile, command, what);
	}
	return true;
}

static void put_next(void)
{
	FILE *file = create(next_path);

	fputs(next, file);
	finish(file);
}

/* What is refused is not written to, and the next file is hardened. */
static bool try_fix(const struct hostile *hostile, const struct stat *before)
{
	struct stat st, next_before, next_after;
	struct ran ran;
	bool fine;

	if (stat(next_path, &next_before))
		die(next_path);
	ran = run(hostile, "fix", before->st_size);
	if (stat(in_path, &st) || stat(next_path, &next_after))
		die(in_path);
	fine = (ran.exited && ran.code == 0) || complain(hostile, "fix", "it does not end well");
	if (st.st_ino != before->st_ino || st.st_ctim.tv_sec != before->st_ctim.tv_sec ||
	    st.st_ctim.tv_nsec != before->st_ctim.tv_nsec)
		fine = complain(hostile, "fix", "the file was written");
	if (next_after.st_ino == next_before.st_ino || !holds(next_path, "runAsNonRoot: true"))
		fine = complain(hostile, "fix", "the next file was not hardened");
	if (holds_raw(err_path))
		fine = complain(hostile, "fix",
				"a control character, an end of line or a bidirectional override was printed raw");
	put_next();
	return fine;
}

static bool try_case(const struct hostile *hostile, size_t times)
{
	static const char *const commands[] = { "diff", "check" };
	FILE *file = create(in_path);
	bool fine = true;
	struct stat st;

	hostile->make(file, hostile->n * times);
	finish(file);
	if (stat(in_path, &st))
		die(in_path);
	for (size_t i = 0; i < 2; i++) {
		struct ran ran = run(hostile, commands[i], st.st_size);

		printf("%-28s %-5s %11lld B %7.2f s %8.1f MiB %6.1f B/B\n", hostile->name, commands[i],
		       (long long)st.st_size, ran.seconds, ran.mib,
		       (ran.mib - 16) * (1 << 20) / ((double)st.st_size + 1));
		fine = judge(hostile, commands[i], &ran, st.st_size) && fine;
		fflush(stdout);
	}
	return (!hostile->untouched || try_fix(hostile, &st)) && fine;
}

static bool is_wanted(const struct hostile *hostile, const char *suite, const char *name)
{
	return (!suite || !strcmp(suite, hostile->suite)) && (!name || !strcmp(name, hostile->name));
}

int main(int argc, char **argv)
{
	const char *suite = NULL, *name = NULL;
	size_t times = 1, ran = 0, failed = 0;

	program = argc > 1 ? argv[1] : "";
	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "--list"))
			for (size_t k = 0; k < hostiles_n; k++)
				printf("%s\t%s\n", hostiles[k].suite, hostiles[k].name);
		else if (!strcmp(argv[i], "--suite") && i + 1 < argc)
			suite = argv[++i];
		else if (!strcmp(argv[i], "--case") && i + 1 < argc)
			name = argv[++i];
		else if (!strcmp(argv[i], "--times") && i + 1 < argc)
			times = strtoull(argv[++i], NULL, 10);
		if (!strcmp(argv[i], "--list"))
			return 0;
	}
	if (!mkdtemp(folder))
		die("mkdtemp");
	snprintf(in_path, sizeof(in_path), "%s/in.yaml", folder);
	snprintf(next_path, sizeof(next_path), "%s/next.yaml", folder);
	snprintf(out_path, sizeof(out_path), "%s/out", folder);
	snprintf(err_path, sizeof(err_path), "%s/err", folder);
	put_next();
	for (size_t i = 0; i < hostiles_n; i++) {
		if (!is_wanted(&hostiles[i], suite, name))
			continue;
		ran++;
		failed += !try_case(&hostiles[i], times);
	}
	unlink(in_path);
	unlink(next_path);
	unlink(out_path);
	unlink(err_path);
	rmdir(folder);
	printf("%zu cases, %zu failed\n", ran, failed);
	return failed || !ran ? 1 : 0;
}
