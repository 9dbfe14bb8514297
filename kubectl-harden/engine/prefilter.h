/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Prefilter: documents and files that need not, or must not, be parsed.
 */

#include "kube/kinds.h"

/*
 * prefilter_passes_over() - whether the document surely holds no pod and names no port: it has no top-level `kind:`,
 * or exactly one, plain or quoted, of a kind known for that, or of an unknown kind and `containers` stands nowhere.
 * Anything odd (flow style, indented root, anchors, tags) is parsed. @own: the user's kinds, may be NULL.
 */
bool prefilter_passes_over(struct str document, const struct kube_kind_list *own);

/* prefilter_has_kind() - whether a key `kind` stands anywhere: without one a file holds no manifest. */
bool prefilter_has_kind(struct str file);

/*
 * prefilter_template() - whether the file is a template (Helm, Jinja): offset of the line that says so, else SIZE_MAX.
 */
size_t prefilter_template(struct str file);
