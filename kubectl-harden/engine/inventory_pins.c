/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inventory of pins
 *
 * What may name a pod's port and is not moved along: objects of certain kinds, and patches, whose names are those of
 * their targets. Every number that stands by itself counts as a port: a port kept for nothing costs a sysctl, a port
 * moved away from under a policy costs the service.
 */
#include "engine/inventory.h"
#include "engine/kustomization.h"
#include "kube/kind_path.h"

static void keep_number(struct pin *pin, int64_t number)
{
	if (number > 0 && number < PORT_FIRST_FREE)
		pin->ports[number / 64] |= (uint64_t)1 << (number % 64);
}

/* "inbound|80||", "127.0.0.1:80": every number that stands by itself in the first @most bytes. */
static void keep_numbers_of_text(struct str text, size_t most, struct pin *pin)
{
	for (size_t i = 0; i < text.n && i < most; i++) {
		unsigned value = 0, digits = 0;

		for (; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++, digits++)
			value = value < PORT_FIRST_FREE ? value * 10 + (unsigned)(text.p[i] - '0') : value;
		if (digits)
			keep_number(pin, value);
	}
}

enum { TEXT_MAX = 4096, NESTING_MAX = 64 };

static void keep_numbers(struct yaml_tree *tree, yaml_id node, struct pin *pin, unsigned depth)
{
	struct str text;
	int64_t number;

	if (!depth)
		return;
	if (yaml_is_scalar(tree, node)) {
		text = yaml_text(tree, node);
		if ((yaml_int(tree, node, &number) || str_int(text, &number)) && number > 0 && number < PORT_FIRST_FREE)
			keep_number(pin, number);
		else
			keep_numbers_of_text(text, TEXT_MAX, pin);
		return;
	}
	YAML_EACH(tree, node, child) {
		yaml_id value = yaml_value(tree, child);

		if (value)
			keep_numbers(tree, child, pin, depth - 1);
		keep_numbers(tree, value ? value : child, pin, depth - 1);
	}
}

static void keep_numbers_of_object(struct yaml_tree *tree, yaml_id object, struct pin *pin)
{
	YAML_EACH(tree, object, key)
		if (str_is(yaml_text(tree, key), "spec") || str_is(yaml_text(tree, key), "subsets") ||
		    str_is(yaml_text(tree, key), "ports"))
			keep_numbers(tree, yaml_value(tree, key), pin, NESTING_MAX);
}

void inventory_pin(struct run *run, struct where where, struct yaml_tree *tree, const struct kube_object *object)
{
	struct pin pin = {
		.where = where,
		.namespace = str_copy(run->arena, object->namespace),
		.cluster = (object->kind->flags & KIND_CLUSTER) != 0,
		.kind = str_copy(run->arena, object->kind_name),
		.name = str_copy(run->arena, object->name),
	};

	keep_numbers_of_object(tree, object->node, &pin);
	VEC_PUSH(&run->inventory->pins, pin);
}

/* ---- patches ---- */

/* Of no namespace: that of a patch is its target's before or after kustomize changes it, or says nothing at all. */
static struct pin patch_pin(struct run *run, struct where where, const char *what)
{
	return (struct pin){
		.where = where,
		.patch = str_fmt(run->scratch, "%s %s", what, where.source->path),
	};
}

/* Most patches name no low port. */
static void push_patch(struct run *run, struct pin *pin)
{
	bool empty = true;

	for (size_t i = 0; i < sizeof(pin->ports) / sizeof(*pin->ports); i++)
		empty = empty && !pin->ports[i];
	if (empty)
		return;
	pin->patch = str_copy(run->arena, pin->patch);
	VEC_PUSH(&run->inventory->pins, *pin);
}

/* Where @node stands, for people. */
static unsigned line_of(const struct source *source, struct yaml_tree *tree, yaml_id node)
{
	const struct file_image *image = &source->image;
	struct str text = { image->bytes, image->n };

	if (tree->bytes.p < text.p || tree->bytes.p > text.p + text.n)
		return 0;
	return position_at(text, (uint64_t)(tree->bytes.p - text.p) + yaml_offset(tree, node), NULL).line;
}

/* One such pin is enough, however many patches a kustomization has. */
static bool is_pinned(const struct run *run, struct where where, bool everywhere)
{
	return run->inventory->pinned == where.source && run->inventory->pinned_everywhere == everywhere;
}

