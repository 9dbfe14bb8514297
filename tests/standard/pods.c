/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pods: one for each thing that the standards look at, made from the same table that the program judges by: each field
 * of each check, with each value that is allowed, some that are not, none at all, in the pod and in each kind of
 * container, in a Pod and in a Deployment, for Linux, for Windows and with a user namespace. They fail no other check.
 *
 *	pods >FILE
 *
 * Printed as one stream of documents, for the program and for Kubernetes' own code to judge.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kube/pod_security.h"
#include "yaml/edit.h"
#include "yaml/render.h"

static const char *const lists[] = { "containers", "initContainers", "ephemeralContainers" };

enum { POD = -1 };

struct variant {
	const char *spec; /* keys of the pod's spec */
	bool windows;	  /* the settings that Windows does not have are left out */
};

static const struct variant variants[] = {
	{ "", false },
	{ "hostUsers: false, ", false },
	{ "os: {name: windows}, ", true },
	{ "hostNetwork: true, ", false },
};

enum { VARIANTS = sizeof(variants) / sizeof(*variants) };

#define LINUX "{allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}"

static size_t printed;

/* A pod that restricted has nothing against, but for what the variant brings; each list has a container. */
static void add_base(struct buf *out, const struct variant *variant, bool template)
{
	const char *context = variant->windows ? "{}" : LINUX;

	buf_addf(out, "metadata: {name: p%zu, annotations: {a: b}}, spec: {%s", printed, variant->spec);
	buf_addf(out, "securityContext: {runAsNonRoot: true%s}, volumes: [{name: e, emptyDir: {}}]",
		 variant->windows ? "" : ", runAsUser: 4711, seccompProfile: {type: RuntimeDefault}");
	for (size_t i = 0; i < 3; i++)
		buf_addf(out, ", %s: [{name: c%zu, image: ghcr.io/shop/c:1, securityContext: %s}]", lists[i], i,
			 context);
	buf_addc(out, '}');
	(void)template;
}

/* ---- one field ---- */

struct value {
	enum pod_security_type type;
	const char *text; /* NULL: the struct that would hold it is there, and empty */
};

static void put_scalar(struct yaml_tree *tree, yaml_id map, const char *key, const struct value *value)
{
	if (!value->text)
		return;
	if (value->type == POD_SECURITY_BOOL)
		yaml_put_bool(tree, map, key, !strcmp(value->text, "true"), NULL, NULL);
	else if (value->type == POD_SECURITY_NUMBER)
		yaml_put_int(tree, map, key, strtol(value->text, NULL, 10), NULL, NULL);
	else
		yaml_put_str(tree, map, key, str_of(value->text), NULL, NULL);
}

/* Puts @value at @path below @map; an item of a list that is on the way is a new one. */
static void put(struct yaml_tree *tree, yaml_id map, const char *path, const struct value *value)
{
	struct str rest = str_of(path), part;

	while (map && str_cut(&rest, '.', &part)) {
		bool item = str_ends(part, STR("[*]"));
		char key[64];

		snprintf(key, sizeof(key), "%.*s", (int)(part.n - (item ? 3 : 0)), part.p);
		if (item && rest.n) {
			map = yaml_append_map(tree, yaml_put_seq(tree, map, key, false, NULL, NULL), NULL);
			if (!strcmp(key, "ports"))
				yaml_put_int(tree, map, "containerPort", 8080, NULL, NULL);
			if (!strcmp(key, "sysctls"))
				yaml_put_str(tree, map, "value", STR("1"), NULL, NULL);
		} else if (item) {
			yaml_append_str(tree, yaml_put_seq(tree, map, key, false, NULL, NULL), str_of(value->text),
					NULL);
		} else if (rest.n) {
			map = yaml_put_map(tree, map, key, NULL, NULL);
		} else {
			put_scalar(tree, map, key, value);
		}
	}
}

static yaml_id container_at(struct yaml_tree *tree, yaml_id spec, int role)
{
	return yaml_first(tree, yaml_get(tree, spec, lists[role]));
}

static void put_volume(struct yaml_tree *tree, yaml_id spec, const char *source)
{
	yaml_id volume = yaml_append_map(tree, yaml_get(tree, spec, "volumes"), NULL);

	yaml_put_str(tree, volume, "name", STR("v"), NULL, NULL);
	if (*source)
		yaml_put_map(tree, volume, source, NULL, NULL);
}

