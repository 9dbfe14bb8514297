/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fix for objects of a cluster: what is told of each
 */
#include "commands/cluster_fixing.h"

#include "live/words.h"
#include "report/text.h"

struct settings *fixing_settings(struct fixing *fixing)
{
	return &fixing->live.work.session->settings;
}

const struct live_object *fixing_object(const struct fixing *fixing, size_t change)
{
	return fixing->live.rows.items[fixing->changes.items[change]].object;
}

void fixing_add_name(struct fixing *fixing, struct buf *out, const struct live_object *object)
{
	text_escape(out, fixing_settings(fixing)->all_namespaces
				 ? cluster_path(object, fixing->live.arena)
				 : live_object_title(object->resource, object->name, fixing->live.arena));
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

void fixing_tell_failure(struct fixing *fixing, size_t change)
{
	const struct live_outcome *outcome = live_apply_outcome(fixing->apply, change);
	struct output *err = &fixing->live.work.session->err;
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	bool left = outcome->state == APPLY_IMMUTABLE || outcome->state == APPLY_LEFT_OUT;
	bool undone = outcome->state == APPLY_UNDONE;

	if (!undone) {
		look_word(&line, err->colour, left ? LOOK_WARNING : LOOK_ERROR, left ? "left:" : "error:");
		buf_addc(&line, ' ');
	}
	fixing_add_name(fixing, &line, fixing_object(fixing, change));
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
	fixing->live.work.failed |= !left;
}

void fixing_tell_warnings(struct fixing *fixing)
{
	struct output *err = &fixing->live.work.session->err;

	for (size_t i = 0; i < fixing->changes.n; i++) {
		const struct live_outcome *outcome = live_apply_outcome(fixing->apply, i);

		for (size_t k = 0; k < outcome->warnings_n; k++)
			output_warning(err, outcome->warnings[k]);
	}
	output_flush(err);
}

void fixing_tell_done(struct fixing *fixing, size_t change, const char *how)
{
	struct buf *out = &fixing->live.work.session->out.text;

	fixing_add_name(fixing, out, fixing_object(fixing, change));
	buf_addf(out, " hardened%s\n", how);
	output_flush(&fixing->live.work.session->out);
}

static void add_flag(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(out, "%s%s", out->n ? " " : "", name);
	live_shell_word(out, str_of(value));
}

struct str fixing_flags(struct fixing *fixing)
{
	const struct live_flags *flags = &fixing_settings(fixing)->cluster;
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	add_flag(&text, "--kubeconfig=", flags->kubeconfig);
	add_flag(&text, "--context=", flags->context);
	return str_copy(fixing->live.arena, buf_str(&text));
}
