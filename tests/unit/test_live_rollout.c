/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roll-outs, against a script of what the server is asked and what it answers, with a clock that the test moves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "live/rollout.h"
#include "yaml/tree.h"

/* ---- the server ---- */

struct step {
	const char *path;
	enum live_failure failure;
	const char *body; /* or the message of a failure */
};

static struct {
	const struct step *steps;
	size_t n, at;
	bool repeat; /* the last step answers everything that comes behind it */
	uint64_t now;
	struct buf told;
	volatile sig_atomic_t stopped;
	uint64_t stop_at; /* the flag is up from then on; 0: never */
} server;

bool live_do(struct live_client *client, const struct live_request *request, struct live_response *ret,
	     struct error **err)
{
	const struct step *step = &server.steps[server.at];

	(void)client;
	assert_true(request->timeout_ms >= 1000 && request->timeout_ms <= 300000);
	if (server.at == server.n)
		fail_msg("one request too many: %.*s", STR_ARG(request->path));
	if (!str_is(request->path, step->path))
		fail_msg("request %zu is %.*s, not %s", server.at, STR_ARG(request->path), step->path);
	if (!(server.repeat && server.at + 1 == server.n))
		server.at++;
	*ret = (struct live_response){ .failure = step->failure };
	if (step->failure == LIVE_FINE) {
		buf_addz(&ret->body, step->body);
		return true;
	}
	ret->message = str_dup(str_of(step->body));
	return error_set(err, "%s", step->body);
}

void live_response_free(struct live_response *response)
{
	free(response->message);
	buf_free(&response->body);
}

/* ---- objects ---- */

#define CORE "/api/v1/namespaces/shop/"
#define APPS "/apis/apps/v1/namespaces/shop/"
#define RESOURCE(g, plural, k)                                                                                         \
	{ .group = STR(g), .version = STR("v1"), .name = STR(plural), .kind = STR(k), .namespaced = true }
static const struct live_resource deployments = RESOURCE("apps", "deployments", "Deployment"),
				  stateful_sets = RESOURCE("apps", "statefulsets", "StatefulSet"),
				  daemon_sets = RESOURCE("apps", "daemonsets", "DaemonSet"),
				  cron_jobs = RESOURCE("batch", "cronjobs", "CronJob"),
				  replica_sets = RESOURCE("apps", "replicasets", "ReplicaSet"),
				  rollouts = RESOURCE("argoproj.io", "rollouts", "Rollout");
static const struct live_object web = {
	.resource = &deployments, .namespace = STR("shop"), .name = STR("web"), .uid = STR("u")
};
static const struct live_object database = {
	.resource = &stateful_sets, .namespace = STR("shop"), .name = STR("db"), .uid = STR("u")
};
static const struct live_object agent = {
	.resource = &daemon_sets, .namespace = STR("shop"), .name = STR("agent"), .uid = STR("u")
};

struct fixture {
	struct arena *arena;
	struct live_rollout_options options;
	struct live_rollout items[2];
};

static uint64_t now(void *data)
{
	(void)data;
	return server.now;
}

static void pause_for(void *data, uint64_t ms)
{
	(void)data;
	server.now += ms;
	if (server.stop_at && server.now >= server.stop_at)
		server.stopped = SIGINT;
}

static void told(void *data, int64_t ready, int64_t pods, uint64_t ms)
{
	(void)data;
	buf_addf(&server.told, "%lld/%lld at %llu; ", (long long)ready, (long long)pods, (unsigned long long)ms);
}

static void begin(struct fixture *fixture, const struct step *steps, size_t n, const struct live_object *object)
{
	buf_free(&server.told);
	memset(&server, 0, sizeof(server));
	server.steps = steps;
	server.n = n;
	server.now = 1000000;
	fixture->items[0] = (struct live_rollout){ .object = object };
	fixture->items[1] = (struct live_rollout){ .object = object };
}

#define BEGIN(fixture, steps, object) begin((fixture), (steps), sizeof(steps) / sizeof(*(steps)), (object))

static int set_up(void **state)
{
	struct fixture *fixture = xmalloc(sizeof(*fixture));

	*fixture = (struct fixture){
		.arena = arena_new(),
		.options = { .stop = &server.stopped,
			     .flags = STR("--context=prod"),
			     .told = told,
			     .now = now,
			     .sleep = pause_for },
	};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	arena_free(fixture->arena);
	buf_free(&server.told);
	free(fixture);
	yaml_parsers_release();
	return 0;
}

