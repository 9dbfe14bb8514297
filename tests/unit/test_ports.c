/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports: how objects mean pods, how texts name ports, what configuration files say of them, and which low ones a pod
 * opens.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kube/calico_selector.h"
#include "kube/config_files.h"
#include "kube/low_ports.h"
#include "kube/port_references.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* ---- Calico's selectors ---- */

static const struct {
	const char *text;
	bool read, fits; /* pods with app: web, tier: front */
} selectors[] = {
	{ "app == 'web'", true, true },
	{ "app == \"db\"", true, false },
	{ "app != 'web'", true, false },
	{ "app in {'db', 'web'}", true, true },
	{ "app in { 'db' }", true, false },
	{ "app not in {'db'}", true, true },
	{ "app not in {'web'}", true, false },
	{ "other not in {'web'}", true, true },
	{ "has(tier)", true, true },
	{ "!has(tier)", true, false },
	{ "! has( other )", true, true },
	{ "app=='web'&&tier=='front'", true, true },
	{ "app == 'web' && tier == 'back'", true, false },
	{ "all()", true, true },
	{ "", true, true },
	{ "  ", true, true },
	{ "app == 'web' && all()", true, true },
	{ "pod-template-hash == 'x'", true, true },
	{ "app == 'db' || app == 'web'", false, false },
	{ "(app == 'web')", false, false },
	{ "!(app == 'web')", false, false },
	{ "app == web", false, false },
	{ "app == 'web", false, false },
	{ "app in {'web'", false, false },
	{ "app starts with 'w'", false, false },
	{ "app == 'web' &&", false, false },
	{ "global()", false, false },
};

static void test_calico(void **state)
{
	const struct label labels[] = { { STR("app"), STR("web") }, { STR("tier"), STR("front") } };

	(void)state;
	for (size_t i = 0; i < sizeof(selectors) / sizeof(*selectors); i++) {
		struct pod_selector selector = { 0 };
		bool read = calico_selector_read(arena, str_of(selectors[i].text), &selector);

		if (read != selectors[i].read || (read && pod_selector_fits(&selector, labels, 2) != selectors[i].fits))
			fail_msg("%s", selectors[i].text);
		if (!read)
			assert_int_equal(selector.tests_n, 0);
	}
}

/* ---- texts ---- */

static const struct {
	enum reference_form form;
	const char *text, *moved; /* from 80 to 8080; NULL where it does not say 80 */
} texts[] = {
	{ FORM_TEXT, "80", "8080" },
	{ FORM_TEXT, " 80 ", " 8080 " },
	{ FORM_TEXT, "180", NULL },
	{ FORM_TEXT, "", NULL },
	{ FORM_TEXT, "80,443", NULL },
	{ FORM_LIST, "443, 80,8000", "443, 8080,8000" },
	{ FORM_LIST, "80,80", "8080,8080" },
	{ FORM_LIST, ",80,", ",8080," },
	{ FORM_LIST, "80-90", NULL },
	{ FORM_LIST, "", NULL },
	{ FORM_ADDRESS, "127.0.0.1:80", "127.0.0.1:8080" },
	{ FORM_ADDRESS, "[::1]:80", "[::1]:8080" },
	{ FORM_ADDRESS, "80", NULL },
	{ FORM_ADDRESS, "80:443", NULL },
	{ FORM_ADDRESS, "unix:///80", NULL },
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct str moved = STR_NONE;
		bool found = port_text_replace(arena, texts[i].form, str_of(texts[i].text), 80, 8080, &moved);

		if (found != (texts[i].moved != NULL) || (found && !str_is(moved, texts[i].moved)) ||
		    found != port_text_says(texts[i].form, str_of(texts[i].text), 80))
			fail_msg("%s: %.*s", texts[i].text, STR_ARG(moved));
	}
}

/* ---- configuration files ---- */

