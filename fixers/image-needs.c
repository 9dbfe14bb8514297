/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image needs
 *
 * A mount hides what the image has below it, so an emptyDir goes on the narrowest directory that is known to hold
 * nothing, and never where the manifest mounts something already, there or above: who wrote that knows better. /run and
 * /var/run are one place in most images, so that one mount does for both.
 */
#include "fixers/image-needs.h"

#include "fixers/list.h"
#include "kube/data_place.h"

bool fix_image_is_known(const struct fix_context *fix, int target)
{
	const struct image_fact *facts = fix_image_facts(fix, target);

	return facts && !facts->base;
}

bool fix_image_works_without_root(const struct fix_context *fix, int target)
{
	const struct image_fact *facts = fix_image_facts(fix, target);

	return fix_image_is_known(fix, target) && (facts->uid > 0 || facts->uid == IMAGE_ID_ANY);
}

/* ---- directories ---- */

static bool is_covered(struct str path, struct str mount)
{
	return image_path_is(path, mount) || image_path_is_in(path, mount);
}

static bool is_mounted(struct fix_context *fix, int target, struct str path)
{
	yaml_id container = fix_container(fix, target)->node;

	YAML_EACH(fix->tree, yaml_get(fix->tree, container, "volumeMounts"), mount)
		if (is_covered(path, yaml_get_text(fix->tree, mount, "mountPath")))
			return true;
	YAML_EACH(fix->tree, yaml_get(fix->tree, container, "volumeDevices"), device)
		if (image_path_is(path, yaml_get_text(fix->tree, device, "devicePath")))
			return true;
	return false;
}

static bool has_text(const struct image_texts *texts, struct str text)
{
	for (size_t i = 0; i < texts->n; i++)
		if (str_is(text, texts->items[i]))
			return true;
	return false;
}

/* An emptyDir belongs to root, so a directory that must belong to the program is made by it, inside of one. */
static struct str parent_of(struct str path)
{
	size_t slash = path.n;

	while (slash && path.p[slash - 1] != '/')
		slash--;
	return slash > 1 ? str_sub(path, 0, slash - 1) : path;
}

static void add_needed(struct fix_context *fix, int target, struct needed_directories *needed,
		       struct needed_directory directory)
{
	if (is_mounted(fix, target, directory.path) || is_mounted(fix, target, directory.on))
		return;
	for (size_t i = 0; i < needed->n; i++)
		if (image_path_is(needed->items[i].on, directory.on))
			directory.on = STR_NONE;
	if (directory.on.n || directory.data)
		needed->items[needed->n++] = directory;
}

/* One of the data of its facts, or what its settings name in its place. */
static void add_data(struct fix_context *fix, int target, struct needed_directories *needed, const char *directory)
{
	struct data_place place = data_place(fix->pod, fix_container(fix, target), directory);
	const struct image_texts *strict = &fix_image_facts(fix, target)->strict;
	struct str path = str_of(directory);

	if (place.path.n && !place.set_by->strict)
		add_needed(fix, target, needed, (struct needed_directory){ place.path, place.path, true });
	if (place.path.n)
		return;
	add_needed(fix, target, needed,
		   (struct needed_directory){ path, has_text(strict, path) ? parent_of(path) : path, !place.set_by });
}

struct needed_directories fix_needed_directories(struct fix_context *fix, int target)
{
	static const struct image_fact nothing = { .name = "" };
	const struct image_fact *facts = fix_image_facts(fix, target) ? fix_image_facts(fix, target) : &nothing;
	struct needed_directories needed = {
		.items = ARENA_ARRAY(fix->arena, struct needed_directory, facts->writable.n + facts->data.n + 1),
	};

	add_needed(fix, target, &needed, (struct needed_directory){ STR("/tmp"), STR("/tmp"), false });
	for (size_t i = 0; i < facts->writable.n; i++) {
		struct str path = str_of(facts->writable.items[i]);

		add_needed(fix, target, &needed, (struct needed_directory){ path, path, false });
	}
	for (size_t i = 0; i < facts->data.n; i++)
		add_data(fix, target, &needed, facts->data.items[i]);
	return needed;
}

const struct image_data_setting *fix_unread_data(struct fix_context *fix, int target)
{
	const struct kube_container *container = fix_container(fix, target);
	const struct image_fact *facts = container->known->facts;

	for (size_t i = 0; facts && i < facts->data.n; i++) {
		struct data_place place = data_place(fix->pod, container, facts->data.items[i]);

		if (place.set_by && !place.path.n)
			return place.set_by;
	}
	return NULL;
}

const struct image_data_setting *fix_homeless_data(struct fix_context *fix, int target, bool no_empty_dirs,
						   struct str *ret_path)
{
	const struct kube_container *container = fix_container(fix, target);
	const struct image_fact *facts = container->known->facts;

	for (size_t i = 0; facts && i < facts->data.n; i++) {
		struct data_place place = data_place(fix->pod, container, facts->data.items[i]);

		if (place.path.n && (place.set_by->strict || no_empty_dirs) && !is_mounted(fix, target, place.path)) {
			*ret_path = place.path;
			return place.set_by;
		}
	}
	return NULL;
}

