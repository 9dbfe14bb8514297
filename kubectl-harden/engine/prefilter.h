/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Prefilter: documents and files that need not be parsed.
 */

#include "base/str.h"

/*
 * prefilter_passes_over() - whether the document surely holds no pod and names no port: it has no top-level `kind:`,
 * or exactly one, plain or quoted, of a kind known for that, or of an unknown kind and `containers` stands nowhere.
 * Anything odd (flow style, indented root, anchors, tags) is parsed.
 */
bool prefilter_passes_over(struct str document);

/* prefilter_has_kind() - whether a key `kind` stands anywhere: without one a file holds no manifest. */
bool prefilter_has_kind(struct str file);
