/* SPDX-License-Identifier: Apache-2.0 */
#include "report/baseline.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "fixers/list.h"
#include "report/item.h"
#include "report/text.h"
#include "report/totals.h"

enum { BASELINE_BYTES_MAX = 1 << 28 };

static const char api_version[] = "kubectl-harden/v1";

static int by_fingerprint(const void *a, const void *b)
{
	const struct baseline_entry *one = a, *two = b;

	return strcmp(one->fingerprint, two->fingerprint);
}

static void sort(struct baseline *baseline)
{
	if (baseline->n)
		qsort(baseline->items, baseline->n, sizeof(*baseline->items), by_fingerprint);
}

void baseline_free(struct baseline *baseline)
{
	for (size_t i = 0; i < baseline->n; i++) {
		free(baseline->items[i].fingerprint);
		free(baseline->items[i].finding);
	}
	free(baseline->items);
	*baseline = BASELINE_INIT;
}

static void add(struct baseline *baseline, const char *fingerprint, struct str finding)
{
	VEC_PUSH(baseline, (struct baseline_entry){ str_dup(str_of(fingerprint)), str_dup(finding), false });
}

/* ---- reading ---- */

static bool is_text(const cJSON *object, const char *key, const char *text)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(value) && !strcmp(value->valuestring, text);
}

static bool take_entries(struct baseline *baseline, const cJSON *root, const char *path, struct error **err)
{
	const cJSON *entries = cJSON_GetObjectItemCaseSensitive(root, "findings"), *entry;

	if (!is_text(root, "apiVersion", api_version) || !is_text(root, "kind", "Baseline") || !cJSON_IsArray(entries))
		return error_set_at(err, path, NULL,
				    "this is no baseline (apiVersion: %s, kind: Baseline); write one with "
				    "kubectl harden check --write-baseline",
				    api_version);
	cJSON_ArrayForEach(entry, entries)
	{
		const cJSON *print = cJSON_GetObjectItemCaseSensitive(entry, "fingerprint");
		const cJSON *words = cJSON_GetObjectItemCaseSensitive(entry, "finding");

		if (!cJSON_IsString(print))
			return error_set_at(err, path, NULL, "entry %zu of it has no fingerprint", baseline->n + 1);
		add(baseline, print->valuestring, str_of(cJSON_IsString(words) ? words->valuestring : ""));
	}
	sort(baseline);
	return true;
}

bool baseline_read(struct baseline *baseline, const char *path, struct error **err)
{
	struct file_image image = FILE_IMAGE_INIT;
	const char *end = NULL;
	struct position at;
	cJSON *root;
	bool fine;

	if (!file_read_named(path, BASELINE_BYTES_MAX, &image, err))
		return false;
	root = cJSON_ParseWithLengthOpts(image.bytes, image.n + 1, &end, true);
	if (root) {
		fine = take_entries(baseline, root, path, err);
	} else {
		size_t offset = end ? (size_t)(end - image.bytes) : 0;

		at = position_at((struct str){ image.bytes, image.n }, offset < image.n ? offset : image.n, NULL);
		fine = error_set_at(err, path, &at, "this is no JSON, so no baseline");
	}
	cJSON_Delete(root);
	file_image_free(&image);
	return fine;
}

bool baseline_may_replace(const char *path, struct error **err)
{
	struct error *why CLEANUP(error_freep) = NULL;
	struct baseline old = BASELINE_INIT;
	struct stat st;
	bool fine;

	if (lstat(path, &st) < 0)
		return true;
	if (S_ISLNK(st.st_mode))
		return error_set(err, "write %s: it is a link; name the file that it leads to", path);
	/* What is no file is refused when it is written to. */
	if (!S_ISREG(st.st_mode) || !st.st_size)
		return true;
	fine = baseline_read(&old, path, &why);
	baseline_free(&old);
	return fine ||
	       error_set(err, "write %s: %s; it is not replaced: name another file, or remove it", path, why->message);
}

