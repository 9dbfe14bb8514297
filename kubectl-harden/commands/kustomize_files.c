/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a kustomization is made of
 *
 * `fix -k` has no file to write to, but the kustomization names those that it is made of. They are followed through
 * folders and other kustomizations as far as they are local; what is remote, or is not there, is only named. Each
 * kustomization is read once, so that a circle ends.
 */
#include "commands/kustomize.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "engine/kustomization.h"
#include "report/text.h"

enum { KUSTOMIZATIONS_MAX = 1000, FILES_MAX = 10000, KUSTOMIZATION_BYTES = 16 << 20, FILES_SHOWN = 100 };

struct strs {
	struct str *items;
	size_t n, cap;
};

struct parts {
	struct arena *arena;
	struct yaml_tree tree;
	const struct yaml_limits *limits;
	struct strs folders; /* that are read, and that wait for it from .at on */
	size_t at;
	struct strs files;
	struct strs others; /* remote, or not there */
	bool cut;	    /* there is more than anybody wants to know */
};

static void add_once(struct parts *parts, struct strs *strs, struct str path, size_t most)
{
	for (size_t i = 0; i < strs->n; i++)
		if (str_eq(strs->items[i], path))
			return;
	if (strs->n < most)
		VEC_PUSH(strs, path);
	else
		parts->cut = true;
}

/* What kustomize takes for a repository (api/internal/git repospec.go): a scheme, a host, or a query. */
static bool is_remote(struct str text)
{
	return str_find(text, STR("://"), 0) != SIZE_MAX || str_find(text, STR("?ref="), 0) != SIZE_MAX ||
	       str_starts(text, STR("git@")) || str_starts(text, STR("github.com/"));
}

static void add_part(void *data, enum kustomization_part part, yaml_id node)
{
	struct parts *parts = data;
	struct str text = yaml_text(&parts->tree, node), path;
	struct stat st;

	if (part != KUSTOMIZATION_RESOURCE)
		return;
	path = kustomization_path(parts->arena, parts->folders.items[parts->at], text);
	if (is_remote(text) || memchr(text.p, '\0', text.n) || stat(path.p, &st) < 0)
		add_once(parts, &parts->others, str_copy(parts->arena, text), FILES_MAX);
	else if (S_ISDIR(st.st_mode))
		add_once(parts, &parts->folders, path, KUSTOMIZATIONS_MAX);
	else
		add_once(parts, &parts->files, path, FILES_MAX);
}

/* Reads the kustomization of the folder; one that cannot be read is kustomize's to complain about. */
static bool read_folder(struct parts *parts, struct str folder)
{
	struct file_image image = FILE_IMAGE_INIT;
	struct yaml_refusal why;
	bool found = false;

	for (size_t i = 0; kustomization_names[i] && !found; i++) {
		struct str path = kustomization_path(parts->arena, folder, str_of(kustomization_names[i]));

		found = file_read(AT_FDCWD, path.p, KUSTOMIZATION_BYTES, &image, NULL);
	}
	if (found && yaml_parse(&parts->tree, parts->arena, (struct str){ image.bytes, image.n }, parts->limits, &why))
		kustomization_each(&parts->tree, parts->tree.root, add_part, parts);
	else
		found = false;
	file_image_free(&image);
	return found;
}

/* @path as a shell takes it for one word; what a terminal might obey is shown as an escape. */
static void add_word(struct buf *out, struct str path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./,:@%+=";
	size_t n = 0;

	while (n < path.n && memchr(plain, path.p[n], sizeof(plain) - 1))
		n++;
	if (n == path.n && n) {
		buf_add(out, path);
		return;
	}
	buf_addc(out, '\'');
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '\'')
			buf_addz(out, "'\\'");
		text_escape(out, str_sub(path, i, i + 1));
	}
	buf_addc(out, '\'');
}

/* A command that can be copied, in lines that are not too wide. */
static void add_command(struct buf *out, const struct strs *files)
{
	size_t line = out->n;

	buf_addz(out, "  kubectl harden fix");
	for (size_t i = 0; i < files->n && i < FILES_SHOWN; i++) {
		struct buf word CLEANUP(buf_free) = BUF_INIT;

		buf_addz(&word, " -f ");
		add_word(&word, files->items[i]);
		if (out->n - line + word.n + 2 > TEXT_COLUMNS && i) {
			buf_addz(out, " \\\n   ");
			line = out->n - 3;
		}
		buf_add(out, buf_str(&word));
	}
	buf_addc(out, '\n');
	if (files->n > FILES_SHOWN)
		buf_addf(out, "and %zu files more.\n", files->n - FILES_SHOWN);
}

static void add_others(struct buf *out, const struct strs *others)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;

	if (!others->n)
		return;
	buf_addz(&line, "Not here: ");
	for (size_t i = 0; i < others->n && i < FILES_SHOWN; i++) {
		buf_addz(&line, i ? ", " : "");
		text_escape(&line, others->items[i]);
	}
	if (others->n > FILES_SHOWN)
		buf_addf(&line, " and %zu more", others->n - FILES_SHOWN);
	buf_addc(&line, '.');
	text_wrap(out, buf_str(&line), 2, TEXT_COLUMNS);
}

int kustomize_refuse(struct session *session)
{
	const char *folder = session->settings.kustomize;
	struct parts parts = { .arena = arena_new(), .tree = YAML_TREE_INIT, .limits = &session->settings.run.limits };
	struct buf *out = &session->err.text;
	struct error *error CLEANUP(error_freep) = NULL;
	bool remote = is_remote(str_of(folder)), found = remote;

	if (!remote)
		VEC_PUSH(&parts.folders, kustomization_path(parts.arena, STR_NONE, str_of(folder)));
	for (; parts.at < parts.folders.n; parts.at++)
		found |= read_folder(&parts, parts.folders.items[parts.at]);
	if (!found)
		error_set(&error, "fix -k: %s holds no kustomization that can be read", folder);
	else
		error_set(&error, "fix -k: what kustomize prints is in no file%s",
			  parts.files.n ? ". Fix what it is made of:" : "");
	output_error(&session->err, error);
	if (parts.files.n)
		add_command(out, &parts.files);
	add_others(out, &parts.others);
	if (parts.cut)
		buf_addz(out, "It is made of more than is listed here.\n");
	if (found) {
		buf_addz(out, parts.files.n ? "Or harden what it prints:\n" : "Harden what it prints:\n");
		buf_addz(out, "  kubectl kustomize ");
		add_word(out, str_of(folder));
		buf_addz(out, " | kubectl harden fix -f -\n");
	}
	free(parts.folders.items);
	free(parts.files.items);
	free(parts.others.items);
	yaml_tree_free(&parts.tree);
	yaml_parsers_release();
	arena_free(parts.arena);
	return EXIT_TROUBLE;
}
