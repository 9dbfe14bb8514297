/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values: those of options that are more than a switch or a choice of words.
 */
#include <limits.h>
#include <stdio.h>

#include "commands/settings.h"
#include "kube/pod_security.h"

/* Slices of argv, up to their end. */
bool value_text(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	(void)err;
	memcpy((char *)settings + option->at, &value.p, sizeof(value.p));
	return true;
}

bool value_as_group(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	(void)option;
	(void)err;
	VEC_PUSH(&settings->as_groups, value.p);
	return true;
}

static bool value_number(const struct settings *settings, const struct option *option, struct str value, int64_t least,
			 int64_t most, uint32_t *ret_number, struct error **err)
{
	int64_t number;
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "a number from %lld to %lld", (long long)least, (long long)most);
	if (!str_int(value, &number) || number < least || number > most)
		return option_refuse(settings, option, value, wanted, err);
	*ret_number = (uint32_t)number;
	return true;
}

bool value_verbose(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	if (str_is(value, "true") || str_is(value, "false"))
		settings->verbosity = str_is(value, "true");
	else if (!value_number(settings, option, value, 0, 10, &settings->verbosity, err))
		return false;
	settings->verbose = settings->verbosity > 0;
	return true;
}

bool value_chunk(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	return value_number(settings, option, value, 0, 100000, &settings->chunk, err);
}

enum { DURATION_MOST = 24 * 60 * 60 * 1000 };

/* As Go's time.ParseDuration, of whole units: 90s, 5m, 1h30m. False for what is none, or is too long. */
static bool parse_duration(struct str text, int64_t *ret_ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "ms", 1 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 } };
	enum { UNITS = sizeof(units) / sizeof(*units) };
	bool fine = text.n > 0;

	*ret_ms = 0;
	while (fine && text.n) {
		int64_t number;
		size_t n = 0, i = 0;

		while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
			n++;
		fine = str_int(str_sub(text, 0, n), &number) && number <= DURATION_MOST;
		text = str_sub(text, n, text.n);
		while (i < UNITS && !str_starts(text, str_of(units[i].unit)))
			i++;
		if (!fine || i == UNITS)
			return false;
		text = str_sub(text, strlen(units[i].unit), text.n);
		*ret_ms += number * units[i].ms;
		fine = *ret_ms <= DURATION_MOST;
	}
	return fine;
}

bool value_duration(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	int64_t ms;

	if (!parse_duration(value, &ms))
		return option_refuse(settings, option, value, "a duration such as 30s or 5m, of at most 24h", err);
	settings->timeout_ms = (uint32_t)ms;
	return true;
}

bool value_filename(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	if (!value.n)
		return option_refuse(settings, option, value, "a file, a folder, or - for standard input", err);
	/* A slice of argv, up to its end. */
	VEC_PUSH(&settings->filenames, value.p);
	return true;
}

/* "kustomize=DIR" */
bool value_output(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	struct str folder = value, word;

	str_cut(&folder, '=', &word);
	if (!folder.n)
		return option_refuse(settings, option, value, "a folder for the component, as kustomize=DIR", err);
	settings->format = FORMAT_KUSTOMIZE;
	/* A slice of argv, up to its end. */
	settings->component = folder.p;
	return true;
}

bool value_baseline(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	if (!value.n)
		return option_refuse(settings, option, value, "a file", err);
	/* A slice of argv, up to its end. */
	if (!strcmp(option->name, "baseline"))
		settings->baseline = value.p;
	else
		settings->write_baseline = value.p;
	return true;
}

/* What is said of images; read later (commands/images.c). */
bool value_images(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	struct strings *list = !strcmp(option->name, "images")	       ? &settings->images
			       : !strcmp(option->name, "image-config") ? &settings->image_configs
								       : &settings->dockerfiles;

	if (!value.n)
		return option_refuse(settings, option, value, "a file", err);
	/* A slice of argv, up to its end. */
	VEC_PUSH(list, value.p);
	return true;
}

bool value_kustomize(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	if (!value.n)
		return option_refuse(settings, option, value, "a folder that holds a kustomization", err);
	settings->kustomize = value.p;
	return true;
}

static bool unknown_fixer(struct error **err, struct str name)
{
	const char *near = fixer_nearest(name);

	if (near)
		return error_set(err, "unknown fixer \"%.*s\" (did you mean %s?)", STR_ARG(name), near);
	return error_set(err, "unknown fixer \"%.*s\"; kubectl harden fixers lists them", STR_ARG(name));
}

