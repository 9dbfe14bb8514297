/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images
 *
 * All of these files may come from a repository that nobody trusts, so each is bounded. A config is the image itself
 * and so comes before what is written about it; a Dockerfile says what the next build will be.
 */
#include "commands/images.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/walk.h"
#include "engine/dockerfiles.h"
#include "fixers/list.h"
#include "kube/image_config.h"
#include "report/text.h"

enum { FILE_MAX = 16 << 20, ROWS_MAX = 4000 };

struct loader {
	struct images *images;
	struct error **err;
	struct {
		struct image_fact *items;
		size_t n, cap;
	} configs, built;
	struct image_facts rows; /* of --images */
};

/* The bytes of a file, in the arena. */
static bool read_text(struct loader *loader, const char *path, struct str *ret_text)
{
	struct file_image file = FILE_IMAGE_INIT;

	if (!file_read_named(path, FILE_MAX, &file, loader->err))
		return false;
	*ret_text = str_copy(loader->images->arena, (struct str){ file.bytes, file.n });
	file_image_free(&file);
	return true;
}

static bool load_rows(struct loader *loader, const char *path)
{
	struct image_facts facts = { 0 };
	struct str text;

	if (!read_text(loader, path, &text) ||
	    !image_facts_parse(loader->images->arena, path, text, &facts, loader->err))
		return false;
	loader->rows = image_facts_join(loader->images->arena, &loader->rows, &facts);
	return true;
}

/* "IMAGE=PATH" where it is no file of that name. */
static bool split_name(struct loader *loader, struct str value, struct image_ref *ret_ref, struct str *ret_path)
{
	struct str path = value, name;

	return str_cut(&path, '=', &name) && path.n && image_ref_parse(loader->images->arena, name, ret_ref) &&
	       ((*ret_path = path), true);
}

/* ---- configs ---- */

static bool add_config(struct loader *loader, const char *path, const struct image_config *config,
		       const struct image_ref *ref)
{
	struct arena *arena = loader->images->arena;
	const struct image_fact *base = image_fact_lookup(&loader->rows, arena, ref, NULL);

	if (loader->configs.n == ROWS_MAX)
		return error_set_at(loader->err, path, NULL, "more than 4,000 configs of images");
	VEC_PUSH(&loader->configs, image_config_fact(arena, config, base, ref, path));
	loader->images->entries.items[loader->images->entries.n - 1].n++;
	return true;
}

static void begin_config(struct loader *loader)
{
	VEC_PUSH(&loader->images->entries,
		 ((struct image_entry){ .flag = "--image-config", .first = loader->configs.n }));
}

/* @ref: the image, where the user or the file's name says it; else NULL. */
static bool load_config(struct loader *loader, const char *path, const struct image_ref *ref)
{
	struct arena *arena = loader->images->arena;
	struct named_configs configs;
	struct str text;

	if (!read_text(loader, path, &text) || !image_configs_read(arena, path, text, &configs, loader->err))
		return false;
	begin_config(loader);
	if (ref && configs.n == 1 && !configs.items[0].names.n)
		return add_config(loader, path, &configs.items[0].config, ref);
	for (size_t i = 0; i < configs.n; i++) {
		const struct named_config *named = &configs.items[i];
		struct image_ref own;
		bool any = false;

		if (i)
			begin_config(loader);
		for (size_t k = 0; k < named->names.n; k++) {
			if (!image_ref_parse(arena, str_of(named->names.items[k]), &own))
				continue;
			any = true;
			if (!add_config(loader, path, &named->config, &own))
				return false;
		}
		if (ref && configs.n == 1)
			any = add_config(loader, path, &named->config, ref);
		if (!any)
			return error_set_at(loader->err, path, NULL,
					    "it does not say which image it is of; --image-config IMAGE=%s does, or a "
					    "folder in which it is called IMAGE.json",
					    path);
	}
	return true;
}

