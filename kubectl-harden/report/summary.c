/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Summary
 *
 * It answers, in this order: what happens to this file, what follows from it for the image, what remains for me to
 * do, and is that all. Lists are cut where they stop being read; -v has everything.
 */
#include "report/summary.h"

#include <stdlib.h>

#include "report/left.h"
#include "report/skipped.h"
#include "report/text.h"

enum { OBJECTS_SHOWN = 6, NOTES_SHOWN = 12 };

struct summary {
	struct buf *out;
	const struct run *run;
	const struct caveats *caveats;
	const struct summary_options *options;
	size_t next_caveat; /* groups come in the order of the sources */
};

static bool is_told(const struct run_object *object)
{
	return object->changes || object->left || object->declined;
}

static size_t limit(const struct summary *s, size_t n)
{
	return s->options->verbose ? SIZE_MAX : n;
}

static void add_more(struct buf *out, size_t n)
{
	if (n)
		buf_addf(out, " … and %zu more", n);
}

/* ---- a file ---- */

/* "shop/web.yaml: Deployment/web, Service/web: 10 changes, 1 left"; false where there is nothing to tell. */
static bool add_heading(struct summary *s, const struct source *source)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	size_t changes = 0, left = 0, declined = 0, shown = 0, hidden = 0;
	const char *separator = ": ";

	add_place_word(&line, source, &(struct position){ 0 });
	for (size_t i = 0; i < source->documents.n; i++) {
		for (size_t k = 0; k < source->documents.items[i].objects.n; k++) {
			const struct run_object *object = &source->documents.items[i].objects.items[k];

			changes += object->changes;
			left += object->left;
			declined += object->declined;
			if (!is_told(object) || source->live)
				continue;
			if (shown == limit(s, OBJECTS_SHOWN)) {
				hidden++;
				continue;
			}
			buf_addz(&line, shown++ ? ", " : ": ");
			add_object(&line, object);
		}
	}
	if (!changes && !left && !declined)
		return false;
	add_more(&line, hidden);
	if (changes) {
		buf_addz(&line, separator);
		text_count(&line, changes, "change");
		separator = ", ";
	}
	if (declined) {
		buf_addf(&line, "%s%zu left out", separator, declined);
		separator = ", ";
	}
	if (left)
		buf_addf(&line, "%s%zu left", separator, left);
	text_wrap(s->out, buf_str(&line), 4, TEXT_COLUMNS);
	return true;
}

/* Whether more than one object of the file has a note, so that each must say whose it is. */
static bool has_several_noted(const struct source *source)
{
	const struct run_object *seen = NULL;

	for (size_t i = 0; i < source->documents.n; i++) {
		const struct document *document = &source->documents.items[i];

		for (size_t k = 0; k < document->findings.n; k++) {
			const struct run_object *object = &document->objects.items[document->findings.items[k].object];

			if (!document->findings.items[k].text->note.n)
				continue;
			if (seen && seen != object)
				return true;
			seen = object;
		}
	}
	return false;
}

/* "  port 80 → 8080: container web, its PORT, 2 probes, Service/web"; @object where it must be said whose that is. */
static void add_note(struct buf *out, struct str note, const struct run_object *object)
{
	struct str text;

	while (str_cut(&note, '\n', &text)) {
		struct buf line CLEANUP(buf_free) = BUF_INIT;

		buf_addz(&line, "  ");
		if (object) {
			add_object(&line, object);
			buf_addz(&line, ": ");
		}
		text_escape(&line, text);
		text_wrap(out, buf_str(&line), 4, TEXT_COLUMNS);
	}
}

static void add_notes(struct summary *s, const struct source *source)
{
	bool several = has_several_noted(source);
	size_t shown = 0, hidden = 0;

	for (size_t i = 0; i < source->documents.n; i++) {
		const struct document *document = &source->documents.items[i];

		for (size_t k = 0; k < document->findings.n; k++) {
			const struct finding *finding = &document->findings.items[k];

			if (!finding->text->note.n || finding->text->status != FIX_CHANGED)
				continue;
			if (shown == limit(s, NOTES_SHOWN)) {
				hidden++;
				continue;
			}
			add_note(s->out, finding->text->note,
				 several ? &document->objects.items[finding->object] : NULL);
			shown++;
		}
	}
	if (hidden)
		buf_addf(s->out, "  … and %zu more ports; -v lists them\n", hidden);
}

static void add_caveats(struct summary *s, const struct source *source)
{
	for (; s->next_caveat < s->caveats->n; s->next_caveat++) {
		const struct caveat_group *group = &s->caveats->items[s->next_caveat];
		struct buf line CLEANUP(buf_free) = BUF_INIT;

		if (group->places.items[0].source != source)
			return;
		buf_addz(&line, "  ");
		look_word(&line, s->options->colour, LOOK_WARNING, "caveat:");
		buf_addc(&line, ' ');
		caveat_add(&line, group, s->options->verbose);
		text_wrap(s->out, buf_str(&line), 4, TEXT_COLUMNS);
	}
}

