/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Image match: for what looks for an image by other names than its own; see image_facts.h. */

#include "kube/image_facts.h"

/* image_fact_find_as() - as image_fact_find(), by @name in place of the reference's own. @rows may be NULL. */
const struct image_fact *image_fact_find_as(const struct image_facts *rows, const struct image_ref *ref,
					    struct str name);

/* image_name_matches() - whether one of @patterns, of which a final '*' stands for anything, fits @text. */
bool image_name_matches(const struct image_texts *patterns, struct str text);
