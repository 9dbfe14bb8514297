/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Make: the least object that a row of schemas/kinds.yaml says holds a pod, written from the row's paths alone.
 */

#include "kube/kinds.h"

/* What stands in it. */
struct make {
	const struct kube_kind *kind;
	const struct kube_view *view;
	const char *container; /* one of the view's container paths; NULL for the list of a PodSpec, or an operator's */
	const char *context;   /* the pod's security context, as JSON; NULL for none */
	unsigned number;       /* tells its name and image from others' */
};

/* make_object() - appends a document: a line of JSON. */
void make_object(struct buf *out, const struct make *make);

/* make_each() - calls @found for each row, view and container path of the table that holds a pod. */
typedef void make_found(const struct make *make, void *data);
void make_each(make_found *found, void *data);
