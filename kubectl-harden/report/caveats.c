/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Caveats
 *
 * A caveat belongs to an image, not to the objects that run it: three changes to forty Deployments of one image ask
 * one thing of it. So they are grouped by image in a hash table (a stream may hold a hundred thousand objects), and
 * what all of its changes ask becomes one sentence.
 */
#include "report/caveats.h"

#include <stdlib.h>

#include "report/text.h"
#include "report/totals.h"

static void grow(struct caveats *caveats)
{
	size_t n = caveats->buckets_n ? caveats->buckets_n * 2 : 64;

	free(caveats->buckets);
	caveats->buckets = memset(xrealloc_array(NULL, n, sizeof(*caveats->buckets)), 0, n * sizeof(*caveats->buckets));
	caveats->buckets_n = n;
	for (size_t i = 0; i < caveats->n; i++) {
		size_t at = str_hash(caveats->items[i].subject) & (n - 1);

		while (caveats->buckets[at])
			at = (at + 1) & (n - 1);
		caveats->buckets[at] = (uint32_t)i + 1;
	}
}

static struct caveat_group *group_of(struct caveats *caveats, struct str subject, bool text)
{
	size_t at;

	if (caveats->n * 2 >= caveats->buckets_n)
		grow(caveats);
	for (at = str_hash(subject) & (caveats->buckets_n - 1); caveats->buckets[at];
	     at = (at + 1) & (caveats->buckets_n - 1)) {
		struct caveat_group *group = &caveats->items[caveats->buckets[at] - 1];

		if (str_eq(group->subject, subject) && text == !!(group->kinds & CAVEAT_TEXT))
			return group;
	}
	caveats->buckets[at] = (uint32_t)caveats->n + 1;
	VEC_PUSH(caveats, (struct caveat_group){ .subject = subject, .kinds = text ? CAVEAT_TEXT : 0 });
	return &caveats->items[caveats->n - 1];
}

static void add_setting(struct caveat_group *group, struct str setting, int64_t port)
{
	for (size_t i = 0; i < group->settings_n; i++)
		if (str_eq(group->settings[i], setting) && (setting.n || group->ports[i] == port))
			return;
	if (group->settings_n == CAVEAT_SETTINGS_MAX) {
		group->more_settings = true;
		return;
	}
	group->settings[group->settings_n] = setting;
	group->ports[group->settings_n++] = port;
}

static void add_to_group(struct caveat_group *group, struct caveat_place place)
{
	/* Findings come object by object, so that the last place is the only one that can be the same. */
	if (!group->places.n || group->places.items[group->places.n - 1].object != place.object)
		VEC_PUSH(&group->places, place);
}

static void collect(struct caveats *caveats, const struct finding *finding, struct caveat_place place)
{
	unsigned kinds = finding->text->caveat & ~(unsigned)CAVEAT_TEXT;
	struct caveat_group *group;

	if (finding->text->caveat & CAVEAT_TEXT)
		add_to_group(group_of(caveats, finding->text->detail, true), place);
	if (!kinds)
		return;
	group = group_of(caveats, finding->text->subject, false);
	group->kinds |= kinds;
	if (kinds & CAVEAT_UID)
		group->uid = finding->text->number;
	if (kinds & CAVEAT_PORT)
		add_setting(group, finding->text->detail, finding->text->number);
	add_to_group(group, place);
}

void caveats_collect(const struct run *run, struct caveats *ret)
{
	*ret = (struct caveats){ 0 };
	for (size_t i = 0; i < run->sources.n; i++) {
		const struct source *source = run->sources.items[i];

		for (size_t k = 0; k < source->documents.n; k++) {
			const struct document *document = &source->documents.items[k];

			for (size_t f = 0; f < document->findings.n; f++) {
				const struct finding *finding = &document->findings.items[f];

				if (finding->text->caveat && finding->text->status == FIX_CHANGED)
					collect(ret, finding,
						(struct caveat_place){ source,
								       &document->objects.items[finding->object] });
			}
		}
	}
	for (size_t i = 0; i < ret->n; i++)
		ret->kinds |= ret->items[i].kinds;
}

void caveats_free(struct caveats *caveats)
{
	for (size_t i = 0; i < caveats->n; i++)
		free(caveats->items[i].places.items);
	free(caveats->items);
	free(caveats->buckets);
	*caveats = (struct caveats){ 0 };
}

/* ---- sentences ---- */

