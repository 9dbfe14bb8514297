/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pod Security: a spec, what of the standard it fails, and where. The whole of it is compared with Kubernetes' own
 * code elsewhere (tests/judge); here stands what each rule means.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kube/pod_security.h"

/* A container and a pod that restricted is happy with. */
#define FINE                                                                                                           \
	"{allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, runAsNonRoot: true, "                          \
	"seccompProfile: {type: RuntimeDefault}}"
#define CONTAINER(more) "containers: [{name: c, image: i, securityContext: " FINE more "}]"

struct view {
	struct arena *arena;
	struct yaml_tree tree;
	struct kube_pod pod;
	struct buf text;
};

static void view_open(struct view *view, const char *kind, const char *spec, const char *metadata)
{
	struct yaml_limits limits = YAML_LIMITS_DEFAULT;
	struct kube_object object;
	struct kube_pods pods = { 0 };
	struct yaml_refusal why;

	*view = (struct view){ .arena = arena_new(), .tree = YAML_TREE_INIT };
	if (!strcmp(kind, "Pod"))
		buf_addf(&view->text, "{apiVersion: v1, kind: Pod, metadata: {%s}, spec: {%s}}", metadata, spec);
	else
		buf_addf(&view->text,
			 "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, "
			 "spec: {template: {metadata: {%s}, spec: {%s}}}}",
			 metadata, spec);
	if (!yaml_parse(&view->tree, view->arena, buf_str(&view->text), &limits, &why))
		fail_msg("%s: %s", why.why, view->text.p);
	assert_true(kube_object_init(&view->tree, view->tree.root, NULL, NULL, &object));
	kube_pods_find(&view->tree, view->arena, NULL, &object, &pods);
	assert_int_equal(pods.n, 1);
	view->pod = pods.items[0];
	free(pods.items);
}

static void view_close(struct view *view)
{
	yaml_tree_free(&view->tree);
	buf_free(&view->text);
	arena_free(view->arena);
}

/* The failing IDs, space-separated, in the order of evaluation. */
static const char *failing(struct view *view, enum pod_security_level level, unsigned version)
{
	uint32_t failed = pod_security_violations(&view->pod, level, version);
	struct buf ids = BUF_INIT;
	struct str copy;

	for (size_t i = 0; i < pod_security_checks_n; i++)
		if (failed & ((uint32_t)1 << i))
			buf_addf(&ids, "%s%s", ids.n ? " " : "", pod_security_checks[i].id);
	copy = str_copy(view->arena, buf_str(&ids));
	buf_free(&ids);
	return copy.p ? copy.p : "";
}

static void expect(const char *kind, const char *spec, const char *metadata, enum pod_security_level level,
		   unsigned version, const char *ids)
{
	struct view view;
	const char *found;

	view_open(&view, kind, spec, metadata);
	found = failing(&view, level, version);
	if (strcmp(found, ids) != 0)
		fail_msg("%s at 1.%u: \"%s\", not \"%s\"", spec, version, found, ids);
	view_close(&view);
}

