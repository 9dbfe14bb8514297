/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rollout
 *
 * What a status means is what `kubectl rollout status` takes it for (kubectl pkg/polymorphichelpers rollout_status.go),
 * and so are the words.
 */
#include "live/rollout.h"

#include "live/document.h"
#include "live/pause.h"
#include "live/rollout_internal.h"

enum { TIMEOUT_MS = 5 * 60 * 1000, INTERVAL_FIRST_MS = 1000, INTERVAL_LAST_MS = 3000, REQUEST_LEAST_MS = 1000 };

enum workload { WORKLOAD_OTHER, WORKLOAD_DEPLOYMENT, WORKLOAD_STATEFUL_SET, WORKLOAD_DAEMON_SET };

static enum workload workload_of(const struct live_resource *resource)
{
	if (!str_is(resource->group, "apps"))
		return WORKLOAD_OTHER;
	return str_is(resource->kind, "Deployment")    ? WORKLOAD_DEPLOYMENT
	       : str_is(resource->kind, "StatefulSet") ? WORKLOAD_STATEFUL_SET
	       : str_is(resource->kind, "DaemonSet")   ? WORKLOAD_DAEMON_SET
						       : WORKLOAD_OTHER;
}

/* A number of the object by a path of keys; @absent where it is not there. */
static int64_t number_at(struct live_document *document, const char *path, int64_t absent)
{
	int64_t number;

	return yaml_int(&document->tree, yaml_get_path(&document->tree, document->tree.root, path), &number) ? number
													     : absent;
}

static struct str text_at(struct live_document *document, const char *path)
{
	return yaml_text(&document->tree, yaml_get_path(&document->tree, document->tree.root, path));
}

static bool is_paused(struct live_document *document)
{
	return yaml_is_true(&document->tree, yaml_get_path(&document->tree, document->tree.root, "spec.paused"));
}

/* ---- what a change restarts ---- */

