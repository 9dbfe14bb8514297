/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Project
 *
 * A folder is looked at once, however many manifests are in it, and what holds for it is that of the folder above where
 * it adds nothing: ten thousand files cost a lookup for each folder. The way up is that of the real folders, without
 * links, and a project file that is a link is refused, so that nothing outside of the repository is read.
 */
#include "commands/project.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pattern.h"
#include "engine/levels.h"

/* What holds where the same overrides match. */
struct variant {
	uint8_t *matches; /* a byte for each override of the chain */
	struct project_settings *settings;
};

struct folder {
	struct str path; /* absolute, without links; "/" is empty */
	struct folder *above;
	bool repository; /* holds .git */
	bool looked;	 /* for a project file */
	struct project_file *file;
	struct folder *chain;  /* the nearest folder with a file that holds here; NULL: there is none */
	struct folder *beyond; /* of a folder with a file: the next one of the chain */
	bool chained;
	size_t overrides_n; /* of the chain */
	struct kube_own own;
	struct {
		struct variant *items;
		size_t n, cap;
	} variants;
};

/* Folders by name. */
struct folders {
	struct entry {
		struct str name;
		struct folder *folder;
	} *slots;
	size_t n, size;
};

struct project {
	struct arena *arena;
	struct layer flags;
	uint64_t also;			/* fixers that flags of images ask for */
	struct image_facts images;	/* what flags say of images */
	const char *here;		/* the current folder; NULL: not asked for yet */
	struct folders real;		/* by .path */
	struct folders written;		/* by what the user or a walk calls them */
	struct entry last;		/* of the latter, asked for last */
	struct project_settings *plain; /* without any file */
	struct error *error;
};

struct project *project_new(const struct settings *settings)
{
	struct project *project = xmalloc(sizeof(*project));

	*project = (struct project){ .arena = arena_new(), .flags = layer_flags(settings) };
	return project;
}

void project_add_images(struct project *project, const struct run_options *options)
{
	project->images = options->own.images;
	project->also = options->fix.also & ~project->flags.fix.also;
}

void project_free(struct project *project)
{
	if (!project)
		return;
	for (size_t i = 0; i < project->real.size; i++)
		if (project->real.slots[i].folder)
			free(project->real.slots[i].folder->variants.items);
	free(project->real.slots);
	free(project->written.slots);
	error_free(project->error);
	arena_free(project->arena);
	free(project);
}

/* ---- folders ---- */

/* The entry of @name, to be filled where its .name has no bytes to point to. */
static struct entry *entry_of(struct folders *folders, struct str name)
{
	size_t i = (size_t)str_hash(name) & (folders->size - 1);

	while (folders->slots[i].name.p && !str_eq(folders->slots[i].name, name))
		i = (i + 1) & (folders->size - 1);
	return &folders->slots[i];
}

/* Sees to it that there is room for one more. */
static void make_room(struct folders *folders)
{
	struct entry *old = folders->slots;
	size_t n = folders->size;

	if (folders->n * 2 < n)
		return;
	folders->size = n ? n * 2 : 64;
	folders->slots = xrealloc_array(NULL, folders->size, sizeof(*folders->slots));
	memset(folders->slots, 0, folders->size * sizeof(*folders->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].name.p)
			*entry_of(folders, old[i].name) = old[i];
	free(old);
}

/* The entry of @name, new where it was not there yet: then without a folder. */
static struct entry *put(struct project *project, struct folders *folders, struct str name)
{
	struct entry *entry;

	make_room(folders);
	entry = entry_of(folders, name);
	if (!entry->name.p) {
		/* The copy of nothing has an address, too. */
		entry->name = (struct str){ str_fmt(project->arena, "%.*s", STR_ARG(name)).p, name.n };
		folders->n++;
	}
	return entry;
}

static const char *join(struct project *project, struct str folder, const char *name)
{
	return str_fmt(project->arena, "%.*s/%s", STR_ARG(folder), name).p;
}

static struct str above_of(struct str path)
{
	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	return path.n ? str_sub(path, 0, path.n - 1) : path;
}

