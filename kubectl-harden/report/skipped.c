/* SPDX-License-Identifier: Apache-2.0 */
#include "report/skipped.h"

#include "fixers/skip.h"
#include "report/text.h"

struct walk {
	void (*visit)(const struct skipped_item *item, void *data);
	void *data;
	struct buf message;
};

static void give(struct walk *walk, struct skipped_item *item, struct str message)
{
	walk->message.n = 0;
	text_escape(&walk->message, message);
	item->message = buf_str(&walk->message);
	walk->visit(item, walk->data);
}

static void give_warnings(struct walk *walk, const struct source *source, const struct document *document)
{
	for (size_t i = 0; i < document->warnings.n; i++) {
		const struct skip_warning *warning = &document->warnings.items[i];
		struct skipped_item item = {
			.source = source,
			.document = document,
			.object = &document->objects.items[warning->object],
			.at = run_position(source, document->start + warning->at),
			.label = warning->label,
		};

		give(walk, &item, warning->message);
	}
}

static void give_skipped(struct walk *walk, const struct source *source, const struct document *document)
{
	for (size_t i = 0; i < document->skipped.n; i++) {
		const struct skipped *skipped = &document->skipped.items[i];
		struct skipped_item item = {
			.source = source,
			.document = document,
			.object = &document->objects.items[skipped->object],
			.entry = run_position(source, document->start + skipped->entry_at),
			.at = run_position(source, document->start + skipped->at),
			.skipped = skipped,
		};

		give(walk, &item, skipped->finding ? skipped->finding->message : STR_NONE);
	}
}

void skipped_each(const struct run *run, bool warnings, void (*visit)(const struct skipped_item *item, void *data),
		  void *data)
{
	struct walk walk = { .visit = visit, .data = data };

	for (size_t i = 0; i < run->sources.n; i++) {
		const struct source *source = run->sources.items[i];

		for (size_t k = 0; k < source->documents.n && !source->context; k++) {
			if (warnings)
				give_warnings(&walk, source, &source->documents.items[k]);
			else
				give_skipped(&walk, source, &source->documents.items[k]);
		}
	}
	buf_free(&walk.message);
}

bool skipped_any(const struct run *run, bool warnings)
{
	for (size_t i = 0; i < run->sources.n; i++)
		for (size_t k = 0; k < run->sources.items[i]->documents.n && !run->sources.items[i]->context; k++) {
			const struct document *document = &run->sources.items[i]->documents.items[k];

			if (warnings ? document->warnings.n : document->skipped.n)
				return true;
		}
	return false;
}

size_t skipped_count(const struct document *document)
{
	size_t n = 0;

	for (size_t i = 0; i < document->skipped.n; i++)
		n += document->skipped.items[i].finding != NULL;
	return n;
}

/* ---- for people ---- */

static void add_warning(const struct skipped_item *item, void *data)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	add_place_word(&line, item->source, &item->at);
	buf_addz(&line, ": warning: ");
	buf_add(&line, item->message);
	buf_addz(&line, item->label ? "." : ". Nothing is skipped for it.");
	text_wrap(data, buf_str(&line), 2, TEXT_COLUMNS);
}

static void add_skipped(const struct skipped_item *item, void *data)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	add_place_word(&line, item->source, &item->at);
	buf_addf(&line, ": skipped: %s: ", item->skipped->fixer->name);
	if (item->source->printed) {
		add_object(&line, item->object);
		buf_addz(&line, ": ");
	}
	if (item->message.n)
		buf_add(&line, item->message);
	else
		buf_addz(&line, "nothing to hide");
	buf_addz(&line, " (" SKIP_ANNOTATION ": ");
	text_escape(&line, item->skipped->entry);
	if (item->message.n && !item->source->live)
		buf_addf(&line, ", at %u:%u", item->entry.line, item->entry.column);
	buf_addz(&line, ")");
	text_wrap(data, buf_str(&line), 2, TEXT_COLUMNS);
}

void skipped_add(struct buf *out, const struct run *run, bool verbose)
{
	skipped_each(run, true, add_warning, out);
	if (verbose)
		skipped_each(run, false, add_skipped, out);
}