/* Kinds of which a new template concerns only the pods that are made from now on. */
static bool is_for_new_pods(const struct live_resource *resource)
{
	static const char *const kinds[][2] = {
		{ "", "PodTemplate" },	  { "", "ReplicationController" },
		{ "apps", "ReplicaSet" }, { "batch", "CronJob" },
		{ "batch", "Job" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_is(resource->group, kinds[i][0]) && str_is(resource->kind, kinds[i][1]))
			return true;
	return false;
}

/* Pods of a StatefulSet whose number is below its partition stay as they are. */
static int64_t behind_partition(struct live_document *document)
{
	int64_t pods = number_at(document, "spec.replicas", 1),
		partition = number_at(document, "spec.updateStrategy.rollingUpdate.partition", 0);

	return pods > partition ? pods - partition : 0;
}

static struct live_restarts restarts_of(const struct live_resource *resource, struct live_document *document)
{
	struct live_restarts restarts = { RESTART_UNKNOWN, -1 };

	switch (workload_of(resource)) {
	case WORKLOAD_DEPLOYMENT:
		restarts.when = is_paused(document) ? RESTART_PAUSED : RESTART_PODS;
		restarts.pods = number_at(document, "spec.replicas", 1);
		break;
	case WORKLOAD_STATEFUL_SET:
		restarts.when = RESTART_PODS;
		restarts.pods = behind_partition(document);
		break;
	case WORKLOAD_DAEMON_SET:
		restarts.when = RESTART_PODS;
		restarts.pods = number_at(document, "status.currentNumberScheduled", 0);
		break;
	case WORKLOAD_OTHER:
		if (is_for_new_pods(resource))
			restarts = (struct live_restarts){ RESTART_NONE, 0 };
		return restarts;
	}
	if (str_is(text_at(document, "spec.updateStrategy.type"), "OnDelete"))
		restarts.when = RESTART_ON_DELETE;
	return restarts;
}

struct live_restarts live_restarts(const struct live_resource *resource, struct str json)
{
	struct live_document document = LIVE_DOCUMENT_INIT;
	struct live_restarts restarts = { RESTART_UNKNOWN, -1 };

	if (live_document_read(&document, json, NULL))
		restarts = restarts_of(resource, &document);
	live_document_free(&document);
	return restarts;
}

bool live_rollout_follows(const struct live_resource *resource, struct str json)
{
	return workload_of(resource) != WORKLOAD_OTHER && live_restarts(resource, json).when == RESTART_PODS;
}

/* ---- what a status says ---- */

/* New pods that are ready, at least: those that are not the old ones. */
static void count(struct live_rollout *item, int64_t pods, int64_t ready, int64_t old)
{
	ready = ready > old ? ready - old : 0;
	item->pods = pods;
	item->ready = ready < pods ? ready : pods;
}

static bool is_observed(struct live_document *document)
{
	return number_at(document, "metadata.generation", 0) <= number_at(document, "status.observedGeneration", 0);
}

static bool deadline_exceeded(struct live_document *document)
{
	struct yaml_tree *tree = &document->tree;

	YAML_EACH(tree, yaml_get_path(tree, tree->root, "status.conditions"), condition)
		if (str_is(yaml_get_text(tree, condition, "type"), "Progressing") &&
		    str_is(yaml_get_text(tree, condition, "reason"), "ProgressDeadlineExceeded"))
			return true;
	return false;
}

static void wait_for(struct live_rollout *item, struct str message)
{
	item->state = ROLLOUT_WAITING;
	item->message = message;
}

static void read_deployment(struct live_rollout *item, struct live_document *document, struct arena *arena)
{
	struct str name = item->object->name;
	int64_t pods = number_at(document, "spec.replicas", 1), all = number_at(document, "status.replicas", 0),
		updated = number_at(document, "status.updatedReplicas", 0),
		available = number_at(document, "status.availableReplicas", 0);

	count(item, pods, available, all - updated);
	if (deadline_exceeded(document)) {
		item->state = ROLLOUT_FAILED;
		item->message = str_fmt(arena, "deployment \"%.*s\" exceeded its progress deadline", STR_ARG(name));
	} else if (updated < pods) {
		wait_for(item,
			 str_fmt(arena,
				 "Waiting for deployment \"%.*s\" rollout to finish: %lld out of %lld new replicas "
				 "have been updated...",
				 STR_ARG(name), (long long)updated, (long long)pods));
	} else if (all > updated) {
		wait_for(item,
			 str_fmt(arena,
				 "Waiting for deployment \"%.*s\" rollout to finish: %lld old replicas are pending "
				 "termination...",
				 STR_ARG(name), (long long)(all - updated)));
	} else if (available < updated) {
		wait_for(item,
			 str_fmt(arena,
				 "Waiting for deployment \"%.*s\" rollout to finish: %lld of %lld updated replicas "
				 "are available...",
				 STR_ARG(name), (long long)available, (long long)updated));
	} else {
		item->state = ROLLOUT_DONE;
		item->message = str_fmt(arena, "deployment \"%.*s\" successfully rolled out", STR_ARG(name));
	}
}

static void read_daemon_set(struct live_rollout *item, struct live_document *document, struct arena *arena)
{
	struct str name = item->object->name;
	int64_t pods = number_at(document, "status.desiredNumberScheduled", 0),
		updated = number_at(document, "status.updatedNumberScheduled", 0),
		available = number_at(document, "status.numberAvailable", 0);

	count(item, pods, available, number_at(document, "status.currentNumberScheduled", 0) - updated);
	if (updated < pods) {
		wait_for(item,
			 str_fmt(arena,
				 "Waiting for daemon set \"%.*s\" rollout to finish: %lld out of %lld new pods have "
				 "been updated...",
				 STR_ARG(name), (long long)updated, (long long)pods));
	} else if (available < pods) {
		wait_for(item,
			 str_fmt(arena,
				 "Waiting for daemon set \"%.*s\" rollout to finish: %lld of %lld updated pods are "
				 "available...",
				 STR_ARG(name), (long long)available, (long long)pods));
	} else {
		item->state = ROLLOUT_DONE;
		item->message = str_fmt(arena, "daemon set \"%.*s\" successfully rolled out", STR_ARG(name));
	}
}

/*
 * kubectl takes a StatefulSet without a partition for done as soon as its pods are counted as updated; the controller
 * takes a little longer, and then says so by making the new revision the current one.
 */
static void read_stateful_set(struct live_rollout *item, struct live_document *document, struct arena *arena)
{
	int64_t all = number_at(document, "spec.replicas", 1), pods = behind_partition(document),
		ready = number_at(document, "status.readyReplicas", 0),
		updated = number_at(document, "status.updatedReplicas", 0);
	struct str revision = text_at(document, "status.updateRevision");

	count(item, pods, ready, all - updated);
	if (ready < all) {
		wait_for(item, str_fmt(arena, "Waiting for %lld pods to be ready...", (long long)(all - ready)));
	} else if (updated < pods) {
		wait_for(item,
			 str_fmt(arena,
				 "Waiting for partitioned roll out to finish: %lld out of %lld new pods have been "
				 "updated...",
				 (long long)updated, (long long)pods));
	} else if (pods == all && !str_eq(revision, text_at(document, "status.currentRevision"))) {
		wait_for(item,
			 str_fmt(arena,
				 "waiting for statefulset rolling update to complete %lld pods at revision %.*s...",
				 (long long)updated, STR_ARG(revision)));
	} else {
		item->state = ROLLOUT_DONE;
		item->message = str_fmt(arena, "statefulset rolling update complete %lld pods at revision %.*s...",
					(long long)updated, STR_ARG(revision));
	}
}

static void read_status(struct live_rollout *item, struct live_document *document, struct arena *arena)
{
	static const char *const names[] = { "", "deployment", "statefulset", "daemon set" };
	enum workload workload = workload_of(item->object->resource);
	struct str uid = text_at(document, "metadata.uid");

	if (item->object->uid.n && !str_eq(uid, item->object->uid)) {
		item->state = ROLLOUT_FAILED;
		item->message = STR("it was deleted, and made anew");
	} else if (!is_observed(document)) {
		item->ready = 0;
		wait_for(item, str_fmt(arena, "Waiting for %s spec update to be observed...", names[workload]));
	} else if (workload == WORKLOAD_DEPLOYMENT) {
		read_deployment(item, document, arena);
	} else if (workload == WORKLOAD_STATEFUL_SET) {
		read_stateful_set(item, document, arena);
	} else if (workload == WORKLOAD_DAEMON_SET) {
		read_daemon_set(item, document, arena);
	} else {
		item->state = ROLLOUT_DONE;
	}
}

/* ---- following ---- */

static uint64_t now_of(const struct live_rollout_options *options)
{
	return options->now ? options->now(options->data) : live_now();
}

static void take_failure(struct live_rollout *item, const struct live_response *response, const struct error *err,
			 struct arena *arena)
{
	struct str message = str_copy(arena, str_of(response->message ? response->message : err ? err->message : ""));

	/* A server that is away, or busy, may be back before the time is up. */
	if (response->failure == LIVE_STOPPED)
		item->state = ROLLOUT_STOPPED;
	else if (response->failure != LIVE_UNREACHABLE && response->failure != LIVE_BUSY)
		item->state = ROLLOUT_FAILED;
	item->message = message;
}

static void ask(const struct live_rollout_options *options, struct live_rollout *item, uint32_t timeout_ms,
		struct arena *arena)
{
	struct live_document document = LIVE_DOCUMENT_INIT;
	struct live_request request = { .method = "GET", .timeout_ms = timeout_ms, .quiet_warnings = true };
	struct live_response response = { 0 };
	struct error *err = NULL;
	struct buf path = BUF_INIT;

	live_resource_path(item->object->resource, item->object->namespace, item->object->name, &path);
	request.path = buf_str(&path);
	if (!live_do(options->client, &request, &response, &err))
		take_failure(item, &response, err, arena);
	else if (live_document_read(&document, buf_str(&response.body), NULL))
		read_status(item, &document, arena);
	live_document_free(&document);
	live_response_free(&response);
	error_free(err);
	buf_free(&path);
}

/* One round, which ends by @end. True where any is still waited for. */
static bool ask_all(const struct live_rollout_options *options, struct live_rollout *items, size_t n, uint64_t end,
		    struct arena *arena)
{
	bool waiting = false;

	for (size_t i = 0; i < n; i++) {
		uint64_t now = now_of(options), left = now < end ? end - now : 0;

		if (items[i].state == ROLLOUT_WAITING && !live_stopped(options->stop))
			ask(options, &items[i], (uint32_t)(left < REQUEST_LEAST_MS ? REQUEST_LEAST_MS : left), arena);
		waiting = waiting || items[i].state == ROLLOUT_WAITING;
	}
	return waiting;
}

static void tell(const struct live_rollout_options *options, const struct live_rollout *items, size_t n, uint64_t ms)
{
	int64_t ready = 0, pods = 0;

	for (size_t i = 0; i < n; i++) {
		ready += items[i].ready;
		pods += items[i].pods;
	}
	if (options->told)
		options->told(options->data, ready, pods, ms);
}

static void wait_round(const struct live_rollout_options *options, uint64_t ms)
{
	if (options->sleep)
		options->sleep(options->data, ms);
	else
		live_pause(ms, options->stop);
}

static void follow(const struct live_rollout_options *options, struct live_rollout *items, size_t n,
		   struct arena *arena)
{
	uint64_t start = now_of(options), timeout = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS,
		 interval = INTERVAL_FIRST_MS, spent = 0;
	bool waiting = true;

	while (waiting) {
		waiting = ask_all(options, items, n, start + timeout, arena);
		spent = now_of(options) - start;
		tell(options, items, n, spent);
		if (!waiting || spent >= timeout || live_stopped(options->stop))
			break;
		wait_round(options, timeout - spent < interval ? timeout - spent : interval);
		interval = interval + interval / 4 < INTERVAL_LAST_MS ? interval + interval / 4 : INTERVAL_LAST_MS;
	}
	for (size_t i = 0; i < n; i++)
		if (items[i].state == ROLLOUT_WAITING)
			items[i].state = live_stopped(options->stop) ? ROLLOUT_STOPPED : ROLLOUT_TIMEOUT;
}

bool live_rollout(const struct live_rollout_options *options, struct live_rollout *items, size_t n, struct arena *arena)
{
	bool all = true;

	for (size_t i = 0; i < n; i++)
		items[i].state = ROLLOUT_WAITING;
	follow(options, items, n, arena);
	for (size_t i = 0; i < n; i++) {
		if (items[i].state == ROLLOUT_FAILED || items[i].state == ROLLOUT_TIMEOUT)
			live_rollout_why(options, &items[i], arena);
		all = all && items[i].state == ROLLOUT_DONE;
	}
	return all;
}