/* The folder at @path and those above it, up to the one of a repository. */
static struct folder *folder_at(struct project *project, struct str path)
{
	struct folder *below = NULL, *first = NULL;
	struct stat st;

	for (;; path = above_of(path)) {
		struct entry *entry = put(project, &project->real, path);
		struct folder *folder = entry->folder;

		if (!folder) {
			folder = entry->folder = ARENA_NEW(project->arena, struct folder);
			folder->path = entry->name;
			folder->repository = lstat(join(project, path, ".git"), &st) == 0;
		}
		first = first ? first : folder;
		if (below)
			below->above = folder;
		if (folder->repository || folder->above || !path.n)
			return first;
		below = folder;
	}
}

/* An absolute path without links, in the arena; that of the root is empty. NULL where there is none. */
static const char *real_path(struct project *project, const char *path)
{
	char *real = realpath(path, NULL);
	const char *copy = real ? str_fmt(project->arena, "%s", strcmp(real, "/") != 0 ? real : "").p : NULL;

	free(real);
	return copy;
}

/* A folder as it is written, "" for the current one; NULL where it does not exist. */
static struct folder *folder_named(struct project *project, struct str name)
{
	struct entry *entry;
	const char *real;

	if (project->last.name.p && str_eq(project->last.name, name))
		return project->last.folder;
	if (!project->here)
		project->here = real_path(project, ".");
	entry = put(project, &project->written, name);
	if (!entry->folder) {
		real = real_path(project, name.n ? entry->name.p : ".");
		entry->folder = real ? folder_at(project, str_of(real)) : NULL;
	}
	project->last = *entry;
	return entry->folder;
}

/* ---- project files ---- */

/* How messages call a file: from the current folder on, if it is there. */
static const char *shown_path(const struct project *project, const char *path)
{
	size_t n = project->here ? strlen(project->here) : 0;

	return n && !strncmp(path, project->here, n) && path[n] == '/' ? path + n + 1 : path;
}

/* Opens @path, which must be a file by itself: -1 with an error, or without one where there is none. */
static int open_file(const char *path, const char *shown, struct error **err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 && errno == ELOOP) {
		error_set_at(err, shown, NULL, "a link; a project file must be a file of its own");
	} else if (fd < 0 && errno != ENOENT && errno != ENOTDIR && errno != EACCES) {
		error_set_errno(err, errno, "open", shown);
	} else if (fd < 0 && errno == EACCES && lstat(path, &st) == 0) {
		/* Where the folder itself cannot be searched nothing is known of it, as for anybody else. */
		error_set_errno(err, EACCES, "open", shown);
	} else if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		error_set_at(err, shown, NULL, "no file; a project file must be one");
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool look(struct project *project, struct folder *folder, struct error **err)
{
	const char *path, *shown;
	struct file_image image = FILE_IMAGE_INIT;
	struct error *error = NULL;
	int fd;
	bool fine;

	if (folder->looked)
		return true;
	path = join(project, folder->path, PROJECT_FILE_NAME);
	shown = shown_path(project, path);
	fd = open_file(path, shown, &error);
	if (error) {
		*err = error;
		return false;
	}
	folder->looked = true;
	if (fd < 0)
		return true;
	fine = file_read_fd(fd, shown, PROJECT_FILE_BYTES_MAX, &image, err);
	close(fd);
	if (fine) {
		struct str text = str_copy(project->arena, (struct str){ image.bytes, image.n });

		folder->file = ARENA_NEW(project->arena, struct project_file);
		fine = project_file_read(project->arena, shown, text, folder->file, err);
	}
	file_image_free(&image);
	folder->looked = fine;
	return fine;
}

static bool lies_in(struct str path, struct str folder)
{
	return str_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/');
}

/* The last folder that is asked on the way up from @folder. */
static struct folder *top_of(const struct project *project, struct folder *folder)
{
	struct folder *top = folder;
	struct str here = str_of(project->here);
	bool is_here = here.p && lies_in(folder->path, here);

	while (!top->repository && top->above)
		top = top->above;
	if (top->repository)
		return top;
	for (top = folder; is_here && top->above && !str_eq(top->path, here);)
		top = top->above;
	return top;
}

