/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Template: text that becomes a manifest when another program renders it.
 */

#include "base/str.h"

enum template_kind {
	TEMPLATE_NONE,
	TEMPLATE_HELM,	/* it asks for what only Helm has: .Values, .Release, … */
	TEMPLATE_JINJA, /* it has statements in {% %} or comments in {# #} */
	TEMPLATE_YTT,	/* its comments are ytt's: `#@ if …` */
	TEMPLATE_OTHER, /* Go's, mustache's, gomplate's: anything in {{ }} */
};

/* template_kind_of() - what the file is; *ret_at is the offset of the line that says so, where it is a template. */
enum template_kind template_kind_of(struct str file, size_t *ret_at);

/* template_words() - what people are told that it is. */
const char *template_words(enum template_kind kind);
