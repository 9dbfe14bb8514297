/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Problems, changes and needs
 *
 * Some settings only go together: dropping ALL from a program that stays root breaks it, a non-root program cannot
 * open port 80. So a fixer asks for what it needs before it changes anything (fix_need), whatever the user selected,
 * and leaves its problem with a reason where that cannot be had. What each fixer found for each target is remembered,
 * so the order of the table decides what is reported first and nothing else. See need.c for that.
 */
#include "fixers/fix.h"

#include <stdlib.h>

#include "kube/pod_security.h"

bool fix_selected(const struct fix_config *config, const struct fixer *self)
{
	uint64_t bit = (uint64_t)1 << fixer_index(self);

	if (config->skip & bit)
		return false;
	/* Of a pod in a privileged namespace nothing is asked but what the user asks of all pods. */
	if (config->profile == PROFILE_PRIVILEGED && self->profile != PROFILE_OPT_IN)
		return false;
	if (config->only)
		return config->only & bit;
	return self->profile <= config->profile || (config->also & bit) || (self->is_asked && self->is_asked(config));
}

static uint32_t checks_of(const struct fixer *self, enum pod_security_level level, unsigned version)
{
	struct str rest = str_of(self->checks), id;
	uint32_t checks = 0;

	while (str_cut(&rest, ' ', &id)) {
		size_t check = pod_security_find(id);

		if (check != SIZE_MAX && pod_security_applies(check, level, version))
			checks |= (uint32_t)1 << check;
	}
	return checks;
}

struct fix_choice fix_choice_make(const struct fix_config *config)
{
	enum pod_security_level level = config->profile == PROFILE_BASELINE ? POD_SECURITY_BASELINE
									    : POD_SECURITY_RESTRICTED;
	struct fix_choice choice = { .version = config->standard_version ? config->standard_version - 1
									 : pod_security_newest };

	for (size_t i = 0; i < fixers_n; i++) {
		if (config->profile != PROFILE_PRIVILEGED)
			choice.checks[i] = checks_of(fixers[i], level, choice.version);
		choice.applies |= choice.checks[i];
		/* What the standard does not ask for at that version, only the profile beyond it does. */
		if (fix_selected(config, fixers[i]) &&
		    (choice.checks[i] || !*fixers[i]->checks || config->profile == PROFILE_HARDENED ||
		     (config->only & (uint64_t)1 << i)))
			choice.selected |= (uint64_t)1 << i;
	}
	return choice;
}

/* Of an opt-in rule --also asks for no more than that it looks: what it thinks unsafe takes --unsafe. */
static bool is_also(const struct fix_config *config, const struct fixer *self)
{
	return self->profile != PROFILE_OPT_IN && (config->also & (uint64_t)1 << fixer_index(self));
}

bool fix_allowed(const struct fix_context *fix, const struct fixer *self, enum safety safety)
{
	const struct fix_config *config = fix->config;

	switch (safety) {
	case SAFETY_SAFE:
		return true;
	case SAFETY_CAVEAT:
		return !config->safe_only;
	case SAFETY_UNSAFE:
		return !config->safe_only && (config->unsafe || is_also(config, self));
	case SAFETY_FINDING:
		break;
	}
	return false;
}

bool fix_applies(const struct fix_context *fix, const char *check)
{
	size_t index = pod_security_find(str_of(check));

	return index != SIZE_MAX && (fix->choice->applies >> index & 1);
}

bool fix_is_exempt(const struct fix_context *fix, const char *check)
{
	size_t index = pod_security_find(str_of(check));
	const struct pod_security_check *row;

	if (index == SIZE_MAX)
		return false;
	row = &pod_security_checks[index];
	/* Windows refuses most of the settings, so nothing is asked for beyond the standard. */
	return (fix->pod->windows_declared &&
		(fix->choice->version >= row->windows_since || !(fix->choice->applies >> index & 1))) ||
	       (fix->pod->user_namespace && fix->choice->version >= row->user_namespace_since);
}