static void expect(struct live_rollout *item, enum live_rollout_state state, const char *message)
{
	assert_int_equal(item->state, state);
	assert_string_equal(item->message.n ? item->message.p : "", message);
}

static void finished(void)
{
	assert_int_equal(server.at, server.n);
}

/* ---- what restarts ---- */

static void test_restarts(void **state)
{
	static const struct {
		const struct live_resource *resource;
		const char *json;
		enum live_restart when;
		int64_t pods;
		bool follows;
	} rows[] = {
		{ &deployments, "{\"spec\":{\"replicas\":3}}", RESTART_PODS, 3, true },
		{ &deployments, "{\"spec\":{\"replicas\":0}}", RESTART_PODS, 0, true },
		{ &deployments, "{\"spec\":{}}", RESTART_PODS, 1, true },
		{ &deployments, "{\"spec\":{\"replicas\":3,\"paused\":true}}", RESTART_PAUSED, 3, false },
		{ &stateful_sets, "{\"spec\":{\"replicas\":3,\"updateStrategy\":{\"type\":\"RollingUpdate\"}}}",
		  RESTART_PODS, 3, true },
		{ &stateful_sets,
		  "{\"spec\":{\"replicas\":3,\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":"
		  "{\"partition\":2}}}}",
		  RESTART_PODS, 1, true },
		{ &stateful_sets, "{\"spec\":{\"replicas\":3,\"updateStrategy\":{\"type\":\"OnDelete\"}}}",
		  RESTART_ON_DELETE, 3, false },
		{ &daemon_sets, "{\"status\":{\"currentNumberScheduled\":7}}", RESTART_PODS, 7, true },
		{ &daemon_sets,
		  "{\"spec\":{\"updateStrategy\":{\"type\":\"OnDelete\"}},\"status\":{\"currentNumberScheduled\":7}}",
		  RESTART_ON_DELETE, 7, false },
		{ &cron_jobs, "{\"spec\":{}}", RESTART_NONE, 0, false },
		{ &replica_sets, "{\"spec\":{\"replicas\":3}}", RESTART_NONE, 0, false },
		{ &rollouts, "{\"spec\":{\"replicas\":3}}", RESTART_UNKNOWN, -1, false },
		{ &deployments, "nonsense", RESTART_UNKNOWN, -1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct live_restarts restarts = live_restarts(rows[i].resource, str_of(rows[i].json));

		if (restarts.when != rows[i].when || restarts.pods != rows[i].pods ||
		    live_rollout_follows(rows[i].resource, str_of(rows[i].json)) != rows[i].follows)
			fail_msg("row %zu: %d, %lld pods", i, restarts.when, (long long)restarts.pods);
	}
}

/* ---- following ---- */

#define STATUS(generation, status)                                                                                                \
	"{\"metadata\":{\"uid\":\"u\",\"generation\":2},\"spec\":{\"replicas\":3},\"status\":{\"observedGeneration\":" generation \
	"," status "}}"
#define DEPLOYMENT(all, updated, available)                                                                            \
	STATUS("2", "\"replicas\":" all ",\"updatedReplicas\":" updated ",\"availableReplicas\":" available)

static void test_deployment(void **state)
{
	static const struct step steps[] = {
		{ APPS "deployments/web", LIVE_FINE,
		  STATUS("1", "\"replicas\":3,\"updatedReplicas\":3,\"availableReplicas\":3") },
		{ APPS "deployments/web", LIVE_FINE, DEPLOYMENT("4", "1", "3") },
		{ APPS "deployments/web", LIVE_UNREACHABLE, "connection refused" },
		{ APPS "deployments/web", LIVE_FINE, DEPLOYMENT("4", "3", "3") },
		{ APPS "deployments/web", LIVE_FINE, DEPLOYMENT("3", "3", "2") },
		{ APPS "deployments/web", LIVE_FINE, DEPLOYMENT("3", "3", "3") },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps, &web);
	assert_true(live_rollout(&fixture->options, fixture->items, 1, fixture->arena));
	expect(&fixture->items[0], ROLLOUT_DONE, "deployment \"web\" successfully rolled out");
	finished();
	buf_addc(&server.told, '\0');
	assert_string_equal(server.told.p,
			    "0/0 at 0; 0/3 at 1000; 0/3 at 2250; 2/3 at 3812; 2/3 at 5764; 3/3 at 8204; ");
}

/* Every stage that it waits for, in kubectl's words. */
static void test_words(void **state)
{
	static const struct {
		const struct live_object *object;
		const char *body, *message;
	} rows[] = {
		{ &web, STATUS("1", "\"replicas\":3"), "Waiting for deployment spec update to be observed..." },
		{ &web, DEPLOYMENT("3", "1", "3"),
		  "Waiting for deployment \"web\" rollout to finish: 1 out of 3 new replicas have been updated..." },
		{ &web, DEPLOYMENT("4", "3", "3"),
		  "Waiting for deployment \"web\" rollout to finish: 1 old replicas are pending termination..." },
		{ &web, DEPLOYMENT("3", "3", "2"),
		  "Waiting for deployment \"web\" rollout to finish: 2 of 3 updated replicas are available..." },
		{ &agent, STATUS("1", "\"x\":1"), "Waiting for daemon set spec update to be observed..." },
		{ &agent, STATUS("2", "\"desiredNumberScheduled\":3,\"updatedNumberScheduled\":1"),
		  "Waiting for daemon set \"agent\" rollout to finish: 1 out of 3 new pods have been updated..." },
		{ &agent,
		  STATUS("2", "\"desiredNumberScheduled\":3,\"updatedNumberScheduled\":3,\"numberAvailable\":2"),
		  "Waiting for daemon set \"agent\" rollout to finish: 2 of 3 updated pods are available..." },
		{ &database, STATUS("2", "\"readyReplicas\":1"), "Waiting for 2 pods to be ready..." },
		{ &database, STATUS("2", "\"readyReplicas\":3,\"updatedReplicas\":1"),
		  "Waiting for partitioned roll out to finish: 1 out of 3 new pods have been updated..." },
		{ &database,
		  STATUS("2", "\"readyReplicas\":3,\"updatedReplicas\":3,\"updateRevision\":\"b\",\"currentRevision\":"
			      "\"a\""),
		  "waiting for statefulset rolling update to complete 3 pods at revision b..." },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char path[80];
		struct step step = { path, LIVE_FINE, rows[i].body };

		snprintf(path, sizeof(path), APPS "%.*s/%.*s", STR_ARG(rows[i].object->resource->name),
			 STR_ARG(rows[i].object->name));
		begin(fixture, &step, 1, rows[i].object);
		server.repeat = true;
		server.stop_at = server.now + 3000;
		assert_false(live_rollout(&fixture->options, fixture->items, 1, fixture->arena));
		expect(&fixture->items[0], ROLLOUT_STOPPED, rows[i].message);
		assert_int_equal(fixture->items[0].why_n, 0);
	}
}

static void test_done(void **state)
{
	static const struct step steps[] = {
		{ APPS "statefulsets/db", LIVE_FINE,
		  STATUS("2", "\"readyReplicas\":3,\"updatedReplicas\":3,\"updateRevision\":\"b\",\"currentRevision\":"
			      "\"b\"") },
		{ APPS "daemonsets/agent", LIVE_FINE,
		  STATUS("2", "\"desiredNumberScheduled\":3,\"updatedNumberScheduled\":3,\"numberAvailable\":3") },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps, &database);
	fixture->items[1].object = &agent;
	assert_true(live_rollout(&fixture->options, fixture->items, 2, fixture->arena));
	expect(&fixture->items[0], ROLLOUT_DONE, "statefulset rolling update complete 3 pods at revision b...");
	expect(&fixture->items[1], ROLLOUT_DONE, "daemon set \"agent\" successfully rolled out");
	finished();
}

/* ---- why ---- */

#define POD(name, made, status)                                                                                        \
	"{\"metadata\":{\"name\":\"" name "\",\"uid\":\"" name "\",\"creationTimestamp\":\"" made                      \
	"\"},\"status\":{" status "}}"
#define READY "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]"

static const char deadline[] =
	"{\"metadata\":{\"uid\":\"u\",\"generation\":2},\"spec\":{\"replicas\":3,\"selector\":{\"matchLabels\":{\"app\":"
	"\"web\"},\"matchExpressions\":[{\"key\":\"tier\",\"operator\":\"In\",\"values\":[\"a\",\"b\"]},{\"key\":\"old\","
	"\"operator\":\"DoesNotExist\"}]}},\"status\":{\"observedGeneration\":2,\"conditions\":[{\"type\":\"Available\","
	"\"status\":\"True\",\"reason\":\"fine\",\"message\":\"fine\"},{\"type\":\"Progressing\",\"status\":\"False\","
	"\"reason\":\"ProgressDeadlineExceeded\",\"message\":\"ReplicaSet \\\"web-2\\\" has timed out progressing.\"}]}}";

#define SELECTOR "app%3Dweb%2Ctier%20in%20%28a%2Cb%29%2C%21old"

static void expect_lines(const struct str *lines, size_t n, const char *const *expected, size_t expected_n)
{
	for (size_t i = 0; i < n && i < expected_n; i++)
		assert_string_equal(lines[i].p, expected[i]);
	assert_int_equal(n, expected_n);
}

#define EXPECT_LINES(lines, n, expected) expect_lines((lines), (n), (expected), sizeof(expected) / sizeof(*(expected)))

static void test_crash(void **state)
{
	static const struct step steps[] = {
		{ APPS "deployments/web", LIVE_FINE, deadline },
		{ APPS "deployments/web", LIVE_FINE, deadline },
		{ APPS "replicasets?limit=500&labelSelector=" SELECTOR, LIVE_FINE,
		  "{\"items\":["
		  "{\"metadata\":{\"uid\":\"rs9\",\"annotations\":{\"deployment.kubernetes.io/revision\":\"9\"},\"labels\":"
		  "{\"pod-template-hash\":\"h9\"},\"ownerReferences\":[{\"uid\":\"u\"}]}},"
		  "{\"metadata\":{\"uid\":\"rs10\",\"annotations\":{\"deployment.kubernetes.io/revision\":\"10\"},\"labels\":"
		  "{\"pod-template-hash\":\"h10\"},\"ownerReferences\":[{\"uid\":\"u\"}]}},"
		  "{\"metadata\":{\"uid\":\"rs11\",\"annotations\":{\"deployment.kubernetes.io/revision\":\"11\"},\"labels\":"
		  "{\"pod-template-hash\":\"h11\"},\"ownerReferences\":[{\"uid\":\"other\"}]}}]}" },
		{ CORE "pods?limit=500&labelSelector=" SELECTOR "%2Cpod-template-hash%3Dh10", LIVE_FINE,
		  "{\"items\":[" POD("good", "2026-01-09T00:00:00Z", READY) "," POD(
			  "older", "2026-01-01T00:00:00Z",
			  "\"phase\":\"Running\"") "," POD("newest", "2026-01-03T00:00:00Z",
							   "\"phase\":\"Running\",\"initContainerStatuses\":[{\"name\":"
							   "\"init\",\"state\":{\"terminated\":{\"exitCode\":0}}}],"
							   "\"containerStatuses\":[{\"name\":\"web\",\"restartCount\":3,"
							   "\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\","
							   "\"message\":\"back-off 40s\"}},\"lastState\":{\"terminated\":{"
							   "\"exitCode\":1,\"reason\":\"Error\"}}},{\"name\":\"side\","
							   "\"ready\":true}]") "," POD("newer", "2026-01-02T00:00:00Z",
										       "\"phase\":\"Pending\","
										       "\"containerStatuses\":[{\"name\":"
										       "\"web\",\"state\":{\"waiting\":{"
										       "\"reason\":\"CreateContainerConfig"
										       "Error\",\"message\":\"container "
										       "has runAsNonRoot and image will "
										       "run as root\"}}}]") "]}" },
		{ CORE "pods/newest/log?container=web&tailLines=10&limitBytes=16384&previous=true", LIVE_FINE,
		  "starting\nbind() to 0.0.0.0:80 failed (13: Permission denied)\r\n" },
		{ CORE "events?limit=500&fieldSelector=involvedObject.uid%3Du%2Ctype%3DWarning", LIVE_FORBIDDEN, "no" },
		{ CORE "events?limit=500&fieldSelector=involvedObject.uid%3Drs10%2Ctype%3DWarning", LIVE_FINE,
		  "{\"items\":[{\"reason\":\"FailedCreate\",\"message\":\"quota\"},{\"reason\":\"FailedCreate\",\"message\":"
		  "\"quota\"}]}" },
		{ CORE "events?limit=500&fieldSelector=involvedObject.uid%3Dnewest%2Ctype%3DWarning", LIVE_FINE,
		  "{\"items\":[]}" },
		{ CORE "events?limit=500&fieldSelector=involvedObject.uid%3Dnewer%2Ctype%3DWarning", LIVE_FINE,
		  "nonsense" },
	};
	static const char *const lines[] = {
		"ProgressDeadlineExceeded: ReplicaSet \"web-2\" has timed out progressing.",
		"pod/newest: Running",
		"container web: exited with code 1 (Error), 3 restarts",
		"  | starting",
		"  | bind() to 0.0.0.0:80 failed (13: Permission denied)",
		"pod/newer: Pending",
		"container web: CreateContainerConfigError: container has runAsNonRoot and image will run as root",
		"1 more pod is not ready",
		"event: FailedCreate: quota",
	};
	static const char *const advice[] = {
		"kubectl harden fix deployment.apps/web -n shop --context=prod --run-as-user=UID  # the image runs as root: "
		"name a user that it works with, or skip run-as-non-root",
		"kubectl harden fix deployment.apps/web -n shop --context=prod --low-ports=sysctl  # the program opens a port "
		"below 1024",
		"kubectl rollout undo deployment.apps/web -n shop --context=prod  # the pods as they were; Services and others "
		"that were changed with them stay",
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps, &web);
	assert_false(live_rollout(&fixture->options, fixture->items, 1, fixture->arena));
	expect(&fixture->items[0], ROLLOUT_FAILED, "deployment \"web\" exceeded its progress deadline");
	EXPECT_LINES(fixture->items[0].why, fixture->items[0].why_n, lines);
	EXPECT_LINES(fixture->items[0].advice, fixture->items[0].advice_n, advice);
	finished();
}

/* Nothing may be read but the workload; a StatefulSet knows its revision by itself. */
static void test_time_is_up(void **state)
{
	static const char body[] =
		"{\"metadata\":{\"uid\":\"u\",\"generation\":1},\"spec\":{\"replicas\":2,\"selector\":{\"matchLabels\":"
		"{\"app\":\"db\"}}},\"status\":{\"observedGeneration\":1,\"updateRevision\":\"db-5\"}}";
	static const struct step steps[] = {
		{ APPS "statefulsets/db", LIVE_FINE, body },
		{ APPS "statefulsets/db", LIVE_FINE, body },
		{ APPS "statefulsets/db", LIVE_FINE, body },
		{ APPS "statefulsets/db", LIVE_FINE, body },
		{ APPS "statefulsets/db", LIVE_FINE, body },
		{ CORE "pods?limit=500&labelSelector=app%3Ddb%2Ccontroller-revision-hash%3Ddb-5", LIVE_FORBIDDEN,
		  "no" },
		{ CORE "events?limit=500&fieldSelector=involvedObject.uid%3Du%2Ctype%3DWarning", LIVE_FORBIDDEN, "no" },
	};
	static const char *const advice[] = {
		"kubectl rollout undo statefulset.apps/db -n shop --context=prod  # the pods as they were; Services and others "
		"that were changed with them stay",
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps, &database);
	fixture->options.timeout_ms = 3000;
	assert_false(live_rollout(&fixture->options, fixture->items, 1, fixture->arena));
	expect(&fixture->items[0], ROLLOUT_TIMEOUT, "Waiting for 2 pods to be ready...");
	assert_int_equal(fixture->items[0].why_n, 0);
	EXPECT_LINES(fixture->items[0].advice, fixture->items[0].advice_n, advice);
	assert_int_equal(server.now, 1003000);
	finished();
}

static void test_gone(void **state)
{
	static const struct step gone[] = {
		{ APPS "deployments/web", LIVE_NOT_FOUND, "deployments.apps \"web\" not found" },
		{ APPS "deployments/web", LIVE_NOT_FOUND, "deployments.apps \"web\" not found" },
	};
	static const struct step anew[] = {
		{ APPS "deployments/web", LIVE_FINE, "{\"metadata\":{\"uid\":\"v\"}}" },
		{ APPS "deployments/web", LIVE_NOT_FOUND, "deployments.apps \"web\" not found" },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, gone, &web);
	assert_false(live_rollout(&fixture->options, fixture->items, 1, fixture->arena));
	expect(&fixture->items[0], ROLLOUT_FAILED, "deployments.apps \"web\" not found");
	finished();
	BEGIN(fixture, anew, &web);
	assert_false(live_rollout(&fixture->options, fixture->items, 1, fixture->arena));
	expect(&fixture->items[0], ROLLOUT_FAILED, "it was deleted, and made anew");
	finished();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_restarts),
		cmocka_unit_test_setup_teardown(test_deployment, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_done, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_crash, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_time_is_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_gone, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
