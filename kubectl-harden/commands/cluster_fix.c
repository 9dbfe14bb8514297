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
#include "commands/cluster_work.h"
#include "commands/formats.h"
#include "engine/trace.h"
#include "live/apply.h"
#include "live/rollout.h"
#include "live/words.h"
#include "report/text.h"

struct fixing {
	struct cluster_work live; /* first */
	struct live_apply *apply;
	struct {
		size_t *items; /* rows, by change */
		size_t n, cap;
	} changes;
	uint32_t *parents;	  /* rows that belong together, by row */
	bool declined;		  /* by the user, of any namespace */
	size_t done_n, changes_n; /* objects that were changed, and their changes */
};

static struct settings *settings_of(struct fixing *fixing)
{
	return &fixing->live.work.session->settings;
}

static const struct live_object *object_of(const struct fixing *fixing, size_t change)
{
	return fixing->live.rows.items[fixing->changes.items[change]].object;
}

/* ---- what belongs together ---- */

static uint32_t root_of(uint32_t *parents, uint32_t i)
{
	while (parents[i] != i)
		i = parents[i] = parents[parents[i]];
	return i;
}

/* Objects with findings of one group. */
static void group_rows(struct fixing *fixing)
{
	struct run *run = &fixing->live.work.run;
	uint32_t n = (uint32_t)run->sources.n, most = 0, *first;

	fixing->parents = xrealloc_array(NULL, n + 1, sizeof(uint32_t));
	for (uint32_t i = 0; i < n; i++) {
		const struct source *source = run->sources.items[i];

		fixing->parents[i] = i;
		for (size_t k = 0; k < source->documents.n; k++)
			for (size_t f = 0;
			     source->documents.items[k].trace && f < source->documents.items[k].findings.n; f++)
				if (source->documents.items[k].trace->findings[f].group > most)
					most = source->documents.items[k].trace->findings[f].group;
	}
	first = memset(xrealloc_array(NULL, (size_t)most + 1, sizeof(*first)), 0, ((size_t)most + 1) * sizeof(*first));
	for (uint32_t i = 0; i < n; i++) {
		const struct source *source = run->sources.items[i];

		for (size_t k = 0; k < source->documents.n; k++)
			for (size_t f = 0;
			     source->documents.items[k].trace && f < source->documents.items[k].findings.n; f++) {
				uint32_t group = source->documents.items[k].trace->findings[f].group;

				if (group && first[group])
					fixing->parents[root_of(fixing->parents, i)] =
						root_of(fixing->parents, first[group] - 1);
				else if (group)
					first[group] = i + 1;
			}
	}
	free(first);
}

/* ---- changes ---- */

static const struct kube_kind *kind_of(const struct live_object *object)
{
	const struct live_resource *resource = object->resource;
	struct buf api_version CLEANUP(buf_free) = BUF_INIT;

	if (resource->group.n)
		buf_addf(&api_version, "%.*s/", STR_ARG(resource->group));
	buf_add(&api_version, resource->version);
	return kube_kind_find(buf_str(&api_version), resource->kind);
}

static enum live_step step_of(const struct live_object *object, const struct yaml_operation *operations, size_t n)
{
	const struct kube_kind *kind = kind_of(object);

	if (!kind || kind->flags & KIND_POD)
		return STEP_WORKLOAD;
	if (!(kind->flags & KIND_SERVICE))
		return STEP_OTHER;
	for (size_t i = 0; i < n; i++)
		if (!operations[i].value.n || operations[i].value.p[0] != '"')
			return STEP_NUMBER;
	return STEP_NAME;
}

static void add_change(struct fixing *fixing, size_t i)
{
	const struct source *source = fixing->live.work.run.sources.items[i];
	const struct cluster_row *row = &fixing->live.rows.items[i];
	struct error *error CLEANUP(error_freep) = NULL;
	struct {
		struct yaml_operation *items;
		size_t n, cap;
	} all = { 0 };
	struct live_change change = { .object = row->object,
				      .json = row->json,
				      .transaction = root_of(fixing->parents, (uint32_t)i) };

	for (size_t k = 0; k < source->documents.n; k++) {
		const struct document *document = &source->documents.items[k];

		for (uint32_t f = 0; document->trace && f < document->findings.n; f++) {
			size_t n;
			const struct trace_operation *operations = trace_operations(document, f, &n);

			for (size_t o = 0; o < n; o++)
				VEC_PUSH(&all, operations[o].operation);
		}
	}
	change.operations = all.items;
	change.operations_n = all.n;
	change.step = step_of(row->object, all.items, all.n);
	if (live_apply_add(fixing->apply, &change, &error)) {
		VEC_PUSH(&fixing->changes, i);
	} else {
		work_fail(&fixing->live.work, error);
	}
	free(all.items);
}

