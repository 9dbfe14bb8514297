/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patch
 *
 * The operations are gone through one after another on a copy of the object, for each of them is about what those
 * before it have left; and so are their tests, and what undoes them, from the last to the first. RFC 6902 has no test
 * for "nothing is there": that is what the test of the resourceVersion is for.
 */
#include "live/patch.h"

#include <stdlib.h>

#include "base/json.h"

/* ---- making ---- */

struct tests {
	struct live_test *items;
	size_t n, cap;
};

/* The names of the list items on the way to @pointer: an index alone may be another item by the time of the patch. */
static void add_names(struct live_document *document, struct str pointer, struct arena *arena, struct tests *tests)
{
	for (size_t at = str_find(pointer, STR("/"), 1); at != SIZE_MAX; at = str_find(pointer, STR("/"), at + 1)) {
		struct str token, way = str_sub(pointer, 0, at);
		yaml_id list = live_document_find(document, live_pointer_parent(way, &token)), name;

		if (!yaml_is_seq(&document->tree, list))
			continue;
		name = yaml_get(&document->tree, live_document_find(document, way), "name");
		if (name)
			VEC_PUSH(tests, (struct live_test){
						str_join(arena, way, STR("/name")),
						str_copy(arena, live_document_spelt(document, name)),
					});
	}
}

static void keep_names(struct live_document *document, struct live_edit *edit, struct arena *arena)
{
	struct tests tests = { 0 };

	add_names(document, edit->operation.path, arena, &tests);
	edit->names = ARENA_ARRAY(arena, struct live_test, tests.n);
	edit->names_n = tests.n;
	for (size_t i = 0; i < tests.n; i++)
		edit->names[i] = tests.items[i];
	free(tests.items);
}

static bool make_edit(struct live_document *document, const struct yaml_operation *operation, struct arena *arena,
		      struct live_edit *edit, struct error **err)
{
	struct str token, parent = live_pointer_parent(operation->path, &token);
	bool list = yaml_is_seq(&document->tree, live_document_find(document, parent));

	edit->operation = (struct yaml_operation){
		.kind = operation->kind,
		.path = str_copy(arena, operation->path),
		.value = operation->kind == YAML_PATCH_REMOVE ? STR_NONE : str_copy(arena, operation->value),
	};
	edit->item = list && operation->kind != YAML_PATCH_REPLACE;
	keep_names(document, edit, arena);
	return live_document_apply(document, &edit->operation, arena, &edit->before, &edit->path, err);
}

bool live_patch_make(struct live_patch *patch, struct str json, const struct yaml_operation *operations, size_t n,
		     struct arena *arena, struct error **err)
{
	struct live_document document = LIVE_DOCUMENT_INIT;
	bool made = live_document_read(&document, json, err);

	*patch = (struct live_patch){ .edits = ARENA_ARRAY(arena, struct live_edit, n), .n = n };
	for (size_t i = 0; made && i < n; i++)
		made = make_edit(&document, &operations[i], arena, &patch->edits[i], err);
	live_document_free(&document);
	return made;
}

/* ---- writing ---- */

static void write_operation(struct json *json, const char *name, struct str path, struct str value)
{
	json_open(json, '{');
	json_str_key(json, "op", str_of(name));
	json_str_key(json, "path", path);
	if (value.n) {
		json_key(json, "value");
		json_raw(json, value);
	}
	json_close(json, '}');
}

/* Names need be tested but once as long as nobody's index changes. */
static bool is_tested(const struct live_patch *patch, size_t at, const struct live_test *test)
{
	while (at-- > 0 && !patch->edits[at].item)
		for (size_t i = 0; i < patch->edits[at].names_n; i++)
			if (str_eq(patch->edits[at].names[i].path, test->path))
				return true;
	return false;
}

static void write_tests(struct json *json, const struct live_patch *patch, size_t at)
{
	const struct live_edit *edit = &patch->edits[at];

	for (size_t i = 0; i < edit->names_n; i++)
		if (!is_tested(patch, at, &edit->names[i]))
			write_operation(json, "test", edit->names[i].path, edit->names[i].value);
	if (edit->before.n)
		write_operation(json, "test", edit->operation.path, edit->before);
}

