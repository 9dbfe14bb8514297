/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Component
 *
 * The first line of every file that is written says who wrote it, and what does not begin so is somebody else's and
 * stays. New files come first: until the kustomization names them, nobody reads them. Then all that are replaced are,
 * in one transaction, or none.
 */
#include "commands/component.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "yaml/scalar.h"

static const char marker[] = "# Written by kubectl harden; it replaces this file when it runs again.\n";
static const char kustomization[] = "kustomization.yaml";

enum { NAME_MOST = 200 };

struct component_file {
	char *name;
	struct buf text;
	bool new, made; /* it is not there; it was made */
};

struct component {
	const char *folder;
	struct arena *arena; /* of paths */
	bool made;	     /* the folder was not there */
	struct {
		struct component_file *items;
		size_t n, cap;
	} files; /* the kustomization is the last one */
	struct file_txn txn;
};

static void free_component(struct component *component)
{
	for (size_t i = 0; i < component->files.n; i++) {
		free(component->files.items[i].name);
		buf_free(&component->files.items[i].text);
	}
	free(component->files.items);
	file_txn_abort(&component->txn);
	arena_free(component->arena);
}

static const char *path_of(const struct component *component, const char *name)
{
	return str_fmt(component->arena, "%s/%s", component->folder, name).p;
}

static bool is_ours(struct str text)
{
	return str_starts(text, STR(marker));
}

/* ---- names ---- */

static const struct component_file *find(const struct component *component, const char *name)
{
	for (size_t i = 0; i < component->files.n; i++)
		if (!strcmp(component->files.items[i].name, name))
			return &component->files.items[i];
	return NULL;
}

/* A name may hold anything, and a file of it must be one in this folder. */
static void add_name_part(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n && out->n < NAME_MOST; i++) {
		char c = text.p[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		buf_addc(out, (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '.' && i) ? c : '-');
	}
}

/* deployment-web.yaml; of a second one (in another namespace or group), deployment-web-2.yaml. */
static char *name_of(const struct component *component, const struct difference *object)
{
	struct buf name CLEANUP(buf_free) = BUF_INIT;
	size_t n;

	add_name_part(&name, object->kind);
	buf_addc(&name, '-');
	add_name_part(&name, object->name);
	n = name.n;
	for (unsigned i = 2;; i++) {
		buf_addz(&name, ".yaml");
		buf_addc(&name, '\0');
		if (!find(component, name.p))
			return str_dup(str_of(name.p));
		name.n = n;
		buf_addf(&name, "-%u", i);
	}
}

/* ---- texts ---- */

static bool add_patches(struct component *component, const struct differences *differences, struct error **err)
{
	for (size_t i = 0; i < differences->objects.n; i++) {
		const struct difference *object = &differences->objects.items[i];
		struct component_file file = { .name = NULL };
		bool custom, fine;

		buf_addz(&file.text, marker);
		fine = differences_merge_patch(differences, object, &file.text, &custom, err);
		if (!fine || file.text.n == sizeof(marker) - 1) {
			buf_free(&file.text);
			if (!fine)
				return false;
			continue;
		}
		file.name = name_of(component, object);
		VEC_PUSH(&component->files, file);
	}
	return true;
}

static void add_kustomization(struct component *component)
{
	struct component_file file = { .name = str_dup(STR(kustomization)) };

	buf_addz(&file.text, marker);
	buf_addz(&file.text, "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n");
	buf_addz(&file.text, component->files.n ? "patches:\n" : "patches: []\n");
	for (size_t i = 0; i < component->files.n; i++) {
		buf_addz(&file.text, "- path: ");
		yaml_encode(&file.text, str_of(component->files.items[i].name), YAML_STR, YAML_PLAIN, false, false);
		buf_addc(&file.text, '\n');
	}
	VEC_PUSH(&component->files, file);
}

/* ---- the folder ---- */

/* What is at @path, which must be a regular file and no link; *ret_there is false where nothing is. */
static bool read_there(const char *path, struct file_image *ret, bool *ret_there, struct error **err)
{
	struct stat st;

	*ret_there = lstat(path, &st) == 0;
	if (!*ret_there)
		return errno == ENOENT || error_set_errno(err, errno, "read", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, "%s is no file that this program wrote; name another folder", path);
	return file_read(AT_FDCWD, path, SIZE_MAX / 2, ret, err);
}

