/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fix for objects of a cluster
 *
 * Namespace by namespace, and in this order: the diff; the server's dry run, so that what it refuses is known before
 * anything is written; how many pods restart; the question; the changes; and with --wait the roll-out.
 */
#include "commands/cluster_fix.h"

#include <stdlib.h>

#include "commands/answer.h"
#include "commands/cluster_fixing.h"
#include "commands/cluster_left.h"
#include "commands/formats.h"
#include "engine/trace.h"
#include "live/rollout.h"
#include "report/text.h"

/* ---- what belongs together ---- */

static uint32_t root_of(uint32_t *parents, uint32_t i)
{
	while (parents[i] != i)
		i = parents[i] = parents[parents[i]];
	return i;
}

unsigned fixing_transaction(struct fixing *fixing, size_t change)
{
	return root_of(fixing->parents, (uint32_t)fixing->changes.items[change]);
}

bool fixing_is_with(struct fixing *fixing, size_t row, size_t change)
{
	return root_of(fixing->parents, (uint32_t)row) == fixing_transaction(fixing, change);
}

/* By group, from 1 on: one more than the first row that has a finding of it; 0: none has. */
struct firsts {
	uint32_t *items;
	size_t n, cap;
};

static void group_row(struct fixing *fixing, uint32_t row, const struct document *document, struct firsts *firsts)
{
	uint32_t *parents = fixing->parents;

	for (size_t i = 0; document->trace && i < document->findings.n; i++) {
		uint32_t group = document->trace->findings[i].group;

		while (firsts->n <= group)
			VEC_PUSH(firsts, 0);
		if (group && firsts->items[group])
			parents[root_of(parents, row)] = root_of(parents, firsts->items[group] - 1);
		else if (group)
			firsts->items[group] = row + 1;
	}
}

/* Objects with findings of one group. */
static void group_rows(struct fixing *fixing)
{
	struct run *run = &fixing->live.work.run;
	struct firsts firsts = { 0 };

	fixing->parents = xrealloc_array(NULL, run->sources.n + 1, sizeof(uint32_t));
	for (uint32_t i = 0; i < run->sources.n; i++) {
		const struct source *source = run->sources.items[i];

		fixing->parents[i] = i;
		for (size_t k = 0; k < source->documents.n; k++)
			group_row(fixing, i, &source->documents.items[k], &firsts);
	}
	free(firsts.items);
}

/* ---- changes ---- */

static enum live_step step_of(struct fixing *fixing, const struct live_change *change)
{
	const struct live_resource *resource = change->object->resource;

	if (cluster_holds_pods(&fixing->live, resource))
		return STEP_WORKLOAD;
	if (!(cluster_kind(&fixing->live, resource)->flags & KIND_SERVICE))
		return STEP_OTHER;
	for (size_t i = 0; i < change->operations_n; i++)
		if (!change->operations[i].value.n || change->operations[i].value.p[0] != '"')
			return STEP_NUMBER;
	return STEP_NAME;
}

static void add_change(struct fixing *fixing, size_t i)
{
	const struct source *source = fixing->live.work.run.sources.items[i];
	const struct cluster_row *row = &fixing->live.rows.items[i];
	struct error *error CLEANUP(error_freep) = NULL;
	struct fixing_operations all = fixing_operations(source);
	struct live_change change = { .object = row->object,
				      .json = row->json,
				      .transaction = root_of(fixing->parents, (uint32_t)i) };

	change.operations = all.items;
	change.operations_n = all.n;
	change.step = step_of(fixing, &change);
	if (live_apply_add(fixing->apply, &change, &error))
		VEC_PUSH(&fixing->changes, i);
	else
		work_fail(&fixing->live.work, error);
	free(all.items);
}

/* ---- the question ---- */

struct restarts {
	int64_t pods;
	bool unknown, on_delete;
};

static struct restarts count_restarts(struct fixing *fixing)
{
	struct restarts sum = { 0 };

	for (size_t i = 0; i < fixing->changes.n; i++) {
		const struct cluster_row *row = &fixing->live.rows.items[fixing->changes.items[i]];
		struct live_restarts one;

		if (live_apply_outcome(fixing->apply, i)->state != APPLY_ACCEPTED ||
		    !cluster_holds_pods(&fixing->live, row->object->resource))
			continue;
		one = live_restarts(row->object->resource, row->json);
		sum.on_delete |= one.when == RESTART_ON_DELETE || one.when == RESTART_PAUSED;
		sum.unknown |= one.when == RESTART_UNKNOWN || (one.when == RESTART_PODS && one.pods < 0);
		if (one.when == RESTART_PODS && one.pods > 0)
			sum.pods += one.pods;
	}
	return sum;
}

