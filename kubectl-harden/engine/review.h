/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Review: somebody decides about the changes of a run, one by one.
 *
 *	struct review review;
 *
 *	review_init(&review, run);		after run_apply()
 *	while (review_next(&review))
 *		review_decide(&review, …);	or review_decide_file()
 *	review_finish(&review);			the results of what was accepted; the rest is left
 *
 * What is decided at once is a *unit*: all that one fixer changes of one object, or, of a port that moves, all that moves
 * with it, wherever it stands. Units come in the order of the input, and each after those that it needs. What cannot be
 * made any more, because it needs something that was declined, is not asked for; what cannot be made by itself, because
 * an anchor shares it, is asked for together with what it takes.
 */

#include "engine/run.h"

enum review_state {
	REVIEW_OPEN,
	REVIEW_ASKED,
	REVIEW_ACCEPTED,
	REVIEW_DECLINED,
	REVIEW_LOST, /* cannot be made, for what was declined: it was not asked for */
};

/* What one fixer changes of one object. */
struct review_part {
	struct source *source;
	struct document *document;
	unsigned object;
	const struct fixer *fixer;
	size_t unit;
};

struct review_unit {
	size_t first, end; /* of .order */
	enum review_state state;
};

/* A document of the question, and what it was without what is asked for. */
struct review_trial {
	struct source *source;
	struct document *document;
	struct splices before;
	bool unproved, port_denied, left_shared;
};

struct review {
	struct run *run;
	struct {
		struct review_part *items; /* in the order of the input */
		size_t n, cap;
	} parts;
	size_t *order; /* of parts: by unit */
	struct {
		struct review_unit *items;
		size_t n, cap;
	} units;
	bool namespaces; /* what they can enforce was decided */
	size_t at, last; /* the unit in question, and the last one that is asked for with it, or the same */
	struct {
		struct review_trial *items; /* in the order in which the units name them */
		size_t n, cap;
	} trials;
};

/* review_init() - a review of what @run would change, which must outlive it. Released with review_free(). */
void review_init(struct review *review, struct run *run);
void review_free(struct review *review);

/*
 * review_next() - goes on to the next unit that is open and can be made. The results of its documents are those of all
 * that was accepted and of what is asked for. Returns false when there is none, or when run->stop is set.
 */
bool review_next(struct review *review);

/* review_decide() - whether what is asked for is made. */
void review_decide(struct review *review, bool accept);
/* review_decide_file() - the same, and for all later units that begin in the same source. */
void review_decide_file(struct review *review, bool accept);

/* review_finish() - what is still open is declined; makes the results of the run. */
void review_finish(struct review *review);

/* review_first() - the first part of a unit. review_part() - the @i-th part of what is asked for; NULL when there are no more. */
const struct review_part *review_first(const struct review *review, size_t unit);
const struct review_part *review_part(const struct review *review, size_t i);

/* review_before() - the splices of a source without what is asked for; free with splices_free(). See run_splices(). */
void review_before(const struct review *review, const struct source *source, struct splices *ret_splices);