static const struct {
	const char *name, *text;
	enum config_saying saying; /* of port 80 */
	bool said;
	const char *moved; /* from 80 to 8080; NULL where nothing changes */
} files[] = {
	{ "a", "listen 80;\n", CONFIG_LISTENS, true, "listen 8080;\n" },
	{ "a", "listen 80;", CONFIG_LISTENS, true, "listen 8080;" },
	{ "a", "listen 80;\r\n", CONFIG_LISTENS, true, "listen 8080;\r\n" },
	{ "a", "server{listen 80;listen [::]:80 ipv6only=on;}", CONFIG_LISTENS, true,
	  "server{listen 8080;listen [::]:8080 ipv6only=on;}" },
	{ "a", "listen\t*:80 default_server;\nlisten 8000;\n", CONFIG_LISTENS, true,
	  "listen\t*:8080 default_server;\nlisten 8000;\n" },
	{ "a", "listen 80 udp;\n", CONFIG_UNCLEAR, true, NULL },
	{ "a", "listen 80 quic reuseport;\n", CONFIG_UNCLEAR, true, NULL },
	{ "a", "listen 10.1.2.3:80;\n", CONFIG_UNCLEAR, true, NULL },
	{ "a", "listen $port;\n", 0, false, NULL },
	{ "a", "listen unix:/run/web.sock;\n", 0, false, NULL },
	{ "a", "# listen 80;\n", 0, false, NULL },
	{ "a", "xlisten 80;\nlistener 80;\nlisten80;\n", 0, false, NULL },
	{ "a", "listen 8080;\n", 0, false, NULL },
	{ "a", "listen 9000;\nproxy_pass http://localhost:80;\n", CONFIG_CALLS, true, NULL },
	{ "a", "proxy_pass http://api:80;\n", 0, false, NULL },
	{ "a", "Listen 80\n<VirtualHost *:80>\n</VirtualHost>\n", CONFIG_LISTENS, true,
	  "Listen 8080\n<VirtualHost *:8080>\n</VirtualHost>\n" },
	{ "a", "Listen 0.0.0.0:80 http\n", CONFIG_LISTENS, true, "Listen 0.0.0.0:8080 http\n" },
	{ "a", "<VirtualHost *:80>\n", 0, false, NULL },
	{ "a", "  bind *:80 ssl crt /a\n", CONFIG_LISTENS, true, "  bind *:8080 ssl crt /a\n" },
	{ "a", "bind :80,:443\n", CONFIG_LISTENS, true, "bind :8080,:443\n" },
	{ "Caddyfile", ":80 {\n}\n", CONFIG_LISTENS, true, ":8080 {\n}\n" },
	{ "Caddyfile", "http://:80\nrespond ok\n", CONFIG_LISTENS, true, "http://:8080\nrespond ok\n" },
	{ "Caddyfile", "shop.example:80 {\n}\n", CONFIG_UNCLEAR, true, NULL },
	{ "Caddyfile", "  reverse_proxy :80\n", 0, false, NULL },
	{ "a.txt", ":80 {\n}\n", 0, false, NULL },
	{ "a", "entryPoints:\n  web:\n    address: \":80\"\n", CONFIG_LISTENS, true,
	  "entryPoints:\n  web:\n    address: \":8080\"\n" },
	{ "a", "[entryPoints.web]\n  address = \":80\"\n", CONFIG_LISTENS, true,
	  "[entryPoints.web]\n  address = \":8080\"\n" },
	{ "a", "entryPoints:\n  dns: {address: \":80/udp\"}\n", CONFIG_UNCLEAR, true, NULL },
	{ "a", "address: \":80\"\n", 0, false, NULL },
	{ "a", "socket_address: { address: 0.0.0.0, port_value: 80 }\n", CONFIG_LISTENS, true,
	  "socket_address: { address: 0.0.0.0, port_value: 8080 }\n" },
	{ "a", "socket_address:\n  address: \"::\"\n  port_value: 80\n", CONFIG_LISTENS, true,
	  "socket_address:\n  address: \"::\"\n  port_value: 8080\n" },
	{ "a", "socket_address: {address: api, port_value: 80}\n", CONFIG_UNCLEAR, true, NULL },
	{ "a", "socket_address: {address: LocalHost, port_value: 80}\n", CONFIG_LISTENS, true,
	  "socket_address: {address: LocalHost, port_value: 8080}\n" },
	{ "a", "ServerName localhost:80\n", 0, false, NULL },
	{ "a", "x\n\tservername 127.0.0.1:80\n", 0, false, NULL },
	{ "a", "ServerNames localhost:80\n", CONFIG_CALLS, true, NULL },
	{ "a", "ProxyPass / http://localhost:80/\n", CONFIG_CALLS, true, NULL },
	{ "a", "server.port=80\ndb.server.port=80\n", CONFIG_LISTENS, true, "server.port=8080\ndb.server.port=80\n" },
	{ "a", "server.port: 80\n", CONFIG_LISTENS, true, "server.port: 8080\n" },
	{ "a", "server.port=${PORT:80}\n", 0, false, NULL },
	{ "a", "", 0, false, NULL },
};

struct said {
	bool any, right;
	enum config_saying wanted;
};

static void hear(void *data, enum config_saying saying, uint16_t port)
{
	struct said *said = data;

	said->any |= port == 80;
	said->right |= port == 80 && saying == said->wanted;
}

static void test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct said said = { .wanted = files[i].saying };
		struct str moved = STR_NONE;
		bool found = config_rewrite(arena, str_of(files[i].name), str_of(files[i].text), 80, 8080, &moved);

		config_ports(str_of(files[i].name), str_of(files[i].text), hear, &said);
		if (said.any != files[i].said || (said.any && !said.right) || found != (files[i].moved != NULL) ||
		    !str_is(moved, found ? files[i].moved : files[i].text))
			fail_msg("%s: %d %d: %.*s", files[i].text, said.any, said.right, STR_ARG(moved));
		if (said.any && str_is(str_of(files[i].name), "a"))
			assert_true(config_may_hold(str_of(files[i].text)));
	}
}

