/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Prefilter: documents and files that need not be parsed.
 */

#include "kube/kinds.h"

enum prefilter {
	PREFILTER_PARSE,
	PREFILTER_NO_OBJECT, /* it has no kind or no apiVersion: nobody's manifest */
	PREFILTER_OBJECT,    /* of a kind that cannot matter */
	PREFILTER_CONFIG,    /* a ConfigMap that may say where a program listens; it matters where it can be read */
};

/*
 * prefilter() - whether the document surely holds no pod and names no port: it has no top-level `kind:`, or exactly
 * one, plain or quoted, of a kind known for that, or of an unknown kind and `containers` stands nowhere. Anything odd
 * (flow style, indented root, anchors, tags) is parsed. @own: the user's kinds, may be NULL. @wanted: flags of kinds
 * that matter this time, although there is nothing in them else (KIND_NAMESPACE).
 */
enum prefilter prefilter(struct str document, const struct kube_kind_list *own, unsigned wanted);
static inline bool prefilter_passes_over(struct str document, const struct kube_kind_list *own)
{
	enum prefilter answer = prefilter(document, own, 0);

	return answer != PREFILTER_PARSE && answer != PREFILTER_CONFIG;
}

/* prefilter_has_kind() - whether a key `kind` stands anywhere: without one a file makes no manifest. */
bool prefilter_has_kind(struct str file);
