/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config: what holds for a path, and who says so: a flag, a line of a project file, or nobody.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "commands/command.h"
#include "commands/project.h"
#include "report/text.h"

/* A row: what is printed in each form. */
struct row {
	const char *key;
	struct str value; /* for people, not escaped; empty: none */
	struct str json;
	struct origin origin;
	size_t index; /* as it was found */
};

struct rows {
	struct arena *arena;
	struct row *items;
	size_t n, cap;
	const struct project_settings *settings;
};

static struct str origin_words(struct arena *arena, const struct origin *origin)
{
	if (!origin->path)
		return STR("default");
	if (!*origin->path)
		return STR("flag");
	return str_fmt(arena, "%s:%u", origin->path, origin->line);
}

/* ---- rows ---- */

static void add_settings(struct rows *rows)
{
	const struct layer *layer = &rows->settings->layer;

	for (size_t i = 0; i < LAYER_KEYS_N; i++) {
		struct buf text CLEANUP(buf_free) = BUF_INIT, json CLEANUP(buf_free) = BUF_INIT;
		struct json value = json_init(&json, 0);
		struct row row = { .key = layer_name((enum layer_key)i), .origin = layer->origins[i] };

		layer_add_text(&text, layer, (enum layer_key)i);
		layer_add_json(&value, layer, (enum layer_key)i);
		row.value = str_copy(rows->arena, buf_str(&text));
		row.json = str_copy(rows->arena, buf_str(&json));
		VEC_PUSH(rows, row);
	}
}

static void add_text(struct rows *rows, const char *key, struct str value, struct origin origin)
{
	struct buf json CLEANUP(buf_free) = BUF_INIT;
	struct row row = { .key = key, .value = str_copy(rows->arena, value), .origin = origin };

	json_add_str(&json, value);
	row.json = str_copy(rows->arena, buf_str(&json));
	VEC_PUSH(rows, row);
}

static void add_file(const struct project_file *file, void *data)
{
	struct rows *rows = data;

	for (size_t i = 0; i < file->exclude.n; i++)
		add_text(rows, "exclude", file->exclude.items[i].text,
			 (struct origin){ file->path, file->exclude.items[i].line });
	for (size_t i = 0; i < file->own.kinds.n; i++) {
		const struct kube_kind *kind = &file->own.kinds.items[i];

		add_text(rows, "kinds",
			 str_fmt(rows->arena, "%s%s%s", kind->kind, *kind->group ? "." : "", kind->group),
			 (struct origin){ file->path, file->kinds_line });
	}
	for (size_t i = 0; i < file->own.images.n; i++)
		add_text(rows, "images", str_of(file->own.images.items[i].name),
			 (struct origin){ file->path, file->images_line });
}

/* ---- forms ---- */

static void print_table(struct session *session, const struct rows *rows)
{
	struct buf *out = &session->out.text;
	size_t key = sizeof("KEY") - 1, value = sizeof("VALUE") - 1;

	for (size_t i = 0; i < rows->n; i++) {
		struct buf text CLEANUP(buf_free) = BUF_INIT;
		size_t width;

		text_escape(&text, rows->items[i].value);
		width = text_width(buf_str(&text));
		key = strlen(rows->items[i].key) > key ? strlen(rows->items[i].key) : key;
		value = width > value ? width : value;
	}
	buf_addf(out, "%-*s   %-*s   FROM\n", (int)key, "KEY", (int)value, "VALUE");
	for (size_t i = 0; i < rows->n; i++) {
		const struct row *row = &rows->items[i];
		size_t start;

		buf_addf(out, "%-*s   ", (int)key, row->key);
		start = out->n;
		text_escape(out, row->value.n ? row->value : STR("<none>"));
		buf_pad(out, ' ', value - text_width(str_sub(buf_str(out), start, out->n)) + 3);
		text_escape(out, origin_words(rows->arena, &row->origin));
		buf_addc(out, '\n');
	}
}

static void add_value(struct json *json, const struct rows *rows, const struct row *row)
{
	json_open(json, '{');
	json_key(json, "value");
	json_raw(json, row->json);
	json_str_key(json, "from", origin_words(rows->arena, &row->origin));
	json_close(json, '}');
}

/* Whether the row begins (ends) the rows of its key: those beyond the settings are lists. */
static bool begins(const struct rows *rows, size_t i)
{
	return i == 0 || strcmp(rows->items[i - 1].key, rows->items[i].key) != 0;
}

