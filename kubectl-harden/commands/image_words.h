/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Image words: what a row of image facts says, for people: in `explain image` and in the reference. */

#include "kube/image_facts.h"

/* One thing that is known. */
struct image_word {
	const char *title;
	struct str text; /* empty: nothing is known */
};

enum { IMAGE_WORDS_MAX = 20 };

/* image_words() - what @fact says, in the order in which it is read; texts in @arena. Returns how many. */
size_t image_words(const struct image_fact *fact, struct arena *arena, struct image_word ret_words[IMAGE_WORDS_MAX]);
