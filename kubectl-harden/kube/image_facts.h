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
/* How it starts: as its USER; or as root, of which its entrypoint lets go; or as root, and so it stays. */
enum image_start { IMAGE_START_UNKNOWN, IMAGE_START_DIRECT, IMAGE_START_DROPS, IMAGE_START_ROOT };
enum image_mark { IMAGE_VERIFIED, IMAGE_MEASURED, IMAGE_INFERRED, IMAGE_MEMORY, IMAGE_OWN };
enum {
	IMAGE_ID_UNKNOWN = -1,
	IMAGE_ID_ANY = -2, /* it works with whatever user it gets */
};

struct image_texts {
	const char *const *items;
	size_t n;
};

struct image_port {
	uint16_t port;
	bool udp;
};

/* image_port_parse() - "80", "80/tcp", "53/udp" as a port; false for anything else. */
bool image_port_parse(struct str text, struct image_port *ret_port);

struct image_env {
	const char *name, *value;
};

/* How a low port is moved: one of @env and @arg; {port} in @value stands for the new port. */
struct image_move {
	uint16_t port;
	const char *env, *arg, *value;
};

/* What says that .data, a directory of the row's data, is another one: either of @env and @arg. */
struct image_data_setting {
	const char *env, *arg, *data;
	bool strict; /* that one must belong to its user and nobody else */
};

/* image_data_setting_name() - for messages: the variable, or the argument. */
static inline const char *image_data_setting_name(const struct image_data_setting *setting)
{
	return setting->env ? setting->env : setting->arg;
}

/* What is known of an image, or of many whose tags fit. Texts are NULL where nothing is said. */
struct image_fact {
	const char *name;
	struct image_texts repositories;  /* in full; a final '*' stands for anything */
	const char *from, *below;	  /* versions */
	struct image_texts with, without; /* words of the tag */
	bool latest;
	const char *tag, *digest; /* this one and no other */
	const char *example;	  /* a reference that fits */
	enum image_user user;
	enum image_start start;
	int64_t uid, gid; /* IMAGE_ID_UNKNOWN, IMAGE_ID_ANY */
	bool base;	  /* others build upon it: what runs in it, and where that writes, is not known */
	const struct image_port *listens;
	size_t listens_n;
	const char *set_by; /* what sets the port */
	const struct image_env *env;
	size_t env_n;
	const struct image_move *moves;
	size_t moves_n;
	const struct image_env *sets; /* variables that it needs without privileges */
	size_t sets_n;
	const struct image_env *sets_read_only; /* on a read-only root */
	size_t sets_read_only_n;
	struct image_texts writable; /* directories for scratch */
	struct image_texts data;     /* directories for what is worth keeping; nothing of the image is in them */
	struct image_texts strict;   /* of .data: must belong to its user and nobody else */
	const struct image_data_setting *data_set_by; /* the first that is set counts */
	size_t data_set_by_n;
	struct image_texts volumes;  /* directories that the image declares as VOLUME, of which no more is known */
	struct image_texts rewrites; /* directories that it writes to beside what the image has there */
	struct image_texts never;    /* directories whose content it needs: never mounted over */
	struct image_texts config;   /* where its configuration is: what is mounted there decides the port */
	const char *workdir;	     /* where it starts */
	struct image_texts capabilities;
	bool needs_root;
	const char *cannot; /* why it cannot reach the standard */
	const char *twin, *note;
	const char *source;
	enum image_mark mark;
	const struct image_fact *rest; /* whose facts these are, so far as .source does not say; NULL: all are its */
};

/* Names that begin with .prefix mean those that begin with .is: "mirror.gcr.io/" is "docker.io/". */
struct image_mirror {
	const char *prefix, *is;
};

/* Rows, the first that fits counts; and other names of the same images. */
struct image_facts {
	const struct image_fact *items;
	size_t n;
	const struct image_mirror *mirrors;
	size_t mirrors_n;
	struct image_texts registries; /* public ones: a path there is a name of its own */
};

/* image_facts - what the program knows itself. Generated. */
extern const struct image_facts image_facts;

/* image_fact_find() - the row of @rows that fits an image by its own name, NULL where nothing is known of it. */
const struct image_fact *image_fact_find(const struct image_facts *rows, const struct image_ref *ref);

/*
 * image_fact_lookup() - what is known of an image, by its own name or as a copy in a mirror: first in @own (may be
 * NULL), then in what the program knows. *ret_as (may be NULL) is the name by which it was found, in @arena; its own,
 * where it is unknown.
 */
const struct image_fact *image_fact_lookup(const struct image_facts *own, struct arena *arena,
					   const struct image_ref *ref, struct str *ret_as);

/* image_facts_join() - the rows of @first and behind them those of @then, in @arena, which must not outlive either. */
struct image_facts image_facts_join(struct arena *arena, const struct image_facts *first,
				    const struct image_facts *then);

/*
 * image_twin() - the reference of the image that does the same as @ref without root: the row's twin with the same tag,
 * in @arena. Empty where it has none, or @ref is a digest, whose twin nobody knows.
 */
struct str image_twin(const struct image_fact *fact, struct arena *arena, const struct image_ref *ref);

/* image_fact_move() - how @fact says that @port is moved, NULL where it does not. */
const struct image_move *image_fact_move(const struct image_fact *fact, uint16_t port);

/* image_fact_listens() - whether the image is known to listen on @port (TCP) by itself. */
bool image_fact_listens(const struct image_fact *fact, uint16_t port);

/* image_move_value() - the value with the new port in it, in @arena. */
struct str image_move_value(const struct image_move *move, struct arena *arena, uint16_t port);

/*
 * image_path_is(), image_path_is_in() - whether directory @a is @b, or is in it (and is not it), however they are
 * written: with a slash at the end, or /var/run for /run, which are one place in most images.
 */
bool image_path_is(struct str a, struct str b);
bool image_path_is_in(struct str a, struct str b);

/* image_path_is_among() - whether directory @path is one of @places. */
bool image_path_is_among(struct str path, const struct image_texts *places);

/*
 * image_facts_read() - reads and checks the rows in @list, a sequence of @schema's file, and @mirrors, another (or
 * YAML_NONE), of the form that schemas/images.yaml describes. @own: a user's, who need not say how they know. All of it
 * lies in the schema's arena. False with the schema's error set.
 */
bool image_facts_read(struct schema *schema, yaml_id list, yaml_id mirrors, bool own, struct image_facts *ret_facts);

/*
 * image_facts_parse() - the same from the bytes of a user's own file (--images), a map with the keys images and
 * mirrors; @path is what messages call it. @text and @path must outlive @arena, in which the rows lie.
 */
bool image_facts_parse(struct arena *arena, const char *path, struct str text, struct image_facts *ret_facts,
		       struct error **err);
