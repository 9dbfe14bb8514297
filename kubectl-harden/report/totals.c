/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Totals
 *
 * A folder of manifests also holds values, pipelines and kustomizations; only what could be sent to Kubernetes is
 * counted as a file, so that "14 files, nothing to change" is a statement about manifests.
 */
#include "report/totals.h"

#include "engine/trace.h"
#include "report/skipped.h"
#include "report/text.h"

static struct str bytes_of(const struct source *source)
{
	return (struct str){ source->image.bytes, source->image.n };
}

bool source_is_told(const struct source *source)
{
	return !source->context || source->changed;
}

bool source_holds_manifests(const struct source *source)
{
	return source_is_told(source) && !source->template &&
	       (source->documents.n || source->refused || source->holds_objects);
}

static void count_one(size_t *number, bool known, struct totals *totals)
{
	++*(known ? &totals->known : number);
}

static void count_document(const struct document *document, struct totals *totals)
{
	totals->skipped += skipped_count(document);
	if (document->state == DOCUMENT_REFUSED)
		count_one(&totals->refused, document->known, totals);
	for (size_t i = 0; i < document->findings.n; i++) {
		const struct finding *finding = &document->findings.items[i];
		bool left = finding->text->status == FIX_LEFT;

		if (document->trace && document->trace->findings[i].known) {
			totals->known++;
			continue;
		}
		totals->findings++;
		totals->left += left && !finding->text->declined;
		totals->declined += finding->text->declined;
		totals->changes += !left;
		totals->violations += finding->text->check != NULL;
		totals->violations_left += finding->text->check != NULL && left;
	}
}

void totals_count(const struct run *run, const struct caveats *caveats, struct totals *ret)
{
	*ret = (struct totals){ .caveats = caveats ? caveats->n : 0 };
	for (size_t i = 0; i < run->sources.n; i++) {
		const struct source *source = run->sources.items[i];

		ret->live |= source->live;
		if (!source_is_told(source))
			continue;
		ret->files += source_holds_manifests(source);
		ret->templates += source->template != TEMPLATE_NONE;
		ret->changed += source->changed;
		if (source->refused && !source->template)
			count_one(&ret->refused, source->known, ret);
		for (size_t k = 0; k < source->documents.n; k++)
			count_document(&source->documents.items[k], ret);
	}
}

void totals_add(struct totals *totals, const struct totals *more)
{
	totals->live |= more->live;
	totals->files += more->files;
	totals->templates += more->templates;
	totals->changed += more->changed;
	totals->changes += more->changes;
	totals->caveats += more->caveats;
	totals->findings += more->findings;
	totals->left += more->left;
	totals->declined += more->declined;
	totals->refused += more->refused;
	totals->violations += more->violations;
	totals->violations_left += more->violations_left;
	totals->skipped += more->skipped;
	totals->known += more->known;
	totals->unread |= more->unread;
}

const char *totals_unit(const struct totals *totals)
{
	return totals->live ? "object" : "file";
}

bool totals_any(const struct totals *totals)
{
	return !totals->unread || totals->files || totals->templates || totals->refused;
}

void totals_add_files(struct buf *out, const struct totals *totals)
{
	if (totals->files)
		text_count(out, totals->files, totals_unit(totals));
	else
		buf_addz(out, totals->live ? "No objects" : "No manifests");
}

void totals_add_templates(struct buf *out, const struct totals *totals)
{
	if (!totals->templates)
		return;
	buf_addz(out, ", ");
	text_count(out, totals->templates, "template");
	buf_addz(out, " passed over");
}

struct str source_name(const struct source *source)
{
	return strcmp(source->path, "-") ? str_of(source->path) : STR("stdin");
}

void add_place(struct buf *out, const struct source *source, const struct position *at)
{
	text_escape(out, source_name(source));
	if (source->live)
		return;
	if (at->line)
		buf_addf(out, ":%u", at->line);
	if (at->line && at->column)
		buf_addf(out, ":%u", at->column);
}

void add_place_word(struct buf *out, const struct source *source, const struct position *at)
{
	size_t start = out->n;

	add_place(out, source, at);
	text_word(out, start);
}

void add_identity(struct buf *out, const struct run_object *object)
{
	text_escape(out, object->kind.n ? object->kind : STR("object"));
	if (object->name.n) {
		buf_addc(out, '/');
		text_escape(out, object->name);
	}
}

void add_object(struct buf *out, const struct run_object *object)
{
	add_identity(out, object);
	if (object->where.n) {
		buf_addc(out, ' ');
		text_escape(out, object->where);
	}
}

/* The key at @offset of the source, without quotes; nothing where other bytes than those of its name stand there. */
static struct str key_at(struct str text, size_t offset)
{
	size_t start = offset, end;
	char quote = 0;

	if (start >= text.n || strchr("|>*", text.p[start]))
		return STR_NONE;
	if (text.p[start] == '"' || text.p[start] == '\'')
		quote = text.p[start++];
	for (end = start; end < text.n; end++)
		if (quote ? text.p[end] == quote : strchr(" \t\r\n:\"'{}[],", text.p[end]) != NULL)
			break;
	if (quote == '"' && memchr(text.p + start, '\\', end - start))
		return STR_NONE;
	return str_sub(text, start, end);
}

/* "duplicate key" becomes `duplicate key "selector" (first at 6:3)`. */
static struct str add_duplicate(struct buf *out, const struct source *source, const struct document *document,
				struct str why)
{
	static const char words[] = "duplicate key";
	struct str text = bytes_of(source);
	struct position first;
	struct str key;

	if (!document->refusal.other || !str_starts(why, str_of(words)))
		return why;
	/* .other is the offset behind the key's first byte: 0 says that there is none. */
	first = position_at(text, document->start + document->refusal.other - 1, NULL);
	key = key_at(text, document->start + document->refusal.at);
	if (!key.n)
		key = key_at(text, document->start + document->refusal.other - 1);
	buf_addz(out, words);
	if (key.n) {
		buf_addz(out, " \"");
		text_escape(out, key);
		buf_addc(out, '"');
	}
	buf_addf(out, " (first at %u:%u)", first.line, first.column);
	return str_sub(why, sizeof(words) - 1, why.n);
}

void add_refusal(struct buf *out, const struct source *source, const struct document *document)
{
	struct str why = str_of(document->refusal.why ? document->refusal.why : "it cannot be read");

	text_escape(out, add_duplicate(out, source, document, why));
}
