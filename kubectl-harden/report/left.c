/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Left
 *
 * A container that stays root breaks four rules for one reason. Said four times, the reason drowns what else is
 * there; so findings of one object with the same reason become one line that names the rules.
 */
#include "report/left.h"

#include <stdlib.h>

#include "report/text.h"
#include "report/totals.h"

struct row {
	const struct finding *finding;
	size_t index;
	size_t group; /* rows from here on that are told with it: 0 if it is told with another */
};

static int reason_order(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	int order;

	if (a->finding->object != b->finding->object)
		return a->finding->object < b->finding->object ? -1 : 1;
	order = str_cmp(a->finding->text->reason, b->finding->text->reason);
	if (order)
		return order;
	if (a->finding->at != b->finding->at)
		return a->finding->at < b->finding->at ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* Rows are joined if no rule is named twice: two volumes are two problems, whatever the reason. */
static bool can_join(const struct row *rows, size_t n)
{
	uint64_t seen = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t bit = (uint64_t)1 << fixer_index(rows[i].finding->text->fixer);

		if (!rows[i].finding->text->reason.n || seen & bit)
			return false;
		seen |= bit;
	}
	return n > 1;
}

static void group(struct row *rows, size_t n)
{
	for (size_t i = 0, end; i < n; i = end) {
		bool join;

		for (end = i + 1; end < n; end++)
			if (rows[end].finding->object != rows[i].finding->object ||
			    !str_eq(rows[end].finding->text->reason, rows[i].finding->text->reason))
				break;
		join = can_join(rows + i, end - i);
		for (size_t k = i; k < end; k++)
			rows[k].group = !join ? 1 : k == i ? end - i : 0;
	}
}

/* Appends @s with a capital, if it begins with a plain word: `runAsUser` and `--also` are names. */
static void add_capitalized(struct buf *out, struct str s)
{
	size_t at = out->n, n = 0;

	while (n < s.n && s.p[n] >= 'a' && s.p[n] <= 'z')
		n++;
	text_escape(out, s);
	if (n && (n == s.n || strchr(" ,;.'", s.p[n])))
		out->p[at] = (char)(out->p[at] - ('a' - 'A'));
}

/* "Message. Reason." */
static void add_sentence(struct buf *out, const struct finding *finding)
{
	text_escape(out, finding->text->message);
	text_stop(out);
	if (!finding->text->reason.n)
		return;
	buf_addc(out, ' ');
	add_capitalized(out, finding->text->reason);
	text_stop(out);
}

static void add_group(struct buf *out, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s%s", i ? ", " : "", rows[i].finding->text->fixer->name);
	buf_addz(out, ": ");
	text_escape(out, rows[0].finding->text->reason);
	text_stop(out);
}

static int place_order(const void *left, const void *right)
{
	const struct row *const *a = left, *const *b = right;

	if ((*a)->finding->at != (*b)->finding->at)
		return (*a)->finding->at < (*b)->finding->at ? -1 : 1;
	return ((*a)->index > (*b)->index) - ((*a)->index < (*b)->index);
}

static void add_row(struct buf *out, const struct source *source, const struct document *document,
		    const struct row *row, bool colour)
{
	struct position at = run_position(source, document->start + row->finding->at);
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	buf_addz(&text, "  ");
	look_word(&text, colour, LOOK_WARNING, "left:");
	buf_addc(&text, ' ');
	add_place_word(&text, source, &at);
	buf_addz(&text, ": ");
	if (source->printed) {
		add_object(&text, &document->objects.items[row->finding->object]);
		buf_addz(&text, ": ");
	}
	if (row->group > 1)
		add_group(&text, row, row->group);
	else
		add_sentence(&text, row->finding);
	text_wrap(out, buf_str(&text), 4, TEXT_COLUMNS);
}

/* Who left something out knows it. */
static bool is_told(const struct finding *finding)
{
	return finding->text->status == FIX_LEFT && !finding->text->declined;
}

void left_add(struct buf *out, const struct source *source, const struct document *document, bool colour)
{
	struct row *rows;
	const struct row **shown;
	size_t n = 0, shown_n = 0;

	for (size_t i = 0; i < document->findings.n; i++)
		n += is_told(&document->findings.items[i]);
	if (!n)
		return;
	rows = xrealloc_array(NULL, n, sizeof(*rows));
	shown = xrealloc_array(NULL, n, sizeof(*shown));
	n = 0;
	for (size_t i = 0; i < document->findings.n; i++)
		if (is_told(&document->findings.items[i]))
			rows[n++] = (struct row){ .finding = &document->findings.items[i], .index = i };
	qsort(rows, n, sizeof(*rows), reason_order);
	group(rows, n);
	for (size_t i = 0; i < n; i++)
		if (rows[i].group)
			shown[shown_n++] = &rows[i];
	qsort(shown, shown_n, sizeof(*shown), place_order);
	for (size_t i = 0; i < shown_n; i++)
		add_row(out, source, document, shown[i], colour);
	free(shown);
	free(rows);
}
