/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changer [--try] [--write] [--wait=MS] [--undo=TRANSACTION] [--hold=N] FILE: carries out the changes
 * that FILE names, with live/apply and live/rollout, for tests. FILE is JSON:
 *
 *	[{"api_version": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "web", "step": "workload",
 *	  "transaction": 0, "patch": [{"op": "add", "path": "/…", "value": …}]}, …]
 *
 * Prints what became of them as JSON. With --hold=N it prints "held" once the objects are read (N is 0) or once N of
 * them are done, and waits for a line on standard input. SIGINT raises the stop flag.
 */
#include <cjson/cJSON.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json.h"
#include "live/apply.h"
#include "live/rollout.h"

struct changer {
	bool try, write, wait, undo;
	uint32_t wait_ms;
	unsigned transaction;
	int hold; /* -1: not */
	int done;
	struct arena *arena;
	struct live_client *client;
	struct live_resources resources;
	struct live_apply *apply;
	struct live_object *objects;
	struct live_restarts *restarts;
	bool *follows;
	size_t n;
	struct live_rollout *rollouts;
	size_t rollouts_n;
};

static volatile sig_atomic_t stop;

static void raise_flag(int number)
{
	stop = number;
}

static void die(const char *what, const struct error *error)
{
	fprintf(stderr, "error: %s%s%s\n", what, error ? ": " : "", error ? error->message : "");
	exit(2);
}

static void hold(void)
{
	char line[16];

	puts("held");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin) && !stop)
		die("nobody said to go on", NULL);
}

static void told(void *data, size_t index, const struct live_outcome *outcome)
{
	struct changer *changer = data;

	(void)index;
	if (outcome->state == APPLY_DONE && ++changer->done == changer->hold)
		hold();
}

/* ---- the file ---- */

static const char *text_of(const cJSON *object, const char *key)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(value) ? value->valuestring : "";
}

static size_t word_of(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(word, words[i]))
			return i;
	die(word, NULL);
	return 0;
}

static struct yaml_operation operation_of(struct changer *changer, const cJSON *one)
{
	static const char *const kinds[] = { "add", "remove", "replace" };
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(one, "value");
	char *text = value ? cJSON_PrintUnformatted(value) : NULL;
	struct yaml_operation operation = {
		.kind = (enum yaml_patch_kind)word_of(text_of(one, "op"), kinds, 3),
		.path = str_copy(changer->arena, str_of(text_of(one, "path"))),
		.value = str_copy(changer->arena, str_of(text)),
	};

	free(text);
	return operation;
}

static void read_object(struct changer *changer, const cJSON *one, struct live_object *object,
			struct live_response *response)
{
	const struct live_resource *resource = live_resource_of(&changer->resources,
								str_of(text_of(one, "api_version")),
								str_of(text_of(one, "kind")));
	struct error *error = NULL;
	struct live_request request = { .method = "GET" };
	struct buf path = BUF_INIT;

	if (!resource)
		die("no such resource", NULL);
	live_resource_path(resource, str_of(text_of(one, "namespace")), str_of(text_of(one, "name")), &path);
	request.path = buf_str(&path);
	if (!live_do(changer->client, &request, response, &error) ||
	    !live_object_read(resource, buf_str(&response->body), changer->arena, object, &error))
		die("read", error);
	buf_free(&path);
}

static void add_change(struct changer *changer, const cJSON *one, size_t index)
{
	static const char *const steps[] = { "name", "other", "workload", "number" };
	const cJSON *patch = cJSON_GetObjectItemCaseSensitive(one, "patch"), *operation;
	struct yaml_operation operations[32];
	struct live_response response = { 0 };
	struct error *error = NULL;
	struct live_change change = {
		.object = &changer->objects[index],
		.operations = operations,
		.step = (enum live_step)word_of(text_of(one, "step"), steps, 4),
		.transaction = (unsigned)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(one, "transaction")),
	};

	cJSON_ArrayForEach(operation, patch) operations[change.operations_n++ % 32] = operation_of(changer, operation);
	read_object(changer, one, &changer->objects[index], &response);
	change.json = buf_str(&response.body);
	changer->restarts[index] = live_restarts(change.object->resource, change.json);
	changer->follows[index] = change.step == STEP_WORKLOAD &&
				  live_rollout_follows(change.object->resource, change.json);
	if (!live_apply_add(changer->apply, &change, &error))
		die("add", error);
	live_response_free(&response);
}

static void read_changes(struct changer *changer, const char *path)
{
	struct file_image image = FILE_IMAGE_INIT;
	struct error *error = NULL;
	const cJSON *one;
	size_t index = 0;
	cJSON *root;

	if (!file_read_named(path, 1 << 20, &image, &error))
		die("file", error);
	root = cJSON_ParseWithLength(image.bytes, image.n);
	changer->n = (size_t)cJSON_GetArraySize(root);
	changer->objects = ARENA_ARRAY(changer->arena, struct live_object, changer->n);
	changer->restarts = ARENA_ARRAY(changer->arena, struct live_restarts, changer->n);
	changer->follows = ARENA_ARRAY(changer->arena, bool, changer->n);
	cJSON_ArrayForEach(one, root) add_change(changer, one, index++);
	cJSON_Delete(root);
	file_image_free(&image);
}

