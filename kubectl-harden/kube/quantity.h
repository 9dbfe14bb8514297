/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Quantity: an amount of a resource as Kubernetes writes it: 100m, 1.5, 128Mi, 1e9; and the lists of them that the
 * user gives.
 */

#include "base/str.h"

/*
 * A quantity as the API server keeps it, rounded up to billionths (apimachinery pkg/api/resource quantity.go); one of
 * more than 2^63 - 1 counts as that.
 */
struct quantity {
	uint64_t whole;
	uint32_t billionths;
};

/*
 * quantity_parse() - by the grammar of apimachinery's ParseQuantity(): a decimal number with an optional sign, and
 * behind it Ki Mi Gi Ti Pi Ei, n u m k M G T P E, or an exponent (e3, E-3). False where it is none, where it has no
 * digit (Kubernetes takes "m" for 0), or is negative, which no amount of a resource is.
 */
bool quantity_parse(struct str text, struct quantity *ret_quantity);

/* quantity_cmp() - below, equal to or above 0 as @a is less than, equal to or more than @b. */
int quantity_cmp(struct quantity a, struct quantity b);

enum { RESOURCES_MAX = 3 };

/* What --requests or --limits names: "cpu=100m,memory=128Mi". The texts are the caller's. */
struct resource_list {
	struct resource {
		const char *name; /* of resource_names[] */
		struct str value; /* as it was written */
		struct quantity amount;
	} items[RESOURCES_MAX];
	size_t n;
};

/* resource_names[] - the resources that every container uses: what others (devices, huge pages) are for, it must ask. */
extern const char *const resource_names[RESOURCES_MAX];

/*
 * resource_list_parse() - adds the pairs in @text, as kubectl set resources takes them, to @list; one that is there
 * already is replaced. NULL, or what is wrong with *ret_part of @text and what to write instead.
 */
const char *resource_list_parse(struct str text, struct resource_list *list, struct str *ret_part);

/* resource_list_find() - NULL where @name is not in it. */
const struct resource *resource_list_find(const struct resource_list *list, struct str name);
