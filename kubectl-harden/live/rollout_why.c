/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a roll-out does not come to its end
 *
 * From the workload inwards: its conditions, its new ReplicaSet (or revision), the newest of their pods that are not
 * ready, the containers of these with the last that they printed, and the events of all of them. What one may not read
 * is left out: whoever may patch a Deployment need not be allowed to read logs.
 */
#include <stdlib.h>

#include "live/document.h"
#include "live/rollout_internal.h"

enum { PODS_SHOWN = 2, LOG_LINES = 10, LOG_BYTES = 16384, EVENTS_SHOWN = 5, OBJECTS_LISTED = 500, TIMEOUT_MS = 5000 };

static const struct live_resource replica_sets = {
	.group = { "apps", 4 }, .version = { "v1", 2 }, .name = { "replicasets", 11 }, .namespaced = true
};
static const struct live_resource revisions = {
	.group = { "apps", 4 }, .version = { "v1", 2 }, .name = { "controllerrevisions", 19 }, .namespaced = true
};
static const struct live_resource pods = { .version = { "v1", 2 }, .name = { "pods", 4 }, .namespaced = true };
static const struct live_resource events = { .version = { "v1", 2 }, .name = { "events", 6 }, .namespaced = true };

struct why {
	const struct live_rollout_options *options;
	struct live_rollout *item;
	struct arena *arena;
	struct live_document workload;
	struct {
		struct str *items;
		size_t n, cap;
	} lines;
	struct {
		struct str *items; /* UIDs of the objects whose events are looked at */
		size_t n, cap;
	} uids;
};

static bool is_said(const struct why *why, struct str words)
{
	for (size_t i = 0; i < why->lines.n; i++)
		if (str_find(why->lines.items[i], words, 0) != SIZE_MAX)
			return true;
	return false;
}

static void say(struct why *why, struct str line)
{
	if (!is_said(why, line))
		VEC_PUSH(&why->lines, line);
}

/* ---- requests ---- */

/* The answer's body, to be freed; false where there is none. */
static bool get(struct why *why, const struct live_resource *resource, struct str name, const char *query,
		const char *accept, struct buf *ret_body)
{
	struct live_request request = {
		.method = "GET", .accept = accept, .timeout_ms = TIMEOUT_MS, .quiet_warnings = true
	};
	struct live_response response = { 0 };
	struct buf path = BUF_INIT;
	bool ok;

	live_resource_path(resource, why->item->object->namespace, name, &path);
	buf_addz(&path, query);
	request.path = buf_str(&path);
	ok = live_do(why->options->client, &request, &response, NULL);
	if (ok) {
		*ret_body = response.body;
		response.body = BUF_INIT;
	}
	live_response_free(&response);
	buf_free(&path);
	return ok;
}

static bool get_document(struct why *why, const struct live_resource *resource, struct str name, const char *query,
			 struct live_document *document)
{
	struct buf body = BUF_INIT;
	bool ok = get(why, resource, name, query, NULL, &body) && live_document_read(document, buf_str(&body), NULL);

	buf_free(&body);
	return ok;
}

/* A list of what @selector (a label selector) selects. */
static bool list(struct why *why, const struct live_resource *resource, struct str selector,
		 struct live_document *document)
{
	struct buf query = BUF_INIT;
	bool ok;

	buf_addf(&query, "?limit=%d&labelSelector=", OBJECTS_LISTED);
	buf_add_percent(&query, selector, "");
	buf_addc(&query, '\0');
	ok = get_document(why, resource, STR_NONE, query.p, document);
	buf_free(&query);
	return ok;
}

/* ---- the workload ---- */

static struct str text(struct live_document *document, yaml_id node, const char *path)
{
	return yaml_text(&document->tree, yaml_get_path(&document->tree, node, path));
}

static int64_t number(struct live_document *document, yaml_id node, const char *path)
{
	int64_t value;

	return yaml_int(&document->tree, yaml_get_path(&document->tree, node, path), &value) ? value : 0;
}

static yaml_id items_of(struct live_document *document)
{
	return yaml_get(&document->tree, document->tree.root, "items");
}