bool value_fixers(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	struct fix_config *fix = &settings->run.fix;
	uint64_t *set = !strcmp(option->name, "only")	? &fix->only
			: !strcmp(option->name, "skip") ? &fix->skip
							: &fix->also;
	struct str name;

	while (str_cut(&value, ',', &name)) {
		size_t index = fixer_find(str_trim(name));

		if (index == SIZE_MAX)
			return unknown_fixer(err, str_trim(name));
		*set |= (uint64_t)1 << index;
	}
	return true;
}

bool value_user(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	int64_t uid;

	if (str_is(value, "auto"))
		settings->run.fix.run_as_user = UID_AUTO;
	else if (str_is(value, "none"))
		settings->run.fix.run_as_user = UID_NONE;
	else if (!str_int(value, &uid) || uid < 0 || uid > INT_MAX)
		return option_refuse(settings, option, value, "a number (Kubernetes cannot verify names), auto or none",
				     err);
	else if (uid == 0)
		return option_refuse(settings, option, value, "0 is root", err);
	else
		settings->run.fix.run_as_user = uid;
	return true;
}

bool value_standard_version(struct settings *settings, const struct option *option, struct str value,
			    struct error **err)
{
	return pod_security_version(value, &settings->run.fix.standard_version) ||
	       option_refuse(settings, option, value, "latest or a version such as v1.37", err);
}

bool value_group(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	int64_t gid;

	if (str_is(value, "auto"))
		settings->run.fix.run_as_group = UID_AUTO;
	else if (!str_int(value, &gid) || gid < 0 || gid > INT_MAX)
		return option_refuse(settings, option, value, "a number or auto", err);
	else
		settings->run.fix.run_as_group = gid;
	return true;
}

bool value_port_map(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	struct port_map *map = &settings->run.fix.port_map;
	struct str part, low;
	int64_t from, to;

	while (str_cut(&value, ',', &part)) {
		struct str whole = part;

		if (!str_cut(&part, ':', &low) || !str_int(str_trim(low), &from) || !str_int(str_trim(part), &to))
			return option_refuse(settings, option, whole, "pairs such as 80:8080, separated by commas",
					     err);
		if (from < 1 || from >= PORT_FIRST_FREE)
			return option_refuse(settings, option, whole, "only ports from 1 to 1023 move", err);
		if (to < PORT_FIRST_FREE || to > 65535)
			return option_refuse(settings, option, whole, "they move to a port from 1024 to 65535", err);
		for (size_t i = 0; i < map->n; i++)
			if (map->items[i].from == from)
				return option_refuse(settings, option, whole, "this port moves elsewhere already", err);
		if (map->n == PORT_MAP_MAX)
			return option_refuse(settings, option, whole, "too many ports", err);
		map->items[map->n].from = (uint16_t)from;
		map->items[map->n++].to = (uint16_t)to;
	}
	return true;
}

/* As kubectl set resources takes them. */
bool value_resources(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	struct fix_config *fix = &settings->run.fix;
	struct str part;
	const char *why =
		resource_list_parse(value, !strcmp(option->name, "limits") ? &fix->limits : &fix->requests, &part);

	return !why || option_refuse(settings, option, part, why, err);
}

/* Bytes, with the suffixes of Kubernetes' quantities: 100M, 256Mi, 1Gi. */
bool value_size(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	static const struct {
		const char *suffix;
		int64_t factor;
	} units[] = {
		{ "Ki", 1 << 10 }, { "Mi", 1 << 20 }, { "Gi", 1 << 30 },   { "k", 1000 },
		{ "K", 1000 },	   { "M", 1000000 },  { "G", 1000000000 }, { "", 1 },
	};
	const int64_t most = UINT32_MAX - 1; /* offsets in a document have 32 bits */
	struct str digits = value;
	int64_t bytes;
	size_t i = 0;

	while (!str_ends(value, str_of(units[i].suffix)))
		i++;
	digits.n -= strlen(units[i].suffix);
	if (!str_int(digits, &bytes) || bytes < 1)
		return option_refuse(settings, option, value, "a size such as 256Mi", err);
	if (bytes > most / units[i].factor)
		return option_refuse(settings, option, value, "less than 4Gi", err);
	settings->run.limits.bytes = (size_t)(bytes * units[i].factor);
	return true;
}

bool value_nodes(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	return value_number(settings, option, value, 1, 100000000, &settings->run.limits.nodes, err);
}

/* What walks a tree calls itself as deep as the tree is. */
bool value_depth(struct settings *settings, const struct option *option, struct str value, struct error **err)
{
	return value_number(settings, option, value, 1, 1000, &settings->run.limits.depth, err);
}
