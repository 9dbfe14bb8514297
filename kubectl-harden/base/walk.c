/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking
 *
 * A folder is read whole and closed before anything in it is looked into, so that one descriptor is open at a time
 * however deep the tree, and the order is that of the names' bytes, not of the file system. What a folder holds was
 * not named by the user, so that more is refused there: links that lead out of it, pipes, sockets, devices.
 */
#include "base/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "base/walk_missing.h"

enum { MAX_ENTRIES = 10 * 1000 * 1000, MAX_DEPTH = 256 };

/* A name in a folder, with what is known of it once the folder is closed. */
struct name {
	char *z;
	mode_t mode; /* of the name itself, not of what it links to */
	int number;  /* errno, where it could not be looked at */
	dev_t dev;
	ino_t ino;
	nlink_t nlink;
};

struct names {
	struct name *items;
	size_t n, cap;
};

struct walker {
	struct walk_list *list;
	const struct walk_options *options;
	const char *inside; /* of the folder named */
	size_t seen;	    /* names in all folders */
	bool over;	    /* the limit of names, or a signal */
	bool ok;
	bool folders;  /* the folder named has folders that were not looked into */
	bool excluded; /* and what was left out */
	bool input;    /* "-" was met */
};

static void names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->items[i].z);
	free(names->items);
}

static int name_order(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->z, ((const struct name *)b)->z);
}

/* Appends an entry; valid until the next. */
static struct walk_entry *add(struct walker *w, const char *path, bool named)
{
	VEC_PUSH(w->list, (struct walk_entry){ .path = str_dup(str_of(path)), .named = named });
	return &w->list->items[w->list->n - 1];
}

static size_t limit(const struct walker *w)
{
	return w->options->max_entries ? w->options->max_entries : MAX_ENTRIES;
}

/* Appends an entry that is nothing but @error, which it takes over. */
static void add_error(struct walker *w, const char *path, bool named, struct error *error)
{
	add(w, path, named)->error = error;
	w->ok = false;
}

static void add_errno(struct walker *w, const char *path, bool named, int number)
{
	struct error *error = NULL;

	error_set_errno(&error, number, "open", path);
	add_error(w, path, named, error);
}

static void pass_over(const struct walker *w, const char *path, const char *why)
{
	if (w->options->passed_over)
		w->options->passed_over(w->options->data, path, why);
}

/* Whether the walk is over: too many names, or a signal. Says so once. */
static bool is_over(struct walker *w, const char *path)
{
	struct error *error = NULL;

	if (w->over)
		return true;
	if (w->options->stop && *w->options->stop)
		error_set(&error, "interrupted");
	else if (w->seen > limit(w))
		error_set(&error, "read %s: more than %zu names in the folders to look into; name fewer at a time",
			  path, limit(w));
	else
		return false;
	add_error(w, path, false, error);
	w->over = true;
	return true;
}

/* What readdir() says of a name that cannot be looked at (a folder that may be read, but not searched). */
static mode_t mode_of_type(unsigned char type)
{
	return type == DT_DIR ? S_IFDIR : type == DT_LNK ? S_IFLNK : S_IFREG;
}

/* Whether @entry can mean something to the walk; most files of a repository do not, and cost no system call. */
static bool is_of_interest(const struct dirent *entry)
{
	return entry->d_type != DT_REG || walk_has_extension(entry->d_name) || file_is_temporary(str_of(entry->d_name));
}

/* Reads the names of the open folder @fd, which is closed, sorted. 0, or an errno (and the names read so far). */
static int names_read(struct walker *w, int fd, struct names *names)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int number;

	if (!dir) {
		number = errno;
		close(fd);
		return number;
	}
	while (w->seen <= limit(w) && (errno = 0, entry = readdir(dir))) {
		struct name name = { .mode = mode_of_type(entry->d_type) };
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		w->seen++;
		if (!is_of_interest(entry))
			continue;
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			name = (struct name){
				.mode = st.st_mode, .dev = st.st_dev, .ino = st.st_ino, .nlink = st.st_nlink
			};
		else if (errno == ENOENT)
			continue; /* gone by now, so it was never there */
		else
			name.number = errno;
		name.z = str_dup(str_of(entry->d_name));
		VEC_PUSH(names, name);
	}
	number = w->seen <= limit(w) ? errno : 0;
	closedir(dir);
	if (names->n)
		qsort(names->items, names->n, sizeof(*names->items), name_order);
	return number;
}

static bool lies_inside(const char *target, const char *inside)
{
	size_t n = strlen(inside);

	return !strncmp(target, inside, n) && (target[n] == '/' || (n == 1 && inside[0] == '/'));
}