/* A condition that is bad news: a failure that is there, or progress that is not. */
static void say_conditions(struct why *why)
{
	struct live_document *document = &why->workload;
	struct yaml_tree *tree = &document->tree;

	YAML_EACH(tree, yaml_get_path(tree, tree->root, "status.conditions"), condition) {
		struct str type = text(document, condition, "type"), status = text(document, condition, "status");
		bool failure = str_is(type, "ReplicaFailure") && str_is(status, "True"),
		     stuck = str_is(type, "Progressing") && str_is(status, "False");

		if (failure || stuck)
			say(why, str_fmt(why->arena, "%.*s: %.*s", STR_ARG(text(document, condition, "reason")),
					 STR_ARG(text(document, condition, "message"))));
	}
}

static void add_expression(struct live_document *document, yaml_id expression, struct buf *out)
{
	struct yaml_tree *tree = &document->tree;
	struct str key = text(document, expression, "key"), is = text(document, expression, "operator");
	bool in = str_is(is, "In"), first = true;

	if (str_is(is, "DoesNotExist"))
		buf_addc(out, '!');
	buf_add(out, key);
	if (!in && !str_is(is, "NotIn"))
		return;
	buf_addz(out, in ? " in (" : " notin (");
	YAML_EACH(tree, yaml_get(tree, expression, "values"), value) {
		buf_addz(out, first ? "" : ",");
		buf_add(out, yaml_text(tree, value));
		first = false;
	}
	buf_addc(out, ')');
}

/* The workload's selector as a label selector, in the arena. */
static struct str selector_of(struct why *why)
{
	struct yaml_tree *tree = &why->workload.tree;
	struct buf out = BUF_INIT;
	struct str selector;

	YAML_EACH(tree, yaml_get_path(tree, tree->root, "spec.selector.matchLabels"), key) {
		buf_addz(&out, out.n ? "," : "");
		buf_add(&out, yaml_text(tree, key));
		buf_addc(&out, '=');
		buf_add(&out, yaml_text(tree, yaml_value(tree, key)));
	}
	YAML_EACH(tree, yaml_get_path(tree, tree->root, "spec.selector.matchExpressions"), expression) {
		buf_addz(&out, out.n ? "," : "");
		add_expression(&why->workload, expression, &out);
	}
	selector = str_copy(why->arena, buf_str(&out));
	buf_free(&out);
	return selector;
}

static bool is_owned(struct live_document *document, yaml_id object, struct str uid)
{
	struct yaml_tree *tree = &document->tree;

	YAML_EACH(tree, yaml_get_path(tree, object, "metadata.ownerReferences"), owner)
		if (str_eq(text(document, owner, "uid"), uid))
			return true;
	return false;
}

static int64_t revision_of(struct live_document *document, yaml_id object)
{
	struct yaml_tree *tree = &document->tree;
	yaml_id annotations = yaml_get_path(tree, object, "metadata.annotations");
	int64_t revision = number(document, object, "revision");

	/* Of a ReplicaSet it is a text. */
	if (str_int(yaml_get_text(tree, annotations, "deployment.kubernetes.io/revision"), &revision))
		return revision;
	return revision;
}

/*
 * The newest ReplicaSet or ControllerRevision of the workload: its pods have the label @label with the value that it
 * has, too. Empty where it is not known.
 */
static struct str newest_hash(struct why *why, const struct live_resource *resource, struct str selector,
			      const char *label)
{
	struct live_document document = LIVE_DOCUMENT_INIT;
	struct yaml_tree *tree = &document.tree;
	struct str uid = text(&why->workload, why->workload.tree.root, "metadata.uid"), hash = STR_NONE;
	yaml_id newest = YAML_NONE;

	if (list(why, resource, selector, &document)) {
		YAML_EACH(tree, items_of(&document), object)
			if (is_owned(&document, object, uid) &&
			    (!newest || revision_of(&document, object) > revision_of(&document, newest)))
				newest = object;
		hash = str_copy(why->arena, yaml_get_text(tree, yaml_get_path(tree, newest, "metadata.labels"), label));
		if (newest)
			VEC_PUSH(&why->uids, str_copy(why->arena, text(&document, newest, "metadata.uid")));
	}
	live_document_free(&document);
	return hash;
}

/* The label selector of the workload's new pods. */
static struct str new_pods(struct why *why)
{
	struct str kind = why->item->object->resource->kind, selector = selector_of(why), hash;
	const char *label = "controller-revision-hash";