/* " (Deployment/web … and 11 more)"; nothing for one object, which stands above. */
static void add_places(struct buf *out, const struct caveat_group *group, bool all)
{
	size_t shown = all ? group->places.n : 1;

	if (group->places.n < 2)
		return;
	for (size_t i = 0; i < shown; i++) {
		const struct caveat_place *place = &group->places.items[i];

		buf_addz(out, i ? ", " : " (");
		add_object(out, place->object);
		if (place->source != group->places.items[0].source) {
			buf_addz(out, " in ");
			text_escape(out, source_name(place->source));
		}
	}
	if (shown < group->places.n)
		buf_addf(out, " … and %zu more", group->places.n - shown);
	buf_addc(out, ')');
}

static void add_settings(struct buf *out, const struct caveat_group *group)
{
	for (size_t i = 0; i < group->settings_n; i++) {
		bool last = i + 1 == group->settings_n && !group->more_settings;

		if (i)
			buf_addz(out, last ? " and " : ", ");
		if (group->settings[i].n) {
			buf_addz(out, "honour ");
			text_escape(out, group->settings[i]);
		} else {
			buf_addf(out, "listen on port %lld", (long long)group->ports[i]);
		}
	}
	if (group->more_settings)
		buf_addz(out, " and the like");
}

void caveat_add(struct buf *out, const struct caveat_group *group, bool all)
{
	unsigned parts = 0, n = (group->kinds & CAVEAT_PORT ? 1 : 0) + (group->kinds & CAVEAT_UID ? 1 : 0) +
				(group->kinds & CAVEAT_READ_ONLY ? 1 : 0);

	if (group->kinds & CAVEAT_TEXT) {
		text_escape(out, group->subject);
		add_places(out, group, all);
		return;
	}
	if (group->subject.n) {
		buf_addz(out, group->kinds & CAVEAT_BASE ? "not all of image " : "image ");
		text_escape(out, group->subject);
		add_places(out, group, all);
		buf_addz(out, group->kinds & CAVEAT_BASE ? " is known. It must " : " is unknown. It must ");
	} else {
		buf_addz(out, "the program");
		add_places(out, group, all);
		buf_addz(out, " must ");
	}
	if (group->kinds & CAVEAT_PORT) {
		add_settings(out, group);
		parts++;
	}
	if (group->kinds & CAVEAT_UID) {
		buf_addz(out, !parts ? "" : parts + 1 < n ? ", " : " and ");
		buf_addf(out, "run as UID %lld", (long long)group->uid);
		parts++;
	}
	if (group->kinds & CAVEAT_READ_ONLY) {
		buf_addz(out, parts ? " and " : "");
		buf_addz(out, "write only to /tmp");
	}
	buf_addc(out, '.');
}

void caveat_add_finding(struct buf *out, const struct finding *finding)
{
	struct caveat_group group = { .subject = finding->text->detail, .kinds = CAVEAT_TEXT };

	if (finding->text->caveat & CAVEAT_TEXT)
		caveat_add(out, &group, false);
	group = (struct caveat_group){ .subject = finding->text->subject,
				       .kinds = finding->text->caveat & ~(unsigned)CAVEAT_TEXT,
				       .uid = finding->text->number };
	if (!group.kinds)
		return;
	if (group.kinds & CAVEAT_PORT)
		add_setting(&group, finding->text->detail, finding->text->number);
	if (out->n && finding->text->caveat & CAVEAT_TEXT)
		buf_addc(out, ' ');
	caveat_add(out, &group, false);
}

void caveats_advice(struct buf *out, const struct caveats *caveats)
{
	static const struct {
		enum caveat kind;
		const char *flag;
	} advice[] = {
		{ CAVEAT_PORT, "--low-ports=sysctl" },
		{ CAVEAT_UID, "--run-as-user=UID" },
		{ CAVEAT_READ_ONLY, "--skip=read-only-root-filesystem" },
	};
	const char *separator = "Where an image does not: ";

	for (size_t i = 0; i < sizeof(advice) / sizeof(*advice); i++) {
		if (!(caveats->kinds & advice[i].kind))
			continue;
		buf_addz(out, separator);
		buf_addz(out, advice[i].flag);
		separator = ", ";
	}
	if (caveats->kinds & (CAVEAT_PORT | CAVEAT_UID | CAVEAT_READ_ONLY))
		buf_addc(out, '.');
}
