/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fix: the whole engine on bytes. The first line says with which options; lines that are `#%FILE` cut the rest into
 * files.
 *
 * What must hold: every change is proved; the result splits into the same documents and is read; a second run changes
 * nothing; the diff leads from the one to the other; a document that is passed over unparsed holds no pod.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "differential/hardened.h"
#include "differential/meaning.h"
#include "engine/prefilter.h"
#include "engine/run.h"
#include "kube/pod.h"
#include "report/check.h"
#include "report/diff.h"
#include "report/summary.h"
#include "yaml/split.h"

enum { FILES_MAX = 4 };

/* ---- options ---- */

static uint8_t at(struct str program, size_t i)
{
	return i < program.n ? (uint8_t)program.p[i] : 0;
}

/* What no profile holds, and what Namespaces say. */
static void ask_for_more(struct fix_config *fix, uint8_t what)
{
	struct str part;

	if (what & 1)
		fix->profile = PROFILE_AUTO;
	for (size_t i = 0; (what & 2) && i < fixers_n; i++)
		if (fixers[i]->profile == PROFILE_OPT_IN)
			fix->also |= (uint64_t)1 << i;
	if (what & 4)
		(void)resource_list_parse(STR("cpu=100m,memory=64Mi"), &fix->requests, &part);
	if (what & 8)
		(void)resource_list_parse(STR("memory=1Gi"), &fix->limits, &part);
}

static struct run_options options_of(struct str program)
{
	struct run_options options = {
		.fix = FIX_CONFIG_DEFAULT,
		.limits = { .nodes = 200000, .depth = 200, .bytes = 1 << 20 },
		.source_bytes = 1 << 20,
		.traced = true,
		.keep_sources = true,
	};
	struct fix_config *fix = &options.fix;
	uint8_t a = at(program, 0), b = at(program, 1), c = at(program, 2), d = at(program, 3);

	if (!program.n)
		return options;
	fix->profile = (enum profile)(a % 3);
	fix->unsafe = a & 4;
	fix->safe_only = a & 8;
	fix->low_ports = (enum low_ports)(b % 4);
	options.traced = !(b & 4);
	if (c % 4 == 1)
		fix->run_as_user = UID_NONE;
	else if (c % 4 == 2)
		fix->run_as_user = 1000 + c;
	if (c & 16)
		fix->run_as_group = c;
	if (d & 1)
		fix->only = (uint64_t)1 << (d >> 1) % fixers_n;
	else if (d & 2)
		fix->skip = (uint64_t)1 << (d >> 2) % fixers_n;
	else if (d & 4)
		fix->also = (uint64_t)1 << (d >> 3) % fixers_n;
	if (at(program, 4) & 1) {
		fix->port_map.items[0].from = 80;
		fix->port_map.items[0].to = (uint16_t)(1024 + at(program, 5));
		fix->port_map.n = 1;
	}
	ask_for_more(fix, at(program, 6));
	return options;
}

/* ---- files ---- */

static size_t cut_files(struct str text, struct str *files)
{
	static const struct str mark = { "#%FILE\n", 7 };
	size_t n = 0, from = 0, hit;

	while (n + 1 < FILES_MAX && (hit = str_find(text, mark, from)) != SIZE_MAX) {
		files[n++] = str_sub(text, from, hit);
		from = hit + mark.n;
	}
	files[n++] = str_sub(text, from, text.n);
	return n;
}

static void add_file(struct run *run, size_t i, struct str bytes)
{
	static const char *const names[FILES_MAX] = { "a/web.yaml", "a/service.yaml", "b/web.yaml", "c\x1b[2J.yaml" };
	struct file_image image = FILE_IMAGE_INIT;

	image.bytes = xmalloc(bytes.n + 1);
	memcpy(image.bytes, bytes.n ? bytes.p : "", bytes.n);
	image.bytes[bytes.n] = 0;
	image.n = bytes.n;
	image.id.mode = S_IFREG | 0644;
	image.id.size = (off_t)bytes.n;
	run_add(run, names[i], NULL, &image);
}

static void run_all(struct run *run, const struct run_options *options, const struct str *files, size_t n)
{
	run_init(run, options);
	for (size_t i = 0; i < n; i++)
		add_file(run, i, files[i]);
	run_plan(run);
	run_apply(run);
}

/* ---- the prefilter ---- */

static bool holds_pod(struct yaml_tree *tree, yaml_id id, const struct kube_kind *inherit, unsigned depth)
{
	const struct kube_kind *items = NULL;
	struct kube_object object;

	if (depth > 8 || !kube_object_init(tree, id, inherit, NULL, &object))
		return false;
	if (object.kind && object.kind->flags & KIND_POD)
		return true;
	if (object.kind && !(object.kind->flags & KIND_LIST))
		return false;
	if (object.kind && object.kind->items)
		items = kube_kind_find(object.api_version, str_of(object.kind->items));
	YAML_EACH(tree, yaml_get(tree, id, "items"), item)
		if (holds_pod(tree, item, items, depth + 1))
			return true;
	return false;
}

