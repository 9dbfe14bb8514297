/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe [--kubectl-flag=VALUE…] [-vLEVEL] METHOD PATH [BODY]: one request by the client of live/, for tests: the answer
 * goes to standard output, what the client tells to standard error. --repeat=N does it N times, --most=N limits the
 * answer.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "live/client.h"

struct probe {
	struct live_flags flags;
	struct live_listener listener;
	struct live_request request;
	const char *words[3];
	const char *as_groups[8];
	size_t words_n;
	unsigned repeat;
};

static volatile sig_atomic_t stop;

static void raise_flag(int signal)
{
	(void)signal;
	stop = 1;
}

static void log_line(void *data, unsigned level, const char *line)
{
	(void)data;
	fprintf(stderr, "v%u: %s\n", level, line);
}

static void warn_line(void *data, const char *text)
{
	(void)data;
	fprintf(stderr, "Warning: %s\n", text);
}

static bool take_flag(struct probe *probe, const char *word)
{
	struct live_flags *f = &probe->flags;
	const struct {
		const char *name;
		const char **value;
	} texts[] = {
		{ "--kubeconfig=", &f->kubeconfig },
		{ "--context=", &f->context },
		{ "--cluster=", &f->cluster },
		{ "--user=", &f->user },
		{ "--namespace=", &f->namespace },
		{ "--server=", &f->server },
		{ "--token=", &f->token },
		{ "--as=", &f->as },
		{ "--as-uid=", &f->as_uid },
		{ "--request-timeout=", &f->request_timeout },
		{ "--tls-server-name=", &f->tls_server_name },
		{ "--certificate-authority=", &f->certificate_authority },
		{ "--client-certificate=", &f->client_certificate },
		{ "--client-key=", &f->client_key },
		{ "--username=", &f->username },
		{ "--password=", &f->password },
		{ "--proxy-url=", &f->proxy_url },
		{ "--service-account=", &f->service_account },
		{ "--content-type=", &probe->request.content_type },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (!str_starts(str_of(word), str_of(texts[i].name)))
			continue;
		*texts[i].value = word + strlen(texts[i].name);
		return true;
	}
	if (str_starts(str_of(word), STR("--as-group="))) {
		probe->as_groups[f->as_groups_n++ % 8] = word + strlen("--as-group=");
		f->as_groups = probe->as_groups;
	} else if (str_starts(str_of(word), STR("--repeat="))) {
		probe->repeat = (unsigned)strtoul(word + strlen("--repeat="), NULL, 10);
	} else if (str_starts(str_of(word), STR("--most="))) {
		probe->request.most = strtoul(word + strlen("--most="), NULL, 10);
	} else if (!strcmp(word, "--insecure-skip-tls-verify")) {
		f->insecure_skip_tls_verify = true;
	} else if (str_starts(str_of(word), STR("-v"))) {
		probe->listener.verbosity = (unsigned)strtoul(word + 2, NULL, 10);
	} else {
		return false;
	}
	return true;
}

static int run(struct probe *probe, struct live_client *client)
{
	int status = 0;

	for (unsigned i = 0; i < probe->repeat; i++) {
		struct error *error CLEANUP(error_freep) = NULL;
		struct live_response response;

		if (!live_do(client, &probe->request, &response, &error)) {
			fprintf(stderr, "error: %s\nfailure=%d status=%ld reason=%s\n", error->message,
				(int)response.failure, response.status, response.reason ? response.reason : "");
			status = 1;
		} else if (fwrite(response.body.p, 1, response.body.n, stdout) != response.body.n) {
			status = 2;
		}
		live_response_free(&response);
	}
	return status;
}

int main(int argc, char **argv)
{
	struct probe probe = { .listener = { .log = log_line, .warn = warn_line }, .repeat = 1 };
	struct error *error CLEANUP(error_freep) = NULL;
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct sigaction action = { .sa_handler = raise_flag };
	struct live_client *client = NULL;
	struct live_config config;
	int status = 1;

	for (int i = 1; i < argc; i++)
		if (!take_flag(&probe, argv[i]) && probe.words_n < 3)
			probe.words[probe.words_n++] = argv[i];
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	probe.request.method = probe.words[0] ? probe.words[0] : "GET";
	probe.request.path = str_of(probe.words[1] ? probe.words[1] : "/version");
	probe.request.body = str_of(probe.words[2]);
	if (kubeconfig_read(&probe.flags, arena, &config, &error))
		client = live_open(&config, &probe.listener, &stop, &error);
	if (client)
		status = run(&probe, client);
	else if (error->path)
		fprintf(stderr, "error: %s:%u:%u: %s\n", error->path, error->at.line, error->at.column, error->message);
	else
		fprintf(stderr, "error: %s\n", error->message);
	live_close(client);
	return status;
}