static void add_unproved(struct summary *s, const struct source *source)
{
	for (size_t i = 0; i < source->documents.n; i++) {
		const struct document *document = &source->documents.items[i];
		struct position at;
		struct buf line CLEANUP(buf_free) = BUF_INIT;

		if (!document->unproved)
			continue;
		at = run_position(source, document->start);
		buf_addz(&line, "  ");
		look_word(&line, s->options->colour, LOOK_ERROR, "bug:");
		buf_addc(&line, ' ');
		add_place_word(&line, source, &at);
		buf_addz(&line, ": a change of this document did not pass its own check and was not made. "
				"Please report it with the document.");
		text_wrap(s->out, buf_str(&line), 4, TEXT_COLUMNS);
	}
}

/* A directive is no part of the document that a person takes it for: that one begins at the next ---. */
static bool is_directive(const struct source *source, const struct document *document)
{
	size_t at = document->start + (size_t)document->refusal.at;

	return document->end < source->image.n && source->image.bytes[at] == '%';
}

void summary_refused(struct buf *out, const struct source *source, bool colour)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	if (source->refused && !source->template) {
		add_place_word(&line, source, &source->refused_at);
		buf_addz(&line, ": ");
		text_escape(&line, str_of(source->refused));
		buf_addz(&line, ". This file is left as it is.");
		text_wrap(out, buf_str(&line), 2, TEXT_COLUMNS);
	}
	for (size_t i = 0; i < source->documents.n; i++) {
		const struct document *document = &source->documents.items[i];
		struct position at;

		if (document->state != DOCUMENT_REFUSED)
			continue;
		at = run_position(source, document->start + document->refusal.at);
		line.n = 0;
		look_start(&line, colour, LOOK_WARNING);
		add_place_word(&line, source, &at);
		look_end(&line, colour);
		buf_addz(&line, ": ");
		add_refusal(&line, source, document);
		buf_addz(&line, is_directive(source, document) ? ". What stands before the next --- is left as it is."
							       : ". This document is left as it is.");
		text_wrap(out, buf_str(&line), 2, TEXT_COLUMNS);
	}
}

static void add_source(struct summary *s, const struct source *source)
{
	summary_refused(s->out, source, s->options->colour);
	if (!add_heading(s, source))
		return;
	add_notes(s, source);
	add_caveats(s, source);
	for (size_t i = 0; i < source->documents.n; i++)
		left_add(s->out, source, &source->documents.items[i], s->options->colour);
	add_unproved(s, source);
}

/* ---- what was passed over ---- */

/* Templates that are rendered together, or at least by the same program. */
struct templates {
	enum template_kind kind;
	const struct source *first;
	size_t n;
};

struct template_groups {
	struct templates *items;
	size_t n, cap;
};

static bool belongs(const struct templates *group, const struct source *source)
{
	return group->kind == source->template && str_eq(group->first->chart, source->chart);
}

static void templates_collect(const struct run *run, struct template_groups *groups)
{
	for (size_t i = 0; i < run->sources.n; i++) {
		const struct source *source = run->sources.items[i];
		size_t k = 0;

		if (!source->template)
			continue;
		while (k < groups->n && !belongs(&groups->items[k], source))
			k++;
		if (k == groups->n)
			VEC_PUSH(groups, (struct templates){ source->template, source, 0 });
		groups->items[k].n++;
	}
}

/* " (and 11 more)", or with all of their names. */
static void add_more_templates(struct buf *out, const struct run *run, const struct templates *group, bool verbose)
{
	const char *separator = " (and ";

	if (group->n < 2)
		return;
	if (!verbose) {
		buf_addf(out, " (and %zu more)", group->n - 1);
		return;
	}
	for (size_t i = 0; i < run->sources.n; i++) {
		const struct source *source = run->sources.items[i];

		if (!source->template || source == group->first || !belongs(group, source))
			continue;
		buf_addz(out, separator);
		text_escape(out, source_name(source));
		separator = ", ";
	}
	buf_addc(out, ')');
}

static void add_templates(struct buf *out, const struct run *run, const struct templates *group, bool verbose)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	struct position at = { .line = group->first->refused_at.line };
	struct str chart = group->first->chart;
	bool helm = group->kind == TEMPLATE_HELM || (group->kind == TEMPLATE_OTHER && chart.n);

	add_place_word(&line, group->first, &at);
	buf_addz(&line, ": ");
	buf_addz(&line, template_words(group->kind));
	add_more_templates(&line, run, group, verbose);
	buf_addz(&line, helm ? ". Render it first:"
			     : ". Render it first, and pipe what comes out into kubectl harden diff -f -.");
	text_wrap(out, buf_str(&line), 2, TEXT_COLUMNS);
	if (!helm)
		return;
	buf_addz(out, "  helm template RELEASE ");
	text_escape(out, chart.n ? chart : STR("CHART"));
	buf_addz(out, " | kubectl harden diff -f -\n");
}

