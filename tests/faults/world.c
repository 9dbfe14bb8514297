/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MODE = 0640, OWNER = 1234, GROUP = 4321 };

const char *const world_paths[FILES] = { "shop/config.yaml", "shop/net/service.yaml", "apps/web.yaml" };
const char *const world_old[FILES] = {
	"apiVersion: v1\nkind: Pod\nmetadata:\n  name: other # stays\nspec:\n  containers:\n  - name: other\n"
	"    image: example.org/other:1\n",
	"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web\n  ports:\n"
	"  - port: 80\n    targetPort: 80\n",
	"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector:\n    matchLabels:\n"
	"      app: web\n  template:\n    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n"
	"      - name: web\n        image: example.org/web:1\n        env:\n        - name: PORT\n          value: \"80\"\n"
	"        ports:\n        - containerPort: 80\n",
};
char world_made[1 << FILES][FILES][TEXT];

static const char *const folders[] = { ".", "shop", "shop/net", "apps" };
static const char *program, *inject;
static char folder[32], manifests[64], log_path[64], out_path[64], err_path[64], their_path[80];
static bool attributes; /* the file system has extended ones */
static int runs, failed;
static struct found found;
static const struct scenario *last_scenario;
static struct fault last_fault;
static int last_at;

static void die(const char *what)
{
	perror(what);
	exit(99);
}

static void slurp(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	ssize_t n = fd >= 0 ? read(fd, text, TEXT - 1) : 0;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
}

/* ---- the files ---- */

static bool is_known(const char *path)
{
	static const char *const links[] = { "./web.yaml", "shop/net/again.yaml", "./shop", "./apps", "shop/net" };

	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (!strcmp(path, links[i]))
			return true;
	for (int i = 0; i < FILES; i++)
		if (!strcmp(path, world_paths[i]))
			return true;
	return false;
}

/* Every name that is not one of the world's: removed, or remembered in @found. */
static void others(bool away)
{
	char path[512];

	found.left_n = 0;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		DIR *directory = opendir(folders[i]);
		struct dirent *entry;

		if (!directory)
			die(folders[i]);
		while ((entry = readdir(directory))) {
			snprintf(path, sizeof(path), "%s/%s", folders[i], entry->d_name);
			if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") || is_known(path))
				continue;
			if (away && unlink(path) && errno == EISDIR)
				rmdir(path);
			else if (away)
				continue;
			else if (found.left_n < 8)
				memcpy(found.left[found.left_n++], path, sizeof(path));
		}
		closedir(directory);
	}
}

static void put(int i, bool aged)
{
	static const struct timespec times[2] = { { .tv_sec = 1600000000 }, { .tv_sec = 1600000000 } };
	const char *path = world_paths[i];
	int fd;

	if (unlink(path) && errno == EISDIR)
		rmdir(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, world_old[i], strlen(world_old[i])) < 0)
		die(path);
	if (geteuid() == 0 && fchown(fd, OWNER, GROUP))
		die(path);
	if (fchmod(fd, MODE) || (aged && futimens(fd, times)))
		die(path);
	attributes = fsetxattr(fd, "user.note", "kept", 4, 0) == 0;
	close(fd);
}

static void reset(bool aged)
{
	others(true);
	for (int i = 0; i < FILES; i++)
		put(i, aged);
	unlink(log_path);
}

/* ---- a run ---- */

static void set(const char *name, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	setenv(name, text, 1);
}

