/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Object manifest
 *
 * What the server adds to an object and nobody would write, is a table. The object itself is printed with the rest as
 * YAML: what is hardened afterwards is that text.
 */
#include "live/object.h"

#include "yaml/print.h"

enum { NOISE_DEPTH = 5 };

/* What every object has of it. Paths from the object's root. */
static const char *const noise[][NOISE_DEPTH] = {
	{ "status" },
	{ "metadata", "creationTimestamp" },
	{ "metadata", "deletionGracePeriodSeconds" },
	{ "metadata", "deletionTimestamp" },
	{ "metadata", "generation" },
	{ "metadata", "managedFields" },
	{ "metadata", "ownerReferences" }, /* they hold UIDs of this cluster: elsewhere the object would be collected */
	{ "metadata", "resourceVersion" },
	{ "metadata", "selfLink" },
	{ "metadata", "uid" },
	{ "metadata", "annotations", "autoscaling.alpha.kubernetes.io/conditions" },
	{ "metadata", "annotations", "autoscaling.alpha.kubernetes.io/current-metrics" },
	{ "metadata", "annotations", "deployment.kubernetes.io/desired-replicas" },
	{ "metadata", "annotations", "deployment.kubernetes.io/max-replicas" },
	{ "metadata", "annotations", "deployment.kubernetes.io/revision" },
	{ "metadata", "annotations", "deprecated.daemonset.template.generation" },
	{ "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration" },
};

/* What the server chooses for objects of one kind: given to another object, it is refused or wrong. */
static const struct {
	const char *group, *kind;
	const char *path[NOISE_DEPTH];
} chosen[] = {
	{ "", "Pod", { "spec", "nodeName" } },
	{ "", "Service", { "spec", "clusterIP" } },
	{ "", "Service", { "spec", "clusterIPs" } },
	{ "", "Service", { "spec", "healthCheckNodePort" } },
	{ "batch", "Job", { "spec", "selector" } },
	{ "batch", "Job", { "metadata", "labels", "batch.kubernetes.io/controller-uid" } },
	{ "batch", "Job", { "metadata", "labels", "batch.kubernetes.io/job-name" } },
	{ "batch", "Job", { "metadata", "labels", "controller-uid" } },
	{ "batch", "Job", { "metadata", "labels", "job-name" } },
	{ "batch", "Job", { "spec", "template", "metadata", "labels", "batch.kubernetes.io/controller-uid" } },
	{ "batch", "Job", { "spec", "template", "metadata", "labels", "batch.kubernetes.io/job-name" } },
	{ "batch", "Job", { "spec", "template", "metadata", "labels", "controller-uid" } },
	{ "batch", "Job", { "spec", "template", "metadata", "labels", "job-name" } },
};

enum { NOISE_N = sizeof(noise) / sizeof(*noise), CHOSEN_N = sizeof(chosen) / sizeof(*chosen) };

/* The values that this object has of the table; and those of its pairs that are printed apart. */
struct left_out {
	yaml_id values[NOISE_N + CHOSEN_N + 3];
	size_t n;
	yaml_id claims; /* the list spec.volumeClaimTemplates */
};

static void find(struct yaml_tree *tree, const char *const path[NOISE_DEPTH], struct left_out *ret)
{
	yaml_id id = tree->root;

	for (size_t k = 0; k < NOISE_DEPTH && path[k]; k++)
		id = yaml_get(tree, id, path[k]);
	if (id)
		ret->values[ret->n++] = id;
}

/* What would be the server's choice is a person's: a headless Service, a Job with a selector of its own. */
static bool is_own_choice(struct yaml_tree *tree)
{
	return str_is(yaml_text(tree, yaml_get_path(tree, tree->root, "spec.clusterIP")), "None") ||
	       yaml_is_true(tree, yaml_get_path(tree, tree->root, "spec.manualSelector"));
}

