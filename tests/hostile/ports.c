/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What names ports, in numbers that nobody has: policies, their ports and selectors, and configuration files.
 */
#include "cases.h"

static void web(FILE *file, size_t number, const char *volume)
{
	fprintf(file,
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web-%zu}\nspec:\n  template:\n    metadata:\n"
		"      labels: {app: web}\n    spec:\n%s      containers:\n      - name: web\n"
		"        image: example.org/web:1\n        env:\n        - {name: PORT, value: \"80\"}\n"
		"        ports:\n        - containerPort: 80\n",
		number, volume);
}

static void service(FILE *file)
{
	fputs("---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
	      "spec: {selector: {app: web}, ports: [{port: 80}]}\n---\n",
	      file);
}

/* Workloads, each with the Service. */
static void served(FILE *file, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		web(file, i, "");
		service(file);
	}
}

static void policy(FILE *file, size_t number)
{
	fprintf(file, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p%zu}\nspec:\n", number);
}

void make_policies(FILE *file, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		web(file, i, "");
		service(file);
		policy(file, i);
		fputs("  podSelector: {}\n  ingress: [{ports: [{port: 80}]}]\n---\n", file);
	}
}

void make_policy_ports(FILE *file, size_t n)
{
	served(file, 1);
	policy(file, 0);
	fputs("  podSelector: {}\n  ingress:\n  - ports:\n", file);
	for (size_t i = 0; i < n; i++)
		fputs("    - port: 80\n", file);
}

void make_policy_ranges(FILE *file, size_t n)
{
	served(file, 100);
	policy(file, 0);
	fputs("  podSelector: {}\n  ingress:\n  - ports:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "    - {port: %zu, endPort: %zu}\n", 1 + i % 100, 100 + i / 100);
}

void make_policy_peers(FILE *file, size_t n)
{
	served(file, n);
	policy(file, 0);
	fputs("  podSelector: {}\n  egress:\n  - ports: [{port: 80}]\n    to:\n", file);
	for (size_t i = 0; i < n; i++)
		fputs("    - podSelector: {}\n", file);
}

void make_policy_values(FILE *file, size_t n)
{
	served(file, n / 50);
	policy(file, 0);
	fputs("  ingress: [{ports: [{port: 80}]}]\n  podSelector:\n    matchExpressions:\n    - key: app\n"
	      "      operator: In\n      values:\n",
	      file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "      - a%zu\n", i);
}

void make_calico(FILE *file, size_t n)
{
	served(file, 1);
	fputs("apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: p}\nspec:\n"
	      "  ingress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}]\n  selector: a == 'b'",
	      file);
	for (size_t i = 0; i < n; i++)
		fputs(" && a == 'b'", file);
	fputs("\n", file);
}

static const char conf[] = "      volumes: [{name: c, configMap: {name: c}}]\n";

/* A workload that mounts a ConfigMap, and that up to its data. */
static void configured(FILE *file)
{
	web(file, 0, conf);
	fputs("        volumeMounts: [{name: c, mountPath: /c}]\n", file);
	service(file);
	fputs("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n", file);
}

void make_config_lines(FILE *file, size_t n)
{
	configured(file);
	fputs("  a: |\n", file);
	for (size_t i = 0; i < n; i++)
		fputs("    listen 80;\n", file);
}

void make_config_line(FILE *file, size_t n)
{
	configured(file);
	fputs("  a: |\n    ", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "{listen %zu;", i % 1000 + 1);
	fputs("\n", file);
}

void make_config_files(FILE *file, size_t n)
{
	configured(file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "  a%zu: listen 80;\n", i);
}

void make_config_mounts(FILE *file, size_t n)
{
	web(file, 0, conf);
	fputs("        volumeMounts:\n", file);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "        - {name: c, mountPath: /c%zu}\n", i);
	service(file);
	fputs("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: listen 80;}\n", file);
}