static const struct {
	const char *spec, *restricted, *baseline;
} cases[] = {
	/* nothing said */
	{ "containers: [{name: c}]",
	  "allowPrivilegeEscalation capabilities_restricted runAsNonRoot seccompProfile_restricted", "" },
	{ CONTAINER(""), "", "" },
	{ "securityContext: {}, " CONTAINER(", stdin: true"), "", "" },
	/* host namespaces */
	{ "hostNetwork: true, " CONTAINER(""), "hostNamespaces", "hostNamespaces" },
	{ "hostPID: true, hostIPC: true, " CONTAINER(""), "hostNamespaces", "hostNamespaces" },
	{ "hostPID: false, hostIPC: null, hostNetwork: , " CONTAINER(""), "", "" },
	/* volumes */
	{ "volumes: [{name: v, hostPath: {path: /}}], " CONTAINER(""), "restrictedVolumes", "hostPathVolumes" },
	{ "volumes: [{name: v, hostPath: {}}], " CONTAINER(""), "restrictedVolumes", "hostPathVolumes" },
	{ "volumes: [{name: v, hostPath: null}, {name: w}, {name: x, emptyDir: {}}], " CONTAINER(""), "", "" },
	{ "volumes: [{name: v, nfs: {server: s, path: /}}], " CONTAINER(""), "restrictedVolumes", "" },
	{ "volumes: [{name: v, image: {reference: r}}, {name: w, csi: {driver: d}}], " CONTAINER(""), "", "" },
	/* ports */
	{ CONTAINER(", ports: [{containerPort: 80, hostPort: 0}, {containerPort: 81}]"), "", "" },
	{ CONTAINER(", ports: [{containerPort: 80}, {containerPort: 81, hostPort: 81}]"), "hostPorts", "hostPorts" },
	/* probes and hooks */
	{ CONTAINER(", livenessProbe: {httpGet: {port: 80, host: ''}}"), "", "" },
	{ CONTAINER(", livenessProbe: {httpGet: {port: 80, host: 127.0.0.1}}"), "hostProbesAndHostLifecycle",
	  "hostProbesAndHostLifecycle" },
	{ CONTAINER(", lifecycle: {preStop: {tcpSocket: {port: 80, host: h}}}"), "hostProbesAndHostLifecycle",
	  "hostProbesAndHostLifecycle" },
	/* container settings of baseline */
	{ "securityContext: {runAsNonRoot: true, seccompProfile: {type: Localhost}}, containers: [{name: c, "
	  "securityContext: {privileged: true, allowPrivilegeEscalation: false, procMount: Unmasked, "
	  "capabilities: {drop: [ALL], add: [SYS_TIME]}}}]",
	  "privileged capabilities_restricted procMount_restricted", "capabilities_baseline privileged procMount" },
	{ "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: [{name: c, "
	  "securityContext: {allowPrivilegeEscalation: false, procMount: Default, "
	  "capabilities: {drop: [KILL, ALL], add: [NET_BIND_SERVICE]}}}]",
	  "", "" },
	{ "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: [{name: c, "
	  "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [all], add: [CHOWN]}}}]",
	  "capabilities_restricted", "" },
	{ CONTAINER(", x: y") ", securityContext: {seLinuxOptions: {level: s0, type: container_engine_t}}", "", "" },
	{ CONTAINER("") ", securityContext: {seLinuxOptions: {type: spc_t}}", "seLinuxOptions", "seLinuxOptions" },
	{ CONTAINER("") ", securityContext: {seLinuxOptions: {user: u}}", "seLinuxOptions", "seLinuxOptions" },
	{ CONTAINER("") ", securityContext: {seLinuxOptions: {role: ''}}", "", "" },
	{ CONTAINER("") ", securityContext: {appArmorProfile: {type: Unconfined}}", "appArmorProfile",
	  "appArmorProfile" },
	{ CONTAINER("") ", securityContext: {appArmorProfile: {}}", "appArmorProfile", "appArmorProfile" },
	{ CONTAINER("") ", securityContext: {windowsOptions: {hostProcess: true}}", "windowsHostProcess",
	  "windowsHostProcess" },
	{ CONTAINER("") ", securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: '0'}]}", "",
	  "" },
	{ CONTAINER("") ", securityContext: {sysctls: [{name: net.core.somaxconn, value: '1'}]}", "sysctls",
	  "sysctls" },
	{ CONTAINER("") ", securityContext: {sysctls: [{value: '1'}]}", "sysctls", "sysctls" },
	/* how pod and container combine */
	{ "securityContext: {runAsNonRoot: false}, " CONTAINER(""), "runAsNonRoot", "" },
	{ "securityContext: {runAsNonRoot: true}, " CONTAINER(""), "", "" },
	{ "securityContext: {seccompProfile: {type: Unconfined}}, " CONTAINER(""), "seccompProfile_restricted",
	  "seccompProfile_baseline" },
	{ "securityContext: {seccompProfile: {}}, " CONTAINER(""), "seccompProfile_restricted",
	  "seccompProfile_baseline" },
	{ "securityContext: {runAsUser: 0}, " CONTAINER(""), "runAsUser", "" },
	{ "securityContext: {runAsUser: 0.0}, " CONTAINER(""), "runAsUser", "" },
	{ "securityContext: {runAsUser: 1000}, " CONTAINER(""), "", "" },
	{ "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: [{name: c, "
	  "securityContext: {runAsNonRoot: false, seccompProfile: {type: Unconfined}, allowPrivilegeEscalation: false, "
	  "runAsUser: 0, capabilities: {drop: [ALL]}}}]",
	  "runAsNonRoot runAsUser seccompProfile_restricted", "seccompProfile_baseline" },
	/* every list of containers counts */
	{ CONTAINER("") ", initContainers: [{name: i}]",
	  "allowPrivilegeEscalation capabilities_restricted runAsNonRoot seccompProfile_restricted", "" },
	{ CONTAINER("") ", ephemeralContainers: [{name: e, securityContext: {privileged: true}}]",
	  "privileged allowPrivilegeEscalation capabilities_restricted runAsNonRoot seccompProfile_restricted",
	  "privileged" },
	/* exemptions */
	{ "os: {name: windows}, containers: [{name: c}]", "runAsNonRoot", "" },
	{ "os: {name: windows}, securityContext: {runAsNonRoot: true}, containers: [{name: c}]", "", "" },
	{ "hostUsers: false, containers: [{name: c, securityContext: {runAsUser: 0, runAsNonRoot: false, "
	  "procMount: Unmasked}}]",
	  "allowPrivilegeEscalation capabilities_restricted procMount_restricted seccompProfile_restricted", "" },
	/* values of the wrong type are not what the standard allows */
	{ "securityContext: {runAsNonRoot: 'true'}, " CONTAINER(""), "runAsNonRoot", "" },
	{ "hostNetwork: 'false', " CONTAINER(""), "hostNamespaces", "hostNamespaces" },
	{ "securityContext: {runAsUser: '0'}, " CONTAINER(""), "runAsUser", "" },
	{ "securityContext: {seccompProfile: RuntimeDefault}, " CONTAINER(""), "seccompProfile_restricted",
	  "seccompProfile_baseline" },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		expect("Deployment", cases[i].spec, "", POD_SECURITY_RESTRICTED, pod_security_newest,
		       cases[i].restricted);
		expect("Deployment", cases[i].spec, "", POD_SECURITY_BASELINE, pod_security_newest, cases[i].baseline);
	}
}