/* ---- reports ---- */

static void add_finding(struct fix_context *fix, const struct fixer *self, const struct problem *problem,
			enum fix_status status)
{
	struct finding finding = { .at = yaml_offset_value(fix->tree, problem->at), .object = fix->object };
	struct finding_text text;

	/* Padding, too: it is compared as bytes. */
	memset(&text, 0, sizeof(text));
	text.fixer = self;
	text.check = problem->check && fix_applies(fix, problem->check) ? problem->check : NULL;
	text.status = status;
	text.safety = problem->safety;
	text.message = intern_str(fix->intern, problem->message);
	text.number = problem->number;
	text.note = intern_str(fix->intern, problem->note);
	if (status == FIX_LEFT) {
		text.declined = fix->declined;
		text.reason = intern_str(fix->intern, problem->reason);
	} else {
		text.caveat = problem->caveat;
		text.subject = intern_str(fix->intern, problem->subject);
		text.detail = intern_str(fix->intern, problem->detail);
	}
	if (fix->log && fix->log->traced) {
		fix->log->places.n = fix->findings->n; /* those behind were only asked for */
		VEC_PUSH(&fix->log->places, problem->at);
	}
	finding.text = intern_bytes(fix->intern, &text, sizeof(text));
	VEC_PUSH(fix->findings, finding);
}

static struct str flag_reason(struct fix_context *fix, const struct fixer *self, enum safety safety)
{
	if (safety == SAFETY_CAVEAT)
		return STR("--safe-only leaves it, for it has a caveat");
	if (fix->config->safe_only)
		return STR("--safe-only leaves it");
	if (self->profile == PROFILE_OPT_IN)
		return STR("the program may need it; --unsafe changes it");
	return fix_format(fix, "the program may need it; --also %s changes it", self->name);
}

enum fix_status fix_report(struct fix_context *fix, const struct fixer *self, const struct problem *problem)
{
	struct problem left = *problem;

	if (!left.reason.n)
		left.reason = flag_reason(fix, self, problem->safety);
	add_finding(fix, self, &left, FIX_LEFT);
	return FIX_LEFT;
}

void fix_add_note(struct fix_context *fix, struct problem *problem, struct str line)
{
	struct buf note = BUF_INIT;
	struct str part;

	if (!line.n)
		return;
	buf_add(&note, problem->note);
	if (note.n)
		buf_addc(&note, '\n');
	for (bool first = true; str_cut(&line, '\n', &part); first = false) {
		buf_addz(&note, first ? "" : "\\n");
		buf_add(&note, part);
	}
	problem->note = str_copy(fix->arena, buf_str(&note));
	buf_free(&note);
}

void fix_explain_unsafe(struct fix_context *fix, struct problem *problem, const char *why, const char *deed)
{
	problem->safety = SAFETY_UNSAFE;
	if (!fix->config->safe_only)
		problem->reason = fix_format(fix, "%s; --unsafe %s", why, deed);
}

/* ---- changes ---- */

struct change fix_begin(struct fix_context *fix, int target)
{
	struct change change = {
		.fix = fix,
		.target = target,
		.mark = yaml_mark(fix->tree),
		.findings = fix->findings->n,
	};

	/* The API refuses them in templates and on create: they occur in dumps of what runs. */
	if (target != TARGET_POD && fix_container(fix, target)->role == CONTAINER_EPHEMERAL)
		change_refuse(&change, fix_container(fix, target)->node,
			      "an ephemeral container cannot be changed; it goes with its pod");
	return change;
}

static bool is_same_kind(const struct change_id *a, const struct change_id *b)
{
	return a->object == b->object && a->fixer == b->fixer && a->target == b->target;
}

/* The change that is made now, the @ordinal-th of the document. */
static struct change_id identify(const struct change *change, const struct fixer *self, unsigned ordinal)
{
	struct change_log *log = change->fix->log;
	struct change_id id = { .fixer = self, .object = change->fix->object, .target = change->target };