/* What is put in place of a port is not known, whatever it is now. */
static void pin_replacement(struct run *run, struct where where, struct yaml_tree *tree, yaml_id item, bool everywhere)
{
	unsigned line;

	/* The line is counted from the file's start. */
	if (is_pinned(run, where, everywhere) || !kustomization_moves_port(tree, item))
		return;
	line = line_of(where.source, tree, item);
	inventory_pin_any(run, where,
			  str_fmt(run->arena, "the replacement in %s%s%.0u may write over it, and is not moved along",
				  where.source->path, line ? ":" : "", line),
			  everywhere);
}

void inventory_pin_any(struct run *run, struct where where, struct str why, bool everywhere)
{
	struct pin pin = { .where = where, .patch = why, .why = why, .everywhere = everywhere };

	if (is_pinned(run, where, everywhere))
		return;
	run->inventory->pinned = where.source;
	run->inventory->pinned_everywhere = everywhere;
	pin.ports[PIN_ANY] = 1;
	VEC_PUSH(&run->inventory->pins, pin);
}

/* Of a file that holds one, or several. */
static void pin_replacements(struct run *run, struct where where, struct yaml_tree *tree, yaml_id node)
{
	pin_replacement(run, where, tree, node, false);
	if (!yaml_is_seq(tree, node))
		return;
	YAML_EACH(tree, node, item)
		pin_replacement(run, where, tree, item, false);
}

static struct overlay overlay_of(struct run *run, const struct pin *pin)
{
	return (struct overlay){
		.where = pin->where,
		.patch = pin->patch,
		.everywhere = pin->everywhere,
		.number = run->inventory->overlays.n,
	};
}

void inventory_patch(struct run *run, struct where where, struct yaml_tree *tree, yaml_id node)
{
	struct pin pin = patch_pin(run, where, "the patch");

	if (inventory_overlay(run, tree, node, overlay_of(run, &pin)))
		pin.ports[PIN_ANY] = 1;
	if (yaml_get(tree, node, "kind"))
		keep_numbers_of_object(tree, node, &pin);
	else
		keep_numbers(tree, node, &pin, NESTING_MAX);
	push_patch(run, &pin);
	if (!yaml_get(tree, node, "kind"))
		pin_replacements(run, where, tree, node);
}

struct kustomization {
	struct run *run;
	struct yaml_tree *tree;
	struct str folder; /* with its slash, or empty */
	struct where where;
	struct pin pin;
	struct str from; /* what its links come from */
	bool nested;	 /* a transformer in it */
};

/* Joins the kustomization's folder with the path that it names by @text; returns that. */
static struct str keep_link(struct kustomization *k, struct str text)
{
	struct kustomization_link link = {
		.from = k->from,
		.to = kustomization_place(k->run->arena, k->folder, text),
	};

	VEC_PUSH(&k->run->inventory->links, link);
	return link.to;
}

/* Joins the folder with itself, so that it is known; many documents of one file are one kustomization. */
static void keep_folder(struct kustomization *k, bool component)
{
	struct inventory *inventory = k->run->inventory;
	struct str folder = kustomization_place(k->run->scratch, STR_NONE, k->folder);
	struct kustomization_link link = { .component = component };

	if (inventory->folder.n && str_eq(inventory->folder, folder) && inventory->component == component)
		return;
	link.from = link.to = inventory->folder = str_copy(k->run->arena, folder);
	inventory->component = component;
	VEC_PUSH(&inventory->links, link);
}

/* The target of a patch, or of a replacement, where the kustomization says it. */
static yaml_id target_of(struct kustomization *k, yaml_id node)
{
	yaml_id patch = yaml_parent(k->tree, node);

	return yaml_is_map(k->tree, patch) ? yaml_get(k->tree, patch, "target") : YAML_NONE;
}

static void keep_patch(struct kustomization *k, yaml_id node)
{
	struct str text = yaml_text(k->tree, node);
	struct overlay overlay = overlay_of(k->run, &k->pin);
	yaml_id target = target_of(k, node);
	bool says_port;

	keep_numbers_of_text(text, SIZE_MAX, &k->pin);
	overlay.kind = yaml_get_text(k->tree, target, "kind");
	overlay.name = yaml_get_text(k->tree, target, "name");
	overlay.targeted = target != YAML_NONE;
	if (!inventory_overlay_text(k->run, text, overlay, &says_port) || says_port)
		k->pin.ports[PIN_ANY] = 1;
}

