/* SPDX-License-Identifier: Apache-2.0 */
#include "report/difference.h"

#include <stdlib.h>

#include "base/json.h"
#include "kube/kinds.h"
#include "kube/merge_keys.h"
#include "yaml/print.h"

void differences_add(struct differences *differences, const struct difference *difference)
{
	struct arena *arena = differences->arena;
	struct difference copy = {
		.api_version = str_copy(arena, difference->api_version),
		.kind = str_copy(arena, difference->kind),
		.namespace = str_copy(arena, difference->namespace),
		.name = str_copy(arena, difference->name),
		.before = str_copy(arena, difference->before),
		.after = str_copy(arena, difference->after),
	};

	VEC_PUSH(&differences->objects, copy);
}

void differences_free(struct differences *differences)
{
	free(differences->objects.items);
	differences->objects.items = NULL;
	differences->objects.n = differences->objects.cap = 0;
}

/* ---- identity ---- */

/* "Deployment/web in namespace shop", for messages. */
static struct str title_of(const struct differences *differences, const struct difference *object)
{
	return str_fmt(differences->arena, "%.*s/%.*s%s%.*s", STR_ARG(object->kind), STR_ARG(object->name),
		       object->namespace.n ? " in namespace " : "", STR_ARG(object->namespace));
}

static int compare(const void *a, const void *b)
{
	const struct difference *one = *(const struct difference *const *)a,
				*other = *(const struct difference *const *)b;
	int order = str_cmp(one->kind, other->kind);

	order = order ? order : str_cmp(one->name, other->name);
	order = order ? order : str_cmp(one->namespace, other->namespace);
	return order ? order : str_cmp(kube_group(one->api_version), kube_group(other->api_version));
}

bool differences_check(const struct differences *differences, struct error **err)
{
	size_t n = differences->objects.n;
	const struct difference **sorted = xrealloc_array(NULL, n + 1, sizeof(struct difference *));
	bool fine = true;

	for (size_t i = 0; i < n; i++)
		sorted[i] = &differences->objects.items[i];
	qsort(sorted, n, sizeof(struct difference *), compare);
	for (size_t i = 0; i < n && fine; i++) {
		struct str title = title_of(differences, sorted[i]);

		if (!sorted[i]->name.n)
			fine = error_set(err, "a %.*s has no name, so that no patch could say what it is for",
					 STR_ARG(sorted[i]->kind));
		else if (i && !compare(&sorted[i - 1], &sorted[i]))
			fine = error_set(err,
					 "%.*s is there twice, and a patch could not tell which one is meant; name the "
					 "files of one environment at a time",
					 STR_ARG(title));
	}
	free(sorted);
	return fine;
}

/* ---- both objects, read ---- */

struct both {
	struct yaml_tree before, after;
};

static bool read_one(const struct differences *differences, const struct difference *object, struct str text,
		     struct yaml_tree *tree, struct error **err)
{
	struct yaml_refusal why;
	bool fine = yaml_parse(tree, differences->arena, text, differences->limits, &why);

	if (fine && yaml_is_map(tree, tree->root))
		return true;
	return error_set(err, "%.*s cannot be compared: %s", STR_ARG(title_of(differences, object)),
			 fine ? "it is no mapping" : why.why);
}

static bool read_both(const struct differences *differences, const struct difference *object, struct both *ret,
		      struct error **err)
{
	*ret = (struct both){ 0 };
	return read_one(differences, object, object->before, &ret->before, err) &&
	       read_one(differences, object, object->after, &ret->after, err);
}

static void free_both(struct both *both)
{
	yaml_tree_free(&both->before);
	yaml_tree_free(&both->after);
}

/* ---- JSON Patch ---- */

static void add_pair(struct buf *out, const char *before, struct str value)
{
	buf_addz(out, before);
	json_add_str(out, value);
}

static void add_target(struct buf *out, const struct difference *object)
{
	struct str group = kube_group(object->api_version);

	add_pair(out, "{\"target\":{\"group\":", group);
	add_pair(out, ",\"version\":", str_sub(object->api_version, group.n ? group.n + 1 : 0, object->api_version.n));
	add_pair(out, ",\"kind\":", object->kind);
	add_pair(out, ",\"namespace\":", object->namespace);
	add_pair(out, ",\"name\":", object->name);
	buf_addz(out, "},\"patch\":[");
}