static void check_prefilter(struct str bytes)
{
	static const struct yaml_limits limits = { .nodes = 200000, .depth = 200, .bytes = 1 << 20 };
	struct yaml_tree tree = YAML_TREE_INIT;
	struct arena *arena;
	struct yaml_refusal why;

	if (!prefilter_passes_over(bytes, NULL))
		return;
	arena = arena_new();
	if (yaml_parse(&tree, arena, bytes, &limits, &why) && holds_pod(&tree, tree.root, NULL, 0)) {
		fuzz_show("document", bytes);
		fuzz_check(false, "a workload hides from the prefilter");
	}
	yaml_tree_free(&tree);
	arena_free(arena);
}

static void check_prefilters(struct str text)
{
	struct yaml_splitter splitter = yaml_splitter_init(text);
	struct yaml_span span;
	size_t bad;

	while (yaml_split_next(&splitter, &span, &bad) && bad == SIZE_MAX)
		check_prefilter(str_sub(text, span.start, span.end));
}

/* ---- the diff ---- */

struct patch {
	struct str diff, original;
	size_t at; /* in the original */
	struct buf out;
	const char *why;
};

static struct str take_line(struct str *rest)
{
	const char *feed = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
	size_t n = feed ? (size_t)(feed - rest->p) + 1 : rest->n;
	struct str line = str_sub(*rest, 0, n);

	*rest = str_sub(*rest, n, rest->n);
	return line;
}

static bool patch_fail(struct patch *patch, const char *why)
{
	patch->why = why;
	return false;
}

static size_t take_number(struct str *s)
{
	size_t n = 0;

	while (s->n && s->p[0] >= '0' && s->p[0] <= '9') {
		n = n * 10 + (size_t)(s->p[0] - '0');
		*s = str_sub(*s, 1, s->n);
	}
	return n;
}

/* "@@ -3,2 +3,4 @@": the numbers; a count that is left out is 1. */
static void read_header(struct str line, size_t ret[4])
{
	for (size_t i = 0; i < 2; i++) {
		size_t sign = str_find(line, i ? STR(" +") : STR(" -"), 0);

		line = str_sub(line, sign == SIZE_MAX ? line.n : sign + 2, line.n);
		ret[2 * i] = take_number(&line);
		ret[2 * i + 1] = 1;
		if (line.n && line.p[0] == ',') {
			line = str_sub(line, 1, line.n);
			ret[2 * i + 1] = take_number(&line);
		}
	}
}

static bool apply_hunk(struct patch *patch, struct str header, size_t *line_number)
{
	struct str rest;
	size_t n[4];

	read_header(header, n);
	/* Up to the line that it begins with: a hunk without old lines stands behind the one it names. */
	while (*line_number < n[0] - (n[1] ? 1 : 0)) {
		rest = str_sub(patch->original, patch->at, patch->original.n);
		if (!rest.n)
			return patch_fail(patch, "a hunk behind the end");
		rest = take_line(&rest);
		buf_add(&patch->out, rest);
		patch->at += rest.n;
		++*line_number;
	}
	while (n[1] || n[3]) {
		struct str line = take_line(&patch->diff), body;
		char sign = line.n ? line.p[0] : 0;

		if (sign != ' ' && sign != '-' && sign != '+')
			return patch_fail(patch, "a line without a sign");
		body = str_sub(line, 1, line.n);
		if (str_starts(patch->diff, STR("\\ No newline"))) {
			take_line(&patch->diff);
			body.n--;
		}
		if (sign != '+') {
			rest = str_sub(patch->original, patch->at, patch->original.n);
			if (!n[1]-- || !str_eq(take_line(&rest), body))
				return patch_fail(patch, "a line that is not in the original");
			patch->at += body.n;
			++*line_number;
		}
		if (sign != '-') {
			if (!n[3]--)
				return patch_fail(patch, "more new lines than the hunk has");
			buf_add(&patch->out, body);
		}
	}
	return true;
}

static bool apply_diff(struct patch *patch)
{
	size_t line_number = 0;

	if (patch->diff.n &&
	    (!str_starts(take_line(&patch->diff), STR("--- ")) || !str_starts(take_line(&patch->diff), STR("+++ "))))
		return patch_fail(patch, "no header");
	while (patch->diff.n) {
		struct str line = take_line(&patch->diff);

		if (!str_starts(line, STR("@@ -")))
			return patch_fail(patch, "no hunk where one should begin");
		if (!apply_hunk(patch, line, &line_number))
			return false;
	}
	buf_add(&patch->out, str_sub(patch->original, patch->at, patch->original.n));
	return true;
}

