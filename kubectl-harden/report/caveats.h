/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Caveats: what the changes of a run ask of images that nothing is known of; each is said once.
 */

#include "engine/run.h"

/* An object that shares a caveat. */
struct caveat_place {
	const struct source *source;
	const struct run_object *object;
};

enum { CAVEAT_SETTINGS_MAX = 4 };

/* One sentence: about an image, or (CAVEAT_TEXT) a text of a fixer's own. Texts are slices of the run's results. */
struct caveat_group {
	struct str subject; /* the image, or the whole sentence */
	unsigned kinds;	    /* of enum caveat */
	int64_t uid;
	struct str settings[CAVEAT_SETTINGS_MAX]; /* "PORT=8080"; empty: listen on .ports[i] */
	int64_t ports[CAVEAT_SETTINGS_MAX];
	size_t settings_n;
	bool more_settings;
	struct {
		struct caveat_place *items;
		size_t n, cap;
	} places;
};

/* In the order in which they are first met. Released with caveats_free(). */
struct caveats {
	struct caveat_group *items;
	size_t n, cap;
	uint32_t *buckets; /* a hash table of index + 1 */
	size_t buckets_n;
	unsigned kinds; /* of all groups */
};

/* caveats_collect() - of all changes that were made in @run, which must outlive the result. */
void caveats_collect(const struct run *run, struct caveats *ret);
void caveats_free(struct caveats *caveats);

/* caveat_add() - appends the sentence of a group, one line, escaped; with @all, every object that shares it. */
void caveat_add(struct buf *out, const struct caveat_group *group, bool all);

/* caveat_add_finding() - appends what the change of one finding asks, likewise; nothing if it asks nothing. */
void caveat_add_finding(struct buf *out, const struct finding *finding);

/* caveats_advice() - appends what to do where an image does not do what is asked of it; nothing if nothing is asked. */
void caveats_advice(struct buf *out, const struct caveats *caveats);