static void test_annotations(void **state)
{
	static const struct {
		const char *annotation, *ids;
		unsigned version;
	} rows[] = {
		{ "container.apparmor.security.beta.kubernetes.io/c: runtime/default", "", 37 },
		{ "container.apparmor.security.beta.kubernetes.io/c: localhost/mine", "", 37 },
		{ "container.apparmor.security.beta.kubernetes.io/c: ''", "", 37 },
		{ "container.apparmor.security.beta.kubernetes.io/other: unconfined", "appArmorProfile", 37 },
		{ "seccomp.security.alpha.kubernetes.io/pod: unconfined", "", 37 },
		{ "seccomp.security.alpha.kubernetes.io/pod: unconfined", "seccompProfile_baseline", 18 },
		{ "seccomp.security.alpha.kubernetes.io/pod: docker/default", "", 18 },
		{ "container.seccomp.security.alpha.kubernetes.io/c: unconfined", "seccompProfile_baseline", 18 },
		{ "container.seccomp.security.alpha.kubernetes.io/other: unconfined", "", 18 },
	};
	char metadata[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(metadata, sizeof(metadata), "annotations: {%s}", rows[i].annotation);
		expect("Pod", CONTAINER(""), metadata, POD_SECURITY_BASELINE, rows[i].version, rows[i].ids);
	}
}

