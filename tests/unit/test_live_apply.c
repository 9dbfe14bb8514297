/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes of live objects, against a script of what the server is asked and what it answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "live/apply.h"
#include "yaml/tree.h"

/* ---- the server ---- */

/* A request that is expected, as "PATCH web", "DRY web" or "GET web", and its answer. */
struct step {
	const char *request;
	enum live_failure failure;
	const char *body; /* or the message of a failure */
	const char *warning;
};

static const char invalid_test[] = "the server rejected our request due to an error in our request";

static struct {
	const struct step *steps;
	size_t n, at;
	struct buf log; /* bodies, a line each */
	const volatile sig_atomic_t *stop;
	volatile sig_atomic_t stopped;
	size_t stop_at; /* the flag is raised within this request; SIZE_MAX: never */
} server;

static const char *request_text(const struct live_request *request, char *text, size_t size)
{
	struct str path = request->path, name;
	size_t query = str_find(path, STR("?"), 0);
	bool dry = str_find(path, STR("&dryRun=All"), 0) != SIZE_MAX;

	name = str_sub(path, 0, query == SIZE_MAX ? path.n : query);
	while (str_find(name, STR("/"), 0) != SIZE_MAX)
		name = str_sub(name, str_find(name, STR("/"), 0) + 1, name.n);
	if (!strcmp(request->method, "PATCH")) {
		assert_true(str_find(path, STR("?fieldManager=kubectl-harden&fieldValidation=Strict"), 0) != SIZE_MAX);
		assert_string_equal(request->content_type, "application/json-patch+json");
	}
	snprintf(text, size, "%s %.*s", dry ? "DRY" : request->method, STR_ARG(name));
	return text;
}

bool live_do(struct live_client *client, const struct live_request *request, struct live_response *ret,
	     struct error **err)
{
	const struct step *step = &server.steps[server.at];
	char text[80];

	(void)client;
	request_text(request, text, sizeof(text));
	if (server.at == server.n)
		fail_msg("one request too many: %s", text);
	assert_string_equal(text, step->request);
	if (request->body.n) {
		buf_add(&server.log, request->body);
		buf_addc(&server.log, '\n');
	}
	if (server.at++ == server.stop_at)
		server.stopped = SIGINT;
	if (server.stopped && step->failure == LIVE_STOPPED)
		assert_false(request->regardless);
	*ret = (struct live_response){ .failure = step->failure };
	if (step->warning)
		VEC_PUSH(&ret->warnings, str_dup(str_of(step->warning)));
	if (step->failure == LIVE_FINE) {
		buf_addz(&ret->body, step->body);
		return true;
	}
	ret->message = step->body ? str_dup(str_of(step->body)) : NULL;
	return error_set(err, "Error from server: %s", step->body ? step->body : "no answer");
}

void live_response_free(struct live_response *response)
{
	for (size_t i = 0; i < response->warnings.n; i++)
		free(response->warnings.items[i]);
	free(response->warnings.items);
	free(response->message);
	buf_free(&response->body);
}

/* ---- the objects ---- */

static const struct live_resource deployments = { .group = STR("apps"),
						  .version = STR("v1"),
						  .name = STR("deployments"),
						  .kind = STR("Deployment"),
						  .namespaced = true };
static const struct live_resource services = {
	.version = STR("v1"), .name = STR("services"), .kind = STR("Service"), .namespaced = true
};
static const struct live_resource pods = {
	.version = STR("v1"), .name = STR("pods"), .kind = STR("Pod"), .namespaced = true
};

#define OBJECT(r, n)                                                                                                   \
	{ .resource = (r), .namespace = STR("shop"), .name = STR(n), .uid = STR("u"), .resource_version = STR("1") }
static const struct live_object web = OBJECT(&deployments, "web"), service = OBJECT(&services, "svc"),
				named = OBJECT(&services, "named"), pod = OBJECT(&pods, "pod"),
				job = OBJECT(&deployments, "job");