/* The rows of @nearer, and of @farther those that they do not replace; both are sorted. */
static struct kube_kind_list merge_kinds(struct arena *arena, const struct kube_kind_list *nearer,
					 const struct kube_kind_list *farther)
{
	struct kube_kind *kinds;
	size_t n = 0, i = 0, k = 0;

	if (!nearer->n || !farther->n)
		return nearer->n ? *nearer : *farther;
	kinds = ARENA_ARRAY(arena, struct kube_kind, nearer->n + farther->n);
	while (i < nearer->n || k < farther->n) {
		int order = i == nearer->n    ? 1
			    : k == farther->n ? -1
					      : strcmp(nearer->items[i].kind, farther->items[k].kind);

		if (!order)
			order = strcmp(nearer->items[i].group, farther->items[k].group);
		kinds[n++] = order <= 0 ? nearer->items[i] : farther->items[k];
		i += order <= 0;
		k += order >= 0;
	}
	return (struct kube_kind_list){ kinds, n };
}

/* Links a folder with a file to those above it that hold, too. */
static void link_file(struct project *project, struct folder *folder, struct folder *beyond)
{
	static const struct kube_own none;
	const struct kube_own *own = beyond ? &beyond->own : &none;

	folder->beyond = beyond;
	folder->overrides_n = folder->file->overrides_n + (beyond ? beyond->overrides_n : 0);
	folder->own.kinds = merge_kinds(project->arena, &folder->file->own.kinds, &own->kinds);
	/* Rows are searched in order, so the nearer ones come first. */
	folder->own.images = image_facts_join(project->arena, &folder->file->own.images, &own->images);
}

/* Finds the chain of files that hold in @folder. */
static bool chain(struct project *project, struct folder *folder, struct error **err)
{
	struct folder *top, *way[4096];
	size_t n = 0;

	if (folder->chained)
		return true;
	top = top_of(project, folder);
	for (struct folder *at = folder;; at = at->above) {
		if (!look(project, at, err))
			return false;
		way[n++] = at;
		if (at == top || at->chained || (at->file && at->file->root) || n == sizeof(way) / sizeof(*way))
			break;
	}
	while (n--) {
		struct folder *at = way[n], *above = at == top ? NULL : at->above;

		if (at->chained)
			continue;
		/* A folder above one that ends the way has a chain of its own, which does not hold here. */
		above = above && above->chained && !(at->file && at->file->root) ? above->chain : NULL;
		if (at->file)
			link_file(project, at, above);
		at->chain = at->file ? at : above;
		at->chained = true;
	}
	return true;
}

/* ---- what holds ---- */

static struct project_settings *new_settings(struct project *project, struct layer *layer, const struct kube_own *own)
{
	struct project_settings *settings = ARENA_NEW(project->arena, struct project_settings);
	struct layer also = { .fix.also = project->also, .given = 1u << LAYER_ALSO };

	layer_lift(layer, &also);
	layer_put(layer, &project->flags);
	settings->layer = *layer;
	settings->options.fix = layer->fix;
	settings->options.fix.also |= project->also;
	levels_init(&settings->options);
	if (own)
		settings->options.own = *own;
	settings->options.own.images =
		image_facts_join(project->arena, &project->images, &settings->options.own.images);
	return settings;
}

static bool any_matches(const struct project_patterns *patterns, struct str path, uint32_t *ret_line)
{
	for (size_t i = 0; i < patterns->n; i++) {
		if (!pattern_matches(patterns->items[i].text, path))
			continue;
		if (ret_line)
			*ret_line = patterns->items[i].line;
		return true;
	}
	return false;
}

/* @path, absolute, from the folder of a project file on. */
static struct str below(const struct folder *folder, struct str path)
{
	return str_sub(path, folder->path.n + 1, path.n);
}

static void match(const struct folder *folder, struct str path, uint8_t *matches)
{
	for (; folder; folder = folder->beyond)
		for (size_t i = 0; i < folder->file->overrides_n; i++)
			*matches++ = path.n > folder->path.n &&
				     any_matches(&folder->file->overrides[i].paths, below(folder, path), NULL);
}