static void test_versions(void **state)
{
	static const struct {
		const char *spec, *ids;
		unsigned version;
	} rows[] = {
		{ "containers: [{name: c}]", "runAsNonRoot", 0 },
		{ "containers: [{name: c}]", "allowPrivilegeEscalation runAsNonRoot", 8 },
		{ "containers: [{name: c}]", "allowPrivilegeEscalation runAsNonRoot seccompProfile_restricted", 19 },
		{ "containers: [{name: c}]",
		  "allowPrivilegeEscalation capabilities_restricted runAsNonRoot seccompProfile_restricted", 22 },
		{ "os: {name: windows}, securityContext: {runAsNonRoot: true}, containers: [{name: c}]",
		  "allowPrivilegeEscalation capabilities_restricted seccompProfile_restricted", 24 },
		{ "os: {name: windows}, securityContext: {runAsNonRoot: true}, containers: [{name: c}]", "", 25 },
		{ "securityContext: {runAsUser: 0}, " CONTAINER(""), "", 22 },
		{ "securityContext: {runAsUser: 0}, " CONTAINER(""), "runAsUser", 23 },
		{ "hostUsers: false, securityContext: {runAsUser: 0}, " CONTAINER(""), "runAsUser", 34 },
		{ "hostUsers: false, securityContext: {runAsUser: 0}, " CONTAINER(""), "", 35 },
		{ CONTAINER("") ", securityContext: {sysctls: [{name: net.ipv4.tcp_rmem}]}", "sysctls", 31 },
		{ CONTAINER("") ", securityContext: {sysctls: [{name: net.ipv4.tcp_rmem}]}", "", 32 },
		{ CONTAINER("") ", securityContext: {seLinuxOptions: {type: container_engine_t}}", "seLinuxOptions",
		  30 },
		{ CONTAINER(", livenessProbe: {httpGet: {host: h}}"), "", 33 },
		{ CONTAINER(", livenessProbe: {httpGet: {host: h}}"), "hostProbesAndHostLifecycle", 34 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect("Deployment", rows[i].spec, "", POD_SECURITY_RESTRICTED, rows[i].version, rows[i].ids);
}

/* The API server gives a Pod on the node's network its host ports; a template keeps what is written. */
static void test_host_network(void **state)
{
	const char *spec = "hostNetwork: true, " CONTAINER(", ports: [{containerPort: 80}]");

	(void)state;
	expect("Pod", spec, "", POD_SECURITY_RESTRICTED, 37, "hostNamespaces hostPorts");
	expect("Deployment", spec, "", POD_SECURITY_RESTRICTED, 37, "hostNamespaces");
}

/* ---- where ---- */

struct seen {
	struct view *view;
	struct buf text;
};

static bool see(const struct pod_security_violation *violation, void *data)
{
	struct seen *seen = data;

	buf_addf(&seen->text, "%s%d %.*s%s=%.*s", seen->text.n ? "; " : "", violation->container,
		 STR_ARG(violation->name), violation->missing ? " missing" : "", STR_ARG(violation->value));
	return true;
}

static void test_where(void **state)
{
	static const struct {
		const char *check, *spec, *seen;
	} rows[] = {
		{ "hostNamespaces", "hostPID: true, hostNetwork: true, containers: []", "-1 =true; -1 =true" },
		{ "restrictedVolumes", "volumes: [{name: a, nfs: {}}, {name: b, hostPath: {path: /}}], containers: []",
		  "-1 a=nfs; -1 b=hostPath" },
		{ "capabilities_restricted",
		  "initContainers: [{name: i}], containers: [{name: c, securityContext: {capabilities: {add: [X, Y]}}}]",
		  "0  missing=; 1  missing=; 1 =X; 1 =Y" },
		/* the pod's bad word is told once */
		{ "runAsNonRoot", "securityContext: {runAsNonRoot: false}, containers: [{name: a}, {name: b}]",
		  "-1 =false" },
		{ "runAsNonRoot", "containers: [{name: a}, {name: b}]", "0  missing=; 1  missing=" },
		{ "hostPorts", "containers: [{name: a, ports: [{hostPort: 80}, {hostPort: 81}]}]", "0 =80; 0 =81" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view view;
		struct seen seen = { &view, BUF_INIT };

		view_open(&view, "Deployment", rows[i].spec, "");
		assert_false(pod_security_check(&view.pod, pod_security_find(str_of(rows[i].check)), 37, see, &seen));
		buf_addc(&seen.text, '\0');
		assert_string_equal(seen.text.p, rows[i].seen);
		buf_free(&seen.text);
		view_close(&view);
	}
}

static void test_table(void **state)
{
	(void)state;
	assert_int_equal(pod_security_checks_n, 19);
	assert_int_equal(pod_security_newest, 37);
	assert_int_equal(pod_security_find(STR("nothing")), SIZE_MAX);
	/* 15 of them make up restricted, 12 baseline. */
	for (int level = POD_SECURITY_BASELINE; level <= POD_SECURITY_RESTRICTED; level++) {
		int n = 0;

		for (size_t i = 0; i < pod_security_checks_n; i++)
			n += pod_security_applies(i, (enum pod_security_level)level, 37);
		assert_int_equal(n, level == POD_SECURITY_BASELINE ? 12 : 15);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	     cmocka_unit_test(test_cases),
		cmocka_unit_test(test_annotations),  cmocka_unit_test(test_versions),
		cmocka_unit_test(test_host_network), cmocka_unit_test(test_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