static struct str first_unmounted(struct fix_context *fix, int target, const struct image_texts *places)
{
	for (size_t i = 0; i < places->n; i++)
		if (!is_mounted(fix, target, str_of(places->items[i])))
			return str_of(places->items[i]);
	return STR_NONE;
}

struct str fix_rewritten_directory(struct fix_context *fix, int target)
{
	const struct image_fact *facts = fix_image_facts(fix, target);

	return facts ? first_unmounted(fix, target, &facts->rewrites) : STR_NONE;
}

struct str fix_unknown_volume(struct fix_context *fix, int target)
{
	const struct image_fact *facts = fix_image_facts(fix, target);

	return facts ? first_unmounted(fix, target, &facts->volumes) : STR_NONE;
}

static bool names_folder_in(struct fix_context *fix, int target, struct str path)
{
	YAML_EACH(fix->tree, yaml_get(fix->tree, fix_container(fix, target)->node, "env"), item)
		if (image_path_is_in(yaml_get_text(fix->tree, item, "value"), path))
			return true;
	return false;
}

static bool is_mount(struct fix_context *fix, int target, struct str path)
{
	YAML_EACH(fix->tree, yaml_get(fix->tree, fix_container(fix, target)->node, "volumeMounts"), mount)
		if (image_path_is(yaml_get_text(fix->tree, mount, "mountPath"), path))
			return true;
	return false;
}

struct str fix_strict_mount(struct fix_context *fix, int target)
{
	const struct kube_container *container = fix_container(fix, target);
	const struct image_fact *facts = container->known->facts;

	for (size_t i = 0; facts && i < facts->data.n; i++) {
		struct data_place place = data_place(fix->pod, container, facts->data.items[i]);
		struct str path = place.path.n ? place.path : str_of(facts->data.items[i]);

		if ((place.path.n ? place.set_by->strict : has_text(&facts->strict, path)) &&
		    is_mount(fix, target, path) && !names_folder_in(fix, target, path))
			return path;
	}
	return STR_NONE;
}

/* ---- variables ---- */

static bool sets(const struct fix_context *fix, int target, const char *name)
{
	return kube_container_sets(fix->pod, fix_container(fix, target), str_of(name));
}

static bool has_env_from(struct fix_context *fix, int target)
{
	return yaml_count(fix->tree, yaml_get(fix->tree, fix_container(fix, target)->node, "envFrom")) > 0;
}

void change_add_env(struct change *change, int target, const struct image_env *env, size_t n)
{
	struct fix_context *fix = change->fix;

	for (size_t i = 0; i < n && !has_env_from(fix, target); i++)
		if (!sets(fix, target, env[i].name))
			change_append_variable(change, target, str_of(env[i].name), str_of(env[i].value));
}

struct str change_asks_env(struct fix_context *fix, int target, const struct image_env *env, size_t n)
{
	size_t i = 0;

	while (i < n && sets(fix, target, env[i].name))
		i++;
	if (i == n || !has_env_from(fix, target))
		return STR_NONE;
	return fix_format(fix, "image %.*s needs %s=%s then; whether its envFrom sets that is not seen.",
			  STR_ARG(fix_container(fix, target)->image), env[i].name, env[i].value);
}

/* ---- kustomizations ---- */

struct str fix_swapped_in_words(struct fix_context *fix, int target)
{
	struct str image = fix_container(fix, target)->image;
	const struct known_image *known = fix_container(fix, target)->known;

	if (!known->swapped_by.n || known->facts)
		return STR_NONE;
	if (known->runs.n)
		return fix_format(fix, "image %.*s gives way to %.*s in %.*s, and nothing is known of that.",
				  STR_ARG(image), STR_ARG(known->runs), STR_ARG(known->swapped_by));
	return fix_format(fix,
			  "image %.*s gives way to another in %.*s, but not in all that is built of this file, so that "
			  "nothing is taken for known of it.",
			  STR_ARG(image), STR_ARG(known->swapped_by));
}

/* ---- twins ---- */

bool fix_replaces_images(const struct fix_config *config)
{
	uint64_t bit = (uint64_t)1 << fixer_index(&fixer_unprivileged_image);

	return ((config->also | config->only) & bit) && !(config->skip & bit);
}

struct str fix_twin_in_words(struct fix_context *fix, const struct kube_container *container)
{
	return fix_format(fix, "image %.*s takes the place of %.*s; whether there is one of that tag is not looked up.",
			  STR_ARG(container->known->twin), STR_ARG(container->image));
}

/* ---- caveats ---- */

void fix_add_caveat(struct fix_context *fix, struct problem *problem, struct str text)
{
	if (!text.n)
		return;
	problem->safety = SAFETY_CAVEAT;
	problem->caveat |= CAVEAT_TEXT;
	problem->detail = problem->detail.n ? fix_format(fix, "%.*s %.*s", STR_ARG(problem->detail), STR_ARG(text))
					    : text;
}
