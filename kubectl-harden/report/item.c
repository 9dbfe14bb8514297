/* SPDX-License-Identifier: Apache-2.0 */
#include "report/item.h"

#include <stdlib.h>

#include "kube/pod_security.h"
#include "report/caveats.h"
#include "report/fingerprint.h"
#include "report/text.h"
#include "report/totals.h"

struct walk {
	const struct run *run;
	struct fingerprints seen;
	struct buf message, reason, caveat; /* of the item at hand */
	void (*visit)(const struct item *item, void *data);
	void *data;
};

/* @item's own texts but for the caveat, or else those that stand in the walk already. */
static void give(struct walk *walk, struct item *item, uint64_t hash)
{
	text_escape(&walk->message, item->message);
	text_escape(&walk->reason, item->reason);
	item->message = buf_str(&walk->message);
	item->reason = buf_str(&walk->reason);
	item->caveat = buf_str(&walk->caveat);
	if (item->kind != ITEM_NOTE)
		fingerprint_format(&walk->seen, hash, item->fingerprint);
	walk->visit(item, walk->data);
	walk->message.n = walk->reason.n = walk->caveat.n = 0;
}

/* ---- findings ---- */

static uint64_t hash_at(const struct item *item, const struct fixer *fixer, uint64_t place)
{
	uint64_t hash = fingerprint_add(FINGERPRINT_START, str_of(fixer->name));

	hash = fingerprint_add(hash, item->object->kind);
	hash = fingerprint_add(hash, item->object->namespace);
	hash = fingerprint_add(hash, item->object->name);
	hash = fingerprint_add(hash, item->object->where);
	return fingerprint_add(hash, (struct str){ (const char *)&place, sizeof(place) });
}

static const struct trace_finding *trace_of(const struct item *item)
{
	return &item->document->trace->findings[item->finding];
}

bool item_pod_fingerprint(const struct item *item, char out[32])
{
	if (item->kind != ITEM_FINDING || !trace_of(item)->pod)
		return false;
	fingerprint_first(hash_at(item, item->fixer, trace_of(item)->pod), out);
	return true;
}

void item_beside_fingerprint(const struct item *item, const struct fixer *fixer, char out[32])
{
	fingerprint_first(hash_at(item, fixer, trace_of(item)->place), out);
}

static void give_finding(struct walk *walk, const struct source *source, const struct document *document,
			 uint32_t index)
{
	const struct finding *finding = &document->findings.items[index];
	struct item item = {
		.kind = ITEM_FINDING,
		.severity = finding->text->check ? SEVERITY_ERROR : SEVERITY_WARNING,
		.source = source,
		.document = document,
		.object = &document->objects.items[finding->object],
		.api_version = document->trace->api_versions[finding->object],
		.at = run_position(source, document->start + finding->at),
		.fixer = finding->text->fixer,
		.check = finding->text->check,
		.safety = finding->text->safety,
		.fixable = finding->text->status == FIX_CHANGED,
		.finding = index,
		.group = document->trace->findings[index].group,
		.path = document->trace->findings[index].path,
		.known = &document->trace->findings[index].known,
		.message = finding->text->message,
		.reason = finding->text->reason,
	};

	if (item.fixable)
		caveat_add_finding(&walk->caveat, finding);
	give(walk, &item, hash_at(&item, item.fixer, trace_of(&item)->place));
}

/* ---- what was not looked at ---- */

static uint64_t hash_unread(const struct source *source, struct str why)
{
	struct str path = str_of(source->path);

	while (str_starts(path, STR("./")))
		path = str_sub(path, 2, path.n);
	return fingerprint_add(fingerprint_add(fingerprint_add(FINGERPRINT_START, STR("not-checked")), path), why);
}

static void give_refused(struct walk *walk, const struct source *source, struct document *document)
{
	struct item item = {
		.kind = ITEM_NOT_CHECKED,
		.severity = SEVERITY_ERROR,
		.source = source,
		.document = document,
		.safety = SAFETY_FINDING,
		.at = run_position(source, document->start + document->refusal.at),
		.known = &document->known,
	};

	add_refusal(&walk->message, source, document);
	give(walk, &item, hash_unread(source, str_of(document->refusal.why)));
}

