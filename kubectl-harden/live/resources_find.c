/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resources: what a word means, and what a resource is called.
 *
 * As kubectl finds it (cli-runtime resource/builder.go mappingFor, client-go restmapper/shortcut.go, apimachinery
 * api/meta/restmapper.go): a plural or singular before a short name, and that before a kind; of several, the one whose
 * group the server names first. Unlike there, a short name may be written in any case, and its version counts.
 */
#include "live/resources.h"

#include <stdlib.h>

/* "deployments.v1.apps": .version and .group are empty where the word has none. */
struct parsed {
	struct str name, version, group;
};

enum naming { BY_NAME, BY_SHORT_NAME, BY_KIND };

static bool is_called(const struct live_resource *resource, struct str name, enum naming naming)
{
	if (naming == BY_KIND)
		return str_ieq(resource->kind, name);
	if (naming == BY_NAME)
		return str_ieq(resource->name, name) || str_ieq(resource->singular, name);
	for (size_t i = 0; i < resource->short_names_n; i++)
		if (str_ieq(resource->short_names[i], name))
			return true;
	return false;
}

/* "storageclass.storage" means that of storage.k8s.io. */
static bool is_of_group(const struct live_resource *resource, struct str group, bool prefix)
{
	return !group.n || (prefix ? str_starts(resource->group, group) : str_eq(resource->group, group));
}

static const struct live_resource *find(const struct live_resources *resources, const struct parsed *word,
					enum naming naming, bool prefix)
{
	for (size_t i = 0; i < resources->n; i++) {
		const struct live_resource *resource = &resources->items[i];

		if (is_called(resource, word->name, naming) && is_of_group(resource, word->group, prefix) &&
		    (word->version.n ? str_eq(resource->version, word->version) : resource->preferred))
			return resource;
	}
	return NULL;
}

static const struct live_resource *find_any(const struct live_resources *resources, const struct parsed *word)
{
	const struct live_resource *found = NULL;

	for (enum naming naming = BY_NAME; naming <= BY_KIND && !found; naming++) {
		found = find(resources, word, naming, false);
		if (!found && word->group.n && naming != BY_KIND)
			found = find(resources, word, naming, true);
	}
	return found;
}

/* The nearest plural or singular to @name. */
static const char *nearest(const struct live_resources *resources, struct str name)
{
	const char **names = xmalloc((2 * resources->n + 1) * sizeof(*names)), *found;
	size_t n = 0;

	for (size_t i = 0; i < resources->n; i++) {
		names[n++] = resources->items[i].name.p;
		names[n++] = resources->items[i].singular.p;
	}
	found = str_nearest(name, names, n);
	free(names);
	return found;
}

static void refuse(const struct live_resources *resources, const struct parsed *word, struct error **err)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;
	const char *near = nearest(resources, word->name);

	buf_addf(&text, "the server doesn't have a resource type \"%.*s\"", STR_ARG(word->name));
	if (word->group.n)
		buf_addf(&text, " in group \"%.*s\"", STR_ARG(word->group));
	if (near)
		buf_addf(&text, " (did you mean %s?)", near);
	for (size_t i = 0; i < resources->failed.n; i++)
		buf_addf(&text, "%s%s",
			 i ? "; " : "; what it has was not all to be seen: ", resources->failed.items[i]);
	error_set(err, "%.*s", STR_ARG(buf_str(&text)));
}

const struct live_resource *live_resource_find(const struct live_resources *resources, struct str word,
					       struct error **err)
{
	const struct live_resource *found = NULL;
	struct parsed full = { 0 }, parsed = { 0 };
	struct str rest = word;

	str_cut(&rest, '.', &parsed.name);
	parsed.group = full.group = rest;
	full.name = parsed.name;
	if (str_find(rest, STR("."), 0) != SIZE_MAX) {
		str_cut(&full.group, '.', &full.version);
		found = find_any(resources, &full);
	}
	if (!found)
		found = find_any(resources, &parsed);
	if (!found)
		refuse(resources, &parsed, err);
	return found;
}

const struct live_resource *live_resource_of(const struct live_resources *resources, struct str api_version,
					     struct str kind)
{
	const struct live_resource *found = NULL;
	struct str version = api_version, group;

	if (!str_cut(&version, '/', &group))
		return NULL;
	/* The core group has no name and no slash. */
	if (!version.p) {
		version = group;
		group = STR("");
	}
	for (size_t i = 0; i < resources->n; i++) {
		const struct live_resource *resource = &resources->items[i];

		if (!str_eq(resource->kind, kind) || !str_eq(resource->group, group))
			continue;
		if (str_eq(resource->version, version))
			return resource;
		if (!found && resource->preferred)
			found = resource;
	}
	return found;
}

/* As a segment of a path: nothing in it can end it. */
static void add_segment(struct buf *out, struct str s)
{
	buf_addc(out, '/');
	buf_add_percent(out, s, "");
}

void live_resource_path(const struct live_resource *resource, struct str namespace, struct str name, struct buf *out)
{
	buf_addz(out, resource->group.n ? "/apis" : "/api");
	if (resource->group.n)
		add_segment(out, resource->group);
	add_segment(out, resource->version);
	if (resource->namespaced && namespace.n) {
		buf_addz(out, "/namespaces");
		add_segment(out, namespace);
	}
	if (resource->name.n)
		add_segment(out, resource->name);
	if (name.n)
		add_segment(out, name);
}

bool live_failure_is_local(enum live_failure failure)
{
	return failure != LIVE_UNREACHABLE && failure != LIVE_UNAUTHORIZED && failure != LIVE_STOPPED;
}

struct str live_resource_title(const struct live_resource *resource, bool one, struct arena *arena)
{
	struct str name = one ? str_lower(arena, resource->kind) : resource->name;

	if (!resource->group.n)
		return name;
	return str_fmt(arena, "%.*s.%.*s", STR_ARG(name), STR_ARG(resource->group));
}