static void add_test(struct buf *out, const struct yaml_test *test)
{
	add_pair(out, "{\"op\":\"test\",\"path\":", test->path);
	buf_addz(out, ",\"value\":");
	buf_add(out, test->value);
	buf_addc(out, '}');
}

static void add_operation(struct buf *out, const struct yaml_operation *operation)
{
	buf_addf(out, "{\"op\":\"%s\"", yaml_patch_word(operation->kind));
	add_pair(out, ",\"path\":", operation->path);
	if (operation->kind != YAML_PATCH_REMOVE) {
		buf_addz(out, ",\"value\":");
		buf_add(out, operation->value);
	}
	buf_addc(out, '}');
}

bool differences_json_patch(const struct differences *differences, const struct difference *object, struct buf *out,
			    struct error **err)
{
	struct yaml_patch patch = { 0 };
	struct yaml_tests tests = { 0 };
	struct both both;
	bool fine = read_both(differences, object, &both, err);

	if (fine)
		yaml_difference(&both.before, both.before.root, &both.after, both.after.root, differences->arena,
				&patch, &tests);
	free_both(&both);
	if (patch.operations.n) {
		add_target(out, object);
		for (size_t i = 0; i < tests.n; i++) {
			add_test(out, &tests.items[i]);
			buf_addc(out, ',');
		}
		for (size_t i = 0; i < patch.operations.n; i++) {
			if (i)
				buf_addc(out, ',');
			add_operation(out, &patch.operations.items[i]);
		}
		buf_addz(out, "]}\n");
	}
	yaml_tests_free(&tests);
	yaml_patch_free(&patch);
	return fine;
}

/* ---- merge patches ---- */

static const char *keys_of(const void *data, struct str path)
{
	return kube_merge_keys(data, path);
}

/* The pairs of @map but the one named @but, each behind a comma. */
static void add_pairs(struct yaml_tree *tree, yaml_id map, const char *but, struct buf *out)
{
	YAML_EACH(tree, map, key) {
		if (str_is(yaml_text(tree, key), but))
			continue;
		add_pair(out, ",", yaml_text(tree, key));
		buf_addc(out, ':');
		yaml_print_json(tree, yaml_value(tree, key), 0, 0, out);
	}
}

/* The patch with what it is for, which comes first; metadata may have changed, too. */
static void add_header(const struct difference *object, struct yaml_tree *patch, struct buf *out)
{
	add_pair(out, "{\"apiVersion\":", object->api_version);
	add_pair(out, ",\"kind\":", object->kind);
	add_pair(out, ",\"metadata\":{\"name\":", object->name);
	if (object->namespace.n)
		add_pair(out, ",\"namespace\":", object->namespace);
	add_pairs(patch, yaml_get(patch, patch->root, "metadata"), "", out);
	buf_addc(out, '}');
	add_pairs(patch, patch->root, "metadata", out);
	buf_addc(out, '}');
}

/* What was made here cannot fail to be read, but for its depth or size. */
static bool print_patch(const struct differences *differences, const struct difference *object, struct str json,
			struct buf *out, struct error **err)
{
	struct buf whole CLEANUP(buf_free) = BUF_INIT;
	struct yaml_tree tree = YAML_TREE_INIT;
	struct yaml_print print = { .tree = &tree, .out = out };
	struct yaml_refusal why;
	bool fine = yaml_parse(&tree, differences->arena, json, differences->limits, &why);

	if (fine) {
		add_header(object, &tree, &whole);
		fine = yaml_parse(&tree, differences->arena, buf_str(&whole), differences->limits, &why);
	}
	if (fine)
		yaml_print(&print, tree.root);
	else
		error_set(err, "the patch of %.*s: %s", STR_ARG(title_of(differences, object)), why.why);
	yaml_tree_free(&tree);
	return fine;
}

bool differences_merge_patch(const struct differences *differences, const struct difference *object, struct buf *out,
			     bool *ret_custom, struct error **err)
{
	const struct kube_merge_kind *kind = kube_merge_kind_find(object->api_version, object->kind);
	const struct yaml_merge_keys keys = { keys_of, kind };
	struct buf json CLEANUP(buf_free) = BUF_INIT;
	struct both both;
	bool fine = read_both(differences, object, &both, err);

	*ret_custom = !kind;
	if (fine &&
	    yaml_merge_patch(&both.before, both.before.root, &both.after, both.after.root, kind ? &keys : NULL, &json))
		fine = print_patch(differences, object, buf_str(&json), out, err);
	free_both(&both);
	return fine;
}