static int by_key(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* The settings of one form; the lists have a row for each item. */
static void print_json(struct session *session, const struct rows *rows, const char *path)
{
	struct json json = json_init(&session->out.text, 2);
	size_t i = 0;

	json_open(&json, '{');
	json_str_key(&json, "apiVersion", STR("kubectl-harden/v1"));
	json_str_key(&json, "kind", STR("Config"));
	json_str_key(&json, "path", str_of(path));
	json_open_key(&json, "settings", '{');
	for (; i < LAYER_KEYS_N; i++) {
		json_key(&json, rows->items[i].key);
		add_value(&json, rows, &rows->items[i]);
	}
	json_close(&json, '}');
	for (; i < rows->n; i++) {
		if (begins(rows, i))
			json_open_key(&json, rows->items[i].key, '[');
		add_value(&json, rows, &rows->items[i]);
		if (i + 1 == rows->n || begins(rows, i + 1))
			json_close(&json, ']');
	}
	json_close(&json, '}');
	buf_addc(&session->out.text, '\n');
}

/* What stands on a line is JSON, which is YAML, too: nothing in it can be mistaken. */
static void print_yaml(struct session *session, const struct rows *rows, const char *path)
{
	struct buf *out = &session->out.text;

	buf_addz(out, "apiVersion: kubectl-harden/v1\nkind: Config\npath: ");
	json_add_str(out, str_of(path));
	buf_addz(out, "\nsettings:\n");
	for (size_t i = 0; i < rows->n; i++) {
		struct json json = json_init(out, 0);

		if (i >= LAYER_KEYS_N && begins(rows, i))
			buf_addf(out, "%s:\n", rows->items[i].key);
		if (i >= LAYER_KEYS_N)
			buf_addz(out, "- ");
		else
			buf_addf(out, "  %s: ", rows->items[i].key);
		add_value(&json, rows, &rows->items[i]);
		buf_addc(out, '\n');
	}
}

/* ---- the command ---- */

static void note_excluded(struct session *session, struct project *project, const char *path, bool folder)
{
	struct origin origin;

	if (!project_excludes(project, path, folder, &origin))
		return;
	text_escape(&session->err.text, str_of(path));
	buf_addz(&session->err.text, ": left out of folders: ");
	text_escape(&session->err.text, str_of(origin.path));
	buf_addf(&session->err.text, ":%u excludes it\n", origin.line);
}

/* The path as project_settings() wants it: a folder's ends with a slash. */
static bool read_path(const char *argument, struct buf *ret_path, bool *ret_folder, struct error **err)
{
	struct stat st;

	*ret_folder = false;
	if (strcmp(argument, "-") != 0) {
		if (stat(argument, &st) < 0)
			return error_set_errno(err, errno, "open", argument);
		*ret_folder = S_ISDIR(st.st_mode);
	}
	buf_addf(ret_path, "%s%s", argument, *ret_folder && !str_ends(str_of(argument), STR("/")) ? "/" : "");
	buf_addc(ret_path, '\0');
	return true;
}

static bool collect(struct project *project, const char *path, struct rows *rows, struct error **err)
{
	struct project_settings *settings;

	if (!project_settings(project, path, &settings, err))
		return false;
	rows->settings = settings;
	add_settings(rows);
	if (!project_each_file(project, path, add_file, rows, err))
		return false;
	for (size_t i = 0; i < rows->n; i++)
		rows->items[i].index = i;
	if (rows->n > LAYER_KEYS_N)
		qsort(rows->items + LAYER_KEYS_N, rows->n - LAYER_KEYS_N, sizeof(*rows->items), by_key);
	return true;
}

static int run(struct session *session)
{
	const struct settings *settings = &session->settings;
	const char *argument = settings->arguments.n ? settings->arguments.items[0] : ".";
	struct project *project = project_new(settings);
	struct rows rows = { .arena = arena_new() };
	struct buf path CLEANUP(buf_free) = BUF_INIT;
	struct error *error CLEANUP(error_freep) = NULL;
	bool folder, fine;

	fine = read_path(argument, &path, &folder, &error) && collect(project, path.p, &rows, &error);
	if (!fine)
		output_error(&session->err, error);
	else if (settings->print == PRINT_JSON)
		print_json(session, &rows, argument);
	else if (settings->print == PRINT_YAML)
		print_yaml(session, &rows, argument);
	else
		print_table(session, &rows);
	if (fine && settings->print == PRINT_TABLE)
		note_excluded(session, project, argument, folder);
	free(rows.items);
	arena_free(rows.arena);
	project_free(project);
	return fine ? EXIT_FINE : EXIT_TROUBLE;
}

const struct command command_config = {
	.name = "config",
	.bit = COMMAND_CONFIG,
	.summary = "Show which settings hold for a path, and where each comes from",
	.description =
		"Show which settings hold for a file or folder (without PATH, the current folder), and where each comes "
		"from: a flag, a line of a project file, or the program's default.\n\n"
		"Project files are called " PROJECT_FILE_NAME
		" and looked for in the manifest's folder and those above "
		"it, up to the one with .git, or to one that says root: true. Without a repository, up to the current "
		"folder. The nearest one that has a key counts, and flags count before all. In it stand the flags "
		"below, without dashes; root; exclude (patterns of paths, as .gitignore has them, that are left out of "
		"folders); overrides (a list of paths and of settings for them, the last that fits counts); and kinds and "
		"images (rows as the program's own tables have them). Its form is schemas/project.schema.json.\n\n"
		"Exit status: 0 Printed. >1 An error, such as a mistake in a project file.",
	.examples = "# What holds here?\n"
		    "kubectl harden config\n"
		    "# For a file, if --profile=restricted is asked for\n"
		    "kubectl harden config examples/aspnet/deploy.yaml --profile=restricted\n"
		    "# For a program\n"
		    "kubectl harden config -o json\n",
	.usage = "[PATH] [options]",
	.arguments = ARGUMENT_FILE,
	.arguments_max = 1,
	.run = run,
};
