/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Fix: what fixers are written with: problems, changes, and needs.
 *
 *	struct change change = fix_begin(fix, target);
 *	yaml_id context = change_map(&change, container, "securityContext", &order_container);
 *	change_bool(&change, context, "allowPrivilegeEscalation", false, &order_security_context);
 *	return fix_end(&change, self, &(struct problem){ … });
 *
 * The first refused edit ends the change; what follows it does nothing, and fix_end() rolls back and reports why.
 */

#include "fixers/fixer.h"

/* A problem and what its change costs. Texts are copied when it is reported. */
struct problem {
	const char *check; /* Pod Security check ID, NULL where none asks for it */
	enum safety safety;
	yaml_id at;	    /* the nearest node that a person should look at */
	struct str message; /* "container web is privileged: …" */
	struct str reason;  /* why it is left, where its safety forbids the change (or for a finding) */
	unsigned caveat;    /* enum caveat */
	struct str subject; /* of the caveat: an image, a mount */
	struct str detail;
	int64_t number;
	struct str note; /* lines of their own in the summary: fix_add_note() */
};

/* A set of edits that happens whole or not at all. */
struct change {
	struct fix_context *fix;
	int target;
	uint32_t mark;
	size_t findings;
	bool refused;
	struct yaml_refusal why;
};

/*
 * fix_allowed() - whether a change of @safety by @self may be made as the user asked. If not, report it with
 * fix_report(), whose reason then says which flag allows it.
 */
bool fix_allowed(const struct fix_context *fix, const struct fixer *self, enum safety safety);

/*
 * fix_applies() - whether the Pod Security check @check is asked for, at the user's level and version.
 * fix_is_exempt() - whether it leaves this pod out: Windows pods, those with a user namespace of their own.
 */
bool fix_applies(const struct fix_context *fix, const char *check);
bool fix_is_exempt(const struct fix_context *fix, const char *check);

/*
 * fix_explain_unsafe() - makes @problem's change one that --unsafe takes: @why is the reason for that, @deed what the
 * flag does; with --safe-only, that is the reason.
 */
void fix_explain_unsafe(struct fix_context *fix, struct problem *problem, const char *why, const char *deed);

/* fix_begin() - for @target: a change of an ephemeral container is refused from the start (facts: API validation). */
struct change fix_begin(struct fix_context *fix, int target);
/* fix_end() - keeps the change and reports @problem as mended, or undoes it and reports it as left. */
enum fix_status fix_end(struct change *change, const struct fixer *self, const struct problem *problem);

/* fix_report() - reports a problem that is left; returns FIX_LEFT. */
enum fix_status fix_report(struct fix_context *fix, const struct fixer *self, const struct problem *problem);

/*
 * fix_add_note() - adds a line to what the summary says of @problem's change; nothing where @line is empty. A name in it
 * may hold an end of line, which is shown as "\n".
 */
void fix_add_note(struct fix_context *fix, struct problem *problem, struct str line);

/*
 * fix_skips() - whether @self is skipped for @target, by --skip or by an annotation of the pod (see fixers/skip.h).
 * fix_skipping() - the first container that skips @self by itself, TARGET_POD where none does: what would hold for the
 * whole pod would hold for it, too.
 */
bool fix_skips(const struct fix_context *fix, const struct fixer *self, int target);
int fix_skipping(const struct fix_context *fix, const struct fixer *self);

/* fix_skipping_reason() - why a change of the whole pod is left for the sake of that container; empty for none. */
struct str fix_skipping_reason(struct fix_context *fix, const struct fixer *self);

/*
 * fix_skipped() - what @fixer would find for @target though it is skipped, as if all else were asked for: appended to
 * @findings, and nothing is changed.
 */
void fix_skipped(struct fix_context *fix, size_t fixer, int target, struct findings *findings);

/*
 * fix_need() - runs @other on @target first (once; later calls remember), and says whether what it establishes holds
 * now. A fixer that the user skipped is only asked, and nothing of it is reported.
 */
bool fix_need(struct fix_context *fix, const struct fixer *other, int target);

/*
 * fix_run() - what the engine calls for every fixer (its index in the table) and target that the user asked for. One
 * that is skipped is only asked, as by fix_need().
 */
enum fix_status fix_run(struct fix_context *fix, size_t fixer, int target);

