/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * List: the objects of a resource, page by page; each is handed on as the bytes that the server sent, and only one page
 * is in memory at a time.
 */

#include "live/resources.h"

enum { LIVE_PAGE = 500 };

struct live_list {
	const struct live_resource *resource;
	struct str namespace; /* empty: of all namespaces */
	struct str name;      /* not empty: this one object, by GET */
	const char *labels;   /* a label selector; NULL */
	const char *fields;   /* a field selector; NULL */
	unsigned page;	      /* objects a page; 0: LIVE_PAGE */
	bool metadata;	      /* as PartialObjectMetadata */
	bool *more;	      /* not NULL: the first page is enough; set to whether there are others */
};

/*
 * live_list_each() - calls @each for every object, in the server's order; @object is JSON, and valid during the call.
 * Objects of typed lists lack apiVersion and kind: these are the resource's. Where a continue token has expired (410),
 * the rest comes from what is there now, if the server says how; else all comes once more, whole, after a call of
 * @restart (NULL: an error instead). False with *err, or where @each returned false with *err: *ret_failure (may be
 * NULL) is that of the request, and LIVE_FINE in the latter case.
 */
bool live_list_each(struct live_client *client, const struct live_list *list,
		    bool (*each)(void *data, const struct live_resource *resource, struct str object,
				 struct error **err),
		    void (*restart)(void *data), void *data, enum live_failure *ret_failure, struct error **err);
