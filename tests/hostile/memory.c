/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory: how much the whole program takes at the most, for inputs of 1 MB and more of every shape, and that it is no
 * more than was promised: 16 MiB, 12 bytes a byte of the largest document, and the sources that wait for the plan, with
 * what is known of each object that is going to change.
 *
 *	memory PROGRAM [--largest MB] [--case NAME]
 *
 * Prints for each run its bytes, processor time, MiB at the most, what of that each byte took beyond 16 MiB, and the
 * bound. Without --largest sizes end at 64 MB; the files are made below TMPDIR and removed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MB = 1000000, FILES_MAX = 20000 };

static char folder[200], in_path[256];

static void die(const char *what)
{
	perror(what);
	exit(99);
}

/* ---- inputs ---- */

/* Where an input is written: one file, or one that changes. */
struct sink {
	FILE *file;
	size_t bytes, files, objects;
};

static void next_file(struct sink *sink)
{
	char path[300];

	if (sink->file && fclose(sink->file))
		die("write");
	snprintf(path, sizeof(path), "%s/%zu.yaml", in_path, sink->files++);
	sink->file = fopen(path, "w");
	if (!sink->file)
		die(path);
}

/* @text with every line behind @indent, the first behind @first, and the number for each @. */
static void put(struct sink *sink, const char *text, size_t number, const char *first, const char *indent)
{
	const char *before = first;

	for (const char *p = text; *p; p++) {
		if (before)
			sink->bytes += (size_t)fprintf(sink->file, "%s", before);
		before = *p == '\n' ? indent : NULL;
		if (*p == '@')
			sink->bytes += (size_t)fprintf(sink->file, "%zu", number);
		else
			sink->bytes += putc(*p, sink->file) != EOF;
	}
}

static void fill(struct sink *sink, const char *text, size_t bytes)
{
	while (sink->bytes < bytes)
		sink->bytes += (size_t)fprintf(sink->file, "%s", text);
}

static const char deployment[] =
	"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-@\n  labels:\n    app: web-@\nspec:\n"
	"  replicas: 3\n  selector:\n    matchLabels:\n      app: web-@\n  template:\n    metadata:\n      labels:\n"
	"        app: web-@\n    spec:\n      containers:\n      - name: web\n"
	"        image: registry.example/shop/web:1.0\n        env:\n        - name: PORT\n          value: \"8080\"\n"
	"        ports:\n        - containerPort: 8080\n        readinessProbe:\n          httpGet:\n"
	"            path: /healthz\n            port: 8080\n        resources:\n          requests:\n"
	"            cpu: 100m\n            memory: 64Mi\n";

static const char service[] =
	"apiVersion: v1\nkind: Service\nmetadata:\n  name: web-@\nspec:\n  selector:\n    app: web-@\n"
	"  ports:\n  - port: 80\n    targetPort: 80\n";

static const char low_port[] =
	"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-@\nspec:\n  template:\n    metadata:\n"
	"      labels:\n        app: web-@\n    spec:\n      containers:\n      - name: web\n"
	"        image: registry.example/shop/web:1.0\n        env:\n        - name: PORT\n          value: \"80\"\n"
	"        ports:\n        - containerPort: 80\n        readinessProbe:\n          httpGet:\n"
	"            path: /healthz\n            port: 80\n";

static const char json[] =
	"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web-@\",\"labels\":{\"app\":\"web-@\"}},"
	"\"spec\":{\"replicas\":3,\"selector\":{\"matchLabels\":{\"app\":\"web-@\"}},\"template\":{\"metadata\":{\"labels\":"
	"{\"app\":\"web-@\"}},\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"registry.example/shop/web:1.0\","
	"\"env\":[{\"name\":\"PORT\",\"value\":\"8080\"}],\"ports\":[{\"containerPort\":8080}],\"readinessProbe\":"
	"{\"httpGet\":{\"path\":\"/healthz\",\"port\":8080}}}]}}}}";

static void make_documents(struct sink *sink, size_t bytes)
{
	for (size_t i = 0; sink->bytes < bytes; i++) {
		put(sink, deployment, i, "", "");
		put(sink, "---\n", i, "", "");
		sink->objects++;
	}
}

static void make_services(struct sink *sink, size_t bytes)
{
	for (size_t i = 0; sink->bytes < bytes; i++) {
		put(sink, low_port, i, "", "");
		put(sink, "---\n", i, "", "");
		put(sink, service, i, "", "");
		put(sink, "---\n", i, "", "");
		sink->objects += 2;
	}
}