/* Whether there is anything in the folder; made where it does not exist. */
static bool open_folder(struct component *component, bool *ret_empty, struct error **err)
{
	const struct dirent *entry;
	DIR *dir;

	component->made = mkdir(component->folder, 0777) == 0;
	if (!component->made && errno != EEXIST)
		return error_set_errno(err, errno, "make folder", component->folder);
	dir = opendir(component->folder);
	if (!dir)
		return error_set_errno(err, errno, "open", component->folder);
	*ret_empty = true;
	while ((entry = readdir(dir)))
		*ret_empty &= !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
	closedir(dir);
	return true;
}

static bool check_folder(struct component *component, struct error **err)
{
	struct file_image image = FILE_IMAGE_INIT;
	bool empty = false, there = false, fine;

	if (!open_folder(component, &empty, err))
		return false;
	if (empty)
		return true;
	fine = read_there(path_of(component, kustomization), &image, &there, err);
	if (fine && !(there && is_ours((struct str){ image.bytes, image.n })))
		fine = error_set(err,
				 "%s is not empty, and its %s was not written by kubectl harden; name a folder of its own",
				 component->folder, kustomization);
	file_image_free(&image);
	return fine;
}

/* Adds a file that is there to the transaction; notes one that is not. */
static bool add_file(struct component *component, struct component_file *file, struct error **err)
{
	const char *path = path_of(component, file->name);
	struct file_image image = FILE_IMAGE_INIT;
	struct str text = buf_str(&file->text);
	bool there, fine = read_there(path, &image, &there, err);

	file->new = !there;
	if (fine && there && !is_ours((struct str){ image.bytes, image.n }))
		fine = error_set(err, "%s was not written by kubectl harden; move it, or name another folder", path);
	else if (fine && there && !str_eq(text, (struct str){ image.bytes, image.n }))
		fine = file_txn_add(&component->txn, path, NULL, &image, file_whole(&text), err);
	file_image_free(&image);
	return fine;
}

static bool write_new(struct component *component, struct error **err)
{
	for (size_t i = 0; i < component->files.n; i++) {
		struct component_file *file = &component->files.items[i];

		if (!file->new)
			continue;
		if (!file_write(path_of(component, file->name), buf_str(&file->text), err))
			return false;
		file->made = true;
	}
	return true;
}

static void take_back(struct component *component)
{
	for (size_t i = 0; i < component->files.n; i++)
		if (component->files.items[i].made)
			unlink(path_of(component, component->files.items[i].name));
	if (component->made)
		rmdir(component->folder);
}

/* Patches of an earlier run that nothing names any more. */
static void remove_stale(const struct component *component)
{
	const struct dirent *entry;
	DIR *dir = opendir(component->folder);

	while (dir && (entry = readdir(dir))) {
		const char *path = path_of(component, entry->d_name);
		struct file_image image = FILE_IMAGE_INIT;
		bool there = false;

		if (str_ends(str_of(entry->d_name), STR(".yaml")) && !find(component, entry->d_name) &&
		    read_there(path, &image, &there, NULL) && there && is_ours((struct str){ image.bytes, image.n }))
			unlink(path);
		file_image_free(&image);
	}
	if (dir)
		closedir(dir);
}

static bool write_all(struct component *component, struct error **err)
{
	bool fine = true;

	for (size_t i = 0; i < component->files.n && fine; i++)
		fine = add_file(component, &component->files.items[i], err);
	fine = fine && write_new(component, err) && file_txn_commit(&component->txn, err);
	if (fine)
		remove_stale(component);
	else
		take_back(component);
	return fine;
}

bool component_write(const char *folder, const struct differences *differences, size_t *ret_patches, struct error **err)
{
	struct component component = { .folder = folder, .arena = arena_new(), .txn = FILE_TXN_INIT };
	bool fine = add_patches(&component, differences, err);

	if (fine) {
		*ret_patches = component.files.n;
		add_kustomization(&component);
		fine = check_folder(&component, err) && write_all(&component, err);
	}
	free_component(&component);
	return fine;
}