/* ---- what is told ---- */

/* "deployment.apps/web", as kubectl; with its namespace where there are several. */
static void add_name(struct fixing *fixing, struct buf *out, const struct live_object *object)
{
	if (settings_of(fixing)->all_namespaces && object->namespace.n) {
		text_escape(out, object->namespace);
		buf_addc(out, '/');
	}
	text_escape(out, live_resource_title(object->resource, true, fixing->live.arena));
	buf_addc(out, '/');
	text_escape(out, object->name);
}

static const char *const states[] = {
	[APPLY_PENDING] = "not tried",
	[APPLY_ACCEPTED] = "not written",
	[APPLY_IMMUTABLE] = "it cannot be changed in place; make it anew",
	[APPLY_DENIED] = "the server refuses it",
	[APPLY_CHANGED] = "somebody changed it meanwhile; run this again",
	[APPLY_MISSING] = "it is not there any more",
	[APPLY_ERROR] = "it could not be written",
	[APPLY_UNCERTAIN] = "whether it was written is not known; run this again",
	[APPLY_LEFT_OUT] = "left as it is, for what belongs to it was not changed",
	[APPLY_UNDONE] = "put back as it was",
	[APPLY_NOT_UNDONE] = "changed, and could not be put back",
	[APPLY_INTERRUPTED] = "stopped before it was written",
};

/* Whoever reads a log sees which object it was. */
static void tell_failure(struct fixing *fixing, size_t change)
{
	const struct live_outcome *outcome = live_apply_outcome(fixing->apply, change);
	struct output *err = &fixing->live.work.session->err;
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	bool asked_for = outcome->state != APPLY_IMMUTABLE && outcome->state != APPLY_LEFT_OUT;

	look_word(&line, err->colour, asked_for ? LOOK_ERROR : LOOK_WARNING, asked_for ? "error:" : "left:");
	buf_addc(&line, ' ');
	add_name(fixing, &line, object_of(fixing, change));
	buf_addf(&line, ": %s", states[outcome->state]);
	if (outcome->message.n) {
		buf_addz(&line, ": ");
		text_escape(&line, outcome->message);
	}
	text_wrap(&err->text, buf_str(&line), 2, TEXT_COLUMNS);
	if (outcome->command.n) {
		buf_addz(&err->text, "  ");
		text_escape(&err->text, outcome->command);
		buf_addc(&err->text, '\n');
	}
	output_flush(err);
	fixing->live.work.failed |= asked_for;
}

static void tell_warnings(struct fixing *fixing)
{
	struct output *err = &fixing->live.work.session->err;

	for (size_t i = 0; i < fixing->changes.n; i++) {
		const struct live_outcome *outcome = live_apply_outcome(fixing->apply, i);

		for (size_t k = 0; k < outcome->warnings_n; k++) {
			look_word(&err->text, err->colour, LOOK_WARNING, "Warning:");
			buf_addc(&err->text, ' ');
			text_escape(&err->text, outcome->warnings[k]);
			buf_addc(&err->text, '\n');
		}
	}
	output_flush(err);
}

static void tell_done(struct fixing *fixing, size_t change, const char *how)
{
	struct buf *out = &fixing->live.work.session->out.text;

	add_name(fixing, out, object_of(fixing, change));
	buf_addf(out, " hardened%s\n", how);
	output_flush(&fixing->live.work.session->out);
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
		    step_of(row->object, NULL, 0) != STEP_WORKLOAD)
			continue;
		one = live_restarts(row->object->resource, row->json);
		sum.on_delete |= one.when == RESTART_ON_DELETE || one.when == RESTART_PAUSED;
		sum.unknown |= one.when == RESTART_UNKNOWN || (one.when == RESTART_PODS && one.pods < 0);
		if (one.when == RESTART_PODS && one.pods > 0)
			sum.pods += one.pods;
	}
	return sum;
}