static void make_files(struct sink *sink, size_t bytes)
{
	size_t each = bytes / FILES_MAX;

	for (size_t i = 0, start = 0; sink->bytes < bytes; i++) {
		if (sink->files < FILES_MAX && sink->bytes >= start + each) {
			next_file(sink);
			start = sink->bytes;
		}
		put(sink, deployment, i, "", "");
		put(sink, "---\n", i, "", "");
		sink->objects++;
	}
}

static void make_list(struct sink *sink, size_t bytes)
{
	put(sink, "apiVersion: v1\nkind: List\nitems:\n", 0, "", "");
	for (size_t i = 0; sink->bytes < bytes; i++)
		put(sink, deployment, i, "- ", "  ");
}

/* A large document around one pod, as a custom resource with much text is. */
static void make_texts(struct sink *sink, size_t bytes)
{
	put(sink, deployment, 0, "", "");
	put(sink, "x-fields:\n", 0, "", "");
	for (size_t i = 0; sink->bytes < bytes; i++)
		put(sink,
		    "  field-@:\n    description: What this field says, in a sentence or two as they stand in\n"
		    "      definitions that are made from the comments of a Go program.\n    type: string\n",
		    i, "", "");
}

static void make_json(struct sink *sink, size_t bytes)
{
	put(sink, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[", 0, "", "");
	for (size_t i = 0; sink->bytes < bytes; i++) {
		put(sink, i ? "," : "", i, "", "");
		put(sink, json, i, "", "");
	}
	put(sink, "]}\n", 0, "", "");
}

static void make_json_stream(struct sink *sink, size_t bytes)
{
	for (size_t i = 0; sink->bytes < bytes; i++) {
		put(sink, json, i, "", "");
		put(sink, "\n", i, "", "");
		sink->objects++;
	}
}

static void make_line(struct sink *sink, size_t bytes)
{
	put(sink, deployment, 0, "", "");
	put(sink, "x: ", 0, "", "");
	fill(sink, "0123456789 bcdef", bytes);
	put(sink, "\n", 0, "", "");
}

static void make_key(struct sink *sink, size_t bytes)
{
	put(sink, deployment, 0, "", "");
	fill(sink, "0123456789abcdef", bytes);
	put(sink, ": 1\n", 0, "", "");
}

static void make_anchors(struct sink *sink, size_t bytes)
{
	put(sink, deployment, 0, "", "");
	put(sink, "x:\n", 0, "", "");
	for (size_t i = 0; sink->bytes < bytes; i++)
		put(sink, "- &a@ x\n", i, "", "");
}

static void make_tiny(struct sink *sink, size_t bytes)
{
	put(sink, deployment, 0, "", "");
	put(sink, "---\n", 0, "", "");
	fill(sink, "kind: X\n---\n", bytes);
}

static void make_short_keys(struct sink *sink, size_t bytes)
{
	put(sink, deployment, 0, "", "");
	put(sink, "x:\n", 0, "", "");
	fill(sink, "- a: 1\n  b: 2\n", bytes);
}

static void make_numbers(struct sink *sink, size_t bytes)
{
	put(sink,
	    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"b\"}]},\"x\":[1",
	    0, "", "");
	fill(sink, ",1", bytes);
	put(sink, "]}\n", 0, "", "");
}

/* ---- cases ---- */

enum document { SMALL, WHOLE, REFUSED };

static const struct shape {
	const char *name;
	void (*make)(struct sink *sink, size_t bytes);
	enum document document; /* how large is the largest one */
	unsigned known;		/* bytes that are kept of each object that changes; 0: there is one */
	unsigned dense;		/* more bytes a byte: nodes of two bytes, of which each takes 32 in a tree */
	size_t most;		/* MB; 0: any size */
	bool folder;
	const char *argument;
} shapes[] = {
	{ "documents", make_documents, SMALL, 1300, 0, 0, false, NULL },
	{ "documents-files", make_files, SMALL, 1300, 0, 0, true, NULL },
	{ "documents-services", make_services, SMALL, 1950, 0, 0, false, NULL },
	/* Lines that all change are one hunk of a diff. */
	{ "documents-json", make_json_stream, SMALL, 2200, 0, 0, false, NULL },
	{ "documents-tiny", make_tiny, SMALL, 0, 0, 0, false, NULL },
	{ "list", make_list, WHOLE, 0, 0, 250, false, "--max-nodes=100000000" },
	{ "list-json", make_json, WHOLE, 0, 0, 250, false, "--max-nodes=100000000" },
	{ "texts", make_texts, WHOLE, 0, 0, 250, false, "--max-nodes=100000000" },
	{ "anchors", make_anchors, WHOLE, 0, 0, 250, false, "--max-nodes=100000000" },
	{ "short-keys", make_short_keys, WHOLE, 0, 0, 8, false, "--max-nodes=100000000" },
	{ "numbers", make_numbers, WHOLE, 0, 5, 8, false, "--max-nodes=100000000" },
	{ "key", make_key, WHOLE, 0, 0, 0, false, "--max-document-size=2Gi" },
	{ "line", make_line, WHOLE, 0, 0, 0, false, "--max-document-size=2Gi" },
	{ "line-limited", make_line, REFUSED, 0, 0, 0, false, "--max-document-size=512Ki" },
};

static struct sink make(const struct shape *shape, size_t bytes)
{
	struct sink sink = { 0 };

	if (shape->folder) {
		if (mkdir(in_path, 0700))
			die(in_path);
		next_file(&sink);
	} else {
		sink.file = fopen(in_path, "w");
		if (!sink.file)
			die(in_path);
	}
	shape->make(&sink, bytes);
	if (fclose(sink.file))
		die("write");
	return sink;
}

static void remove_input(const struct shape *shape)
{
	char path[300];

	for (size_t i = 0; shape->folder && i <= FILES_MAX; i++) {
		snprintf(path, sizeof(path), "%s/%zu.yaml", in_path, i);
		if (unlink(path))
			break;
	}
	if (shape->folder ? rmdir(in_path) : unlink(in_path))
		die(in_path);
}

/* ---- runs ---- */

static void start(const char *program, const char *command, const struct shape *shape)
{
	const char *arguments[] = { program, command, "-q", "-f", in_path, shape->argument, NULL };
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0)
		_exit(98);
	execv(program, (char **)(uintptr_t)arguments);
	_exit(97);
}

/* At the most, in bytes. */
static double bound(const struct shape *shape, const struct sink *made)
{
	double all = (double)made->bytes, largest = shape->document == WHOLE ? all : 1000;

	return 16.0 * (1 << 20) + (12 + shape->dense) * largest + all + (double)shape->known * (double)made->objects;
}

static bool try(const char *program, const char *command, const struct shape *shape, size_t size)
{
	struct sink made = make(shape, size);
	int wanted = strcmp(command, "fix") ? 1 : 0, status;
	bool fine;
	struct rusage usage;
	double most, time;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		start(program, command, shape);
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			die("wait");
	remove_input(shape);
	most = (double)usage.ru_maxrss * 1024;
	time = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	/* A document that was refused is a finding of check, and nothing that diff would change. */
	if (shape->document == REFUSED && !strcmp(command, "diff"))
		wanted = 0;
	fine = WIFEXITED(status) && WEXITSTATUS(status) == wanted && most <= bound(shape, &made);
	printf("%-20s %-5s %11zu B %8.2f s %8.1f MiB %6.2f B/B  <= %8.1f MiB%s\n", shape->name, command, made.bytes,
	       time, most / (1 << 20), (most - 16.0 * (1 << 20)) / (double)made.bytes, bound(shape, &made) / (1 << 20),
	       fine ? "" : "  FAILED");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != wanted)
		printf("    exit status %x, not %d\n", (unsigned)status, wanted);
	return fine;
}

int main(int argc, char **argv)
{
	static const char *const commands[] = { "check", "diff", "fix" };
	static const size_t sizes[] = { 1, 8, 64, 250, 1000 };
	const char *temp = getenv("TMPDIR"), *name = NULL;
	size_t largest = 64, failed = 0, ran = 0;

	for (int i = 2; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--largest"))
			largest = strtoull(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--case"))
			name = argv[i + 1];
	}
	snprintf(folder, sizeof(folder), "%s/memory-XXXXXX", temp ? temp : "/tmp");
	if (argc < 2 || !mkdtemp(folder))
		die(folder);
	snprintf(in_path, sizeof(in_path), "%s/in.yaml", folder);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		if (name && strcmp(name, shapes[i].name) != 0)
			continue;
		for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++)
			if (sizes[s] <= largest && (!shapes[i].most || sizes[s] <= shapes[i].most))
				for (size_t k = 0; k < 3; k++, ran++)
					failed += !try(argv[1], commands[k], &shapes[i], sizes[s] * MB);
	}
	rmdir(folder);
	printf("%zu runs, %zu failed\n", ran, failed);
	return failed || !ran ? 1 : 0;
}