/* Whether it holds the finding, which is then met. */
static bool has(struct baseline *baseline, const char *fingerprint)
{
	size_t low = 0, high = baseline->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(baseline->items[middle].fingerprint, fingerprint) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == baseline->n || strcmp(baseline->items[low].fingerprint, fingerprint) != 0)
		return false;
	baseline->items[low].met = true;
	return true;
}

/*
 * A rule of a whole pod becomes one of each container as soon as one of them must not keep it. That is known of those
 * that were there: the baseline has something else of them.
 */
static bool has_of_pod(struct baseline *baseline, const struct item *item)
{
	char fingerprint[32];
	bool known = false;

	if (!item_pod_fingerprint(item, fingerprint) || !has(baseline, fingerprint))
		return false;
	for (size_t i = 0; i < fixers_n && !known; i++) {
		item_beside_fingerprint(item, fixers[i], fingerprint);
		known = has(baseline, fingerprint);
	}
	return known;
}

static void apply(const struct item *item, void *data)
{
	if (*item->fingerprint)
		*item->known = has(data, item->fingerprint) || has_of_pod(data, item);
}

void baseline_apply(struct baseline *baseline, const struct run *run)
{
	items_each(run, apply, baseline);
}

struct comparison {
	struct baseline *baseline;
	size_t *has, *has_not;
};

static void compare(const struct item *item, void *data)
{
	struct comparison *comparison = data;

	if (item->kind == ITEM_FINDING)
		++*(has(comparison->baseline, item->fingerprint) ? comparison->has : comparison->has_not);
}

void baseline_compare(struct baseline *baseline, const struct run *run, size_t *has_n, size_t *has_not_n)
{
	struct comparison comparison = { baseline, has_n, has_not_n };

	items_each(run, compare, &comparison);
}

/* ---- writing ---- */

/* "shop/web.yaml: Deployment/web: capabilities: container web …": what tells a person which one it is. */
static void collect(const struct item *item, void *data)
{
	struct buf words CLEANUP(buf_free) = BUF_INIT;

	if (!*item->fingerprint || item->kind == ITEM_NOTE)
		return;
	text_escape(&words, source_name(item->source));
	buf_addz(&words, ": ");
	if (item->object) {
		add_object(&words, item->object);
		buf_addz(&words, ": ");
	}
	buf_addf(&words, "%s: ", item_rule(item));
	buf_add(&words, item->message);
	add(data, item->fingerprint, buf_str(&words));
	*item->known = true;
}

void baseline_collect(struct baseline *baseline, const struct run *run)
{
	items_each(run, collect, baseline);
	sort(baseline);
}

void baseline_text(struct baseline *baseline, struct buf *out)
{
	struct json json = json_init(out, 2);

	json_open(&json, '{');
	json_str_key(&json, "apiVersion", str_of(api_version));
	json_str_key(&json, "kind", STR("Baseline"));
	json_open_key(&json, "findings", '[');
	for (size_t i = 0; i < baseline->n; i++) {
		json_open(&json, '{');
		json_str_key(&json, "fingerprint", str_of(baseline->items[i].fingerprint));
		json_str_key(&json, "finding", str_of(baseline->items[i].finding));
		json_close(&json, '}');
	}
	json_close(&json, ']');
	json_close(&json, '}');
	buf_addc(out, '\n');
}

void baseline_add_unmet(struct buf *out, const struct baseline *baseline, const char *path, bool verbose)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT;
	size_t unmet = 0;

	for (size_t i = 0; i < baseline->n; i++)
		unmet += !baseline->items[i].met;
	if (!unmet)
		return;
	text_escape(&line, str_of(path));
	buf_addf(&line, ": %zu of ", unmet);
	text_count(&line, baseline->n, "finding");
	buf_addf(&line, " in it %s not met%s", unmet == 1 ? "was" : "were", verbose ? ":" : "; -v lists them.");
	text_wrap(out, buf_str(&line), 2, TEXT_COLUMNS);
	for (size_t i = 0; verbose && i < baseline->n; i++) {
		if (baseline->items[i].met)
			continue;
		line.n = 0;
		buf_addz(&line, "  ");
		text_escape(&line, str_of(baseline->items[i].finding));
		text_wrap(out, buf_str(&line), 4, TEXT_COLUMNS);
	}
}