	if (!log)
		return id;
	if (log->n > ordinal)
		log->n = ordinal; /* those were only asked for */
	for (size_t i = log->n; i-- > 0 && log->items[i].id.object == id.object;)
		id.nth += is_same_kind(&log->items[i].id, &id);
	return id;
}

static struct change_denied *find_denied(const struct change_filter *filter, const struct change_id *id)
{
	size_t low = 0, high = filter->denied.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (filter->denied.items[middle].id.object < id->object)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < filter->denied.n && filter->denied.items[low].id.object == id->object; low++)
		if (is_same_kind(&filter->denied.items[low].id, id) && filter->denied.items[low].id.nth == id->nth)
			return &filter->denied.items[low];
	return NULL;
}

static bool is_declined(const struct declined *declined, const struct change_id *id)
{
	return id->object < declined->n && (declined->items[id->object] >> fixer_index(id->fixer) & 1);
}

/* Whether the change must not be made; why, in words for the user. */
static bool is_filtered(struct fix_context *fix, const struct change_id *id, unsigned ordinal, struct str *ret_why)
{
	struct change_filter *filter = fix->filter;
	struct change_denied *denied;

	if (!filter)
		return false;
	if (is_declined(&filter->declined, id)) {
		filter->declined_met++;
		fix->declined = true;
		*ret_why = STR("it was left out");
		return true;
	}
	if (filter->why_none) {
		*ret_why = fix_format(fix, "not edited: %s", filter->why_none);
		return true;
	}
	denied = find_denied(filter, id);
	if (denied) {
		denied->met = true;
		*ret_why = fix_format(fix, "not edited: %.*s", STR_ARG(denied->why));
		return true;
	}
	*ret_why = STR("the edit did not pass its own proof, so it was undone; please report this file");
	return filter->allowed && (ordinal >= filter->n || !filter->allowed[ordinal]);
}

static void note(struct fix_context *fix, const struct change_id *id)
{
	struct change_made made = { *id, yaml_mark(fix->tree), (uint32_t)fix->tree->nodes.n,
				    (uint32_t)fix->findings->n };

	if (fix->log)
		VEC_PUSH(fix->log, made);
}

enum fix_status fix_end(struct change *change, const struct fixer *self, const struct problem *problem)
{
	struct fix_context *fix = change->fix;
	struct problem left = *problem;

	if (!change->refused) {
		unsigned ordinal = fix->changes++;
		struct change_id id = identify(change, self, ordinal);
		bool filtered = is_filtered(fix, &id, ordinal, &left.reason);

		if (filtered)
			yaml_rollback(fix->tree, change->mark);
		note(fix, &id);
		if (filtered)
			return fix_report(fix, self, &left);
		add_finding(fix, self, problem, FIX_CHANGED);
		return FIX_CHANGED;
	}
	left.at = problem->at;
	left.reason = fix_format(fix, "not edited: %s", change->why.why);
	yaml_rollback(fix->tree, change->mark);
	return fix_report(fix, self, &left);
}

void change_refuse(struct change *change, yaml_id at, const char *why)
{
	if (change->refused)
		return;
	change->refused = true;
	change->why = (struct yaml_refusal){ .at = yaml_offset_value(change->fix->tree, at), .why = why };
}

static yaml_id done(struct change *change, yaml_id result)
{
	if (!result)
		change->refused = true;
	return result;
}

yaml_id change_map(struct change *change, yaml_id map, const char *key, const struct yaml_order *order)
{
	if (change->refused)
		return YAML_NONE;
	return done(change, yaml_put_map(change->fix->tree, map, key, order, &change->why));
}

yaml_id change_seq(struct change *change, yaml_id map, const char *key, bool flow, const struct yaml_order *order)
{
	if (change->refused)
		return YAML_NONE;
	return done(change, yaml_put_seq(change->fix->tree, map, key, flow, order, &change->why));
}