/* An object of one field, at a version. */
#define JSON(version, field) "{\"metadata\":{\"resourceVersion\":\"" version "\",\"uid\":\"u\"},\"port\":" field "}"
static const struct yaml_operation to_8080 = { YAML_PATCH_REPLACE, STR("/port"), STR("8080") };

struct fixture {
	struct live_apply *apply;
	struct buf told;
};

static void told(void *data, size_t index, const struct live_outcome *outcome)
{
	struct fixture *fixture = data;

	buf_addf(&fixture->told, "%zu:%d ", index, outcome->state);
}

static void begin(struct fixture *fixture, const struct step *steps, size_t n)
{
	struct live_apply_options options = {
		.stop = &server.stopped, .flags = STR("--context=prod"), .told = told, .data = fixture
	};

	live_apply_free(fixture->apply);
	fixture->apply = live_apply_new(&options);
	buf_free(&server.log);
	memset(&server, 0, sizeof(server));
	server.steps = steps;
	server.n = n;
	server.stop_at = SIZE_MAX;
}

#define BEGIN(fixture, steps) begin((fixture), (steps), sizeof(steps) / sizeof(*(steps)))

static void add(struct fixture *fixture, const struct live_object *object, enum live_step step, unsigned transaction)
{
	struct live_change change = {
		.object = object,
		.json = STR(JSON("1", "80")),
		.operations = &to_8080,
		.operations_n = 1,
		.step = step,
		.transaction = transaction,
	};

	assert_true(live_apply_add(fixture->apply, &change, NULL));
}

static int set_up(void **state)
{
	*state = xmalloc(sizeof(struct fixture));
	*(struct fixture *)*state = (struct fixture){ 0 };
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	live_apply_free(fixture->apply);
	buf_free(&fixture->told);
	buf_free(&server.log);
	free(fixture);
	yaml_parsers_release();
	return 0;
}

static void expect(struct fixture *fixture, size_t index, enum live_state state, const char *message)
{
	const struct live_outcome *outcome = live_apply_outcome(fixture->apply, index);

	assert_int_equal(outcome->state, state);
	assert_string_equal(outcome->message.n ? outcome->message.p : "", message);
}

static void finished(void)
{
	assert_int_equal(server.at, server.n);
}

static const char *log_text(void)
{
	buf_addc(&server.log, '\0');
	server.log.n--;
	return server.log.p;
}

#define BODY(version, from, to)                                                                                        \
	"[{\"op\": \"test\", \"path\": \"/metadata/resourceVersion\", \"value\": \"" version                           \
	"\"}, {\"op\": \"test\", \"path\": \"/port\", \"value\": " from                                                \
	"}, {\"op\": \"replace\", \"path\": \"/port\", \"value\": " to "}]\n"

/* ---- tests ---- */