static bool ask(struct fixing *fixing, size_t accepted)
{
	struct output *err = &fixing->live.work.session->err;
	struct restarts restarts = count_restarts(fixing);
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	struct str answer;

	output_flush(&fixing->live.work.session->out);
	buf_addf(&err->text, "The server accepts %s (dry run).", accepted == fixing->changes.n ? "this" : "the rest");
	if (restarts.pods) {
		buf_addf(&err->text, " %lld pod%s will restart.", (long long)restarts.pods,
			 restarts.pods == 1 ? "" : "s");
	} else if (!restarts.unknown) {
		buf_addz(&err->text, " No pod will restart.");
	}
	if (restarts.unknown)
		buf_addz(&err->text, " Which pods restart is up to an operator.");
	if (restarts.on_delete)
		buf_addz(&err->text, " Some change when they are deleted or resumed.");
	if (settings_of(fixing)->yes) {
		buf_addc(&err->text, '\n');
		output_flush(err);
		return true;
	}
	buf_addz(&err->text, " Go on? [y/N] ");
	output_flush(err);
	if (!answer_read(&line)) {
		buf_addc(&err->text, '\n');
		return false;
	}
	answer = str_trim(buf_str(&line));
	return str_ieq(answer, STR("y")) || str_ieq(answer, STR("yes"));
}

/* ---- the roll-out ---- */

static void add_flag(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(out, "%s%s", out->n ? " " : "", name);
	live_shell_word(out, str_of(value));
}

/* What the commands that a person is told need to reach the same cluster. */
static struct str flags_of(struct fixing *fixing)
{
	const struct live_flags *flags = &settings_of(fixing)->cluster;
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	add_flag(&text, "--kubeconfig=", flags->kubeconfig);
	add_flag(&text, "--context=", flags->context);
	return str_copy(fixing->live.arena, buf_str(&text));
}

static void tell_waiting(void *data, int64_t ready, int64_t pods, uint64_t ms)
{
	struct output *err = &((struct fixing *)data)->live.work.session->err;

	if (!err->terminal || settings_of(data)->quiet)
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
	add_name(fixing, &line, rollout->object);
	buf_addz(&line, rollout->state == ROLLOUT_TIMEOUT ? ": not ready in time: " : ": ");
	text_escape(&line, rollout->message);
	text_wrap(&err->text, buf_str(&line), 2, TEXT_COLUMNS);
	tell_lines(err, rollout->why, rollout->why_n);
	tell_lines(err, rollout->advice, rollout->advice_n);
	output_flush(err);
	fixing->live.work.failed = true;
}

static void roll_back(struct fixing *fixing, unsigned transaction)
{
	live_apply_undo(fixing->apply, transaction);
	for (size_t i = 0; i < fixing->changes.n; i++) {
		enum live_state state = live_apply_outcome(fixing->apply, i)->state;

		if (root_of(fixing->parents, (uint32_t)fixing->changes.items[i]) == transaction &&
		    (state == APPLY_UNDONE || state == APPLY_NOT_UNDONE))
			tell_failure(fixing, i);
	}
}

/* Whether a transaction was put back already, for another workload of it that did not come up. */
static bool is_rolled_back(const struct live_rollout *items, size_t n, unsigned transaction)
{
	for (size_t i = 0; i < n; i++)
		if (items[i].state != ROLLOUT_DONE && items[i].transaction == transaction)
			return true;
	return false;
}

static void wait_for(struct fixing *fixing)
{
	struct cluster_work *live = &fixing->live;
	struct live_rollout_options options = {
		.client = live->cluster.client,
		.stop = live->work.run.stop,
		.timeout_ms = settings_of(fixing)->timeout_ms,
		.flags = flags_of(fixing),
		.told = tell_waiting,
		.data = fixing,
	};
	struct live_rollout *items = ARENA_ARRAY(live->arena, struct live_rollout, fixing->changes.n + 1);
	struct output *err = &live->work.session->err;
	size_t n = 0;

	for (size_t i = 0; i < fixing->changes.n; i++) {
		const struct cluster_row *row = &live->rows.items[fixing->changes.items[i]];

		if (live_apply_outcome(fixing->apply, i)->state == APPLY_DONE &&
		    live_rollout_follows(row->object->resource, row->json))
			items[n++] = (struct live_rollout){
				.object = row->object,
				.transaction = root_of(fixing->parents, (uint32_t)fixing->changes.items[i]),
			};
	}
	live_rollout(&options, items, n, live->arena);
	if (n && err->terminal && !settings_of(fixing)->quiet)
		buf_addz(&err->text, "\r\x1b[K");
	for (size_t i = 0; i < n; i++) {
		if (items[i].state == ROLLOUT_DONE)
			continue;
		tell_rollout(fixing, &items[i]);
		if (settings_of(fixing)->rollback_on_failure && !is_rolled_back(items, i, items[i].transaction))
			roll_back(fixing, items[i].transaction);
	}
}

/* ---- a namespace ---- */