const struct yaml_order *fix_pod_order(const struct fix_context *fix)
{
	return *fix->pod->view->spec ? &order_pod_spec : NULL;
}

static yaml_id change_pod_context(struct change *change)
{
	const struct kube_pod *pod = change->fix->pod;

	if (!pod->context_in)
		change_refuse(change, pod->template, "its kind has no place for a pod security context");
	return change_map(change, pod->context_in, kube_pod_context_key(pod), fix_pod_order(change->fix));
}

yaml_id change_security_context(struct change *change, int target)
{
	const struct fix_context *fix = change->fix;

	if (target == TARGET_POD)
		return change_pod_context(change);
	return change_map(change, fix_container(fix, target)->node, "securityContext", &order_container);
}

const char *fix_placeholder(const struct fix_context *fix, yaml_id scalar)
{
	struct str text = yaml_text(fix->tree, scalar);

	if (str_starts(text, STR("${")) && str_ends(text, STR("}")))
		return "a placeholder, whose value is not known; fill it in first: "
		       "envsubst < FILE | kubectl harden fix -f -";
	if ((str_starts(text, STR("$(")) && str_ends(text, STR(")"))) ||
	    (str_starts(text, STR("{{")) && str_ends(text, STR("}}"))))
		return "a placeholder, whose value is not known; harden what comes out of the program that fills it in";
	return NULL;
}

/* Refuses to write over a placeholder. */
static void check_placeholder(struct change *change, yaml_id map, const char *key)
{
	yaml_id old = change->refused ? YAML_NONE : yaml_get(change->fix->tree, map, key);
	const char *why = old ? fix_placeholder(change->fix, old) : NULL;

	if (why)
		change_refuse(change, old, why);
}

void change_str(struct change *change, yaml_id map, const char *key, struct str value, const struct yaml_order *order)
{
	check_placeholder(change, map, key);
	if (!change->refused)
		done(change, yaml_put_str(change->fix->tree, map, key, value, order, &change->why));
}

void change_int(struct change *change, yaml_id map, const char *key, int64_t value, const struct yaml_order *order)
{
	check_placeholder(change, map, key);
	if (!change->refused)
		done(change, yaml_put_int(change->fix->tree, map, key, value, order, &change->why));
}

void change_bool(struct change *change, yaml_id map, const char *key, bool value, const struct yaml_order *order)
{
	check_placeholder(change, map, key);
	if (!change->refused)
		done(change, yaml_put_bool(change->fix->tree, map, key, value, order, &change->why));
}

yaml_id change_append_map(struct change *change, yaml_id seq)
{
	if (change->refused)
		return YAML_NONE;
	return done(change, yaml_append_map(change->fix->tree, seq, &change->why));
}

void change_append_int(struct change *change, yaml_id seq, int64_t value)
{
	if (!change->refused)
		done(change, yaml_append_int(change->fix->tree, seq, value, &change->why));
}

void change_append_str(struct change *change, yaml_id seq, struct str value)
{
	if (!change->refused)
		done(change, yaml_append_str(change->fix->tree, seq, value, &change->why));
}

void change_append_variable(struct change *change, int target, struct str name, struct str value)
{
	yaml_id container = fix_container(change->fix, target)->node;
	yaml_id item = change_append_map(change, change_seq(change, container, "env", false, &order_container));

	change_str(change, item, "name", name, &order_env_var);
	change_str(change, item, "value", value, &order_env_var);
}

void change_set_str(struct change *change, yaml_id scalar, struct str value)
{
	if (!change->refused)
		change->refused = !yaml_set_str(change->fix->tree, scalar, value, &change->why);
}

void change_set_int(struct change *change, yaml_id scalar, int64_t value)
{
	if (!change->refused)
		change->refused = !yaml_set_int(change->fix->tree, scalar, value, &change->why);
}

void change_remove(struct change *change, yaml_id node)
{
	if (!change->refused)
		change->refused = !yaml_remove(change->fix->tree, node, &change->why);
}

enum { PRUNE_DEPTH_MAX = 16 };

