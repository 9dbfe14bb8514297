/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Layers: what is asked for of a manifest, key by key, by somebody: the program itself, a project file, one of its
 * overrides, the command line. Laid one on the other, the upper one counts.
 */

#include "base/json.h"
#include "commands/settings.h"

/* The keys of a layer, sorted: each is a flag, and a key of a project file. */
enum layer_key {
	LAYER_ALSO,
	LAYER_DOTNET_DIAGNOSTICS,
	LAYER_FRAMEWORK,
	LAYER_LIMITS,
	LAYER_LOW_PORTS,
	LAYER_ONLY,
	LAYER_PORT_MAP,
	LAYER_PROFILE,
	LAYER_REQUESTS,
	LAYER_RUN_AS_GROUP,
	LAYER_RUN_AS_USER,
	LAYER_SAFE_ONLY,
	LAYER_SKIP,
	LAYER_STANDARD_VERSION,
	LAYER_UNSAFE,
	LAYER_KEYS_N,
};

/* How a value is written in a project file. */
enum layer_form { LAYER_WORD, LAYER_SWITCH, LAYER_FIXERS, LAYER_USER, LAYER_VERSION, LAYER_PORTS, LAYER_AMOUNTS };

/* Where a value was given. */
struct origin {
	const char *path; /* of a project file, for people; NULL: the program's default; "": by a flag */
	uint32_t line;
};

struct layer {
	struct fix_config fix;
	unsigned given; /* a bit for each key that this layer says something about */
	struct origin origins[LAYER_KEYS_N];
};

/* layer_default() - the lowest one. layer_flags() - the highest: what of @settings was given on the command line. */
struct layer layer_default(void);
struct layer layer_flags(const struct settings *settings);

/*
 * layer_put() - lays @upper on @layer. layer_lift() - does no more than take back what @layer forbids and @upper asks for.
 */
void layer_lift(struct layer *layer, const struct layer *upper);
void layer_put(struct layer *layer, const struct layer *upper);

/*
 * layer_check() - whether the values of a layer that all others were laid on go together: a request that its limit does
 * not allow, and amounts on the command line that nobody uses, are errors.
 */
bool layer_check(const struct layer *layer, struct error **err);

/* layer_find() - the key of that name; LAYER_KEYS_N where there is none. layer_name(), layer_form() - of a key. */
enum layer_key layer_find(struct str name);
const char *layer_name(enum layer_key key);
enum layer_form layer_form(enum layer_key key);

/* layer_option() - the flag of a key, which also reads its value. */
const struct option *layer_option(enum layer_key key);

/* layer_add_text() - appends a value as its flag takes it. layer_add_json() - the same as JSON, as a project file has it. */
void layer_add_text(struct buf *out, const struct layer *layer, enum layer_key key);
void layer_add_json(struct json *json, const struct layer *layer, enum layer_key key);
