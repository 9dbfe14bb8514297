/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers
 *
 * A value is taken whole from the highest layer that has it. Where a higher layer asks for what a lower one forbids with
 * another key (--only for a fixer that the project skips), the higher one is meant.
 */
#include "commands/layer.h"

#include <stdio.h>

#include "commands/command.h"
#include "fixers/fix.h"

#define FIELD(field) offsetof(struct fix_config, field), sizeof(((struct fix_config *)NULL)->field)

static const struct {
	const char *name;
	size_t at, size; /* in struct fix_config */
	enum layer_form form;
} keys[LAYER_KEYS_N] = {
	[LAYER_ALSO] = { "also", FIELD(also), LAYER_FIXERS },
	[LAYER_DOTNET_DIAGNOSTICS] = { "dotnet-diagnostics", FIELD(dotnet_diagnostics), LAYER_WORD },
	[LAYER_FRAMEWORK] = { "framework", FIELD(framework), LAYER_WORD },
	[LAYER_LIMITS] = { "limits", FIELD(limits), LAYER_AMOUNTS },
	[LAYER_LOW_PORTS] = { "low-ports", FIELD(low_ports), LAYER_WORD },
	[LAYER_ONLY] = { "only", FIELD(only), LAYER_FIXERS },
	[LAYER_PORT_MAP] = { "port-map", FIELD(port_map), LAYER_PORTS },
	[LAYER_PROFILE] = { "profile", FIELD(profile), LAYER_WORD },
	[LAYER_REQUESTS] = { "requests", FIELD(requests), LAYER_AMOUNTS },
	[LAYER_RUN_AS_GROUP] = { "run-as-group", FIELD(run_as_group), LAYER_USER },
	[LAYER_RUN_AS_USER] = { "run-as-user", FIELD(run_as_user), LAYER_USER },
	[LAYER_SAFE_ONLY] = { "safe-only", FIELD(safe_only), LAYER_SWITCH },
	[LAYER_SKIP] = { "skip", FIELD(skip), LAYER_FIXERS },
	[LAYER_STANDARD_VERSION] = { "standard-version", FIELD(standard_version), LAYER_VERSION },
	[LAYER_UNSAFE] = { "unsafe", FIELD(unsafe), LAYER_SWITCH },
};

struct layer layer_default(void)
{
	return (struct layer){ .fix = FIX_CONFIG_DEFAULT };
}

struct layer layer_flags(const struct settings *settings)
{
	struct layer layer = { .fix = settings->run.fix, .given = settings->given };

	for (size_t i = 0; i < LAYER_KEYS_N; i++)
		layer.origins[i].path = "";
	return layer;
}

static bool has(const struct layer *layer, enum layer_key key)
{
	return layer->given >> key & 1;
}

void layer_lift(struct layer *layer, const struct layer *upper)
{
	uint64_t wanted = (has(upper, LAYER_ONLY) ? upper->fix.only : 0) |
			  (has(upper, LAYER_ALSO) ? upper->fix.also : 0);

	layer->fix.skip &= ~wanted;
	if ((has(upper, LAYER_ALSO) && upper->fix.also) || (has(upper, LAYER_UNSAFE) && upper->fix.unsafe))
		layer->fix.safe_only = false;
}

void layer_put(struct layer *layer, const struct layer *upper)
{
	layer_lift(layer, upper);
	for (size_t i = 0; i < LAYER_KEYS_N; i++) {
		if (!has(upper, (enum layer_key)i))
			continue;
		memcpy((char *)&layer->fix + keys[i].at, (const char *)&upper->fix + keys[i].at, keys[i].size);
		layer->origins[i] = upper->origins[i];
	}
	layer->given |= upper->given;
}

/* "deploy/.kubectl-harden.yaml:3: limits ", or "--limits ". */
static void add_place(struct buf *out, const struct layer *layer, enum layer_key key)
{
	const struct origin *origin = &layer->origins[key];

	if (origin->path && *origin->path)
		buf_addf(out, "%s:%u: %s", origin->path, origin->line, keys[key].name);
	else
		buf_addf(out, "--%s", keys[key].name);
}

static bool too_much(const struct layer *layer, const struct resource *request, const struct resource *limit,
		     struct error **err)
{
	struct buf one CLEANUP(buf_free) = BUF_INIT, other CLEANUP(buf_free) = BUF_INIT;

	add_place(&one, layer, LAYER_REQUESTS);
	add_place(&other, layer, LAYER_LIMITS);
	return error_set(err, "%.*s %s=%.*s is more than %.*s %s=%.*s, which the API refuses", STR_ARG(buf_str(&one)),
			 request->name, STR_ARG(request->value), STR_ARG(buf_str(&other)), limit->name,
			 STR_ARG(limit->value));
}

static bool is_flag(const struct layer *layer, enum layer_key key)
{
	return has(layer, key) && layer->origins[key].path && !*layer->origins[key].path;
}