void change_prune(struct change *change, yaml_id node, yaml_id top)
{
	struct yaml_tree *tree = change->fix->tree;
	struct str names[PRUNE_DEPTH_MAX];
	yaml_id base = node, key;
	size_t n = 0;

	for (; n < PRUNE_DEPTH_MAX && base != top && (key = yaml_key(tree, base)); base = yaml_parent(tree, base))
		names[n++] = yaml_text(tree, key);
	while (!change->refused && node) {
		change->refused = !yaml_prune(tree, node, top, &change->why);
		/* What a merge brings in shows once the pair that hid it is gone: it goes as well. */
		node = n ? base : YAML_NONE;
		for (size_t i = n; i > 0 && node; i--)
			node = yaml_get_str(tree, node, names[i - 1]);
	}
}

/* ---- targets ---- */

struct kube_container *fix_container(const struct fix_context *fix, int target)
{
	return &fix->pod->containers[target];
}

const struct image_fact *fix_image_facts(const struct fix_context *fix, int target)
{
	return fix_container(fix, target)->known->facts;
}

yaml_id fix_security_context(const struct fix_context *fix, int target)
{
	return yaml_get(fix->tree, fix_container(fix, target)->node, "securityContext");
}

yaml_id fix_pod_security_context(const struct fix_context *fix)
{
	return kube_pod_context(fix->pod);
}

bool fix_has_pod_context(const struct fix_context *fix)
{
	return fix->pod->context_in != YAML_NONE;
}

bool fix_is_operators(const struct fix_context *fix)
{
	return fix->pod->view->flags & VIEW_OPERATOR;
}

bool fix_has_unseen(const struct fix_context *fix)
{
	return fix->pod->view->flags & (VIEW_OPERATOR | VIEW_ADDS);
}

yaml_id fix_place(const struct fix_context *fix, int target)
{
	yaml_id context;

	if (target == TARGET_POD)
		return fix->pod->spec;
	context = fix_security_context(fix, target);
	return yaml_is_null(fix->tree, context) ? fix_container(fix, target)->node : context;
}

struct str fix_subject(const struct fix_context *fix, int target)
{
	static const char *const words[] = {
		[CONTAINER_INIT] = "init container ",
		[CONTAINER_MAIN] = "container ",
		[CONTAINER_EPHEMERAL] = "ephemeral container ",
	};
	const struct kube_container *container;

	if (target == TARGET_POD)
		return STR("the pod");
	container = fix_container(fix, target);
	if (!container->name.n)
		return fix_format(fix, "the %.*s", (int)strlen(words[container->role]) - 1, words[container->role]);
	return str_join(fix->arena, str_of(words[container->role]), container->name);
}

/* KEP-1981: from that version on, Pod Security leaves out what Windows has no such setting for. */
enum { WINDOWS_EXEMPT_SINCE = 25 };

bool fix_is_windows(const struct fix_context *fix, struct problem *problem)
{
	if (!fix->pod->windows)
		return false;
	if (fix->pod->windows_declared && fix->choice->version < WINDOWS_EXEMPT_SINCE)
		problem->reason = STR("the API refuses this setting in a Windows pod; the standard does not ask for it "
				      "there from version 1.25 on");
	else
		problem->reason =
			fix->pod->windows_declared
				? STR("the API refuses this setting in a Windows pod; remove it")
				: STR("its node selector asks for Windows, where this setting is not allowed; with "
				      "spec.os.name: windows the standard does not ask for it");
	return true;
}

int64_t fix_unprivileged_from(const struct fix_context *fix)
{
	int64_t start;

	YAML_EACH(fix->tree, yaml_get(fix->tree, fix_pod_security_context(fix), "sysctls"), item)
		if (str_is(yaml_get_text(fix->tree, item, "name"), "net.ipv4.ip_unprivileged_port_start") &&
		    str_int(yaml_get_text(fix->tree, item, "value"), &start))
			return start;
	return PORT_FIRST_FREE;
}
