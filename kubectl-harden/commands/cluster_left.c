/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Left alone
 *
 * What Helm or a GitOps controller has made is changed in its source, or it comes back. Said once for each of them.
 */
#include "commands/cluster_left.h"

#include <stdlib.h>

#include "report/text.h"

struct cluster_left {
	struct {
		struct left_group {
			char *why;
			struct buf names; /* with commas between them; the first one alone without -v */
			size_t n;
		} *items;
		size_t n, cap;
	} groups;
};

static const struct {
	const char *words, *advice;
} managers[] = {
	[MANAGER_HELM] = { "managed by Helm",
			   "change its chart's values or templates: helm template … | kubectl harden diff -f -" },
	[MANAGER_ARGO_CD] = { "managed by Argo CD", "change its source: kubectl harden fix -f in its repository" },
	[MANAGER_FLUX] = { "managed by Flux", "change its source: kubectl harden fix -f in its repository" },
	[MANAGER_OWNER] = { "made by an operator", "change the object that it is made of" },
};

static void add_why(struct buf *out, const struct live_object *object, const char *reported_only)
{
	if (reported_only) {
		buf_addf(out, "%s%c", reported_only, '\0');
		return;
	}
	buf_addf(out, "%s (%.*s), which would put it back; %s, or --managed changes it all the same%c",
		 managers[object->manager].words, STR_ARG(object->managed_by), managers[object->manager].advice, '\0');
}

static struct left_group *group_of(struct cluster_left *left, const char *why)
{
	for (size_t i = 0; i < left->groups.n; i++)
		if (!strcmp(left->groups.items[i].why, why))
			return &left->groups.items[i];
	VEC_PUSH(&left->groups, (struct left_group){ .why = str_dup(str_of(why)) });
	return &left->groups.items[left->groups.n - 1];
}

bool cluster_is_left(struct cluster_work *live, const struct live_object *object, const char *reported_only)
{
	const struct settings *settings = &live->work.session->settings;
	struct buf why CLEANUP(buf_free) = BUF_INIT;
	struct left_group *group;

	if (object->deleted)
		return true;
	if (!reported_only && (object->manager == MANAGER_NONE || settings->managed))
		return false;
	add_why(&why, object, reported_only);
	if (!live->left) {
		live->left = xmalloc(sizeof(*live->left));
		*live->left = (struct cluster_left){ 0 };
	}
	group = group_of(live->left, why.p);
	if (!group->n || settings->verbose) {
		if (group->n)
			buf_addz(&group->names, ", ");
		buf_add(&group->names, cluster_path(object, live->arena));
	}
	group->n++;
	return true;
}

size_t cluster_left_n(const struct cluster_work *live)
{
	size_t n = 0;

	for (size_t i = 0; live->left && i < live->left->groups.n; i++)
		n += live->left->groups.items[i].n;
	return n;
}

/* What the next kubectl apply would put back, half of it: the merge of an old port with a new one is neither. */
static void add_applied(struct cluster_work *live)
{
	struct output *err = &live->work.session->err;
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	if (!live->applied_n)
		return;
	look_word(&line, err->colour, LOOK_WARNING, "caveat:");
	buf_addc(&line, ' ');
	text_escape(&line, buf_str(&live->applied));
	if (live->applied_n > 1)
		buf_addf(&line, " (and %zu more)", live->applied_n - 1);
	buf_addz(&line, live->applied_n > 1 ? " were" : " was");
	buf_addz(&line,
		 " applied from files. Harden these, too (kubectl harden fix -f), before the next kubectl apply: it "
		 "would put back half of this.");
	text_wrap(&err->text, buf_str(&line), 2, TEXT_COLUMNS);
}

void cluster_add_end(struct cluster_work *live, bool past)
{
	struct output *err = &live->work.session->err;

	output_flush(&live->work.session->out);
	for (size_t i = 0; live->left && i < live->left->groups.n; i++) {
		const struct left_group *group = &live->left->groups.items[i];
		struct buf line CLEANUP(buf_free) = BUF_INIT;

		text_escape(&line, buf_str(&group->names));
		if (group->n > 1 && !live->work.session->settings.verbose)
			buf_addf(&line, " (and %zu more; -v lists them)", group->n - 1);
		buf_addz(&line, ": left: ");
		text_escape(&line, str_of(group->why));
		buf_addc(&line, '.');
		text_wrap(&err->text, buf_str(&line), 2, TEXT_COLUMNS);
	}
	if (live->edits && live->sum.changed)
		add_applied(live);
	if (live->sum.files || !live->left)
		summary_add_totals(&err->text, &live->sum, past);
	else
		buf_addz(&err->text, "Nothing but what is left.\n");
	output_flush(err);
}

void cluster_left_free(struct cluster_left *left)
{
	if (!left)
		return;
	for (size_t i = 0; i < left->groups.n; i++) {
		free(left->groups.items[i].why);
		buf_free(&left->groups.items[i].names);
	}
	free(left->groups.items);
	free(left);
}
