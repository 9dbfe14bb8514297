/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fix for objects of a cluster: --wait
 */
#include "commands/cluster_fixing.h"
#include "live/rollout.h"
#include "report/text.h"

static void tell_waiting(void *data, int64_t ready, int64_t pods, uint64_t ms)
{
	struct output *err = &((struct fixing *)data)->live.work.session->err;

	if (!err->terminal || fixing_settings(data)->quiet)
		return;
	buf_addf(&err->text, "\r\x1b[K%lld of %lld pods ready, %llu s", (long long)ready, (long long)pods,
		 (unsigned long long)ms / 1000);
	output_flush(err);
}

static void tell_lines(struct output *err, const struct str *lines, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_addz(&err->text, "  ");
		text_escape(&err->text, lines[i]);
		buf_addc(&err->text, '\n');
	}
}

static void tell_rollout(struct fixing *fixing, const struct live_rollout *rollout)
{
	struct output *err = &fixing->live.work.session->err;
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	look_word(&line, err->colour, LOOK_ERROR, "error:");
	buf_addc(&line, ' ');
	fixing_add_name(fixing, &line, rollout->object);
	buf_addz(&line, rollout->state == ROLLOUT_TIMEOUT ? ": not ready in time: " : ": ");
	text_escape(&line, rollout->message);
	text_wrap(&err->text, buf_str(&line), 2, TEXT_COLUMNS);
	tell_lines(err, rollout->why, rollout->why_n);
	/* What is put back needs no undoing. */
	if (!fixing_settings(fixing)->rollback_on_failure)
		tell_lines(err, rollout->advice, rollout->advice_n);
	output_flush(err);
	fixing->live.work.failed = true;
}

static void roll_back(struct fixing *fixing, unsigned transaction)
{
	bool stateful = false;

	live_apply_undo(fixing->apply, transaction);
	for (size_t i = 0; i < fixing->changes.n; i++) {
		enum live_state state = live_apply_outcome(fixing->apply, i)->state;

		if (fixing_transaction(fixing, i) == transaction &&
		    (state == APPLY_UNDONE || state == APPLY_NOT_UNDONE))
			fixing_tell_failure(fixing, i);
		stateful |= state == APPLY_UNDONE && str_is(fixing_object(fixing, i)->resource->kind, "StatefulSet");
	}
	/* https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback */
	if (stateful)
		text_wrap(&fixing->live.work.session->err.text,
			  STR("A StatefulSet replaces a pod that never became ready only when somebody deletes it: kubectl "
			      "delete pod NAME."),
			  2, TEXT_COLUMNS);
}

/* Whether a transaction was put back already, for another workload of it that did not come up. */
static bool is_rolled_back(const struct live_rollout *items, size_t n, unsigned transaction)
{
	for (size_t i = 0; i < n; i++)
		if (items[i].state != ROLLOUT_DONE && items[i].transaction == transaction)
			return true;
	return false;
}

/* Who waits must not think that it is ready. */
static void tell_not_followed(struct fixing *fixing, const struct cluster_row *row)
{
	struct output *err = &fixing->live.work.session->err;

	if (!cluster_holds_pods(&fixing->live, row->object->resource) ||
	    live_restarts(row->object->resource, row->json).when == RESTART_NONE)
		return;
	fixing_add_name(fixing, &err->text, row->object);
	buf_addz(&err->text, ": not waited for: nothing tells when its new pods are ready\n");
}

void fixing_wait(struct fixing *fixing)
{
	struct cluster_work *live = &fixing->live;
	struct live_rollout_options options = {
		.client = live->cluster.client,
		.stop = live->work.run.stop,
		.timeout_ms = fixing_settings(fixing)->timeout_ms,
		.flags = fixing_flags(fixing),
		.told = tell_waiting,
		.data = fixing,
	};
	struct live_rollout *items = ARENA_ARRAY(live->arena, struct live_rollout, fixing->changes.n + 1);
	struct output *err = &live->work.session->err;
	size_t n = 0;

	for (size_t i = 0; i < fixing->changes.n; i++) {
		const struct cluster_row *row = &live->rows.items[fixing->changes.items[i]];

		if (live_apply_outcome(fixing->apply, i)->state != APPLY_DONE)
			continue;
		if (!live_rollout_follows(row->object->resource, row->json))
			tell_not_followed(fixing, row);
		else
			items[n++] = (struct live_rollout){
				.object = row->object,
				.transaction = fixing_transaction(fixing, i),
			};
	}
	live_rollout(&options, items, n, live->arena);
	if (n && err->terminal && !fixing_settings(fixing)->quiet)
		buf_addz(&err->text, "\r\x1b[K");
	for (size_t i = 0; i < n; i++) {
		if (items[i].state == ROLLOUT_DONE)
			continue;
		if (items[i].state == ROLLOUT_STOPPED && !fixing_settings(fixing)->rollback_on_failure) {
			buf_addz(&err->text, "Stopped waiting: what was changed stays as it is now.\n");
			break;
		}
		tell_rollout(fixing, &items[i]);
		if (fixing_settings(fixing)->rollback_on_failure && !is_rolled_back(items, i, items[i].transaction))
			roll_back(fixing, items[i].transaction);
	}
}
