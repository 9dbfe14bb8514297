/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gather: what the words of the command line mean
 *
 * As kubectl reads them, and with its words where it refuses (cli-runtime resource/builder.go, of which
 * ResourceTypeOrNameArgs is the core). Only kinds that hold pods can be meant.
 */
#include "live/gather_internal.h"

#include <stdlib.h>

/* A name that would lead to another path: apimachinery api/validation/path IsValidPathSegmentName. */
static bool check_name(const char *what, struct str name, struct error **err)
{
	if (str_is(name, ".") || str_is(name, ".."))
		return error_set(err, "invalid %s name \"%.*s\": may not be '%.*s'", what, STR_ARG(name),
				 STR_ARG(name));
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] == '/' || name.p[i] == '%')
			return error_set(err, "invalid %s name \"%.*s\": may not contain '%c'", what, STR_ARG(name),
					 name.p[i]);
	return true;
}

/* "deployments, statefulsets, …": what could have been meant. */
static struct str usable(const struct gathering *gathering)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	for (size_t i = 0; i < gathering->resources->n; i++) {
		const struct live_resource *resource = &gathering->resources->items[i];
		const struct kube_kind *kind = resource->preferred ? gather_kind(gathering, resource) : NULL;

		if (kind && (kind->flags & KIND_POD) && resource->can_list)
			buf_addf(&text, "%s%.*s", text.n ? ", " : "", STR_ARG(resource->name));
	}
	return str_copy(gathering->arena, buf_str(&text));
}

static bool check_resource(const struct gathering *gathering, const struct live_resource *resource, struct error **err)
{
	const struct kube_kind *kind = gather_kind(gathering, resource);
	struct str title = live_resource_title(resource, false, gathering->arena);

	if (!kind)
		return error_set(err,
				 "%.*s: not known to hold pods; if they do, a project file can say where (kinds, in "
				 ".kubectl-harden.yaml)",
				 STR_ARG(title));
	if (!(kind->flags & KIND_POD))
		return error_set(err,
				 "%.*s hold no pods, so there is nothing to harden in them; what holds pods here: %.*s",
				 STR_ARG(title), STR_ARG(usable(gathering)));
	if (!resource->can_get || !resource->can_list)
		return error_set(err, "%.*s: the server lets nobody %s them", STR_ARG(title),
				 resource->can_get ? "list" : "get");
	return true;
}

static bool add(struct gathering *gathering, struct str type, struct str name, struct error **err)
{
	const struct live_resource *resource = live_resource_find(gathering->resources, type, err);

	if (!resource || !check_resource(gathering, resource, err) || !check_name("resource", name, err))
		return false;
	if (name.n && resource->namespaced && gathering->gather->all_namespaces)
		return error_set(err, "a resource cannot be retrieved by name across all namespaces");
	VEC_PUSH(&gathering->wants, (struct gather_want){ .resource = resource, .name = name, .typed = true });
	return true;
}

/* Every kind that holds a pod; only those of @category, where it is one. Returns whether the server knows that. */
static bool add_all(struct gathering *gathering, struct str category)
{
	bool known = !category.n;

	for (size_t i = 0; i < gathering->resources->n; i++) {
		const struct live_resource *resource = &gathering->resources->items[i];
		const struct kube_kind *kind = resource->preferred ? gather_kind(gathering, resource) : NULL;
		bool member = !category.n;

		for (size_t k = 0; k < resource->categories_n; k++)
			member = member || str_eq(resource->categories[k], category);
		known = known || member;
		if (member && kind && (kind->flags & KIND_POD) && resource->can_list && resource->can_get &&
		    (resource->namespaced || gathering->gather->all_namespaces))
			VEC_PUSH(&gathering->wants, (struct gather_want){ .resource = resource });
	}
	return known;
}

static bool add_types(struct gathering *gathering, struct str list, struct error **err)
{
	struct str rest = list, type;

	while (str_cut(&rest, ',', &type))
		if (!(type.n && add_all(gathering, type)) && !add(gathering, type, STR_NONE, err))
			return false;
	return true;
}

/* TYPE/NAME */
static bool add_pair(struct gathering *gathering, struct str word, struct error **err)
{
	struct str rest = word, type;

	str_cut(&rest, '/', &type);
	if (str_find(rest, STR("/"), 0) != SIZE_MAX)
		return error_set(err, "arguments in resource/name form may not have more than one slash");
	if (!type.n || !rest.n || str_find(type, STR(","), 0) != SIZE_MAX)
		return error_set(err, "arguments in resource/name form must have a single resource and name");
	return add(gathering, type, rest, err);
}

/* TYPE,TYPE NAME… stands for TYPE/NAME TYPE/NAME… */
static bool add_products(struct gathering *gathering, struct error **err)
{
	const struct gather *gather = gathering->gather;
	struct str rest = str_of(gather->words[0]), type;

	while (str_cut(&rest, ',', &type))
		for (size_t i = 1; i < gather->words_n; i++)
			if (!add_pair(gathering, str_fmt(gathering->arena, "%.*s/%s", STR_ARG(type), gather->words[i]),
				      err))
				return false;
	return true;
}

static bool add_words(struct gathering *gathering, struct error **err)
{
	const struct gather *gather = gathering->gather;
	size_t slashes = 0;

	for (size_t i = 0; i < gather->words_n; i++)
		slashes += strchr(gather->words[i], '/') != NULL;
	if (gather->labels && slashes)
		return error_set(err, "selectors cannot be used when passing resource/name arguments");
	if (gather->labels && gather->words_n > 1)
		return error_set(err, "name cannot be provided when a selector is specified");
	if (gather->words_n > 1 && !slashes && strchr(gather->words[0], ','))
		return add_products(gathering, err);
	if (slashes && slashes < gather->words_n)
		return error_set(err,
				 "there is no need to specify a resource type as a separate argument when passing "
				 "arguments in resource/name form (e.g. 'kubectl harden check deployment/web' instead "
				 "of 'kubectl harden check deployment deployment/web')");
	for (size_t i = 0; slashes && i < gather->words_n; i++)
		if (!add_pair(gathering, str_of(gather->words[i]), err))
			return false;
	if (slashes || gather->words_n == 1)
		return slashes || add_types(gathering, str_of(gather->words[0]), err);
	for (size_t i = 1; i < gather->words_n; i++)
		if (!gather->words[i][0])
			return error_set(err, "resource name may not be empty");
		else if (!add(gathering, str_of(gather->words[0]), str_of(gather->words[i]), err))
			return false;
	return true;
}

bool gather_words(struct gathering *gathering, struct error **err)
{
	const struct gather *gather = gathering->gather;

	if (!gather->all_namespaces && !check_name("namespace", gather->namespace, err))
		return false;
	if (!gather->words_n)
		add_all(gathering, STR_NONE);
	else if (!add_words(gathering, err))
		return false;
	if (gathering->wants.n)
		return true;
	if (gather->words_n)
		return error_set(err, "\"%s\" names nothing that holds pods; what holds pods here: %.*s",
				 gather->words[0], STR_ARG(usable(gathering)));
	return error_set(err, "the server has no kind that holds pods");
}