static void find_noise(const struct live_resource *resource, struct yaml_tree *tree, struct left_out *ret)
{
	bool own = is_own_choice(tree);
	yaml_id claims = yaml_get_path(tree, tree->root, "spec.volumeClaimTemplates");

	ret->claims = yaml_is_seq(tree, claims) ? claims : YAML_NONE;
	for (size_t i = 0; i < NOISE_N; i++)
		find(tree, noise[i], ret);
	for (size_t i = 0; i < CHOSEN_N && !own; i++)
		if (str_is(resource->kind, chosen[i].kind) && str_is(resource->group, chosen[i].group))
			find(tree, chosen[i].path, ret);
}

/* A time that the server never set: of a pod's template, which has metadata but was never created. */
static bool is_unset_time(struct yaml_tree *tree, yaml_id key, yaml_id value)
{
	yaml_id around;

	if (!yaml_is_null(tree, value) || !str_is(yaml_text(tree, key), "creationTimestamp"))
		return false;
	around = yaml_key(tree, yaml_parent(tree, key));
	return around && str_is(yaml_text(tree, around), "metadata");
}

/* A claim's template is a whole claim, for which the server writes down the phase, too. */
static bool is_claim_status(const struct left_out *left_out, struct yaml_tree *tree, yaml_id key)
{
	return left_out->claims && yaml_parent(tree, yaml_parent(tree, key)) == left_out->claims &&
	       str_is(yaml_text(tree, key), "status");
}

static bool leave_out(void *data, struct yaml_tree *tree, yaml_id key)
{
	const struct left_out *left_out = data;
	yaml_id value = yaml_value(tree, key);

	for (size_t i = 0; i < left_out->n; i++)
		if (left_out->values[i] == value)
			return true;
	return is_claim_status(left_out, tree, key) || is_unset_time(tree, key, value);
}

/* Items of typed lists lack both. */
static void add_type(const struct live_resource *resource, struct buf *out)
{
	buf_addz(out, "apiVersion: ");
	if (resource->group.n) {
		buf_add(out, resource->group);
		buf_addc(out, '/');
	}
	buf_add(out, resource->version);
	buf_addz(out, "\nkind: ");
	buf_add(out, resource->kind);
	buf_addc(out, '\n');
}

static void print(const struct live_resource *resource, struct yaml_tree *tree, struct buf *out)
{
	struct left_out left_out = { .n = 0 };
	struct yaml_print print = { .tree = tree, .out = out, .leave_out = leave_out, .data = &left_out };
	yaml_id type[] = { yaml_get(tree, tree->root, "apiVersion"), yaml_get(tree, tree->root, "kind") };
	yaml_id metadata = yaml_get(tree, tree->root, "metadata");

	find_noise(resource, tree, &left_out);
	if (type[0] && type[1]) {
		yaml_print_pair(&print, yaml_key(tree, type[0]));
		yaml_print_pair(&print, yaml_key(tree, type[1]));
	} else {
		add_type(resource, out);
	}
	if (metadata)
		yaml_print_pair(&print, yaml_key(tree, metadata));
	left_out.values[left_out.n++] = type[0];
	left_out.values[left_out.n++] = type[1];
	left_out.values[left_out.n++] = metadata;
	YAML_EACH(tree, tree->root, key)
		yaml_print_pair(&print, key);
}

bool live_object_manifest(const struct live_resource *resource, struct str json, struct buf *out, struct error **err)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct yaml_tree tree = YAML_TREE_INIT;
	struct yaml_refusal why;
	bool fine = yaml_parse_json(&tree, arena, json, NULL, &why);

	if (!fine)
		error_set(err, "the server's %.*s cannot be read: at byte %u: %s", STR_ARG(resource->kind), why.at,
			  why.why);
	else if (!yaml_is_map(&tree, tree.root))
		fine = error_set(err, "the server's %.*s is no object", STR_ARG(resource->kind));
	else
		print(resource, &tree, out);
	yaml_tree_free(&tree);
	return fine;
}
