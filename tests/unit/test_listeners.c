/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listeners: which names are a program's own port, what their values say, and what must never be touched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kube/listeners.h"

static void test_env_names(void **state)
{
	static const struct {
		const char *name;
		int dotnet; /* -1: no listener */
	} rows[] = {
		{ "PORT", 0 },
		{ "port", -1 },
		{ "SERVER_PORT", 0 },
		{ "DB_PORT", -1 },
		{ "REDIS_SERVICE_PORT", -1 },
		{ "WEB_SERVICE_PORT_HTTP", -1 },
		{ "REDIS_PORT_6379_TCP_PORT", -1 },
		{ "ASPNETCORE_URLS", 4 },
		{ "aspnetcore_urls", 4 },
		{ "DOTNET_URLS", 4 },
		{ "URLS", 3 },
		{ "ASPNETCORE_HTTP_PORTS", 6 },
		{ "HTTPS_PORTS", 5 },
		{ "ASPNETCORE_HTTPS_PORT", -1 },
		{ "aspnetcore_https_port", -1 },
		{ "HTTPS_PORT", -1 },
		{ "Kestrel__Endpoints__Http__Url", 1 },
		{ "ASPNETCORE_Kestrel__EndPoints__0__Url", 1 },
		{ "Kestrel__Endpoints____Url", -1 },
		{ "Kestrel__Endpoints__Https__Certificate__Url", -1 },
		{ "DOTNET_Kestrel__Endpoints__Http__Url", 1 },
		{ "Kestrel__Certificates__Default__Path", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct listener *listener = listener_find_env(str_of(rows[i].name));

		if ((listener ? listener->dotnet : -1) != rows[i].dotnet)
			fail_msg("%s is %s", rows[i].name, listener ? listener->name : "none");
	}
}

/* name, value, from, to, and what it becomes; NULL: it does not say the port. */
static const struct {
	const char *name, *value;
	uint16_t from, to;
	const char *becomes;
} rewrites[] = {
	{ "PORT", "80", 80, 8080, "8080" },
	{ "PORT", " 80 ", 80, 8080, " 8080 " },
	{ "PORT", "8080", 80, 8080, NULL },
	{ "PORT", "080", 80, 8080, NULL },
	{ "PORT", "+80", 80, 8080, NULL },
	{ "PORT", "80x", 80, 8080, NULL },
	{ "PORT", "", 80, 8080, NULL },
	{ "PORT", ":80", 80, 8080, ":8080" },
	{ "PORT", "$(X)", 80, 8080, NULL },
	{ "BIND_ADDR", "0.0.0.0:80", 80, 8080, "0.0.0.0:8080" },
	{ "BIND_ADDR", "[::]:80", 80, 8080, "[::]:8080" },
	{ "BIND_ADDR", ":::80", 80, 8080, ":::8080" },
	{ "BIND_ADDR", "*:80", 80, 8080, "*:8080" },
	{ "BIND_ADDR", "tcp://0.0.0.0:80", 80, 8080, "tcp://0.0.0.0:8080" },
	{ "BIND_ADDR", "$(POD_IP):80", 80, 8080, "$(POD_IP):8080" },
	{ "BIND_ADDR", "web:80", 80, 8080, NULL },
	{ "BIND_ADDR", "10.0.0.1:80", 80, 8080, NULL },
	{ "BIND_ADDR", "unix:/run/web.sock", 80, 8080, NULL },
	{ "SERVER_ADDRESS", "http://localhost:80/", 80, 8080, "http://localhost:8080/" },
	{ "ASPNETCORE_URLS", "http://+:80", 80, 8080, "http://+:8080" },
	{ "ASPNETCORE_URLS", "http://+:80;https://+:443", 80, 8080, "http://+:8080;https://+:443" },
	{ "ASPNETCORE_URLS", "http://+:80;https://+:443", 443, 8443, "http://+:80;https://+:8443" },
	{ "ASPNETCORE_URLS", "https://+;http://+", 80, 8080, "https://+;http://+:8080" },
	{ "ASPNETCORE_URLS", "https://+;http://+", 443, 8443, "https://+:8443;http://+" },
	{ "ASPNETCORE_URLS", "HTTP://*:80/ ; http://[::]:80", 80, 8080, "HTTP://*:8080/ ; http://[::]:8080" },
	{ "ASPNETCORE_URLS", "http://localhost:5000;http://+:80", 80, 8080, "http://localhost:5000;http://+:8080" },
	{ "ASPNETCORE_URLS", "http://webapi:80", 80, 8080, NULL },
	{ "ASPNETCORE_URLS", "http://+:8080", 80, 8080, NULL },
	{ "ASPNETCORE_URLS", "80", 80, 8080, NULL },
	{ "ASPNETCORE_URLS", "ftp://+:80", 80, 8080, NULL },
	{ "ASPNETCORE_HTTP_PORTS", "80", 80, 8080, "8080" },
	{ "ASPNETCORE_HTTP_PORTS", "80;81;8000", 81, 8081, "80;8081;8000" },
	{ "ASPNETCORE_HTTPS_PORTS", "443", 443, 8443, "8443" },
	{ "Kestrel__Endpoints__Http__Url", "http://0.0.0.0:80", 80, 8080, "http://0.0.0.0:8080" },
};

static void test_rewrite(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rewrites) / sizeof(rewrites[0]); i++) {
		const struct listener *listener = listener_find_env(str_of(rewrites[i].name));
		struct str value = STR_NONE;
		bool hit;

		assert_non_null(listener);
		hit = listener_rewrite(listener, arena, str_of(rewrites[i].value), rewrites[i].from, rewrites[i].to,
				       &value);
		if (hit != !!rewrites[i].becomes || (hit && !str_is(value, rewrites[i].becomes)))
			fail_msg("%s=%s becomes \"%.*s\"", rewrites[i].name, rewrites[i].value, STR_ARG(value));
	}
	arena_free(arena);
}

