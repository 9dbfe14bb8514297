/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Object manifest
 *
 * What the server adds to an object and nobody would write, is a table. The object itself is read as YAML, as every
 * other manifest is, and printed with the rest: what is hardened afterwards is that text.
 */
#include "live/object.h"

#include "yaml/print.h"

enum { NOISE_DEPTH = 3 };

/* Paths from the object's root. */
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

enum { NOISE_N = sizeof(noise) / sizeof(*noise) };

/* The values that this object has of the table; and those of its pairs that are printed apart. */
struct left_out {
	yaml_id values[NOISE_N + 3];
	size_t n;
};

static void find_noise(struct yaml_tree *tree, struct left_out *ret)
{
	for (size_t i = 0; i < NOISE_N; i++) {
		yaml_id id = tree->root;

		for (size_t k = 0; k < NOISE_DEPTH && noise[i][k]; k++)
			id = yaml_get(tree, id, noise[i][k]);
		if (id)
			ret->values[ret->n++] = id;
	}
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

static bool leave_out(void *data, struct yaml_tree *tree, yaml_id key)
{
	const struct left_out *left_out = data;
	yaml_id value = yaml_value(tree, key);

	for (size_t i = 0; i < left_out->n; i++)
		if (left_out->values[i] == value)
			return true;
	return is_unset_time(tree, key, value);
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

static bool print(const struct live_resource *resource, struct yaml_tree *tree, struct buf *out)
{
	struct left_out left_out = { .n = 0 };
	struct yaml_print print = { .tree = tree, .out = out, .leave_out = leave_out, .data = &left_out };
	yaml_id type[] = { yaml_get(tree, tree->root, "apiVersion"), yaml_get(tree, tree->root, "kind") };
	yaml_id metadata = yaml_get(tree, tree->root, "metadata");
	bool fine = true;

	find_noise(tree, &left_out);
	if (type[0] && type[1]) {
		yaml_print_pair(&print, yaml_key(tree, type[0]));
		yaml_print_pair(&print, yaml_key(tree, type[1]));
	} else {
		add_type(resource, out);
	}
	if (metadata)
		fine = yaml_print_pair(&print, yaml_key(tree, metadata));
	left_out.values[left_out.n++] = type[0];
	left_out.values[left_out.n++] = type[1];
	left_out.values[left_out.n++] = metadata;
	YAML_EACH(tree, tree->root, key)
		fine &= yaml_print_pair(&print, key);
	return fine;
}

bool live_object_manifest(const struct live_resource *resource, struct str json, struct buf *out, struct error **err)
{
	struct arena *arena CLEANUP(arena_freep) = arena_new();
	struct yaml_tree tree = YAML_TREE_INIT;
	struct yaml_refusal why;
	bool fine = yaml_parse(&tree, arena, json, NULL, &why);

	if (!fine)
		error_set(err, "the server's %.*s cannot be read: at byte %u: %s", STR_ARG(resource->kind), why.at,
			  why.why);
	else if (!yaml_is_map(&tree, tree.root))
		fine = error_set(err, "the server's %.*s is no object", STR_ARG(resource->kind));
	else if (!print(resource, &tree, out))
		fine = error_set(err, "the server's %.*s cannot be read: %s", STR_ARG(resource->kind),
				 "it has too many nodes");
	yaml_tree_free(&tree);
	return fine;
}
