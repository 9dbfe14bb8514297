/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Check
 *
 * A line stands alone: it names its file, so that grep, an editor and a log can use it without those around it.
 * A document that could not be read is a finding, too: a check that looked at nothing must not pass.
 */
#include "report/check.h"

#include <stdlib.h>

#include "engine/trace.h"
#include "report/text.h"

static void add_finding(struct buf *out, const struct source *source, const struct document *document,
			const struct finding *finding, const struct check_options *options)
{
	struct position at = run_position(source, document->start + finding->at);

	add_place(out, source, &at);
	buf_addf(out, ": %s: ", finding->text->fixer->name);
	if (source->printed) {
		add_object(out, &document->objects.items[finding->object]);
		buf_addz(out, ": ");
	}
	text_escape(out, finding->text->message);
	if (finding->text->status == FIX_CHANGED) {
		buf_addz(out, "  ");
		look_word(out, options->colour, LOOK_ADDED, "[fixable]");
	} else if (options->verbose && finding->text->reason.n) {
		buf_addz(out, "  (");
		text_escape(out, finding->text->reason);
		buf_addc(out, ')');
	}
	buf_addc(out, '\n');
}

static void add_refused(struct buf *out, const struct source *source, const struct document *document)
{
	struct position at = run_position(source, document->start + document->refusal.at);

	add_place(out, source, &at);
	buf_addz(out, ": not-checked: ");
	add_refusal(out, source, document);
	buf_addc(out, '\n');
}

static bool is_known(const struct document *document, uint32_t index)
{
	return document->trace && document->trace->findings[index].known;
}

static void add_document(struct buf *out, const struct source *source, const struct document *document,
			 const struct check_options *options)
{
	uint32_t *order = trace_order(document);

	if (document->state == DOCUMENT_REFUSED && !document->known)
		add_refused(out, source, document);
	for (size_t i = 0; i < document->findings.n; i++) {
		if (!is_known(document, order[i]))
			add_finding(out, source, document, &document->findings.items[order[i]], options);
		if (options->relax)
			options->relax(options->data);
	}
	free(order);
}

void check_add(struct buf *out, const struct source *source, const struct check_options *options)
{
	if (source->refused && !source->template && !source->known) {
		add_place(out, source, &source->refused_at);
		buf_addz(out, ": not-checked: ");
		text_escape(out, str_of(source->refused));
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < source->documents.n; i++)
		add_document(out, source, &source->documents.items[i], options);
}

void check_add_total(struct buf *out, const struct totals *totals)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	if (!totals_any(totals))
		return;
	totals_add_files(&line, totals);
	if (totals->files) {
		buf_addz(&line, ", ");
		if (totals->findings)
			text_count(&line, totals->findings, "finding");
		else
			buf_addz(&line, totals->known ? "no new findings" : "no findings");
	}
	if (totals->changes)
		buf_addf(&line, " (%zu fixable with kubectl harden fix)", totals->changes);
	if (totals->refused) {
		buf_addz(&line, ", ");
		text_count(&line, totals->refused, "document");
		buf_addz(&line, " not checked");
	}
	if (totals->skipped)
		buf_addf(&line, ", %zu skipped by annotations", totals->skipped);
	if (totals->known)
		buf_addf(&line, ", %zu known from the baseline", totals->known);
	totals_add_templates(&line, totals);
	buf_addc(&line, '.');
	text_wrap(out, buf_str(&line), 2, TEXT_COLUMNS);
}

/* ---- names of checks ---- */

static bool is_same_check(const struct finding_text *text, const char *check)
{
	return text && text->check && !strcmp(text->check, check);
}

static bool is_repeated(const struct document *document, size_t index)
{
	const struct finding *finding = &document->findings.items[index];

	/* Those of one object stand together. */
	for (size_t i = index; i-- > 0 && document->findings.items[i].object == finding->object;)
		if (is_same_check(document->findings.items[i].text, finding->text->check))
			return true;
	return false;
}

/* For each object where its findings begin; the caller frees it. */
static size_t *first_findings(const struct document *document)
{
	size_t *first = xrealloc_array(NULL, document->objects.n, sizeof(*first));

	for (size_t i = 0; i < document->objects.n; i++)
		first[i] = document->findings.n;
	for (size_t i = document->findings.n; i-- > 0;)
		first[document->findings.items[i].object] = i;
	return first;
}

/* @first: where the findings of its object begin. */
static bool is_repeated_skipped(const struct document *document, size_t index, size_t first)
{
	const struct skipped *skipped = &document->skipped.items[index];

	for (size_t i = first; i < document->findings.n && document->findings.items[i].object == skipped->object; i++)
		if (is_same_check(document->findings.items[i].text, skipped->finding->check))
			return true;
	for (size_t i = index; i-- > 0 && document->skipped.items[i].object == skipped->object;)
		if (is_same_check(document->skipped.items[i].finding, skipped->finding->check))
			return true;
	return false;
}

/* What was not looked at says so, with a reason in parentheses in place of the check. */
static void add_passed_over(struct buf *out, const struct source *source, int document, int item, const char *why)
{
	text_escape(out, source_name(source));
	buf_addf(out, "\t%d\t%d\t-\t(%s)\n", document, item, why);
}

static void add_name(struct buf *out, const struct source *source, const struct document *document, unsigned index,
		     const char *check)
{
	const struct run_object *object = &document->objects.items[index];

	text_escape(out, source_name(source));
	buf_addf(out, "\t%u\t%d\t", document->index, object->item);
	add_identity(out, object);
	buf_addf(out, "\t%s\n", check);
}

/* What an annotation hides fails all the same. */
static void add_skipped_names(struct buf *out, const struct source *source, const struct document *document)
{
	size_t *first;

	if (!document->skipped.n)
		return;
	first = first_findings(document);
	for (size_t i = 0; i < document->skipped.n; i++) {
		const struct skipped *skipped = &document->skipped.items[i];

		if (skipped->finding && skipped->finding->check &&
		    !is_repeated_skipped(document, i, first[skipped->object]))
			add_name(out, source, document, skipped->object, skipped->finding->check);
	}
	free(first);
}

static void add_names(struct buf *out, const struct source *source, const struct document *document)
{
	if (document->state == DOCUMENT_REFUSED)
		add_passed_over(out, source, (int)document->index, -1, "refused");
	for (size_t i = 0; i < document->objects.n; i++) {
		const struct run_object *object = &document->objects.items[i];

		if (object->partial || object->note.n)
			add_passed_over(out, source, (int)document->index, object->item,
					object->partial ? "partial" : "note");
	}
	for (size_t k = 0; k < document->findings.n; k++) {
		const struct finding *finding = &document->findings.items[k];

		if (finding->text->check && !is_repeated(document, k))
			add_name(out, source, document, finding->object, finding->text->check);
	}
	add_skipped_names(out, source, document);
}

void check_add_names(struct buf *out, const struct source *source)
{
	if (source->template || source->refused)
		add_passed_over(out, source, -1, -1, source->template ? "template" : "refused");
	for (size_t i = 0; i < source->documents.n; i++)
		add_names(out, source, &source->documents.items[i]);
}