/* In a folder the path of a file is the image's: registry.example/shop/web:1.4.json */
static bool load_config_folder(struct loader *loader, const char *folder)
{
	struct walk_options options = { .recursive = true, .max_entries = 100000 };
	struct walk_list list = WALK_LIST_INIT;
	bool fine = true;
	size_t prefix = strlen(folder);

	while (prefix && folder[prefix - 1] == '/')
		prefix--;
	walk(&list, &folder, 1, &options);
	for (size_t i = 0; fine && i < list.n; i++) {
		const struct walk_entry *entry = &list.items[i];
		struct str name = str_of(entry->path);
		const char *path = str_copy(loader->images->arena, name).p;
		struct image_ref ref;

		if (entry->error) {
			fine = error_set_at(loader->err, entry->path, NULL, "%s", entry->error->message);
			break;
		}
		if (!str_ends(name, STR(".json")))
			continue;
		/* "." is left out of the paths of what is in it. */
		if (str_starts(name, (struct str){ folder, prefix }) && name.p[prefix] == '/')
			name = str_sub(name, prefix + 1, name.n);
		name.n -= 5;
		fine = load_config(loader, path, image_ref_parse(loader->images->arena, name, &ref) ? &ref : NULL);
	}
	walk_list_free(&list);
	return fine;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool load_config_option(struct loader *loader, const char *value)
{
	struct image_ref ref;
	struct str path;

	if (is_folder(value))
		return load_config_folder(loader, value);
	if (access(value, F_OK) && split_name(loader, str_of(value), &ref, &path))
		return load_config(loader, path.p, &ref);
	return load_config(loader, value, NULL);
}

/* ---- Dockerfiles ---- */

static bool load_dockerfile(struct loader *loader, const char *value)
{
	struct images *images = loader->images;
	struct image_dockerfile built = { .bytes = FILE_IMAGE_INIT };
	struct image_ref ref;
	struct str path, text;

	if (!split_name(loader, str_of(value), &ref, &path))
		return error_set(loader->err,
				 "invalid argument \"%s\" for --dockerfile: IMAGE=PATH, such as "
				 "registry.example/shop/web=web/Dockerfile",
				 value);
	built.path = path.p;
	built.image = str_sub(str_of(value), 0, (size_t)(path.p - value) - 1);
	if (!file_read_named(path.p, FILE_MAX, &built.bytes, loader->err))
		return false;
	text = str_copy(images->arena, (struct str){ built.bytes.bytes, built.bytes.n });
	if (!dockerfile_read(images->arena, &loader->rows, path.p, text, &built.file, loader->err)) {
		file_image_free(&built.bytes);
		return false;
	}
	VEC_PUSH(&loader->built, dockerfile_fact(images->arena, &built.file, &ref, path.p));
	VEC_PUSH(&images->dockerfiles, built);
	return true;
}

/* ---- all of them ---- */

static bool load_each(struct loader *loader, const struct strings *values,
		      bool (*load)(struct loader *loader, const char *value))
{
	for (size_t i = 0; i < values->n; i++)
		if (!load(loader, values->items[i]))
			return false;
	return true;
}

bool images_load(struct images *images, const struct settings *settings, struct error **err)
{
	struct loader loader = { .images = images, .err = err };
	struct image_facts configs, built;
	bool fine;

	*images = (struct images){ .arena = arena_new() };
	fine = load_each(&loader, &settings->images, load_rows) &&
	       load_each(&loader, &settings->image_configs, load_config_option) &&
	       load_each(&loader, &settings->dockerfiles, load_dockerfile);
	configs = (struct image_facts){ .items = loader.configs.items, .n = loader.configs.n };
	built = (struct image_facts){ .items = loader.built.items, .n = loader.built.n };
	configs = image_facts_join(images->arena, &configs, &built);
	images->facts = image_facts_join(images->arena, &configs, &loader.rows);
	for (size_t i = 0; fine && i < loader.built.n; i++)
		VEC_PUSH(&images->entries,
			 ((struct image_entry){ .flag = "--dockerfile", .first = loader.configs.n + i, .n = 1 }));
	free(loader.configs.items);
	free(loader.built.items);
	return fine;
}

struct run_options images_options(const struct images *images, const struct settings *settings)
{
	struct run_options options = settings->run;

	options.own.images = images->facts;
	options.keep_images = images->entries.n > 0;
	if (settings->replace_images)
		options.fix.also |= (uint64_t)1 << fixer_index(&fixer_unprivileged_image);
	return options;
}

void images_free(struct images *images)
{
	for (size_t i = 0; i < images->dockerfiles.n; i++)
		file_image_free(&images->dockerfiles.items[i].bytes);
	free(images->entries.items);
	free(images->dockerfiles.items);
	arena_free(images->arena);
	*images = (struct images){ 0 };
}

/* ---- what was of no use ---- */

/* The entry that @row belongs to; both are in order. */
static struct image_entry *entry_of(const struct images *images, size_t row)
{
	size_t low = 0, high = images->entries.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct image_entry *entry = &images->entries.items[middle];

		if (row >= entry->first && row < entry->first + entry->n)
			return entry;
		if (row < entry->first)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void match(struct images *images, struct arena *arena, struct str image)
{
	const struct image_fact *fact = NULL;
	struct image_entry *entry = NULL;
	struct image_ref ref;

	if (image_ref_parse(arena, image, &ref))
		fact = image_fact_lookup(&images->facts, arena, &ref, NULL);
	if (fact >= images->facts.items && fact < images->facts.items + images->facts.n)
		entry = entry_of(images, (size_t)(fact - images->facts.items));
	if (entry)
		entry->matched = true;
}

enum { NAMES_SHOWN = 5 };

static void add_note(const struct images *images, const char *flag, struct buf *out)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	size_t n = 0;

	buf_addf(&line, "%s: no container of the input has the image ", flag);
	for (size_t i = 0; i < images->entries.n; i++) {
		const struct image_entry *entry = &images->entries.items[i];

		if (entry->matched || strcmp(entry->flag, flag) != 0 || n++ >= NAMES_SHOWN)
			continue;
		buf_addz(&line, n > 1 ? ", " : "");
		text_escape(&line, str_of(images->facts.items[entry->first].name));
	}
	if (n > NAMES_SHOWN)
		buf_addf(&line, " … and %zu more", n - NAMES_SHOWN);
	buf_addz(&line, ".");
	if (n)
		text_wrap(out, buf_str(&line), 2, TEXT_COLUMNS);
}

void images_add_notes(struct images *images, const struct run *run, struct buf *out)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < run->images.n; i++) {
		match(images, arena, run->images.items[i]);
		arena_reset(arena);
	}
	add_note(images, "--image-config", out);
	add_note(images, "--dockerfile", out);
	arena_free(arena);
}

void images_add_findings(struct images *images, struct run *run)
{
	for (size_t i = 0; i < images->dockerfiles.n; i++) {
		struct image_dockerfile *built = &images->dockerfiles.items[i];

		run_add_dockerfile(run, built->path, built->image, &built->bytes, &built->file);
	}
}