static void put_field(struct yaml_tree *tree, yaml_id pod, const struct pod_security_field *field, int role,
		      const struct value *value)
{
	yaml_id spec = yaml_get(tree, pod, "spec"), annotations = yaml_get_path(tree, pod, "metadata.annotations");
	const char *item = field->form == POD_SECURITY_HOLDS ? "[*]" : "";
	char name[128];

	switch (field->scope) {
	case POD_SECURITY_POD:
		put(tree, spec, field->path, value);
		break;
	case POD_SECURITY_CONTAINER:
		/* The list that must hold something is given one item. */
		snprintf(name, sizeof(name), "%s%s", field->path, item);
		put(tree, container_at(tree, spec, role), name, value);
		break;
	case POD_SECURITY_VOLUME:
		put_volume(tree, spec, value->text ? value->text : "");
		break;
	case POD_SECURITY_ANNOTATION:
	case POD_SECURITY_CONTAINER_ANNOTATION:
		snprintf(name, sizeof(name), "%.*s%s", (int)strcspn(field->path, "*"), field->path,
			 strchr(field->path, '*') ? "c0" : "");
		yaml_put_str(tree, annotations, name, str_of(value->text ? value->text : ""), NULL, NULL);
		break;
	}
}

static void print_pod(const struct variant *variant, bool template, const struct pod_security_field *field, int role,
		      const struct value *value)
{
	struct arena *arena = arena_new();
	struct yaml_tree tree = YAML_TREE_INIT;
	struct buf text = BUF_INIT, out = BUF_INIT;
	struct splices splices = { 0 };
	struct yaml_refusal why;
	yaml_id pod;

	if (template)
		buf_addf(&text, "{apiVersion: apps/v1, kind: Deployment, metadata: {name: p%zu}, spec: {template: {",
			 printed);
	else
		buf_addz(&text, "{apiVersion: v1, kind: Pod, ");
	add_base(&text, variant, template);
	buf_addz(&text, template ? "}}}" : "}");
	if (!yaml_parse(&tree, arena, buf_str(&text), NULL, &why)) {
		fprintf(stderr, "%s\n%s\n", why.why, text.p);
		exit(1);
	}
	pod = template ? yaml_get_path(&tree, tree.root, "spec.template") : tree.root;
	put_field(&tree, pod, field, role, value);
	yaml_render(&tree, &splices);
	splices_apply(buf_str(&text), &splices, &out);
	printf("---\n%.*s\n", (int)out.n, out.p);
	printed++;
	splices_free(&splices);
	yaml_tree_free(&tree);
	arena_free(arena);
	buf_free(&text);
	buf_free(&out);
}

static void print_value(const struct pod_security_field *field, const struct value *value)
{
	bool containers = field->scope == POD_SECURITY_CONTAINER;

	for (int role = containers ? 0 : POD; role < (containers ? 3 : 0); role++)
		for (size_t i = 0; i < VARIANTS; i++)
			print_pod(&variants[i], (printed & 1) != 0, field, role, value);
}

/* ---- all of them ---- */

/* What no table lists. */
static const char *const others[] = { "",
				      "Bogus",
				      "bogus",
				      "unconfined",
				      "localhost/x",
				      "Unmasked",
				      "ALL",
				      "all",
				      "CAP_NET_BIND_SERVICE",
				      "SYS_ADMIN",
				      "127.0.0.1",
				      "spc_t",
				      "net.core.somaxconn" };
static const char *const sources[] = { "",	"nfs",	  "hostPath",  "gitRepo",
				       "iscsi", "cephfs", "azureFile", "portworxVolume" };

static void print_field(const struct pod_security_field *field)
{
	static const char *const bools[] = { "true", "false" };
	static const char *const numbers[] = { "0", "1", "8080" };
	const char *const *more = others;
	size_t n = sizeof(others) / sizeof(*others);

	if (field->scope == POD_SECURITY_VOLUME) {
		more = sources;
		n = sizeof(sources) / sizeof(*sources);
	} else if (field->type == POD_SECURITY_BOOL) {
		more = bools;
		n = 2;
	} else if (field->type == POD_SECURITY_NUMBER) {
		more = numbers;
		n = 3;
	}
	for (size_t i = 0; i < n; i++)
		print_value(field, &(struct value){ field->type, more[i] });
	for (size_t i = 0; i < field->values_n && field->type == POD_SECURITY_TEXT; i++)
		if (!strchr(field->values[i].text, '*'))
			print_value(field, &(struct value){ field->type, field->values[i].text });
	if (field->with_struct)
		print_value(field, &(struct value){ field->type, NULL });
}

int main(void)
{
	for (size_t i = 0; i < pod_security_checks_n; i++)
		for (size_t k = 0; k < pod_security_checks[i].fields_n; k++)
			print_field(&pod_security_checks[i].fields[k]);
	yaml_parsers_release();
	return printed < 1000;
}