/* fix_choice_make() - what @config means for each fixer. */
struct fix_choice fix_choice_make(const struct fix_config *config);

/* fix_selected() - whether the user's profile, --only, --skip and --also include @self. */
bool fix_selected(const struct fix_config *config, const struct fixer *self);

/* Edits inside a change; as yaml/edit.h. After a refusal they return YAML_NONE and do nothing. */
yaml_id change_map(struct change *change, yaml_id map, const char *key, const struct yaml_order *order);
yaml_id change_seq(struct change *change, yaml_id map, const char *key, bool flow, const struct yaml_order *order);
/* change_security_context() - the securityContext of the pod (TARGET_POD) or of a container, added where it is absent. */
yaml_id change_security_context(struct change *change, int target);
void change_str(struct change *change, yaml_id map, const char *key, struct str value, const struct yaml_order *order);
void change_int(struct change *change, yaml_id map, const char *key, int64_t value, const struct yaml_order *order);
void change_bool(struct change *change, yaml_id map, const char *key, bool value, const struct yaml_order *order);
yaml_id change_append_map(struct change *change, yaml_id seq);
void change_append_int(struct change *change, yaml_id seq, int64_t value);
void change_append_str(struct change *change, yaml_id seq, struct str value);
/* change_append_variable() - a new last variable of the container at @target. */
void change_append_variable(struct change *change, int target, struct str name, struct str value);
void change_set_str(struct change *change, yaml_id scalar, struct str value);
void change_set_int(struct change *change, yaml_id scalar, int64_t value);
void change_remove(struct change *change, yaml_id node);
/* change_prune() - removes @node, and what is left without children around it, up to but not including @top. */
void change_prune(struct change *change, yaml_id node, yaml_id top);
/* change_refuse() - ends the change for a reason of the fixer's own; @why is a constant text. */
void change_refuse(struct change *change, yaml_id at, const char *why);

/* fix_format() - a text as long as the pod is at work; what is reported of it is copied. */
#define fix_format(fix, ...) str_fmt((fix)->arena, __VA_ARGS__)

/* The container at @target and its securityContext (YAML_NONE if it has none). */
struct kube_container *fix_container(const struct fix_context *fix, int target);
/* What is known of that container's image; NULL for nothing. */
const struct image_fact *fix_image_facts(const struct fix_context *fix, int target);
yaml_id fix_security_context(const struct fix_context *fix, int target);
/* The pod's own securityContext. */
yaml_id fix_pod_security_context(const struct fix_context *fix);
/* fix_has_pod_context() - whether it has one, or a place for one: else what it would say goes on each container. */
bool fix_has_pod_context(const struct fix_context *fix);
/* fix_is_operators() - whether its containers are made by an operator: none is looked at. */
bool fix_is_operators(const struct fix_context *fix);
/* fix_has_unseen() - whether some of them are not seen, because an operator makes them or adds others. */
bool fix_has_unseen(const struct fix_context *fix);

/* fix_pod_order() - where new keys beside the pod's security context go: NULL for the end, where it is no PodSpec. */
const struct yaml_order *fix_pod_order(const struct fix_context *fix);

/* fix_place() - the best node to point at for a container: its securityContext if it has one, else itself. */
yaml_id fix_place(const struct fix_context *fix, int target);

/* fix_subject() - "the pod", "container web", "init container setup", "ephemeral container debug". */
struct str fix_subject(const struct fix_context *fix, int target);

/* fix_is_windows() - for a pod that selects Windows without saying so: true, with the reason in @problem. */
bool fix_is_windows(const struct fix_context *fix, struct problem *problem);

/* fix_unprivileged_from() - the first port that every user of the pod may open, as its own sysctl says; else 1024. */
int64_t fix_unprivileged_from(const struct fix_context *fix);

/*
 * fix_placeholder() - why @scalar is left, if it is a placeholder that another program fills in later (envsubst,
 * kustomize, Tekton, Argo): its value is not known, and nothing is written over it. NULL for any other value.
 */
const char *fix_placeholder(const struct fix_context *fix, yaml_id scalar);

/* fix_was_asked() - whether @fixer has looked at @target, by itself or because another needed it. */
bool fix_was_asked(const struct fix_context *fix, const struct fixer *fixer, int target);

/* fix_status_size() - bytes of fix_context.status. */
size_t fix_status_size(const struct kube_pod *pod);
