/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit: a suite for each file, a failed test case for each finding and a passed one for each object without any; so it
 * is seen that a file was checked. What is known from a baseline counts as skipped.
 *
 * A suite begins with its counts, so what was found is walked twice.
 */
#include <stdlib.h>

#include "report/item.h"
#include "report/machine.h"
#include "report/text.h"

struct counts {
	size_t tests, failures, skipped;
};

struct junit {
	const struct machine *machine;
	struct counts *counts; /* by source */
	struct counts all;
	size_t source; /* of the next item, at least */
};

/* ---- XML ---- */

/* XML has no way to say a control character; shown as an escape, as everywhere, it is none. */
static void add_xml(struct buf *out, struct str text)
{
	struct buf plain CLEANUP(buf_free) = BUF_INIT;

	text_escape(&plain, text);
	for (size_t i = 0; i < plain.n; i++) {
		switch (plain.p[i]) {
		case '&':
			buf_addz(out, "&amp;");
			break;
		case '<':
			buf_addz(out, "&lt;");
			break;
		case '>':
			buf_addz(out, "&gt;");
			break;
		case '"':
			buf_addz(out, "&quot;");
			break;
		default:
			buf_addc(out, plain.p[i]);
		}
	}
}

static void add_attribute(struct buf *out, const char *name, struct str value)
{
	buf_addf(out, " %s=\"", name);
	add_xml(out, value);
	buf_addc(out, '"');
}

static void add_counts(struct buf *out, const struct counts *counts)
{
	buf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\"", counts->tests, counts->failures,
		 counts->skipped);
}

/* ---- counting ---- */

static bool is_skipped(const struct item *item)
{
	return *item->known || item->kind == ITEM_NOTE;
}

static void count(const struct item *item, void *data)
{
	struct junit *junit = data;
	struct counts *counts;

	while (junit->machine->run->sources.items[junit->source] != item->source)
		junit->source++;
	counts = &junit->counts[junit->source];
	counts->tests++;
	counts->failures += !is_skipped(item);
	counts->skipped += is_skipped(item);
}

static bool has_passed(const struct run_object *object)
{
	return !object->changes && !object->left && !object->note.n;
}

/* Objects without findings; and where a file would have no test case at all, one for the file. */
static void count_passed(struct junit *junit, size_t i)
{
	const struct source *source = junit->machine->run->sources.items[i];
	struct counts *counts = &junit->counts[i];

	for (size_t k = 0; source_is_told(source) && k < source->documents.n; k++)
		for (size_t o = 0; o < source->documents.items[k].objects.n; o++)
			counts->tests += has_passed(&source->documents.items[k].objects.items[o]);
	if (!counts->tests && source_holds_manifests(source))
		counts->tests = 1;
	junit->all.tests += counts->tests;
	junit->all.failures += counts->failures;
	junit->all.skipped += counts->skipped;
}

static void count_all(struct junit *junit)
{
	items_each(junit->machine->run, count, junit);
	for (size_t i = 0; i < junit->machine->run->sources.n; i++)
		count_passed(junit, i);
	junit->source = 0;
}

/* ---- suites ---- */

static void begin_case(struct buf *out, const struct source *source, struct str name)
{
	buf_addz(out, "    <testcase");
	add_attribute(out, "name", name);
	add_attribute(out, "classname", source_name(source));
	add_attribute(out, "file", source_name(source));
}

static void add_passed(struct junit *junit, const struct source *source)
{
	struct buf *out = junit->machine->out, name CLEANUP(buf_free) = BUF_INIT;
	size_t passed = 0;

	for (size_t k = 0; k < source->documents.n; k++) {
		for (size_t o = 0; o < source->documents.items[k].objects.n; o++) {
			const struct run_object *object = &source->documents.items[k].objects.items[o];

			if (!has_passed(object))
				continue;
			name.n = 0;
			add_object(&name, object);
			begin_case(out, source, buf_str(&name));
			buf_addz(out, "/>\n");
			passed++;
		}
		machine_relax(junit->machine);
	}
	if (passed || junit->counts[junit->source].failures || junit->counts[junit->source].skipped)
		return;
	begin_case(out, source, STR("nothing to check"));
	buf_addz(out, "/>\n");
}

static void begin_suite(struct junit *junit)
{
	const struct source *source = junit->machine->run->sources.items[junit->source];
	struct buf *out = junit->machine->out;

	if (!junit->counts[junit->source].tests)
		return;
	buf_addz(out, "  <testsuite");
	add_attribute(out, "name", source_name(source));
	add_counts(out, &junit->counts[junit->source]);
	buf_addz(out, ">\n");
	add_passed(junit, source);
}

/* Ends the suite at hand and begins the next one, if there are such. */
static void next_suite(struct junit *junit)
{
	if (junit->counts[junit->source].tests)
		buf_addz(junit->machine->out, "  </testsuite>\n");
	if (++junit->source < junit->machine->run->sources.n)
		begin_suite(junit);
}

static void add_result(struct buf *out, const struct item *item, struct str text)
{
	buf_addz(out, ">\n      ");
	if (is_skipped(item)) {
		buf_addz(out, "<skipped");
		add_attribute(out, "message", *item->known ? STR("in the baseline") : item->message);
		buf_addz(out, "/>\n    </testcase>\n");
		return;
	}
	buf_addz(out, "<failure");
	add_attribute(out, "message", item->message);
	add_attribute(out, "type", str_of(item_severity(item->severity)));
	buf_addc(out, '>');
	add_xml(out, text);
	buf_addz(out, "</failure>\n    </testcase>\n");
}

static void add_item(const struct item *item, void *data)
{
	struct junit *junit = data;
	struct buf *out = junit->machine->out, text CLEANUP(buf_free) = BUF_INIT;

	while (junit->machine->run->sources.items[junit->source] != item->source)
		next_suite(junit);
	buf_addz(&text, item_rule(item));
	if (item->object) {
		buf_addz(&text, ": ");
		buf_add(&text, item->object->kind);
		buf_addc(&text, '/');
		buf_add(&text, item->object->name);
	}
	if (item->path.n) {
		buf_addc(&text, ' ');
		buf_add(&text, item->path);
	}
	begin_case(out, item->source, buf_str(&text));
	if (item->at.line)
		buf_addf(out, " line=\"%u\"", item->at.line);
	text.n = 0;
	add_place(&text, item->source, &item->at);
	buf_addz(&text, ": ");
	item_sentence(&text, item);
	add_result(out, item, buf_str(&text));
	machine_relax(junit->machine);
}

void machine_junit(const struct machine *machine)
{
	size_t n = machine->run->sources.n;
	struct junit junit = { .machine = machine };

	junit.counts = memset(xmalloc((n + 1) * sizeof(*junit.counts)), 0, (n + 1) * sizeof(*junit.counts));
	count_all(&junit);
	buf_addz(machine->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kubectl-harden\"");
	add_counts(machine->out, &junit.all);
	buf_addz(machine->out, ">\n");
	if (n)
		begin_suite(&junit);
	items_each(machine->run, add_item, &junit);
	while (junit.source < n)
		next_suite(&junit);
	buf_addz(machine->out, "</testsuites>\n");
	free(junit.counts);
}