void live_patch_body(const struct live_patch *patch, struct str resource_version, struct buf *out)
{
	static const char *const names[] = { "add", "remove", "replace" };
	struct json json = json_init(out, 0);
	struct buf version = BUF_INIT;

	json_open(&json, '[');
	if (resource_version.n) {
		json_add_str(&version, resource_version);
		write_operation(&json, "test", STR("/metadata/resourceVersion"), buf_str(&version));
		buf_free(&version);
	}
	for (size_t i = 0; i < patch->n; i++) {
		const struct yaml_operation *operation = &patch->edits[i].operation;

		if (resource_version.n)
			write_tests(&json, patch, i);
		write_operation(&json, names[operation->kind], operation->path, operation->value);
	}
	json_close(&json, ']');
}

/* ---- comparing ---- */

static bool edit_fits(struct live_document *document, const struct live_edit *edit, struct arena *arena)
{
	struct str before, path;

	for (size_t i = 0; i < edit->names_n; i++)
		if (!live_values_match(live_document_at(document, edit->names[i].path), edit->names[i].value, false))
			return false;
	return live_document_apply(document, &edit->operation, arena, &before, &path, NULL) &&
	       live_values_match(before, edit->before, false) && str_eq(path, edit->path);
}

bool live_patch_fits(const struct live_patch *patch, struct str json, struct str *ret_where)
{
	struct live_document document = LIVE_DOCUMENT_INIT;
	struct arena *arena = arena_new();
	bool fits = live_document_read(&document, json, NULL);

	for (size_t i = 0; fits && i < patch->n; i++) {
		fits = edit_fits(&document, &patch->edits[i], arena);
		if (!fits && ret_where)
			*ret_where = patch->edits[i].operation.path;
	}
	live_document_free(&document);
	arena_free(arena);
	return fits;
}

/* ---- undoing ---- */

/* What undoes @edit where @now (empty: nothing) stands at its place; false where there is nothing to undo. */
static bool invert_edit(const struct live_edit *edit, struct str now, struct yaml_operation *ret_operation)
{
	/* What stands at the place of an item that was taken out is the next one. */
	bool taken_out = edit->item && edit->operation.kind == YAML_PATCH_REMOVE;

	*ret_operation = (struct yaml_operation){
		.kind = !edit->before.n	      ? YAML_PATCH_REMOVE
			: taken_out || !now.n ? YAML_PATCH_ADD
					      : YAML_PATCH_REPLACE,
		.path = edit->path,
		.value = edit->before,
	};
	return now.n || edit->before.n;
}

/* Whether @now is what the server makes of what @edit wrote. */
static bool edit_is_there(const struct live_edit *edit, struct str now)
{
	if (edit->operation.kind != YAML_PATCH_REMOVE)
		return live_values_match(now, edit->operation.value, true);
	return edit->item || !now.n || !live_values_match(now, edit->before, false);
}

struct undo {
	struct yaml_operation *items;
	size_t n, cap;
};

/* Takes @document back, from the last edit to the first. @strict: false where what was written is not there. */
static bool take_back(const struct live_patch *patch, struct live_document *document, bool strict, struct arena *arena,
		      struct undo *undo, struct error **err)
{
	for (size_t i = patch->n; i-- > 0;) {
		const struct live_edit *edit = &patch->edits[i];
		struct str now = live_document_at(document, edit->path), before, path;
		struct yaml_operation operation;

		if (strict && !edit_is_there(edit, now))
			return error_set(err, "%.*s is not as it was written", STR_ARG(edit->path));
		if (!invert_edit(edit, now, &operation))
			continue;
		if (!live_document_apply(document, &operation, arena, &before, &path, err))
			return false;
		VEC_PUSH(undo, operation);
	}
	return true;
}

bool live_patch_carried_out(const struct live_patch *patch, struct str json)
{
	struct live_document document = LIVE_DOCUMENT_INIT;
	struct arena *arena = arena_new();
	struct undo undo = { 0 };
	bool done = live_document_read(&document, json, NULL) &&
		    take_back(patch, &document, true, arena, &undo, NULL) &&
		    live_patch_fits(patch, buf_str(&document.text), NULL);

	free(undo.items);
	live_document_free(&document);
	arena_free(arena);
	return done;
}

bool live_patch_invert(const struct live_patch *patch, struct str json, struct arena *arena,
		       struct live_patch *ret_undo, struct error **err)
{
	struct live_document document = LIVE_DOCUMENT_INIT;
	struct undo undo = { 0 };
	bool made = live_document_read(&document, json, err) && take_back(patch, &document, false, arena, &undo, err) &&
		    live_patch_make(ret_undo, json, undo.items, undo.n, arena, err);

	free(undo.items);
	live_document_free(&document);
	return made;
}