static void give_file(struct walk *walk, struct source *source)
{
	struct item item = {
		.kind = source->template ? ITEM_NOTE : ITEM_NOT_CHECKED,
		.severity = source->template ? SEVERITY_NOTE : SEVERITY_ERROR,
		.source = source,
		.safety = SAFETY_FINDING,
		.at = source->refused_at,
		.known = &source->known,
		.message = str_of(source->template ? template_words(source->template) : source->refused),
	};

	if (source->template || source->refused)
		give(walk, &item, hash_unread(source, item.message));
}

static void give_notes(struct walk *walk, const struct source *source, struct document *document)
{
	for (size_t i = 0; i < document->objects.n; i++) {
		struct item item = {
			.kind = ITEM_NOTE,
			.severity = SEVERITY_NOTE,
			.source = source,
			.document = document,
			.object = &document->objects.items[i],
			.safety = SAFETY_FINDING,
			.at = run_position(source, document->start),
			.message = document->objects.items[i].note,
			.known = &document->known,
		};

		if (document->trace)
			item.api_version = document->trace->api_versions[i];
		if (item.message.n)
			give(walk, &item, 0);
	}
}

static void give_document(struct walk *walk, const struct source *source, struct document *document)
{
	uint32_t *order;

	if (document->state == DOCUMENT_REFUSED)
		give_refused(walk, source, document);
	give_notes(walk, source, document);
	if (!document->trace)
		return;
	order = trace_order(document);
	for (size_t i = 0; i < document->findings.n; i++)
		give_finding(walk, source, document, order[i]);
	free(order);
}

void items_each(const struct run *run, void (*visit)(const struct item *item, void *data), void *data)
{
	struct walk walk = { .run = run, .visit = visit, .data = data };

	for (size_t i = 0; i < run->sources.n; i++) {
		struct source *source = run->sources.items[i];

		if (!source_is_told(source))
			continue;
		give_file(&walk, source);
		for (size_t k = 0; k < source->documents.n; k++)
			give_document(&walk, source, &source->documents.items[k]);
	}
	fingerprints_free(&walk.seen);
	buf_free(&walk.message);
	buf_free(&walk.reason);
	buf_free(&walk.caveat);
}

/* ---- words ---- */

const char *item_rule(const struct item *item)
{
	if (item->fixer)
		return item->fixer->name;
	return item->kind == ITEM_NOTE ? "passed-over" : "not-checked";
}

const char *item_level(const struct item *item)
{
	enum pod_security_level level;

	if (!item->check)
		return item->fixer ? profile_name(item->fixer->profile) : "";
	level = pod_security_checks[pod_security_find(str_of(item->check))].level;
	return profile_name(level == POD_SECURITY_BASELINE ? PROFILE_BASELINE : PROFILE_RESTRICTED);
}

const char *item_safety(enum safety safety)
{
	static const char *const words[] = {
		[SAFETY_SAFE] = "safe",
		[SAFETY_CAVEAT] = "caveat",
		[SAFETY_UNSAFE] = "unsafe",
		[SAFETY_FINDING] = "finding",
	};

	return words[safety];
}

const char *item_severity(enum severity severity)
{
	static const char *const words[] = { "note", "warning", "error" };

	return words[severity];
}

void item_sentence(struct buf *out, const struct item *item)
{
	struct str reason = item->reason;

	buf_add(out, item->message);
	text_stop(out);
	if (reason.n) {
		buf_addc(out, ' ');
		buf_addc(out, reason.p[0] >= 'a' && reason.p[0] <= 'z' ? (char)(reason.p[0] - 'a' + 'A') : reason.p[0]);
		buf_add(out, str_sub(reason, 1, reason.n));
		text_stop(out);
	}
	if (item->caveat.n) {
		buf_addz(out, " Caveat: ");
		buf_add(out, item->caveat);
	}
}