static void found_link(struct walker *w, const char *path)
{
	char *target = realpath(path, NULL);
	struct walk_entry *entry;
	struct stat st;

	if (!target || stat(path, &st) < 0) {
		if (!walk_has_extension(path))
			;
		else if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
			pass_over(w, path, "a link that leads nowhere");
		else
			add_errno(w, path, false, errno);
	} else if (S_ISDIR(st.st_mode)) {
		pass_over(w, path, "a link to a folder");
	} else if (!walk_has_extension(path)) {
		;
	} else if (!S_ISREG(st.st_mode)) {
		pass_over(w, path, "a link to a pipe, socket or device");
	} else if (!lies_inside(target, w->inside)) {
		pass_over(w, path, "a link that leads out of the folder");
	} else {
		entry = add(w, path, false);
		entry->inside = w->inside;
		entry->link = true;
		entry->dev = st.st_dev;
		entry->ino = st.st_ino;
		entry->nlink = st.st_nlink;
	}
	free(target);
}

/* Not removed: it may be of a run that goes on, or hold the old version of its file. */
static const char left_over_why[] = "a temporary file of a kubectl harden that still runs, or was killed; "
				    "then it can be removed";

static void found_file(struct walker *w, const char *path, const struct name *name)
{
	struct walk_entry *entry;

	if (file_is_temporary(str_of(name->z))) {
		if (w->options->left_over)
			w->options->left_over(w->options->data, path, left_over_why);
		return;
	}
	if (!walk_has_extension(name->z))
		return;
	entry = add(w, path, false);
	entry->inside = w->inside;
	entry->dev = name->dev;
	entry->ino = name->ino;
	entry->nlink = name->nlink;
}

/* Makes @path the first @base bytes of itself, a slash and @name. */
static void join(struct buf *path, size_t base, const char *name)
{
	path->n = base;
	if (base && path->p[base - 1] != '/')
		buf_addc(path, '/');
	buf_addz(path, name);
	buf_addc(path, '\0');
	path->n--;
}

static void folder_walk(struct walker *w, int fd, struct buf *path, size_t depth);

static void found_folder(struct walker *w, struct buf *path, const char *name, size_t depth)
{
	size_t most = w->options->max_depth ? w->options->max_depth : MAX_DEPTH;
	struct error *error = NULL;
	int fd;

	if (!strcmp(name, ".git"))
		return;
	if (!w->options->recursive) {
		w->folders = true;
		return;
	}
	if (depth >= most) {
		error_set(&error, "read %s: more than %zu folders deep; name folders further down", path->p, most);
		add_error(w, path->p, false, error);
		return;
	}
	fd = open(path->p, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		add_errno(w, path->p, false, errno);
	else
		folder_walk(w, fd, path, depth + 1);
}

/* Whether the user has what was met left out. Folders that nobody looks into are not asked about. */
static bool is_excluded(const struct walker *w, const char *path, bool folder)
{
	return w->options->excluded && (folder ? w->options->recursive : walk_has_extension(path)) &&
	       w->options->excluded(w->options->data, path, folder);
}

/* Walks the open folder @fd, which is closed; @path is what to put before its names, and is as before afterwards. */
static void folder_walk(struct walker *w, int fd, struct buf *path, size_t depth)
{
	struct names names = { 0 };
	size_t base = path->n;
	int number = names_read(w, fd, &names);

	if (number)
		add_errno(w, base ? path->p : ".", false, number);
	for (size_t i = 0; i < names.n && !is_over(w, base ? path->p : "."); i++) {
		const struct name *name = &names.items[i];

		join(path, base, name->z);
		if (is_excluded(w, path->p, S_ISDIR(name->mode)))
			w->excluded = true;
		else if (name->number && (S_ISDIR(name->mode) ? w->options->recursive : walk_has_extension(name->z)))
			add_errno(w, path->p, false, name->number);
		else if (S_ISDIR(name->mode))
			found_folder(w, path, name->z, depth);
		else if (S_ISLNK(name->mode))
			found_link(w, path->p);
		else if (S_ISREG(name->mode))
			found_file(w, path->p, name);
		else if (walk_has_extension(name->z))
			pass_over(w, path->p, "a pipe, socket or device");
		path->n = base;
		path->p[base] = '\0';
	}
	names_free(&names);
}

/* A folder that the user named, links and all. */
static void named_folder(struct walker *w, const char *argument)
{
	struct buf path CLEANUP(buf_free) = BUF_INIT;
	struct error *error = NULL;
	size_t before = w->list->n, base = strlen(argument);
	char *real = realpath(argument, NULL);
	int fd = real ? open(argument, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK) : -1;

	if (fd < 0) {
		add_errno(w, argument, true, errno);
		free(real);
		return;
	}
	VEC_PUSH(&w->list->roots, real);
	w->inside = real;
	w->folders = w->excluded = false;
	while (base > 1 && argument[base - 1] == '/')
		base--;
	buf_add(&path, (struct str){ argument, base });
	if (str_is(buf_str(&path), "."))
		path.n = 0;
	buf_addc(&path, '\0');
	path.n--;
	folder_walk(w, fd, &path, 1);
	if (!is_over(w, argument) && w->list->n == before && !w->excluded) {
		error_set(&error, "read %s: no .yaml, .yml or .json file in this folder%s", argument,
			  w->folders ? "; -R looks into its folders, too" : "");
		add_error(w, argument, true, error);
	}
}

static void named_path(struct walker *w, const char *path, const struct stat *st)
{
	struct walk_entry *entry;
	struct stat link;

	if (S_ISDIR(st->st_mode)) {
		named_folder(w, path);
		return;
	}
	entry = add(w, path, true);
	entry->link = lstat(path, &link) == 0 && S_ISLNK(link.st_mode);
	entry->dev = st->st_dev;
	entry->ino = st->st_ino;
	entry->nlink = st->st_nlink;
}

static int string_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* An argument that is no file, but a pattern that matches some: each is as if it were named. */
static bool named_pattern(struct walker *w, const char *pattern)
{
	glob_t found = { 0 };
	bool any = false;
	struct stat st;

	if (!strpbrk(pattern, "*?[") || glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return false;
	qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv), string_order);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		any = true;
		if (stat(found.gl_pathv[i], &st) == 0)
			named_path(w, found.gl_pathv[i], &st);
		else
			add_error(w, found.gl_pathv[i], true, walk_missing(found.gl_pathv[i], errno));
	}
	globfree(&found);
	return any;
}

