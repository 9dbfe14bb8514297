/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Image config: what an image says of itself, as `skopeo inspect --config`, `crane config` and `docker image inspect`
 * print it, and the facts that follow. For a private image the best evidence there is.
 */

#include "kube/image_facts.h"

/* As OCI image-spec config.md has them. Texts and items are in the arena. */
struct image_config {
	struct str user;   /* empty where none is set */
	bool keeps_user;   /* none is set, so it is that of what it is built upon */
	bool user_unknown; /* one is set, and which is not known */
	struct image_port *ports;
	size_t ports_n;
	struct image_env *env;
	size_t env_n;
	struct image_texts volumes;
	struct str workdir;
};

/* An image's config with the names that the file gives it: references, with a tag or a digest. */
struct named_config {
	struct image_config config;
	struct image_texts names; /* none where the file does not say */
};

struct named_configs {
	struct named_config *items;
	size_t n;
};

enum { IMAGE_CONFIGS_MAX = 1000 };

/*
 * image_configs_read() - the images in @text, JSON. False with *err set where it is none of the forms above, or says
 * more than anybody's image; @path is what messages call it. All of it lies in @arena.
 */
bool image_configs_read(struct arena *arena, const char *path, struct str text, struct named_configs *ret_configs,
			struct error **err);

/*
 * image_config_fact() - the facts of the image @ref (a tag, a digest, or neither for all tags). @base: what is known
 * besides, of the same image or of the one that it is built upon; NULL for nothing. @source: where @config is from. In
 * @arena.
 */
struct image_fact image_config_fact(struct arena *arena, const struct image_config *config,
				    const struct image_fact *base, const struct image_ref *ref, const char *source);
