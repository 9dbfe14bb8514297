/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Question
 *
 * Who decides about a change must see what is wrong and what it may cost; the diff says the rest. The same is said once,
 * and no more than can be read before the diff.
 */
#include "report/question.h"

#include "report/caveats.h"
#include "report/text.h"
#include "report/totals.h"

enum { NAMES_SHOWN = 6, LINES_SHOWN = 8 };

/* Lines that were said, and how many were not. */
struct lines {
	struct buf items[LINES_SHOWN];
	size_t n, hidden;
};

void question_number(struct buf *out, const struct review *review, size_t unit)
{
	buf_addf(out, "(%zu/%zu)", unit + 1, review->units.n);
}

static bool is_same_object(const struct review_part *a, const struct review_part *b)
{
	return a->document == b->document && a->object == b->object;
}

/* Whether an earlier part of what is asked for is of the same object, or by the same fixer. */
static bool is_named(const struct review *review, size_t i, bool object)
{
	const struct review_part *part = review_part(review, i);

	for (size_t k = 0; k < i && k <= NAMES_SHOWN; k++) {
		const struct review_part *other = review_part(review, k);

		if (object ? is_same_object(part, other) : part->fixer == other->fixer)
			return true;
	}
	return false;
}

/* "Deployment/web, Service/web: unprivileged-ports" */
static void add_names(struct buf *out, const struct review *review)
{
	const struct review_part *part;
	size_t shown = 0, hidden = 0;

	for (size_t i = 0; (part = review_part(review, i)); i++) {
		if (is_named(review, i, true))
			continue;
		if (shown == NAMES_SHOWN) {
			hidden++;
			continue;
		}
		buf_addz(out, shown++ ? ", " : " ");
		add_object(out, &part->document->objects.items[part->object]);
	}
	if (hidden)
		buf_addf(out, " … and %zu more", hidden);
	shown = 0;
	for (size_t i = 0; (part = review_part(review, i)); i++)
		if (!is_named(review, i, false))
			buf_addf(out, "%s%s", shown++ ? ", " : ": ", part->fixer->name);
}

/* @line is escaped; it becomes the lines' if it is told. */
static void add_line(struct buf *out, struct lines *lines, const char *word, struct buf *line, bool colour)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	for (size_t i = 0; i < lines->n; i++)
		if (str_eq(buf_str(&lines->items[i]), buf_str(line)))
			return;
	if (!line->n)
		return;
	if (lines->n == LINES_SHOWN) {
		lines->hidden++;
		return;
	}
	buf_addz(&text, "  ");
	if (*word) {
		look_word(&text, colour, LOOK_WARNING, word);
		buf_addc(&text, ' ');
	}
	buf_add(&text, buf_str(line));
	text_wrap(out, buf_str(&text), 4, TEXT_COLUMNS);
	lines->items[lines->n++] = *line;
	*line = BUF_INIT;
}

static void add_part(struct buf *out, struct lines *lines, const struct review_part *part, bool caveats, bool colour)
{
	for (size_t i = 0; i < part->document->findings.n; i++) {
		const struct finding *finding = &part->document->findings.items[i];
		struct buf line CLEANUP(buf_free) = BUF_INIT;

		if (finding->object != part->object || finding->text->fixer != part->fixer ||
		    finding->text->status != FIX_CHANGED)
			continue;
		if (caveats)
			caveat_add_finding(&line, finding);
		else
			text_escape(&line, finding->text->message);
		add_line(out, lines, caveats ? "caveat:" : "", &line, colour);
	}
}

static void add_parts(struct buf *out, const struct review *review, bool caveats, bool colour)
{
	struct lines lines = { 0 };
	const struct review_part *part;

	for (size_t i = 0; (part = review_part(review, i)); i++)
		add_part(out, &lines, part, caveats, colour);
	if (lines.hidden)
		buf_addf(out, "  … and %zu more\n", lines.hidden);
	for (size_t i = 0; i < lines.n; i++)
		buf_free(&lines.items[i]);
}

void question_add(struct buf *out, const struct review *review, bool colour)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	look_start(&line, colour, LOOK_BOLD);
	question_number(&line, review, review->at);
	add_names(&line, review);
	look_end(&line, colour);
	text_wrap(out, buf_str(&line), 4, TEXT_COLUMNS);
	add_parts(out, review, false, colour);
	add_parts(out, review, true, colour);
}

void question_lost(struct buf *out, const struct review *review, size_t from, bool colour)
{
	for (size_t i = from; i < review->at && i < review->units.n; i++) {
		struct buf line CLEANUP(buf_free) = BUF_INIT;
		const struct review_part *part;

		if (review->units.items[i].state != REVIEW_LOST)
			continue;
		part = review_first(review, i);
		look_start(&line, colour, LOOK_BOLD);
		question_number(&line, review, i);
		buf_addc(&line, ' ');
		add_object(&line, &part->document->objects.items[part->object]);
		buf_addf(&line, ": %s", part->fixer->name);
		look_end(&line, colour);
		buf_addz(&line, ": left out, for it needs what was left out.");
		text_wrap(out, buf_str(&line), 4, TEXT_COLUMNS);
	}
}