static void named_input(struct walker *w)
{
	struct error *error = NULL;

	if (w->input) {
		error_set(&error, "-f - (standard input) can be named only once");
		add_error(w, "-", true, error);
		return;
	}
	w->input = true;
	add(w, "-", true);
}

static void named(struct walker *w, const char *argument)
{
	struct stat st;
	int number;

	if (!strcmp(argument, "-")) {
		named_input(w);
	} else if (stat(argument, &st) == 0) {
		named_path(w, argument, &st);
	} else {
		number = errno;
		if (number != ENOENT || !named_pattern(w, argument))
			add_error(w, argument, true, walk_missing(argument, number));
	}
}

struct key {
	dev_t dev;
	ino_t ino;
	bool link;
	const char *path; /* of a file with hard links, else empty */
	size_t index;
};

static int key_order(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int path;

	if (a->dev != b->dev)
		return a->dev < b->dev ? -1 : 1;
	if (a->ino != b->ino)
		return a->ino < b->ino ? -1 : 1;
	if (a->link != b->link)
		return a->link ? 1 : -1;
	path = strcmp(a->path, b->path);
	if (path != 0)
		return path;
	return (a->index > b->index) - (a->index < b->index);
}

/*
 * Whether @other is a file that has an entry, of which the first is @first, the last @last. Two names of a file with hard
 * links are two files to the user; all else with one inode is one.
 */
static bool is_twice(const struct walk_entry *other, const struct walk_entry *first, const struct walk_entry *last)
{
	if (other->dev != first->dev || other->ino != first->ino)
		return false;
	return other->nlink == 1 || other->link || !strcmp(last->path, other->path);
}

static void entry_free(struct walk_entry *entry)
{
	free(entry->path);
	error_free(entry->error);
}

/* What to look at in an order that puts one after another what may be one file; *@ret_n of them. */
static struct key *sort_by_file(const struct walk_list *list, size_t *ret_n)
{
	struct key *keys = xrealloc_array(NULL, list->n, sizeof(*keys));
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct walk_entry *entry = &list->items[i];

		if (entry->ino && !entry->error)
			keys[n++] = (struct key){ entry->dev, entry->ino, entry->link,
						  entry->nlink > 1 && !entry->link ? entry->path : "", i };
	}
	qsort(keys, n, sizeof(*keys), key_order);
	*ret_n = n;
	return keys;
}

/* Removes the entries for a file that has one already, and tells of them in the order of what was named. */
static void drop_twice(struct walker *w)
{
	struct walk_list *list = w->list;
	size_t n, kept = 0;
	struct key *keys = sort_by_file(list, &n);
	bool *twice = xrealloc_array(NULL, list->n, sizeof(*twice));

	memset(twice, 0, list->n * sizeof(*twice));
	for (size_t i = 1, first = 0; i < n; i++) {
		const struct walk_entry *entry = &list->items[keys[i].index], *one = &list->items[keys[first].index];

		twice[keys[i].index] = is_twice(entry, one, &list->items[keys[i - 1].index]);
		if (entry->dev != one->dev || entry->ino != one->ino)
			first = i;
	}
	free(keys);
	for (size_t i = 0; i < list->n; i++) {
		if (twice[i]) {
			pass_over(w, list->items[i].path, "a file that was already met under another name, or twice");
			entry_free(&list->items[i]);
		} else {
			list->items[kept++] = list->items[i];
		}
	}
	free(twice);
	list->n = kept;
}

bool walk(struct walk_list *list, const char *const *arguments, size_t n, const struct walk_options *options)
{
	struct walker w = { .list = list, .options = options, .ok = true };

	for (size_t i = 0; i < n && !w.over; i++)
		named(&w, arguments[i]);
	drop_twice(&w);
	return w.ok;
}

void walk_list_free(struct walk_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		entry_free(&list->items[i]);
	for (size_t i = 0; i < list->roots.n; i++)
		free(list->roots.items[i]);
	free(list->items);
	free(list->roots.items);
	*list = WALK_LIST_INIT;
}