static void set_text(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static _Noreturn void execute(const struct scenario *scenario, int at, const struct fault *fault)
{
	const char *arguments[16] = { program };
	struct rlimit none = { 0, 0 };
	char path[128];

	setrlimit(RLIMIT_CORE, &none);
	for (size_t n = 0; n < 8 && scenario->arguments[n]; n++)
		arguments[n + 1] = scenario->arguments[n];
	snprintf(path, sizeof(path), "%s/%s", manifests, world_paths[fault->victim]);
	if (!freopen(out_path, "w", stdout) || !freopen(err_path, "w", stderr) ||
	    !freopen(scenario->input ? world_paths[FILES - 1] : "/dev/null", "r", stdin))
		_exit(98);
	set("FAULT_AT", at);
	set("FAULT_ERRNO", fault->error);
	set("FAULT_SIGNAL", fault->sent);
	set("FAULT_SHORT", fault->cuts);
	set("FAULT_STAYS", fault->stays);
	set("FAULT_DEED", (int)fault->deed);
	set_text("FAULT_VICTIM", path);
	set_text("FAULT_WITHOUT", scenario->without);
	set_text("FAULT_ALSO", scenario->also);
	set_text("FAULT_LOG", log_path);
	set_text("LD_PRELOAD", inject);
	execv(program, (char **)(void *)arguments);
	_exit(97);
}

static void look(int i)
{
	char note[8] = { 0 };
	struct stat st;

	found.there[i] = lstat(world_paths[i], &st) == 0;
	found.is_file[i] = found.there[i] && S_ISREG(st.st_mode);
	found.mode[i] = found.there[i] ? st.st_mode : 0;
	found.kept[i] = found.is_file[i] && (st.st_mode & 07777) == MODE &&
			(geteuid() != 0 || (st.st_uid == OWNER && st.st_gid == GROUP)) &&
			(st.st_nlink == 1 || last_fault.sent == SIGKILL) &&
			(!attributes ||
			 (lgetxattr(world_paths[i], "user.note", note, sizeof(note)) == 4 && !memcmp(note, "kept", 4)));
	found.text[i][0] = 0;
	if (found.is_file[i])
		slurp(world_paths[i], found.text[i]);
}

static const struct found *run(const struct scenario *scenario, int at, const struct fault *fault)
{
	pid_t pid;

	last_scenario = scenario;
	last_fault = *fault;
	last_at = at;
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		execute(scenario, at, fault);
	while (waitpid(pid, &found.status, 0) < 0)
		if (errno != EINTR)
			die("wait");
	runs++;
	slurp(out_path, found.out);
	slurp(err_path, found.err);
	slurp(log_path, found.call);
	for (int i = 0; i < FILES; i++)
		look(i);
	others(false);
	return &found;
}

const struct found *world_run(const struct scenario *scenario, int at, const struct fault *fault)
{
	reset(scenario->aged);
	return run(scenario, at, fault);
}

const struct found *world_again(const struct scenario *scenario)
{
	static const struct fault none = { .name = "the next run" };

	return run(scenario, 0, &none);
}

int world_calls(const struct scenario *scenario, char names[CALLS][32])
{
	static const struct fault none = { .name = "nothing" };
	const struct found *got = world_run(scenario, 0, &none);
	int n = 0;

	for (const char *line = got->call; *line && n < CALLS; line += strcspn(line, "\n"), line += *line == '\n')
		snprintf(names[n++], 32, "%.*s", (int)strcspn(line, "\n"), line);
	return n;
}

/* ---- judging ---- */

void world_complain(const char *what)
{
	failed++;
	printf("FAILED %s: call %d (%s), %s%s%s: %s\n%s%s", last_scenario->name, last_at, last_at ? found.call : "none",
	       last_fault.name, last_fault.deed ? " " : "", last_fault.deed ? world_paths[last_fault.victim] : "", what,
	       found.err, found.err[0] ? "" : "(no message)\n");
}

int world_failed(void)
{
	return failed;
}

int world_runs(void)
{
	return runs;
}

bool world_is_made(const struct found *got, int set_of, int but)
{
	for (int i = 0; i < FILES; i++)
		if (!(but & 1 << i) && (!got->is_file[i] || strcmp(got->text[i], world_made[set_of][i]) != 0))
			return false;
	return true;
}

bool world_is_whole(const char *text, int i)
{
	for (int s = 0; s <= ALL; s++)
		if (!strcmp(text, world_made[s][i]))
			return true;
	return false;
}

bool world_says(const struct found *got, const char *text)
{
	static char one[TEXT];
	char *to = one;

	/* Paragraphs are broken at blanks. */
	for (const char *from = got->err; *from; from++)
		if (!(*from == '\n' && from[1] == ' ') && !(*from == ' ' && to > one && to[-1] == ' '))
			*to++ = *from;
	*to = 0;
	return strstr(one, text);
}

bool world_is_temporary(const char *name)
{
	const char *slash = strrchr(name, '/'), *infix = strstr(name, ".kubectl-harden-");

	return slash && slash[1] == '.' && infix && strlen(infix) == strlen(".kubectl-harden-") + 6;
}

bool world_names_left(const struct found *got)
{
	for (int i = 0; i < got->left_n; i++)
		if (!world_is_temporary(got->left[i]) || !strstr(got->err, strrchr(got->left[i], '/') + 1))
			return false;
	return true;
}

/* ---- beginning and end ---- */

static void make(int set_of)
{
	struct scenario scenario = { .name = "fix", .arguments = { "fix" } };
	static const struct fault none = { .name = "nothing" };
	const struct found *got;
	size_t n = 1;

	for (int i = 0; i < FILES; i++)
		if (set_of & 1 << i) {
			scenario.arguments[n++] = "-f";
			scenario.arguments[n++] = world_paths[i];
		}
	reset(false);
	for (int i = 0; i < FILES; i++)
		snprintf(world_made[set_of][i], TEXT, "%s", world_old[i]);
	if (n == 1)
		return;
	got = run(&scenario, 0, &none);
	for (int i = 0; i < FILES; i++) {
		memcpy(world_made[set_of][i], got->text[i], TEXT);
		if (got->status || !got->kept[i] || got->left_n ||
		    (set_of == ALL) > (strcmp(got->text[i], world_old[i]) != 0)) {
			world_complain("the files are not as they should be without a fault");
			exit(1);
		}
	}
}

void world_open(const char *program_path, const char *inject_path)
{
	program = realpath(program_path, NULL);
	inject = realpath(inject_path, NULL);
	/* In memory, where it can be: nobody waits for a disk. */
	snprintf(folder, sizeof(folder), "/dev/shm/faults-XXXXXX");
	if (!mkdtemp(folder)) {
		snprintf(folder, sizeof(folder), "/tmp/faults-XXXXXX");
		if (!mkdtemp(folder))
			die("mkdtemp");
	}
	if (!program || !inject)
		die("faults");
	snprintf(manifests, sizeof(manifests), "%s/manifests", folder);
	snprintf(log_path, sizeof(log_path), "%s/log", folder);
	snprintf(out_path, sizeof(out_path), "%s/out", folder);
	snprintf(err_path, sizeof(err_path), "%s/err", folder);
	snprintf(their_path, sizeof(their_path), "%s.theirs", log_path);
	if (mkdir(manifests, 0700) || chdir(manifests) || mkdir("shop", 0700) || mkdir("shop/net", 0700) ||
	    mkdir("apps", 0700) || symlink("service.yaml", "shop/net/again.yaml") ||
	    symlink("apps/web.yaml", "web.yaml"))
		die(manifests);
	for (int i = 0; i <= ALL; i++)
		make(i);
}

void world_close(void)
{
	static const char *const names[] = { "shop/net/again.yaml", "web.yaml" };

	reset(false);
	for (int i = 0; i < FILES; i++)
		unlink(world_paths[i]);
	for (int i = 0; i < 2; i++)
		unlink(names[i]);
	rmdir("shop/net");
	rmdir("shop");
	rmdir("apps");
	unlink(log_path);
	unlink(out_path);
	unlink(err_path);
	unlink(their_path);
	if (chdir("/") == 0 && rmdir(manifests) == 0)
		rmdir(folder);
}