/* ---- annotations ---- */

static void test_annotations(void **state)
{
	(void)state;
	assert_non_null(pod_annotation_find(STR("prometheus.io/port")));
	assert_non_null(pod_annotation_find(STR("traffic.sidecar.istio.io/excludeInboundPorts")));
	assert_non_null(pod_annotation_find(STR("ad.datadoghq.com/web.instances")));
	assert_null(pod_annotation_find(STR("prometheus.io/portX")));
	assert_null(pod_annotation_find(STR("traffic.sidecar.istio.io/InboundPorts")));
	assert_null(pod_annotation_find(STR("")));
}

/* ---- what a pod opens ---- */

#define ASPNET "image: mcr.microsoft.com/dotnet/aspnet:8.0"

/* Containers a, b, … and "PORT/CONTAINER" of each low port. */
static const struct {
	const char *containers, *found;
} pods[] = {
	{ "{name: a, image: i, env: [{name: PORT, value: '80'}]}", "80/0" },
	{ "{name: a, image: i, env: [{name: PORT, value: '8080'}]}", "" },
	{ "{name: a, image: i, env: [{name: DB_PORT, value: '80'}, {name: BIND, value: 'web:80'}]}", "" },
	{ "{name: a, image: i, env: [{name: BACKEND, value: 'http://catalog:80'}]}", "" },
	{ "{name: a, image: i, env: [{name: LISTEN, value: '1'}]}", "" },
	{ "{name: a, image: i, env: [{name: BIND, value: '127.0.0.1:81'}]}", "81/0" },
	{ "{name: a, image: i, args: ['-p', '22', '-l', '80']}", "" },
	{ "{name: a, image: i, args: ['-p', '80'], ports: [{containerPort: 80}]}", "80/0" },
	{ "{name: a, image: i, args: ['--port=80', '--port=$(OTHER)']}", "80/0" },
	{ "{name: a, " ASPNET ", env: [{name: ASPNETCORE_URLS, value: 'http://+;https://+:443'}]}", "80/0 443/0" },
	{ "{name: a, " ASPNET ", env: [{name: ASPNETCORE_URLS, value: 'http://+:80;https://+:443'}],"
	  " ports: [{containerPort: 443}]}",
	  "443/0 80/0" },
	{ "{name: a, " ASPNET ", env: [{name: ASPNETCORE_HTTPS_PORT, value: '443'}]}", "" },
	/* What is silenced by something stronger opens nothing. */
	{ "{name: a, " ASPNET ", env: [{name: ASPNETCORE_HTTP_PORTS, value: '80'}], args: ['--urls=http://+:8080']}",
	  "" },
	{ "{name: a, " ASPNET ", args: ['--urls', 'http://*:80']}", "80/0" },
	/* Who declares it is the one that opens it; else who is told to. */
	{ "{name: a, image: i, env: [{name: PORT, value: '80'}]}, {name: b, image: i, ports: [{containerPort: 80}]}",
	  "80/1" },
	{ "{name: a, image: i}, {name: b, image: i, args: ['--listen=:80'], livenessProbe: {tcpSocket: {port: 80}}}",
	  "80/1" },
};

static void test_low_ports(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pods) / sizeof(*pods); i++) {
		struct yaml_limits limits = YAML_LIMITS_DEFAULT;
		struct yaml_tree tree = YAML_TREE_INIT;
		struct buf text = BUF_INIT, found = BUF_INIT;
		struct low_port low[LOW_PORTS_MAX];
		struct kube_pods views = { 0 };
		struct kube_object object;
		struct yaml_refusal why;
		size_t n;

		buf_addf(&text, "{apiVersion: v1, kind: Pod, spec: {containers: [%s]}}", pods[i].containers);
		if (!yaml_parse(&tree, arena, buf_str(&text), &limits, &why))
			fail_msg("%s: %s", pods[i].containers, why.why);
		assert_true(kube_object_init(&tree, tree.root, NULL, NULL, &object));
		kube_pods_find(&tree, arena, NULL, &object, &views);
		assert_int_equal(views.n, 1);
		n = pod_low_ports(&views.items[0], low);
		for (size_t k = 0; k < n; k++) {
			buf_addf(&found, "%s%u/%d", k ? " " : "", low[k].port, low[k].container);
			assert_true(low[k].at != YAML_NONE);
		}
		if (!str_is(buf_str(&found), pods[i].found))
			fail_msg("%s: \"%.*s\"", pods[i].containers, STR_ARG(buf_str(&found)));
		free(views.items);
		buf_free(&text);
		buf_free(&found);
		yaml_tree_free(&tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_calico, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_texts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_files, set_up, tear_down),
		cmocka_unit_test(test_annotations),
		cmocka_unit_test_setup_teardown(test_low_ports, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
