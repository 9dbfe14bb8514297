/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Dockerfile: what the final stage of one says of the image that is built from it: USER, EXPOSE, ENV, VOLUME, WORKDIR,
 * and what it is built upon.
 */

#include "kube/image_config.h"

struct dockerfile_expose {
	struct image_port port;
	size_t at;
};

/* Texts and items are in the arena; offsets are of bytes in the text. */
struct dockerfile {
	struct str from; /* the image that the final stage is built upon in the end; empty where not known */
	const struct image_fact *base; /* what is known of it; NULL for nothing */
	struct image_config config;    /* what it adds */
	bool own_program;	       /* it says itself what runs in it */
	size_t from_at;		       /* the final FROM */
	size_t user_at;		       /* its USER; SIZE_MAX for none */
	struct dockerfile_expose *exposes;
	size_t exposes_n;
};

/*
 * dockerfile_read() - reads @text as Docker does: instructions in any case, continued lines, here-documents, stages,
 * ARG and ENV. @own: the user's facts of images, for what it is built upon; may be NULL. False with *err set where
 * there is no FROM, or it holds more than anybody's.
 */
bool dockerfile_read(struct arena *arena, const struct image_facts *own, const char *path, struct str text,
		     struct dockerfile *ret_file, struct error **err);

/* dockerfile_fact() - the facts of the image @ref, which is built from @file at @path. In @arena. */
struct image_fact dockerfile_fact(struct arena *arena, const struct dockerfile *file, const struct image_ref *ref,
				  const char *path);