/* Services that name come first, then the workload, then Services that number; whatever was added first. */
static void test_order(void **state)
{
	static const struct step steps[] = {
		{ "DRY named", LIVE_FINE, JSON("1", "8080"), NULL },
		{ "DRY web", LIVE_FINE, JSON("1", "8080"), "would violate PodSecurity" },
		{ "DRY svc", LIVE_FINE, JSON("1", "8080"), NULL },
		{ "DRY job", LIVE_FINE, JSON("1", "8080"), NULL },
		{ "PATCH named", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH web", LIVE_FINE, JSON("2", "8080"), "would violate PodSecurity" },
		{ "PATCH svc", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH job", LIVE_FINE, JSON("1", "80"), NULL },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &service, STEP_NUMBER, 7);
	add(fixture, &job, STEP_WORKLOAD, 1);
	add(fixture, &web, STEP_WORKLOAD, 7);
	add(fixture, &named, STEP_NAME, 7);
	assert_int_equal(live_apply_count(fixture->apply), 4);
	assert_true(live_apply_try(fixture->apply));
	expect(fixture, 0, APPLY_ACCEPTED, "");
	assert_true(live_apply_write(fixture->apply));
	expect(fixture, 0, APPLY_DONE, "");
	expect(fixture, 1, APPLY_UNCHANGED, "");
	expect(fixture, 2, APPLY_DONE, "");
	expect(fixture, 3, APPLY_DONE, "");
	assert_int_equal(live_apply_outcome(fixture->apply, 2)->warnings_n, 1);
	assert_string_equal(live_apply_outcome(fixture->apply, 2)->warnings[0].p, "would violate PodSecurity");
	assert_string_equal(str_of(log_text()).p + 4 * (sizeof(BODY("1", "80", "8080")) - 1),
			    BODY("1", "80", "8080") BODY("1", "80", "8080") BODY("1", "80", "8080")
				    BODY("1", "80", "8080"));
	finished();
}

/* What the dry run refuses takes its transaction out, and no other. */
static void test_refused(void **state)
{
	static const struct step steps[] = {
		{ "DRY web", LIVE_INVALID, "Deployment.apps \"web\" is invalid: port", NULL },
		{ "DRY svc", LIVE_FINE, JSON("1", "8080"), NULL },
		{ "DRY named", LIVE_FORBIDDEN, "services \"named\" is forbidden", NULL },
		{ "DRY job", LIVE_FINE, JSON("1", "8080"), NULL },
		{ "PATCH job", LIVE_FINE, JSON("2", "8080"), NULL },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &web, STEP_WORKLOAD, 0);
	add(fixture, &service, STEP_NUMBER, 0);
	add(fixture, &named, STEP_OTHER, 1);
	add(fixture, &job, STEP_WORKLOAD, 2);
	assert_true(live_apply_try(fixture->apply));
	assert_true(live_apply_write(fixture->apply));
	expect(fixture, 0, APPLY_DENIED, "Deployment.apps \"web\" is invalid: port");
	expect(fixture, 1, APPLY_LEFT_OUT, "it belongs with deployment.apps/web");
	expect(fixture, 2, APPLY_DENIED, "services \"named\" is forbidden");
	expect(fixture, 3, APPLY_DONE, "");
	assert_int_equal(live_apply_outcome(fixture->apply, 2)->failure, LIVE_FORBIDDEN);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(live_apply_outcome(fixture->apply, i)->in_write, i == 3);
	finished();
}

/* The server quotes an object that it cannot decode; what is in it is nobody's business. */
static void test_quoted_object(void **state)
{
	static const struct step steps[] = {
		{ "DRY web", LIVE_INVALID,
		  " \"\" is invalid: patch: Invalid value: \"{\\\"env\\\":\\\"secret\\\"}\": strict decoding error: unknown "
		  "field \"spec.foo\"",
		  NULL },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &web, STEP_WORKLOAD, 0);
	assert_false(live_apply_try(fixture->apply));
	expect(fixture, 0, APPLY_DENIED, "strict decoding error: unknown field \"spec.foo\"");
	finished();
}

/* A status update bumps the version: read again, sent again. */
static void test_conflict(void **state)
{
	static const struct step steps[] = {
		{ "PATCH web", LIVE_INVALID, invalid_test, NULL },   { "GET web", LIVE_FINE, JSON("5", "80"), NULL },
		{ "PATCH web", LIVE_CONFLICT, "conflict", NULL },    { "GET web", LIVE_FINE, JSON("6", "80"), NULL },
		{ "PATCH web", LIVE_FINE, JSON("7", "8080"), NULL },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &web, STEP_WORKLOAD, 0);
	assert_true(live_apply_write(fixture->apply));
	expect(fixture, 0, APPLY_DONE, "");
	assert_string_equal(log_text(), BODY("1", "80", "8080") BODY("5", "80", "8080") BODY("6", "80", "8080"));
	finished();
}

static void test_changed_meanwhile(void **state)
{
	static const struct step steps[] = {
		{ "PATCH web", LIVE_INVALID, invalid_test, NULL },
		{ "GET web", LIVE_FINE, JSON("5", "81"), NULL },
		{ "PATCH svc", LIVE_INVALID, invalid_test, NULL },
		{ "GET svc", LIVE_FINE, "{\"metadata\":{\"resourceVersion\":\"5\",\"uid\":\"v\"},\"port\":80}", NULL },
		{ "PATCH named", LIVE_NOT_FOUND, "services \"named\" not found", NULL },
		/* It is as it was, so it is the patch itself that does not do. */
		{ "PATCH job", LIVE_INVALID, invalid_test, NULL },
		{ "GET job", LIVE_FINE, JSON("1", "80"), NULL },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &web, STEP_WORKLOAD, 0);
	add(fixture, &service, STEP_WORKLOAD, 1);
	add(fixture, &named, STEP_WORKLOAD, 2);
	add(fixture, &job, STEP_WORKLOAD, 3);
	assert_false(live_apply_write(fixture->apply));
	expect(fixture, 0, APPLY_CHANGED, "/port is not what it was");
	expect(fixture, 1, APPLY_MISSING, "it was deleted, and made anew");
	expect(fixture, 2, APPLY_MISSING, "services \"named\" not found");
	expect(fixture, 3, APPLY_DENIED, invalid_test);
	finished();
}

static void test_conflict_without_end(void **state)
{
	static const struct step steps[] = {
		{ "PATCH web", LIVE_CONFLICT, "c", NULL }, { "GET web", LIVE_FINE, JSON("5", "80"), NULL },
		{ "PATCH web", LIVE_CONFLICT, "c", NULL }, { "GET web", LIVE_FINE, JSON("6", "80"), NULL },
		{ "PATCH web", LIVE_CONFLICT, "c", NULL }, { "GET web", LIVE_FINE, JSON("7", "80"), NULL },
		{ "PATCH web", LIVE_CONFLICT, "c", NULL }, { "GET web", LIVE_FINE, JSON("8", "80"), NULL },
		{ "PATCH web", LIVE_CONFLICT, "c", NULL }, { "GET web", LIVE_FINE, JSON("9", "80"), NULL },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &web, STEP_WORKLOAD, 0);
	assert_false(live_apply_write(fixture->apply));
	expect(fixture, 0, APPLY_CHANGED, "it is written to all the time (5 tries)");
	finished();
}

/* An answer that was lost: the object says whether the patch was carried out. */
static void test_lost_answer(void **state)
{
	static const struct step steps[] = {
		{ "PATCH web", LIVE_UNREACHABLE, NULL, NULL },	   { "GET web", LIVE_UNREACHABLE, NULL, NULL },
		{ "GET web", LIVE_FINE, JSON("2", "8080"), NULL }, { "PATCH svc", LIVE_BUSY, "timeout", NULL },
		{ "GET svc", LIVE_FINE, JSON("1", "80"), NULL },   { "PATCH svc", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH named", LIVE_FINE, "{garbled", NULL },	   { "GET named", LIVE_FINE, JSON("2", "8080"), NULL },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &web, STEP_WORKLOAD, 0);
	add(fixture, &service, STEP_WORKLOAD, 1);
	add(fixture, &named, STEP_WORKLOAD, 2);
	assert_true(live_apply_write(fixture->apply));
	for (size_t i = 0; i < 3; i++)
		expect(fixture, i, APPLY_DONE, "");
	finished();
}

static void test_uncertain(void **state)
{
	static const struct step steps[] = {
		{ "PATCH svc", LIVE_FINE, JSON("2", "8080"), NULL }, { "PATCH web", LIVE_UNREACHABLE, NULL, NULL },
		{ "GET web", LIVE_UNREACHABLE, NULL, NULL },	     { "GET web", LIVE_BUSY, NULL, NULL },
		{ "GET web", LIVE_UNREACHABLE, NULL, NULL },	     { "PATCH svc", LIVE_FORBIDDEN, "no", NULL },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &service, STEP_NAME, 0);
	add(fixture, &web, STEP_WORKLOAD, 0);
	assert_false(live_apply_write(fixture->apply));
	expect(fixture, 0, APPLY_NOT_UNDONE, "no");
	expect(fixture, 1, APPLY_UNCERTAIN, "Error from server: no answer");
	assert_string_equal(live_apply_outcome(fixture->apply, 1)->command.p,
			    "kubectl get deployment.apps/web -n shop --context=prod -o yaml");
	assert_string_equal(live_apply_outcome(fixture->apply, 0)->command.p,
			    "kubectl patch service/svc -n shop --context=prod --type=json -p "
			    "'[{\"op\": \"replace\", \"path\": \"/port\", \"value\": 80}]'");
	finished();
}

/* The second of three fails: the first is put back, with tests of what it was made to be. */
static void test_undo(void **state)
{
	static const struct step steps[] = {
		{ "PATCH named", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH web", LIVE_FORBIDDEN, "deployments.apps \"web\" is forbidden", NULL },
		{ "PATCH named", LIVE_INVALID, invalid_test, NULL },
		{ "GET named", LIVE_FINE, JSON("3", "8080"), NULL },
		{ "PATCH named", LIVE_FINE, JSON("4", "80"), NULL },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &service, STEP_NUMBER, 0);
	add(fixture, &web, STEP_WORKLOAD, 0);
	add(fixture, &named, STEP_NAME, 0);
	assert_false(live_apply_write(fixture->apply));
	expect(fixture, 0, APPLY_LEFT_OUT, "it belongs with deployment.apps/web");
	expect(fixture, 1, APPLY_DENIED, "deployments.apps \"web\" is forbidden");
	expect(fixture, 2, APPLY_UNDONE, "");
	/* DONE, DENIED, LEFT_OUT, UNDONE: each is told when it happens. */
	buf_addc(&fixture->told, '\0');
	assert_string_equal(fixture->told.p, "2:2 1:5 0:10 2:11 ");
	assert_string_equal(log_text(), BODY("1", "80", "8080") BODY("1", "80", "8080") BODY("2", "8080", "80")
						BODY("3", "8080", "80"));
	finished();
}

/* All of it was done, and its roll-out failed. */
static void test_roll_back(void **state)
{
	static const struct step steps[] = {
		{ "PATCH named", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH web", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH job", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH web", LIVE_FINE, JSON("3", "80"), NULL },
		{ "PATCH named", LIVE_INVALID, invalid_test, NULL },
		{ "GET named", LIVE_FINE, JSON("4", "81"), NULL },
	};
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &web, STEP_WORKLOAD, 3);
	add(fixture, &named, STEP_NAME, 3);
	add(fixture, &job, STEP_WORKLOAD, 4);
	assert_true(live_apply_write(fixture->apply));
	assert_false(live_apply_undo(fixture->apply, 3));
	expect(fixture, 0, APPLY_UNDONE, "");
	expect(fixture, 1, APPLY_NOT_UNDONE, "/port is not what it was");
	expect(fixture, 2, APPLY_DONE, "");
	assert_true(live_apply_undo(fixture->apply, 99));
	finished();
}

static void test_immutable(void **state)
{
	static const struct step steps[] = { { "DRY svc", LIVE_FINE, JSON("1", "8080"), NULL } };
	struct fixture *fixture = *state;

	BEGIN(fixture, steps);
	add(fixture, &pod, STEP_WORKLOAD, 0);
	add(fixture, &service, STEP_NUMBER, 0);
	assert_false(live_apply_try(fixture->apply));
	assert_true(live_apply_write(fixture->apply));
	expect(fixture, 0, APPLY_IMMUTABLE, "");
	assert_string_equal(live_apply_outcome(fixture->apply, 0)->command.p,
			    "kubectl harden fix pod/pod -n shop --context=prod --dry-run=client -o yaml | "
			    "kubectl replace --context=prod --force -f -");
	expect(fixture, 1, APPLY_LEFT_OUT, "it belongs with pod/pod");
}

static void test_nothing_to_do(void **state)
{
	struct fixture *fixture = *state;
	struct live_change change = { .object = &web, .json = STR(JSON("1", "80")) };
	struct yaml_operation wrong = { YAML_PATCH_REMOVE, STR("/nothing"), STR_NONE };
	struct error *err = NULL;

	begin(fixture, NULL, 0);
	assert_true(live_apply_add(fixture->apply, &change, NULL));
	expect(fixture, 0, APPLY_UNCHANGED, "");
	change.operations = &wrong;
	change.operations_n = 1;
	assert_false(live_apply_add(fixture->apply, &change, &err));
	assert_string_equal(err->message, "/nothing: nothing is there in the object");
	error_free(err);
	assert_int_equal(live_apply_count(fixture->apply), 1);
	assert_false(live_apply_try(fixture->apply));
	assert_true(live_apply_write(fixture->apply));
}

/* Ctrl-C within request @at, or before all of them: SIZE_MAX. The second transaction is not begun in any case. */
static void interrupt(struct fixture *fixture, const struct step *steps, size_t n, size_t at)
{
	begin(fixture, steps, n);
	server.stop_at = at;
	server.stopped = at == SIZE_MAX ? SIGINT : 0;
	add(fixture, &named, STEP_NAME, 0);
	add(fixture, &web, STEP_WORKLOAD, 0);
	add(fixture, &service, STEP_NUMBER, 0);
	add(fixture, &job, STEP_NUMBER, 1);
	assert_false(live_apply_write(fixture->apply));
	expect(fixture, 2, APPLY_INTERRUPTED, "");
	expect(fixture, 3, APPLY_INTERRUPTED, "");
	finished();
}

static void test_interrupted(void **state)
{
	static const struct step carried_out[] = {
		{ "PATCH named", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH web", LIVE_STOPPED, NULL, NULL },
		{ "GET web", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH web", LIVE_FINE, JSON("3", "80"), NULL },
		{ "PATCH named", LIVE_FINE, JSON("3", "80"), NULL },
	};
	static const struct step not_carried_out[] = {
		{ "PATCH named", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH web", LIVE_STOPPED, NULL, NULL },
		{ "GET web", LIVE_FINE, JSON("1", "80"), NULL },
		{ "PATCH named", LIVE_FINE, JSON("3", "80"), NULL },
	};
	static const struct step between[] = {
		{ "PATCH named", LIVE_FINE, JSON("2", "8080"), NULL },
		{ "PATCH named", LIVE_FINE, JSON("3", "80"), NULL },
	};
	struct fixture *fixture = *state;

	interrupt(fixture, NULL, 0, SIZE_MAX);
	expect(fixture, 0, APPLY_INTERRUPTED, "");
	expect(fixture, 1, APPLY_INTERRUPTED, "");
	interrupt(fixture, carried_out, 5, 1);
	expect(fixture, 0, APPLY_UNDONE, "");
	expect(fixture, 1, APPLY_UNDONE, "");
	interrupt(fixture, not_carried_out, 4, 1);
	expect(fixture, 0, APPLY_UNDONE, "");
	expect(fixture, 1, APPLY_INTERRUPTED, "");
	interrupt(fixture, between, 2, 0);
	expect(fixture, 0, APPLY_UNDONE, "");
	expect(fixture, 1, APPLY_INTERRUPTED, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_quoted_object, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_conflict, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_changed_meanwhile, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_conflict_without_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lost_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_uncertain, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_undo, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_roll_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_immutable, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_to_do, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_interrupted, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