static void keep_patch_file(struct kustomization *k, yaml_id node)
{
	struct patch_file file = { .where = k->where, .number = k->run->inventory->patch_files.n };

	/* Flux's paths are those of another repository. */
	if (k->pin.everywhere)
		return;
	file.targeted = target_of(k, node) != YAML_NONE;
	file.kind = str_copy(k->run->arena, yaml_get_text(k->tree, target_of(k, node), "kind"));
	file.target = str_copy(k->run->arena, yaml_get_text(k->tree, target_of(k, node), "name"));
	file.path = keep_link(k, yaml_text(k->tree, node));
	file.name = kustomization_path(k->run->arena, k->folder, yaml_text(k->tree, node));
	VEC_PUSH(&k->run->inventory->patch_files, file);
}

static void keep_transformer(struct kustomization *k, yaml_id node);

static void keep_part(void *data, enum kustomization_part part, yaml_id node)
{
	struct kustomization *k = data;

	switch (part) {
	case KUSTOMIZATION_RESOURCE:
		if (!k->pin.everywhere)
			keep_link(k, yaml_text(k->tree, node));
		break;
	case KUSTOMIZATION_PATCH_FILE:
		keep_patch_file(k, node);
		break;
	case KUSTOMIZATION_PATCH:
		keep_patch(k, node);
		break;
	case KUSTOMIZATION_TRANSFORMER:
		keep_transformer(k, node);
		break;
	case KUSTOMIZATION_REPLACEMENT:
		keep_numbers(k->tree, node, &k->pin, NESTING_MAX);
		pin_replacement(k->run, k->where, k->tree, node, k->pin.everywhere);
		break;
	}
}

/* A transformer in a scalar holds no others: one list of them is all there is. */
static void keep_transformer(struct kustomization *k, yaml_id node)
{
	struct str text = yaml_text(k->tree, node);
	struct yaml_tree tree = YAML_TREE_INIT;
	struct kustomization inner = *k;
	struct yaml_refusal why;

	if (!kustomization_is_inline(text)) {
		if (!k->pin.everywhere)
			keep_link(k, text);
		return;
	}
	inner.tree = &tree;
	inner.nested = true;
	if (k->nested || !yaml_parse(&tree, k->run->scratch, text, &k->run->options.limits, &why))
		inner.pin.ports[PIN_ANY] = 1;
	else
		kustomization_each(&tree, tree.root, keep_part, &inner);
	k->pin = inner.pin;
	yaml_tree_free(&tree);
}

/* Where Argo CD's Applications keep what is a kustomization's. */
static void keep_application(struct yaml_tree *tree, yaml_id node, void *data)
{
	kustomization_each(tree, node, keep_part, data);
}

void inventory_kustomization(struct run *run, struct where where, struct yaml_tree *tree, yaml_id node)
{
	yaml_id spec = yaml_get(tree, node, "spec");
	struct kustomization k = {
		.run = run,
		.tree = tree,
		.where = where,
		.folder = str_folder(str_of(where.source->path)),
		.pin = patch_pin(run, where, "a patch in"),
	};

	/* Flux and Argo CD keep in the spec what kustomize keeps at the root, and paths are those of another repository. */
	k.pin.everywhere = yaml_is_map(tree, spec);
	if (k.pin.everywhere) {
		keep_application(tree, spec, &k);
		kube_paths_each(tree, spec,
				STR("source.kustomize sources[*].kustomize template.spec.source.kustomize "
				    "template.spec.sources[*].kustomize"),
				keep_application, &k);
	} else if (str_is(yaml_get_text(tree, node, "apiVersion"), "builtin")) {
		k.from = kustomization_place(run->arena, STR_NONE, str_of(where.source->path));
		kustomization_each(tree, node, keep_part, &k);
	} else {
		keep_folder(&k, str_is(yaml_get_text(tree, node, "kind"), "Component"));
		k.from = run->inventory->folder;
		kustomization_each(tree, node, keep_part, &k);
	}
	push_patch(run, &k.pin);
}