static void test_ports(void **state)
{
	const struct listener *urls = listener_find_env(STR("ASPNETCORE_URLS"));
	struct listener_port ports[LISTENER_PORTS_MAX];

	(void)state;
	assert_int_equal(listener_ports(urls, STR("http://+;https://+:8443;http://web"), ports), 2);
	assert_int_equal(ports[0].port, 80);
	assert_true(ports[0].implied);
	assert_false(ports[0].https);
	assert_int_equal(ports[1].port, 8443);
	assert_true(ports[1].https);
	assert_int_equal(listener_ports(listener_find_env(STR("HTTPS_PORTS")), STR("443"), ports), 1);
	assert_true(ports[0].https);
}

/* Up to four arguments, and the values found in them as "token:value", space-separated. */
static const struct {
	const char *tokens[4];
	const char *found;
} arguments[] = {
	{ { "--port=80" }, "0:80" },
	{ { "--port", "80" }, "1:80" },
	{ { "server", "-p", "80", "-v" }, "2:80" },
	{ { "--port" }, "" },
	{ { "--port", "--verbose" }, "" },
	{ { "--listen=:80", "--bind", "0.0.0.0:443" }, "0::80 2:0.0.0.0:443" },
	{ { "--urls", "http://+:80" }, "1:http://+:80" },
	{ { "--urls=http://+:80;https://+" }, "0:http://+:80;https://+" },
	{ { "/urls", "http://*" }, "1:http://*" },
	{ { "urls=http://+:80" }, "0:http://+:80" },
	{ { "--Urls", "http://+:80" }, "1:http://+:80" },
	{ { "--Kestrel:Endpoints:Http:Url=http://+:80" }, "0:http://+:80" },
	{ { "-Dserver.port=80", "-jar", "app.jar" }, "0:80" },
	{ { "--upstream=http://web:80", "--http-address=http://:80" }, "1:http://:80" },
	{ { "--backend=web:80" }, "" },
	{ { "manage.py", "runserver", "0.0.0.0:80" }, "2:0.0.0.0:80" },
	{ { "python3", "-m", "http.server", "80" }, "3:80" },
	{ { "sh", "-c", "exec gunicorn -b 0.0.0.0:80 app:app" }, "2:0.0.0.0:80" },
	{ { "sh", "-c", "serve --port \"80\"; echo -p 80" }, "2:80" },
	{ { "sh", "-c", "mkdir -p 80 && ls" }, "" },
	{ { "sh", "-c", "dotnet app.dll --urls='http://+:80' &\nwait" }, "2:http://+:80" },
	{ { "--entryPoints.web.address=:80" }, "0::80" },
	{ { "--https_port", "443" }, "" },
};