/* ---- what became of it ---- */

static void print_texts(struct json *json, const char *key, const struct str *texts, size_t n)
{
	json_open_key(json, key, '[');
	for (size_t i = 0; i < n; i++)
		json_str(json, texts[i]);
	json_close(json, ']');
}

static void print_outcome(struct changer *changer, struct json *json, size_t index)
{
	static const char *const states[] = { "pending",  "accepted", "done",	    "unchanged",  "immutable",
					      "denied",	  "changed",  "missing",    "error",	  "uncertain",
					      "left out", "undone",   "not undone", "interrupted" };
	static const char *const when[] = { "none", "pods", "on delete", "paused", "unknown" };
	const struct live_outcome *outcome = live_apply_outcome(changer->apply, index);

	json_open(json, '{');
	json_str_key(json, "state", str_of(states[outcome->state]));
	json_str_key(json, "message", outcome->message);
	json_str_key(json, "command", outcome->command);
	print_texts(json, "warnings", outcome->warnings, outcome->warnings_n);
	json_str_key(json, "restart", str_of(when[changer->restarts[index].when]));
	json_str_key(json, "pods", str_from_int(changer->arena, changer->restarts[index].pods));
	json_close(json, '}');
}

static void print_rollout(struct json *json, const struct live_rollout *rollout)
{
	static const char *const states[] = { "waiting", "done", "failed", "timeout", "stopped" };

	json_open(json, '{');
	json_str_key(json, "state", str_of(states[rollout->state]));
	json_str_key(json, "message", rollout->message);
	print_texts(json, "why", rollout->why, rollout->why_n);
	print_texts(json, "advice", rollout->advice, rollout->advice_n);
	json_close(json, '}');
}

static void print(struct changer *changer)
{
	struct buf out = BUF_INIT;
	struct json json = json_init(&out, 2);

	json_open(&json, '{');
	json_open_key(&json, "outcomes", '[');
	for (size_t i = 0; i < changer->n; i++)
		print_outcome(changer, &json, i);
	json_close(&json, ']');
	json_open_key(&json, "rollouts", '[');
	for (size_t i = 0; i < changer->rollouts_n; i++)
		print_rollout(&json, &changer->rollouts[i]);
	json_close(&json, ']');
	json_close(&json, '}');
	printf("%.*s\n", STR_ARG(buf_str(&out)));
	buf_free(&out);
}

/* ---- the run ---- */

static void follow(struct changer *changer)
{
	const struct live_rollout_options options = {
		.client = changer->client,
		.stop = &stop,
		.timeout_ms = changer->wait_ms,
	};

	changer->rollouts = ARENA_ARRAY(changer->arena, struct live_rollout, changer->n);
	for (size_t i = 0; i < changer->n; i++)
		if (changer->follows[i] && live_apply_outcome(changer->apply, i)->state == APPLY_DONE)
			changer->rollouts[changer->rollouts_n++].object = &changer->objects[i];
	live_rollout(&options, changer->rollouts, changer->rollouts_n, changer->arena);
}

static void run(struct changer *changer)
{
	if (changer->hold == 0)
		hold();
	if (changer->try)
		live_apply_try(changer->apply);
	if (changer->write)
		live_apply_write(changer->apply);
	if (changer->wait)
		follow(changer);
	if (changer->undo)
		live_apply_undo(changer->apply, changer->transaction);
	print(changer);
}

static const char *take_arguments(struct changer *changer, int argc, char **argv)
{
	const char *file = NULL;

	for (int i = 1; i < argc; i++) {
		const char *equals = strchr(argv[i], '='), *value = equals ? equals + 1 : "";

		if (!strcmp(argv[i], "--try"))
			changer->try = true;
		else if (!strcmp(argv[i], "--write"))
			changer->write = true;
		else if (str_starts(str_of(argv[i]), STR("--wait=")))
			changer->wait = true, changer->wait_ms = (uint32_t)strtoul(value, NULL, 10);
		else if (str_starts(str_of(argv[i]), STR("--undo=")))
			changer->undo = true, changer->transaction = (unsigned)strtoul(value, NULL, 10);
		else if (str_starts(str_of(argv[i]), STR("--hold=")))
			changer->hold = (int)strtol(value, NULL, 10);
		else
			file = argv[i];
	}
	return file;
}

int main(int argc, char **argv)
{
	struct changer changer = { .hold = -1, .arena = arena_new() };
	struct live_apply_options options = { .stop = &stop, .told = told, .data = &changer };
	struct sigaction action = { .sa_handler = raise_flag };
	const struct live_flags flags = { 0 };
	const char *file = take_arguments(&changer, argc, argv);
	struct live_config config;
	struct error *error = NULL;

	sigaction(SIGINT, &action, NULL);
	if (!file || !kubeconfig_read(&flags, changer.arena, &config, &error))
		die("kubeconfig", error);
	changer.client = live_open(&config, NULL, &stop, &error);
	if (!changer.client || !live_discover(changer.client, &changer.resources, &error))
		die("open", error);
	options.client = changer.client;
	changer.apply = live_apply_new(&options);
	read_changes(&changer, file);
	run(&changer);
	live_apply_free(changer.apply);
	live_resources_free(&changer.resources);
	live_close(changer.client);
	arena_free(changer.arena);
	return 0;
}