bool layer_check(const struct layer *layer, struct error **err)
{
	const struct fix_config *fix = &layer->fix;

	if ((is_flag(layer, LAYER_REQUESTS) || is_flag(layer, LAYER_LIMITS)) &&
	    !fix_selected(fix, fixers[fixer_find(STR("resources"))]))
		return error_set(err, "--%s is for the fixer resources, which was not asked for; add --also=resources",
				 is_flag(layer, LAYER_REQUESTS) ? "requests" : "limits");
	for (size_t i = 0; i < fix->requests.n; i++) {
		const struct resource *request = &fix->requests.items[i];
		const struct resource *limit = resource_list_find(&fix->limits, str_of(request->name));

		if (limit && quantity_cmp(request->amount, limit->amount) > 0)
			return too_much(layer, request, limit, err);
	}
	return true;
}

enum layer_key layer_find(struct str name)
{
	size_t i = 0;

	while (i < LAYER_KEYS_N && !str_is(name, keys[i].name))
		i++;
	return (enum layer_key)i;
}

const char *layer_name(enum layer_key key)
{
	return keys[key].name;
}

enum layer_form layer_form(enum layer_key key)
{
	return keys[key].form;
}

const struct option *layer_option(enum layer_key key)
{
	return option_find(str_of(keys[key].name), COMMAND_CHECK);
}

/* ---- values ---- */

static const void *value_of(const struct layer *layer, enum layer_key key)
{
	return (const char *)&layer->fix + keys[key].at;
}

static const char *word_of(const struct layer *layer, enum layer_key key)
{
	const struct option *option = layer_option(key);

	return option->words[*(const unsigned *)value_of(layer, key) - option->first];
}

static void add_user(struct buf *out, int64_t user)
{
	if (user == UID_AUTO)
		buf_addz(out, "auto");
	else if (user == UID_NONE)
		buf_addz(out, "none");
	else
		buf_addf(out, "%lld", (long long)user);
}

static void add_version(struct buf *out, unsigned version)
{
	if (version)
		buf_addf(out, "v1.%u", version - 1);
	else
		buf_addz(out, "latest");
}

void layer_add_text(struct buf *out, const struct layer *layer, enum layer_key key)
{
	const void *value = value_of(layer, key);
	const struct port_map *map = value;
	const struct resource_list *list = value;
	size_t start = out->n;

	switch (keys[key].form) {
	case LAYER_WORD:
		buf_addz(out, word_of(layer, key));
		break;
	case LAYER_SWITCH:
		buf_addz(out, *(const bool *)value ? "true" : "false");
		break;
	case LAYER_FIXERS:
		for (size_t i = 0; i < fixers_n; i++)
			if (*(const uint64_t *)value >> i & 1)
				buf_addf(out, "%s%s", out->n > start ? "," : "", fixers[i]->name);
		break;
	case LAYER_USER:
		add_user(out, *(const int64_t *)value);
		break;
	case LAYER_VERSION:
		add_version(out, *(const unsigned *)value);
		break;
	case LAYER_PORTS:
		for (size_t i = 0; i < map->n; i++)
			buf_addf(out, "%s%u:%u", i ? "," : "", map->items[i].from, map->items[i].to);
		break;
	case LAYER_AMOUNTS:
		for (size_t i = 0; i < list->n; i++)
			buf_addf(out, "%s%s=%.*s", i ? "," : "", list->items[i].name, STR_ARG(list->items[i].value));
		break;
	}
}

static void add_ports(struct json *json, const struct port_map *map)
{
	json_open(json, '{');
	for (size_t i = 0; i < map->n; i++) {
		char port[8];

		snprintf(port, sizeof(port), "%u", map->items[i].from);
		json_uint_key(json, port, map->items[i].to);
	}
	json_close(json, '}');
}

static void add_amounts(struct json *json, const struct resource_list *list)
{
	json_open(json, '{');
	for (size_t i = 0; i < list->n; i++)
		json_str_key(json, list->items[i].name, list->items[i].value);
	json_close(json, '}');
}

void layer_add_json(struct json *json, const struct layer *layer, enum layer_key key)
{
	const void *value = value_of(layer, key);
	struct buf text CLEANUP(buf_free) = BUF_INIT;

	switch (keys[key].form) {
	case LAYER_SWITCH:
		json_bool(json, *(const bool *)value);
		return;
	case LAYER_FIXERS:
		json_open(json, '[');
		for (size_t i = 0; i < fixers_n; i++)
			if (*(const uint64_t *)value >> i & 1)
				json_str(json, str_of(fixers[i]->name));
		json_close(json, ']');
		return;
	case LAYER_PORTS:
		add_ports(json, value);
		return;
	case LAYER_AMOUNTS:
		add_amounts(json, value);
		return;
	case LAYER_USER:
		if (*(const int64_t *)value >= 0) {
			json_uint(json, (uint64_t)*(const int64_t *)value);
			return;
		}
		break;
	case LAYER_WORD:
	case LAYER_VERSION:
		break;
	}
	layer_add_text(&text, layer, key);
	json_str(json, buf_str(&text));
}