/* Where: whoever has several clusters has said yes to the wrong one before. */
static void add_place_of(struct fixing *fixing, struct buf *out)
{
	const struct live_config *config = &fixing->live.cluster.config;

	buf_addz(out, " Go on");
	if (fixing->live.namespace.n) {
		buf_addz(out, " in namespace ");
		text_escape(out, fixing->live.namespace);
	}
	buf_addz(out, config->context.n ? ", context " : ", server ");
	text_escape(out, config->context.n ? config->context : config->server);
	buf_addz(out, "? [y/N] ");
}

static bool ask(struct fixing *fixing, size_t accepted)
{
	struct output *err = &fixing->live.work.session->err;
	struct restarts restarts = count_restarts(fixing);
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	struct str answer;

	if (fixing_settings(fixing)->yes && fixing_settings(fixing)->quiet)
		return true;
	buf_addf(&err->text, "The server accepts %s (dry run).", accepted == fixing->changes.n ? "this" : "the rest");
	if (restarts.pods) {
		buf_addc(&err->text, ' ');
		text_count(&err->text, (size_t)restarts.pods, "pod");
		buf_addz(&err->text, " will restart.");
	} else if (!restarts.unknown) {
		buf_addz(&err->text, " No pod will restart.");
	}
	if (restarts.unknown)
		buf_addz(&err->text, " Which pods restart is up to an operator.");
	if (restarts.on_delete)
		buf_addz(&err->text, " Some change when they are deleted or resumed.");
	if (fixing_settings(fixing)->yes) {
		buf_addc(&err->text, '\n');
		output_flush(err);
		return true;
	}
	add_place_of(fixing, &err->text);
	output_flush(err);
	if (!answer_read(&line)) {
		buf_addz(&err->text, "\nNo answer, so nothing is changed; --yes changes without asking.\n");
		fixing->live.work.failed = true;
		return false;
	}
	answer = str_trim(buf_str(&line));
	if (!str_ieq(answer, STR("y")) && !str_ieq(answer, STR("yes")))
		return false;
	if (fixing_is_as_shown(fixing))
		return true;
	buf_addz(&err->text,
		 "What is here has changed since, and with it what is to be done, so nothing is changed; run this "
		 "again.\n");
	fixing->live.work.failed = true;
	return false;
}

/* ---- a namespace ---- */

static size_t count_in(const struct fixing *fixing, enum live_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < fixing->changes.n; i++)
		n += live_apply_outcome(fixing->apply, i)->state == state;
	return n;
}

/* Whether all of a transaction that was begun is done. */
static bool is_complete(struct fixing *fixing, unsigned transaction)
{
	for (size_t i = 0; i < fixing->changes.n; i++) {
		enum live_state state = live_apply_outcome(fixing->apply, i)->state;

		if (fixing_transaction(fixing, i) == transaction && state != APPLY_DONE && state != APPLY_UNCHANGED)
			return false;
	}
	return true;
}

/* As it goes, a transaction at once: who stops this in the middle knows what was done and will not be put back. */
static void told(void *data, size_t index, const struct live_outcome *outcome)
{
	struct fixing *fixing = data;
	unsigned transaction;

	if (!fixing->writing || outcome->state != APPLY_DONE)
		return;
	transaction = fixing_transaction(fixing, index);
	if (!is_complete(fixing, transaction))
		return;
	for (size_t i = 0; i < fixing->changes.n; i++)
		if (fixing_transaction(fixing, i) == transaction &&
		    live_apply_outcome(fixing->apply, i)->state == APPLY_DONE)
			fixing_tell_done(fixing, i, "");
}

static bool still(void *data, size_t index, struct str json)
{
	return fixing_is_still_planned(data, index, json);
}

static void write_all(struct fixing *fixing)
{
	struct output *err = &fixing->live.work.session->err;
	size_t stopped = 0;

	fixing->writing = true;
	live_apply_write(fixing->apply);
	fixing->writing = false;
	for (size_t i = 0; i < fixing->changes.n; i++) {
		const struct live_outcome *outcome = live_apply_outcome(fixing->apply, i);

		/* What the dry run refused is told already. */
		if (outcome->state == APPLY_INTERRUPTED)
			stopped++;
		else if (outcome->state != APPLY_DONE && outcome->state != APPLY_UNCHANGED && outcome->in_write)
			fixing_tell_failure(fixing, i);
	}
	if (stopped) {
		text_count(&err->text, stopped, "object");
		buf_addz(&err->text,
			 stopped == 1 ? " was not changed: stopped before.\n" : " were not changed: stopped before.\n");
	}
	if (fixing_settings(fixing)->wait && !*fixing->live.work.run.stop)
		fixing_wait(fixing);
}