	if (str_is(kind, "Deployment")) {
		label = "pod-template-hash";
		hash = newest_hash(why, &replica_sets, selector, label);
	} else if (str_is(kind, "StatefulSet")) {
		hash = str_copy(why->arena, text(&why->workload, why->workload.tree.root, "status.updateRevision"));
	} else {
		hash = newest_hash(why, &revisions, selector, label);
	}
	return hash.n ? str_fmt(why->arena, "%.*s,%s=%.*s", STR_ARG(selector), label, STR_ARG(hash)) : selector;
}

/* ---- pods ---- */

static bool is_ready(struct live_document *document, yaml_id pod)
{
	struct yaml_tree *tree = &document->tree;

	YAML_EACH(tree, yaml_get_path(tree, pod, "status.conditions"), condition)
		if (str_is(text(document, condition, "type"), "Ready"))
			return str_is(text(document, condition, "status"), "True");
	return false;
}

static void say_log(struct why *why, struct str pod, struct str container, bool previous)
{
	struct buf query = BUF_INIT, body = BUF_INIT;
	struct str rest, line;

	buf_addz(&query, "/log?container=");
	buf_add_percent(&query, container, "");
	buf_addf(&query, "&tailLines=%d&limitBytes=%d%s", LOG_LINES, LOG_BYTES, previous ? "&previous=true" : "");
	buf_addc(&query, '\0');
	if (get(why, &pods, pod, query.p, "*/*", &body)) {
		rest = str_trim(buf_str(&body));
		while (rest.n && str_cut(&rest, '\n', &line))
			VEC_PUSH(&why->lines, str_fmt(why->arena, "  | %.*s", STR_ARG(str_trim(line))));
	}
	buf_free(&body);
	buf_free(&query);
}

/* "exited with code 1 (Error), 3 restarts: message" */
static struct str exit_text(struct why *why, struct live_document *document, yaml_id status, yaml_id ended)
{
	struct str message = str_trim(text(document, ended, "message"));

	return str_fmt(why->arena, "exited with code %lld (%.*s), %lld restarts%s%.*s",
		       (long long)number(document, ended, "exitCode"), STR_ARG(text(document, ended, "reason")),
		       (long long)number(document, status, "restartCount"), message.n ? ": " : "", STR_ARG(message));
}

/* A container that is on its way, or has done what it is there for, is no news. */
static void say_container(struct why *why, struct live_document *document, yaml_id pod, yaml_id status)
{
	struct yaml_tree *tree = &document->tree;
	struct str name = text(document, status, "name"), reason = text(document, status, "state.waiting.reason"),
		   what = STR_NONE;
	yaml_id now = yaml_get_path(tree, status, "state.terminated"),
		last = yaml_get_path(tree, status, "lastState.terminated"), ended = now ? now : last;
	bool starting = str_is(reason, "ContainerCreating") || str_is(reason, "PodInitializing"),
	     fine = yaml_is_true(tree, yaml_get(tree, status, "ready")) ||
		    (now && number(document, now, "exitCode") == 0);

	if (fine || (starting && !last))
		return;
	if (ended)
		what = exit_text(why, document, status, ended);
	else if (reason.n)
		what = str_fmt(why->arena, "%.*s: %.*s", STR_ARG(reason),
			       STR_ARG(text(document, status, "state.waiting.message")));
	else if (yaml_get_path(tree, status, "state.running"))
		what = STR("runs, but is not ready");
	if (!what.n)
		return;
	VEC_PUSH(&why->lines, str_fmt(why->arena, "container %.*s: %.*s", STR_ARG(name), STR_ARG(what)));
	if (ended || !reason.n)
		say_log(why, text(document, pod, "metadata.name"), name, ended && !now);
}