static size_t count_in(const struct fixing *fixing, enum live_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < fixing->changes.n; i++)
		n += live_apply_outcome(fixing->apply, i)->state == state;
	return n;
}

static void write_all(struct fixing *fixing)
{
	live_apply_write(fixing->apply);
	for (size_t i = 0; i < fixing->changes.n; i++) {
		const struct live_outcome *outcome = live_apply_outcome(fixing->apply, i);

		/* What the dry run refused is told already. */
		if (outcome->state == APPLY_DONE)
			tell_done(fixing, i, "");
		else if (outcome->state != APPLY_UNCHANGED && outcome->in_write)
			tell_failure(fixing, i);
	}
	if (settings_of(fixing)->wait)
		wait_for(fixing);
}

/* What the server says before anything is written. */
static size_t try_all(struct fixing *fixing)
{
	live_apply_try(fixing->apply);
	tell_warnings(fixing);
	for (size_t i = 0; i < fixing->changes.n; i++) {
		enum live_state state = live_apply_outcome(fixing->apply, i)->state;

		if (state != APPLY_ACCEPTED && state != APPLY_UNCHANGED && state != APPLY_DONE)
			tell_failure(fixing, i);
	}
	return count_in(fixing, APPLY_ACCEPTED);
}

/* What is as it was meant to be in the end. */
static void count_done(struct fixing *fixing, enum live_state state)
{
	for (size_t i = 0; i < fixing->changes.n; i++) {
		const struct source *source = fixing->live.work.run.sources.items[fixing->changes.items[i]];

		if (live_apply_outcome(fixing->apply, i)->state != state)
			continue;
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
					      .flags = flags_of(fixing) };
	size_t accepted;

	fixing->changes.n = 0;
	fixing->apply = live_apply_new(&options);
	group_rows(fixing);
	for (size_t i = 0; i < fixing->live.rows.n; i++)
		if (fixing->live.work.run.sources.items[i]->changed && fixing->live.rows.items[i].object)
			add_change(fixing, i);
	accepted = try_all(fixing);
	if (settings_of(fixing)->dry_run == DRY_RUN_SERVER) {
		for (size_t i = 0; i < fixing->changes.n; i++)
			if (live_apply_outcome(fixing->apply, i)->state == APPLY_ACCEPTED)
				tell_done(fixing, i, " (server dry run)");
	} else if (accepted && ask(fixing, accepted)) {
		write_all(fixing);
	} else if (accepted) {
		fixing->declined = true;
	}
	count_done(fixing, settings_of(fixing)->dry_run == DRY_RUN_SERVER ? APPLY_ACCEPTED : APPLY_DONE);
	live_apply_free(fixing->apply);
	fixing->apply = NULL;
	free(fixing->parents);
	fixing->parents = NULL;
}

static void done(struct cluster_work *live)
{
	struct fixing *fixing = (struct fixing *)live;

	if (live->whole) {
		formats_print(&live->work);
		return;
	}

	if (!settings_of(fixing)->yes || settings_of(fixing)->dry_run != DRY_RUN_NONE)
		for (size_t i = 0; i < live->work.run.sources.n; i++)
			work_add_diff(&live->work, live->work.run.sources.items[i]);
	work_add_summary_run(&live->work);
	if (live->work.totals.changed && settings_of(fixing)->dry_run != DRY_RUN_CLIENT)
		carry_out(fixing);
}

int cluster_fix(struct session *session)
{
	const struct settings *settings = &session->settings;
	struct fixing fixing = { 0 };
	struct cluster_work *live = &fixing.live;
	int code;

	if (cluster_work_open(live, session, &code)) {
		live->whole = formats_is_of_objects(settings->format);
		live->edits = true;
		live->keeps_json = !live->whole;
		live->done = done;
		live->work.options.traced = true;
		cluster_work_renew(live);
		if (cluster_work_do(live, &code)) {
			bool written = settings->dry_run == DRY_RUN_NONE && fixing.done_n;

			live->work.totals = live->sum;
			if (!live->whole && settings->dry_run != DRY_RUN_CLIENT && (written || !fixing.declined)) {
				live->sum.tried = live->sum.changed > 0;
				live->sum.changed = fixing.done_n;
				live->sum.changes = fixing.changes_n;
				live->sum.caveats = fixing.done_n ? live->sum.caveats : 0;
			}
			code = work_is_answer(&live->work, settings->fail_on, true) ? EXIT_ANSWER : EXIT_FINE;
			if (!settings->quiet)
				cluster_add_end(live, written);
			code = work_end(&live->work, code);
		}
	}
	free(fixing.changes.items);
	cluster_work_free(live);
	return code;
}