/* What the server says before anything is written. */
static size_t try_all(struct fixing *fixing)
{
	live_apply_try(fixing->apply);
	fixing_tell_warnings(fixing);
	for (size_t i = 0; i < fixing->changes.n; i++) {
		enum live_state state = live_apply_outcome(fixing->apply, i)->state;

		if (state != APPLY_ACCEPTED && state != APPLY_UNCHANGED && state != APPLY_DONE)
			fixing_tell_failure(fixing, i);
	}
	return count_in(fixing, APPLY_ACCEPTED);
}

/* What is as it was meant to be in the end. */
static void count_done(struct fixing *fixing, enum live_state state)
{
	for (size_t i = 0; i < fixing->changes.n; i++) {
		const struct source *source = fixing->live.work.run.sources.items[fixing->changes.items[i]];

		if (live_apply_outcome(fixing->apply, i)->state != state) {
			fixing->left_n += live_apply_outcome(fixing->apply, i)->state != APPLY_UNCHANGED;
			continue;
		}
		fixing->done_n++;
		for (size_t d = 0; d < source->documents.n; d++)
			for (size_t o = 0; o < source->documents.items[d].objects.n; o++)
				fixing->changes_n += source->documents.items[d].objects.items[o].changes;
	}
}

static void carry_out(struct fixing *fixing)
{
	struct live_apply_options options = { .client = fixing->live.cluster.client,
					      .stop = fixing->live.work.run.stop,
					      .flags = fixing_flags(fixing),
					      .told = told,
					      .still = still,
					      .data = fixing };
	struct output *out = &fixing->live.work.session->out;
	size_t accepted;

	fixing->changes.n = 0;
	fixing->apply = live_apply_new(&options);
	group_rows(fixing);
	for (size_t i = 0; i < fixing->live.rows.n; i++)
		if (fixing->live.work.run.sources.items[i]->changed && fixing->live.rows.items[i].object)
			add_change(fixing, i);
	accepted = try_all(fixing);
	if (fixing_settings(fixing)->dry_run == DRY_RUN_SERVER) {
		for (size_t i = 0; i < fixing->changes.n; i++)
			if (live_apply_outcome(fixing->apply, i)->state == APPLY_ACCEPTED)
				fixing_tell_done(fixing, i, " (server dry run)");
	} else if (output_flush(out), out->number) {
		; /* the diff was not seen: that is told at the end, and nothing is changed */
	} else if (accepted && ask(fixing, accepted)) {
		write_all(fixing);
	} else if (accepted) {
		fixing->declined = true;
	}
	count_done(fixing, fixing_settings(fixing)->dry_run == DRY_RUN_SERVER ? APPLY_ACCEPTED : APPLY_DONE);
	live_apply_free(fixing->apply);
	fixing->apply = NULL;
	free(fixing->parents);
	fixing->parents = NULL;
}

static void done(struct cluster_work *live)
{
	struct fixing *fixing = (struct fixing *)live;

	if (!fixing_settings(fixing)->yes || fixing_settings(fixing)->dry_run != DRY_RUN_NONE)
		work_add_diffs(&live->work);
	work_add_summary_run(&live->work);
	if (live->work.totals.changed && fixing_settings(fixing)->dry_run != DRY_RUN_CLIENT)
		carry_out(fixing);
}

/* What was left to others, or could not be changed, may hold what --fail-on means. */
static bool is_answer(struct fixing *fixing)
{
	enum fail_on fail_on = fixing_settings(fixing)->fail_on;

	return work_is_answer(&fixing->live.work, fail_on, true) ||
	       ((fail_on == FAIL_ON_HARDENED || fail_on == FAIL_ON_VIOLATION) &&
		(fixing->left_n || cluster_left_n(&fixing->live)));
}

int cluster_fix(struct session *session)
{
	const struct settings *settings = &session->settings;
	struct fixing fixing = { 0 };
	struct cluster_work *live = &fixing.live;
	int code;

	session->settings.run.traced = true; /* patches are made of what is traced */
	if (cluster_work_open(live, session, &code)) {
		live->edits = true;
		if (settings->format == FORMAT_TEXT) {
			live->keeps_json = true;
			live->done = done;
		}
		if (cluster_work_do(live, &code)) {
			bool written = settings->dry_run == DRY_RUN_NONE && fixing.done_n;

			if (!live->done)
				formats_print(&live->work);
			live->work.totals = live->sum;
			if (live->done && settings->dry_run != DRY_RUN_CLIENT && (written || !fixing.declined)) {
				live->sum.tried = live->sum.changed > 0;
				live->sum.changed = fixing.done_n;
				live->sum.changes = fixing.changes_n;
				live->sum.caveats = fixing.done_n ? live->sum.caveats : 0;
			}
			code = is_answer(&fixing) ? EXIT_ANSWER : EXIT_FINE;
			if (!settings->quiet)
				cluster_add_end(live, written);
			code = work_end(&live->work, code);
		}
	}
	free(fixing.changes.items);
	cluster_work_free(live);
	return code;
}
