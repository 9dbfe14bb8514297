/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Image facts: what an image runs as, listens on and writes to, from schemas/images.yaml or a user's file of its form.
 */

#include "base/str.h"
#include "kube/schema.h"

/* An image reference, taken apart. Slices of the reference, but for .name. */
struct image_ref {
	struct str name; /* with registry and "library/": "docker.io/library/nginx"; in the arena */
	struct str tag;	 /* empty where there is none */
	struct str digest;
};

/*
 * image_ref_parse() - takes a reference apart by the grammar that Kubernetes uses (distribution/reference).
 * False where it is none: a variable, a template, upper case, empty.
 */
bool image_ref_parse(struct arena *arena, struct str text, struct image_ref *ret_ref);

/*
 * image_version() - the numbers with which a tag begins, after an optional "v": "8.0.1-jammy" is 8, 0, 1.
 * Returns how many there are.
 */
enum { IMAGE_VERSION_MAX = 4 };
size_t image_version(struct str tag, uint32_t ret_numbers[IMAGE_VERSION_MAX]);

enum image_user { IMAGE_USER_UNKNOWN, IMAGE_USER_NUMERIC, IMAGE_USER_NAME, IMAGE_USER_ROOT };
enum image_mark { IMAGE_VERIFIED, IMAGE_MEASURED, IMAGE_INFERRED, IMAGE_MEMORY };
enum { IMAGE_ID_UNKNOWN = -1 };

struct image_texts {
	const char *const *items;
	size_t n;
};

struct image_port {
	uint16_t port;
	bool udp;
};

struct image_env {
	const char *name, *value;
};

/* How a low port is moved: one of @env and @arg; {port} in @value stands for the new port. */
struct image_move {
	uint16_t port;
	const char *env, *arg, *value;
};

/* What is known of an image, or of many whose tags fit. */
struct image_fact {
	const char *name;
	struct image_texts repositories;  /* in full; a final '*' stands for anything */
	const char *from, *below;	  /* versions, or NULL */
	struct image_texts with, without; /* words of the tag */
	bool latest;
	enum image_user user;
	int64_t uid, gid; /* IMAGE_ID_UNKNOWN */
	const struct image_port *listens;
	size_t listens_n;
	const struct image_env *env;
	size_t env_n;
	const struct image_move *moves;
	size_t moves_n;
	struct image_texts writable;
	struct image_texts capabilities;
	bool needs_root;
	const char *twin, *note; /* or NULL */
	const char *source;
	enum image_mark mark;
};

/* Rows, the first that fits counts. */
struct image_facts {
	const struct image_fact *items;
	size_t n;
};

/* image_facts - what the program knows itself. Generated. */
extern const struct image_facts image_facts;

/* image_fact_find() - the row of @rows that fits an image, NULL where nothing is known of it. */
const struct image_fact *image_fact_find(const struct image_facts *rows, const struct image_ref *ref);

/* image_fact_move() - how @fact says that @port is moved, NULL where it does not. */
const struct image_move *image_fact_move(const struct image_fact *fact, uint16_t port);

/* image_fact_listens() - whether the image is known to listen on @port (TCP) by itself. */
bool image_fact_listens(const struct image_fact *fact, uint16_t port);

/* image_move_value() - the value with the new port in it, in @arena. */
struct str image_move_value(const struct image_move *move, struct arena *arena, uint16_t port);

/*
 * image_facts_read() - the rows of an opened file, checked; in the schema's arena. False with the schema's error set.
 */
bool image_facts_read(struct schema *schema, struct image_facts *ret_facts);

/* image_facts_read_own() - the user's rows in @list, a sequence of a file of theirs: without name, source and mark, too. */
bool image_facts_read_own(struct schema *schema, yaml_id list, struct image_facts *ret_facts);