static void test_arguments(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
		struct str tokens[4];
		struct listener_args args = { .tokens = tokens };
		struct listener_arg arg;
		struct buf found = BUF_INIT;

		for (; args.n < 4 && arguments[i].tokens[args.n]; args.n++)
			tokens[args.n] = str_of(arguments[i].tokens[args.n]);
		while (listener_args_next(&args, &arg))
			buf_addf(&found, "%s%zu:%.*s", found.n ? " " : "", arg.token,
				 STR_ARG(str_sub(tokens[arg.token], arg.start, arg.end)));
		if (!str_is(buf_str(&found), arguments[i].found))
			fail_msg("%s …: \"%.*s\", not \"%s\"", arguments[i].tokens[0], STR_ARG(buf_str(&found)),
				 arguments[i].found);
		buf_free(&found);
	}
}

static const struct {
	const char *text;
	bool client;
	const char *becomes;
} locals[] = {
	{ "localhost:80", false, "localhost:8080" },
	{ "curl -f http://localhost:80/health", false, "curl -f http://localhost:8080/health" },
	{ "http://127.0.0.1/", false, "http://127.0.0.1:8080/" },
	{ "http://localhost", false, "http://localhost:8080" },
	{ "http://[::1]:80/ http://LOCALHOST", false, "http://[::1]:8080/ http://LOCALHOST:8080" },
	{ "https://localhost/", false, NULL },
	{ "http://localhost:8080/", false, NULL },
	{ "http://localhost:800/", false, NULL },
	{ "http://localhost.example.com/", false, NULL },
	{ "mylocalhost:80", false, NULL },
	{ "http://web:80", false, NULL },
	{ "10.127.0.0.1:80", false, NULL },
	{ "localhost", false, NULL },
	{ "localhost/health", true, "localhost:8080/health" },
	{ "curl -sf localhost", true, "curl -sf localhost:8080" },
	{ "Host: localhost", true, NULL },
	{ "psql -h localhost", false, NULL },
};

static void test_local(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(locals) / sizeof(locals[0]); i++) {
		struct str text = STR_NONE;
		bool hit = listener_rewrite_local(arena, str_of(locals[i].text), locals[i].client, 80, 8080, &text);

		if (hit != !!locals[i].becomes || (hit && !str_is(text, locals[i].becomes)))
			fail_msg("%s becomes \"%.*s\"", locals[i].text, STR_ARG(text));
	}
	arena_free(arena);
}

static void test_moves(void **state)
{
	(void)state;
	assert_int_equal(port_default_target(80), 8080);
	assert_int_equal(port_default_target(443), 8443);
	assert_int_equal(port_default_target(53), 5353);
	assert_int_equal(port_default_target(21), 8021);
	assert_string_equal(port_reserved_by(15001), "Istio");
	assert_null(port_reserved_by(8080));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_env_names), cmocka_unit_test(test_rewrite), cmocka_unit_test(test_ports),
		cmocka_unit_test(test_arguments), cmocka_unit_test(test_local),	  cmocka_unit_test(test_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