static void say_pod(struct why *why, struct live_document *document, yaml_id pod)
{
	static const char *const lists[] = { "status.initContainerStatuses", "status.containerStatuses" };
	struct yaml_tree *tree = &document->tree;
	struct str reason = text(document, pod, "status.reason"), message = text(document, pod, "status.message");

	VEC_PUSH(&why->uids, str_copy(why->arena, text(document, pod, "metadata.uid")));
	VEC_PUSH(&why->lines,
		 str_fmt(why->arena, "pod/%.*s: %.*s%s%.*s%s%.*s", STR_ARG(text(document, pod, "metadata.name")),
			 STR_ARG(text(document, pod, "status.phase")), reason.n ? ": " : "", STR_ARG(reason),
			 message.n ? ": " : "", STR_ARG(message)));
	YAML_EACH(tree, yaml_get_path(tree, pod, "status.conditions"), condition)
		if (str_is(text(document, condition, "type"), "PodScheduled") &&
		    str_is(text(document, condition, "status"), "False"))
			say(why, str_fmt(why->arena, "%.*s: %.*s", STR_ARG(text(document, condition, "reason")),
					 STR_ARG(text(document, condition, "message"))));
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		YAML_EACH(tree, yaml_get_path(tree, pod, lists[i]), status)
			say_container(why, document, pod, status);
}

struct made {
	yaml_id pod;
	struct str at; /* RFC 3339, so that the order of texts is that of times */
};

static int newest_first(const void *a, const void *b)
{
	return str_cmp(((const struct made *)b)->at, ((const struct made *)a)->at);
}

static void say_pods(struct why *why)
{
	struct live_document document = LIVE_DOCUMENT_INIT;
	struct yaml_tree *tree = &document.tree;
	struct {
		struct made *items;
		size_t n, cap;
	} found = { 0 };

	if (list(why, &pods, new_pods(why), &document))
		YAML_EACH(tree, items_of(&document), pod)
			if (!is_ready(&document, pod))
				VEC_PUSH(&found,
					 (struct made){ pod, text(&document, pod, "metadata.creationTimestamp") });
	if (found.n)
		qsort(found.items, found.n, sizeof(*found.items), newest_first);
	for (size_t i = 0; i < found.n && i < PODS_SHOWN; i++)
		say_pod(why, &document, found.items[i].pod);
	if (found.n > PODS_SHOWN)
		say(why, str_fmt(why->arena, "%zu more %s not ready", found.n - PODS_SHOWN,
				 found.n == PODS_SHOWN + 1 ? "pod is" : "pods are"));
	free(found.items);
	live_document_free(&document);
}

/* ---- events ---- */

static void say_events(struct why *why, struct str uid)
{
	struct live_document document = LIVE_DOCUMENT_INIT;
	struct yaml_tree *tree = &document.tree;
	struct buf query = BUF_INIT;

	buf_addf(&query, "?limit=%d&fieldSelector=", OBJECTS_LISTED);
	buf_add_percent(&query, str_fmt(why->arena, "involvedObject.uid=%.*s,type=Warning", STR_ARG(uid)), "");
	buf_addc(&query, '\0');
	if (get_document(why, &events, STR_NONE, query.p, &document)) {
		size_t n = yaml_count(tree, items_of(&document)), skip = n > EVENTS_SHOWN ? n - EVENTS_SHOWN : 0;

		YAML_EACH(tree, items_of(&document), event)
			if ((!skip || !skip--) && !is_said(why, text(&document, event, "message")))
				say(why,
				    str_fmt(why->arena, "event: %.*s: %.*s", STR_ARG(text(&document, event, "reason")),
					    STR_ARG(text(&document, event, "message"))));
	}
	buf_free(&query);
	live_document_free(&document);
}

void live_rollout_why(const struct live_rollout_options *options, struct live_rollout *item, struct arena *arena)
{
	struct why why = { .options = options, .item = item, .arena = arena };

	if (get_document(&why, item->object->resource, item->object->name, "", &why.workload)) {
		say_conditions(&why);
		VEC_PUSH(&why.uids, str_copy(arena, text(&why.workload, why.workload.tree.root, "metadata.uid")));
		say_pods(&why);
		for (size_t i = 0; i < why.uids.n; i++)
			say_events(&why, why.uids.items[i]);
	}
	item->why = ARENA_ARRAY(arena, struct str, why.lines.n);
	item->why_n = why.lines.n;
	for (size_t i = 0; i < why.lines.n; i++)
		item->why[i] = why.lines.items[i];
	free(why.lines.items);
	free(why.uids.items);
	live_document_free(&why.workload);
	live_rollout_advise(options, item, arena);
}
