/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bench
 *
 *	meson compile -C build bench
 *
 * prints how fast the program is, beside what was promised. The yardstick is the parser: bare events of libfyaml over
 * the same bytes with the text of each scalar, which is the least that a program can do who reads YAML. Ratios are
 * taken of pairs that ran one behind the other, in processor time, and the median of the pairs is shown, so that
 * neither a slow nor a busy machine spoils them. Whole processes are timed by the clock, beside an empty program; the
 * fastest run of each counts.
 *
 *	bench KUBECTL-HARDEN EMPTY [PAIRS]
 *
 * Build with optimisation (the default build type); a sanitizer's figures say nothing.
 */
#include <fcntl.h>
#include <libfyaml.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/inventory.h"
#include "input.h"

enum { MB = 1000000, PAIRS = 9, STARTS = 101 };

/* ---- time ---- */

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare);
	return values[n / 2];
}

/* ---- what is measured ---- */

/* Processor time of bare events with text. */
static double bare(struct str text)
{
	struct fy_parse_cfg config = { .flags = FYPCF_QUIET | FYPCF_SLOPPY_FLOW_INDENTATION };
	double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
	struct fy_parser *parser = fy_parser_create(&config);
	volatile size_t bytes = 0;
	struct fy_event *event;
	size_t n;

	fy_parser_set_string(parser, text.p, text.n);
	while ((event = fy_parser_parse(parser))) {
		if (event->type == FYET_SCALAR && event->scalar.value && fy_token_get_text(event->scalar.value, &n))
			bytes += n;
		fy_parser_event_free(parser, event);
	}
	fy_parser_destroy(parser);
	return seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
}

/* Scans and plans one source. */
static void begin(struct run *run, struct str text)
{
	struct run_options options = { .fix = FIX_CONFIG_DEFAULT,
				       .limits = YAML_LIMITS_DEFAULT,
				       .source_bytes = (size_t)1 << 30 };
	struct file_image image = FILE_IMAGE_INIT;

	image.bytes = memcpy(xmalloc(text.n + 1), text.p, text.n);
	image.bytes[text.n] = '\0';
	image.n = text.n;
	run_init(run, &options);
	run_add(run, "bench.yaml", NULL, &image);
	run_plan(run);
}

/* Processor time of a whole run over one source; @out (may be NULL) is replaced by what comes out. */
static double harden(struct str text, struct buf *out)
{
	double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
	struct run run;

	begin(&run, text);
	run_apply(&run);
	if (out) {
		out->n = 0;
		run_output(run.sources.items[0], out);
	}
	start = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
	run_free(&run);
	return start;
}

/* ---- the table ---- */

static unsigned missed;

static void row(const char *figure, const char *sign, double target, double measured, const char *unit)
{
	bool fine = sign[0] == '>' ? measured >= target : measured <= target;

	missed += !fine;
	printf("%-58s %2s %6.2f %8.2f %-4s %s\n", figure, sign, target, measured, unit, fine ? "" : "MISSED");
	fflush(stdout);
}

/* How near a run comes to the bare parser over what goes in and what comes out. */
static double near_bare(struct str text, size_t pairs, struct buf *out)
{
	double *ratios = xrealloc_array(NULL, pairs, sizeof(*ratios)), result;

	harden(text, out);
	for (size_t i = 0; i < pairs; i++) {
		double ours = harden(text, out);

		ratios[i] = (bare(text) + bare(buf_str(out))) / ours;
	}
	result = median(ratios, pairs);
	free(ratios);
	return result;
}

/* The same where nothing changes, against one pass. */
static double near_bare_once(struct str text, size_t pairs)
{
	double *ratios = xrealloc_array(NULL, pairs, sizeof(*ratios)), result;

	harden(text, NULL);
	for (size_t i = 0; i < pairs; i++) {
		double ours = harden(text, NULL);

		ratios[i] = bare(text) / ours;
	}
	result = median(ratios, pairs);
	free(ratios);
	return result;
}

static void speed(size_t pairs)
{
	struct buf in = BUF_INIT, out = BUF_INIT;
	double rates[PAIRS];

	input_deployments(&in, (size_t)4 * MB);
	row("Deployments, all changed: in + out, of the bare parser", ">=", 0.7, near_bare(buf_str(&in), pairs, &out),
	    "");
	row("Deployments, already hardened: of the bare parser", ">=", 0.8, near_bare_once(buf_str(&out), pairs), "");
	in.n = 0;
	input_services(&in, 5000);
	row("Deployments and Services on port 80, moved: in + out", ">=", 0.5, near_bare(buf_str(&in), pairs, &out),
	    "");
	in.n = 0;
	input_definitions(&in, (size_t)100 * MB);
	for (size_t i = 0; i < PAIRS; i++)
		rates[i] = (double)in.n / (double)MB / harden(buf_str(&in), NULL);
	row("Custom resource definitions", ">=", 300, median(rates, PAIRS), "MB/s");
	buf_free(&in);
	buf_free(&out);
}