struct note_row {
	struct str note;
	const struct source *source;
	const struct run_object *object;
	size_t n;
};

enum { NOTE_KINDS_MAX = 16 };

static void note_object(struct note_row *rows, size_t *n, const struct source *source, const struct run_object *object)
{
	for (size_t i = 0; i < *n; i++) {
		if (str_eq(rows[i].note, object->note)) {
			rows[i].n++;
			return;
		}
	}
	if (*n < NOTE_KINDS_MAX)
		rows[(*n)++] = (struct note_row){ object->note, source, object, 1 };
}

static void add_note_row(struct buf *out, const struct note_row *row)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	add_place_word(&line, row->source, &(struct position){ 0 });
	if (!row->source->live) {
		buf_addz(&line, ": ");
		add_object(&line, row->object);
	}
	if (row->n > 1)
		buf_addf(&line, " (and %zu more; -v lists them)", row->n - 1);
	buf_addz(&line, row->object->looked_at ? ": " : ": passed over: ");
	text_escape(&line, row->note);
	buf_addc(&line, '.');
	text_wrap(out, buf_str(&line), 2, TEXT_COLUMNS);
}

static void add_object_notes(struct buf *out, const struct run *run, bool verbose)
{
	struct note_row rows[NOTE_KINDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < run->sources.n; i++) {
		const struct source *source = run->sources.items[i];

		for (size_t k = 0; k < source->documents.n && !source->context; k++) {
			for (size_t o = 0; o < source->documents.items[k].objects.n; o++) {
				const struct run_object *object = &source->documents.items[k].objects.items[o];
				struct note_row row = { object->note, source, object, 1 };

				if (!object->note.n)
					continue;
				if (verbose)
					add_note_row(out, &row);
				else
					note_object(rows, &n, source, object);
			}
		}
	}
	for (size_t i = 0; i < n; i++)
		add_note_row(out, &rows[i]);
}

void summary_passed_over(struct buf *out, const struct run *run, bool verbose)
{
	struct template_groups groups = { 0 };

	templates_collect(run, &groups);
	for (size_t i = 0; i < groups.n; i++)
		add_templates(out, run, &groups.items[i], verbose);
	free(groups.items);
	add_object_notes(out, run, verbose);
	skipped_add(out, run, verbose);
}

/* ---- the last line ---- */

/* "3 of 14 files changed"; "1 file would change" */
static void add_files(struct buf *out, const struct totals *totals, bool past)
{
	const char *verb = past ? "changed" : "would change";

	if (!totals->changed) {
		totals_add_files(out, totals);
		buf_addz(out, totals->declined || totals->tried ? ", nothing changed"
			      : totals->files			? ", nothing to change"
								: "");
	} else if (totals->changed == totals->files) {
		text_count(out, totals->files, totals_unit(totals));
		buf_addf(out, " %s", verb);
	} else {
		buf_addf(out, "%zu of %zu %ss %s", totals->changed, totals->files, totals_unit(totals), verb);
	}
}

void summary_add_totals(struct buf *out, const struct totals *totals, bool past)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	const char *separator = ": ";

	if (!totals_any(totals))
		return;
	add_files(&line, totals, past);
	if (totals->changes) {
		buf_addz(&line, separator);
		text_count(&line, totals->changes, "change");
		separator = ", ";
	}
	if (totals->caveats) {
		buf_addz(&line, separator);
		text_count(&line, totals->caveats, "caveat");
		separator = ", ";
	}
	if (totals->declined) {
		buf_addz(&line, separator);
		text_count(&line, totals->declined, "change");
		buf_addz(&line, " left out");
		separator = ", ";
	}
	if (totals->left) {
		buf_addz(&line, separator);
		text_count(&line, totals->left, "finding");
		buf_addz(&line, " left");
		separator = ", ";
	}
	if (totals->refused) {
		buf_addz(&line, separator);
		text_count(&line, totals->refused, "document");
		buf_addz(&line, totals->refused == 1 ? " left as it is" : " left as they are");
		separator = ", ";
	}
	if (totals->skipped)
		buf_addf(&line, "%s%zu skipped by annotations", separator, totals->skipped);
	totals_add_templates(&line, totals);
	buf_addc(&line, '.');
	text_wrap(out, buf_str(&line), 2, TEXT_COLUMNS);
}

void summary_add(struct buf *out, const struct run *run, const struct caveats *caveats,
		 const struct summary_options *options)
{
	struct summary s = { .out = out, .run = run, .caveats = caveats, .options = options };
	struct buf advice CLEANUP(buf_free) = BUF_INIT;

	for (size_t i = 0; i < run->sources.n; i++)
		add_source(&s, run->sources.items[i]);
	summary_passed_over(out, run, options->verbose);
	caveats_advice(&advice, caveats);
	if (advice.n)
		text_wrap(out, buf_str(&advice), 2, TEXT_COLUMNS);
}