static void put_all(const struct folder *folder, const uint8_t *matches, struct layer *layer)
{
	if (!folder)
		return;
	put_all(folder->beyond, matches + folder->file->overrides_n, layer);
	layer_put(layer, &folder->file->layer);
	for (size_t i = 0; i < folder->file->overrides_n; i++)
		if (matches[i])
			layer_put(layer, &folder->file->overrides[i].layer);
}

/* What holds for @path (absolute; empty: no override is for it), for which the chain of @folder holds. */
static struct project_settings *settings_of(struct project *project, struct folder *folder, struct str path)
{
	size_t n = folder->overrides_n;
	uint8_t *matches = memset(xmalloc(n + 1), 0, n + 1);
	struct variant variant;
	struct layer layer = layer_default();

	match(folder, path, matches);
	for (size_t i = 0; i < folder->variants.n; i++) {
		if (memcmp(folder->variants.items[i].matches, matches, n) != 0)
			continue;
		free(matches);
		return folder->variants.items[i].settings;
	}
	put_all(folder, matches, &layer);
	variant.settings = new_settings(project, &layer, &folder->own);
	variant.matches = memcpy(arena_alloc(project->arena, n + 1), matches, n + 1);
	free(matches);
	VEC_PUSH(&folder->variants, variant);
	return variant.settings;
}

/* The folder of @path, NULL where it does not exist; *ret_name is what follows it. */
static struct folder *folder_of(struct project *project, const char *path, struct str *ret_name)
{
	struct str whole = strcmp(path, "-") != 0 ? str_of(path) : STR(""), folder = whole;

	while (folder.n && folder.p[folder.n - 1] != '/')
		folder.n--;
	*ret_name = str_sub(whole, folder.n, whole.n);
	return folder_named(project, folder);
}

static void add_path(struct buf *out, const struct folder *folder, struct str name)
{
	buf_addf(out, "%.*s/", STR_ARG(folder->path));
	buf_add(out, name);
}

bool project_settings(struct project *project, const char *path, struct project_settings **ret_settings,
		      struct error **err)
{
	struct buf whole CLEANUP(buf_free) = BUF_INIT;
	struct layer layer = layer_default();
	struct str name;
	struct folder *folder = folder_of(project, path, &name);

	if (folder && !chain(project, folder, err))
		return false;
	if (folder && folder->chain) {
		if (folder->chain->overrides_n && strcmp(path, "-") != 0)
			add_path(&whole, folder, name);
		*ret_settings = settings_of(project, folder->chain, buf_str(&whole));
		return layer_check(&(*ret_settings)->layer, err);
	}
	if (!project->plain)
		project->plain = new_settings(project, &layer, NULL);
	*ret_settings = project->plain;
	return layer_check(&project->plain->layer, err);
}

bool project_excludes(struct project *project, const char *path, bool is_folder, struct origin *ret_origin)
{
	struct buf whole CLEANUP(buf_free) = BUF_INIT;
	struct str name;
	struct folder *folder = project->error ? NULL : folder_of(project, path, &name);

	if (!folder || !chain(project, folder, &project->error) || !folder->chain)
		return false;
	add_path(&whole, folder, name);
	if (is_folder)
		buf_addc(&whole, '/');
	for (folder = folder->chain; folder; folder = folder->beyond) {
		if (!any_matches(&folder->file->exclude, below(folder, buf_str(&whole)), &ret_origin->line))
			continue;
		ret_origin->path = folder->file->path;
		return true;
	}
	return false;
}

struct error *project_error(struct project *project)
{
	struct error *error = project->error;

	project->error = NULL;
	return error;
}

bool project_each_file(struct project *project, const char *path,
		       void (*visit)(const struct project_file *file, void *data), void *data, struct error **err)
{
	struct str name;
	struct folder *folder = folder_of(project, path, &name);

	if (folder && !chain(project, folder, err))
		return false;
	for (folder = folder ? folder->chain : NULL; folder; folder = folder->beyond)
		visit(folder->file, data);
	return true;
}