/* ---- growth ---- */

typedef void input(struct buf *out, size_t size);

/* Time for one unit of a large input over that of a small one, which is run as often as makes the large one. */
static double growth(input *make, size_t small, size_t large)
{
	struct buf one = BUF_INIT, many = BUF_INIT;
	double ratios[3];

	make(&one, small);
	make(&many, large);
	harden(buf_str(&one), NULL);
	for (size_t i = 0; i < 3; i++) {
		double little = 0;

		for (size_t k = 0; k < 20; k++)
			little += harden(buf_str(&one), NULL);
		ratios[i] = harden(buf_str(&many), NULL) / (double)many.n / (little / 20 / (double)one.n);
	}
	buf_free(&one);
	buf_free(&many);
	return median(ratios, 3);
}

/* ---- memory ---- */

/* Bytes that are kept of each object for the plan, its texts and what the plan decided included. */
static double indexed(input *make, size_t size)
{
	const struct inventory *inventory;
	struct buf in = BUF_INIT;
	struct run run;
	size_t bytes, objects;

	make(&in, size);
	begin(&run, buf_str(&in));
	inventory = run.inventory;
	bytes = arena_used(run.arena) + run.intern.size * sizeof(*run.intern.slots) +
		inventory->workloads.n * sizeof(*inventory->workloads.items) +
		inventory->services.n * sizeof(*inventory->services.items) +
		inventory->references.n * sizeof(*inventory->references.items);
	for (size_t i = 0; i < inventory->workloads.n; i++)
		bytes += inventory->workloads.items[i].ports.n * sizeof(*inventory->workloads.items[i].ports.items);
	objects = inventory->workloads.n + inventory->services.n + inventory->references.n;
	run_free(&run);
	buf_free(&in);
	return (double)bytes / (double)objects;
}

/* ---- whole processes ---- */

static double start_program(const char *const *argv)
{
	double start = seconds(CLOCK_MONOTONIC);
	posix_spawn_file_actions_t actions;
	pid_t child;
	int status;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&child, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ) ||
	    waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) > 1) {
		fprintf(stderr, "bench: %s does not run\n", argv[0]);
		exit(2);
	}
	posix_spawn_file_actions_destroy(&actions);
	return seconds(CLOCK_MONOTONIC) - start;
}

/* Milliseconds that a program takes beyond an empty one: the fastest of each, which nobody else delayed. */
static double beyond_empty(const char *const *argv, const char *empty)
{
	const char *const nothing[] = { empty, NULL };
	double ours = 1, theirs = 1, time;

	for (size_t i = 0; i < STARTS; i++) {
		time = start_program(nothing);
		theirs = time < theirs ? time : theirs;
		time = start_program(argv);
		ours = time < ours ? time : ours;
	}
	return (ours - theirs) * 1000;
}

static void starts(const char *program, const char *empty)
{
	char path[] = "/tmp/kubectl-harden-bench-XXXXXX";
	const char *const version[] = { program, "version", NULL };
	const char *const diff[] = { program, "diff", "-f", path, NULL };
	struct buf in = BUF_INIT;
	int file = mkstemp(path);

	input_deployments(&in, 1);
	if (file < 0 || write(file, in.p, in.n) != (ssize_t)in.n) {
		perror(path);
		exit(2);
	}
	close(file);
	buf_free(&in);
	row("Start-up beyond an empty program", "<=", 1, beyond_empty(version, empty), "ms");
	row("diff of one Deployment beyond an empty program", "<=", 1, beyond_empty(diff, empty), "ms");
	unlink(path);
}

int main(int argc, char **argv)
{
	size_t pairs = argc > 3 ? strtoul(argv[3], NULL, 10) : PAIRS;

	if (argc < 3 || !pairs) {
		fprintf(stderr, "usage: bench KUBECTL-HARDEN EMPTY [PAIRS]\n");
		return 2;
	}
	printf("%-58s %9s %8s\n", "figure", "target", "measured");
	speed(pairs);
	row("Time for a byte, a stream of 100 MB over one of 1 MB", "<=", 1.25,
	    growth(input_deployments, MB, (size_t)100 * MB), "");
	row("Time for a byte, a List of 20 MB over one of 1 MB", "<=", 1.25, growth(input_list, MB, (size_t)20 * MB),
	    "");
	row("Time for a byte, 20000 workloads and Services over 1000", "<=", 1.25, growth(input_services, 1000, 20000),
	    "");
	row("Time for a byte, 20000 with NetworkPolicies over 1000", "<=", 1.25, growth(input_policies, 1000, 20000),
	    "");
	row("Memory of a workload or Service for the plan, of 40000", "<=", 300, indexed(input_services, 20000), "B");
	row("Likewise with NetworkPolicies, of 60000", "<=", 300, indexed(input_policies, 20000), "B");
	starts(argv[1], argv[2]);
	if (missed)
		printf("%u missed\n", missed);
	return 0;
}