static void check_diff(const struct source *source, struct str result)
{
	static const struct diff_options exact = { 0 }, terminal = { .colour = true, .visible = true };
	struct str original = { source->image.bytes, source->image.n };
	struct buf diff = BUF_INIT, shown = BUF_INIT;
	struct patch patch = { .original = original };
	struct splices splices;

	run_splices(source, &splices);
	fuzz_check_splices(original, &splices);
	diff_add(&diff, str_of(source->path), original, &splices, &exact);
	diff_add(&shown, str_of(source->path), original, &splices, &terminal);
	patch.diff = buf_str(&diff);
	if (!apply_diff(&patch) || !str_eq(buf_str(&patch.out), result)) {
		fuzz_show("original", original);
		fuzz_show("diff", buf_str(&diff));
		fuzz_check(false, "the diff does not apply: %s", patch.why ? patch.why : "it gives something else");
	}
	splices_free(&splices);
	buf_free(&diff);
	buf_free(&shown);
	buf_free(&patch.out);
}

/* ---- reports ---- */

static void check_reports(const struct run *run)
{
	struct summary_options options = { .colour = true, .verbose = true };
	struct check_options check = { .verbose = true };
	struct buf out = BUF_INIT;
	struct caveats caveats = { 0 };
	struct totals totals = { 0 };

	caveats_collect(run, &caveats);
	totals_count(run, &caveats, &totals);
	options.colour = false;
	summary_add(&out, run, &caveats, &options);
	summary_add_totals(&out, &totals, false);
	for (size_t i = 0; i < run->sources.n; i++)
		check_add(&out, run->sources.items[i], &check);
	/* Nothing of the input may reach a terminal as a command. */
	fuzz_check(!out.n || !memchr(out.p, 0x1b, out.n), "an escape in a report");
	caveats_free(&caveats);
	buf_free(&out);
}

/* ---- all of it ---- */

static void check_documents(const struct source *source, struct str original, struct str result)
{
	struct yaml_splitter one = yaml_splitter_init(original), two = yaml_splitter_init(result);
	struct yaml_span a, b;
	size_t bad;

	if (source->refused || source->template)
		fuzz_check(!source->changed && str_eq(original, result), "a file that was refused has changed");
	for (;;) {
		bool more = yaml_split_next(&one, &a, &bad);

		fuzz_check(more == yaml_split_next(&two, &b, &bad), "the number of documents has changed");
		if (!more)
			return;
	}
}

static void check_findings(const struct source *source)
{
	for (size_t i = 0; i < source->documents.n; i++) {
		const struct document *document = &source->documents.items[i];

		if (document->unproved) {
			struct buf result = BUF_INIT;

			fuzz_show("original", (struct str){ source->image.bytes, source->image.n });
			run_output(source, &result);
			fuzz_show("without what is not proved", buf_str(&result));
		}
		fuzz_check(!document->unproved, "document %zu: a change is not proved", i);
		for (size_t k = 0; k < document->findings.n; k++) {
			const struct finding *finding = &document->findings.items[k];

			fuzz_check(finding->at <= document->end - document->start, "a finding outside of its document");
			fuzz_check(finding->object < document->objects.n, "a finding of no object");
			fuzz_check(finding->text->status == FIX_CHANGED || finding->text->reason.n,
				   "left without a reason");
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input_split((struct str){ (const char *)data, size });
	struct run_options options = options_of(input.program);
	struct buf results[FILES_MAX] = { 0 };
	struct str files[FILES_MAX];
	uint64_t start = fuzz_clock();
	struct run run;
	size_t n;

	if (size > FUZZ_BYTES_MAX || fuzz_too_many(input.text))
		return -1;
	n = cut_files(input.text, files);
	hardened_emit_to(fuzz_emitted(), false);
	run_all(&run, &options, files, n);
	for (size_t i = 0; i < n; i++) {
		check_prefilters(files[i]);
		check_findings(run.sources.items[i]);
		run_output(run.sources.items[i], &results[i]);
		check_documents(run.sources.items[i], files[i], buf_str(&results[i]));
		check_diff(run.sources.items[i], buf_str(&results[i]));
		if (fuzz_emitted()) {
			meaning_frame_file(fuzz_emitted(), NULL, files[i]);
			meaning_frame_file(fuzz_emitted(), NULL, buf_str(&results[i]));
		}
	}
	check_reports(&run);
	run_free(&run);
	for (size_t i = 0; i < n; i++)
		files[i] = buf_str(&results[i]);
	run_all(&run, &options, files, n);
	for (size_t i = 0; i < n; i++) {
		struct buf again = BUF_INIT;

		run_output(run.sources.items[i], &again);
		if (!str_eq(buf_str(&again), files[i])) {
			fuzz_show("input", input.text);
			fuzz_show("once", files[i]);
			fuzz_show("twice", buf_str(&again));
			fuzz_check(false, "a second run changes something");
		}
		buf_free(&again);
	}
	run_free(&run);
	for (size_t i = 0; i < n; i++)
		buf_free(&results[i]);
	fuzz_check_time(start);
	return 0;
}
